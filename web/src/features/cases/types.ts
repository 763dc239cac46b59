/* Cases as the API gives them. */
import type { TieEnds } from "../../api/look.ts";
import type { ResourceClass } from "../../ui/figure.tsx";

export const STAGES = ["idea", "seed", "potential", "feasible", "pilot", "running"] as const;
export type Stage = (typeof STAGES)[number];
export const STATUSES = ["open", "parked", "lost", "done"] as const;
export type Status = (typeof STATUSES)[number];
export const REASONS = ["money", "partners", "permit", "technology", "quality", "quantity", "timing", "other_solution", "no_answer", "other"] as const;
export const PARTNER_ROLES = ["holder", "taker", "processor", "carrier", "place", "financier", "knowledge", "government", "other"] as const;
export const MONEY_KINDS = ["investment", "subsidy", "cost", "benefit"] as const;
export const OUTCOME_KINDS = ["landfill_t", "co2_t", "virgin_t", "water_m3", "eur", "jobs_fte"] as const;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];
export const OUTCOME_UNITS: Readonly<Record<OutcomeKind, string>> = { landfill_t: "t", co2_t: "t", virgin_t: "t", water_m3: "m3", eur: "EUR", jobs_fte: "FTE" };
export type Step = "forward" | "back" | "park" | "lose" | "resume" | "complete" | "reopen";

export interface CaseRow {
  readonly case_id: number;
  readonly title: string;
  readonly stage: Stage;
  readonly status: Status;
  readonly worth_eur: number | null;
  readonly co2_t: number | null;
  readonly is_estimate: boolean;
  readonly risk: string | null;
  readonly invest_eur: number | null;    // of the lines that the viewer may see
  readonly subsidy_eur: number | null;
  readonly yield_eur: number | null;     // a year, benefits less costs
  readonly is_published: boolean;
  readonly is_open_for_finance: boolean;
  readonly lead_name: string | null;
  readonly moved: string;
  readonly partners: readonly string[];
  readonly criterion_count: number;
  readonly met_count: number;
  readonly task_count: number;
  readonly due: string | null;
  readonly reason: string | null;
}
export interface PublicCase {
  readonly case_id: number;
  readonly title: string;
  readonly public_text: string;
  readonly stage: Stage;
  readonly status: Status;
  readonly area_name: string | null;
  readonly moved: string;
}
export interface Criterion {
  readonly gate_criterion_id: number;
  readonly stage: Stage;
  readonly rank: number;
  readonly name_en: string;
  readonly name_nl: string;
  readonly evidence_en: string | null;
  readonly evidence_nl: string | null;
  readonly is_met: boolean;
  readonly evidence: string | null;
  readonly account_name: string | null;
  readonly made: string | null;
}
export interface Task {
  readonly case_task_id: number;
  readonly what: string;
  readonly owner_id: number | null;
  readonly owner_name: string | null;
  readonly due: string | null;
  readonly done: string | null;
}
export interface Partner {
  readonly case_partner_id: number;
  readonly actor_id: string;
  readonly actor_name: string | null;
  readonly role: (typeof PARTNER_ROLES)[number];
  readonly brings: string | null;
  readonly contact_id: number | null;
  readonly contact_name: string | null;
  readonly is_told: boolean;   // knows of the case, and is known in it
  readonly is_own: boolean;
}
export interface Money {
  readonly case_money_id: number;
  readonly case_partner_id: number | null;
  readonly actor_name: string | null;
  readonly kind: (typeof MONEY_KINDS)[number];
  readonly what: string;
  readonly eur: number;
  readonly from_yr: number;
  readonly to_yr: number;
  readonly is_private: boolean;
  readonly is_estimate: boolean;
  readonly origin: string | null;
}
export interface Cash {
  readonly npv_eur: number | null;
  readonly equal_yearly_eur: number | null;
  readonly payback_yr: number | null;
  readonly discounted_payback_yr: number | null;
  readonly invested_eur: number | null;
  readonly flow_eur: readonly number[];
}
export interface Document_ {
  readonly case_document_id: number;
  readonly name: string;
  readonly link: string | null;
  readonly type: string | null;
  readonly size: number | null;
  readonly is_for_finance: boolean;
  readonly account_name: string | null;
  readonly made: string;
  readonly is_own: boolean;
}
export interface Outcome {
  readonly case_outcome_id: number;
  readonly kind: OutcomeKind;
  readonly quantity: number;
  readonly from_day: string;
  readonly to_day: string;
  readonly evidence: string;
  readonly claimed_name: string | null;
  readonly claimed_on: string;
  readonly is_own: boolean;
  readonly verified_by: string | null;
  readonly verified_quantity: number | null;
  readonly verified_on: string | null;
  readonly shares: readonly { readonly case_partner_id: number | null; readonly share: number }[];
}
export interface CaseStep {
  readonly case_step_id: number;
  readonly step: Step | "begin";
  readonly from_stage: Stage | null;
  readonly to_stage: Stage;
  readonly reason: string | null;
  readonly reason_text: string | null;
  readonly is_override: boolean;
  readonly account_name: string | null;
  readonly made: string;
}
/* A line of what the case was made from: a tie of the plan, or a pair that fits, of which nothing was worked out yet. */
export interface CaseTie extends TieEnds {
  readonly resource_id: string;
  readonly resource_name: string;
  readonly class: ResourceClass;
  readonly unit: string;
  readonly quantity: number | null;
  readonly km: number | null;
  readonly eur: number | null;
  readonly co2_kg: number | null;
  readonly is_estimate: boolean;
}
export interface Sheet {
  readonly case_id: number;
  readonly title: string;
  readonly summary: string | null;
  readonly ties: readonly CaseTie[];
  readonly stage: Stage;
  readonly status: Status;
  readonly lead_id: number | null;
  readonly lead_name: string | null;
  readonly worth_eur: number | null;
  readonly co2_t: number | null;
  readonly is_estimate: boolean;
  readonly risk: string | null;
  readonly is_open_for_finance: boolean;
  readonly is_published: boolean;
  readonly public_title: string | null;
  readonly public_text: string | null;
  readonly area_id: string | null;
  readonly area_name: string | null;
  readonly origin_kind: string | null;
  readonly moved: string;
  readonly version: number;
  readonly is_inside: boolean;
  readonly is_mine_to_move: boolean;
  readonly is_public_view?: undefined;
  readonly criteria: readonly Criterion[];
  readonly steps: readonly CaseStep[];
  readonly tasks: readonly Task[];
  readonly partners: readonly Partner[];
  readonly money: readonly Money[];
  readonly documents: readonly Document_[];
  readonly comments: readonly { readonly case_comment_id: number; readonly comment: string; readonly account_name: string | null; readonly made: string }[];
  readonly outcomes: readonly Outcome[];
  readonly people: readonly { readonly account_id: number; readonly name: string; readonly actors: readonly string[] }[];
  readonly economics: { readonly discount_rate: number; readonly all: Cash | null; readonly partners: readonly (Cash & { readonly case_partner_id: number | null; readonly actor_name: string | null })[] };
}
export const isPublicView = (one: Sheet | (PublicCase & { readonly is_public_view: true })): one is PublicCase & { readonly is_public_view: true } => one.is_public_view === true;
