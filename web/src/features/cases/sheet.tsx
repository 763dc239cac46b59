/* The sheet of one case: what it is and is worth, its gate, and all that belongs to it. */
import { useState } from "preact/hooks";
import { send, type Page as Items } from "../../api/client.ts";
import { useGet } from "../../api/use.ts";
import { formatAgo } from "../../format/dates.ts";
import { formatNumber } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Page, ProblemNote, Tabs, Wait } from "../../ui/index.ts";
import { DocumentsPart } from "./documents.tsx";
import { flagOf, FormDialog, numberOf, optionsOf, useDoing, wordOf, type Field } from "./form.tsx";
import { GatePart } from "./gate.tsx";
import { HistoryPart, TalkPart } from "./history.tsx";
import { MoneyPart } from "./money.tsx";
import { OutcomesPart } from "./outcomes.tsx";
import { PublicPage } from "./public.tsx";
import { PartnersPart, TasksPart } from "./rows.tsx";
import { TiesPart } from "./ties.tsx";
import { isPublicView, REASONS, STAGES, type PublicCase, type Sheet, type Step } from "./types.ts";
import { Way } from "./way.tsx";

export const PARTS = ["gate", "ties", "tasks", "partners", "money", "documents", "outcomes", "talk", "history"] as const;
export type Part = (typeof PARTS)[number];
export type Doing = ReturnType<typeof useDoing>["doing"];
export interface PartProps {
  readonly sheet: Sheet;
  readonly doing: Doing;
  readonly again: () => void;
}

export const movedOf = (iso: string): string => (new Date(iso).toDateString() === new Date().toDateString() ? text("cases.moved_today") : text("cases.moved", { ago: formatAgo(iso) }));

/* "Worth about 61,000 EUR a year and 210 t CO2 (estimate). 2 of 3 criteria are met." */
function leadOf(sheet: Sheet): string {
  const worth = sheet.worth_eur === null ? text("cases.worth_unknown")
    : text(sheet.is_estimate ? "cases.worth_estimate" : "cases.worth", { worth: formatNumber(sheet.worth_eur, "EUR") });
  const co2 = sheet.co2_t === null ? "" : text("cases.co2", { co2: formatNumber(sheet.co2_t, "t") });
  return [worth, co2, sheet.summary].filter(Boolean).join(" ");
}

export const gateOf = (sheet: Sheet) => sheet.criteria.filter(({ stage }) => stage === sheet.stage);
export const isOpenGate = (sheet: Sheet): boolean => gateOf(sheet).every(({ is_met }) => is_met);

/* ---------------------------------------------------------------- steps */
function StepDialog({ sheet, step, doing, onClose }: { readonly sheet: Sheet; readonly step: Step; readonly doing: Doing; readonly onClose: () => void }) {
  const isGated = step === "forward" || step === "complete";
  const isOverride = isGated && !isOpenGate(sheet);
  const fields: Field[] = [];
  if (step === "park" || step === "lose" || step === "back" || step === "reopen")
    fields.push({ name: "reason", label: text("cases.field.reason"), kind: "select", required: true, options: [{ value: "", label: text("cases.choose") }, ...optionsOf(REASONS, (one) => text(`cases.reason.${one}`))] });
  fields.push({ name: "reason_text", label: text(isOverride ? "cases.field.why_override" : "cases.field.reason_text"), kind: "area", required: isOverride });
  return (
    <FormDialog title={text(`cases.step.${step}`)} fields={fields} submit={text(`cases.step_do.${step}`)} onClose={onClose}
      onSubmit={async (values) => {
        await send("POST", `/cases/${sheet.case_id}/steps`, { step, from_stage: sheet.stage, is_override: isOverride, reason: isOverride ? "override" : wordOf(values["reason"]), reason_text: wordOf(values["reason_text"]) });
        await doing(async () => undefined, text(`cases.step_done.${step}`));
      }}>
      <p class="before-form">{isOverride ? text("cases.override_lead") : text(`cases.step_lead.${step}`)}</p>
    </FormDialog>
  );
}

function stepsOf(sheet: Sheet): readonly Step[] {
  if (sheet.status === "done") return ["reopen"];
  if (sheet.status === "lost") return ["resume"];
  if (sheet.status === "parked") return ["resume", "lose"];
  const back: readonly Step[] = sheet.stage === "idea" ? [] : ["back"];
  return [sheet.stage === "running" ? "complete" : "forward", ...back, "park", "lose"];
}

