/* knoop/geo.h - where things are.
 *
 * Points are unit vectors on the sphere (or plain x, y on a plane), so that one kd-tree serves poles
 * and the date line, and distance is symmetric to the last bit. Polygons answer "which area holds
 * this point?". The weighted tree answers "which partner is worth most from here?" over all points. */
#ifndef KNOOP_GEO_H
#define KNOOP_GEO_H

#include "knoop/base.h"

#define KN_EARTH_KM 6371.0088 /* mean radius; planning-model.md */

typedef enum kn_metric { KN_SPHERE, KN_PLANE } kn_metric;
typedef struct kn_point {
  double x, y, z;
} kn_point; /* sphere: unit vector; plane: km, z = 0 */

kn_point kn_point_at(double lon_deg, double lat_deg); /* on the sphere */
/* Kilometres between two points. Symmetric to the last bit; the one function that tells a distance. */
double kn_point_km(kn_metric metric, kn_point a, kn_point b);

/* ------------------------------------------------------------------ haul: cost as a function of distance
 * A haul is piecewise linear in great-circle km: segments in order, without overlap; a distance in no
 * segment cannot be served. cost(km) = fixed + rate * km, unit per unit carried. */
typedef struct kn_haul_segment {
  double from_km, to_km; /* from_km <= km < to_km; includes to_km unless the next starts there */
  double fixed, rate;
  int32_t mode; /* the caller's number of the mode */
} kn_haul_segment;
typedef struct kn_haul {
  int32_t segment_count;
  const kn_haul_segment *segments;
} kn_haul;
/* Segment that serves `km`, or -1. */
int32_t kn_haul_find(const kn_haul *haul, double km);
/* Cost at `km`, INFINITY where nothing serves. */
double kn_haul_cost(const kn_haul *haul, double km);
/* A lower bound of the cost over [min_km, max_km], exact at the ends of segments. */
double kn_haul_least(const kn_haul *haul, double min_km, double max_km);

/* ------------------------------------------------------------------ weighted kd-tree
 * A static tree over n points with two weights per point that may change after building. A query from
 * a point p with numbers (scale, offset) ranks points i by
 *     worth_i = offset + scale * weight_a[i] + weight_b[i] - haul(km(p, i))       scale >= 0
 * and is exact: a subtree is left out only when its bound  offset + scale * max a + max b - least haul
 * over the distances to its box  cannot reach the worst kept.  Ties: the lower point number first.
 * Memory about 40 bytes per point, and 16 more once it was weighed. Query expected O(log n) on spread points, O(n) at worst. */
typedef struct kn_tree kn_tree;

/* point [n], copied. leaf size 8. O(n log n). */
kn_code kn_tree_new(kn_tree **out, kn_metric metric, int64_t n, const kn_point *point, kn_error *err);
void kn_tree_free(kn_tree *tree);
/* Order of the points in the tree (kd order): position -> point number, [n]. Queries in this order are cheap. */
const int32_t *kn_tree_order(const kn_tree *tree);
/* Sets the weights (arrays [n] by point number; NULL: all zero) and the maxima above them. O(n). -INFINITY
 * leaves a point out. */
void kn_tree_weigh(kn_tree *tree, const double *weight_a, const double *weight_b);

typedef struct kn_hit {
  int32_t point;
  double worth, km;
} kn_hit;
typedef struct kn_query {
  kn_point from;
  bool is_anywhere; /* distance counts as 0 for every point */
  double scale, offset;
  double floor;        /* only hits with worth > floor */
  const kn_haul *haul; /* NULL: haul is km itself (nearest) */
  /* Exact filter and extra worth at the leaves; NULL lets all pass. Returns the addition to worth (at most
   * `extra_most`), or -INFINITY to leave the pair out. */
  double (*extra)(void *arg, int32_t point, double km);
  double extra_most;
  void *arg;
} kn_query;
/* The best `k` hits into hit[k], best first; returns how many. No allocation; thread safe between weighings. */
int32_t kn_tree_best(const kn_tree *tree, const kn_query *query, int32_t k, kn_hit *hit);

/* How many points lie within km (inclusive) of a point. Expected O(sqrt n). */
int64_t kn_tree_within(const kn_tree *tree, kn_point from, double km);

/* ------------------------------------------------------------------ polygons (GEOS)
 * Polygons and multipolygons in WGS 84, from WKB. One GEOS handle per object; locate is not thread safe. */
typedef struct kn_polygons kn_polygons;
kn_code kn_polygons_new(kn_polygons **out, kn_error *err);
void kn_polygons_free(kn_polygons *polygons);
/* Adds a polygon under the caller's `number`. KN_E_INPUT tells why a geometry is not usable. */
kn_code kn_polygons_add(kn_polygons *polygons, int32_t number, const uint8_t *wkb, size_t length, kn_error *err);
/* The numbers of all polygons that hold the point (boundary counts), smallest area first, at most `most`. */
int32_t kn_polygons_at(kn_polygons *polygons, double lon_deg, double lat_deg, int32_t *number, int32_t most);
bool kn_polygons_bounds(const kn_polygons *polygons, double bounds[4]); /* lon0 lat0 lon1 lat1; false: none */

#endif
