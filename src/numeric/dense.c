/* Wide dense blocks: a Cholesky factor and an inverse in tiles.
 *
 * What is done with a tile is the same whoever does it, so answers do not depend on the number of threads. Tiles are handed out in an
 * order in which each asks only for earlier ones; who needs one that is still under way turns round until it is done, so nobody waits
 * for a whole row or column of tiles. */
#include "numeric/dense.h"

#include <assert.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = KERNEL_TILE };

typedef struct tiled {
  double *a;
  int64_t n, stride, tiles;
  int64_t rows, more;    /* further rows below: how many, and how many tiles they make */
  double *room;          /* [threads][KERNEL_ROOM + TILE * TILE] */
  double *part;          /* [tiles][TILE * TILE] the inverses of the tiles on the diagonal of L */
  double *diagonal;      /* [tiles][TILE * TILE] the tiles on the diagonal of the answer */
  _Atomic int32_t *done; /* [tiles] of a row, when factoring; of a column, when multiplying */
  _Atomic int64_t minor; /* n: no pivot has failed */
  double *w_out;         /* [rows, n] */
  const double *w, *y;   /* [depth, n] */
  int64_t w_stride, y_stride, depth;
} tiled;

/* Where a tile begins, in rows; the further ones have tiles of their own. */
static int64_t
begin(const tiled *t, int64_t tile)
{
  return tile < t->tiles ? tile * TILE : t->n + (tile - t->tiles) * TILE;
}

static int64_t
width(const tiled *t, int64_t tile)
{
  const int64_t left = (tile < t->tiles ? t->n : t->n + t->rows) - begin(t, tile);
  return left < TILE ? left : TILE;
}

static double *
at(const tiled *t, int64_t row, int64_t column)
{
  return t->a + column * TILE * t->stride + begin(t, row);
}

static kernel_block
block(const tiled *t, int64_t row, int64_t column, bool is_transposed)
{
  return (kernel_block){.at = at(t, row, column), .stride = t->stride, .is_transposed = is_transposed};
}

static double *
room_of(const tiled *t, int32_t worker)
{
  return t->room + (size_t)worker * (KERNEL_ROOM + TILE * TILE);
}

/* Item number -> tile, where row (or column) r has r + 1 of them. */
static void
find_tile(int64_t item, int64_t *r, int64_t *c)
{
  int64_t row = 0;
  for (; item > row; row++)
    item -= row + 1;
  *r = row;
  *c = item;
}

static void
wait_for(const _Atomic int32_t *done, int64_t count)
{
  for (int turn = 1; atomic_load_explicit(done, memory_order_acquire) < count; turn++)
    if (turn % 64 == 0)
      sched_yield();
}

int64_t
dense_diagonal_size(int64_t n)
{
  return (n + TILE - 1) / TILE * TILE * TILE;
}

