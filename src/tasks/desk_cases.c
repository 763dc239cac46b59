/* A case at the desk: made, changed, moved. The states and steps stand in src/cases/steps.c; here is who may take them, and that each
 * is kept.
 *
 *   origin or hand ─> case (stage idea, status open) ─ step ─> case_step + edit + audit, in one write
 */
#include "tasks/desk_cases.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/desk_cases_internal.h"

void
kn_case_fields_add(kn_case_fields *fields, const char *name, kn_field value)
{
  assert(fields->count < KN_CASE_FIELDS_MOST);
  fields->names[fields->count] = name;
  fields->values[fields->count++] = value;
}

const kn_field *
kn_case_fields_get(const kn_case_fields *fields, const char *name)
{
  for (int32_t i = 0; i < fields->count; i++)
    if (strcmp(fields->names[i], name) == 0)
      return &fields->values[i];
  return NULL;
}

kn_code
kn_case_missing(kn_error *err)
{
  return kn_fail(err, KN_E_MISSING, "there is no such thing, or it is not for you to see");
}

kn_code
kn_case_check_inside(kn_conn *conn, int64_t case_id, bool *is_coordinator, kn_error *err)
{
  kn_field field;
  bool is_there = false;
  const kn_bind which[] = {KN_BIND_INT("case", case_id)};
  KN_TRY(kn_conn_ask_one(conn, "case_is_inside", which, 1, NULL, &field, &is_there, err));
  if (!is_there)
    return kn_case_missing(err);
  *is_coordinator = field.integer != 0;
  return KN_OK;
}

kn_code
kn_case_only_coordinator(kn_conn *conn, int64_t case_id, kn_error *err)
{
  bool is_coordinator = false;
  KN_TRY(kn_case_check_inside(conn, case_id, &is_coordinator, err));
  return is_coordinator ? KN_OK : kn_fail(err, KN_E_DENIED, "this is for the coordinator to do");
}

kn_code
kn_case_check_there(kn_conn *conn, const char *statement, const char *parameter, const kn_field *value, const char *what,
                    kn_error *err)
{
  if (value == NULL || value->kind == KN_FIELD_NULL)
    return KN_OK;
  kn_field field;
  bool is_there = false;
  const kn_bind which[] = {{.name = parameter, .value = *value}};
  KN_TRY(kn_conn_ask_one(conn, statement, which, 1, NULL, &field, &is_there, err));
  return is_there ? KN_OK : kn_fail(err, KN_E_INPUT, "%s: there is none with that key", what);
}

kn_code
kn_case_edit(kn_conn *conn, kn_edit_what what, const char *table, int64_t *key, const kn_case_fields *fields, int64_t expected,
             int64_t *version, kn_error *err)
{
  if (what == KN_ROW_ADD) {
    kn_field next;
    const kn_bind name[] = {KN_BIND_TEXT("table", table)};
    KN_TRY(kn_conn_ask_one(conn, "case_next_key", name, 1, NULL, &next, NULL, err));
    *key = next.integer;
  }
  char text[32];
  snprintf(text, sizeof text, "%" PRId64, *key);
  const kn_row_edit edit = {.what = what,
                            .table = table,
                            .key = text,
                            .count = fields != NULL ? fields->count : 0,
                            .names = fields != NULL ? fields->names : NULL,
                            .values = fields != NULL ? fields->values : NULL,
                            .expected_version = expected};
  int64_t edit_id = 0;
  KN_TRY(kn_conn_edit(conn, &edit, &edit_id, err));
  if (version != NULL)
    *version = edit_id;
  return KN_OK;
}

/* ---------------------------------------------------------------- where a case comes from */
typedef struct origin {
  kn_arena *arena;
  bool is_there, is_estimate;
  const char *title_nl, *title_en, *summary, *actors;
  double worth_eur, co2_t;
} origin;

static kn_code
take_text(kn_arena *arena, const kn_answer *answer, const char *name, const char **out, kn_error *err)
{
  const kn_field *field = kn_answer_field(answer, name);
  *out = NULL;
  if (field == NULL || field->text == NULL)
    return KN_OK;
  return kn_text_copy(out, arena, field->text, (size_t)field->length, err);
}

