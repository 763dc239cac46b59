/* Legs: one carrier from one point to another. */
#include <string.h>

#include "transport/access.h"

/* ---------------------------------------------------------------- what it costs */
static double
crow_km(const kn_access *access, int32_t from, int32_t to)
{
  return kn_point_km(KN_SPHERE, access->point[from], access->point[to]);
}

/* A leg without links: as far as it is on the map, times the circuity. */
static kn_leg_cost
as_the_crow_flies(const kn_access *access, const kn_carrier *carrier, int32_t from, int32_t to)
{
  const double km = carrier->circuity * crow_km(access, from, to);
  if (km > carrier->max_km)
    return (kn_leg_cost){INFINITY, NAN};
  return (kn_leg_cost){carrier->load_eur + carrier->full_eur_per_km * km, carrier->co2_kg_per_km * km};
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

/* Kilometres of the shortest way by price: only its links tell. Cannot fail but for memory, which counts as no way. */
static double
path_km(const kn_access *access, const kn_road *road, int32_t from, int32_t to)
{
  const kn_link_view links = kn_region_links(access->region);
  const int32_t *arc;
  int64_t count;
  double km = 0;
  pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)&access->mutex; /* the query is a workspace, not what is asked about */
  pthread_mutex_lock(mutex);
  kn_ch_distance(road->query, road->meets[from], road->meets[to]);
  const kn_code code = kn_ch_path(road->query, &arc, &count, NULL);
  for (int64_t a = 0; code == KN_OK && a < count; a++)
    km += links.km[road->arc_link[arc[a]]];
  pthread_mutex_unlock(mutex);
  return code == KN_OK ? km : INFINITY;
}

kn_leg_cost
kn_leg_tell(const kn_access *access, int32_t number, int32_t from, int32_t to, const uint32_t *along)
{
  const kn_carrier *carrier = &access->carrier[number];
  switch (goes(access, carrier, from, to)) {
  case AS_CROW:
    return as_the_crow_flies(access, carrier, from, to);
  case NOT_AT_ALL:
    return (kn_leg_cost){INFINITY, NAN};
  case OVER_LINKS:
    break;
  }
  const kn_road *road = &access->road[carrier->road];
  const uint32_t units = along != NULL ? *along : kn_road_distance(road, from, to);
  if (units == KN_FAR)
    return (kn_leg_cost){INFINITY, NAN};
  const double gap_km = carrier->circuity * (road->gap_km[from] + road->gap_km[to]);
  if (road->priced_by == KN_NONE) {
    const double km = gap_km + units * road->unit;
    if (km > carrier->max_km)
      return (kn_leg_cost){INFINITY, NAN};
    return (kn_leg_cost){carrier->load_eur + carrier->full_eur_per_km * km, carrier->co2_kg_per_km * km};
  }
  const double eur = carrier->load_eur + carrier->full_eur_per_km * gap_km + units * road->unit;
  if (isfinite(carrier->max_km) && gap_km + path_km(access, road, from, to) > carrier->max_km)
    return (kn_leg_cost){INFINITY, NAN};
  return (kn_leg_cost){eur, NAN};
}

kn_leg_cost
kn_leg_best(const kn_access *access, int32_t number, int32_t resource, int32_t from, int32_t to, const uint32_t *along)
{
  kn_rate rate;
  if (access->tariffs != NULL && kn_tariffs_find(access->tariffs, number, resource, from, to, &rate))
    return (kn_leg_cost){rate.eur + access->co2_eur_per_kg * rate.co2_kg, rate.co2_kg};
  return kn_leg_tell(access, number, from, to, along);
}

