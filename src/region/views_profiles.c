/* The typed view of profiles, and a profile as shares of a year. */
#include "region/views.h"

static const int32_t days_of_month[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static const double days_of_week[KN_DAY_TYPES] = {5, 1, 1};

kn_code
kn_region_view_profiles(kn_region *region, kn_error *err)
{
  const kn_table_id p = KN_T_PROFILE, h = KN_T_PROFILE_HOUR;
  region->profiles = (kn_profile_view){.n = region->table[p].n,
                                       .profile_id = text(region, p, "profile_id"),
                                       .name = text(region, p, "name"),
                                       .source = number(region, p, "source_id"),
                                       .month = number(region, h, "month"),
                                       .hour = number(region, h, "hour"),
                                       .day_type = word(region, h, "day_type"),
                                       .load = real(region, h, "load")};
  kn_profile_view *view = &region->profiles;
  return kn_view_group_rows(region, region->table[h].n, number(region, h, "profile_id"), view->n, &view->first, &view->row,
                            region->keep, err);
}

kn_profile_view
kn_region_profiles(const kn_region *region)
{
  return region->profiles;
}

/* ---------------------------------------------------------------- a typical year */
double
kn_typical_hours(int32_t at)
{
  assert(at >= 0 && at < KN_TYPICAL_HOURS);
  const int32_t month = at / (KN_DAY_TYPES * 24), day_type = at / 24 % KN_DAY_TYPES;
  return days_of_month[month] * days_of_week[day_type] / 7;
}

/* What rows say, from the widest to the closest: load by month (0: all), type of day (KN_DAY_TYPES: all) and hour (24: the whole
 * day). */
typedef struct said {
  double load[13][KN_DAY_TYPES + 1][25]; /* NAN: nothing */
  bool has_hours;
} said;

static void
gather(const kn_profile_view *profiles, int64_t profile, said *out)
{
  out->has_hours = false;
  for (int m = 0; m <= 12; m++)
    for (int d = 0; d <= KN_DAY_TYPES; d++)
      for (int h = 0; h <= 24; h++)
        out->load[m][d][h] = NAN;
  for (int32_t k = profiles->first[profile]; k < profiles->first[profile + 1]; k++) {
    const int32_t i = profiles->row[k], month = profiles->month[i], hour = profiles->hour[i];
    const uint8_t day = profiles->day_type[i];
    out->has_hours |= hour != KN_BLANK_INT;
    out->load[month == KN_BLANK_INT ? 0 : month][day == KN_BLANK_WORD ? KN_DAY_TYPES : day][hour == KN_BLANK_INT ? 24 : hour] =
        profiles->load[i];
  }
}

static double
closest(const said *given, int month, int day, int hour)
{
  const double found[] = {given->load[month][day][hour], given->load[month][KN_DAY_TYPES][hour], given->load[0][day][hour],
                          given->load[0][KN_DAY_TYPES][hour]};
  for (int i = 0; i < 4; i++)
    if (!isnan(found[i]))
      return found[i];
  return NAN;
}

bool
kn_profile_shares(const kn_profile_view *profiles, int64_t profile, double *share)
{
  said given;
  double load[KN_TYPICAL_HOURS], sum = 0, largest = 0;
  if (profiles->first[profile] == profiles->first[profile + 1])
    return false;
  gather(profiles, profile, &given);
  for (int32_t at = 0; at < KN_TYPICAL_HOURS; at++) {
    const int month = at / (KN_DAY_TYPES * 24) + 1, day = at / 24 % KN_DAY_TYPES;
    const double factor = closest(&given, month, day, 24), hour = closest(&given, month, day, at % 24);
    load[at] = (isnan(factor) ? 1 : factor) * (given.has_hours ? isnan(hour) ? 0 : hour : 1);
    largest = fmax(largest, load[at]);
  }
  if (!(largest > 0) || !isfinite(largest))
    return false;
  for (int32_t at = 0; at < KN_TYPICAL_HOURS; at++) /* of the largest first: sums of huge loads would overflow */
    sum += load[at] / largest * kn_typical_hours(at);
  for (int32_t at = 0; at < KN_TYPICAL_HOURS; at++)
    share[at] = load[at] / largest / sum;
  return true;
}

double
kn_hours_shared(double a, const double *share_a, double b, const double *share_b)
{
  double sum = 0;
  for (int32_t at = 0; at < KN_TYPICAL_HOURS; at += 24) {
    double day = 0;
    for (int32_t h = at; h < at + 24; h++)
      day += fmin(a * share_a[h], b * share_b[h]);
    sum += day * kn_typical_hours(at);
  }
  return sum;
}

int32_t
kn_profile_gaps(const kn_profile_view *profiles, int64_t profile)
{
  said given;
  int32_t gaps = 0;
  gather(profiles, profile, &given);
  for (int32_t at = 0; given.has_hours && at < KN_TYPICAL_HOURS; at++) {
    const int month = at / (KN_DAY_TYPES * 24) + 1, day = at / 24 % KN_DAY_TYPES;
    /* A day that is said to be shut lacks nothing. */
    gaps += isnan(closest(&given, month, day, at % 24)) && closest(&given, month, day, 24) != 0;
  }
  return gaps;
}
