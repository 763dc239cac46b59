/* knoop estimate: offers and needs that nobody reported. */
#include "json_rows.h"

#include <stdlib.h>

typedef struct estimate_args {
  const char *region;
  double least;
  bool known_only, dry_run, undo;
} estimate_args;

static const kn_opt estimate_opts[] = {
    KN_OPT_PATH(estimate_args, region, "REGION.gpkg", N_("the region to complete")),
    KN_OPT_REAL(estimate_args, least, "T", N_("no estimates below T tonnes a year (1)")),
    KN_OPT_FLAG(estimate_args, known_only, N_("only of resources that the region has; add none")),
    KN_OPT_FLAG(estimate_args, dry_run, N_("compute and show, and change nothing")),
    KN_OPT_FLAG(estimate_args, undo, N_("take the estimates of an earlier run out")),
    KN_OPT_END,
};

/* ------------------------------------------------------------------ JSON */
typedef struct showing {
  const kn_region *region;
  kn_estimate_view view;
  const kn_total_check *check;
  kn_total_view totals;
} showing;

static const char *
resource_id(const showing *in, int32_t resource)
{
  const int64_t known = kn_region_resources(in->region).n;
  return resource < known ? kn_region_key(in->region, KN_T_RESOURCE, resource)
                          : in->view.new_resource[resource - known].resource_id;
}

static void
write_estimate(kn_jot *jot, const void *arg, int64_t i)
{
  const showing *in = arg;
  const kn_estimate_method *method = &in->view.method_of[in->view.method[i]];
  kn_jot_text(jot, i < in->view.need_first ? "offer_id" : "need_id", in->view.id[i]);
  kn_jot_key(jot, "site_id", in->region, KN_T_SITE, in->view.site[i]);
  kn_jot_text(jot, "nace", method->nace);
  kn_jot_text(jot, "resource_id", resource_id(in, in->view.resource[i]));
  kn_jot_real(jot, "quantity", in->view.quantity[i]);
  kn_jot_real(jot, "rel_sd", method->rel_sd);
  kn_jot_real(jot, "low", in->view.quantity[i] * method->low);
  kn_jot_real(jot, "high", in->view.quantity[i] * method->high);
  kn_jot_text(jot, "method", method->text);
}

static void
write_total(kn_jot *jot, const void *arg, int64_t i)
{
  const showing *in = arg;
  const kn_total_check *check = &in->check[i];
  kn_jot_key(jot, "total_id", in->region, KN_T_TOTAL, check->total);
  kn_jot_key(jot, "area_id", in->region, KN_T_AREA, in->totals.area[check->total]);
  kn_jot_key(jot, "resource_id", in->region, KN_T_RESOURCE, in->totals.resource[check->total]);
  kn_jot_text(jot, "nace", in->totals.nace[check->total]);
  kn_jot_text(jot, "side", in->totals.is_need[check->total] ? "need" : "offer");
  kn_jot_real(jot, "known", in->totals.quantity[check->total]);
  kn_jot_real(jot, "reported", check->reported);
  kn_jot_real(jot, "before", check->before);
  kn_jot_real(jot, "after", check->after);
  kn_jot_boolean(jot, "contradicted", check->is_contradicted);
}

static void
fill_head(json_t *doc, const kn_task_estimated *made)
{
  json_object_set_new(doc, "run_id", made->run_id > 0 ? json_integer(made->run_id) : json_null());
  json_object_set_new(doc, "revision", made->revision > 0 ? json_integer(made->revision) : json_null());
  json_object_set_new(doc, "removed",
                      json_pack("{s:I, s:I, s:I}", "offers", (json_int_t)made->offers_removed, "needs",
                                (json_int_t)made->needs_removed, "resources", (json_int_t)made->resources_removed));
}

static kn_code
write_document(const kn_cli *cli, const kn_task_estimated *made, kn_error *err)
{
  showing in = {.region = made->region, .totals = kn_region_totals(made->region)};
  fill_head(cli->doc, made);
  if (made->estimate == NULL) {
    json_object_set_new(cli->doc, "rows", json_pack("{s:i, s:i}", "offers", 0, "needs", 0));
    json_object_set_new(cli->doc, "estimates", json_array());
    json_object_set_new(cli->doc, "totals", json_array());
    return KN_OK;
  }
  int32_t checks;
  in.view = kn_estimate_rows(made->estimate);
  in.check = kn_estimate_totals(made->estimate, &checks);
  const kn_estimate_learned learned = kn_estimate_learn(made->estimate);
  json_object_set_new(
      cli->doc, "rows",
      json_pack("{s:I, s:I}", "offers", (json_int_t)in.view.need_first, "needs", (json_int_t)(in.view.n - in.view.need_first)));
  json_t *added = json_array();
  for (int32_t k = 0; k < in.view.new_count; k++)
    json_array_append_new(added, json_string(in.view.new_resource[k].resource_id));
  json_object_set_new(cli->doc, "resources_added", added);
  json_object_set_new(cli->doc, "learned",
                      json_pack("{s:I, s:o, s:o}", "reports", (json_int_t)learned.reports, "site_sd_ln",
                                kn_json_real(learned.site_sd_ln), "sector_sd_ln", kn_json_real(learned.sector_sd_ln)));
  json_object_set_new(cli->doc, "sites_without", json_integer(learned.sites_without));
  KN_TRY(kn_json_rows(cli, "estimates", in.view.n, write_estimate, &in, err));
  return kn_json_rows(cli, "totals", checks, write_total, &in, err);
}

/* ------------------------------------------------------------------ text */
typedef struct sum {
  int32_t resource;
  bool is_need;
  int64_t sites;
  double quantity;
} sum;

