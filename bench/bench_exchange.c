/* The exchange on the test problem of bench/exchange.md: n supplies and n demands in a square of 200 km, four fifths in
 * clusters, quantities log-normal to a tenth of a tonne. Prints one line of JSON per run.
 *
 *     bench_exchange KIND N SEED [THREADS [GAP]]     KIND: bulk | hard */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bench_exchange.h"
#include "plan/exchange.h"

static double
seconds(void *arg)
{
  (void)arg;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void
tell(void *arg, const kn_progress *progress)
{
  (void)arg;
  if (getenv("BENCH_LOG"))
    fprintf(stderr, "%6.0f value %.6f bound %.6f gap %.2e\n", progress->done, progress->value, progress->bound,
            (progress->bound - progress->value) / progress->value);
}

int
main(int argc, char **argv)
{
  if (argc < 4) {
    fprintf(stderr, "usage: bench_exchange bulk|hard N SEED [THREADS [GAP]]\n");
    return 2;
  }
  const bool is_hard = strcmp(argv[1], "hard") == 0;
  bench_market market = {0};
  if (!bench_market_make(&market, is_hard, strtoll(argv[2], NULL, 10), strtoull(argv[3], NULL, 10))) {
    bench_market_free(&market);
    return 5;
  }
  const kn_haul_segment line = {.to_km = INFINITY, .fixed = market.load, .rate = market.rate};
  const kn_haul haul = {.segment_count = 1, .segments = &line};
  kn_point *point[2];
  for (int side = 0; side < 2; side++) {
    point[side] = malloc(((size_t)market.n + 1) * sizeof *point[side]);
    if (!point[side]) {
      if (side == 1)
        free(point[0]);
      bench_market_free(&market);
      return 5;
    }
    for (int64_t i = 0; i < market.n; i++)
      point[side][i] = (kn_point){market.x[side][i], market.y[side][i], 0};
  }
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
  const kn_exchange_settings settings = {.thread_count = argc > 4 ? (int32_t)strtol(argv[4], NULL, 10) : 0,
                                         .gap = argc > 5 ? strtod(argv[5], NULL) : 0};
  const kn_watch watch = {.seconds = seconds, .tell = tell};
  kn_error err = {0};
  kn_exchange_solution *solution;
  const double start = seconds(NULL);
  if (kn_exchange_solve(&solution, &exchange, &settings, &watch, &err) != KN_OK) {
    fprintf(stderr, "%s\n", err.text);
    free(point[0]);
    free(point[1]);
    bench_market_free(&market);
    return 1;
  }
  const double end = seconds(NULL);
  const kn_exchange_view view = kn_exchange_rows(solution);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  uint64_t digest = 14695981039346656037u; /* of the flows: two runs that differ show it */
  for (int64_t k = 0; k < view.n; k++)
    digest = ((digest ^ (uint64_t)view.supply[k]) * 1099511628211u ^ (uint64_t)view.demand[k]) * 1099511628211u ^
             (uint64_t)view.quantity[k];
  printf("{\"kind\": \"%s\", \"n\": %lld, \"seed\": %s, \"threads\": %d, \"seconds\": %.3f, \"value\": %.6f, \"gap\": %.2e, "
         "\"levels\": %d, \"rounds\": %d, \"pivots\": %lld, \"walks\": %lld, \"build\": %.3f, \"start\": %.3f, \"price\": %.3f, "
         "\"pivot\": %.3f, \"engine_mib\": %.1f, \"peak_mib\": %.1f, \"digest\": \"%016llx\"}\n",
         argv[1], (long long)market.n, argv[3], settings.thread_count, end - start, view.value, view.gap, view.levels,
         view.rounds, (long long)view.pivots, (long long)view.walks, view.seconds[0], view.seconds[1], view.seconds[2],
         view.seconds[3], (double)view.bytes / 0x1p20, (double)usage.ru_maxrss / 1024, (unsigned long long)digest);
  kn_exchange_free(solution);
  for (int side = 0; side < 2; side++)
    free(point[side]);
  bench_market_free(&market);
  return 0;
}
