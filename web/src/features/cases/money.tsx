/* The money of a case: its lines, and what they come to at the region's rate. */
import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { exactNumber, formatEur, formatNumber, formatShare } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Empty, Table, type Column } from "../../ui/index.ts";
import { flagOf, FormDialog, numberOf, optionsOf, wordOf, type Field } from "./form.tsx";
import type { PartProps } from "./sheet.tsx";
import { MONEY_KINDS, type Cash, type Money } from "./types.ts";

const years = (one: Money): string => (one.from_yr === one.to_yr ? text("cases.in_year", { year: one.from_yr }) : text("cases.in_years", { from: one.from_yr, to: one.to_yr }));
const signOf = (one: Money): 1 | -1 => (one.kind === "benefit" || one.kind === "subsidy" ? 1 : -1);

function sentenceOf(cash: Cash): string {
  const worth = text((cash.npv_eur ?? 0) >= 0 ? "cases.npv_good" : "cases.npv_bad", { npv: formatEur(Math.abs(cash.npv_eur ?? 0)) });
  if (!cash.invested_eur) return worth;
  return `${worth} ${cash.payback_yr === null ? text("cases.payback_never") : text("cases.payback", { years: formatNumber(cash.payback_yr) })}`;
}

/* Bars of the yearly sum; the table below has the figures. */
function Bars({ flow }: { readonly flow: readonly number[] }) {
  const high = Math.max(0, ...flow), low = Math.min(0, ...flow), span = high - low || 1, step = 640 / flow.length;
  const y = (value: number): number => 8 + (96 * (high - value)) / span;
  return (
    <svg class="bars" viewBox="0 0 640 112" role="img" aria-label={text("cases.bars", { n: flow.length - 1 })}>
      {flow.map((value, i) => <rect key={i} class={value < 0 ? "out" : "in"} x={i * step + step * 0.15} width={step * 0.7} y={Math.min(y(value), y(0))} height={Math.max(1, Math.abs(y(value) - y(0)))} />)}
      <line x1="0" x2="640" y1={y(0)} y2={y(0)} />
    </svg>
  );
}

function MoneyDialog({ sheet, doing, of, onClose }: PartProps & { readonly of: Money | null; readonly onClose: () => void }) {
  const path = `/cases/${sheet.case_id}/money`;
  const mine = sheet.is_mine_to_move ? sheet.partners : sheet.partners.filter(({ is_own }) => is_own);
  const fields: Field[] = [
    { name: "kind", label: text("cases.field.kind"), kind: "select", options: optionsOf(MONEY_KINDS, (one) => text(`cases.money_kind.${one}`)) },
    { name: "what", label: text("cases.field.money_what"), required: true, max: 300 },
    { name: "eur", label: text("cases.field.eur"), hint: text("cases.eur_hint"), kind: "number", required: true },
    { name: "from_yr", label: text("cases.field.from_yr"), hint: text("cases.year_hint"), kind: "number", required: true },
    { name: "to_yr", label: text("cases.field.to_yr"), kind: "number", required: true },
    { name: "partner", label: text("cases.field.whose"), kind: "select", options: [...(sheet.is_mine_to_move ? [{ value: "", label: text("cases.all_together") }] : []), ...mine.map((one) => ({ value: String(one.case_partner_id), label: one.actor_name ?? one.actor_id }))] },
    { name: "is_private", label: text("cases.field.is_private"), kind: "check", when: (values) => values["partner"] !== "" },
    { name: "is_estimate", label: text("cases.field.is_estimate_money"), kind: "check" },
    { name: "origin", label: text("cases.field.origin"), hint: text("cases.origin_hint"), max: 500 },
  ];
  return (
    <FormDialog title={text(of ? "cases.money_line" : "cases.money_new")} onClose={onClose} fields={fields}
      initial={{ kind: of?.kind ?? "investment", what: of?.what ?? "", eur: of ? String(of.eur) : "", from_yr: String(of?.from_yr ?? 0), to_yr: String(of?.to_yr ?? 0),
        partner: of?.case_partner_id ? String(of.case_partner_id) : sheet.is_mine_to_move ? "" : String(mine[0]?.case_partner_id ?? ""), is_private: of?.is_private ?? false, is_estimate: of?.is_estimate ?? true, origin: of?.origin ?? "" }}
      onSubmit={async (values) => {
        const partner = numberOf(values["partner"]);
        const body = { kind: wordOf(values["kind"]), what: wordOf(values["what"]), eur: numberOf(values["eur"]), from_yr: Math.round(numberOf(values["from_yr"]) ?? 0), to_yr: Math.round(numberOf(values["to_yr"]) ?? 0),
          case_partner_id: partner, is_private: partner !== null && flagOf(values["is_private"]), is_estimate: flagOf(values["is_estimate"]), origin: wordOf(values["origin"]) };
        await (of ? send("PATCH", `${path}/${of.case_money_id}`, body) : send("POST", path, body));
        await doing(async () => undefined, text("common.form.saved"));
      }} />
  );
}

