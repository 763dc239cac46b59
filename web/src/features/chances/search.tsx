import type { JSX } from "preact";
import type { RoomProps } from "../../app/room.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { useStore } from "../../app/store.ts";
import { language, text } from "../../text/text.ts";
import { Card, Dot, Empty, Figure, Page, SearchBox, Section, Wait, type ResourceClass } from "../../ui/index.ts";
import { formatShare } from "../../format/numbers.ts";
import type { Query } from "./index.tsx";
import { Parts, nameOf, sectorText, unitOf, isByYear, type Kind, type Proposal, type Taker } from "./shared.tsx";

interface Open {
  readonly kind: Kind;
  readonly id: string;
  readonly resource_name: string;
  readonly resource_name_nl: string | null;
  readonly class: ResourceClass;
  readonly quantity: number;
  readonly site_name: string | null;
  readonly actor_name: string | null;
  readonly actor_id: string | null;
  readonly description: string | null;
  readonly rel_sd: number | null;
  readonly is_estimate: boolean | null;
}
interface Found {
  readonly items: readonly Open[];
  readonly next: string | null;
  readonly proposals: readonly Proposal[];
  readonly takers: readonly Taker[];
}

export function SearchPage({ query, set }: RoomProps<Query>): JSX.Element {
  const found = useGet<Found>(query.q.trim() ? "/chances" : null, { query: { q: query.q.trim() } });
  return (
    <Page title={text("chances.title")} lead={text("chances.lead")}>
      <Parts now="search" />
      <div class="ask"><SearchBox value={query.q} label={text("chances.search")} placeholder={text("chances.search_hint")} restMs={300} onValue={(q) => set({ q }, "replace")} /></div>
      {query.q.trim() ? <Wait of={found}>{(data) => <Results q={query.q.trim()} data={data} />}</Wait> : <Empty>{text("chances.search_first")}</Empty>}
    </Page>
  );
}

function Results({ q, data }: { readonly q: string; readonly data: Found }): JSX.Element {
  const { role } = useStore(me);
  const [first] = data.proposals;
  const isInside = role === "partner" || role === "coordinator";
  const shown = (kind: Kind): readonly Open[] => data.items.filter((one) => one.kind === kind);
  return (
    <>
      {first && <p class="meaning">{text("chances.meant", { what: data.proposals.filter((one) => one.alike >= 0.8 * first.alike).slice(0, 3).map((one) => nameOf(one.name, one.name_nl)).join(", ") })}</p>}
      {!first && <p class="meaning">{text("chances.meant_nothing")}</p>}
      {isInside && (
        <p class="actions">
          <a class="button first" href={`/chances/new?q=${encodeURIComponent(q)}`}>{text("chances.i_have")}</a>{" "}
          <a class="button" href={`/chances/new?kind=need&q=${encodeURIComponent(q)}`}>{text("chances.i_seek")}</a>
        </p>
      )}
      {!isInside && <p class="quiet">{role === "public" ? text("chances.sign_in_first") : text("chances.only_open")}</p>}
      {(["need", "offer"] as const).map((kind) => shown(kind).length > 0 && (
        <Section title={text(`chances.open_${kind}`, { n: shown(kind).length })}>
          {shown(kind).slice(0, 12).map((one) => <OpenCard one={one} />)}
          {shown(kind).length > 12 && <details class="more"><summary>{text("chances.more", { n: shown(kind).length - 12 })}</summary>{shown(kind).slice(12).map((one) => <OpenCard one={one} />)}</details>}
        </Section>
      ))}
      {data.items.length === 0 && <Empty>{text(isInside ? "chances.none_inside" : "chances.none_open")}</Empty>}
      {data.takers.length > 0 && (
        <Section title={text("chances.takers")}>
          <p class="quiet">{text("chances.takers_lead")}</p>
          <ul class="plain-list">
            {data.takers.map((taker) => (
              <li><b>{taker.name && language.value !== "nl" ? taker.name : sectorText(taker.nace)}</b> <span class="quiet">({taker.nace})</span>: {(language.value === "nl" ? taker.use_nl : taker.use) ?? ""}{" "}
                <span class="quiet small">{text("chances.taker_share", { share: formatShare(taker.probability) })} <i class="ring" aria-hidden="true" />{text("common.estimate")}</span></li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function OpenCard({ one }: { readonly one: Open }): JSX.Element {
  const who = one.actor_name ?? one.site_name ?? text("chances.who_some");
  return (
    <Card title={<><Dot of={one.class} isHollow={one.is_estimate === true} />{text(`chances.does.${one.kind}`, { who, what: nameOf(one.resource_name, one.resource_name_nl) })}</>}
      detail={<><Figure value={one.quantity} unit={unitOf(one.class)} relSd={one.rel_sd} isEstimate={one.is_estimate === true} />{isByYear(one.class) && ` ${text("chances.a_year")}`}{one.description && `. ${one.description}`}</>} />
  );
}
