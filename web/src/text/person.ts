/* The name of a person, as far as there still is one: an account that was erased keeps its number, and is said in the reader's language. */
import { text } from "./text.ts";

export const erasedName = (number: string): string => text("common.erased_person", { number });
export function personName(name: string | null | undefined): string | null {
  const number = /^Person (\d+)$/.exec(name ?? "")?.[1];
  return number === undefined ? name ?? null : erasedName(number);
}