function Steps({ sheet, doing }: { readonly sheet: Sheet; readonly doing: Doing }) {
  const [open, setOpen] = useState<Step>();
  const next = STAGES[STAGES.indexOf(sheet.stage) + 1];
  const name = (step: Step): string => (step === "forward" && next ? text("cases.move_to", { stage: text(`cases.stage.${next}`) }) : text(`cases.step_do.${step}`));
  const press = (step: Step): void => {
    if ((step === "forward" && isOpenGate(sheet)) || step === "resume")
      void doing(() => send("POST", `/cases/${sheet.case_id}/steps`, { step, from_stage: sheet.stage }), text(`cases.step_done.${step}`));
    else setOpen(step);
  };
  return (
    <>
      {stepsOf(sheet).map((step, i) => <button type="button" class={i === 0 && ((step !== "forward" && step !== "complete") || isOpenGate(sheet)) ? "first" : undefined} onClick={() => press(step)}>{name(step)}</button>)}
      {open && <StepDialog sheet={sheet} step={open} doing={doing} onClose={() => setOpen(undefined)} />}
    </>
  );
}

/* ---------------------------------------------------------------- changing what it is */
function EditDialog({ sheet, doing, onClose }: { readonly sheet: Sheet; readonly doing: Doing; readonly onClose: () => void }) {
  const areas = useGet<Items<{ readonly area_id: string; readonly name: string; readonly level: string }>>(sheet.is_mine_to_move ? "/areas" : null, { query: { limit: 1000 } });
  const places = (areas.data?.items ?? []).filter(({ level }) => level === "municipality");
  const isPublished = (values: Readonly<Record<string, unknown>>): boolean => values["is_published"] === true;
  const own: Field[] = [{ name: "summary", label: text("cases.field.summary"), kind: "area" }, { name: "risk", label: text("cases.field.risk"), hint: text("cases.risk_hint"), kind: "area" }];
  const all: Field[] = [
    { name: "title", label: text("cases.field.title"), required: true, max: 200 }, ...own,
    { name: "worth_eur", label: text("cases.field.worth_eur"), hint: text("cases.unknown_hint"), kind: "number" }, { name: "co2_t", label: text("cases.field.co2_t"), kind: "number" },
    { name: "is_estimate", label: text("cases.field.is_estimate"), kind: "check" },
    { name: "lead_id", label: text("cases.field.lead"), kind: "select", options: [{ value: "", label: text("cases.nobody") }, ...sheet.people.map((one) => ({ value: String(one.account_id), label: one.name }))] },
    { name: "is_open_for_finance", label: text("cases.field.is_open_for_finance"), kind: "check" },
    { name: "is_published", label: text("cases.field.is_published"), kind: "check" },
    { name: "public_title", label: text("cases.field.public_title"), required: true, max: 200, when: isPublished },
    { name: "public_text", label: text("cases.field.public_text"), hint: text("cases.public_hint"), kind: "area", required: true, when: isPublished },
    { name: "area_id", label: text("cases.field.area"), kind: "select", options: [{ value: "", label: text("cases.nowhere") }, ...places.map((one) => ({ value: one.area_id, label: one.name }))], when: isPublished },
  ];
  const initial = {
    title: sheet.title, summary: sheet.summary ?? "", risk: sheet.risk ?? "", worth_eur: sheet.worth_eur === null ? "" : String(sheet.worth_eur), co2_t: sheet.co2_t === null ? "" : String(sheet.co2_t),
    is_estimate: sheet.is_estimate, lead_id: sheet.lead_id === null ? "" : String(sheet.lead_id), is_open_for_finance: sheet.is_open_for_finance, is_published: sheet.is_published,
    public_title: sheet.public_title ?? "", public_text: sheet.public_text ?? "", area_id: sheet.area_id ?? "",
  };
  return (
    <FormDialog title={text("cases.edit")} fields={sheet.is_mine_to_move ? all : own} initial={initial} onClose={onClose}
      onSubmit={async (values) => {
        const body = { summary: wordOf(values["summary"]), risk: wordOf(values["risk"]) };
        const whole = { ...body, title: wordOf(values["title"]), worth_eur: numberOf(values["worth_eur"]), co2_t: numberOf(values["co2_t"]), is_estimate: flagOf(values["is_estimate"]),
          lead_id: numberOf(values["lead_id"]), is_open_for_finance: flagOf(values["is_open_for_finance"]), is_published: flagOf(values["is_published"]),
          public_title: wordOf(values["public_title"]), public_text: wordOf(values["public_text"]), area_id: wordOf(values["area_id"]) };
        await send("PATCH", `/cases/${sheet.case_id}`, sheet.is_mine_to_move ? whole : body, { etag: `"v${sheet.version}"` });
        await doing(async () => undefined, text("common.form.saved"));
      }} />
  );
}

