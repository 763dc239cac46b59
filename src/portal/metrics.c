#include "portal/metrics.h"

#include "portal/http.h"

#include <stdlib.h>

static const double bounds_s[KN_LATENCY_BUCKETS] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};

void
kn_metrics_count(kn_metrics *metrics, unsigned status, double seconds, size_t bytes)
{
  int at = 0;
  while (at < KN_LATENCY_BUCKETS && seconds > bounds_s[at])
    at++;
  metrics->bucket[at]++;
  metrics->answers[status / 100 < 6 ? status / 100 : 0]++;
  metrics->microseconds += (int64_t)(1e6 * seconds);
  metrics->bytes += (int64_t)bytes;
}

char *
kn_metrics_text(kn_portal *portal)
{
  kn_metrics *metrics = &portal->metrics;
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL)
    return NULL;
  fputs("# HELP knoop_http_answers_total Answers by class of status.\n# TYPE knoop_http_answers_total counter\n", out);
  for (int i = 1; i < 6; i++)
    fprintf(out, "knoop_http_answers_total{status=\"%dxx\"} %" PRId64 "\n", i, (int64_t)metrics->answers[i]);
  fputs("# HELP knoop_http_seconds Time from the first byte of a request to the last of its answer.\n"
        "# TYPE knoop_http_seconds histogram\n",
        out);
  int64_t sum = 0;
  for (int i = 0; i < KN_LATENCY_BUCKETS; i++) {
    sum += metrics->bucket[i];
    fprintf(out, "knoop_http_seconds_bucket{le=\"%g\"} %" PRId64 "\n", bounds_s[i], sum);
  }
  sum += metrics->bucket[KN_LATENCY_BUCKETS];
  fprintf(out,
          "knoop_http_seconds_bucket{le=\"+Inf\"} %" PRId64 "\nknoop_http_seconds_sum %g\nknoop_http_seconds_count %" PRId64 "\n",
          sum, 1e-6 * (double)metrics->microseconds, sum);
  const kn_lines_counts lines = kn_lines_count(portal->lines);
  const struct {
    const char *name, *type, *help;
    int64_t value;
  } single[] = {
      {"knoop_http_bytes_total", "counter", "Bytes of answers.", metrics->bytes},
      {"knoop_http_kept_total", "counter", "Answers that were kept ready.", metrics->kept},
      {"knoop_http_limited_total", "counter", "Requests refused because there were too many.", metrics->limited},
      {"knoop_connections", "gauge", "Connections that are open.", lines.open},
      {"knoop_connections_slow_total", "counter", "Connections ended since the other side took too long.", lines.slow},
      {"knoop_connections_crowded_total", "counter", "Slow connections ended to make room for others.", lines.crowded},
      {"knoop_event_streams", "gauge", "Event streams that are open.", kn_hub_listeners(portal->hub)},
      {"knoop_data_version", "counter", "Commits seen in the region file.", (int64_t)kn_desk_version(portal->desk)},
  };
  for (size_t i = 0; i < sizeof single / sizeof *single; i++)
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRId64 "\n", single[i].name, single[i].help, single[i].name, single[i].type,
            single[i].name, single[i].value);
  return fclose(out) == 0 ? text : NULL;
}

char *
kn_health_text(kn_portal *portal, bool *is_well)
{
  kn_conn *conn = NULL;
  kn_error err = {0};
  kn_field one;
  const kn_viewer nobody = KN_ANYBODY;
  *is_well = kn_desk_lend(portal->desk, &nobody, &conn, &err) == KN_OK &&
             kn_conn_ask_one(conn, "health", NULL, 0, NULL, &one, NULL, &err) == KN_OK;
  kn_desk_give_back(conn);
  char *text = NULL;
  if (asprintf(&text, "{\"status\":\"%s\",\"version\":\"%s\"}", *is_well ? "ok" : "the region file cannot be read",
               kn_version()) < 0)
    return NULL;
  return text;
}
