/* Aim: the indicators are what the shared cases say to 1e-12, and what holds for any numbers holds.
 * Method: the cases' JSON, read with jansson; then drawn numbers: bounds, limits, adding up. */
#include "knoop/monitor.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CASES KN_SOURCE_ROOT "/../shared/cases/circularity/"
enum { MOST = 32 };

static json_t *
load(const char *name)
{
  char path[1024];
  snprintf(path, sizeof path, "%s%s.json", CASES, name);
  json_t *doc = json_load_file(path, 0, NULL);
  if (doc == NULL)
    skip(); /* the shared cases are not here */
  return doc;
}

static double
number(const json_t *object, const char *name, double otherwise)
{
  const json_t *value = json_object_get(object, name);
  return value == NULL ? otherwise : json_number_value(value);
}

static void
assert_is(double value, const json_t *object, const char *name)
{
  const double wanted = number(object, name, NAN);
  if (!(fabs(value - wanted) <= 1e-12 * fmax(fabs(wanted), 1e-3)))
    fail_msg("%s: %.17g instead of %.17g", name, value, wanted);
}

static json_t *
at(const json_t *object, const char *list, size_t i)
{
  return json_array_get(json_object_get(object, list), i);
}

/* ---------------------------------------------------------------- the cases */
static void
products_are_as_circular_as_the_method_says(void **state)
{
  (void)state;
  json_t *doc = load("mci_products");
  const json_t *input = json_object_get(doc, "input"), *expected = json_object_get(doc, "expected");
  kn_mci products[MOST];
  double weight[MOST];
  const size_t n = json_array_size(input);
  assert_true(n > 0 && n <= MOST);
  for (size_t i = 0; i < n; i++) {
    const json_t *product = json_array_get(input, i), *materials = json_object_get(product, "materials");
    kn_mci_material material[MOST];
    for (size_t k = 0; k < json_array_size(materials); k++) {
      const json_t *m = json_array_get(materials, k);
      material[k] = (kn_mci_material){.mass_kg = number(m, "mass_kg", 0),
                                      .recycled_in = number(m, "recycled_in", 0),
                                      .reused_in = number(m, "reused_in", 0),
                                      .bio_in = number(m, "bio_in", 0),
                                      .to_recycling = number(m, "to_recycling", 0),
                                      .to_reuse = number(m, "to_reuse", 0),
                                      .to_compost = number(m, "to_compost", 0),
                                      .to_energy = number(m, "to_energy", 0),
                                      .eff_in = number(m, "eff_in", 1),
                                      .eff_out = number(m, "eff_out", 1)};
    }
    products[i] = kn_mci_of(material, (int32_t)json_array_size(materials), number(product, "lifetime_yr", NAN),
                            number(product, "lifetime_average_yr", NAN), number(product, "use_per_year", NAN),
                            number(product, "use_per_year_average", NAN));
    const json_t *wanted = at(expected, "products", i);
    assert_is(products[i].mass_kg, wanted, "mass_kg");
    assert_is(products[i].virgin_kg, wanted, "virgin_kg");
    assert_is(products[i].waste_direct_kg, wanted, "waste_direct_kg");
    assert_is(products[i].waste_feedstock_kg, wanted, "waste_feedstock_kg");
    assert_is(products[i].waste_recycling_kg, wanted, "waste_recycling_kg");
    assert_is(products[i].waste_kg, wanted, "waste_kg");
    assert_is(products[i].linear_flow_index, wanted, "linear_flow_index");
    assert_is(products[i].utility, wanted, "utility");
    assert_is(products[i].mci, wanted, "mci");
    weight[i] = json_number_value(json_array_get(json_object_get(json_object_get(expected, "portfolio"), "weights"), i));
  }
  assert_is(kn_mci_portfolio(products, weight, (int32_t)n), json_object_get(expected, "portfolio"), "mci");
  json_decref(doc);
}

