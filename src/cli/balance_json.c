/* A balance for programs: docs/reference.md is the promise. */
#include "balance_print.h"
#include "json_rows.h"

const char *
kn_balance_figure_id(char out[KN_FIGURE_SIZE], const kn_task_balanced *balanced, int64_t figure)
{
  const kn_balance_figure_view figures = kn_balance_figures(balanced->balance);
  const int32_t row = figures.row[figure];
  const kn_flow_property_view properties = kn_region_flow_properties(balanced->region);
  switch ((kn_balance_what)figures.what[figure]) {
  case KN_BALANCE_FLOW:
    snprintf(out, KN_FIGURE_SIZE, "%s", kn_region_key(balanced->region, KN_T_FLOW, row));
    break;
  case KN_BALANCE_TRANSFER:
    snprintf(out, KN_FIGURE_SIZE, "%s", kn_region_key(balanced->region, KN_T_TRANSFER, row));
    break;
  case KN_BALANCE_PROPERTY:
  case KN_BALANCE_CONTENT:
    snprintf(out, KN_FIGURE_SIZE, "%s %s", kn_region_key(balanced->region, KN_T_FLOW, properties.flow[row]),
             properties.property[row]);
    break;
  case KN_BALANCE_LEVEL:
    snprintf(out, KN_FIGURE_SIZE, "%s", kn_region_key(balanced->region, KN_T_STOCK_LEVEL, row));
    break;
  }
  return out;
}

static json_t *
ids_of(const kn_task_balanced *balanced, const int32_t *figure, int64_t count)
{
  char id[KN_FIGURE_SIZE];
  json_t *ids = json_array();
  for (int64_t i = 0; i < count; i++)
    json_array_append_new(ids, json_string(kn_balance_figure_id(id, balanced, figure[i])));
  return ids;
}

static json_t *
marked(const kn_task_balanced *balanced, const uint8_t *mark)
{
  char id[KN_FIGURE_SIZE];
  json_t *ids = json_array();
  for (int64_t j = 0; j < kn_balance_figures(balanced->balance).n; j++)
    if (mark[j])
      json_array_append_new(ids, json_string(kn_balance_figure_id(id, balanced, j)));
  return ids;
}

static void
fill_tests(json_t *doc, const kn_task_balanced *balanced, bool eliminates)
{
  const kn_balance_summary sum = kn_balance_sum(balanced->balance);
  const kn_balance_figure_view figures = kn_balance_figures(balanced->balance);
  const kn_balance_round *shown = &sum.rounds[eliminates ? sum.round_count - 1 : 0];
  json_object_set_new(doc, "run_id", balanced->run_id > 0 ? json_integer(balanced->run_id) : json_null());
  json_object_set_new(doc, "chi2", kn_json_real(sum.chi2));
  json_object_set_new(doc, "dof", json_integer(sum.dof));
  json_object_set_new(doc, "p_value", kn_json_real(sum.p_value));
  json_object_set_new(doc, "chi2_critical_5pct", kn_json_real(sum.chi2_critical));
  json_object_set_new(doc, "z_critical_5pct", kn_json_real(sum.z_critical));
  json_object_set_new(doc, "most_suspicious", ids_of(balanced, shown->suspect, shown->suspect_count));
  json_object_set_new(doc, "gross_errors", marked(balanced, figures.is_gross));
  json_object_set_new(doc, "eliminated", marked(balanced, figures.is_eliminated));
  json_t *rounds = json_array();
  for (int32_t r = 0; r < sum.round_count; r++) {
    json_t *row = json_object();
    json_object_set_new(row, "chi2", kn_json_real(sum.rounds[r].chi2));
    json_object_set_new(row, "dof", json_integer(sum.rounds[r].dof));
    json_object_set_new(row, "chi2_critical_5pct", kn_json_real(sum.rounds[r].chi2_critical));
    json_object_set_new(row, "largest_abs_z", kn_json_real(sum.rounds[r].largest_abs_z));
    json_object_set_new(row, "flow_ids", ids_of(balanced, sum.rounds[r].suspect, sum.rounds[r].suspect_count));
    json_array_append_new(rounds, row);
  }
  json_object_set_new(doc, "elimination", rounds);
  json_t *above = json_null();
  if (sum.is_above) {
    above = json_object();
    json_object_set_new(above, "chi2", kn_json_real(sum.chi2_above));
    json_object_set_new(above, "held_at_zero", ids_of(balanced, sum.held, sum.held_count));
  }
  json_object_set_new(doc, "nonnegative", above);
  json_t *classes = json_object();
  for (int c = 0; c < KN_BALANCE_CLASS_COUNT; c++)
    json_object_set_new(classes, kn_balance_class_name((kn_balance_class)c), json_integer(sum.class_count[c]));
  json_object_set_new(doc, "classes", classes);
  json_object_set_new(doc, "assumed_deviations", json_integer(sum.assumed_count));
}

/* ------------------------------------------------------------------ rows */
typedef struct rows {
  const kn_task_balanced *balanced;
  kn_balance_figure_view figures;
  kn_balance_node_view nodes;
  kn_balance_layer_view layers;
  kn_flow_view flows;
  kn_transfer_view transfers;
  kn_flow_property_view properties;
  kn_stock_level_view levels;
  int64_t first; /* figure of row 0 */
} rows;

