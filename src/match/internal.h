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
  kn_access *access; /* NULL: no network */
  bool is_merged;    /* the access is that of the larger market */
  bool loses[KN_CLASS_COUNT];
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

/* market.c: writable columns of a side while it is filled; the public view is const. */
typedef struct kn_side_fill {
  int32_t n;
  kn_place *place;
  int32_t *unit, *flow, *stop;
  kn_point *point;
  uint8_t *is_anywhere;
  int32_t *resource, *group, *from, *to;
  double *limit, *eur, *co2_kg, *flat_eur, *flat_co2_kg, *virgin_t;
} kn_side_fill;
kn_code kn_side_reserve(kn_side_fill *side, kn_arena *arena, int64_t n, kn_error *err);
kn_side kn_side_view(const kn_side_fill *side);
/* Numbers the groups of side `which` and lists their members. */
kn_code kn_market_group_side(kn_market *market, int32_t which, kn_side_fill *side, kn_arena *scratch, kn_error *err);
/* A market of the region without sides yet. */
kn_code kn_market_blank(kn_market **out, const kn_region *region, kn_error *err);

/* fits.c: share of a unit that is left after km by a row of modes. */
double kn_mode_keeps(const kn_mode_view *modes, int32_t mode, double km);

/* ways.c: fills way, demand_first, supply_first, supply_order. */
kn_code kn_market_find_ways(kn_market *market, kn_error *err);
/* True for every resource whose supply may serve a demand for `demanded`, directly or by a substitution: leads[resources]. */
void kn_market_leads_to(const kn_market *market, int32_t demanded, uint8_t *leads);

/* Did it end before today? */
static inline bool
kn_side_has_ended(const kn_side *side, int32_t node, int32_t today)
{
  return side->to[node] != KN_BLANK_INT && side->to[node] < today;
}

#endif
