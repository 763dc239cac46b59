/* What `knoop dna` tells of products and accounts. */
#include "dna_circular.h"

/* ------------------------------------------------------------------ JSON */
static json_t *
products_json(const kn_region *region, const kn_dna_circular *c)
{
  const kn_product_view products = kn_region_products(region);
  json_t *rows = json_array();
  for (int32_t p = 0; p < c->product_count; p++) {
    const kn_mci *mci = &c->product[p];
    const struct {
      const char *name;
      double value;
    } figures[] = {{"weight", products.weight[p]},
                   {"mass_kg", mci->mass_kg},
                   {"virgin_kg", mci->virgin_kg},
                   {"waste_direct_kg", mci->waste_direct_kg},
                   {"waste_feedstock_kg", mci->waste_feedstock_kg},
                   {"waste_recycling_kg", mci->waste_recycling_kg},
                   {"waste_kg", mci->waste_kg},
                   {"linear_flow_index", mci->linear_flow_index},
                   {"utility", mci->utility},
                   {"mci", mci->mci}};
    json_t *row = json_pack("{s:s, s:o}", "product_id", products.product_id[p], "name", kn_json_text(products.name[p]));
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
      json_object_set_new(row, figures[i].name, kn_json_real(figures[i].value));
    json_array_append_new(rows, row);
  }
  return rows;
}

static json_t *
use_json(const kn_material_use *use)
{
  return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "circular_use_t", kn_json_real(use->circular_use), "dmc_t",
                   kn_json_real(use->dmc), "overall_use_t", kn_json_real(use->overall_use), "circular_material_use_rate",
                   kn_json_real(use->circular_material_use_rate), "import_reliance", kn_json_real(use->import_reliance),
                   "self_sufficiency", kn_json_real(use->self_sufficiency));
}

static json_t *
materials_json(const kn_region *region, const kn_dna_circular *c)
{
  const kn_material_account_view view = kn_region_material_accounts(region);
  json_t *all = json_array();
  for (int32_t g = 0; g < c->materials_count; g++) {
    const kn_dna_materials *of = &c->materials[g];
    json_t *rows = json_array();
    for (int32_t k = 0; k < of->count; k++) {
      json_t *row = use_json(&of->use[k]);
      json_object_set_new(row, "account_id", json_string(view.account_id[of->row[k]]));
      json_object_set_new(row, "material", json_string(view.material[of->row[k]]));
      json_array_append_new(rows, row);
    }
    json_array_append_new(all, json_pack("{s:o, s:i, s:o, s:o}", "area_id", kn_json_key(region, KN_T_AREA, of->area), "year",
                                         of->year, "materials", rows, "total", use_json(&of->total)));
  }
  return all;
}

static json_t *
rates_json(const kn_waste_rates *rates)
{
  return json_pack("{s:o, s:o, s:o, s:o}", "recycled_own_t", kn_json_real(rates->recycled_own), "treated_own_t",
                   kn_json_real(rates->treated_own), "recycling_rate", kn_json_real(rates->recycling_rate), "landfill_rate",
                   kn_json_real(rates->landfill_rate));
}

static json_t *
treatments_json(const kn_region *region, const kn_dna_circular *c)
{
  const kn_treatment_account_view view = kn_region_treatment_accounts(region);
  json_t *all = json_array();
  for (int32_t g = 0; g < c->treatments_count; g++) {
    const kn_dna_treatments *of = &c->treatments[g];
    json_t *rows = json_array();
    for (int32_t k = 0; k < of->count; k++) {
      json_t *row = rates_json(&of->rates[k]);
      json_object_set_new(row, "account_id", json_string(view.account_id[of->row[k]]));
      json_object_set_new(row, "waste", json_string(view.waste[of->row[k]]));
      json_object_set_new(row, "is_major_mineral", json_boolean(view.is_major_mineral[of->row[k]]));
      json_array_append_new(rows, row);
    }
    json_array_append_new(all, json_pack("{s:o, s:i, s:o, s:o, s:o}", "area_id", kn_json_key(region, KN_T_AREA, of->area), "year",
                                         of->year, "streams", rows, "all", rates_json(&of->all), "without_major_mineral",
                                         rates_json(&of->without_major_mineral)));
  }
  return all;
}

void
kn_dna_circular_json(json_t *out, const kn_region *region, const kn_dna_circular *c)
{
  const kn_dna_materials *latest = kn_dna_latest_materials(c);
  json_object_set_new(out, "circular_material_use_rate",
                      kn_json_real(latest == NULL ? NAN : latest->total.circular_material_use_rate));
  json_object_set_new(out, "mci", kn_json_real(c->mci));
  json_object_set_new(out, "products", products_json(region, c));
  json_object_set_new(out, "material_accounts", materials_json(region, c));
  json_object_set_new(out, "treatment_accounts", treatments_json(region, c));
}

