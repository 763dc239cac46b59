/* The room on a phone: come in by a code, say what one has or wants, see what fits, take it on. No account. The token that says who one is
 * stays in this browser, for as long as the room is open. */
import { useEffect, useState } from "preact/hooks";
import { Problem, urlOf } from "../../api/client.ts";
import { listen } from "../../api/events.ts";
import { remember, remembered } from "../../app/memory.ts";
import { defineRoom, type RoomProps } from "../../app/room.ts";
import { go } from "../../app/router.ts";
import { formatDate } from "../../format/dates.ts";
import { text } from "../../text/text.ts";
import { Card, Choice, Page, ProblemNote, Section, Submit, TextField, announce } from "../../ui/index.ts";
import type { RoomMatch, Wall } from "../session/types.ts";
import { ScanButton } from "./scan.tsx";
import "./meet.css";

const here = new Map<string, string>();   // for browsers that remember nothing
const tokenOf = (code: string): string | null => remembered(`room ${code}`) ?? here.get(code) ?? null;
function keepToken(code: string, token: string | null): void {
  remember(`room ${code}`, token);
  if (token === null) here.delete(code);
  else here.set(code, token);
}

/* The room speaks by a header instead of a cookie, so it does not go through the client of accounts. */
async function ask<T>(code: string, method: string, path: string, body?: unknown): Promise<T> {
  const token = tokenOf(code);
  const response = await fetch(urlOf(`/rooms/${encodeURIComponent(code)}${path}`), {
    method, credentials: "omit",
    headers: { ...(token ? { "x-knoop-room": token } : {}), ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => { throw new Problem(0, "about:blank", "", [], null, method !== "GET"); });
  const answer = response.status === 204 ? null : ((await response.json().catch(() => null)) as Record<string, unknown> | null);
  if (!response.ok) throw new Problem(response.status, String(answer?.["type"] ?? ""), String(answer?.["detail"] ?? ""), [], null, method !== "GET");
  return answer as T;
}

const asProblem = (error: unknown): Problem => {
  if (!(error instanceof Problem)) throw error;
  return error;
};

function CodePage() {
  const [code, setCode] = useState("");
  return (
    <Page title={text("meet.title")} lead={text("meet.lead")}>
      <form class="form" onSubmit={(event) => { event.preventDefault(); if (code.trim()) go(`/meet/${encodeURIComponent(code.trim().toUpperCase())}`); }}>
        <TextField name="code" label={text("meet.code")} hint={text("meet.code_hint")} value={code} onValue={setCode} maxLength={6} />
        <p class="actions"><Submit label={text("meet.enter")} isBusy={false} /></p>
      </form>
    </Page>
  );
}

function JoinPage({ code, onJoin }: { readonly code: string; readonly onJoin: () => void }) {
  const [room, setRoom] = useState<{ title: string; goal: string | null }>();
  const [name, setName] = useState("");
  const [organisation, setOrganisation] = useState("");
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => { ask<{ title: string; goal: string | null }>(code, "GET", "").then(setRoom, (error: unknown) => setProblem(asProblem(error))); }, [code]);
  async function onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    try {
      const { token } = await ask<{ token: string }>(code, "POST", "/people", { name, organisation: organisation || null });
      keepToken(code, token);
      onJoin();
    } catch (error) {
      setProblem(asProblem(error));
    }
  }
  const isClosed = problem?.status === 404;
  return (
    <Page title={room?.title ?? text("meet.title")} lead={room?.goal ?? (isClosed ? text("meet.closed") : undefined)}>
      {problem && !isClosed && <ProblemNote problem={problem} />}
      {isClosed ? <p class="actions"><a class="button" href="/meet">{text("meet.other_code")}</a></p> : (
        <form class="form" onSubmit={(event) => void onSubmit(event)}>
          <TextField name="name" label={text("meet.name")} hint={text("meet.name_hint")} value={name} onValue={setName} required maxLength={80} autocomplete="given-name" />
          <TextField name="organisation" label={text("meet.organisation")} value={organisation} onValue={setOrganisation} maxLength={120} autocomplete="organization" />
          <p class="actions"><Submit label={text("meet.enter")} isBusy={false} /></p>
          <p class="quiet small">{text("meet.privacy")}</p>
        </form>
      )}
    </Page>
  );
}

/* Who takes it up, and what is the next step? Asked openly as long as nobody does; what was agreed can be changed. */
function TakeForm({ match, name, onTake }: { readonly match: RoomMatch; readonly name: string | null; readonly onTake: (body: unknown) => Promise<void> }) {
  const [owners, setOwners] = useState(match.owners ?? name ?? "");
  const [step, setStep] = useState(match.next_step ?? "");
  const [due, setDue] = useState(match.due ?? "");
  const id = match.opportunity_id;
  return (
    <details class={match.status === "taken" ? "take" : "take open"}>
      <summary>{text(match.status === "taken" ? "meet.change" : "meet.take")}</summary>
      <form class="form" onSubmit={(event) => { event.preventDefault(); void onTake({ owners, next_step: step, due }); }}>
        <TextField name={`owners-${id}`} label={text("meet.owners")} hint={text("meet.owners_hint")} value={owners} onValue={setOwners} required maxLength={400} />
        <TextField name={`step-${id}`} label={text("meet.next_step")} hint={text("meet.next_step_hint")} value={step} onValue={setStep} required maxLength={1000} />
        <TextField name={`due-${id}`} type="date" label={text("meet.due")} value={due} onValue={setDue} required />
        <p class="actions"><button type="submit">{text("meet.agree")}</button></p>
      </form>
    </details>
  );
}

