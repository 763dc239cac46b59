/* Drafting a mapping: reads a sample of each layer, proposes a table and columns, and marks everything that is
 * not certain with "confirm": false. A proposal never decides: import refuses until the user did. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/draft.h"

typedef struct drafting {
  const char *source;
  const kn_region *region;
  kn_findings *findings;
  json_t *tables;
  const char *encoding; /* proposed for a CSV file that is not UTF-8; NULL: none */
} drafting;

/* ------------------------------------------------------------------ the sample */
static kn_code
note_value(draft *work, sample *out, const kn_cell *cell, kn_error *err)
{
  if (cell->length == 0 || cell->length > 200 || kn_text_bad_utf8(cell->text, (size_t)cell->length) >= 0)
    return KN_OK;
  out->filled++;
  if (out->count == SAMPLE_VALUES) {
    out->is_cut = true;
    return KN_OK;
  }
  const char *text;
  int32_t before;
  KN_TRY(kn_text_copy(&text, work->arena, cell->text, (size_t)cell->length, err));
  KN_TRY(kn_keymap_put(out->seen, text, out->count, &before, err));
  if (before == KN_NONE)
    out->value[out->count++] = text;
  return KN_OK;
}

static kn_code
take_sample(draft *work, foreign *file, int32_t at, kn_error *err)
{
  const foreign_layer *layer = work->layer;
  KN_NEW(work->sample, work->arena, layer->field_count, err);
  for (int32_t f = 0; f < layer->field_count; f++) {
    KN_NEW(work->sample[f].value, work->arena, SAMPLE_VALUES, err);
    KN_TRY(kn_keymap_new(&work->sample[f].seen, SAMPLE_VALUES, err));
  }
  KN_TRY(foreign_start(file, at, NULL, err));
  bool is_row = true;
  for (work->rows = 0; is_row && work->rows < SAMPLE_ROWS; work->rows++) {
    foreign_row row;
    KN_TRY(foreign_next(file, &row, &is_row, err));
    for (int32_t f = 0; is_row && f < layer->field_count; f++)
      KN_TRY(note_value(work, &work->sample[f], &row.cells[f], err));
  }
  work->rows -= !is_row;
  return KN_OK;
}

static void
free_sample(draft *work)
{
  for (int32_t f = 0; work->sample && f < work->layer->field_count; f++)
    kn_keymap_free(work->sample[f].seen);
  work->sample = NULL;
}

/* ------------------------------------------------------------------ notations */
/* Every way to write numbers that reads all samples; they agree when all give the same values. */
notation
find_notation(const sample *values, foreign_kind kind)
{
  static const char ways[][2] = {{'.', 0}, {',', 0}, {',', '.'}, {'.', ','}, {',', ' '}, {'.', ' '}, {'.', '\''}};
  notation best = {.decimal = '.', .share = values->count ? 0 : 1, .is_sure = true};
  if (kind == FOREIGN_NUMBER)
    return (notation){.decimal = '.', .share = 1, .is_sure = true};
  for (size_t w = 0; w < sizeof ways / sizeof *ways && values->count > 0; w++) {
    int32_t good = 0;
    bool is_same = true;
    for (int32_t i = 0; i < values->count; i++) {
      double value, other;
      const char *text = values->value[i];
      if (!number_read_as(text, strlen(text), ways[w][0], ways[w][1], &value))
        continue;
      good++;
      is_same &= number_read_as(text, strlen(text), best.decimal, best.thousands, &other) && other == value;
    }
    const double share = (double)good / values->count;
    if (share > best.share)
      best = (notation){.decimal = ways[w][0], .thousands = ways[w][1], .share = share, .is_sure = share == 1};
    else if (share == best.share && share > 0 && !is_same)
      best.is_sure = false;
  }
  best.is_neutral = best.share == 1 && best.decimal == '.' && !best.thousands;
  for (int32_t i = 0; i < values->count; i++)
    best.is_neutral &= !strpbrk(values->value[i], ".,");
  return best;
}

