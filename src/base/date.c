/* Days of the proleptic Gregorian calendar, counted from 1970-01-01. */
#include <stdio.h>

#include "knoop/base.h"

/* Source: H. Hinnant, chrono-compatible low-level date algorithms: years start in March, so that the leap day is the
 * last one, and 400 years have 146097 days. */
static int64_t
day_of(int64_t year, int32_t month, int32_t day)
{
  const int64_t y = year - (month <= 2);
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int32_t
days_in_month(int32_t year, int32_t month)
{
  if (month == 2)
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return 30 + ((month + (month > 7)) & 1);
}

int32_t
kn_date_of(int32_t year, int32_t month, int32_t day)
{
  /* Years beyond these do not fit into days of 32 bits. */
  if (year < -5000000 || year > 5000000 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
    return KN_BLANK_INT;
  return (int32_t)day_of(year, month, day);
}

static bool
read_digits(const char *text, size_t count, int32_t *out)
{
  *out = 0;
  for (size_t i = 0; i < count; i++) {
    if (text[i] < '0' || text[i] > '9')
      return false;
    *out = *out * 10 + (text[i] - '0');
  }
  return true;
}

bool
kn_date_read(const char *text, size_t length, int32_t *days)
{
  int32_t year, month = 1, day = 1;
  if (length != 4 && length != 7 && length != 10)
    return false;
  if (!read_digits(text, 4, &year))
    return false;
  if (length > 4 && (text[4] != '-' || !read_digits(text + 5, 2, &month)))
    return false;
  if (length > 7 && (text[7] != '-' || !read_digits(text + 8, 2, &day)))
    return false;
  const int32_t read = kn_date_of(year, month, day);
  if (read == KN_BLANK_INT)
    return false;
  *days = read;
  return true;
}

size_t
kn_date_write(char out[16], int32_t days)
{
  out[0] = '\0';
  if (days == KN_BLANK_INT)
    return 0;
  const int64_t z = (int64_t)days + 719468;
  const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const int64_t day_of_era = z - era * 146097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * day_of_year + 2) / 153;
  const int32_t day = (int32_t)(day_of_year - (153 * shifted + 2) / 5 + 1);
  const int32_t month = (int32_t)(shifted < 10 ? shifted + 3 : shifted - 9);
  const int32_t year = (int32_t)(year_of_era + era * 400 + (month <= 2));
  if (year < 0 || year > 9999) {
    const int written = snprintf(out, 16, "%04d-%02d-%02d", year, month, day);
    return written < 0 ? 0 : (size_t)written;
  }
  const int32_t parts[] = {year / 100, year % 100, month, day};
  char *at = out;
  for (int32_t i = 0; i < 4; i++) {
    if (i >= 2)
      *at++ = '-';
    *at++ = (char)('0' + parts[i] / 10);
    *at++ = (char)('0' + parts[i] % 10);
  }
  *at = '\0';
  return (size_t)(at - out);
}

double
kn_date_share(int32_t from, int32_t to, int32_t year)
{
  const int64_t start = day_of(year, 1, 1), next = day_of((int64_t)year + 1, 1, 1);
  int64_t first = start, last = next - 1;
  if (from != KN_BLANK_INT && from > first)
    first = from;
  if (to != KN_BLANK_INT && to < last)
    last = to;
  return last < first ? 0 : (double)(last - first + 1) / (double)(next - start);
}
