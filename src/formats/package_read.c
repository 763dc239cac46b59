/* Reading a region data package: a folder with datapackage.json (Frictionless v1) or, without it, files named
 * after the tables. Everything wrong becomes a finding, and reading goes on with the next file. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "formats/internal.h"

/* One file that a table is read from. */
typedef struct part {
  const char *path; /* NULL: the package has no such table */
  kn_csv_dialect dialect;
} part;

typedef struct package {
  kn_arena *arena;
  kn_findings *findings;
  const char *folder, *descriptor_path;
  char *descriptor; /* text of datapackage.json; NULL: none */
  size_t descriptor_length;
  part table[KN_TABLE_COUNT];
  const char *shapes[KN_TABLE_COUNT]; /* area.geojson, link.geojson or NULL */
  kn_keymap *named;                   /* file names that datapackage.json speaks of */
  bool has_descriptor;
} package;

bool
is_package_file(const char *name)
{
  if (strcmp(name, "datapackage.json") == 0 || shapes_table(name) != KN_NONE)
    return true;
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    const char *table = kn_schema((kn_table_id)i)->name;
    const size_t length = strlen(table);
    if (strncmp(name, table, length) == 0 && strcmp(name + length, ".csv") == 0)
      return true;
  }
  return false;
}

/* ------------------------------------------------------------------ one table */
/* The rows of a CSV file as the builder takes them, each of its threads with a room of its own. */
typedef struct csv_rows {
  kn_csv *csv;
  kn_csv_room *rooms; /* [threads] */
} csv_rows;

static kn_code
next_rows(void *arg, int32_t slot, kn_row_block *out, kn_error *err)
{
  const csv_rows *rows = arg;
  kn_csv_room *room = &rows->rooms[slot];
  if (room->cells == NULL)
    KN_TRY(kn_csv_make_room(rows->csv, room, err));
  return kn_csv_next_into(rows->csv, room, out, err);
}

static bool
is_alone(const void *arg)
{
  return kn_csv_is_loud(((const csv_rows *)arg)->csv);
}

