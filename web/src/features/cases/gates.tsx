/* The gates: what must be met before a case leaves a stage. The coordinator's list to change. */
import { useState } from "preact/hooks";
import { send, type Page as Items } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { useStore } from "../../app/store.ts";
import { language, text } from "../../text/text.ts";
import { Card, Page, ProblemNote, Section, Wait } from "../../ui/index.ts";
import { flagOf, FormDialog, numberOf, useDoing, wordOf } from "./form.tsx";
import { STAGES, type Stage } from "./types.ts";

interface Gate {
  readonly gate_criterion_id: number;
  readonly stage: Stage;
  readonly rank: number;
  readonly name_en: string;
  readonly name_nl: string;
  readonly evidence_en: string | null;
  readonly evidence_nl: string | null;
  readonly is_used: boolean;
}

export const nameOfCriterion = (one: { readonly name_en: string; readonly name_nl: string }): string => (language.value === "nl" ? one.name_nl : one.name_en);
export const hintOfCriterion = (one: { readonly evidence_en: string | null; readonly evidence_nl: string | null }): string | null => (language.value === "nl" ? one.evidence_nl : one.evidence_en);

export function Gates() {
  const gates = useGet<Items<Gate>>("/cases/gates", { query: { limit: 1000 } });
  const { role } = useStore(me);
  const [open, setOpen] = useState<{ readonly stage: Stage; readonly of: Gate | null }>();
  const { problem, doing } = useDoing(gates.again);
  const isMine = role === "coordinator";
  return (
    <Page title={text("cases.gates")} lead={text("cases.gates_lead")} kicker={<a href="/cases">{text("cases.title")}</a>}>
      {problem && <ProblemNote problem={problem} />}
      <Wait of={gates}>{({ items }) => (
        <>{STAGES.map((stage) => (
          <Section key={stage} title={text("cases.gate_of", { stage: text(`cases.stage.${stage}`) })}>
            {items.filter((one) => one.stage === stage).sort((a, b) => a.rank - b.rank).map((one) => (
              <Card key={one.gate_criterion_id} title={nameOfCriterion(one)} detail={[hintOfCriterion(one), one.is_used ? null : text("cases.not_used")].filter(Boolean).join(" · ")}
                action={isMine && <button type="button" class="plain" onClick={() => setOpen({ stage, of: one })}>{text("common.form.edit")}<span class="unseen">: {nameOfCriterion(one)}</span></button>} />
            ))}
            {isMine && <p class="actions"><button type="button" onClick={() => setOpen({ stage, of: null })}>{text("cases.criterion_new")}<span class="unseen">: {text(`cases.stage.${stage}`)}</span></button></p>}
          </Section>
        ))}</>
      )}</Wait>
      {open && (
        <FormDialog title={text(open.of ? "cases.criterion" : "cases.criterion_new")} onClose={() => setOpen(undefined)}
          initial={{ name_nl: open.of?.name_nl ?? "", name_en: open.of?.name_en ?? "", evidence_nl: open.of?.evidence_nl ?? "", evidence_en: open.of?.evidence_en ?? "", rank: String(open.of?.rank ?? 100), is_used: open.of?.is_used ?? true }}
          fields={[
            { name: "name_nl", label: text("cases.field.name_nl"), required: true, max: 300 }, { name: "name_en", label: text("cases.field.name_en"), required: true, max: 300 },
            { name: "evidence_nl", label: text("cases.field.evidence_nl"), max: 300 }, { name: "evidence_en", label: text("cases.field.evidence_en"), max: 300 },
            { name: "rank", label: text("cases.field.rank"), kind: "number" }, { name: "is_used", label: text("cases.field.is_used"), kind: "check" },
          ]}
          onSubmit={async (values) => {
            const body = { name_nl: wordOf(values["name_nl"]), name_en: wordOf(values["name_en"]), evidence_nl: wordOf(values["evidence_nl"]), evidence_en: wordOf(values["evidence_en"]), rank: Math.round(numberOf(values["rank"]) ?? 100), is_used: flagOf(values["is_used"]) };
            await (open.of ? send("PATCH", `/cases/gates/${open.of.gate_criterion_id}`, body) : send("POST", "/cases/gates", { ...body, stage: open.stage }));
            await doing(async () => undefined, text("common.form.saved"));
          }} />
      )}
    </Page>
  );
}
