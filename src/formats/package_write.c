/* Writing a region data package: one CSV per table, area.geojson, link.geojson, and datapackage.json (describe.c).
 *
 *   all files -> folder .NAME.knoop-PID beside the target -> exchanged with the target in one step
 *   -> what the user kept in the old folder moves along -> the old folder goes
 *
 * Until the exchange the target is as it was; after it, it is the new package. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/describe.h"

typedef struct writing {
  kn_arena *arena;
  const kn_region *region;
  const char *folder; /* the target, without a slash behind it */
  const char *fresh;  /* the folder being written, beside it */
  kn_package_report report;
  const char *descriptor; /* datapackage.json that is replaced; NULL: none */
} writing;

/* ------------------------------------------------------------------ files */
typedef kn_code (*file_body)(FILE *out, const writing *write, const void *arg, kn_error *err);

/* One file, on disk when this returns. */
static kn_code
write_file(writing *write, const char *name, file_body body, const void *arg, kn_error *err)
{
  const char *path;
  KN_TRY(path_join(&path, write->arena, write->fresh, name, err));
  FILE *out = fopen(path, "wbxe");
  if (!out)
    return kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  kn_code code = body(out, write, arg, err);
  const long length = ftell(out);
  const bool is_bad = ferror(out) || fflush(out) != 0 || fsync(fileno(out)) != 0;
  const int why = errno;
  if (fclose(out) != 0 || is_bad)
    code = code == KN_OK ? kn_fail(err, KN_E_IO, "%s: %s", path, strerror(is_bad ? why : errno)) : code;
  write->report.file_count++;
  write->report.byte_count += length > 0 ? length : 0;
  return code;
}

/* ------------------------------------------------------------------ cells */
static void
write_text(FILE *out, const char *text)
{
  if (!text)
    return;
  if (!text[strcspn(text, ",\"\r\n")]) {
    fputs(text, out);
    return;
  }
  fputc('"', out);
  for (; *text; text++) {
    if (*text == '"')
      fputc('"', out);
    fputc(*text, out);
  }
  fputc('"', out);
}

static void
write_cell(FILE *out, const kn_region *region, const kn_column_def *def, const kn_column *column, int64_t row)
{
  char text[40];
  switch (def->kind) {
  case KN_TEXT:
  case KN_KEY:
    write_text(out, column->text[row]);
    break;
  case KN_REAL:
    if (!isnan(column->real[row])) {
      kn_number_write(text, column->real[row]);
      fputs(text, out);
    }
    break;
  case KN_INT:
    if (column->number[row] != KN_BLANK_INT)
      fprintf(out, "%" PRId32, column->number[row]);
    break;
  case KN_DATE:
    if (column->number[row] != KN_BLANK_INT) {
      kn_date_write(text, column->number[row]);
      fputs(text, out);
    }
    break;
  case KN_WORD:
    if (column->word[row] != KN_BLANK_WORD)
      write_text(out, def->words[column->word[row]]);
    break;
  case KN_REF:
    if (column->number[row] != KN_NONE)
      write_text(out, kn_region_key(region, def->target, column->number[row]));
    break;
  }
}

static void
write_row(FILE *out, const kn_region *region, const kn_table *table, const int32_t *column, int32_t count, int64_t row)
{
  for (int32_t i = 0; i < count; i++) {
    if (i)
      fputc(',', out);
    write_cell(out, region, &table->def->columns[column[i]], &table->columns[column[i]], row);
  }
  for (int32_t e = 0; e < table->extra_count; e++) {
    fputc(',', out);
    write_text(out, table->extra[e][row]);
  }
  fputc('\n', out);
}

static kn_code
table_body(FILE *out, const writing *write, const void *arg, kn_error *err)
{
  const kn_table *table = arg;
  int32_t *column, count = 0;
  KN_NEW(column, write->arena, table->def->column_count, err);
  for (int32_t c = 0; c < table->def->column_count; c++)
    if (column_is_written(table, c))
      column[count++] = c;
  for (int32_t i = 0; i < count; i++) {
    if (i)
      fputc(',', out);
    write_text(out, table->def->columns[column[i]].name);
  }
  for (int32_t e = 0; e < table->extra_count; e++) {
    fputc(',', out);
    write_text(out, table->extra_name[e]);
  }
  fputc('\n', out);
  for (int64_t row = 0; row < table->n && !ferror(out); row++)
    write_row(out, write->region, table, column, count, row);
  return KN_OK;
}

