/* One table: search, filters, the grid, adding a row, and the panel of a row. */
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { get, Problem, send, urlOf, type Page as Items } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import type { RoomProps } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { text } from "../../text/text.ts";
import { Dialog, Empty, Page, ProblemNote, RowNotes, SearchBox, SelectField, Skeleton, Submit, TextField, announce, tell } from "../../ui/index.ts";
import { useLookUp } from "./cell.tsx";
import { decimalOf, Grid } from "./grid.tsx";
import type { Query } from "./index.tsx";
import { remember, undo } from "./undo.ts";
import { columnText, findingsOf, findingText, headOf, nameOf, tableText, wordText, type ColumnDef, type Done, type Finding, type Row, type TableDef } from "./tables.ts";

const PAGE = 100;

function AddField({ column, value, error, onValue }: { readonly column: ColumnDef; readonly value: string; readonly error: string | undefined; readonly onValue: (value: string) => void }): JSX.Element {
  const found = useLookUp(column, value);
  const label = `${headOf(column)}${column.is_required ? ` ${text("data.required")}` : ""}`;
  if (column.kind === "word") return <SelectField name={`add-${column.name}`} label={label} value={value} error={error} onValue={onValue} options={[{ value: "", label: "–" }, ...(column.words ?? []).map((word) => ({ value: word, label: wordText(word) }))]} />;
  if (column.kind === "flag") return <SelectField name={`add-${column.name}`} label={label} value={value} error={error} onValue={onValue} options={[{ value: "", label: "–" }, { value: "1", label: text("data.yes") }, { value: "0", label: text("data.no") }]} />;
  return (
    <>
      <TextField name={`add-${column.name}`} label={label} value={value} error={error} onValue={onValue} list={`add-${column.name}-list`} {...(column.kind === "number" ? { inputMode: "decimal" as const } : {})} />
      {column.kind === "reference" && <datalist id={`add-${column.name}-list`}>{found.map(({ key, title }) => <option value={key}>{title}</option>)}</datalist>}
    </>
  );
}

