#!/usr/bin/python3
"""A city grid without end as OpenStreetMap PBF: osmgrid.py FILE --tiles N [--seed S] [--raw] [--plain].

A tile is 400 crossings, 760 streets of 9 bends and 6000 buildings: a fourth of the nodes are of streets, as in real maps.
About 0.22 MB a tile. --raw leaves blobs unpacked, --plain writes nodes one by one; both for small files."""
import argparse
import struct
import zlib

import numpy as np


def varints(values):
    """Unsigned numbers, seven bits a byte."""
    values = np.asarray(values, dtype=np.uint64)
    size = np.ones(len(values), dtype=np.int64)
    for k in range(1, 10):
        size += values >= (np.uint64(1) << np.uint64(7 * k))
    end = np.cumsum(size)
    out = np.zeros(int(end[-1]) if len(values) else 0, dtype=np.uint8)
    for k in range(int(size.max()) if len(values) else 0):
        has = size > k
        byte = (values[has] >> np.uint64(7 * k)) & np.uint64(127)
        out[(end - size)[has] + k] = byte.astype(np.uint8) | np.where(size[has] > k + 1, 128, 0).astype(np.uint8)
    return out.tobytes()


def zigzag(values):
    values = np.asarray(values, dtype=np.int64)
    return ((values << 1) ^ (values >> 63)).astype(np.uint64)


def deltas(values):
    return varints(zigzag(np.diff(np.asarray(values, dtype=np.int64), prepend=0)))


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def number(at, value):
    return varint(at << 3) + varint(value)


def write_blob(out, kind, data, raw):
    blob = field(1, data) if raw else number(2, len(data)) + field(3, zlib.compress(data, 6))
    head = field(1, kind) + number(3, len(blob))
    out.write(struct.pack(">I", len(head)) + head + blob)


STRINGS = [b"", b"highway", b"residential", b"tertiary", b"service", b"oneway", b"yes", b"maxspeed", b"30", b"name", b"building",
           b"house", b"unclassified", b"source", b"survey"] + [b"Straat %d" % i for i in range(400)]
TABLE = field(1, b"".join(field(1, s) for s in STRINGS))
SIDE, BENDS, HOUSES = 20, 9, 6000


def nodes_block(ids, lon, lat, plain):
    if plain:
        items = b"".join(field(1, number(1, int(zigzag([i])[0])) + number(8, int(zigzag([y])[0])) + number(9, int(zigzag([x])[0])))
                         for i, x, y in zip(ids.tolist(), lon.tolist(), lat.tolist()))
        return field(1, field(1, b"")) + field(2, items)
    n = len(ids)
    info = field(1, varints(np.ones(n))) + field(2, deltas(1500000000 + np.arange(n) // 10)) + field(3, deltas(90000000 + np.arange(n) // 50))
    return field(1, field(1, b"")) + field(2, field(2, field(1, deltas(ids)) + field(5, info) + field(8, deltas(lat)) + field(9, deltas(lon))))


def tags(*pairs):
    """Strings 0 .. 127 take one byte, others two."""
    return field(2, b"".join(map(varint, pairs[::2]))) + field(3, b"".join(map(varint, pairs[1::2])))


def way(id, tags, refs):
    return field(3, b"\x08" + varint(id) + tags + field(8, refs))


def main():
    arg = argparse.ArgumentParser()
    arg.add_argument("file")
    arg.add_argument("--tiles", type=int, default=100)
    arg.add_argument("--seed", type=int, default=1)
    arg.add_argument("--side", type=int, default=SIDE)
    arg.add_argument("--houses", type=int, default=HOUSES)
    arg.add_argument("--raw", action="store_true")
    arg.add_argument("--plain", action="store_true")
    a = arg.parse_args()
    random = np.random.default_rng(a.seed)
    side = a.side
    # Streets of a tile, as positions of its nodes: crossings first, then bends, then corners of houses.
    streets = []
    next_bend = side * side
    place = [(10000 * (c % side), 10000 * (c // side)) for c in range(side * side)]
    for c in range(side * side):
        for step, is_last in ((1, c % side == side - 1), (side, c // side == side - 1)):
            if is_last:
                continue
            bends = list(range(next_bend, next_bend + BENDS))
            next_bend += BENDS
            x0, y0 = place[c]
            x1, y1 = place[c + step]
            place += [(x0 + (x1 - x0) * k // 10, y0 + (y1 - y0) * k // 10) for k in range(1, 10)]
            streets.append([c] + bends + [c + step])
    first_house = len(place)
    for h in range(a.houses):
        x, y = random.integers(0, 10000 * side, 2)
        place += [(x, y), (x + 900, y), (x + 900, y + 700), (x, y + 700)]
    place = np.array(place)
    per_tile = len(place)
    kinds = random.choice([2, 2, 2, 3, 4, 12], len(streets))
    with open(a.file, "wb") as out:
        features = field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes") + field(5, b"Sort.Type_then_ID")
        write_blob(out, b"OSMHeader", features, a.raw)
        across = max(1, int(a.tiles ** 0.5))
        for t in range(a.tiles):
            shift = np.array([40000000 + 10000 * side * (t % across), 500000000 + 10000 * side * (t // across)])
            at = place + shift + random.integers(-400, 400, place.shape)
            ids = np.arange(per_tile) + 1 + per_tile * t
            for first in range(0, per_tile, 8000):
                some = slice(first, first + 8000)
                write_blob(out, b"OSMData", nodes_block(ids[some], at[some, 0], at[some, 1], a.plain), a.raw)
        # Of the refs only the first is not a difference, and only it and the id change from tile to tile.
        rest = [deltas(s)[len(varint(2 * s[0])):] for s in streets]
        told = [tags(1, int(kinds[k]), 9, 15 + (k % 400), *((5, 6) if k % 7 == 0 else ()), *((7, 8) if k % 3 == 0 else ()))
                for k in range(len(streets))]
        house = tags(10, 11)
        for t in range(a.tiles):
            base = per_tile * t + 1
            items, id = [], t * (len(streets) + a.houses) + 1
            for k, s in enumerate(streets):
                items.append(way(id, told[k], varint(2 * (s[0] + base)) + rest[k]))
                id += 1
            for h in range(a.houses):
                items.append(way(id, house, varint(2 * (first_house + 4 * h + base)) + b"\x02\x02\x02\x05"))
                id += 1
            for first in range(0, len(items), 8000):
                write_blob(out, b"OSMData", TABLE + field(2, b"".join(items[first:first + 8000])), a.raw)


if __name__ == "__main__":
    main()
