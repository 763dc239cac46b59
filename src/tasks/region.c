/* Tasks on the region itself: new, import, export, check. */
#include "formats/formats.h"
#include "internal.h"

#include <stdio.h>
#include <string.h>

kn_code
kn_task_open(const kn_task *task, const char *path, bool is_writer, const char *command, kn_store **out, kn_error *err)
{
  const kn_store_settings settings = {.is_writer = is_writer, .wait_s = task->wait_s, .command = command, .watch = task->watch};
  KN_TRY(kn_store_open(out, path, &settings, err));
  const char *notice = kn_store_notice(*out);
  if (notice != NULL && task->hear != NULL)
    task->hear(task->arg, notice);
  return KN_OK;
}

static kn_code
load(const kn_task *task, kn_store *store, bool is_changed, kn_region **out, kn_error *err)
{
  *out = NULL;
  kn_findings *findings = task->findings;
  if (findings == NULL)
    KN_TRY(kn_findings_new(&findings, 1, err));
  kn_code code = is_changed ? kn_task_build_changed(task, store, findings, out, err) : kn_store_load(store, findings, out, err);
  if (code == KN_E_INPUT && task->findings == NULL && kn_findings_kept(findings) > 0) {
    const kn_finding *first = kn_findings_get(findings, 0);
    code = kn_note(err, "reading table %s: %s", first->table != NULL ? first->table : "?", first->sentence);
  }
  if (task->findings == NULL)
    kn_findings_free(findings);
  return code;
}

kn_code
kn_task_load(const kn_task *task, kn_store *store, kn_region **out, kn_error *err)
{
  return load(task, store, false, out, err);
}

kn_code
kn_task_load_changed(const kn_task *task, kn_store *store, kn_region **out, kn_error *err)
{
  return load(task, store, kn_task_has_changes(task->changes), out, err);
}

kn_code
kn_task_load_revision(const kn_task *task, const char *path, bool is_saved, const char *command, kn_region **region,
                      int64_t *revision, char digest[65], kn_error *err)
{
  kn_store *store;
  KN_TRY(kn_task_open(task, path, is_saved, command, &store, err));
  kn_arena *arena = kn_arena_new();
  kn_revision *revisions = NULL;
  int64_t count = 0;
  kn_code code = kn_store_revisions(store, arena, 1, &revisions, &count, err);
  if (code == KN_OK)
    *revision = count > 0 ? revisions[0].revision : 0;
  kn_arena_free(arena);
  if (code == KN_OK)
    code = kn_task_load_changed(task, store, region, err);
  if (code == KN_OK && is_saved && !kn_task_has_changes(task->changes)) {
    code = kn_store_note_edits(store, *region, task->who, revision, err);
    if (code != KN_OK) {
      kn_region_free(*region);
      *region = NULL;
    }
  }
  kn_store_close(store);
  return code == KN_OK ? kn_region_digest(*region, digest, err) : code;
}

kn_code
kn_task_region(const kn_task *task, const char *path, kn_region **out, kn_error *err)
{
  *out = NULL;
  kn_store *store;
  KN_TRY(kn_task_open(task, path, false, "reading", &store, err));
  const kn_code code = kn_task_load_changed(task, store, out, err);
  kn_store_close(store);
  return code;
}

/* What changed, for the user: rows of each table. */
static void
count_rows(const kn_region *region, kn_task_change *change)
{
  for (int t = 0; t < KN_TABLE_COUNT; t++) {
    change->rows[t] = kn_region_table(region, (kn_table_id)t)->n;
    const uint8_t *is_new = kn_region_new_rows(region, (kn_table_id)t);
    for (int64_t i = 0; i < change->rows[t]; i++)
      change->new_rows[t] += is_new[i];
  }
}

/* The digest as the history now has it. */
static kn_code
read_digest(kn_store *store, kn_task_change *change, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  kn_revision *latest;
  int64_t count;
  const kn_code code = kn_store_revisions(store, scratch, 1, &latest, &count, err);
  if (code == KN_OK && count > 0)
    snprintf(change->digest, sizeof change->digest, "%s", latest->digest);
  kn_arena_free(scratch);
  return code;
}

/* Joins the sources for the history, without the folders of this machine. */
static void
name_sources(char *out, size_t size, int32_t count, const char *const *source)
{
  size_t used = 0;
  out[0] = '\0';
  for (int32_t i = 0; i < count && used + 4 < size; i++) {
    size_t length = strlen(source[i]);
    while (length > 1 && source[i][length - 1] == '/')
      length--;
    size_t first = length;
    while (first > 0 && source[i][first - 1] != '/')
      first--;
    if (i > 0)
      used += (size_t)snprintf(out + used, size - used, ", ");
    const size_t room = size - used - 1;
    const size_t take = length - first < room ? length - first : room;
    memcpy(out + used, source[i] + first, take);
    used += take;
    out[used] = '\0';
  }
}

/* Feeds all sources into the builder and saves the region that comes out. */
static kn_code
build_and_save(const kn_task *task, kn_store *store, kn_builder *builder, int32_t count, const char *const *source,
               const kn_import_settings *settings, const char *what, bool is_dry, kn_task_change *change, kn_error *err)
{
  for (int32_t i = 0; i < count; i++)
    KN_TRY(kn_import_source(builder, task->findings, source[i], settings, err));
  kn_region *region;
  KN_TRY(kn_builder_end(builder, &region, err));
  char names[512];
  name_sources(names, sizeof names, count, source);
  count_rows(region, change);
  if (is_dry) {
    const kn_code code = kn_region_digest(region, change->digest, err);
    kn_region_free(region);
    return code;
  }
  const kn_change record = {.what = what, .who = task->who, .source = names};
  const kn_code code = kn_store_save_region(store, region, &record, &change->revision, err);
  kn_region_free(region);
  return code == KN_OK ? read_digest(store, change, err) : code;
}

