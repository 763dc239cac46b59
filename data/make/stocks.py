"""Stocks: solar panels in Poort Genk, the share of Belgium by inhabitants."""

import geometry
from text import significant, table

# What stood in Belgium at the end of the year, MW (Photovoltaic Barometer, EurObserv'ER; end of 2014: the 3200 MW of 2015 less the 53 MW of
# that year, APERe), and what was added in later years, MW (APERe, Energie Commune). 2016 and 2017 are drawn between 53 and 367: an estimate.
STANDING = {2008: 71, 2009: 574, 2010: 787, 2011: 2051, 2012: 2768, 2013: 2983, 2014: 3147}
ADDED = {2015: 53, 2016: 158, 2017: 262, 2018: 367, 2019: 544, 2020: 1010, 2021: 850, 2022: 1060, 2023: 1800}
ESTIMATED = {2016, 2017}
T_PER_MW = 80  # order of magnitude of crystalline panels, our own

STOCK_COLUMNS = "stock_id name area_id resource_id driver lifetime shape scale_yr source_id"
YEAR_COLUMNS = "stock_id year inflow source_id"
STOCKS = """
solar-poort-genk|Solar panels in Poort Genk|poort-genk|solar-panel|inflow|weibull|5.3759|30|s-lit-solar
"""


def stocks():
    return table(STOCK_COLUMNS, STOCKS)


def stock_years(source, limburg, core):
    belgians = sum(f["properties"]["population_2020"] for f in geometry.read_features(f"{source}/geo/be_municipalities_2019.geojson"))
    share = sum(limburg[name].population for name in core) / belgians
    added = {first: STANDING[first] - STANDING.get(first - 1, 0) for first in STANDING} | ADDED
    return [{"stock_id": "solar-poort-genk", "year": str(year), "inflow": significant(mw * T_PER_MW * share),
             "source_id": "s-est-solar-between" if year in ESTIMATED else "s-est-solar"} for year, mw in sorted(added.items())]
