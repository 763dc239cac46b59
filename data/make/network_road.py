"""Roads of the network. There is no open road map here: municipalities next to one another are linked by an estimate, motorways are
a sketch, and every site gets its way to the nearest of them."""

import geometry as g
import text

BOX = (4.15, 50.50, 6.30, 51.55)
DETOUR, MOTORWAY_DETOUR, CYCLE_DETOUR = 1.25, 1.06, 1.2
MOTORWAY_KMH = 80
SAME_KM = 0.2  # a site this near to a node needs none of its own
ACCESS = 3  # nodes that a site, a junction or a place abroad is linked to
NEAR_KM, NEAR = 5, 4  # and others like it near by
CYCLE_KM = 12
CYCLE_BOX = (4.95, 50.68, 5.90, 51.32)  # the province of Limburg and a little more

# Places abroad | lon | lat
ABROAD = """
maastricht|5.69|50.85
sittard|5.85|51.0
heerlen|5.98|50.89
kerkrade|6.06|50.87
roermond|5.99|51.19
echt|5.87|51.11
venlo|6.15|51.36
kessel|6.04|51.29
thorn|5.85|51.16
weert|5.71|51.25
valkenswaard|5.46|51.35
tilburg|5.08|51.56
breda|4.776|51.589
roosendaal|4.459|51.535
dordrecht|4.67|51.8
rotterdam|4.47|51.92
"""
# Pairs that meet across the border, or abroad; municipalities by name as the source writes it
ABROAD_LINKS = """
maastricht|Lanaken
maastricht|Riemst
maastricht|Wezet
maastricht|sittard
maastricht|heerlen
sittard|Maasmechelen
sittard|heerlen
sittard|echt
sittard|Dilsen-Stokkem
echt|Maaseik
echt|roermond
echt|thorn
thorn|Kinrooi
thorn|weert
thorn|roermond
weert|Bree
weert|Hamont-Achel
weert|roermond
weert|valkenswaard
roermond|kessel
kessel|venlo
kessel|weert
venlo|gate-eindhoven
valkenswaard|gate-eindhoven
valkenswaard|Lommel
valkenswaard|Hamont-Achel
gate-eindhoven|tilburg
gate-eindhoven|weert
tilburg|Turnhout
tilburg|breda
breda|Hoogstraten
breda|roosendaal
breda|dordrecht
roosendaal|Essen
roosendaal|dordrecht
dordrecht|rotterdam
rotterdam|gate-world
heerlen|kerkrade
heerlen|gate-aachen
kerkrade|gate-aachen
gate-aachen|Plombières
gate-aachen|Kelmis
gate-aachen|Raeren
"""
# Motorways as sketched: id | name | junctions as lon lat. They share a junction where the figures are the same.
MOTORWAYS = """
e313|E313|4.45 51.21; 4.58 51.20; 4.65 51.185; 4.78 51.155; 4.88 51.135; 4.97 51.115; 5.09 51.085; 5.22 51.02; 5.24 50.975; 5.29 50.94; 5.34 50.90; 5.41 50.88; 5.50 50.845; 5.49 50.79; 5.55 50.74; 5.58 50.67
e314|E314|4.70 50.86; 4.76 50.91; 4.86 50.935; 4.98 50.94; 5.11 50.955; 5.24 50.975; 5.31 51.005; 5.38 51.01; 5.46 50.985; 5.545 50.98; 5.66 50.965; 5.80 50.955; 5.92 50.905; 5.98 50.865; 6.03 50.81; 6.12 50.81
e34|E34|4.58 51.20; 4.70 51.255; 4.82 51.265; 4.95 51.295; 5.11 51.29; 5.20 51.31; 5.32 51.37; 5.43 51.41
e25|E25|5.43 51.41; 5.58 51.35; 5.70 51.27; 5.83 51.18; 5.85 51.06; 5.80 50.955; 5.73 50.87; 5.70 50.77; 5.65 50.69; 5.58 50.67
e40|E40|4.70 50.86; 4.93 50.78; 5.26 50.71; 5.50 50.665; 5.58 50.67; 5.65 50.69; 5.82 50.65; 6.07 50.70; 6.12 50.81
e19|E19|4.45 51.21; 4.48 51.27; 4.62 51.40; 4.73 51.53; 4.66 51.68; 4.60 51.85; 4.47 51.875; 4.20 51.90
"""


