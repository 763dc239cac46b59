"""Areas, actors and sites: those the vision names, real installations of the public registers, the municipalities and, per
municipality, groups of small firms. A place that is known only by its municipality gets that municipality's centre."""

import re
import unicodedata

import geometry as g
from text import number, read, significant, table

# The borders of 2025 in the municipalities of 2019: new name | parts (NIS codes)
MERGED = {"hasselt": ("Hasselt", ["71022", "73040"]), "bilzen-hoeselt": ("Bilzen-Hoeselt", ["73006", "73032"]),
          "tongeren-borgloon": ("Tongeren-Borgloon", ["73083", "73009"]),
          "tessenderlo-ham": ("Tessenderlo-Ham", ["71057", "71069"])}
CORE = ["genk", "hasselt", "houthalen-helchteren"]
RING = CORE + ["zonhoven", "diepenbeek", "zutendaal", "as", "oudsbergen", "heusden-zolder", "beringen", "maasmechelen", "bilzen-hoeselt",
               "lummen"]
ELAT_CITIES = [("Eindhoven", 5.4697, 51.4416), ("Leuven", 4.7005, 50.8798), ("Aachen", 6.0839, 50.7753), ("Liège", 5.5797, 50.6326)]

PARKS = """
genk-zuid|Genk-Zuid|genk|s-genk-zuid
ford-site|Former Ford site|genk|s-ford
coal-harbour|Haven Genk (coal harbour)|genk|s-haven
c-mine|C-Mine|genk|s-vision
thor-park|Thor Park (mine of Waterschei)|genk|s-vision
corda-campus|Corda Campus|hasselt|s-vision
centrum-zuid|Centrum-Zuid|houthalen-helchteren|s-est-place
remo|RE-MO|houthalen-helchteren|s-remo
be-mine|be-MINE (mine of Beringen)|beringen|s-est-place
ravenshout|Ravenshout|tessenderlo-ham|s-est-place
"""

# actor | name | kind | nace | jobs (published only) | website
ACTORS = """
gielen|Gielen Recycling|company|38.32
suez|Suez (Sita)|company|38.11
grc|GRC Zolder|company|39.00
bioterra|Bioterra|company|39.00
bionerga|Bionerga|company|38.21
biomassa-limburg|Biomassa Limburg|company|38.21
wos|WOS Genk|company|38.12
cleuren|Cleuren Oil|company|46.71
aperam|Aperam Stainless Belgium|company|24.10
stelimet|Stelimet|company|38.32
stassen|Stassen Recycling|company|38.32
ekol|Ekol (Ecoo)|company|22.29
carglass|Carglass|company|45.20
grl|G.R.L. Glass Recycling|company|38.32
deconde|Banden DeConde|company|45.32
van-gansewinkel|Van Gansewinkel (Renewi)|company|38.11
martens|Group Martens|company|38.32
orbix|Recmix (Orbix)|company|38.32|135
carbstone-maker|Concrete maker with the Carbstone line|company|23.61
haven-genk|Haven Genk|company|52.24
h-essers|H.Essers|company|49.41
ggl|Genk Green Logistics|company|68.20
lrm|LRM|financier|64.20
locate|Locate in Limburg|coordinator|84.13
pom|POM Limburg|government|84.13
energyville|EnergyVille|knowledge|72.19
vito|VITO|knowledge|72.19
greenville|Greenville|incubator|68.20
c-mine-crib|C-Mine Crib|incubator|68.20
corda|Corda INCubator|incubator|68.20
remo|RE-MO|company|38.21
machiels|Group Machiels|company|38.21
limburg-net|Limburg.net|government|38.11
ovam|OVAM|government|84.13
scheepvaart|De Vlaamse Waterweg (De Scheepvaart)|government|52.22
province|Province of Limburg|government|84.11
mad|MAD Faculty (LUCA and PXL)|knowledge|85.42
fablab|FabLab Genk|incubator|72.19
ide|Innovation and Design Euregio|coordinator|74.10
kesselsgranger|KesselsGranger DesignWorks|company|74.10
social-spaces|Social Spaces|knowledge|72.20
pxl|Hogeschool PXL|knowledge|85.42
uhasselt|UHasselt|knowledge|85.42
vkw|VKW Limburg|coordinator|94.11
flagbag|Flagbag|company|15.12
jbc|JBC|company|47.71
polyvision|PolyVision|company|28.99
horeca-startup|Start-up for sorting at restaurants|company|38.21
shopfitters|Partners for shop interiors as a service|company|31.01
hotelfitters|Partners for hotel interiors as a service|company|31.09
modular-builders|Partners for demountable buildings|company|41.20
spartacus|Spartacus light rail (De Lijn)|government|49.31
coordinator|Coordinator of circular cases|coordinator|84.13
zol|Ziekenhuis Oost-Limburg|company|86.10
jessa|Jessa Ziekenhuis|company|86.10
aquafin|Aquafin|company|37.00
nature-managers|Nature and forest managers|citizens|91.04
fruit-growers|Fruit growers of Haspengouw (group)|company|01.24
social-economy|Social economy workshops (group)|company|88.99
schools|Schools of the three municipalities (group)|government|85.20
citizens|Citizens with solar and gardens (group)|citizens|
builder-firms|Road and building contractors (group)|company|42.11
cement-users|Concrete plants on the canal (group)|company|23.63
furniture-makers|Furniture and interior makers (group)|company|31.00
farmers|Farmers of the Kempen (group)|company|01.50
agency|Employment and training service (VDAB)|government|78.10
"""

