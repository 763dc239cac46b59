/* A mapping file to what it means for one source (docs/mapping.md). Nothing is guessed here: what the user has not
 * confirmed, or what does not fit the source, is refused with its line. */
#include "formats/mapping.h"

#include <stdlib.h>
#include <string.h>

typedef struct reader {
  mapping *map;
  const foreign *file;
  kn_findings *findings;
  bool is_good;
  bool is_single; /* one layer here and one there: their names need not agree */
} reader;

/* Adds an error at a place of the mapping file. sentence: a format with at most one %s. */
static kn_code
refuse(reader *read, const char *rule, const char *place, const char *proposal, const char *sentence, const char *value,
       kn_error *err)
{
  read->is_good = false;
  kn_finding where = {.severity = KN_ERROR, .rule = rule, .file = read->map->path, .value = value, .proposal = proposal};
  json_place(read->map->text, read->map->length, place, &where.line, &where.column_no);
  return kn_findings_add(read->findings, &where, err, sentence, value ? value : "");
}

static kn_code
keep(reader *read, const char **out, const json_t *text, kn_error *err)
{
  return kn_text_copy(out, read->map->arena, json_string_value(text), json_string_length(text), err);
}

/* ------------------------------------------------------------------ what waits for the user */
static kn_code
check_confirmed(reader *read, const json_t *object, const char *place, const char *what, kn_error *err)
{
  const json_t *confirm = json_object_get(object, "confirm");
  if (!confirm || json_is_true(confirm))
    return KN_OK;
  char path[96];
  snprintf(path, sizeof path, "%s%sconfirm", place, *place ? "/" : "");
  return refuse(read, "confirm", path, "correct the entry where needed and set \"confirm\" to true",
                "the proposal for %s waits for your decision", what, err);
}

/* ------------------------------------------------------------------ columns */
static kn_code
find_field(reader *read, const foreign_layer *layer, const json_t *name, const char *place, int32_t *out, kn_error *err)
{
  *out = KN_NONE;
  const char *text = json_string_value(name);
  if (!text)
    return refuse(read, "mapping", place, NULL, "the name of a field must be a text", NULL, err);
  for (int32_t i = 0; i < layer->field_count; i++) {
    if (strcmp(layer->field[i], text) != 0)
      continue;
    if (*out != KN_NONE)
      return refuse(read, "mapping", place, "give the fields of the source names of their own", "the source has field %s twice",
                    text, err);
    *out = i;
  }
  if (*out != KN_NONE)
    return KN_OK;
  return refuse(read, "mapping", place, "use the name as it stands in the header of the source", "the source has no field %s",
                text, err);
}

static kn_code
take_fields(reader *read, const foreign_layer *layer, const json_t *names, const char *place, map_column *out, kn_error *err)
{
  const size_t n = json_is_array(names) ? json_array_size(names) : 1;
  int32_t *field;
  KN_NEW(field, read->map->arena, n, err);
  for (size_t i = 0; i < n; i++)
    KN_TRY(find_field(read, layer, json_is_array(names) ? json_array_get(names, i) : names, place, &field[i], err));
  out->field = field;
  out->field_count = (int32_t)n;
  return n > 0 ? KN_OK : refuse(read, "mapping", place, NULL, "key_of names no field", NULL, err);
}

