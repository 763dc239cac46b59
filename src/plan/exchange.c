/* The exchange from outside: checks what comes in, lets the network engine work, hands the flows and duals over. */
#include "plan/exchange.h"

#include "plan/network.h"

#include <stdlib.h>
#include <string.h>

const char *const kn_exchange_phase_name[KN_EXCHANGE_PHASES] = {"build", "start", "price", "pivot"};

enum { MOST_NODES = 1 << 28, SMALL = 2048 }; /* with fewer nodes than SMALL threads do not pay */

struct kn_exchange_solution {
  kn_arena *keep, *engine_room; /* engine_room: holds `engine`, NULL where it is not kept */
  network engine;               /* its `exchange` is the caller's and may be gone */
  kn_team *team;                /* while it is being solved */
  network_kinds kinds;          /* of the engine's trees */
  int64_t supply_count, demand_count;
  double gap_asked;
  kn_exchange_view view;
};

static kn_code
check_side(const char *name, int64_t n, const int64_t *quantity, const double *worth, const kn_point *point, const int32_t *group,
           int32_t group_count, kn_error *err)
{
  double total = 0;
  for (int64_t i = 0; i < n; i++) {
    if (quantity[i] < 0)
      return kn_fail(err, KN_E_INPUT, "%s %" PRId64 ": the quantity must not be negative, is %" PRId64, name, i, quantity[i]);
    if (!isfinite(worth[i]))
      return kn_fail(err, KN_E_INPUT, "%s %" PRId64 ": the worth must be a finite number, is %g", name, i, worth[i]);
    if (!isfinite(point[i].x) || !isfinite(point[i].y) || !isfinite(point[i].z))
      return kn_fail(err, KN_E_INPUT, "%s %" PRId64 ": the place must be finite", name, i);
    if (group && (group[i] < 0 || group[i] >= group_count))
      return kn_fail(err, KN_E_INPUT, "%s %" PRId64 ": group %" PRId32 " is not below %" PRId32, name, i, group[i], group_count);
    total += (double)quantity[i];
  }
  if (total > 0x1p53)
    return kn_fail(err, KN_E_LIMIT, "the quantities of all that is in %s add up to more than 2^53", name);
  return KN_OK;
}

static kn_code
check_rules(const kn_exchange *exchange, kn_error *err)
{
  if (exchange->supply_group_count < 1 || exchange->demand_group_count < 1)
    return kn_fail(err, KN_E_INPUT, "there must be at least one group on each side");
  for (int32_t g = 0; g < exchange->supply_group_count; g++) {
    const kn_haul *haul = &exchange->haul[g];
    for (int32_t s = 0; s < haul->segment_count; s++)
      if (!isfinite(haul->segments[s].fixed) || !isfinite(haul->segments[s].rate) || isnan(haul->segments[s].from_km) ||
          isnan(haul->segments[s].to_km))
        return kn_fail(err, KN_E_INPUT, "the haul of group %" PRId32 ": segment %" PRId32 " is not a number", g, s);
  }
  for (int64_t k = 0; exchange->rule && k < exchange->rule_count; k++) {
    const kn_exchange_rule rule = exchange->rule[k];
    if (rule.supply_group < 0 || rule.supply_group >= exchange->supply_group_count || rule.demand_group < 0 ||
        rule.demand_group >= exchange->demand_group_count)
      return kn_fail(err, KN_E_INPUT, "rule %" PRId64 ": groups %" PRId32 " and %" PRId32 " are not there", k, rule.supply_group,
                     rule.demand_group);
    if (!isfinite(rule.extra))
      return kn_fail(err, KN_E_INPUT, "rule %" PRId64 ": the extra worth must be a finite number, is %g", k, rule.extra);
  }
  return KN_OK;
}

