/* What the tasks share: opening a region file and loading what is in it. */
#ifndef KN_TASKS_INTERNAL_H
#define KN_TASKS_INTERNAL_H

#include "knoop/tasks.h"

#include <time.h>

/* Opens for reading or writing; `command` is told to writers who have to wait. */
kn_code kn_task_open(const kn_task *task, const char *path, bool is_writer, const char *command, kn_store **out, kn_error *err);
/* The region of an open store, with the findings of the task or, without those, findings of its own: a region
 * file that does not load then says what is wrong in the error. */
kn_code kn_task_load(const kn_task *task, kn_store *store, kn_region **out, kn_error *err);
/* The same with the changes of the task, if it has any. */
kn_code kn_task_load_changed(const kn_task *task, kn_store *store, kn_region **out, kn_error *err);
/* That of a file, which revision it is, and its digest. Opened for writing when a result will be saved: a file that may not be
 * written is then refused before the work instead of after it. */
kn_code kn_task_load_revision(const kn_task *task, const char *path, bool is_saved, const char *command, kn_region **region,
                              int64_t *revision, char digest[65], kn_error *err);
kn_code kn_task_build_changed(const kn_task *task, kn_store *store, kn_findings *findings, kn_region **out, kn_error *err);
/* Opens, loads with the changes of the task, closes. */
kn_code kn_task_region(const kn_task *task, const char *path, kn_region **out, kn_error *err);

/* The day it is, as the core counts days. */
static inline int32_t
kn_task_today(void)
{
  return (int32_t)(time(NULL) / 86400);
}

/* Threads that make something beside the requests: what is made within so many seconds somebody may wait for; what takes longer is made
 * behind all else (kn_thread_stand_back()). */
#define KN_STANDS_BACK_FROM_S 2.0

/* estimated.c: rows that were computed, in place of those of an earlier run. */
typedef struct kn_estimated_rows {
  int64_t n;
  const char *const *id;
  const int32_t *site, *resource; /* resource: those beyond the region's own are new_resource */
  const double *quantity, *rel_sd;
  const char *const *description;
  const int32_t *from, *to; /* days; NULL: no window */
} kn_estimated_rows;
typedef struct kn_estimated {
  kn_estimated_rows offers, needs;
  int32_t new_count;
  const kn_new_resource *new_resource;
  const uint8_t *is_old_offer, *is_old_need;
  const char *command, *what;     /* of the run, of the revision */
  const char *settings, *summary; /* JSON of the run */
  const char *started;
} kn_estimated;
/* Saves them under the source "estimate", which is made when it is not there; resources that only rows which go were about go
 * too. With
 * `has_run` false no run is saved. *resources_removed may be NULL. */
kn_code kn_task_save_estimated(const kn_task *task, kn_store *store, const kn_region *region, const kn_estimated *rows,
                               bool has_run, int64_t *revision, int64_t *run_id, int64_t *resources_removed, kn_error *err);

/* story_balance.c: the newest balance of the region with this digest. */
kn_code kn_story_balance_load(kn_store *store, const char *digest, kn_task_story *story, kn_error *err);

/* cut_off.c: findings about places that the links of the region do not reach. */
kn_code kn_task_check_access(const kn_task *task, const kn_region *region, kn_error *err);

/* JSON of a run (record.c). Texts are the caller's to free(). */
/* changes: NULL or none: the region as it is. digest: of the region as changed. */
kn_code kn_record_settings(const kn_plan_settings *settings, const kn_task_changes *changes, const char *digest, char **out,
                           kn_error *err);
bool kn_record_has_changes(const char *settings); /* the run was of a changed region */
kn_code kn_record_summary(const kn_plan_summary *summary, char **out, kn_error *err);
kn_code kn_record_read_summary(const char *text, kn_plan_summary *summary, kn_error *err);
/* The least that the settings of a run asked of an objective; NAN: nothing. */
double kn_record_read_floor(const char *settings, kn_objective objective);

#endif
