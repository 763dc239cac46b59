/* What the files of this folder share. */
#ifndef KNOOP_GEO_INTERNAL_H
#define KNOOP_GEO_INTERNAL_H

#include "knoop/geo.h"

/* Squared straight-line distance: of unit vectors on the sphere, of km on the plane. Every term is a square of a
 * difference, so it is the same both ways to the last bit. */
static inline double
point_chord2(kn_point a, kn_point b)
{
  const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
  return dx * dx + dy * dy + dz * dz;
}

#endif
