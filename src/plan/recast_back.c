/* From an exchange back to the plan it was recast from: ties, quantities, duals, and whether two of them are alike. */
#include "plan/recast.h"

#include <string.h>

/* Rules come sorted by demand group, then supply group. */
static int32_t
way_of(const plan_recast *r, const plan_model *m, int32_t supply, int32_t demand)
{
  const int32_t supply_group = m->supply.group[supply], demand_group = r->exchange.demand_group[demand];
  int64_t first = 0, last = r->exchange.rule_count - 1;
  while (first < last) {
    const int64_t middle = (first + last) / 2;
    const kn_exchange_rule *rule = &r->exchange.rule[middle];
    const bool is_below =
        rule->demand_group < demand_group || (rule->demand_group == demand_group && rule->supply_group < supply_group);
    first = is_below ? middle + 1 : first;
    last = is_below ? last : middle;
  }
  assert(r->exchange.rule[first].supply_group == supply_group && r->exchange.rule[first].demand_group == demand_group);
  return r->way[first];
}

plan_column
plan_recast_tie(const plan_recast *r, const plan_model *m, int32_t supply, int32_t demand)
{
  const int32_t j = r->demand_of[demand];
  return (plan_column){supply, j, way_of(r, m, supply, demand), kn_hauls_mode(r->hauls, supply, j)};
}

double
plan_recast_quantity(const plan_recast *r, const plan_model *m, int32_t supply, int64_t quantity)
{
  /* Dividing by how many make one keeps decimals exact. */
  const double units = (double)quantity / r->supply_scale[m->supply.group[supply]];
  return r->unit < 1 ? units / (1 / r->unit) : units * r->unit;
}

static int32_t
mixing_row_of(const plan_model *m, int32_t demand, int32_t substitution)
{
  for (int32_t at = m->mix_head[demand]; at != KN_NONE; at = m->mix[at].next)
    if (m->mix[at].substitution == substitution)
      return m->mix[at].row;
  return KN_NONE;
}

double
plan_recast_duals(const plan_recast *r, const plan_model *m, const kn_exchange_view *view, double *dual)
{
  double cut = 0;
  for (int32_t i = 0; i < m->supply.n; i++) {
    const double scale = r->supply_scale[m->supply.group[i]], value = view->supply_dual[i] * scale;
    if (m->supply_row[i] == KN_NONE)
      continue;
    dual[m->supply_row[i]] = value - r->supply_shift[i] * scale;
    cut += value * m->supply.limit[i] - view->supply_dual[i] * ((double)r->exchange.supply_quantity[i] * r->unit);
  }
  for (int64_t k = 0; k < r->exchange.demand_count; k++) {
    const int32_t j = r->demand_of[k];
    const double scale = r->demand_scale[m->demand.group[j]];
    if (m->demand_row[j] == KN_NONE)
      continue;
    cut -= view->demand_dual[k] * ((double)r->exchange.demand_quantity[k] * r->unit);
    if (r->substitution_of[k] == KN_NONE) {
      dual[m->demand_row[j]] = (view->demand_dual[k] - r->demand_shift[k]) * scale;
      cut += view->demand_dual[k] * scale * m->demand.limit[j];
      continue;
    }
    /* What a part brings more than the demand itself is what its share is worth. */
    const double more = fmax(view->demand_dual[k] - view->demand_dual[j], 0) * scale;
    const kn_substitution_view subs = kn_region_substitutions(m->region);
    const int32_t row = mixing_row_of(m, j, r->substitution_of[k]);
    if (row != KN_NONE)
      dual[row] = more;
    cut += more * subs.max_share[r->substitution_of[k]] * m->demand.limit[j];
  }
  return fmax(cut, 0);
}

kn_code
plan_recast_was(const plan_recast *r, const plan_model *m, const plan_was *was, int32_t demands_before, kn_arena *arena,
                int32_t **supply, int32_t **demand, kn_error *err)
{
  KN_NEW(*supply, arena, r->exchange.supply_count, err);
  KN_NEW(*demand, arena, r->exchange.demand_count, err);
  memcpy(*supply, was->supply, (size_t)m->supply.n * sizeof **supply);
  memcpy(*demand, was->demand, (size_t)m->demand.n * sizeof **demand);
  /* Parts follow the demands in their order, now as before. */
  int32_t at = demands_before;
  for (int64_t k = m->demand.n; k < r->exchange.demand_count; k++)
    (*demand)[k] = was->demand[r->demand_of[k]] == KN_NONE ? KN_NONE : at++;
  return KN_OK;
}

static bool
is_same_haul(const kn_haul *a, const kn_haul *b)
{
  bool is_same = a->segment_count == b->segment_count;
  for (int32_t s = 0; is_same && s < a->segment_count; s++)
    is_same = a->segments[s].from_km == b->segments[s].from_km && a->segments[s].to_km == b->segments[s].to_km &&
              a->segments[s].fixed == b->segments[s].fixed && a->segments[s].rate == b->segments[s].rate;
  return is_same;
}

bool
plan_recast_is_like(const plan_recast *r, const plan_model *m, const plan_recast *before, const plan_was *was)
{
  for (int32_t i = 0; i < m->supply.n; i++) {
    if (was->supply[i] == KN_NONE)
      continue;
    const int32_t now = m->supply.group[i], then = before->exchange.supply_group[was->supply[i]];
    if (r->supply_scale[now] != before->supply_scale[then] || !is_same_haul(&r->exchange.haul[now], &before->exchange.haul[then]))
      return false;
  }
  if (!kn_access_is_like(kn_market_access(r->market), kn_market_access(before->market)))
    return false;
  for (int32_t j = 0; j < m->demand.n; j++)
    if (was->demand[j] != KN_NONE &&
        r->demand_scale[m->demand.group[j]] != before->demand_scale[before->exchange.demand_group[was->demand[j]]])
      return false;
  return true;
}
