/* Today's list put aside, and space that is lent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/desk_cases_internal.h"

/* ---------------------------------------------------------------- today */
static kn_code
finish_task(kn_conn *conn, const char *id, kn_error *err)
{
  kn_field case_id;
  bool is_there = false;
  const kn_bind which[] = {KN_BIND_TEXT("task", id)};
  KN_TRY(kn_conn_ask_one(conn, "today_task_case", which, 1, NULL, &case_id, &is_there, err));
  if (!is_there)
    return kn_case_missing(err);
  char now[32];
  kn_store_now(now);
  now[10] = '\0'; /* the day */
  kn_case_row row = {.rows = KN_CASE_TASK,
                     .what = KN_ROW_CHANGE,
                     .case_id = case_id.integer,
                     .row_id = strtoll(id, NULL, 10),
                     .expected_version = KN_ANY_VERSION};
  kn_case_fields_add(&row.fields, "done", kn_field_text(now));
  return kn_case_row_write(conn, &row, err);
}

kn_code
kn_today_put_aside(kn_conn *conn, const kn_today_mark *mark, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("kind", mark->kind), KN_BIND_TEXT("id", mark->id)};
  if (mark->what == NULL)
    return kn_conn_run(conn, "today_mark_clear", which, 2, NULL, err);
  if (strcmp(mark->what, "done") != 0 && strcmp(mark->what, "snooze") != 0)
    return kn_fail(err, KN_E_INPUT, "what: expected done or snooze");
  int32_t day;
  if (strcmp(mark->what, "snooze") == 0 && (mark->until == NULL || !kn_date_read(mark->until, strlen(mark->until), &day)))
    return kn_fail(err, KN_E_INPUT, "until: expected a date YYYY-MM-DD");
  kn_field why;
  bool is_there = false;
  KN_TRY(kn_conn_ask_one(conn, "today_item", which, 2, mark->arena, &why, &is_there, err));
  if (!is_there)
    return kn_case_missing(err);
  if (strcmp(mark->kind, "task") == 0 && strcmp(mark->what, "done") == 0)
    return finish_task(conn, mark->id, err);
  char now[32];
  kn_store_now(now);
  const kn_bind line[] = {KN_BIND_TEXT("kind", mark->kind),    KN_BIND_TEXT("id", mark->id),
                          KN_BIND_TEXT("what", mark->what),    KN_BIND_TEXT("why", why.text),
                          KN_BIND_TEXT("until", mark->until),  KN_BIND_TEXT("made", now),
                          KN_BIND_TEXT("reason", mark->reason)};
  return kn_conn_run(conn, "today_mark_set", line, KN_COUNT_OF(line), NULL, err);
}

/* ---------------------------------------------------------------- experiments */
typedef struct experiment_now {
  kn_arena *arena;
  bool is_there, may_agree, may_run, may_write;
  const char *status;
} experiment_now;

static kn_code
take_experiment(void *arg, const kn_answer *answer, kn_error *err)
{
  experiment_now *now = arg;
  now->is_there = true;
  now->may_agree = kn_answer_field(answer, "may_agree")->integer != 0;
  now->may_run = kn_answer_field(answer, "may_run")->integer != 0;
  now->may_write = kn_answer_field(answer, "may_write")->integer != 0;
  const kn_field *status = kn_answer_field(answer, "status");
  return kn_text_copy(&now->status, now->arena, status->text, (size_t)status->length, err);
}

static const struct {
  const char *from, *to;
  bool is_letting; /* for who may let the space; else for who is responsible as well */
} experiment_steps[] = {{"asked", "agreed", true},  {"asked", "refused", true},   {"agreed", "refused", true},
                        {"refused", "asked", true}, {"agreed", "running", false}, {"agreed", "ended", false},
                        {"running", "ended", false}};

static kn_code
check_experiment_step(const experiment_now *now, const char *to, kn_error *err)
{
  for (size_t i = 0; i < sizeof experiment_steps / sizeof *experiment_steps; i++)
    if (strcmp(experiment_steps[i].from, now->status) == 0 && strcmp(experiment_steps[i].to, to) == 0)
      return (experiment_steps[i].is_letting ? now->may_agree : now->may_run)
                 ? KN_OK
                 : kn_fail(err, KN_E_DENIED, "this is for who lets the space, or for the coordinator");
  return kn_fail(err, KN_E_CONFLICT, "an experiment that is %s does not become %s", now->status, to);
}

