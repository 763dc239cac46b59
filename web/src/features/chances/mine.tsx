import type { JSX } from "preact";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import type { Page as List } from "../../api/client.ts";
import { useStore } from "../../app/store.ts";
import { text } from "../../text/text.ts";
import { Empty, Page, Rows, Section, Wait } from "../../ui/index.ts";
import { Parts, amountText, nameOf, type Entry } from "./shared.tsx";

/* Own offers and needs, what was entered last first; what is not complete yet before all. */
export function MinePage(): JSX.Element {
  const { role } = useStore(me);
  const list = useGet<List<Entry>>("/entries", { query: { limit: 500 } });
  const isBroker = role === "coordinator";
  return (
    <Page title={text(isBroker ? "chances.part_broker.mine" : "chances.part.mine")} lead={text(isBroker ? "chances.mine_lead_broker" : "chances.mine_lead")}
      actions={<a class="button" href="/chances/new">{text("chances.enter")}</a>}>
      <Parts now="mine" />
      <Wait of={list}>{({ items }) => items.length === 0 ? <Empty action={<a class="button" href="/chances/new">{text("chances.enter")}</a>}>{text("chances.mine_none")}</Empty> : (
        <>
          {([["drafts", (one: Entry) => one.row_id === null], ["offers", (one: Entry) => one.row_id !== null && one.kind === "offer"], ["needs", (one: Entry) => one.row_id !== null && one.kind === "need"]] as const).map(([name, fits]) => {
            const rows = items.filter(fits);
            return rows.length > 0 && (
              <Section title={text(`chances.mine_${name}`)}>
                <Rows label={text(`chances.mine_${name}`)} rows={rows.map((one) => ({
                  key: one.row_id ?? one.entry_id ?? "",
                  href: one.row_id ? `/chances/mine/${one.kind}/${encodeURIComponent(one.row_id)}` : `/chances/mine/${one.entry_id}`,
                  title: one.resource_name ? nameOf(one.resource_name, one.resource_name_nl) : one.words,
                  detail: [one.entry_id && one.resource_name ? `“${one.words}”` : null, one.is_estimate ? text("chances.mine_estimate", { amount: amountText(one.quantity, one.class) }) : amountText(one.quantity, one.class), isBroker ? one.actor_name : one.site_name,
                    text(`chances.seen_by.${one.disclosure ?? "partners"}`)].filter(Boolean).join(" · "),
                }))} />
              </Section>
            );
          })}
        </>
      )}</Wait>
    </Page>
  );
}
