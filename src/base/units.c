/* Factors between units, by UDUNITS-2 with the words of this trade added. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <udunits2.h>

#include "knoop/base.h"

enum { MOST_LENGTH = 100, MOST_FACTORS = 1 << 20 };

/* UDUNITS keeps its status and the state of its parser in globals of its own, so calls into it take turns; this lock
 * guards those and nothing of ours. */
static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;

typedef enum verdict { FITS, FROM_UNKNOWN, TO_UNKNOWN, DIFFERENT, HAS_OFFSET } verdict;

typedef struct entry {
  double factor;
  verdict verdict;
} entry;

struct kn_units {
  ut_system *system;
  kn_arena *texts;
  kn_keymap *keys; /* "from\x1fto" -> number of the entry */
  entry *entries;
  int64_t count, capacity;
};

/* Each currency is a dimension of its own: rates change, so nothing converts. ISO 4217. */
static const char *const currencies[] = {
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "ISK", "PLN", "CZK", "HUF", "RON", "BGN", "RSD", "ALL", "MKD",
    "BAM", "MDL", "UAH", "BYN", "RUB", "TRY", "GEL", "JPY", "CNY", "HKD", "TWD", "KRW", "INR", "IDR", "THB", "VND",
    "MYR", "SGD", "PHP", "PKR", "BDT", "LKR", "AUD", "NZD", "CAD", "MXN", "BRL", "ARS", "CLP", "COP", "PEN", "UYU",
    "ZAR", "EGP", "MAD", "TND", "KES", "NGN", "GHS", "ETB", "ILS", "SAR", "AED", "QAR", "KWD", "JOD", NULL};
static const char *const pieces[] = {"piece", "pieces", "pcs", "item", "items", "stuk", "stuks", NULL};
static const char *const tonnes[] = {"tonnes", NULL};

static bool
add_symbol(const char *symbol, const ut_unit *unit)
{
  return ut_map_symbol_to_unit(symbol, UT_UTF8, unit) == UT_SUCCESS || ut_get_status() == UT_EXISTS;
}

/* A name or symbol for definition, unless the library knows it already. */
static bool
add_derived(ut_system *system, const char *symbol, const char *definition)
{
  ut_unit *unit = ut_parse(system, definition, UT_UTF8);
  const bool is_added = unit != NULL && add_symbol(symbol, unit);
  ut_free(unit);
  return is_added;
}

static bool
add_base(ut_system *system, const char *const *symbols)
{
  ut_unit *unit = ut_new_base_unit(system);
  bool is_added = unit != NULL;
  for (; is_added && *symbols != NULL; symbols++)
    is_added = add_symbol(*symbols, unit);
  ut_free(unit);
  return is_added;
}

static bool
add_words(ut_system *system, double fte_h)
{
  bool is_added = add_derived(system, "Wh", "W h") && add_derived(system, "tkm", "t km") && add_base(system, pieces);
  for (size_t i = 0; is_added && tonnes[i] != NULL; i++)
    is_added = add_derived(system, tonnes[i], "1000 kg");
  for (size_t i = 0; is_added && currencies[i] != NULL; i++)
    is_added = add_base(system, (const char *const[]){currencies[i], NULL});
  ut_unit *hour = ut_parse(system, "h", UT_UTF8);
  ut_unit *fte = hour == NULL ? NULL : ut_scale(fte_h, hour);
  is_added = is_added && fte != NULL && add_symbol("FTE", fte) && add_symbol("fte", fte);
  ut_free(fte);
  ut_free(hour);
  /* "ton" is the American short ton to UDUNITS and 1000 kg to nearly everybody here: a word that two people read
   * differently is refused, with what to write instead. */
  ut_unmap_name_to_unit(system, "ton", UT_ASCII);
  ut_unmap_name_to_unit(system, "tons", UT_ASCII);
  /* "kt" is the knot of seafarers there, which hides the kilotonne. */
  ut_unmap_symbol_to_unit(system, "kt", UT_ASCII);
  return is_added;
}

