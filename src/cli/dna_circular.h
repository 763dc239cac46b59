/* What `knoop dna` tells of products, accounts and hours. */
#ifndef KN_CLI_DNA_CIRCULAR_H
#define KN_CLI_DNA_CIRCULAR_H

#include "print.h"

/* Adds the members to the object `circularity`. */
void kn_dna_circular_json(json_t *out, const kn_region *region, const kn_dna_circular *circular);
kn_code kn_dna_circular_print(FILE *out, const kn_region *region, const kn_dna_circular *circular, kn_error *err);
/* The same of profiles. */
void kn_dna_hourly_json(json_t *out, const kn_region *region, const kn_dna_circular *circular);
kn_code kn_dna_hourly_print(FILE *out, const kn_region *region, const kn_dna_circular *circular, kn_error *err);

#endif
