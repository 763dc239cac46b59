/* Sectors of the region as a tree, and jobs by site. */
#include "estimate.h"

/* The node of a code, made with all above it. */
static int32_t
node_of(kn_sectors *s, int32_t code)
{
  if (s->node_of[code] != KN_NONE)
    return s->node_of[code];
  const int32_t above = kn_nace_parent(code);
  const int32_t parent = above == KN_NONE ? KN_NONE : node_of(s, above);
  s->code[s->n] = code;
  s->parent[s->n] = parent;
  s->node_of[code] = s->n;
  return s->n++;
}

/* Floor of a job in a sector; NAN: not known. Rows of the table are few. */
static double
floor_of_job(const kn_coefficients *coefficients, int32_t code)
{
  for (int32_t at = code; at != KN_NONE; at = kn_nace_parent(at))
    for (int32_t i = 0; i < coefficients->floor_count; i++)
      if (kn_nace_read(coefficients->floor[i].nace) == at)
        return coefficients->floor[i].m2_per_fte;
  return NAN;
}

kn_code
kn_site_jobs(const double **out, const kn_region *region, kn_arena *arena, kn_error *err)
{
  const kn_site_view sites = kn_region_sites(region);
  const kn_actor_view actors = kn_region_actors(region);
  double *floor, *count, *jobs;
  KN_NEW(floor, arena, actors.n, err);
  KN_NEW(count, arena, actors.n, err);
  KN_NEW(jobs, arena, sites.n, err);
  for (int64_t i = 0; i < sites.n; i++) {
    const int32_t a = sites.actor[i];
    floor[a] += sites.floor_m2[i] > 0 ? sites.floor_m2[i] : NAN;
    count[a]++;
  }
  for (int64_t i = 0; i < sites.n; i++) {
    const int32_t a = sites.actor[i];
    const double all = actors.jobs_fte[a];
    jobs[i] = all > 0 ? (floor[a] > 0 ? all * sites.floor_m2[i] / floor[a] : all / count[a]) : NAN;
  }
  *out = jobs;
  return KN_OK;
}

/* Where an actor does not tell its jobs, the floor of a site stands for them. */
static kn_code
spread_jobs(kn_sectors *s, const kn_region *region, const double *m2_per_fte, kn_arena *scratch, kn_error *err)
{
  const kn_site_view sites = kn_region_sites(region);
  const kn_actor_view actors = kn_region_actors(region);
  const double *of_actor;
  KN_TRY(kn_site_jobs(&of_actor, region, scratch, err));
  for (int64_t i = 0; i < sites.n; i++) {
    const int32_t a = sites.actor[i], node = s->of_site[i];
    const double jobs = actors.jobs_fte[a], m2 = sites.floor_m2[i];
    if (jobs > 0)
      s->jobs[i] = of_actor[i];
    else if (m2 > 0 && node != KN_NONE && isnan(jobs))
      s->jobs[i] = m2 / m2_per_fte[node];
    else
      s->jobs[i] = NAN;
    s->is_floor[i] = !(jobs > 0);
    s->sites_without += node == KN_NONE || isnan(s->jobs[i]);
  }
  return KN_OK;
}

static kn_code
find(kn_sectors *out, const kn_region *region, const kn_coefficients *coefficients, kn_arena *arena, kn_arena *scratch,
     kn_error *err)
{
  const kn_site_view sites = kn_region_sites(region);
  const kn_actor_view actors = kn_region_actors(region);
  KN_NEW(out->of_site, arena, sites.n, err);
  KN_NEW(out->jobs, arena, sites.n, err);
  KN_NEW(out->is_floor, arena, sites.n, err);
  int32_t *of_actor;
  KN_NEW(of_actor, scratch, actors.n, err);
  for (int64_t a = 0; a < actors.n; a++) {
    const int32_t code = kn_nace_read(actors.nace[a]);
    of_actor[a] = code == KN_NONE ? KN_NONE : node_of(out, code);
  }
  for (int64_t i = 0; i < sites.n; i++)
    out->of_site[i] = of_actor[sites.actor[i]];
  double *m2_per_fte;
  KN_NEW(m2_per_fte, scratch, out->n, err);
  for (int32_t k = 0; k < out->n; k++)
    m2_per_fte[k] = floor_of_job(coefficients, out->code[k]);
  for (int32_t i = 0; i < coefficients->floor_count; i++)
    out->floor_variance = fmax(out->floor_variance, coefficients->floor[i].sd_ln * coefficients->floor[i].sd_ln);
  return spread_jobs(out, region, m2_per_fte, scratch, err);
}

kn_code
kn_sectors_find(kn_sectors *out, const kn_region *region, const kn_coefficients *coefficients, kn_arena *arena, kn_error *err)
{
  *out = (kn_sectors){0};
  KN_NEW(out->code, arena, NACE_COUNT, err);
  KN_NEW(out->parent, arena, NACE_COUNT, err);
  KN_NEW(out->node_of, arena, NACE_COUNT, err);
  for (int32_t i = 0; i < NACE_COUNT; i++)
    out->node_of[i] = KN_NONE;
  kn_arena *scratch = kn_arena_new();
  const kn_code code = find(out, region, coefficients, arena, scratch, err);
  kn_arena_free(scratch);
  return code;
}
