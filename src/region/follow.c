/* Rows read by another thread while a builder still takes them.
 *
 *   builder: rows settled ──publish──> how many there are      enter ─> lent until leave :follower
 *            an array moves: hold ─> release                   (holding waits for who is inside)
 *
 * Settled rows of a followed table do not change, and arrays move only while nobody is inside, so that the two need no
 * lock for the rows themselves. What would change such a row after all (a second file for the table, a figure converted, an
 * error that ends the import) spoils the following as a whole: what was made of it is then thrown away. */
#include "region/internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct followed {
  kn_table_id table;
  kn_follow_table about;
  const int32_t *domain; /* [count] as in its batch */
  int64_t settled;
  bool is_whole; /* no more rows come */
} followed;

struct kn_follow {
  kn_builder *builder;
  kn_arena *keep;
  int64_t least_rows;
  pthread_mutex_t mutex; /* guards what follows, and where arrays of the builder are */
  pthread_cond_t change;
  followed table[KN_TABLE_COUNT];
  int32_t count, asked;   /* tables begun; handed out by kn_follow_next() */
  int64_t shape_count;    /* of the builder, as published */
  int64_t shape_at;       /* of the follower: those before belong to rows before */
  const followed *inside; /* the table the follower is in; NULL: none */
  bool is_over, is_spoiled;
  bool is_done; /* the follower has ended: it reads nothing any more, nor what it found in the builder */
};

