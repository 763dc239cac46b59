"""Lines that come without topology made into a graph: ends that nearly meet are joined, lines are cut where something is on them.

Lengths are great-circle kilometres along the points; projections are flat, which is good to a metre over the 200 km drawn here."""

import math

import geometry as g

LAT_KM = math.pi * g.EARTH_KM / 180
LON_KM = LAT_KM * math.cos(math.radians(51))


class Line:
    """One way between two places, with what is known about it; `ends` are node ids once the lines are joined."""

    def __init__(self, points, about, ends=(None, None)):
        self.points, self.about, self.ends = points, about, list(ends)

    def km(self):
        return length(self.points)


def length(points):
    return sum(g.km(a, b) for a, b in zip(points, points[1:]))


def project(point, points):
    """(km away, segment, place on it, share of the segment) of the place on a line nearest to a point."""
    best = (math.inf, 0, points[0], 0.0)
    for at, ((x1, y1), (x2, y2)) in enumerate(zip(points, points[1:])):
        dx, dy = (x2 - x1) * LON_KM, (y2 - y1) * LAT_KM
        px, py = (point[0] - x1) * LON_KM, (point[1] - y1) * LAT_KM
        along = dx * dx + dy * dy
        share = 0.0 if along == 0 else max(0.0, min(1.0, (px * dx + py * dy) / along))
        away = math.hypot(px - share * dx, py - share * dy)
        if away < best[0]:
            best = (away, at, (x1 + share * (x2 - x1), y1 + share * (y2 - y1)), share)
    return best


def split(points, at, place):
    """The two halves of a line cut at a place on segment `at`."""
    return points[:at + 1] + [place], [place] + points[at + 1:]


