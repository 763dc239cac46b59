"""Today's fate and price of each resource, gateways, modes, substitutions and incentives. Estimates are orders of magnitude
and say so through their source."""

from text import table

# resource | fate | EUR per unit paid today | kg CO2 of that fate (UK waste disposal factors unless the source says otherwise) | source
FATE = """
wood-a|energy_recovery|6|4.68568|s-est-fate
wood-b|energy_recovery|32|4.68568|s-est-fate
wood-c|incineration|95|4.68568|s-est-fate
pallet-used|recycling|5|-150|s-est-fate
prunings|unused|12|8.98311|s-est-fate
wood-fines|energy_recovery|8|4.68568|s-est-fate
soil-oil|landfill|58|19.54671|s-levy
soil-pfas|landfill|72|19.54671|s-levy
dredging|storage|24|1.00835|s-est-fate
sweepings|landfill|68|19.54671|s-levy
soil-surplus|storage|7|1.00835|s-est-fate
garden|recycling|42|-34|s-est-fate
kitchen|recycling|72|8.98311|s-est-fate
horeca-organic|incineration|138|4.68568|s-est-fate
food-industry|recycling|28|8.98311|s-est-fate
coffee-grounds|incineration|138|4.68568|s-est-fate
food-surplus|recycling|60|8.98311|s-est-fate
sludge|incineration|92|8.98311|s-est-fate
lube-used|recycling|-120|-464|s-est-fate
uco|recycling|-640|4.68568|s-est-fate
oil-emulsion|incineration|95|4.68568|s-est-fate
scrap-mixed|recycling|-205|-1497|s-est-fate
scrap-steel|recycling|-255|-1762.0|s-est-fate
scrap-stainless|recycling|-1050|-1762.0|s-est-fate
scrap-nonferrous|recycling|-1150|-1762.0|s-est-fate
weee|recycling|-40|-1000|s-est-fate
elv|recycling|-85|-1300|s-est-fate
steel-slag|recycling|10|1.00835|s-ing-orbix
slag-mineral|storage|3|1.00835|s-est-fate
plastic-pmd|recycling|185|-760|s-est-fate
plastic-film|recycling|-15|-1272|s-est-fate
plastic-hard|energy_recovery|62|4.68568|s-est-fate
plastic-industrial|energy_recovery|95|4.68568|s-est-fate
plastic-mixed|energy_recovery|110|4.68568|s-est-fate
glass-container|recycling|-12|-534|s-est-fate
glass-flat|recycling|22|-200|s-est-fate
windscreen|recycling|38|-200|s-est-fate
glass-fines|landfill|34|8.98311|s-est-fate
tyres|recycling|92|-650|s-est-fate
tyre-casing|recycling|-250|4.68568|s-est-fate
rubber-offcuts|incineration|105|4.68568|s-est-fate
residual|incineration|122|4.68568|s-est-fate
commercial|incineration|136|4.68568|s-est-fate
bulky|incineration|152|4.68568|s-est-fate
sorting-residue|incineration|116|4.68568|s-est-fate
bottom-ash|landfill|58|1.26338|s-levy
landfill-waste|storage|0.6|0|s-est-fate
concrete-rubble|recycling|3|-5|s-est-fate
brick-rubble|recycling|7|-5|s-est-fate
rubble-mixed|recycling|9|-5|s-est-fate
asphalt-waste|recycling|3|-8|s-est-fate
asphalt-tar|storage|74|1.26338|s-est-fate
gypsum-waste|landfill|68|71.95|s-levy
building-elements|recycling|14|1.00835|s-est-fate
ceramic-rubble|landfill|18|1.26338|s-est-fate
co2-flue|discharge|0|1000|s-ets
textile-waste|recycling|22|-840|s-est-fate
flags-used|incineration|150|4.68568|s-est-fate
paper-waste|recycling|-62|-215|s-est-fate
cardboard-waste|recycling|-58|-97|s-est-fate
crates-used|recycling|-40|4.68568|s-est-fate
furniture-used|incineration|152|4.68568|s-est-fate
heat|discharge|0.5|0|s-est-fate
steam|discharge|0.5|0|s-est-fate
heat-low|discharge|0|0|s-est-fate
electricity|reuse|-55|-160|s-est-fate
rainwater|discharge|0.1|0|s-est-fate
effluent|discharge|0|0|s-est-fate
cooling-water|discharge|0.12|0|s-est-fate
hall|vacant|6|0|s-est-space
yard|vacant|1.4|0|s-est-space
quay|vacant|2|0|s-est-space
lab|vacant|11|0|s-est-space
land|vacant|0.4|0|s-est-space
road-space|unused|0.8|0|s-est-space
operator|idle|-26|0|s-est-labour
technician|idle|-33|0|s-est-labour
logistics|idle|-25|0|s-est-labour
social|idle|-16|0|s-est-labour
know-energy|idle|-48|0|s-est-knowledge
know-cleantech|idle|-48|0|s-est-knowledge
know-design|idle|-42|0|s-est-knowledge
know-digital|idle|-50|0|s-est-knowledge
know-materials|idle|-52|0|s-est-knowledge
know-business|idle|-45|0|s-est-knowledge
seed|idle|0|0|s-est-capital
growth|idle|0|0|s-est-capital
"""

