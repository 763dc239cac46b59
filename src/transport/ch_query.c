/* Asking a hierarchy: a pair, its way, one against all. */
#include <stdlib.h>

#include "transport/internal.h"

static kn_code
fill_query(kn_ch_query *query, kn_error *err)
{
  const size_t nodes = (size_t)query->ch->node_count;
  KN_NEW(query->spots, query->keep, 2 * nodes, err);
  for (size_t i = 0; i < 2 * nodes; i++)
    query->spots[i].distance = KN_FAR;
  for (int direction = 0; direction < 2; direction++) {
    KN_NEW(query->side[direction].reached, query->keep, nodes, err);
    KN_NEW(query->side[direction].waiting.heap, query->keep, nodes, err);
    query->side[direction].waiting.spots = query->spots;
  }
  return KN_OK;
}

kn_code
kn_ch_query_new(kn_ch_query **out, const kn_ch *ch, kn_error *err)
{
  *out = NULL;
  kn_ch_query *query = calloc(1, sizeof *query);
  if (query == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  query->keep = kn_arena_new();
  query->ch = ch;
  query->meeting = KN_NONE;
  const kn_code code = fill_query(query, err);
  if (code != KN_OK) {
    kn_ch_query_free(query);
    return code;
  }
  *out = query;
  return KN_OK;
}

void
kn_ch_query_free(kn_ch_query *query)
{
  if (query == NULL)
    return;
  free(query->path);
  kn_arena_free(query->keep);
  free(query);
}

kn_code
queries_new(kn_ch_query ***out, kn_arena *arena, const kn_ch *ch, int32_t count, kn_error *err)
{
  KN_NEW(*out, arena, count, err);
  for (int32_t i = 0; i < count; i++) {
    const kn_code code = kn_ch_query_new(&(*out)[i], ch, err);
    if (code != KN_OK) {
      queries_free(*out, i);
      return code;
    }
  }
  return KN_OK;
}

void
queries_free(kn_ch_query **queries, int32_t count)
{
  for (int32_t i = 0; i < count; i++)
    kn_ch_query_free(queries[i]);
}

/* ------------------------------------------------------------------ a pair */
uint32_t
kn_ch_distance(kn_ch_query *query, int32_t from, int32_t to)
{
  const kn_ch *ch = query->ch;
  assert(from >= 0 && from < ch->node_count);
  assert(to >= 0 && to < ch->node_count);
  ascent_start(query, KN_FROM, ch->rank[from]);
  ascent_start(query, KN_TO, ch->rank[to]);
  query->meeting = KN_NONE;
  uint32_t best = KN_FAR;
  for (;;) {
    const uint32_t least[2] = {queue_least(&query->side[0].waiting), queue_least(&query->side[1].waiting)};
    const int direction = least[KN_TO] < least[KN_FROM] ? KN_TO : KN_FROM;
    if (least[direction] >= best)
      return best;
    const int32_t node = (int32_t)(queue_take(&query->side[direction].waiting) >> 1);
    const uint32_t distance = least[direction], other = spot_of(query, node, 1 - direction)->distance;
    if (other != KN_FAR && distance + other < best) {
      best = distance + other;
      query->meeting = node;
    }
    if (!is_stalled(query, node, direction, distance))
      climb_from(query, node, direction, distance);
  }
}

/* ------------------------------------------------------------------ the way of the last pair
 * A way is a stack of arcs of the hierarchy still to be unpacked, the next one on top; `path` holds finished arcs from its
 * front and the stack from its end. */
typedef struct unpacking {
  kn_ch_query *query;
  int64_t count; /* finished arcs */
  int64_t depth; /* arcs on the stack */
} unpacking;

static kn_code
push(unpacking *u, int32_t arc, kn_error *err)
{
  kn_ch_query *query = u->query;
  if (u->count + u->depth == query->path_capacity) {
    const int64_t before = query->path_capacity;
    KN_TRY(KN_GROW(query->path, query->path_capacity, 2 * before + 64, err));
    for (int64_t i = 1; i <= u->depth; i++)
      query->path[query->path_capacity - i] = query->path[before - i];
  }
  query->path[query->path_capacity - ++u->depth] = arc;
  return KN_OK;
}

/* The arc between a node and a higher one, in that direction. */
static int32_t
arc_between(const kn_ch *ch, int32_t low, int direction, int32_t high)
{
  int64_t i = ch->first[2 * (int64_t)low + direction];
  while (ch->arcs[i].node != high)
    i++;
  assert(i < ch->first[2 * (int64_t)low + direction + 1]);
  return (int32_t)i;
}

/* The lower end of an arc of the hierarchy and its direction, by bisection. */
static int64_t
place_of(const kn_ch *ch, int32_t arc)
{
  int64_t low = 0, high = 2 * (int64_t)ch->node_count;
  while (high - low > 1) {
    const int64_t middle = (low + high) / 2;
    if (ch->first[middle] <= arc)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static kn_code
unpack(unpacking *u, kn_error *err)
{
  kn_ch_query *query = u->query;
  const kn_ch *ch = query->ch;
  while (u->depth > 0) {
    const int32_t arc = query->path[query->path_capacity - u->depth--];
    if (ch->via[arc] >= 0) {
      query->path[u->count++] = ch->via[arc];
      continue;
    }
    const int64_t place = place_of(ch, arc);
    const int32_t low = (int32_t)(place / 2), high = ch->arcs[arc].node, middle = -1 - ch->via[arc];
    const int32_t tail = place % 2 == KN_FROM ? low : high, head = place % 2 == KN_FROM ? high : low;
    KN_TRY(push(u, arc_between(ch, middle, KN_FROM, head), err));
    KN_TRY(push(u, arc_between(ch, middle, KN_TO, tail), err));
  }
  return KN_OK;
}

kn_code
kn_ch_path(kn_ch_query *query, const int32_t **arc, int64_t *count, kn_error *err)
{
  *arc = query->path;
  *count = 0;
  if (query->meeting == KN_NONE)
    return KN_OK;
  /* Arcs are pushed in the order that the last one travelled goes first: down from the meeting node, which the other search
   * tells from the meeting node on and so has to be turned around, then up to it. */
  unpacking u = {.query = query};
  for (int32_t v = query->meeting; spot_of(query, v, KN_TO)->arc != KN_NONE; v = spot_of(query, v, KN_TO)->from)
    KN_TRY(push(&u, spot_of(query, v, KN_TO)->arc, err));
  for (int64_t i = 0; i < u.depth / 2; i++) {
    int32_t *top = &query->path[query->path_capacity - u.depth + i], *bottom = &query->path[query->path_capacity - 1 - i];
    const int32_t swap = *top;
    *top = *bottom;
    *bottom = swap;
  }
  for (int32_t v = query->meeting; spot_of(query, v, KN_FROM)->arc != KN_NONE; v = spot_of(query, v, KN_FROM)->from)
    KN_TRY(push(&u, spot_of(query, v, KN_FROM)->arc, err));
  KN_TRY(unpack(&u, err));
  *arc = query->path;
  *count = u.count;
  return KN_OK;
}

/* ------------------------------------------------------------------ one against all
 * After the search upwards every node, from the highest down, takes the least over the arcs from above.
 *
 * source  Delling, Goldberg, Nowatzyk, Werneck (2011), PHAST: hardware-accelerated shortest path trees, IPDPS */
void
kn_ch_all(kn_ch_query *query, kn_heading direction, int32_t node, uint32_t *distance)
{
  const kn_ch *ch = query->ch;
  assert(node >= 0 && node < ch->node_count);
  query->meeting = KN_NONE;
  ascent_start(query, (int)direction, ch->rank[node]);
  while (ascent_next(query, (int)direction) != KN_NONE)
    ;
  for (int32_t v = ch->node_count - 1; v >= 0; v--) {
    uint32_t least = spot_of(query, v, (int)direction)->distance;
    const int64_t end = ch->first[2 * (int64_t)v + 2 - (int)direction];
    for (int64_t i = ch->first[2 * (int64_t)v + 1 - (int)direction]; i < end; i++) {
      const uint32_t above = distance[ch->order[ch->arcs[i].node]];
      if (above < least && ch->arcs[i].weight < least - above)
        least = above + ch->arcs[i].weight;
    }
    distance[ch->order[v]] = least;
  }
}
