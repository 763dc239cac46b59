/* The frame of the portal: what an endpoint is, what it is asked, what it answers.
 *
 * A feature is one array of kn_endpoint in its own api_NAME.c, listed in routes.c. The same table leads requests, refuses roles and
 * writes /api/v1/openapi.json. A handler reads the request, calls a task or asks the desk, and fills the reply; it knows nothing of
 * HTTP below that. Errors are returned as everywhere, and become a problem document (RFC 9457) in one place: reply.c. */
#ifndef KN_PORTAL_PORTAL_H
#define KN_PORTAL_PORTAL_H

#include "knoop/base.h"
#include "knoop/desk.h"
#include "knoop/tasks.h"

#include <jansson.h>

typedef struct kn_portal kn_portal;
typedef struct kn_request kn_request;
typedef struct kn_reply kn_reply;

/* A problem of a kind of its own: set request->problem before failing. */
typedef struct kn_problem_kind {
  int status;
  const char *type, *title; /* type: after /problems/ */
} kn_problem_kind;

/* ---------------------------------------------------------------- endpoints */
#define KN_MAY(role) (1u << (role))
#define KN_MAY_ALL 0x3fu
#define KN_MAY_MEMBERS (KN_MAY_ALL & ~KN_MAY(KN_PUBLIC))
#define KN_MAY_COORDINATOR KN_MAY(KN_COORDINATOR)
#define KN_MAY_PARTNER (KN_MAY(KN_PARTNER) | KN_MAY(KN_COORDINATOR))
enum {
  KN_KEEPS = 1,   /* the answer depends on path, query, language and what the viewer may see, and may be kept until a commit */
  KN_WRITES = 2,  /* runs on a worker; the CSRF header is asked for */
  KN_SLOW = 4,    /* runs on a worker: waits for the disk or computes for more than a few milliseconds */
  KN_NO_CSRF = 8, /* writes without a session yet (signing in) */
  KN_TAKES_FILE = 16, /* the body may be a form with a file (upload.h) */
  KN_LISTS = 32,      /* answers with kn_reply_list(): the description tells its forms and pages */
};
typedef kn_code (*kn_handler)(kn_request *request, kn_reply *reply, kn_error *err);
typedef struct kn_query_def {
  const char *name;
  const char *type; /* of JSON Schema: string, integer, number, boolean */
  const char *text; /* English msgid */
} kn_query_def;
typedef struct kn_endpoint {
  const char *method, *path; /* below /api/v1: "/cases/{case_id}/tasks" */
  uint32_t roles;            /* KN_MAY(...) */
  uint32_t flags;
  kn_handler handle;
  const char *summary;       /* English msgid */
  const kn_query_def *query; /* name NULL ends; NULL: none */
  const char *body;          /* JSON Schema of the body; NULL: none */
  const char *reply;         /* JSON Schema of the answer; a media type: that, or JSON; NULL: an object */
} kn_endpoint;
typedef struct kn_endpoints {
  const char *tag;
  const kn_endpoint *endpoint; /* method NULL ends */
} kn_endpoints;
extern const kn_endpoints kn_routes[]; /* routes.c; tag NULL ends */

