/* The best partners of an offer or a need, by value per year.
 *
 * Value per year is worth per unit x what both could exchange, and the tree search ranks by worth per unit alone. So the
 * nodes of a group are split by quantity into classes of a factor of two: within a class the quantity is known well enough to
 * stop a search early, and the answer is exact. Classes are asked from the largest quantities down.
 *
 * cost: expected O(ways x log2(range of quantities) x log n) per offer or need; 16 bytes per node besides the trees. */
#include <stdlib.h>
#include <string.h>

#include "match/internal.h"

enum { SUPPLY, DEMAND, CHUNK = 16, FIRST_LOOK = 16, MOST_PARTNERS = 1000 };

/* Nodes of one group whose limits lie within [least, most]. */
typedef struct stall {
  double least, most;
  double least_P, least_Q; /* of the demands in it: no unit is worth less there than these tell */
  bool is_anywhere;
  int32_t n, *node;
  kn_tree *tree;
} stall;

typedef struct stalls {
  int32_t n;
  stall *stall;
} stalls;

struct kn_matches {
  kn_match_row *row;
  int64_t n;
};

typedef struct fair {
  const kn_market *market;
  kn_hauls *hauls;
  bool is_need; /* needs ask supplies; offers ask demands */
  const kn_match_settings *settings;
  stalls *of_group; /* by group of the side that is asked */
  int32_t group_count;
  double *S, *P, *Q; /* worth of the nodes as in plan/price.c, without duals */
  uint8_t *plain[2];
  const int32_t *asked; /* nodes that ask */
  const int32_t
      *turn; /* [asked] the order they ask in: neighbours after each other, so that what one read is at hand for the next */
  kn_match_row *found; /* [asked x most] */
  int32_t *found_count;
  kn_code *code; /* [workers] */
} fair;

/* ------------------------------------------------------------------ stalls */
typedef struct sorted_node {
  double limit;
  int32_t node;
  uint8_t is_anywhere;
} sorted_node;

static int
by_anywhere_and_limit(const void *a, const void *b)
{
  const sorted_node *x = a, *y = b;
  if (x->is_anywhere != y->is_anywhere)
    return x->is_anywhere < y->is_anywhere ? -1 : 1;
  if (x->limit != y->limit)
    return x->limit > y->limit ? -1 : 1;
  return (x->node > y->node) - (x->node < y->node);
}

static kn_code
open_stall(fair *f, kn_arena *arena, stall *s, const sorted_node *sorted, int32_t n, kn_error *err)
{
  const kn_side *side = &f->market->side[!f->is_need];
  kn_point *point;
  double *weight_a, *weight_b;
  KN_NEW(s->node, arena, n, err);
  KN_NEW(point, arena, n, err);
  KN_NEW(weight_a, arena, n, err);
  KN_NEW(weight_b, arena, n, err);
  *s = (stall){
      .least = sorted[n - 1].limit, .most = sorted[0].limit, .is_anywhere = sorted[0].is_anywhere, .n = n, .node = s->node};
  for (int32_t k = 0; k < n; k++) {
    const int32_t node = s->node[k] = sorted[k].node;
    point[k] = side->point[node];
    weight_a[k] = f->is_need ? f->S[node] : f->P[node];
    weight_b[k] = f->is_need ? 0 : f->Q[node];
    s->least_P = fmin(s->least_P, weight_a[k]);
    s->least_Q = fmin(s->least_Q, weight_b[k]);
  }
  KN_TRY(kn_tree_new(&s->tree, KN_SPHERE, n, point, err));
  kn_tree_weigh(s->tree, weight_a, weight_b);
  return KN_OK;
}

/* Splits the members of a group by quantity, largest first; nodes with nothing to exchange stay outside. */
static kn_code
open_stalls(fair *f, kn_arena *arena, int32_t group, kn_error *err)
{
  const int32_t which = !f->is_need;
  const kn_group *g = &f->market->group[which][group];
  const kn_side *side = &f->market->side[which];
  sorted_node *sorted;
  KN_NEW(sorted, arena, g->last - g->first, err);
  int32_t n = 0;
  for (int32_t at = g->first; at < g->last; at++) {
    const int32_t node = f->market->member[which][at];
    if (side->limit[node] > 0 && !kn_side_has_ended(side, node, f->settings->today))
      sorted[n++] = (sorted_node){side->limit[node], node, side->is_anywhere[node]};
  }
  qsort(sorted, (size_t)n, sizeof *sorted, by_anywhere_and_limit);
  stalls *list = &f->of_group[group];
  for (int32_t pass = 0; pass < 2; pass++) { /* count, then open */
    int32_t count = 0;
    for (int32_t first = 0, last; first < n; first = last) {
      for (last = first + 1;
           last < n && sorted[last].is_anywhere == sorted[first].is_anywhere &&
           (isinf(sorted[first].limit) ? isinf(sorted[last].limit) : sorted[last].limit > sorted[first].limit / 2);
           last++)
        ;
      if (pass == 1) {
        KN_TRY(open_stall(f, arena, &list->stall[count], sorted + first, last - first, err));
        list->n = count + 1; /* what is open so far is what must be closed */
      }
      count++;
    }
    if (pass == 0)
      KN_NEW(list->stall, arena, count, err);
  }
  return KN_OK;
}

