/* What-if questions: a plan made again after one edit of its region against the same plan made from nothing. Prints one line of
 * JSON per kind of edit: seconds of both, how often faster, whether the values agree.
 *
 *     bench_what_if REGION.gpkg [THREADS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_clock.h"
#include "knoop/plan.h"
#include "knoop/tasks.h"
#include "tasks/internal.h"

enum { TIMES = 4 };

/* The k-th edit of a kind: places spread over the region; units as large as a few offers, for a larger one moves more. False:
 * the region has nothing for it. */
static bool
make_edit(const kn_region *region, int kind, int k, kn_edit *edit)
{
  const kn_offer_view offers = kn_region_offers(region);
  const kn_need_view needs = kn_region_needs(region);
  const kn_process_view processes = kn_region_processes(region);
  const int64_t at = 7919 * (k + 1);
  switch (kind) {
  case 0:
    *edit = (kn_edit){.kind = KN_EDIT_NEED_PRICE_EUR, .row = (int32_t)(at % needs.n)};
    edit->value = needs.price_eur[edit->row] * 0.8;
    return true;
  case 1:
    *edit = (kn_edit){.kind = KN_EDIT_OFFER_QUANTITY, .row = (int32_t)(at % offers.n)};
    edit->value = offers.quantity[edit->row] / 2;
    return true;
  case 2:
    *edit = (kn_edit){.kind = KN_EDIT_REMOVE_ACTOR, .row = kn_region_sites(region).actor[offers.site[at % offers.n]]};
    return true;
  default:
    *edit =
        (kn_edit){.kind = KN_EDIT_ADD_UNIT, .site = offers.site[at % offers.n], .value = 100 * (k + 1), .is_candidate = k % 2};
    return processes.n > 0;
  }
}

int
main(int argc, char **argv)
{
  static const char *const name[] = {"price", "quantity", "actor gone", "unit added"};
  if (argc < 2) {
    fprintf(stderr, "usage: bench_what_if REGION.gpkg [THREADS]\n");
    return 2;
  }
  const kn_watch watch = {.seconds = bench_seconds};
  const kn_task task = {.watch = &watch};
  kn_error err = {0};
  kn_region *region;
  kn_plan *base;
  bench_stop_on(kn_task_region(&task, argv[1], &region, &err), &err);
  kn_plan_settings settings = KN_PLAN_DEFAULTS;
  settings.keeps_engine = true;
  settings.thread_count = argc > 2 ? (int32_t)strtol(argv[2], NULL, 10) : 0;
  double start = bench_seconds(NULL);
  bench_stop_on(kn_plan_make(&base, region, &settings, &watch, &err), &err);
  fprintf(stderr, "base plan %.3f s, value %.2f\n", bench_seconds(NULL) - start, kn_plan_sum(base).value[KN_VALUE]);
  for (int kind = 0; kind < 4; kind++) {
    double total = 0, worst = 0, cold = 0, apart = 0;
    int times = 0;
    for (int k = 0; k < TIMES; k++) {
      kn_edit edit;
      kn_region *edited;
      kn_plan *again, *anew;
      if (!make_edit(region, kind, k, &edit))
        break;
      bench_stop_on(kn_region_edit(&edited, region, &edit, 1, &err), &err);
      start = bench_seconds(NULL);
      bench_stop_on(kn_plan_again(&again, base, edited, &watch, &err), &err);
      const double once = bench_seconds(NULL) - start;
      total += once;
      worst = once > worst ? once : worst;
      times++;
      if (k == 0) {
        start = bench_seconds(NULL);
        bench_stop_on(kn_plan_make(&anew, edited, &settings, &watch, &err), &err);
        cold = bench_seconds(NULL) - start;
        const double value = kn_plan_sum(anew).value[KN_VALUE];
        apart = fabs(kn_plan_sum(again).value[KN_VALUE] - value) / fmax(fabs(value), 1);
        kn_plan_free(anew);
      }
      kn_plan_free(again);
      kn_region_free(edited);
    }
    if (times > 0)
      printf(
          "{\"edit\": \"%s\", \"anew_s\": %.3f, \"again_s\": %.3f, \"worst_s\": %.3f, \"times_faster\": %.1f, \"apart\": %.1e}\n",
          name[kind], cold, total / times, worst, cold / (total / times), apart);
  }
  kn_plan_free(base);
  kn_region_free(region);
  return 0;
}
