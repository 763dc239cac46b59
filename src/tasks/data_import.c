/* A file that came in a request, imported as one on the disk is.
 *
 *   bytes ─> a folder of its own, for as long as this call ─import─> findings, what would change ─> saved, or not when it is a trial
 *                                                         └─a foreign file without a mapping─> a draft of one */
#include "desk_data.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct import_place {
  char folder[256], file[400], mapping[420];
} import_place;

/* The name tells what a file is (offer.csv), so it is kept, as far as it is a name: no folders, no surprises. */
static void
clean_name(const char *name, char out[100])
{
  const char *last = strrchr(name, '/');
  size_t n = 0;
  for (name = last != NULL ? last + 1 : name; *name != '\0' && n < 90; name++)
    if ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9') || *name == '_' ||
        *name == '-' || (*name == '.' && n > 0))
      out[n++] = *name;
  out[n] = '\0';
  if (n == 0)
    snprintf(out, 100, "file");
}

static kn_code
write_file(const char *path, const char *bytes, size_t length, kn_error *err)
{
  FILE *out = fopen(path, "wb");
  bool is_written = out != NULL && fwrite(bytes, 1, length, out) == length;
  if (out != NULL)
    is_written = fclose(out) == 0 && is_written;
  return is_written ? KN_OK : kn_fail(err, KN_E_IO, "there is no room for the file that came");
}

/* A file that is on the disk already goes by another name; where that cannot be, its bytes go over. */
static kn_code
link_file(const char *path, const char *from, kn_error *err)
{
  if (link(from, path) == 0)
    return KN_OK;
  FILE *in = fopen(from, "rb"), *out = fopen(path, "wb");
  char piece[65536];
  bool is_good = in != NULL && out != NULL;
  for (size_t n; is_good && (n = fread(piece, 1, sizeof piece, in)) > 0;)
    is_good = fwrite(piece, 1, n, out) == n;
  is_good = is_good && ferror(in) == 0;
  if (in != NULL)
    fclose(in);
  if (out != NULL)
    is_good = fclose(out) == 0 && is_good;
  return is_good ? KN_OK : kn_fail(err, KN_E_IO, "there is no room for the file that came");
}

static kn_code
make_place(import_place *out, const kn_data_file *file, const char *mapping, kn_error *err)
{
  const char *base = getenv("TMPDIR");
  char clean[100];
  clean_name(file->name, clean);
  if (base == NULL || strlen(base) > 200)
    base = "/tmp";
  snprintf(out->folder, sizeof out->folder, "%s/knoop-import-XXXXXX", base);
  if (mkdtemp(out->folder) == NULL) {
    out->folder[0] = '\0';
    return kn_fail(err, KN_E_IO, "there is no room for the file that came");
  }
  snprintf(out->file, sizeof out->file, "%s/%s", out->folder, clean);
  snprintf(out->mapping, sizeof out->mapping, "%s/with.mapping.json", out->folder);
  KN_TRY(file->path != NULL ? link_file(out->file, file->path, err)
                            : write_file(out->file, file->bytes, (size_t)file->length, err));
  return mapping != NULL ? write_file(out->mapping, mapping, strlen(mapping), err) : KN_OK;
}

static void
remove_place(const import_place *place)
{
  DIR *folder = place->folder[0] != '\0' ? opendir(place->folder) : NULL;
  if (folder == NULL)
    return;
  for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
    if (entry->d_name[0] != '.')
      unlinkat(dirfd(folder), entry->d_name, 0);
  closedir(folder);
  rmdir(place->folder);
}

/* The draft that an import left, whatever it calls it. */
static char *
read_draft(const import_place *place)
{
  static const char end[] = ".mapping.json";
  DIR *folder = place->folder[0] != '\0' ? opendir(place->folder) : NULL;
  char *text = NULL;
  for (const struct dirent *entry; folder != NULL && text == NULL && (entry = readdir(folder)) != NULL;) {
    const size_t length = strlen(entry->d_name);
    if (length < sizeof end || strcmp(entry->d_name + length - (sizeof end - 1), end) != 0)
      continue;
    char path[600];
    snprintf(path, sizeof path, "%s/%s", place->folder, entry->d_name);
    FILE *in = fopen(path, "rb");
    size_t size = 0;
    if (in != NULL && getdelim(&text, &size, '\0', in) < 0) {
      free(text);
      text = NULL;
    }
    if (in != NULL)
      fclose(in);
  }
  if (folder != NULL)
    closedir(folder);
  return text;
}

/* The folder of the moment says nothing to who sent the file. */
static void
hide_folder(const import_place *place, kn_error *err)
{
  const size_t length = strlen(place->folder);
  for (char *at; err != NULL && length > 0 && (at = strstr(err->text, place->folder)) != NULL;)
    memmove(at, at + length + (at[length] == '/'), strlen(at + length + (at[length] == '/')) + 1);
}

kn_code
kn_data_import(const kn_task *task, const char *path, const kn_data_file *file, const char *mapping, bool is_dry,
               kn_task_change *change, char **draft, kn_error *err)
{
  import_place place = {.folder = ""};
  *draft = NULL;
  *change = (kn_task_change){0};
  kn_code code = make_place(&place, file, mapping, err);
  if (code == KN_OK) {
    const char *const source[] = {place.file};
    const char *with = mapping != NULL ? place.mapping : NULL;
    code = is_dry ? kn_task_import_try(task, path, 1, source, with, change, err)
                  : kn_task_import(task, path, 1, source, with, change, err);
  }
  if (code != KN_OK && mapping == NULL)
    *draft = read_draft(&place);
  hide_folder(&place, err);
  remove_place(&place);
  return code;
}