# Actors that the vision does not name, and what says that they exist.
NOT_IN_VISION = {"bioterra": "s-bioterra", "ggl": "s-ford", "carbstone-maker": "s-carbstone", "vito": "s-ets", "machiels": "s-remo", "limburg-net": "s-bionerga",
                 **dict.fromkeys("zol jessa aquafin nature-managers fruit-growers social-economy schools citizens builder-firms cement-users "
                                 "furniture-makers farmers agency".split(), "s-public")}

# site | actor | name | place: municipality or lon,lat | quality | area (parks only) | source
SITES = """
gielen|gielen|Gielen Recycling|genk|municipality||s-est-region
suez|suez|Suez Limburg|genk|municipality||s-est-region
grc|grc|GRC Zolder, soil centre by the canal|heusden-zolder|municipality||s-grc
bioterra|bioterra|Bioterra Genk, soil centre by the canal|genk|municipality|genk-zuid|s-bioterra
bionerga-houthalen|bionerga|Bionerga Houthalen|houthalen-helchteren|municipality|centrum-zuid|s-bionerga
bionerga-beringen|bionerga|Biostoom Beringen|5.1855,51.0650|estate||s-est-place
bionerga-compost|bionerga|Composting of Bionerga (five sites, shown as one)|houthalen-helchteren|municipality||s-bionerga
biomassa-limburg|biomassa-limburg|Biomassa Limburg|genk|municipality||s-est-region
wos|wos|WOS Genk|genk|municipality|genk-zuid|s-vision
cleuren|cleuren|Cleuren Oil|hasselt|municipality||s-est-region
stelimet|stelimet|Stelimet|genk|municipality|genk-zuid|s-stelimet
stassen|stassen|Stassen Recycling|hasselt|municipality||s-est-region
ekol|ekol|Ekol (Ecoo)|houthalen-helchteren|municipality|centrum-zuid|s-ekol
carglass|carglass|Carglass|hasselt|municipality||s-vision
grl-lummen|grl|G.R.L. Lummen|lummen|municipality||s-grl
grl-beringen|grl|G.R.L. Beringen, by the canal|5.1860,51.0665|estate||s-est-place
deconde|deconde|Banden DeConde|genk|municipality||s-est-region
van-gansewinkel|van-gansewinkel|Van Gansewinkel Limburg|hasselt|municipality||s-est-region
martens|martens|Martens Recycling|genk|municipality|genk-zuid|s-martens
orbix|orbix|Recmix (Orbix) Genk|genk|municipality|genk-zuid|s-ing-orbix
carbstone-maker|carbstone-maker|Carbstone line Maasmechelen|maasmechelen|municipality||s-carbstone
haven-genk|haven-genk|Haven Genk (coal harbour)|5.49528,50.94|surveyed|coal-harbour|s-haven-place
h-essers|h-essers|H.Essers on the former Ford site|5.5140,50.9245|estate|ford-site|s-ford
ggl|ggl|Genk Green Logistics, zone B|5.5160,50.9215|estate|ford-site|s-ford
ford-zone-a|ggl|Former Ford site, zone A|5.5085,50.9215|estate|ford-site|s-ford
ford-zone-c|scheepvaart|Former Ford site, zone C on the canal|5.51696,50.92492|estate|ford-site|s-canal
lrm|lrm|LRM|hasselt|municipality||s-vision
locate|locate|Locate in Limburg|hasselt|municipality||s-vision
pom|pom|POM Limburg|hasselt|municipality||s-vision
energyville|energyville|EnergyVille|5.5290,50.9975|estate|thor-park|s-est-place
thor-park|pom|Thor Park, incubation and land|5.5300,50.9960|estate|thor-park|s-est-place
greenville|greenville|Greenville|5.3690,51.0270|estate||s-est-place
c-mine-crib|c-mine-crib|C-Mine Crib|5.4885,50.9835|estate|c-mine|s-est-place
corda|corda|Corda INCubator|5.3530,50.9525|estate|corda-campus|s-est-place
remo|remo|RE-MO landfill site|houthalen-helchteren|municipality|remo|s-remo
machiels|machiels|Group Machiels|hasselt|municipality||s-est-region
limburg-net|limburg-net|Limburg.net|hasselt|municipality||s-bionerga
ovam|ovam|OVAM, desk for Limburg|hasselt|municipality||s-vision
scheepvaart|scheepvaart|Waterway manager|hasselt|municipality||s-vision
province|province|Province house|hasselt|municipality||s-vision
mad|mad|MAD Faculty|5.4880,50.9840|estate|c-mine|s-est-place
fablab|fablab|FabLab Genk|5.4875,50.9830|estate|c-mine|s-est-place
ide|ide|Innovation and Design Euregio|5.4885,50.9835|estate|c-mine|s-est-place
kesselsgranger|kesselsgranger|KesselsGranger DesignWorks|5.4885,50.9835|estate|c-mine|s-est-place
social-spaces|social-spaces|Social Spaces|5.4880,50.9840|estate|c-mine|s-est-place
pxl|pxl|Hogeschool PXL|hasselt|municipality||s-vision
uhasselt|uhasselt|UHasselt, campus Diepenbeek|5.3925,50.9270|estate||s-est-place
vkw|vkw|VKW Limburg|hasselt|municipality||s-vision
flagbag|flagbag|Flagbag|genk|municipality||s-est-region
jbc|jbc|JBC|houthalen-helchteren|municipality|centrum-zuid|s-vision
polyvision|polyvision|PolyVision|genk|municipality|genk-zuid|s-vision
horeca-startup|horeca-startup|Start-up for sorting at restaurants|hasselt|municipality||s-est-region
shopfitters|shopfitters|Shop interiors as a service|hasselt|municipality||s-est-region
hotelfitters|hotelfitters|Hotel interiors as a service|genk|municipality||s-est-region
modular-builders|modular-builders|Demountable buildings|houthalen-helchteren|municipality||s-est-region
spartacus|spartacus|Spartacus line and Stiemer valley|genk|municipality||s-vision
coal-track|spartacus|Coal track (Kolenspoor)|5.5050,50.9900|estate||s-est-place
road-space-genk|city-genk|Over-wide roads lent to experiments|genk|municipality||s-vision
mine-zwartberg|pom|Mine site of Zwartberg|5.5245,51.0190|estate||s-est-place
mine-beringen|pom|be-MINE Beringen|5.2260,51.0730|estate|be-mine|s-est-place
mine-zolder|pom|Mine site of Zolder|5.3200,51.0400|estate||s-est-place
mine-eisden|pom|Mine site of Eisden|5.7000,50.9900|estate||s-est-place
coordinator|coordinator|Coordinator of circular cases|genk|municipality||s-vision
zol|zol|Ziekenhuis Oost-Limburg|genk|municipality||s-est-centre
jessa|jessa|Jessa Ziekenhuis|hasselt|municipality||s-est-centre
wwtp-genk|aquafin|Sewage treatment Genk|genk|municipality||s-est-centre
wwtp-hasselt|aquafin|Sewage treatment Hasselt|hasselt|municipality||s-est-centre
wwtp-houthalen|aquafin|Sewage treatment Houthalen|houthalen-helchteren|municipality||s-est-centre
wwtp-beringen|aquafin|Sewage treatment Beringen|beringen|municipality||s-est-centre
wwtp-lommel|aquafin|Sewage treatment Lommel|lommel|municipality||s-est-centre
wwtp-sint-truiden|aquafin|Sewage treatment Sint-Truiden|sint-truiden|municipality||s-est-centre
nature|nature-managers|Heath, pine forest and verges|zutendaal|municipality||s-vision
fruit-growers|fruit-growers|Fruit growers of Haspengouw|sint-truiden|municipality||s-vision
fruit-growers-alken|fruit-growers|Fruit growers around Alken|alken|municipality||s-vision
social-economy-genk|social-economy|Social workshops Genk|genk|municipality||s-est-centre
social-economy-hasselt|social-economy|Social workshops Hasselt|hasselt|municipality||s-est-centre
social-economy-houthalen|social-economy|Social workshops Houthalen-Helchteren|houthalen-helchteren|municipality||s-est-centre
schools-genk|schools|Schools of Genk|genk|municipality||s-est-centre
schools-hasselt|schools|Schools of Hasselt|hasselt|municipality||s-est-centre
schools-houthalen|schools|Schools of Houthalen-Helchteren|houthalen-helchteren|municipality||s-est-centre
citizens-genk|citizens|Garden and energy groups of Genk|genk|municipality||s-est-centre
citizens-hasselt|citizens|Garden and energy groups of Hasselt|hasselt|municipality||s-est-centre
contractors-hasselt|builder-firms|Road contractors around Hasselt|hasselt|municipality||s-est-centre
contractors-genk|builder-firms|Road contractors around Genk|genk|municipality||s-est-centre
concrete-canal|cement-users|Concrete plants by the canal|lummen|municipality||s-est-centre
furniture-genk|furniture-makers|Interior makers around Genk|genk|municipality||s-est-centre
furniture-hasselt|furniture-makers|Interior makers around Hasselt|hasselt|municipality||s-est-centre
farmers-peer|farmers|Farmers around Peer|peer|municipality||s-est-centre
farmers-bree|farmers|Farmers around Bree|bree|municipality||s-est-centre
agency-genk|agency|Work shop Genk|genk|municipality||s-est-centre
agency-hasselt|agency|Work shop Hasselt|hasselt|municipality||s-est-centre
"""