static void
close_stalls(fair *f)
{
  for (int32_t g = 0; f->of_group && g < f->group_count; g++)
    for (int32_t s = 0; s < f->of_group[g].n; s++)
      kn_tree_free(f->of_group[g].stall[s].tree);
}

/* ------------------------------------------------------------------ one node asks */
typedef struct asking {
  const fair *f;
  const stall *at;
  int32_t node;
  const kn_way *way;
  const kn_haul *haul; /* a lower bound, to be made good; NULL: it is exact */
  bool is_anywhere, loses;
} asking;

static double
judge(void *arg, int32_t point, double km)
{
  const asking *a = arg;
  const int32_t other = a->at->node[point];
  const int32_t supply = a->f->is_need ? other : a->node, demand = a->f->is_need ? a->node : other;
  if (!a->f->plain[a->f->is_need][a->node] && !a->f->plain[!a->f->is_need][other] &&
      kn_market_fits(a->f->market, supply, demand) != KN_FITS)
    return -INFINITY;
  if (a->haul == NULL)
    return 0;
  const double under = kn_haul_cost(a->haul, a->is_anywhere ? 0 : km);
  if (!a->loses)
    return under - kn_hauls_cost(a->f->hauls, supply, demand);
  const double worth = kn_market_arrival(a->f->market, demand, a->way);
  return under - (worth - kn_hauls_left(a->f->hauls, supply, demand, worth));
}

/* Units offered that both could exchange in a year, when one of them brings `ratio` to the demand. */
static double
exchange_of(const kn_market *market, int32_t supply, int32_t demand, double ratio, double keep)
{
  const bool is_gateway = market->side[DEMAND].place[demand].kind == KN_END_GATEWAY;
  return fmin(market->side[SUPPLY].limit[supply], market->side[DEMAND].limit[demand] / ((is_gateway ? 1 : ratio) * keep));
}

/* Transport is what the worth leaves, so the parts add up whatever moving costs. */
static kn_parts
parts_of(const kn_market *market, int32_t supply, int32_t demand, const kn_way *way, const kn_worth *worth, double quantity)
{
  const kn_side *from = &market->side[SUPPLY], *to = &market->side[DEMAND];
  kn_parts parts = {.fate_eur = from->eur[supply] * quantity,
                    .price_eur = way->ratio * to->eur[demand] * quantity,
                    .gateway_eur = to->flat_eur[demand] * quantity,
                    .substitution_eur = 0 - way->cost_eur * quantity,
                    .co2_eur = market->co2_eur_per_kg * worth->co2_kg * quantity};
  parts.transport_eur =
      worth->eur * quantity - parts.fate_eur - parts.price_eur - parts.gateway_eur - parts.substitution_eur - parts.co2_eur;
  return parts;
}

static kn_match_row
make_row_by(const fair *f, int32_t supply, int32_t demand, const kn_way *way, int32_t mode)
{
  const kn_side *from = &f->market->side[SUPPLY], *to = &f->market->side[DEMAND];
  const double km = kn_market_km(f->market, supply, demand);
  const kn_worth worth = kn_market_worth(f->market, supply, demand, way, mode, km);
  const double quantity = exchange_of(f->market, supply, demand, way->ratio, worth.keep);
  return (kn_match_row){.from = from->place[supply],
                        .to = to->place[demand],
                        .resource = from->resource[supply],
                        .substitution = way->substitution,
                        .mode = worth.mode,
                        .mode_id = worth.mode_id,
                        .quantity = quantity,
                        .delivered = quantity * worth.keep,
                        .ratio = way->ratio,
                        .km = worth.km,
                        .eur_per_unit = worth.eur,
                        .eur = worth.eur * quantity,
                        .co2_kg = worth.co2_kg * quantity,
                        .specs = kn_market_specs(f->market, supply, demand),
                        .parts = parts_of(f->market, supply, demand, way, &worth, quantity)};
}

