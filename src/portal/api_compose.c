/* Whom to bring together: the newest plan's ties between actors, who was asked and refused lately, and what was held, into the composer; its
 * groups with their reasons out. Only coordinators ask. */
#include "portal/api_meetings.h"

#include "knoop/cases.h"
#include "knoop/metabolism.h"
#include "knoop/region.h"

#include <stdlib.h>
#include <string.h>

/* Growing arrays; all freed in the end, whatever happened. */
typedef struct composing {
  kn_arena *arena;
  const char *language;
  int32_t actor_count, area_count;
  const char **actor_id, **name, **nace, **resource;
  int32_t *sector, *municipality;
  int64_t actor_room, area_room, name_room, nace_room, sector_room, municipality_room;
  kn_keymap *actors, *areas;
  /* ties */
  int64_t tie_count, tie_room, value_room, class_room, resource_room;
  int32_t *member, *class_of;
  double *value;
  /* answers and what was held */
  int64_t answer_count, answer_room, kind_room, days_room;
  int32_t *answer_actor;
  uint8_t *answer_kind;
  double *answer_days;
  int64_t held_count, held_room, held_member_count, held_member_room, held_days_room, held_meeting;
  int64_t *held_start;
  int32_t *held_member;
  double *held_days;
} composing;

static void
free_composing(composing *c)
{
  kn_keymap_free(c->actors);
  kn_keymap_free(c->areas);
  free((void *)c->actor_id);
  free((void *)c->name);
  free((void *)c->nace);
  free((void *)c->resource);
  free(c->sector);
  free(c->municipality);
  free(c->member);
  free(c->class_of);
  free(c->value);
  free(c->answer_actor);
  free(c->answer_kind);
  free(c->answer_days);
  free(c->held_start);
  free(c->held_member);
  free(c->held_days);
}

static kn_code
copy_field(composing *c, const kn_field *field, const char **out, kn_error *err)
{
  *out = NULL;
  return field->text != NULL ? kn_text_copy(out, c->arena, field->text, (size_t)field->length, err) : KN_OK;
}

static kn_code
take_actor(void *arg, const kn_answer *row, kn_error *err)
{
  composing *c = arg;
  const int32_t at = c->actor_count;
  KN_TRY(KN_GROW(c->actor_id, c->actor_room, at + 1, err));
  KN_TRY(KN_GROW(c->name, c->name_room, at + 1, err));
  KN_TRY(KN_GROW(c->nace, c->nace_room, at + 1, err));
  KN_TRY(KN_GROW(c->sector, c->sector_room, at + 1, err));
  KN_TRY(KN_GROW(c->municipality, c->municipality_room, at + 1, err));
  KN_TRY(copy_field(c, &row->field[0], &c->actor_id[at], err));
  KN_TRY(copy_field(c, &row->field[1], &c->name[at], err));
  KN_TRY(copy_field(c, &row->field[2], &c->nace[at], err));
  c->sector[at] = c->nace[at] != NULL ? kn_nace_division(c->nace[at]) : KN_NONE;
  const char *area;
  KN_TRY(copy_field(c, &row->field[3], &area, err));
  c->municipality[at] = KN_NONE;
  if (area != NULL && *area != '\0') {
    int32_t there;
    KN_TRY(kn_keymap_put(c->areas, area, c->area_count, &there, err));
    c->municipality[at] = there == KN_NONE ? c->area_count++ : there;
  }
  int32_t before;
  KN_TRY(kn_keymap_put(c->actors, c->actor_id[at], at, &before, err));
  c->actor_count++;
  return KN_OK;
}

static int32_t
class_number(const char *name)
{
  for (int i = 0; name != NULL && i < KN_CLASS_COUNT; i++)
    if (strcmp(name, kn_class_name((kn_class)i)) == 0)
      return i;
  return KN_NONE;
}