# resource | EUR per unit paid today, delivered | kg CO2 of what is bought today | source of the price | source of the CO2
PRICE = """
wood-fibre|66|38.54|s-est-price|s-uk-material
wood-fuel|38|38.54|s-est-price|s-uk-material
board|355|269.50416|s-est-price|s-uk-material
pallet|265|269.50416|s-est-price|s-uk-material
pellets|185|38.54|s-est-price|s-uk-material
fill-soil|6.5|1.00835|s-est-price|s-uk-material
sand|14|7.79306|s-est-price|s-uk-material
aggregate|15.5|7.79306|s-est-price|s-uk-material
gravel|17|7.79306|s-est-price|s-uk-material
plastic-mixed|-70|0|s-est-price|s-est-price
plastic-sorted|370|1597.10826|s-est-price|s-uk-material
slag-mineral|11|7.79306|s-est-price|s-uk-material
steel-slag|4|7.79306|s-est-price|s-uk-material
textile-fibre|210|1597.10826|s-est-price|s-uk-material
gypsum-recycled|33|87.88|s-est-price|s-uk-material
asphalt-raw|22|10.53414|s-est-price|s-uk-material
gypsum|34|87.88|s-est-price|s-uk-material
brick|205|241.79306|s-est-price|s-uk-material
block|96|118.79306|s-est-price|s-uk-material
modules|1150|118.79306|s-est-price|s-uk-material
insulation|690|1861.79306|s-est-price|s-uk-material
foam-glass|118|241.79306|s-est-price|s-uk-material
soil-improver|11|112.08811|s-est-price|s-uk-material
mushrooms|6200|3701.40359|s-est-price|s-uk-material
meals|2600|3701.40359|s-est-price|s-uk-material
base-oil|690|725|s-est-price|s-uk-material
fuel-oil|340|725|s-est-price|s-uk-material
scrap-steel|290|1766.69594|s-est-price|s-uk-material
scrap-stainless|1180|1766.69594|s-est-price|s-uk-material
metal-concentrate|620|1766.69594|s-est-price|s-uk-material
device|4800|5647.94563|s-est-price|s-uk-material
car-parts|1150|3824.09335|s-est-price|s-uk-material
polymer|640|1597.10826|s-est-price|s-uk-material
profiles|480|1597.10826|s-est-price|s-uk-material
cullet-container|79|579.57713|s-est-price|s-uk-material
cullet-flat|72|579.57713|s-est-price|s-uk-material
cullet|70|579.57713|s-est-price|s-uk-material
rubber-granulate|205|1200|s-est-price|s-est-price
rubber-product|590|1200|s-est-price|s-est-price
tyre-reused|2900|2604.35401|s-est-price|s-uk-material
kiln-fuel|92|2400|s-est-price|s-est-price
co2-pure|98|0|s-est-price|s-est-price
textile-reused|720|6690|s-est-price|s-uk-material
bag|39000|22310|s-est-price|s-uk-material
crates-clean|330|1597.10826|s-est-price|s-uk-material
furniture-service|2400|1335.88|s-est-price|s-uk-material
furniture-school|3600|1335.88|s-est-price|s-uk-material
heat|44|224.4|s-est-price|s-ipcc-gas
steam|47|224.4|s-est-price|s-ipcc-gas
district-heat|82|224.4|s-est-price|s-ipcc-gas
electricity|112|160|s-est-price|s-est-price
process-water|1.9|0.1913|s-est-price|s-uk-water
irrigation|0.75|0.1913|s-est-price|s-uk-water
hall|48|0|s-est-space|s-est-space
yard|13|0|s-est-space|s-est-space
quay|22|0|s-est-space|s-est-space
lab|85|0|s-est-space|s-est-space
land|5|0|s-est-space|s-est-space
road-space|9|0|s-est-space|s-est-space
operator|33|0|s-est-labour|s-est-labour
technician|43|0|s-est-labour|s-est-labour
logistics|31|0|s-est-labour|s-est-labour
social|22|0|s-est-labour|s-est-labour
know-energy|78|0|s-est-knowledge|s-est-knowledge
know-cleantech|76|0|s-est-knowledge|s-est-knowledge
know-design|70|0|s-est-knowledge|s-est-knowledge
know-digital|80|0|s-est-knowledge|s-est-knowledge
know-materials|84|0|s-est-knowledge|s-est-knowledge
know-business|74|0|s-est-knowledge|s-est-knowledge
know-pilot|92|0|s-est-knowledge|s-est-knowledge
knowledge|70|0|s-est-knowledge|s-est-knowledge
seed|0.06|0|s-est-capital|s-est-capital
growth|0.03|0|s-est-capital|s-est-capital
"""

