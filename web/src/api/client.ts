/* The one way to the server. Reading keeps what came with its ETag and asks whether it still holds; writing carries the CSRF
 * value of this session, and a key that makes a repeat harmless. What goes wrong is a Problem with three sentences. */
import { Store } from "../app/store.ts";
import { language, text } from "../text/text.ts";

const ROOT = "/api/v1";
const KEPT_MOST = 300;

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total?: number;
}
export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

/* RFC 9457, and what a person needs of it: what happened, what is safe, what to do. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly detail: string,
    readonly fields: readonly FieldError[] = [],
    readonly retryAfter: number | null = null,
    readonly isWrite = false,
    readonly more: Readonly<Record<string, unknown>> = {}, // what else the document says
  ) {
    super(detail);
  }
  get kind(): string {
    const known: Record<number, string> = { 0: "offline", 401: "signed_out", 403: "forbidden", 404: "not_found", 409: "conflict",
      412: "changed", 413: "too_large", 422: "input", 400: "input", 428: "changed", 429: "too_often", 503: "busy" };
    return known[this.status] ?? (this.status >= 500 ? "server" : "input");
  }
  get happened(): string {
    return (this.kind === "input" || this.kind === "too_large") && this.detail ? this.detail : text(`common.problem.${this.kind}.happened`);
  }
  get safe(): string {
    return text(this.isWrite ? `common.problem.safe_${this.status === 0 || this.status >= 500 ? "unsure" : "unchanged"}` : "common.problem.safe_read");
  }
  get next(): string {
    return text(`common.problem.${this.kind}.next`, { seconds: this.retryAfter ?? 60 });
  }
}

const kept = new Map<string, { etag: string; body: unknown }>();
export const csrf = new Store<string>("");
/* Rises when the server no longer knows this session: the app asks who we are. */
export const signedOut = new Store<number>(0);

export function forgetAll(): void {
  kept.clear();
}

export function urlOf(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined && value !== "") parameters.set(name, String(value));
  const tail = parameters.toString();
  return `${ROOT}${path}${tail ? `?${tail}` : ""}`;
}

/* The body as JSON, or null where it is none (a proxy's page, say). */
async function bodyOf(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (response.status === 204 || !/json/.test(type)) return null;
  return response.json() as Promise<unknown>;
}

async function problemOf(response: Response, isWrite: boolean): Promise<Problem> {
  const body = (await bodyOf(response).catch(() => null)) as Record<string, unknown> | null;
  const fields = Array.isArray(body?.["errors"]) ? (body["errors"] as FieldError[]) : [];
  const wait = Number(response.headers.get("retry-after"));
  if (response.status === 401) signedOut.set(signedOut.value + 1);
  return new Problem(response.status, String(body?.["type"] ?? "about:blank"), String(body?.["detail"] ?? ""), fields,
    Number.isFinite(wait) && wait > 0 ? wait : null, isWrite, body ?? {});
}

async function ask(url: string, init: RequestInit, isWrite: boolean): Promise<Response> {
  try {
    return await fetch(url, { credentials: "same-origin", ...init, headers: { ...init.headers, "accept-language": language.value } });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, "about:blank", "", [], null, isWrite);
  }
}

export interface GetOptions {
  readonly query?: Query;
  readonly signal?: AbortSignal;
  readonly accept?: "json" | "geojson";
}

const keyOf = (url: string, options: GetOptions): string => `${language.value} ${options.accept ?? "json"} ${url}`;

/* What was read before under this address, if anything: shown while the server is asked. */
export function peek<T>(path: string, options: GetOptions = {}): T | undefined {
  return kept.get(keyOf(urlOf(path, options.query), options))?.body as T | undefined;
}

export async function get<T>(path: string, options: GetOptions = {}): Promise<T> {
  const url = urlOf(path, options.query);
  const accept = options.accept === "geojson" ? "application/geo+json" : "application/json";
  const key = keyOf(url, options);
  const before = kept.get(key);
  const headers: Record<string, string> = { accept };
  if (before) headers["if-none-match"] = before.etag;
  const response = await ask(url, { headers, ...(options.signal ? { signal: options.signal } : {}) }, false);
  if (response.status === 304 && before) return before.body as T;
  if (!response.ok) throw await problemOf(response, false);
  const body = (await bodyOf(response)) as T;
  const etag = response.headers.get("etag");
  kept.delete(key);
  if (etag) kept.set(key, { etag, body });
  if (kept.size > KEPT_MOST) kept.delete(kept.keys().next().value!);
  return body;
}

/* Every item of a list, page after page. */
export async function getAll<T>(path: string, options: GetOptions = {}): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await get<Page<T>>(path, { ...options, query: { limit: 1000, ...options.query, cursor } });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

/* The same for shapes on a map. */
export async function getShapes<P>(path: string, options: GetOptions = {}): Promise<GeoJSON.FeatureCollection<GeoJSON.Geometry, P>> {
  const features: GeoJSON.Feature<GeoJSON.Geometry, P>[] = [];
  let cursor: string | null = null;
  do {
    const page: GeoJSON.FeatureCollection<GeoJSON.Geometry, P> & { next?: string | null } =
      await get(path, { ...options, accept: "geojson", query: { limit: 1000, ...options.query, cursor } });
    features.push(...page.features);
    cursor = page.next ?? null;
  } while (cursor);
  return { type: "FeatureCollection", features };
}

export interface SendOptions {
  readonly etag?: string;    // of what was read: the server refuses (412) when it is no longer so
  readonly key?: string;     // the same key again does nothing twice; a new one where none is given
  readonly signal?: AbortSignal;
}
export interface Sent<T> {
  readonly body: T;
  readonly etag: string | null;
  readonly location: string | null;
}

export async function send<T = unknown>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, options: SendOptions = {}): Promise<Sent<T>> {
  const headers: Record<string, string> = {
    accept: "application/json", "x-knoop-csrf": csrf.value, "idempotency-key": options.key ?? newKey(),
  };
  if (body !== undefined && !(body instanceof FormData)) headers["content-type"] = "application/json"; // of a form the browser says it
  if (options.etag) headers["if-match"] = options.etag;
  const response = await ask(urlOf(path), {
    method, headers, ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }), ...(options.signal ? { signal: options.signal } : {}),
  }, true);
  if (!response.ok) throw await problemOf(response, true);
  return { body: (await bodyOf(response)) as T, etag: response.headers.get("etag"), location: response.headers.get("location") };
}

/* Random, and there on plain http as well. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