# Installations of the register whose short id other tables use; the others get an id from their name.
KNOWN = {"BE-35": "aperam", "BE-316": "norbord", "BE-281": "borealis", "BE-205779": "nitto", "BE-205734": "sadepan", "BE-201": "steinzeug",
         "BE-72": "langerlo", "BE-36": "ford-plant", "BE-192": "sappi-lanaken", "BE-27": "cbr-lixhe", "BE-165": "agc-mol",
         "BE-294": "knauf-vise", "BE-205484": "aswebo-lummen", "BE-205736": "apl-zolder", "BE-205757": "belasco-bilzen",
         "BE-746": "vito", "BE-295": "3b-battice", "BE-38": "pittsburgh-corning", "BE-206091": "friesland-lummen",
         "BE-202": "farm-frites", "BE-237": "greenyard-bree", "BE-203795": "gravaubel"}
# Hotmaps: Belgian rows that repeat an installation of the register: its excess heat goes there.
HOTMAPS_SAME = {"30": "aperam", "44": "sappi-lanaken", "1701": "agc-mol", "29": "cbr-lixhe"}
# Running in the register, which ends in 2022, but closed since by what the press reported: they offer space at most.
CLOSED_SINCE = {"sappi-lanaken", "enci-bv-maastricht"}
IN_GENK_ZUID = {"aperam", "nitto", "ford-plant"}
REACH_KM = 50


