/* The knot: what does the region do, and what could it do? Home of the portal. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { latestOf, type Knot, type PlanRun } from "../../api/look.ts";
import type { Page as Listed } from "../../api/client.ts";
import { me } from "../../api/session.ts";
import { useGet } from "../../api/use.ts";
import { asNumber, asText, asWord, defineRoom, type RoomProps } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { formatDate } from "../../format/dates.ts";
import { formatCount } from "../../format/numbers.ts";
import { language, text } from "../../text/text.ts";
import { Choice, ClassName, CLASSES, Empty, Figure, Page, SelectField, Skeleton, Wait } from "../../ui/index.ts";
import "./knot.css";
import { layOut, type LayoutSettings, type Link } from "./layout.ts";
import { namesOf, nodeFigure, nodeLabel, sayLink, sayStrands } from "./names.ts";
import { Picture } from "./picture.tsx";
import { strandsOf, type Measure, type View } from "./strands.ts";
import { KnotTable } from "./table.tsx";

interface Query {
  readonly run: number | null;
  readonly view: View;
  readonly width: Measure;
  readonly pick: string;
  readonly sort: string;
}

const NARROW_PX = 720;

function settingsFor(width: number, ranks: ReadonlyMap<string, number>): LayoutSettings {
  const isNarrow = width < NARROW_PX;
  return {
    width, detail: isNarrow ? "class" : "stream", labelWidth: isNarrow ? 0 : Math.min(216, Math.round(width * 0.19)), hallWidth: isNarrow ? 128 : Math.min(264, Math.round(width * 0.235)),
    barWidth: isNarrow ? 8 : 10, height: isNarrow ? 340 : 290, slot: isNarrow ? 22 : 17, hallSlot: isNarrow ? 38 : 22, streamsMost: 11, hallsMost: isNarrow ? 7 : 12,
    hallRank: (hall) => ranks.get(hall) ?? 0,
  };
}

/* The width that the page leaves for the picture. */
function useWidth(): [number, (box: HTMLElement | null) => void] {
  const [width, setWidth] = useState(0);
  const observer = useRef<ResizeObserver | undefined>(undefined);
  const watch = useRef((box: HTMLElement | null): void => {
    observer.current?.disconnect();
    if (!box) return;
    setWidth(Math.floor(box.clientWidth));
    observer.current = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.current.observe(box);
  });
  return [width, watch.current];
}

/* A pick names a bar ("pull/local/material/steel"), a knot ("process:shred") or a ribbon (both with a space between). What the picture at another
 * width does not draw by itself is found by what it carries. */
function matcher(pick: string): (link: Link) => boolean {
  const [first = "", second] = pick.split(" ");
  const outer = first.includes("/") ? first : undefined;
  const hall = outer === undefined ? first : second;
  const [side, band, kind, resource] = outer?.split("/") ?? [];
  return (link) => {
    const ends = [link.from.key, link.to.key];
    const isOuter = outer === undefined || ends.includes(outer)
      || link.strands.some((strand) => strand.side === side && strand.band === band && strand.class === kind && strand.resource_id === resource);
    const isHall = hall === undefined || ends.includes(hall) || link.strands.some((strand) => strand.hall === hall);
    return isOuter && isHall;
  };
}

function Totals({ knot, view }: { readonly knot: Knot; readonly view: View }): JSX.Element {
  const of = <R,>(rows: readonly R[], value: (row: R) => number | null): number => rows.reduce((total, row) => total + (value(row) ?? 0), 0);
  if (view === "today") {
    const offers = knot.today.filter(({ side }) => side === "offer"), needs = knot.today.filter(({ side }) => side === "need");
    const isGuess = (rows: Knot["today"]): boolean => of(rows, ({ estimate_eur }) => estimate_eur) > 0.5 * of(rows, ({ eur }) => Math.abs(eur ?? 0));
    return (
      <dl class="totals">
        <div><dt>{text("knot.total.disposal")}</dt><dd><Figure value={of(offers, ({ eur }) => Math.max(0, eur ?? 0))} unit="EUR" isEstimate={isGuess(offers)} /></dd></div>
        <div><dt>{text("knot.total.bought")}</dt><dd><Figure value={of(needs, ({ eur }) => eur)} unit="EUR" isEstimate={isGuess(needs)} /></dd></div>
        <div><dt>{text("knot.total.co2_today")}</dt><dd><Figure value={of(knot.today, ({ co2_kg }) => co2_kg) / 1000} unit="t" isEstimate={isGuess(knot.today)} /></dd></div>
      </dl>
    );
  }
  const estimates = of(knot.ribbons, (ribbon) => ribbon.estimate_eur) > 0.5 * of(knot.ribbons, ({ eur }) => Math.abs(eur));
  return (
    <dl class="totals">
      <div><dt>{text("knot.total.eur")}</dt><dd><Figure value={of(knot.ribbons, ({ eur }) => eur) + of(knot.processes, ({ eur }) => eur)} unit="EUR" isEstimate={estimates} /></dd></div>
      <div><dt>{text("knot.total.co2")}</dt><dd><Figure value={(of(knot.ribbons, ({ co2_kg }) => co2_kg) + of(knot.processes, ({ co2_kg }) => co2_kg)) / 1000} unit="t" isEstimate={estimates} /></dd></div>
      <div><dt>{text("knot.total.jobs")}</dt><dd><Figure value={of(knot.processes, ({ jobs_fte }) => jobs_fte)} isEstimate={estimates} /></dd></div>
    </dl>
  );
}

