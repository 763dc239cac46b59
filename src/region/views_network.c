/* The typed views of modes and of the transport network: nodes, links, terminals, tariffs. */
#include "region/views.h"

static kn_code
view_modes(kn_region *region, kn_error *err)
{
  kn_mode_view *view = &region->modes;
  const kn_table_id t = KN_T_MODE;
  *view = (kn_mode_view){.n = region->table[t].n,
                         .mode_id = text(region, t, "mode_id"),
                         .name = text(region, t, "name"),
                         .class_of = word(region, t, "class"),
                         .speed_kmh = real(region, t, "speed_kmh")};
  KN_TRY(kn_view_real_or(region, t, "load_eur", 0, &view->load_eur, err));
  KN_TRY(kn_view_real_or(region, t, "eur_per_unit_km", 0, &view->eur_per_unit_km, err));
  KN_TRY(kn_view_real_or(region, t, "co2_kg_per_unit_km", 0, &view->co2_kg_per_unit_km, err));
  KN_TRY(kn_view_real_or(region, t, "circuity", 1, &view->circuity, err));
  KN_TRY(kn_view_real_or(region, t, "max_km", INFINITY, &view->max_km, err));
  KN_TRY(kn_view_byte_or(region, t, "needs_network", 0, &view->needs_network, err));
  KN_TRY(kn_view_real_or(region, t, "vehicle_t", 0, &view->vehicle_t, err));
  KN_TRY(kn_view_real_or(region, t, "eur_per_unit_h", 0, &view->eur_per_unit_h, err));
  KN_TRY(kn_view_real_or(region, t, "max_hours", INFINITY, &view->max_hours, err));
  KN_TRY(kn_view_real_or(region, t, "loss_per_km", 0, &view->loss_per_km, err));
  uint32_t *kinds;
  KN_NEW(kinds, region->keep, view->n, err);
  for (int64_t i = 0; i < view->n; i++)
    if (view->mode_id[i] != NULL && view->class_of[i] < KN_CLASS_COUNT)
      kinds[i] = kn_mode_kinds(view->mode_id[i], view->name[i], (kn_class)view->class_of[i], text(region, t, "network")[i]);
  view->kinds = kinds;
  return KN_OK;
}

static kn_code
view_links(kn_region *region, kn_error *err)
{
  kn_node_view *nodes = &region->nodes;
  *nodes = (kn_node_view){.n = region->table[KN_T_NODE].n,
                          .node_id = text(region, KN_T_NODE, "node_id"),
                          .lon = real(region, KN_T_NODE, "lon"),
                          .lat = real(region, KN_T_NODE, "lat")};
  KN_TRY(kn_view_points(region, KN_T_NODE, &nodes->point, err));
  kn_link_view *view = &region->links;
  const kn_table_id t = KN_T_LINK;
  *view = (kn_link_view){.n = region->table[t].n,
                         .link_id = text(region, t, "link_id"),
                         .from = number(region, t, "from_id"),
                         .to = number(region, t, "to_id"),
                         .kind = word(region, t, "kind"),
                         .speed_kmh = real(region, t, "speed_kmh")};
  double *km;
  KN_NEW(km, region->keep, view->n, err);
  KN_TRY(kn_region_measure_links(region, real(region, t, "km"), km, err));
  view->km = km;
  KN_TRY(kn_view_byte_or(region, t, "oneway", 0, &view->oneway, err));
  KN_TRY(kn_view_real_or(region, t, "max_t", INFINITY, &view->max_t, err));
  return kn_view_real_or(region, t, "toll_eur", 0, &view->toll_eur, err);
}

static kn_code
view_terminals(kn_region *region, kn_error *err)
{
  kn_terminal_view *view = &region->terminals;
  const kn_table_id t = KN_T_TERMINAL;
  *view = (kn_terminal_view){.n = region->table[t].n,
                             .terminal_id = text(region, t, "terminal_id"),
                             .name = text(region, t, "name"),
                             .lon = real(region, t, "lon"),
                             .lat = real(region, t, "lat"),
                             .lifetime_yr = real(region, t, "lifetime_yr")};
  KN_TRY(kn_view_points(region, t, &view->point, err));
  KN_TRY(kn_view_real_or(region, t, "transfer_eur", 0, &view->transfer_eur, err));
  KN_TRY(kn_view_real_or(region, t, "transfer_co2_kg", 0, &view->transfer_co2_kg, err));
  KN_TRY(kn_view_real_or(region, t, "hours", 0, &view->hours, err));
  KN_TRY(kn_view_real_or(region, t, "capacity", INFINITY, &view->capacity, err));
  KN_TRY(kn_view_real_or(region, t, "capex_eur", 0, &view->capex_eur, err));
  KN_TRY(kn_view_byte_or(region, t, "status", KN_EXISTING, &view->status, err));
  uint32_t *kinds;
  KN_NEW(kinds, region->keep, view->n, err);
  for (int64_t i = 0; i < view->n; i++) {
    const char *given = text(region, t, "kinds")[i], *bad;
    int32_t bad_length;
    if (given == NULL || !kn_link_kinds_read(given, &kinds[i], &bad, &bad_length))
      kinds[i] = 0; /* a region that was salvaged */
  }
  view->kinds = kinds;
  return KN_OK;
}

static kn_code
view_tariffs(kn_region *region, kn_error *err)
{
  kn_tariff_view *view = &region->tariffs;
  const kn_table_id t = KN_T_TARIFF;
  *view = (kn_tariff_view){.n = region->table[t].n,
                           .resource = number(region, t, "resource_id"),
                           .class_of = word(region, t, "class"),
                           .mode_id = text(region, t, "mode_id"),
                           .eur = real(region, t, "eur"),
                           .km = real(region, t, "km")};
  KN_TRY(kn_region_find_ends(region, text(region, t, "from_id"), view->n, &view->from_kind, &view->from, err));
  KN_TRY(kn_region_find_ends(region, text(region, t, "to_id"), view->n, &view->to_kind, &view->to, err));
  return kn_view_real_or(region, t, "co2_kg", 0, &view->co2_kg, err);
}

kn_code
kn_region_view_network(kn_region *region, kn_error *err)
{
  KN_TRY(view_modes(region, err));
  KN_TRY(view_links(region, err));
  KN_TRY(view_terminals(region, err));
  return view_tariffs(region, err);
}
