/* Trips over the network as JSON. */
#ifndef KN_CLI_TRIPS_H
#define KN_CLI_TRIPS_H

#include "print.h"

/* Key of a point of the network: a site, gateway, terminal or node. */
const char *kn_point_id(const kn_region *region, const kn_access *access, int32_t point);
/* [{mode_id, from, to, km, eur, co2_kg, hours}], from and to as keys. */
json_t *kn_json_legs(const kn_region *region, const kn_access *access, const kn_trip *trip);
/* [{terminal_id, eur, co2_kg, hours}] between them. */
json_t *kn_json_transfers(const kn_region *region, const kn_trip *trip);

#endif
