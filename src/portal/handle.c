/* What handlers of many features do alike: read the number of a row from the path, ask for an actor, add a line about a row to the log. */
#include "portal/portal.h"

#include <errno.h>
#include <stdlib.h>

kn_code
kn_part_id(const kn_request *request, const char *name, int64_t *out, kn_error *err)
{
  const char *text = kn_request_part(request, name);
  char *end;
  errno = 0;
  *out = strtoll(text, &end, 10);
  return errno == 0 && end != text && *end == '\0' && *out > 0 ? KN_OK : kn_missing(request, err);
}

kn_code
kn_actor_is_there(kn_conn *conn, const char *actor_id, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("actor", actor_id)};
  kn_field there;
  bool is_there;
  KN_TRY(kn_conn_ask_one(conn, "actor_exists", which, 1, NULL, &there, &is_there, err));
  return is_there ? KN_OK : kn_fail(err, KN_E_INPUT, "actors: the region has no actor %s", actor_id);
}

kn_code
kn_audit_row(kn_conn *conn, const char *what, const char *kind, int64_t id, const char *detail, kn_error *err)
{
  char about[64];
  snprintf(about, sizeof about, "%s %" PRId64, kind, id);
  return kn_conn_audit(conn, what, about, detail, err);
}
