/* A plan into the file: its run and all it found, in one transaction, in keys that people read.
 *
 * Each result table is a list of columns and a function that shows a cell of the plan; kn_rows writes it. */
#include <string.h>

#include "store/internal.h"

typedef struct results {
  const kn_region *region;
  const kn_plan *plan;
  int64_t run_id;
  kn_tie_view ties;
  kn_case_view cases;
  kn_plan_unit_view units;
  kn_plan_end_view end; /* offers, needs or gateways, whichever is being written */
  kn_table_id end_table;
  const int32_t *end_row; /* [n] rows of it that are not 0 */
  kn_substitution_view substitutions;
  kn_mode_view modes;
  kn_site_view sites;
  kn_gateway_view gateways;
} results;

/* ---------------------------------------------------------------- keys and places */
static void
show_key(const results *in, kn_table_id table, int32_t row, sqlite3_context *result)
{
  kn_rows_text(result, row == KN_NONE ? NULL : kn_region_key(in->region, table, row));
}

static kn_table_id
table_of(uint8_t kind)
{
  static const kn_table_id tables[] = {
      [KN_END_OFFER] = KN_T_OFFER, [KN_END_NEED] = KN_T_NEED, [KN_END_UNIT] = KN_T_UNIT, [KN_END_GATEWAY] = KN_T_GATEWAY};
  assert(kind <= KN_END_GATEWAY);
  return tables[kind];
}

/* which: 0 kind, 1 key, 2 site. */
static void
show_place(const results *in, kn_place place, int which, sqlite3_context *result)
{
  if (which == 0)
    kn_rows_text(result, kn_end_name(place.kind));
  else if (which == 1)
    show_key(in, table_of(place.kind), place.row, result);
  else
    show_key(in, KN_T_SITE, place.site, result);
}

static bool
find_place(const results *in, kn_place place, double out[2])
{
  if (place.kind == KN_END_GATEWAY) {
    out[0] = in->gateways.lon[place.row];
    out[1] = in->gateways.lat[place.row];
    return true;
  }
  if (place.site == KN_NONE)
    return false;
  out[0] = in->sites.lon[place.site];
  out[1] = in->sites.lat[place.site];
  return true;
}

/* A line from end to end; nothing where it would have no length. */
static void
show_line(const results *in, int64_t row, sqlite3_context *result)
{
  double from[2], to[2];
  if (!find_place(in, in->ties.from[row], from) || !find_place(in, in->ties.to[row], to))
    return;
  if (from[0] == to[0] && from[1] == to[1])
    return;
  uint8_t blob[LINE_BLOB];
  kn_geometry_line(blob, from, to);
  sqlite3_result_blob(result, blob, LINE_BLOB, SQLITE_TRANSIENT);
}

static void
show_substitution(const results *in, int32_t row, sqlite3_context *result)
{
  if (row == KN_NONE)
    return;
  char *text = sqlite3_mprintf("%s -> %s", kn_region_key(in->region, KN_T_RESOURCE, in->substitutions.offered[row]),
                               kn_region_key(in->region, KN_T_RESOURCE, in->substitutions.needed[row]));
  if (text == NULL)
    sqlite3_result_error_nomem(result);
  else
    sqlite3_result_text(result, text, -1, sqlite3_free);
}

/* ---------------------------------------------------------------- tables */
static const char *const tie_columns[] = {"geom",        "run_id",     "from_kind",   "from_id",      "from_site_id", "to_kind",
                                          "to_id",       "to_site_id", "resource_id", "substitution", "mode_id",      "quantity",
                                          "ratio",       "km",         "level",       "eur",          "co2_kg",       "to_verify",
                                          "is_estimate", "case_id",    "legs",        "delivered"};

