/* Token buckets, in a table of fixed size: PROBES slots in a row for a key. A bucket that is full again is as good as none, so its slot is
 * free. When all slots of a key are taken the one that is fullest gives way: that errs for who asked least, and memory stays bounded
 * whoever knocks. Keys are hashed with a random secret (SipHash), so that nobody can aim at the slots of somebody else. */
#include "portal/limits.h"
#include "portal/auth.h"
#include "portal/http.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t PROBES = 8;
#define SHARDS UINT64_C(16)
#define SLOTS UINT64_C(16384)

typedef struct bucket {
  uint64_t key; /* 0: none */
  double left, at_s, burst, per_s;
} bucket;
struct kn_limits {
  unsigned char secret[crypto_shorthash_KEYBYTES];
  pthread_mutex_t lock[SHARDS];
  bucket bucket[SLOTS];
};

kn_code
kn_limits_new(kn_limits **out, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  if (*out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  randombytes_buf((*out)->secret, sizeof(*out)->secret);
  for (uint64_t i = 0; i < SHARDS; i++)
    pthread_mutex_init(&(*out)->lock[i], NULL);
  return KN_OK;
}

void
kn_limits_free(kn_limits *limits)
{
  if (limits == NULL)
    return;
  for (uint64_t i = 0; i < SHARDS; i++)
    pthread_mutex_destroy(&limits->lock[i]);
  free(limits);
}

static uint64_t
hash_of(const kn_limits *limits, const char *what, const char *key)
{
  char text[512];
  unsigned char hash[crypto_shorthash_BYTES];
  snprintf(text, sizeof text, "%s %s", what, key);
  crypto_shorthash(hash, (const unsigned char *)text, strlen(text), limits->secret);
  uint64_t out;
  memcpy(&out, hash, sizeof out);
  return out != 0 ? out : 1;
}

static double
filled(const bucket *at, double now_s)
{
  return fmin(at->burst, at->left + (now_s - at->at_s) * at->per_s);
}

/* The slot of a key; its own, else the emptiest need: a free one, a full one, or the fullest. */
static bucket *
find_bucket(kn_limits *limits, uint64_t key, double now_s)
{
  /* Slots of one key lie within one shard, so that one lock does. */
  const uint64_t shard = key % SHARDS, first = key / SHARDS % (SLOTS / SHARDS);
  bucket *best = NULL;
  double best_room = INFINITY;
  for (uint64_t i = 0; i < PROBES; i++) {
    bucket *at = &limits->bucket[shard * (SLOTS / SHARDS) + (first + i) % (SLOTS / SHARDS)];
    if (at->key == key)
      return at;
    const double room = at->key == 0 ? -1 : 1 - filled(at, now_s) / at->burst; /* share that is missing */
    if (room < best_room) {
      best_room = room;
      best = at;
    }
  }
  return best;
}

double
kn_limits_take(kn_limits *limits, const char *what, const char *key, double burst, double per_s, double amount, double now_s)
{
  const uint64_t hash = hash_of(limits, what, key);
  pthread_mutex_t *lock = &limits->lock[hash % SHARDS];
  pthread_mutex_lock(lock);
  bucket *at = find_bucket(limits, hash, now_s);
  if (at->key != hash)
    *at = (bucket){.key = hash, .left = burst, .at_s = now_s, .burst = burst, .per_s = per_s};
  at->left = filled(at, now_s);
  at->at_s = now_s;
  const double missing = amount - at->left;
  if (missing <= 0)
    at->left = fmin(at->burst, at->left - amount);
  pthread_mutex_unlock(lock);
  return missing <= 0 ? 0 : missing / per_s;
}

kn_code
kn_limit(kn_request *request, const char *what, const char *key, double burst, double per_s, kn_error *err)
{
  static const kn_problem_kind too_often = {429, "too-often", "Asked too often"};
  const double wait_s = kn_limits_take(request->portal->limits, what, key, burst, per_s, 1, kn_store_seconds());
  if (wait_s <= 0)
    return KN_OK;
  request->problem = &too_often;
  request->retry_after_s = (int32_t)fmin(ceil(wait_s), 3600);
  return kn_fail(err, KN_E_DENIED, "this was asked too often; try again in %d seconds", (int)request->retry_after_s);
}

void
kn_limit_return(kn_request *request, const char *what, const char *key, double burst, double per_s)
{
  kn_limits_take(request->portal->limits, what, key, burst, per_s, -1, kn_store_seconds());
}
