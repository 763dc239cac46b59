/* Trees given by parents, numbered depth first, so that "is below" is two comparisons. */
#include "region/internal.h"

/* Rows grouped by parent: child[first[p]] .. child[first[p + 1] - 1], in the order of rows. */
static void
group_children(int64_t n, const int32_t *parent, int64_t *first, int32_t *child)
{
  for (int64_t i = 0; i < n; i++)
    if (parent[i] != KN_NONE)
      first[parent[i] + 1]++;
  for (int64_t i = 0; i < n; i++)
    first[i + 1] += first[i];
  for (int64_t i = n - 1; i >= 0; i--)
    if (parent[i] != KN_NONE)
      child[--first[parent[i] + 1]] = (int32_t)i;
  /* Filling backwards has moved each end to its start: shift them back by one place. */
  for (int64_t i = 0; i < n; i++)
    first[i] = first[i + 1];
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++)
    count += parent[i] != KN_NONE;
  first[n] = count;
}

/* The smallest row of the cycle that the chain of parents from `row` runs into. mark[] tells rows of this walk. */
static int32_t
cycle_least(int32_t row, const int32_t *parent, int32_t *mark)
{
  const int32_t walk = row + 1;
  while (mark[row] != walk) {
    mark[row] = walk;
    row = parent[row];
  }
  int32_t least = row;
  for (int32_t i = parent[row]; i != row; i = parent[i])
    if (i < least)
      least = i;
  return least;
}

kn_code
kn_forest_number(int64_t n, int32_t *parent, int32_t *enter, int32_t *leave, int32_t *cut, int64_t *cut_count, kn_arena *scratch,
                 kn_error *err)
{
  int64_t *first, *next;
  int32_t *child, *mark;
  *cut_count = 0;
  KN_NEW(first, scratch, n + 1, err);
  KN_NEW(next, scratch, n + 1, err);
  KN_NEW(child, scratch, n, err);
  KN_NEW(mark, scratch, n, err);
  group_children(n, parent, first, child);
  for (int64_t i = 0; i < n; i++) {
    next[i] = first[i];
    enter[i] = KN_NONE;
  }
  int32_t number = 0;
  /* First the trees below true roots, then what only hangs on a cycle, which is cut. */
  for (int32_t pass = 0; pass < 2; pass++)
    for (int64_t i = 0; i < n; i++) {
      if (enter[i] != KN_NONE || (pass == 0 && parent[i] != KN_NONE))
        continue;
      int32_t root = (int32_t)i;
      if (parent[root] != KN_NONE) {
        root = cycle_least(root, parent, mark);
        parent[root] = KN_NONE;
        cut[(*cut_count)++] = root;
      }
      enter[root] = number++;
      for (int32_t at = root; at != KN_NONE;) {
        if (next[at] == first[at + 1]) {
          leave[at] = number - 1;
          at = at == root ? KN_NONE : parent[at];
          continue;
        }
        const int32_t below = child[next[at]++];
        if (parent[below] != at)
          continue; /* its parent was cut */
        enter[below] = number++;
        at = below;
      }
    }
  return KN_OK;
}

int32_t
kn_area_common(const kn_area_view *areas, int32_t a, int32_t b)
{
  if (b == KN_NONE)
    return KN_NONE;
  while (a != KN_NONE && !(areas->enter[a] <= areas->enter[b] && areas->leave[b] <= areas->leave[a]))
    a = areas->parent[a];
  return a;
}
