/* From few reports to the coefficients of every sector: a hierarchical normal model of logarithms.
 *
 *   y_i = ln(report / (jobs x coefficient)) + W/2 of site i in class k
 *   y_i ~ N(d_k, s^2)     d_class ~ N(d_group, t^2)     d_group ~ N(d_division, t^2)     d_division ~ N(r, v)     r ~ N(0, u^2)
 *
 * v is how well the national coefficient is known, u how far a region may lie from its country. Given s and t the tree is a
 * Gaussian one: a pass up and a pass down give the mean and the variance of every d. s and t are estimated by EM, each with a
 * prior of so many figures, first over all streams together, then s of each stream around that. There the region may lie
 * anywhere (a wide u, and no W/2): how far it is from its country says nothing of its scatter.
 * A sector with n reports so takes about n / (n + s^2/t^2) of what they say and the rest from the one above it.
 * source  Lindley and Smith (1972) Bayes estimates for the linear model, J. Royal Statistical Society B 34(1) 1-41; Efron and
 * Morris
 *         (1975) Data analysis using Stein's estimator, JASA 70(350) 311-319; Dempster, Laird and Rubin (1977) JRSS B 39(1) 1-38;
 *         Pearl (1988) Probabilistic Reasoning in Intelligent Systems, 7.2; variances: Smyth (2004) SAGMB 3(1) article 3
 * cost    O(nodes x streams with reports x rounds) */
#include "estimate.h"

/* Priors: what holds before there is a report. Our own judgement; a region with reports soon knows better. */
static const double site_sd = 1.0, sector_sd = 0.4, region_sd = 0.5, anywhere_sd = 10;
static const double site_figures = 10, sector_figures = 10, stream_figures = 20;
enum { ROUNDS = 60 };

typedef struct tree {
  const kn_sectors *sectors;
  const kn_streams *streams;
  const kn_reports *reports;
  double site, sector;     /* variances s^2, t^2 */
  bool is_anywhere;        /* while they are looked for */
  double *up_j, *up_h;     /* [nodes] information of a node and all below, its own prior apart */
  double *to_j, *to_h;     /* [nodes] what it tells the one above */
  double *mean, *variance; /* [nodes] of d */
  uint8_t *is_reported;    /* [nodes] there is a report at it or below */
  /* What the rounds add up. */
  double site_sum, site_n, sector_sum, sector_n;
} tree;

/* Levels between a node and classes: their spread is inside what is seen at the node. */
static double
levels_below(const tree *t, int32_t node)
{
  return (double)(NACE_CLASS - kn_nace_level(t->sectors->code[node]));
}

static double
scatter(const tree *t, int32_t node)
{
  return t->site + levels_below(t, node) * t->sector;
}

static double
edge(const tree *t, int32_t stream, int32_t node)
{
  if (t->sectors->parent[node] != KN_NONE)
    return t->sector;
  const double v = t->streams->variance[(int64_t)node * t->streams->n + stream];
  return v > 0 ? v : t->sector;
}

/* All variance of a site of the node, before any report. */
static double
whole(const tree *t, int32_t stream, int32_t node)
{
  double sum = scatter(t, node) + region_sd * region_sd;
  for (int32_t at = node; at != KN_NONE; at = t->sectors->parent[at])
    sum += edge(t, stream, at);
  return sum;
}

/* Reports of a node: their number, mean, and sum of squares about it, moved so that 0 is what the nation has. */
static double
reports_of(const tree *t, int32_t stream, int32_t node, double *mean, double *about)
{
  const int64_t at = (int64_t)node * t->streams->n + stream;
  const double n = t->reports->count[at];
  *mean = *about = 0;
  if (n > 0) {
    const double raw = t->reports->sum[at] / n;
    *mean = t->is_anywhere ? raw : raw + whole(t, stream, node) / 2;
    *about = fmax(t->reports->squares[at] - n * raw * raw, 0);
  }
  return n;
}

/* Parents come before their children, so backwards is upwards. */
static void
pass(tree *t, int32_t stream)
{
  const int32_t n = t->sectors->n;
  const double region = t->is_anywhere ? anywhere_sd : region_sd;
  double root_j = 1 / (region * region), root_h = 0;
  for (int32_t i = 0; i < n; i++) {
    double mean, about;
    const double count = reports_of(t, stream, i, &mean, &about);
    t->up_j[i] = count / scatter(t, i);
    t->up_h[i] = count * mean / scatter(t, i);
    t->is_reported[i] = count > 0;
  }
  for (int32_t i = n - 1; i >= 0; i--) {
    const double through = 1 + edge(t, stream, i) * t->up_j[i];
    t->to_j[i] = t->up_j[i] / through;
    t->to_h[i] = t->up_h[i] / through;
    const int32_t parent = t->sectors->parent[i];
    if (parent == KN_NONE) {
      root_j += t->to_j[i];
      root_h += t->to_h[i];
    } else {
      t->up_j[parent] += t->to_j[i];
      t->up_h[parent] += t->to_h[i];
      t->is_reported[parent] |= t->is_reported[i];
    }
  }
  for (int32_t i = 0; i < n; i++) {
    const int32_t parent = t->sectors->parent[i];
    const double v = edge(t, stream, i);
    /* What is above, without what came from here. */
    const double j = (parent == KN_NONE ? root_j : 1 / t->variance[parent]) - t->to_j[i];
    const double h = (parent == KN_NONE ? root_h : t->mean[parent] / t->variance[parent]) - t->to_h[i];
    const double all_j = t->up_j[i] + j / (1 + v * j);
    t->mean[i] = (t->up_h[i] + h / (1 + v * j)) / all_j;
    t->variance[i] = 1 / all_j;
    if (parent != KN_NONE && t->is_reported[i]) {
      /* E (d_i - d_parent)^2 from the precision matrix of the two: [[j + 1/v, -1/v], [-1/v, up + 1/v]]. */
      const double a = j + 1 / v, c = t->up_j[i] + 1 / v, b = 1 / v, det = a * c - b * b;
      const double difference = ((a - b) * t->up_h[i] - (c - b) * h) / det;
      t->sector_sum += difference * difference + (a + c - 2 * b) / det;
      t->sector_n++;
    }
  }
}

