/* knoop/transport.h - shortest ways through a network.
 *
 * A graph is nodes and arcs; what an arc costs is an array of its own, so that one graph serves time, length
 * and generalised cost alike. Three ways to ask, from plain to fast, all equal to the last unit:
 * kn_dijkstra needs nothing built; kn_ch, a contraction hierarchy, answers a pair in microseconds and names its
 * arcs, so that km, hours, EUR and CO2 can be summed over them; kn_labels answers a pair of chosen nodes in a
 * fraction of that. Most callers build one kn_ch per metric and ask kn_ch_table() or kn_labels_distance(). */
#ifndef KNOOP_TRANSPORT_H
#define KNOOP_TRANSPORT_H

#include "knoop/base.h"
#include "knoop/geo.h"
#include "knoop/region.h"

/* Weights and distances are whole numbers, so that sums are exact whatever their order. The caller chooses the unit, such
 * that the longest way stays below 2^28: milli-euro per tonne, hundredths of a second and metres all leave room for a
 * continent. An arc that may not be used is left out of the graph. Nothing overflows: what could is refused with
 * KN_E_LIMIT, which asks for a coarser unit. */
#define KN_FAR UINT32_MAX                   /* a distance: there is no way */
#define KN_MOST_DISTANCE (KN_FAR - 1)       /* the longest distance that can be told */
#define KN_MOST_WEIGHT UINT32_C(0x7fffffff) /* of one arc */

typedef enum kn_heading { KN_FROM, KN_TO } kn_heading; /* distances from a node to others, or from others to it */

/* ------------------------------------------------------------------ graph
 * Arcs 0..arc_count-1 go from tail to head. Loops and parallel arcs are fine. */
typedef struct kn_graph kn_graph;
typedef struct kn_graph_view {
  int32_t node_count, arc_count;
  const int32_t *tail, *head;         /* [arc_count] as given */
  const int32_t *out_first, *out_arc; /* arcs that leave v: out_arc[out_first[v]] ... out_arc[out_first[v + 1] - 1] */
  const int32_t *in_first, *in_arc;   /* arcs that enter v */
} kn_graph_view;

/* tail, head [arc_count], copied. KN_E_INPUT names an arc whose end is no node. O(nodes + arcs); 16 bytes per arc, 8 per node. */
kn_code kn_graph_new(kn_graph **out, int32_t node_count, int64_t arc_count, const int32_t *tail, const int32_t *head,
                     kn_error *err);
kn_graph_view kn_graph_rows(const kn_graph *graph);
void kn_graph_free(kn_graph *graph); /* NULL is fine */

/* ------------------------------------------------------------------ Dijkstra
 * The reference, and for networks that change before a hierarchy would pay. Holds its own workspace (28 bytes per node):
 * one per thread. The graph and weight [arc_count] are lent and must outlive it. */
typedef struct kn_dijkstra kn_dijkstra;
kn_code kn_dijkstra_new(kn_dijkstra **out, const kn_graph *graph, const uint32_t *weight, kn_error *err);
void kn_dijkstra_free(kn_dijkstra *dijkstra);
/* All distances from (or to) `node`; until: KN_NONE, or the one node after which to stop. O(arcs log nodes). KN_E_LIMIT: a
 * distance is beyond KN_MOST_DISTANCE. */
kn_code kn_dijkstra_run(kn_dijkstra *dijkstra, kn_heading direction, int32_t node, int32_t until, kn_error *err);
/* Of the last run. Right for all nodes when that had no `until`, else for `until` alone. */
uint32_t kn_dijkstra_distance(const kn_dijkstra *dijkstra, int32_t node);
/* The arcs of the way found, in the order they are travelled. Lent until the next call. 0 arcs: no way, or nowhere to go. */
int64_t kn_dijkstra_path(kn_dijkstra *dijkstra, int32_t node, const int32_t **arc);

/* ------------------------------------------------------------------ contraction hierarchy
 * Nodes are contracted one by one, the least important first, and shortcuts keep the distances of the rest; a
 * question then only climbs. The hierarchy itself is only read: any number of threads may ask it, each with a query. */
typedef struct kn_ch kn_ch;
typedef struct kn_ch_settings {
  int32_t thread_count; /* 0: one per core. The hierarchy is the same with any number */
  int32_t settled_most; /* how far a search for a way around goes before a shortcut is made for want of one; 0: default */
} kn_ch_settings;
#define KN_CH_DEFAULTS ((kn_ch_settings){0})
typedef struct kn_ch_facts {
  int32_t node_count, level_count;
  int64_t arc_count; /* upward arcs of both directions, shortcuts included */
  int64_t shortcut_count;
  size_t bytes;
} kn_ch_facts;

