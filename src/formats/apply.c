/* Rows of a foreign file through a mapping into the builder. */
#include <stdlib.h>
#include <string.h>

#include "formats/csv_scan.h"
#include "formats/mapping.h"

/* ------------------------------------------------------------------ notations */
static bool
is_digit(char c)
{
  return c >= '0' && c <= '9';
}

bool
number_read_as(const char *text, size_t length, char decimal, char thousands, double *out)
{
  if (!thousands)
    return kn_number_read(text, length, decimal, out);
  while (length > 0 && *text == ' ')
    text++, length--;
  char plain[64];
  size_t n = 0, group = 0;
  int marks = 0;
  bool is_whole = true; /* before the decimal sign */
  for (size_t i = 0; i < length; i++) {
    if (n + 1 >= sizeof plain)
      return false;
    if (is_whole && text[i] == thousands && is_digit(i + 1 < length ? text[i + 1] : ' ')) {
      if (group == 0 || group > 3 || (marks > 0 && group != 3))
        return false;
      marks++;
      group = 0;
      continue;
    }
    if (is_whole && is_digit(text[i])) {
      group++;
    } else if (is_whole && n > 0 && text[i] != thousands) {
      is_whole = false;
      if (marks > 0 && group != 3)
        return false;
    }
    plain[n++] = text[i];
  }
  if (is_whole && marks > 0 && group != 3)
    return false;
  return kn_number_read(plain, n, decimal, out);
}

bool
date_read_as(const char *text, size_t length, char order, char out[16])
{
  int32_t days;
  if (kn_date_read(text, length, &days)) {
    memcpy(out, text, length);
    out[length] = '\0';
    return true;
  }
  int part[3] = {0}, digits[3] = {0}, at = 0;
  for (size_t i = 0; i < length; i++) {
    if (is_digit(text[i]) && digits[at] < 4) {
      part[at] = part[at] * 10 + (text[i] - '0');
      digits[at]++;
    } else if (strchr("/-. ", text[i]) && digits[at] > 0 && at < 2) {
      at++;
    } else {
      return false;
    }
  }
  if (at != 2 || digits[0] > 2 || digits[1] > 2 || digits[2] != 4)
    return false;
  const int day = order == 'd' ? part[0] : part[1], month = order == 'd' ? part[1] : part[0];
  if (day > 31 || month > 12)
    return false;
  const int n = snprintf(out, 16, "%04d-%02d-%02d", part[2], month, day);
  return kn_date_read(out, (size_t)n, &days);
}

/* ------------------------------------------------------------------ one table */
typedef struct feeding {
  kn_arena *arena;
  kn_builder *builder;
  kn_findings *findings;
  const foreign_layer *layer;
  const map_table *table;
  crs *srs;         /* of lon and lat that are fields; NULL: WGS 84 */
  int32_t lon, lat; /* columns that are places, KN_NONE */
  int32_t area_key; /* column area_id when the geometry is wanted, KN_NONE */
  kn_cell *cells;   /* [columns] */
  char (*made)[48]; /* [columns] numbers and dates written anew */
  char **key;       /* [columns] grows */
  int64_t *key_capacity;
  char *scratch; /* a text with NUL behind it; grows */
  int64_t scratch_capacity;
  kn_keymap *seen;   /* rows given, for is_distinct */
  bool *is_decided;  /* [columns] a number showed which sign is the decimal one */
  int64_t *doubtful; /* [columns] line of the first number such as 1.234; 0: none */
} feeding;

static kn_code
refuse_value(const feeding *feed, const foreign_row *row, int32_t at, const char *rule, const char *proposal,
             const char *sentence, kn_error *err)
{
  const map_column *column = &feed->table->column[at];
  const kn_cell *cell = column->field_count > 0 ? &row->cells[column->field[0]] : NULL;
  char shown[84];
  int n = cell ? cell->length : 0;
  n = n > 80 ? 80 : n;
  memcpy(shown, cell ? cell->text : "", (size_t)n);
  shown[n] = '\0';
  const int64_t bad = kn_text_bad_utf8(shown, (size_t)n);
  if (bad >= 0)
    shown[bad] = '\0';
  const kn_finding where = {.severity = KN_ERROR,
                            .rule = rule,
                            .file = feed->layer->file,
                            .line = row->line,
                            .column_no = cell ? cell->column_no : 0,
                            .table = feed->table->def->name,
                            .column = column->name,
                            .value = shown,
                            .proposal = proposal};
  return kn_findings_add(feed->findings, &where, err, sentence,
                         column->field_count > 0 ? feed->layer->field[column->field[0]] : column->name);
}

