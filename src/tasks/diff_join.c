/* Two runs side by side: what differs between them by more than rounding. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

double
diff_part(double value)
{
  return isnan(value) ? 0 : value;
}

bool
diff_differs(double a, double b)
{
  if (isnan(a) || isnan(b))
    return isnan(a) != isnan(b);
  return fabs(a - b) > 1e-9 * fmax(1, fmax(fabs(a), fabs(b)));
}

/* ------------------------------------------------------------------ ties */
static int
compare_keys(const diff_tie_row *a, const diff_tie_row *b)
{
  for (int k = 0; k < DIFF_KEYS; k++)
    if (a->key[k] != b->key[k])
      return a->key[k] < b->key[k] ? -1 : 1;
  return 0;
}

static int64_t
end_of_group(const diff_rows *rows, int64_t first)
{
  int64_t at = first + 1;
  while (at < rows->tie_count && compare_keys(&rows->tie[first], &rows->tie[at]) == 0)
    at++;
  return at;
}

/* Keeps the pair when it differs. */
static void
add_pair(const diff_work *work, int64_t a, int64_t b, diff_pair *pair, int64_t *count)
{
  const diff_tie_row *was = a < 0 ? NULL : &work->side[0].tie[a], *is = b < 0 ? NULL : &work->side[1].tie[b];
  const double eur = (is == NULL ? 0 : diff_part(is->eur)) - (was == NULL ? 0 : diff_part(was->eur));
  diff_pair *out = &pair[*count];
  *out = (diff_pair){.row = {(int32_t)a, (int32_t)b}, .eur = fabs(eur)};
  if (was == NULL)
    out->change = KN_DIFF_CAME;
  else if (is == NULL)
    out->change = KN_DIFF_WENT;
  else if (diff_differs(was->quantity, is->quantity))
    out->change = is->quantity > was->quantity ? KN_DIFF_GREW : KN_DIFF_SHRANK;
  else if (diff_differs(was->eur, is->eur) || was->mode != is->mode)
    out->change = KN_DIFF_REVALUED;
  else
    return;
  ++*count;
}

/* Whom each tie of the first run goes with, and which ones of the second are taken. */
typedef struct joining {
  int32_t *with;  /* [ties of the first run] row of the second, KN_NONE */
  uint8_t *taken; /* [ties of the second run] */
} joining;

/* Rows of one tie in both runs: those of one mode belong together; of what is left then, the largest with the largest. */
static void
join_group(const diff_work *work, const int64_t first[2], const int64_t last[2], const joining *join)
{
  for (int pass = 0; pass < 2; pass++)
    for (int64_t a = first[0]; a < last[0]; a++)
      for (int64_t b = first[1]; b < last[1] && join->with[a] == KN_NONE; b++)
        if (!join->taken[b] && (pass == 1 || work->side[0].tie[a].mode == work->side[1].tie[b].mode)) {
          join->with[a] = (int32_t)b;
          join->taken[b] = 1;
        }
}

static void
join_all(const diff_work *work, const joining *join)
{
  const diff_rows *was = &work->side[0], *is = &work->side[1];
  int64_t at[2] = {0, 0};
  for (int64_t i = 0; i < was->tie_count; i++)
    join->with[i] = KN_NONE;
  while (at[0] < was->tie_count && at[1] < is->tie_count) {
    const int order = compare_keys(&was->tie[at[0]], &is->tie[at[1]]);
    const int64_t last[2] = {order <= 0 ? end_of_group(was, at[0]) : at[0], order >= 0 ? end_of_group(is, at[1]) : at[1]};
    if (order == 0)
      join_group(work, at, last, join);
    at[0] = last[0];
    at[1] = last[1];
  }
}

/* The largest change of euros first; ties between equals are broken by their rows, so that the order is always the same. */
static int
compare_pairs(const void *a, const void *b)
{
  const diff_pair *one = a, *other = b;
  if (one->eur != other->eur)
    return one->eur > other->eur ? -1 : 1;
  for (int k = 0; k < 2; k++)
    if (one->row[k] != other->row[k])
      return one->row[k] < other->row[k] ? -1 : 1;
  return 0;
}

