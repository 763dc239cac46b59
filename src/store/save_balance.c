/* A balance into the file: its run, a row per figure and a row per node that balances, in one transaction. */
#include "store/internal.h"

typedef struct results {
  const kn_region *region;
  int64_t run_id;
  kn_balance_figure_view figures;
  kn_balance_node_view nodes;
  kn_balance_layer_view layers;
  kn_flow_view flows;
  kn_transfer_view transfers;
  kn_flow_property_view properties;
  kn_stock_level_view levels;
} results;

static void
show_text(sqlite3_context *result, const char *text)
{
  if (text != NULL)
    sqlite3_result_text(result, text, -1, SQLITE_STATIC);
}

static void
show_real(sqlite3_context *result, double value)
{
  if (isfinite(value))
    sqlite3_result_double(result, value);
}

static const char *const flow_columns[] = {"run_id", "kind",        "id",       "property",    "year",       "from_id",
                                           "to_id",  "resource_id", "measured", "measured_sd", "reconciled", "sd",
                                           "class",  "z",           "gross",    "eliminated"};

/* The flow that a figure belongs to; KN_NONE for transfers and levels. */
static int32_t
flow_of(const results *in, int64_t row)
{
  switch ((kn_balance_what)in->figures.what[row]) {
  case KN_BALANCE_FLOW:
    return in->figures.row[row];
  case KN_BALANCE_PROPERTY:
  case KN_BALANCE_CONTENT:
    return in->properties.flow[in->figures.row[row]];
  case KN_BALANCE_TRANSFER:
  case KN_BALANCE_LEVEL:
    break;
  }
  return KN_NONE;
}

static void
show_name(const results *in, int64_t row, int32_t column, sqlite3_context *result)
{
  static const char *const kinds[] = {"flow", "transfer", "property", "content", "level"};
  const kn_balance_what what = (kn_balance_what)in->figures.what[row];
  const int32_t at = in->figures.row[row], flow = flow_of(in, row);
  if (column == 1)
    show_text(result, kinds[what]);
  else if (column == 2)
    show_text(result, flow != KN_NONE               ? in->flows.flow_id[flow]
                      : what == KN_BALANCE_TRANSFER ? in->transfers.transfer_id[at]
                                                    : in->levels.stock_level_id[at]);
  else if (column == 3 && (what == KN_BALANCE_PROPERTY || what == KN_BALANCE_CONTENT))
    show_text(result, in->properties.property[at]);
  else if (column == 4 && flow != KN_NONE)
    sqlite3_result_int(result, in->flows.year[flow]);
  else if (column == 4 && what == KN_BALANCE_LEVEL)
    sqlite3_result_int(result, in->levels.year[at]);
  else if (column == 5 && flow != KN_NONE)
    show_text(result, in->flows.from[flow]);
  else if (column == 6 && flow != KN_NONE)
    show_text(result, in->flows.to[flow]);
  else if (column == 7 && (flow != KN_NONE || what == KN_BALANCE_LEVEL))
    show_text(result,
              kn_region_key(in->region, KN_T_RESOURCE, flow != KN_NONE ? in->flows.resource[flow] : in->levels.resource[at]));
}

static void
show_figure(const void *arg, int64_t row, int32_t column, sqlite3_context *result)
{
  const results *in = arg;
  const kn_balance_figure_view *f = &in->figures;
  switch (column) {
  case 0:
    sqlite3_result_int64(result, in->run_id);
    return;
  case 8:
    show_real(result, f->measured[row]);
    return;
  case 9:
    show_real(result, f->measured_sd[row]);
    return;
  case 10:
    show_real(result, f->reconciled[row]);
    return;
  case 11:
    show_real(result, f->sd[row]);
    return;
  case 12:
    show_text(result, kn_balance_class_name((kn_balance_class)f->class_of[row]));
    return;
  case 13:
    show_real(result, f->z[row]);
    return;
  case 14:
    sqlite3_result_int(result, f->is_gross[row]);
    return;
  case 15:
    sqlite3_result_int(result, f->is_eliminated[row]);
    return;
  default:
    show_name(in, row, column, result);
  }
}

static const char *const gap_columns[] = {"run_id", "node_id", "year", "layer", "resource_id", "gap_before", "gap_after"};

static void
show_gap(const void *arg, int64_t row, int32_t column, sqlite3_context *result)
{
  const results *in = arg;
  const kn_balance_node_view *n = &in->nodes;
  if (column == 0)
    sqlite3_result_int64(result, in->run_id);
  else if (column == 1)
    show_text(result, n->node_id[row]);
  else if (column == 2)
    sqlite3_result_int(result, n->year[row]);
  else if (column == 3)
    show_text(result, in->layers.name[n->layer[row]]);
  else if (column == 4)
    show_text(result, n->resource[row] == KN_NONE ? NULL : kn_region_key(in->region, KN_T_RESOURCE, n->resource[row]));
  else
    show_real(result, column == 5 ? n->gap_before[row] : n->gap_after[row]);
}

#define COUNT(columns) ((int32_t)(sizeof(columns) / sizeof *(columns)))

static kn_code
write_all(kn_store *store, const kn_region *region, const kn_balance *balance, const kn_run *run, int64_t *run_id, kn_error *err)
{
  KN_TRY(kn_store_write_run(store, run, run_id, err));
  results in = {.region = region,
                .run_id = *run_id,
                .figures = kn_balance_figures(balance),
                .nodes = kn_balance_nodes(balance),
                .layers = kn_balance_layers(balance),
                .flows = kn_region_flows(region),
                .transfers = kn_region_transfers(region),
                .properties = kn_region_flow_properties(region),
                .levels = kn_region_stock_levels(region)};
  const kn_rows figures = {.n = in.figures.n, .column_count = COUNT(flow_columns), .cell = show_figure, .arg = &in};
  const kn_rows gaps = {.n = in.nodes.n, .column_count = COUNT(gap_columns), .cell = show_gap, .arg = &in};
  KN_TRY(kn_rows_insert(store, "balance_flow", flow_columns, &figures, NULL, err));
  KN_TRY(kn_rows_insert(store, "balance_gap", gap_columns, &gaps, NULL, err));
  KN_TRY(kn_sql_run(store,
                    "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name IN "
                    "('run', 'balance_flow', 'balance_gap')",
                    err));
  return kn_sql_run(store, "COMMIT", err);
}

kn_code
kn_store_save_balance(kn_store *store, const kn_region *region, const kn_balance *balance, const kn_run *run, int64_t *run_id,
                      kn_error *err)
{
  assert(store->is_writer);
  int64_t number = 0;
  kn_code code = kn_store_begin(store, 0, err);
  if (code == KN_OK) {
    code = write_all(store, region, balance, run, &number, err);
    if (code != KN_OK)
      kn_sql_roll_back(store);
  }
  if (run_id != NULL)
    *run_id = code == KN_OK ? number : 0;
  return code == KN_OK ? KN_OK : kn_note(err, "saving the %s in %s", run->command, store->path);
}
