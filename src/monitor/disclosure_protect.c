/* Which further cells to withhold.
 *
 * A primary cell is protected from an attacker when another table is as possible to him as the true one, in which the cell
 * holds enough more, and one in which it holds enough less. The difference between such a table and the true one is a *move*:
 * amounts per cell that add up to 0 in every relation, are 0 where cells are published, and take away no more than the attacker
 * leaves possible. A move that was found once proves every cell it moves far enough, scaled, either way round, in any
 * measure; so they are kept, and a program is solved only where none fits:
 *
 *   minimise sum_c cost_c (u_c + d_c)   subject to   u - d adds up in all rows,  u_t - d_t = +-asked,  0 <= d_c <= limit_c
 *
 * cost_c small where c is withheld already, and what it would be missed by otherwise. Cells with u - d != 0 are withheld.
 *
 * Attackers. Whoever contributes x_j to a cell knows that it holds at least that, so d_c <= total - x_j; whoever is alone in a
 * cell knows it. For all but f, the largest of the target, one program has limits that hold for each of them: total - the
 * largest amount that is not f's. Only those who are alone in a cell that its move uses need moves of their own, and so does f.
 *
 * Whoever is alone in cells that cover an empty target knows without any table that it is empty: the program against him has
 * no answer even if nothing were published, and then there is nothing to protect. That is the only way to have none.
 *
 * There always is a move: f's own amounts in the finest cells of the target, scaled (those of the second, against f). It
 * moves no cell further than asked, so moves are sought up to `most_move` times that. */
#include <stdlib.h>
#include <string.h>

#include "disclosure.h"

static const double most_move = 16; /* in units of what is asked of the target */
static const double no_move = 1e-9; /* the same: below it a program's answer is rounding */
static const double tolerance = 1e-9;

typedef struct moves { /* all found so far */
  int64_t n, entries, start_room, cell_room, by_room, of_room, next_room;
  int64_t *start; /* [n + 1] */
  int32_t *cell;
  double *by;
  int64_t *of;   /* [entries] the move */
  int64_t *next; /* [entries] the next entry of the same cell, or -1 */
  int64_t *head; /* [cells] */
} moves;

typedef struct protector {
  table *t;
  const magnitude *m;
  kn_arena *scratch;
  kn_lp *lp;
  int32_t *column; /* [cells] of u; d is the next one; KN_NONE: structural */
  double *upper;   /* [columns] bounds that the program has now */
  double *lower;
  double *cost;     /* [cells] if it were published until now */
  uint8_t *allowed; /* [cells] may be withheld */
  bool is_all_allowed;
  double *own;    /* [cells] of the attacker, while there is one */
  int32_t *owner; /* [cells] scratch: who is alone in cells of a move */
  int32_t *above; /* [cells] scratch */
  moves found;
} protector;

/* Who attacks: one contributor, or all but one at once. */
typedef struct foes {
  bool is_one;
  int32_t who; /* him, or that one; KN_NONE: nobody is left out */
} foes;

/* How much may be taken away in the eyes of the attacker; -1: he knows the cell. p->own is filled where he is one. */
static double
limit_of(const protector *p, foes foe, int32_t c)
{
  const magnitude *m = p->m;
  if (m->count[c] == 0)
    return 0;
  if (foe.is_one) {
    if (m->count[c] == 1 && m->who[0][c] == foe.who)
      return -1;
    return fmax(m->total[c] - p->own[c], 0);
  }
  if (m->count[c] == 1)
    return m->total[c];
  const double *largest = m->largest + (int64_t)c * p->t->keep;
  return fmax(m->total[c] - (m->who[0][c] == foe.who ? largest[1] : largest[0]), 0);
}

static void
set_own(protector *p, foes foe, bool is_on)
{
  if (!foe.is_one)
    return;
  for (int64_t e = p->m->start[foe.who]; e < p->m->start[foe.who + 1]; e++)
    p->own[p->m->in_cell[e]] = is_on ? p->m->amount[e] : 0;
}

