"""Offers and needs: reported figures where there are some, else sector coefficients (coefficients.csv) times emissions,
inhabitants or national waste, else an estimate of the actor's possible share. Each row says which."""

import os

import geometry
from places import CLOSED_SINCE, CORE, RING
from text import read, significant, table

GAS_KG_PER_MWH = 202  # IPCC 2006: 56.1 kg CO2 per GJ
GROUPS = [("builders", "Building contractors", "41.20"), ("trade", "Shops, horeca and offices", "47.10"), ("garage", "Garages and dismantlers", "45.20")]
GROUP_AREAS = RING[:3] + ["heusden-zolder", "beringen", "maasmechelen", "bilzen-hoeselt", "zonhoven"]

# site | resource | quantity | rel sd | source | what it is | property value pairs
OFFERS = """
aperam|steel-slag|200000|0.1|s-ing-orbix|Stainless steel slag, as reported for 2016; goes to the slag processor today
aperam|co2-flue|60000|0.4|s-est-industry|Flue gas CO2 that could be captured: estimate from sector coefficient, 40 % of verified emissions
orbix|slag-mineral|60000|0.4|s-est-offer|Mineral fraction in stock: estimate, not reported by the actor
remo|landfill-waste|300000|0.3|s-est-offer|Yearly part of the 16.5 million t stored that could be mined: estimate
bionerga-beringen|steam|90000|0.4|s-est-offer|Steam left of a plant of 200 000 t a year beside what its neighbour takes: estimate|temperature_c=220
bionerga-beringen|bottom-ash|40000|0.2|s-est-industry|Bottom ash at 20 % of the reported 200 000 t a year: estimate from sector coefficient
bionerga-beringen|heat-low|40000|0.4|s-est-offer|Condenser heat: estimate|temperature_c=45
bionerga-compost|wood-fines|9000|0.4|s-est-offer|Woody overflow of the reported 150 000 t composted, 6 %: estimate
norbord|wood-fines|14000|0.4|s-est-offer|Fines and bark beside board making: estimate from the reported production
norbord|wood-a|6000|0.4|s-est-offer|Board offcuts: estimate from the reported production
nitto|heat-low|9000|0.4|s-est-heat|Dryer exhaust after recovery: estimate from sector coefficient|temperature_c=48
carglass|windscreen|2600|0.4|s-est-offer|Replaced windscreens brought to the distribution centre: estimate
carglass|rubber-offcuts|240|0.5|s-est-offer|Rubber of windows: estimate
carglass|cardboard-waste|400|0.5|s-est-offer|Packaging of windscreens: estimate
deconde|tyres|1800|0.4|s-est-offer|Collected tyres: estimate
deconde|tyre-casing|260|0.5|s-est-offer|Truck casings fit for retreading: estimate
wos|lube-used|2400|0.5|s-est-offer|Collected lubricating oil: estimate
wos|oil-emulsion|1800|0.5|s-est-offer|Collected emulsions: estimate
cleuren|uco|500|0.5|s-est-offer|Collected cooking oil: estimate
cleuren|lube-used|600|0.5|s-est-offer|Collected lubricating oil: estimate
gielen|wood-b|14000|0.4|s-est-offer|Wood waste consolidated for others: estimate
gielen|commercial|9000|0.4|s-est-offer|Mixed waste of companies: estimate
gielen|rubble-mixed|16000|0.4|s-est-offer|Rubble from containers: estimate
suez|wood-b|11000|0.4|s-est-offer|Wood waste consolidated for others: estimate
suez|commercial|12000|0.4|s-est-offer|Mixed waste of companies: estimate
suez|plastic-film|1400|0.4|s-est-offer|Film collected at shops: estimate
van-gansewinkel|commercial|11000|0.4|s-est-offer|Mixed waste of companies: estimate
van-gansewinkel|gypsum-waste|1600|0.5|s-est-offer|Gypsum from containers: estimate
martens|concrete-rubble|30000|0.4|s-est-offer|Concrete from demolition: estimate
martens|building-elements|900|0.5|s-est-offer|Elements taken out before demolition: estimate
stelimet|scrap-mixed|12000|0.4|s-est-offer|Scrap bought in: estimate
stelimet|elv|2200|0.4|s-est-offer|End-of-life vehicles: estimate
stassen|scrap-mixed|7000|0.4|s-est-offer|Scrap bought in: estimate
grl-lummen|glass-container|22000|0.4|s-est-offer|Glass collected above today's capacity: estimate
grl-lummen|glass-flat|5000|0.4|s-est-offer|Flat glass collected: estimate
grl-beringen|glass-fines|6000|0.4|s-est-offer|Fines below 5 mm: estimate
biomassa-limburg|prunings|12000|0.4|s-est-offer|Wood of verges and forest: estimate
biomassa-limburg|wood-a|4000|0.4|s-est-offer|Clean wood: estimate
nature|prunings|15000|0.4|s-est-offer|Heath sods, pine thinnings and verge cuttings: estimate
limburg-net|garden|30000|0.3|s-est-offer|Part of the reported 150 000 t organic waste that could go elsewhere: estimate
limburg-net|residual|60000|0.2|s-bionerga|Half of the reported 120 000 t household residual waste of the province
grc|soil-pfas|40000|0.4|s-est-offer|PFAS soil on offer beside what is contracted: estimate
grc|asphalt-tar|12000|0.5|s-est-offer|Tar asphalt stored: estimate
bioterra|soil-oil|45000|0.4|s-est-offer|Oily soil on offer: estimate
scheepvaart|dredging|60000|0.4|s-est-offer|Dredging spoil of the Albert Canal in Limburg: estimate
flagbag|flags-used|4|0.5|s-est-offer|Flags collected: estimate
province|flags-used|2|0.5|s-est-offer|Flags and banners of public bodies: estimate
jbc|textile-waste|350|0.5|s-est-offer|Unsold and returned clothes: estimate
jbc|furniture-used|180|0.5|s-est-offer|Shop interiors taken out: estimate
jbc|cardboard-waste|900|0.4|s-est-offer|Packaging: estimate
h-essers|pallet-used|1800|0.4|s-est-offer|Pallets: estimate
h-essers|plastic-film|700|0.4|s-est-offer|Stretch film: estimate
ggl|pallet-used|900|0.5|s-est-offer|Pallets of tenants: estimate
polyvision|scrap-steel|900|0.4|s-est-offer|Punching waste of enamelled steel: estimate
shopfitters|furniture-used|320|0.5|s-est-offer|Interiors taken out at customers: estimate
hotelfitters|furniture-used|260|0.5|s-est-offer|Hotel interiors taken out: estimate
schools-genk|furniture-used|120|0.5|s-est-offer|School furniture: estimate
schools-hasselt|furniture-used|140|0.5|s-est-offer|School furniture: estimate
schools-houthalen|furniture-used|60|0.5|s-est-offer|School furniture: estimate
horeca-startup|horeca-organic|1600|0.4|s-est-offer|Organics pressed at restaurants: estimate
horeca-startup|coffee-grounds|120|0.5|s-est-offer|Coffee grounds: estimate
horeca-startup|uco|90|0.5|s-est-offer|Cooking oil: estimate
fruit-growers|food-industry|9000|0.4|s-est-offer|Rejected fruit and prunings: estimate
fruit-growers|food-surplus|260|0.5|s-est-offer|Edible fruit below grade: estimate
furniture-genk|wood-a|1500|0.4|s-est-offer|Sawdust and offcuts: estimate
furniture-hasselt|wood-a|1800|0.4|s-est-offer|Sawdust and offcuts: estimate
modular-builders|building-elements|500|0.5|s-est-offer|Elements from own demountings: estimate
contractors-genk|asphalt-waste|18000|0.4|s-est-offer|Planings: estimate
contractors-hasselt|asphalt-waste|22000|0.4|s-est-offer|Planings: estimate
contractors-hasselt|sweepings|6000|0.4|s-est-offer|Street sweepings: estimate
contractors-genk|sweepings|4500|0.4|s-est-offer|Street sweepings: estimate
zol|commercial|900|0.4|s-est-offer|Hospital waste without risk: estimate
jessa|commercial|1000|0.4|s-est-offer|Hospital waste without risk: estimate
zol|heat-low|3500|0.4|s-est-offer|Cooling machines: estimate|temperature_c=38
jessa|heat-low|3800|0.4|s-est-offer|Cooling machines: estimate|temperature_c=38
corda|heat-low|2600|0.5|s-est-offer|Server rooms: estimate|temperature_c=35
thor-park|heat-low|5000|0.5|s-est-offer|Water of the old mine shafts: estimate|temperature_c=28
c-mine-crib|heat-low|2500|0.5|s-est-offer|Water of the old mine shafts: estimate|temperature_c=27
wwtp-genk|heat-low|30000|0.4|s-est-offer|Heat of treated effluent: estimate|temperature_c=14
wwtp-hasselt|heat-low|34000|0.4|s-est-offer|Heat of treated effluent: estimate|temperature_c=14
wwtp-houthalen|heat-low|14000|0.4|s-est-offer|Heat of treated effluent: estimate|temperature_c=14
citizens-genk|electricity|3200|0.5|s-est-offer|Solar surplus of roofs, sold at the feed-in price today: estimate
citizens-hasselt|electricity|3600|0.5|s-est-offer|Solar surplus of roofs, sold at the feed-in price today: estimate
corda|electricity|900|0.5|s-est-offer|Solar surplus: estimate
haven-genk|quay|30000|0.3|s-est-space|Part of the 40 ha port that is under-used: estimate
haven-genk|yard|15000|0.3|s-est-space|Yard beside the quay: estimate
ggl|hall|26000|0.3|s-est-space|Part of the 250 000 m2 of halls without tenant: estimate
ford-zone-a|yard|50000|0.3|s-ford|Zone A, 5 ha common
ford-zone-a|hall|9000|0.4|s-est-space|Old plant buildings: estimate
ford-zone-c|quay|20000|0.4|s-est-space|Strip on the canal: estimate
ford-zone-c|land|90000|0.4|s-est-space|Zone C not yet built: estimate
langerlo|yard|28000|0.4|s-est-space|Former power station: estimate
langerlo|hall|16000|0.5|s-est-space|Former power station: estimate
langerlo|quay|12000|0.5|s-est-space|Former coal quay: estimate
remo|land|250000|0.4|s-est-space|Finished part of the 230 ha, before it becomes nature: estimate
remo|yard|20000|0.4|s-est-space|Works area: estimate
thor-park|lab|2800|0.4|s-est-space|Buildings of the mine of Waterschei: estimate
thor-park|land|60000|0.4|s-est-space|Plots not yet given out: estimate
c-mine-crib|lab|2500|0.4|s-est-space|Buildings of the mine of Winterslag: estimate
greenville|lab|2200|0.4|s-est-space|Former mine building of Houthalen: estimate
greenville|hall|3000|0.4|s-est-space|Shed beside the incubator: estimate
corda|lab|1800|0.4|s-est-space|Floors without tenant: estimate
mine-zwartberg|hall|8000|0.4|s-est-space|Former mine halls: estimate
mine-zwartberg|land|40000|0.4|s-est-space|Spoil heap foot: estimate
mine-beringen|hall|6000|0.4|s-est-space|Former coal washery: estimate
mine-zolder|hall|5000|0.4|s-est-space|Former mine halls: estimate
mine-zolder|yard|20000|0.4|s-est-space|Former mine yard: estimate
mine-eisden|land|50000|0.4|s-est-space|Former mine yard: estimate
road-space-genk|road-space|15000|0.4|s-est-space|Lanes that are wider than traffic needs: estimate
coal-track|road-space|20000|0.4|s-est-space|Coal track: estimate
bioterra|yard|18000|0.4|s-est-space|Part of the reported 9 ha: estimate
grc|yard|14000|0.4|s-est-space|Part of the reported 5 ha: estimate
bionerga-houthalen|hall|7000|0.4|s-est-space|Hall of the closed incinerator: estimate
bionerga-houthalen|yard|15000|0.4|s-est-space|Yard of the closed incinerator: estimate
aperam|yard|8000|0.5|s-est-space|Yard beside the slag hall: estimate
sappi-lanaken|yard|6000|0.5|s-est-space|Wood yard: estimate
uhasselt|lab|900|0.5|s-est-space|Labs in the evening and holidays: estimate
fablab|lab|300|0.5|s-est-space|Workshop in the evening: estimate
energyville|know-energy|9000|0.4|s-est-knowledge|Researchers on energy systems: estimate
vito|know-materials|8000|0.4|s-est-knowledge|Researchers on carbonation and recycling: estimate
vito|know-cleantech|5000|0.4|s-est-knowledge|Researchers on clean technology: estimate
greenville|know-cleantech|4000|0.4|s-est-knowledge|Start-up coaches: estimate
c-mine-crib|know-design|3000|0.4|s-est-knowledge|Designers: estimate
mad|know-design|6000|0.4|s-est-knowledge|Students and teachers: estimate
fablab|know-design|2500|0.4|s-est-knowledge|Makers: estimate
kesselsgranger|know-design|1500|0.4|s-est-knowledge|Designers: estimate
social-spaces|know-design|1500|0.4|s-est-knowledge|Design researchers: estimate
ide|know-business|1500|0.4|s-est-knowledge|Match makers: estimate
corda|know-digital|6000|0.4|s-est-knowledge|Start-ups: estimate
pxl|know-digital|4000|0.4|s-est-knowledge|Students and teachers: estimate
pxl|know-business|3500|0.4|s-est-knowledge|Students and teachers: estimate
uhasselt|know-materials|6000|0.4|s-est-knowledge|Researchers on materials: estimate
uhasselt|know-business|3000|0.4|s-est-knowledge|Researchers on business: estimate
vkw|know-business|1200|0.4|s-est-knowledge|Mentors: estimate
coordinator|know-business|1600|0.3|s-est-knowledge|One full-time coordinator: estimate
ovam|know-cleantech|1200|0.4|s-est-knowledge|Advisers: estimate
agency-genk|technician|24000|0.4|s-est-labour|Trainees at the end of a course: estimate
agency-hasselt|technician|24000|0.4|s-est-labour|Trainees at the end of a course: estimate
agency-genk|operator|60000|0.4|s-est-labour|Former car workers who want back into making: estimate after the reported 6 000 jobs lost
lrm|growth|5000000|0.3|s-est-capital|Patient growth money a year: estimate
lrm|seed|1500000|0.3|s-est-capital|Start capital a year: estimate
pom|seed|500000|0.4|s-est-capital|Start capital a year: estimate
machiels|growth|1500000|0.4|s-est-capital|Own money for landfill mining: estimate
locate|know-business|1200|0.4|s-est-knowledge|Guidance of foreign investors: estimate
"""