/* 0 ISO 8601, 'd' or 'm'; *share of the samples that can be read so, *is_sure when no other order can. */
char
find_date_order(const sample *values, double *share, bool *is_sure)
{
  static const char orders[] = {0, 'd', 'm'};
  double part[3] = {0};
  for (int o = 0; o < 3; o++) {
    int32_t good = 0;
    for (int32_t i = 0; i < values->count; i++) {
      char text[16];
      int32_t days;
      const size_t length = strlen(values->value[i]);
      good += orders[o] ? date_read_as(values->value[i], length, orders[o], text) : kn_date_read(values->value[i], length, &days);
    }
    part[o] = values->count ? (double)good / values->count : 1;
  }
  const int best = part[0] >= part[1] && part[0] >= part[2] ? 0 : part[1] >= part[2] ? 1 : 2;
  *share = part[best];
  *is_sure = part[best] == 1 && (best == 0 || part[best == 1 ? 2 : 1] < 1);
  return orders[best];
}

/* ------------------------------------------------------------------ which table, which columns */
/* How well a field fits a column, by its name and by what stands in it. */
double
field_fit(const draft *work, const kn_table_def *def, int32_t column, int32_t field)
{
  const kn_column_def *wanted = &def->columns[column];
  double fit = words_fit_column(def->id, wanted, work->layer->field[field]);
  const sample *values = &work->sample[field];
  if (fit == 0 || values->count == 0)
    return fit;
  if (wanted->kind == KN_REAL && find_notation(values, work->layer->kind[field]).share < 0.5)
    fit *= 0.5;
  double share = 1;
  bool is_sure;
  if (wanted->kind == KN_DATE && work->layer->kind[field] != FOREIGN_DATE)
    find_date_order(values, &share, &is_sure);
  return share < 0.5 ? fit * 0.5 : fit;
}

/* What a required column without a field takes from a table: nothing where it can be made of others. */
static double
absent_score(const draft *work, const kn_table_def *def, int32_t column)
{
  const char *name = def->columns[column].name;
  const bool is_place = strcmp(name, "lon") == 0 || strcmp(name, "lat") == 0;
  if (is_place && def->geometry == 'p' && work->layer->geometry == 'p')
    return 0.5;
  const bool is_made = def->columns[column].kind == KN_KEY ||
                       (work->company != KN_NONE && (strcmp(name, "site_id") == 0 || strcmp(name, "actor_id") == 0));
  return is_made ? 0 : -0.25;
}

/* The best pairs first, each field and column once; field[column] or KN_NONE. Returns how good the table is. */
static double
pair_columns(const draft *work, const kn_table_def *def, int32_t *field, double *fit)
{
  const int32_t fields = work->layer->field_count;
  double score = 0;
  for (int32_t c = 0; c < def->column_count; c++)
    field[c] = KN_NONE;
  for (;;) {
    double best = 0.69;
    int32_t best_field = KN_NONE, best_column = KN_NONE;
    for (int32_t c = 0; c < def->column_count; c++)
      for (int32_t f = 0; f < fields && field[c] == KN_NONE; f++) {
        const double one = work->fit[(size_t)f * MOST_COLUMNS + (size_t)c];
        bool is_free = one > best;
        for (int32_t other = 0; other < def->column_count && is_free; other++)
          is_free = field[other] != f;
        if (is_free) {
          best = one;
          best_field = f;
          best_column = c;
        }
      }
    if (best_field == KN_NONE)
      break;
    field[best_column] = best_field;
    fit[best_column] = best;
    score += best * (def->columns[best_column].is_required ? 1 : 0.5);
  }
  for (int32_t c = 0; c < def->column_count; c++) {
    if (def->columns[c].is_required && field[c] == KN_NONE)
      score += absent_score(work, def, c);
  }
  const bool is_stock = def->id == KN_T_OFFER || def->id == KN_T_NEED || def->id == KN_T_UNIT;
  if (is_stock && work->company != KN_NONE)
    score += work->place_fit; /* its sites come along */
  return score + (def->geometry == 'a' && work->layer->geometry == 'a') + 0.8 * words_fit_table(def->id, work->layer->name);
}

int32_t
best_field(const draft *work, kn_table_id table, const char *column)
{
  const kn_table_def *def = kn_schema(table);
  const int32_t at = kn_schema_find_column(def, column);
  int32_t best = KN_NONE;
  double most = 0.79;
  for (int32_t f = 0; f < work->layer->field_count; f++) {
    const double fit = field_fit(work, def, at, f);
    if (fit > most) {
      most = fit;
      best = f;
    }
  }
  return best;
}

