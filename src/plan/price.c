/* Pricing: over all pairs, which ties would improve the master problem under its present duals?
 *
 * The reduced cost of a tie splits into what its ends are worth and what the way between them costs:
 *     rc(i, j, way) = S_i + ratio P_j + Q_j - W cost_way - ratio mix_j,way - haul(km_ij)
 * with S, P, Q of the nodes alone. So the best partner of a node is an additively weighted nearest neighbour, found
 * exactly in a kd-tree whose nodes keep the largest weights below them (geo.h). Each node is asked from its own
 * side; specs, windows and mixing duals are looked at where a pair is reached.
 *
 * Where a mode loses on the way, V = ratio (P_j - mix_j,way) + Q_j arrives in part: the pair has the most of keep V - cost over
 * its modes, which is at most max(V, 0) - haul(km_ij). */
#include <stdlib.h>
#include <string.h>

#include "plan/pricer.h"

enum { CHUNK = 64 };

/* Nodes without a place (needs that may go anywhere) have a tree of their own, asked without distance. */
static kn_code
plant(plan_grove *grove, const kn_side *side, const int32_t *member, int32_t n, bool is_anywhere, plan_pricer *pricer,
      kn_error *err)
{
  KN_NEW(grove->node, pricer->arena, n, err);
  for (int32_t m = 0; m < n; m++)
    if ((side->is_anywhere[member[m]] != 0) == is_anywhere)
      grove->node[grove->n++] = member[m];
  if (grove->n == 0)
    return KN_OK;
  kn_point *point;
  KN_NEW(grove->weight_a, pricer->arena, grove->n, err);
  KN_NEW(grove->weight_b, pricer->arena, grove->n, err);
  KN_NEW(point, pricer->arena, grove->n, err);
  for (int32_t m = 0; m < grove->n; m++)
    point[m] = side->point[grove->node[m]];
  return kn_tree_new(&grove->tree, KN_SPHERE, grove->n, point, err);
}

static kn_code
fill_pricer(plan_pricer *p, kn_error *err)
{
  const plan_model *m = p->model;
  const kn_group *supply_group = kn_market_groups(m->market, false, &p->supply_groups);
  const kn_group *demand_group = kn_market_groups(m->market, true, &p->demand_groups);
  KN_NEW(p->supply_grove, p->arena, p->supply_groups, err);
  KN_NEW(p->demand_grove, p->arena, p->demand_groups, err);
  KN_NEW(p->anywhere_grove, p->arena, p->demand_groups, err);
  const int32_t *supply_member = kn_market_members(m->market, false), *demand_member = kn_market_members(m->market, true);
  for (int32_t g = 0; g < p->supply_groups; g++)
    KN_TRY(plant(&p->supply_grove[g], &m->supply, supply_member + supply_group[g].first,
                 supply_group[g].last - supply_group[g].first, false, p, err));
  for (int32_t g = 0; g < p->demand_groups; g++) {
    const int32_t *member = demand_member + demand_group[g].first;
    const int32_t n = demand_group[g].last - demand_group[g].first;
    KN_TRY(plant(&p->demand_grove[g], &m->demand, member, n, false, p, err));
    KN_TRY(plant(&p->anywhere_grove[g], &m->demand, member, n, true, p, err));
  }
  KN_NEW(p->dual_supply, p->arena, m->supply.n, err);
  KN_NEW(p->dual_demand, p->arena, m->demand.n, err);
  KN_NEW(p->S, p->arena, m->supply.n, err);
  KN_NEW(p->A, p->arena, m->supply.n, err);
  KN_NEW(p->P, p->arena, m->demand.n, err);
  KN_NEW(p->Q, p->arena, m->demand.n, err);
  KN_NEW(p->best_supply, p->arena, m->supply.n, err);
  KN_NEW(p->best_demand, p->arena, m->demand.n, err);
  KN_NEW(p->open_worth, p->arena, m->choice_count, err);
  KN_NEW(p->terminal, p->arena, m->terminal_count, err);
  KN_NEW(p->sunk, p->arena, m->way_count, err);
  KN_NEW(p->loses, p->arena, m->way_count, err);
  for (int32_t w = 0; w < m->way_count; w++)
    p->loses[w] = plan_way_loses(m, &m->way[w]);
  KN_NEW(p->plain_supply, p->arena, m->supply.n, err);
  KN_NEW(p->plain_demand, p->arena, m->demand.n, err);
  for (int32_t i = 0; i < m->supply.n; i++)
    p->plain_supply[i] = kn_market_is_plain(m->market, false, i);
  for (int32_t j = 0; j < m->demand.n; j++)
    p->plain_demand[j] = kn_market_is_plain(m->market, true, j);
  /* Nodes in the order of their trees: neighbours in a row ask the same branches. */
  KN_NEW(p->supply_order, p->arena, m->supply.n, err);
  KN_NEW(p->demand_order, p->arena, m->demand.n, err);
  int32_t at = 0;
  for (int32_t g = 0; g < p->supply_groups; g++)
    for (int32_t t = 0; t < p->supply_grove[g].n; t++)
      p->supply_order[at++] = p->supply_grove[g].node[kn_tree_order(p->supply_grove[g].tree)[t]];
  at = 0;
  for (int32_t g = 0; g < p->demand_groups; g++) {
    for (int32_t t = 0; t < p->demand_grove[g].n; t++)
      p->demand_order[at++] = p->demand_grove[g].node[kn_tree_order(p->demand_grove[g].tree)[t]];
    for (int32_t t = 0; t < p->anywhere_grove[g].n; t++)
      p->demand_order[at++] = p->anywhere_grove[g].node[t];
  }
  return KN_OK;
}

