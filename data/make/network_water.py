"""Waterways of the network: the Albert Canal with its locks, docks and other canals; the ways to Liège and Rotterdam as sketches."""

import geometry as g
import lines
import text

CLOSE_KM = 0.3  # ends of axes this near belong together
THIN = 0.0001  # degrees, about 10 m

# Waterways of the source to use | id | largest ship in t of cargo (blank: those of the Albert Canal)
CANALS = """
Albertkanaal|albert-canal|
Kanaal Briegden - Neerharen|briegden-neerharen|600
Kanaal van Bocholt naar Herentals|bocholt-herentals|600
Kanaal Dessel - Kwaadmechelen|dessel-kwaadmechelen|1350
Kanaal Dessel - Schoten|dessel-schoten|600
Schelde Rijnverbindingskanaal|scheldt-rhine|
Havendok|havendok|
Hansadok|hansadok|
Leopolddok|leopolddok|
Albertdok|albertdok|
Royerssluis|lock-royers|
Boudewijnsluis|lock-boudewijn|
Van Cauwelaertsluis|lock-van-cauwelaert|
Berendrechtsluis|lock-berendrecht|
Zandvlietsluis|lock-zandvliet|
"""
SCHELDT_FROM = 4.33  # degrees: the tidal Scheldt is used from Antwerp downstream

# The lock lies between two receivers of a fish study named after it, downstream and upstream; it is drawn half way,
# in Genk a little before that, because the coal harbour is upstream of it. id | lon and lat of both | share of the way
LOCKS = """
wijnegem|4.5332846|51.2281277|4.544249|51.2248728|0.5
olen|4.85635|51.159335|4.8653041|51.1576335|0.5
kwaadmechelen|5.1029468|51.0985513|5.1133155|51.096888|0.5
hasselt|5.3643243|50.9406792|5.3743823|50.9406125|0.5
diepenbeek|5.4270421|50.9385133|5.4373164|50.9380396|0.5
genk|5.487716|50.9357743|5.4970086|50.9356423|0.36
"""
LOCK_KM = 0.4
# 129.5 km from end to end and six locks in 14 h: 12 km/h between the locks leaves 0.53 h for each.
CANAL_KMH, LOCK_H = 12, 0.53

# Drawn by hand, from | to | id | points on the way. South of the border the receivers of the same study guide the line.
SKETCHES = {
    "liege": ("albert-canal-liege", [(5.6895, 50.79), (5.688, 50.768), (5.6765, 50.74), (5.672638, 50.714109), (5.67876, 50.702052), (5.655, 50.682)],
              "s-est-canal-liege"),
    "monsin": ("meuse-liege", [(5.611382, 50.650369), (5.603056, 50.648447), (5.585103, 50.636918)], "s-est-canal-liege"),
    "rotterdam": ("scheldt-rhine-rotterdam", [(4.24, 51.43), (4.22, 51.53), (4.3, 51.65), (4.41, 51.69), (4.6, 51.715), (4.63, 51.76), (4.63, 51.81), (4.33, 51.86),
                                         (4.28, 51.885)], "s-est-water-abroad"),
}
MONSIN, ROTTERDAM = (5.626992, 50.65697), (4.14, 51.95)


def graph(source, quays, kilometre, liege):
    """The waterways as Lines. quays: {node: point} on the canal or a dock; kilometre: points projected on the canal."""
    out = lines.Lines("w")
    features = {f["properties"]["name"]: f["geometry"] for f in g.read_features(f"{source}/geo/waterways_albert_canal_scheldt.geojson")
                if f["properties"]["full_name"] != "Zeeschelde - Boven-Zeeschelde"}
    for row in text.table("name id max_t", CANALS):
        out.add(g.simplify(features[row["name"]]["coordinates"], THIN), id=row["id"], source_id="s-canal", max_t=row["max_t"], speed_kmh=CANAL_KMH)
    scheldt = features["Zeeschelde"]["coordinates"]
    first = min(at for at, point in enumerate(scheldt) if point[0] >= SCHELDT_FROM)
    out.add(g.simplify(scheldt[first:], THIN), id="scheldt", source_id="s-canal", max_t="", speed_kmh=CANAL_KMH)
    out.join(CLOSE_KM)
    south, north = out.cut((5.67766, 50.80601), "w-border-lanaye", 0.1), out.cut((4.26741, 51.37563), "w-border-scheldt-rhine", 0.1)
    out.nodes |= {"w-monsin": MONSIN, "w-liege": liege, "w-rotterdam": ROTTERDAM}
    for start, end, (name, points, source_id) in ((south, "w-monsin", SKETCHES["liege"]), ("w-monsin", "w-liege", SKETCHES["monsin"]),
                                                  (north, "w-rotterdam", SKETCHES["rotterdam"])):
        out.link(start, end, points, id=name, source_id=source_id, max_t="", speed_kmh=CANAL_KMH)
    for row in text.table("name lon1 lat1 lon2 lat2 share", LOCKS):
        share = float(row["share"])
        _lock(out, row["name"], [float(row[f"{axis}1"]) * (1 - share) + float(row[f"{axis}2"]) * share for axis in ("lon", "lat")])
    for node, point in (quays | kilometre).items():
        if node not in out.nodes and out.cut(point, node, 2, 0.02) is None:
            raise ValueError(f"{node}: no waterway within 2 km")
    out.keep_part_of("w-port-genk")
    out.shorten(lambda node: not node.removeprefix("w-").isdigit(), 0)
    return out


def _lock(out, name, middle):
    """Cuts a short line out of the canal; it is the link that can be closed."""
    _, at, place, number = out.nearest(middle)
    line = out.lines[number]
    along = lines.length(line.points[:at + 1] + [place])
    nodes = []
    for side, word in ((-1, "a"), (1, "b")):
        nodes.append(out.cut(_point_along(line.points, along + side * LOCK_KM / 2), f"w-lock-{name}-{word}", 0.01, 0))
    lock = next(one for one in out.lines if set(one.ends) == set(nodes))
    lock.about = lock.about | {"id": f"canal-lock-{name}", "source_id": "s-canal-lock", "speed_kmh": round(LOCK_KM / LOCK_H, 3)}


def _point_along(points, km):
    """The point so many km from the start of a line."""
    for a, b in zip(points, points[1:]):
        step = g.km(a, b)
        if step >= km:
            return tuple(p + (q - p) * km / step for p, q in zip(a, b))
        km -= step
    return points[-1]
