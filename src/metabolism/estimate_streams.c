/* Which resource of the region each coefficient is about, and what a job in each sector has of it.
 *
 *   code of the List of Waste --> the resource with that code (of several the most general)
 *                            --> the one of its kind of waste (EWC-Stat) that has no code of its own
 *                            --> a new resource, unless only known ones are wanted
 *   code of a product        --> the resource with that code --> a new one
 *
 * Codes that lead to one resource are one stream. */
#include "estimate.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

typedef struct target {
  int32_t resource; /* row; KN_NONE: a new one */
  const kn_coefficient *of;
  const char *key, *cpa;
  bool is_need, is_left; /* left: nothing in the region is of it */
} target;

typedef struct finding {
  const kn_region *region;
  kn_resource_view resources;
  const kn_coefficients *coefficients;
  kn_arena *keep, *scratch;
  int32_t *coefficient_stream; /* [coefficients] position among targets, later stream; KN_NONE: none */
  target *target;
  int32_t targets;
  int32_t *first, *order; /* coefficients by NACE number: order[first[code]] .. */
} finding;

/* Digits of a code, without blanks, dots and stars; at most 15. */
static void
digits_of(char out[16], const char *code)
{
  size_t used = 0;
  for (; code != NULL && *code != '\0' && used < 15; code++)
    if (isdigit((unsigned char)*code))
      out[used++] = *code;
  out[used] = '\0';
}

static int32_t
depth_of(const kn_resource_view *resources, int32_t row)
{
  int32_t depth = 0;
  for (; resources->parent[row] != KN_NONE; row = resources->parent[row])
    depth++;
  return depth;
}

/* The most general material with these digits as its code; of several the first. */
static int32_t
find_code(const kn_resource_view *resources, const char *const *codes, const char *wanted, bool has_no_low)
{
  int32_t best = KN_NONE, best_depth = INT32_MAX;
  char want[16], has[16];
  digits_of(want, wanted);
  for (int64_t r = 0; r < resources->n && want[0] != '\0'; r++) {
    if (codes[r] == NULL || resources->class_of[r] != KN_MATERIAL)
      continue;
    digits_of(has, codes[r]);
    if (strcmp(has, want) != 0 || (has_no_low && resources->code_low[r] != NULL))
      continue;
    const int32_t depth = depth_of(resources, (int32_t)r);
    if (depth < best_depth) {
      best = (int32_t)r;
      best_depth = depth;
    }
  }
  return best;
}

/* Where a new resource hangs: below what all resources of its kind of waste are a kind of; KN_NONE: they do not agree. */
static int32_t
find_parent(const kn_resource_view *resources, const char *code_ewcstat)
{
  int32_t parent = KN_NONE;
  char want[16], has[16];
  digits_of(want, code_ewcstat);
  for (int64_t r = 0; r < resources->n && want[0] != '\0'; r++) {
    if (resources->code_ewcstat[r] == NULL || resources->class_of[r] != KN_MATERIAL)
      continue;
    digits_of(has, resources->code_ewcstat[r]);
    if (strcmp(has, want) != 0)
      continue;
    if (resources->parent[r] == KN_NONE || (parent != KN_NONE && parent != resources->parent[r]))
      return KN_NONE;
    parent = resources->parent[r];
  }
  return parent;
}

static kn_code
print_key(const char **out, kn_arena *keep, const char *start, const char *code, kn_error *err)
{
  char digits[16], key[32];
  digits_of(digits, code);
  const size_t a = strlen(start), b = strlen(digits);
  memcpy(key, start, a);
  memcpy(key + a, digits, b);
  return kn_text_copy(out, keep, key, a + b, err);
}

/* The target of a code that was not seen before. */
static kn_code
find_target(finding *f, const kn_coefficient *c, bool is_known_only, target *out, kn_error *err)
{
  const kn_resource_view *resources = &f->resources;
  *out = (target){.of = c, .is_need = c->is_need};
  out->resource = find_code(resources, c->is_need ? resources->code_cpa : resources->code_low, c->code, false);
  if (out->resource == KN_NONE && !c->is_need)
    out->resource = find_code(resources, resources->code_ewcstat, c->code_ewcstat, true);
  if (c->is_need) {
    char digits[16];
    digits_of(digits, c->code);
    KN_TRY(kn_text_copy(&out->cpa, f->keep, digits, strlen(digits), err));
  }
  if (out->resource == KN_NONE) {
    KN_TRY(print_key(&out->key, f->keep, c->is_need ? "cpa-" : "low-", c->code, err));
    /* A resource of that key that an earlier run added, whose code someone took out. */
    out->resource = kn_region_find(f->region, KN_T_RESOURCE, out->key);
  }
  if (out->resource != KN_NONE)
    out->key = resources->resource_id[out->resource];
  out->is_left = out->resource == KN_NONE && is_known_only;
  if (out->resource != KN_NONE)
    out->is_left = resources->class_of[out->resource] != KN_MATERIAL;
  return KN_OK;
}

