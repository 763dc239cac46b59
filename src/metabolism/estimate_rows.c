/* Reported rows by site, what they teach, and the rows that nobody reported. */
#include "estimate.h"
#include "knoop/numeric.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTLIER = 10 }; /* a report further off than e^10 is a slip of units; it teaches no more than that */

/* ---------------------------------------------------------------- reported rows */
typedef struct figures { /* of offers or needs */
  int64_t n;
  const int32_t *site, *resource, *source;
  const double *quantity;
} figures;

static figures
figures_of(const kn_region *region, bool is_need)
{
  if (is_need) {
    const kn_need_view needs = kn_region_needs(region);
    return (figures){needs.n, needs.site, needs.resource, needs.source, needs.quantity};
  }
  const kn_offer_view offers = kn_region_offers(region);
  return (figures){offers.n, offers.site, offers.resource, offers.source, offers.quantity};
}

/* An estimate of somebody stands like a report, but teaches nothing: its quantity is NAN here. */
static kn_code
report_side(kn_estimating *e, int side, kn_error *err)
{
  const figures f = figures_of(e->region, side == 1);
  const int64_t sites = kn_region_sites(e->region).n;
  const kn_source_view sources = kn_region_sources(e->region);
  kn_side_reports *out = &e->reported[side];
  KN_NEW(out->first, e->scratch, sites + 1, err);
  for (int64_t i = 0; i < f.n; i++)
    if (f.site[i] != KN_NONE && !e->is_old[side][i])
      out->first[f.site[i] + 1]++;
  for (int64_t s = 0; s < sites; s++)
    out->first[s + 1] += out->first[s];
  KN_NEW(out->resource, e->scratch, out->first[sites], err);
  KN_NEW(out->quantity, e->scratch, out->first[sites], err);
  for (int64_t i = 0; i < f.n; i++) {
    if (f.site[i] == KN_NONE || e->is_old[side][i])
      continue;
    const int32_t at = out->first[f.site[i]]++;
    out->resource[at] = f.resource[i];
    out->quantity[at] = f.source[i] != KN_NONE && sources.is_estimate[f.source[i]] ? NAN : f.quantity[i];
  }
  for (int64_t s = sites; s > 0; s--)
    out->first[s] = out->first[s - 1];
  out->first[0] = 0;
  return KN_OK;
}

kn_code
kn_estimate_report(kn_estimating *e, kn_error *err)
{
  KN_TRY(report_side(e, 0, err));
  return report_side(e, 1, err);
}

/* ---------------------------------------------------------------- what they teach */
static void
learn_site(kn_estimating *e, int side, int32_t site, const int32_t *stream_of)
{
  const kn_side_reports *reported = &e->reported[side];
  const int32_t node = e->sectors.of_site[site];
  for (int32_t k = reported->first[site]; k < reported->first[site + 1]; k++) {
    const int32_t stream = stream_of[reported->resource[k]];
    if (stream == KN_NONE)
      continue;
    /* Two offers of a resource at a site are one figure; the first of them stands for all. */
    double quantity = 0;
    bool is_first = true;
    for (int32_t j = reported->first[site]; j < reported->first[site + 1]; j++)
      if (reported->resource[j] == reported->resource[k]) {
        quantity += reported->quantity[j];
        is_first &= j >= k;
      }
    const int64_t at = (int64_t)node * e->streams.n + stream;
    const double mean = e->streams.mean[at] * e->sectors.jobs[site];
    if (!is_first || !(quantity > 0) || !(mean > 0))
      continue;
    const double y = fmin(fmax(log(quantity / mean), -OUTLIER), OUTLIER);
    e->reports.count[at]++;
    e->reports.sum[at] += y;
    e->reports.squares[at] += y * y;
    e->reports.n++;
  }
}

kn_code
kn_estimate_learn_from(kn_estimating *e, kn_error *err)
{
  const int64_t size = (int64_t)e->sectors.n * e->streams.n, resources = kn_region_resources(e->region).n;
  const int64_t sites = kn_region_sites(e->region).n;
  KN_NEW(e->reports.count, e->scratch, size, err);
  KN_NEW(e->reports.sum, e->scratch, size, err);
  KN_NEW(e->reports.squares, e->scratch, size, err);
  int32_t *stream_of;
  KN_NEW(stream_of, e->scratch, resources, err);
  for (int side = 0; side < 2; side++) {
    for (int64_t r = 0; r < resources; r++)
      stream_of[r] = KN_NONE;
    const int32_t first = side == 0 ? 0 : e->streams.need_first, last = side == 0 ? e->streams.need_first : e->streams.n;
    for (int32_t s = first; s < last; s++)
      if (e->streams.resource[s] < resources)
        stream_of[e->streams.resource[s]] = s;
    for (int64_t i = 0; i < sites; i++)
      if (e->sectors.of_site[i] != KN_NONE && e->sectors.jobs[i] > 0)
        learn_site(e, side, (int32_t)i, stream_of);
  }
  return KN_OK;
}

