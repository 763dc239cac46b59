/* What nobody reported, estimated: sectors, streams, what reports teach, rows, totals. */
#include "estimate.h"

#include <stdlib.h>
#include <string.h>

struct kn_estimate {
  kn_arena *keep;
  kn_estimate_view view;
  kn_total_check *check;
  int32_t checks;
  kn_estimate_learned learned;
  kn_estimate_method *method;
};

/* ---------------------------------------------------------------- rows of an earlier run */
/* Rows that an incentive rewards by name. */
static void
spare_rewarded(const kn_region *region, uint8_t *is_old_need)
{
  const kn_incentive_view incentives = kn_region_incentives(region);
  for (int64_t i = 0; i < incentives.n; i++)
    if (incentives.target_kind[i] == KN_TO_NEED && incentives.target[i] != KN_NONE)
      is_old_need[incentives.target[i]] = 0;
}

static bool
is_own(const char *id, const char *prefix, int32_t source, int32_t own_source)
{
  return source == own_source && strncmp(id, prefix, strlen(prefix)) == 0;
}

kn_code
kn_estimate_find_own(const kn_region *region, const char *prefix, kn_arena *arena, const uint8_t **is_old_offer,
                     const uint8_t **is_old_need, kn_error *err)
{
  const kn_offer_view offers = kn_region_offers(region);
  const kn_need_view needs = kn_region_needs(region);
  const kn_property_view properties = kn_region_properties(region);
  const int32_t own = kn_region_find(region, KN_T_SOURCE, KN_ESTIMATE_SOURCE);
  uint8_t *offer, *need;
  KN_NEW(offer, arena, offers.n, err);
  KN_NEW(need, arena, needs.n, err);
  *is_old_offer = offer;
  *is_old_need = need;
  if (own == KN_NONE)
    return KN_OK;
  if (!kn_region_sources(region).is_estimate[own])
    return kn_fail(err, KN_E_INPUT, "source %s is not of the kind estimate, and estimates would be of it: give it another key",
                   KN_ESTIMATE_SOURCE);
  for (int64_t i = 0; i < offers.n; i++)
    offer[i] =
        is_own(offers.offer_id[i], prefix, offers.source[i], own) && properties.offer_first[i + 1] == properties.offer_first[i];
  for (int64_t i = 0; i < needs.n; i++)
    need[i] = is_own(needs.need_id[i], prefix, needs.source[i], own) && properties.need_first[i + 1] == properties.need_first[i];
  spare_rewarded(region, need);
  return KN_OK;
}

/* ---------------------------------------------------------------- the whole */
static kn_code
check_settings(const kn_estimate_settings *settings, kn_error *err)
{
  if (!(settings->least_t >= 0) || isinf(settings->least_t))
    return kn_fail(err, KN_E_USAGE, "the least estimate must be at least 0 t, is %g", settings->least_t);
  if (!(settings->confidence > 0 && settings->confidence < 1))
    return kn_fail(err, KN_E_USAGE, "the confidence must lie between 0 and 1, is %g", settings->confidence);
  return KN_OK;
}

static kn_code
run(kn_estimating *e, kn_estimate_view *view, kn_error *err)
{
  KN_TRY(kn_estimate_find_own(e->region, KN_ESTIMATE_PREFIX, e->keep, &view->is_old_offer, &view->is_old_need, err));
  e->is_old[0] = view->is_old_offer;
  e->is_old[1] = view->is_old_need;
  for (int64_t i = 0; i < kn_region_offers(e->region).n; i++)
    view->old_offers += e->is_old[0][i];
  for (int64_t i = 0; i < kn_region_needs(e->region).n; i++)
    view->old_needs += e->is_old[1][i];
  KN_TRY(kn_sectors_find(&e->sectors, e->region, &e->settings->coefficients, e->keep, err));
  KN_TRY(kn_streams_find(&e->streams, e->region, &e->sectors, e->settings, e->keep, err));
  KN_TRY(kn_estimate_report(e, err));
  KN_TRY(kn_estimate_learn_from(e, err));
  KN_TRY(kn_shrink(&e->shrunk, &e->sectors, &e->streams, &e->reports, e->scratch, err));
  KN_TRY(kn_estimate_guess(e, err));
  KN_TRY(kn_estimate_scale(e, err));
  KN_TRY(kn_estimate_describe(e, err));
  return kn_estimate_hand_over(e, view, err);
}

kn_code
kn_estimate_make(kn_estimate **out, const kn_region *region, const kn_estimate_settings *settings, kn_error *err)
{
  *out = NULL;
  KN_TRY(check_settings(settings, err));
  kn_estimate *made = calloc(1, sizeof *made);
  if (made == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for an estimate");
  made->keep = kn_arena_new();
  kn_estimating e = {.region = region, .settings = settings, .keep = made->keep, .scratch = kn_arena_new()};
  const kn_code code = run(&e, &made->view, err);
  made->check = e.check;
  made->checks = e.check == NULL ? 0 : (int32_t)kn_region_totals(region).n;
  made->method = e.method;
  made->learned = (kn_estimate_learned){.reports = e.reports.n,
                                        .site_sd_ln = e.shrunk.site_sd_ln,
                                        .sector_sd_ln = e.shrunk.sector_sd_ln,
                                        .sites_without = e.sectors.sites_without};
  kn_arena_free(e.scratch);
  free(e.guess);
  if (code != KN_OK) {
    kn_estimate_free(made);
    return kn_note(err, "estimating offers and needs");
  }
  *out = made;
  return KN_OK;
}

void
kn_estimate_free(kn_estimate *estimate)
{
  if (estimate == NULL)
    return;
  kn_arena_free(estimate->keep);
  free(estimate->method);
  free(estimate);
}

kn_estimate_view
kn_estimate_rows(const kn_estimate *estimate)
{
  return estimate->view;
}

const kn_total_check *
kn_estimate_totals(const kn_estimate *estimate, int32_t *count)
{
  *count = estimate->checks;
  return estimate->check;
}

kn_estimate_learned
kn_estimate_learn(const kn_estimate *estimate)
{
  return estimate->learned;
}
