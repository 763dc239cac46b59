/* Hauls: what moving a unit costs as a function of distance, the cheapest mode at every distance. */
#include <stdlib.h>
#include <string.h>

#include "match/internal.h"

enum { SUPPLY, DEMAND };

struct kn_hauls {
  kn_arena *arena;
  const kn_market *market;
  kn_weights weights;
  kn_fares *fares; /* NULL: as the crow flies */
  kn_haul of[KN_CLASS_COUNT];
  kn_haul plain[KN_CLASS_COUNT]; /* less what nodes have as their ends */
  /* For what takes place at distance 0, wherever that is. */
  int32_t here[KN_CLASS_COUNT]; /* mode; KN_NONE: none */
  double here_cost[KN_CLASS_COUNT];
};

/* One mode of a class as a line over great-circle km. */
typedef struct mode_line {
  double fixed, rate, to_km;
  int32_t mode;
} mode_line;

static int
by_number(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The cheapest line at `km` among those that reach `reach_km`; the first of equals. KN_NONE: none reaches. */
static int32_t
cheapest(const mode_line *line, int32_t n, double km, double reach_km)
{
  int32_t best = KN_NONE;
  double least = INFINITY;
  for (int32_t m = 0; m < n; m++) {
    const double cost = line[m].fixed + line[m].rate * km;
    if (line[m].to_km >= reach_km && cost < least) {
      least = cost;
      best = m;
    }
  }
  return best;
}

/* The lower envelope of n lines, each up to its own distance: between two neighbouring breakpoints (where a line ends, or two
 * cross) one line is cheapest throughout. O(n^3) for the few modes of a class.
 *
 * Pieces are decided by their middle. max_km includes its end: where a line ends that was cheaper there, the next
 * piece starts one rounding step later, so that the breakpoint itself is served by the line that ends. */
static kn_code
envelope(kn_haul *haul, kn_arena *arena, kn_arena *scratch, const mode_line *line, int32_t n, kn_error *err)
{
  double *cut;
  KN_NEW(cut, scratch, (int64_t)n * n + n + 2, err);
  int32_t cuts = 0;
  cut[cuts++] = 0;
  for (int32_t a = 0; a < n; a++) {
    cut[cuts++] = line[a].to_km;
    for (int32_t b = a + 1; b < n; b++) {
      const double cross = (line[b].fixed - line[a].fixed) / (line[a].rate - line[b].rate);
      if (isfinite(cross) && cross > 0)
        cut[cuts++] = cross;
    }
  }
  qsort(cut, (size_t)cuts, sizeof *cut, by_number);
  kn_haul_segment *segment;
  KN_NEW(segment, arena, cuts + 1, err);
  int32_t count = 0;
  for (int32_t c = 0; c < cuts; c++) {
    const double from = cut[c], to = c + 1 < cuts ? cut[c + 1] : cut[c];
    const bool is_point = from == to;
    if (is_point && !(count == 0 && c + 1 == cuts))
      continue; /* the same breakpoint twice; alone it is a class served at distance 0 only */
    const double middle = isinf(to) ? from + 1 : from + (to - from) / 2;
    const int32_t best = cheapest(line, n, middle, to);
    if (best == KN_NONE)
      continue;
    const int32_t at_end = cheapest(line, n, from, from);
    const double dearer = line[best].fixed + line[best].rate * from;
    const bool is_served = !is_point && line[at_end].to_km == from && line[at_end].fixed + line[at_end].rate * from < dearer;
    if (is_served && count == 0) /* a mode for distance 0 only, before one that goes further */
      segment[count++] = (kn_haul_segment){from, from, line[at_end].fixed, line[at_end].rate, line[at_end].mode};
    const double start = is_served ? nextafter(from, INFINITY) : from;
    if (count > 0 && segment[count - 1].mode == line[best].mode && segment[count - 1].to_km >= from)
      segment[count - 1].to_km = to;
    else
      segment[count++] = (kn_haul_segment){start, to, line[best].fixed, line[best].rate, line[best].mode};
  }
  *haul = (kn_haul){count, segment};
  return KN_OK;
}

/* What a unit costs per km of the way a mode takes, in the unit of the weights, its emissions included. */
static double
weighted_per_km(const kn_market *market, kn_weights weights, int32_t mode)
{
  const double co2_kg = market->modes.co2_kg_per_unit_km[mode];
  const double eur = market->modes.eur_per_unit_km[mode] + market->co2_eur_per_kg * co2_kg;
  return weights.value * eur + weights.co2 * co2_kg / 1000;
}

/* Without a network: the modes of the class, as the crow flies. */
static int32_t
lines_of_modes(const kn_market *market, kn_weights weights, int32_t class_of, mode_line *line)
{
  const kn_mode_view *modes = &market->modes;
  int32_t n = 0;
  for (int32_t m = 0; m < modes->n; m++) {
    if (modes->class_of[m] != class_of)
      continue;
    line[n++] = (mode_line){.fixed = weights.value * modes->load_eur[m],
                            .rate = modes->circuity[m] * weighted_per_km(market, weights, m),
                            .to_km = modes->max_km[m] / modes->circuity[m],
                            .mode = m};
  }
  return n;
}

static int32_t
lines_of_fares(const kn_fares *fares, kn_class class_of, bool is_plain, mode_line *line)
{
  int32_t n;
  const kn_fare_line *under = is_plain ? kn_fares_plain_lines(fares, class_of, &n) : kn_fares_lines(fares, class_of, &n);
  for (int32_t k = 0; k < n; k++)
    line[k] = (mode_line){under[k].fixed, under[k].rate, under[k].to_km, under[k].mode};
  return n;
}

/* What is taken where it is needs no way. */
static int32_t
add_here(const kn_hauls *hauls, int32_t class_of, mode_line *line, int32_t n)
{
  if (hauls->here[class_of] != KN_NONE)
    line[n++] = (mode_line){.fixed = hauls->here_cost[class_of], .to_km = 0, .mode = hauls->here[class_of]};
  return n;
}

static kn_code
fill_hauls(kn_hauls *hauls, kn_arena *scratch, kn_weights weights, kn_error *err)
{
  const kn_market *market = hauls->market;
  mode_line *line;
  const int64_t carriers = market->access != NULL ? kn_access_tell(market->access).carrier_count : 0;
  KN_NEW(line, scratch, market->modes.n + carriers + 2, err);
  for (int32_t c = 0; c < KN_CLASS_COUNT; c++) {
    int32_t n = lines_of_modes(market, weights, c, line);
    hauls->here[c] = cheapest(line, n, 0, 0);
    hauls->here_cost[c] = hauls->here[c] == KN_NONE ? INFINITY : line[hauls->here[c]].fixed;
    if (hauls->here[c] != KN_NONE)
      hauls->here[c] = line[hauls->here[c]].mode;
    if (hauls->fares != NULL)
      n = add_here(hauls, c, line, lines_of_fares(hauls->fares, (kn_class)c, false, line));
    KN_TRY(envelope(&hauls->of[c], hauls->arena, scratch, line, n, err));
    hauls->plain[c] = hauls->of[c];
    if (hauls->fares == NULL)
      continue;
    n = add_here(hauls, c, line, lines_of_fares(hauls->fares, (kn_class)c, true, line));
    KN_TRY(envelope(&hauls->plain[c], hauls->arena, scratch, line, n, err));
  }
  return KN_OK;
}

kn_code
kn_hauls_new(kn_hauls **out, const kn_market *market, kn_weights weights, const double *terminal, kn_error *err)
{
  *out = NULL;
  kn_arena *arena = kn_arena_new(), *scratch = kn_arena_new();
  kn_hauls *hauls = NULL;
  kn_code code = kn_arena_reserve(arena, sizeof *hauls, err);
  if (code == KN_OK) {
    hauls = kn_arena_take(arena, 1, sizeof *hauls);
    hauls->arena = arena;
    hauls->market = market;
    hauls->weights = weights;
    const kn_fare_weights fare = {weights.value, weights.co2, terminal};
    if (market->access != NULL)
      code = kn_fares_new(&hauls->fares, market->access, &fare, err);
    if (code == KN_OK)
      code = fill_hauls(hauls, scratch, weights, err);
  }
  kn_arena_free(scratch);
  if (code == KN_OK)
    *out = hauls;
  else if (hauls != NULL)
    kn_hauls_free(hauls);
  else
    kn_arena_free(arena);
  return code;
}

void
kn_hauls_free(kn_hauls *hauls)
{
  if (!hauls)
    return;
  kn_fares_free(hauls->fares);
  kn_arena_free(hauls->arena);
}

const kn_haul *
kn_hauls_of(const kn_hauls *hauls, kn_class resource_class)
{
  return &hauls->of[resource_class];
}

const kn_haul *
kn_hauls_plain(const kn_hauls *hauls, kn_class resource_class)
{
  return &hauls->plain[resource_class];
}

double
kn_hauls_end(const kn_hauls *hauls, kn_class resource_class, bool is_demand, int32_t node)
{
  const kn_side *side = &hauls->market->side[is_demand ? DEMAND : SUPPLY];
  if (hauls->fares == NULL || side->is_anywhere[node])
    return INFINITY;
  return kn_fares_end(hauls->fares, resource_class, is_demand ? KN_TO : KN_FROM, side->stop[node]);
}

bool
kn_hauls_are_bounds(const kn_hauls *hauls)
{
  return hauls->fares != NULL;
}

kn_code
kn_hauls_hasten(const kn_hauls *hauls, kn_error *err)
{
  return hauls->market->access != NULL ? kn_access_hasten(hauls->market->access, err) : KN_OK;
}

const kn_fares *
kn_hauls_fares(const kn_hauls *hauls)
{
  return hauls->fares;
}

double
kn_hauls_here(const kn_hauls *hauls, kn_class resource_class)
{
  return hauls->here_cost[resource_class];
}

int32_t
kn_hauls_channel_count(const kn_hauls *hauls, kn_class resource_class)
{
  return hauls->fares == NULL ? KN_NONE : kn_fares_channel_count(hauls->fares, resource_class);
}

kn_fare_channel
kn_hauls_channel(const kn_hauls *hauls, kn_class resource_class, int32_t channel)
{
  return kn_fares_channel(hauls->fares, resource_class, channel);
}

kn_fare_hubs
kn_hauls_hubs(const kn_hauls *hauls, kn_class resource_class, int32_t channel, bool is_demand, int32_t node)
{
  const int32_t stop = hauls->market->side[is_demand ? DEMAND : SUPPLY].stop[node];
  return kn_fares_hubs(hauls->fares, resource_class, channel, is_demand ? KN_TO : KN_FROM, stop);
}

bool
kn_hauls_is_stray(const kn_hauls *hauls, kn_class resource_class, bool is_demand, int32_t node)
{
  return kn_fares_is_stray(hauls->fares, resource_class, hauls->market->side[is_demand ? DEMAND : SUPPLY].stop[node]);
}

double
kn_hauls_cost(const kn_hauls *hauls, int32_t supply, int32_t demand)
{
  return kn_hauls_cost_below(hauls, supply, demand, INFINITY);
}

double
kn_hauls_cost_below(const kn_hauls *hauls, int32_t supply, int32_t demand, double most)
{
  const kn_side *from = &hauls->market->side[SUPPLY], *to = &hauls->market->side[DEMAND];
  const int32_t resource = from->resource[supply];
  const uint8_t class_of = hauls->market->resources.class_of[resource];
  if (to->is_anywhere[demand])
    return hauls->here_cost[class_of];
  if (hauls->fares != NULL)
    return kn_fares_cost_below(hauls->fares, resource, from->stop[supply], to->stop[demand], most);
  return kn_haul_cost(&hauls->of[class_of], kn_market_km(hauls->market, supply, demand));
}

int32_t
kn_hauls_mode(const kn_hauls *hauls, int32_t supply, int32_t demand)
{
  const kn_side *from = &hauls->market->side[SUPPLY], *to = &hauls->market->side[DEMAND];
  const int32_t resource = from->resource[supply];
  const uint8_t class_of = hauls->market->resources.class_of[resource];
  if (to->is_anywhere[demand])
    return hauls->here[class_of];
  if (hauls->fares != NULL)
    return kn_fares_via(hauls->fares, resource, from->stop[supply], to->stop[demand], NULL);
  const kn_haul *haul = &hauls->of[class_of];
  const int32_t segment = kn_haul_find(haul, kn_market_km(hauls->market, supply, demand));
  return segment < 0 ? KN_NONE : haul->segments[segment].mode;
}

/* ------------------------------------------------------------------ modes that lose */
/* Without a network: the best mode of a class over great-circle km, and what it leaves. */
static double
best_left(const kn_hauls *hauls, uint8_t class_of, double km, double worth, int32_t *mode)
{
  const kn_market *market = hauls->market;
  const kn_mode_view *modes = &market->modes;
  double most = -INFINITY;
  *mode = KN_NONE;
  for (int32_t m = 0; m < modes->n; m++) {
    if (modes->class_of[m] != class_of || km > modes->max_km[m] / modes->circuity[m])
      continue;
    const double cost =
        hauls->weights.value * modes->load_eur[m] + modes->circuity[m] * weighted_per_km(market, hauls->weights, m) * km;
    const double left = kn_mode_keeps(modes, m, km * modes->circuity[m]) * worth - cost;
    if (left > most) {
      most = left;
      *mode = m;
    }
  }
  return most;
}

double
kn_hauls_left(const kn_hauls *hauls, int32_t supply, int32_t demand, double worth)
{
  const kn_side *from = &hauls->market->side[SUPPLY], *to = &hauls->market->side[DEMAND];
  const uint8_t class_of = hauls->market->resources.class_of[from->resource[supply]];
  int32_t mode;
  if (!hauls->market->loses[class_of] || to->is_anywhere[demand])
    return worth - kn_hauls_cost(hauls, supply, demand);
  if (hauls->fares == NULL)
    return best_left(hauls, class_of, kn_market_km(hauls->market, supply, demand), worth, &mode);
  return kn_fares_left(hauls->fares, from->resource[supply], from->stop[supply], to->stop[demand], worth);
}

int32_t
kn_hauls_choice(const kn_hauls *hauls, int32_t supply, int32_t demand, double worth)
{
  const kn_side *from = &hauls->market->side[SUPPLY], *to = &hauls->market->side[DEMAND];
  const uint8_t class_of = hauls->market->resources.class_of[from->resource[supply]];
  int32_t mode;
  if (!hauls->market->loses[class_of] || to->is_anywhere[demand])
    return kn_hauls_mode(hauls, supply, demand);
  if (hauls->fares != NULL)
    return kn_fares_via_left(hauls->fares, from->resource[supply], from->stop[supply], to->stop[demand], worth, NULL);
  best_left(hauls, class_of, kn_market_km(hauls->market, supply, demand), worth, &mode);
  return mode;
}

/* 0: the best of those that lose nothing; then modes by their rows. */
int32_t
kn_hauls_option(const kn_hauls *hauls, int32_t supply, int32_t demand, int32_t k)
{
  const kn_side *from = &hauls->market->side[SUPPLY], *to = &hauls->market->side[DEMAND];
  const kn_mode_view *modes = &hauls->market->modes;
  const int32_t resource = from->resource[supply], m = k - 1;
  const uint8_t class_of = hauls->market->resources.class_of[resource];
  if (k == 0)
    return kn_hauls_mode(hauls, supply, demand);
  if (modes->class_of[m] != class_of || !(modes->loss_per_km[m] > 0 || hauls->fares == NULL) || to->is_anywhere[demand])
    return KN_NONE;
  if (hauls->fares == NULL)
    return kn_market_km(hauls->market, supply, demand) <= modes->max_km[m] / modes->circuity[m] ? m : KN_NONE;
  kn_trip trip;
  return kn_access_trip(hauls->market->access, m, resource, from->stop[supply], to->stop[demand], NULL, &trip) ? m : KN_NONE;
}
