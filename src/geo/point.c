/* Points and the one distance between them. */
#include "internal.h"

kn_point
kn_point_at(double lon_deg, double lat_deg)
{
  const double to_rad = M_PI / 180;
  /* The poles have one point each, whatever the longitude, and both names of the date line are one meridian: sine and
   * cosine of a rounded pi would make near twins of them. */
  if (lat_deg == 90 || lat_deg == -90)
    return (kn_point){.z = lat_deg > 0 ? 1 : -1};
  const double ring = cos(lat_deg * to_rad);
  if (lon_deg == 180 || lon_deg == -180)
    return (kn_point){.x = -ring, .z = sin(lat_deg * to_rad)};
  return (kn_point){.x = ring * cos(lon_deg * to_rad), .y = ring * sin(lon_deg * to_rad), .z = sin(lat_deg * to_rad)};
}

/* Great-circle distance from the chord c of unit vectors: 2 R asin(c / 2). Beyond a quarter of the circle asin loses
 * digits, so there the chord to the opposite point is taken. */
double
kn_point_km(kn_metric metric, kn_point a, kn_point b)
{
  const double chord2 = point_chord2(a, b);
  if (metric == KN_PLANE)
    return sqrt(chord2);
  if (chord2 <= 2)
    return 2 * KN_EARTH_KM * asin(0.5 * sqrt(chord2));
  const double x = a.x + b.x, y = a.y + b.y, z = a.z + b.z;
  return KN_EARTH_KM * (M_PI - 2 * asin(0.5 * sqrt(x * x + y * y + z * z)));
}
