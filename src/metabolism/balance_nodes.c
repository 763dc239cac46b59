/* Reported flows -> figures, the nodes where they meet, and the balances of their classes.
 *
 * At a node each family of resources (a resource and what is a kind of it, as far as they occur there) that both enters and leaves
 * balances by itself. Where one only enters or only leaves, the node makes one thing of another, and all of the class balance
 * together; where material and water turn into each other, their masses do. A node that only gives or only receives does not
 * balance. Table balance_node says otherwise. */
#include "metabolism/balance_build.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- figures */
/* Products of figures and deviations, and squares of those, stay numbers between these. */
static const double figure_most = 1e60, figure_least = 1e-60;

kn_code
balance_deviation(balance_build *b, const char *name, double value, double sd, double rel_sd, double *out, kn_error *err)
{
  *out = NAN;
  if (sd < 0 || rel_sd < 0 || isinf(sd) || isinf(rel_sd))
    return kn_fail(err, KN_E_INPUT, "%s: %s must be 0 or more, is %g", name, sd < 0 || isinf(sd) ? "sd" : "rel_sd",
                   sd < 0 || isinf(sd) ? sd : rel_sd);
  if (isnan(value))
    return KN_OK;
  if (!isnan(sd))
    *out = sd;
  else if (!isnan(rel_sd))
    *out = rel_sd * fabs(value);
  else {
    *out = KN_BALANCE_ASSUMED_REL_SD * fabs(value);
    b->assumed_count++;
  }
  if (fabs(value) > figure_most)
    return kn_fail(err, KN_E_INPUT, "%s: %g is too large to balance, at most %g is expected", name, value, figure_most);
  if (*out > figure_most || (*out > 0 && *out < figure_least))
    return kn_fail(err, KN_E_INPUT, "%s: a deviation of %g cannot be balanced with, expected 0 or %g to %g", name, *out,
                   figure_least, figure_most);
  return KN_OK;
}

int32_t
balance_add_variable(balance_build *b, kn_balance_what what, int64_t row, double measured, double sd, double start,
                     bool is_signed)
{
  const int64_t j = b->n++;
  b->measured[j] = measured;
  b->sd[j] = sd;
  b->start[j] = start;
  b->is_signed[j] = is_signed;
  b->what[j] = (uint8_t)what;
  b->row_of[j] = (int32_t)row;
  return (int32_t)j;
}

/* ---------------------------------------------------------------- rows */
kn_code
balance_open_row(balance_build *b, double right_side, kn_error *err)
{
  if (b->rows + 1 >= b->row_room)
    KN_TRY(KN_GROW(b->row_start, b->row_room, b->rows + 2, err));
  if (b->rows >= b->b_room)
    KN_TRY(KN_GROW(b->b, b->b_room, b->rows + 1, err));
  if (b->rows >= b->about_room)
    KN_TRY(KN_GROW(b->about, b->about_room, b->rows + 1, err));
  b->row_start[0] = 0;
  b->about[b->rows] = (struct balance_about){.node = KN_NONE, .resource = KN_NONE};
  b->b[b->rows++] = right_side;
  b->row_start[b->rows] = b->entries;
  return KN_OK;
}

kn_code
balance_add_entry(balance_build *b, int32_t variable, double value, kn_error *err)
{
  if (b->entries >= b->column_room)
    KN_TRY(KN_GROW(b->row_column, b->column_room, b->entries + 1, err));
  if (b->entries >= b->value_room)
    KN_TRY(KN_GROW(b->row_value, b->value_room, b->entries + 1, err));
  b->row_column[b->entries] = variable;
  b->row_value[b->entries++] = value;
  b->row_start[b->rows] = b->entries;
  return KN_OK;
}

kn_code
balance_add_row(balance_build *b, const balance_meeting *meeting, int64_t count, int32_t layer, int32_t resource,
                const double *factor, const int32_t *variable, kn_error *err)
{
  KN_TRY(balance_open_row(b, 0, err));
  b->about[b->rows - 1] =
      (struct balance_about){.node = meeting->node, .year = meeting->year, .layer = layer, .resource = resource};
  for (int64_t i = 0; i < count; i++)
    if (variable[i] >= 0)
      KN_TRY(balance_add_entry(b, variable[i], meeting[i].sign * factor[i], err));
  return KN_OK;
}

