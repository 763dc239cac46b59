/* What to ask, into the file: a run and its questions, in one transaction. */
#include "store/internal.h"

#include "knoop/monitor.h"

typedef struct questions {
  const kn_region *region;
  const kn_ask_view *view;
  double cost_eur;
  int64_t run_id;
} questions;

static const char *const question_columns[] = {
    "run_id", "rank",     "is_asked",  "actor_id",  "site_id",  "kind",   "of_table", "of_id",    "of_column", "mean",
    "sd",     "is_prior", "first_eur", "evppi_eur", "evsi_eur", "se_eur", "gain_eur", "cost_eur", "net_eur"};

static void
show_question(const void *arg, int64_t row, int32_t column, sqlite3_context *result)
{
  const questions *in = arg;
  const kn_question *q = &in->view->question[row];
  const bool is_offer = q->place.kind == KN_END_OFFER;
  const double numbers[] = {q->mean,     q->sd,     0,           q->first_eur, q->evppi_eur,
                            q->evsi_eur, q->se_eur, q->gain_eur, in->cost_eur, q->net_eur};
  switch (column) {
  case 0:
    sqlite3_result_int64(result, in->run_id);
    return;
  case 1:
    sqlite3_result_int64(result, row + 1);
    return;
  case 2:
    sqlite3_result_int(result, row < in->view->stop_after);
    return;
  case 3:
    kn_rows_text(result, q->actor == KN_NONE ? NULL : kn_region_key(in->region, KN_T_ACTOR, q->actor));
    return;
  case 4:
    kn_rows_text(result, q->site == KN_NONE ? NULL : kn_region_key(in->region, KN_T_SITE, q->site));
    return;
  case 5:
    kn_rows_text(result, kn_ask_kind_name(q->kind));
    return;
  case 6:
    kn_rows_text(result, kn_ask_table(q));
    return;
  case 7:
    kn_rows_text(result, kn_region_key(in->region, is_offer ? KN_T_OFFER : KN_T_NEED, q->place.row));
    return;
  case 8:
    kn_rows_text(result, kn_ask_column(in->region, q));
    return;
  case 11:
    sqlite3_result_int(result, q->is_prior);
    return;
  default:
    if (isfinite(numbers[column - 9]))
      sqlite3_result_double(result, numbers[column - 9]);
  }
}

static kn_code
write_all(kn_store *store, questions *in, const kn_run *run, kn_error *err)
{
  const kn_rows rows = {.n = in->view->n,
                        .column_count = (int32_t)(sizeof question_columns / sizeof *question_columns),
                        .cell = show_question,
                        .arg = in};
  KN_TRY(kn_store_write_run(store, run, &in->run_id, err));
  KN_TRY(kn_rows_insert(store, "question", question_columns, &rows, NULL, err));
  KN_TRY(kn_sql_run(store,
                    "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name IN "
                    "('run', 'question')",
                    err));
  return kn_sql_run(store, "COMMIT", err);
}

kn_code
kn_store_save_ask(kn_store *store, const kn_region *region, const kn_ask_view *view, double cost_eur, const kn_run *run,
                  int64_t *run_id, kn_error *err)
{
  assert(store->is_writer);
  questions in = {.region = region, .view = view, .cost_eur = cost_eur};
  kn_code code = kn_store_begin(store, 0, err);
  if (code == KN_OK) {
    code = write_all(store, &in, run, err);
    if (code != KN_OK)
      kn_sql_roll_back(store);
  }
  *run_id = code == KN_OK ? in.run_id : 0;
  return code == KN_OK ? KN_OK : kn_note(err, "saving what to ask in %s", store->path);
}
