/* Estimates that add up to what is known of the whole.
 *
 * A total says what the offers (or needs) of an area, of a resource, of a sector are together. What is reported stands; the
 * estimates inside are scaled to the rest, total after total, until all hold: the estimates nearest to the first ones in
 * relative entropy
 * (iterative proportional fitting: Deming and Stephan 1940, Annals of Mathematical Statistics 11(4) 427-444; RAS: Bacharach
 * 1970). Where totals exclude each other that does not end; then each estimate follows all its totals at once, each by its
 * precision 1/rel_sd^2
 * (a weighted geometric mean), which ends at a compromise, and the totals are told.
 * Estimates of one area, sector and stream move together, so what is scaled are these cells.
 * cost  O(rows + cells x totals + rounds x cells of totals) */
#include "estimate.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 2000, MOST_ROUNDS = 20000 };
static const double tight = 1e-13, close_enough = 1e-9;

typedef struct cell {
  int32_t area, node, stream; /* area KN_NONE: in none */
  double first, now;
} cell;

typedef struct scaling {
  kn_estimating *e;
  kn_total_view totals;
  kn_area_view areas;
  kn_resource_view resources;
  cell *cell;
  int64_t cells, cell_capacity;
  int32_t *cell_of; /* [guesses] */
  int32_t *first;   /* [totals + 1] */
  int32_t *member;  /* cells of each total */
  double *rest;     /* [totals] what estimates have to be together; NAN: the total is set aside */
  double *weight;   /* [totals] */
} scaling;

/* ---------------------------------------------------------------- what a total is about */
static bool
has_area(const scaling *s, int32_t total, int32_t area)
{
  const int32_t wanted = s->totals.area[total];
  if (wanted == KN_NONE)
    return true;
  return area != KN_NONE && s->areas.enter[wanted] <= s->areas.enter[area] && s->areas.leave[area] <= s->areas.leave[wanted];
}

static bool
has_sector(const scaling *s, int32_t total, int32_t node)
{
  const char *nace = s->totals.nace[total];
  if (nace == NULL)
    return true;
  const int32_t wanted = kn_nace_read(nace);
  for (int32_t at = node == KN_NONE ? KN_NONE : s->e->sectors.code[node]; at != KN_NONE; at = kn_nace_parent(at)) {
    if (at == wanted)
      return true;
    if (kn_nace_level(at) == NACE_DIVISION && wanted != KN_NONE && kn_nace_level(wanted) == NACE_SECTION)
      return kn_nace_section(at) == wanted;
  }
  return false;
}

static bool
has_resource(const scaling *s, int32_t total, int32_t resource)
{
  const int32_t wanted = s->totals.resource[total];
  if (resource >= s->resources.n) { /* a new one, below its parent */
    const int32_t parent = s->e->streams.fresh[resource - s->resources.n].parent;
    return wanted == KN_NONE || (parent != KN_NONE && kn_resource_is_a(&s->resources, parent, wanted));
  }
  if (wanted == KN_NONE)
    return s->resources.class_of[resource] == KN_MATERIAL;
  return kn_resource_is_a(&s->resources, resource, wanted);
}

/* What is reported of a total, by whomever: an estimate of somebody counts too. */
static double
add_reported(const scaling *s, int32_t total)
{
  const bool is_need = s->totals.is_need[total] != 0;
  const kn_site_view sites = kn_region_sites(s->e->region);
  const kn_offer_view offers = kn_region_offers(s->e->region);
  const kn_need_view needs = kn_region_needs(s->e->region);
  const int64_t n = is_need ? needs.n : offers.n;
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    if (s->e->is_old[is_need][i])
      continue;
    const int32_t site = is_need ? needs.site[i] : offers.site[i];
    const int32_t node = site == KN_NONE ? KN_NONE : s->e->sectors.of_site[site],
                  area = site == KN_NONE ? KN_NONE : sites.area[site];
    if (has_area(s, total, area) && has_sector(s, total, node) &&
        has_resource(s, total, is_need ? needs.resource[i] : offers.resource[i]))
      sum += is_need ? needs.quantity[i] : offers.quantity[i];
  }
  return sum;
}

/* ---------------------------------------------------------------- cells */
static uint64_t
key_of(const scaling *s, const cell *c)
{
  return ((uint64_t)(uint32_t)(c->area + 1) * (uint64_t)s->e->sectors.n + (uint64_t)c->node) * (uint64_t)s->e->streams.n +
         (uint64_t)c->stream;
}

