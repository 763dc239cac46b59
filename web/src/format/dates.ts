/* Dates as people read them; in: ISO 8601 as the API writes it. */
import { locale, text } from "../text/text.ts";

const parsed = (iso: string | null | undefined): Date | null => {
  const date = iso ? new Date(/^\d{4}-\d{2}-\d{2}$/.test(iso) ? `${iso}T12:00:00` : iso) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
};

export function formatDate(iso: string | null | undefined): string {
  const date = parsed(iso);
  return date ? new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", year: "numeric" }).format(date) : text("common.not_known");
}

export function formatDateTime(iso: string | null | undefined): string {
  const date = parsed(iso);
  return date
    ? new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(date)
    : text("common.not_known");
}

/* "3 days ago", "in 2 weeks": the largest unit that fits. */
export function formatAgo(iso: string | null | undefined, now: Date = new Date()): string {
  const date = parsed(iso);
  if (!date) return text("common.not_known");
  const seconds = (date.getTime() - now.getTime()) / 1000;
  const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
    ["year", 31_557_600], ["month", 2_629_800], ["week", 604_800], ["day", 86_400], ["hour", 3600], ["minute", 60],
  ];
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  for (const [unit, size] of steps) if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  return format.format(0, "minute");
}