# site (blank: any place) | resource | quantity | rel sd | source | what it is | specs as property>=min or property<=max | price (blank: as usual)
NEEDS = """
aperam|scrap-stainless|90000|0.4|s-est-need|Stainless scrap that the melt shop could take beside its contracts: estimate
aperam|scrap-steel|25000|0.4|s-est-need|Low-alloy scrap: estimate
aperam|metal-concentrate|14000|0.4|s-est-need|Metal recovered from its own slag: estimate
aperam|technician|16000|0.4|s-est-need|Ten technicians: estimate
norbord|wood-fibre|60000|0.4|s-est-need|Part of the virgin wood that may be recycled chips: estimate from the reported 220 000 m3
norbord|wood-fuel|20000|0.4|s-est-need|Biomass for its dryer: estimate
norbord|steam|60000|0.4|s-est-need|Drying of strands: estimate from the reported 220 000 m3|temperature_c>=150
bionerga-beringen|wood-fuel|15000|0.5|s-est-need|Clean biomass beside waste: estimate
biomassa-limburg|wood-fuel|14000|0.4|s-est-need|Wood for its customers: estimate
ekol|plastic-mixed|3500|0.4|s-est-need|Mixed plastics beside today's supply: estimate
borealis|steam|70000|0.4|s-est-need|Steam beside what it takes today: estimate|temperature_c>=150
borealis|plastic-sorted|4000|0.5|s-est-need|Sorted polyolefins: estimate
nitto|polymer|1500|0.5|s-est-need|Granulate for cores and liners: estimate
steinzeug|sand|6000|0.4|s-est-need|Sand and grog: estimate
cbr-lixhe|steel-slag|30000|0.5|s-est-need|Raw meal correction: estimate||4
carbstone-maker|slag-mineral|45000|0.4|s-est-need|Slag for the reported line: estimate||11
carbstone-maker|co2-pure|5000|0.4|s-est-need|CO2 for the reported line: estimate
concrete-canal|aggregate|60000|0.3|s-est-need|Aggregate for concrete: estimate
concrete-canal|sand|50000|0.3|s-est-need|Sand for concrete: estimate
concrete-canal|gypsum-recycled|1500|0.4|s-est-need|Set regulator: estimate||33
aswebo-lummen|gravel|20000|0.4|s-est-need|New stone: estimate
contractors-genk|aggregate|50000|0.3|s-est-need|Road base: estimate
contractors-hasselt|aggregate|60000|0.3|s-est-need|Road base: estimate
contractors-genk|foam-glass|2500|0.4|s-est-need|Light fill: estimate
contractors-hasselt|rubber-product|400|0.4|s-est-need|Mats for tram and play grounds: estimate
contractors-genk|operator|24000|0.4|s-est-need|Fifteen workers: estimate
deconde|tyre-reused|400|0.4|s-est-need|Retreads for hauliers: estimate
wos|base-oil|900|0.5|s-est-need|Blending: estimate
cleuren|base-oil|700|0.5|s-est-need|Blending: estimate
cleuren|fuel-oil|2000|0.5|s-est-need|Industrial fuel: estimate
stelimet|car-parts|250|0.5|s-est-need|Trade in parts: estimate
furniture-genk|board|4200|0.4|s-est-need|Boards: estimate
furniture-hasselt|board|5000|0.4|s-est-need|Boards: estimate
modular-builders|modules|900|0.4|s-est-need|Modules for its projects: estimate
modular-builders|board|1500|0.4|s-est-need|Boards: estimate
shopfitters|furniture-service|420|0.4|s-est-need|Shop interiors as a service: estimate
hotelfitters|furniture-service|380|0.4|s-est-need|Hotel interiors as a service: estimate
schools-genk|furniture-school|110|0.4|s-est-need|School furniture: estimate
schools-hasselt|furniture-school|130|0.4|s-est-need|School furniture: estimate
schools-houthalen|furniture-school|60|0.4|s-est-need|School furniture: estimate
|bag|3|0.5|s-est-need|Bags for shops and museums of the region, no place yet: estimate
flagbag|bag|2.5|0.5|s-est-need|Bags sold by the maker itself: estimate
jbc|textile-fibre|150|0.5|s-est-need|Fibre for own recycled lines: estimate||210
social-economy-genk|mushrooms|14|0.4|s-est-need|Social restaurants and grocers: estimate
social-economy-hasselt|mushrooms|16|0.4|s-est-need|Social restaurants and grocers: estimate
social-economy-genk|device|60|0.4|s-est-need|Shop for repaired equipment: estimate
social-economy-hasselt|device|60|0.4|s-est-need|Shop for repaired equipment: estimate
zol|heat|14000|0.3|s-est-need|Heat of the hospital: estimate|temperature_c>=75
jessa|heat|15000|0.3|s-est-need|Heat of the hospital: estimate|temperature_c>=75
uhasselt|heat|6500|0.3|s-est-need|Heat of the campus: estimate|temperature_c>=70
pxl|heat|4000|0.3|s-est-need|Heat of the schools: estimate|temperature_c>=70
energyville|heat|1800|0.3|s-est-need|Heat of the campus: estimate|temperature_c>=55
thor-park|heat|3000|0.3|s-est-need|Heat of the buildings: estimate|temperature_c>=55
c-mine-crib|heat|2600|0.3|s-est-need|Heat of the buildings: estimate|temperature_c>=65
corda|heat|3800|0.3|s-est-need|Heat of the offices: estimate|temperature_c>=60
h-essers|heat|5500|0.3|s-est-need|Heat of warehouses: estimate|temperature_c>=50
ggl|heat|9000|0.3|s-est-need|Heat of 250 000 m2 of halls: estimate|temperature_c>=50
polyvision|heat|4000|0.4|s-est-need|Drying: estimate|temperature_c>=90
bioterra|heat|3000|0.4|s-est-need|Warm soil treatment: estimate|temperature_c>=80
grc|heat|2500|0.4|s-est-need|Warm soil treatment: estimate|temperature_c>=80
sadepan|steam|14000|0.4|s-est-need|Resin cooking: estimate|temperature_c>=160
schools-genk|heat|2400|0.3|s-est-need|School buildings: estimate|temperature_c>=70
schools-hasselt|heat|3000|0.3|s-est-need|School buildings: estimate|temperature_c>=70
orbix|electricity|3000|0.4|s-est-need|Mills: estimate
stelimet|electricity|4000|0.4|s-est-need|Shredder: estimate
h-essers|electricity|6000|0.4|s-est-need|Warehouses and trucks: estimate
corda|electricity|2500|0.4|s-est-need|Offices: estimate
remo|electricity|1200|0.4|s-est-need|Pumps and works: estimate
fruit-growers|irrigation|420000|0.4|s-est-need|Orchards in dry summers: estimate
fruit-growers-alken|irrigation|260000|0.4|s-est-need|Orchards in dry summers: estimate
farmers-peer|irrigation|300000|0.4|s-est-need|Crops on dry sand: estimate
farmers-bree|irrigation|220000|0.4|s-est-need|Crops on dry sand: estimate
nature|irrigation|90000|0.5|s-est-need|Wet heath: estimate||0.4
farmers-peer|soil-improver|9000|0.4|s-est-need|Humus for sandy soil: estimate
farmers-bree|soil-improver|8000|0.4|s-est-need|Humus for sandy soil: estimate
fruit-growers|soil-improver|10000|0.4|s-est-need|Humus for orchards: estimate
h-essers|hall|20000|0.3|s-est-need|More halls near the canal: estimate
|hall|6000|0.4|s-est-need|Grown start-ups that leave the incubators, no place yet: estimate
|hall|9000|0.4|s-est-need|Furniture and interior makers, no place yet: estimate||44
|hall|14000|0.4|s-est-need|Distribution for web shops, no place yet: estimate||41
|yard|128000|0.4|s-est-need|Consolidation of secondary materials, no place yet: estimate
|yard|55000|0.4|s-est-need|Container and truck parking, no place yet: estimate||10
|quay|38000|0.4|s-est-need|Bulk by barge, no place yet: estimate
haven-genk|quay|8000|0.4|s-est-need|Containers for Antwerp: estimate||26
|lab|2600|0.4|s-est-need|Start-ups in clean technology, no place yet: estimate
|lab|2200|0.4|s-est-need|Design studios, no place yet: estimate||78
|lab|2800|0.4|s-est-need|Digital start-ups, no place yet: estimate||92
|lab|350|0.5|s-est-need|Repair cafe and tool library, no place yet: estimate||35
|land|40000|0.4|s-est-need|Community fields, no place yet: estimate||3
road-space-genk|road-space|6000|0.4|s-est-need|Street labs of citizens and companies: estimate
coal-track|road-space|9000|0.4|s-est-need|Cycle freight route: estimate
h-essers|logistics|912000|0.2|s-ford|570 full-time jobs expected on the Ford site, at 1600 h
ggl|logistics|480000|0.4|s-est-need|Part of the jobs planned on the Ford site: estimate
haven-genk|logistics|32000|0.4|s-est-need|Twenty dockers: estimate
jbc|logistics|40000|0.4|s-est-need|Twenty-five workers in the distribution centre: estimate
polyvision|operator|19000|0.4|s-est-need|Twelve operators: estimate
nitto|operator|32000|0.4|s-est-need|Twenty operators: estimate
borealis|technician|16000|0.4|s-est-need|Ten technicians: estimate
furniture-genk|technician|16000|0.4|s-est-need|Ten joiners: estimate
furniture-hasselt|technician|16000|0.4|s-est-need|Ten joiners: estimate
zol|social|16000|0.4|s-est-need|Linen and catering: estimate
jessa|social|16000|0.4|s-est-need|Linen and catering: estimate
province|social|20000|0.4|s-est-need|Green upkeep: estimate
ekol|operator|5000|0.4|s-est-need|Three operators: estimate
orbix|know-materials|2500|0.4|s-est-need|Carbonation trials: estimate
ekol|know-materials|700|0.4|s-est-need|New mixes: estimate
aperam|know-materials|2500|0.4|s-est-need|Slag and dust trials: estimate
nitto|know-materials|1500|0.4|s-est-need|Recyclable tapes: estimate
h-essers|know-digital|3500|0.4|s-est-need|Planning over several modes: estimate
haven-genk|know-digital|1200|0.4|s-est-need|Slots for barges: estimate
limburg-net|know-digital|1800|0.4|s-est-need|Digital register of streams: estimate
stelimet|know-cleantech|800|0.4|s-est-need|Post-shredder treatment: estimate
remo|know-cleantech|2500|0.4|s-est-need|Landfill mining trials: estimate
bionerga-houthalen|know-energy|1600|0.4|s-est-need|Steam network: estimate
town-genk|know-energy|1500|0.4|s-est-need|Heat plan: estimate
town-hasselt|know-energy|1500|0.4|s-est-need|Heat plan: estimate
town-houthalen-helchteren|know-energy|900|0.4|s-est-need|Heat plan: estimate
shopfitters|know-design|1400|0.4|s-est-need|Interiors that come apart: estimate
hotelfitters|know-design|1200|0.4|s-est-need|Interiors that come apart: estimate
modular-builders|know-design|1800|0.4|s-est-need|Connections that come apart: estimate
jbc|know-design|900|0.4|s-est-need|Clothes that come apart: estimate
flagbag|know-business|300|0.4|s-est-need|Growth plan: estimate
horeca-startup|know-business|500|0.4|s-est-need|Growth plan: estimate
citizens-genk|know-business|400|0.5|s-est-need|Energy community: estimate
town-genk|know-pilot|2500|0.4|s-est-need|Pilots in the city: estimate
town-hasselt|know-pilot|2500|0.4|s-est-need|Pilots in the city: estimate
town-houthalen-helchteren|know-pilot|1200|0.4|s-est-need|Pilots in the municipality: estimate
flagbag|seed|120000|0.4|s-est-need|Sewing line: estimate
horeca-startup|seed|400000|0.4|s-est-need|First presses: estimate
greenville|seed|600000|0.4|s-est-need|Start-ups in the incubator: estimate
corda|seed|700000|0.4|s-est-need|Start-ups in the incubator: estimate
c-mine-crib|seed|300000|0.4|s-est-need|Start-ups in the incubator: estimate
orbix|growth|1500000|0.4|s-est-need|Block line: estimate
ekol|growth|600000|0.4|s-est-need|Third line: estimate
shopfitters|growth|500000|0.4|s-est-need|Stock of interiors that stays owned: estimate
hotelfitters|growth|400000|0.4|s-est-need|Stock of interiors that stays owned: estimate||0.033
modular-builders|growth|700000|0.4|s-est-need|Stock of modules: estimate
"""

