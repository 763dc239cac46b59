/* The start of a large plan: what the network engine can tell before the linear program begins.
 *
 *   the market with neighbours merged -> a small linear plan -> how far units run, what floors weigh
 *   the whole market, units running so -> the network engine -> ties, duals of every node, a basis
 *   all pairs priced at these duals    -> the ties that the linear program begins with
 *
 * Nothing of this is believed: the linear program goes on from here, and its bound speaks for all pairs as ever. A start
 * near the optimum saves most of its work, for columns priced at poor duals are mostly columns that are not needed
 * (Luebbecke & Desrosiers 2005, section 4). */
#include <stdlib.h>
#include <string.h>

#include "plan/network.h"
#include "plan/recast.h"

enum { LEAST_NODES = 2500, MERGED_NODES = 1500, TIES_PER_NODE = 6 };

/* ------------------------------------------------------------------ the merged market */
typedef struct merging {
  const plan_model *m;
  const double *worth; /* [nodes] of the side at hand */
  double stretch[KN_CLASS_COUNT];
  network_item *item; /* [nodes] */
  int32_t *part, parts;
} merging;

/* Nodes of different worth behave differently at the margin, so worth counts as a coordinate beside the place. */
static kn_code
find_stretch(merging *g, kn_weights weights, kn_error *err)
{
  kn_hauls *hauls;
  KN_TRY(kn_hauls_new(&hauls, g->m->market, weights, NULL, err));
  for (int32_t c = 0; c < KN_CLASS_COUNT; c++) {
    const kn_haul *haul = kn_hauls_of(hauls, (kn_class)c);
    double rate = 0;
    for (int32_t s = 0; s < haul->segment_count; s++)
      rate = fmax(rate, fabs(haul->segments[s].rate));
    g->stretch[c] = rate > 0 ? 0.3 / (rate * KN_EARTH_KM) : 0;
  }
  kn_hauls_free(hauls);
  return KN_OK;
}

static bool
may_merge(const kn_side *side, int32_t node)
{
  return side->unit[node] == KN_NONE && side->place[node].kind != KN_END_GATEWAY;
}

static int32_t
count_mergeable(const kn_side *side)
{
  int32_t count = 0;
  for (int32_t i = 0; i < side->n; i++)
    count += may_merge(side, i);
  return count;
}

/* Parts of one group: nodes that move, and those that are anywhere, apart. */
static void
merge_group(merging *g, const kn_side *side, const kn_group *group, const int32_t *member, int32_t together, bool is_anywhere)
{
  const kn_resource_view resources = kn_region_resources(g->m->region);
  int64_t n = 0;
  for (int32_t k = group->first; k < group->last; k++) {
    const int32_t node = member[k];
    if (!may_merge(side, node) || (side->is_anywhere[node] != 0) != is_anywhere)
      continue;
    g->item[n] = network_item_at(is_anywhere ? (kn_point){0} : side->point[node], node);
    g->item[n++].at[3] = g->worth[node] * g->stretch[resources.class_of[group->resource]];
  }
  network_sort(g->item, n, 1);
  for (int64_t k = 0; k < n; k++)
    g->part[g->item[k].node] = g->parts + (int32_t)(k / together);
  g->parts += (int32_t)((n + together - 1) / together);
}

static kn_code
merge_side(merging *g, bool is_demand, kn_arena *arena, kn_error *err)
{
  const kn_side *side = is_demand ? &g->m->demand : &g->m->supply;
  int32_t groups;
  const kn_group *group = kn_market_groups(g->m->market, is_demand, &groups);
  const int32_t *member = kn_market_members(g->m->market, is_demand);
  KN_NEW(g->part, arena, side->n, err);
  KN_NEW(g->item, arena, side->n, err);
  g->parts = 0;
  for (int32_t i = 0; i < side->n; i++)
    if (!may_merge(side, i))
      g->part[i] = g->parts++;
  const int32_t together = 2 * count_mergeable(side) / MERGED_NODES + 1;
  for (int32_t h = 0; h < groups; h++) {
    merge_group(g, side, &group[h], member, together, false);
    merge_group(g, side, &group[h], member, together, true);
  }
  return KN_OK;
}

