/* Keys as numbers. All references to a table share one table of symbols with the keys of its rows, so that
 * finding a row, refusing a key twice and resolving a reference are one look-up. Open addressing, at most
 * two thirds full; about 36 bytes and the text per key. */
#include "region/internal.h"

#include <stdlib.h>
#include <string.h>

#define POOL_BLOCK 65536

/* ---------------------------------------------------------------- text pool */
kn_code
kn_textpool_copy(const char **out, kn_textpool *pool, const char *text, size_t length, kn_error *err)
{
  if (pool->arena == NULL && (pool->arena = kn_arena_new()) == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for texts");
#ifdef KN_ARENA_MALLOC
  return kn_text_copy(out, pool->arena, text, length, err); /* a text of its own, so that overruns are seen */
#else
  if (length + 1 > POOL_BLOCK / 8)
    return kn_text_copy(out, pool->arena, text, length, err);
  if (pool->left < length + 1) {
    KN_TRY(kn_arena_reserve(pool->arena, POOL_BLOCK, err));
    pool->next = kn_arena_take(pool->arena, POOL_BLOCK, 1);
    pool->left = POOL_BLOCK;
  }
  memcpy(pool->next, text, length);
  pool->next[length] = '\0';
  *out = pool->next;
  pool->next += length + 1;
  pool->left -= length + 1;
  return KN_OK;
#endif
}

void
kn_textpool_free(kn_textpool *pool)
{
  kn_arena_free(pool->arena);
  *pool = (kn_textpool){0};
}

/* ---------------------------------------------------------------- symbols */
static uint64_t
mix(uint64_t value)
{
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93u;
  value ^= value >> 32;
  value *= 0xd6e8feb86659fd93u;
  value ^= value >> 32;
  return value;
}

uint32_t
kn_symbols_hash(const char *text, size_t length)
{
  uint64_t hash = 0x9e3779b97f4a7c15u ^ length;
  while (length >= 8) {
    uint64_t part;
    memcpy(&part, text, 8);
    hash = (hash ^ part) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 29;
    text += 8;
    length -= 8;
  }
  uint64_t tail = 0;
  memcpy(&tail, text, length);
  return (uint32_t)mix(hash ^ tail);
}

static kn_code
grow_slots(kn_symbols *symbols, uint64_t wanted, kn_error *err)
{
  uint64_t size = symbols->slot == NULL ? 16 : symbols->slot_mask + 1;
  while (size * 2 < wanted * 3)
    size *= 2;
  if (symbols->slot != NULL && size == symbols->slot_mask + 1)
    return KN_OK;
  uint64_t *slot = calloc(size, sizeof *slot);
  if (slot == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for %" PRIu64 " keys", wanted);
  kn_wish_large_pages(slot, size * sizeof *slot);
  if (symbols->slot != NULL)
    for (uint64_t i = 0; i <= symbols->slot_mask; i++) {
      if (symbols->slot[i] == 0)
        continue;
      uint64_t at = (symbols->slot[i] >> 32) & (size - 1);
      while (slot[at] != 0)
        at = (at + 1) & (size - 1);
      slot[at] = symbols->slot[i];
    }
  free(symbols->slot);
  symbols->slot = slot;
  symbols->slot_mask = size - 1;
  return KN_OK;
}

/* Room for texts and rows, which somebody may be reading. */
static kn_code
grow_texts(kn_symbols *symbols, int64_t wanted, kn_error *err)
{
  if (wanted <= symbols->text_capacity && wanted <= symbols->row_capacity)
    return KN_OK;
  kn_follow_hold(symbols->follow);
  kn_code code = KN_GROW(symbols->text, symbols->text_capacity, wanted, err);
  if (code == KN_OK)
    code = KN_GROW(symbols->row, symbols->row_capacity, wanted, err);
  kn_follow_release(symbols->follow);
  return code;
}

kn_code
kn_symbols_expect(kn_symbols *symbols, int64_t more, kn_error *err)
{
  const int64_t wanted = symbols->count + more;
  KN_TRY(grow_slots(symbols, (uint64_t)wanted, err));
  return grow_texts(symbols, wanted, err);
}

/* Slot of the text, or the free slot where it belongs. */
static uint64_t
probe(const kn_symbols *symbols, const char *text, size_t length, uint32_t hash)
{
  uint64_t at = hash & symbols->slot_mask;
  for (;; at = (at + 1) & symbols->slot_mask) {
    const uint64_t slot = symbols->slot[at];
    if (slot == 0)
      return at;
    if ((uint32_t)(slot >> 32) != hash)
      continue;
    const char *known = symbols->text[(uint32_t)slot - 1];
    if (strncmp(known, text, length) == 0 && known[length] == '\0')
      return at;
  }
}

kn_code
kn_symbols_put(kn_symbols *symbols, const char *text, size_t length, uint32_t hash, int32_t *symbol, kn_error *err)
{
  if (symbols->slot == NULL || (uint64_t)(symbols->count + 1) * 3 > (symbols->slot_mask + 1) * 2)
    KN_TRY(grow_slots(symbols, (uint64_t)symbols->count * 2 + 8, err));
  assert(symbols->slot != NULL);
  const uint64_t at = probe(symbols, text, length, hash);
  if (symbols->slot[at] != 0) {
    *symbol = (int32_t)((uint32_t)symbols->slot[at] - 1);
    return KN_OK;
  }
  if (symbols->count == INT32_MAX - 1)
    return kn_fail(err, KN_E_LIMIT, "more than %d keys of one kind", INT32_MAX - 1);
  KN_TRY(grow_texts(symbols, (int64_t)symbols->count + 1, err));
  KN_TRY(kn_textpool_copy(&symbols->text[symbols->count], &symbols->pool, text, length, err));
  symbols->row[symbols->count] = KN_NONE;
  symbols->slot[at] = (uint64_t)hash << 32 | (uint32_t)(symbols->count + 1);
  *symbol = symbols->count++;
  return KN_OK;
}

int32_t
kn_symbols_find(const kn_symbols *symbols, const char *text, size_t length)
{
  if (symbols->slot == NULL || memchr(text, '\0', length) != NULL)
    return KN_NONE;
  const uint64_t slot = symbols->slot[probe(symbols, text, length, kn_symbols_hash(text, length))];
  return slot == 0 ? KN_NONE : (int32_t)((uint32_t)slot - 1);
}

size_t
kn_symbols_bytes(const kn_symbols *symbols)
{
  return (symbols->slot == NULL ? 0 : (size_t)(symbols->slot_mask + 1) * sizeof *symbols->slot) +
         (size_t)symbols->text_capacity * sizeof *symbols->text + (size_t)symbols->row_capacity * sizeof *symbols->row +
         (symbols->pool.arena == NULL ? 0 : kn_arena_bytes(symbols->pool.arena));
}

void
kn_symbols_free(kn_symbols *symbols)
{
  free(symbols->text);
  free(symbols->row);
  free(symbols->slot);
  kn_textpool_free(&symbols->pool);
  *symbols = (kn_symbols){0};
}

int32_t
kn_column_domain(const kn_table_def *table, int32_t column)
{
  const kn_column_def *def = &table->columns[column];
  if (def->kind == KN_KEY || def->kind == KN_REF)
    return (int32_t)def->target;
  if (def->kind != KN_TEXT)
    return KN_NONE;
  if (strcmp(def->name, "unit") == 0)
    return KN_D_UNIT;
  if (strcmp(def->name, "property") == 0)
    return KN_D_PROPERTY;
  if (table->id == KN_T_TARIFF && (strcmp(def->name, "from_id") == 0 || strcmp(def->name, "to_id") == 0))
    return KN_D_END;
  if (table->id == KN_T_PRODUCT_MATERIAL && strcmp(def->name, "material") == 0)
    return KN_D_MATERIAL;
  return strcmp(def->name, "mode_id") == 0 ? KN_D_MODE : KN_NONE;
}

/* ---------------------------------------------------------------- pairs */
static kn_code
grow_pairs(kn_pairs *pairs, kn_error *err)
{
  const uint64_t size = pairs->slot == NULL ? 64 : (pairs->mask + 1) * 2;
  kn_pair *slot = malloc(size * sizeof *slot);
  if (slot == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for %" PRIu64 " pairs of keys", size);
  memset(slot, 0xff, size * sizeof *slot); /* all rows KN_NONE */
  if (pairs->slot != NULL)
    for (uint64_t i = 0; i <= pairs->mask; i++) {
      if (pairs->slot[i].row == KN_NONE)
        continue;
      uint64_t at = mix(pairs->slot[i].key) & (size - 1);
      while (slot[at].row != KN_NONE)
        at = (at + 1) & (size - 1);
      slot[at] = pairs->slot[i];
    }
  free(pairs->slot);
  pairs->slot = slot;
  pairs->mask = size - 1;
  return KN_OK;
}

kn_code
kn_pairs_put(kn_pairs *pairs, uint64_t key, int32_t **row, kn_error *err)
{
  if (pairs->slot == NULL || (uint64_t)(pairs->count + 1) * 3 > (pairs->mask + 1) * 2)
    KN_TRY(grow_pairs(pairs, err));
  assert(pairs->slot != NULL);
  uint64_t at = mix(key) & pairs->mask;
  while (pairs->slot[at].row != KN_NONE && pairs->slot[at].key != key)
    at = (at + 1) & pairs->mask;
  if (pairs->slot[at].row == KN_NONE) {
    pairs->slot[at].key = key;
    pairs->count++;
  }
  *row = &pairs->slot[at].row;
  return KN_OK;
}

void
kn_pairs_free(kn_pairs *pairs)
{
  free(pairs->slot);
  *pairs = (kn_pairs){0};
}
