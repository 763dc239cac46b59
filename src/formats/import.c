/* One entry for whatever a user points at. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/mapping.h"
#include "formats/osm.h"

/* A folder is a package when it has a descriptor or at least one file named after a table. */
static kn_code
look_folder(kn_arena *arena, const char *folder, bool *is_package, kn_error *err)
{
  const char *path;
  KN_TRY(path_join(&path, arena, folder, "datapackage.json", err));
  *is_package = access(path, F_OK) == 0;
  for (int32_t i = 0; i < KN_TABLE_COUNT && !*is_package; i++) {
    KN_TRY(text_print(&path, arena, err, "%s/%s.csv", folder, kn_schema((kn_table_id)i)->name));
    *is_package = access(path, F_OK) == 0;
  }
  return KN_OK;
}

kn_code
kn_source_look(kn_source_kind *out, const char *path, kn_error *err)
{
  struct stat info;
  if (stat(path, &info) != 0)
    return kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  const char *name = path_name(path);
  *out = KN_SOURCE_FOREIGN;
  if (S_ISDIR(info.st_mode)) {
    kn_arena *arena = kn_arena_new();
    bool is_package = false;
    const kn_code code = look_folder(arena, path, &is_package, err);
    kn_arena_free(arena);
    if (code == KN_OK && !is_package)
      return kn_fail(err, KN_E_INPUT, "%s: holds no data package; expected datapackage.json or files such as offer.csv", path);
    *out = KN_SOURCE_PACKAGE;
    return code;
  }
  if (!S_ISREG(info.st_mode))
    return kn_fail(err, KN_E_INPUT, "%s: is neither a file nor a folder", path);
  if (strcmp(name, "datapackage.json") == 0)
    *out = KN_SOURCE_PACKAGE;
  else if (shapes_table(name) != KN_NONE)
    *out = KN_SOURCE_SHAPES;
  else if (is_package_file(name))
    *out = KN_SOURCE_TABLE;
  else if (osm_is_file(name))
    *out = KN_SOURCE_MAP;
  return KN_OK;
}

static kn_code
import_package(kn_arena *arena, kn_builder *builder, kn_findings *findings, const char *path, const kn_import_settings *settings,
               kn_error *err)
{
  const char *name = path_name(path);
  if (strcmp(name, "datapackage.json") == 0)
    KN_TRY(name == path ? kn_text_copy(&path, arena, ".", 1, err) : kn_text_copy(&path, arena, path, (size_t)(name - path), err));
  return package_read(builder, findings, path, settings, err);
}

static kn_code
import_table(kn_builder *builder, kn_findings *findings, const char *path, const kn_import_settings *settings, kn_error *err)
{
  char table[64];
  const char *name = path_name(path);
  snprintf(table, sizeof table, "%.*s", (int)(strlen(name) - 4), name);
  const kn_csv_dialect dialect = KN_CSV_DETECT;
  return table_read(builder, findings, path, kn_schema((kn_table_id)kn_schema_find_table(table)), &dialect,
                    settings->thread_count, err);
}

static kn_code
import_shapes(kn_arena *arena, kn_builder *builder, kn_findings *findings, const char *path, kn_error *err)
{
  char *text;
  size_t length;
  KN_TRY(bytes_load(&text, &length, arena, path, err));
  return kn_geojson_read(builder, findings, (kn_table_id)shapes_table(path_name(path)), path, text, length, err);
}

/* A foreign source without a mapping: drafts one and says what to do. */
static kn_code
draft_beside(kn_arena *arena, const char *path, const kn_import_settings *settings, kn_error *err)
{
  const char *dot = strrchr(path_name(path), '.');
  const int length = (int)(dot && dot > path_name(path) ? dot - path : (ptrdiff_t)strlen(path));
  const char *draft;
  int32_t open_count;
  KN_TRY(text_print(&draft, arena, err, "%.*s.mapping.json", length, path));
  if (access(draft, F_OK) == 0)
    return kn_fail(err, KN_E_INPUT, "%s needs a mapping, and %s is there already: complete it and pass --mapping %s", path, draft,
                   draft);
  KN_TRY(kn_mapping_draft(path, draft, settings->region, &open_count, err));
  return kn_fail(err, KN_E_INPUT,
                 "%s needs a mapping: %s was drafted with %d choices that wait for you; complete it and pass --mapping %s", path,
                 draft, open_count, draft);
}

static kn_code
import_source(kn_arena *arena, kn_builder *builder, kn_findings *findings, const char *path, const kn_import_settings *settings,
              kn_error *err)
{
  kn_source_kind kind = KN_SOURCE_FOREIGN;
  KN_TRY(kn_source_look(&kind, path, err));
  if (settings->mapping && kind != KN_SOURCE_PACKAGE)
    kind = KN_SOURCE_FOREIGN;
  switch (kind) {
  case KN_SOURCE_PACKAGE:
    return import_package(arena, builder, findings, path, settings, err);
  case KN_SOURCE_TABLE:
    return import_table(builder, findings, path, settings, err);
  case KN_SOURCE_SHAPES:
    return import_shapes(arena, builder, findings, path, err);
  case KN_SOURCE_MAP:
    return osm_import(builder, findings, path, settings, err);
  case KN_SOURCE_FOREIGN:
    break;
  }
  return settings->mapping ? mapping_import(builder, findings, path, settings, err) : draft_beside(arena, path, settings, err);
}

kn_code
kn_import_source(kn_builder *builder, kn_findings *findings, const char *path, const kn_import_settings *settings, kn_error *err)
{
  kn_arena *arena = kn_arena_new();
  const kn_code code = import_source(arena, builder, findings, path, settings, err);
  kn_arena_free(arena);
  return code == KN_OK ? KN_OK : kn_note(err, "importing %s", path);
}
