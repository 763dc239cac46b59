"""The transport network of the demo region: nodes, links, terminals, from real axes of canals and railways and estimated roads."""

import geometry as g
import lines
import network_rail
import network_road
import network_water
import text
from places import slug

# A node is of one network: r- road and cycle, w- water, s- rail and transit; only terminals lead from one to another.
NODE_COLUMNS = "node_id lon lat source_id"
LINK_COLUMNS = "link_id from_id to_id kind km speed_kmh oneway max_t toll_eur source_id figure_source_id"
TERMINAL_COLUMNS = ("terminal_id name lon lat kinds transfer_eur transfer_co2_kg hours capacity status capex_eur lifetime_yr source_id "
                    "cost_source_id capacity_source_id capex_source_id name_nl")

# id | name | Dutch | lon | lat | kinds | EUR per t | kg CO2 per t | h | t a year | source of the capacity | EUR to build | years | source of that | source
TERMINALS = """
port-genk|Haven Genk (coal harbour)|Haven Genk (Kolenhaven)|5.49528|50.94|road;rail;water|2.4|0.6|6|2500000|s-haven||||s-haven
railport-genk|H.Essers Railport Genk (Euro Terminal Genk)|H.Essers Railport Genk (Euro Terminal Genk)|5.476|50.958|road;rail|2.8|0.6|6|720000|s-etg||||s-etg
grl-quay|Quay of G.R.L. in Beringen|Kade van G.R.L. in Beringen|5.1875|51.0665|road;water|2.2|0.6|6|100000|s-grl||||s-grl
meerhout|Container terminal Meerhout|Containerterminal Meerhout|5.055|51.105|road;water|2.4|0.6|6|1000000|s-est-terminal||||s-public
port-antwerp|Port of Antwerp|Haven van Antwerpen|4.31|51.26|road;rail;water|2.4|0.6|8||||||s-public
monsin|Port of Liège, island of Monsin|Haven van Luik, eiland Monsin|5.627|50.657|road;rail;water|2.4|0.6|6|1000000|s-est-terminal||||s-public
trilogiport|Liège Trilogiport|Liège Trilogiport|5.6813|50.7157|road;rail;water|2.4|0.6|6|1000000|s-est-terminal||||s-public
aachen-west|Aachen West yard|Rangeerstation Aken-West|6.07055|50.78078|road;rail|2.8|0.6|8|300000|s-est-terminal||||s-public
eindhoven-acht|Rail terminal Eindhoven (Acht)|Railterminal Eindhoven (Acht)|5.42|51.472|road;rail|2.8|0.6|8|300000|s-est-terminal||||s-public
rotterdam|Rotterdam, Europoort|Rotterdam, Europoort|4.14|51.95|road;rail;water|2.4|0.6|12||||||s-public
port-of-limburg|Port of Limburg (former Ford site)|Port of Limburg (voormalige Fordsite)|5.51696|50.92492|road;rail;water|2.2|0.5|5|1500000|s-est-terminal|72000000|30|s-port-of-limburg|s-port-of-limburg
langerlo-quay|Quay Langerlo, former coal quay|Kade Langerlo, voormalige kolenkade|5.49377|50.9357|road;water|2.2|0.6|6|300000|s-est-terminal|2500000|25|s-est-terminal|s-est-terminal
hasselt-quay|Quay Hasselt|Kade Hasselt|5.33745|50.94364|road;water|2.2|0.6|6|200000|s-est-terminal|4000000|30|s-est-terminal|s-est-terminal
zolder-quay|Quay Heusden-Zolder|Kade Heusden-Zolder|5.24629|50.9893|road;water|2.2|0.6|6|300000|s-est-terminal|4000000|30|s-est-terminal|s-est-terminal
railport-genk-2|Railport Genk, two more sidings|Railport Genk, twee extra sporen|5.476|50.958|road;rail|2.8|0.6|6|300000|s-etg|3350000|25|s-etg|s-est-terminal
"""
THIN = 0.0001  # degrees, about 10 m
FIGURES = {"water": "s-est-waterway", "rail": "s-est-mode"}  # where speeds and the largest ships come from
STATION_H, STATION_SOURCE = 0.15, "s-est-station"
# Places of gateways that have a way to the road of their own, in the order in which nodes are made.
GATES = ("antwerp", "eindhoven", "leuven", "aachen", "liege", "world", "genk", "hasselt", "houthalen")


def _point(row):
    return (float(row["lon"]), float(row["lat"]))


def _terminals():
    return text.table("id name name_nl lon lat kinds eur co2 hours capacity capacity_source capex years capex_source source", TERMINALS)


def _access(terminals, gates, stops, sites):
    """What needs a way to the road: gateways first, because ways abroad lead to them."""
    out = [(f"gate-{place}", gates[place], "s-est-place") for place in GATES]
    out += [(f"terminal-{row['id']}", _point(row), row["source"]) for row in terminals]
    out += [(f"station-{node.removeprefix('s-')}", point, source_id) for node, (_, _, point, source_id) in sorted(stops.items())]
    return out + [(f"site-{row['site_id']}", _point(row), row["source_id"]) for row in sites]


