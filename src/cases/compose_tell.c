/* Sessions with their reasons: who brings what with whom, how diverse they are, what is expected of them. */
#include <stdlib.h>
#include <string.h>

#include "compose.h"

typedef struct weighed {
  double value;
  int64_t at;
} weighed;

static int
by_weight(const void *a, const void *b)
{
  const weighed *x = a, *y = b;
  if (x->value != y->value)
    return x->value < y->value ? 1 : -1;
  return (x->at > y->at) - (x->at < y->at);
}

static double
hill_of(const int32_t *kind, const int32_t *actor, int32_t n, int32_t *count)
{
  double sum = 0;
  *count = 0;
  for (int32_t k = 0; k < n; k++) {
    int32_t same = 0, before = 0;
    for (int32_t m = 0; m < n; m++) {
      same += kind[actor[m]] == kind[actor[k]];
      before += m < k && kind[actor[m]] == kind[actor[k]];
    }
    *count += before == 0;
    sum += log((double)same / n) / n; /* each of `same` adds 1/n of p log p / p */
  }
  return exp(-sum);
}

/* Of the classes of ties, by what they are expected to bring. */
static double
class_hill(const int64_t *tie, int64_t n, const kn_opportunities *o, const double *expected, int32_t *count)
{
  double all = 0, sum = 0;
  *count = 0;
  for (int64_t k = 0; o->class_id != NULL && k < n; k++)
    all += o->class_id[tie[k]] != KN_NONE ? expected[tie[k]] : 0;
  for (int64_t k = 0; all > 0 && k < n; k++) {
    const int32_t class_id = o->class_id[tie[k]];
    bool is_first = class_id != KN_NONE;
    double of_class = 0;
    for (int64_t m = 0; m < n && is_first; m++) {
      is_first = m >= k || o->class_id[tie[m]] != class_id;
      of_class += o->class_id[tie[m]] == class_id ? expected[tie[m]] : 0;
    }
    if (!is_first)
      continue;
    (*count)++;
    sum += of_class > 0 ? of_class / all * log(of_class / all) : 0;
  }
  return all > 0 ? exp(-sum) : 0;
}

typedef struct telling {
  const circle *c;
  const kn_opportunities *o;
  const double *expected;
  int32_t *session_of; /* [actors] */
  double *brings;      /* [actors] */
  int64_t *why_count;  /* [actors] */
  int32_t *session;    /* [opportunities] KN_NONE: nowhere */
} telling;

/* Where each opportunity happens. */
static void
place_ties(telling *t)
{
  const kn_opportunities *o = t->o;
  for (int64_t e = 0; e < o->n; e++) {
    t->session[e] = KN_NONE;
    if (!(t->expected[e] > 0))
      continue;
    const int64_t first = o->member_start[e], last = o->member_start[e + 1];
    const int32_t session = t->session_of[o->member[first]];
    bool is_together = session != KN_NONE;
    for (int64_t at = first; at < last; at++)
      is_together &= t->session_of[o->member[at]] == session;
    if (!is_together)
      continue;
    t->session[e] = session;
    for (int64_t at = first; at < last; at++) {
      bool is_again = false; /* named twice in one row */
      for (int64_t m = first; m < at; m++)
        is_again |= o->member[m] == o->member[at];
      t->brings[o->member[at]] += is_again ? 0 : t->expected[e];
      t->why_count[o->member[at]] += !is_again;
    }
  }
}

/* Takes n items in keep and in *view, which is const. */
#define OUT(name, n)                                                                                                             \
  do {                                                                                                                           \
    KN_NEW(name, keep, n, err);                                                                                                  \
    v->name = name;                                                                                                              \
  } while (0)

/* Who brings most comes first; then the ties of each, and of each session, the largest first. */
static kn_code
tell_reasons(kn_session_view *v, telling *t, group *groups, kn_arena *keep, kn_arena *scratch, kn_error *err)
{
  const kn_opportunities *o = t->o;
  int32_t *actor_start, *actor;
  int64_t *why_start, *why, *tie_start, *tie, *why_fill, ties = 0, whys = 0;
  double *brings_eur, *chance;
  int32_t actors = 0;
  weighed *order;
  for (int32_t g = 0; g < v->n; g++)
    actors += groups[g].n;
  for (int64_t e = 0; e < o->n; e++)
    ties += t->session[e] != KN_NONE;
  for (int32_t i = 0; i < t->c->actors; i++)
    whys += t->why_count[i];
  OUT(actor_start, v->n + 1);
  OUT(actor, actors);
  OUT(brings_eur, actors);
  OUT(chance, actors);
  OUT(why_start, actors + 1);
  OUT(why, whys);
  OUT(tie_start, v->n + 1);
  OUT(tie, ties);
  KN_NEW(order, scratch, actors + o->n, err);
  KN_NEW(why_fill, scratch, t->c->actors, err);
  for (int32_t g = 0; g < v->n; g++) {
    for (int32_t k = 0; k < groups[g].n; k++)
      order[k] = (weighed){t->brings[groups[g].actor[k]], groups[g].actor[k]};
    qsort(order, (size_t)groups[g].n, sizeof *order, by_weight);
    actor_start[g + 1] = actor_start[g] + groups[g].n;
    for (int32_t k = 0; k < groups[g].n; k++) {
      const int32_t at = actor_start[g] + k, i = (int32_t)order[k].at;
      actor[at] = groups[g].actor[k] = i;
      brings_eur[at] = t->brings[i];
      chance[at] = t->c->chance[i];
      why_start[at + 1] = why_start[at] + t->why_count[i];
      why_fill[i] = why_start[at];
    }
  }
  int64_t n = 0;
  for (int64_t e = 0; e < o->n; e++)
    if (t->session[e] != KN_NONE)
      order[n++] = (weighed){t->expected[e], e};
  if (n > 0)
    qsort(order, (size_t)n, sizeof *order, by_weight);
  for (int64_t k = 0; k < n; k++)
    tie_start[t->session[order[k].at] + 1]++;
  int64_t *tie_fill;
  KN_NEW(tie_fill, scratch, v->n, err);
  for (int32_t g = 0; g < v->n; g++) {
    tie_start[g + 1] += tie_start[g];
    tie_fill[g] = tie_start[g];
  }
  for (int64_t k = 0; k < n; k++) {
    const int64_t e = order[k].at;
    tie[tie_fill[t->session[e]]++] = e;
    for (int64_t at = o->member_start[e]; at < o->member_start[e + 1]; at++) {
      const int32_t i = o->member[at];
      bool is_again = false;
      for (int64_t m = o->member_start[e]; m < at; m++)
        is_again |= o->member[m] == i;
      if (!is_again)
        why[why_fill[i]++] = e;
    }
  }
  return KN_OK;
}

