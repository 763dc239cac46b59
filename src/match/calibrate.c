/* How far told chances can be believed: outcomes -> a shift of the logit of each kind, told as a chance and its interval.
 *
 * An opportunity of kind k that is told p is feasible with chance logistic(m_k(p) + r_k), where
 *
 *   r_k = x_k + e_k,  e_k ~ N(0, region_sd^2)     the region's own, from its outcomes
 *         x_k ~ N(d, kind_sd^2)                   the kind's, from what was published: logistic(logit p + x_k)
 *         d   ~ N(0, common_sd^2)                 all kinds lean one way
 *
 * and m_k(p) is where the mean of logistic(m + r_k) over all that was known before the region had outcomes is p: without
 * outcomes what is told stays what it was. Given d the kinds are independent, so the posterior is a chain of integrals in one
 * variable each, taken by the trapezoid rule, whose error for such smooth functions vanishes faster than any power of its step:
 *
 *   G_k(x) = int N(r; x, region_sd^2) own_k(r) dr           what the region's outcomes say of x_k
 *   F_k(d) = int N(x; d, kind_sd^2) published_k(x) G_k(x) dx    what a kind says of d
 *   r_k    ~ own_k(r) int N(r; x, region_sd^2) published_k(x) [int N(x; d, kind_sd^2) N(d; 0, common_sd^2) prod_{j != k} F_j(d) dd] dx
 *
 * All in logarithms, since kinds may contradict each other.
 *
 * cost    (range / step)^2 per kind; the step falls with the square root of the outcomes
 * source  recalibration in the large: Steyerberg (2009), Clinical prediction models, ch. 20; hierarchical logistic model:
 *         Gelman et al. (2013), Bayesian data analysis, ch. 5; mean over what is not known: Zeger, Liang & Albert (1988),
 *         Biometrics 44(4); trapezoid rule: Trefethen & Weideman (2014), SIAM Review 56(3) */
#include <stdlib.h>
#include <string.h>

#include "knoop/match.h"

enum { GROUPS = KN_TRIAL_GROUP_COUNT, FINE = 32, STRIDE = 8, KNOTS = 513 };
static const double knot_first = -32, knot_step = 0.125; /* locations at which a chance is tabled */
static const double quantile[2] = {0.05, 0.95};

typedef struct axis {
  int32_t n;
  double first, step;
} axis;

typedef struct density { /* of the shift of a group */
  int32_t n;
  double *at, *weight; /* [n] points and masses that add up to 1 */
  double mean, sd, low, high;
} density;

typedef struct curve { /* logit of the chance by location, with its slope */
  double value[KNOTS], slope[KNOTS];
} curve;

struct kn_calibration {
  bool has_own; /* the region has outcomes */
  kn_calibration_group group[GROUPS];
  double low[GROUPS], high[GROUPS]; /* quantiles of the shift */
  curve before[GROUPS], after[GROUPS];
};

/* ------------------------------------------------------------------ outcomes */
typedef struct outcome {
  uint8_t group;
  double told, tried, feasible, logit;
} outcome;

typedef struct outcomes { /* by group, then by what was told; equal ones together: their order has no say */
  outcome *row;
  int32_t first[GROUPS + 1];
} outcomes;

static int
by_told(const void *a, const void *b)
{
  const outcome *x = a, *y = b;
  if (x->group != y->group)
    return x->group < y->group ? -1 : 1;
  return (x->told > y->told) - (x->told < y->told);
}

