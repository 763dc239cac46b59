/* Solving again after one change against solving from nothing, on the test problem of bench/exchange.md. Each kind of change is
 * made a few times at random nodes; prints one line of JSON per kind: seconds of both, how often faster, whether values agree.
 *
 *     bench_again KIND N SEED [THREADS]     KIND: bulk | hard */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_clock.h"
#include "bench_exchange.h"
#include "plan/exchange.h"

enum { TIMES = 5, KINDS = 4 };

static kn_code
take_room(kn_arena *arena, size_t n, kn_point *point[2], int64_t *quantity[2], double *worth[2], kn_error *err)
{
  for (int s = 0; s < 2; s++) {
    KN_NEW(point[s], arena, n, err);
    KN_NEW(quantity[s], arena, n, err);
    KN_NEW(worth[s], arena, n, err);
  }
  return KN_OK;
}

/* One change at a place drawn from `random`. */
static const char *
change(bench_market *market, int kind, uint64_t random)
{
  static const char *const name[KINDS] = {"price", "quantity", "remove", "grow"};
  const int side = (int)(random >> 40 & 1);
  assert(market->n > 0);
  const int64_t i = (int64_t)(random >> 8) % market->n;
  switch (kind) {
  case 0:
    market->worth[side][i] *= 0.7;
    break;
  case 1:
    market->quantity[side][i] = market->quantity[side][i] / 2 + 1;
    break;
  case 2: /* an actor with an offer and a need */
    market->quantity[0][i] = 0;
    market->quantity[1][(i * 7) % market->n] = 0;
    break;
  default:
    market->quantity[side][i] *= 3;
  }
  return name[kind];
}

int
main(int argc, char **argv)
{
  if (argc < 4) {
    fprintf(stderr, "usage: bench_again bulk|hard N SEED [THREADS]\n");
    return 2;
  }
  bench_market market = {0};
  if (!bench_market_make(&market, strcmp(argv[1], "hard") == 0, strtoll(argv[2], NULL, 10), strtoull(argv[3], NULL, 10)) ||
      market.n < 1) {
    bench_market_free(&market);
    return 5;
  }
  const size_t n = (size_t)market.n;
  kn_point *point[2];
  int64_t *quantity[2];
  double *worth[2];
  kn_error err = {0};
  kn_arena *arena = kn_arena_new();
  bench_stop_on(take_room(arena, n, point, quantity, worth, &err), &err);
  for (int s = 0; s < 2; s++) {
    for (size_t i = 0; i < n; i++)
      point[s][i] = (kn_point){market.x[s][i], market.y[s][i], 0};
    memcpy(quantity[s], market.quantity[s], n * sizeof **quantity);
    memcpy(worth[s], market.worth[s], n * sizeof **worth);
  }
  const kn_haul_segment line = {.to_km = INFINITY, .fixed = market.load, .rate = market.rate};
  const kn_haul haul = {.segment_count = 1, .segments = &line};
  const kn_exchange exchange = {.metric = KN_PLANE,
                                .supply_count = market.n,
                                .demand_count = market.n,
                                .supply_point = point[0],
                                .demand_point = point[1],
                                .supply_quantity = market.quantity[0],
                                .demand_quantity = market.quantity[1],
                                .supply_worth = market.worth[0],
                                .demand_worth = market.worth[1],
                                .supply_group_count = 1,
                                .demand_group_count = 1,
                                .haul = &haul};
  const kn_exchange_settings settings = {.thread_count = argc > 4 ? (int32_t)strtol(argv[4], NULL, 10) : 0, .keeps_engine = true};
  const kn_watch watch = {.seconds = bench_seconds};
  kn_exchange_solution *base;
  double start = bench_seconds(NULL);
  bench_stop_on(kn_exchange_solve(&base, &exchange, &settings, &watch, &err), &err);
  const double cold = bench_seconds(NULL) - start;
  uint64_t random = 88172645463325252u;
  for (int kind = 0; kind < KINDS; kind++) {
    double total = 0, worst = 0, apart = 0;
    const char *name = "";
    int64_t pivots = 0, queries = 0;
    for (int t = 0; t < TIMES; t++) {
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      name = change(&market, kind, random);
      kn_exchange_solution *again;
      start = bench_seconds(NULL);
      bench_stop_on(kn_exchange_again(&again, base, &exchange, NULL, NULL, &settings, &watch, &err), &err);
      const double once = bench_seconds(NULL) - start;
      total += once;
      worst = once > worst ? once : worst;
      const kn_exchange_view view = kn_exchange_rows(again);
      pivots += view.pivots;
      queries += view.queries;
      if (t == 0) { /* one of each is compared with a solution from nothing */
        kn_exchange_solution *anew;
        bench_stop_on(kn_exchange_solve(&anew, &exchange, &settings, &watch, &err), &err);
        apart = fabs(kn_exchange_rows(anew).value - view.value) / fabs(view.value);
        kn_exchange_free(anew);
      }
      kn_exchange_free(again);
      for (int s = 0; s < 2; s++) {
        memcpy(market.quantity[s], quantity[s], n * sizeof **quantity);
        memcpy(market.worth[s], worth[s], n * sizeof **worth);
      }
    }
    printf(
        "{\"kind\": \"%s\", \"n\": %lld, \"seed\": %s, \"threads\": %d, \"change\": \"%s\", \"cold_s\": %.3f, \"again_s\": %.3f, "
        "\"worst_s\": %.3f, \"times_faster\": %.1f, \"apart\": %.1e, \"pivots\": %lld, \"queries\": %lld}\n",
        argv[1], (long long)market.n, argv[3], settings.thread_count, name, cold, total / TIMES, worst, cold / (total / TIMES),
        apart, (long long)(pivots / TIMES), (long long)(queries / TIMES));
  }
  kn_exchange_free(base);
  kn_arena_free(arena);
  bench_market_free(&market);
  return 0;
}
