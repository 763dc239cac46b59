"""Aim: maps made by others are read as their authors mean them. Method: each file goes through `knoop import` into a region; what it should
hold is computed here from the XML by another program (ElementTree), and stands beside the cases as WKT.

osm-testdata tags few roads, so the grid is read twice: as it is, and with every way made a road. Files that are no OpenStreetMap
must be refused with the byte where it shows, and leave the region as it was; what has nothing to do with roads is no reason to
refuse a map. Prints TAP."""
import collections
import gzip
import json
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

KNOOP, PACKAGE, DATA = sys.argv[1:]
CASES = os.path.join(DATA, "osm-testdata")
NEAR = 1e-7 / 2 + 1e-12  # coordinates are kept to 1e-7 degrees
count = 0
failed = 0


def result(title, faults):
    """One test point; faults: lines that say what is wrong."""
    global count, failed
    count += 1
    failed += bool(faults)
    print(f"{'not ok' if faults else 'ok'} {count} - {title}")
    for fault in faults[:20]:
        print(f"# {fault}")


def run(*args):
    return subprocess.run([KNOOP, *args], capture_output=True, text=True)


# ------------------------------------------------------------------ what a map holds, by the XML
def read_xml(path):
    """Places of nodes, and ways as (nodes, tags); the last version of an object counts."""
    opened = gzip.open(path) if path.endswith(".gz") else open(path, "rb")
    nodes, ways = {}, {}
    with opened as file:
        for _, at in ElementTree.iterparse(file):
            if at.tag == "node" and "lon" in at.attrib:
                nodes[int(at.attrib["id"])] = (float(at.attrib["lon"]), float(at.attrib["lat"]))
            elif at.tag == "way":
                tags = {tag.attrib["k"]: tag.attrib["v"] for tag in at.findall("tag")}
                ways[int(at.attrib["id"])] = ([int(nd.attrib["ref"]) for nd in at.findall("nd")], tags)
            if at.tag in ("node", "way", "relation"):
                at.clear()
    return nodes, ways


def runs_of(refs, nodes):
    """The parts of a way of which all nodes are there, at least two of them."""
    parts, part = [], []
    for ref in refs + [None]:
        if ref in nodes:
            part.append(ref)
            continue
        if len(part) > 1:
            parts.append(part)
        part = []
    return parts


# ------------------------------------------------------------------ what the region holds
def line_of(blob):
    """Points of a GeoPackage linestring."""
    start = 8 + [0, 32, 48, 48, 64][blob[3] >> 1 & 7]
    order = "<" if blob[start] == 1 else ">"
    kind, n = struct.unpack_from(order + "II", blob, start + 1)
    assert kind == 2
    numbers = struct.unpack_from(f"{order}{2 * n}d", blob, start + 9)
    return list(zip(numbers[::2], numbers[1::2]))


def read_region(path):
    """Nodes, and the roads of each way as (from, to, points), in their order along it."""
    db = sqlite3.connect(path)
    places = {int(key[1:]): (lon, lat) for key, lon, lat in db.execute("SELECT node_id, lon, lat FROM node")}
    roads = collections.defaultdict(list)
    for key, start, end, geom in db.execute("SELECT link_id, from_id, to_id, geom FROM link WHERE kind = 'road'"):
        way, piece = re.fullmatch(r"w(-?\d+)-(\d+)", key).groups()
        roads[int(way)].append((int(piece), int(start[1:]), int(end[1:]), line_of(geom)))
    total = db.execute("SELECT count(*) FROM link").fetchone()[0]
    db.close()
    return places, {way: [piece[1:] for piece in sorted(pieces)] for way, pieces in roads.items()}, total


def is_near(a, b):
    return len(a) == len(b) and all(abs(p[0] - q[0]) <= NEAR and abs(p[1] - q[1]) <= NEAR for p, q in zip(a, b))


def compare_way(way, refs, nodes, pieces, places, is_reversed=False):
    """Faults of one way: its pieces, one behind the other, must run along its nodes."""
    parts = runs_of(refs, nodes)
    if not parts and pieces:
        return [f"way {way} has {len(pieces)} links, though no two nodes that follow each other are there"]
    pieces = list(pieces)
    for part in parts:
        wanted = [nodes[ref] for ref in part]
        walked, at = [], part[0]
        while len(walked) < len(wanted):
            if not pieces:
                return [f"way {way}: its links end after {len(walked)} of {len(wanted)} points"]
            start, end, line = pieces.pop(0)
            if is_reversed:
                start, end, line = end, start, line[::-1]
            if start != at or not is_near([line[0], line[-1]], [places[start], places[end]]):
                return [f"way {way}: a link begins at node {start} instead of {at}, or not where its line does"]
            walked += line[1:] if walked else line
            at = end
        if at != part[-1] or not is_near(walked, wanted):
            return [f"way {way}: its links run along {walked}, expected {wanted}"]
    return [f"way {way} has {len(pieces)} links too many"] if pieces else []


# ------------------------------------------------------------------ the tests
def import_map(path, here):
    """(exit, message, region) of one import into a region of its own."""
    region = os.path.join(here, "at.gpkg")
    shutil.copy(os.path.join(here, "base.gpkg"), region)
    done = run("--quiet", "import", region, path)
    return done.returncode, done.stderr, region


ROADS = {"motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary",
         "tertiary_link", "unclassified", "residential", "living_street", "road", "service"}
RULES = ("access", "vehicle", "motor_vehicle", "hgv", "goods", "area", "service", "oneway", "junction", "motorroad")


