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
  side side[2];             /* asked, askers */
  double *sum_km, *built_s; /* [codes] */
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

static double
ask_code(const kn_tree *asked, const kn_tree *askers, const kn_point *point, int64_t n)
{
  const int32_t *order = kn_tree_order(askers);
  double sum = 0;
  for (int64_t i = 0; i < n; i++) {
    const kn_query query = {.from = point[order[i]], .floor = -INFINITY};
    kn_hit hit[NEAREST];
    const int32_t count = kn_tree_best(asked, &query, NEAREST, hit);
    for (int32_t k = 0; k < count; k++)
      sum += hit[k].km;
  }
  return sum;
}

static void
do_codes(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  job *j = arg;
  for (int64_t c = first; c < last; c++) {
    kn_tree *tree[2] = {NULL, NULL};
    kn_error err = {0};
    const double start = seconds();
    bool is_built = true;
    for (int s = 0; s < 2 && is_built; s++)
      is_built = kn_tree_new(&tree[s], KN_PLANE, j->side[s].start[c + 1] - j->side[s].start[c],
                             j->side[s].point + j->side[s].start[c], &err) == KN_OK;
    j->built_s[c] = seconds() - start;
    j->sum_km[c] = is_built ? ask_code(tree[0], tree[1], j->side[1].point + j->side[1].start[c],
                                       j->side[1].start[c + 1] - j->side[1].start[c])
                            : NAN;
    kn_tree_free(tree[0]);
    kn_tree_free(tree[1]);
  }
}

static int
run(job *j, double *const row[2], const int64_t n[2], int64_t codes, int32_t threads)
{
  kn_error err = {0};
  const double start = seconds();
  if (!sort_rows(&j->side[0], row[0], n[0], codes) || !sort_rows(&j->side[1], row[1], n[1], codes) ||
      kn_parallel(threads, codes, 1, do_codes, j, &err) != KN_OK)
    return 5;
  const double taken = seconds() - start;
  double sum = 0, built = 0;
  for (int64_t c = 0; c < codes; c++) {
    sum += j->sum_km[c];
    built += j->built_s[c];
  }
  printf("{\"points\": %" PRId64 ", \"askers\": %" PRId64 ", \"seconds\": %.4f, \"built_s\": %.4f, \"sum_km\": %.17g}\n", n[0],
         n[1], taken, built, sum);
  return 0;
}

int
main(int argc, char **argv)
{
  if (argc != 5) {
    fprintf(stderr, "usage: bench_coded POINTS ASKERS CODES THREADS\n");
    return 2;
  }
  int64_t n[2] = {0, 0};
  double *row[2] = {read_rows(argv[1], &n[0]), read_rows(argv[2], &n[1])};
  const int64_t codes = strtoll(argv[3], NULL, 10);
  job j = {.sum_km = calloc((size_t)codes + 1, sizeof(double)), .built_s = calloc((size_t)codes + 1, sizeof(double))};
  int status = 5;
  if (row[0] && row[1] && j.sum_km && j.built_s)
    status = run(&j, row, n, codes, (int32_t)strtol(argv[4], NULL, 10));
  for (int s = 0; s < 2; s++) {
    free(row[s]);
    free(j.side[s].point);
    free(j.side[s].start);
  }
  free(j.sum_km);
  free(j.built_s);
  return status;
}