static int
compare_targets(const void *left, const void *right, void *arg)
{
  const target *of = arg, *a = &of[*(const int32_t *)left], *b = &of[*(const int32_t *)right];
  if (a->is_need != b->is_need)
    return a->is_need ? 1 : -1;
  const int order = strcmp(a->key, b->key);
  return order != 0 ? order : *(const int32_t *)left - *(const int32_t *)right;
}

/* Targets in the order of their keys, those of one resource as one; *rank says which stream each target is. */
static kn_code
number_streams(finding *f, kn_streams *out, int32_t *rank, kn_error *err)
{
  int32_t *order;
  KN_NEW(order, f->scratch, f->targets, err);
  int32_t n = 0;
  for (int32_t t = 0; t < f->targets; t++)
    if (!f->target[t].is_left)
      order[n++] = t;
    else
      rank[t] = KN_NONE;
  qsort_r(order, (size_t)n, sizeof *order, compare_targets, f->target);
  KN_NEW(out->resource, f->keep, n, err);
  KN_NEW(out->key, f->keep, n, err);
  KN_NEW(out->cpa, f->keep, n, err);
  KN_NEW(out->fresh, f->keep, n, err);
  out->need_first = KN_NONE;
  for (int32_t i = 0; i < n; i++) {
    const target *t = &f->target[order[i]];
    const bool is_same =
        i > 0 && strcmp(f->target[order[i - 1]].key, t->key) == 0 && f->target[order[i - 1]].is_need == t->is_need;
    if (!is_same) {
      if (t->is_need && out->need_first == KN_NONE)
        out->need_first = out->n;
      out->key[out->n] = t->key;
      out->cpa[out->n] = t->cpa;
      out->resource[out->n] = t->resource;
      if (t->resource == KN_NONE) {
        out->resource[out->n] = (int32_t)f->resources.n + out->new_count;
        out->fresh[out->new_count++] =
            (kn_new_resource){.resource_id = t->key, .of = t->of, .parent = find_parent(&f->resources, t->of->code_ewcstat)};
      }
      out->n++;
    }
    rank[order[i]] = out->n - 1;
  }
  if (out->need_first == KN_NONE)
    out->need_first = out->n;
  return KN_OK;
}

/* Which stream each coefficient is about. */
static kn_code
find_streams(finding *f, kn_streams *out, bool is_known_only, kn_error *err)
{
  const kn_coefficients *all = f->coefficients;
  int32_t *rank;
  KN_NEW(f->coefficient_stream, f->scratch, all->n, err);
  KN_NEW(f->target, f->scratch, all->n, err);
  KN_NEW(rank, f->scratch, all->n, err);
  for (int32_t i = 0; i < all->n; i++) {
    int32_t t = f->targets - 1;
    while (t >= 0 && (f->target[t].is_need != all->row[i].is_need || strcmp(f->target[t].of->code, all->row[i].code) != 0))
      t--;
    if (t < 0) {
      t = f->targets++;
      KN_TRY(find_target(f, &all->row[i], is_known_only, &f->target[t], err));
    }
    f->coefficient_stream[i] = t;
  }
  KN_TRY(number_streams(f, out, rank, err));
  for (int32_t i = 0; i < all->n; i++)
    f->coefficient_stream[i] = rank[f->coefficient_stream[i]];
  return KN_OK;
}

static kn_code
sort_by_sector(finding *f, kn_error *err)
{
  const kn_coefficients *all = f->coefficients;
  KN_NEW(f->first, f->scratch, NACE_COUNT + 1, err);
  KN_NEW(f->order, f->scratch, all->n, err);
  for (int32_t i = 0; i < all->n; i++) {
    const int32_t code = kn_nace_read(all->row[i].nace);
    if (code == KN_NONE || !(all->row[i].t_per_fte > 0))
      return kn_fail(err, KN_E_INPUT, "coefficient %s of sector %s: expected a NACE code and a figure above 0", all->row[i].code,
                     all->row[i].nace);
    f->first[code + 1]++;
  }
  for (int32_t c = 0; c < NACE_COUNT; c++)
    f->first[c + 1] += f->first[c];
  for (int32_t i = all->n - 1; i >= 0; i--) {
    const int32_t code = kn_nace_read(all->row[i].nace);
    /* Filled from the end, so that the order within a sector stays. */
    f->order[--f->first[code + 1]] = i;
  }
  for (int32_t c = 0; c < NACE_COUNT; c++)
    f->first[c] = f->first[c + 1];
  f->first[NACE_COUNT] = all->n;
  return KN_OK;
}