static kn_code
gather(outcomes *out, kn_arena *arena, const kn_trials *trials, kn_error *err)
{
  KN_NEW(out->row, arena, trials->n, err);
  for (int64_t i = 0; i < trials->n; i++) {
    const double told = trials->told[i], tried = trials->tried[i], feasible = trials->feasible[i];
    if (trials->group[i] >= GROUPS)
      return kn_fail(err, KN_E_INPUT, "outcome %" PRId64 ": expected a kind below %d, is %d", i + 1, (int)GROUPS,
                     (int)trials->group[i]);
    if (!(told > 0 && told < 1))
      return kn_fail(err, KN_E_INPUT, "outcome %" PRId64 ": told must lie above 0 and below 1, is %g", i + 1, told);
    if (!(feasible >= 0 && feasible <= tried && isfinite(tried)))
      return kn_fail(err, KN_E_INPUT, "outcome %" PRId64 ": expected 0 to %g feasible ones, are %g", i + 1, tried, feasible);
    out->row[i] = (outcome){trials->group[i], told, tried, feasible, log(told / (1 - told))};
  }
  qsort(out->row, (size_t)trials->n, sizeof *out->row, by_told);
  int32_t n = 0;
  for (int64_t i = 0; i < trials->n; i++) {
    if (n > 0 && by_told(&out->row[n - 1], &out->row[i]) == 0) {
      out->row[n - 1].tried += out->row[i].tried;
      out->row[n - 1].feasible += out->row[i].feasible;
    } else {
      out->row[n++] = out->row[i];
    }
  }
  for (int32_t g = 0, i = 0; g <= GROUPS; g++) {
    while (i < n && out->row[i].group < g)
      i++;
    out->first[g] = i;
  }
  return KN_OK;
}

static void
add_up(const outcomes *o, int32_t group, double *count, double *told, double *seen)
{
  double tried = 0, sum = 0, feasible = 0;
  for (int32_t i = o->first[group]; i < o->first[group + 1]; i++) {
    tried += o->row[i].tried;
    sum += o->row[i].tried * o->row[i].told;
    feasible += o->row[i].feasible;
  }
  *count = tried;
  *told = tried > 0 ? sum / tried : NAN;
  *seen = tried > 0 ? feasible / tried : NAN;
}

/* Logarithm of their likelihood at a shift. */
static double
likelihood(const outcomes *o, int32_t group, double shift)
{
  double sum = 0;
  for (int32_t i = o->first[group]; i < o->first[group + 1]; i++) {
    const outcome *row = &o->row[i];
    const double z = row->logit + shift, past = log1p(exp(-fabs(z)));
    sum -= row->feasible * (past + fmax(-z, 0)) + (row->tried - row->feasible) * (past + fmax(z, 0));
  }
  return sum;
}

/* The likeliest shift under N(0, sd^2), where the slope of the logarithm is 0: it falls all the way. *scale is how wide the
 * logarithm is there. */
static double
likeliest(const outcomes *o, int32_t group, double sd, double *scale)
{
  double count, told, seen, bend = 0;
  add_up(o, group, &count, &told, &seen);
  double low = -sd * sd * count, high = sd * sd * count;
  for (int32_t k = 0; k < 100; k++) {
    const double middle = (low + high) / 2;
    double slope = -middle / (sd * sd);
    bend = 1 / (sd * sd);
    for (int32_t i = o->first[group]; i < o->first[group + 1]; i++) {
      const double chance = 1 / (1 + exp(-o->row[i].logit - middle));
      slope += o->row[i].feasible - o->row[i].tried * chance;
      bend += o->row[i].tried * chance * (1 - chance);
    }
    *(slope > 0 ? &low : &high) = middle;
  }
  *scale = 1 / sqrt(bend);
  return (low + high) / 2;
}

/* ------------------------------------------------------------------ integrals */
/* out[i] = log int N(to_i; from, sd^2) exp(in(from)) dfrom; in may be -INFINITY. */
static void
spread(const axis *to, double *out, const axis *from, const double *in, double *scratch, double sd)
{
  double most = -INFINITY;
  int32_t first = 0, last = 0;
  for (int32_t j = 0; j < from->n; j++)
    most = fmax(most, in[j]);
  for (int32_t j = 0; j < from->n; j++) {
    scratch[j] = exp(in[j] - most);
    if (scratch[j] > 0) {
      first = last == 0 ? j : first;
      last = j + 1;
    }
  }
  const double scale = from->step / (sd * sqrt(2 * acos(-1)));
  for (int32_t i = 0; i < to->n; i++) {
    const double gap = (to->first + i * to->step - from->first) / sd, step = from->step / sd;
    double sum = 0;
    for (int32_t j = first; j < last; j++) {
      const double t = gap - j * step;
      sum += scratch[j] * exp(-t * t / 2);
    }
    out[i] = log(sum * scale) + most;
  }
}

