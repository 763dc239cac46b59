/* Products and accounts of a region, put into the indicators of indicators.c. */
#include "dna.h"

#include <stdlib.h>

#define N_(text) text

/* ---------------------------------------------------------------- products */
/* Of a pair of figures that are both blank the product is like its like. */
static double
given_or_1(double figure)
{
  return isnan(figure) ? 1 : figure;
}

static kn_mci
mci_of(const kn_product_view *products, int64_t p, kn_mci_material *material)
{
  if (!kn_product_is_whole(products, p))
    return (kn_mci){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  const int32_t first = products->material_first[p], n = products->material_first[p + 1] - first;
  for (int32_t k = 0; k < n; k++) {
    const int32_t m = products->material_row[first + k];
    material[k] = (kn_mci_material){.mass_kg = products->mass_kg[m],
                                    .recycled_in = products->recycled_in[m],
                                    .reused_in = products->reused_in[m],
                                    .bio_in = products->bio_in[m],
                                    .to_recycling = products->to_recycling[m],
                                    .to_reuse = products->to_reuse[m],
                                    .to_compost = products->to_compost[m],
                                    .to_energy = products->to_energy[m],
                                    .eff_in = products->eff_in[m],
                                    .eff_out = products->eff_out[m]};
  }
  return kn_mci_of(material, n, given_or_1(products->lifetime_yr[p]), given_or_1(products->lifetime_average_yr[p]),
                   given_or_1(products->use_per_year[p]), given_or_1(products->use_per_year_average[p]));
}

kn_code
kn_dna_read_products(kn_dna_circular *out, const kn_region *region, kn_arena *keep, kn_arena *scratch, kn_error *err)
{
  const kn_product_view products = kn_region_products(region);
  kn_mci_material *material;
  kn_mci *mci, *counting;
  double *weight;
  KN_NEW(material, scratch, kn_region_table(region, KN_T_PRODUCT_MATERIAL)->n, err);
  KN_NEW(counting, scratch, products.n, err);
  KN_NEW(weight, scratch, products.n, err);
  KN_NEW(mci, keep, products.n, err);
  int32_t n = 0;
  for (int64_t p = 0; p < products.n; p++) {
    mci[p] = mci_of(&products, p, material);
    if (products.weight[p] > 0) {
      counting[n] = mci[p];
      weight[n++] = products.weight[p];
    }
  }
  out->product_count = (int32_t)products.n;
  out->product = mci;
  out->mci = n > 0 ? kn_mci_portfolio(counting, weight, n) : NAN;
  return KN_OK;
}

const char *
kn_dna_lacks_products(const kn_dna_circular *circular)
{
  if (!isnan(circular->mci))
    return NULL;
  if (circular->product_count == 0)
    return N_("no product is given with its materials");
  for (int32_t p = 0; p < circular->product_count; p++)
    if (isnan(circular->product[p].mci))
      return N_("a product has no materials, or figures that do not fit together: see check");
  return N_("no product has a weight above 0");
}

/* ---------------------------------------------------------------- accounts */
typedef struct account {
  int32_t area, year, row;
} account;

static int
compare_accounts(const void *left, const void *right)
{
  const account *a = left, *b = right;
  if (a->area != b->area)
    return a->area < b->area ? -1 : 1;
  if (a->year != b->year)
    return a->year < b->year ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}

/* Rows by area and year; groups [*groups + 1]: where each begins, and the end of the last. */
static kn_code
group(const int32_t *area, const int32_t *year, int64_t n, kn_arena *keep, kn_arena *scratch, const int32_t **row_out,
      int32_t **groups_out, int32_t *count, kn_error *err)
{
  account *accounts;
  int32_t *row, *groups;
  KN_NEW(accounts, scratch, n, err);
  KN_NEW(row, keep, n, err);
  KN_NEW(groups, scratch, n + 1, err);
  for (int32_t i = 0; i < n; i++)
    accounts[i] = (account){area[i], year[i], i};
  qsort(accounts, (size_t)n, sizeof *accounts, compare_accounts);
  *count = 0;
  for (int32_t i = 0; i < n; i++) {
    row[i] = accounts[i].row;
    if (i == 0 || accounts[i].area != accounts[i - 1].area || accounts[i].year != accounts[i - 1].year)
      groups[(*count)++] = i;
  }
  groups[*count] = (int32_t)n;
  *row_out = row;
  *groups_out = groups;
  return KN_OK;
}

static kn_code
read_materials(kn_dna_circular *out, const kn_region *region, kn_arena *keep, kn_arena *scratch, kn_error *err)
{
  const kn_material_account_view view = kn_region_material_accounts(region);
  const int32_t *row;
  int32_t *groups;
  kn_dna_materials *materials;
  kn_material_use *use;
  kn_material_flows *flows;
  KN_TRY(group(view.area, view.year, view.n, keep, scratch, &row, &groups, &out->materials_count, err));
  KN_NEW(materials, keep, out->materials_count, err);
  KN_NEW(use, keep, view.n, err);
  KN_NEW(flows, scratch, view.n, err);
  for (int64_t k = 0; k < view.n; k++) {
    const int32_t i = row[k];
    flows[k] = (kn_material_flows){.extraction = view.extraction[i],
                                   .imports = view.imports[i],
                                   .exports = view.exports[i],
                                   .recycled_domestic = view.recycled_domestic[i],
                                   .imported_for_recycling = view.imported_for_recycling[i],
                                   .exported_for_recycling = view.exported_for_recycling[i]};
    use[k] = kn_material_use_of(flows[k]);
  }
  for (int32_t g = 0; g < out->materials_count; g++) {
    const int32_t first = groups[g], n = groups[g + 1] - first;
    materials[g] = (kn_dna_materials){.area = view.area[row[first]],
                                      .year = view.year[row[first]],
                                      .count = n,
                                      .row = row + first,
                                      .use = use + first,
                                      .total = kn_material_use_of(kn_material_flows_sum(flows + first, n))};
  }
  out->materials = materials;
  return KN_OK;
}

static kn_code
read_treatments(kn_dna_circular *out, const kn_region *region, kn_arena *keep, kn_arena *scratch, kn_error *err)
{
  const kn_treatment_account_view view = kn_region_treatment_accounts(region);
  const int32_t *row;
  int32_t *groups;
  kn_dna_treatments *treatments;
  kn_waste_rates *rates;
  kn_waste_flows *flows, *minor;
  KN_TRY(group(view.area, view.year, view.n, keep, scratch, &row, &groups, &out->treatments_count, err));
  KN_NEW(treatments, keep, out->treatments_count, err);
  KN_NEW(rates, keep, view.n, err);
  KN_NEW(flows, scratch, view.n, err);
  KN_NEW(minor, scratch, view.n, err);
  for (int64_t k = 0; k < view.n; k++) {
    const int32_t i = row[k];
    flows[k] = (kn_waste_flows){.recycled = view.recycled[i],
                                .backfilled = view.backfilled[i],
                                .energy_recovery = view.energy_recovery[i],
                                .incinerated = view.incinerated[i],
                                .landfilled = view.landfilled[i],
                                .imported_for_recycling = view.imported_for_recycling[i],
                                .exported_for_recycling = view.exported_for_recycling[i]};
    rates[k] = kn_waste_rates_of(flows[k]);
  }
  for (int32_t g = 0; g < out->treatments_count; g++) {
    const int32_t first = groups[g], n = groups[g + 1] - first;
    int32_t minors = 0;
    for (int32_t k = first; k < first + n; k++)
      if (!view.is_major_mineral[row[k]])
        minor[minors++] = flows[k];
    treatments[g] = (kn_dna_treatments){.area = view.area[row[first]],
                                        .year = view.year[row[first]],
                                        .count = n,
                                        .row = row + first,
                                        .rates = rates + first,
                                        .all = kn_waste_rates_of(kn_waste_flows_sum(flows + first, n)),
                                        .without_major_mineral = kn_waste_rates_of(kn_waste_flows_sum(minor, minors))};
  }
  out->treatments = treatments;
  return KN_OK;
}

kn_code
kn_dna_read_accounts(kn_dna_circular *out, const kn_region *region, kn_arena *keep, kn_arena *scratch, kn_error *err)
{
  KN_TRY(read_materials(out, region, keep, scratch, err));
  return read_treatments(out, region, keep, scratch, err);
}

const kn_dna_materials *
kn_dna_latest_materials(const kn_dna_circular *circular)
{
  const kn_dna_materials *latest = NULL;
  for (int32_t g = 0; g < circular->materials_count && circular->materials[g].area == KN_NONE; g++)
    latest = &circular->materials[g];
  return latest;
}

const kn_dna_treatments *
kn_dna_latest_treatments(const kn_dna_circular *circular)
{
  const kn_dna_treatments *latest = NULL;
  for (int32_t g = 0; g < circular->treatments_count && circular->treatments[g].area == KN_NONE; g++)
    latest = &circular->treatments[g];
  return latest;
}

const char *
kn_dna_lacks_materials(const kn_dna_circular *circular)
{
  const kn_dna_materials *latest = kn_dna_latest_materials(circular);
  if (latest == NULL)
    return N_("no account of materials of the region as a whole is given");
  return isfinite(latest->total.circular_material_use_rate) ? NULL
                                                            : N_("an account of materials leaves a figure blank, or all are 0");
}

const char *
kn_dna_lacks_treatments(const kn_dna_circular *circular)
{
  const kn_dna_treatments *latest = kn_dna_latest_treatments(circular);
  if (latest == NULL)
    return N_("no account of the treatment of waste of the region as a whole is given");
  return isfinite(latest->all.recycling_rate) ? NULL : N_("an account of treatment leaves a figure blank, or all are 0");
}