/* weight [arc_count] is read while building only. A million nodes of a road network take some seconds. KN_E_INPUT: a weight
 * above KN_MOST_WEIGHT. KN_E_LIMIT: a sum along arcs that all climb may pass KN_MOST_DISTANCE, and a shortest way half of it.
 * KN_E_STOPPED by the watch (NULL: none). */
kn_code kn_ch_new(kn_ch **out, const kn_graph *graph, const uint32_t *weight, const kn_ch_settings *settings,
                  const kn_watch *watch, kn_error *err);
kn_ch_facts kn_ch_tell(const kn_ch *ch);
void kn_ch_free(kn_ch *ch);

/* Workspace of one asker, 56 bytes per node. */
typedef struct kn_ch_query kn_ch_query;
kn_code kn_ch_query_new(kn_ch_query **out, const kn_ch *ch, kn_error *err);
void kn_ch_query_free(kn_ch_query *query);
/* Distance of a pair. Cannot fail; 20 to 60 us on a million nodes. */
uint32_t kn_ch_distance(kn_ch_query *query, int32_t from, int32_t to);
/* The arcs of the graph on the way that the last kn_ch_distance() found, in the order they are travelled; their weights sum to
 * that distance. Lent until the next call. *count 0: no way, or nowhere to go. O(arcs of the way). */
kn_code kn_ch_path(kn_ch_query *query, const int32_t **arc, int64_t *count, kn_error *err);
/* Distances from (or to) one node of all: one sweep over the hierarchy. distance [node_count]. */
void kn_ch_all(kn_ch_query *query, kn_heading direction, int32_t node, uint32_t *distance);
/* distance [source_count * target_count], row by row, from each source to each target. Nodes may come more than once. */
kn_code kn_ch_table(const kn_ch *ch, int64_t source_count, const int32_t *source, int64_t target_count, const int32_t *target,
                    int32_t thread_count, uint32_t *distance, kn_error *err);

/* ------------------------------------------------------------------ hub labels
 * For chosen nodes: each keeps the few nodes (hubs) that ways from or to it climb to, with their distances; a pair meets at the
 * best common hub. Needs neither graph nor hierarchy once built. 8 bytes per entry: on road networks 50 to 150 entries per node
 * and direction, so 1 to 2.5 kB per node. Only read: any number of threads may ask. */
typedef struct kn_labels kn_labels;
typedef struct kn_labels_facts {
  int64_t n;
  int64_t entry_count; /* of both directions */
  size_t bytes;
} kn_labels_facts;
/* node [n]; labels are asked by place 0..n-1 in it. */
kn_code kn_labels_new(kn_labels **out, const kn_ch *ch, int64_t n, const int32_t *node, int32_t thread_count, kn_error *err);
kn_labels_facts kn_labels_tell(const kn_labels *labels);
void kn_labels_free(kn_labels *labels);
/* Distance from the i-th node to the j-th. O(entries of both); well below a microsecond when they are in the cache. */
uint32_t kn_labels_distance(const kn_labels *labels, int64_t i, int64_t j);
/* The label of the i-th node for ways from it (KN_FROM) or to it (KN_TO): hubs, rising, and how far each is. Lent; returns how
 * many. */
int32_t kn_labels_row(const kn_labels *labels, int64_t i, kn_heading heading, const int32_t **hub, const uint32_t **distance);

/* ------------------------------------------------------------------ landmarks
 * For a landmark l and any i, j:  d(i,j) >= d(l,j) - d(l,i)  and  d(i,j) >= d(i,l) - d(j,l).  The vectors are floats rounded
 * outwards, node by node, so that boxes over them bound whole groups: the least from_low of the targets minus the most
 * from_high of the sources, or the least to_low of the sources minus the most to_high of the targets. Subtract in double,
 * where it is exact, and keep what is greater with `>`: INFINITY - INFINITY tells nothing, and that is a NAN. A bound of
 * INFINITY proves that there is no way. */
typedef struct kn_landmarks kn_landmarks;
typedef struct kn_landmarks_view {
  int64_t n;
  int32_t count;                     /* of landmarks; fewer than wanted when the nodes are fewer */
  const int32_t *node;               /* [count] */
  const float *from_low, *from_high; /* [n * count] distance from landmark l to node i at [i * count + l]; INFINITY: no way */
  const float *to_low, *to_high;     /* [n * count] distance from node i to landmark l */
} kn_landmarks_view;
/* Landmarks are chosen among node [n], each as far from those before as can be. Two sweeps over the hierarchy per landmark;
 * 16 bytes per node and landmark. */
