"""The package that broken.py spoils: small, with every table and kind of cell, sound as it stands."""
import csv
import json
import os

TABLES = {
    "settings": [["key", "value"], ["name", "Kleine regio"], ["currency", "EUR"], ["plan_year", "2030"], ["discount_rate", "0.05"],
                 ["co2_eur_per_t", "80"]],
    "source": [["source_id", "title", "year", "reliability", "kind"], ["hand", "Counted by hand", "2024", "1", "measured"],
               ["guess", "Guess, nothing more", "2023", "5", "estimate"]],
    "area": [["area_id", "name", "level", "parent_id", "from", "to"], ["w", "World", "world", "", "", ""],
             ["r", "Region", "region", "w", "", ""], ["m", "Town", "municipality", "r", "2025-01-01", ""]],
    "actor": [["actor_id", "name", "kind", "nace", "jobs_fte"], ["mill", "Sawmill", "company", "16.10", "12.5"],
              ["board", "Board works, \"De Plaat\"", "company", "16.21", "80"], ["town", "Town", "government", "84.11", ""]],
    "site": [["site_id", "actor_id", "name", "lon", "lat", "area_id", "location_quality"],
             ["yard", "mill", "Yard", "5.5", "50.95", "m", "address"], ["hall", "board", "Hall", "5.6", "51.01", "", "estate"],
             ["field", "town", "Field", "5.55", "50.98", "r", "municipality"]],
    "resource": [["resource_id", "class", "name", "parent_id", "code_low", "hazardous", "stream", "virgin_share", "t_per_unit"],
                 ["wood", "material", "Wood", "", "", "0", "R1", "0.9", ""],
                 ["dust", "material", "Saw dust", "wood", "03 01 05", "0", "R1", "", ""],
                 ["chips", "material", "Chips", "wood", "", "", "", "0.8", ""],
                 ["heat", "energy", "Heat", "", "", "", "", "", "0"], ["floor", "space", "Floor", "", "", "", "", "", ""]],
    "offer": [["offer_id", "site_id", "resource_id", "quantity", "unit", "fate", "fate_eur", "fate_co2_kg", "from", "to", "rel_sd",
               "description", "source_id"],
              ["o1", "yard", "dust", "60.5", "", "incineration", "55.25", "480", "", "", "0.2", "dry, \"clean\"", "hand"],
              ["o2", "yard", "chips", "1200", "kg", "unused", "0", "0", "2030-02-01", "2030-11", "", "two\nlines", "guess"],
              ["o3", "hall", "heat", "900.75", "", "discharge", "0", "0", "", "", "", "", "guess"],
              ["o4", "field", "floor", "5000", "", "vacant", "-1.5", "0", "2030", "2031", "", "", ""]],
    "need": [["need_id", "resource_id", "quantity", "site_id", "unit", "price_eur", "market_co2_kg", "from", "to", "source_id"],
             ["n1", "wood", "100", "hall", "", "90.5", "300", "", "", "hand"], ["n2", "heat", "1.5", "field", "GWh", "70", "200", "", "", ""],
             ["n3", "floor", "100", "", "", "12", "", "", "", ""]],
    "offer_property": [["offer_id", "property", "value", "unit", "rel_sd"], ["o1", "moisture", "8.5", "%", "0.1"],
                       ["o2", "moisture", "12", "%", ""]],
    "need_spec": [["need_id", "property", "min", "max", "unit"], ["n1", "moisture", "", "20", "%"], ["n1", "ash", "0.1", "3", ""]],
    "substitution": [["offered_id", "needed_id", "ratio", "cost_eur", "max_share"], ["dust", "heat", "2.5", "4", "0.75"],
                     ["chips", "heat", "3", "4", ""]],
    "process": [["process_id", "name", "activity_unit", "r_strategy", "opex_eur", "co2_kg", "jobs_fte", "capex_eur", "capex_fixed_eur",
                 "lifetime_yr", "min_load"],
                ["press", "Press", "t", "R7", "20", "15", "0.01", "40", "1000", "12.5", "0.25"]],
    "process_flow": [["process_id", "resource_id", "quantity", "per", "residual_eur"], ["press", "dust", "-1.1", "activity", ""],
                     ["press", "chips", "0.9", "", "12.5"], ["press", "floor", "-0.5", "capacity", ""]],
    "unit": [["unit_id", "process_id", "capacity", "site_id", "status", "actor_id"], ["u1", "press", "30", "hall", "existing", "board"],
             ["u2", "press", "40.5", "", "candidate", ""]],
    "gateway": [["gateway_id", "name", "lon", "lat", "resource_id", "direction", "price_eur", "capacity", "level", "co2_kg"],
                ["g1", "Port", "4.4", "51.25", "chips", "in", "75.5", "", "world", "50"],
                ["g2", "Port", "4.4", "51.25", "wood", "out", "30", "1000", "world", "-12.5"]],
    "mode": [["mode_id", "name", "class", "load_eur", "eur_per_unit_km", "co2_kg_per_unit_km", "circuity", "max_km", "speed_kmh",
              "needs_network"],
             ["truck", "Truck", "material", "4", "0.12", "0.09", "1.3", "", "60", "0"],
             ["pipe", "Pipe", "energy", "1", "0.8", "", "1.2", "15", "", "1"], ["place", "In place", "space", "", "", "", "", "1", "", ""]],
    "node": [["node_id", "lon", "lat"], ["j1", "5.5", "50.96"], ["j2", "5.6", "51"], ["j3", "5.55", "50.9"]],
    "link": [["link_id", "from_id", "to_id", "kind", "km", "speed_kmh", "oneway", "max_t", "toll_eur"],
             ["l1", "j1", "j2", "road", "12.5", "70", "1", "44", "0.5"], ["l2", "j2", "j3", "water", "", "", "", "", ""],
             ["l3", "j1", "j1", "pipe_heat", "0", "", "0", "", ""]],
    "terminal": [["terminal_id", "name", "lon", "lat", "kinds", "transfer_eur", "transfer_co2_kg", "hours", "capacity", "status",
                  "capex_eur", "lifetime_yr"],
                 ["t1", "Quay", "5.6", "51", "road;water", "3.5", "1", "2", "50000", "existing", "", ""],
                 ["t2", "Yard", "5.5", "50.96", "road;rail", "", "", "", "", "candidate", "2000000", "25"]],
    "tariff": [["from_id", "to_id", "resource_id", "class", "mode_id", "eur", "co2_kg", "km"],
               ["yard", "g1", "wood", "", "truck", "4.5", "2", "30"], ["hall", "t1", "", "material", "cart", "3", "", ""]],
    "flow": [["flow_id", "from_id", "to_id", "resource_id", "year", "quantity", "unit", "sd"],
             ["f1", "yard", "nace:35.11", "dust", "2024", "60", "t", "5"], ["f2", "", "stock:hall", "chips", "2024", "", "", ""]],
    "balance_node": [["node_id", "name", "layer", "balanced", "by"], ["hall", "", "mass", "0", "resource"], ["mill", "Mill", "", "1", ""]],
    "transfer": [["transfer_id", "from_flow", "to_flow", "value", "sd"], ["x1", "f1", "f2", "0.5", "0.05"]],
    "flow_property": [["flow_id", "property", "value", "unit", "rel_sd"], ["f1", "carbon", "0.49", "t", "0.1"], ["f2", "carbon", "", "t", ""]],
    "stock_level": [["stock_level_id", "node_id", "resource_id", "year", "quantity", "unit", "sd"], ["v1", "hall", "chips", "2023", "12", "t", "1"]],
    "incentive": [["incentive_id", "name", "target", "eur", "budget_eur", "from", "to"],
                  ["i1", "Wood bonus", "resource:wood", "2.5", "100", "2030-01-01", "2030-12-31"], ["i2", "Tax", "r_strategy:R9", "-3", "", "", ""]],
    "precedent": [["precedent_id", "donor_nace", "resource", "receiver_nace", "place", "year"],
                  ["p1", "16.10", "saw dust", "16.21", "Kalundborg", "1996"]],
    "permit": [["site_id", "code_low", "operation", "to"], ["hall", "0301", "R3", "2035-12-31"], ["hall", "17", "", ""]],
    "product": [["product_id", "name", "site_id", "actor_id", "resource_id", "weight", "lifetime_yr", "lifetime_average_yr", "use_per_year",
                 "use_per_year_average", "source_id"],
                ["p1", "Shelf", "hall", "", "chips", "2.5", "12", "10", "300", "250", "hand"], ["p2", "", "", "board", "", "", "", "", "", "", ""]],
    "product_material": [["product_id", "material", "mass_kg", "recycled_in", "reused_in", "bio_in", "to_recycling", "to_reuse", "to_compost", "to_energy",
                          "eff_in", "eff_out", "source_id"],
                         ["p1", "board", "18.5", "0.25", "0", "0", "0", "0", "0", "0", "0.9", "0.8", "hand"],
                         ["p1", "steel", "1.2", "", "", "", "", "", "", "", "", "", ""], ["p2", "board", "3", "", "", "", "", "", "", "", "", "", ""]],
    "material_account": [["account_id", "area_id", "year", "material", "extraction", "imports", "exports", "recycled_domestic", "imported_for_recycling",
                          "exported_for_recycling", "source_id"],
                         ["a1", "m", "2023", "biomass", "820.5", "310", "240", "95", "12", "21", "hand"], ["a2", "", "2023", "fossil", "0", "", "", "", "", "", ""]],
    "profile": [["profile_id", "name", "source_id"], ["sun", "Solar", "hand"], ["shift", "", ""]],
    "profile_hour": [["profile_id", "month", "day_type", "hour", "load"], ["sun", "1", "workday", "12", "2.5"], ["sun", "", "", "13", "1"],
                     ["shift", "", "sunday", "", "0"], ["shift", "", "", "", "1"]],
    "treatment_account": [["account_id", "area_id", "year", "waste", "recycled", "backfilled", "energy_recovery", "incinerated", "landfilled",
                           "imported_for_recycling", "exported_for_recycling", "is_major_mineral", "source_id"],
                          ["w1", "m", "2023", "mineral", "700.25", "260", "0", "0", "110", "15", "2", "1", "hand"],
                          ["w2", "", "2023", "wood", "60", "", "80", "", "", "", "", "", ""]],
}
AREAS = {"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"area_id": "r"}, "geometry": {"type": "Polygon", "coordinates": [
        [[5.0, 50.5], [6.0, 50.5], [6.0, 51.5], [5.0, 51.5], [5.0, 50.5]]]}},
    {"type": "Feature", "properties": {"area_id": "m"}, "geometry": {"type": "MultiPolygon", "coordinates": [
        [[[5.4, 50.9], [5.7, 50.9], [5.7, 51.1], [5.4, 51.1], [5.4, 50.9]]]]}}]}
