// LEMON's network simplex on the exchange's test problem: the arcs are all pairs, the pairs that pay, or for each supply the
// demands that a file of n x K numbers (int32) names. Worths are rounded to 2^-20 EUR, quantities are whole anyway. Prints
// one line of JSON; "build" is what making the graph took.
//
//     bench_lemon KIND N SEED all | pays | FILE K
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include <sys/resource.h>

#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include "bench_exchange.h"

namespace
{

using graph = lemon::SmartDigraph;
constexpr double step = 0x1p-20;

double
seconds()
{
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int64_t
worth_of(const bench_market &m, int64_t i, int64_t j)
{
  const double x = m.x[0][i] - m.x[1][j], y = m.y[0][i] - m.y[1][j];
  return llround((m.worth[0][i] + m.worth[1][j] - m.load - m.rate * sqrt(x * x + y * y)) / step);
}

// Calls use(i, j, worth) for every arc, twice the same: once to count, once to add.
template <class Use>
void
for_arcs(const bench_market &m, const std::vector<int32_t> &near, int64_t most, bool is_all, Use use)
{
  for (int64_t i = 0; i < m.n; i++)
    for (int64_t k = 0; k < (most > 0 ? most : m.n); k++) {
      const int64_t j = most > 0 ? near[static_cast<size_t>(i * most + k)] : k;
      const int64_t worth = worth_of(m, i, j);
      if (is_all || worth > 0)
        use(i, j, worth);
    }
}

bool
read_near(const char *path, int64_t count, std::vector<int32_t> &near)
{
  near.resize(static_cast<size_t>(count));
  std::unique_ptr<FILE, int (*)(FILE *)> in(fopen(path, "rb"), fclose);
  return in && fread(near.data(), sizeof near[0], near.size(), in.get()) == near.size();
}

template <class Quantity>
void
set_supply(const bench_market &m, graph::NodeMap<Quantity> &supply)
{
  const auto n = static_cast<int>(m.n);
  Quantity balance = 0; // of the ground, where what is left goes and what is short comes from
  for (int i = 0; i < n; i++) {
    supply[graph::nodeFromId(i)] = static_cast<Quantity>(m.quantity[0][i]);
    supply[graph::nodeFromId(n + i)] = -static_cast<Quantity>(m.quantity[1][i]);
    balance += static_cast<Quantity>(m.quantity[1][i] - m.quantity[0][i]);
  }
  supply[graph::nodeFromId(2 * n)] = balance;
}

template <class Quantity>
int
solve(const bench_market &m, const std::vector<int32_t> &near, int64_t most, bool is_all)
{
  const double start = seconds();
  const auto n = static_cast<int>(m.n);
  graph nodes;
  int64_t arcs = 0;
  for_arcs(m, near, most, is_all, [&](int64_t, int64_t, int64_t) { arcs++; });
  nodes.reserveNode(2 * n + 1);
  nodes.reserveArc(static_cast<int>(arcs) + 2 * n);
  for (int i = 0; i < 2 * n + 1; i++)
    nodes.addNode();
  for_arcs(m, near, most, is_all, [&](int64_t i, int64_t j, int64_t) {
    nodes.addArc(graph::nodeFromId(static_cast<int>(i)), graph::nodeFromId(static_cast<int>(n + j)));
  });
  for (int i = 0; i < n; i++) {
    nodes.addArc(graph::nodeFromId(i), graph::nodeFromId(2 * n));
    nodes.addArc(graph::nodeFromId(2 * n), graph::nodeFromId(n + i));
  }
  graph::ArcMap<int64_t> cost(nodes, 0);
  int at = 0;
  for_arcs(m, near, most, is_all, [&](int64_t, int64_t, int64_t worth) { cost[graph::arcFromId(at++)] = -worth; });
  graph::NodeMap<Quantity> supply(nodes, 0);
  set_supply(m, supply);
  const double built = seconds();
  lemon::NetworkSimplex<graph, Quantity, int64_t> solver(nodes);
  if (solver.supplyMap(supply).costMap(cost).run() != solver.OPTIMAL)
    return 1;
  const double end = seconds();
  double value = 0; // recomputed from the flows at their true worth, as far as rounding left it
  for (graph::ArcIt arc(nodes); arc != lemon::INVALID; ++arc)
    value -= static_cast<double>(solver.flow(arc)) * static_cast<double>(cost[arc]) * step;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"n\": %d, \"arcs\": %lld, \"build\": %.3f, \"solve\": %.3f, \"value\": %.6f, \"peak_mib\": %.1f}\n", n,
         static_cast<long long>(arcs), built - start, end - built, value, static_cast<double>(usage.ru_maxrss) / 1024);
  return 0;
}

} // namespace

int
main(int argc, char **argv)
{
  if (argc < 5) {
    fprintf(stderr, "usage: bench_lemon bulk|hard N SEED all | wide | pays | FILE K\n");
    return 2;
  }
  bench_market market = {};
  const int64_t n = strtoll(argv[2], nullptr, 10), most = argc > 5 ? strtoll(argv[5], nullptr, 10) : 0;
  std::vector<int32_t> near;
  int status = 5;
  if (bench_market_make(&market, strcmp(argv[1], "hard") == 0, n, strtoull(argv[3], nullptr, 10)) &&
      (most == 0 || read_near(argv[4], n * most, near)))
    status = strcmp(argv[4], "wide") == 0 ? solve<int64_t>(market, near, most, true)
                                          : solve<int>(market, near, most, strcmp(argv[4], "all") == 0 || most > 0);
  bench_market_free(&market);
  return status;
}
