/* Hub labels of chosen nodes.
 *
 * The raw label of a node is all that its search upwards settles, stalled nodes left out. An entry (hub, distance) is dropped when
 * a hub of higher rank lies on a way to it that is no longer. What stays is enough for every pair: the highest of all nodes on
 * shortest ways i -> j is in both labels, since nothing above it lies on a shortest way to it from either end.
 *
 * source  Abraham, Delling, Goldberg, Werneck (2011), A hub-based labeling algorithm for shortest paths in road networks, SEA;
 *         (2012) Hierarchical hub labelings for shortest paths, ESA */
#include <stdlib.h>
#include <string.h>

#include "transport/labels.h"

enum { BLOCK = 8192 };

/* An entry of a raw label while it is judged. */
typedef struct entry {
  int32_t hub;
  uint32_t distance;
} entry;

/* The raw labels that one thread found. */
typedef struct harvest {
  entry *rows;
  int64_t count, capacity;
  kn_code code;
  kn_error err;
} harvest;

typedef struct use {
  int32_t row, at; /* entry `at` of the raw label `row`; -1 - at once it was found needless */
} use;

/* A block of nodes in one direction. */
typedef struct block {
  const kn_ch *ch;
  kn_ch_query **queries;
  harvest *harvests;
  int32_t thread_count;
  int direction;
  const int32_t *node;
  int64_t count;
  int64_t *from;   /* [BLOCK] first entry of each raw label in the list of its worker */
  int32_t *size;   /* [BLOCK] */
  int32_t *worker; /* [BLOCK] */
  entry **row;     /* [BLOCK] the raw label itself, once all are there */
  int64_t *first;  /* [node_count + 1] by hub: its uses */
  int32_t *hubs;   /* hubs that are used */
  int64_t hub_count;
  use *uses;
  int64_t use_capacity;
} block;

static int
compare_hubs(const void *a, const void *b)
{
  const int32_t x = ((const entry *)a)->hub, y = ((const entry *)b)->hub;
  return (x > y) - (x < y);
}

static void
find_raw(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const block *b = arg;
  kn_ch_query *query = b->queries[worker];
  harvest *mine = &b->harvests[worker];
  for (int64_t i = first; i < last; i++) {
    const int64_t before = mine->count;
    ascent_start(query, b->direction, b->ch->rank[b->node[i]]);
    for (int32_t node; (node = ascent_next(query, b->direction)) != KN_NONE && mine->code == KN_OK;) {
      if (mine->count == mine->capacity)
        mine->code = KN_GROW(mine->rows, mine->capacity, 2 * mine->count + 1024, &mine->err);
      if (mine->code == KN_OK)
        mine->rows[mine->count++] = (entry){node, spot_of(query, node, b->direction)->distance};
    }
    b->from[i] = before;
    b->size[i] = (int32_t)(mine->count - before);
    b->worker[i] = worker;
    if (mine->code == KN_OK)
      qsort(mine->rows + before, (size_t)b->size[i], sizeof *mine->rows, compare_hubs);
  }
}

static kn_code
index_by_hub(block *b, kn_error *err)
{
  int64_t total = 0;
  for (int32_t w = 0; w < b->thread_count; w++)
    if (b->harvests[w].code != KN_OK)
      return kn_fail(err, b->harvests[w].code, "%s", b->harvests[w].err.text);
  memset(b->first, 0, ((size_t)b->ch->node_count + 1) * sizeof *b->first);
  for (int64_t i = 0; i < b->count; i++) {
    b->row[i] = b->harvests[b->worker[i]].rows + b->from[i];
    total += b->size[i];
    for (int32_t k = 0; k < b->size[i]; k++)
      b->first[b->row[i][k].hub]++;
  }
  KN_TRY(KN_GROW(b->uses, b->use_capacity, total + 1, err));
  b->hub_count = 0;
  int64_t sum = 0;
  for (int32_t v = 0; v <= b->ch->node_count; v++) {
    if (b->first[v] > 0)
      b->hubs[b->hub_count++] = v;
    sum += b->first[v];
    b->first[v] = sum;
  }
  for (int64_t i = b->count - 1; i >= 0; i--)
    for (int32_t k = 0; k < b->size[i]; k++)
      b->uses[--b->first[b->row[i][k].hub]] = (use){(int32_t)i, k};
  return KN_OK;
}