bool
balance_is_two_sided(const balance_meeting *meeting, int64_t count, const int32_t *variable)
{
  int64_t in = 0, out = 0, stock = 0;
  for (int64_t i = 0; i < count; i++) {
    if (variable != NULL && variable[i] < 0)
      continue;
    in += meeting[i].sign > 0;
    out += meeting[i].sign < 0;
    stock += meeting[i].is_stock;
  }
  return in + out > 1 && ((in > 0 && out > 0) || stock > 0);
}

static bool
lists_layer(const char *list, const char *layer)
{
  const size_t length = strlen(layer);
  while (*list != '\0') {
    const size_t part = strcspn(list, ";");
    size_t first = 0, last = part;
    while (first < last && list[first] == ' ')
      first++;
    while (last > first && list[last - 1] == ' ')
      last--;
    if (last - first == length && strncmp(list + first, layer, length) == 0)
      return true;
    list += part + (list[part] == ';');
  }
  return false;
}

int
balance_rule_of(const balance_build *b, int32_t node, const char *layer)
{
  const int32_t rule = b->nodes[node].rule;
  if (rule == KN_NONE || b->rules.balanced[rule] == KN_BLANK_INT)
    return -1;
  const char *list = b->rules.layer[rule];
  const bool is_mass = strcmp(layer, "material") == 0 || strcmp(layer, "water") == 0;
  if (list != NULL && !lists_layer(list, layer) && !(is_mass && lists_layer(list, "mass")))
    return -1;
  return b->rules.balanced[rule];
}

/* ---------------------------------------------------------------- nodes */
static kn_code
number_node(balance_build *b, const char *text, int32_t *node, bool *is_stock, kn_error *err)
{
  const kn_flow_end end = kn_flow_end_read(b->region, text);
  *node = KN_NONE;
  *is_stock = end.kind == KN_FLOW_AT_STOCK;
  if (end.kind != KN_FLOW_AT_NODE)
    return KN_OK;
  const int32_t rule = kn_region_find(b->region, KN_T_BALANCE_NODE, end.id);
  if (end.table == KN_T_GATEWAY && rule == KN_NONE)
    return KN_OK;
  int32_t there;
  KN_TRY(kn_keymap_put(b->node_numbers, end.id, (int32_t)b->node_count, &there, err));
  if (there < 0) {
    there = (int32_t)b->node_count++;
    b->nodes[there] = (balance_node){.id = end.id, .rule = rule};
  }
  *node = there;
  return KN_OK;
}

static int
by_place(const void *a, const void *b)
{
  const balance_meeting *x = a, *y = b;
  if (x->node != y->node)
    return x->node < y->node ? -1 : 1;
  if (x->year != y->year)
    return x->year < y->year ? -1 : 1;
  if (x->class_of != y->class_of)
    return x->class_of < y->class_of ? -1 : 1;
  if (x->enter != y->enter)
    return x->enter < y->enter ? -1 : 1;
  return x->flow != y->flow ? (x->flow < y->flow ? -1 : 1) : 0;
}

static void
meet(balance_build *b, int32_t flow, int32_t node, int8_t sign)
{
  if (node == KN_NONE)
    return;
  const int32_t resource = b->flows.resource[flow];
  b->meetings[b->meeting_count++] = (balance_meeting){.node = node,
                                                      .year = b->flows.year[flow],
                                                      .class_of = b->resources.class_of[resource],
                                                      .enter = b->resources.enter[resource],
                                                      .flow = flow,
                                                      .sign = sign,
                                                      .is_stock = b->has_stock[flow]};
}

/* What a flow that nobody measured may be like: the mean of its class. */
static void
find_typical(const balance_build *b, double typical[KN_CLASS_COUNT])
{
  double sum[KN_CLASS_COUNT] = {0};
  int64_t count[KN_CLASS_COUNT] = {0};
  for (int64_t i = 0; i < b->flows.n; i++)
    if (b->flows.quantity[i] != 0 && !isnan(b->flows.quantity[i])) {
      const int c = b->resources.class_of[b->flows.resource[i]];
      sum[c] += fabs(b->flows.quantity[i]);
      count[c]++;
    }
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    typical[c] = count[c] > 0 ? sum[c] / (double)count[c] : 1;
}

