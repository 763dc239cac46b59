import type { JSX } from "preact";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import type { Page as List } from "../../api/client.ts";
import { useStore } from "../../app/store.ts";
import { formatDate } from "../../format/dates.ts";
import { text } from "../../text/text.ts";
import { Empty, Page, Rows, Section, Wait } from "../../ui/index.ts";
import { Parts, nameOf, whoText, type Intro } from "./shared.tsx";

/* Does the next move lie with who looks? */
export function isMine(intro: Intro): boolean {
  if (intro.side === "broker") return intro.state === "asked" || intro.is_stale;
  if (intro.side === "other" && intro.state === "accepted") return true;
  return (intro.state === "willing" || intro.state === "introduced") && (intro.my_step ?? 0) < 4 && (intro.my_step ?? 0) <= (intro.their_step ?? 0);
}
export const isOver = (intro: Intro): boolean => ["declined", "unwilling", "case", "ended", "withdrawn"].includes(intro.state);

export const titleOf = (intro: Intro): string =>
  intro.side === "broker" ? text("chances.between", { asker: intro.asker_name ?? "", other: intro.other_name ?? "" })
    : intro.their_name ? text("chances.with", { name: intro.their_name }) : intro.card ? whoText(intro.card) : text("chances.who_some");

export function IntrosPage(): JSX.Element {
  const { role } = useStore(me);
  const list = useGet<List<Intro>>("/introductions", { query: { limit: 500 } });
  const groups = [["wait_you", (one: Intro) => !isOver(one) && isMine(one)], ["wait_others", (one: Intro) => !isOver(one) && !isMine(one)], ["over", isOver]] as const;
  return (
    <Page title={text("chances.part.introductions")} lead={text(role === "coordinator" ? "chances.intros_lead_broker" : "chances.intros_lead")}>
      <Parts now="introductions" />
      <Wait of={list}>{({ items }) => items.length === 0 ? <Empty>{text("chances.intros_none")}</Empty> : (
        <>
          {groups.map(([name, fits]) => {
            const rows = items.filter(fits);
            return rows.length > 0 && (
              <Section title={text(`chances.intros_${name}`)}>
                <Rows label={text(`chances.intros_${name}`)} rows={rows.map((one) => ({
                  key: one.intro_id,
                  href: `/chances/introductions/${one.intro_id}`,
                  title: titleOf(one),
                  detail: `${nameOf(one.resource_name, one.resource_name_nl)}${one.resource_name ? " · " : ""}${text(`chances.state.${one.state}`)}, ${formatDate(one.moved)}${one.is_stale ? ` · ${text("chances.stale")}` : ""}`,
                }))} />
              </Section>
            );
          })}
        </>
      )}</Wait>
    </Page>
  );
}
