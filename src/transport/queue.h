/* A queue of places by distance, for searches of every kind: a heap of four children per place with decrease-key. It never
 * grows beyond the places there are, so a search cannot run out of memory. Equal distances: the lower place first. */
#ifndef KNOOP_TRANSPORT_QUEUE_H
#define KNOOP_TRANSPORT_QUEUE_H

#include "knoop/transport.h"

/* What a search knows of a place; one cache line holds four. */
typedef struct spot {
  uint32_t distance; /* KN_FAR: not reached */
  uint32_t at;       /* index in the heap while it waits there */
  int32_t from, arc; /* where it was reached from and along what; the search's own meaning */
} spot;

typedef struct queue {
  uint64_t *heap; /* distance * 2^32 + place */
  spot *spots;
  uint32_t count;
} queue;

static inline uint64_t
queue_key(uint32_t distance, uint32_t place)
{
  return (uint64_t)distance << 32 | place;
}

static inline void
queue_rise(queue *q, uint32_t at, uint64_t key)
{
  while (at > 0) {
    const uint32_t above = (at - 1) / 4;
    const uint64_t other = q->heap[above];
    if (other <= key)
      break;
    q->heap[at] = other;
    q->spots[(uint32_t)other].at = at;
    at = above;
  }
  q->heap[at] = key;
  q->spots[(uint32_t)key].at = at;
}

/* A place that was not reached before. */
static inline void
queue_add(queue *q, uint32_t place)
{
  queue_rise(q, q->count++, queue_key(q->spots[place].distance, place));
}

/* A place that waits and whose distance fell. */
static inline void
queue_lower(queue *q, uint32_t place)
{
  queue_rise(q, q->spots[place].at, queue_key(q->spots[place].distance, place));
}

static inline uint32_t
queue_least(const queue *q) /* KN_FAR: nothing waits */
{
  return q->count == 0 ? KN_FAR : (uint32_t)(q->heap[0] >> 32);
}

static inline uint32_t
queue_take(queue *q)
{
  const uint32_t place = (uint32_t)q->heap[0];
  const uint32_t count = --q->count;
  if (count == 0)
    return place;
  const uint64_t key = q->heap[count];
  uint32_t at = 0;
  for (;;) {
    const uint32_t first = 4 * at + 1;
    if (first >= count)
      break;
    uint32_t best = first;
    uint64_t least = q->heap[first];
    const uint32_t end = first + 4 < count ? first + 4 : count;
    for (uint32_t i = first + 1; i < end; i++)
      if (q->heap[i] < least) {
        least = q->heap[i];
        best = i;
      }
    if (least >= key)
      break;
    q->heap[at] = least;
    q->spots[(uint32_t)least].at = at;
    at = best;
  }
  q->heap[at] = key;
  q->spots[(uint32_t)key].at = at;
  return place;
}

#endif