OFFER_COLUMNS = "offer_id site_id resource_id quantity rel_sd fate fate_eur fate_co2_kg from to disclosure description source_id fate_source_id co2_source_id profile_id"
NEED_COLUMNS = "need_id resource_id quantity site_id rel_sd price_eur market_co2_kg from to disclosure description source_id price_source_id co2_source_id profile_id"
PROPERTY_COLUMNS = "offer_id property value unit rel_sd source_id"
SPEC_COLUMNS = "need_id property min max unit source_id"
LEAST_PEOPLE = 1000  # Herstappe has 79 inhabitants: its streams go with its neighbours
# What is worth the way from municipalities outside the ring.
FAR_STREAMS = {"wood-b", "plastic-pmd", "garden"}
RING_DEMAND = {"block", "insulation", "board"}
EVERYWHERE = {"aggregate", "sand", "soil-improver", "fill-soil"}
CORE_DEMAND = {"district-heat", "profiles", "rubber-product", "device", "textile-reused", "meals", "furniture-service", "crates-clean", "car-parts",
               "tyre-reused", "modules", "irrigation", "pallet", "pellets", "brick", "gypsum"}


class Coefficients:
    """coefficients.csv, asked by table and key; an activity is matched by its longest known prefix."""

    def __init__(self):
        self.rows = read(os.path.join(os.path.dirname(os.path.abspath(__file__)), "coefficients.csv"))

    def of(self, name, key=None):
        return [(row["resource"], float(row["value"]), row["unit"]) for row in self.rows
                if row["table"] == name and key in (None, row["key"])]

    def of_activity(self, name, nace):
        keys = {row["key"] for row in self.rows if row["table"] == name}
        best = max((key for key in keys if nace.startswith(key)), key=len, default=None)
        return (self.of(name, best) if best else []) + self.of(name, "all")


