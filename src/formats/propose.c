/* The entries of a drafted mapping: for each column of the chosen table where it could come from, for each field
 * that is left where it could go. Certain is only what its name and its values both say. */
#include <stdlib.h>
#include <string.h>

#include "formats/draft.h"

enum { MOST_FIELDS = 1024 };

/* A name as good as a column's own, or one of its usual names: certain enough if nothing else comes near. */
static const double sure_fit = 0.94, rival = 0.05;

typedef struct proposal {
  draft *work;
  json_t *columns;           /* of the main table */
  bool is_used[MOST_FIELDS]; /* fields that some entry reads */
  int32_t company;           /* field that names the company, KN_NONE */
  int32_t address;
  int32_t resource; /* field whose texts become resources, KN_NONE */
  bool has_commas;  /* some field of the layer has decimal commas */
} proposal;

/* ------------------------------------------------------------------ entries */
static json_t *
new_entry(json_t *columns, const char *column)
{
  json_t *entry = json_object();
  json_object_set_new(entry, "column", json_string(column));
  json_array_append_new(columns, entry);
  return entry;
}

static void
rate(json_t *entry, double confidence, bool is_sure)
{
  json_object_set_new(entry, "confidence", json_real(round(confidence * 100) / 100));
  json_object_set_new(entry, "confirm", json_boolean(is_sure));
}

static void
set_text(json_t *entry, const char *name, const char *text)
{
  json_object_set_new(entry, name, json_string(text));
}

static void
set_sign(json_t *entry, const char *name, char sign)
{
  json_object_set_new(entry, name, json_stringn(&sign, 1));
}

static const char *
field_name(const proposal *make, int32_t field)
{
  return make->work->layer->field[field];
}

static json_t *
key_entry(proposal *make, json_t *columns, const char *column, const char *prefix, int32_t first, int32_t second)
{
  json_t *entry = new_entry(columns, column), *fields = json_array();
  json_array_append_new(fields, json_string(field_name(make, first)));
  if (second != KN_NONE && second != first)
    json_array_append_new(fields, json_string(field_name(make, second)));
  json_object_set_new(entry, "key_of", fields);
  make->is_used[first] = true;
  if (second != KN_NONE)
    make->is_used[second] = true;
  set_text(entry, "prefix", prefix);
  return entry;
}

/* ------------------------------------------------------------------ words */
/* Folded names and keys of a table of the region -> row. */
static kn_code
index_names(const draft *work, kn_table_id target, kn_keymap **out, kn_error *err)
{
  const kn_table *table = kn_region_table(work->region, target);
  KN_TRY(kn_keymap_new(out, table->n, err));
  for (int32_t row = 0; row < table->n; row++)
    for (int32_t c = 0; c < table->def->column_count; c++) {
      const kn_column_def *def = &table->def->columns[c];
      const bool is_name = def->kind == KN_KEY || strncmp(def->name, "name", 4) == 0;
      const char *text = is_name && (def->kind == KN_TEXT || def->kind == KN_KEY) ? table->columns[c].text[row] : NULL;
      if (!text)
        continue;
      const size_t size = kn_text_fold(NULL, 0, text) + 1;
      char *folded;
      int32_t before;
      KN_NEW(folded, work->arena, size, err);
      kn_text_fold(folded, size, text);
      KN_TRY(kn_keymap_put(*out, folded, row, &before, err));
    }
  return KN_OK;
}

/* Values of a reference as keys of the region: by key, else by name. *is_sure: each was found. */
static kn_code
match_keys(draft *work, const kn_column_def *def, const sample *values, json_t *entry, bool *is_sure, kn_error *err)
{
  kn_keymap *names = NULL;
  kn_code code = index_names(work, def->target, &names, err);
  json_t *words = json_object();
  bool is_plain = true;
  for (int32_t i = 0; i < values->count && code == KN_OK; i++) {
    char folded[256];
    const char *text = values->value[i];
    int32_t row = kn_region_find(work->region, def->target, text);
    is_plain &= row != KN_NONE;
    if (row == KN_NONE && kn_text_fold(folded, sizeof folded, text) < sizeof folded)
      row = kn_keymap_find(names, folded);
    json_object_set_new(words, text, row == KN_NONE ? json_null() : json_string(kn_region_key(work->region, def->target, row)));
    *is_sure &= row != KN_NONE;
  }
  *is_sure &= !values->is_cut;
  kn_keymap_free(names);
  if (is_plain)
    json_decref(words);
  else
    json_object_set_new(entry, "words", words);
  return code;
}

