/* A spatial index in one go.
 *
 * SQLite's R*Tree is three ordinary tables: NAME_node (number, blob), NAME_rowid (row -> its leaf), NAME_parent (node ->
 * the node above). Row by row the tree is searched, split and rebalanced. Here the boxes are put in the order of a
 * Hilbert curve through their middles and packed into nodes from the leaves up; the result is a tree like any other,
 * which the triggers go on with.
 *
 * A node: depth of the tree (16 bits, only in the root, number 1), how many cells (16), then cells of 24 bytes: row or
 * node below (64), least x, largest x, least y, largest y (32-bit floats, rounded outwards). All big endian.
 *
 * cost    O(n); scratch 80 bytes per row
 * source  Kamel & Faloutsos (1993), On packing R-trees, CIKM; SQLite, ext/rtree/rtree.c */
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

enum { CELL = 24, HEAD = 4, DEEPEST = 40, FULL_OF_51 = 44 }; /* a seventh of each node is left for rows to come */

typedef kn_box box;

/* Which row is in which leaf. */
typedef struct leaf {
  int64_t row, node;
} leaf;

typedef struct packing {
  kn_store *store;
  const char *table;
  int64_t node_bytes, cell_count; /* of a node: size, and how many cells we put in */
  box *boxes;                     /* of the level being packed */
  int64_t n;
  leaf *leaves; /* [rows] in the order of the rows */
  int64_t next_node;
} packing;

/* ---------------------------------------------------------------- boxes */
static float
round_down(double value)
{
  const float near_by = (float)value;
  return (double)near_by > value ? nextafterf(near_by, -INFINITY) : near_by;
}

static float
round_up(double value)
{
  const float near_by = (float)value;
  return (double)near_by < value ? nextafterf(near_by, INFINITY) : near_by;
}

kn_code
kn_boxes_add(kn_boxes *boxes, int64_t id, const double bounds[4], kn_error *err)
{
  KN_TRY(KN_GROW(boxes->box, boxes->capacity, boxes->n + 1, err));
  boxes->box[boxes->n++] =
      (box){.id = id, .edge = {round_down(bounds[0]), round_up(bounds[2]), round_down(bounds[1]), round_up(bounds[3])}};
  for (int i = 0; i < 4; i++) {
    const bool is_first = boxes->n == 1;
    boxes->bounds[i] = is_first ? bounds[i] : i < 2 ? fmin(boxes->bounds[i], bounds[i]) : fmax(boxes->bounds[i], bounds[i]);
  }
  return KN_OK;
}

void
kn_boxes_free(kn_boxes *boxes)
{
  free(boxes->box);
  *boxes = (kn_boxes){0};
}

/* Place of cell (x, y) of a grid of 2^16 x 2^16 along the Hilbert curve. */
static uint32_t
hilbert(uint32_t x, uint32_t y)
{
  uint32_t key = 0;
  for (uint32_t side = 1u << 15; side > 0; side >>= 1) {
    const uint32_t right = (x & side) != 0, up = (y & side) != 0;
    key = key << 2 | ((3 * right) ^ up);
    if (up == 0) {
      if (right) {
        x = 0xffff - x;
        y = 0xffff - y;
      }
      const uint32_t swap = x;
      x = y;
      y = swap;
    }
  }
  return key;
}

static kn_code
read_boxes(kn_store *store, kn_boxes *boxes, sqlite3_stmt *statement, kn_error *err)
{
  for (;;) {
    bool row;
    KN_TRY(kn_sql_step(store, statement, &row, err));
    if (!row)
      return KN_OK;
    double bounds[4];
    const size_t length = (size_t)sqlite3_column_bytes(statement, 1);
    if (!kn_geometry_bounds(sqlite3_column_blob(statement, 1), length, bounds) || isnan(bounds[0]))
      continue;
    KN_TRY(kn_boxes_add(boxes, sqlite3_column_int64(statement, 0), bounds, err));
  }
}

static uint32_t
grid(float least, float most, float low, float high)
{
  const double middle = ((double)least + (double)most) / 2, width = (double)high - (double)low;
  return width > 0 ? (uint32_t)(65535 * ((middle - (double)low) / width)) : 0;
}

/* By key, a byte at a time from the last (radix sort); boxes of one key stay in their order, which is that of their rows. */
static void
sort_by_key(box *boxes, box *other, int64_t n)
{
  enum { BYTES = 4, VALUES = 256 };
  for (int byte = 0; byte < BYTES; byte++) {
    int64_t first[VALUES + 1] = {0};
    for (int64_t i = 0; i < n; i++)
      first[(boxes[i].key >> 8 * byte & (VALUES - 1)) + 1]++;
    for (int v = 0; v < VALUES; v++)
      first[v + 1] += first[v];
    for (int64_t i = 0; i < n; i++)
      other[first[boxes[i].key >> 8 * byte & (VALUES - 1)]++] = boxes[i];
    box *swap = boxes;
    boxes = other;
    other = swap;
  }
}