# Places of gateways: id | name | lon | lat | level
PLACES = """
antwerp|Port of Antwerp by the Albert Canal|4.3100|51.2600|country
eindhoven|Eindhoven|5.4697|51.4416|intercity
leuven|Leuven|4.7005|50.8798|intercity
aachen|Aachen|6.0839|50.7753|intercity
liege|Liège|5.5797|50.6326|intercity
world|World market over Rotterdam|4.1400|51.9500|world
genk|Genk: agencies, grid and merchants|5.4949|50.9672|municipality
hasselt|Hasselt: grid and merchants|5.3383|50.9307|municipality
houthalen|Houthalen-Helchteren: grid and merchants|5.4083|51.0454|municipality
"""

# place | resource | direction | EUR per unit | yearly capacity (blank: unlimited) | kg CO2 per unit
GATEWAYS = """
# pull: what the region can attract; a negative price is a fee that comes with it
antwerp|wood-b|in|-24|60000|0
eindhoven|wood-b|in|-26|25000|0
aachen|wood-b|in|-22|20000|0
leuven|wood-a|in|4|12000|0
antwerp|lube-used|in|172|14000|464
liege|lube-used|in|162|5000|464
antwerp|tyres|in|-48|9000|650
eindhoven|tyres|in|-50|5000|650
aachen|tyres|in|-46|4000|650
liege|glass-container|in|-8|30000|534
eindhoven|glass-container|in|-10|20000|534
leuven|glass-flat|in|-14|6000|200
leuven|plastic-mixed|in|-85|6000|0
eindhoven|plastic-film|in|30|8000|1272
antwerp|plastic-hard|in|-35|12000|0
liege|soil-pfas|in|-52|40000|0
antwerp|soil-pfas|in|-60|80000|0
antwerp|asphalt-tar|in|-62|30000|0
liege|steel-slag|in|-6|80000|0
leuven|furniture-used|in|-90|1500|0
eindhoven|furniture-used|in|-95|1500|0
leuven|textile-waste|in|15|4000|840
eindhoven|food-surplus|in|-30|600|0
liege|scrap-mixed|in|222|30000|1497
antwerp|scrap-stainless|in|1150|80000|1762
liege|elv|in|100|6000|1300
leuven|weee|in|55|2500|1000
world|polymer|in|660||1597
antwerp|co2-pure|in|84|30000|0
antwerp|gravel|in|14||0
liege|gravel|in|9||0
antwerp|sand|in|11||0
eindhoven|know-digital|in|72|9000|0
leuven|know-materials|in|76|9000|0
aachen|know-energy|in|74|9000|0
liege|know-design|in|68|6000|0
genk|operator|in|34|250000|0
genk|technician|in|44|150000|0
genk|social|in|24|40000|0
hasselt|operator|in|34|200000|0
hasselt|technician|in|44|120000|0
hasselt|logistics|in|32|150000|0
genk|electricity|in|112||160
hasselt|electricity|in|112||160
houthalen|electricity|in|112||160
hasselt|growth|in|0.035||0
# push: where the region sells
antwerp|wood-chip|out|52||-39
aachen|board|out|338|60000|-231
eindhoven|board|out|342|60000|-231
world|board|out|322||-231
world|pellets|out|165||-39
antwerp|base-oil|out|650||-725
world|fuel-oil|out|320||-725
antwerp|biodiesel-feed|out|820||0
world|scrap-steel|out|275||-1767
liege|scrap-steel|out|280|60000|-1767
world|scrap-nonferrous|out|1260||-1767
world|scrap-stainless|out|1120||-1767
world|plastic-sorted|out|340||-1597
antwerp|regranulate|out|560|40000|-1597
world|regranulate|out|535||-1597
eindhoven|profiles|out|395|4000|-1597
antwerp|profiles|out|370||-1597
antwerp|cullet-container|out|68||-580
aachen|cullet-flat|out|66|12000|-580
world|pvb|out|420||0
world|rubber-granulate|out|165||-1200
aachen|rubber-product|out|545|3000|-1200
world|rubber-product|out|505||-1200
eindhoven|tyre-reused|out|2600|1500|-2604
antwerp|carbstone|out|70||-119
leuven|carbstone|out|74|40000|-119
eindhoven|insulation-bio|out|620|8000|-1862
antwerp|insulation-bio|out|590||-1862
leuven|furniture-service|out|2150|900|-1336
eindhoven|furniture-service|out|2180|900|-1336
leuven|furniture-school|out|3100|600|-1336
leuven|textile-reused|out|520|1500|-6690
world|textile-reused|out|430||-2000
world|textile-fibre|out|120||0
world|bag|out|34000|20|-22310
eindhoven|modules|out|990|3000|-119
leuven|know-pilot|out|84|8000|0
eindhoven|know-pilot|out|86|8000|0
genk|electricity|out|62||-160
hasselt|electricity|out|62||-160
houthalen|electricity|out|62||-160
genk|biogas|out|41|40000|-202
hasselt|biogas|out|41|40000|-202
houthalen|biogas|out|41|40000|-202
world|car-parts|out|820||-3824
world|device|out|3100|200|-5648
antwerp|cardboard-waste|out|70||-102
eindhoven|mushrooms|out|5200|20|-3701
world|pallet|out|205||-231
eindhoven|compost|out|4|20000|-112
aachen|gypsum-recycled|out|27|15000|-88
"""

