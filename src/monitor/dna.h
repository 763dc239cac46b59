/* What the files of the DNA share and nobody else sees. */
#ifndef KN_MONITOR_DNA_H
#define KN_MONITOR_DNA_H

#include "knoop/monitor.h"

/* The material circularity of products, and their mean. O(products + materials) */
kn_code kn_dna_read_products(kn_dna_circular *out, const kn_region *region, kn_arena *keep, kn_arena *scratch, kn_error *err);
/* Accounts of materials and of waste, by area and year. O(n log n) */
kn_code kn_dna_read_accounts(kn_dna_circular *out, const kn_region *region, kn_arena *keep, kn_arena *scratch, kn_error *err);
/* Self-sufficiency hour by hour, and what of the ties (NULL: no plan) coincides. O(rows x depth of both trees, sorted; groups x
 * profiles x KN_TYPICAL_HOURS) */
kn_code kn_dna_read_hours(kn_dna_circular *out, const kn_region *region, const kn_tie_view *ties, kn_arena *keep,
                          kn_arena *scratch, kn_error *err);
/* Why they do not tell the indicators of the region as a whole (msgids); NULL: they do. */
const char *kn_dna_lacks_products(const kn_dna_circular *circular);
const char *kn_dna_lacks_materials(const kn_dna_circular *circular);
const char *kn_dna_lacks_treatments(const kn_dna_circular *circular);

#endif
