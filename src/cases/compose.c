/* Whom to bring together: penalties are worked into what each opportunity may be expected to bring, then groups are sought
 * (compose_search.c) and bounded (compose_bound.c), and each is told with its reasons.
 *
 *   chance_i   = availability_i prod (1 - penalty) ^ (1/2 ^ (days / half-life))       over his invitations and refusals
 *   expected_e = value_e prod_i chance_i prod (1 - repeat) ^ (1/2 ^ (days / half-life))  over sessions held with all its members
 *   score      = sum of expected x (1 + w_s (H_s - 1)/(n - 1) + w_m (H_m - 1)/(n - 1) + w_n newcomers / n)
 *
 * with H the Hill number of order 1 of sectors and of municipalities: it is n where all differ. */
#include "compose.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ checks */
static kn_code
check_share(const char *name, double value, kn_error *err)
{
  if (!(value >= 0 && value <= 1))
    return kn_fail(err, KN_E_INPUT, "%s must be 0 to 1, is %g", name, value);
  return KN_OK;
}

static kn_code
check_weight(const char *name, double value, kn_error *err)
{
  if (!(value >= 0 && isfinite(value)))
    return kn_fail(err, KN_E_INPUT, "%s must be 0 or more, is %g", name, value);
  return KN_OK;
}

static kn_code
check_settings(const kn_compose_settings *s, kn_error *err)
{
  if (s->session_count < 1)
    return kn_fail(err, KN_E_INPUT, "session_count must be at least 1, is %d", s->session_count);
  if (s->least_actors < 2 || s->most_actors < s->least_actors)
    return kn_fail(err, KN_E_INPUT, "a session needs at least 2 actors and no fewer at most than at least, not %d to %d",
                   s->least_actors, s->most_actors);
  if (!(s->half_life_days > 0))
    return kn_fail(err, KN_E_INPUT, "half_life_days must be above 0, is %g", s->half_life_days);
  if (s->start_count < 1)
    return kn_fail(err, KN_E_INPUT, "start_count must be at least 1, is %d", s->start_count);
  KN_TRY(check_share("invited_penalty", s->invited_penalty, err));
  KN_TRY(check_share("refused_penalty", s->refused_penalty, err));
  KN_TRY(check_share("repeat_penalty", s->repeat_penalty, err));
  KN_TRY(check_weight("sector_weight", s->sector_weight, err));
  KN_TRY(check_weight("municipality_weight", s->municipality_weight, err));
  return check_weight("newcomer_weight", s->newcomer_weight, err);
}

static kn_code
check_actor(const char *what, int64_t row, int32_t actor, int32_t actors, kn_error *err)
{
  if (actor < 0 || actor >= actors)
    return kn_fail(err, KN_E_INPUT, "%s %" PRId64 ": its actor must be 0 to %d, is %d", what, row, actors - 1, actor);
  return KN_OK;
}

static kn_code
check_days(const char *what, int64_t row, double days, kn_error *err)
{
  if (!(days >= 0))
    return kn_fail(err, KN_E_INPUT, "%s %" PRId64 ": days ago must be 0 or more, is %g", what, row, days);
  return KN_OK;
}

static kn_code
check_lists(const char *what, int64_t n, const int64_t *start, const int32_t *member, int32_t actors, kn_error *err)
{
  for (int64_t r = 0; r < n; r++) {
    if (start[r + 1] < start[r])
      return kn_fail(err, KN_E_INPUT, "%s %" PRId64 " ends before it starts", what, r);
    for (int64_t at = start[r]; at < start[r + 1]; at++)
      KN_TRY(check_actor(what, r, member[at], actors, err));
  }
  return KN_OK;
}

static kn_code
check_guests(const kn_guests *g, kn_error *err)
{
  if (g->n < 0)
    return kn_fail(err, KN_E_INPUT, "there cannot be %d actors", g->n);
  for (int32_t i = 0; i < g->n; i++) {
    if (g->availability != NULL && !(g->availability[i] >= 0 && g->availability[i] <= 1))
      return kn_fail(err, KN_E_INPUT, "actor %d: availability must be 0 to 1, is %g", i, g->availability[i]);
    if (g->sector_id[i] < KN_NONE || g->municipality[i] < KN_NONE)
      return kn_fail(err, KN_E_INPUT, "actor %d: sector and municipality must be 0 or more, or %d where not known", i, KN_NONE);
  }
  for (int64_t r = 0; r < g->answer_count; r++) {
    KN_TRY(check_actor("answer", r, g->answer_actor[r], g->n, err));
    KN_TRY(check_days("answer", r, g->answer_days[r], err));
    if (g->answer_kind[r] > KN_REFUSED)
      return kn_fail(err, KN_E_INPUT, "answer %" PRId64 ": its kind must be 0 or 1, is %d", r, g->answer_kind[r]);
  }
  for (int64_t r = 0; r < g->refused_count; r++) {
    KN_TRY(check_actor("refused pair", r, g->refused_a[r], g->n, err));
    KN_TRY(check_actor("refused pair", r, g->refused_b[r], g->n, err));
  }
  KN_TRY(check_lists("session held", g->held_count, g->held_start, g->held_member, g->n, err));
  for (int64_t r = 0; r < g->held_count; r++)
    KN_TRY(check_days("session held", r, g->held_days[r], err));
  return KN_OK;
}

