/* Why is this pair in the plan, or why not? What it is worth, what its ends are worth elsewhere, and the difference, in words first. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Need, Offer, Tie } from "../../api/look.ts";
import { useAll, useGet } from "../../api/use.ts";
import { nameIn } from "../../format/names.ts";
import { formatKm, formatNumber, unitOf } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Submit, TextField, Wait } from "../../ui/index.ts";
import type { PlanProps } from "./index.tsx";

interface Way {
  readonly refusal: string;              // "fits", or what refuses it
  readonly resource_id: string | null;
  readonly mode_id: string | null;
  readonly km: number | null;
  readonly worth_per_unit: number | null;
  readonly from_elsewhere: number | null;
  readonly to_elsewhere: number | null;
  readonly limits_elsewhere: number | null;
  readonly balance_per_unit: number | null;
  readonly quantity: number | null;
}
interface Why {
  readonly objective: "value" | "co2" | "jobs" | "virgin";
  readonly from: { readonly kind: string; readonly id: string; readonly name: string };
  readonly to: { readonly kind: string; readonly id: string; readonly name: string };
  readonly ways: number;
  readonly items: readonly Way[];
}

function sentenceOf(way: Way, unit: string): string {
  if (way.refusal !== "fits") return text(`plan.refusal.${way.refusal}`);
  if ((way.quantity ?? 0) > 0) return text("plan.is_in");
  if (way.balance_per_unit === null) return text("plan.not_told");
  if (way.balance_per_unit < -1e-9) return text("plan.falls_short", { by: formatNumber(-way.balance_per_unit, unit) });
  return text("plan.just_as_good");
}

function WayView({ way, unit }: { readonly way: Way; readonly unit: string }) {
  const figure = (value: number | null): string => formatNumber(value, unit);
  return (
    <li class="card">
      <p><b>{sentenceOf(way, unit)}</b></p>
      {way.refusal === "fits" && (
        <dl class="facts">
          <dt>{text("plan.worth")}</dt><dd>{figure(way.worth_per_unit)}</dd>
          <dt>{text("plan.from_elsewhere")}</dt><dd>{figure(way.from_elsewhere)}</dd>
          <dt>{text("plan.to_elsewhere")}</dt><dd>{figure(way.to_elsewhere)}</dd>
          {way.limits_elsewhere !== null && Math.abs(way.limits_elsewhere) > 1e-9 && <><dt>{text("plan.limits_elsewhere")}</dt><dd>{figure(way.limits_elsewhere)}</dd></>}
          {way.km !== null && <><dt>{text("plan.distance")}</dt><dd>{formatKm(way.km)}</dd></>}
        </dl>
      )}
    </li>
  );
}

/* One types and reads names; the server is asked with keys: "offer:ID". Names that stand twice carry their key. */
class Ends {
  private readonly nameOf = new Map<string, string>();
  private readonly keyOf = new Map<string, string>();
  add(key: string, ...parts: readonly (string | null)[]): void {
    if (this.nameOf.has(key)) return;
    const name = parts.filter(Boolean).join(", ") || key, whole = this.keyOf.has(name) ? `${name} (${key})` : name;
    this.nameOf.set(key, whole);
    this.keyOf.set(whole, key);
  }
  name(key: string): string { return this.nameOf.get(key) ?? key; }
  key(name: string): string { return this.keyOf.get(name.trim()) ?? name.trim(); }
  of(kind: string): readonly string[] { return [...this.nameOf].filter(([key]) => key.startsWith(`${kind}:`)).map(([, name]) => name); }
}
function endsOf(offers: readonly Offer[], needs: readonly Need[], ties: readonly Tie[]): Ends {
  const ends = new Ends();
  for (const row of offers) ends.add(`offer:${row.offer_id}`, nameIn(row, "resource_name"), row.site_name);
  for (const row of needs) ends.add(`need:${row.need_id}`, nameIn(row, "resource_name"), row.site_name);
  for (const tie of ties) {
    ends.add(`${tie.from_kind}:${tie.from_id}`, nameIn(tie, "from_name"), tie.from_site_name);
    ends.add(`${tie.to_kind}:${tie.to_id}`, nameIn(tie, "to_name"), tie.to_site_name);
  }
  return ends;
}

export function WhyPanel({ run, query, set }: PlanProps) {
  const offers = useAll<Offer>("/offers"), needs = useAll<Need>("/needs"), ties = useAll<Tie>(`/plans/${run}/ties`);
  const ends = useMemo(() => endsOf(offers.data ?? [], needs.data ?? [], ties.data ?? []), [offers.data, needs.data, ties.data]);
  const units = useMemo(() => new Map([...(offers.data ?? []), ...(ties.data ?? [])].map((row) => [row.resource_id, row.unit])), [offers.data, ties.data]);
  const [from, setFrom] = useState(""), [to, setTo] = useState("");
  useEffect(() => setFrom(query.from && ends.name(query.from)), [query.from, ends]);
  useEffect(() => setTo(query.to && ends.name(query.to)), [query.to, ends]);
  const isAsked = query.from !== "" && query.to !== "";
  const why = useGet<Why>(isAsked ? `/plans/${run}/why` : null, { query: { from: query.from, to: query.to } });
  const unit = { value: "EUR", co2: "t", jobs: "FTE", virgin: "t" }[why.data?.objective ?? "value"];
  return (
    <section class="why">
      <h2>{text("plan.why_title")}</h2>
      <form class="form" onSubmit={(event) => { event.preventDefault(); set({ from: ends.key(from), to: ends.key(to), why: true }); }}>
        <TextField name="from" label={text("plan.why_from")} hint={text("plan.why_hint_from")} value={from} onValue={setFrom} required list="why-offers" />
        <TextField name="to" label={text("plan.why_to")} hint={text("plan.why_hint_to")} value={to} onValue={setTo} required list="why-needs" />
        <datalist id="why-offers">{ends.of("offer").map((name) => <option value={name} />)}</datalist>
        <datalist id="why-needs">{ends.of("need").map((name) => <option value={name} />)}</datalist>
        <p class="actions"><Submit label={text("plan.why_ask")} isBusy={false} /></p>
      </form>
      {isAsked && (
        <Wait of={why} lines={5}>{(answer) => (
          <>
            <p>{ends.name(query.from)} → {ends.name(query.to)}</p>
            {answer.items.length === 0 && <p>{text("plan.refusal.no_way")}</p>}
            <ul class="ways">{answer.items.map((way, at) => <WayView key={at} way={way} unit={way.resource_id !== null && units.has(way.resource_id) ? unitOf(unit, units.get(way.resource_id)!) : unit} />)}</ul>
            <p class="quiet small">{text("plan.why_what")}</p>
          </>
        )}</Wait>
      )}
      <p><button type="button" class="plain" onClick={() => set({ from: "", to: "", why: false })}>{text("common.close")}</button></p>
    </section>
  );
}
