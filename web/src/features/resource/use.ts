/* What both pages read: offers, needs, ties of the newest plan, and its prices. */
import { useMemo } from "preact/hooks";
import type { Page as Listed, Query } from "../../api/client.ts";
import { latestOf, type Need, type Offer, type PlanRun, type Tie } from "../../api/look.ts";
import { useAll, useGet, type Fetched } from "../../api/use.ts";
import type { Price, Prices } from "./tables.tsx";

export interface Held {
  readonly offers: Fetched<readonly Offer[]>;
  readonly needs: Fetched<readonly Need[]>;
  readonly ties: readonly Tie[];
  readonly run: number | null;
  readonly prices: Prices;
}

export function useHeld(which: Query): Held {
  const offers = useAll<Offer>("/offers", { query: which }), needs = useAll<Need>("/needs", { query: which });
  const plans = useGet<Listed<PlanRun>>("/plans");
  const plan = latestOf(plans.data?.items), run = plan?.run_id ?? null;
  const ties = useAll<Tie>(run === null ? null : `/plans/${run}/ties`, { query: which });
  // A price is in the unit of what the plan was made for; only of a plan for euros is it what one more is worth in money.
  const prices = useAll<Price>(run !== null && plan?.objective === "value" ? `/plans/${run}/prices` : null);
  const byKey = useMemo(() => new Map((prices.data ?? []).map(({ kind, id, dual }) => [`${kind} ${id}`, dual])), [prices.data]);
  return { offers, needs, ties: ties.data ?? [], run, prices: byKey };
}

export const csvHref = (path: string, which: Readonly<Record<string, string>>): string => `/api/v1${path}?${new URLSearchParams({ ...which, format: "csv" }).toString()}`;