static kn_code
feed_rows(kn_builder *builder, kn_csv *csv, char decimal, int32_t thread_count, kn_error *err)
{
  const int32_t threads = kn_thread_count(thread_count);
  csv_rows rows = {.csv = csv, .rooms = calloc((size_t)threads, sizeof *rows.rooms)};
  if (rows.rooms == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for %d threads", threads);
  const kn_row_source source = {.next = next_rows, .is_alone = is_alone, .arg = &rows, .decimal = decimal};
  const kn_code code = kn_builder_take(builder, &source, threads, err);
  free(rows.rooms);
  return code;
}

kn_code
table_read(kn_builder *builder, kn_findings *findings, const char *path, const kn_table_def *def, const kn_csv_dialect *dialect,
           int32_t thread_count, kn_error *err)
{
  kn_csv *csv;
  KN_TRY(kn_csv_open(&csv, path, def, dialect, findings, err));
  const kn_csv_head head = kn_csv_get_head(csv);
  kn_code code = KN_OK;
  if (head.count > 0) {
    code = kn_builder_batch(builder, def->id, path, head.count, head.names, head.row_hint, err);
    if (code == KN_OK)
      code = feed_rows(builder, csv, head.decimal, thread_count, err);
  }
  kn_csv_free(csv);
  return code == KN_OK ? KN_OK : kn_note(err, "reading %s", path);
}

/* ------------------------------------------------------------------ datapackage.json */
/* sentence: a format with at most one %s, for the value. */
static kn_code
tell(const package *pack, kn_severity severity, const char *rule, const char *place, const char *proposal, kn_error *err,
     const char *sentence, const char *value)
{
  kn_finding where = {.severity = severity, .rule = rule, .file = pack->descriptor_path, .value = value, .proposal = proposal};
  json_place(pack->descriptor, pack->descriptor_length, place, &where.line, &where.column_no);
  return kn_findings_add(pack->findings, &where, err, sentence, value ? value : "");
}

/* One character of the dialect: absent keeps what is there, an empty text means none. */
static kn_code
take_sign(const package *pack, const json_t *dialect, const char *name, const char *place, char *out, kn_error *err)
{
  const json_t *sign = json_object_get(dialect, name);
  if (!sign)
    return KN_OK;
  if (json_is_null(sign)) {
    *out = 0;
    return KN_OK;
  }
  const char *text = json_string_value(sign);
  if (text && strlen(text) == 1 && !strchr("\r\n", *text) && !(*text & 0x80)) {
    *out = *text;
    return KN_OK;
  }
  return tell(pack, KN_ERROR, "dialect", place, NULL, err, "the dialect's %s must be one character", name);
}

static kn_code
take_dialect(const package *pack, const json_t *resource, const char *place, kn_csv_dialect *out, kn_error *err)
{
  const json_t *dialect = json_object_get(resource, "dialect");
  if (!dialect)
    return KN_OK;
  KN_TRY(take_sign(pack, dialect, "delimiter", place, &out->separator, err));
  KN_TRY(take_sign(pack, dialect, "quoteChar", place, &out->quote, err));
  out->is_trimmed = json_is_true(json_object_get(dialect, "skipInitialSpace"));
  const json_t *header = json_object_get(dialect, "header"), *doubled = json_object_get(dialect, "doubleQuote");
  if (json_is_false(header))
    KN_TRY(tell(pack, KN_ERROR, "dialect", place, "add a row with the column names", err, "files without a header cannot be read",
                NULL));
  if (json_is_false(doubled))
    KN_TRY(tell(pack, KN_ERROR, "dialect", place, "double quotes inside fields", err, "doubleQuote false cannot be read", NULL));
  static const char *const unread[] = {"escapeChar", "commentChar", "nullSequence"};
  for (int i = 0; i < 3; i++)
    if (json_is_string(json_object_get(dialect, unread[i])))
      KN_TRY(
          tell(pack, KN_ERROR, "dialect", place, "save the file without it", err, "the dialect's %s cannot be read", unread[i]));
  return KN_OK;
}

static kn_code
take_encoding(package *pack, const json_t *resource, kn_csv_dialect *out, kn_error *err)
{
  const char *encoding = json_string_value(json_object_get(resource, "encoding"));
  if (!encoding)
    return KN_OK;
  char folded[32];
  kn_text_fold(folded, sizeof folded, encoding);
  if (strcmp(folded, "utf 8") == 0 || strcmp(folded, "utf8") == 0)
    return KN_OK;
  return kn_text_copy(&out->encoding, pack->arena, encoding, strlen(encoding), err);
}

static kn_code
take_missing(package *pack, const json_t *schema, kn_csv_dialect *out, kn_error *err)
{
  const json_t *missing = json_object_get(schema, "missingValues");
  const char **texts;
  KN_NEW(texts, pack->arena, json_array_size(missing), err);
  for (size_t i = 0; i < json_array_size(missing); i++) {
    const json_t *text = json_array_get(missing, i);
    if (json_is_string(text) && json_string_length(text) > 0)
      KN_TRY(kn_text_copy(&texts[out->missing_count++], pack->arena, json_string_value(text), json_string_length(text), err));
  }
  out->missing = texts;
  return KN_OK;
}

/* The decimal sign that the number fields agree on. */
static kn_code
take_decimal(const package *pack, const json_t *schema, const char *place, kn_csv_dialect *out, kn_error *err)
{
  const json_t *fields = json_object_get(schema, "fields");
  for (size_t i = 0; i < json_array_size(fields); i++) {
    const json_t *field = json_array_get(fields, i);
    const char *sign = json_string_value(json_object_get(field, "decimalChar"));
    const char *group = json_string_value(json_object_get(field, "groupChar"));
    if (group && *group)
      KN_TRY(tell(pack, KN_ERROR, "dialect", place, "write numbers without a mark for thousands", err,
                  "numbers with groupChar %s cannot be read", group));
    if (!sign)
      continue;
    const bool is_sign = strcmp(sign, ".") == 0 || strcmp(sign, ",") == 0;
    if (!is_sign || (out->decimal && out->decimal != *sign))
      return tell(pack, KN_ERROR, "dialect", place, NULL, err, "decimalChar %s: expected . or , and one for the whole file",
                  sign);
    out->decimal = *sign;
  }
  return KN_OK;
}

/* A path inside the folder: relative, without "..", no link to elsewhere on the net. */
static const char *
resource_path(const json_t *resource)
{
  const json_t *path = json_object_get(resource, "path");
  if (json_is_array(path) && json_array_size(path) == 1)
    path = json_array_get(path, 0);
  const char *text = json_string_value(path);
  if (!text || !*text || *text == '/' || strstr(text, "..") || strstr(text, "://") || strchr(text, '\\'))
    return NULL;
  return text;
}

static kn_code
take_resource(package *pack, const json_t *resource, const char *place, kn_error *err)
{
  const char *name = json_string_value(json_object_get(resource, "name"));
  const char *path = resource_path(resource);
  if (!path)
    return tell(pack, KN_ERROR, "path", place, "copy the file into the folder and give its name", err,
                "resource %s: the path must be one file inside the package", name ? name : "without name");
  const char *kept;
  KN_TRY(kn_text_copy(&kept, pack->arena, path, strlen(path), err));
  int32_t before;
  KN_TRY(kn_keymap_put(pack->named, kept, 0, &before, err));
  const char *full;
  KN_TRY(path_join(&full, pack->arena, pack->folder, path, err));
  const int32_t table = name ? kn_schema_find_table(name) : KN_NONE;
  if (path_has_ending(path, ".geojson")) {
    const bool is_called = table != KN_NONE && strchr("al", kn_schema((kn_table_id)table)->geometry) != NULL;
    const int32_t shapes = is_called ? table : shapes_table(path_name(path));
    if (shapes != KN_NONE) {
      pack->shapes[shapes] = full;
      return KN_OK;
    }
  }
  if (table == KN_NONE || !path_has_ending(path, ".csv"))
    return tell(pack, KN_WARNING, "unknown_resource", place, "name it after a table to have it read", err,
                "resource %s was left out: it is no table of the region data package", name ? name : path);
  if (pack->table[table].path)
    return tell(pack, KN_ERROR, "doubled_resource", place, "leave one of them", err, "resource %s is there twice", name);
  part *from = &pack->table[table];
  from->path = full;
  const json_t *schema = json_object_get(resource, "schema");
  KN_TRY(take_dialect(pack, resource, place, &from->dialect, err));
  KN_TRY(take_encoding(pack, resource, &from->dialect, err));
  KN_TRY(take_missing(pack, schema, &from->dialect, err));
  return take_decimal(pack, schema, place, &from->dialect, err);
}

static kn_code
take_descriptor(package *pack, kn_error *err)
{
  KN_TRY(bytes_load(&pack->descriptor, &pack->descriptor_length, pack->arena, pack->descriptor_path, err));
  json_t *root;
  KN_TRY(json_read(&root, pack->descriptor_path, pack->descriptor, pack->descriptor_length, pack->findings, err));
  if (!root)
    return KN_OK;
  const json_t *resources = json_object_get(root, "resources");
  kn_code code = KN_OK;
  if (!json_is_array(resources))
    code = tell(pack, KN_ERROR, "json", "", NULL, err, "no array \"resources\"; expected a data package (Frictionless v1)", NULL);
  for (size_t i = 0; i < json_array_size(resources) && code == KN_OK; i++) {
    char place[48];
    snprintf(place, sizeof place, "resources/%zu", i);
    code = take_resource(pack, json_array_get(resources, i), place, err);
  }
  json_decref(root);
  return code;
}

/* ------------------------------------------------------------------ the folder */
/* The table whose file name is nearest, for a proposal. */
static const char *
nearest_table(const char *name)
{
  const char *best = NULL;
  int32_t least = 3;
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    char file[64];
    snprintf(file, sizeof file, "%s.csv", kn_schema((kn_table_id)i)->name);
    const int32_t distance = kn_text_distance(name, file, 2);
    if (distance < least) {
      least = distance;
      best = kn_schema((kn_table_id)i)->name;
    }
  }
  return best;
}

