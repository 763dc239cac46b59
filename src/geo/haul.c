/* What it costs to move one unit over a distance: piecewise linear. */
#include "knoop/geo.h"

static double
cost_at(const kn_haul_segment *segment, double km)
{
  return segment->fixed + segment->rate * km;
}

int32_t
kn_haul_find(const kn_haul *haul, double km)
{
  for (int32_t i = 0; i < haul->segment_count; i++) {
    const kn_haul_segment *here = &haul->segments[i];
    if (!(km >= here->from_km))
      return -1;
    if (km < here->to_km)
      return i;
    /* The end of a segment is its own, unless the next one starts there. */
    if (km == here->to_km && (i + 1 == haul->segment_count || haul->segments[i + 1].from_km > km))
      return i;
  }
  return -1;
}

double
kn_haul_cost(const kn_haul *haul, double km)
{
  const int32_t at = kn_haul_find(haul, km);
  return at < 0 ? INFINITY : cost_at(&haul->segments[at], km);
}

/* A line is least at one of its ends, so the least of the range is at an end of a segment or of the range. The same
 * expression as in kn_haul_cost() gives it, so that rounding cannot put the bound above a cost. */
double
kn_haul_least(const kn_haul *haul, double min_km, double max_km)
{
  double least = INFINITY;
  for (int32_t i = 0; i < haul->segment_count; i++) {
    const kn_haul_segment *here = &haul->segments[i];
    const double first = here->from_km > min_km ? here->from_km : min_km;
    const double last = here->to_km < max_km ? here->to_km : max_km;
    if (!(first <= last))
      continue;
    /* A rate of 0 times an endless distance would be no number. */
    const double cost = cost_at(here, here->rate < 0 ? last : first);
    if (cost < least)
      least = cost;
  }
  return least;
}