/* Text of JSON; keys may hold anything. */
static void
put_json(sqlite3_str *out, const char *text)
{
  sqlite3_str_appendchar(out, 1, '"');
  for (; *text != '\0'; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c < 0x20)
      sqlite3_str_appendf(out, "\\u%04x", c);
    else if (c == '"' || c == '\\')
      sqlite3_str_appendf(out, "\\%c", c);
    else
      sqlite3_str_appendchar(out, 1, *text);
  }
  sqlite3_str_appendchar(out, 1, '"');
}

/* How the goods travel, where the region has a network: [{"mode_id", "km", "eur", "co2_kg", "loss" where there is
 * one, "terminal_id" where the leg ends}]. */
static void
show_legs(const results *in, int64_t row, sqlite3_context *result)
{
  kn_trip trip;
  kn_access *access = kn_plan_access(in->plan);
  if (!kn_plan_trip(in->plan, row, NULL, &trip))
    return;
  const kn_terminal_view terminals = kn_region_terminals(in->region);
  sqlite3_str *out = sqlite3_str_new(NULL);
  for (int32_t k = 0; k < trip.leg_count; k++) {
    sqlite3_str_appendall(out, k == 0 ? "[{\"mode_id\":" : ",{\"mode_id\":");
    put_json(out, kn_access_carrier(access, trip.leg[k].carrier));
    sqlite3_str_appendf(out, ",\"km\":%!.17g,\"eur\":%!.17g,\"co2_kg\":%!.17g", trip.leg[k].km, trip.leg[k].eur,
                        trip.leg[k].co2_kg);
    if (trip.leg[k].keep < 1)
      sqlite3_str_appendf(out, ",\"loss\":%!.17g", 1 - trip.leg[k].keep);
    if (k + 1 < trip.leg_count) {
      sqlite3_str_appendall(out, ",\"terminal_id\":");
      put_json(out, terminals.terminal_id[trip.terminal[k]]);
    }
    sqlite3_str_appendall(out, "}");
  }
  sqlite3_str_appendall(out, "]");
  char *text = sqlite3_str_finish(out);
  if (text == NULL)
    sqlite3_result_error_nomem(result);
  else
    sqlite3_result_text(result, text, -1, sqlite3_free);
}

static void
show_tie(const void *arg, int64_t row, int32_t column, sqlite3_context *result)
{
  const results *in = arg;
  const kn_tie_view *ties = &in->ties;
  switch (column) {
  case 0:
    show_line(in, row, result);
    return;
  case 1:
    sqlite3_result_int64(result, in->run_id);
    return;
  case 2:
  case 3:
  case 4:
    show_place(in, ties->from[row], column - 2, result);
    return;
  case 5:
  case 6:
  case 7:
    show_place(in, ties->to[row], column - 5, result);
    return;
  case 8:
    show_key(in, KN_T_RESOURCE, ties->resource[row], result);
    return;
  case 9:
    show_substitution(in, ties->substitution[row], result);
    return;
  case 10:
    kn_rows_text(result, ties->mode_id[row]);
    return;
  case 11:
    sqlite3_result_double(result, ties->quantity[row]);
    return;
  case 12:
    sqlite3_result_double(result, ties->ratio[row]);
    return;
  case 13:
    sqlite3_result_double(result, ties->km[row]);
    return;
  case 14:
    kn_rows_text(result, ties->level[row] < KN_LEVEL_COUNT ? kn_level_name(ties->level[row]) : NULL);
    return;
  case 15:
    sqlite3_result_double(result, ties->eur[row]);
    return;
  case 16:
    sqlite3_result_double(result, ties->co2_kg[row]);
    return;
  case 17:
    sqlite3_result_int(result, ties->to_verify[row]);
    return;
  case 18:
    sqlite3_result_int(result, ties->is_estimate[row]);
    return;
  case 19:
    if (ties->case_of[row] != KN_NONE)
      sqlite3_result_int(result, ties->case_of[row] + 1);
    return;
  case 20:
    show_legs(in, row, result);
    return;
  default: /* NULL: all of it */
    if (ties->delivered[row] < ties->quantity[row])
      sqlite3_result_double(result, ties->delivered[row]);
  }
}

