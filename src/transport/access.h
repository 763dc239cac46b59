/* src/transport/access.h - what the files of kn_access share.
 *
 *   links of one set of kinds ─> kn_road: graph, hierarchy, labels of the points that meet it, distances to and from terminals
 *   modes                     ─> kn_carrier: a road, or none, and what a km on it costs
 *   tariffs                   ─> kn_tariffs: rates by pair of ends */
#ifndef KN_TRANSPORT_ACCESS_H
#define KN_TRANSPORT_ACCESS_H

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>

#include "knoop/transport.h"

/* What the best way is the least of: km; EUR where there are tolls or time has a price; hours where these are limited. */
typedef enum kn_measure { KN_BY_KM, KN_BY_EUR, KN_BY_HOURS } kn_measure;

/* What the links of a way add up to. */
typedef struct kn_path {
  double km, toll_eur, hours; /* hours NAN: a speed is not known */
} kn_path;
typedef struct kn_path_slot {
  uint64_t key; /* 0: free */
  kn_path path;
} kn_path_slot;

/* The links that some modes run on, and where points meet them. Shared by modes that see the same links at the same weights. */
typedef struct kn_road {
  uint32_t kinds;
  double vehicle_t;   /* of what runs here, where a link bears less than some */
  kn_measure measure; /* by EUR or hours the road is that of one mode: */
  int32_t mode;
  double unit;       /* km, EUR or hours of one unit of weight */
  double stretch;    /* no link is shorter than this share of the great circle between its ends; at most 1 */
  kn_graph *graph;   /* over the nodes that its links touch */
  int32_t *arc_link; /* [arcs] row of links */
  kn_ch *ch;
  _Atomic(kn_labels *) labels; /* NULL until kn_access_hasten() */
  kn_landmarks *landmarks;     /* of the same places, there with the labels; NULL but for roads by km */
  kn_ch_query *query;          /* for ways, and distances without labels; guarded by the mutex of the access, as are paths: */
  kn_path_slot *slot;          /* [slot_count] */
  int64_t slot_count, path_count;
  int32_t *meets;      /* [points] node of the graph; KN_NONE: cut off */
  double *gap_km;      /* [points] great circle to that node */
  int32_t *label;      /* [points] place among the labels */
  int32_t *label_node; /* [label_count] */
  int64_t label_count;
  uint32_t *to_terminal, *from_terminal; /* [points * terminals] distances along the links; KN_FAR: none */
} kn_road;

/* A mode, or one that only tariffs have. */
typedef struct kn_carrier {
  const char *mode_id;
  uint8_t class_of;
  bool is_tariff_only, needs_network;
  int32_t road;   /* KN_NONE: as the crow flies */
  uint32_t kinds; /* of the terminals that it meets */
  double load_eur, eur_per_km, co2_kg_per_km, circuity, max_km, speed_kmh;
  double vehicle_t, eur_per_h, max_hours;
  double full_eur_per_km; /* CO2 at its price included */
  double decay_per_km;    /* of what it carries exp(-decay_per_km km) is left; 0: it loses nothing */
} kn_carrier;

typedef struct kn_tariffs kn_tariffs;
typedef struct kn_rate {
  double eur, co2_kg, km; /* eur without the price of CO2 */
} kn_rate;

enum { KN_COUNTERS = 16 };
/* A line of the cache for each, so that threads do not wait for each other. */
typedef struct kn_counter {
  alignas(64) _Atomic int64_t told;
} kn_counter;

struct kn_access {
  kn_arena *arena;
  const kn_region *region;
  kn_access_facts facts;
  double co2_eur_per_kg;
  int32_t thread_count, terminal_count, road_count;
  kn_point *point;   /* [points] */
  int32_t *area;     /* [points] the smallest it lies in; KN_NONE: none */
  int32_t *node_row; /* [points after node_first] row of nodes */
  kn_terminal_view terminals;
  kn_road *road;
  kn_carrier *carrier;    /* [carrier_count] */
  kn_tariffs *tariffs;    /* NULL: none */
  kn_counter *counter;    /* [KN_COUNTERS] exact costs told so far */
  struct kn_fares *fares; /* of the last weights without charges at terminals, for who asks again; guarded by the mutex */
  pthread_mutex_t mutex;
  kn_via *via; /* [via_count], guarded by the mutex, as is what finds one */
  int64_t via_count, via_capacity, slot_count;
  int32_t *slot; /* [slot_count] by hash; KN_NONE: free */
};

/* ---------------------------------------------------------------- access.c */
void kn_access_count(kn_access *access); /* one exact cost more */

