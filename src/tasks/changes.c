/* What if? Changes laid over the rows of a region file while its region is built. */
#include "formats/formats.h"
#include "internal.h"

#include <string.h>

static const char *const set_name = "--set"; /* where findings about settings are, as a file would be */

bool
kn_task_has_changes(const kn_task_changes *changes)
{
  return changes != NULL && changes->set_count + changes->scenario_count + changes->close_count + changes->open_count > 0;
}

/* A foreign file would be given a mapping drafted beside it, which is a matter of `import`. */
static kn_code
check_source(const char *source, kn_error *err)
{
  kn_source_kind kind;
  KN_TRY(kn_source_look(&kind, source, err));
  if (kind != KN_SOURCE_FOREIGN)
    return KN_OK;
  return kn_fail(err, KN_E_INPUT,
                 "%s: expected a data package (a folder), or one table in a file that has its name, as need.csv or area.geojson",
                 source);
}

static kn_code
lay_settings(kn_builder *builder, const kn_task_changes *changes, kn_error *err)
{
  static const char *const columns[] = {"key", "value"};
  if (changes->set_count == 0)
    return KN_OK;
  KN_TRY(kn_builder_batch(builder, KN_T_SETTINGS, set_name, 2, columns, changes->set_count, err));
  for (int32_t i = 0; i < changes->set_count; i++) {
    const char *text = changes->set[i], *equals = strchr(text, '=');
    if (equals == NULL)
      return kn_fail(err, KN_E_USAGE, "setting %s: expected KEY=VALUE", text);
    const kn_cell cells[] = {{.text = text, .length = (int32_t)(equals - text), .column_no = 1},
                             {.text = equals + 1, .length = (int32_t)strlen(equals + 1), .column_no = 2}};
    KN_TRY(kn_builder_row(builder, i + 1, cells, '.', err));
  }
  return KN_OK;
}

static kn_code
find_table(const char *name, kn_table_id *table, kn_error *err)
{
  const int32_t found = kn_schema_find_table(name);
  if (found == KN_NONE)
    return kn_fail(err, KN_E_USAGE, "a region has no table %s", name);
  *table = (kn_table_id)found;
  return KN_OK;
}

static kn_code
lay_rows(kn_builder *builder, const kn_task_changes *changes, kn_error *err)
{
  kn_table_id table = KN_T_SETTINGS;
  for (int32_t i = 0; i < changes->close_count; i++) {
    KN_TRY(find_table(changes->close[i].table, &table, err));
    KN_TRY(table == KN_T_ACTOR ? kn_builder_empty_actor(builder, changes->close[i].id, err)
                               : kn_builder_leave_out(builder, table, changes->close[i].id, err));
  }
  for (int32_t i = 0; i < changes->open_count; i++) {
    const kn_task_cell *cell = &changes->open[i];
    KN_TRY(find_table(cell->table, &table, err));
    KN_TRY(kn_builder_change(builder, table, cell->id, cell->column, cell->value, err));
  }
  return KN_OK;
}

static kn_code
build(const kn_task *task, kn_store *store, kn_builder *builder, kn_findings *findings, kn_region **out, kn_error *err)
{
  const kn_task_changes *changes = task->changes;
  const kn_import_settings settings = {.thread_count = task->thread_count};
  KN_TRY(kn_store_fill(store, builder, err));
  for (int32_t i = 0; i < changes->scenario_count; i++)
    KN_TRY(kn_import_source(builder, findings, changes->scenario[i], &settings, err));
  KN_TRY(lay_settings(builder, changes, err));
  KN_TRY(lay_rows(builder, changes, err));
  return kn_builder_end(builder, out, err);
}

kn_code
kn_task_build_changed(const kn_task *task, kn_store *store, kn_findings *findings, kn_region **out, kn_error *err)
{
  *out = NULL;
  for (int32_t i = 0; i < task->changes->scenario_count; i++)
    KN_TRY(check_source(task->changes->scenario[i], err));
  kn_builder *builder;
  KN_TRY(kn_builder_new(&builder, findings, err));
  const kn_code code = build(task, store, builder, findings, out, err);
  kn_builder_free(builder);
  return code == KN_OK ? KN_OK : kn_note(err, "changing the region for this run; the file stays as it is");
}
