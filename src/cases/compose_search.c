/* Groups that bring much: greedy starts, local search, then exchanges between groups.
 *
 *   start        from an actor or a set with much around it: add who brings most, until the group is full
 *   local search add, drop or replace one actor, the best of all such steps, while the score rises
 *   rounds       groups are made one after another of those who are left; then each is made anew with the others as they are
 *   exchanges    of two actors, or moves of one, between groups
 *   scarce       where actors are few for the sessions asked, also from smaller groups, and two groups made anew together
 *
 * Starts are independent and each is made by one thread; of equal ones the first counts. Score: compose.c. */
#include <stdlib.h>
#include <string.h>

#include "compose.h"

enum { ROUNDS = 2, EXCHANGES_MOST = 200, CANDIDATES = 16, SCARCE = 4 };

/* ------------------------------------------------------------------ starts */
typedef struct seed {
  double value;
  int64_t at; /* an actor, or -1 - a set */
} seed;

static int
by_promise(const void *a, const void *b)
{
  const seed *x = a, *y = b;
  if (x->value != y->value)
    return x->value < y->value ? 1 : -1;
  return (x->at < y->at) - (x->at > y->at);
}

enum { HINTS = 2 };

typedef struct starts {
  const circle *c;
  const seed *seeds;
  const group *hint[HINTS]; /* starts after the `count` first ones; n 0: none */
  int32_t count;
  bool is_raw;       /* as the greedy start leaves them */
  builder *builders; /* per worker */
  group *results;    /* per start; n 0: nothing came of it */
} starts;

static void
run_start(const starts *s, builder *b, int64_t at, group *g)
{
  const circle *c = s->c;
  const int32_t *member;
  int64_t n = 1;
  int32_t one;
  if (at >= s->count) {
    const group *hint = s->hint[at - s->count];
    n = hint->n;
    member = hint->actor;
  } else if (s->seeds[at].at >= 0) {
    one = (int32_t)s->seeds[at].at;
    member = &one;
  } else {
    const int64_t e = -1 - s->seeds[at].at;
    member = c->member + c->start[e];
    n = c->start[e + 1] - c->start[e];
  }
  for (int64_t k = 0; k < n && b->n < b->most; k++)
    if (builder_may_enter(b, member[k], KN_NONE))
      builder_enter(b, member[k]);
  g->n = 0;
  if (b->n > 0 && builder_fill(b)) {
    if (!s->is_raw)
      builder_climb(b);
    g->n = b->n;
    memcpy(g->actor, b->actor, (size_t)b->n * sizeof *g->actor);
  }
  builder_clear(b);
  if (g->n == 0)
    return;
  g->expected = circle_expected(c, g->actor, g->n, b->is_in);
  g->score = group_score(c, g->actor, g->n, g->expected);
  g->n = g->expected > 0 ? g->n : 0;
}

static void
run_starts(void *arg, int64_t first, int64_t last, int32_t worker)
{
  starts *s = arg;
  for (int64_t at = first; at < last; at++)
    run_start(s, &s->builders[worker], at, &s->results[at]);
}

/* Actors and sets around which there is most, of those that are free; three actors to a set. */
static int32_t
find_seeds(const circle *c, const uint8_t *is_free, seed *actors, seed *sets, seed *out)
{
  const int32_t most = c->settings->start_count;
  int64_t na = 0, ns = 0;
  for (int32_t i = 0; i < c->actors; i++) {
    double sum = 0;
    for (int64_t k = c->of_start[i]; is_free[i] && k < c->of_start[i + 1]; k++)
      sum += c->expected[c->of[k]];
    if (sum > 0)
      actors[na++] = (seed){sum, i};
  }
  for (int64_t e = 0; e < c->sets; e++) {
    bool is_open = c->start[e + 1] - c->start[e] <= c->settings->most_actors;
    for (int64_t m = c->start[e]; m < c->start[e + 1]; m++)
      is_open &= is_free[c->member[m]] != 0;
    if (is_open)
      sets[ns++] = (seed){c->expected[e], -1 - e};
  }
  if (na > 0)
    qsort(actors, (size_t)na, sizeof *actors, by_promise);
  if (ns > 0)
    qsort(sets, (size_t)ns, sizeof *sets, by_promise);
  int32_t n = 0;
  int64_t a = 0, s = 0;
  while (n < most && (a < na || s < ns))
    if (s < ns && (n % 4 == 3 || a == na))
      out[n++] = sets[s++];
    else
      out[n++] = actors[a++];
  return n;
}