double
kn_leg_weigh(const kn_access *access, int32_t number, int32_t resource, int32_t from, int32_t to, const uint32_t *along,
             const kn_fare_weights *weights)
{
  const kn_leg_cost cost = kn_leg_best(access, number, resource, from, to, along);
  if (isinf(cost.full_eur)) /* whatever it weighs */
    return INFINITY;
  if (weights->co2 == 0)
    return weights->value * cost.full_eur;
  double co2_kg = cost.co2_kg;
  if (isnan(co2_kg)) {
    const kn_carrier *carrier = &access->carrier[number];
    const kn_road *road = &access->road[carrier->road];
    co2_kg = carrier->co2_kg_per_km *
             (carrier->circuity * (road->gap_km[from] + road->gap_km[to]) + path_km(access, road, from, to));
  }
  return weights->value * cost.full_eur + weights->co2 * co2_kg / 1000;
}

/* ---------------------------------------------------------------- what there is to know of it */
static double
hours_for(double km, double speed_kmh)
{
  return km == 0 ? 0 : km / speed_kmh; /* NAN where the speed is not known */
}

static double
slower(double a_kmh, double b_kmh)
{
  return isnan(a_kmh) ? b_kmh : isnan(b_kmh) ? a_kmh : fmin(a_kmh, b_kmh);
}

/* The links of the way, their hours and tolls. Kilometres are those that prices were made of, to the last bit. */
static bool
walk_links(kn_access *access, const kn_carrier *carrier, kn_arena *arena, kn_leg *leg, double *toll_eur)
{
  const kn_road *road = &access->road[carrier->road];
  const kn_link_view links = kn_region_links(access->region);
  const double gap_km = carrier->circuity * (road->gap_km[leg->from] + road->gap_km[leg->to]);
  const int32_t *arc;
  int64_t count = 0;
  int32_t *row = NULL;
  double km = 0;
  leg->hours = hours_for(gap_km, carrier->speed_kmh);
  pthread_mutex_lock(&access->mutex);
  const uint32_t units = kn_ch_distance(road->query, road->meets[leg->from], road->meets[leg->to]);
  bool is_good = units != KN_FAR && kn_ch_path(road->query, &arc, &count, NULL) == KN_OK;
  if (is_good && arena != NULL) {
    is_good = kn_arena_reserve(arena, kn_arena_span((size_t)count, sizeof *row), NULL) == KN_OK;
    if (is_good)
      row = kn_arena_take(arena, (size_t)count, sizeof *row);
  }
  for (int64_t a = 0; is_good && a < count; a++) {
    const int32_t link = road->arc_link[arc[a]];
    km += links.km[link];
    *toll_eur += links.toll_eur[link];
    leg->hours += hours_for(links.km[link], slower(links.speed_kmh[link], carrier->speed_kmh));
    if (row != NULL)
      row[a] = link;
  }
  pthread_mutex_unlock(&access->mutex);
  leg->km = gap_km + (road->priced_by == KN_NONE ? units * road->unit : km);
  leg->link = row;
  leg->link_count = row != NULL ? count : 0;
  return is_good;
}

/* Kilometres alone need no path: the labels tell. */
static bool
measure(const kn_access *access, const kn_carrier *carrier, kn_leg *leg)
{
  const kn_road *road = &access->road[carrier->road];
  const uint32_t units = kn_road_distance(road, leg->from, leg->to);
  leg->km = carrier->circuity * (road->gap_km[leg->from] + road->gap_km[leg->to]) + units * road->unit;
  leg->hours = NAN;
  return units != KN_FAR;
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
    leg->hours = hours_for(rate.km, carrier->speed_kmh);
    return true;
  }
  const going way = goes(access, carrier, from, to);
  double toll_eur = 0;
  if (way == NOT_AT_ALL)
    return false;
  if (way == AS_CROW) {
    leg->km = carrier->circuity * crow_km(access, from, to);
    leg->hours = hours_for(leg->km, carrier->speed_kmh);
  } else if (arena == NULL && access->road[carrier->road].priced_by == KN_NONE) {
    if (!measure(access, carrier, leg))
      return false;
  } else if (!walk_links(access, carrier, arena, leg, &toll_eur)) {
    return false;
  }
  leg->eur = carrier->load_eur + carrier->eur_per_km * leg->km + toll_eur;
  leg->co2_kg = carrier->co2_kg_per_km * leg->km;
  return leg->km <= carrier->max_km;
}