static kn_code
check_exchange(const kn_exchange *exchange, kn_error *err)
{
  if (exchange->supply_count < 0 || exchange->demand_count < 0 || exchange->supply_count > MOST_NODES ||
      exchange->demand_count > MOST_NODES - exchange->supply_count)
    return kn_fail(err, KN_E_LIMIT, "an exchange has at most %d nodes", MOST_NODES);
  KN_TRY(check_rules(exchange, err));
  KN_TRY(check_side("supply", exchange->supply_count, exchange->supply_quantity, exchange->supply_worth, exchange->supply_point,
                    exchange->supply_group, exchange->supply_group_count, err));
  return check_side("demand", exchange->demand_count, exchange->demand_quantity, exchange->demand_worth, exchange->demand_point,
                    exchange->demand_group, exchange->demand_group_count, err);
}

static kn_code
make_draft(network_draft *draft, const kn_exchange *exchange, const network_kinds *kinds, kn_arena *scratch, kn_error *err)
{
  KN_TRY(network_draft_take(draft, exchange->supply_count + exchange->demand_count, scratch, err));
  for (int side = 0; side < 2; side++) {
    const int64_t n = side ? exchange->demand_count : exchange->supply_count;
    const kn_point *point = side ? exchange->demand_point : exchange->supply_point;
    const int64_t *quantity = side ? exchange->demand_quantity : exchange->supply_quantity;
    const double *worth = side ? exchange->demand_worth : exchange->supply_worth;
    for (int64_t i = 0; i < n; i++) {
      if (quantity[i] == 0)
        continue;
      const int32_t at = draft->n++;
      draft->outer[at] = (int32_t)i;
      draft->tree_of[at] = kinds->tree[side][network_kind_of(exchange, side, i)];
      draft->is_supply[at] = !side;
      draft->point[at] = point[i];
      if (exchange->metric == KN_PLANE)
        draft->point[at].z = 0;
      draft->worth[at] = worth[i];
      draft->quantity[at] = quantity[i];
    }
  }
  return KN_OK;
}

/* Demand of an arc and where in the tree it stands. */
typedef struct arc {
  int32_t demand, node;
} arc;

/* Arcs with flow by supply: how many each has, and then all in one list. first [supplies + 1]. */
static kn_code
list_arcs(const network *net, int64_t **first, arc **list, kn_arena *scratch, kn_error *err)
{
  const int64_t supplies = net->exchange->supply_count;
  KN_NEW(*first, scratch, supplies + 2, err);
  KN_NEW(*list, scratch, net->n, err);
  for (int pass = 0; pass < 2; pass++) {
    for (int32_t i = 0; i < net->n; i++) {
      const int32_t parent = net->node[i].parent;
      if (parent == net->n || net->flow[i] == 0)
        continue;
      const bool is_supply = net->is_supply[i] != 0;
      const int32_t supply = net->outer[is_supply ? i : parent], demand = net->outer[is_supply ? parent : i];
      if (pass == 0)
        (*first)[supply + 2]++;
      else
        (*list)[(*first)[supply + 1]++] = (arc){demand, i};
    }
    for (int64_t k = 0; pass == 0 && k < supplies; k++)
      (*first)[k + 2] += (*first)[k + 1];
  }
  return KN_OK;
}

static int
by_demand(const void *a, const void *b)
{
  const arc *x = a, *y = b;
  return (x->demand > y->demand) - (x->demand < y->demand);
}

static kn_code
take_flows(kn_exchange_solution *solution, const network *net, kn_arena *scratch, kn_error *err)
{
  int64_t *first;
  arc *list;
  KN_TRY(list_arcs(net, &first, &list, scratch, err));
  const int64_t supplies = net->exchange->supply_count, count = first[supplies];
  int32_t *supply, *demand;
  int64_t *quantity;
  double *worth;
  KN_NEW(supply, solution->keep, count, err);
  KN_NEW(demand, solution->keep, count, err);
  KN_NEW(quantity, solution->keep, count, err);
  KN_NEW(worth, solution->keep, count, err);
  for (int64_t s = 0; s < supplies; s++) {
    if (first[s + 1] - first[s] > 1)
      qsort(list + first[s], (size_t)(first[s + 1] - first[s]), sizeof *list, by_demand);
    for (int64_t k = first[s]; k < first[s + 1]; k++) {
      supply[k] = (int32_t)s;
      demand[k] = list[k].demand;
      quantity[k] = net->flow[list[k].node];
      worth[k] = net->node[list[k].node].cost;
    }
  }
  solution->view.n = count;
  solution->view.supply = supply;
  solution->view.demand = demand;
  solution->view.quantity = quantity;
  solution->view.worth = worth;
  return KN_OK;
}

