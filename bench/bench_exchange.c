/* The exchange on the test problem of bench/exchange.md: n supplies and n demands in a square of 200 km, four fifths in
 * clusters, quantities log-normal to a tenth of a tonne. Prints one line of JSON per run.
 *
 *     bench_exchange KIND N SEED [THREADS [GAP [MARKET [ANSWER]]]]     KIND: bulk | hard
 *
 * MARKET and ANSWER are files to write, so that peers solve the very same numbers and a checker recomputes what was found
 * (tests/peer/checkexchange.py tells their form). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* Processor time of all threads, of this one. Where others load the machine it says more than the clock. */
static double
processor(clockid_t of)
{
  struct timespec now;
  clock_gettime(of, &now);
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

static void
put(FILE *out, const void *items, int64_t count, size_t size)
{
  if (count > 0 && fwrite(items, size, (size_t)count, out) != (size_t)count)
    fprintf(stderr, "bench_exchange: %s\n", strerror(errno));
}

static bool
write_market(const char *path, const bench_market *market)
{
  FILE *out = fopen(path, "wb");
  if (!out)
    return false;
  put(out, &market->n, 1, sizeof market->n);
  put(out, &market->load, 1, sizeof market->load);
  put(out, &market->rate, 1, sizeof market->rate);
  for (int side = 0; side < 2; side++) {
    put(out, market->x[side], market->n, sizeof *market->x[side]);
    put(out, market->y[side], market->n, sizeof *market->y[side]);
    put(out, market->worth[side], market->n, sizeof *market->worth[side]);
    put(out, market->quantity[side], market->n, sizeof *market->quantity[side]);
  }
  return fclose(out) == 0;
}

static bool
write_answer(const char *path, int64_t n, const kn_exchange_view *view)
{
  FILE *out = fopen(path, "wb");
  if (!out)
    return false;
  put(out, &view->n, 1, sizeof view->n);
  put(out, &view->value, 1, sizeof view->value);
  put(out, &view->bound, 1, sizeof view->bound);
  put(out, view->supply, view->n, sizeof *view->supply);
  put(out, view->demand, view->n, sizeof *view->demand);
  put(out, view->quantity, view->n, sizeof *view->quantity);
  put(out, view->supply_dual, n, sizeof *view->supply_dual);
  put(out, view->demand_dual, n, sizeof *view->demand_dual);
  return fclose(out) == 0;
}

/* One number of flows and duals: two runs that differ in either show it. */
static uint64_t
digest_of(int64_t n, const kn_exchange_view *view)
{
  uint64_t digest = 14695981039346656037u;
  for (int64_t k = 0; k < view->n; k++)
    digest = ((digest ^ (uint64_t)view->supply[k]) * 1099511628211u ^ (uint64_t)view->demand[k]) * 1099511628211u ^
             (uint64_t)view->quantity[k];
  for (int side = 0; side < 2; side++)
    for (int64_t i = 0; i < n; i++) {
      uint64_t bits;
      memcpy(&bits, side ? &view->demand_dual[i] : &view->supply_dual[i], sizeof bits);
      digest = (digest ^ bits) * 1099511628211u;
    }
  return digest;
}

/* MiB of this program at its peak. getrusage() would count what the program that started it held. */
static double
peak_mib(void)
{
  char text[256];
  long kib = 0;
  FILE *in = fopen("/proc/self/status", "r");
  while (in && fgets(text, sizeof text, in))
    if (strncmp(text, "VmHWM:", 6) == 0)
      kib = strtol(text + 6, NULL, 10);
  if (in)
    fclose(in);
  return (double)kib / 1024;
}

static void
print(const bench_market *market, char **argv, int32_t threads, double taken, const double used[2], const kn_exchange_view *view)
{
  printf("{\"kind\": \"%s\", \"n\": %lld, \"seed\": %s, \"threads\": %d, \"seconds\": %.4f, \"processor\": %.4f, \"caller\": "
         "%.4f, \"value\": %.6f, \"gap\": %.2e, "
         "\"levels\": %d, \"rounds\": %d, \"pivots\": %lld, \"walks\": %lld, \"build\": %.4f, \"start\": %.4f, \"price\": %.4f, "
         "\"pivot\": %.4f, \"engine_mib\": %.1f, \"peak_mib\": %.1f, \"digest\": \"%016llx\"}\n",
         argv[1], (long long)market->n, argv[3], threads, taken, used[0], used[1], view->value, view->gap, view->levels,
         view->rounds, (long long)view->pivots, (long long)view->walks, view->seconds[0], view->seconds[1], view->seconds[2],
         view->seconds[3], (double)view->bytes / 0x1p20, peak_mib(), (unsigned long long)digest_of(market->n, view));
}

/* Solves `market` and says so; the status to exit with. */
static int
solve(const bench_market *market, kn_point *const point[2], int argc, char **argv)
{
  const kn_haul_segment line = {.to_km = INFINITY, .fixed = market->load, .rate = market->rate};
  const kn_haul haul = {.segment_count = 1, .segments = &line};
  const kn_exchange exchange = {.metric = KN_PLANE,
                                .supply_count = market->n,
                                .demand_count = market->n,
                                .supply_point = point[0],
                                .demand_point = point[1],
                                .supply_quantity = market->quantity[0],
                                .demand_quantity = market->quantity[1],
                                .supply_worth = market->worth[0],
                                .demand_worth = market->worth[1],
                                .supply_group_count = 1,
                                .demand_group_count = 1,
                                .haul = &haul};
  const kn_exchange_settings settings = {.thread_count = argc > 4 ? (int32_t)strtol(argv[4], NULL, 10) : 0,
                                         .gap = argc > 5 ? strtod(argv[5], NULL) : 0};
  const kn_watch watch = {.seconds = seconds, .tell = tell};
  kn_error err = {0};
  kn_exchange_solution *solution;
  const double start = seconds(NULL);
  double used[2] = {-processor(CLOCK_PROCESS_CPUTIME_ID), -processor(CLOCK_THREAD_CPUTIME_ID)};
  if (kn_exchange_solve(&solution, &exchange, &settings, &watch, &err) != KN_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  const double taken = seconds(NULL) - start;
  used[0] += processor(CLOCK_PROCESS_CPUTIME_ID);
  used[1] += processor(CLOCK_THREAD_CPUTIME_ID);
  const kn_exchange_view view = kn_exchange_rows(solution);
  print(market, argv, settings.thread_count, taken, used, &view);
  const bool is_written = (argc <= 6 || write_market(argv[6], market)) && (argc <= 7 || write_answer(argv[7], market->n, &view));
  if (!is_written)
    fprintf(stderr, "bench_exchange: a file was not written: %s\n", strerror(errno));
  kn_exchange_free(solution);
  return is_written ? 0 : 5;
}

int
main(int argc, char **argv)
{
  if (argc < 4) {
    fprintf(stderr, "usage: bench_exchange bulk|hard N SEED [THREADS [GAP [MARKET [ANSWER]]]]\n");
    return 2;
  }
  bench_market market = {0};
  kn_point *point[2] = {NULL, NULL};
  int status = 5;
  bool is_made =
      bench_market_make(&market, strcmp(argv[1], "hard") == 0, strtoll(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
  for (int side = 0; side < 2 && is_made; side++) {
    point[side] = malloc(((size_t)market.n + 1) * sizeof *point[side]);
    is_made = point[side] != NULL;
    for (int64_t i = 0; i < market.n && is_made; i++)
      point[side][i] = (kn_point){market.x[side][i], market.y[side][i], 0};
  }
  if (is_made)
    status = solve(&market, point, argc, argv);
  free(point[0]);
  free(point[1]);
  bench_market_free(&market);
  return status;
}