def national(source):
    """Belgian waste of 2016 in t: {category of households} and {activity}."""
    by_category = {row["waste"]: float(row["value"])
                   for row in read(f"{source}/statistics/eurostat_household_waste_by_category_2004_2016.csv")
                   if row["geo"] == "BE" and row["year"] == "2016"}
    by_nace = {row["nace_r2"]: float(row["value"]) for row in read(f"{source}/statistics/eurostat_waste_by_nace_2004_2016.csv")
               if row["geo"] == "BE" and row["year"] == "2016" and row["waste"] == "TOTAL"}
    return by_category, {"F": by_nace["F"], "G-U": by_nace["G-U_X_G4677"]}


def credit_source(resource, co2_kg):
    """Source of a fate's emission: below 0 is the credit of what is recycled today, primary minus closed loop."""
    if resource == "co2-flue":
        return "s-ets"
    if co2_kg == 0 or resource in ("electricity", "tyres"):
        return "s-est-fate"
    return "s-uk-waste" if co2_kg > 0 else "s-uk-material"


class Collector:
    """Gathers offers and needs and fills in fates and prices."""

    def __init__(self, fates, prices):
        self.fates, self.prices = fates, prices
        self.offers, self.properties, self.needs, self.specs = [], [], [], []
        self.taken = set()

    def name(self, start, site, resource):
        key = f"{start}-{site or 'open'}-{resource}"
        at = 2
        while key in self.taken:
            key = f"{start}-{site or 'open'}-{resource}-{at}"
            at += 1
        self.taken.add(key)
        return key

    def offer(self, site, resource, quantity, rel_sd, source, description, properties=""):
        if not quantity:
            return
        fate = self.fates[resource]
        key = self.name("o", site, resource)
        self.offers.append({"offer_id": key, "site_id": site, "resource_id": resource, "quantity": quantity, "rel_sd": rel_sd,
                            "fate": fate["fate"], "fate_eur": fate["eur"], "fate_co2_kg": fate["co2"], "disclosure": "public",
                            "description": description, "source_id": source, "fate_source_id": fate["source"],
                            "co2_source_id": credit_source(resource, float(fate["co2"]))})
        for part in properties.split():
            name, value = part.split("=")
            self.properties.append({"offer_id": key, "property": name, "value": value, "unit": "degC", "rel_sd": 0.15, "source_id": source})

    def need(self, site, resource, quantity, rel_sd, source, description, specs="", price=""):
        if not quantity:
            return
        usual = self.prices.get(resource) or {"eur": price, "co2": "0", "source": "s-est-price", "source_co2": "s-est-price"}
        key = self.name("n", site, resource)
        self.needs.append({"need_id": key, "resource_id": resource, "quantity": quantity, "site_id": site, "rel_sd": rel_sd,
                           "price_eur": price or usual["eur"], "market_co2_kg": usual["co2"], "disclosure": "public",
                           "description": description, "source_id": source, "price_source_id": usual["source"],
                           "co2_source_id": usual["source_co2"]})
        for part in specs.split():
            name, bound = part.replace("<=", ">=").split(">=")
            self.specs.append({"need_id": key, "property": name, "min": bound if ">=" in part else "", "max": bound if "<=" in part else "",
                               "unit": "degC", "source_id": source})


