// Texts: places are filled, one is told from more, a prepared language reads English.
import assert from "node:assert/strict";
import { test } from "node:test";
import { giveCatalogue, language, richText, text } from "../src/text/text.ts";

giveCatalogue("en", "x", { plain: "Hello {name}", ties: { one: "# tie", other: "# ties" }, only_en: "only here" });
giveCatalogue("nl", "x", { plain: "Dag {name}", ties: { one: "# koppeling", other: "# koppelingen" }, only_en: "alleen hier" });
giveCatalogue("fr", "x", { plain: "Bonjour {name}" });

test("places are filled, and nothing else is read into what fills them", () => {
  language.set("en");
  assert.equal(text("x.plain", { name: "An" }), "Hello An");
  assert.equal(text("x.plain", { name: "{name} $& <b>" }), "Hello {name} $& <b>");
  assert.equal(text("x.plain"), "Hello {name}");
});
test("one and more, with the count grouped", () => {
  language.set("en");
  assert.deepEqual([0, 1, 2, 1004].map((n) => text("x.ties", { n })), ["0 ties", "1 tie", "2 ties", "1,004 ties"]);
  language.set("nl");
  assert.equal(text("x.ties", { n: 1004 }), "1.004 koppelingen");
});
test("a prepared language reads English where it has nothing", () => {
  language.set("fr");
  assert.equal(text("x.plain", { name: "An" }), "Bonjour An");
  assert.equal(text("x.only_en"), "only here");
});
test("a key without a text shows itself", () => {
  assert.equal(text("x.none"), "x.none");
});
test("markup in the places", () => {
  language.set("en");
  assert.deepEqual(richText("x.plain", { name: "An" }).join("|"), "Hello |An|");
});