/* ---------------------------------------------------------------- a request, for handlers */
enum { KN_PATH_PARTS = 8 };
struct kn_request {
  kn_portal *portal;
  kn_desk *desk;
  kn_conn *conn; /* lent for this request, as its viewer */
  const kn_endpoint *endpoint;
  kn_arena *arena; /* ends with the request */
  kn_viewer viewer;
  const char *account_name, *account_email, *csrf; /* NULL without a session */
  const char *language;                            /* "nl" or "en" */
  const char *method, *path;                       /* path as asked, decoded */
  int32_t part_count;
  const char *part_name[KN_PATH_PARTS], *part[KN_PATH_PARTS]; /* of {names} in the path */
  json_t *body;                                               /* NULL: none; else an object */
  const char *file; /* what came in a form, on the disk for as long as the request; NULL: none */
  int64_t file_bytes;
  const char *session;                                                        /* token of the cookie; NULL: none */
  const char *session_handle, *session_seen, *session_rotated, *session_ends; /* with a session; times UTC */
  bool has_second_factor;
  const kn_problem_kind *problem; /* what kind of problem an error is, where its code does not say; NULL */
  json_t *problem_more;           /* members to add to a problem document; NULL: none */
  int32_t retry_after_s;          /* 0: none */
  const char *remote;             /* address of the client, for limits and the log */
  void *http;                     /* of http.c */
};
const char *kn_request_part(const kn_request *request, const char *name);   /* never NULL for a name of the path */
const char *kn_request_query(const kn_request *request, const char *name);  /* NULL: not given */
const char *kn_request_header(const kn_request *request, const char *name); /* NULL: not given */
/* A query parameter or member of the body as a number; KN_E_INPUT says what was expected. Not given: *out stays. */
kn_code kn_request_int(const kn_request *request, const char *name, int64_t least, int64_t most, int64_t *out, kn_error *err);
/* Members of the body. A text is trimmed; NULL when it is not given or empty, KN_E_INPUT when it is needed, no text, or longer. */
kn_code kn_body_text(const kn_request *request, const char *name, bool is_needed, int64_t most_bytes, const char **out,
                     kn_error *err);
kn_code kn_body_real(const kn_request *request, const char *name, bool is_needed, double *out,
                     kn_error *err); /* NAN: not given */
kn_code kn_body_int(const kn_request *request, const char *name, bool is_needed, int64_t *out, kn_error *err); /* 0: not given */
kn_code kn_body_flag(const kn_request *request, const char *name, bool *out, kn_error *err); /* not given: stays */

/* ---------------------------------------------------------------- a reply
 * Give one of: json (taken over), bytes. */
typedef struct kn_header {
  const char *name, *value;
} kn_header;
struct kn_reply {
  int status;   /* 0: 200, or 204 without a body */
  json_t *json; /* freed with the reply */
  const char *type;
  char *bytes; /* malloc(), taken over */
  size_t length;
  int32_t header_count;
  kn_header header[8];
  const char *channel; /* an event stream of this channel; NULL: none */
  /* What is too much to hold: piece after piece, each when the one before it has gone; *length 0: that was all. `end` frees it. */
  kn_code (*pull)(void *arg, const char **piece, size_t *length, kn_error *err);
  void (*pull_end)(void *arg);
  void *pull_arg;
  int64_t version; /* of the row that the answer is about, for its ETag and If-Match; KN_ANY_VERSION: none, by its bytes */
};
kn_code kn_reply_header(kn_reply *reply, kn_request *request, const char *name, const char *value, kn_error *err);
/* The version that If-Match asks for; KN_ANY_VERSION without that header. KN_E_INPUT: not an ETag of ours. */
kn_code kn_request_version(const kn_request *request, int64_t *version, kn_error *err);

/* A list straight from a named statement, as the client wants it: JSON {items, next}, CSV or GeoJSON (from columns lon, lat or
 * geojson), with limit (100; at most 1000) and cursor. The statement takes :limit and :after: the first column of the last row of the
 * page before, as text, or NULL. CSV and GeoJSON without limit and cursor are the whole list, which is read and sent by pages. Column names are member names, save for endings: x_json is JSON, is_x, has_x are booleans;
 * a column named cursor comes first, is only for the cursor and not shown. */
kn_code kn_reply_list(kn_request *request, kn_reply *reply, const char *statement, const kn_bind *bind, int32_t count,
                      kn_error *err);
/* "json", "csv" or "geojson": what Accept weighs highest of these. */
const char *kn_form_accepted(const kn_request *request);
/* The same of rows that come from elsewhere: `ask` gives those after the cursor `after`, one more than the page holds. It may be called
 * again after the handler has returned, with another request->conn: arg lives as long as the request (its arena). */
typedef kn_code (*kn_list_ask)(void *arg, const char *after, int64_t limit, kn_answer_visit visit, void *visit_arg,
                               kn_error *err);
kn_code kn_reply_list_from(kn_request *request, kn_reply *reply, kn_list_ask ask, void *arg, kn_error *err);
/* The one row of a statement as an object; KN_E_MISSING when there is none. */
kn_code kn_reply_row(kn_request *request, kn_reply *reply, const char *statement, const kn_bind *bind, int32_t count,
                     kn_error *err);
