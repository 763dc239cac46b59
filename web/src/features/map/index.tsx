/* The map: where? The list beside it shows the same and needs no pointer. */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { latestOf, type Need, type Offer, type PlanRun, type Site, type TieShape as TieRow } from "../../api/look.ts";
import type { Page as Listed } from "../../api/client.ts";
import { useAll, useEach, useGet, useShapes } from "../../api/use.ts";
import { asNumber, asText, asWord, asWords, defineRoom, type RoomProps } from "../../app/room.ts";
import { useStore } from "../../app/store.ts";
import { formatCount } from "../../format/numbers.ts";
import { language, text } from "../../text/text.ts";
import { boundsOf, RegionMap, type At, type Box, type Pick } from "../../map/region-map.ts";
import { boxOf, tilesOf } from "../../map/tiles.ts";
import { PATTERNS } from "../../map/style.ts";
import { Choice, Choices, CLASSES, Dot, Empty, LEVELS, Page, Rows, SearchBox, Skeleton, Wait, announce, type Level, type ResourceClass } from "../../ui/index.ts";
import { SiteDetail, TieDetail } from "./detail.tsx";
import "./map.css";
import { classOfSite, filterSites, filterTies, siteCollection, tieCollection, type Filter, type SiteShape, type TieShape } from "./model.ts";

interface Query {
  readonly class: readonly ResourceClass[];
  readonly level: readonly Level[];
  readonly stream: "" | (typeof STREAMS)[number];
  readonly resource: string;
  readonly show: "plan" | "today";
  readonly network: "off" | "on";
  readonly run: number | null;
  readonly words: string;
  readonly pick: string;        // "site:ID" or "tie:ID"
  readonly at: string;          // "lon,lat,zoom"
}
type Props = RoomProps<Query>;

const LISTED_MOST = 60;
/* A region with more sites comes by what is on the screen. */
const WHOLE_MOST = 2000;

interface Size { readonly sites: number; readonly west: number | null; readonly south: number | null; readonly east: number | null; readonly north: number | null }
type TileShapes = GeoJSON.FeatureCollection<GeoJSON.Geometry, Site & { readonly point_count?: number }> & { readonly count: number };

function readAt(raw: string): At | null {
  const [lon, lat, zoom] = raw.split(",").map(Number);
  return raw && [lon, lat, zoom].every((value) => Number.isFinite(value)) ? { lon: lon!, lat: lat!, zoom: zoom! } : null;
}
const writeAt = ({ lon, lat, zoom }: At): string => `${lon.toFixed(4)},${lat.toFixed(4)},${zoom.toFixed(2)}`;
function readPick(raw: string): Pick | null {
  const kind = raw.slice(0, raw.indexOf(":"));
  return kind === "site" || kind === "tie" ? { kind, id: raw.slice(kind.length + 1) } : null;
}

interface Ground {
  readonly areas: GeoJSON.FeatureCollection;
  readonly water: GeoJSON.FeatureCollection | undefined;
  readonly rail: GeoJSON.FeatureCollection | undefined;
  readonly road: GeoJSON.FeatureCollection | undefined;
}

/* The region in view when one comes: its parks and municipalities, not the ports it trades with. */
function homeBounds(areas: GeoJSON.FeatureCollection, sites: readonly SiteShape[]): [number, number, number, number] | null {
  const own = areas.features.filter(({ properties }) => properties?.["level"] === "region");
  return boundsOf({ type: "FeatureCollection", features: own.length ? own : areas.features.length ? areas.features : [...sites] });
}

const homeOf = (size: Size | undefined): [number, number, number, number] | null => (size && size.west !== null ? [size.west, size.south!, size.east!, size.north!] : null);

