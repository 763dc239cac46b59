/* What to ask next: the public functions, and the order of the work. */
#include "monitor/ask.h"

#include <stdlib.h>

/* Scenarios of all figures, for what knowing everything is worth. */
enum { ALL_MOST = 32, ALL_NODES = 30000, LISTED_MOST = 200 };

struct kn_ask {
  kn_arena *arena;
  kn_ask_view view;
};

const char *
kn_ask_kind_name(kn_ask_kind kind)
{
  static const char *const name[] = {"quantity", "price", "fate", "spec"};
  return name[kind];
}

const char *
kn_ask_table(const kn_question *question)
{
  return question->place.kind == KN_END_OFFER ? "offer" : "need";
}

const char *
kn_ask_column(const kn_region *region, const kn_question *question)
{
  static const char *const name[] = {"quantity", "price_eur", "fate_eur", ""};
  return question->kind == KN_ASK_SPEC ? kn_region_properties(region).property_name[question->property] : name[question->kind];
}

static kn_code
check_settings(const kn_ask_settings *s, kn_error *err)
{
  if (!(s->cost_eur >= 0) || !isfinite(s->cost_eur))
    return kn_fail(err, KN_E_INPUT, "the cost of a question must be 0 or more, is %g", s->cost_eur);
  if (!(s->error >= 0 && s->error < 1))
    return kn_fail(err, KN_E_INPUT, "the error of an answer must lie in 0 up to 1, is %g", s->error);
  if (!(s->quantity_sd >= 0) || !(s->price_sd >= 0) || !isfinite(s->quantity_sd) || !isfinite(s->price_sd))
    return kn_fail(err, KN_E_INPUT, "deviations must be 0 or more, are %g and %g", s->quantity_sd, s->price_sd);
  if (s->shortlist < 1 || s->shortlist > 10000)
    return kn_fail(err, KN_E_INPUT, "the shortlist must hold 1 to 10000 figures, not %d", (int)s->shortlist);
  if (s->scenarios < 16 || s->scenarios > 4096)
    return kn_fail(err, KN_E_INPUT, "there must be 16 to 4096 scenarios, not %d", (int)s->scenarios);
  if (s->plans < 3 || s->plans > 1000)
    return kn_fail(err, KN_E_INPUT, "each figure must be planned on 3 to 1000 values, not %d", (int)s->plans);
  return KN_OK;
}

/* ------------------------------------------------------------------ the shortlist */

typedef struct rank {
  double first_eur;
  int32_t figure;
} rank;

static int
by_first(const void *a, const void *b)
{
  const rank *x = a, *y = b;
  if (x->first_eur != y->first_eur)
    return x->first_eur > y->first_eur ? -1 : 1;
  return x->figure - y->figure;
}

static kn_code
rank_figures(const ask_pool *pool, kn_arena *arena, rank **out, kn_error *err)
{
  KN_NEW(*out, arena, pool->figure_count, err);
  for (int32_t f = 0; f < pool->figure_count; f++)
    (*out)[f] = (rank){pool->figure[f].first_eur, f};
  if (pool->figure_count > 0)
    qsort(*out, (size_t)pool->figure_count, sizeof **out, by_first);
  return KN_OK;
}

typedef struct sample_job {
  const ask_pool *pool;
  const kn_ask_settings *settings;
  const int32_t *figure;
  ask_result *result;
  kn_arena **keep; /* [figures]: arenas are not shared by threads */
  kn_code *code;
  kn_error *err;
  const kn_watch *watch;
} sample_job;

static void
run_samples(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const sample_job *job = arg;
  (void)worker;
  for (int64_t k = first; k < last; k++)
    job->code[k] = kn_watch_is_stopped(job->watch)
                       ? kn_fail(&job->err[k], KN_E_STOPPED, "stopped before all questions were judged")
                       : ask_family_sample(job->pool, job->figure[k], job->settings, job->keep[k], &job->result[k], &job->err[k]);
}

static kn_code
sample_all(const ask_pool *pool, const kn_ask_settings *settings, const int32_t *figure, int32_t count, ask_result *result,
           kn_arena **keep, const kn_watch *watch, kn_arena *arena, kn_error *err)
{
  sample_job job = {.pool = pool, .settings = settings, .figure = figure, .result = result, .keep = keep, .watch = watch};
  KN_NEW(job.code, arena, count, err);
  KN_NEW(job.err, arena, count, err);
  KN_TRY(kn_parallel(settings->thread_count, count, 1, run_samples, &job, err));
  for (int32_t k = 0; k < count; k++)
    if (job.code[k] != KN_OK) {
      if (err != NULL)
        *err = job.err[k];
      return job.code[k];
    }
  return KN_OK;
}

/* ------------------------------------------------------------------ what is told */
typedef struct work {
  const kn_ask_settings *settings;
  ask_pool pool;
  rank *ranked;
  int32_t count, *figure; /* the shortlist */
  ask_result *result;
  int32_t asked_count, *order;
  double *gain;
} work;