/* How far reports lie from what the pass says, in units of the scatter at their node. */
static void
look_back(tree *t, int32_t stream)
{
  for (int32_t i = 0; i < t->sectors->n; i++) {
    double mean, about;
    const double count = reports_of(t, stream, i, &mean, &about);
    if (count == 0)
      continue;
    const double off = mean - t->mean[i];
    t->site_sum += (about + count * (off * off + t->variance[i])) / scatter(t, i) * t->site;
    t->site_n += count;
  }
}

/* Variances over all streams together. */
static void
settle_variances(tree *t, const double *of_stream)
{
  for (int32_t round = 0; round < ROUNDS; round++) {
    t->site_sum = t->site_n = t->sector_sum = t->sector_n = 0;
    for (int32_t s = 0; s < t->streams->n; s++)
      if (of_stream[s] > 0) {
        pass(t, s);
        look_back(t, s);
      }
    const double site = (site_figures * site_sd * site_sd + t->site_sum) / (site_figures + t->site_n);
    const double sector = (sector_figures * sector_sd * sector_sd + t->sector_sum) / (sector_figures + t->sector_n);
    const bool is_still = fabs(site - t->site) < 1e-9 * site && fabs(sector - t->sector) < 1e-9 * sector;
    t->site = site;
    t->sector = sector;
    if (is_still)
      return;
  }
}

/* s of one stream, around that of all. */
static void
settle_stream(tree *t, int32_t stream, double pooled)
{
  t->site = pooled;
  for (int32_t round = 0; round < ROUNDS; round++) {
    t->site_sum = t->site_n = t->sector_sum = t->sector_n = 0;
    pass(t, stream);
    look_back(t, stream);
    if (t->site_n == 0)
      return;
    const double site = (stream_figures * pooled + t->site_sum) / (stream_figures + t->site_n);
    const bool is_still = fabs(site - t->site) < 1e-9 * site;
    t->site = site;
    if (is_still)
      return;
  }
}

static kn_code
shrink(kn_shrunk *out, tree *t, kn_error *err)
{
  (void)err;
  const int32_t streams = t->streams->n, nodes = t->sectors->n;
  for (int32_t i = 0; i < nodes; i++)
    for (int32_t s = 0; s < streams; s++)
      out->of_stream[s] += t->reports->count[(int64_t)i * streams + s];
  t->is_anywhere = true;
  settle_variances(t, out->of_stream);
  const double pooled = t->site;
  for (int32_t s = 0; s < streams; s++) {
    t->is_anywhere = true;
    settle_stream(t, s, pooled);
    t->is_anywhere = false;
    pass(t, s);
    for (int32_t i = 0; i < nodes; i++) {
      const int64_t at = (int64_t)i * streams + s;
      if (!(t->streams->mean[at] > 0))
        continue;
      out->variance[at] = t->variance[i] + scatter(t, i);
      out->factor[at] = t->streams->mean[at] * exp(t->mean[i] + (out->variance[at] - whole(t, s, i)) / 2);
    }
  }
  out->site_sd_ln = sqrt(pooled);
  out->sector_sd_ln = sqrt(t->sector);
  return KN_OK;
}

static kn_code
start(tree *t, kn_arena *scratch, kn_error *err)
{
  double **columns[] = {&t->up_j, &t->up_h, &t->to_j, &t->to_h, &t->mean, &t->variance};
  for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
    KN_NEW(*columns[c], scratch, t->sectors->n, err);
  KN_NEW(t->is_reported, scratch, t->sectors->n, err);
  return KN_OK;
}

kn_code
kn_shrink(kn_shrunk *out, const kn_sectors *sectors, const kn_streams *streams, const kn_reports *reports, kn_arena *arena,
          kn_error *err)
{
  *out = (kn_shrunk){0};
  const int64_t size = (int64_t)sectors->n * streams->n;
  KN_NEW(out->factor, arena, size, err);
  KN_NEW(out->variance, arena, size, err);
  KN_NEW(out->of_stream, arena, streams->n, err);
  tree t = {
      .sectors = sectors, .streams = streams, .reports = reports, .site = site_sd * site_sd, .sector = sector_sd * sector_sd};
  kn_arena *scratch = kn_arena_new();
  kn_code code = start(&t, scratch, err);
  if (code == KN_OK)
    code = shrink(out, &t, err);
  kn_arena_free(scratch);
  return code;
}
