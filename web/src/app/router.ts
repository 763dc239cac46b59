/* Where we are. Links are plain <a href>; a click on one of ours changes the place without loading anew. */
import { Store } from "./store.ts";

export interface Place {
  readonly room: string;             // "" for the root
  readonly path: readonly string[];
  readonly search: string;
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

export function placeOf(url: Pick<URL, "pathname" | "search">): Place {
  const [room = "", ...path] = url.pathname.split("/").filter((part) => part !== "").map(decoded);
  return { room, path, search: url.search };
}

/* hrefOf("resource", "wood chips") -> "/resource/wood%20chips" */
export const hrefOf = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join("/")}`;

export const place = new Store<Place>({ room: "", path: [], search: "" });
const leaveGuards = new Set<() => boolean>();

/* The guard says whether one may leave (unsaved work); gives back what removes it. */
export function guardLeaving(guard: () => boolean): () => void {
  leaveGuards.add(guard);
  return () => leaveGuards.delete(guard);
}

export function go(href: string, how: "push" | "replace" = "push"): void {
  const url = new URL(href, location.href);
  const isSameRoom = placeOf(url).room === place.value.room && url.pathname === location.pathname;
  if (!isSameRoom && ![...leaveGuards].every((guard) => guard())) return;
  if (url.href === location.href) return;
  history[how === "push" ? "pushState" : "replaceState"](null, "", url);
  place.set(placeOf(url));
}

const isOurs = (url: URL): boolean => url.origin === location.origin && !/^\/(api|assets)\//.test(url.pathname);

function onClick(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.("a");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download")) return;
  const url = new URL(link.href, location.href);
  if (!isOurs(url) || (url.pathname === location.pathname && url.search === location.search && url.hash)) return;
  event.preventDefault();
  go(url.href);
}

export function startRouter(): void {
  place.quietly(placeOf(new URL(location.href)));
  addEventListener("popstate", () => place.set(placeOf(new URL(location.href))));
  document.addEventListener("click", onClick);
}