kn_code
plan_pricer_new(plan_pricer **out, const plan_model *model, kn_error *err)
{
  *out = NULL;
  kn_arena *arena = kn_arena_new();
  plan_pricer *pricer = NULL;
  kn_code code = kn_arena_reserve(arena, sizeof *pricer, err);
  if (code != KN_OK) {
    kn_arena_free(arena);
    return code;
  }
  pricer = kn_arena_take(arena, 1, sizeof *pricer);
  pricer->arena = arena;
  pricer->model = model;
  code = fill_pricer(pricer, err);
  if (code != KN_OK) {
    plan_pricer_free(pricer);
    return kn_note(err, "planting the search trees");
  }
  *out = pricer;
  return KN_OK;
}

void
plan_pricer_free(plan_pricer *p)
{
  if (!p)
    return;
  for (int32_t g = 0; p->supply_grove && g < p->supply_groups; g++)
    kn_tree_free(p->supply_grove[g].tree);
  for (int32_t g = 0; p->anywhere_grove && g < p->demand_groups; g++) {
    kn_tree_free(p->demand_grove[g].tree);
    kn_tree_free(p->anywhere_grove[g].tree);
  }
  kn_hauls_free(p->hauls);
  free(p->found);
  free(p->column);
  kn_arena_free(p->arena);
}

const double *
plan_open_worth(const plan_pricer *p)
{
  return p->open_worth;
}

kn_weights
plan_weights(const plan_model *m, const double *dual, bool is_phase_one)
{
  double weight[KN_OBJECTIVE_COUNT] = {0};
  if (!is_phase_one)
    weight[m->settings.objective] = 1;
  for (int32_t f = 0; f < KN_OBJECTIVE_COUNT; f++)
    if (dual && m->floor_row[f] != KN_NONE)
      weight[f] -= fmin(dual[m->floor_row[f]], 0);
  return (kn_weights){weight[KN_VALUE], weight[KN_CO2], weight[KN_JOBS], weight[KN_VIRGIN]};
}

/* ------------------------------------------------------------------ what the nodes are worth */
static double
row_dual(const plan_pricer *p, int32_t row, bool is_port)
{
  if (row == KN_NONE)
    return 0;
  return is_port ? p->dual[row] : fmax(p->dual[row], 0);
}