static kn_diff_end
end_of(const diff_work *work, const diff_tie_row *row, int first)
{
  return (kn_diff_end){diff_name(work, row->key[first]), diff_name(work, row->key[first + 1]),
                       diff_name(work, row->key[first + 2])};
}

static kn_diff_tie
show_pair(const diff_work *work, const diff_pair *pair)
{
  const int any = pair->row[0] == KN_NONE ? 1 : 0;
  const diff_tie_row *row = &work->side[any].tie[pair->row[any]];
  kn_diff_tie tie = {.change = pair->change,
                     .from = end_of(work, row, DIFF_FROM_KIND),
                     .to = end_of(work, row, DIFF_TO_KIND),
                     .resource_id = diff_name(work, row->key[DIFF_RESOURCE]),
                     .substitution = diff_name(work, row->key[DIFF_SUBSTITUTION])};
  for (int k = 0; k < 2; k++) {
    if (pair->row[k] == KN_NONE)
      continue;
    row = &work->side[k].tie[pair->row[k]];
    tie.side[k] = (kn_diff_side){diff_name(work, row->mode),
                                 diff_name(work, row->level),
                                 row->quantity,
                                 row->delivered,
                                 row->ratio,
                                 row->km,
                                 row->eur,
                                 row->co2_kg};
  }
  return tie;
}

kn_code
diff_join_ties(diff_work *work, kn_error *err)
{
  const int64_t n[2] = {work->side[0].tie_count, work->side[1].tie_count};
  joining join;
  KN_NEW(join.with, work->scratch, n[0], err);
  KN_NEW(join.taken, work->scratch, n[1], err);
  KN_NEW(work->pair, work->scratch, n[0] + n[1], err);
  join_all(work, &join);
  int64_t count = 0;
  for (int64_t a = 0; a < n[0]; a++)
    add_pair(work, a, join.with[a], work->pair, &count);
  for (int64_t b = 0; b < n[1]; b++)
    if (!join.taken[b])
      add_pair(work, KN_NONE, b, work->pair, &count);
  qsort(work->pair, (size_t)count, sizeof *work->pair, compare_pairs);
  kn_task_diff *out = work->out;
  KN_NEW(out->ties, out->arena, count, err);
  for (int64_t i = 0; i < count; i++)
    out->ties[i] = show_pair(work, &work->pair[i]);
  out->tie_count = count;
  return KN_OK;
}

/* ------------------------------------------------------------------ units */
static void
add_unit(const diff_work *work, const diff_unit_row *const row[2], kn_diff_unit *units, int64_t *count)
{
  kn_diff_unit *out = &units[*count];
  const diff_unit_row *any = row[0] != NULL ? row[0] : row[1];
  assert(any != NULL);
  *out = (kn_diff_unit){.unit_id = diff_name(work, any->unit)};
  bool runs[2];
  for (int k = 0; k < 2; k++) {
    const diff_unit_row none = {.site = KN_NONE, .dual = NAN}, *from = row[k] != NULL ? row[k] : &none;
    out->site_id[k] = diff_name(work, from->site);
    out->is_there[k] = row[k] != NULL;
    out->is_open[k] = from->is_open;
    out->activity[k] = from->activity;
    out->capacity[k] = from->capacity;
    out->eur[k] = from->eur;
    out->co2_kg[k] = from->co2_kg;
    out->annuity_eur[k] = from->annuity_eur;
    out->dual[k] = from->dual;
    runs[k] = from->activity > 1e-9;
  }
  const bool is_moved = row[0] != NULL && row[1] != NULL && runs[0] && runs[1] && row[0]->site != row[1]->site;
  if (runs[0] != runs[1])
    out->change = runs[1] ? KN_DIFF_CAME : KN_DIFF_WENT;
  else if (diff_differs(out->activity[0], out->activity[1]))
    out->change = out->activity[1] > out->activity[0] ? KN_DIFF_GREW : KN_DIFF_SHRANK;
  else if (is_moved || diff_differs(out->eur[0], out->eur[1]))
    out->change = KN_DIFF_REVALUED;
  else
    return;
  ++*count;
}

