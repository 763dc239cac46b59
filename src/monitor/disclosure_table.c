/* Contributions -> cells: what each holds, and who holds most of it. */
#include <stdlib.h>
#include <string.h>

#include "disclosure.h"

void
table_codes(const table *t, int32_t cell, int32_t code[DIMS])
{
  for (int32_t d = DIMS - 1; d >= 0; d--) {
    code[d] = cell % t->dimension[d].n;
    cell /= t->dimension[d].n;
  }
}

static int32_t
cell_at(const table *t, const int32_t code[DIMS])
{
  return (code[0] * t->dimension[1].n + code[1]) * t->dimension[2].n + code[2];
}

int32_t
table_rows_of(const table *t, int32_t cell, int32_t row[2 * DIMS], double value[2 * DIMS])
{
  int32_t code[DIMS], count = 0;
  table_codes(t, cell, code);
  for (int32_t d = 0; d < DIMS; d++) {
    const code_tree *tree = &t->dimension[d];
    /* The cell's number among those that share its code of this dimension. */
    int32_t other = 0;
    for (int32_t e = 0; e < DIMS; e++)
      if (e != d)
        other = other * t->dimension[e].n + code[e];
    const int32_t others = t->cells / tree->n;
    const int32_t as_sum = tree->inner_rank[code[d]], parent = tree->parent[code[d]];
    if (as_sum >= 0) {
      row[count] = t->row_base[d] + as_sum * others + other;
      value[count++] = -1;
    }
    if (parent >= 0) {
      row[count] = t->row_base[d] + tree->inner_rank[parent] * others + other;
      value[count++] = 1;
    }
  }
  return count;
}

/* ------------------------------------------------------------------ codes */
static kn_code
check_tree(const kn_dimension *given, int32_t d, int32_t *depth, kn_error *err)
{
  if (given->n < 1 || given->parent == NULL)
    return kn_fail(err, KN_E_INPUT, "dimension %d of the table has no codes", d);
  for (int32_t i = 0; i < given->n; i++)
    if (given->parent[i] != KN_NONE && (given->parent[i] < 0 || given->parent[i] >= given->n))
      return kn_fail(err, KN_E_INPUT, "dimension %d, code %d: its parent must be 0 to %d, is %d", d, i, given->n - 1,
                     given->parent[i]);
  /* depth: 0 not seen, else 1 + the number of codes above */
  for (int32_t i = 0; i < given->n; i++) {
    int32_t steps = 0, at = i;
    while (at != KN_NONE && depth[at] == 0 && steps <= given->n) {
      steps++;
      at = given->parent[at];
    }
    if (steps > given->n)
      return kn_fail(err, KN_E_INPUT, "dimension %d, code %d lies under itself", d, i);
    int32_t height = steps + (at == KN_NONE ? 0 : depth[at]);
    for (at = i; at != KN_NONE && depth[at] == 0; at = given->parent[at])
      depth[at] = height--;
  }
  return KN_OK;
}

/* A rest for each inner code at which something is contributed. */
static kn_code
make_tree(code_tree *tree, kn_arena *keep, kn_arena *scratch, const kn_microdata *data, int32_t d, kn_error *err)
{
  static const int32_t alone[1] = {KN_NONE};
  const kn_dimension *given = &data->dimension[d], one = {.n = 1, .parent = alone};
  if (d >= data->dimension_count)
    given = &one;
  int32_t *depth;
  uint8_t *has_children, *is_used;
  KN_NEW(depth, scratch, given->n > 0 ? given->n : 1, err);
  KN_TRY(check_tree(given, d, depth, err));
  KN_NEW(has_children, scratch, given->n, err);
  KN_NEW(is_used, scratch, given->n, err);
  for (int32_t i = 0; i < given->n; i++)
    if (given->parent[i] != KN_NONE)
      has_children[given->parent[i]] = 1;
  for (int64_t i = 0; d < data->dimension_count && i < data->n; i++) {
    const int32_t code = data->code[d][i];
    if (code < 0 || code >= given->n)
      return kn_fail(err, KN_E_INPUT, "contribution %" PRId64 ": its code in dimension %d must be 0 to %d, is %d", i, d,
                     given->n - 1, code);
    is_used[code] = 1;
  }
  tree->given = given->n;
  if (given->n > INT32_MAX / 4)
    return kn_fail(err, KN_E_LIMIT, "dimension %d has too many codes: %d", d, given->n);
  KN_NEW(tree->parent, keep, 2 * (int64_t)given->n, err);
  KN_NEW(tree->inner_rank, keep, 2 * (int64_t)given->n, err);
  KN_NEW(tree->rest, keep, given->n, err);
  tree->n = given->n;
  tree->inner_count = 0;
  for (int32_t i = 0; i < given->n; i++) {
    tree->parent[i] = given->parent[i];
    tree->inner_rank[i] = has_children[i] ? tree->inner_count++ : KN_NONE;
    tree->rest[i] = KN_NONE;
    if (has_children[i] && is_used[i]) {
      tree->rest[i] = tree->n;
      tree->parent[tree->n] = i;
      tree->inner_rank[tree->n++] = KN_NONE;
    }
  }
  return KN_OK;
}