function lead(knot: Knot, view: View): string {
  const count = (side: "offer" | "need"): number => knot.today.filter((row) => row.side === side).reduce((total, row) => total + row.row_count, 0);
  if (view === "today") return text("knot.lead_today", { offers: formatCount(count("offer")), needs: formatCount(count("need")) });
  const ties = knot.ribbons.reduce((total, ribbon) => total + ribbon.tie_count, 0);
  const units = knot.processes.reduce((total, process) => total + process.unit_count, 0), fresh = knot.processes.reduce((total, process) => total + process.new_count, 0);
  return text("knot.lead_plan", { ties: formatCount(ties), units: formatCount(units), fresh: formatCount(fresh) });
}

/* The same on the map: the one stream, else the classes. */
function mapHref(links: readonly Link[], query: Query): string {
  const strands = links.flatMap((link) => link.strands);
  const streams = new Set(strands.map(({ resource_id }) => resource_id)), classes = CLASSES.filter((one) => strands.some((strand) => strand.class === one));
  const parameters = new URLSearchParams(streams.size === 1 ? { resource: [...streams][0]! } : { class: classes.join(",") });
  if (query.run !== null) parameters.set("run", String(query.run));
  if (query.view === "today") parameters.set("show", "today");
  return `/map?${parameters.toString()}`;
}

