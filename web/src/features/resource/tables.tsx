/* Offers, needs and ties as tables, for the pages of a resource and of a company. */
import type { JSX } from "preact";
import type { Need, Offer, Tie, WithSource } from "../../api/look.ts";
import { hrefOf } from "../../app/router.ts";
import { formatKm, unitOf } from "../../format/numbers.ts";
import { endName, nameIn } from "../../format/names.ts";
import { text } from "../../text/text.ts";
import { Cell, Dot, SourceLine, Table, type Column, type Source } from "../../ui/index.ts";

export interface Price {
  readonly kind: "offer" | "need" | "gateway";
  readonly id: string;
  readonly dual: number;
}
export type Prices = ReadonlyMap<string, number>;   // "offer ID", "need ID" -> what one more is worth a year
interface TableOf<R> {
  readonly rows: readonly R[];
  readonly about: "resource" | "company";           // which column goes without saying
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly csv: string;
}

/* Every source once, by title. */
export function sourcesOf(rows: readonly WithSource[]): readonly Source[] {
  const found = new Map<string, Source>();
  for (const row of rows)
    if (row.source_id && row.source_title)
      found.set(row.source_id, { source_id: row.source_id, title: row.source_title, publisher: row.source_publisher, year: row.source_year, licence: row.source_licence, link: row.source_link, kind: row.source_kind });
  return [...found.values()].sort((a, b) => (a.title < b.title ? -1 : 1));
}

function who<R extends Offer | Need>(about: "resource" | "company"): Column<R> {
  return about === "resource"
    ? { name: "actor_name", head: text("resource.column.company"), value: (row) => row.actor_name ?? text("resource.anywhere"),
        cell: (row) => (row.actor_id ? <><a href={hrefOf("company", row.actor_id)}>{row.actor_name}</a>{row.site_name !== row.actor_name && <span class="small quiet"> {row.site_name}</span>}</> : text("resource.anywhere")) }
    : { name: "resource_name", head: text("resource.column.resource"), value: (row) => nameIn(row, "resource_name"),
        cell: (row) => <a href={hrefOf("resource", row.resource_id)}><Dot of={row.class} isHollow={row.is_estimate} />{nameIn(row, "resource_name")}</a> };
}
const quantity = <R extends Offer | Need>(): Column<R> => ({ name: "quantity", head: text("resource.column.quantity"), isNumber: true, value: (row) => row.quantity,
  cell: (row) => <Cell value={row.quantity} unit={row.unit} relSd={row.rel_sd} isEstimate={row.is_estimate} /> });
const oneMore = <R extends Offer | Need>(prices: Prices, keyOf: (row: R) => string): Column<R>[] => (prices.size === 0 ? [] : [{ name: "one_more_eur", head: text("resource.column.one_more"), isNumber: true,
  value: (row) => prices.get(keyOf(row)) ?? 0, cell: (row) => <Cell value={prices.get(keyOf(row)) ?? 0} unit={unitOf("EUR", row.unit)} /> }]);

export function OfferTable({ rows, about, sort, onSort, csv, prices }: TableOf<Offer> & { readonly prices: Prices }): JSX.Element {
  const columns: readonly Column<Offer>[] = [
    who<Offer>(about), quantity<Offer>(),
    { name: "fate", head: text("resource.column.fate"), value: (row) => (row.fate ? text(`resource.fate.${row.fate}`) : null) },
    { name: "fate_eur", head: text("resource.column.fate_eur"), isNumber: true, value: (row) => row.fate_eur, cell: (row) => <Cell value={row.fate_eur} unit={unitOf("EUR", row.unit)} /> },
    ...oneMore<Offer>(prices, (row) => `offer ${row.offer_id}`),
  ];
  return <Table caption={text("resource.offers_caption", { n: rows.length })} columns={columns} rows={rows} keyOf={(row) => row.offer_id} sort={sort} onSort={onSort} csv={csv} source={<SourceLine sources={sourcesOf(rows)} />} />;
}

export function NeedTable({ rows, about, sort, onSort, csv, prices }: TableOf<Need> & { readonly prices: Prices }): JSX.Element {
  const columns: readonly Column<Need>[] = [
    who<Need>(about), quantity<Need>(),
    { name: "price_eur", head: text("resource.column.price_eur"), isNumber: true, value: (row) => row.price_eur, cell: (row) => <Cell value={row.price_eur} unit={unitOf("EUR", row.unit)} /> },
    ...oneMore<Need>(prices, (row) => `need ${row.need_id}`),
  ];
  return <Table caption={text("resource.needs_caption", { n: rows.length })} columns={columns} rows={rows} keyOf={(row) => row.need_id} sort={sort} onSort={onSort} csv={csv} source={<SourceLine sources={sourcesOf(rows)} />} />;
}

function endOf(tie: Tie, end: "from" | "to"): JSX.Element {
  const name = tie[`${end}_name`] ? nameIn(tie, `${end}_name`) : null, site = tie[`${end}_site_name`], actor = tie[`${end}_actor_id`];
  return <>{actor ? <a href={hrefOf("company", actor)}>{site ?? actor}</a> : (name ?? site ?? tie[`${end}_id`])}{actor && name && <span class="small quiet"> {name}</span>}</>;
}

export function TieTable({ rows, about, sort, onSort, csv, run }: TableOf<Tie> & { readonly run: number }): JSX.Element {
  const columns: readonly Column<Tie>[] = [
    ...(about === "company" ? [{ name: "resource_name", head: text("resource.column.resource"), value: (row: Tie) => nameIn(row, "resource_name"),
      cell: (row: Tie) => <a href={hrefOf("resource", row.resource_id)}><Dot of={row.class} isHollow={row.is_estimate} />{nameIn(row, "resource_name")}</a> }] : []),
    { name: "from", head: text("resource.column.from"), value: (row) => endName(row, "from"), cell: (row) => endOf(row, "from") },
    { name: "to", head: text("resource.column.to"), value: (row) => endName(row, "to"), cell: (row) => endOf(row, "to") },
    { name: "quantity", head: text("resource.column.quantity"), isNumber: true, value: (row) => row.quantity, cell: (row) => <Cell value={row.quantity} unit={row.unit} isEstimate={row.is_estimate} /> },
    { name: "km", head: text("resource.column.km"), isNumber: true, value: (row) => row.km, cell: (row) => formatKm(row.km) },
    { name: "eur", head: text("resource.column.eur"), isNumber: true, value: (row) => row.eur, cell: (row) => <Cell value={row.eur} /> },
    { name: "co2_t", head: text("resource.column.co2"), isNumber: true, value: (row) => row.co2_kg / 1000, cell: (row) => <Cell value={row.co2_kg / 1000} /> },
    { name: "to_verify", head: text("resource.column.verify"), value: (row) => (row.has_to_verify ? text("resource.to_verify") : text("resource.nothing_to_verify")) },
  ];
  return <Table caption={text("resource.ties_caption", { n: rows.length })} columns={columns} rows={rows} keyOf={(row) => row.tie_id} sort={sort} onSort={onSort} csv={csv}
    narrow={about === "company" ? ["resource_name", "eur", "to"] : ["from", "eur", "to"]} source={<p>{text("resource.source_plan", { run: String(run) })}</p>} />;
}
