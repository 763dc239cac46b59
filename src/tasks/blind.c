/* See blind.h. One row of one's own is matched against all; then each match becomes a card. */
#include "blind.h"

#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct blind {
  const kn_blind_ask *ask;
  const kn_snapshot *snapshot;
  const kn_viewer *viewer;
  kn_arena *arena;
  int32_t own_row;
  kn_offer_view offers;
  kn_need_view needs;
  kn_site_view sites;
  kn_actor_view actors;
  kn_resource_view resources;
  kn_area_view areas;
  double co2_eur_per_kg;
  /* How many actors share what: [km band x 100] divisions, [km band x 26] sections, by distance from the own site. */
  int32_t *division_count, *section_count;
  int32_t *resource_count[2]; /* actors that offer, need each resource or a kind of it */
  int32_t *area_count;        /* actors with a site in each area or within it */
} blind;

/* ---------------------------------------------------------------- counting who shares what */
typedef struct actor_thing {
  int32_t actor, thing;
} actor_thing;

static int
by_thing(const void *a, const void *b)
{
  const actor_thing *x = a, *y = b;
  if (x->thing != y->thing)
    return x->thing < y->thing ? -1 : 1;
  return (x->actor > y->actor) - (x->actor < y->actor);
}

/* Different actors of each thing. */
static void
count_actors(actor_thing *pair, int64_t n, int32_t *count)
{
  qsort(pair, (size_t)n, sizeof *pair, by_thing);
  for (int64_t i = 0; i < n; i++)
    if (i == 0 || by_thing(&pair[i - 1], &pair[i]) != 0)
      count[pair[i].thing]++;
}

static int32_t
depth_of(const int32_t *parent, int32_t row)
{
  int32_t depth = 0;
  for (; row != KN_NONE; row = parent[row])
    depth++;
  return depth;
}

/* Actors of each row of a tree, those below it included. row[i] of holder[i]. */
static kn_code
count_in_tree(blind *b, int64_t n, const int32_t *row, const int32_t *holder, const int32_t *parent, int64_t rows, int32_t **out,
              kn_error *err)
{
  int64_t total = 0, used = 0;
  for (int64_t i = 0; i < n; i++)
    total += holder[i] != KN_NONE ? depth_of(parent, row[i]) : 0;
  kn_arena *scratch = kn_arena_new();
  actor_thing *pair;
  kn_code code = kn_arena_reserve(scratch, kn_arena_span((size_t)total + 1, sizeof *pair), err);
  if (code == KN_OK) {
    pair = kn_arena_take(scratch, (size_t)total + 1, sizeof *pair);
    for (int64_t i = 0; i < n; i++)
      for (int32_t at = holder[i] != KN_NONE ? row[i] : KN_NONE; at != KN_NONE; at = parent[at])
        pair[used++] = (actor_thing){holder[i], at};
    code = kn_arena_reserve(b->arena, kn_arena_span((size_t)rows + 1, sizeof **out), err);
  }
  if (code == KN_OK) {
    *out = kn_arena_take(b->arena, (size_t)rows + 1, sizeof **out);
    count_actors(pair, used, *out);
  }
  kn_arena_free(scratch);
  return code;
}

static kn_code
count_rows_by_tree(blind *b, kn_error *err)
{
  const int64_t most = b->offers.n + b->needs.n + b->sites.n;
  int32_t *holder;
  KN_NEW(holder, b->arena, most, err);
  for (int64_t i = 0; i < b->offers.n; i++)
    holder[i] = b->sites.actor[b->offers.site[i]];
  KN_TRY(
      count_in_tree(b, b->offers.n, b->offers.resource, holder, b->resources.parent, b->resources.n, &b->resource_count[0], err));
  for (int64_t i = 0; i < b->needs.n; i++)
    holder[i] = b->needs.site[i] != KN_NONE ? b->sites.actor[b->needs.site[i]] : KN_NONE;
  KN_TRY(
      count_in_tree(b, b->needs.n, b->needs.resource, holder, b->resources.parent, b->resources.n, &b->resource_count[1], err));
  for (int64_t i = 0; i < b->sites.n; i++)
    holder[i] = b->sites.actor[i];
  return count_in_tree(b, b->sites.n, b->sites.area, holder, b->areas.parent, b->areas.n, &b->area_count, err);
}