LINES = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"link_id": "l1"}, "geometry": {
    "type": "LineString", "coordinates": [[5.5, 50.96], [5.52, 51.01], [5.6, 51]]}}]}
REQUIRED = ["settings", "actor", "site", "resource"]
# What a cell holds, where it is no plain text.
KEYS = {t: rows[0][0] for t, rows in TABLES.items() if rows[0][0] in (t + "_id", "key")}
REFS = {"area": {"parent_id": "area"}, "site": {"actor_id": "actor", "area_id": "area"}, "resource": {"parent_id": "resource"},
        "offer": {"site_id": "site", "resource_id": "resource", "source_id": "source"},
        "need": {"site_id": "site", "resource_id": "resource", "source_id": "source"}, "offer_property": {"offer_id": "offer"},
        "need_spec": {"need_id": "need"}, "substitution": {"offered_id": "resource", "needed_id": "resource"},
        "process_flow": {"process_id": "process", "resource_id": "resource"},
        "unit": {"process_id": "process", "site_id": "site", "actor_id": "actor"}, "gateway": {"resource_id": "resource"},
        "link": {"from_id": "node", "to_id": "node"}, "tariff": {"resource_id": "resource"}, "flow": {"resource_id": "resource"},
        "transfer": {"from_flow": "flow", "to_flow": "flow"}, "flow_property": {"flow_id": "flow"}, "stock_level": {"resource_id": "resource"}, "permit": {"site_id": "site"},
        "product": {"site_id": "site", "actor_id": "actor", "resource_id": "resource", "source_id": "source"}, "product_material": {"product_id": "product", "source_id": "source"},
        "material_account": {"area_id": "area", "source_id": "source"}, "treatment_account": {"area_id": "area", "source_id": "source"},
        "profile": {"source_id": "source"}, "profile_hour": {"profile_id": "profile"}}
