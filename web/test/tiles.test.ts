// Tiles cover what is on the screen, and are never too many.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boxOf, tilesOf } from "../src/map/tiles.ts";

let seed = 3;
const random = (): number => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return seed / 2 ** 32; };
const lon = (x: number, z: number): number => (x / 2 ** z) * 360 - 180;
const lat = (y: number, z: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI;

test("every point of the screen lies in one tile, and no tile lies beside the screen", () => {
  for (let i = 0; i < 400; i++) {
    const zoom = 1 + random() * 17, west = -170 + random() * 300, south = -70 + random() * 120, wide = 1400 / (512 * 2 ** zoom) * 360, high = wide * 0.6;
    const box = { west, south, east: Math.min(180, west + wide), north: Math.min(80, south + high), zoom };
    const tiles = tilesOf(box);
    assert.ok(tiles.length >= 1 && tiles.length <= 32, `${tiles.length}`);
    for (let k = 0; k < 10; k++) {
      const at = [box.west + random() * (box.east - box.west), box.south + random() * (box.north - box.south)] as const;
      assert.equal(tiles.filter(({ z, x, y }) => at[0] >= lon(x, z) && at[0] < lon(x + 1, z) && at[1] <= lat(y, z) && at[1] > lat(y + 1, z)).length, 1);
    }
    for (const { z, x, y } of tiles) assert.ok(lon(x, z) <= box.east && lon(x + 1, z) >= box.west && lat(y, z) >= box.south - 1e-9 && lat(y + 1, z) <= box.north + 1e-9);
    const [w, s, e, n] = boxOf(tiles).split(",").map(Number) as [number, number, number, number];
    assert.ok(w <= box.west + 1e-5 && s <= box.south + 1e-5 && e >= box.east - 1e-5 && n >= box.north - 1e-5);
  }
});

test("a screen that is moved within its tiles asks for the same", () => {
  const one = tilesOf({ west: 5.41, south: 50.91, east: 5.42, north: 50.915, zoom: 12 }), same = tilesOf({ west: 5.4101, south: 50.9101, east: 5.4199, north: 50.9149, zoom: 12.3 });
  assert.equal(boxOf(one), boxOf(same));
  assert.deepEqual(one, same);
});
