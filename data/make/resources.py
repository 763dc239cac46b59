"""The resources of the demo region: the seven classes, the ten streams of the vision with their List of Waste codes, and what
the recipes make of them. Columns: id | class | parent | name | Dutch | List of Waste | hazardous | stream | virgin share."""

import text

MATERIAL = """
material||Material|materiaal
# R1 wood
wood-waste|material|Wood waste|houtafval|||R1
wood-a|wood-waste|Untreated wood waste (A)|onbehandeld houtafval (A)|030105|0|R1
wood-b|wood-waste|Treated wood waste (B)|behandeld houtafval (B)|200138|0|R1
wood-c|wood-waste|Impregnated wood waste (C)|verduurzaamd houtafval (C)|200137|1|R1
pallet-used|wood-waste|Used pallets|gebruikte pallets|150103|0|R1
pallet|material|Pallets|pallets||||0.9
wood-fibre|material|Wood for boards|hout voor platen||||1
wood-chip|wood-fibre|Recycled wood chips|gerecycleerde houtspaanders|191207|0|R1|0
wood-fuel|material|Wood fuel|houtbrandstof||||0.5
wood-fines|wood-fuel|Wood fines and oversize|houtstof en zeefoverloop|191207|0|R1|0
prunings|wood-fuel|Prunings of heath, forest and verges|snoeihout van heide, bos en bermen|200201|0|R3|0
pellets|material|Wood pellets|houtpellets||||0.5
board|material|Wood board|houtplaten||||0.6
# R2 soil
soil-waste|material|Excavated soil and sediment|uitgegraven grond en slib|||R2
soil-polluted|soil-waste|Polluted soil|verontreinigde grond|170503|1|R2
soil-oil|soil-polluted|Soil polluted with mineral oil|grond met minerale olie|170503|1|R2
soil-pfas|soil-polluted|Soil polluted with PFAS or metals|grond met PFAS of metalen|170503|1|R2
dredging|soil-waste|Dredging spoil|bagger- en ruimingsspecie|170506|0|R2
sweepings|soil-waste|Street sweepings|veegvuil|200303|0|R2
soil-surplus|soil-waste|Surplus clean soil|overtollige schone grond|170504|0|R2
fill-soil|material|Fill soil|ophooggrond||||1
treated-soil|fill-soil|Treated soil|gereinigde grond|191302|0|R2|0
filter-cake|material|Filter cake of soil washing|filterkoek van grondreiniging|191301|1|R2
# R3 biomass and food
biomass-waste|material|Biomass waste|biomassa-afval|||R3
garden|biomass-waste|Garden and park waste|groenafval|200201|0|R3
biomass-wet|biomass-waste|Wet organic waste|nat organisch afval|||R3
kitchen|biomass-wet|Kitchen waste of households|keukenafval van gezinnen|200108|0|R3
horeca-organic|biomass-wet|Organic waste of restaurants|organisch afval van horeca|200108|0|R3
food-industry|biomass-wet|Food industry residues|reststromen van voeding|020304|0|R3
coffee-grounds|biomass-waste|Coffee grounds|koffiedik|200108|0|R3
food-surplus|biomass-waste|Edible food surplus|eetbare voedseloverschotten|020304|0|R3
sludge|biomass-waste|Sewage sludge|zuiveringsslib|190805|0|R3
soil-improver|material|Soil improver|bodemverbeteraar||||0.5
compost|soil-improver|Compost|compost|190503|0|R3|0
digestate|soil-improver|Digestate|digestaat|190606|0|R3|0
mushrooms|material|Mushrooms|paddenstoelen||||0
meals|material|Meals from surplus|maaltijden uit overschotten||||0.8
# R4 oil
oil-waste|material|Waste oil|afvalolie|||R4
lube-used|oil-waste|Used lubricating oil|gebruikte smeerolie|130205|1|R4
uco|oil-waste|Used cooking oil|gebruikte frituurolie|200125|0|R4
oil-emulsion|oil-waste|Oil emulsions|olie-emulsies|130802|1|R4
base-oil|material|Base oil|basisolie||||1
fuel-oil|material|Fuel oil and extender|stookolie en fluxolie||||1
biodiesel-feed|material|Cleaned cooking oil for biodiesel|gezuiverde olie voor biodiesel||||0.9
# R5 metal
metal-scrap|material|Metal scrap|metaalschroot|||R5
scrap-mixed|metal-scrap|Mixed metals|gemengde metalen|170407|0|R5
scrap-steel|metal-scrap|Steel scrap|staalschroot|191202|0|R5|0.6
scrap-stainless|metal-scrap|Stainless steel scrap|roestvrij-staalschroot|191202|0|R5|0.6
scrap-nonferrous|metal-scrap|Non-ferrous scrap|non-ferroschroot|191203|0|R5|0.6
weee|metal-scrap|Discarded electrical equipment|afgedankte elektrische apparaten|200136|0|R5
solar-panel|material|Discarded solar panels|afgedankte zonnepanelen|160214|0|R5
elv|metal-scrap|End-of-life vehicles|voertuigwrakken|160104|1|R5
steel-slag|material|Stainless steel slag|slak van roestvrij staal|100202|0|R5
slag-mineral|material|Mineral fraction of steel slag|minerale fractie van staalslak|100201|0|R5
metal-concentrate|material|Metal recovered from slag|metaal uit slak|191203|0|R5|0.8
device|material|Refurbished equipment|opgeknapte apparaten||||0.8
car-parts|material|Used car parts|gebruikte auto-onderdelen||||0.8
# R6 plastic
plastic-waste|material|Plastic waste|kunststofafval|||R6
plastic-pmd|plastic-waste|Household packaging (P+MD)|huishoudelijke verpakkingen (P+MD)|150106|0|R6
plastic-film|plastic-waste|Plastic film|kunststoffolie|150102|0|R6
plastic-hard|plastic-waste|Hard plastics|harde kunststoffen|200139|0|R6
plastic-industrial|plastic-waste|Plastic and tape offcuts of industry|productieresten van kunststof en tape|070213|0|R6
plastic-mixed|plastic-waste|Mixed plastics after sorting|gemengde kunststoffen na sortering|191204|0|R6
polymer|material|Plastic granulate|kunststofgranulaat||||1
plastic-sorted|polymer|Sorted PET, PE, PP|gesorteerd PET, PE, PP|191204|0|R6|0
regranulate|polymer|Recycled plastic granulate|gerecycleerd kunststofgranulaat||||0
profiles|material|Posts, planks and benches|palen, planken en banken||||0.9
# R7 glass
glass-waste|material|Glass waste|glasafval|||R7
glass-container|glass-waste|Container glass|hol glas|150107|0|R7
glass-flat|glass-waste|Flat glass|vlak glas|170202|0|R7
windscreen|glass-waste|Windscreens|voorruiten|160120|0|R7
glass-fines|glass-waste|Glass fines|glasfijn|191205|0|R7
cullet|material|Glass raw material|grondstof voor glas||||1
cullet-container|cullet|Container cullet|scherven van hol glas|191205|0|R7|0
cullet-flat|cullet|Flat cullet|scherven van vlak glas|191205|0|R7|0
pvb|material|PVB film|PVB-folie|191204|0|R7|0.8
foam-glass|material|Foam glass gravel|schuimglasgranulaat||||0.9
# R8 rubber
rubber-waste|material|Rubber waste|rubberafval|||R8
tyres|rubber-waste|End-of-life tyres|afgedankte banden|160103|0|R8
tyre-casing|rubber-waste|Truck tyre casings|karkassen van vrachtwagenbanden|160103|0|R8
rubber-offcuts|rubber-waste|Rubber profiles and offcuts|rubberprofielen en -resten|191204|0|R8
tyre-textile|material|Tyre textile fluff|textielpluis van banden|191208|0|R8
rubber-granulate|material|Rubber granulate|rubbergranulaat||||0.7
rubber-product|material|Rubber tiles and mats|rubbertegels en -matten||||0.7
tyre-reused|material|Retreaded tyres|hernieuwde banden||||0.8
# R9 mixed waste and what landfills hold
mixed-waste|material|Mixed waste|gemengd afval|||R9
residual|mixed-waste|Household residual waste|huisvuil|200301|0|R9
commercial|mixed-waste|Commercial residual waste|bedrijfsrestafval|200301|0|R9
bulky|mixed-waste|Bulky waste|grofvuil|200307|0|R9
sorting-residue|material|Sorting residue|sorteerresidu|191212|0|R9
rdf|material|Fuel from waste (RDF)|brandstof uit afval (RDF)|191210|0|R9
kiln-fuel|material|Solid kiln fuel (coal, petcoke)|vaste ovenbrandstof (kolen, petcokes)||||1
bottom-ash|material|Bottom ash|bodemas|190112|0|R9
landfill-waste|material|Waste stored in old landfill|afval in oude stortplaats|191212|0|R9
plasma-slag|material|Vitrified slag|verglaasde slak||||0
loss|material|Lost to air and water|verlies naar lucht en water
# R10 construction and demolition
cdw|material|Construction and demolition waste|bouw- en sloopafval|||R10
concrete-rubble|cdw|Concrete rubble|betonpuin|170101|0|R10
brick-rubble|cdw|Brick rubble|metselpuin|170102|0|R10
rubble-mixed|cdw|Mixed rubble|gemengd puin|170107|0|R10
asphalt-waste|cdw|Asphalt planings|asfaltfreesgoed|170302|0|R10
asphalt-tar|cdw|Tar asphalt|teerhoudend asfalt|170301|1|R10
gypsum-waste|cdw|Gypsum waste|gipsafval|170802|0|R10
building-elements|cdw|Elements taken out of buildings|uitgebouwde bouwelementen|170904|0|R10
ceramic-rubble|cdw|Ceramic rejects|keramische uitval|101208|0|R10
aggregate|material|Coarse aggregate|grof granulaat||||1
gravel|aggregate|Gravel and crushed rock|grind en steenslag||||1
granulate|aggregate|Recycled granulate|puingranulaat||||0
sand|material|Sand|zand||||1
washed-sand|sand|Washed sand|gewassen zand|191209|0|R2|0
asphalt-raw|material|Aggregate for asphalt|granulaat voor asfalt||||1
asphalt-granulate|asphalt-raw|Asphalt granulate|asfaltgranulaat|191209|0|R10|0
gypsum|material|Gypsum|gips||||1
gypsum-recycled|gypsum|Recycled gypsum|gerecycleerd gips|191209|0|R10|0
brick|material|Bricks|baksteen||||1
brick-reused|brick|Cleaned bricks|gereinigde baksteen||||0
block|material|Building blocks and pavers|bouwblokken en klinkers||||1
carbstone|block|Blocks hardened with CO2|blokken verhard met CO2||||0
modules|material|Modules for demountable buildings|modules voor demontabele gebouwen||||0.8
insulation|material|Insulation|isolatie||||0.9
insulation-bio|insulation|Insulation of paper or textile|isolatie uit papier of textiel||||0
# CO2
co2-flue|material|CO2 in flue gas|CO2 in rookgas
co2-pure|material|Liquid CO2|vloeibare CO2||||1
# Textiles, paper, packaging, furniture
textile-waste|material|Discarded textiles|afgedankt textiel|200111|0
flags-used|textile-waste|Old flags and banners|oude vlaggen en banners|200111|0
textile-reused|material|Second-hand textiles|tweedehands textiel||||0.9
textile-fibre|material|Textile fibre|textielvezel|191208|0
bag|material|Bags made of flags|tassen uit vlaggen||||0.9
paper-waste|material|Waste paper|oud papier|200101|0
cardboard-waste|material|Waste cardboard|oud karton|150101|0
crates-used|material|Used crates and cups|gebruikte kratten en bekers|150102|0
crates-clean|material|Washed crates and cups as a service|gewassen kratten en bekers als dienst||||0.8
furniture-used|material|Used shop, office and hotel furniture|gebruikt winkel-, kantoor- en hotelmeubilair|200307|0
furniture-service|material|Interior as a service|interieur als dienst||||0.8
furniture-school|material|Modular school furniture|modulair schoolmeubilair||||0.8
"""

