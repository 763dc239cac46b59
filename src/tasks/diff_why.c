/* What the results of two runs tell about a tie that changed. Only facts that stand in them are told, the nearest to a cause first;
 * where they tell nothing, neither do we. For a tie that went (or shrank) it is the second run that is asked what became of its
 * ends; for one that came (or grew) the first, what they did before. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

/* A tie that changed, by one of its ends. */
typedef struct by_end {
  int32_t kind, id, resource;
  int64_t tie; /* of out->ties */
} by_end;

typedef struct explaining {
  diff_work *work;
  by_end *index[2]; /* [ties] by from and by to, in the order of the ends */
} explaining;

static int
compare_ends(const void *a, const void *b)
{
  const by_end *one = a, *other = b;
  if (one->kind != other->kind)
    return one->kind < other->kind ? -1 : 1;
  if (one->id != other->id)
    return one->id < other->id ? -1 : 1;
  return one->tie < other->tie ? -1 : one->tie > other->tie;
}

static const diff_tie_row *
row_of(const diff_work *work, int64_t tie, int which)
{
  const int32_t row = work->pair[tie].row[which];
  return row == KN_NONE ? NULL : &work->side[which].tie[row];
}

static const diff_tie_row *
any_row(const diff_work *work, int64_t tie)
{
  const diff_tie_row *row = row_of(work, tie, 0);
  return row != NULL ? row : row_of(work, tie, 1);
}

static kn_code
index_ends(explaining *in, int end, kn_error *err)
{
  const int64_t n = in->work->out->tie_count;
  KN_NEW(in->index[end], in->work->scratch, n, err);
  for (int64_t i = 0; i < n; i++) {
    const diff_tie_row *row = any_row(in->work, i);
    const int first = end == 0 ? DIFF_FROM_KIND : DIFF_TO_KIND;
    in->index[end][i] = (by_end){row->key[first], row->key[first + 1], row->key[DIFF_RESOURCE], i};
  }
  qsort(in->index[end], (size_t)n, sizeof *in->index[end], compare_ends);
  return KN_OK;
}

static void
add_why(kn_diff_tie *tie, kn_diff_why why)
{
  if (tie->why_count < KN_DIFF_WHY_MOST)
    tie->why[tie->why_count++] = why;
}

static kn_diff_end *
end_of(kn_diff_tie *tie, int end)
{
  return end == 0 ? &tie->from : &tie->to;
}

static bool
is_kind(const kn_diff_end *end, const char *kind)
{
  return end->kind != NULL && strcmp(end->kind, kind) == 0;
}

static double
quantity_of(const diff_tie_row *row)
{
  return row == NULL ? 0 : diff_part(row->quantity);
}

/* Euros per unit as this end counts it: what is handed over, or what the need gets. */
static double
worth_at(const kn_diff_tie *tie, int which, int end)
{
  const kn_diff_side *side = &tie->side[which];
  const double quantity = end == 0 ? side->quantity : side->delivered * side->ratio;
  return quantity > 0 ? side->eur / quantity : NAN;
}

/* ------------------------------------------------------------------ ends */
/* Whether the region of a run had this end: asked only where that region is the one in the file. */
static bool
is_absent(const kn_region *region, const kn_diff_end *end)
{
  static const struct {
    const char *kind;
    kn_table_id table;
  } tables[] = {{"offer", KN_T_OFFER}, {"need", KN_T_NEED}, {"unit", KN_T_UNIT}, {"gateway", KN_T_GATEWAY}};
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
    if (is_kind(end, tables[t].kind))
      return end->id != NULL && kn_region_find(region, tables[t].table, end->id) == KN_NONE;
  return false;
}