static kn_code
check_opportunities(const kn_opportunities *o, int32_t actors, kn_error *err)
{
  KN_TRY(check_lists("opportunity", o->n, o->member_start, o->member, actors, err));
  for (int64_t e = 0; e < o->n; e++)
    if (!isfinite(o->value_eur[e]))
      return kn_fail(err, KN_E_INPUT, "opportunity %" PRId64 ": its value must be a number, is %g", e, o->value_eur[e]);
  return KN_OK;
}

/* ------------------------------------------------------------------ actors */
typedef struct numbered {
  int32_t value, at;
} numbered;

static int
by_number(const void *a, const void *b)
{
  const numbered *x = a, *y = b;
  if (x->value != y->value)
    return x->value < y->value ? -1 : 1;
  return (x->at > y->at) - (x->at < y->at);
}

/* Any numbers to 0, 1 ...; the unknown ones are one of them. */
static kn_code
make_dense(int32_t **out, int32_t *count, const int32_t *value, int32_t n, kn_arena *scratch, kn_error *err)
{
  numbered *list;
  KN_NEW(*out, scratch, n, err);
  KN_NEW(list, scratch, n, err);
  for (int32_t i = 0; i < n; i++)
    list[i] = (numbered){value[i], i};
  if (n > 0)
    qsort(list, (size_t)n, sizeof *list, by_number);
  *count = 0;
  for (int32_t k = 0; k < n; k++) {
    *count += k == 0 || list[k].value != list[k - 1].value;
    (*out)[list[k].at] = *count - 1;
  }
  return KN_OK;
}

/* What a penalty of today still is after so many days. */
static double
after(double penalty, double days, double half_life)
{
  return pow(1 - penalty, exp2(-days / half_life));
}

static kn_code
make_actors(circle *c, const kn_guests *g, kn_arena *scratch, kn_error *err)
{
  const kn_compose_settings *s = c->settings;
  c->actors = g->n;
  KN_NEW(c->chance, scratch, g->n, err);
  KN_NEW(c->is_newcomer, scratch, g->n, err);
  for (int32_t i = 0; i < g->n; i++) {
    c->chance[i] = g->availability != NULL ? g->availability[i] : 1;
    c->is_newcomer[i] = 1;
  }
  for (int64_t r = 0; r < g->answer_count; r++) {
    const double penalty = g->answer_kind[r] == KN_REFUSED ? s->refused_penalty : s->invited_penalty;
    c->chance[g->answer_actor[r]] *= after(penalty, g->answer_days[r], s->half_life_days);
  }
  for (int64_t at = 0; g->held_count > 0 && at < g->held_start[g->held_count]; at++)
    c->is_newcomer[g->held_member[at]] = 0;
  KN_TRY(make_dense(&c->sector, &c->sectors, g->sector_id, g->n, scratch, err));
  KN_TRY(make_dense(&c->municipality, &c->municipalities, g->municipality, g->n, scratch, err));

  int64_t *fill;
  KN_NEW(c->refused_start, scratch, (int64_t)g->n + 1, err);
  KN_NEW(c->refused, scratch, 2 * g->refused_count, err);
  KN_NEW(fill, scratch, g->n, err);
  for (int64_t r = 0; r < g->refused_count; r++)
    if (g->refused_a[r] != g->refused_b[r]) {
      c->refused_start[g->refused_a[r] + 1]++;
      c->refused_start[g->refused_b[r] + 1]++;
    }
  for (int32_t i = 0; i < g->n; i++)
    c->refused_start[i + 1] += c->refused_start[i];
  /* A pair may be given twice, or both ways round; it counts once. */
  for (int64_t r = 0; r < 2 * g->refused_count; r++) {
    const int64_t row = r / 2;
    const int32_t a = r % 2 ? g->refused_b[row] : g->refused_a[row], b = r % 2 ? g->refused_a[row] : g->refused_b[row];
    bool is_there = a == b;
    for (int64_t k = c->refused_start[a]; k < c->refused_start[a] + fill[a]; k++)
      is_there |= c->refused[k] == b;
    if (!is_there)
      c->refused[c->refused_start[a] + fill[a]++] = b;
  }
  for (int32_t i = 0; i < g->n; i++)
    for (int64_t k = c->refused_start[i] + fill[i]; k < c->refused_start[i + 1]; k++)
      c->refused[k] = i; /* himself: harmless, as nobody is in a group twice */
  return KN_OK;
}