OTHER = """
energy|energy||Energy|energie
electricity|energy|energy|Electricity|elektriciteit
heat|energy|energy|Hot water and heat|warm water en warmte
steam|energy|heat|Steam|stoom
heat-low|energy|energy|Heat below 50 degrees|warmte onder 50 graden
district-heat|energy|energy|Heat delivered by a network|warmte geleverd door een net
biogas|energy|energy|Biogas|biogas
water|water||Water|water
rainwater|water|water|Rain water|regenwater
effluent|water|water|Treated effluent|gezuiverd afvalwater
cooling-water|water|water|Used cooling water|gebruikt koelwater
process-water|water|water|Process water|proceswater
irrigation|water|water|Water for orchards and green|water voor boomgaarden en groen
spent-water|water|water|Spent wash water and brine|gebruikt waswater en brijn
space|space||Space|ruimte
hall|space|space|Hall|hal
yard|space|space|Yard|bedrijfsterrein
quay|space|yard|Quay side|kadeterrein
lab|space|space|Room to experiment|experimenteerruimte
land|space|space|Open land|open grond
road-space|space|space|Under-used road space|onderbenutte wegruimte
labour|labour||Labour|arbeid
operator|labour|labour|Operators|operatoren
technician|labour|labour|Technicians and craftspeople|technici en ambachtslui
logistics|labour|labour|Logistic workers|logistieke medewerkers
social|labour|labour|Social economy|sociale economie
knowledge|knowledge||Knowledge|kennis
know-energy|knowledge|knowledge|Energy systems|energiesystemen
know-cleantech|knowledge|knowledge|Clean technology|cleantech
know-design|knowledge|knowledge|Design for disassembly|ontwerp voor demontage
know-digital|knowledge|knowledge|Digital services|digitale diensten
know-materials|knowledge|knowledge|Materials and chemistry|materialen en chemie
know-business|knowledge|knowledge|Circular business|circulair ondernemen
know-pilot|knowledge|knowledge|Tested pilots of a living lab|geteste pilots van een living lab
capital|capital||Capital|kapitaal
seed|capital|capital|Seed money|startkapitaal
growth|capital|capital|Patient growth money|geduldig groeikapitaal
"""

