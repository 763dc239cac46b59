/* How much sessions can expect at most.
 *
 * Share what each set e brings among its members, sum_i a_ei = c_e, in any way. A group S of at most M actors then brings
 *
 *   sum_{e in S} c_e = sum_{i in S} sum_{e in S, e with i} a_ei <= sum_{i in S} D_i
 *   D_i = sum over sizes s of the C(M-1, s-1) largest a_ei > 0 among the sets of s actors with i
 *
 * since no more sets of that size fit around i. Groups share nobody, so all together bring at most the sum of the k M largest
 * D_i. That holds for every way of sharing; the best one is looked for by subgradients (Held, Wolfe & Crowder 1974,
 * Mathematical Programming 6), and the least that was seen is the bound. For pairs this is the Lagrangean bound of the quadratic
 * knapsack of Caprara, Pisinger & Toth (1999).
 *
 * Where few actors are at hand the best single group is found by branch and bound, and no k groups bring more than k times
 * it. */
#include <stdlib.h>
#include <string.h>

#include "compose.h"

enum { PASSES = 200, ACTORS_MOST_EXACT = 64 };
static const int64_t nodes_most = 200000;

typedef struct sharing {
  const circle *c;
  double *part;      /* [members] a */
  uint8_t *is_taken; /* [members] counted in D of its actor */
  uint8_t *is_in;    /* [actors] among the k M largest */
  int64_t *place;    /* [members of `of`] where the actor stands in member[] */
} sharing;

/* C(n, k), at most 2^40. */
static int64_t
choose(int64_t n, int64_t k)
{
  double value = 1;
  for (int64_t i = 1; i <= k && value < 0x1p40; i++)
    value = value * (double)(n - k + i) / (double)i;
  return value < 0x1p40 ? (int64_t)(value + 0.5) : INT64_C(1) << 40;
}

typedef struct piece {
  double value;
  int64_t size, at;
} piece;

static int
by_size_and_value(const void *a, const void *b)
{
  const piece *x = a, *y = b;
  if (x->size != y->size)
    return x->size < y->size ? -1 : 1;
  if (x->value != y->value)
    return x->value < y->value ? 1 : -1;
  return (x->at > y->at) - (x->at < y->at);
}

/* D_i and what is counted in it. */
static double
most_of(sharing *s, int32_t i, piece *list)
{
  const circle *c = s->c;
  const int64_t first = c->of_start[i], n = c->of_start[i + 1] - first;
  int64_t used = 0;
  for (int64_t k = 0; k < n; k++) {
    const int64_t e = c->of[first + k], at = s->place[first + k];
    s->is_taken[at] = 0;
    if (s->part[at] > 0)
      list[used++] = (piece){s->part[at], c->start[e + 1] - c->start[e], at};
  }
  if (used > 1)
    qsort(list, (size_t)used, sizeof *list, by_size_and_value);
  double sum = 0;
  int64_t left = 0, size = 0;
  for (int64_t k = 0; k < used; k++) {
    if (list[k].size != size) {
      size = list[k].size;
      left = choose(c->settings->most_actors - 1, size - 1);
    }
    if (left-- > 0) {
      sum += list[k].value;
      s->is_taken[list[k].at] = 1;
    }
  }
  return sum;
}

typedef struct rated {
  double value;
  int32_t actor;
} rated;

static int
by_value(const void *a, const void *b)
{
  const rated *x = a, *y = b;
  if (x->value != y->value)
    return x->value < y->value ? 1 : -1;
  return (x->actor > y->actor) - (x->actor < y->actor);
}

static double
bound_of(sharing *s, rated *rank, piece *list, int64_t places)
{
  const circle *c = s->c;
  for (int32_t i = 0; i < c->actors; i++) {
    s->is_in[i] = 0;
    rank[i] = (rated){most_of(s, i, list), i};
  }
  qsort(rank, (size_t)c->actors, sizeof *rank, by_value);
  double sum = 0;
  for (int64_t k = 0; k < c->actors && k < places; k++) {
    sum += rank[k].value;
    s->is_in[rank[k].actor] = 1;
  }
  return sum;
}