/* Names of resources are written as in a sentence; a title begins with a capital. */
static kn_code
take_title(kn_arena *arena, const kn_answer *answer, const char *name, const char **out, kn_error *err)
{
  KN_TRY(take_text(arena, answer, name, out, err));
  if (*out == NULL || **out < 'a' || **out > 'z')
    return KN_OK;
  const size_t length = strlen(*out);
  char *title;
  KN_NEW(title, arena, length + 1, err);
  memcpy(title, *out, length + 1);
  title[0] = (char)(title[0] - 'a' + 'A');
  *out = title;
  return KN_OK;
}

static double
real_of(const kn_answer *answer, const char *name)
{
  const kn_field *field = kn_answer_field(answer, name);
  return field == NULL || field->kind == KN_FIELD_NULL ? NAN : field->real;
}

static kn_code
take_origin(void *arg, const kn_answer *answer, kn_error *err)
{
  origin *from = arg;
  if (from->is_there)
    return KN_OK;
  from->is_there = true;
  KN_TRY(take_title(from->arena, answer, "title_nl", &from->title_nl, err));
  KN_TRY(take_title(from->arena, answer, "title_en", &from->title_en, err));
  KN_TRY(take_text(from->arena, answer, "summary", &from->summary, err));
  KN_TRY(take_text(from->arena, answer, "actors_json", &from->actors, err));
  from->worth_eur = real_of(answer, "worth_eur");
  from->co2_t = real_of(answer, "co2_t");
  from->is_estimate = kn_answer_field(answer, "is_estimate")->integer != 0;
  return KN_OK;
}

static kn_code
find_knot(kn_conn *conn, const char *id, origin *from, kn_error *err)
{
  char *colon, *end;
  const long long run = strtoll(id, &colon, 10);
  const long long knot = *colon == ':' ? strtoll(colon + 1, &end, 10) : 0;
  if (colon == id || *colon != ':' || end == colon + 1 || *end != '\0')
    return kn_fail(err, KN_E_INPUT, "origin.id: expected RUN:KNOT, two numbers");
  const kn_bind which[] = {KN_BIND_INT("run", run), KN_BIND_INT("knot", knot)};
  return kn_conn_ask(conn, "case_origin_knot", which, 2, take_origin, from, err);
}

static kn_code
find_match(kn_conn *conn, kn_arena *arena, const char *id, origin *from, kn_error *err)
{
  const char *bar = strchr(id, '|');
  const char *offer;
  if (bar == NULL)
    return kn_fail(err, KN_E_INPUT, "origin.id: expected OFFER|NEED, two keys");
  KN_TRY(kn_text_copy(&offer, arena, id, (size_t)(bar - id), err));
  const kn_bind which[] = {KN_BIND_TEXT("offer", offer), KN_BIND_TEXT("need", bar + 1)};
  return kn_conn_ask(conn, "case_origin_match", which, 2, take_origin, from, err);
}

/* Seeds are found anew each time and kept nowhere: the case says what the seed said. */
static kn_code
find_origin(kn_conn *conn, const kn_case_new *make, origin *from, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("kind", make->origin_kind), KN_BIND_TEXT("id", make->origin_id)};
  kn_field other;
  bool is_there = false;
  KN_TRY(kn_conn_ask_one(conn, "case_by_origin", which, 2, NULL, &other, &is_there, err));
  if (is_there && strcmp(make->origin_kind, "meeting") != 0)
    return kn_fail(err, KN_E_CONFLICT, "there is a case from this already: %" PRId64, other.integer);
  if (strcmp(make->origin_kind, "seed") == 0)
    return KN_OK;
  if (strcmp(make->origin_kind, "knot") == 0)
    KN_TRY(find_knot(conn, make->origin_id, from, err));
  else if (strcmp(make->origin_kind, "match") == 0)
    KN_TRY(find_match(conn, make->arena, make->origin_id, from, err));
  else
    KN_TRY(kn_conn_ask(conn, "case_origin", which, 2, take_origin, from, err));
  return from->is_there ? KN_OK : kn_case_missing(err);
}

