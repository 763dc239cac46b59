// The peer of lemon.h. Supplies and demands may be left over, which LEMON does not know: what is left goes to and comes from
// one more node, the ground, at no cost. That makes every market balanced and feasible.
#include "lemon.h"

#include <new>

#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

namespace
{

using graph = lemon::SmartDigraph;
using simplex = lemon::NetworkSimplex<graph, int64_t, int64_t>;

// Supplies, then demands, then the ground; the market's arcs in their order, then those of the ground.
void
build(graph &nodes, const lemon_market &m)
{
  const auto supplies = static_cast<int>(m.supplies), demands = static_cast<int>(m.demands);
  nodes.reserveNode(supplies + demands + 1);
  nodes.reserveArc(static_cast<int>(m.arcs) + supplies + demands);
  for (int k = 0; k < supplies + demands + 1; k++)
    nodes.addNode();
  for (int64_t k = 0; k < m.arcs; k++)
    nodes.addArc(graph::nodeFromId(m.from[k]), graph::nodeFromId(supplies + m.to[k]));
  const graph::Node ground = graph::nodeFromId(supplies + demands);
  for (int i = 0; i < supplies; i++)
    nodes.addArc(graph::nodeFromId(i), ground);
  for (int j = 0; j < demands; j++)
    nodes.addArc(ground, graph::nodeFromId(supplies + j));
}

void
fill(graph::NodeMap<int64_t> &supply, graph::ArcMap<int64_t> &cost, const lemon_market &m)
{
  const auto supplies = static_cast<int>(m.supplies), demands = static_cast<int>(m.demands);
  int64_t balance = 0;
  for (int i = 0; i < supplies; i++) {
    supply[graph::nodeFromId(i)] = m.supply[i];
    balance -= m.supply[i];
  }
  for (int j = 0; j < demands; j++) {
    supply[graph::nodeFromId(supplies + j)] = -m.demand[j];
    balance += m.demand[j];
  }
  supply[graph::nodeFromId(supplies + demands)] = balance;
  for (int64_t k = 0; k < m.arcs; k++)
    cost[graph::arcFromId(static_cast<int>(k))] = -m.worth[k];
}

} // namespace

bool
lemon_best(const lemon_market *market, __int128 *value)
{
  try {
    graph nodes;
    build(nodes, *market);
    graph::NodeMap<int64_t> supply(nodes, 0);
    graph::ArcMap<int64_t> cost(nodes, 0);
    fill(supply, cost, *market);
    simplex solver(nodes);
    solver.supplyMap(supply).costMap(cost);
    if (solver.run() != simplex::OPTIMAL)
      return false;
    *value = 0;
    for (graph::ArcIt arc(nodes); arc != lemon::INVALID; ++arc)
      *value -= static_cast<__int128>(solver.flow(arc)) * cost[arc];
    return true;
  } catch (const std::bad_alloc &) {
    return false;
  }
}
