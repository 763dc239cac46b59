/* Where everything of the knot stands: pure arithmetic, in pixels.
 *
 * Bands stand in one order (world, between cities, local) and at one height on both sides; streams within a band by class and then by the
 * region's own order; knots by the region's order, what is tied directly last. So nothing jumps from one plan to the next, it only grows or
 * shrinks. Streams below a share of the whole are drawn together per class. O(n log n). */
import { BANDS, type Band } from "../../api/look.ts";
import { CLASSES, type ResourceClass } from "../../ui/figure.tsx";
import { FATES, type Side, type Strand } from "./strands.ts";

export interface LayoutSettings {
  readonly width: number;
  readonly detail: "stream" | "class";   // class: one node per band and class, for narrow screens
  readonly labelWidth: number;           // left and right of the bars; 0: labels stand inside
  readonly hallWidth: number;
  readonly barWidth: number;
  readonly height: number;               // of the widest column without its gaps
  readonly slot: number;                 // least height of a node, so that its label can be read
  readonly hallSlot: number;             // the same for knots
  readonly streamsMost: number;          // per side
  readonly hallsMost: number;
  readonly hallRank: (hall: string) => number;
}
export interface Node {
  readonly key: string;
  readonly kind: "pull" | "hall" | "push";
  readonly band: Band | null;
  readonly class: ResourceClass | null;
  readonly resource_id: string | null;   // null: several
  readonly hall: string | null;          // "other": several
  readonly size: number;
  readonly eur: number;
  readonly count: number;
  readonly isEstimate: boolean;          // more than half of it rests on estimates
  x: number;
  y: number;                             // of the bar
  height: number;
}
export interface Link {
  readonly key: string;
  readonly side: Side;
  readonly from: Node;
  readonly to: Node;
  readonly class: ResourceClass;
  readonly isCost: boolean;
  readonly strands: readonly Strand[];
  readonly width: number;
  readonly path: string;
}
export interface BandPlace {
  readonly band: Band;
  readonly y: number;                    // of its heading
  readonly bottom: number;
  readonly isEmpty: Readonly<Record<Side, boolean>>;
}
export interface Layout {
  readonly nodes: readonly Node[];
  readonly links: readonly Link[];
  readonly bands: readonly BandPlace[];
  readonly height: number;
  readonly scale: number;                // pixels per unit of the measure
}

const GAP = 3, BAND_GAP = 10, HEADING = 20, HALL_GAP = 5, LINK_LEAST = 0.7, STREAM_SHARE_LEAST = 0.008;

const sum = (strands: readonly Strand[], value: (strand: Strand) => number): number => strands.reduce((total, strand) => total + value(strand), 0);

function groups<K>(strands: readonly Strand[], keyOf: (strand: Strand) => K): Map<K, Strand[]> {
  const found = new Map<K, Strand[]>();
  for (const strand of strands) {
    const key = keyOf(strand);
    const list = found.get(key);
    if (list) list.push(strand);
    else found.set(key, [strand]);
  }
  return found;
}

/* The keys with the largest sums, as many as may be shown; one more where "other" would be just that one. */
function largest(sizes: ReadonlyMap<string, number>, most: number, least: number): ReadonlySet<string> {
  const order = [...sizes].filter(([, size]) => size > least).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const rest = [...sizes].filter(([, size]) => size > 0).length - Math.min(order.length, most);
  return new Set(order.slice(0, rest === 1 ? most + 1 : most).map(([key]) => key));
}

function outerKeys(strands: readonly Strand[], settings: LayoutSettings): (strand: Strand) => string {
  const shown = { pull: new Set<string>() as ReadonlySet<string>, push: new Set<string>() as ReadonlySet<string> };
  if (settings.detail === "stream")
    for (const side of ["pull", "push"] as const) {
      const own = strands.filter((strand) => strand.side === side);
      const sizes = new Map([...groups(own, (strand) => `${strand.band}/${strand.resource_id}`)].map(([key, list]) => [key, sum(list, ({ size }) => size)]));
      shown[side] = largest(sizes, settings.streamsMost, STREAM_SHARE_LEAST * sum(own, ({ size }) => size));
    }
  return (strand) => {
    const own = shown[strand.side].has(`${strand.band}/${strand.resource_id}`);
    return `${strand.side}/${strand.band}/${strand.class}/${own ? strand.resource_id : "*"}`;
  };
}