/* Where the column comes from: exactly one of field, constant, key_of, geometry. */
static kn_code
take_origin(reader *read, const foreign_layer *layer, const json_t *entry, const char *place, map_column *out, kn_error *err)
{
  const json_t *field = json_object_get(entry, "field"), *constant = json_object_get(entry, "constant");
  const json_t *key = json_object_get(entry, "key_of"), *geometry = json_object_get(entry, "geometry");
  const int given = (field != NULL) + (constant != NULL) + (key != NULL) + (geometry != NULL);
  if (given != 1)
    return refuse(read, "mapping", place, NULL, "column %s: expected one of field, constant, key_of, geometry", out->name, err);
  if (json_is_null(field) || json_is_null(constant))
    return refuse(read, "mapping", place, "name a field of the source, or give a constant",
                  "column %s has no field or constant yet", out->name, err);
  if (field) {
    out->from = MAP_FIELD;
    return take_fields(read, layer, field, place, out, err);
  }
  if (key) {
    out->from = MAP_KEY;
    out->text = "";
    const json_t *prefix = json_object_get(entry, "prefix");
    if (json_is_string(prefix))
      KN_TRY(keep(read, &out->text, prefix, err));
    return take_fields(read, layer, key, place, out, err);
  }
  if (geometry) {
    const char *which = json_string_value(geometry);
    if (!which || (strcmp(which, "lon") != 0 && strcmp(which, "lat") != 0))
      return refuse(read, "mapping", place, NULL, "geometry: expected \"lon\" or \"lat\"", NULL, err);
    out->from = which[1] == 'o' ? MAP_LON : MAP_LAT;
    return KN_OK;
  }
  out->from = MAP_CONSTANT;
  if (json_is_string(constant))
    return keep(read, &out->text, constant, err);
  if (!json_is_number(constant))
    return refuse(read, "mapping", place, NULL, "column %s: a constant is a text or a number", out->name, err);
  char number[40];
  return kn_text_copy(&out->text, read->map->arena, number, kn_number_write(number, json_number_value(constant)), err);
}

static kn_code
add_word(reader *read, const char *text, const json_t *value, const char *place, map_column *out, int32_t at, kn_error *err)
{
  char path[160];
  snprintf(path, sizeof path, "%s/words/%s", place, text);
  if (!json_is_string(value))
    return refuse(read, "confirm", path, "say what it means, or \"\" for blank", "the word \"%s\" has no meaning yet", text, err);
  KN_TRY(keep(read, &out->word[at], value, err));
  const size_t size = kn_text_fold(NULL, 0, text) + 1;
  char *folded;
  KN_NEW(folded, read->map->arena, size, err);
  kn_text_fold(folded, size, text);
  int32_t before;
  KN_TRY(kn_keymap_put(out->words, *folded ? folded : text, at, &before, err));
  if (before == KN_NONE || strcmp(out->word[before], out->word[at]) == 0)
    return KN_OK;
  return refuse(read, "mapping", path, NULL, "the word \"%s\" is there twice, with two meanings", text, err);
}

static kn_code
take_words(reader *read, const json_t *entry, const char *place, map_column *out, kn_error *err)
{
  json_t *words = json_object_get(entry, "words");
  if (!words)
    return KN_OK;
  KN_TRY(kn_keymap_new(&out->words, (int64_t)json_object_size(words), err));
  KN_NEW(out->word, read->map->arena, json_object_size(words), err);
  const char *text;
  json_t *value;
  int32_t at = 0;
  json_object_foreach(words, text, value)
  {
    out->word[at] = "";
    KN_TRY(add_word(read, text, value, place, out, at, err));
    at++;
  }
  return KN_OK;
}

static kn_code
take_sign(reader *read, const json_t *entry, const char *name, const char *allowed, const char *place, char *out, kn_error *err)
{
  const json_t *sign = json_object_get(entry, name);
  if (!sign)
    return KN_OK;
  const char *text = json_string_value(sign);
  if (text && strlen(text) == 1 && strchr(allowed, *text)) {
    *out = *text;
    return KN_OK;
  }
  return refuse(read, "mapping", place, NULL, "%s: expected one character as in docs/mapping.md", name, err);
}

static kn_code
take_notation(reader *read, const json_t *entry, const char *place, map_column *out, kn_error *err)
{
  out->decimal = '.';
  out->factor = 1;
  KN_TRY(take_sign(read, entry, "decimal", ".,", place, &out->decimal, err));
  KN_TRY(take_sign(read, entry, "thousands", "., '", place, &out->thousands, err));
  if (out->thousands == out->decimal)
    KN_TRY(refuse(read, "mapping", place, NULL, "column %s: the decimal sign cannot mark thousands as well", out->name, err));
  const json_t *factor = json_object_get(entry, "factor"), *date = json_object_get(entry, "date");
  if (factor && !(json_number_value(factor) != 0 && isfinite(json_number_value(factor))))
    KN_TRY(refuse(read, "mapping", place, NULL, "column %s: the factor must be a number other than 0", out->name, err));
  else if (factor)
    out->factor = json_number_value(factor);
  const char *order = json_string_value(date);
  if (order && (strcmp(order, "dmy") == 0 || strcmp(order, "mdy") == 0))
    out->date = *order;
  else if (date && !(order && strcmp(order, "ymd") == 0))
    KN_TRY(refuse(read, "mapping", place, NULL, "column %s: date is one of dmy, mdy, ymd", out->name, err));
  return KN_OK;
}

