/* Types of the server's answers, and the pieces that several pages of this room show. */
import type { JSX } from "preact";
import { me } from "../../api/session.ts";
import { useStore } from "../../app/store.ts";
import { formatNumber, formatRange, unitText } from "../../format/numbers.ts";
import { hasText, language, text } from "../../text/text.ts";
import { type Level, type ResourceClass } from "../../ui/index.ts";

export type Kind = "offer" | "need";
export type Band = readonly [number, number | null] | null;
export interface Named {
  readonly name: string | null;
  readonly name_nl: string | null;
}
export interface Proposal {
  readonly resource_id: string | null;
  readonly everyday_id: string | null;
  readonly name: string;
  readonly name_nl: string | null;
  readonly class: ResourceClass;
  readonly unit: string;
  readonly code_low: string | null;
  readonly alike: number;
}
export interface Taker {
  readonly nace: string;
  readonly name: string | null;
  readonly use: string | null;
  readonly use_nl: string | null;
  readonly probability: number;
}
export interface CardData {
  readonly token?: string;
  readonly is_open: boolean;
  readonly kind: "offer" | "need" | "unit" | "gateway";
  readonly resource_name: string | null;
  readonly resource_name_nl: string | null;
  readonly class: ResourceClass;
  readonly unit: string;
  readonly sector: string | null;
  readonly level: Level | null;
  readonly km: Band;
  readonly eur: Band;
  readonly quantity: Band;
  readonly passed: number;
  readonly failed: number;
  readonly to_verify: number;
  readonly checks: readonly { readonly check: string; readonly outcome: "passed" | "failed" | "unknown" }[];
  readonly open?: {
    readonly id: string; readonly is_own: boolean; readonly site_name: string | null; readonly actor_id: string | null; readonly actor_name: string | null;
    readonly km: number | null; readonly eur: number | null; readonly quantity: number | null; readonly co2_kg: number | null;
  };
}
export interface Entry {
  readonly entry_id: string | null;
  readonly row_id: string | null;
  readonly kind: Kind;
  readonly words: string | null;
  readonly amount?: string | null;
  readonly resource_id: string | null;
  readonly everyday_id?: string | null;
  readonly resource_name: string | null;
  readonly resource_name_nl: string | null;
  readonly class: ResourceClass | null;
  readonly quantity: number | null;
  readonly unit?: string | null;
  readonly rel_sd: number | null;
  readonly site_id: string | null;
  readonly site_name: string | null;
  readonly actor_name?: string | null;
  readonly fate: string | null;
  readonly cost_eur?: number | null;
  readonly disclosure: Disclosure | null;
  readonly missing?: readonly string[];
  readonly is_estimate?: boolean;      // by somebody else: who holds it knows better
}
export type Disclosure = "public" | "partners" | "broker";
export interface Intro {
  readonly intro_id: string;
  readonly state: "asked" | "declined" | "accepted" | "willing" | "unwilling" | "introduced" | "case" | "ended" | "withdrawn";
  readonly side: "asker" | "other" | "broker";
  readonly level: number;
  readonly moved: string;
  readonly my_step: number | null;
  readonly their_step: number | null;
  readonly my_kind: Kind | "unit";
  readonly my_id: string;
  readonly card: CardData | null;
  readonly their_nace: string | null;
  readonly their_name: string | null;
  readonly asker_name: string | null;
  readonly other_name: string | null;
  readonly is_stale: boolean;
  readonly resource_name: string | null;
  readonly resource_name_nl: string | null;
}

const UNITS: Readonly<Record<ResourceClass, string>> = { material: "t", energy: "MWh", water: "m3", space: "m2", labour: "h", knowledge: "h", capital: "EUR" };
export const unitOf = (of: ResourceClass | null): string => (of ? UNITS[of] : "");
/* Space and money are there; the rest comes by the year. */
export const isByYear = (of: ResourceClass | null): boolean => of !== "space" && of !== "capital";
export const nameOf = (name: string | null, dutch: string | null): string => (language.value === "nl" ? (dutch ?? name) : name) ?? "";

const LAST: readonly (readonly [number, string])[] = [[3, "a"], [9, "b"], [33, "c"], [35, "d"], [39, "e"], [43, "f"], [47, "g"], [53, "h"], [56, "i"], [63, "j"], [66, "k"],
  [68, "l"], [75, "m"], [82, "n"], [84, "o"], [85, "p"], [88, "q"], [93, "r"], [96, "s"], [98, "t"], [99, "u"]];
