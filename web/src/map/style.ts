/* The map as a style: no tiles, no glyph server, nothing but what the region holds. Pure functions of colours and filters. */
import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { CLASSES } from "../ui/figure.tsx";
import type { Tokens } from "./tokens.ts";

export const SOURCES = ["areas", "water", "rail", "road", "links", "ties", "sites"] as const;
export type SourceName = (typeof SOURCES)[number];
export const CLUSTERS_TO_ZOOM = 11;

const FONT = ["'Source Sans 3'"]; // quoted: the name goes into CSS as it is, and 3 alone is no word there
const classColour = (tokens: Tokens): ExpressionSpecification =>
  ["match", ["get", "class"], ...CLASSES.flatMap((one) => [one, tokens.of[one]]), tokens.quiet] as unknown as ExpressionSpecification;
const byZoom = (...stops: number[]): ExpressionSpecification => ["interpolate", ["linear"], ["zoom"], ...stops] as unknown as ExpressionSpecification;

/* Levels by line pattern: whole within the region, broken between cities, short strokes within the country, dots with the world. */
export const PATTERNS: readonly { readonly name: string; readonly levels: readonly string[]; readonly dash: readonly number[] | null }[] = [
  { name: "near", levels: ["park", "municipality", "region"], dash: null },
  { name: "intercity", levels: ["intercity"], dash: [5, 2.5] },
  { name: "country", levels: ["country"], dash: [2, 2] },
  { name: "world", levels: ["world"], dash: [0.1, 2.2] },
];

function tieLayers(tokens: Tokens): LayerSpecification[] {
  return PATTERNS.map(({ name, levels, dash }) => ({
    id: `ties-${name}`, type: "line", source: "ties", filter: ["in", ["get", "level"], ["literal", levels]],
    layout: { "line-cap": dash && dash[0]! > 1 ? "butt" : "round", "line-join": "round" },
    paint: {
      "line-color": classColour(tokens), "line-width": ["get", "width"],
      "line-opacity": ["case", ["boolean", ["feature-state", "on"], false], 1, ["boolean", ["get", "pale"], false], 0.06, ["get", "strength"]],
      ...(dash ? { "line-dasharray": [...dash] } : {}),
    },
  }));
}

function siteLayers(tokens: Tokens): LayerSpecification[] {
  const isOn: ExpressionSpecification = ["boolean", ["feature-state", "on"], false];
  return [
    { id: "clusters", type: "circle", source: "sites", filter: ["has", "point_count"],
      paint: { "circle-color": tokens.paper, "circle-stroke-color": tokens.ink, "circle-stroke-width": 1.2, "circle-radius": ["step", ["get", "point_count"], 11, 10, 14, 50, 18] } },
    { id: "cluster-counts", type: "symbol", source: "sites", filter: ["has", "point_count"],
      layout: { "text-field": ["to-string", ["get", "point_count"]], "text-font": FONT, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": tokens.ink } },
    { id: "sites", type: "circle", source: "sites", filter: ["!", ["has", "point_count"]],
      paint: {
        "circle-color": ["case", ["boolean", ["get", "is_estimate"], false], tokens.paper, classColour(tokens)],
        "circle-stroke-color": ["case", isOn, tokens.ink, ["boolean", ["get", "is_estimate"], false], classColour(tokens), tokens.paper],
        "circle-stroke-width": ["case", isOn, 3, ["boolean", ["get", "is_estimate"], false], 2.2, 1.2],
        "circle-radius": ["case", isOn, 9, 6],
      } },
    { id: "site-names", type: "symbol", source: "sites", minzoom: 12.5, filter: ["!", ["has", "point_count"]],
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 13, "text-anchor": "left", "text-offset": [0.8, 0], "text-max-width": 12, "text-optional": true },
      paint: { "text-color": tokens.ink, "text-halo-color": tokens.land, "text-halo-width": 1.6 } },
  ];
}

function groundLayers(tokens: Tokens): LayerSpecification[] {
  const isRegion: ExpressionSpecification = ["in", ["get", "level"], ["literal", ["municipality"]]];
  return [
    { id: "far", type: "background", paint: { "background-color": tokens.far } },
    { id: "land", type: "fill", source: "areas", filter: isRegion, paint: { "fill-color": tokens.land } },
    { id: "parks", type: "fill", source: "areas", filter: ["==", ["get", "level"], "park"], paint: { "fill-color": tokens.line, "fill-opacity": 0.45 } },
    { id: "borders", type: "line", source: "areas", filter: isRegion, paint: { "line-color": tokens.border, "line-width": 1 } },
    { id: "region", type: "line", source: "areas", filter: ["==", ["get", "level"], "region"], paint: { "line-color": tokens.quiet, "line-width": 1.4, "line-opacity": 0.6 } },
    { id: "water", type: "line", source: "water", paint: { "line-color": tokens.water, "line-width": byZoom(8, 1.2, 11, 2.6, 14, 6) } },
    { id: "road", type: "line", source: "road", paint: { "line-color": tokens.road, "line-width": byZoom(8, 1, 12, 2.4) } },
    { id: "rail", type: "line", source: "rail", paint: { "line-color": tokens.rail, "line-width": 1.1, "line-dasharray": [4, 2] } },
    { id: "links", type: "line", source: "links", paint: { "line-color": tokens.quiet, "line-width": 1, "line-opacity": 0.55 } },
    { id: "area-names", type: "symbol", source: "areas", filter: isRegion, minzoom: 8.2,
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": byZoom(8, 11, 12, 15), "text-padding": 8 },
      paint: { "text-color": tokens.quiet, "text-halo-color": tokens.land, "text-halo-width": 1.4 } },
  ];
}

/* areClusters: sites come with their clusters made (a large region); else they are made here. */
export function styleOf(tokens: Tokens, areClusters = false): StyleSpecification {
  const empty = { type: "FeatureCollection" as const, features: [] };
  const sources: Record<string, SourceSpecification> = {};
  for (const name of SOURCES)
    sources[name] = name === "sites"
      ? { type: "geojson", data: empty, cluster: !areClusters, clusterRadius: 36, clusterMaxZoom: CLUSTERS_TO_ZOOM, promoteId: "site_id" }
      : name === "ties" ? { type: "geojson", data: empty, promoteId: "tie_id" } : { type: "geojson", data: empty };
  return { version: 8, sources, layers: [...groundLayers(tokens), ...tieLayers(tokens), ...siteLayers(tokens)] };
}
