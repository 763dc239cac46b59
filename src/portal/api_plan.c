/* Plans: why this, why not that, what changed between two. Plans themselves are read by api_look.c and made by api_jobs.c. */
#include "portal/api.h"
#include "portal/http.h"
#include "report/report.h"
#include "tasks/json.h"
#include "tasks/why.h"

#include <stdlib.h>
#include <string.h>

static kn_code
read_run(const char *text, int64_t *run, kn_error *err)
{
  char *end;
  *run = strtoll(text, &end, 10);
  return *end == '\0' && end != text ? KN_OK : kn_fail(err, KN_E_MISSING, "there is no such plan");
}

static kn_code
newest_run(kn_request *request, const char *text, int64_t *run, kn_error *err)
{
  if (strcmp(text, "latest") != 0)
    return read_run(text, run, err);
  kn_field latest;
  KN_TRY(kn_conn_ask_one(request->conn, "look_latest", NULL, 0, NULL, &latest, NULL, err));
  *run = latest.integer;
  return latest.kind == KN_FIELD_INT ? KN_OK : kn_fail(err, KN_E_MISSING, "there is no plan yet");
}

/* ---------------------------------------------------------------- why, why not */
typedef struct end { /* of a pair that is asked about */
  const char *text;  /* "offer:o12" */
  char kind[16];
  const char *id, *name;
} end;

static kn_code
read_end(kn_request *request, const char *which, end *out, kn_error *err)
{
  *out = (end){.text = kn_request_query(request, which)};
  const char *colon = out->text != NULL ? strchr(out->text, ':') : NULL;
  if (colon == NULL || (size_t)(colon - out->text) >= sizeof out->kind)
    return kn_fail(err, KN_E_INPUT, "%s: expected offer:ID, need:ID, unit:ID or gateway:ID", which);
  snprintf(out->kind, sizeof out->kind, "%.*s", (int)(colon - out->text), out->text);
  out->id = colon + 1;
  const kn_bind bind[] = {KN_BIND_TEXT("kind", out->kind), KN_BIND_TEXT("id", out->id)};
  kn_field name;
  KN_TRY(kn_conn_ask_one(request->conn, "plan_place", bind, KN_COUNT_OF(bind), request->arena, &name, NULL, err));
  out->name = name.text;
  return out->name != NULL ? KN_OK : kn_missing(request, err);
}

static json_t *
end_json(const end *at)
{
  return json_pack("{s:s, s:s, s:s}", "kind", at->kind, "id", at->id, "name", at->name);
}

static const char *
refusal_name(kn_refusal refusal)
{
  static const char *const names[] = {"fits", "no_way", "spec", "window", "too_far", "no_mode", "two_gateways", "no_route"};
  return names[refusal];
}

/* A way of a pair: what it is worth, what its ends are worth elsewhere, and so how far it is from paying. */
static json_t *
way_json(const kn_why_answer *answer, int32_t at)
{
  const kn_why *why = &answer->way[at];
  return json_pack("{s:s, s:s?, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "refusal", refusal_name(why->refusal), "resource_id",
                   answer->resource_id[at], "mode_id", answer->mode_id[at], "km", kn_json_real(why->km), "worth_per_unit",
                   kn_json_real(why->worth), "from_elsewhere", kn_json_real(why->supply_dual), "to_elsewhere",
                   kn_json_real(why->demand_dual), "limits_elsewhere", kn_json_real(why->other_dual), "balance_per_unit",
                   kn_json_real(why->reduced_cost), "quantity", kn_json_real(why->quantity));
}

static kn_code
explain(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t run;
  end ends[2];
  KN_TRY(newest_run(request, kn_request_part(request, "run"), &run, err));
  KN_TRY(read_end(request, "from", &ends[0], err));
  KN_TRY(read_end(request, "to", &ends[1], err));
  const kn_bind which[] = {KN_BIND_INT("run", run)};
  kn_field settings;
  bool is_there;
  KN_TRY(kn_conn_ask_one(request->conn, "plan_run_settings", which, 1, request->arena, &settings, &is_there, err));
  if (!is_there)
    return kn_missing(request, err);
  kn_why_answer *answer;
  KN_NEW(answer, request->arena, 1, err);
  KN_TRY(kn_why_keeper_ask(request->portal->why, kn_desk_path(request->desk), kn_desk_version(request->desk), settings.text,
                           ends[0].text, ends[1].text, request->arena, answer, err));
  json_t *rows = json_array();
  for (int32_t i = 0; i < answer->count && i < KN_WHY_MOST; i++)
    json_array_append_new(rows, way_json(answer, i));
  reply->json =
      json_pack("{s:I, s:s, s:o, s:o, s:i, s:o}", "run_id", (json_int_t)run, "objective", kn_objective_name(answer->objective),
                "from", end_json(&ends[0]), "to", end_json(&ends[1]), "ways", (int)answer->count, "items", rows);
  return KN_OK;
}

/* ---------------------------------------------------------------- two plans side by side */
static json_t *
pair_json(double before, double after)
{
  return json_pack("{s:o, s:o}", "before", kn_json_real(before), "after", kn_json_real(after));
}

