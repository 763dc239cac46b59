/* Asking the weighted kd-tree: the best partners of a point, and how many points are near. */
#include <float.h>

#include "geo/tree.h"

enum { MOST_DEPTH = 40 };

/* ------------------------------------------------------------------ weighing */
typedef struct most {
  double a, b;
} most;

static most
weigh_node(kn_tree *tree, int32_t first_leaf, int32_t leaf_count, int64_t at_pair)
{
  most found = {-INFINITY, -INFINITY};
  if (leaf_count == 1) {
    const weights *here = &tree->weights[first_leaf];
    const int32_t left = tree->n - first_leaf * LEAF;
    for (int32_t i = 0; i < LEAF && i < left; i++) {
      found.a = here->a[i] > found.a ? here->a[i] : found.a;
      found.b = here->b[i] > found.b ? here->b[i] : found.b;
    }
    return found;
  }
  const int32_t half = leaf_count / 2;
  pair *here = &tree->pairs[at_pair];
  for (int s = 0; s < 2; s++) {
    const most below = s == 0 ? weigh_node(tree, first_leaf, half, at_pair + 1)
                              : weigh_node(tree, first_leaf + half, leaf_count - half, at_pair + half);
    here->side[s].most_a = rounded_up(below.a);
    here->side[s].most_b = rounded_up(below.b);
    found.a = below.a > found.a ? below.a : found.a;
    found.b = below.b > found.b ? below.b : found.b;
  }
  return found;
}

void
kn_tree_weigh(kn_tree *tree, const double *weight_a, const double *weight_b)
{
  if (weight_a == NULL && weight_b == NULL && !tree->is_weighed)
    return;
  for (int32_t i = 0; i < tree->n; i++) {
    const int32_t point = tree->order[i];
    weights *here = &tree->weights[i / LEAF];
    here->a[i % LEAF] = weight_a == NULL ? 0 : weight_a[point];
    here->b[i % LEAF] = weight_b == NULL ? 0 : weight_b[point];
  }
  tree->is_weighed = weight_a != NULL || weight_b != NULL;
  if (tree->n > 0) {
    const most found = weigh_node(tree, 0, tree->leaf_count, 0);
    tree->most_a = found.a;
    tree->most_b = found.b;
  }
}

/* ------------------------------------------------------------------ asking */
/* One question while it runs.
 *
 * Nothing that counts is left out, in floating point as in theory: a bound goes through the same operations in the
 * same order as the worth it bounds, each of them monotone, and its distance is 1e-12 shorter than the exact one, which
 * covers what sqrt and asin may round. */
typedef struct search {
  const kn_tree *tree;
  const kn_query *query;
  kn_haul haul;
  double line_fixed, line_rate; /* a line below the haul everywhere; rate >= 0 */
  double extra_most;
  double threshold; /* what is below it cannot become a hit */
  bool is_nearest; /* distance alone counts; then bounds are squared chords, below 0, and no root is drawn for what is not near */
  double cut;      /* the threshold for bounds */
  int32_t k, count;
  kn_hit *hit;
} search;

static const double shorter = 1 - 1e-12;

/* Kilometres that an exact distance is never below: the arc of chord c is c + c^3/24 + ... */
static inline double
least_km(kn_metric metric, double chord2)
{
  const double chord = sqrt(chord2);
  return (metric == KN_PLANE ? chord : KN_EARTH_KM * (chord + chord * chord2 * (1.0 / 24))) * shorter;
}

static void
draw_line(search *s)
{
  double rate = INFINITY, fixed = INFINITY;
  for (int32_t i = 0; i < s->haul.segment_count; i++)
    rate = s->haul.segments[i].rate < rate ? s->haul.segments[i].rate : rate;
  if (rate < 0) {
    s->line_rate = 0;
    s->line_fixed = kn_haul_least(&s->haul, 0, INFINITY);
    return;
  }
  for (int32_t i = 0; i < s->haul.segment_count; i++) {
    const kn_haul_segment *here = &s->haul.segments[i];
    const double slack = 1e-14 * (fabs(here->fixed) + here->rate * here->from_km);
    const double at_start = here->fixed + (here->rate - rate) * here->from_km - slack;
    fixed = at_start < fixed ? at_start : fixed;
  }
  s->line_rate = rate;
  s->line_fixed = fixed;
}

