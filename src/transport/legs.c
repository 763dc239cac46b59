/* Legs: one carrier from one point to another. */
#include <stdlib.h>
#include <string.h>

#include "transport/access.h"

/* ---------------------------------------------------------------- what it costs */
static double
crow_km(const kn_access *access, int32_t from, int32_t to)
{
  return kn_point_km(KN_SPHERE, access->point[from], access->point[to]);
}

/* The model: a constant share of what is left is lost on each kilometre. */
double
kn_leg_keeps(const kn_carrier *carrier, double km)
{
  return carrier->decay_per_km > 0 ? exp(-carrier->decay_per_km * km) : 1;
}

/* Cost of a leg of which kilometres, tolls and hours are known; none where a limit is passed. */
static kn_leg_cost
cost_of(const kn_carrier *carrier, double km, double toll_eur, double hours)
{
  const double hours_eur = carrier->eur_per_h > 0 && !isnan(hours) ? carrier->eur_per_h * hours : 0;
  if (km > carrier->max_km || hours > carrier->max_hours)
    return (kn_leg_cost){INFINITY, NAN, 0};
  return (kn_leg_cost){carrier->load_eur + carrier->full_eur_per_km * km + toll_eur + hours_eur, carrier->co2_kg_per_km * km,
                       kn_leg_keeps(carrier, km)};
}

/* A leg without links: as far as it is on the map, times the circuity. */
static kn_leg_cost
as_the_crow_flies(const kn_access *access, const kn_carrier *carrier, int32_t from, int32_t to)
{
  const double km = carrier->circuity * crow_km(access, from, to);
  return cost_of(carrier, km, 0, kn_hours_on(km, NAN, carrier->speed_kmh));
}

/* How a leg goes: over links between two nodes, or as the crow flies. */
typedef enum going { OVER_LINKS, AS_CROW, NOT_AT_ALL } going;

static going
goes(const kn_access *access, const kn_carrier *carrier, int32_t from, int32_t to)
{
  if (carrier->is_tariff_only)
    return NOT_AT_ALL;
  if (carrier->road == KN_NONE)
    return carrier->needs_network ? NOT_AT_ALL : AS_CROW;
  const kn_road *road = &access->road[carrier->road];
  if (road->meets[from] == KN_NONE || road->meets[to] == KN_NONE)
    return carrier->needs_network ? NOT_AT_ALL : AS_CROW;
  return road->meets[from] == road->meets[to] ? AS_CROW : OVER_LINKS;
}

/* ---------------------------------------------------------------- ways that only their links tell of */
static kn_path
add_up(const kn_access *access, const kn_road *road, const kn_carrier *carrier, const int32_t *arc, int64_t count)
{
  const kn_link_view links = kn_region_links(access->region);
  kn_path path = {0};
  for (int64_t a = 0; a < count; a++) {
    const int32_t link = road->arc_link[arc[a]];
    path.km += links.km[link];
    path.toll_eur += links.toll_eur[link];
    path.hours += kn_hours_on(links.km[link], links.speed_kmh[link], carrier->speed_kmh);
  }
  return path;
}

static kn_path_slot *
find_path(kn_path_slot *slot, int64_t count, uint64_t key)
{
  int64_t at = (int64_t)(key * 0x9e3779b97f4a7c15u >> 20) & (count - 1); /* a power of two */
  while (slot[at].key != 0 && slot[at].key != key)
    at = (at + 1) & (count - 1);
  return &slot[at];
}

/* Makes room for one more path; false: there is none, and the path is not remembered. */
static bool
make_room(kn_road *road)
{
  if (2 * road->path_count < road->slot_count)
    return true;
  const int64_t count = road->slot_count == 0 ? 1024 : 2 * road->slot_count;
  kn_path_slot *slot = calloc((size_t)count, sizeof *slot);
  if (slot == NULL)
    return road->path_count + 1 < road->slot_count;
  for (int64_t s = 0; s < road->slot_count; s++)
    if (road->slot[s].key != 0)
      *find_path(slot, count, road->slot[s].key) = road->slot[s];
  free(road->slot);
  road->slot = slot;
  road->slot_count = count;
  return true;
}

