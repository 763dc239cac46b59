/* Tables at the desk: rows written cell by cell under the rules of an import, taken back, imported, found.
 *
 * kn_data_write(), kn_data_remove() and kn_data_undo() run within kn_desk_write(), as the one who asks. The coordinator may change
 * every table of the region; a partner the sites, offers and needs of its own actors and what is said about them. */
#ifndef KN_TASKS_DESK_DATA_H
#define KN_TASKS_DESK_DATA_H

#include "knoop/desk.h"
#include "knoop/tasks.h"

typedef struct kn_data_change {
  const char *table;
  int32_t column_count;
  const char *const *column; /* [column_count] as the file names them */
  int64_t row_count;
  const char *const *key;  /* [row_count] the row to change; NULL: a new row, or one that the columns of its key name */
  const int64_t *version;  /* [row_count] that it must have; NULL: any */
  const char *const *cell; /* [row_count][column_count] as a person wrote it; NULL: not given, stays; "": blank */
  char decimal;            /* '.' or ',' */
  bool may_change;         /* false: a row that is there is refused */
} kn_data_change;
typedef struct kn_data_done {
  int64_t added, changed, unchanged;
  int64_t edit_count;
  int64_t *edit;    /* [edit_count], rising */
  const char **key; /* [row_count] */
} kn_data_done;
/* All rows or, with KN_E_INPUT and findings (their line is the number of the row, from 1), none. Into arena.
 * KN_E_DENIED: not the viewer's to change; KN_E_MISSING: no such table or row for the viewer; KN_E_CONFLICT: another version. */
kn_code kn_data_write(kn_conn *conn, kn_arena *arena, const kn_data_change *change, kn_findings *findings, kn_data_done *done,
                      kn_error *err);
kn_code kn_data_remove(kn_conn *conn, const char *table, const char *key, int64_t version, int64_t *edit, kn_error *err);
/* Takes edits back, the last first; all or none. undo [count]: the edits that did so, in the order of `edit`. */
kn_code kn_data_undo(kn_conn *conn, const int64_t *edit, int32_t count, int64_t *undo, kn_error *err);
/* May this viewer change rows of the table at all? */
bool kn_data_may_write(const kn_viewer *viewer, const char *table);

typedef struct kn_data_file {
  const char *name;  /* as its sender calls it: tells what it is */
  const char *path;  /* where it lies; NULL: in memory */
  const char *bytes; /* [length] */
  int64_t length;
} kn_data_file;
/* An import of a file that came in a request. `mapping` (JSON, NULL: none) says how to read a foreign one; without it a draft is made:
 * *draft (malloc, the caller's; NULL: none was needed), KN_E_INPUT. is_dry: nothing is saved. */
kn_code kn_data_import(const kn_task *task, const char *path, const kn_data_file *file, const char *mapping, bool is_dry,
                       kn_task_change *change, char **draft, kn_error *err);

/* judge.c: cells under the rules of an import. cell [row_count][column_count] of the change, `was` what the rows held before.
 * out [row_count][column_count]: what to write, in the units of the file. */
typedef struct kn_data_row {
  const char *key; /* NULL: the table has no key, and it is a new row */
  bool is_there;   /* and `was` holds its cells */
  int64_t version;
  int32_t was_count;
  const char **was_name;
  kn_field *was;
} kn_data_row;
kn_code kn_data_judge(kn_conn *conn, kn_arena *arena, const kn_data_change *change, const kn_data_row *row, kn_findings *findings,
                      kn_field *out, kn_error *err);
/* The row with this key as the viewer sees it. */
kn_code kn_data_read(kn_conn *conn, kn_arena *arena, const char *table, const char *key, kn_data_row *out, kn_error *err);

#endif
