/* What would go from whom to whom: what the case was made from. */
import { endName, nameIn } from "../../format/names.ts";
import { text } from "../../text/text.ts";
import { Cell, Dot, Table, type Column } from "../../ui/index.ts";
import type { PartProps } from "./sheet.tsx";
import type { CaseTie } from "./types.ts";

export function TiesPart({ sheet }: PartProps) {
  const isWorkedOut = sheet.ties.some(({ eur }) => eur !== null);
  const columns: readonly Column<CaseTie>[] = [
    { name: "resource", head: text("cases.tie_what"), value: (tie) => nameIn(tie, "resource_name"), cell: (tie) => <><Dot of={tie.class} isHollow={tie.is_estimate} />{nameIn(tie, "resource_name")}</> },
    { name: "from", head: text("cases.tie_from"), value: (tie) => endName(tie, "from") },
    { name: "to", head: text("cases.tie_to"), value: (tie) => endName(tie, "to") },
    { name: "quantity", head: text("cases.tie_quantity"), isNumber: true, value: (tie) => tie.quantity, cell: (tie) => (tie.quantity === null ? "–" : <Cell value={tie.quantity} unit={tie.unit} isEstimate={tie.is_estimate} />) },
    { name: "eur", head: text("cases.tie_eur"), isNumber: true, value: (tie) => tie.eur, cell: (tie) => (tie.eur === null ? "–" : <Cell value={tie.eur} />) },
    { name: "co2", head: text("cases.tie_co2"), isNumber: true, value: (tie) => (tie.co2_kg === null ? null : tie.co2_kg / 1000), cell: (tie) => (tie.co2_kg === null ? "–" : <Cell value={tie.co2_kg / 1000} />) },
  ];
  return (
    <>
      <p class="lead">{text("cases.ties_lead", { n: sheet.ties.length })}</p>
      <Table caption={text("cases.ties_caption")} rows={sheet.ties} keyOf={(tie) => `${tie.from_kind}:${tie.from_id}:${tie.to_kind}:${tie.to_id}:${tie.resource_id}`} csv="ties.csv"
        columns={isWorkedOut ? columns : columns.slice(0, 3)} />
      {isWorkedOut && <p class="quiet small">{text("cases.ties_note")}</p>}
    </>
  );
}
