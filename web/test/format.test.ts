// Numbers and dates become text as people read them: by hand first, then what holds for any number.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exactNumber, formatCo2, formatCount, formatEur, formatFigure, formatKm, formatNumber, formatRange, formatShare, significant, unitOf } from "../src/format/numbers.ts";
import { formatAgo, formatDate } from "../src/format/dates.ts";
import { nameIn, nameOf } from "../src/format/names.ts";
import { giveCatalogue, language } from "../src/text/text.ts";
import en from "../src/text/en/common.json";
import nl from "../src/text/nl/common.json";

giveCatalogue("en", "common", en);
giveCatalogue("nl", "common", nl);
const speak = (tongue: "nl" | "en"): void => language.set(tongue);
const plain = (words: string): string => words.replaceAll("\u00a0", " ");

test("two significant digits, grouped, with the unit behind", () => {
  speak("en");
  assert.equal(plain(formatEur(61_234)), "61,000 EUR");
  assert.equal(plain(formatNumber(0.6149, "km")), "0.61 km");
  assert.equal(plain(formatNumber(-8349, "EUR")), "-8,300 EUR");
  assert.equal(plain(formatNumber(0, "t")), "0 t");
  speak("nl");
  assert.equal(plain(formatEur(61_234)), "61.000 EUR");
  assert.equal(plain(formatNumber(2.56, "m3")), "2,6 m³");
});

test("millions and billions in words", () => {
  speak("en");
  assert.equal(plain(formatEur(62_959_511)), "63 million EUR");
  assert.equal(plain(formatEur(1_400_000_000)), "1.4 billion EUR");
  assert.equal(plain(formatEur(999_600)), "1 million EUR");
  speak("nl");
  assert.equal(plain(formatEur(-2_400_000)), "-2,4 miljoen EUR");
});

test("what is not known is said, never zero", () => {
  for (const tongue of ["en", "nl"] as const) {
    speak(tongue);
    for (const unknown of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
      for (const format of [formatNumber, formatEur, exactNumber, formatCount, formatShare, formatCo2, formatKm])
        assert.equal(format(unknown as number | null | undefined), tongue === "en" ? "not known" : "niet bekend");
  }
});

test("a range where the figure is not known better", () => {
  speak("en");
  assert.equal(plain(formatFigure(100, 0.1, "t")), "100 t");
  assert.equal(plain(formatFigure(100, 0.5, "t")), "55 to 180 t");
  assert.equal(plain(formatFigure(100, null, "t")), "100 t");
  assert.equal(plain(formatRange(1_200_000, 3_400_000, "EUR")), "1.2 to 3.4 million EUR");
  // The range holds the figure, and never falls below zero, however unsure it is.
  for (const value of [0.02, 3, 470, 1e7]) for (const relSd of [0.2, 0.5, 1, 4]) assert.ok(!formatFigure(value, relSd).includes("-"), String(value));
});

test("rounding keeps within half of the last digit, and is stable", () => {
  for (let i = 0; i < 2000; i++) {
    const value = (i % 2 ? 1 : -1) * Math.exp((i - 1000) / 60);
    const rounded = significant(value);
    assert.ok(Math.abs(rounded - value) <= 0.05 * Math.abs(value) * 1.0001, `${value} -> ${rounded}`);
    assert.equal(significant(rounded), rounded);
  }
  assert.ok(Object.is(significant(-0), 0));
});

test("small words: prices, distances, CO2, exact figures", () => {
  speak("en");
  assert.equal(unitOf("EUR", "m2"), "EUR/m²");
  assert.equal(formatKm(0), "on the spot");
  assert.equal(plain(formatCo2(4600)), "4.6 t");
  assert.equal(plain(exactNumber(62_959_511.6868, "EUR")), "62,959,511.69 EUR");
  assert.equal(formatShare(0.126), "13%");
});

test("dates, and how long ago", () => {
  speak("en");
  assert.equal(formatDate("2026-03-09"), "9 March 2026");
  assert.equal(formatAgo("2026-03-01T12:00:00Z", new Date("2026-03-04T12:00:00Z")), "3 days ago");
  assert.equal(formatDate("soon"), "not known");
  speak("nl");
  assert.equal(formatDate("2026-03-09"), "9 maart 2026");
  assert.equal(formatAgo("2026-03-18T12:00:00Z", new Date("2026-03-04T12:00:00Z")), "over 2 weken");
});

test("names in the language of now, with a capital", () => {
  speak("nl");
  assert.equal(nameOf({ name: "Steam", name_nl: "stoom" }), "Stoom");
  assert.equal(nameOf({ name: "Steam", name_nl: null }), "Steam");
  assert.equal(nameIn({ resource_name: "Steam", resource_name_nl: "stoom" }, "resource_name"), "Stoom");
  speak("en");
  assert.equal(nameOf({ name: "Steam", name_nl: "stoom" }), "Steam");
});
