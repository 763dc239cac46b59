/* Building a hierarchy, in rounds. Each round contracts all nodes that are less important than every neighbour; no two of them are
 * neighbours, so they can be contracted side by side, and the outcome is that of one after the other by key.
 *
 *     importance = 2 * levels below + 2 * (shortcuts made - edges removed) + arcs that those shortcuts stand for
 *
 * (the lower, the earlier). Levels are kept up to date at once, the rest of a node's importance only when the node seems
 * to be due, since it rarely falls.
 *
 * source  Geisberger, Sanders, Schultes, Delling (2008), Contraction hierarchies: faster and simpler hierarchical routing in
 *         road networks, WEA */
#include <stdlib.h>

#include "transport/build.h"

enum { SETTLED_MOST = 500, CHUNK = 64, LEAST_EFFORT = 1 << 24, PIVOTS = 4 };

typedef struct builder {
  kn_arena *scratch;
  network net;
  contractor *workers;
  int32_t worker_count, thread_count;
  uint64_t *key;                          /* [n] importance * 2^32 + a number of its own for each node */
  uint32_t *effort;                       /* [n] the part of the importance that contract_try() tells */
  int32_t *level;                         /* [n] */
  uint8_t *is_stale, *is_due, *is_chosen; /* [n] */
  int32_t *active, *due, *chosen;         /* node lists */
  int32_t active_count, due_count, chosen_count;
  int64_t *part_of; /* [n] by place in `chosen`: the first of its shortcuts, in the list of that worker */
  int32_t *part_count, *part_worker;
  int32_t *order;
  int32_t order_count;
} builder;

/* Every node its own number, neighbours unlike ones, so that equal importances do not make long chains. Each step can be undone, so
 * no two nodes share one. */
static uint32_t
scattered(uint32_t node)
{
  node ^= node >> 16;
  node *= 0x7feb352dU;
  node ^= node >> 15;
  node *= 0x846ca68bU;
  return node ^ node >> 16;
}

static void
set_key(builder *b, int32_t v)
{
  const uint64_t importance = 2 * (uint64_t)b->level[v] + b->effort[v];
  b->key[v] = (importance < UINT32_MAX ? importance : UINT32_MAX) << 32 | scattered((uint32_t)v);
}

static void
weigh(builder *b, contractor *c, int32_t v)
{
  const effect e = contract_try(c, v);
  const int64_t effort = LEAST_EFFORT + 2 * (e.added - e.removed) + e.added_hops;
  b->effort[v] = effort < 0 ? 0 : effort < INT32_MAX ? (uint32_t)effort : INT32_MAX;
  b->is_stale[v] = 0;
  set_key(b, v);
}

static bool
is_least(const builder *b, int32_t v)
{
  for (int direction = 0; direction < 2; direction++) {
    const list *here = net_list(&b->net, v, direction);
    const edge *edges = net_edges(&b->net, here);
    for (int32_t i = 0; i < here->count; i++)
      if (b->key[edges[i].node] < b->key[v])
        return false;
  }
  return true;
}

/* ------------------------------------------------------------------ the steps of a round, in parallel
 * Each writes only what belongs to its own nodes, and reads nothing that the same step writes. */
static void
weigh_active(void *arg, int64_t first, int64_t last, int32_t worker)
{
  builder *b = arg;
  for (int64_t i = first; i < last; i++)
    weigh(b, &b->workers[worker], b->active[i]);
}

static void
find_due(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  builder *b = arg;
  for (int64_t i = first; i < last; i++)
    b->is_due[b->active[i]] = is_least(b, b->active[i]);
}

static void
weigh_due(void *arg, int64_t first, int64_t last, int32_t worker)
{
  builder *b = arg;
  for (int64_t i = first; i < last; i++)
    if (b->is_stale[b->due[i]])
      weigh(b, &b->workers[worker], b->due[i]);
}

static void
choose(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  builder *b = arg;
  for (int64_t i = first; i < last; i++)
    b->is_chosen[b->due[i]] = is_least(b, b->due[i]);
}

static void
contract_chosen(void *arg, int64_t first, int64_t last, int32_t worker)
{
  builder *b = arg;
  contractor *c = &b->workers[worker];
  for (int64_t i = first; i < last; i++) {
    const int64_t before = c->shortcut_count;
    contract(c, b->chosen[i], b->key, b->is_chosen);
    b->part_of[i] = before;
    b->part_count[i] = (int32_t)(c->shortcut_count - before);
    b->part_worker[i] = worker;
  }
}