/* ------------------------------------------------------------------ moves that are there */
static kn_code
keep_move(protector *p, int32_t target, const double *x, kn_error *err)
{
  moves *f = &p->found;
  const table *t = p->t;
  KN_TRY(KN_GROW(f->start, f->start_room, f->n + 2, err));
  f->start[0] = 0;
  for (int32_t c = 0; c < t->cells; c++) {
    const int32_t column = p->column[c];
    if (column == KN_NONE || !(fabs(x[column] - x[column + 1]) > no_move))
      continue;
    KN_TRY(KN_GROW(f->cell, f->cell_room, f->entries + 1, err));
    KN_TRY(KN_GROW(f->by, f->by_room, f->entries + 1, err));
    KN_TRY(KN_GROW(f->of, f->of_room, f->entries + 1, err));
    KN_TRY(KN_GROW(f->next, f->next_room, f->entries + 1, err));
    f->cell[f->entries] = c;
    f->by[f->entries] = x[column] - x[column + 1];
    f->of[f->entries] = f->n;
    f->next[f->entries] = f->head[c];
    f->head[c] = f->entries++;
    if (p->t->status[c] == KN_CELL_PUBLISHED)
      p->t->status[c] = KN_CELL_SECONDARY;
  }
  f->start[++f->n] = f->entries;
  assert(f->head[target] >= f->start[f->n - 1]);
  (void)target;
  return KN_OK;
}

/* Is the move, times `scale`, possible to the attacker? *owners: how many cells of it have one contributor who is not foe.who,
 * in p->owner. */
static bool
is_possible(protector *p, int64_t move, double scale, foes foe, int32_t *owners)
{
  const moves *f = &p->found;
  *owners = 0;
  for (int64_t e = f->start[move]; e < f->start[move + 1]; e++) {
    const int32_t c = f->cell[e];
    if (p->t->status[c] == KN_CELL_PUBLISHED)
      return false;
    const double limit = limit_of(p, foe, c), by = scale * f->by[e];
    if (limit < 0 || -by > limit * (1 + 1e-12))
      return false;
    if (!foe.is_one && p->m->count[c] == 1 && p->m->who[0][c] != foe.who)
      p->owner[(*owners)++] = p->m->who[0][c];
  }
  return true;
}

/* A move that shows the target to be safe, the one with the fewest owners; -1: none of those found so far. */
static int64_t
find_move(protector *p, int32_t target, double asked, foes foe, double *scale)
{
  int64_t best = -1;
  int32_t fewest = INT32_MAX, owners;
  set_own(p, foe, true);
  for (int64_t e = p->found.head[target]; e >= 0 && fewest > 0; e = p->found.next[e]) {
    const double s = asked / p->found.by[e];
    if (is_possible(p, p->found.of[e], s, foe, &owners) && owners < fewest) {
      fewest = owners;
      best = p->found.of[e];
      *scale = s;
    }
  }
  set_own(p, foe, false);
  return best;
}

/* ------------------------------------------------------------------ the program */
static void
set_bounds(protector *p, int32_t column, double lower, double upper)
{
  if (p->lower[column] == lower && p->upper[column] == upper)
    return;
  p->lower[column] = lower;
  p->upper[column] = upper;
  kn_lp_set_bounds(p->lp, column, lower, upper);
}

static void
set_program(protector *p, int32_t target, double asked, foes foe, bool is_wide)
{
  const table *t = p->t;
  set_own(p, foe, true);
  for (int32_t c = 0; c < t->cells; c++) {
    const int32_t column = p->column[c];
    if (column == KN_NONE)
      continue;
    const double limit = limit_of(p, foe, c);
    const bool is_free = limit >= 0 && (is_wide || p->allowed[c]);
    double cost = p->cost[c];
    if (t->status[c] != KN_CELL_PUBLISHED)
      cost = p->m->count[c] == 1 ? 1e-2 : 1e-4; /* short ways, and such as spare who is alone */
    kn_lp_set_worth(p->lp, column, -cost);
    kn_lp_set_worth(p->lp, column + 1, -cost);
    if (c == target) {
      set_bounds(p, column, asked > 0, asked > 0);
      set_bounds(p, column + 1, asked < 0, asked < 0);
    } else {
      set_bounds(p, column, 0, is_free ? most_move : 0);
      set_bounds(p, column + 1, 0, is_free ? fmin(limit / fabs(asked), most_move) : 0);
    }
  }
  set_own(p, foe, false);
}

