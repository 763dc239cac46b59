/* A month, week by week: what runs on which day. On a phone a list of the days that have something. */
import { text, locale } from "../../text/text.ts";
import { whereOf, type ExperimentRow } from "./types.ts";

export const monthOf = (month: string): string => (/^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : new Date().toISOString().slice(0, 7));
const isoOf = (date: Date): string => date.toISOString().slice(0, 10);
const moved = (month: string, by: number): string => isoOf(new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + by, 1))).slice(0, 7);

export function daysOf(month: string): readonly (readonly string[])[] {
  const year = Number(month.slice(0, 4)), at = Number(month.slice(5)) - 1;
  const before = (new Date(Date.UTC(year, at, 1)).getUTCDay() + 6) % 7; // weeks begin on Monday
  const length = new Date(Date.UTC(year, at + 1, 0)).getUTCDate();
  const weeks = Math.ceil((before + length) / 7);
  return Array.from({ length: weeks }, (_, week) => Array.from({ length: 7 }, (__, day) => isoOf(new Date(Date.UTC(year, at, 1 - before + week * 7 + day)))));
}

export function Month({ items, month, href }: { readonly items: readonly ExperimentRow[]; readonly month: string; readonly href: (month: string) => string }) {
  const weeks = daysOf(month);
  const live = items.filter(({ status }) => status !== "refused");
  const on = (day: string): readonly ExperimentRow[] => live.filter((one) => one.from_day <= day && one.to_day >= day);
  const name = (options: Intl.DateTimeFormatOptions, day: string): string => new Intl.DateTimeFormat(locale(), { timeZone: "UTC", ...options }).format(new Date(`${day}T00:00:00Z`));
  const title = name({ month: "long", year: "numeric" }, `${month}-01`);
  const today = isoOf(new Date());
  return (
    <section class="month">
      <header><h2>{title}</h2><nav aria-label={text("experiments.months")}><a href={href(moved(month, -1))}>{text("experiments.month_before")}</a><a href={href("")}>{text("experiments.month_now")}</a><a href={href(moved(month, 1))}>{text("experiments.month_after")}</a></nav></header>
      <table>
        <caption class="unseen">{text("experiments.month_caption", { month: title })}</caption>
        <thead><tr>{weeks[0]!.map((day) => <th scope="col" key={day}><abbr title={name({ weekday: "long" }, day)}>{name({ weekday: "short" }, day)}</abbr></th>)}</tr></thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => {
                const here = on(day);
                const isOther = day.slice(0, 7) !== month;
                return (
                  <td key={day} class={[isOther && "other", day === today && "now", here.length === 0 && "free"].filter(Boolean).join(" ") || undefined}>
                    <time dateTime={day} aria-current={day === today ? "date" : undefined}><span class="long-day">{name({ weekday: "long", day: "numeric", month: "long" }, day)}</span><span class="short-day" aria-hidden="true">{Number(day.slice(8))}</span></time>
                    {here.length > 0 && <ul>{here.map((one) => <li key={one.experiment_id}><a class={`lent ${one.status}`} href={`/experiments/${one.experiment_id}`} title={[one.title, whereOf(one), text(`experiments.status.${one.status}`)].join(" · ")}>{one.title}</a></li>)}</ul>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {weeks.flat().every((day) => day.slice(0, 7) !== month || on(day).length === 0) && <p class="quiet">{text("experiments.month_empty")}</p>}
    </section>
  );
}