/* "16" and "16.21" lie in section C. */
export function sectorText(code: string | null): string | null {
  if (!code) return null;
  const division = Number.parseInt(code, 10);
  const letter = Number.isFinite(division) ? LAST.find(([last]) => division <= last)?.[1] : code.toLowerCase();
  return letter && hasText(`chances.sector.${letter}`) ? text(`chances.sector.${letter}`) : code;
}

export const kmText = (km: Band): string | null =>
  km === null ? null : km[1] === null ? text("chances.km_beyond", { km: km[0] }) : text("chances.km_band", { from: km[0], to: km[1] });

export function bandText(band: Band, unit: string): string {
  if (band === null) return text("common.not_known");
  const [low, high] = band;
  if (high === null) return text("chances.from_on", { value: formatNumber(low, unit) });
  return low === 0 ? text("chances.at_most", { value: formatNumber(high, unit) }) : formatRange(low, high, unit);
}

/* The sentence a card begins with: who, what, where, as far as it is told. */
export function whoText(card: CardData): string {
  const what = card.resource_name ? nameOf(card.resource_name, card.resource_name_nl) : text(`chances.some.${card.class}`);
  const who = card.open?.actor_name ?? card.open?.site_name ?? (card.sector ? text("chances.who_sector", { sector: sectorText(card.sector) ?? "" }) : text("chances.who_some"));
  return text(`chances.does.${card.kind}`, { who, what });
}

export function Checks({ card }: { readonly card: CardData }): JSX.Element | null {
  if (card.checks.length === 0) return null;
  return (
    <ul class="checks">
      {card.checks.map(({ check, outcome }) => (
        <li class={`is-${outcome}`}><b>{text(`chances.outcome.${outcome}`)}</b> {hasText(`chances.check.${check}`) ? text(`chances.check.${check}`) : check}</li>
      ))}
    </ul>
  );
}

export function CardFacts({ card }: { readonly card: CardData }): JSX.Element {
  const km = card.open?.km ?? null;
  return (
    <dl class="facts">
      {card.eur && <><dt>{text("chances.worth")}</dt><dd>{bandText(card.eur, "EUR")} {text("chances.a_year")}</dd></>}
      <dt>{text("chances.distance")}</dt><dd>{(km !== null ? formatNumber(km, "km") : kmText(card.km)) ?? text("common.not_known")}{card.level && <span class="quiet">, {text(`common.level.${card.level}`)}</span>}</dd>
      {card.quantity && <><dt>{text(card.kind === "need" ? "chances.they_seek" : "chances.they_have")}</dt><dd>{bandText(card.quantity, card.unit)}{isByYear(card.class) && ` ${text("chances.a_year")}`}</dd></>}
      <dt>{text("chances.checks")}</dt>
      <dd>{text("chances.checks_passed", { n: card.passed })}{card.failed > 0 && `, ${text("chances.checks_failed", { n: card.failed })}`}{card.to_verify > 0 && `, ${text("chances.checks_open", { n: card.to_verify })}`}
        <details class="more"><summary>{text("chances.checks_which")}</summary><Checks card={card} /></details></dd>
    </dl>
  );
}

export const amountText = (quantity: number | null, of: ResourceClass | null): string =>
  quantity === null ? text("chances.amount_open") : `${formatNumber(quantity, unitOf(of))}${isByYear(of) ? ` ${text("chances.a_year")}` : ""}`;
export { unitText };

/* The three parts of the room, for who takes part. */
export function Parts({ now }: { readonly now: "search" | "mine" | "introductions" }): JSX.Element | null {
  const { role } = useStore(me);
  if (role !== "partner" && role !== "coordinator") return null;
  const parts = [["search", "/chances"], ["mine", "/chances/mine"], ["introductions", "/chances/introductions"]] as const;
  return (
    <nav class="parts no-print" aria-label={text("chances.parts")}>
      {parts.map(([name, href]) => <a href={href} aria-current={name === now ? "page" : undefined}>{text(name === "introductions" || role === "partner" ? `chances.part.${name}` : `chances.part_broker.${name}`)}</a>)}
    </nav>
  );
}
