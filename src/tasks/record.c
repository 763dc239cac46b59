/* What a run keeps beside its tables: settings and summary as JSON, and back. */
#include "internal.h"
#include "tasks/json.h"

#include <string.h>

void
kn_json_effort(json_t *doc, const kn_plan_summary *summary)
{
  json_object_set_new(doc, "pairs_compatible", json_integer(summary->pairs_compatible));
  json_object_set_new(doc, "columns", json_integer(summary->columns));
  json_object_set_new(doc, "rounds", json_integer(summary->rounds));
  json_object_set_new(doc, "exact_costs", json_integer(summary->exact_costs));
  json_object_set_new(doc, "nodes", json_integer(summary->nodes));
  json_t *seconds = json_object();
  for (int i = 0; i < KN_PLAN_PHASES; i++)
    json_object_set_new(seconds, kn_plan_phase_name[i], kn_json_real(summary->seconds[i]));
  json_object_set_new(doc, "seconds", seconds);
}

static kn_code
dump(json_t *doc, char **out, kn_error *err)
{
  *out = json_dumps(doc, JSON_COMPACT);
  json_decref(doc);
  if (*out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  return KN_OK;
}

/* The last part of a path: a run says which scenario it was, not where on this machine it lay. */
static json_t *
base_name(const char *path)
{
  size_t end = strlen(path);
  while (end > 1 && path[end - 1] == '/')
    end--;
  size_t start = end;
  while (start > 0 && path[start - 1] != '/')
    start--;
  json_t *name = json_stringn(path + start, end - start);
  return name != NULL ? name : json_string("?"); /* no UTF-8 */
}

/* As one would type them again. */
static void
add_changes(json_t *doc, const kn_task_changes *changes, const char *digest)
{
  json_t *set = json_array(), *scenario = json_array(), *closed = json_array(), *opened = json_array();
  for (int32_t i = 0; i < changes->set_count; i++)
    json_array_append_new(set, json_string(changes->set[i]));
  for (int32_t i = 0; i < changes->scenario_count; i++)
    json_array_append_new(scenario, base_name(changes->scenario[i]));
  for (int32_t i = 0; i < changes->close_count; i++)
    json_array_append_new(closed, json_sprintf("%s:%s", changes->close[i].table, changes->close[i].id));
  for (int32_t i = 0; i < changes->open_count; i++)
    json_array_append_new(opened, json_sprintf("%s:%s %s=%s", changes->open[i].table, changes->open[i].id,
                                               changes->open[i].column, changes->open[i].value));
  json_object_set_new(doc, "scenario", scenario);
  json_object_set_new(doc, "set", set);
  json_object_set_new(doc, "close", closed);
  json_object_set_new(doc, "open", opened);
  json_object_set_new(doc, "changed_digest", json_string(digest));
}

kn_code
kn_record_settings(const kn_plan_settings *settings, const kn_task_changes *changes, const char *digest, char **out,
                   kn_error *err)
{
  json_t *floors = json_object();
  for (int i = 0; i < KN_OBJECTIVE_COUNT; i++)
    if (!isnan(settings->floor[i]))
      json_object_set_new(floors, kn_objective_column((kn_objective)i), json_real(settings->floor[i]));
  json_t *doc = json_object();
  json_object_set_new(doc, "objective", json_string(kn_objective_name(settings->objective)));
  json_object_set_new(doc, "gap", json_real(settings->gap));
  json_object_set_new(doc, "floor", floors);
  if (kn_task_has_changes(changes))
    add_changes(doc, changes, digest);
  return dump(doc, out, err);
}

kn_code
kn_record_summary(const kn_plan_summary *summary, char **out, kn_error *err)
{
  json_t *doc = json_object();
  json_object_set_new(doc, "status", json_string(kn_plan_status_name(summary->status)));
  json_object_set_new(doc, "objective", json_string(kn_objective_name(summary->objective)));
  const bool has_plan = summary->status != KN_PLAN_INFEASIBLE;
  for (int i = 0; i < KN_OBJECTIVE_COUNT; i++)
    json_object_set_new(doc, kn_objective_column((kn_objective)i), has_plan ? kn_json_real(summary->value[i]) : json_null());
  json_object_set_new(doc, "bound", has_plan ? kn_json_real(summary->bound) : json_null());
  json_object_set_new(doc, "gap", has_plan ? kn_json_real(summary->gap) : json_null());
  kn_json_effort(doc, summary);
  if (summary->status == KN_PLAN_INFEASIBLE)
    json_object_set_new(doc, "infeasible_floor", json_string(kn_objective_column(summary->infeasible_floor)));
  return dump(doc, out, err);
}

static double
read_real(const json_t *doc, const char *name)
{
  const json_t *value = json_object_get(doc, name);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

static int64_t
read_count(const json_t *doc, const char *name)
{
  return json_integer_value(json_object_get(doc, name));
}

static bool
is_text(const json_t *doc, const char *name, const char *text)
{
  const char *value = json_string_value(json_object_get(doc, name));
  return value != NULL && strcmp(value, text) == 0;
}

kn_code
kn_record_read_summary(const char *text, kn_plan_summary *summary, kn_error *err)
{
  json_error_t why;
  json_t *doc = json_loads(text, 0, &why);
  if (doc == NULL)
    return kn_fail(err, KN_E_INPUT, "the summary of the run is no JSON: %s", why.text);
  *summary = (kn_plan_summary){.bound = read_real(doc, "bound"),
                               .gap = read_real(doc, "gap"),
                               .pairs_compatible = read_count(doc, "pairs_compatible"),
                               .columns = read_count(doc, "columns"),
                               .rounds = (int32_t)read_count(doc, "rounds"),
                               .nodes = (int32_t)read_count(doc, "nodes")};
  for (int i = KN_PLAN_PROVEN; i <= KN_PLAN_INFEASIBLE; i++)
    if (is_text(doc, "status", kn_plan_status_name((kn_plan_status)i)))
      summary->status = (kn_plan_status)i;
  const json_t *seconds = json_object_get(doc, "seconds");
  for (int i = 0; i < KN_OBJECTIVE_COUNT; i++) {
    summary->value[i] = read_real(doc, kn_objective_column((kn_objective)i));
    if (is_text(doc, "objective", kn_objective_name((kn_objective)i)))
      summary->objective = (kn_objective)i;
    if (is_text(doc, "infeasible_floor", kn_objective_column((kn_objective)i)))
      summary->infeasible_floor = (kn_objective)i;
  }
  for (int i = 0; i < KN_PLAN_PHASES; i++)
    summary->seconds[i] = read_real(seconds, kn_plan_phase_name[i]);
  json_decref(doc);
  return KN_OK;
}

double
kn_record_read_floor(const char *settings, kn_objective objective)
{
  json_t *doc = settings != NULL ? json_loads(settings, 0, NULL) : NULL;
  const double least = read_real(json_object_get(doc, "floor"), kn_objective_column(objective));
  json_decref(doc);
  return least;
}

bool
kn_record_has_changes(const char *settings)
{
  json_t *doc = settings != NULL ? json_loads(settings, 0, NULL) : NULL;
  const bool has_changes = json_is_string(json_object_get(doc, "changed_digest"));
  json_decref(doc);
  return has_changes;
}
