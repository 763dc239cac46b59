/* What if? A plan of the region with something changed, without changing the region. It is computed beside everything else; one follows how far it
 * is, and may stop it. */
import { useEffect, useState } from "preact/hooks";
import { Problem, send, type Page as Listed } from "../../api/client.ts";
import { listen } from "../../api/events.ts";
import type { PlanRun } from "../../api/look.ts";
import { useGet } from "../../api/use.ts";
import type { RoomProps } from "../../app/room.ts";
import { formatDateTime } from "../../format/dates.ts";
import { formatEur, formatNumber, formatShare } from "../../format/numbers.ts";
import { text } from "../../text/text.ts";
import { Card, CheckField, Empty, ProblemNote, Section, SelectField, Submit, TextField, Wait, announce } from "../../ui/index.ts";
import type { Query } from "./index.tsx";

const OBJECTIVES = ["value", "co2", "jobs", "virgin"] as const;
type Objective = (typeof OBJECTIVES)[number];
interface Asked { readonly objective?: string; readonly floor?: { readonly value_eur?: number }; readonly changes?: { readonly set?: readonly string[]; readonly close?: readonly { readonly id: string }[] } }
interface Job { readonly job_id: number; readonly kind: string; readonly settings: Asked | null; readonly status: "waiting" | "running" | "done" | "failed" | "cancelled" | "interrupted"; readonly asked: string; readonly run_id: number | null; readonly message: string | null }
interface Progress { readonly phase: string | null; readonly done: number; readonly total: number; readonly value: number | null; readonly bound: number | null }

/* "Plan: meeste waarde in euro, een ton CO2 aan 150 EUR, zonder Stelimet" */
function jobName({ kind, settings }: Job, nameOf: (id: string) => string): string {
  const price = settings?.changes?.set?.find((one) => one.startsWith("co2_eur_per_t="))?.split("=")[1];
  const parts = kind !== "plan" ? [] : [
    settings?.objective && text(`plan.objective.${settings.objective}`),
    price !== undefined && text("plan.asked_co2", { eur: formatEur(Number(price)) }),
    settings?.floor?.value_eur !== undefined && text("plan.asked_floor", { eur: formatEur(settings.floor.value_eur) }),
    ...(settings?.changes?.close ?? []).map(({ id }) => text("plan.asked_without", { name: nameOf(id) })),
  ].filter(Boolean);
  return [text(`plan.job.${kind}`), parts.join(", ")].filter(Boolean).join(": ");
}

function Running({ job, name, onEnd }: { readonly job: Job; readonly name: string; readonly onEnd: () => void }) {
  const [progress, setProgress] = useState<Progress>();
  useEffect(() => {
    const stop = new AbortController();
    listen(`/jobs/${job.job_id}/events`, { progress: (data) => setProgress(data as Progress), ended: () => { announce(text("plan.job_ended")); onEnd(); } }, { signal: stop.signal, onOpen: onEnd });
    return () => stop.abort();
  }, [job.job_id]);
  const share = progress && progress.total > 0 ? progress.done / progress.total : null;
  return (
    <div class="running">
      <p>{text(job.status === "waiting" ? "plan.job_waits" : "plan.job_runs", { kind: name })}{progress?.value !== null && progress?.value !== undefined && <> {text("plan.job_so_far", { value: formatNumber(progress.value), bound: formatNumber(progress.bound) })}</>}</p>
      <progress aria-label={text("plan.job_progress")} {...(share === null ? {} : { value: share, max: 1 })}>{share === null ? "" : formatShare(share)}</progress>
      <p><button type="button" onClick={() => void send("DELETE", `/jobs/${job.job_id}`).then(onEnd, onEnd)}>{text("plan.job_stop")}</button></p>
    </div>
  );
}