static kn_code
merge_market(kn_market **out, const plan_model *m, kn_arena *arena, kn_error *err)
{
  merging g = {.m = m};
  const kn_weights weights = plan_weights(m, NULL, false);
  double *supply, *demand, *flat;
  KN_NEW(supply, arena, m->supply.n, err);
  KN_NEW(demand, arena, m->demand.n, err);
  KN_NEW(flat, arena, m->demand.n, err);
  plan_node_worth(m, weights, supply, demand, flat);
  KN_TRY(find_stretch(&g, weights, err));
  g.worth = supply;
  KN_TRY(merge_side(&g, false, arena, err));
  const int32_t *supply_part = g.part, supply_parts = g.parts;
  g.worth = demand;
  KN_TRY(merge_side(&g, true, arena, err));
  return kn_market_merge(out, m->market, supply_part, supply_parts, g.part, g.parts, err);
}

/* ------------------------------------------------------------------ how far units run */
typedef struct decision {
  bool is_found;
  double *activity, *open, *dual; /* [units], [units], [rows of the whole model]: only floors are filled */
} decision;

static kn_code
read_decision(const plan_model *m, const plan_model *small, decision *out, kn_arena *arena, kn_error *err)
{
  KN_NEW(out->activity, arena, m->unit_count, err);
  KN_NEW(out->open, arena, m->unit_count, err);
  KN_NEW(out->dual, arena, m->row_count, err);
  const double *x = kn_lp_x(small->lp), *dual = kn_lp_dual(small->lp);
  for (int32_t u = 0; u < m->unit_count; u++) {
    out->activity[u] = x[small->y[u]];
    out->open[u] = small->z[u] == KN_NONE ? 1 : x[small->z[u]];
  }
  for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
    if (m->floor_row[f] != KN_NONE)
      out->dual[m->floor_row[f]] = dual[small->floor_row[f]];
  out->is_found = true;
  return KN_OK;
}

static kn_code
solve_small(plan_run *run, plan_run *small, const double *z_lower, const double *z_upper, decision *out, kn_arena *arena,
            kn_error *err)
{
  plan_linear linear;
  KN_TRY(plan_model_start_lp(small->model, err));
  KN_TRY(plan_pricer_new(&small->pricer, small->model, err));
  KN_TRY(plan_linear_solve(small, z_lower, z_upper, 1e-3, -INFINITY, &linear, err));
  if (linear.is_stopped || linear.status != KN_LP_OPTIMAL)
    return KN_OK;
  return read_decision(run->model, small->model, out, arena, err);
}

static kn_code
decide(plan_run *run, const double *z_lower, const double *z_upper, decision *out, kn_arena *arena, kn_error *err)
{
  kn_market *market;
  KN_TRY(merge_market(&market, run->model, arena, err));
  plan_run small = {.watch = run->watch, .best_value = NAN, .best_bound = NAN, .phase = run->phase, .is_small = true};
  kn_code code = plan_model_new(&small.model, market, &run->model->settings, err);
  if (code == KN_OK)
    code = solve_small(run, &small, z_lower, z_upper, out, arena, err);
  plan_pricer_free(small.pricer);
  plan_model_free(small.model);
  kn_market_free(market);
  return code;
}

/* ------------------------------------------------------------------ ties and basis */
static kn_code
add_tree_ties(plan_model *m, const plan_recast *r, const kn_exchange_view *view, kn_arena *arena, kn_error *err)
{
  plan_column *list;
  int64_t count = 0, added;
  KN_NEW(list, arena, view->basis_count, err);
  for (int64_t k = 0; k < view->basis_count; k++) {
    const int32_t i = view->basis_supply[k], part = view->basis_demand[k];
    if (i == KN_NONE || part == KN_NONE)
      continue;
    list[count++] = plan_recast_tie(r, m, i, part);
  }
  return plan_add_columns(m, list, count, &added, err);
}

/* Ties of the tree are basic, and so is the limit of a node that keeps something back, the residue of an output, the activity
 * of a unit that is neither idle nor full. Where that is a few too many or too few, CLP mends it. */
