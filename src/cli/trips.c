#include "trips.h"

const char *
kn_point_id(const kn_region *region, const kn_access *access, int32_t point)
{
  const kn_access_facts facts = kn_access_tell(access);
  if (point < facts.gateway_first)
    return kn_region_key(region, KN_T_SITE, point);
  if (point < facts.terminal_first)
    return kn_region_key(region, KN_T_GATEWAY, point - facts.gateway_first);
  if (point < facts.node_first)
    return kn_region_key(region, KN_T_TERMINAL, point - facts.terminal_first);
  return kn_region_key(region, KN_T_NODE, kn_access_node(access, point));
}

json_t *
kn_json_legs(const kn_region *region, const kn_access *access, const kn_trip *trip)
{
  json_t *legs = json_array();
  for (int32_t k = 0; k < trip->leg_count; k++) {
    const kn_leg *leg = &trip->leg[k];
    json_t *row = json_object();
    json_object_set_new(row, "mode_id", kn_json_text(kn_access_carrier(access, leg->carrier)));
    json_object_set_new(row, "from", kn_json_text(kn_point_id(region, access, leg->from)));
    json_object_set_new(row, "to", kn_json_text(kn_point_id(region, access, leg->to)));
    json_object_set_new(row, "km", kn_json_real(leg->km));
    json_object_set_new(row, "eur", kn_json_real(leg->eur));
    json_object_set_new(row, "co2_kg", kn_json_real(leg->co2_kg));
    json_object_set_new(row, "hours", kn_json_real(leg->hours));
    if (leg->keep < 1)
      json_object_set_new(row, "loss", kn_json_real(1 - leg->keep));
    json_array_append_new(legs, row);
  }
  return legs;
}

json_t *
kn_json_transfers(const kn_region *region, const kn_trip *trip)
{
  const kn_terminal_view terminals = kn_region_terminals(region);
  json_t *transfers = json_array();
  for (int32_t k = 0; k + 1 < trip->leg_count; k++) {
    const int32_t t = trip->terminal[k];
    json_t *row = json_object();
    json_object_set_new(row, "terminal_id", kn_json_text(terminals.terminal_id[t]));
    json_object_set_new(row, "eur", kn_json_real(terminals.transfer_eur[t]));
    json_object_set_new(row, "co2_kg", kn_json_real(terminals.transfer_co2_kg[t]));
    json_object_set_new(row, "hours", kn_json_real(terminals.hours[t]));
    json_array_append_new(transfers, row);
  }
  return transfers;
}
