/* tasks/json.h - figures as JSON, the same in what a run keeps, what the command line prints and what the portal answers. */
#ifndef KNOOP_TASKS_JSON_H
#define KNOOP_TASKS_JSON_H

#include <jansson.h>
#include <math.h>

#include "knoop/plan.h"

/* null for NAN and INFINITY. */
static inline json_t *
kn_json_real(double value)
{
  return isfinite(value) ? json_real(value) : json_null();
}

/* What a plan took: pairs, columns, rounds, exact costs, nodes, and seconds by phase. */
void kn_json_effort(json_t *doc, const kn_plan_summary *summary);

#endif
