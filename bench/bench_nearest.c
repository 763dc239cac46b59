/* The eight nearest of n points, for each of those points, in a square of 200 km: a tree is built and asked in its own
 * order, on `threads` threads. The points come from a file of n pairs of doubles (x, y in km), so that another program
 * can answer the same question. Prints one line of JSON; sum_km tells whether the answers agree.
 *
 *     bench_nearest POINTS THREADS */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "knoop/geo.h"

enum { NEAREST = 8 };

typedef struct job {
  const kn_tree *tree;
  const kn_point *point;
  double *sum_km; /* [n] by place in the tree */
} job;

static double
seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void
ask(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const job *j = arg;
  const int32_t *order = kn_tree_order(j->tree);
  for (int64_t i = first; i < last; i++) {
    const kn_query query = {.from = j->point[order[i]], .floor = -INFINITY};
    kn_hit hit[NEAREST];
    const int32_t count = kn_tree_best(j->tree, &query, NEAREST, hit);
    double sum = 0;
    for (int32_t k = 0; k < count; k++)
      sum += hit[k].km;
    j->sum_km[i] = sum;
  }
}

/* Reads n pairs; *n is how many. NULL: not readable, or no memory. */
static kn_point *
read_points(const char *path, int64_t *n)
{
  FILE *file = fopen(path, "rb");
  if (!file)
    return NULL;
  fseek(file, 0, SEEK_END);
  *n = ftell(file) / (int64_t)(2 * sizeof(double));
  rewind(file);
  kn_point *point = malloc(((size_t)*n + 1) * sizeof *point);
  for (int64_t i = 0; point && i < *n; i++) {
    double pair[2];
    if (fread(pair, sizeof pair, 1, file) != 1)
      break;
    point[i] = (kn_point){pair[0], pair[1], 0};
  }
  fclose(file);
  return point;
}

int
main(int argc, char **argv)
{
  if (argc != 3) {
    fprintf(stderr, "usage: bench_nearest POINTS THREADS\n");
    return 2;
  }
  int64_t n = 0;
  kn_point *point = read_points(argv[1], &n);
  double *sum_km = point ? malloc(((size_t)n + 1) * sizeof *sum_km) : NULL;
  if (!point || !sum_km) {
    free(point);
    fprintf(stderr, "bench_nearest: %s was not read\n", argv[1]);
    return 5;
  }
  kn_error err = {0};
  kn_tree *tree = NULL;
  const double start = seconds();
  kn_code code = kn_tree_new(&tree, KN_PLANE, n, point, &err);
  const double built = seconds();
  job j = {tree, point, sum_km};
  if (code == KN_OK)
    code = kn_parallel((int32_t)strtol(argv[2], NULL, 10), n, 1024, ask, &j, &err);
  const double asked = seconds();
  double sum = 0;
  for (int64_t i = 0; code == KN_OK && i < n; i++)
    sum += sum_km[i];
  printf("{\"points\": %" PRId64 ", \"build_s\": %.4f, \"ask_s\": %.4f, \"sum_km\": %.17g}\n", n, built - start, asked - built,
         sum);
  kn_tree_free(tree);
  free(point);
  free(sum_km);
  return code == KN_OK ? 0 : 1;
}
