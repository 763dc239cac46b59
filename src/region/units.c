/* Figures into one unit: those of offers, needs and flows into the unit of their resource's class, those of
 * properties into the first unit seen for the property, and so what flows carry; energy and money that they carry into the units of
 * those classes, with which they balance. */
#include "region/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct converting {
  kn_builder *builder;
  const kn_settings *settings;
  kn_units *units; /* made when the first factor is asked for */
} converting;

/* factor [from] -> [to], above 0; *why gets the reason when there is none and the call still is KN_OK. */
static kn_code
find_factor(converting *c, const char *from, const char *to, double *factor, char why[300], kn_error *err)
{
  *factor = 1;
  why[0] = '\0';
  if (strcmp(from, to) == 0)
    return KN_OK;
  if (c->units == NULL)
    KN_TRY(kn_units_new(&c->units, c->settings->fte_h, err));
  kn_error inner = {0};
  const kn_code code = kn_units_factor(c->units, from, to, factor, &inner);
  if (code != KN_OK && code != KN_E_INPUT)
    return kn_fail(err, code, "%s", inner.text);
  if (code == KN_OK && *factor > 0 && isfinite(*factor))
    return KN_OK;
  *factor = NAN;
  snprintf(why, 300, "%.290s", code == KN_OK ? "the factor is not above 0" : inner.text);
  why[strcspn(why, "\n")] = '\0';
  return KN_OK;
}

/* ---------------------------------------------------------------- in the unit of the resource */
/* Multiplies (divides) the figures of a row; true when one of them is no longer finite. */
static bool
scale_row(kn_grown *grown, int64_t row, double factor)
{
  bool is_lost = false;
  for (int32_t c = 0; c < grown->def->column_count; c++) {
    const int8_t sign = grown->def->columns[c].per_unit;
    if (sign == 0 || !grown->column[c].is_given)
      continue;
    double *value = &grown->column[c].data.real[row];
    *value = sign > 0 ? *value * factor : *value / factor;
    is_lost |= isinf(*value);
  }
  return is_lost;
}

static kn_code
refuse_unit(converting *c, kn_table_id table, int64_t row, int32_t column, const char *unit, const char *wanted, const char *why,
            kn_error *err)
{
  char proposal[KN_NAME_MOST];
  snprintf(proposal, sizeof proposal, "give the figures in %.40s or in a unit that converts to it", wanted);
  return kn_builder_refuse(c->builder, kn_builder_place(c->builder, table, row, column), "unit", unit, strlen(unit), proposal,
                           err, "the figures do not convert to %.40s: %s", wanted, why);
}