static json_t *
place_json(const kn_diff_end *at)
{
  return json_pack("{s:s?, s:s?, s:s?}", "kind", at->kind, "id", at->id, "site_id", at->site_id);
}

static json_t *
ties_json(const kn_task_diff *diff, int64_t most)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < diff->tie_count && i < most; i++) {
    const kn_diff_tie *tie = &diff->ties[i];
    json_t *reasons = json_array();
    for (int32_t w = 0; w < tie->why_count; w++)
      json_array_append_new(reasons, json_pack("{s:s, s:i, s:o, s:o, s:o}", "reason", kn_diff_reason_name(tie->why[w].reason),
                                               "end", (int)tie->why[w].end, "other", place_json(&tie->why[w].other), "before",
                                               kn_json_real(tie->why[w].value[0]), "after", kn_json_real(tie->why[w].value[1])));
    json_array_append_new(rows, json_pack("{s:s, s:o, s:o, s:s?, s:o, s:o, s:o, s:o}", "change", kn_diff_change_name(tie->change),
                                          "from", place_json(&tie->from), "to", place_json(&tie->to), "resource_id",
                                          tie->resource_id, "quantity", pair_json(tie->side[0].quantity, tie->side[1].quantity),
                                          "eur", pair_json(tie->side[0].eur, tie->side[1].eur), "co2_kg",
                                          pair_json(tie->side[0].co2_kg, tie->side[1].co2_kg), "why", reasons));
  }
  return rows;
}

static json_t *
units_json(const kn_task_diff *diff, int64_t most)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < diff->unit_count && i < most; i++) {
    const kn_diff_unit *unit = &diff->units[i];
    json_array_append_new(
        rows, json_pack("{s:s, s:s, s:b, s:b, s:o, s:o}", "unit_id", unit->unit_id, "change", kn_diff_change_name(unit->change),
                        "is_open_before", (int)unit->is_open[0], "is_open_after", (int)unit->is_open[1], "activity",
                        pair_json(unit->activity[0], unit->activity[1]), "eur", pair_json(unit->eur[0], unit->eur[1])));
  }
  return rows;
}

static json_t *
prices_json(const kn_task_diff *diff, int64_t most)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < diff->price_count && i < most; i++)
    json_array_append_new(rows, json_pack("{s:s, s:s, s:o}", "kind", diff->prices[i].kind, "id", diff->prices[i].id, "dual",
                                          pair_json(diff->prices[i].dual[0], diff->prices[i].dual[1])));
  return rows;
}

static json_t *
run_json(const kn_diff_run *run)
{
  json_t *settings = run->run.settings != NULL ? json_loads(run->run.settings, 0, NULL) : NULL;
  json_t *values = json_object();
  for (int i = 0; i < KN_OBJECTIVE_COUNT; i++)
    json_object_set_new(values, kn_objective_column((kn_objective)i), kn_json_real(run->summary.value[i]));
  return json_pack("{s:I, s:s?, s:s?, s:b, s:o, s:o, s:o}", "run_id", (json_int_t)run->run.run_id, "status", run->run.status,
                   "finished", run->run.finished, "is_of_region", (int)run->is_of_region, "totals", values, "bound",
                   kn_json_real(run->summary.bound), "settings", settings != NULL ? settings : json_null());
}

static kn_code
compare(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t runs[2], most = 200;
  KN_TRY(newest_run(request, kn_request_part(request, "run"), &runs[0], err));
  KN_TRY(newest_run(request, kn_request_part(request, "other"), &runs[1], err));
  KN_TRY(kn_request_int(request, "limit", 1, 10000, &most, err));
  kn_task task = KN_TASK_DEFAULTS;
  kn_task_diff diff;
  const kn_code code = kn_task_diff_load(&task, kn_desk_path(request->desk), runs, &diff, err);
  if (code == KN_E_USAGE)
    return kn_missing(request, err);
  KN_TRY(code);
  json_t *inputs = json_array();
  for (int64_t i = 0; i < diff.input_count; i++)
    json_array_append_new(inputs, json_pack("{s:s, s:s?, s:s?}", "name", diff.inputs[i].name, "before", diff.inputs[i].value[0],
                                            "after", diff.inputs[i].value[1]));
  reply->json = json_pack("{s:o, s:o, s:o, s:I, s:o, s:I, s:o, s:I, s:o, s:I}", "before", run_json(&diff.run[0]), "after",
                          run_json(&diff.run[1]), "inputs", inputs, "tie_count", (json_int_t)diff.tie_count, "ties",
                          ties_json(&diff, most), "unit_count", (json_int_t)diff.unit_count, "units", units_json(&diff, most),
                          "price_count", (json_int_t)diff.price_count, "prices", prices_json(&diff, most), "revision_count",
                          (json_int_t)diff.revision_count);
  kn_task_diff_free(&diff);
  return reply->json != NULL ? KN_OK : kn_fail(err, KN_E_LIMIT, "out of memory");
}