def inside(point, box):
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def motorways():
    """[(id, name, [(lon, lat)])]"""
    return [(row["id"], row["name"], [tuple(float(c) for c in point.split()) for point in row["points"].split(";")])
            for row in text.table("id name points", MOTORWAYS)]


class Roads:
    """Nodes and links as they are added. nodes: {id: (point, source)}; links: {id: (from, to, km, speed, source)}."""

    def __init__(self, slug):
        self.slug, self.nodes, self.links = slug, {}, {}

    def node(self, name, point, source_id):
        self.nodes[f"r-{name}"] = (point, source_id)
        return f"r-{name}"

    def link(self, start, end, detour, source_id, speed="", prefix="road"):
        pair = sorted((start, end))
        name = "-".join([prefix] + [one.removeprefix("r-") for one in pair])
        if start != end and name not in self.links:
            self.links[name] = (*pair, g.km(self.nodes[start][0], self.nodes[end][0]) * detour, speed, source_id)

    def nearest(self, point, among, count, within=1e9):
        """The `count` nearest nodes of a list."""
        near = sorted((g.km(point, self.nodes[node][0]), node) for node in among if abs(point[1] - self.nodes[node][0][1]) < 0.5)
        return [node for km, node in near[:count] if km <= within]


def graph(source, access, slug):
    """The roads. access: [(name, point, source)] of what needs a way to the road: terminals, gateways, sites."""
    roads, by_nis = Roads(slug), {}
    for row in text.read(f"{source}/geo/road_nodes_estimated.csv"):
        point = (float(row["lon"]), float(row["lat"]))
        if inside(point, BOX):
            by_nis[row["nis"]] = roads.node(slug(row["name"]), point, "s-statbel")
    for row in text.read(f"{source}/geo/road_links_estimated.csv"):
        if row["from_nis"] in by_nis and row["to_nis"] in by_nis:
            roads.link(by_nis[row["from_nis"]], by_nis[row["to_nis"]], DETOUR, "s-est-road")
    towns = list(by_nis.values())
    for row in text.table("id lon lat", ABROAD):
        towns.append(roads.node(row["id"], (float(row["lon"]), float(row["lat"])), "s-est-place"))
    added = _junctions(roads, towns)
    _access(roads, access, towns, added)
    for row in text.table("from to", ABROAD_LINKS):
        roads.link(*(f"r-{slug(row[end])}" for end in ("from", "to")), DETOUR, "s-est-road-abroad")
    return roads


def _junctions(roads, towns):
    """Motorways and the ways on to them: the junctions."""
    known, drawn = {}, set()
    for motorway, _, points in motorways():
        for number, point in enumerate(points, 1):
            if point not in known:
                known[point] = roads.node(f"{motorway}-{number}", point, "s-est-motorway")
        for a, b in zip(points, points[1:]):
            if frozenset((a, b)) not in drawn:  # two motorways may share a stretch
                roads.link(known[a], known[b], MOTORWAY_DETOUR, "s-est-motorway", MOTORWAY_KMH, motorway)
            drawn.add(frozenset((a, b)))
    for point, node in known.items():
        for town in roads.nearest(point, towns, ACCESS, 15):
            roads.link(node, town, DETOUR, "s-est-road-access")
    return list(known.values())


def _access(roads, access, towns, added):
    """Each place gets a node of its own, unless there is one, and ways to towns, junctions and its like."""
    for name, point, source_id in access:
        if roads.nearest(point, list(roads.nodes), 1, SAME_KM):
            continue
        node = roads.node(name, point, source_id)
        for other in roads.nearest(point, towns, ACCESS, 25) + roads.nearest(point, added, NEAR, NEAR_KM):
            roads.link(node, other, DETOUR, "s-est-road-access")
        added.append(node)


def cycle_ways(roads):
    """Short links of the road graph again, for bicycles: (id, from, to, km)."""
    out = []
    for name, (start, end, km, speed, source_id) in roads.links.items():
        straight = g.km(roads.nodes[start][0], roads.nodes[end][0])
        near = all(inside(roads.nodes[one][0], CYCLE_BOX) for one in (start, end))
        if near and not speed and straight <= CYCLE_KM and source_id != "s-est-road-abroad":
            out.append((name.replace("road", "cycle", 1), start, end, straight * CYCLE_DETOUR))
    return out
