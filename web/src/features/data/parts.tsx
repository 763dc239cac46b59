/* Beside the tables: findings, sources, what was changed. */
import type { JSX } from "preact";
import { useGet, useAll } from "../../api/use.ts";
import type { Page as Items } from "../../api/client.ts";
import type { RoomProps } from "../../app/room.ts";
import { formatAgo, formatDateTime } from "../../format/dates.ts";
import { nameIn } from "../../format/names.ts";
import { exactNumber } from "../../format/numbers.ts";
import { personName } from "../../text/person.ts";
import { hasText, text } from "../../text/text.ts";
import { Choices, Empty, ProblemNote, Skeleton, Table, Wait, type Column } from "../../ui/index.ts";
import type { Query } from "./index.tsx";
import { columnText, tableText, wordText, type Finding } from "./tables.ts";

const SEVERITIES = ["error", "warning", "hint"] as const;
const hrefOfRow = (table: string, key: string): string => `/data/${table}?only=${encodeURIComponent(key)}&row=${encodeURIComponent(key)}`;

interface Found extends Items<Finding> { readonly made: string; readonly errors: number; readonly warnings: number; readonly hints: number }

const calledOf = (one: Finding): string => nameIn(one, "called") || one.key || "";
export function Findings({ query, set }: RoomProps<Query>): JSX.Element {
  const found = useGet<Found>("/findings");
  const columns: readonly Column<Finding>[] = [
    { name: "severity", head: text("data.findings.severity"), value: (one) => SEVERITIES.indexOf(one.severity), cell: (one) => text(`data.severity.${one.severity}`) },
    { name: "what", head: text("data.findings.what"), value: (one) => one.sentence, cell: (one) => <>{one.column && `${columnText(one.column)}: `}{one.sentence}</> },
    { name: "table", head: text("data.findings.table"), value: (one) => one.table ?? "", cell: (one) => (one.table ? tableText(one.table) : "") },
    { name: "row", head: text("data.findings.row"), value: calledOf, cell: (one) => (one.table && one.key ? <a href={hrefOfRow(one.table, one.key)} title={one.key}>{calledOf(one)}</a> : one.key) },
    { name: "todo", head: text("data.findings.todo"), value: (one) => one.proposal ?? "", cell: (one) => one.proposal ?? "" },
  ];
  if (found.problem) return <ProblemNote problem={found.problem} again={found.again} />;
  if (!found.data) return <><p class="lead">{text("data.findings.checking")}</p><Skeleton lines={6} /></>;
  const { items, errors, warnings, hints } = found.data;
  const rows = items.filter((one) => (query.severity.length === 0 || query.severity.includes(one.severity)) && (query.rule === "" || one.rule === query.rule));
  return (
    <>
      <p class="lead">{items.length === 0 ? text("data.findings.lead_none") : text("data.findings.lead", {
        errors: text("data.findings.errors", { n: errors }), warnings: text("data.findings.warnings", { n: warnings }), hints: text("data.findings.hints", { n: hints }) })} <span class="quiet">{text("data.findings.made", { when: formatDateTime(found.data.made) })}</span></p>
      {query.rule !== "" && <p><b>{hasText(`today.finding.${query.rule}`) ? text(`today.finding.${query.rule}`) : query.rule}</b> <button type="button" class="plain" onClick={() => set({ rule: "" })}>{text("data.findings.all")}</button></p>}
      {items.length > 0 && (
        <>
          <Choices label={text("data.findings.severity")} values={query.severity} options={SEVERITIES.map((one) => ({ value: one, label: text(`data.severity.${one}`) }))} onValue={(severity) => set({ severity })} />
          <Table caption={text("data.findings.caption")} columns={columns} rows={rows} keyOf={(one) => `${one.table} ${one.key} ${one.column} ${one.rule} ${one.sentence}`} csv="findings.csv" />
        </>
      )}
    </>
  );
}

