/* Numbers as people read them: two significant digits, a range where the figure is not known better, the unit behind a
 * space that does not break. `exact*` gives every digit, for titles and tables that ask for it. */
import { locale, text } from "../text/text.ts";

const SPACE = "\u00a0"; // does not break
const UNITS: Readonly<Record<string, string>> = { m3: "m³", m2: "m²", MWh: "MWh", EUR: "EUR" };
const RANGE_FROM_REL_SD = 0.2; // from here on a single number would claim too much
const Z_80 = 1.2816;           // ranges hold eight times out of ten

export type Unknown = number | null | undefined;

const isKnown = (value: Unknown): value is number => typeof value === "number" && Number.isFinite(value);

export function unitText(unit: string): string {
  return unit === "h" ? text("common.unit.h") : (UNITS[unit] ?? unit);
}

/* A price: unitOf("EUR", "t") is "EUR/t". */
export const unitOf = (money: string, unit: string): string => `${money}/${unitText(unit)}`;

const withUnit = (number: string, unit?: string): string => (unit ? `${number}${SPACE}${unitText(unit)}` : number);

/* Rounded to `digits` significant digits; -0 is 0. */
export function significant(value: number, digits = 2): number {
  return value === 0 ? 0 : Number(value.toPrecision(digits)) + 0;
}

function plain(value: number, digits: number): string {
  const size = Math.abs(value);
  for (const [least, word] of [[1e9, "common.billion"], [1e6, "common.million"]] as const)
    if (size >= least * 0.9995)
      return `${new Intl.NumberFormat(locale(), { maximumSignificantDigits: digits }).format(value / least)}${SPACE}${text(word)}`;
  return new Intl.NumberFormat(locale(), { maximumSignificantDigits: digits }).format(significant(value, digits));
}

/* 61 234 -> "61,000"; null -> "not known". */
export function formatNumber(value: Unknown, unit?: string, digits = 2): string {
  return isKnown(value) ? withUnit(plain(value, digits), unit) : text("common.not_known");
}

/* All digits that mean something (six decimals at most). */
export function exactNumber(value: Unknown, unit?: string): string {
  if (!isKnown(value)) return text("common.not_known");
  return withUnit(new Intl.NumberFormat(locale(), { maximumFractionDigits: Math.abs(value) >= 100 ? 2 : 6 }).format(value), unit);
}

/* A whole number of things. */
export function formatCount(value: Unknown): string {
  return isKnown(value) ? new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(value) : text("common.not_known");
}

export function formatShare(value: Unknown): string {
  return isKnown(value)
    ? new Intl.NumberFormat(locale(), { style: "percent", maximumSignificantDigits: 2 }).format(value)
    : text("common.not_known");
}

export function formatRange(low: number, high: number, unit?: string): string {
  const from = significant(low), to = significant(high);
  if (from === to) return formatNumber(from, unit);
  const [least, word] = to >= 1e9 ? [1e9, "common.billion"] : to >= 1e6 ? [1e6, "common.million"] : [1, ""];
  const number = (value: number): string => new Intl.NumberFormat(locale(), { maximumSignificantDigits: 2 }).format(value / Number(least));
  const joined = text("common.range", { from: number(from), to: number(to) });
  return withUnit(word ? `${joined}${SPACE}${text(String(word))}` : joined, unit);
}

/* A figure with its relative standard deviation: one number when it is known well, else the range that holds it eight times out
 * of ten (log-normal, so that it never falls below zero). */
export function formatFigure(value: Unknown, relSd: Unknown, unit?: string): string {
  if (!isKnown(value) || !isKnown(relSd) || relSd < RANGE_FROM_REL_SD || value === 0) return formatNumber(value, unit);
  const spread = Math.exp(Z_80 * Math.sqrt(Math.log1p(relSd * relSd)));
  const ends = [value / spread, value * spread].sort((a, b) => a - b);
  return formatRange(ends[0]!, ends[1]!, unit);
}

export const formatEur = (value: Unknown): string => formatNumber(value, "EUR");

/* kg in, t out: CO2 is told in tonnes. */
export const formatCo2 = (kg: Unknown): string => formatNumber(isKnown(kg) ? kg / 1000 : null, "t");

export function formatKm(km: Unknown): string {
  return isKnown(km) && km < 0.05 ? text("common.on_the_spot") : formatNumber(km, "km");
}
