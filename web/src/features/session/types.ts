/* Sessions as the API gives them: src/portal/api_meetings.c, api_room.c, api_compose.c. */
export const MEETING_STATES = ["planned", "invited", "open", "held", "cancelled"] as const;
export type MeetingState = (typeof MEETING_STATES)[number];
export type ActorState = "proposed" | "invited" | "accepted" | "refused" | "attended" | "absent";

export interface MeetingRow {
  readonly meeting_id: number;
  readonly title: string;
  readonly goal: string | null;
  readonly place: string | null;
  readonly begins: string | null;      // local time, YYYY-MM-DDTHH:MM
  readonly minutes_long: number | null;
  readonly status: MeetingState;
  readonly actor_count: number;
  readonly coming_count: number;
  readonly opportunity_count: number;
  readonly open_count: number;         // neither taken on nor laid aside
}
export interface MeetingActor {
  readonly actor_id: string;
  readonly name: string | null;
  readonly nace: string | null;
  readonly status: ActorState;
  readonly reason: string | null;
  readonly is_mine: boolean;
}
export interface Opportunity {
  readonly opportunity_id: number;
  readonly title: string;
  readonly owners: string | null;
  readonly next_step: string | null;
  readonly due: string | null;
  readonly status: "seen" | "taken" | "dropped";
  readonly is_open: boolean;           // nobody has taken it on, nobody laid it aside
  readonly reason: string | null;      // why it was laid aside
  readonly case_id: number | null;
  readonly alike: number | null;
}
export interface Meeting extends Omit<MeetingRow, "actor_count" | "coming_count" | "opportunity_count"> {
  readonly agenda: string | null;
  readonly minutes: string | null;
  readonly composed: Composed | null;
  readonly room_code: string | null;
  readonly actors: readonly MeetingActor[];
  readonly opportunities: readonly Opportunity[];
}

export interface RoomEntry {
  readonly entry_id: number;
  readonly side: "have" | "want";
  readonly words: string;
  readonly amount: string | null;
  readonly place: string | null;
  readonly person: string;
  readonly organisation: string | null;
  readonly is_mine: boolean;
}
export interface RoomMatch extends Omit<Opportunity, "is_open" | "reason" | "case_id"> {
  readonly have_id: number | null;
  readonly want_id: number | null;
  readonly have: string | null;
  readonly have_person: string | null;
  readonly have_organisation: string | null;
  readonly want: string | null;
  readonly want_person: string | null;
  readonly want_organisation: string | null;
}
export interface Wall {
  readonly title: string | null;
  readonly name: string | null;
  readonly open_count: number;
  readonly entries: readonly RoomEntry[];
  readonly matches: readonly RoomMatch[];
  readonly persons?: readonly { readonly name: string; readonly organisation: string | null }[];
}

export interface ComposedActor {
  readonly actor_id: string;
  readonly name: string;
  readonly nace: string | null;
  readonly is_newcomer: boolean;
  readonly eur: number;                // of the ties that bring them
  readonly ties: readonly { readonly actor_id: string; readonly name: string; readonly resource: string; readonly eur: number }[];
}
export interface Composed {
  readonly eur: number;                // reachable together, a year
  readonly sectors: number;
  readonly municipalities: number;
  readonly classes: number;
  readonly actors: readonly ComposedActor[];
}
export interface Composition {
  readonly sessions: readonly Composed[];
  readonly eur: number;                // if all come and all of it works
  readonly expected_eur: number;       // with the chances that they come
  readonly bound_eur: number;          // no choice of so many sessions expects more
}