/* A chord is never longer than its arc, and 1e-12 covers what sqrt and asin may round; the least number what may vanish. */
static void
set_threshold(search *s, double threshold)
{
  s->threshold = threshold;
  s->cut = threshold;
  if (!s->is_nearest)
    return;
  const double reach = s->tree->metric == KN_PLANE ? -threshold : -threshold / KN_EARTH_KM;
  s->cut = reach < 0 ? INFINITY : -(reach * reach * (1 + 1e-12) + DBL_MIN);
}

static inline void
add_hit(search *s, int32_t point, double worth, double km)
{
  int32_t at = s->count;
  if (at == s->k) {
    const kn_hit *last = &s->hit[s->k - 1];
    if (worth < last->worth || (worth == last->worth && point > last->point))
      return;
    at--;
  } else {
    s->count++;
  }
  for (; at > 0; at--) {
    const kn_hit *before = &s->hit[at - 1];
    if (before->worth > worth || (before->worth == worth && before->point < point))
      break;
    s->hit[at] = *before;
  }
  s->hit[at].point = point;
  s->hit[at].worth = worth;
  s->hit[at].km = km;
  if (s->count == s->k)
    set_threshold(s, s->hit[s->k - 1].worth);
}

/* Judges the point on place i of a leaf exactly. */
static void
judge(search *s, int32_t at_leaf, int32_t i, double weight)
{
  const kn_query *query = s->query;
  const leaf *here = &s->tree->leaves[at_leaf];
  kn_hit fresh = {.point = s->tree->order[at_leaf * LEAF + i]};
  if (!query->is_anywhere)
    fresh.km = kn_point_km(s->tree->metric, query->from, (kn_point){here->x[i], here->y[i], here->z[i]});
  fresh.worth = weight - (query->haul == NULL ? fresh.km : kn_haul_cost(&s->haul, fresh.km));
  if (!(fresh.worth + s->extra_most >= s->threshold))
    return;
  if (query->extra != NULL)
    fresh.worth += query->extra(query->arg, fresh.point, fresh.km);
  if (fresh.worth > query->floor)
    add_hit(s, fresh.point, fresh.worth, fresh.km);
}

static void
search_leaf(search *s, int32_t at_leaf)
{
  const leaf *here = &s->tree->leaves[at_leaf];
  const weights *worth = &s->tree->weights[at_leaf];
  const kn_query *query = s->query;
  const int32_t left = s->tree->n - at_leaf * LEAF;
  const int32_t count = left < LEAF ? left : LEAF;
  double weight[LEAF], bound[LEAF];
  if (s->tree->is_weighed)
    for (int32_t i = 0; i < LEAF; i++)
      weight[i] = query->offset + query->scale * worth->a[i] + worth->b[i];
  else
    for (int32_t i = 0; i < LEAF; i++)
      weight[i] = query->offset;
  if (query->is_anywhere) {
    for (int32_t i = 0; i < LEAF; i++)
      bound[i] = weight[i] - s->line_fixed;
  } else {
    double km[LEAF];
    for (int32_t i = 0; i < LEAF; i++) {
      const double dx = here->x[i] - query->from.x, dy = here->y[i] - query->from.y, dz = here->z[i] - query->from.z;
      km[i] = dx * dx + dy * dy + dz * dz;
    }
    if (s->tree->metric == KN_PLANE)
      for (int32_t i = 0; i < LEAF; i++)
        km[i] = least_km(KN_PLANE, km[i]);
    else
      for (int32_t i = 0; i < LEAF; i++)
        km[i] = least_km(KN_SPHERE, km[i]);
    for (int32_t i = 0; i < LEAF; i++)
      bound[i] = weight[i] - (s->line_fixed + s->line_rate * km[i]);
  }
  for (int32_t i = 0; i < count; i++)
    if (bound[i] + s->extra_most >= s->threshold)
      judge(s, at_leaf, i, weight[i]);
}

