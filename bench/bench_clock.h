/* bench_clock.h - what the programs of bench/ share: a clock for a watch, and the end of a run that failed. */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "knoop/base.h"

static inline double
bench_seconds(void *arg)
{
  (void)arg;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Processor time of all threads: what other programs on the same cores do hardly shows in it. */
static inline double
bench_cpu_seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static inline void
bench_stop_on(kn_code code, const kn_error *err)
{
  if (code == KN_OK)
    return;
  fprintf(stderr, "%s\n", err->text);
  exit(1);
}

#endif
