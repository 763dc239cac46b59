/* One pair of nodes: whether it fits, how far it is, what a unit is worth. */
#include "match/internal.h"

enum { SUPPLY, DEMAND };

const char *
kn_refusal_text(kn_refusal refusal)
{
  static const char *const text[] = {"fits",
                                     "nothing leads from the one resource to the other",
                                     "a property lies outside the need's specs",
                                     "the availability windows do not overlap",
                                     "too far for every mode",
                                     "no mode carries this class of resource",
                                     "both ends are gateways: at least one must lie in the region",
                                     "no way leads from the one to the other over the network"};
  return text[refusal];
}

/* Row of an offer's property, or KN_NONE when it is not known. */
static int32_t
find_property(const kn_property_view *properties, int32_t offer, int32_t property)
{
  for (int32_t p = properties->offer_first[offer]; p < properties->offer_first[offer + 1]; p++)
    if (properties->offer_property[p] == property)
      return p;
  return KN_NONE;
}

kn_specs
kn_market_specs(const kn_market *market, int32_t supply, int32_t demand)
{
  const kn_place from = market->side[SUPPLY].place[supply], to = market->side[DEMAND].place[demand];
  kn_specs specs = {0};
  if (to.kind != KN_END_NEED)
    return specs;
  const kn_property_view *properties = &market->properties;
  for (int32_t s = properties->need_first[to.row]; s < properties->need_first[to.row + 1]; s++) {
    const int32_t p = from.kind == KN_END_OFFER ? find_property(properties, from.row, properties->need_property[s]) : KN_NONE;
    if (p == KN_NONE)
      specs.to_verify++;
    else if (properties->offer_value[p] >= properties->need_min[s] && properties->offer_value[p] <= properties->need_max[s])
      specs.met++;
    else
      specs.violated++;
  }
  return specs;
}

/* Blank is open: the least and the greatest day. */
static bool
windows_overlap(const kn_side *supply, int32_t i, const kn_side *demand, int32_t j)
{
  const int32_t last_i = supply->to[i] == KN_BLANK_INT ? INT32_MAX : supply->to[i];
  const int32_t last_j = demand->to[j] == KN_BLANK_INT ? INT32_MAX : demand->to[j];
  return supply->from[i] <= last_j && demand->from[j] <= last_i && supply->from[i] <= last_i && demand->from[j] <= last_j;
}

kn_refusal
kn_market_fits(const kn_market *market, int32_t supply, int32_t demand)
{
  const kn_side *from = &market->side[SUPPLY], *to = &market->side[DEMAND];
  if (from->place[supply].kind != KN_END_OFFER || to->place[demand].kind != KN_END_NEED)
    return windows_overlap(from, supply, to, demand) ? KN_FITS : KN_WINDOW;
  const kn_property_view *properties = &market->properties;
  const int32_t offer = from->place[supply].row, need = to->place[demand].row;
  if (properties->offer_first[offer] < properties->offer_first[offer + 1])
    for (int32_t s = properties->need_first[need]; s < properties->need_first[need + 1]; s++) {
      const int32_t p = find_property(properties, offer, properties->need_property[s]);
      if (p != KN_NONE &&
          !(properties->offer_value[p] >= properties->need_min[s] && properties->offer_value[p] <= properties->need_max[s]))
        return KN_SPEC;
    }
  return windows_overlap(from, supply, to, demand) ? KN_FITS : KN_WINDOW;
}

bool
kn_market_is_plain(const kn_market *market, bool is_demand, int32_t node)
{
  const kn_side *side = &market->side[is_demand];
  if (side->from[node] != KN_BLANK_INT || side->to[node] != KN_BLANK_INT)
    return false;
  const kn_place place = side->place[node];
  const kn_property_view *properties = &market->properties;
  if (place.kind == KN_END_OFFER)
    return properties->offer_first[place.row] == properties->offer_first[place.row + 1];
  if (place.kind == KN_END_NEED)
    return properties->need_first[place.row] == properties->need_first[place.row + 1];
  return true;
}

double
kn_market_km(const kn_market *market, int32_t supply, int32_t demand)
{
  if (market->side[DEMAND].is_anywhere[demand])
    return 0;
  return kn_point_km(KN_SPHERE, market->side[SUPPLY].point[supply], market->side[DEMAND].point[demand]);
}

typedef struct moving {
  double eur, co2_kg, km; /* of a unit */
  double keep;
  int32_t mode;
  const char *mode_id;
} moving;

/* What moving costs: by a row of modes over so many great-circle km, or by a choice of carriers over the network. */
static moving
move_of(const kn_market *market, int32_t supply, int32_t demand, int32_t mode, double km)
{
  const kn_side *from = &market->side[SUPPLY], *to = &market->side[DEMAND];
  if (market->access != NULL && !to->is_anywhere[demand]) {
    kn_trip trip;
    kn_access_trip(market->access, mode, from->resource[supply], from->stop[supply], to->stop[demand], NULL, &trip);
    const int32_t row = trip.main_carrier < market->modes.n ? trip.main_carrier : KN_NONE;
    return (moving){trip.eur, trip.co2_kg, trip.km, trip.keep, row, kn_access_carrier(market->access, trip.main_carrier)};
  }
  const kn_mode_view *modes = &market->modes;
  const double moved_km = km * modes->circuity[mode];
  return (moving){modes->load_eur[mode] + modes->eur_per_unit_km[mode] * moved_km,
                  modes->co2_kg_per_unit_km[mode] * moved_km,
                  moved_km,
                  kn_mode_keeps(modes, mode, moved_km),
                  mode,
                  modes->mode_id[mode]};
}

double
kn_mode_keeps(const kn_mode_view *modes, int32_t mode, double km)
{
  return modes->loss_per_km[mode] > 0 ? exp(log1p(-modes->loss_per_km[mode]) * km) : 1;
}

double
kn_market_keeps(const kn_market *market, int32_t supply, int32_t demand, int32_t mode)
{
  const uint8_t class_of = market->resources.class_of[market->side[SUPPLY].resource[supply]];
  return market->loses[class_of] ? move_of(market, supply, demand, mode, kn_market_km(market, supply, demand)).keep : 1;
}

double
kn_market_arrival(const kn_market *market, int32_t demand, const kn_way *way)
{
  const kn_side *to = &market->side[DEMAND];
  return way->ratio * to->eur[demand] + to->flat_eur[demand] +
         market->co2_eur_per_kg * (way->ratio * to->co2_kg[demand] + to->flat_co2_kg[demand]);
}

kn_worth
kn_market_worth(const kn_market *market, int32_t supply, int32_t demand, const kn_way *way, int32_t mode, double km)
{
  const kn_side *from = &market->side[SUPPLY], *to = &market->side[DEMAND];
  const moving move = move_of(market, supply, demand, mode, km);
  const double there_kg = way->ratio * to->co2_kg[demand] + to->flat_co2_kg[demand];
  const double there_eur = way->ratio * to->eur[demand] + to->flat_eur[demand];
  const double co2_kg = from->co2_kg[supply] + move.keep * there_kg - move.co2_kg;
  const double eur = from->eur[supply] + move.keep * there_eur - way->cost_eur - move.eur;
  return (kn_worth){.eur = eur + market->co2_eur_per_kg * co2_kg,
                    .co2_kg = co2_kg,
                    .virgin_t = move.keep * way->ratio * to->virgin_t[demand],
                    .keep = move.keep,
                    .km = move.km,
                    .mode = move.mode,
                    .mode_id = move.mode_id};
}