typedef struct fitting {
  kn_arena *arena;
  const kn_calibration_settings *settings;
  const outcomes *published, *own; /* own NULL: as if the region had none */
  axis d, x;
  double *prior;              /* [d] */
  double *published_at[GROUPS]; /* [x] */
  double *kind[GROUPS];       /* [d] what a kind says of d; NULL: nothing */
  double *scratch;            /* [longest axis] */
} fitting;

static bool
has(const outcomes *o, int32_t group)
{
  return o != NULL && o->first[group + 1] > o->first[group];
}

static axis
new_axis(double reach, double step)
{
  const int32_t half = (int32_t)ceil(reach / step);
  return (axis){2 * half + 1, -half * step, step};
}

/* Axis of the shifts of a group in the region. */
static axis
own_axis(const fitting *f, int32_t group)
{
  double scale = INFINITY;
  if (has(f->own, group))
    likeliest(f->own, group, f->settings->common_sd + f->settings->kind_sd + f->settings->region_sd, &scale);
  return new_axis(-f->x.first, fmin(f->settings->region_sd / 5, scale / 2.5));
}

static kn_code
say_of_common(fitting *f, int32_t group, kn_error *err)
{
  if (!has(f->published, group) && !has(f->own, group))
    return KN_OK;
  double *here, *own, *of_own;
  KN_NEW(here, f->arena, f->x.n, err);
  memcpy(here, f->published_at[group], (size_t)f->x.n * sizeof *here);
  if (has(f->own, group)) {
    const axis r = own_axis(f, group);
    KN_NEW(own, f->arena, r.n, err);
    KN_NEW(of_own, f->arena, f->x.n, err);
    KN_NEW(f->scratch, f->arena, r.n, err);
    for (int32_t i = 0; i < r.n; i++)
      own[i] = likelihood(f->own, group, r.first + i * r.step);
    spread(&f->x, of_own, &r, own, f->scratch, f->settings->region_sd);
    for (int32_t i = 0; i < f->x.n; i++)
      here[i] += of_own[i];
  }
  KN_NEW(f->kind[group], f->arena, f->d.n, err);
  KN_NEW(f->scratch, f->arena, f->x.n, err);
  spread(&f->d, f->kind[group], &f->x, here, f->scratch, f->settings->kind_sd);
  return KN_OK;
}

static double
mix(const fitting *f, int32_t group, const axis *r, const double *kinds, double *out)
{
  double most = -INFINITY;
  spread(r, out, &f->x, kinds, f->scratch, f->settings->region_sd);
  for (int32_t i = 0; i < r->n; i++) {
    if (has(f->own, group))
      out[i] += likelihood(f->own, group, r->first + i * r->step);
    most = fmax(most, out[i]);
  }
  return most;
}

/* Where a density of logarithms `log_density` on an axis has its mass, and its deviation. */
static axis
narrow(const axis *r, const double *log_density, double most)
{
  double mass = 0, mean = 0, square = 0;
  int32_t first = r->n - 1, last = 0;
  for (int32_t i = 0; i < r->n; i++) {
    const double weight = exp(log_density[i] - most), at = r->first + i * r->step;
    mass += weight;
    mean += weight * at;
    if (log_density[i] - most > -40) {
      first = i < first ? i : first;
      last = i;
    }
  }
  mean /= mass;
  for (int32_t i = 0; i < r->n; i++)
    square += exp(log_density[i] - most) / mass * pow(r->first + i * r->step - mean, 2);
  const double sd = sqrt(square), begin = r->first + (first - 1) * r->step, end = r->first + (last + 1) * r->step;
  const int32_t n = (int32_t)ceil((end - begin) / (sd / FINE)) + 1;
  return (axis){n, begin, (end - begin) / (n - 1)};
}

