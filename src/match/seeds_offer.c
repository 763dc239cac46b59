/* The seeds of one offer: by words and kind of stream, by sector, by chains, by what others do; then the best of them. */
#include <string.h>

#include "match/seeds.h"

enum { SUPPLY, DEMAND, SECTORS_ASKED = 12, SECTORS_KEPT = 4 };
static const double heat_km = 10, space_km = 20;

/* Sites that are d km apart go on together half as often with every distance_km. */
void
kn_seed_judge(const kn_sowing *s, double chance, kn_seed *seed)
{
  const kn_seed_weights *w = &s->knowledge->weight;
  kn_legal_check check[KN_CHECKS_MOST];
  const int32_t count = kn_seed_checks(s->law, seed, check);
  seed->told = chance;
  if (isfinite(seed->km))
    seed->told *= exp2(-seed->km / w->distance_km);
  for (int32_t i = 0; i < count; i++)
    seed->told *= check[i].outcome == KN_FAILED ? w->failed_check : check[i].outcome == KN_UNKNOWN ? w->unknown_check : 1;
  const int32_t group = kn_seed_group(seed);
  const kn_chance now = kn_calibration_tell(s->calibration, group, seed->told);
  seed->chance = kn_calibration_tell(s->calibration, group, chance).mean;
  seed->probability = now.mean;
  seed->low = now.low;
  seed->high = now.high;
}

int
kn_seed_compare(const kn_seed *a, const kn_seed *b)
{
  const double x = kn_seed_worth(a), y = kn_seed_worth(b);
  if (x != y)
    return x > y ? -1 : 1;
  if (a->probability != b->probability)
    return a->probability > b->probability ? -1 : 1;
  if (a->kind != b->kind)
    return a->kind < b->kind ? -1 : 1;
  const int32_t one[] = {a->offer, a->need, a->from_site, a->to_site, a->sector, a->chain[0], a->chain[1]};
  const int32_t two[] = {b->offer, b->need, b->from_site, b->to_site, b->sector, b->chain[0], b->chain[1]};
  for (size_t i = 0; i < sizeof one / sizeof *one; i++)
    if (one[i] != two[i])
      return one[i] < two[i] ? -1 : 1;
  return 0;
}

static kn_seed
blank_seed(const kn_sowing *s, kn_seed_kind kind, int32_t offer)
{
  return (kn_seed){.kind = (uint8_t)kind,
                   .offer = offer,
                   .need = KN_NONE,
                   .from_site = s->offers.site[offer],
                   .to_site = KN_NONE,
                   .resource = s->offers.resource[offer],
                   .needed = KN_NONE,
                   .chain = {KN_NONE, KN_NONE},
                   .example = KN_NONE,
                   .precedent = KN_NONE,
                   .sector = KN_NONE,
                   .taker = KN_NONE,
                   .km = NAN,
                   .eur = NAN,
                   .quantity = NAN,
                   .hours_share = NAN,
                   .has = NAN,
                   .asked = NAN};
}

static int32_t
keep(kn_seed *best, int32_t n, int32_t most, const kn_seed *seed)
{
  /* One seed of each pair and chain: the likelier way. */
  for (int32_t k = 0; k < n; k++)
    if (best[k].kind == seed->kind && best[k].need == seed->need && best[k].to_site == seed->to_site &&
        best[k].sector == seed->sector && memcmp(best[k].chain, seed->chain, sizeof seed->chain) == 0)
      return n;
  if (n == most && kn_seed_compare(&best[n - 1], seed) <= 0)
    return n;
  int32_t at = n < most ? n++ : n - 1;
  for (; at > 0 && kn_seed_compare(&best[at - 1], seed) > 0; at--)
    best[at] = best[at - 1];
  best[at] = *seed;
  return n;
}

/* ------------------------------------------------------------------ needs */
enum { NEEDS_TRIED = 8 };

typedef struct linking {
  const kn_sowing *s;
  int32_t offer, supply;
  const kn_link_to *link;
  bool is_chained, is_energy, is_passing; /* is_passing: it is lost when nobody takes it at once */
  double heat;                            /* temperature of the offer, NAN */
  const kn_spot *spot;
} linking;

/* Does heat of this temperature serve the need? Where one of both is not known: only if the names say so. */
static bool
is_hot_enough(const linking *l, int32_t need, double km)
{
  if (!l->is_energy || l->is_chained)
    return true;
  const double least = kn_need_least(l->s, need, "temperature");
  if (isfinite(l->heat) && isfinite(least))
    return l->heat >= least && km <= heat_km;
  return !l->link->is_heat;
}

