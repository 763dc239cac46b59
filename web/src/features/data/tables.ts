/* What the server says of tables and rows, and how cells read and are named. */
import { Problem } from "../../api/client.ts";
import { hasText, text } from "../../text/text.ts";
import { exactNumber } from "../../format/numbers.ts";
import { formatDate } from "../../format/dates.ts";

export type Cell = string | number | boolean | null;
export interface ColumnDef {
  readonly name: string;
  readonly kind: "key" | "reference" | "number" | "integer" | "date" | "word" | "text" | "flag";
  readonly is_required: boolean;
  readonly text: string;
  readonly unit: string | null;
  readonly words?: readonly string[];
  readonly target?: string;
  readonly follows_unit?: number;
}
export interface TableDef {
  readonly name: string;
  readonly text: string;
  readonly rows: number;
  readonly is_writable: boolean;
  readonly key: string | null;
  readonly columns: readonly ColumnDef[];
}
export interface Row {
  readonly row_key: string;
  readonly row_version: number;
  readonly is_editable: boolean;
  readonly row_source_kind: string | null;
  readonly labels: Readonly<Record<string, string | null>>;
  readonly [column: string]: unknown;
}
export interface Finding {
  readonly severity: "error" | "warning" | "hint";
  readonly rule: string;
  readonly row: number;
  readonly table: string | null;
  readonly key: string | null;
  readonly called?: string | null;    // the row in words, of a check of the whole region
  readonly called_nl?: string | null;
  readonly column: string | null;
  readonly value: string | null;
  readonly sentence: string; // in the language that was asked for
  readonly proposal: string | null;
}
export interface Done {
  readonly key: string;
  readonly edits: readonly number[];
  readonly row: Row;
}
export interface Pasted {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly keys: readonly string[];
  readonly edits: readonly number[];
}

export const GROUPS = ["what", "who", "how", "accounts", "ground"] as const;
const GROUP: Readonly<Record<string, (typeof GROUPS)[number]>> = {
  offer: "what", need: "what", resource: "what", offer_property: "what", need_spec: "what", substitution: "what",
  actor: "who", site: "who", area: "who", unit: "who", gateway: "who", permit: "who",
  process: "how", process_flow: "how", mode: "how", tariff: "how", terminal: "how", node: "how", link: "how",
  settings: "ground", source: "ground", incentive: "ground", precedent: "ground",
};
export const groupOf = (table: string): (typeof GROUPS)[number] => GROUP[table] ?? "accounts";

export const tableText = (table: string): string => (hasText(`data.table.${table}`) ? text(`data.table.${table}`) : table);
export const columnText = (column: string): string => (hasText(`data.column.${column}`) ? text(`data.column.${column}`) : column);
export const wordText = (word: string): string => (hasText(`data.word.${word}`) ? text(`data.word.${word}`) : word);
export const headOf = (column: ColumnDef): string => (column.unit ? `${columnText(column.name)} (${column.unit})` : columnText(column.name));

export const cellOf = (row: Row, column: string): Cell => (row[column] ?? null) as Cell;

/* A row by its name, else by its key. */
export function nameOf(table: TableDef, row: Row): string {
  const own = cellOf(row, "name") ?? cellOf(row, "title");
  if (typeof own === "string" && own !== "") return own;
  const label = row.labels["resource_id"] ?? row.labels["process_id"];
  return table.key === null && label ? `${label} (${row.row_key})` : label ? `${label}, ${row.row_key}` : row.row_key;
}

/* How a cell reads where it is not being edited; null: blank. */
export function shown(column: ColumnDef, row: Row): string | null {
  const cell = cellOf(row, column.name);
  if (cell === null || cell === "") return null;
  if (column.kind === "reference") return row.labels[column.name] ?? String(cell);
  if (column.kind === "word") return wordText(String(cell));
  if (column.kind === "flag") return text(cell === true || cell === 1 ? "data.yes" : "data.no");
  if (column.kind === "date") return formatDate(String(cell));
  if (typeof cell === "number") return column.kind === "integer" ? String(cell) : exactNumber(cell);
  return String(cell);
}

/* How it is written where it is edited: every digit, in the marks of the language, without marks for thousands. */
export function written(column: ColumnDef, cell: Cell, decimal: string): string {
  if (cell === null) return "";
  if (typeof cell === "boolean") return cell ? "1" : "0";
  if (typeof cell === "number" && column.kind === "number") return String(cell).replace(".", decimal);
  return String(cell);
}

/* The figures that an estimate stands behind. */
export const isGuess = (column: ColumnDef, row: Row): boolean =>
  row.row_source_kind === "estimate" && column.kind === "number" && cellOf(row, column.name) !== null && column.name !== "lon" && column.name !== "lat";

export function findingText(finding: Finding): string {
  const key = `data.rule.${finding.rule}`;
  return hasText(key) ? text(key, { value: finding.value ?? "", sentence: finding.sentence }) : finding.sentence;
}
export const findingsOf = (problem: Problem): readonly Finding[] => (Array.isArray(problem.more["findings"]) ? (problem.more["findings"] as Finding[]) : []);

/* The text of a clipboard as cells: tabs and lines, quotes around cells that hold either (as spreadsheets write them). */
export function cellsOf(clipboard: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [], cell = "", isQuoted = false;
  for (let i = 0; i < clipboard.length; i++) {
    const c = clipboard[i]!;
    if (isQuoted) {
      if (c === '"' && clipboard[i + 1] === '"') { cell += '"'; i++; }
      else if (c === '"') isQuoted = false;
      else cell += c;
    } else if (c === '"' && cell === "") isQuoted = true;
    else if (c === "\t") { row.push(cell); cell = ""; }
    else if (c === "\n" || c === "\r") {
      if (c === "\r" && clipboard[i + 1] === "\n") i++;
      row.push(cell); cell = "";
      rows.push(row);
      row = [];
    } else cell += c;
  }
  if (cell !== "" || row.length > 0) { row.push(cell); rows.push(row); }
  return rows;
}

/* Where the first line of what is pasted names columns, by their names or as they are shown: which; else null. */
export function headersOf(table: TableDef, line: readonly string[]): string[] | null {
  const found = line.map((cell) => {
    const wanted = cell.trim().toLowerCase();
    return table.columns.find((column) => [column.name, columnText(column.name), headOf(column)].some((name) => name.toLowerCase() === wanted))?.name;
  });
  return found.every((name) => name !== undefined) && new Set(found).size === found.length ? (found as string[]) : null;
}
