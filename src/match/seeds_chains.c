/* Chains: one or two processes of the region that turn what is offered into what a need asks for.
 *
 *   a unit offered -> activity 1 / |input| -> output x activity ... -> yield units of what is needed
 *   cost per unit offered: (opex + annuity of capex + other inputs that a gateway sells) x activity, of both steps
 *
 * What a gateway does not sell is not in the cost; the reasons of a seed say so. */
#include <string.h>

#include "match/seeds.h"

typedef struct chaining {
  kn_sowing *s;
  double *sold;       /* [resources] cheapest price at a gateway in, INFINITY: none */
  double *best_price; /* [resources] the highest that a need pays for exactly this resource; -INFINITY: no need */
  int32_t needed_count, *needed;
  uint8_t *is_offered; /* [resources] */
} chaining;

/* A flow per activity of something that can be moved. */
static bool
is_stream(const kn_sowing *s, int32_t flow, bool is_input)
{
  const kn_process_view *p = &s->processes;
  const uint8_t class_of = s->resources.class_of[p->flow_resource[flow]];
  return p->flow_per[flow] == KN_PER_ACTIVITY && (p->flow_quantity[flow] < 0) == is_input &&
         (class_of == KN_MATERIAL || class_of == KN_ENERGY || class_of == KN_WATER);
}

static double
annuity(double capex, double rate, double years)
{
  if (!(capex > 0) || !(years > 0))
    return 0;
  return rate > 0 ? capex * rate / (1 - pow(1 + rate, -years)) : capex / years;
}

/* Cost of one activity, the main input left out. */
static double
activity_cost(const chaining *c, int32_t process, int32_t input)
{
  const kn_process_view *p = &c->s->processes;
  const double opex = isnan(p->opex_eur[process]) ? 0 : p->opex_eur[process];
  double cost = opex + annuity(p->capex_eur[process], kn_region_settings(c->s->region).discount_rate, p->lifetime_yr[process]);
  for (int32_t f = p->flow_first[process]; f < p->flow_first[process + 1]; f++)
    if (f != input && is_stream(c->s, f, true) && isfinite(c->sold[p->flow_resource[f]]))
      cost += c->sold[p->flow_resource[f]] * -p->flow_quantity[f];
  return cost;
}

static bool
has_unit(const kn_sowing *s, int32_t process)
{
  const kn_unit_view units = kn_region_units(s->region);
  for (int64_t u = 0; u < units.n; u++)
    if (units.process[u] == process)
      return true;
  return false;
}

/* Steps on from a process, whose activity per unit offered is known, to what is needed. */
static void
take_step(const chaining *c, int32_t offered, kn_link_to link, int32_t process, int32_t input, double per_unit, kn_links *out,
          double *score)
{
  const kn_sowing *s = c->s;
  const kn_process_view *p = &s->processes;
  const kn_seed_weights *w = &s->knowledge->weight;
  const double activity = per_unit / -p->flow_quantity[input];
  link.cost_eur += activity * activity_cost(c, process, input);
  link.chance *= (link.chain_count == 0 ? 1 : w->chain_next) * (has_unit(s, process) ? w->chain_unit : w->chain_one);
  link.chain[link.chain_count++] = process;
  for (int32_t f = p->flow_first[process]; f < p->flow_first[process + 1]; f++) {
    if (!is_stream(s, f, false))
      continue;
    const int32_t made = p->flow_resource[f];
    link.yield = activity * p->flow_quantity[f];
    for (int32_t i = 0; i < c->needed_count; i++) {
      link.needed = c->needed[i];
      /* What is made must lead to the need, and what is offered must not lead there by itself. */
      if (kn_seeds_leads(s, made, link.needed) && !kn_seeds_leads(s, offered, link.needed))
        kn_links_keep(out, score, link, link.chance * (link.yield * c->best_price[link.needed] - link.cost_eur));
    }
    for (int32_t next = 0; link.chain_count == 1 && next < p->n; next++)
      for (int32_t g = p->flow_first[next]; next != process && g < p->flow_first[next + 1]; g++)
        if (is_stream(s, g, true) && kn_seeds_leads(s, made, p->flow_resource[g]) &&
            !kn_seeds_leads(s, offered, p->flow_resource[g]))
          take_step(c, offered, link, next, g, link.yield, out, score);
  }
}

static void
chain_resources(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const chaining *c = arg;
  const kn_process_view *p = &c->s->processes;
  for (int64_t r = first; r < last; r++) {
    if (!c->is_offered[r])
      continue;
    double score[KN_LINKS_MOST] = {0};
    kn_links *out = &c->s->chains[r];
    for (int32_t process = 0; process < p->n; process++)
      for (int32_t f = p->flow_first[process]; f < p->flow_first[process + 1]; f++)
        if (is_stream(c->s, f, true) && kn_seeds_leads(c->s, (int32_t)r, p->flow_resource[f]))
          take_step(c, (int32_t)r, (kn_link_to){.chance = 1, .alike = 1}, process, f, 1, out, score);
  }
}

kn_code
kn_seeds_chains(kn_sowing *s, kn_error *err)
{
  const int32_t n = (int32_t)s->resources.n;
  chaining c = {.s = s};
  KN_NEW(s->chains, s->arena, n, err);
  KN_NEW(c.sold, s->arena, n, err);
  KN_NEW(c.best_price, s->arena, n, err);
  KN_NEW(c.needed, s->arena, n, err);
  KN_NEW(c.is_offered, s->arena, n, err);
  for (int64_t i = 0; i < s->offers.n; i++)
    c.is_offered[s->offers.resource[i]] = 1;
  for (int32_t r = 0; r < n; r++) {
    c.sold[r] = INFINITY;
    c.best_price[r] = -INFINITY;
  }
  const kn_gateway_view gateways = kn_region_gateways(s->region);
  for (int64_t g = 0; g < gateways.n; g++)
    if (gateways.direction[g] == KN_IN)
      c.sold[gateways.resource[g]] = fmin(c.sold[gateways.resource[g]], gateways.price_eur[g]);
  for (int64_t j = 0; j < s->needs.n; j++)
    c.best_price[s->needs.resource[j]] = fmax(c.best_price[s->needs.resource[j]], s->needs.price_eur[j]);
  for (int32_t r = 0; r < n; r++)
    if (isfinite(c.best_price[r]))
      c.needed[c.needed_count++] = r;
  return kn_parallel(s->threads, n, 4, chain_resources, &c, err);
}
