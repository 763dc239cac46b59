/* One group under way: what each who might join would bring is kept as actors enter and leave, so that a step costs what its actor
 * has of sets.
 *
 *   gain_i  of who is out: expected of the sets that only he is missing in; of who is in: of the whole sets he is in */
#include <math.h>

#include "compose.h"

enum { STEPS_MOST = 400 };

bool
circle_refuses(const circle *c, int32_t a, int32_t b)
{
  for (int64_t k = c->refused_start[a]; k < c->refused_start[a + 1]; k++)
    if (c->refused[k] == b)
      return true;
  return false;
}

double
circle_expected(const circle *c, const int32_t *actor, int32_t n, uint8_t *is_in)
{
  double sum = 0;
  for (int32_t k = 0; k < n; k++)
    is_in[actor[k]] = 1;
  for (int32_t k = 0; k < n; k++)
    for (int64_t at = c->of_start[actor[k]]; at < c->of_start[actor[k] + 1]; at++) {
      const int64_t e = c->of[at];
      bool is_whole = c->member[c->start[e]] == actor[k]; /* counted at its first member */
      for (int64_t m = c->start[e]; m < c->start[e + 1] && is_whole; m++)
        is_whole = is_in[c->member[m]];
      sum += is_whole ? c->expected[e] : 0;
    }
  for (int32_t k = 0; k < n; k++)
    is_in[actor[k]] = 0;
  return sum;
}

/* ------------------------------------------------------------------ one group under way */
static double
xlogx(int32_t n)
{
  return n > 1 ? n * log(n) : 0;
}

static double
weigh(const circle *c, double expected, int32_t n, double x_sectors, double x_municipalities, int32_t newcomers)
{
  const kn_compose_settings *s = c->settings;
  if (n < 2)
    return expected;
  const double share = s->sector_weight * (n * exp(-x_sectors / n) - 1) / (n - 1) +
                       s->municipality_weight * (n * exp(-x_municipalities / n) - 1) / (n - 1) +
                       s->newcomer_weight * newcomers / n;
  return expected * (1 + share);
}

double
group_score(const circle *c, const int32_t *actor, int32_t n, double expected)
{
  double x_sectors = 0, x_municipalities = 0;
  int32_t newcomers = 0;
  for (int32_t k = 0; k < n; k++) {
    int32_t same_sector = 0, same_municipality = 0;
    for (int32_t m = 0; m <= k; m++) {
      same_sector += c->sector[actor[m]] == c->sector[actor[k]];
      same_municipality += c->municipality[actor[m]] == c->municipality[actor[k]];
    }
    x_sectors += xlogx(same_sector) - xlogx(same_sector - 1);
    x_municipalities += xlogx(same_municipality) - xlogx(same_municipality - 1);
    newcomers += c->is_newcomer[actor[k]];
  }
  return weigh(c, expected, n, x_sectors, x_municipalities, newcomers);
}

/* The only one who is missing in a set, or KN_NONE. */
static int32_t
missing_in(const builder *b, int64_t e)
{
  for (int64_t m = b->c->start[e]; m < b->c->start[e + 1]; m++)
    if (!b->is_in[b->c->member[m]])
      return b->c->member[m];
  return KN_NONE;
}

static void
touch(builder *b, int32_t i)
{
  if (b->is_near[i])
    return;
  b->is_near[i] = 1;
  b->near[b->near_count++] = i;
}

