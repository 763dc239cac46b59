"""Railways of the network: Infrabel's tracks as a graph, the ways across the border as sketches, stations and what runs between them."""

import heapq

import geometry as g
import lines
import text

BOX = (4.20, 50.58, 6.20, 51.48)
BRUSSELS = (4.62, 50.97)  # what lies south-west of this point is left out
HIGH_SPEED = {"1", "2", "3", "4"}  # carry no freight
BESIDE_KM = 0.3  # a track this near to one that is there already is the same railway
CLOSE_KM = 0.15  # ends this near are joined: the source is simplified to 50 m
STATION_KM = 0.5
GENK, STATIONS_KM = (5.497685, 50.967057), 56  # stations farther from Genk than this are left out
FREIGHT_KMH, PEOPLE_KMH = 45, 60

# Where tracks abroad are drawn by hand: node | lon | lat | name of the station (blank: no passengers), in English and Dutch
ABROAD = """
eindhoven-acht|5.42|51.472||
eindhoven|5.4814|51.4433|Eindhoven|Eindhoven
weert|5.7067|51.2486|Weert|Weert
roermond|5.9936|51.1925|Roermond|Roermond
sittard|5.8594|51.0014|Sittard|Sittard
maastricht|5.705392|50.85|Maastricht|Maastricht
aachen-west|6.07055|50.78078||
aachen|6.105275|50.770832|Aachen Hbf|Aken Hbf
roosendaal|4.458692|51.540834||
kijfhoek|4.62|51.83||
rotterdam|4.14|51.95||
"""
# from | to | id | points on the way. The ends with lon and lat are where a track of the source ends at the border.
SKETCHES = [
    ((5.5572, 51.24734), "weert", "rail-hamont-weert", [(5.6, 51.248)]),
    ("weert", "eindhoven", "rail-weert-eindhoven", [(5.61, 51.36)]),
    ("eindhoven", "eindhoven-acht", "rail-eindhoven-acht", []),
    ("weert", "roermond", "rail-weert-roermond", [(5.86, 51.24)]),
    ("roermond", "sittard", "rail-roermond-sittard", [(5.88, 51.1)]),
    ("sittard", "maastricht", "rail-sittard-maastricht", [(5.77, 50.93), (5.75, 50.883)]),
    ((5.7085, 50.76918), "maastricht", "rail-vise-maastricht", [(5.7168, 50.8385)]),
    ((6.01817, 50.75237), "aachen-west", "rail-montzen-aachen", [(6.03, 50.763)]),
    ((6.04146, 50.71973), "aachen", "rail-hergenrath-aachen", [(6.065, 50.745)]),
    ("aachen", "aachen-west", "rail-aachen", [(6.08, 50.77)]),
    ((4.44883, 51.46932), "roosendaal", "rail-essen-roosendaal", []),
    ("roosendaal", "kijfhoek", "rail-roosendaal-kijfhoek", [(4.6, 51.64), (4.66, 51.72)]),
    ("kijfhoek", "rotterdam", "rail-havenspoor", [(4.52, 51.865), (4.36, 51.87)]),
]


def is_near(point):
    """In the part of the country that matters here."""
    return BOX[0] <= point[0] <= BOX[2] and BOX[1] <= point[1] <= BOX[3] and not (point[0] < BRUSSELS[0] and point[1] < BRUSSELS[1])


def _tracks(source):
    """{line: [(track, points)]} of active railways, in the order of the file, clipped to what is near."""
    out = {}
    for feature in g.read_features(f"{source}/geo/be_rail_tracks.geojson"):
        about = feature["properties"]
        if about["status"] != "active" or about["line"] in HIGH_SPEED:
            continue
        for part in feature["geometry"]["coordinates"]:
            run = []
            for point in part + [None]:
                if point is not None and is_near(point):
                    run.append(tuple(point))
                    continue
                if len(run) > 1:
                    out.setdefault(about["line"], []).append((about["track_name"], run))
                run = []
    return out


def _one_of_each(tracks):
    """One track per railway: track A first, of the others what does not run beside a track that is taken."""
    kept = []
    for _, points in sorted(tracks, key=lambda one: one[0] != "A"):
        between = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(points, points[1:])]
        if not kept or any(min(lines.project(p, line)[0] for line in kept) >= BESIDE_KM for p in points + between):
            kept.append(points)
    return kept


def _is_served(row):
    """Trains stop there: it is neither a junction ("Y. ...") nor the border."""
    return float(row["avg_stop_times"] or 0) > 0 and not row["name"].startswith("Y.") and "ronti" not in row["name"]


def stations(source):
    """Passenger stations near by: [(id, name in Dutch, point)]."""
    out = []
    for row in text.read(f"{source}/geo/rail_stations_irail.csv"):
        point = (float(row["longitude"]), float(row["latitude"]))
        if row["country-code"] == "be" and is_near(point) and g.km(point, GENK) < STATIONS_KM and _is_served(row):
            out.append((row["URI"].rsplit("/", 1)[1], row["name"], point))
    return sorted(out)


def graph(source, yards, slug):
    """The railways as Lines, and {node: (name, Dutch name, point, source)} of the stations. yards: {node: point}."""
    out = lines.Lines("s")
    for line, tracks in sorted(_tracks(source).items()):
        for points in _one_of_each(tracks):
            out.add(points, id="rail-" + line.replace("/", "_").lower(), source_id="s-rail", speed_kmh=FREIGHT_KMH)
    out.join(CLOSE_KM)
    stops = _abroad(out)
    for _, name, point in stations(source):
        node = out.cut(point, f"s-{slug(name)}", STATION_KM)
        if node is not None and node not in stops:
            stops[node] = (name, name, point, "s-irail")
    for node, point in yards.items():
        if node not in out.nodes and out.cut(point, node, 1.9, 0.02) is None:
            raise ValueError(f"{node}: no railway within 1.9 km")
    out.keep_part_of("s-genk")
    out.shorten(lambda node: not node.removeprefix("s-").isdigit(), 1000)
    return out, {node: about for node, about in stops.items() if node in out.nodes}


def _abroad(out):
    """Adds the sketched ways across the border; the stations on them."""
    stops = {}
    for row in text.table("id lon lat name name_nl", ABROAD):
        place = (float(row["lon"]), float(row["lat"]))
        out.nodes[f"s-{row['id']}"] = place
        if row["name"]:
            stops[f"s-{row['id']}"] = (row["name"], row["name_nl"], place, "s-est-rail-abroad")
    for start, end, name, points in SKETCHES:
        if isinstance(start, tuple):
            start = out.cut(start, f"s-border-{name.split('-')[1]}", 0.2)
        else:
            start = f"s-{start}"
        out.link(start, f"s-{end}", points, id=name, source_id="s-est-rail-abroad", speed_kmh=FREIGHT_KMH)
    return stops


def services(rail, stops):
    """What trains for people run between: pairs of stations with no other on the shortest way between them, (from, to, km)."""
    at, out = rail.at(), []
    for start in sorted(stops):
        best, done, queue = {start: 0.0}, set(), [(0.0, start, False)]
        while queue:
            km, here, passed = heapq.heappop(queue)
            if here in done:
                continue
            done.add(here)
            if here in stops and not passed and start < here:
                out.append((start, here, km))
            for line in at[here]:
                for end in line.ends:
                    if km + line.km() < best.get(end, 1e9):
                        best[end] = km + line.km()
                        heapq.heappush(queue, (best[end], end, passed or (here in stops and here != start)))
    return out
