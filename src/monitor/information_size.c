/* Capacities that are chosen before quantities are known. */
#include "knoop/monitor.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ one quantity
 * Log-normal with mean m and relative deviation r: log Q ~ N(log m - s^2 / 2, s), s^2 = log(1 + r^2). */
static double
log_sd(double rel_sd)
{
  return sqrt(log1p(rel_sd * rel_sd));
}

double
kn_amount_mean(kn_amount amount)
{
  return amount.law == KN_UNIFORM ? 0.5 * (amount.a + amount.b) : amount.a;
}

double
kn_amount_quantile(kn_amount amount, double p)
{
  if (amount.law == KN_UNIFORM)
    return amount.a + p * (amount.b - amount.a);
  const double s = log_sd(amount.b);
  return s > 0 ? amount.a * exp(s * kn_normal_quantile(p) - 0.5 * s * s) : amount.a;
}

double
kn_amount_within(kn_amount amount, double most)
{
  if (amount.law == KN_UNIFORM) {
    if (most <= amount.a || !(amount.b > amount.a))
      return fmin(most, amount.a);
    if (most >= amount.b)
      return 0.5 * (amount.a + amount.b);
    return most - 0.5 * (most - amount.a) * (most - amount.a) / (amount.b - amount.a);
  }
  const double s = log_sd(amount.b);
  if (!(s > 0) || !(most > 0))
    return fmin(most, amount.a);
  const double u = log(most / amount.a) / s;
  return amount.a * kn_normal_cdf(u - 0.5 * s) + most * kn_normal_cdf(-u - 0.5 * s);
}

kn_code
kn_size_capacity(kn_amount amount, double margin_eur, double cost_eur, kn_sizing *out, kn_error *err)
{
  if (!(cost_eur > 0) || !isfinite(margin_eur))
    return kn_fail(err, KN_E_INPUT, "a capacity needs a cost above 0 and a margin, has %g and %g", cost_eur, margin_eur);
  if (amount.law == KN_UNIFORM ? !(amount.b >= amount.a && amount.a >= 0) : !(amount.a > 0 && amount.b >= 0))
    return kn_fail(err, KN_E_INPUT, "%g and %g describe no quantity", amount.a, amount.b);
  const double mean = kn_amount_mean(amount), gain = fmax(margin_eur - cost_eur, 0);
  *out = (kn_sizing){.with_perfect = gain * mean};
  out->capacity = gain > 0 ? kn_amount_quantile(amount, gain / margin_eur) : 0;
  out->value = gain > 0 ? margin_eur * kn_amount_within(amount, out->capacity) - cost_eur * out->capacity : 0;
  out->evpi = out->with_perfect - out->value;
  out->value_for_mean = margin_eur * kn_amount_within(amount, mean) - cost_eur * mean;
  return KN_OK;
}

/* ------------------------------------------------------------------ several offers with discrete quantities */
typedef struct outcomes { /* those that are possible, with what is known */
  int64_t n;
  double *probability;
  double *quantity; /* [n * sources] in the order of falling margin */
} outcomes;

static void
sort_sources(const kn_sorter *sorter, int32_t *order)
{
  for (int32_t s = 0; s < sorter->sources; s++) {
    int32_t at = s;
    for (; at > 0 && sorter->source[order[at - 1]].margin_eur < sorter->source[s].margin_eur; at--)
      order[at] = order[at - 1];
    order[at] = s;
  }
}

static kn_code
check_sorter(const kn_sorter *sorter, kn_error *err)
{
  if (sorter->sources < 1 || sorter->sources > KN_SORTER_MOST)
    return kn_fail(err, KN_E_INPUT, "a sorter has 1 to %d sources, not %d", KN_SORTER_MOST, (int)sorter->sources);
  for (int32_t s = 0; s < sorter->sources; s++) {
    double sum = 0;
    for (int32_t k = 0; k < sorter->source[s].n; k++) {
      if (!(sorter->source[s].quantity[k] >= 0) || !(sorter->source[s].probability[k] >= 0))
        return kn_fail(err, KN_E_INPUT, "source %d: quantities and probabilities must be 0 or more", (int)s + 1);
      sum += sorter->source[s].probability[k];
    }
    if (fabs(sum - 1) > 1e-9)
      return kn_fail(err, KN_E_INPUT, "source %d: probabilities must add up to 1, they make %g", (int)s + 1, sum);
  }
  return KN_OK;
}

