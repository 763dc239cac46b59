/* report/figures.c - numbers as people read them, with the exact value within reach.
 *
 * A figure says no more than is known: two significant digits. What it stands for exactly is in the markup:
 * <data value="61234.5" title="61,234.5 EUR">61,000 EUR</data>. */
#include "report/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOLD_DIGITS = 2, MOST_DIGITS = 4 };
typedef enum rounding { NEAREST, UP, DOWN } rounding;

/* Digits grouped by three, the language's decimal mark, a true minus sign. `fixed` is what printf gave in any locale. */
static const char *
dress(page *p, const char *fixed, int decimals)
{
  const bool is_negative = fixed[0] == '-';
  const char *digits = fixed + is_negative;
  const size_t length = strlen(digits);
  const size_t whole = strspn(digits, "0123456789");
  char text[200];
  size_t at = 0;
  const char *group = p->tongue->group;
  for (size_t i = 0; i < whole && at + 8 < sizeof text; i++) {
    text[at++] = digits[i];
    if (i + 1 < whole && (whole - i - 1) % 3 == 0)
      for (const char *g = group; *g; g++)
        text[at++] = *g;
  }
  size_t part = decimals > 0 ? (size_t)decimals : 0;
  if (part > length - whole)
    part = 0;
  const char *tail = digits + length - part;
  while (part > 0 && tail[part - 1] == '0')
    part--;
  if (part > 0) {
    for (const char *d = p->tongue->decimal; *d; d++)
      text[at++] = *d;
    for (size_t i = 0; i < part && at + 2 < sizeof text; i++)
      text[at++] = tail[i];
  }
  text[at] = '\0';
  return is_negative && strspn(text, "0.,") < at ? made(p, "−%s", text) : made(p, "%s", text);
}

static const char *
fixed_number(page *p, double value, int decimals)
{
  char fixed[400];
  snprintf(fixed, sizeof fixed, "%.*f", decimals, value);
  if (strlen(fixed) > 60) {
    snprintf(fixed, sizeof fixed, "%.3g", value);
    return made(p, "%t", fixed);
  }
  return dress(p, fixed, decimals);
}

/* `value` to so many significant digits: to the nearest, or up so that it may stand after "at most", or down after "reaches". */
static const char *
significant(page *p, double value, int digits, rounding way)
{
  if (value == 0 || !isfinite(value))
    return isfinite(value) ? "0" : value > 0 ? "∞" : "−∞";
  int power = (int)floor(log10(fabs(value))) + 1 - digits;
  if (power < -12)
    power = -12;
  const double step = pow(10, abs(power));
  const double scaled = power >= 0 ? value / step : value * step;
  /* A value that is round up to the noise of its last bits stays where it is. */
  const double noise = fabs(scaled) * 1e-9;
  const double kept = way == UP ? ceil(scaled - noise) : way == DOWN ? floor(scaled + noise) : round(scaled);
  return fixed_number(p, power >= 0 ? kept * step : kept / step, power < 0 ? -power : 0);
}

static const char *
told(page *p, double value, int digits, rounding way)
{
  const double size = fabs(value);
  if (size >= 0.9995e9 && isfinite(value))
    return made(p, "%s\u00a0%m", significant(p, value / 1e9, digits, way), W_BILLION);
  if (size >= 0.9995e6 && isfinite(value))
    return made(p, "%s\u00a0%m", significant(p, value / 1e6, digits, way), W_MILLION);
  return significant(p, value, digits, way);
}

/* Up to twelve significant digits: the noise of sums of doubles is no information. */
static const char *
exact(page *p, double value)
{
  const double size = fabs(value);
  const int whole = size >= 1 ? (int)floor(log10(size)) + 1 : 1;
  const int decimals = whole >= 12 ? 0 : size >= 1 ? 12 - whole : 12;
  return fixed_number(p, value, decimals > 9 && size >= 1e-3 ? 9 : decimals);
}

static const char *
with_unit(page *p, const char *number, const char *unit)
{
  return unit && *unit ? made(p, "%s\u00a0%t", number, unit) : number;
}

