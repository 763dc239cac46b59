/* What of the region the map shows: filters, one place for the map and for the list beside it. Pure. */
import type { Site, Tie, TieShape as TieRow } from "../../api/look.ts";
import { nameIn } from "../../format/names.ts";
import { curve } from "../../map/curve.ts";
import { CLASSES, type Level, type ResourceClass } from "../../ui/figure.tsx";

export interface Filter {
  readonly classes: readonly ResourceClass[];   // empty: all
  readonly levels: readonly Level[];
  readonly stream: string;                      // "": all
  readonly resource: string;
  readonly words: string;
}
type Feature<G extends GeoJSON.Geometry, P> = GeoJSON.Feature<G, P>;
export type SiteShape = Feature<GeoJSON.Geometry, Site>;
export type TieShape = Feature<GeoJSON.Geometry, TieRow>;

const listOf = (words: string | null): readonly string[] => (words ? words.split(",") : []);
/* For searching: without case and accents. */
export const folded = (words: string): string => words.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

export function classOfSite(site: Site, wanted: readonly ResourceClass[]): ResourceClass | null {
  const own = listOf(site.classes);
  return CLASSES.find((one) => own.includes(one) && (wanted.length === 0 || wanted.includes(one))) ?? null;
}

/* The sites that remain, in order of name. A site without anything that one may see stays off the map while a filter is on. */
export function filterSites(sites: readonly SiteShape[], filter: Filter, sitesOfResource: ReadonlySet<string> | null): readonly SiteShape[] {
  const words = folded(filter.words);
  return sites.filter(({ properties: site }) => {
    if (filter.classes.length > 0 && classOfSite(site, filter.classes) === null) return false;
    if (filter.stream && !listOf(site.streams).includes(filter.stream)) return false;
    if (sitesOfResource && !sitesOfResource.has(site.site_id)) return false;
    return !words || folded(`${site.name} ${site.actor_name} ${site.area_name ?? ""} ${site.address ?? ""}`).includes(words);
  });
}

export function filterTies(ties: readonly TieShape[], filter: Filter): readonly TieShape[] {
  return ties.filter(({ properties: tie }) =>
    (filter.classes.length === 0 || filter.classes.includes(tie.class)) && (filter.levels.length === 0 || (tie.level !== null && filter.levels.includes(tie.level)))
    && (!filter.stream || tie.stream === filter.stream) && (!filter.resource || tie.resource_id === filter.resource));
}

export function siteCollection(sites: readonly SiteShape[], wanted: readonly ResourceClass[]): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: sites.map((site) => ({ type: "Feature", geometry: site.geometry, properties: {
      site_id: site.properties.site_id, name: site.properties.name, class: classOfSite(site.properties, wanted), is_estimate: site.properties.is_estimate === true } })),
  };
}

/* share: 0..1. Those worth little are thin and faint, so that a thousand ties leave the ground visible. */
const drawing = (share: number, isChosen: boolean | null): { width: number; strength: number; pale: boolean } =>
  ({ width: 0.6 + 4.4 * share, strength: isChosen ? 0.9 : 0.18 + 0.5 * share, pale: isChosen === false });

/* Widths by the square root of the money, so that a tie of a hundredth is still a line; thin ones on top. With a chosen site or tie all others are pale. */
export function tieCollection(ties: readonly TieShape[], isChosen: ((tie: TieRow) => boolean) | null): GeoJSON.FeatureCollection {
  const most = ties.reduce((largest, { properties }) => Math.max(largest, Math.abs(properties.eur)), 1);
  const drawn = ties.filter(({ geometry }) => geometry?.type === "LineString")
    .sort((a, b) => Math.abs(b.properties.eur) - Math.abs(a.properties.eur));
  return {
    type: "FeatureCollection",
    features: drawn.map(({ geometry, properties: tie }) => ({
      type: "Feature", geometry: { type: "LineString", coordinates: curve((geometry as GeoJSON.LineString).coordinates) },
      properties: { tie_id: tie.tie_id, class: tie.class, level: tie.level, ...drawing(Math.sqrt(Math.abs(tie.eur) / most), isChosen === null ? null : isChosen(tie)) },
    })),
  };
}

export function endName(tie: Tie, end: "from" | "to"): string {
  const own = tie[`${end}_name`] ? nameIn(tie, `${end}_name`) : null, site = tie[`${end}_site_name`];
  return [own, site].filter(Boolean).join(", ") || String(tie[`${end}_id`]);
}
