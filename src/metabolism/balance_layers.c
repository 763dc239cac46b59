/* Transfer coefficients, further layers, levels of stocks.
 *
 * A layer (carbon, energy, money) is what flows carry per unit: its flow is quantity x value, a product. A node balances in it when
 * all that moves mass there is said to carry it, or when balance_node says that it balances; then what is not said to carry it does
 * not. Flows of the class energy belong to a layer named energy with their own quantity, those of capital to money. */
#include "metabolism/balance_build.h"

#include <stdlib.h>
#include <string.h>

int32_t
balance_class_of_layer(const char *layer)
{
  return strcmp(layer, "energy") == 0 ? (int32_t)KN_ENERGY : strcmp(layer, "money") == 0 ? (int32_t)KN_CAPITAL : KN_NONE;
}

/* x[of] = x[left] x[right]; a row where a factor is exactly known. */
static kn_code
add_product(balance_build *b, int32_t of, int32_t left, int32_t right, kn_error *err)
{
  const int32_t pair[2] = {left, right};
  for (int k = 0; k < 2; k++)
    if (b->sd[pair[k]] == 0) {
      KN_TRY(balance_open_row(b, 0, err));
      KN_TRY(balance_add_entry(b, of, 1, err));
      return balance_add_entry(b, pair[1 - k], -b->measured[pair[k]], err);
    }
  if (b->products >= b->of_room)
    KN_TRY(KN_GROW(b->of, b->of_room, b->products + 1, err));
  if (b->products >= b->left_room)
    KN_TRY(KN_GROW(b->left, b->left_room, b->products + 1, err));
  if (b->products >= b->right_room)
    KN_TRY(KN_GROW(b->right, b->right_room, b->products + 1, err));
  b->of[b->products] = of;
  b->left[b->products] = left;
  b->right[b->products++] = right;
  return KN_OK;
}

