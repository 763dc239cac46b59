/* Today: what do I do now? At most nine things, each with why and one action; put aside by one press, and back by another. */
import { send } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { defineRoom } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { formatDate } from "../../format/dates.ts";
import { exactNumber, formatEur } from "../../format/numbers.ts";
import { hasText, language, locale, text, type Parameters } from "../../text/text.ts";
import { Empty, Page, ProblemNote, Wait } from "../../ui/index.ts";
import { useDoing } from "../cases/form.tsx";
import { OUTCOME_UNITS, type OutcomeKind } from "../cases/types.ts";
import "./today.css";

interface Item {
  readonly kind: string;
  readonly id: string;
  readonly title: string;
  readonly why_key: string;
  readonly why: Readonly<Record<string, unknown>>;
  readonly action_url: string;
}
interface List {
  readonly items: readonly Item[];
  readonly total: number;
}

const DAY = /^\d{4}-\d\d-\d\d/;
const shown = (name: string, value: unknown, why: Item["why"]): string => {
  if (name === "stage" || name === "role" || name === "of") return text(`today.${name}.${String(value)}`);
  if (name === "gain_eur") return formatEur(typeof value === "number" ? value : null);
  if (name === "quantity") return exactNumber(typeof value === "number" ? value : null, OUTCOME_UNITS[why["of"] as OutcomeKind]);
  if (typeof value === "string") return DAY.test(value) ? formatDate(value) : value;
  return value === null || value === undefined ? text("common.not_known") : String(value);
};

/* What goes into the sentence: a name in the language of now, days as days, money as money. */
function parametersOf({ title, why }: Item): Parameters {
  const all: Record<string, string> = { title };
  for (const [name, value] of Object.entries(why)) all[name] = shown(name, value, why);
  if (language.value === "nl" && typeof why["resource_nl"] === "string" && why["resource_nl"]) all["resource"] = why["resource_nl"];
  return all;
}

const whyOf = (item: Item): string => (hasText(`today.why.${item.why_key}`) ? text(`today.why.${item.why_key}`, parametersOf(item)) : "");
const kindOf = (item: Item): string => (hasText(`today.kind.${item.kind}`) ? text(`today.kind.${item.kind}`) : "");
const actionOf = (item: Item): string => (hasText(`today.do.${item.kind}`) ? text(`today.do.${item.kind}`) : text("today.open"));
const titleOf = (item: Item): string => item.title || text("today.plan");

function dayLater(days: number): string {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
}

function View() {
  const { account } = useStore(me);
  const list = useGet<List>("/today");
  const { problem, doing } = useDoing(list.again);
  const back = (item: Item) => async (): Promise<void> => {
    await send("DELETE", `/today/marks/${encodeURIComponent(item.kind)}/${encodeURIComponent(item.id)}`);
    list.again();
  };
  const aside = (item: Item, what: "done" | "snooze"): void => {
    const until = what === "snooze" ? dayLater(7) : null;
    const undo = item.kind === "task" && what === "done" ? undefined : back(item);
    void doing(() => send("POST", "/today/marks", { kind: item.kind, id: item.id, what, until }), text(what === "done" ? "today.is_done" : "today.is_snoozed", { title: titleOf(item), date: formatDate(until) }), undo);
  };
  const date = new Intl.DateTimeFormat(locale(), { weekday: "long", day: "numeric", month: "long" }).format(new Date());
  return (
    <Page title={text("today.title")} kicker={date} lead={list.data && (list.data.total === 0 ? text("today.lead_none", { name: account?.name ?? "" }) : text("today.lead", { n: list.data.items.length }))}>
      {problem && <ProblemNote problem={problem} />}
      <Wait of={list}>{({ items, total }) => items.length === 0 ? <Empty action={<a class="button" href="/cases">{text("today.to_cases")}</a>}>{text("today.none")}</Empty> : (
        <>
          <ol class="today" data-list aria-label={text("today.title")}>
            {items.map((item) => (
              <li key={`${item.kind} ${item.id}`} class={`of-${item.kind}`}>
                <p class="kind">{kindOf(item)}</p>
                <div>
                  <h2>{titleOf(item)}</h2>
                  <p class="why">{whyOf(item)}</p>
                </div>
                <p class="actions">
                  <a class="button" data-row href={item.action_url}>{actionOf(item)}<span class="unseen">: {titleOf(item)}</span></a>
                  <button type="button" class="plain" onClick={() => aside(item, "done")}>{text("today.done")}<span class="unseen">: {titleOf(item)}</span></button>
                  <button type="button" class="plain" onClick={() => aside(item, "snooze")}>{text("today.snooze")}<span class="unseen">: {titleOf(item)}</span></button>
                </p>
              </li>
            ))}
          </ol>
          {total > items.length && <p class="quiet">{text("today.more", { n: total - items.length })}</p>}
        </>
      )}</Wait>
    </Page>
  );
}

export const room = defineRoom<object>({ query: {}, View });
