/* The views of reported flows and of what is said about them. */
#include "region/internal.h"

static const kn_column *
column(const kn_region *region, kn_table_id table, const char *name)
{
  return kn_table_column(&region->table[table], name);
}

static const char *const *
text(const kn_region *region, kn_table_id table, const char *name)
{
  return column(region, table, name)->text;
}

kn_code
kn_region_view_flows(kn_region *region, kn_error *err)
{
  const kn_table_id f = KN_T_FLOW, b = KN_T_BALANCE_NODE, t = KN_T_TRANSFER, p = KN_T_FLOW_PROPERTY, l = KN_T_STOCK_LEVEL;
  region->flows = (kn_flow_view){.n = region->table[f].n,
                                 .flow_id = text(region, f, "flow_id"),
                                 .from = text(region, f, "from_id"),
                                 .to = text(region, f, "to_id"),
                                 .resource = column(region, f, "resource_id")->number,
                                 .year = column(region, f, "year")->number,
                                 .source = column(region, f, "source_id")->number,
                                 .quantity = column(region, f, "quantity")->real,
                                 .sd = column(region, f, "sd")->real};
  region->balance_rules = (kn_balance_rule_view){.n = region->table[b].n,
                                                 .node_id = text(region, b, "node_id"),
                                                 .name = text(region, b, "name"),
                                                 .layer = text(region, b, "layer"),
                                                 .balanced = column(region, b, "balanced")->number,
                                                 .by = column(region, b, "by")->word};
  region->transfers = (kn_transfer_view){.n = region->table[t].n,
                                         .transfer_id = text(region, t, "transfer_id"),
                                         .from_flow = column(region, t, "from_flow")->number,
                                         .to_flow = column(region, t, "to_flow")->number,
                                         .value = column(region, t, "value")->real,
                                         .sd = column(region, t, "sd")->real};
  region->flow_properties = (kn_flow_property_view){.n = region->table[p].n,
                                                    .flow = column(region, p, "flow_id")->number,
                                                    .property = text(region, p, "property"),
                                                    .unit = text(region, p, "unit"),
                                                    .value = column(region, p, "value")->real,
                                                    .sd = column(region, p, "sd")->real};
  region->stock_levels = (kn_stock_level_view){.n = region->table[l].n,
                                               .stock_level_id = text(region, l, "stock_level_id"),
                                               .node = text(region, l, "node_id"),
                                               .resource = column(region, l, "resource_id")->number,
                                               .year = column(region, l, "year")->number,
                                               .quantity = column(region, l, "quantity")->real,
                                               .sd = column(region, l, "sd")->real};
  KN_TRY(kn_region_deviation(region, f, &region->flows.rel_sd, err));
  KN_TRY(kn_region_deviation(region, t, &region->transfers.rel_sd, err));
  KN_TRY(kn_region_deviation(region, p, &region->flow_properties.rel_sd, err));
  return kn_region_deviation(region, l, &region->stock_levels.rel_sd, err);
}

kn_flow_view
kn_region_flows(const kn_region *region)
{
  return region->flows;
}

kn_balance_rule_view
kn_region_balance_rules(const kn_region *region)
{
  return region->balance_rules;
}

kn_transfer_view
kn_region_transfers(const kn_region *region)
{
  return region->transfers;
}

kn_flow_property_view
kn_region_flow_properties(const kn_region *region)
{
  return region->flow_properties;
}

kn_stock_level_view
kn_region_stock_levels(const kn_region *region)
{
  return region->stock_levels;
}
