/* The exchange against what can be known otherwise: by hand, by strong duality recomputed over all pairs, by a dense solver
 * that shares no code with it, and by the cases that two LP solvers agreed upon. */
#include "market.h"

#include <string.h>

/* Flows within quantities, each worth what its pair is worth; duals that no pair beats; both sides the same sum. */
static double
assert_proven(const kn_exchange *e, const kn_exchange_view *view)
{
  int64_t *used[2] = {calloc((size_t)e->supply_count + 1, sizeof **used), calloc((size_t)e->demand_count + 1, sizeof **used)};
  double value = 0, scale = 1, amount = 1;
  for (int64_t k = 0; k < view->n; k++) {
    assert_true(view->quantity[k] > 0);
    assert_true(k == 0 || view->supply[k - 1] < view->supply[k] ||
                (view->supply[k - 1] == view->supply[k] && view->demand[k - 1] < view->demand[k]));
    used[0][view->supply[k]] += view->quantity[k];
    used[1][view->demand[k]] += view->quantity[k];
    assert_near(view->worth[k], market_worth(e, view->supply[k], view->demand[k]), 1e-8 * fmax(1, fabs(view->worth[k])));
    value += (double)view->quantity[k] * view->worth[k];
  }
  double dual = 0;
  for (int64_t i = 0; i < e->supply_count; i++) {
    assert_true(used[0][i] <= e->supply_quantity[i]);
    assert_true(view->supply_dual[i] >= 0);
    dual += (double)e->supply_quantity[i] * view->supply_dual[i];
    amount += (double)e->supply_quantity[i];
    scale = fmax(scale, fabs(e->supply_worth[i]));
  }
  for (int64_t j = 0; j < e->demand_count; j++) {
    assert_true(used[1][j] <= e->demand_quantity[j]);
    assert_true(view->demand_dual[j] >= 0);
    dual += (double)e->demand_quantity[j] * view->demand_dual[j];
    scale = fmax(scale, fabs(e->demand_worth[j]));
  }
  /* Of thousands of supplies a few hundred meet all demands; the bound is what the engine says of the rest. */
  const int64_t stride = e->supply_count > 2000 ? e->supply_count / 300 : 1;
  for (int64_t i = 0; i < e->supply_count; i += stride)
    for (int64_t j = 0; j < e->demand_count; j++)
      assert_true(market_worth(e, i, j) <= view->supply_dual[i] + view->demand_dual[j] + 1e-7 * scale ||
                  (e->supply_quantity[i] == 0 && e->demand_quantity[j] == 0));
  assert_near(view->value, value, 1e-9 * amount * scale);
  assert_near(view->bound, value, 1e-8 * amount * scale);
  assert_near(dual, value, 1e-7 * amount * scale);
  assert_false(view->is_stopped);
  free(used[0]);
  free(used[1]);
  return value;
}

/* Solves, proves, and asks that two threads give the same to the last bit. */
static double
solve_proven(const kn_exchange *e)
{
  kn_error err = {0};
  kn_exchange_solution *one, *two;
  assert_int_equal(kn_exchange_solve(&one, e, &(kn_exchange_settings){.thread_count = 1}, NULL, &err), KN_OK);
  assert_int_equal(kn_exchange_solve(&two, e, &(kn_exchange_settings){.thread_count = 2}, NULL, &err), KN_OK);
  const kn_exchange_view a = kn_exchange_rows(one), b = kn_exchange_rows(two);
  const double value = assert_proven(e, &a);
  assert_int_equal(a.n, b.n);
  assert_int_equal(a.pivots, b.pivots);
  assert_memory_equal(a.quantity, b.quantity, (size_t)a.n * sizeof *a.quantity);
  assert_memory_equal(a.demand, b.demand, (size_t)a.n * sizeof *a.demand);
  assert_memory_equal(a.supply_dual, b.supply_dual, (size_t)e->supply_count * sizeof *a.supply_dual);
  kn_exchange_free(one);
  kn_exchange_free(two);
  return value;
}

