/* Whom to ask first. Worths of questions do not add up, so it is greedy: the best one, then the one that adds most to it, and so
 * on until none adds more than it costs. What a question still adds once another is asked is sampled for the pairs whose decisions
 * touch the same places; of several that are asked already each leaves its share. */
#include "monitor/ask.h"

#include <stdlib.h>

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

kn_code
ask_order(const ask_pool *pool, const kn_ask_settings *settings, const int32_t *figure, const ask_result *result, int32_t count,
          int32_t *order, double *gain, int32_t *asked_count, kn_error *err)
{
  bool *is_asked = calloc((size_t)count + 1, sizeof *is_asked);
  kn_error *errors = calloc(PAIRS_EACH, sizeof *errors);
  kn_code code = is_asked != NULL && errors != NULL ? KN_OK : kn_fail(err, KN_E_LIMIT, "no memory for %d questions", (int)count);
  int32_t other[PAIRS_EACH];
  double both[PAIRS_EACH][3];
  kn_code codes[PAIRS_EACH];
  *asked_count = 0;
  for (int32_t k = 0; k < count; k++)
    gain[k] = result[k].worth.evsi;
  while (code == KN_OK) {
    int32_t best = KN_NONE;
    for (int32_t k = 0; k < count; k++)
      if (!is_asked[k] && pool->figure[figure[k]].actor != KN_NONE && gain[k] > settings->cost_eur &&
          (best == KN_NONE || gain[k] > gain[best]))
        best = k;
    if (best == KN_NONE)
      break;
    is_asked[best] = true;
    order[(*asked_count)++] = best;
    const int32_t n = list_others(pool, result, is_asked, gain, count, best, figure, other);
    pair_job job = {pool, settings, figure, best, other, both, codes, errors};
    code = kn_parallel(settings->thread_count, n, 1, run_pairs, &job, err);
    for (int32_t k = 0; k < n && code == KN_OK; k++) {
      code = codes[k];
      if (code != KN_OK && err != NULL)
        *err = errors[k];
      else if (code == KN_OK)
        gain[other[k]] = what_is_left(gain[other[k]], both[k]);
    }
  }
  free(is_asked);
  free(errors);
  return code;
}