# mode | name | class | load EUR | EUR per unit km | kg CO2 per unit km | circuity | max km | km/h | needs the network | source of the cost |
# source of the CO2 | kinds of links | gross t of the vehicle, for water t of cargo | most hours | share lost per km | source of the loss
# Barge and train are the haul from quay to quay alone: haulage by truck and transfers come from the chain. KiM's figure for 165 km
# (2.76 and 6.32 EUR per t) is kept at 165 km; 30 % of it is taken as the time at both ends, which does not grow with the distance.
MODES = """
truck|Truck|material|4.2|0.105|0.09502|1.25||65|0|s-est-mode|s-uk-freight|road|44
barge|Barge|material|0.83|0.0117|0.0386|1.4||12|1|s-kim|s-etrr|water|1350
train|Train|material|1.9|0.0268|0.0347|1.3||45|1|s-kim|s-uk-freight|rail
heat-pipe|Heat pipe or direct line|energy|2.6|2|0.4|1.25|9||0|s-est-mode|s-est-mode||||0.012|s-est-heat-loss
water-pipe|Water pipe|water|0.06|0.13|0.02|1.25|8||0|s-est-mode|s-est-mode||||0.003|s-leak
tanker|Water tanker|water|3.2|0.12|0.09502|1.25|60|60|0|s-est-mode|s-uk-freight|road|44
in-place|In place|space|0|0|0|1|0.4||0|s-est-mode|s-est-mode
bicycle|Bicycle|labour|0|0.07|0|1.2|9|17|0|s-est-mode|s-est-mode|cycle||0.6
bus|Bus|labour|0.45|0.045|0.02|1.3|35|30|0|s-est-mode|s-est-mode|road||1.2
commuter-train|Commuter train|labour|0.45|0.033|0.009|1.3|60|60|1|s-est-mode|s-est-mode|transit||1.2
car|Car|labour|0.2|0.1|0.045|1.25|60|55|0|s-est-mode|s-est-mode|road||1.1
online|Online|knowledge|3|0|0|1|||0|s-est-mode|s-est-mode
meeting|Meeting|knowledge|0.5|0.16|0.06|1.25|60|60|0|s-est-mode|s-est-mode
bank|Transfer|capital|0.001|0|0|1|||0|s-est-mode|s-est-mode
"""

