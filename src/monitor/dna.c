/* The DNA of a region: its figures put into the indicators of indicators.c. */
#include "dna.h"

#include <stdlib.h>
#include <string.h>

#define N_(text) text

enum { MOST_LACKS = 16 };

struct kn_dna {
  kn_arena *keep;
  kn_dna_view view;
  kn_dna_lack lack[MOST_LACKS];
};

typedef struct reading {
  kn_dna *dna;
  const kn_region *region;
  const kn_dna_settings *settings;
  kn_arena *keep, *scratch;
  const double *site_jobs;    /* [sites] NAN: not known */
  const int32_t *site_sector; /* [sites] KN_NONE */
  kn_dna_area *area;          /* [1 + areas] */
  double **jobs;              /* [1 + areas][sectors] */
} reading;

static void
lack(kn_dna *dna, const char *indicator, const char *why)
{
  assert(dna->view.lack_count < MOST_LACKS);
  dna->lack[dna->view.lack_count++] = (kn_dna_lack){indicator, why};
}

/* ---------------------------------------------------------------- jobs by sector */
/* The sector of a code: KN_NONE for none, and for sections, which are wider than the sectors here. */
static int32_t
sector_of(const kn_dna_settings *settings, const char *nace)
{
  const int32_t division = kn_nace_division(nace);
  for (int32_t k = 0; division != KN_NONE && k < settings->sectors; k++) {
    char *end;
    const long first = strtol(settings->sector[k].nace, &end, 10);
    const long last = *end == '-' ? strtol(end + 1, NULL, 10) : first;
    if (division >= first && division <= last)
      return k;
  }
  return KN_NONE;
}

static kn_code
find_sectors(const kn_region *region, const kn_dna_settings *settings, kn_arena *arena, const int32_t **out, kn_error *err)
{
  const kn_site_view sites = kn_region_sites(region);
  const kn_actor_view actors = kn_region_actors(region);
  int32_t *of_actor, *of_site;
  KN_NEW(of_actor, arena, actors.n, err);
  KN_NEW(of_site, arena, sites.n, err);
  for (int64_t a = 0; a < actors.n; a++)
    of_actor[a] = sector_of(settings, actors.nace[a]);
  for (int64_t i = 0; i < sites.n; i++)
    of_site[i] = of_actor[sites.actor[i]];
  *out = of_site;
  return KN_OK;
}

static kn_code
count_reference(const reading *r, double *reference, kn_error *err)
{
  if (r->settings->reference == NULL) {
    for (int32_t k = 0; k < r->settings->sectors; k++)
      reference[k] = r->settings->sector[k].jobs;
    return KN_OK;
  }
  const double *jobs;
  const int32_t *sector;
  double sum = 0;
  KN_TRY(kn_site_jobs(&jobs, r->settings->reference, r->scratch, err));
  KN_TRY(find_sectors(r->settings->reference, r->settings, r->scratch, &sector, err));
  for (int64_t i = 0; i < kn_region_sites(r->settings->reference).n; i++)
    if (sector[i] != KN_NONE && jobs[i] > 0) {
      reference[sector[i]] += jobs[i];
      sum += jobs[i];
    }
  if (!(sum > 0))
    return kn_fail(err, KN_E_INPUT, "the other region has no company with both a NACE code and jobs, so nothing can be compared");
  return KN_OK;
}

/* ---------------------------------------------------------------- areas */
/* Adds the site to its area, to all above it, and to the region as a whole. */
static void
add_site(reading *r, const kn_area_view *areas, int32_t site)
{
  const kn_site_view sites = kn_region_sites(r->region);
  const int32_t sector = r->site_sector[site];
  const double jobs = r->site_jobs[site];
  const bool is_known = sector != KN_NONE && jobs > 0;
  for (int32_t at = sites.area[site], slot = at == KN_NONE ? 0 : at + 1;; slot = at == KN_NONE ? 0 : at + 1) {
    r->area[slot].sites++;
    r->area[slot].sites_without_jobs += !is_known;
    if (is_known)
      r->jobs[slot][sector] += jobs;
    if (slot == 0)
      return;
    at = areas->parent[at];
  }
}

