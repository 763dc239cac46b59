/* What the rooms that look at the region read: rows as /api/v1 gives them, in the words of the region package. */
import type { Level, ResourceClass } from "../ui/figure.tsx";

export interface Resource {
  readonly resource_id: string;
  readonly class: ResourceClass;
  readonly name: string;
  readonly name_nl: string | null;
  readonly name_fr: string | null;
  readonly name_de: string | null;
  readonly parent_id: string | null;
  readonly code_low: string | null;
  readonly is_hazardous: boolean | null;
  readonly stream: string | null;
  readonly unit: string;
  readonly t_per_unit: number | null;
  readonly virgin_share: number | null;
}

export interface WithSource {
  readonly source_id: string | null;
  readonly source_title: string | null;
  readonly source_publisher: string | null;
  readonly source_year: number | null;
  readonly source_licence: string | null;
  readonly source_link: string | null;
  readonly source_kind: string | null;
  readonly is_estimate: boolean;
}

interface Held extends WithSource {
  readonly site_id: string | null;
  readonly site_name: string | null;
  readonly actor_id: string | null;
  readonly actor_name: string | null;
  readonly resource_id: string;
  readonly resource_name: string;
  readonly class: ResourceClass;
  readonly unit: string;
  readonly quantity: number;
  readonly rel_sd: number | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly disclosure: "public" | "partners" | "broker" | null;
  readonly description: string | null;
}
export interface Offer extends Held {
  readonly offer_id: string;
  readonly fate: string | null;
  readonly fate_eur: number | null;
  readonly fate_co2_kg: number | null;
}
export interface Need extends Held {
  readonly need_id: string;
  readonly price_eur: number | null;
  readonly market_co2_kg: number | null;
}

export interface Actor extends WithSource {
  readonly actor_id: string;
  readonly name: string;
  readonly name_nl: string | null;
  readonly kind: string | null;
  readonly nace: string | null;
  readonly jobs_fte: number | null;
  readonly website: string | null;
}

export interface Site {
  readonly site_id: string;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
  readonly area_id: string | null;
  readonly area_name: string | null;
  readonly address: string | null;
  readonly location_quality: string | null;
  readonly classes: string | null;       // words with commas between
  readonly streams: string | null;
  readonly offer_count: number;
  readonly need_count: number;
  readonly is_estimate: boolean | null;  // all that is offered or needed here rests on estimates
}

export interface PlanRun {
  readonly run_id: number;
  readonly objective: string;
  readonly status: string;
  readonly is_what_if: boolean;              // of a region that was changed for it alone
  readonly started: string;
  readonly finished: string;
  readonly revision: number | null;
}

export type EndKind = "offer" | "need" | "unit" | "gateway";
export interface TieEnds {
  readonly from_kind: EndKind;
  readonly from_id: string;
  readonly from_name: string | null;      // of a unit (its process) or gateway
  readonly from_site_name: string | null;
  readonly from_actor_name: string | null;
  readonly to_kind: EndKind;
  readonly to_id: string;
  readonly to_name: string | null;
  readonly to_site_name: string | null;
  readonly to_actor_name: string | null;
}
export interface Tie extends TieEnds {
  readonly tie_id: number;
  readonly from_site_id: string | null;
  readonly from_actor_id: string | null;
  readonly to_site_id: string | null;
  readonly to_actor_id: string | null;
  readonly resource_id: string;
  readonly resource_name: string;
  readonly class: ResourceClass;
  readonly stream: string | null;
  readonly unit: string;
  readonly mode_id: string | null;
  readonly quantity: number;
  readonly km: number;
  readonly level: Level | null;
  readonly eur: number;
  readonly co2_kg: number;
  readonly has_to_verify: boolean;
  readonly is_estimate: boolean;
  readonly case_id: number | null;
}

/* What a map has of a tie. */
export type TieShape = Pick<Tie, "tie_id" | "from_site_id" | "to_site_id" | "resource_id" | "class" | "stream" | "level" | "eur" | "is_estimate">;

export const BANDS = ["world", "intercity", "local"] as const;
export type Band = (typeof BANDS)[number];

/* Ties of a plan added up by where they come from, what they carry and where they go. */
export interface Ribbon {
  readonly from_band: Band | null;           // null: from a process
  readonly from_process_id: string | null;
  readonly to_band: Band | null;
  readonly to_process_id: string | null;
  readonly resource_id: string;
  readonly tie_count: number;
  readonly quantity: number;
  readonly mass_t: number;
  readonly eur: number;                      // a year, against today
  readonly co2_kg: number;                   // avoided a year
  readonly estimate_eur: number;             // of the sum of |eur|, what rests on estimates
  readonly verify_count: number;
}
export interface PlanProcess {
  readonly process_id: string;
  readonly name: string;
  readonly name_nl: string | null;
  readonly rank: number;                     // place in the region's own list
  readonly unit_count: number;
  readonly new_count: number;
  readonly eur: number;                      // own result of its units
  readonly co2_kg: number;
  readonly jobs_fte: number;
}
/* What offers cost and needs are bought for as things are. */
export interface TodayRow {
  readonly side: "offer" | "need";
  readonly resource_id: string;
  readonly fate: string;                     // "market" for needs
  readonly row_count: number;
  readonly quantity: number;
  readonly mass_t: number | null;
  readonly eur: number | null;               // what holders pay, what buyers pay; a year
  readonly co2_kg: number | null;
  readonly unknown_count: number;            // rows whose price nobody gave
  readonly estimate_eur: number;             // of |eur| row by row, what rests on estimates
}
export interface Knot {
  readonly run: PlanRun;
  readonly ribbons: readonly Ribbon[];
  readonly processes: readonly PlanProcess[];
  readonly resources: readonly (Pick<Resource, "resource_id" | "class" | "unit" | "stream" | "name" | "name_nl" | "name_fr" | "name_de"> & { readonly rank: number })[];
  readonly today: readonly TodayRow[];
}

/* The plan of the region as it is: what-ifs, and runs that found none, are looked at only when asked for by number. */
export const latestOf = (plans: readonly PlanRun[] | undefined): PlanRun | undefined => plans?.find((plan) => !plan.is_what_if && plan.status !== "infeasible");