/* The tree as it stands, arcs to the ground among it. */
static kn_code
take_basis(kn_exchange_solution *solution, const network *net, kn_error *err)
{
  int32_t *supply, *demand;
  int64_t count = 0;
  KN_NEW(supply, solution->keep, net->n, err);
  KN_NEW(demand, solution->keep, net->n, err);
  for (int32_t i = 0; i < net->n; i++) {
    if (net->outer[i] == KN_NONE)
      continue;
    const int32_t parent = net->node[i].parent == net->n ? KN_NONE : net->outer[net->node[i].parent];
    supply[count] = net->is_supply[i] ? net->outer[i] : parent;
    demand[count++] = net->is_supply[i] ? parent : net->outer[i];
  }
  solution->view.basis_count = count;
  solution->view.basis_supply = supply;
  solution->view.basis_demand = demand;
  return KN_OK;
}

typedef struct closing {
  const network *net;
  const network_kinds *kinds;
  double *dual[2]; /* supply, demand */
} closing;

/* What the first unit at a node without quantity would be worth: what its best partner leaves. */
static void
close_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const closing *work = arg;
  const kn_exchange *exchange = work->net->exchange;
  for (int64_t k = first; k < last; k++) {
    const int side = k >= exchange->supply_count;
    const int64_t i = side ? k - exchange->supply_count : k;
    if ((side ? exchange->demand_quantity : exchange->supply_quantity)[i] > 0)
      continue;
    kn_point at = (side ? exchange->demand_point : exchange->supply_point)[i];
    if (exchange->metric == KN_PLANE)
      at.z = 0;
    const double best = network_ask(work->net, !side, work->kinds->tree[side][network_kind_of(exchange, side, i)], (int32_t)i, at,
                                    (side ? exchange->demand_worth : exchange->supply_worth)[i]);
    work->dual[side][i] = fmax(best, 0);
  }
}

static kn_code
take_duals(kn_exchange_solution *solution, const network *net, const network_kinds *kinds, kn_error *err)
{
  const kn_exchange *exchange = net->exchange;
  closing work = {.net = net, .kinds = kinds};
  KN_NEW(work.dual[0], solution->keep, exchange->supply_count, err);
  KN_NEW(work.dual[1], solution->keep, exchange->demand_count, err);
  for (int32_t i = 0; i < net->n; i++)
    if (net->outer[i] != KN_NONE)
      work.dual[!net->is_supply[i]][net->outer[i]] = fmax(net->dual[i], 0);
  KN_TRY(kn_team_run(net->team, exchange->supply_count + exchange->demand_count, 1024, close_some, &work, err));
  solution->view.supply_dual = work.dual[0];
  solution->view.demand_dual = work.dual[1];
  return KN_OK;
}

/* ------------------------------------------------------------------ solving */
static kn_code
build(network *net, kn_arena *room, const kn_exchange *exchange, network_kinds *kinds, int32_t thread_count, kn_team *team,
      kn_error *err)
{
  network rules = {.exchange = exchange, .thread_count = kn_thread_count(thread_count), .team = team};
  KN_TRY(network_kinds_new(kinds, exchange, room, err));
  KN_TRY(network_kinds_plant(kinds, &rules, room, err));
  if (exchange->hubs)
    KN_TRY(network_hubs_meet(&rules, room, err));
  kn_arena *draft_room = kn_arena_new();
  network_draft draft = {0};
  kn_code code = make_draft(&draft, exchange, kinds, draft_room, err);
  if (code == KN_OK)
    code = network_build(net, room, &rules, &draft, err);
  kn_arena_free(draft_room);
  return code;
}