function hallKeys(strands: readonly Strand[], settings: LayoutSettings): (strand: Strand) => string {
  const sizes = new Map([...groups(strands, ({ hall }) => hall)].map(([hall, list]) => [hall, sum(list, ({ size }) => size)]));
  const processes = new Map([...sizes].filter(([hall]) => hall.startsWith("process:")));
  const shown = largest(processes, settings.hallsMost, 0);
  return ({ hall }) => (!hall.startsWith("process:") || shown.has(hall) ? hall : "other");
}

const hallOrder = (hall: string, settings: LayoutSettings): number =>
  hall === "direct" ? 2e9 : hall === "other" ? 1e9 : hall === "market" ? 3e9
  : hall.startsWith("fate:") ? FATES.indexOf(hall.slice(5) as (typeof FATES)[number]) : settings.hallRank(hall);

function nodesOf(strands: readonly Strand[], keyOf: (strand: Strand) => string, kind: Node["kind"]): Node[] {
  return [...groups(strands, keyOf)].map(([key, list]) => {
    const first = list[0]!;
    const isOne = kind !== "hall" && !key.endsWith("/*");
    const pull = sum(list.filter(({ side }) => side === "pull"), ({ size }) => size), push = sum(list.filter(({ side }) => side === "push"), ({ size }) => size);
    // A tie without a process is two halves of one thing at its knot: it counts once.
    const whole = kind === "hall" ? [...new Map(list.map((strand) => [strand.row, strand])).values()] : list;
    return {
      key, kind, band: kind === "hall" ? null : first.band, class: kind === "hall" ? null : first.class, resource_id: isOne ? first.resource_id : null,
      hall: kind === "hall" ? key : null, size: kind === "hall" ? Math.max(pull, push) : pull + push, eur: sum(whole, ({ eur }) => eur), count: sum(whole, ({ count }) => count),
      isEstimate: sum(whole, (strand) => strand.estimate_eur) > 0.5 * sum(whole, ({ eur }) => Math.abs(eur)), x: 0, y: 0, height: 0,
    };
  });
}

/* Puts the bars of a column one below the other, each in a slot that its label fits; gives back where the column ends. */
function stack(nodes: readonly Node[], top: number, gap: number, slot: number): number {
  let y = top;
  for (const node of nodes) {
    const room = Math.max(node.height, slot);
    node.y = y + (room - node.height) / 2;
    y += room + gap;
  }
  return nodes.length ? y - gap : top;
}

/* A band of constant height between two bars, as two curves and two straight ends. */
function ribbonPath(x0: number, y0: number, x1: number, y1: number, width: number): string {
  const middle = (x0 + x1) / 2;
  const n = (value: number): string => String(Math.round(value * 10) / 10);
  return `M${n(x0)} ${n(y0)}C${n(middle)} ${n(y0)} ${n(middle)} ${n(y1)} ${n(x1)} ${n(y1)}V${n(y1 + width)}C${n(middle)} ${n(y1 + width)} ${n(middle)} ${n(y0 + width)} ${n(x0)} ${n(y0 + width)}Z`;
}

