/* Introductions between two who do not know each other yet.
 *
 *   asked ──decline (broker)──> declined
 *     │ accept (broker): the other side is asked, blind
 *     v
 *   accepted ──unwilling (other)──> unwilling            the reason stays with the broker
 *     │ willing (other)
 *     v
 *   willing ──reveal (each side, a step at a time)──┐    sector, name, contact, figures
 *     │  <──────────────────────────────────────────┘
 *     │ both at contact
 *     v
 *   introduced ──case (broker)──> case
 *     │   └─reveal (figures)
 *     └──end──> ended
 *
 *   withdraw: by asker from each open state, by other from `willing` and `introduced` -> withdrawn
 *   end: by the broker from each open state; by both sides from `introduced`
 *
 * In each state one side sees of the other what both have revealed: min(asker_step, other_step). Before `willing` that is nothing,
 * after `withdrawn` nothing again. Only the broker sees both. A state that stays too long is shown as stale; nothing ends by itself. */
#include "intro.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[KN_INTRO_STATE_COUNT] = {"asked",      "declined", "accepted", "willing",  "unwilling",
                                                              "introduced", "case",     "ended",    "withdrawn"};

const char *
kn_intro_state_name(kn_intro_state state)
{
  return state_names[state];
}

const char *
kn_intro_side_name(kn_intro_side side)
{
  static const char *const names[] = {"asker", "other", "broker"};
  return names[side];
}

#define BIT(state) (1u << (state))
#define BY(side) (1u << (side))
enum { BROKER = BY(KN_INTRO_BROKER), ASKER = BY(KN_INTRO_ASKER), OTHER = BY(KN_INTRO_OTHER) };

static const struct {
  const char *action;
  unsigned from, by;
  kn_intro_state to;
} steps[] = {
    {"accept", BIT(KN_INTRO_ASKED), BROKER, KN_INTRO_ACCEPTED},
    {"decline", BIT(KN_INTRO_ASKED), BROKER, KN_INTRO_DECLINED},
    {"willing", BIT(KN_INTRO_ACCEPTED), OTHER, KN_INTRO_WILLING},
    {"unwilling", BIT(KN_INTRO_ACCEPTED), OTHER, KN_INTRO_UNWILLING},
    {"reveal", BIT(KN_INTRO_WILLING) | BIT(KN_INTRO_INTRODUCED), ASKER | OTHER, KN_INTRO_STATE_COUNT},
    {"withdraw", BIT(KN_INTRO_ASKED) | BIT(KN_INTRO_ACCEPTED), ASKER, KN_INTRO_WITHDRAWN},
    {"withdraw", BIT(KN_INTRO_WILLING) | BIT(KN_INTRO_INTRODUCED), ASKER | OTHER, KN_INTRO_WITHDRAWN},
    {"case", BIT(KN_INTRO_INTRODUCED), BROKER, KN_INTRO_CASE},
    {"end", BIT(KN_INTRO_ASKED) | BIT(KN_INTRO_ACCEPTED) | BIT(KN_INTRO_WILLING), BROKER, KN_INTRO_ENDED},
    {"end", BIT(KN_INTRO_INTRODUCED), BROKER | ASKER | OTHER, KN_INTRO_ENDED},
};

static kn_code
reveal(kn_intro *intro, const kn_intro_ask *ask, kn_error *err)
{
  int32_t *own = ask->side == KN_INTRO_ASKER ? &intro->asker_step : &intro->other_step;
  if (ask->step < KN_REVEAL_SECTOR || ask->step > KN_REVEAL_FIGURES)
    return kn_fail(err, KN_E_INPUT, "step: expected 1 sector, 2 name, 3 contact or 4 figures");
  if (ask->step != *own + 1)
    return kn_fail(err, KN_E_CONFLICT, "step: the next one to show is %d", (int)*own + 1);
  *own = ask->step;
  if (intro->asker_step >= KN_REVEAL_CONTACT && intro->other_step >= KN_REVEAL_CONTACT)
    intro->state = KN_INTRO_INTRODUCED;
  return KN_OK;
}