static kn_code
take_tie(void *arg, const kn_answer *row, kn_error *err)
{
  composing *c = arg;
  const int64_t at = c->tie_count;
  const int32_t from = kn_keymap_find(c->actors, row->field[0].text), to = kn_keymap_find(c->actors, row->field[1].text);
  if (from == KN_NONE || to == KN_NONE)
    return KN_OK;
  KN_TRY(KN_GROW(c->member, c->tie_room, 2 * at + 2, err));
  KN_TRY(KN_GROW(c->value, c->value_room, at + 1, err));
  KN_TRY(KN_GROW(c->class_of, c->class_room, at + 1, err));
  KN_TRY(KN_GROW(c->resource, c->resource_room, at + 1, err));
  c->member[2 * at] = from;
  c->member[2 * at + 1] = to;
  c->value[at] = row->field[2].real;
  c->class_of[at] = class_number(row->field[3].text);
  KN_TRY(copy_field(c, &row->field[strcmp(c->language, "nl") == 0 ? 4 : 5], &c->resource[at], err));
  c->tie_count++;
  return KN_OK;
}

static kn_code
take_answer(void *arg, const kn_answer *row, kn_error *err)
{
  composing *c = arg;
  const int32_t actor = kn_keymap_find(c->actors, row->field[0].text);
  if (actor == KN_NONE)
    return KN_OK;
  const int64_t at = c->answer_count;
  KN_TRY(KN_GROW(c->answer_actor, c->answer_room, at + 1, err));
  KN_TRY(KN_GROW(c->answer_kind, c->kind_room, at + 1, err));
  KN_TRY(KN_GROW(c->answer_days, c->days_room, at + 1, err));
  c->answer_actor[at] = actor;
  c->answer_kind[at] = row->field[1].integer != 0 ? KN_REFUSED : KN_INVITED;
  c->answer_days[at] = row->field[2].real;
  c->answer_count++;
  return KN_OK;
}

static kn_code
take_held(void *arg, const kn_answer *row, kn_error *err)
{
  composing *c = arg;
  const int32_t actor = kn_keymap_find(c->actors, row->field[1].text);
  if (actor == KN_NONE)
    return KN_OK;
  KN_TRY(KN_GROW(c->held_start, c->held_room, c->held_count + 2, err));
  if (c->held_count == 0 || c->held_meeting != row->field[0].integer) {
    KN_TRY(KN_GROW(c->held_days, c->held_days_room, c->held_count + 1, err));
    c->held_days[c->held_count] = row->field[2].real;
    c->held_start[c->held_count++] = c->held_member_count;
    c->held_meeting = row->field[0].integer;
  }
  KN_TRY(KN_GROW(c->held_member, c->held_member_room, c->held_member_count + 1, err));
  c->held_member[c->held_member_count++] = actor;
  c->held_start[c->held_count] = c->held_member_count;
  return KN_OK;
}

static kn_code
read_all(composing *c, kn_conn *conn, kn_error *err)
{
  KN_TRY(kn_keymap_new(&c->actors, 1024, err));
  KN_TRY(kn_keymap_new(&c->areas, 64, err));
  KN_TRY(kn_conn_ask(conn, "compose_actors", NULL, 0, take_actor, c, err));
  KN_TRY(kn_conn_ask(conn, "compose_ties", NULL, 0, take_tie, c, err));
  KN_TRY(kn_conn_ask(conn, "compose_answers", NULL, 0, take_answer, c, err));
  return kn_conn_ask(conn, "compose_held", NULL, 0, take_held, c, err);
}

/* ---------------------------------------------------------------- as JSON */
static json_t *
actor_json(const composing *c, const kn_session_view *view, int32_t at)
{
  enum { TIES_MOST = 5 };
  const int32_t actor = view->actor[at];
  json_t *ties = json_array();
  double eur = 0;
  bool was_there = false;
  for (int64_t i = 0; i < c->held_member_count; i++)
    was_there = was_there || c->held_member[i] == actor;
  for (int64_t w = view->why_start[at]; w < view->why_start[at + 1]; w++) {
    const int64_t tie = view->why[w];
    const int32_t other = c->member[2 * tie] == actor ? c->member[2 * tie + 1] : c->member[2 * tie];
    eur += c->value[tie];
    if (json_array_size(ties) < TIES_MOST)
      json_array_append_new(ties, json_pack("{s:s, s:s?, s:s?, s:f}", "actor_id", c->actor_id[other], "name", c->name[other],
                                            "resource", c->resource[tie], "eur", c->value[tie]));
  }
  return json_pack("{s:s, s:s?, s:s?, s:b, s:f, s:f, s:o}", "actor_id", c->actor_id[actor], "name", c->name[actor], "nace",
                   c->nace[actor], "is_newcomer", !was_there, "eur", eur, "chance", view->chance[at], "ties", ties);
}