kn_code
balance_take_flows(balance_build *b, kn_error *err)
{
  double typical[KN_CLASS_COUNT];
  find_typical(b, typical);
  KN_TRY(kn_keymap_new(&b->node_numbers, b->flows.n / 4 + 16, err));
  KN_NEW(b->nodes, b->keep, 2 * b->flows.n, err);
  KN_NEW(b->from, b->scratch, b->flows.n, err);
  KN_NEW(b->to, b->scratch, b->flows.n, err);
  KN_NEW(b->has_stock, b->scratch, b->flows.n, err);
  KN_NEW(b->meetings, b->scratch, 2 * b->flows.n, err);
  KN_NEW(b->flow_variable, b->scratch, b->flows.n, err);
  for (int64_t i = 0; i < b->flows.n; i++) {
    b->flow_variable[i] = KN_NONE;
    if (b->year != KN_BLANK_INT && b->flows.year[i] != b->year)
      continue;
    bool is_from_stock, is_to_stock;
    KN_TRY(number_node(b, b->flows.from[i], &b->from[i], &is_from_stock, err));
    KN_TRY(number_node(b, b->flows.to[i], &b->to[i], &is_to_stock, err));
    b->has_stock[i] = is_from_stock || is_to_stock;
    double sd;
    KN_TRY(balance_deviation(b, b->flows.flow_id[i], b->flows.quantity[i], b->flows.sd[i], b->flows.rel_sd[i], &sd, err));
    b->flow_variable[i] = balance_add_variable(b, KN_BALANCE_FLOW, i, b->flows.quantity[i], sd,
                                               typical[b->resources.class_of[b->flows.resource[i]]], b->has_stock[i]);
    if (b->from[i] == b->to[i])
      continue; /* what leaves and enters the same node says nothing about it */
    meet(b, (int32_t)i, b->from[i], -1);
    meet(b, (int32_t)i, b->to[i], 1);
  }
  qsort(b->meetings, (size_t)b->meeting_count, sizeof *b->meetings, by_place);
  return KN_OK;
}

/* ---------------------------------------------------------------- balances of the classes */
typedef struct gathering {
  balance_build *b;
  double *factor; /* [most that meet] */
  int32_t *variable;
} gathering;

static kn_code
add_slice(const gathering *g, const balance_meeting *meeting, int64_t count, int32_t layer, int32_t resource, kn_error *err)
{
  for (int64_t i = 0; i < count; i++) {
    g->factor[i] = layer == LAYER_MASS ? g->b->resources.t_per_unit[g->b->flows.resource[meeting[i].flow]] : 1;
    g->variable[i] = g->b->flow_variable[meeting[i].flow];
  }
  return balance_add_row(g->b, meeting, count, layer, resource, g->factor, g->variable, err);
}

/* The end of the family that begins at meeting[0]: all whose resource lies below the first. */
static int64_t
family_end(const balance_build *b, const balance_meeting *meeting, int64_t count)
{
  const int32_t leave = b->resources.leave[b->flows.resource[meeting->flow]];
  int64_t end = 1;
  while (end < count && meeting[end].enter <= leave)
    end++;
  return end;
}

static bool
all_families_pass(const balance_build *b, const balance_meeting *meeting, int64_t count)
{
  for (int64_t first = 0; first < count;) {
    const int64_t end = first + family_end(b, meeting + first, count - first);
    if (!balance_is_two_sided(meeting + first, end - first, NULL))
      return false;
    first = end;
  }
  return true;
}

static kn_code
add_families(const gathering *g, const balance_meeting *meeting, int64_t count, kn_error *err)
{
  for (int64_t first = 0; first < count;) {
    const int64_t end = first + family_end(g->b, meeting + first, count - first);
    if (balance_is_two_sided(meeting + first, end - first, NULL))
      KN_TRY(add_slice(g, meeting + first, end - first, meeting->class_of, g->b->flows.resource[meeting[first].flow], err));
    first = end;
  }
  return KN_OK;
}

static uint8_t
rule_by(const balance_build *b, int32_t node)
{
  const int32_t rule = b->nodes[node].rule;
  return rule == KN_NONE ? KN_BLANK_WORD : b->rules.by[rule];
}

typedef struct class_slice {
  const balance_meeting *meeting;
  int64_t count;
  bool passes, is_two_sided;
} class_slice;