static void
add_material(reading *r, const kn_area_view *areas, int32_t site, int32_t resource, double quantity, bool is_need,
             bool is_estimate)
{
  const kn_resource_view resources = kn_region_resources(r->region);
  if (resources.class_of[resource] != KN_MATERIAL || !(quantity > 0))
    return;
  const char *word = resources.stream[resource];
  const int32_t stream = word == NULL ? KN_NONE : (int32_t)strtol(word + 1, NULL, 10) - 1;
  int32_t at = site == KN_NONE ? KN_NONE : kn_region_sites(r->region).area[site];
  for (;;) {
    kn_dna_area *area = &r->area[at == KN_NONE ? 0 : at + 1];
    kn_dna_streams *sums[] = {&area->all, stream == KN_NONE ? NULL : &area->stream[stream]};
    for (int k = 0; k < 2 && sums[k] != NULL; k++) {
      *(is_need ? &sums[k]->needed_t : &sums[k]->offered_t) += quantity;
      sums[k]->estimated_t += is_estimate && !is_need ? quantity : 0;
    }
    if (at == KN_NONE)
      return;
    at = areas->parent[at];
  }
}

/* Borders change: is this version of the area one of the plan year? */
static bool
is_valid(const kn_region *region, int64_t area)
{
  const kn_table *table = kn_region_table(region, KN_T_AREA);
  const int32_t year = kn_region_settings(region).plan_year;
  return year == KN_BLANK_INT || kn_date_share(table->columns[kn_schema_find_column(table->def, "from")].number[area],
                                               table->columns[kn_schema_find_column(table->def, "to")].number[area], year) > 0;
}

/* People of an area that does not say: those of the areas right below it that are of the plan year, where all of them do. */
static double
people_of(const kn_region *region, const kn_area_view *areas, int32_t area)
{
  if (!isnan(areas->population[area]))
    return areas->population[area];
  double sum = 0;
  bool has_part = false;
  for (int64_t a = 0; a < areas->n; a++)
    if (areas->parent[a] == area && areas->level[a] >= KN_MUNICIPALITY && is_valid(region, a)) {
      has_part = true;
      sum += people_of(region, areas, (int32_t)a);
    }
  return has_part ? sum : NAN;
}

/* People of the region as a whole: of its largest areas up to the level of a region, where all of them are known. */
static double
count_people(const kn_region *region, const kn_area_view *areas)
{
  double sum = 0;
  bool has_any = false;
  for (int64_t a = 0; a < areas->n; a++) {
    const int32_t parent = areas->parent[a];
    if (areas->level[a] < KN_MUNICIPALITY || areas->level[a] > KN_REGION ||
        (parent != KN_NONE && areas->level[parent] <= KN_REGION) || !is_valid(region, a))
      continue;
    has_any = true;
    sum += people_of(region, areas, (int32_t)a);
  }
  return has_any ? sum : NAN;
}

static kn_code
read_areas(reading *r, kn_error *err)
{
  const kn_area_view areas = kn_region_areas(r->region);
  const kn_offer_view offers = kn_region_offers(r->region);
  const kn_need_view needs = kn_region_needs(r->region);
  const kn_source_view sources = kn_region_sources(r->region);
  const int32_t sectors = r->settings->sectors;
  KN_NEW(r->area, r->keep, areas.n + 1, err);
  KN_NEW(r->jobs, r->scratch, areas.n + 1, err);
  for (int64_t a = 0; a <= areas.n; a++)
    KN_NEW(r->jobs[a], r->keep, sectors, err);
  for (int64_t i = 0; i < kn_region_sites(r->region).n; i++)
    add_site(r, &areas, (int32_t)i);
  for (int64_t i = 0; i < offers.n; i++)
    add_material(r, &areas, offers.site[i], offers.resource[i], offers.quantity[i] * offers.share[i], false,
                 offers.source[i] != KN_NONE && sources.is_estimate[offers.source[i]]);
  for (int64_t i = 0; i < needs.n; i++)
    add_material(r, &areas, needs.site[i], needs.resource[i], needs.quantity[i] * needs.share[i], true, false);
  for (int64_t a = 0; a <= areas.n; a++) {
    kn_dna_area *area = &r->area[a];
    double *lq;
    KN_NEW(lq, r->keep, sectors, err);
    kn_special_of(&area->special, lq, r->jobs[a], r->dna->view.reference, sectors);
    area->area = a == 0 ? KN_NONE : (int32_t)a - 1;
    area->population = a == 0 ? count_people(r->region, &areas) : people_of(r->region, &areas, (int32_t)a - 1);
    area->jobs = r->jobs[a];
    area->lq = lq;
  }
  r->dna->view.area = r->area;
  r->dna->view.area_count = (int32_t)areas.n + 1;
  return KN_OK;
}

