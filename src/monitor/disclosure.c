/* Which cells may be published: rules for each by itself, then protection of those from all the others, then an audit. */
#include "disclosure.h"

#include <stdlib.h>
#include <string.h>

static kn_code
check_settings(const kn_microdata *data, const kn_disclosure_settings *s, kn_error *err)
{
  if (data->dimension_count < 1 || data->dimension_count > DIMS)
    return kn_fail(err, KN_E_INPUT, "a table has 1 to %d dimensions, not %d", DIMS, data->dimension_count);
  if (data->measure_count < 1 || data->measure == NULL)
    return kn_fail(err, KN_E_INPUT, "a table needs something that is published of it: there is no measure");
  if (data->n < 0 || data->contributor_count < 0)
    return kn_fail(err, KN_E_INPUT, "a table cannot have %" PRId64 " contributions of %d contributors", data->n,
                   data->contributor_count);
  if (s->min_count < 0)
    return kn_fail(err, KN_E_INPUT, "min_count must be 0 or more, is %d", s->min_count);
  if (s->dominance_n < 0)
    return kn_fail(err, KN_E_INPUT, "dominance_n must be 0 or more, is %d", s->dominance_n);
  if (s->dominance_n > 0 && !(s->dominance_percent > 0 && s->dominance_percent <= 100))
    return kn_fail(err, KN_E_INPUT, "dominance_percent must be above 0 and at most 100, is %g", s->dominance_percent);
  if (!(s->p_percent > 0 && s->p_percent <= 100))
    return kn_fail(err, KN_E_INPUT, "p_percent must be above 0 and at most 100, is %g", s->p_percent);
  return KN_OK;
}

/* ------------------------------------------------------------------ each cell by itself */
/* What must be possible besides, by the rules that the cell breaks: Hundepool et al. (2012), table 4.2. */
static void
judge_amount(table *t, magnitude *m, int32_t c, const kn_disclosure_settings *s)
{
  const double *largest = m->largest + (int64_t)c * t->keep, total = m->total[c], p = s->p_percent / 100;
  if (m->count[c] == 0) {
    if (!t->is_structural[c] && !s->zero_is_open) {
      t->why[c] |= KN_WHY_EMPTY;
      m->up[c] = m->empty_upper;
    }
    return;
  }
  double up = 0, of_largest = 0;
  if (m->count[c] < s->min_count) {
    t->why[c] |= KN_WHY_FEW;
    up = p * largest[0];
  }
  for (int32_t k = 0; k < t->keep && k < s->dominance_n; k++)
    of_largest += largest[k];
  if (s->dominance_n > 0 && of_largest > s->dominance_percent / 100 * total) {
    t->why[c] |= KN_WHY_DOMINANCE;
    up = fmax(up, of_largest * 100 / s->dominance_percent - total);
  }
  const double missing = p * largest[0] - fmax(total - largest[0] - largest[1], 0);
  if (missing > 0) {
    t->why[c] |= KN_WHY_P_PERCENT;
    up = fmax(up, missing);
  }
  m->up[c] = up;
  m->down[c] = fmin(up, largest[0]);
  m->down_first[c] = fmin(up, p * largest[1]);
}

/* Counts are sensitive where few are counted, or none: the next whole number must be possible either side. */
static void
judge_count(const table *t, magnitude *m, int32_t c)
{
  if ((t->why[c] & (KN_WHY_FEW | KN_WHY_EMPTY)) == 0)
    return;
  const double *largest = m->largest + (int64_t)c * t->keep;
  m->up[c] = m->count[c] == 0 ? m->empty_upper : 1;
  m->down[c] = fmin(1, largest[0]);
  m->down_first[c] = fmin(1, largest[1]);
}

static void
judge(table *t, const kn_disclosure_settings *s)
{
  bool has_amounts = false;
  for (int32_t k = 0; k < t->measures; k++)
    has_amounts |= !t->measure[k].is_count;
  for (int32_t c = 0; c < t->cells; c++) {
    for (int32_t k = 0; k < t->measures; k++)
      if (!t->measure[k].is_count)
        judge_amount(t, &t->measure[k], c, s);
    /* A table of counts alone has the rules that are about counts. */
    const int32_t counted = t->measure[0].count[c];
    if (!has_amounts && counted == 0 && !t->is_structural[c] && !s->zero_is_open)
      t->why[c] |= KN_WHY_EMPTY;
    if (!has_amounts && counted > 0 && counted < s->min_count)
      t->why[c] |= KN_WHY_FEW;
    for (int32_t k = 0; k < t->measures; k++)
      if (t->measure[k].is_count)
        judge_count(t, &t->measure[k], c);
    t->status[c] = t->why[c] != 0 ? KN_CELL_PRIMARY : KN_CELL_PUBLISHED;
  }
}

