/* Connections and the requests on them.
 *
 *   opened ─> uri: an exchange begins ─> ... ─> it ended ─> uri ... ─> closed: an exchange that never ended goes too
 *
 * libmicrohttpd says when a request has ended, but not of each: one that it fails to read it may forget. So a connection knows its own. */
#include "portal/http.h"

#include <stdlib.h>
#include <string.h>

typedef struct wire {
  kn_line *line;         /* NULL: memory ran out when it was opened */
  kn_exchange *exchange; /* NULL: none is under way */
} wire;

static wire *
wire_of(struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info != NULL ? info->socket_context : NULL;
}

kn_line *
kn_wire_take(struct MHD_Connection *connection, kn_exchange *exchange)
{
  wire *on = wire_of(connection);
  if (on == NULL)
    return NULL;
  kn_exchange_drop(on->exchange);
  on->exchange = exchange;
  return on->line;
}

void
kn_wire_drop(struct MHD_Connection *connection)
{
  wire *on = wire_of(connection);
  if (on != NULL)
    on->exchange = NULL;
}

static void
close_wire(kn_portal *portal, wire *over)
{
  if (over == NULL)
    return;
  kn_line_close(portal->lines, over->line);
  kn_exchange_drop(over->exchange);
  free(over);
}

void
kn_wire_mind(void *portal, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
  const kn_portal *of = portal;
  if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
    close_wire(portal, *context);
    *context = NULL;
    return;
  }
  const union MHD_ConnectionInfo *socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  const union MHD_ConnectionInfo *address = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  wire *one = socket != NULL ? calloc(1, sizeof *one) : NULL;
  if (one != NULL)
    one->line = kn_line_open(of->lines, socket->connect_fd, address != NULL ? address->client_addr : NULL, kn_store_seconds());
  *context = one;
}

bool
kn_wire_cut_parameters(const char *uri)
{
  enum { MOST = 200, PARAMETER_BYTES = 80, OTHERS_BYTES = 6000 };
  const size_t taken = strlen(uri) + OTHERS_BYTES, left = taken < KN_CONNECTION_BYTES ? KN_CONNECTION_BYTES - taken : 0;
  const size_t room = left / PARAMETER_BYTES < MOST ? left / PARAMETER_BYTES : MOST;
  char *at = strchr((char *)(uintptr_t)uri, '?');
  for (size_t i = 0; at != NULL && i < room; i++)
    at = strchr(at + 1, '&');
  if (at == NULL)
    return true;
  at[*at == '?'] = '\0'; /* a question mark stays, and nothing behind it */
  return false;
}

static enum MHD_Result
count_length(void *count, enum MHD_ValueKind kind, const char *name, const char *value)
{
  (void)kind;
  (void)value;
  *(int *)count += strcasecmp(name, "Content-Length") == 0 || strcasecmp(name, "Transfer-Encoding") == 0;
  return MHD_YES;
}

bool
kn_wire_has_two_lengths(struct MHD_Connection *connection)
{
  int lengths = 0;
  MHD_get_connection_values(connection, MHD_HEADER_KIND, count_length, &lengths);
  return lengths > 1;
}
