/* knoop dna: what a region is, against another one or against Belgium. */
#include "dna_circular.h"

#include <stdlib.h>

typedef struct dna_args {
  const char *region;
  const char *other;
} dna_args;

static const kn_opt dna_opts[] = {
    KN_OPT_PATH(dna_args, region, "REGION.gpkg", N_("the region to read")),
    KN_OPT(KN_OPT_KIND_PLACE, dna_args, other, "OTHER.gpkg",
           N_("the region to hold it against; without it the jobs of Belgium by sector")),
    KN_OPT_END,
};

/* ------------------------------------------------------------------ JSON */
static json_t *
sectors_json(const kn_dna_view *view, const kn_dna_area *area)
{
  json_t *rows = json_array();
  double reference = 0;
  for (int32_t k = 0; k < view->sectors; k++)
    reference += view->reference[k];
  for (int32_t k = 0; k < view->sectors; k++)
    if (area->jobs[k] > 0 || view->reference[k] > 0)
      json_array_append_new(
          rows, json_pack("{s:s, s:o, s:o, s:o, s:o}", "nace", view->sector[k], "jobs", kn_json_real(area->jobs[k]), "share",
                          kn_json_real(area->jobs[k] / area->special.total), "reference_share",
                          kn_json_real(view->reference[k] / reference), "location_quotient", kn_json_real(area->lq[k])));
  return rows;
}

static json_t *
streams_json(const kn_dna_area *area, const kn_dna_streams *streams, const char *stream)
{
  json_t *row = json_object();
  if (stream != NULL)
    json_object_set_new(row, "stream", json_string(stream));
  json_object_set_new(row, "offered_t", kn_json_real(streams->offered_t));
  json_object_set_new(row, "needed_t", kn_json_real(streams->needed_t));
  json_object_set_new(row, "estimated_share", kn_json_real(streams->estimated_t / streams->offered_t));
  json_object_set_new(row, "offered_t_per_inhabitant", kn_json_real(streams->offered_t / area->population));
  json_object_set_new(row, "needed_t_per_inhabitant", kn_json_real(streams->needed_t / area->population));
  json_object_set_new(row, "offered_t_per_job", kn_json_real(streams->offered_t / area->special.total));
  json_object_set_new(row, "needed_t_per_job", kn_json_real(streams->needed_t / area->special.total));
  return row;
}

static void
fill_special(json_t *row, const kn_special *special)
{
  const struct {
    const char *name;
    double value;
  } figures[] = {{"herfindahl", special->herfindahl},
                 {"inverse_herfindahl", special->inverse_herfindahl},
                 {"shannon", special->shannon},
                 {"effective_sectors", special->effective_sectors},
                 {"evenness_of_present", special->evenness},
                 {"krugman_specialisation", special->krugman},
                 {"hachman", special->hachman},
                 {"relative_entropy", special->relative_entropy},
                 {"basic_jobs", special->basic_jobs}};
  json_object_set_new(row, "jobs", kn_json_real(special->total));
  json_object_set_new(row, "sectors_present", json_integer(special->present));
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
    json_object_set_new(row, figures[i].name, kn_json_real(figures[i].value));
}

static json_t *
area_json(const kn_region *region, const kn_dna_view *view, const kn_dna_area *area)
{
  json_t *row = json_object(), *streams = json_array();
  const kn_area_view areas = kn_region_areas(region);
  char name[8];
  json_object_set_new(row, "area_id", kn_json_key(region, KN_T_AREA, area->area));
  json_object_set_new(row, "level",
                      area->area == KN_NONE ? json_null() : json_string(kn_level_name((kn_level)areas.level[area->area])));
  json_object_set_new(row, "sites", json_integer(area->sites));
  json_object_set_new(row, "sites_without_jobs", json_integer(area->sites_without_jobs));
  json_object_set_new(row, "population", kn_json_real(area->population));
  fill_special(row, &area->special);
  json_object_set_new(row, "sectors", sectors_json(view, area));
  json_object_set_new(row, "material", streams_json(area, &area->all, NULL));
  for (int k = 0; k < KN_STREAM_COUNT; k++) {
    snprintf(name, sizeof name, "R%d", k + 1);
    if (area->stream[k].offered_t + area->stream[k].needed_t > 0)
      json_array_append_new(streams, streams_json(area, &area->stream[k], name));
  }
  json_object_set_new(row, "streams", streams);
  return row;
}