/* ---------------------------------------------------------------- circularity */
static const char *
fate_of(const kn_region *region, int64_t offer)
{
  const uint8_t fate = kn_region_offers(region).fate[offer];
  const kn_table_def *def = kn_schema(KN_T_OFFER);
  return fate == KN_BLANK_WORD ? "unknown" : def->columns[kn_schema_find_column(def, "fate")].words[fate];
}

static void
read_fates(const reading *r, kn_dna_circular *out)
{
  const kn_offer_view offers = kn_region_offers(r->region);
  const kn_resource_view resources = kn_region_resources(r->region);
  for (int64_t i = 0; i < offers.n; i++) {
    const double t = offers.quantity[i] * offers.share[i]; /* of the plan year */
    if (resources.class_of[offers.resource[i]] != KN_MATERIAL || !(t > 0))
      continue;
    const char *fate = fate_of(r->region, i);
    double *to = strcmp(fate, "recycling") == 0         ? &out->today.recycled
                 : strcmp(fate, "energy_recovery") == 0 ? &out->today.energy_recovery
                 : strcmp(fate, "incineration") == 0    ? &out->today.incinerated
                 : strcmp(fate, "landfill") == 0        ? &out->today.landfilled
                 : strcmp(fate, "reuse") == 0           ? &out->reused_t
                                                        : &out->fate_unknown_t;
    *to += t;
    out->fate_known_t += to == &out->fate_unknown_t ? 0 : t;
  }
  out->rates = kn_waste_rates_of(out->today);
}

/* What the plan moves to needs, and out of the region, by class: local is what comes from offers and units. */
static void
read_plan(const reading *r, kn_dna_circular *out)
{
  const kn_tie_view *ties = r->settings->ties;
  const kn_offer_view offers = kn_region_offers(r->region);
  const kn_need_view needs = kn_region_needs(r->region);
  const kn_resource_view resources = kn_region_resources(r->region);
  double local[KN_CLASS_COUNT] = {0}, import[KN_CLASS_COUNT] = {0}, export[KN_CLASS_COUNT] = {0};
  out->offered_t = out->used_t = out->needs_t = out->virgin_replaced_t = NAN;
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    out->of_class[c] = (kn_yearly_sufficiency){NAN, NAN, NAN};
  if (ties == NULL)
    return;
  for (int64_t i = 0; i < ties->n; i++) {
    const int c = resources.class_of[ties->resource[i]];
    const bool is_in = ties->from[i].kind == KN_END_GATEWAY, is_out = ties->to[i].kind == KN_END_GATEWAY;
    if (is_out || ties->to[i].kind == KN_END_NEED)
      *(is_in ? &import[c] : &local[c]) += ties->quantity[i];
    if (is_out)
      export[c] += ties->quantity[i];
  }
  for (int c = 0; c < KN_CLASS_COUNT; c++)
    if (local[c] + import[c] > 0)
      out->of_class[c] = kn_yearly_sufficiency_of(local[c], import[c], export[c]);
  out->offered_t = out->used_t = out->needs_t = 0;
  for (int64_t i = 0; i < offers.n; i++)
    if (resources.class_of[offers.resource[i]] == KN_MATERIAL) {
      out->offered_t += offers.quantity[i] * offers.share[i];
      out->used_t += r->settings->offers_used->used[i];
    }
  for (int64_t i = 0; i < needs.n; i++)
    if (resources.class_of[needs.resource[i]] == KN_MATERIAL)
      out->needs_t += needs.quantity[i] * needs.share[i];
  out->virgin_replaced_t = r->settings->virgin_replaced_t;
}