/* ---------------------------------------------------------------- roads.c */
/* Roads of all modes, and which of them each runs on. */
kn_code kn_roads_build(kn_access *access, const kn_watch *watch, kn_error *err);
void kn_road_free(kn_road *road);
/* Along the links, from point to point, in units of weight; KN_FAR: no way, or one of them is cut off. */
uint32_t kn_road_distance(const kn_access *access, const kn_road *road, int32_t from, int32_t to);
/* Hours on a link, or on km without one, of a mode at this speed; NAN: not known. */
double kn_hours_on(double km, double link_kmh, double mode_kmh);
/* The whole units of weight that `cost` km, EUR or hours of a link are. */
double kn_road_units(double cost, double unit);

/* ---------------------------------------------------------------- fares.c */
const kn_access *kn_fares_access(const kn_fares *fares);
const kn_fare_weights *kn_fares_weights(const kn_fares *fares);
double kn_fares_transfer(const kn_fares *fares, int32_t terminal); /* weighted, with what is charged; INFINITY: shut */

/* ---------------------------------------------------------------- tariffs.c */
/* *out is NULL where there are none. Adds carriers for modes that only tariffs name. */
kn_code kn_tariffs_new(kn_tariffs **out, kn_access *access, kn_error *err);
void kn_tariffs_free(kn_tariffs *tariffs);
/* The rate of a carrier between two points for a resource (KN_NONE: rates of the whole class only). Of several that hold: the one
 * between the nearest ends, then for the nearest resource, then the cheapest. O(depth of areas squared) where any may hold. */
bool kn_tariffs_find(const kn_tariffs *tariffs, int32_t carrier, int32_t resource, int32_t from, int32_t to, kn_rate *rate);
/* The least EUR and the least CO2 of the rates of a class; INFINITY: it has none. */
kn_rate kn_tariffs_least(const kn_tariffs *tariffs, kn_class class_of);

/* ---------------------------------------------------------------- legs.c */
typedef struct kn_leg_cost {
  double full_eur; /* CO2 at its price included, load_eur too; INFINITY: there is no such leg */
  double co2_kg;
  double keep; /* share of a unit that arrives */
} kn_leg_cost;
/* Without tariff. `along` is what kn_road_distance() would tell, where that is known. */
kn_leg_cost kn_leg_tell(const kn_access *access, int32_t number, int32_t from, int32_t to, const uint32_t *along);
/* No leg without a tariff has less weighted cost. Where the road is by km, by its landmarks; else -INFINITY may be all that is
 * told. */
double kn_leg_bound(const kn_access *access, int32_t number, int32_t from, int32_t to, const kn_fare_weights *weights);
/* Share of a unit that is left after so many km. */
double kn_leg_keeps(const kn_carrier *carrier, double km);
/* With tariff. resource: as in kn_tariffs_find(). */
kn_leg_cost kn_leg_best(const kn_access *access, int32_t number, int32_t resource, int32_t from, int32_t to,
                        const uint32_t *along);
/* All there is to know of a leg. False: there is no such leg. arena NULL: without links and hours. */
bool kn_leg_walk(kn_access *access, int32_t carrier, int32_t resource, int32_t from, int32_t to, kn_arena *arena, kn_leg *leg);
/* Its weighted cost, load included. */
double kn_leg_weigh(const kn_access *access, int32_t number, int32_t resource, int32_t from, int32_t to, const uint32_t *along,
                    const kn_fare_weights *weights);

/* ---------------------------------------------------------------- between.c */
enum { KN_LEGS_BETWEEN = KN_LEGS_MOST - 2 }; /* of a chain, after its first and before its last */
/* From terminals to terminals: the least cost of going on, transfers at the end of each leg included, by at most that many legs,
 * and how many it takes. Row by row; 0 on the diagonal. */
typedef struct kn_between {
  double *cost, *legs; /* [terminals * terminals] */
  bool is_free;        /* more legs would not help */
} kn_between;
/* link [n * n]: the best leg between two; transfer [n]. Arrays of *all are of scratch. O(n^3). */
kn_code kn_between_fill(kn_between *all, int32_t n, const double *link, const double *transfer, kn_arena *scratch, kn_error *err);
/* A row takes the ways that begin at `start` with `legs` and go on as row `on`, where these are cheaper, or as good but for
 * rounding and of fewer legs. [n] */
void kn_between_take(int32_t n, double start, double legs, const double *restrict on, const double *restrict on_legs,
                     double *restrict to, double *restrict to_legs);

/* ---------------------------------------------------------------- fares.c */
/* What fares of a class are made of, for hubs.c. */
typedef struct kn_fare_parts {
  const kn_access *access;
  const kn_fare_weights *weights;
  int32_t carrier_count;
  const int32_t *carrier;
  const double *ready, *last; /* [points * terminals] what chains cost up to a terminal and from it on; NULL: there are none */
} kn_fare_parts;
kn_fare_parts kn_fares_parts(const kn_fares *fares, kn_class class_of);

#endif