static json_t *
circular_json(const kn_region *region, const kn_dna_circular *c)
{
  json_t *today = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "recycled_t", kn_json_real(c->today.recycled),
                            "energy_recovery_t", kn_json_real(c->today.energy_recovery), "incinerated_t",
                            kn_json_real(c->today.incinerated), "landfilled_t", kn_json_real(c->today.landfilled), "reused_t",
                            kn_json_real(c->reused_t), "not_known_t", kn_json_real(c->fate_unknown_t), "recycling_rate",
                            kn_json_real(c->rates.recycling_rate), "landfill_rate", kn_json_real(c->rates.landfill_rate));
  json_t *plan = json_pack("{s:o, s:o, s:o, s:o, s:o}", "offered_t", kn_json_real(c->offered_t), "used_t",
                           kn_json_real(c->used_t), "used_share", kn_json_real(c->used_t / c->offered_t), "needed_t",
                           kn_json_real(c->needs_t), "virgin_replaced_t", kn_json_real(c->virgin_replaced_t));
  json_t *classes = json_array();
  for (int i = 0; i < KN_CLASS_COUNT; i++)
    if (!isnan(c->of_class[i].use))
      json_array_append_new(classes, json_pack("{s:s, s:s, s:o, s:o, s:o}", "class", kn_class_name((kn_class)i), "unit",
                                               kn_class_unit((kn_class)i), "use", kn_json_real(c->of_class[i].use),
                                               "self_sufficiency", kn_json_real(c->of_class[i].self_sufficiency),
                                               "own_supply_ratio", kn_json_real(c->of_class[i].own_supply_ratio)));
  json_t *flows = json_pack("{s:o, s:o, s:o}", "year", c->flow_year == KN_BLANK_INT ? json_null() : json_integer(c->flow_year),
                            "imports_t", kn_json_real(c->flow_in_t), "exports_t", kn_json_real(c->flow_out_t));
  json_t *out = json_pack("{s:o, s:o, s:o, s:o}", "today", today, "plan", plan, "self_sufficiency", classes, "flows", flows);
  kn_dna_circular_json(out, region, c);
  kn_dna_hourly_json(out, region, c);
  return out;
}

static json_t *
reach_json(const kn_dna_reach *reach, const char *member, const char *name)
{
  return json_pack("{s:s, s:o, s:o, s:o}", member, name, "count", kn_json_real(reach->count), "mean_km",
                   kn_json_real(reach->mean_km), "job_mean_km", kn_json_real(reach->job_mean_km));
}

static void
fill_dna(json_t *doc, const kn_region *region, const kn_dna *dna)
{
  const kn_dna_view view = kn_dna_read(dna);
  json_t *areas = json_array(), *gateways = json_array(), *terminals = json_array(), *lacking = json_array();
  for (int32_t i = 1; i < view.area_count; i++)
    json_array_append_new(areas, area_json(region, &view, &view.area[i]));
  for (int i = 0; i < KN_LEVEL_COUNT; i++)
    if (view.gateways[i].count > 0)
      json_array_append_new(gateways, reach_json(&view.gateways[i], "level", kn_level_name((kn_level)i)));
  for (int i = 0; i < KN_LINK_KIND_COUNT; i++)
    if (view.terminals[i].count > 0)
      json_array_append_new(terminals, reach_json(&view.terminals[i], "kind", kn_link_kind_name((kn_link_kind)i)));
  for (int32_t i = 0; i < view.lack_count; i++)
    json_array_append_new(lacking, json_pack("{s:s, s:s}", "indicator", view.lack[i].indicator, "why", view.lack[i].why));
  const char *name = kn_region_settings(region).name;
  json_object_set_new(doc, "name", kn_json_text(name));
  json_object_set_new(doc, "region", area_json(region, &view, &view.area[0]));
  json_object_set_new(doc, "areas", areas);
  json_object_set_new(doc, "circularity", circular_json(region, &view.circular));
  json_object_set_new(doc, "accessibility", json_pack("{s:o, s:o}", "gateways", gateways, "terminals", terminals));
  json_object_set_new(doc, "lacking", lacking);
}

static void
fill_document(json_t *doc, const kn_task_dna *read)
{
  json_object_set_new(doc, "reference",
                      read->other == NULL ? json_string("BE") : kn_json_text(kn_region_settings(read->other).name));
  fill_dna(doc, read->story.region, read->dna);
  if (read->other == NULL)
    return;
  json_t *other = json_object();
  json_object_set_new(other, "reference", json_string("BE"));
  fill_dna(other, read->other, read->other_dna);
  json_object_set_new(doc, "other", other);
}

/* ------------------------------------------------------------------ text */
typedef struct place {
  int32_t sector;
  double lq, jobs;
} place;

static int
compare_places(const void *left, const void *right)
{
  const place *a = left, *b = right;
  if (a->lq != b->lq)
    return a->lq < b->lq ? 1 : -1;
  return a->sector - b->sector;
}

/* Sectors that stand out, by falling location quotient. */
static kn_code
print_sectors(FILE *out, const kn_dna_view *view, kn_error *err)
{
  enum { MOST = 8 };
  static const char *const titles[] = {N_("sector"), N_("jobs"), N_("location quotient")};
  place *places = calloc((size_t)view->sectors + 1, sizeof *places);
  if (places == NULL)
    return kn_fail(err, KN_E_LIMIT, "%s", _("out of memory or beyond a limit"));
  const kn_dna_area *whole = &view->area[0];
  for (int32_t k = 0; k < view->sectors; k++)
    places[k] = (place){k, isnan(whole->lq[k]) ? -1 : whole->lq[k], whole->jobs[k]};
  qsort(places, (size_t)view->sectors, sizeof *places, compare_places);
  kn_grid *grid = kn_grid_new("lrr", titles);
  for (int32_t i = 0; i < view->sectors && i < MOST; i++)
    if (places[i].jobs > 0) {
      kn_grid_text(grid, view->sector[places[i].sector]);
      kn_grid_number(grid, places[i].jobs);
      kn_grid_number(grid, places[i].lq);
    }
  free(places);
  return kn_grid_end(grid, out, err);
}

