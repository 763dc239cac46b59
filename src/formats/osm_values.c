/* Values of OpenStreetMap tags: speeds and weights as people write them. */
#include <string.h>

#include "formats/osm.h"

bool
osm_is(osm_text value, const char *word)
{
  return value.at != NULL && strlen(word) == value.length && memcmp(value.at, word, value.length) == 0;
}

bool
osm_is_one_of(osm_text value, const char *const *words)
{
  for (; value.at != NULL && *words != NULL; words++)
    if (osm_is(value, *words))
      return true;
  return false;
}

/* The number a text begins with and what follows it, without blanks. */
static bool
split_number(osm_text value, double *number, osm_text *rest)
{
  size_t digits = 0;
  while (digits < value.length && ((value.at[digits] >= '0' && value.at[digits] <= '9') || value.at[digits] == '.'))
    digits++;
  if (digits == 0 || !kn_number_read(value.at, digits, '.', number))
    return false;
  while (digits < value.length && value.at[digits] == ' ')
    digits++;
  *rest = (osm_text){value.at + digits, value.length - digits};
  return true;
}

/* Speeds that a country gives to a kind of place: `BE:urban`. The first fit counts; NULL: any country. Belgium's regions differ. */
static const struct {
  const char *country, *place;
  float kmh;
} zones[] = {
    {NULL, "urban", 50},     {"BE-WAL", "rural", 90},   {"BE-VLG", "rural", 70},    {"BE-BRU", "rural", 70},
    {"BE", "rural", 70},     {"NL", "rural", 80},       {"FR", "rural", 80},        {"DE", "rural", 100},
    {"LU", "rural", 90},     {NULL, "rural", 80},       {"FR", "motorway", 130},    {"DE", "motorway", 130},
    {"LU", "motorway", 130}, {"NL", "motorway", 100},   {NULL, "motorway", 120},    {"BE", "trunk", 90},
    {NULL, "trunk", 100},    {NULL, "zone30", 30},      {NULL, "zone:30", 30},      {NULL, "30", 30},
    {NULL, "zone20", 20},    {NULL, "zone:20", 20},     {NULL, "20", 20},           {NULL, "living_street", 20},
    {NULL, "walk", 6},       {NULL, "cyclestreet", 30}, {NULL, "bicycle_road", 30},
};

static float
zone_speed(osm_text value)
{
  const char *colon = memchr(value.at, ':', value.length);
  if (colon == NULL)
    return NAN;
  const osm_text country = {value.at, (size_t)(colon - value.at)};
  const osm_text place = {colon + 1, value.length - country.length - 1};
  for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
    if (osm_is(place, zones[i].place) && (zones[i].country == NULL || osm_is(country, zones[i].country)))
      return zones[i].kmh;
  return NAN;
}

static float
one_speed(osm_text value)
{
  double number;
  osm_text rest;
  if (osm_is(value, "none"))
    return 130;
  if (osm_is(value, "walk"))
    return 6;
  if (!split_number(value, &number, &rest))
    return zone_speed(value);
  if (rest.length == 0 || osm_is(rest, "km/h") || osm_is(rest, "kmh") || osm_is(rest, "kph"))
    rest.length = 0;
  else if (osm_is(rest, "mph"))
    number *= 1.609344;
  else if (osm_is(rest, "knots") || osm_is(rest, "kn"))
    number *= 1.852;
  else
    return NAN;
  return number > 0 && number < 500 ? (float)number : NAN;
}

/* Of several (`50;70`) the least. */
float
osm_read_speed(osm_text value)
{
  float least = NAN;
  while (value.at != NULL && value.length > 0) {
    const char *end = memchr(value.at, ';', value.length);
    osm_text part = {value.at, end == NULL ? value.length : (size_t)(end - value.at)};
    const size_t span = part.length + (end != NULL);
    value.at += span;
    value.length -= span;
    while (part.length > 0 && *part.at == ' ') {
      part.at++;
      part.length--;
    }
    least = fminf(least, part.length == 0 ? NAN : one_speed(part));
  }
  return least;
}

float
osm_read_weight(osm_text value)
{
  static const struct {
    const char *unit;
    double t;
  } units[] = {
      {"", 1}, {"t", 1}, {"kg", 1e-3}, {"st", 0.90718474}, {"lt", 1.0160469088}, {"lbs", 0.00045359237}, {"lb", 0.00045359237}};
  double number;
  osm_text rest;
  if (value.at == NULL || !split_number(value, &number, &rest))
    return NAN;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (osm_is(rest, units[i].unit))
      return number > 0 && number < 1e6 ? (float)(number * units[i].t) : NAN;
  return NAN;
}