static kn_code
make_shape(table *t, kn_arena *keep, kn_arena *scratch, const kn_microdata *data, kn_error *err)
{
  int64_t cells = 1;
  for (int32_t d = 0; d < DIMS; d++) {
    KN_TRY(make_tree(&t->dimension[d], keep, scratch, data, d, err));
    cells *= t->dimension[d].n;
    if (cells > INT32_MAX / (8 * DIMS))
      return kn_fail(err, KN_E_LIMIT, "a table of more than %d cells is too large", INT32_MAX / (8 * DIMS));
  }
  t->cells = (int32_t)cells;
  for (int32_t d = 0; d < DIMS; d++) {
    t->row_base[d] = t->rows;
    t->rows += t->dimension[d].inner_count * (t->cells / t->dimension[d].n);
  }
  KN_NEW(t->is_structural, keep, cells, err);
  KN_NEW(t->status, keep, cells, err);
  KN_NEW(t->why, keep, cells, err);
  KN_NEW(t->was_withheld, keep, cells, err);
  return KN_OK;
}

/* ------------------------------------------------------------------ cells where nothing can be */
/* The codes under which a leaf is known to the caller: itself, or that of which it is the rest. */
static int64_t
given_cell(const table *t, const int32_t code[DIMS])
{
  int64_t cell = 0;
  for (int32_t d = 0; d < DIMS; d++) {
    const code_tree *tree = &t->dimension[d];
    cell = cell * tree->given + (code[d] < tree->given ? code[d] : tree->parent[code[d]]);
  }
  return cell;
}

static bool
is_finest(const table *t, const int32_t code[DIMS])
{
  for (int32_t d = 0; d < DIMS; d++)
    if (t->dimension[d].inner_rank[code[d]] != KN_NONE)
      return false;
  return true;
}

int32_t
table_above(const table *t, const int32_t code[DIMS], int32_t *list)
{
  int32_t at[DIMS], n = 0;
  for (at[0] = code[0]; at[0] != KN_NONE; at[0] = t->dimension[0].parent[at[0]])
    for (at[1] = code[1]; at[1] != KN_NONE; at[1] = t->dimension[1].parent[at[1]])
      for (at[2] = code[2]; at[2] != KN_NONE; at[2] = t->dimension[2].parent[at[2]])
        list[n++] = cell_at(t, at);
  return n;
}

static void
find_structural(table *t, const kn_microdata *data, int32_t *list)
{
  memset(t->is_structural, 1, (size_t)t->cells);
  for (int32_t c = 0; c < t->cells; c++) {
    int32_t code[DIMS];
    table_codes(t, c, code);
    bool is_given = true;
    for (int32_t d = 0; d < DIMS; d++)
      is_given &= code[d] < t->dimension[d].given;
    if (data->was_withheld != NULL && is_given)
      t->was_withheld[c] = data->was_withheld[given_cell(t, code)] != 0;
    if (is_finest(t, code) && (data->is_impossible == NULL || !data->is_impossible[given_cell(t, code)]))
      for (int32_t n = table_above(t, code, list); n > 0; n--)
        t->is_structural[list[n - 1]] = 0;
  }
}

/* ------------------------------------------------------------------ amounts */
typedef struct gather {
  const table *t;
  magnitude *m;
  int32_t contributor;
  double *own;      /* [cells] of this contributor */
  int32_t *above;   /* [cells] scratch */
  int32_t *touched; /* cells with some, in the order in which they were met */
  int32_t touched_count;
  int64_t room, used; /* of m->in_cell, m->amount while they grow */
  int32_t *in_cell;
  double *amount;
  int64_t amount_room;
} gather;

static void
add_own(gather *g, int32_t cell, double add)
{
  if (g->own[cell] <= 0)
    g->touched[g->touched_count++] = cell;
  g->own[cell] += add;
}

