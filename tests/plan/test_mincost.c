/* Aim: kn_mincost_solve() finds a cheapest flow, whatever the graph.
 * Method: random graphs with ties, zero costs, zero supplies, parallel arcs, negative costs without a cycle; a flow is cheapest
 * when it is conserved, no arc has a negative reduced cost, and arcs with flow have none (complementary slackness). What cannot
 * flow is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/mincost.h"

enum { MOST_NODES = 60, MOST_ARCS = 400 };

static uint32_t
draw(uint32_t *seed, uint32_t below)
{
  *seed = *seed * 1664525u + 1013904223u;
  return (*seed >> 8) % below;
}

typedef struct drawn {
  int32_t tail[MOST_ARCS], head[MOST_ARCS];
  double cost[MOST_ARCS];
  int64_t supply[MOST_NODES];
  kn_mincost problem;
} drawn;

/* A ring joins all, so that everything can flow; shift keeps cycles from earning though arcs do: cost + high[tail] - high[head]. */
static void
make(drawn *d, uint32_t seed, bool is_tied)
{
  const int32_t n = 2 + (int32_t)draw(&seed, MOST_NODES - 2);
  double high[MOST_NODES];
  int64_t arcs = 0, total = 0;
  for (int32_t v = 0; v < n; v++)
    high[v] = draw(&seed, 3) == 0 ? (double)draw(&seed, 50) : 0;
  const int64_t more = draw(&seed, MOST_ARCS - MOST_NODES);
  for (int64_t a = 0; a < n + more; a++) {
    const int32_t tail = a < n ? (int32_t)a : (int32_t)draw(&seed, (uint32_t)n);
    const int32_t head = a < n ? (int32_t)((a + 1) % n) : (int32_t)draw(&seed, (uint32_t)n);
    if (tail == head)
      continue;
    d->tail[arcs] = tail;
    d->head[arcs] = head;
    d->cost[arcs++] = (is_tied ? (double)draw(&seed, 3) : (double)draw(&seed, 100000) / 777) + high[tail] - high[head];
  }
  for (int32_t v = 0; v + 1 < n; v++) {
    d->supply[v] = draw(&seed, 3) == 0 ? 0 : (int64_t)draw(&seed, is_tied ? 5 : 100000) - (is_tied ? 2 : 50000);
    total += d->supply[v];
  }
  d->supply[n - 1] = -total;
  d->problem = (kn_mincost){n, arcs, d->tail, d->head, d->cost, d->supply};
}

static void
check(const drawn *d, const kn_mincost_flow *flow)
{
  int64_t left[MOST_NODES];
  for (int32_t v = 0; v < d->problem.node_count; v++)
    left[v] = d->supply[v];
  for (int64_t a = 0; a < d->problem.arc_count; a++) {
    const double reduced = d->cost[a] + flow->potential[d->tail[a]] - flow->potential[d->head[a]];
    assert_true(flow->flow[a] >= 0);
    assert_true(reduced >= -1e-9);
    assert_true(flow->flow[a] == 0 || reduced <= 1e-9);
    left[d->tail[a]] -= flow->flow[a];
    left[d->head[a]] += flow->flow[a];
  }
  for (int32_t v = 0; v < d->problem.node_count; v++)
    assert_int_equal(left[v], 0);
}

static void
test_optimal(void **state)
{
  (void)state;
  static drawn d;
  for (uint32_t seed = 1; seed <= 4000; seed++) {
    make(&d, seed, seed % 2 == 0);
    kn_arena *keep = kn_arena_new();
    kn_mincost_flow flow;
    kn_error err = {0};
    assert_int_equal(kn_mincost_solve(&flow, &d.problem, NULL, keep, &err), KN_OK);
    check(&d, &flow);
    kn_arena_free(keep);
  }
}

static void
test_no_way(void **state)
{
  (void)state;
  const int32_t tail[] = {0, 2}, head[] = {1, 3};
  const double cost[] = {1, 1};
  const int64_t apart[] = {5, 0, 0, -5}, back[] = {-5, 5, 0, 0}, nothing[] = {0, 0, 0, 0};
  kn_arena *keep = kn_arena_new();
  kn_mincost_flow flow;
  kn_error err = {0};
  assert_int_equal(kn_mincost_solve(&flow, &(kn_mincost){4, 2, tail, head, cost, apart}, NULL, keep, &err), KN_E_INPUT);
  assert_int_equal(kn_mincost_solve(&flow, &(kn_mincost){4, 2, tail, head, cost, back}, NULL, keep, &err), KN_E_INPUT);
  assert_int_equal(kn_mincost_solve(&flow, &(kn_mincost){4, 2, tail, head, cost, nothing}, NULL, keep, &err), KN_OK);
  assert_int_equal(flow.flow[0] + flow.flow[1], 0);
  kn_arena_free(keep);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_optimal), cmocka_unit_test(test_no_way)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