kn_code
kn_intro_next(const kn_intro *now, const kn_intro_ask *ask, kn_intro *out, kn_error *err)
{
  *out = *now;
  bool is_known = false, is_theirs = false;
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    if (strcmp(steps[i].action, ask->action) != 0)
      continue;
    is_known = true;
    if ((steps[i].by & BY(ask->side)) == 0)
      continue;
    is_theirs = true;
    if ((steps[i].from & BIT(now->state)) == 0)
      continue;
    if (steps[i].to == KN_INTRO_STATE_COUNT)
      return reveal(out, ask, err);
    out->state = steps[i].to;
    out->is_put |= steps[i].to == KN_INTRO_ACCEPTED;
    return KN_OK;
  }
  if (!is_known)
    return kn_fail(err, KN_E_INPUT,
                   "action: expected accept, decline, willing, unwilling, reveal, withdraw, case or end, not '%.40s'",
                   ask->action);
  if (!is_theirs)
    return kn_fail(err, KN_E_DENIED, "this step is for the other side");
  return kn_fail(err, KN_E_CONFLICT, "this introduction is %s: that step is not possible now", kn_intro_state_name(now->state));
}

/* ---------------------------------------------------------------- in the file */
typedef struct inside {
  kn_intro intro;
  bool is_there, is_asker, is_other, has_asker, has_other;
  const kn_viewer *viewer;
} inside;

static kn_code
take_inside(void *arg, const kn_answer *answer, kn_error *err)
{
  inside *in = arg;
  in->is_there = true;
  const char *state = kn_answer_field(answer, "state")->text;
  int32_t at = 0;
  while (at < KN_INTRO_STATE_COUNT && strcmp(state, state_names[at]) != 0)
    at++;
  if (at == KN_INTRO_STATE_COUNT)
    return kn_fail(err, KN_E_INPUT, "there is no state %s", state);
  in->intro = (kn_intro){.state = (kn_intro_state)at,
                         .asker_step = (int32_t)kn_answer_field(answer, "asker_step")->integer,
                         .other_step = (int32_t)kn_answer_field(answer, "other_step")->integer,
                         .is_put = kn_answer_field(answer, "is_put")->integer != 0};
  in->is_asker = kn_viewer_owns(in->viewer, kn_answer_field(answer, "asker_actor_id")->text);
  in->is_other = kn_viewer_owns(in->viewer, kn_answer_field(answer, "other_actor_id")->text);
  in->has_asker = kn_answer_field(answer, "has_asker")->integer != 0;
  in->has_other = kn_answer_field(answer, "has_other")->integer != 0;
  return KN_OK;
}

/* As whom the viewer does this. A broker answers for a side that has no account, after a call for instance. */
static kn_code
side_of(const inside *in, const kn_intro_do *what, kn_intro_ask *ask, kn_error *err)
{
  ask->is_for_another = false;
  if (in->viewer->role != KN_COORDINATOR) {
    ask->side = in->is_asker ? KN_INTRO_ASKER : KN_INTRO_OTHER;
    return KN_OK;
  }
  ask->side = KN_INTRO_BROKER;
  if (what->side == NULL || strcmp(what->side, "broker") == 0)
    return KN_OK;
  const bool is_asker = strcmp(what->side, "asker") == 0;
  if (!is_asker && strcmp(what->side, "other") != 0)
    return kn_fail(err, KN_E_INPUT, "side: expected asker, other or broker");
  if (is_asker ? in->has_asker : in->has_other)
    return kn_fail(err, KN_E_DENIED, "this side has an account and decides for itself");
  ask->side = is_asker ? KN_INTRO_ASKER : KN_INTRO_OTHER;
  ask->is_for_another = true;
  return KN_OK;
}