/* Whoever is alone in a cell that an empty one is part of knows the empty one: nothing else in there can give way to it. These are
 * nearly all attackers against whom there is no move, found without asking a program in vain. */
static bool
is_known_empty(const protector *p, int32_t target, int32_t who)
{
  int32_t code[DIMS];
  table_codes(p->t, target, code);
  for (int32_t k = table_above(p->t, code, p->above) - 1; k >= 0; k--)
    if (p->m->count[p->above[k]] == 1 && p->m->who[0][p->above[k]] == who)
      return true;
  return false;
}

static kn_code
solve_move(protector *p, int32_t target, double asked, foes foe, kn_error *err)
{
  kn_lp_status status = KN_LP_FAILED;
  const bool is_empty = foe.is_one && p->m->count[target] == 0;
  if (is_empty && is_known_empty(p, target, foe.who))
    return KN_OK;
  for (int is_wide = p->is_all_allowed; is_wide < 2; is_wide++) {
    set_program(p, target, asked, foe, is_wide != 0);
    /* Other bounds and other costs at once: the primal method needs a third of the time of the dual one. */
    KN_TRY(kn_lp_solve(p->lp, KN_LP_PRIMAL, NULL, &status, err));
    if (status == KN_LP_OPTIMAL)
      return keep_move(p, target, kn_lp_x(p->lp), err);
  }
  if (status == KN_LP_INFEASIBLE && is_empty)
    return KN_OK;
  return kn_fail(err, KN_E_NUMERIC, "cell %d: no other table was found that would hide its %g", target, p->m->total[target]);
}

/* Every attacker that foe stands for. */
static kn_code
protect_from(protector *p, int32_t target, double asked, foes foe, kn_error *err)
{
  double scale = 0;
  int64_t move = find_move(p, target, asked, foe, &scale);
  if (move < 0) {
    KN_TRY(solve_move(p, target, asked, foe, err));
    move = p->found.n - 1;
    scale = fabs(asked);
  }
  if (foe.is_one)
    return KN_OK;
  int32_t owners;
  is_possible(p, move, scale, foe, &owners);
  for (int32_t k = 0; k < owners; k++) {
    const foes alone = {.is_one = true, .who = p->owner[k]};
    double unused;
    if (find_move(p, target, asked, alone, &unused) < 0)
      KN_TRY(solve_move(p, target, asked, alone, err));
  }
  return KN_OK;
}

