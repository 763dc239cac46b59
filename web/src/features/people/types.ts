import type { Role } from "../../api/session.ts";

export interface ActorName {
  readonly actor_id: string;
  readonly name: string;
}
export interface Person {
  readonly account_id: number;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly is_closed: boolean;
  readonly made: string;
  readonly erased: string | null;
  readonly has_second_factor: boolean;
  readonly locked_until: string | null;
  readonly actors: readonly ActorName[];
}
export interface Invitation {
  readonly invitation_id: number;
  readonly kind: "account" | "password";
  readonly email: string;
  readonly role: Role;
  readonly made: string;
  readonly ends: string;
  readonly made_by_name: string | null;
  readonly state: "open" | "used" | "withdrawn" | "ended";
  readonly actors: readonly ActorName[];
}
export interface MadeLink {
  readonly path: string;
  readonly ends: string;
}
export interface AuditLine {
  readonly audit_id: number;
  readonly made: string;
  readonly account_id: number;
  readonly account_name: string;
  readonly what: string;
  readonly about: string | null;
  readonly about_name: string | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
}