/* Where it is: an offer of space gives its site. */
static kn_code
check_place(kn_conn *conn, kn_experiment_change *change, kn_error *err)
{
  kn_case_fields *fields = &change->fields;
  const kn_field *offer = kn_case_fields_get(fields, "offer_id");
  KN_TRY(kn_case_check_there(conn, "experiment_site_is_there", "site", kn_case_fields_get(fields, "site_id"), "site_id", err));
  KN_TRY(kn_case_check_there(conn, "case_area_is_there", "area", kn_case_fields_get(fields, "area_id"), "area_id", err));
  KN_TRY(kn_case_check_there(conn, "experiment_case_is_there", "case", kn_case_fields_get(fields, "case_id"), "case_id", err));
  KN_TRY(kn_case_check_there(conn, "actor_exists", "actor", kn_case_fields_get(fields, "user_actor_id"), "user_actor_id", err));
  KN_TRY(kn_case_check_there(conn, "case_person_is_there", "account", kn_case_fields_get(fields, "responsible_id"),
                             "responsible_id", err));
  if (offer == NULL || offer->kind == KN_FIELD_NULL)
    return KN_OK;
  kn_field site;
  bool is_there = false;
  const kn_bind which[] = {{.name = "offer", .value = *offer}};
  KN_TRY(kn_conn_ask_one(conn, "experiment_space_site", which, 1, change->arena, &site, &is_there, err));
  if (!is_there)
    return kn_fail(err, KN_E_INPUT, "offer_id: expected an offer of space");
  const kn_field *given = kn_case_fields_get(fields, "site_id");
  if (given != NULL && given->kind == KN_FIELD_TEXT && strcmp(given->text, site.text) != 0)
    return kn_fail(err, KN_E_INPUT, "site_id: the space that is offered is at another site");
  if (given == NULL)
    kn_case_fields_add(fields, "site_id", site);
  return KN_OK;
}

static kn_code
add_experiment(kn_conn *conn, kn_experiment_change *change, kn_error *err)
{
  const kn_viewer *viewer = kn_conn_viewer(conn);
  char now[32];
  kn_store_now(now);
  if (viewer->role != KN_COORDINATOR && viewer->role != KN_PARTNER && viewer->role != KN_PLANNER)
    return kn_fail(err, KN_E_DENIED, "space is asked for by the coordinator, a partner or a planner");
  KN_TRY(check_place(conn, change, err));
  if (viewer->role != KN_COORDINATOR)
    for (int32_t i = 0; i < change->fields.count; i++)
      if (strcmp(change->fields.names[i], "is_public") == 0 && change->fields.values[i].integer != 0)
        return kn_fail(err, KN_E_DENIED, "what is public is for the coordinator to say");
  kn_case_fields_add(&change->fields, "made", kn_field_text(now));
  kn_case_fields_add(&change->fields, "made_by", kn_field_int(viewer->account_id));
  return kn_case_edit(conn, KN_ROW_ADD, "experiment", &change->experiment_id, &change->fields, KN_ANY_VERSION, &change->version,
                      err);
}

/* Agreed is agreed: place, period and conditions then change only by who lets the space. */
static kn_code
check_experiment_fields(const experiment_now *now, const kn_case_fields *fields, bool is_coordinator, kn_error *err)
{
  static const char *const agreed[] = {"title",    "offer_id", "site_id",        "area_id",       "place",    "conditions",
                                       "from_day", "to_day",   "responsible_id", "user_actor_id", "user_name"};
  for (int32_t i = 0; i < fields->count; i++) {
    const bool is_public = strcmp(fields->names[i], "is_public") == 0 || strcmp(fields->names[i], "public_text") == 0;
    if (is_public && !is_coordinator)
      return kn_fail(err, KN_E_DENIED, "what is public is for the coordinator to say");
    for (size_t j = 0; j < sizeof agreed / sizeof *agreed; j++)
      if (strcmp(fields->names[i], agreed[j]) == 0 && strcmp(now->status, "asked") != 0 && !now->may_agree)
        return kn_fail(err, KN_E_DENIED, "%s was agreed: who lets the space may change it", agreed[j]);
  }
  return now->may_write || now->may_agree ? KN_OK : kn_fail(err, KN_E_DENIED, "this experiment is not yours to change");
}

kn_code
kn_experiment_write(kn_conn *conn, kn_experiment_change *change, kn_error *err)
{
  if (change->experiment_id == 0)
    return add_experiment(conn, change, err);
  experiment_now now = {.arena = change->arena};
  const kn_bind which[] = {KN_BIND_INT("experiment", change->experiment_id)};
  KN_TRY(kn_conn_ask(conn, "experiment_right", which, 1, take_experiment, &now, err));
  if (!now.is_there)
    return kn_case_missing(err);
  if (change->fields.count > 0)
    KN_TRY(check_experiment_fields(&now, &change->fields, kn_conn_viewer(conn)->role == KN_COORDINATOR, err));
  KN_TRY(check_place(conn, change, err));
  if (change->status != NULL) {
    KN_TRY(check_experiment_step(&now, change->status, err));
    kn_case_fields_add(&change->fields, "status", kn_field_text(change->status));
  }
  return kn_case_edit(conn, KN_ROW_CHANGE, "experiment", &change->experiment_id, &change->fields, change->expected_version,
                      &change->version, err);
}
