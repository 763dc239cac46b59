/* What users read. text("knot.lead", { value }) looks up `lead` in text/LANGUAGE/knot.json.
 *
 * The first part of a key is the feature, whose catalogue comes with its room (`common` is always there). English is the
 * source and Dutch is complete; French and German are prepared and read English where they have nothing yet. A text
 * may differ for one and for more: {"one": "# tie", "other": "# ties"} goes by the parameter n, which # shows. */
import { remember, remembered } from "../app/memory.ts";
import type { ComponentChild } from "preact";
import { Store } from "../app/store.ts";

export const LANGUAGES = ["nl", "en", "fr", "de"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Parameters = Readonly<Record<string, string | number>>;
type Entry = string | { readonly one: string; readonly other: string };
type Catalogue = Readonly<Record<string, Entry>>;

export const language = new Store<Language>("nl");
const catalogues = new Map<string, Catalogue>();
const wanted = new Set<string>(["common"]);

async function load(tongue: Language, feature: string): Promise<void> {
  const key = `${tongue}/${feature}`;
  if (catalogues.has(key)) return;
  try {
    const module = (await import(`./${tongue}/${feature}.json`)) as { default: Catalogue };
    catalogues.set(key, module.default);
  } catch (error) {
    if (tongue === "nl" || tongue === "en") throw error;
    catalogues.set(key, {}); // a prepared language may lack a whole feature
  }
}

/* Loads what a room needs, for the language of now. */
export async function loadTexts(features: readonly string[]): Promise<void> {
  features.forEach((feature) => wanted.add(feature));
  const tongues: Language[] = language.value === "nl" || language.value === "en" ? [language.value] : [language.value, "en"];
  await Promise.all(tongues.flatMap((tongue) => [...wanted].map((feature) => load(tongue, feature))));
}

/* The language asked for by hand before, else the first of the browser's that we have, else Dutch. */
export function preferredLanguage(): Language {
  const known = (tag: string | null | undefined): Language | undefined => LANGUAGES.find((one) => one === tag?.slice(0, 2));
  const kept = known(remembered("knoop.language"));
  return kept ?? navigator.languages.map(known).find((one) => one !== undefined) ?? "nl";
}

export async function speak(tongue: Language, isChosen: boolean): Promise<void> {
  const before = language.value;
  language.quietly(tongue);
  try {
    await loadTexts([]);
  } catch (error) {
    language.quietly(before);
    throw error;
  }
  if (isChosen) remember("knoop.language", tongue);
  document.documentElement.lang = tongue;
  language.announce();
}

/* For tests: catalogues without a server. */
export function giveCatalogue(tongue: Language, feature: string, catalogue: Catalogue): void {
  catalogues.set(`${tongue}/${feature}`, catalogue);
}

export const locale = (): string => ({ nl: "nl-BE", en: "en-GB", fr: "fr-BE", de: "de-DE" })[language.value];

function entryOf(key: string): Entry | undefined {
  const dot = key.indexOf(".");
  const feature = key.slice(0, dot);
  const name = key.slice(dot + 1);
  return catalogues.get(`${language.value}/${feature}`)?.[name] ?? catalogues.get(`en/${feature}`)?.[name];
}

export function hasText(key: string): boolean {
  return entryOf(key) !== undefined;
}

function patternOf(key: string, parameters: Readonly<Record<string, unknown>>): string {
  const entry = entryOf(key);
  if (entry === undefined) return key;
  if (typeof entry === "string") return entry;
  const count = Number(parameters["n"]);
  const form = new Intl.PluralRules(locale()).select(count) === "one" ? entry.one : entry.other;
  return form.replaceAll("#", new Intl.NumberFormat(locale()).format(count));
}

export function text(key: string, parameters: Parameters = {}): string {
  return patternOf(key, parameters).replace(/\{(\w+)\}/g, (all, name: string) => {
    const value = parameters[name];
    return value === undefined ? all : typeof value === "number" ? new Intl.NumberFormat(locale()).format(value) : value;
  });
}

/* The same with pieces of markup in the places: richText("knot.lead", { value: <Figure .../> }). */
export function richText(key: string, parameters: Readonly<Record<string, ComponentChild>>): ComponentChild[] {
  return patternOf(key, parameters)
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith("{") && part.endsWith("}") ? (parameters[part.slice(1, -1)] ?? part) : part));
}
