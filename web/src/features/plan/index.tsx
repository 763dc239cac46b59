/* Why this, why not that, what if? The ties of a plan, the prices of scarce things, two plans side by side, and plans of a region that is changed
 * a little. */
import { useMemo } from "preact/hooks";
import type { Page as Listed } from "../../api/client.ts";
import { CLASSES, type ResourceClass } from "../../ui/figure.tsx";
import { latestOf, type PlanRun, type Tie } from "../../api/look.ts";
import { me } from "../../api/session.ts";
import { useAll, useGet } from "../../api/use.ts";
import { asFlag, asNumber, asText, asWord, asWords, defineRoom, type RoomProps } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { formatDateTime } from "../../format/dates.ts";
import { endName, nameIn } from "../../format/names.ts";
import { formatEur, unitOf } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Cell, Choices, Dot, Empty, Page, SearchBox, Table, Tabs, Wait } from "../../ui/index.ts";
import { csvHref } from "../resource/use.ts";
import { ComparePanel } from "./compare.tsx";
import { WhatIfPanel } from "./what-if.tsx";
import { WhyPanel } from "./why.tsx";
import "./plan.css";

const TABS = ["ties", "prices", "if", "compare"] as const;
export interface Query {
  readonly tab: (typeof TABS)[number];
  readonly run: number | null;
  readonly other: number | null;
  readonly find: string;
  readonly class: readonly ResourceClass[];
  readonly sort: string;
  readonly scarce: string;
  readonly from: string;      // of the pair that is asked about: offer:ID
  readonly to: string;
  readonly why: boolean;      // the form of any pair is open
}
export type PlanProps = RoomProps<Query> & { readonly run: number; readonly plans: readonly PlanRun[] };

export const runName = (plan: PlanRun): string => text(plan.is_what_if ? "plan.run_if" : "plan.run", { run: String(plan.run_id), objective: text(`plan.objective.${plan.objective}`), when: formatDateTime(plan.finished) });

const isOfPair = (tie: Tie, query: Query): boolean => `${tie.from_kind}:${tie.from_id}` === query.from && `${tie.to_kind}:${tie.to_id}` === query.to;

/* ---------------------------------------------------------------- ties */
function TiesPanel({ run, query, set, href }: PlanProps) {
  const { role } = useStore(me);
  const ties = useAll<Tie>(`/plans/${run}/ties`);
  const shown = useMemo(() => {
    const words = query.find.toLowerCase().split(/\s+/).filter(Boolean);
    return (ties.data ?? []).filter((tie) => (query.class.length === 0 || query.class.includes(tie.class)) &&
      words.every((word) => [endName(tie, "from"), endName(tie, "to"), nameIn(tie, "resource_name"), tie.from_actor_name, tie.to_actor_name].some((part) => part?.toLowerCase().includes(word))));
  }, [ties.data, query.find, query.class]);
  const eur = shown.reduce((sum, tie) => sum + tie.eur, 0);
  const canAsk = role === "coordinator";
  return (
    <>
      <div class="filters">
        <SearchBox label={text("plan.find")} value={query.find} onValue={(find) => set({ find }, "replace")} />
        <Choices label={text("plan.class")} values={query.class} options={CLASSES.map((value) => ({ value, label: text(`common.class.${value}`), mark: <Dot of={value} /> }))} onValue={(value) => set({ class: value })} />
      </div>
      <Wait of={ties}>{(all) => all.length === 0 ? <Empty>{text("plan.no_ties")}</Empty> : (
        <>
          <p class="ties-sum">{text("plan.ties_sum", { n: shown.length, eur: formatEur(eur) })}</p>
          <Table caption={text("plan.ties_caption")} rows={shown} keyOf={(tie) => tie.tie_id} sort={query.sort} onSort={(sort) => set({ sort }, "replace")} csv={csvHref(`/plans/${run}/ties`, {})}
            narrow={["resource", "eur", "quantity"]} isOn={(tie) => isOfPair(tie, query)}
            columns={[
              { name: "resource", head: text("plan.column.resource"), value: (tie) => nameIn(tie, "resource_name"), cell: (tie) => <><Dot of={tie.class} isHollow={tie.is_estimate} />{nameIn(tie, "resource_name")}</> },
              { name: "from", head: text("plan.column.from"), value: (tie) => endName(tie, "from") },
              { name: "to", head: text("plan.column.to"), value: (tie) => endName(tie, "to") },
              { name: "quantity", head: text("plan.column.quantity"), isNumber: true, value: (tie) => tie.quantity, cell: (tie) => <Cell value={tie.quantity} unit={tie.unit} isEstimate={tie.is_estimate} /> },
              { name: "eur", head: text("plan.column.eur"), isNumber: true, value: (tie) => tie.eur, cell: (tie) => <Cell value={tie.eur} /> },
              { name: "co2", head: text("plan.column.co2"), isNumber: true, value: (tie) => tie.co2_kg / 1000, cell: (tie) => <Cell value={tie.co2_kg / 1000} /> },
              ...(canAsk ? [{ name: "why", head: text("plan.column.why"), value: () => "", cell: (tie: Tie) => <a href={href({ from: `${tie.from_kind}:${tie.from_id}`, to: `${tie.to_kind}:${tie.to_id}` })}>{text("plan.why")}</a> }] : []),
            ]}
            source={<p>{text("plan.source", { run: String(run) })}</p>} />
        </>
      )}</Wait>
    </>
  );
}

