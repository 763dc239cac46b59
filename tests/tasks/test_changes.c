/* Aim: what a task lays over a region counts in its plan and nowhere else: rows of scenarios, settings, rows left out, cells
 * changed. Method: tests/known/one-tie (60 t x 38 EUR), and a region file that must stay as it is, byte for byte. */
#include "knoop/tasks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define assert_near(a, b, gap) assert_true(fabs((double)(a) - (double)(b)) <= (gap))

typedef struct fixture {
  char folder[64], path[96];
  kn_findings *findings;
  kn_task task;
  kn_error err;
} fixture;

static int
begin(void **state)
{
  fixture *f = calloc(1, sizeof *f);
  snprintf(f->folder, sizeof f->folder, "/tmp/knoop-changes-XXXXXX");
  if (mkdtemp(f->folder) == NULL || kn_findings_new(&f->findings, 50, &f->err) != KN_OK)
    return -1;
  snprintf(f->path, sizeof f->path, "%s/r.gpkg", f->folder);
  f->task = KN_TASK_DEFAULTS;
  f->task.findings = f->findings;
  kn_task_change change;
  *state = f;
  return kn_task_new(&f->task, f->path, KN_SOURCE_ROOT "/tests/known/one-tie", &change, &f->err) == KN_OK ? 0 : -1;
}

static int
end(void **state)
{
  fixture *f = *state;
  kn_findings_free(f->findings);
  char path[128];
  unlink(f->path);
  snprintf(path, sizeof path, "%s-lock", f->path);
  unlink(path);
  snprintf(path, sizeof path, "%s/offer.csv", f->folder);
  unlink(path);
  const int code = rmdir(f->folder); /* fails when a task left anything else behind */
  free(f);
  return code;
}

static double
value_with(fixture *f, const kn_task_changes *changes, bool is_saved, kn_code expected)
{
  kn_task_planned planned;
  f->task.changes = changes;
  const kn_code code = kn_task_plan(&f->task, f->path, &KN_PLAN_DEFAULTS, is_saved, &planned, &f->err);
  assert_int_equal(code, expected);
  if (code != KN_OK)
    return NAN;
  const double value = kn_plan_sum(planned.plan).value[KN_VALUE];
  kn_task_planned_free(&planned);
  return value;
}

/* An offer more of 50 t, for which landfill costs 20 EUR: its tonnes come first, 50 x 48 + 10 x 38 EUR. */
static const char *
write_offer(const fixture *f, char path[128])
{
  snprintf(path, 128, "%s/offer.csv", f->folder);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs("offer_id,site_id,resource_id,quantity,fate_eur,source_id\nmore,mill-yard,sawdust,50,20,hand\n", file);
  fclose(file);
  return path;
}

static void
changes_count_in_their_order(void **state)
{
  fixture *f = *state;
  char path[128];
  const char *const scenario[] = {write_offer(f, path)};
  const char *const set[] = {"co2_eur_per_t=100"};
  const kn_task_row closed[] = {{"offer", "dust"}}, opened_then_closed[] = {{"offer", "more"}};
  const kn_task_cell cells[] = {{"need", "filler", "price_eur", "40"}, {"need", "filler", "quantity", "10"}};
  assert_near(value_with(f, NULL, false, KN_OK), 2280, 1e-6);
  assert_near(value_with(f, &(kn_task_changes){0}, false, KN_OK), 2280, 1e-6);
  assert_near(value_with(f, &(kn_task_changes){.set = set, .set_count = 1}, false, KN_OK), 60 * 92, 1e-6);
  kn_task_changes with = {.scenario = scenario, .scenario_count = 1};
  assert_near(value_with(f, &with, false, KN_OK), 50 * 48 + 10 * 38, 1e-6);
  with.close = closed;
  with.close_count = 1;
  assert_near(value_with(f, &with, false, KN_OK), 50 * 48, 1e-6);
  with.open = cells;
  with.open_count = 2;
  assert_near(value_with(f, &with, false, KN_OK), 10 * 58, 1e-6);
  /* A row that only the scenario brought can be left out too. */
  with = (kn_task_changes){.scenario = scenario, .scenario_count = 1, .close = opened_then_closed, .close_count = 1};
  assert_near(value_with(f, &with, false, KN_OK), 2280, 1e-6);
}

