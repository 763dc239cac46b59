/* knoop/match.h - what fits what, and what it would be worth.
 *
 * A kn_market lists every place of supply (offers, outputs of units, gateways in) and of demand (needs, inputs of
 * units, gateways out), which resources may serve which (the is-a tree and substitution rows: a *way*), and what moving costs as
 * a function of distance (hauls). Matching ranks partners on it; the plan prices all its pairs. A pair's worth comes
 * from one function, kn_market_worth(), whoever asks. */
#ifndef KNOOP_MATCH_H
#define KNOOP_MATCH_H

#include "knoop/base.h"
#include "knoop/geo.h"
#include "knoop/region.h"
#include "knoop/transport.h"

/* The ends a tie can have. */
typedef enum kn_end { KN_END_OFFER, KN_END_NEED, KN_END_UNIT, KN_END_GATEWAY } kn_end;
const char *kn_end_name(kn_end end); /* "offer", "need", "unit", "gateway" */
/* A place where something is supplied or demanded; `row` in its own table. Units are placed: `site`. */
typedef struct kn_place {
  uint8_t kind;
  int32_t row, site;
} kn_place; /* kind: kn_end; site KN_NONE where there is none */

/* One side of the market, as columns. A unit has one node per flow of its process. */
typedef struct kn_side {
  int32_t n;
  const kn_place *place;
  const int32_t *unit; /* row of kn_market_units() for ports of units, else KN_NONE */
  const int32_t *flow; /* row of the process' flows for ports, else KN_NONE */
  const kn_point *point;
  const int32_t *stop;        /* its point in the network of the market */
  const uint8_t *is_anywhere; /* 1: a need without a site; it takes its resource where that is */
  const int32_t *resource;
  const int32_t *group;       /* nodes of one resource, gateways apart */
  const double *limit;        /* units a year at most: quantity x share of the year, or capacity; INFINITY where unlimited */
  const int32_t *from, *to;   /* window, days; KN_BLANK_INT open */
  const double *eur, *co2_kg; /* per unit of the node's own resource (demand: times the ratio of the way) */
  const double *flat_eur, *flat_co2_kg; /* demand only: per unit offered (gateways out); supply: 0 */
  const double *virgin_t;               /* demand only: t of virgin material replaced per unit needed; needs only */
} kn_side;

typedef struct kn_group {
  int32_t resource;
  uint8_t is_gateway;
  int32_t first, last; /* nodes member[first .. last - 1] */
} kn_group;

typedef struct kn_way { /* supplies of one group may serve demands of another so */
  int32_t supply_group, demand_group;
  int32_t substitution; /* row, KN_NONE: direct */
  double ratio, cost_eur, max_share;
} kn_way;

typedef struct kn_market_unit { /* a unit at a site; a candidate without site has a copy at each site that offers its space */
  int32_t unit, site;
  uint8_t is_candidate;
  int32_t placing; /* number shared by the copies of one unit; KN_NONE: it has its site */
} kn_market_unit;

typedef struct kn_market kn_market;
/* The region must outlive the market. O(n log n). */
kn_code kn_market_new(kn_market **out, const kn_region *region, kn_error *err);
/* A smaller market, which the larger one must outlive: nodes of one part become one node, with all their quantity, their mean place and worth by quantity, and the
 * rest of the largest. part [nodes] numbers 0..parts-1, each used; nodes of a part share group and is_anywhere, ports of
 * units stay alone. Units, groups and ways keep their numbers. O(n). */
kn_code kn_market_merge(kn_market **out, const kn_market *market, const int32_t *supply_part, int32_t supply_parts,
                        const int32_t *demand_part, int32_t demand_parts, kn_error *err);
void kn_market_free(kn_market *market);
const kn_region *kn_market_region(const kn_market *market);
kn_side kn_market_supply(const kn_market *market);
kn_side kn_market_demand(const kn_market *market);
const kn_group *kn_market_groups(const kn_market *market, bool is_demand, int32_t *count);
const int32_t *kn_market_members(const kn_market *market, bool is_demand);
/* Ways sorted by demand group, then supply group, direct first. */
const kn_way *kn_market_ways(const kn_market *market, int32_t *count);
/* Way numbers of a group: way[first .. last - 1] of kn_market_ways() for a demand group; for a supply group through order[]. */
void kn_market_demand_ways(const kn_market *market, int32_t group, int32_t *first, int32_t *last);
const int32_t *kn_market_supply_ways(const kn_market *market, int32_t group, int32_t *count);
const kn_market_unit *kn_market_units(const kn_market *market, int32_t *count);

/* How objectives weigh: worth = value x EUR + co2 x t avoided + jobs x FTE + virgin x t. */
typedef struct kn_weights {
  double value, co2, jobs, virgin;
} kn_weights;

/* Hauls per resource class under given weights: what moving a unit costs. As the crow flies, the haul of a class is the lower
 * envelope of its modes, and exact. Where the region has a network, it is a lower bound, and kn_hauls_cost() is exact. */
typedef struct kn_hauls kn_hauls;
/* terminal: as in kn_fare_weights. The market must outlive it. */
kn_code kn_hauls_new(kn_hauls **out, const kn_market *market, kn_weights weights, const double *terminal, kn_error *err);
void kn_hauls_free(kn_hauls *hauls);
const kn_haul *kn_hauls_of(const kn_hauls *hauls, kn_class resource_class);
bool kn_hauls_are_bounds(const kn_hauls *hauls);
/* A closer bound where these are bounds: at every distance moving costs at least the plain haul, or else at least what both nodes
 * have as their ends (see kn_fares_end()). Where the hauls are exact: the same haul, and INFINITY. */