def per_inhabitant(out, coefficients, source, limburg):
    """Waste of households and small firms, labour, water and everyday needs, all per inhabitant."""
    by_category, by_nace = national(source)
    belgians = sum(f["properties"]["population_2020"] for f in geometry.read_features(f"{source}/geo/be_municipalities_2019.geojson"))
    for area_id, m in limburg.items():
        if m.population < LEAST_PEOPLE:
            continue
        town, people = f"town-{area_id}", m.population
        for category, total in by_category.items():
            for resource, share, _ in coefficients.of("household", category):
                if area_id in RING or resource in FAR_STREAMS:
                    out.offer(town, resource, significant(share * total / belgians * people), 0.3, "s-est-household",
                              "Collected from households: estimate from national waste per inhabitant")
        if area_id in GROUP_AREAS:
            for table_name, key, site, origin in (("building", "F", "builders", "s-est-building"), ("trade", "G-U", "trade", "s-est-trade")):
                for resource, share, _ in coefficients.of(table_name, key):
                    out.offer(f"{site}-{area_id}", resource, significant(share * by_nace[key] / belgians * people), 0.45, origin,
                              "Estimate from sector coefficient, national waste per inhabitant")
            for resource, kg, _ in coefficients.of("garage"):
                out.offer(f"garage-{area_id}", resource, significant(kg / 1000 * people), 0.4, "s-est-garage",
                          "Estimate from sector coefficient, kg per inhabitant")
        if area_id in RING:
            for resource, hours, _ in coefficients.of("labour"):
                out.offer(town, resource, significant(hours * people), 0.35, "s-est-labour",
                          "Hours of job seekers who could be reached: estimate from sector coefficient")
        for resource, amount, _ in coefficients.of("demand"):
            if resource in EVERYWHERE or (resource in CORE_DEMAND and area_id in CORE) or (resource in RING_DEMAND and area_id in RING):
                site = f"builders-{area_id}" if resource in RING_DEMAND and area_id in GROUP_AREAS else town
                out.need(site, resource, significant(amount * people), 0.35, "s-est-need-capita", "Estimate: use per inhabitant")
    for site, area_id in (("wwtp-genk", "genk"), ("wwtp-hasselt", "hasselt"), ("wwtp-houthalen", "houthalen-helchteren"),
                          ("wwtp-beringen", "beringen"), ("wwtp-lommel", "lommel"), ("wwtp-sint-truiden", "sint-truiden")):
        for resource, amount, _ in coefficients.of("water"):
            if resource != "rainwater":
                out.offer(site, resource, significant(amount * limburg[area_id].population), 0.35, "s-est-offer",
                          "Estimate from sector coefficient, per inhabitant connected")
    for area_id in CORE:
        for resource, amount, _ in coefficients.of("water"):
            if resource == "rainwater":
                out.offer(f"town-{area_id}", resource, significant(amount * limburg[area_id].population), 0.4, "s-est-offer",
                          "Shared rain water of estates and schools: estimate from sector coefficient")


