/* From ties to strands: a strand is one half of what the picture draws, between the outside and a knot.
 *
 * The plan: what is pulled in runs from a band to a process (or to "direct", where an offer meets a need without one), what is pushed
 * out from there to a band. Today: offers run into their fate and end there, needs begin at the market; nothing is tied. */
import type { Band, Knot } from "../../api/look.ts";
import { CLASSES, type ResourceClass } from "../../ui/figure.tsx";

export type Measure = "eur" | "t";
export type View = "plan" | "today";
export type Side = "pull" | "push";

export interface Strand {
  readonly side: Side;
  readonly band: Band;
  readonly hall: string;            // "direct", "market", "process:ID", "fate:WORD"
  readonly resource_id: string;
  readonly class: ResourceClass;
  readonly unit: string;
  readonly rank: number;            // of the resource: class first, then the region's own order
  readonly row: number;             // which ribbon or row of today it is half of
  readonly size: number;            // by the measure, never below 0
  readonly eur: number;
  readonly mass_t: number;
  readonly quantity: number;
  readonly co2_kg: number;
  readonly count: number;           // ties or rows
  readonly verify: number;
  readonly estimate_eur: number;
}

export const FATES = ["landfill", "incineration", "energy_recovery", "recycling", "reuse", "storage", "discharge", "vacant", "idle", "unused", "unknown"] as const;

export function strandsOf(knot: Knot, view: View, measure: Measure): readonly Strand[] {
  const resources = new Map(knot.resources.map((resource) => [resource.resource_id, resource]));
  const strands: Strand[] = [];
  const add = (side: Side, band: Band, hall: string, resourceId: string, row: number,
    amounts: Pick<Strand, "eur" | "mass_t" | "quantity" | "co2_kg" | "count" | "verify" | "estimate_eur">): void => {
    const resource = resources.get(resourceId);
    if (!resource) return;
    const size = measure === "eur" ? Math.abs(amounts.eur) : Math.abs(amounts.mass_t);
    strands.push({ side, band, hall, resource_id: resourceId, class: resource.class, unit: resource.unit,
      rank: CLASSES.indexOf(resource.class) * 1e6 + resource.rank, row, size, ...amounts });
  };
  if (view === "plan")
    knot.ribbons.forEach((ribbon, row) => {
      const amounts = { eur: ribbon.eur, mass_t: ribbon.mass_t, quantity: ribbon.quantity, co2_kg: ribbon.co2_kg, count: ribbon.tie_count,
        verify: ribbon.verify_count, estimate_eur: ribbon.estimate_eur };
      const hall = ribbon.to_process_id ?? ribbon.from_process_id;
      if (ribbon.from_band) add("pull", ribbon.from_band, hall ? `process:${hall}` : "direct", ribbon.resource_id, row, amounts);
      if (ribbon.to_band) add("push", ribbon.to_band, hall ? `process:${hall}` : "direct", ribbon.resource_id, row, amounts);
    });
  else
    knot.today.forEach((today, row) => {
      const amounts = { eur: today.eur ?? 0, mass_t: today.mass_t ?? 0, quantity: today.quantity, co2_kg: today.co2_kg ?? 0, count: today.row_count,
        verify: today.unknown_count, estimate_eur: today.estimate_eur };
      if (today.side === "offer") add("pull", "local", `fate:${today.fate}`, today.resource_id, row, amounts);
      else add("push", "local", "market", today.resource_id, row, amounts);
    });
  return strands;
}