static box
around(const box *boxes, int64_t n)
{
  box all = boxes[0];
  for (int64_t i = 1; i < n; i++)
    for (int32_t k = 0; k < 4; k++)
      all.edge[k] = k % 2 == 0 ? fminf(all.edge[k], boxes[i].edge[k]) : fmaxf(all.edge[k], boxes[i].edge[k]);
  return all;
}

static kn_code
sort_boxes(packing *forest, kn_arena *scratch, kn_error *err)
{
  box *other;
  KN_NEW(other, scratch, forest->n, err);
  const box all = around(forest->boxes, forest->n);
  for (int64_t i = 0; i < forest->n; i++) {
    const float *e = forest->boxes[i].edge;
    forest->boxes[i].key = hilbert(grid(e[0], e[1], all.edge[0], all.edge[1]), grid(e[2], e[3], all.edge[2], all.edge[3]));
  }
  sort_by_key(forest->boxes, other, forest->n);
  return KN_OK;
}

/* ---------------------------------------------------------------- nodes */
static uint8_t *
put_big(uint8_t *out, uint64_t value, int bytes)
{
  for (int i = 0; i < bytes; i++)
    out[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
  return out + bytes;
}

static kn_code
write_node(packing *forest, sqlite3_stmt *insert, int64_t number, int32_t depth, const box *boxes, int64_t n, uint8_t *blob,
           kn_error *err)
{
  memset(blob, 0, (size_t)forest->node_bytes);
  uint8_t *at = put_big(put_big(blob, (uint64_t)depth, 2), (uint64_t)n, 2);
  for (int64_t i = 0; i < n; i++) {
    at = put_big(at, (uint64_t)boxes[i].id, 8);
    for (int32_t k = 0; k < 4; k++) {
      uint32_t bits;
      memcpy(&bits, &boxes[i].edge[k], sizeof bits);
      at = put_big(at, bits, 4);
    }
  }
  sqlite3_bind_int64(insert, 1, number);
  sqlite3_bind_blob64(insert, 2, blob, (sqlite3_uint64)forest->node_bytes, SQLITE_STATIC);
  bool row;
  const kn_code code = kn_sql_step(forest->store, insert, &row, err);
  sqlite3_reset(insert);
  return code;
}

static kn_code
note_parents(packing *forest, sqlite3_stmt *insert, int64_t parent, const box *boxes, int64_t n, kn_error *err)
{
  for (int64_t i = 0; i < n; i++) {
    bool row;
    sqlite3_bind_int64(insert, 1, boxes[i].id);
    sqlite3_bind_int64(insert, 2, parent);
    const kn_code code = kn_sql_step(forest->store, insert, &row, err);
    sqlite3_reset(insert);
    KN_TRY(code);
  }
  return KN_OK;
}

/* Packs the boxes into nodes of even size; the boxes of these nodes are the next level. The root comes last. */
static kn_code
pack_levels(packing *forest, sqlite3_stmt *node, sqlite3_stmt *parent, uint8_t *blob, kn_error *err)
{
  for (int32_t depth = 0;; depth++) {
    const bool is_root = forest->n <= forest->cell_count;
    const int64_t count = is_root ? 1 : (forest->n + forest->cell_count - 1) / forest->cell_count;
    for (int64_t i = 0; i < count; i++) {
      const int64_t first = forest->n * i / count, n = forest->n * (i + 1) / count - first;
      const int64_t number = is_root ? 1 : forest->next_node++;
      const box *in = forest->boxes + first;
      KN_TRY(write_node(forest, node, number, is_root ? depth : 0, in, n, blob, err));
      if (depth > 0)
        KN_TRY(note_parents(forest, parent, number, in, n, err));
      else
        for (int64_t k = 0; k < n; k++)
          forest->leaves[in[k].place] = (leaf){.row = in[k].id, .node = number};
      if (is_root)
        return KN_OK;
      /* Read before written: node i needs boxes from first on, and i <= first. */
      box above = around(in, n);
      above.id = number;
      forest->boxes[i] = above;
    }
    forest->n = count;
  }
}

/* ---------------------------------------------------------------- which row is in which leaf */
static void
show_leaf(const void *arg, int64_t at, int32_t column, sqlite3_context *result)
{
  const leaf *row = (const leaf *)arg + at;
  sqlite3_result_int64(result, column == 0 ? row->row : row->node);
}

static kn_code
write_leaves(const packing *forest, int64_t n, kn_error *err)
{
  char *table = sqlite3_mprintf("rtree_%s_geom_rowid", forest->table);
  if (table == NULL)
    return kn_sql_fail(forest->store, SQLITE_NOMEM, err);
  const kn_rows rows = {.n = n, .column_count = 2, .cell = show_leaf, .arg = forest->leaves};
  const kn_code code = kn_rows_insert(forest->store, table, (const char *const[]){"rowid", "nodeno"}, &rows, NULL, err);
  sqlite3_free(table);
  return code;
}

/* ---------------------------------------------------------------- the whole index */
static kn_code
write_nodes(packing *forest, uint8_t *blob, kn_error *err)
{
  sqlite3_stmt *node = NULL, *parent = NULL;
  kn_code code =
      kn_sql_prepare(forest->store, &node, err, "INSERT OR REPLACE INTO \"rtree_%w_geom_node\" VALUES (?, ?)", forest->table);
  if (code == KN_OK)
    code = kn_sql_prepare(forest->store, &parent, err, "INSERT INTO \"rtree_%w_geom_parent\" VALUES (?, ?)", forest->table);
  if (code == KN_OK)
    code = pack_levels(forest, node, parent, blob, err);
  sqlite3_finalize(node);
  sqlite3_finalize(parent);
  return code;
}

static kn_code
fill(packing *forest, kn_arena *scratch, kn_error *err)
{
  const int64_t n = forest->n;
  uint8_t *blob;
  KN_NEW(forest->leaves, scratch, n, err);
  KN_NEW(blob, scratch, forest->node_bytes, err);
  KN_TRY(sort_boxes(forest, scratch, err));
  KN_TRY(write_nodes(forest, blob, err));
  return write_leaves(forest, n, err);
}

/* Of the rows before `first`; those from there on are in the list already, and come behind them. */
static kn_code
read_before(packing *forest, kn_boxes *boxes, int64_t first, kn_error *err)
{
  const char *table = forest->table;
  kn_boxes before = {0};
  sqlite3_stmt *statement;
  KN_TRY(kn_sql_prepare(forest->store, &statement, err,
                        "SELECT fid, geom FROM \"%w\" WHERE fid < %lld AND geom IS NOT NULL ORDER BY fid", table,
                        (long long)first));
  kn_code code = read_boxes(forest->store, &before, statement, err);
  sqlite3_finalize(statement);
  if (code == KN_OK && before.n > 0)
    code = KN_GROW(before.box, before.capacity, before.n + boxes->n, err);
  if (code == KN_OK && before.n > 0) {
    if (boxes->n > 0)
      memcpy(before.box + before.n, boxes->box, (size_t)boxes->n * sizeof *boxes->box);
    before.n += boxes->n;
    for (int i = 0; i < 4 && boxes->n > 0; i++)
      before.bounds[i] = i < 2 ? fmin(before.bounds[i], boxes->bounds[i]) : fmax(before.bounds[i], boxes->bounds[i]);
    const kn_boxes swap = *boxes;
    *boxes = before;
    before = swap;
  }
  kn_boxes_free(&before);
  return code;
}

static kn_code
read_all(packing *forest, kn_boxes *boxes, int64_t first, kn_error *err)
{
  const char *table = forest->table;
  /* A virtual table may keep what it knows of its nodes as long as it is in use; emptied by the front door, it is not. */
  KN_TRY(kn_sql_runf(forest->store, err, "DELETE FROM \"rtree_%w_geom\"", table));
  KN_TRY(kn_sql_number(forest->store, &forest->node_bytes, err,
                       "SELECT length(data) FROM \"rtree_%w_geom_node\" WHERE nodeno = 1", table));
  KN_TRY(read_before(forest, boxes, first, err));
  for (int64_t i = 0; i < boxes->n; i++)
    boxes->box[i].place = (uint32_t)i;
  forest->boxes = boxes->box;
  forest->n = boxes->n;
  return KN_OK;
}

kn_code
kn_rtree_fill(kn_store *store, const char *table, kn_boxes *boxes, int64_t first, kn_error *err)
{
  packing forest = {.store = store, .table = table, .next_node = 2};
  kn_arena *scratch = kn_arena_new();
  kn_code code = read_all(&forest, boxes, first, err);
  const int64_t most = (forest.node_bytes - HEAD) / CELL;
  forest.cell_count = most * FULL_OF_51 / 51;
  if (code == KN_OK && forest.cell_count < 2)
    code = kn_fail(err, KN_E_INPUT, "%s is damaged: the spatial index of %s has no root", store->path, table);
  if (code == KN_OK && forest.n > 0)
    code = fill(&forest, scratch, err);
  kn_arena_free(scratch);
  return code == KN_OK ? KN_OK : kn_note(err, "building the spatial index of %s", table);
}