/* What the other run does with the unit at an end. */
static bool
tell_unit(const explaining *in, kn_diff_tie *tie, int64_t at, int end, int other)
{
  if (!is_kind(end_of(tie, end), "unit"))
    return false;
  const diff_tie_row *row = any_row(in->work, at);
  const int first = end == 0 ? DIFF_FROM_KIND : DIFF_TO_KIND;
  const diff_unit_row *unit = diff_find_unit(&in->work->side[other], row->key[first + 1]);
  if (unit == NULL || !(unit->activity > 1e-9)) {
    add_why(tie, (kn_diff_why){KN_DIFF_UNIT_IDLE, .end = end});
    return true;
  }
  if (unit->site == row->key[first + 2])
    return false;
  add_why(tie, (kn_diff_why){KN_DIFF_UNIT_PLACED, .end = end,
                             .other = {"unit", diff_name(in->work, unit->unit), diff_name(in->work, unit->site)}});
  return true;
}

/* The tie that has most more of this end in the other run: that is where it is used instead. */
static bool
tell_elsewhere(const explaining *in, kn_diff_tie *tie, int64_t at, int end, int other)
{
  const kn_task_diff *out = in->work->out;
  const diff_tie_row *row = any_row(in->work, at);
  const int first = end == 0 ? DIFF_FROM_KIND : DIFF_TO_KIND;
  const by_end wanted = {.kind = row->key[first], .id = row->key[first + 1], .tie = -1};
  /* What passes a gateway, or a unit, is bound to nothing else that does, save where it is one and the same resource of a unit. */
  if (is_kind(end_of(tie, end), "gateway"))
    return false;
  int64_t low = 0, high = out->tie_count;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (compare_ends(&in->index[end][middle], &wanted) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  int64_t best = KN_NONE;
  double most = 0;
  for (; low < out->tie_count; low++) {
    const by_end *one = &in->index[end][low];
    if (one->kind != wanted.kind || one->id != wanted.id)
      break;
    if (one->tie == at || (is_kind(end_of(tie, end), "unit") && one->resource != row->key[DIFF_RESOURCE]))
      continue;
    const double more = quantity_of(row_of(in->work, one->tie, other)) - quantity_of(row_of(in->work, one->tie, 1 - other));
    if (more > most) {
      most = more;
      best = one->tie;
    }
  }
  if (best == KN_NONE)
    return false;
  const kn_diff_tie *instead = &out->ties[best];
  add_why(tie, (kn_diff_why){KN_DIFF_ELSEWHERE, .end = end, .other = end == 0 ? instead->to : instead->from,
                             .value = {worth_at(tie, 1 - other, end), worth_at(instead, other, end)}});
  return true;
}

static const diff_end_row *
find_end(const explaining *in, const kn_diff_tie *tie, int64_t at, int end, int which)
{
  const kn_diff_end *place = end == 0 ? &tie->from : &tie->to;
  const int32_t id = any_row(in->work, at)->key[end == 0 ? DIFF_FROM : DIFF_TO];
  for (int kind = 0; kind < DIFF_ENDS; kind++)
    if (is_kind(place, diff_end_kind[kind]))
      return diff_find_end(&in->work->side[which], kind, id);
  return NULL;
}

static bool
tell_left(const explaining *in, kn_diff_tie *tie, int64_t at, int end, int other)
{
  const kn_diff_end *place = end_of(tie, end);
  if (!is_kind(place, "offer") && !is_kind(place, "need"))
    return false;
  const diff_end_row *row = find_end(in, tie, at, end, other);
  if (row != NULL && row->used > 1e-9)
    return false;
  add_why(tie, (kn_diff_why){KN_DIFF_LEFT, .end = end});
  return true;
}

/* The price of an end in both runs, where it changed. */
static bool
find_price(const explaining *in, const kn_diff_tie *tie, int64_t at, int end, double value[2])
{
  const kn_diff_end *place = end == 0 ? &tie->from : &tie->to;
  const kn_task_diff *out = in->work->out;
  if (is_kind(place, "unit") || out->run[0].summary.objective != out->run[1].summary.objective)
    return false;
  for (int k = 0; k < 2; k++) {
    const diff_end_row *row = find_end(in, tie, at, end, k);
    value[k] = row == NULL ? 0 : row->dual;
  }
  return diff_differs(value[0], value[1]);
}

/* ------------------------------------------------------------------ modes */
static bool
has_mode(const kn_region *region, const char *mode_id, int32_t class_of)
{
  const kn_mode_view modes = kn_region_modes(region);
  for (int64_t i = 0; i < modes.n; i++)
    if (modes.class_of[i] == class_of && strcmp(modes.mode_id[i], mode_id) == 0)
      return true;
  return false;
}

static void
tell_mode(const explaining *in, kn_diff_tie *tie, int64_t at, int other)
{
  const kn_task_diff *out = in->work->out;
  const diff_tie_row *row = row_of(in->work, at, 1 - other);
  const char *mode_id = diff_name(in->work, row->mode);
  if (mode_id == NULL)
    return;
  if (out->run[other].is_of_region && row->class_of != KN_NONE && !has_mode(out->region, mode_id, row->class_of)) {
    add_why(tie, (kn_diff_why){KN_DIFF_MODE_GONE, .end = KN_NONE});
    return;
  }
  for (int64_t i = 0; i < out->mode_count; i++)
    if (out->modes[i].mode_id == mode_id && out->modes[i].class_of == row->class_of && out->modes[i].tie_count[other] == 0 &&
        out->modes[i].tie_count[1 - other] > 1)
      add_why(tie, (kn_diff_why){KN_DIFF_MODE_UNUSED, .end = KN_NONE});
}

/* ------------------------------------------------------------------ a tie */
/* A tie that stays in both runs: how it is carried, and what a unit of it is worth. */
static void
tell_same(const explaining *in, kn_diff_tie *tie, int64_t at)
{
  if (row_of(in->work, at, 0)->mode != row_of(in->work, at, 1)->mode)
    add_why(tie, (kn_diff_why){KN_DIFF_MODE_OTHER, .end = KN_NONE});
  const double worth[2] = {worth_at(tie, 0, 0), worth_at(tie, 1, 0)};
  if (diff_differs(worth[0], worth[1]))
    add_why(tie, (kn_diff_why){KN_DIFF_WORTH, .end = KN_NONE, .value = {worth[0], worth[1]}});
}

/* What became of the ends of a tie in the run that has less of it. */
static void
tell_ends(const explaining *in, kn_diff_tie *tie, int64_t at, int other)
{
  const kn_task_diff *out = in->work->out;
  const bool is_all = row_of(in->work, at, other) == NULL; /* the other run has nothing of it */
  bool is_told[2] = {false, false};
  for (int end = 0; end < 2 && is_all; end++) {
    is_told[end] = out->run[other].is_of_region && is_absent(out->region, end_of(tie, end));
    if (is_told[end])
      add_why(tie, (kn_diff_why){KN_DIFF_NOT_THERE, .end = end});
    else
      is_told[end] = tell_unit(in, tie, at, end, other);
  }
  if (is_all)
    tell_mode(in, tie, at, other);
  for (int end = 0; end < 2; end++)
    if (!is_told[end])
      is_told[end] = tell_elsewhere(in, tie, at, end, other) || (is_all && tell_left(in, tie, at, end, other));
  for (int end = 0; end < 2 && tie->why_count == 0; end++) {
    kn_diff_why why = {KN_DIFF_PRICE, .end = end};
    if (find_price(in, tie, at, end, why.value))
      add_why(tie, why);
  }
}

kn_code
diff_explain(diff_work *work, kn_error *err)
{
  explaining in = {.work = work};
  KN_TRY(index_ends(&in, 0, err));
  KN_TRY(index_ends(&in, 1, err));
  for (int64_t i = 0; i < work->out->tie_count; i++) {
    kn_diff_tie *tie = &work->out->ties[i];
    if (row_of(work, i, 0) != NULL && row_of(work, i, 1) != NULL)
      tell_same(&in, tie, i);
    if (tie->change != KN_DIFF_REVALUED)
      tell_ends(&in, tie, i, tie->change == KN_DIFF_WENT || tie->change == KN_DIFF_SHRANK ? 1 : 0);
  }
  return KN_OK;
}