def test_plain(title, path, here):
    """Ways whose tags leave no doubt: a road without rules is there, what has no tag of ours is not."""
    code, message, region = import_map(path, here)
    faults = [] if code == 0 else [f"exit {code}: {message}"]
    if not faults:
        nodes, ways = read_xml(path)
        places, roads, _ = read_region(region)
        for way, (refs, tags) in ways.items():
            if tags.get("highway") in ROADS and not any(rule in tags for rule in RULES):
                if tags["highway"] != "motorway":
                    faults += compare_way(way, refs, nodes, roads.get(way, []), places)
            elif "highway" not in tags and way in roads:
                faults.append(f"way {way} became a road by {tags}")
        faults += [f"way {way} is not in the map" for way in roads if way not in ways]
    result(title, faults)


def read_wkt(path, kind):
    """id -> points."""
    out = {}
    if os.path.exists(path):
        for text in open(path, encoding="utf-8"):
            match = re.match(rf"(-?\d+) {kind}\((.*)\)", text)
            if match:
                out[int(match[1])] = [tuple(float(x) for x in point.split()) for point in match[2].split(",")]
    return out


def test_grid(here):
    grid = os.path.join(CASES, "grid/data")
    cases = {case["test_id"]: case["description"] for case in json.load(open(os.path.join(grid, "tests.json"), encoding="utf-8"))}
    test_plain("the grid as it is", os.path.join(grid, "all.osm"), here)
    text = open(os.path.join(grid, "all.osm"), encoding="utf-8").read()
    path = os.path.join(here, "roads.osm")
    with open(path, "w", encoding="utf-8") as out:
        text = re.sub(r'<tag k="area" v="[^"]*"/>', "", text)  # a square is no road
        out.write(re.sub(r"(<way [^>]*[^/])>", r'\1><tag k="highway" v="residential"/>', text))
    code, message, region = import_map(path, here)
    result("the grid with all ways made roads is read", [] if code == 0 else [f"exit {code}: {message}"])
    nodes, ways = read_xml(path)
    places, roads, _ = read_region(region)
    faults = []
    for way, (refs, _) in ways.items():
        faults += compare_way(way, refs, nodes, roads.get(way, []), places)
    result(f"{len(ways)} ways of {len(cases)} cases run along their nodes", faults)
    faults, seen = [], 0
    for case, description in cases.items():
        folder = os.path.join(grid, str(case)[0], str(case))
        for node, points in read_wkt(os.path.join(folder, "nodes.wkt"), "POINT").items():
            if node in places and not is_near([places[node]], points):
                faults.append(f"{case} ({description}): node {node} is at {places[node]}, expected {points[0]}")
        for way, points in read_wkt(os.path.join(folder, "ways.wkt"), "LINESTRING").items():
            pieces = roads.get(way, [])
            walked = [point for i, piece in enumerate(pieces) for point in (piece[2] if i == 0 else piece[2][1:])]
            # Their WKT has a place once that several nodes in succession have.
            walked = [point for i, point in enumerate(walked) if i == 0 or not is_near([point], [walked[i - 1]])]
            seen += 1
            if not is_near(walked, points):
                faults.append(f"{case} ({description}): way {way} is {walked}, expected {points}")
    result(f"{seen} ways are what their authors drew", faults if seen > 100 else [f"only {seen} ways have a geometry"])


# What says that it is invalid for reasons that a network of roads does not depend on: versions of the API, elements to be passed
# over. The others must be refused.
TOLERATED = {"101-missing_version", "102-wrong_version", "103-old_version", "106-invalid_xml_file", "123-unknown_element_in_node",
             "124-unknown_element_in_way", "125-unknown_element_in_relation", "126-wrong_member_type"}
FOREIGN = {"300-change-file"}  # .osc: changes, which are no map


def test_xml(here):
    folder = os.path.join(CASES, "xml/data")
    valid, refused = [], []
    for case in sorted(os.listdir(folder)):
        path = next(os.path.join(folder, case, name) for name in ("data.osm", "data.osm.gz", "data.osc")
                    if os.path.exists(os.path.join(folder, case, name)))
        verdict = os.path.join(folder, case, "result")
        is_valid = not os.path.exists(verdict) or open(verdict, encoding="utf-8").read().strip() == "valid"
        code, message, region = import_map(path, here)
        if case not in FOREIGN and (is_valid or case in TOLERATED):
            _, _, total = read_region(region)
            if code != 0 or total != 0:
                valid.append(f"{case}: exit {code}, {total} links: {message}")
            continue
        same = open(region, "rb").read() == open(os.path.join(here, "base.gpkg"), "rb").read()
        where = re.search(r"byte (\d+)", message)
        if code != 3 or not same:
            refused.append(f"{case}: exit {code} instead of 3, the region is {'as it was' if same else 'not as it was'}: {message}")
        if case not in FOREIGN and (where is None or int(where[1]) > os.path.getsize(path) or "expected" not in message):
            refused.append(f"{case}: no byte within its {os.path.getsize(path)}: {message}")
        beside = [name for name in os.listdir(here) if name.startswith("at.gpkg-")]
        if beside:
            refused.append(f"{case}: leaves {beside}")
    result("what is valid, or has nothing to do with roads, is read", valid)
    result("what is no map is refused with its byte, and leaves nothing", refused)


def main():
    with tempfile.TemporaryDirectory() as here:
        assert run("--quiet", "new", os.path.join(here, "base.gpkg"), "--from", PACKAGE).returncode == 0
        test_grid(here)
        test_xml(here)
        for name in sorted(os.listdir(os.path.join(CASES, "misc"))):
            if name.endswith(".osm"):
                test_plain(f"misc/{name}", os.path.join(CASES, "misc", name), here)
        for name in sorted(os.listdir(os.path.join(DATA, "xml"))):
            test_plain(f"a real map: {name}", os.path.join(DATA, "xml", name), here)
    print(f"1..{count}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
