/* The typed views of products, and of accounts of materials and of waste. */
#include "region/internal.h"

static const kn_column *
column(const kn_region *region, kn_table_id table, const char *name)
{
  return kn_table_column(&region->table[table], name);
}

/* Rows of product_material by product, each in the order of the table. Rows without a product (of a salvaged region) are in
 * none. */
static kn_code
group_materials(kn_region *region, int64_t products, const int32_t **first_out, const int32_t **row_out, kn_error *err)
{
  const int64_t n = region->table[KN_T_PRODUCT_MATERIAL].n;
  const int32_t *of = column(region, KN_T_PRODUCT_MATERIAL, "product_id")->number;
  int32_t *first, *row, *next;
  KN_NEW(first, region->keep, products + 1, err);
  KN_NEW(next, region->keep, products + 1, err);
  KN_NEW(row, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    if (of[i] != KN_NONE)
      first[of[i] + 1]++;
  for (int64_t p = 0; p < products; p++) {
    first[p + 1] += first[p];
    next[p + 1] = first[p + 1];
  }
  for (int64_t i = 0; i < n; i++)
    if (of[i] != KN_NONE)
      row[next[of[i]]++] = (int32_t)i;
  *first_out = first;
  *row_out = row;
  return KN_OK;
}

static kn_code
view_products(kn_region *region, kn_error *err)
{
  const kn_table_id t = KN_T_PRODUCT, m = KN_T_PRODUCT_MATERIAL;
  kn_product_view *view = &region->products;
  *view = (kn_product_view){.n = region->table[t].n,
                            .product_id = column(region, t, "product_id")->text,
                            .name = column(region, t, "name")->text,
                            .site = column(region, t, "site_id")->number,
                            .actor = column(region, t, "actor_id")->number,
                            .resource = column(region, t, "resource_id")->number,
                            .lifetime_yr = column(region, t, "lifetime_yr")->real,
                            .lifetime_average_yr = column(region, t, "lifetime_average_yr")->real,
                            .use_per_year = column(region, t, "use_per_year")->real,
                            .use_per_year_average = column(region, t, "use_per_year_average")->real,
                            .material = column(region, m, "material")->text,
                            .mass_kg = column(region, m, "mass_kg")->real};
  KN_TRY(kn_region_real_or(region, t, "weight", 1, &view->weight, err));
  KN_TRY(kn_region_real_or(region, m, "recycled_in", 0, &view->recycled_in, err));
  KN_TRY(kn_region_real_or(region, m, "reused_in", 0, &view->reused_in, err));
  KN_TRY(kn_region_real_or(region, m, "bio_in", 0, &view->bio_in, err));
  KN_TRY(kn_region_real_or(region, m, "to_recycling", 0, &view->to_recycling, err));
  KN_TRY(kn_region_real_or(region, m, "to_reuse", 0, &view->to_reuse, err));
  KN_TRY(kn_region_real_or(region, m, "to_compost", 0, &view->to_compost, err));
  KN_TRY(kn_region_real_or(region, m, "to_energy", 0, &view->to_energy, err));
  KN_TRY(kn_region_real_or(region, m, "eff_in", 1, &view->eff_in, err));
  KN_TRY(kn_region_real_or(region, m, "eff_out", 1, &view->eff_out, err));
  return group_materials(region, view->n, &view->material_first, &view->material_row, err);
}

static kn_code
view_accounts(kn_region *region, kn_error *err)
{
  const kn_table_id m = KN_T_MATERIAL_ACCOUNT, w = KN_T_TREATMENT_ACCOUNT;
  const int64_t n = region->table[w].n;
  const int32_t *given = column(region, w, "is_major_mineral")->number;
  uint8_t *is_major_mineral;
  KN_NEW(is_major_mineral, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    is_major_mineral[i] = given[i] == 1;
  region->material_accounts =
      (kn_material_account_view){.n = region->table[m].n,
                                 .account_id = column(region, m, "account_id")->text,
                                 .material = column(region, m, "material")->text,
                                 .area = column(region, m, "area_id")->number,
                                 .year = column(region, m, "year")->number,
                                 .extraction = column(region, m, "extraction")->real,
                                 .imports = column(region, m, "imports")->real,
                                 .exports = column(region, m, "exports")->real,
                                 .recycled_domestic = column(region, m, "recycled_domestic")->real,
                                 .imported_for_recycling = column(region, m, "imported_for_recycling")->real,
                                 .exported_for_recycling = column(region, m, "exported_for_recycling")->real};
  region->treatment_accounts =
      (kn_treatment_account_view){.n = n,
                                  .account_id = column(region, w, "account_id")->text,
                                  .waste = column(region, w, "waste")->text,
                                  .area = column(region, w, "area_id")->number,
                                  .year = column(region, w, "year")->number,
                                  .recycled = column(region, w, "recycled")->real,
                                  .backfilled = column(region, w, "backfilled")->real,
                                  .energy_recovery = column(region, w, "energy_recovery")->real,
                                  .incinerated = column(region, w, "incinerated")->real,
                                  .landfilled = column(region, w, "landfilled")->real,
                                  .imported_for_recycling = column(region, w, "imported_for_recycling")->real,
                                  .exported_for_recycling = column(region, w, "exported_for_recycling")->real,
                                  .is_major_mineral = is_major_mineral};
  return KN_OK;
}

kn_code
kn_region_view_circular(kn_region *region, kn_error *err)
{
  KN_TRY(view_products(region, err));
  return view_accounts(region, err);
}

kn_product_view
kn_region_products(const kn_region *region)
{
  return region->products;
}

kn_material_account_view
kn_region_material_accounts(const kn_region *region)
{
  return region->material_accounts;
}

kn_treatment_account_view
kn_region_treatment_accounts(const kn_region *region)
{
  return region->treatment_accounts;
}

/* ---------------------------------------------------------------- what fits together */
double
kn_product_shares_in(const kn_product_view *products, int64_t material)
{
  return products->recycled_in[material] + products->reused_in[material] + products->bio_in[material];
}

double
kn_product_shares_out(const kn_product_view *products, int64_t material)
{
  return products->to_recycling[material] + products->to_reuse[material] + products->to_compost[material] +
         products->to_energy[material];
}

bool
kn_product_is_whole(const kn_product_view *products, int64_t product)
{
  const int32_t first = products->material_first[product], end = products->material_first[product + 1];
  for (int32_t k = first; k < end; k++)
    if (kn_product_shares_in(products, products->material_row[k]) > KN_SHARES_MOST ||
        kn_product_shares_out(products, products->material_row[k]) > KN_SHARES_MOST)
      return false;
  return end > first && isnan(products->lifetime_yr[product]) == isnan(products->lifetime_average_yr[product]) &&
         isnan(products->use_per_year[product]) == isnan(products->use_per_year_average[product]);
}
