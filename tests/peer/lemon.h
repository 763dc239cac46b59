/* tests/peer/lemon.h - LEMON's network simplex as a peer of the exchange: every pair is an arc, every figure a whole number. */
#ifndef KNOOP_TESTS_PEER_LEMON_H
#define KNOOP_TESTS_PEER_LEMON_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lemon_market {
  int64_t supplies, demands;
  const int64_t *supply, *demand; /* quantities >= 0 */
  int64_t arcs;
  const int32_t *from, *to; /* [arcs] number of a supply, of a demand */
  const int64_t *worth;     /* [arcs] per unit; of either sign */
} lemon_market;

/* The most that flows can be worth in sum when nothing need be used up: *value is exact. False: LEMON found no optimum. */
bool lemon_best(const lemon_market *market, __int128 *value);

#ifdef __cplusplus
}
#endif

#endif