/* ---------------------------------------------------------------- flows: the balance as a picture and as numbers */
static void
tell_ribbon(void *arg, const kn_report_ribbon *ribbon)
{
  json_array_append_new(arg, json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:I}", "from", ribbon->from, "to", ribbon->to, "class",
                                       kn_class_name((kn_class)ribbon->class_of), "unit",
                                       kn_class_unit((kn_class)ribbon->class_of), "quantity", kn_json_real(ribbon->quantity),
                                       "sd", kn_json_real(ribbon->sd), "flow_count", (json_int_t)ribbon->flow_count));
}

static kn_code
draw_svg(const kn_report_input *input, kn_reply *reply, kn_error *err)
{
  FILE *out = open_memstream(&reply->bytes, &reply->length);
  if (out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  kn_code code = kn_report_write_balance(out, input, err);
  if (fclose(out) != 0 && code == KN_OK)
    code = kn_fail(err, KN_E_LIMIT, "out of memory");
  reply->type = "image/svg+xml";
  return code;
}

static kn_code
draw_flows(kn_request *request, kn_reply *reply, const kn_task_balanced *balanced, kn_report_fold fold, kn_error *err)
{
  const kn_balance_summary sum = kn_balance_sum(balanced->balance);
  const char *format = kn_request_query(request, "format"), *language = kn_request_query(request, "language");
  const kn_report_input input = {.region = balanced->region,
                                 .language = language != NULL ? language : request->language,
                                 .balance = kn_report_balance_of(balanced->balance, fold, KN_MUNICIPALITY)};
  if (format != NULL && strcmp(format, "svg") == 0)
    return draw_svg(&input, reply, err);
  json_t *ribbons = json_array();
  const kn_code code = kn_report_balance_ribbons(&input, tell_ribbon, ribbons, err);
  reply->json = json_pack("{s:o, s:I, s:o, s:o}", "items", ribbons, "flow_count", (json_int_t)input.balance.n, "chi2",
                          kn_json_real(sum.chi2), "p_value", kn_json_real(sum.p_value));
  return code;
}

static kn_code
flows(kn_request *request, kn_reply *reply, kn_error *err)
{
  static const char *const folds[] = {"auto", "place", "sector", "area", "stream"};
  const char *wanted = kn_request_query(request, "fold");
  int32_t fold = wanted == NULL ? 0 : KN_NONE;
  for (int32_t i = 0; wanted != NULL && i < KN_COUNT_OF(folds); i++)
    if (strcmp(wanted, folds[i]) == 0)
      fold = i;
  if (fold == KN_NONE)
    return kn_fail(err, KN_E_INPUT, "fold: expected auto, place, sector, area or stream");
  const kn_task task = KN_TASK_DEFAULTS;
  kn_task_balanced balanced;
  KN_TRY(kn_task_balance(&task, kn_desk_path(request->desk), &KN_BALANCE_DEFAULTS, false, &balanced, err));
  const kn_code code = draw_flows(request, reply, &balanced, (kn_report_fold)fold, err);
  kn_task_balanced_free(&balanced);
  return code;
}

/* ---------------------------------------------------------------- what a what-if can be about */
static kn_code
list_units(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "plan_candidates", NULL, 0, err);
}

static kn_code
list_settings(kn_request *request, kn_reply *reply, kn_error *err)
{
  json_t *rows;
  KN_TRY(kn_rows_json(request->conn, "plan_settings", NULL, 0, &rows, err));
  reply->json = json_pack("{s:o}", "items", rows);
  return KN_OK;
}

static const kn_query_def of_pair[] = {
    {"from", "string", "offer:ID, unit:ID or gateway:ID"}, {"to", "string", "need:ID, unit:ID or gateway:ID"}, {NULL}};
static const kn_query_def of_diff[] = {{"limit", "integer", "At most so many ties, units and prices each (200)."}, {NULL}};

static const kn_query_def of_flows[] = {{"fold", "string", "auto, place, sector, area or stream"},
                                        {"format", "string", "json or svg"},
                                        {"language", "string", "of the picture: nl or en"},
                                        {NULL}};

const kn_endpoint kn_api_plan[] = {
    {"GET", "/plans/{run}/why", KN_MAY_COORDINATOR, KN_SLOW, explain, "Why is this pair in the plan, or why not?", of_pair, NULL,
     NULL},
    {"GET", "/plans/{run}/diff/{other}", KN_MAY_COORDINATOR, KN_SLOW | KN_KEEPS, compare, "What is otherwise in another plan.",
     of_diff, NULL, NULL},
    {"GET", "/flows/sankey", KN_MAY_COORDINATOR, KN_SLOW | KN_KEEPS, flows,
     "Reported flows, balanced, as ribbons between places, sectors, areas or streams; format=svg: the picture.", of_flows, NULL,
     "image/svg+xml"},
    {"GET", "/units", KN_MAY_MEMBERS, KN_KEEPS | KN_LISTS, list_units, "Units that are there, and candidates.", NULL, NULL, NULL},
    {"GET", "/settings", KN_MAY_MEMBERS, KN_KEEPS, list_settings, "What holds for the region as a whole.", NULL, NULL, NULL},
    {NULL},
};
