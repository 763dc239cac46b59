/* Tariffs: known rates between two places, found by the pair of their ends.
 *
 * An end is a point or an area; a point lies in its area and in all above it. So a pair of points may be meant by
 * (1 + depth)^2 pairs of ends, which are looked up from the nearest to the widest, in a hash table of all rates. */
#include <stdlib.h>
#include <string.h>

#include "transport/access.h"

typedef struct entry {
  int32_t from, to; /* point, or point_count + area */
  int32_t carrier;
  int32_t resource; /* KN_NONE: the whole class */
  kn_rate rate;
  int32_t next; /* of the same pair of ends; KN_NONE: the last */
} entry;

struct kn_tariffs {
  const kn_access *access;
  kn_resource_view resources;
  kn_area_view areas;
  int64_t n;
  entry *entry; /* [n] */
  int64_t mask;
  int32_t *slot;      /* [mask + 1] first entry; KN_NONE: free */
  uint8_t *may_start; /* [points + areas] some rate starts here */
  bool has_areas;
  kn_rate least[KN_CLASS_COUNT];
};

static int32_t
end_of(const kn_access *access, uint8_t kind, int32_t row)
{
  const kn_access_facts *facts = &access->facts;
  switch ((kn_end_kind)kind) {
  case KN_AT_SITE:
    return facts->site_first + row;
  case KN_AT_GATEWAY:
    return facts->gateway_first + row;
  case KN_AT_TERMINAL:
    return facts->terminal_first + row;
  case KN_AT_AREA:
    return facts->point_count + row;
  case KN_AT_NODE:
    for (int32_t p = facts->node_first; p < facts->point_count; p++)
      if (access->node_row[p - facts->node_first] == row)
        return p;
    return KN_NONE; /* a node that nobody asks about */
  case KN_END_KIND_COUNT:
    break;
  }
  return KN_NONE;
}

static uint64_t
hash_pair(int32_t from, int32_t to)
{
  uint64_t h = (uint64_t)(uint32_t)from << 32 | (uint32_t)to;
  h ^= h >> 31;
  h *= 0x9e3779b97f4a7c15u;
  return h ^ h >> 29;
}

static int32_t
find_pair(const kn_tariffs *t, int32_t from, int32_t to)
{
  for (uint64_t at = hash_pair(from, to) & (uint64_t)t->mask;; at = (at + 1) & (uint64_t)t->mask) {
    const int32_t first = t->slot[at];
    if (first == KN_NONE || (t->entry[first].from == from && t->entry[first].to == to))
      return first;
  }
}

static void
add_entry(kn_tariffs *t, entry fresh)
{
  uint64_t at = hash_pair(fresh.from, fresh.to) & (uint64_t)t->mask;
  while (t->slot[at] != KN_NONE && (t->entry[t->slot[at]].from != fresh.from || t->entry[t->slot[at]].to != fresh.to))
    at = (at + 1) & (uint64_t)t->mask;
  fresh.next = t->slot[at];
  t->entry[t->n] = fresh;
  t->slot[at] = (int32_t)t->n++;
  t->may_start[fresh.from] = 1;
}

static kn_class
class_of_row(const kn_tariff_view *rows, const kn_resource_view *resources, int64_t i)
{
  return (kn_class)(rows->resource[i] != KN_NONE ? resources->class_of[rows->resource[i]] : rows->class_of[i]);
}

/* The carrier of a name and class: a mode, or one that tariffs add. */
static int32_t
carrier_of(kn_access *access, const char *mode_id, kn_class class_of)
{
  for (int32_t c = 0; c < access->facts.carrier_count; c++)
    if (access->carrier[c].class_of == class_of && strcmp(access->carrier[c].mode_id, mode_id) == 0)
      return c;
  access->carrier[access->facts.carrier_count] = (kn_carrier){.mode_id = mode_id,
                                                              .class_of = (uint8_t)class_of,
                                                              .is_tariff_only = true,
                                                              .road = KN_NONE,
                                                              .kinds = UINT32_MAX,
                                                              .circuity = 1,
                                                              .max_km = INFINITY,
                                                              .max_hours = INFINITY,
                                                              .speed_kmh = NAN};
  return access->facts.carrier_count++;
}

