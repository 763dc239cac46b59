/* Two plans side by side: totals, then what came, went, grew and shrank, with what the results tell about why. */
import { useMemo } from "preact/hooks";
import type { Tie } from "../../api/look.ts";
import { useAll, useGet } from "../../api/use.ts";
import { endName, nameIn } from "../../format/names.ts";
import { exactNumber, formatCount, formatNumber } from "../../format/numbers.ts";
import { hasText, text } from "../../text/text.ts";
import { Cell, Empty, Section, SelectField, Table, Wait } from "../../ui/index.ts";
import { runName, type PlanProps } from "./index.tsx";

interface Pair { readonly before: number | null; readonly after: number | null }
interface End { readonly kind: string | null; readonly id: string | null; readonly site_id: string | null }
interface DiffTie { readonly change: string; readonly from: End; readonly to: End; readonly resource_id: string | null; readonly quantity: Pair; readonly eur: Pair; readonly co2_kg: Pair; readonly why: readonly { readonly reason: string; readonly other: End }[] }
interface DiffUnit { readonly unit_id: string; readonly change: string; readonly is_open_before: boolean; readonly is_open_after: boolean; readonly activity: Pair; readonly eur: Pair }
interface Totals { readonly value_eur: number | null; readonly co2_avoided_t: number | null; readonly jobs_fte: number | null; readonly virgin_replaced_t: number | null }
interface Diff {
  readonly before: { readonly totals: Totals }; readonly after: { readonly totals: Totals };
  readonly inputs: readonly { readonly name: string; readonly before: string | null; readonly after: string | null }[];
  readonly tie_count: number; readonly ties: readonly DiffTie[];
  readonly unit_count: number; readonly units: readonly DiffUnit[];
}

/* What the ends, resources and units of some plans are called. */
interface PlanUnit { readonly unit_id: string; readonly process_name: string; readonly site_name: string | null }
interface Called { readonly end: (end: End) => string; readonly resource: (id: string | null) => string; readonly unit: (id: string) => string }
function calledIn(ties: readonly Tie[], units: readonly PlanUnit[]): Called {
  const ends = new Map<string, string>(), resources = new Map<string, string>();
  for (const tie of ties) {
    ends.set(`${tie.from_kind}:${tie.from_id}`, endName(tie, "from"));
    ends.set(`${tie.to_kind}:${tie.to_id}`, endName(tie, "to"));
    resources.set(tie.resource_id, nameIn(tie, "resource_name"));
  }
  const places = new Map(units.map((unit) => [unit.unit_id, [nameIn(unit, "process_name"), unit.site_name].filter(Boolean).join(", ")]));
  return { end: ({ kind, id }) => ends.get(`${kind}:${id}`) ?? id ?? "", resource: (id) => resources.get(id ?? "") ?? id ?? "", unit: (id) => places.get(id) ?? id };
}
const inputName = (name: string): string => (hasText(`plan.asked.${name.replaceAll(" ", ".")}`) ? text(`plan.asked.${name.replaceAll(" ", ".")}`) : name);
const inputValue = (name: string, value: string | null, nameOf: (kind: string, id: string) => string): string =>
  name === "close" && value !== null ? value.split(", ").map((one) => nameOf(one.slice(0, one.indexOf(":")), one.slice(one.indexOf(":") + 1))).join(", ") : value === null ? text("plan.unset") : name === "objective" && hasText(`plan.objective.${value}`) ? text(`plan.objective.${value}`) : /^-?\d+(\.\d+)?(e-?\d+)?$/.test(value) ? exactNumber(Number(value)) : value;

const changeOf = (pair: Pair): number => (pair.after ?? 0) - (pair.before ?? 0);
/* More with its sign: it is a difference. */
const changeText = (value: number, unit?: string): string => `${value > 0 ? "+" : ""}${formatNumber(value, unit)}`;
const TOTALS = [["value_eur", "EUR"], ["co2_avoided_t", "t"], ["jobs_fte", "FTE"], ["virgin_replaced_t", "t"]] as const;

