/* The thread that computes. Jobs stand in the file (table job, whose migration shows their states); this thread takes the oldest that
 * waits, runs its task as a command would, and writes how it ended. Progress is told to the channel job:ID, not written. */
#include "portal/jobs.h"

#include "portal/http.h"

#include <stdlib.h>
#include <string.h>

struct kn_jobs {
  kn_portal *portal;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t came;
  bool has_thread, is_woken, is_ending, is_cancelled;
  bool is_judged;  /* how the running one ended stands, and is about to be written */
  int64_t running; /* job_id; 0: none */
  kn_progress progress;
  double told; /* when, monotonic seconds */
};

/* ---------------------------------------------------------------- the watch that the task is lent */
static double
seconds_now(void *arg)
{
  (void)arg;
  return kn_store_seconds();
}

static bool
is_ending(kn_jobs *jobs)
{
  pthread_mutex_lock(&jobs->lock);
  const bool ends = jobs->is_ending;
  pthread_mutex_unlock(&jobs->lock);
  return ends;
}

static bool
is_stopped(void *arg)
{
  kn_jobs *jobs = arg;
  pthread_mutex_lock(&jobs->lock);
  const bool stops = jobs->is_ending || jobs->is_cancelled;
  pthread_mutex_unlock(&jobs->lock);
  return stops;
}

static void
put_progress(const kn_progress *progress, json_t *into)
{
  json_object_set_new(into, "phase", progress->phase != NULL ? json_string(progress->phase) : json_null());
  json_object_set_new(into, "done", json_real(progress->done));
  json_object_set_new(into, "total", json_real(progress->total));
  json_object_set_new(into, "value", isfinite(progress->value) ? json_real(progress->value) : json_null());
  json_object_set_new(into, "bound", isfinite(progress->bound) ? json_real(progress->bound) : json_null());
}

static void
tell_channel(kn_jobs *jobs, int64_t job_id, const char *event, json_t *object)
{
  char channel[40];
  snprintf(channel, sizeof channel, "job:%" PRId64, job_id);
  kn_portal_tell(jobs->portal, channel, event, object);
}

static void
hear_progress(void *arg, const kn_progress *progress)
{
  kn_jobs *jobs = arg;
  const double now = seconds_now(NULL);
  pthread_mutex_lock(&jobs->lock);
  jobs->progress = *progress;
  const int64_t job_id = jobs->running;
  const bool is_due = now - jobs->told > 0.25;
  if (is_due)
    jobs->told = now;
  pthread_mutex_unlock(&jobs->lock);
  if (!is_due)
    return;
  json_t *object = json_object();
  put_progress(progress, object);
  tell_channel(jobs, job_id, "progress", object);
  json_decref(object);
}

bool
kn_jobs_progress(kn_jobs *jobs, int64_t job_id, json_t *into)
{
  pthread_mutex_lock(&jobs->lock);
  const bool is_it = jobs->running == job_id;
  const kn_progress progress = jobs->progress;
  pthread_mutex_unlock(&jobs->lock);
  if (is_it)
    put_progress(&progress, into);
  return is_it;
}

/* ---------------------------------------------------------------- what the kinds do */
static kn_code
read_plan(const json_t *in, kn_plan_settings *settings, kn_error *err)
{
  *settings = KN_PLAN_DEFAULTS;
  const char *objective = json_string_value(json_object_get(in, "objective"));
  for (int i = 0; objective != NULL; i++) {
    if (i == KN_OBJECTIVE_COUNT)
      return kn_fail(err, KN_E_INPUT, "objective: expected value, co2, jobs or virgin");
    settings->objective = (kn_objective)i;
    if (strcmp(objective, kn_objective_name((kn_objective)i)) == 0)
      break;
  }
  const json_t *gap = json_object_get(in, "gap");
  if (gap != NULL && !(json_number_value(gap) >= 0 && json_number_value(gap) < 1))
    return kn_fail(err, KN_E_INPUT, "gap: expected 0 up to 1");
  if (gap != NULL)
    settings->gap = json_number_value(gap);
  const json_t *floors = json_object_get(in, "floor");
  for (int i = 0; i < KN_OBJECTIVE_COUNT; i++) {
    const json_t *floor = json_object_get(floors, kn_objective_column((kn_objective)i));
    if (json_is_number(floor))
      settings->floor[i] = json_number_value(floor);
  }
  return KN_OK;
}