/* An event stream: all that kn_portal_tell() says to the channel from now on. The handler has checked who may listen. */
kn_code kn_reply_stream(kn_request *request, kn_reply *reply, const char *channel, kn_error *err);
/* Tells those who listen to a channel ("all": every member; "job:12", "meeting:5"). event: one word; object is lent. Members
 * are told that something changed, never what they may not see. */
void kn_portal_tell(kn_portal *portal, const char *channel, const char *event, const json_t *object);
/* A row as JSON, and all rows of a statement as an array, for handlers that put answers together. */
kn_code kn_row_json(const kn_answer *answer, json_t **out, kn_error *err);
kn_code kn_rows_json(kn_conn *conn, const char *statement, const kn_bind *bind, int32_t count, json_t **out, kn_error *err);
/* The same answer for what is not there and what may not be seen. */
kn_code kn_missing(const kn_request *request, kn_error *err);

/* ---------------------------------------------------------------- handle.c: what handlers do alike
 * The number of a row in the path; KN_E_MISSING when it is none. */
kn_code kn_part_id(const kn_request *request, const char *name, int64_t *out, kn_error *err);
/* KN_E_INPUT: the region has no such actor, said of the member `actors` of the body. */
kn_code kn_actor_is_there(kn_conn *conn, const char *actor_id, kn_error *err);
/* A line of the log about a row, "account 12"; detail: JSON, NULL: none. Within kn_desk_write(). */
kn_code kn_audit_row(kn_conn *conn, const char *what, const char *kind, int64_t id, const char *detail, kn_error *err);

/* ---------------------------------------------------------------- auth.c
 * Who is asking, from the cookie; without a session the public. */
kn_code kn_auth_look(kn_request *request, kn_error *err);
/* argon2id; slow on purpose: at most two at a time. out [128]. */
kn_code kn_auth_hash(const char *password, char *out, kn_error *err);
bool kn_auth_verify(const char *hash, const char *password);
int64_t kn_auth_hash_count(void); /* of both, on this thread so far */

/* ---------------------------------------------------------------- openapi.c */
json_t *kn_openapi(void);

/* ---------------------------------------------------------------- reply.c */
/* The problem document of an error; its status. */
int kn_problem(const kn_request *request, const kn_error *err, json_t **out);

/* ---------------------------------------------------------------- serving: http.c */
enum { KN_IMPORT_MOST = 64 << 20 };
typedef struct kn_portal_settings {
  const char *address; /* NULL: 127.0.0.1 */
  int32_t port;        /* 0: any free one */
  int32_t thread_count;
  const char *certificate, *key;            /* PEM files; NULL: plain HTTP */
  double rate_per_s;                        /* requests that cost work, per session or address; 0: 1,000; below 0: no limit */
  double patience_s;                        /* for requests and readers that are slow (lines.h); 0: 30 */
  int64_t import_bytes;                     /* of a file that comes in a request; 0: KN_IMPORT_MOST */
  const char *background;                   /* folder with water.geojson, rail.geojson, road.geojson; NULL: links of the region */
  const char *metrics_from;                 /* address that may ask for /metrics besides this machine; NULL: none */
  bool is_behind_proxy;                     /* cookies are Secure though we speak HTTP, X-Forwarded-For is believed */
  void (*log)(void *arg, const char *line); /* one JSON object a line: what went wrong; NULL: none */
  bool logs_requests;                       /* and every request */
  void *arg;
} kn_portal_settings;
kn_code kn_portal_start(kn_portal **out, const char *region, const kn_portal_settings *settings, kn_error *err);
int32_t kn_portal_port(const kn_portal *portal);
struct kn_snapshots *kn_portal_snapshots(const kn_portal *portal); /* tasks/snapshot.h */
bool kn_portal_is_secure(const kn_portal *portal);                 /* do browsers come by https? */
void kn_portal_stop(kn_portal *portal); /* takes no more, ends what runs, closes the region file; NULL is fine */

#endif
