/* A table of the region as rows for SQLite (kn_rows): which rows, which columns, and each cell as the file has it. */
#include <string.h>

#include "store/internal.h"

/* ---------------------------------------------------------------- cells of a table, for kn_rows */
/* A link without a geometry of its own is drawn from node to node, so that a map shows it. */
static bool
line_of_link(const void *lines, int64_t row, const uint8_t **wkb, size_t *length, double from[2], double to[2])
{
  const kn_region *region = lines;
  *wkb = NULL;
  if (kn_region_wkb(region, KN_T_LINK, (int32_t)row, wkb, length))
    return true;
  const kn_link_view links = kn_region_links(region);
  const kn_node_view nodes = kn_region_nodes(region);
  from[0] = nodes.lon[links.from[row]];
  from[1] = nodes.lat[links.from[row]];
  to[0] = nodes.lon[links.to[row]];
  to[1] = nodes.lat[links.to[row]];
  return true;
}

static void
show_line(const kn_source *in, int64_t row, sqlite3_context *result)
{
  const uint8_t *wkb;
  size_t length;
  double from[2], to[2];
  if (!in->line(in->lines, row, &wkb, &length, from, to))
    return;
  uint8_t *blob = sqlite3_malloc64(wkb == NULL ? LINE_BLOB : LINE_HEADER + length);
  if (blob == NULL) {
    sqlite3_result_error_nomem(result);
    return;
  }
  if (wkb == NULL)
    kn_geometry_straight(blob, from, to);
  const size_t bytes = wkb == NULL ? LINE_BLOB : kn_geometry_wrap_line(blob, wkb, length);
  sqlite3_result_blob64(result, blob, bytes, sqlite3_free);
}

static void
show_point(const kn_cells *c, int64_t row, sqlite3_context *result)
{
  uint8_t point[POINT_BLOB];
  kn_geometry_point(point, c->from.real[row], c->lat[row]);
  sqlite3_result_blob(result, point, POINT_BLOB, SQLITE_TRANSIENT);
}

static void
show_area(const kn_source *in, int64_t row, sqlite3_context *result)
{
  const uint8_t *wkb;
  size_t wkb_length, length;
  uint8_t *blob;
  if (!kn_region_area_wkb(in->region, (int32_t)row, &wkb, &wkb_length))
    return;
  kn_error err = {0};
  const kn_code code = kn_geometry_area(&blob, &length, in->arena, wkb, wkb_length, &err);
  if (code != KN_OK)
    sqlite3_result_error(result, err.text, -1);
  else
    sqlite3_result_blob64(result, blob, length, SQLITE_STATIC);
}

/* References point anywhere: asked for some rows ahead, the key they name is near when its row comes. */
static void
fetch_key_ahead(const kn_source *in, const kn_cells *c, int64_t row)
{
  enum { AHEAD = 8 };
  if (row + 2 * AHEAD >= in->table->n)
    return;
  const int32_t next = c->from.number[row + AHEAD], later = c->from.number[row + 2 * AHEAD];
  if (later != KN_NONE)
    __builtin_prefetch(&c->words[later]);
  if (next != KN_NONE)
    __builtin_prefetch(c->words[next]);
}

/* A cell that is not set is NULL. */
void
kn_source_show(const void *arg, int64_t at, int32_t column, sqlite3_context *result)
{
  const kn_source *in = arg;
  const int64_t row = kn_source_row(in, at);
  const kn_cells *c = &in->column[column];
  const char *text = NULL;
  char date[16];
  switch (c->kind) {
  case KN_TEXT:
  case KN_KEY:
    text = c->from.text[row];
    break;
  case KN_REAL:
    if (!isnan(c->from.real[row]))
      sqlite3_result_double(result, c->from.real[row]);
    return;
  case KN_INT:
    if (c->from.number[row] != KN_BLANK_INT)
      sqlite3_result_int(result, c->from.number[row]);
    return;
  case KN_DATE:
    if (c->from.number[row] != KN_BLANK_INT)
      sqlite3_result_text(result, date, (int)kn_date_write(date, c->from.number[row]), SQLITE_TRANSIENT);
    return;
  case KN_WORD:
    text = c->from.word[row] == KN_BLANK_WORD ? NULL : c->words[c->from.word[row]];
    break;
  case KN_REF:
    fetch_key_ahead(in, c, row);
    text = c->from.number[row] == KN_NONE ? NULL : c->words[c->from.number[row]];
    break;
  case KN_CELL_POINT:
    show_point(c, row, result);
    return;
  case KN_CELL_LINE:
    show_line(in, row, result);
    return;
  default:
    show_area(in, row, result);
    return;
  }
  if (text != NULL)
    sqlite3_result_text(result, text, -1, SQLITE_STATIC);
}

/* Is there no row of the table with a value in this column? */
static bool
is_blank(const kn_cells *c, int64_t n)
{
  int64_t i = 0;
  switch (c->kind) {
  case KN_TEXT:
  case KN_KEY:
    while (i < n && c->from.text[i] == NULL)
      i++;
    return i == n;
  case KN_REAL:
    while (i < n && isnan(c->from.real[i]))
      i++;
    return i == n;
  case KN_INT:
  case KN_DATE:
    while (i < n && c->from.number[i] == KN_BLANK_INT)
      i++;
    return i == n;
  case KN_WORD:
    while (i < n && c->from.word[i] == KN_BLANK_WORD)
      i++;
    return i == n;
  case KN_REF:
    while (i < n && c->from.number[i] == KN_NONE)
      i++;
    return i == n;
  default:
    return false;
  }
}

