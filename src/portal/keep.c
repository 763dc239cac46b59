/* Answers kept until a commit: key (what was asked, by whom it may be seen) -> response. A response is made once and goes out on as many
 * connections as ask; libmicrohttpd counts who still holds it.
 *
 * A table of slots by hash of the key; a new answer takes the slot of an old one. Bounded by slots and by bytes: above MOST_BYTES
 * nothing is kept until the next commit empties the table. */
#include "portal/http.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096, SHARDS = 16 };
static const size_t MOST_BYTES = (size_t)48 << 20;

typedef struct slot {
  char *key;
  char etag[72];
  struct MHD_Response *response;
  size_t bytes;
  uint64_t version;
} slot;
struct kn_keep {
  pthread_mutex_t lock[SHARDS];
  slot slots[SLOTS];
  _Atomic size_t bytes;
};

static uint64_t
hash_of(const char *key)
{
  uint64_t hash = 14695981039346656037u; /* FNV-1a */
  for (const char *c = key; *c != '\0'; c++)
    hash = (hash ^ (unsigned char)*c) * 1099511628211u;
  return hash ^ hash >> 29;
}

kn_code
kn_keep_new(kn_keep **out, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  if (*out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  for (int i = 0; i < SHARDS; i++)
    pthread_mutex_init(&(*out)->lock[i], NULL);
  return KN_OK;
}

static void
empty(kn_keep *keep, slot *at)
{
  if (at->response == NULL)
    return;
  MHD_destroy_response(at->response);
  free(at->key);
  keep->bytes -= at->bytes;
  *at = (slot){0};
}

void
kn_keep_free(kn_keep *keep)
{
  if (keep == NULL)
    return;
  for (int i = 0; i < SLOTS; i++)
    empty(keep, &keep->slots[i]);
  for (int i = 0; i < SHARDS; i++)
    pthread_mutex_destroy(&keep->lock[i]);
  free(keep);
}

bool
kn_keep_send(kn_keep *keep, const char *key, uint64_t version, struct MHD_Connection *connection, const char *none_match)
{
  const uint64_t hash = hash_of(key);
  slot *at = &keep->slots[hash % SLOTS];
  bool is_sent = false;
  pthread_mutex_lock(&keep->lock[hash % SHARDS]);
  if (at->response != NULL && at->version == version && strcmp(at->key, key) == 0)
    /* Queueing takes a hold of its own, so the slot may be emptied right after. */
    is_sent = none_match != NULL && kn_etag_matches(none_match, at->etag)
                  ? kn_send_unchanged(connection, at->etag)
                  : MHD_queue_response(connection, MHD_HTTP_OK, at->response) == MHD_YES;
  else if (at->response != NULL && at->version != version)
    empty(keep, at);
  pthread_mutex_unlock(&keep->lock[hash % SHARDS]);
  return is_sent;
}

void
kn_keep_put(kn_keep *keep, const char *key, uint64_t version, const char *etag, struct MHD_Response *response, size_t bytes)
{
  const bool is_small = keep->bytes + bytes <= MOST_BYTES && bytes <= MOST_BYTES / 8;
  char *copy = is_small ? strdup(key) : NULL;
  if (copy == NULL) {
    MHD_destroy_response(response);
    return;
  }
  const uint64_t hash = hash_of(key);
  slot *at = &keep->slots[hash % SLOTS];
  pthread_mutex_lock(&keep->lock[hash % SHARDS]);
  empty(keep, at);
  *at = (slot){.key = copy, .response = response, .bytes = bytes, .version = version};
  snprintf(at->etag, sizeof at->etag, "%s", etag);
  keep->bytes += bytes;
  pthread_mutex_unlock(&keep->lock[hash % SHARDS]);
}