static const char *const knot_columns[] = {"run_id",    "case_id", "anchor_kind", "anchor_id", "anchor_site_id",
                                           "tie_count", "eur",     "co2_kg",      "jobs_fte"};

static void
show_knot(const void *arg, int64_t row, int32_t column, sqlite3_context *result)
{
  const results *in = arg;
  switch (column) {
  case 0:
    sqlite3_result_int64(result, in->run_id);
    return;
  case 1:
    sqlite3_result_int64(result, row + 1);
    return;
  case 2:
  case 3:
  case 4:
    show_place(in, in->cases.anchor[row], column - 2, result);
    return;
  case 5:
    sqlite3_result_int(result, in->cases.tie_count[row]);
    return;
  case 6:
    sqlite3_result_double(result, in->cases.eur[row]);
    return;
  case 7:
    sqlite3_result_double(result, in->cases.co2_kg[row]);
    return;
  default:
    sqlite3_result_double(result, in->cases.jobs_fte[row]);
  }
}

static const char *const unit_columns[] = {"run_id",   "unit_id",  "site_id", "open",   "activity",
                                           "capacity", "dual_eur", "eur",     "co2_kg", "annuity_eur"};

static void
show_unit(const void *arg, int64_t row, int32_t column, sqlite3_context *result)
{
  const results *in = arg;
  const kn_plan_unit_view *units = &in->units;
  const double *const numbers[] = {units->activity, units->capacity, units->dual_eur,
                                   units->eur,      units->co2_kg,   units->annuity_eur};
  if (column == 0)
    sqlite3_result_int64(result, in->run_id);
  else if (column == 1)
    show_key(in, KN_T_UNIT, units->unit[row], result);
  else if (column == 2)
    show_key(in, KN_T_SITE, units->site[row], result);
  else if (column == 3)
    sqlite3_result_int(result, units->open[row]);
  else
    sqlite3_result_double(result, numbers[column - 4][row]);
}

static void
show_end(const void *arg, int64_t at, int32_t column, sqlite3_context *result)
{
  const results *in = arg;
  const int32_t row = in->end_row[at];
  if (column == 0)
    sqlite3_result_int64(result, in->run_id);
  else if (column == 1)
    show_key(in, in->end_table, row, result);
  else
    sqlite3_result_double(result, column == 2 ? in->end.used[row] : in->end.dual[row]);
}

/* Offers, needs or gateways: only rows that are used or worth something. */
static kn_code
write_ends(kn_store *store, results *in, kn_table_id table, kn_plan_end_view end, const char *name, const char *const *columns,
           kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  kn_rows rows = {.column_count = 4, .cell = show_end, .arg = in};
  kn_code code = kn_arena_reserve(scratch, ((size_t)end.n + 1) * sizeof(int32_t) + 16, err);
  if (code == KN_OK) {
    int32_t *row = kn_arena_take(scratch, (size_t)end.n + 1, sizeof *row);
    for (int64_t i = 0; i < end.n; i++)
      if (end.used[i] != 0 || end.dual[i] != 0)
        row[rows.n++] = (int32_t)i;
    in->end = end;
    in->end_table = table;
    in->end_row = row;
    code = kn_rows_insert(store, name, columns, &rows, NULL, err);
  }
  kn_arena_free(scratch);
  return code;
}

#define COUNT(columns) ((int32_t)(sizeof(columns) / sizeof *(columns)))

