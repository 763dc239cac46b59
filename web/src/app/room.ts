/* A room: one question, one URL that restores exactly what is seen.
 *
 * The query of a room is typed by a parameter per name; what stands in the URL and cannot be read is left out rather than
 * believed. Values that are the initial ones do not show in the URL. */
import type { JSX } from "preact";

export interface Parameter<T> {
  read(raw: string | null): T;
  write(value: T): string | null; // null: does not show
}
export type QuerySpec<Q> = { readonly [K in keyof Q]: Parameter<Q[K]> };

export const asText = (initial = ""): Parameter<string> => ({
  read: (raw) => raw ?? initial,
  write: (value) => (value === initial ? null : value),
});
export const asWord = <W extends string>(words: readonly W[], initial: W): Parameter<W> => ({
  read: (raw) => words.find((word) => word === raw) ?? initial,
  write: (value) => (value === initial ? null : value),
});
/* A set of words, in the order of the list; empty: no filter. */
export const asWords = <W extends string>(words: readonly W[]): Parameter<readonly W[]> => ({
  read: (raw) => words.filter((word) => raw?.split(",").includes(word)),
  write: (value) => (value.length === 0 ? null : words.filter((word) => value.includes(word)).join(",")),
});
export const asNumber = (initial: number | null = null): Parameter<number | null> => ({
  read: (raw) => (raw !== null && raw.trim() !== "" && Number.isFinite(Number(raw)) ? Number(raw) : initial),
  write: (value) => (value === initial || value === null ? null : String(value)),
});
export const asFlag = (): Parameter<boolean> => ({
  read: (raw) => raw === "1",
  write: (value) => (value ? "1" : null),
});

export interface RoomProps<Q> {
  readonly path: readonly string[];  // what follows the name of the room: /resource/wood -> ["wood"]
  readonly query: Q;
  /* push: the back button undoes it (filters, selections); replace: it does not (typing). */
  set(patch: Partial<Q>, how?: "push" | "replace"): void;
  href(patch: Partial<Q>): string;   // the address of this room with a part changed
}

export interface Room<Q> {
  readonly query: QuerySpec<Q>;
  readonly View: (props: RoomProps<Q>) => JSX.Element;
}
/* Rooms differ in Q, and one list holds them all. */
export type AnyRoom = Room<never>;

export const defineRoom = <Q>(room: Room<Q>): AnyRoom => room as unknown as AnyRoom;

export function readQuery<Q>(spec: QuerySpec<Q>, parameters: URLSearchParams): Q {
  const query: Partial<Q> = {};
  for (const name of Object.keys(spec) as (keyof Q & string)[]) query[name] = spec[name].read(parameters.get(name));
  return query as Q;
}

export function writeQuery<Q>(spec: QuerySpec<Q>, query: Q): string {
  const parameters = new URLSearchParams();
  for (const name of Object.keys(spec) as (keyof Q & string)[]) {
    const raw = spec[name].write(query[name]);
    if (raw !== null) parameters.set(name, raw);
  }
  const tail = parameters.toString().replaceAll("%2C", ",");
  return tail ? `?${tail}` : "";
}