def slug(name):
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def company(name):
    """Key of a company: its name without the legal form, so that one company with many sites is one actor."""
    words = [word for word in slug(name).split("-") if word not in ("nv", "sa", "bv", "b", "v", "gmbh", "co", "kg", "belgium", "steenfabrieken")]
    return "-".join(words)[:40].strip("-")


class Municipality:
    """One municipality in the borders of 2025."""

    def __init__(self, area_id, name, parts):
        self.area_id, self.name = area_id, name
        self.polygons = g.dissolve([p for part in parts for p in g.polygons_of(part["geometry"])])
        self.population = sum(part["properties"]["population_2020"] for part in parts)
        self.centre = g.rounded(g.centre(self.polygons), 5)


def municipalities(source):
    """All of Limburg, in alphabetical order of id, as {area_id: Municipality}."""
    parts = {f["properties"]["nis"]: f for f in g.read_features(f"{source}/geo/limburg_municipalities.geojson")}
    out = {}
    for area_id, (name, codes) in MERGED.items():
        out[area_id] = Municipality(area_id, name, [parts.pop(code) for code in codes])
    for part in parts.values():
        name = part["properties"]["name_nl"]
        out[slug(name)] = Municipality(slug(name), name, [part])
    return dict(sorted(out.items()))


AREA_COLUMNS = "area_id name level parent_id from to source_id population"


