/* Building the weighted kd-tree: points into kd order, boxes around them. */
#include <stdlib.h>

#include "geo/tree.h"

typedef struct item {
  double at[3];
  int32_t point;
} item;

/* Moves the items below the pivot (or equal to it, too) to the front and returns how many they are. Without a branch that depends
 * on an item, which would be guessed wrong every other time. */
static inline int64_t
split_items(item *items, int64_t n, int axis, double pivot, bool with_equal)
{
  int64_t below = 0;
  for (int64_t i = 0; i < n; i++) {
    const item here = items[i];
    items[i] = items[below];
    items[below] = here;
    below += with_equal ? here.at[axis] <= pivot : here.at[axis] < pivot;
  }
  return below;
}

/* A pivot near rank k: of three items, or of many items from all over a large span a little beyond that rank's share on the side
 * where more would be left, so that one more split leaves little (after Floyd and Rivest, CACM 18(3), 1975). */
static double
choose_pivot(const item *items, int64_t n, int64_t k, int axis)
{
  enum { SAMPLE = 32, LARGE = 512 };
  if (n < LARGE) {
    const double a = items[0].at[axis], b = items[n / 2].at[axis], c = items[n - 1].at[axis];
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
  }
  double sample[SAMPLE];
  for (int64_t i = 0; i < SAMPLE; i++) {
    const double fresh = items[i * (n - 1) / (SAMPLE - 1)].at[axis];
    int64_t at = i;
    for (; at > 0 && sample[at - 1] > fresh; at--)
      sample[at] = sample[at - 1];
    sample[at] = fresh;
  }
  const int64_t rank = k * SAMPLE / n;
  const int64_t beyond = rank < SAMPLE / 4 ? rank + 1 : rank >= SAMPLE - SAMPLE / 4 ? rank - 1 : rank;
  return sample[beyond < 0 ? 0 : beyond < SAMPLE ? beyond : SAMPLE - 1];
}

/* Puts the item of rank k on place k, none greater before it and none smaller after it. Items equal to the pivot stay
 * behind it; where nothing is below it they are split off in their turn, so that points that are all alike end at once.
 * Expected O(n). */
static void
select_item(item *items, int64_t n, int64_t k, int axis)
{
  while (n > 1) {
    const double pivot = choose_pivot(items, n, k, axis);
    int64_t below = split_items(items, n, axis, pivot, false);
    if (below == 0) {
      below = split_items(items, n, axis, pivot, true);
      if (k < below)
        return;
    }
    if (k < below) {
      n = below;
    } else {
      items += below;
      n -= below;
      k -= below;
    }
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
