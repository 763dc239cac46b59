"""Processes and what goes in and out of them. Labour is an input of its own (jobs x 1600 h), so that opex holds materials, energy
and upkeep only; space and patient money are inputs per unit of capacity.

id | name | activity | R | opex EUR | kg CO2 | jobs | capex EUR per yearly unit | capex per unit opened | lifetime | min load |
labour | space m2 per yearly unit | patient money as share of capex | source | flows resource:quantity[:residual EUR]"""

from text import table

TEXT = """
# R1 wood
chip-clean|Clean wood into chips|t wood|R8|9|6|0.00012|25|60000|15|0.3|operator|yard:0.35||s-est-recipe|wood-a:-1 wood-chip:0.96 wood-fines:0.03:8
clean-wood|Treated wood into board chips|t wood|R8|20|10|0.0003|70|250000|15|0.4|operator|yard:0.5|0.05|s-est-recipe|wood-b:-1 wood-chip:0.78 wood-fines:0.15:10 scrap-steel:0.02 sorting-residue:0.04:115
wood-board|Board of recycled wood|t board|R8|158|120|0.0006|420|3000000|20|0.5|operator|hall:0.25|0.05|s-est-recipe|wood-chip:-1.04 heat:-0.6 board:1 wood-fines:0.02:10
wood-boiler|Steam from treated wood|t wood|R9|35|20|0.0002|480|500000|20|0.4|technician|hall:0.15||s-est-recipe|wood-b:-1 steam:3.1 bottom-ash:0.02:60
wood-pellets|Pellets from wood fines|t fines|R8|58|30|0.0005|160|200000|15|0.4|operator|hall:0.4||s-est-recipe|wood-fines:-1 pellets:0.97
pallet-repair|Repair of pallets|t pallets|R4|40|10|0.002|60|30000|10|0.2|social|hall:1||s-est-recipe|pallet-used:-1 pallet:0.82 wood-a:0.17:5
# R2 soil
soil-wash|Washing of polluted soil|t soil|R8|24|8|0.0001|60|0|20|0.4|operator|yard:0.2||s-lit-soil|soil-polluted:-1 washed-sand:0.6:2 granulate:0.15:2 filter-cake:0.22:85
soil-bio|Biological cleaning of oily soil|t soil|R8|17|4|0.00006|20|0|20|0.3|operator|yard:0.4||s-est-recipe|soil-oil:-1 treated-soil:0.97:3
dredge-dry|Dewatering of dredging spoil|t spoil|R8|10|5|0.00006|25|150000|20|0.3|operator|yard:0.5||s-est-recipe|dredging:-1 treated-soil:0.55:3
sweep-wash|Washing of street sweepings|t sweepings|R8|26|8|0.0002|70|100000|15|0.4|operator|yard:0.3||s-est-recipe|sweepings:-1 washed-sand:0.6:2 sorting-residue:0.25:90
# R3 biomass and food
composting|Composting|t green|R8|24|20|0.00012|80|0|20|0.4|operator|yard:0.6||s-est-recipe|garden:-1 compost:0.38:2 wood-fines:0.08:8
digestion|Dry digestion of wet organics|t organics|R8|36|15|0.00015|280|800000|20|0.5|operator|yard:0.3|0.03|s-est-recipe|biomass-wet:-1 biogas:0.62 digestate:0.8:7
biogas-chp|Heat and power from biogas|MWh biogas|R9|9|0|0.00004|110|50000|15|0.4|technician|||s-est-recipe|biogas:-1 electricity:0.39 heat:0.42
coffee-farm|Mushrooms on coffee grounds|t grounds|R7|450|40|0.02|900|15000|10|0.3|social|lab:8||s-est-recipe|coffee-grounds:-1 mushrooms:0.2 compost:0.6:5
food-rescue|Meals from edible surplus|t surplus|R3|380|60|0.02|600|40000|10|0.3|social|hall:4||s-est-recipe|food-surplus:-1 meals:0.84 horeca-organic:0.14:90
sludge-dry|Sludge drying on residual heat|t sludge|R9|17|8|0.00008|120|300000|20|0.4|operator|yard:0.1||s-est-recipe|sludge:-1 heat:-0.75 rdf:0.27
# R4 oil
oil-rerefine|Re-refining of lubricating oil|t oil|R8|170|180|0.0006|850|4000000|20|0.6|technician|yard:0.2|0.05|s-lit-oil|lube-used:-1 base-oil:0.64 fuel-oil:0.26
uco-clean|Cleaning of cooking oil|t oil|R8|58|25|0.0006|120|80000|15|0.3|operator|hall:0.3||s-est-recipe|uco:-1 biodiesel-feed:0.93
oil-split|Splitting of oil emulsions|t emulsion|R8|45|15|0.0003|150|100000|15|0.4|operator|yard:0.2||s-est-recipe|oil-emulsion:-1 fuel-oil:0.12
# R5 metal
scrap-shred|Shredding and sorting of scrap|t scrap|R8|28|15|0.0002|90|500000|20|0.3|operator|yard:0.4||s-est-recipe|scrap-mixed:-1 scrap-steel:0.78 scrap-nonferrous:0.07 scrap-stainless:0.03 sorting-residue:0.11:115
elv-dismantle|Dismantling of end-of-life vehicles|t vehicles|R3|70|10|0.002|80|60000|15|0.3|technician|hall:1||s-lit-elv|elv:-1 car-parts:0.14:0 scrap-mixed:0.74 tyres:0.03:95 windscreen:0.025:40 lube-used:0.01
slag-sort|Metal out of steel slag|t slag|R8|13|5|0.0001|40|500000|20|0.3|operator|yard:0.15||s-est-recipe|steel-slag:-1 metal-concentrate:0.05 slag-mineral:0.94:12
weee-refurbish|Repair of electrical equipment|t equipment|R4|170|20|0.012|150|60000|10|0.3|social|hall:2||s-est-recipe|weee:-1 device:0.12 scrap-mixed:0.6 scrap-nonferrous:0.06 plastic-hard:0.16:60 sorting-residue:0.05:115
# CO2 into building materials
carbstone|Slag and CO2 into blocks|t slag|R8|27|25|0.0003|120|2000000|20|0.5|operator|hall:0.12 yard:0.3|0.05|s-lit-carbonation|slag-mineral:-1 co2-pure:-0.12 carbstone:1.1
co2-capture|Capture of CO2 from flue gas|t CO2|R8|30|20|0.00008|260|1500000|20|0.5|technician|yard:0.05|0.03|s-est-recipe|co2-flue:-1.1 heat:-0.8 electricity:-0.25 co2-pure:1
# R6 plastic
pmd-sort|Sorting of household packaging|t P+MD|R8|95|12|0.001|800|2000000|20|0.4|operator|hall:0.5||s-est-recipe|plastic-pmd:-1 plastic-sorted:0.48 plastic-film:0.12 plastic-mixed:0.2:110 scrap-steel:0.06 scrap-nonferrous:0.03 sorting-residue:0.1:115
plastic-profiles|Mixed plastics into posts and benches|t profiles|R8|200|60|0.0012|500|400000|15|0.3|operator|hall:1||s-ekol|plastic-mixed:-1.08 profiles:1 sorting-residue:0.07:115
film-regranulate|Film into granulate|t film|R8|285|90|0.0009|600|500000|15|0.4|operator|hall:0.5|0.05|s-est-recipe|plastic-film:-1 regranulate:0.8 sorting-residue:0.16:115
hard-regranulate|Hard plastics into granulate|t plastics|R8|295|90|0.001|620|500000|15|0.4|operator|hall:0.5|0.05|s-est-recipe|plastic-hard:-1 regranulate:0.76 plastic-mixed:0.1:110 sorting-residue:0.12:115
offcut-regranulate|Industrial offcuts into granulate|t offcuts|R8|260|90|0.0012|550|200000|15|0.4|operator|hall:0.5||s-est-recipe|plastic-industrial:-1 regranulate:0.62 sorting-residue:0.36:115
# R7 glass
glass-sort|Container glass into cullet|t glass|R8|22|8|0.00012|90|1000000|20|0.4|operator|yard:0.3||s-est-recipe|glass-container:-1 cullet-container:0.93 glass-fines:0.05:30 scrap-steel:0.005
flat-glass|Flat glass into cullet|t glass|R8|26|8|0.00015|100|300000|20|0.4|operator|yard:0.4||s-est-recipe|glass-flat:-1 cullet-flat:0.9 glass-fines:0.07:30
windscreen-split|Windscreens into cullet and film|t windscreens|R8|48|15|0.0005|180|200000|15|0.4|operator|hall:0.4||s-est-recipe|windscreen:-1 cullet-flat:0.83 glass-fines:0.09:30 pvb:0.06
foam-glass|Glass fines into foam glass|t fines|R8|78|150|0.0005|350|1500000|20|0.5|operator|hall:0.4||s-est-recipe|glass-fines:-1 foam-glass:0.97
# R8 rubber
tyre-granulate|Tyres into granulate|t tyres|R8|95|60|0.0006|380|600000|15|0.4|operator|hall:0.2|0.05|s-lit-tyre|tyres:-1 rubber-granulate:0.68:30 scrap-steel:0.17 tyre-textile:0.1:115
rubber-tiles|Rubber tiles and mats|t rubber|R8|240|70|0.0014|320|300000|15|0.3|operator|hall:0.5|0.05|s-est-recipe|rubber-granulate:-1 rubber-product:0.98
offcut-grind|Rubber offcuts into granulate|t offcuts|R8|90|40|0.0006|260|120000|15|0.3|operator|hall:0.4||s-est-recipe|rubber-offcuts:-1 rubber-granulate:0.9 sorting-residue:0.08:115
tyre-retread|Retreading of truck tyres|t casings|R5|1350|300|0.012|700|400000|15|0.4|technician|hall:2||s-est-recipe|tyre-casing:-1 tyre-reused:0.9 rubber-offcuts:0.09:90
# R9 mixed waste and landfill
mixed-sort|Sorting of commercial waste|t waste|R8|38|10|0.0004|160|800000|20|0.4|operator|hall:0.3||s-lit-sorting|commercial:-1 rdf:0.42:20 wood-b:0.1:35 cardboard-waste:0.06 plastic-mixed:0.07:110 scrap-mixed:0.04 rubble-mixed:0.1:9 sorting-residue:0.19:115
bulky-sort|Taking bulky waste apart|t bulky|R3|55|10|0.0012|90|150000|15|0.3|social|hall:0.8||s-est-recipe|bulky:-1 furniture-used:0.06:150 wood-b:0.42:35 scrap-mixed:0.08 plastic-hard:0.07:60 rubble-mixed:0.08:9 textile-waste:0.03:20 sorting-residue:0.24:115
landfill-mining|Mining of an old landfill|t waste|R8|34|12|0.00012|90|3000000|20|0.4|operator|yard:0.1|0.05|s-lit-remo|landfill-waste:-1 rdf:0.42:20 treated-soil:0.31:3 granulate:0.09:2 scrap-mixed:0.03 plastic-mixed:0.02:110 sorting-residue:0.1:115
plasma|Gas and vitrified slag from RDF|t RDF|R9|95|380|0.0005|1500|10000000|20|0.5|technician|hall:0.3|0.05|s-est-recipe|rdf:-1 electricity:0.75 plasma-slag:0.18:5
ash-wash|Washing of bottom ash|t ash|R8|24|6|0.00012|70|500000|20|0.4|operator|yard:0.3||s-est-recipe|bottom-ash:-1 granulate:0.8:3 scrap-steel:0.07 scrap-nonferrous:0.018 sorting-residue:0.08:90
# R10 construction and demolition
rubble-crush|Crushing of mixed rubble|t rubble|R8|4.6|2|0.00002|8|150000|15|0.3|operator|yard:0.12||s-est-recipe|rubble-mixed:-1 granulate:0.9:1 treated-soil:0.07:3 sorting-residue:0.02:115
concrete-crush|Crushing of concrete|t concrete|R8|4.2|2|0.00002|8|150000|15|0.3|operator|yard:0.12||s-est-recipe|concrete-rubble:-1 granulate:0.97:1 scrap-steel:0.01
brick-clean|Cleaning of bricks|t rubble|R3|35|4|0.0012|60|60000|15|0.3|social|yard:0.8||s-est-recipe|brick-rubble:-1 brick-reused:0.5 granulate:0.48:1
gypsum-recycle|Recycling of gypsum|t gypsum|R8|32|10|0.0003|110|200000|15|0.4|operator|hall:0.4||s-est-recipe|gypsum-waste:-1 gypsum-recycled:0.93:10 cardboard-waste:0.03
asphalt-mill|Granulating of asphalt|t asphalt|R8|5|3|0.00003|12|50000|15|0.3|operator|yard:0.15||s-est-recipe|asphalt-waste:-1 asphalt-granulate:0.98:3
tar-burn|Thermal cleaning of tar asphalt|t asphalt|R8|46|70|0.0001|120|0|20|0.4|operator|yard:0.2||s-est-recipe|asphalt-tar:-1 granulate:0.93:2
modular-build|Modules from reclaimed elements|t elements|R3|300|30|0.009|350|250000|15|0.3|technician|hall:3|0.05|s-est-recipe|building-elements:-1 modules:0.82 granulate:0.1:2 sorting-residue:0.06:115
# Textiles, paper, packaging, furniture
flag-bags|Old flags into bags|t flags|R7|2400|20|0.55|9000|8000|10|0.2|social|lab:30||s-est-recipe|flags-used:-1 bag:0.8 textile-waste:0.18:20
textile-sort|Sorting of textiles|t textiles|R3|110|10|0.004|250|80000|10|0.3|social|hall:1.2||s-lit-textile|textile-waste:-1 textile-reused:0.49:20 textile-fibre:0.26:60 sorting-residue:0.25:130
textile-insulate|Insulation of textile fibre|t fibre|R8|250|60|0.0015|600|300000|15|0.4|operator|hall:0.9||s-est-recipe|textile-fibre:-1 insulation-bio:0.95
paper-insulate|Insulation of waste paper|t paper|R8|235|90|0.001|550|400000|15|0.4|operator|hall:0.8|0.05|s-est-recipe|paper-waste:-1 insulation-bio:0.96
crate-wash|Washing of crates and cups|t crates|R3|85|35|0.004|220|80000|10|0.3|social|hall:1.5||s-est-recipe|crates-used:-1 process-water:-2 crates-clean:0.97
furniture-service|Interiors refurbished and let as a service|t furniture|R5|420|30|0.016|300|200000|10|0.3|technician|hall:4|0.1|s-est-recipe|furniture-used:-1 furniture-service:0.78 wood-b:0.14:35 scrap-steel:0.05
school-furniture|Modular school furniture|t furniture|R1|650|60|0.016|500|150000|12|0.3|technician|lab:4|0.1|s-est-recipe|board:-0.75 regranulate:-0.28 know-design:-2 furniture-school:1
# Energy and water
heat-network|Heat network|MWh|R9|3|2|0.00001|240|400000|40|0.3|technician|||s-est-recipe|heat:-1.1 district-heat:1
heat-pump|Heat pump on low heat|MWh|R9|2.5|0|0.00001|70|100000|20|0.3|technician|||s-est-recipe|heat-low:-0.7 electricity:-0.31 heat:1
solar-land|Solar field on open land|MWh||9|0|0.00003|700|100000|25|0.9|technician|land:10|0.03|s-est-recipe|electricity:1
water-reuse|Process water from effluent|m3|R8|0.42|0.25|0.00001|3.6|150000|20|0.3|technician|yard:0.002||s-est-recipe|effluent:-1 process-water:0.78
rain-collect|Shared rain water|m3|R3|0.1|0.05|0.00001|8|60000|30|0.3|technician|||s-est-recipe|rainwater:-1 process-water:0.95
# Knowledge and labour
living-lab|Living lab that tests pilots|h||6|0|0.0002|20|40000|10|0.3|technician|lab:0.25|0.1|s-est-recipe|knowledge:-0.35 know-pilot:1
training|Training to technician|h||4|0|0.00002|3|20000|10|0.3||lab:0.02||s-est-recipe|operator:-1 know-business:-0.015 technician:0.85
"""