/* By the mode with most value a year: one that loses may bring less of each unit, and more of all there is. */
static kn_match_row
make_row(const fair *f, int32_t supply, int32_t demand, const kn_way *way)
{
  const uint8_t class_of = f->market->resources.class_of[f->market->side[SUPPLY].resource[supply]];
  const double worth = kn_market_arrival(f->market, demand, way);
  kn_match_row best = make_row_by(f, supply, demand, way, kn_hauls_choice(f->hauls, supply, demand, worth));
  for (int32_t k = 0; f->market->loses[class_of] && k <= f->market->modes.n; k++) {
    const int32_t mode = kn_hauls_option(f->hauls, supply, demand, k);
    if (mode == KN_NONE)
      continue;
    const kn_match_row other = make_row_by(f, supply, demand, way, mode);
    best = other.eur > best.eur ? other : best;
  }
  return best;
}

static bool
is_same_partner(const kn_match_row *a, const kn_match_row *b, bool is_need)
{
  const kn_place x = is_need ? a->from : a->to, y = is_need ? b->from : b->to;
  return x.kind == y.kind && x.row == y.row && x.site == y.site;
}

/* A better way to a partner replaces the one known; else the row finds its place among the best. */
static int32_t
keep(kn_match_row *best, int32_t n, int32_t most, kn_match_row row, bool is_need)
{
  for (int32_t k = 0; k < n; k++)
    if (is_same_partner(&best[k], &row, is_need)) {
      if (row.eur <= best[k].eur)
        return n;
      memmove(best + k, best + k + 1, (size_t)(n - k - 1) * sizeof *best);
      n--;
      break;
    }
  if (n == most && row.eur <= best[n - 1].eur)
    return n;
  int32_t at = n < most ? n++ : n - 1;
  for (; at > 0 && best[at - 1].eur < row.eur; at--)
    best[at] = best[at - 1];
  best[at] = row;
  return n;
}

/* The most units offered that a partner of this stall could exchange. What loses on the way can fill any demand. */
static double
most_units(const fair *f, const stall *at, double own_limit, double ratio, bool loses)
{
  if (loses)
    return f->is_need ? at->most : own_limit;
  return fmin(own_limit, at->most / ratio);
}

/* The most a partner of this stall could be worth a year, when its worth per unit is at most `worth`. */
static double
most_worth(const fair *f, const stall *at, double own_limit, double ratio, bool loses, double worth)
{
  return worth * (worth > 0 ? most_units(f, at, own_limit, ratio, loses) : fmin(own_limit, at->least / ratio));
}

/* What a unit must be worth at least for a partner of this stall to come among the best. A hair less, so that rounding
 * leaves none out. */
static double
floor_of(const fair *f, const stall *at, double own_limit, double ratio, bool loses, const kn_match_row *best, int32_t n)
{
  const double floor = f->settings->with_losses ? -INFINITY : 0;
  const double last = n == f->settings->most ? best[n - 1].eur : 0;
  return last > 0 ? last / most_units(f, at, own_limit, ratio, loses) * (1 - 1e-9) : floor;
}

