/* The rounds of the network engine on one market, and the coarser markets that give it its start.
 *
 * A round prices all pairs and then pivots with what it found. Prices handed down from a coarser market are near
 * the truth but not true, and with few candidates at hand the tree's own prices can run far off; so at first every
 * node may also give its quantity to the ground at `give` below its best dual (the boxstep of Marsten, Hogan and Blankenship
 * 1975): that holds the prices in a band. The band moves down with each better bound, until nothing rests on it. */
#include "plan/network.h"

#include <string.h>

enum { TOP_NODES = 300, PATIENCE = 25, CROWDED = 2 };

static void
set_boxes(network *net, const double *centre, const double *give)
{
  for (int32_t i = 0; i < net->n; i++) {
    net->box[i] = fmax(0, centre[i] - give[i]);
    if (net->node[i].parent == net->n)
      net->node[i].cost = net->box[i];
  }
}

/* Does anything rest on the ground above its true worth, which is 0? */
static bool
is_boxed(const network *net)
{
  for (int32_t i = 0; i < net->n; i++)
    if (net->node[i].parent == net->n && net->box[i] > 0 && net->flow[i] > 0)
      return true;
  return false;
}

/* The duals handed down against what the best partner leaves: how far they contradict each other tells how far they
 * are off. Puts the mean of both in their place, which holds for every pair. */
static double
settle_duals(network *net)
{
  double sum = 0;
  for (int32_t i = 0; i < net->n; i++) {
    const double reach = fmax(net->reach[i], 0);
    sum += fabs(net->dual[i] - reach);
    net->dual[i] = (net->dual[i] + reach) / 2;
  }
  return sum / fmax(net->n, 1);
}

/* What a watch hears of a round. */
static void
tell_round(const network *net, const network_run *run, int32_t round)
{
  const double unit = net->exchange->unit > 0 ? net->exchange->unit : 1;
  kn_watch_tell(run->watch, &(kn_progress){.phase = "exchange",
                                           .done = round,
                                           .value = run->value * unit,
                                           .bound = run->bound * unit,
                                           .level = run->level,
                                           .steps = net->pivots});
}

static kn_code
run_rounds(network *net, bool has_duals, network_run *run, kn_error *err)
{
  const double exact = 1e-10 * net->worth_scale;
  const bool is_top = run->level > 0;
  double *best;
  KN_NEW(best, net->keep, net->n, err);
  double *give;
  KN_NEW(give, net->keep, net->n, err);
  double band = INFINITY, window = INFINITY;
  network_price price;
  if (has_duals) {
    KN_TRY(network_price_all(net, INFINITY, &price, err));
    band = fmax(10 * settle_duals(net), 1e-4 * net->worth_scale);
  }
  for (int32_t i = 0; i < net->n; i++)
    give[i] = band;
  set_boxes(net, net->dual, give);
  network_ground(net);
  run->bound = INFINITY;
  run->value = 0;
  run->is_done = false;
  /* Prices handed down hold for every pair however wrong they are; only the tree's own say that nothing more pays. */
  bool is_better = false, is_own = !has_duals;
  for (int32_t round = 0;; round++) {
    double before = kn_watch_seconds(run->watch);
    net->is_scattered = round >= CROWDED;
    KN_TRY(network_price_all(net, window, &price, err));
    run->rounds += !is_top;
    run->seconds[is_top ? KN_EXCHANGE_START : KN_EXCHANGE_PRICE] += kn_watch_seconds(run->watch) - before;
    is_better = price.bound < run->bound;
    if (is_better) {
      run->bound = price.bound;
      memcpy(best, net->dual, (size_t)net->n * sizeof *best);
    }
    run->value = network_value(net);
    const bool is_held = band < INFINITY && is_boxed(net);
    tell_round(net, run, round);
    if (run->bound - run->value <= run->gap * fabs(run->value) || (is_own && !is_held && price.violation <= exact)) {
      run->is_done = true;
      break;
    }
    if (kn_watch_is_stopped(run->watch))
      break;
    if (round > 0 && band < INFINITY) {
      const bool is_calm = is_better && round > 2 && price.violation < 0.5 * band;
      for (int32_t i = 0; i < net->n; i++)
        if (!is_held)
          give[i] = INFINITY;
        else if (round > PATIENCE || (is_calm && net->node[i].parent == net->n && net->flow[i] > 0))
          give[i] *= 2;
      band = is_held ? band : INFINITY;
      set_boxes(net, best, give);
    }
    window = band < INFINITY ? 4 * band : fmax(4 * price.violation, 1e-3 * net->worth_scale);
    before = kn_watch_seconds(run->watch);
    const int64_t pivots = net->pivots;
    KN_TRY(network_duals(net, err)); /* boxes have moved */
    KN_TRY(network_improve(net, is_top ? fmax(exact, 1e-6 * net->worth_scale) : exact, err));
    run->seconds[is_top ? KN_EXCHANGE_START : KN_EXCHANGE_PIVOT] += kn_watch_seconds(run->watch) - before;
    if (is_own && net->pivots == pivots && !is_held && price.violation < 1e-8 * net->worth_scale) {
      run->is_done = true; /* what is left of the violation is rounding */
      break;
    }
    is_own = true;
  }
  if (is_top)
    return KN_OK;
  if (is_better && price.violation <= exact) {
    for (int32_t i = 0; i < net->n; i++)
      net->proven[i] = fmax(fmax(net->dual[i], 0), net->reach[i]);
    return KN_OK;
  }
  /* The duals that gave the bound, made to hold for every pair: one side keeps what its best partner leaves. */
  memcpy(net->dual, best, (size_t)net->n * sizeof *best);
  KN_TRY(network_price_all(net, INFINITY, &price, err));
  run->bound = fmin(run->bound, price.bound);
  for (int32_t i = 0; i < net->n; i++)
    if (net->is_supply[i] == price.is_from_supply)
      net->dual[i] = fmax(net->reach[i], 0);
  memcpy(net->proven, net->dual, (size_t)net->n * sizeof *net->proven);
  return network_weigh(net, err);
}