/* ---------------------------------------------------------------- making one */
static kn_code
add_partner(kn_conn *conn, int64_t case_id, const char *actor_id, const char *role, const char *told, const char *now,
            kn_error *err)
{
  const kn_field actor = kn_field_text(actor_id);
  KN_TRY(kn_case_check_there(conn, "actor_exists", "actor", &actor, "actor_id", err));
  kn_case_fields fields = {0};
  kn_case_fields_add(&fields, "case_id", kn_field_int(case_id));
  kn_case_fields_add(&fields, "actor_id", actor);
  kn_case_fields_add(&fields, "role", kn_field_text(role));
  kn_case_fields_add(&fields, "told", kn_field_text(told));
  kn_case_fields_add(&fields, "made", kn_field_text(now));
  int64_t key;
  return kn_case_edit(conn, KN_ROW_ADD, "case_partner", &key, &fields, KN_ANY_VERSION, NULL, err);
}

typedef struct actor_set {
  const char *id[64];
  int32_t count;
} actor_set;

static bool
is_new_actor(actor_set *set, const char *actor_id)
{
  for (int32_t i = 0; i < set->count; i++)
    if (strcmp(set->id[i], actor_id) == 0)
      return false;
  set->id[set->count++] = actor_id;
  return true;
}

static bool
is_viewers(const kn_viewer *viewer, const char *actor_id)
{
  for (int32_t i = 0; viewer->role == KN_PARTNER && i < viewer->actor_count; i++)
    if (strcmp(viewer->actor_id[i], actor_id) == 0)
      return true;
  return false;
}

/* Those asked for, those of the origin, and the partner who makes it. Whom the coordinator asks for is told; a partner tells nobody
 * but themselves, and an origin nobody: bringing people together is the coordinator's step. */
static kn_code
add_partners(kn_conn *conn, const kn_case_new *make, const json_t *actors, const char *now, kn_error *err)
{
  actor_set set = {0};
  const kn_viewer *viewer = kn_conn_viewer(conn);
  const size_t from_origin = json_array_size(actors);
  const int32_t all = (int32_t)from_origin + make->partner_count + 1;
  if (all > (int32_t)(sizeof set.id / sizeof *set.id))
    return kn_fail(err, KN_E_INPUT, "partners: expected at most %d", (int)(sizeof set.id / sizeof *set.id) - 1);
  /* Two who were introduced know each other already. */
  const bool is_introduced = make->origin_kind != NULL && strcmp(make->origin_kind, "introduction") == 0;
  bool is_in = false;
  for (int32_t i = 0; i < make->partner_count; i++) {
    const char *actor_id = make->partner[i].actor_id;
    const bool is_own = is_viewers(viewer, actor_id);
    is_in = is_in || is_own;
    if (is_new_actor(&set, actor_id))
      KN_TRY(add_partner(conn, make->case_id, actor_id, make->partner[i].role,
                         viewer->role == KN_COORDINATOR || is_own ? now : NULL, now, err));
  }
  for (size_t i = 0; i < from_origin; i++) {
    const json_t *one = json_array_get(actors, i);
    const char *actor_id = json_string_value(json_object_get(one, "actor_id"));
    const char *role = json_string_value(json_object_get(one, "role"));
    if (actor_id == NULL || !is_new_actor(&set, actor_id))
      continue;
    const bool is_own = is_viewers(viewer, actor_id);
    is_in = is_in || is_own;
    KN_TRY(add_partner(conn, make->case_id, actor_id, role != NULL ? role : "other", is_own || is_introduced ? now : NULL, now,
                       err));
  }
  if (viewer->role != KN_PARTNER || is_in)
    return KN_OK;
  return viewer->actor_count > 0 ? add_partner(conn, make->case_id, viewer->actor_id[0], "other", now, now, err)
                                 : kn_fail(err, KN_E_DENIED, "your account speaks for no company or body yet");
}

