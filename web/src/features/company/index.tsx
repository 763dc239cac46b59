/* One company (or other holder of sites): where it is, what it has and lacks, what the plan would do with it. */
import type { JSX } from "preact";
import type { Actor, Site } from "../../api/look.ts";
import { me } from "../../api/session.ts";
import { useAll, useGet } from "../../api/use.ts";
import { asText, defineRoom, type RoomProps } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { formatCount, formatEur } from "../../format/numbers.ts";
import { nameOf } from "../../format/names.ts";
import { language, text } from "../../text/text.ts";
import { Empty, Page, RowNotes, Rows, Section, SourceLine, Wait } from "../../ui/index.ts";
import { NeedTable, OfferTable, sourcesOf, TieTable } from "../resource/tables.tsx";
import { csvHref, useHeld } from "../resource/use.ts";

interface Query {
  readonly offers: string;
  readonly needs: string;
  readonly ties: string;
}

const count = (of: "offers" | "needs", n: number): string => (n === 0 ? text(`company.lead_${of}_none`) : text(`company.lead_${of}`, { n }));
const isWeb = (link: string | null): link is string => link !== null && /^https?:\/\//.test(link);

function Body({ actor, query, set }: { readonly actor: Actor } & Pick<RoomProps<Query>, "query" | "set">): JSX.Element {
  const which = { actor_id: actor.actor_id };
  const held = useHeld(which);
  const { role } = useStore(me);
  const sites = useAll<Site>("/sites", { query: which });
  const eur = held.ties.reduce((total, tie) => total + tie.eur, 0);
  const lead = [
    held.offers.data && held.needs.data && text("company.lead", { offers: count("offers", held.offers.data.length), needs: count("needs", held.needs.data.length) }),
    held.ties.length > 0 && (eur >= 0 ? text("company.lead_ties", { n: held.ties.length, eur: formatEur(eur) }) : text("company.lead_ties_plain", { n: held.ties.length })),
  ].filter(Boolean).join(" ");
  return (
    <Page title={nameOf(actor)} kicker={actor.kind ? text(`company.kind.${actor.kind}`) : text("company.title")} lead={lead || undefined} aside={
      <>
        <h2>{text("company.sites")}</h2>
        <Wait of={sites} lines={3}>{(list) => (list.length ? (
          <Rows label={text("company.sites")} rows={list.map((site) => ({ key: site.site_id, href: `/map?pick=${encodeURIComponent(`site:${site.site_id}`)}`, title: site.name,
            detail: [site.area_name, site.address].filter(Boolean).join(" · ") }))} />
        ) : <p class="quiet">{text("company.sites_none")}</p>)}</Wait>
        <dl class="facts">
          <dt>{text("company.fact.nace")}</dt><dd>{actor.nace ?? <span class="unknown">{text("common.not_known")}</span>}</dd>
          <dt>{text("company.fact.jobs")}</dt><dd>{formatCount(actor.jobs_fte)}</dd>
          {isWeb(actor.website) && <><dt>{text("company.fact.website")}</dt><dd><a href={actor.website} rel="noreferrer external">{actor.website.replace(/^https?:\/\//, "")}</a></dd></>}
        </dl>
        <SourceLine sources={sourcesOf([actor])} />
      </>
    }>
      <Wait of={held.offers}>{(offers) => (
        <Section title={text("company.offers")}>
          {offers.length ? <OfferTable rows={offers} about="company" prices={held.prices} sort={query.offers} onSort={(sort) => set({ offers: sort }, "replace")} csv={csvHref("/offers", which)} /> : <Empty>{text("company.offers_none")}</Empty>}
        </Section>
      )}</Wait>
      <Wait of={held.needs}>{(needs) => (
        <Section title={text("company.needs")}>
          {needs.length ? <NeedTable rows={needs} about="company" prices={held.prices} sort={query.needs} onSort={(sort) => set({ needs: sort }, "replace")} csv={csvHref("/needs", which)} /> : <Empty>{text("company.needs_none")}</Empty>}
        </Section>
      )}</Wait>
      {held.run !== null && held.ties.length > 0 && (
        <Section title={text("company.ties")}>
          <TieTable rows={held.ties} about="company" run={held.run} sort={query.ties} onSort={(sort) => set({ ties: sort }, "replace")} csv={csvHref(`/plans/${held.run}/ties`, which)} />
        </Section>
      )}
      {role !== "public" && <section><RowNotes table="actor" rowKey={actor.actor_id} /></section>}
    </Page>
  );
}

function View({ path, query, set }: RoomProps<Query>): JSX.Element {
  useStore(language);
  const id = path[0] ?? "";
  const actor = useGet<Actor>(id ? `/actors/${encodeURIComponent(id)}` : null);
  if (id === "") return <Page title={text("company.title")}><Empty action={<a class="button" href="/data/actor">{text("company.all")}</a>}>{text("company.which")}</Empty></Page>;
  return actor.data ? <Body key={id} actor={actor.data} query={query} set={set} /> : <Page title={text("company.title")}><Wait of={actor}>{() => null}</Wait></Page>;
}

export const room = defineRoom<Query>({ query: { offers: asText("-quantity"), needs: asText("-quantity"), ties: asText("-eur") }, View });
