/* The exchange from outside: checks what comes in, lets the network engine work, hands the flows and duals over. */
#include "plan/exchange.h"

#include "plan/network.h"

#include <stdlib.h>
#include <string.h>

const char *const kn_exchange_phase_name[KN_EXCHANGE_PHASES] = {"build", "start", "price", "pivot"};

enum { MOST_NODES = 1 << 28 };

struct kn_exchange_solution {
  kn_arena *keep;
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

/* A tree for each group in use, points anywhere apart: kind = 2 group + is_anywhere. Fills tree_of_kind. */
static int32_t
count_trees(int64_t n, const int32_t *group, const uint8_t *is_anywhere, int32_t kinds, int32_t *tree_of_kind)
{
  for (int32_t k = 0; k < kinds; k++)
    tree_of_kind[k] = KN_NONE;
  for (int64_t i = 0; i < n; i++)
    tree_of_kind[2 * (group ? group[i] : 0) + (is_anywhere && is_anywhere[i])] = 0;
  int32_t count = 0;
  for (int32_t k = 0; k < kinds; k++)
    if (tree_of_kind[k] == 0)
      tree_of_kind[k] = count++;
  return count;
}

/* A pair of trees that may trade: both directions of a rule between their groups. */
typedef struct partners {
  int32_t tree, other;
  double extra;
} partners;

static int
by_trees(const void *a, const void *b)
{
  const partners *x = a, *y = b;
  return x->tree != y->tree ? (x->tree < y->tree ? -1 : 1) : (x->other > y->other) - (x->other < y->other);
}

static kn_code
add_partners(partners **list, int64_t *count, int64_t *capacity, const network *rules, int32_t *const *kind,
             kn_exchange_rule rule, kn_error *err)
{
  if (rules->exchange->haul[rule.supply_group].segment_count == 0)
    return KN_OK; /* nothing carries it */
  KN_TRY(KN_GROW(*list, *capacity, *count + 8, err));
  for (int32_t s = 2 * rule.supply_group; s < 2 * rule.supply_group + 2; s++)
    for (int32_t d = 2 * rule.demand_group; d < 2 * rule.demand_group + 2; d++)
      if (kind[0][s] != KN_NONE && kind[1][d] != KN_NONE) {
        const int32_t from = kind[0][s], to = rules->supply_tree_count + kind[1][d];
        (*list)[(*count)++] = (partners){from, to, rule.extra};
        (*list)[(*count)++] = (partners){to, from, rule.extra};
      }
  return KN_OK;
}

static kn_code
collect_partners(partners **list, int64_t *count, const network *rules, int32_t *const *kind, kn_error *err)
{
  const kn_exchange *exchange = rules->exchange;
  int64_t capacity = 0;
  for (int64_t k = 0; exchange->rule && k < exchange->rule_count; k++)
    KN_TRY(add_partners(list, count, &capacity, rules, kind, exchange->rule[k], err));
  for (int32_t s = 0; !exchange->rule && s < exchange->supply_group_count; s++)
    for (int32_t d = 0; d < exchange->demand_group_count; d++)
      KN_TRY(add_partners(list, count, &capacity, rules, kind, (kn_exchange_rule){s, d, 0}, err));
  return KN_OK;
}

static kn_code
list_partners(network *rules, int32_t *const *kind, kn_arena *keep, kn_error *err)
{
  partners *list = NULL;
  int64_t count = 0;
  const int32_t trees = rules->supply_tree_count + rules->demand_tree_count;
  kn_code code = collect_partners(&list, &count, rules, kind, err);
  if (code == KN_OK)
    code = kn_arena_reserve(keep, (size_t)(trees + 2) * sizeof(int64_t) + (size_t)(count + 1) * 12 + 64, err);
  if (code == KN_OK) {
    rules->partner_first = kn_arena_take(keep, (size_t)trees + 1, sizeof(int64_t));
    rules->partner = kn_arena_take(keep, (size_t)count + 1, sizeof(int32_t));
    rules->partner_extra = kn_arena_take(keep, (size_t)count + 1, sizeof(double));
    if (count > 0)
      qsort(list, (size_t)count, sizeof *list, by_trees);
    for (int64_t k = 0; k < count; k++) {
      rules->partner_first[list[k].tree + 1]++;
      rules->partner[k] = list[k].other;
      rules->partner_extra[k] = list[k].extra;
    }
    for (int32_t t = 0; t < trees; t++)
      rules->partner_first[t + 1] += rules->partner_first[t];
  }
  free(list);
  return code;
}

static kn_code
make_kinds(network *rules, int32_t **kind, kn_arena *keep, kn_error *err)
{
  const kn_exchange *exchange = rules->exchange;
  KN_NEW(kind[0], keep, 2 * (int64_t)exchange->supply_group_count, err);
  KN_NEW(kind[1], keep, 2 * (int64_t)exchange->demand_group_count, err);
  rules->supply_tree_count = count_trees(exchange->supply_count, exchange->supply_group, exchange->supply_is_anywhere,
                                         2 * exchange->supply_group_count, kind[0]);
  rules->demand_tree_count = count_trees(exchange->demand_count, exchange->demand_group, exchange->demand_is_anywhere,
                                         2 * exchange->demand_group_count, kind[1]);
  KN_NEW(rules->tree, keep, rules->supply_tree_count + rules->demand_tree_count, err);
  for (int32_t side = 0; side < 2; side++)
    for (int32_t k = 0; k < 2 * (side ? exchange->demand_group_count : exchange->supply_group_count); k++)
      if (kind[side][k] != KN_NONE) {
        network_tree *tree = &rules->tree[(side ? rules->supply_tree_count : 0) + kind[side][k]];
        tree->group = k / 2;
        tree->is_anywhere = k % 2;
      }
  return list_partners(rules, kind, keep, err);
}

static kn_code
make_draft(network_draft *draft, const kn_exchange *exchange, int32_t *const *kind, kn_arena *scratch, kn_error *err)
{
  const int64_t most = exchange->supply_count + exchange->demand_count;
  KN_NEW(draft->outer, scratch, most, err);
  KN_NEW(draft->tree_of, scratch, most, err);
  KN_NEW(draft->is_supply, scratch, most, err);
  KN_NEW(draft->point, scratch, most, err);
  KN_NEW(draft->worth, scratch, most, err);
  KN_NEW(draft->quantity, scratch, most, err);
  for (int side = 0; side < 2; side++) {
    const int64_t n = side ? exchange->demand_count : exchange->supply_count;
    const kn_point *point = side ? exchange->demand_point : exchange->supply_point;
    const int64_t *quantity = side ? exchange->demand_quantity : exchange->supply_quantity;
    const double *worth = side ? exchange->demand_worth : exchange->supply_worth;
    const int32_t *group = side ? exchange->demand_group : exchange->supply_group;
    const uint8_t *is_anywhere = side ? exchange->demand_is_anywhere : exchange->supply_is_anywhere;
    for (int64_t i = 0; i < n; i++) {
      if (quantity[i] == 0)
        continue;
      const int32_t at = draft->n++;
      draft->outer[at] = (int32_t)i;
      draft->tree_of[at] = kind[side][2 * (group ? group[i] : 0) + (is_anywhere && is_anywhere[i])];
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

typedef struct tie {
  int32_t supply, demand;
  int64_t quantity;
  double worth;
} tie;

static int
by_ends(const void *a, const void *b)
{
  const tie *x = a, *y = b;
  return x->supply != y->supply ? (x->supply < y->supply ? -1 : 1) : (x->demand > y->demand) - (x->demand < y->demand);
}

static kn_code
take_flows(kn_exchange_solution *solution, const network *net, kn_arena *scratch, kn_error *err)
{
  tie *list;
  int64_t count = 0;
  KN_NEW(list, scratch, net->n, err);
  for (int32_t i = 0; i < net->n; i++) {
    const int32_t parent = net->node[i].parent;
    if (parent == net->n || net->flow[i] == 0)
      continue;
    const bool is_supply = net->is_supply[i] != 0;
    list[count++] =
        (tie){net->outer[is_supply ? i : parent], net->outer[is_supply ? parent : i], net->flow[i], net->node[i].cost};
  }
  qsort(list, (size_t)count, sizeof *list, by_ends);
  int32_t *supply, *demand;
  int64_t *quantity;
  double *worth;
  KN_NEW(supply, solution->keep, count, err);
  KN_NEW(demand, solution->keep, count, err);
  KN_NEW(quantity, solution->keep, count, err);
  KN_NEW(worth, solution->keep, count, err);
  for (int64_t k = 0; k < count; k++) {
    supply[k] = list[k].supply;
    demand[k] = list[k].demand;
    quantity[k] = list[k].quantity;
    worth[k] = list[k].worth;
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
  KN_NEW(supply, solution->keep, net->n, err);
  KN_NEW(demand, solution->keep, net->n, err);
  for (int32_t i = 0; i < net->n; i++) {
    const int32_t parent = net->node[i].parent == net->n ? KN_NONE : net->outer[net->node[i].parent];
    supply[i] = net->is_supply[i] ? net->outer[i] : parent;
    demand[i] = net->is_supply[i] ? parent : net->outer[i];
  }
  solution->view.basis_count = net->n;
  solution->view.basis_supply = supply;
  solution->view.basis_demand = demand;
  return KN_OK;
}

typedef struct closing {
  const network *net;
  int32_t *const *kind;
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
    const int32_t *group = side ? exchange->demand_group : exchange->supply_group;
    const uint8_t *is_anywhere = side ? exchange->demand_is_anywhere : exchange->supply_is_anywhere;
    kn_point at = (side ? exchange->demand_point : exchange->supply_point)[i];
    if (exchange->metric == KN_PLANE)
      at.z = 0;
    const double best =
        network_ask(work->net, !side, work->kind[side][2 * (group ? group[i] : 0) + (is_anywhere && is_anywhere[i])], (int32_t)i,
                    at, (side ? exchange->demand_worth : exchange->supply_worth)[i]);
    work->dual[side][i] = fmax(best, 0);
  }
}

static kn_code
take_duals(kn_exchange_solution *solution, const network *net, int32_t *const *kind, kn_error *err)
{
  const kn_exchange *exchange = net->exchange;
  closing work = {.net = net, .kind = kind};
  KN_NEW(work.dual[0], solution->keep, exchange->supply_count, err);
  KN_NEW(work.dual[1], solution->keep, exchange->demand_count, err);
  for (int32_t i = 0; i < net->n; i++)
    work.dual[!net->is_supply[i]][net->outer[i]] = fmax(net->dual[i], 0);
  KN_TRY(kn_parallel(net->thread_count, exchange->supply_count + exchange->demand_count, 1024, close_some, &work, err));
  solution->view.supply_dual = work.dual[0];
  solution->view.demand_dual = work.dual[1];
  return KN_OK;
}

static kn_code
solve(kn_exchange_solution *solution, kn_arena *scratch, const kn_exchange *exchange, const kn_exchange_settings *settings,
      const kn_watch *watch, kn_error *err)
{
  const double start = kn_watch_seconds(watch);
  network rules = {.exchange = exchange, .thread_count = kn_thread_count(settings->thread_count)};
  int32_t *kind[2];
  KN_TRY(make_kinds(&rules, kind, scratch, err));
  network net;
  kn_arena *draft_room = kn_arena_new();
  network_draft draft = {0};
  kn_code code = make_draft(&draft, exchange, kind, draft_room, err);
  if (code == KN_OK)
    code = network_build(&net, scratch, &rules, &draft, err);
  kn_arena_free(draft_room);
  KN_TRY(code);
  network_run run = {.gap = settings->gap, .watch = watch};
  run.seconds[KN_EXCHANGE_BUILD] = kn_watch_seconds(watch) - start;
  KN_TRY(network_solve(&net, &run, err));
  kn_exchange_view *view = &solution->view;
  view->value = run.value;
  view->bound = run.bound;
  view->gap = (run.bound - run.value) / fmax(fabs(run.value), 1e-9 * net.worth_scale);
  view->is_stopped = !run.is_done;
  view->levels = run.levels;
  view->rounds = run.rounds;
  view->pivots = net.pivots;
  view->walks = net.walks;
  view->queries = net.queries;
  KN_TRY(take_flows(solution, &net, scratch, err));
  KN_TRY(take_basis(solution, &net, err));
  KN_TRY(take_duals(solution, &net, kind, err));
  memcpy(view->seconds, run.seconds, sizeof run.seconds);
  view->bytes = kn_arena_bytes(scratch) + kn_arena_bytes(solution->keep);
  return KN_OK;
}

kn_code
kn_exchange_solve(kn_exchange_solution **out, const kn_exchange *exchange, const kn_exchange_settings *settings,
                  const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  KN_TRY(check_exchange(exchange, err));
  kn_arena *keep = kn_arena_new(), *scratch = kn_arena_new();
  kn_exchange_solution *solution = NULL;
  kn_code code = kn_arena_reserve(keep, sizeof *solution + 64, err);
  if (code == KN_OK) {
    solution = kn_arena_take(keep, 1, sizeof *solution);
    solution->keep = keep;
    code = solve(solution, scratch, exchange, settings, watch, err);
  }
  kn_arena_free(scratch);
  if (code == KN_OK) {
    *out = solution;
    return KN_OK;
  }
  kn_arena_free(keep);
  return kn_note(err, "exchanging between %" PRId64 " supplies and %" PRId64 " demands", exchange->supply_count,
                 exchange->demand_count);
}

kn_exchange_view
kn_exchange_rows(const kn_exchange_solution *solution)
{
  return solution->view;
}

void
kn_exchange_free(kn_exchange_solution *solution)
{
  if (solution)
    kn_arena_free(solution->keep);
}