static const char *
wrapped(page *p, double value, const char *shown, const char *unit)
{
  char key[40];
  if (isnan(value))
    return made(p, "<span class=\"unknown\">%m</span>", W_NOT_KNOWN);
  if (isinf(value))
    return made(p, "<span>%m</span>", W_UNLIMITED);
  kn_number_write(key, value);
  const char *all = exact(p, value);
  return strcmp(all, shown) == 0
             ? made(p, "<data value=\"%s\">%s</data>", key, with_unit(p, shown, unit))
             : made(p, "<data value=\"%s\" title=\"%s\">%s</data>", key, with_unit(p, all, unit), with_unit(p, shown, unit));
}

const char *
figure(page *p, double value, const char *unit)
{
  return wrapped(p, value, significant(p, value, TOLD_DIGITS, NEAREST), unit);
}

const char *
figure_told(page *p, double value, const char *unit)
{
  return wrapped(p, value, told(p, value, TOLD_DIGITS, NEAREST), unit);
}

const char *
figure_most(page *p, double value, const char *unit)
{
  return wrapped(p, value, told(p, value, MOST_DIGITS, UP), unit);
}

/* Text for pictures and attributes is escaped where it is written. */
static const char *
plain_with_unit(page *p, const char *number, const char *unit)
{
  return unit && *unit ? made(p, "%s\u00a0%s", number, unit) : number;
}

const char *
figure_least(page *p, double value, const char *unit)
{
  return wrapped(p, value, told(p, value, MOST_DIGITS, DOWN), unit);
}

const char *
plain(page *p, double value, const char *unit)
{
  if (isnan(value))
    return word_text(p->tongue, W_NOT_KNOWN);
  return plain_with_unit(p, told(p, value, TOLD_DIGITS, NEAREST), unit);
}

const char *
plain_exact(page *p, double value, const char *unit)
{
  return isfinite(value) ? plain_with_unit(p, exact(p, value), unit) : plain(p, value, unit);
}

const char *
counted(page *p, int64_t n)
{
  return fixed_number(p, (double)n, 0);
}

const char *
percent(page *p, double share)
{
  if (isnan(share))
    return made(p, "<span class=\"unknown\">%m</span>", W_NOT_KNOWN);
  if (share > 0 && share < 0.0005)
    return made(p, "&lt;\u00a0%s%%", fixed_number(p, 0.1, 1));
  if (share < 1 && share > 0.995)
    return made(p, "&gt;\u00a0%s%%", fixed_number(p, 99, 0));
  return made(p, "%s%%", significant(p, share * 100, TOLD_DIGITS, NEAREST));
}

const char *
percent_most(page *p, double share)
{
  if (!isfinite(share))
    return made(p, "<span class=\"unknown\">%m</span>", W_NOT_KNOWN);
  return made(p, "%s%%", share < 1e-6 ? fixed_number(p, 0.0001, 4) : significant(p, share * 100, TOLD_DIGITS, UP));
}

const char *
unit_of_class(page *p, int resource_class)
{
  if (resource_class == KN_CAPITAL)
    return p->settings.currency;
  const char *unit = resource_class >= 0 && resource_class < KN_CLASS_COUNT ? kn_class_unit((kn_class)resource_class) : "";
  return strcmp(unit, "m2") == 0   ? "m²"
         : strcmp(unit, "m3") == 0 ? "m³"
         : strcmp(unit, "h") == 0  ? word_text(p->tongue, W_HOURS)
                                   : unit;
}

const char *
list_of(page *p, const char *const *item, int32_t count)
{
  const char *list = count > 0 ? item[0] : "";
  for (int32_t i = 1; i < count; i++)
    list = i + 1 < count ? made(p, "%s, %s", list, item[i]) : made(p, "%s %m %s", list, W_AND, item[i]);
  return list;
}

void
table_figure(page *p, double value, bool is_there)
{
  if (is_there)
    emit(p, "<td class=\"n\">%s</td>", figure(p, value, NULL));
  else
    emit(p, "<td class=\"n none\"><span aria-label=\"%m\" role=\"img\">–</span></td>", W_NONE);
}