FTE_H = 1600
COLUMNS = "process_id name activity_unit r_strategy opex_eur co2_kg jobs_fte capex_eur capex_fixed_eur lifetime_yr min_load source_id"
FLOW_COLUMNS = "process_id resource_id quantity per residual_eur source_id"


def recipes(class_of):
    """Rows of process and of process_flow. class_of: {resource: class}. What a recipe loses of its material to air, water and
    dust, and of its water, becomes an output that nobody takes, so that every recipe closes."""
    processes, flows = [], []
    names = "process_id name activity_unit r_strategy opex_eur co2_kg jobs_fte capex_eur capex_fixed_eur lifetime_yr min_load labour space patient source_id flows"
    for row in table(names, TEXT):
        labour, space, patient, parts = (row.pop(k) for k in ("labour", "space", "patient", "flows"))
        processes.append(row)
        lines = []
        for part in parts.split():
            resource, quantity, *residual = part.split(":")
            lines.append((resource, float(quantity), "activity", residual[0] if residual else ""))
        for goes, kind in (("loss", "material"), ("spent-water", "water")):
            lost = -sum(quantity for resource, quantity, _, _ in lines if class_of[resource] == kind)
            if lost > 1e-9:
                lines.append((goes, round(lost, 6), "activity", ""))
        if labour:
            lines.append((labour, -round(float(row["jobs_fte"]) * FTE_H, 6), "activity", ""))
        for part in space.split():
            resource, quantity = part.split(":")
            lines.append((resource, -float(quantity), "capacity", ""))
        if patient:
            lines.append(("growth", -round(float(patient) * float(row["capex_eur"]), 6), "capacity", ""))
        flows += [{"process_id": row["process_id"], "resource_id": r, "quantity": q, "per": p, "residual_eur": e,
                   "source_id": row["source_id"]} for r, q, p, e in lines]
    return processes, flows
