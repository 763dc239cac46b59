/* knoop/store.h - the region file.
 *
 * REGION.gpkg is a GeoPackage that holds a region, its history and what knoop computed from it. A new one comes
 * from kn_store_create(), kn_store_save_region() and kn_store_publish(); an existing one from kn_store_open().
 * Then kn_store_load() gives the region, kn_store_save_region() keeps what an import added, kn_store_save_plan()
 * keeps a plan with the run it came from. Each save is one transaction: all of it is in the file, or nothing,
 * whatever happens to the process or the machine.
 *
 * One writer at a time: it holds REGION.gpkg-lock from opening to closing, and readers go on reading. A file
 * written by a newer knoop opens for reading only. A kn_store is used by one thread at a time. */
#ifndef KNOOP_STORE_H
#define KNOOP_STORE_H

#include "knoop/base.h"
#include "knoop/builder.h"
#include "knoop/metabolism.h"
#include "knoop/monitor.h"
#include "knoop/plan.h"

typedef struct kn_store kn_store;

typedef struct kn_store_settings {
  bool is_writer;
  double wait_s;         /* how long to wait for another writer to end */
  const char *command;   /* what this process is about; told to writers who have to wait */
  const kn_watch *watch; /* told how far it is; asked whether to stop, also from the thread that reads; NULL is fine */
} kn_store_settings;
#define KN_STORE_READ ((kn_store_settings){.wait_s = 5, .command = "knoop"})
#define KN_STORE_WRITE ((kn_store_settings){.is_writer = true, .wait_s = 5, .command = "knoop"})

/* ------------------------------------------------------------------ opening
 * KN_E_IO: there is no such file, or it may not be read or written. KN_E_INPUT: it is no region file, or a damaged
 * one. KN_E_LOCK: another writer did not end in time; the sentence says who. KN_E_VERSION: written by a newer knoop
 * and wanted for writing. An older file is brought up to date first, in one transaction, also for a reader
 * (who then waits for a writer); where it may not be written it is read as it is. */
kn_code kn_store_open(kn_store **out, const char *path, const kn_store_settings *settings, kn_error *err);
/* A new, empty region file, open for writing, which nobody sees until kn_store_publish(). KN_E_IO: the path is taken.
 * Closed without publishing, or killed, it leaves nothing behind (on file systems without unnamed files, a kill may
 * leave PATH.new-*). The file is on the disk when publish returns; the store is then open for reading. */
kn_code kn_store_create(kn_store **out, const char *path, const kn_store_settings *settings, kn_error *err);
kn_code kn_store_publish(kn_store *store, kn_error *err);
void kn_store_close(kn_store *store); /* NULL is fine; ends the lock */

int32_t kn_store_version(const kn_store *store); /* of the file's schema */
int32_t kn_store_newest_version(void);           /* that this knoop knows */
/* What a user should hear about this file (written by a newer knoop, ...), or NULL. */
const char *kn_store_notice(const kn_store *store);

/* ------------------------------------------------------------------ the region
 * Loading is one consistent reading. Reads on a thread of its own, so that building overlaps with reading. O(rows). KN_E_INPUT: rows
 * that another program spoilt, among the findings; KN_E_STOPPED by the watch. */
kn_code kn_store_load(kn_store *store, kn_findings *findings, kn_region **out, kn_error *err);
/* The same rows into a builder, for an import to add its files to before kn_builder_end(). */
kn_code kn_store_fill(kn_store *store, kn_builder *builder, kn_error *err);

/* From now on rows added to large tables are written while the builder takes their files, on a thread of their own; the next
 * kn_store_save_region() completes that with the region the builder ends with, and only then it is in the file. Until that call
 * nothing else may be asked of the store, other than to close it: then nothing was written. A region that is not saved after
 * all is freed after the store is closed. */
kn_code kn_store_follow(kn_store *store, kn_builder *builder, kn_error *err);

typedef struct kn_change {
  const char *what;   /* "import", "new", ... */
  const char *who;    /* NULL: not known */
  const char *source; /* files or person it came from; NULL: not known */
} kn_change;
/* Saves the rows that came from files (kn_region_new_rows) and areas' new geometry: a row whose key is in the file
 * replaces that row, others are added; then adds a revision with the digest of the region. `region` must have been filled from
 * this store (or be all new for a new file). One transaction. *revision (may be NULL) is its number. */
kn_code kn_store_save_region(kn_store *store, const kn_region *region, const kn_change *change, int64_t *revision, kn_error *err);

/* What was edited at the desk since the last revision becomes one, when there is any: `region` is what this store holds now, as
 * loaded while the store was open for writing. Else *revision stays as it is. One transaction. */