function CaseSheet({ sheet, part, onPart, again }: { readonly sheet: Sheet; readonly part: Part; readonly onPart: (part: Part) => void; readonly again: () => void }) {
  const [isEditing, setEditing] = useState(false);
  const { problem, doing } = useDoing(again);
  const parts = PARTS.filter((one) => sheet.is_inside || !["tasks", "talk", "history"].includes(one)).filter((one) => one !== "ties" || sheet.ties.length > 0);
  const now = parts.includes(part) ? part : "gate";
  const count: Readonly<Partial<Record<Part, number>>> = { ties: sheet.ties.length, tasks: sheet.tasks.filter(({ done }) => !done).length, partners: sheet.partners.length, documents: sheet.documents.length, outcomes: sheet.outcomes.length, talk: sheet.comments.length };
  const props: PartProps = { sheet, doing, again };
  const last = sheet.steps[sheet.steps.length - 1];
  return (
    <Page title={sheet.title} lead={leadOf(sheet)} kicker={<><a href="/cases">{text("cases.title")}</a> · {[text(`cases.status.${sheet.status}`), sheet.lead_name && text("cases.led_by", { name: sheet.lead_name }), movedOf(sheet.moved)].filter(Boolean).join(" · ")}</>}
      actions={<>{sheet.is_mine_to_move && <Steps sheet={sheet} doing={doing} />}{sheet.is_inside && <button type="button" onClick={() => setEditing(true)}>{text("common.form.edit")}</button>}</>}>
      {problem && <ProblemNote problem={problem} />}
      <Way stage={sheet.stage} status={sheet.status} />
      {sheet.status !== "open" && last?.reason && (
        <div class="note"><p><b>{text(`cases.is.${sheet.status}`)}</b> {text(`cases.reason.${last.reason}`)}{last.reason_text && `: ${last.reason_text}`}</p></div>
      )}
      {(sheet.is_published || sheet.is_open_for_finance) && <p class="quiet small shown-to">{[sheet.is_published && text("cases.is_published"), sheet.is_open_for_finance && text("cases.is_open_for_finance")].filter(Boolean).join(" · ")}</p>}
      {sheet.risk && <p class="risk"><b>{text("cases.field.risk")}</b> {sheet.risk}</p>}
      <Tabs label={text("cases.parts")} now={now} onTab={onPart} tabs={parts.map((value) => ({ value, label: count[value] ? `${text(`cases.part.${value}`)} ${count[value]}` : text(`cases.part.${value}`) }))}>
        {now !== "gate" && <h2 class="unseen">{text(`cases.part.${now}`)}</h2>}
        {now === "gate" && <GatePart {...props} />}
        {now === "ties" && <TiesPart {...props} />}
        {now === "tasks" && <TasksPart {...props} />}
        {now === "partners" && <PartnersPart {...props} />}
        {now === "money" && <MoneyPart {...props} />}
        {now === "documents" && <DocumentsPart {...props} />}
        {now === "outcomes" && <OutcomesPart {...props} />}
        {now === "talk" && <TalkPart {...props} />}
        {now === "history" && <HistoryPart {...props} />}
      </Tabs>
      {isEditing && <EditDialog sheet={sheet} doing={doing} onClose={() => setEditing(false)} />}
    </Page>
  );
}

export function CasePage({ caseId, part, onPart }: { readonly caseId: string; readonly part: Part; readonly onPart: (part: Part) => void }) {
  const one = useGet<Sheet | (PublicCase & { readonly is_public_view: true })>(`/cases/${encodeURIComponent(caseId)}`);
  return <Wait of={one} lines={6}>{(data) => (isPublicView(data) ? <PublicPage one={data} /> : <CaseSheet sheet={data} part={part} onPart={onPart} again={one.again} />)}</Wait>;
}
