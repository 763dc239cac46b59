/* Landmarks: lower bounds of distances by the triangle inequality.
 *
 * source  Goldberg & Harrelson (2005), Computing the shortest path: A* search meets graph theory, SODA */
#include <stdlib.h>

#include "transport/internal.h"

struct kn_landmarks {
  kn_arena *keep;
  kn_landmarks_view rows;
};

/* The nearest floats at most and at least a distance. */
static float
float_below(uint32_t distance)
{
  if (distance == KN_FAR)
    return INFINITY;
  const float near = (float)distance;
  return (double)near > distance ? nextafterf(near, 0) : near;
}

static float
float_above(uint32_t distance)
{
  if (distance == KN_FAR)
    return INFINITY;
  const float near = (float)distance;
  return (double)near < distance ? nextafterf(near, INFINITY) : near;
}

/* How far a node is from a landmark, both ways; UINT64_MAX: not at all. */
static uint64_t
round_trip(uint32_t from, uint32_t to)
{
  if (from == KN_FAR && to == KN_FAR)
    return UINT64_MAX;
  return from == KN_FAR ? 2 * (uint64_t)to : to == KN_FAR ? 2 * (uint64_t)from : (uint64_t)from + to;
}

/* The node farthest from the landmarks so far. Nodes that none of them reaches get one only where they are many enough to
 * deserve their share. -1: every node is a landmark, or as good as one. */
static int64_t
farthest(int64_t n, const uint64_t *nearest, int32_t wanted)
{
  int64_t apart = 0, best = -1, first_apart = -1;
  for (int64_t i = 0; i < n; i++) {
    if (nearest[i] == UINT64_MAX) {
      first_apart = apart++ == 0 ? i : first_apart;
    } else if (nearest[i] > 0 && (best < 0 || nearest[i] > nearest[best])) {
      best = i;
    }
  }
  return apart > 0 && (best < 0 || apart >= n / wanted) ? first_apart : best;
}

static kn_code
fill_landmarks(kn_landmarks *landmarks, kn_ch_query *query, int32_t node_count, int64_t n, const int32_t *node, int32_t wanted,
               kn_arena *scratch, kn_error *err)
{
  uint32_t *from, *to;
  uint64_t *nearest;
  int32_t *chosen;
  float *part[4];
  KN_NEW(from, scratch, node_count, err);
  KN_NEW(to, scratch, node_count, err);
  KN_NEW(nearest, scratch, n, err);
  KN_NEW(chosen, landmarks->keep, wanted, err);
  for (int p = 0; p < 4; p++)
    KN_NEW(part[p], landmarks->keep, (size_t)n * (size_t)wanted, err);
  for (int64_t i = 0; i < n; i++)
    nearest[i] = UINT64_MAX;
  int32_t count = 0;
  for (int64_t at = n > 0 ? 0 : -1; count < wanted && at >= 0; at = farthest(n, nearest, wanted)) {
    chosen[count] = node[at];
    kn_ch_all(query, KN_FROM, node[at], from);
    kn_ch_all(query, KN_TO, node[at], to);
    for (int64_t i = 0; i < n; i++) {
      const int64_t place = i * wanted + count;
      part[0][place] = float_below(from[node[i]]);
      part[1][place] = float_above(from[node[i]]);
      part[2][place] = float_below(to[node[i]]);
      part[3][place] = float_above(to[node[i]]);
      const uint64_t trip = round_trip(from[node[i]], to[node[i]]);
      nearest[i] = trip < nearest[i] ? trip : nearest[i];
    }
    nearest[at] = 0;
    count++;
  }
  for (int p = 0; p < 4 && count < wanted; p++) /* close the rows up */
    for (int64_t i = 0; i < n; i++)
      for (int32_t l = 0; l < count; l++)
        part[p][i * count + l] = part[p][i * wanted + l];
  landmarks->rows = (kn_landmarks_view){n, count, chosen, part[0], part[1], part[2], part[3]};
  return KN_OK;
}

kn_code
kn_landmarks_new(kn_landmarks **out, const kn_ch *ch, int64_t n, const int32_t *node, int32_t wanted, kn_error *err)
{
  *out = NULL;
  enum { MOST = 4096 };
  KN_TRY(check_nodes(ch->node_count, n, node, err));
  if (wanted < 1 || wanted > MOST)
    return kn_fail(err, KN_E_LIMIT, "landmarks are 1 to %d, not %" PRId32, MOST, wanted);
  kn_landmarks *landmarks = calloc(1, sizeof *landmarks);
  if (landmarks == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  landmarks->keep = kn_arena_new();
  kn_arena *scratch = kn_arena_new();
  kn_ch_query *query = NULL;
  kn_code code = kn_ch_query_new(&query, ch, err);
  if (code == KN_OK)
    code = fill_landmarks(landmarks, query, ch->node_count, n, node, wanted, scratch, err);
  kn_ch_query_free(query);
  kn_arena_free(scratch);
  if (code != KN_OK) {
    kn_landmarks_free(landmarks);
    return kn_note(err, "choosing %" PRId32 " landmarks among %" PRId64 " nodes", wanted, n);
  }
  *out = landmarks;
  return KN_OK;
}

kn_landmarks_view
kn_landmarks_rows(const kn_landmarks *landmarks)
{
  return landmarks->rows;
}

void
kn_landmarks_free(kn_landmarks *landmarks)
{
  if (landmarks == NULL)
    return;
  kn_arena_free(landmarks->keep);
  free(landmarks);
}

double
kn_landmarks_bound(const kn_landmarks *landmarks, int64_t i, int64_t j)
{
  const kn_landmarks_view *rows = &landmarks->rows;
  assert(i >= 0 && i < rows->n);
  assert(j >= 0 && j < rows->n);
  const int64_t at_i = i * rows->count, at_j = j * rows->count;
  enum { LANES = 8 };
  const float *from_j = rows->from_low + at_j, *from_i = rows->from_high + at_i;
  const float *to_i = rows->to_low + at_i, *to_j = rows->to_high + at_j;
  float most[LANES] = {0}, best = 0;
  int32_t l = 0;
  /* Lanes side by side, as the compiler may not change the order of a maximum itself. */
  for (; l + LANES <= rows->count; l += LANES)
    for (int k = 0; k < LANES; k++) {
      const float along = from_j[l + k] - from_i[l + k], against = to_i[l + k] - to_j[l + k];
      most[k] = along > most[k] ? along : most[k];
      most[k] = against > most[k] ? against : most[k];
    }
  for (; l < rows->count; l++) {
    const float along = from_j[l] - from_i[l], against = to_i[l] - to_j[l];
    best = along > best ? along : best;
    best = against > best ? against : best;
  }
  for (int k = 0; k < LANES; k++)
    best = most[k] > best ? most[k] : best;
  /* A difference is rounded by half a unit in its last place at most, which is less than this share. */
  return (double)best * (1 - 0x1p-23);
}
