/* Hub labels from the top down: the label of a node is put together from those of the nodes that it climbs to.
 *
 *     candidates of v = (v, 0) and, for each arc v -> w upwards, the label of w, farther by that arc
 *
 * of which those stay to which no higher hub lies on a way that is no longer. A hub that belongs into the label of v belongs into
 * that of the next node on the way up to it, so the candidates miss none; and the highest node on shortest ways from v to a hub
 * is a candidate and stands in the label of that hub, so all that do not belong are found (Abraham and others 2012, section 4). */
#include <string.h>

#include "transport/labels.h"

enum { CHUNK = 16, MOST_SHARE = 4 };

typedef struct row {
  int32_t *hub;
  uint32_t *distance;
  int32_t count;
} row;

/* Of one thread. */
typedef struct worker {
  kn_arena *keep;
  row now, next;  /* candidates, and room to merge them in; [node_count] */
  uint32_t *near; /* [node_count] distance of the candidates by hub; KN_FAR: it is none */
  kn_code code;
  kn_error err;
} worker;

typedef struct descent {
  const kn_ch *ch;
  int32_t thread_count;
  worker *workers;
  row *label;                    /* [2 * node_count] by rank and direction */
  int32_t *depth_first, *member; /* ranks by depth: each climbs to such of lesser depth only */
  int32_t depth_count, from;
} descent;

/* The candidates, and the label of `up` at `weight` more: of hubs in both the nearer one. Hubs rise. */
static void
merge(worker *w, const row *up, uint32_t weight)
{
  const row *a = &w->now;
  row *to = &w->next;
  int32_t i = 0, j = 0, n = 0;
  while (i < a->count && j < up->count) {
    const int32_t x = a->hub[i], y = up->hub[j];
    const uint32_t far = up->distance[j] + weight, near = a->distance[i];
    to->hub[n] = x < y ? x : y;
    to->distance[n++] = x < y || (x == y && near < far) ? near : far;
    i += x <= y;
    j += y <= x;
  }
  for (; i < a->count; i++, n++) {
    to->hub[n] = a->hub[i];
    to->distance[n] = a->distance[i];
  }
  for (; j < up->count; j++, n++) {
    to->hub[n] = up->hub[j];
    to->distance[n] = up->distance[j] + weight;
  }
  to->count = n;
  const row swap = w->now;
  w->now = w->next;
  w->next = swap;
}

/* Whether a candidate above `hub` lies on a way to it that is no longer. back: the label of the hub, the other way. */
static bool
is_needless(const worker *w, const row *back, int32_t hub, uint32_t distance)
{
  for (int32_t k = back->count - 1; k >= 0 && back->hub[k] > hub; k--)
    if (back->distance[k] <= distance && w->near[back->hub[k]] <= distance - back->distance[k])
      return true;
  return false;
}

static kn_code
store(worker *w, row *label, int32_t count, kn_error *err)
{
  KN_TRY(kn_arena_reserve(w->keep, kn_arena_span((size_t)count, 4) + kn_arena_span((size_t)count, 4), err));
  label->hub = kn_arena_take(w->keep, (size_t)count, sizeof *label->hub);
  label->distance = kn_arena_take(w->keep, (size_t)count, sizeof *label->distance);
  label->count = count;
  memcpy(label->hub, w->next.hub, (size_t)count * sizeof *label->hub);
  memcpy(label->distance, w->next.distance, (size_t)count * sizeof *label->distance);
  return KN_OK;
}

static kn_code
label_node(const descent *d, worker *w, int32_t v, int direction, kn_error *err)
{
  const kn_ch *ch = d->ch;
  w->now.count = 1;
  w->now.hub[0] = v;
  w->now.distance[0] = 0;
  for (int64_t a = ch->first[2 * (int64_t)v + direction]; a < ch->first[2 * (int64_t)v + direction + 1]; a++)
    if (ch->arcs[a].weight <= ch->most)
      merge(w, &d->label[2 * (int64_t)ch->arcs[a].node + direction], ch->arcs[a].weight);
  const row *all = &w->now;
  for (int32_t k = 0; k < all->count; k++)
    w->near[all->hub[k]] = all->distance[k];
  int32_t kept = 0;
  for (int32_t k = 0; k < all->count; k++) {
    const row *back = &d->label[2 * (int64_t)all->hub[k] + 1 - direction];
    if (all->hub[k] != v && is_needless(w, back, all->hub[k], all->distance[k]))
      continue;
    w->next.hub[kept] = all->hub[k];
    w->next.distance[kept++] = all->distance[k];
  }
  for (int32_t k = 0; k < all->count; k++)
    w->near[all->hub[k]] = KN_FAR;
  return store(w, &d->label[2 * (int64_t)v + direction], kept, err);
}

static void
label_some(void *arg, int64_t first, int64_t last, int32_t number)
{
  const descent *d = arg;
  worker *w = &d->workers[number];
  const int directions = d->ch->is_symmetric ? 1 : 2;
  for (int64_t i = first; i < last; i++) {
    const int32_t v = d->member[d->from + i];
    for (int direction = 0; direction < directions && w->code == KN_OK; direction++)
      w->code = label_node(d, w, v, direction, &w->err);
    if (d->ch->is_symmetric)
      d->label[2 * (int64_t)v + KN_TO] = d->label[2 * (int64_t)v + KN_FROM];
  }
}

/* Ranks that the chosen nodes climb to, themselves among them, into is_met; returns how many. O(nodes + arcs). */
static int64_t
meet_all(const kn_ch *ch, int64_t n, const int32_t *node, uint8_t *is_met)
{
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++)
    is_met[ch->rank[node[i]]] = 1;
  for (int32_t v = 0; v < ch->node_count; v++) {
    if (!is_met[v])
      continue;
    count++;
    for (int64_t a = ch->first[2 * (int64_t)v]; a < ch->first[2 * (int64_t)v + 2]; a++)
      is_met[ch->arcs[a].node] = 1;
  }
  return count;
}

