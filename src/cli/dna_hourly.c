/* What `knoop dna` tells of profiles: self-sufficiency hour by hour. */
#include "dna_circular.h"

void
kn_dna_hourly_json(json_t *out, const kn_region *region, const kn_dna_circular *c)
{
  const kn_resource_view resources = kn_region_resources(region);
  json_t *rows = json_array(), *plan = json_array();
  for (int32_t i = 0; i < c->hourly_count; i++) {
    const kn_dna_hourly *of = &c->hourly[i];
    const kn_class class_of = (kn_class)resources.class_of[of->resource];
    const struct {
      const char *name;
      double value;
    } figures[] = {{"demand", of->met.demand},
                   {"local", of->met.local},
                   {"met_locally", of->met.met_locally},
                   {"self_sufficiency", of->met.self_sufficiency},
                   {"self_consumption", of->met.self_consumption},
                   {"net_ratio", of->met.net_ratio},
                   {"demand_known_share", of->demand_known_share},
                   {"local_known_share", of->local_known_share}};
    json_t *row = json_pack("{s:o, s:o, s:s, s:s}", "area_id", kn_json_key(region, KN_T_AREA, of->area), "resource_id",
                            kn_json_key(region, KN_T_RESOURCE, of->resource), "class", kn_class_name(class_of), "unit",
                            kn_class_unit(class_of));
    for (size_t k = 0; k < sizeof figures / sizeof *figures; k++)
      json_object_set_new(row, figures[k].name, kn_json_real(figures[k].value));
    json_array_append_new(rows, row);
  }
  for (int k = 0; k < KN_CLASS_COUNT; k++)
    if (c->timed[k].known > 0)
      json_array_append_new(plan, json_pack("{s:s, s:s, s:o, s:o, s:o}", "class", kn_class_name((kn_class)k), "unit",
                                            kn_class_unit((kn_class)k), "moved", kn_json_real(c->timed[k].moved), "known",
                                            kn_json_real(c->timed[k].known), "coinciding", kn_json_real(c->timed[k].coinciding)));
  json_object_set_new(out, "hourly_self_sufficiency", rows);
  json_object_set_new(out, "plan_hours", plan);
}

kn_code
kn_dna_hourly_print(FILE *out, const kn_region *region, const kn_dna_circular *c, kn_error *err)
{
  static const char *const titles[] = {N_("hour by hour"),       N_("needed"),         "",
                                       N_("self-sufficient, %"), N_("over a year, %"), N_("used here, %"),
                                       N_("needs timed, %"),     N_("offers timed, %")};
  const kn_resource_view resources = kn_region_resources(region);
  if (c->hourly_count > 0 && c->hourly[0].area == KN_NONE) {
    fprintf(out, "\n");
    kn_grid *grid = kn_grid_new("lrlrrrrr", titles);
    for (int32_t i = 0; i < c->hourly_count && c->hourly[i].area == KN_NONE; i++) {
      const kn_dna_hourly *of = &c->hourly[i];
      kn_grid_text(grid, resources.name[of->resource]);
      kn_grid_number(grid, of->met.demand);
      kn_grid_text(grid, kn_class_unit((kn_class)resources.class_of[of->resource]));
      kn_grid_number(grid, of->met.self_sufficiency * 100);
      kn_grid_number(grid, of->met.net_ratio * 100);
      kn_grid_number(grid, of->met.self_consumption * 100);
      kn_grid_number(grid, of->demand_known_share * 100);
      kn_grid_number(grid, of->local_known_share * 100);
    }
    KN_TRY(kn_grid_end(grid, out, err));
    fprintf(out, "\n");
  }
  for (int k = 0; k < KN_CLASS_COUNT; k++)
    if (c->timed[k].known > 0)
      fprintf(out, _("hours     %.0f %% of what the plan moves of %s comes when it is needed, where both hours are known\n"),
              c->timed[k].coinciding / c->timed[k].known * 100, _(kn_class_name((kn_class)k)));
  return KN_OK;
}
