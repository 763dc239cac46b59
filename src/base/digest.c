/* BLAKE2b-256 by libsodium. */
#include <sodium.h>
#include <stdlib.h>

#include "knoop/base.h"

struct kn_digest {
  crypto_generichash_state state;
};

kn_code
kn_digest_new(kn_digest **out, kn_error *err)
{
  *out = NULL;
  if (sodium_init() < 0)
    return kn_fail(err, KN_E_NUMERIC, "libsodium cannot start");
  /* The state wants more alignment than malloc promises. */
  kn_digest *digest = aligned_alloc(_Alignof(kn_digest), sizeof *digest);
  if (digest == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  if (crypto_generichash_init(&digest->state, NULL, 0, 32) != 0) {
    free(digest);
    return kn_fail(err, KN_E_NUMERIC, "libsodium cannot start a digest");
  }
  *out = digest;
  return KN_OK;
}

void
kn_digest_add(kn_digest *digest, const void *data, size_t length)
{
  crypto_generichash_update(&digest->state, data, length);
}

void
kn_digest_end(kn_digest *digest, char hex[65])
{
  unsigned char bytes[32];
  crypto_generichash_final(&digest->state, bytes, sizeof bytes);
  sodium_bin2hex(hex, 65, bytes, sizeof bytes);
  free(digest);
}