export function layOut(all: readonly Strand[], settings: LayoutSettings): Layout {
  const strands = all.filter(({ size }) => size > 0);
  const outerKey = outerKeys(strands, settings), hallKey = hallKeys(strands, settings);
  const ranks = new Map(strands.map((strand) => [outerKey(strand), strand.rank]));
  const rank = (node: Node): number => (node.resource_id === null ? CLASSES.indexOf(node.class!) * 1e6 + 999_999 : ranks.get(node.key)!);
  const columns = {
    pull: nodesOf(strands.filter(({ side }) => side === "pull"), outerKey, "pull").sort((a, b) => rank(a) - rank(b)),
    hall: nodesOf(strands, hallKey, "hall").sort((a, b) => hallOrder(a.key, settings) - hallOrder(b.key, settings)),
    push: nodesOf(strands.filter(({ side }) => side === "push"), outerKey, "push").sort((a, b) => rank(a) - rank(b)),
  };
  const most = Math.max(1e-9, ...Object.values(columns).map((nodes) => nodes.reduce((total, node) => total + node.size, 0)));
  const scale = settings.height / most;
  const x = { pull: settings.labelWidth, hall: (settings.width - settings.hallWidth) / 2, push: settings.width - settings.labelWidth - settings.barWidth };
  for (const [kind, nodes] of Object.entries(columns) as [Node["kind"], Node[]][])
    for (const node of nodes) {
      node.x = x[kind];
      node.height = Math.max(1, node.size * scale);
    }

  const bands: BandPlace[] = [];
  let y = 0;
  for (const band of BANDS) {
    const top = y + HEADING;
    const own = { pull: columns.pull.filter((node) => node.band === band), push: columns.push.filter((node) => node.band === band) };
    const bottom = Math.max(stack(own.pull, top, GAP, settings.slot), stack(own.push, top, GAP, settings.slot));
    bands.push({ band, y, bottom, isEmpty: { pull: own.pull.length === 0, push: own.push.length === 0 } });
    y = Math.max(bottom, top) + BAND_GAP;
  }
  const outerHeight = y - BAND_GAP;
  const hallHeight = stack(columns.hall, 0, HALL_GAP, settings.hallSlot);
  // The knots spread over the height of the bands, or stand in the middle of it where there are few.
  const spread = columns.hall.length > 1 ? Math.min(28, Math.max(0, (outerHeight - hallHeight) / (columns.hall.length - 1))) : 0;
  const height = Math.max(outerHeight, hallHeight);
  stack(columns.hall, (height - hallHeight - spread * (columns.hall.length - 1)) / 2, HALL_GAP + spread, settings.hallSlot);

  return { nodes: [...columns.pull, ...columns.hall, ...columns.push], links: linksOf(strands, columns, outerKey, hallKey, scale, settings), bands, height, scale };
}

function linksOf(strands: readonly Strand[], columns: Readonly<Record<Node["kind"], readonly Node[]>>, outerKey: (strand: Strand) => string,
  hallKey: (strand: Strand) => string, scale: number, settings: LayoutSettings): Link[] {
  const at = new Map(Object.values(columns).flat().map((node) => [node.key, node]));
  const place = new Map(Object.values(columns).flatMap((nodes) => nodes.map((node, i) => [node.key, i] as const)));
  const raw = [...groups(strands, (strand) => `${outerKey(strand)} ${hallKey(strand)} ${strand.eur < 0 ? "-" : "+"}`)].map(([key, list]) => {
    const outer = at.get(outerKey(list[0]!))!, hall = at.get(hallKey(list[0]!))!;
    return { key, outer, hall, list, side: list[0]!.side, width: sum(list, ({ size }) => size) * scale };
  });
  const offset = new Map<string, number>();
  const take = (key: string, width: number): number => {
    const now = offset.get(key) ?? 0;
    offset.set(key, now + width);
    return now;
  };
  // At each bar the ribbons lie in the order of their other ends, so that they cross as little as they can.
  const byHall = [...raw].sort((a, b) => place.get(a.hall.key)! - place.get(b.hall.key)! || (a.key < b.key ? -1 : 1));
  const atOuter = new Map(byHall.map((link) => [link.key, link.outer.y + take(link.outer.key, link.width)]));
  const byOuter = [...raw].sort((a, b) => a.outer.y - b.outer.y || (a.key < b.key ? -1 : 1));
  const atHall = new Map(byOuter.map((link) => [link.key, link.hall.y + take(`${link.side} ${link.hall.key}`, link.width)]));
  // Where less comes in than goes out (or the other way), the smaller side lies in the middle of the knot.
  const shift = (side: Side, hall: Node): number => Math.max(0, (hall.height - (offset.get(`${side} ${hall.key}`) ?? 0)) / 2);
  return raw.map(({ key, outer, hall, list, side, width }) => {
    const drawn = Math.max(LINK_LEAST, width);
    const outerY = atOuter.get(key)!, hallY = atHall.get(key)! + shift(side, hall);
    const path = side === "pull"
      ? ribbonPath(outer.x + settings.barWidth, outerY, hall.x, hallY, drawn)
      : ribbonPath(hall.x + settings.hallWidth, hallY, outer.x, outerY, drawn);
    return { key, side, from: side === "pull" ? outer : hall, to: side === "pull" ? hall : outer, class: list[0]!.class, isCost: list[0]!.eur < 0, strands: list, width: drawn, path };
  }).sort((a, b) => b.width - a.width || (a.key < b.key ? -1 : 1));
}
