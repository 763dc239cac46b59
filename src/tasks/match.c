/* Tasks that ask what fits what. */
#include "internal.h"

#include <string.h>

static const struct {
  const char *prefix;
  kn_table_id table;
  kn_end end;
} place_tables[] = {
    {"offer:", KN_T_OFFER, KN_END_OFFER},
    {"need:", KN_T_NEED, KN_END_NEED},
    {"unit:", KN_T_UNIT, KN_END_UNIT},
    {"gateway:", KN_T_GATEWAY, KN_END_GATEWAY},
};
enum { PLACE_TABLES = sizeof place_tables / sizeof place_tables[0] };

static int32_t
site_of(const kn_region *region, kn_end end, int32_t row)
{
  switch (end) {
  case KN_END_OFFER:
    return kn_region_offers(region).site[row];
  case KN_END_NEED:
    return kn_region_needs(region).site[row];
  case KN_END_UNIT:
    return kn_region_units(region).site[row];
  case KN_END_GATEWAY:
    break;
  }
  return KN_NONE;
}

static kn_table_id
table_of(uint8_t kind)
{
  for (int t = 0; t < PLACE_TABLES; t++)
    if (place_tables[t].end == kind)
      return place_tables[t].table;
  return KN_T_OFFER;
}

kn_code
kn_task_place(const kn_region *region, const char *text, kn_place *place, kn_error *err)
{
  int32_t found = 0;
  for (int t = 0; t < PLACE_TABLES; t++) {
    const size_t length = strlen(place_tables[t].prefix);
    const bool is_named = strncmp(text, place_tables[t].prefix, length) == 0;
    const int32_t row = kn_region_find(region, place_tables[t].table, is_named ? text + length : text);
    if (is_named && row == KN_NONE)
      return kn_fail(err, KN_E_USAGE, "there is no %.*s %s", (int)length - 1, text, text + length);
    if (row == KN_NONE)
      continue;
    *place = (kn_place){.kind = (uint8_t)place_tables[t].end, .row = row, .site = site_of(region, place_tables[t].end, row)};
    found++;
    if (is_named)
      return KN_OK;
  }
  if (found == 0)
    return kn_fail(err, KN_E_USAGE, "%s: expected the id of an offer, need, unit or gateway", text);
  if (found > 1)
    return kn_fail(err, KN_E_USAGE, "%s is the id of more than one thing: write offer:%s, need:%s, unit:%s or gateway:%s", text,
                   text, text, text, text);
  return KN_OK;
}

const char *
kn_place_id(const kn_region *region, kn_place place)
{
  return kn_region_key(region, table_of(place.kind), place.row);
}

const char *
kn_place_site_id(const kn_region *region, kn_place place)
{
  return place.site == KN_NONE ? NULL : kn_region_key(region, KN_T_SITE, place.site);
}

static kn_code
find_row(const kn_region *region, kn_table_id table, const char *id, int32_t *row, kn_error *err)
{
  *row = KN_NONE;
  if (id == NULL)
    return KN_OK;
  *row = kn_region_find(region, table, id);
  if (*row == KN_NONE)
    return kn_fail(err, KN_E_USAGE, "there is no %s %s in this region", kn_schema(table)->name, id);
  return KN_OK;
}

static kn_code
match_in(const kn_task *task, const char *offer_id, const char *need_id, const kn_match_settings *settings, kn_task_matches *out,
         kn_error *err)
{
  const bool is_need = need_id != NULL;
  int32_t row;
  KN_TRY(find_row(out->region, is_need ? KN_T_NEED : KN_T_OFFER, is_need ? need_id : offer_id, &row, err));
  KN_TRY(kn_market_new(&out->market, out->region, err));
  KN_TRY(kn_law_new(&out->law, out->region, NULL, out->ended_before, err));
  kn_match_settings today = *settings;
  today.today = out->ended_before;
  if (kn_region_settings(out->region).plan_year != KN_BLANK_INT)
    today.today = KN_BLANK_INT; /* the windows have done it */
  return kn_match_make(&out->matches, out->market, is_need, row, &today, task->watch, err);
}

kn_code
kn_task_match(const kn_task *task, const char *path, const char *offer_id, const char *need_id, const kn_match_settings *settings,
              kn_task_matches *out, kn_error *err)
{
  *out = (kn_task_matches){0};
  if (offer_id != NULL && need_id != NULL)
    return kn_fail(err, KN_E_USAGE, "an offer and a need were given; expected one of them");
  KN_TRY(kn_task_region(task, path, &out->region, err));
  const int32_t year = kn_region_settings(out->region).plan_year;
  out->ended_before = year == KN_BLANK_INT ? kn_task_today() : kn_date_of(year, 1, 1);
  const kn_code code = match_in(task, offer_id, need_id, settings, out, err);
  if (code != KN_OK)
    kn_task_matches_free(out);
  return code;
}

static kn_code
why_in(const char *from, const char *to, kn_task_matches *out, kn_place ends[2], kn_match_why *why, int32_t most, int32_t *count,
       kn_error *err)
{
  KN_TRY(kn_task_place(out->region, from, &ends[0], err));
  KN_TRY(kn_task_place(out->region, to, &ends[1], err));
  KN_TRY(kn_market_new(&out->market, out->region, err));
  return kn_match_explain(out->market, ends[0], ends[1], why, most, count, err);
}

kn_code
kn_task_match_why(const kn_task *task, const char *path, const char *from, const char *to, kn_task_matches *out, kn_place ends[2],
                  kn_match_why *why, int32_t most, int32_t *count, kn_error *err)
{
  *out = (kn_task_matches){0};
  *count = 0;
  KN_TRY(kn_task_region(task, path, &out->region, err));
  const kn_code code = why_in(from, to, out, ends, why, most, count, err);
  if (code != KN_OK)
    kn_task_matches_free(out);
  return code;
}

void
kn_task_matches_free(kn_task_matches *matches)
{
  kn_law_free(matches->law);
  kn_matches_free(matches->matches);
  kn_market_free(matches->market);
  kn_region_free(matches->region);
  *matches = (kn_task_matches){0};
}