/* The largest worth by successive best paths in the dense residual graph (Bellman and Ford): slow, simple, exact. */
static double
solve_dense(const kn_exchange *e)
{
  const int n = (int)e->supply_count, m = (int)e->demand_count;
  int64_t left[2][MOST], *flow = calloc((size_t)(n * m) + 1, sizeof *flow);
  memcpy(left[0], e->supply_quantity, (size_t)n * sizeof **left);
  memcpy(left[1], e->demand_quantity, (size_t)m * sizeof **left);
  double value = 0;
  for (;;) {
    double reach[2][MOST];
    int from[2][MOST];
    for (int i = 0; i < n; i++) {
      reach[0][i] = left[0][i] > 0 ? 0 : -INFINITY;
      from[0][i] = -1;
    }
    for (int j = 0; j < m; j++)
      reach[1][j] = -INFINITY;
    for (bool is_moving = true; is_moving;) {
      is_moving = false;
      for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
          const double worth = market_worth(e, i, j);
          if (reach[0][i] + worth > reach[1][j] + 1e-9) {
            reach[1][j] = reach[0][i] + worth;
            from[1][j] = i;
            is_moving = true;
          }
          if (flow[i * m + j] > 0 && reach[1][j] - worth > reach[0][i] + 1e-9) {
            reach[0][i] = reach[1][j] - worth;
            from[0][i] = j;
            is_moving = true;
          }
        }
    }
    int best = -1;
    for (int j = 0; j < m; j++)
      if (left[1][j] > 0 && reach[1][j] > 1e-9 && (best < 0 || reach[1][j] > reach[1][best]))
        best = j;
    if (best < 0)
      break;
    int64_t most = left[1][best];
    int start = from[1][best];
    for (int j = best;;) {
      start = from[1][j];
      j = from[0][start];
      if (j < 0)
        break;
      most = flow[start * m + j] < most ? flow[start * m + j] : most;
    }
    most = left[0][start] < most ? left[0][start] : most;
    for (int j = best;;) {
      const int i = from[1][j];
      flow[i * m + j] += most;
      j = from[0][i];
      if (j < 0)
        break;
      flow[i * m + j] -= most;
    }
    left[0][start] -= most;
    left[1][best] -= most;
    value += (double)most * reach[1][best];
  }
  free(flow);
  return value;
}

/* Two supplies, two demands on a line. By hand: 0 sells to 0 at 10 - 1 = 9, 1 to 1 at 10 - 2 = 8; crosswise it would be
 * 10 - 6 and 10 - 3. Of the five units of supply 0 three remain, for which demand 1 (one unit left) pays 10 - 6 = 4. */
static void
two_by_two_by_hand(void **state)
{
  (void)state;
  small_market *m = market_with_room(2, 2);
  m->point[0][0].x = 0;
  m->point[0][1].x = 4;
  m->point[1][0].x = 1;
  m->point[1][1].x = 6;
  m->quantity[0][0] = 5;
  m->quantity[0][1] = 2;
  m->quantity[1][0] = 2;
  m->quantity[1][1] = 3;
  m->worth[1][0] = m->worth[1][1] = 10;
  assert_near(solve_proven(&m->exchange), 2 * 9 + 2 * 8 + 1 * 4, 1e-9);
  kn_error err = {0};
  kn_exchange_solution *solution;
  assert_int_equal(kn_exchange_solve(&solution, &m->exchange, &KN_EXCHANGE_DEFAULTS, NULL, &err), KN_OK);
  const kn_exchange_view view = kn_exchange_rows(solution);
  assert_int_equal(view.n, 3);
  assert_near(view.supply_dual[0], 0, 1e-9); /* two of it are left over */
  assert_near(view.demand_dual[1], 4, 1e-9); /* one unit more asked there would come from supply 0 */
  assert_near(view.supply_dual[1], 4, 1e-9); /* and so a unit more at supply 1 would be worth 8 - 4 */
  kn_exchange_free(solution);
  market_free(m);
}

