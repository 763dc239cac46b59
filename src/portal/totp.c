/* Codes of a second factor: RFC 6238 over RFC 4226, with SHA-1 (RFC 3174) since that is what authenticators speak. SHA-1 is broken for
 * collisions, which HMAC does not rest on. */
#include "portal/auth.h"

#include <sodium.h>
#include <string.h>

/* ---------------------------------------------------------------- SHA-1 */
typedef struct sha1 {
  uint32_t h[5];
  uint64_t length; /* bytes */
  unsigned char block[64];
} sha1;

static uint32_t
turn(uint32_t word, int bits)
{
  return word << bits | word >> (32 - bits);
}

static void
sha1_block(sha1 *to)
{
  uint32_t w[80];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)to->block[4 * i] << 24 | (uint32_t)to->block[4 * i + 1] << 16 | (uint32_t)to->block[4 * i + 2] << 8 |
           to->block[4 * i + 3];
  for (int i = 16; i < 80; i++)
    w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  uint32_t a = to->h[0], b = to->h[1], c = to->h[2], d = to->h[3], e = to->h[4];
  for (int i = 0; i < 80; i++) {
    const uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 ? b ^ c ^ d : i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    const uint32_t k = i < 20 ? 0x5a827999u : i < 40 ? 0x6ed9eba1u : i < 60 ? 0x8f1bbcdcu : 0xca62c1d6u;
    const uint32_t next = turn(a, 5) + f + e + k + w[i];
    e = d;
    d = c;
    c = turn(b, 30);
    b = a;
    a = next;
  }
  const uint32_t add[5] = {a, b, c, d, e};
  for (int i = 0; i < 5; i++)
    to->h[i] += add[i];
}

static void
sha1_begin(sha1 *to)
{
  *to = (sha1){.h = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u}};
}

static void
sha1_add(sha1 *to, const unsigned char *bytes, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    to->block[to->length++ % 64] = bytes[i];
    if (to->length % 64 == 0)
      sha1_block(to);
  }
}

static void
sha1_end(sha1 *to, unsigned char out[20])
{
  const uint64_t bits = to->length * 8;
  sha1_add(to, (const unsigned char[]){0x80}, 1);
  while (to->length % 64 != 56)
    sha1_add(to, (const unsigned char[]){0}, 1);
  for (int i = 7; i >= 0; i--)
    sha1_add(to, (const unsigned char[]){(unsigned char)(bits >> 8 * i)}, 1);
  for (int i = 0; i < 20; i++)
    out[i] = (unsigned char)(to->h[i / 4] >> (24 - 8 * (i % 4)));
}

/* RFC 2104; keys of at most 64 bytes. */
static void
hmac_sha1(const unsigned char *key, size_t length, const unsigned char *text, size_t text_length, unsigned char out[20])
{
  unsigned char inner[64] = {0}, outer[64] = {0};
  memcpy(inner, key, length);
  memcpy(outer, key, length);
  for (int i = 0; i < 64; i++) {
    inner[i] ^= 0x36;
    outer[i] ^= 0x5c;
  }
  sha1 hash;
  sha1_begin(&hash);
  sha1_add(&hash, inner, 64);
  sha1_add(&hash, text, text_length);
  sha1_end(&hash, out);
  sha1_begin(&hash);
  sha1_add(&hash, outer, 64);
  sha1_add(&hash, out, 20);
  sha1_end(&hash, out);
}

/* ---------------------------------------------------------------- base32 (RFC 4648) */
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static bool
read_base32(const char *text, unsigned char *out, size_t capacity, size_t *length)
{
  uint32_t bits = 0;
  int held = 0;
  *length = 0;
  for (; *text != '\0' && *text != '='; text++) {
    const char *at = strchr(letters, *text);
    if (at == NULL)
      return false;
    bits = bits << 5 | (uint32_t)(at - letters);
    held += 5;
    if (held < 8)
      continue;
    if (*length == capacity)
      return false;
    held -= 8;
    out[(*length)++] = (unsigned char)(bits >> held);
  }
  return true;
}

void
kn_totp_new(char secret[KN_TOTP_SECRET])
{
  unsigned char bytes[32];
  randombytes_buf(bytes, sizeof bytes);
  for (int i = 0; i < KN_TOTP_SECRET - 1; i++)
    secret[i] = letters[bytes[i] & 31];
  secret[KN_TOTP_SECRET - 1] = '\0';
}

/* ---------------------------------------------------------------- codes */
enum { STEP_S = 30, DIGITS = 6 };

bool
kn_totp_code(const char *secret, int64_t step, int digits, char out[16])
{
  unsigned char key[64], counter[8], hash[20];
  size_t length;
  if (!read_base32(secret, key, sizeof key, &length))
    return false;
  for (int i = 0; i < 8; i++)
    counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
  hmac_sha1(key, length, counter, sizeof counter, hash);
  const int at = hash[19] & 15;
  uint32_t number = (uint32_t)(hash[at] & 0x7f) << 24 | (uint32_t)hash[at + 1] << 16 | (uint32_t)hash[at + 2] << 8 | hash[at + 3];
  uint32_t most = 1;
  for (int i = 0; i < digits; i++)
    most *= 10;
  snprintf(out, 16, "%0*u", digits, number % most);
  return true;
}

int64_t
kn_totp_step(const char *secret, const char *code, int64_t now_s, int64_t last)
{
  char given[DIGITS + 1] = "";
  size_t length = 0;
  for (; *code != '\0'; code++) {
    if (*code == ' ')
      continue;
    if (*code < '0' || *code > '9' || length == DIGITS)
      return 0;
    given[length++] = *code;
  }
  if (length != DIGITS)
    return 0;
  int64_t found = 0; /* all three are compared, whichever it is */
  for (int64_t step = now_s / STEP_S - 1; step <= now_s / STEP_S + 1; step++) {
    char wanted[16];
    if (kn_totp_code(secret, step, DIGITS, wanted) && sodium_memcmp(wanted, given, DIGITS) == 0 && step > last)
      found = step;
  }
  return found;
}
