/* Weighted kd-trees of the network engine: the partners that are worth most from here, over all of them.
 *
 * A perfect binary tree over points in kd order; each box keeps the largest weight below it. A subtree is left
 * out when offset + its largest weight - haul to its box cannot reach the worst hit kept, so a search is exact. */
#include "plan/network.h"

#include <string.h>

static int
widest(const network_item *item, int64_t n)
{
  double low[4] = {INFINITY, INFINITY, INFINITY, INFINITY}, high[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
  for (int64_t i = 0; i < n; i++)
    for (int k = 0; k < 4; k++) {
      low[k] = item[i].at[k] < low[k] ? item[i].at[k] : low[k];
      high[k] = item[i].at[k] > high[k] ? item[i].at[k] : high[k];
    }
  int best = 0;
  for (int k = 1; k < 4; k++)
    if (high[k] - low[k] > high[best] - low[best])
      best = k;
  return best;
}

/* Is a before b along the axis? Equal places go by number, so that the order is one and the same every time. */
static bool
is_before(const network_item *a, const network_item *b, int axis)
{
  const double x = a->at[axis], y = b->at[axis];
  return x < y || (x == y && a->node < b->node);
}

/* Puts the `middle` first items along the axis in front: Hoare's selection, median of three. Expected O(n). */
static void
split_at(network_item *item, int64_t n, int64_t middle, int axis)
{
  int64_t first = 0, last = n - 1;
  while (first < last) {
    network_item a = item[first], b = item[first + (last - first) / 2], c = item[last];
    const network_item pivot = is_before(&a, &b, axis) ? (is_before(&b, &c, axis)   ? b
                                                          : is_before(&a, &c, axis) ? c
                                                                                    : a)
                                                       : (is_before(&a, &c, axis)   ? a
                                                          : is_before(&b, &c, axis) ? c
                                                                                    : b);
    int64_t i = first, j = last;
    while (i <= j) {
      while (is_before(&item[i], &pivot, axis))
        i++;
      while (is_before(&pivot, &item[j], axis))
        j--;
      if (i <= j) {
        const network_item swap = item[i];
        item[i++] = item[j];
        item[j--] = swap;
      }
    }
    if (middle <= j)
      last = j;
    else if (middle >= i)
      first = i;
    else
      return;
  }
}

void
network_sort(network_item *item, int64_t n, int64_t leaf)
{
  while (n > leaf) {
    const int64_t middle = n / 2;
    split_at(item, n, middle, widest(item, n));
    network_sort(item, middle, leaf);
    item += middle;
    n -= middle;
  }
}

static int64_t
leaf_first(int64_t n, int64_t leaf_count, int64_t leaf)
{
  return n * leaf / leaf_count;
}

/* Sorts the items so that leaf l holds those from leaf_first(l) on. */
static void
sort_leaves(network_item *item, int64_t n, int64_t leaf_count, int64_t first_leaf, int64_t leaves)
{
  while (leaves > 1) {
    const int64_t from = leaf_first(n, leaf_count, first_leaf), to = leaf_first(n, leaf_count, first_leaf + leaves);
    const int64_t middle = leaf_first(n, leaf_count, first_leaf + leaves / 2);
    split_at(item + from, to - from, middle - from, widest(item + from, to - from));
    sort_leaves(item, n, leaf_count, first_leaf, leaves / 2);
    first_leaf += leaves / 2;
    leaves /= 2;
  }
}

/* Sorting by several threads: parts are split into two side by side until there are enough of them, then each part is sorted
 * by one thread. */
enum { PARTS = 16, LARGE_PART = 1024 };
typedef struct sorting {
  network_item *item;
  int64_t n, leaf, leaf_count; /* leaf_count 0: halves down to `leaf` items */
  int64_t parts;
  int64_t bound[PARTS + 1], middle[PARTS]; /* of parts */
} sorting;

static void
split_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const sorting *s = arg;
  for (int64_t p = first; p < last; p++) {
    network_item *item = s->item + s->bound[p];
    const int64_t n = s->bound[p + 1] - s->bound[p];
    split_at(item, n, s->middle[p] - s->bound[p], widest(item, n));
  }
}

static void
sort_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const sorting *s = arg;
  const int64_t leaves = s->leaf_count / s->parts;
  for (int64_t p = first; p < last; p++)
    if (s->leaf_count == 0)
      network_sort(s->item + s->bound[p], s->bound[p + 1] - s->bound[p], s->leaf);
    else
      sort_leaves(s->item, s->n, s->leaf_count, p * leaves, leaves);
}

