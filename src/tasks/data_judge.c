/* Cells of single rows under the rules of an import.
 *
 *   the rows, and all that they refer to ─> a small region ─builder─> findings in the words of an import
 *                                                          └─> the values in the units of the file
 *
 * A whole region would take a second to build; the rows that one row names, and those that these name, are a few dozen. What the
 * viewer does not see is not there for it. Figures that are not given stay out of the conversion of units: they are in those of the
 * file already. */
#include "desk_data.h"

#include <stdio.h>
#include <string.h>

static const char *const file_name = "desk"; /* of the batch that is judged */

/* ---------------------------------------------------------------- cells as people write them */
static bool
is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* Length of the space at text, which may stand between digits: a blank, a hard or narrow one, an apostrophe. */
static size_t
gap(const char *text)
{
  if (*text == ' ' || *text == '\'')
    return 1;
  if (strncmp(text, "\xc2\xa0", 2) == 0)
    return 2;
  return strncmp(text, "\xe2\x80\xaf", 3) == 0 || strncmp(text, "\xe2\x80\x89", 3) == 0 ? 3 : 0;
}

/* Are digits[start .. end) groups of three behind a first of one to three, with one mark between all of them? */
static bool
is_grouped(const char *digits, size_t start, size_t end)
{
  char mark = '\0';
  size_t group = 0, groups = 0;
  for (size_t i = start; i <= end; i++) {
    if (i < end && digits[i] != '.' && digits[i] != ',') {
      group++;
      continue;
    }
    if ((groups == 0 && (group < 1 || group > 3)) || (groups > 0 && group != 3))
      return false;
    if (i < end && mark != '\0' && digits[i] != mark)
      return false;
    mark = i < end ? digits[i] : mark;
    groups++;
    group = 0;
  }
  return true;
}

/* The number at the front of `text` with a decimal point; returns where it ends. out [80]. 1.234,5 and 1 234,5 are thousands; of a
 * single mark that is not `decimal`, three digits behind up to three say thousands too. */
static const char *
read_marks(const char *text, char decimal, char out[80])
{
  char digits[80];
  size_t n = 0, marks = 0, first = 0, last = 0;
  bool has_both = false;
  const char *at = text;
  if (*at == '-' || *at == '+')
    digits[n++] = *at++;
  const size_t start = n;
  while (n < sizeof digits - 8) {
    const size_t skip = gap(at);
    if (skip > 0 && n > start && is_digit(digits[n - 1]) && is_digit(at[skip]) && is_digit(at[skip + 1]) &&
        is_digit(at[skip + 2])) {
      at += skip;
      continue;
    }
    if (*at == '.' || *at == ',') {
      has_both |= marks > 0 && digits[last] != *at;
      first = marks == 0 ? n : first;
      last = n;
      marks++;
    } else if (!is_digit(*at))
      break;
    digits[n++] = *at++;
  }
  const bool is_thousands = !has_both && marks > 0 &&
                            (marks > 1 || (digits[last] != decimal && n - last == 4 && first - start >= 1 && first - start <= 3));
  size_t length = 0;
  if ((is_thousands && !is_grouped(digits, start, n)) || (has_both && !is_grouped(digits, start, last)))
    n = 0; /* marks that mean nothing: no number */
  for (size_t i = 0; i < n; i++)
    if (digits[i] != '.' && digits[i] != ',')
      out[length++] = digits[i];
    else if (i == last && !is_thousands)
      out[length++] = '.';
  if ((*at == 'e' || *at == 'E') && (is_digit(at[1]) || ((at[1] == '-' || at[1] == '+') && is_digit(at[2]))))
    do
      out[length++] = *at++;
    while ((is_digit(*at) || *at == '-' || *at == '+') && length < 78);
  out[length] = '\0';
  return at;
}

