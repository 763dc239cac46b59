/* Is it right, where from? Tables that can be changed where they stand, findings, sources, imports, and what was changed. */
import type { JSX } from "preact";
import { asText, asWords, defineRoom, type RoomProps } from "../../app/room.ts";
import { useGet } from "../../api/use.ts";
import type { Page as Items } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useStore } from "../../app/store.ts";
import { go } from "../../app/router.ts";
import { text } from "../../text/text.ts";
import { Page, Rows, Section, Tabs, Wait } from "../../ui/index.ts";
import { Import } from "./import.tsx";
import { Findings, Log, Sources } from "./parts.tsx";
import { TablePage } from "./table.tsx";
import { GROUPS, groupOf, tableText, type TableDef } from "./tables.ts";
import "./data.css";

export interface Query {
  readonly q: string;
  readonly sort: string;
  readonly where: string;    // column:word
  readonly only: string;     // a key: this row alone
  readonly row: string;      // whose panel is open
  readonly severity: readonly ("error" | "warning" | "hint")[];
  readonly rule: string;     // findings of this kind alone
}

const TABS = ["tables", "findings", "sources", "import", "log"] as const;
type Tab = (typeof TABS)[number];

function Overview({ tables }: { readonly tables: readonly TableDef[] }): JSX.Element {
  return (
    <div class="data-groups">
      {GROUPS.map((group) => {
        const list = tables.filter((table) => groupOf(table.name) === group && (table.rows > 0 || table.is_writable));
        return list.length === 0 ? null : (
          <Section title={text(`data.group.${group}`)}>
            <Rows label={text(`data.group.${group}`)} rows={list.map((table) => ({ key: table.name, href: `/data/${table.name}`, title: tableText(table.name), detail: table.rows === 0 && me.value.role !== "coordinator" ? text("data.rows_none") : text("data.rows", { n: table.rows }) }))} />
          </Section>
        );
      })}
    </div>
  );
}

function View(props: RoomProps<Query>): JSX.Element {
  const tables = useGet<Items<TableDef>>("/tables");
  const { role } = useStore(me);
  const first = props.path[0] ?? "tables";
  const tabs = TABS.filter((tab) => (tab !== "findings" && tab !== "import") || role === "coordinator").filter((tab) => tab !== "log" || role !== "public");
  const tab: Tab | undefined = tabs.find((one) => one === first);
  const table = tables.data?.items.find((one) => one.name === first);
  if (!tab && (table || !tables.data)) return table ? <TablePage key={table.name} {...props} table={table} /> : <Page title={text("data.title")}><Wait of={tables}>{() => null}</Wait></Page>;
  const now: Tab = tab ?? "tables";
  return (
    <Page title={text("data.title")} lead={text(role === "coordinator" || role === "partner" ? "data.lead" : "data.lead_read")}>
      <Tabs label={text("data.tabs")} tabs={tabs.map((one) => ({ value: one, label: text(`data.tab.${one}`) }))} now={now} onTab={(one) => go(one === "tables" ? "/data" : `/data/${one}`)}>
        {now === "findings" ? <Findings {...props} /> : now === "sources" ? <Sources /> : now === "import" ? <Import /> : now === "log" ? <Log />
          : <Wait of={tables} lines={8}>{({ items }) => <Overview tables={items} />}</Wait>}
      </Tabs>
    </Page>
  );
}

export const room = defineRoom<Query>({
  query: { q: asText(), sort: asText(), where: asText(), only: asText(), row: asText(), severity: asWords(["error", "warning", "hint"]), rule: asText() },
  View,
});
