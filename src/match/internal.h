/* What the files of src/match share and nobody else sees. */
#ifndef KN_MATCH_INTERNAL_H
#define KN_MATCH_INTERNAL_H

#include "knoop/match.h"

struct kn_market {
  kn_arena *arena;
  const kn_region *region;
  kn_resource_view resources;
  kn_offer_view offers;
  kn_need_view needs;
  kn_property_view properties;
  kn_mode_view modes;
  kn_substitution_view substitutions;
  double co2_eur_per_kg;
  kn_side side[2]; /* [0] supply, [1] demand */
  int32_t group_count[2];
  kn_group *group[2];
  int32_t *member[2];
  int32_t way_count;
  kn_way *way;           /* by demand group, supply group, direct first */
  int32_t *demand_first; /* [demand groups + 1] into way */
  int32_t *supply_first; /* [supply groups + 1] into supply_order */
  int32_t *supply_order; /* way numbers by supply group */
  int32_t unit_count;
  kn_market_unit *unit;
};

/* market_ways.c: fills way, demand_first, supply_first, supply_order. */
kn_code kn_market_find_ways(kn_market *market, kn_error *err);
/* True for every resource whose supply may serve a demand for `demanded`, directly or by a substitution: leads[resources]. */
void kn_market_leads_to(const kn_market *market, int32_t demanded, uint8_t *leads);

#endif