def of_industry(out, coefficients, plants, foreign, hotmaps):
    """Residues, heat and needs of installations from their verified emissions; heat from Hotmaps where it knows the site. What an
    actor is already said to offer or need is not estimated a second time."""
    named_offers = {(row["site_id"], row["resource_id"]) for row in out.offers}
    named_needs = {(row["site_id"], row["resource_id"]) for row in out.needs}
    for plant in plants:
        nace, site, tco2 = plant["row"]["nace"], plant["site_id"], plant["tco2"]
        if not tco2 or site in CLOSED_SINCE:
            continue
        near = plant["municipality"] is not None
        fuel_mwh = tco2 * 1000 / GAS_KG_PER_MWH
        for resource, per_kt, _ in coefficients.of_activity("industry", nace):
            if (near or resource in ("glass-fines", "ceramic-rubble")) and (site, resource) not in named_offers:
                out.offer(site, resource, significant(per_kt * tco2 / 1000), 0.5, "s-est-industry", "Estimate from sector coefficient per kt of verified CO2")
        heat = hotmaps.get(site)
        if heat:
            for resource, gwh, degrees in heat:
                out.offer(site, resource, significant(gwh * 1000), 0.4, "s-hotmaps", "Excess heat by temperature band, Hotmaps", f"temperature_c={degrees}")
        else:
            degrees = {r: v for r, v, _ in coefficients.of_activity("temperature", nace)}
            for resource, share, _ in coefficients.of_activity("heat", nace):
                if (site, resource) in named_offers:
                    continue
                out.offer(site, resource, significant(share * fuel_mwh), 0.5, "s-est-heat", "Residual heat: estimate from sector coefficient",
                          f"temperature_c={degrees[resource]:g}")
        for resource, value, unit in coefficients.of_activity("industry_need", nace):
            if (site, resource) in named_needs or not near and resource in ("process-water", "steam", "technician", "operator", "electricity", "co2-pure"):
                continue
            quantity = value * fuel_mwh if unit == "share of fuel" else value * tco2 / 1000
            out.need(site, resource, significant(quantity), 0.5, "s-est-need-industry", "Estimate from sector coefficient per kt of verified CO2",
                     "temperature_c>=140" if resource == "steam" else "")
    for plant in foreign:
        if plant["site_id"] in CLOSED_SINCE:
            continue
        for resource, gwh, degrees in hotmaps_bands(plant["row"]):
            out.offer(plant["site_id"], resource, significant(gwh * 1000), 0.4, "s-hotmaps", "Excess heat by temperature band, Hotmaps", f"temperature_c={degrees}")
        if plant["row"]["subsector"] == "Glass" and plant["row"]["fuel_demand_gwh"]:
            kt = float(plant["row"]["fuel_demand_gwh"]) * GAS_KG_PER_MWH / 1000
            resource = "cullet-container" if "O-I" in plant["row"]["site"] else "cullet-flat"
            out.need(plant["site_id"], resource, significant(kt * (150 if resource == "cullet-container" else 55)), 0.5, "s-est-need-industry",
                     "Estimate from sector coefficient and the fuel demand of Hotmaps")
        if plant["row"]["subsector"] == "Cement" and plant["row"]["fuel_demand_gwh"]:
            out.need(plant["site_id"], "kiln-fuel", significant(float(plant["row"]["fuel_demand_gwh"]) / 7.5 * 1000 * 0.25), 0.5,
                     "s-est-need-industry", "A quarter of the fuel demand of Hotmaps at 7.5 MWh per t: estimate")