static void
match_words(const kn_column_def *def, const sample *values, json_t *entry, bool *is_sure)
{
  json_t *words = json_object();
  bool is_plain = !values->is_cut;
  for (int32_t i = 0; i < values->count; i++) {
    double fit = 0, per_year = 1;
    const char *text = values->value[i];
    const bool is_unit = def->kind == KN_TEXT;
    const char *word = is_unit ? words_find_unit(text, &per_year) : words_find_value(def, text, &fit);
    const bool is_good = is_unit ? word && per_year == 1 : fit >= sure_fit;
    *is_sure &= is_good;
    is_plain &= word && strcmp(word, text) == 0;
    json_object_set_new(words, text, word && per_year == 1 ? json_string(word) : json_null());
  }
  *is_sure &= !values->is_cut;
  if (is_plain)
    json_decref(words);
  else
    json_object_set_new(entry, "words", words);
}

/* ------------------------------------------------------------------ one field to one column */
static bool
is_flag(const kn_column_def *def)
{
  return def->kind == KN_INT && def->least == 0 && def->most == 1;
}

static const char *
bracketed_unit(const char *field, double *per_year)
{
  const size_t open = strcspn(field, "([{");
  const size_t length = field[open] ? strcspn(field + open + 1, ")]}") : 0;
  char text[64];
  if (length == 0 || length >= sizeof text)
    return NULL;
  memcpy(text, field + open + 1, length);
  text[length] = '\0';
  return words_find_unit(text, per_year);
}

static void
add_number(const proposal *make, int32_t field, const kn_column_def *def, json_t *entry, bool *is_sure)
{
  notation found = find_notation(&make->work->sample[field], make->work->layer->kind[field]);
  if (make->has_commas && make->work->layer->kind[field] == FOREIGN_TEXT && found.is_neutral)
    found.decimal = ','; /* whole numbers tell nothing; their neighbours do */
  if (found.decimal != '.' || found.thousands)
    set_sign(entry, "decimal", found.decimal);
  if (found.thousands)
    set_sign(entry, "thousands", found.thousands);
  *is_sure &= found.is_sure && found.share == 1;
  double per_year = 1;
  const char *unit = def->per_unit > 0 ? bracketed_unit(field_name(make, field), &per_year) : NULL;
  if (unit && per_year != 1) {
    json_object_set_new(entry, "factor", json_integer((json_int_t)per_year)); /* quantities are per year */
    *is_sure = false;
  }
}

static kn_code
add_reading(const proposal *make, int32_t field, const kn_column_def *def, json_t *entry, bool *is_sure, kn_error *err)
{
  draft *work = make->work;
  const sample *values = &work->sample[field];
  double share = 1;
  bool is_order_sure = true;
  if (def->kind == KN_WORD || is_flag(def) || (def->kind == KN_TEXT && strcmp(def->name, "unit") == 0)) {
    match_words(def, values, entry, is_sure);
  } else if (def->kind == KN_REAL || def->kind == KN_INT) {
    add_number(make, field, def, entry, is_sure);
  } else if (def->kind == KN_DATE && work->layer->kind[field] != FOREIGN_DATE) {
    const char order = find_date_order(values, &share, &is_order_sure);
    if (order)
      set_text(entry, "date", order == 'd' ? "dmy" : "mdy");
    *is_sure &= is_order_sure;
  } else if (def->kind == KN_REF && work->region) {
    return match_keys(work, def, values, entry, is_sure, err);
  }
  return KN_OK;
}