/* One step against the subgradient: from members that count a set to members that do not. */
static void
shift(sharing *s, double step)
{
  const circle *c = s->c;
  for (int64_t e = 0; e < c->sets; e++) {
    const int64_t n = c->start[e + 1] - c->start[e];
    int64_t counted = 0;
    for (int64_t at = c->start[e]; at < c->start[e + 1]; at++)
      counted += s->is_taken[at] && s->is_in[c->member[at]];
    if (counted == 0 || counted == n)
      continue;
    const double mean = (double)counted / (double)n;
    for (int64_t at = c->start[e]; at < c->start[e + 1]; at++)
      s->part[at] -= step * ((s->is_taken[at] && s->is_in[c->member[at]] ? 1 : 0) - mean);
  }
}

static double
slope_of(const sharing *s)
{
  const circle *c = s->c;
  double sum = 0;
  for (int64_t e = 0; e < c->sets; e++) {
    const double n = (double)(c->start[e + 1] - c->start[e]);
    double counted = 0;
    for (int64_t at = c->start[e]; at < c->start[e + 1]; at++)
      counted += s->is_taken[at] && s->is_in[c->member[at]];
    sum += counted * (n - counted) / n;
  }
  return sum;
}

static kn_code
share_bound(const circle *c, double *bound, kn_arena *scratch, const kn_watch *watch, kn_error *err)
{
  sharing s = {.c = c};
  const int64_t members = c->start[c->sets], places = (int64_t)c->settings->session_count * c->settings->most_actors;
  piece *list;
  rated *rank;
  int64_t *at_end;
  KN_NEW(s.part, scratch, members, err);
  KN_NEW(s.is_taken, scratch, members, err);
  KN_NEW(s.place, scratch, members, err);
  KN_NEW(s.is_in, scratch, c->actors, err);
  KN_NEW(list, scratch, c->sets, err);
  KN_NEW(rank, scratch, c->actors, err);
  KN_NEW(at_end, scratch, c->actors, err);
  for (int64_t e = 0; e < c->sets; e++)
    for (int64_t at = c->start[e]; at < c->start[e + 1]; at++) {
      const int32_t i = c->member[at];
      s.part[at] = c->expected[e] / (double)(c->start[e + 1] - c->start[e]);
      s.place[c->of_start[i] + at_end[i]++] = at;
    }
  double all = 0, share = 1;
  for (int64_t e = 0; e < c->sets; e++)
    all += c->expected[e];
  *bound = all;
  int32_t since = 0;
  for (int32_t pass = 0; pass < PASSES && !kn_watch_is_stopped(watch); pass++) {
    const double now = bound_of(&s, rank, list, places), slope = slope_of(&s);
    since = now < *bound * (1 - 1e-4) ? 0 : since + 1;
    if (now < *bound)
      *bound = now;
    if (!(slope > 0))
      break;
    if (since >= 10) {
      share /= 2;
      since = 0;
    }
    /* Towards a fifth less than the best so far; how much can be had is not known. */
    shift(&s, share * (now - 0.8 * *bound) / slope);
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ one group, exactly */
typedef struct branching {
  const circle *c;
  int32_t n; /* actors that bring anything, the best first */
  int32_t *actor;
  uint8_t *state; /* [actors] 0 out, 1 open, 2 in */
  int32_t *chosen;
  int32_t chosen_count;
  rated *rank;
  double *half; /* scratch: values within the open ones */
  int64_t nodes;
  double best;
  group *found;
} branching;

static int
by_falling(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

/* What an open actor can add: all with those who are in, and his share of what needs others that are still open, of pairs no more
 * than places. */
static double
can_add(branching *b, int32_t i, int32_t left)
{
  const circle *c = b->c;
  double sum = 0;
  int32_t pairs = 0;
  for (int64_t k = c->of_start[i]; k < c->of_start[i + 1]; k++) {
    const int64_t e = c->of[k];
    int32_t open = 0;
    bool is_out = false;
    for (int64_t at = c->start[e]; at < c->start[e + 1]; at++) {
      is_out |= b->state[c->member[at]] == 0;
      open += b->state[c->member[at]] == 1;
    }
    if (is_out || open > left)
      continue;
    if (open == 2 && c->start[e + 1] - c->start[e] == 2)
      b->half[pairs++] = c->expected[e] / 2;
    else
      sum += c->expected[e] / open;
  }
  if (pairs > left - 1)
    qsort(b->half, (size_t)pairs, sizeof *b->half, by_falling);
  for (int32_t k = 0; k < pairs && k < left - 1; k++)
    sum += b->half[k];
  return sum;
}

static double
can_bring(branching *b, int32_t from, double value, int32_t left)
{
  int32_t n = 0;
  for (int32_t k = from; k < b->n; k++)
    if (b->state[b->actor[k]] == 1)
      b->rank[n++] = (rated){can_add(b, b->actor[k], left), b->actor[k]};
  if (n > left)
    qsort(b->rank, (size_t)n, sizeof *b->rank, by_value);
  for (int32_t k = 0; k < n && k < left; k++)
    value += b->rank[k].value;
  return value;
}

/* What the sets of i bring that are complete with him. */
static double
completes(const branching *b, int32_t i)
{
  const circle *c = b->c;
  double sum = 0;
  for (int64_t k = c->of_start[i]; k < c->of_start[i + 1]; k++) {
    const int64_t e = c->of[k];
    bool is_whole = true;
    for (int64_t at = c->start[e]; at < c->start[e + 1] && is_whole; at++)
      is_whole = c->member[at] == i || b->state[c->member[at]] == 2;
    sum += is_whole ? c->expected[e] : 0;
  }
  return sum;
}

/* All groups that hold chosen[] and some of actor[from...]; depth is at most the number of actors that bring anything. */
static void
branch(branching *b, int32_t from, double value) // NOLINT(misc-no-recursion)
{
  const circle *c = b->c;
  if (value > b->best) {
    b->best = value;
    b->found->n = b->chosen_count;
    memcpy(b->found->actor, b->chosen, (size_t)b->chosen_count * sizeof *b->chosen);
  }
  const int32_t left = c->settings->most_actors - b->chosen_count;
  if (left == 0 || ++b->nodes > nodes_most)
    return;
  int32_t reached = from;
  for (; reached < b->n; reached++) {
    const int32_t i = b->actor[reached];
    if (b->nodes > nodes_most || can_bring(b, reached, value, left) <= b->best * (1 + 1e-12))
      break;
    bool is_refused = false;
    for (int32_t k = 0; k < b->chosen_count; k++)
      is_refused |= circle_refuses(c, i, b->chosen[k]);
    if (!is_refused) {
      const double more = completes(b, i);
      b->state[i] = 2;
      b->chosen[b->chosen_count++] = i;
      branch(b, reached + 1, value + more);
      b->chosen_count--;
    }
    b->state[i] = 0;
  }
  for (int32_t k = from; k < reached; k++)
    b->state[b->actor[k]] = 1;
}

static kn_code
exact_bound(const circle *c, double *bound, group *best, kn_arena *scratch, kn_error *err)
{
  branching b = {.c = c, .found = best};
  rated *rank;
  KN_NEW(rank, scratch, c->actors, err);
  for (int32_t i = 0; i < c->actors; i++) {
    double sum = 0;
    for (int64_t k = c->of_start[i]; k < c->of_start[i + 1]; k++)
      sum += c->expected[c->of[k]];
    if (sum > 0)
      rank[b.n++] = (rated){sum, i};
  }
  if (b.n == 0 || b.n > ACTORS_MOST_EXACT)
    return KN_OK;
  qsort(rank, (size_t)b.n, sizeof *rank, by_value);
  KN_NEW(b.actor, scratch, b.n, err);
  KN_NEW(b.state, scratch, c->actors, err);
  KN_NEW(b.chosen, scratch, b.n, err);
  KN_NEW(b.rank, scratch, b.n, err);
  KN_NEW(b.half, scratch, c->sets, err);
  for (int32_t k = 0; k < b.n; k++) {
    b.actor[k] = rank[k].actor;
    b.state[rank[k].actor] = 1;
  }
  branch(&b, 0, 0);
  if (b.nodes <= nodes_most)
    *bound = fmin(*bound, b.best * c->settings->session_count);
  return KN_OK;
}

kn_code
bound_groups(const circle *c, double *bound, group *best, kn_arena *scratch, const kn_watch *watch, kn_error *err)
{
  best->n = 0;
  KN_TRY(share_bound(c, bound, scratch, watch, err));
  KN_TRY(exact_bound(c, bound, best, scratch, err));
  *bound *= 1 + 1e-12; /* sums in another order */
  return KN_OK;
}
