/* Checks of products and accounts: shares of more than a whole, half of a pair of figures, what is accounted for twice. */
#include "region/internal.h"

#include <stdlib.h>
#include <string.h>

/* The one of two figures that is blank while the other is not; NULL: none. */
static const char *
lacking_half(double figure, const char *name, double average, const char *average_name)
{
  return isnan(figure) == isnan(average) ? NULL : isnan(figure) ? name : average_name;
}

static kn_code
check_product(const kn_check *check, const kn_product_view *products, int64_t row, kn_error *err)
{
  const char *const lacks[] = {
      lacking_half(products->lifetime_yr[row], "lifetime_yr", products->lifetime_average_yr[row], "lifetime_average_yr"),
      lacking_half(products->use_per_year[row], "use_per_year", products->use_per_year_average[row], "use_per_year_average")};
  for (int k = 0; k < 2; k++)
    if (lacks[k] != NULL)
      KN_TRY(kn_check_tell(check, KN_ERROR, "utility", KN_T_PRODUCT, row, lacks[k], "fill in both, or neither", err,
                           "%s lacks, so it cannot be held against its like", lacks[k]));
  if (products->material_first[row] == products->material_first[row + 1])
    KN_TRY(kn_check_tell(check, KN_WARNING, "no_materials", KN_T_PRODUCT, row, NULL, "add its rows of product_material", err,
                         "it is not told what it is made of"));
  return KN_OK;
}

static kn_code
check_shares(const kn_check *check, const kn_product_view *products, int64_t row, kn_error *err)
{
  const double in = kn_product_shares_in(products, row), out = kn_product_shares_out(products, row);
  if (in > KN_SHARES_MOST)
    KN_TRY(kn_check_tell(check, KN_ERROR, "shares", KN_T_PRODUCT_MATERIAL, row, "recycled_in", "shares of a whole: at most 1",
                         err, "recycled_in, reused_in and bio_in are %.6g together, more than all of it", in));
  if (out > KN_SHARES_MOST)
    KN_TRY(kn_check_tell(check, KN_ERROR, "shares", KN_T_PRODUCT_MATERIAL, row, "to_recycling", "shares of a whole: at most 1",
                         err, "to_recycling, to_reuse, to_compost and to_energy are %.6g together, more than all of it", out));
  return KN_OK;
}

/* ---------------------------------------------------------------- accounts */
typedef struct account {
  int32_t area, year, row;
  const char *of; /* NULL in a salvaged region */
} account;

static int
compare_subjects(const account *a, const account *b)
{
  if (a->area != b->area)
    return a->area < b->area ? -1 : 1;
  if (a->year != b->year)
    return a->year < b->year ? -1 : 1;
  return strcmp(a->of == NULL ? "" : a->of, b->of == NULL ? "" : b->of);
}

static int
compare_accounts(const void *left, const void *right)
{
  const account *a = left, *b = right;
  const int order = compare_subjects(a, b);
  return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

/* Two accounts of one thing in one area and year would both count in the sum. */
static kn_code
check_accounts(const kn_check *check, kn_table_id table, const char *column, kn_error *err)
{
  const kn_table *rows = &check->region->table[table];
  const int32_t *area = kn_table_column(rows, "area_id")->number, *year = kn_table_column(rows, "year")->number;
  const char *const *of = kn_table_column(rows, column)->text;
  char first[KN_NAME_MOST];
  account *accounts;
  KN_NEW(accounts, check->scratch, rows->n, err);
  for (int32_t i = 0; i < rows->n; i++)
    accounts[i] = (account){.area = area[i], .year = year[i], .row = i, .of = of[i]};
  qsort(accounts, (size_t)rows->n, sizeof *accounts, compare_accounts);
  for (int64_t i = 1; i < rows->n; i++)
    if (accounts[i].of != NULL && compare_subjects(&accounts[i - 1], &accounts[i]) == 0)
      KN_TRY(kn_check_tell(check, KN_ERROR, "accounted_twice", table, accounts[i].row, column, "keep one of the two", err,
                           "%s is about the same in the same area and year",
                           kn_check_name(check->region, table, accounts[i - 1].row, first)));
  return KN_OK;
}

kn_code
kn_check_circular(const kn_check *check, kn_error *err)
{
  const kn_product_view products = check->region->products;
  for (int64_t i = 0; i < products.n; i++)
    KN_TRY(check_product(check, &products, i, err));
  for (int64_t i = 0; i < check->region->table[KN_T_PRODUCT_MATERIAL].n; i++)
    KN_TRY(check_shares(check, &products, i, err));
  KN_TRY(check_accounts(check, KN_T_MATERIAL_ACCOUNT, "material", err));
  return check_accounts(check, KN_T_TREATMENT_ACCOUNT, "waste", err);
}