static void
materials_and_waste_have_their_rates(void **state)
{
  (void)state;
  json_t *doc = load("material_use_and_recycling");
  const json_t *input = json_object_get(doc, "input"), *expected = json_object_get(doc, "expected");
  kn_material_flows flows[MOST];
  const size_t n = json_array_size(json_object_get(input, "materials"));
  for (size_t i = 0; i <= n; i++) {
    const json_t *m = at(input, "materials", i), *wanted = at(expected, "materials", i);
    if (i < n)
      flows[i] = (kn_material_flows){number(m, "extraction", 0),
                                     number(m, "imports", 0),
                                     number(m, "exports", 0),
                                     number(m, "recycled_domestic", 0),
                                     number(m, "imported_for_recycling", 0),
                                     number(m, "exported_for_recycling", 0)};
    const kn_material_use use = kn_material_use_of(i < n ? flows[i] : kn_material_flows_sum(flows, (int32_t)n));
    assert_is(use.circular_use, wanted, "circular_use");
    assert_is(use.dmc, wanted, "dmc");
    assert_is(use.overall_use, wanted, "overall_use");
    assert_is(use.circular_material_use_rate, wanted, "circular_material_use_rate");
    if (i < n) {
      assert_is(use.import_reliance, wanted, "import_reliance");
      assert_is(use.self_sufficiency, wanted, "self_sufficiency");
    }
  }
  const json_t *recycling = json_object_get(expected, "recycling");
  kn_waste_flows waste[MOST], minor[MOST];
  int32_t minors = 0;
  const size_t w = json_array_size(json_object_get(input, "waste"));
  for (size_t i = 0; i < w; i++) {
    const json_t *row = at(input, "waste", i), *wanted = at(recycling, "streams", i);
    waste[i] = (kn_waste_flows){number(row, "recycled", 0),
                                number(row, "backfilled", 0),
                                number(row, "energy_recovery", 0),
                                number(row, "incinerated", 0),
                                number(row, "landfilled", 0),
                                number(row, "imported_for_recycling", 0),
                                number(row, "exported_for_recycling", 0)};
    bool is_major = false;
    for (size_t k = 0; k < json_array_size(json_object_get(input, "major_mineral")); k++)
      is_major |= json_equal(at(input, "major_mineral", k), json_object_get(row, "waste")) != 0;
    if (!is_major)
      minor[minors++] = waste[i];
    const kn_waste_rates rates = kn_waste_rates_of(waste[i]);
    assert_is(rates.recycled_own, wanted, "recycled_own");
    assert_is(rates.treated_own, wanted, "treated_own");
    assert_is(rates.recycling_rate, wanted, "recycling_rate");
    assert_is(rates.landfill_rate, wanted, "landfill_rate");
  }
  const kn_waste_rates all = kn_waste_rates_of(kn_waste_flows_sum(waste, (int32_t)w));
  assert_is(all.recycling_rate, json_object_get(recycling, "all"), "rate");
  assert_is(all.treated_own, json_object_get(recycling, "all"), "treated");
  const kn_waste_rates without = kn_waste_rates_of(kn_waste_flows_sum(minor, minors));
  assert_is(without.recycling_rate, json_object_get(recycling, "without_major_mineral"), "rate");
  json_decref(doc);
}

static int32_t
take(const json_t *list, double *out)
{
  for (size_t i = 0; i < json_array_size(list); i++)
    out[i] = json_number_value(json_array_get(list, i));
  return (int32_t)json_array_size(list);
}

static void
sufficiency_by_hours_and_by_years(void **state)
{
  (void)state;
  json_t *doc = load("self_sufficiency");
  const json_t *input = json_object_get(doc, "input"), *expected = json_object_get(doc, "expected");
  double all_demand[MOST] = {0}, all_local[MOST] = {0};
  const size_t n = json_array_size(json_object_get(input, "hourly"));
  int32_t hours = 0;
  for (size_t i = 0; i <= n; i++) {
    double demand[MOST], local[MOST];
    if (i < n) {
      hours = take(json_object_get(at(input, "hourly", i), "demand"), demand);
      take(json_object_get(at(input, "hourly", i), "local"), local);
      for (int32_t h = 0; h < hours; h++) {
        all_demand[h] += demand[h];
        all_local[h] += local[h];
      }
    }
    const kn_sufficiency of = kn_sufficiency_of(i < n ? demand : all_demand, i < n ? local : all_local, hours);
    const json_t *wanted = at(expected, "hourly", i);
    assert_is(of.demand, wanted, "demand");
    assert_is(of.local, wanted, "local");
    assert_is(of.met_locally, wanted, "met_locally");
    assert_is(of.self_sufficiency, wanted, "self_sufficiency");
    assert_is(of.self_consumption, wanted, "self_consumption");
    assert_is(of.net_ratio, wanted, "net_ratio");
  }
  for (size_t i = 0; i < json_array_size(json_object_get(input, "yearly")); i++) {
    const json_t *row = at(input, "yearly", i), *wanted = at(expected, "yearly", i);
    const kn_yearly_sufficiency of =
        kn_yearly_sufficiency_of(number(row, "local", NAN), number(row, "import", NAN), number(row, "export", NAN));
    assert_is(of.use, wanted, "use");
    assert_is(of.self_sufficiency, wanted, "self_sufficiency");
    assert_is(of.own_supply_ratio, wanted, "own_supply_ratio");
  }
  json_decref(doc);
}