static void
search_near_leaf(search *s, int32_t at_leaf)
{
  const leaf *here = &s->tree->leaves[at_leaf];
  const kn_point from = s->query->from;
  const int32_t left = s->tree->n - at_leaf * LEAF;
  const int32_t count = left < LEAF ? left : LEAF;
  double bound[LEAF];
  for (int32_t i = 0; i < LEAF; i++)
    bound[i] = -point_chord2(from, (kn_point){here->x[i], here->y[i], here->z[i]});
  for (int32_t i = 0; i < count; i++) {
    if (!(bound[i] >= s->cut))
      continue;
    const double km = s->tree->metric == KN_PLANE ? sqrt(-bound[i])
                                                  : kn_point_km(KN_SPHERE, from, (kn_point){here->x[i], here->y[i], here->z[i]});
    if (0 - km > s->query->floor)
      add_hit(s, s->tree->order[at_leaf * LEAF + i], 0 - km, km);
  }
}

/* Squared chord to the nearest point of a box. What is negative becomes 0 by halving x + |x|, which is exact: a branch would be
 * guessed wrong half of the time. */
static inline double
chord2_to(kn_point point, const side *box)
{
  const double from[3] = {point.x, point.y, point.z};
  double chord2 = 0;
  for (int d = 0; d < 3; d++) {
    const double below = (double)box->low[d] - from[d], above = from[d] - (double)box->high[d];
    const double apart = below > above ? below : above;
    const double outside = 0.5 * (apart + fabs(apart));
    chord2 += outside * outside;
  }
  return chord2;
}

/* What no point below this side can be worth more than. */
static inline double
bound_side(const search *s, const side *box)
{
  const kn_query *query = s->query;
  double weight = query->offset;
  if (s->tree->is_weighed)
    weight = query->offset + query->scale * (double)box->most_a + (double)box->most_b;
  if (query->is_anywhere)
    return weight - s->line_fixed + s->extra_most;
  const double km = least_km(s->tree->metric, chord2_to(query->from, box));
  if (query->haul == NULL)
    return weight - km + s->extra_most;
  if (s->haul.segment_count == 1)
    return weight - (s->line_fixed + s->line_rate * km) + s->extra_most;
  return weight - kn_haul_least(&s->haul, km, INFINITY) + s->extra_most;
}

typedef struct visit {
  double bound;
  int32_t pair, first_leaf, leaf_count;
} visit;

/* Twice in the program: is_nearest is a constant where this is called. */
static inline __attribute__((always_inline)) void
search_tree(search *s, bool is_nearest)
{
  visit stack[MOST_DEPTH];
  int depth = 0;
  visit now = {.bound = INFINITY, .pair = 0, .first_leaf = 0, .leaf_count = s->tree->leaf_count};
  for (;;) {
    while (now.leaf_count > 1) {
      const pair *here = &s->tree->pairs[now.pair];
      const int32_t half = now.leaf_count / 2;
      visit left = {is_nearest ? -chord2_to(s->query->from, &here->side[0]) : bound_side(s, &here->side[0]), now.pair + 1,
                    now.first_leaf, half};
      visit right = {is_nearest ? -chord2_to(s->query->from, &here->side[1]) : bound_side(s, &here->side[1]), now.pair + half,
                     now.first_leaf + half, now.leaf_count - half};
      const bool is_right_first = right.bound > left.bound;
      const visit later = is_right_first ? left : right;
      now = is_right_first ? right : left;
      /* Written so that a bound that is no number (0 * -INFINITY: all points left out) ends here too. */
      if (later.bound >= s->cut)
        stack[depth++] = later;
      if (!(now.bound >= s->cut))
        break;
    }
    if (now.leaf_count == 1 && now.bound >= s->cut) {
      if (is_nearest)
        search_near_leaf(s, now.first_leaf);
      else
        search_leaf(s, now.first_leaf);
    }
    do {
      if (depth == 0)
        return;
      now = stack[--depth];
    } while (!(now.bound >= s->cut));
  }
}