/* ---------------------------------------------------------------- which columns and rows */
static int32_t
find_extra(const kn_table *table, const char *name)
{
  for (int32_t i = 0; i < table->extra_count; i++)
    if (strcmp(table->extra_name[i], name) == 0)
      return i;
  return KN_NONE; /* no such column in this region */
}

bool
kn_source_find(const kn_source *in, int32_t at, const char *name, kn_cells *out)
{
  const kn_table *table = in->table;
  if (at == KN_NONE) {
    const int32_t extra = find_extra(table, name);
    if (extra != KN_NONE)
      *out = (kn_cells){.kind = KN_TEXT, .from.text = table->extra[extra]};
    return extra != KN_NONE;
  }
  const kn_column_def *def = &table->def->columns[at];
  *out = (kn_cells){.kind = (int)def->kind, .from = table->columns[at], .words = def->words};
  if (def->kind == KN_REF) {
    const kn_table *target = kn_region_table(in->region, def->target);
    out->words = (const char *const *)target->columns[target->def->key_column].text;
  }
  return true;
}

kn_cells
kn_source_geometry(kn_source *in)
{
  const kn_table *table = in->table;
  if (table->def->geometry == 'a')
    return (kn_cells){.kind = KN_CELL_AREA};
  if (table->def->geometry == 'p')
    return (kn_cells){.kind = KN_CELL_POINT,
                      .from = table->columns[kn_schema_find_column(table->def, "lon")],
                      .lat = table->columns[kn_schema_find_column(table->def, "lat")].real};
  in->line = line_of_link;
  in->lines = in->region;
  return (kn_cells){.kind = KN_CELL_LINE};
}

/* Lists the columns to write and where each comes from; columns of the file that the region does not have are left, and
 * with `leaves_blank` those in which every cell would be NULL. */
kn_code
kn_source_columns(kn_source *in, kn_arena *arena, const kn_file_table *file, bool leaves_blank, const char ***names,
                  int32_t *count, kn_error *err)
{
  KN_NEW(in->column, arena, file->column_count + 1, err);
  KN_NEW(*names, arena, file->column_count + 1, err);
  *count = 0;
  for (int32_t i = 0; i < file->column_count; i++) {
    kn_cells *out = &in->column[*count];
    if (!kn_source_find(in, file->at[i], file->names[i], out) || (leaves_blank && is_blank(out, in->table->n)))
      continue;
    (*names)[(*count)++] = file->column_names[i];
  }
  if (in->table->def->geometry != 0) {
    in->column[*count] = kn_source_geometry(in);
    (*names)[(*count)++] = "geom";
  }
  return KN_OK;
}

/* The text of a cell that has one, NULL for a blank one and for numbers. */
static const char *
text_of(const kn_region *region, const kn_table *table, int32_t c, int64_t row)
{
  const kn_column_def *def = &table->def->columns[c];
  const kn_column *from = &table->columns[c];
  switch (def->kind) {
  case KN_TEXT:
  case KN_KEY:
    return from->text[row];
  case KN_WORD:
    return from->word[row] == KN_BLANK_WORD ? NULL : def->words[from->word[row]];
  case KN_REF:
    return from->number[row] == KN_NONE ? NULL : kn_region_key(region, def->target, from->number[row]);
  case KN_REAL:
  case KN_INT:
  case KN_DATE:
    return NULL;
  }
  return NULL;
}

/* Do the rows come in the order of the unique index? Then it grows at its end, which costs less than sorting after. */
bool
kn_source_is_in_order(const kn_source *in, int64_t n)
{
  const kn_table_def *def = in->table->def;
  for (int64_t i = 1; i < n; i++) {
    const int64_t before = kn_source_row(in, i - 1), here = kn_source_row(in, i);
    int order = 0;
    for (int32_t k = 0; k < 3 && def->unique[k] != KN_NONE && order == 0; k++) {
      const char *left = text_of(in->region, in->table, def->unique[k], before);
      const char *right = text_of(in->region, in->table, def->unique[k], here);
      if (left == NULL || right == NULL)
        return false;
      order = strcmp(left, right);
    }
    if (order >= 0)
      return false;
  }
  return true;
}

kn_code
kn_source_rows(kn_source *in, kn_arena *arena, int64_t first, int64_t last, int64_t *n, kn_error *err)
{
  const uint8_t *is_new = kn_region_new_rows(in->region, in->table->def->id);
  *n = 0;
  in->row = NULL;
  in->first = first;
  for (int64_t i = first; is_new != NULL && i < last; i++)
    *n += is_new[i] != 0;
  if (*n == 0 || *n == last - first)
    return KN_OK;
  int32_t *row;
  KN_NEW(row, arena, *n, err);
  int64_t at = 0;
  for (int64_t i = first; i < last; i++)
    if (is_new[i])
      row[at++] = (int32_t)i;
  in->row = row;
  return KN_OK;
}
