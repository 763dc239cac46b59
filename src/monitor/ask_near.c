/* The neighbourhood of some figures: what the ties of the pool lead to, step by step, until it is large enough. */
#include "monitor/ask.h"

typedef struct walk {
  ask_near *near;
  int32_t *queue, count, next, room; /* nodes: supply, or -1 - demand */
  int32_t most;
} walk;

static void visit(walk *w, int32_t node);

/* A unit comes with all its ports. */
static void
visit_unit(walk *w, int32_t unit)
{
  ask_near *near = w->near;
  if (unit == KN_NONE || near->unit_at[unit] != KN_NONE)
    return;
  near->unit_at[unit] = near->units;
  near->unit[near->units++] = unit;
  for (int32_t p = near->pool->port_first[unit]; p < near->pool->port_first[unit + 1]; p++)
    visit(w, near->pool->port[p]);
}

static void
visit(walk *w, int32_t node)
{
  ask_near *near = w->near;
  int32_t *at = node >= 0 ? &near->supply_at[node] : &near->demand_at[-1 - node];
  if (*at != KN_NONE)
    return;
  if (node >= 0)
    near->supply[ *at = near->supplies++] = node;
  else
    near->demand[ *at = near->demands++] = -1 - node;
  w->queue[w->count++] = node;
  visit_unit(w, node >= 0 ? near->pool->supply.unit[node] : near->pool->demand.unit[-1 - node]);
}

/* Ties of the plan first: what is contracted changes before what might be. */
static void
follow_ties(walk *w, int32_t node)
{
  const ask_pool *pool = w->near->pool;
  const int64_t first = node >= 0 ? pool->supply_first[node] : pool->demand_first[-1 - node];
  const int64_t last = node >= 0 ? pool->supply_first[node + 1] : pool->demand_first[-node];
  for (int pass = 0; pass < 2; pass++)
    for (int64_t k = first; k < last && w->count < w->most; k++) {
      const ask_tie *tie = &pool->tie[node >= 0 ? k : pool->demand_tie[k]];
      if ((tie->base > 0) == (pass == 0))
        visit(w, node >= 0 ? -1 - tie->demand : tie->supply);
    }
}

static kn_code
list_ties(ask_near *near, kn_error *err)
{
  const ask_pool *pool = near->pool;
  int64_t most = 0;
  for (int32_t s = 0; s < near->supplies; s++)
    most += pool->supply_first[near->supply[s] + 1] - pool->supply_first[near->supply[s]];
  for (int32_t d = 0; d < near->demands; d++)
    most += pool->demand_first[near->demand[d] + 1] - pool->demand_first[near->demand[d]];
  KN_NEW(near->tie, near->arena, most, err);
  KN_NEW(near->eur, near->arena, most, err);
  for (int32_t s = 0; s < near->supplies; s++)
    for (int64_t t = pool->supply_first[near->supply[s]]; t < pool->supply_first[near->supply[s] + 1]; t++) {
      const int32_t demand = pool->tie[t].demand;
      const bool is_inside = near->demand_at[demand] != KN_NONE;
      if (!is_inside && !(pool->tie[t].base > 0))
        continue;
      const double ratio = pool->demand.place[demand].kind == KN_END_GATEWAY ? 1 : pool->tie[t].ratio;
      near->tie[near->n] = t;
      near->eur[near->n++] = pool->tie[t].eur - (is_inside ? 0 : ratio * pool->inside.demand_dual[demand]);
    }
  for (int32_t d = 0; d < near->demands; d++)
    for (int64_t k = pool->demand_first[near->demand[d]]; k < pool->demand_first[near->demand[d] + 1]; k++) {
      const int64_t t = pool->demand_tie[k];
      const int32_t supply = pool->tie[t].supply;
      if (near->supply_at[supply] != KN_NONE || !(pool->tie[t].base > 0))
        continue;
      near->tie[near->n] = t;
      near->eur[near->n++] = pool->tie[t].eur - pool->inside.supply_dual[supply];
    }
  return KN_OK;
}

static kn_code
fill(ask_near *near, const int32_t *figure, int32_t count, int32_t most_nodes, kn_error *err)
{
  const ask_pool *pool = near->pool;
  walk w = {.near = near, .most = most_nodes};
  KN_NEW(near->supply_at, near->arena, pool->supply.n, err);
  KN_NEW(near->demand_at, near->arena, pool->demand.n, err);
  KN_NEW(near->unit_at, near->arena, pool->unit_count, err);
  KN_NEW(near->supply, near->arena, pool->supply.n, err);
  KN_NEW(near->demand, near->arena, pool->demand.n, err);
  KN_NEW(near->unit, near->arena, pool->unit_count, err);
  KN_NEW(w.queue, near->arena, (int64_t)pool->supply.n + pool->demand.n, err);
  for (int32_t i = 0; i < pool->supply.n; i++)
    near->supply_at[i] = KN_NONE;
  for (int32_t j = 0; j < pool->demand.n; j++)
    near->demand_at[j] = KN_NONE;
  for (int32_t u = 0; u < pool->unit_count; u++)
    near->unit_at[u] = KN_NONE;
  for (int32_t f = 0; f < count; f++) {
    const ask_figure *about = &pool->figure[figure[f]];
    visit(&w, about->place.kind == KN_END_NEED ? -1 - about->node : about->node);
  }
  /* Of no figure: everything. */
  for (int32_t i = 0; count == 0 && i < pool->supply.n; i++)
    visit(&w, i);
  for (int32_t j = 0; count == 0 && j < pool->demand.n; j++)
    visit(&w, -1 - j);
  while (w.next < w.count && w.count < most_nodes)
    follow_ties(&w, w.queue[w.next++]);
  return list_ties(near, err);
}

kn_code
ask_near_new(ask_near **out, const ask_pool *pool, const int32_t *figure, int32_t count, int32_t most_nodes, kn_error *err)
{
  *out = NULL;
  kn_arena *arena = kn_arena_new();
  ask_near *near = NULL;
  kn_code code = kn_arena_reserve(arena, sizeof *near + 16, err);
  if (code == KN_OK) {
    near = kn_arena_take(arena, 1, sizeof *near);
    near->arena = arena;
    near->pool = pool;
    code = fill(near, figure, count, most_nodes, err);
  }
  if (code != KN_OK) {
    kn_arena_free(arena);
    return code;
  }
  *out = near;
  return KN_OK;
}

void
ask_near_free(ask_near *near)
{
  if (near != NULL)
    kn_arena_free(near->arena);
}
