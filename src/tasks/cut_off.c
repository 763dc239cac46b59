/* What a network does not reach: sites, gateways and terminals that lie too far from the links of a mode. */
#include "internal.h"

typedef struct looking {
  const kn_task *task;
  const kn_region *region;
  const kn_access *access;
  kn_mode_view modes;
} looking;

/* Has the site something to move, of this class? Only then it matters that it is cut off. */
static kn_code
mark_sites(const kn_region *region, kn_arena *scratch, uint32_t **classes, kn_error *err)
{
  const kn_resource_view resources = kn_region_resources(region);
  const kn_offer_view offers = kn_region_offers(region);
  const kn_need_view needs = kn_region_needs(region);
  KN_NEW(*classes, scratch, kn_region_sites(region).n, err);
  for (int64_t i = 0; i < offers.n; i++)
    if (offers.site[i] != KN_NONE)
      (*classes)[offers.site[i]] |= 1u << resources.class_of[offers.resource[i]];
  for (int64_t j = 0; j < needs.n; j++)
    if (needs.site[j] != KN_NONE)
      (*classes)[needs.site[j]] |= 1u << resources.class_of[needs.resource[j]];
  return KN_OK;
}

static kn_code
tell(const looking *look, kn_table_id table, int32_t row, int32_t mode, kn_error *err)
{
  const bool needs = look->modes.needs_network[mode] != 0;
  const kn_finding finding = {.severity = KN_WARNING,
                              .rule = "cut_off",
                              .table = kn_schema(table)->name,
                              .row = kn_region_key(look->region, table, row),
                              .proposal = "add the link that leads there, correct the place, or set snap_km in settings"};
  return kn_findings_add(look->task->findings, &finding, err,
                         needs ? "no link of mode %s is near: it cannot be reached by it"
                               : "no link of mode %s is near: it is reached as the crow flies",
                         look->modes.mode_id[mode]);
}

/* Terminals must meet the links of their kinds; sites and gateways those that all goods of a class depend on, roads most of all. */
static kn_code
look_at_points(const looking *look, const uint32_t *classes, kn_error *err)
{
  const uint32_t open = 1u << KN_ON_ROAD;
  const kn_access_facts facts = kn_access_tell(look->access);
  const kn_terminal_view terminals = kn_region_terminals(look->region);
  for (int32_t m = 0; m < look->modes.n; m++)
    for (int32_t p = 0; p < facts.node_first; p++) {
      if (kn_access_meets(look->access, m, p) != KN_CUT_OFF)
        continue;
      const bool is_site = p < facts.gateway_first, is_terminal = p >= facts.terminal_first;
      if (is_terminal && (terminals.kinds[p - facts.terminal_first] & look->modes.kinds[m]) != 0)
        KN_TRY(tell(look, KN_T_TERMINAL, p - facts.terminal_first, m, err));
      else if (is_site && (look->modes.kinds[m] & open) != 0 && (classes[p] >> look->modes.class_of[m] & 1) != 0)
        KN_TRY(tell(look, KN_T_SITE, p, m, err));
    }
  return KN_OK;
}

kn_code
kn_task_check_access(const kn_task *task, const kn_region *region, kn_error *err)
{
  kn_access *access;
  const kn_access_settings settings = {.thread_count = task->thread_count};
  KN_TRY(kn_access_new(&access, region, &settings, task->watch, err));
  if (access == NULL)
    return KN_OK;
  kn_arena *scratch = kn_arena_new();
  uint32_t *classes;
  const looking look = {task, region, access, kn_region_modes(region)};
  kn_code code = mark_sites(region, scratch, &classes, err);
  if (code == KN_OK)
    code = look_at_points(&look, classes, err);
  kn_arena_free(scratch);
  kn_access_free(access);
  return code;
}