/* The point below which a share of the mass lies. Cells are integrated by the cubic through their four nearest points, and the mass
 * within the cell is the cubic that has the densities as slopes: an error of the fourth power of the step. */
static double
find_quantile(const axis *r, const double *value, double share)
{
  double all = 0, below = 0;
  for (int32_t i = 0; i < r->n; i++)
    all += value[i];
  const double wanted = share * all;
  for (int32_t i = 0; i + 1 < r->n; i++) {
    const double before = i > 0 ? value[i - 1] : 0, after = i + 2 < r->n ? value[i + 2] : 0;
    const double cell = (13 * (value[i] + value[i + 1]) - before - after) / 24;
    if (below + cell < wanted) {
      below += cell;
      continue;
    }
    double low = 0, high = 1;
    for (int32_t k = 0; k < 60; k++) {
      const double t = (low + high) / 2, u = 1 - t;
      const double mass = t * t * (3 - 2 * t) * cell + t * u * u * value[i] - t * t * u * value[i + 1];
      *(below + mass < wanted ? &low : &high) = t;
    }
    return r->first + (i + low) * r->step;
  }
  return r->first + (r->n - 1) * r->step;
}

/* The shift of a group in the region, given all that is known. */
static kn_code
find_shift(fitting *f, int32_t group, density *out, kn_error *err)
{
  double *common, *kinds, *coarse, *fine;
  KN_NEW(common, f->arena, f->d.n, err);
  KN_NEW(kinds, f->arena, f->x.n, err);
  memcpy(common, f->prior, (size_t)f->d.n * sizeof *common);
  for (int32_t other = 0; other < GROUPS; other++)
    for (int32_t i = 0; other != group && f->kind[other] != NULL && i < f->d.n; i++)
      common[i] += f->kind[other][i];
  KN_NEW(f->scratch, f->arena, f->d.n + f->x.n, err);
  spread(&f->x, kinds, &f->d, common, f->scratch, f->settings->kind_sd);
  for (int32_t i = 0; i < f->x.n; i++)
    kinds[i] += f->published_at[group][i];
  const axis wide = own_axis(f, group);
  KN_NEW(coarse, f->arena, wide.n, err);
  const axis r = narrow(&wide, coarse, mix(f, group, &wide, kinds, coarse));
  KN_NEW(fine, f->arena, r.n, err);
  const double most = mix(f, group, &r, kinds, fine);
  double mass = 0, square = 0;
  *out = (density){0};
  for (int32_t i = 0; i < r.n; i++) {
    fine[i] = exp(fine[i] - most);
    mass += fine[i];
    out->mean += fine[i] * (r.first + i * r.step);
  }
  out->mean /= mass;
  for (int32_t i = 0; i < r.n; i++)
    square += fine[i] / mass * pow(r.first + i * r.step - out->mean, 2);
  out->sd = sqrt(square);
  out->low = find_quantile(&r, fine, quantile[0]);
  out->high = find_quantile(&r, fine, quantile[1]);
  /* A quarter of the deviation is step enough for means of smooth functions. */
  KN_NEW(out->at, f->arena, r.n, err);
  KN_NEW(out->weight, f->arena, r.n, err);
  mass = 0;
  for (int32_t i = 0; i < r.n; i += STRIDE) {
    out->at[out->n] = r.first + i * r.step;
    mass += out->weight[out->n++] = fine[i];
  }
  for (int32_t i = 0; i < out->n; i++)
    out->weight[i] /= mass;
  return KN_OK;
}

