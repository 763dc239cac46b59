/* For a financier: the cases that look for money, each with what it asks, what it brings and what could go wrong, as far as that is shown to them. */
import { formatCount, formatEur, formatNumber } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Card } from "../../ui/index.ts";
import { STAGES, type CaseRow } from "./types.ts";

/* What is asked of others: what is invested less what is given. */
export const askedOf = (one: CaseRow): number => Math.max(0, (one.invest_eur ?? 0) - (one.subsidy_eur ?? 0));

function sentenceOf(one: CaseRow): string {
  const brings = one.yield_eur ?? one.worth_eur;
  const asks = one.invest_eur === null ? text("cases.finance.asks_unknown") : text(one.subsidy_eur ? "cases.finance.asks_subsidy" : "cases.finance.asks", { eur: formatEur(one.invest_eur), subsidy: formatEur(one.subsidy_eur) });
  const gives = brings === null ? text("cases.finance.brings_unknown")
    : text(one.yield_eur !== null ? (brings < 0 ? "cases.finance.costs" : "cases.finance.brings") : "cases.finance.worth", { eur: formatEur(Math.abs(brings)) });
  return `${asks} ${gives}`;
}

function detailOf(one: CaseRow): string {
  return [text(`cases.stage.${one.stage}`), text("cases.met", { met: formatCount(one.met_count), n: one.criterion_count }),
    one.co2_t !== null && text("cases.finance.co2", { co2: formatNumber(one.co2_t, "t") }), one.partners.length > 0 && one.partners.join(", "),
    one.lead_name && text("cases.led_by", { name: one.lead_name })].filter(Boolean).join(" · ");
}

export function leadOf(cases: readonly CaseRow[]): string {
  const eur = cases.reduce((sum, one) => sum + askedOf(one), 0);
  return text(eur > 0 ? "cases.finance.lead_eur" : "cases.finance.lead", { n: cases.length, eur: formatEur(eur) });
}

/* The nearest to running first, then what asks most. */
export function FinanceList({ cases }: { readonly cases: readonly CaseRow[] }) {
  const rows = [...cases].sort((a, b) => STAGES.indexOf(b.stage) - STAGES.indexOf(a.stage) || askedOf(b) - askedOf(a) || a.case_id - b.case_id);
  return (
    <div class="finance" data-list>
      <h2 class="unseen">{text("common.room.cases")}</h2>
      {rows.map((one) => (
        <Card key={one.case_id} title={<a data-row href={`/cases/${one.case_id}?part=money`}>{one.title}</a>} detail={detailOf(one)}>
          <p>{sentenceOf(one)}{one.is_estimate && <span class="estimate"> {text("common.estimate")}</span>}</p>
          {one.risk && <p class="quiet">{text("cases.finance.risk", { risk: one.risk })}</p>}
        </Card>
      ))}
    </div>
  );
}
