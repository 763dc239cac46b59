/* Foreign files as layers: our own reader for CSV, OGR for the rest. */
#include "formats/foreign.h"

#include <stdlib.h>
#include <string.h>

struct foreign {
  kn_arena *arena;
  ogr *ogr; /* NULL: a CSV file */
  kn_csv *csv;
  const char *path;
  const char *encoding; /* of the CSV file, lent; NULL: UTF-8 */
  kn_findings *findings;
  kn_findings *said;   /* what was found at the first reading is not found again */
  foreign_layer layer; /* of the CSV file */
  kn_row_block block;
  int64_t at;    /* row in block */
  bool is_fresh; /* csv stands at its first row */
};

static kn_code
open_csv(foreign *file, kn_error *err)
{
  kn_csv_dialect dialect = KN_CSV_DETECT;
  dialect.encoding = file->encoding;
  if (file->csv && !file->said)
    KN_TRY(kn_findings_new(&file->said, 0, err));
  kn_csv_free(file->csv);
  file->csv = NULL;
  KN_TRY(kn_csv_open(&file->csv, file->path, NULL, &dialect, file->said ? file->said : file->findings, err));
  file->is_fresh = true;
  file->at = 0;
  file->block = (kn_row_block){0};
  return KN_OK;
}

static kn_code
take_csv_layer(foreign *file, kn_error *err)
{
  KN_TRY(open_csv(file, err));
  const kn_csv_head head = kn_csv_get_head(file->csv);
  const char **names;
  foreign_kind *kind;
  KN_NEW(names, file->arena, head.count, err);
  KN_NEW(kind, file->arena, head.count, err);
  for (int32_t i = 0; i < head.count; i++)
    KN_TRY(kn_text_copy(&names[i], file->arena, head.names[i], strlen(head.names[i]), err));
  const char *name = path_name(file->path);
  const size_t length = strlen(name) - (path_has_ending(name, ".csv") || path_has_ending(name, ".txt") ? 4 : 0);
  KN_TRY(kn_text_copy(&file->layer.name, file->arena, name, length, err));
  file->layer.file = file->path;
  file->layer.field = names;
  file->layer.kind = kind;
  file->layer.field_count = head.count;
  return KN_OK;
}

static kn_code
open_foreign(foreign *file, const char *path, kn_error *err)
{
  KN_TRY(kn_text_copy(&file->path, file->arena, path, strlen(path), err));
  if (path_has_ending(path, ".csv") || path_has_ending(path, ".txt") || path_has_ending(path, ".tsv"))
    return take_csv_layer(file, err);
  return ogr_open(&file->ogr, path, err);
}

kn_code
foreign_open(foreign **out, const char *path, const char *encoding, kn_findings *findings, kn_error *err)
{
  foreign *file = *out = calloc(1, sizeof *file);
  if (!file)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  file->arena = kn_arena_new();
  file->findings = findings;
  file->encoding = encoding;
  const kn_code code = open_foreign(file, path, err);
  if (code != KN_OK) {
    foreign_free(file);
    *out = NULL;
  }
  return code;
}

void
foreign_free(foreign *file)
{
  if (!file)
    return;
  kn_csv_free(file->csv);
  ogr_free(file->ogr);
  kn_findings_free(file->said);
  kn_arena_free(file->arena);
  free(file);
}

int32_t
foreign_layer_count(const foreign *file)
{
  return file->ogr ? ogr_layer_count(file->ogr) : 1;
}

const foreign_layer *
foreign_get_layer(const foreign *file, int32_t layer)
{
  return file->ogr ? ogr_get_layer(file->ogr, layer) : &file->layer;
}

kn_code
foreign_start(foreign *file, int32_t layer, const char *srs, kn_error *err)
{
  if (file->ogr)
    return ogr_start(file->ogr, layer, srs, err);
  return file->is_fresh ? KN_OK : open_csv(file, err);
}

kn_code
foreign_next(foreign *file, foreign_row *row, bool *is_row, kn_error *err)
{
  if (file->ogr)
    return ogr_next(file->ogr, row, is_row, err);
  *is_row = false;
  if (file->layer.field_count == 0)
    return KN_OK;
  file->is_fresh = false;
  if (file->at >= file->block.rows) {
    KN_TRY(kn_csv_next(file->csv, &file->block, err));
    file->at = 0;
    if (file->block.rows == 0)
      return KN_OK;
  }
  *row = (foreign_row){.line = file->block.line[file->at], .cells = file->block.cells + file->at * file->layer.field_count};
  file->at++;
  *is_row = true;
  return KN_OK;
}