static int
compare_sums(const void *left, const void *right)
{
  const sum *a = left, *b = right;
  if (a->is_need != b->is_need)
    return a->is_need ? 1 : -1;
  if (a->quantity != b->quantity)
    return a->quantity < b->quantity ? 1 : -1;
  return a->resource - b->resource;
}

static kn_code
print_sums(FILE *out, const showing *in, kn_error *err)
{
  enum { MOST = 12 };
  static const char *const titles[] = {N_("estimated"), N_("resource"), N_("sites"), N_("t a year")};
  const int64_t count = kn_region_resources(in->region).n + in->view.new_count;
  sum *sums = calloc((size_t)count * 2 + 1, sizeof *sums);
  if (sums == NULL)
    return kn_fail(err, KN_E_LIMIT, "%s", _("out of memory or beyond a limit"));
  for (int64_t i = 0; i < count * 2; i++)
    sums[i] = (sum){.resource = (int32_t)(i % count), .is_need = i >= count};
  for (int64_t i = 0; i < in->view.n; i++) {
    sum *of = &sums[in->view.resource[i] + (i >= in->view.need_first ? count : 0)];
    of->sites++;
    of->quantity += in->view.quantity[i];
  }
  qsort(sums, (size_t)count * 2, sizeof *sums, compare_sums);
  kn_grid *grid = kn_grid_new("llrr", titles);
  int shown[2] = {0, 0};
  for (int64_t i = 0; i < count * 2; i++) {
    if (sums[i].sites == 0 || shown[sums[i].is_need]++ >= MOST)
      continue;
    kn_grid_text(grid, sums[i].is_need ? _("need") : _("offer"));
    kn_grid_text(grid, resource_id(in, sums[i].resource));
    kn_grid_number(grid, (double)sums[i].sites);
    kn_grid_number(grid, sums[i].quantity);
  }
  free(sums);
  return kn_grid_end(grid, out, err);
}

static kn_code
print_totals(FILE *out, const showing *in, int32_t checks, kn_error *err)
{
  static const char *const titles[] = {N_("total"), N_("known"), N_("reported"), N_("before"), N_("after"), ""};
  if (checks == 0)
    return KN_OK;
  fprintf(out, "\n");
  kn_grid *grid = kn_grid_new("lrrrrl", titles);
  for (int32_t i = 0; i < checks; i++) {
    kn_grid_text(grid, kn_region_key(in->region, KN_T_TOTAL, in->check[i].total));
    kn_grid_number(grid, in->totals.quantity[in->check[i].total]);
    kn_grid_number(grid, in->check[i].reported);
    kn_grid_number(grid, in->check[i].before);
    kn_grid_number(grid, in->check[i].after);
    kn_grid_text(grid, in->check[i].is_contradicted ? _("contradicted by other figures, or nothing to scale") : "");
  }
  return kn_grid_end(grid, out, err);
}

static kn_code
print_text(const kn_cli *cli, const kn_task_estimated *made, kn_task_mode mode, kn_error *err)
{
  FILE *out = kn_cli_results(cli);
  if (mode == KN_TASK_UNDO) {
    fprintf(out, _("%lld estimated offers and %lld estimated needs taken out\n"), (long long)made->offers_removed,
            (long long)made->needs_removed);
    return KN_OK;
  }
  int32_t checks;
  showing in = {.region = made->region, .totals = kn_region_totals(made->region), .view = kn_estimate_rows(made->estimate)};
  in.check = kn_estimate_totals(made->estimate, &checks);
  const kn_estimate_learned learned = kn_estimate_learn(made->estimate);
  if (in.view.n > 0)
    KN_TRY(print_sums(out, &in, err));
  KN_TRY(print_totals(out, &in, checks, err));
  fprintf(out, _("\n%lld offers and %lld needs estimated, from %lld reported figures and national coefficients by sector\n"),
          (long long)in.view.need_first, (long long)(in.view.n - in.view.need_first), (long long)learned.reports);
  if (learned.sites_without > 0)
    fprintf(out, _("%lld sites have no NACE code, or neither jobs nor floor: nothing is said of them\n"),
            (long long)learned.sites_without);
  if (mode == KN_TASK_DRY_RUN)
    fprintf(out, _("nothing was saved\n"));
  return KN_OK;
}

static kn_code
estimate_run(const kn_cli *cli, kn_error *err)
{
  estimate_args args = {.least = 1};
  KN_TRY(kn_cli_parse(cli, estimate_opts, &args, err));
  if (args.dry_run && args.undo)
    return kn_fail(err, KN_E_USAGE, "%s", _("--dry-run or --undo, not both"));
  const kn_task_mode mode = args.undo ? KN_TASK_UNDO : args.dry_run ? KN_TASK_DRY_RUN : KN_TASK_SAVE;
  kn_estimate_settings settings = KN_ESTIMATE_DEFAULTS;
  settings.least_t = args.least;
  settings.is_known_only = args.known_only;
  const kn_task task = kn_cli_task(cli, NULL);
  kn_task_estimated made;
  KN_TRY(kn_task_estimate(&task, args.region, &settings, mode, &made, err));
  const kn_code code = cli->json ? write_document(cli, &made, err) : print_text(cli, &made, mode, err);
  kn_task_estimated_free(&made);
  return code;
}

const kn_command kn_cmd_estimate = {
    .name = "estimate",
    .text = N_("estimate offers and needs that nobody reported"),
    .example = "knoop estimate genk.gpkg --least 5",
    .opts = estimate_opts,
    .run = estimate_run,
};