/* Into the falling list of a cell; of equal amounts the earlier contributor stays in front. */
static void
rank_amount(gather *g, int32_t cell, double amount)
{
  const int32_t keep = g->t->keep;
  double *list = g->m->largest + (int64_t)cell * keep;
  if (amount > list[0]) {
    g->m->who[1][cell] = g->m->who[0][cell];
    g->m->who[0][cell] = g->contributor;
  } else if (amount > list[1]) {
    g->m->who[1][cell] = g->contributor;
  }
  int32_t at = keep;
  while (at > 0 && list[at - 1] < amount)
    at--;
  if (at == keep)
    return;
  memmove(list + at + 1, list + at, (size_t)(keep - 1 - at) * sizeof *list);
  list[at] = amount;
}

static kn_code
end_contributor(gather *g, kn_error *err)
{
  KN_TRY(KN_GROW(g->in_cell, g->room, g->used + g->touched_count, err));
  KN_TRY(KN_GROW(g->amount, g->amount_room, g->used + g->touched_count, err));
  for (int32_t k = 0; k < g->touched_count; k++) {
    const int32_t cell = g->touched[k];
    const double amount = g->own[cell];
    g->own[cell] = 0;
    g->in_cell[g->used] = cell;
    g->amount[g->used++] = amount;
    g->m->total[cell] += amount;
    g->m->count[cell]++;
    rank_amount(g, cell, amount);
  }
  g->touched_count = 0;
  return KN_OK;
}

static void
finest_codes(const table *t, const kn_microdata *data, int64_t i, int32_t code[DIMS])
{
  for (int32_t d = 0; d < DIMS; d++) {
    const int32_t given = d < data->dimension_count ? data->code[d][i] : 0;
    const int32_t rest = t->dimension[d].rest[given];
    code[d] = rest != KN_NONE ? rest : given;
  }
}

static bool
has_any(const kn_microdata *data, int64_t i)
{
  bool has_amounts = false;
  for (int32_t k = 0; k < data->measure_count; k++) {
    if (data->measure[k].amount == NULL)
      continue;
    has_amounts = true;
    if (data->measure[k].amount[i] > 0)
      return true;
  }
  return !has_amounts;
}

static kn_code
gather_measure(gather *g, const kn_microdata *data, int32_t k, const int64_t *start, const int64_t *order, kn_error *err)
{
  const table *t = g->t;
  const double *amount = data->measure[k].amount;
  for (int32_t c = 0; c < t->contributors; c++) {
    g->contributor = c;
    g->m->start[c] = g->used;
    for (int64_t at = start[c]; at < start[c + 1]; at++) {
      const int64_t i = order[at];
      int32_t code[DIMS];
      finest_codes(t, data, i, code);
      const double add = amount != NULL ? amount[i] : has_any(data, i) ? 1 : 0;
      if (!(add > 0) || (amount == NULL && g->own[cell_at(t, code)] > 0))
        continue;
      for (int32_t n = table_above(t, code, g->above), at_above = 0; at_above < n; at_above++)
        add_own(g, g->above[at_above], add);
    }
    KN_TRY(end_contributor(g, err));
  }
  g->m->start[t->contributors] = g->used;
  return KN_OK;
}

