/* The gate of the stage of now: criteria with what shows them. */
import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { formatDate } from "../../format/dates.ts";
import { personName } from "../../text/person.ts";
import { text } from "../../text/text.ts";
import { Card, Empty } from "../../ui/index.ts";
import { flagOf, FormDialog, wordOf } from "./form.tsx";
import { hintOfCriterion, nameOfCriterion } from "./gates.tsx";
import { gateOf, type PartProps } from "./sheet.tsx";
import type { Criterion } from "./types.ts";

function EvidenceDialog({ sheet, doing, of, onClose }: PartProps & { readonly of: Criterion; readonly onClose: () => void }) {
  const hint = hintOfCriterion(of);
  return (
    <FormDialog title={nameOfCriterion(of)} initial={{ evidence: of.evidence ?? "", is_met: of.is_met }} onClose={onClose}
      fields={[
        { name: "evidence", label: text("cases.field.evidence"), kind: "area", required: true, ...(hint ? { hint: text("cases.evidence_hint", { hint }) } : {}) },
        ...(sheet.is_mine_to_move ? [{ name: "is_met", label: text("cases.field.is_met"), kind: "check" as const }] : []),
      ]}
      onSubmit={async (values) => {
        const is_met = sheet.is_mine_to_move ? { is_met: flagOf(values["is_met"]) } : {};
        await send("PUT", `/cases/${sheet.case_id}/criteria/${of.gate_criterion_id}`, { evidence: wordOf(values["evidence"]), ...is_met });
        await doing(async () => undefined, text("common.form.saved"));
      }} />
  );
}

export function GatePart(props: PartProps) {
  const { sheet } = props;
  const [open, setOpen] = useState<Criterion>();
  const [isAll, setAll] = useState(false);
  const gate = gateOf(sheet);
  const met = gate.filter(({ is_met }) => is_met).length;
  const earlier = sheet.criteria.filter(({ stage, evidence }) => stage !== sheet.stage && evidence);
  const row = (one: Criterion) => (
    <Card key={one.gate_criterion_id} title={<><span class={one.is_met ? "met" : "not-met"}>{text(one.is_met ? "cases.is_met" : "cases.is_not_met")}</span> {nameOfCriterion(one)}</>}
      detail={one.evidence ? [one.evidence, personName(one.account_name), one.made && formatDate(one.made)].filter(Boolean).join(" · ") : hintOfCriterion(one) && text("cases.evidence_hint", { hint: hintOfCriterion(one)! })}
      action={sheet.is_inside && one.stage === sheet.stage && <button type="button" class="plain" onClick={() => setOpen(one)}>{text(one.evidence ? "common.form.edit" : "cases.give_evidence")}<span class="unseen">: {nameOfCriterion(one)}</span></button>} />
  );
  return (
    <>
      <h2>{text("cases.gate_of", { stage: text(`cases.stage.${sheet.stage}`) })}</h2>
      {gate.length === 0 ? <Empty>{text("cases.gate_empty")}</Empty> : <p>{text(met === gate.length ? "cases.gate_ready" : "cases.gate_met", { met, n: gate.length })}</p>}
      {gate.map(row)}
      {earlier.length > 0 && <p class="actions earlier"><button type="button" class="plain" aria-expanded={isAll} onClick={() => setAll(!isAll)}>{text("cases.earlier", { n: earlier.length })}</button></p>}
      {isAll && earlier.map(row)}
      {open && <EvidenceDialog {...props} of={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