kn_code kn_landmarks_new(kn_landmarks **out, const kn_ch *ch, int64_t n, const int32_t *node, int32_t wanted, kn_error *err);
kn_landmarks_view kn_landmarks_rows(const kn_landmarks *landmarks);
void kn_landmarks_free(kn_landmarks *landmarks);
/* A proven lower bound of the distance from the i-th node to the j-th. O(landmarks). */
double kn_landmarks_bound(const kn_landmarks *landmarks, int64_t i, int64_t j);

/* ------------------------------------------------------------------ snapping
 * Which nodes of a network are near a place? */
typedef struct kn_snap kn_snap;
/* node [n] with their places point [n]: a subset of a graph, such as its road nodes. Copied. 40 bytes per node. */
kn_code kn_snap_new(kn_snap **out, kn_metric metric, int64_t n, const int32_t *node, const kn_point *point, kn_error *err);
void kn_snap_free(kn_snap *snap);
/* The nearest `k` nodes at most `most_km` away (inclusive), nearest first, into hit[k] (its `point` is the node, `worth` is -km);
 * returns how many. Ties: the one given first. Thread safe. */
int32_t kn_snap_nearest(const kn_snap *snap, kn_point at, double most_km, int32_t k, kn_hit *hit);

/* ------------------------------------------------------------------ what carries a unit from here to there
 * kn_access is the network of a region as its modes see it: for each mode the graph of the links it runs on, where each
 * place meets it, and the shortest ways between them. kn_fares puts prices on it: what the best chain of legs costs, under given
 * weights. Points are numbered: sites, then gateways, terminals, and the nodes of the settings.
 *
 * A leg is one mode from one point to another:
 *   km    a mode with links: circuity x what lies between point and node at either end + the way along its links; where both ends
 *         meet the network in one node, or a mode that needs no network is too far from it, circuity x great circle
 *   EUR   load_eur + eur_per_unit_km km + tolls; the way is the one with the least of that, CO2 at its price included
 *   hours each link at its own speed or that of the mode, whichever is slower; the rest at that of the mode
 * A chain is legs with a transfer at a terminal between each two; a leg meets a terminal whose kinds its mode runs on.
 * A tariff replaces a leg's EUR, CO2 and km. See docs/method.md.
 *
 * A mode with loss_per_km brings (1 - loss_per_km)^km of a unit to the other end. It carries from end to end, in one leg: what is
 * left then depends on one distance, and which mode is best on what a unit is worth where it arrives (kn_fares_left()). */
typedef struct kn_access kn_access;
typedef struct kn_access_settings {
  int32_t thread_count; /* 0: one per core */
  int64_t node_count;   /* nodes that are points too */
  const int32_t *node;  /* [node_count] rows */
  bool is_complete;     /* also where there is neither link nor terminal nor tariff */
} kn_access_settings;

/* The region is lent. *out is NULL when it has neither links nor terminals nor tariffs and is not wanted complete: then all is
 * as the crow flies.
 * O(links log links) for each set of kinds that a mode runs on. */
kn_code kn_access_new(kn_access **out, const kn_region *region, const kn_access_settings *settings, const kn_watch *watch,
                      kn_error *err);
void kn_access_free(kn_access *access); /* NULL is fine */
/* For who will ask what very many pairs cost: labels and landmarks, which take about as long to make as the network itself.
 * Answers are the same without; each then takes some microseconds, and threads wait for each other. Nothing the second time. */
kn_code kn_access_hasten(kn_access *access, kn_error *err);
/* True when moving costs the same in both wherever sites and gateways have the same rows: the same places, modes, links, terminals
 * and tariffs. Both NULL: true. O(links). */
bool kn_access_is_like(const kn_access *a, const kn_access *b);

typedef struct kn_access_facts {
  int32_t site_first, gateway_first, terminal_first, node_first, point_count;
  int32_t carrier_count; /* modes, and after them those that only tariffs name */
} kn_access_facts;
kn_access_facts kn_access_tell(const kn_access *access);
const char *kn_access_carrier(const kn_access *access, int32_t carrier); /* its mode_id */
int64_t kn_access_told(const kn_access *access);                /* costs that kn_fares_cost() told so far, of all fares */
int32_t kn_access_node(const kn_access *access, int32_t point); /* row of nodes of a point that is one */
/* Does this mode run on links here, and does this point meet them? KN_OFF: the mode moves as the crow flies everywhere. */
typedef enum kn_meeting { KN_OFF, KN_MEETS, KN_CUT_OFF } kn_meeting;
kn_meeting kn_access_meets(const kn_access *access, int32_t mode, int32_t point);