export function MoneyPart(props: PartProps) {
  const { sheet, doing } = props;
  const [open, setOpen] = useState<Money | "new">();
  const { all, partners, discount_rate } = sheet.economics;
  const own = new Set(sheet.partners.filter(({ is_own }) => is_own).map(({ case_partner_id }) => case_partner_id));
  const mayWrite = (one: Money): boolean => sheet.is_mine_to_move || (sheet.is_inside && one.case_partner_id !== null && own.has(one.case_partner_id));
  const columns: readonly Column<Money>[] = [
    { name: "what", head: text("cases.field.money_what"), value: (row) => row.what },
    { name: "kind", head: text("cases.field.kind"), value: (row) => text(`cases.money_kind.${row.kind}`) },
    { name: "whose", head: text("cases.field.whose"), value: (row) => row.actor_name ?? text("cases.all_together"), cell: (row) => <>{row.actor_name ?? text("cases.all_together")}{row.is_private && <span class="quiet"> · {text("cases.private")}</span>}</> },
    { name: "years", head: text("cases.years"), value: (row) => years(row) },
    { name: "eur", head: text("cases.eur_a_year"), value: (row) => signOf(row) * row.eur, cell: (row) => <>{row.is_estimate && <i class="ring" title={text("common.estimate")}><span class="unseen">{text("common.estimate")} </span></i>}{exactNumber(signOf(row) * row.eur, "EUR")}</>, isNumber: true },
    { name: "do", head: text("cases.do"), value: () => null, cell: (row) => mayWrite(row) ? (
      <span class="actions">
        <button type="button" class="plain" onClick={() => setOpen(row)}>{text("common.form.edit")}<span class="unseen">: {row.what}</span></button>
        <button type="button" class="plain" onClick={() => void doing(() => send("DELETE", `/cases/${sheet.case_id}/money/${row.case_money_id}`), text("cases.money_gone", { what: row.what }))}>{text("cases.remove")}<span class="unseen">: {row.what}</span></button>
      </span>) : "–" },
  ];
  return (
    <>
      {all ? <>
        <p class="lead">{sentenceOf(all)}</p>
        <Bars flow={all.flow_eur} />
        <p class="quiet small">{text("cases.money_note", { rate: formatShare(discount_rate) })}</p>
        {partners.length > 1 && (
          <dl class="facts">{partners.map((one) => <><dt>{one.actor_name ?? text("cases.all_together")}</dt><dd>{sentenceOf(one)}</dd></>)}</dl>
        )}
        <Table caption={text("cases.money_caption")} columns={columns.filter(({ name }) => name !== "do" || sheet.is_inside)} rows={sheet.money} keyOf={(row) => row.case_money_id} csv="money.csv" />
      </> : <Empty>{text("cases.no_money")}</Empty>}
      {(sheet.is_mine_to_move || (sheet.is_inside && own.size > 0)) && <p class="actions add"><button type="button" onClick={() => setOpen("new")}>{text("cases.money_new")}</button></p>}
      {open && <MoneyDialog {...props} of={open === "new" ? null : open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
