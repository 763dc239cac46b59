/* Event streams: what happens, told to those who listen (server-sent events, WHATWG HTML section 9.2). */
#ifndef KN_PORTAL_EVENTS_H
#define KN_PORTAL_EVENTS_H

#include "portal/portal.h"

struct MHD_Response;
struct MHD_Connection;
typedef struct kn_hub kn_hub;
kn_code kn_hub_new(kn_hub **out, kn_error *err);
/* Ends all streams; new ones end at once. Their connections close by themselves. */
void kn_hub_end(kn_hub *hub);
void kn_hub_free(kn_hub *hub); /* after the daemon; NULL is fine */
int64_t kn_hub_listeners(kn_hub *hub);
/* One message for a channel; `text` is one line (JSON). */
void kn_hub_tell(kn_hub *hub, const char *channel, const char *event, const char *text);
/* The same for many who need not hear it at once: a thousand who wake together would let everybody else wait. */
void kn_hub_tell_calmly(kn_hub *hub, const char *channel, const char *event, const char *text);
/* A comment to all, calmly, so that both sides notice when the other has gone. */
void kn_hub_beat(kn_hub *hub);
/* Wakes one of `parts` parts of those who were told calmly; false: nobody is left. O(listeners). */
bool kn_hub_nudge(kn_hub *hub, int32_t part, int32_t parts);
/* The stream of a channel, from the message after `last` (0: from now) on. */
struct MHD_Response *kn_hub_listen(kn_hub *hub, struct MHD_Connection *connection, const char *channel, int64_t last);

#endif