/* A choice of carriers and terminals, by number: below carrier_count a single leg of that carrier, above it a chain. Numbers are
 * given in the order of asking and hold as long as the access. */
enum { KN_LEGS_MOST = 8 };
typedef struct kn_via {
  int32_t leg_count;
  int32_t carrier[KN_LEGS_MOST];  /* [leg_count] */
  int32_t terminal[KN_LEGS_MOST]; /* [leg_count - 1] rows */
} kn_via;
kn_via kn_access_via(kn_access *access, int32_t via);
int32_t kn_via_number(kn_access *access, const kn_via *via, kn_error *err); /* of a chain; KN_NONE: no memory */

typedef struct kn_leg {
  int32_t carrier, from, to;     /* points */
  double km, eur, co2_kg, hours; /* hours NAN: a speed is not known */
  double keep;                   /* share of a unit that arrives */
  int64_t link_count;
  const int32_t *link; /* [link_count] in the order travelled; NULL: as the crow flies, or a tariff */
} kn_leg;
typedef struct kn_trip {
  double eur, co2_kg, km, hours; /* with transfers; eur without the price of CO2; per unit sent off */
  double keep;                   /* share of a unit that arrives */
  int32_t main_carrier;          /* of the longest leg */
  int32_t leg_count;
  kn_leg leg[KN_LEGS_MOST];
  int32_t terminal[KN_LEGS_MOST];
} kn_trip;
/* A trip for a unit of a resource. False: this way cannot be gone. Links are listed, and hours told, when `arena` is there
 * (KN_E_LIMIT in err: it is full). Thread safe. */
bool kn_access_trip(kn_access *access, int32_t via, int32_t resource, int32_t from, int32_t to, kn_arena *arena, kn_trip *trip);

/* All trips that no other is better than: none has less EUR, CO2, hours and loss at once. Hours that are not known count as
 * none. By rising EUR, into arena, with their links. O(terminals^2 carriers) legs, and more where many trips are as good. */
kn_code kn_access_choices(kn_access *access, int32_t resource, int32_t from, int32_t to, kn_arena *arena, const kn_trip **trip,
                          int32_t *count, kn_error *err);

/* worth = value x EUR (CO2 at its price included) + co2 x t. */
typedef struct kn_fare_weights {
  double value, co2;
  const double
      *terminal; /* [terminals] what a unit through each costs more, INFINITY: closed. NULL: nothing, candidates are closed */
} kn_fare_weights;
typedef struct kn_fares kn_fares;
kn_code kn_fares_new(kn_fares **out, kn_access *access, const kn_fare_weights *weights, kn_error *err);
void kn_fares_free(kn_fares *fares);
/* The least weighted cost of a trip over all chains, by modes that lose nothing; INFINITY: there is none. Symmetric in nothing.
 * Thread safe, no allocation. A fraction of a microsecond per mode, and O(terminals) where a chain might be best. */
double kn_fares_cost(const kn_fares *fares, int32_t resource, int32_t from, int32_t to);
/* The same where that is below `most`; else anything from `most` on, for the price of a look at landmarks where these can tell. */
double kn_fares_cost_below(const kn_fares *fares, int32_t resource, int32_t from, int32_t to, double most);
/* And the choice that has it, KN_NONE: there is none. */
int32_t kn_fares_via(const kn_fares *fares, int32_t resource, int32_t from, int32_t to, kn_error *err);
/* With modes that lose: the most of keep x worth - weighted cost over all trips, where a unit that arrives has this worth;
 * -INFINITY: there is no trip. O(modes that lose) more than kn_fares_cost(). */
double kn_fares_left(const kn_fares *fares, int32_t resource, int32_t from, int32_t to, double worth);
int32_t kn_fares_via_left(const kn_fares *fares, int32_t resource, int32_t from, int32_t to, double worth, kn_error *err);
/* The choice that costs least per unit that arrives. */
int32_t kn_fares_via_arriving(const kn_fares *fares, int32_t resource, int32_t from, int32_t to, kn_error *err);
/* Lines under every trip of a class: its weighted cost is at least the least of fixed + rate x great-circle km among those that
 * reach so far. One per mode, and one for all chains and all tariffs. */