/* An end of a flow that is outside: blank, or a gateway. */
static bool
is_outside(const kn_region *region, const char *end)
{
  return end == NULL || end[0] == '\0' || kn_region_find(region, KN_T_GATEWAY, end) != KN_NONE;
}

static void
read_flows(const reading *r, kn_dna_circular *out)
{
  const kn_table *flows = kn_region_table(r->region, KN_T_FLOW);
  const kn_resource_view resources = kn_region_resources(r->region);
  const char *const *from = flows->columns[kn_schema_find_column(flows->def, "from_id")].text;
  const char *const *to = flows->columns[kn_schema_find_column(flows->def, "to_id")].text;
  const int32_t *resource = flows->columns[kn_schema_find_column(flows->def, "resource_id")].number;
  const int32_t *year = flows->columns[kn_schema_find_column(flows->def, "year")].number;
  const double *quantity = flows->columns[kn_schema_find_column(flows->def, "quantity")].real;
  out->flow_year = KN_BLANK_INT;
  out->flow_in_t = out->flow_out_t = NAN;
  for (int64_t i = 0; i < flows->n; i++) {
    const bool is_in = is_outside(r->region, from[i]), is_out = is_outside(r->region, to[i]);
    if (is_in == is_out || isnan(quantity[i]) || resources.class_of[resource[i]] != KN_MATERIAL)
      continue;
    if (out->flow_year == KN_BLANK_INT || year[i] > out->flow_year) {
      out->flow_year = year[i];
      out->flow_in_t = out->flow_out_t = 0;
    }
    if (year[i] == out->flow_year)
      *(is_in ? &out->flow_in_t : &out->flow_out_t) += quantity[i];
  }
}

/* ---------------------------------------------------------------- how far away */
/* Sites to the nearest of some points, through a tree where there are many. */
static kn_code
measure(const reading *r, const kn_point *point, int64_t n, kn_dna_reach *out, kn_error *err)
{
  *out = (kn_dna_reach){.count = (double)n, .mean_km = NAN, .job_mean_km = NAN};
  const kn_site_view sites = kn_region_sites(r->region);
  if (n == 0 || sites.n == 0)
    return KN_OK;
  kn_tree *tree;
  KN_TRY(kn_tree_new(&tree, KN_SPHERE, n, point, err));
  double sum = 0, jobs = 0, weighed = 0;
  for (int64_t i = 0; i < sites.n; i++) {
    const kn_query query = {.from = sites.point[i], .floor = -INFINITY};
    kn_hit hit = {.km = NAN};
    kn_tree_best(tree, &query, 1, &hit);
    sum += hit.km;
    if (r->site_jobs[i] > 0) {
      jobs += r->site_jobs[i];
      weighed += r->site_jobs[i] * hit.km;
    }
  }
  kn_tree_free(tree);
  out->mean_km = sum / (double)sites.n;
  out->job_mean_km = jobs > 0 ? weighed / jobs : NAN;
  return KN_OK;
}

