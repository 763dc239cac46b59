/* Outcomes: what came of a case, who says so, who verified it, and whose doing it is. */
import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { formatDate } from "../../format/dates.ts";
import { exactNumber, formatShare } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Card, Empty } from "../../ui/index.ts";
import { FormDialog, numberOf, optionsOf, wordOf, type Field } from "./form.tsx";
import type { PartProps } from "./sheet.tsx";
import { OUTCOME_KINDS, OUTCOME_UNITS, type Outcome } from "./types.ts";

type Open = { readonly what: "claim"; readonly of: Outcome | null } | { readonly what: "verify" | "share"; readonly of: Outcome };
type DialogProps<O> = PartProps & { readonly of: O; readonly onClose: () => void };

function ClaimDialog({ sheet, doing, of, onClose }: DialogProps<Outcome | null>) {
  const path = `/cases/${sheet.case_id}/outcomes`;
  const fields: Field[] = [
    { name: "kind", label: text("cases.field.outcome_kind"), kind: "select", options: optionsOf(OUTCOME_KINDS, (one) => text(`cases.outcome_kind.${one}`)) },
    { name: "quantity", label: text("cases.field.quantity"), kind: "number", required: true },
    { name: "from_day", label: text("cases.field.from_day"), kind: "date", required: true }, { name: "to_day", label: text("cases.field.to_day"), kind: "date", required: true },
    { name: "evidence", label: text("cases.field.evidence"), hint: text("cases.outcome_hint"), kind: "area", required: true },
  ];
  return (
    <FormDialog title={text(of ? "cases.outcome" : "cases.outcome_new")} onClose={onClose} fields={fields}
      initial={{ kind: of?.kind ?? "landfill_t", quantity: of ? String(of.quantity) : "", from_day: of?.from_day ?? "", to_day: of?.to_day ?? "", evidence: of?.evidence ?? "" }}
      onSubmit={async (values) => {
        const body = { kind: wordOf(values["kind"]), quantity: numberOf(values["quantity"]), from_day: wordOf(values["from_day"]), to_day: wordOf(values["to_day"]), evidence: wordOf(values["evidence"]) };
        await (of ? send("PATCH", `${path}/${of.case_outcome_id}`, body) : send("POST", path, body));
        await doing(async () => undefined, text("common.form.saved"));
      }}>{of?.verified_by && <p class="before-form">{text("cases.claim_again")}</p>}</FormDialog>
  );
}

function VerifyDialog({ sheet, doing, of, onClose }: DialogProps<Outcome>) {
  return (
    <FormDialog title={text("cases.verify")} onClose={onClose} submit={text("cases.verify")} initial={{ verified_by: "", quantity: String(of.quantity) }}
      fields={[{ name: "verified_by", label: text("cases.field.verified_by"), hint: text("cases.verified_hint"), required: true, max: 200 },
        { name: "quantity", label: text("cases.field.verified_quantity", { unit: OUTCOME_UNITS[of.kind] }), kind: "number", required: true }]}
      onSubmit={async (values) => {
        await send("POST", `/cases/${sheet.case_id}/outcomes/${of.case_outcome_id}/verify`, { verified_by: wordOf(values["verified_by"]), quantity: numberOf(values["quantity"]) });
        await doing(async () => undefined, text("common.form.saved"));
      }} />
  );
}

function ShareDialog({ sheet, doing, of, onClose }: DialogProps<Outcome>) {
  const whose = [...sheet.partners.map((one) => ({ id: one.case_partner_id as number | null, name: one.actor_name ?? one.actor_id })), { id: null, name: text("cases.coordinator_work") }];
  const shareOf = (id: number | null): string => { const found = of.shares.find((one) => one.case_partner_id === id); return found ? String(Math.round(found.share * 1000) / 10) : ""; };
  return (
    <FormDialog title={text("cases.shares")} onClose={onClose} initial={Object.fromEntries(whose.map(({ id }) => [`of-${id ?? 0}`, shareOf(id)]))}
      fields={whose.map(({ id, name }) => ({ name: `of-${id ?? 0}`, label: text("cases.percent_of", { name }), kind: "number" as const }))}
      onSubmit={async (values) => {
        const shares = whose.flatMap(({ id }) => { const percent = numberOf(values[`of-${id ?? 0}`]); return percent === null || percent === 0 ? [] : [{ case_partner_id: id, share: percent / 100 }]; });
        await send("PUT", `/cases/${sheet.case_id}/outcomes/${of.case_outcome_id}/shares`, { shares });
        await doing(async () => undefined, text("common.form.saved"));
      }}><p class="before-form">{text("cases.shares_lead")}</p></FormDialog>
  );
}

export function OutcomesPart(props: PartProps) {
  const { sheet } = props;
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const figure = (one: Outcome, value: number): string => exactNumber(value, OUTCOME_UNITS[one.kind]);
  const sharesOf = (one: Outcome): string => one.shares.map(({ case_partner_id, share }) => `${case_partner_id === null ? text("cases.coordinator_work") : (sheet.partners.find((partner) => partner.case_partner_id === case_partner_id)?.actor_name ?? "")} ${formatShare(share)}`).join(", ");
  return (
    <>
      {sheet.is_inside && <p class="actions"><button type="button" onClick={() => setOpen({ what: "claim", of: null })}>{text("cases.outcome_new")}</button></p>}
      {sheet.outcomes.length === 0 && <Empty>{text("cases.no_outcomes")}</Empty>}
      {sheet.outcomes.map((one) => (
        <Card key={one.case_outcome_id} title={`${text(`cases.outcome_kind.${one.kind}`)}: ${figure(one, one.verified_quantity ?? one.quantity)}`}
          detail={text("cases.period", { from: formatDate(one.from_day), to: formatDate(one.to_day) })}
          action={(sheet.is_mine_to_move || (sheet.is_inside && one.is_own && !one.verified_by)) && (
            <span class="actions">
              <button type="button" class="plain" onClick={() => setOpen({ what: "claim", of: one })}>{text("common.form.edit")}<span class="unseen">: {text(`cases.outcome_kind.${one.kind}`)}</span></button>
              {sheet.is_mine_to_move && !one.verified_by && !one.is_own && <button type="button" class="plain" onClick={() => setOpen({ what: "verify", of: one })}>{text("cases.verify")}</button>}
              {sheet.is_mine_to_move && <button type="button" class="plain" onClick={() => setOpen({ what: "share", of: one })}>{text("cases.shares")}</button>}
            </span>
          )}>
          <p class="detail">
            {one.verified_by ? <b class="met">{text("cases.verified_line", { name: one.verified_by, date: formatDate(one.verified_on), quantity: figure(one, one.verified_quantity!) })}</b> : <span class="not-met">{text("cases.claimed_only")}</span>}
            {" "}{text("cases.claimed_line", { name: one.claimed_name ?? text("cases.somebody"), date: formatDate(one.claimed_on), quantity: figure(one, one.quantity) })}
          </p>
          <p class="long">{one.evidence}</p>
          {one.shares.length > 0 && <p class="detail">{text("cases.shares_line", { shares: sharesOf(one) })}</p>}
        </Card>
      ))}
      {open?.what === "claim" && <ClaimDialog {...props} of={open.of} onClose={close} />}
      {open?.what === "verify" && <VerifyDialog {...props} of={open.of} onClose={close} />}
      {open?.what === "share" && <ShareDialog {...props} of={open.of} onClose={close} />}
    </>
  );
}
