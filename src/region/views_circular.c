/* The typed views of products, and of accounts of materials and of waste. */
#include "region/views.h"

static kn_code
view_products(kn_region *region, kn_error *err)
{
  const kn_table_id t = KN_T_PRODUCT, m = KN_T_PRODUCT_MATERIAL;
  kn_product_view *view = &region->products;
  *view = (kn_product_view){.n = region->table[t].n,
                            .product_id = text(region, t, "product_id"),
                            .name = text(region, t, "name"),
                            .site = number(region, t, "site_id"),
                            .actor = number(region, t, "actor_id"),
                            .resource = number(region, t, "resource_id"),
                            .lifetime_yr = real(region, t, "lifetime_yr"),
                            .lifetime_average_yr = real(region, t, "lifetime_average_yr"),
                            .use_per_year = real(region, t, "use_per_year"),
                            .use_per_year_average = real(region, t, "use_per_year_average"),
                            .material = text(region, m, "material"),
                            .mass_kg = real(region, m, "mass_kg")};
  KN_TRY(kn_view_real_or(region, t, "weight", 1, &view->weight, err));
  KN_TRY(kn_view_real_or(region, m, "recycled_in", 0, &view->recycled_in, err));
  KN_TRY(kn_view_real_or(region, m, "reused_in", 0, &view->reused_in, err));
  KN_TRY(kn_view_real_or(region, m, "bio_in", 0, &view->bio_in, err));
  KN_TRY(kn_view_real_or(region, m, "to_recycling", 0, &view->to_recycling, err));
  KN_TRY(kn_view_real_or(region, m, "to_reuse", 0, &view->to_reuse, err));
  KN_TRY(kn_view_real_or(region, m, "to_compost", 0, &view->to_compost, err));
  KN_TRY(kn_view_real_or(region, m, "to_energy", 0, &view->to_energy, err));
  KN_TRY(kn_view_real_or(region, m, "eff_in", 1, &view->eff_in, err));
  KN_TRY(kn_view_real_or(region, m, "eff_out", 1, &view->eff_out, err));
  return kn_view_group_rows(region, region->table[m].n, number(region, m, "product_id"), view->n, &view->material_first,
                            &view->material_row, region->keep, err);
}

static kn_code
view_accounts(kn_region *region, kn_error *err)
{
  const kn_table_id m = KN_T_MATERIAL_ACCOUNT, w = KN_T_TREATMENT_ACCOUNT;
  const int64_t n = region->table[w].n;
  const int32_t *given = number(region, w, "is_major_mineral");
  uint8_t *is_major_mineral;
  KN_NEW(is_major_mineral, region->keep, n, err);
  for (int64_t i = 0; i < n; i++)
    is_major_mineral[i] = given[i] == 1;
  region->material_accounts = (kn_material_account_view){.n = region->table[m].n,
                                                         .account_id = text(region, m, "account_id"),
                                                         .material = text(region, m, "material"),
                                                         .area = number(region, m, "area_id"),
                                                         .year = number(region, m, "year"),
                                                         .extraction = real(region, m, "extraction"),
                                                         .imports = real(region, m, "imports"),
                                                         .exports = real(region, m, "exports"),
                                                         .recycled_domestic = real(region, m, "recycled_domestic"),
                                                         .imported_for_recycling = real(region, m, "imported_for_recycling"),
                                                         .exported_for_recycling = real(region, m, "exported_for_recycling")};
  region->treatment_accounts = (kn_treatment_account_view){.n = n,
                                                           .account_id = text(region, w, "account_id"),
                                                           .waste = text(region, w, "waste"),
                                                           .area = number(region, w, "area_id"),
                                                           .year = number(region, w, "year"),
                                                           .recycled = real(region, w, "recycled"),
                                                           .backfilled = real(region, w, "backfilled"),
                                                           .energy_recovery = real(region, w, "energy_recovery"),
                                                           .incinerated = real(region, w, "incinerated"),
                                                           .landfilled = real(region, w, "landfilled"),
                                                           .imported_for_recycling = real(region, w, "imported_for_recycling"),
                                                           .exported_for_recycling = real(region, w, "exported_for_recycling"),
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