typedef struct search {
  const circle *c;
  uint8_t *is_free;
  seed *actors, *sets, *seeds;
  starts starts;
  int32_t workers;
  group *candidates; /* [2 * CANDIDATES] */
  group *spare;      /* [2] */
  group current;
  uint8_t *is_in;
} search;

static kn_code
make_groups(group **out, const circle *c, int32_t n, kn_arena *scratch, kn_error *err)
{
  KN_NEW(*out, scratch, n, err);
  for (int32_t k = 0; k < n; k++)
    KN_NEW((*out)[k].actor, scratch, c->settings->most_actors + 1, err);
  return KN_OK;
}

static kn_code
make_search(search *s, const circle *c, kn_arena *scratch, kn_error *err)
{
  const int32_t most = c->settings->start_count + HINTS;
  s->c = c;
  s->workers = kn_thread_count(c->settings->thread_count);
  KN_NEW(s->is_free, scratch, c->actors, err);
  KN_NEW(s->is_in, scratch, c->actors, err);
  KN_NEW(s->actors, scratch, c->actors, err);
  KN_NEW(s->sets, scratch, c->sets, err);
  KN_NEW(s->seeds, scratch, most, err);
  KN_NEW(s->current.actor, scratch, c->settings->most_actors, err);
  KN_NEW(s->starts.builders, scratch, s->workers, err);
  for (int32_t w = 0; w < s->workers; w++)
    KN_TRY(builder_new(&s->starts.builders[w], c, s->is_free, scratch, err));
  KN_TRY(make_groups(&s->starts.results, c, most, scratch, err));
  KN_TRY(make_groups(&s->candidates, c, 2 * CANDIDATES, scratch, err));
  KN_TRY(make_groups(&s->spare, c, 2, scratch, err));
  s->starts.c = c;
  s->starts.seeds = s->seeds;
  return KN_OK;
}

static void
set_free(search *s, const group *g, bool is_free)
{
  for (int32_t k = 0; k < g->n; k++)
    s->is_free[g->actor[k]] = is_free;
}

static void
copy_group(group *to, const group *from)
{
  to->n = from->n;
  to->expected = from->expected;
  to->score = from->score;
  if (from->n > 0)
    memcpy(to->actor, from->actor, (size_t)from->n * sizeof *to->actor);
}

/* Fills starts.results from those who are free; how many. */
static kn_code
start_all(search *s, const group *hint, const group *current, int32_t *n, kn_error *err)
{
  starts *st = &s->starts;
  st->count = find_seeds(s->c, s->is_free, s->actors, s->sets, s->seeds);
  copy_group(&s->current, current);
  st->hint[0] = hint;
  st->hint[1] = &s->current;
  *n = st->count + HINTS;
  return kn_parallel(s->c->settings->thread_count, *n, 1, run_starts, st, err);
}

/* The best group of those who are free, if it is better than g. */
static kn_code
improve(search *s, group *g, const group *hint, kn_error *err)
{
  int32_t n;
  KN_TRY(start_all(s, hint, g, &n, err));
  for (int32_t k = 0; k < n; k++)
    if (s->starts.results[k].n > 0 && s->starts.results[k].score > g->score * (1 + LEAST_GAIN))
      copy_group(g, &s->starts.results[k]);
  return KN_OK;
}

