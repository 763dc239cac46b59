/* The way of a case.
 *
 *   idea ─> seed ─> potential ─> feasible ─> pilot ─> running          stage; ─> through the gate of the stage, <─ one back, with a reason
 *
 *            ┌── park ──> parked ── lose ──┐
 *          open <─ resume ──┘              v                           status; the stage stays
 *            ├── lose ───────────────────> lost ── resume ──> open
 *            └── complete (running only) > done ── reopen ──> open
 *
 * Holds in each state: only an open case changes its stage; a case that is parked or lost has a reason; one that is done was running
 * and has an outcome. Every step is kept as a row, none is edited. */
#include "knoop/cases.h"

#include <string.h>

static const char *const stage_names[KN_CASE_STAGE_COUNT] = {"idea", "seed", "potential", "feasible", "pilot", "running"};
static const char *const status_names[KN_CASE_STATUS_COUNT] = {"open", "parked", "lost", "done"};
static const char *const step_names[KN_CASE_STEP_COUNT] = {"forward", "back", "park", "lose", "resume", "complete", "reopen"};

const char *
kn_case_stage_name(kn_case_stage stage)
{
  return stage_names[stage];
}

const char *
kn_case_status_name(kn_case_status status)
{
  return status_names[status];
}

const char *
kn_case_step_name(kn_case_step step)
{
  return step_names[step];
}

static int
find(const char *const *names, int count, const char *name)
{
  for (int i = 0; i < count && name != NULL; i++)
    if (strcmp(names[i], name) == 0)
      return i;
  return -1;
}

bool
kn_case_stage_read(const char *name, kn_case_stage *out)
{
  const int at = find(stage_names, KN_CASE_STAGE_COUNT, name);
  if (at >= 0)
    *out = (kn_case_stage)at;
  return at >= 0;
}

bool
kn_case_status_read(const char *name, kn_case_status *out)
{
  const int at = find(status_names, KN_CASE_STATUS_COUNT, name);
  if (at >= 0)
    *out = (kn_case_status)at;
  return at >= 0;
}

bool
kn_case_step_read(const char *name, kn_case_step *out)
{
  const int at = find(step_names, KN_CASE_STEP_COUNT, name);
  if (at >= 0)
    *out = (kn_case_step)at;
  return at >= 0;
}

bool
kn_case_has_step(kn_case_state from, kn_case_step step)
{
  const bool is_open = from.status == KN_CASE_OPEN;
  switch (step) {
  case KN_STEP_FORWARD:
    return is_open && from.stage != KN_RUNNING;
  case KN_STEP_BACK:
    return is_open && from.stage != KN_IDEA;
  case KN_STEP_PARK:
    return is_open;
  case KN_STEP_LOSE:
    return is_open || from.status == KN_CASE_PARKED;
  case KN_STEP_RESUME:
    return from.status == KN_CASE_PARKED || from.status == KN_CASE_LOST;
  case KN_STEP_COMPLETE:
    return is_open && from.stage == KN_RUNNING;
  case KN_STEP_REOPEN:
    return from.status == KN_CASE_DONE;
  default:
    return false;
  }
}

static kn_code
check_facts(kn_case_state from, kn_case_step step, kn_case_facts facts, kn_error *err)
{
  const bool is_gated = step == KN_STEP_FORWARD || step == KN_STEP_COMPLETE;
  if (!is_gated && step != KN_STEP_RESUME && !facts.has_reason)
    return kn_fail(err, KN_E_INPUT, "reason: expected one with the step %s", step_names[step]);
  if (!is_gated)
    return KN_OK;
  if (!facts.is_gate_open && !facts.is_override)
    return kn_fail(err, KN_E_CONFLICT, "the gate of stage %s is shut: not all of its criteria are met", stage_names[from.stage]);
  if (!facts.is_gate_open && !facts.has_reason)
    return kn_fail(err, KN_E_INPUT, "reason: expected one, since the gate of stage %s is shut", stage_names[from.stage]);
  if (step == KN_STEP_COMPLETE && !facts.has_outcome)
    return kn_fail(err, KN_E_CONFLICT, "a case is completed with at least one outcome");
  return KN_OK;
}

kn_code
kn_case_go(kn_case_state from, kn_case_step step, kn_case_facts facts, kn_case_state *to, kn_error *err)
{
  if (!kn_case_has_step(from, step))
    return kn_fail(err, KN_E_CONFLICT, "there is no step %s for a case that is %s in stage %s", step_names[step],
                   status_names[from.status], stage_names[from.stage]);
  KN_TRY(check_facts(from, step, facts, err));
  static const kn_case_status status_after[KN_CASE_STEP_COUNT] = {
      [KN_STEP_FORWARD] = KN_CASE_OPEN, [KN_STEP_BACK] = KN_CASE_OPEN,   [KN_STEP_PARK] = KN_CASE_PARKED,
      [KN_STEP_LOSE] = KN_CASE_LOST,    [KN_STEP_RESUME] = KN_CASE_OPEN, [KN_STEP_COMPLETE] = KN_CASE_DONE,
      [KN_STEP_REOPEN] = KN_CASE_OPEN};
  kn_case_state after = {.stage = from.stage, .status = status_after[step]};
  if (step == KN_STEP_FORWARD)
    after.stage = (kn_case_stage)(from.stage + 1);
  if (step == KN_STEP_BACK)
    after.stage = (kn_case_stage)(from.stage - 1);
  *to = after;
  return KN_OK;
}