static kn_code
add_class(const gathering *g, const class_slice *slice, kn_error *err)
{
  if (slice->count == 0)
    return KN_OK;
  const balance_meeting *meeting = slice->meeting;
  if (balance_rule_of(g->b, meeting->node, kn_class_name((kn_class)meeting->class_of)) == 0)
    return KN_OK;
  const uint8_t by = rule_by(g->b, meeting->node);
  if (by == KN_BY_RESOURCE || (by == KN_BLANK_WORD && slice->passes))
    return add_families(g, meeting, slice->count, err);
  if (!slice->is_two_sided)
    return KN_OK;
  const bool is_one = family_end(g->b, meeting, slice->count) == slice->count;
  return add_slice(g, meeting, slice->count, meeting->class_of, is_one ? g->b->flows.resource[meeting->flow] : KN_NONE, err);
}

/* Material and water of a node that turns one into the other: one balance of mass. material and water lie side by side only when
 * no energy flow stands between them, so they are copied together. */
static kn_code
add_mass(const gathering *g, const class_slice *material, const class_slice *water, bool *is_joint, kn_error *err)
{
  *is_joint = false;
  if (material->count == 0 || water->count == 0 || (material->passes && water->passes))
    return KN_OK;
  const int32_t node = material->meeting->node;
  if ((material->is_two_sided && water->is_two_sided) || rule_by(g->b, node) != KN_BLANK_WORD ||
      balance_rule_of(g->b, node, "material") == 0 || balance_rule_of(g->b, node, "water") == 0)
    return KN_OK;
  /* What passes whole keeps its own balance, and is no part of the turning. */
  if ((material->passes && !water->is_two_sided) || (water->passes && !material->is_two_sided))
    return KN_OK;
  const int64_t count = material->count + water->count;
  balance_meeting *both;
  KN_NEW(both, g->b->scratch, count, err);
  memcpy(both, material->meeting, (size_t)material->count * sizeof *both);
  memcpy(both + material->count, water->meeting, (size_t)water->count * sizeof *both);
  if (!balance_is_two_sided(both, count, NULL))
    return KN_OK;
  *is_joint = true;
  return add_slice(g, both, count, LAYER_MASS, KN_NONE, err);
}

static kn_code
build_place(const gathering *g, const balance_meeting *meeting, int64_t count, kn_error *err)
{
  bool is_taken[KN_CLASS_COUNT] = {false}, is_joint;
  class_slice slice[KN_CLASS_COUNT] = {0};
  KN_TRY(balance_layer_rows(g->b, meeting, count, is_taken, err));
  for (int64_t first = 0; first < count;) {
    int64_t end = first;
    while (end < count && meeting[end].class_of == meeting[first].class_of)
      end++;
    slice[meeting[first].class_of] = (class_slice){.meeting = meeting + first,
                                                   .count = end - first,
                                                   .passes = all_families_pass(g->b, meeting + first, end - first),
                                                   .is_two_sided = balance_is_two_sided(meeting + first, end - first, NULL)};
    first = end;
  }
  KN_TRY(add_mass(g, &slice[KN_MATERIAL], &slice[KN_WATER], &is_joint, err));
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    if (!is_taken[c] && !(is_joint && (c == KN_MATERIAL || c == KN_WATER)))
      KN_TRY(add_class(g, &slice[c], err));
  return KN_OK;
}

static int64_t
place_end(const balance_build *b, int64_t first)
{
  int64_t end = first;
  while (end < b->meeting_count && b->meetings[end].node == b->meetings[first].node &&
         b->meetings[end].year == b->meetings[first].year)
    end++;
  return end;
}

kn_code
balance_build_rows(balance_build *b, kn_error *err)
{
  int64_t most = 0;
  for (int64_t first = 0; first < b->meeting_count; first = place_end(b, first))
    most = place_end(b, first) - first > most ? place_end(b, first) - first : most;
  gathering g = {.b = b};
  KN_NEW(g.factor, b->scratch, most, err);
  KN_NEW(g.variable, b->scratch, most, err);
  for (int64_t first = 0; first < b->meeting_count;) {
    const int64_t end = place_end(b, first);
    KN_TRY(build_place(&g, b->meetings + first, end - first, err));
    first = end;
  }
  return balance_level_rows(b, err);
}

void
balance_build_free(balance_build *b)
{
  free(b->row_start);
  free(b->row_column);
  free(b->row_value);
  free(b->b);
  free(b->of);
  free(b->left);
  free(b->right);
  free(b->about);
  kn_keymap_free(b->node_numbers);
}
