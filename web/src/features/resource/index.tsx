/* One resource: who has it, who lacks it, what the plan does with it. */
import type { JSX } from "preact";
import type { Need, Offer, Resource } from "../../api/look.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { asText, defineRoom, type RoomProps } from "../../app/room.ts";
import { hrefOf } from "../../app/router.ts";
import { hasRoom } from "../../app/rooms.ts";
import { useStore } from "../../app/store.ts";
import { formatEur, formatNumber } from "../../format/numbers.ts";
import { nameOf } from "../../format/names.ts";
import { language, text } from "../../text/text.ts";
import { ClassName, Empty, Page, RowNotes, Section, Wait } from "../../ui/index.ts";
import { NeedTable, OfferTable, TieTable } from "./tables.tsx";
import { csvHref, useHeld, type Held } from "./use.ts";

interface Query {
  readonly offers: string;   // sort orders
  readonly needs: string;
  readonly ties: string;
}

const sum = (rows: readonly { readonly quantity: number }[]): number => rows.reduce((total, { quantity }) => total + quantity, 0);

function lead(unit: string, offers: readonly Offer[], needs: readonly Need[], held: Held): string {
  const said = [text("resource.lead", {
    offered: offers.length ? text("resource.offered", { n: offers.length, amount: formatNumber(sum(offers), unit) }) : text("resource.offered_none"),
    needed: needs.length ? text("resource.needed", { n: needs.length, amount: formatNumber(sum(needs), unit) }) : text("resource.needed_none"),
  })];
  const eur = held.ties.reduce((total, tie) => total + tie.eur, 0);
  if (held.ties.length) said.push(text(eur >= 0 ? "resource.lead_ties" : "resource.lead_ties_cost", { n: held.ties.length, eur: formatEur(Math.abs(eur)) }));
  return said.join(" ");
}

function Body({ resource, query, set }: { readonly resource: Resource & { readonly parent_name: string | null; readonly parent_name_nl: string | null } } & Pick<RoomProps<Query>, "query" | "set">): JSX.Element {
  const which = { resource_id: resource.resource_id };
  const held = useHeld(which);
  const { role } = useStore(me);
  const isHere = held.offers.data !== undefined && held.needs.data !== undefined;
  return (
    <Page title={nameOf(resource)}
      kicker={<><ClassName of={resource.class} />{resource.parent_id && resource.parent_name && <> · <a href={hrefOf("resource", resource.parent_id)}>{nameOf({ name: resource.parent_name, name_nl: resource.parent_name_nl })}</a></>}</>}
      lead={isHere ? lead(resource.unit, held.offers.data!, held.needs.data!, held) : undefined}
      actions={<><a class="button" href={`/map?resource=${encodeURIComponent(resource.resource_id)}`}>{text("resource.on_map")}</a>
        {hasRoom("chances") && <a class="button" href={`/chances?resource=${encodeURIComponent(resource.resource_id)}`}>{text("resource.chances")}</a>}</>}>
      <dl class="facts">
        {resource.code_low && <><dt>{text("resource.fact.code_low")}</dt><dd>{resource.code_low}</dd></>}
        {resource.is_hazardous && <><dt>{text("resource.fact.hazardous")}</dt><dd>{text("resource.yes")}</dd></>}
        {resource.stream && <><dt>{text("resource.fact.stream")}</dt><dd>{resource.stream}</dd></>}
      </dl>
      <Wait of={held.offers}>{(offers) => (
        <Section title={text("resource.offers")}>
          {offers.length ? <OfferTable rows={offers} about="resource" prices={held.prices} sort={query.offers} onSort={(sort) => set({ offers: sort }, "replace")} csv={csvHref("/offers", which)} /> : <Empty>{text("resource.offers_none")}</Empty>}
        </Section>
      )}</Wait>
      <Wait of={held.needs}>{(needs) => (
        <Section title={text("resource.needs")}>
          {needs.length ? <NeedTable rows={needs} about="resource" prices={held.prices} sort={query.needs} onSort={(sort) => set({ needs: sort }, "replace")} csv={csvHref("/needs", which)} /> : <Empty>{text("resource.needs_none")}</Empty>}
        </Section>
      )}</Wait>
      {held.run !== null && held.ties.length > 0 && (
        <Section title={text("resource.ties")}>
          <TieTable rows={held.ties} about="resource" run={held.run} sort={query.ties} onSort={(sort) => set({ ties: sort }, "replace")} csv={csvHref(`/plans/${held.run}/ties`, which)} />
        </Section>
      )}
      {role !== "public" && <section><RowNotes table="resource" rowKey={resource.resource_id} /></section>}
    </Page>
  );
}

function View({ path, query, set }: RoomProps<Query>): JSX.Element {
  useStore(language);
  const id = path[0] ?? "";
  const resource = useGet<Parameters<typeof Body>[0]["resource"]>(id ? `/resources/${encodeURIComponent(id)}` : null);
  if (id === "") return <Page title={text("resource.title")}><Empty action={<a class="button" href="/data/resource">{text("resource.all")}</a>}>{text("resource.which")}</Empty></Page>;
  return resource.data ? <Body key={id} resource={resource.data} query={query} set={set} /> : <Page title={text("resource.title")}><Wait of={resource}>{() => null}</Wait></Page>;
}

export const room = defineRoom<Query>({ query: { offers: asText("-quantity"), needs: asText("-quantity"), ties: asText("-eur") }, View });
