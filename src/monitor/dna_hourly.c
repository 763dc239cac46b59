/* Self-sufficiency hour by hour: needs and offers of energy and water that have a profile, by resource and area.
 *
 *   rows of offers and needs --up both trees--> entries (area, resource, side, profile) --sorted, merged--> groups --> hours
 *
 * A resource counts with all that is a kind of it, as though that could replace it: so energy as a whole is a bound from above, and
 * heat or power by itself is what one would look at. Nothing is stored from one hour to the next. */
#include "dna.h"

#include <stdlib.h>
#include <string.h>

enum { LOCAL, DEMAND };

typedef struct entry {
  int32_t area, resource, side, profile, row; /* area KN_NONE: the region; profile KN_NONE: not known */
  double quantity;
} entry;

typedef struct hourly {
  const kn_region *region;
  kn_area_view areas;
  kn_resource_view resources;
  kn_profile_view profiles;
  kn_arena *scratch;
  double **share; /* [profiles][KN_TYPICAL_HOURS] as far as they were asked for */
  entry *entry;
  int64_t n, room;
} hourly;

/* ---------------------------------------------------------------- entries */
static kn_code
add_entries(hourly *h, int32_t side, int32_t row, int32_t site, int32_t resource, double quantity, int32_t profile, kn_error *err)
{
  if ((h->resources.class_of[resource] != KN_ENERGY && h->resources.class_of[resource] != KN_WATER) || !(quantity > 0))
    return KN_OK;
  for (int32_t at = site == KN_NONE ? KN_NONE : kn_region_sites(h->region).area[site];; at = h->areas.parent[at]) {
    for (int32_t up = resource; up != KN_NONE; up = h->resources.parent[up]) {
      KN_TRY(kn_grow((void **)&h->entry, &h->room, h->n + 1, sizeof *h->entry, err));
      h->entry[h->n++] = (entry){at, up, side, profile, row, quantity};
    }
    if (at == KN_NONE)
      return KN_OK;
  }
}

static int
compare_entries(const void *left, const void *right)
{
  const entry *a = left, *b = right;
  const int32_t one[] = {a->area, a->resource, a->side, a->profile, a->row};
  const int32_t two[] = {b->area, b->resource, b->side, b->profile, b->row};
  for (size_t i = 0; i < sizeof one / sizeof *one; i++)
    if (one[i] != two[i])
      return one[i] < two[i] ? -1 : 1;
  return 0;
}

static kn_code
gather(hourly *h, kn_error *err)
{
  const kn_offer_view offers = kn_region_offers(h->region);
  const kn_need_view needs = kn_region_needs(h->region);
  for (int64_t i = 0; i < offers.n; i++)
    KN_TRY(add_entries(h, LOCAL, (int32_t)i, offers.site[i], offers.resource[i], offers.quantity[i] * offers.share[i],
                       offers.profile[i], err));
  for (int64_t i = 0; i < needs.n; i++)
    KN_TRY(add_entries(h, DEMAND, (int32_t)i, needs.site[i], needs.resource[i], needs.quantity[i] * needs.share[i],
                       needs.profile[i], err));
  if (h->n > 0)
    qsort(h->entry, (size_t)h->n, sizeof *h->entry, compare_entries);
  return KN_OK;
}

/* ---------------------------------------------------------------- groups */
/* Shares of a profile, spread out once; NULL: it is none, or has no load. */
static kn_code
spread(hourly *h, int32_t profile, const double **out, kn_error *err)
{
  *out = NULL;
  if (profile == KN_NONE || h->profiles.first[profile] == h->profiles.first[profile + 1])
    return KN_OK;
  if (h->share[profile] == NULL) {
    double *share;
    KN_NEW(share, h->scratch, KN_TYPICAL_HOURS, err);
    if (!kn_profile_shares(&h->profiles, profile, share))
      share[0] = NAN;
    h->share[profile] = share;
  }
  *out = isnan(h->share[profile][0]) ? NULL : h->share[profile];
  return KN_OK;
}

/* Adds entries first .. last - 1, of one side, to the hours of a typical year. */
static kn_code
add_side(hourly *h, int64_t first, int64_t last, double *hours, double *known, double *all, kn_error *err)
{
  for (int64_t i = first, end; i < last; i = end) {
    const double *share;
    double quantity = 0;
    for (end = i; end < last && h->entry[end].profile == h->entry[i].profile; end++)
      quantity += h->entry[end].quantity;
    *all += quantity;
    KN_TRY(spread(h, h->entry[i].profile, &share, err));
    if (share == NULL)
      continue;
    *known += quantity;
    for (int32_t at = 0; at < KN_TYPICAL_HOURS; at++)
      hours[at] += quantity * share[at] * kn_typical_hours(at);
  }
  return KN_OK;
}

