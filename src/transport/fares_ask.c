/* Asking fares: what the best way between two points costs, and which legs it has. Nothing is kept of what is asked. */
#include <stdlib.h>

#include "transport/fares.h"

/* The best single leg, and whose it is. */
static double
best_leg(const kn_fares *fares, const kn_class_fares *c, int32_t resource, int32_t from, int32_t to, int32_t *by)
{
  double least = INFINITY;
  *by = KN_NONE;
  for (int32_t k = 0; k < c->carrier_count; k++) {
    const double cost = kn_leg_weigh(fares->access, c->carrier[k], resource, from, to, NULL, &fares->weights);
    if (cost < least) {
      least = cost;
      *by = c->carrier[k];
    }
  }
  return least;
}

/* The best single leg if it costs less than `limit`: what landmarks tell to be dearer is not looked at. */
static double
best_leg_below(const kn_fares *fares, const kn_class_fares *c, int32_t resource, int32_t from, int32_t to, double limit)
{
  kn_access *access = fares->access;
  bool is_counted = false;
  for (int32_t k = 0; k < c->carrier_count; k++) {
    /* A tariff may undercut what links cost. */
    if (access->tariffs == NULL && !(kn_leg_bound(access, c->carrier[k], from, to, &fares->weights) < limit))
      continue;
    if (!is_counted)
      kn_access_count(access);
    is_counted = true;
    limit = fmin(limit, kn_leg_weigh(access, c->carrier[k], resource, from, to, NULL, &fares->weights));
  }
  return limit;
}

/* The best chain if it costs less than `limit`, and the terminal of its last transfer. */
static double
best_chain(const kn_fares *fares, const kn_class_fares *c, int32_t from, int32_t to, double limit, int32_t *terminal)
{
  const int32_t n = fares->access->terminal_count;
  *terminal = KN_NONE;
  if (!c->has_chains || !(c->ready_least[from] + c->last_least[to] < limit))
    return INFINITY;
  const double *ready = c->ready + (int64_t)from * n, *last = c->last + (int64_t)to * n;
  double least = limit;
  for (int32_t t = 0; t < n; t++)
    if (ready[t] + last[t] < least) {
      least = ready[t] + last[t];
      *terminal = t;
    }
  return *terminal == KN_NONE ? INFINITY : least;
}

static const kn_class_fares *
fares_of(const kn_fares *fares, int32_t resource)
{
  const kn_resource_view resources = kn_region_resources(fares->access->region);
  return &fares->of[resources.class_of[resource]];
}

double
kn_fares_cost(const kn_fares *fares, int32_t resource, int32_t from, int32_t to)
{
  const kn_class_fares *c = fares_of(fares, resource);
  int32_t by, terminal;
  kn_access_count(fares->access);
  const double leg = best_leg(fares, c, resource, from, to, &by);
  return fmin(leg, best_chain(fares, c, from, to, leg, &terminal));
}

double
kn_fares_cost_below(const kn_fares *fares, int32_t resource, int32_t from, int32_t to, double most)
{
  const kn_class_fares *c = fares_of(fares, resource);
  int32_t terminal;
  const double chain = best_chain(fares, c, from, to, most, &terminal);
  return best_leg_below(fares, c, resource, from, to, fmin(chain, most));
}

/* The legs that lead to a terminal at the cost that F tells, the last of them first. False: what is known of each terminal does
 * not tell them, as where the best way to one on the way has more legs than there is room for. */
static bool
trace_back(const kn_fares *fares, const kn_class_fares *c, int32_t from, int32_t terminal, kn_via *via)
{
  const int32_t n = fares->access->terminal_count, first = fares->access->facts.terminal_first;
  const double *ready = c->ready + (int64_t)from * n;
  const uint8_t *legs = c->legs + (int64_t)from * n;
  for (int32_t before; terminal != KN_NONE; terminal = before) {
    int32_t by;
    double least = c->first[(int64_t)from * n + terminal];
    before = KN_NONE;
    for (int32_t t = 0; t < n && legs[terminal] > 1; t++) {
      const double cost = ready[t] + c->link[(int64_t)t * n + terminal];
      if (legs[t] < legs[terminal] && cost < least) {
        least = cost;
        before = t;
      }
    }
    if (!(least + fares->transfer[terminal] <= ready[terminal] * (1 + 1e-9)) ||
        via->leg_count + 1 >= KN_LEGS_MOST + (before == KN_NONE))
      return false;
    kn_fares_leg_at(fares, c, before == KN_NONE ? from : first + before, before, terminal, KN_TO, &by);
    via->carrier[via->leg_count] = by;
    via->terminal[via->leg_count++] = before;
  }
  return true;
}

