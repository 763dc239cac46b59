/* A plan for programs. Names and order of the members are a promise: docs/reference.md. */
#include "json_rows.h"
#include "plan_print.h"
#include "trips.h"

/* The unit of an objective is the last part of the names of its bound and duals: bound_eur, dual_t. */
static const char *
unit_of(kn_objective objective)
{
  static const char *const unit[] = {[KN_VALUE] = "eur", [KN_CO2] = "t", [KN_JOBS] = "fte", [KN_VIRGIN] = "t"};
  return unit[objective];
}

enum { NAME_SIZE = 32 };

static const char *
name_of(char out[NAME_SIZE], const char *stem, kn_objective objective)
{
  snprintf(out, NAME_SIZE, "%s_%s", stem, unit_of(objective));
  return out;
}

static void
set_unit(json_t *row, const char *stem, kn_objective objective, double value)
{
  char name[NAME_SIZE];
  json_object_set_new(row, name_of(name, stem, objective), kn_json_real(value));
}

static void
fill_summary(json_t *doc, const kn_plan_summary *summary)
{
  json_object_set_new(doc, "status", json_string(kn_plan_status_name(summary->status)));
  json_object_set_new(doc, "objective", json_string(kn_objective_name(summary->objective)));
  const bool has_plan = summary->status != KN_PLAN_INFEASIBLE;
  json_object_set_new(doc, "value_eur", kn_json_real(has_plan ? summary->value[KN_VALUE] : NAN));
  set_unit(doc, "bound", summary->objective, has_plan ? summary->bound : NAN);
  json_object_set_new(doc, "gap", kn_json_real(has_plan ? summary->gap : NAN));
  for (int i = KN_CO2; i < KN_OBJECTIVE_COUNT; i++)
    json_object_set_new(doc, kn_objective_column((kn_objective)i), kn_json_real(has_plan ? summary->value[i] : NAN));
  if (!has_plan)
    json_object_set_new(doc, "infeasible_floor", json_string(kn_objective_column(summary->infeasible_floor)));
  kn_json_effort(doc, summary);
}

static json_t *
levels_json(const kn_plan_totals *totals)
{
  static const char *const part[] = {"pull", "knot", "push"};
  json_t *levels = json_object();
  for (int i = 0; i < 3; i++) {
    json_t *quantity = json_object();
    for (int c = 0; c < KN_CLASS_COUNT; c++)
      json_object_set_new(quantity, kn_class_name((kn_class)c), kn_json_real(totals->quantity[i][c]));
    json_object_set_new(levels, part[i], json_pack("{s:o, s:o}", "quantity", quantity, "eur", kn_json_real(totals->eur[i])));
  }
  return levels;
}

static json_t *
level_eur_json(const kn_plan_totals *totals)
{
  json_t *value = json_object();
  for (int i = 0; i < KN_LEVEL_COUNT; i++)
    json_object_set_new(value, kn_level_name((kn_level)i), kn_json_real(totals->level_eur[i]));
  return value;
}

/* What the rows of a plan are written from. */
typedef struct tables {
  const kn_region *region;
  const kn_plan *plan;
  kn_objective objective;
  kn_tie_view ties;
  kn_plan_unit_view units;
  kn_plan_end_view end; /* offers, needs or gateways, whichever is being written */
  kn_table_id end_table;
  const char *end_key, *end_used;
  kn_case_view cases;
  kn_plan_terminal_view terminals;
} tables;

static void
jot_unit(kn_jot *jot, const char *stem, kn_objective objective, double value)
{
  char name[NAME_SIZE];
  kn_jot_real(jot, name_of(name, stem, objective), value);
}

/* How the goods travel, leg by leg; null where all is as the crow flies. */
static void
write_legs(kn_jot *jot, const tables *in, int64_t i)
{
  kn_trip trip;
  kn_arena *scratch = kn_arena_new();
  kn_access *access = kn_plan_access(in->plan);
  const bool has_trip = kn_plan_trip(in->plan, i, scratch, &trip);
  kn_jot_json(jot, "legs", has_trip ? kn_json_legs(in->region, access, &trip) : json_null());
  kn_jot_json(jot, "transfers", has_trip ? kn_json_transfers(in->region, &trip) : json_null());
  kn_jot_real(jot, "hours", has_trip ? trip.hours : NAN);
  kn_arena_free(scratch);
}

