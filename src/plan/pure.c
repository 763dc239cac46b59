/* A plan without side conditions: the network engine finds it, and its flows and duals become columns and rows of the
 * model, as the linear program would have left them. */
#include "plan/flow.h"
#include "plan/recast.h"

/* Flows into columns of ties. What two parts of a demand get by the same way is one tie. */
static kn_code
lay_columns(plan_model *m, const plan_recast *r, const kn_exchange_view *view, double *x, kn_error *err)
{
  plan_column *list;
  double *quantity;
  int64_t count = 0, added;
  kn_arena *scratch = kn_arena_new();
  kn_code code = kn_arena_reserve(scratch, (size_t)(view->n + 1) * (sizeof *list + sizeof *quantity) + 64, err);
  if (code == KN_OK) {
    list = kn_arena_take(scratch, (size_t)view->n + 1, sizeof *list);
    quantity = kn_arena_take(scratch, (size_t)view->n + 1, sizeof *quantity);
    for (int64_t k = 0; k < view->n; k++) {
      const int32_t i = view->supply[k];
      const plan_column tie = plan_recast_tie(r, m, i, view->demand[k]);
      int64_t at = count - 1;
      while (at >= 0 && list[at].supply == i && !plan_is_same_tie(&list[at], &tie))
        at--;
      if (at < 0 || list[at].supply != i)
        list[at = count++] = tie;
      quantity[at] += plan_recast_quantity(r, m, i, view->quantity[k]);
    }
    code = plan_add_columns(m, list, count, &added, err);
    for (int64_t k = 0; code == KN_OK && k < count; k++)
      x[m->fixed_columns + k] = quantity[k];
  }
  kn_arena_free(scratch);
  return code;
}

kn_code
plan_pure_lay(plan_model *m, const plan_recast *r, kn_arena *keep, plan_pure *out, kn_error *err)
{
  const kn_exchange_view view = kn_exchange_rows(out->solution);
  double *x, *dual, *reduced;
  KN_NEW(x, keep, m->fixed_columns + view.n, err);
  KN_NEW(reduced, keep, m->fixed_columns, err);
  KN_TRY(lay_columns(m, r, &view, x, err));
  KN_NEW(dual, keep, m->row_count, err);
  out->bound = view.bound * r->unit + plan_recast_duals(r, m, &view, dual);
  out->is_stopped = view.is_stopped;
  out->rounds += view.rounds;
  out->optimum = (plan_optimum){.x = x, .dual = dual, .reduced = reduced};
  for (int64_t k = 0; k < m->column_count; k++)
    out->optimum.value += x[m->fixed_columns + k] * m->metrics[k].of[m->settings.objective];
  return KN_OK;
}

kn_code
plan_pure_solve(plan_model *m, const plan_recast *r, const plan_before *before, const kn_watch *watch, kn_arena *keep,
                plan_pure *out, kn_error *err)
{
  const kn_exchange_settings settings = {.thread_count = m->settings.thread_count, .keeps_engine = m->settings.keeps_engine};
  if (before && plan_recast_is_like(r, m, before->recast, before->was)) {
    int32_t *supply_was, *demand_was;
    KN_TRY(plan_recast_was(r, m, before->was, before->demand_count, keep, &supply_was, &demand_was, err));
    KN_TRY(kn_hauls_hasten(r->hauls, err));
    KN_TRY(kn_exchange_again(&out->solution, before->solution, &r->exchange, supply_was, demand_was, &settings, watch, err));
  } else {
    if (!settings.keeps_engine)
      KN_TRY(plan_flow_solve(&out->solution, r, watch, err));
    if (out->solution == NULL) {
      KN_TRY(kn_hauls_hasten(r->hauls, err));
      KN_TRY(kn_exchange_solve(&out->solution, &r->exchange, &settings, watch, err));
    }
  }
  return plan_pure_lay(m, r, keep, out, err);
}