/* Whether a higher hub of the label lies on a way to this one that is no longer. The search from the hub, the other way, is in
 * the query. */
static bool
is_needless(const kn_ch_query *query, int direction, const entry *row, int32_t size, int32_t at)
{
  const uint32_t distance = row[at].distance;
  for (int32_t k = size - 1; k > at; k--) {
    const uint32_t rest = spot_of(query, row[k].hub, 1 - direction)->distance;
    if (rest <= distance && row[k].distance <= distance - rest)
      return true;
  }
  return false;
}

/* Marks the needless entries of each hub where they are used; the labels themselves are still read by others. */
static void
judge_hubs(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const block *b = arg;
  kn_ch_query *query = b->queries[worker];
  for (int64_t h = first; h < last; h++) {
    const int32_t hub = b->hubs[h];
    ascent_start(query, 1 - b->direction, hub);
    while (ascent_next(query, 1 - b->direction) != KN_NONE)
      ;
    for (int64_t i = b->first[hub]; i < b->first[hub + 1]; i++) {
      use *u = &b->uses[i];
      if (is_needless(query, b->direction, b->row[u->row], b->size[u->row], u->at))
        u->at = -1 - u->at;
    }
  }
}

static void
drop_needless(block *b, int64_t total)
{
  for (int64_t i = 0; i < total; i++)
    if (b->uses[i].at < 0)
      b->row[b->uses[i].row][-1 - b->uses[i].at].hub = KN_NONE;
  for (int64_t i = 0; i < b->count; i++) {
    int32_t left = 0;
    for (int32_t k = 0; k < b->size[i]; k++)
      if (b->row[i][k].hub != KN_NONE)
        b->row[i][left++] = b->row[i][k];
    b->size[i] = left;
  }
}

static kn_code
label_block(block *b, kn_error *err)
{
  for (int32_t w = 0; w < b->thread_count; w++)
    b->harvests[w].count = 0;
  KN_TRY(kn_parallel(b->thread_count, b->count, 16, find_raw, b, err));
  KN_TRY(index_by_hub(b, err));
  KN_TRY(kn_parallel(b->thread_count, b->hub_count, 64, judge_hubs, b, err));
  drop_needless(b, b->first[b->ch->node_count]);
  return KN_OK;
}

/* Appends the labels of one block and direction; start[] counts from the end of those before. */
static kn_code
append_labels(kn_labels *labels, const block *b, int64_t *used, int64_t *start, int32_t *size, kn_error *err)
{
  int64_t need = *used;
  for (int64_t i = 0; i < b->count; i++)
    need += b->size[i] + 1;
  KN_TRY(KN_GROW(labels->hub, labels->hub_capacity, need, err));
  KN_TRY(KN_GROW(labels->distance, labels->distance_capacity, need, err));
  for (int64_t i = 0; i < b->count; i++) {
    start[2 * i] = *used;
    size[2 * i] = b->size[i];
    for (int32_t k = 0; k <= b->size[i]; k++) {
      const bool is_end = k == b->size[i];
      labels->hub[*used] = is_end ? KN_LAST_HUB : b->row[i][k].hub;
      labels->distance[(*used)++] = is_end ? 0 : b->row[i][k].distance;
    }
  }
  return KN_OK;
}

static kn_code
fill_labels(kn_labels *labels, block *b, const int32_t *node, kn_arena *scratch, kn_error *err)
{
  KN_NEW(b->harvests, scratch, b->thread_count, err);
  KN_NEW(b->from, scratch, BLOCK, err);
  KN_NEW(b->size, scratch, BLOCK, err);
  KN_NEW(b->worker, scratch, BLOCK, err);
  KN_NEW(b->row, scratch, BLOCK, err);
  KN_NEW(b->first, scratch, (size_t)b->ch->node_count + 1, err);
  KN_NEW(b->hubs, scratch, b->ch->node_count, err);
  int64_t used = 0;
  for (int64_t at = 0; at < labels->n; at += BLOCK)
    for (int direction = 0; direction < 2; direction++) {
      b->node = node + at;
      b->count = labels->n - at < BLOCK ? labels->n - at : BLOCK;
      b->direction = direction;
      KN_TRY(label_block(b, err));
      KN_TRY(append_labels(labels, b, &used, labels->start + 2 * at + direction, labels->size + 2 * at + direction, err));
    }
  labels->start[2 * labels->n] = used;
  return KN_OK;
}

