/* The saved rows of a run, with keys as numbers. They may name what the region does not have any more, so they are not turned
 * into its rows, as those of a story are. */
#include "diff.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

const char *const diff_end_kind[DIFF_ENDS] = {"offer", "need", "gateway"};

const char *
diff_name(const diff_work *work, int32_t id)
{
  return id == KN_NONE ? NULL : work->names.text[id];
}

static kn_code
put_name(diff_names *names, const kn_value *value, int32_t *id, kn_error *err)
{
  *id = KN_NONE;
  if (value->is_blank || value->text == NULL)
    return KN_OK;
  *id = kn_keymap_find(names->map, value->text);
  if (*id != KN_NONE)
    return KN_OK;
  KN_TRY(KN_GROW(names->text, names->capacity, names->count + 1, err));
  KN_TRY(kn_text_copy(&names->text[names->count], names->arena, value->text, strlen(value->text), err));
  int32_t before;
  *id = (int32_t)names->count;
  KN_TRY(kn_keymap_put(names->map, names->text[names->count], *id, &before, err));
  names->count++;
  return KN_OK;
}

/* A figure that is blank in the file is not known. */
static double
real_of(const kn_value *value)
{
  return value->is_blank ? NAN : value->real;
}

/* ------------------------------------------------------------------ a table of one run */
typedef struct reader {
  diff_work *work;
  int64_t n, at;
  void *rows;
  kn_code (*take)(diff_work *work, const kn_value *value, void *rows, int64_t at, kn_error *err);
} reader;

static kn_code
count_row(void *arg, const kn_value *values, kn_error *err)
{
  (void)values;
  (void)err;
  ((reader *)arg)->n++;
  return KN_OK;
}

static kn_code
take_row(void *arg, const kn_value *values, kn_error *err)
{
  reader *reading = arg;
  if (reading->at >= reading->n)
    return kn_fail(err, KN_E_IO, "the saved plan changed while it was read");
  return reading->take(reading->work, values, reading->rows, reading->at++, err);
}

/* Counts the rows first, so that there is an array to read them into: of items of `size` bytes. */
static kn_code
read_table(reader *reading, const char *table, const char *const *columns, int32_t column_count, int64_t run_id, size_t size,
           kn_error *err)
{
  const kn_store_query query = {.table = table, .column_count = column_count, .columns = columns, .run_id = run_id};
  kn_arena *scratch = reading->work->scratch;
  KN_TRY(kn_store_read(reading->work->store, &query, count_row, reading, err));
  KN_TRY(kn_arena_reserve(scratch, kn_arena_span((size_t)reading->n + 1, size), err));
  reading->rows = kn_arena_take(scratch, (size_t)reading->n + 1, size);
  return kn_store_read(reading->work->store, &query, take_row, reading, err);
}
#define COUNT(columns) ((int32_t)(sizeof(columns) / sizeof *(columns)))

/* ------------------------------------------------------------------ ties */
static const char *const tie_columns[] = {"from_kind",   "from_id",      "from_site_id", "to_kind", "to_id",    "to_site_id",
                                          "resource_id", "substitution", "mode_id",      "level",   "quantity", "ratio",
                                          "km",          "eur",          "co2_kg",       "legs",    "delivered"};

static int32_t
class_of(const diff_work *work, int32_t resource)
{
  const char *key = diff_name(work, resource);
  const int32_t row = key == NULL ? KN_NONE : kn_region_find(work->out->region, KN_T_RESOURCE, key);
  return row == KN_NONE ? KN_NONE : kn_region_resources(work->out->region).class_of[row];
}

/* Over a network a tie goes by several modes; its plan kept them as JSON. */
static kn_code
take_legs(diff_work *work, const kn_value *value, diff_tie_row *row, kn_error *err)
{
  json_t *legs = value->is_blank ? NULL : json_loadb(value->text, (size_t)value->length, 0, NULL);
  const size_t n = json_array_size(legs);
  kn_code code = kn_arena_reserve(work->scratch, kn_arena_span(n + 1, sizeof *row->leg), err);
  if (code == KN_OK)
    row->leg = kn_arena_take(work->scratch, n + 1, sizeof *row->leg);
  for (size_t k = 0; code == KN_OK && k < n; k++) {
    const json_t *leg = json_array_get(legs, k);
    const char *mode_id = json_string_value(json_object_get(leg, "mode_id"));
    const kn_value mode = {
        .text = mode_id, .length = mode_id == NULL ? 0 : (int32_t)strlen(mode_id), .is_blank = mode_id == NULL};
    code = put_name(&work->names, &mode, &row->leg[k].mode, err);
    row->leg[k].km = json_number_value(json_object_get(leg, "km"));
    row->leg_count = (int32_t)k + 1;
  }
  json_decref(legs);
  return code;
}