/* ------------------------------------------------------------------ between groups */
static bool
judge(const circle *c, group *g, uint8_t *is_in)
{
  if (g->n < c->settings->least_actors || g->n > c->settings->most_actors)
    return false;
  for (int32_t a = 0; a < g->n; a++)
    for (int32_t b = 0; b < a; b++)
      if (circle_refuses(c, g->actor[a], g->actor[b]))
        return false;
  g->expected = circle_expected(c, g->actor, g->n, is_in);
  g->score = group_score(c, g->actor, g->n, g->expected);
  return true;
}

/* g with actor number `out` replaced by `in`; either may be nobody. */
static void
replaced(group *to, const group *g, int32_t out, int32_t in)
{
  to->n = 0;
  for (int32_t k = 0; k < g->n; k++)
    if (k != out)
      to->actor[to->n++] = g->actor[k];
  if (in != KN_NONE)
    to->actor[to->n++] = in;
}

static bool
exchange(const circle *c, group *a, group *b, group *spare, uint8_t *is_in)
{
  const double now = a->score + b->score;
  for (int32_t i = -1; i < a->n; i++)
    for (int32_t j = -1; j < b->n; j++) {
      if (i < 0 && j < 0)
        continue;
      replaced(&spare[0], a, i, j < 0 ? KN_NONE : b->actor[j]);
      replaced(&spare[1], b, j, i < 0 ? KN_NONE : a->actor[i]);
      if (!judge(c, &spare[0], is_in) || !judge(c, &spare[1], is_in))
        continue;
      if (spare[0].score + spare[1].score > now * (1 + LEAST_GAIN)) {
        copy_group(a, &spare[0]);
        copy_group(b, &spare[1]);
        return true;
      }
    }
  return false;
}

static void
exchange_all(const circle *c, group *groups, group *spare, uint8_t *is_in)
{
  int32_t left = EXCHANGES_MOST;
  bool is_better = true;
  while (is_better && left-- > 0) {
    is_better = false;
    for (int32_t a = 0; a < c->settings->session_count; a++)
      for (int32_t b = 0; b < a; b++)
        if (groups[a].n > 0 && groups[b].n > 0)
          is_better |= exchange(c, &groups[a], &groups[b], spare, is_in);
  }
}

static int
by_group_score(const void *a, const void *b)
{
  const group *x = *(const group *const *)a, *y = *(const group *const *)b;
  if (x->score != y->score)
    return x->score < y->score ? 1 : -1;
  return (x > y) - (x < y); /* the earlier start */
}

/* The best results of all starts, each once: how many. Raw ones besides, since local search leads many starts to the same group. */
static kn_code
find_candidates(search *s, const group *hint, int32_t *count, kn_arena *scratch, kn_error *err)
{
  const group nobody = {0};
  group **order;
  *count = 0;
  KN_NEW(order, scratch, s->c->settings->start_count + HINTS, err);
  for (int raw = 0; raw < 2; raw++) {
    int32_t n, used = 0;
    const int32_t first = *count;
    s->starts.is_raw = raw != 0;
    KN_TRY(start_all(s, hint, &nobody, &n, err));
    s->starts.is_raw = false;
    for (int32_t k = 0; k < n; k++)
      if (s->starts.results[k].n > 0)
        order[used++] = &s->starts.results[k];
    if (used > 0)
      qsort(order, (size_t)used, sizeof(group *), by_group_score);
    for (int32_t k = 0; k < used && *count < first + CANDIDATES; k++)
      if (*count == first || order[k]->score < s->candidates[*count - 1].score)
        copy_group(&s->candidates[(*count)++], order[k]);
  }
  return KN_OK;
}

/* Two groups made anew: for each of the best that one could be, the best of what is left. */
static kn_code
remake_two(search *s, group *a, group *b, const group *hint, kn_arena *scratch, kn_error *err)
{
  group *rest = &s->spare[0];
  int32_t count;
  set_free(s, a, true);
  set_free(s, b, true);
  KN_TRY(find_candidates(s, hint, &count, scratch, err));
  for (int32_t k = 0; k < count; k++) {
    const group *first = &s->candidates[k];
    set_free(s, first, false);
    rest->n = 0;
    rest->score = rest->expected = 0;
    KN_TRY(improve(s, rest, hint, err));
    set_free(s, first, true);
    if (first->score + rest->score > (a->score + b->score) * (1 + LEAST_GAIN)) {
      copy_group(a, first);
      copy_group(b, rest);
    }
  }
  set_free(s, a, false);
  set_free(s, b, false);
  return KN_OK;
}

