/* Settings: rows of key and value, of which the known ones are read and judged, the others kept. */
#include "region/internal.h"

#include <string.h>

const char *const kn_setting_names[] = {"name",          "languages",     "currency", "plan_year",
                                        "discount_rate", "co2_eur_per_t", "fte_h",    "perspective",
                                        "snap_km",       "siding_km",     NULL};

static const char *const perspective_words[] = {"partners", "society", NULL};

/* Two or three letters, with an optional region: nl, nl-BE; several parted by ';'. */
static bool
is_language_list(const char *text)
{
  for (;;) {
    int32_t letters = 0;
    for (; *text >= 'a' && *text <= 'z'; text++)
      letters++;
    if (letters < 2 || letters > 3)
      return false;
    if (*text == '-' && text[1] >= 'A' && text[1] <= 'Z' && text[2] >= 'A' && text[2] <= 'Z')
      text += 3;
    if (*text == '\0')
      return true;
    if (*text++ != ';')
      return false;
  }
}

static bool
is_currency(const char *text)
{
  return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static bool
read_at_least(const char *value, char decimal, double least, bool is_above, double *out)
{
  double number;
  if (!kn_number_read(value, strlen(value), decimal, &number) || number < least || (is_above && number <= least))
    return false;
  *out = number;
  return true;
}

kn_settings
kn_settings_default(void)
{
  return (kn_settings){
      .currency = "EUR", .plan_year = KN_BLANK_INT, .discount_rate = 0.05, .fte_h = 1600, .snap_km = 2, .siding_km = 0.25};
}

bool
kn_settings_is_number(const char *key)
{
  return strcmp(key, "discount_rate") == 0 || strcmp(key, "co2_eur_per_t") == 0 || strcmp(key, "fte_h") == 0 ||
         strcmp(key, "snap_km") == 0 || strcmp(key, "siding_km") == 0;
}

const char *
kn_settings_read(kn_settings *settings, const char *key, const char *value, char decimal)
{
  double number;
  if (value == NULL)
    return NULL; /* a blank setting leaves the default */
  if (strcmp(key, "name") == 0)
    settings->name = value;
  else if (strcmp(key, "languages") == 0) {
    if (!is_language_list(value))
      return "language codes parted by ';', as in nl;en";
    settings->languages = value;
  } else if (strcmp(key, "currency") == 0) {
    if (!is_currency(value))
      return "a currency code of three capitals, as in EUR";
    settings->currency = value;
  } else if (strcmp(key, "plan_year") == 0) {
    if (!kn_number_read(value, strlen(value), '.', &number) || number != rint(number) || number < 1 || number > 9999)
      return "a year, as in 2030";
    settings->plan_year = (int32_t)number;
  } else if (strcmp(key, "discount_rate") == 0) {
    if (!read_at_least(value, decimal, 0, false, &settings->discount_rate))
      return "a number of at least 0, as in 0.05";
  } else if (strcmp(key, "co2_eur_per_t") == 0) {
    if (!read_at_least(value, decimal, 0, false, &settings->co2_eur_per_t))
      return "a number of at least 0, as in 80";
  } else if (strcmp(key, "fte_h") == 0) {
    if (!read_at_least(value, decimal, 0, true, &settings->fte_h))
      return "a number above 0, as in 1600";
  } else if (strcmp(key, "snap_km") == 0) {
    if (!read_at_least(value, decimal, 0, false, &settings->snap_km))
      return "a number of at least 0, as in 2";
  } else if (strcmp(key, "siding_km") == 0) {
    if (!read_at_least(value, decimal, 0, false, &settings->siding_km))
      return "a number of at least 0, as in 0.25";
  } else if (strcmp(key, "perspective") == 0) {
    for (int32_t i = 0; perspective_words[i] != NULL; i++)
      if (strcmp(value, perspective_words[i]) == 0) {
        settings->perspective = (kn_perspective)i;
        return NULL;
      }
    return "partners or society";
  }
  return NULL;
}

const char *
kn_setting_expects(const char *key, const char *value)
{
  kn_settings settings = kn_settings_default();
  return kn_settings_read(&settings, key, value, '.');
}