const kn_haul *kn_hauls_plain(const kn_hauls *hauls, kn_class resource_class);
double kn_hauls_end(const kn_hauls *hauls, kn_class resource_class, bool is_demand, int32_t node);
/* What moving costs told by hubs, for nodes that have a place: kn_fares_channel_count() and the like. Where hauls are exact there are
 * no channels (KN_NONE). */
int32_t kn_hauls_channel_count(const kn_hauls *hauls, kn_class resource_class);
kn_fare_channel kn_hauls_channel(const kn_hauls *hauls, kn_class resource_class, int32_t channel);
kn_fare_hubs kn_hauls_hubs(const kn_hauls *hauls, kn_class resource_class, int32_t channel, bool is_demand, int32_t node);
bool kn_hauls_is_stray(const kn_hauls *hauls, kn_class resource_class, bool is_demand, int32_t node);
/* Between two nodes of the market; INFINITY where no mode serves. Thread safe. */
double kn_hauls_cost(const kn_hauls *hauls, int32_t supply, int32_t demand);
/* The same where that is below `most`; else anything from `most` on, which costs less to tell. */
double kn_hauls_cost_below(const kn_hauls *hauls, int32_t supply, int32_t demand, double most);
/* Who serves it: a row of modes, or with a network a choice of carriers and terminals (kn_access_via()); KN_NONE: nobody, or no
 * memory. */
int32_t kn_hauls_mode(const kn_hauls *hauls, int32_t supply, int32_t demand);
/* The network of the market, NULL where all is as the crow flies. */
kn_access *kn_market_access(const kn_market *market);

typedef enum kn_refusal {
  KN_FITS,
  KN_NO_WAY,
  KN_SPEC,
  KN_WINDOW,
  KN_TOO_FAR,
  KN_NO_MODE,
  KN_TWO_GATEWAYS,
  KN_NO_ROUTE
} kn_refusal;
const char *kn_refusal_text(kn_refusal refusal); /* English msgid */
/* Specs and windows of a pair of nodes: KN_FITS, KN_SPEC or KN_WINDOW. O(specs). */
kn_refusal kn_market_fits(const kn_market *market, int32_t supply, int32_t demand);
/* True when neither specs nor windows can refuse any pair of this node. */
bool kn_market_is_plain(const kn_market *market, bool is_demand, int32_t node);
/* Specs of a pair: how many are met, violated, to verify. */
typedef struct kn_specs {
  int32_t met, violated, to_verify;
} kn_specs;
kn_specs kn_market_specs(const kn_market *market, int32_t supply, int32_t demand);
double kn_market_km(const kn_market *market, int32_t supply, int32_t demand); /* great-circle; 0 for anywhere */
/* EUR and kg CO2 avoided per unit offered, before incentives, through a way and a mode (of kn_hauls_mode()) over km great-circle.
 * The carbon price is inside eur. */
typedef struct kn_worth {
  double eur, co2_kg, virgin_t;
  double km;    /* great-circle x circuity, or as the network has it */
  int32_t mode; /* row of modes: the one of the longest leg; KN_NONE: one that only tariffs have */
  const char *mode_id;
} kn_worth;
kn_worth kn_market_worth(const kn_market *market, int32_t supply, int32_t demand, const kn_way *way, int32_t mode, double km);
/* Pairs with at least one way, one mode, no violated spec and overlapping windows. */
kn_code kn_market_count(const kn_market *market, int32_t thread_count, int64_t *pairs, kn_error *err);

/* ------------------------------------------------------------------ matches
 * For each offer (or need) asked for: its best partners by value per year. */
typedef struct kn_match_settings {
  int32_t most;     /* partners per offer or need */
  bool with_losses; /* also partners that would cost more than today */
  int32_t thread_count;
} kn_match_settings;
#define KN_MATCH_DEFAULTS ((kn_match_settings){.most = 10})

typedef struct kn_match_row {
  kn_place from, to;
  int32_t resource, substitution, mode;        /* resource: the supplied one; mode: a row, as in kn_worth */
  double quantity;                             /* units offered that both could exchange in a year */
  double ratio, km, eur_per_unit, eur, co2_kg; /* eur, co2_kg: per year */
  const char *mode_id;
  kn_specs specs;
} kn_match_row;
typedef struct kn_matches kn_matches;
/* row: of offers (is_need false) or needs; KN_NONE: all. */
kn_code kn_match_make(kn_matches **out, const kn_market *market, bool is_need, int32_t row, const kn_match_settings *settings,
                      const kn_watch *watch, kn_error *err);
void kn_matches_free(kn_matches *matches);
int64_t kn_matches_count(const kn_matches *matches);
/* Sorted by the asked row, then by falling eur. */
const kn_match_row *kn_matches_rows(const kn_matches *matches);

/* Why not? One row per way between two ends (of which units count with all their ports), or one row with the refusal. */
typedef struct kn_match_why {
  kn_refusal refusal;
  int32_t supply, demand; /* nodes, KN_NONE when there is no way at all */
  int32_t way, mode;      /* of kn_market_ways(), kn_hauls_mode(); KN_NONE */
  const char *mode_id;    /* of the longest leg; NULL: no mode */
  const char *property;   /* with KN_SPEC: which; with its values: */
  double has, least, most;
  double km;
  double eur_per_unit;
} kn_match_why;
kn_code kn_match_explain(const kn_market *market, kn_place from, kn_place to, kn_match_why *why, int32_t most, int32_t *count,
                         kn_error *err);

#endif
