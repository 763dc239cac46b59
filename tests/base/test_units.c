/* Aim: the units people write convert by the factor of the books; what does not fit is refused with the reason. */
#include "check.h"

#include "knoop/base.h"

static kn_units *units;

static int
start(void **state)
{
  (void)state;
  return kn_units_new(&units, 1600, NULL) == KN_OK ? 0 : 1;
}

static int
stop(void **state)
{
  (void)state;
  kn_units_free(units);
  return 0;
}

/* SI prefixes; 1 kWh = 3.6 MJ; 1 ha = 10^4 m2; 1 FTE as set. */
static void
known_units_convert(void **state)
{
  (void)state;
  static const struct {
    const char *from, *to;
    double factor;
  } cases[] = {
      {"kg", "t", 1e-3},        {"g", "t", 1e-6},          {"tonne", "t", 1},          {"tonnes", "t", 1},
      {"kt", "t", 1000},        {"Mt", "t", 1e6},          {"Wh", "MWh", 1e-6},        {"kWh", "MWh", 1e-3},
      {"GWh", "MWh", 1e3},      {"MWh", "MWh", 1},         {"MJ", "kWh", 1 / 3.6},     {"GJ", "MWh", 1 / 3.6},
      {"TJ", "MWh", 1e3 / 3.6}, {"l", "m3", 1e-3},         {"L", "m3", 1e-3},          {"hl", "m3", 0.1},
      {"m\xC2\xB3", "m3", 1},   {"m^3", "m3", 1},          {"m\xC2\xB2", "m2", 1},     {"ha", "m2", 1e4},
      {"km2", "m2", 1e6},       {"are", "m2", 100},        {"FTE", "h", 1600},         {"fte", "h", 1600},
      {"day", "h", 24},         {"min", "h", 1.0 / 60},    {"EUR", "EUR", 1},          {"kEUR", "EUR", 1000},
      {"MEUR", "EUR", 1e6},     {"EUR/kg", "EUR/t", 1000}, {"\xE2\x82\xAC", "EUR", 1}, {"%", "1", 0.01},
      {"piece", "pieces", 1},   {"tkm", "t km", 1},        {" kg ", "t", 1e-3},        {"degC", "degC", 1},
      {"mg/kg", "g/t", 1},
  };
  for (int round = 0; round < 2; round++) /* the second round comes from the cache */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      kn_error err = {0};
      double factor;
      if (kn_units_factor(units, cases[i].from, cases[i].to, &factor, &err) != KN_OK)
        fail_msg("%s to %s: %s", cases[i].from, cases[i].to, err.text);
      if (!(fabs(factor - cases[i].factor) <= 1e-15 * cases[i].factor))
        fail_msg("%s to %s is %.17g", cases[i].from, cases[i].to, factor);
    }
}

/* Decimal factors come out as written: 0.001, not a neighbour of it. */
static void
decimal_factors_are_exact(void **state)
{
  (void)state;
  double factor;
  assert_int_equal(kn_units_factor(units, "kWh", "MWh", &factor, NULL), KN_OK);
  assert_true(factor == 0.001);
  assert_int_equal(kn_units_factor(units, "g", "t", &factor, NULL), KN_OK);
  assert_true(factor == 1e-6);
}

static void
what_does_not_fit_is_refused(void **state)
{
  (void)state;
  static const struct {
    const char *from, *to, *says;
  } cases[] = {
      {"foo", "t", "'foo'"},   {"t", "bar", "'bar'"},      {"t", "m3", "same"},    {"EUR", "USD", "same"},
      {"degC", "K", "offset"}, {"degF", "degC", "offset"}, {"s", "Hz", "same"},    {"ton", "t", "short_ton"},
      {"kton", "t", "'kton'"}, {"h", "m2", "same"},        {"Nm3", "m3", "'Nm3'"}, {"kg kg kg (", "t", "not known"},
      {"piece", "1", "same"},  {"EUR", "1", "same"},
  };
  for (int round = 0; round < 2; round++)
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      kn_error err = {0};
      double factor = 5;
      if (kn_units_factor(units, cases[i].from, cases[i].to, &factor, &err) != KN_E_INPUT)
        fail_msg("%s converts to %s by %g", cases[i].from, cases[i].to, factor);
      if (strstr(err.text, cases[i].says) == NULL)
        fail_msg("%s to %s: %s", cases[i].from, cases[i].to, err.text);
      assert_true(isnan(factor));
    }
  char text[300];
  memset(text, 'k', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  double factor;
  assert_int_equal(kn_units_factor(units, text, "t", &factor, NULL), KN_E_INPUT);
}

static void
working_year_follows_the_settings(void **state)
{
  (void)state;
  kn_units *other;
  kn_error err = {0};
  assert_int_equal(kn_units_new(&other, 1750, &err), KN_OK);
  double factor;
  assert_int_equal(kn_units_factor(other, "FTE", "h", &factor, &err), KN_OK);
  assert_near(factor, 1750, 0);
  kn_units_free(other);
  assert_int_equal(kn_units_new(&other, 0, &err), KN_E_INPUT);
  assert_null(other);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_units_convert),
      cmocka_unit_test(decimal_factors_are_exact),
      cmocka_unit_test(what_does_not_fit_is_refused),
      cmocka_unit_test(working_year_follows_the_settings),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