function MapBox({ ground, links, sites, ties, pick, pointed, start, home, onView, props }: { readonly home: [number, number, number, number] | null; readonly onView: ((box: Box) => void) | null; readonly ground: Ground; readonly links: GeoJSON.FeatureCollection | undefined; readonly sites: GeoJSON.FeatureCollection;
  readonly ties: GeoJSON.FeatureCollection; readonly pick: Pick | null; readonly pointed: Pick | null; readonly start: readonly SiteShape[]; readonly props: Props }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<RegionMap | undefined>(undefined);
  const [hasFailed, setFailed] = useState(false);
  const set = useRef(props.set);
  set.current = props.set;
  useEffect(() => {
    try {
      map.current = new RegionMap(box.current!, readAt(props.query.at), homeBounds(ground.areas, start) ?? home,
        { map: text("map.canvas"), zoomIn: text("map.zoom_in"), zoomOut: text("map.zoom_out") },
        { onPick: (one) => set.current({ pick: one ? `${one.kind}:${one.id}` : "" }), onMove: (at) => set.current({ at: writeAt(at) }, "replace"), ...(onView ? { onView } : {}) }, onView !== null);
    } catch {
      setFailed(true);
    }
    return () => map.current?.remove();
  }, []);
  const feed = (name: Parameters<RegionMap["set"]>[0], shapes: GeoJSON.FeatureCollection | undefined): void =>
    useEffect(() => { map.current?.set(name, shapes ?? { type: "FeatureCollection", features: [] }); }, [shapes]);
  feed("areas", ground.areas);
  feed("water", ground.water);
  feed("rail", ground.rail);
  feed("road", ground.road);
  feed("links", links);
  feed("sites", sites);
  feed("ties", ties);
  useEffect(() => {
    map.current?.choose(pick);
    const site = pick?.kind === "site" && !onView ? start.find(({ properties }) => properties.site_id === pick.id) : undefined;
    if (site && !props.query.at) map.current?.show(site.properties.lon, site.properties.lat);
  }, [props.query.pick]);
  useEffect(() => map.current?.point(pointed), [pointed]);
  if (hasFailed) return <Empty>{text("map.no_webgl")}</Empty>;
  return <div class="map-box" ref={box} role="group" aria-label={text("map.canvas")} />;
}

/* The streams that a region of this kind consolidates: column `stream` of resources. */
const STREAMS = ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10"] as const;

function Legend({ query, set }: Pick2): JSX.Element {
  const isWide = useMemo(() => matchMedia("(min-width: 820px)").matches, []);
  const chosen = query.class.length + query.level.length + (query.resource ? 1 : 0) + (query.stream ? 1 : 0);
  return (
    <details class="map-filters no-print" open={isWide}>
      <summary>{chosen ? text("map.filters_on", { n: chosen }) : text("map.filters")}</summary>
      <div class="filters">
      <Choices<ResourceClass> label={text("map.classes")} values={query.class} onValue={(values) => set({ class: values })}
        options={CLASSES.map((one) => ({ value: one, label: text(`common.class.${one}`), mark: <Dot of={one} /> }))} />
      <Choices<Level> label={text("map.levels")} values={query.level} onValue={(values) => set({ level: values })}
        options={LEVELS.map((level) => ({ value: level, label: text(`map.level.${level}`), mark: <LineSample level={level} /> }))} />
      <label class="map-stream"><span class="small quiet">{text("map.stream")}</span>{" "}
        <select name="stream" onChange={(event) => set({ stream: event.currentTarget.value as Query["stream"] })}>
          <option value="" selected={query.stream === ""}>{text("map.stream_all")}</option>
          {STREAMS.map((stream) => <option key={stream} value={stream} selected={query.stream === stream}>{text(`public.stream.${stream}`)}</option>)}
        </select>
      </label>
      <Choice label={text("map.show")} value={query.show} onValue={(show) => set({ show })}
        options={[{ value: "today", label: text("map.show_today") }, { value: "plan", label: text("map.show_plan") }]} />
      <Choice label={text("map.network")} value={query.network} onValue={(network) => set({ network })}
        options={[{ value: "off", label: text("map.off") }, { value: "on", label: text("map.on") }]} />
      </div>
      {(query.resource || query.stream) && (
        <p class="map-only">{query.resource ? text("map.only_resource", { resource: query.resource }) : text("map.only_stream", { stream: text(`public.stream.${query.stream}`) })}{" "}
          <button type="button" class="plain" onClick={() => set({ resource: "", stream: "" })}>{text("map.all_again")}</button></p>
      )}
    </details>
  );
}
interface Pick2 {
  readonly query: Query;
  readonly set: Props["set"];
}

function LineSample({ level }: { readonly level: Level }): JSX.Element {
  const dash = PATTERNS.find(({ levels }) => levels.includes(level))?.dash;
  return (
    <svg class="map-line" width="26" height="8" aria-hidden="true" focusable="false">
      <path d="M1 4H25" stroke-dasharray={dash ? dash.map((one) => one * 2).join(" ") : undefined} stroke-linecap={dash && dash[0]! > 1 ? "butt" : "round"} />
    </svg>
  );
}