function InsidePage({ code, onLeave }: { readonly code: string; readonly onLeave: () => void }) {
  const [wall, setWall] = useState<Wall>();
  const [side, setSide] = useState<"have" | "want">("have");
  const [words, setWords] = useState("");
  const [amount, setAmount] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const look = (): void => { ask<Wall>(code, "GET", "/wall").then(setWall, (error: unknown) => { if (asProblem(error).status === 404) onLeave(); else setProblem(asProblem(error)); }); };
  useEffect(() => {
    const stop = new AbortController();
    look();
    listen(`/rooms/${encodeURIComponent(code)}/events`, { entry: look, match: look, room: look, reset: look }, { signal: stop.signal, query: { token: tokenOf(code) } });
    return () => stop.abort();
  }, [code]);
  async function onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    if (!words.trim()) return;
    try {
      const { matches } = await ask<{ matches: number }>(code, "POST", "/entries", { side, words, amount: amount || null });
      setWords("");
      setAmount("");
      setProblem(undefined);
      announce(matches > 0 ? text("meet.matched", { n: matches }) : text("meet.said"));
      look();
    } catch (error) {
      setProblem(asProblem(error));
    }
  }
  const change = (method: string, path: string, body?: unknown): Promise<void> => ask(code, method, path, body).then(() => { setProblem(undefined); look(); }, (error: unknown) => setProblem(asProblem(error)));
  const mine = wall?.entries.filter(({ is_mine }) => is_mine) ?? [];
  const ids = new Set(mine.map(({ entry_id }) => entry_id));
  const ours = wall?.matches.filter(({ have_id, want_id }) => (have_id !== null && ids.has(have_id)) || (want_id !== null && ids.has(want_id))) ?? [];
  const open = ours.filter(({ status }) => status === "seen");
  return (
    <Page title={wall?.title ?? text("meet.title")} kicker={text("meet.room", { code })}>
      {problem && <ProblemNote problem={problem} />}
      {open.length > 0 && <p class="note"><button type="button" class="plain" onClick={() => document.querySelector<HTMLElement>(".take.open > summary")?.focus()}>{text("meet.before_leaving", { n: open.length })}</button></p>}
      <form class="form" onSubmit={(event) => void onSubmit(event)}>
        <Choice label={text("meet.i")} value={side} options={[{ value: "have", label: text("meet.have") }, { value: "want", label: text("meet.want") }]} onValue={setSide} />
        <TextField name="words" label={text(`meet.words_${side}`)} hint={text("meet.words_hint")} value={words} onValue={setWords} maxLength={300} />
        <TextField name="amount" label={text("meet.amount")} value={amount} onValue={setAmount} maxLength={120} />
        <p class="actions"><Submit label={text("meet.say")} isBusy={false} /><ScanButton onCode={(code) => setWords([words.trim(), code].filter(Boolean).join(" "))} /></p>
      </form>
      <Section title={text("meet.fits", { n: ours.length })}>
        {ours.length === 0 && <p class="quiet">{text("meet.nothing_fits")}</p>}
        {ours.map((match) => {
          const isMyHave = match.have_id !== null && ids.has(match.have_id);
          const who = isMyHave ? [match.want_person, match.want_organisation] : [match.have_person, match.have_organisation];
          return (
            <Card key={`${match.opportunity_id} ${match.status}`} title={text(isMyHave ? "meet.wants" : "meet.has", { who: who.filter(Boolean).join(", "), what: (isMyHave ? match.want : match.have) ?? "" })}
              detail={match.status === "taken" ? [match.owners, match.next_step, match.due && text("meet.before", { date: formatDate(match.due) })].filter(Boolean).join(" · ") : text("meet.talk")}>
              <TakeForm match={match} name={wall?.name ?? null} onTake={(body) => change("PUT", `/opportunities/${match.opportunity_id}`, body)} />
            </Card>
          );
        })}
      </Section>
      <Section title={text("meet.mine")}>
        {mine.length === 0 && <p class="quiet">{text("meet.nothing_said")}</p>}
        {mine.map((entry) => (
          <Card key={entry.entry_id} title={entry.words} detail={[text(`meet.${entry.side}`), entry.amount].filter(Boolean).join(" · ")}
            action={<button type="button" class="plain" onClick={() => void change("DELETE", `/entries/${entry.entry_id}`)}>{text("meet.withdraw")}</button>} />
        ))}
      </Section>
    </Page>
  );
}

function View({ path }: RoomProps<object>) {
  const code = path[0]?.toUpperCase();
  const [turn, setTurn] = useState(0);
  if (!code) return <CodePage />;
  return tokenOf(code) ? <InsidePage key={`${code} ${turn}`} code={code} onLeave={() => { keepToken(code, null); setTurn(turn + 1); }} />
    : <JoinPage key={`${code} ${turn}`} code={code} onJoin={() => setTurn(turn + 1)} />;
}

export const room = defineRoom<object>({ query: {}, View });
