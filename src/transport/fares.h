/* What making fares (fares.c) and asking them (fares_ask.c) share. */
#ifndef KN_TRANSPORT_FARES_H
#define KN_TRANSPORT_FARES_H

#include "transport/access.h"

typedef struct kn_class_fares {
  int32_t carrier_count, line_count;
  int32_t all_count; /* carriers that lose on the way follow the others: they make single legs, and no chains */
  int32_t *carrier;  /* [all_count] */
  bool has_chains;
  int32_t near_count, *near; /* terminals that some leg leads to */
  double *link;              /* [terminals * terminals] best leg between two */
  double *first, *last;      /* [points * terminals] best leg to, and B; these three whatever terminals charge */
  double *ready;             /* [points * terminals] F */
  uint8_t *legs;             /* [points * terminals] how many F took: fewer to the terminal before, so that a way back ends */
  double *ready_least, *last_least; /* [points] */
  double *leave, *arrive;           /* [points] under all that no line of the first `plain_count` is under; NULL: there is none */
  int32_t plain_count;
  kn_fare_line *line;
} kn_class_fares;

struct kn_fares {
  kn_access *access;
  int32_t users;  /* guarded by the mutex of the access */
  kn_fares *base; /* whose legs these are; NULL: they have their own */
  kn_arena *arena;
  kn_fare_weights weights;
  double *transfer; /* [terminals] weighted, what the weights add included */
  kn_class_fares of[KN_CLASS_COUNT];
};

/* The best leg of a class to (or from) a terminal, and who makes it (KN_NONE: nobody, the cost is INFINITY). transfers_at: the
 * terminal where it begins after another leg, which it must meet as well; KN_NONE: it is at an end of the chain. */
double kn_fares_leg_at(const kn_fares *fares, const kn_class_fares *c, int32_t point, int32_t transfers_at, int32_t terminal,
                       kn_heading heading, int32_t *by);

#endif