/* ---------------------------------------------------------------- prices */
interface Price { readonly kind: "offer" | "need" | "gateway"; readonly id: string; readonly resource_name: string; readonly class: ResourceClass; readonly unit: string; readonly site_name: string | null; readonly amount: number | null; readonly used: number; readonly dual: number }

function PricesPanel({ run, plans, query, set }: PlanProps) {
  const prices = useAll<Price>(`/plans/${run}/prices`);
  const objective = plans.find((plan) => plan.run_id === run)?.objective ?? "value";
  const unit = objective === "value" ? "EUR" : objective === "jobs" ? "FTE" : "t";
  return (
    <>
      <p class="lead">{text("plan.prices_lead")}</p>
      <Wait of={prices}>{(all) => {
        const scarce = all.filter(({ dual }) => Math.abs(dual) > 1e-9);
        return scarce.length === 0 ? <Empty>{text("plan.no_prices")}</Empty> : (
          <Table caption={text("plan.prices_caption")} rows={scarce} keyOf={(price) => `${price.kind} ${price.id}`} sort={query.scarce} onSort={(value) => set({ scarce: value }, "replace")} csv={csvHref(`/plans/${run}/prices`, {})} narrow={["what", "dual", "where"]}
            columns={[
              { name: "what", head: text("plan.column.what"), value: (price) => nameIn(price, "resource_name"), cell: (price) => <><Dot of={price.class} />{nameIn(price, "resource_name")}</> },
              { name: "kind", head: text("plan.column.kind"), value: (price) => text(`plan.kind.${price.kind}`) },
              { name: "where", head: text("plan.column.where"), value: (price) => price.site_name },
              { name: "used", head: text("plan.column.used"), isNumber: true, value: (price) => price.used, cell: (price) => <Cell value={price.used} unit={price.unit} /> },
              { name: "dual", head: text("plan.column.one_more"), isNumber: true, value: (price) => price.dual, cell: (price) => <Cell value={price.dual} unit={unitOf(unit, price.unit)} /> },
            ]}
            source={<p>{text("plan.prices_what")}</p>} />
        );
      }}</Wait>
    </>
  );
}

/* ---------------------------------------------------------------- the room */
function View(props: RoomProps<Query>) {
  const { query, set, href } = props;
  const { role } = useStore(me);
  const listed = useGet<Listed<PlanRun>>("/plans", { query: { limit: 200 } });
  const isCoordinator = role === "coordinator";
  const plans = listed.data?.items ?? [];
  const run = query.run ?? latestOf(plans)?.run_id ?? null;
  const now = plans.find((plan) => plan.run_id === run);
  const tabs = TABS.filter((tab) => isCoordinator || tab === "ties" || tab === "prices");
  const tab = tabs.includes(query.tab) ? query.tab : "ties";
  const inner = run === null ? null : { ...props, run, plans };
  return (
    <Page title={text("common.room.plan")} lead={text("plan.lead")}
      actions={isCoordinator && <a class="button" href={href({ why: true })}>{text("plan.ask_why")}</a>}
      aside={inner && isCoordinator && (query.why || (query.from && query.to)) && <WhyPanel {...inner} />}>
      <Wait of={listed}>{() => (
        <>
          {inner === null && tab !== "if" && <Empty action={isCoordinator && <button type="button" class="first" onClick={() => set({ tab: "if" })}>{text("plan.make")}</button>}>{text("plan.none")}</Empty>}
          {now && <p class="quiet">{runName(now)}{query.run !== null && latestOf(plans)?.run_id !== query.run && <>{" "}<a href={href({ run: null })}>{text("plan.to_latest")}</a></>}</p>}
          {(inner !== null || isCoordinator) && (
            <Tabs label={text("plan.parts")} now={tab} tabs={tabs.map((value) => ({ value, label: text(`plan.tab.${value}`) }))} onTab={(value) => set({ tab: value })}>
              {tab === "ties" && inner && <TiesPanel {...inner} />}
              {tab === "prices" && inner && <PricesPanel {...inner} />}
              {tab === "if" && <WhatIfPanel {...props} run={run} plans={plans} again={listed.again} />}
              {tab === "compare" && inner && <ComparePanel {...inner} />}
            </Tabs>
          )}
        </>
      )}</Wait>
    </Page>
  );
}

export const room = defineRoom<Query>({
  query: { tab: asWord(TABS, "ties"), run: asNumber(), other: asNumber(), find: asText(), class: asWords(CLASSES), sort: asText("-eur"), scarce: asText("-dual"), from: asText(), to: asText(), why: asFlag() },
  View,
});