/* What has no partner, no quantity or no reach is an answer too: nothing flows, and the bound says so. */
static void
nothing_is_an_answer(void **state)
{
  (void)state;
  small_market *m = market_with_room(0, 0);
  assert_near(solve_proven(&m->exchange), 0, 0);
  m->exchange.supply_count = 1;
  m->quantity[0][0] = 7;
  m->worth[0][0] = 3;
  assert_near(solve_proven(&m->exchange), 0, 0);
  m->exchange.demand_count = 1;
  assert_near(solve_proven(&m->exchange), 0, 0); /* a demand of nothing */
  m->quantity[1][0] = 4;
  assert_near(solve_proven(&m->exchange), 12, 1e-9);
  m->point[1][0].x = 3; /* breaks even */
  assert_near(solve_proven(&m->exchange), 0, 1e-9);
  m->point[1][0].x = 1;
  m->segment[0][0].to_km = 0.5; /* too far */
  assert_near(solve_proven(&m->exchange), 0, 0);
  m->segment[0][0].to_km = INFINITY;
  set_rules(m, (double[]){-1});
  assert_near(solve_proven(&m->exchange), 4, 1e-9);
  set_rules(m, (double[]){-INFINITY}); /* not compatible */
  assert_near(solve_proven(&m->exchange), 0, 0);
  market_free(m);
}

/* Thousands of small markets, ties and degenerate ones among them: the dense solver finds the same. */
static void
small_ones_equal_a_dense_solver(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 3000; seed++) {
    uint64_t random = seed * 7919;
    int divisor;
    small_market *m = draw_market(&random, 14, &divisor);
    const double value = solve_proven(&m->exchange), dense = solve_dense(&m->exchange);
    if (!(fabs(value - dense) <= 1e-6 * fmax(1, fabs(dense)))) {
      fprintf(stderr, "# seed %d: %.12g, dense %.12g\n", (int)seed, value, dense);
      fail();
    }
    market_free(m);
  }
}

/* Larger ones are proven by their own duals, recomputed over all pairs. */
static void
larger_ones_prove_themselves(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 60; seed++) {
    uint64_t random = seed * 104729;
    int divisor;
    small_market *m = draw_market(&random, MOST, &divisor);
    solve_proven(&m->exchange);
    market_free(m);
  }
}

/* Some quantities and worths become others: things go, come back, shrink, grow. */
static void
change_some(small_market *m, uint64_t *random)
{
  const kn_exchange *e = &m->exchange;
  const int changes = 1 + below(random, 4);
  for (int c = 0; c < changes; c++) {
    const int s = below(random, 2);
    const int64_t n = s ? e->demand_count : e->supply_count;
    if (n == 0)
      continue;
    const int i = below(random, (int)n);
    switch (below(random, 4)) {
    case 0:
      m->quantity[s][i] = 0;
      break;
    case 1:
      m->quantity[s][i] = 1 + below(random, 900);
      break;
    case 2:
      m->quantity[s][i] /= 2;
      break;
    default:
      m->worth[s][i] += below(random, 9) - 4;
    }
  }
}