static kn_code
tell_unread(const package *pack, const char *name, kn_error *err)
{
  const char *path;
  KN_TRY(path_join(&path, pack->arena, pack->folder, name, err));
  kn_finding where = {.severity = KN_HINT, .rule = "unknown_file", .file = path};
  if (is_package_file(name)) {
    where.severity = KN_WARNING;
    where.proposal = "name it in datapackage.json to have it read";
    return kn_findings_add(pack->findings, &where, err, "the file was left out: datapackage.json does not name it");
  }
  const char *near = nearest_table(name);
  char proposal[96];
  snprintf(proposal, sizeof proposal, "name it %s.csv if it holds that table", near ? near : "TABLE");
  if (near || path_has_ending(name, ".csv") || path_has_ending(name, ".geojson")) {
    where.severity = KN_WARNING;
    where.proposal = proposal;
  }
  return kn_findings_add(pack->findings, &where, err, "the file was left out: it is no table of the region data package");
}

static kn_code
take_file(package *pack, const char *name, kn_error *err)
{
  if (strcmp(name, "datapackage.json") == 0 || *name == '.')
    return KN_OK;
  if (pack->has_descriptor)
    return kn_keymap_find(pack->named, name) == KN_NONE ? tell_unread(pack, name, err) : KN_OK;
  if (!is_package_file(name))
    return tell_unread(pack, name, err);
  const char *path;
  KN_TRY(path_join(&path, pack->arena, pack->folder, name, err));
  if (shapes_table(name) != KN_NONE) {
    pack->shapes[shapes_table(name)] = path;
    return KN_OK;
  }
  char table[64];
  snprintf(table, sizeof table, "%.*s", (int)(strlen(name) - 4), name);
  pack->table[kn_schema_find_table(table)].path = path;
  return KN_OK;
}