void
builder_enter(builder *b, int32_t i)
{
  const circle *c = b->c;
  b->expected += b->gain[i];
  b->is_in[i] = 1;
  b->actor[b->n++] = i;
  touch(b, i);
  for (int64_t k = c->of_start[i]; k < c->of_start[i + 1]; k++) {
    const int64_t e = c->of[k], size = c->start[e + 1] - c->start[e];
    const int32_t count = ++b->inside[e];
    if (count == size) {
      for (int64_t m = c->start[e]; m < c->start[e + 1]; m++)
        b->gain[c->member[m]] += c->member[m] == i ? 0 : c->expected[e];
    } else if (count == size - 1) {
      const int32_t other = missing_in(b, e);
      b->gain[other] += c->expected[e];
      touch(b, other);
    }
  }
  for (int64_t k = c->refused_start[i]; k < c->refused_start[i + 1]; k++)
    b->refusers[c->refused[k]]++;
  const int32_t sectors = b->sectors[c->sector[i]]++, municipalities = b->municipalities[c->municipality[i]]++;
  b->x_sectors += xlogx(sectors + 1) - xlogx(sectors);
  b->x_municipalities += xlogx(municipalities + 1) - xlogx(municipalities);
  b->newcomers += c->is_newcomer[i];
}

static void
leave(builder *b, int32_t place)
{
  const circle *c = b->c;
  const int32_t i = b->actor[place];
  b->actor[place] = b->actor[--b->n];
  b->expected -= b->gain[i];
  for (int64_t k = c->of_start[i]; k < c->of_start[i + 1]; k++) {
    const int64_t e = c->of[k], size = c->start[e + 1] - c->start[e];
    const int32_t count = b->inside[e]--;
    if (count == size) {
      for (int64_t m = c->start[e]; m < c->start[e + 1]; m++)
        b->gain[c->member[m]] -= c->member[m] == i ? 0 : c->expected[e];
    } else if (count == size - 1) {
      b->gain[missing_in(b, e)] -= c->expected[e];
    }
  }
  b->is_in[i] = 0;
  for (int64_t k = c->refused_start[i]; k < c->refused_start[i + 1]; k++)
    b->refusers[c->refused[k]]--;
  const int32_t sectors = b->sectors[c->sector[i]]--, municipalities = b->municipalities[c->municipality[i]]--;
  b->x_sectors += xlogx(sectors - 1) - xlogx(sectors);
  b->x_municipalities += xlogx(municipalities - 1) - xlogx(municipalities);
  b->newcomers -= c->is_newcomer[i];
}

void
builder_clear(builder *b)
{
  while (b->n > 0)
    leave(b, b->n - 1);
  /* What additions and subtractions leave behind goes. */
  for (int32_t k = 0; k < b->near_count; k++) {
    b->gain[b->near[k]] = 0;
    b->is_near[b->near[k]] = 0;
  }
  b->near_count = 0;
  b->expected = b->x_sectors = b->x_municipalities = 0;
}

/* The score with `in` (KN_NONE: nobody) instead of `out`; expected is what the group then brings. */
static double
score_with(const builder *b, int32_t in, int32_t out, double expected)
{
  const circle *c = b->c;
  double xs = b->x_sectors, xm = b->x_municipalities;
  int32_t n = b->n, newcomers = b->newcomers;
  int32_t left_sector = KN_NONE, left_municipality = KN_NONE;
  if (out != KN_NONE) {
    left_sector = c->sector[out];
    left_municipality = c->municipality[out];
    xs += xlogx(b->sectors[left_sector] - 1) - xlogx(b->sectors[left_sector]);
    xm += xlogx(b->municipalities[left_municipality] - 1) - xlogx(b->municipalities[left_municipality]);
    newcomers -= c->is_newcomer[out];
    n--;
  }
  if (in != KN_NONE) {
    const int32_t s = b->sectors[c->sector[in]] - (c->sector[in] == left_sector);
    const int32_t m = b->municipalities[c->municipality[in]] - (c->municipality[in] == left_municipality);
    xs += xlogx(s + 1) - xlogx(s);
    xm += xlogx(m + 1) - xlogx(m);
    newcomers += c->is_newcomer[in];
    n++;
  }
  return weigh(c, expected, n, xs, xm, newcomers);
}

bool
builder_may_enter(const builder *b, int32_t i, int32_t out)
{
  if (b->is_in[i] || !b->is_free[i])
    return false;
  return b->refusers[i] == 0 || (b->refusers[i] == 1 && out != KN_NONE && circle_refuses(b->c, i, out));
}

typedef struct step {
  double score;
  int32_t in, out_place; /* KN_NONE: nobody */
} step;

