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

/* Weights and distances are whole numbers, so that sums are exact whatever their order. The caller chooses the unit, such
 * that the longest way stays below 2^28: milli-euro per tonne, hundredths of a second and metres all leave room for a
 * continent. An arc that may not be used is left out of the graph. Nothing overflows: what could is refused with
 * KN_E_LIMIT, which asks for a coarser unit. */
#define KN_FAR UINT32_MAX                   /* a distance: there is no way */
#define KN_MOST_DISTANCE (KN_FAR - 1)       /* the longest distance that can be told */
#define KN_MOST_WEIGHT UINT32_C(0x7fffffff) /* of one arc */

typedef enum kn_direction { KN_FROM, KN_TO } kn_direction; /* distances from a node to others, or from others to it */

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
kn_code kn_dijkstra_run(kn_dijkstra *dijkstra, kn_direction direction, int32_t node, int32_t until, kn_error *err);
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
 * above KN_MOST_WEIGHT. KN_E_LIMIT: a sum along arcs that all climb may pass
 * KN_MOST_DISTANCE; such sums have been seen up to 15 times the longest distance. KN_E_STOPPED by the watch (NULL: none). */
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
void kn_ch_all(kn_ch_query *query, kn_direction direction, int32_t node, uint32_t *distance);
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

#endif
