/* The rooms, in the order of the rail. A room that is not built has no line here and is not shown anywhere.
 *
 * `name` is the first part of the path, the key `common.room.NAME` of its title in the rail, and the catalogue of its texts.
 * `roles`: who sees it in the rail (the server decides what they may see in it). `rail` false: reached by links only. */
import { ROLES, type Role } from "../api/session.ts";
import type { AnyRoom } from "./room.ts";

export interface RoomEntry {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly rail: boolean;
  readonly texts?: readonly string[];   // catalogues beside its own
  readonly load: () => Promise<{ readonly room: AnyRoom }>;
}

const everyone = ROLES;

export const rooms: readonly RoomEntry[] = [
  { name: "today", roles: ["coordinator", "partner", "planner", "financier"], rail: true, load: () => import("../features/today/index.tsx") },
  { name: "knot", roles: everyone, rail: true, load: () => import("../features/knot/index.tsx") },
  { name: "chances", roles: everyone, rail: true, load: () => import("../features/chances/index.tsx") },
  { name: "map", roles: everyone, rail: true, texts: ["public"], load: () => import("../features/map/index.tsx") },
  { name: "resource", roles: everyone, rail: false, load: () => import("../features/resource/index.tsx") },
  { name: "company", roles: everyone, rail: false, texts: ["resource"], load: () => import("../features/company/index.tsx") },
  { name: "plan", roles: ["coordinator", "planner", "partner", "financier", "viewer"], rail: true, texts: ["resource"], load: () => import("../features/plan/index.tsx") },
  { name: "flows", roles: ["coordinator"], rail: true, load: () => import("../features/flows/index.tsx") },
  { name: "cases", roles: everyone, rail: true, load: () => import("../features/cases/index.tsx") },
  { name: "experiments", roles: everyone, rail: true, load: () => import("../features/experiments/index.tsx") },
  { name: "session", roles: ["coordinator", "partner"], rail: true, load: () => import("../features/session/index.tsx") },
  { name: "public", roles: everyone, rail: true, load: () => import("../features/public/index.tsx") },
  { name: "meet", roles: everyone, rail: false, load: () => import("../features/meet/index.tsx") },
  { name: "tour", roles: everyone, rail: false, load: () => import("../features/tour/index.tsx") },
  { name: "people", roles: ["coordinator"], rail: true, load: () => import("../features/people/index.tsx") },
  { name: "data", roles: everyone, rail: true, texts: ["today"], load: () => import("../features/data/index.tsx") },
  { name: "search", roles: everyone, rail: true, load: () => import("../features/search/index.tsx") },
  { name: "account", roles: everyone, rail: false, load: () => import("../features/account/index.tsx") },
];

/* What a phone shows at the bottom: the first four of these that exist. */
const PHONE: Readonly<Record<Role, readonly string[]>> = {
  coordinator: ["today", "cases", "knot", "chances", "map", "session", "plan", "data"],
  partner: ["today", "chances", "cases", "knot", "map", "data"],
  planner: ["map", "plan", "knot", "course", "data"],
  financier: ["cases", "knot", "course", "plan", "map"],
  viewer: ["knot", "map", "course", "public", "plan"],
  public: ["public", "knot", "map", "chances", "course"],
};

/* A link to a room is only drawn where that room exists. */
export const hasRoom = (name: string): boolean => rooms.some((room) => room.name === name);

export const railRooms = (role: Role): readonly RoomEntry[] => rooms.filter((room) => room.rail && room.roles.includes(role));
export function phoneRooms(role: Role): readonly RoomEntry[] {
  const all = railRooms(role);
  return PHONE[role].map((name) => all.find((room) => room.name === name)).filter((room) => room !== undefined).slice(0, 4);
}
/* Where a role begins: with what there is to do, where there is; a financier with the cases that look for money; who only looks, with the picture of the region. */
const HOME: Readonly<Record<Role, string>> = { coordinator: "today", partner: "today", planner: "plan", financier: "cases", viewer: "knot", public: "public" };
export const homeOf = (role: Role): string => `/${HOME[role]}`;