static void
add_budgets(plan_pricer *p)
{
  const plan_model *m = p->model;
  const kn_resource_view resources = kn_region_resources(m->region);
  for (int32_t b = 0; b < m->budget_count; b++) {
    const double dual = fmax(p->dual[m->budget[b].row], 0);
    const int32_t k = m->budget[b].incentive, target = m->incentives.target[k];
    if (dual == 0)
      continue;
    if (m->incentives.target_kind[k] == KN_TO_RESOURCE)
      for (int32_t i = 0; i < m->supply.n; i++)
        p->S[i] += kn_resource_is_a(&resources, m->supply.resource[i], target) ? dual : 0;
    if (m->incentives.target_kind[k] == KN_TO_NEED)
      for (int32_t j = 0; j < m->demand.n; j++)
        p->P[j] += m->demand.place[j].kind == KN_END_NEED && m->demand.place[j].row == target ? dual : 0;
    if (m->incentives.target_kind[k] == KN_TO_AREA) {
      for (int32_t i = 0; i < m->supply.n; i++)
        p->A[i] += plan_is_in_area(m, m->supply.place[i], target) ? dual : 0;
      for (int32_t j = 0; j < m->demand.n; j++)
        p->Q[j] += !m->demand.is_anywhere[j] && plan_is_in_area(m, m->demand.place[j], target) ? dual : 0;
    }
  }
}

static void
find_sunk(plan_pricer *p)
{
  const plan_model *m = p->model;
  for (int32_t w = 0; w < m->way_count; w++) {
    const kn_way *way = &m->way[w];
    p->sunk[w] = 0;
    if (!p->loses[w])
      continue;
    const plan_grove *grove = &p->demand_grove[way->demand_group];
    for (int32_t t = 0; t < grove->n; t++)
      p->sunk[w] = fmax(p->sunk[w], -plan_arrival(p, grove->node[t], way));
  }
}

static void
weigh_nodes(plan_pricer *p)
{
  const plan_model *m = p->model;
  plan_node_worth(m, p->weights, p->S, p->P, p->Q);
  for (int32_t i = 0; i < m->supply.n; i++) {
    p->dual_supply[i] = row_dual(p, m->supply_row[i], m->supply.unit[i] != KN_NONE);
    p->S[i] -= p->dual_supply[i];
    p->A[i] = p->weights.value * m->anywhere_bonus_eur[i];
  }
  for (int32_t j = 0; j < m->demand.n; j++) {
    const bool is_gateway = m->demand.place[j].kind == KN_END_GATEWAY;
    p->dual_demand[j] = row_dual(p, m->demand_row[j], m->demand.unit[j] != KN_NONE);
    (is_gateway ? p->Q : p->P)[j] -= p->dual_demand[j];
  }
  add_budgets(p);
  p->A_most = 0;
  for (int32_t i = 0; i < m->supply.n; i++)
    p->A_most = fmax(p->A_most, p->A[i]);
  for (int32_t g = 0; g < p->supply_groups; g++) {
    plan_grove *grove = &p->supply_grove[g];
    for (int32_t t = 0; t < grove->n; t++)
      grove->weight_a[t] = p->S[grove->node[t]];
    kn_tree_weigh(grove->tree, grove->weight_a, grove->weight_b);
  }
  for (int32_t g = 0; g < 2 * p->demand_groups; g++) {
    plan_grove *grove = g < p->demand_groups ? &p->demand_grove[g] : &p->anywhere_grove[g - p->demand_groups];
    for (int32_t t = 0; t < grove->n; t++) {
      grove->weight_a[t] = p->P[grove->node[t]];
      grove->weight_b[t] = p->Q[grove->node[t]];
    }
    if (grove->n > 0)
      kn_tree_weigh(grove->tree, grove->weight_a, grove->weight_b);
  }
  find_sunk(p);
}