static int
by_size(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* What an empty cell is guarded with: the median of what a contributor has in a finest cell. */
static kn_code
typical_amount(const table *t, magnitude *m, kn_arena *scratch, kn_error *err)
{
  double *amounts;
  int64_t n = 0;
  const int64_t entries = m->start[t->contributors];
  KN_NEW(amounts, scratch, entries, err);
  for (int64_t e = 0; e < entries; e++) {
    int32_t code[DIMS];
    table_codes(t, m->in_cell[e], code);
    if (is_finest(t, code))
      amounts[n++] = m->amount[e];
  }
  if (n > 0)
    qsort(amounts, (size_t)n, sizeof *amounts, by_size);
  m->empty_upper = m->is_count || n == 0 ? 1 : amounts[n / 2];
  return KN_OK;
}

static kn_code
fill_measure(table *t, kn_arena *keep, kn_arena *scratch, const kn_microdata *data, int32_t k, const int64_t *start,
             const int64_t *order, kn_error *err)
{
  magnitude *m = &t->measure[k];
  const double asked = data->measure[k].empty_upper;
  if (!isnan(asked) && !(asked > 0 && isfinite(asked)))
    return kn_fail(err, KN_E_INPUT, "measure %d: empty_upper must be above 0, is %g", k, asked);
  m->is_count = data->measure[k].amount == NULL;
  KN_NEW(m->total, keep, t->cells, err);
  KN_NEW(m->count, keep, t->cells, err);
  KN_NEW(m->largest, keep, (int64_t)t->cells * t->keep, err);
  KN_NEW(m->up, keep, t->cells, err);
  KN_NEW(m->down, keep, t->cells, err);
  KN_NEW(m->down_first, keep, t->cells, err);
  KN_NEW(m->attack_least, keep, t->cells, err);
  KN_NEW(m->attack_most, keep, t->cells, err);
  KN_NEW(m->start, keep, t->contributors + 1, err);
  for (int32_t at = 0; at < 2; at++) {
    KN_NEW(m->who[at], keep, t->cells, err);
    for (int32_t c = 0; c < t->cells; c++)
      m->who[at][c] = KN_NONE;
  }
  for (int32_t c = 0; c < t->cells; c++)
    m->attack_least[c] = m->attack_most[c] = NAN;
  gather g = {.t = t, .m = m};
  KN_NEW(g.own, scratch, t->cells, err);
  KN_NEW(g.above, scratch, t->cells, err);
  KN_NEW(g.touched, scratch, t->cells, err);
  kn_code code = gather_measure(&g, data, k, start, order, err);
  if (code == KN_OK)
    code = kn_arena_reserve(keep, kn_arena_span((size_t)g.used + 1, sizeof *g.amount + sizeof *g.in_cell) + 32, err);
  if (code == KN_OK) {
    m->amount = kn_arena_take(keep, (size_t)g.used + 1, sizeof *g.amount);
    m->in_cell = kn_arena_take(keep, (size_t)g.used + 1, sizeof *g.in_cell);
    if (g.used > 0) {
      memcpy(m->amount, g.amount, (size_t)g.used * sizeof *g.amount);
      memcpy(m->in_cell, g.in_cell, (size_t)g.used * sizeof *g.in_cell);
    }
  }
  free(g.amount);
  free(g.in_cell);
  KN_TRY(code);
  for (int32_t c = 0; c < t->cells; c++)
    if (!isfinite(m->total[c]))
      return kn_fail(err, KN_E_INPUT, "measure %d: the amounts are too large to be added up", k);
  KN_TRY(typical_amount(t, m, scratch, err));
  if (!isnan(asked))
    m->empty_upper = asked;
  return KN_OK;
}

static kn_code
check_contributions(const table *t, const kn_microdata *data, kn_error *err)
{
  for (int64_t i = 0; i < data->n; i++) {
    int32_t code[DIMS];
    if (data->contributor[i] < 0 || data->contributor[i] >= data->contributor_count)
      return kn_fail(err, KN_E_INPUT, "contribution %" PRId64 ": its contributor must be 0 to %d, is %d", i,
                     data->contributor_count - 1, data->contributor[i]);
    for (int32_t k = 0; k < data->measure_count; k++) {
      const double *amount = data->measure[k].amount;
      if (amount != NULL && !(amount[i] >= 0 && isfinite(amount[i])))
        return kn_fail(err, KN_E_INPUT, "contribution %" PRId64 ": its amount of measure %d must be 0 or more, is %g", i, k,
                       amount[i]);
    }
    finest_codes(t, data, i, code);
    if (t->is_structural[cell_at(t, code)] && has_any(data, i))
      return kn_fail(err, KN_E_INPUT, "contribution %" PRId64 " lies in a cell of which is said that nothing can be there", i);
  }
  return KN_OK;
}

kn_code
table_fill(table *t, kn_arena *keep, kn_arena *scratch, const kn_microdata *data, int32_t keep_largest, kn_error *err)
{
  t->contributors = data->contributor_count;
  t->measures = data->measure_count;
  t->keep = keep_largest < 2 ? 2 : keep_largest;
  KN_TRY(make_shape(t, keep, scratch, data, err));
  int64_t *start, *order;
  int32_t *list;
  KN_NEW(list, scratch, t->cells, err);
  find_structural(t, data, list);
  KN_TRY(check_contributions(t, data, err));
  KN_NEW(start, scratch, (int64_t)t->contributors + 2, err);
  KN_NEW(order, scratch, data->n, err);
  for (int64_t i = 0; i < data->n; i++)
    start[data->contributor[i] + 2]++;
  for (int32_t c = 0; c < t->contributors; c++)
    start[c + 2] += start[c + 1];
  for (int64_t i = 0; i < data->n; i++)
    order[start[data->contributor[i] + 1]++] = i;
  KN_NEW(t->measure, keep, t->measures, err);
  for (int32_t k = 0; k < t->measures; k++)
    KN_TRY(fill_measure(t, keep, scratch, data, k, start, order, err));
  return KN_OK;
}
