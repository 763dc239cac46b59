/* The funnel: a column for each stage on a desktop, a tab for each on a phone. Cards are links that j and k walk along; a case whose
 * gate is ready moves on by a button. Nothing needs dragging. */
import { useEffect, useState } from "preact/hooks";
import { send, type Page as Items } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import type { RoomProps } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { formatDate } from "../../format/dates.ts";
import { formatCount, formatNumber } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Cell, Choice, Empty, Page, ProblemNote, SearchBox, Tabs, Wait } from "../../ui/index.ts";
import { FinanceList, leadOf } from "./finance.tsx";
import { useDoing } from "./form.tsx";
import type { Query } from "./index.tsx";
import { movedOf } from "./sheet.tsx";
import { Totals } from "./totals.tsx";
import { STAGES, STATUSES, type CaseRow, type Stage } from "./types.ts";

const NARROW = "(max-width: 819px)";
function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const list = matchMedia(NARROW), change = (): void => setNarrow(list.matches);
    list.addEventListener("change", change);
    return () => list.removeEventListener("change", change);
  }, []);
  return isNarrow;
}

function CaseCard({ one, canMove, onMove }: { readonly one: CaseRow; readonly canMove: boolean; readonly onMove: (one: CaseRow) => void }) {
  const isReady = one.criterion_count > 0 && one.met_count === one.criterion_count;
  const next = STAGES[STAGES.indexOf(one.stage) + 1];
  return (
    <li class="case-card">
      <a data-row href={`/cases/${one.case_id}`}>{one.title}</a>
      {one.worth_eur !== null && <p><Cell value={one.worth_eur} unit="EUR" isEstimate={one.is_estimate} /> <span class="quiet small">{text("cases.a_year")}</span></p>}
      <p class="detail">{one.partners.length > 0 ? one.partners.slice(0, 3).join(", ") : text("cases.no_partners")}{one.partners.length > 3 && ` +${one.partners.length - 3}`}</p>
      <p class="detail">
        {text("cases.met", { met: formatCount(one.met_count), n: one.criterion_count })}
        {one.task_count > 0 && <> · {text("cases.tasks_n", { n: one.task_count })}</>}
        {one.due && <> · {text("cases.due", { date: formatDate(one.due) })}</>}
      </p>
      <p class="detail">{movedOf(one.moved)}</p>
      {canMove && isReady && next && <button type="button" class="plain" onClick={() => onMove(one)}>{text("cases.move_to", { stage: text(`cases.stage.${next}`) })}<span class="unseen">: {one.title}</span></button>}
    </li>
  );
}

function Column({ stage, cases, canMove, onMove, isTitled }: { readonly stage: Stage; readonly cases: readonly CaseRow[]; readonly canMove: boolean; readonly onMove: (one: CaseRow) => void; readonly isTitled: boolean }) {
  const worth = cases.reduce((sum, one) => sum + (one.worth_eur ?? 0), 0);
  return (
    <section class="column" aria-label={text(`cases.stage.${stage}`)}>
      {isTitled && <h2>{text(`cases.stage.${stage}`)} <span class="quiet">{formatCount(cases.length)}</span></h2>}
      <p class="detail">{worth !== 0 ? text("cases.column_worth", { worth: formatNumber(worth, "EUR") }) : text(`cases.stage_is.${stage}`)}</p>
      <ul data-list>{cases.map((one) => <CaseCard key={one.case_id} one={one} canMove={canMove} onMove={onMove} />)}</ul>
      {cases.length === 0 && <p class="quiet small none">{text("cases.none_here")}</p>}
    </section>
  );
}

/* What is parked, lost or done stands in a list with its reason. */
function Put({ cases, status }: { readonly cases: readonly CaseRow[]; readonly status: string }) {
  if (cases.length === 0) return <Empty>{text(`cases.none.${status}`)}</Empty>;
  return (
    <ul class="rows" data-list aria-label={text(`cases.status.${status}`)}>
      {cases.map((one) => (
        <li key={one.case_id}>
          <a class="row" data-row href={`/cases/${one.case_id}`}>
            <b>{one.title}</b>
            <span class="detail">{[text(`cases.stage.${one.stage}`), one.reason && text(`cases.reason.${one.reason}`), text("cases.since", { date: formatDate(one.moved) })].filter(Boolean).join(" · ")}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function Funnel({ cases, query, set, canMove, onMove }: Pick<RoomProps<Query>, "query" | "set"> & { readonly cases: readonly CaseRow[]; readonly canMove: boolean; readonly onMove: (one: CaseRow) => void }) {
  const isNarrow = useNarrow();
  const of = (stage: Stage): readonly CaseRow[] => cases.filter((one) => one.stage === stage);
  if (!isNarrow) return <div class="funnel">{STAGES.map((stage) => <Column key={stage} stage={stage} cases={of(stage)} canMove={canMove} onMove={onMove} isTitled />)}</div>;
  return (
    <Tabs label={text("cases.stages")} now={query.stage} onTab={(stage) => set({ stage }, "replace")}
      tabs={STAGES.map((stage) => ({ value: stage, label: `${text(`cases.stage.${stage}`)} ${formatCount(of(stage).length)}` }))}>
      <Column stage={query.stage} cases={of(query.stage)} canMove={canMove} onMove={onMove} isTitled={false} />
    </Tabs>
  );
}

export function Board({ query, set }: RoomProps<Query>) {
  const { role } = useStore(me);
  const cases = useGet<Items<CaseRow>>("/cases", { query: { status: query.status, search: query.search, limit: 1000 } });
  const { problem, doing } = useDoing(cases.again);
  const onMove = (one: CaseRow): void => {
    const stage = STAGES[STAGES.indexOf(one.stage) + 1]!;
    const path = `/cases/${one.case_id}/steps`;
    void doing(() => send("POST", path, { step: "forward", from_stage: one.stage }), text("cases.moved_to", { title: one.title, stage: text(`cases.stage.${stage}`) }),
      async () => { await send("POST", path, { step: "back", from_stage: stage, reason: "other", reason_text: text("cases.taken_back") }); cases.again(); });
  };
  const canAdd = role !== "financier";
  return (
    <Page title={text("cases.title")} lead={role === "financier" && query.status === "open" && !query.search && cases.data?.items.length ? leadOf(cases.data.items) : text(`cases.lead.${role === "coordinator" ? "coordinator" : role === "partner" ? "partner" : "financier"}`)}
      actions={canAdd && <>{role === "coordinator" && <a class="button" href="/cases/gates">{text("cases.gates")}</a>}<a class="button first" href="/cases/new">{text("cases.new")}</a></>}>
      <div class="filters">
        <Choice label={text("cases.show")} value={query.status} onValue={(status) => set({ status })} options={STATUSES.map((value) => ({ value, label: text(`cases.status.${value}`) }))} />
        <SearchBox label={text("cases.search")} value={query.search} onValue={(search) => set({ search }, "replace")} />
      </div>
      {problem && <ProblemNote problem={problem} />}
      <Wait of={cases}>{({ items }) => (
        <>
          {query.status !== "open" ? <Put cases={items} status={query.status} />
            : items.length === 0 ? <Empty action={canAdd && <a class="button" href="/cases/new">{text("cases.new")}</a>}>{text(query.search ? "cases.none_found" : `cases.none_yet.${role === "financier" ? "financier" : "all"}`)}</Empty>
            : role === "financier" ? <FinanceList cases={items} />
            : <Funnel cases={items} query={query} set={set} canMove={role === "coordinator"} onMove={onMove} />}
          {role === "coordinator" && <Totals />}
        </>
      )}</Wait>
    </Page>
  );
}