double
plan_mix_dual(const plan_pricer *p, int32_t demand, const kn_way *way)
{
  const plan_model *m = p->model;
  if (way->substitution == KN_NONE || !(way->max_share < 1))
    return 0;
  for (int32_t at = m->mix_head[demand]; at != KN_NONE; at = m->mix[at].next)
    if (m->mix[at].substitution == way->substitution)
      return fmax(p->dual[m->mix[at].row], 0);
  return 0;
}

/* ------------------------------------------------------------------ one node asks */
typedef struct asking {
  const plan_pricer *p;
  const plan_grove *grove;
  int32_t node;
  const kn_way *way;
  const kn_haul *haul; /* a lower bound, to be made good; NULL: it is exact */
  bool is_demand, is_filtered, is_anywhere, has_area, has_mix, loses;
} asking;

double
plan_arrival(const plan_pricer *p, int32_t demand, const kn_way *way)
{
  return way->ratio * (p->P[demand] - plan_mix_dual(p, demand, way)) + p->Q[demand];
}

/* What the haul of a pair costs; with a mode that loses, what is lost of V counts too. */
static double
cost_of_pair(const asking *a, int32_t i, int32_t j)
{
  if (!a->loses)
    return kn_hauls_cost(a->p->hauls, i, j);
  const double worth = plan_arrival(a->p, j, a->way);
  return worth - kn_hauls_left(a->p->hauls, i, j, worth);
}

/* What a pair adds to the worth of its nodes: -INFINITY where specs or windows refuse it. */
static double
extra_of(void *arg, int32_t point, double km)
{
  const asking *a = arg;
  const int32_t other = a->grove->node[point];
  const int32_t i = a->is_demand ? other : a->node, j = a->is_demand ? a->node : other;
  if (a->is_filtered && !(a->is_demand ? a->p->plain_supply[i] : a->p->plain_demand[j]) &&
      kn_market_fits(a->p->model->market, i, j) != KN_FITS)
    return -INFINITY;
  double extra = a->has_area ? a->p->A[i] : 0;
  if (a->has_mix)
    extra -= a->way->ratio * plan_mix_dual(a->p, j, a->way);
  if (a->haul != NULL)
    extra += kn_haul_cost(a->haul, a->is_anywhere ? 0 : km) - cost_of_pair(a, i, j);
  return extra;
}

/* Merges the hits of one way into the best `k` of a node; keeps them sorted, the earlier first among equals. */
static int32_t
merge_hits(const asking *a, const kn_hit *hit, int32_t hits, int32_t way, plan_find *find, int32_t n, int32_t k)
{
  for (int32_t h = 0; h < hits; h++) {
    if (n == k && !(hit[h].worth > find[n - 1].worth))
      break;
    int32_t at = n < k ? n++ : n - 1;
    for (; at > 0 && find[at - 1].worth < hit[h].worth; at--)
      find[at] = find[at - 1];
    const int32_t other = a->grove->node[hit[h].point];
    const int32_t i = a->is_demand ? other : a->node, j = a->is_demand ? a->node : other;
    const int32_t mode =
        a->loses ? kn_hauls_choice(a->p->hauls, i, j, plan_arrival(a->p, j, a->way)) : kn_hauls_mode(a->p->hauls, i, j);
    find[at] = (plan_find){.column = {.supply = i, .demand = j, .way = way, .mode = mode}, .worth = hit[h].worth};
  }
  return n;
}

static const kn_haul *
haul_of_way(const plan_pricer *p, const kn_way *way)
{
  int32_t groups;
  const kn_group *group = kn_market_groups(p->model->market, false, &groups);
  const kn_resource_view resources = kn_region_resources(p->model->region);
  return kn_hauls_of(p->hauls, (kn_class)resources.class_of[group[way->supply_group].resource]);
}