# French and German for what the report shows first; the other names stay blank.
OTHER_NAMES = """
material|matière|Material
energy|énergie|Energie
water|eau|Wasser
space|espace|Fläche
labour|travail|Arbeit
knowledge|connaissance|Wissen
capital|capital|Kapital
wood-waste|déchets de bois|Altholz
soil-waste|terres excavées et sédiments|Aushub und Sediment
biomass-waste|déchets de biomasse|Bioabfall
oil-waste|huiles usagées|Altöl
metal-scrap|ferraille|Metallschrott
plastic-waste|déchets plastiques|Kunststoffabfall
glass-waste|déchets de verre|Altglas
rubber-waste|déchets de caoutchouc|Gummiabfall
mixed-waste|déchets mélangés|gemischter Abfall
cdw|déchets de construction et démolition|Bau- und Abbruchabfall
heat|eau chaude et chaleur|Warmwasser und Wärme
steam|vapeur|Dampf
electricity|électricité|Strom
"""

CPA = {"gravel": "08.12.12", "sand": "08.12.11", "board": "16.21.13", "pallet": "16.24.11", "brick": "23.32.11",
       "gypsum": "08.11.20", "electricity": "35.11.10", "steam": "35.30.11", "bag": "15.12.12", "mushrooms": "01.13.80"}