NUMBERS = {"actor": ["jobs_fte"], "site": ["lon", "lat"], "resource": ["virgin_share", "t_per_unit"],
           "offer": ["quantity", "fate_eur", "fate_co2_kg", "rel_sd"], "need": ["quantity", "price_eur", "market_co2_kg"],
           "offer_property": ["value", "rel_sd"], "need_spec": ["min", "max"], "substitution": ["ratio", "cost_eur", "max_share"],
           "process": ["opex_eur", "co2_kg", "jobs_fte", "capex_eur", "capex_fixed_eur", "lifetime_yr", "min_load"],
           "process_flow": ["quantity", "residual_eur"], "unit": ["capacity"],
           "gateway": ["lon", "lat", "price_eur", "capacity", "co2_kg"],
           "mode": ["load_eur", "eur_per_unit_km", "co2_kg_per_unit_km", "circuity", "max_km", "speed_kmh"], "flow": ["quantity", "sd"],
           "node": ["lon", "lat"], "link": ["km", "speed_kmh", "max_t", "toll_eur"],
           "terminal": ["lon", "lat", "transfer_eur", "transfer_co2_kg", "hours", "capacity", "capex_eur", "lifetime_yr"],
           "tariff": ["eur", "co2_kg", "km"], "transfer": ["value", "sd"], "flow_property": ["value", "rel_sd"],
           "stock_level": ["quantity", "sd"],
           "incentive": ["eur", "budget_eur"],
           "product": ["weight", "lifetime_yr", "lifetime_average_yr", "use_per_year", "use_per_year_average"],
           "product_material": ["mass_kg", "recycled_in", "reused_in", "bio_in", "to_recycling", "to_reuse", "to_compost", "to_energy", "eff_in", "eff_out"],
           "material_account": ["extraction", "imports", "exports", "recycled_domestic", "imported_for_recycling", "exported_for_recycling"],
           "treatment_account": ["recycled", "backfilled", "energy_recovery", "incinerated", "landfilled", "imported_for_recycling", "exported_for_recycling"],
           "profile_hour": ["load"]}
