/* What is implausible, unsourced or doubled by meaning in a region that could be read. Nothing here changes
 * the region; each finding names a row and, where there is one, what to do. */
#include "region/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
cell_key(const kn_region *region, const kn_table *table, int32_t column, int64_t row)
{
  const kn_column_def *def = &table->def->columns[column];
  if (def->kind == KN_REF)
    return kn_region_key(region, def->target, table->columns[column].number[row]);
  if (def->kind == KN_WORD)
    return table->columns[column].word[row] == KN_BLANK_WORD ? "" : def->words[table->columns[column].word[row]];
  const char *text = table->columns[column].text[row];
  return text == NULL ? "" : text;
}

const char *
kn_check_name(const kn_region *region, kn_table_id table, int64_t row, char out[KN_NAME_MOST])
{
  const kn_table *rows = &region->table[table];
  const int32_t *unique = rows->def->unique;
  const char *first = unique[0] == KN_NONE ? "" : cell_key(region, rows, unique[0], row);
  if (first[0] == '\0')
    snprintf(out, KN_NAME_MOST, "row %" PRId64, row + 1);
  else if (unique[1] == KN_NONE)
    snprintf(out, KN_NAME_MOST, "%.90s", first);
  else if (rows->def->columns[unique[1]].kind == KN_INT)
    snprintf(out, KN_NAME_MOST, "%.60s, %" PRId32, first, rows->columns[unique[1]].number[row]);
  else
    snprintf(out, KN_NAME_MOST, "%.60s, %.30s", first, cell_key(region, rows, unique[1], row));
  return out;
}

/* The cell as text, for display. False: blank. */
static bool
write_cell(const kn_table *table, int32_t column, int64_t row, char out[KN_NAME_MOST])
{
  const kn_column *cells = &table->columns[column];
  const kn_column_def *def = &table->def->columns[column];
  char date[16];
  out[0] = '\0';
  switch (def->kind) {
  case KN_TEXT:
  case KN_KEY:
    snprintf(out, KN_NAME_MOST, "%.90s", cells->text[row] == NULL ? "" : cells->text[row]);
    break;
  case KN_REAL:
    kn_number_write(out, cells->real[row]);
    break;
  case KN_INT:
    if (cells->number[row] != KN_BLANK_INT)
      snprintf(out, KN_NAME_MOST, "%d", cells->number[row]);
    break;
  case KN_DATE:
    kn_date_write(date, cells->number[row]);
    snprintf(out, KN_NAME_MOST, "%s", date);
    break;
  case KN_WORD:
    if (cells->word[row] != KN_BLANK_WORD)
      snprintf(out, KN_NAME_MOST, "%s", def->words[cells->word[row]]);
    break;
  case KN_REF:
    break;
  }
  return out[0] != '\0';
}

kn_code
kn_check_tell(const kn_check *check, kn_severity severity, const char *rule, kn_table_id table, int64_t row, const char *column,
              const char *proposal, kn_error *err, const char *sentence, ...)
{
  char name[KN_NAME_MOST], value[KN_NAME_MOST], text[800] = "";
  const kn_table *rows = &check->region->table[table];
  kn_finding where = {.severity = severity, .rule = rule, .table = rows->def->name, .column = column};
  if (kn_findings_has_room(check->findings, NULL, rule)) {
    if (row >= 0) {
      where.row = kn_check_name(check->region, table, row, name);
      if (column != NULL && write_cell(rows, kn_schema_find_column(rows->def, column), row, value))
        where.value = value;
    }
    if (proposal != NULL)
      where.proposal = kn_findings_text(check->findings, proposal);
    va_list args;
    va_start(args, sentence);
    vsnprintf(text, sizeof text, kn_findings_text(check->findings, sentence), args);
    va_end(args);
  }
  return kn_findings_add(check->findings, &where, err, "%s", text);
}

static kn_code
check_all(const kn_check *check, kn_error *err)
{
  if (check->region->settings.plan_year == KN_BLANK_INT)
    KN_TRY(kn_check_tell(check, KN_WARNING, "no_plan_year", KN_T_SETTINGS, -1, NULL, "add the setting plan_year, as in 2030", err,
                         "the settings give no plan_year, so every window counts as the whole year"));
  KN_TRY(kn_check_resources(check, err));
  KN_TRY(kn_check_places(check, err));
  KN_TRY(kn_check_network(check, err));
  KN_TRY(kn_check_stocks(check, err));
  KN_TRY(kn_check_circular(check, err));
  KN_TRY(kn_check_profiles(check, err));
  KN_TRY(kn_check_processes(check, err));
  KN_TRY(kn_check_figures(check, err));
  return kn_check_doubles(check, err);
}

kn_code
kn_region_check(const kn_region *region, kn_findings *findings, kn_error *err)
{
  kn_check check = {.region = region, .findings = findings, .scratch = kn_arena_new()};
  const kn_code code = check_all(&check, err);
  kn_arena_free(check.scratch);
  return code == KN_OK ? KN_OK : kn_note(err, "checking the region");
}
