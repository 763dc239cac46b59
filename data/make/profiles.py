"""Profiles: the hours in which things run, by kind of use and never by company. All of them are estimates."""

import math

from text import table

PROFILE_COLUMNS = "profile_id name source_id"
HOUR_COLUMNS = "profile_id month day_type hour load"
PROFILES = """
steady|Runs around the clock|s-est-hours-steady
solar|Solar panels|s-est-hours-solar
heating|Heating of buildings, with hot water|s-est-hours-heating
offices|Offices and warehouses|s-est-hours-work
evening|Evenings and weekends|s-est-hours-work
"""
LAT, LON = 50.95, 5.5
MEAN_DAYS = (17, 47, 75, 105, 135, 162, 198, 228, 258, 288, 318, 344)  # of each month, Klein (1977)
SUMMER_TIME = range(4, 11)  # April to October, in whole months
MEAN_C = (3.7, 4.2, 7.1, 10.4, 13.9, 16.7, 18.7, 18.4, 15.2, 11.3, 7.2, 4.3)  # Uccle 1991-2020, from memory
BASE_C, HOT_WATER = 16.5, 1.0
HEATED_HOURS = {**dict.fromkeys(range(0, 6), 0.6), **dict.fromkeys(range(6, 10), 1.4), **dict.fromkeys(range(10, 17), 1.0),
                **dict.fromkeys(range(17, 22), 1.2), **dict.fromkeys(range(22, 24), 0.8)}

# What gets which profile: table, resource, words that the description begins with (blank: any).
USES = """
offer|electricity|Solar surplus|solar
offer|heat-low|Heat of treated effluent|steady
offer|heat-low|Water of the old mine shafts|steady
offer|heat-low|Condenser heat|steady
offer|heat-low|Server rooms|steady
offer|steam|Steam left of a plant|steady
offer|lab|Labs in the evening|evening
offer|lab|Workshop in the evening|evening
need|heat|Heat of|heating
need|heat|School buildings|heating
need|district-heat||heating
need|electricity|Offices|offices
need|electricity|Warehouses|offices
"""


def solar_load(month, hour):
    """Radiation outside the atmosphere on the level, mean over the clock's hour, relative: sin of the sun's height (Duffie & Beckman,
    Solar Engineering of Thermal Processes, ch. 1), without the equation of time."""
    latitude, declination = math.radians(LAT), math.radians(23.45 * math.sin(math.radians(360 * (284 + MEAN_DAYS[month - 1]) / 365)))
    total = 0
    for quarter in range(4):
        sun = hour + (quarter + 0.5) / 4 - (15 - LON) / 15 - (1 if month in SUMMER_TIME else 0)
        total += max(0, math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(math.radians(15 * (sun - 12))))
    return round(total / 4, 3)


def profiles():
    return table(PROFILE_COLUMNS, PROFILES)


def row(profile, load, month="", day_type="", hour=""):
    return {"profile_id": profile, "month": str(month), "day_type": day_type, "hour": str(hour), "load": load}


def hours():
    rows = [row("steady", 1)]
    rows += [row("solar", solar_load(month, hour), month=month, hour=hour) for month in range(1, 13) for hour in range(24)]
    rows += [row("heating", round(max(0, BASE_C - mean) + HOT_WATER, 1), month=month) for month, mean in enumerate(MEAN_C, 1)]
    rows += [row("heating", load, hour=hour) for hour, load in sorted(HEATED_HOURS.items())]
    rows += [row("offices", 0.3, hour=hour) for hour in range(24)]
    rows += [row("offices", 1, day_type="workday", hour=hour) for hour in range(8, 18)]
    rows += [row("evening", 1 if 18 <= hour < 22 else 0, day_type="workday", hour=hour) for hour in range(24)]
    return rows + [row("evening", 1 if 8 <= hour < 20 else 0, hour=hour) for hour in range(24)]


def assign(tables):
    """Fills profile_id of offers and needs."""
    for rule in table("table resource words profile_id", USES):
        for one in tables[rule["table"]]:
            if one["resource_id"] == rule["resource"] and one["description"].startswith(rule["words"]):
                one["profile_id"] = rule["profile_id"]