static kn_code
take_transfers(balance_build *b, kn_error *err)
{
  for (int64_t i = 0; i < b->transfers.n; i++) {
    const int32_t from = b->flow_variable[b->transfers.from_flow[i]], to = b->flow_variable[b->transfers.to_flow[i]];
    if (from < 0 || to < 0)
      continue;
    double sd;
    const double value = b->transfers.value[i];
    KN_TRY(balance_deviation(b, b->transfers.transfer_id[i], value, b->transfers.sd[i], b->transfers.rel_sd[i], &sd, err));
    const int32_t own = balance_add_variable(b, KN_BALANCE_TRANSFER, i, value, sd, 0.5, false);
    KN_TRY(add_product(b, to, from, own, err));
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- what flows carry */
static kn_code
name_layers(balance_build *b, double **typical, kn_error *err)
{
  const int64_t n = b->properties.n;
  kn_keymap *names;
  double *sum, *count;
  KN_NEW(b->layer_name, b->keep, n + LAYER_PROPERTIES, err);
  KN_NEW(b->layer_unit, b->keep, n + LAYER_PROPERTIES, err);
  KN_NEW(b->property_layer, b->scratch, n, err);
  KN_NEW(sum, b->scratch, n + LAYER_PROPERTIES, err);
  KN_NEW(count, b->scratch, n + LAYER_PROPERTIES, err);
  for (int c = 0; c < KN_CLASS_COUNT; c++) {
    b->layer_name[c] = kn_class_name((kn_class)c);
    b->layer_unit[c] = kn_class_unit((kn_class)c);
  }
  b->layer_name[LAYER_MASS] = "mass";
  b->layer_unit[LAYER_MASS] = "t";
  b->layer_count = LAYER_PROPERTIES;
  KN_TRY(kn_keymap_new(&names, 16, err));
  kn_code code = KN_OK;
  for (int64_t i = 0; i < n && code == KN_OK; i++) {
    int32_t layer;
    code = kn_keymap_put(names, b->properties.property[i], b->layer_count, &layer, err);
    if (code != KN_OK)
      break;
    if (layer < 0)
      layer = b->layer_count++;
    b->property_layer[i] = layer;
    b->layer_name[layer] = b->properties.property[i];
    const int32_t own_class = balance_class_of_layer(b->layer_name[layer]);
    if (b->layer_unit[layer] == NULL)
      b->layer_unit[layer] =
          b->properties.unit[i] == NULL && own_class != KN_NONE ? kn_class_unit((kn_class)own_class) : b->properties.unit[i];
    if (!isnan(b->properties.value[i])) {
      sum[layer] += b->properties.value[i];
      count[layer]++;
    }
  }
  kn_keymap_free(names);
  for (int32_t l = 0; l < b->layer_count; l++)
    sum[l] = count[l] > 0 && sum[l] > 0 ? sum[l] / count[l] : 1;
  *typical = sum;
  return code;
}

static kn_code
take_properties(balance_build *b, const double *typical, kn_error *err)
{
  const int64_t n = b->properties.n;
  KN_NEW(b->content_variable, b->scratch, n, err);
  KN_NEW(b->value_variable, b->scratch, n, err);
  KN_NEW(b->property_first, b->scratch, b->flows.n, err);
  KN_NEW(b->property_next, b->scratch, n, err);
  for (int64_t i = 0; i < b->flows.n; i++)
    b->property_first[i] = KN_NONE;
  for (int64_t i = n - 1; i >= 0; i--) {
    b->property_next[i] = b->property_first[b->properties.flow[i]];
    b->property_first[b->properties.flow[i]] = (int32_t)i;
  }
  for (int64_t i = 0; i < n; i++) {
    const int32_t flow = b->properties.flow[i], own = b->flow_variable[flow];
    b->content_variable[i] = b->value_variable[i] = KN_NONE;
    if (own < 0)
      continue;
    double sd;
    const double value = b->properties.value[i], guess = typical[b->property_layer[i]];
    KN_TRY(balance_deviation(b, b->flows.flow_id[flow], value, b->properties.sd[i], b->properties.rel_sd[i], &sd, err));
    const int32_t per = balance_add_variable(b, KN_BALANCE_PROPERTY, i, value, sd, guess, false);
    const double carried = fabs(isnan(b->measured[own]) ? b->start[own] : b->measured[own]) * (isnan(value) ? guess : value);
    const int32_t of = balance_add_variable(b, KN_BALANCE_CONTENT, i, NAN, NAN, carried > 0 ? carried : 1, b->is_signed[own]);
    b->value_variable[i] = per;
    b->content_variable[i] = of;
    KN_TRY(add_product(b, of, own, per, err));
  }
  return KN_OK;
}

static int32_t
property_of(const balance_build *b, int32_t flow, int32_t layer)
{
  for (int32_t i = b->property_first[flow]; i != KN_NONE; i = b->property_next[i])
    if (b->property_layer[i] == layer)
      return i;
  return KN_NONE;
}

static kn_code
add_layer(balance_build *b, const balance_meeting *meeting, int64_t count, int32_t layer, bool *is_taken, kn_error *err)
{
  const int rule = balance_rule_of(b, meeting->node, b->layer_name[layer]);
  const int32_t own_class = balance_class_of_layer(b->layer_name[layer]);
  if (rule == 0)
    return KN_OK;
  double *factor;
  int32_t *variable;
  KN_NEW(factor, b->scratch, count, err);
  KN_NEW(variable, b->scratch, count, err);
  for (int64_t i = 0; i < count; i++) {
    const int32_t property = property_of(b, meeting[i].flow, layer);
    const bool is_own = meeting[i].class_of == own_class;
    factor[i] = 1;
    variable[i] = property != KN_NONE ? b->content_variable[property] : is_own ? b->flow_variable[meeting[i].flow] : KN_NONE;
    const bool has_mass = meeting[i].class_of == KN_MATERIAL || meeting[i].class_of == KN_WATER;
    if (variable[i] == KN_NONE && has_mass && rule != 1)
      return KN_OK; /* nobody knows what it carries */
  }
  if (!balance_is_two_sided(meeting, count, variable))
    return KN_OK;
  if (own_class != KN_NONE)
    is_taken[own_class] = true;
  return balance_add_row(b, meeting, count, layer, KN_NONE, factor, variable, err);
}

kn_code
balance_layer_rows(balance_build *b, const balance_meeting *meeting, int64_t count, bool *is_taken, kn_error *err)
{
  for (int32_t layer = LAYER_PROPERTIES; layer < b->layer_count; layer++) {
    bool is_there = false;
    for (int64_t i = 0; i < count && !is_there; i++)
      is_there = property_of(b, meeting[i].flow, layer) != KN_NONE;
    if (is_there)
      KN_TRY(add_layer(b, meeting, count, layer, is_taken, err));
  }
  return KN_OK;
}

kn_code
balance_take_layers(balance_build *b, kn_error *err)
{
  double *typical;
  KN_TRY(name_layers(b, &typical, err));
  KN_TRY(take_transfers(b, err));
  return take_properties(b, typical, err);
}

/* ---------------------------------------------------------------- levels of stocks, from year to year */
typedef struct stock_report {
  const char *node;
  int32_t enter, year, row, variable;
} stock_report;

static int
by_stock(const void *a, const void *b)
{
  const stock_report *x = a, *y = b;
  const int order = strcmp(x->node, y->node);
  if (order != 0)
    return order;
  if (x->enter != y->enter)
    return x->enter < y->enter ? -1 : 1;
  if (x->year != y->year)
    return x->year < y->year ? -1 : 1;
  return (x->row > y->row) - (x->row < y->row);
}

typedef struct stock_change {
  const char *node;
  int32_t enter, year, variable;
  double sign;
} stock_change;

static int
by_node(const void *a, const void *b)
{
  const stock_change *x = a, *y = b;
  const int order = strcmp(x->node, y->node);
  return order != 0           ? order
         : x->year != y->year ? (x->year < y->year ? -1 : 1)
                              : (x->variable > y->variable) - (x->variable < y->variable);
}

/* Flows into and out of stocks. */
static kn_code
gather_changes(balance_build *b, stock_change **out, int64_t *count, kn_error *err)
{
  *count = 0;
  KN_NEW(*out, b->scratch, 2 * b->flows.n, err);
  for (int64_t i = 0; i < b->flows.n; i++) {
    if (b->flow_variable[i] < 0 || !b->has_stock[i])
      continue;
    const char *const text[2] = {b->flows.from[i], b->flows.to[i]};
    for (int side = 0; side < 2; side++) {
      const kn_flow_end end = kn_flow_end_read(b->region, text[side]);
      if (end.kind == KN_FLOW_AT_STOCK)
        (*out)[(*count)++] = (stock_change){.node = end.id,
                                            .enter = b->resources.enter[b->flows.resource[i]],
                                            .year = b->flows.year[i],
                                            .variable = b->flow_variable[i],
                                            .sign = side == 0 ? -1 : 1};
    }
  }
  qsort(*out, (size_t)*count, sizeof **out, by_node);
  return KN_OK;
}

/* level at the end = level before + what was added in the years between, if each of those has a change reported; two reports of one
 * level are one level. */
static kn_code
link_levels(balance_build *b, const stock_report *before, const stock_report *after, const stock_change *change, int64_t count,
            kn_error *err)
{
  const int32_t leave = b->resources.leave[b->levels.resource[after->row]];
  int64_t first = 0, years = 0;
  while (first < count && strcmp(change[first].node, after->node) != 0)
    first++;
  int32_t last_year = KN_BLANK_INT;
  for (int64_t i = first; i < count && strcmp(change[i].node, after->node) == 0; i++)
    if (change[i].year > before->year && change[i].year <= after->year && change[i].enter >= after->enter &&
        change[i].enter <= leave && change[i].year != last_year) {
      last_year = change[i].year;
      years++;
    }
  if (years < after->year - before->year)
    return KN_OK;
  KN_TRY(balance_open_row(b, 0, err));
  KN_TRY(balance_add_entry(b, after->variable, 1, err));
  KN_TRY(balance_add_entry(b, before->variable, -1, err));
  for (int64_t i = first; i < count && strcmp(change[i].node, after->node) == 0; i++)
    if (change[i].year > before->year && change[i].year <= after->year && change[i].enter >= after->enter &&
        change[i].enter <= leave)
      KN_TRY(balance_add_entry(b, change[i].variable, -change[i].sign, err));
  return KN_OK;
}

kn_code
balance_level_rows(balance_build *b, kn_error *err)
{
  const int64_t n = b->levels.n;
  if (n == 0 || b->year != KN_BLANK_INT)
    return KN_OK;
  stock_report *report;
  stock_change *change;
  int64_t changes;
  double typical = 0;
  KN_NEW(report, b->scratch, n, err);
  KN_TRY(gather_changes(b, &change, &changes, err));
  for (int64_t i = 0; i < n; i++)
    typical = fmax(typical, isnan(b->levels.quantity[i]) ? 0 : b->levels.quantity[i]);
  for (int64_t i = 0; i < n; i++) {
    double sd;
    KN_TRY(
        balance_deviation(b, b->levels.stock_level_id[i], b->levels.quantity[i], b->levels.sd[i], b->levels.rel_sd[i], &sd, err));
    report[i] = (stock_report){.node = kn_flow_end_read(b->region, b->levels.node[i]).id,
                               .enter = b->resources.enter[b->levels.resource[i]],
                               .year = b->levels.year[i],
                               .row = (int32_t)i};
    report[i].variable =
        balance_add_variable(b, KN_BALANCE_LEVEL, i, b->levels.quantity[i], sd, typical > 0 ? typical : 1, false);
  }
  qsort(report, (size_t)n, sizeof *report, by_stock);
  for (int64_t i = 1; i < n; i++)
    if (strcmp(report[i].node, report[i - 1].node) == 0 && report[i].enter == report[i - 1].enter &&
        report[i].year >= report[i - 1].year)
      KN_TRY(link_levels(b, &report[i - 1], &report[i], change, changes, err));
  return KN_OK;
}