/* One area and resource; out->met.demand is 0 where no need has hours. */
static kn_code
close_group(hourly *h, int64_t first, int64_t last, kn_dna_hourly *out, kn_error *err)
{
  double hours[2][KN_TYPICAL_HOURS], known[2] = {0}, all[2] = {0};
  memset(hours, 0, sizeof hours);
  int64_t middle = first;
  while (middle < last && h->entry[middle].side == LOCAL)
    middle++;
  KN_TRY(add_side(h, first, middle, hours[LOCAL], &known[LOCAL], &all[LOCAL], err));
  KN_TRY(add_side(h, middle, last, hours[DEMAND], &known[DEMAND], &all[DEMAND], err));
  *out = (kn_dna_hourly){.area = h->entry[first].area,
                         .resource = h->entry[first].resource,
                         .rows = last - first,
                         .met = kn_sufficiency_of(hours[DEMAND], hours[LOCAL], KN_TYPICAL_HOURS),
                         .demand_known_share = known[DEMAND] / all[DEMAND],
                         .local_known_share = known[LOCAL] / all[LOCAL]};
  if (all[LOCAL] > 0 && !(known[LOCAL] > 0)) /* something is offered, and nobody knows when */
    out->met.local = out->met.met_locally = out->met.self_sufficiency = out->met.self_consumption = out->met.net_ratio = NAN;
  return KN_OK;
}

/* Is all that is of this resource of one kind below it that is listed as well? */
static bool
is_repeated(const hourly *h, const kn_dna_hourly *rows, int64_t first, int64_t last, int64_t at)
{
  for (int64_t i = first; i < last; i++)
    if (i != at && rows[i].rows == rows[at].rows && kn_resource_is_a(&h->resources, rows[i].resource, rows[at].resource))
      return true;
  return false;
}

static kn_code
read_groups(hourly *h, kn_dna_circular *out, kn_arena *keep, kn_error *err)
{
  kn_dna_hourly *rows, *kept;
  int64_t groups = 0, n = 0;
  for (int64_t i = 0; i < h->n; i++)
    groups += i == 0 || h->entry[i].area != h->entry[i - 1].area || h->entry[i].resource != h->entry[i - 1].resource;
  KN_NEW(rows, h->scratch, groups, err);
  for (int64_t i = 0, end; i < h->n; i = end) {
    for (end = i; end < h->n && h->entry[end].area == h->entry[i].area && h->entry[end].resource == h->entry[i].resource; end++)
      ;
    KN_TRY(close_group(h, i, end, &rows[n], err));
    n += rows[n].met.demand > 0;
  }
  KN_NEW(kept, keep, n, err);
  for (int64_t first = 0, last; first < n; first = last) {
    for (last = first; last < n && rows[last].area == rows[first].area; last++)
      ;
    for (int64_t i = first; i < last; i++)
      if (!is_repeated(h, rows, first, last, i))
        kept[out->hourly_count++] = rows[i];
  }
  out->hourly = kept;
  return KN_OK;
}

/* ---------------------------------------------------------------- the plan */
/* What ties carry from offers to needs, and what of that comes while it is needed; a tie's shares are those of its ends. */
static kn_code
read_ties(hourly *h, const kn_tie_view *ties, kn_dna_circular *out, kn_error *err)
{
  const kn_offer_view offers = kn_region_offers(h->region);
  const kn_need_view needs = kn_region_needs(h->region);
  for (int64_t i = 0; ties != NULL && i < ties->n; i++) {
    if (ties->from[i].kind != KN_END_OFFER || ties->to[i].kind != KN_END_NEED)
      continue;
    kn_dna_timed *of = &out->timed[h->resources.class_of[ties->resource[i]]];
    const double *a, *b;
    KN_TRY(spread(h, offers.profile[ties->from[i].row], &a, err));
    KN_TRY(spread(h, needs.profile[ties->to[i].row], &b, err));
    of->moved += ties->quantity[i];
    if (a == NULL || b == NULL)
      continue;
    of->known += ties->quantity[i];
    of->coinciding += ties->quantity[i] * kn_hours_shared(1, a, 1, b);
  }
  return KN_OK;
}

kn_code
kn_dna_read_hours(kn_dna_circular *out, const kn_region *region, const kn_tie_view *ties, kn_arena *keep, kn_arena *scratch,
                  kn_error *err)
{
  hourly h = {.region = region,
              .areas = kn_region_areas(region),
              .resources = kn_region_resources(region),
              .profiles = kn_region_profiles(region),
              .scratch = scratch};
  KN_NEW(h.share, scratch, h.profiles.n, err);
  kn_code code = gather(&h, err);
  if (code == KN_OK)
    code = read_groups(&h, out, keep, err);
  if (code == KN_OK)
    code = read_ties(&h, ties, out, err);
  free(h.entry);
  return code;
}