static double
may_take(void *arg, int32_t point, double km)
{
  const linking *l = arg;
  return is_hot_enough(l, l->spot->row[point], km) ? 0 : -INFINITY;
}

/* The fewer full-load hours one has of the other's, the less the pair brings: where the hours themselves are not known. */
static double
full_load_factor(const linking *l, int32_t need)
{
  const double own = kn_offer_figure(l->s, l->offer, "full_load_h"), other = kn_need_least(l->s, need, "full_load_h");
  return own > 0 && other > 0 ? fmin(own, other) / fmax(own, other) : 1;
}

/* What a link is worth to a need. False: it cannot get there, or never at the right hour. */
static bool
value_need(const linking *l, int32_t need, kn_seed *seed)
{
  const kn_sowing *s = l->s;
  const kn_link_to *link = l->link;
  const kn_side *from = &s->market->side[SUPPLY], *to = &s->market->side[DEMAND];
  const int32_t supply = l->supply, demand = s->demand_of[need], mode = kn_hauls_mode(s->hauls, supply, demand);
  if (mode == KN_NONE)
    return false;
  const kn_way way = {.substitution = KN_NONE, .ratio = link->yield, .cost_eur = link->cost_eur, .max_share = 1};
  const kn_worth worth = kn_market_worth(s->market, supply, demand, &way, mode, kn_market_km(s->market, supply, demand));
  seed->need = need;
  seed->needed = link->needed;
  seed->to_site = s->needs.site[need] == KN_NONE ? seed->from_site : s->needs.site[need];
  seed->km = kn_market_km(s->market, supply, demand);
  const double smaller = fmin(from->limit[supply], to->limit[demand] / link->yield);
  const double shared = kn_seeds_coinciding(s, l->offer, from->limit[supply], need, to->limit[demand] / link->yield);
  seed->hours_share = shared / smaller;
  seed->quantity = isnan(shared) ? smaller : shared;
  seed->eur = worth.eur * seed->quantity;
  seed->chain_count = link->chain_count;
  for (int32_t i = 0; i < link->chain_count; i++)
    seed->chain[i] = link->chain[i];
  seed->text = (float)link->alike;
  return seed->quantity > 0;
}

/* What kind of seed it is, and its chance. False: too far. */
static bool
judge_need(const linking *l, kn_seed *seed)
{
  const kn_seed_weights *w = &l->s->knowledge->weight;
  double chance = l->link->chance;
  const double least = l->is_energy && !l->is_chained ? kn_need_least(l->s, seed->need, "temperature") : NAN;
  if (isfinite(l->heat) && isfinite(least)) {
    seed->kind = KN_SEED_HEAT;
    seed->has = l->heat;
    seed->asked = least;
    chance = fmax(chance, w->heat_pair);
    if (isnan(seed->hours_share))
      chance *= full_load_factor(l, seed->need);
  }
  if (seed->kind == KN_SEED_SPACE) {
    if (seed->km > space_km)
      return false;
    chance = w->space_pair * l->link->alike;
  }
  kn_seed_judge(l->s, chance, seed);
  return true;
}

/* The best seed of a link. Of what can wait it is that with the need that pays most for what comes from here; else hours and chances
 * count as well, of the NEEDS_TRIED that pay most. False: none. */
static bool
sow_link(const linking *l, const kn_seed *blank, kn_seed *out)
{
  const kn_sowing *s = l->s;
  const kn_side *from = &s->market->side[SUPPLY], *to = &s->market->side[DEMAND];
  const kn_haul *haul = kn_hauls_of(s->hauls, (kn_class)s->resources.class_of[from->resource[l->supply]]);
  kn_hit hit[NEEDS_TRIED];
  int32_t tried[NEEDS_TRIED + 1], count = 0;
  double most = -INFINITY;
  const int32_t anywhere = l->spot->anywhere;
  if (anywhere != KN_NONE && is_hot_enough(l, anywhere, 0)) {
    tried[count++] = anywhere;
    most = l->link->yield * to->eur[s->demand_of[anywhere]];
  }
  if (l->spot->tree != NULL && haul->segment_count > 0) {
    const kn_query query = {.from = from->point[l->supply],
                            .scale = l->link->yield,
                            .floor = -INFINITY,
                            .haul = haul,
                            .extra = may_take,
                            .arg = (void *)(uintptr_t)l};
    const int32_t hits = kn_tree_best(l->spot->tree, &query, l->is_passing ? NEEDS_TRIED : 1, hit);
    if (!l->is_passing && hits == 1 && hit[0].worth > most)
      count = 0;
    for (int32_t i = 0; i < hits && (l->is_passing || count == 0); i++)
      tried[count++] = l->spot->row[hit[i].point];
  }
  bool has_one = false;
  for (int32_t i = 0; i < count; i++) {
    kn_seed seed = *blank;
    if (value_need(l, tried[i], &seed) && judge_need(l, &seed) && (!has_one || kn_seed_compare(&seed, out) < 0)) {
      *out = seed;
      has_one = true;
    }
  }
  return has_one;
}

