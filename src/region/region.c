/* The region itself: its tables, keys and memory. */
#include "region/internal.h"

#include <stdlib.h>
#include <string.h>

void
kn_region_free(kn_region *region)
{
  if (region == NULL)
    return;
  if (region->base != NULL) {
    kn_arena_free(region->keep);
    free(region);
    return;
  }
  for (int64_t i = 0; i < region->owned_count; i++)
    free(region->owned[i]);
  free(region->owned);
  for (int32_t d = 0; d < KN_DOMAIN_COUNT; d++)
    kn_symbols_free(&region->symbols[d]);
  for (int32_t i = 0; i < region->pool_count; i++)
    kn_textpool_free(&region->pool[i]);
  free(region->pool);
  kn_arena_free(region->shapes);
  kn_arena_free(region->keep);
  free(region);
}

const kn_table *
kn_region_table(const kn_region *region, kn_table_id table)
{
  assert(table >= 0 && table < KN_TABLE_COUNT);
  return &region->table[table];
}

const kn_column *
kn_table_column(const kn_table *table, const char *name)
{
  const int32_t column = kn_schema_find_column(table->def, name);
  assert(column != KN_NONE);
  return &table->columns[column];
}

const char *
kn_region_key(const kn_region *region, kn_table_id table, int32_t row)
{
  const kn_table *rows = &region->table[table];
  if (row < 0 || row >= rows->n || rows->def->key_column == KN_NONE)
    return "";
  return rows->columns[rows->def->key_column].text[row];
}

int32_t
kn_region_find(const kn_region *region, kn_table_id table, const char *key)
{
  if (region->table[table].def->key_column == KN_NONE)
    return KN_NONE;
  const int32_t symbol = kn_symbols_find(&region->symbols[table], key, strlen(key));
  return symbol == KN_NONE ? KN_NONE : region->symbols[table].row[symbol];
}

const uint8_t *
kn_region_new_rows(const kn_region *region, kn_table_id table)
{
  return region->is_new[table];
}

int64_t
kn_region_stored_rows(const kn_region *region, kn_table_id table)
{
  return region->stored[table];
}

bool
kn_region_wkb(const kn_region *region, kn_table_id table, int32_t row, const uint8_t **wkb, size_t *length)
{
  assert(row >= 0 && row < region->table[table].n);
  const struct kn_outline *outline = region->outline[table];
  *wkb = outline == NULL ? NULL : outline[row].wkb;
  *length = outline == NULL ? 0 : outline[row].length;
  return *wkb != NULL;
}

bool
kn_region_area_wkb(const kn_region *region, int32_t area, const uint8_t **wkb, size_t *length)
{
  return kn_region_wkb(region, KN_T_AREA, area, wkb, length);
}

size_t
kn_region_bytes(const kn_region *region)
{
  size_t bytes = sizeof *region + region->owned_bytes + kn_arena_bytes(region->keep);
  bytes += region->shapes == NULL ? 0 : kn_arena_bytes(region->shapes);
  bytes += (size_t)region->owned_capacity * sizeof *region->owned;
  for (int32_t d = 0; d < KN_DOMAIN_COUNT; d++)
    bytes += kn_symbols_bytes(&region->symbols[d]);
  for (int32_t i = 0; i < region->pool_count; i++)
    bytes += sizeof *region->pool + (region->pool[i].arena == NULL ? 0 : kn_arena_bytes(region->pool[i].arena));
  return bytes;
}

kn_settings
kn_region_settings(const kn_region *region)
{
  return region->settings;
}

/* clang-format off */
kn_source_view kn_region_sources(const kn_region *region) { return region->sources; }
kn_area_view kn_region_areas(const kn_region *region) { return region->areas; }
kn_actor_view kn_region_actors(const kn_region *region) { return region->actors; }
kn_site_view kn_region_sites(const kn_region *region) { return region->sites; }
kn_resource_view kn_region_resources(const kn_region *region) { return region->resources; }
kn_offer_view kn_region_offers(const kn_region *region) { return region->offers; }
kn_need_view kn_region_needs(const kn_region *region) { return region->needs; }
kn_property_view kn_region_properties(const kn_region *region) { return region->properties; }
kn_substitution_view kn_region_substitutions(const kn_region *region) { return region->substitutions; }
kn_process_view kn_region_processes(const kn_region *region) { return region->processes; }
kn_unit_view kn_region_units(const kn_region *region) { return region->units; }
kn_gateway_view kn_region_gateways(const kn_region *region) { return region->gateways; }
kn_mode_view kn_region_modes(const kn_region *region) { return region->modes; }
kn_incentive_view kn_region_incentives(const kn_region *region) { return region->incentives; }
kn_node_view kn_region_nodes(const kn_region *region) { return region->nodes; }
kn_link_view kn_region_links(const kn_region *region) { return region->links; }
kn_terminal_view kn_region_terminals(const kn_region *region) { return region->terminals; }
kn_tariff_view kn_region_tariffs(const kn_region *region) { return region->tariffs; }
kn_permit_view kn_region_permits(const kn_region *region) { return region->permits; }
/* clang-format on */