static kn_code
protect_cell(protector *p, int32_t c, kn_error *err)
{
  const magnitude *m = p->m;
  const int32_t first = m->who[0][c];
  const foes others = {.who = first}, largest = {.is_one = true, .who = first};
  KN_TRY(protect_from(p, c, m->up[c], others, err));
  if (m->down[c] > 0)
    KN_TRY(protect_from(p, c, -m->down[c], others, err));
  if (m->down_first[c] > 0) {
    KN_TRY(protect_from(p, c, m->up[c], largest, err));
    KN_TRY(protect_from(p, c, -m->down_first[c], largest, err));
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ in order */
typedef struct ranked {
  double up;
  int32_t cell;
} ranked;

static int
by_need(const void *a, const void *b)
{
  const ranked *x = a, *y = b;
  if (x->up != y->up)
    return x->up < y->up ? 1 : -1;
  return (x->cell > y->cell) - (x->cell < y->cell);
}

static kn_code
protect_measure(protector *p, int32_t k, bool is_backwards, const kn_watch *watch, kn_error *err)
{
  ranked *list;
  int32_t n = 0;
  p->m = &p->t->measure[k];
  KN_NEW(list, p->scratch, p->t->cells, err);
  for (int32_t c = 0; c < p->t->cells; c++)
    if (p->m->up[c] > 0)
      list[n++] = (ranked){p->m->up[c], c};
  if (n > 0)
    qsort(list, (size_t)n, sizeof *list, by_need);
  for (int32_t i = 0; i < n; i++) {
    if (kn_watch_is_stopped(watch))
      return kn_fail(err, KN_E_STOPPED, "stopped while cells were protected");
    kn_watch_tell(watch, &(kn_progress){.phase = "protect", .done = i, .total = n, .value = NAN, .bound = NAN});
    KN_TRY(protect_cell(p, list[is_backwards ? n - 1 - i : i].cell, err));
  }
  return KN_OK;
}

/* 0 ... 1, fixed per cell: so that of cells alike always the same one goes. */
static double
scatter(int32_t c)
{
  uint32_t x = (uint32_t)c * 2654435769U;
  x ^= x >> 15;
  x *= 2246822519U;
  x ^= x >> 13;
  return x / 4294967296.0;
}

/* What is lost with a cell: more the more contribute to it and the more it sums up. */
static double
cost_of(const table *t, int32_t c)
{
  int32_t code[DIMS];
  table_codes(t, c, code);
  double cost = 1 + log1p(t->measure[0].count[c]);
  for (int32_t d = 0; d < DIMS; d++)
    if (t->dimension[d].inner_rank[code[d]] != KN_NONE)
      cost *= 3;
  return cost * (t->was_withheld[c] ? 0.25 : 1) * (1 + 1e-3 * scatter(c));
}

static kn_code
make_program(protector *p, kn_error *err)
{
  const table *t = p->t;
  const int64_t most = 2 * (int64_t)t->cells;
  double *limit, *zero, *value;
  int32_t *start, *row;
  KN_NEW(p->column, p->scratch, t->cells, err);
  KN_NEW(p->upper, p->scratch, most, err);
  KN_NEW(p->lower, p->scratch, most, err);
  KN_NEW(p->cost, p->scratch, t->cells, err);
  KN_NEW(p->allowed, p->scratch, t->cells, err);
  KN_NEW(p->own, p->scratch, t->cells, err);
  KN_NEW(p->owner, p->scratch, t->cells, err);
  KN_NEW(p->above, p->scratch, t->cells, err);
  KN_NEW(p->found.head, p->scratch, t->cells, err);
  KN_NEW(limit, p->scratch, most > t->rows ? most : t->rows, err);
  KN_NEW(zero, p->scratch, most, err);
  KN_NEW(start, p->scratch, most + 1, err);
  KN_NEW(row, p->scratch, most * 2 * DIMS, err);
  KN_NEW(value, p->scratch, most * 2 * DIMS, err);
  int32_t columns = 0;
  for (int32_t c = 0; c < t->cells; c++) {
    p->found.head[c] = -1;
    p->cost[c] = cost_of(t, c);
    p->allowed[c] = 1;
    p->column[c] = t->is_structural[c] ? KN_NONE : columns;
    for (int32_t half = 0; half < 2 && !t->is_structural[c]; half++) {
      const int32_t at = start[columns], count = table_rows_of(t, c, row + at, value + at);
      for (int32_t k = 0; half == 1 && k < count; k++)
        value[at + k] = -value[at + k];
      start[++columns] = at + count;
    }
  }
  KN_TRY(kn_lp_new(&p->lp, tolerance, err));
  KN_TRY(kn_lp_add_rows(p->lp, t->rows, limit, limit, err));
  return kn_lp_add_columns(p->lp, columns, zero, zero, zero, start, row, value, err);
}

/* Twice: the second time, from the other end, among what the first one took, since what comes later often makes superfluous what
 * came before. */
static kn_code
protect_twice(protector *p, const kn_watch *watch, kn_error *err)
{
  table *t = p->t;
  KN_TRY(make_program(p, err));
  p->is_all_allowed = true;
  for (int32_t k = 0; k < t->measures; k++)
    KN_TRY(protect_measure(p, k, false, watch, err));
  for (int32_t c = 0; c < t->cells; c++) {
    p->allowed[c] = t->status[c] != KN_CELL_PUBLISHED;
    if (t->status[c] == KN_CELL_SECONDARY)
      t->status[c] = KN_CELL_PUBLISHED;
  }
  p->is_all_allowed = false;
  for (int32_t k = t->measures - 1; k >= 0; k--)
    KN_TRY(protect_measure(p, k, true, watch, err));
  return KN_OK;
}

kn_code
protect_all(table *t, kn_arena *scratch, const kn_watch *watch, kn_error *err)
{
  protector p = {.t = t, .scratch = scratch};
  const kn_code code = protect_twice(&p, watch, err);
  kn_lp_free(p.lp);
  free(p.found.start);
  free(p.found.cell);
  free(p.found.by);
  free(p.found.of);
  free(p.found.next);
  return code;
}