COLUMNS = ("resource_id class name name_nl name_fr name_de parent_id code_low code_ewcstat code_cpa hazardous stream "
           "t_per_unit virgin_share source_id")


def resources(source):
    """All rows; EWC-Stat follows from the List of Waste code (Regulation 849/2010, Annex III)."""
    ewcstat = {row["low_code"]: row["ewcstat_3"] for row in text.read(f"{source}/reference/low_to_ewcstat.csv")}
    low = {row["code"]: row for row in text.read(f"{source}/reference/low_codes.csv")}
    cpa = {row["code"] for row in text.read(f"{source}/reference/cpa_2_1.csv")}
    more = {row["id"]: row for row in text.table("id fr de", OTHER_NAMES)}
    rows = text.table("id parent name name_nl low hazardous stream virgin", MATERIAL)
    for row in rows:
        row["class"] = "material"
    rows += text.table("id class parent name name_nl low hazardous stream virgin", OTHER)
    out = []
    for row in rows:
        code = row["low"]
        if code and (low[code]["level"] != "3" or low[code]["hazardous"] != row["hazardous"]):
            raise ValueError(f"{row['id']}: {code} is not a waste code with hazardous = {row['hazardous']}")
        if row["id"] in CPA and CPA[row["id"]] not in cpa:
            raise ValueError(f"{row['id']}: {CPA[row['id']]} is not a CPA code")
        names = more.get(row["id"], {})
        out.append({"resource_id": row["id"], "class": row["class"], "name": row["name"], "name_nl": row["name_nl"],
                    "name_fr": names.get("fr"), "name_de": names.get("de"), "parent_id": row["parent"], "code_low": code,
                    "code_ewcstat": ewcstat[code] if code else "", "code_cpa": CPA.get(row["id"]),
                    "hazardous": row["hazardous"] or "0", "stream": row["stream"],
                    "t_per_unit": 1 if row["class"] in ("material", "water") else 0,
                    "virgin_share": row["virgin"], "source_id": "s-est-resource"})
    return out