/* Counts like an odometer over the sources that are not known. */
static kn_code
list_outcomes(const kn_sorter *sorter, const int32_t *known, const int32_t *order, kn_arena *arena, outcomes *out, kn_error *err)
{
  int64_t n = 1;
  for (int32_t s = 0; s < sorter->sources; s++) {
    const int64_t ways = known[s] == KN_NONE ? sorter->source[s].n : 1;
    if (__builtin_mul_overflow(n, ways, &n) || n > 1 << 20)
      return kn_fail(err, KN_E_LIMIT, "more than a million outcomes are too many to list");
  }
  *out = (outcomes){.n = n};
  KN_NEW(out->probability, arena, n, err);
  KN_NEW(out->quantity, arena, n * sorter->sources, err);
  for (int64_t o = 0; o < n; o++) {
    int64_t rest = o;
    out->probability[o] = 1;
    for (int32_t at = 0; at < sorter->sources; at++) {
      const kn_source_law *source = &sorter->source[order[at]];
      int32_t k = known[order[at]];
      if (k == KN_NONE) {
        k = (int32_t)(rest % source->n);
        rest /= source->n;
        out->probability[o] *= source->probability[k];
      }
      out->quantity[o * sorter->sources + at] = source->quantity[k];
    }
  }
  return KN_OK;
}

static double
value_of(const kn_sorter *sorter, const int32_t *order, const outcomes *all, double capacity)
{
  double sum = 0;
  for (int64_t o = 0; o < all->n; o++) {
    double room = fmin(capacity, sorter->demand), gain = 0;
    for (int32_t at = 0; at < sorter->sources && sorter->source[order[at]].margin_eur > 0; at++) {
      const double used = fmin(all->quantity[o * sorter->sources + at], room);
      gain += sorter->source[order[at]].margin_eur * used;
      room -= used;
    }
    sum += all->probability[o] * gain;
  }
  return sum - sorter->cost_eur * capacity;
}

/* The value bends where the room just holds the first sources of an outcome, and at the demand. */
static kn_code
best_capacity(const kn_sorter *sorter, const int32_t *known, kn_arena *arena, double *capacity, double *value, kn_error *err)
{
  int32_t order[KN_SORTER_MOST] = {0};
  outcomes all = {0};
  sort_sources(sorter, order);
  KN_TRY(list_outcomes(sorter, known, order, arena, &all, err));
  *capacity = 0;
  *value = value_of(sorter, order, &all, 0);
  for (int64_t o = 0; o < all.n; o++) {
    double sum = 0;
    for (int32_t at = 0; at < sorter->sources; at++) {
      sum += all.quantity[o * sorter->sources + at];
      const double k = fmin(sum, sorter->demand), v = value_of(sorter, order, &all, k);
      if (v > *value || (v == *value && k < *capacity)) {
        *value = v;
        *capacity = k;
      }
    }
  }
  return KN_OK;
}

kn_code
kn_sorter_best(const kn_sorter *sorter, const int32_t *known, double *capacity, double *value, kn_error *err)
{
  *capacity = *value = 0;
  KN_TRY(check_sorter(sorter, err));
  kn_arena *arena = kn_arena_new();
  const kn_code code = best_capacity(sorter, known, arena, capacity, value, err);
  kn_arena_free(arena);
  return code == KN_OK ? KN_OK : kn_note(err, "choosing a capacity for %d sources", (int)sorter->sources);
}

kn_code
kn_sorter_asked(const kn_sorter *sorter, const bool *asked, double *value, kn_error *err)
{
  int32_t known[KN_SORTER_MOST] = {0};
  *value = 0;
  KN_TRY(check_sorter(sorter, err));
  for (int32_t s = 0; s < sorter->sources; s++)
    known[s] = asked[s] ? 0 : KN_NONE;
  for (;;) {
    double probability = 1, capacity = 0, then = 0;
    for (int32_t s = 0; s < sorter->sources; s++)
      probability *= known[s] == KN_NONE ? 1 : sorter->source[s].probability[known[s]];
    KN_TRY(kn_sorter_best(sorter, known, &capacity, &then, err));
    *value += probability * then;
    int32_t s = 0;
    for (; s < sorter->sources; s++) { /* the next answer */
      if (known[s] == KN_NONE)
        continue;
      if (++known[s] < sorter->source[s].n)
        break;
      known[s] = 0;
    }
    if (s == sorter->sources)
      return KN_OK;
  }
}