kn_code kn_store_note_edits(kn_store *store, const kn_region *region, const char *who, int64_t *revision, kn_error *err);

typedef struct kn_revision {
  int64_t revision; /* 0: none yet */
  int64_t rows_changed;
  const char *made; /* UTC, ISO 8601 */
  const char *what, *who, *source;
  const char *digest; /* of the region after it. Another digest now: edited outside knoop since */
} kn_revision;
/* Newest first, at most `most` of [*count], into arena. O(count). */
kn_code kn_store_revisions(kn_store *store, kn_arena *arena, int64_t most, kn_revision **revisions, int64_t *count,
                           kn_error *err);

/* ------------------------------------------------------------------ runs and results */
typedef struct kn_run {
  int64_t run_id;           /* given by the store */
  const char *command;      /* "plan" ... */
  const char *settings;     /* JSON */
  const char *version;      /* NULL when saving: this knoop */
  const char *input_digest; /* of the region */
  int64_t revision;         /* 0 when saving: the newest */
  const char *started;      /* UTC, ISO 8601; see kn_store_now() */
  const char *finished;     /* NULL when saving: now */
  const char *status;       /* "proven", "stopped", "infeasible" ... */
  const char *summary;      /* JSON */
} kn_run;
/* Saves a run with all that the plan found: tables tie, knot, plan_unit, plan_offer, plan_need, plan_gateway.
 * One transaction. A plan of NULL saves the run alone. *run_id may be NULL. */
kn_code kn_store_save_plan(kn_store *store, const kn_region *region, const kn_plan *plan, const kn_run *run, int64_t *run_id,
                           kn_error *err);
/* Saves a region that kn_region_revise() made of the one in this file: takes out the rows that `change` drops, adds the new ones
 * as they are (no key of theirs is there), adds a revision and, when `run` is given, a run. One transaction. */
kn_code kn_store_save_revised(kn_store *store, const kn_region *base, const kn_region *revised, const kn_table_change *change,
                              int32_t count, const kn_change *record, const kn_run *run, int64_t *revision, int64_t *run_id,
                              kn_error *err);
/* Saves a run with a balance: tables balance_flow, balance_gap. One transaction. *run_id may be NULL. */
kn_code kn_store_save_balance(kn_store *store, const kn_region *region, const kn_balance *balance, const kn_run *run,
                              int64_t *run_id, kn_error *err);
/* Saves a run with the questions that were judged: table question. One transaction. */
kn_code kn_store_save_ask(kn_store *store, const kn_region *region, const kn_ask_view *view, double cost_eur, const kn_run *run,
                          int64_t *run_id, kn_error *err);
/* Newest first, at most `most`, of one command (NULL: all), into arena. */
kn_code kn_store_runs(kn_store *store, kn_arena *arena, const char *command, int64_t most, kn_run **runs, int64_t *count,
                      kn_error *err);
/* The newest run of a command, into arena; run_id 0 when there is none. */
kn_code kn_store_latest_run(kn_store *store, kn_arena *arena, const char *command, kn_run *run, kn_error *err);

/* ------------------------------------------------------------------ reading any table
 * For reports: rows of one table (of the region or of results) as typed values, in the order asked for. A text
 * value is lent for the length of one visit: values [column_count]. Another code than KN_OK from the visit ends the reading and is returned.
 * KN_E_USAGE: no such table or column. A results table that an old file lacks has no rows. */
typedef struct kn_store_query {
  const char *table;
  int32_t column_count;
  const char *const *columns;
  int64_t run_id;             /* 0: whatever the run */
  const char *where, *equals; /* a column and the text it must hold; NULL: all rows */
  const char *order_by;       /* NULL: as saved (ties: by falling eur) */
  bool is_falling;
  int64_t most; /* 0: all */
} kn_store_query;
typedef kn_code (*kn_store_visit)(void *arg, const kn_value *values, kn_error *err);
kn_code kn_store_read(kn_store *store, const kn_store_query *query, kn_store_visit visit, void *arg, kn_error *err);

/* ------------------------------------------------------------------ checking
 * Is the file whole? Pages, indexes, spatial indexes, references, the audit log: each defect is a finding (KN_ERROR), and KN_OK.
 * Reads all of the file. */
kn_code kn_store_check(kn_store *store, kn_findings *findings, kn_error *err);

/* The clock as the store writes it: 2026-11-24T07:30:00.123456789Z. */
void kn_store_now(char out[32]);
/* Seconds of a clock that is never set; only differences mean something. */
double kn_store_seconds(void);

#endif