/* ------------------------------------------------------------------ text */
static kn_code
print_products(FILE *out, const kn_region *region, const kn_dna_circular *c, kn_error *err)
{
  static const char *const titles[] = {N_("product"), N_("kg"), N_("virgin, kg"), N_("waste, kg"), N_("utility"), N_("MCI")};
  const kn_product_view products = kn_region_products(region);
  kn_grid *grid = kn_grid_new("lrrrrr", titles);
  for (int32_t p = 0; p < c->product_count; p++) {
    kn_grid_text(grid, products.name[p] == NULL ? products.product_id[p] : products.name[p]);
    kn_grid_number(grid, c->product[p].mass_kg);
    kn_grid_number(grid, c->product[p].virgin_kg);
    kn_grid_number(grid, c->product[p].waste_kg);
    kn_grid_number(grid, c->product[p].utility);
    if (isnan(c->product[p].mci))
      kn_grid_number(grid, NAN);
    else
      kn_grid_cell(grid, "%.3f", c->product[p].mci);
  }
  KN_TRY(kn_grid_end(grid, out, err));
  if (!isnan(c->mci))
    fprintf(out, _("products  material circularity (MCI) %.3f on average\n"), c->mci);
  return KN_OK;
}

static void
add_use(kn_grid *grid, const char *name, const kn_material_use *use)
{
  kn_grid_text(grid, name);
  kn_grid_number(grid, use->dmc);
  kn_grid_number(grid, use->circular_use);
  kn_grid_number(grid, use->circular_material_use_rate * 100);
  kn_grid_number(grid, use->import_reliance * 100);
  kn_grid_number(grid, use->self_sufficiency * 100);
}

static kn_code
print_materials(FILE *out, const kn_region *region, const kn_dna_materials *of, kn_error *err)
{
  static const char *const titles[] = {N_("material"),    N_("consumed, t"),        N_("circular, t"),
                                       N_("circular, %"), N_("import reliance, %"), N_("self-sufficient, %")};
  const kn_material_account_view view = kn_region_material_accounts(region);
  fprintf(out, _("materials in %d\n"), of->year);
  kn_grid *grid = kn_grid_new("lrrrrr", titles);
  for (int32_t k = 0; k < of->count; k++)
    add_use(grid, view.material[of->row[k]], &of->use[k]);
  add_use(grid, _("all of it"), &of->total);
  return kn_grid_end(grid, out, err);
}

static void
add_rates(kn_grid *grid, const char *name, const kn_waste_rates *rates)
{
  kn_grid_text(grid, name);
  kn_grid_number(grid, rates->treated_own);
  kn_grid_number(grid, rates->recycled_own);
  kn_grid_number(grid, rates->recycling_rate * 100);
  kn_grid_number(grid, rates->landfill_rate * 100);
}

static kn_code
print_treatments(FILE *out, const kn_region *region, const kn_dna_treatments *of, kn_error *err)
{
  static const char *const titles[] = {N_("waste"), N_("treated, t"), N_("recycled, t"), N_("recycled, %"), N_("landfill, %")};
  const kn_treatment_account_view view = kn_region_treatment_accounts(region);
  fprintf(out, _("waste of the region in %d, wherever it is treated\n"), of->year);
  kn_grid *grid = kn_grid_new("lrrrr", titles);
  for (int32_t k = 0; k < of->count; k++)
    add_rates(grid, view.waste[of->row[k]], &of->rates[k]);
  add_rates(grid, _("all of it"), &of->all);
  add_rates(grid, _("without major mineral waste"), &of->without_major_mineral);
  return kn_grid_end(grid, out, err);
}

kn_code
kn_dna_circular_print(FILE *out, const kn_region *region, const kn_dna_circular *c, kn_error *err)
{
  const kn_dna_materials *materials = kn_dna_latest_materials(c);
  const kn_dna_treatments *treatments = kn_dna_latest_treatments(c);
  if (c->product_count > 0) {
    fprintf(out, "\n");
    KN_TRY(print_products(out, region, c, err));
  }
  if (materials != NULL) {
    fprintf(out, "\n");
    KN_TRY(print_materials(out, region, materials, err));
  }
  if (treatments != NULL) {
    fprintf(out, "\n");
    KN_TRY(print_treatments(out, region, treatments, err));
  }
  if (c->product_count > 0 || materials != NULL || treatments != NULL)
    fprintf(out, "\n");
  return KN_OK;
}
