/* Experiments in a list or on a month; the calendar to take along. */
import { useState } from "preact/hooks";
import { Problem, send, type Page as Items } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import type { RoomProps } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { formatDate } from "../../format/dates.ts";
import { text } from "../../text/text.ts";
import { Choice, Dialog, Empty, Page, ProblemNote, Rows, Section, Wait } from "../../ui/index.ts";
import { VIEWS, type Query } from "./index.tsx";
import { Month, monthOf } from "./month.tsx";
import { whereOf, type ExperimentRow } from "./types.ts";

const periodOf = (one: ExperimentRow): string => text("experiments.period", { from: formatDate(one.from_day), to: formatDate(one.to_day) });
const rowOf = (one: ExperimentRow) => ({
  key: String(one.experiment_id), href: `/experiments/${one.experiment_id}`, title: one.title,
  detail: [text(`experiments.status.${one.status}`), whereOf(one), periodOf(one), one.user_name, one.outcome && text(`experiments.result.${one.outcome}`)].filter(Boolean).join(" · "),
});

/* An address for a calendar program; whoever has it sees what the account sees of experiments. */
function CalendarDialog({ onClose }: { readonly onClose: () => void }) {
  const [address, setAddress] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const work = (method: "POST" | "DELETE") => async (): Promise<void> => {
    try {
      const { body } = await send<{ address: string } | null>(method, "/calendar");
      setAddress(body ? new URL(body.address, location.href).href : undefined);
      if (!body) onClose();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  };
  return (
    <Dialog title={text("experiments.calendar")} onClose={onClose}>
      {problem && <ProblemNote problem={problem} />}
      <p>{text("experiments.calendar_lead")}</p>
      {address && <p class="address"><label for="f-address">{text("experiments.address")}</label><input id="f-address" readOnly value={address} onFocus={(event) => event.currentTarget.select()} /></p>}
      <p class="actions">
        <button type="button" onClick={() => void work("POST")()}>{text("experiments.address_new")}</button>
        <button type="button" onClick={() => void work("DELETE")()}>{text("experiments.address_end")}</button>
      </p>
    </Dialog>
  );
}

function Sections({ items }: { readonly items: readonly ExperimentRow[] }) {
  const groups = [["waiting", ["asked"]], ["going", ["agreed", "running"]], ["over", ["ended", "refused"]]] as const;
  return (
    <>{groups.map(([name, statuses]) => {
      const rows = items.filter((one) => (statuses as readonly string[]).includes(one.status)).sort((a, b) => a.from_day.localeCompare(b.from_day));
      return rows.length > 0 && <Section key={name} title={text(`experiments.group.${name}`)}><Rows label={text(`experiments.group.${name}`)} rows={rows.map(rowOf)} /></Section>;
    })}</>
  );
}

export function ListPage({ query, set, href }: RoomProps<Query>) {
  const { role } = useStore(me);
  const [isCalendar, setCalendar] = useState(false);
  const list = useGet<Items<ExperimentRow>>("/experiments", { query: { limit: 1000 } });
  const canAsk = role === "coordinator" || role === "partner" || role === "planner";
  const ask = <a class="button first" href="/experiments/new">{text("experiments.ask")}</a>;
  return (
    <Page title={text("experiments.title")} lead={text(canAsk ? "experiments.lead" : "experiments.lead_public")} actions={canAsk && ask}>
      <div class="filters">
        <Choice label={text("experiments.view")} value={query.view} onValue={(view) => set({ view })} options={VIEWS.map((value) => ({ value, label: text(`experiments.view.${value}`) }))} />
        <a href="/api/v1/experiments/calendar" download="experiments.ics">{text("experiments.file")}</a>
        {role !== "public" && <button type="button" class="plain" onClick={() => setCalendar(true)}>{text("experiments.subscribe")}</button>}
      </div>
      <Wait of={list}>{({ items }) => (
        query.view === "month" ? <Month items={items} month={monthOf(query.month)} href={(month) => href({ month })} />
          : items.length === 0 ? <Empty>{text(canAsk ? "experiments.none" : "experiments.none_public")}</Empty> : <Sections items={items} />
      )}</Wait>
      {isCalendar && <CalendarDialog onClose={() => setCalendar(false)} />}
    </Page>
  );
}
