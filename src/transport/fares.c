/* Fares: the best chain of legs between two points, under given weights.
 *
 * Terminals are the hubs of chains. For each point p and terminal t there is
 *   F[p][t]  the least cost to stand at t ready to leave: a first leg, more terminals if that pays, the transfer at t
 *   B[p][t]  the least cost of the last leg from t to p
 * so the best chain from p to q costs min over t of F[p][t] + B[q][t]; no pair of points is ever stored. F is put together from
 * first legs and the best ways between terminals, of as many legs as a chain may have. */

#include "transport/fares.h"

enum { CHUNK = 64 };

/* ---------------------------------------------------------------- chains */
static bool
meets_terminal(const kn_access *access, int32_t carrier, int32_t terminal)
{
  return (access->carrier[carrier].kinds & access->terminals.kinds[terminal]) != 0;
}

double
kn_fares_leg_at(const kn_fares *fares, const kn_class_fares *c, int32_t point, int32_t transfers_at, int32_t terminal,
                kn_heading heading, int32_t *by)
{
  const kn_access *access = fares->access;
  const int32_t there = access->facts.terminal_first + terminal;
  const int64_t at = (int64_t)point * access->terminal_count + terminal;
  double least = INFINITY;
  *by = KN_NONE;
  for (int32_t k = 0; k < c->carrier_count && point != there; k++) {
    const int32_t carrier = c->carrier[k], road = access->carrier[carrier].road;
    if (!meets_terminal(access, carrier, terminal) || (transfers_at != KN_NONE && !meets_terminal(access, carrier, transfers_at)))
      continue;
    const uint32_t *along = NULL;
    if (road != KN_NONE)
      along = heading == KN_TO ? &access->road[road].to_terminal[at] : &access->road[road].from_terminal[at];
    const double cost = heading == KN_TO ? kn_leg_weigh(access, carrier, KN_NONE, point, there, along, &fares->weights)
                                         : kn_leg_weigh(access, carrier, KN_NONE, there, point, along, &fares->weights);
    if (cost < least) {
      least = cost;
      *by = carrier;
    }
  }
  return least;
}

typedef struct filling {
  kn_fares *fares;
  kn_class_fares *c;
  double *scratch; /* [workers][3 * terminals] */
  kn_between between;
} filling;

static void
fill_legs(void *arg, int64_t first, int64_t end, int32_t worker)
{
  const filling *work = arg;
  const int32_t n = work->fares->access->terminal_count;
  int32_t by;
  (void)worker;
  for (int64_t p = first; p < end; p++)
    for (int32_t t = 0; t < n; t++) {
      work->c->first[p * n + t] = kn_fares_leg_at(work->fares, work->c, (int32_t)p, KN_NONE, t, KN_TO, &by);
      work->c->last[p * n + t] = kn_fares_leg_at(work->fares, work->c, (int32_t)p, KN_NONE, t, KN_FROM, &by);
    }
}

/* F of points from their first legs. */
static void
fill_points(void *arg, int64_t first, int64_t end, int32_t worker)
{
  const filling *work = arg;
  const kn_fares *fares = work->fares;
  kn_class_fares *c = work->c;
  const int32_t n = fares->access->terminal_count;
  double *start = work->scratch + (int64_t)worker * 3 * n, *ready = start + n, *legs = ready + n;
  for (int64_t p = first; p < end; p++) {
    const double *last = c->last + p * n;
    for (int32_t t = 0; t < n; t++) {
      start[t] = ready[t] = c->first[p * n + t] + fares->transfer[t];
      legs[t] = 1;
    }
    for (int32_t t = 0; t < n; t++)
      if (isfinite(start[t]) && !(work->between.is_free && ready[t] < start[t]))
        kn_between_take(n, start[t], 1, work->between.cost + (int64_t)t * n, work->between.legs + (int64_t)t * n, ready, legs);
    c->ready_least[p] = c->last_least[p] = INFINITY;
    for (int32_t t = 0; t < n; t++) {
      c->ready[p * n + t] = ready[t];
      c->legs[p * n + t] = (uint8_t)legs[t];
      c->ready_least[p] = fmin(c->ready_least[p], ready[t]);
      c->last_least[p] = fmin(c->last_least[p], last[t]);
    }
  }
}

static kn_code
list_near(kn_class_fares *c, kn_arena *keep, int64_t points, int32_t n, kn_error *err)
{
  KN_NEW(c->near, keep, n, err);
  for (int32_t t = 0; t < n; t++) {
    int64_t p = 0;
    while (p < points && isinf(c->first[p * n + t]))
      p++;
    if (p < points)
      c->near[c->near_count++] = t;
  }
  return KN_OK;
}

