/* A plan for programs. Names and order of the members are a promise: docs/reference.md. */
#include "plan_print.h"

/* The unit of an objective is the last part of the names of its bound and duals: bound_eur, dual_t. */
static const char *
unit_of(kn_objective objective)
{
  static const char *const unit[] = {[KN_VALUE] = "eur", [KN_CO2] = "t", [KN_JOBS] = "fte", [KN_VIRGIN] = "t"};
  return unit[objective];
}

static void
set_unit(json_t *row, const char *stem, kn_objective objective, double value)
{
  char name[32];
  snprintf(name, sizeof name, "%s_%s", stem, unit_of(objective));
  json_object_set_new(row, name, kn_json_real(value));
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
  json_object_set_new(doc, "pairs_compatible", json_integer(summary->pairs_compatible));
  json_object_set_new(doc, "columns", json_integer(summary->columns));
  json_object_set_new(doc, "rounds", json_integer(summary->rounds));
  json_object_set_new(doc, "nodes", json_integer(summary->nodes));
  json_t *seconds = json_object();
  for (int i = 0; i < KN_PLAN_PHASES; i++)
    json_object_set_new(seconds, kn_plan_phase_name[i], kn_json_real(summary->seconds[i]));
  json_object_set_new(doc, "seconds", seconds);
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

static json_t *
case_number(int32_t row)
{
  return row == KN_NONE ? json_null() : json_integer(row + 1);
}

static json_t *
ties_json(const kn_region *region, kn_tie_view ties)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < ties.n; i++) {
    json_t *row = json_object();
    json_object_set_new(row, "from", kn_json_place(region, ties.from[i]));
    json_object_set_new(row, "to", kn_json_place(region, ties.to[i]));
    json_object_set_new(row, "resource_id", kn_json_key(region, KN_T_RESOURCE, ties.resource[i]));
    json_object_set_new(row, "quantity", kn_json_real(ties.quantity[i]));
    json_object_set_new(row, "mode_id", kn_json_mode(region, ties.mode[i]));
    json_object_set_new(row, "km", kn_json_real(ties.km[i]));
    json_object_set_new(row, "level", json_string(kn_level_name((kn_level)ties.level[i])));
    json_object_set_new(row, "eur", kn_json_real(ties.eur[i]));
    json_object_set_new(row, "co2_kg", kn_json_real(ties.co2_kg[i]));
    json_object_set_new(row, "ratio", kn_json_real(ties.ratio[i]));
    json_object_set_new(row, "substitution", kn_json_substitution(region, ties.substitution[i]));
    json_object_set_new(row, "to_verify", json_boolean(ties.to_verify[i]));
    json_object_set_new(row, "is_estimate", json_boolean(ties.is_estimate[i]));
    json_object_set_new(row, "case_id", case_number(ties.case_of[i]));
    json_array_append_new(rows, row);
  }
  return rows;
}

static json_t *
units_json(const kn_region *region, kn_plan_unit_view units, kn_objective objective)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < units.n; i++) {
    json_t *row = json_object();
    json_object_set_new(row, "unit_id", kn_json_key(region, KN_T_UNIT, units.unit[i]));
    json_object_set_new(row, "site_id", kn_json_key(region, KN_T_SITE, units.site[i]));
    json_object_set_new(row, "open", json_boolean(units.open[i]));
    json_object_set_new(row, "activity", kn_json_real(units.activity[i]));
    json_object_set_new(row, "capacity", kn_json_real(units.capacity[i]));
    set_unit(row, "dual", objective, units.dual_eur[i]);
    json_object_set_new(row, "eur", kn_json_real(units.eur[i]));
    json_object_set_new(row, "co2_kg", kn_json_real(units.co2_kg[i]));
    json_object_set_new(row, "annuity_eur", kn_json_real(units.annuity_eur[i]));
    json_array_append_new(rows, row);
  }
  return rows;
}

static json_t *
ends_json(const kn_region *region, kn_table_id table, const char *key, const char *used, kn_plan_end_view ends,
          kn_objective objective)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < ends.n; i++) {
    json_t *row = json_object();
    json_object_set_new(row, key, kn_json_key(region, table, (int32_t)i));
    json_object_set_new(row, used, kn_json_real(ends.used[i]));
    set_unit(row, "dual", objective, ends.dual[i]);
    json_array_append_new(rows, row);
  }
  return rows;
}

static json_t *
cases_json(const kn_region *region, kn_case_view cases)
{
  json_t *rows = json_array();
  for (int64_t i = 0; i < cases.n; i++) {
    json_t *row = json_object();
    json_object_set_new(row, "case_id", json_integer(i + 1));
    json_object_set_new(row, "anchor", kn_json_place(region, cases.anchor[i]));
    json_object_set_new(row, "tie_count", json_integer(cases.tie_count[i]));
    json_object_set_new(row, "eur", kn_json_real(cases.eur[i]));
    json_object_set_new(row, "co2_kg", kn_json_real(cases.co2_kg[i]));
    json_object_set_new(row, "jobs_fte", kn_json_real(cases.jobs_fte[i]));
    json_array_append_new(rows, row);
  }
  return rows;
}

void
kn_json_plan(json_t *doc, const kn_task_planned *planned)
{
  const kn_region *region = planned->region;
  const kn_plan_summary summary = kn_plan_sum(planned->plan);
  const kn_plan_totals totals = kn_plan_levels(planned->plan);
  json_object_set_new(doc, "run_id", planned->run_id > 0 ? json_integer(planned->run_id) : json_null());
  json_object_set_new(doc, "revision", json_integer(planned->revision));
  json_object_set_new(doc, "input_digest", json_string(planned->digest));
  fill_summary(doc, &summary);
  if (summary.status == KN_PLAN_INFEASIBLE)
    return;
  json_object_set_new(doc, "levels", levels_json(&totals));
  json_object_set_new(doc, "level_eur", level_eur_json(&totals));
  json_object_set_new(doc, "ties", ties_json(region, kn_plan_ties(planned->plan)));
  json_object_set_new(doc, "units", units_json(region, kn_plan_units(planned->plan), summary.objective));
  json_object_set_new(doc, "offers",
                      ends_json(region, KN_T_OFFER, "offer_id", "used", kn_plan_offers(planned->plan), summary.objective));
  json_object_set_new(doc, "needs",
                      ends_json(region, KN_T_NEED, "need_id", "met", kn_plan_needs(planned->plan), summary.objective));
  json_object_set_new(doc, "gateways",
                      ends_json(region, KN_T_GATEWAY, "gateway_id", "used", kn_plan_gateways(planned->plan), summary.objective));
  json_object_set_new(doc, "cases", cases_json(region, kn_plan_cases(planned->plan)));
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
    json_object_set_new(row, "mode_id", kn_json_mode(region, why[i].mode));
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
