/* Asking for a space: which, for how long, under what conditions. Shows when it is taken already. */
import { useState } from "preact/hooks";
import { Problem, send, type Page as Items } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { go } from "../../app/router.ts";
import { useStore } from "../../app/store.ts";
import { formatDate } from "../../format/dates.ts";
import { language, text } from "../../text/text.ts";
import { AreaField, Page, ProblemNote, SelectField, Submit, TextField } from "../../ui/index.ts";
import { numberOf, wordOf } from "../cases/form.tsx";

interface Space {
  readonly offer_id: string;
  readonly site_id: string;
  readonly site_name: string;
  readonly name_en: string;
  readonly name_nl: string;
  readonly quantity: number;
  readonly unit: string | null;
}
interface Busy {
  readonly experiment_id: number;
  readonly offer_id: string | null;
  readonly site_id: string | null;
  readonly area_id: string | null;
  readonly place: string | null;
  readonly from_day: string;
  readonly to_day: string;
}
interface Area {
  readonly area_id: string;
  readonly name: string;
  readonly level: string;
}
const FIRST = ["title", "where", "from_day", "to_day"];

/* What is lent of that space in that period, as far as it can be told before asking. */
const clashOf = (busy: readonly Busy[], space: Space | undefined, area: string, place: string, from: string, to: string): Busy | undefined =>
  from && to ? busy.find((one) => one.from_day <= to && one.to_day >= from &&
    ((space && one.site_id === space.site_id && (one.offer_id === null || one.offer_id === space.offer_id)) ||
      (area && one.area_id === area && (!one.place || !place || one.place.trim().toLowerCase() === place.trim().toLowerCase())))) : undefined;

export function NewExperiment() {
  const { actors, role } = useStore(me);
  const spaces = useGet<Items<Space>>("/experiments/spaces", { query: { limit: 1000 } });
  const busy = useGet<Items<Busy>>("/experiments/busy", { query: { limit: 1000 } });
  const areas = useGet<Items<Area>>("/areas", { query: { limit: 1000 } });
  const people = useGet<Items<{ readonly account_id: number; readonly name: string }>>("/experiments/people", { query: { limit: 1000 } });
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const of = (name: string): string => values[name] ?? "";
  const set = (name: string) => (value: string): void => setValues((old) => ({ ...old, [name]: value }));
  const [kind, key] = [of("where").slice(0, of("where").indexOf(":")), of("where").slice(of("where").indexOf(":") + 1)];
  const space = kind === "offer" ? spaces.data?.items.find((one) => one.offer_id === key) : undefined;
  const clash = clashOf(busy.data?.items ?? [], space, kind === "area" ? key : "", of("place"), of("from_day"), of("to_day"));
  const where = [
    { value: "", label: text("experiments.choose") },
    ...(spaces.data?.items ?? []).map((one) => ({ value: `offer:${one.offer_id}`, label: `${language.value === "nl" ? one.name_nl : one.name_en}, ${one.site_name}` })),
    ...(areas.data?.items ?? []).filter(({ level }) => level === "municipality" || level === "park").map((one) => ({ value: `area:${one.area_id}`, label: text("experiments.in_area", { name: one.name }) })),
  ];
  async function onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    const wrong = Object.fromEntries(FIRST.filter((name) => !of(name).trim()).map((name) => [name, text("common.form.missing")]));
    if (!wrong["to_day"] && of("to_day") < of("from_day")) wrong["to_day"] = text("experiments.before_begin");
    setErrors(wrong);
    const first = FIRST.find((name) => wrong[name]);
    if (first) { document.querySelector<HTMLElement>(`form [name="${first}"]`)?.focus(); return; }
    setBusy(true);
    setProblem(undefined);
    try {
      const { body } = await send<{ experiment_id: number }>("POST", "/experiments", {
        title: of("title"), ...(kind === "offer" ? { offer_id: key } : { area_id: key, place: wordOf(of("place")) }), from_day: of("from_day"), to_day: of("to_day"),
        summary: wordOf(of("summary")), conditions: wordOf(of("conditions")), responsible_id: numberOf(of("responsible_id")),
        ...(actors.length > 0 && role === "partner" ? { user_actor_id: actors[0]!.actor_id } : { user_name: wordOf(of("user_name")) }),
      });
      go(`/experiments/${body.experiment_id}`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  }
  return (
    <Page title={text("experiments.ask")} lead={text("experiments.ask_lead")} kicker={<a href="/experiments">{text("experiments.title")}</a>}>
      <form class="form" noValidate onSubmit={(event) => void onSubmit(event)}>
        {problem && <ProblemNote problem={problem} />}
        <TextField name="title" label={text("experiments.field.title")} hint={text("experiments.title_hint")} value={of("title")} onValue={set("title")} error={errors["title"]} maxLength={200} />
        <SelectField name="where" label={text("experiments.field.where")} value={of("where")} onValue={set("where")} options={where} error={errors["where"]} />
        {kind === "area" && <TextField name="place" label={text("experiments.field.place")} hint={text("experiments.place_hint")} value={of("place")} onValue={set("place")} maxLength={200} />}
        <TextField name="from_day" type="date" label={text("experiments.field.from_day")} value={of("from_day")} onValue={set("from_day")} error={errors["from_day"]} />
        <TextField name="to_day" type="date" label={text("experiments.field.to_day")} value={of("to_day")} onValue={set("to_day")} error={errors["to_day"]} />
        {clash && <div class="note bad" role="alert"><p>{text("experiments.taken", { from: formatDate(clash.from_day), to: formatDate(clash.to_day) })}</p></div>}
        <AreaField name="summary" label={text("experiments.field.summary")} value={of("summary")} onValue={set("summary")} rows={3} />
        <AreaField name="conditions" label={text("experiments.field.conditions")} hint={text("experiments.conditions_hint")} value={of("conditions")} onValue={set("conditions")} rows={3} />
        {role !== "partner" && <TextField name="user_name" label={text("experiments.field.user")} value={of("user_name")} onValue={set("user_name")} maxLength={200} />}
        <SelectField name="responsible_id" label={text("experiments.field.responsible")} value={of("responsible_id")} onValue={set("responsible_id")}
          options={[{ value: "", label: text("experiments.nobody") }, ...(people.data?.items ?? []).map((one) => ({ value: String(one.account_id), label: one.name }))]} />
        <p class="actions"><Submit label={text("experiments.ask_do")} isBusy={isBusy} /><a class="button" href="/experiments">{text("common.form.cancel")}</a></p>
      </form>
    </Page>
  );
}
