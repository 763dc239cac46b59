/* Numbers to text and back, the same in every locale. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knoop/base.h"

enum { MOST_DIGITS = 800 }; /* no double needs more than 768 significant digits to be told from its neighbours */

static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool
is_blank(char c)
{
  return c == ' ' || c == '\t';
}

static bool
is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* digits[count] * 10^exponent, correctly rounded, by the C library in its "C" locale. That locale is a constant of
 * the library: newlocale() hands it out without allocating. */
static double
exact_read(const char *digits, size_t count, int64_t exponent)
{
  char text[MOST_DIGITS + 32];
  snprintf(text, sizeof text, "%.*se%" PRId64, (int)count, digits, exponent);
  const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  const double value = strtod_l(text, NULL, plain);
  freelocale(plain);
  return value;
}

/* Sign, digits with at most one decimal mark, exponent. The first 19 significant digits are gathered in an integer;
 * when they are all, the integer is below 2^53 and the power of ten is exact, one operation rounds correctly
 * (Clinger 1990, How to read floating point numbers accurately, PLDI). The rest goes to exact_read(). */
bool
kn_number_read(const char *text, size_t length, char decimal, double *out)
{
  const char *at = text, *end = text + length;
  while (at < end && is_blank(*at))
    at++;
  while (end > at && is_blank(end[-1]))
    end--;
  bool is_negative = false;
  if (at < end && (*at == '-' || *at == '+'))
    is_negative = *at++ == '-';

  const char *first = NULL; /* first significant digit */
  uint64_t mantissa = 0;
  int32_t kept = 0;
  int64_t exponent = 0;
  bool has_digit = false, has_mark = false;
  const char *body_end = at;
  for (; body_end < end; body_end++) {
    const char c = *body_end;
    if (c == decimal && !has_mark) {
      has_mark = true;
      continue;
    }
    if (!is_digit(c))
      break;
    has_digit = true;
    if (c != '0' && first == NULL)
      first = body_end;
    if (first != NULL && kept < 19) {
      mantissa = mantissa * 10 + (uint64_t)(c - '0');
      kept++;
      exponent -= has_mark;
    } else if (first != NULL) {
      kept++;
      exponent += !has_mark;
    } else {
      exponent -= has_mark;
    }
  }
  if (!has_digit)
    return false;
  at = body_end;
  if (at < end && (*at == 'e' || *at == 'E')) {
    at++;
    bool is_small = false;
    if (at < end && (*at == '-' || *at == '+'))
      is_small = *at++ == '-';
    if (at == end)
      return false;
    int64_t written = 0;
    for (; at < end && is_digit(*at); at++)
      if (written < 100000000)
        written = written * 10 + (*at - '0');
    exponent += is_small ? -written : written;
  }
  if (at != end)
    return false;

  double value;
  if (first == NULL) {
    value = 0;
  } else if (kept <= 19 && mantissa <= (uint64_t)1 << 53 && exponent >= -22 && exponent <= 22) {
    value = (double)mantissa;
    value = exponent < 0 ? value / power_of_ten[-exponent] : value * power_of_ten[exponent];
  } else {
    char digits[MOST_DIGITS + 1];
    size_t count = 0;
    bool has_rest = false;
    int64_t shift = 0; /* digits beyond those of the mantissa make it smaller than exponent says */
    for (const char *c = first; c < body_end; c++) {
      if (!is_digit(*c))
        continue;
      if (count < MOST_DIGITS) {
        digits[count++] = *c;
        shift += count > 19;
      } else {
        has_rest |= *c != '0';
      }
    }
    if (has_rest)
      digits[count - 1] = digits[count - 1] == '0' ? '1' : digits[count - 1];
    value = exact_read(digits, count, exponent - shift);
    if (!isfinite(value))
      return false;
  }
  *out = is_negative ? -value : value;
  return true;
}

/* digits[count] with the decimal point behind the first `point` digits (point may be <= 0 or > count). */
static size_t
lay_out(char out[40], bool is_negative, const char *digits, int32_t count, int32_t point)
{
  char *at = out;
  if (is_negative)
    *at++ = '-';
  if (point >= -4 && point <= 15) {
    if (point <= 0) {
      *at++ = '0';
      *at++ = '.';
      for (int32_t i = point; i < 0; i++)
        *at++ = '0';
      memcpy(at, digits, (size_t)count);
      at += count;
    } else {
      for (int32_t i = 0; i < point || i < count; i++) {
        if (i == point)
          *at++ = '.';
        *at++ = i < count ? digits[i] : '0';
      }
    }
    *at = '\0';
    return (size_t)(at - out);
  }
  *at++ = digits[0];
  if (count > 1) {
    *at++ = '.';
    memcpy(at, digits + 1, (size_t)count - 1);
    at += count - 1;
  }
  at += snprintf(at, 8, "e%d", point - 1);
  return (size_t)(at - out);
}

/* The first `count` significant digits of value > 0, correctly rounded, without zeros at the end; *point as in
 * lay_out(). Only the digits of the printed text are used: the decimal mark depends on the locale. */
static int32_t
print_digits(double value, int32_t count, char digits[20], int32_t *point)
{
  char text[64];
  snprintf(text, sizeof text, "%.*e", count - 1, value);
  int32_t n = 0;
  const char *at = text;
  for (; *at != 'e'; at++)
    if (is_digit(*at) && n < 19)
      digits[n++] = *at;
  *point = (int32_t)strtol(at + 1, NULL, 10) + 1;
  while (n > 1 && digits[n - 1] == '0')
    n--;
  return n;
}

/* Most figures have few decimals: value * 10^k is then an integer below 10^15 for a small k, and because decimals of
 * up to 15 digits and doubles correspond one to one, the first k that reads back is the shortest. */
static int32_t
few_digits(double value, char digits[20], int32_t *point)
{
  if (!(value >= 1e-5 && value < 1e15))
    return 0;
  for (int32_t k = 0; k <= 19; k++) {
    const double scaled = rint(value * power_of_ten[k]);
    if (!(scaled < 1e15))
      return 0;
    if (scaled / power_of_ten[k] != value)
      continue;
    uint64_t left = (uint64_t)scaled;
    int32_t n = 0;
    char reversed[20];
    for (; left > 0; left /= 10)
      reversed[n++] = (char)('0' + left % 10);
    for (int32_t i = 0; i < n; i++)
      digits[i] = reversed[n - 1 - i];
    *point = n - k;
    while (n > 1 && digits[n - 1] == '0')
      n--;
    return n;
  }
  return 0;
}

size_t
kn_number_write(char out[40], double value)
{
  if (isnan(value)) {
    out[0] = '\0';
    return 0;
  }
  if (value == 0)
    return (size_t)snprintf(out, 40, "0");
  const bool is_negative = value < 0;
  const double size = fabs(value);
  if (isinf(size))
    return (size_t)snprintf(out, 40, "%s", is_negative ? "-inf" : "inf");
  char digits[20];
  int32_t point;
  int32_t count = few_digits(size, digits, &point);
  /* Below the normal range a double has fewer digits than 15. */
  for (int32_t wanted = size < 2.3e-308 ? 1 : 15; count == 0 && wanted <= 17; wanted++) {
    const int32_t n = print_digits(size, wanted, digits, &point);
    if (wanted == 17 || exact_read(digits, (size_t)n, point - n) == size)
      count = n;
  }
  return lay_out(out, is_negative, digits, count, point);
}
