/* The bytes of a fuzzer, taken one by one. */
#ifndef KNOOP_FUZZ_FEED_H
#define KNOOP_FUZZ_FEED_H

#include <stddef.h>
#include <stdint.h>

typedef struct feed {
  const uint8_t *data;
  size_t left;
} feed;

/* 0 when there are no more. */
static inline uint8_t
take(feed *in)
{
  if (in->left == 0)
    return 0;
  in->left--;
  return *in->data++;
}

#endif