static kn_code
sort_with(kn_team *team, sorting *s, kn_error *err)
{
  s->parts = 1;
  s->bound[0] = 0;
  s->bound[1] = s->n;
  while (s->parts < PARTS && s->n / s->parts >= LARGE_PART) {
    for (int64_t p = 0; p < s->parts; p++)
      s->middle[p] = s->leaf_count == 0 ? s->bound[p] + (s->bound[p + 1] - s->bound[p]) / 2
                                        : leaf_first(s->n, s->leaf_count, (2 * p + 1) * (s->leaf_count / (2 * s->parts)));
    KN_TRY(kn_team_run(team, s->parts, 1, split_some, s, err));
    for (int64_t p = s->parts; p > 0; p--) {
      s->bound[2 * p] = s->bound[p];
      s->bound[2 * p - 1] = s->middle[p - 1];
    }
    s->parts *= 2;
  }
  return kn_team_run(team, s->parts, 1, sort_some, s, err);
}

kn_code
network_sort_shared(kn_team *team, network_item *item, int64_t n, int64_t leaf, kn_error *err)
{
  sorting all = {.item = item, .n = n, .leaf = leaf};
  return sort_with(team, &all, err);
}

static void
join_boxes(network_box *up, const network_box *a, const network_box *b)
{
  for (int k = 0; k < 3; k++) {
    up->low[k] = a->low[k] < b->low[k] ? a->low[k] : b->low[k];
    up->high[k] = a->high[k] > b->high[k] ? a->high[k] : b->high[k];
  }
}

/* Over n points, which it sorts. O(n log n). */
kn_code
network_tree_build(network_tree *tree, kn_team *team, kn_arena *keep, network_item *item, int64_t n, kn_error *err)
{
  int64_t leaf_count = 1;
  while (leaf_count * NETWORK_LEAF < n)
    leaf_count *= 2;
  tree->leaf_count = (int32_t)leaf_count;
  KN_NEW(tree->box, keep, 2 * leaf_count, err);
  KN_NEW(tree->leaf, keep, leaf_count, err);
  sorting all = {.item = item, .n = n, .leaf_count = leaf_count};
  KN_TRY(sort_with(team, &all, err));
  for (int64_t l = 0; l < leaf_count; l++) {
    network_leaf *leaf = &tree->leaf[l];
    network_box *box = &tree->box[leaf_count + l];
    for (int k = 0; k < 3; k++) {
      box->low[k] = INFINITY;
      box->high[k] = -INFINITY;
    }
    const int64_t from = leaf_first(n, leaf_count, l), to = leaf_first(n, leaf_count, l + 1);
    for (int64_t s = 0; s < NETWORK_LEAF; s++) {
      leaf->node[s] = KN_NONE;
      leaf->weight[s] = -INFINITY;
      if (from + s >= to)
        continue;
      const double *at = item[from + s].at;
      leaf->x[s] = at[0];
      leaf->y[s] = at[1];
      leaf->z[s] = at[2];
      leaf->node[s] = item[from + s].node;
      const network_box one = {.low = {at[0], at[1], at[2]}, .high = {at[0], at[1], at[2]}};
      join_boxes(box, box, &one);
    }
  }
  for (int64_t b = leaf_count - 1; b >= 1; b--)
    join_boxes(&tree->box[b], &tree->box[2 * b], &tree->box[2 * b + 1]);
  return KN_OK;
}

typedef struct weighing {
  network_tree *tree;
  const double *weight, *end;
  const int32_t *outer;
} weighing;

static void
weigh_leaves(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const weighing *w = arg;
  network_tree *tree = w->tree;
  for (int64_t l = first; l < last; l++) {
    network_leaf *leaf = &tree->leaf[l];
    double most = -INFINITY, by_end = -INFINITY;
    for (int s = 0; s < NETWORK_LEAF && leaf->node[s] != KN_NONE; s++) {
      const int32_t node = leaf->node[s];
      leaf->weight[s] = w->weight[node];
      leaf->by_end[s] = w->end == NULL || w->outer[node] == KN_NONE ? -INFINITY : w->weight[node] - w->end[w->outer[node]];
      most = leaf->weight[s] > most ? leaf->weight[s] : most;
      by_end = leaf->by_end[s] > by_end ? leaf->by_end[s] : by_end;
    }
    tree->box[tree->leaf_count + l].most = most;
    tree->box[tree->leaf_count + l].by_end = by_end;
  }
}

kn_code
network_tree_weigh(network_tree *tree, kn_team *team, const double *weight, const int32_t *outer, const double *end,
                   kn_error *err)
{
  enum { CHUNK = 128 };
  weighing work = {tree, weight, end, outer};
  KN_TRY(kn_team_run(team, tree->leaf_count, CHUNK, weigh_leaves, &work, err));
  for (int32_t b = tree->leaf_count - 1; b >= 1; b--) {
    const network_box *a = &tree->box[2 * b], *c = &tree->box[2 * b + 1];
    tree->box[b].most = a->most > c->most ? a->most : c->most;
    tree->box[b].by_end = a->by_end > c->by_end ? a->by_end : c->by_end;
  }
  return KN_OK;
}