/* ------------------------------------------------------------------ from a tree that is there */
/* A dual that fell by this share of the largest worth did not fall; the bound makes up for it. */
static const double ROUNDING = 1e-13;

/* Nodes that have to be asked: their dual fell below where it was proven. */
static int64_t
list_asked(const network *net, int32_t *list)
{
  const double rounding = ROUNDING * net->worth_scale;
  int64_t count = 0;
  for (int32_t i = 0; i < net->n; i++)
    if (net->quantity[i] > 0 && fmax(net->dual[i], 0) < net->proven[i] - rounding)
      list[count++] = i;
  return count;
}

/* How much the worst node would rather keep to today than trade as the tree has it. */
static double
ground_violation(const network *net)
{
  double worst = 0;
  for (int32_t i = 0; i < net->n; i++)
    worst = fmax(worst, -net->dual[i]);
  return worst;
}

/* After asking: no pair pays while no node is below what is noted here. Pairs of those who asked are covered by their reach, the
 * others held before and no dual of theirs is below what it was proven for. */
static void
note_proven(network *net, int64_t count, const int32_t *asked)
{
  for (int32_t i = 0; i < net->n; i++)
    net->proven[i] = fmax(net->dual[i], 0);
  for (int64_t k = 0; k < count; k++)
    net->proven[asked[k]] = fmax(net->proven[asked[k]], net->reach[asked[k]]);
}

/* What holds for every pair to within `violation` bounds the value: each unit traded may be worth that much more. */
static double
bound_from_duals(const network *net, double violation, int32_t rounds)
{
  double worth = 0, quantity[2] = {0, 0};
  for (int32_t i = 0; i < net->n; i++) {
    worth += (double)net->quantity[i] * fmax(net->dual[i], 0);
    quantity[net->is_supply[i]] += (double)net->quantity[i];
  }
  return worth + (fmax(violation, 0) + (1 + rounds) * ROUNDING * net->worth_scale) * fmin(quantity[0], quantity[1]);
}