/* Other columns that the field could be, best first; true when one comes near. */
static bool
add_alternatives(const proposal *make, const kn_table_def *def, int32_t column, int32_t field, double fit, json_t *entry)
{
  json_t *list = json_array();
  bool has_rival = false;
  for (int tenth = 9; tenth >= 5; tenth--)
    for (int32_t c = 0; c < def->column_count; c++) {
      const double one = make->work->fit[(size_t)field * MOST_COLUMNS + (size_t)c];
      if (c == column || one < tenth / 10.0 || (tenth < 9 && one >= (tenth + 1) / 10.0))
        continue;
      json_array_append_new(list, json_string(def->columns[c].name));
      has_rival |= one >= fit - rival;
    }
  if (json_array_size(list) > 0)
    json_object_set_new(entry, "alternatives", list);
  else
    json_decref(list);
  return has_rival;
}

static bool
has_rival_field(const proposal *make, int32_t column, int32_t field, double fit)
{
  for (int32_t f = 0; f < make->work->layer->field_count; f++)
    if (f != field && make->work->fit[(size_t)f * MOST_COLUMNS + (size_t)column] >= fit - rival)
      return true;
  return false;
}

static kn_code
propose_field(proposal *make, json_t *columns, const kn_table_def *def, int32_t column, int32_t field, double fit, kn_error *err)
{
  const kn_column_def *wanted = &def->columns[column];
  json_t *entry = new_entry(columns, wanted->name);
  set_text(entry, "field", field_name(make, field));
  make->is_used[field] = true;
  bool is_sure = fit >= sure_fit;
  KN_TRY(add_reading(make, field, wanted, entry, &is_sure, err));
  const bool is_main = columns == make->columns; /* fits are known for the main table only */
  if (is_main && add_alternatives(make, def, column, field, fit, entry) && fit < 0.98)
    is_sure = false;
  if (is_main && fit < 1 && has_rival_field(make, column, field, fit))
    is_sure = false;
  rate(entry, fit, is_sure);
  return KN_OK;
}

/* ------------------------------------------------------------------ columns without a field */
static void
propose_place(proposal *make, json_t *columns, const char *axis)
{
  json_t *entry = new_entry(columns, axis);
  const char geometry = make->work->layer->geometry;
  if (geometry == 'p' || geometry == 'a')
    set_text(entry, "geometry", axis);
  else
    json_object_set_new(entry, "constant", json_null());
  rate(entry, geometry == 'p' ? 1 : geometry == 'a' ? 0.6 : 0, geometry == 'p');
}

static void
propose_constant(json_t *columns, const char *column, const char *text, double confidence)
{
  json_t *entry = new_entry(columns, column);
  json_object_set_new(entry, "constant", text ? json_string(text) : json_null());
  rate(entry, confidence, false);
}

/* What best tells rows apart: the name, else the company with what it has. */
static int32_t
naming_field(const proposal *make)
{
  const draft *work = make->work;
  static const char *const naming[] = {"name", "title", "resource_id", "property"};
  for (size_t i = 0; i < sizeof naming / sizeof *naming; i++) {
    const int32_t c = kn_schema_find_column(work->def, naming[i]);
    if (c != KN_NONE && work->field[c] != KN_NONE)
      return work->field[c];
  }
  return work->layer->field_count > 0 ? 0 : KN_NONE;
}