static kn_question
describe(const work *w, int32_t figure)
{
  const ask_figure *about = &w->pool.figure[figure];
  return (kn_question){.kind = about->kind,
                       .place = about->place,
                       .actor = about->actor,
                       .site = about->site,
                       .property = about->property,
                       .is_prior = about->is_prior,
                       .mean = about->mean,
                       .sd = about->sd,
                       .first_eur = about->first_eur,
                       .evppi_eur = NAN,
                       .evsi_eur = NAN,
                       .se_eur = NAN,
                       .gain_eur = NAN,
                       .net_eur = NAN};
}

static void
tell_sampled(const work *w, int32_t k, kn_question *to, kn_ask_change *change, int64_t *change_count)
{
  const ask_result *result = &w->result[k];
  *to = describe(w, w->figure[k]);
  to->is_sampled = true;
  to->evppi_eur = result->worth.evppi;
  to->evsi_eur = result->worth.evsi;
  to->se_eur = result->worth.se;
  to->gain_eur = w->gain[k];
  to->net_eur = w->gain[k] - w->settings->cost_eur;
  to->first_change = (int32_t)*change_count;
  to->change_count = (int32_t)result->change_count;
  for (int64_t c = 0; c < result->change_count; c++)
    change[(*change_count)++] = result->change[c];
}

typedef struct by_gain {
  double gain, evsi, first_eur;
  int32_t at;
} by_gain;

static int
by_falling_gain(const void *a, const void *b)
{
  const by_gain *x = a, *y = b;
  if (x->gain != y->gain)
    return x->gain > y->gain ? -1 : 1;
  if (x->evsi != y->evsi)
    return x->evsi > y->evsi ? -1 : 1;
  if (x->first_eur != y->first_eur)
    return x->first_eur > y->first_eur ? -1 : 1;
  return x->at - y->at;
}

/* Those to be asked, in their order; the other sampled ones; the next ones that were not. */
static kn_code
tell_questions(kn_ask *ask, const work *w, kn_error *err)
{
  kn_question *question;
  kn_ask_change *change;
  by_gain *rest;
  bool *is_asked;
  int64_t changes = 0, most_changes = 0;
  int32_t n = 0, rest_count = 0;
  for (int32_t k = 0; k < w->count; k++)
    most_changes += w->result[k].change_count;
  KN_NEW(question, ask->arena, w->count + LISTED_MOST, err);
  KN_NEW(change, ask->arena, most_changes, err);
  KN_NEW(rest, ask->arena, w->count, err);
  KN_NEW(is_asked, ask->arena, w->count, err);
  for (int32_t k = 0; k < w->asked_count; k++) {
    is_asked[w->order[k]] = true;
    tell_sampled(w, w->order[k], &question[n++], change, &changes);
  }
  for (int32_t k = 0; k < w->count; k++)
    if (!is_asked[k])
      rest[rest_count++] = (by_gain){w->gain[k], w->result[k].worth.evsi, w->pool.figure[w->figure[k]].first_eur, k};
  if (rest_count > 0)
    qsort(rest, (size_t)rest_count, sizeof *rest, by_falling_gain);
  for (int32_t k = 0; k < rest_count; k++)
    tell_sampled(w, rest[k].at, &question[n++], change, &changes);
  for (int32_t k = w->count; k < w->pool.figure_count && k < w->count + LISTED_MOST && w->ranked[k].first_eur > 0; k++)
    question[n++] = describe(w, w->ranked[k].figure);
  ask->view.n = n;
  ask->view.question = question;
  ask->view.change = change;
  ask->view.change_count = changes;
  ask->view.stop_after = w->asked_count;
  return KN_OK;
}

static int
by_falling_net(const void *a, const void *b)
{
  const kn_ask_call *x = a, *y = b;
  if (x->net_eur != y->net_eur)
    return x->net_eur > y->net_eur ? -1 : 1;
  return x->actor - y->actor;
}

static kn_code
tell_calls(kn_ask *ask, kn_error *err)
{
  kn_ask_call *call;
  int32_t *asked, n = 0, at = 0;
  const int32_t count = ask->view.stop_after;
  KN_NEW(call, ask->arena, count, err);
  KN_NEW(asked, ask->arena, count, err);
  for (int32_t q = 0; q < count; q++) {
    const kn_question *question = &ask->view.question[q];
    int32_t c = 0;
    while (c < n && call[c].actor != question->actor)
      c++;
    if (c == n)
      call[n++] = (kn_ask_call){.actor = question->actor};
    call[c].count++;
    call[c].gain_eur += question->gain_eur;
    call[c].net_eur += question->net_eur;
  }
  if (n > 0)
    qsort(call, (size_t)n, sizeof *call, by_falling_net);
  for (int32_t c = 0; c < n; c++) {
    call[c].first = at;
    for (int32_t q = 0; q < count; q++)
      if (ask->view.question[q].actor == call[c].actor)
        asked[at++] = q;
  }
  ask->view.call_count = n;
  ask->view.call = call;
  ask->view.asked = asked;
  return KN_OK;
}

/* ------------------------------------------------------------------ the work */
static void
tell(const kn_watch *watch, const char *phase, double done, double total)
{
  const kn_progress progress = {.phase = phase, .done = done, .total = total, .value = NAN, .bound = NAN};
  kn_watch_tell(watch, &progress);
}

