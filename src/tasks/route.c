/* Tasks: how something travels. */
#include <string.h>

#include "internal.h"

/* The tables that a place of a route may be in, in the order of its point numbers. */
static const kn_table_id tables[] = {KN_T_SITE, KN_T_GATEWAY, KN_T_TERMINAL, KN_T_NODE};
enum { TABLES = sizeof tables / sizeof *tables, NODES = 3 };

typedef struct place {
  int32_t table, row; /* table: place in the list above */
} place;

/* "site:S1", or "S1" alone: the first table that has it. */
static kn_code
find_place(const kn_region *region, const char *text, place *out, kn_error *err)
{
  for (int32_t t = 0; t < TABLES; t++) {
    const char *name = kn_schema(tables[t])->name;
    const size_t length = strlen(name);
    const bool is_named = strncmp(text, name, length) == 0 && text[length] == ':';
    const int32_t row = kn_region_find(region, tables[t], is_named ? text + length + 1 : text);
    if (row == KN_NONE)
      continue;
    *out = (place){t, row};
    return KN_OK;
  }
  return kn_fail(err, KN_E_USAGE, "%s: no site, gateway, terminal or node has this id", text);
}

static int32_t
point_of(const kn_access *access, place at, int32_t node_place)
{
  const kn_access_facts facts = kn_access_tell(access);
  const int32_t first[TABLES] = {facts.site_first, facts.gateway_first, facts.terminal_first, facts.node_first};
  return first[at.table] + (at.table == NODES ? node_place : at.row);
}

static kn_code
route_over(const kn_task *task, kn_task_routed *out, const place ends[2], bool wants_choices, kn_error *err)
{
  int32_t node[2], count = 0, node_place[2] = {0, 0};
  for (int32_t e = 0; e < 2; e++)
    if (ends[e].table == NODES) {
      node_place[e] = count;
      node[count++] = ends[e].row;
    }
  const kn_access_settings settings = {
      .thread_count = task->thread_count, .node_count = count, .node = node, .is_complete = true};
  KN_TRY(kn_access_new(&out->access, out->region, &settings, task->watch, err));
  const int32_t from = point_of(out->access, ends[0], node_place[0]), to = point_of(out->access, ends[1], node_place[1]);
  kn_fares *fares;
  const kn_fare_weights weights = {.value = 1};
  KN_TRY(kn_fares_new(&fares, out->access, &weights, err));
  const int32_t via = kn_fares_via_arriving(fares, out->resource, from, to, err);
  kn_fares_free(fares);
  out->has_trip = via != KN_NONE && kn_access_trip(out->access, via, out->resource, from, to, out->arena, &out->trip);
  if (!wants_choices)
    return KN_OK;
  return kn_access_choices(out->access, out->resource, from, to, out->arena, &out->choice, &out->choice_count, err);
}

static kn_code
route(const kn_task *task, const char *path, const char *from, const char *to, const char *resource, bool wants_choices,
      kn_task_routed *out, kn_error *err)
{
  place ends[2];
  out->arena = kn_arena_new();
  KN_TRY(kn_task_region(task, path, &out->region, err));
  KN_TRY(find_place(out->region, from, &ends[0], err));
  KN_TRY(find_place(out->region, to, &ends[1], err));
  out->resource = kn_region_find(out->region, KN_T_RESOURCE, resource);
  if (out->resource == KN_NONE)
    return kn_fail(err, KN_E_USAGE, "%s: no resource has this id", resource);
  return route_over(task, out, ends, wants_choices, err);
}

kn_code
kn_task_route(const kn_task *task, const char *path, const char *from, const char *to, const char *resource, bool wants_choices,
              kn_task_routed *out, kn_error *err)
{
  *out = (kn_task_routed){0};
  const kn_code code = route(task, path, from, to, resource, wants_choices, out, err);
  if (code != KN_OK)
    kn_task_routed_free(out);
  return code;
}

void
kn_task_routed_free(kn_task_routed *routed)
{
  kn_access_free(routed->access);
  kn_region_free(routed->region);
  kn_arena_free(routed->arena);
  *routed = (kn_task_routed){0};
}