static int
compare_units(const void *a, const void *b)
{
  const kn_diff_unit *one = a, *other = b;
  const double eur[2] = {fabs(diff_part(one->eur[1]) - diff_part(one->eur[0])),
                         fabs(diff_part(other->eur[1]) - diff_part(other->eur[0]))};
  if (eur[0] != eur[1])
    return eur[0] > eur[1] ? -1 : 1;
  return strcmp(one->unit_id, other->unit_id);
}

kn_code
diff_join_units(diff_work *work, kn_error *err)
{
  const diff_rows *side = work->side;
  kn_task_diff *out = work->out;
  KN_NEW(out->units, out->arena, side[0].unit_count + side[1].unit_count, err);
  for (int64_t a = 0, b = 0; a < side[0].unit_count || b < side[1].unit_count;) {
    const int32_t next[2] = {a < side[0].unit_count ? side[0].unit[a].unit : INT32_MAX,
                             b < side[1].unit_count ? side[1].unit[b].unit : INT32_MAX};
    const diff_unit_row *row[2] = {next[0] <= next[1] ? &side[0].unit[a] : NULL, next[1] <= next[0] ? &side[1].unit[b] : NULL};
    a += row[0] != NULL;
    b += row[1] != NULL;
    add_unit(work, row, out->units, &out->unit_count);
  }
  qsort(out->units, (size_t)out->unit_count, sizeof *out->units, compare_units);
  return KN_OK;
}

/* ------------------------------------------------------------------ prices */
static void
add_price(kn_task_diff *out, kn_diff_price price)
{
  if (diff_differs(price.dual[0], price.dual[1]) && !isnan(price.dual[0]) && !isnan(price.dual[1]))
    out->prices[out->price_count++] = price;
}

static void
join_ends(const diff_work *work, int kind)
{
  const diff_rows *side = work->side;
  for (int64_t a = 0, b = 0; a < side[0].end_count[kind] || b < side[1].end_count[kind];) {
    const int32_t next[2] = {a < side[0].end_count[kind] ? side[0].end[kind][a].id : INT32_MAX,
                             b < side[1].end_count[kind] ? side[1].end[kind][b].id : INT32_MAX};
    const diff_end_row none = {0};
    const diff_end_row *was = next[0] <= next[1] ? &side[0].end[kind][a++] : &none;
    const diff_end_row *is = next[1] <= next[0] ? &side[1].end[kind][b++] : &none;
    add_price(work->out, (kn_diff_price){.kind = diff_end_kind[kind],
                                         .id = diff_name(work, next[0] <= next[1] ? next[0] : next[1]),
                                         .dual = {was->dual, is->dual},
                                         .used = {was->used, is->used}});
  }
}

/* What the change of a price comes to, so that a cent on much may come before a euro on little, whatever the units. */
static double
weight_of(const kn_diff_price *price)
{
  return fabs(price->dual[1] - price->dual[0]) * fmax(diff_part(price->used[0]), diff_part(price->used[1]));
}

static int
compare_prices(const void *a, const void *b)
{
  const kn_diff_price *one = a, *other = b;
  const double weight[2] = {weight_of(one), weight_of(other)};
  if (weight[0] != weight[1])
    return weight[0] > weight[1] ? -1 : 1;
  const int order = strcmp(one->kind, other->kind);
  return order != 0 ? order : strcmp(one->id, other->id);
}

kn_code
diff_join_prices(diff_work *work, kn_error *err)
{
  kn_task_diff *out = work->out;
  int64_t most = work->side[0].unit_count;
  for (int k = 0; k < 2; k++)
    for (int kind = 0; kind < DIFF_ENDS; kind++)
      most += work->side[k].end_count[kind];
  KN_NEW(out->prices, out->arena, most, err);
  if (out->run[0].summary.objective != out->run[1].summary.objective)
    return KN_OK;
  for (int kind = 0; kind < DIFF_ENDS; kind++)
    join_ends(work, kind);
  for (int64_t a = 0; a < work->side[0].unit_count; a++) {
    const diff_unit_row *was = &work->side[0].unit[a], *is = diff_find_unit(&work->side[1], was->unit);
    if (is != NULL)
      add_price(out, (kn_diff_price){.kind = "unit",
                                     .id = diff_name(work, was->unit),
                                     .dual = {was->dual, is->dual},
                                     .used = {was->capacity, is->capacity}});
  }
  qsort(out->prices, (size_t)out->price_count, sizeof *out->prices, compare_prices);
  return KN_OK;
}