# offered | needed | ratio | cost EUR | max share | source
SUBSTITUTIONS = """
wood-b|wood-fuel|0.95|4|0.6|s-est-recipe
wood-a|wood-fibre|0.9|14|0.25|s-est-recipe
wood-fines|soil-improver|0.6|3|0.2|s-est-recipe
soil-surplus|fill-soil|1|1.2||s-est-recipe
slag-mineral|aggregate|0.95|1.5|0.3|s-est-recipe
slag-mineral|sand|0.9|2|0.2|s-est-recipe
granulate|asphalt-raw|0.9|4|0.15|s-est-recipe
ceramic-rubble|aggregate|0.9|3.5|0.3|s-est-recipe
glass-fines|sand|0.95|6|0.1|s-est-recipe
foam-glass|aggregate|3.2|0|0.05|s-est-recipe
plasma-slag|aggregate|0.9|2|0.2|s-est-recipe
rdf|kiln-fuel|0.55|14|0.8|s-est-recipe
tyres|kiln-fuel|0.95|10|0.05|s-est-recipe
sorting-residue|kiln-fuel|0.4|24|0.2|s-est-recipe
rainwater|irrigation|1|0.08||s-est-recipe
effluent|irrigation|1|0.2|0.6|s-est-recipe
rainwater|process-water|0.9|0.25|0.3|s-est-recipe
cooling-water|process-water|0.95|0.18|0.2|s-est-recipe
cullet-flat|cullet-container|0.95|4|0.2|s-est-recipe
operator|logistics|0.95|1||s-est-labour
operator|social|0.95|2|0.5|s-est-labour
technician|operator|1|1||s-est-labour
know-pilot|know-cleantech|0.8|4|0.5|s-est-knowledge
growth|seed|1|0.004|0.5|s-est-capital
"""

# id | name | target | EUR | budget EUR | from | to | measure
INCENTIVES = """
i-carbstone|Support for CO2 stored in blocks|process:carbstone|4|400000|2028-01-01||M3
i-social|Bonus for repair and reuse with the social economy|r_strategy:R4|25|150000|||M7
i-remanufacture|Launching customer for refurbished interiors|process:furniture-service|60|120000|||M5
i-school|Launching customer for school furniture|process:school-furniture|90|90000|||M5
i-lab|Rent support for room to experiment|resource:lab|12|180000|||M4
i-training|Training with a circular focus|process:training|1.5|150000|||M9
i-landfill|Landfill mining support|process:landfill-mining|3|500000|||M3
i-heat|Heat network support|process:heat-network|3|300000|||M8
"""


def fates():
    return {row["resource"]: row for row in table("resource fate eur co2 source", FATE)}


def prices():
    return {row["resource"]: row for row in table("resource eur co2 source source_co2", PRICE)}


GATEWAY_COLUMNS = "gateway_id name lon lat resource_id direction price_eur capacity level co2_kg source_id"


def gateways():
    places = {row["id"]: row for row in table("id name lon lat level", PLACES)}
    rows = []
    for row in table("place resource direction eur capacity co2", GATEWAYS):
        place = places[row["place"]]
        rows.append({"gateway_id": f"g-{row['place']}-{row['resource']}-{row['direction']}", "name": place["name"], "lon": place["lon"],
                     "lat": place["lat"], "resource_id": row["resource"], "direction": row["direction"], "price_eur": row["eur"],
                     "capacity": row["capacity"], "level": place["level"], "co2_kg": row["co2"], "source_id": "s-est-price"})
    return rows


MODE_COLUMNS = "mode_id name class load_eur eur_per_unit_km co2_kg_per_unit_km circuity max_km speed_kmh needs_network source_id network co2_source_id vehicle_t max_hours loss_per_km loss_source_id"


def modes():
    return table("mode_id name class load_eur eur_per_unit_km co2_kg_per_unit_km circuity max_km speed_kmh needs_network source_id co2_source_id "
                 "network vehicle_t max_hours loss_per_km loss_source_id", MODES)


SUBSTITUTION_COLUMNS = "offered_id needed_id ratio cost_eur max_share source_id"


def substitutions():
    return table(SUBSTITUTION_COLUMNS, SUBSTITUTIONS)


INCENTIVE_COLUMNS = "incentive_id name target eur budget_eur from to measure_id source_id"


def incentives():
    rows = table("incentive_id name target eur budget_eur from to measure_id", INCENTIVES)
    for row in rows:
        row["source_id"] = "s-est-incentive"
    return rows