/* Solved again after each of a chain of changes, and from a basis: the same value as from nothing, proven over all pairs. */
static void
again_equals_anew(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 400; seed++) {
    uint64_t random = seed * 15485863;
    int divisor;
    kn_error err = {0};
    small_market *m = draw_market(&random, seed % 20 == 0 ? MOST : 30, &divisor);
    const kn_exchange *e = &m->exchange;
    kn_exchange_solution *last, *next, *other, *based;
    assert_int_equal(kn_exchange_solve(&last, e, &(kn_exchange_settings){.thread_count = 1, .keeps_engine = true}, NULL, &err),
                     KN_OK);
    for (int step = 0; step < 5; step++) {
      change_some(m, &random);
      assert_int_equal(kn_exchange_again(&next, last, e, NULL, NULL,
                                         &(kn_exchange_settings){.thread_count = 1, .keeps_engine = true}, NULL, &err),
                       KN_OK);
      assert_int_equal(kn_exchange_again(&other, last, e, NULL, NULL, &(kn_exchange_settings){.thread_count = 2}, NULL, &err),
                       KN_OK);
      const kn_exchange_view was = kn_exchange_rows(last), is = kn_exchange_rows(next), same = kn_exchange_rows(other);
      const kn_exchange_settings start = {
          .thread_count = 1, .start_count = was.basis_count, .start_supply = was.basis_supply, .start_demand = was.basis_demand};
      assert_int_equal(kn_exchange_solve(&based, e, &start, NULL, &err), KN_OK);
      const kn_exchange_view from_basis = kn_exchange_rows(based);
      const double value = assert_proven(e, &is), anew = solve_proven(e), basis_value = assert_proven(e, &from_basis);
      assert_near(value, anew, 1e-9 * fmax(1, fabs(anew)));
      assert_near(basis_value, anew, 1e-9 * fmax(1, fabs(anew)));
      assert_int_equal(is.n, same.n);
      assert_memory_equal(is.quantity, same.quantity, (size_t)is.n * sizeof *is.quantity);
      assert_memory_equal(is.supply_dual, same.supply_dual, (size_t)e->supply_count * sizeof *is.supply_dual);
      kn_exchange_free(based);
      kn_exchange_free(other);
      kn_exchange_free(last);
      last = next;
    }
    kn_exchange_free(last);
    market_free(m);
  }
}

/* The same market without its first supplies and demands. */
static kn_exchange
without_first(const kn_exchange *e, int64_t supplies, int64_t demands)
{
  kn_exchange less = *e;
  less.supply_count -= supplies;
  less.supply_point += supplies;
  less.supply_quantity += supplies;
  less.supply_worth += supplies;
  less.supply_group += e->supply_group ? supplies : 0;
  less.supply_is_anywhere += e->supply_is_anywhere ? supplies : 0;
  less.demand_count -= demands;
  less.demand_point += demands;
  less.demand_quantity += demands;
  less.demand_worth += demands;
  less.demand_group += e->demand_group ? demands : 0;
  less.demand_is_anywhere += e->demand_is_anywhere ? demands : 0;
  return less;
}

/* Nodes that come, and go again: each time the value is that of a market solved from nothing. */
static void
nodes_come_and_go(void **state)
{
  (void)state;
  const kn_exchange_settings settings = {.thread_count = 1, .keeps_engine = true};
  for (uint64_t seed = 1; seed <= 400; seed++) {
    uint64_t random = seed * 32452843;
    int divisor;
    kn_error err = {0};
    small_market *m = draw_market(&random, seed % 20 == 0 ? MOST : 40, &divisor);
    const kn_exchange *all = &m->exchange;
    if (all->fits) { /* it goes by numbers, which are others for fewer */
      market_free(m);
      continue;
    }
    const int64_t supplies = below(&random, 3), demands = below(&random, 3);
    const kn_exchange few =
        without_first(all, supplies < all->supply_count ? supplies : 0, demands < all->demand_count ? demands : 0);
    const int64_t new_supplies = all->supply_count - few.supply_count, new_demands = all->demand_count - few.demand_count;
    int32_t was[2][MOST], now[2][MOST];
    for (int32_t k = 0; k < MOST; k++) {
      was[0][k] = k < new_supplies ? KN_NONE : k - (int32_t)new_supplies;
      was[1][k] = k < new_demands ? KN_NONE : k - (int32_t)new_demands;
      now[0][k] = k + (int32_t)new_supplies;
      now[1][k] = k + (int32_t)new_demands;
    }
    kn_exchange_solution *first, *more, *less;
    assert_int_equal(kn_exchange_solve(&first, &few, &settings, NULL, &err), KN_OK);
    assert_int_equal(kn_exchange_again(&more, first, all, was[0], was[1], &settings, NULL, &err), KN_OK);
    assert_int_equal(kn_exchange_again(&less, more, &few, now[0], now[1], &settings, NULL, &err), KN_OK);
    const kn_exchange_view of_all = kn_exchange_rows(more), of_few = kn_exchange_rows(less);
    const double value = assert_proven(all, &of_all), anew = solve_proven(all);
    assert_near(value, anew, 1e-9 * fmax(1, fabs(anew)));
    assert_near(assert_proven(&few, &of_few), kn_exchange_rows(first).value, 1e-9 * fmax(1, fabs(anew)));
    kn_exchange_free(first);
    kn_exchange_free(more);
    kn_exchange_free(less);
    market_free(m);
  }
}