static kn_code
sort_by_depth(descent *d, const uint8_t *is_met, int64_t count, kn_arena *scratch, kn_error *err)
{
  const kn_ch *ch = d->ch;
  int32_t *depth;
  KN_NEW(depth, scratch, ch->node_count, err);
  KN_NEW(d->depth_first, scratch, ch->node_count + 1, err);
  KN_NEW(d->member, scratch, count, err);
  for (int32_t v = ch->node_count - 1; v >= 0; v--) {
    if (!is_met[v])
      continue;
    for (int64_t a = ch->first[2 * (int64_t)v]; a < ch->first[2 * (int64_t)v + 2]; a++)
      if (depth[v] <= depth[ch->arcs[a].node])
        depth[v] = depth[ch->arcs[a].node] + 1;
    d->depth_count = depth[v] >= d->depth_count ? depth[v] + 1 : d->depth_count;
    d->depth_first[depth[v] + 1]++;
  }
  for (int32_t k = 0; k < d->depth_count; k++)
    d->depth_first[k + 1] += d->depth_first[k];
  for (int32_t v = ch->node_count - 1; v >= 0; v--)
    if (is_met[v])
      d->member[d->depth_first[depth[v]]++] = v;
  for (int32_t k = d->depth_count; k > 0; k--)
    d->depth_first[k] = d->depth_first[k - 1];
  d->depth_first[0] = 0;
  return KN_OK;
}

static kn_code
label_all(descent *d, kn_arena *scratch, kn_error *err)
{
  const size_t n = (size_t)d->ch->node_count;
  KN_NEW(d->label, scratch, 2 * n, err);
  for (int32_t t = 0; t < d->thread_count; t++) {
    worker *w = &d->workers[t];
    KN_NEW(w->now.hub, scratch, n, err);
    KN_NEW(w->now.distance, scratch, n, err);
    KN_NEW(w->next.hub, scratch, n, err);
    KN_NEW(w->next.distance, scratch, n, err);
    KN_NEW(w->near, scratch, n, err);
    memset(w->near, 0xff, n * sizeof *w->near);
  }
  for (int32_t k = 0; k < d->depth_count; k++) {
    d->from = d->depth_first[k];
    const int32_t count = d->depth_first[k + 1] - d->from;
    /* Few are done sooner than a thread has started. */
    KN_TRY(kn_parallel(count < 2 * CHUNK ? 1 : d->thread_count, count, CHUNK, label_some, d, err));
    for (int32_t t = 0; t < d->thread_count; t++)
      if (d->workers[t].code != KN_OK)
        return kn_fail(err, d->workers[t].code, "%s", d->workers[t].err.text);
  }
  return KN_OK;
}

/* Lays the labels of the chosen nodes side by side, of one node and the next; one for both ways where these are the same. */
static kn_code
lay_out(kn_labels *labels, const descent *d, const int32_t *node, kn_error *err)
{
  int64_t used = 0;
  const int step = d->ch->is_symmetric ? 2 : 1;
  for (int64_t i = 0; i < 2 * labels->n; i += step)
    used += d->label[2 * (int64_t)d->ch->rank[node[i / 2]] + i % 2].count + 1;
  KN_TRY(KN_GROW(labels->hub, labels->hub_capacity, used, err));
  KN_TRY(KN_GROW(labels->distance, labels->distance_capacity, used, err));
  used = 0;
  for (int64_t i = 0; i < 2 * labels->n; i++) {
    const row *from = &d->label[2 * (int64_t)d->ch->rank[node[i / 2]] + i % 2];
    labels->size[i] = from->count;
    if (i % step != 0) {
      labels->start[i] = labels->start[i - 1];
      continue;
    }
    labels->start[i] = used;
    memcpy(labels->hub + used, from->hub, (size_t)from->count * sizeof *from->hub);
    memcpy(labels->distance + used, from->distance, (size_t)from->count * sizeof *from->distance);
    used += from->count;
    labels->hub[used] = KN_LAST_HUB;
    labels->distance[used++] = 0;
  }
  labels->start[2 * labels->n] = used;
  return KN_OK;
}

static kn_code
descend(kn_labels *labels, descent *d, const int32_t *node, kn_arena *scratch, bool *is_done, kn_error *err)
{
  uint8_t *is_met;
  KN_NEW(is_met, scratch, d->ch->node_count, err);
  const int64_t count = meet_all(d->ch, labels->n, node, is_met);
  *is_done = count <= MOST_SHARE * labels->n;
  if (!*is_done)
    return KN_OK;
  KN_TRY(sort_by_depth(d, is_met, count, scratch, err));
  KN_NEW(d->workers, scratch, d->thread_count, err);
  for (int32_t t = 0; t < d->thread_count; t++)
    d->workers[t].keep = kn_arena_new();
  kn_code code = label_all(d, scratch, err);
  if (code == KN_OK)
    code = lay_out(labels, d, node, err);
  for (int32_t t = 0; t < d->thread_count; t++)
    kn_arena_free(d->workers[t].keep);
  return code;
}

kn_code
kn_labels_descend(kn_labels *labels, const kn_ch *ch, const int32_t *node, int32_t thread_count, bool *is_done, kn_error *err)
{
  descent d = {.ch = ch, .thread_count = kn_thread_count(thread_count)};
  kn_arena *scratch = kn_arena_new();
  const kn_code code = descend(labels, &d, node, scratch, is_done, err);
  kn_arena_free(scratch);
  return code;
}