typedef struct kn_fare_line {
  double fixed, rate, to_km;
  int32_t mode; /* KN_NONE: chains, tariffs */
} kn_fare_line;
const kn_fare_line *kn_fares_lines(const kn_fares *fares, kn_class resource_class, int32_t *count);
/* A closer bound: a trip costs at least the least of these fewer lines, or else at least what its ends cost, by chains and by
 * modes that hardly a place meets: kn_fares_end() where it leaves (KN_FROM) and where it arrives (KN_TO). */
const kn_fare_line *kn_fares_plain_lines(const kn_fares *fares, kn_class resource_class, int32_t *count);
double kn_fares_end(const kn_fares *fares, kn_class resource_class, kn_heading heading, int32_t point);

/* ------------------------------------------------------------------ the network as one graph
 * A unit of a class enters at leave[p], moves over copies of the links, one for each mode, passes terminals, and is there at
 * arrive[q] (a supernetwork: Sheffi 1985, Urban Transportation Networks, chapter 9). The least cost of a path is that of
 * kn_fares_cost(), to rounding, for every pair: flow on this graph is a plan over all pairs at once. Where modes have a max_km or
 * max_hours, or a way is chosen by other weights, it is at most that: paths may be what no trip can be. */
typedef struct kn_supernet kn_supernet;
typedef struct kn_supernet_view {
  int32_t node_count, arc_count;
  const int32_t *tail, *head;    /* [arc_count] */
  const double *cost;            /* [arc_count] weighted, >= 0, under the weights of the fares */
  const int32_t *leave, *arrive; /* [points] node; KN_NONE: no trip starts or ends there */
} kn_supernet_view;
/* is_from, is_to [points]: 1 where trips of interest start or end; terminals are there anyway. *out is NULL where paths are not
 * all there is to trips: with tariffs, with a mode without links that needs none, or where more than most_arcs arcs would be
 * wanted (pairs that meet the links in one node, or are cut off from them, get an arc each). The fares are lent while it is
 * made. */
kn_code kn_supernet_new(kn_supernet **out, const kn_fares *fares, kn_class class_of, const uint8_t *is_from, const uint8_t *is_to,
                        int64_t most_arcs, kn_error *err);
void kn_supernet_free(kn_supernet *net); /* NULL is fine */
kn_supernet_view kn_supernet_rows(const kn_supernet *net);
/* at, best [points]. KN_FROM: best[p] is the least over q of the cost from p to q + at[q]; KN_TO: best[q] the least over p of
 * at[p] + that cost. at INFINITY: not asked. One search over the graph (Dijkstra 1959): O(arcs log arcs), and for all pairs at
 * once. */
kn_code kn_supernet_best(const kn_supernet *net, kn_heading heading, const double *at, double *best, kn_error *err);
/* Costs by hubs. What a trip costs is the least of some channels: a road with one of its modes, chains, the way between places that
 * meet one node. In a channel each point has hubs, each at a cost (hubs of roads are those of labels, hubs of chains the
 * terminals), and a trip costs the least sum of both ends over the hubs that they share: that in an exact channel, at least that
 * in others. So the best partner of a point is found from the best at each of its hubs, and no pair need be looked at. */
typedef struct kn_fare_channel {
  int32_t hub_count; /* hubs are 0..hub_count-1 */
  int32_t carrier;   /* KN_NONE: chains */
  bool is_exact;
} kn_fare_channel;
typedef struct kn_fare_hubs {
  int32_t n;
  const int32_t *hub;    /* [n]; NULL: 0..n-1 */
  double fixed, rate;    /* cost of a hub: fixed + rate * units, or */
  const uint32_t *units; /* [n]; NULL: fixed + rate * cost */
  const double *cost;    /* [n] INFINITY: not by this one */
} kn_fare_hubs;
/* How many there are for a class; KN_NONE: hubs do not tell what its trips cost, as there are tariffs, ways by EUR or hours, or
 * a mode without links. */
int32_t kn_fares_channel_count(const kn_fares *fares, kn_class resource_class);
kn_fare_channel kn_fares_channel(const kn_fares *fares, kn_class resource_class, int32_t channel);
/* The hubs of a point where it leaves (KN_FROM) or arrives (KN_TO), after kn_access_hasten(). Lent. O(1). */
kn_fare_hubs kn_fares_hubs(const kn_fares *fares, kn_class resource_class, int32_t channel, kn_heading heading, int32_t point);
/* True when a mode goes as the crow flies from and to this point, which no channel tells. */
bool kn_fares_is_stray(const kn_fares *fares, kn_class resource_class, int32_t point);

#endif