/* Where the tree was cut, its roots find partners first, at the prices from before. */
static kn_code
mend_cuts(network *net, const network_changes *changes, double tolerance, kn_error *err)
{
  network_price price;
  memcpy(net->dual, net->proven, (size_t)net->n * sizeof *net->dual);
  KN_TRY(network_price_some(net, changes->cut_count, changes->cut, 1e-2 * net->worth_scale, &price, err));
  return network_improve_listed(net, changes->cut_count, changes->cut, tolerance, err);
}

kn_code
network_go_on(network *net, const network_changes *changes, network_run *run, kn_error *err)
{
  const double exact = 1e-10 * net->worth_scale;
  int32_t *list;
  KN_NEW(list, net->keep, net->n, err);
  for (int32_t i = 0; i < net->n; i++)
    if (!changes || changes->is_asked[i])
      net->proven[i] = INFINITY;
  memset(net->box, 0, (size_t)net->n * sizeof *net->box);
  for (int32_t i = 0; i < net->n; i++)
    if (net->node[i].parent == net->n)
      net->node[i].cost = 0;
  if (changes && changes->cut_count > 0)
    KN_TRY(mend_cuts(net, changes, exact, err));
  KN_TRY(network_duals(net, err));
  double window = 1e-3 * net->worth_scale;
  run->is_done = false;
  run->levels = 1;
  for (int32_t round = 0;; round++) {
    network_price price;
    double before = kn_watch_seconds(run->watch);
    net->is_scattered = round >= CROWDED;
    const int64_t asked = list_asked(net, list);
    KN_TRY(network_price_some(net, asked, list, window, &price, err));
    note_proven(net, asked, list);
    price.violation = fmax(price.violation, ground_violation(net));
    run->rounds++;
    run->seconds[KN_EXCHANGE_PRICE] += kn_watch_seconds(run->watch) - before;
    run->value = network_value(net);
    run->bound = bound_from_duals(net, price.violation, round);
    tell_round(net, run, round);
    if (price.violation <= exact || (run->gap > 0 && run->bound - run->value <= run->gap * fabs(run->value))) {
      run->is_done = true;
      break;
    }
    if (kn_watch_is_stopped(run->watch))
      break;
    window = fmax(4 * price.violation, 1e-6 * net->worth_scale);
    before = kn_watch_seconds(run->watch);
    const int64_t pivots = net->pivots;
    KN_TRY(network_improve(net, exact, err));
    run->seconds[KN_EXCHANGE_PIVOT] += kn_watch_seconds(run->watch) - before;
    if (net->pivots == pivots && price.violation < 1e-8 * net->worth_scale) {
      run->is_done = true; /* what is left of the violation is rounding */
      break;
    }
  }
  return network_weigh(net, err);
}

/* ------------------------------------------------------------------ levels */
static kn_code solve_level(network *net, network_run *run, kn_error *err);

static kn_code
start_above(network *net, kn_arena *scratch, network_run *run, kn_error *err)
{
  network coarse;
  network_run above = {.gap = 1e-3, .watch = run->watch, .level = run->level + 1};
  const double before = kn_watch_seconds(run->watch);
  KN_TRY(network_coarsen(&coarse, scratch, net, err));
  run->seconds[KN_EXCHANGE_START] += kn_watch_seconds(run->watch) - before;
  KN_TRY(solve_level(&coarse, &above, err));
  const double after = kn_watch_seconds(run->watch);
  KN_TRY(network_hand_down(net, &coarse, err));
  run->seconds[KN_EXCHANGE_START] += above.seconds[KN_EXCHANGE_START] + kn_watch_seconds(run->watch) - after;
  run->levels += above.levels;
  net->pivots += coarse.pivots;
  net->walks += coarse.walks;
  net->queries += coarse.queries;
  return KN_OK;
}

static kn_code
solve_level(network *net, network_run *run, kn_error *err)
{
  const bool has_above = net->n > TOP_NODES;
  run->levels++;
  if (has_above) {
    kn_arena *scratch = kn_arena_new();
    const kn_code code = start_above(net, scratch, run, err);
    kn_arena_free(scratch);
    KN_TRY(code);
  }
  return run_rounds(net, has_above, run, err);
}

kn_code
network_solve(network *net, network_run *run, kn_error *err)
{
  return solve_level(net, run, err);
}
