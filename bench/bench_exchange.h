/* bench_exchange.h - the test problem that the engine and its peers solve, the same for all of them. Also C++. */
#ifndef BENCH_EXCHANGE_H
#define BENCH_EXCHANGE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct bench_market {
  int64_t n;
  double load, rate;
  double *x[2], *y[2];  /* km; [0] supplies, [1] demands */
  double *worth[2];     /* EUR/t */
  int64_t *quantity[2]; /* 0.1 t */
} bench_market;

static inline uint64_t
bench_random(uint64_t *state) /* splitmix64 */
{
  uint64_t z = (*state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static inline double
bench_between(uint64_t *state, double low, double high)
{
  return low + (high - low) * ((double)(bench_random(state) >> 11) * 0x1p-53);
}

static inline double
bench_normal(uint64_t *state)
{
  const double u = bench_between(state, 1e-300, 1), v = bench_between(state, 0, 1);
  return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static inline double
bench_inside(double at)
{
  return at < 0 ? 0 : at > 200 ? 200 : at;
}

static inline void
bench_market_free(bench_market *market)
{
  for (int s = 0; s < 2; s++) {
    free(market->x[s]);
    free(market->y[s]);
    free(market->worth[s]);
    free(market->quantity[s]);
  }
}

/* False when memory is out. */
static inline bool
bench_market_make(bench_market *market, bool is_hard, int64_t n, uint64_t seed)
{
  uint64_t state = seed * 1000003u + (uint64_t)n * 7u + (is_hard ? 1u : 0u);
  const int clusters = (int)(20 + sqrt((double)n) / 4);
  double *cx = (double *)malloc((size_t)clusters * sizeof *cx), *cy = (double *)malloc((size_t)clusters * sizeof *cy);
  market->n = n;
  market->load = is_hard ? 6 : 4;
  market->rate = 0.156;
  bool is_ok = cx && cy;
  for (int s = 0; s < 2; s++) {
    market->x[s] = (double *)malloc(((size_t)n + 1) * sizeof(double));
    market->y[s] = (double *)malloc(((size_t)n + 1) * sizeof(double));
    market->worth[s] = (double *)malloc(((size_t)n + 1) * sizeof(double));
    market->quantity[s] = (int64_t *)malloc(((size_t)n + 1) * sizeof(int64_t));
    is_ok = is_ok && market->x[s] && market->y[s] && market->worth[s] && market->quantity[s];
  }
  for (int c = 0; is_ok && c < clusters; c++) {
    cx[c] = bench_between(&state, 0, 200);
    cy[c] = bench_between(&state, 0, 200);
  }
  for (int s = 0; is_ok && s < 2; s++)
    for (int64_t i = 0; i < n; i++) {
      if (bench_between(&state, 0, 1) < 0.8) {
        const int c = (int)(bench_random(&state) % (uint64_t)clusters);
        market->x[s][i] = bench_inside(cx[c] + 4 * bench_normal(&state));
        market->y[s][i] = bench_inside(cy[c] + 4 * bench_normal(&state));
      } else {
        market->x[s][i] = bench_between(&state, 0, 200);
        market->y[s][i] = bench_between(&state, 0, 200);
      }
      const double quantity = floor(10 * 100 * exp(1.2 * bench_normal(&state)) + 0.5);
      market->quantity[s][i] = quantity < 1 ? 1 : (int64_t)quantity;
      market->worth[s][i] = is_hard ? bench_between(&state, 5, 120) : bench_between(&state, 2, s ? 25 : 20);
    }
  free(cx);
  free(cy);
  return is_ok;
}

#endif
