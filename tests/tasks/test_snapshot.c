/* Aim: who waits for the first snapshot hears why there is none, also when the file was not as it had been when they asked. Method: the region
 * file goes away while a connection to it is open, so that loading fails before it knows what it loads. */
#include "tasks/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void
a_first_try_that_fails_is_told(void **state)
{
  (void)state;
  enum { HANGS_AFTER_S = 120 };
  kn_error err = {0};
  kn_task task = KN_TASK_DEFAULTS;
  kn_task_change change;
  kn_desk *desk;
  kn_snapshots *snapshots;
  kn_conn *conn;
  const kn_snapshot *snapshot;
  char folder[64] = "/tmp/knoop-snapshot-XXXXXX", path[96], away[112], command[128];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/r.gpkg", folder);
  snprintf(away, sizeof away, "%s.away", path);
  assert_int_equal(kn_findings_new(&task.findings, 50, &err), KN_OK);
  assert_int_equal(kn_task_new(&task, path, KN_SOURCE_ROOT "/data/regions/poort-genk", &change, &err), KN_OK);
  kn_findings_free(task.findings);
  assert_int_equal(kn_desk_open(&desk, path, &KN_STORE_WRITE, &err), KN_OK);
  assert_int_equal(kn_snapshots_new(&snapshots, desk, NULL, &err), KN_OK);
  assert_int_equal(kn_desk_lend(desk, &KN_ANYBODY, &conn, &err), KN_OK);
  assert_int_equal(rename(path, away), 0);
  alarm(HANGS_AFTER_S);
  assert_int_equal(kn_snapshots_take(snapshots, conn, &snapshot, NULL, &err), KN_E_IO);
  assert_null(snapshot);
  /* And when it is back, the next who asks gets one. */
  assert_int_equal(rename(away, path), 0);
  assert_int_equal(kn_snapshots_take(snapshots, conn, &snapshot, NULL, &err), KN_OK);
  alarm(0);
  assert_non_null(snapshot->region);
  assert_int_equal(kn_snapshot_today(snapshot), KN_BLANK_INT); /* this region has a plan year */
  kn_snapshot_let_go(snapshots, snapshot);
  kn_desk_give_back(conn);
  kn_snapshots_free(snapshots);
  kn_desk_close(desk);
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  assert_int_equal(system(command), 0);
}

/* However old the snapshot is. */
static void
today_is_the_day_of_now(void **state)
{
  (void)state;
  const kn_snapshot old = {.has_year = false};
  const time_t before = time(NULL) / 86400;
  const int32_t today = kn_snapshot_today(&old);
  assert_in_range(today, before, time(NULL) / 86400);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_first_try_that_fails_is_told), cmocka_unit_test(today_is_the_day_of_now)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