WHOLE = {"source": ["year", "reliability"], "resource": ["hazardous"], "mode": ["needs_network"], "link": ["oneway"], "flow": ["year"], "precedent": ["year"],
         "balance_node": ["balanced"], "stock_level": ["year"],
         "material_account": ["year"], "treatment_account": ["year", "is_major_mineral"],
         "profile_hour": ["month", "hour"]}
SHARES = {"resource": ["virgin_share"], "substitution": ["max_share"], "process": ["min_load"],
          "product_material": ["recycled_in", "reused_in", "bio_in", "to_recycling", "to_reuse", "to_compost", "to_energy", "eff_out"]}
FROM_0 = {"offer": ["quantity"], "need": ["quantity"], "unit": ["capacity"], "gateway": ["capacity"],
          "link": ["km", "max_t", "toll_eur"], "tariff": ["eur", "co2_kg", "km"],
          "terminal": ["transfer_eur", "transfer_co2_kg", "hours", "capacity", "capex_eur"],
          "transfer": ["value", "sd"], "flow_property": ["value", "rel_sd"], "stock_level": ["quantity", "sd"],
          "product": ["weight"],
          "material_account": ["extraction", "imports", "exports", "recycled_domestic", "imported_for_recycling", "exported_for_recycling"],
          "treatment_account": ["recycled", "backfilled", "energy_recovery", "incinerated", "landfilled", "imported_for_recycling", "exported_for_recycling"],
          "profile_hour": ["load"]}