def network(source, sites, gateways):
    """{table: rows} of node, link and terminal, and the features of link.geojson."""
    terminals = _terminals()
    places = {kind: {f"{prefix}-{row['id']}": _point(row) for row in terminals if kind in row["kinds"].split(";")}
              for kind, prefix in (("rail", "s"), ("water", "w"))}
    gates = {row["gateway_id"].split("-")[1]: _point(row) for row in gateways}
    kilometre = {f"w-km-{slug(row['place'].split('(')[0])}": (float(row["axis_lon"]), float(row["axis_lat"]))
                 for row in text.read(f"{source}/region/canal_kilometre.csv")}
    rail, stops = network_rail.graph(source, places["rail"], slug)
    water = network_water.graph(source, places["water"], kilometre, gates["liege"])
    roads = network_road.graph(source, _access(terminals, gates, stops, sites), slug)
    out = {"node": [], "link": [], "terminal": _rows_of_terminals(terminals, stops)}
    shapes = []
    _add_roads(out, roads)
    for kind, graph in (("water", water), ("rail", rail)):
        graph.thin(THIN)
        _add_lines(out, shapes, kind, graph)
    _add_services(out, network_rail.services(rail, stops))
    return out, shapes


def _node(node, point, source_id):
    return {"node_id": node, "lon": round(point[0], 5), "lat": round(point[1], 5), "source_id": source_id}


def _add_roads(out, roads):
    used = {end for start, stop, *_ in roads.links.values() for end in (start, stop)}
    out["node"] += [_node(node, point, source_id) for node, (point, source_id) in roads.nodes.items() if node in used]
    for name, (start, end, km, speed, source_id) in roads.links.items():
        out["link"].append({"link_id": name, "from_id": start, "to_id": end, "kind": "road", "km": round(km, 2), "speed_kmh": speed,
                            "source_id": source_id})
    for name, start, end, km in network_road.cycle_ways(roads):
        out["link"].append({"link_id": name, "from_id": start, "to_id": end, "kind": "cycle", "km": round(km, 2), "source_id": "s-est-cycle"})


def _add_lines(out, shapes, kind, graph):
    """Nodes, links and their geometry; links of one canal or railway are numbered from one end to the other as they lie."""
    sources = {}
    for line in graph.lines:
        for end in line.ends:
            sources[end] = max(sources.get(end, ""), line.about["source_id"], key=lambda one: (one.startswith("s-est"), one))
    out["node"] += [_node(node, graph.nodes[node], sources[node]) for node in sorted(graph.nodes, key=_by_number)]
    count = {}
    for line in sorted(graph.lines, key=lambda one: (one.about["id"], min(one.points), max(one.points))):
        name = line.about["id"]
        count[name] = count.get(name, 0) + 1
        alone = sum(one.about["id"] == name for one in graph.lines) == 1
        link = name if alone else f"{name}-{count[name]}"
        points = g.rounded([list(p) for p in line.points], 5)
        out["link"].append({"link_id": link, "from_id": line.ends[0], "to_id": line.ends[1], "kind": kind, "km": round(lines.length(points), 3),
                            "speed_kmh": line.about["speed_kmh"], "max_t": line.about.get("max_t", ""), "source_id": line.about["source_id"],
                            "figure_source_id": FIGURES[kind]})
        shapes.append({"type": "Feature", "properties": {"link_id": link}, "geometry": {"type": "LineString", "coordinates": points}})


def _by_number(node):
    """w-2 before w-10, names after numbers."""
    last = node.split("-", 1)[1]
    return (0, int(last), "") if last.isdigit() else (1, 0, last)


def _add_services(out, services):
    for start, end, km in services:
        out["link"].append({"link_id": f"train-{start[2:]}-{end[2:]}", "from_id": start, "to_id": end, "kind": "transit", "km": round(km + 0.0005, 3),
                            "speed_kmh": network_rail.PEOPLE_KMH, "source_id": "s-est-train"})


def _rows_of_terminals(terminals, stops):
    rows = []
    for row in terminals:
        rows.append({"terminal_id": row["id"], "name": row["name"], "name_nl": row["name_nl"], "lon": row["lon"], "lat": row["lat"],
                     "kinds": row["kinds"], "transfer_eur": row["eur"], "transfer_co2_kg": row["co2"], "hours": row["hours"],
                     "capacity": row["capacity"], "status": "candidate" if row["capex"] else "existing", "capex_eur": row["capex"],
                     "lifetime_yr": row["years"], "source_id": row["source"], "cost_source_id": "s-est-terminal",
                     "capacity_source_id": row["capacity_source"], "capex_source_id": row["capex_source"]})
    for node, (name, name_nl, point, source_id) in sorted(stops.items()):
        rows.append({"terminal_id": f"station-{node[2:]}", "name": f"Station {name}", "name_nl": f"Station {name_nl}", "lon": round(point[0], 5),
                     "lat": round(point[1], 5), "kinds": "road;cycle;transit" if network_road.inside(point, network_road.CYCLE_BOX) else "road;transit",
                     "transfer_eur": 0, "transfer_co2_kg": 0, "hours": STATION_H, "status": "existing", "source_id": source_id,
                     "cost_source_id": STATION_SOURCE})
    return rows
