/* datapackage.json: the schema as Frictionless Table Schema v1, so that other tools can check the folder.
 * Units have no word in v1; they stand as a property of their own (unit). */
#include "formats/describe.h"

#include <string.h>

bool
column_is_written(const kn_table *table, int32_t at)
{
  const kn_column_def *def = &table->def->columns[at];
  const kn_column *column = &table->columns[at];
  bool is_written = def->is_required;
  for (int64_t row = 0; row < table->n && !is_written; row++)
    switch (def->kind) {
    case KN_TEXT:
    case KN_KEY:
      is_written = column->text[row] && *column->text[row];
      break;
    case KN_REAL:
      is_written = !isnan(column->real[row]);
      break;
    case KN_INT:
    case KN_DATE:
      is_written = column->number[row] != KN_BLANK_INT;
      break;
    case KN_WORD:
      is_written = column->word[row] != KN_BLANK_WORD;
      break;
    case KN_REF:
      is_written = column->number[row] != KN_NONE;
      break;
    }
  return is_written;
}

bool
table_is_written(const kn_region *region, kn_table_id table)
{
  if (kn_region_table(region, table)->n > 0 || kn_schema(table)->is_required)
    return true;
  return table == KN_T_OFFER && kn_region_table(region, KN_T_NEED)->n == 0;
}

bool
has_shapes(const kn_region *region, kn_table_id table)
{
  const uint8_t *wkb;
  size_t length;
  for (int32_t i = 0; i < kn_region_table(region, table)->n; i++)
    if (kn_region_wkb(region, table, i, &wkb, &length))
      return true;
  return false;
}

/* ------------------------------------------------------------------ JSON */
static void
set(json_t *object, const char *name, json_t *value)
{
  json_object_set_new(object, name, value);
}

static void
set_text(json_t *object, const char *name, const char *text)
{
  if (text && *text)
    set(object, name, json_string(text));
}

/* Whole numbers as such, so that 0 is not written as 0.0. */
static json_t *
number(double value)
{
  return value == floor(value) && fabs(value) < 1e15 ? json_integer((json_int_t)value) : json_real(value);
}

static const char *
type_name(kn_kind kind)
{
  switch (kind) {
  case KN_REAL:
    return "number";
  case KN_INT:
    return "integer";
  case KN_DATE:
    return "date";
  case KN_TEXT:
  case KN_WORD:
  case KN_KEY:
  case KN_REF:
    break;
  }
  return "string";
}

static json_t *
constraints(const kn_column_def *def)
{
  json_t *rules = json_object();
  if (def->is_required && !def->may_be_blank)
    set(rules, "required", json_true());
  if (def->kind == KN_KEY)
    set(rules, "unique", json_true());
  if (def->kind == KN_WORD) {
    json_t *words = json_array();
    for (const char *const *word = def->words; *word; word++)
      json_array_append_new(words, json_string(*word));
    set(rules, "enum", words);
  }
  if (def->kind == KN_REAL || def->kind == KN_INT) {
    /* v1 knows no "above" and "below": the next number says the same, and readers of v2 and people see the bound itself. */
    if (isfinite(def->least))
      set(rules, "minimum", number(def->is_above_least ? nextafter(def->least, INFINITY) : def->least));
    if (isfinite(def->least) && def->is_above_least)
      set(rules, "exclusiveMinimum", number(def->least));
    if (isfinite(def->most))
      set(rules, "maximum", number(def->is_below_most ? nextafter(def->most, -INFINITY) : def->most));
    if (isfinite(def->most) && def->is_below_most)
      set(rules, "exclusiveMaximum", number(def->most));
  }
  return rules;
}

static json_t *
field(const kn_column_def *def)
{
  json_t *out = json_object();
  set_text(out, "name", def->name);
  set_text(out, "type", type_name(def->kind));
  set_text(out, "description", def->text);
  set_text(out, "unit", def->unit ? def->unit : def->per_unit > 0 ? "unit of the row, or of its resource" : NULL);
  json_t *rules = constraints(def);
  if (json_object_size(rules) > 0)
    set(out, "constraints", rules);
  else
    json_decref(rules);
  return out;
}

static json_t *
fields(const kn_table *table)
{
  json_t *out = json_array();
  for (int32_t c = 0; c < table->def->column_count; c++)
    if (column_is_written(table, c))
      json_array_append_new(out, field(&table->def->columns[c]));
  for (int32_t e = 0; e < table->extra_count; e++)
    json_array_append_new(out, json_pack("{s:s, s:s}", "name", table->extra_name[e], "type", "string"));
  return out;
}