typedef struct what_if { /* changes as JSON: {set: ["key=value"], close: [{table, id}], open: [{table, id, column, value}]} */
  kn_task_changes changes;
  const char *set[64];
  kn_task_row close[256];
  kn_task_cell open[256];
} what_if;

static const char *
member(const json_t *object, const char *name)
{
  return json_string_value(json_object_get(object, name));
}

static kn_code
read_what_if(const json_t *in, what_if *out, kn_error *err)
{
  const json_t *changes = json_object_get(in, "changes");
  size_t at;
  json_t *item;
  json_array_foreach(json_object_get(changes, "set"), at, item)
  {
    if (at >= KN_COUNT_OF(out->set) || !json_is_string(item))
      return kn_fail(err, KN_E_INPUT, "changes.set: expected at most %d texts KEY=VALUE", KN_COUNT_OF(out->set));
    out->set[at] = json_string_value(item);
    out->changes.set_count = (int32_t)at + 1;
  }
  json_array_foreach(json_object_get(changes, "close"), at, item)
  {
    if (at >= KN_COUNT_OF(out->close) || member(item, "table") == NULL || member(item, "id") == NULL)
      return kn_fail(err, KN_E_INPUT, "changes.close: expected at most %d rows {table, id}", KN_COUNT_OF(out->close));
    out->close[at] = (kn_task_row){member(item, "table"), member(item, "id")};
    out->changes.close_count = (int32_t)at + 1;
  }
  json_array_foreach(json_object_get(changes, "open"), at, item)
  {
    if (at >= KN_COUNT_OF(out->open) || member(item, "table") == NULL || member(item, "id") == NULL ||
        member(item, "column") == NULL || member(item, "value") == NULL)
      return kn_fail(err, KN_E_INPUT, "changes.open: expected at most %d cells {table, id, column, value}",
                     KN_COUNT_OF(out->open));
    out->open[at] = (kn_task_cell){member(item, "table"), member(item, "id"), member(item, "column"), member(item, "value")};
    out->changes.open_count = (int32_t)at + 1;
  }
  out->changes.set = out->set;
  out->changes.close = out->close;
  out->changes.open = out->open;
  return KN_OK;
}

