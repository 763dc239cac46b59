/* Seeds: what the market has no way for yet. Offers are asked on all threads, each into a place of its own; then all seeds are
 * put in order. */
#include <stdlib.h>
#include <string.h>

#include "match/seeds.h"

enum { MOST_OF_OFFER = 100, CHUNK = 16 };

struct kn_seeds {
  kn_calibration *calibration;
  kn_seed *seed;
  int64_t n;
};

const char *
kn_seed_kind_name(kn_seed_kind kind)
{
  static const char *const names[] = {"need", "receiver", "chain", "practice", "heat", "space", "sector"};
  static_assert(sizeof names / sizeof *names == KN_SEED_KIND_COUNT, "a name per kind");
  return names[kind];
}

/* Nodes of the market by the row of their offer or need. */
static kn_code
number_nodes(kn_sowing *s, kn_error *err)
{
  KN_NEW(s->supply_of, s->arena, s->offers.n, err);
  KN_NEW(s->demand_of, s->arena, s->needs.n, err);
  for (int64_t i = 0; i < s->offers.n; i++)
    s->supply_of[i] = KN_NONE;
  for (int64_t j = 0; j < s->needs.n; j++)
    s->demand_of[j] = KN_NONE;
  for (int32_t which = 0; which < 2; which++) {
    const kn_side *side = &s->market->side[which];
    for (int32_t node = 0; node < side->n; node++)
      if (side->place[node].kind == (which == 0 ? KN_END_OFFER : KN_END_NEED))
        (which == 0 ? s->supply_of : s->demand_of)[side->place[node].row] = node;
  }
  return KN_OK;
}

typedef struct asking {
  const kn_sowing *s;
  kn_seed *found; /* [offers x most] */
  int32_t *count; /* [offers] */
} asking;

static void
ask_offers(void *arg, int64_t first, int64_t last, int32_t worker)
{
  const asking *a = arg;
  for (int64_t i = first; i < last; i++)
    a->count[i] = kn_seeds_of_offer(a->s, (int32_t)i, &a->s->space[worker], a->found + i * a->s->settings->most);
}

static int
in_order(const void *a, const void *b)
{
  return kn_seed_compare(a, b);
}

static kn_code
sow(kn_sowing *s, const kn_watch *watch, kn_seeds *out, kn_error *err)
{
  kn_progress progress = {.phase = "seeds", .value = NAN, .bound = NAN};
  kn_watch_tell(watch, &progress);
  KN_TRY(number_nodes(s, err));
  KN_TRY(kn_hauls_new(&s->hauls, s->market, (kn_weights){.value = 1}, NULL, err));
  KN_TRY(kn_seeds_words(s, err));
  KN_NEW(s->space, s->arena, s->threads, err);
  for (int32_t t = 0; t < s->threads; t++)
    KN_TRY(kn_query_space_new(&s->space[t], s->knowledge, s->arena, s->word_most, err));
  KN_TRY(kn_seeds_links(s, err));
  KN_TRY(kn_seeds_chains(s, err));
  KN_TRY(kn_seeds_practice(s, err));
  KN_TRY(kn_seeds_places(s, err));
  KN_TRY(kn_seeds_hours(s, err));
  asking a = {.s = s};
  KN_NEW(a.found, s->arena, s->offers.n * s->settings->most, err);
  KN_NEW(a.count, s->arena, s->offers.n, err);
  if (kn_watch_is_stopped(watch))
    return kn_fail(err, KN_E_STOPPED, "stopped before the offers were asked");
  KN_TRY(kn_parallel(s->threads, s->offers.n, CHUNK, ask_offers, &a, err));
  int64_t room = 0, total = 0;
  for (int64_t i = 0; i < s->offers.n; i++)
    total += a.count[i];
  KN_TRY(kn_grow((void **)&out->seed, &room, total + 1, sizeof *out->seed, err));
  for (int64_t i = 0; i < s->offers.n; i++) {
    memcpy(out->seed + out->n, a.found + i * s->settings->most, (size_t)a.count[i] * sizeof *out->seed);
    out->n += a.count[i];
  }
  KN_TRY(kn_seeds_pairs(s, &out->seed, &room, &out->n, err));
  qsort(out->seed, (size_t)out->n, sizeof *out->seed, in_order);
  return KN_OK;
}

kn_code
kn_seeds_make(kn_seeds **out, const kn_market *market, kn_knowledge *knowledge, const kn_law *law,
              const kn_seed_settings *settings, const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  if (settings->most < 1 || settings->most > MOST_OF_OFFER)
    return kn_fail(err, KN_E_USAGE, "1 to %d seeds of an offer can be asked for, not %d", MOST_OF_OFFER, settings->most);
  kn_seeds *seeds = calloc(1, sizeof *seeds);
  if (!seeds)
    return kn_fail(err, KN_E_LIMIT, "no memory for seeds");
  const kn_region *region = kn_market_region(market);
  kn_sowing s = {.market = market,
                 .region = region,
                 .knowledge = knowledge,
                 .law = law,
                 .settings = settings,
                 .arena = kn_arena_new(),
                 .resources = kn_region_resources(region),
                 .offers = kn_region_offers(region),
                 .needs = kn_region_needs(region),
                 .sites = kn_region_sites(region),
                 .actors = kn_region_actors(region),
                 .processes = kn_region_processes(region),
                 .threads = kn_thread_count(settings->thread_count)};
  kn_code code = kn_calibration_of(&seeds->calibration, knowledge, region, err);
  s.calibration = seeds->calibration;
  if (code == KN_OK)
    code = sow(&s, watch, seeds, err);
  kn_seeds_places_free(&s);
  kn_hauls_free(s.hauls);
  kn_arena_free(s.arena);
  if (code != KN_OK) {
    kn_seeds_free(seeds);
    return kn_note(err, "looking for seeds");
  }
  *out = seeds;
  return KN_OK;
}

void
kn_seeds_free(kn_seeds *seeds)
{
  if (!seeds)
    return;
  kn_calibration_free(seeds->calibration);
  free(seeds->seed);
  free(seeds);
}

int64_t
kn_seeds_count(const kn_seeds *seeds)
{
  return seeds->n;
}

const kn_seed *
kn_seeds_rows(const kn_seeds *seeds)
{
  return seeds->seed;
}

int32_t
kn_seed_group(const kn_seed *seed)
{
  return seed->kind == KN_SEED_RECEIVER && seed->precedent != KN_NONE ? KN_TRIAL_PRECEDENT : seed->kind;
}

const kn_calibration *
kn_seeds_calibration(const kn_seeds *seeds)
{
  return seeds->calibration;
}

kn_receiver
kn_seed_receiver(const kn_knowledge *k, const kn_seed *seed)
{
  kn_receiver out = {.probability = seed->probability, .chance = NAN};
  if (seed->sector == KN_NONE)
    return out;
  out.receiver_nace = k->sector[seed->sector].nace;
  out.name = k->sector[seed->sector].name;
  const kn_stream_score score = {.text = (double)seed->text, .code = (double)seed->code, .donor = (double)seed->donor};
  if (seed->taker != KN_NONE)
    kn_receiver_tell(k, &k->taker[seed->taker], &score, &out);
  return out;
}

int32_t
kn_seed_checks(const kn_law *law, const kn_seed *seed, kn_legal_check out[KN_CHECKS_MOST])
{
  if (seed->resource == KN_NONE)
    return 0;
  const kn_legal_ask ask = {
      .offer = seed->offer, .resource = seed->resource, .from_site = seed->from_site, .to_site = seed->to_site};
  return kn_law_judge(law, &ask, out);
}
