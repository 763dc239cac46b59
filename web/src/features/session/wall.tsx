/* The wall: what hangs on the beamer while a session goes on. Code and picture to come in by, haves at the left, wants at the right, between
 * them what fits. It follows by event stream and needs nobody to touch it. */
import { useEffect } from "preact/hooks";
import { encode } from "uqr";
import { listen } from "../../api/events.ts";
import { useGet } from "../../api/use.ts";
import { text } from "../../text/text.ts";
import { Empty, Wait, announce, useTitle } from "../../ui/index.ts";
import { opportunityLine } from "./sheet.tsx";
import type { Meeting, RoomEntry, RoomMatch, Wall } from "./types.ts";

/* A QR code as one path; white ground around it, also in the dark. */
function Qr({ of, label }: { readonly of: string; readonly label: string }) {
  const { data, size } = encode(of, { border: 2 });
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges"><rect width={size} height={size} fill="#fff" /><path d={path} fill="#000" /></svg>;
}

const by = (person: string | null, organisation: string | null): string => [person, organisation].filter(Boolean).join(", ");

function Entries({ side, entries }: { readonly side: "have" | "want"; readonly entries: readonly RoomEntry[] }) {
  const mine = entries.filter((entry) => entry.side === side);
  return (
    <section class={`wall-side ${side}`}>
      <h2>{text(`session.wall.${side}`)} <span class="quiet">{mine.length}</span></h2>
      <ul>
        {[...mine].reverse().map((entry) => (
          <li key={entry.entry_id}><b>{entry.words}</b>{entry.amount && <span> {entry.amount}</span>}<span class="detail">{by(entry.person, entry.organisation)}</span></li>
        ))}
      </ul>
    </section>
  );
}

function Match({ match }: { readonly match: RoomMatch }) {
  return (
    <li class={match.status === "taken" ? "taken" : ""}>
      {match.have !== null && match.want !== null ? (
        <p class="pair"><span><b>{match.have}</b><span class="detail">{by(match.have_person, match.have_organisation)}</span></span>
          <span aria-hidden="true">→</span>
          <span><b>{match.want}</b><span class="detail">{by(match.want_person, match.want_organisation)}</span></span></p>
      ) : <p><b>{match.title}</b></p>}
      <p class="detail">{match.status === "taken" ? opportunityLine(match) : text("session.wall.who_takes")}</p>
    </li>
  );
}

export function WallPage({ id }: { readonly id: number }) {
  const meeting = useGet<Meeting>(`/meetings/${id}`);
  const wall = useGet<Wall>(`/meetings/${id}/wall`);
  useTitle(meeting.data?.title ?? text("session.wall.title"));
  useEffect(() => {
    const stop = new AbortController();
    const again = (): void => wall.again();
    listen(`/meetings/${id}/events`, { entry: again, match: () => { again(); announce(text("session.wall.new_match")); }, room: () => { again(); meeting.again(); }, reset: again }, { signal: stop.signal, onOpen: again });
    return () => stop.abort();
  }, [id]);
  useEffect(() => {
    document.documentElement.classList.add("beamer");   // the rail gives way: this is for a room, not for a desk
    return () => document.documentElement.classList.remove("beamer");
  }, []);
  const code = meeting.data?.room_code ?? null;
  const address = code ? `${location.origin}/meet/${code}` : "";
  return (
    <article class="wall">
      <header>
        <div>
          <p class="kicker"><a href={`/session/${id}`}>{text("session.wall.back")}</a></p>
          <h1 tabIndex={-1}>{meeting.data?.title ?? text("session.wall.title")}</h1>
          {meeting.data?.goal && <p class="lead">{meeting.data.goal}</p>}
        </div>
        {code && (
          <div class="wall-door">
            <Qr of={address} label={text("session.wall.scan")} />
            <p>{text("session.wall.go_to")} <b>{location.host}/meet</b><br />{text("session.wall.code")} <b class="code">{code}</b></p>
          </div>
        )}
      </header>
      {meeting.data && !code && <Empty>{text("session.wall.closed")}</Empty>}
      <Wait of={wall}>{({ entries, matches, open_count }) => (
        <div class="wall-body">
          <Entries side="have" entries={entries} />
          <section class="wall-matches" aria-live="polite">
            <h2>{text("session.wall.matches")} <span class="quiet">{matches.length}</span></h2>
            {open_count > 0 && <p class="wall-open">{text("session.still_open", { n: open_count })}</p>}
            {matches.length === 0 ? <p class="quiet">{text("session.wall.no_matches")}</p> : <ul>{matches.map((match) => <Match key={match.opportunity_id} match={match} />)}</ul>}
          </section>
          <Entries side="want" entries={entries} />
        </div>
      )}</Wait>
    </article>
  );
}