static kn_code
shapes_body(FILE *out, const writing *write, const void *arg, kn_error *err)
{
  const kn_table *table = arg;
  const kn_table_def *def = table->def;
  const char *between = "\n";
  fputs("{\"type\":\"FeatureCollection\",\"features\":[", out);
  for (int32_t i = 0; i < table->n; i++) {
    const uint8_t *wkb;
    size_t length;
    if (!kn_region_wkb(write->region, def->id, i, &wkb, &length))
      continue;
    const char *key = kn_region_key(write->region, def->id, i);
    json_t *text = json_string(key);
    char *quoted = text ? json_dumps(text, JSON_ENCODE_ANY) : NULL;
    json_decref(text);
    if (!quoted)
      return kn_fail(err, KN_E_LIMIT, "out of memory");
    fprintf(out, "%s{\"type\":\"Feature\",\"properties\":{\"%s\":%s},\"geometry\":", between, def->columns[def->key_column].name,
            quoted);
    free(quoted);
    if (geojson_write_geometry(out, wkb, length, err) != KN_OK)
      return kn_note(err, "writing the geometry of %s %s", def->name, key);
    fputc('}', out);
    between = ",\n";
  }
  fputs("\n]}\n", out);
  return KN_OK;
}

/* What a person wrote into the descriptor that is replaced, and no table knows, stays. */
static void
keep_words(const writing *write, json_t *package)
{
  static const char *const words[] = {"id",       "description", "version", "homepage",    "created",
                                      "keywords", "licenses",    "image",   "contributors"};
  json_t *before = write->descriptor ? json_load_file(write->descriptor, JSON_REJECT_DUPLICATES, NULL) : NULL;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    json_t *word = json_object_get(before, words[i]);
    if (word)
      json_object_set(package, words[i], word);
  }
  json_decref(before);
}

static kn_code
descriptor_body(FILE *out, const writing *write, const void *arg, kn_error *err)
{
  (void)arg;
  json_t *package = package_describe(write->region);
  if (!package)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  keep_words(write, package);
  const int result = json_dumpf(package, out, JSON_INDENT(2));
  json_decref(package);
  fputc('\n', out);
  return result == 0 || ferror(out) ? KN_OK : kn_fail(err, KN_E_LIMIT, "datapackage.json cannot be made");
}

static kn_code
write_all(writing *write, kn_error *err)
{
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    const kn_table *table = kn_region_table(write->region, (kn_table_id)i);
    if (!table_is_written(write->region, (kn_table_id)i))
      continue;
    char name[64];
    snprintf(name, sizeof name, "%s.csv", table->def->name);
    KN_TRY(write_file(write, name, table_body, table, err));
    write->report.row_count += table->n;
  }
  for (int32_t i = 0; i < KN_TABLE_COUNT; i++) {
    char name[64];
    snprintf(name, sizeof name, "%s.geojson", kn_schema((kn_table_id)i)->name);
    if (has_shapes(write->region, (kn_table_id)i))
      KN_TRY(write_file(write, name, shapes_body, kn_region_table(write->region, (kn_table_id)i), err));
  }
  return write_file(write, "datapackage.json", descriptor_body, NULL, err);
}

/* ------------------------------------------------------------------ folders */
/* Calls `body` for each entry of a folder but . and .. */
typedef kn_code (*entry_body)(writing *write, const char *folder, const char *name, kn_error *err);

static kn_code
each_entry(writing *write, const char *folder, entry_body body, kn_error *err)
{
  DIR *dir = opendir(folder);
  if (!dir)
    return kn_fail(err, KN_E_IO, "%s: %s", folder, strerror(errno));
  kn_code code = KN_OK;
  for (const struct dirent *entry; code == KN_OK && (entry = readdir(dir));)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      code = body(write, folder, entry->d_name, err);
  closedir(dir);
  return code;
}

static kn_code
remove_ours(writing *write, const char *folder, const char *name, kn_error *err)
{
  const char *path;
  KN_TRY(path_join(&path, write->arena, folder, name, err));
  if (is_package_file(name) && unlink(path) != 0)
    return kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  return KN_OK;
}

