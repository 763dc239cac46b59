/* What names things by a prefix: ends of flows and tariffs, targets of incentives. */
#include "region/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- keys by text */
static bool
is_key(const kn_builder *builder, kn_table_id table, const char *key)
{
  const int32_t symbol = kn_symbols_find(&builder->symbols[table], key, strlen(key));
  return symbol != KN_NONE && builder->symbols[table].row[symbol] != KN_NONE;
}

static const char *
after(const char *text, const char *prefix)
{
  const size_t length = strlen(prefix);
  return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* ---------------------------------------------------------------- ends of flows */
/* The tables whose keys are nodes, in the order in which a key is looked for. */
static const kn_table_id nodes[] = {KN_T_SITE, KN_T_AREA, KN_T_GATEWAY, KN_T_PROCESS, KN_T_BALANCE_NODE};

static bool
is_end(const kn_builder *builder, const char *text)
{
  for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
    if (builder->grown[nodes[i]].is_broken || is_key(builder, nodes[i], text))
      return true;
    const size_t length = strlen(kn_schema(nodes[i])->name);
    if (strncmp(text, kn_schema(nodes[i])->name, length) == 0 && text[length] == ':' &&
        is_key(builder, nodes[i], text + length + 1))
      return true;
  }
  const char *sector = after(text, "nace:");
  return sector != NULL && sector[0] != '\0';
}

static kn_code
check_end(kn_builder *builder, kn_table_id table, int64_t row, int32_t column, kn_error *err)
{
  const char *text = builder->grown[table].column[column].data.text[row];
  if (text == NULL)
    return KN_OK;
  const char *node = after(text, "stock:");
  if (node == NULL)
    node = text;
  if (is_end(builder, node))
    return KN_OK;
  const kn_place place = kn_builder_place(builder, table, row, column);
  char proposal[KN_NAME_MOST * 2];
  const bool is_near =
      kn_builder_has_room(builder, place, "unknown_key") &&
      (kn_builder_suggest(builder, KN_T_SITE, node, proposal) || kn_builder_suggest(builder, KN_T_AREA, node, proposal) ||
       kn_builder_suggest(builder, KN_T_GATEWAY, node, proposal) || kn_builder_suggest(builder, KN_T_PROCESS, node, proposal) ||
       kn_builder_suggest(builder, KN_T_BALANCE_NODE, node, proposal));
  return kn_builder_refuse(builder, place, "unknown_key", text, strlen(text), is_near ? proposal : NULL, err,
                           "%s %.80s is no site, area, gateway, process or balance_node, and no sector (nace:24.10)",
                           kn_schema(table)->columns[column].name, text);
}

static bool
is_stock(const kn_grown *flows, int32_t column, int64_t row)
{
  const char *text = flows->column[column].data.text[row];
  return text != NULL && after(text, "stock:") != NULL;
}

static kn_code
check_flows(kn_builder *builder, kn_error *err)
{
  const kn_grown *flows = &builder->grown[KN_T_FLOW];
  const int32_t from = kn_schema_find_column(flows->def, "from_id"), to = kn_schema_find_column(flows->def, "to_id");
  const int32_t quantity = kn_schema_find_column(flows->def, "quantity");
  for (int64_t i = 0; i < flows->n; i++) {
    KN_TRY(check_end(builder, KN_T_FLOW, i, from, err));
    KN_TRY(check_end(builder, KN_T_FLOW, i, to, err));
    if (!flows->column[quantity].is_given || !(flows->column[quantity].data.real[i] < 0))
      continue;
    if (is_stock(flows, from, i) || is_stock(flows, to, i))
      continue;
    char value[40];
    const size_t length = kn_number_write(value, flows->column[quantity].data.real[i]);
    KN_TRY(kn_builder_refuse(builder, kn_builder_place(builder, KN_T_FLOW, i, quantity), "out_of_bounds", value, length,
                             "swap from_id and to_id", err, "quantity must be at least 0 unless an end is a stock, is %s",
                             value));
  }
  return KN_OK;
}

kn_flow_end
kn_flow_end_read(const kn_region *region, const char *text)
{
  kn_flow_end end = {.table = KN_TABLE_COUNT, .row = KN_NONE};
  if (text == NULL)
    return end;
  const char *node = after(text, "stock:");
  end.kind = node != NULL ? KN_FLOW_AT_STOCK : KN_FLOW_AT_NODE;
  end.id = node = node != NULL ? node : text;
  for (int32_t named = 0; named < 2; named++)
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
      const char *key = named ? after(node, kn_schema(nodes[i])->name) : node;
      if (key == NULL || (named && *key++ != ':'))
        continue;
      end.row = kn_region_find(region, nodes[i], key);
      if (end.row == KN_NONE)
        continue;
      end.table = nodes[i];
      /* Its plain key, unless another table has that too and comes first. */
      for (size_t other = 0; named && other < i; other++)
        if (kn_region_find(region, nodes[other], key) != KN_NONE)
          key = node;
      end.id = key;
      return end;
    }
  return end;
}