/* ------------------------------------------------------------------ opportunities -> sets */
typedef struct raw { /* one that counts, its members sorted */
  const int32_t *member;
  int32_t size;
  int64_t row;
} raw;

static int
by_member(const void *a, const void *b)
{
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

static int
compare_sets(const raw *x, const raw *y)
{
  for (int32_t k = 0; k < x->size && k < y->size; k++)
    if (x->member[k] != y->member[k])
      return x->member[k] < y->member[k] ? -1 : 1;
  return (x->size > y->size) - (x->size < y->size);
}

static int
by_set(const void *a, const void *b)
{
  const raw *x = a, *y = b;
  const int order = compare_sets(x, y);
  return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

/* What sessions with all of these leave of their value. */
static double
not_tried(const circle *c, const kn_guests *g, const int64_t *in_start, const int32_t *in, const raw *set)
{
  double factor = 1;
  const int32_t first = set->member[0];
  for (int64_t k = in_start[first]; k < in_start[first + 1]; k++) {
    const int32_t held = in[k];
    bool had_all = held != KN_NONE;
    for (int32_t m = 1; m < set->size && had_all; m++) {
      const int32_t i = set->member[m];
      bool is_there = false;
      for (int64_t at = in_start[i]; at < in_start[i + 1] && !is_there; at++)
        is_there = in[at] == held;
      had_all = is_there;
    }
    if (had_all)
      factor *= after(c->settings->repeat_penalty, g->held_days[held], c->settings->half_life_days);
  }
  return factor;
}

/* For each actor the sessions he was in. */
static kn_code
sessions_of(const kn_guests *g, int64_t **start, int32_t **in, kn_arena *scratch, kn_error *err)
{
  int64_t *fill;
  if (g->held_count > INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "%" PRId64 " sessions held are too many", g->held_count);
  const int64_t members = g->held_count > 0 ? g->held_start[g->held_count] : 0;
  KN_NEW(*start, scratch, (int64_t)g->n + 1, err);
  KN_NEW(*in, scratch, members, err);
  KN_NEW(fill, scratch, g->n, err);
  for (int64_t at = 0; at < members; at++)
    (*start)[g->held_member[at] + 1]++;
  for (int32_t i = 0; i < g->n; i++)
    (*start)[i + 1] += (*start)[i];
  for (int32_t h = 0; h < g->held_count; h++)
    for (int64_t at = g->held_start[h]; at < g->held_start[h + 1]; at++) {
      const int32_t i = g->held_member[at];
      /* Named twice in one session, he was there once. */
      if (fill[i] == 0 || (*in)[(*start)[i] + fill[i] - 1] != h)
        (*in)[(*start)[i] + fill[i]++] = h;
    }
  for (int32_t i = 0; i < g->n; i++)
    for (int64_t k = (*start)[i] + fill[i]; k < (*start)[i + 1]; k++)
      (*in)[k] = KN_NONE;
  return KN_OK;
}

/* Members sorted, each once; how many. */
static int32_t
tidy(int32_t *to, const int32_t *from, int64_t n)
{
  if (n == 0)
    return 0;
  memcpy(to, from, (size_t)n * sizeof *to);
  qsort(to, (size_t)n, sizeof *to, by_member);
  int32_t size = 1;
  for (int64_t k = 1; k < n; k++)
    if (to[k] != to[size - 1])
      to[size++] = to[k];
  return size;
}

/* 0: these never meet. */
static double
expected_of(const circle *c, const kn_guests *g, const int64_t *in_start, const int32_t *in, const raw *set, double value)
{
  if (!(value > 0) || set->size < 2 || set->size > c->settings->most_actors)
    return 0;
  for (int32_t k = 0; k < set->size; k++) {
    value *= c->chance[set->member[k]];
    for (int32_t m = 0; m < k; m++)
      if (circle_refuses(c, set->member[m], set->member[k]))
        return 0;
  }
  return value * not_tried(c, g, in_start, in, set);
}

/* expected: [opportunities]; sets of the circle are those above 0, the same actors merged. */
static kn_code
make_sets(circle *c, const kn_guests *g, const kn_opportunities *o, double *expected, kn_arena *scratch, kn_error *err)
{
  const int64_t members = o->n > 0 ? o->member_start[o->n] - o->member_start[0] : 0;
  int64_t *in_start = NULL, *fill;
  int32_t *in = NULL, *sorted;
  raw *list;
  int64_t used = 0, n = 0;
  KN_TRY(sessions_of(g, &in_start, &in, scratch, err));
  KN_NEW(sorted, scratch, members, err);
  KN_NEW(list, scratch, o->n, err);
  for (int64_t e = 0; e < o->n; e++) {
    const raw set = {sorted + used,
                     tidy(sorted + used, o->member + o->member_start[e], o->member_start[e + 1] - o->member_start[e]), e};
    expected[e] = expected_of(c, g, in_start, in, &set, o->value_eur[e]);
    if (!(expected[e] > 0))
      continue;
    used += set.size;
    list[n++] = set;
  }
  if (n > 0)
    qsort(list, (size_t)n, sizeof *list, by_set);
  KN_NEW(c->start, scratch, n + 1, err);
  KN_NEW(c->member, scratch, used, err);
  KN_NEW(c->expected, scratch, n, err);
  KN_NEW(c->of_start, scratch, (int64_t)c->actors + 1, err);
  for (int64_t k = 0; k < n; k++) {
    if (k > 0 && compare_sets(&list[k - 1], &list[k]) == 0) {
      c->expected[c->sets - 1] += expected[list[k].row];
      continue;
    }
    memcpy(c->member + c->start[c->sets], list[k].member, (size_t)list[k].size * sizeof *c->member);
    for (int32_t m = 0; m < list[k].size; m++)
      c->of_start[list[k].member[m] + 1]++;
    c->start[c->sets + 1] = c->start[c->sets] + list[k].size;
    c->expected[c->sets++] = expected[list[k].row];
  }
  for (int32_t i = 0; i < c->actors; i++)
    c->of_start[i + 1] += c->of_start[i];
  KN_NEW(c->of, scratch, used, err);
  KN_NEW(fill, scratch, c->actors, err);
  for (int64_t e = 0; e < c->sets; e++)
    for (int64_t at = c->start[e]; at < c->start[e + 1]; at++)
      c->of[c->of_start[c->member[at]] + fill[c->member[at]]++] = e;
  return KN_OK;
}

/* ------------------------------------------------------------------ all of it */
static kn_code
compose(kn_sessions *s, const kn_guests *guests, const kn_opportunities *o, const kn_compose_settings *settings,
        kn_arena *scratch, const kn_watch *watch, kn_error *err)
{
  KN_TRY(check_settings(settings, err));
  KN_TRY(check_guests(guests, err));
  KN_TRY(check_opportunities(o, guests->n, err));
  /* No more sessions and places than there are actors for. */
  kn_compose_settings use = *settings;
  const int32_t n = guests->n > 2 ? guests->n : 2;
  use.most_actors = use.most_actors > n ? n : use.most_actors;
  use.session_count = use.session_count > n / 2 ? n / 2 : use.session_count;
  circle c = {.settings = &use};
  double *expected, bound;
  group *groups, best = {0};
  KN_TRY(make_actors(&c, guests, scratch, err));
  KN_NEW(expected, scratch, o->n, err);
  KN_TRY(make_sets(&c, guests, o, expected, scratch, err));
  KN_NEW(groups, scratch, use.session_count, err);
  for (int32_t g = 0; g < use.session_count; g++)
    KN_NEW(groups[g].actor, scratch, use.most_actors, err);
  KN_NEW(best.actor, scratch, use.most_actors, err);
  KN_TRY(bound_groups(&c, &bound, &best, scratch, watch, err));
  if (guests->n >= use.least_actors)
    KN_TRY(search_groups(&c, groups, &best, scratch, watch, err));
  return tell_sessions(s, &c, o, expected, groups, bound, scratch, err);
}

kn_code
kn_sessions_compose(kn_sessions **out, const kn_guests *guests, const kn_opportunities *opportunities,
                    const kn_compose_settings *settings, const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  kn_sessions *s = calloc(1, sizeof *s);
  if (s == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  s->keep = kn_arena_new();
  kn_arena *scratch = kn_arena_new();
  const kn_code code = compose(s, guests, opportunities, settings, scratch, watch, err);
  kn_arena_free(scratch);
  if (code != KN_OK) {
    kn_sessions_free(s);
    kn_note(err, "composing sessions of %d actors", guests->n);
    return code;
  }
  *out = s;
  return KN_OK;
}

kn_session_view
kn_sessions_rows(const kn_sessions *sessions)
{
  return sessions->view;
}

void
kn_sessions_free(kn_sessions *sessions)
{
  if (sessions == NULL)
    return;
  kn_arena_free(sessions->keep);
  free(sessions);
}
