/* Aim: a plan read back from the region file is the plan that was made; a task that fails leaves nothing behind.
 * Method: the region tests/known/one-tie, whose plan is one tie of 60 t worth 2280 EUR (its expect.json says why), in a
 * folder of its own; the views of the plan in memory against those of the story. */
#include "knoop/tasks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct fixture {
  char folder[64], path[96];
  kn_findings *findings;
  kn_task task;
  kn_error err;
} fixture;

static const char *const package = KN_SOURCE_ROOT "/tests/known/one-tie";
static const char *const broken = KN_SOURCE_ROOT "/tests/known/bad-rows";

static int
begin(void **state)
{
  fixture *f = calloc(1, sizeof *f);
  snprintf(f->folder, sizeof f->folder, "/tmp/knoop-tasks-XXXXXX");
  if (mkdtemp(f->folder) == NULL)
    return -1;
  snprintf(f->path, sizeof f->path, "%s/r.gpkg", f->folder);
  if (kn_findings_new(&f->findings, 50, &f->err) != KN_OK)
    return -1;
  f->task = KN_TASK_DEFAULTS;
  f->task.findings = f->findings;
  *state = f;
  return 0;
}

static int
end(void **state)
{
  fixture *f = *state;
  kn_findings_free(f->findings);
  unlink(f->path);
  char lock[128];
  snprintf(lock, sizeof lock, "%s-lock", f->path);
  unlink(lock);
  /* Fails when a task left anything else behind. */
  const int code = rmdir(f->folder);
  free(f);
  return code;
}

static void
make_region(fixture *f)
{
  kn_task_change change;
  assert_int_equal(kn_task_new(&f->task, f->path, package, &change, &f->err), KN_OK);
  assert_int_equal(change.revision, 1);
  assert_int_equal(change.rows[KN_T_OFFER], 1);
  assert_int_equal(change.new_rows[KN_T_SITE], 2);
}

static void
a_plan_comes_back_as_it_was_made(void **state)
{
  fixture *f = *state;
  make_region(f);
  kn_task_planned made;
  assert_int_equal(kn_task_plan(&f->task, f->path, &KN_PLAN_DEFAULTS, true, &made, &f->err), KN_OK);
  assert_int_equal(made.run_id, 1);
  kn_task_story story;
  assert_int_equal(kn_task_story_load(&f->task, f->path, &story, &f->err), KN_OK);
  assert_true(story.has_plan);
  assert_int_equal(story.run.run_id, 1);
  const kn_plan_summary was = kn_plan_sum(made.plan);
  assert_int_equal(story.plan.summary.status, KN_PLAN_PROVEN);
  for (int i = 0; i < KN_OBJECTIVE_COUNT; i++)
    assert_true(story.plan.summary.value[i] == was.value[i]);
  assert_true(story.plan.summary.bound == was.bound);
  const kn_tie_view a = kn_plan_ties(made.plan);
  const kn_tie_view b = story.plan.ties;
  assert_int_equal(a.n, 1);
  assert_int_equal(b.n, 1);
  assert_true(b.quantity[0] == 60 && b.eur[0] == a.eur[0] && b.km[0] == a.km[0] && b.co2_kg[0] == a.co2_kg[0]);
  assert_int_equal(b.from[0].row, a.from[0].row);
  assert_int_equal(b.to[0].kind, KN_END_NEED);
  assert_int_equal(b.to[0].site, a.to[0].site);
  assert_int_equal(b.mode[0], a.mode[0]);
  assert_int_equal(b.level[0], a.level[0]);
  assert_int_equal(b.case_of[0], a.case_of[0]);
  const kn_plan_totals before = kn_plan_levels(made.plan);
  for (int part = 0; part < 3; part++) {
    assert_true(story.plan.totals.eur[part] == before.eur[part]);
    for (int c = 0; c < KN_CLASS_COUNT; c++)
      assert_true(story.plan.totals.quantity[part][c] == before.quantity[part][c]);
  }
  assert_true(story.plan.needs.dual[0] == kn_plan_needs(made.plan).dual[0]);
  assert_true(story.plan.offers.used[0] == 60);
  assert_int_equal(story.plan.cases.n, kn_plan_cases(made.plan).n);
  kn_task_story_free(&story);
  kn_task_planned_free(&made);
}

static void
a_question_saves_nothing(void **state)
{
  fixture *f = *state;
  make_region(f);
  kn_task_planned made;
  assert_int_equal(kn_task_plan(&f->task, f->path, &KN_PLAN_DEFAULTS, false, &made, &f->err), KN_OK);
  assert_int_equal(made.run_id, 0);
  kn_task_planned_free(&made);
  kn_arena *arena = kn_arena_new();
  kn_run *runs;
  int64_t count;
  assert_int_equal(kn_task_runs(&f->task, f->path, 10, arena, &runs, &count, &f->err), KN_OK);
  assert_int_equal(count, 0);
  kn_arena_free(arena);
}

static bool
always(void *arg)
{
  (void)arg;
  return true;
}

/* Stopped before it began, a plan still ends with a plan (doing nothing at worst), which is kept. */
static void
a_stopped_plan_is_kept(void **state)
{
  fixture *f = *state;
  make_region(f);
  const kn_watch watch = {.is_stopped = always};
  kn_task task = f->task;
  kn_task_planned made;
  task.watch = &watch;
  const kn_code code = kn_task_plan(&task, f->path, &KN_PLAN_DEFAULTS, true, &made, &f->err);
  if (code == KN_E_STOPPED)
    return; /* opening the file was stopped: nothing to keep */
  assert_int_equal(code, KN_OK);
  assert_int_equal(made.run_id, 1);
  assert_true(kn_plan_sum(made.plan).value[KN_VALUE] >= 0);
  kn_task_planned_free(&made);
}

static void
a_broken_package_leaves_nothing(void **state)
{
  fixture *f = *state;
  kn_task_change change;
  assert_int_equal(kn_task_new(&f->task, f->path, broken, &change, &f->err), KN_E_INPUT);
  assert_int_equal(kn_findings_count(f->findings, KN_ERROR), 4);
  assert_int_equal(access(f->path, F_OK), -1);
}

static void
places_have_names(void **state)
{
  fixture *f = *state;
  make_region(f);
  kn_task_story story;
  assert_int_equal(kn_task_story_load(&f->task, f->path, &story, &f->err), KN_OK);
  assert_false(story.has_plan);
  kn_place place;
  assert_int_equal(kn_task_place(story.region, "filler", &place, &f->err), KN_OK);
  assert_int_equal(place.kind, KN_END_NEED);
  assert_string_equal(kn_place_id(story.region, place), "filler");
  assert_string_equal(kn_place_site_id(story.region, place), "board-hall");
  assert_int_equal(kn_task_place(story.region, "offer:dust", &place, &f->err), KN_OK);
  assert_int_equal(place.kind, KN_END_OFFER);
  assert_int_equal(kn_task_place(story.region, "offer:filler", &place, &f->err), KN_E_USAGE);
  assert_int_equal(kn_task_place(story.region, "", &place, &f->err), KN_E_USAGE);
  kn_task_story_free(&story);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_plan_comes_back_as_it_was_made, begin, end),
      cmocka_unit_test_setup_teardown(a_question_saves_nothing, begin, end),
      cmocka_unit_test_setup_teardown(a_stopped_plan_is_kept, begin, end),
      cmocka_unit_test_setup_teardown(a_broken_package_leaves_nothing, begin, end),
      cmocka_unit_test_setup_teardown(places_have_names, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