static void
write_figure(kn_jot *jot, const rows *in, int64_t j)
{
  const kn_balance_figure_view *f = &in->figures;
  kn_jot_real(jot, "measured", f->measured[j]);
  kn_jot_real(jot, "measured_sd", f->measured_sd[j]);
  kn_jot_real(jot, "reconciled", f->reconciled[j]);
  kn_jot_real(jot, "sd", f->sd[j]);
  kn_jot_text(jot, "class", kn_balance_class_name((kn_balance_class)f->class_of[j]));
  kn_jot_real(jot, "z", f->z[j]);
  kn_jot_boolean(jot, "gross", f->is_gross[j]);
  kn_jot_boolean(jot, "eliminated", f->is_eliminated[j]);
}

static void
write_flow(kn_jot *jot, const void *arg, int64_t i)
{
  const rows *in = arg;
  const int32_t row = in->figures.row[i];
  kn_jot_text(jot, "flow_id", in->flows.flow_id[row]);
  kn_jot_text(jot, "from_id", in->flows.from[row]);
  kn_jot_text(jot, "to_id", in->flows.to[row]);
  kn_jot_key(jot, "resource_id", in->balanced->region, KN_T_RESOURCE, in->flows.resource[row]);
  kn_jot_integer(jot, "year", in->flows.year[row]);
  write_figure(jot, in, i);
}

static void
write_node(kn_jot *jot, const void *arg, int64_t i)
{
  const rows *in = arg;
  kn_jot_text(jot, "id", in->nodes.node_id[i]);
  kn_jot_integer(jot, "year", in->nodes.year[i]);
  kn_jot_text(jot, "layer", in->layers.name[in->nodes.layer[i]]);
  kn_jot_key(jot, "resource_id", in->balanced->region, KN_T_RESOURCE, in->nodes.resource[i]);
  kn_jot_real(jot, "gap_before", in->nodes.gap_before[i]);
  kn_jot_real(jot, "gap_after", in->nodes.gap_after[i]);
}

static void
write_transfer(kn_jot *jot, const void *arg, int64_t i)
{
  const rows *in = arg;
  const int64_t j = in->first + i;
  const int32_t row = in->figures.row[j];
  kn_jot_text(jot, "transfer_id", in->transfers.transfer_id[row]);
  kn_jot_text(jot, "from_flow", in->flows.flow_id[in->transfers.from_flow[row]]);
  kn_jot_text(jot, "to_flow", in->flows.flow_id[in->transfers.to_flow[row]]);
  write_figure(jot, in, j);
}

/* A property and what the flow carries of it stand side by side. */
static void
write_property(kn_jot *jot, const void *arg, int64_t i)
{
  const rows *in = arg;
  const int64_t j = in->first + 2 * i;
  const int32_t row = in->figures.row[j];
  kn_jot_text(jot, "flow_id", in->flows.flow_id[in->properties.flow[row]]);
  kn_jot_text(jot, "property", in->properties.property[row]);
  kn_jot_text(jot, "unit", in->properties.unit[row]);
  write_figure(jot, in, j);
  kn_jot_real(jot, "content", in->figures.reconciled[j + 1]);
  kn_jot_real(jot, "content_sd", in->figures.sd[j + 1]);
  kn_jot_text(jot, "content_class", kn_balance_class_name((kn_balance_class)in->figures.class_of[j + 1]));
}

static void
write_level(kn_jot *jot, const void *arg, int64_t i)
{
  const rows *in = arg;
  const int64_t j = in->first + i;
  const int32_t row = in->figures.row[j];
  kn_jot_text(jot, "stock_level_id", in->levels.stock_level_id[row]);
  kn_jot_text(jot, "node_id", in->levels.node[row]);
  kn_jot_key(jot, "resource_id", in->balanced->region, KN_T_RESOURCE, in->levels.resource[row]);
  kn_jot_integer(jot, "year", in->levels.year[row]);
  write_figure(jot, in, j);
}

static int64_t
count_from(const kn_balance_figure_view *figures, int64_t first, kn_balance_what what, kn_balance_what or_what)
{
  int64_t j = first;
  while (j < figures->n && (figures->what[j] == what || figures->what[j] == or_what))
    j++;
  return j - first;
}

kn_code
kn_json_balance(const kn_cli *cli, const kn_task_balanced *balanced, bool eliminates, kn_error *err)
{
  rows in = {.balanced = balanced,
             .figures = kn_balance_figures(balanced->balance),
             .nodes = kn_balance_nodes(balanced->balance),
             .layers = kn_balance_layers(balanced->balance),
             .flows = kn_region_flows(balanced->region),
             .transfers = kn_region_transfers(balanced->region),
             .properties = kn_region_flow_properties(balanced->region),
             .levels = kn_region_stock_levels(balanced->region)};
  fill_tests(cli->doc, balanced, eliminates);
  KN_TRY(kn_json_rows(cli, "flows", in.figures.flow_count, write_flow, &in, err));
  KN_TRY(kn_json_rows(cli, "nodes", in.nodes.n, write_node, &in, err));
  in.first = in.figures.flow_count;
  int64_t count = count_from(&in.figures, in.first, KN_BALANCE_TRANSFER, KN_BALANCE_TRANSFER);
  KN_TRY(kn_json_rows(cli, "transfer_coefficients", count, write_transfer, &in, err));
  in.first += count;
  count = count_from(&in.figures, in.first, KN_BALANCE_PROPERTY, KN_BALANCE_CONTENT);
  KN_TRY(kn_json_rows(cli, "properties", count / 2, write_property, &in, err));
  in.first += count;
  return kn_json_rows(cli, "stock_levels", in.figures.n - in.first, write_level, &in, err);
}