static kn_code
ask_stall(const fair *f, const stall *at, int32_t node, const kn_way *way, const kn_haul *haul, kn_match_row *best, int32_t *n,
          kn_error *err)
{
  const kn_side *own = &f->market->side[f->is_need];
  const int32_t most = f->settings->most;
  /* Limits of demands are in units needed, those of supplies and of gateways out in units offered. */
  const double own_limit = f->is_need ? own->limit[node] / way->ratio : own->limit[node];
  const bool is_gateway = !f->is_need && f->market->group[DEMAND][way->demand_group].is_gateway;
  const double stall_ratio = f->is_need || is_gateway ? 1 : fmax(way->ratio, 1e-300);
  const bool is_anywhere = at->is_anywhere || own->is_anywhere[node];
  const bool loses = f->market->loses[f->market->resources.class_of[f->market->group[SUPPLY][way->supply_group].resource]];
  const bool is_bound = loses || kn_hauls_are_bounds(f->hauls);
  asking a = {f, at, node, way, is_bound ? haul : NULL, is_anywhere, loses};
  /* Where a unit that arrives costs, it is better lost. */
  const double least_worth = f->is_need ? way->ratio * f->P[node] + f->Q[node] : way->ratio * at->least_P + at->least_Q;
  kn_query query = {.from = own->point[node],
                    .is_anywhere = is_anywhere,
                    .scale = f->is_need ? 1 : way->ratio,
                    .floor = floor_of(f, at, own_limit, stall_ratio, loses, best, *n),
                    .haul = haul,
                    .extra = f->plain[f->is_need][node] && !is_bound ? NULL : judge,
                    .extra_most = loses ? fmax(0, -least_worth) : 0,
                    .arg = &a,
                    .offset = (f->is_need ? way->ratio * f->P[node] + f->Q[node] : f->S[node]) - way->cost_eur};
  kn_hit *hit = NULL;
  int64_t room = 0;
  kn_code code = KN_OK;
  for (int32_t look = FIRST_LOOK, seen = 0;; look *= 4) {
    code = KN_GROW(hit, room, look, err);
    if (code != KN_OK)
      break;
    const int32_t hits = kn_tree_best(at->tree, &query, look, hit);
    for (; seen < hits; seen++) {
      if (*n == most && most_worth(f, at, own_limit, stall_ratio, loses, hit[seen].worth) <= best[most - 1].eur)
        break; /* neither this one nor any after it */
      const int32_t other = at->node[hit[seen].point];
      const int32_t supply = f->is_need ? other : node, demand = f->is_need ? node : other;
      *n = keep(best, *n, most, make_row(f, supply, demand, way), f->is_need);
    }
    if (seen < hits || hits < look || look >= at->n)
      break;
  }
  free(hit);
  return code;
}

static kn_code
ask(const fair *f, int32_t node, kn_match_row *best, int32_t *n, kn_error *err)
{
  const kn_market *market = f->market;
  *n = 0;
  const kn_side *own = &market->side[f->is_need];
  if (!(own->limit[node] > 0) || kn_side_has_ended(own, node, f->settings->today))
    return KN_OK;
  int32_t first = 0, count;
  const int32_t *order = NULL;
  if (f->is_need) {
    kn_market_demand_ways(market, own->group[node], &first, &count);
    count -= first;
  } else {
    order = kn_market_supply_ways(market, own->group[node], &count);
  }
  for (int32_t w = 0; w < count; w++) {
    const kn_way *way = &market->way[order ? order[w] : first + w];
    const int32_t resource = market->group[SUPPLY][way->supply_group].resource;
    const kn_haul *haul = kn_hauls_of(f->hauls, (kn_class)market->resources.class_of[resource]);
    const stalls *list = &f->of_group[f->is_need ? way->supply_group : way->demand_group];
    for (int32_t s = 0; s < list->n && haul->segment_count > 0; s++)
      KN_TRY(ask_stall(f, &list->stall[s], node, way, haul, best, n, err));
  }
  return KN_OK;
}

static void
ask_chunk(void *arg, int64_t first, int64_t last, int32_t worker)
{
  fair *f = arg;
  for (int64_t i = first; i < last && f->code[worker] == KN_OK; i++) {
    const int32_t at = f->turn[i];
    f->code[worker] = ask(f, f->asked[at], f->found + (int64_t)at * f->settings->most, &f->found_count[at], NULL);
  }
}

/* ------------------------------------------------------------------ all who ask */
static kn_code
weigh(fair *f, kn_arena *arena, kn_error *err)
{
  const kn_side *supply = &f->market->side[SUPPLY], *demand = &f->market->side[DEMAND];
  const double price = f->market->co2_eur_per_kg;
  KN_NEW(f->S, arena, supply->n, err);
  KN_NEW(f->P, arena, demand->n, err);
  KN_NEW(f->Q, arena, demand->n, err);
  KN_NEW(f->plain[SUPPLY], arena, supply->n, err);
  KN_NEW(f->plain[DEMAND], arena, demand->n, err);
  for (int32_t i = 0; i < supply->n; i++) {
    f->S[i] = supply->eur[i] + price * supply->co2_kg[i];
    f->plain[SUPPLY][i] = kn_market_is_plain(f->market, false, i);
  }
  for (int32_t j = 0; j < demand->n; j++) {
    f->P[j] = demand->eur[j] + price * demand->co2_kg[j];
    f->Q[j] = demand->flat_eur[j] + price * demand->flat_co2_kg[j];
    f->plain[DEMAND][j] = kn_market_is_plain(f->market, true, j);
  }
  return KN_OK;
}