/* The text with a NUL behind it, in scratch. */
static kn_code
hold(feeding *feed, const kn_cell *cell, int64_t from, kn_error *err)
{
  KN_TRY(KN_GROW(feed->scratch, feed->scratch_capacity, from + cell->length + 1, err));
  if (cell->length > 0)
    memcpy(feed->scratch + from, cell->text, (size_t)cell->length);
  feed->scratch[from + cell->length] = '\0';
  return KN_OK;
}

static kn_code
make_word(feeding *feed, const foreign_row *row, int32_t at, kn_cell *out, kn_error *err)
{
  const map_column *column = &feed->table->column[at];
  KN_TRY(hold(feed, out, 0, err));
  const size_t size = kn_text_fold(NULL, 0, feed->scratch) + 1;
  char *folded;
  KN_TRY(KN_GROW(feed->scratch, feed->scratch_capacity, out->length + 1 + (int64_t)size, err));
  folded = feed->scratch + out->length + 1;
  kn_text_fold(folded, size, feed->scratch);
  const int32_t found = kn_keymap_find(column->words, *folded ? folded : feed->scratch);
  out->length = 0;
  if (found == KN_NONE)
    return refuse_value(feed, row, at, "unknown_word", "add it to \"words\" in the mapping",
                        "the mapping does not say what this value of %s means", err);
  out->text = column->word[found];
  out->length = (int32_t)strlen(out->text);
  return KN_OK;
}

static kn_code
make_number(feeding *feed, const foreign_row *row, int32_t at, kn_cell *out, kn_error *err)
{
  const map_column *column = &feed->table->column[at];
  const bool is_typed = column->from == MAP_FIELD && feed->layer->kind[column->field[0]] == FOREIGN_NUMBER;
  const bool is_plain = is_typed || (column->decimal == '.' && !column->thousands);
  const char look = is_typed || column->thousands ? 0 : csv_number_look(out->text, (size_t)out->length);
  feed->is_decided[at] |= look == column->decimal;
  if (look && look != '.' && look != ',' && !feed->doubtful[at])
    feed->doubtful[at] = row->line;
  if (is_plain && column->factor == 1)
    return KN_OK;
  double value;
  if (!number_read_as(out->text, (size_t)out->length, is_typed ? '.' : column->decimal, is_typed ? 0 : column->thousands,
                      &value)) {
    out->length = 0;
    return refuse_value(feed, row, at, "number", "correct the cell, or \"decimal\" and \"thousands\" in the mapping",
                        "field %s: not a number as the mapping says it is written", err);
  }
  out->length = (int32_t)kn_number_write(feed->made[at], value * column->factor);
  out->text = feed->made[at];
  return KN_OK;
}

static kn_code
make_date(feeding *feed, const foreign_row *row, int32_t at, kn_cell *out, kn_error *err)
{
  const map_column *column = &feed->table->column[at];
  if (column->from == MAP_FIELD && feed->layer->kind[column->field[0]] == FOREIGN_DATE && out->length > 10)
    out->length = 10; /* the time of day does not count */
  if (!column->date)
    return KN_OK;
  if (date_read_as(out->text, (size_t)out->length, column->date, feed->made[at])) {
    out->text = feed->made[at];
    out->length = (int32_t)strlen(out->text);
    return KN_OK;
  }
  out->length = 0;
  return refuse_value(feed, row, at, "date", "correct the cell, or \"date\" in the mapping",
                      "field %s: not a date as the mapping says it is written", err);
}

/* prefix + folded texts, blanks as '-': "site-" + "Van den Berg & Zn" -> site-van-den-berg-zn. */
static kn_code
make_key(feeding *feed, const foreign_row *row, int32_t at, kn_cell *out, kn_error *err)
{
  const map_column *column = &feed->table->column[at];
  int64_t n = (int64_t)strlen(column->text);
  const int64_t start = n;
  KN_TRY(KN_GROW(feed->key[at], feed->key_capacity[at], n + 1, err));
  memcpy(feed->key[at], column->text, (size_t)n + 1);
  for (int32_t i = 0; i < column->field_count; i++) {
    const kn_cell *cell = &row->cells[column->field[i]];
    KN_TRY(hold(feed, cell, 0, err));
    const size_t wanted = kn_text_fold(NULL, 0, feed->scratch);
    if (wanted == 0)
      continue;
    KN_TRY(KN_GROW(feed->key[at], feed->key_capacity[at], n + (int64_t)wanted + 2, err));
    if (n > start)
      feed->key[at][n++] = '-';
    kn_text_fold(feed->key[at] + n, wanted + 1, feed->scratch);
    for (; feed->key[at][n]; n++)
      if (feed->key[at][n] == ' ')
        feed->key[at][n] = '-';
  }
  *out =
      (kn_cell){.text = feed->key[at], .length = n > start ? (int32_t)n : 0, .column_no = row->cells[column->field[0]].column_no};
  return KN_OK;
}

