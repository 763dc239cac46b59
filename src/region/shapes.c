/* Which geometry each row has: of areas and of links, from the store and from files. */
#include "region/internal.h"

#include <stdio.h>
#include <string.h>

static kn_code
refuse_shape(kn_builder *builder, const kn_shape *shape, const char *rule, const char *sentence, const char *more, kn_error *err)
{
  const kn_finding where = {.severity = KN_ERROR,
                            .rule = rule,
                            .file = shape->file,
                            .line = shape->line,
                            .table = kn_schema(shape->table)->name,
                            .row = builder->symbols[shape->table].text[shape->symbol]};
  return kn_findings_add(builder->findings, &where, err, sentence, where.table, where.row, more);
}

/* Why a polygon cannot be used, into `why`; "": it can. */
static kn_code
judge_polygon(kn_polygons *polygons, int32_t row, const kn_shape *shape, char why[400], kn_error *err)
{
  kn_error inner = {0};
  const kn_code code = kn_polygons_add(polygons, row, shape->wkb, shape->length, &inner);
  why[0] = '\0';
  if (code == KN_OK)
    return KN_OK;
  if (code != KN_E_INPUT)
    return kn_fail(err, code, "%s", inner.text);
  snprintf(why, 400, "%.*s", (int)strcspn(inner.text, "\n"), inner.text);
  return KN_OK;
}

static kn_code
judge_shape(kn_builder *builder, kn_polygons *polygons, int32_t row, kn_shape *shape, char why[400], kn_error *err)
{
  if (kn_schema(shape->table)->geometry == 'a')
    return judge_polygon(polygons, row, shape, why, err);
  const uint8_t *wkb = shape->wkb;
  size_t length = shape->length;
  const char *fault = kn_line_take(&wkb, &length, builder->shapes, shape->wkb, shape->length);
  if (wkb != shape->wkb) { /* else it may be being read */
    shape->wkb = wkb;
    shape->length = length;
  }
  snprintf(why, 400, "%s", fault == NULL ? "" : kn_findings_text(builder->findings, fault));
  return KN_OK;
}

static kn_code
take_shape(kn_builder *builder, kn_polygons *polygons, kn_shape *shape, kn_error *err)
{
  const kn_grown *grown = &builder->grown[shape->table];
  const int32_t row = builder->symbols[shape->table].row[shape->symbol];
  if (row == KN_NONE) {
    if (grown->is_broken)
      return KN_OK;
    return refuse_shape(builder, shape, "unknown_key", "the geometry is of %s %.80s, which is not in table %s", grown->def->name,
                        err);
  }
  const kn_shape *known = builder->chosen[shape->table][row];
  const bool is_same_file = known != NULL && (known->file == NULL) == (shape->file == NULL) &&
                            (shape->file == NULL || strcmp(known->file, shape->file) == 0);
  if (is_same_file)
    return refuse_shape(builder, shape, "doubled_key", "the geometry of %s %.80s is there twice%s", "", err);
  char why[400];
  KN_TRY(judge_shape(builder, polygons, row, shape, why, err));
  if (why[0] != '\0')
    return refuse_shape(builder, shape, "geometry", "the geometry of %s %.80s is not usable: %.300s", why, err);
  if (known == NULL || shape->file != NULL) /* a file replaces what the store or an earlier file has */
    builder->chosen[shape->table][row] = shape;
  return KN_OK;
}

kn_code
kn_finish_shapes(kn_builder *builder, kn_error *err)
{
  for (int64_t i = 0; i < builder->shape_count; i++) {
    const kn_table_id table = builder->shape[i].table;
    if (builder->chosen[table] == NULL)
      KN_NEW(builder->chosen[table], builder->keep, builder->grown[table].n, err);
  }
  if (builder->shape_count == 0)
    return KN_OK;
  kn_polygons *polygons;
  KN_TRY(kn_polygons_new(&polygons, err));
  kn_code code = KN_OK;
  for (int64_t i = 0; i < builder->shape_count && code == KN_OK; i++)
    code = take_shape(builder, polygons, &builder->shape[i], err);
  kn_polygons_free(polygons);
  return code;
}
