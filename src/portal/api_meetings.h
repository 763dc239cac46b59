/* What api_meetings.c, api_room.c and api_compose.c share. */
#ifndef KN_PORTAL_API_MEETINGS_H
#define KN_PORTAL_API_MEETINGS_H

#include "portal/api.h"

kn_code kn_meeting_id(const kn_request *request, int64_t *out, kn_error *err);
/* Tells phones and the wall that something is new, so that they look again. */
void kn_room_tell(const kn_request *request, int64_t meeting, const char *event);

#endif
