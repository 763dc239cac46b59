/* What the files of this folder share: the finished hierarchy and a search in it.
 *
 * Inside a hierarchy nodes are numbered by rank, so arcs go from lower to higher numbers and what searches touch most lies
 * together at the end. The arcs of node v stand in one stretch, those to climb away from v first, then those that come down to v:
 *     arcs[first[2 v]] ... arcs[first[2 v + 1] - 1]      v -> node
 *     arcs[first[2 v + 1]] ... arcs[first[2 v + 2] - 1]  node -> v
 * A search in direction KN_FROM climbs the first and stalls by the second, KN_TO the other way round. */
#ifndef KNOOP_TRANSPORT_INTERNAL_H
#define KNOOP_TRANSPORT_INTERNAL_H

#include "transport/queue.h"

typedef struct climb {
  int32_t node; /* the higher end */
  uint32_t weight;
} climb;

struct kn_ch {
  kn_arena *keep;
  int32_t node_count, arc_count; /* arc_count: of the graph that it was made from */
  int32_t level_count;
  uint32_t most;     /* no search need go farther: so no sum of two searches passes KN_MOST_DISTANCE */
  bool is_symmetric; /* so is the graph: distances are the same both ways */
  int64_t climb_count, shortcut_count;
  int32_t *rank;  /* [node_count] the caller's node -> ours */
  int32_t *order; /* [node_count] ours -> the caller's */
  int64_t *first; /* [2 * node_count + 1] */
  climb *arcs;    /* [climb_count] */
  int32_t *via;   /* [climb_count] an arc of the graph, or -1 - the node in the middle */
};

/* One search upwards, of one direction, with its own queue. Place of node v in direction d: 2 v + d. */
typedef struct ascent {
  queue waiting;
  uint32_t *reached; /* [node_count] nodes reached, for cleaning up */
  int64_t reached_count;
} ascent;

struct kn_ch_query {
  kn_arena *keep;
  const kn_ch *ch;
  spot *spots; /* [2 * node_count] */
  ascent side[2];
  int32_t meeting; /* KN_NONE: no way */
  int32_t *path;   /* grown as needed */
  int64_t path_capacity;
};

static inline spot *
spot_of(const kn_ch_query *query, int32_t node, int direction)
{
  return &query->spots[2 * (size_t)node + (size_t)direction];
}

/* Whether the search of this direction reached `node` along a way that is not shortest; such a node need not be climbed from. */
static inline bool
is_stalled(const kn_ch_query *query, int32_t node, int direction, uint32_t distance)
{
  const kn_ch *ch = query->ch;
  const int64_t end = ch->first[2 * (int64_t)node + 2 - direction];
  for (int64_t i = ch->first[2 * (int64_t)node + 1 - direction]; i < end; i++) {
    const uint32_t other = spot_of(query, ch->arcs[i].node, direction)->distance;
    if (other < distance && ch->arcs[i].weight < distance - other)
      return true;
  }
  return false;
}

static inline void
climb_from(kn_ch_query *query, int32_t node, int direction, uint32_t distance)
{
  const kn_ch *ch = query->ch;
  ascent *side = &query->side[direction];
  const int64_t end = ch->first[2 * (int64_t)node + 1 + direction];
  for (int64_t i = ch->first[2 * (int64_t)node + direction]; i < end; i++) {
    const int32_t other = ch->arcs[i].node;
    const uint64_t far = (uint64_t)distance + ch->arcs[i].weight;
    spot *there = spot_of(query, other, direction);
    if (far >= there->distance || far > ch->most)
      continue;
    const uint32_t sum = (uint32_t)far;
    const bool is_new = there->distance == KN_FAR;
    there->distance = sum;
    there->from = node;
    there->arc = (int32_t)i;
    if (is_new) {
      side->reached[side->reached_count++] = (uint32_t)other;
      queue_add(&side->waiting, 2 * (uint32_t)other + (uint32_t)direction);
    } else {
      queue_lower(&side->waiting, 2 * (uint32_t)other + (uint32_t)direction);
    }
  }
}

/* Forgets the last search of this direction. */
static inline void
ascent_clear(kn_ch_query *query, int direction)
{
  ascent *side = &query->side[direction];
  for (int64_t i = 0; i < side->reached_count; i++)
    spot_of(query, (int32_t)side->reached[i], direction)->distance = KN_FAR;
  side->reached_count = 0;
  side->waiting.count = 0;
}

static inline void
ascent_start(kn_ch_query *query, int direction, int32_t node)
{
  ascent_clear(query, direction);
  ascent *side = &query->side[direction];
  *spot_of(query, node, direction) = (spot){.distance = 0, .from = KN_NONE, .arc = KN_NONE};
  side->reached[side->reached_count++] = (uint32_t)node;
  queue_add(&side->waiting, 2 * (uint32_t)node + (uint32_t)direction);
}

/* The next node that the search settles and that is not stalled; it is climbed from. KN_NONE: the search is over. */
static inline int32_t
ascent_next(kn_ch_query *query, int direction)
{
  ascent *side = &query->side[direction];
  while (side->waiting.count > 0) {
    const int32_t node = (int32_t)(queue_take(&side->waiting) >> 1);
    const uint32_t distance = spot_of(query, node, direction)->distance;
    if (is_stalled(query, node, direction, distance))
      continue;
    climb_from(query, node, direction, distance);
    return node;
  }
  return KN_NONE;
}

/* One query per thread, for the tables and labels. */
kn_code queries_new(kn_ch_query ***out, kn_arena *arena, const kn_ch *ch, int32_t count, kn_error *err);
void queries_free(kn_ch_query **queries, int32_t count);
kn_code check_nodes(int32_t node_count, int64_t n, const int32_t *node, kn_error *err);
kn_code check_weights(int32_t arc_count, const uint32_t *weight, kn_error *err);

#endif