static kn_code
save(kn_conn *conn, const kn_intro_do *what, const kn_intro_ask *ask, const kn_intro *was, const kn_intro *then, kn_error *err)
{
  char now[32];
  kn_store_now(now);
  const bool is_refusal =
      then->state == KN_INTRO_DECLINED || then->state == KN_INTRO_UNWILLING || (then->state == KN_INTRO_WITHDRAWN && was->is_put);
  const bool is_contact = strcmp(what->action, "reveal") == 0 && ask->step == KN_REVEAL_CONTACT;
  const kn_bind row[] = {KN_BIND_TEXT("intro", what->intro_id),
                         KN_BIND_TEXT("was", kn_intro_state_name(was->state)),
                         KN_BIND_TEXT("state", kn_intro_state_name(then->state)),
                         KN_BIND_INT("asker_step", then->asker_step),
                         KN_BIND_INT("other_step", then->other_step),
                         KN_BIND_INT("is_put", then->is_put),
                         KN_BIND_TEXT("asker_contact", is_contact && ask->side == KN_INTRO_ASKER ? what->contact : NULL),
                         KN_BIND_TEXT("other_contact", is_contact && ask->side == KN_INTRO_OTHER ? what->contact : NULL),
                         KN_BIND_TEXT("reason", is_refusal ? what->reason : NULL),
                         KN_BIND_TEXT("refused_by", is_refusal ? kn_intro_side_name(ask->side) : NULL),
                         KN_BIND_TEXT("case", what->case_id),
                         KN_BIND_TEXT("now", now)};
  int64_t changed = 0;
  KN_TRY(kn_conn_run(conn, "intro_move", row, KN_COUNT_OF(row), &changed, err));
  if (changed != 1)
    return kn_fail(err, KN_E_CONFLICT, "this introduction was changed by someone else meanwhile");
  const kn_bind event[] = {KN_BIND_TEXT("intro", what->intro_id),
                           KN_BIND_TEXT("side", kn_intro_side_name(ask->side)),
                           KN_BIND_TEXT("what", what->action),
                           {.name = "step", .value = ask->step > 0 ? kn_field_int(ask->step) : kn_field_text(NULL)},
                           KN_BIND_TEXT("note", what->reason),
                           KN_BIND_TEXT("now", now)};
  KN_TRY(kn_conn_run(conn, "intro_event_add", event, KN_COUNT_OF(event), NULL, err));
  char line[80], detail[160];
  snprintf(line, sizeof line, "introduction: %.40s", what->action);
  snprintf(detail, sizeof detail, "{\"side\":\"%s\",\"step\":%d,\"state\":\"%s\",\"for_another\":%s}",
           kn_intro_side_name(ask->side), (int)ask->step, kn_intro_state_name(then->state),
           ask->is_for_another ? "true" : "false");
  return kn_conn_audit(conn, line, what->intro_id, detail, err);
}

kn_code
kn_intro_do_step(kn_conn *conn, const kn_intro_do *what, kn_error *err)
{
  inside in = {.viewer = kn_conn_viewer(conn)};
  const kn_bind which[] = {KN_BIND_TEXT("intro", what->intro_id)};
  KN_TRY(kn_conn_ask(conn, "intro_inside", which, 1, take_inside, &in, err));
  if (!in.is_there)
    return kn_fail(err, KN_E_MISSING, "there is no such thing, or it is not for you to see");
  kn_intro_ask ask = {.action = what->action, .step = what->step > 0 && what->step <= 4 ? (int32_t)what->step : 0};
  KN_TRY(side_of(&in, what, &ask, err));
  kn_intro then;
  KN_TRY(kn_intro_next(&in.intro, &ask, &then, err));
  const bool needs_reason = then.state == KN_INTRO_DECLINED || then.state == KN_INTRO_UNWILLING;
  if (needs_reason && what->reason == NULL)
    return kn_fail(err, KN_E_INPUT, "reason: expected a text");
  if (ask.step == KN_REVEAL_CONTACT && what->contact == NULL)
    return kn_fail(err, KN_E_INPUT, "contact: expected a text");
  if (then.state == KN_INTRO_CASE && what->case_id == NULL)
    return kn_fail(err, KN_E_INPUT, "case_id: expected a text");
  return save(conn, what, &ask, &in.intro, &then, err);
}
