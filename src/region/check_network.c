/* Checks of the transport network: links shorter than the way the crow flies or drawn elsewhere, candidate terminals without a
 * lifetime, pipes that lose no heat. */
#include "region/internal.h"

#include <stdio.h>

#define KM_ROUNDED 0.0005 /* lengths are often given in whole metres */
#define ELLIPSOID 0.006   /* and measured on WGS 84, up to 0.56 % shorter than on the sphere */
#define KM_AWAY 0.1

static double
between(const kn_region *region, int32_t node, double lon, double lat)
{
  return kn_point_km(KN_SPHERE, region->nodes.point[node], kn_point_at(lon, lat));
}

/* How far the ends of the geometry lie from the nodes, the farther one. */
static double
gap_of(const kn_region *region, int64_t row, const uint8_t *wkb)
{
  double lon, lat;
  kn_line_point(wkb, 0, &lon, &lat);
  const double from = between(region, region->links.from[row], lon, lat);
  kn_line_point(wkb, kn_line_points(wkb) - 1, &lon, &lat);
  return fmax(from, between(region, region->links.to[row], lon, lat));
}

static kn_code
check_link(const kn_check *check, int64_t row, kn_error *err)
{
  const kn_region *region = check->region;
  const kn_link_view links = region->links;
  const int32_t from = links.from[row], to = links.to[row];
  if (from == KN_NONE || to == KN_NONE)
    return KN_OK; /* refused already */
  const double least = kn_point_km(KN_SPHERE, region->nodes.point[from], region->nodes.point[to]);
  const uint8_t *wkb;
  size_t length;
  if (links.km[row] < least * (1 - ELLIPSOID) - KM_ROUNDED)
    KN_TRY(kn_check_tell(check, KN_WARNING, "link_short", KN_T_LINK, row, "km", "look at its km and at the places of its nodes",
                         err, "it is %.3f km long, but its nodes lie %.3f km apart", links.km[row], least));
  if (!kn_region_wkb(region, KN_T_LINK, (int32_t)row, &wkb, &length))
    return KN_OK;
  const double gap = gap_of(region, row, wkb);
  if (gap > KM_AWAY)
    return kn_check_tell(check, KN_WARNING, "link_geometry", KN_T_LINK, row, NULL,
                         "draw it from from_id to to_id, or move the node", err,
                         "its geometry begins or ends %.3f km from its node", gap);
  return KN_OK;
}

static kn_code
check_terminal(const kn_check *check, int64_t row, kn_error *err)
{
  const kn_terminal_view terminals = check->region->terminals;
  if (terminals.status[row] == KN_CANDIDATE && terminals.capex_eur[row] > 0 && isnan(terminals.lifetime_yr[row]))
    return kn_check_tell(check, KN_ERROR, "no_lifetime", KN_T_TERMINAL, row, "lifetime_yr", "give it its lifetime_yr", err,
                         "it is a candidate that costs an investment but has no lifetime_yr");
  return KN_OK;
}

/* Every pipe of heat loses some; what is blank counts as nothing lost. A 0 that is written is meant. */
static kn_code
check_mode(const kn_check *check, int64_t row, kn_error *err)
{
  const kn_mode_view modes = check->region->modes;
  const double *loss = kn_table_column(&check->region->table[KN_T_MODE], "loss_per_km")->real;
  if (modes.class_of[row] != KN_ENERGY || (modes.kinds[row] & 1u << KN_ON_PIPE_HEAT) == 0 || !isnan(loss[row]))
    return KN_OK;
  return kn_check_tell(check, KN_HINT, "no_loss", KN_T_MODE, row, "loss_per_km",
                       "give it the share that a kilometre loses, or 0 if that is meant", err,
                       "it carries heat through pipes and loses nothing on the way");
}

kn_code
kn_check_network(const kn_check *check, kn_error *err)
{
  for (int64_t i = 0; i < check->region->links.n; i++)
    KN_TRY(check_link(check, i, err));
  for (int64_t i = 0; i < check->region->terminals.n; i++)
    KN_TRY(check_terminal(check, i, err));
  for (int64_t i = 0; i < check->region->modes.n; i++)
    KN_TRY(check_mode(check, i, err));
  return KN_OK;
}
