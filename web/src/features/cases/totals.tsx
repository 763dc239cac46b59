/* What all cases together brought: claimed, verified, and the part that is due to the coordinator's work. */
import { useGet } from "../../api/use.ts";
import { text } from "../../text/text.ts";
import { formatNumber } from "../../format/numbers.ts";
import { Section, Table, Wait, type Column } from "../../ui/index.ts";
import { OUTCOME_UNITS, type OutcomeKind } from "./types.ts";

interface Total {
  readonly kind: OutcomeKind;
  readonly count: number;
  readonly claimed: number;
  readonly verified: number | null;
  readonly verified_count: number;
  readonly coordinator_part: number | null;
}

export function Totals() {
  const totals = useGet<{ readonly outcomes?: readonly Total[] }>("/cases/totals");
  const figure = (row: Total, value: number | null) => formatNumber(value, OUTCOME_UNITS[row.kind], 3);
  const columns: readonly Column<Total>[] = [
    { name: "kind", head: text("cases.outcome"), value: (row) => text(`cases.outcome_kind.${row.kind}`) },
    { name: "claimed", head: text("cases.claimed"), value: (row) => row.claimed, cell: (row) => figure(row, row.claimed), isNumber: true },
    { name: "verified", head: text("cases.verified"), value: (row) => row.verified, cell: (row) => row.verified === null ? text("cases.nothing_yet") : figure(row, row.verified), isNumber: true },
    { name: "coordinator_part", head: text("cases.coordinator_part"), value: (row) => row.coordinator_part, cell: (row) => row.coordinator_part === null ? text("cases.not_shared") : figure(row, row.coordinator_part), isNumber: true },
  ];
  return (
    <Wait of={totals} lines={2}>{({ outcomes = [] }) => outcomes.length > 0 && (
      <Section title={text("cases.totals")}>
        <Table caption={text("cases.totals_caption")} columns={columns} rows={outcomes} keyOf={(row) => row.kind} csv="outcomes.csv" />
      </Section>
    )}</Wait>
  );
}
