/* The picture as a table: what is chosen, or all of it. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { BANDS, type Band, type Knot } from "../../api/look.ts";
import { hrefOf } from "../../app/router.ts";
import { formatCount, formatNumber } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Cell, Dot, Table, type Column, type ResourceClass } from "../../ui/index.ts";
import { hallName, type Names } from "./names.ts";
import type { View } from "./strands.ts";

interface Row {
  readonly key: string;
  readonly row: number;
  readonly resource_id: string;
  readonly resource: string;
  readonly class: ResourceClass;
  readonly unit: string;
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
  readonly mass_t: number | null;
  readonly eur: number | null;
  readonly co2_t: number | null;
  readonly count: number;
  readonly isEstimate: boolean;
}

const place = (names: Names, band: Band | null, process: string | null): string =>
  band && BANDS.includes(band) ? text(`knot.band.${band}`) : process ? names.process(process) : text("common.not_known");

function rowsOf(knot: Knot, names: Names, view: View): readonly Row[] {
  const resources = new Map(knot.resources.map((one) => [one.resource_id, one]));
  if (view === "today")
    return knot.today.flatMap((today, row) => {
      const resource = resources.get(today.resource_id);
      const isOffer = today.side === "offer";
      return resource ? [{ key: `t${row}`, row, resource_id: today.resource_id, resource: names.resource(today.resource_id), class: resource.class, unit: resource.unit,
        from: isOffer ? text("knot.band.local") : text("knot.hall.market"), to: isOffer ? hallName(names, `fate:${today.fate}`) : text("knot.band.local"),
        quantity: today.quantity, mass_t: today.mass_t, eur: today.eur, co2_t: today.co2_kg === null ? null : today.co2_kg / 1000, count: today.row_count, isEstimate: today.estimate_eur > 0.5 * Math.abs(today.eur ?? 0) }] : [];
    });
  return knot.ribbons.flatMap((ribbon, row) => {
    const resource = resources.get(ribbon.resource_id);
    return resource ? [{ key: `r${row}`, row, resource_id: ribbon.resource_id, resource: names.resource(ribbon.resource_id), class: resource.class, unit: resource.unit,
      from: place(names, ribbon.from_band, ribbon.from_process_id), to: place(names, ribbon.to_band, ribbon.to_process_id),
      quantity: ribbon.quantity, mass_t: ribbon.mass_t, eur: ribbon.eur, co2_t: ribbon.co2_kg / 1000, count: ribbon.tie_count,
      isEstimate: ribbon.estimate_eur > 0.5 * Math.abs(ribbon.eur) }] : [];
  });
}

export interface KnotTableProps {
  readonly knot: Knot;
  readonly names: Names;
  readonly view: View;
  readonly chosen: ReadonlySet<number> | null;   // rows; null: all
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

export function KnotTable({ knot, names, view, chosen, sort, onSort }: KnotTableProps): JSX.Element {
  const all = useMemo(() => rowsOf(knot, names, view), [knot, names, view]);
  const rows = useMemo(() => (chosen ? all.filter(({ row }) => chosen.has(row)) : all), [all, chosen]);
  const columns: readonly Column<Row>[] = [
    { name: "resource", head: text("knot.column.stream"), value: (row) => row.resource,
      cell: (row) => <a href={hrefOf("resource", row.resource_id)}><Dot of={row.class} isHollow={row.isEstimate} />{row.resource}</a> },
    { name: "from", head: text("knot.column.from"), value: (row) => row.from },
    { name: "to", head: text("knot.column.to"), value: (row) => row.to },
    { name: "quantity", head: text("knot.column.quantity"), isNumber: true, value: (row) => row.quantity, cell: (row) => <Cell value={row.quantity} unit={row.unit} isEstimate={row.isEstimate} /> },
    { name: "eur", head: text(view === "today" ? "knot.column.paid" : "knot.column.eur"), isNumber: true, value: (row) => row.eur, cell: (row) => <Cell value={row.eur} /> },
    { name: "co2_t", head: text(view === "today" ? "knot.column.co2_today" : "knot.column.co2"), isNumber: true, value: (row) => row.co2_t, cell: (row) => <Cell value={row.co2_t} /> },
    { name: "count", head: text(view === "today" ? "knot.column.rows" : "knot.column.ties"), isNumber: true, value: (row) => row.count, cell: (row) => formatCount(row.count) },
  ];
  const caption = chosen ? text("knot.table_chosen", { n: rows.length, all: formatNumber(all.length) }) : text(view === "today" ? "knot.table_today" : "knot.table_plan");
  return (
    <Table caption={caption} columns={columns} narrow={["resource", "eur", "quantity", "co2_t"]} rows={rows} keyOf={(row) => row.key} sort={sort} onSort={onSort} csv={`knot-${view}.csv`}
      source={<p>{text(view === "today" ? "knot.source_today" : "knot.source_plan", { run: knot.run.run_id })}</p>} />
  );
}
