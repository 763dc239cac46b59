/* A file comes in: tried first, then for good. A file that knoop does not know gets a draft of how to read it, to be corrected here. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Problem, send } from "../../api/client.ts";
import { text } from "../../text/text.ts";
import { AreaField, ProblemNote, Submit, Table, announce, type Column } from "../../ui/index.ts";
import { columnText, findingText, tableText, type Finding } from "./tables.ts";

interface Result {
  readonly is_good: boolean;
  readonly is_saved: boolean;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly findings: readonly Finding[];
  readonly draft: string | null;
  readonly revision: number;
  readonly reason: string | null;
}
export function Import(): JSX.Element {
  const [file, setFile] = useState<File | null>(null);
  const [mapping, setMapping] = useState("");
  const [result, setResult] = useState<Result>();
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const run = async (isDry: boolean): Promise<void> => {
    if (!file || isBusy) return;
    setBusy(true);
    try {
      const form = new FormData();
      form.set("file", file, file.name);
      form.set("is_dry", String(isDry));
      if (mapping) form.set("mapping", mapping);
      const { body } = await send<Result>("POST", "/imports", form);
      setResult(body);
      setProblem(undefined);
      if (body.draft) setMapping(body.draft);
      announce(text(body.is_saved ? "data.import.saved" : body.is_good ? "data.import.good" : body.draft ? "data.import.drafted" : "data.import.bad", { revision: body.revision }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const columns: readonly Column<Finding>[] = [
    { name: "row", head: text("data.findings.row"), value: (one) => one.row || null, isNumber: true },
    { name: "column", head: text("data.findings.table"), value: (one) => one.column ?? one.table, cell: (one) => (one.column ? columnText(one.column) : one.table ? tableText(one.table) : null) },
    { name: "what", head: text("data.findings.what"), value: (one) => one.sentence, cell: (one) => findingText(one) },
  ];
  return (
    <>
      <p class="lead">{text("data.import.lead")}</p>
      <form class="form data-import" onSubmit={(event) => { event.preventDefault(); void run(true); }}>
        <div class="field">
          <label for="f-import">{text("data.import.file")}</label>
          <span class="hint" id="f-import-hint">{text("data.import.file_hint")}</span>
          <input type="file" id="f-import" aria-describedby="f-import-hint" accept=".csv,.xlsx,.ods,.geojson,.json,.tsv,.txt" onChange={(event) => { setFile(event.currentTarget.files?.[0] ?? null); setResult(undefined); setMapping(""); }} />
        </div>
        {mapping !== "" && <AreaField name="mapping" label={text("data.import.mapping")} hint={text("data.import.mapping_hint")} rows={16} value={mapping} onValue={setMapping} />}
        <div class="actions">
          <Submit label={text("data.import.try")} isBusy={isBusy} />
          {result?.is_good && !result.is_saved && <button type="button" onClick={() => void run(false)}>{text("data.import.save")}</button>}
        </div>
      </form>
      {problem && <ProblemNote problem={problem} />}
      {result && (
        <section aria-live="polite">
          {result.is_saved ? <p><b>{text("data.import.saved", { revision: result.revision })}</b></p>
            : result.is_good ? <p><b>{text(result.tables.length ? "data.import.good" : "data.import.nothing")}</b></p>
            : <p><b>{text(result.draft ? "data.import.drafted" : "data.import.bad")}</b>{result.reason && <span lang="en"> {result.reason}</span>}</p>}
          {result.tables.length > 0 && <ul>{result.tables.map((one) => <li><a href={`/data/${one.table}`}>{text("data.import.rows", { n: one.rows, table: tableText(one.table) })}</a></li>)}</ul>}
          {result.findings.length > 0 && <Table caption={text("data.import.findings")} columns={columns} rows={result.findings} keyOf={(one) => `${one.row} ${one.column} ${one.rule} ${one.sentence}`} csv="import-findings.csv" />}
        </section>
      )}
    </>
  );
}
