/* Migrations: each file under migrations/ leads from the version before it to its own number.
 *
 *   version 0 (an empty database) --0001--> 1 --0002--> 2 ...   each step writes its row into schema_version
 *
 * All steps a file needs are one transaction: a file is at one version or at another, never between. A migration
 * that was ever released is not edited; what has to change comes as the next one. */
#include <string.h>

#include "store/internal.h"

int32_t
kn_store_newest_version(void)
{
  int32_t newest = 0;
  for (const kn_migration *at = kn_migrations; at->version != 0; at++) {
    assert(at->version == newest + 1);
    newest = at->version;
  }
  return newest;
}

kn_code
kn_migrate_version(kn_store *store, int32_t *version, kn_error *err)
{
  *version = 0;
  /* Reading the schema is the first touch of the pages: here a damaged file shows, or one held by another program. */
  int64_t tables;
  KN_TRY(kn_sql_number(store, &tables, err, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"));
  const int is_ours = sqlite3_table_column_metadata(store->db, "main", "schema_version", "knoop", NULL, NULL, NULL, NULL, NULL);
  if (is_ours != SQLITE_OK || !kn_sql_has_table(store, "settings"))
    return kn_fail(err, KN_E_INPUT, "%s is a GeoPackage, but not a region file: knoop did not make it", store->path);
  int64_t largest;
  KN_TRY(kn_sql_number(store, &largest, err, "SELECT max(version) FROM schema_version"));
  if (largest < 1 || largest > INT32_MAX)
    return kn_fail(err, KN_E_INPUT, "%s does not say which version it is: schema_version is empty or wrong", store->path);
  *version = (int32_t)largest;
  return KN_OK;
}

/* What a step does to a table that may have columns of the user's: SQL alone cannot see them. */
static kn_code
widen_tables(kn_store *store, int32_t version, kn_error *err)
{
  static const char to_profile[] = "TEXT REFERENCES profile (profile_id) DEFERRABLE INITIALLY DEFERRED";
  static const struct {
    int32_t version;
    const char *table, *column, *type;
  } wider[] = {
      {3, "mode", "network", "TEXT"},         {3, "mode", "vehicle_t", "REAL"},      {3, "mode", "eur_per_unit_h", "REAL"},
      {3, "mode", "max_hours", "REAL"},       {3, "mode", "loss_per_km", "REAL"},    {3, "offer", "fate_rel_sd", "REAL"},
      {3, "need", "price_rel_sd", "REAL"},    {4, "area", "population", "REAL"},     {4, "site", "floor_m2", "REAL"},
      {4, "offer", "profile_id", to_profile}, {4, "need", "profile_id", to_profile},
  };
  for (size_t i = 0; i < sizeof wider / sizeof *wider; i++)
    if (wider[i].version == version)
      KN_TRY(kn_file_table_widen(store, wider[i].table, wider[i].column, wider[i].type, err));
  return KN_OK;
}

static kn_code
take_steps(kn_store *store, int32_t target, kn_error *err)
{
  /* Another process may have been first. */
  int32_t version = 0;
  if (kn_sql_has_table(store, "schema_version"))
    KN_TRY(kn_migrate_version(store, &version, err));
  for (const kn_migration *at = kn_migrations; at->version != 0 && at->version <= target; at++) {
    if (at->version <= version)
      continue;
    if (kn_sql_run(store, at->sql, err) != KN_OK || widen_tables(store, at->version, err) != KN_OK)
      return kn_note(err, "taking step %s", at->name);
    char now[32];
    kn_store_now(now);
    KN_TRY(kn_sql_runf(store, err, "INSERT INTO schema_version VALUES (%d, %Q, %Q)", at->version, kn_version(), now));
    version = at->version;
  }
  store->version = version;
  return kn_sql_run(store, "COMMIT", err);
}

kn_code
kn_migrate(kn_store *store, int32_t target, kn_error *err)
{
  assert(target <= kn_store_newest_version());
  KN_TRY(kn_sql_run(store, "BEGIN IMMEDIATE", err));
  const kn_code code = take_steps(store, target, err);
  if (code == KN_OK)
    return KN_OK;
  kn_sql_roll_back(store);
  return kn_note(err, "bringing %s from version %d to %d", store->path, store->version, target);
}