/* Are all terminals of a class as they were without charges? Then so is all of it. */
static bool
has_no_charge(const kn_fares *fares, const kn_class_fares *legs)
{
  for (int32_t k = 0; k < legs->near_count; k++)
    if (fares->transfer[legs->near[k]] != fares->base->transfer[legs->near[k]])
      return false;
  return true;
}

static kn_code
fill_chains(kn_fares *fares, kn_class_fares *c, kn_error *err)
{
  kn_access *access = fares->access;
  const int32_t n = access->terminal_count, points = access->facts.point_count;
  const int32_t threads = kn_thread_count(access->thread_count);
  if (n == 0 || c->carrier_count == 0)
    return KN_OK;
  filling work = {.fares = fares, .c = c};
  if (fares->base != NULL) {
    const kn_class_fares *legs = &fares->base->of[c - fares->of];
    c->link = legs->link;
    c->first = legs->first;
    c->last = legs->last;
    c->near = legs->near;
    c->near_count = legs->near_count;
  } else {
    KN_NEW(c->link, fares->arena, (int64_t)n * n, err);
    KN_NEW(c->first, fares->arena, (int64_t)points * n, err);
    KN_NEW(c->last, fares->arena, (int64_t)points * n, err);
    KN_TRY(kn_parallel(threads, points, CHUNK, fill_legs, &work, err));
    int32_t by;
    for (int32_t t = 0; t < n; t++)
      for (int32_t u = 0; u < n; u++)
        c->link[(int64_t)t * n + u] = kn_fares_leg_at(fares, c, access->facts.terminal_first + t, t, u, KN_TO, &by);
    KN_TRY(list_near(c, fares->arena, points, n, err));
  }
  if (c->near_count == 0)
    return KN_OK;
  KN_NEW(c->ready, fares->arena, (int64_t)points * n, err);
  KN_NEW(c->legs, fares->arena, (int64_t)points * n, err);
  KN_NEW(c->ready_least, fares->arena, points, err);
  KN_NEW(c->last_least, fares->arena, points, err);
  kn_arena *scratch = kn_arena_new();
  kn_code code = kn_between_fill(&work.between, n, c->link, fares->transfer, scratch, err);
  if (code == KN_OK)
    code = kn_arena_reserve(scratch, kn_arena_span((size_t)threads * 3 * (size_t)n + 1, sizeof *work.scratch), err);
  if (code == KN_OK) {
    work.scratch = kn_arena_take(scratch, (size_t)threads * 3 * (size_t)n + 1, sizeof *work.scratch);
    code = kn_parallel(threads, points, CHUNK, fill_points, &work, err);
  }
  kn_arena_free(scratch);
  KN_TRY(code);
  for (int32_t p = 0; p < points; p++)
    c->has_chains |= isfinite(c->ready_least[p]);
  return KN_OK;
}

/* ---------------------------------------------------------------- lines under it all */
/* A mode that hardly any place can use without a terminal, such as a barge: a line for all pairs would say little of most. */
static bool
is_rare(const kn_access *access, const kn_carrier *carrier)
{
  if (!carrier->needs_network || carrier->road == KN_NONE)
    return false;
  const int32_t *meets = access->road[carrier->road].meets, points = access->facts.point_count;
  int64_t count = 0;
  for (int32_t p = 0; p < points; p++)
    count += meets[p] != KN_NONE;
  return count * 8 < points;
}

/* For the rounding of sums. */
static double
a_hair_less(double cost)
{
  return isinf(cost) ? cost : cost - 1e-12 * fabs(cost);
}

/* A chain costs at least what the best of its start and the best of its last leg cost, wherever it changes. A leg of a rare mode
 * costs its load at least, half of it at either end, where both ends meet its links. */
static kn_code
part_ends(kn_fares *fares, kn_class_fares *c, kn_error *err)
{
  const kn_access *access = fares->access;
  const int32_t points = access->facts.point_count;
  KN_NEW(c->leave, fares->arena, points, err);
  KN_NEW(c->arrive, fares->arena, points, err);
  for (int32_t p = 0; p < points; p++) {
    c->leave[p] = c->has_chains ? a_hair_less(c->ready_least[p]) : INFINITY;
    c->arrive[p] = c->has_chains ? a_hair_less(c->last_least[p]) : INFINITY;
  }
  for (int32_t k = 0; k < c->all_count; k++) {
    const kn_carrier *carrier = &access->carrier[c->carrier[k]];
    if (!is_rare(access, carrier))
      continue;
    const double half = a_hair_less(fares->weights.value * carrier->load_eur / 2);
    for (int32_t p = 0; p < points; p++)
      if (access->road[carrier->road].meets[p] != KN_NONE) {
        c->leave[p] = fmin(c->leave[p], half);
        c->arrive[p] = fmin(c->arrive[p], half);
      }
  }
  return KN_OK;
}