static void
add_row(kn_tariffs *t, kn_access *access, const kn_tariff_view *rows, int64_t i)
{
  const int32_t from = end_of(access, rows->from_kind[i], rows->from[i]);
  const int32_t to = end_of(access, rows->to_kind[i], rows->to[i]);
  if (rows->from[i] == KN_NONE || rows->to[i] == KN_NONE || from == KN_NONE || to == KN_NONE)
    return;
  const kn_class class_of = class_of_row(rows, &t->resources, i);
  kn_rate rate = {rows->eur[i], rows->co2_kg[i], rows->km[i]};
  if (isnan(rate.km) && from < access->facts.point_count && to < access->facts.point_count)
    rate.km = kn_point_km(KN_SPHERE, access->point[from], access->point[to]);
  t->has_areas |= from >= access->facts.point_count || to >= access->facts.point_count;
  t->least[class_of].eur = fmin(t->least[class_of].eur, rate.eur);
  t->least[class_of].co2_kg = fmin(t->least[class_of].co2_kg, rate.co2_kg);
  add_entry(t, (entry){.from = from,
                       .to = to,
                       .carrier = carrier_of(access, rows->mode_id[i], class_of),
                       .resource = rows->resource[i],
                       .rate = rate});
}

kn_code
kn_tariffs_new(kn_tariffs **out, kn_access *access, kn_error *err)
{
  const kn_tariff_view rows = kn_region_tariffs(access->region);
  *out = NULL;
  if (rows.n == 0)
    return KN_OK;
  kn_tariffs *t;
  KN_NEW(t, access->arena, 1, err);
  t->access = access;
  t->resources = kn_region_resources(access->region);
  t->areas = kn_region_areas(access->region);
  t->mask = 15;
  while (t->mask < 2 * rows.n)
    t->mask = 2 * t->mask + 1;
  KN_NEW(t->entry, access->arena, rows.n, err);
  KN_NEW(t->slot, access->arena, t->mask + 1, err);
  KN_NEW(t->may_start, access->arena, access->facts.point_count + t->areas.n, err);
  for (int64_t s = 0; s <= t->mask; s++)
    t->slot[s] = KN_NONE;
  for (int32_t c = 0; c < KN_CLASS_COUNT; c++)
    t->least[c] = (kn_rate){INFINITY, INFINITY, 0};
  for (int64_t i = 0; i < rows.n; i++)
    add_row(t, access, &rows, i);
  *out = t;
  return KN_OK;
}

/* The best rate of one pair of ends; *depth is how near its resource is to the one asked for. */
static const entry *
best_of_pair(const kn_tariffs *t, int32_t first, int32_t carrier, int32_t resource)
{
  const entry *best = NULL;
  for (int32_t e = first; e != KN_NONE; e = t->entry[e].next) {
    const entry *here = &t->entry[e];
    if (here->carrier != carrier)
      continue;
    if (here->resource != KN_NONE && (resource == KN_NONE || !kn_resource_is_a(&t->resources, resource, here->resource)))
      continue;
    bool is_better = best == NULL;
    if (!is_better && here->resource != best->resource)
      is_better = here->resource != KN_NONE &&
                  (best->resource == KN_NONE || kn_resource_is_a(&t->resources, here->resource, best->resource));
    else if (!is_better)
      is_better = here->rate.eur < best->rate.eur;
    if (is_better)
      best = here;
  }
  return best;
}

/* The end one step wider than this one: the area of a point, the area above an area. KN_NONE: none. */
static int32_t
wider(const kn_tariffs *t, int32_t end)
{
  const int32_t points = t->access->facts.point_count;
  const int32_t area = end < points ? t->access->area[end] : t->areas.parent[end - points];
  return area == KN_NONE ? KN_NONE : points + area;
}

bool
kn_tariffs_find(const kn_tariffs *t, int32_t carrier, int32_t resource, int32_t from, int32_t to, kn_rate *rate)
{
  const entry *best = NULL;
  for (int32_t a = from; a != KN_NONE && best == NULL; a = t->has_areas ? wider(t, a) : KN_NONE) {
    if (!t->may_start[a])
      continue;
    for (int32_t b = to; b != KN_NONE && best == NULL; b = t->has_areas ? wider(t, b) : KN_NONE)
      best = best_of_pair(t, find_pair(t, a, b), carrier, resource);
  }
  if (best == NULL)
    return false;
  *rate = best->rate;
  if (isnan(rate->km))
    rate->km = kn_point_km(KN_SPHERE, t->access->point[from], t->access->point[to]);
  return true;
}

kn_rate
kn_tariffs_least(const kn_tariffs *tariffs, kn_class class_of)
{
  return tariffs->least[class_of];
}