/* ------------------------------------------------------------------ audit */
static bool
is_short(kn_range move, double up, double down)
{
  const double within = 1e-6 * up;
  return move.to < up - within || -move.from < down - within;
}

/* From outside, by the largest and by the second: no other way of asking than anybody has. */
static kn_code
audit_cell(attacker *a, table *t, int32_t k, int32_t c, bool is_judged, kn_error *err)
{
  magnitude *m = &t->measure[k];
  kn_range move;
  KN_TRY(attacker_solve(a, k, c, KN_NONE, m->up[c], &move, err));
  m->attack_least[c] = fmax(m->total[c] + move.from, 0);
  m->attack_most[c] = m->total[c] + move.to;
  bool is_found = is_short(move, m->up[c], m->down[c]);
  if (is_judged && !is_found && m->down_first[c] > 0) {
    KN_TRY(attacker_solve(a, k, c, m->who[0][c], m->up[c], &move, err));
    is_found = is_short(move, m->up[c], m->down_first[c]);
    KN_TRY(attacker_solve(a, k, c, m->who[1][c], m->up[c], &move, err));
    is_found |= is_short(move, m->up[c], m->down[c]);
  }
  if (is_judged && is_found)
    return kn_fail(err, KN_E_NUMERIC, "cell %d of measure %d can be found out in spite of what is withheld", c, k);
  return KN_OK;
}

static kn_code
audit(table *t, bool is_judged, const kn_watch *watch, kn_error *err)
{
  attacker *a;
  KN_TRY(attacker_new(&a, t, err));
  kn_code code = KN_OK;
  for (int32_t k = 0; k < t->measures && code == KN_OK; k++)
    for (int32_t c = 0; c < t->cells && code == KN_OK; c++) {
      if (t->status[c] == KN_CELL_PRIMARY)
        code = audit_cell(a, t, k, c, is_judged, err);
      if (code == KN_OK && kn_watch_is_stopped(watch))
        code = kn_fail(err, KN_E_STOPPED, "stopped while protection was audited");
    }
  attacker_free(a);
  return code;
}

/* ------------------------------------------------------------------ the view */
/* The given codes first, each in the caller's order. */
static kn_code
order_cells(kn_disclosure *d, kn_arena *keep, kn_error *err)
{
  const table *t = &d->table;
  int32_t given = 0, rest = 0;
  KN_NEW(d->inside, keep, t->cells, err);
  for (int round = 0; round < 2; round++) {
    for (int32_t c = 0; c < t->cells; c++) {
      int32_t code[DIMS];
      table_codes(t, c, code);
      bool is_given = true;
      for (int32_t at = 0; at < DIMS; at++)
        is_given &= code[at] < t->dimension[at].given;
      if (is_given && round == 0)
        d->inside[given++] = c;
      else if (!is_given && round == 1)
        d->inside[given + rest++] = c;
    }
  }
  d->view.given_cells = given;
  return KN_OK;
}