static int
is_shown(const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

/* In the order of names, so that findings do not depend on the disk. */
static kn_code
take_folder(package *pack, kn_error *err)
{
  struct dirent **entries;
  const int n = scandir(pack->folder, &entries, is_shown, alphasort);
  if (n < 0)
    return kn_fail(err, KN_E_IO, "%s: %s", pack->folder, strerror(errno));
  kn_code code = KN_OK;
  for (int i = 0; i < n; i++) {
    if (code == KN_OK)
      code = take_file(pack, entries[i]->d_name, err);
    free(entries[i]);
  }
  free(entries);
  return code;
}

static kn_code
tell_absent(const package *pack, const char *table, const char *sentence, kn_error *err)
{
  const kn_finding where = {.severity = KN_ERROR, .rule = "missing_file", .file = pack->folder, .table = table};
  return kn_findings_add(pack->findings, &where, err, sentence, table);
}

static kn_code
check_whole(const package *pack, kn_error *err)
{
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    const kn_table_def *def = kn_schema((kn_table_id)i);
    if (def->is_required && !pack->table[i].path)
      KN_TRY(tell_absent(pack, def->name, "%s.csv is not there; a region needs it", err));
  }
  if (!pack->table[KN_T_OFFER].path && !pack->table[KN_T_NEED].path)
    KN_TRY(tell_absent(pack, "offer", "neither %s.csv nor need.csv is there; a region needs one of them", err));
  return KN_OK;
}

/* A file that datapackage.json names and that is not there, or a link to nothing. */
static kn_code
check_there(const package *pack, const char **path, kn_error *err)
{
  struct stat info;
  if (!*path || stat(*path, &info) == 0)
    return KN_OK;
  const kn_finding where = {.severity = KN_ERROR, .rule = "missing_file", .file = *path};
  *path = NULL;
  const int why = errno;
  return kn_findings_add(pack->findings, &where, err,
                         pack->has_descriptor ? "datapackage.json names the file, but it cannot be read: %s"
                                              : "the file cannot be read: %s",
                         strerror(why));
}

static kn_code
read_shapes(kn_builder *builder, package *pack, kn_table_id table, kn_error *err)
{
  KN_TRY(check_there(pack, &pack->shapes[table], err));
  if (!pack->shapes[table])
    return KN_OK;
  char *text;
  size_t length;
  KN_TRY(bytes_load(&text, &length, pack->arena, pack->shapes[table], err));
  return kn_geojson_read(builder, pack->findings, table, pack->shapes[table], text, length, err);
}

static kn_code
read_package(kn_builder *builder, package *pack, const kn_import_settings *settings, kn_error *err)
{
  KN_TRY(path_join(&pack->descriptor_path, pack->arena, pack->folder, "datapackage.json", err));
  KN_TRY(kn_keymap_new(&pack->named, KN_TABLE_COUNT, err));
  struct stat info;
  pack->has_descriptor = stat(pack->descriptor_path, &info) == 0;
  if (pack->has_descriptor)
    KN_TRY(take_descriptor(pack, err));
  KN_TRY(take_folder(pack, err));
  if (settings->is_whole)
    KN_TRY(check_whole(pack, err));
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    part *from = &pack->table[i];
    KN_TRY(check_there(pack, &from->path, err));
    if (from->path)
      KN_TRY(table_read(builder, pack->findings, from->path, kn_schema((kn_table_id)i), &from->dialect, settings->thread_count,
                        err));
  }
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++)
    KN_TRY(read_shapes(builder, pack, (kn_table_id)i, err));
  return KN_OK;
}

kn_code
package_read(kn_builder *builder, kn_findings *findings, const char *folder, const kn_import_settings *settings, kn_error *err)
{
  package pack = {.arena = kn_arena_new(), .findings = findings, .folder = folder};
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++)
    pack.table[i].dialect = KN_CSV_DETECT;
  const kn_code code = read_package(builder, &pack, settings, err);
  kn_keymap_free(pack.named);
  kn_arena_free(pack.arena);
  return code;
}
