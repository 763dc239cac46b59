/* The views of reported flows and of what is said about them. */
#include "region/views.h"

kn_code
kn_region_view_flows(kn_region *region, kn_error *err)
{
  const kn_table_id f = KN_T_FLOW, b = KN_T_BALANCE_NODE, t = KN_T_TRANSFER, p = KN_T_FLOW_PROPERTY, l = KN_T_STOCK_LEVEL;
  region->flows = (kn_flow_view){.n = region->table[f].n,
                                 .flow_id = text(region, f, "flow_id"),
                                 .from = text(region, f, "from_id"),
                                 .to = text(region, f, "to_id"),
                                 .resource = number(region, f, "resource_id"),
                                 .year = number(region, f, "year"),
                                 .source = number(region, f, "source_id"),
                                 .quantity = real(region, f, "quantity"),
                                 .sd = real(region, f, "sd")};
  region->balance_rules = (kn_balance_rule_view){.n = region->table[b].n,
                                                 .node_id = text(region, b, "node_id"),
                                                 .name = text(region, b, "name"),
                                                 .layer = text(region, b, "layer"),
                                                 .balanced = number(region, b, "balanced"),
                                                 .by = word(region, b, "by")};
  region->transfers = (kn_transfer_view){.n = region->table[t].n,
                                         .transfer_id = text(region, t, "transfer_id"),
                                         .from_flow = number(region, t, "from_flow"),
                                         .to_flow = number(region, t, "to_flow"),
                                         .value = real(region, t, "value"),
                                         .sd = real(region, t, "sd")};
  region->flow_properties = (kn_flow_property_view){.n = region->table[p].n,
                                                    .flow = number(region, p, "flow_id"),
                                                    .property = text(region, p, "property"),
                                                    .unit = text(region, p, "unit"),
                                                    .value = real(region, p, "value"),
                                                    .sd = real(region, p, "sd")};
  region->stock_levels = (kn_stock_level_view){.n = region->table[l].n,
                                               .stock_level_id = text(region, l, "stock_level_id"),
                                               .node = text(region, l, "node_id"),
                                               .resource = number(region, l, "resource_id"),
                                               .year = number(region, l, "year"),
                                               .quantity = real(region, l, "quantity"),
                                               .sd = real(region, l, "sd")};
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