static void
propose_absent(proposal *make, const kn_column_def *def)
{
  json_t *columns = make->columns;
  char prefix[64];
  const int32_t naming = naming_field(make);
  snprintf(prefix, sizeof prefix, "%s-", make->work->def->name);
  if (strcmp(def->name, "lon") == 0 || strcmp(def->name, "lat") == 0) {
    propose_place(make, columns, def->name);
  } else if (def->kind == KN_KEY && naming != KN_NONE) {
    const bool has_company = make->company != KN_NONE && make->company != naming;
    rate(key_entry(make, columns, def->name, prefix, has_company ? make->company : naming, naming), 0.5, false);
  } else if (strcmp(def->name, "site_id") == 0 && make->company != KN_NONE) {
    rate(key_entry(make, columns, "site_id", "site-", make->company, make->address), 0.6, false);
  } else if (strcmp(def->name, "actor_id") == 0 && make->company != KN_NONE) {
    rate(key_entry(make, columns, "actor_id", "actor-", make->company, KN_NONE), 0.6, false);
  } else if (strcmp(def->name, "name") == 0 && make->company != KN_NONE) {
    json_t *entry = new_entry(columns, "name");
    set_text(entry, "field", field_name(make, make->company));
    make->is_used[make->company] = true;
    rate(entry, 0.6, false);
  } else {
    const bool is_class = strcmp(def->name, "class") == 0, is_level = strcmp(def->name, "level") == 0;
    propose_constant(columns, def->name,
                     is_class   ? "material"
                     : is_level ? "municipality"
                                : NULL,
                     is_class || is_level ? 0.3 : 0);
  }
}

/* A unit that stands in the header of the quantity: "Hoeveelheid (ton/jaar)". */
static void
propose_unit(proposal *make)
{
  const draft *work = make->work;
  const int32_t unit = kn_schema_find_column(work->def, "unit");
  if (unit == KN_NONE || work->field[unit] != KN_NONE)
    return;
  for (int32_t c = 0; c < work->def->column_count; c++) {
    double per_year = 1;
    const char *text = work->def->columns[c].per_unit > 0 && work->field[c] != KN_NONE
                           ? bracketed_unit(field_name(make, work->field[c]), &per_year)
                           : NULL;
    if (!text)
      continue;
    json_t *entry = new_entry(make->columns, "unit");
    set_text(entry, "constant", text);
    rate(entry, per_year == 1 ? 0.95 : 0.8, per_year == 1);
    return;
  }
}

/* A field that no column wants is kept under its own name. */
static void
propose_extra(proposal *make, int32_t field)
{
  const char *name = field_name(make, field);
  json_t *entry = new_entry(make->columns, name);
  set_text(entry, "field", name);
  json_object_set_new(entry, "is_extra", json_true());
  add_alternatives(make, make->work->def, KN_NONE, field, 1, entry);
  const bool is_alone = !json_object_get(entry, "alternatives");
  rate(entry, is_alone ? 0.9 : 0.5, is_alone);
}

/* ------------------------------------------------------------------ tables */
static json_t *
new_table(const draft *work, json_t *tables, const char *name, double confidence, bool is_sure, const char *alternative)
{
  json_t *table = json_object();
  set_text(table, "layer", work->layer->name);
  set_text(table, "table", name);
  rate(table, confidence, is_sure);
  if (alternative) {
    json_t *list = json_array();
    json_array_append_new(list, json_string(alternative));
    json_object_set_new(table, "alternatives", list);
  }
  json_array_append_new(tables, table);
  return table;
}

/* Belgian Lambert 72 is what coordinates in metres here most likely are; the user decides. lon: field or KN_NONE. */
static void
add_srs(const draft *work, json_t *table, int32_t lon)
{
  bool is_metres = work->layer->geometry && !work->layer->has_srs;
  if (lon != KN_NONE && work->sample[lon].count > 0) {
    const notation way = find_notation(&work->sample[lon], work->layer->kind[lon]);
    const char *text = work->sample[lon].value[0];
    double value;
    is_metres = number_read_as(text, strlen(text), way.decimal, way.thousands, &value) && fabs(value) > 180;
  }
  if (!is_metres)
    return;
  set_text(table, "srs", "EPSG:31370");
  json_object_set_new(table, "confirm", json_false());
}

static kn_code
companion_field(proposal *make, json_t *columns, kn_table_id table, const char *column, kn_error *err)
{
  const kn_table_def *def = kn_schema(table);
  const int32_t field = best_field(make->work, table, column), at = kn_schema_find_column(def, column);
  if (field == KN_NONE)
    return KN_OK;
  return propose_field(make, columns, def, at, field, field_fit(make->work, def, at, field), err);
}