/* A company is what fits the name of an actor better than just any name, such as that of a site. */
static void
find_company(draft *work)
{
  static const char *const place[] = {"lon", "lat", "address"};
  const int32_t field = best_field(work, KN_T_ACTOR, "name");
  const kn_table_def *actor = kn_schema(KN_T_ACTOR), *site = kn_schema(KN_T_SITE);
  work->company = KN_NONE;
  if (field != KN_NONE && field_fit(work, actor, kn_schema_find_column(actor, "name"), field) >
                              field_fit(work, site, kn_schema_find_column(site, "name"), field))
    work->company = field;
  work->place_fit = 0;
  for (int i = 0; i < 3; i++)
    work->place_fit += best_field(work, KN_T_SITE, place[i]) != KN_NONE;
}

static void
fit_all(draft *work, const kn_table_def *def)
{
  assert(def->column_count <= MOST_COLUMNS);
  for (int32_t f = 0; f < work->layer->field_count; f++)
    for (int32_t c = 0; c < def->column_count; c++)
      work->fit[(size_t)f * MOST_COLUMNS + (size_t)c] = field_fit(work, def, c, f);
}

/* The two best tables and how sure the first is. */
static void
choose_table(draft *work)
{
  double best = -INFINITY, second = -INFINITY;
  find_company(work);
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    const kn_table_def *def = kn_schema((kn_table_id)t);
    int32_t field[MOST_COLUMNS];
    double fit[MOST_COLUMNS];
    fit_all(work, def);
    const double score = pair_columns(work, def, field, fit);
    if (score > best) {
      second = best;
      work->other = work->def;
      best = score;
      work->def = def;
    } else if (score > second) {
      second = score;
      work->other = def;
    }
  }
  work->confidence = best <= 0 ? 0.1 : second <= 0 ? 0.95 : fmin(0.95, best / (best + second));
  fit_all(work, work->def);
  pair_columns(work, work->def, work->field, work->field_fit);
}

/* ------------------------------------------------------------------ the file */
static void
write_item(FILE *out, const json_t *item, const char *indent, bool is_last)
{
  char *text = json_dumps(item, JSON_ENCODE_ANY | JSON_REAL_PRECISION(3));
  fprintf(out, "%s%s%s\n", indent, text ? text : "null", is_last ? "" : ",");
  free(text);
}

/* One line per column, so that a person can read it and a line number points at it. */
static void
write_table(FILE *out, json_t *table, bool is_last)
{
  const json_t *columns = json_object_get(table, "columns");
  json_t *rest = json_object();
  json_object_update(rest, table);
  json_object_del(rest, "columns");
  char *head = json_dumps(rest, JSON_REAL_PRECISION(3));
  const size_t length = head ? strlen(head) : 0;
  fprintf(out, "    %.*s,\n     \"columns\": [\n", (int)(length ? length - 1 : 0), head ? head : "");
  const size_t n = json_array_size(columns);
  for (size_t i = 0; i < n; i++)
    write_item(out, json_array_get(columns, i), "       ", i + 1 == n);
  fprintf(out, "     ]}%s\n", is_last ? "" : ",");
  free(head);
  json_decref(rest);
}

static const char *const read_me[] = {
    "How a file is read into the tables of a region; the format is described in docs/mapping.md.",
    "Each entry with \"confirm\": false waits for you: correct what is wrong, then set it to true.",
    "A column comes from a \"field\", a \"constant\", \"key_of\" fields or the \"geometry\".",
    "\"column\": null leaves a field out, \"table\": null a layer.",
    "The file can be used again for the next delivery of the same kind.",
};

static kn_code
write_mapping(const drafting *work, const char *path, kn_error *err)
{
  const json_t *tables = work->tables;
  FILE *out = fopen(path, "wbxe");
  if (!out && errno == EEXIST)
    return kn_fail(err, KN_E_INPUT, "%s: is there already; give it as the mapping, or remove it to have a new one drafted", path);
  if (!out)
    return kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  fprintf(out, "{\n  \"knoop_mapping\": 1,\n  \"read_me\": [\n");
  for (size_t i = 0; i < sizeof read_me / sizeof *read_me; i++) {
    json_t *line = json_string(read_me[i]);
    write_item(out, line, "    ", i + 1 == sizeof read_me / sizeof *read_me);
    json_decref(line);
  }
  json_t *name = json_string(path_name(work->source));
  fprintf(out, "  ],\n  \"source\":\n");
  write_item(out, name, "    ", false);
  json_decref(name);
  if (work->encoding)
    fprintf(out, "  \"encoding\": \"%s\", \"confirm\": false,\n", work->encoding);
  fprintf(out, "  \"tables\": [\n");
  for (size_t i = 0; i < json_array_size(tables); i++)
    write_table(out, json_array_get(tables, i), i + 1 == json_array_size(tables));
  fprintf(out, "  ]\n}\n");
  const bool is_bad = ferror(out) != 0;
  if (fclose(out) == 0 && !is_bad)
    return KN_OK;
  unlink(path);
  return kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
}