static kn_code
judge(kn_ask *ask, work *w, kn_arena *scratch, kn_arena ***keep, const kn_watch *watch, kn_error *err)
{
  const kn_ask_settings *settings = w->settings;
  ask_pool *pool = &w->pool;
  ask_now now = {NAN, NAN, NAN};
  ask_screen(pool);
  tell(watch, "now", 0, 0);
  if ((int64_t)pool->supply.n + pool->demand.n <= ALL_NODES)
    KN_TRY(ask_decide_now(pool, settings, settings->scenarios < ALL_MOST ? settings->scenarios : ALL_MOST, &now, err));
  if (kn_watch_is_stopped(watch))
    return kn_fail(err, KN_E_STOPPED, "stopped before all questions were judged");
  ask->view.value_eur = now.value;
  ask->view.evpi_eur = now.evpi;
  ask->view.evpi_se_eur = now.se;
  KN_TRY(rank_figures(pool, scratch, &w->ranked, err));
  while (w->count < settings->shortlist && w->count < pool->figure_count && w->ranked[w->count].first_eur > 0)
    w->count++;
  KN_NEW(w->figure, scratch, w->count, err);
  KN_NEW(w->result, scratch, w->count, err);
  KN_NEW(w->order, scratch, w->count, err);
  KN_NEW(w->gain, scratch, w->count, err);
  KN_NEW(*keep, scratch, w->count + 1, err);
  for (int32_t k = 0; k < w->count; k++) {
    w->figure[k] = w->ranked[k].figure;
    (*keep)[k] = kn_arena_new();
  }
  tell(watch, "questions", 0, 0);
  KN_TRY(sample_all(pool, settings, w->figure, w->count, w->result, *keep, watch, scratch, err));
  tell(watch, "order", 0, 0);
  KN_TRY(ask_order(pool, settings, w->figure, w->result, w->count, w->order, w->gain, &w->asked_count, err));
  kn_ask_view *view = &ask->view;
  view->figures = pool->figure_count;
  view->sampled = w->count;
  view->left_out_eur = w->count < pool->figure_count ? w->ranked[w->count].first_eur : 0;
  for (int32_t k = 0; k < w->count; k++) {
    view->plans += w->result[k].plans;
    view->zero += !(w->result[k].worth.evppi > 0);
  }
  KN_TRY(tell_questions(ask, w, err));
  KN_TRY(tell_calls(ask, err));
  return KN_OK;
}

static kn_code
make(kn_ask *ask, const kn_region *region, const kn_ask_settings *settings, const kn_watch *watch, kn_arena *scratch,
     kn_error *err)
{
  kn_region *expected = NULL;
  kn_plan *plan = NULL;
  kn_arena **keep = NULL;
  ask_prices prices = {0};
  work w = {.settings = settings};
  KN_TRY(ask_expect_prices(&prices, region, settings, scratch, err));
  kn_plan_settings how = KN_PLAN_DEFAULTS;
  how.gap = settings->gap;
  how.keeps_engine = true;
  how.thread_count = settings->thread_count;
  kn_code code = kn_region_edit(&expected, region, prices.edit, prices.edit_count, err);
  if (code == KN_OK)
    code = kn_plan_make(&plan, expected, &how, watch, err);
  if (code == KN_OK && kn_plan_sum(plan).status == KN_PLAN_STOPPED)
    code = kn_fail(err, KN_E_STOPPED, "stopped before the plan on expected figures was made");
  if (code == KN_OK)
    code = ask_pool_fill(&w.pool, plan, expected, &prices, settings, scratch, err);
  if (code == KN_OK)
    code = ask_list_figures(&w.pool, &prices, settings, scratch, err);
  if (code == KN_OK) {
    ask->view.plan_eur = kn_plan_sum(plan).value[KN_VALUE];
    code = judge(ask, &w, scratch, &keep, watch, err);
  }
  for (int32_t k = 0; keep != NULL && k < w.count; k++)
    kn_arena_free(keep[k]);
  kn_plan_free(plan);
  if (expected != NULL)
    kn_region_free(expected);
  return code;
}

kn_code
kn_ask_make(kn_ask **out, const kn_region *region, const kn_ask_settings *settings, const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  KN_TRY(check_settings(settings, err));
  kn_arena *arena = kn_arena_new(), *scratch = kn_arena_new();
  kn_ask *ask = NULL;
  kn_code code = kn_arena_reserve(arena, sizeof *ask + 16, err);
  if (code == KN_OK) {
    ask = kn_arena_take(arena, 1, sizeof *ask);
    ask->arena = arena;
    code = make(ask, region, settings, watch, scratch, err);
  }
  kn_arena_free(scratch);
  if (code != KN_OK) {
    kn_arena_free(arena);
    return kn_note(err, "finding what to ask");
  }
  *out = ask;
  return KN_OK;
}

void
kn_ask_free(kn_ask *ask)
{
  if (ask != NULL)
    kn_arena_free(ask->arena);
}

kn_ask_view
kn_ask_rows(const kn_ask *ask)
{
  return ask->view;
}