static void
write_tie(kn_jot *jot, const void *arg, int64_t i)
{
  const tables *in = arg;
  const kn_tie_view *ties = &in->ties;
  kn_jot_place(jot, "from", in->region, ties->from[i]);
  kn_jot_place(jot, "to", in->region, ties->to[i]);
  kn_jot_key(jot, "resource_id", in->region, KN_T_RESOURCE, ties->resource[i]);
  kn_jot_real(jot, "quantity", ties->quantity[i]);
  if (ties->delivered[i] < ties->quantity[i])
    kn_jot_real(jot, "delivered", ties->delivered[i]);
  kn_jot_text(jot, "mode_id", ties->mode_id[i]);
  kn_jot_real(jot, "km", ties->km[i]);
  kn_jot_text(jot, "level", kn_level_name((kn_level)ties->level[i]));
  kn_jot_real(jot, "eur", ties->eur[i]);
  kn_jot_real(jot, "co2_kg", ties->co2_kg[i]);
  kn_jot_real(jot, "ratio", ties->ratio[i]);
  kn_jot_substitution(jot, "substitution", in->region, ties->substitution[i]);
  kn_jot_boolean(jot, "to_verify", ties->to_verify[i]);
  kn_jot_boolean(jot, "is_estimate", ties->is_estimate[i]);
  if (ties->case_of[i] == KN_NONE)
    kn_jot_text(jot, "case_id", NULL);
  else
    kn_jot_integer(jot, "case_id", ties->case_of[i] + 1);
  if (kn_plan_access(in->plan) != NULL)
    write_legs(jot, in, i);
}

static void
write_unit(kn_jot *jot, const void *arg, int64_t i)
{
  const tables *in = arg;
  const kn_plan_unit_view *units = &in->units;
  kn_jot_key(jot, "unit_id", in->region, KN_T_UNIT, units->unit[i]);
  kn_jot_key(jot, "site_id", in->region, KN_T_SITE, units->site[i]);
  kn_jot_boolean(jot, "open", units->open[i]);
  kn_jot_real(jot, "activity", units->activity[i]);
  kn_jot_real(jot, "capacity", units->capacity[i]);
  jot_unit(jot, "dual", in->objective, units->dual_eur[i]);
  kn_jot_real(jot, "eur", units->eur[i]);
  kn_jot_real(jot, "co2_kg", units->co2_kg[i]);
  kn_jot_real(jot, "annuity_eur", units->annuity_eur[i]);
}

static void
write_terminal(kn_jot *jot, const void *arg, int64_t i)
{
  const tables *in = arg;
  const kn_plan_terminal_view *terminals = &in->terminals;
  kn_jot_key(jot, "terminal_id", in->region, KN_T_TERMINAL, (int32_t)i);
  kn_jot_boolean(jot, "open", terminals->open[i]);
  kn_jot_real(jot, "used", terminals->used[i]);
  kn_jot_real(jot, "capacity", terminals->capacity[i]);
  jot_unit(jot, "dual", in->objective, terminals->dual[i]);
  kn_jot_real(jot, "annuity_eur", terminals->annuity_eur[i]);
}

static void
write_end(kn_jot *jot, const void *arg, int64_t i)
{
  const tables *in = arg;
  kn_jot_key(jot, in->end_key, in->region, in->end_table, (int32_t)i);
  kn_jot_real(jot, in->end_used, in->end.used[i]);
  jot_unit(jot, "dual", in->objective, in->end.dual[i]);
  if (in->end.share_dual[i] > 0)
    jot_unit(jot, "share_dual", in->objective, in->end.share_dual[i]);
}

static kn_code
write_ends(const kn_cli *cli, tables *in, const char *name, kn_table_id table, const char *key, const char *used,
           kn_plan_end_view end, kn_error *err)
{
  in->end = end;
  in->end_table = table;
  in->end_key = key;
  in->end_used = used;
  return kn_json_rows(cli, name, end.n, write_end, in, err);
}

