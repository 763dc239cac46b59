/* Opens a region file and loads its region, as every command does first, and nothing else. Prints one line of JSON:
 * seconds of wall time, the offers that were read, and the most memory this process ever held.
 *
 *     bench_open REGION.gpkg */
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "knoop/store.h"

static double
seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static kn_code
open_and_load(const char *path, int64_t *offer_count, kn_error *err)
{
  kn_findings *findings = NULL;
  KN_TRY(kn_findings_new(&findings, 20, err));
  kn_store *store = NULL;
  kn_region *region = NULL;
  kn_code code = kn_store_open(&store, path, &KN_STORE_READ, err);
  if (code == KN_OK)
    code = kn_store_load(store, findings, &region, err);
  if (code == KN_OK)
    *offer_count = kn_region_offers(region).n;
  kn_region_free(region);
  kn_store_close(store);
  kn_findings_free(findings);
  return code;
}

int
main(int argc, char **argv)
{
  if (argc != 2) {
    fprintf(stderr, "usage: bench_open REGION.gpkg\n");
    return 2;
  }
  kn_error err = {0};
  int64_t offer_count = 0;
  const double start = seconds();
  const kn_code code = open_and_load(argv[1], &offer_count, &err);
  const double took = seconds() - start;
  if (code != KN_OK) {
    fprintf(stderr, "bench_open: %s was not read\n", argv[1]);
    return 1;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"seconds\": %.3f, \"offers\": %" PRId64 ", \"peak_mib\": %.0f}\n", took, offer_count, (double)usage.ru_maxrss / 1024);
  return 0;
}
