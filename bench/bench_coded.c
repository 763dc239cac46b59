/* The eight nearest of the same code, for each of n askers among n other points: for each code a tree of its points, asked in
 * the order of a tree of its askers. Both files hold rows of three doubles (x, y in km; the code), so that other programs can
 * answer the same question. Prints one line of JSON; sum_km tells whether the answers agree.
 *
 *     bench_coded POINTS ASKERS CODES THREADS */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "knoop/geo.h"

enum { NEAREST = 8 };

/* Points by code: those of code c stand from start[c] to start[c + 1]. */
typedef struct side {
  int64_t n;
  kn_point *point;
  int64_t *start;
} side;

typedef struct job {
  int64_t codes, n[2]; /* of two: asked, askers */
  double *row[2];
  bool is_sorted[2];
  side side[2];
  kn_tree **tree;  /* [2 codes] of code c, side s: [2 c + s] */
  double *built_s; /* [2 codes] */
  double *sum_km;  /* [askers] by their place in the trees */
} job;

static double
seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double *
read_rows(const char *path, int64_t *n)
{
  FILE *file = fopen(path, "rb");
  if (!file)
    return NULL;
  fseek(file, 0, SEEK_END);
  *n = ftell(file) / (int64_t)(3 * sizeof(double));
  rewind(file);
  double *row = malloc((3 * (size_t)*n + 1) * sizeof *row);
  if (row && fread(row, 3 * sizeof *row, (size_t)*n, file) != (size_t)*n) {
    free(row);
    row = NULL;
  }
  fclose(file);
  return row;
}

/* Counting sort by code, a part of what is timed: scipy's side sorts too. */
static bool
sort_rows(side *out, const double *row, int64_t n, int64_t codes)
{
  out->n = n;
  out->point = malloc(((size_t)n + 1) * sizeof *out->point);
  out->start = calloc((size_t)codes + 2, sizeof *out->start);
  if (!out->point || !out->start)
    return false;
  for (int64_t i = 0; i < n; i++)
    out->start[(int64_t)row[3 * i + 2] + 2]++;
  for (int64_t c = 0; c < codes; c++)
    out->start[c + 2] += out->start[c + 1];
  for (int64_t i = 0; i < n; i++)
    out->point[out->start[(int64_t)row[3 * i + 2] + 1]++] = (kn_point){row[3 * i], row[3 * i + 1], 0};
  return true;
}

static void
sort_sides(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  job *j = arg;
  for (int64_t s = first; s < last; s++)
    j->is_sorted[s] = sort_rows(&j->side[s], j->row[s], j->n[s], j->codes);
}

/* A tree for each code and side. */
static void
build_trees(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  job *j = arg;
  for (int64_t t = first; t < last; t++) {
    const side *here = &j->side[t % 2];
    const int64_t start = here->start[t / 2];
    kn_error err = {0};
    const double began = seconds();
    kn_tree_new(&j->tree[t], KN_PLANE, here->start[t / 2 + 1] - start, here->point + start, &err);
    j->built_s[t] = seconds() - began;
  }
}

/* Askers stand by code, and within it they ask in the order of their tree. */
static void
ask(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  job *j = arg;
  const side *askers = &j->side[1];
  int64_t code = 0;
  for (int64_t i = first; i < last; i++) {
    while (i >= askers->start[code + 1])
      code++;
    const int64_t start = askers->start[code];
    const kn_query query = {.from = askers->point[start + kn_tree_order(j->tree[2 * code + 1])[i - start]], .floor = -INFINITY};
    kn_hit hit[NEAREST];
    const int32_t count = kn_tree_best(j->tree[2 * code], &query, NEAREST, hit);
    double sum = 0;
    for (int32_t k = 0; k < count; k++)
      sum += hit[k].km;
    j->sum_km[i] = sum;
  }
}

static bool
has_trees(const job *j)
{
  for (int64_t t = 0; t < 2 * j->codes; t++)
    if (!j->tree[t])
      return false;
  return true;
}

static int
run(job *j, int32_t threads)
{
  kn_error err = {0};
  const double start = seconds();
  if (kn_parallel(threads, 2, 1, sort_sides, j, &err) != KN_OK || !j->is_sorted[0] || !j->is_sorted[1] ||
      kn_parallel(threads, 2 * j->codes, 1, build_trees, j, &err) != KN_OK || !has_trees(j) ||
      kn_parallel(threads, j->n[1], 1024, ask, j, &err) != KN_OK)
    return 5;
  const double taken = seconds() - start;
  double sum = 0, built = 0;
  for (int64_t i = 0; i < j->n[1]; i++)
    sum += j->sum_km[i];
  for (int64_t t = 0; t < 2 * j->codes; t++)
    built += j->built_s[t];
  printf("{\"points\": %" PRId64 ", \"askers\": %" PRId64 ", \"seconds\": %.4f, \"built_s\": %.4f, \"sum_km\": %.17g}\n", j->n[0],
         j->n[1], taken, built, sum);
  return 0;
}

int
main(int argc, char **argv)
{
  if (argc != 5) {
    fprintf(stderr, "usage: bench_coded POINTS ASKERS CODES THREADS\n");
    return 2;
  }
  job j = {.codes = strtoll(argv[3], NULL, 10)};
  for (int s = 0; s < 2; s++)
    j.row[s] = read_rows(argv[1 + s], &j.n[s]);
  j.tree = calloc(2 * (size_t)j.codes + 1, sizeof *j.tree);
  j.built_s = calloc(2 * (size_t)j.codes + 1, sizeof *j.built_s);
  j.sum_km = calloc((size_t)j.n[1] + 1, sizeof *j.sum_km);
  int status = 5;
  if (j.row[0] && j.row[1] && j.tree && j.built_s && j.sum_km)
    status = run(&j, (int32_t)strtol(argv[4], NULL, 10));
  for (int64_t t = 0; j.tree && t < 2 * j.codes; t++)
    kn_tree_free(j.tree[t]);
  for (int s = 0; s < 2; s++) {
    free(j.row[s]);
    free(j.side[s].point);
    free(j.side[s].start);
  }
  free(j.tree);
  free(j.built_s);
  free(j.sum_km);
  return status;
}
