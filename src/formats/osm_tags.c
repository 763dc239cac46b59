/* Tags of OpenStreetMap -> what runs on a way. docs/package.md tells the same in words. */
#include <string.h>

#include "formats/osm.h"

#define BIT(kind) (1u << (kind))

osm_key
osm_find_key(const char *text, size_t length)
{
  static const struct {
    const char *text;
    size_t length;
  } keys[OSM_KEY_COUNT] = {
#define X(name, text) {text, sizeof(text) - 1},
      OSM_KEYS(X)
#undef X
  };
  int32_t k = 0;
  while (k < OSM_KEY_COUNT && (keys[k].length != length || memcmp(keys[k].text, text, length) != 0))
    k++;
  return (osm_key)k;
}

/* ---------------------------------------------------------------- roads */
/* Roads by class, and the speed that is usual where no sign says another. */
static const struct {
  const char *name;
  float kmh;
  bool is_for_bicycles; /* unless a tag says otherwise */
} roads[] = {
    {"motorway", 110, false},    {"motorway_link", 60, false}, {"trunk", 90, false},       {"trunk_link", 50, false},
    {"primary", 70, true},       {"primary_link", 50, true},   {"secondary", 60, true},    {"secondary_link", 50, true},
    {"tertiary", 50, true},      {"tertiary_link", 40, true},  {"unclassified", 45, true}, {"residential", 30, true},
    {"living_street", 20, true}, {"road", 40, true},           {"service", 15, true},
};
enum { ROAD_COUNT = sizeof roads / sizeof *roads };

static int32_t
find_road(osm_text highway)
{
  for (int32_t i = 0; i < ROAD_COUNT; i++)
    if (osm_is(highway, roads[i].name))
      return i;
  return KN_NONE;
}

/* 1 allowed, 0 not, -1 not said. */
static int32_t
allows(osm_text value)
{
  static const char *const no[] = {"no",           "private",  "agricultural", "forestry", "emergency",
                                   "use_sidepath", "dismount", "military",     NULL};
  if (value.at == NULL)
    return -1;
  return !osm_is_one_of(value, no);
}

/* The most special rule that is there counts. */
static bool
is_allowed(const osm_text *tag, const osm_key *rules, int32_t count)
{
  for (int32_t i = 0; i < count; i++) {
    const int32_t verdict = allows(tag[rules[i]]);
    if (verdict >= 0)
      return verdict == 1;
  }
  return true;
}

static int8_t
read_direction(osm_text oneway, int8_t otherwise)
{
  static const char *const along[] = {"yes", "true", "1", NULL}, *const against[] = {"-1", "reverse", NULL};
  if (oneway.at == NULL)
    return otherwise;
  if (osm_is_one_of(oneway, along))
    return 1;
  return osm_is_one_of(oneway, against) ? -1 : 0;
}

/* A roundabout and a motorway run one way unless a tag says otherwise. */
static int8_t
road_direction(const osm_text *tag)
{
  static const char *const round[] = {"roundabout", "circular", NULL};
  const bool is_implied = osm_is_one_of(tag[OSM_JUNCTION], round) || osm_is(tag[OSM_HIGHWAY], "motorway");
  return read_direction(tag[OSM_ONEWAY], is_implied);
}

static int8_t
cycle_direction(const osm_text *tag, int8_t road)
{
  static const char *const opposite[] = {"opposite", "opposite_lane", "opposite_track", "opposite_share_busway", NULL};
  if (tag[OSM_ONEWAY_BICYCLE].at != NULL)
    return read_direction(tag[OSM_ONEWAY_BICYCLE], road);
  if (osm_is_one_of(tag[OSM_CYCLEWAY], opposite) || osm_is_one_of(tag[OSM_CYCLEWAY_LEFT], opposite))
    return 0;
  return road;
}

static bool
is_for_bicycles(const osm_text *tag, int32_t road)
{
  static const osm_key rules[] = {OSM_BICYCLE, OSM_VEHICLE, OSM_ACCESS};
  static const char *const paths[] = {"path", "track", "footway", "pedestrian", "bridleway", NULL};
  static const char *const yes[] = {"yes", "designated", "permissive", "official", "destination", NULL};
  const osm_text highway = tag[OSM_HIGHWAY];
  if (osm_is(tag[OSM_MOTORROAD], "yes") && !osm_is_one_of(tag[OSM_BICYCLE], yes))
    return false;
  if (osm_is(highway, "cycleway"))
    return is_allowed(tag, rules, 3);
  if (osm_is_one_of(highway, paths) || (road != KN_NONE && !roads[road].is_for_bicycles))
    return osm_is_one_of(tag[OSM_BICYCLE], yes);
  return road != KN_NONE && is_allowed(tag, rules, 3);
}