function Listing({ returnTo, sites, found, all, query, set, href, onPoint }: { readonly returnTo: string; readonly found: number; readonly sites: readonly SiteShape[]; readonly all: number; readonly onPoint: (id: string | null) => void } & Pick2 & { readonly href: Props["href"] }): JSX.Element {
  const collator = new Intl.Collator(language.value);
  const sorted = useMemo(() => [...sites].sort((a, b) => collator.compare(a.properties.name, b.properties.name)), [sites]);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!returnTo) return;
    const row = [...(box.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])].find((one) => one.getAttribute("href")?.includes(encodeURIComponent(returnTo)));
    (row ?? box.current?.querySelector("input"))?.focus();
  }, []);
  useEffect(() => { if (query.words) announce(text("map.found", { n: found })); }, [found, query.words]);
  return (
    <div class="map-list" ref={box} onFocusIn={(event) => onPoint((event.target as HTMLElement).dataset["site"] ?? null)}>
      <SearchBox label={text("map.search")} value={query.words} onValue={(words) => set({ words }, "replace")} />
      <p class="quiet small">{text("map.count", { n: found, all: formatCount(all) })}</p>
      {found > sites.length && <p class="quiet small">{text("map.closer", { n: found - sites.length })}</p>}
      {found === 0 ? <Empty>{text("map.none")}</Empty> : (
        <Rows label={text("map.sites")} rows={sorted.slice(0, LISTED_MOST).map(({ properties: site }) => ({
          key: site.site_id, href: href({ pick: `site:${site.site_id}`, at: "" }),
          title: <>{classOfSite(site, query.class) && <Dot of={classOfSite(site, query.class)!} isHollow={site.is_estimate === true} />}{site.name}</>,
          detail: heldText(site),
        }))} />
      )}
      {sorted.length > LISTED_MOST && <p class="quiet small">{text("map.list_more", { n: sorted.length - LISTED_MOST })}</p>}
    </div>
  );
}

function heldText(site: Site): string {
  const parts = [site.offer_count > 0 && text("map.offers_count", { n: site.offer_count }), site.need_count > 0 && text("map.needs_count", { n: site.need_count })].filter(Boolean);
  return [site.area_name, parts.join(", ") || text("map.nothing_here")].filter(Boolean).join(" · ");
}

/* The sites that hold or lack a resource, where the map is about one. */
function useSitesOf(resource: string): ReadonlySet<string> | null {
  const which = { query: { resource_id: resource } };
  const offers = useAll<Offer>(resource ? "/offers" : null, which), needs = useAll<Need>(resource ? "/needs" : null, which);
  return useMemo(() => (resource && offers.data && needs.data ? new Set([...offers.data, ...needs.data].map(({ site_id }) => site_id ?? "")) : null), [resource, offers.data, needs.data]);
}