static kn_code
convert_table(converting *c, kn_table_id table, double *factors, kn_error *err)
{
  kn_grown *grown = &c->builder->grown[table];
  const kn_grown *resources = &c->builder->grown[KN_T_RESOURCE];
  const int32_t column = kn_schema_find_column(grown->def, "unit");
  const int32_t resource_column = kn_schema_find_column(grown->def, "resource_id");
  const kn_column *class_of = &resources->column[kn_schema_find_column(resources->def, "class")].data;
  if (!grown->column[column].is_given || class_of->data == NULL)
    return KN_OK;
  int32_t *unit = grown->column[column].data.number;
  for (int64_t i = 0; i < grown->n; i++) {
    if (unit[i] == KN_NONE)
      continue;
    const int32_t resource = kn_grown_row(c->builder, table, i, resource_column);
    uint8_t class = resource == KN_NONE ? KN_BLANK_WORD : class_of->word[resource];
    if (table == KN_T_TOTAL && resource == KN_NONE)
      class = KN_MATERIAL; /* of all material */
    if (class == KN_BLANK_WORD)
      continue; /* what is wrong with the resource is said there */
    const char *text = c->builder->symbols[KN_D_UNIT].text[unit[i]];
    const char *wanted = class == KN_CAPITAL ? c->settings->currency : kn_class_unit((kn_class) class);
    double *factor = &factors[(int64_t)unit[i] * KN_CLASS_COUNT + class];
    if (*factor == 0 || isnan(*factor)) {
      char why[300];
      KN_TRY(find_factor(c, text, wanted, factor, why, err));
      if (why[0] != '\0') {
        KN_TRY(refuse_unit(c, table, i, column, text, wanted, why, err));
        continue;
      }
    }
    if (*factor != 1 && scale_row(grown, i, *factor))
      KN_TRY(refuse_unit(c, table, i, column, text, wanted, "the figure becomes too large for a number", err));
    unit[i] = KN_NONE;
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- in one unit per property */
static kn_code
convert_property_row(converting *c, kn_table_id table, int64_t row, const int32_t *chosen, kn_error *err)
{
  kn_grown *grown = &c->builder->grown[table];
  const int32_t column = kn_schema_find_column(grown->def, "unit");
  const int32_t property = grown->column[kn_schema_find_column(grown->def, "property")].data.number[row];
  int32_t *unit = &grown->column[column].data.number[row];
  if (property < 0 || *unit == KN_NONE || *unit == chosen[property])
    return KN_OK;
  const char *const *text = c->builder->symbols[KN_D_UNIT].text;
  const char *wanted = text[chosen[property]];
  double factor;
  char why[300];
  KN_TRY(find_factor(c, text[*unit], wanted, &factor, why, err));
  if (why[0] != '\0')
    return refuse_unit(c, table, row, column, text[*unit], wanted, why, err);
  if (scale_row(grown, row, factor))
    return refuse_unit(c, table, row, column, text[*unit], wanted, "the figure becomes too large for a number", err);
  *unit = chosen[property];
  return KN_OK;
}

static kn_code
convert_properties(converting *c, int32_t *chosen, kn_error *err)
{
  static const kn_table_id tables[] = {KN_T_OFFER_PROPERTY, KN_T_NEED_SPEC};
  for (int32_t pass = 0; pass < 2; pass++)
    for (int32_t t = 0; t < 2; t++) {
      const kn_grown *grown = &c->builder->grown[tables[t]];
      const int32_t column = kn_schema_find_column(grown->def, "unit");
      const int32_t property = kn_schema_find_column(grown->def, "property");
      if (!grown->column[column].is_given)
        continue;
      for (int64_t i = 0; i < grown->n; i++) {
        const int32_t p = grown->column[property].data.number[i];
        if (pass == 1)
          KN_TRY(convert_property_row(c, tables[t], i, chosen, err));
        else if (p >= 0 && chosen[p] == KN_NONE)
          chosen[p] = grown->column[column].data.number[i];
      }
    }
  return KN_OK;
}

/* What the layer of a flow_property is counted in. A layer that is called energy and is not counted in such units is one of its own. */
static kn_code
find_unit_of_layer(converting *c, int32_t property, const int32_t *chosen, const char **wanted, kn_error *err)
{
  const char *name = c->builder->symbols[KN_D_PROPERTY].text[property], *own = NULL;
  *wanted = c->builder->symbols[KN_D_UNIT].text[chosen[property]];
  if (strcmp(name, "energy") == 0)
    own = kn_class_unit(KN_ENERGY);
  else if (strcmp(name, "money") == 0)
    own = c->settings->currency;
  if (own == NULL)
    return KN_OK;
  double factor;
  char why[300];
  KN_TRY(find_factor(c, *wanted, own, &factor, why, err));
  *wanted = why[0] == '\0' ? own : *wanted;
  return KN_OK;
}

static kn_code
convert_layer_row(converting *c, int64_t row, int32_t property, int32_t column, const int32_t *chosen, kn_error *err)
{
  const kn_table_id table = KN_T_FLOW_PROPERTY;
  kn_grown *grown = &c->builder->grown[table];
  int32_t *unit = &grown->column[column].data.number[row];
  const char *text = c->builder->symbols[KN_D_UNIT].text[*unit], *wanted;
  KN_TRY(find_unit_of_layer(c, property, chosen, &wanted, err));
  if (strcmp(text, wanted) == 0)
    return KN_OK;
  double factor;
  char why[300];
  KN_TRY(find_factor(c, text, wanted, &factor, why, err));
  if (why[0] != '\0')
    return refuse_unit(c, table, row, column, text, wanted, why, err);
  if (scale_row(grown, row, factor))
    return refuse_unit(c, table, row, column, text, wanted, "the figure becomes too large for a number", err);
  const bool is_chosen =
      chosen[property] != KN_NONE && strcmp(c->builder->symbols[KN_D_UNIT].text[chosen[property]], wanted) == 0;
  *unit = is_chosen ? chosen[property] : KN_NONE;
  return KN_OK;
}

static kn_code
convert_layers(converting *c, int32_t *chosen, kn_error *err)
{
  const kn_grown *grown = &c->builder->grown[KN_T_FLOW_PROPERTY];
  const int32_t column = kn_schema_find_column(grown->def, "unit"), name = kn_schema_find_column(grown->def, "property");
  if (!grown->column[column].is_given)
    return KN_OK;
  const int32_t *unit = grown->column[column].data.number, *property = grown->column[name].data.number;
  for (int64_t i = 0; i < grown->n; i++)
    if (unit[i] != KN_NONE && property[i] >= 0 && chosen[property[i]] == KN_NONE)
      chosen[property[i]] = unit[i];
  for (int64_t i = 0; i < grown->n; i++)
    if (unit[i] != KN_NONE && property[i] >= 0)
      KN_TRY(convert_layer_row(c, i, property[i], column, chosen, err));
  return KN_OK;
}

static kn_code
convert_all(converting *c, kn_arena *scratch, kn_error *err)
{
  static const kn_table_id tables[] = {KN_T_OFFER, KN_T_NEED, KN_T_FLOW, KN_T_TOTAL, KN_T_STOCK_LEVEL};
  double *factors; /* [units][classes], 0: not asked yet */
  int32_t *chosen; /* [properties] symbol of its unit */
  const int64_t property_count = c->builder->symbols[KN_D_PROPERTY].count;
  KN_NEW(factors, scratch, (int64_t)c->builder->symbols[KN_D_UNIT].count * KN_CLASS_COUNT, err);
  KN_NEW(chosen, scratch, property_count, err);
  for (int64_t i = 0; i < property_count; i++)
    chosen[i] = KN_NONE;
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
    KN_TRY(convert_table(c, tables[t], factors, err));
  KN_TRY(convert_properties(c, chosen, err));
  for (int64_t i = 0; i < property_count; i++)
    chosen[i] = KN_NONE;
  return convert_layers(c, chosen, err);
}

kn_code
kn_finish_units(kn_builder *builder, const kn_settings *settings, kn_error *err)
{
  if (builder->symbols[KN_D_UNIT].count == 0)
    return KN_OK;
  converting c = {.builder = builder, .settings = settings};
  kn_arena *scratch = kn_arena_new();
  const kn_code code = convert_all(&c, scratch, err);
  kn_arena_free(scratch);
  kn_units_free(c.units);
  return code;
}