/* ------------------------------------------------------------------ kinds of seeds */
static int32_t
add_links(const kn_sowing *s, int32_t offer, int32_t supply, kn_seed *best, int32_t n)
{
  const int32_t resource = s->offers.resource[offer], class_of = s->resources.class_of[resource];
  const bool is_space = class_of == KN_SPACE || class_of == KN_LABOUR || class_of == KN_KNOWLEDGE || class_of == KN_CAPITAL;
  linking l = {.s = s,
               .offer = offer,
               .supply = supply,
               .is_energy = class_of == KN_ENERGY,
               .is_passing = kn_seeds_passes((uint8_t)class_of),
               .heat = class_of == KN_ENERGY ? kn_offer_figure(s, offer, "temperature") : NAN};
  for (int32_t chained = 0; chained < 2; chained++) {
    const kn_links *links = chained ? &s->chains[resource] : &s->links[resource];
    const kn_seed blank = blank_seed(s, chained ? KN_SEED_CHAIN : is_space ? KN_SEED_SPACE : KN_SEED_NEED, offer);
    l.is_chained = chained == 1;
    for (int32_t i = 0; i < links->n; i++) {
      kn_seed seed;
      l.link = &links->link[i];
      l.spot = &s->need_spot[l.link->needed];
      if (sow_link(&l, &blank, &seed))
        n = keep(best, n, s->settings->most, &seed);
    }
  }
  return n;
}

typedef struct passing {
  const kn_sowing *s;
  const kn_spot *spot;
  int32_t actor;
} passing;

/* Not to oneself. */
static double
is_other(void *arg, int32_t point, double km)
{
  (void)km;
  const passing *p = arg;
  return p->s->sites.actor[p->spot->row[point]] == p->actor ? -INFINITY : 0;
}

/* A precedent of the region for this stream and sector: the likest, KN_NONE. */
static int32_t
find_precedent(const kn_sowing *s, const kn_phrase *words, const char *code, const char *donor, const char *nace, double *alike)
{
  const kn_table *table = kn_region_table(s->region, KN_T_PRECEDENT);
  const int32_t donor_column = kn_schema_find_column(table->def, "donor_nace"),
                code_column = kn_schema_find_column(table->def, "code_low");
  const int32_t receiver_column = kn_schema_find_column(table->def, "receiver_nace");
  int32_t best = KN_NONE;
  *alike = 0;
  for (int32_t p = 0; p < s->precedent_count; p++) {
    const char *receiver = table->columns[receiver_column].text[p], *given = table->columns[donor_column].text[p];
    char digits[7] = "";
    if (receiver == NULL || !kn_nace_within(nace, receiver))
      continue;
    const char *of_code = table->columns[code_column].text[p];
    if (of_code != NULL && !kn_code_digits(of_code, digits))
      digits[0] = '\0';
    double text = 0;
    for (int32_t i = 0; i < words->n; i++)
      for (int32_t j = 0; j < s->precedent_text[p].n; j++)
        text = fmax(text, kn_terms_alike(s->knowledge->terms, words->term[i], s->precedent_text[p].term[j]));
    const double near = 0.5 * fmax(text, code[0] == '\0' || digits[0] == '\0' ? 0 : kn_code_alike(code, digits)) +
                        0.5 * (donor == NULL || given == NULL ? 0 : kn_nace_alike(donor, given));
    if (near > 0.5 && near > *alike) {
      *alike = near;
      best = p;
    }
  }
  return best;
}