/* A list of offers or needs that names companies holds its actors and sites as well. */
static kn_code
propose_actors(proposal *make, json_t *tables, kn_error *err)
{
  json_t *table = new_table(make->work, tables, "actor", 0.6, false, NULL), *columns = json_array();
  json_object_set_new(table, "distinct", json_true());
  json_object_set_new(table, "columns", columns);
  rate(key_entry(make, columns, "actor_id", "actor-", make->company, KN_NONE), 0.7, true);
  json_t *name = new_entry(columns, "name");
  set_text(name, "field", field_name(make, make->company));
  rate(name, 0.95, true);
  make->is_used[make->company] = true;
  KN_TRY(companion_field(make, columns, KN_T_ACTOR, "nace", err));
  KN_TRY(companion_field(make, columns, KN_T_ACTOR, "jobs_fte", err));
  return companion_field(make, columns, KN_T_ACTOR, "website", err);
}

static kn_code
propose_sites(proposal *make, json_t *tables, kn_error *err)
{
  static const char *const axes[] = {"lon", "lat"};
  json_t *table = new_table(make->work, tables, "site", 0.6, false, NULL), *columns = json_array();
  json_object_set_new(table, "distinct", json_true());
  add_srs(make->work, table, best_field(make->work, KN_T_SITE, "lon"));
  json_object_set_new(table, "columns", columns);
  rate(key_entry(make, columns, "site_id", "site-", make->company, make->address), 0.7, true);
  rate(key_entry(make, columns, "actor_id", "actor-", make->company, KN_NONE), 0.7, true);
  json_t *name = new_entry(columns, "name");
  set_text(name, "field", field_name(make, make->company));
  rate(name, 0.7, true);
  for (int i = 0; i < 2; i++) {
    if (best_field(make->work, KN_T_SITE, axes[i]) != KN_NONE)
      KN_TRY(companion_field(make, columns, KN_T_SITE, axes[i], err));
    else
      propose_place(make, columns, axes[i]);
  }
  return companion_field(make, columns, KN_T_SITE, "address", err);
}

/* The class whose unit measures the same as the one in the header of the quantity; material where there is none. */
static const char *
likely_class(const proposal *make)
{
  static const struct {
    const char *unit, *class_name;
  } likely[] = {{"MWh", "energy"}, {"kWh", "energy"}, {"GJ", "energy"}, {"m3", "water"},   {"l", "water"},
                {"m2", "space"},   {"ha", "space"},   {"h", "labour"},  {"FTE", "labour"}, {"EUR", "capital"}};
  const draft *work = make->work;
  const int32_t quantity = kn_schema_find_column(work->def, "quantity");
  double per_year;
  const char *unit = quantity != KN_NONE && work->field[quantity] != KN_NONE
                         ? bracketed_unit(field_name(make, work->field[quantity]), &per_year)
                         : NULL;
  for (size_t i = 0; unit && i < sizeof likely / sizeof *likely; i++)
    if (strcmp(likely[i].unit, unit) == 0)
      return likely[i].class_name;
  return "material";
}

/* Without a region to look resources up in, the list brings its own. */
static kn_code
propose_resources(proposal *make, json_t *tables, kn_error *err)
{
  json_t *table = new_table(make->work, tables, "resource", 0.5, false, NULL), *columns = json_array();
  json_object_set_new(table, "distinct", json_true());
  json_object_set_new(table, "columns", columns);
  rate(key_entry(make, columns, "resource_id", "", make->resource, KN_NONE), 0.7, true);
  propose_constant(columns, "class", likely_class(make), 0.5);
  json_t *name = new_entry(columns, "name");
  set_text(name, "field", field_name(make, make->resource));
  rate(name, 0.95, true);
  KN_TRY(companion_field(make, columns, KN_T_RESOURCE, "code_low", err));
  return companion_field(make, columns, KN_T_RESOURCE, "hazardous", err);
}