/* Of the best way between two points that meet different nodes. Remembered, as pricing asks for the same pairs again and again.
 * Cannot fail but for memory, which counts as no way. */
static kn_path
path_of(const kn_access *access, const kn_carrier *carrier, int32_t from, int32_t to)
{
  kn_access *memory = (kn_access *)(uintptr_t)access; /* the workspace is not what is asked about */
  kn_road *road = &memory->road[carrier->road];
  const uint64_t key = ((uint64_t)(uint32_t)road->meets[from] << 32 | (uint32_t)road->meets[to]) + 1;
  kn_path path = {INFINITY, 0, INFINITY};
  pthread_mutex_lock(&memory->mutex);
  const bool has_room = make_room(road);
  kn_path_slot *slot = has_room ? find_path(road->slot, road->slot_count, key) : NULL;
  if (slot != NULL && slot->key != 0) {
    path = slot->path;
  } else {
    const int32_t *arc;
    int64_t count;
    kn_ch_distance(road->query, road->meets[from], road->meets[to]);
    if (kn_ch_path(road->query, &arc, &count, NULL) == KN_OK)
      path = add_up(access, road, carrier, arc, count);
    if (slot != NULL) {
      *slot = (kn_path_slot){key, path};
      road->path_count++;
    }
  }
  pthread_mutex_unlock(&memory->mutex);
  return path;
}

kn_leg_cost
kn_leg_tell(const kn_access *access, int32_t number, int32_t from, int32_t to, const uint32_t *along)
{
  const kn_carrier *carrier = &access->carrier[number];
  switch (goes(access, carrier, from, to)) {
  case AS_CROW:
    return as_the_crow_flies(access, carrier, from, to);
  case NOT_AT_ALL:
    return (kn_leg_cost){INFINITY, NAN, 0};
  case OVER_LINKS:
    break;
  }
  const kn_road *road = &access->road[carrier->road];
  const uint32_t units = along != NULL ? *along : kn_road_distance(access, road, from, to);
  if (units == KN_FAR)
    return (kn_leg_cost){INFINITY, NAN, 0};
  const double gap_km = carrier->circuity * (road->gap_km[from] + road->gap_km[to]);
  if (road->measure == KN_BY_KM)
    return cost_of(carrier, gap_km + units * road->unit, 0, NAN);
  const kn_path path = path_of(access, carrier, from, to);
  const double hours = kn_hours_on(gap_km, NAN, carrier->speed_kmh) + path.hours;
  return cost_of(carrier, gap_km + path.km, path.toll_eur, hours);
}

double
kn_leg_bound(const kn_access *access, int32_t number, int32_t from, int32_t to, const kn_fare_weights *weights)
{
  const kn_carrier *carrier = &access->carrier[number];
  const going how = goes(access, carrier, from, to);
  if (how == NOT_AT_ALL)
    return INFINITY;
  if (how != OVER_LINKS || atomic_load(&access->road[carrier->road].labels) == NULL ||
      access->road[carrier->road].landmarks == NULL)
    return -INFINITY;
  const kn_road *road = &access->road[carrier->road];
  const double units = kn_landmarks_bound(road->landmarks, road->label[from], road->label[to]);
  const double km = carrier->circuity * (road->gap_km[from] + road->gap_km[to]) + units * road->unit;
  const double per_km = weights->value * carrier->full_eur_per_km + weights->co2 * carrier->co2_kg_per_km / 1000;
  /* Hours cost what they cost besides, and limits only forbid. */
  return per_km < 0 ? -INFINITY : (weights->value * carrier->load_eur + per_km * km) * (1 - 1e-12);
}

kn_leg_cost
kn_leg_best(const kn_access *access, int32_t number, int32_t resource, int32_t from, int32_t to, const uint32_t *along)
{
  kn_rate rate;
  if (access->tariffs != NULL && kn_tariffs_find(access->tariffs, number, resource, from, to, &rate))
    return (kn_leg_cost){rate.eur + access->co2_eur_per_kg * rate.co2_kg, rate.co2_kg,
                         kn_leg_keeps(&access->carrier[number], rate.km)};
  return kn_leg_tell(access, number, from, to, along);
}

