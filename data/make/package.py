"""datapackage.json: a Frictionless Data Package v1 with a Table Schema per file, from the columns that are there."""

WORDS = {
    ("area", "level"): "park municipality region intercity country world",
    ("gateway", "level"): "park municipality region intercity country world",
    ("source", "kind"): "measured reported register literature estimate",
    ("actor", "kind"): "company government knowledge citizens financier incubator coordinator",
    ("site", "location_quality"): "surveyed address estate municipality",
    ("resource", "class"): "material energy water space labour knowledge capital",
    ("mode", "class"): "material energy water space labour knowledge capital",
    ("resource", "stream"): "R1 R2 R3 R4 R5 R6 R7 R8 R9 R10",
    ("offer", "fate"): "landfill incineration energy_recovery recycling reuse storage discharge vacant idle unused unknown",
    ("offer", "disclosure"): "public partners broker",
    ("need", "disclosure"): "public partners broker",
    ("process", "r_strategy"): "R0 R1 R2 R3 R4 R5 R6 R7 R8 R9",
    ("process_flow", "per"): "activity capacity",
    ("unit", "status"): "existing candidate",
    ("gateway", "direction"): "in out",
    ("link", "kind"): "road rail water cycle transit pipe_heat pipe_water power",
    ("terminal", "status"): "existing candidate",
    ("stock", "driver"): "inflow stock",
    ("balance_node", "by"): "resource class",
    ("profile_hour", "day_type"): "workday saturday sunday",
    ("stock", "lifetime"): "fixed normal weibull lognormal",
}
NUMBERS = set("""lon lat jobs_fte t_per_unit virgin_share quantity rel_sd fate_eur fate_co2_kg price_eur market_co2_kg value min max
ratio cost_eur max_share opex_eur co2_kg capex_eur capex_fixed_eur lifetime_yr min_load residual_eur capacity load_eur
eur_per_unit_km co2_kg_per_unit_km circuity max_km speed_kmh eur budget_eur
population load inflow shape scale_yr km max_t toll_eur transfer_eur transfer_co2_kg hours eur_per_unit_h max_hours vehicle_t loss_per_km""".split())
INTEGERS = set("reliability completeness temporal geographical technological hazardous needs_network oneway year month hour".split())
DATES = {"from", "to"}
KEYS = {name: f"{name}_id" for name in "source area actor site resource offer need process unit gateway node link terminal flow incentive precedent stock profile".split()}
KEYS |= {"settings": "key", "balance_node": "node_id"}
PAIRS = {"stock_year": ["stock_id", "year"], "offer_property": ["offer_id", "property"], "need_spec": ["need_id", "property"], "mode": ["mode_id", "class"]}
REFERENCES = {f"{name}_id": name for name in "source area actor site resource offer need process stock profile".split()}
REFERENCES |= {"offered_id": "resource", "needed_id": "resource", "fate_source_id": "source", "price_source_id": "source",
               "co2_source_id": "source", "cost_source_id": "source", "capacity_source_id": "source", "capex_source_id": "source",
               "figure_source_id": "source", "loss_source_id": "source"}
ENDS = {("link", "from_id"): "node", ("link", "to_id"): "node"}
SHAPES = {"area": "Outlines of the areas (RFC 7946), by the property area_id.", "link": "Lines of the links (RFC 7946), by the property link_id."}
REQUIRED = {"settings": "key", "source": "source_id title", "area": "area_id name level", "actor": "actor_id name",
            "site": "site_id actor_id name lon lat", "resource": "resource_id class name", "offer": "offer_id site_id resource_id quantity",
            "need": "need_id resource_id quantity", "offer_property": "offer_id property value", "need_spec": "need_id property",
            "substitution": "offered_id needed_id ratio", "process": "process_id name", "process_flow": "process_id resource_id quantity",
            "unit": "unit_id process_id capacity", "gateway": "gateway_id name lon lat resource_id direction price_eur",
            "mode": "mode_id name class", "node": "node_id lon lat", "link": "link_id from_id to_id kind",
            "terminal": "terminal_id name lon lat kinds", "flow": "flow_id resource_id year", "incentive": "incentive_id name target eur",
            "precedent": "precedent_id donor_nace resource receiver_nace", "stock": "stock_id resource_id driver lifetime", "stock_year": "stock_id year",
            "balance_node": "node_id", "profile": "profile_id", "profile_hour": "profile_id load"}


def field(table, column):
    if column in NUMBERS and table != "settings":
        kind = "number"
    elif column in INTEGERS:
        kind = "integer"
    elif column in DATES:
        kind = "date"
    else:
        kind = "string"
    constraints = {}
    if column in REQUIRED[table].split():
        constraints["required"] = True
    if KEYS.get(table) == column:
        constraints["unique"] = True
    if (table, column) in WORDS:
        constraints["enum"] = WORDS[table, column].split()
    return {"name": column, "type": kind} | ({"constraints": constraints} if constraints else {})


def references(table, columns):
    for column in columns:
        target = ENDS.get((table, column), REFERENCES.get(column))
        if column == "parent_id":
            target = ""
        elif target is None or target == table:
            continue
        key = KEYS[target] if target else KEYS[table]
        yield {"fields": column, "reference": {"resource": target, "fields": key}}


def descriptor(tables, sources):
    """tables: {name: columns in the order of the file}; sources: rows of source.csv."""
    out = []
    for name, columns in tables.items():
        schema = {"fields": [field(name, column) for column in columns]}
        if name in KEYS:
            schema["primaryKey"] = KEYS[name]
        elif name in PAIRS:
            schema["primaryKey"] = PAIRS[name]
        foreign = list(references(name, columns))
        if foreign:
            schema["foreignKeys"] = foreign
        schema["missingValues"] = [""]
        out.append({"profile": "tabular-data-resource", "name": name, "path": f"{name}.csv", "format": "csv", "mediatype": "text/csv",
                    "encoding": "utf-8", "schema": schema})
    out += [{"profile": "data-resource", "name": f"{name}-geometry", "path": f"{name}.geojson", "description": what, "format": "geojson",
             "mediatype": "application/geo+json", "encoding": "utf-8"} for name, what in SHAPES.items()]
    return {"profile": "data-package", "name": "poort-genk", "title": "Poort Genk",
            "description": "Genk, Hasselt and Houthalen-Helchteren and what surrounds them. Registers, reported figures and estimates; "
                           "source.csv says which is which.",
            "licenses": [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0",
                          "path": "https://creativecommons.org/licenses/by/4.0/"}],
            "sources": [{"title": row["title"]} | ({"path": row["link"]} if row["link"] else {}) for row in sources],
            "resources": out}
