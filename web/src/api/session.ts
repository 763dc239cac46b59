/* Who is looking. GET /me also answers without an account: the public may look at what is public. */
import { Store } from "../app/store.ts";
import { csrf, forgetAll, get, send, signedOut } from "./client.ts";

export const ROLES = ["coordinator", "partner", "planner", "financier", "viewer", "public"] as const;
export type Role = (typeof ROLES)[number];
export interface Me {
  readonly role: Role;
  readonly account: { readonly account_id: string | number; readonly name: string; readonly email?: string } | null;
  readonly actors: readonly { readonly actor_id: string; readonly name: string }[];
  readonly region: { readonly name: string; readonly currency: string; readonly plan_year: number | null };
  readonly csrf: string;
}

export const NOBODY: Me = { role: "public", account: null, actors: [], region: { name: "knoop", currency: "EUR", plan_year: null }, csrf: "" };
export const me = new Store<Me>(NOBODY);

export async function askWhoWeAre(): Promise<void> {
  const answer = { ...NOBODY, ...(await get<Partial<Me>>("/me")) };
  if (answer.account?.account_id !== me.value.account?.account_id) forgetAll();
  csrf.set(answer.csrf);
  me.set(answer);
}

export async function signIn(email: string, password: string, code?: string): Promise<void> {
  await send("POST", "/session", { email, password, ...(code ? { totp: code } : {}) });
  forgetAll();
  await askWhoWeAre();
}

export async function signOut(): Promise<void> {
  await send("DELETE", "/session");
  forgetAll();
  await askWhoWeAre();
}

signedOut.subscribe(() => {
  if (me.value.account) void askWhoWeAre();
});
