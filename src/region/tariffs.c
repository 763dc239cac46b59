/* What tariffs name, and the kinds of links of modes and terminals. */
#include "region/internal.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- ends */
static int32_t
find_key(const void *of, kn_table_id table, const char *key)
{
  const kn_builder *builder = of;
  const int32_t symbol = kn_symbols_find(&builder->symbols[table], key, strlen(key));
  return symbol == KN_NONE ? KN_NONE : builder->symbols[table].row[symbol];
}

static kn_code
check_end(kn_builder *builder, int64_t row, int32_t column, kn_error *err)
{
  const kn_grown *tariffs = &builder->grown[KN_T_TARIFF];
  const int32_t symbol = tariffs->column[column].data.number[row];
  if (symbol < 0)
    return KN_OK; /* refused when read */
  const char *text = builder->symbols[KN_D_END].text[symbol];
  kn_end_kind kind;
  if (kn_end_find(text, find_key, builder, &kind) != KN_NONE)
    return KN_OK;
  const kn_place place = kn_builder_place(builder, KN_T_TARIFF, row, column);
  char proposal[KN_NAME_MOST * 2];
  bool is_near = false;
  for (int32_t k = 0; k < KN_END_KIND_COUNT; k++) {
    const kn_table_id table = kn_end_table((kn_end_kind)k);
    if (builder->grown[table].is_broken)
      return KN_OK;
    is_near = is_near ||
              (kn_builder_has_room(builder, place, "unknown_key") && kn_builder_suggest(builder, (int32_t)table, text, proposal));
  }
  return kn_builder_refuse(builder, place, "unknown_key", text, strlen(text), is_near ? proposal : NULL, err,
                           "%s %.80s is no site, gateway, node, terminal or area", tariffs->def->columns[column].name, text);
}

/* ---------------------------------------------------------------- rows */
typedef struct columns {
  int32_t from, to, resource, class, mode;
} columns;

static int32_t
symbol_at(const kn_grown *grown, int32_t column, int64_t row)
{
  return grown->column[column].is_given ? grown->column[column].data.number[row] : KN_NONE;
}

static uint8_t
word_at(const kn_grown *grown, int32_t column, int64_t row)
{
  return grown->column[column].is_given ? grown->column[column].data.word[row] : KN_BLANK_WORD;
}

static kn_code
check_what(kn_builder *builder, const columns *c, int64_t row, kn_error *err)
{
  const kn_grown *tariffs = &builder->grown[KN_T_TARIFF];
  const bool has_resource = symbol_at(tariffs, c->resource, row) >= 0;
  if (has_resource != (word_at(tariffs, c->class, row) != KN_BLANK_WORD))
    return KN_OK;
  return kn_builder_refuse(builder, kn_builder_place(builder, KN_T_TARIFF, row, c->resource), "resource_or_class", NULL, 0,
                           has_resource ? "leave one of them blank" : NULL, err,
                           "a tariff is for a resource_id or for a class: one of them must be given");
}

/* The rows by what makes them one: pairs of ends, pairs of what moves and by what, and pairs of these. */
typedef struct known {
  kn_pairs ends, loads, rows;
} known;

static kn_code
number_pair(kn_pairs *pairs, int32_t first, int32_t second, int32_t *number, kn_error *err)
{
  int32_t *at;
  const int32_t next = (int32_t)pairs->count;
  KN_TRY(kn_pairs_put(pairs, (uint64_t)(uint32_t)first << 32 | (uint32_t)second, &at, err));
  if (*at == KN_NONE)
    *at = next;
  *number = *at;
  return KN_OK;
}

/* Where the row with this key is kept; a new one goes to `next`. */
static kn_code
find_row(known *seen, const kn_grown *tariffs, const columns *c, int64_t row, int32_t **at, kn_error *err)
{
  const int32_t resource = symbol_at(tariffs, c->resource, row);
  const int32_t what = resource >= 0 ? resource : -2 - word_at(tariffs, c->class, row);
  int32_t ends, load;
  KN_TRY(number_pair(&seen->ends, symbol_at(tariffs, c->from, row), symbol_at(tariffs, c->to, row), &ends, err));
  KN_TRY(number_pair(&seen->loads, what, symbol_at(tariffs, c->mode, row), &load, err));
  return kn_pairs_put(&seen->rows, (uint64_t)(uint32_t)ends << 32 | (uint32_t)load, at, err);
}

