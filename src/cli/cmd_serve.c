/* knoop serve: the portal and its API, until it is told to stop. */
#include "cli.h"

#include "portal/portal.h"

#include <arpa/inet.h>
#include <signal.h>
#include <string.h>

typedef struct serve_args {
  const char *region, *address, *certificate, *key, *background, *metrics_from;
  int32_t port, rate, patience, import_most;
  bool behind_proxy, log;
} serve_args;

static const kn_opt serve_opts[] = {
    KN_OPT_PATH(serve_args, region, "REGION.gpkg", N_("the region to serve")),
    KN_OPT_INT(serve_args, port, "N", N_("the port to listen at (8080); 0: any free one")),
    KN_OPT_TEXT(serve_args, address, "ADDRESS", N_("the address to listen at (127.0.0.1: this machine only)")),
    KN_OPT_TEXT(serve_args, certificate, "FILE.pem", N_("speak TLS with this certificate chain")),
    KN_OPT_TEXT(serve_args, key, "FILE.pem", N_("and this private key")),
    KN_OPT_INT(serve_args, rate, "N", N_("requests per second of one session or address that cost work (1000); -1: no limit")),
    KN_OPT_INT(serve_args, patience, "N", N_("seconds that a slow request or reader may take, and one more per 2 kB (30)")),
    KN_OPT_INT(serve_args, import_most, "MB", N_("megabytes of a file that may be imported in the portal (64)")),
    KN_OPT_TEXT(serve_args, background, "FOLDER",
                N_("water, rail and roads for the map: water.geojson, rail.geojson, road.geojson")),
    KN_OPT_TEXT(serve_args, metrics_from, "ADDRESS",
                N_("who may ask for /metrics besides this machine: the address of a Prometheus")),
    KN_OPT_FLAG(serve_args, behind_proxy, N_("behind a proxy that speaks TLS: cookies are secure, X-Forwarded-For is believed")),
    KN_OPT_FLAG(serve_args, log, N_("one line of JSON per request on standard error")),
    KN_OPT_END,
};

static void
write_line(void *arg, const char *line)
{
  fprintf(arg, "%s\n", line);
}

static kn_code
serve_run(const kn_cli *cli, kn_error *err)
{
  serve_args args = {.port = 8080, .patience = 30, .import_most = KN_IMPORT_MOST >> 20};
  KN_TRY(kn_cli_parse(cli, serve_opts, &args, err));
  if (args.port < 0 || args.port > 65535)
    return kn_fail(err, KN_E_USAGE, _("--port %d: expected 0 to 65535"), (int)args.port);
  if (args.patience < 1 || args.patience > 3600)
    return kn_fail(err, KN_E_USAGE, _("--patience %d: expected 1 to 3600 seconds"), (int)args.patience);
  if (args.import_most < 1 || args.import_most > 65536)
    return kn_fail(err, KN_E_USAGE, _("--import-most %d: expected 1 to 65536 megabytes"), (int)args.import_most);
  unsigned char number[sizeof(struct in6_addr)];
  if (args.metrics_from != NULL && inet_pton(AF_INET, args.metrics_from, number) != 1 &&
      inet_pton(AF_INET6, args.metrics_from, number) != 1)
    return kn_fail(err, KN_E_USAGE, _("--metrics-from %s: expected an address in numbers, such as 192.0.2.7"), args.metrics_from);
  if ((args.certificate == NULL) != (args.key == NULL))
    return kn_fail(err, KN_E_USAGE, _("--certificate and --key belong together"));
  /* Signals are waited for here and nowhere else; the threads that start now inherit that. */
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, NULL);
  const kn_portal_settings settings = {.address = args.address,
                                       .port = args.port,
                                       .thread_count = cli->threads,
                                       .certificate = args.certificate,
                                       .key = args.key,
                                       .rate_per_s = args.rate,
                                       .patience_s = args.patience,
                                       .import_bytes = (int64_t)args.import_most << 20,
                                       .background = args.background,
                                       .metrics_from = args.metrics_from,
                                       .is_behind_proxy = args.behind_proxy,
                                       .log = write_line,
                                       .logs_requests = args.log,
                                       .arg = stderr};
  kn_portal *portal;
  KN_TRY(kn_portal_start(&portal, args.region, &settings, err));
  fprintf(kn_cli_results(cli), "%s://%s:%d/\n", args.certificate != NULL ? "https" : "http",
          args.address != NULL ? args.address : "localhost", (int)kn_portal_port(portal));
  fflush(cli->out);
  int which;
  sigwait(&ends, &which);
  kn_cli_say(cli, "%s", _("stopping"));
  kn_portal_stop(portal);
  return KN_OK;
}

const kn_command kn_cmd_serve = {
    .name = "serve",
    .text = N_("serve the portal and its API from a region file"),
    .example = "knoop serve genk.gpkg --port 8080",
    .opts = serve_opts,
    .run = serve_run,
};