static kn_code
step(builder *b, int64_t count, kn_body body, kn_error *err)
{
  /* Few items are done sooner than a thread has started. */
  return kn_parallel(count < 2 * CHUNK ? 1 : b->thread_count, count, CHUNK, body, b, err);
}

/* ------------------------------------------------------------------ one round */
static void
leave_network(builder *b, int32_t v)
{
  for (int direction = 0; direction < 2; direction++) {
    const list *here = net_list(&b->net, v, direction);
    for (int32_t i = 0; i < here->count; i++) {
      const int32_t other = net_edges(&b->net, here)[i].node;
      net_drop(&b->net, other, 1 - direction, v);
      if (b->level[other] <= b->level[v])
        b->level[other] = b->level[v] + 1;
      b->is_stale[other] = 1;
      set_key(b, other);
    }
  }
}

static kn_code
put_shortcuts(builder *b, int64_t at, kn_error *err)
{
  const contractor *c = &b->workers[b->part_worker[at]];
  for (int64_t i = b->part_of[at]; i < b->part_of[at] + b->part_count[at]; i++) {
    const shortcut *s = &c->shortcuts[i];
    const edge fresh = {.weight = s->weight, .via = -1 - s->middle, .hops = s->hops};
    edge out = fresh, in = fresh;
    out.node = s->head;
    in.node = s->tail;
    KN_TRY(net_put(&b->net, s->tail, KN_FROM, out, err));
    KN_TRY(net_put(&b->net, s->head, KN_TO, in, err));
  }
  return KN_OK;
}

static kn_code
apply_round(builder *b, kn_error *err)
{
  for (int32_t w = 0; w < b->worker_count; w++)
    if (b->workers[w].code != KN_OK)
      return kn_fail(err, b->workers[w].code, "%s", b->workers[w].err.text);
  for (int32_t i = 0; i < b->chosen_count; i++)
    leave_network(b, b->chosen[i]);
  for (int32_t i = 0; i < b->chosen_count; i++) {
    KN_TRY(put_shortcuts(b, i, err));
    b->order[b->order_count++] = b->chosen[i];
  }
  for (int32_t w = 0; w < b->worker_count; w++)
    b->workers[w].shortcut_count = 0;
  int32_t left = 0;
  for (int32_t i = 0; i < b->active_count; i++)
    if (!b->is_chosen[b->active[i]])
      b->active[left++] = b->active[i];
  b->active_count = left;
  return KN_OK;
}

static kn_code
run_round(builder *b, kn_error *err)
{
  KN_TRY(step(b, b->active_count, find_due, err));
  b->due_count = 0;
  for (int32_t i = 0; i < b->active_count; i++)
    if (b->is_due[b->active[i]])
      b->due[b->due_count++] = b->active[i];
  KN_TRY(step(b, b->due_count, weigh_due, err));
  KN_TRY(step(b, b->due_count, choose, err));
  b->chosen_count = 0;
  for (int32_t i = 0; i < b->due_count; i++)
    if (b->is_chosen[b->due[i]])
      b->chosen[b->chosen_count++] = b->due[i];
  KN_TRY(step(b, b->chosen_count, contract_chosen, err));
  return apply_round(b, err);
}

static kn_code
contract_all(builder *b, const kn_watch *watch, kn_error *err)
{
  const int32_t n = b->net.node_count;
  b->active_count = n;
  for (int32_t v = 0; v < n; v++)
    b->active[v] = v;
  KN_TRY(step(b, n, weigh_active, err));
  while (b->active_count > 0) {
    kn_watch_tell(watch,
                  &(kn_progress){.phase = "contracting nodes", .done = b->order_count, .total = n, .value = NAN, .bound = NAN});
    if (kn_watch_is_stopped(watch))
      return kn_fail(err, KN_E_STOPPED, "stopped on request");
    KN_TRY(run_round(b, err));
  }
  return KN_OK;
}