double
kn_leg_weigh(const kn_access *access, int32_t number, int32_t resource, int32_t from, int32_t to, const uint32_t *along,
             const kn_fare_weights *weights)
{
  const kn_leg_cost cost = kn_leg_best(access, number, resource, from, to, along);
  return isinf(cost.full_eur) ? INFINITY : weights->value * cost.full_eur + weights->co2 * cost.co2_kg / 1000;
}

/* ---------------------------------------------------------------- what there is to know of it */
/* The links of the way in their order, and what they add up to. Kilometres are those that prices were made of, to the last bit. */
static bool
walk_links(kn_access *access, const kn_carrier *carrier, kn_arena *arena, kn_leg *leg, kn_path *path)
{
  const kn_road *road = &access->road[carrier->road];
  const int32_t *arc;
  int64_t count = 0;
  int32_t *row = NULL;
  pthread_mutex_lock(&access->mutex);
  const uint32_t units = kn_ch_distance(road->query, road->meets[leg->from], road->meets[leg->to]);
  bool is_good = units != KN_FAR && kn_ch_path(road->query, &arc, &count, NULL) == KN_OK;
  if (is_good)
    is_good = kn_arena_reserve(arena, kn_arena_span((size_t)count, sizeof *row), NULL) == KN_OK;
  if (is_good) {
    row = kn_arena_take(arena, (size_t)count, sizeof *row);
    *path = add_up(access, road, carrier, arc, count);
    for (int64_t a = 0; a < count; a++)
      row[a] = road->arc_link[arc[a]];
  }
  pthread_mutex_unlock(&access->mutex);
  if (road->measure == KN_BY_KM)
    path->km = units * road->unit;
  leg->link = row;
  leg->link_count = count;
  return is_good;
}

/* Without an arena: no links, and hours only where prices need them. */
static bool
measure_links(const kn_access *access, const kn_carrier *carrier, const kn_leg *leg, kn_path *path)
{
  const kn_road *road = &access->road[carrier->road];
  const uint32_t units = kn_road_distance(access, road, leg->from, leg->to);
  if (units == KN_FAR)
    return false;
  *path = road->measure == KN_BY_KM ? (kn_path){units * road->unit, 0, NAN} : path_of(access, carrier, leg->from, leg->to);
  return true;
}

bool
kn_leg_walk(kn_access *access, int32_t number, int32_t resource, int32_t from, int32_t to, kn_arena *arena, kn_leg *leg)
{
  const kn_carrier *carrier = &access->carrier[number];
  *leg = (kn_leg){.carrier = number, .from = from, .to = to};
  kn_rate rate;
  if (access->tariffs != NULL && kn_tariffs_find(access->tariffs, number, resource, from, to, &rate)) {
    leg->km = rate.km;
    leg->eur = rate.eur;
    leg->co2_kg = rate.co2_kg;
    leg->hours = kn_hours_on(rate.km, NAN, carrier->speed_kmh);
    leg->keep = kn_leg_keeps(carrier, rate.km);
    return true;
  }
  double gap_km;
  kn_path path = {0};
  switch (goes(access, carrier, from, to)) {
  case AS_CROW:
    gap_km = carrier->circuity * crow_km(access, from, to);
    break;
  case OVER_LINKS:
    gap_km = carrier->circuity * (access->road[carrier->road].gap_km[from] + access->road[carrier->road].gap_km[to]);
    if (!(arena != NULL ? walk_links(access, carrier, arena, leg, &path) : measure_links(access, carrier, leg, &path)))
      return false;
    break;
  default:
    return false;
  }
  leg->km = gap_km + path.km;
  leg->hours = kn_hours_on(gap_km, NAN, carrier->speed_kmh) + path.hours;
  const kn_leg_cost cost = cost_of(carrier, leg->km, path.toll_eur, leg->hours);
  leg->co2_kg = cost.co2_kg;
  leg->keep = cost.keep;
  leg->eur = cost.full_eur - access->co2_eur_per_kg * cost.co2_kg;
  return isfinite(cost.full_eur);
}