static kn_code
read_solution(kn_exchange_solution *solution, const network *net, const network_run *run, const network_kinds *kinds,
              kn_arena *room, kn_error *err)
{
  kn_exchange_view *view = &solution->view;
  view->value = run->value;
  view->bound = fmax(run->bound, run->value); /* rounding may put the one a hair below the other */
  view->gap = (view->bound - run->value) / fmax(fabs(run->value), 1e-9 * net->worth_scale);
  view->is_stopped = !run->is_done;
  view->levels = run->levels;
  view->rounds = run->rounds;
  view->pivots = net->pivots;
  view->walks = net->walks;
  view->queries = net->queries;
  kn_arena *scratch = kn_arena_new();
  const kn_code code = take_flows(solution, net, scratch, err);
  kn_arena_free(scratch);
  KN_TRY(code);
  KN_TRY(take_basis(solution, net, err));
  KN_TRY(take_duals(solution, net, kinds, err));
  memcpy(view->seconds, run->seconds, sizeof run->seconds);
  view->bytes = kn_arena_bytes(room) + kn_arena_bytes(solution->keep);
  return KN_OK;
}

static kn_code
solve(kn_exchange_solution *solution, kn_arena *room, const kn_exchange *exchange, const kn_exchange_settings *settings,
      const kn_watch *watch, kn_error *err)
{
  const double start = kn_watch_seconds(watch);
  network_kinds *kinds = &solution->kinds;
  network *net = &solution->engine;
  KN_TRY(build(net, room, exchange, kinds, settings->thread_count, solution->team, err));
  network_run run = {.gap = settings->gap, .watch = watch};
  run.seconds[KN_EXCHANGE_BUILD] = kn_watch_seconds(watch) - start;
  if (settings->start_count > 0) {
    KN_TRY(network_plant(net, settings->start_count, settings->start_supply, settings->start_demand, err));
    KN_TRY(network_go_on(net, NULL, &run, err));
  } else {
    KN_TRY(network_solve(net, &run, err));
  }
  return read_solution(solution, net, &run, kinds, room, err);
}

/* A market with many nodes more: built anew, from the same basis in the numbers of today. */
static kn_code
solve_from_basis(kn_exchange_solution *solution, kn_arena *room, const kn_exchange_solution *before, const network_again *again,
                 const kn_exchange *exchange, const kn_exchange_settings *settings, const kn_watch *watch, kn_error *err)
{
  const kn_exchange_view *view = &before->view;
  int32_t *now[2], *pair[2];
  for (int side = 0; side < 2; side++) {
    KN_NEW(now[side], room, again->count_before[side], err);
    KN_NEW(pair[side], room, view->basis_count, err);
    for (int64_t k = 0; k < again->count_before[side]; k++)
      now[side][k] = again->was[side] ? KN_NONE : (int32_t)k;
    for (int64_t k = 0; again->was[side] && k < (side ? exchange->demand_count : exchange->supply_count); k++)
      if (again->was[side][k] >= 0)
        now[side][again->was[side][k]] = (int32_t)k;
    const int32_t *basis = side ? view->basis_demand : view->basis_supply;
    for (int64_t k = 0; k < view->basis_count; k++)
      pair[side][k] = basis[k] == KN_NONE ? KN_NONE : now[side][basis[k]];
  }
  kn_exchange_settings start = *settings;
  start.start_count = view->basis_count;
  start.start_supply = pair[0];
  start.start_demand = pair[1];
  return solve(solution, room, exchange, &start, watch, err);
}