/* ------------------------------------------------------------------ all layers */
static int32_t
count_open(const json_t *tables)
{
  int32_t n = 0;
  for (size_t t = 0; t < json_array_size(tables); t++) {
    const json_t *table = json_array_get(tables, t), *columns = json_object_get(table, "columns");
    n += json_is_false(json_object_get(table, "confirm"));
    for (size_t c = 0; c < json_array_size(columns); c++)
      n += json_is_false(json_object_get(json_array_get(columns, c), "confirm"));
  }
  return n;
}

static kn_code
draft_layer(draft *work, foreign *file, int32_t at, json_t *tables, kn_error *err)
{
  work->layer = foreign_get_layer(file, at);
  if (work->layer->field_count == 0 && !work->layer->geometry)
    return KN_OK; /* an empty sheet */
  KN_NEW(work->fit, work->arena, (work->layer->field_count + 1) * MOST_COLUMNS, err);
  KN_TRY(take_sample(work, file, at, err));
  if (work->rows == 0)
    return KN_OK;
  work->def = work->other = NULL;
  choose_table(work);
  return propose_tables(work, tables, err);
}

static kn_code
draft_all(draft *work, foreign *file, json_t *tables, kn_error *err)
{
  for (int32_t i = 0; i < foreign_layer_count(file); i++) {
    const kn_code code = draft_layer(work, file, i, tables, err);
    free_sample(work);
    KN_TRY(code);
  }
  return KN_OK;
}

/* A CSV file that cannot even be split gives no draft, but the first thing that is wrong with it. */
static kn_code
first_error(const kn_findings *findings, kn_error *err)
{
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *one = kn_findings_get(findings, i);
    if (one->severity == KN_ERROR)
      return kn_fail(err, KN_E_INPUT, "%s:%" PRId64 ":%" PRId64 ": %s", one->file, one->line, one->column_no, one->sentence);
  }
  return KN_OK;
}

static kn_code
draft_tables(drafting *work, const char *encoding, kn_error *err)
{
  foreign *file;
  KN_TRY(foreign_open(&file, work->source, encoding, work->findings, err));
  draft layers = {.arena = kn_arena_new(), .region = work->region};
  const kn_code code = draft_all(&layers, file, work->tables, err);
  kn_arena_free(layers.arena);
  foreign_free(file);
  return code;
}

static bool
has_finding(const kn_findings *findings, const char *rule)
{
  for (int64_t i = 0; i < kn_findings_kept(findings); i++)
    if (strcmp(kn_findings_get(findings, i)->rule, rule) == 0)
      return true;
  return false;
}

/* Spreadsheets here save CSV as Windows-1252 unless told otherwise; as UTF-16 when asked for "Unicode text". */
static kn_code
draft_encoded(drafting *work, kn_error *err)
{
  KN_TRY(draft_tables(work, NULL, err));
  work->encoding = has_finding(work->findings, "utf16")  ? "UTF-16"
                   : has_finding(work->findings, "nul")  ? NULL
                   : has_finding(work->findings, "utf8") ? "WINDOWS-1252"
                                                         : NULL;
  if (!work->encoding)
    return KN_OK;
  json_array_clear(work->tables);
  kn_findings_free(work->findings);
  work->findings = NULL;
  KN_TRY(kn_findings_new(&work->findings, 50, err));
  return draft_tables(work, work->encoding, err);
}

static kn_code
draft_source(drafting *work, const char *path, kn_error *err)
{
  KN_TRY(kn_findings_new(&work->findings, 50, err));
  KN_TRY(draft_encoded(work, err));
  KN_TRY(first_error(work->findings, err));
  if (json_array_size(work->tables) == 0)
    return kn_fail(err, KN_E_INPUT, "%s: holds no rows", work->source);
  return write_mapping(work, path, err);
}

kn_code
kn_mapping_draft(const char *source, const char *path, const kn_region *region, int32_t *open_count, kn_error *err)
{
  drafting work = {.source = source, .region = region, .tables = json_array()};
  const kn_code code = draft_source(&work, path, err);
  if (open_count)
    *open_count = count_open(work.tables) + (work.encoding != NULL);
  json_decref(work.tables);
  kn_findings_free(work.findings);
  return code;
}