static kn_code
propose_column(proposal *make, int32_t c, kn_error *err)
{
  draft *work = make->work;
  const kn_column_def *def = &work->def->columns[c];
  if (make->resource != KN_NONE && strcmp(def->name, "resource_id") == 0) {
    rate(key_entry(make, make->columns, def->name, "", make->resource, KN_NONE), work->field_fit[c],
         work->field_fit[c] >= sure_fit);
    make->is_used[make->resource] = true;
  } else if (work->field[c] != KN_NONE) {
    return propose_field(make, make->columns, work->def, c, work->field[c], work->field_fit[c], err);
  } else if (def->is_required) {
    propose_absent(make, def);
  }
  return KN_OK;
}

static kn_code
propose_main(proposal *make, json_t *tables, kn_error *err)
{
  draft *work = make->work;
  const kn_table_def *def = work->def;
  bool is_own = true; /* every required column is there under its own name */
  for (int32_t c = 0; c < def->column_count; c++)
    is_own &= !def->columns[c].is_required || (work->field[c] != KN_NONE && work->field_fit[c] >= 0.98);
  json_t *table =
      new_table(work, tables, def->name, is_own ? 1 : work->confidence, is_own, work->other ? work->other->name : NULL);
  const int32_t lon = kn_schema_find_column(def, "lon");
  if (lon != KN_NONE || def->geometry == 'a')
    add_srs(work, table, lon == KN_NONE ? KN_NONE : work->field[lon]);
  json_object_set_new(table, "columns", make->columns);
  for (int32_t c = 0; c < def->column_count; c++)
    KN_TRY(propose_column(make, c, err));
  propose_unit(make);
  return KN_OK;
}

kn_code
propose_tables(draft *work, json_t *tables, kn_error *err)
{
  if (work->layer->field_count > MOST_FIELDS)
    return kn_fail(err, KN_E_LIMIT, "%s: layer %s has %d fields; at most %d are mapped", work->layer->file, work->layer->name,
                   work->layer->field_count, MOST_FIELDS);
  proposal make = {.work = work, .columns = json_array()};
  make.company = work->company;
  make.address = best_field(work, KN_T_SITE, "address");
  make.resource = KN_NONE;
  for (int32_t f = 0; f < work->layer->field_count; f++) {
    const notation found = find_notation(&work->sample[f], work->layer->kind[f]);
    make.has_commas |= found.decimal == ',' && found.is_sure && found.share == 1;
  }
  const kn_table_id id = work->def->id;
  const bool is_stock = id == KN_T_OFFER || id == KN_T_NEED;
  const int32_t site = kn_schema_find_column(work->def, "site_id"), actor = kn_schema_find_column(work->def, "actor_id");
  const int32_t resource = kn_schema_find_column(work->def, "resource_id");
  const bool has_sites = (is_stock || id == KN_T_UNIT) && work->field[site] == KN_NONE && make.company != KN_NONE;
  const bool has_actors =
      id == KN_T_SITE && make.company != KN_NONE && (work->field[actor] == KN_NONE || work->field[actor] == make.company);
  if (has_actors)
    work->field[actor] = KN_NONE; /* a name is no key: propose_absent() makes one of it */
  if (is_stock && work->field[resource] != KN_NONE && work->field_fit[resource] < 0.97 &&
      (!work->region || kn_region_table(work->region, KN_T_RESOURCE)->n == 0))
    make.resource = work->field[resource];
  const bool has_places = work->has_sites; /* another sheet of the same file brings the sites */
  if ((has_sites && !has_places) || has_actors)
    KN_TRY(propose_actors(&make, tables, err));
  if (has_sites && !has_places)
    KN_TRY(propose_sites(&make, tables, err));
  work->has_sites |= has_sites || id == KN_T_SITE;
  if (make.resource != KN_NONE)
    KN_TRY(propose_resources(&make, tables, err));
  KN_TRY(propose_main(&make, tables, err));
  for (int32_t f = 0; f < work->layer->field_count; f++)
    if (!make.is_used[f])
      propose_extra(&make, f);
  return KN_OK;
}