static kn_code
solve_again(kn_exchange_solution *solution, kn_arena *room, const kn_exchange_solution *before, const network_again *again,
            const kn_exchange *exchange, const kn_exchange_settings *settings, const kn_watch *watch, kn_error *err)
{
  const double start = kn_watch_seconds(watch);
  network *net = &solution->engine;
  network_kinds *kinds = &solution->kinds;
  network_changes changes;
  bool is_worth_it;
  KN_TRY(network_kinds_new(kinds, exchange, room, err));
  KN_TRY(network_copy(net, &before->engine, again, exchange, kinds, room, &is_worth_it, err));
  if (!is_worth_it)
    return solve_from_basis(solution, room, before, again, exchange, settings, watch, err);
  net->thread_count = kn_thread_count(settings->thread_count);
  net->team = solution->team;
  KN_TRY(network_change(net, &changes, err));
  network_run run = {.gap = settings->gap, .watch = watch};
  run.seconds[KN_EXCHANGE_BUILD] = kn_watch_seconds(watch) - start;
  KN_TRY(network_go_on(net, &changes, &run, err));
  return read_solution(solution, net, &run, kinds, room, err);
}

static kn_code
solve_into(kn_exchange_solution **out, const kn_exchange_solution *before, const network_again *again,
           const kn_exchange *exchange, const kn_exchange_settings *settings, const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  KN_TRY(check_exchange(exchange, err));
  kn_arena *keep = kn_arena_new(), *room = kn_arena_new();
  kn_exchange_solution *solution = NULL;
  kn_code code = kn_arena_reserve(keep, sizeof *solution + 64, err);
  if (code == KN_OK) {
    solution = kn_arena_take(keep, 1, sizeof *solution);
    solution->keep = keep;
    solution->supply_count = exchange->supply_count;
    solution->demand_count = exchange->demand_count;
    solution->gap_asked = settings->gap;
    const bool is_small = exchange->supply_count + exchange->demand_count < SMALL;
    code = kn_team_new(&solution->team, is_small ? 1 : settings->thread_count, err);
  }
  if (code == KN_OK)
    code = before ? solve_again(solution, room, before, again, exchange, settings, watch, err)
                  : solve(solution, room, exchange, settings, watch, err);
  if (solution) {
    kn_team_free(solution->team);
    solution->team = solution->engine.team = NULL;
  }
  if (code == KN_OK && settings->keeps_engine)
    solution->engine_room = room;
  else
    kn_arena_free(room);
  if (code == KN_OK) {
    *out = solution;
    return KN_OK;
  }
  kn_arena_free(keep);
  return kn_note(err, "exchanging between %" PRId64 " supplies and %" PRId64 " demands", exchange->supply_count,
                 exchange->demand_count);
}

kn_code
kn_exchange_solve(kn_exchange_solution **out, const kn_exchange *exchange, const kn_exchange_settings *settings,
                  const kn_watch *watch, kn_error *err)
{
  return solve_into(out, NULL, NULL, exchange, settings, watch, err);
}

kn_code
kn_exchange_again(kn_exchange_solution **out, const kn_exchange_solution *before, const kn_exchange *exchange,
                  const int32_t *supply_was, const int32_t *demand_was, const kn_exchange_settings *settings,
                  const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  if (!before->engine_room)
    return kn_fail(err, KN_E_USAGE, "an exchange that kept no engine cannot be solved again");
  const network_again again = {{before->supply_count, before->demand_count}, {supply_was, demand_was}};
  return solve_into(out, before, &again, exchange, settings, watch, err);
}

/* ------------------------------------------------------------------ found otherwise */
#define COPY(to, from, count)                                                                                                    \
  do {                                                                                                                           \
    KN_NEW(to, solution->keep, count, err);                                                                                      \
    memcpy(to, from, (size_t)(count) * sizeof *(to));                                                                            \
  } while (0)

