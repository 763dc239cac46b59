/* A new case: by hand, or from what was found: a tie or knot of the plan, a match, a seed, an introduction, a session. */
import { useState } from "preact/hooks";
import { Problem, send } from "../../api/client.ts";
import { go } from "../../app/router.ts";
import { text } from "../../text/text.ts";
import { AreaField, CheckField, Page, ProblemNote, Submit, TextField } from "../../ui/index.ts";
import { numberOf, wordOf } from "./form.tsx";

export function NewCase({ origin, id }: { readonly origin: string; readonly id: string }) {
  const isFrom = origin !== "" && id !== "";
  const [title, setTitle] = useState("");
  const [summary, setSummary] = useState("");
  const [worth, setWorth] = useState("");
  const [co2, setCo2] = useState("");
  const [isEstimate, setEstimate] = useState(true);
  const [error, setError] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  async function onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    if (!title.trim() && !isFrom) { setError(text("common.form.missing")); document.querySelector<HTMLElement>('[name="title"]')?.focus(); return; }
    setBusy(true);
    setError(undefined);
    setProblem(undefined);
    const given = Object.entries({ title: wordOf(title), summary: wordOf(summary), worth_eur: numberOf(worth), co2_t: numberOf(co2) }).filter(([, value]) => value !== null);
    try {
      const { body } = await send<{ case_id: number }>("POST", "/cases", { ...Object.fromEntries(given), ...(isFrom ? { origin: { kind: origin, id } } : { is_estimate: isEstimate }) });
      go(`/cases/${body.case_id}`);
    } catch (wrong) {
      if (!(wrong instanceof Problem)) throw wrong;
      setProblem(wrong);
      setBusy(false);
    }
  }
  return (
    <Page title={text("cases.new")} lead={text(isFrom ? "cases.new_from" : "cases.new_lead")}>
      <form class="form" noValidate onSubmit={(event) => void onSubmit(event)}>
        {problem && <ProblemNote problem={problem} />}
        <TextField name="title" label={text("cases.field.title")} hint={text(isFrom ? "cases.title_from" : "cases.title_hint")} value={title} onValue={setTitle} error={error} maxLength={200} />
        <AreaField name="summary" label={text("cases.field.summary")} hint={text("cases.summary_hint")} value={summary} onValue={setSummary} rows={4} />
        {!isFrom && <>
          <TextField name="worth_eur" label={text("cases.field.worth_eur")} hint={text("cases.unknown_hint")} value={worth} onValue={setWorth} inputMode="decimal" />
          <TextField name="co2_t" label={text("cases.field.co2_t")} value={co2} onValue={setCo2} inputMode="decimal" />
          <CheckField name="is_estimate" label={text("cases.field.is_estimate")} checked={isEstimate} onValue={setEstimate} />
        </>}
        <p class="actions"><Submit label={text("cases.make")} isBusy={isBusy} /><a class="button" href="/cases">{text("common.form.cancel")}</a></p>
      </form>
    </Page>
  );
}
