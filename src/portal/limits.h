/* How often somebody may ask: token buckets in memory. A bucket holds `burst` and fills with `per_s`; what is asked takes one. */
#ifndef KN_PORTAL_LIMITS_H
#define KN_PORTAL_LIMITS_H

#include "knoop/base.h"

typedef struct kn_limits kn_limits;
kn_code kn_limits_new(kn_limits **out, kn_error *err);
void kn_limits_free(kn_limits *limits); /* NULL is fine */
/* Takes `amount` (negative: gives back) from the bucket of (what, key); 0, or the seconds to wait until there is enough, and nothing
 * is taken. O(1). Any number of threads. now_s: seconds that only rise. */
double kn_limits_take(kn_limits *limits, const char *what, const char *key, double burst, double per_s, double amount,
                      double now_s);

#endif
