// Tables: order, and CSV that no spreadsheet takes for a program.
import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf, sortRows, type Column } from "../src/ui/table.tsx";

interface Row { readonly name: string | null; readonly value: number | null }
const columns: readonly Column<Row>[] = [
  { name: "name", head: "Name", value: (row) => row.name },
  { name: "value", head: "Value", value: (row) => row.value, isNumber: true },
];
const rows: readonly Row[] = [{ name: "b10", value: 2 }, { name: "b9", value: null }, { name: null, value: -1 }, { name: "é", value: 2 }];

test("numbers by size, words as people order them, the unknown last whichever way", () => {
  const names = (sort: string): (string | null)[] => sortRows(rows, columns, sort).map(({ name }) => name);
  assert.deepEqual(names("name"), ["b9", "b10", "é", null]);
  assert.deepEqual(names("-name"), ["é", "b10", "b9", null]);
  assert.deepEqual(names("value"), [null, "b10", "é", "b9"]);
  assert.deepEqual(names("-value"), ["b10", "é", null, "b9"]); // equals keep their order
  assert.deepEqual(names("nothing"), rows.map(({ name }) => name));
});
test("CSV: quotes doubled, formulas harmless, the unknown empty", () => {
  const bad: readonly Row[] = [{ name: '=1+1,"x"', value: 1.5 }, { name: "@cmd\nnext", value: null }, { name: "-2", value: -2 }];
  assert.equal(csvOf(bad, columns), 'name,value\r\n"\'=1+1,""x""",1.5\r\n"\'@cmd\nnext",\r\n\'-2,-2\r\n');
});
