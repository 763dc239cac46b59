/* What a reader found, in the order of the file. */
#include <stdlib.h>

#include "formats/osm.h"

void
osm_batch_clear(osm_batch *batch)
{
  batch->way_count = batch->ref_count = batch->ref_place_count = batch->line_way_count = batch->place_count = 0;
}

void
osm_batch_free(osm_batch *batch)
{
  free(batch->ways);
  free(batch->refs);
  free(batch->ref_places);
  free(batch->line_ways);
  free(batch->node_at);
  free(batch->places);
  *batch = (osm_batch){0};
}

kn_code
osm_batch_way(osm_batch *batch, const osm_way *way, int32_t count, int64_t **refs, kn_error *err)
{
  KN_TRY(KN_GROW(batch->ways, batch->way_capacity, batch->way_count + 1, err));
  KN_TRY(KN_GROW(batch->refs, batch->ref_capacity, batch->ref_count + count + 1, err));
  osm_way *out = &batch->ways[batch->way_count++];
  *out = *way;
  out->first = batch->ref_count;
  out->count = count;
  *refs = batch->refs + batch->ref_count;
  batch->ref_count += count;
  return KN_OK;
}

kn_code
osm_batch_line_way(osm_batch *batch, int64_t way, kn_error *err)
{
  KN_TRY(KN_GROW(batch->line_ways, batch->line_way_capacity, batch->line_way_count + 1, err));
  batch->line_ways[batch->line_way_count++] = way;
  return KN_OK;
}

kn_code
osm_batch_place(osm_batch *batch, int32_t node_at, osm_place place, kn_error *err)
{
  KN_TRY(KN_GROW(batch->node_at, batch->node_at_capacity, batch->place_count + 1, err));
  KN_TRY(KN_GROW(batch->places, batch->place_capacity, batch->place_count + 1, err));
  batch->node_at[batch->place_count] = node_at;
  batch->places[batch->place_count++] = place;
  return KN_OK;
}
