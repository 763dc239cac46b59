/* How long the two passes over an OpenStreetMap file take: bench_osm FILE [THREADS]. Prints seconds of reading, seconds of making
 * rows, rows of nodes and links. The builder gets the rows and is thrown away. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench_clock.h"
#include "formats/osm.h"

int
main(int argc, char **argv)
{
  kn_error err = {0};
  struct stat info;
  if (argc < 2)
    return 2;
  osm_reading reading = {
      .path = argv[1], .thread_count = argc > 2 ? (int32_t)strtol(argv[2], NULL, 10) : 0, .fd = open(argv[1], O_RDONLY)};
  if (reading.fd < 0 || fstat(reading.fd, &info) != 0)
    return 5;
  reading.size = info.st_size;
  const double start = bench_seconds(NULL);
  bench_stop_on(osm_network_new(&reading.network, &err), &err);
  bench_stop_on(osm_pbf_read(&reading, &err), &err);
  const double read = bench_seconds(NULL);
  kn_findings *findings;
  kn_builder *builder;
  bench_stop_on(kn_findings_new(&findings, 50, &err), &err);
  bench_stop_on(kn_builder_new(&builder, findings, &err), &err);
  bench_stop_on(osm_network_feed(reading.network, builder, findings, argv[1], &err), &err);
  const double made = bench_seconds(NULL);
  int64_t nodes;
  osm_network_nodes(reading.network, &nodes);
  printf("%.3f %.3f %" PRId64 "\n", read - start, made - read, nodes);
  kn_builder_free(builder);
  kn_findings_free(findings);
  osm_network_free(reading.network);
  close(reading.fd);
  return 0;
}