static kn_code
make_view(kn_disclosure *d, kn_arena *keep, kn_error *err)
{
  const table *t = &d->table;
  kn_cell_view *v = &d->view;
  KN_TRY(order_cells(d, keep, err));
  int32_t *code[DIMS];
  uint8_t *is_rest, *status, *why, *is_structural;
  const double **value, **least, **most;
  const int32_t **contributor;
  for (int32_t at = 0; at < DIMS; at++) {
    KN_NEW(code[at], keep, t->cells, err);
    v->code[at] = code[at];
  }
  KN_NEW(is_rest, keep, t->cells, err);
  KN_NEW(status, keep, t->cells, err);
  KN_NEW(why, keep, t->cells, err);
  KN_NEW(is_structural, keep, t->cells, err);
  KN_NEW(value, keep, t->measures, err);
  KN_NEW(contributor, keep, t->measures, err);
  KN_NEW(least, keep, t->measures, err);
  KN_NEW(most, keep, t->measures, err);
  for (int32_t i = 0; i < t->cells; i++) {
    int32_t at[DIMS];
    const int32_t c = d->inside[i];
    table_codes(t, c, at);
    for (int32_t e = 0; e < DIMS; e++) {
      const code_tree *tree = &t->dimension[e];
      const bool is_a_rest = at[e] >= tree->given;
      code[e][i] = is_a_rest ? tree->parent[at[e]] : at[e];
      is_rest[i] = (uint8_t)(is_rest[i] | (is_a_rest ? 1U << e : 0U));
    }
    status[i] = t->status[c];
    why[i] = t->why[c];
    is_structural[i] = t->is_structural[c];
    v->primary_count += status[i] == KN_CELL_PRIMARY;
    v->secondary_count += status[i] == KN_CELL_SECONDARY;
  }
  for (int32_t k = 0; k < t->measures; k++) {
    const magnitude *m = &t->measure[k];
    double *total, *lower, *upper;
    int32_t *count;
    KN_NEW(total, keep, t->cells, err);
    KN_NEW(lower, keep, t->cells, err);
    KN_NEW(upper, keep, t->cells, err);
    KN_NEW(count, keep, t->cells, err);
    for (int32_t i = 0; i < t->cells; i++) {
      const int32_t c = d->inside[i];
      total[i] = m->total[c];
      count[i] = m->count[c];
      lower[i] = m->attack_least[c];
      upper[i] = m->attack_most[c];
    }
    value[k] = total;
    contributor[k] = count;
    least[k] = lower;
    most[k] = upper;
  }
  v->n = t->cells;
  v->is_rest = is_rest;
  v->status = status;
  v->why = why;
  v->is_structural = is_structural;
  v->measure_count = t->measures;
  v->value = value;
  v->contributor = contributor;
  v->attack_least = least;
  v->attack_most = most;
  return KN_OK;
}

static kn_code
protect(kn_disclosure *d, kn_arena *scratch, const kn_microdata *data, const kn_disclosure_settings *settings,
        const kn_watch *watch, kn_error *err)
{
  table *t = &d->table;
  KN_TRY(check_settings(data, settings, err));
  const int32_t keep = settings->dominance_n < data->contributor_count ? settings->dominance_n : data->contributor_count;
  KN_TRY(table_fill(t, d->keep, scratch, data, keep, err));
  judge(t, settings);
  if (!settings->is_primary_only)
    KN_TRY(protect_all(t, scratch, watch, err));
  KN_TRY(audit(t, !settings->is_primary_only, watch, err));
  return make_view(d, d->keep, err);
}

kn_code
kn_disclosure_protect(kn_disclosure **out, const kn_microdata *data, const kn_disclosure_settings *settings,
                      const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  kn_disclosure *d = calloc(1, sizeof *d);
  if (d == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  d->keep = kn_arena_new();
  kn_arena *scratch = kn_arena_new();
  const kn_code code = protect(d, scratch, data, settings, watch, err);
  kn_arena_free(scratch);
  if (code != KN_OK) {
    kn_disclosure_free(d);
    kn_note(err, "protecting a table of %" PRId64 " contributions", data->n);
    return code;
  }
  *out = d;
  return KN_OK;
}

kn_cell_view
kn_disclosure_cells(const kn_disclosure *disclosure)
{
  return disclosure->view;
}

void
kn_disclosure_free(kn_disclosure *disclosure)
{
  if (disclosure == NULL)
    return;
  kn_arena_free(disclosure->keep);
  free(disclosure);
}

kn_code
kn_disclosure_attack(const kn_disclosure *disclosure, int32_t measure, int64_t cell, int32_t contributor, kn_range *out,
                     kn_error *err)
{
  const table *t = &disclosure->table;
  if (measure < 0 || measure >= t->measures || cell < 0 || cell >= t->cells ||
      (contributor != KN_NONE && (contributor < 0 || contributor >= t->contributors)))
    return kn_fail(err, KN_E_INPUT, "the table has no measure %d, cell %" PRId64 " or contributor %d", measure, cell,
                   contributor);
  const magnitude *m = &t->measure[measure];
  const int32_t c = disclosure->inside[cell];
  attacker *a;
  KN_TRY(attacker_new(&a, t, err));
  kn_range move;
  const kn_code code = attacker_solve(a, measure, c, contributor, fmax(m->up[c], m->total[c]), &move, err);
  attacker_free(a);
  KN_TRY(code);
  *out = (kn_range){fmax(m->total[c] + move.from, 0), m->total[c] + move.to};
  return KN_OK;
}