function View(props: Props): JSX.Element {
  const { query, set, href } = props;
  useStore(language);
  const size = useGet<Size>("/map");
  const isLarge = (size.data?.sites ?? 0) > WHOLE_MOST;
  const areas = useShapes<object>("/areas"), sites = useShapes<Site>(size.data && !isLarge ? "/sites" : null);
  const water = useShapes<{ publisher?: string }>("/background/water"), rail = useShapes<{ publisher?: string }>("/background/rail"), road = useShapes<{ publisher?: string }>("/background/road");
  const plans = useGet<Listed<PlanRun>>("/plans");
  const run = query.run ?? latestOf(plans.data?.items)?.run_id ?? null;
  const hasTies = run !== null && query.show !== "today";
  const ties = useShapes<TieRow>(hasTies && size.data && !isLarge ? `/plans/${run}/ties` : null);
  // A large region: tiles of what is on the screen, and the ties there that are worth most; the server filters.
  const [view, setView] = useState<Box | null>(null);
  const tiles = useMemo(() => (isLarge && view ? tilesOf(view) : null), [isLarge, view]);
  const asked = { class: query.class.join(",") || null, stream: query.stream || null, resource_id: query.resource || null };
  const tiled = useEach<TileShapes>(tiles && tiles.map(({ z, x, y }) => `/map/tiles/${z}/${x}/${y}`), { query: { ...asked, words: query.words || null } });
  const tiedHere = useGet<GeoJSON.FeatureCollection<GeoJSON.Geometry, TieRow>>(tiles && hasTies ? `/map/ties/${run}` : null,
    { accept: "geojson", query: { ...asked, level: query.level.join(",") || null, bbox: tiles ? boxOf(tiles) : null, limit: 1000 } });
  const lastTiles = useRef<readonly TileShapes[]>([]), lastTies = useRef<readonly TieShape[]>([]);
  if (tiled.data) lastTiles.current = tiled.data; // until the next ones are here
  if (tiedHere.data) lastTies.current = tiedHere.data.features as readonly TieShape[];
  const links = useShapes<object>(query.network === "on" ? "/links" : null);
  const ofResource = useSitesOf(isLarge ? "" : query.resource);
  const [pointed, setPointed] = useState<Pick | null>(null);

  const filter: Filter = { classes: query.class, levels: query.level, stream: query.stream, resource: query.resource, words: query.words };
  const key = JSON.stringify(filter);
  const inTiles = isLarge ? lastTiles.current.flatMap(({ features }) => features) : [];
  const allSites = (isLarge ? inTiles.filter(({ properties }) => properties.point_count === undefined) : sites.data?.features ?? []) as readonly SiteShape[];
  const allTies = isLarge ? (hasTies ? lastTies.current : []) : ((ties.data?.features ?? []) as readonly TieShape[]);
  const shownSites = useMemo(() => (isLarge ? allSites : filterSites(allSites, filter, ofResource)), [isLarge, sites.data, lastTiles.current, key, ofResource]);
  const shownTies = useMemo(() => (isLarge ? allTies : filterTies(allTies, filter)), [isLarge, ties.data, lastTies.current, hasTies, key]);
  const pick = useMemo(() => readPick(query.pick), [query.pick]);
  const onMap = pick?.kind === "site" ? allSites.find(({ properties }) => properties.site_id === pick.id)?.properties : undefined;
  const picked = useGet<Listed<Site>>(isLarge && pick?.kind === "site" && !onMap ? "/sites" : null, { query: { site_id: pick?.kind === "site" ? pick.id : null } });
  const site = onMap ?? picked.data?.items[0];
  const tieId = pick?.kind === "tie" ? pick.id : undefined;
  const siteShapes = useMemo(() => {
    const own = siteCollection(shownSites, query.class);
    return isLarge ? { ...own, features: [...own.features, ...inTiles.filter(({ properties }) => properties.point_count !== undefined)] } : own;
  }, [shownSites]);
  const tieShapes = useMemo(() => tieCollection(shownTies, site ? (one) => one.from_site_id === site.site_id || one.to_site_id === site.site_id : tieId ? (one) => String(one.tie_id) === tieId : null),
    [shownTies, site, tieId]);
  // The list gives way to what was chosen in it, and back: the focus goes along, but not when the page opens so.
  const first = useRef(query.pick), last = useRef("");
  const takesFocus = first.current !== query.pick || last.current !== "";
  useEffect(() => { if (query.pick !== first.current || last.current) last.current = query.pick || last.current; }, [query.pick]);
  const credits = [...new Set([water, rail, road].flatMap(({ data }) => data?.features.map(({ properties }) => properties?.publisher) ?? []).filter((one): one is string => !!one))];
  const isHere = areas.data !== undefined && (isLarge || sites.data !== undefined);
  const found = isLarge ? lastTiles.current.reduce((sum, one) => sum + one.count, 0) : shownSites.length;
  const list = <Listing returnTo={takesFocus ? last.current || first.current : ""} sites={shownSites} found={found} all={isLarge ? size.data!.sites : allSites.length} query={query} set={set} href={href} onPoint={(id) => setPointed(id ? { kind: "site", id } : null)} />;
  return (
    <Page title={text("map.title")} lead={text("map.lead")} aside={
      site ? <><p><a href={href({ pick: "" })}>{text("map.back")}</a></p><SiteDetail key={site.site_id} takesFocus={takesFocus} site={site} run={query.show === "today" ? null : run} tieHref={(one) => href({ pick: `tie:${one.tie_id}` })} /></>
      : tieId && run !== null ? <><p><a href={href({ pick: "" })}>{text("map.back")}</a></p><TieDetail key={tieId} takesFocus={takesFocus} run={run} id={tieId} siteHref={(id) => href({ pick: `site:${id}`, at: "" })} /></>
      : isHere ? list : <Wait of={sites}>{() => null}</Wait>}>
      <Legend query={query} set={set} />
      {areas.problem && <Wait of={areas}>{() => null}</Wait>}
      {isHere ? (
        <MapBox ground={{ areas: areas.data, water: water.data, rail: rail.data, road: road.data }} links={links.data} sites={siteShapes} ties={tieShapes} pick={pick} pointed={pointed} start={allSites} home={homeOf(size.data)} onView={isLarge ? setView : null} props={props} />
      ) : !areas.problem && !sites.problem && <div class="map-box"><Skeleton lines={8} /></div>}
      <p class="source map-source">{credits.length > 0 && <>{text("map.credits", { credits: credits.join(", ") })} </>}{text("map.legend")}{" "}
        <a href="/api/v1/sites?format=csv" download="sites.csv">{text("map.csv_sites")}</a>{run !== null && <>, <a href={`/api/v1/plans/${run}/ties?format=csv`} download="ties.csv">{text("map.csv_ties")}</a></>}</p>
    </Page>
  );
}

export const room = defineRoom<Query>({
  query: {
    class: asWords(CLASSES), level: asWords(LEVELS), stream: asWord(["", ...STREAMS], ""), resource: asText(), show: asWord(["plan", "today"], "plan"), network: asWord(["off", "on"], "off"),
    run: asNumber(), words: asText(), pick: asText(), at: asText(),
  },
  View,
});