static kn_code
create_from(const kn_task *task, kn_store *store, const char *package, kn_task_change *change, kn_error *err)
{
  kn_builder *builder;
  KN_TRY(kn_builder_new(&builder, task->findings, err));
  const kn_import_settings settings = {.is_whole = true, .thread_count = task->thread_count, .watch = task->watch};
  kn_code code = kn_store_follow(store, builder, err);
  if (code == KN_OK)
    code = build_and_save(task, store, builder, 1, &package, &settings, "new", false, change, err);
  kn_builder_free(builder);
  return code;
}

kn_code
kn_task_new(const kn_task *task, const char *path, const char *package, kn_task_change *change, kn_error *err)
{
  *change = (kn_task_change){0};
  kn_store *store;
  const kn_store_settings settings = {.is_writer = true, .wait_s = task->wait_s, .command = "new", .watch = task->watch};
  KN_TRY(kn_store_create(&store, path, &settings, err));
  kn_code code = KN_OK;
  if (package != NULL)
    code = create_from(task, store, package, change, err);
  if (code == KN_OK)
    code = kn_store_publish(store, err);
  kn_store_close(store);
  return code;
}

/* The region as it is helps a draft to propose keys; only a foreign source without a mapping gets a draft. */
static kn_code
load_for_draft(const kn_task *task, kn_store *store, int32_t count, const char *const *source, const char *mapping,
               kn_region **out, kn_error *err)
{
  *out = NULL;
  for (int32_t i = 0; mapping == NULL && i < count; i++) {
    kn_source_kind kind;
    KN_TRY(kn_source_look(&kind, source[i], err));
    if (kind == KN_SOURCE_FOREIGN)
      return kn_task_load(task, store, out, err);
  }
  return KN_OK;
}

static kn_code
import_into(const kn_task *task, kn_store *store, int32_t count, const char *const *source, const char *mapping, bool is_dry,
            kn_task_change *change, kn_error *err)
{
  kn_region *before;
  KN_TRY(load_for_draft(task, store, count, source, mapping, &before, err));
  kn_builder *builder;
  kn_code code = kn_builder_new(&builder, task->findings, err);
  if (code == KN_OK) {
    const kn_import_settings settings = {
        .mapping = mapping, .thread_count = task->thread_count, .region = before, .watch = task->watch};
    code = kn_store_fill(store, builder, err);
    if (code == KN_OK && !is_dry)
      code = kn_store_follow(store, builder, err);
    if (code == KN_OK)
      code = build_and_save(task, store, builder, count, source, &settings, "import", is_dry, change, err);
    kn_builder_free(builder);
  }
  kn_region_free(before);
  return code;
}

kn_code
kn_task_import(const kn_task *task, const char *path, int32_t source_count, const char *const *source, const char *mapping,
               kn_task_change *change, kn_error *err)
{
  *change = (kn_task_change){0};
  kn_store *store;
  KN_TRY(kn_task_open(task, path, true, "import", &store, err));
  const kn_code code = import_into(task, store, source_count, source, mapping, false, change, err);
  kn_store_close(store);
  return code;
}

kn_code
kn_task_import_try(const kn_task *task, const char *path, int32_t source_count, const char *const *source, const char *mapping,
                   kn_task_change *change, kn_error *err)
{
  *change = (kn_task_change){0};
  kn_store *store;
  KN_TRY(kn_task_open(task, path, false, "import", &store, err));
  const kn_code code = import_into(task, store, source_count, source, mapping, true, change, err);
  kn_store_close(store);
  return code;
}

kn_code
kn_task_export(const kn_task *task, const char *path, const char *folder, kn_task_export_report *report, kn_error *err)
{
  *report = (kn_task_export_report){0};
  kn_region *region;
  KN_TRY(kn_task_region(task, path, &region, err));
  kn_package_report written;
  const kn_code code = kn_package_write(region, folder, &written, err);
  kn_region_free(region);
  if (code == KN_OK)
    *report = (kn_task_export_report){written.file_count, written.row_count, written.byte_count};
  return code;
}

/* A file that was edited elsewhere may hold what no import would let in: those are findings, and the check goes on. */
static kn_code
check_rows(const kn_task *task, kn_store *store, kn_error *err)
{
  kn_builder *builder;
  KN_TRY(kn_builder_new(&builder, task->findings, err));
  kn_region *region = NULL;
  kn_code code = kn_store_fill(store, builder, err);
  if (code == KN_OK)
    code = kn_builder_salvage(builder, &region, err);
  if (code == KN_OK)
    code = kn_region_check(region, task->findings, err);
  if (code == KN_OK && kn_findings_count(task->findings, KN_ERROR) == 0) /* a salvaged region may lack what a network needs */
    code = kn_task_check_access(task, region, err);
  kn_region_free(region);
  kn_builder_free(builder);
  return code;
}

kn_code
kn_task_check(const kn_task *task, const char *path, kn_error *err)
{
  kn_store *store;
  KN_TRY(kn_task_open(task, path, false, "check", &store, err));
  kn_code code = kn_store_check(store, task->findings, err);
  if (code == KN_OK)
    code = check_rows(task, store, err);
  kn_store_close(store);
  if (code == KN_OK && kn_findings_count(task->findings, KN_ERROR) > 0)
    return KN_FOUND;
  return code;
}
