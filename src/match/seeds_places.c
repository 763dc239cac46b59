/* Where needs and sites are, as trees to search from an offer. */

#include "match/seeds.h"

enum { DEMAND = 1 };

static kn_code
plant(kn_spot *spot, const kn_point *point, const double *weight, int32_t n, kn_error *err)
{
  if (n == 0)
    return KN_OK;
  KN_TRY(kn_tree_new(&spot->tree, KN_SPHERE, n, point, err));
  kn_tree_weigh(spot->tree, weight, NULL);
  return KN_OK;
}

/* Needs of each resource, weighed by what they pay. */
static kn_code
plant_needs(kn_sowing *s, kn_error *err)
{
  const kn_side *demand = &s->market->side[DEMAND];
  const int64_t n = s->needs.n, resources = s->resources.n;
  int32_t *first, *row;
  kn_point *point;
  double *weight;
  KN_NEW(s->need_spot, s->arena, resources, err);
  KN_NEW(first, s->arena, resources + 2, err);
  KN_NEW(row, s->arena, n, err);
  KN_NEW(point, s->arena, n, err);
  KN_NEW(weight, s->arena, n, err);
  for (int64_t j = 0; j < n; j++)
    first[s->needs.resource[j] + 2]++;
  for (int64_t r = 2; r <= resources + 1; r++)
    first[r] += first[r - 1];
  for (int64_t j = 0; j < n; j++)
    row[first[s->needs.resource[j] + 1]++] = (int32_t)j;
  for (int64_t r = 0; r < resources; r++) {
    kn_spot *spot = &s->need_spot[r];
    *spot = (kn_spot){.row = row + first[r], .anywhere = KN_NONE};
    for (int32_t at = first[r]; at < first[r + 1]; at++) {
      const int32_t need = row[at], node = s->demand_of[need];
      if (node == KN_NONE || !(demand->limit[node] > 0) || kn_side_has_ended(demand, node, s->settings->today))
        continue;
      if (demand->is_anywhere[node]) {
        if (spot->anywhere == KN_NONE || demand->eur[node] > demand->eur[s->demand_of[spot->anywhere]])
          spot->anywhere = need;
        continue;
      }
      spot->row[spot->n] = need;
      point[spot->n] = demand->point[node];
      weight[spot->n++] = demand->eur[node];
    }
    KN_TRY(plant(spot, point, weight, spot->n, err));
  }
  return KN_OK;
}

/* Sites of each sector that the reference knows. */
static kn_code
plant_sectors(kn_sowing *s, kn_error *err)
{
  const int32_t sectors = s->knowledge->sector_count;
  const int64_t n = s->sites.n;
  kn_point *point;
  KN_NEW(s->sector_spot, s->arena, sectors, err);
  KN_NEW(point, s->arena, n, err);
  for (int32_t r = 0; r < sectors; r++) {
    kn_spot *spot = &s->sector_spot[r];
    *spot = (kn_spot){.anywhere = KN_NONE};
    for (int32_t pass = 0; pass < 2; pass++) {
      int32_t count = 0;
      for (int64_t site = 0; site < n; site++) {
        const int32_t actor = s->sites.actor[site];
        const char *nace = actor == KN_NONE ? NULL : s->actors.nace[actor];
        if (nace == NULL || !kn_nace_within(nace, s->knowledge->sector[r].nace))
          continue;
        if (pass == 1) {
          spot->row[count] = (int32_t)site;
          point[count] = s->sites.point[site];
        }
        count++;
      }
      if (pass == 0)
        KN_NEW(spot->row, s->arena, count, err);
      spot->n = count;
    }
    KN_TRY(plant(spot, point, NULL, spot->n, err));
  }
  return KN_OK;
}

kn_code
kn_seeds_places(kn_sowing *s, kn_error *err)
{
  KN_TRY(plant_needs(s, err));
  return plant_sectors(s, err);
}

void
kn_seeds_places_free(kn_sowing *s)
{
  for (int64_t r = 0; s->need_spot != NULL && r < s->resources.n; r++)
    kn_tree_free(s->need_spot[r].tree);
  for (int32_t r = 0; s->sector_spot != NULL && r < s->knowledge->sector_count; r++)
    kn_tree_free(s->sector_spot[r].tree);
}