static kn_code
refuse_twice(kn_builder *builder, const columns *c, int64_t row, int64_t other, kn_error *err)
{
  const kn_grown *tariffs = &builder->grown[KN_T_TARIFF];
  return kn_builder_refuse(builder, kn_builder_place(builder, KN_T_TARIFF, row, c->from), "doubled_key", NULL, 0,
                           "keep one of them", err,
                           "this tariff, from %.60s to %.60s by %.60s, is there twice, first on line %" PRId64,
                           builder->symbols[KN_D_END].text[symbol_at(tariffs, c->from, row)],
                           builder->symbols[KN_D_END].text[symbol_at(tariffs, c->to, row)],
                           builder->symbols[KN_D_MODE].text[symbol_at(tariffs, c->mode, row)], tariffs->line[other]);
}

/* A tariff replaces the one of the same ends, load and mode that an earlier batch brought, and takes its place. */
static kn_code
settle_tariffs(kn_builder *builder, const columns *c, known *seen, kn_error *err)
{
  kn_grown *tariffs = &builder->grown[KN_T_TARIFF];
  int64_t kept = 0;
  for (int64_t i = 0; i < tariffs->n; i++) {
    int64_t to = kept;
    if (symbol_at(tariffs, c->from, i) >= 0 && symbol_at(tariffs, c->to, i) >= 0 && symbol_at(tariffs, c->mode, i) >= 0) {
      int32_t *at;
      KN_TRY(find_row(seen, tariffs, c, i, &at, err));
      if (*at != KN_NONE && tariffs->batch[*at] == tariffs->batch[i])
        KN_TRY(refuse_twice(builder, c, i, *at, err));
      to = *at == KN_NONE ? kept : *at;
      *at = (int32_t)to;
    }
    if (to != i) {
      kn_grown_move_row(tariffs, i, to);
      tariffs->line[to] = tariffs->line[i];
      tariffs->batch[to] = tariffs->batch[i];
    }
    kept += to == kept;
  }
  tariffs->n = kept;
  return KN_OK;
}

static kn_code
finish_tariffs(kn_builder *builder, kn_error *err)
{
  const kn_grown *tariffs = &builder->grown[KN_T_TARIFF];
  if (tariffs->n == 0)
    return KN_OK;
  const columns c = {.from = kn_schema_find_column(tariffs->def, "from_id"),
                     .to = kn_schema_find_column(tariffs->def, "to_id"),
                     .resource = kn_schema_find_column(tariffs->def, "resource_id"),
                     .class = kn_schema_find_column(tariffs->def, "class"),
                     .mode = kn_schema_find_column(tariffs->def, "mode_id")};
  for (int64_t i = 0; i < tariffs->n; i++) {
    KN_TRY(check_end(builder, i, c.from, err));
    KN_TRY(check_end(builder, i, c.to, err));
    KN_TRY(check_what(builder, &c, i, err));
  }
  known seen = {.ends = {0}};
  const kn_code code = settle_tariffs(builder, &c, &seen, err);
  kn_pairs_free(&seen.ends);
  kn_pairs_free(&seen.loads);
  kn_pairs_free(&seen.rows);
  return code;
}

/* ---------------------------------------------------------------- kinds of links */
static kn_code
check_kinds(kn_builder *builder, kn_table_id table, const char *name, kn_error *err)
{
  const kn_grown *grown = &builder->grown[table];
  const int32_t column = kn_schema_find_column(grown->def, name);
  for (int64_t i = 0; grown->column[column].is_given && i < grown->n; i++) {
    const char *text = grown->column[column].data.text[i], *bad;
    uint32_t kinds;
    int32_t bad_length;
    if (text == NULL || kn_link_kinds_read(text, &kinds, &bad, &bad_length))
      continue;
    char words[160] = "";
    size_t used = 0;
    for (int32_t k = 0; k < KN_LINK_KIND_COUNT; k++)
      used += (size_t)snprintf(words + used, sizeof words - used, k > 0 ? ", %s" : "%s", kn_link_kind_name((kn_link_kind)k));
    KN_TRY(kn_builder_refuse(builder, kn_builder_place(builder, table, i, column), "unknown_word", text, strlen(text), NULL, err,
                             "%s must be of %s, parted by ; - '%.*s' is none of them", name, words, bad_length, bad));
  }
  return KN_OK;
}

kn_code
kn_finish_network(kn_builder *builder, kn_error *err)
{
  KN_TRY(finish_tariffs(builder, err));
  KN_TRY(check_kinds(builder, KN_T_TERMINAL, "kinds", err));
  return check_kinds(builder, KN_T_MODE, "network", err);
}