static kn_code
make_cell(feeding *feed, const foreign_row *row, int32_t at, kn_error *err)
{
  const map_column *column = &feed->table->column[at];
  kn_cell *out = &feed->cells[at];
  *out = (kn_cell){.text = ""};
  switch (column->from) {
  case MAP_FIELD:
    *out = row->cells[column->field[0]];
    break;
  case MAP_CONSTANT:
    *out = (kn_cell){.text = column->text, .length = (int32_t)strlen(column->text)};
    return KN_OK;
  case MAP_KEY:
    return make_key(feed, row, at, out, err);
  case MAP_LON:
  case MAP_LAT:
    if (!row->has_point)
      return refuse_value(feed, row, at, "geometry", NULL, "no point to take %s from", err);
    out->length = (int32_t)kn_number_write(feed->made[at], column->from == MAP_LON ? row->lon : row->lat);
    out->text = feed->made[at];
    return KN_OK;
  }
  if (out->length > KN_FIELD_MOST) {
    out->length = 0;
    return refuse_value(feed, row, at, "field_size", NULL, "field %s: more than 65536 bytes", err);
  }
  if (kn_text_bad_utf8(out->text, (size_t)out->length) >= 0) {
    out->length = 0;
    return refuse_value(feed, row, at, "utf8", "for a shapefile, name the encoding in a .cpg file beside it",
                        "field %s: the text is not UTF-8", err);
  }
  if (out->length == 0)
    return KN_OK;
  if (column->words)
    return make_word(feed, row, at, out, err);
  const kn_kind kind = column->def ? column->def->kind : KN_TEXT;
  if (kind == KN_REAL || kind == KN_INT || column->factor != 1)
    return make_number(feed, row, at, out, err);
  return kind == KN_DATE ? make_date(feed, row, at, out, err) : KN_OK;
}

/* lon and lat that are fields in another reference system. */
static kn_code
make_place(feeding *feed, const foreign_row *row, kn_error *err)
{
  kn_cell *lon = &feed->cells[feed->lon], *lat = &feed->cells[feed->lat];
  double x, y;
  if (!kn_number_read(lon->text, (size_t)lon->length, '.', &x) || !kn_number_read(lat->text, (size_t)lat->length, '.', &y))
    return KN_OK; /* the builder says what is wrong with them */
  if (!crs_to_wgs84(feed->srs, &x, &y)) {
    lon->length = lat->length = 0;
    return refuse_value(feed, row, feed->lon, "geometry", "correct \"srs\" in the mapping, or the coordinates",
                        "field %s: cannot be converted to WGS 84", err);
  }
  lon->length = (int32_t)kn_number_write(feed->made[feed->lon], x);
  lat->length = (int32_t)kn_number_write(feed->made[feed->lat], y);
  lon->text = feed->made[feed->lon];
  lat->text = feed->made[feed->lat];
  return KN_OK;
}

static kn_code
is_new_row(feeding *feed, bool *is_new, kn_error *err)
{
  int64_t n = 0;
  for (int32_t c = 0; c < feed->table->count; c++) {
    KN_TRY(hold(feed, &feed->cells[c], n, err));
    n += feed->cells[c].length;
    feed->scratch[n++] = '\x1f'; /* parts the cells */
  }
  KN_TRY(KN_GROW(feed->scratch, feed->scratch_capacity, n + 1, err));
  feed->scratch[n] = '\0';
  *is_new = kn_keymap_find(feed->seen, feed->scratch) == KN_NONE;
  if (!*is_new)
    return KN_OK;
  const char *kept;
  int32_t before;
  KN_TRY(kn_text_copy(&kept, feed->arena, feed->scratch, (size_t)n, err));
  return kn_keymap_put(feed->seen, kept, 0, &before, err);
}

static kn_code
feed_row(feeding *feed, const foreign_row *row, kn_error *err)
{
  bool is_blank = true;
  for (int32_t c = 0; c < feed->table->count; c++) {
    KN_TRY(make_cell(feed, row, c, err));
    is_blank &= feed->cells[c].length == 0 || feed->table->column[c].from == MAP_CONSTANT;
  }
  if (is_blank)
    return KN_OK; /* nothing of this row belongs to the table */
  if (feed->srs)
    KN_TRY(make_place(feed, row, err));
  bool is_new = true;
  if (feed->seen)
    KN_TRY(is_new_row(feed, &is_new, err));
  if (!is_new)
    return KN_OK;
  KN_TRY(kn_builder_row(feed->builder, row->line, feed->cells, '.', err));
  if (feed->area_key == KN_NONE || !row->wkb)
    return KN_OK;
  KN_TRY(hold(feed, &feed->cells[feed->area_key], 0, err));
  return kn_builder_area(feed->builder, feed->layer->file, row->line, feed->scratch, row->wkb, row->wkb_length, err);
}