/* ------------------------------------------------------------------ chances by location */
static void
draw(curve *out, const density *shift)
{
  for (int32_t k = 0; k < KNOTS; k++) {
    double chance = 0, rest = 0, slope = 0;
    for (int32_t j = 0; j < shift->n; j++) {
      const double z = knot_first + k * knot_step + shift->at[j], e = exp(-fabs(z));
      const double far = e / (1 + e), near = 1 / (1 + e);
      chance += shift->weight[j] * (z > 0 ? near : far);
      rest += shift->weight[j] * (z > 0 ? far : near);
      slope += shift->weight[j] * far * near;
    }
    out->value[k] = log(chance) - log(rest);
    out->slope[k] = slope / (chance * rest);
  }
}

/* The cubic between (0, a) and (1, b) with slopes p and q, at t. */
static double
cubic(double t, double a, double p, double b, double q)
{
  const double u = 1 - t;
  return u * u * (1 + 2 * t) * a + t * u * u * p + t * t * (3 - 2 * t) * b - t * t * u * q;
}

/* Where a logit is the mean one; straight on beyond the table, where logits and locations go alike. */
static double
locate(const curve *c, double logit)
{
  if (!(logit > c->value[0]))
    return knot_first + logit - c->value[0];
  if (logit >= c->value[KNOTS - 1])
    return knot_first + (KNOTS - 1) * knot_step + logit - c->value[KNOTS - 1];
  int32_t low = 0, high = KNOTS - 1;
  while (high - low > 1) {
    const int32_t middle = (low + high) / 2;
    *(c->value[middle] <= logit ? &low : &high) = middle;
  }
  const double width = c->value[high] - c->value[low], t = (logit - c->value[low]) / width;
  return knot_first + low * knot_step + cubic(t, 0, width / c->slope[low], knot_step, width / c->slope[high]);
}

static double
logit_at(const curve *c, double location)
{
  const double place = (location - knot_first) / knot_step;
  if (!(place > 0))
    return c->value[0] + location - knot_first;
  if (place >= KNOTS - 1)
    return c->value[KNOTS - 1] + (place - (KNOTS - 1)) * knot_step;
  const int32_t k = (int32_t)place;
  return cubic(place - k, c->value[k], c->slope[k] * knot_step, c->value[k + 1], c->slope[k + 1] * knot_step);
}

static double
logistic(double z)
{
  return 1 / (1 + exp(-z));
}

/* ------------------------------------------------------------------ all of it */
/* Axes wide enough for every group, and the likelihood of what was published. */
static kn_code
lay_out(fitting *f, const outcomes *own, kn_error *err)
{
  const kn_calibration_settings *s = f->settings;
  const double sd = s->common_sd + s->kind_sd + s->region_sd;
  double reach = 8 * sd, step = fmin(s->kind_sd, s->region_sd) / 5;
  for (int32_t g = 0; g < GROUPS; g++) {
    double scale;
    reach = fmax(reach, 8 * sd + fabs(likeliest(f->published, g, sd, &scale)));
    step = fmin(step, scale / 2.5);
    /* Locations of what is told lie somewhat further out than its logit. */
    reach = fmax(reach, 8 * sd + 1.5 * fabs(likeliest(own, g, sd, &scale)));
  }
  f->x = new_axis(reach, step);
  f->d = new_axis(reach, fmin(s->kind_sd, s->common_sd) / 5);
  KN_NEW(f->prior, f->arena, f->d.n, err);
  for (int32_t i = 0; i < f->d.n; i++)
    f->prior[i] = -pow((f->d.first + i * f->d.step) / s->common_sd, 2) / 2;
  for (int32_t g = 0; g < GROUPS; g++) {
    KN_NEW(f->published_at[g], f->arena, f->x.n, err);
    for (int32_t i = 0; i < f->x.n; i++)
      f->published_at[g][i] = likelihood(f->published, g, f->x.first + i * f->x.step);
  }
  return KN_OK;
}