static kn_code
write_plan(kn_store *store, const kn_region *region, const kn_plan *plan, int64_t run_id, kn_error *err)
{
  results in = {.region = region,
                .plan = plan,
                .run_id = run_id,
                .ties = kn_plan_ties(plan),
                .cases = kn_plan_cases(plan),
                .units = kn_plan_units(plan),
                .substitutions = kn_region_substitutions(region),
                .modes = kn_region_modes(region),
                .sites = kn_region_sites(region),
                .gateways = kn_region_gateways(region)};
  const kn_rows ties = {.n = in.ties.n, .column_count = COUNT(tie_columns), .cell = show_tie, .arg = &in};
  const kn_rows knots = {.n = in.cases.n, .column_count = COUNT(knot_columns), .cell = show_knot, .arg = &in};
  const kn_rows units = {.n = in.units.n, .column_count = COUNT(unit_columns), .cell = show_unit, .arg = &in};
  KN_TRY(kn_rows_insert(store, "tie", tie_columns, &ties, NULL, err));
  KN_TRY(kn_rows_insert(store, "knot", knot_columns, &knots, NULL, err));
  KN_TRY(kn_rows_insert(store, "plan_unit", unit_columns, &units, NULL, err));
  KN_TRY(write_ends(store, &in, KN_T_OFFER, kn_plan_offers(plan), "plan_offer",
                    (const char *const[]){"run_id", "offer_id", "used", "dual"}, err));
  KN_TRY(write_ends(store, &in, KN_T_NEED, kn_plan_needs(plan), "plan_need",
                    (const char *const[]){"run_id", "need_id", "met", "dual"}, err));
  KN_TRY(write_ends(store, &in, KN_T_GATEWAY, kn_plan_gateways(plan), "plan_gateway",
                    (const char *const[]){"run_id", "gateway_id", "used", "dual"}, err));
  return kn_sql_run(store,
                    "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name IN "
                    "('run', 'tie', 'knot', 'plan_unit', 'plan_offer', 'plan_need', 'plan_gateway');"
                    "UPDATE gpkg_contents SET (min_x, min_y, max_x, max_y) = (SELECT min(c.min_x), min(c.min_y), max(c.max_x), "
                    "max(c.max_y) FROM gpkg_contents AS c WHERE c.table_name IN ('site', 'gateway')) WHERE table_name = 'tie'",
                    err);
}

/* ---------------------------------------------------------------- the run */
kn_code
kn_store_write_run(kn_store *store, const kn_run *run, int64_t *run_id, kn_error *err)
{
  char now[32];
  kn_store_now(now);
  int64_t revision = run->revision;
  if (revision == 0)
    KN_TRY(kn_sql_number(store, &revision, err, "SELECT max(revision) FROM revision"));
  char number[32] = "NULL";
  if (revision > 0)
    snprintf(number, sizeof number, "%" PRId64, revision);
  KN_TRY(kn_sql_runf(store, err,
                     "INSERT INTO run (command, settings, version, input_digest, revision, started, finished, status, summary) "
                     "VALUES (%Q, %Q, %Q, %Q, %s, %Q, %Q, %Q, %Q)",
                     run->command, run->settings, run->version != NULL ? run->version : kn_version(), run->input_digest, number,
                     run->started, run->finished != NULL ? run->finished : now, run->status, run->summary));
  *run_id = sqlite3_last_insert_rowid(store->db);
  return KN_OK;
}

static kn_code
write_all(kn_store *store, const kn_region *region, const kn_plan *plan, const kn_run *run, int64_t *run_id, kn_error *err)
{
  KN_TRY(kn_store_write_run(store, run, run_id, err));
  if (plan != NULL)
    KN_TRY(write_plan(store, region, plan, *run_id, err));
  return kn_sql_run(store, "COMMIT", err);
}

kn_code
kn_store_save_plan(kn_store *store, const kn_region *region, const kn_plan *plan, const kn_run *run, int64_t *run_id,
                   kn_error *err)
{
  assert(store->is_writer);
  int64_t number = 0;
  kn_code code = kn_store_begin(store, 0, err);
  if (code == KN_OK) {
    code = write_all(store, region, plan, run, &number, err);
    if (code != KN_OK)
      kn_sql_roll_back(store);
  }
  if (run_id != NULL)
    *run_id = code == KN_OK ? number : 0;
  return code == KN_OK ? KN_OK : kn_note(err, "saving the %s in %s", run->command, store->path);
}
