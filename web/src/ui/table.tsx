/* A table: every column can sort, the head stays, the rows can be had as CSV, the source stands below. */
import type { ComponentChildren, JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { formatCount } from "../format/numbers.ts";
import { locale, text } from "../text/text.ts";

/* What is shown before one asks for all; fewer where they would make a page of many screens. */
const SHOWN_FIRST = { wide: 100, narrow: 20 };
const shownFirst = (): number => (matchMedia("(min-width: 820px), print").matches ? SHOWN_FIRST.wide : SHOWN_FIRST.narrow);

export interface Column<R> {
  readonly name: string;                                       // of the column in CSV and in ?sort=
  readonly head: string;
  readonly value: (row: R) => string | number | null | undefined; // what sorts and what CSV has
  readonly cell?: (row: R) => ComponentChildren;               // what is shown, where it differs
  readonly isNumber?: boolean;
}
export interface TableProps<R> {
  readonly caption: ComponentChildren;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string | number;
  readonly sort?: string;                                      // "name" up, "-name" down; left out: the table keeps it itself
  readonly onSort?: (sort: string) => void;
  readonly csv: string;                                        // address of the CSV (format=csv), or a file name to make one here
  readonly source?: ComponentChildren;
  readonly isOn?: (row: R) => boolean;
  readonly onPick?: (row: R) => void;
  readonly narrow?: readonly string[];                         // columns that come first on a narrow screen: seen without scrolling sideways
}

function inSight<R>(columns: readonly Column<R>[], narrow: readonly string[] | undefined): readonly Column<R>[] {
  if (!narrow || !matchMedia("(max-width: 819px)").matches) return columns;
  const first = narrow.flatMap((name) => columns.filter((column) => column.name === name));
  return [...first, ...columns.filter((column) => !first.includes(column))];
}

export function sortRows<R>(rows: readonly R[], columns: readonly Column<R>[], sort: string): readonly R[] {
  const isDown = sort.startsWith("-");
  const column = columns.find(({ name }) => name === sort.replace(/^-/, ""));
  if (!column) return rows;
  const collator = new Intl.Collator(locale(), { numeric: true, sensitivity: "base" });
  const place = new Map(rows.map((row, i) => [row, i]));
  return [...rows].sort((a, b) => {
    const left = column.value(a), right = column.value(b);
    const isLeftBlank = left === null || left === undefined, isRightBlank = right === null || right === undefined;
    // What is not known stands last, whichever way.
    if (isLeftBlank || isRightBlank) return Number(isLeftBlank) - Number(isRightBlank) || place.get(a)! - place.get(b)!;
    const order = typeof left === "number" && typeof right === "number" ? left - right : collator.compare(String(left), String(right));
    return (isDown ? -order : order) || place.get(a)! - place.get(b)!;
  });
}

/* RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe. */
export function csvOf<R>(rows: readonly R[], columns: readonly Column<R>[]): string {
  const field = (value: string | number | null | undefined): string => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
    const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns.map(({ name }) => field(name)), ...rows.map((row) => columns.map((column) => field(column.value(row))))]
    .map((line) => `${line.join(",")}\r\n`).join("");
}

function download(name: string, csv: string): void {
  const url = URL.createObjectURL(new Blob([csv], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export function Table<R>({ caption, columns: all, rows, keyOf, sort, onSort, csv, source, isOn, onPick, narrow }: TableProps<R>): JSX.Element {
  const columns = inSight(all, narrow);
  const [own, setOwn] = useState("");
  const [isAll, setAll] = useState(false);
  const now = sort ?? own;
  const sorted = useMemo(() => sortRows(rows, columns, now), [rows, columns, now]);
  const shown = isAll ? sorted : sorted.slice(0, shownFirst());
  const press = (column: Column<R>): void => {
    const first = column.isNumber ? `-${column.name}` : column.name;
    const second = column.isNumber ? column.name : `-${column.name}`;
    (onSort ?? setOwn)(now === first ? second : first);
  };
  const sortOf = (name: string): "ascending" | "descending" | undefined => (now === name ? "ascending" : now === `-${name}` ? "descending" : undefined);
  return (
    <div class="table-box">
      <div class={`table-scroll${shown.length <= 12 ? " tall" : ""}`} tabIndex={0} role="region" aria-label={typeof caption === "string" ? caption : text("common.table")}>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th scope="col" class={column.isNumber ? "n" : undefined} aria-sort={sortOf(column.name)}>
                  <button type="button" class="bare" onClick={() => press(column)}>{column.head}</button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody data-list>
            {shown.map((row) => (
              <tr key={keyOf(row)} class={isOn?.(row) ? "on" : undefined} {...(onPick ? { onMouseEnter: () => onPick(row) } : {})}>
                {columns.map((column, i) => {
                  const content = column.cell ? column.cell(row) : column.value(row);
                  const shownContent = content === null || content === undefined || content === "" ? <span class="unknown">{text("common.not_known")}</span> : content;
                  return i === 0 ? <th scope="row">{shownContent}</th> : <td class={column.isNumber ? "n" : undefined}>{shownContent}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="table-foot">
        <div>
          {shown.length < sorted.length && (
            <p class="no-print">{text("common.rows_shown", { shown: formatCount(shown.length), all: formatCount(sorted.length) })}{" "}
              <button type="button" class="plain" onClick={() => setAll(true)}>{text("common.rows_all")}</button></p>
          )}
          {source}
        </div>
        <p class="no-print">
          {csv.startsWith("/") ? <a href={csv} download>{text("common.csv")}</a>
            : <button type="button" class="plain" onClick={() => download(csv, csvOf(sorted, columns))}>{text("common.csv")}</button>}
        </p>
      </div>
    </div>
  );
}