static kn_code
run_plan(kn_task *task, const char *path, const json_t *in, int64_t *run_id, kn_error *err)
{
  kn_plan_settings settings;
  what_if *changes = calloc(1, sizeof *changes);
  if (changes == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  kn_code code = read_plan(in, &settings, err);
  if (code == KN_OK)
    code = read_what_if(in, changes, err);
  kn_task_planned planned = {0};
  task->changes = &changes->changes;
  if (code == KN_OK)
    code = kn_task_plan(task, path, &settings, true, &planned, err);
  if (code == KN_OK) {
    *run_id = planned.run_id;
    kn_task_planned_free(&planned);
  }
  free(changes);
  return code;
}

static kn_code
run_estimate(const kn_task *task, const char *path, const json_t *in, int64_t *run_id, kn_error *err)
{
  const kn_task_mode mode = json_is_true(json_object_get(in, "undo")) ? KN_TASK_UNDO : KN_TASK_SAVE;
  const kn_estimate_settings settings = KN_ESTIMATE_DEFAULTS;
  kn_task_estimated out = {0};
  KN_TRY(kn_task_estimate(task, path, &settings, mode, &out, err));
  *run_id = out.run_id;
  kn_task_estimated_free(&out);
  return KN_OK;
}

static kn_code
run_balance(const kn_task *task, const char *path, const json_t *in, int64_t *run_id, kn_error *err)
{
  kn_balance_settings settings = KN_BALANCE_DEFAULTS;
  const json_t *year = json_object_get(in, "year");
  if (json_is_integer(year))
    settings.year = (int32_t)json_integer_value(year);
  kn_task_balanced out = {0};
  KN_TRY(kn_task_balance(task, path, &settings, true, &out, err));
  *run_id = out.run_id;
  kn_task_balanced_free(&out);
  return KN_OK;
}

static kn_code
run_ask(const kn_task *task, const char *path, int64_t *run_id, kn_error *err)
{
  const kn_ask_settings settings = KN_ASK_DEFAULTS;
  kn_task_asked out = {0};
  KN_TRY(kn_task_ask(task, path, &settings, &out, err));
  *run_id = out.run_id;
  kn_task_asked_free(&out);
  return KN_OK;
}

static kn_code
run_stocks(const kn_task *task, const char *path, const json_t *in, int64_t *run_id, kn_error *err)
{
  const json_t *year = json_object_get(in, "year");
  kn_task_stocks out = {0};
  KN_TRY(kn_task_stocks_run(task, path, json_is_integer(year) ? (int32_t)json_integer_value(year) : KN_BLANK_INT, true,
                            KN_TASK_SAVE, &out, err));
  *run_id = out.run_id;
  kn_task_stocks_free(&out);
  return KN_OK;
}

static kn_code
run_task(kn_jobs *jobs, const char *kind, const json_t *settings, int64_t *run_id, kn_error *err)
{
  const kn_watch watch = {.tell = hear_progress, .is_stopped = is_stopped, .seconds = seconds_now, .arg = jobs};
  kn_task task = KN_TASK_DEFAULTS;
  task.watch = &watch;
  task.who = "portal";
  task.wait_s = 60;
  KN_TRY(kn_findings_new(&task.findings, 50, err));
  const char *path = kn_desk_path(jobs->portal->desk);
  kn_code code = KN_OK;
  if (strcmp(kind, "plan") == 0)
    code = run_plan(&task, path, settings, run_id, err);
  else if (strcmp(kind, "estimate") == 0)
    code = run_estimate(&task, path, settings, run_id, err);
  else if (strcmp(kind, "balance") == 0)
    code = run_balance(&task, path, settings, run_id, err);
  else if (strcmp(kind, "ask") == 0)
    code = run_ask(&task, path, run_id, err);
  else
    code = run_stocks(&task, path, settings, run_id, err);
  if (code == KN_E_INPUT && kn_findings_kept(task.findings) > 0) /* the first of them says more */
    kn_fail(err, KN_E_INPUT, "%s", kn_findings_get(task.findings, 0)->sentence);
  kn_findings_free(task.findings);
  return code;
}

/* ---------------------------------------------------------------- taking jobs */
typedef struct job {
  kn_jobs *jobs;
  kn_arena *arena;
  int64_t job_id;
  const char *kind, *settings, *status, *message;
  int64_t run_id;
} job;

static kn_code
take_job(void *arg, const kn_answer *answer, kn_error *err)
{
  job *out = arg;
  out->job_id = answer->field[0].integer;
  KN_TRY(kn_text_copy(&out->kind, out->arena, answer->field[1].text, (size_t)answer->field[1].length, err));
  return kn_text_copy(&out->settings, out->arena, answer->field[2].text, (size_t)answer->field[2].length, err);
}

static void
set_running(kn_jobs *jobs, int64_t job_id)
{
  pthread_mutex_lock(&jobs->lock);
  jobs->running = job_id;
  jobs->is_cancelled = jobs->is_judged = false;
  jobs->progress = (kn_progress){.value = NAN, .bound = NAN};
  pthread_mutex_unlock(&jobs->lock);
}

static kn_code
write_start(kn_conn *conn, void *arg, kn_error *err)
{
  job *out = arg;
  KN_TRY(kn_conn_ask(conn, "job_next", NULL, 0, take_job, out, err));
  if (out->job_id == 0)
    return KN_OK;
  char now[32];
  kn_store_now(now);
  const kn_bind start[] = {KN_BIND_INT("job", out->job_id), KN_BIND_TEXT("now", now)};
  KN_TRY(kn_conn_run(conn, "job_start", start, KN_COUNT_OF(start), NULL, err));
  set_running(out->jobs, out->job_id); /* here, where cancelling is written too: it finds the job waiting or running */
  return KN_OK;
}

static kn_code
write_end(kn_conn *conn, void *arg, kn_error *err)
{
  const job *in = arg;
  char now[32];
  kn_store_now(now);
  const kn_bind end[] = {KN_BIND_INT("job", in->job_id),
                         KN_BIND_TEXT("status", in->status),
                         KN_BIND_TEXT("now", now),
                         {.name = "run", .value = in->run_id != 0 ? kn_field_int(in->run_id) : kn_field_text(NULL)},
                         KN_BIND_TEXT("message", in->message)};
  return kn_conn_run(conn, "job_end", end, KN_COUNT_OF(end), NULL, err);
}

/* Takes the oldest job that waits and runs it; false: none waits, or the file cannot be written. */
static bool
run_next(kn_jobs *jobs)
{
  const kn_viewer self = KN_ANYBODY;
  kn_error err = {0};
  job it = {.jobs = jobs, .arena = kn_arena_new()};
  const kn_code begun = kn_desk_write(jobs->portal->desk, &self, write_start, &it, &err);
  if (begun != KN_OK || it.job_id == 0) {
    set_running(jobs, 0);
    kn_arena_free(it.arena);
    return begun == KN_E_LOCK; /* it waited for a long import, and waits on */
  }
  json_t *settings = json_loads(it.settings, 0, NULL);
  const kn_code code = run_task(jobs, it.kind, settings, &it.run_id, &err);
  json_decref(settings);
  pthread_mutex_lock(&jobs->lock);
  it.status = jobs->is_cancelled ? "cancelled" : jobs->is_ending ? "interrupted" : code == KN_OK ? "done" : "failed";
  jobs->is_judged = true;
  pthread_mutex_unlock(&jobs->lock);
  char sentence[sizeof err.text];
  snprintf(sentence, sizeof sentence, "%s", err.text[0] != '\0' ? err.text : kn_code_text(code));
  sentence[strcspn(sentence, "\n")] = '\0';
  it.message = code != KN_OK ? sentence : NULL;
  while (kn_desk_write(jobs->portal->desk, &self, write_end, &it, NULL) == KN_E_LOCK && !is_ending(jobs)) {
  }
  set_running(jobs, 0);
  json_t *object = json_pack("{s:s, s:I, s:s?}", "status", it.status, "run_id", (json_int_t)it.run_id, "message", it.message);
  tell_channel(jobs, it.job_id, "ended", object);
  json_decref(object);
  kn_arena_free(it.arena);
  return true;
}

static void *
run_jobs(void *arg)
{
  kn_jobs *jobs = arg;
  kn_thread_stand_back(); /* those who wait for a page come first */
  pthread_mutex_lock(&jobs->lock);
  while (!jobs->is_ending) {
    if (!jobs->is_woken) {
      pthread_cond_wait(&jobs->came, &jobs->lock);
      continue;
    }
    jobs->is_woken = false;
    pthread_mutex_unlock(&jobs->lock);
    while (run_next(jobs) && !is_ending(jobs)) {
    }
    pthread_mutex_lock(&jobs->lock);
  }
  pthread_mutex_unlock(&jobs->lock);
  return NULL;
}

static kn_code
write_interrupted(kn_conn *conn, void *arg, kn_error *err)
{
  (void)arg;
  char now[32];
  kn_store_now(now);
  const kn_bind bind[] = {KN_BIND_TEXT("now", now)};
  return kn_conn_run(conn, "job_interrupt_all", bind, 1, NULL, err);
}

kn_code
kn_jobs_start(kn_jobs **out, kn_portal *portal, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  kn_jobs *jobs = *out;
  if (jobs == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  jobs->portal = portal;
  pthread_mutex_init(&jobs->lock, NULL);
  pthread_cond_init(&jobs->came, NULL);
  const kn_viewer self = KN_ANYBODY;
  KN_TRY(kn_desk_write(portal->desk, &self, write_interrupted, NULL, err));
  if (pthread_create(&jobs->thread, NULL, run_jobs, jobs) != 0)
    return kn_fail(err, KN_E_LIMIT, "no more threads can be started");
  jobs->has_thread = true;
  return KN_OK;
}

void
kn_jobs_stop(kn_jobs *jobs)
{
  if (jobs == NULL)
    return;
  pthread_mutex_lock(&jobs->lock);
  jobs->is_ending = true;
  pthread_cond_broadcast(&jobs->came);
  pthread_mutex_unlock(&jobs->lock);
  if (jobs->has_thread)
    pthread_join(jobs->thread, NULL);
  const kn_viewer self = KN_ANYBODY;
  if (jobs->has_thread) /* those that still wait are not begun behind anybody's back at the next start */
    kn_desk_write(jobs->portal->desk, &self, write_interrupted, NULL, NULL);
  pthread_cond_destroy(&jobs->came);
  pthread_mutex_destroy(&jobs->lock);
  free(jobs);
}

void
kn_jobs_wake(kn_jobs *jobs)
{
  pthread_mutex_lock(&jobs->lock);
  jobs->is_woken = true;
  pthread_cond_signal(&jobs->came);
  pthread_mutex_unlock(&jobs->lock);
}

bool
kn_jobs_cancel(kn_jobs *jobs, int64_t job_id)
{
  pthread_mutex_lock(&jobs->lock);
  const bool is_it = jobs->running == job_id && !jobs->is_judged;
  jobs->is_cancelled = jobs->is_cancelled || is_it;
  pthread_mutex_unlock(&jobs->lock);
  return is_it;
}