/* Heaviest vehicle in t: signs for trucks before signs for all; closed to trucks: those of up to 3.5 t may go. */
static float
weight_limit(const osm_text *tag)
{
  static const char *const closed[] = {"no", "unsuitable", NULL};
  float most = osm_read_weight(tag[OSM_MAXWEIGHT]);
  if (tag[OSM_MAXWEIGHT_HGV].at != NULL)
    most = fminf(most, osm_read_weight(tag[OSM_MAXWEIGHT_HGV]));
  return osm_is_one_of(tag[OSM_HGV], closed) || osm_is(tag[OSM_GOODS], "no") ? fminf(most, 3.5F) : most;
}

static void
read_highway(const osm_text *tag, osm_way *way)
{
  static const osm_key trucks[] = {OSM_HGV, OSM_MOTOR_VEHICLE, OSM_VEHICLE, OSM_ACCESS};
  static const char *const for_lines[] = {"busway", "bus_guideway", "pedestrian", NULL};
  const int32_t road = find_road(tag[OSM_HIGHWAY]);
  way->direction = road_direction(tag);
  way->cycle_direction = cycle_direction(tag, way->direction);
  way->may_carry_lines = road != KN_NONE || osm_is_one_of(tag[OSM_HIGHWAY], for_lines);
  const bool is_for_all = is_allowed(tag, trucks + 1, 3);
  if (road != KN_NONE && (is_for_all || allows(tag[OSM_HGV]) == 1)) {
    way->kinds |= BIT(KN_ON_ROAD);
    way->max_t = weight_limit(tag);
    if (isnan(way->speed_kmh))
      way->speed_kmh = roads[road].kmh;
  }
  if (is_for_bicycles(tag, road))
    way->kinds |= BIT(KN_ON_CYCLE);
  way->class_of = tag[OSM_HIGHWAY];
}

/* ---------------------------------------------------------------- rails and water */
static void
read_railway(const osm_text *tag, osm_way *way)
{
  static const char *const lines[] = {"rail", "light_rail", "tram", "subway", "narrow_gauge", "monorail", NULL};
  static const char *const uses[] = {"main", "branch", "industrial", "freight", NULL};
  static const char *const tracks[] = {"spur", "siding", "crossover", NULL};
  if (!osm_is_one_of(tag[OSM_RAILWAY], lines))
    return;
  way->may_carry_lines = true;
  if (way->class_of.at == NULL)
    way->class_of = tag[OSM_RAILWAY];
  if (!osm_is(tag[OSM_RAILWAY], "rail"))
    return;
  const bool is_plain = tag[OSM_USAGE].at == NULL && (tag[OSM_SERVICE].at == NULL || osm_is_one_of(tag[OSM_SERVICE], tracks));
  if (is_plain || osm_is_one_of(tag[OSM_USAGE], uses))
    way->kinds |= BIT(KN_ON_RAIL);
}

static void
read_waterway(const osm_text *tag, osm_way *way)
{
  static const char *const waters[] = {"river", "canal", "fairway", "tidal_channel", NULL};
  static const char *const yes[] = {"yes", "designated", "permissive", "official", NULL};
  if (!osm_is_one_of(tag[OSM_WATERWAY], waters))
    return;
  const bool has_class = tag[OSM_CEMT].at != NULL && !osm_is(tag[OSM_CEMT], "no");
  if (!has_class && !osm_is_one_of(tag[OSM_BOAT], yes) && !osm_is_one_of(tag[OSM_SHIP], yes) &&
      !osm_is_one_of(tag[OSM_MOTORBOAT], yes))
    return;
  way->kinds |= BIT(KN_ON_WATER);
  way->cemt = has_class ? tag[OSM_CEMT] : (osm_text){0};
  if (way->class_of.at == NULL)
    way->class_of = tag[OSM_WATERWAY];
}

bool
osm_read_way(const osm_text *tag, osm_way *out)
{
  if (tag[OSM_HIGHWAY].at == NULL && tag[OSM_RAILWAY].at == NULL && tag[OSM_WATERWAY].at == NULL)
    return false;
  *out = (osm_way){.speed_kmh = osm_read_speed(tag[OSM_MAXSPEED]), .max_t = NAN};
  if (osm_is(tag[OSM_AREA], "yes"))
    return false;
  if (tag[OSM_HIGHWAY].at != NULL)
    read_highway(tag, out);
  if (tag[OSM_RAILWAY].at != NULL)
    read_railway(tag, out);
  if (tag[OSM_WATERWAY].at != NULL)
    read_waterway(tag, out);
  out->name = tag[OSM_REF].at != NULL ? tag[OSM_REF] : tag[OSM_NAME];
  return out->kinds != 0 || out->may_carry_lines;
}

/* ---------------------------------------------------------------- public transport */
bool
osm_is_line(const osm_text *tag)
{
  static const char *const routes[] = {"bus", "trolleybus", "tram", "train", "light_rail", "subway", "monorail", NULL};
  return osm_is(tag[OSM_TYPE], "route") && osm_is_one_of(tag[OSM_ROUTE], routes);
}

/* Stops and platforms are members too. */
bool
osm_is_track_role(const char *role, size_t length)
{
  static const char *const roles[] = {"", "forward", "backward", "route", "main", NULL};
  return osm_is_one_of((osm_text){role, length}, roles);
}