/* What is no part of a package (README.md, .git ...) is the user's and moves into the new folder. */
static kn_code
keep_theirs(writing *write, const char *folder, const char *name, kn_error *err)
{
  if (is_package_file(name))
    return KN_OK;
  const char *from, *to;
  KN_TRY(path_join(&from, write->arena, folder, name, err));
  KN_TRY(path_join(&to, write->arena, write->folder, name, err));
  if (rename(from, to) != 0)
    return kn_fail(err, KN_E_IO, "%s: cannot be moved to %s: %s", from, to, strerror(errno));
  return KN_OK;
}

static kn_code
refuse_entry(writing *write, const char *folder, const char *name, kn_error *err)
{
  (void)write;
  return kn_fail(err, KN_E_INPUT, "%s: holds %s and no datapackage.json; expected an empty folder or a data package", folder,
                 name);
}

/* *is_there: a folder to be replaced stands at the target. */
static kn_code
check_target(writing *write, bool *is_there, kn_error *err)
{
  struct stat info;
  *is_there = lstat(write->folder, &info) == 0;
  if (!*is_there)
    return errno == ENOENT ? KN_OK : kn_fail(err, KN_E_IO, "%s: %s", write->folder, strerror(errno));
  if (!S_ISDIR(info.st_mode))
    return kn_fail(err, KN_E_INPUT, "%s: is not a folder", write->folder);
  const char *descriptor;
  KN_TRY(path_join(&descriptor, write->arena, write->folder, "datapackage.json", err));
  if (access(descriptor, F_OK) != 0)
    return each_entry(write, write->folder, refuse_entry, err);
  write->descriptor = descriptor;
  return KN_OK;
}

/* The new folder is at `folder` after this, the old one at `fresh`. */
static kn_code
put_in_place(const writing *write, bool is_there, kn_error *err)
{
  if (!is_there)
    return rename(write->fresh, write->folder) == 0 ? KN_OK : kn_fail(err, KN_E_IO, "%s: %s", write->folder, strerror(errno));
  if (renameat2(AT_FDCWD, write->fresh, AT_FDCWD, write->folder, RENAME_EXCHANGE) != 0)
    return kn_fail(err, KN_E_IO, "%s: cannot be exchanged with the new package: %s", write->folder, strerror(errno));
  return KN_OK;
}

static kn_code
clear_old(writing *write, kn_error *err)
{
  KN_TRY(each_entry(write, write->fresh, keep_theirs, err));
  KN_TRY(each_entry(write, write->fresh, remove_ours, err));
  return rmdir(write->fresh) == 0 ? KN_OK : kn_fail(err, KN_E_IO, "%s: %s", write->fresh, strerror(errno));
}

static kn_code
write_package(writing *write, const char *folder, kn_error *err)
{
  size_t length = strlen(folder);
  if (length == 0)
    return kn_fail(err, KN_E_USAGE, "the folder has no name");
  while (length > 1 && folder[length - 1] == '/')
    length--;
  KN_TRY(kn_text_copy(&write->folder, write->arena, folder, length, err));
  bool is_there;
  KN_TRY(check_target(write, &is_there, err));
  const char *name = path_name(write->folder);
  KN_TRY(text_print(&write->fresh, write->arena, err, "%.*s.%s.knoop-%ld", (int)(name - write->folder), write->folder, name,
                    (long)getpid()));
  if (mkdir(write->fresh, 0777) != 0)
    return kn_fail(err, KN_E_IO, "%s: %s", write->fresh, strerror(errno));
  kn_code code = write_all(write, err);
  if (code == KN_OK)
    code = put_in_place(write, is_there, err);
  if (code == KN_OK)
    return is_there ? clear_old(write, err) : KN_OK;
  kn_error ignored = {0};
  each_entry(write, write->fresh, remove_ours, &ignored);
  rmdir(write->fresh);
  return code;
}

kn_code
kn_package_write(const kn_region *region, const char *folder, kn_package_report *report, kn_error *err)
{
  writing write = {.arena = kn_arena_new(), .region = region};
  const kn_code code = write_package(&write, folder, err);
  if (report)
    *report = write.report;
  kn_arena_free(write.arena);
  return code == KN_OK ? KN_OK : kn_note(err, "writing the data package %s", folder);
}