static kn_code
count_sectors(blind *b, int32_t own_site, kn_error *err)
{
  uint8_t *bands; /* of each actor: in which bands it has a site */
  KN_NEW(bands, b->arena, b->actors.n, err);
  KN_NEW(b->division_count, b->arena, KN_KM_BANDS * 100, err);
  KN_NEW(b->section_count, b->arena, KN_KM_BANDS * 26, err);
  if (own_site == KN_NONE)
    return KN_OK;
  for (int64_t i = 0; i < b->sites.n; i++)
    bands[b->sites.actor[i]] |=
        (uint8_t)(1u << kn_band_km_number(kn_point_km(KN_SPHERE, b->sites.point[own_site], b->sites.point[i])));
  for (int64_t a = 0; a < b->actors.n; a++) {
    const int32_t division = kn_nace_division(b->actors.nace[a]);
    const char section = kn_blind_section(division);
    for (int32_t band = 0; section != '\0' && band < KN_KM_BANDS; band++)
      if ((bands[a] >> band & 1) != 0) {
        b->division_count[band * 100 + division]++;
        b->section_count[band * 26 + section - 'A']++;
      }
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- the pair */
typedef struct side_of { /* the other side of a match */
  kn_place place;
  int32_t site, actor, resource;
  const char *kind, *id;
  bool is_row;     /* an offer or a need: may be hidden */
  double quantity; /* a year, in the unit of the own row's resource as the pair trades it; INFINITY: no end */
} side_of;

static side_of
other_side(const blind *b, const kn_match_row *match, bool own_is_need)
{
  const kn_place place = own_is_need ? match->from : match->to;
  side_of other = {.place = place,
                   .site = place.site,
                   .actor = KN_NONE,
                   .resource = match->resource,
                   .kind = kn_end_name((kn_end)place.kind),
                   .id = kn_place_id(b->snapshot->region, place),
                   .quantity = NAN};
  if (place.kind == KN_END_OFFER) {
    other.is_row = true;
    other.resource = b->offers.resource[place.row];
    other.quantity = b->offers.quantity[place.row] * b->offers.share[place.row];
  } else if (place.kind == KN_END_NEED) {
    other.is_row = true;
    other.resource = b->needs.resource[place.row];
    other.quantity = b->needs.quantity[place.row] * b->needs.share[place.row];
  }
  if (other.site != KN_NONE)
    other.actor = b->sites.actor[other.site];
  return other;
}

/* What the own side adds a unit offered: known to who asks. For a need what is lost on the way is reckoned to it too, at its own
 * price, so that its price does not shine through what is hidden. */
static double
own_part(const blind *b, const kn_match_row *match, bool own_is_need, int32_t row, bool is_lost_reckoned)
{
  if (!own_is_need)
    return b->offers.fate_eur[row] + b->co2_eur_per_kg * b->offers.fate_co2_kg[row];
  const double keep = is_lost_reckoned && match->quantity > 0 ? match->delivered / match->quantity : 1;
  return match->ratio * keep * (b->needs.price_eur[row] + b->co2_eur_per_kg * b->needs.market_co2_kg[row]);
}

static double
great_circle_km(const blind *b, int32_t own_site, int32_t other_site, const kn_match_row *match)
{
  if (own_site == KN_NONE || other_site == KN_NONE)
    return own_site == KN_NONE && other_site == KN_NONE ? NAN : match->km;
  return kn_point_km(KN_SPHERE, b->sites.point[own_site], b->sites.point[other_site]);
}

static kn_band
times(kn_band eur, kn_band quantity)
{
  const double corner[] = {eur.low * quantity.low, eur.low * quantity.high, eur.high * quantity.low, eur.high * quantity.high};
  kn_band out = {INFINITY, -INFINITY};
  for (int i = 0; i < 4; i++) {
    out.low = fmin(out.low, corner[i]);
    out.high = fmax(out.high, corner[i]);
  }
  return out;
}

/* ---------------------------------------------------------------- what a card tells */
static kn_code
tell_sector(const blind *b, const side_of *other, int32_t band, bool is_open, const char **out, kn_error *err)
{
  *out = NULL;
  if (other->actor == KN_NONE)
    return KN_OK;
  const int32_t division = kn_nace_division(b->actors.nace[other->actor]);
  const char section = kn_blind_section(division);
  if (section == '\0')
    return KN_OK;
  char text[4] = {section, '\0'};
  if (is_open || b->division_count[band * 100 + division] >= KN_SHARED_LEAST)
    snprintf(text, sizeof text, "%02d", (int)division % 100);
  else if (b->section_count[band * 26 + section - 'A'] < KN_SHARED_LEAST)
    return KN_OK;
  return kn_text_copy(out, b->arena, text, strlen(text), err);
}

static void
tell_resource(const blind *b, const side_of *other, kn_card *card)
{
  int32_t row = other->resource;
  const int32_t *count = b->resource_count[other->place.kind == KN_END_NEED];
  card->class_name = kn_class_name((kn_class)b->resources.class_of[row]);
  card->unit = kn_class_unit((kn_class)b->resources.class_of[row]);
  while (!card->is_open && row != KN_NONE && count[row] < KN_SHARED_LEAST)
    row = b->resources.parent[row];
  /* The root of a class says no more than the class. */
  if (row == KN_NONE || (!card->is_open && b->resources.parent[row] == KN_NONE))
    return;
  const kn_table *table = kn_region_table(b->snapshot->region, KN_T_RESOURCE);
  card->resource_id = b->resources.resource_id[row];
  card->resource_name = b->resources.name[row];
  card->resource_name_nl = table->columns[kn_schema_find_column(table->def, "name_nl")].text[row];
}

static void
tell_level(const blind *b, int32_t own_site, const side_of *other, kn_card *card)
{
  if (own_site == KN_NONE || other->site == KN_NONE || b->sites.area[own_site] == KN_NONE ||
      b->sites.area[other->site] == KN_NONE)
    return;
  int32_t area = kn_area_common(&b->areas, b->sites.area[own_site], b->sites.area[other->site]);
  while (!card->is_open && area != KN_NONE && b->area_count[area] < KN_SHARED_LEAST)
    area = b->areas.parent[area];
  if (area != KN_NONE)
    card->level = kn_level_name((kn_level)b->areas.level[area]);
}

static void
add_check(kn_card *card, const char *check, kn_outcome outcome)
{
  card->check[card->check_count++] = (kn_card_check){check, kn_outcome_name(outcome)};
  int32_t *const sum[] = {&card->passed, &card->failed, &card->to_verify};
  (*sum[outcome])++;
}

static void
tell_checks(const blind *b, const kn_match_row *match, kn_card *card)
{
  kn_legal_check legal[KN_CHECKS_MOST];
  const int32_t count = kn_law_judge_match(b->snapshot->law, match->from, match->to, match->resource, legal);
  for (int32_t i = 0; i < count; i++)
    add_check(card, legal[i].check, legal[i].outcome);
  if (match->specs.met > 0)
    add_check(card, "spec", KN_PASSED);
  if (match->specs.violated > 0)
    add_check(card, "spec", KN_FAILED);
  if (match->specs.to_verify > 0)
    add_check(card, "spec", KN_UNKNOWN);
}

static kn_code
make_token(const blind *b, const side_of *other, char out[33], kn_error *err)
{
  char account[32], hex[65];
  kn_digest *digest;
  KN_TRY(kn_digest_new(&digest, err));
  snprintf(account, sizeof account, "%" PRId64, b->viewer->account_id);
  const char *const parts[] = {b->ask->secret, "card",      account,  b->ask->is_need ? "need" : "offer",
                               b->ask->row_id, other->kind, other->id};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    kn_digest_add(digest, parts[i], strlen(parts[i]) + 1);
  kn_digest_end(digest, hex);
  snprintf(out, 33, "%.32s", hex);
  return KN_OK;
}

static void
tell_openly(const blind *b, const kn_match_row *match, const side_of *other, kn_card *card)
{
  card->id = other->id;
  if (other->site != KN_NONE) {
    card->site_id = b->sites.site_id[other->site];
    card->site_name = b->sites.name[other->site];
  }
  if (other->actor != KN_NONE) {
    card->actor_id = b->actors.actor_id[other->actor];
    card->is_own = kn_viewer_owns(b->viewer, card->actor_id);
    card->actor_name = b->actors.name[other->actor];
  }
  if (other->place.kind == KN_END_GATEWAY)
    card->site_name = kn_region_gateways(b->snapshot->region).name[other->place.row];
  card->exact_km = match->km;
  card->exact_eur = match->eur;
  card->exact_quantity = match->quantity;
  card->exact_co2_kg = match->co2_kg;
}

/* The only way a match leaves: what a card tells of the other side to who has own_site; is_open: that person may see it. */
static kn_code
make_card(const blind *b, const kn_match_row *match, int32_t own_site, const side_of *other, bool is_open, kn_card *card,
          kn_error *err)
{
  const double km = great_circle_km(b, own_site, other->site, match);
  *card = (kn_card){.is_open = is_open,
                    .kind = other->kind,
                    .km = isnan(km) ? (kn_band){NAN, NAN} : kn_band_km(km),
                    .eur = {NAN, NAN},
                    .quantity = kn_band_of(other->quantity),
                    .exact_km = NAN,
                    .exact_eur = NAN,
                    .exact_quantity = NAN,
                    .exact_co2_kg = NAN};
  tell_resource(b, other, card);
  KN_TRY(tell_sector(b, other, isnan(km) ? 0 : kn_band_km_number(km), is_open, &card->sector, err));
  tell_level(b, own_site, other, card);
  tell_checks(b, match, card);
  if (is_open)
    tell_openly(b, match, other, card);
  return KN_OK;
}

/* The least step of what a unit is worth, EUR a unit of each class: a few percent of what such units cost. */
static const double least_eur[KN_CLASS_COUNT] = {[KN_MATERIAL] = 5, [KN_ENERGY] = 5,    [KN_WATER] = 0.1,   [KN_SPACE] = 2,
                                                 [KN_LABOUR] = 2,   [KN_KNOWLEDGE] = 5, [KN_CAPITAL] = 0.01};

/* What it would be worth, from the own row's figures and the bands of the card. */
static void
tell_worth(const blind *b, const kn_match_row *match, bool own_is_need, int32_t own_row, kn_card *card)
{
  double own = own_is_need ? b->needs.quantity[own_row] * b->needs.share[own_row] / match->ratio
                           : b->offers.quantity[own_row] * b->offers.share[own_row];
  /* The other side's band, in units offered; a unit or gateway that says nothing may take or give any quantity. */
  kn_band theirs = isnan(card->quantity.low) ? (kn_band){own, INFINITY} : card->quantity;
  if (!own_is_need && !isnan(card->quantity.low)) {
    theirs.low /= match->ratio;
    theirs.high /= match->ratio;
  }
  const kn_band quantity = {fmin(own, theirs.low), fmin(own, theirs.high)};
  const kn_band added = kn_band_from(match->eur_per_unit - own_part(b, match, own_is_need, own_row, true),
                                     least_eur[b->resources.class_of[match->resource]]);
  const double told = own_part(b, match, own_is_need, own_row, false);
  card->eur = kn_band_round(times((kn_band){told + added.low, told + added.high}, quantity));
}

/* ---------------------------------------------------------------- who may see the other side, as the file is now */
typedef struct now_row {
  kn_arena *arena;
  const char *disclosure, *actor_id;
  bool is_there;
} now_row;

static kn_code
take_now(void *arg, const kn_answer *answer, kn_error *err)
{
  now_row *row = arg;
  row->is_there = true;
  const char **to[] = {&row->disclosure, &row->actor_id};
  for (int i = 0; i < 2; i++)
    if (answer->field[i].text != NULL)
      KN_TRY(kn_text_copy(to[i], row->arena, answer->field[i].text, (size_t)answer->field[i].length, err));
  return KN_OK;
}

static kn_code
look_now(const blind *b, const char *kind, const char *id, now_row *out, kn_error *err)
{
  *out = (now_row){.arena = b->arena};
  const kn_bind which[] = {KN_BIND_TEXT("kind", kind), KN_BIND_TEXT("id", id)};
  return kn_conn_ask(b->ask->conn, "blind_row", which, KN_COUNT_OF(which), take_now, out, err);
}

/* Gateways and units are in tables that are open to all. *is_there false: gone since. */
static kn_code
may_see(const blind *b, const side_of *other, bool *is_open, bool *is_there, now_row *now, kn_error *err)
{
  *is_open = *is_there = true;
  if (!other->is_row)
    return KN_OK;
  KN_TRY(look_now(b, other->kind, other->id, now, err));
  *is_there = now->is_there;
  *is_open = now->is_there && kn_viewer_sees(b->viewer, now->disclosure, now->actor_id);
  return KN_OK;
}

/* ---------------------------------------------------------------- asking */
typedef kn_code (*pair_visit)(blind *b, void *arg, const kn_match_row *match, const side_of *other, bool is_open, kn_error *err);

static kn_code
each_pair(blind *b, pair_visit visit, void *arg, kn_error *err)
{
  const kn_match_settings settings = {
      .most = KN_CARDS_MOST, .with_losses = true, .thread_count = 1, .today = kn_snapshot_today(b->snapshot)};
  kn_matches *matches;
  KN_TRY(kn_match_make(&matches, b->snapshot->market, b->ask->is_need, b->own_row, &settings, NULL, err));
  const kn_match_row *rows = kn_matches_rows(matches);
  kn_code code = KN_OK;
  for (int64_t i = 0; i < kn_matches_count(matches) && code == KN_OK; i++) {
    const side_of other = other_side(b, &rows[i], b->ask->is_need);
    bool is_open, is_there;
    now_row now = {0};
    code = may_see(b, &other, &is_open, &is_there, &now, err);
    if (code == KN_OK && is_there)
      code = visit(b, arg, &rows[i], &other, is_open, err);
  }
  kn_matches_free(matches);
  return code;
}

static int32_t
own_site_of(const blind *b)
{
  return b->ask->is_need ? b->needs.site[b->own_row] : b->offers.site[b->own_row];
}

static kn_code
open_blind(blind *b, bool *is_current, kn_error *err)
{
  const kn_region *region = b->snapshot->region;
  b->offers = kn_region_offers(region);
  b->needs = kn_region_needs(region);
  b->sites = kn_region_sites(region);
  b->actors = kn_region_actors(region);
  b->resources = kn_region_resources(region);
  b->areas = kn_region_areas(region);
  b->co2_eur_per_kg = kn_region_settings(region).co2_eur_per_t / 1000;
  b->own_row = kn_region_find(region, b->ask->is_need ? KN_T_NEED : KN_T_OFFER, b->ask->row_id);
  *is_current = *is_current && b->own_row != KN_NONE;
  if (!*is_current) { /* written a moment ago */
    b->own_row = KN_NONE;
    return KN_OK;
  }
  KN_TRY(count_rows_by_tree(b, err));
  return count_sectors(b, own_site_of(b), err);
}

/* Checks that the own row is the viewer's, and lends the snapshot. */
static kn_code
begin(blind *b, const kn_blind_ask *ask, kn_arena *arena, bool *is_current, kn_error *err)
{
  *b = (blind){.ask = ask, .viewer = kn_conn_viewer(ask->conn), .arena = arena, .own_row = KN_NONE};
  now_row own;
  KN_TRY(look_now(b, ask->is_need ? "need" : "offer", ask->row_id, &own, err));
  if (!own.is_there || !(b->viewer->role == KN_COORDINATOR || kn_viewer_owns(b->viewer, own.actor_id)))
    return kn_fail(err, KN_E_MISSING, "there is no such thing, or it is not for you to see");
  const kn_bind row[] = {KN_BIND_TEXT("table", ask->is_need ? "need" : "offer"), KN_BIND_TEXT("key", ask->row_id)};
  kn_field version;
  KN_TRY(kn_conn_ask_one(ask->conn, "edit_version", row, KN_COUNT_OF(row), NULL, &version, NULL, err));
  KN_TRY(kn_snapshots_take(ask->snapshots, ask->conn, &b->snapshot, NULL, err));
  /* Others may write all the time; what counts is that the own row is in it as it is now. */
  *is_current = version.integer <= b->snapshot->edit_id;
  return open_blind(b, is_current, err);
}

static kn_code
count_probes(const blind *b, bool *is_limited, kn_error *err)
{
  *is_limited = false;
  if (b->viewer->role == KN_COORDINATOR)
    return KN_OK;
  kn_field probes;
  KN_TRY(kn_conn_ask_one(b->ask->conn, "blind_probes", NULL, 0, NULL, &probes, NULL, err));
  *is_limited = probes.integer > KN_PROBES_MOST;
  return KN_OK;
}

typedef struct card_list {
  kn_cards *out;
} card_list;

static kn_code
add_card(blind *b, void *arg, const kn_match_row *match, const side_of *other, bool is_open, kn_error *err)
{
  kn_cards *out = ((card_list *)arg)->out;
  if (!is_open && out->is_limited)
    return KN_OK;
  kn_card *card = &out->card[out->count];
  KN_TRY(make_card(b, match, own_site_of(b), other, is_open, card, err));
  tell_worth(b, match, b->ask->is_need, b->own_row, card);
  KN_TRY(make_token(b, other, card->token, err));
  /* By its bands, never by the figure behind them. */
  out->count += card->eur.high > 0;
  return KN_OK;
}

static int
by_worth(const void *a, const void *b)
{
  const kn_card *x = a, *y = b;
  const double worth = x->eur.low + x->eur.high, other = y->eur.low + y->eur.high;
  if (worth != other)
    return worth > other ? -1 : 1;
  return strcmp(x->token, y->token); /* the same for the same viewer, and no order of the rows behind */
}

/* Texts that the snapshot lends are copied before it goes, names of its rules among them. */
static kn_code
keep_texts(kn_card *card, kn_arena *arena, kn_error *err)
{
  const char **const texts[] = {&card->resource_id, &card->resource_name, &card->resource_name_nl, &card->id,
                                &card->site_id,     &card->site_name,     &card->actor_id,         &card->actor_name};
  KN_TRY(kn_texts_keep(texts, KN_COUNT_OF(texts), arena, err));
  for (int32_t i = 0; i < card->check_count; i++)
    KN_TRY(kn_texts_keep((const char **const[]){&card->check[i].check}, 1, arena, err));
  return KN_OK;
}

kn_code
kn_blind_cards(kn_cards *out, const kn_blind_ask *ask, kn_arena *arena, kn_error *err)
{
  *out = (kn_cards){.is_current = true};
  blind b;
  kn_code code = begin(&b, ask, arena, &out->is_current, err);
  if (code == KN_OK)
    code = count_probes(&b, &out->is_limited, err);
  if (code == KN_OK)
    code = kn_arena_reserve(arena, kn_arena_span(KN_CARDS_MOST, sizeof *out->card), err);
  if (code == KN_OK)
    out->card = kn_arena_take(arena, KN_CARDS_MOST, sizeof *out->card);
  if (code == KN_OK && b.own_row != KN_NONE)
    code = each_pair(&b, add_card, &(card_list){out}, err);
  if (code == KN_OK && out->count > 0)
    qsort(out->card, (size_t)out->count, sizeof *out->card, by_worth);
  for (int32_t i = 0; code == KN_OK && i < out->count; i++)
    code = keep_texts(&out->card[i], arena, err);
  kn_snapshot_let_go(ask->snapshots, b.snapshot);
  return code;
}

/* ---------------------------------------------------------------- a pair for an introduction */
typedef struct pair_search {
  const char *token;
  kn_blind_pair *out;
  bool is_found;
} pair_search;

static kn_code
keep_pair(blind *b, void *arg, const kn_match_row *match, const side_of *other, bool is_open, kn_error *err)
{
  pair_search *search = arg;
  char token[33];
  KN_TRY(make_token(b, other, token, err));
  if (search->is_found || strcmp(token, search->token) != 0)
    return KN_OK;
  kn_blind_pair *out = search->out;
  search->is_found = true;
  const int32_t own_site = own_site_of(b);
  KN_TRY(make_card(b, match, own_site, other, is_open, &out->seen_by_own, err));
  tell_worth(b, match, b->ask->is_need, b->own_row, &out->seen_by_own);
  snprintf(out->seen_by_own.token, sizeof out->seen_by_own.token, "%s", token);
  /* The other side sees bands too, whatever the asker or the coordinator may see. */
  const bool is_from = other->place.kind == match->from.kind && other->place.row == match->from.row && b->ask->is_need;
  const side_of us = other_side(b, match, !is_from);
  KN_TRY(count_sectors(b, other->site, err));
  KN_TRY(make_card(b, match, other->site, &us, false, &out->seen_by_other, err));
  if (other->is_row)
    tell_worth(b, match, !is_from, other->place.row, &out->seen_by_other);
  KN_TRY(kn_text_copy(&out->kind, b->arena, other->kind, strlen(other->kind), err));
  KN_TRY(kn_text_copy(&out->id, b->arena, other->id, strlen(other->id), err));
  const char *actor = other->actor != KN_NONE ? b->actors.actor_id[other->actor] : NULL;
  if (actor != NULL)
    KN_TRY(kn_text_copy(&out->actor_id, b->arena, actor, strlen(actor), err));
  const char *us_actor = own_site != KN_NONE ? b->actors.actor_id[b->sites.actor[own_site]] : NULL;
  if (us_actor != NULL)
    KN_TRY(kn_text_copy(&out->own_actor_id, b->arena, us_actor, strlen(us_actor), err));
  KN_TRY(keep_texts(&out->seen_by_own, b->arena, err));
  KN_TRY(keep_texts(&out->seen_by_other, b->arena, err));
  return KN_OK;
}

kn_code
kn_blind_pair_of(kn_blind_pair *out, const kn_blind_ask *ask, const char *token, kn_arena *arena, kn_error *err)
{
  *out = (kn_blind_pair){0};
  blind b;
  bool is_current = true;
  pair_search search = {token, out, false};
  kn_code code = begin(&b, ask, arena, &is_current, err);
  if (code == KN_OK && b.own_row != KN_NONE)
    code = each_pair(&b, keep_pair, &search, err);
  kn_snapshot_let_go(ask->snapshots, b.snapshot);
  if (code == KN_OK && !search.is_found)
    return kn_fail(err, KN_E_MISSING, "there is no such match any more");
  return code;
}
