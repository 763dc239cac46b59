"""Where each figure comes from. Pedigree: 1 best ... 5 worst, in the order reliability, completeness, temporal,
geographical, technological."""

from text import table

TEXT = """
# Registers and statistics that ship with the package
s-ets|EU Emissions Trading System: installations, points, verified emissions|European Union Transaction Log, via cedricr/eutl and jabrell/eutl_scraper|2023|CC BY 4.0|https://github.com/cedricr/eutl|1 2 2 1 1|register
s-hotmaps|Hotmaps industrial database: fuel demand and excess heat by temperature band|Hotmaps project, via dav22297/Excess_heat_standalone|2018|CC BY 4.0|https://github.com/dav22297/Excess_heat_standalone|2 3 3 1 3|register
s-statbel|Statistical sectors and municipalities 2019, population 2020|Statbel, via mathiasleroy/Belgium-Geographic-Data and bmesuere/belgium-topojson|2019|CC BY 4.0|https://github.com/mathiasleroy/Belgium-Geographic-Data|1 1 2 1 1|register
s-eurostat|Generation of waste by category and sector, Belgium 2016|Eurostat, via Vikt0riia/trashmap|2018|Eurostat reuse policy, attribution|https://ec.europa.eu/eurostat|2 2 4 3 3|register
s-canal|Albert Canal axis of the Flemish hydrographic atlas; sites projected on it|VMM and INBO|2020|Flemish free re-use|https://github.com/inbo/fish-tracking|1 1 2 1 1|register
s-canal-lock|Locks of the Albert Canal: drawn between the receivers of a fish study that are named after the lock, downstream and upstream; to about 300 m|INBO, fish tracking project (receiver network 2013_albertkanaal)|2020|Flemish free re-use|https://github.com/inbo/fish-tracking|2 2 2 2 2|register
s-rail|Railway tracks of 2019, simplified to 50 m by the publisher of the copy; joined to a graph here: ends within 150 m are one node, parallel tracks are one link|Infrabel open data, via Thib-G/infrabel-opendata-sandbox|2019|Infrabel open data, attribution|https://opendata.infrabel.be|1 2 2 1 2|register
s-irail|Railway stations|iRail, stations.csv|2023|CC0|https://github.com/iRail/stations|1 2 2 1 2|register
s-uk-material|Conversion factors 2025, material use: primary production, and primary minus closed-loop where a secondary material replaces it|UK Government (DESNZ)|2025|OGL v3|https://www.gov.uk/government/collections/government-conversion-factors-for-company-reporting|2 2 1 4 3|literature
s-uk-waste|Conversion factors 2025, waste disposal by route (collection and treatment; burning itself is counted with the energy)|UK Government (DESNZ)|2025|OGL v3|https://www.gov.uk/government/collections/government-conversion-factors-for-company-reporting|2 2 1 4 3|literature
s-uk-freight|Conversion factors 2025, freight, tank to wheel plus well to tank|UK Government (DESNZ)|2025|OGL v3|https://www.gov.uk/government/collections/government-conversion-factors-for-company-reporting|2 2 1 3 2|literature
s-uk-water|Conversion factors 2025, water supply and treatment|UK Government (DESNZ)|2025|OGL v3|https://www.gov.uk/government/collections/government-conversion-factors-for-company-reporting|2 2 1 4 3|literature
s-kim|Operator costs of rail and inland waterway, EUR per t over 165 km|KiM 2020, quoted by SpoorPro 2020-12-07|2020|facts, cited||2 3 3 2 2|literature
s-etrr|CO2 per tkm of road, rail and inland waterway|European Transport Research Review 11 (2019), table 9|2019|facts, cited||2 3 3 2 2|literature
s-ipcc-gas|Default emission factor of natural gas, 56.1 kg CO2 per GJ|IPCC 2006 Guidelines, volume 2|2006|facts, cited|https://www.ipcc-nggip.iges.or.jp/public/2006gl/|1 1 3 2 2|literature
s-leak|Water lost by leaks in Flanders: 2 900 l a day on each of 62 341 km of main; here a share of an assumed 1 000 m3 a day through a pipe (estimate)|AquaFlanders, reported by VRT NWS 2017-09-19|2017|facts, cited|http://deredactie.be/cm/vrtnieuws.english/Health%2Band%2BEnvironment/1.3068665|2 3 3 1 4|literature
s-levy|Flemish levies on landfill from 1 July 2016: 100 EUR/t combustible, 55 EUR/t not combustible (Materials Decree, article 46), rounded and completed to gate fees|Flemish Government, reported by Legalworld 2016|2016|facts, cited|https://legalworld.wolterskluwer.be/nl/nieuws/in-het-staatsblad/milieuheffingen-hoger-lager-art-34-35-pd-2016-1/|2 3 4 1 2|literature
# Reported facts about named actors
s-vision|Vision on the circular economy in Poort Genk in 2030: actors, places and cases named there|Cities of Genk and Hasselt, Houthalen-Helchteren, OVAM, Ruimte Vlaanderen|2015|facts, cited||2 3 4 1 2|reported
s-ing-orbix|Business portrait of Orbix: 200 000 t slag a year from Aperam, taken at 10 EUR/t against 100 EUR/t landfill; 135 staff|ING 2017-11-27|2017|facts, cited||2 3 4 1 1|reported
s-carbstone|OVAM ecodesign case Carbstone: more than 500 000 t slag a year in Belgium|Vlaanderen Circulair|2023|facts, cited|https://ecodesign.vlaanderen-circulair.be/en/cases/cases-detail/carbstone|3 3 3 2 2|reported
s-haven|Portraits of Haven Genk: 2.5 million t a year, 40 ha|Limburg Manager; Sterck 46 (2021); encyclopedia article|2021|facts, cited||3 3 3 1 2|reported
s-etg|Euro Terminal Genk: 35 000 units a year before and 60 000 after an expansion of 3.35 million EUR; owned by H.Essers since 2019. Tonnes at 12 t a unit (estimate)|Railway Gazette 2012; railtech.be 2021-08-11|2021|facts, cited|https://www.railwaygazette.com/freight/euro-terminal-genk-launches-expansion-project/37178.article|2 3 4 1 2|reported
s-port-of-limburg|Port of Limburg, trimodal container terminal on the former Ford site: 42 million EUR by Flanders and 30 million EUR by two companies|VRT NWS 2021-05-27; Het Belang van Limburg 2021-05-25|2021|facts, cited|https://www.hbvl.be/cnt/dmf20210525_97748832|2 3 3 1 1|reported
s-ford|Former Ford site: 134 ha, zone A 5 ha, zone B 40-42 ha with 250 000 m2 of halls, zone C on the canal; jobs planned and filled|Het Belang van Limburg 2022-12; HLN 2018-05-29; Knack 2016|2022|facts, cited||3 3 3 1 2|reported
s-genk-zuid|Genk-Zuid: 1 500 ha, largest estate of Limburg|Trends 2012|2012|facts, cited||3 3 5 1 2|reported
s-bionerga|Bionerga: incineration Houthalen and Beringen, steam to Borealis, P+MD line, 150 000 t composted|RecyclePro 2017-03-30; VRT NWS 2020-09-10; Trends 2019-10; Denuo|2020|facts, cited||2 3 3 1 1|reported
s-remo|RE-MO: 16.5 million t stored, 230 ha, demonstration plant of 30 000 t RDF planned|Fast Company 2011-09-08; Group Machiels; Sweco project page|2018|facts, cited||3 3 4 1 2|reported
s-ekol|Ekol (Ecoo): 22 000 t a year since the second line; marginal cost 200 EUR/t|Ecoo company history; Trends (about 2000)|2012|facts, cited||2 3 5 1 1|reported
s-grl|G.R.L. Glass Recycling: 100 000 t treated glass a year by canal from Beringen|VRT NWS 2022-02-01|2022|facts, cited|https://www.vrt.be/vrtnws/nl/2022/02/01/|2 3 3 1 1|reported
s-grc|GRC Zolder: 200 000 t a year of PFAS soil beside the Albert Canal|VRT NWS 2022-03-17; Dredging Today 2013-10-04|2022|facts, cited||2 3 3 1 1|reported
s-bioterra|Bioterra Genk: physico-chemical soil treatment of 400 000 t a year|Bouwkroniek|2014|facts, cited||2 3 5 1 1|reported
s-norbord|Norbord (West Fraser) Genk: 220 000 m3 OSB a year from virgin wood, permit to 360 000 m3|VRT NWS 2011-11-29; made-in Limburg; BOS+|2011|facts, cited||2 3 5 1 1|reported
s-stelimet|Stelimet in Genk recycles scrap and end-of-life vehicles|Het Belang van Limburg 2020-02|2020|facts, cited||2 3 3 1 2|reported
s-martens|Martens Recycling in Genk recycles construction and demolition waste|De Tijd (archive)|2000|facts, cited|https://www.tijd.be/algemeen/algemeen/ks-en-martens-samen-in-bouw-en-sloopafval/5105492.html|3 4 5 1 2|reported
s-haven-place|Point of Haven Genk|public encyclopedia coordinate|2021|facts, cited||3 3 3 1 1|reported
# Literature used for recipes
s-lit-carbonation|Carbstone: stainless steel slag takes up 100-150 g CO2 per kg|Quaghebeur and others, Frontiers in Energy Research 3:52 (2015)|2015|CC BY|https://www.frontiersin.org/articles/10.3389/fenrg.2015.00052/full|1 2 4 1 1|literature
s-lit-tyre|End-of-life tyres: textile fibre about 10 % by weight; most material recovery is granulation|Landi and others, Procedia CIRP (2016), doi 10.1016/j.procir.2016.03.141; BIR 2021|2016|facts, cited|https://doi.org/10.1016/j.procir.2016.03.141|2 3 3 3 2|literature
s-lit-oil|Used lubricating oil: about 0.7 volumes of base oil per volume collected, more than 75 % of it recoverable as lubricant|RCR Commodities; Lubes'n'Greases (2006, 2022)|2022|facts, cited||3 3 3 3 3|literature
s-lit-elv|End-of-life vehicles: 50-60 % steel, 10-12 % cast iron, 3-8 % non-ferrous, 10-20 % plastics, rubber, textiles, 2-3 % glass|dontwasteinvest.com after BAWP 2017|2017|facts, cited|http://www.dontwasteinvest.com/en/stoffstrom/automotive-parts-and-uses-tyres/|3 3 3 3 2|literature
s-lit-textile|Collected textiles in six countries: 55 % rewearable (6 % of low value), 26 % not rewearable, 11 % footwear, 8 % waste|Fashion for Good and Circle Economy, Sorting for Circularity Europe|2022|facts, cited|https://reports.fashionforgood.com/report/sorting-for-circularity-europe/|2 2 2 3 2|literature
s-lit-remo|RE-MO: about 45 % of what is stored could be recycled, the rest serve as fuel; composition by excavation tests|Group Machiels, reported 2011-09; Quaghebeur and others, Journal of Cleaner Production 55 (2013) 72-83|2013|facts, cited|https://www.psfk.com/2011/09/enhanced-landfill-mining-for-recycling-and-energy-benefits.html|3 3 4 1 2|literature
s-lit-soil|Soil washing suits soils with at most 25-30 % fines, which end in the filter cake|New Civil Engineer; creativebizservices.org|2020|facts, cited|https://www.newcivilengineer.com/what-is-soil-washing/531397.article|3 4 3 3 2|literature
s-lit-solar|End-of-life management of solar photovoltaic panels: Weibull lifetime of 30 years and shape 5.3759 (regular loss)|IRENA and IEA-PVPS, report T12-06|2016|facts, cited||2 3 3 3 2|literature
s-lit-sorting|Mixed construction waste: about 70 % of the sorted fractions recycled, about 30 % to energy|Containers Maes, acceptance guide|2023|facts, cited|https://containersmaes.be|3 4 2 2 2|literature
# Our own estimates; the title says the method
s-est-solar|Estimate: panels put up in Belgium in a year (Photovoltaic Barometer of EurObserv'ER to 2013, APERe and Energie Commune as quoted by reWallonia and pv magazine after) x share of inhabitants x 80 t per MW, an order of magnitude|this package|2026|CC BY 4.0||4 3 2 3 3|estimate
s-est-solar-between|Estimate: as s-est-solar, with what was put up in 2016 and 2017 drawn between the years around them|this package|2026|CC BY 4.0||5 4 2 3 3|estimate
s-est-household|Estimate: Belgian household waste 2016 by category per inhabitant (Eurostat) x population 2020, split into streams with fixed shares (table household of coefficients.csv)|this package|2026|CC BY 4.0||3 3 4 3 3|estimate
s-est-building|Estimate from sector coefficient: Belgian construction waste 2016 per inhabitant (Eurostat, NACE F) x population 2020, shares by fraction assumed (table building)|this package|2026|CC BY 4.0||4 4 4 4 4|estimate
s-est-trade|Estimate from sector coefficient: Belgian waste of services 2016 per inhabitant (Eurostat, NACE G-U without G4677) x population 2020, shares by fraction assumed (table trade)|this package|2026|CC BY 4.0||4 4 4 4 4|estimate
s-est-garage|Estimate from sector coefficient: kilograms per inhabitant of tyres, oils and glass from garages, tyres after Recytyre (835 000 t from 2005 to 2015), oils and glass order of magnitude (table garage)|this package|2026|CC BY 4.0||4 4 4 3 4|estimate
s-est-industry|Estimate from sector coefficient: tonnes of residue per 1000 t verified CO2 of the installation, by activity (table industry)|this package|2026|CC BY 4.0||5 4 3 2 4|estimate
s-est-heat|Estimate from sector coefficient: fuel from verified CO2 at 202 kg per MWh, a fixed share of it as residual heat, by activity (table heat)|this package|2026|CC BY 4.0||4 4 3 2 4|estimate
s-est-offer|Estimate of what a named or unnamed actor could offer, from the size of comparable actors; not reported by the actor|this package|2026|CC BY 4.0||5 5 3 3 4|estimate
s-est-need|Estimate of what a named actor could use, from the size of comparable actors; not reported by the actor|this package|2026|CC BY 4.0||5 5 3 3 4|estimate
s-est-need-capita|Estimate: use per inhabitant (table demand of coefficients.csv) x population 2020; aggregate and sand stay well below the 5.2 t per inhabitant of the EU28 and EFTA in 2016 (UEPG)|this package|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-need-industry|Estimate from sector coefficient: use per 1000 t verified CO2 of the installation, by activity (table industry_need)|this package|2026|CC BY 4.0||5 4 3 2 4|estimate
s-est-fate|Estimate of today's treatment cost or proceeds, EUR per unit, excluding transport; landfill follows the Flemish levies, the rest is order of magnitude|this package|2026|CC BY 4.0||4 4 3 3 3|estimate
s-est-price|Estimate of today's price delivered, EUR per unit, order of magnitude|this package|2026|CC BY 4.0||4 4 3 3 3|estimate
s-est-recipe|Engineering estimate of a recipe: yields, cost, jobs, space; order of magnitude of waste treatment practice, not quoted from a document|this package|2026|CC BY 4.0||4 4 3 3 3|estimate
s-est-unit|Estimate of spare or possible capacity; not reported by the actor|this package|2026|CC BY 4.0||5 5 3 3 4|estimate
s-est-space|Estimate of vacant space and its price per year|this package|2026|CC BY 4.0||5 5 3 2 4|estimate
s-est-labour|Estimate: job seekers per inhabitant x population 2020 x share reachable x 1600 h (table labour); wages and agency rates order of magnitude|this package|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-knowledge|Estimate of hours that incubators, schools and institutes could lend, and of what they cost|this package|2026|CC BY 4.0||5 5 3 3 4|estimate
s-est-capital|Estimate of patient money a year that a financier could place here, and of the premium that money from elsewhere asks|this package|2026|CC BY 4.0||5 5 3 3 4|estimate
s-est-heat-loss|Estimate: a pair of insulated pipes loses 2 x 30 W/m all year (15 to 40 W/m are usual), 526 MWh a km, of 45 000 MWh a year through it, the size of a steam tie here|this package|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-mode|Estimate of transport cost from public tariffs, rounded|this package|2026|CC BY 4.0||3 4 3 3 3|estimate
s-est-road|Estimate of roads: great circle x 1.25 between the centres of municipalities that share 500 m or more of border; no road map|this package from Statbel|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-road-access|Estimate of the way to the road: great circle x 1.25 to the three nearest centres and to four places near by|this package|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-road-abroad|Estimate of roads across the border: great circle x 1.25 between towns|this package|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-motorway|Sketch of motorways: junctions read from memory of public maps, within about 3 km, great circle x 1.06 between them, 80 km/h|this package|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-cycle|Estimate of cycle ways: the road links up to 12 km once more, great circle x 1.2|this package|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-canal-liege|Sketch of the Albert Canal from the Flemish border to Monsin and of the Meuse to Liège, through receivers of the fish study (s-canal-lock) and from memory of public maps, within about 1 km|this package|2026|CC BY 4.0||3 3 3 2 3|estimate
s-est-water-abroad|Sketch of the Scheldt-Rhine link and the way on to Europoort, from memory of public maps, within about 3 km|this package|2026|CC BY 4.0||4 3 3 3 3|estimate
s-est-waterway|Estimate: 12 km/h on the water and 0.53 h at a lock make the 14 h that an encyclopedia gives for 129.5 km and six locks; largest ships of side canals by memory of their class|this package|2026|CC BY 4.0||4 3 3 2 3|estimate
s-est-rail-abroad|Sketch of railways across the border between stations, from memory of public maps, within about 2 km|this package|2026|CC BY 4.0||4 3 3 3 3|estimate
s-est-train|Estimate of trains for people: every pair of neighbouring stations along the railway, 60 km/h stops included; no timetable|this package|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-station|Estimate of a change at a station: nothing to pay, 9 minutes|this package|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-terminal|Estimate of a terminal: transfer between quay, track and truck per t, its diesel and waiting, capacity to spare and what a quay costs; order of magnitude, not reported by the operator|this package|2026|CC BY 4.0||4 4 3 3 4|estimate
s-est-hours-steady|Estimate: taken to run at the same load in all hours of the year, as treated effluent, water of mine shafts and steam of an incinerator roughly do; nobody reported hours|this package|2026|CC BY 4.0||4 4 3 3 3|estimate
s-est-hours-solar|Estimate: radiation outside the atmosphere on the level at 51 degrees north by month and hour of the clock (Duffie & Beckman, Solar Engineering of Thermal Processes, chapter 1); clouds taken the same in every month|this package|2026|CC BY 4.0||4 4 3 2 3|estimate
s-est-hours-heating|Estimate: degrees below 16.5 by month (mean temperatures of Uccle 1991 to 2020, from memory) and one more for hot water; hours of the day are our own|this package|2026|CC BY 4.0||4 4 3 2 4|estimate
s-est-hours-work|Estimate: usual working hours, and the evenings and weekends around them; nobody reported hours|this package|2026|CC BY 4.0||5 5 3 3 4|estimate
s-est-incentive|Estimate: an example of an incentive the region could give; none of these exists|this package|2026|CC BY 4.0||5 5 3 3 4|estimate
s-est-resource|Classification by the List of Waste; the virgin share of what is bought today is an estimate|this package|2026|CC BY 4.0||3 3 3 3 3|estimate
s-est-place|Point read from memory of public maps, within about 1 km|this package|2026|CC BY 4.0||4 3 3 2 3|estimate
s-est-region|Named for the region without a place: drawn at the centre of one of its municipalities by our choice, which may be wrong|this package|2026|CC BY 4.0||5 3 3 4 3|estimate
s-closed|Closed since: paper production in Lanaken stopped in December 2023; cement works in Maastricht closed at the end of August 2020|Printweek 2024-01-16; International Cement Review 2020-08-11|2024|facts, cited|https://printweek.com/content/news/sappi-confirms-lanaken-mill-closure|2 2 2 1 1|reported
s-public|Public knowledge that the actor or group exists; what it offers or needs here is an estimate of this package|public knowledge|2026|facts||3 3 3 2 3|reported
s-est-centre|Centre of gravity of the municipality: the place within it is not known here|this package from Statbel|2026|CC BY 4.0||3 3 2 3 3|estimate
s-est-sketch|Hull or line sketched from municipality outlines and centres|this package from Statbel|2026|CC BY 4.0||4 4 3 3 4|estimate
# Exchanges elsewhere
s-kalundborg|Kalundborg Symbiosis, Denmark: public and private companies exchange steam, water, gypsum, fly ash since 1972|Kalundborg Symbiosis|2021|facts, cited|https://www.symbiosis.dk/en/|2 3 3 2 2|reported
s-known|Widely described exchange between companies, own wording|public literature|2020|facts, cited||3 4 3 3 3|reported
"""

SCORES = "reliability completeness temporal geographical technological".split()
COLUMNS = "source_id title publisher year licence link " + " ".join(SCORES) + " kind"


def sources():
    rows = []
    for row in table("source_id title publisher year licence link scores kind", TEXT):
        scores = row.pop("scores").split()
        if len(scores) != len(SCORES):
            raise ValueError(f"source {row['source_id']}: five scores expected")
        row.update(zip(SCORES, scores))
        rows.append(row)
    return rows