static void
consider(step *best, double score, int32_t in, int32_t out_place)
{
  if (score > best->score)
    *best = (step){score, in, out_place};
}

/* Who is not near brings nothing now, but sectors may: only asked where the group must be filled. */
static step
best_addition(const builder *b, bool with_all)
{
  step best = {-INFINITY, KN_NONE, KN_NONE};
  const int32_t n = with_all ? b->c->actors : b->near_count;
  for (int32_t k = 0; k < n; k++) {
    const int32_t i = with_all ? k : b->near[k];
    if (builder_may_enter(b, i, KN_NONE) && b->c->chance[i] > 0)
      consider(&best, score_with(b, i, KN_NONE, b->expected + b->gain[i]), i, KN_NONE);
  }
  return best;
}

static void
consider_places(builder *b, step *best)
{
  const circle *c = b->c;
  for (int32_t place = 0; place < b->n; place++) {
    const int32_t out = b->actor[place];
    if (b->n > c->settings->least_actors)
      consider(best, score_with(b, KN_NONE, out, b->expected - b->gain[out]), KN_NONE, place);
    for (int64_t k = c->of_start[out]; k < c->of_start[out + 1]; k++)
      if (b->inside[c->of[k]] == c->start[c->of[k] + 1] - c->start[c->of[k]] - 1)
        b->shared[missing_in(b, c->of[k])] += c->expected[c->of[k]];
    for (int32_t k = 0; k < b->near_count; k++) {
      const int32_t in = b->near[k];
      if (builder_may_enter(b, in, out))
        consider(best, score_with(b, in, out, b->expected - b->gain[out] + b->gain[in] - b->shared[in]), in, place);
    }
    for (int64_t k = c->of_start[out]; k < c->of_start[out + 1]; k++)
      for (int64_t m = c->start[c->of[k]]; m < c->start[c->of[k] + 1]; m++)
        b->shared[c->member[m]] = 0;
  }
}

void
builder_climb(builder *b)
{
  for (int32_t steps = 0; steps < STEPS_MOST; steps++) {
    const double now = score_with(b, KN_NONE, KN_NONE, b->expected);
    step best = {now, KN_NONE, KN_NONE};
    if (b->n < b->most) {
      const step more = best_addition(b, false);
      consider(&best, more.score, more.in, KN_NONE);
    }
    consider_places(b, &best);
    if (!(best.score > now * (1 + LEAST_GAIN)))
      return;
    if (best.out_place != KN_NONE)
      leave(b, best.out_place);
    if (best.in != KN_NONE)
      builder_enter(b, best.in);
  }
}

/* false: too few may be brought together. */
bool
builder_fill(builder *b)
{
  const circle *c = b->c;
  while (b->n < b->most) {
    const double now = score_with(b, KN_NONE, KN_NONE, b->expected);
    step best = best_addition(b, false);
    if (b->n < c->settings->least_actors && !(best.score > now))
      best = best_addition(b, true);
    if (best.in == KN_NONE || (b->n >= c->settings->least_actors && !(best.score > now)))
      break;
    builder_enter(b, best.in);
  }
  return b->n >= c->settings->least_actors;
}

kn_code
builder_new(builder *b, const circle *c, const uint8_t *is_free, kn_arena *scratch, kn_error *err)
{
  b->c = c;
  b->is_free = is_free;
  KN_NEW(b->is_in, scratch, c->actors, err);
  KN_NEW(b->inside, scratch, c->sets, err);
  KN_NEW(b->gain, scratch, c->actors, err);
  KN_NEW(b->refusers, scratch, c->actors, err);
  KN_NEW(b->near, scratch, c->actors, err);
  KN_NEW(b->is_near, scratch, c->actors, err);
  KN_NEW(b->shared, scratch, c->actors, err);
  KN_NEW(b->actor, scratch, c->settings->most_actors + 1, err);
  KN_NEW(b->sectors, scratch, c->sectors, err);
  KN_NEW(b->municipalities, scratch, c->municipalities, err);
  return KN_OK;
}