/* The best ties of demand j; those of supplies without limit also tell its part of the bound. */
static int32_t
ask_demand(const plan_pricer *p, int32_t j, plan_find *find, kn_hit *hit)
{
  const plan_model *m = p->model;
  const bool is_anywhere = m->demand.is_anywhere[j];
  int32_t first, last, n = 0;
  kn_market_demand_ways(m->market, m->demand.group[j], &first, &last);
  for (int32_t w = first; w < last; w++) {
    const kn_way *way = &m->way[w];
    const kn_haul *haul = haul_of_way(p, way);
    const bool loses = p->loses[w], is_bound = loses || kn_hauls_are_bounds(p->hauls);
    asking a = {.p = p,
                .grove = &p->supply_grove[way->supply_group],
                .node = j,
                .way = way,
                .haul = is_bound ? haul : NULL,
                .is_demand = true,
                .is_anywhere = is_anywhere,
                .is_filtered = !p->plain_demand[j],
                .has_area = is_anywhere && p->A_most > 0,
                .loses = loses};
    const kn_query query = {.from = m->demand.point[j],
                            .is_anywhere = is_anywhere,
                            .scale = 1,
                            .offset = way->ratio * p->P[j] + p->Q[j] - p->weights.value * way->cost_eur -
                                      way->ratio * plan_mix_dual(p, j, way),
                            .floor = n == p->most ? find[n - 1].worth : p->floor,
                            .haul = haul,
                            .extra = a.is_filtered || a.has_area || is_bound ? extra_of : NULL,
                            .extra_most = (a.has_area ? p->A_most : 0) + p->sunk[w],
                            .arg = &a};
    const int32_t hits = kn_tree_best(a.grove->tree, &query, p->most, hit);
    n = merge_hits(&a, hit, hits, w, find, n, p->most);
  }
  return n;
}

/* Beyond the n ties that are known; first_kind 1: of demands that are anywhere only. */
static int32_t
ask_supply(const plan_pricer *p, int32_t i, int32_t first_kind, int32_t n, plan_find *find, kn_hit *hit)
{
  const plan_model *m = p->model;
  int32_t ways;
  const int32_t *order = kn_market_supply_ways(m->market, m->supply.group[i], &ways);
  for (int32_t o = 0; o < ways; o++) {
    const kn_way *way = &m->way[order[o]];
    const kn_haul *haul = haul_of_way(p, way);
    const bool loses = p->loses[order[o]], is_bound = loses || kn_hauls_are_bounds(p->hauls);
    for (int32_t is_anywhere = first_kind; is_anywhere < 2; is_anywhere++) {
      const plan_grove *grove = is_anywhere ? &p->anywhere_grove[way->demand_group] : &p->demand_grove[way->demand_group];
      if (grove->n == 0)
        continue;
      asking a = {.p = p,
                  .grove = grove,
                  .node = i,
                  .way = way,
                  .haul = is_bound ? haul : NULL,
                  .is_anywhere = is_anywhere != 0,
                  .is_filtered = !p->plain_supply[i],
                  .has_mix = way->substitution != KN_NONE && way->max_share < 1,
                  .loses = loses};
      const kn_query query = {.from = m->supply.point[i],
                              .is_anywhere = is_anywhere,
                              .scale = way->ratio,
                              .offset = p->S[i] - p->weights.value * way->cost_eur + (is_anywhere ? p->A[i] : 0),
                              .floor = n == p->most ? find[n - 1].worth : p->floor,
                              .haul = haul,
                              .extra = a.is_filtered || a.has_mix || is_bound ? extra_of : NULL,
                              .extra_most = p->sunk[order[o]],
                              .arg = &a};
      const int32_t hits = kn_tree_best(grove->tree, &query, p->most, hit);
      n = merge_hits(&a, hit, hits, order[o], find, n, p->most);
    }
  }
  return n;
}

int32_t
plan_ask_anywhere(const plan_pricer *p, int32_t i, int32_t n, plan_find *find)
{
  kn_hit hit[PLAN_MOST];
  return ask_supply(p, i, 1, n, find, hit);
}

