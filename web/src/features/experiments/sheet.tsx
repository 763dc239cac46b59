/* One experiment: where, when, under what conditions, who is responsible, what was learned. */
import { useState } from "preact/hooks";
import { send, type Page as Items } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { useStore } from "../../app/store.ts";
import { formatDate } from "../../format/dates.ts";
import { text } from "../../text/text.ts";
import { Page, ProblemNote, Section, Wait } from "../../ui/index.ts";
import { flagOf, FormDialog, optionsOf, numberOf, useDoing, wordOf, type Field, type Values } from "../cases/form.tsx";
import { RESULTS, whereOf, type Experiment, type ExperimentStatus } from "./types.ts";

type Open = "terms" | "learned" | "public";

function stepsOf(one: Experiment): readonly ExperimentStatus[] {
  const letting: readonly ExperimentStatus[] = one.may_agree ? { asked: ["agreed", "refused"] as const, agreed: ["refused"] as const, refused: ["asked"] as const, running: [], ended: [] }[one.status] : [];
  const running: readonly ExperimentStatus[] = one.may_run ? { agreed: ["running"] as const, running: ["ended"] as const, asked: [], ended: [], refused: [] }[one.status] : [];
  return [...running, ...letting];
}

function fieldsOf(open: Open, people: readonly { readonly account_id: number; readonly name: string }[]): readonly Field[] {
  if (open === "learned") return [
    { name: "outcome", label: text("experiments.field.result"), kind: "select", options: [{ value: "", label: text("experiments.choose") }, ...optionsOf(RESULTS, (one) => text(`experiments.result.${one}`))] },
    { name: "learned", label: text("experiments.field.learned"), hint: text("experiments.learned_hint"), kind: "area", required: true },
    { name: "next_step", label: text("experiments.field.next_step"), max: 1000 },
  ];
  if (open === "public") return [
    { name: "is_public", label: text("experiments.field.is_public"), kind: "check" },
    { name: "public_text", label: text("experiments.field.public_text"), hint: text("experiments.public_hint"), kind: "area", required: true, when: (values) => values["is_public"] === true },
  ];
  return [
    { name: "title", label: text("experiments.field.title"), required: true, max: 200 }, { name: "from_day", label: text("experiments.field.from_day"), kind: "date", required: true },
    { name: "to_day", label: text("experiments.field.to_day"), kind: "date", required: true }, { name: "summary", label: text("experiments.field.summary"), kind: "area" },
    { name: "conditions", label: text("experiments.field.conditions"), kind: "area" }, { name: "user_name", label: text("experiments.field.user"), max: 200 },
    { name: "responsible_id", label: text("experiments.field.responsible"), kind: "select", options: [{ value: "", label: text("experiments.nobody") }, ...people.map((person) => ({ value: String(person.account_id), label: person.name }))] },
  ];
}

const bodyOf = (open: Open, values: Values): object =>
  open === "learned" ? { learned: wordOf(values["learned"]), outcome: wordOf(values["outcome"]), next_step: wordOf(values["next_step"]) }
    : open === "public" ? { is_public: flagOf(values["is_public"]), public_text: wordOf(values["public_text"]) }
      : { title: wordOf(values["title"]), from_day: wordOf(values["from_day"]), to_day: wordOf(values["to_day"]), summary: wordOf(values["summary"]), conditions: wordOf(values["conditions"]),
        user_name: wordOf(values["user_name"]), responsible_id: numberOf(values["responsible_id"]) };

function Sheet({ one, again }: { readonly one: Experiment; readonly again: () => void }) {
  const { role } = useStore(me);
  const [open, setOpen] = useState<Open>();
  const { problem, doing } = useDoing(again);
  const people = useGet<Items<{ readonly account_id: number; readonly name: string }>>(open === "terms" ? "/experiments/people" : null, { query: { limit: 1000 } });
  const path = `/experiments/${one.experiment_id}`;
  const mayTerms = one.may_agree === 1 || (one.may_write === 1 && one.status === "asked");
  const facts = [["status", text(`experiments.status.${one.status}`)], ["user", one.user_actor_name ?? one.user_name], ["responsible", one.responsible_name], ["conditions", one.conditions]] as const;
  const initial: Values = {
    title: one.title, from_day: one.from_day, to_day: one.to_day, summary: one.summary ?? "", conditions: one.conditions ?? "", user_name: one.user_name ?? "", responsible_id: one.responsible_id ? String(one.responsible_id) : "",
    outcome: one.outcome ?? "", learned: one.learned ?? "", next_step: one.next_step ?? "", is_public: Boolean(one.is_public), public_text: one.public_text ?? "",
  };
  return (
    <Page title={one.title} kicker={<a href="/experiments">{text("experiments.title")}</a>} lead={text("experiments.where_when", { where: whereOf(one), from: formatDate(one.from_day), to: formatDate(one.to_day) })}
      actions={one.is_inside && <>
        {stepsOf(one).map((status, i) => <button type="button" class={i === 0 ? "first" : undefined} onClick={() => void doing(() => send("PATCH", path, { status }), text(`experiments.now.${status}`))}>{text(`experiments.set.${status}`)}</button>)}
        {mayTerms && <button type="button" onClick={() => setOpen("terms")}>{text("common.form.edit")}</button>}
      </>}>
      {problem && <ProblemNote problem={problem} />}
      {one.summary && <p class="long">{one.summary}</p>}
      {!one.is_inside && <p class="long">{one.public_text}</p>}
      <dl class="facts">{facts.filter(([, value]) => one.is_inside || value).map(([name, value]) => <><dt>{text(`experiments.fact.${name}`)}</dt><dd class="long">{value ?? <span class="unknown">{text("experiments.not_told")}</span>}</dd></>)}
        {one.case_id && <><dt>{text("experiments.fact.case")}</dt><dd><a href={`/cases/${one.case_id}`}>{one.case_title ?? one.case_id}</a></dd></>}
      </dl>
      {(one.status === "ended" || one.status === "running" || one.learned) && (
        <Section title={text("experiments.learned")}>
          {one.outcome && <p><b>{text(`experiments.result.${one.outcome}`)}</b></p>}
          <p class="long">{one.learned ?? <span class="unknown">{text("experiments.nothing_learned")}</span>}</p>
          {one.next_step && <p>{text("experiments.next", { step: one.next_step })}</p>}
          {(one.may_write === 1 || one.may_agree === 1) && <p class="actions"><button type="button" onClick={() => setOpen("learned")}>{text("experiments.learned_write")}</button></p>}
        </Section>
      )}
      {role === "coordinator" && (
        <Section title={text("experiments.for_citizens")}>
          <p class="long">{one.is_public ? one.public_text : text("experiments.not_public")}</p>
          <p class="actions"><button type="button" onClick={() => setOpen("public")}>{text("experiments.public_write")}</button></p>
        </Section>
      )}
      {open && (
        <FormDialog title={text(`experiments.open.${open}`)} fields={fieldsOf(open, people.data?.items ?? [])} initial={initial} onClose={() => setOpen(undefined)}
          onSubmit={async (values) => {
            await send("PATCH", path, bodyOf(open, values), { etag: `"v${one.version ?? 0}"` });
            await doing(async () => undefined, text("common.form.saved"));
          }} />
      )}
    </Page>
  );
}

export function ExperimentPage({ id }: { readonly id: string }) {
  const one = useGet<Experiment>(`/experiments/${encodeURIComponent(id)}`);
  return <Wait of={one}>{(data) => <Sheet one={data} again={one.again} />}</Wait>;
}