/* Puts guesses into cells, through a table of places that is at most half full. */
static kn_code
fill_cells(scaling *s, kn_error *err)
{
  const kn_site_view sites = kn_region_sites(s->e->region);
  uint64_t mask = 1023;
  int32_t *place;
  KN_NEW(s->cell_of, s->e->scratch, s->e->guesses, err);
  KN_NEW(place, s->e->scratch, mask + 1, err);
  for (int64_t i = 0; i < s->e->guesses; i++) {
    const kn_guess *guess = &s->e->guess[i];
    const cell wanted = {.area = sites.area[guess->site], .node = s->e->sectors.of_site[guess->site], .stream = guess->stream};
    uint64_t at = key_of(s, &wanted) * 0x9E3779B97F4A7C15u >> 20 & mask;
    while (place[at] != 0 && key_of(s, &s->cell[place[at] - 1]) != key_of(s, &wanted))
      at = (at + 1) & mask;
    if (place[at] == 0) {
      KN_TRY(KN_GROW(s->cell, s->cell_capacity, s->cells + 1, err));
      s->cell[s->cells++] = wanted;
      place[at] = (int32_t)s->cells;
    }
    s->cell_of[i] = place[at] - 1;
    assert(s->cell != NULL);
    s->cell[s->cell_of[i]].first += guess->quantity;
    if ((uint64_t)s->cells * 2 <= mask)
      continue;
    mask = mask * 4 + 3;
    KN_NEW(place, s->e->scratch, mask + 1, err);
    for (int64_t c = 0; c < s->cells; c++) {
      uint64_t to = key_of(s, &s->cell[c]) * 0x9E3779B97F4A7C15u >> 20 & mask;
      while (place[to] != 0)
        to = (to + 1) & mask;
      place[to] = (int32_t)c + 1;
    }
  }
  for (int64_t c = 0; c < s->cells; c++)
    s->cell[c].now = s->cell[c].first;
  return KN_OK;
}

static kn_code
list_members(scaling *s, kn_error *err)
{
  int64_t count = 0;
  KN_NEW(s->first, s->e->scratch, s->totals.n + 1, err);
  for (int pass = 0; pass < 2; pass++) {
    if (pass == 1)
      KN_NEW(s->member, s->e->scratch, count, err);
    count = 0;
    for (int32_t t = 0; t < s->totals.n; t++) {
      s->first[t] = (int32_t)count;
      for (int64_t c = 0; c < s->cells; c++) {
        const cell *of = &s->cell[c];
        if ((of->stream >= s->e->streams.need_first) != (s->totals.is_need[t] != 0) || !has_area(s, t, of->area) ||
            !has_sector(s, t, of->node) || !has_resource(s, t, s->e->streams.resource[of->stream]))
          continue;
        if (pass == 1)
          s->member[count] = (int32_t)c;
        count++;
      }
    }
    if (count > INT32_MAX)
      return kn_fail(err, KN_E_LIMIT, "too many totals over too many sectors and areas");
  }
  s->first[s->totals.n] = (int32_t)count;
  return KN_OK;
}

static double
add_members(const scaling *s, int32_t total)
{
  double sum = 0;
  for (int32_t k = s->first[total]; k < s->first[total + 1]; k++)
    sum += s->cell[s->member[k]].now;
  return sum;
}

/* ---------------------------------------------------------------- scaling */
/* Total after total; true when all hold. */
static bool
scale_in_turn(scaling *s)
{
  for (int32_t round = 0; round < ROUNDS; round++) {
    double off = 0;
    for (int32_t t = 0; t < s->totals.n; t++) {
      const double sum = isnan(s->rest[t]) ? 0 : add_members(s, t);
      if (!(sum > 0))
        continue;
      const double factor = s->rest[t] / sum;
      off = fmax(off, fabs(factor - 1));
      for (int32_t k = s->first[t]; k < s->first[t + 1]; k++)
        s->cell[s->member[k]].now *= factor;
    }
    if (off < tight)
      return true;
  }
  for (int32_t t = 0; t < s->totals.n; t++)
    if (!isnan(s->rest[t]) && fabs(add_members(s, t) - s->rest[t]) > close_enough * fmax(s->rest[t], 1e-300))
      return false;
  return true;
}