void
plan_note_finds(plan_pricer *p, int64_t at, int32_t n)
{
  const bool is_supply = at < p->model->supply.n;
  const int32_t node = is_supply ? p->supply_order[at] : p->demand_order[at - p->model->supply.n];
  plan_find *find = p->found + at * p->most;
  for (int32_t k = n; k < p->most; k++)
    find[k].column.supply = KN_NONE;
  (is_supply ? p->best_supply : p->best_demand)[node] = n > 0 ? fmax(find[0].worth, 0) : 0;
}

void
plan_ask_trees(plan_pricer *p, int64_t at)
{
  const int32_t supplies = p->model->supply.n;
  plan_find *find = p->found + at * p->most;
  kn_hit hit[PLAN_MOST];
  plan_note_finds(p, at,
                  at < supplies ? ask_supply(p, p->supply_order[at], 0, 0, find, hit)
                                : ask_demand(p, p->demand_order[at - supplies], find, hit));
}

static void
ask_chunk(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  for (int64_t at = first; at < last; at++)
    plan_ask_trees(arg, at);
}

/* A tie found from both sides is listed twice; plan_add_columns() keeps one. */
static kn_code
collect(plan_pricer *p, int64_t *n, kn_error *err)
{
  const int64_t places = ((int64_t)p->model->supply.n + p->model->demand.n) * p->most;
  *n = 0;
  for (int64_t at = 0; at < places; at++) {
    if (p->found[at].column.supply == KN_NONE)
      continue;
    KN_TRY(KN_GROW(p->column, p->column_capacity, *n + 1, err));
    p->column[(*n)++] = p->found[at].column;
  }
  return KN_OK;
}

static bool
is_same_weight(kn_weights a, kn_weights b)
{
  return a.value == b.value && a.co2 == b.co2 && a.jobs == b.jobs && a.virgin == b.virgin;
}

/* What a unit through each terminal is charged; true when that is not as before. */
static bool
charge_terminals(plan_pricer *p, const plan_question *q)
{
  const plan_model *m = p->model;
  bool has_changed = false;
  for (int32_t t = 0; t < m->terminal_count; t++) {
    const double dual = m->terminal_row[t] == KN_NONE ? 0 : fmax(q->dual[m->terminal_row[t]], 0);
    const bool is_shut = plan_is_candidate(m, m->unit_count + t) && q->z_upper[m->unit_count + t] <= 0;
    const double charge = is_shut ? INFINITY : dual;
    has_changed |= p->terminal[t] != charge;
    p->terminal[t] = charge;
  }
  return has_changed;
}

static kn_code
refresh_hauls(plan_pricer *p, const plan_question *q, kn_error *err)
{
  const bool has_changed = charge_terminals(p, q);
  if (p->hauls && !has_changed && is_same_weight(p->weights, p->haul_weights))
    return KN_OK;
  kn_hauls_free(p->hauls);
  p->hauls = NULL;
  p->haul_weights = p->weights;
  KN_TRY(kn_hauls_new(&p->hauls, p->model->market, p->weights, p->model->terminal_count > 0 ? p->terminal : NULL, err));
  return kn_hauls_hasten(p->hauls, err);
}

kn_code
plan_price(plan_pricer *p, const plan_question *question, plan_pricing *out, kn_error *err)
{
  const plan_model *m = p->model;
  assert(question->most >= 1 && question->most <= PLAN_MOST);
  p->dual = question->dual;
  p->most = question->most;
  p->floor = -question->window;
  p->weights = plan_weights(m, question->dual, question->is_phase_one);
  KN_TRY(refresh_hauls(p, question, err));
  const int64_t nodes = (int64_t)m->supply.n + m->demand.n;
  KN_TRY(KN_GROW(p->found, p->found_capacity, nodes * p->most + 1, err));
  weigh_nodes(p);
  if (kn_hauls_are_bounds(p->hauls))
    KN_TRY(plan_ask_hubs(p, err));
  else
    KN_TRY(kn_parallel(m->settings.thread_count, nodes, CHUNK, ask_chunk, p, err));
  KN_TRY(collect(p, &out->n, err));
  out->column = p->column;
  return plan_bound(p, question, &out->bound, err);
}