static kn_code
read_reach(reading *r, kn_error *err)
{
  const kn_gateway_view gateways = kn_region_gateways(r->region);
  const kn_terminal_view terminals = kn_region_terminals(r->region);
  kn_point *point;
  KN_NEW(point, r->scratch, gateways.n + terminals.n, err);
  for (int level = 0; level < KN_LEVEL_COUNT; level++) {
    int64_t n = 0;
    for (int64_t g = 0; g < gateways.n; g++)
      if (gateways.level[g] == level)
        point[n++] = gateways.point[g];
    KN_TRY(measure(r, point, n, &r->dna->view.gateways[level], err));
  }
  for (int kind = 0; kind < KN_LINK_KIND_COUNT; kind++) {
    int64_t n = 0;
    for (int64_t t = 0; t < terminals.n; t++)
      if (terminals.kinds[t] >> kind & 1 && terminals.status[t] == KN_EXISTING)
        point[n++] = terminals.point[t];
    KN_TRY(measure(r, point, n, &r->dna->view.terminals[kind], err));
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- what is not known */
static void
list_lacks(kn_dna *dna)
{
  const kn_dna_view *view = &dna->view;
  const kn_dna_area *whole = &view->area[0];
  const kn_dna_circular *c = &view->circular;
  if (!(whole->special.total > 0))
    lack(dna, N_("specialisation and diversity"), N_("no company has both a NACE code and jobs"));
  if (isnan(whole->population))
    lack(dna, N_("streams per inhabitant of the region"), N_("the population of its areas is not given"));
  if (!(c->rates.treated_own > 0))
    lack(dna, N_("recycling rate"), N_("of no offer it is known what happens to it today"));
  const char *why = kn_dna_lacks_treatments(c);
  if (why != NULL)
    lack(dna, N_("recycling rate across the border"), why);
  why = kn_dna_lacks_materials(c);
  if (why != NULL)
    lack(dna, N_("circular material use rate"), why);
  why = kn_dna_lacks_products(c);
  if (why != NULL)
    lack(dna, N_("material circularity of products (MCI)"), why);
  if (c->hourly_count == 0)
    lack(dna, N_("hourly self-sufficiency"), N_("no need of energy or water has a profile that says in which hours"));
  if (isnan(c->offered_t))
    lack(dna, N_("self-sufficiency, and what a plan would use"), N_("there is no plan of the region as it is"));
  if (c->flow_year == KN_BLANK_INT)
    lack(dna, N_("imports and exports"), N_("no flow across the border is reported"));
  double gateways = 0;
  for (int level = 0; level < KN_LEVEL_COUNT; level++)
    gateways += view->gateways[level].count;
  if (gateways == 0)
    lack(dna, N_("accessibility by level"), N_("no gateway has a level"));
}

static kn_code
read_all(reading *r, kn_error *err)
{
  kn_dna_view *view = &r->dna->view;
  const int32_t sectors = r->settings->sectors;
  const char **sector;
  double *reference;
  KN_NEW(sector, r->keep, sectors, err);
  KN_NEW(reference, r->keep, sectors, err);
  for (int32_t k = 0; k < sectors; k++)
    sector[k] = r->settings->sector[k].nace;
  view->sectors = sectors;
  view->sector = sector;
  view->reference = reference;
  KN_TRY(count_reference(r, reference, err));
  KN_TRY(kn_site_jobs(&r->site_jobs, r->region, r->scratch, err));
  KN_TRY(find_sectors(r->region, r->settings, r->scratch, &r->site_sector, err));
  KN_TRY(read_areas(r, err));
  read_fates(r, &view->circular);
  read_plan(r, &view->circular);
  read_flows(r, &view->circular);
  KN_TRY(kn_dna_read_products(&view->circular, r->region, r->keep, r->scratch, err));
  KN_TRY(kn_dna_read_accounts(&view->circular, r->region, r->keep, r->scratch, err));
  KN_TRY(kn_dna_read_hours(&view->circular, r->region, r->settings->ties, r->keep, r->scratch, err));
  KN_TRY(read_reach(r, err));
  list_lacks(r->dna);
  view->lack = r->dna->lack;
  return KN_OK;
}

kn_code
kn_dna_make(kn_dna **out, const kn_region *region, const kn_dna_settings *settings, kn_error *err)
{
  *out = NULL;
  kn_dna *dna = calloc(1, sizeof *dna);
  if (dna == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for the DNA of a region");
  dna->keep = kn_arena_new();
  reading r = {.dna = dna, .region = region, .settings = settings, .keep = dna->keep, .scratch = kn_arena_new()};
  const kn_code code = read_all(&r, err);
  kn_arena_free(r.scratch);
  if (code != KN_OK) {
    kn_dna_free(dna);
    return code;
  }
  *out = dna;
  return KN_OK;
}

kn_dna_view
kn_dna_read(const kn_dna *dna)
{
  return dna->view;
}

void
kn_dna_free(kn_dna *dna)
{
  if (dna == NULL)
    return;
  kn_arena_free(dna->keep);
  free(dna);
}