def areas(source, limburg):
    """Rows of area and the features of area.geojson."""
    belgium = g.dissolve([p for f in g.read_features(f"{source}/geo/be_municipalities_2019.geojson")
                          for p in g.polygons_of(f["geometry"])])
    outer = max((rings[0] for rings in belgium), key=g.ring_area)
    corners = [p for m in limburg.values() for rings in m.polygons for p in rings[0]]
    for _, lon, lat in ELAT_CITIES:
        corners += [(lon + dx, lat + dy) for dx in (-0.09, 0.09) for dy in (-0.06, 0.06)]
    shapes = {"be": [[g.simplify(outer[:len(outer) // 2 + 1], 0.002)[:-1] + g.simplify(outer[len(outer) // 2:], 0.002)]],
              "elat": [[g.hull(corners)]], "poort-genk": g.dissolve([p for name in CORE for p in limburg[name].polygons])}
    rows = [{"area_id": "world", "name": "World", "level": "world", "source_id": "s-statbel"},
            {"area_id": "be", "name": "Belgium", "level": "country", "parent_id": "world", "source_id": "s-statbel"},
            {"area_id": "elat", "name": "Limburg and ELAt", "level": "intercity", "parent_id": "be", "source_id": "s-est-sketch"},
            {"area_id": "poort-genk", "name": "Poort Genk", "level": "region", "parent_id": "elat", "source_id": "s-statbel"}]
    for m in limburg.values():
        rows.append({"area_id": m.area_id, "name": m.name, "level": "municipality",
                     "parent_id": "poort-genk" if m.area_id in CORE else "elat",
                     "from": "2025-01-01" if m.area_id in MERGED else "", "source_id": "s-statbel", "population": str(m.population)})
        shapes[m.area_id] = m.polygons
    rows.append({"area_id": "kortessem", "name": "Kortessem (until 2024)", "level": "municipality", "parent_id": "elat",
                 "to": "2024-12-31", "source_id": "s-statbel"})
    for row in table("area_id name parent_id source_id", PARKS):
        rows.append({**row, "level": "park"})
    features = []
    for row in rows:
        if row["area_id"] in shapes:
            polygons = shapes[row["area_id"]]
            geometry = ({"type": "Polygon", "coordinates": polygons[0]} if len(polygons) == 1
                        else {"type": "MultiPolygon", "coordinates": polygons})
            geometry["coordinates"] = g.rounded(geometry["coordinates"], 6)
            features.append({"type": "Feature", "properties": {"area_id": row["area_id"]}, "geometry": geometry})
    return rows, features


ACTOR_COLUMNS = "actor_id name kind nace jobs_fte website source_id"
SITE_COLUMNS = "site_id actor_id name lon lat area_id address location_quality source_id"


def emissions(row):
    """Mean verified emissions of 2020-2022 in t CO2e, over the years that are there; None when there are none."""
    years = [float(row[f"tco2e_{year}"]) for year in (2020, 2021, 2022) if row[f"tco2e_{year}"] not in ("", "0")]
    return sum(years) / len(years) if years else None


def installations(source, limburg):
    """EU ETS installations within REACH_KM of Genk that run, and the two closed ones whose land is at stake. Dicts with site_id,
    row, tco2, in_limburg."""
    genk = limburg["genk"].centre
    out = []
    for row in read(f"{source}/eprtr/eu_ets_installations_belgium.csv"):
        if not row["lat"]:
            continue
        point = (float(row["lon"]), float(row["lat"]))
        tco2 = emissions(row)
        if row["id"] not in ("BE-36", "BE-72") and (row["account_status"] != "open" or tco2 is None or g.km(point, genk) > REACH_KM):
            continue
        where = next((m.area_id for m in limburg.values() if g.point_in(point, m.polygons)), None)
        out.append({"site_id": KNOWN.get(row["id"]) or slug(row["installation"]), "row": row, "tco2": tco2, "point": point,
                    "municipality": where})
    return sorted(out, key=lambda one: one["site_id"])


def foreign_plants(source, limburg):
    """Hotmaps sites of the Netherlands and Germany within REACH_KM of Genk, one per company and point."""
    genk, out, seen = limburg["genk"].centre, [], set()
    for row in read(f"{source}/eprtr/hotmaps_industrial_sites_europe.csv"):
        if row["country"] not in ("Netherland", "Germany") or not row["lat"]:
            continue
        point = (round(float(row["lon"]), 6), round(float(row["lat"]), 6))
        if g.km(point, genk) > REACH_KM or point in seen:
            continue
        seen.add(point)
        out.append({"site_id": slug(row["site"])[:40].strip("-"), "row": row, "point": point})
    return sorted(out, key=lambda one: one["site_id"])


def actors_and_sites(limburg, plants, foreign, groups):
    """Rows of actor and site. groups: (suffix, name, nace, [area ids]) per kind of small firms."""
    actors = table("actor_id name kind nace jobs_fte website", ACTORS)
    for row in actors:
        row["source_id"] = "s-ing-orbix" if row["jobs_fte"] else NOT_IN_VISION.get(row["actor_id"], "s-vision")
    sites = []
    for row in table("site_id actor_id name place location_quality area_id source_id", SITES):
        place = row.pop("place")
        row["lon"], row["lat"] = (place.split(",") if "," in place else limburg[place].centre)
        sites.append(row)
    known = {row["actor_id"] for row in actors}
    for plant in plants:
        row = plant["row"]
        site, name = plant["site_id"], " ".join((row["operator"] or row["installation"]).split())
        actor = site if site in known else company(name)
        if actor not in known:
            known.add(actor)
            actors.append({"actor_id": actor, "name": name, "kind": "company", "nace": row["nace"] if "." in row["nace"] else "",
                           "source_id": "s-ets"})
        sites.append({"site_id": site, "actor_id": actor, "name": row["installation"], "lon": number(plant["point"][0]),
                      "lat": number(plant["point"][1]), "area_id": "genk-zuid" if site in IN_GENK_ZUID else "",
                      "address": f"{row['address']}, {row['postcode']} {row['city']}".strip(", "), "location_quality": "address",
                      "source_id": "s-closed" if site in CLOSED_SINCE else "s-ets"})
    for plant in foreign:
        row = plant["row"]
        actor = company(row["company"])
        if actor not in known:
            known.add(actor)
            actors.append({"actor_id": actor, "name": " ".join(row["company"].split()), "kind": "company", "source_id": "s-hotmaps"})
        sites.append({"site_id": plant["site_id"], "actor_id": actor, "name": row["site"], "lon": number(plant["point"][0]),
                      "lat": number(plant["point"][1]), "area_id": "elat", "address": f"{row['address']}, {row['postcode']} {row['city']}".strip(", "),
                      "location_quality": "address", "source_id": "s-hotmaps"})
    for m in limburg.values():
        actors.append({"actor_id": f"city-{m.area_id}", "name": f"Municipality of {m.name}", "kind": "government", "nace": "84.11",
                       "source_id": "s-statbel"})
        sites.append({"site_id": f"town-{m.area_id}", "actor_id": f"city-{m.area_id}", "name": f"{m.name}: households and public works",
                      "lon": m.centre[0], "lat": m.centre[1], "location_quality": "municipality", "source_id": "s-est-centre"})
    for suffix, name, nace, where in groups:
        actors.append({"actor_id": f"group-{suffix}", "name": f"{name} (group)", "kind": "company", "nace": nace, "source_id": "s-eurostat"})
        for area_id in where:
            m = limburg[area_id]
            sites.append({"site_id": f"{suffix}-{area_id}", "actor_id": f"group-{suffix}", "name": f"{name} of {m.name}",
                          "lon": m.centre[0], "lat": m.centre[1], "location_quality": "municipality", "source_id": "s-est-centre"})
    return actors, sites
