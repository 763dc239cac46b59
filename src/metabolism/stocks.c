/* Stocks by cohorts. Of each cohort is kept what it would have been as inflow; what is left of it is that times the survival of
 * its age, so nothing is lost by adding up many years. */
#include "knoop/metabolism.h"
#include "knoop/numeric.h"

#define N_(text) text

const char *
kn_lifetime_expects(const kn_lifetime *lifetime)
{
  switch (lifetime->kind) {
  case KN_LIVES_FIXED:
    return lifetime->mean_yr > 0 ? NULL : N_("a fixed lifetime needs mean_yr above 0");
  case KN_LIVES_NORMAL:
    return lifetime->mean_yr > 0 && lifetime->sd_yr > 0 ? NULL : N_("a normal lifetime needs mean_yr and sd_yr above 0");
  case KN_LIVES_LOGNORMAL:
    return lifetime->mean_yr > 0 && lifetime->sd_yr > 0 ? NULL : N_("a lognormal lifetime needs mean_yr and sd_yr above 0");
  case KN_LIVES_WEIBULL:
    return lifetime->shape > 0 && lifetime->scale_yr > 0 ? NULL : N_("a weibull lifetime needs shape and scale_yr above 0");
  case KN_LIFETIME_KIND_COUNT:
    break;
  }
  return N_("the lifetime must be fixed, normal, weibull or lognormal");
}

/* (ln age - mu) / sigma with sigma^2 = ln(1 + sd^2 / mean^2): mean and deviation are of the lifetime itself, not of its
 * logarithm. */
static double
log_age(const kn_lifetime *lifetime, double age)
{
  const double ratio = lifetime->sd_yr / lifetime->mean_yr, variance = log1p(ratio * ratio);
  return (log(age) - log(lifetime->mean_yr) + variance / 2) / sqrt(variance);
}

double
kn_lifetime_survival(const kn_lifetime *lifetime, double age)
{
  assert(kn_lifetime_expects(lifetime) == NULL && age >= 0);
  switch (lifetime->kind) {
  case KN_LIVES_FIXED:
    return age < lifetime->mean_yr ? 1 : 0;
  case KN_LIVES_NORMAL:
    return kn_normal_tail((age - lifetime->mean_yr) / lifetime->sd_yr);
  case KN_LIVES_WEIBULL:
    return exp(-pow(age / lifetime->scale_yr, lifetime->shape));
  case KN_LIVES_LOGNORMAL:
  case KN_LIFETIME_KIND_COUNT:
    break;
  }
  return age <= 0 ? 1 : kn_normal_tail(log_age(lifetime, age));
}

/* 1 - S, as exact where it is small. */
static double
failure(const kn_lifetime *lifetime, double age)
{
  switch (lifetime->kind) {
  case KN_LIVES_FIXED:
    return age < lifetime->mean_yr ? 0 : 1;
  case KN_LIVES_NORMAL:
    return kn_normal_cdf((age - lifetime->mean_yr) / lifetime->sd_yr);
  case KN_LIVES_WEIBULL:
    return -expm1(-pow(age / lifetime->scale_yr, lifetime->shape));
  case KN_LIVES_LOGNORMAL:
  case KN_LIFETIME_KIND_COUNT:
    break;
  }
  return age <= 0 ? 0 : kn_normal_cdf(log_age(lifetime, age));
}

/* What leaves in the year at whose end a cohort has this age: S(age - 1) - S(age), of what is small. */
static double
loss_at(const kn_lifetime *lifetime, double age)
{
  if (age < 1)
    return failure(lifetime, age);
  const double before = kn_lifetime_survival(lifetime, age - 1);
  return before > 0.5 ? failure(lifetime, age) - failure(lifetime, age - 1) : before - kn_lifetime_survival(lifetime, age);
}

double
kn_lifetime_mean(const kn_lifetime *lifetime)
{
  return lifetime->kind == KN_LIVES_WEIBULL ? lifetime->scale_yr * tgamma(1 + 1 / lifetime->shape) : lifetime->mean_yr;
}

/* ---------------------------------------------------------------- a run */
typedef struct running {
  const kn_stock_input *input;
  int32_t before;   /* cohorts that were there */
  int32_t *cohort;  /* [cohorts] */
  double *base;     /* [cohorts] as if put in at once: left = base x S(age) */
  double *survival; /* [n + 1] by age */
  double *loss;     /* [n + 1] what leaves in the year that ends at that age */
  double *inflow, *outflow, *stock, *mean_age, *left;
  double overdue, surplus; /* what leaves at once, and beyond wear */
  int32_t cohorts;
  int32_t negative_year;
} running;

static kn_code
check_input(const kn_stock_input *input, kn_error *err)
{
  const char *expected = kn_lifetime_expects(&input->lifetime);
  if (expected != NULL)
    return kn_fail(err, KN_E_INPUT, "%s", expected);
  for (int32_t i = 0; i < input->given_count; i++)
    if (!isfinite(input->given[i]))
      return kn_fail(err, KN_E_INPUT, "year %" PRId32 " has no %s", input->first_year + i,
                     input->driver == KN_BY_STOCK ? "stock" : "inflow");
  for (int32_t i = 0; i < input->cohort_count; i++)
    if (input->cohort[i] >= input->first_year)
      return kn_fail(err, KN_E_INPUT, "cohort %" PRId32 " must be before the first year, %" PRId32, input->cohort[i],
                     input->first_year);
  if (input->driver == KN_BY_STOCK && !(kn_lifetime_survival(&input->lifetime, 0) > 0))
    return kn_fail(err, KN_E_INPUT,
                   "with this lifetime nothing outlasts the year it is put in, so a stock needs no end of inflow");
  return KN_OK;
}

