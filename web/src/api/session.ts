/* Who is looking. GET /me also answers without an account: the public may look at what is public. */
import { Store } from "../app/store.ts";
import { csrf, forgetAll, get, send, signedOut } from "./client.ts";

export const ROLES = ["coordinator", "partner", "planner", "financier", "viewer", "public"] as const;
export type Role = (typeof ROLES)[number];
export interface Region {
  readonly name: string;
  readonly currency: string;
  readonly plan_year: number | null;
}
export interface Me {
  readonly role: Role;
  readonly account: { readonly name: string; readonly email: string } | null;
  readonly actors: readonly { readonly actor_id: string; readonly name: string }[];
  readonly region: Region;
}

export const NOBODY: Me = { role: "public", account: null, actors: [], region: { name: "knoop", currency: "EUR", plan_year: null } };
export const me = new Store<Me>(NOBODY);

/* Asks who is looking, at which region, and the names of those for whom they speak. */
export async function askWhoWeAre(): Promise<void> {
  const [who, region] = await Promise.all([
    get<{ role: Role; name: string | null; email: string | null; csrf: string | null; actors: readonly string[] }>("/me"),
    get<Region>("/region"),
  ]);
  const account = who.email === null ? null : { name: who.name ?? who.email, email: who.email };
  const actors = await Promise.all(who.actors.map((id) => get<{ actor_id: string; name: string }>(`/actors/${encodeURIComponent(id)}`).then(
    ({ name }) => ({ actor_id: id, name }), () => ({ actor_id: id, name: id }))));
  if (account?.email !== me.value.account?.email) forgetAll();
  csrf.set(who.csrf ?? "");
  me.set({ role: who.role, account, actors, region });
}

/* code: of the authenticator, once the server asks for it. */
export async function signIn(email: string, password: string, code?: string): Promise<void> {
  await send("POST", "/login", { email, password, ...(code ? { totp: code } : {}) });
  forgetAll();
  await askWhoWeAre();
}

export async function signOut(): Promise<void> {
  await send("POST", "/logout", {});
  forgetAll();
  await askWhoWeAre();
}

signedOut.subscribe(() => {
  if (me.value.account) void askWhoWeAre();
});