static void
areas_are_as_special_as_the_case_says(void **state)
{
  (void)state;
  json_t *doc = load("specialisation");
  const json_t *jobs = json_object_get(json_object_get(doc, "input"), "jobs"), *expected = json_object_get(doc, "expected");
  const size_t n = json_array_size(jobs);
  double reference[MOST];
  const int32_t sectors = take(json_object_get(json_array_get(jobs, n - 1), "jobs"), reference);
  for (size_t i = 0; i + 1 < n; i++) {
    double own[MOST], lq[MOST];
    kn_special of;
    take(json_object_get(json_array_get(jobs, i), "jobs"), own);
    kn_special_of(&of, lq, own, reference, sectors);
    const json_t *wanted = json_array_get(expected, i);
    assert_is(of.total, wanted, "jobs");
    assert_is(of.present, wanted, "sectors_present");
    assert_is(of.herfindahl, wanted, "herfindahl");
    assert_is(of.inverse_herfindahl, wanted, "inverse_herfindahl");
    assert_is(of.shannon, wanted, "shannon");
    assert_is(of.effective_sectors, wanted, "effective_sectors");
    assert_is(of.evenness, wanted, "evenness_of_present");
    assert_is(of.krugman, wanted, "krugman_specialisation");
    assert_is(of.hachman, wanted, "hachman");
    assert_is(of.relative_entropy, wanted, "relative_entropy");
    assert_is(of.basic_jobs, wanted, "basic_jobs");
    for (int32_t k = 0; k < sectors; k++)
      assert_is(lq[k], at(wanted, "location_quotient", (size_t)k), "lq");
  }
  json_decref(doc);
}

/* ---------------------------------------------------------------- whatever the numbers */
static double
draw(void)
{
  static uint64_t state = 88172645463325252u;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double)(state >> 11) / 9007199254740992.0;
}

static void
bounds_and_limits_hold(void **state)
{
  (void)state;
  for (int round = 0; round < 500; round++) {
    double jobs[MOST], reference[MOST], lq[MOST], weighed = 0;
    for (int k = 0; k < MOST; k++) {
      jobs[k] = draw() < 0.3 ? 0 : draw() * 1000;
      reference[k] = draw() * 1000 + 1;
    }
    kn_special of;
    kn_special_of(&of, lq, jobs, reference, MOST);
    double sum = 0, whole = 0;
    for (int k = 0; k < MOST; k++)
      whole += reference[k];
    for (int k = 0; k < MOST; k++)
      sum += lq[k] * reference[k] / whole; /* shares of the area, again */
    assert_true(fabs(sum - 1) < 1e-12);
    assert_true(of.krugman >= 0 && of.krugman <= 2 && of.hachman > 0 && of.hachman <= 1 + 1e-12 && of.relative_entropy >= -1e-12);
    assert_true(of.effective_sectors <= of.present + 1e-9 && of.inverse_herfindahl <= of.effective_sectors + 1e-9);
    (void)weighed;
    kn_special_of(&of, lq, reference, reference, MOST);
    assert_true(fabs(of.hachman - 1) < 1e-12 && of.krugman == 0 && of.basic_jobs < 1e-6);
    const kn_mci_material material = {.mass_kg = 1 + draw(),
                                      .recycled_in = draw() / 3,
                                      .reused_in = draw() / 3,
                                      .bio_in = draw() / 3,
                                      .to_recycling = draw() / 3,
                                      .to_reuse = draw() / 3,
                                      .to_compost = draw() / 3,
                                      .eff_in = 0.5 + draw() / 2,
                                      .eff_out = draw()};
    const kn_mci mci = kn_mci_of(&material, 1, 1, 1, 1, 1);
    assert_true(mci.mci >= 0 && mci.mci <= 1);
    const kn_mci twice = kn_mci_of(&material, 1, 2, 1, 1, 1);
    assert_true(twice.mci >= mci.mci);
  }
}

static void
nothing_gives_nothing(void **state)
{
  (void)state;
  const double none[2] = {0, 0}, some[2] = {3, 0}, reference[2] = {0, 5};
  double lq[2];
  kn_special of;
  kn_special_of(&of, lq, none, some, 2);
  assert_true(isnan(of.herfindahl) && isnan(of.krugman) && isnan(lq[0]) && of.total == 0);
  kn_special_of(&of, lq, some, reference, 2);
  assert_true(isinf(lq[0]) && lq[1] == 0 && isinf(of.relative_entropy) && of.hachman == 0 && isnan(of.evenness));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(products_are_as_circular_as_the_method_says),
      cmocka_unit_test(materials_and_waste_have_their_rates),
      cmocka_unit_test(sufficiency_by_hours_and_by_years),
      cmocka_unit_test(areas_are_as_special_as_the_case_says),
      cmocka_unit_test(bounds_and_limits_hold),
      cmocka_unit_test(nothing_gives_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