/* *out stays without a name when the entry leaves its field out. */
static kn_code
take_column(reader *read, const kn_table_def *def, const foreign_layer *layer, const json_t *entry, const char *place,
            map_column *out, kn_error *err)
{
  const json_t *name = json_object_get(entry, "column");
  const json_t *field = json_object_get(entry, "field");
  const char *what = json_is_string(name)    ? json_string_value(name)
                     : json_is_string(field) ? json_string_value(field)
                                             : "a column";
  KN_TRY(check_confirmed(read, entry, place, what, err));
  if (json_is_null(name))
    return KN_OK;
  if (!json_is_string(name) || json_string_length(name) == 0)
    return refuse(read, "mapping", place, NULL, "an entry without \"column\"", NULL, err);
  KN_TRY(keep(read, &out->name, name, err));
  const int32_t column = kn_schema_find_column(def, out->name);
  const bool is_extra = json_is_true(json_object_get(entry, "is_extra"));
  if (column == KN_NONE && !is_extra)
    return refuse(read, "mapping", place, "correct the name, or add \"is_extra\": true to keep it as a column of its own",
                  "the table has no column %s", out->name, err);
  out->def = column == KN_NONE ? NULL : &def->columns[column];
  KN_TRY(take_notation(read, entry, place, out, err));
  KN_TRY(take_words(read, entry, place, out, err));
  return take_origin(read, layer, entry, place, out, err);
}

/* ------------------------------------------------------------------ tables */
static int32_t
find_layer(const reader *read, const char *name)
{
  for (int32_t i = 0; i < foreign_layer_count(read->file); i++)
    if (strcmp(foreign_get_layer(read->file, i)->name, name) == 0)
      return i;
  return read->is_single ? 0 : KN_NONE;
}

static kn_code
take_columns(reader *read, const json_t *entry, const char *place, map_table *out, kn_error *err)
{
  const json_t *columns = json_object_get(entry, "columns");
  KN_NEW(out->column, read->map->arena, json_array_size(columns), err);
  const foreign_layer *layer = foreign_get_layer(read->file, out->layer);
  for (size_t i = 0; i < json_array_size(columns); i++) {
    char path[64];
    snprintf(path, sizeof path, "%s/columns/%zu", place, i);
    map_column *column = &out->column[out->count];
    KN_TRY(take_column(read, out->def, layer, json_array_get(columns, i), path, column, err));
    out->count += column->name != NULL;
  }
  return KN_OK;
}

static kn_code
take_table(reader *read, const json_t *entry, const char *place, map_table *out, kn_error *err)
{
  out->layer = KN_NONE;
  const json_t *layer = json_object_get(entry, "layer"), *table = json_object_get(entry, "table");
  const char *name = json_string_value(layer);
  KN_TRY(check_confirmed(read, entry, place, name ? name : "a table", err));
  if (!name)
    return refuse(read, "mapping", place, NULL, "an entry without \"layer\"", NULL, err);
  if (json_is_null(table))
    return KN_OK; /* the user leaves the layer out */
  const int32_t known = json_is_string(table) ? kn_schema_find_table(json_string_value(table)) : KN_NONE;
  if (known == KN_NONE)
    return refuse(read, "mapping", place, "use a table of the region data package, or null to leave the layer out",
                  "the table %s is not known", json_string_value(table), err);
  out->def = kn_schema((kn_table_id)known);
  const int32_t at = find_layer(read, name);
  if (at == KN_NONE)
    return refuse(read, "mapping", place, NULL, "the source has no layer %s", name, err);
  out->layer = at;
  out->is_distinct = json_is_true(json_object_get(entry, "distinct"));
  const json_t *srs = json_object_get(entry, "srs");
  if (json_is_string(srs))
    KN_TRY(keep(read, &out->srs, srs, err));
  return take_columns(read, entry, place, out, err);
}