static void
what_cannot_be_is_refused_before_the_plan(void **state)
{
  fixture *f = *state;
  const char *const no_value[] = {"fte_h"}, *const bad[] = {"fte_h=0"}, *const twice[] = {"fte_h=1", "fte_h=2"};
  const kn_task_row gone[] = {{"offer", "nothing"}}, no_table[] = {{"planet", "mars"}}, needed[] = {{"site", "mill-yard"}};
  const kn_task_cell word[] = {{"offer", "dust", "fate", "eaten"}};
  value_with(f, &(kn_task_changes){.set = no_value, .set_count = 1}, true, KN_E_USAGE);
  value_with(f, &(kn_task_changes){.close = gone, .close_count = 1}, true, KN_E_USAGE);
  value_with(f, &(kn_task_changes){.close = no_table, .close_count = 1}, true, KN_E_USAGE);
  assert_int_equal(kn_findings_count(f->findings, KN_ERROR), 0);
  value_with(f, &(kn_task_changes){.set = bad, .set_count = 1}, true, KN_E_INPUT);
  assert_int_equal(kn_findings_count(f->findings, KN_ERROR), 1);
  f->task.findings = NULL; /* the error itself then says what is wrong */
  value_with(f, &(kn_task_changes){.set = twice, .set_count = 2}, true, KN_E_INPUT);
  value_with(f, &(kn_task_changes){.close = needed, .close_count = 1}, true, KN_E_INPUT);
  assert_non_null(strstr(f->err.text, "mill-yard is not in table site"));
  value_with(f, &(kn_task_changes){.open = word, .open_count = 1}, true, KN_E_INPUT);
  assert_non_null(strstr(f->err.text, "fate must be one of"));
  kn_arena *arena = kn_arena_new();
  kn_run *runs;
  int64_t count;
  assert_int_equal(kn_task_runs(&f->task, f->path, 9, arena, &runs, &count, &f->err), KN_OK);
  assert_int_equal(count, 0);
  kn_arena_free(arena);
}

static void
a_run_tells_what_was_changed(void **state)
{
  fixture *f = *state;
  const char *const set[] = {"co2_eur_per_t=100"};
  const kn_task_cell cells[] = {{"need", "filler", "price_eur", "40"}};
  const kn_task_changes changes = {.set = set, .set_count = 1, .open = cells, .open_count = 1};
  assert_near(value_with(f, &changes, true, KN_OK), 60 * 102, 1e-6);
  kn_arena *arena = kn_arena_new();
  kn_run *runs;
  int64_t count;
  assert_int_equal(kn_task_runs(&f->task, f->path, 9, arena, &runs, &count, &f->err), KN_OK);
  assert_int_equal(count, 1);
  assert_non_null(strstr(runs[0].settings, "\"set\":[\"co2_eur_per_t=100\"]"));
  assert_non_null(strstr(runs[0].settings, "\"open\":[\"need:filler price_eur=40\"]"));
  assert_non_null(strstr(runs[0].settings, runs[0].input_digest));
  kn_arena_free(arena);
  f->task.changes = NULL;
  kn_task_story story;
  assert_int_equal(kn_task_story_load(&f->task, f->path, &story, &f->err), KN_OK);
  assert_false(story.has_plan);
  assert_false(story.has_changed); /* nothing happened to the region */
  assert_int_equal(story.scenario_run_id, 1);
  kn_task_story_free(&story);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(changes_count_in_their_order, begin, end),
      cmocka_unit_test_setup_teardown(what_cannot_be_is_refused_before_the_plan, begin, end),
      cmocka_unit_test_setup_teardown(a_run_tells_what_was_changed, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