static kn_code
tell_figures(kn_session_view *v, const telling *t, const group *groups, kn_arena *keep, kn_error *err)
{
  double *value_eur, *expected_eur, *score, *sector_hill, *sector_entropy, *municipality_hill, *class_hills;
  int32_t *sector_count, *municipality_count, *class_count, *newcomer_count;
  OUT(value_eur, v->n);
  OUT(expected_eur, v->n);
  OUT(score, v->n);
  OUT(sector_hill, v->n);
  OUT(sector_entropy, v->n);
  OUT(municipality_hill, v->n);
  KN_NEW(class_hills, keep, v->n, err);
  v->class_hill = class_hills;
  OUT(sector_count, v->n);
  OUT(municipality_count, v->n);
  OUT(class_count, v->n);
  OUT(newcomer_count, v->n);
  for (int32_t g = 0; g < v->n; g++) {
    const group *here = &groups[g];
    for (int64_t k = v->tie_start[g]; k < v->tie_start[g + 1]; k++) {
      value_eur[g] += t->o->value_eur[v->tie[k]];
      expected_eur[g] += t->expected[v->tie[k]];
    }
    score[g] = group_score(t->c, here->actor, here->n, expected_eur[g]);
    sector_hill[g] = hill_of(t->c->sector, here->actor, here->n, &sector_count[g]);
    sector_entropy[g] = fmax(log(sector_hill[g]), 0);
    municipality_hill[g] = hill_of(t->c->municipality, here->actor, here->n, &municipality_count[g]);
    class_hills[g] =
        class_hill(v->tie + v->tie_start[g], v->tie_start[g + 1] - v->tie_start[g], t->o, t->expected, &class_count[g]);
    for (int32_t k = 0; k < here->n; k++)
      newcomer_count[g] += t->c->is_newcomer[here->actor[k]];
    v->total_eur += expected_eur[g];
  }
  return KN_OK;
}

static int
by_score(const void *a, const void *b)
{
  const group *x = a, *y = b;
  if ((x->n > 0) != (y->n > 0))
    return x->n > 0 ? -1 : 1;
  if (x->n == 0 || x->score == y->score)
    return x->n == 0 ? 0 : (x->actor[0] > y->actor[0]) - (x->actor[0] < y->actor[0]);
  return x->score < y->score ? 1 : -1;
}

kn_code
tell_sessions(kn_sessions *s, const circle *c, const kn_opportunities *o, const double *expected, group *groups, double bound,
              kn_arena *scratch, kn_error *err)
{
  telling t = {.c = c, .o = o, .expected = expected};
  kn_session_view *v = &s->view;
  KN_NEW(t.session_of, scratch, c->actors, err);
  KN_NEW(t.brings, scratch, c->actors, err);
  KN_NEW(t.why_count, scratch, c->actors, err);
  KN_NEW(t.session, scratch, o->n, err);
  qsort(groups, (size_t)c->settings->session_count, sizeof *groups, by_score);
  for (int32_t i = 0; i < c->actors; i++)
    t.session_of[i] = KN_NONE;
  for (int32_t g = 0; g < c->settings->session_count && groups[g].n > 0; g++) {
    v->n++;
    for (int32_t k = 0; k < groups[g].n; k++)
      t.session_of[groups[g].actor[k]] = g;
  }
  place_ties(&t);
  KN_TRY(tell_reasons(v, &t, groups, s->keep, scratch, err));
  KN_TRY(tell_figures(v, &t, groups, s->keep, err));
  /* Sums in two orders may differ by rounding. */
  v->bound_eur = fmax(bound, v->total_eur);
  v->gap = v->bound_eur > 0 ? (v->bound_eur - v->total_eur) / v->bound_eur : 0;
  v->gap = v->gap < 1e-11 ? 0 : v->gap;
  return KN_OK;
}