export function ComparePanel({ run, plans, query, set }: PlanProps) {
  const other = query.other ?? plans.find(({ run_id }) => run_id !== run)?.run_id ?? null;
  const diff = useGet<Diff>(other === null ? null : `/plans/${run}/diff/${other}`);
  const hasTwo = other !== null && other !== run;
  const ties = useAll<Tie>(`/plans/${run}/ties`), others = useAll<Tie>(hasTwo ? `/plans/${other}/ties` : null);
  const units = useAll<PlanUnit>(`/plans/${run}/units`), otherUnits = useAll<PlanUnit>(hasTwo ? `/plans/${other}/units` : null);
  const called = useMemo(() => calledIn([...(ties.data ?? []), ...(others.data ?? [])], [...(units.data ?? []), ...(otherUnits.data ?? [])]),
    [ties.data, others.data, units.data, otherUnits.data]);
  const actors = useGet<{ readonly items: readonly { readonly actor_id: string; readonly name: string }[] }>(hasTwo ? "/actors" : null, { query: { limit: 1000 } });
  const nameOf = (kind: string, id: string): string => (kind === "actor" ? actors.data?.items.find(({ actor_id }) => actor_id === id)?.name ?? id : called.unit(id));
  const options = plans.map((plan) => ({ value: String(plan.run_id), label: runName(plan) }));
  if (plans.length < 2) return <Empty action={<button type="button" class="first" onClick={() => set({ tab: "if" })}>{text("plan.tab.if")}</button>}>{text("plan.compare_one")}</Empty>;
  return (
    <>
      <div class="filters compare-filters">
        <SelectField name="run" label={text("plan.compare_from")} value={String(run)} options={options} onValue={(value) => set({ run: Number(value) })} />
        <SelectField name="other" label={text("plan.compare_to")} value={String(other)} options={options} onValue={(value) => set({ other: Number(value) })} />
      </div>
      <Wait of={diff}>{({ before, after, inputs, ties, tie_count, units }) => (
        <>
          <Table caption={text("plan.compare_totals")} rows={TOTALS} keyOf={([name]) => name} csv="totals.csv"
            columns={[
              { name: "what", head: text("plan.column.what"), value: ([name]) => text(`plan.total.${name}`) },
              { name: "before", head: text("plan.compare_from"), isNumber: true, value: ([name]) => before.totals[name], cell: ([name, unit]) => <Cell value={before.totals[name]} unit={unit} /> },
              { name: "after", head: text("plan.compare_to"), isNumber: true, value: ([name]) => after.totals[name], cell: ([name, unit]) => <Cell value={after.totals[name]} unit={unit} /> },
              { name: "change", head: text("plan.column.change"), isNumber: true, value: ([name]) => (after.totals[name] ?? 0) - (before.totals[name] ?? 0), cell: ([name, unit]) => changeText((after.totals[name] ?? 0) - (before.totals[name] ?? 0), unit) },
            ]} />
          {inputs.length > 0 && <Section title={text("plan.compare_inputs")}><ul>{inputs.map(({ name, before: was, after: is }) => <li key={name}>{text("plan.input", { name: inputName(name), before: inputValue(name, was, nameOf), after: inputValue(name, is, nameOf) })}</li>)}</ul></Section>}
          <Section title={text("plan.compare_ties", { n: tie_count })}>
            {ties.length === 0 ? <Empty>{text("plan.compare_same")}</Empty> : (
              <Table caption={ties.length < tie_count ? text("plan.compare_most", { shown: formatCount(ties.length) }) : text("plan.compare_all")} rows={ties} keyOf={(tie) => `${tie.from.id} ${tie.to.id} ${tie.resource_id}`} csv="ties.csv"
                columns={[
                  { name: "change", head: text("plan.column.change"), value: (tie) => text(`plan.change.${tie.change}`) },
                  { name: "from", head: text("plan.column.from"), value: (tie) => called.end(tie.from) },
                  { name: "to", head: text("plan.column.to"), value: (tie) => called.end(tie.to) },
                  { name: "resource", head: text("plan.column.resource"), value: (tie) => called.resource(tie.resource_id) },
                  { name: "eur", head: text("plan.column.eur"), isNumber: true, value: (tie) => changeOf(tie.eur), cell: (tie) => changeText(changeOf(tie.eur)) },
                  { name: "why", head: text("plan.column.because"), value: (tie) => tie.why.map(({ reason }) => text(`plan.reason.${reason}`)).join("; ") },
                ]} />
            )}
          </Section>
          {units.length > 0 && (
            <Section title={text("plan.compare_units")}>
              <Table caption={text("plan.compare_units_caption")} rows={units} keyOf={(unit) => unit.unit_id} csv="units.csv"
                columns={[
                  { name: "unit", head: text("plan.column.unit"), value: (unit) => called.unit(unit.unit_id) },
                  { name: "open", head: text("plan.column.runs"), value: (unit) => text(unit.is_open_after ? (unit.is_open_before ? "plan.runs_both" : "plan.runs_now") : "plan.runs_no_more") },
                  { name: "eur", head: text("plan.column.eur"), isNumber: true, value: (unit) => changeOf(unit.eur), cell: (unit) => changeText(changeOf(unit.eur)) },
                ]} />
            </Section>
          )}
        </>
      )}</Wait>
    </>
  );
}