static bool
is_unit_of(const kn_column_def *def, const char *text)
{
  if (def->unit == NULL)
    return false;
  return strcmp(text, def->unit) == 0 ||
         (strcmp(def->unit, "EUR") == 0 && (strcmp(text, "\xe2\x82\xac") == 0 || strcmp(text, "euro") == 0));
}

/* "12,5 t" is 12.5 and the unit t. What is no number stays as it is, and the import's rule refuses it. */
static kn_code
tidy(kn_arena *arena, const kn_column_def *def, bool has_unit_column, char decimal, const char **text, const char **unit,
     kn_error *err)
{
  *unit = NULL;
  if (def == NULL || (def->kind != KN_REAL && def->kind != KN_INT) || **text == '\0')
    return KN_OK;
  const char *start = *text;
  while (*start == ' ' || *start == '\t')
    start++;
  if (strncmp(start, "\xe2\x82\xac", 3) == 0 && def->unit != NULL && strcmp(def->unit, "EUR") == 0)
    for (start += 3; *start == ' '; start++)
      ;
  char number[80];
  const char *rest = read_marks(start, decimal, number);
  double value;
  if (!kn_number_read(number, strlen(number), '.', &value))
    return KN_OK;
  while (*rest == ' ' || *rest == '\t' || gap(rest) > 0)
    rest += gap(rest) > 0 ? gap(rest) : 1;
  size_t length = strlen(rest);
  while (length > 0 &&
         (rest[length - 1] == ' ' || rest[length - 1] == '\t' || rest[length - 1] == '\r' || rest[length - 1] == '\n'))
    length--;
  const char *suffix;
  KN_TRY(kn_text_copy(&suffix, arena, rest, length, err));
  if (length > 0 && !is_unit_of(def, suffix)) {
    if (def->per_unit <= 0 || !has_unit_column || is_digit(suffix[0]) || suffix[0] == '.' || suffix[0] == ',')
      return KN_OK;
    *unit = suffix;
  }
  return kn_text_copy(text, arena, number, strlen(number), err);
}

/* ---------------------------------------------------------------- reading a row */
typedef struct reading {
  kn_arena *arena;
  kn_data_row *out;
} reading;

static kn_code
take_row(void *arg, const kn_answer *answer, kn_error *err)
{
  const reading *in = arg;
  kn_data_row *out = in->out;
  int32_t first = 0;
  while (strcmp(answer->name[first], "labels_json") != 0)
    first++;
  first++;
  out->is_there = true;
  out->version = kn_answer_field(answer, "row_version")->integer;
  out->was_count = answer->count - first;
  KN_NEW(out->was_name, in->arena, out->was_count, err);
  KN_NEW(out->was, in->arena, out->was_count, err);
  for (int32_t i = 0; i < out->was_count; i++) {
    const char *name = answer->name[first + i];
    out->was[i] = answer->field[first + i];
    KN_TRY(kn_text_copy(&out->was_name[i], in->arena, name, strlen(name), err));
    if (out->was[i].text != NULL)
      KN_TRY(kn_text_copy(&out->was[i].text, in->arena, out->was[i].text, (size_t)out->was[i].length, err));
  }
  return KN_OK;
}

kn_code
kn_data_read(kn_conn *conn, kn_arena *arena, const char *table, const char *key, kn_data_row *out, kn_error *err)
{
  *out = (kn_data_row){.key = key};
  reading in = {.arena = arena, .out = out};
  const kn_rows_query query = {.table = table, .key = key};
  return kn_conn_rows(conn, &query, take_row, &in, err);
}

static const kn_field *
was_of(const kn_data_row *row, const char *column)
{
  for (int32_t i = 0; row->is_there && i < row->was_count; i++)
    if (strcmp(row->was_name[i], column) == 0)
      return &row->was[i];
  return NULL;
}

/* ---------------------------------------------------------------- what rows refer to */
typedef struct held { /* a row of the store that the small region needs */
  kn_table_id table;
  kn_data_row row;
  struct held *next;
} held;

