/* A map of the region: made once, then fed. Nothing of it asks another host; the worker is a file of ours. */
import { Map as BaseMap, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource, type MapLayerMouseEvent } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import { CLUSTERS_TO_ZOOM, PATTERNS, styleOf, type SourceName } from "./style.ts";
import { readTokens } from "./tokens.ts";

export type Pick = { readonly kind: "site" | "tie"; readonly id: string };
export interface At {
  readonly lon: number;
  readonly lat: number;
  readonly zoom: number;
}
/* What is on the screen. */
export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
  readonly zoom: number;
}
export interface MapEvents {
  readonly onView?: (box: Box) => void;
  readonly onPick: (pick: Pick | null) => void;
  readonly onMove: (at: At) => void;
}
export interface MapWords {
  readonly map: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
}

type Shapes = GeoJSON.FeatureCollection;
const TIE_LAYERS = PATTERNS.map(({ name }) => `ties-${name}`);

setWorkerUrl(document.documentElement.dataset["mapWorker"] ?? "");

export class RegionMap {
  readonly #map: BaseMap;
  readonly #data = new Map<SourceName, Shapes>();
  readonly #stop = new AbortController();
  #isReady = false;
  #on: Pick | null = null;
  #pointed: Pick | null = null;

  /* Throws where the browser has no WebGL. */
  constructor(box: HTMLElement, at: At | null, bounds: readonly [number, number, number, number] | null, words: MapWords, private readonly events: MapEvents, private readonly areClusters = false) {
    this.#map = new BaseMap({
      container: box, style: styleOf(readTokens(), areClusters), attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0, maxZoom: 17, minZoom: 5,
      ...(at ? { center: [at.lon, at.lat] as [number, number], zoom: at.zoom } : bounds ? { bounds: [...bounds] as [number, number, number, number], fitBoundsOptions: { padding: 24 } } : {}),
      locale: { "Map.Title": words.map, "NavigationControl.ZoomIn": words.zoomIn, "NavigationControl.ZoomOut": words.zoomOut },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.#map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.#map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-left");
    this.#map.on("load", () => this.#ready());
    this.#map.once("idle", () => { box.dataset["drawn"] = "true"; }); // for who looks at what is drawn, as tests do
    this.#map.on("moveend", (event) => {
      this.#view();
      if (!("originalEvent" in event) || !event.originalEvent) return;
      const { lng, lat } = this.#map.getCenter();
      this.events.onMove({ lon: lng, lat, zoom: this.#map.getZoom() });
    });
    this.#listen();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#repaint(), { signal: this.#stop.signal });
  }

  #view(): void {
    const bounds = this.#map.getBounds();
    this.events.onView?.({ west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth(), zoom: this.#map.getZoom() });
  }
  remove(): void {
    this.#stop.abort();
    this.#map.remove();
  }

  set(name: SourceName, shapes: Shapes): void {
    this.#data.set(name, shapes);
    if (this.#isReady) this.#source(name).setData(shapes);
  }

  /* What is chosen stands out; what is pointed at in the list as well. */
  choose(pick: Pick | null): void {
    this.#mark(this.#on, false);
    this.#on = pick;
    this.#mark(pick, true);
  }
  point(pick: Pick | null): void {
    this.#mark(this.#pointed, false);
    this.#pointed = pick;
    this.#mark(pick, true);
    this.#mark(this.#on, true);
  }

  /* Brings a place into view, close enough for it to stand alone. */
  show(lon: number, lat: number): void {
    const zoom = Math.max(this.#map.getZoom(), CLUSTERS_TO_ZOOM + 1);
    if (this.#map.getBounds().contains([lon, lat]) && this.#map.getZoom() >= CLUSTERS_TO_ZOOM + 1) return;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map[isStill ? "jumpTo" : "easeTo"]({ center: [lon, lat], zoom, duration: 400 });
  }
  fit(bounds: readonly [number, number, number, number]): void {
    this.#map.fitBounds([...bounds] as [number, number, number, number], { padding: 24, animate: false });
  }

  #source(name: SourceName): GeoJSONSource {
    return this.#map.getSource(name) as GeoJSONSource;
  }
  #ready(): void {
    this.#isReady = true;
    this.#view();
    for (const [name, shapes] of this.#data) this.#source(name).setData(shapes);
    this.#mark(this.#on, true);
  }
  #repaint(): void {
    this.#isReady = false;
    this.#map.setStyle(styleOf(readTokens(), this.areClusters), { diff: false });
    this.#map.once("style.load", () => this.#ready());
  }
  #mark(pick: Pick | null, on: boolean): void {
    if (!pick || !this.#isReady) return;
    this.#map.setFeatureState({ source: pick.kind === "site" ? "sites" : "ties", id: pick.kind === "site" ? pick.id : Number(pick.id) }, { on });
  }
  #listen(): void {
    const map = this.#map;
    for (const layer of ["sites", "clusters", ...TIE_LAYERS]) {
      map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
      map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
    }
    map.on("click", (event) => {
      const near: [[number, number], [number, number]] = [[event.point.x - 4, event.point.y - 4], [event.point.x + 4, event.point.y + 4]];
      const found = map.queryRenderedFeatures(near, { layers: ["clusters", "sites", ...TIE_LAYERS] });
      const cluster = found.find((feature) => feature.layer.id === "clusters"), site = found.find((feature) => feature.layer.id === "sites");
      if (site) this.events.onPick({ kind: "site", id: String(site.properties["site_id"]) });
      else if (cluster) void this.#open(cluster, event as MapLayerMouseEvent);
      else this.events.onPick(found[0] ? { kind: "tie", id: String(found[0].properties["tie_id"]) } : null);
    });
  }
  async #open(cluster: GeoJSON.Feature, event: MapLayerMouseEvent): Promise<void> {
    const zoom = this.areClusters ? Math.min(this.#map.getZoom() + 2, 17) : await this.#source("sites").getClusterExpansionZoom(Number(cluster.properties?.["cluster_id"]));
    const center = cluster.geometry.type === "Point" ? (cluster.geometry.coordinates as [number, number]) : event.lngLat;
    this.#map.easeTo({ center, zoom, duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300 });
  }
}

export function boundsOf(shapes: Shapes): [number, number, number, number] | null {
  let bounds: [number, number, number, number] | null = null;
  const take = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === "number" && typeof value[1] === "number") {
      const [lon, lat] = value as [number, number];
      bounds = bounds ? [Math.min(bounds[0], lon), Math.min(bounds[1], lat), Math.max(bounds[2], lon), Math.max(bounds[3], lat)] : [lon, lat, lon, lat];
    } else value.forEach(take);
  };
  for (const { geometry } of shapes.features) if (geometry && "coordinates" in geometry) take(geometry.coordinates);
  return bounds;
}