static double
total_score(const group *groups, int32_t n)
{
  double sum = 0;
  for (int32_t g = 0; g < n; g++)
    sum += groups[g].score;
  return sum;
}

static void
free_others(search *s, const group *groups)
{
  for (int32_t i = 0; i < s->c->actors; i++)
    s->is_free[i] = s->c->chance[i] > 0;
  for (int32_t g = 0; g < s->c->settings->session_count; g++)
    set_free(s, &groups[g], false);
}

/* From nothing, or from groups as they are: one after another, then between them. */
static kn_code
make_all(search *s, group *groups, const group *hint, int32_t most, kn_error *err)
{
  const int32_t n = s->c->settings->session_count;
  for (int32_t w = 0; w < s->workers; w++)
    s->starts.builders[w].most = most;
  for (int32_t round = 0; round < (n > 1 ? ROUNDS : 1); round++) {
    for (int32_t g = 0; g < n; g++) {
      free_others(s, groups);
      set_free(s, &groups[g], true);
      KN_TRY(improve(s, &groups[g], hint, err));
    }
    exchange_all(s->c, groups, s->spare, s->is_in);
  }
  free_others(s, groups);
  return KN_OK;
}

/* Where actors are scarce one session's guest is missed by another: smaller groups first, and two at a time. */
static kn_code
make_scarce(search *s, group *groups, const group *hint, kn_arena *scratch, const kn_watch *watch, kn_error *err)
{
  const kn_compose_settings *settings = s->c->settings;
  const int32_t n = settings->session_count;
  group *trial;
  KN_TRY(make_groups(&trial, s->c, n, scratch, err));
  for (int32_t most = settings->least_actors; most < settings->most_actors; most++) {
    if (kn_watch_is_stopped(watch))
      return kn_fail(err, KN_E_STOPPED, "stopped while sessions were composed");
    for (int32_t g = 0; g < n; g++)
      trial[g].n = 0, trial[g].score = trial[g].expected = 0;
    KN_TRY(make_all(s, trial, hint, most, err));
    KN_TRY(make_all(s, trial, hint, settings->most_actors, err));
    if (total_score(trial, n) > total_score(groups, n) * (1 + LEAST_GAIN))
      for (int32_t g = 0; g < n; g++)
        copy_group(&groups[g], &trial[g]);
  }
  free_others(s, groups);
  for (int32_t a = 0; a < n; a++)
    for (int32_t b = 0; b < n; b++) {
      if (kn_watch_is_stopped(watch))
        return kn_fail(err, KN_E_STOPPED, "stopped while sessions were composed");
      if (a != b)
        KN_TRY(remake_two(s, &groups[a], &groups[b], hint, scratch, err));
    }
  return KN_OK;
}

kn_code
search_groups(const circle *c, group *groups, const group *hint, kn_arena *scratch, const kn_watch *watch, kn_error *err)
{
  search s = {0};
  int64_t useful = 0;
  if (kn_watch_is_stopped(watch))
    return kn_fail(err, KN_E_STOPPED, "stopped while sessions were composed");
  KN_TRY(make_search(&s, c, scratch, err));
  KN_TRY(make_all(&s, groups, hint, c->settings->most_actors, err));
  for (int32_t i = 0; i < c->actors; i++)
    useful += c->of_start[i + 1] > c->of_start[i];
  if (c->settings->session_count > 1 && useful <= SCARCE * (int64_t)c->settings->session_count * c->settings->most_actors)
    return make_scarce(&s, groups, hint, scratch, watch, err);
  return KN_OK;
}