static kn_code
adopt(kn_exchange_solution *solution, const kn_exchange *exchange, const kn_exchange_found *found, kn_error *err)
{
  kn_exchange_view *view = &solution->view;
  int32_t *supply, *demand;
  int64_t *quantity;
  double *worth, *supply_dual, *demand_dual;
  COPY(supply, found->supply, found->n);
  COPY(demand, found->demand, found->n);
  COPY(quantity, found->quantity, found->n);
  COPY(worth, found->worth, found->n);
  COPY(supply_dual, found->supply_dual, exchange->supply_count);
  COPY(demand_dual, found->demand_dual, exchange->demand_count);
  *view = (kn_exchange_view){.n = found->n,
                             .supply = supply,
                             .demand = demand,
                             .quantity = quantity,
                             .worth = worth,
                             .supply_dual = supply_dual,
                             .demand_dual = demand_dual,
                             .basis_count = found->n,
                             .basis_supply = supply,
                             .basis_demand = demand,
                             .value = found->value,
                             .bound = fmax(found->bound, found->value),
                             .levels = 1,
                             .rounds = 1,
                             .pivots = found->pivots};
  view->gap = (view->bound - view->value) / fmax(fabs(view->value), 1e-300);
  memcpy(view->seconds, found->seconds, sizeof view->seconds);
  view->bytes = kn_arena_bytes(solution->keep);
  return KN_OK;
}

kn_code
kn_exchange_adopt(kn_exchange_solution **out, const kn_exchange *exchange, const kn_exchange_found *found, kn_error *err)
{
  *out = NULL;
  kn_arena *keep = kn_arena_new();
  kn_exchange_solution *solution = NULL;
  kn_code code = kn_arena_reserve(keep, sizeof *solution + 64, err);
  if (code == KN_OK) {
    solution = kn_arena_take(keep, 1, sizeof *solution);
    solution->keep = keep;
    solution->supply_count = exchange->supply_count;
    solution->demand_count = exchange->demand_count;
    code = adopt(solution, exchange, found, err);
  }
  if (code == KN_OK)
    *out = solution;
  else
    kn_arena_free(keep);
  return code;
}

/* ------------------------------------------------------------------ one-sided prices */
static kn_code
check_question(const kn_exchange_solution *solution, const kn_exchange *exchange, bool is_demand, int64_t count,
               const int64_t *node, kn_error *err)
{
  if (!solution->engine_room)
    return kn_fail(err, KN_E_USAGE, "an exchange that kept no engine tells no one-sided prices");
  if (solution->view.is_stopped || solution->gap_asked > 0)
    return kn_fail(err, KN_E_USAGE, "an exchange that ended at a gap of %g tells no one-sided prices", solution->view.gap);
  if (exchange->supply_count != solution->supply_count || exchange->demand_count != solution->demand_count)
    return kn_fail(err, KN_E_USAGE, "the exchange was solved for %" PRId64 " supplies and %" PRId64 " demands",
                   solution->supply_count, solution->demand_count);
  const int64_t nodes = is_demand ? exchange->demand_count : exchange->supply_count;
  for (int64_t k = 0; k < count; k++)
    if (node[k] < 0 || node[k] >= nodes)
      return kn_fail(err, KN_E_USAGE, "there is no %s %" PRId64, is_demand ? "demand" : "supply", node[k]);
  return KN_OK;
}

kn_code
kn_exchange_prices_of(const kn_exchange_solution *solution, const kn_exchange *exchange, bool is_demand, int64_t count,
                      const int64_t *node, int64_t grain, kn_exchange_price *out, kn_error *err)
{
  KN_TRY(check_question(solution, exchange, is_demand, count, node, err));
  network net = solution->engine;
  net.exchange = exchange;
  return network_sides(&net, &solution->kinds, is_demand, count, node, grain, out, err);
}

kn_code
kn_exchange_price_of(const kn_exchange_solution *solution, const kn_exchange *exchange, bool is_demand, int64_t node,
                     kn_exchange_price *out, kn_error *err)
{
  return kn_exchange_prices_of(solution, exchange, is_demand, 1, &node, 0, out, err);
}

kn_exchange_view
kn_exchange_rows(const kn_exchange_solution *solution)
{
  return solution->view;
}

void
kn_exchange_free(kn_exchange_solution *solution)
{
  if (!solution)
    return;
  kn_arena_free(solution->engine_room);
  kn_arena_free(solution->keep);
}