/* All totals at once, each estimate by the weighted geometric mean of what they ask. */
static kn_code
compromise(scaling *s, kn_error *err)
{
  double *ask, *weight;
  KN_NEW(ask, s->e->scratch, s->cells, err);
  KN_NEW(weight, s->e->scratch, s->cells, err);
  for (int64_t c = 0; c < s->cells; c++)
    s->cell[c].now = s->cell[c].first;
  for (int32_t round = 0; round < MOST_ROUNDS; round++) {
    memset(ask, 0, (size_t)s->cells * sizeof *ask);
    memset(weight, 0, (size_t)s->cells * sizeof *weight);
    for (int32_t t = 0; t < s->totals.n; t++) {
      const double sum = isnan(s->rest[t]) ? 0 : add_members(s, t);
      if (!(sum > 0))
        continue;
      const double factor = log(fmax(s->rest[t], 1e-12 * sum) / sum);
      for (int32_t k = s->first[t]; k < s->first[t + 1]; k++) {
        ask[s->member[k]] += s->weight[t] * factor;
        weight[s->member[k]] += s->weight[t];
      }
    }
    double off = 0;
    for (int64_t c = 0; c < s->cells; c++) {
      const double step = weight[c] > 0 ? ask[c] / weight[c] : 0;
      s->cell[c].now *= exp(step);
      off = fmax(off, fabs(step));
    }
    if (off < close_enough)
      break;
  }
  return KN_OK;
}

/* What is left for estimates. What is reported may lie above a total by what it is not sure of; beyond that the two exclude each
 * other, and the total is set aside. */
static kn_code
find_rests(scaling *s, kn_error *err)
{
  KN_NEW(s->rest, s->e->scratch, s->totals.n, err);
  KN_NEW(s->weight, s->e->scratch, s->totals.n, err);
  KN_NEW(s->e->check, s->e->keep, s->totals.n, err);
  for (int32_t t = 0; t < s->totals.n; t++) {
    const double known = s->totals.quantity[t], rel_sd = isnan(s->totals.rel_sd[t]) ? 0 : s->totals.rel_sd[t];
    kn_total_check *check = &s->e->check[t];
    check->total = t;
    check->reported = add_reported(s, t);
    check->before = check->reported + add_members(s, t);
    s->rest[t] = known - check->reported;
    s->weight[t] = 1 / (rel_sd * rel_sd + 1e-6);
    if (s->rest[t] >= -(2 * rel_sd + close_enough) * known) {
      s->rest[t] = fmax(s->rest[t], 0);
    } else {
      s->rest[t] = NAN;
      check->is_contradicted = true;
    }
  }
  return KN_OK;
}

/* Cells to guesses: those of quantity 0 go. */
static void
bring_back(scaling *s)
{
  kn_estimating *e = s->e;
  int64_t kept = 0, need_first = 0;
  for (int64_t i = 0; i < e->guesses; i++) {
    kn_guess guess = e->guess[i];
    const cell *of = &s->cell[s->cell_of[i]];
    if (i == e->need_first)
      need_first = kept;
    if (of->now != of->first) {
      guess.quantity *= of->now / of->first;
      guess.method = -1;
    }
    if (guess.quantity > 0)
      e->guess[kept++] = guess;
  }
  e->need_first = e->need_first >= e->guesses ? kept : need_first;
  e->guesses = kept;
}

static kn_code
scale(scaling *s, kn_error *err)
{
  KN_TRY(fill_cells(s, err));
  KN_TRY(list_members(s, err));
  KN_TRY(find_rests(s, err));
  if (!scale_in_turn(s))
    KN_TRY(compromise(s, err));
  for (int32_t t = 0; t < s->totals.n; t++) {
    kn_total_check *check = &s->e->check[t];
    check->after = check->reported + add_members(s, t);
    const double known = s->totals.quantity[t];
    check->is_contradicted |=
        fabs(check->after - known) > 1e-6 * fmax(known, 1e-9) && !(s->rest[t] == 0 && check->after >= known);
  }
  bring_back(s);
  return KN_OK;
}

kn_code
kn_estimate_scale(kn_estimating *e, kn_error *err)
{
  scaling s = {.e = e,
               .totals = kn_region_totals(e->region),
               .areas = kn_region_areas(e->region),
               .resources = kn_region_resources(e->region)};
  if (s.totals.n == 0)
    return KN_OK;
  const kn_code code = scale(&s, err);
  free(s.cell);
  return code;
}