static kn_code
set_basis(plan_model *m, const plan_recast *r, const kn_exchange_view *view, const decision *decided, int64_t tree_ties,
          kn_arena *arena, kn_error *err)
{
  uint8_t *column, *row;
  KN_NEW(column, arena, kn_lp_column_count(m->lp), err);
  KN_NEW(row, arena, m->row_count, err);
  kn_lp_basis_get(m->lp, column, row);
  for (int32_t i = 0; i < m->supply.n; i++)
    if (m->supply_row[i] != KN_NONE)
      row[m->supply_row[i]] = m->supply.unit[i] == KN_NONE ? KN_BASIS_AT_UPPER : KN_BASIS_FIXED;
  for (int32_t j = 0; j < m->demand.n; j++)
    if (m->demand_row[j] != KN_NONE)
      row[m->demand_row[j]] = m->demand.unit[j] == KN_NONE ? KN_BASIS_AT_UPPER : KN_BASIS_FIXED;
  for (int64_t k = 0; k < view->basis_count; k++) {
    const int32_t i = view->basis_supply[k], part = view->basis_demand[k];
    if (part == KN_NONE && m->supply_row[i] != KN_NONE) {
      if (m->supply.unit[i] == KN_NONE)
        row[m->supply_row[i]] = KN_BASIS_BASIC;
      else
        column[m->w[i]] = KN_BASIS_BASIC;
    }
    if (i == KN_NONE && m->demand.unit[r->demand_of[part]] == KN_NONE && m->demand_row[r->demand_of[part]] != KN_NONE)
      row[m->demand_row[r->demand_of[part]]] = KN_BASIS_BASIC;
  }
  for (int64_t c = 0; c < tree_ties; c++)
    column[m->fixed_columns + c] = KN_BASIS_BASIC;
  for (int32_t u = 0; u < m->unit_count; u++) {
    const double capacity = kn_region_units(m->region).capacity[m->unit[u].unit];
    const bool is_partly = decided->activity[u] > 1e-9 * capacity && decided->activity[u] < (1 - 1e-9) * capacity;
    if (is_partly)
      column[m->y[u]] = KN_BASIS_BASIC;
    if (m->z[u] != KN_NONE && decided->activity[u] > 1e-9 * capacity) {
      column[m->y[u]] = KN_BASIS_BASIC;
      row[m->open_row[u]] = KN_BASIS_AT_UPPER;
      if (decided->open[u] < 1 - 1e-9)
        column[m->z[u]] = KN_BASIS_BASIC;
    }
  }
  kn_lp_basis_set(m->lp, column, row);
  return KN_OK;
}

static kn_code
lay_start(plan_run *run, const plan_recast *r, const kn_exchange_view *view, const decision *decided, const double *z_lower,
          const double *z_upper, kn_arena *arena, kn_error *err)
{
  plan_model *m = run->model;
  double *dual;
  plan_pricing pricing;
  int64_t added;
  KN_TRY(add_tree_ties(m, r, view, arena, err));
  const int64_t tree_ties = m->column_count;
  KN_NEW(dual, arena, m->row_count, err);
  plan_recast_duals(r, m, view, dual);
  for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
    if (m->floor_row[f] != KN_NONE)
      dual[m->floor_row[f]] = decided->dual[m->floor_row[f]];
  double scale = 0;
  for (int32_t d = 0; d < m->row_count; d++)
    scale = fmax(scale, fabs(dual[d]));
  const plan_question question = {
      .dual = dual, .z_lower = z_lower, .z_upper = z_upper, .most = TIES_PER_NODE, .window = 0.01 * scale};
  KN_TRY(plan_price(run->pricer, &question, &pricing, err));
  KN_TRY(plan_add_columns(m, pricing.column, pricing.n, &added, err));
  return set_basis(m, r, view, decided, tree_ties, arena, err);
}

kn_code
plan_start(plan_run *run, const double *z_lower, const double *z_upper, bool *has_started, kn_error *err)
{
  const plan_model *m = run->model;
  *has_started = false;
  if (run->is_small || count_mergeable(&m->supply) + count_mergeable(&m->demand) < LEAST_NODES)
    return KN_OK;
  kn_arena *arena = kn_arena_new();
  decision found = {0};
  plan_recast *recast = NULL;
  kn_exchange_solution *solution = NULL;
  kn_code code = decide(run, z_lower, z_upper, &found, arena, err);
  if (code == KN_OK && found.is_found) {
    const plan_decided decided = {found.activity, found.open, found.dual};
    code = plan_recast_new(&recast, m, &decided, err);
    if (code == KN_OK)
      code = kn_hauls_hasten(recast->hauls, err);
    if (code == KN_OK)
      code = kn_exchange_solve(&solution, &recast->exchange,
                               &(kn_exchange_settings){.gap = 1e-6, .thread_count = m->settings.thread_count}, run->watch, err);
    if (code == KN_OK) {
      const kn_exchange_view view = kn_exchange_rows(solution);
      code = lay_start(run, recast, &view, &found, z_lower, z_upper, arena, err);
      *has_started = code == KN_OK;
    }
  }
  kn_exchange_free(solution);
  plan_recast_free(recast);
  kn_arena_free(arena);
  return code == KN_OK ? KN_OK : kn_note(err, "starting from the exchange");
}