int32_t
kn_tree_best(const kn_tree *tree, const kn_query *query, int32_t k, kn_hit *hit)
{
  static const kn_haul_segment distance_itself = {.to_km = INFINITY, .rate = 1};
  if (k <= 0 || tree->n == 0)
    return 0;
  search s = {.tree = tree, .query = query, .k = k, .hit = hit};
  s.is_nearest = query->haul == NULL && query->extra == NULL && query->offset == 0 && !query->is_anywhere && !tree->is_weighed;
  set_threshold(&s, query->floor);
  if (s.is_nearest) {
    search_tree(&s, true);
    return s.count;
  }
  s.haul = query->haul != NULL ? *query->haul : (kn_haul){1, &distance_itself};
  s.extra_most = query->extra != NULL ? query->extra_most : 0;
  if (s.haul.segment_count == 0)
    return 0;
  draw_line(&s);
  if (query->is_anywhere) {
    s.line_rate = 0;
    s.line_fixed = kn_haul_cost(&s.haul, 0);
  }
  search_tree(&s, false);
  return s.count;
}

/* ------------------------------------------------------------------ counting */
typedef struct tally {
  const kn_tree *tree;
  kn_point from;
  double km, sure_chord2; /* a box whose far corner is nearer than this lies wholly within km */
} tally;

/* Squared chord to the nearest and the farthest point of a box. */
static void
box_chords(const side *box, const double from[3], double *nearest, double *farthest)
{
  *nearest = *farthest = 0;
  for (int d = 0; d < 3; d++) {
    const double below = (double)box->low[d] - from[d], above = from[d] - (double)box->high[d];
    const double apart = fmax(fmax(below, above), 0), reach = fmax(fabs(below), fabs(above));
    *nearest += apart * apart;
    *farthest += reach * reach;
  }
}

static int64_t
count_node(const tally *t, int32_t first_leaf, int32_t leaf_count, int64_t at_pair)
{
  const kn_tree *tree = t->tree;
  if (leaf_count == 1) {
    const leaf *here = &tree->leaves[first_leaf];
    int64_t count = 0;
    for (int32_t i = 0; i < LEAF && i < tree->n - first_leaf * LEAF; i++)
      count += kn_point_km(tree->metric, t->from, (kn_point){here->x[i], here->y[i], here->z[i]}) <= t->km;
    return count;
  }
  const int32_t half = leaf_count / 2;
  const double from[3] = {t->from.x, t->from.y, t->from.z};
  int64_t count = 0;
  for (int s = 0; s < 2; s++) {
    const int32_t first = s == 0 ? first_leaf : first_leaf + half, leaves = s == 0 ? half : leaf_count - half;
    double nearest, farthest;
    box_chords(&tree->pairs[at_pair].side[s], from, &nearest, &farthest);
    if (least_km(tree->metric, nearest) > t->km)
      continue;
    if (farthest <= t->sure_chord2)
      count += (int64_t)fmin((double)leaves * LEAF, (double)(tree->n - first * LEAF));
    else
      count += count_node(t, first, leaves, s == 0 ? at_pair + 1 : at_pair + half);
  }
  return count;
}

int64_t
kn_tree_within(const kn_tree *tree, kn_point from, double km)
{
  if (tree->n == 0 || !(km >= 0))
    return 0;
  if (isinf(km))
    return tree->n;
  const double chord = tree->metric == KN_PLANE ? km : 2 * sin(fmin(km / KN_EARTH_KM / 2, M_PI / 2));
  const tally t = {tree, from, km, chord * chord * (1 - 1e-9)};
  return count_node(&t, 0, tree->leaf_count, 0);
}