kn_code
kn_units_new(kn_units **out, double fte_h, kn_error *err)
{
  *out = NULL;
  if (!(fte_h > 0) || isinf(fte_h))
    return kn_fail(err, KN_E_INPUT, "an FTE must be above 0 hours, is %g", fte_h);
  kn_units *units = calloc(1, sizeof *units);
  if (units == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  units->texts = kn_arena_new();
  kn_code code = kn_keymap_new(&units->keys, 64, err);
  if (code == KN_OK) {
    pthread_mutex_lock(&library_lock);
    ut_set_error_message_handler(ut_ignore);
    units->system = ut_read_xml(NULL);
    if (units->system == NULL)
      code = kn_fail(err, KN_E_IO, "the units database of UDUNITS-2 cannot be read");
    else if (!add_words(units->system, fte_h))
      code = kn_fail(err, KN_E_NUMERIC, "the units database of UDUNITS-2 does not take our units");
    pthread_mutex_unlock(&library_lock);
  }
  if (code != KN_OK) {
    kn_units_free(units);
    return code;
  }
  *out = units;
  return KN_OK;
}

void
kn_units_free(kn_units *units)
{
  if (units == NULL)
    return;
  pthread_mutex_lock(&library_lock);
  ut_free_system(units->system);
  pthread_mutex_unlock(&library_lock);
  kn_keymap_free(units->keys);
  kn_arena_free(units->texts);
  free(units->entries);
  free(units);
}

/* Factors are made by multiplying; where 15 digits say the same within rounding, those are what was meant. */
static double
tidy(double factor)
{
  char text[40];
  double rounded = factor;
  const int length = snprintf(text, sizeof text, "%.15g", factor);
  for (int i = 0; i < length; i++)
    if (text[i] == ',')
      text[i] = '.';
  if (!kn_number_read(text, (size_t)length, '.', &rounded))
    return factor;
  return fabs(rounded - factor) <= 4e-16 * fabs(factor) ? rounded : factor;
}

static ut_unit *
parse(ut_system *system, const char *text)
{
  char copy[MOST_LENGTH + 1];
  strcpy(copy, text);
  ut_trim(copy, UT_UTF8);
  return ut_parse(system, strcmp(copy, "€") == 0 ? "EUR" : copy, UT_UTF8);
}

static entry
compare(ut_system *system, const char *from_text, const char *to_text)
{
  entry result = {.factor = NAN, .verdict = FROM_UNKNOWN};
  ut_unit *from = parse(system, from_text);
  ut_unit *to = parse(system, to_text);
  cv_converter *converter = NULL;
  if (from != NULL && to == NULL)
    result.verdict = TO_UNKNOWN;
  if (from != NULL && to != NULL) {
    result.verdict = DIFFERENT;
    /* UDUNITS also turns a unit into its reciprocal (s to Hz), where 0 becomes infinite: not the same dimension. */
    converter = ut_get_converter(from, to);
    if (converter != NULL) {
      const double at0 = cv_convert_double(converter, 0), at1 = cv_convert_double(converter, 1);
      const double at2 = cv_convert_double(converter, 2);
      const bool is_linear = at0 == 0 && fabs(at2 - 2 * at1) <= 1e-12 * fabs(at2);
      result = (entry){.factor = tidy(at1), .verdict = is_linear ? FITS : HAS_OFFSET};
      if (isinf(at0) || isnan(at0))
        result.verdict = DIFFERENT;
    }
  }
  cv_free(converter);
  ut_free(to);
  ut_free(from);
  return result;
}

static kn_code
tell(const entry *found, const char *from, const char *to, kn_error *err)
{
  const char *unknown = found->verdict == FROM_UNKNOWN ? from : to;
  switch (found->verdict) {
  case FITS:
    return KN_OK;
  case FROM_UNKNOWN:
  case TO_UNKNOWN:
    if (strstr(unknown, "ton") != NULL)
      return kn_fail(err, KN_E_INPUT, "unit '%s' is not known; a tonne of 1000 kg is 't', the American ton 'short_ton'", unknown);
    return kn_fail(err, KN_E_INPUT, "unit '%s' is not known", unknown);
  case DIFFERENT:
    return kn_fail(err, KN_E_INPUT, "unit '%s' does not measure the same as '%s'", from, to);
  case HAS_OFFSET:
    return kn_fail(err, KN_E_INPUT, "unit '%s' converts to '%s' with an offset, not with a factor", from, to);
  }
  return KN_OK;
}

kn_code
kn_units_factor(kn_units *units, const char *from, const char *to, double *factor, kn_error *err)
{
  *factor = NAN;
  const size_t from_length = strlen(from), to_length = strlen(to);
  if (from_length > MOST_LENGTH || to_length > MOST_LENGTH)
    return kn_fail(err, KN_E_INPUT, "unit '%.20s...' is not known", from_length > MOST_LENGTH ? from : to);
  char key[2 * MOST_LENGTH + 2];
  memcpy(key, from, from_length);
  key[from_length] = '\x1f';
  memcpy(key + from_length + 1, to, to_length + 1);
  int32_t at = kn_keymap_find(units->keys, key);
  if (at < 0) {
    pthread_mutex_lock(&library_lock);
    const entry fresh = compare(units->system, from, to);
    pthread_mutex_unlock(&library_lock);
    if (units->count >= MOST_FACTORS) { /* beyond any real table: answered, but not kept */
      *factor = fresh.factor;
      return tell(&fresh, from, to, err);
    }
    const char *kept;
    KN_TRY(KN_GROW(units->entries, units->capacity, units->count + 1, err));
    KN_TRY(kn_text_copy(&kept, units->texts, key, from_length + to_length + 1, err));
    KN_TRY(kn_keymap_put(units->keys, kept, (int32_t)units->count, &at, err));
    at = (int32_t)units->count;
    units->entries[units->count++] = fresh;
  }
  const entry *found = &units->entries[at];
  KN_TRY(tell(found, from, to, err));
  *factor = found->factor;
  return KN_OK;
}