/* ---------------------------------------------------------------- ends of tariffs */
kn_table_id
kn_end_table(kn_end_kind kind)
{
  static const kn_table_id end_tables[KN_END_KIND_COUNT] = {KN_T_SITE, KN_T_GATEWAY, KN_T_NODE, KN_T_TERMINAL, KN_T_AREA};
  return end_tables[kind];
}

int32_t
kn_end_find(const char *text, int32_t (*find)(const void *of, kn_table_id table, const char *key), const void *of,
            kn_end_kind *kind)
{
  for (int32_t k = 0; k < KN_END_KIND_COUNT; k++) {
    const kn_table_id table = kn_end_table((kn_end_kind)k);
    const int32_t row = find(of, table, text);
    *kind = (kn_end_kind)k;
    if (row != KN_NONE)
      return row;
  }
  for (int32_t k = 0; k < KN_END_KIND_COUNT; k++) {
    const kn_table_id table = kn_end_table((kn_end_kind)k);
    const char *key = after(text, kn_schema(table)->name);
    *kind = (kn_end_kind)k;
    if (key != NULL && key[0] == ':')
      return find(of, table, key + 1);
  }
  return KN_NONE;
}

/* ---------------------------------------------------------------- targets of incentives */
static const struct {
  const char *prefix;
  kn_table_id table;
} targets[] = {
    [KN_TO_RESOURCE] = {"resource:", KN_T_RESOURCE},
    [KN_TO_PROCESS] = {"process:", KN_T_PROCESS},
    [KN_TO_AREA] = {"area:", KN_T_AREA},
    [KN_TO_NEED] = {"need:", KN_T_NEED},
    [KN_TO_R_STRATEGY] = {"r_strategy:", KN_TABLE_COUNT},
};

bool
kn_target_parse(const char *text, kn_target *kind, const char **id)
{
  for (int32_t k = KN_TO_RESOURCE; k <= KN_TO_R_STRATEGY; k++) {
    *id = after(text, targets[k].prefix);
    if (*id == NULL)
      continue;
    *kind = (kn_target)k;
    return k != KN_TO_R_STRATEGY || ((*id)[0] == 'R' && (*id)[1] >= '0' && (*id)[1] <= '9' && (*id)[2] == '\0');
  }
  return false;
}

kn_table_id
kn_target_table(kn_target kind)
{
  return targets[kind].table;
}

static kn_code
check_targets(kn_builder *builder, kn_error *err)
{
  const kn_grown *incentives = &builder->grown[KN_T_INCENTIVE];
  const int32_t column = kn_schema_find_column(incentives->def, "target");
  for (int64_t i = 0; i < incentives->n; i++) {
    const char *text = incentives->column[column].data.text[i], *id;
    if (text == NULL)
      continue; /* refused when read */
    const kn_place place = kn_builder_place(builder, KN_T_INCENTIVE, i, column);
    kn_target kind;
    if (!kn_target_parse(text, &kind, &id)) {
      KN_TRY(kn_builder_refuse(builder, place, "target", text, strlen(text), NULL, err,
                               "target must be resource:ID, process:ID, area:ID, need:ID or r_strategy:R0 to R9, is '%.80s'",
                               text));
      continue;
    }
    const kn_table_id table = kn_target_table(kind);
    if (table == KN_TABLE_COUNT || builder->grown[table].is_broken || is_key(builder, table, id))
      continue;
    char proposal[KN_NAME_MOST * 2];
    const bool is_near =
        kn_builder_has_room(builder, place, "unknown_key") && kn_builder_suggest(builder, (int32_t)table, id, proposal);
    KN_TRY(kn_builder_refuse(builder, place, "unknown_key", text, strlen(text), is_near ? proposal : NULL, err,
                             "target %.80s is not in table %s", id, kn_schema(table)->name));
  }
  return KN_OK;
}

static kn_code
check_levels(kn_builder *builder, kn_error *err)
{
  const kn_grown *levels = &builder->grown[KN_T_STOCK_LEVEL];
  const int32_t node = kn_schema_find_column(levels->def, "node_id");
  for (int64_t i = 0; i < levels->n; i++)
    KN_TRY(check_end(builder, KN_T_STOCK_LEVEL, i, node, err));
  return KN_OK;
}

kn_code
kn_finish_ends(kn_builder *builder, kn_error *err)
{
  KN_TRY(check_levels(builder, err));
  KN_TRY(check_flows(builder, err));
  return check_targets(builder, err);
}