static double
age_of(const running *r, int32_t year, int32_t c)
{
  return (double)year - (double)r->cohort[c];
}

/* Survival by whole age for the cohorts of the run; those from before may be very old and are asked for one by one. */
static double
survival_of(const running *r, int32_t year, int32_t c)
{
  const double age = age_of(r, year, c);
  return age < r->input->n ? r->survival[(int32_t)age] : kn_lifetime_survival(&r->input->lifetime, age);
}

static double
loss_of(const running *r, int32_t year, int32_t c)
{
  const double age = age_of(r, year, c);
  return age < r->input->n ? r->loss[(int32_t)age] : loss_at(&r->input->lifetime, age);
}

static void
start_cohorts(running *r)
{
  const kn_stock_input *in = r->input;
  for (int32_t c = 0; c < r->before; c++) {
    r->cohort[c] = in->cohort[c];
    const double then = kn_lifetime_survival(&in->lifetime, age_of(r, in->first_year - 1, c));
    r->base[c] = then > 0 ? in->cohort_quantity[c] / then : 0;
    r->overdue += then > 0 ? 0 : in->cohort_quantity[c]; /* what should be gone leaves in the first year */
  }
  for (int32_t i = 0; i < in->n; i++)
    r->cohort[r->before + i] = in->first_year + i;
}

/* Inflow of a year whose stock is given; where it would be negative and may not be, all cohorts shrink alike. */
static double
find_inflow(running *r, int32_t i, double earlier)
{
  const kn_stock_input *in = r->input;
  if (i >= in->given_count)
    return 0;
  if (in->driver == KN_BY_INFLOW)
    return in->given[i];
  const double inflow = (in->given[i] - earlier) / r->survival[0];
  if (inflow >= 0 || in->may_shrink)
    return inflow;
  r->surplus = earlier - in->given[i];
  for (int32_t c = 0; c < r->before + i; c++) {
    r->base[c] *= in->given[i] / earlier;
    r->left[(int64_t)i * r->cohorts + c] *= in->given[i] / earlier;
  }
  return 0;
}

static void
run_year(running *r, int32_t i)
{
  const int32_t year = r->input->first_year + i, own = r->before + i;
  double *left = r->left + (int64_t)i * r->cohorts;
  double earlier = 0, worn = i == 0 ? r->overdue : 0;
  for (int32_t c = 0; c < own; c++) {
    left[c] = r->base[c] * survival_of(r, year, c);
    worn += r->base[c] * loss_of(r, year, c);
    earlier += left[c];
  }
  r->surplus = 0;
  r->inflow[i] = r->base[own] = find_inflow(r, i, earlier);
  left[own] = r->inflow[i] * r->survival[0];
  if (r->inflow[i] < 0 && r->negative_year == KN_BLANK_INT)
    r->negative_year = year;
  double stock = 0, age = 0;
  for (int32_t c = 0; c <= own; c++) {
    stock += left[c];
    age += left[c] * age_of(r, year, c);
  }
  r->stock[i] = stock;
  r->outflow[i] = worn + r->inflow[i] * r->loss[0] + r->surplus;
  r->mean_age[i] = stock > 0 ? age / stock : NAN;
}

kn_code
kn_stock_run(kn_stock_flows *out, const kn_stock_input *input, kn_arena *arena, kn_error *err)
{
  *out = (kn_stock_flows){0};
  assert(input->given_count <= input->n);
  KN_TRY(check_input(input, err));
  running r = {.input = input, .before = input->cohort_count, .negative_year = KN_BLANK_INT};
  r.cohorts = input->cohort_count + input->n;
  KN_NEW(r.cohort, arena, r.cohorts, err);
  KN_NEW(r.base, arena, r.cohorts, err);
  KN_NEW(r.survival, arena, input->n + 1, err);
  KN_NEW(r.loss, arena, input->n + 1, err);
  KN_NEW(r.inflow, arena, input->n, err);
  KN_NEW(r.outflow, arena, input->n, err);
  KN_NEW(r.stock, arena, input->n, err);
  KN_NEW(r.mean_age, arena, input->n, err);
  KN_NEW(r.left, arena, (int64_t)input->n * r.cohorts, err);
  for (int32_t age = 0; age <= input->n; age++) {
    r.survival[age] = kn_lifetime_survival(&input->lifetime, age);
    r.loss[age] = loss_at(&input->lifetime, age);
  }
  start_cohorts(&r);
  for (int32_t i = 0; i < input->n; i++)
    run_year(&r, i);
  *out = (kn_stock_flows){.n = input->n,
                          .first_year = input->first_year,
                          .cohort_count = r.cohorts,
                          .inflow = r.inflow,
                          .outflow = r.outflow,
                          .stock = r.stock,
                          .mean_age_yr = r.mean_age,
                          .cohort = r.cohort,
                          .left = r.left,
                          .negative_year = r.negative_year};
  return KN_OK;
}
