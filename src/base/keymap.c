/* Keys to row numbers: open addressing with linear probing, at most half full. */
#include <stdlib.h>
#include <string.h>

#include "knoop/base.h"

typedef struct slot {
  const char *key; /* NULL: free */
  uint32_t tag;    /* upper half of the hash: most unequal keys differ here already */
  int32_t row;
} slot;

struct kn_keymap {
  slot *slots;
  size_t mask, count;
  uint64_t seed;
};

static uint64_t
mix(uint64_t a, uint64_t b)
{
  const unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Multiply and fold, 16 bytes a step (after W. Yi, wyhash). */
static uint64_t
hash(const char *key, size_t length, uint64_t seed)
{
  const uint64_t p0 = 0xa0761d6478bd642fU, p1 = 0xe7037ed1a0b428dbU;
  uint64_t state = seed ^ p0, a = 0, b = 0;
  size_t left = length;
  for (; left > 16; left -= 16, key += 16) {
    memcpy(&a, key, 8);
    memcpy(&b, key + 8, 8);
    state = mix(a ^ p1, b ^ state);
  }
  a = b = 0;
  memcpy(&a, key, left < 8 ? left : 8);
  if (left > 8)
    memcpy(&b, key + 8, left - 8);
  return mix(p1 ^ length, mix(a ^ p1, b ^ state));
}

static kn_code
set_size(kn_keymap *map, size_t size, kn_error *err)
{
  slot *slots = calloc(size, sizeof *slots);
  if (slots == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory: a table of %zu keys was wanted", size / 2);
  const slot *old = map->slots;
  const size_t old_size = old == NULL ? 0 : map->mask + 1;
  for (size_t i = 0; i < old_size; i++) {
    if (old[i].key == NULL)
      continue;
    size_t at = hash(old[i].key, strlen(old[i].key), map->seed) & (size - 1);
    while (slots[at].key != NULL)
      at = (at + 1) & (size - 1);
    slots[at] = old[i];
  }
  free(map->slots);
  map->slots = slots;
  map->mask = size - 1;
  return KN_OK;
}

kn_code
kn_keymap_new(kn_keymap **out, int64_t expected, kn_error *err)
{
  *out = NULL;
  if (expected > INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "%" PRId64 " keys are more than a table can hold", expected);
  kn_keymap *map = calloc(1, sizeof *map);
  if (map == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  /* The address differs from run to run, so nobody can prepare keys that collide; no answer depends on it. */
  map->seed = (uint64_t)(uintptr_t)map * 0x9e3779b97f4a7c15U;
  size_t size = 16;
  while (size < 2 * (size_t)(expected > 0 ? expected : 0))
    size *= 2;
  const kn_code code = set_size(map, size, err);
  if (code != KN_OK) {
    free(map);
    return code;
  }
  *out = map;
  return KN_OK;
}

void
kn_keymap_free(kn_keymap *map)
{
  if (map == NULL)
    return;
  free(map->slots);
  free(map);
}

/* The slot that holds the key, or the free one where it belongs. */
static slot *
find_slot(const kn_keymap *map, const char *key, uint32_t *tag)
{
  const uint64_t h = hash(key, strlen(key), map->seed);
  *tag = (uint32_t)(h >> 32);
  for (size_t at = h & map->mask;; at = (at + 1) & map->mask) {
    slot *here = &map->slots[at];
    if (here->key == NULL || (here->tag == *tag && strcmp(here->key, key) == 0))
      return here;
  }
}

kn_code
kn_keymap_put(kn_keymap *map, const char *key, int32_t next, int32_t *row, kn_error *err)
{
  if (2 * (map->count + 1) > map->mask + 1)
    KN_TRY(set_size(map, 2 * (map->mask + 1), err));
  uint32_t tag;
  slot *here = find_slot(map, key, &tag);
  if (here->key != NULL) {
    *row = here->row;
    return KN_OK;
  }
  *here = (slot){.key = key, .tag = tag, .row = next};
  map->count++;
  *row = -1;
  return KN_OK;
}

int32_t
kn_keymap_find(const kn_keymap *map, const char *key)
{
  uint32_t tag;
  const slot *here = find_slot(map, key, &tag);
  return here->key == NULL ? -1 : here->row;
}