static kn_fare_line
line_of(const kn_fares *fares, int32_t mode)
{
  const kn_access *access = fares->access;
  const kn_fare_weights *w = &fares->weights;
  const kn_carrier *carrier = &access->carrier[mode];
  double stretch = carrier->circuity;
  if (carrier->road != KN_NONE) /* a hair less, for the roundings of lengths in whole units and of sums */
    stretch = fmin(stretch, access->road[carrier->road].stretch) * (1 - 1e-9);
  const double per_km = w->value * carrier->full_eur_per_km + w->co2 * carrier->co2_kg_per_km / 1000;
  return (kn_fare_line){
      .fixed = w->value * carrier->load_eur, .rate = stretch * per_km, .to_km = carrier->max_km / stretch, .mode = mode};
}

/* First those of modes that are not rare and of tariffs, then those of rare modes and of chains. */
static kn_code
draw_lines(kn_fares *fares, kn_class_fares *c, kn_class class_of, kn_error *err)
{
  const kn_access *access = fares->access;
  const kn_fare_weights *w = &fares->weights;
  kn_fare_line *rare;
  int32_t rare_count = 0;
  KN_NEW(c->line, fares->arena, c->all_count + 2, err);
  KN_NEW(rare, fares->arena, c->all_count, err);
  double least_load = INFINITY, least_rate = INFINITY, least_transfer = INFINITY;
  for (int32_t k = 0; k < c->all_count; k++) {
    const kn_carrier *carrier = &access->carrier[c->carrier[k]];
    if (carrier->is_tariff_only || (carrier->road == KN_NONE && carrier->needs_network))
      continue;
    const kn_fare_line line = line_of(fares, c->carrier[k]);
    if (is_rare(access, carrier))
      rare[rare_count++] = line;
    else
      c->line[c->line_count++] = line;
    least_load = fmin(least_load, line.fixed);
    least_rate = fmin(least_rate, line.rate);
  }
  for (int32_t t = 0; t < access->terminal_count; t++)
    least_transfer = fmin(least_transfer, fares->transfer[t]);
  kn_rate least = {INFINITY, INFINITY, 0};
  if (access->tariffs != NULL)
    least = kn_tariffs_least(access->tariffs, class_of);
  const double least_tariff = w->value * (least.eur + access->co2_eur_per_kg * least.co2_kg) + w->co2 * least.co2_kg / 1000;
  const bool has_tariffs = isfinite(least.eur);
  if (has_tariffs)
    c->line[c->line_count++] = (kn_fare_line){.fixed = least_tariff, .rate = 0, .to_km = INFINITY, .mode = KN_NONE};
  c->plain_count = c->line_count;
  for (int32_t k = 0; k < rare_count; k++)
    c->line[c->line_count++] = rare[k];
  if (c->has_chains &&
      isfinite(least_load)) /* two legs at least; with a tariff for one of them, the line of tariffs lies below */
    c->line[c->line_count++] =
        (kn_fare_line){.fixed = 2 * least_load + least_transfer, .rate = least_rate, .to_km = INFINITY, .mode = KN_NONE};
  return c->has_chains || rare_count > 0 ? part_ends(fares, c, err) : KN_OK;
}

/* ---------------------------------------------------------------- life */
static kn_code
fill_fares(kn_fares *fares, kn_error *err)
{
  const kn_access *access = fares->access;
  const kn_fare_weights *w = &fares->weights;
  KN_NEW(fares->transfer, fares->arena, access->terminal_count, err);
  for (int32_t t = 0; t < access->terminal_count; t++) {
    const double co2_kg = access->terminals.transfer_co2_kg[t];
    const double eur = access->terminals.transfer_eur[t] + access->co2_eur_per_kg * co2_kg;
    const double more = w->terminal != NULL ? w->terminal[t] : access->terminals.status[t] == KN_CANDIDATE ? INFINITY : 0;
    fares->transfer[t] = isinf(more) ? INFINITY : w->value * eur + w->co2 * co2_kg / 1000 + more;
  }
  for (int32_t class_of = 0; class_of < KN_CLASS_COUNT; class_of++) {
    kn_class_fares *c = &fares->of[class_of];
    if (fares->base != NULL && has_no_charge(fares, &fares->base->of[class_of])) {
      *c = fares->base->of[class_of];
      continue;
    }
    KN_NEW(c->carrier, fares->arena, access->facts.carrier_count, err);
    for (int32_t loses = 0; loses < 2; loses++) {
      for (int32_t m = 0; m < access->facts.carrier_count; m++)
        if (access->carrier[m].class_of == class_of && (access->carrier[m].decay_per_km > 0) == (loses == 1))
          c->carrier[c->all_count++] = m;
      if (loses == 0)
        c->carrier_count = c->all_count;
    }
    KN_TRY(fill_chains(fares, c, err));
    KN_TRY(draw_lines(fares, c, (kn_class)class_of, err));
  }
  return KN_OK;
}