static kn_code
print_areas(FILE *out, const kn_region *region, const kn_dna_view *view, kn_error *err)
{
  static const char *const titles[] = {N_("area"),        N_("sites"),     N_("jobs"),
                                       N_("sectors"),     N_("effective"), N_("basic jobs"),
                                       N_("material, t"), N_("t per job"), N_("t per inhabitant")};
  kn_grid *grid = kn_grid_new("lrrrrrrrr", titles);
  for (int32_t i = 0; i < view->area_count; i++) {
    const kn_dna_area *area = &view->area[i];
    if (i > 0 && area->sites == 0)
      continue;
    kn_grid_text(grid, i == 0 ? _("all of it") : kn_region_areas(region).name[area->area]);
    kn_grid_number(grid, (double)area->sites);
    kn_grid_number(grid, area->special.total);
    kn_grid_number(grid, area->special.present);
    kn_grid_number(grid, area->special.effective_sectors);
    kn_grid_number(grid, area->special.basic_jobs);
    kn_grid_number(grid, area->all.offered_t);
    kn_grid_number(grid, area->special.total > 0 ? area->all.offered_t / area->special.total : NAN);
    kn_grid_number(grid, area->all.offered_t / area->population);
  }
  return kn_grid_end(grid, out, err);
}

static void
print_circular(FILE *out, const kn_dna_circular *c)
{
  if (c->rates.treated_own > 0)
    fprintf(out, _("today     %.1f %% of what is offered and treated is recycled, %.1f %% goes to landfill\n"),
            c->rates.recycling_rate * 100, c->rates.landfill_rate * 100);
  if (!isnan(c->used_t))
    fprintf(out, _("plan      would use %.1f %% of the material that is offered\n"), c->used_t / c->offered_t * 100);
  for (int i = 0; i < KN_CLASS_COUNT; i++)
    if (!isnan(c->of_class[i].use))
      fprintf(out, _("plan      %s: self-sufficient for %.1f %%\n"), _(kn_class_name((kn_class)i)),
              c->of_class[i].self_sufficiency * 100);
}

static kn_code
print_text(const kn_cli *cli, const kn_task_dna *read, kn_error *err)
{
  FILE *out = kn_cli_results(cli);
  const kn_dna_view view = kn_dna_read(read->dna);
  const kn_special *special = &view.area[0].special;
  KN_TRY(print_areas(out, read->story.region, &view, err));
  if (special->total > 0) {
    fprintf(out, "\n");
    KN_TRY(print_sectors(out, &view, err));
    fprintf(out, _("\nagainst %s: Krugman specialisation %.3f, Hachman index %.3f\n"),
            read->other == NULL                            ? _("Belgium")
            : kn_region_settings(read->other).name == NULL ? "?"
                                                           : kn_region_settings(read->other).name,
            special->krugman, special->hachman);
  }
  print_circular(out, &view.circular);
  KN_TRY(kn_dna_circular_print(out, read->story.region, &view.circular, err));
  KN_TRY(kn_dna_hourly_print(out, read->story.region, &view.circular, err));
  for (int i = 0; i < KN_LEVEL_COUNT; i++)
    if (view.gateways[i].count > 0)
      fprintf(out, _("reach     a gateway to level %s lies %.0f km away on average\n"), _(kn_level_name((kn_level)i)),
              view.gateways[i].mean_km);
  for (int32_t i = 0; i < view.lack_count; i++)
    fprintf(out, _("not known %s: %s\n"), _(view.lack[i].indicator), _(view.lack[i].why));
  return KN_OK;
}

static kn_code
dna_run(const kn_cli *cli, kn_error *err)
{
  dna_args args = {0};
  KN_TRY(kn_cli_parse(cli, dna_opts, &args, err));
  const kn_task task = kn_cli_task(cli, NULL);
  kn_task_dna read;
  kn_code code = kn_task_dna_make(&task, args.region, args.other, &read, err);
  if (code != KN_OK)
    return code;
  if (cli->json)
    fill_document(cli->doc, &read);
  else
    code = print_text(cli, &read, err);
  kn_task_dna_free(&read);
  return code;
}

const kn_command kn_cmd_dna = {
    .name = "dna",
    .text = N_("what a region is: jobs, specialisation, streams, circularity"),
    .example = "knoop dna genk.gpkg hasselt.gpkg",
    .opts = dna_opts,
    .run = dna_run,
};
