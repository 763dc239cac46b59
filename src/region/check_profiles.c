/* Checks of profiles: nothing runs at all, hours given twice, hours that are not given. */
#include "region/internal.h"

#include <stdlib.h>

/* A row as one number: month 0..12, type of day 0..3, hour 0..24. */
typedef struct hour {
  int32_t at, row;
} hour;

static int
compare_hours(const void *left, const void *right)
{
  const hour *a = left, *b = right;
  if (a->at != b->at)
    return a->at < b->at ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}

static kn_code
check_twice(const kn_check *check, const kn_profile_view *profiles, int64_t profile, hour *hours, kn_error *err)
{
  const int32_t first = profiles->first[profile], n = profiles->first[profile + 1] - first;
  for (int32_t k = 0; k < n; k++) {
    const int32_t row = profiles->row[first + k], month = profiles->month[row], at = profiles->hour[row];
    const int32_t day = profiles->day_type[row] == KN_BLANK_WORD ? KN_DAY_TYPES : profiles->day_type[row];
    hours[k] = (hour){
        .at = ((month == KN_BLANK_INT ? 0 : month) * (KN_DAY_TYPES + 1) + day) * 25 + (at == KN_BLANK_INT ? 24 : at), .row = row};
  }
  qsort(hours, (size_t)n, sizeof *hours, compare_hours);
  for (int32_t k = 1; k < n; k++)
    if (hours[k].at == hours[k - 1].at)
      KN_TRY(kn_check_tell(check, KN_ERROR, "hour_twice", KN_T_PROFILE_HOUR, hours[k].row, "hour", "keep one of the two", err,
                           "profile %.60s gives the same month, type of day and hour in row %" PRId32,
                           profiles->profile_id[profile], hours[k - 1].row + 1));
  return KN_OK;
}

kn_code
kn_check_profiles(const kn_check *check, kn_error *err)
{
  const kn_profile_view profiles = check->region->profiles;
  double share[KN_TYPICAL_HOURS];
  hour *hours;
  KN_NEW(hours, check->scratch, check->region->table[KN_T_PROFILE_HOUR].n, err);
  for (int64_t i = 0; i < profiles.n; i++) {
    KN_TRY(check_twice(check, &profiles, i, hours, err));
    if (!kn_profile_shares(&profiles, i, share)) {
      KN_TRY(kn_check_tell(check, KN_ERROR, "no_load", KN_T_PROFILE, i, NULL, "add rows of profile_hour with a load above 0", err,
                           "nothing ever runs by this profile, so what has it has no hours"));
      continue;
    }
    const int32_t gaps = kn_profile_gaps(&profiles, i);
    if (gaps > 0)
      KN_TRY(kn_check_tell(check, KN_HINT, "missing_hours", KN_T_PROFILE, i, NULL, "write 0 where nothing runs", err,
                           "of the %d hours of its typical days %" PRId32 " are not given, and count as 0", KN_TYPICAL_HOURS,
                           gaps));
  }
  return KN_OK;
}