static kn_code
list_asked(fair *f, kn_arena *arena, int32_t row, int32_t *count, kn_error *err)
{
  const kn_side *own = &f->market->side[f->is_need];
  const uint8_t kind = f->is_need ? KN_END_NEED : KN_END_OFFER;
  int32_t *asked;
  KN_NEW(asked, arena, own->n, err);
  *count = 0;
  for (int32_t at = 0; at < own->n; at++)
    if (own->place[at].kind == kind && (row == KN_NONE || own->place[at].row == row))
      asked[(*count)++] = at;
  f->asked = asked;
  return KN_OK;
}

static kn_code
take_turns(fair *f, kn_arena *arena, int32_t count, kn_error *err)
{
  const kn_side *own = &f->market->side[f->is_need];
  kn_point *point;
  int32_t *turn;
  KN_NEW(point, arena, count, err);
  KN_NEW(turn, arena, count, err);
  for (int32_t at = 0; at < count; at++)
    point[at] = own->point[f->asked[at]];
  kn_tree *tree;
  KN_TRY(kn_tree_new(&tree, KN_SPHERE, count, point, err));
  memcpy(turn, kn_tree_order(tree), (size_t)count * sizeof *turn);
  kn_tree_free(tree);
  f->turn = turn;
  return KN_OK;
}

static kn_code
hold_fair(fair *f, kn_arena *arena, int32_t row, kn_matches *out, kn_error *err)
{
  const int32_t threads = kn_thread_count(f->settings->thread_count);
  const int32_t most = f->settings->most;
  int32_t count;
  KN_TRY(weigh(f, arena, err));
  KN_TRY(kn_hauls_new(&f->hauls, f->market, (kn_weights){.value = 1}, NULL, err));
  f->group_count = f->market->group_count[!f->is_need];
  KN_NEW(f->of_group, arena, f->group_count, err);
  for (int32_t g = 0; g < f->group_count; g++)
    KN_TRY(open_stalls(f, arena, g, err));
  KN_TRY(list_asked(f, arena, row, &count, err));
  if (count > 1)
    KN_TRY(kn_hauls_hasten(f->hauls, err));
  KN_TRY(take_turns(f, arena, count, err));
  KN_NEW(f->found, arena, (int64_t)count * most, err);
  KN_NEW(f->found_count, arena, count, err);
  KN_NEW(f->code, arena, threads, err);
  KN_TRY(kn_parallel(threads, count, CHUNK, ask_chunk, f, err));
  for (int32_t w = 0; w < threads; w++)
    if (f->code[w] != KN_OK)
      return kn_fail(err, f->code[w], "no memory for the partners of %d rows", count);
  int64_t total = 0;
  for (int32_t at = 0; at < count; at++)
    total += f->found_count[at];
  out->row = malloc(((size_t)total + 1) * sizeof *out->row);
  if (!out->row)
    return kn_fail(err, KN_E_LIMIT, "no memory for %" PRId64 " matches", total);
  for (int32_t at = 0; at < count; at++) {
    memcpy(out->row + out->n, f->found + (int64_t)at * most, (size_t)f->found_count[at] * sizeof *out->row);
    out->n += f->found_count[at];
  }
  return KN_OK;
}

kn_code
kn_match_make(kn_matches **out, const kn_market *market, bool is_need, int32_t row, const kn_match_settings *settings,
              const kn_watch *watch, kn_error *err)
{
  *out = NULL;
  if (settings->most < 1 || settings->most > MOST_PARTNERS)
    return kn_fail(err, KN_E_USAGE, "1 to %d partners can be asked for, not %d", MOST_PARTNERS, settings->most);
  const kn_progress progress = {.phase = "matching", .value = NAN, .bound = NAN};
  kn_watch_tell(watch, &progress);
  kn_matches *matches = calloc(1, sizeof *matches);
  if (!matches)
    return kn_fail(err, KN_E_LIMIT, "no memory for matches");
  kn_arena *arena = kn_arena_new();
  fair f = {.market = market, .is_need = is_need, .settings = settings};
  const kn_code code = hold_fair(&f, arena, row, matches, err);
  close_stalls(&f);
  kn_hauls_free(f.hauls);
  kn_arena_free(arena);
  if (code != KN_OK) {
    kn_matches_free(matches);
    return kn_note(err, "looking for partners");
  }
  *out = matches;
  return KN_OK;
}

void
kn_matches_free(kn_matches *matches)
{
  if (!matches)
    return;
  free(matches->row);
  free(matches);
}

int64_t
kn_matches_count(const kn_matches *matches)
{
  return matches->n;
}

const kn_match_row *
kn_matches_rows(const kn_matches *matches)
{
  return matches->row;
}
