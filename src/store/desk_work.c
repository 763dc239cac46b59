/* How much SQLite did, counted per thread: what a statement did is added when it ends, on the thread that ran it; what the writing thread did for
 * somebody is added to the account of who waited. */
#include "store/desk_internal.h"

static _Thread_local kn_desk_work done;

static int
statement_ended(unsigned what, void *arg, void *statement, void *nanoseconds)
{
  (void)what;
  (void)arg;
  (void)nanoseconds;
  done.statements++;
  done.steps += sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_VM_STEP, 1);
  return 0;
}

void
kn_work_watch(sqlite3 *db)
{
  sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, statement_ended, NULL);
}

void
kn_work_unwatch(sqlite3 *db)
{
  sqlite3_trace_v2(db, 0, NULL, NULL);
}

kn_desk_work
kn_desk_work_here(void)
{
  return done;
}

void
kn_work_add(kn_desk_work work)
{
  done.statements += work.statements;
  done.steps += work.steps;
}

kn_desk_work
kn_desk_work_since(kn_desk_work before)
{
  return (kn_desk_work){done.statements - before.statements, done.steps - before.steps};
}