static kn_code
fares_make(kn_fares **out, kn_access *access, kn_fares *base, const kn_fare_weights *weights, kn_error *err)
{
  *out = NULL;
  kn_arena *arena = kn_arena_new();
  kn_code code = kn_arena_reserve(arena, sizeof **out, err);
  if (code != KN_OK) {
    kn_arena_free(arena);
    return code;
  }
  kn_fares *fares = kn_arena_take(arena, 1, sizeof *fares);
  fares->access = access;
  fares->arena = arena;
  fares->users = 1;
  fares->weights = *weights;
  fares->base = base;
  code = fill_fares(fares, err);
  fares->weights.terminal = NULL; /* lent until here; what it says is in `transfer` */
  if (code != KN_OK) {
    kn_arena_free(arena);
    return kn_note(err, "pricing the network");
  }
  *out = fares;
  return KN_OK;
}

/* Those that the access remembers, if they are of these weights. */
static kn_fares *
remembered(kn_access *access, const kn_fare_weights *weights)
{
  kn_fares *fares = NULL;
  pthread_mutex_lock(&access->mutex);
  if (access->fares != NULL && access->fares->weights.value == weights->value && access->fares->weights.co2 == weights->co2) {
    fares = access->fares;
    fares->users++;
  }
  pthread_mutex_unlock(&access->mutex);
  return fares;
}

static void
remember(kn_access *access, kn_fares *fares)
{
  pthread_mutex_lock(&access->mutex);
  kn_fares *before = access->fares;
  access->fares = fares;
  fares->users++;
  pthread_mutex_unlock(&access->mutex);
  kn_fares_free(before);
}

/* Legs cost what they cost without charges; only chains are put together anew. */
static kn_code
fares_on_top(kn_fares **out, kn_access *access, const kn_fare_weights *weights, kn_error *err)
{
  kn_fares *base;
  const kn_fare_weights plain = {weights->value, weights->co2, NULL};
  *out = NULL;
  KN_TRY(kn_fares_new(&base, access, &plain, err));
  const kn_code code = fares_make(out, access, base, weights, err);
  if (code != KN_OK)
    kn_fares_free(base);
  return code;
}

kn_code
kn_fares_new(kn_fares **out, kn_access *access, const kn_fare_weights *weights, kn_error *err)
{
  if (weights->terminal != NULL)
    return fares_on_top(out, access, weights, err);
  *out = remembered(access, weights);
  if (*out != NULL)
    return KN_OK;
  KN_TRY(fares_make(out, access, NULL, weights, err));
  assert(*out != NULL);
  remember(access, *out);
  return KN_OK;
}

void
kn_fares_free(kn_fares *fares)
{
  if (fares == NULL)
    return;
  pthread_mutex_lock(&fares->access->mutex);
  const bool is_last = --fares->users == 0;
  pthread_mutex_unlock(&fares->access->mutex);
  if (!is_last)
    return;
  kn_fares_free(fares->base);
  kn_arena_free(fares->arena);
}

const kn_access *
kn_fares_access(const kn_fares *fares)
{
  return fares->access;
}

const kn_fare_weights *
kn_fares_weights(const kn_fares *fares)
{
  return &fares->weights;
}

double
kn_fares_transfer(const kn_fares *fares, int32_t terminal)
{
  return fares->transfer[terminal];
}

const kn_fare_line *
kn_fares_lines(const kn_fares *fares, kn_class resource_class, int32_t *count)
{
  *count = fares->of[resource_class].line_count;
  return fares->of[resource_class].line;
}

const kn_fare_line *
kn_fares_plain_lines(const kn_fares *fares, kn_class resource_class, int32_t *count)
{
  *count = fares->of[resource_class].plain_count;
  return fares->of[resource_class].line;
}

double
kn_fares_end(const kn_fares *fares, kn_class resource_class, kn_heading heading, int32_t point)
{
  const kn_class_fares *c = &fares->of[resource_class];
  const double *end = heading == KN_FROM ? c->leave : c->arrive;
  return end == NULL ? INFINITY : end[point];
}

kn_fare_parts
kn_fares_parts(const kn_fares *fares, kn_class class_of)
{
  const kn_class_fares *c = &fares->of[class_of];
  return (kn_fare_parts){.access = fares->access,
                         .weights = &fares->weights,
                         .carrier_count = c->carrier_count,
                         .carrier = c->carrier,
                         .ready = c->has_chains ? c->ready : NULL,
                         .last = c->has_chains ? c->last : NULL};
}
