/* Long computations: started, followed, cancelled. */
#include "portal/api.h"
#include "portal/http.h"
#include "portal/jobs.h"
#include "portal/words.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct new_job {
  const char *kind;
  char *settings;
  int64_t job_id;
} new_job;

static kn_code
write_job(kn_conn *conn, void *arg, kn_error *err)
{
  new_job *in = arg;
  char now[32];
  kn_store_now(now);
  const kn_bind bind[] = {KN_BIND_TEXT("kind", in->kind), KN_BIND_TEXT("settings", in->settings), KN_BIND_TEXT("asked", now)};
  kn_field job_id;
  KN_TRY(kn_conn_ask_one(conn, "job_add", bind, KN_COUNT_OF(bind), NULL, &job_id, NULL, err));
  in->job_id = job_id.integer;
  return kn_audit_row(conn, "job asked for", "job", in->job_id, in->settings, err);
}

static kn_code
add_job(kn_request *request, kn_reply *reply, kn_error *err)
{
  new_job in = {0};
  KN_TRY(kn_body_text(request, "kind", true, 20, &in.kind, err));
  const json_t *settings = json_object_get(request->body, "settings");
  if (settings != NULL && !json_is_object(settings))
    return kn_fail(err, KN_E_INPUT, "settings: expected an object");
  in.settings = settings != NULL ? json_dumps(settings, JSON_COMPACT) : strdup("{}");
  const kn_code code = kn_desk_write(request->desk, &request->viewer, write_job, &in, err);
  free(in.settings);
  KN_TRY(code);
  kn_jobs_wake(request->portal->jobs);
  char where[64];
  snprintf(where, sizeof where, "/api/v1/jobs/%" PRId64, in.job_id);
  reply->status = MHD_HTTP_ACCEPTED;
  reply->json = json_pack("{s:I}", "job_id", (json_int_t)in.job_id);
  return kn_reply_header(reply, request, "Location", where, err);
}

static kn_code
one_job(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t job_id;
  KN_TRY(kn_part_id(request, "job_id", &job_id, err));
  const kn_bind bind[] = {KN_BIND_INT("job", job_id)};
  KN_TRY(kn_reply_row(request, reply, "job_get", bind, 1, err));
  const char *said, *message = json_string_value(json_object_get(reply->json, "message"));
  KN_TRY(kn_say(&said, request->arena, request->language, message, err));
  if (said != message)
    json_object_set_new(reply->json, "message", json_string(said));
  json_t *progress = json_object();
  if (kn_jobs_progress(request->portal->jobs, job_id, progress))
    json_object_set(reply->json, "progress", progress);
  json_decref(progress);
  return KN_OK;
}

/* What went wrong, in the language of who reads. */
typedef struct saying {
  const kn_request *request;
  kn_answer_visit visit;
  void *arg;
} saying;

static kn_code
say_message(void *arg, const kn_answer *answer, kn_error *err)
{
  enum { FIELDS = 16 };
  const saying *in = arg;
  kn_field field[FIELDS];
  kn_answer said = {.count = answer->count, .name = answer->name, .field = field};
  assert(answer->count <= FIELDS);
  for (int32_t i = 0; i < answer->count; i++) {
    field[i] = answer->field[i];
    if (strcmp(answer->name[i], "message") != 0 || field[i].text == NULL)
      continue;
    const char *text;
    KN_TRY(kn_say(&text, in->request->arena, in->request->language, field[i].text, err));
    field[i] = kn_field_text(text);
  }
  return in->visit(in->arg, &said, err);
}

static kn_code
ask_jobs(void *arg, const char *after, int64_t limit, kn_answer_visit visit, void *visit_arg, kn_error *err)
{
  const kn_request *request = arg;
  const kn_bind which[] = {KN_BIND_TEXT("after", after), KN_BIND_INT("limit", limit)};
  saying in = {.request = request, .visit = visit, .arg = visit_arg};
  return kn_conn_ask(request->conn, "job_list", which, KN_COUNT_OF(which), say_message, &in, err);
}

static kn_code
list_jobs(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list_from(request, reply, ask_jobs, request, err);
}

typedef struct cancelling {
  kn_jobs *jobs;
  int64_t job_id;
} cancelling;

/* The one that runs is asked to stop and ends when it does; one that waits ends now. Which of both it is does not change meanwhile: jobs
 * begin by a write too. */
static kn_code
write_cancel(kn_conn *conn, void *arg, kn_error *err)
{
  const cancelling *in = arg;
  char now[32];
  kn_store_now(now);
  const kn_bind which[] = {KN_BIND_INT("job", in->job_id), KN_BIND_TEXT("now", now)};
  int64_t changed = 0;
  if (!kn_jobs_cancel(in->jobs, in->job_id)) {
    KN_TRY(kn_conn_run(conn, "job_cancel", which, KN_COUNT_OF(which), &changed, err));
    if (changed == 0)
      return kn_fail(err, KN_E_CONFLICT, "the job has ended already");
  }
  return kn_audit_row(conn, "job cancelled", "job", in->job_id, NULL, err);
}

static kn_code
cancel_job(kn_request *request, kn_reply *reply, kn_error *err)
{
  cancelling in = {.jobs = request->portal->jobs};
  KN_TRY(kn_part_id(request, "job_id", &in.job_id, err));
  const kn_bind bind[] = {KN_BIND_INT("job", in.job_id)};
  KN_TRY(kn_reply_row(request, reply, "job_get", bind, 1, err));
  json_decref(reply->json);
  reply->json = NULL;
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_cancel, &in, err));
  reply->status = MHD_HTTP_ACCEPTED;
  reply->json = json_pack("{s:I}", "job_id", (json_int_t)in.job_id);
  return KN_OK;
}

static kn_code
follow_job(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t job_id;
  KN_TRY(kn_part_id(request, "job_id", &job_id, err));
  char channel[40];
  snprintf(channel, sizeof channel, "job:%" PRId64, job_id);
  return kn_reply_stream(request, reply, channel, err);
}

const kn_endpoint kn_api_jobs[] = {
    {"GET", "/jobs", KN_MAY_COORDINATOR, KN_LISTS, list_jobs, "Long computations, newest first.", NULL, NULL, NULL},
    {"POST", "/jobs", KN_MAY_COORDINATOR, KN_WRITES, add_job, "Start a plan, estimate, balance, ask or stocks.", NULL,
     "{\"type\":\"object\",\"required\":[\"kind\"],\"properties\":{\"kind\":{\"enum\":[\"plan\",\"estimate\",\"balance\",\"ask\","
     "\"stocks\"]},\"settings\":{\"type\":\"object\"}}}",
     NULL},
    {"GET", "/jobs/{job_id}", KN_MAY_COORDINATOR, 0, one_job, "One of them, with how far it is.", NULL, NULL, NULL},
    {"DELETE", "/jobs/{job_id}", KN_MAY_COORDINATOR, KN_WRITES, cancel_job, "Cancel it; a plan keeps its best so far.", NULL,
     NULL, NULL},
    {"GET", "/jobs/{job_id}/events", KN_MAY_COORDINATOR, 0, follow_job, "Follow it: events progress and ended.", NULL, NULL,
     "text/event-stream"},
    {NULL},
};