static json_t *
session_json(const composing *c, const kn_session_view *view, int32_t session)
{
  json_t *actors = json_array();
  for (int32_t at = view->actor_start[session]; at < view->actor_start[session + 1]; at++)
    json_array_append_new(actors, actor_json(c, view, at));
  return json_pack("{s:f, s:f, s:i, s:i, s:i, s:i, s:f, s:o}", "eur", view->value_eur[session], "expected_eur",
                   view->expected_eur[session], "sectors", (int)view->sector_count[session], "municipalities",
                   (int)view->municipality_count[session], "classes", (int)view->class_count[session], "newcomers",
                   (int)view->newcomer_count[session], "sector_hill", view->sector_hill[session], "actors", actors);
}

static kn_code
run_composer(kn_request *request, kn_reply *reply, composing *c, const kn_compose_settings *settings, kn_error *err)
{
  KN_TRY(read_all(c, request->conn, err));
  int64_t *start;
  KN_NEW(start, request->arena, c->tie_count + 1, err);
  for (int64_t i = 0; i <= c->tie_count; i++)
    start[i] = 2 * i;
  const int64_t nothing_held[1] = {0};
  const kn_guests guests = {.n = c->actor_count,
                            .sector_id = c->sector,
                            .municipality = c->municipality,
                            .answer_count = c->answer_count,
                            .answer_actor = c->answer_actor,
                            .answer_kind = c->answer_kind,
                            .answer_days = c->answer_days,
                            .held_count = c->held_count,
                            .held_start = c->held_count > 0 ? c->held_start : nothing_held,
                            .held_member = c->held_member,
                            .held_days = c->held_days};
  const kn_opportunities opportunities = {
      .n = c->tie_count, .member_start = start, .member = c->member, .value_eur = c->value, .class_id = c->class_of};
  kn_sessions *sessions;
  KN_TRY(kn_sessions_compose(&sessions, &guests, &opportunities, settings, NULL, err));
  const kn_session_view view = kn_sessions_rows(sessions);
  json_t *rows = json_array();
  double eur = 0;
  for (int32_t i = 0; i < view.n; i++) {
    eur += view.value_eur[i];
    json_array_append_new(rows, session_json(c, &view, i));
  }
  reply->json = json_pack("{s:o, s:f, s:f, s:f}", "sessions", rows, "eur", eur, "expected_eur", view.total_eur, "bound_eur",
                          view.bound_eur);
  kn_sessions_free(sessions);
  return KN_OK;
}

static kn_code
compose(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_compose_settings settings = KN_COMPOSE_DEFAULTS;
  const struct {
    const char *name;
    int32_t *to;
  } numbers[] = {{"count", &settings.session_count}, {"least", &settings.least_actors}, {"most", &settings.most_actors}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    int64_t value;
    KN_TRY(kn_body_int(request, numbers[i].name, false, &value, err));
    if (value < 0 || value > 100)
      return kn_fail(err, KN_E_INPUT, "%s: expected 1 to 100", numbers[i].name);
    if (value != 0)
      *numbers[i].to = (int32_t)value;
  }
  settings.thread_count = 1; /* pages come first */
  composing c = {.arena = request->arena, .language = request->language};
  const kn_code code = run_composer(request, reply, &c, &settings, err);
  free_composing(&c);
  return code;
}

const kn_endpoint kn_api_compose[] = {
    {"POST", "/meetings/compose", KN_MAY_COORDINATOR, KN_WRITES, compose, "Whom to bring together, with reasons and a bound.",
     NULL,
     "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\"},\"least\":{\"type\":\"integer\"},\"most\":{\"type\":"
     "\"integer\"}}}",
     NULL},
    {NULL},
};