def hotmaps_bands(row):
    """(resource, GWh, degrees) of the bands with heat; the middle of 100-200 is taken as 150, above that it can raise steam."""
    bands = (("heat", "excess_heat_100_200c_gwh", 150), ("steam", "excess_heat_200_500c_gwh", 350), ("steam", "excess_heat_over_500c_gwh", 550))
    return [(resource, float(row[column]), degrees) for resource, column, degrees in bands if row[column] and float(row[column]) > 0]


def collect(source, coefficients, limburg, plants, foreign, fates, prices, same):
    """Everything in one Collector. same: {hotmaps id: site_id} of Belgian rows that describe a site of the register."""
    out = Collector(fates, prices)
    hotmaps = {same[row["site_id"]]: hotmaps_bands(row)
               for row in read(f"{source}/eprtr/hotmaps_industrial_sites_europe.csv") if row["site_id"] in same}
    for row in table("site resource quantity rel_sd source description properties", OFFERS):
        out.offer(row["site"], row["resource"], row["quantity"], row["rel_sd"], row["source"], row["description"], row["properties"])
    for row in table("site resource quantity rel_sd source description specs price", NEEDS):
        out.need(row["site"], row["resource"], row["quantity"], row["rel_sd"], row["source"], row["description"], row["specs"], row["price"])
    per_inhabitant(out, coefficients, source, limburg)
    of_industry(out, coefficients, plants, foreign, hotmaps)
    return out