static kn_code
find_shifts(fitting *f, density *shift, kn_error *err)
{
  for (int32_t g = 0; g < GROUPS; g++)
    KN_TRY(say_of_common(f, g, err));
  for (int32_t g = 0; g < GROUPS; g++)
    KN_TRY(find_shift(f, g, &shift[g], err));
  return KN_OK;
}

static kn_code
calibrate(kn_calibration *out, kn_arena *scratch, const kn_trials *published, const kn_trials *own,
          const kn_calibration_settings *settings, kn_error *err)
{
  outcomes known, tried;
  density before[GROUPS], after[GROUPS];
  KN_TRY(gather(&known, scratch, published, err));
  KN_TRY(gather(&tried, scratch, own, err));
  fitting f = {.arena = scratch, .settings = settings, .published = &known};
  KN_TRY(lay_out(&f, &tried, err));
  KN_TRY(find_shifts(&f, before, err));
  for (int32_t g = 0; g < GROUPS; g++) {
    draw(&out->before[g], &before[g]);
    for (int32_t i = tried.first[g]; i < tried.first[g + 1]; i++)
      tried.row[i].logit = locate(&out->before[g], tried.row[i].logit);
  }
  out->has_own = tried.first[GROUPS] > 0;
  memcpy(after, before, sizeof after);
  if (out->has_own) {
    f.own = &tried;
    KN_TRY(find_shifts(&f, after, err));
  }
  for (int32_t g = 0; g < GROUPS; g++) {
    kn_calibration_group *of = &out->group[g];
    draw(&out->after[g], &after[g]);
    out->low[g] = after[g].low;
    out->high[g] = after[g].high;
    add_up(&known, g, &of->published, &of->published_told, &of->published_feasible);
    add_up(&tried, g, &of->own, &of->own_told, &of->own_feasible);
    of->shift = after[g].mean - before[g].mean;
    of->shift_low = after[g].low - before[g].mean;
    of->shift_high = after[g].high - before[g].mean;
    of->is_calibrated = of->published + of->own >= settings->least_outcomes &&
                        (after[g].high - after[g].low) / 2 <= log(settings->most_factor);
    double sum = 0;
    for (int32_t i = tried.first[g]; i < tried.first[g + 1]; i++)
      sum += tried.row[i].tried * logistic(logit_at(&out->after[g], tried.row[i].logit));
    of->own_calibrated = of->own > 0 ? sum / of->own : NAN;
  }
  return KN_OK;
}

kn_code
kn_calibration_new(kn_calibration **out, const kn_trials *published, const kn_trials *own, const kn_calibration_settings *settings,
                   kn_error *err)
{
  *out = NULL;
  if (!(settings->common_sd > 0 && settings->kind_sd > 0 && settings->region_sd > 0 && settings->most_factor > 1))
    return kn_fail(err, KN_E_INPUT, "deviations of a calibration must be above 0, and its factor above 1");
  kn_calibration *made = calloc(1, sizeof *made);
  if (made == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for a calibration");
  kn_arena *scratch = kn_arena_new();
  const kn_code code = calibrate(made, scratch, published, own, settings, err);
  kn_arena_free(scratch);
  if (code != KN_OK) {
    kn_calibration_free(made);
    return kn_note(err, "calibrating chances by outcomes");
  }
  *out = made;
  return KN_OK;
}

void
kn_calibration_free(kn_calibration *calibration)
{
  free(calibration);
}

const kn_calibration_group *
kn_calibration_groups(const kn_calibration *calibration)
{
  return calibration->group;
}

kn_chance
kn_calibration_tell(const kn_calibration *c, int32_t group, double told)
{
  if (!(told > 0 && told < 1)) /* for sure, or never: no outcome changes that */
    return (kn_chance){told, told, told};
  const double at = locate(&c->before[group], log(told) - log1p(-told));
  return (kn_chance){.mean = c->has_own ? logistic(logit_at(&c->after[group], at)) : told,
                     .low = logistic(at + c->low[group]),
                     .high = logistic(at + c->high[group])};
}