function AddRow({ table, onClose, onDone }: { readonly table: TableDef; readonly onClose: () => void; readonly onDone: (row: Row) => void }): JSX.Element {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const isFirst = (column: ColumnDef): boolean => column.is_required && column.name !== table.key;
  const fields = (list: readonly ColumnDef[]): JSX.Element[] => list.map((column) => {
    const finding = findings.find((one) => one.column === column.name);
    return <AddField key={column.name} column={column} value={values[column.name] ?? ""} error={finding && findingText(finding)} onValue={(value) => setValues((old) => ({ ...old, [column.name]: value }))} />;
  });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
    try {
      const { body } = await send<Done>("POST", `/tables/${table.name}/rows`, { values: Object.keys(given).length ? given : { [table.columns.find(isFirst)?.name ?? table.columns[0]!.name]: "" }, decimal: decimalOf() });
      remember(body.edits);
      onDone(body.row);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setFindings(findingsOf(error));
      setProblem(findingsOf(error).some((one) => one.column) ? undefined : error);
      const first = findingsOf(error)[0];
      if (first) announce(`${columnText(first.column ?? "")}: ${findingText(first)}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={text("data.add.title", { table: tableText(table.name) })} onClose={onClose}>
      <form class="form" noValidate onSubmit={(event) => void submit(event)}>
        {problem && <ProblemNote problem={problem} />}
        {fields(table.columns.filter(isFirst))}
        <details>
          <summary>{text("data.add.others")}</summary>
          <div class="form">{fields(table.columns.filter((column) => !isFirst(column)))}</div>
        </details>
        <div class="actions"><Submit label={text("data.add.save")} isBusy={isBusy} /></div>
      </form>
    </Dialog>
  );
}

/* What the server is asked: search, order, filters. */
function askedOf(table: TableDef, query: Query): Readonly<Record<string, string>> {
  const at = query.where.indexOf(":");
  return { search: query.q, sort: query.sort, ...(at > 0 ? { [`is.${query.where.slice(0, at)}`]: query.where.slice(at + 1) } : {}), ...(query.only ? { [`is.${table.key ?? ""}`]: query.only } : {}) };
}

function usePages(table: TableDef, query: Query): { rows: readonly Row[]; next: string | null; problem: Problem | undefined; isWaiting: boolean; more: () => void; again: () => void; put: (row: Row) => void } {
  const [state, setState] = useState<{ key: string; rows: readonly Row[]; next: string | null; problem: Problem | undefined }>({ key: "", rows: [], next: null, problem: undefined });
  const [turn, setTurn] = useState(0);
  const asked = askedOf(table, query);
  const key = JSON.stringify([table.name, asked]);
  useEffect(() => {
    const stop = new AbortController();
    // What was shown before stays as long: as many rows are read again.
    const limit = state.key === key ? Math.min(1000, Math.max(PAGE, state.rows.length)) : PAGE;
    get<Items<Row>>(`/tables/${table.name}/rows`, { query: { ...asked, limit }, signal: stop.signal }).then(
      ({ items, next }) => setState({ key, rows: items, next, problem: undefined }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setState((old) => ({ ...old, key, problem: error }));
      });
    return () => stop.abort();
  }, [key, turn]);
  const more = (): void => {
    void get<Items<Row>>(`/tables/${table.name}/rows`, { query: { ...asked, limit: PAGE, cursor: state.next } }).then(
      ({ items, next }) => setState((old) => ({ ...old, rows: [...old.rows, ...items], next })),
      (error: unknown) => { if (error instanceof Problem) setState((old) => ({ ...old, problem: error })); else throw error; });
  };
  return {
    rows: state.rows, next: state.next, problem: state.problem, isWaiting: state.key !== key && state.rows.length === 0, more,
    again: () => setTurn((count) => count + 1),
    put: (row) => setState((old) => ({ ...old, rows: old.rows.map((one) => (one.row_key === row.row_key ? row : one)) })),
  };
}

/* How much is said about the rows on screen. */
function useCounts(table: string, rows: readonly Row[], turn: number): ReadonlyMap<string, number> {
  const [counts, setCounts] = useState<ReadonlyMap<string, number>>(new Map());
  const { role } = useStore(me);
  const keys = rows.map((row) => row.row_key).join("\n");
  useEffect(() => {
    if (role === "public" || keys === "") return;
    void send<{ items: readonly { row_key: string; n: number }[] }>("POST", `/tables/${table}/comment-counts`, { keys: keys.split("\n").slice(0, 1000) }).then(
      ({ body }) => setCounts(new Map(body.items.map((one) => [one.row_key, one.n]))), () => undefined);
  }, [table, keys, turn, role]);
  return counts;
}

export function TablePage({ table, query, set }: RoomProps<Query> & { readonly table: TableDef }): JSX.Element {
  const pages = usePages(table, query);
  const { role } = useStore(me);
  const [said, setSaid] = useState(0);
  const [isAdding, setAdding] = useState(false);
  const counts = useCounts(table.name, pages.rows, said);
  const columns = useMemo(() => {
    const known = table.columns;
    const extra = pages.rows[0] ? Object.keys(pages.rows[0]).filter((name) => !name.startsWith("row_") && name !== "labels" && name !== "is_editable" && !known.some((column) => column.name === name)) : [];
    return [...known, ...extra.map((name): ColumnDef => ({ name, kind: "text", is_required: false, text: "", unit: null }))];
  }, [table, pages.rows]);
  const row = pages.rows.find((one) => one.row_key === query.row);
  const words = columns.filter((column) => column.kind === "word" && (column.words?.length ?? 0) <= 12);
  const remove = async (one: Row): Promise<void> => {
    try {
      const { body } = await send<{ edits: readonly number[] }>("DELETE", `/tables/${table.name}/rows/${encodeURIComponent(one.row_key)}`, undefined, { etag: `"v${one.row_version}"` });
      remember(body.edits);
      set({ row: "" });
      tell(text("data.removed"), () => void undo(pages.again));
      pages.again();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      tell(error.happened);
    }
  };
  const panel = row && (
    <section class="data-panel" aria-label={text("data.row_panel", { row: nameOf(table, row) })}>
      <header><h2>{nameOf(table, row)}</h2><button type="button" class="plain" onClick={() => set({ row: "" })}>{text("data.row_close")}</button></header>
      {row.is_editable && <p><button type="button" class="plain" onClick={() => void remove(row)}>{text("data.remove")}</button></p>}
      {role !== "public" && <RowNotes table={table.name} rowKey={row.row_key} columnText={columnText} onChange={() => { setSaid((count) => count + 1); pages.again(); }} />}
    </section>
  );
  return (
    <Page title={tableText(table.name)} kicker={<a href="/data">{text("data.back")}</a>} lead={text("data.rows", { n: table.rows })}
      actions={table.is_writable ? <button type="button" class="first" onClick={() => setAdding(true)}>{text("data.add")}</button> : undefined} aside={panel || undefined}>
      <div class="filters no-print">
        <SearchBox value={query.q} label={text("data.search")} onValue={(q) => set({ q, row: "" }, "replace")} />
        {words.map((column) => (
          <SelectField key={column.name} name={`where-${column.name}`} label={columnText(column.name)} value={query.where.startsWith(`${column.name}:`) ? query.where.slice(column.name.length + 1) : ""}
            options={[{ value: "", label: text("data.filter_all") }, ...(column.words ?? []).map((word) => ({ value: word, label: wordText(word) }))]}
            onValue={(word) => set({ where: word ? `${column.name}:${word}` : "", row: "" })} />
        ))}
      </div>
      {pages.problem && <ProblemNote problem={pages.problem} again={pages.again} />}
      {pages.isWaiting && !pages.problem ? <Skeleton lines={8} />
        : pages.rows.length === 0 && !pages.problem ? <Empty>{text(query.q || query.where || query.only ? "data.no_rows" : "data.empty")}</Empty>
        : (
          <>
            <Grid table={table} columns={columns} rows={pages.rows} counts={counts} sort={query.sort} now={query.row} onSort={(sort) => set({ sort })} onRow={pages.put}
              onPanel={(key) => set({ row: key === query.row ? "" : key })} onAgain={pages.again} />
            <div class="table-foot">
              <div>
                {pages.next && <p class="no-print"><button type="button" class="plain" onClick={pages.more}>{text("data.more")}</button></p>}
                {table.is_writable && <p class="no-print">{text(matchMedia("(pointer: coarse)").matches ? "data.keys_phone" : "data.keys")}</p>}
                {pages.rows.some((one) => one.row_source_kind === "estimate") && <p><i class="ring" aria-hidden="true" />{text("data.estimate_legend")}</p>}
              </div>
              <p class="no-print"><a href={urlOf(`/tables/${table.name}/rows`, { format: "csv", ...askedOf(table, query) })} download={`${table.name}.csv`}>{text("common.csv")}</a></p>
            </div>
            <details class="data-meaning"><summary>{text("data.column_text")}</summary>
              <dl class="facts">{columns.filter((column) => column.text).map((column) => <><dt>{headOf(column)}</dt><dd lang="en">{column.text}</dd></>)}</dl>
            </details>
          </>
        )}
      {isAdding && <AddRow table={table} onClose={() => setAdding(false)} onDone={(added) => { setAdding(false); pages.again(); tell(text("data.added"), () => void undo(pages.again)); set({ row: added.row_key, q: "", where: "", sort: "" }); }} />}
    </Page>
  );
}