class Lines:
    """Lines that become a graph: add(), join(), then cut() where terminals, locks and stations are."""

    def __init__(self, prefix):
        self.prefix, self.lines, self.nodes = prefix, [], {}

    def add(self, points, **about):
        points = [tuple(p[:2]) for p in points]
        points = [p for at, p in enumerate(points) if at == 0 or p != points[at - 1]]
        if len(points) > 1:
            self.lines.append(Line(points, about))

    def join(self, tolerance):
        """Ends within `tolerance` km of one another become one node; an end that near to the middle of another line cuts it."""
        for end in sorted({line.points[side] for line in self.lines for side in (0, -1)}):
            self._cut_near(end, tolerance)
        ends = sorted({line.points[side] for line in self.lines for side in (0, -1)})
        group = _cluster(ends, tolerance)
        for line in self.lines:
            for side in (0, -1):
                line.points[side] = group[line.points[side]]
        self.lines = [line for line in self.lines if line.points[0] != line.points[-1] or line.km() > 4 * tolerance]
        places = sorted({line.points[side] for line in self.lines for side in (0, -1)})
        self.nodes = {f"{self.prefix}-{number}": place for number, place in enumerate(places, 1)}
        name = {place: node for node, place in self.nodes.items()}
        for line in self.lines:
            line.ends = [name[line.points[0]], name[line.points[-1]]]

    def _cut_near(self, point, tolerance):
        out = []
        for line in self.lines:
            away, at, place, share = project(point, line.points)
            near_end = min(g.km(place, line.points[0]), g.km(place, line.points[-1])) <= tolerance
            if away > tolerance or near_end or point in (line.points[0], line.points[-1]):
                out.append(line)
            else:
                out += [Line(half, line.about) for half in split(line.points, at, place)]
        self.lines = out

    def nearest(self, point):
        """(km away, line, segment, place) over all lines; the first of equals."""
        return min(((*project(point, line.points)[:3], number) for number, line in enumerate(self.lines)), key=lambda one: (one[0], one[3]))

    def cut(self, point, node, within, snap=0.05):
        """The node on the graph nearest to a point: one that is there within `snap` km along the line, renamed to `node` where it has
        no name yet, or a new one that cuts the line. None when nothing lies `within` km."""
        away, at, place, number = self.nearest(point)
        if away > within:
            return None
        line = self.lines[number]
        for side in (0, -1):
            if g.km(place, line.points[side]) <= snap:
                return self._rename(line.ends[side], node)
        first, second = split(line.points, at, place)
        self.nodes[node] = place
        self.lines[number:number + 1] = [Line(first, line.about, (line.ends[0], node)), Line(second, line.about, (node, line.ends[1]))]
        return node

    def _rename(self, old, new):
        if not old.removeprefix(self.prefix + "-").isdigit() or old == new:
            return old
        self.nodes[new] = self.nodes.pop(old)
        for line in self.lines:
            line.ends = [new if end == old else end for end in line.ends]
        return new

    def link(self, from_id, to_id, points, **about):
        """A line drawn by hand between two nodes that are there."""
        self.lines.append(Line([self.nodes[from_id], *points, self.nodes[to_id]], about, (from_id, to_id)))

    def at(self):
        """Lines by node."""
        out = {node: [] for node in self.nodes}
        for line in self.lines:
            for end in set(line.ends):
                out[end].append(line)
        return out

    def keep_part_of(self, node):
        """Drops everything that does not hang together with a node."""
        at, seen, todo = self.at(), {node}, [node]
        while todo:
            for line in at[todo.pop()]:
                for end in line.ends:
                    if end not in seen:
                        seen.add(end)
                        todo.append(end)
        self.lines = [line for line in self.lines if line.ends[0] in seen]
        self.nodes = {name: place for name, place in self.nodes.items() if name in seen}

    def shorten(self, is_named, stub):
        """Drops loops, all but the shortest of parallel lines, dead ends under `stub` km without a name, and nodes where
        nothing forks, until nothing changes. `is_named(node)`: it stays."""
        changed = True
        while changed:
            before = len(self.lines)
            self._drop_parallels()
            self._drop_stubs(is_named, stub)
            self._merge(is_named)
            changed = len(self.lines) != before
        used = {end for line in self.lines for end in line.ends}
        self.nodes = {name: place for name, place in self.nodes.items() if name in used}

    def _drop_parallels(self):
        best = {}
        for number, line in enumerate(self.lines):
            pair = tuple(sorted(line.ends))
            if pair[0] != pair[1] and (pair not in best or line.km() < best[pair][0]):
                best[pair] = (line.km(), number)
        kept = {number for _, number in best.values()}
        self.lines = [line for number, line in enumerate(self.lines) if number in kept]

    def _drop_stubs(self, is_named, stub):
        at = self.at()
        loose = {node for node, lines in at.items() if len(lines) == 1 and not is_named(node)}
        self.lines = [line for line in self.lines if not (loose & set(line.ends) and line.km() < stub)]

    def _merge(self, is_named):
        for node in sorted(self.nodes):
            if is_named(node):
                continue
            mine = [line for line in self.lines if node in line.ends]
            if len(mine) == 2:
                one, two = mine
                if one.ends[1] != node:
                    one = Line(one.points[::-1], one.about, one.ends[::-1])
                if two.ends[0] != node:
                    two = Line(two.points[::-1], two.about, two.ends[::-1])
                if one.ends[0] == two.ends[1]:
                    continue
                self.lines = [line for line in self.lines if node not in line.ends]
                longer = one if one.km() >= two.km() else two
                self.lines.append(Line(one.points + two.points[1:], longer.about, (one.ends[0], two.ends[1])))

    def thin(self, tolerance):
        """Fewer points per line; `tolerance` in degrees."""
        for line in self.lines:
            line.points = g.simplify(line.points, tolerance)


def _cluster(points, tolerance):
    """{point: the one that stands for it}: chains of points within `tolerance` km become one, the first of each."""
    stands = {}
    for start in points:
        if start in stands:
            continue
        stands[start] = start
        todo = [start]
        while todo:
            here = todo.pop()
            for other in points:
                if other not in stands and abs(other[1] - here[1]) * LAT_KM <= tolerance and g.km(other, here) <= tolerance:
                    stands[other] = start
                    todo.append(other)
    return stands