export function WhatIfPanel({ run, plans, again, set, href }: RoomProps<Query> & { readonly run: number | null; readonly plans: readonly PlanRun[]; readonly again: () => void }) {
  const jobs = useGet<Listed<Job>>("/jobs", { query: { limit: 20 } });
  const [objective, setObjective] = useState<Objective>("value");
  const [co2, setCo2] = useState(""), [floor, setFloor] = useState(""), [closed, setClosed] = useState(""), [unitId, setUnit] = useState("");
  const [isExact, setExact] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const units = useGet<Listed<{ unit_id: string; name: string; site_name: string | null }>>("/units", { query: { limit: 1000 } });
  const actors = useGet<Listed<{ actor_id: string; name: string }>>("/actors", { query: { limit: 1000 } });
  const nameOf = (id: string): string => actors.data?.items.find(({ actor_id }) => actor_id === id)?.name ?? units.data?.items.find(({ unit_id }) => unit_id === id)?.name ?? id;
  const ended = (): void => { jobs.again(); again(); };
  async function start(kind: string, settings: unknown): Promise<void> {
    try {
      await send("POST", "/jobs", { kind, settings });
      setProblem(undefined);
      jobs.again();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    }
  }
  function onSubmit(event: Event): void {
    event.preventDefault();
    const number = (raw: string): number | undefined => (raw.trim() === "" ? undefined : Number(raw.replace(",", ".")));
    const close = [...(closed ? [{ table: "actor", id: closed }] : []), ...(unitId ? [{ table: "unit", id: unitId }] : [])];
    const price = number(co2);
    void start("plan", {
      objective, gap: isExact ? 1e-6 : 1e-4,
      ...(number(floor) === undefined ? {} : { floor: { value_eur: number(floor) } }),
      ...(price === undefined && close.length === 0 ? {} : { changes: { set: price === undefined ? [] : [`co2_eur_per_t=${price}`], close } }),
    });
  }
  const busy = jobs.data?.items.filter(({ status }) => status === "waiting" || status === "running") ?? [];
  const past = jobs.data?.items.filter(({ status }) => status !== "waiting" && status !== "running") ?? [];
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      {busy.map((job) => <Running key={job.job_id} job={job} name={jobName(job, nameOf)} onEnd={ended} />)}
      <div class="two">
        <form class="form" onSubmit={onSubmit}>
          <SelectField name="objective" label={text("plan.if_objective")} value={objective} onValue={setObjective} options={OBJECTIVES.map((value) => ({ value, label: text(`plan.objective.${value}`) }))} />
          <TextField name="co2" label={text("plan.if_co2")} hint={text("plan.if_blank")} value={co2} onValue={setCo2} inputMode="decimal" />
          <TextField name="floor" label={text("plan.if_floor")} hint={text("plan.if_floor_hint")} value={floor} onValue={setFloor} inputMode="decimal" />
          <SelectField name="closed" label={text("plan.if_without")} value={closed} onValue={setClosed} options={[{ value: "", label: text("plan.if_nobody") }, ...(actors.data?.items ?? []).map(({ actor_id, name }) => ({ value: actor_id, label: name }))]} />
          <SelectField name="unit" label={text("plan.if_without_unit")} value={unitId} onValue={setUnit} options={[{ value: "", label: text("plan.if_none") }, ...(units.data?.items ?? []).map(({ unit_id, name, site_name }) => ({ value: unit_id, label: site_name ? `${name}, ${site_name}` : name }))]} />
          <CheckField name="exact" label={text("plan.if_exact")} checked={isExact} onValue={setExact} />
          <p class="actions"><Submit label={text("plan.if_go")} isBusy={false} /></p>
        </form>
        <Section title={text("plan.other_jobs")}>
          <p>{text("plan.other_lead")}</p>
          <p class="actions">
            {(["estimate", "balance", "ask"] as const).map((kind) => <button type="button" onClick={() => void start(kind, {})}>{text(`plan.job.${kind}`)}</button>)}
          </p>
        </Section>
      </div>
      <Section title={text("plan.past_jobs")}>
        <Wait of={jobs}>{() => past.length === 0 ? <Empty>{text("plan.no_jobs")}</Empty> : past.map((job) => {
          const isPlan = job.kind === "plan" && job.run_id !== null && plans.some(({ run_id }) => run_id === job.run_id);
          return (
            <Card key={job.job_id} title={jobName(job, nameOf)} detail={[text(`plan.status.${job.status}`), formatDateTime(job.asked), job.message].filter(Boolean).join(" · ")}
              action={isPlan && <span class="actions"><a href={href({ tab: "ties", run: job.run_id })}>{text("plan.show")}</a>{run !== null && job.run_id !== run && <button type="button" class="plain" onClick={() => set({ tab: "compare", other: job.run_id })}>{text("plan.compare")}</button>}</span>} />
          );
        })}</Wait>
      </Section>
    </>
  );
}