interface SourceRow {
  readonly source_id: string; readonly title: string; readonly publisher: string | null; readonly year: number | null; readonly link: string | null; readonly kind: string | null;
  readonly reliability: number | null; readonly completeness: number | null; readonly temporal: number | null; readonly geographical: number | null; readonly technological: number | null;
  readonly offers: number; readonly needs: number; readonly sites: number; readonly actors: number; readonly processes: number;
}
const SCORES = ["reliability", "completeness", "temporal", "geographical", "technological"] as const;
const restsOn = (one: SourceRow): number => one.offers + one.needs + one.sites + one.actors + one.processes;

export function Sources(): JSX.Element {
  const sources = useAll<SourceRow>("/sources");
  const columns: readonly Column<SourceRow>[] = [
    { name: "title", head: text("data.sources.title"), value: (one) => one.title,
      cell: (one) => <>{one.link && /^https?:/.test(one.link) ? <a href={one.link} rel="noreferrer external">{one.title}</a> : one.title}<span class="detail"> {[one.publisher, one.year].filter(Boolean).join(", ")}</span></> },
    { name: "kind", head: text("data.sources.kind"), value: (one) => one.kind, cell: (one) => (one.kind ? <span class="one-line">{one.kind === "estimate" && <i class="ring" aria-hidden="true" />}{wordText(one.kind)}</span> : null) },
    { name: "pedigree", head: text("data.sources.pedigree"), value: (one) => SCORES.reduce((all, score) => all + (one[score] ?? 5), 0),
      cell: (one) => <span class="one-line" title={text("data.sources.pedigree_text", Object.fromEntries(SCORES.map((score) => [score, one[score] ?? "?"])))}>{SCORES.map((score) => one[score] ?? "?").join(" · ")}</span> },
    { name: "rests", head: text("data.sources.rests"), value: restsOn, isNumber: true },
  ];
  return (
    <>
      <p class="lead">{text("data.sources.lead")}</p>
      <Wait of={sources}>{(rows) => <Table caption={text("data.sources.caption")} columns={columns} rows={rows} keyOf={(one) => one.source_id} csv="/api/v1/sources?format=csv" />}</Wait>
    </>
  );
}

interface LogEdit { readonly edit_id: number; readonly table_name: string; readonly row_key: string; readonly what: string; readonly made: string; readonly who: string | null; readonly undo_of: number | null; readonly undone_by: number | null;
  readonly changes: readonly { readonly column: string; readonly before: unknown; readonly after: unknown }[] }
const said = (value: unknown): string => (value === null || value === undefined ? "–" : typeof value === "number" ? exactNumber(value) : String(value));

export function Log(): JSX.Element {
  const edits = useGet<Items<LogEdit>>("/edits", { query: { limit: 200 } });
  return (
    <>
      <p class="lead">{text("data.log.lead")}</p>
      <Wait of={edits}>
        {({ items }) => items.length === 0 ? <Empty>{text("data.log.none")}</Empty> : (
          <ul class="rows" data-list aria-label={text("data.tab.log")}>
            {items.map((one) => (
              <li key={one.edit_id}>
                <a class="row" data-row href={hrefOfRow(one.table_name, one.row_key)}>
                  <b>{tableText(one.table_name)}, {one.row_key}</b>
                  <span class="detail">
                    {one.what === "change" ? one.changes.slice(0, 4).map((change) => `${columnText(change.column)}: ${said(change.before)} → ${said(change.after)}`).join("; ") : text(one.what === "add" ? "data.added" : "data.removed")}
                  </span>
                  <span class="detail"><time dateTime={one.made} title={formatDateTime(one.made)}>{formatAgo(one.made)}</time>{one.who && `, ${personName(one.who)}`}{(one.undone_by !== null || one.undo_of !== null) && `, ${text("data.undone").replace(/\.$/, "").toLowerCase()}`}</span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </Wait>
    </>
  );
}