kn_code
kn_follow_new(kn_follow **out, int64_t least_rows, kn_error *err)
{
  kn_follow *follow = *out = calloc(1, sizeof *follow);
  if (follow == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory to follow rows");
  follow->keep = kn_arena_new();
  follow->least_rows = least_rows;
  pthread_mutex_init(&follow->mutex, NULL);
  pthread_cond_init(&follow->change, NULL);
  return KN_OK;
}

static void
part(kn_builder *builder)
{
  builder->follow->builder = NULL;
  builder->follow = NULL;
  for (int32_t d = 0; d < KN_DOMAIN_COUNT; d++)
    builder->symbols[d].follow = NULL;
}

void
kn_follow_free(kn_follow *follow)
{
  if (follow == NULL)
    return;
  if (follow->builder != NULL)
    part(follow->builder);
  pthread_cond_destroy(&follow->change);
  pthread_mutex_destroy(&follow->mutex);
  kn_arena_free(follow->keep);
  free(follow);
}

void
kn_builder_follow(kn_builder *builder, kn_follow *follow)
{
  assert(builder->follow == NULL && follow->builder == NULL);
  builder->follow = follow;
  follow->builder = builder;
  for (int32_t d = 0; d < KN_DOMAIN_COUNT; d++)
    builder->symbols[d].follow = follow;
}

/* ---------------------------------------------------------------- the builder's side */
void
kn_follow_hold(kn_follow *follow)
{
  if (follow == NULL)
    return;
  pthread_mutex_lock(&follow->mutex);
  while (follow->inside != NULL)
    pthread_cond_wait(&follow->change, &follow->mutex);
}

void
kn_follow_release(kn_follow *follow)
{
  if (follow != NULL)
    pthread_mutex_unlock(&follow->mutex);
}

/* Can what is written of such rows be right, whatever comes later? Of tables with a key of one column, the first file. Figures
 * with a unit are converted when all rows are there, and settings get another decimal mark. */
static bool
may_follow(const kn_builder *builder, const kn_batch *batch, bool has_shapes)
{
  const kn_grown *grown = &builder->grown[batch->table];
  const kn_table_def *def = grown->def;
  if (batch->file == NULL || grown->n != grown->stored || def->key_column == KN_NONE || def->unique[1] != KN_NONE ||
      def->id == KN_T_SETTINGS)
    return false;
  if (def->geometry == 'a' || (def->geometry == 'l' && !has_shapes))
    return false;
  for (int32_t j = 0; j < batch->count; j++)
    if (batch->domain[j] == KN_D_UNIT)
      return false;
  return batch->expected >= builder->follow->least_rows;
}

static followed *
find(kn_follow *follow, kn_table_id table)
{
  for (int32_t i = 0; i < follow->count; i++)
    if (follow->table[i].table == table)
      return &follow->table[i];
  return NULL;
}

/* Copied, since the builder may go while it is looked at. */
static kn_code
describe(kn_follow *follow, const kn_batch *batch, followed *out)
{
  int32_t *target, *domain;
  const char **names;
  KN_NEW(domain, follow->keep, batch->count + 1, NULL);
  KN_NEW(target, follow->keep, batch->count + 1, NULL);
  KN_NEW(names, follow->keep, batch->count + 1, NULL);
  for (int32_t j = 0; j < batch->count; j++) {
    target[j] = batch->target[j];
    domain[j] = batch->domain[j];
    KN_TRY(kn_text_copy(&names[j], follow->keep, batch->names[j], strlen(batch->names[j]), NULL));
  }
  out->table = batch->table;
  out->domain = domain;
  out->about = (kn_follow_table){.table = batch->table,
                                 .count = batch->count,
                                 .expected = batch->expected,
                                 .first = follow->builder->grown[batch->table].stored,
                                 .target = target,
                                 .names = names};
  return KN_OK;
}

void
kn_follow_begin(kn_builder *builder, bool has_shapes)
{
  kn_follow *follow = builder->follow;
  kn_batch *batch = &builder->batch[builder->current];
  if (follow == NULL || batch->is_followed || !may_follow(builder, batch, has_shapes))
    return;
  pthread_mutex_lock(&follow->mutex);
  followed fresh = {.is_whole = false};
  if (!follow->is_spoiled && find(follow, batch->table) == NULL && describe(follow, batch, &fresh) == KN_OK) {
    batch->is_followed = true;
    follow->table[follow->count++] = fresh;
    pthread_cond_broadcast(&follow->change);
  }
  pthread_mutex_unlock(&follow->mutex);
}

static void
publish(kn_builder *builder, kn_table_id table, bool is_whole)
{
  kn_follow *follow = builder->follow;
  pthread_mutex_lock(&follow->mutex);
  followed *at = find(follow, table);
  if (at != NULL) {
    at->settled = builder->grown[table].n;
    at->is_whole = is_whole;
    follow->shape_count = builder->shape_count;
    pthread_cond_broadcast(&follow->change);
  }
  pthread_mutex_unlock(&follow->mutex);
}

void
kn_follow_publish(kn_builder *builder)
{
  if (builder->follow != NULL && builder->current != KN_NONE && builder->batch[builder->current].is_followed)
    publish(builder, builder->batch[builder->current].table, false);
}

void
kn_follow_end_batch(kn_builder *builder)
{
  if (builder->follow != NULL && builder->current != KN_NONE && builder->batch[builder->current].is_followed)
    publish(builder, builder->batch[builder->current].table, true);
}

void
kn_follow_change(kn_builder *builder, kn_table_id table)
{
  kn_follow *follow = builder->follow;
  if (follow == NULL)
    return;
  /* Only this thread adds tables. Lines are drawn from node to node. */
  if (find(follow, table) != NULL || (table == KN_T_NODE && find(follow, KN_T_LINK) != NULL))
    kn_follow_spoil(follow);
}

void
kn_follow_spoil(kn_follow *follow)
{
  if (follow == NULL)
    return;
  kn_follow_hold(follow);
  follow->is_spoiled = true;
  pthread_cond_broadcast(&follow->change);
  kn_follow_release(follow);
}

void
kn_follow_leave_builder(kn_builder *builder, bool is_sound)
{
  kn_follow *follow = builder->follow;
  if (follow == NULL)
    return;
  kn_follow_hold(follow);
  follow->is_over = true;
  follow->is_spoiled |= !is_sound;
  pthread_cond_broadcast(&follow->change);
  /* What was read is texts that go with the builder, unless a region takes them over. */
  while (!is_sound && !follow->is_done)
    pthread_cond_wait(&follow->change, &follow->mutex);
  part(builder);
  kn_follow_release(follow);
}

/* ---------------------------------------------------------------- the follower's side */
bool
kn_follow_next(kn_follow *follow, kn_follow_table *out)
{
  pthread_mutex_lock(&follow->mutex);
  while (follow->asked == follow->count && !follow->is_over && !follow->is_spoiled)
    pthread_cond_wait(&follow->change, &follow->mutex);
  const bool is_there = follow->asked < follow->count && !follow->is_spoiled;
  if (is_there)
    *out = follow->table[follow->asked++].about;
  pthread_mutex_unlock(&follow->mutex);
  return is_there;
}

int64_t
kn_follow_enter(kn_follow *follow, kn_table_id table, int64_t first, int64_t most)
{
  pthread_mutex_lock(&follow->mutex);
  const followed *at = find(follow, table);
  assert(at != NULL);
  while (!follow->is_over && !follow->is_spoiled && !at->is_whole && at->settled < first + most)
    pthread_cond_wait(&follow->change, &follow->mutex);
  int64_t rows = KN_FOLLOW_OVER;
  if (!follow->is_over && !follow->is_spoiled) {
    rows = at->settled - first < most ? at->settled - first : most;
    follow->inside = at;
  }
  pthread_mutex_unlock(&follow->mutex);
  return rows;
}

void
kn_follow_leave(kn_follow *follow)
{
  pthread_mutex_lock(&follow->mutex);
  follow->inside = NULL;
  pthread_cond_broadcast(&follow->change);
  pthread_mutex_unlock(&follow->mutex);
}

void
kn_follow_end(kn_follow *follow)
{
  pthread_mutex_lock(&follow->mutex);
  follow->is_done = true;
  pthread_cond_broadcast(&follow->change);
  pthread_mutex_unlock(&follow->mutex);
}

bool
kn_follow_is_spoiled(kn_follow *follow)
{
  pthread_mutex_lock(&follow->mutex);
  const bool is_spoiled = follow->is_spoiled;
  pthread_mutex_unlock(&follow->mutex);
  return is_spoiled;
}

void
kn_follow_columns(const kn_follow *follow, kn_follow_column *out)
{
  const kn_builder *builder = follow->builder;
  const followed *at = follow->inside;
  const kn_grown *grown = &builder->grown[at->table];
  for (int32_t j = 0; j < at->about.count; j++) {
    const int32_t target = at->about.target[j];
    out[j] = (kn_follow_column){.kind = KN_TEXT};
    if (target == KN_IGNORED)
      continue;
    if (target < 0) {
      out[j].data.text = grown->extra[-1 - target].text;
      continue;
    }
    out[j].kind = grown->def->columns[target].kind;
    out[j].data = grown->column[target].data;
    out[j].words = grown->def->columns[target].words;
    if (at->domain[j] != KN_NONE) {
      out[j].kind = KN_REF;
      out[j].words = builder->symbols[at->domain[j]].text;
    }
  }
}

/* The column that a table has a value in, as it grows. */
static const kn_column *
column_of(const kn_grown *grown, const char *name)
{
  return &grown->column[kn_schema_find_column(grown->def, name)].data;
}

static bool
find_end(const kn_builder *builder, const char *column, int64_t row, double out[2])
{
  const kn_grown *nodes = &builder->grown[KN_T_NODE];
  const int32_t symbol = column_of(&builder->grown[KN_T_LINK], column)->number[row];
  const int32_t node = symbol < 0 ? KN_NONE : builder->symbols[KN_T_NODE].row[symbol];
  if (node == KN_NONE)
    return false; /* which ends the import later */
  out[0] = column_of(nodes, "lon")->real[node];
  out[1] = column_of(nodes, "lat")->real[node];
  return true;
}

bool
kn_follow_line(kn_follow *follow, int64_t row, const uint8_t **wkb, size_t *length, double from[2], double to[2])
{
  const kn_builder *builder = follow->builder;
  *wkb = NULL;
  for (; follow->shape_at < follow->shape_count; follow->shape_at++) {
    const kn_shape *shape = &builder->shape[follow->shape_at];
    const int32_t of = shape->table == KN_T_LINK ? builder->symbols[KN_T_LINK].row[shape->symbol] : KN_NONE;
    if (of > row)
      break;
    if (of < row)
      continue;
    *wkb = shape->wkb;
    *length = shape->length;
    return true;
  }
  return find_end(builder, "from_id", row, from) && find_end(builder, "to_id", row, to);
}