kn_code
kn_case_step_keep(kn_conn *conn, const kn_case_walk *walk, const char *step, const kn_case_state *before, const char *now,
                  kn_error *err)
{
  const kn_bind line[] = {KN_BIND_INT("case", walk->case_id),
                          KN_BIND_TEXT("step", step),
                          KN_BIND_TEXT("from_stage", before != NULL ? kn_case_stage_name(before->stage) : NULL),
                          KN_BIND_TEXT("to_stage", kn_case_stage_name(walk->after.stage)),
                          KN_BIND_TEXT("from_status", before != NULL ? kn_case_status_name(before->status) : NULL),
                          KN_BIND_TEXT("to_status", kn_case_status_name(walk->after.status)),
                          KN_BIND_TEXT("reason", walk->reason),
                          KN_BIND_TEXT("reason_text", walk->reason_text),
                          KN_BIND_INT("is_override", walk->is_override),
                          KN_BIND_TEXT("made", now)};
  KN_TRY(kn_conn_run(conn, "case_step_add", line, KN_COUNT_OF(line), NULL, err));
  char about[48];
  snprintf(about, sizeof about, "case %" PRId64, walk->case_id);
  return kn_conn_audit(conn, "case-step", about, NULL, err);
}

/* What a text of the viewer does not say, the origin does. */
static void
take_over(kn_case_fields *fields, const origin *from, const char *language)
{
  const bool is_dutch = language != NULL && strcmp(language, "nl") == 0;
  const char *title = is_dutch ? from->title_nl : from->title_en;
  if (kn_case_fields_get(fields, "title") == NULL)
    kn_case_fields_add(fields, "title", kn_field_text(title));
  if (kn_case_fields_get(fields, "summary") == NULL && from->summary != NULL)
    kn_case_fields_add(fields, "summary", kn_field_text(from->summary));
  if (!isnan(from->worth_eur) && kn_case_fields_get(fields, "worth_eur") == NULL)
    kn_case_fields_add(fields, "worth_eur", kn_field_real(from->worth_eur));
  if (!isnan(from->co2_t) && kn_case_fields_get(fields, "co2_t") == NULL)
    kn_case_fields_add(fields, "co2_t", kn_field_real(from->co2_t));
  if (kn_case_fields_get(fields, "is_estimate") == NULL)
    kn_case_fields_add(fields, "is_estimate", kn_field_int(from->is_estimate));
}

kn_code
kn_case_add(kn_conn *conn, kn_case_new *make, kn_error *err)
{
  const kn_viewer *viewer = kn_conn_viewer(conn);
  origin from = {.arena = make->arena, .worth_eur = NAN, .co2_t = NAN, .is_estimate = true};
  char now[32];
  kn_store_now(now);
  if (viewer->role != KN_COORDINATOR && viewer->role != KN_PARTNER)
    return kn_fail(err, KN_E_DENIED, "cases are made by the coordinator or a partner");
  if (make->origin_kind != NULL) {
    KN_TRY(find_origin(conn, make, &from, err));
    take_over(&make->fields, &from, make->language);
    kn_case_fields_add(&make->fields, "origin_kind", kn_field_text(make->origin_kind));
    kn_case_fields_add(&make->fields, "origin_id", kn_field_text(make->origin_id));
  }
  const kn_field *title = kn_case_fields_get(&make->fields, "title");
  if (title == NULL || title->kind == KN_FIELD_NULL)
    return kn_fail(err, KN_E_INPUT, "title: expected a text");
  if (viewer->role == KN_COORDINATOR)
    kn_case_fields_add(&make->fields, "lead_id", kn_field_int(viewer->account_id));
  kn_case_fields_add(&make->fields, "made", kn_field_text(now));
  kn_case_fields_add(&make->fields, "made_by", kn_field_int(viewer->account_id));
  kn_case_fields_add(&make->fields, "moved", kn_field_text(now));
  KN_TRY(kn_case_edit(conn, KN_ROW_ADD, "case", &make->case_id, &make->fields, KN_ANY_VERSION, NULL, err));
  json_t *actors = from.actors != NULL ? json_loads(from.actors, 0, NULL) : NULL;
  const kn_code code = add_partners(conn, make, actors, now, err);
  json_decref(actors);
  KN_TRY(code);
  const kn_case_walk begin = {.case_id = make->case_id, .after = {.stage = KN_IDEA, .status = KN_CASE_OPEN}};
  return kn_case_step_keep(conn, &begin, "begin", NULL, now, err);
}