/* Sites of the sectors that take such streams, the nearest of each. */
static int32_t
add_receivers(const kn_sowing *s, int32_t offer, int32_t supply, kn_query_space *space, kn_seed *best, int32_t n)
{
  const kn_knowledge *k = s->knowledge;
  const int32_t resource = s->offers.resource[offer], site = s->offers.site[offer], actor = s->sites.actor[site];
  const char *donor = actor == KN_NONE ? NULL : s->actors.nace[actor];
  kn_stream_text text[4];
  int32_t texts = s->resource_text[resource].n;
  memcpy(text, s->resource_text[resource].part, (size_t)texts * sizeof *text);
  if (s->offer_text[offer].n > 0) /* a description is about more than the stream */
    text[texts++] = (kn_stream_text){s->offer_text[offer], 0.8};
  const kn_stream_query query = {.text_count = texts,
                                 .text = text,
                                 .likes = s->likes,
                                 .code = s->code[resource][0] == '\0' ? NULL : s->code[resource],
                                 .donor = donor,
                                 .class_of = s->resources.class_of[resource]};
  kn_sectors_rank(k, kn_streams_score(k, &query, space), space);
  const kn_side *from = &s->market->side[SUPPLY];
  const kn_haul *haul = kn_hauls_of(s->hauls, (kn_class)s->resources.class_of[resource]);
  const bool is_paid = !isnan(
      kn_region_table(s->region, KN_T_OFFER)->columns[kn_schema_find_column(kn_schema(KN_T_OFFER), "fate_eur")].real[offer]);
  for (int32_t i = 0, kept = 0; i < SECTORS_ASKED && i < k->sector_count && kept < SECTORS_KEPT; i++) {
    const int32_t sector = space->order[i];
    const kn_spot *spot = &s->sector_spot[sector];
    if (spot->tree == NULL)
      continue;
    passing other = {s, spot, actor};
    const kn_query nearest = {.from = from->point[supply], .floor = -INFINITY, .extra = is_other, .arg = &other};
    kn_hit hit;
    if (kn_tree_best(spot->tree, &nearest, 1, &hit) == 0)
      continue;
    kn_seed seed = blank_seed(s, KN_SEED_RECEIVER, offer);
    seed.to_site = spot->row[hit.point];
    seed.km = kn_point_km(KN_SPHERE, from->point[supply], s->sites.point[seed.to_site]);
    seed.quantity = from->limit[supply];
    seed.sector = sector;
    seed.taker = kn_sector_reason(k, space, sector);
    if (seed.taker != KN_NONE) {
      const kn_stream_score *score = &space->score[k->taker[seed.taker].stream];
      seed.text = (float)score->text;
      seed.code = (float)score->code;
      seed.donor = (float)score->donor;
    }
    const double cost = kn_haul_cost(haul, seed.km);
    if (is_paid && isfinite(cost)) /* else nothing is known of what the pair would save */
      seed.eur = (from->eur[supply] - cost) * seed.quantity;
    double chance = kn_chance_calibrated(k, space->sector[sector]), alike;
    seed.precedent = find_precedent(s, &text[0].phrase, s->code[resource], donor, k->sector[sector].nace, &alike);
    if (seed.precedent != KN_NONE) /* it has been done: as good as a half, as far as it is alike */
      chance = 1 - (1 - chance) * (1 - 0.5 * alike);
    kn_seed_judge(s, chance, &seed);
    n = keep(best, n, s->settings->most, &seed);
    kept++;
  }
  return n;
}

static int32_t
add_practice(const kn_sowing *s, int32_t offer, int32_t supply, kn_seed *best, int32_t n)
{
  const int32_t example = s->best_of_code[offer];
  if (example == KN_NONE)
    return n;
  kn_seed seed = blank_seed(s, KN_SEED_PRACTICE, offer);
  seed.example = example;
  seed.quantity = s->market->side[SUPPLY].limit[supply];
  seed.eur = (s->offers.fate_eur[offer] - s->offers.fate_eur[example]) * seed.quantity;
  kn_seed_judge(s, s->knowledge->weight.practice, &seed);
  return keep(best, n, s->settings->most, &seed);
}

int32_t
kn_seeds_of_offer(const kn_sowing *s, int32_t offer, kn_query_space *space, kn_seed *best)
{
  const int32_t supply = s->supply_of[offer];
  const kn_side *side = &s->market->side[SUPPLY];
  if (supply == KN_NONE || !(side->limit[supply] > 0) || kn_side_has_ended(side, supply, s->settings->today))
    return 0;
  int32_t n = add_links(s, offer, supply, best, 0);
  n = add_receivers(s, offer, supply, space, best, n);
  return add_practice(s, offer, supply, best, n);
}