enum { SPREAD, TIED, POINT, LINE, GROUPED, GLOBE };

/* Solves a market of n supplies and n demands that is large enough for levels and, from 9,000 on, for cells. */
static void
solve_large(int shape, int64_t n, uint64_t seed)
{
  uint64_t random = seed;
  int divisor = 3;
  small_market *m = market_with_room(n, n);
  kn_exchange *e = &m->exchange;
  kn_point *point[2];
  int64_t *quantity[2];
  double *worth[2];
  int32_t *group[2];
  for (int s = 0; s < 2; s++) {
    point[s] = calloc((size_t)n, sizeof **point);
    quantity[s] = calloc((size_t)n, sizeof **quantity);
    worth[s] = calloc((size_t)n, sizeof **worth);
    group[s] = calloc((size_t)n, sizeof **group);
    for (int64_t i = 0; i < n; i++) {
      const double x = draw_one(&random), y = draw_one(&random);
      if (shape == SPREAD || shape == GROUPED)
        point[s][i] = (kn_point){200 * x, 200 * y, 0};
      else if (shape == GLOBE)
        point[s][i] = kn_point_at(360 * x - 180, i % 4 ? 180 * y - 90 : i % 8 ? 90 : -90);
      else if (shape == LINE)
        point[s][i] = (kn_point){200 * x, 0, 0};
      else if (shape == TIED)
        point[s][i] = (kn_point){floor(9 * x), floor(9 * y), 0};
      quantity[s][i] = shape == TIED ? 1 + below(&random, 3) : i % 10 == 9 ? 0 : 1 + below(&random, 10000);
      worth[s][i] = shape == TIED ? below(&random, 6) : 60 * draw_one(&random);
      group[s][i] = below(&random, GROUPS);
    }
  }
  e->supply_point = point[0];
  e->demand_point = point[1];
  e->supply_quantity = quantity[0];
  e->demand_quantity = quantity[1];
  e->supply_worth = worth[0];
  e->demand_worth = worth[1];
  if (shape == GLOBE) {
    e->metric = KN_SPHERE;
    m->segment[0][0].rate = 0.01;
  }
  if (shape == GROUPED) {
    e->supply_group = group[0];
    e->demand_group = group[1];
    e->supply_group_count = e->demand_group_count = GROUPS;
    e->fits = market_fits_some;
    e->arg = &divisor;
    double extra[GROUPS * GROUPS];
    for (int k = 0; k < GROUPS * GROUPS; k++)
      extra[k] = below(&random, 4) == 0 ? -(double)INFINITY : below(&random, 9);
    set_rules(m, extra);
    for (int g = 0; g < GROUPS; g++)
      m->segment[g][0].to_km = 20 + 10 * g;
  }
  assert_true(solve_proven(e) > 0);
  for (int s = 0; s < 2; s++) {
    free(point[s]);
    free(quantity[s]);
    free(worth[s]);
    free(group[s]);
  }
  market_free(m);
}

/* Coarser levels and cells come into play: every shape, equal places and equal prices among them. */
static void
levels_and_cells_prove_themselves(void **state)
{
  (void)state;
  for (int shape = SPREAD; shape <= GLOBE; shape++)
    solve_large(shape, 1200, 11 + (uint64_t)shape);
  solve_large(SPREAD, 9500, 1);
}

