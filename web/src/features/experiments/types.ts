/* Experiments as the API gives them: whole to who has to do with one, in public words to others. */
export const EXPERIMENT_STATUSES = ["asked", "agreed", "running", "ended", "refused"] as const;
export type ExperimentStatus = (typeof EXPERIMENT_STATUSES)[number];
export const RESULTS = ["worked", "partly", "not_worked", "unclear"] as const;

interface Place {
  readonly site_id: string | null;
  readonly site_name: string | null;
  readonly area_id: string | null;
  readonly area_name: string | null;
  readonly place: string | null;
}
export interface ExperimentRow extends Place {
  readonly experiment_id: number;
  readonly title: string;
  readonly status: ExperimentStatus;
  readonly from_day: string;
  readonly to_day: string;
  readonly user_name: string | null;
  readonly responsible_name: string | null;
  readonly is_public: boolean;
  readonly is_inside: boolean;
  readonly has_learned: boolean;
  readonly outcome: (typeof RESULTS)[number] | null;
}
export interface Experiment extends Place {
  readonly experiment_id: number;
  readonly title: string;
  readonly status: ExperimentStatus;
  readonly from_day: string;
  readonly to_day: string;
  readonly outcome: (typeof RESULTS)[number] | null;
  readonly learned: string | null;
  readonly public_text: string | null;
  readonly is_inside: boolean;
  readonly summary?: string | null;
  readonly conditions?: string | null;
  readonly responsible_id?: number | null;
  readonly responsible_name?: string | null;
  readonly user_actor_id?: string | null;
  readonly user_actor_name?: string | null;
  readonly user_name?: string | null;
  readonly case_id?: number | null;
  readonly case_title?: string | null;
  readonly next_step?: string | null;
  readonly is_public?: boolean | 0 | 1;
  readonly may_agree?: 0 | 1;
  readonly may_run?: 0 | 1;
  readonly may_write?: 0 | 1;
  readonly version?: number;
}
export const whereOf = (one: Place): string => [one.place, one.site_name ?? one.area_name].filter(Boolean).join(", ");
