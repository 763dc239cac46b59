/* The weighted kd-tree.
 *
 * Points lie in kd order in leaves of eight. The tree above them has no pointers: a node that covers m leaves gives
 * its left child m / 2 of them, and the two children of a node stand side by side in one cache line. The pair of
 * the left child's children follows directly; that of the right child comes after all pairs of the left one.
 *
 *   pair p of a node with leaves [first, first + m)
 *     left   leaves [first, first + m / 2)        its pair: p + 1          (m / 2 - 1 pairs)
 *     right  leaves [first + m / 2, first + m)    its pair: p + m / 2
 *
 * Boxes and maxima are floats rounded outwards: a looser bound, never a wrong one. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { LEAF = 8, MOST_DEPTH = 40 };

typedef struct side {
  float low[3], high[3];
  float most_a, most_b;
} side;
typedef struct pair {
  side side[2];
} pair;
typedef struct leaf {
  double x[LEAF], y[LEAF], z[LEAF];
} leaf;
typedef struct weights {
  double a[LEAF], b[LEAF];
} weights;

struct kn_tree {
  kn_metric metric;
  int32_t n, leaf_count;
  leaf *leaves;
  weights *weights;      /* [leaf_count]; zero until kn_tree_weigh() */
  pair *pairs;           /* [leaf_count - 1] */
  int32_t *order;        /* [n] position -> point */
  double most_a, most_b; /* of all points */
  bool is_weighed;
};

/* ------------------------------------------------------------------ building */
typedef struct item {
  double at[3];
  int32_t point;
} item;

static float
rounded_up(double value)
{
  const float rounded = (float)value;
  return (double)rounded < value ? nextafterf(rounded, INFINITY) : rounded;
}

static float
rounded_down(double value)
{
  return -rounded_up(-value);
}

/* Puts the item of rank k on place k, none greater before it and none smaller after it. Hoare's partition stops at
 * equal keys on both sides, so points that are all alike split evenly. Expected O(n). */
static void
select_item(item *items, int64_t n, int64_t k, int axis)
{
  int64_t first = 0, last = n - 1;
  while (first < last) {
    const double a = items[first].at[axis], b = items[first + (last - first) / 2].at[axis], c = items[last].at[axis];
    const double pivot = fmax(fmin(a, b), fmin(fmax(a, b), c));
    int64_t i = first, j = last;
    while (i <= j) {
      while (items[i].at[axis] < pivot)
        i++;
      while (items[j].at[axis] > pivot)
        j--;
      if (i <= j) {
        const item swap = items[i];
        items[i++] = items[j];
        items[j--] = swap;
      }
    }
    if (k <= j)
      last = j;
    else if (k >= i)
      first = i;
    else
      return;
  }
}

static void
find_box(const item *items, int64_t n, double low[3], double high[3])
{
  for (int d = 0; d < 3; d++) {
    low[d] = INFINITY;
    high[d] = -INFINITY;
  }
  for (int64_t i = 0; i < n; i++)
    for (int d = 0; d < 3; d++) {
      low[d] = items[i].at[d] < low[d] ? items[i].at[d] : low[d];
      high[d] = items[i].at[d] > high[d] ? items[i].at[d] : high[d];
    }
}

/* Orders the items of the node and fills its pair and those below; box is where its own box goes. */
static void
build(kn_tree *tree, item *items, int64_t n, int32_t first_leaf, int32_t leaf_count, int64_t at_pair, side *box)
{
  double low[3], high[3];
  find_box(items, n, low, high);
  for (int d = 0; d < 3; d++) {
    box->low[d] = rounded_down(low[d]);
    box->high[d] = rounded_up(high[d]);
  }
  if (leaf_count == 1) {
    leaf *here = &tree->leaves[first_leaf];
    for (int64_t i = 0; i < LEAF; i++) {
      const item *from = i < n ? &items[i] : &items[n - 1]; /* places without a point repeat the last one */
      here->x[i] = from->at[0];
      here->y[i] = from->at[1];
      here->z[i] = from->at[2];
      if (i < n)
        tree->order[(int64_t)first_leaf * LEAF + i] = from->point;
    }
    return;
  }
  int axis = 0;
  for (int d = 1; d < 3; d++)
    if (high[d] - low[d] > high[axis] - low[axis])
      axis = d;
  const int32_t left = leaf_count / 2;
  const int64_t split = (int64_t)left * LEAF;
  select_item(items, n, split, axis);
  pair *here = &tree->pairs[at_pair];
  build(tree, items, split, first_leaf, left, at_pair + 1, &here->side[0]);
  build(tree, items + split, n - split, first_leaf + left, leaf_count - left, at_pair + left, &here->side[1]);
}

/* A block that starts on a cache line, zeroed. Large blocks of zeros cost nothing until they are used. */
static void *
new_lines(int64_t count, size_t size, void **base)
{
  char *start = calloc((size_t)count * size + 64, 1);
  *base = start;
  return start == NULL ? NULL : start + (64 - (uintptr_t)start % 64) % 64;
}

typedef struct kn_tree_memory {
  kn_tree tree;
  void *leaves, *weights, *pairs; /* what free() wants */
} kn_tree_memory;

