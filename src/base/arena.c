/* Arenas: memory that ends all at once.
 *
 * Block variant: a list of blocks from calloc, each handed out from front to back. Malloc variant
 * (KN_ARENA_MALLOC): each take is a block of its own, so that sanitizers see an overrun of one take into the next. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "knoop/base.h"

enum { ALIGN = 16, FIRST_BLOCK = 1 << 16, LARGEST_BLOCK = 1 << 20, PAGE = 4096, LARGE_BYTES = 1 << 22 };

/* No machine that runs this has more; it keeps sums of sizes far from overflow. */
static const size_t most_bytes = (size_t)1 << 46;

typedef struct block {
  struct block *next;
  size_t size, used; /* of the memory behind this header */
  size_t unused;     /* keeps the memory aligned to 16 */
} block;

struct kn_arena {
  block *blocks;    /* the first is the one being handed out */
  size_t next_size; /* of the next ordinary block */
  size_t promised;  /* of the last reservation, not yet taken */
  size_t bytes;
};

kn_arena *
kn_arena_new(void)
{
  kn_arena *arena = calloc(1, sizeof *arena);
  if (arena != NULL)
    arena->next_size = FIRST_BLOCK;
  return arena;
}

void
kn_arena_free(kn_arena *arena)
{
  if (arena == NULL)
    return;
  for (block *at = arena->blocks; at != NULL;) {
    block *next = at->next;
    free(at);
    at = next;
  }
  free(arena);
}

static size_t
rounded(size_t bytes)
{
  return (bytes + (ALIGN - 1)) & ~(size_t)(ALIGN - 1);
}

void
kn_wish_large_pages(void *at, size_t bytes)
{
  if (at == NULL || bytes < LARGE_BYTES)
    return;
  const uintptr_t first = ((uintptr_t)at + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
  const uintptr_t end = ((uintptr_t)at + bytes) & ~(uintptr_t)(PAGE - 1);
  madvise((void *)first, end - first, MADV_HUGEPAGE);
}

static block *
push_block(kn_arena *arena, size_t size)
{
  block *fresh = calloc(1, sizeof *fresh + size);
  if (fresh == NULL)
    return NULL;
  kn_wish_large_pages(fresh, sizeof *fresh + size);
  fresh->size = size;
  fresh->next = arena->blocks;
  arena->blocks = fresh;
  return fresh;
}

#ifdef KN_ARENA_MALLOC

kn_code
kn_arena_reserve(kn_arena *arena, size_t bytes, kn_error *err)
{
  if (arena == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  void *probe = bytes < most_bytes ? malloc(bytes + 1) : NULL;
  if (probe == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory: %zu bytes more were wanted", bytes);
  free(probe);
  arena->promised = rounded(bytes);
  return KN_OK;
}

void *
kn_arena_take(kn_arena *arena, size_t count, size_t size)
{
  assert(size == 0 || count <= most_bytes / size);
  const size_t bytes = count * size;
  assert(rounded(bytes) <= arena->promised);
  block *fresh = push_block(arena, bytes);
  if (fresh == NULL)
    return NULL;
  arena->promised -= rounded(bytes);
  arena->bytes += rounded(bytes);
  return fresh + 1;
}

#else

static kn_code
make_room(kn_arena *arena, size_t bytes, kn_error *err)
{
  if (arena->blocks != NULL && arena->blocks->size - arena->blocks->used >= bytes)
    return KN_OK;
  size_t size = arena->next_size;
  if (size < LARGEST_BLOCK)
    arena->next_size = 2 * size;
  if (size < bytes)
    size = bytes;
  if (push_block(arena, size) == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory: %zu bytes more were wanted", bytes);
  return KN_OK;
}

kn_code
kn_arena_reserve(kn_arena *arena, size_t bytes, kn_error *err)
{
  if (arena == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  if (bytes >= most_bytes)
    return kn_fail(err, KN_E_LIMIT, "out of memory: %zu bytes more were wanted", bytes);
  KN_TRY(make_room(arena, rounded(bytes), err));
  arena->promised = rounded(bytes);
  return KN_OK;
}

void *
kn_arena_take(kn_arena *arena, size_t count, size_t size)
{
  assert(size == 0 || count <= most_bytes / size);
  const size_t bytes = rounded(count * size);
  assert(bytes <= arena->promised);
  /* More than was promised is a slip that the assert above names; a release build still tries to serve it. */
  if (bytes > arena->promised && make_room(arena, bytes, NULL) != KN_OK)
    return NULL;
  arena->promised -= bytes < arena->promised ? bytes : arena->promised;
  block *at = arena->blocks;
  if (at == NULL) /* a take of nothing before any reservation */
    return arena;
  void *taken = (char *)(at + 1) + at->used;
  at->used += bytes;
  arena->bytes += bytes;
  return taken;
}

#endif

size_t
kn_arena_bytes(const kn_arena *arena)
{
  return arena == NULL ? 0 : arena->bytes;
}

kn_code
kn_grow(void **data, int64_t *capacity, int64_t need, size_t size, kn_error *err)
{
  if (need <= *capacity || size == 0)
    return KN_OK;
  if (need > INT64_MAX / 4 || (uint64_t)need > most_bytes / size)
    return kn_fail(err, KN_E_LIMIT, "out of memory: %" PRId64 " items of %zu bytes were wanted", need, size);
  int64_t more = *capacity + *capacity / 2;
  if (more < 16)
    more = 16;
  if (more < need)
    more = need;
  /* The caller's pointer has another type than void *, so it is read and written as bytes. */
  void *old;
  memcpy(&old, data, sizeof old);
  void *grown = realloc(old, (size_t)more * size);
  if (grown == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory: %" PRId64 " items of %zu bytes were wanted", more, size);
  kn_wish_large_pages(grown, (size_t)more * size);
  memcpy(data, &grown, sizeof grown);
  *capacity = more;
  return KN_OK;
}