/* A quantity of four digits, where no total says more. */
static double
round_off(double value)
{
  static const double ten[] = {1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0,
                               1e1,   1e2,   1e3,   1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11, 1e12};
  int at = 0;
  while (at < 24 && value >= ten[at + 1])
    at++;
  const int digits = at - 12; /* value lies in 10^digits .. 10^(digits + 1) */
  if (digits >= 3)
    return nearbyint(value / ten[digits - 3 + 12]) * ten[digits - 3 + 12];
  const double scale = ten[3 - digits + 12 > 24 ? 24 : 3 - digits + 12];
  return nearbyint(value * scale) / scale;
}

/* ---------------------------------------------------------------- rows */
static bool
is_reported(const kn_estimating *e, const kn_resource_view *resources, int side, int32_t site, int32_t stream)
{
  const kn_side_reports *reported = &e->reported[side];
  for (int32_t k = reported->first[site]; k < reported->first[site + 1]; k++)
    if (kn_streams_cover(&e->streams, stream, resources, reported->resource[k]))
      return true;
  return false;
}

/* Streams that a node has any of, so that sites need not look at the others. */
typedef struct shortlist {
  int32_t *first;  /* [nodes + 1] */
  int32_t *stream; /* [first[nodes]] */
} shortlist;

static kn_code
list_streams(const kn_estimating *e, int side, shortlist *out, kn_error *err)
{
  const int32_t n = e->streams.n, from = side == 0 ? 0 : e->streams.need_first, to = side == 0 ? e->streams.need_first : n;
  KN_NEW(out->first, e->scratch, e->sectors.n + 1, err);
  KN_NEW(out->stream, e->scratch, (int64_t)e->sectors.n * (to - from), err);
  int32_t at = 0;
  for (int32_t node = 0; node < e->sectors.n; node++) {
    out->first[node] = at;
    for (int32_t s = from; s < to; s++)
      if (e->shrunk.factor[(int64_t)node * n + s] > 0)
        out->stream[at++] = s;
  }
  out->first[e->sectors.n] = at;
  return KN_OK;
}

static kn_code
guess_side(kn_estimating *e, int side, kn_error *err)
{
  const kn_resource_view resources = kn_region_resources(e->region);
  const int64_t sites = kn_region_sites(e->region).n;
  shortlist list;
  KN_TRY(list_streams(e, side, &list, err));
  for (int64_t i = 0; i < sites; i++) {
    const int32_t node = e->sectors.of_site[i];
    const double jobs = e->sectors.jobs[i];
    if (node == KN_NONE || !(jobs > 0))
      continue;
    const double *factor = e->shrunk.factor + (int64_t)node * e->streams.n;
    const bool has_reports = e->reported[side].first[i + 1] > e->reported[side].first[i];
    KN_TRY(KN_GROW(e->guess, e->guess_capacity, e->guesses + list.first[node + 1] - list.first[node] + 1, err));
    for (int32_t k = list.first[node]; k < list.first[node + 1]; k++) {
      const int32_t s = list.stream[k];
      const double quantity = round_off(jobs * factor[s]);
      if (quantity >= e->settings->least_t && isfinite(quantity) && quantity > 0 &&
          !(has_reports && is_reported(e, &resources, side, (int32_t)i, s)))
        e->guess[e->guesses++] = (kn_guess){.site = (int32_t)i, .stream = s, .quantity = quantity};
    }
  }
  return KN_OK;
}

kn_code
kn_estimate_guess(kn_estimating *e, kn_error *err)
{
  KN_TRY(guess_side(e, 0, err));
  e->need_first = e->guesses;
  return guess_side(e, 1, err);
}

/* ---------------------------------------------------------------- methods in words */
static kn_code
add_method(kn_estimating *e, int64_t at, bool is_floor, bool is_scaled, kn_error *err)
{
  char text[160];
  const double reports = e->shrunk.of_stream[at % e->streams.n], z = -kn_normal_quantile((1 - e->settings->confidence) / 2);
  int used = snprintf(text, sizeof text, "estimate: %s x sector %s", is_floor ? "floor" : "jobs", e->streams.nace[at]);
  if (reports > 0)
    used += snprintf(text + used, sizeof text - (size_t)used, ", %.0f reports", reports);
  if (is_scaled)
    used += snprintf(text + used, sizeof text - (size_t)used, ", scaled to a total");
  const double variance = e->shrunk.variance[at] + (is_floor ? e->sectors.floor_variance : 0);
  KN_TRY(KN_GROW(e->method, e->method_capacity, e->method_count + 1, err));
  kn_estimate_method *method = &e->method[e->method_count];
  *method = (kn_estimate_method){.nace = e->streams.nace[at],
                                 .rel_sd = round_off(sqrt(expm1(variance))),
                                 .low = exp(-variance / 2 - z * sqrt(variance)),
                                 .high = exp(-variance / 2 + z * sqrt(variance))};
  KN_TRY(kn_text_copy(&method->text, e->keep, text, (size_t)used, err));
  e->method_count++;
  return KN_OK;
}