kn_code
kn_tree_new(kn_tree **out, kn_metric metric, int64_t n, const kn_point *point, kn_error *err)
{
  *out = NULL;
  if (n < 0 || n > INT32_MAX - LEAF)
    return kn_fail(err, KN_E_LIMIT, "a tree holds up to %d points, not %" PRId64, INT32_MAX - LEAF, n);
  for (int64_t i = 0; i < n; i++)
    if (!isfinite(point[i].x) || !isfinite(point[i].y) || !isfinite(point[i].z))
      return kn_fail(err, KN_E_INPUT, "point %" PRId64 ": its place is not known", i);
  kn_tree_memory *memory = calloc(1, sizeof *memory);
  if (memory == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  kn_tree *tree = &memory->tree;
  tree->metric = metric;
  tree->n = (int32_t)n;
  tree->leaf_count = (int32_t)((n + LEAF - 1) / LEAF);
  tree->leaves = new_lines(tree->leaf_count, sizeof *tree->leaves, &memory->leaves);
  tree->weights = new_lines(tree->leaf_count, sizeof *tree->weights, &memory->weights);
  tree->pairs = new_lines(tree->leaf_count, sizeof *tree->pairs, &memory->pairs);
  tree->order = calloc((size_t)n + 1, sizeof *tree->order);
  item *items = malloc(((size_t)n + 1) * sizeof *items);
  if (tree->leaves == NULL || tree->weights == NULL || tree->pairs == NULL || tree->order == NULL || items == NULL) {
    free(items);
    kn_tree_free(tree);
    return kn_fail(err, KN_E_LIMIT, "out of memory: a tree of %" PRId64 " points was wanted", n);
  }
  for (int64_t i = 0; i < n; i++)
    items[i] = (item){{point[i].x, point[i].y, point[i].z}, (int32_t)i};
  side whole;
  if (n > 0)
    build(tree, items, n, 0, tree->leaf_count, 0, &whole);
  free(items);
  *out = tree;
  return KN_OK;
}

void
kn_tree_free(kn_tree *tree)
{
  if (tree == NULL)
    return;
  kn_tree_memory *memory = (kn_tree_memory *)tree; /* the tree is its first member */
  free(memory->leaves);
  free(memory->weights);
  free(memory->pairs);
  free(tree->order);
  free(memory);
}

const int32_t *
kn_tree_order(const kn_tree *tree)
{
  return tree->order;
}

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

static void
add_hit(search *s, kn_hit fresh)
{
  int32_t at = s->count;
  if (s->count == s->k) {
    const kn_hit *last = &s->hit[s->k - 1];
    if (fresh.worth < last->worth || (fresh.worth == last->worth && fresh.point > last->point))
      return;
    at--;
  } else {
    s->count++;
  }
  for (; at > 0; at--) {
    const kn_hit *before = &s->hit[at - 1];
    if (before->worth > fresh.worth || (before->worth == fresh.worth && before->point < fresh.point))
      break;
    s->hit[at] = *before;
  }
  s->hit[at] = fresh;
  if (s->count == s->k)
    s->threshold = s->hit[s->k - 1].worth;
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
    add_hit(s, fresh);
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
  const double from[3] = {query->from.x, query->from.y, query->from.z};
  double chord2 = 0;
  for (int d = 0; d < 3; d++) {
    const double below = (double)box->low[d] - from[d], above = from[d] - (double)box->high[d];
    double apart = below > above ? below : above;
    apart = apart > 0 ? apart : 0;
    chord2 += apart * apart;
  }
  const double km = least_km(s->tree->metric, chord2);
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

static void
search_tree(search *s)
{
  visit stack[MOST_DEPTH];
  int depth = 0;
  visit now = {.bound = INFINITY, .pair = 0, .first_leaf = 0, .leaf_count = s->tree->leaf_count};
  for (;;) {
    while (now.leaf_count > 1) {
      const pair *here = &s->tree->pairs[now.pair];
      const int32_t half = now.leaf_count / 2;
      visit left = {bound_side(s, &here->side[0]), now.pair + 1, now.first_leaf, half};
      visit right = {bound_side(s, &here->side[1]), now.pair + half, now.first_leaf + half, now.leaf_count - half};
      const bool is_right_first = right.bound > left.bound;
      const visit later = is_right_first ? left : right;
      now = is_right_first ? right : left;
      /* Written so that a bound that is no number (0 * -INFINITY: all points left out) ends here too. */
      if (later.bound >= s->threshold)
        stack[depth++] = later;
      if (!(now.bound >= s->threshold))
        break;
    }
    if (now.leaf_count == 1 && now.bound >= s->threshold)
      search_leaf(s, now.first_leaf);
    do {
      if (depth == 0)
        return;
      now = stack[--depth];
    } while (!(now.bound >= s->threshold));
  }
}

int32_t
kn_tree_best(const kn_tree *tree, const kn_query *query, int32_t k, kn_hit *hit)
{
  static const kn_haul_segment distance_itself = {.to_km = INFINITY, .rate = 1};
  if (k <= 0 || tree->n == 0)
    return 0;
  search s = {.tree = tree, .query = query, .k = k, .hit = hit, .threshold = query->floor};
  s.haul = query->haul != NULL ? *query->haul : (kn_haul){1, &distance_itself};
  s.extra_most = query->extra != NULL ? query->extra_most : 0;
  if (s.haul.segment_count == 0)
    return 0;
  draw_line(&s);
  if (query->is_anywhere) {
    s.line_rate = 0;
    s.line_fixed = kn_haul_cost(&s.haul, 0);
  }
  search_tree(&s);
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
