/* The endpoints that every part of the portal needs. */
#include "portal/api.h"

static kn_code
openapi(kn_request *request, kn_reply *reply, kn_error *err)
{
  (void)request;
  reply->json = kn_openapi();
  return reply->json != NULL ? KN_OK : kn_fail(err, KN_E_LIMIT, "out of memory");
}

static kn_code
events(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_stream(request, reply, "all", err);
}

const kn_endpoint kn_api_core[] = {
    {"GET", "/openapi.json", KN_MAY_ALL, KN_KEEPS, openapi, "This description.", NULL, NULL, NULL},
    {"GET", "/me", KN_MAY_ALL, KN_SLOW, kn_api_me, "Who is signed in, and what they may.", NULL, NULL, NULL},
    {"POST", "/login", KN_MAY_ALL, KN_WRITES | KN_NO_CSRF, kn_api_login, "Sign in.", NULL,
     "{\"type\":\"object\",\"required\":[\"email\",\"password\"],\"properties\":{\"email\":{\"type\":\"string\"},"
     "\"password\":{\"type\":\"string\"},\"totp\":{\"type\":\"string\"}}}",
     NULL},
    {"POST", "/logout", KN_MAY_MEMBERS, KN_WRITES, kn_api_logout, "Sign out.", NULL, NULL, NULL},
    {"GET", "/events", KN_MAY_MEMBERS, 0, events, "An event stream: `changed` when anything did.", NULL, NULL,
     "text/event-stream"},
    {NULL},
};