typedef struct judging {
  kn_conn *conn;
  kn_arena *arena;
  kn_keymap *seen; /* TABLE:KEY */
  held *first, **last;
  int32_t count;
} judging;

static kn_code
hold(judging *in, kn_table_id table, const char *key, kn_error *err)
{
  const char *name = kn_schema(table)->name;
  const size_t size = strlen(name) + strlen(key) + 2;
  KN_TRY(kn_arena_reserve(in->arena, size, err));
  char *mark = kn_arena_take(in->arena, size, 1);
  snprintf(mark, size, "%s:%s", name, key);
  int32_t there;
  KN_TRY(kn_keymap_put(in->seen, mark, in->count, &there, err));
  if (there >= 0)
    return KN_OK;
  in->count++;
  held *one;
  KN_NEW(one, in->arena, 1, err);
  one->table = table;
  const kn_code code = kn_data_read(in->conn, in->arena, name, key, &one->row, err);
  if (code != KN_OK || !one->row.is_there)
    return code;
  *in->last = one;
  in->last = &one->next;
  return KN_OK;
}

/* A text that may be the key of one of several tables, with a table or a word before it. */
static kn_code
hold_any(judging *in, const char *text, kn_error *err)
{
  static const kn_table_id tables[] = {KN_T_SITE,     KN_T_AREA,     KN_T_GATEWAY,      KN_T_PROCESS, KN_T_NODE,
                                       KN_T_TERMINAL, KN_T_RESOURCE, KN_T_BALANCE_NODE, KN_T_NEED};
  for (const char *at = text; at != NULL;) {
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
      KN_TRY(hold(in, tables[i], at, err));
    at = strchr(at, ':');
    at = at != NULL ? at + 1 : NULL;
  }
  return KN_OK;
}

static kn_code
hold_cell(judging *in, kn_table_id table, const char *column, const char *text, kn_error *err)
{
  static const char *const others[] = {"from_id", "to_id", "node_id", "target"};
  const kn_table_def *def = kn_schema(table);
  const int32_t at = kn_schema_find_column(def, column);
  if (at == KN_NONE || text == NULL || *text == '\0')
    return KN_OK;
  if (def->columns[at].kind == KN_REF)
    return hold(in, def->columns[at].target, text, err);
  for (size_t i = 0; i < sizeof others / sizeof *others && def->columns[at].kind == KN_TEXT; i++)
    if (strcmp(column, others[i]) == 0)
      return hold_any(in, text, err);
  return KN_OK;
}

static kn_code
take_setting(void *arg, const kn_answer *answer, kn_error *err)
{
  judging *in = arg;
  held *one;
  KN_NEW(one, in->arena, 1, err);
  one->table = KN_T_SETTINGS;
  reading to = {.arena = in->arena, .out = &one->row};
  KN_TRY(take_row(&to, answer, err));
  *in->last = one;
  in->last = &one->next;
  return KN_OK;
}

/* The unit that a property has in this region is that of the first row with it. */
static kn_code
hold_property(judging *in, const char *table, const char *property, kn_error *err)
{
  const kn_rows_filter filter[] = {{KN_ROWS_IS, "property", property}};
  const kn_rows_query query = {.table = table, .filter_count = 1, .filter = filter, .limit = 1};
  held *one;
  KN_NEW(one, in->arena, 1, err);
  one->table = (kn_table_id)kn_schema_find_table(table);
  reading to = {.arena = in->arena, .out = &one->row};
  KN_TRY(kn_conn_rows(in->conn, &query, take_row, &to, err));
  if (!one->row.is_there)
    return KN_OK;
  *in->last = one;
  in->last = &one->next;
  return KN_OK;
}

/* All that rows refer to, and all that these refer to. */
static kn_code
hold_all(judging *in, kn_error *err)
{
  for (held *one = in->first; one != NULL; one = one->next)
    for (int32_t i = 0; i < one->row.was_count; i++)
      if (one->row.was[i].kind == KN_FIELD_TEXT)
        KN_TRY(hold_cell(in, one->table, one->row.was_name[i], one->row.was[i].text, err));
  return KN_OK;
}