static void
write_case(kn_jot *jot, const void *arg, int64_t i)
{
  const tables *in = arg;
  const kn_case_view *cases = &in->cases;
  kn_jot_integer(jot, "case_id", i + 1);
  kn_jot_place(jot, "anchor", in->region, cases->anchor[i]);
  kn_jot_integer(jot, "tie_count", cases->tie_count[i]);
  kn_jot_real(jot, "eur", cases->eur[i]);
  kn_jot_real(jot, "co2_kg", cases->co2_kg[i]);
  kn_jot_real(jot, "jobs_fte", cases->jobs_fte[i]);
}

static kn_code
write_tables(const kn_cli *cli, tables *in, const kn_plan *plan, kn_error *err)
{
  KN_TRY(kn_json_rows(cli, "ties", in->ties.n, write_tie, in, err));
  KN_TRY(kn_json_rows(cli, "units", in->units.n, write_unit, in, err));
  KN_TRY(write_ends(cli, in, "offers", KN_T_OFFER, "offer_id", "used", kn_plan_offers(plan), err));
  KN_TRY(write_ends(cli, in, "needs", KN_T_NEED, "need_id", "met", kn_plan_needs(plan), err));
  KN_TRY(write_ends(cli, in, "gateways", KN_T_GATEWAY, "gateway_id", "used", kn_plan_gateways(plan), err));
  KN_TRY(kn_json_rows(cli, "cases", in->cases.n, write_case, in, err));
  if (in->terminals.n == 0)
    return KN_OK;
  return kn_json_rows(cli, "terminals", in->terminals.n, write_terminal, in, err);
}

kn_code
kn_json_plan(const kn_cli *cli, const kn_task_planned *planned, kn_error *err)
{
  json_t *doc = cli->doc;
  const kn_plan_summary summary = kn_plan_sum(planned->plan);
  const kn_plan_totals totals = kn_plan_levels(planned->plan);
  json_object_set_new(doc, "run_id", planned->run_id > 0 ? json_integer(planned->run_id) : json_null());
  json_object_set_new(doc, "revision", json_integer(planned->revision));
  json_object_set_new(doc, "input_digest", json_string(planned->digest));
  fill_summary(doc, &summary);
  if (summary.status == KN_PLAN_INFEASIBLE)
    return KN_OK;
  json_object_set_new(doc, "levels", levels_json(&totals));
  json_object_set_new(doc, "level_eur", level_eur_json(&totals));
  tables in = {.region = planned->region,
               .plan = planned->plan,
               .objective = summary.objective,
               .ties = kn_plan_ties(planned->plan),
               .units = kn_plan_units(planned->plan),
               .cases = kn_plan_cases(planned->plan),
               .terminals = kn_plan_terminals(planned->plan)};
  return write_tables(cli, &in, planned->plan, err);
}

void
kn_json_why(json_t *doc, const kn_task_planned *planned, const kn_place ends[2], const kn_why *why, int32_t count)
{
  const kn_region *region = planned->region;
  const kn_objective objective = kn_plan_sum(planned->plan).objective;
  json_t *ways = json_array();
  for (int32_t i = 0; i < count && i < KN_WAYS_MOST; i++) {
    json_t *row = json_object();
    json_object_set_new(row, "refusal", json_string(kn_json_refusal(why[i].refusal)));
    json_object_set_new(row, "sentence", json_string(_(kn_refusal_text(why[i].refusal))));
    json_object_set_new(row, "resource_id", kn_json_key(region, KN_T_RESOURCE, why[i].resource));
    json_object_set_new(row, "substitution", kn_json_substitution(region, why[i].substitution));
    json_object_set_new(row, "mode_id", kn_json_text(why[i].mode_id));
    json_object_set_new(row, "km", kn_json_real(why[i].km));
    set_unit(row, "worth", objective, why[i].worth);
    set_unit(row, "supply_dual", objective, why[i].supply_dual);
    set_unit(row, "demand_dual", objective, why[i].demand_dual);
    set_unit(row, "other_dual", objective, why[i].other_dual);
    set_unit(row, "reduced_cost", objective, why[i].reduced_cost);
    json_object_set_new(row, "quantity", kn_json_real(why[i].quantity));
    json_array_append_new(ways, row);
  }
  json_object_set_new(doc, "why",
                      json_pack("{s:o, s:o, s:i, s:o}", "from", kn_json_place(region, ends[0]), "to",
                                kn_json_place(region, ends[1]), "way_count", (int)count, "ways", ways));
}