static inline double
gap_of(double low, double high, double at)
{
  const double below = low - at, above = at - high;
  const double gap = below > above ? below : above;
  return gap > 0 ? gap : 0;
}

/* No point of the box ranks higher. On the sphere the chord times the radius stands in for the arc: it is shorter. */
static inline double
bound_by_haul(const network_box *box, const network_query *query, bool is_near, const kn_haul_segment *line)
{
  double km = 0;
  if (!is_near) {
    const double x = gap_of(box->low[0], box->high[0], query->from.x), y = gap_of(box->low[1], box->high[1], query->from.y);
    if (query->metric == KN_PLANE) {
      km = sqrt(x * x + y * y);
    } else {
      const double z = gap_of(box->low[2], box->high[2], query->from.z);
      km = KN_EARTH_KM * (1 - 1e-14) * sqrt(x * x + y * y + z * z);
    }
  }
  const double best = query->offset + box->most;
  if (line)
    return km <= line->to_km ? best - (line->fixed + line->rate * km) : -INFINITY;
  return best - kn_haul_least(query->haul, km, INFINITY);
}

static inline double
bound_of(const network_box *box, const network_query *query, bool is_near, const kn_haul_segment *line)
{
  const double by_haul = bound_by_haul(box, query, is_near, line);
  if (query->carried == NULL)
    return by_haul;
  const double by_end = query->offset - query->end + box->by_end;
  return by_end > by_haul ? by_end : by_haul;
}

/* The haul as one line from 0 km on that does not fall, which most are; NULL: it is not. */
static const kn_haul_segment *
line_of(const kn_haul *haul)
{
  return haul->segment_count == 1 && haul->segments->from_km <= 0 && haul->segments->rate >= 0 ? haul->segments : NULL;
}

double
network_box_bound(const network_tree *tree, int32_t box, double most, const network_query *query)
{
  network_box with = tree->box[box];
  with.most = most;
  if (most == -INFINITY)
    return most;
  return bound_of(&with, query, query->is_anywhere || tree->is_anywhere, line_of(query->haul));
}

/* Starts a query's hits with one found before: the search then need not look below it. */
void
network_query_seed(network_query *query, network_hit hit)
{
  if (!(hit.rank > query->least))
    return;
  int32_t at = query->count < query->most ? query->count++ : query->most - 1;
  for (; at > 0 && query->hit[at - 1].rank < hit.rank; at--)
    query->hit[at] = query->hit[at - 1];
  query->hit[at] = hit;
  if (query->count == query->most)
    query->least = query->hit[query->most - 1].rank;
}

static void
keep_hit(network_query *query, double rank, int32_t node)
{
  for (int32_t k = 0; k < query->count; k++)
    if (query->hit[k].node == node)
      return;
  if (!query->fits || query->fits(query->arg, query->node, node))
    network_query_seed(query, (network_hit){.rank = rank, .worth = NAN, .extra = query->extra, .node = node});
}

/* What a query's pair with a node is worth where the haul only bounds it, if that is above `least`. */
static double
rank_carried(const network_query *query, double best, int32_t node, double least)
{
  const double most = best - least + 1e-12 * (fabs(best) + fabs(least)); /* a hair more, for the rounding */
  const kn_exchange *exchange = query->carried->exchange;
  const int32_t other = query->carried->outer[node];
  return best - (query->is_supply ? exchange->carry(exchange->arg, query->node, other, most)
                                  : exchange->carry(exchange->arg, other, query->node, most));
}

/* On the sphere the chord is at hand and never longer than the arc, so the arc is computed only where the chord would do. */
static inline double
rank_of(const network_query *query, const network_leaf *leaf, int slot, double chord2, const kn_haul_segment *line)
{
  const double best = query->offset + leaf->weight[slot];
  if (query->metric == KN_SPHERE && line) {
    const double least_km = KN_EARTH_KM * (1 - 1e-14) * sqrt(chord2);
    if (!(best - (line->fixed + line->rate * least_km) > query->least))
      return -INFINITY;
  }
  const kn_point at = {leaf->x[slot], leaf->y[slot], leaf->z[slot]};
  return best - network_haul(query->haul, kn_point_km(query->metric, query->from, at));
}

