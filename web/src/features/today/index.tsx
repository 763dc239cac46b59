/* Today: what do I do now? At most nine things, each with why and one action; put aside by one press, and back by another. */
import { useState } from "preact/hooks";
import { send } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { defineRoom } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { formatDate } from "../../format/dates.ts";
import { exactNumber, formatEur, formatShare } from "../../format/numbers.ts";
import { hasText, language, locale, text, type Parameters } from "../../text/text.ts";
import { Empty, Page, ProblemNote, Wait, tell } from "../../ui/index.ts";
import { FormDialog, useDoing, wordOf } from "../cases/form.tsx";
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
  if (name === "share") return formatShare(typeof value === "number" ? value : null);
  if (name === "measured" || name === "reconciled") return exactNumber(typeof value === "number" ? Number(value.toPrecision(3)) : null);
  if (name === "gain_eur") return formatEur(typeof value === "number" ? value : null);
  if (name === "quantity") return exactNumber(typeof value === "number" ? value : null, OUTCOME_UNITS[why["of"] as OutcomeKind]);
  if (typeof value === "string") return DAY.test(value) ? formatDate(value) : value;
  return value === null || value === undefined ? text("common.not_known") : String(value);
};

/* What goes into the sentence: a name in the language of now, days as days, money as money. */
function parametersOf({ title, why }: Item): Parameters {
  const all: Record<string, string | number> = { title };
  for (const [name, value] of Object.entries(why)) if (name !== "open") all[name] = shown(name, value, why);
  if (language.value === "nl")
    for (const name of ["resource", "first", "name"]) {
      const dutch = why[`${name}_nl`];
      if (typeof dutch === "string" && dutch) all[name] = dutch;
    }
  return typeof why["n"] === "number" ? { ...all, n: why["n"] } : all;
}

const whyOf = (item: Item): string => (hasText(`today.why.${item.why_key}`) ? text(`today.why.${item.why_key}`, parametersOf(item)) : "");
const kindOf = (item: Item): string => (hasText(`today.kind.${item.kind}`) ? text(`today.kind.${item.kind}`) : "");
const actionOf = (item: Item): string => { const key = [item.why_key, item.kind].map((one) => `today.do.${one}`).find(hasText); return key ? text(key) : text("today.open"); };
function titleOf(item: Item): string {
  if (item.title) return item.title;
  const rule = item.why["rule"];
  const key = rule === undefined ? `today.about.${item.why_key}` : `today.finding.${String(rule)}`;
  return hasText(key) ? text(key) : text("today.finding_other");
}
/* Where it is done; keys of rows may hold anything, so they are put in here. */
function hrefOf({ action_url, why }: Item): string {
  const open = why["open"];
  return open && typeof open === "object" ? `${action_url}?${new URLSearchParams(open as Record<string, string>).toString()}` : action_url;
}

interface Aside extends Item { readonly reason: string | null; readonly made: string }

function dayLater(days: number): string {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
}

function View() {
  const { account } = useStore(me);
  const list = useGet<List>("/today");
  const marks = useGet<{ readonly items: readonly Aside[] }>("/today/marks");
  const again = (): void => { list.again(); marks.again(); };
  const { problem, doing } = useDoing(again);
  const [layingAside, setLayingAside] = useState<Item>();
  const back = (item: Item) => async (): Promise<void> => {
    await send("DELETE", `/today/marks/${encodeURIComponent(item.kind)}/${encodeURIComponent(item.id)}`);
    again();
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
                  <a class="button" data-row href={hrefOf(item)}>{actionOf(item)}<span class="unseen">: {titleOf(item)}</span></a>
                  {item.kind === "alert"
                    ? <button type="button" class="plain" onClick={() => setLayingAside(item)}>{text("today.aside")}<span class="unseen">: {titleOf(item)}</span></button>
                    : <button type="button" class="plain" onClick={() => aside(item, "done")}>{text("today.done")}<span class="unseen">: {titleOf(item)}</span></button>}
                  <button type="button" class="plain" onClick={() => aside(item, "snooze")}>{text("today.snooze")}<span class="unseen">: {titleOf(item)}</span></button>
                </p>
              </li>
            ))}
          </ol>
          {total > items.length && <p class="quiet">{text("today.more", { n: total - items.length })}</p>}
        </>
      )}</Wait>
      {marks.data && marks.data.items.length > 0 && (
        <details class="aside">
          <summary>{text("today.aside_list", { n: marks.data.items.length })}</summary>
          <ul>
            {marks.data.items.map((item) => (
              <li key={`${item.kind} ${item.id}`}>
                <p><b>{titleOf(item)}</b>{item.reason && <>: <q>{item.reason}</q></>} <span class="quiet">{text("today.aside_date", { date: formatDate(item.made.slice(0, 10)) })}</span></p>
                <button type="button" class="plain" onClick={() => void back(item)()}>{text("today.aside_back")}<span class="unseen">: {titleOf(item)}</span></button>
              </li>
            ))}
          </ul>
        </details>
      )}
      {layingAside && (
        <FormDialog title={text("today.aside_title", { title: titleOf(layingAside) })} submit={text("today.aside_submit")} onClose={() => setLayingAside(undefined)}
          fields={[{ name: "reason", label: text("today.aside_reason"), max: 300 }]}
          onSubmit={async (values) => {
            await send("POST", "/today/marks", { kind: layingAside.kind, id: layingAside.id, what: "done", reason: wordOf(values["reason"]) });
            tell(text("today.is_done", { title: titleOf(layingAside) }), back(layingAside));
            again();
          }}>
          <p>{text("today.aside_lead")}</p>
        </FormDialog>
      )}
    </Page>
  );
}

export const room = defineRoom<object>({ query: {}, View });
