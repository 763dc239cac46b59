// The knot: every strand is drawn, nothing twice; order never jumps; bars and ribbons fit together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BANDS, type Band, type Knot } from "../src/api/look.ts";
import { layOut, type Layout, type LayoutSettings, type Node } from "../src/features/knot/layout.ts";
import { strandsOf, type Strand } from "../src/features/knot/strands.ts";
import { CLASSES, type ResourceClass } from "../src/ui/figure.tsx";

const settings: LayoutSettings = { width: 1000, detail: "stream", labelWidth: 180, hallWidth: 200, barWidth: 10, height: 300, slot: 17, hallSlot: 22, streamsMost: 11, hallsMost: 12,
  hallRank: (hall) => Number(hall.replace("process:p", "")) };

/* A small generator of its own, so that a failure can be had again. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function knotOf(seed: number, count = 120): Knot {
  const next = random(seed);
  const pick = <T,>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const resources = Array.from({ length: 40 }, (_, i) => ({ resource_id: `r${i}`, rank: i, class: CLASSES[i % CLASSES.length] as ResourceClass, unit: "t", stream: null, name: `R${i}`, name_nl: null, name_fr: null, name_de: null }));
  const processes = Array.from({ length: 25 }, (_, i) => ({ process_id: `p${i}`, name: `P${i}`, name_nl: null, rank: i, unit_count: 1, new_count: 0, eur: 0, co2_kg: 0, jobs_fte: 0 }));
  const ribbons = Array.from({ length: count }, () => {
    const way = next();
    const eur = (next() - 0.25) * 10 ** (next() * 5), mass = next() * 1000;
    return { from_band: way < 0.4 || way > 0.7 ? pick(BANDS) : null, from_process_id: way >= 0.4 && way <= 0.7 ? pick(processes).process_id : null,
      to_band: way >= 0.4 ? pick(BANDS) : null, to_process_id: way < 0.4 ? pick(processes).process_id : null,
      resource_id: pick(resources).resource_id, tie_count: 1 + Math.floor(next() * 9), quantity: mass, mass_t: mass, eur, co2_kg: eur, estimate_eur: next() < 0.5 ? Math.abs(eur) : 0, verify_count: 0 };
  });
  return { run: { run_id: 1, objective: "value", status: "proven", is_what_if: false, started: "", finished: "", revision: 1 }, ribbons, processes, resources, today: [] };
}

const close = (a: number, b: number, why: string): void => assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a), Math.abs(b)), `${why}: ${a} and ${b}`);
const total = (strands: readonly Strand[]): number => strands.reduce((sum, { size }) => sum + size, 0);
const column = (layout: Layout, kind: Node["kind"]): readonly Node[] => layout.nodes.filter((node) => node.kind === kind).sort((a, b) => a.y - b.y);

test("a tie through a process is one strand, one without it is two", () => {
  const knot = knotOf(1);
  const strands = strandsOf(knot, "plan", "eur");
  const want = knot.ribbons.reduce((sum, { from_band, to_band }) => sum + (from_band ? 1 : 0) + (to_band ? 1 : 0), 0);
  assert.equal(strands.length, want);
});

test("every strand is in one ribbon, and bars are as high as what they carry", () => {
  for (let seed = 1; seed <= 60; seed++)
    for (const detail of ["stream", "class"] as const)
      for (const measure of ["eur", "t"] as const) {
        const strands = strandsOf(knotOf(seed), "plan", measure).filter(({ size }) => size > 0);
        const layout = layOut(strands, { ...settings, detail });
        assert.equal(layout.links.reduce((sum, link) => sum + link.strands.length, 0), strands.length);
        for (const side of ["pull", "push"] as const)
          close(column(layout, side).reduce((sum, { size }) => sum + size, 0), total(strands.filter((strand) => strand.side === side)), `${side} of seed ${seed}`);
        for (const node of layout.nodes.filter(({ kind }) => kind !== "hall")) {
          const own = layout.links.filter((link) => link.from === node || link.to === node);
          close(own.reduce((sum, link) => sum + total(link.strands), 0), node.size, `ribbons of ${node.key}`);
          if (node.size * layout.scale > 1) close(node.height, node.size * layout.scale, `height of ${node.key}`);
        }
      }
});

test("bars of a column never overlap, nor leave the picture", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const layout = layOut(strandsOf(knotOf(seed), "plan", "eur"), settings);
    for (const kind of ["pull", "hall", "push"] as const) {
      let bottom = -1e-9;
      for (const node of column(layout, kind)) {
        const slot = Math.max(node.height, kind === "hall" ? settings.hallSlot : settings.slot), top = node.y + node.height / 2 - slot / 2;
        assert.ok(top >= bottom - 1e-6, `${node.key} of seed ${seed}`);
        bottom = top + slot;
      }
      assert.ok(bottom <= layout.height + 1e-6, `${kind} of seed ${seed}`);
    }
  }
});

test("the order of bands, streams and knots is the same from one plan to the next", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const before = layOut(strandsOf(knotOf(seed), "plan", "eur"), settings);
    const other = knotOf(seed);
    const grown: Knot = { ...other, ribbons: other.ribbons.map((ribbon, i) => ({ ...ribbon, eur: ribbon.eur * (1 + ((i * 7) % 13)) })) };
    const after = layOut(strandsOf(grown, "plan", "eur"), settings);
    for (const kind of ["pull", "hall", "push"] as const) {
      const first = column(before, kind).map(({ key }) => key), second = column(after, kind).map(({ key }) => key);
      const both = first.filter((key) => second.includes(key));
      assert.deepEqual(second.filter((key) => first.includes(key)), both, `${kind} of seed ${seed}`);
      if (kind !== "hall") {
        const bands = column(after, kind).map(({ band }) => BANDS.indexOf(band as Band));
        assert.deepEqual(bands, [...bands].sort((a, b) => a - b));
      }
    }
  }
});

test("at most as many streams and knots as may be shown, and no pool of one", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const layout = layOut(strandsOf(knotOf(seed), "plan", "eur"), settings);
    assert.ok(column(layout, "pull").filter(({ resource_id }) => resource_id !== null).length <= settings.streamsMost + 1);
    const halls = column(layout, "hall");
    assert.ok(halls.filter(({ hall }) => hall?.startsWith("process:")).length <= settings.hallsMost + 1);
    assert.equal(halls.at(-1)?.hall, "direct");
  }
});

test("today: offers end in their fate, needs begin at the market, and nothing joins them", () => {
  const knot: Knot = { ...knotOf(1), ribbons: [], today: [
    { side: "offer", resource_id: "r0", fate: "landfill", row_count: 2, quantity: 10, mass_t: 10, eur: 900, co2_kg: 5, unknown_count: 0, estimate_eur: 0 },
    { side: "offer", resource_id: "r1", fate: "idle", row_count: 1, quantity: 4, mass_t: 0, eur: null, co2_kg: null, unknown_count: 1, estimate_eur: 0 },
    { side: "need", resource_id: "r0", fate: "market", row_count: 3, quantity: 7, mass_t: 7, eur: 500, co2_kg: 1, unknown_count: 0, estimate_eur: 0 },
  ] };
  const layout = layOut(strandsOf(knot, "today", "eur"), settings);
  assert.deepEqual(column(layout, "hall").map(({ hall }) => hall), ["fate:landfill", "market"]);
  assert.equal(layout.links.filter(({ side }) => side === "pull").length, 1);
  assert.equal(layout.links.filter(({ side }) => side === "push").length, 1);
  assert.ok(layout.links.every((link) => !(link.from.hall === "market" && link.to.hall)));
});

test("nothing to draw is an empty picture", () => {
  const layout = layOut([], settings);
  assert.equal(layout.links.length, 0);
  assert.ok(Number.isFinite(layout.height));
});