double
network_slot_rank(const network_tree *tree, int32_t leaf, int slot, const network_query *query)
{
  const network_leaf *at = &tree->leaf[leaf];
  const double best = query->offset + at->weight[slot];
  const kn_point there = {at->x[slot], at->y[slot], at->z[slot]};
  const bool is_near = query->is_anywhere || tree->is_anywhere;
  if (query->carried != NULL)
    return rank_carried(query, best, at->node[slot], -INFINITY);
  return best - network_haul(query->haul, is_near ? 0 : kn_point_km(query->metric, query->from, there));
}

/* Where the haul is a bound only: what it lets through is asked for exactly. */
static void
search_carried(const network_leaf *leaf, network_query *query, bool is_near, const kn_haul_segment *line)
{
  double most[NETWORK_LEAF];
  for (int s = 0; s < NETWORK_LEAF; s++) {
    const double x = leaf->x[s] - query->from.x, y = leaf->y[s] - query->from.y, z = leaf->z[s] - query->from.z;
    const double chord = sqrt(x * x + y * y + z * z);
    const double km = is_near ? 0 : query->metric == KN_SPHERE ? KN_EARTH_KM * (1 - 1e-14) * chord : chord;
    const double best = query->offset + leaf->weight[s];
    const double by_haul = !line               ? best - kn_haul_least(query->haul, km, INFINITY)
                           : km <= line->to_km ? best - (line->fixed + line->rate * km)
                                               : -INFINITY;
    const double by_end = query->offset - query->end + leaf->by_end[s];
    most[s] = by_end > by_haul ? by_end : by_haul;
  }
  for (int s = 0; s < NETWORK_LEAF && leaf->node[s] != KN_NONE; s++) {
    if (!(most[s] > query->least))
      continue;
    const double rank = rank_carried(query, query->offset + leaf->weight[s], leaf->node[s], query->least);
    if (rank > query->least)
      keep_hit(query, rank, leaf->node[s]);
  }
}

static void
search_leaf(const network_leaf *leaf, network_query *query, bool is_near, const kn_haul_segment *line)
{
  double rank[NETWORK_LEAF], chord2[NETWORK_LEAF];
  for (int s = 0; s < NETWORK_LEAF; s++) {
    const double x = leaf->x[s] - query->from.x, y = leaf->y[s] - query->from.y, z = leaf->z[s] - query->from.z;
    chord2[s] = x * x + y * y + z * z;
  }
  if (is_near) {
    for (int s = 0; s < NETWORK_LEAF && leaf->node[s] != KN_NONE; s++)
      rank[s] = query->offset + leaf->weight[s] - network_haul(query->haul, 0);
  } else if (!line || query->metric == KN_SPHERE) {
    for (int s = 0; s < NETWORK_LEAF && leaf->node[s] != KN_NONE; s++)
      rank[s] = query->offset + leaf->weight[s] > query->least ? rank_of(query, leaf, s, chord2[s], line) : -INFINITY;
  } else {
    for (int s = 0; s < NETWORK_LEAF; s++) {
      const double km = sqrt(chord2[s]);
      rank[s] = km <= line->to_km ? query->offset + leaf->weight[s] - (line->fixed + line->rate * km) : -INFINITY;
    }
  }
  for (int s = 0; s < NETWORK_LEAF && leaf->node[s] != KN_NONE; s++) {
    if (rank[s] > query->least)
      keep_hit(query, rank[s], leaf->node[s]);
  }
}

/* Adds the best of this tree to the query's hits. O(log n) expected on spread points, O(n) at worst. */
void
network_tree_search(const network_tree *tree, network_query *query)
{
  const bool is_near = query->is_anywhere || tree->is_anywhere;
  const kn_haul_segment *line = line_of(query->haul);
  struct {
    int32_t box;
    double bound;
  } stack[64];
  int depth = 0;
  stack[depth].box = 1;
  stack[depth++].bound = bound_of(&tree->box[1], query, is_near, line);
  while (depth > 0 && !(query->way && query->count == query->most)) {
    depth--;
    double bound = stack[depth].bound;
    int32_t at = stack[depth].box;
    while (bound > query->least && at < tree->leaf_count) {
      const double left = bound_of(&tree->box[2 * at], query, is_near, line);
      const double right = bound_of(&tree->box[2 * at + 1], query, is_near, line);
      const bool is_left =
          !query->way ? left >= right : left > query->least && (right <= query->least || (query->way * (uint32_t)at >> 16 & 1));
      const double other = is_left ? right : left;
      if (other > query->least) {
        stack[depth].box = 2 * at + is_left;
        stack[depth++].bound = other;
      }
      bound = is_left ? left : right;
      at = 2 * at + !is_left;
    }
    if (bound > query->least && query->carried != NULL)
      search_carried(&tree->leaf[at - tree->leaf_count], query, is_near, line);
    else if (bound > query->least)
      search_leaf(&tree->leaf[at - tree->leaf_count], query, is_near, line);
  }
}