static int32_t
column_named(const map_table *table, const char *name)
{
  for (int32_t c = 0; c < table->count; c++)
    if (strcmp(table->column[c].name, name) == 0)
      return c;
  return KN_NONE;
}

static kn_code
prepare(feeding *feed, kn_error *err)
{
  const map_table *table = feed->table;
  KN_NEW(feed->cells, feed->arena, table->count, err);
  KN_NEW(feed->made, feed->arena, table->count, err);
  KN_NEW(feed->key, feed->arena, table->count, err);
  KN_NEW(feed->key_capacity, feed->arena, table->count, err);
  KN_NEW(feed->is_decided, feed->arena, table->count, err);
  KN_NEW(feed->doubtful, feed->arena, table->count, err);
  feed->lon = column_named(table, "lon");
  feed->lat = column_named(table, "lat");
  feed->area_key = table->def->geometry == 'a' ? column_named(table, "area_id") : KN_NONE;
  if (table->is_distinct)
    KN_TRY(kn_keymap_new(&feed->seen, 1024, err));
  const bool has_fields = feed->lon != KN_NONE && feed->lat != KN_NONE && table->column[feed->lon].from == MAP_FIELD &&
                          table->column[feed->lat].from == MAP_FIELD;
  return table->srs && has_fields ? crs_open(&feed->srs, table->srs, err) : KN_OK;
}

/* Only numbers such as 1.234: they were read with a decimal sign that could mark thousands. */
static kn_code
tell_doubtful(const feeding *feed, kn_error *err)
{
  for (int32_t c = 0; c < feed->table->count; c++) {
    if (!feed->doubtful[c] || feed->is_decided[c])
      continue;
    const map_column *column = &feed->table->column[c];
    const kn_finding where = {.severity = KN_WARNING,
                              .rule = "decimal",
                              .file = feed->layer->file,
                              .line = feed->doubtful[c],
                              .column_no = column->field[0] + 1,
                              .table = feed->table->def->name,
                              .column = column->name,
                              .proposal = "give \"decimal\" and \"thousands\" in the mapping if that is not right"};
    KN_TRY(kn_findings_add(feed->findings, &where, err,
                           "read as a number with a decimal %s; no other number tells whether that is right",
                           column->decimal == ',' ? "comma" : "point"));
  }
  return KN_OK;
}

static kn_code
feed_table(feeding *feed, foreign *file, kn_error *err)
{
  const map_table *table = feed->table;
  KN_TRY(prepare(feed, err));
  const char **names;
  KN_NEW(names, feed->arena, table->count, err);
  for (int32_t c = 0; c < table->count; c++)
    names[c] = table->column[c].name;
  KN_TRY(kn_builder_batch(feed->builder, table->def->id, feed->layer->file, table->count, names, 0, err));
  KN_TRY(foreign_start(file, table->layer, table->srs, err));
  for (bool is_row = true; is_row;) {
    foreign_row row;
    KN_TRY(foreign_next(file, &row, &is_row, err));
    if (is_row)
      KN_TRY(feed_row(feed, &row, err));
  }
  return tell_doubtful(feed, err);
}

static kn_code
feed_tables(kn_builder *builder, kn_findings *findings, foreign *file, const mapping *map, kn_error *err)
{
  kn_code code = KN_OK;
  for (int32_t t = 0; t < map->count && code == KN_OK; t++) {
    const map_table *table = &map->table[t];
    if (table->layer == KN_NONE)
      continue;
    feeding feed = {.arena = kn_arena_new(),
                    .builder = builder,
                    .findings = findings,
                    .table = table,
                    .layer = foreign_get_layer(file, table->layer)};
    code = feed_table(&feed, file, err);
    for (int32_t c = 0; feed.key && c < table->count; c++)
      free(feed.key[c]);
    free(feed.scratch);
    kn_keymap_free(feed.seen);
    crs_free(feed.srs);
    kn_arena_free(feed.arena);
    if (code != KN_OK)
      kn_note(err, "reading layer %s as table %s", foreign_get_layer(file, table->layer)->name, table->def->name);
  }
  return code;
}

static kn_code
import_mapped(kn_builder *builder, kn_findings *findings, const char *path, mapping *map, kn_error *err)
{
  foreign *file;
  KN_TRY(foreign_open(&file, path, map->encoding, findings, err));
  bool is_good = false;
  kn_code code = mapping_fit(map, file, findings, &is_good, err);
  if (code == KN_OK && is_good)
    code = feed_tables(builder, findings, file, map, err);
  foreign_free(file);
  return code;
}

kn_code
mapping_import(kn_builder *builder, kn_findings *findings, const char *path, const kn_import_settings *settings, kn_error *err)
{
  mapping map;
  kn_code code = mapping_load(&map, settings->mapping, findings, err);
  if (code == KN_OK && map.root)
    code = import_mapped(builder, findings, path, &map, err);
  mapping_free(&map);
  return code;
}
