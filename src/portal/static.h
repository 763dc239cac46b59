/* The pages of the portal, and what machines ask about it: /health, /metrics. */
#ifndef KN_PORTAL_STATIC_H
#define KN_PORTAL_STATIC_H

#include "portal/http.h"

typedef struct kn_pages kn_pages;
kn_code kn_pages_new(kn_pages **out, kn_error *err);
void kn_pages_free(kn_pages *pages);
/* Answers what is no address of the API. */
enum MHD_Result kn_pages_send(kn_exchange *exchange);

#endif
