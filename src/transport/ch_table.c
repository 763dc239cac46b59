/* Tables: each target leaves its distances in the buckets of the nodes it climbs to, each source climbs once and looks into them.
 *
 * source  Knopp, Sanders, Schultes, Schulz, Wagner (2007), Computing many-to-many shortest paths using highway hierarchies,
 *         ALENEX */
#include <stdlib.h>

#include "transport/internal.h"

enum { BLOCK = 8192 }; /* targets at a time: bounds the memory of the buckets */

typedef struct entry {
  int32_t column; /* of the table, within the block */
  uint32_t distance;
} entry;

typedef struct found {
  int32_t node, column;
  uint32_t distance;
} found;

/* What one thread found in the searches from targets. */
typedef struct harvest {
  found *rows;
  int64_t count, capacity;
  kn_code code;
  kn_error err;
} harvest;

typedef struct table {
  const kn_ch *ch;
  kn_ch_query **queries; /* [thread_count] */
  harvest *harvests;     /* [thread_count] */
  int32_t thread_count;
  int64_t target_count;
  const int32_t *source, *target; /* target: those of the block */
  uint32_t *distance;             /* first column of the block */
  int64_t *first;                 /* [node_count + 1] of each node's bucket */
  entry *entries;
  int64_t entry_capacity;
  int64_t block_count;
} table;

static void
search_targets(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const table *t = arg;
  kn_ch_query *query = t->queries[worker];
  harvest *mine = &t->harvests[worker];
  for (int64_t i = first; i < last; i++) {
    ascent_start(query, KN_TO, t->ch->rank[t->target[i]]);
    for (int32_t node; (node = ascent_next(query, KN_TO)) != KN_NONE && mine->code == KN_OK;) {
      if (mine->count == mine->capacity)
        mine->code = KN_GROW(mine->rows, mine->capacity, 2 * mine->count + 1024, &mine->err);
      if (mine->code == KN_OK)
        mine->rows[mine->count++] = (found){node, (int32_t)i, spot_of(query, node, KN_TO)->distance};
    }
  }
}

/* From what the threads found to buckets by node. Their order within a bucket does not matter: the least is taken. */
static kn_code
fill_buckets(table *t, kn_error *err)
{
  int64_t total = 0;
  for (int64_t v = 0; v <= t->ch->node_count; v++)
    t->first[v] = 0;
  for (int32_t w = 0; w < t->thread_count; w++) {
    const harvest *h = &t->harvests[w];
    if (h->code != KN_OK)
      return kn_fail(err, h->code, "%s", h->err.text);
    total += h->count;
    for (int64_t i = 0; i < h->count; i++)
      t->first[h->rows[i].node]++;
  }
  KN_TRY(KN_GROW(t->entries, t->entry_capacity, total + 1, err));
  for (int64_t v = 0, sum = 0; v <= t->ch->node_count; v++) {
    sum += t->first[v];
    t->first[v] = sum; /* the end of the bucket, which filling moves to its start */
  }
  for (int32_t w = 0; w < t->thread_count; w++) {
    harvest *h = &t->harvests[w];
    for (int64_t i = 0; i < h->count; i++)
      t->entries[--t->first[h->rows[i].node]] = (entry){h->rows[i].column, h->rows[i].distance};
    h->count = 0;
  }
  return KN_OK;
}

static void
search_sources(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const table *t = arg;
  kn_ch_query *query = t->queries[worker];
  for (int64_t s = first; s < last; s++) {
    uint32_t *row = t->distance + s * t->target_count;
    for (int64_t j = 0; j < t->block_count; j++)
      row[j] = KN_FAR;
    ascent_start(query, KN_FROM, t->ch->rank[t->source[s]]);
    for (int32_t node; (node = ascent_next(query, KN_FROM)) != KN_NONE;) {
      const uint32_t up = spot_of(query, node, KN_FROM)->distance;
      for (int64_t i = t->first[node]; i < t->first[node + 1]; i++) {
        const entry *e = &t->entries[i];
        const uint32_t sum = up + e->distance;
        if (sum < row[e->column])
          row[e->column] = sum;
      }
    }
  }
}

static kn_code
fill_table(table *t, kn_arena *scratch, int64_t source_count, const int32_t *target, uint32_t *distance, kn_error *err)
{
  KN_NEW(t->first, scratch, (size_t)t->ch->node_count + 1, err);
  KN_NEW(t->harvests, scratch, t->thread_count, err);
  for (int64_t block = 0; block < t->target_count; block += BLOCK) {
    t->target = target + block;
    t->distance = distance + block;
    t->block_count = t->target_count - block < BLOCK ? t->target_count - block : BLOCK;
    KN_TRY(kn_parallel(t->thread_count, t->block_count, 16, search_targets, t, err));
    KN_TRY(fill_buckets(t, err));
    KN_TRY(kn_parallel(t->thread_count, source_count, 8, search_sources, t, err));
  }
  return KN_OK;
}

kn_code
kn_ch_table(const kn_ch *ch, int64_t source_count, const int32_t *source, int64_t target_count, const int32_t *target,
            int32_t thread_count, uint32_t *distance, kn_error *err)
{
  KN_TRY(check_nodes(ch->node_count, source_count, source, err));
  KN_TRY(check_nodes(ch->node_count, target_count, target, err));
  if (source_count == 0 || target_count == 0)
    return KN_OK;
  kn_arena *scratch = kn_arena_new();
  table t = {.ch = ch, .source = source, .target_count = target_count, .thread_count = kn_thread_count(thread_count)};
  kn_code code = queries_new(&t.queries, scratch, ch, t.thread_count, err);
  if (code == KN_OK) {
    code = fill_table(&t, scratch, source_count, target, distance, err);
    queries_free(t.queries, t.thread_count);
  }
  for (int32_t w = 0; t.harvests != NULL && w < t.thread_count; w++)
    free(t.harvests[w].rows);
  free(t.entries);
  kn_arena_free(scratch);
  return code == KN_OK ? KN_OK
                       : kn_note(err, "filling a table of %" PRId64 " x %" PRId64 " distances", source_count, target_count);
}
