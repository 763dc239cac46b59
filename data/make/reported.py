"""Flows as reported, and precedents elsewhere in our own words."""

from text import table

# id | from | to | resource | year | quantity | rel sd | source
FLOWS = """
f-slag|aperam|orbix|steel-slag|2016|200000|0.1|s-ing-orbix
f-burn-houthalen|town-houthalen-helchteren|bionerga-houthalen|residual|2016||0.1|s-bionerga
f-residual-limburg|limburg-net|bionerga-houthalen|residual|2016|100000|0.1|s-bionerga
f-residual-total||limburg-net|residual|2016|120000|0.1|s-bionerga
f-burn-beringen||bionerga-beringen|mixed-waste|2020|200000|0.1|s-bionerga
f-steam-borealis|bionerga-beringen|borealis|steam|2020||0.3|s-bionerga
f-organic|limburg-net|bionerga-compost|garden|2016|150000|0.1|s-bionerga
f-pmd||bionerga-beringen|plastic-pmd|2019|20000|0.2|s-bionerga
f-glass-canal|grl-beringen|g-antwerp-cullet-container-out|cullet-container|2022|100000|0.2|s-grl
f-pfas-soil||grc|soil-pfas|2022|200000|0.2|s-grc
f-soil-bioterra||bioterra|soil-polluted|2014|400000|0.2|s-bioterra
f-ekol||ekol|plastic-mixed|2012|22000|0.2|s-ekol
f-remo-stock|stock:remo|remo|landfill-waste|2011|||s-remo
f-port|haven-genk||material|2021|2500000|0.2|s-haven
f-osb|norbord||board|2011|136000|0.25|s-norbord
"""

# id | donor nace | resource | receiver nace | List of Waste | use | place | year | source
PRECEDENTS = """
p-kalundborg-steam|35.11|steam|19.20||Steam of a power station drives a refinery|Kalundborg, Denmark|1982|s-kalundborg
p-kalundborg-gypsum|35.11|gypsum|23.62|100105|Gypsum of flue gas cleaning becomes plasterboard|Kalundborg, Denmark|1993|s-kalundborg
p-kalundborg-heat|35.11|heat|35.30||Residual heat warms the town|Kalundborg, Denmark|1981|s-kalundborg
p-kalundborg-water|19.20|cooling-water|35.11||Cooling water is used a second time as boiler feed|Kalundborg, Denmark|1987|s-kalundborg
p-kalundborg-ash|35.11|bottom-ash|23.51|100102|Fly ash goes into cement|Kalundborg, Denmark|1979|s-kalundborg
p-kalundborg-sludge|21.10|sludge|01.10||Biomass of fermentation fertilises fields|Kalundborg, Denmark|1976|s-kalundborg
p-beringen-steam|38.21|steam|20.16||Steam of a waste plant replaces gas at a polymer maker|Beringen, Belgium|2020|s-bionerga
p-genk-slag|24.10|steel-slag|38.32|100202|Metal recovered from slag, minerals to construction|Genk, Belgium|1996|s-ing-orbix
p-carbstone|24.10|slag-mineral|23.61|100201|Slag hardens with CO2 into paving stones without cement|Ghent, Belgium|2020|s-carbstone
p-heerlen|05.10|heat-low|35.30||Water of flooded coal mines heats and cools buildings|Heerlen, Netherlands|2008|s-known
p-linz|24.10|heat|35.30||Residual heat of a steel works warms a city|Linz, Austria|1975|s-known
p-dunkirk|24.10|heat|35.30||Hoods of a sinter plant feed a heat network|Dunkirk, France|1986|s-known
p-odense|63.11|heat-low|35.30||Heat pumps lift the heat of a data centre into a network|Odense, Denmark|2019|s-known
p-hammarby|37.00|heat-low|35.30||Heat pumps on treated waste water heat a quarter|Stockholm, Sweden|1986|s-known
p-greenhouse-co2|20.15|co2-pure|01.13||CO2 of industry feeds greenhouses by pipe|Rotterdam, Netherlands|2005|s-known
p-terneuzen|20.15|heat|01.13||Heat and CO2 of a fertiliser plant go to greenhouses|Terneuzen, Netherlands|2009|s-known
p-bread-beer|10.71|food-surplus|11.05|020601|Surplus bread replaces malt in beer|Brussels, Belgium|2013|s-known
p-coffee|56.10|coffee-grounds|01.13|200108|Mushrooms grow on coffee grounds|Brussels, Belgium|2014|s-known
p-tyre-field|45.20|tyres|22.19|160103|Granulate of tyres becomes mats and tiles|Europe|2000|s-known
p-tyre-kiln|45.20|tyres|23.51|160103|Tyres replace coal in a cement kiln|Europe|1980|s-known
p-rdf-kiln|38.21|rdf|23.51|191210|Fuel from waste replaces coal in cement kilns|Belgium|1990|s-known
p-glass-foam|38.32|glass-fines|23.19|191205|Fines of glass sorting become foam glass|Tessenderlo, Belgium|1970|s-known
p-particle|38.32|wood-b|16.21|191207|Recycled wood becomes chipboard|Italy|1995|s-known
p-oil|45.20|lube-used|19.20|130205|Used oil becomes base oil again|Germany|1980|s-known
p-uco|56.10|uco|20.59|200125|Cooking oil becomes biodiesel|Belgium|2005|s-known
p-brick|43.11|brick-rubble|41.20|170102|Bricks are cleaned by machine and laid again|Copenhagen, Denmark|2003|s-known
p-gypsum|43.11|gypsum-waste|23.62|170802|Old plasterboard becomes new plasterboard|Kallo, Belgium|2008|s-known
p-office|77.39|furniture-used|31.01|200307|Office furniture is taken back, refurbished and let|Netherlands|2012|s-known
p-lighting|27.40|know-design|68.20||Light is sold as a service, the maker keeps the lamps|Amsterdam, Netherlands|2011|s-known
p-bags|13.92|flags-used|15.12|200111|Truck tarpaulins become bags|Zürich, Switzerland|1993|s-known
p-water-torrele|37.00|effluent|36.00||Treated waste water refills the drinking water dunes|Koksijde, Belgium|2002|s-known
p-landfill|38.21|landfill-waste|38.32|191212|An old landfill is dug up and sorted|Collier County, United States|1986|s-known
p-paper-wool|17.12|paper-waste|23.99|200101|Newspapers become insulation|Austria|1990|s-known
p-textile-auto|14.10|textile-waste|29.32|200111|Textile fibre becomes padding of cars|Prato, Italy|1950|s-known
"""

FLOW_COLUMNS = "flow_id from_id to_id resource_id year quantity rel_sd source_id"
NODE_COLUMNS = "node_id by source_id"
NODES = """
limburg-net|resource|s-bionerga
"""
PRECEDENT_COLUMNS = "precedent_id donor_nace resource receiver_nace code_low use place year source_id"


def flows():
    return table(FLOW_COLUMNS, FLOWS)


def balance_nodes():
    return table(NODE_COLUMNS, NODES)


def precedents():
    return table(PRECEDENT_COLUMNS, PRECEDENTS)