static json_t *
primary_key(const kn_table_def *def)
{
  if (def->key_column != KN_NONE)
    return json_string(def->columns[def->key_column].name);
  if (def->unique[0] == KN_NONE)
    return NULL;
  json_t *names = json_array();
  for (int i = 0; i < 3 && def->unique[i] != KN_NONE; i++)
    json_array_append_new(names, json_string(def->columns[def->unique[i]].name));
  return names;
}

static json_t *
foreign_keys(const kn_region *region, const kn_table *table)
{
  json_t *keys = json_array();
  for (int32_t c = 0; c < table->def->column_count; c++) {
    const kn_column_def *def = &table->def->columns[c];
    if (def->kind != KN_REF || !column_is_written(table, c) || !table_is_written(region, def->target))
      continue;
    const kn_table_def *target = kn_schema(def->target);
    const char *resource = def->target == table->def->id ? "" : target->name; /* "": the table itself */
    json_array_append_new(keys, json_pack("{s:s, s:{s:s, s:s}}", "fields", def->name, "reference", "resource", resource, "fields",
                                          target->columns[target->key_column].name));
  }
  return keys;
}

static json_t *
schema(const kn_region *region, const kn_table *table)
{
  json_t *out = json_object();
  set(out, "fields", fields(table));
  json_t *key = primary_key(table->def);
  if (key)
    set(out, "primaryKey", key);
  json_t *foreign = foreign_keys(region, table);
  if (json_array_size(foreign) > 0)
    set(out, "foreignKeys", foreign);
  else
    json_decref(foreign);
  set(out, "missingValues", json_pack("[s]", ""));
  return out;
}

static json_t *
table_resource(const kn_region *region, const kn_table *table)
{
  json_t *out = json_object();
  set_text(out, "profile", "tabular-data-resource");
  set_text(out, "name", table->def->name);
  set(out, "path", json_sprintf("%s.csv", table->def->name));
  set_text(out, "description", table->def->text);
  set_text(out, "format", "csv");
  set_text(out, "mediatype", "text/csv");
  set_text(out, "encoding", "utf-8");
  set(out, "dialect",
      json_pack("{s:s, s:s, s:b, s:s}", "delimiter", ",", "quoteChar", "\"", "doubleQuote", 1, "lineTerminator", "\n"));
  set(out, "schema", schema(region, table));
  return out;
}

static json_t *
shapes_resource(const kn_table_def *def)
{
  const char *text = def->geometry == 'l' ? "Lines of the links (RFC 7946), by the property link_id."
                                          : "Outlines of the areas (RFC 7946), by the property area_id.";
  json_t *out = json_pack("{s:s}", "profile", "data-resource");
  set(out, "name", json_sprintf("%s-geometry", def->name));
  set(out, "path", json_sprintf("%s.geojson", def->name));
  set_text(out, "description", text);
  set_text(out, "format", "geojson");
  set_text(out, "mediatype", "application/geo+json");
  set_text(out, "encoding", "utf-8");
  return out;
}

/* Frictionless wants a name of lower-case letters, digits and hyphens. */
static json_t *
package_name(const char *title)
{
  char name[256];
  kn_text_fold(name, sizeof name, title ? title : "");
  for (char *at = name; *at; at++)
    if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789", *at))
      *at = '-';
  return json_string(*name ? name : "region");
}

static json_t *
sources(const kn_region *region)
{
  const kn_table *table = kn_region_table(region, KN_T_SOURCE);
  const int32_t title = kn_schema_find_column(table->def, "title"), link = kn_schema_find_column(table->def, "link");
  json_t *out = json_array();
  for (int64_t i = 0; i < table->n; i++) {
    json_t *source = json_object();
    set_text(source, "title", table->columns[title].text[i]);
    const char *path = table->columns[link].text[i];
    if (path && (strncmp(path, "http://", 7) == 0 || strncmp(path, "https://", 8) == 0))
      set_text(source, "path", path);
    json_array_append_new(out, source);
  }
  return out;
}

json_t *
package_describe(const kn_region *region)
{
  const char *title = kn_region_settings(region).name;
  json_t *out = json_object();
  set_text(out, "profile", "data-package");
  set(out, "name", package_name(title));
  set_text(out, "title", title);
  json_t *from = sources(region);
  if (json_array_size(from) > 0)
    set(out, "sources", from);
  else
    json_decref(from);
  json_t *resources = json_array();
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++)
    if (table_is_written(region, (kn_table_id)i))
      json_array_append_new(resources, table_resource(region, kn_region_table(region, (kn_table_id)i)));
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++)
    if (has_shapes(region, (kn_table_id)i))
      json_array_append_new(resources, shapes_resource(kn_schema((kn_table_id)i)));
  set(out, "resources", resources);
  return out;
}