static bool
names_one_layer(const json_t *tables)
{
  const char *first = json_string_value(json_object_get(json_array_get(tables, 0), "layer"));
  for (size_t i = 1; i < json_array_size(tables); i++) {
    const char *name = json_string_value(json_object_get(json_array_get(tables, i), "layer"));
    if (!first || !name || strcmp(first, name) != 0)
      return false;
  }
  return first != NULL;
}

static bool
names_layer(const json_t *tables, const char *name)
{
  for (size_t i = 0; i < json_array_size(tables); i++) {
    const char *text = json_string_value(json_object_get(json_array_get(tables, i), "layer"));
    if (text && strcmp(text, name) == 0)
      return true;
  }
  return false;
}

static kn_code
tell_unmapped_layers(const reader *read, const json_t *tables, kn_error *err)
{
  for (int32_t i = 0; i < foreign_layer_count(read->file) && !read->is_single; i++) {
    const foreign_layer *layer = foreign_get_layer(read->file, i);
    if (names_layer(tables, layer->name))
      continue;
    const kn_finding where = {.severity = KN_WARNING, .rule = "unmapped_layer", .file = layer->file, .value = layer->name};
    KN_TRY(kn_findings_add(read->findings, &where, err, "layer %s was left out: the mapping does not name it", layer->name));
  }
  return KN_OK;
}

static kn_code
take_mapping(reader *read, const json_t *root, kn_error *err)
{
  const json_t *version = json_object_get(root, "knoop_mapping"), *tables = json_object_get(root, "tables");
  if (!json_is_number(version) || !json_is_array(tables))
    return refuse(read, "mapping", "", "let `knoop import` draft one", "not a mapping: no \"knoop_mapping\" and \"tables\"", NULL,
                  err);
  if (json_number_value(version) != 1)
    return refuse(read, "mapping", "knoop_mapping", NULL, "a mapping of another version; expected 1", NULL, err);
  read->is_single = foreign_layer_count(read->file) == 1 && names_one_layer(tables);
  KN_NEW(read->map->table, read->map->arena, json_array_size(tables), err);
  for (size_t i = 0; i < json_array_size(tables); i++) {
    char place[32];
    snprintf(place, sizeof place, "tables/%zu", i);
    KN_TRY(take_table(read, json_array_get(tables, i), place, &read->map->table[read->map->count++], err));
  }
  return tell_unmapped_layers(read, tables, err);
}

kn_code
mapping_load(mapping *out, const char *path, kn_findings *findings, kn_error *err)
{
  *out = (mapping){.arena = kn_arena_new()};
  KN_TRY(kn_text_copy(&out->path, out->arena, path, strlen(path), err));
  KN_TRY(bytes_load(&out->text, &out->length, out->arena, path, err));
  KN_TRY(json_read(&out->root, path, out->text, out->length, findings, err));
  if (!out->root)
    return KN_OK;
  out->encoding = json_string_value(json_object_get(out->root, "encoding"));
  reader read = {.map = out, .findings = findings, .is_good = true};
  KN_TRY(check_confirmed(&read, out->root, "", out->encoding ? out->encoding : "the file", err));
  out->is_confirmed = read.is_good;
  return KN_OK;
}

kn_code
mapping_fit(mapping *map, const foreign *file, kn_findings *findings, bool *is_good, kn_error *err)
{
  reader read = {.map = map, .file = file, .findings = findings, .is_good = map->is_confirmed};
  KN_TRY(take_mapping(&read, map->root, err));
  *is_good = read.is_good;
  return KN_OK;
}

void
mapping_free(mapping *map)
{
  for (int32_t t = 0; t < map->count; t++)
    for (int32_t c = 0; map->table[t].column && c < map->table[t].count; c++)
      kn_keymap_free(map->table[t].column[c].words);
  json_decref(map->root);
  kn_arena_free(map->arena);
  *map = (mapping){0};
}
