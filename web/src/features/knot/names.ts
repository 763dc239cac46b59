/* Names and sentences of the knot. */
import { formatCount, formatEur, formatNumber } from "../../format/numbers.ts";
import { nameOf } from "../../format/names.ts";
import type { Knot } from "../../api/look.ts";
import { text } from "../../text/text.ts";
import type { Link, Node } from "./layout.ts";
import type { Measure, Strand, View } from "./strands.ts";

export interface Names {
  readonly resource: (id: string) => string;
  readonly process: (id: string) => string;
}

export function namesOf(knot: Knot): Names {
  const resources = new Map(knot.resources.map((one) => [one.resource_id, nameOf(one)]));
  const processes = new Map(knot.processes.map((one) => [one.process_id, nameOf(one)]));
  return { resource: (id) => resources.get(id) ?? id, process: (id) => processes.get(id) ?? id };
}

/* In the middle of a sentence: "Mixed metals" -> "mixed metals", but "PMD" stays. */
export const inSentence = (name: string): string => (/^[A-Z][a-z]/.test(name) ? name[0]!.toLowerCase() + name.slice(1) : name);

export function hallName(names: Names, hall: string): string {
  if (hall.startsWith("process:")) return names.process(hall.slice(8));
  return hall.startsWith("fate:") ? text(`knot.fate.${hall.slice(5)}`) : text(`knot.hall.${hall}`);
}

export function nodeLabel(names: Names, node: Node, isAlone: boolean): string {
  if (node.kind === "hall") return hallName(names, node.hall!);
  if (node.resource_id !== null) return names.resource(node.resource_id);
  return isAlone ? text(`common.class.${node.class}`) : text(`knot.other.${node.class}`);
}

export function nodeFigure(node: Node, measure: Measure): string {
  return measure === "eur" ? formatEur(node.eur) : formatNumber(node.size, "t");
}

const add = (strands: readonly Strand[], value: (strand: Strand) => number): number => strands.reduce((total, strand) => total + value(strand), 0);

/* "11,000 t of mixed metals", "9 streams of materials" */
function whatOf(names: Names, strands: readonly Strand[]): string {
  const ids = new Set(strands.map(({ resource_id }) => resource_id));
  const first = strands[0]!;
  if (ids.size === 1)
    return text(first.class === "space" ? "knot.said.amount_space" : "knot.said.amount", { amount: formatNumber(add(strands, ({ quantity }) => quantity), first.unit), stream: inSentence(names.resource(first.resource_id)) });
  const classes = new Set(strands.map((strand) => strand.class));
  return text(classes.size === 1 ? "knot.said.streams_of" : "knot.said.streams", { n: ids.size, class: inSentence(text(`common.class.${first.class}`)) });
}

/* What the chosen ribbons do, in two or three sentences. */
export function sayStrands(names: Names, strands: readonly Strand[], halls: ReadonlySet<string>, view: View): string {
  if (strands.length === 0) return "";
  const first = strands[0]!;
  const rows = [...new Map(strands.map((strand) => [strand.row, strand])).values()];
  const sides = new Set(strands.map(({ side }) => side)), bands = new Set(strands.map(({ band }) => band));
  const hall = halls.size === 1 ? inSentence(hallName(names, [...halls][0]!)) : text("knot.said.knots", { n: halls.size });
  const isDirect = halls.size === 1 && halls.has("direct");
  const what = whatOf(names, strands.filter(({ side }) => side === first.side));
  const eur = add(rows, (strand) => strand.eur), co2 = add(rows, (strand) => strand.co2_kg) / 1000;
  const count = add(rows, (strand) => strand.count), verify = add(rows, (strand) => strand.verify);
  const said: string[] = [];
  const n = new Set(strands.filter(({ side }) => side === first.side).map(({ resource_id }) => resource_id)).size;
  if (view === "today") {
    said.push(first.side === "push" ? text("knot.said.bought", { n, what })
      : halls.size === 1 ? text("knot.said.fate", { what, fate: hall }) : text("knot.said.fates", { n, what }));
    said.push(eur >= 0 ? text(first.side === "push" ? "knot.said.bought_for" : "knot.said.paid", { eur: formatEur(eur) }) : text("knot.said.earned", { eur: formatEur(-eur) }));
    if (verify > 0) said.push(text("knot.said.price_unknown", { n: verify }));
    return said.join(" ");
  }
  if (sides.size === 2) said.push(isDirect ? text("knot.said.both_direct") : text("knot.said.both", { n, hall: hall[0]!.toUpperCase() + hall.slice(1), what }));
  else if (first.side === "pull") {
    const from = bands.size === 1 ? text(`knot.from.${first.band}`) : text("knot.from.several");
    said.push(isDirect ? text("knot.said.pull_direct", { n, what, from }) : text("knot.said.pull", { n, what, from, hall }));
  } else {
    const to = bands.size === 1 ? text(`knot.to.${first.band}`) : text("knot.to.several");
    said.push(isDirect ? text("knot.said.push_direct", { n, what, to }) : text("knot.said.push", { n, what, to, hall: hall[0]!.toUpperCase() + hall.slice(1) }));
  }
  said.push(eur >= 0 ? text("knot.said.worth", { eur: formatEur(eur) }) : text("knot.said.cost", { eur: formatEur(-eur) }));
  if (Math.abs(co2) >= 0.5) said.push(text(co2 > 0 ? "knot.said.co2_less" : "knot.said.co2_more", { co2: formatNumber(Math.abs(co2), "t") }));
  said.push(verify > 0 ? text("knot.said.verify", { n: count, verify: formatCount(verify) }) : text("knot.said.ties", { n: count }));
  return said.join(" ");
}

export const sayLink = (names: Names, link: Link, view: View): string => sayStrands(names, link.strands, new Set(link.strands.map(({ hall }) => hall)), view);

