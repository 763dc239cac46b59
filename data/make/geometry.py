"""Polygons as plain lists: dissolve, point in polygon, hull, distance. No library needed."""

import json
import math

EARTH_KM = 6371.0088


def read_features(path):
    """The features of a GeoJSON file, in file order."""
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)["features"]


def polygons_of(geometry):
    """A (multi)polygon as a list of polygons, each a list of rings of [lon, lat]."""
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    return geometry["coordinates"]


def ring_area(ring):
    """Signed area in square degrees; above 0 when the ring runs counter-clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:])) / 2


def point_in_ring(point, ring):
    """Even-odd rule."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def point_in(point, polygons):
    """True when the point lies in one of the polygons and in none of that polygon's holes."""
    return any(point_in_ring(point, rings[0]) and not any(point_in_ring(point, hole) for hole in rings[1:])
               for rings in polygons)


def dissolve(polygons, digits=6):
    """The union of polygons that share borders point by point: a border that two polygons share, in opposite
    directions, vanishes; what remains is chained into rings again."""
    edges = set()
    for rings in polygons:
        for at, ring in enumerate(rings):
            points = [tuple(round(c, digits) for c in p[:2]) for p in ring]
            if (ring_area(points) < 0) == (at == 0):
                points.reverse()
            for edge in zip(points, points[1:]):
                if edge[0] == edge[1]:
                    continue
                if edge[::-1] in edges:
                    edges.remove(edge[::-1])
                else:
                    edges.add(edge)
    follows = {}
    for a, b in sorted(edges):
        follows.setdefault(a, []).append(b)
    outer, holes = [], []
    while follows:
        start = min(follows)
        ring, here, seen = [start], start, {start: 0}
        while here in follows:
            following = follows[here].pop()
            if not follows[here]:
                del follows[here]
            if following in seen:
                loop = ring[seen[following]:] + [following]
                (outer if ring_area(loop) > 0 else holes).append([list(p) for p in loop])
                for gone in ring[seen[following] + 1:]:
                    del seen[gone]
                ring = ring[:seen[following] + 1]
            else:
                seen[following] = len(ring)
                ring.append(following)
            here = following
    return [[ring] + [h for h in holes if point_in_ring(middle(h), ring) or point_in_ring(h[0], ring)] for ring in outer]


def middle(ring):
    """Centre of gravity of a ring."""
    area = ring_area(ring)
    if abs(area) < 1e-14:
        return [ring[0][0], ring[0][1]]
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, ring[1:])) / (6 * area)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in zip(ring, ring[1:])) / (6 * area)
    return [x, y]


def centre(polygons):
    """Centre of gravity of the largest polygon."""
    return middle(max((rings[0] for rings in polygons), key=lambda ring: abs(ring_area(ring))))


def hull(points):
    """Convex hull, counter-clockwise and closed (Andrew's monotone chain)."""
    points = sorted(set((p[0], p[1]) for p in points))

    def half(run):
        chain = []
        for p in run:
            while len(chain) > 1 and ((chain[-1][0] - chain[-2][0]) * (p[1] - chain[-2][1])
                                      - (chain[-1][1] - chain[-2][1]) * (p[0] - chain[-2][0])) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    ring = half(points) + half(points[::-1])
    return [list(p) for p in ring + ring[:1]]


def simplify(line, tolerance):
    """Douglas-Peucker in degrees; keeps both ends."""
    if len(line) < 3:
        return line
    (x1, y1), (x2, y2) = line[0][:2], line[-1][:2]
    dx, dy = x2 - x1, y2 - y1
    length2 = dx * dx + dy * dy

    def off(p):
        t = 0 if length2 == 0 else max(0, min(1, ((p[0] - x1) * dx + (p[1] - y1) * dy) / length2))
        return math.hypot(p[0] - x1 - t * dx, p[1] - y1 - t * dy)

    at, most = max(((i, off(p)) for i, p in enumerate(line[1:-1], 1)), key=lambda pair: pair[1])
    if most <= tolerance:
        return [line[0], line[-1]]
    return simplify(line[:at + 1], tolerance)[:-1] + simplify(line[at:], tolerance)


def km(a, b):
    """Great-circle distance of two [lon, lat] points."""
    lon1, lat1, lon2, lat2 = (math.radians(v) for v in (a[0], a[1], b[0], b[1]))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(h))


def rounded(value, digits):
    """Coordinates at any depth, rounded."""
    if isinstance(value, (list, tuple)):
        return [rounded(v, digits) for v in value]
    return round(value, digits)


def write_features(path, features):
    """One feature per line, so that changes can be read as a diff."""
    with open(path, "w", encoding="utf-8", newline="\n") as stream:
        stream.write('{"type":"FeatureCollection","features":[\n')
        stream.write(",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features))
        stream.write("\n]}\n")
