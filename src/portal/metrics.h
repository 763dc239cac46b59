/* What the portal counts about itself, in the text form that Prometheus reads (version 0.0.4). */
#ifndef KN_PORTAL_METRICS_H
#define KN_PORTAL_METRICS_H

#include "portal/portal.h"

enum { KN_LATENCY_BUCKETS = 12 };
typedef struct kn_metrics {
  _Atomic int64_t answers[6]; /* by the first digit of the status */
  _Atomic int64_t bucket[KN_LATENCY_BUCKETS + 1];
  _Atomic int64_t microseconds, bytes, kept, limited;
} kn_metrics;
void kn_metrics_count(kn_metrics *metrics, unsigned status, double seconds, size_t bytes);
/* malloc()ed; NULL: out of memory. */
char *kn_metrics_text(kn_portal *portal);
char *kn_health_text(kn_portal *portal, bool *is_well);

#endif
