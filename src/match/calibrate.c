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

enum { GROUPS = KN_TRIAL_GROUP_COUNT, STRIDE = 8, KNOTS = 513 };
static const double knot_first = -32, knot_step = 0.125; /* locations at which a chance is tabled */
static const double quantile[2] = {0.05, 0.95};

typedef struct axis {
  int32_t n;
  double first, step;
} axis;

typedef struct density { /* of the shift of a group */
  int32_t n;
  double *odds, *weight; /* [n] exp(-shift), and masses that add up to 1 */
  double mean, low, high;
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
/* A function of a variable, given by its logarithm on an axis, that a normal deviation blurs. */
typedef struct blur {
  const axis *from;
  const double *log_value; /* [from] */
  double *mass;            /* [from] the function over its highest value */
  double most, sd;
  int32_t first, last; /* where it is not 0 */
} blur;

static blur
new_blur(const axis *from, const double *log_value, double *mass, double sd)
{
  blur b = {.from = from, .log_value = log_value, .mass = mass, .most = -INFINITY, .sd = sd};
  for (int32_t j = 0; j < from->n; j++)
    b.most = fmax(b.most, log_value[j]);
  for (int32_t j = 0; j < from->n; j++) {
    mass[j] = log_value[j] - b.most < -700 ? 0 : exp(log_value[j] - b.most);
    if (mass[j] > 0) {
      b.first = b.last == 0 ? j : b.first;
      b.last = j + 1;
    }
  }
  return b;
}

/* The sum of blur_at() in logarithms, for where nothing of the function is near. */
static double
blur_far(const blur *b, double to)
{
  double most = -INFINITY, sum = 0;
  for (int32_t pass = 0; pass < 2; pass++)
    for (int32_t j = 0; j < b->from->n; j++) {
      const double t = (to - b->from->first - j * b->from->step) / b->sd, value = b->log_value[j] - t * t / 2;
      if (pass == 0)
        most = fmax(most, value);
      else
        sum += exp(value - most);
    }
  return log(sum) + most - b->most;
}

/* log int N(to; from, sd^2) exp(value(from)) dfrom. The bells of neighbours follow from each other by two products, anew every
 * BLOCK points, so that no error adds up. */
static double
blur_at(const blur *b, double to)
{
  enum { BLOCK = 16 };
  static const double least = 1e-190; /* no product of mass and bell that counts is lost above it */
  const double step = b->from->step / b->sd, gap = (to - b->from->first) / b->sd, fall = exp(-step * step);
  double sum = 0;
  for (int32_t first = b->first; first < b->last; first += BLOCK) {
    const double t = gap - first * step;
    if (fabs(t) > 38 + BLOCK * step)
      continue;
    const int32_t last = first + BLOCK < b->last ? first + BLOCK : b->last;
    double bell = exp(-t * t / 2), ratio = exp(t * step - step * step / 2);
    for (int32_t j = first; j < last; j++) {
      sum += b->mass[j] * bell;
      bell *= ratio;
      ratio *= fall;
    }
  }
  return (sum > least ? log(sum) : blur_far(b, to)) + log(step / sqrt(2 * acos(-1))) + b->most;
}

typedef struct fitting {
  kn_arena *arena;
  const kn_calibration_settings *settings;
  const outcomes *published, *own; /* own NULL: as if the region had none */
  axis d, x[GROUPS];
  double *prior;                /* [d] */
  double *published_at[GROUPS]; /* [x of the group] 0 at its highest */
  double *kind[GROUPS];         /* [d] what a kind says of d; NULL: nothing */
} fitting;

static bool
has(const outcomes *o, int32_t group)
{
  return o != NULL && o->first[group + 1] > o->first[group];
}

/* Can this point of x have no say, whatever a blur adds? On an axis that reaches so far the logarithms of a blur differ by no more
 * than this from each other. */
static bool
is_hopeless(const fitting *f, int32_t group, int32_t i, double sd)
{
  return f->published_at[group][i] < -50 - 2 * pow(f->d.first / sd, 2);
}

static axis
new_axis(double reach, double step)
{
  const int32_t half = (int32_t)ceil(reach / step);
  return (axis){2 * half + 1, -half * step, step};
}

/* What the outcomes of the region in a group say of x, added to here[x]. */
static kn_code
add_own(const fitting *f, int32_t group, double *here, kn_error *err)
{
  const kn_calibration_settings *s = f->settings;
  double scale, *own, *mass;
  likeliest(f->own, group, s->common_sd + s->kind_sd + s->region_sd, &scale);
  const axis *x = &f->x[group], r = new_axis(-x->first, fmin(s->region_sd / 5, scale / 2.5));
  KN_NEW(own, f->arena, r.n, err);
  KN_NEW(mass, f->arena, r.n, err);
  for (int32_t i = 0; i < r.n; i++)
    own[i] = likelihood(f->own, group, r.first + i * r.step);
  const blur b = new_blur(&r, own, mass, s->region_sd);
  for (int32_t i = 0; i < x->n; i++)
    here[i] += is_hopeless(f, group, i, s->region_sd) ? -INFINITY : blur_at(&b, x->first + i * x->step);
  return KN_OK;
}

static kn_code
say_of_common(fitting *f, int32_t group, kn_error *err)
{
  if (!has(f->published, group) && !has(f->own, group))
    return KN_OK;
  const axis *x = &f->x[group];
  double *here, *mass;
  KN_NEW(here, f->arena, x->n, err);
  KN_NEW(mass, f->arena, x->n, err);
  memcpy(here, f->published_at[group], (size_t)x->n * sizeof *here);
  if (has(f->own, group))
    KN_TRY(add_own(f, group, here, err));
  KN_NEW(f->kind[group], f->arena, f->d.n, err);
  const blur b = new_blur(x, here, mass, f->settings->kind_sd);
  for (int32_t i = 0; i < f->d.n; i++)
    f->kind[group][i] = blur_at(&b, f->d.first + i * f->d.step);
  return KN_OK;
}

/* ------------------------------------------------------------------ the shift of a group in the region */
typedef struct shifting {
  const outcomes *own; /* NULL: none in this group */
  int32_t group;
  blur kinds;
} shifting;

static double
log_density(const shifting *s, double r)
{
  return blur_at(&s->kinds, r) + (s->own == NULL ? 0 : likelihood(s->own, s->group, r));
}

/* Where the density lies, but for e^-40 of its height: it has one top, for all its factors are logarithmically concave, and so are
 * their blurs (Prekopa 1973). */
static axis
find_window(const shifting *s, double reach)
{
  enum { POINTS = 1024, HALVINGS = 60 };
  static const double fall = 40, golden = 0.61803398874989485;
  double low = -reach, high = reach, ends[2];
  double left = high - golden * (high - low), right = low + golden * (high - low);
  double at_left = log_density(s, left), at_right = log_density(s, right);
  for (int32_t k = 0; k < HALVINGS; k++) {
    if (at_left >= at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - golden * (high - low);
      at_left = log_density(s, left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + golden * (high - low);
      at_right = log_density(s, right);
    }
  }
  const double top = (low + high) / 2, height = log_density(s, top);
  for (int32_t side = 0; side < 2; side++) {
    double in = top, out = side == 0 ? -reach : reach;
    for (int32_t k = 0; k < HALVINGS && fabs(out - in) > 1e-3 * fabs(out - top); k++) {
      const double middle = (in + out) / 2;
      *(log_density(s, middle) > height - fall ? &in : &out) = middle;
    }
    ends[side] = out;
  }
  return (axis){POINTS, ends[0], (ends[1] - ends[0]) / (POINTS - 1)};
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
find_shift(const fitting *f, int32_t group, density *out, kn_error *err)
{
  const axis *x = &f->x[group];
  double *common, *kinds, *mass, *value;
  KN_NEW(common, f->arena, f->d.n, err);
  KN_NEW(kinds, f->arena, x->n, err);
  KN_NEW(mass, f->arena, f->d.n + x->n, err);
  memcpy(common, f->prior, (size_t)f->d.n * sizeof *common);
  for (int32_t other = 0; other < GROUPS; other++)
    for (int32_t i = 0; other != group && f->kind[other] != NULL && i < f->d.n; i++)
      common[i] += f->kind[other][i];
  const blur of_common = new_blur(&f->d, common, mass, f->settings->kind_sd);
  for (int32_t i = 0; i < x->n; i++)
    kinds[i] = is_hopeless(f, group, i, f->settings->kind_sd)
                   ? -INFINITY
                   : f->published_at[group][i] + blur_at(&of_common, x->first + i * x->step);
  const shifting s = {has(f->own, group) ? f->own : NULL, group, new_blur(x, kinds, mass + f->d.n, f->settings->region_sd)};
  const axis r = find_window(&s, -x->first);
  KN_NEW(value, f->arena, r.n, err);
  double most = -INFINITY, all = 0;
  for (int32_t i = 0; i < r.n; i++) {
    value[i] = log_density(&s, r.first + i * r.step);
    most = fmax(most, value[i]);
  }
  for (int32_t i = 0; i < r.n; i++)
    all += value[i] = exp(value[i] - most);
  *out = (density){.low = find_quantile(&r, value, quantile[0]), .high = find_quantile(&r, value, quantile[1])};
  /* For means of smooth functions every STRIDE-th point is enough. */
  KN_NEW(out->odds, f->arena, r.n, err);
  KN_NEW(out->weight, f->arena, r.n, err);
  double kept = 0;
  for (int32_t i = 0; i < r.n; i++) {
    out->mean += value[i] / all * (r.first + i * r.step);
    if (i % STRIDE == 0) {
      out->odds[out->n] = exp(-r.first - i * r.step);
      kept += out->weight[out->n++] = value[i];
    }
  }
  for (int32_t i = 0; i < out->n; i++)
    out->weight[i] /= kept;
  return KN_OK;
}

/* ------------------------------------------------------------------ chances by location */
static void
draw(curve *out, const density *shift)
{
  for (int32_t k = 0; k < KNOTS; k++) {
    const double odds_against = exp(-knot_first - k * knot_step);
    double chance = 0, rest = 0, slope = 0;
    for (int32_t j = 0; j < shift->n; j++) {
      const double e = odds_against * shift->odds[j], near = 1 / (1 + e), far = e * near;
      chance += shift->weight[j] * near;
      rest += shift->weight[j] * far;
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
  double reach = 8 * sd, scale[GROUPS];
  for (int32_t g = 0; g < GROUPS; g++) {
    double of_own;
    /* Locations of what is told lie somewhat further out than its logit. */
    reach = fmax(reach, 8 * sd + fabs(likeliest(f->published, g, sd, &scale[g])));
    reach = fmax(reach, 8 * sd + 1.5 * fabs(likeliest(own, g, sd, &of_own)));
  }
  f->d = new_axis(reach, fmin(s->kind_sd, s->common_sd) / 5);
  KN_NEW(f->prior, f->arena, f->d.n, err);
  for (int32_t i = 0; i < f->d.n; i++)
    f->prior[i] = -pow((f->d.first + i * f->d.step) / s->common_sd, 2) / 2;
  for (int32_t g = 0; g < GROUPS; g++) {
    f->x[g] = new_axis(reach, fmin(fmin(s->kind_sd, s->region_sd) / 5, scale[g] / 2.5));
    KN_NEW(f->published_at[g], f->arena, f->x[g].n, err);
    double most = -INFINITY;
    for (int32_t i = 0; i < f->x[g].n; i++)
      most = fmax(most, f->published_at[g][i] = likelihood(f->published, g, f->x[g].first + i * f->x[g].step));
    for (int32_t i = 0; i < f->x[g].n; i++)
      f->published_at[g][i] -= most;
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
  outcomes known = {0}, tried = {0};
  density before[GROUPS] = {{0}}, after[GROUPS];
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
    of->is_calibrated =
        of->published + of->own >= settings->least_outcomes && (after[g].high - after[g].low) / 2 <= log(settings->most_factor);
    double sum = 0;
    for (int32_t i = tried.first[g]; i < tried.first[g + 1]; i++)
      sum += tried.row[i].tried * logistic(logit_at(&out->after[g], tried.row[i].logit));
    of->own_calibrated = of->own > 0 ? sum / of->own : NAN;
  }
  return KN_OK;
}

kn_code
kn_calibration_new(kn_calibration **out, const kn_trials *published, const kn_trials *own,
                   const kn_calibration_settings *settings, kn_error *err)
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