kn_code
kn_estimate_describe(kn_estimating *e, kn_error *err)
{
  KN_NEW(e->method_at, e->scratch, (int64_t)e->sectors.n * e->streams.n * 4, err);
  for (int64_t i = 0; i < e->guesses; i++) {
    kn_guess *guess = &e->guess[i];
    const int64_t at = (int64_t)e->sectors.of_site[guess->site] * e->streams.n + guess->stream;
    const bool is_floor = e->sectors.is_floor[guess->site] != 0, is_scaled = guess->method < 0;
    int32_t *known = &e->method_at[at * 4 + is_floor * 2 + is_scaled];
    if (*known == 0) {
      KN_TRY(add_method(e, at, is_floor, is_scaled, err));
      *known = (int32_t)e->method_count;
    }
    guess->method = *known - 1;
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- handing over */
/* Resources that a row is about keep their place among the new ones; the others go. */
static kn_code
keep_new_resources(kn_estimating *e, kn_estimate_view *view, int32_t **number, kn_error *err)
{
  const kn_streams *streams = &e->streams;
  const int64_t known = kn_region_resources(e->region).n;
  KN_NEW(*number, e->scratch, streams->new_count, err);
  for (int64_t i = 0; i < e->guesses; i++) {
    const int64_t at = streams->resource[e->guess[i].stream] - known;
    if (at >= 0)
      (*number)[at] = 1;
  }
  kn_new_resource *kept;
  KN_NEW(kept, e->keep, streams->new_count, err);
  for (int32_t k = 0; k < streams->new_count; k++)
    if ((*number)[k] != 0) {
      kept[view->new_count] = streams->fresh[k];
      (*number)[k] = view->new_count++;
    }
  view->new_resource = kept;
  return KN_OK;
}

static char *
put_text(char *at, const char *text)
{
  const size_t length = strlen(text);
  memcpy(at, text, length + 1);
  return at + length;
}

/* "est:SITE:RESOURCE", and ":need" behind it for needs; another one where somebody has that key. */
static kn_code
make_ids(kn_estimating *e, const char **id, kn_error *err)
{
  const kn_site_view sites = kn_region_sites(e->region);
  size_t bytes = 0;
  for (int64_t i = 0; i < e->guesses; i++)
    bytes += strlen(sites.site_id[e->guess[i].site]) + strlen(e->streams.key[e->guess[i].stream]) + 32;
  char *at;
  KN_NEW(at, e->keep, bytes, err);
  bool is_taken[2] = {false, false};
  for (int side = 0; side < 2; side++) {
    const char *const *ids = side == 0 ? kn_region_offers(e->region).offer_id : kn_region_needs(e->region).need_id;
    const int64_t n = figures_of(e->region, side == 1).n;
    for (int64_t i = 0; i < n && !is_taken[side]; i++)
      is_taken[side] = !e->is_old[side][i] && strncmp(ids[i], KN_ESTIMATE_PREFIX, sizeof KN_ESTIMATE_PREFIX - 1) == 0;
  }
  for (int64_t i = 0; i < e->guesses; i++) {
    const int side = i >= e->need_first;
    id[i] = at;
    char *end = put_text(put_text(at, KN_ESTIMATE_PREFIX), sites.site_id[e->guess[i].site]);
    end = put_text(put_text(put_text(end, ":"), e->streams.key[e->guess[i].stream]), side == 1 ? ":need" : "");
    for (int32_t more = 2; is_taken[side]; more++) {
      const int32_t row = kn_region_find(e->region, side == 0 ? KN_T_OFFER : KN_T_NEED, at);
      if (row == KN_NONE || e->is_old[side][row])
        break;
      snprintf(end, 16, "~%" PRId32, more);
    }
    at += strlen(at) + 1;
  }
  return KN_OK;
}

kn_code
kn_estimate_hand_over(kn_estimating *e, kn_estimate_view *view, kn_error *err)
{
  const int64_t n = e->guesses, known = kn_region_resources(e->region).n;
  int32_t *number, *site, *resource, *method;
  double *quantity;
  const char **id;
  KN_TRY(keep_new_resources(e, view, &number, err));
  KN_NEW(id, e->keep, n, err);
  KN_NEW(site, e->keep, n, err);
  KN_NEW(resource, e->keep, n, err);
  KN_NEW(method, e->keep, n, err);
  KN_NEW(quantity, e->keep, n, err);
  KN_TRY(make_ids(e, id, err));
  for (int64_t i = 0; i < n; i++) {
    const kn_guess *guess = &e->guess[i];
    const int32_t of_stream = e->streams.resource[guess->stream];
    site[i] = guess->site;
    resource[i] = of_stream < known ? of_stream : (int32_t)known + number[of_stream - known];
    method[i] = guess->method;
    quantity[i] = guess->quantity;
  }
  view->n = n;
  view->need_first = e->need_first;
  view->id = id;
  view->site = site;
  view->resource = resource;
  view->quantity = quantity;
  view->method = method;
  view->method_of = e->method;
  view->method_count = (int32_t)e->method_count;
  return KN_OK;
}