/* Each chosen node for itself. */
static kn_code
search_labels(kn_labels *labels, const kn_ch *ch, const int32_t *node, int32_t thread_count, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  block b = {.ch = ch, .thread_count = kn_thread_count(thread_count)};
  kn_code code = queries_new(&b.queries, scratch, ch, b.thread_count, err);
  if (code == KN_OK) {
    code = fill_labels(labels, &b, node, scratch, err);
    queries_free(b.queries, b.thread_count);
  }
  for (int32_t w = 0; b.harvests != NULL && w < b.thread_count; w++)
    free(b.harvests[w].rows);
  free(b.uses);
  kn_arena_free(scratch);
  return code;
}

static kn_code
make_labels(kn_labels *labels, const kn_ch *ch, const int32_t *node, int32_t thread_count, kn_error *err)
{
  bool is_done = false;
  KN_NEW(labels->start, labels->keep, 2 * (size_t)labels->n + 1, err);
  KN_NEW(labels->size, labels->keep, 2 * (size_t)labels->n, err);
  KN_TRY(kn_labels_descend(labels, ch, node, thread_count, &is_done, err));
  return is_done ? KN_OK : search_labels(labels, ch, node, thread_count, err);
}

kn_code
kn_labels_new(kn_labels **out, const kn_ch *ch, int64_t n, const int32_t *node, int32_t thread_count, kn_error *err)
{
  *out = NULL;
  KN_TRY(check_nodes(ch->node_count, n, node, err));
  kn_labels *labels = calloc(1, sizeof *labels);
  if (labels == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  labels->keep = kn_arena_new();
  labels->n = n;
  const kn_code code = make_labels(labels, ch, node, thread_count, err);
  if (code != KN_OK) {
    kn_labels_free(labels);
    return kn_note(err, "making hub labels of %" PRId64 " nodes", n);
  }
  *out = labels;
  return KN_OK;
}

kn_labels_facts
kn_labels_tell(const kn_labels *labels)
{
  const int64_t used = labels->start[2 * labels->n];
  int64_t entries = 0;
  for (int64_t i = 0; i < 2 * labels->n; i++)
    entries += labels->size[i];
  return (kn_labels_facts){labels->n, entries,
                           kn_arena_bytes(labels->keep) + (size_t)used * (sizeof *labels->hub + sizeof *labels->distance)};
}

void
kn_labels_free(kn_labels *labels)
{
  if (labels == NULL)
    return;
  free(labels->hub);
  free(labels->distance);
  kn_arena_free(labels->keep);
  free(labels);
}

uint32_t
kn_labels_distance(const kn_labels *labels, int64_t i, int64_t j)
{
  assert(i >= 0 && i < labels->n);
  assert(j >= 0 && j < labels->n);
  int64_t a = labels->start[2 * i + KN_FROM], b = labels->start[2 * j + KN_TO];
  uint32_t best = KN_FAR;
  /* Steps without a branch that depends on the hubs, which would be guessed wrong every other time. */
  for (;;) {
    const int32_t x = labels->hub[a], y = labels->hub[b];
    if (x == y) {
      if (x == KN_LAST_HUB)
        return best;
      const uint32_t sum = labels->distance[a] + labels->distance[b];
      best = sum < best ? sum : best;
    }
    a += x <= y;
    b += y <= x;
  }
}

int32_t
kn_labels_row(const kn_labels *labels, int64_t i, kn_heading heading, const int32_t **hub, const uint32_t **distance)
{
  assert(i >= 0 && i < labels->n);
  const int64_t at = 2 * i + heading;
  *hub = labels->hub + labels->start[at];
  *distance = labels->distance + labels->start[at];
  return labels->size[at];
}