static kn_code
prepare(builder *b, const kn_graph *graph, const uint32_t *weight, const kn_ch_settings *settings, kn_error *err)
{
  KN_TRY(net_new(&b->net, graph, weight, err));
  const size_t n = (size_t)b->net.node_count;
  KN_NEW(b->key, b->scratch, n, err);
  KN_NEW(b->effort, b->scratch, n, err);
  KN_NEW(b->level, b->scratch, n, err);
  KN_NEW(b->is_stale, b->scratch, n, err);
  KN_NEW(b->is_due, b->scratch, n, err);
  KN_NEW(b->is_chosen, b->scratch, n, err);
  KN_NEW(b->active, b->scratch, n, err);
  KN_NEW(b->due, b->scratch, n, err);
  KN_NEW(b->chosen, b->scratch, n, err);
  KN_NEW(b->order, b->scratch, n, err);
  KN_NEW(b->part_of, b->scratch, n, err);
  KN_NEW(b->part_count, b->scratch, n, err);
  KN_NEW(b->part_worker, b->scratch, n, err);
  b->thread_count = kn_thread_count(settings->thread_count);
  KN_NEW(b->workers, b->scratch, b->thread_count, err);
  const int32_t most = settings->settled_most > 0 ? settings->settled_most : SETTLED_MOST;
  for (int32_t w = 0; w < b->thread_count; w++) {
    b->worker_count = w + 1;
    KN_TRY(contractor_new(&b->workers[w], b->scratch, &b->net, most, err));
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ the finished hierarchy */
/* The longest sums of weights along arcs that all climb, one direction and the other, where no node of `is_left_out` lies on the
 * way
 * (NULL: none is). */
static uint64_t
longest_climbs(const kn_ch *ch, const uint8_t *is_left_out, uint64_t *longest)
{
  uint64_t most[2] = {0, 0};
  for (int64_t place = 2 * (int64_t)ch->node_count - 1; place >= 0; place--) {
    const int64_t direction = place % 2;
    longest[place] = 0;
    if (is_left_out && is_left_out[place / 2])
      continue;
    for (int64_t i = ch->first[place]; i < ch->first[place + 1]; i++) {
      const climb *arc = &ch->arcs[i];
      const uint64_t sum = arc->weight + longest[2 * (int64_t)arc->node + direction];
      if (!(is_left_out && is_left_out[arc->node]) && sum > longest[place])
        longest[place] = sum;
    }
    most[direction] = longest[place] > most[direction] ? longest[place] : most[direction];
  }
  return most[0] + most[1];
}

/* Distances from (or to) a node of all; UINT64_MAX: no way. Up, then down in a sweep. */
static void
measure_all(const kn_ch *ch, int direction, int32_t from, uint64_t *distance)
{
  for (int32_t v = 0; v < ch->node_count; v++)
    distance[v] = UINT64_MAX;
  distance[from] = 0;
  for (int32_t v = from; v < ch->node_count; v++)
    for (int64_t i = ch->first[2 * (int64_t)v + direction];
         distance[v] != UINT64_MAX && i < ch->first[2 * (int64_t)v + direction + 1]; i++) {
      uint64_t *above = &distance[ch->arcs[i].node];
      *above = distance[v] + ch->arcs[i].weight < *above ? distance[v] + ch->arcs[i].weight : *above;
    }
  for (int32_t v = ch->node_count - 1; v >= 0; v--)
    for (int64_t i = ch->first[2 * (int64_t)v + 1 - direction]; i < ch->first[2 * (int64_t)v + 2 - direction]; i++) {
      const uint64_t above = distance[ch->arcs[i].node];
      if (above != UINT64_MAX && above + ch->arcs[i].weight < distance[v])
        distance[v] = above + ch->arcs[i].weight;
    }
}

/* No shortest way is longer. One that passes a node which a pivot reaches and that reaches the pivot is no longer than by way of
 * the pivot; others climb and come down outside of all such nodes. */
static kn_code
bound_distances(const kn_ch *ch, uint64_t *longest, kn_arena *scratch, uint64_t *most, kn_error *err)
{
  const int32_t n = ch->node_count;
  uint64_t *distance[2];
  uint8_t *is_left_out;
  for (int direction = 0; direction < 2; direction++)
    KN_NEW(distance[direction], scratch, n, err);
  KN_NEW(is_left_out, scratch, n, err);
  *most = 0;
  for (int32_t pivot = n - 1, tries = 0; pivot >= 0 && tries < PIVOTS; pivot--) {
    if (is_left_out[pivot])
      continue;
    tries++;
    uint64_t farthest[2] = {0, 0};
    for (int direction = 0; direction < 2; direction++) {
      measure_all(ch, direction, pivot, distance[direction]);
      for (int32_t v = 0; v < n; v++)
        if (distance[direction][v] != UINT64_MAX && distance[direction][v] > farthest[direction])
          farthest[direction] = distance[direction][v];
    }
    for (int32_t v = 0; v < n; v++)
      is_left_out[v] |= distance[0][v] != UINT64_MAX && distance[1][v] != UINT64_MAX;
    *most = farthest[0] + farthest[1] > *most ? farthest[0] + farthest[1] : *most;
  }
  const uint64_t others = longest_climbs(ch, is_left_out, longest);
  *most = others > *most ? others : *most;
  return KN_OK;
}

/* Where sums along arcs that climb may pass what 32 bits hold, but no shortest way is half as long, searches go no farther than the
 * longest of these. */
static kn_code
check_sums(kn_ch *ch, kn_arena *scratch, kn_error *err)
{
  uint64_t *longest, most;
  KN_NEW(longest, scratch, 2 * (size_t)ch->node_count, err);
  ch->most = KN_MOST_DISTANCE;
  if (longest_climbs(ch, NULL, longest) <= KN_MOST_DISTANCE)
    return KN_OK;
  KN_TRY(bound_distances(ch, longest, scratch, &most, err));
  if (most > KN_MOST_DISTANCE / 2)
    return kn_fail(err, KN_E_LIMIT,
                   "distances may reach %" PRIu64 ", more than half of %" PRIu32 "; the weights want a coarser unit", most,
                   KN_MOST_DISTANCE);
  ch->most = (uint32_t)most;
  return KN_OK;
}

static kn_code
finish(kn_ch *ch, const builder *b, kn_error *err)
{
  const int32_t n = ch->node_count;
  int32_t *rank; /* by the network's numbers */
  KN_NEW(rank, b->scratch, n, err);
  for (int32_t r = 0; r < n; r++) {
    const int32_t v = b->order[r];
    rank[v] = r;
    ch->order[r] = b->net.origin[v];
    ch->rank[ch->order[r]] = r;
    ch->level_count = b->level[v] >= ch->level_count ? b->level[v] + 1 : ch->level_count;
    for (int direction = 0; direction < 2; direction++)
      ch->climb_count += net_list(&b->net, r, direction)->count;
  }
  if (ch->climb_count > INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "a hierarchy of %" PRId64 " arcs is too large", ch->climb_count);
  KN_NEW(ch->arcs, ch->keep, ch->climb_count, err);
  KN_NEW(ch->via, ch->keep, ch->climb_count, err);
  int64_t at = 0;
  for (int32_t r = 0; r < n; r++)
    for (int direction = 0; direction < 2; direction++) {
      const list *here = net_list(&b->net, b->order[r], direction);
      const edge *edges = net_edges(&b->net, here);
      ch->first[2 * (int64_t)r + direction] = at;
      for (int32_t i = 0; i < here->count; i++, at++) {
        ch->arcs[at] = (climb){rank[edges[i].node], edges[i].weight};
        ch->via[at] = edges[i].via >= 0 ? edges[i].via : -1 - rank[-1 - edges[i].via];
        ch->shortcut_count += edges[i].via < 0;
      }
    }
  ch->first[2 * (int64_t)n] = at;
  return check_sums(ch, b->scratch, err);
}

static kn_code
build(kn_ch *ch, builder *b, const kn_graph *graph, const uint32_t *weight, const kn_ch_settings *settings, const kn_watch *watch,
      kn_error *err)
{
  const kn_graph_view rows = kn_graph_rows(graph);
  KN_TRY(check_weights(rows.arc_count, weight, err));
  ch->node_count = rows.node_count;
  ch->arc_count = rows.arc_count;
  KN_NEW(ch->rank, ch->keep, rows.node_count, err);
  KN_NEW(ch->order, ch->keep, rows.node_count, err);
  KN_NEW(ch->first, ch->keep, 2 * (size_t)rows.node_count + 1, err);
  KN_TRY(prepare(b, graph, weight, settings, err));
  ch->is_symmetric = b->net.is_symmetric;
  KN_TRY(contract_all(b, watch, err));
  return finish(ch, b, err);
}

kn_code
kn_ch_new(kn_ch **out, const kn_graph *graph, const uint32_t *weight, const kn_ch_settings *settings, const kn_watch *watch,
          kn_error *err)
{
  *out = NULL;
  kn_ch *ch = calloc(1, sizeof *ch);
  if (ch == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  ch->keep = kn_arena_new();
  builder b = {.scratch = kn_arena_new()};
  const kn_code code = build(ch, &b, graph, weight, settings, watch, err);
  for (int32_t w = 0; w < b.worker_count; w++)
    contractor_free(&b.workers[w]);
  net_free(&b.net);
  kn_arena_free(b.scratch);
  if (code != KN_OK) {
    kn_ch_free(ch);
    return kn_note(err, "building a hierarchy of %" PRId32 " nodes", kn_graph_rows(graph).node_count);
  }
  *out = ch;
  return KN_OK;
}

kn_ch_facts
kn_ch_tell(const kn_ch *ch)
{
  return (kn_ch_facts){ch->node_count, ch->level_count, ch->climb_count, ch->shortcut_count, kn_arena_bytes(ch->keep)};
}

void
kn_ch_free(kn_ch *ch)
{
  if (ch == NULL)
    return;
  kn_arena_free(ch->keep);
  free(ch);
}