static kn_code
take_room(tiled *t, int32_t threads, kn_error *err)
{
  const size_t each = (KERNEL_ROOM + TILE * TILE) * sizeof *t->room;
  t->tiles = (t->n + TILE - 1) / TILE;
  t->more = (t->rows + TILE - 1) / TILE;
  t->room = aligned_alloc(64, (size_t)kn_thread_count(threads) * each);
  t->done = malloc((size_t)(t->tiles + t->more + 1) * sizeof *t->done);
  t->part = malloc((size_t)dense_diagonal_size(t->n) * sizeof *t->part);
  if (t->room == NULL || t->done == NULL || t->part == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory for the factor of the balances");
  for (int64_t i = 0; i < t->tiles + t->more; i++)
    atomic_init(&t->done[i], 0);
  return KN_OK;
}

static void
release(tiled *t)
{
  free(t->room);
  free((void *)t->done);
  free(t->part);
}

/* ---------------------------------------------------------------- factor */
/* A copy [TILE] by columns in the room of a thread. */
static const double *
copy_tile(const double *from, int64_t stride, int64_t rows, int64_t columns, double *room)
{
  double *to = room + KERNEL_ROOM;
  for (int64_t c = 0; c < columns; c++)
    memcpy(to + c * TILE, from + c * stride, (size_t)rows * sizeof *to);
  return to;
}

static double *
part_of(const tiled *t, int64_t tile)
{
  return t->part + tile * TILE * TILE;
}

/* The tile in row i and column k, by columns: A_ik - sum over j < k of L_ij L_kj', then its own factor or times the inverse of that of
 * column k. */
static void
factor_tile(tiled *t, int64_t i, int64_t k, double *room)
{
  const int64_t rows = width(t, i), columns = width(t, k);
  double *tile = at(t, i, k);
  wait_for(&t->done[i], k);
  wait_for(&t->done[k], k);
  if (i > k) {
    kernel_multiply(rows, columns, k * TILE, -1, block(t, i, 0, false), block(t, k, 0, true), tile, t->stride, room);
    const double *copy = copy_tile(tile, t->stride, rows, columns, room);
    wait_for(&t->done[k], k + 1);
    if (atomic_load(&t->minor) == t->n)
      kernel_triangle_right(rows, columns, 1, copy, TILE, (kernel_block){part_of(t, k), TILE, true}, tile, t->stride, room);
  } else if (atomic_load(&t->minor) == t->n) {
    kernel_multiply_lower(columns, k * TILE, -1, block(t, k, 0, false), block(t, k, 0, true), tile, t->stride, room);
    const int64_t minor = kernel_factor(columns, 0, tile, t->stride, room);
    if (minor < columns)
      atomic_store(&t->minor, k * TILE + minor);
    else
      kernel_invert(columns, tile, t->stride, part_of(t, k), TILE, room);
  }
  atomic_store_explicit(&t->done[i], (int32_t)k + 1, memory_order_release);
}

static void
factor_tiles(void *arg, int64_t first, int64_t last, int32_t worker)
{
  tiled *t = arg;
  for (int64_t item = first; item < last; item++) {
    int64_t k = 0, below = item; /* column k has its tile on the diagonal, and those below */
    for (; below >= t->tiles - k + t->more; k++)
      below -= t->tiles - k + t->more;
    factor_tile(t, k + below, k, room_of(t, worker));
  }
}

kn_code
dense_cholesky(double *a, int64_t n, int64_t rows, int64_t stride, int32_t threads, int64_t *minor, kn_error *err)
{
  assert(stride >= n + rows);
  tiled t = {.a = a, .n = n, .rows = rows, .stride = stride};
  atomic_init(&t.minor, n);
  kn_code code = take_room(&t, threads, err);
  if (code == KN_OK)
    code = kn_parallel(threads, t.tiles * (t.tiles + 1) / 2 + t.tiles * t.more, 1, factor_tiles, &t, err);
  release(&t);
  *minor = atomic_load(&t.minor);
  return code;
}

/* ---------------------------------------------------------------- inverse */
/* M_kk = L_kk^-1, into part. */
static void
invert_diagonal(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const tiled *t = arg;
  for (int64_t k = first; k < last; k++)
    kernel_invert(width(t, k), at(t, k, k), t->stride, part_of(t, k), TILE, room_of(t, worker));
}

/* to [columns, rows] <- from [rows, columns]', by columns of TILE */
static void
turn(int64_t rows, int64_t columns, const double *from, int64_t stride, double *to)
{
  enum { SIDE = 16 };
  for (int64_t r = 0; r < rows; r += SIDE)
    for (int64_t c = 0; c < columns; c++)
      for (int64_t i = r; i < rows && i < r + SIDE; i++)
        to[i * TILE + c] = from[c * stride + i];
}

/* With M = L^-1, a row of tiles of M, the longest first; M_ik' goes into the tile in row k and column i, and
 *   M_ik' = -M_kk' (sum over k < j < i of L_jk' M_ij' + L_ik' M_ii') */
static void
invert_rows(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const tiled *t = arg;
  double *room = room_of(t, worker), *copy = room + KERNEL_ROOM;
  for (int64_t item = first; item < last; item++) {
    const int64_t i = t->tiles - 1 - item, columns = width(t, i);
    for (int64_t k = i - 1; k >= 0; k--) {
      double *tile = at(t, k, i);
      turn(columns, TILE, at(t, i, k), t->stride, copy);
      kernel_triangle_right(TILE, columns, 1, copy, TILE, (kernel_block){part_of(t, i), TILE, true}, tile, t->stride, room);
      kernel_multiply(TILE, columns, (i - 1 - k) * TILE, 1, block(t, k + 1, k, true), block(t, k + 1, i, false), tile, t->stride,
                      room);
      copy_tile(tile, t->stride, TILE, columns, room);
      kernel_triangle_left(TILE, columns, -1, part_of(t, k), TILE, copy, TILE, tile, t->stride, room);
    }
  }
}

/* W = L_R M for the rows R below, [rows,n]: a tile of it is the sum over j >= k of L_Rj M_jk. */
static void
apply_rows(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const tiled *t = arg;
  double *room = room_of(t, worker);
  for (int64_t item = first; item < last; item++) {
    const int64_t k = item % t->tiles, i = t->tiles + item / t->tiles, rows = width(t, i), columns = width(t, k);
    double *out = t->w_out + k * TILE * t->rows + begin(t, i) - t->n;
    kernel_triangle_right(rows, columns, 1, at(t, i, k), t->stride, (kernel_block){part_of(t, k), TILE, false}, out, t->rows,
                          room);
    if (k + 1 < t->tiles)
      kernel_multiply(rows, columns, t->n - (k + 1) * TILE, 1, block(t, i, k + 1, false), block(t, k, k + 1, true), out, t->rows,
                      room);
  }
}

/* The tile in row j and column k, j <= k, of Z = M'M: the sum over i >= k of M_ij' M_ik. It takes the place of M_kj', which columns up to
 * k ask for: so it is put there only when those before k are done. */
static void
multiply_tile(tiled *t, int64_t j, int64_t k, double *room)
{
  const int64_t size = width(t, k), below = t->n - k * TILE - size;
  const double *part = part_of(t, k);
  if (j == k) {
    double *out = t->diagonal + k * TILE * TILE;
    memset(out, 0, TILE * TILE * sizeof *out);
    kernel_multiply_lower(size, size, 1, (kernel_block){part, TILE, true}, (kernel_block){part, TILE, false}, out, TILE, room);
    kernel_multiply_lower(size, below, 1, block(t, k, k + 1, false), block(t, k, k + 1, true), out, TILE, room);
  } else {
    double *out = room + KERNEL_ROOM;
    kernel_triangle_right(TILE, size, 1, at(t, j, k), t->stride, (kernel_block){part, TILE, false}, out, TILE, room);
    kernel_multiply(TILE, size, below, 1, block(t, j, k + 1, false), block(t, k, k + 1, true), out, TILE, room);
    for (int64_t before = 0; before < k; before++)
      wait_for(&t->done[before], before + 1);
    for (int64_t c = 0; c < size; c++)
      memcpy(at(t, j, k) + c * t->stride, out + c * TILE, TILE * sizeof *out);
  }
  atomic_fetch_add_explicit(&t->done[k], 1, memory_order_release);
}

static void
multiply_tiles(void *arg, int64_t first, int64_t last, int32_t worker)
{
  tiled *t = arg;
  for (int64_t item = first; item < last; item++) {
    int64_t k, j;
    find_tile(item, &k, &j);
    multiply_tile(t, j, k, room_of(t, worker));
  }
}

static kn_code
invert(tiled *t, int32_t threads, kn_error *err)
{
  KN_TRY(take_room(t, threads, err));
  KN_TRY(kn_parallel(threads, t->tiles, 1, invert_diagonal, t, err));
  KN_TRY(kn_parallel(threads, t->tiles, 1, invert_rows, t, err));
  KN_TRY(kn_parallel(threads, t->more * t->tiles, 1, apply_rows, t, err));
  return kn_parallel(threads, t->tiles * (t->tiles + 1) / 2, 1, multiply_tiles, t, err);
}

kn_code
dense_invert(const dense_inverse *inverse, double *w, int32_t threads, kn_error *err)
{
  tiled t = {.a = inverse->l,
             .n = inverse->n,
             .rows = inverse->rows,
             .stride = inverse->stride,
             .diagonal = inverse->diagonal,
             .w_out = w};
  const kn_code code = invert(&t, threads, err);
  release(&t);
  return code;
}

void
dense_row(const dense_inverse *inverse, int64_t r, const int64_t *columns, int64_t count, double *to, int64_t step)
{
  const int64_t tile = r / TILE * TILE;
  const double *from = inverse->l + r * inverse->stride;
  int64_t i = 0;
  for (; i < count && columns[i] < tile; i++)
    to[i * step] = from[columns[i]];
  for (; i < count; i++)
    to[i * step] = dense_entry(inverse, r, columns[i]);
}

/* ---------------------------------------------------------------- what other rows take off */
static void
take_off_tiles(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const tiled *t = arg;
  for (int64_t item = first; item < last; item++) {
    int64_t k, j;
    find_tile(item, &k, &j);
    const kernel_block w = {.at = t->w + j * TILE * t->w_stride, .stride = t->w_stride, .is_transposed = true},
                       y = {.at = t->y + k * TILE * t->y_stride, .stride = t->y_stride};
    double *out = j == k ? t->diagonal + k * TILE * TILE : at(t, j, k);
    kernel_multiply(width(t, j), width(t, k), t->depth, -1, w, y, out, j == k ? TILE : t->stride, room_of(t, worker));
  }
}

kn_code
dense_take_off(const dense_inverse *inverse, const double *w, int64_t w_stride, const double *y, int64_t y_stride, int64_t k,
               int32_t threads, kn_error *err)
{
  tiled t = {.a = inverse->l,
             .n = inverse->n,
             .stride = inverse->stride,
             .diagonal = inverse->diagonal,
             .w = w,
             .y = y,
             .w_stride = w_stride,
             .y_stride = y_stride,
             .depth = k};
  kn_code code = take_room(&t, threads, err);
  if (code == KN_OK)
    code = kn_parallel(threads, t.tiles * (t.tiles + 1) / 2, 1, take_off_tiles, &t, err);
  release(&t);
  return code;
}