/* ------------------------------------------------------------------ modes */
static kn_diff_mode *
find_mode(kn_diff_mode *modes, int64_t count, const char *mode_id, int32_t class_of)
{
  assert(modes != NULL || count == 0);
  for (int64_t i = 0; i < count; i++)
    if (modes[i].class_of == class_of && modes[i].mode_id == mode_id)
      return &modes[i];
  return NULL;
}

static int
compare_modes(const void *a, const void *b)
{
  const kn_diff_mode *one = a, *other = b;
  const double most[2] = {fmax(one->quantity_km[0], one->quantity_km[1]), fmax(other->quantity_km[0], other->quantity_km[1])};
  if (one->class_of != other->class_of)
    return one->class_of < other->class_of ? -1 : 1;
  if (most[0] != most[1])
    return most[0] > most[1] ? -1 : 1;
  return strcmp(one->mode_id != NULL ? one->mode_id : "", other->mode_id != NULL ? other->mode_id : "");
}

static kn_code
add_leg(diff_work *work, int k, const diff_tie_row *row, const diff_leg *leg, kn_diff_mode **modes, int64_t *capacity,
        kn_error *err)
{
  int64_t *count = &work->out->mode_count;
  const char *mode_id = diff_name(work, leg->mode); /* one text for each number, so texts compare as pointers */
  kn_diff_mode *mode = find_mode(*modes, *count, mode_id, row->class_of);
  if (mode == NULL) {
    KN_TRY(KN_GROW(*modes, *capacity, *count + 1, err));
    kn_diff_mode *grown = *modes;
    assert(grown != NULL);
    mode = &grown[(*count)++];
    *mode = (kn_diff_mode){.mode_id = mode_id, .class_of = row->class_of};
  }
  mode->tie_count[k]++;
  mode->quantity[k] += diff_part(row->quantity);
  mode->km[k] += diff_part(leg->km);
  mode->quantity_km[k] += diff_part(row->quantity * leg->km);
  return KN_OK;
}

static kn_code
sum_modes(diff_work *work, kn_diff_mode **modes, int64_t *capacity, kn_error *err)
{
  for (int k = 0; k < 2; k++)
    for (int64_t i = 0; i < work->side[k].tie_count; i++) {
      const diff_tie_row *row = &work->side[k].tie[i];
      const diff_leg whole = {row->mode, row->km};
      for (int32_t l = 0; l < row->leg_count || l == 0; l++)
        KN_TRY(add_leg(work, k, row, row->leg_count == 0 ? &whole : &row->leg[l], modes, capacity, err));
    }
  return KN_OK;
}

kn_code
diff_sum_modes(diff_work *work, kn_error *err)
{
  kn_diff_mode *modes = NULL;
  int64_t capacity = 0;
  kn_task_diff *out = work->out;
  kn_code code = sum_modes(work, &modes, &capacity, err);
  if (code == KN_OK)
    code = kn_arena_reserve(out->arena, kn_arena_span((size_t)out->mode_count + 1, sizeof *modes), err);
  if (code == KN_OK) {
    out->modes = kn_arena_take(out->arena, (size_t)out->mode_count + 1, sizeof *modes);
    assert(modes != NULL || out->mode_count == 0);
    for (int64_t i = 0; i < out->mode_count; i++)
      out->modes[i] = modes[i];
    qsort(out->modes, (size_t)out->mode_count, sizeof *out->modes, compare_modes);
  } else {
    out->mode_count = 0;
  }
  free(modes);
  return code;
}