static kn_code
take_tie(diff_work *work, const kn_value *value, void *rows, int64_t at, kn_error *err)
{
  diff_tie_row *row = &((diff_tie_row *)rows)[at];
  for (int k = 0; k < DIFF_KEYS; k++)
    KN_TRY(put_name(&work->names, &value[k], &row->key[k], err));
  KN_TRY(put_name(&work->names, &value[8], &row->mode, err));
  KN_TRY(put_name(&work->names, &value[9], &row->level, err));
  row->class_of = class_of(work, row->key[DIFF_RESOURCE]);
  row->quantity = real_of(&value[10]);
  row->delivered = value[16].is_blank ? row->quantity : value[16].real;
  row->ratio = real_of(&value[11]);
  row->km = real_of(&value[12]);
  row->eur = real_of(&value[13]);
  row->co2_kg = real_of(&value[14]);
  return take_legs(work, &value[15], row, err);
}

/* By key; of one key the largest first. */
static int
compare_ties(const void *a, const void *b)
{
  const diff_tie_row *one = a, *other = b;
  for (int k = 0; k < DIFF_KEYS; k++)
    if (one->key[k] != other->key[k])
      return one->key[k] < other->key[k] ? -1 : 1;
  if (one->quantity != other->quantity)
    return one->quantity > other->quantity ? -1 : 1;
  return one->mode < other->mode ? -1 : one->mode > other->mode;
}

/* ------------------------------------------------------------------ units */
static const char *const unit_columns[] = {"unit_id",  "site_id", "open",   "activity",   "capacity",
                                           "dual_eur", "eur",     "co2_kg", "annuity_eur"};

static kn_code
take_unit(diff_work *work, const kn_value *value, void *rows, int64_t at, kn_error *err)
{
  diff_unit_row *row = &((diff_unit_row *)rows)[at];
  KN_TRY(put_name(&work->names, &value[0], &row->unit, err));
  KN_TRY(put_name(&work->names, &value[1], &row->site, err));
  row->is_open = value[2].real > 0;
  row->activity = real_of(&value[3]);
  row->capacity = real_of(&value[4]);
  row->dual = real_of(&value[5]);
  row->eur = real_of(&value[6]);
  row->co2_kg = real_of(&value[7]);
  row->annuity_eur = real_of(&value[8]);
  return KN_OK;
}

static int
compare_units(const void *a, const void *b)
{
  const diff_unit_row *one = a, *other = b;
  return one->unit < other->unit ? -1 : one->unit > other->unit;
}

/* ------------------------------------------------------------------ offers, needs, gateways */
static kn_code
take_end(diff_work *work, const kn_value *value, void *rows, int64_t at, kn_error *err)
{
  diff_end_row *row = &((diff_end_row *)rows)[at];
  KN_TRY(put_name(&work->names, &value[0], &row->id, err));
  row->used = real_of(&value[1]);
  row->dual = real_of(&value[2]);
  return KN_OK;
}

static int
compare_ends(const void *a, const void *b)
{
  const diff_end_row *one = a, *other = b;
  return one->id < other->id ? -1 : one->id > other->id;
}

static kn_code
read_ends(diff_work *work, diff_rows *rows, int64_t run_id, int kind, kn_error *err)
{
  static const char *const table[DIFF_ENDS] = {"plan_offer", "plan_need", "plan_gateway"};
  static const char *const columns[DIFF_ENDS][3] = {
      {"offer_id", "used", "dual"}, {"need_id", "met", "dual"}, {"gateway_id", "used", "dual"}};
  reader reading = {.work = work, .take = take_end};
  KN_TRY(read_table(&reading, table[kind], columns[kind], 3, run_id, sizeof(diff_end_row), err));
  rows->end[kind] = reading.rows;
  rows->end_count[kind] = reading.at;
  qsort(rows->end[kind], (size_t)rows->end_count[kind], sizeof(diff_end_row), compare_ends);
  return KN_OK;
}

/* ------------------------------------------------------------------ finding */
const diff_unit_row *
diff_find_unit(const diff_rows *rows, int32_t unit)
{
  const diff_unit_row wanted = {.unit = unit};
  return bsearch(&wanted, rows->unit, (size_t)rows->unit_count, sizeof wanted, compare_units);
}

const diff_end_row *
diff_find_end(const diff_rows *rows, int32_t kind, int32_t id)
{
  const diff_end_row wanted = {.id = id};
  return bsearch(&wanted, rows->end[kind], (size_t)rows->end_count[kind], sizeof wanted, compare_ends);
}

kn_code
diff_read(diff_work *work, int which, kn_error *err)
{
  diff_rows *rows = &work->side[which];
  const int64_t run_id = work->out->run[which].run.run_id;
  reader ties = {.work = work, .take = take_tie}, units = {.work = work, .take = take_unit};
  KN_TRY(read_table(&ties, "tie", tie_columns, COUNT(tie_columns), run_id, sizeof(diff_tie_row), err));
  rows->tie = ties.rows;
  rows->tie_count = ties.at;
  qsort(rows->tie, (size_t)rows->tie_count, sizeof(diff_tie_row), compare_ties);
  KN_TRY(read_table(&units, "plan_unit", unit_columns, COUNT(unit_columns), run_id, sizeof(diff_unit_row), err));
  rows->unit = units.rows;
  rows->unit_count = units.at;
  qsort(rows->unit, (size_t)rows->unit_count, sizeof(diff_unit_row), compare_units);
  for (int kind = 0; kind < DIFF_ENDS; kind++)
    KN_TRY(read_ends(work, rows, run_id, kind, err));
  return KN_OK;
}