static kn_code
feed_held(kn_builder *builder, kn_arena *arena, const held *one, kn_error *err)
{
  kn_value *values;
  KN_NEW(values, arena, one->row.was_count, err);
  for (int32_t i = 0; i < one->row.was_count; i++) {
    const kn_field *field = &one->row.was[i];
    values[i] = (kn_value){
        .is_blank = field->kind == KN_FIELD_NULL, .real = field->real, .text = field->text, .length = (int32_t)field->length};
    if (field->kind == KN_FIELD_INT)
      values[i].real = (double)field->integer;
  }
  KN_TRY(kn_builder_batch(builder, one->table, NULL, one->row.was_count, one->row.was_name, 1, err));
  return kn_builder_typed(builder, values, err);
}

/* ---------------------------------------------------------------- the rows themselves */
static const char *
field_text(kn_arena *arena, const kn_field *field, kn_error *err)
{
  char number[48];
  const char *out = "";
  if (field == NULL || field->kind == KN_FIELD_NULL)
    return out;
  if (field->kind == KN_FIELD_TEXT)
    return field->text;
  const size_t length = field->kind == KN_FIELD_INT ? (size_t)snprintf(number, sizeof number, "%" PRId64, field->integer)
                                                    : kn_number_write(number, field->real);
  return kn_text_copy(&out, arena, number, length, err) == KN_OK ? out : NULL;
}

typedef struct data_sheet { /* the rows as they are judged */
  int32_t count;            /* columns: those of the table, then others that were given */
  const char **name;
  const char **text; /* [rows][count] */
  int32_t *given;    /* [count] column of the change, or KN_NONE */
} data_sheet;

static int32_t
find_given(const kn_data_change *change, const char *name)
{
  for (int32_t i = 0; i < change->column_count; i++)
    if (strcmp(change->column[i], name) == 0)
      return i;
  return KN_NONE;
}

static kn_code
add_finding(kn_findings *findings, const kn_data_change *change, int64_t row, const char *column, const char *value,
            const char *rule, const char *sentence, kn_error *err)
{
  const kn_finding where = {.severity = KN_ERROR,
                            .rule = rule,
                            .file = file_name,
                            .line = row + 1,
                            .table = change->table,
                            .column = column,
                            .value = value};
  return kn_findings_add(findings, &where, err, "%s", sentence);
}

static kn_code
fill_row(judging *in, const kn_data_change *change, const kn_data_row *row, int64_t at, const data_sheet *out,
         kn_findings *findings, kn_error *err)
{
  const kn_table_def *def = kn_schema((kn_table_id)kn_schema_find_table(change->table));
  const int32_t unit_column = kn_schema_find_column(def, "unit");
  const char **text = &out->text[at * out->count];
  const char *unit = NULL;
  for (int32_t c = 0; c < out->count; c++) {
    const char *given = out->given[c] != KN_NONE ? change->cell[at * change->column_count + out->given[c]] : NULL;
    const kn_column_def *column = c < def->column_count ? &def->columns[c] : NULL;
    text[c] = given;
    if (given == NULL) {
      text[c] = field_text(in->arena, was_of(row, out->name[c]), err);
      if (text[c] == NULL)
        return KN_E_LIMIT;
      if (c == def->key_column && row->key != NULL)
        text[c] = row->key;
      continue;
    }
    const char *suffix;
    KN_TRY(tidy(in->arena, column, unit_column != KN_NONE, change->decimal, &text[c], &suffix, err));
    if (suffix != NULL && unit != NULL && strcmp(unit, suffix) != 0)
      KN_TRY(add_finding(findings, change, at, out->name[c], given, "unit", "the figures of a row must be in one unit", err));
    unit = suffix != NULL ? suffix : unit;
  }
  if (unit != NULL && unit_column != KN_NONE) {
    const bool is_given =
        out->given[unit_column] != KN_NONE && change->cell[at * change->column_count + out->given[unit_column]] != NULL;
    if (is_given && text[unit_column][0] != '\0' && strcmp(text[unit_column], unit) != 0)
      KN_TRY(
          add_finding(findings, change, at, "unit", text[unit_column], "unit", "the figures of a row must be in one unit", err));
    text[unit_column] = unit;
  }
  for (int32_t c = 0; c < out->count; c++)
    KN_TRY(hold_cell(in, def->id, out->name[c], text[c], err));
  if (def->id == KN_T_OFFER_PROPERTY || def->id == KN_T_NEED_SPEC) {
    const char *property = text[kn_schema_find_column(def, "property")];
    KN_TRY(hold_property(in, "offer_property", property, err));
    KN_TRY(hold_property(in, "need_spec", property, err));
  }
  return KN_OK;
}

