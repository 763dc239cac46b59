/* What the tests of the lower folders share: cmocka with what it wants, nearness, and random numbers that are the same
 * everywhere. */
#ifndef KNOOP_TESTS_CHECK_H
#define KNOOP_TESTS_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Equal within `by`, absolute. A value that is no number is near nothing. */
#define assert_near(a, b, by)                                                                                                    \
  do {                                                                                                                           \
    const double near_a = (a), near_b = (b);                                                                                     \
    if (!(fabs(near_a - near_b) <= (by)))                                                                                        \
      fail_msg("%s is %.17g, not %.17g", #a, near_a, near_b);                                                                    \
  } while (0)

typedef struct check_random {
  uint64_t state;
} check_random;

/* splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t
random_bits(check_random *r)
{
  uint64_t z = r->state += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/* [0, 1) */
static inline double
random_unit(check_random *r)
{
  return (double)(random_bits(r) >> 11) * 0x1p-53;
}

/* 0 ... n - 1 */
static inline int32_t
random_below(check_random *r, int32_t n)
{
  return (int32_t)(random_bits(r) % (uint64_t)n);
}

#endif
