/* The arrays of endpoints, one a feature; and handlers that stand in files of their own. */
#ifndef KN_PORTAL_API_H
#define KN_PORTAL_API_H

#include "portal/portal.h"

extern const kn_endpoint kn_api_core[];
extern const kn_endpoint kn_api_people[];
extern const kn_endpoint kn_api_data[];
extern const kn_endpoint kn_api_cases[];
extern const kn_endpoint kn_api_blind[];
extern const kn_endpoint kn_api_meetings[];
extern const kn_endpoint kn_api_room[];
extern const kn_endpoint kn_api_compose[];
extern const kn_endpoint kn_api_jobs[];
extern const kn_endpoint kn_api_look[];
extern const kn_endpoint kn_api_plan[];
extern const kn_endpoint kn_api_course[];
extern const kn_endpoint kn_api_map[];

kn_code kn_api_login(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_logout(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_me(kn_request *request, kn_reply *reply, kn_error *err);

#endif