/* What a job of a node has of each stream: of each code the coefficient of the nearest sector at or above the node. */
static void
add_up(const finding *f, const kn_sectors *sectors, kn_streams *out, int32_t node, int32_t *seen, double *largest)
{
  const kn_coefficients *all = f->coefficients;
  double *mean = out->mean + (int64_t)node * out->n, *variance = out->variance + (int64_t)node * out->n;
  const char **nace = out->nace + (int64_t)node * out->n;
  memset(largest, 0, (size_t)out->n * sizeof *largest);
  int32_t code_count = 0;
  for (int32_t at = sectors->code[node]; at != KN_NONE; at = kn_nace_parent(at))
    for (int32_t k = f->first[at]; k < f->first[at + 1]; k++) {
      const kn_coefficient *c = &all->row[f->order[k]];
      const int32_t stream = f->coefficient_stream[f->order[k]];
      bool is_seen = false;
      for (int32_t j = 0; j < code_count && !is_seen; j++)
        is_seen = all->row[seen[j]].is_need == c->is_need && strcmp(all->row[seen[j]].code, c->code) == 0;
      if (stream == KN_NONE || is_seen || (c->is_coarse && at != sectors->code[node]))
        continue;
      seen[code_count++] = f->order[k];
      mean[stream] += c->t_per_fte;
      variance[stream] += c->t_per_fte * c->sd_ln * c->t_per_fte * c->sd_ln;
      if (c->t_per_fte > largest[stream]) {
        largest[stream] = c->t_per_fte;
        nace[stream] = c->nace;
      }
    }
  for (int32_t s = 0; s < out->n; s++)
    if (mean[s] > 0)
      variance[s] /= mean[s] * mean[s];
}

static kn_code
find(finding *f, kn_streams *out, const kn_sectors *sectors, bool is_known_only, kn_error *err)
{
  KN_TRY(find_streams(f, out, is_known_only, err));
  KN_TRY(sort_by_sector(f, err));
  KN_NEW(out->mean, f->keep, (int64_t)sectors->n * out->n, err);
  KN_NEW(out->variance, f->keep, (int64_t)sectors->n * out->n, err);
  KN_NEW(out->nace, f->keep, (int64_t)sectors->n * out->n, err);
  int32_t *seen;
  double *largest;
  KN_NEW(seen, f->scratch, f->coefficients->n, err);
  KN_NEW(largest, f->scratch, out->n, err);
  for (int32_t node = 0; node < sectors->n; node++)
    add_up(f, sectors, out, node, seen, largest);
  return KN_OK;
}

kn_code
kn_streams_find(kn_streams *out, const kn_region *region, const kn_sectors *sectors, const kn_estimate_settings *settings,
                kn_arena *arena, kn_error *err)
{
  *out = (kn_streams){0};
  finding f = {.region = region,
               .resources = kn_region_resources(region),
               .coefficients = &settings->coefficients,
               .keep = arena,
               .scratch = kn_arena_new()};
  const kn_code code = find(&f, out, sectors, settings->is_known_only, err);
  kn_arena_free(f.scratch);
  return code;
}

bool
kn_streams_cover(const kn_streams *streams, int32_t stream, const kn_resource_view *resources, int32_t row)
{
  const int32_t own = streams->resource[stream];
  if (own < resources->n && (kn_resource_is_a(resources, row, own) || kn_resource_is_a(resources, own, row)))
    return true;
  if (own >= resources->n) {
    const int32_t parent = streams->fresh[own - resources->n].parent;
    if (parent != KN_NONE && kn_resource_is_a(resources, parent, row))
      return true;
  }
  if (streams->cpa[stream] == NULL || resources->code_cpa[row] == NULL)
    return false;
  char digits[16];
  digits_of(digits, resources->code_cpa[row]);
  return strncmp(digits, streams->cpa[stream], strlen(streams->cpa[stream])) == 0;
}