ABOVE_0 = {"substitution": ["ratio"], "process": ["lifetime_yr"], "mode": ["circuity"], "link": ["speed_kmh"],
           "terminal": ["lifetime_yr"],
           "product": ["lifetime_yr", "lifetime_average_yr", "use_per_year", "use_per_year_average"], "product_material": ["mass_kg", "eff_in"]}
DATES = {"area": ["from", "to"], "offer": ["from", "to"], "need": ["from", "to"], "incentive": ["from", "to"]}
WORDS = {"source": ["kind"], "area": ["level"], "actor": ["kind"], "site": ["location_quality"], "resource": ["class", "stream"],
         "offer": ["fate"], "process": ["r_strategy"], "process_flow": ["per"], "unit": ["status"], "gateway": ["direction", "level"],
         "mode": ["class"], "link": ["kind"], "terminal": ["kinds", "status"], "tariff": ["class"], "balance_node": ["by"], "permit": ["operation"], "profile_hour": ["day_type"]}
MUST = {"settings": ["key"], "source": ["source_id", "title"], "area": ["area_id", "name", "level"], "actor": ["actor_id", "name"],
        "site": ["site_id", "actor_id", "name", "lon", "lat"], "resource": ["resource_id", "class", "name"],
        "offer": ["offer_id", "site_id", "resource_id", "quantity"], "need": ["need_id", "resource_id", "quantity"],
        "offer_property": ["offer_id", "property", "value"], "need_spec": ["need_id", "property"],
        "substitution": ["offered_id", "needed_id", "ratio"], "process": ["process_id", "name"],
        "process_flow": ["process_id", "resource_id", "quantity"], "unit": ["unit_id", "process_id", "capacity"],
        "gateway": ["gateway_id", "name", "lon", "lat", "resource_id", "direction", "price_eur"], "mode": ["mode_id", "name", "class"],
        "node": ["node_id", "lon", "lat"], "link": ["link_id", "from_id", "to_id", "kind"],
        "terminal": ["terminal_id", "name", "lon", "lat", "kinds"], "tariff": ["from_id", "to_id", "mode_id", "eur"],
        "flow": ["flow_id", "resource_id", "year"], "balance_node": ["node_id"], "transfer": ["transfer_id", "from_flow", "to_flow"],
        "flow_property": ["flow_id", "property"], "stock_level": ["stock_level_id", "node_id", "resource_id", "year"], "incentive": ["incentive_id", "name", "target", "eur"],
        "precedent": ["precedent_id", "donor_nace", "resource", "receiver_nace"], "permit": ["site_id", "code_low"],
        "product": ["product_id"], "product_material": ["product_id", "material", "mass_kg"],
        "material_account": ["account_id", "year", "material"], "treatment_account": ["account_id", "year", "waste"],
        "profile": ["profile_id"], "profile_hour": ["profile_id", "load"]}


def write_table(folder, table, rows, **dialect):
    with open(os.path.join(folder, table + ".csv"), "w", newline="", encoding="utf-8") as f:
        csv.writer(f, **{"lineterminator": "\n", **dialect}).writerows(rows)


def write(folder):
    """The package, without a descriptor: broken.py adds one where it is spoilt."""
    os.makedirs(folder, exist_ok=True)
    for table, rows in TABLES.items():
        write_table(folder, table, rows)
    with open(os.path.join(folder, "area.geojson"), "w", encoding="utf-8") as f:
        json.dump(AREAS, f)
    with open(os.path.join(folder, "link.geojson"), "w", encoding="utf-8") as f:
        json.dump(LINES, f)