function Body({ knot, query, set }: { readonly knot: Knot; readonly query: Query; readonly set: RoomProps<Query>["set"] }): JSX.Element {
  const tongue = useStore(language);
  const [width, box] = useWidth();
  const [pointed, setPointed] = useState("");
  const names = useMemo(() => namesOf(knot), [knot, tongue]);
  const strands = useMemo(() => strandsOf(knot, query.view, query.width), [knot, query.view, query.width]);
  const settings = useMemo(() => settingsFor(width, new Map(knot.processes.map((process) => [`process:${process.process_id}`, process.rank]))), [width, knot]);
  const layout = useMemo(() => (width > 0 ? layOut(strands, settings) : null), [strands, settings]);

  const now = pointed || query.pick;
  const isOn = useMemo(() => (now ? matcher(now) : () => false), [now]);
  const chosen = useMemo(() => {
    const links = query.pick && layout ? layout.links.filter(matcher(query.pick)) : [];
    return links.length ? new Set(links.flatMap((link) => link.strands.map(({ row }) => row))) : null;
  }, [query.pick, layout]);
  const shown = now && layout ? layout.links.filter(isOn) : [];
  const sentence = shown.length
    ? sayStrands(names, shown.flatMap((link) => link.strands), new Set(shown.flatMap((link) => link.strands.map(({ hall }) => hall))), query.view)
    : text(query.view === "today" ? "knot.touch_today" : "knot.touch");
  const alone = new Set(layout?.nodes.filter((node) => node.kind !== "hall").map((node) => node).filter((node, _, all) =>
    all.filter((other) => other.kind === node.kind && other.band === node.band && other.class === node.class).length === 1).map(({ key }) => key));
  const label = (node: Parameters<typeof nodeLabel>[1]): string => nodeLabel(names, node, alone.has(node.key));
  const inner = knot.ribbons.filter((ribbon) => !ribbon.from_band && !ribbon.to_band);
  const without = new Set(strands.filter((strand) => strand.size === 0).map(({ class: of }) => of));
  return (
    <>
      <div class="knot-stage">
      <p class="knot-sentence" aria-live="polite">{sentence}
        {query.pick && !pointed && (
          <span class="no-print">{" "}{shown.length > 0 && <><a href={mapHref(shown, query)}>{text("knot.on_map")}</a>{" · "}</>}
            <button type="button" class="plain" onClick={() => set({ pick: "" })}>{text("knot.let_go")}</button></span>
        )}</p>
      <figure class="knot-figure">
        <div ref={box} class="knot-box">
          {layout && layout.links.length === 0 && <Empty>{text("knot.nothing")}</Empty>}
          {layout && layout.links.length > 0 && (
            <Picture view={query.view} layout={layout} settings={settings} isOn={isOn} isPicked={shown.length > 0} labelOf={label}
              figureOf={(node) => nodeFigure(node, query.width)} sayLink={(link) => sayLink(names, link, query.view)}
              onPick={(pick) => set({ pick: pick === query.pick ? "" : pick })} onPoint={setPointed} />
          )}
        </div>
        <figcaption>
          <p class="legend">{CLASSES.filter((one) => strands.some((strand) => strand.class === one && strand.size > 0)).map((one) => <ClassName key={one} of={one} />)}
            <span><i class="knot-hollow" aria-hidden="true" /> {text("knot.legend_estimate")}</span>
            {query.view === "plan" && query.width === "eur" && <span><i class="knot-pale" aria-hidden="true" /> {text("knot.legend_cost")}</span>}</p>
          <p class="small quiet">
            {query.width === "t" && without.size > 0 && <>{text("knot.no_tonnes", { classes: [...without].map((one) => text(`common.class.${one}`).toLowerCase()).join(", ") })}{" "}</>}
            {query.view === "plan" && inner.length > 0 && text("knot.between", { n: inner.reduce((total, ribbon) => total + ribbon.tie_count, 0) })}
          </p>
        </figcaption>
      </figure>
      </div>
      <KnotTable knot={knot} names={names} view={query.view} chosen={chosen} sort={query.sort} onSort={(sort) => set({ sort }, "replace")} />
    </>
  );
}

function View({ query, set }: RoomProps<Query>): JSX.Element {
  useStore(language);
  const { role } = useStore(me);
  const plans = useGet<Listed<PlanRun>>("/plans");
  const run = query.run ?? latestOf(plans.data?.items)?.run_id ?? null;
  const knot = useGet<Knot>(`/plans/${query.run ?? "latest"}/knot`);
  const hasNone = plans.data !== undefined && run === null;
  return (
    <Page title={text("knot.title")} lead={knot.data ? lead(knot.data, query.view) : undefined}
      actions={knot.data && <Totals knot={knot.data} view={query.view} />}>
      {hasNone && <Empty>{text(role === "coordinator" ? "knot.no_plan_coordinator" : "knot.no_plan")}</Empty>}
      {!hasNone && (
        <>
          <div class="filters">
            <Choice label={text("knot.view")} value={query.view} onValue={(view) => set({ view, pick: "" })}
              options={[{ value: "today", label: text("knot.view_today") }, { value: "plan", label: text("knot.view_plan") }]} />
            <Choice label={text("knot.width")} value={query.width} onValue={(width) => set({ width })}
              options={[{ value: "eur", label: text("knot.width_eur") }, { value: "t", label: text("knot.width_t") }]} />
            {plans.data && plans.data.items.length > 1 && (
              <SelectField name="run" label={text("knot.run")} value={String(run)} onValue={(value) => set({ run: Number(value), pick: "" })}
                options={plans.data.items.map((plan) => ({ value: String(plan.run_id), label: text(plan.is_what_if ? "knot.run_what_if" : "knot.run_name", { run: String(plan.run_id), date: formatDate(plan.finished) }) }))} />
            )}
          </div>
          {(role === "viewer" || role === "public") && <p class="small now no-print"><a href="/public">{text("knot.now")}</a></p>}
          {plans.problem ? <Wait of={plans}>{() => null}</Wait> : !plans.data ? <Skeleton lines={12} /> : <Wait of={knot} lines={12}>{(data) => <Body knot={data} query={query} set={set} />}</Wait>}
        </>
      )}
    </Page>
  );
}

export const room = defineRoom<Query>({
  query: { run: asNumber(), view: asWord(["plan", "today"], "plan"), width: asWord(["eur", "t"], "eur"), pick: asText(), sort: asText("-eur") },
  View,
});
