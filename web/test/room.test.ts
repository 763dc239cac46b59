// A query is restored by its URL, what cannot be read is left out, and what is as it begins does not show.
import assert from "node:assert/strict";
import { test } from "node:test";
import { asFlag, asNumber, asText, asWord, asWords, readQuery, writeQuery, type QuerySpec } from "../src/app/room.ts";
import { hrefOf, placeOf } from "../src/app/router.ts";

interface Query {
  readonly words: string;
  readonly view: "plan" | "today";
  readonly class: readonly ("energy" | "material" | "water")[];
  readonly run: number | null;
  readonly on: boolean;
}
const spec: QuerySpec<Query> = { words: asText(), view: asWord(["plan", "today"], "plan"), class: asWords(["material", "energy", "water"]), run: asNumber(), on: asFlag() };

test("what is written is read again", () => {
  const queries: Query[] = [
    { words: "", view: "plan", class: [], run: null, on: false },
    { words: "a b&c=d,é/?#%+", view: "today", class: ["material", "water"], run: 12, on: true },
    { words: "{}", view: "plan", class: ["energy"], run: -0.5, on: false },
  ];
  for (const query of queries) assert.deepEqual(readQuery(spec, new URL(`http://x/${writeQuery(spec, query)}`).searchParams), query);
  assert.equal(writeQuery(spec, queries[0]!), "");
});
test("what nobody can mean is left out", () => {
  assert.deepEqual(readQuery(spec, new URLSearchParams("view=other&class=gold,energy,energy&run=abc&on=yes&more=1")),
    { words: "", view: "plan", class: ["energy"], run: null, on: false });
});
test("paths hold any key", () => {
  for (const key of ["a", "a/b", "a b", "ü%", "?#", "..."]) {
    const place = placeOf(new URL(`http://x${hrefOf("resource", key)}`));
    assert.equal(place.room, "resource");
    assert.deepEqual(place.path, [key]);
  }
  assert.deepEqual(placeOf({ pathname: "/resource/%E0%A4%A", search: "" }).path, ["%E0%A4%A"]);
});
