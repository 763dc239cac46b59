/* What trips cost, told by hubs. A class has for each of its modes two channels, the road by labels and the node where both ends
 * meet, and after them one for chains, whose hubs are the terminals. */
#include "transport/access.h"

enum { BY_ROAD, AT_NODE, WAYS_OF_MODE };

static bool
is_chains(const kn_fare_parts *parts, int32_t channel)
{
  return channel == WAYS_OF_MODE * parts->carrier_count;
}

static const kn_carrier *
carrier_of(const kn_fare_parts *parts, int32_t channel)
{
  return &parts->access->carrier[parts->carrier[channel / WAYS_OF_MODE]];
}

static double
cost_per_km(const kn_fare_parts *parts, const kn_carrier *carrier)
{
  return parts->weights->value * carrier->full_eur_per_km + parts->weights->co2 * carrier->co2_kg_per_km / 1000;
}

/* A mode whose legs cost the same for each km of the road that it is on, or that makes no legs at all. */
static bool
is_told(const kn_fare_parts *parts, const kn_carrier *carrier)
{
  if (carrier->is_tariff_only || carrier->road == KN_NONE)
    return carrier->is_tariff_only || carrier->needs_network;
  return parts->access->road[carrier->road].measure == KN_BY_KM && cost_per_km(parts, carrier) >= 0;
}

int32_t
kn_fares_channel_count(const kn_fares *fares, kn_class resource_class)
{
  const kn_fare_parts parts = kn_fares_parts(fares, resource_class);
  if (parts.access->tariffs != NULL)
    return KN_NONE;
  for (int32_t m = 0; m < parts.access->facts.carrier_count; m++) /* by a mode that loses, worth and cost are no sum */
    if (parts.access->carrier[m].class_of == resource_class && parts.access->carrier[m].decay_per_km > 0)
      return KN_NONE;
  for (int32_t k = 0; k < parts.carrier_count; k++)
    if (!is_told(&parts, &parts.access->carrier[parts.carrier[k]]))
      return KN_NONE;
  return WAYS_OF_MODE * parts.carrier_count + (parts.ready != NULL);
}

kn_fare_channel
kn_fares_channel(const kn_fares *fares, kn_class resource_class, int32_t channel)
{
  const kn_fare_parts parts = kn_fares_parts(fares, resource_class);
  if (is_chains(&parts, channel))
    return (kn_fare_channel){parts.access->terminal_count, KN_NONE, true};
  const kn_carrier *carrier = carrier_of(&parts, channel);
  const int32_t number = parts.carrier[channel / WAYS_OF_MODE];
  if (carrier->road == KN_NONE)
    return (kn_fare_channel){0, number, true};
  const bool is_exact = channel % WAYS_OF_MODE == BY_ROAD && isinf(carrier->max_km);
  return (kn_fare_channel){kn_graph_rows(parts.access->road[carrier->road].graph).node_count, number, is_exact};
}

kn_fare_hubs
kn_fares_hubs(const kn_fares *fares, kn_class resource_class, int32_t channel, kn_heading heading, int32_t point)
{
  static const uint32_t none = 0;
  const kn_fare_parts parts = kn_fares_parts(fares, resource_class);
  if (is_chains(&parts, channel)) {
    const int32_t n = parts.access->terminal_count;
    return (kn_fare_hubs){.n = n, .rate = 1, .cost = (heading == KN_FROM ? parts.ready : parts.last) + (int64_t)point * n};
  }
  const kn_carrier *carrier = carrier_of(&parts, channel);
  const kn_road *road = carrier->road == KN_NONE ? NULL : &parts.access->road[carrier->road];
  if (road == NULL || road->meets[point] == KN_NONE)
    return (kn_fare_hubs){0};
  const double per_km = cost_per_km(&parts, carrier), load = heading == KN_FROM ? parts.weights->value * carrier->load_eur : 0;
  kn_fare_hubs hubs = {.n = 1, .hub = &road->meets[point], .units = &none, .fixed = load};
  if (channel % WAYS_OF_MODE == AT_NODE) /* anything from nothing to both gaps */
    return hubs;
  hubs.n = kn_labels_row(atomic_load(&road->labels), road->label[point], heading, &hubs.hub, &hubs.units);
  hubs.fixed = load + per_km * carrier->circuity * road->gap_km[point];
  hubs.rate = per_km * road->unit;
  return hubs;
}

bool
kn_fares_is_stray(const kn_fares *fares, kn_class resource_class, int32_t point)
{
  const kn_fare_parts parts = kn_fares_parts(fares, resource_class);
  for (int32_t k = 0; k < parts.carrier_count; k++) {
    const kn_carrier *carrier = &parts.access->carrier[parts.carrier[k]];
    if (!carrier->is_tariff_only && carrier->road != KN_NONE && !carrier->needs_network &&
        parts.access->road[carrier->road].meets[point] == KN_NONE)
      return true;
  }
  return false;
}
