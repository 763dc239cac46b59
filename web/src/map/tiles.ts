/* Which tiles of a web map cover a box: those that are asked for when a region is too large to come whole. Pure. */
import type { Box } from "./region-map.ts";

export interface Tile {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}
const ZOOM_MOST = 17;
const TILES_MOST = 32; // a screen that needs more is asked for more coarsely

const column = (lon: number, n: number): number => Math.floor(((lon + 180) / 360) * n);
const row = (lat: number, n: number): number => {
  const angle = (Math.max(-85, Math.min(85, lat)) * Math.PI) / 180;
  return Math.floor(((1 - Math.asinh(Math.tan(angle)) / Math.PI) / 2) * n);
};

export function tilesOf(box: Box): readonly Tile[] {
  for (let z = Math.max(0, Math.min(ZOOM_MOST, Math.round(box.zoom))); ; z--) {
    const n = 2 ** z;
    const inside = (at: number): number => Math.max(0, Math.min(n - 1, at));
    const [left, right, top, bottom] = [inside(column(box.west, n)), inside(column(box.east, n)), inside(row(box.north, n)), inside(row(box.south, n))];
    if (z > 0 && (right - left + 1) * (bottom - top + 1) > TILES_MOST) continue;
    const tiles: Tile[] = [];
    for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) tiles.push({ z, x, y });
    return tiles;
  }
}

/* The box around tiles, as west,south,east,north: the same for all views within them. */
export function boxOf(tiles: readonly Tile[]): string {
  const lat = (y: number, n: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * 180) / Math.PI;
  const n = 2 ** (tiles[0]?.z ?? 0);
  const xs = tiles.map(({ x }) => x), ys = tiles.map(({ y }) => y);
  return [(Math.min(...xs) / n) * 360 - 180, lat(Math.max(...ys) + 1, n), ((Math.max(...xs) + 1) / n) * 360 - 180, lat(Math.min(...ys), n)].map((value) => value.toFixed(5)).join(",");
}
