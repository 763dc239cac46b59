/* The name of a thing of the region in the language of now; regions have names in the languages that they speak. */
import type { TieEnds } from "../api/look.ts";
import { language } from "../text/text.ts";

export interface Named {
  readonly name: string;
  readonly name_nl?: string | null;
  readonly name_fr?: string | null;
  readonly name_de?: string | null;
}

const capital = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

export function nameOf(thing: Named): string {
  const own = { nl: thing.name_nl, fr: thing.name_fr, de: thing.name_de, en: null }[language.value];
  return capital(own || thing.name);
}

/* The same for rows that hold the name of something else: nameIn(tie, "resource_name"). */
export function nameIn(row: object, column: string): string {
  const fields = row as Readonly<Record<string, unknown>>;
  return capital(String(fields[`${column}_${language.value}`] || fields[column] || ""));
}

/* Where a tie begins or ends: the site; else the unit or gateway; else its key. */
export const endName = (ends: TieEnds, end: "from" | "to"): string => ends[`${end}_site_name`] ?? (ends[`${end}_name`] ? nameIn(ends, `${end}_name`) : ends[`${end}_id`]);
