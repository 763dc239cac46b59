/* Answers to what must happen once, for who asks again. A ring: the oldest goes when a new one comes. What is no longer here is
 * still known as done by the file (table once), for a day. */
#include "portal/http.h"

#include <stdlib.h>
#include <string.h>

enum { REMEMBERED = 4096 };
static const size_t MOST_BYTES = 65536; /* of one answer */

typedef struct remembered {
  int64_t account;
  char *key, *bytes;
  size_t length;
  unsigned status;
} remembered;
struct kn_repeats {
  pthread_mutex_t lock;
  remembered ring[REMEMBERED];
  int64_t count;
};

kn_code
kn_repeats_new(kn_repeats **out, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  if (*out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  pthread_mutex_init(&(*out)->lock, NULL);
  return KN_OK;
}

void
kn_repeats_free(kn_repeats *repeats)
{
  if (repeats == NULL)
    return;
  for (int i = 0; i < REMEMBERED; i++) {
    free(repeats->ring[i].key);
    free(repeats->ring[i].bytes);
  }
  pthread_mutex_destroy(&repeats->lock);
  free(repeats);
}

void
kn_repeats_put(kn_repeats *repeats, int64_t account, const char *key, unsigned status, const char *bytes, size_t length)
{
  if (length > MOST_BYTES)
    return;
  char *copy = length > 0 ? malloc(length) : NULL, *name = strdup(key);
  if (name == NULL || (copy == NULL && length > 0)) {
    free(copy);
    free(name);
    return;
  }
  if (length > 0)
    memcpy(copy, bytes, length);
  pthread_mutex_lock(&repeats->lock);
  remembered *at = &repeats->ring[repeats->count++ % REMEMBERED];
  free(at->key);
  free(at->bytes);
  *at = (remembered){.account = account, .key = name, .bytes = copy, .length = length, .status = status};
  pthread_mutex_unlock(&repeats->lock);
}

bool
kn_repeats_find(kn_repeats *repeats, int64_t account, const char *key, unsigned *status, char **bytes, size_t *length)
{
  bool is_there = false;
  pthread_mutex_lock(&repeats->lock);
  for (int i = 0; i < REMEMBERED && !is_there; i++) {
    const remembered *at = &repeats->ring[i];
    if (at->key == NULL || at->account != account || strcmp(at->key, key) != 0)
      continue;
    *status = at->status;
    *length = at->length;
    *bytes = at->length > 0 ? malloc(at->length) : NULL;
    is_there = at->length == 0 || *bytes != NULL;
    if (*bytes != NULL)
      memcpy(*bytes, at->bytes, at->length);
  }
  pthread_mutex_unlock(&repeats->lock);
  return is_there;
}