/* ---------------------------------------------------------------- changing one */
/* A partner tells what it is about; how it is shown to others is up to the coordinator. */
kn_code
kn_case_write(kn_conn *conn, kn_case_change *change, kn_error *err)
{
  bool is_coordinator = false;
  KN_TRY(kn_case_check_inside(conn, change->case_id, &is_coordinator, err));
  for (int32_t i = 0; i < change->fields.count && !is_coordinator; i++)
    if (strcmp(change->fields.names[i], "summary") != 0 && strcmp(change->fields.names[i], "risk") != 0)
      return kn_fail(err, KN_E_DENIED, "%s is for the coordinator to change", change->fields.names[i]);
  KN_TRY(kn_case_check_there(conn, "case_person_is_there", "account", kn_case_fields_get(&change->fields, "lead_id"), "lead_id",
                             err));
  KN_TRY(kn_case_check_there(conn, "case_area_is_there", "area", kn_case_fields_get(&change->fields, "area_id"), "area_id", err));
  return kn_case_edit(conn, KN_ROW_CHANGE, "case", &change->case_id, &change->fields, change->expected_version, &change->version,
                      err);
}

/* ---------------------------------------------------------------- moving one */
typedef struct case_now {
  bool is_there, may_move;
  kn_case_state state;
  kn_case_facts facts;
} case_now;

static kn_code
take_now(void *arg, const kn_answer *answer, kn_error *err)
{
  case_now *now = arg;
  now->is_there = true;
  now->may_move = kn_answer_field(answer, "may_move")->integer != 0;
  now->facts.is_gate_open = kn_answer_field(answer, "is_gate_open")->integer != 0;
  now->facts.has_outcome = kn_answer_field(answer, "has_outcome")->integer != 0;
  if (!kn_case_stage_read(kn_answer_field(answer, "stage")->text, &now->state.stage) ||
      !kn_case_status_read(kn_answer_field(answer, "status")->text, &now->state.status))
    return kn_fail(err, KN_E_IO, "a case has a stage or status that this knoop does not know");
  return KN_OK;
}

kn_code
kn_case_take_step(kn_conn *conn, kn_case_walk *walk, kn_error *err)
{
  case_now now = {0};
  const kn_bind which[] = {KN_BIND_INT("case", walk->case_id)};
  KN_TRY(kn_conn_ask(conn, "case_state", which, 1, take_now, &now, err));
  if (!now.is_there)
    return kn_case_missing(err);
  if (!now.may_move)
    return kn_fail(err, KN_E_DENIED, "a case is moved by the coordinator");
  if (walk->expected_stage != NULL && strcmp(walk->expected_stage, kn_case_stage_name(now.state.stage)) != 0)
    return kn_fail(err, KN_E_CONFLICT, "the case is in stage %s by now", kn_case_stage_name(now.state.stage));
  now.facts.is_override = walk->is_override;
  now.facts.has_reason = walk->reason != NULL || walk->reason_text != NULL;
  KN_TRY(kn_case_go(now.state, walk->step, now.facts, &walk->after, err));
  /* A gate that was open needed no override: the history shows it only where it was. */
  const bool is_gated = walk->step == KN_STEP_FORWARD || walk->step == KN_STEP_COMPLETE;
  walk->is_override = is_gated && !now.facts.is_gate_open;
  char moved[32];
  kn_store_now(moved);
  kn_case_fields fields = {0};
  kn_case_fields_add(&fields, "stage", kn_field_text(kn_case_stage_name(walk->after.stage)));
  kn_case_fields_add(&fields, "status", kn_field_text(kn_case_status_name(walk->after.status)));
  kn_case_fields_add(&fields, "moved", kn_field_text(moved));
  KN_TRY(kn_case_edit(conn, KN_ROW_CHANGE, "case", &walk->case_id, &fields, KN_ANY_VERSION, NULL, err));
  return kn_case_step_keep(conn, walk, kn_case_step_name(walk->step), &now.state, moved, err);
}
