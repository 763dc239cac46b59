/* Rows of a table that can be changed where they stand.
 *
 * One cell at a time has the focus; arrows lead on. Enter, F2, a letter or a double click edits; Enter saves and goes down, Tab
 * saves and goes on, Escape leaves it. What the server refuses stays in the cell with its reason. Pasting spreads over cells from
 * the one with the focus, or by the names in its first line; all of it is saved, or none. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem, send } from "../../api/client.ts";
import { locale, text } from "../../text/text.ts";
import { formatCount } from "../../format/numbers.ts";
import { announce, tell } from "../../ui/index.ts";
import { Editor } from "./cell.tsx";
import { redo, remember, undo } from "./undo.ts";
import { cellOf, cellsOf, columnText, findingsOf, findingText, headersOf, headOf, isGuess, nameOf, shown, written, type ColumnDef, type Done, type Pasted, type Row, type TableDef } from "./tables.ts";

export interface Place { readonly row: number; readonly column: number }
export interface GridProps {
  readonly table: TableDef;
  readonly columns: readonly ColumnDef[];
  readonly rows: readonly Row[];
  readonly counts: ReadonlyMap<string, number>;
  readonly sort: string;
  readonly now: string;                    // key of the row whose panel is open
  readonly onSort: (sort: string) => void;
  readonly onRow: (row: Row) => void;      // changed
  readonly onPanel: (key: string) => void;
  readonly onAgain: () => void;            // read all anew
}

interface Wrong { readonly key: string; readonly column: string; readonly value: string; readonly sentence: string }
const MESSAGES_MOST = 8;

export const decimalOf = (): "," | "." => (new Intl.NumberFormat(locale()).format(1.5).includes(",") ? "," : ".");

export function Grid({ table, columns, rows, counts, sort, now, onSort, onRow, onPanel, onAgain }: GridProps): JSX.Element {
  const [at, setAt] = useState<Place>({ row: 0, column: 0 });
  const [editing, setEditing] = useState<{ readonly place: Place; readonly start: string | null } | null>(null);
  const [wrong, setWrong] = useState<Wrong | null>(null);
  const [messages, setMessages] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState<string | null>(null);
  const [changed, setChanged] = useState<string | null>(null);
  const grid = useRef<HTMLTableElement>(null);
  const wantsFocus = useRef(false);
  const place = { row: Math.min(at.row, Math.max(0, rows.length - 1)), column: Math.min(at.column, columns.length - 1) };

  // Before anything else happens: a later effect would be of another place.
  useLayoutEffect(() => {
    if (!wantsFocus.current || editing) return;
    wantsFocus.current = false;
    const cell = grid.current?.querySelector<HTMLElement>(`[data-cell="${place.row}.${place.column}"]`);
    cell?.focus();
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  const goTo = (row: number, column: number): void => {
    wantsFocus.current = true;
    setAt({ row: Math.max(0, Math.min(rows.length - 1, row)), column: Math.max(0, Math.min(columns.length - 1, column)) });
  };
  const mayEdit = (row: Row | undefined, column: ColumnDef | undefined): boolean => !!row && !!column && row.is_editable && column.name !== table.key;
  const begin = (start: string | null): void => {
    if (mayEdit(rows[place.row], columns[place.column])) setEditing({ place, start });
  };
  const take = (done: () => void): void => { wantsFocus.current = true; setWrong(null); setMessages([]); done(); };

  const save = async (row: Row, column: ColumnDef, value: string): Promise<boolean> => {
    const decimal = decimalOf();
    if (value === written(column, cellOf(row, column.name), decimal)) return true;
    setBusy(`${row.row_key} ${column.name}`);
    try {
      const { body } = await send<Done>("PATCH", `/tables/${table.name}/rows/${encodeURIComponent(row.row_key)}`, { values: { [column.name]: value }, decimal }, { etag: `"v${row.row_version}"` });
      setWrong(null);
      setMessages([]);
      onRow(body.row);
      remember(body.edits);
      setChanged(`${row.row_key} ${column.name}`);
      tell(text("data.saved", { column: columnText(column.name), row: nameOf(table, body.row) }), () => void undo(onAgain));
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const first = findingsOf(error)[0];
      setWrong({ key: row.row_key, column: column.name, value, sentence: first ? `${first.column && first.column !== column.name ? `${columnText(first.column)}: ` : ""}${findingText(first)}` : error.happened });
      announce(first ? findingText(first) : error.happened);
      if (error.kind === "changed") onAgain();
      return false;
    } finally {
      setBusy(null);
    }
  };

  const onSave = async (value: string, step: "stay" | "down" | "right" | "left"): Promise<void> => {
    const { row: y, column: x } = editing!.place;
    const row = rows[y], column = columns[x];
    setEditing(null);
    wantsFocus.current = step !== "stay";
    if (row && column && await save(row, column, value) && step !== "stay")
      goTo(y + (step === "down" ? 1 : 0), x + (step === "right" ? 1 : step === "left" ? -1 : 0));
  };

  const paste = async (clipboard: string): Promise<void> => {
    let cells = cellsOf(clipboard);
    if (cells.length === 0) return;
    const named = cells.length > 1 ? headersOf(table, cells[0]!) : null;
    const width = Math.max(...cells.map((line) => line.length));
    const names = named ?? columns.slice(place.column, place.column + width).map(({ name }) => name);
    if (named) cells = cells.slice(1);
    else if (width > names.length) { setMessages([text("data.paste_too_wide")]); return; }
    // By names: the key in the lines says which rows. Else the rows from here on; what is longer than the list becomes new rows.
    const under = named ? [] : rows.slice(place.row, place.row + cells.length);
    try {
      const { body } = await send<Pasted>("POST", `/tables/${table.name}/paste`, {
        columns: names, rows: cells, decimal: decimalOf(), ...(named ? {} : { keys: under.map((row) => row.row_key), versions: under.map((row) => row.row_version) }),
      });
      const count = body.added + body.changed;
      remember(body.edits);
      setMessages([]);
      setWrong(null);
      tell(count === 0 ? text("data.pasted_none") : text("data.pasted", { n: count }), count === 0 ? undefined : () => void undo(onAgain));
      onAgain();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const findings = findingsOf(error);
      const first = named ? 2 : 1; // the line of names counts
      setMessages(findings.length === 0 ? [error.happened] : [
        text("data.paste_failed"),
        ...findings.slice(0, MESSAGES_MOST).map((one) => one.column
          ? text("data.paste_row", { row: one.row + first - 1, column: columnText(one.column), what: findingText(one) })
          : text("data.paste_row_only", { row: one.row + first - 1, what: findingText(one) })),
        ...(findings.length > MESSAGES_MOST ? [text("data.paste_more", { n: findings.length - MESSAGES_MOST })] : []),
      ]);
    }
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (editing || !(event.target as HTMLElement).closest("[data-cell]")) return;
    const step: Readonly<Record<string, readonly [number, number]>> = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], PageDown: [20, 0], PageUp: [-20, 0] };
    const isControl = event.ctrlKey || event.metaKey;
    const move = step[event.key];
    if (move && !isControl && !event.altKey) goTo(place.row + move[0], place.column + move[1]);
    else if (event.key === "Home") goTo(isControl ? 0 : place.row, 0);
    else if (event.key === "End") goTo(isControl ? rows.length - 1 : place.row, columns.length - 1);
    else if (event.key === "Enter" || event.key === "F2") begin(null);
    else if (event.key === "Delete" || event.key === "Backspace") {
      const row = rows[place.row], column = columns[place.column];
      if (row && column && mayEdit(row, column)) void save(row, column, "");
    } else if (isControl && event.key.toLowerCase() === "z") void (event.shiftKey ? redo(onAgain) : undo(onAgain));
    else if (isControl && event.key.toLowerCase() === "y") void redo(onAgain);
    else if (event.key.length === 1 && !isControl && !event.altKey && mayEdit(rows[place.row], columns[place.column])) begin(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onCopy = (event: ClipboardEvent): void => {
    const row = rows[place.row], column = columns[place.column];
    if (editing || !row || !column || !getSelection()?.isCollapsed) return;
    event.clipboardData?.setData("text/plain", written(column, cellOf(row, column.name), decimalOf()));
    event.preventDefault();
  };
  const onPaste = (event: ClipboardEvent): void => {
    if (editing || !table.is_writable) return;
    event.preventDefault();
    void paste(event.clipboardData?.getData("text/plain") ?? "");
  };

  const sortOf = (name: string): "ascending" | "descending" | undefined => (sort === name ? "ascending" : sort === `-${name}` ? "descending" : undefined);
  const press = (column: ColumnDef): void => {
    const isNumber = column.kind === "number" || column.kind === "integer";
    const first = isNumber ? `-${column.name}` : column.name, second = isNumber ? column.name : `-${column.name}`;
    onSort(sort === first ? second : first);
  };
  return (
    <>
      {messages.length > 0 && (
        <div class="note bad" role="alert">
          <p><b>{messages[0]}</b></p>
          {messages.length > 1 && <ul>{messages.slice(1).map((message) => <li>{message}</li>)}</ul>}
          <button type="button" onClick={() => take(() => undefined)}>{text("common.close")}</button>
        </div>
      )}
      <div class="table-scroll data-scroll">
        <table class="data-grid" role="grid" ref={grid} aria-label={text(`data.table.${table.name}`)} aria-rowcount={table.rows + 1} aria-readonly={table.is_writable ? undefined : "true"} onKeyDown={onKeyDown} onCopy={onCopy} onPaste={onPaste}>
          <thead>
            <tr>
              <th scope="col"><span class="unseen">{text("data.notes")}</span></th>
              {columns.map((column) => (
                <th scope="col" class={column.kind === "number" || column.kind === "integer" ? "n" : undefined} aria-sort={sortOf(column.name)}>
                  <button type="button" class="bare" title={column.text} onClick={() => press(column)}>{headOf(column)}</button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, y) => (
              <tr key={row.row_key} class={row.row_key === now ? "on" : undefined} aria-rowindex={y + 2}>
                <td class="data-mark">
                  <button type="button" class="plain" aria-expanded={row.row_key === now} aria-label={`${counts.get(row.row_key) ? `${formatCount(counts.get(row.row_key))} – ` : ""}${text("data.row_open", { row: nameOf(table, row) })}`} onClick={() => onPanel(row.row_key)}>
                    {counts.get(row.row_key) ? formatCount(counts.get(row.row_key)) : "…"}
                  </button>
                </td>
                {columns.map((column, x) => {
                  const isHere = y === place.row && x === place.column;
                  const isEditing = editing !== null && editing.place.row === y && editing.place.column === x;
                  const error = wrong && wrong.key === row.row_key && wrong.column === column.name ? wrong : undefined;
                  const id = `cell-${y}-${x}`;
                  const now_ = shown(column, row);
                  const classes = [column.kind === "number" || column.kind === "integer" ? "n" : "", mayEdit(row, column) ? "may" : "", error ? "wrong" : "",
                    busy === `${row.row_key} ${column.name}` ? "busy" : "", changed === `${row.row_key} ${column.name}` ? "new" : "", isEditing ? "editing" : ""].filter(Boolean).join(" ");
                  return (
                    <td class={classes || undefined} role="gridcell" data-cell={`${y}.${x}`} tabIndex={isHere && !isEditing ? 0 : -1} aria-readonly={mayEdit(row, column) ? undefined : "true"} aria-invalid={error ? "true" : undefined}
                      aria-describedby={error ? `${id}-error` : undefined} onFocus={() => { if (!isHere) setAt({ row: y, column: x }); }} onDblClick={() => { setAt({ row: y, column: x }); if (mayEdit(row, column)) setEditing({ place: { row: y, column: x }, start: null }); }}>
                      {isEditing
                        ? <Editor column={column} id={id} label={text("data.cell", { column: columnText(column.name), row: nameOf(table, row) })}
                            initial={editing.start ?? (error ? error.value : written(column, cellOf(row, column.name), decimalOf()))} isTyped={editing.start !== null} error={error?.sentence}
                            onSave={(value, step) => void onSave(value, step)} onLeave={() => { wantsFocus.current = true; setEditing(null); setWrong(null); }} />
                        : error ? error.value
                        : <>{isGuess(column, row) && <i class="ring" title={text("common.estimate")}><span class="unseen">{text("common.estimate")} </span></i>}{now_ ?? <span class="unseen">{text("common.not_known")}</span>}</>}
                      {error && <span class="cell-error" id={`${id}-error`}>{error.sentence}</span>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