/* The same leg by leg from the start (Bellman 1958). O(terminals^2) for each leg that a chain may have. */
static bool
trace_forth(const kn_fares *fares, const kn_class_fares *c, int32_t from, int32_t terminal, kn_via *via)
{
  const int32_t n = fares->access->terminal_count, first = fares->access->facts.terminal_first;
  double *cost = malloc((size_t)n * (KN_LEGS_BETWEEN + 1) * sizeof *cost);
  int32_t *before = malloc((size_t)n * (KN_LEGS_BETWEEN + 1) * sizeof *before);
  const bool is_there = cost != NULL && before != NULL;
  for (int32_t t = 0; is_there && t < n; t++) {
    cost[t] = c->first[(int64_t)from * n + t] + fares->transfer[t];
    before[t] = KN_NONE;
  }
  for (int32_t k = 1; is_there && k <= KN_LEGS_BETWEEN; k++)
    for (int32_t t = 0; t < n; t++) {
      const double *so_far = cost + (int64_t)(k - 1) * n;
      double least = so_far[t];
      before[k * n + t] = t; /* no leg more */
      for (int32_t u = 0; u < n; u++)
        if (u != t && so_far[u] + c->link[(int64_t)u * n + t] + fares->transfer[t] < least) {
          least = so_far[u] + c->link[(int64_t)u * n + t] + fares->transfer[t];
          before[k * n + t] = u;
        }
      cost[k * n + t] = least;
    }
  for (int32_t k = KN_LEGS_BETWEEN; is_there && k >= 0; k--) {
    const int32_t was = before[k * n + terminal];
    int32_t by;
    if (was == terminal)
      continue;
    kn_fares_leg_at(fares, c, was == KN_NONE ? from : first + was, was, terminal, KN_TO, &by);
    via->carrier[via->leg_count] = by;
    via->terminal[via->leg_count++] = was;
    terminal = was;
  }
  free(cost);
  free(before);
  return is_there;
}

static void
turn_round(kn_via *via, int32_t last_terminal)
{
  kn_via forward = {.leg_count = via->leg_count};
  for (int32_t k = 0; k < via->leg_count; k++)
    forward.carrier[k] = via->carrier[via->leg_count - 1 - k];
  /* via: [last leg, ... first leg]; terminal[k] is where leg k of that list begins, KN_NONE for the first. */
  for (int32_t k = 0; k + 2 < via->leg_count; k++)
    forward.terminal[k] = via->terminal[via->leg_count - 2 - k];
  forward.terminal[via->leg_count - 2] = last_terminal;
  *via = forward;
}

int32_t
kn_fares_via(const kn_fares *fares, int32_t resource, int32_t from, int32_t to, kn_error *err)
{
  const kn_class_fares *c = fares_of(fares, resource);
  int32_t by, terminal;
  const double leg = best_leg(fares, c, resource, from, to, &by);
  best_chain(fares, c, from, to, leg, &terminal);
  if (terminal == KN_NONE)
    return by;
  kn_via via = {.leg_count = 1};
  kn_fares_leg_at(fares, c, to, KN_NONE, terminal, KN_FROM, &via.carrier[0]);
  via.terminal[0] = terminal;
  const kn_via last = via;
  if (!trace_back(fares, c, from, terminal, &via)) {
    via = last;
    if (!trace_forth(fares, c, from, terminal, &via)) {
      kn_fail(err, KN_E_LIMIT, "no memory for the legs of a chain");
      return KN_NONE;
    }
  }
  turn_round(&via, terminal);
  return kn_via_number(fares->access, &via, err);
}

/* ---------------------------------------------------------------- modes that lose */
/* The best leg by a mode that loses if it leaves more than `least`, and whose it is. */
static double
best_losing(const kn_fares *fares, const kn_class_fares *c, int32_t resource, int32_t from, int32_t to, double worth,
            double least, int32_t *by)
{
  const kn_access *access = fares->access;
  const kn_fare_weights *w = &fares->weights;
  *by = KN_NONE;
  for (int32_t k = c->carrier_count; k < c->all_count; k++) {
    const int32_t carrier = c->carrier[k];
    /* A tariff may undercut what links cost. */
    if (access->tariffs == NULL && !(fmax(worth, 0) - kn_leg_bound(access, carrier, from, to, w) > least))
      continue;
    const kn_leg_cost cost = kn_leg_best(access, carrier, resource, from, to, NULL);
    if (isinf(cost.full_eur))
      continue;
    const double left = cost.keep * worth - (w->value * cost.full_eur + w->co2 * cost.co2_kg / 1000);
    if (left > least) {
      least = left;
      *by = carrier;
    }
  }
  return least;
}

double
kn_fares_left(const kn_fares *fares, int32_t resource, int32_t from, int32_t to, double worth)
{
  int32_t by;
  const double kept = worth - kn_fares_cost(fares, resource, from, to);
  return best_losing(fares, fares_of(fares, resource), resource, from, to, worth, kept, &by);
}

int32_t
kn_fares_via_left(const kn_fares *fares, int32_t resource, int32_t from, int32_t to, double worth, kn_error *err)
{
  int32_t by;
  const double kept = worth - kn_fares_cost(fares, resource, from, to);
  best_losing(fares, fares_of(fares, resource), resource, from, to, worth, kept, &by);
  return by != KN_NONE ? by : kn_fares_via(fares, resource, from, to, err);
}

int32_t
kn_fares_via_arriving(const kn_fares *fares, int32_t resource, int32_t from, int32_t to, kn_error *err)
{
  const kn_class_fares *c = fares_of(fares, resource);
  const kn_fare_weights *w = &fares->weights;
  double least = kn_fares_cost(fares, resource, from, to);
  int32_t by = KN_NONE;
  for (int32_t k = c->carrier_count; k < c->all_count; k++) {
    const kn_leg_cost cost = kn_leg_best(fares->access, c->carrier[k], resource, from, to, NULL);
    if (isinf(cost.full_eur))
      continue;
    const double per_unit = (w->value * cost.full_eur + w->co2 * cost.co2_kg / 1000) / cost.keep;
    if (per_unit < least) {
      least = per_unit;
      by = c->carrier[k];
    }
  }
  return by != KN_NONE ? by : kn_fares_via(fares, resource, from, to, err);
}
