/* The network of a region as its modes see it: points, carriers, choices of legs, and trips. */
#include <stdlib.h>
#include <string.h>

#include "transport/access.h"

/* ---------------------------------------------------------------- points */
static kn_code
take_points(kn_access *access, const kn_access_settings *settings, kn_error *err)
{
  const kn_site_view sites = kn_region_sites(access->region);
  const kn_gateway_view gateways = kn_region_gateways(access->region);
  const kn_node_view nodes = kn_region_nodes(access->region);
  const int64_t total = sites.n + gateways.n + access->terminals.n + settings->node_count;
  if (total > INT32_MAX / 2)
    return kn_fail(err, KN_E_LIMIT, "%" PRId64 " places are more than a network can hold", total);
  kn_access_facts *facts = &access->facts;
  facts->gateway_first = (int32_t)sites.n;
  facts->terminal_first = facts->gateway_first + (int32_t)gateways.n;
  facts->node_first = facts->terminal_first + (int32_t)access->terminals.n;
  facts->point_count = (int32_t)total;
  KN_NEW(access->point, access->arena, total, err);
  KN_NEW(access->area, access->arena, total, err);
  KN_NEW(access->node_row, access->arena, settings->node_count, err);
  for (int64_t p = 0; p < total; p++)
    access->area[p] = KN_NONE;
  for (int64_t i = 0; i < sites.n; i++) {
    access->point[i] = sites.point[i];
    access->area[i] = sites.area[i];
  }
  for (int64_t i = 0; i < gateways.n; i++) {
    access->point[facts->gateway_first + i] = gateways.point[i];
    access->area[facts->gateway_first + i] = gateways.area[i];
  }
  for (int64_t i = 0; i < access->terminals.n; i++)
    access->point[facts->terminal_first + i] = access->terminals.point[i];
  for (int64_t i = 0; i < settings->node_count; i++) {
    access->node_row[i] = settings->node[i];
    access->point[facts->node_first + i] = nodes.point[settings->node[i]];
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- carriers */
static kn_code
take_carriers(kn_access *access, kn_error *err)
{
  const kn_mode_view modes = kn_region_modes(access->region);
  KN_NEW(access->carrier, access->arena, modes.n + kn_region_tariffs(access->region).n, err);
  const bool has_links = kn_region_links(access->region).n > 0;
  for (int64_t m = 0; m < modes.n; m++)
    access->carrier[m] =
        (kn_carrier){.mode_id = modes.mode_id[m],
                     .class_of = modes.class_of[m],
                     .needs_network = has_links && modes.needs_network[m] != 0,
                     .road = KN_NONE,
                     .kinds = modes.kinds[m],
                     .load_eur = modes.load_eur[m],
                     .eur_per_km = modes.eur_per_unit_km[m],
                     .co2_kg_per_km = modes.co2_kg_per_unit_km[m],
                     .circuity = modes.circuity[m],
                     .max_km = modes.max_km[m],
                     .speed_kmh = modes.speed_kmh[m] > 0 ? modes.speed_kmh[m] : NAN,
                     .vehicle_t = modes.vehicle_t[m],
                     .eur_per_h = modes.eur_per_unit_h[m],
                     .max_hours = modes.max_hours[m],
                     .full_eur_per_km = modes.eur_per_unit_km[m] + access->co2_eur_per_kg * modes.co2_kg_per_unit_km[m],
                     .decay_per_km = modes.loss_per_km[m] > 0 ? -log1p(-modes.loss_per_km[m]) : 0};
  access->facts.carrier_count = (int32_t)modes.n;
  for (int64_t m = 0; m < modes.n; m++) /* searches are bounded by what is at least paid */
    if (!(access->carrier[m].load_eur >= 0 && access->carrier[m].full_eur_per_km >= 0 && access->carrier[m].eur_per_h >= 0))
      return kn_fail(err, KN_E_INPUT, "mode %s earns by carrying: over a network its costs must be 0 or more",
                     access->carrier[m].mode_id);
  return KN_OK;
}

/* ---------------------------------------------------------------- life */
static kn_code
fill_access(kn_access *access, const kn_access_settings *settings, const kn_watch *watch, kn_error *err)
{
  KN_TRY(take_points(access, settings, err));
  KN_TRY(take_carriers(access, err));
  KN_TRY(kn_tariffs_new(&access->tariffs, access, err));
  KN_TRY(kn_roads_build(access, watch, err));
  access->counter = aligned_alloc(64, KN_COUNTERS * sizeof *access->counter);
  if (access->counter == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for counters");
  for (int32_t k = 0; k < KN_COUNTERS; k++)
    access->counter[k].told = 0;
  access->slot_count = 64;
  access->slot = malloc((size_t)access->slot_count * sizeof *access->slot);
  if (access->slot == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for chains");
  for (int64_t s = 0; s < access->slot_count; s++)
    access->slot[s] = KN_NONE;
  return KN_OK;
}

kn_code
kn_access_new(kn_access **out, const kn_region *region, const kn_access_settings *settings, const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  const kn_terminal_view terminals = kn_region_terminals(region);
  if (!settings->is_complete && kn_region_links(region).n == 0 && terminals.n == 0 && kn_region_tariffs(region).n == 0)
    return KN_OK;
  kn_arena *arena = kn_arena_new();
  kn_code code = kn_arena_reserve(arena, sizeof **out, err);
  if (code != KN_OK) {
    kn_arena_free(arena);
    return code;
  }
  kn_access *access = kn_arena_take(arena, 1, sizeof *access);
  *access = (kn_access){.arena = arena,
                        .region = region,
                        .terminals = terminals,
                        .terminal_count = (int32_t)terminals.n,
                        .thread_count = settings->thread_count,
                        .co2_eur_per_kg = kn_region_settings(region).co2_eur_per_t / 1000};
  pthread_mutex_init(&access->mutex, NULL);
  code = fill_access(access, settings, watch, err);
  if (code != KN_OK) {
    kn_access_free(access);
    return code;
  }
  *out = access;
  return KN_OK;
}

void
kn_access_free(kn_access *access)
{
  if (access == NULL)
    return;
  kn_fares_free(access->fares);
  for (int32_t r = 0; r < access->road_count; r++)
    kn_road_free(&access->road[r]);
  pthread_mutex_destroy(&access->mutex);
  free(access->counter);
  free(access->via);
  free(access->slot);
  kn_arena_free(access->arena);
}

void
kn_access_count(kn_access *access)
{
  const uintptr_t self = (uintptr_t)pthread_self();
  atomic_fetch_add_explicit(&access->counter[(self >> 12) % KN_COUNTERS].told, 1, memory_order_relaxed);
}

int64_t
kn_access_told(const kn_access *access)
{
  int64_t told = 0;
  for (int32_t k = 0; k < KN_COUNTERS; k++)
    told += access->counter[k].told;
  return told;
}

kn_access_facts
kn_access_tell(const kn_access *access)
{
  return access->facts;
}

const char *
kn_access_carrier(const kn_access *access, int32_t carrier)
{
  return access->carrier[carrier].mode_id;
}

int32_t
kn_access_node(const kn_access *access, int32_t point)
{
  return access->node_row[point - access->facts.node_first];
}

kn_meeting
kn_access_meets(const kn_access *access, int32_t mode, int32_t point)
{
  const int32_t road = access->carrier[mode].road;
  if (road == KN_NONE)
    return KN_OFF;
  return access->road[road].meets[point] == KN_NONE ? KN_CUT_OFF : KN_MEETS;
}

/* ---------------------------------------------------------------- choices of legs */
static uint64_t
hash_via(const kn_via *via)
{
  uint64_t hash = (uint64_t)via->leg_count;
  for (int32_t k = 0; k < via->leg_count; k++) {
    hash = (hash ^ (uint32_t)via->carrier[k]) * 0x9e3779b97f4a7c15u;
    hash = (hash ^ (uint32_t)via->terminal[k] ^ hash >> 29) * 0xd6e8feb86659fd93u;
  }
  return hash ^ hash >> 32;
}

static bool
is_same_via(const kn_via *a, const kn_via *b)
{
  return a->leg_count == b->leg_count && memcmp(a->carrier, b->carrier, sizeof a->carrier) == 0 &&
         memcmp(a->terminal, b->terminal, sizeof a->terminal) == 0;
}

/* Where a choice is or belongs in the hash table. */
static int64_t
find_slot(const kn_access *access, const kn_via *via)
{
  int64_t at = (int64_t)(hash_via(via) % (uint64_t)access->slot_count);
  while (access->slot[at] != KN_NONE && !is_same_via(&access->via[access->slot[at]], via))
    at = (at + 1) % access->slot_count;
  return at;
}

static kn_code
widen_slots(kn_access *access, kn_error *err)
{
  const int64_t count = 2 * access->slot_count;
  int32_t *slot = malloc((size_t)count * sizeof *slot);
  if (slot == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for %" PRId64 " chains", count);
  free(access->slot);
  access->slot = slot;
  access->slot_count = count;
  for (int64_t s = 0; s < count; s++)
    slot[s] = KN_NONE;
  for (int64_t v = 0; v < access->via_count; v++)
    slot[find_slot(access, &access->via[v])] = (int32_t)v;
  return KN_OK;
}

static kn_code
number_via(kn_access *access, const kn_via *via, int32_t *number, kn_error *err)
{
  int64_t at = find_slot(access, via);
  if (access->slot[at] == KN_NONE) {
    KN_TRY(KN_GROW(access->via, access->via_capacity, access->via_count + 1, err));
    access->via[access->via_count] = *via;
    access->slot[at] = (int32_t)access->via_count++;
    *number = access->slot[at];
    return 2 * access->via_count > access->slot_count ? widen_slots(access, err) : KN_OK;
  }
  *number = access->slot[at];
  return KN_OK;
}

int32_t
kn_via_number(kn_access *access, const kn_via *via, kn_error *err)
{
  int32_t number = KN_NONE;
  pthread_mutex_lock(&access->mutex);
  const kn_code code = number_via(access, via, &number, err);
  pthread_mutex_unlock(&access->mutex);
  return code == KN_OK ? access->facts.carrier_count + number : KN_NONE;
}

kn_via
kn_access_via(kn_access *access, int32_t via)
{
  if (via < access->facts.carrier_count)
    return (kn_via){.leg_count = 1, .carrier = {via}};
  pthread_mutex_lock(&access->mutex);
  const kn_via found = access->via[via - access->facts.carrier_count];
  pthread_mutex_unlock(&access->mutex);
  return found;
}

/* ---------------------------------------------------------------- trips */
bool
kn_access_trip(kn_access *access, int32_t via, int32_t resource, int32_t from, int32_t to, kn_arena *arena, kn_trip *trip)
{
  const kn_via choice = kn_access_via(access, via);
  *trip = (kn_trip){.leg_count = choice.leg_count, .keep = 1};
  double longest_km = -1;
  for (int32_t k = 0; k < choice.leg_count; k++) {
    const bool is_last = k + 1 == choice.leg_count;
    const int32_t there = is_last ? to : access->facts.terminal_first + choice.terminal[k];
    kn_leg *leg = &trip->leg[k];
    if (!kn_leg_walk(access, choice.carrier[k], choice.leg_count == 1 ? resource : KN_NONE, from, there, arena, leg))
      return false;
    trip->eur += leg->eur;
    trip->co2_kg += leg->co2_kg;
    trip->km += leg->km;
    trip->hours += leg->hours;
    trip->keep *= leg->keep;
    if (leg->km > longest_km) {
      longest_km = leg->km;
      trip->main_carrier = leg->carrier;
    }
    if (is_last)
      break;
    trip->terminal[k] = choice.terminal[k];
    trip->eur += access->terminals.transfer_eur[choice.terminal[k]];
    trip->co2_kg += access->terminals.transfer_co2_kg[choice.terminal[k]];
    trip->hours += access->terminals.hours[choice.terminal[k]];
    from = there;
  }
  return true;
}

/* ---------------------------------------------------------------- are two alike? */
#define SAME(a, b, n) ((n) == 0 || memcmp((a), (b), (size_t)(n) * sizeof *(a)) == 0)

static bool
has_same_links(const kn_access *a, const kn_access *b)
{
  const kn_link_view x = kn_region_links(a->region), y = kn_region_links(b->region);
  return x.n == y.n && SAME(x.from, y.from, x.n) && SAME(x.to, y.to, x.n) && SAME(x.kind, y.kind, x.n) && SAME(x.km, y.km, x.n) &&
         SAME(x.oneway, y.oneway, x.n) && SAME(x.max_t, y.max_t, x.n) && SAME(x.speed_kmh, y.speed_kmh, x.n) &&
         SAME(x.toll_eur, y.toll_eur, x.n);
}

static bool
has_same_terminals(const kn_access *a, const kn_access *b)
{
  const kn_terminal_view x = a->terminals, y = b->terminals;
  return x.n == y.n && SAME(x.point, y.point, x.n) && SAME(x.kinds, y.kinds, x.n) && SAME(x.transfer_eur, y.transfer_eur, x.n) &&
         SAME(x.transfer_co2_kg, y.transfer_co2_kg, x.n) && SAME(x.capacity, y.capacity, x.n) && SAME(x.status, y.status, x.n);
}

static bool
has_same_tariffs(const kn_access *a, const kn_access *b)
{
  const kn_tariff_view x = kn_region_tariffs(a->region), y = kn_region_tariffs(b->region);
  bool is_same = x.n == y.n && SAME(x.from, y.from, x.n) && SAME(x.to, y.to, x.n) && SAME(x.from_kind, y.from_kind, x.n) &&
                 SAME(x.to_kind, y.to_kind, x.n) && SAME(x.resource, y.resource, x.n) && SAME(x.class_of, y.class_of, x.n) &&
                 SAME(x.eur, y.eur, x.n) && SAME(x.co2_kg, y.co2_kg, x.n);
  for (int64_t i = 0; is_same && i < x.n; i++)
    is_same = strcmp(x.mode_id[i], y.mode_id[i]) == 0;
  return is_same;
}

static bool
is_same_speed(double a, double b)
{
  return a == b || (isnan(a) && isnan(b));
}

static bool
has_same_carriers(const kn_access *a, const kn_access *b)
{
  bool is_same = a->facts.carrier_count == b->facts.carrier_count;
  for (int32_t k = 0; is_same && k < a->facts.carrier_count; k++) {
    const kn_carrier *x = &a->carrier[k], *y = &b->carrier[k];
    is_same = strcmp(x->mode_id, y->mode_id) == 0 && x->class_of == y->class_of && x->kinds == y->kinds &&
              x->needs_network == y->needs_network && x->load_eur == y->load_eur && x->eur_per_km == y->eur_per_km &&
              x->full_eur_per_km == y->full_eur_per_km && x->co2_kg_per_km == y->co2_kg_per_km && x->circuity == y->circuity &&
              x->max_km == y->max_km && x->vehicle_t == y->vehicle_t && x->eur_per_h == y->eur_per_h &&
              x->max_hours == y->max_hours && x->decay_per_km == y->decay_per_km && is_same_speed(x->speed_kmh, y->speed_kmh);
  }
  return is_same;
}

bool
kn_access_is_like(const kn_access *a, const kn_access *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  const kn_node_view x = kn_region_nodes(a->region), y = kn_region_nodes(b->region);
  const int32_t terminal = a->facts.terminal_first;
  return terminal == b->facts.terminal_first && a->facts.gateway_first == b->facts.gateway_first &&
         SAME(a->point, b->point, terminal) && SAME(a->area, b->area, terminal) && x.n == y.n && SAME(x.point, y.point, x.n) &&
         has_same_carriers(a, b) && has_same_links(a, b) && has_same_terminals(a, b) && has_same_tariffs(a, b);
}
