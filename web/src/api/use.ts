/* Reading in a component: const knot = useGet<Knot>("/plans/latest/knot"). What was read before is shown at once while the
 * server is asked whether it still holds. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { language } from "../text/text.ts";
import { get, getAll, getShapes, peek, Problem, type GetOptions } from "./client.ts";

export interface Fetched<T> {
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly isWaiting: boolean;
  readonly again: () => void;
}

function useFetched<T>(key: string | null, before: () => T | undefined, read: (signal: AbortSignal) => Promise<T>): Fetched<T> {
  const [state, setState] = useState<{ key: string | null; data: T | undefined; problem: Problem | undefined }>({ key: null, data: undefined, problem: undefined });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (key === null) return undefined;
    const stop = new AbortController();
    read(stop.signal).then(
      (data) => setState({ key, data, problem: undefined }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        if (!(error instanceof Problem)) throw error;
        setState((old) => ({ key, data: old.key === key ? old.data : undefined, problem: error }));
      },
    );
    return () => stop.abort();
  }, [key, turn]);
  const again = useCallback(() => setTurn((count) => count + 1), []);
  const isHere = state.key === key;
  const data = isHere ? state.data : key === null ? undefined : before();
  const problem = isHere ? state.problem : undefined;
  return { data, problem, isWaiting: key !== null && data === undefined && problem === undefined, again };
}

/* path null: nothing is asked (yet). */
export function useGet<T>(path: string | null, options: GetOptions = {}): Fetched<T> {
  const key = path === null ? null : JSON.stringify([language.value, path, options.query ?? {}, options.accept ?? "json"]);
  return useFetched<T>(key, () => (path === null ? undefined : peek<T>(path, options)), (signal) => get<T>(path!, { ...options, signal }));
}

export function useAll<T>(path: string | null, options: GetOptions = {}): Fetched<readonly T[]> {
  const key = path === null ? null : JSON.stringify(["all", language.value, path, options.query ?? {}]);
  return useFetched<readonly T[]>(key, () => undefined, (signal) => getAll<T>(path!, { ...options, signal }));
}

export function useShapes<P>(path: string | null, options: GetOptions = {}): Fetched<GeoJSON.FeatureCollection<GeoJSON.Geometry, P>> {
  const key = path === null ? null : JSON.stringify(["shapes", language.value, path, options.query ?? {}]);
  return useFetched(key, () => undefined, (signal) => getShapes<P>(path!, { ...options, signal }));
}

/* Several at once, as one: what stands in a list of addresses. null: nothing is asked (yet). */
export function useEach<T>(paths: readonly string[] | null, options: GetOptions = {}): Fetched<readonly T[]> {
  const key = paths === null ? null : JSON.stringify(["each", language.value, paths, options.query ?? {}]);
  return useFetched<readonly T[]>(key, () => undefined, (signal) => Promise.all(paths!.map((path) => get<T>(path, { ...options, signal }))));
}
