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
blank(ask_near *near, kn_error *err)
{
  const ask_pool *pool = near->pool;
  KN_NEW(near->supply_at, near->arena, pool->supply.n, err);
  KN_NEW(near->demand_at, near->arena, pool->demand.n, err);
  KN_NEW(near->unit_at, near->arena, pool->unit_count, err);
  KN_NEW(near->supply, near->arena, pool->supply.n, err);
  KN_NEW(near->demand, near->arena, pool->demand.n, err);
  KN_NEW(near->unit, near->arena, pool->unit_count, err);
  for (int32_t i = 0; i < pool->supply.n; i++)
    near->supply_at[i] = KN_NONE;
  for (int32_t j = 0; j < pool->demand.n; j++)
    near->demand_at[j] = KN_NONE;
  for (int32_t u = 0; u < pool->unit_count; u++)
    near->unit_at[u] = KN_NONE;
  return KN_OK;
}

static kn_code
fill(ask_near *near, const int32_t *figure, int32_t count, int32_t most_nodes, kn_error *err)
{
  const ask_pool *pool = near->pool;
  walk w = {.near = near, .most = most_nodes};
  KN_TRY(blank(near, err));
  KN_NEW(w.queue, near->arena, (int64_t)pool->supply.n + pool->demand.n, err);
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

static kn_code
near_new(ask_near **out, const ask_pool *pool, kn_error *err)
{
  *out = NULL;
  kn_arena *arena = kn_arena_new();
  const kn_code code = kn_arena_reserve(arena, sizeof **out + 16, err);
  if (code != KN_OK) {
    kn_arena_free(arena);
    return code;
  }
  *out = kn_arena_take(arena, 1, sizeof **out);
  (*out)->arena = arena;
  (*out)->pool = pool;
  return KN_OK;
}

kn_code
ask_near_new(ask_near **out, const ask_pool *pool, const int32_t *figure, int32_t count, int32_t most_nodes, kn_error *err)
{
  KN_TRY(near_new(out, pool, err));
  const kn_code code = fill(*out, figure, count, most_nodes, err);
  if (code == KN_OK)
    return KN_OK;
  ask_near_free(*out);
  *out = NULL;
  return code;
}

void
ask_near_free(ask_near *near)
{
  if (near != NULL)
    kn_arena_free(near->arena);
}

/* ------------------------------------------------------------------ a part of it */
static int32_t
root_of(int32_t *parent, int32_t at)
{
  while (parent[at] != at)
    at = parent[at] = parent[parent[at]];
  return at;
}

static void
join(int32_t *parent, int32_t a, int32_t b)
{
  if (a != KN_NONE && b != KN_NONE)
    parent[root_of(parent, a)] = root_of(parent, b);
}

typedef struct narrowing {
  const ask_near *near;
  int32_t *parent; /* supplies, demands, units */
  uint8_t *is_wanted;
} narrowing;

static int32_t
place_of(const narrowing *w, int32_t node)
{
  const ask_near *near = w->near;
  const int32_t at = node >= 0 ? near->supply_at[node] : near->demand_at[-1 - node];
  return at == KN_NONE ? KN_NONE : node >= 0 ? at : near->supplies + at;
}

static bool
is_kept(narrowing *w, int32_t place)
{
  return place != KN_NONE && w->is_wanted[root_of(w->parent, place)];
}

static void
take_supply(ask_near *to, int32_t node)
{
  if (to->supply_at[node] == KN_NONE)
    to->supply[to->supply_at[node] = to->supplies++] = node;
}

static void
take_demand(ask_near *to, int32_t node)
{
  if (to->demand_at[node] == KN_NONE)
    to->demand[to->demand_at[node] = to->demands++] = node;
}

static kn_code
join_all(narrowing *w, const uint8_t *keeps_tie, const uint8_t *keeps_unit, kn_arena *arena, kn_error *err)
{
  const ask_near *near = w->near;
  const ask_pool *pool = near->pool;
  const int32_t places = near->supplies + near->demands + near->units;
  KN_NEW(w->parent, arena, places, err);
  KN_NEW(w->is_wanted, arena, places, err);
  for (int32_t p = 0; p < places; p++)
    w->parent[p] = p;
  for (int64_t k = 0; k < near->n; k++)
    if (keeps_tie[k])
      join(w->parent, place_of(w, pool->tie[near->tie[k]].supply), place_of(w, -1 - pool->tie[near->tie[k]].demand));
  for (int32_t at = 0; at < near->units; at++)
    for (int32_t p = pool->port_first[near->unit[at]]; keeps_unit[at] && p < pool->port_first[near->unit[at] + 1]; p++)
      join(w->parent, near->supplies + near->demands + at, place_of(w, pool->port[p]));
  return KN_OK;
}

static kn_code
narrow(ask_near *to, narrowing *w, const uint8_t *keeps_tie, const uint8_t *keeps_unit, int64_t **row, int32_t **unit_row,
       kn_error *err)
{
  const ask_near *near = w->near;
  const ask_pool *pool = near->pool;
  KN_TRY(blank(to, err));
  KN_NEW(to->tie, to->arena, near->n, err);
  KN_NEW(to->eur, to->arena, near->n, err);
  KN_NEW(*row, to->arena, near->n, err);
  KN_NEW(*unit_row, to->arena, near->units, err);
  for (int32_t at = 0; at < near->units; at++) {
    if (!keeps_unit[at] || !is_kept(w, near->supplies + near->demands + at))
      continue;
    (*unit_row)[to->units] = at;
    to->unit_at[near->unit[at]] = to->units;
    to->unit[to->units++] = near->unit[at];
    for (int32_t p = pool->port_first[near->unit[at]]; p < pool->port_first[near->unit[at] + 1]; p++) {
      if (pool->port[p] >= 0)
        take_supply(to, pool->port[p]);
      else
        take_demand(to, -1 - pool->port[p]);
    }
  }
  for (int64_t k = 0; k < near->n; k++) {
    const ask_tie *tie = &pool->tie[near->tie[k]];
    const int32_t from = place_of(w, tie->supply), at = place_of(w, -1 - tie->demand);
    if (!keeps_tie[k] || (!is_kept(w, from) && !is_kept(w, at)))
      continue;
    if (from != KN_NONE)
      take_supply(to, tie->supply);
    if (at != KN_NONE)
      take_demand(to, tie->demand);
    (*row)[to->n] = k;
    to->tie[to->n] = near->tie[k];
    to->eur[to->n++] = near->eur[k];
  }
  return KN_OK;
}

kn_code
ask_near_narrow(ask_near **out, const ask_near *near, const uint8_t *keeps_tie, const uint8_t *keeps_unit, const int32_t *from,
                int32_t from_count, int64_t **row, int32_t **unit_row, kn_error *err)
{
  narrowing w = {.near = near};
  KN_TRY(near_new(out, near->pool, err));
  kn_code code = join_all(&w, keeps_tie, keeps_unit, (*out)->arena, err);
  if (code == KN_OK) {
    const int32_t places = near->supplies + near->demands + near->units;
    for (int32_t p = 0; p < places && from == NULL; p++)
      w.is_wanted[p] = 1;
    for (int32_t k = 0; from != NULL && k < from_count; k++)
      if (place_of(&w, from[k]) != KN_NONE)
        w.is_wanted[root_of(w.parent, place_of(&w, from[k]))] = 1;
    code = narrow(*out, &w, keeps_tie, keeps_unit, row, unit_row, err);
  }
  if (code == KN_OK)
    return KN_OK;
  ask_near_free(*out);
  *out = NULL;
  return code;
}
