/* Whom to ask first. Worths of questions do not add up, so it is greedy: the best one, then the one that adds most to it, and so
 * on until none adds more than it costs. What a question still adds once another is asked is sampled for the pairs whose decisions
 * touch the same places; of several that are asked already each leaves its share. */
#include "monitor/ask.h"

typedef struct pair_job {
  const ask_pool *pool;
  const kn_ask_settings *settings;
  const int32_t *figure; /* [shortlist] */
  int32_t asked;         /* place in the shortlist */
  const int32_t *other;
  double (*gain)[3]; /* [count] of the first, of the second, of both */
  kn_code *code;
  kn_error *err;
} pair_job;

static void
run_pairs(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const pair_job *job = arg;
  (void)worker;
  for (int64_t k = first; k < last; k++)
    job->code[k] = ask_family_pair(job->pool, job->figure[job->asked], job->figure[job->other[k]], job->settings, job->gain[k],
                                   &job->err[k]);
}

/* Only what could still be worth asking, the best first. */
enum { PAIRS_EACH = 4 };

static int32_t
list_others(const ask_pool *pool, const ask_result *result, const bool *is_asked, const double *gain, int32_t count,
            int32_t asked, const int32_t *figure, int32_t *other)
{
  int32_t n = 0;
  for (int32_t k = 0; k < count; k++) {
    if (is_asked[k] || !(result[k].worth.evsi > 0) || pool->figure[figure[k]].actor == KN_NONE ||
        !ask_touch(&result[asked], &result[k]))
      continue;
    int32_t at = n < PAIRS_EACH ? n++ : PAIRS_EACH;
    for (; at > 0 && gain[other[at - 1]] < gain[k]; at--)
      if (at < PAIRS_EACH)
        other[at] = other[at - 1];
    if (at < PAIRS_EACH)
      other[at] = k;
  }
  return n;
}

/* Of two that are worth something only together, the second may add more than it is worth alone; not more than so many times, for
 * both figures are sampled. */
static double
what_is_left(double gain, const double both[3])
{
  static const double most = 3;
  const double added = fmax(both[2] - both[0], 0);
  return both[1] > 0 ? gain * fmin(added / both[1], most) : gain + added;
}

static kn_code
order_all(const ask_pool *pool, const kn_ask_settings *settings, const int32_t *figure, const ask_result *result, int32_t count,
          int32_t *order, double *gain, int32_t *asked_count, kn_arena *scratch, kn_error *err)
{
  bool *is_asked;
  pair_job job = {.pool = pool, .settings = settings, .figure = figure};
  int32_t other[PAIRS_EACH];
  KN_NEW(is_asked, scratch, count, err);
  KN_NEW(job.gain, scratch, PAIRS_EACH, err);
  KN_NEW(job.code, scratch, PAIRS_EACH, err);
  KN_NEW(job.err, scratch, PAIRS_EACH, err);
  job.other = other;
  for (;;) {
    int32_t best = KN_NONE;
    for (int32_t k = 0; k < count; k++)
      if (!is_asked[k] && pool->figure[figure[k]].actor != KN_NONE && gain[k] > settings->cost_eur &&
          (best == KN_NONE || gain[k] > gain[best]))
        best = k;
    if (best == KN_NONE)
      return KN_OK;
    is_asked[best] = true;
    order[(*asked_count)++] = best;
    job.asked = best;
    const int32_t n = list_others(pool, result, is_asked, gain, count, best, figure, other);
    KN_TRY(kn_parallel(settings->thread_count, n, 1, run_pairs, &job, err));
    for (int32_t k = 0; k < n; k++) {
      if (job.code[k] != KN_OK) {
        if (err != NULL)
          *err = job.err[k];
        return job.code[k];
      }
      gain[other[k]] = what_is_left(gain[other[k]], job.gain[k]);
    }
  }
}

kn_code
ask_order(const ask_pool *pool, const kn_ask_settings *settings, const int32_t *figure, const ask_result *result, int32_t count,
          int32_t *order, double *gain, int32_t *asked_count, kn_error *err)
{
  *asked_count = 0;
  for (int32_t k = 0; k < count; k++)
    gain[k] = result[k].worth.evsi;
  kn_arena *scratch = kn_arena_new();
  const kn_code code = order_all(pool, settings, figure, result, count, order, gain, asked_count, scratch, err);
  kn_arena_free(scratch);
  return code;
}
