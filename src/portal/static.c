/* Pages and other assets, each a response made once. An address that is no asset is a room of the portal and gets index.html, which reads
 * the address itself; one that looks like a file is not there. */
#include "portal/static.h"

#include "portal/assets.h"
#include "portal/metrics.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN, GZIP, FORMS };
struct kn_pages {
  int32_t count;
  struct MHD_Response *(*response)[FORMS];
};

static const char policy[] = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; "
                             "base-uri 'none'; form-action 'self'; frame-ancestors ";

static struct MHD_Response *
make(const kn_asset *asset, int form)
{
  const unsigned char *bytes = form == GZIP ? asset->gz : asset->bytes;
  if (bytes == NULL)
    return NULL;
  /* The signature wants a pointer to what it does not change. */
  struct MHD_Response *response =
      MHD_create_response_from_buffer(form == GZIP ? asset->gz_n : asset->n, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
  if (response == NULL)
    return NULL;
  char etag[80];
  snprintf(etag, sizeof etag, "\"%.64s%s\"", asset->etag, form == GZIP ? "-gz" : "");
  MHD_add_response_header(response, "Content-Type", asset->mime);
  MHD_add_response_header(response, "ETag", etag);
  MHD_add_response_header(response, "Vary", "Accept-Encoding");
  MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
  MHD_add_response_header(response, "Cache-Control", asset->is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (form == GZIP)
    MHD_add_response_header(response, "Content-Encoding", "gzip");
  if (strncmp(asset->mime, "text/html", 9) == 0) {
    char rule[sizeof policy + 8];
    snprintf(rule, sizeof rule, "%s'none'", policy);
    MHD_add_response_header(response, "Content-Security-Policy", rule);
    MHD_add_response_header(response, "Referrer-Policy", "same-origin");
    MHD_add_response_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    MHD_add_response_header(response, "Permissions-Policy", "geolocation=(), microphone=(), camera=(self)");
  }
  return response;
}

kn_code
kn_pages_new(kn_pages **out, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  if (*out != NULL)
    (*out)->response = calloc((size_t)kn_asset_count + 1, sizeof *(*out)->response);
  if (*out == NULL || (*out)->response == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  (*out)->count = kn_asset_count;
  for (int32_t i = 0; i < kn_asset_count; i++)
    for (int form = 0; form < FORMS; form++)
      (*out)->response[i][form] = make(&kn_assets[i], form);
  return KN_OK;
}

void
kn_pages_free(kn_pages *pages)
{
  if (pages == NULL)
    return;
  for (int32_t i = 0; pages->response != NULL && i < pages->count; i++)
    for (int form = 0; form < FORMS; form++)
      if (pages->response[i][form] != NULL)
        MHD_destroy_response(pages->response[i][form]);
  free((void *)pages->response);
  free(pages);
}

/* Takes over text. */
static enum MHD_Result
send_text(kn_exchange *exchange, unsigned status, const char *type, char *text)
{
  if (text == NULL)
    return MHD_NO;
  exchange->status = status;
  exchange->response_bytes = strlen(text);
  struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
  if (response == NULL) {
    free(text);
    return MHD_NO;
  }
  MHD_add_response_header(response, "Content-Type", type);
  MHD_add_response_header(response, "Cache-Control", "no-store");
  MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
  if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
    MHD_add_response_header(response, "Allow", "GET, HEAD");
  const enum MHD_Result result = MHD_queue_response(exchange->connection, status, response);
  MHD_destroy_response(response);
  return result;
}

/* The public page may stand in a frame of another site: it shows nothing that is not for all, and nobody signs in there. */
static enum MHD_Result
send_embeddable(kn_exchange *exchange, const kn_asset *asset)
{
  struct MHD_Response *response =
      MHD_create_response_from_buffer(asset->n, (void *)(uintptr_t)asset->bytes, MHD_RESPMEM_PERSISTENT);
  if (response == NULL)
    return MHD_NO;
  char rule[sizeof policy + 8];
  snprintf(rule, sizeof rule, "%s*", policy);
  MHD_add_response_header(response, "Content-Type", asset->mime);
  MHD_add_response_header(response, "Content-Security-Policy", rule);
  MHD_add_response_header(response, "Cache-Control", "no-cache");
  MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
  MHD_add_response_header(response, "Referrer-Policy", "same-origin");
  exchange->status = MHD_HTTP_OK;
  exchange->response_bytes = asset->n;
  const enum MHD_Result result = MHD_queue_response(exchange->connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  return result;
}

static bool
is_under(const char *path, const char *folder)
{
  const size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static enum MHD_Result
send_asset(kn_exchange *exchange, const kn_asset *asset)
{
  kn_pages *pages = exchange->request.portal->pages;
  const char *accepts = kn_request_header(&exchange->request, "Accept-Encoding");
  struct MHD_Response **forms = pages->response[asset - kn_assets];
  const int form = accepts != NULL && strstr(accepts, "gzip") != NULL && forms[GZIP] != NULL ? GZIP : PLAIN;
  char etag[80];
  snprintf(etag, sizeof etag, "\"%.64s%s\"", asset->etag, form == GZIP ? "-gz" : "");
  const char *none_match = kn_request_header(&exchange->request, "If-None-Match");
  if (none_match != NULL && kn_etag_matches(none_match, etag)) {
    exchange->status = MHD_HTTP_NOT_MODIFIED;
    return kn_send_unchanged(exchange->connection, etag) ? MHD_YES : MHD_NO;
  }
  if (forms[form] == NULL)
    return MHD_NO;
  exchange->status = MHD_HTTP_OK;
  exchange->response_bytes = form == GZIP ? asset->gz_n : asset->n;
  return MHD_queue_response(exchange->connection, MHD_HTTP_OK, forms[form]);
}

/* Sums of times tell to the microsecond how long a single answer took, so they are not for visitors: who asks from this machine or from
 * the address that was named, and not through a proxy, gets them. */
static bool
may_measure(const kn_exchange *exchange)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const struct sockaddr *from = info != NULL ? info->client_addr : NULL;
  const char *named = exchange->request.portal->settings.metrics_from;
  if (from == NULL || kn_request_header(&exchange->request, "X-Forwarded-For") != NULL ||
      kn_request_header(&exchange->request, "Forwarded") != NULL || kn_request_header(&exchange->request, "Via") != NULL)
    return false;
  struct in_addr four = {0}, named_four;
  struct in6_addr named_six;
  const struct in6_addr *six = NULL;
  if (from->sa_family == AF_INET)
    four = ((const struct sockaddr_in *)(const void *)from)->sin_addr;
  else if (from->sa_family == AF_INET6)
    six = &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
  else
    return false;
  if (six != NULL && IN6_IS_ADDR_V4MAPPED(six)) {
    memcpy(&four, six->s6_addr + 12, sizeof four);
    six = NULL;
  }
  if (six == NULL)
    return ntohl(four.s_addr) >> 24 == 127 ||
           (named != NULL && inet_pton(AF_INET, named, &named_four) == 1 && named_four.s_addr == four.s_addr);
  return IN6_IS_ADDR_LOOPBACK(six) ||
         (named != NULL && inet_pton(AF_INET6, named, &named_six) == 1 && memcmp(&named_six, six, sizeof *six) == 0);
}

enum MHD_Result
kn_pages_send(kn_exchange *exchange)
{
  const char *path = exchange->request.path;
  const bool reads = strcmp(exchange->request.method, "GET") == 0 || strcmp(exchange->request.method, "HEAD") == 0;
  if (!reads)
    return send_text(exchange, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", strdup("Pages are only read.\n"));
  if (strcmp(path, "/health") == 0) {
    bool is_well;
    char *text = kn_health_text(exchange->request.portal, &is_well);
    return send_text(exchange, is_well ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, "application/json", text);
  }
  if (strcmp(path, "/metrics") == 0 && may_measure(exchange))
    return send_text(exchange, MHD_HTTP_OK, "text/plain; version=0.0.4", kn_metrics_text(exchange->request.portal));
  const kn_asset *asset = strcmp(path, "/metrics") != 0 ? kn_asset_find(path) : NULL;
  const char *name = strrchr(path, '/');
  if (asset == NULL && !is_under(path, "/metrics") && !is_under(path, "/assets") && !is_under(path, "/api") &&
      strchr(name != NULL ? name : path, '.') == NULL)
    asset = kn_asset_find("/index.html");
  if (asset == NULL)
    return send_text(exchange, MHD_HTTP_NOT_FOUND, "text/plain", strdup("There is no such address.\n"));
  if (is_under(path, "/public"))
    return send_embeddable(exchange, asset);
  return send_asset(exchange, asset);
}
