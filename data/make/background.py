"""The background of the map: water, rail, and motorways as a sketch. GeoJSON, clipped and simplified."""

import os

import geometry as g
from network_road import motorways

BOX = (4.20, 50.60, 6.20, 51.45)
# No open road geometry is at hand. Motorways are the sketch that the network has: straight from junction to junction, no map.
ROADS = ("e313", "e314", "e34")
LICENCES = """# Background of the map

| file | what | licence |
|---|---|---|
| water.geojson | Albert Canal and other canals and docks between Antwerp and Liège, from the Flemish hydrographic atlas (VMM, INBO), clipped and simplified to about 30 m | Flemish free re-use, name VMM and INBO |
| rail.geojson | railway tracks, Infrabel open data of 2019, one line per track, clipped and simplified to about 60 m | Infrabel open data, attribution |
| road.geojson | E313, E314 and E34, **sketched** straight from junction to junction as in the network: an estimate for orientation, not a road map | none (own sketch) |
"""


def lines_of(geometry):
    return [geometry["coordinates"]] if geometry["type"] == "LineString" else geometry["coordinates"]


def inside(point):
    return BOX[0] <= point[0] <= BOX[2] and BOX[1] <= point[1] <= BOX[3]


def clipped(line):
    """The runs of a line whose points lie in the box, with one point beyond each end."""
    run, out = [], []
    for at, point in enumerate(line):
        near = inside(point) or (at > 0 and inside(line[at - 1])) or (at + 1 < len(line) and inside(line[at + 1]))
        if near:
            run.append(point)
        elif run:
            out.append(run)
            run = []
    return [part for part in out + [run] if len(part) > 1]


def thinned(geometry, tolerance):
    lines = [g.rounded(g.simplify(part, tolerance), 5) for line in lines_of(geometry) for part in clipped(line)]
    lines = [line for line in lines if len(line) > 1 and not (len(line) == 2 and line[0] == line[1])]
    return {"type": "MultiLineString", "coordinates": lines} if lines else None


def make_background(source, folder):
    os.makedirs(folder, exist_ok=True)
    water = []
    for feature in g.read_features(f"{source}/geo/waterways_albert_canal_scheldt.geojson"):
        shape = thinned(feature["geometry"], 0.0003)
        if shape:
            water.append({"type": "Feature", "properties": {"name": feature["properties"]["name"], "publisher": "VMM and INBO", "source_id": "s-canal"}, "geometry": shape})
    g.write_features(os.path.join(folder, "water.geojson"), water)
    rail = {}
    for feature in g.read_features(f"{source}/geo/be_rail_tracks.geojson"):
        line = feature["properties"]["line"]
        if line in rail and feature["properties"]["track_name"] != rail[line]["track"]:
            continue  # the second track of a line lies beside the first
        shape = thinned(feature["geometry"], 0.0006)
        if shape:
            one = rail.setdefault(line, {"track": feature["properties"]["track_name"], "status": feature["properties"]["status"], "lines": []})
            one["lines"] += shape["coordinates"]
    g.write_features(os.path.join(folder, "rail.geojson"), [
        {"type": "Feature", "properties": {"line": line, "status": one["status"], "publisher": "Infrabel 2019"},
         "geometry": {"type": "MultiLineString", "coordinates": one["lines"]}} for line, one in sorted(rail.items())])
    g.write_features(os.path.join(folder, "road.geojson"), [
        {"type": "Feature", "properties": {"name": name, "quality": "estimate", "source_id": "s-est-motorway"},
         "geometry": {"type": "LineString", "coordinates": [list(point) for point in way]}}
        for motorway, name, way in motorways() if motorway in ROADS])
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8", newline="\n") as stream:
        stream.write(LICENCES)