static kn_code
lay_out(judging *in, const kn_data_change *change, const kn_data_row *row, data_sheet *out, kn_findings *findings, kn_error *err)
{
  const kn_table_def *def = kn_schema((kn_table_id)kn_schema_find_table(change->table));
  out->count = def->column_count;
  KN_NEW(out->name, in->arena, def->column_count + change->column_count, err);
  KN_NEW(out->given, in->arena, def->column_count + change->column_count, err);
  for (int32_t c = 0; c < def->column_count; c++) {
    out->name[c] = def->columns[c].name;
    out->given[c] = find_given(change, out->name[c]);
  }
  for (int32_t i = 0; i < change->column_count; i++)
    if (kn_schema_find_column(def, change->column[i]) == KN_NONE) {
      out->given[out->count] = i;
      out->name[out->count++] = change->column[i];
    }
  KN_NEW(out->text, in->arena, change->row_count * out->count, err);
  for (int64_t i = 0; i < change->row_count; i++)
    KN_TRY(fill_row(in, change, &row[i], i, out, findings, err));
  return KN_OK;
}

static kn_code
feed_sheet(kn_builder *builder, kn_arena *arena, const kn_data_change *change, const data_sheet *sheet, kn_error *err)
{
  kn_cell *cells;
  KN_NEW(cells, arena, sheet->count, err);
  KN_TRY(kn_builder_batch(builder, (kn_table_id)kn_schema_find_table(change->table), file_name, sheet->count, sheet->name,
                          change->row_count, err));
  for (int64_t i = 0; i < change->row_count; i++) {
    for (int32_t c = 0; c < sheet->count; c++) {
      const char *text = sheet->text[i * sheet->count + c];
      const size_t length = strlen(text);
      if (length > INT32_MAX)
        return kn_fail(err, KN_E_INPUT, "%s: the text is too long", sheet->name[c]);
      cells[c] = (kn_cell){.text = text, .length = (int32_t)length, .column_no = c + 1};
    }
    KN_TRY(kn_builder_row(builder, i + 1, cells, '.', err));
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- the answer */
static const kn_finding *
first_error(const kn_findings *findings)
{
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *finding = kn_findings_get(findings, i);
    if (finding->severity != KN_ERROR)
      continue;
    /* A circle that the rows close may be told of another row of it. */
    if ((finding->file != NULL && strcmp(finding->file, file_name) == 0) || strcmp(finding->rule, "cycle") == 0)
      return finding;
  }
  return NULL;
}

static kn_code
read_value(const kn_region *region, kn_arena *arena, const kn_table *table, int32_t column, int64_t row, kn_field *out,
           kn_error *err)
{
  const kn_column_def *def = &table->def->columns[column];
  const kn_column *data = &table->columns[column];
  *out = kn_field_text(NULL);
  if (data->data == NULL)
    return KN_OK;
  char date[16];
  const char *text = NULL;
  switch (def->kind) {
  case KN_TEXT:
  case KN_KEY:
    text = data->text[row];
    break;
  case KN_REAL:
    *out = kn_field_real(data->real[row]);
    return KN_OK;
  case KN_INT:
    if (data->number[row] != KN_BLANK_INT)
      *out = kn_field_int(data->number[row]);
    return KN_OK;
  case KN_DATE:
    if (data->number[row] == KN_BLANK_INT)
      return KN_OK;
    kn_date_write(date, data->number[row]);
    text = date;
    break;
  case KN_REF:
    text = data->number[row] >= 0 ? kn_region_key(region, def->target, data->number[row]) : NULL;
    break;
  case KN_WORD:
    text = data->word[row] != KN_BLANK_WORD ? def->words[data->word[row]] : NULL;
    break;
  }
  if (text == NULL)
    return KN_OK;
  KN_TRY(kn_text_copy(&text, arena, text, strlen(text), err));
  *out = kn_field_text(text);
  return KN_OK;
}

static kn_code
read_rows(const kn_region *region, kn_arena *arena, const kn_data_change *change, const data_sheet *sheet, kn_field *out,
          kn_error *err)
{
  const kn_table_id id = (kn_table_id)kn_schema_find_table(change->table);
  const kn_table *table = kn_region_table(region, id);
  const uint8_t *is_new = kn_region_new_rows(region, id);
  int64_t at = -1;
  for (int64_t i = 0; i < change->row_count; i++) {
    if (table->def->key_column != KN_NONE)
      at = kn_region_find(region, id, sheet->text[i * sheet->count + table->def->key_column]);
    else
      do
        at++;
      while (at < table->n && !is_new[at]);
    if (at < 0 || at >= table->n)
      return kn_fail(err, KN_E_INPUT, "row %" PRId64 " came out of its own rules as no row", i + 1);
    for (int32_t j = 0; j < change->column_count; j++) {
      const int32_t column = kn_schema_find_column(table->def, change->column[j]);
      kn_field *value = &out[i * change->column_count + j];
      if (column != KN_NONE)
        KN_TRY(read_value(region, arena, table, column, at, value, err));
      else
        *value = kn_field_text(change->cell[i * change->column_count + j]);
      if (column == KN_NONE && value->length == 0)
        *value = kn_field_text(NULL);
    }
  }
  return KN_OK;
}

static kn_code
judge(judging *in, const kn_data_change *change, const kn_data_row *row, kn_findings *findings, kn_field *out, kn_error *err)
{
  data_sheet sheet = {0};
  const kn_rows_query settings = {.table = "settings"};
  KN_TRY(kn_conn_rows(in->conn, &settings, take_setting, in, err));
  KN_TRY(lay_out(in, change, row, &sheet, findings, err));
  KN_TRY(hold_all(in, err));
  kn_builder *builder;
  KN_TRY(kn_builder_new(&builder, findings, err));
  kn_code code = KN_OK;
  for (const held *one = in->first; one != NULL && code == KN_OK; one = one->next)
    code = feed_held(builder, in->arena, one, err);
  if (code == KN_OK)
    code = feed_sheet(builder, in->arena, change, &sheet, err);
  kn_region *region = NULL;
  if (code == KN_OK)
    code = kn_builder_salvage(builder, &region, err);
  if (code == KN_OK && first_error(findings) != NULL)
    code = kn_fail(err, KN_E_INPUT, "nothing was changed: %s", first_error(findings)->sentence);
  if (code == KN_OK)
    code = read_rows(region, in->arena, change, &sheet, out, err);
  kn_region_free(region);
  kn_builder_free(builder);
  return code;
}

kn_code
kn_data_judge(kn_conn *conn, kn_arena *arena, const kn_data_change *change, const kn_data_row *row, kn_findings *findings,
              kn_field *out, kn_error *err)
{
  judging in = {.conn = conn, .arena = arena};
  in.last = &in.first;
  KN_TRY(kn_keymap_new(&in.seen, 64, err));
  const kn_code code = judge(&in, change, row, findings, out, err);
  kn_keymap_free(in.seen);
  return code;
}
