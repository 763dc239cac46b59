/* Pairs of sites that could do something together without a stream between them: neighbours of one sector. */
#include <stdlib.h>
#include <string.h>

#include "match/seeds.h"

static const double sector_km = 5;

typedef struct member {
  const char *nace;
  int32_t site;
} member;

static int
by_nace(const void *a, const void *b)
{
  const member *x = a, *y = b;
  const int order = strcmp(x->nace, y->nace);
  return order != 0 ? order : (x->site > y->site) - (x->site < y->site);
}

typedef struct looking {
  const kn_sowing *s;
  const member *group;
  int32_t own;
} looking;

static double
is_other(void *arg, int32_t point, double km)
{
  const looking *l = arg;
  return km > sector_km || l->s->sites.actor[l->group[point].site] == l->s->sites.actor[l->own] ? -INFINITY : 0;
}

/* The nearest of its sector for each site; a pair that finds each other comes once. */
static kn_code
pair_group(const kn_sowing *s, const member *group, int32_t n, const kn_tree *tree, kn_seed **seed, int64_t *room, int64_t *count,
           kn_error *err)
{
  for (int32_t i = 0; i < n; i++) {
    looking l = {s, group, group[i].site};
    const kn_query query = {.from = s->sites.point[l.own], .floor = -INFINITY, .extra = is_other, .arg = &l};
    kn_hit hit, back;
    if (kn_tree_best(tree, &query, 1, &hit) == 0)
      continue;
    looking other = {s, group, group[hit.point].site};
    const kn_query reverse = {.from = s->sites.point[other.own], .floor = -INFINITY, .extra = is_other, .arg = &other};
    if (hit.point < i && kn_tree_best(tree, &reverse, 1, &back) == 1 && back.point == i)
      continue;
    kn_seed pair = {.kind = KN_SEED_SECTOR,
                    .offer = KN_NONE,
                    .need = KN_NONE,
                    .from_site = l.own,
                    .to_site = other.own,
                    .resource = KN_NONE,
                    .needed = KN_NONE,
                    .chain = {KN_NONE, KN_NONE},
                    .example = KN_NONE,
                    .precedent = KN_NONE,
                    .sector = KN_NONE,
                    .taker = KN_NONE,
                    .quantity = NAN,
                    .km = kn_point_km(KN_SPHERE, s->sites.point[l.own], s->sites.point[other.own]),
                    .eur = NAN,
                    .hours_share = NAN,
                    .has = NAN,
                    .asked = NAN};
    kn_seed_judge(s, s->knowledge->weight.sector_pair, &pair);
    KN_TRY(kn_grow((void **)seed, room, *count + 1, sizeof **seed, err));
    (*seed)[(*count)++] = pair;
  }
  return KN_OK;
}

kn_code
kn_seeds_pairs(const kn_sowing *s, kn_seed **seed, int64_t *room, int64_t *count, kn_error *err)
{
  member *all;
  kn_point *point;
  int32_t n = 0;
  KN_NEW(all, s->arena, s->sites.n, err);
  KN_NEW(point, s->arena, s->sites.n, err);
  for (int32_t site = 0; site < s->sites.n; site++) {
    const int32_t actor = s->sites.actor[site];
    const char *nace = actor == KN_NONE ? NULL : s->actors.nace[actor];
    if (nace != NULL && strlen(nace) >= 4) /* a group or a class: divisions are too wide */
      all[n++] = (member){nace, site};
  }
  qsort(all, (size_t)n, sizeof *all, by_nace);
  for (int32_t i = 0; i < n; i++)
    point[i] = s->sites.point[all[i].site];
  for (int32_t first = 0, last; first < n; first = last) {
    for (last = first + 1; last < n && strcmp(all[last].nace, all[first].nace) == 0; last++)
      ;
    if (last - first < 2)
      continue;
    kn_tree *tree;
    KN_TRY(kn_tree_new(&tree, KN_SPHERE, last - first, point + first, err));
    const kn_code code = pair_group(s, all + first, last - first, tree, seed, room, count, err);
    kn_tree_free(tree);
    KN_TRY(code);
  }
  return KN_OK;
}