static void
bad_input_is_refused(void **state)
{
  (void)state;
  small_market *m = market_with_room(2, 2);
  kn_error err = {0};
  kn_exchange_solution *solution;
  m->quantity[1][1] = -1;
  assert_int_equal(kn_exchange_solve(&solution, &m->exchange, &KN_EXCHANGE_DEFAULTS, NULL, &err), KN_E_INPUT);
  assert_non_null(strstr(err.text, "demand 1"));
  assert_null(solution);
  m->quantity[1][1] = 1;
  m->worth[0][1] = NAN;
  assert_int_equal(kn_exchange_solve(&solution, &m->exchange, &KN_EXCHANGE_DEFAULTS, NULL, &err), KN_E_INPUT);
  m->worth[0][1] = 1;
  m->exchange.supply_group = m->group[0];
  m->group[0][0] = 1;
  assert_int_equal(kn_exchange_solve(&solution, &m->exchange, &KN_EXCHANGE_DEFAULTS, NULL, &err), KN_E_INPUT);
  m->group[0][0] = 0;
  m->quantity[0][0] = INT64_MAX;
  assert_int_equal(kn_exchange_solve(&solution, &m->exchange, &KN_EXCHANGE_DEFAULTS, NULL, &err), KN_E_LIMIT);
  market_free(m);
}

/* Offers and needs of /cases/pairs, whose values two LP solvers agreed upon. Quantities are in tenths of a tonne. */
static int64_t
read_side(const char *name, const char *side, kn_point *point, int64_t *quantity, double *worth)
{
  char path[1024], line[256];
  snprintf(path, sizeof path, "%s/../shared/cases/pairs/plan_%s_%s.csv", KN_SOURCE_ROOT, name, side);
  FILE *file = fopen(path, "r");
  if (!file)
    return -1;
  int64_t n = 0;
  for (bool is_head = true; fgets(line, sizeof line, file); is_head = false) {
    double tonnes;
    if (is_head)
      continue;
    assert_true(n < MOST);
    assert_int_equal(sscanf(line, "%*[^,],%lf,%lf,%lf,%lf", &point[n].x, &point[n].y, &tonnes, &worth[n]), 4);
    quantity[n++] = llround(tonnes * 10);
  }
  fclose(file);
  return n;
}

static void
known_pairs(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    double max_km, value, offers, needs, tonnes;
  } known[] = {{"small", INFINITY, 28160.1286629895, 23814.8690691133, 4345.25959387625, 1309.1},
               {"medium", INFINITY, 325403.81391369, 183047.939741417, 142355.874172272, 15789.0},
               {"capped", 15, 159515.714304415, 113938.056351654, 45577.6579527618, 7278.0}};
  for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
    small_market *m = market_with_room(0, 0);
    m->exchange.supply_count = read_side(known[k].name, "offers", m->point[0], m->quantity[0], m->worth[0]);
    m->exchange.demand_count = read_side(known[k].name, "needs", m->point[1], m->quantity[1], m->worth[1]);
    if (m->exchange.supply_count < 0) {
      market_free(m);
      skip();
    }
    m->segment[0][0] = (kn_haul_segment){.to_km = known[k].max_km, .fixed = 4, .rate = 0.156};
    assert_near(solve_proven(&m->exchange) / 10, known[k].value, 1e-9 * known[k].value);
    kn_error err = {0};
    kn_exchange_solution *solution;
    assert_int_equal(kn_exchange_solve(&solution, &m->exchange, &KN_EXCHANGE_DEFAULTS, NULL, &err), KN_OK);
    const kn_exchange_view view = kn_exchange_rows(solution);
    double tonnes = 0;
    for (int64_t i = 0; i < view.n; i++)
      tonnes += (double)view.quantity[i] / 10;
    assert_near(tonnes, known[k].tonnes, 1e-6);
    kn_exchange_free(solution);
    market_free(m);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(two_by_two_by_hand),
      cmocka_unit_test(nothing_is_an_answer),
      cmocka_unit_test(small_ones_equal_a_dense_solver),
      cmocka_unit_test(larger_ones_prove_themselves),
      cmocka_unit_test(again_equals_anew),
      cmocka_unit_test(nodes_come_and_go),
      cmocka_unit_test(levels_and_cells_prove_themselves),
      cmocka_unit_test(bad_input_is_refused),
      cmocka_unit_test(known_pairs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
