/* The last cell, which is the whole market.
 *
 * In waves: every fourth block of rows is reviewed, side by side, at the potentials of one moment, which yields for each row the
 * candidate that pays best; those are then taken, best first, as far as they still pay. The next wave has the next blocks. So the
 * market is always looked at all over, and yet at prices that fewer pivots have made old (partial pricing: Grigoriadis 1986). The
 * pieces of network_pieces.h tell what a candidate pays at any moment, so the tree is walked only for pivots. */
#include <stdlib.h>
#include <string.h>

#include "plan/network_pieces.h"

/* Of offers, CLASSES to the octave: those of a class, a third of a percent apart, are taken in the order of nodes. */
enum {
  BLOCK = NETWORK_BLOCK,
  RESCANS = 4,
  CHUNK_BLOCKS = 16,
  LATE_SHARE = 4,
  PARTS = 4,          /* waves until all rows were reviewed */
  PARTED_FROM = 4096, /* nodes; fewer are reviewed in each wave */
  CLASS_BITS = 8,
  CLASSES = 1 << CLASS_BITS,
  OCTAVES = 7
};
static const double LEAST_SHARE_OF_BEST = 0.01, LEAST_SHARE_LEFT = 0.3;
static const uint32_t GROUND_HIT = UINT32_MAX;

typedef struct row_offer {
  double reduced;
  int32_t node;
  uint32_t hit; /* GROUND_HIT: the ground */
} row_offer;

typedef struct whole {
  network_cell cell;
  network_pieces pieces;
  uint32_t *best; /* [n] of rows awake: the candidate that pays best */
  double *pays;   /* [n] and what it pays */
  int32_t first_of[OCTAVES * CLASSES + 1];
  int32_t parts;   /* waves until all rows were reviewed */
  int32_t part;    /* of this wave: blocks part, part + parts, ... */
  bool is_due;     /* to number the tree before the next wave */
  double most;     /* that any row pays */
  row_offer *list; /* those worth taking, best first */
  int64_t count, capacity;
} whole;

static double
worth_of(const network *net, int32_t node, uint32_t hit)
{
  return hit == GROUND_HIT ? net->box[node] : net->hit_worth[hit];
}

static int32_t
other_of(const network *net, uint32_t hit)
{
  return hit == GROUND_HIT ? net->n : net->hit[hit];
}

/* ------------------------------------------------------------------ a wave */
static int64_t
block_count(const network *net)
{
  return ((int64_t)net->n + BLOCK - 1) / BLOCK;
}

/* Item 0 numbers the tree where that is due, for one thread can do that while others review; the next ones are CHUNK_BLOCKS blocks
 * of rows of this part each. */
static void
review_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  whole *w = arg;
  network *net = w->cell.net;
  const double *dual = net->dual;
  if (first == 0 && w->is_due)
    network_pieces_number_beside(&w->pieces);
  const int64_t blocks = block_count(net), from = first == 0 ? 0 : (first - 1) * CHUNK_BLOCKS;
  const int64_t end_block = w->part + (last - 1) * CHUNK_BLOCKS * w->parts;
  for (int64_t b = w->part + from * w->parts; b < end_block && b < blocks; b += w->parts) {
    uint64_t awake = 0;
    const int64_t end = (b + 1) * BLOCK < net->n ? (b + 1) * BLOCK : net->n;
    for (int64_t x = b * BLOCK; x < end; x++) {
      const double mine = dual[x];
      double most = w->cell.tolerance;
      bool is_awake = false;
      if (net->box[x] - mine > most) {
        most = net->box[x] - mine;
        w->best[x] = GROUND_HIT;
        is_awake = true;
      }
      for (uint32_t h = net->hit_at[x]; h < net->hit_at[x + 1] && net->hit[h] != KN_NONE; h++) {
        const double reduced = net->hit_worth[h] - mine - dual[net->hit[h]];
        if (reduced > most) {
          most = reduced;
          w->best[x] = h;
          is_awake = true;
        }
      }
      w->pays[x] = most;
      awake |= (uint64_t)is_awake << (x - b * BLOCK);
    }
    net->awake[b] = awake;
  }
}

static uint64_t
bits_of(double x)
{
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* By how much less than the best: the bits of positive numbers, read as whole numbers, rise with their logarithm. */
static int
class_of(double best, double reduced)
{
  return (int)((bits_of(best) - bits_of(reduced)) >> (52 - CLASS_BITS));
}

/* The rows of this part that pay enough of what the best of them does into w->list, best first. w->count 0: none pays. */
static kn_code
list_offers(whole *w, kn_error *err)
{
  network *net = w->cell.net;
  const int64_t blocks = block_count(net), here = (blocks - w->part + w->parts - 1) / w->parts;
  w->is_due = w->is_due || w->pieces.pivots > w->pieces.most / LATE_SHARE * (LATE_SHARE - 1);
  KN_TRY(kn_team_run(net->team, 1 + (here + CHUNK_BLOCKS - 1) / CHUNK_BLOCKS, 1, review_some, w, err));
  if (w->is_due)
    KN_TRY(network_pieces_take_exact(&w->pieces, err));
  w->is_due = false;
  double best = 0;
  int64_t awake_count = 0;
  for (int64_t b = w->part; b < blocks; b += w->parts)
    for (uint64_t awake = net->awake[b]; awake; awake &= awake - 1) {
      const double pays = w->pays[b * BLOCK + __builtin_ctzll(awake)];
      best = pays > best ? pays : best;
      awake_count++;
    }
  KN_TRY(KN_GROW(w->list, w->capacity, awake_count + 1, err));
  w->most = best;
  /* Counted by class, then put where the classes before end. */
  const double enough = best * LEAST_SHARE_OF_BEST;
  memset(w->first_of, 0, sizeof w->first_of);
  for (int64_t b = w->part; b < blocks; b += w->parts)
    for (uint64_t awake = net->awake[b]; awake; awake &= awake - 1) {
      const double pays = w->pays[b * BLOCK + __builtin_ctzll(awake)];
      if (pays > enough)
        w->first_of[class_of(best, pays) + 1]++;
    }
  for (int c = 0; c < OCTAVES * CLASSES; c++)
    w->first_of[c + 1] += w->first_of[c];
  w->count = w->first_of[OCTAVES * CLASSES];
  for (int64_t b = w->part; b < blocks; b += w->parts)
    for (uint64_t awake = net->awake[b]; awake; awake &= awake - 1) {
      const int32_t x = (int32_t)b * BLOCK + __builtin_ctzll(awake);
      if (w->pays[x] > enough)
        w->list[w->first_of[class_of(best, w->pays[x])]++] = (row_offer){.reduced = w->pays[x], .node = x, .hit = w->best[x]};
    }
  return KN_OK;
}

/* ------------------------------------------------------------------ pivots */
static network_offer
offer_now(const whole *w, int32_t node, uint32_t hit)
{
  const network *net = w->cell.net;
  const network_offer o = {.worth = worth_of(net, node, hit), .node = node, .other = other_of(net, hit)};
  return (network_offer){.reduced =
                             o.worth - network_pieces_potential(&w->pieces, node) - network_pieces_potential(&w->pieces, o.other),
                         .worth = o.worth,
                         .node = node,
                         .other = o.other};
}

static network_offer
best_of_row(const whole *w, int32_t x)
{
  const network *net = w->cell.net;
  const double mine = network_pieces_potential(&w->pieces, x);
  network_offer best = {.reduced = net->box[x] - mine, .worth = net->box[x], .node = x, .other = net->n};
  for (uint32_t h = net->hit_at[x]; h < net->hit_at[x + 1] && net->hit[h] != KN_NONE; h++) {
    const double reduced = net->hit_worth[h] - mine - network_pieces_potential(&w->pieces, net->hit[h]);
    if (reduced > best.reduced)
      best = (network_offer){.reduced = reduced, .worth = net->hit_worth[h], .node = x, .other = net->hit[h]};
  }
  return best;
}

/* False: the walk says that it does not pay, or there is no room for it. */
static bool
take(whole *w, const network_offer *o)
{
  network_cell *c = &w->cell;
  double reduced;
  network_mind_clock(c);
  if (!network_find_join(c, o, &reduced) || !(reduced > c->tolerance))
    return false;
  const network_pivoted pivoted = network_pivot(c, o);
  if (!network_pieces_follow(&w->pieces, &pivoted, o, reduced))
    network_pieces_number(&w->pieces);
  return true;
}

/* Offers come from all over the market: what the next ones need is asked of the memory in time. */
static inline void
look_ahead(const whole *w, int64_t k)
{
  enum { NEAR = 3, FAR = 6 };
  const network *net = w->cell.net;
  if (k + FAR < w->count) {
    const row_offer *o = &w->list[k + FAR];
    __builtin_prefetch(&w->pieces.place[o->node]);
    __builtin_prefetch(&net->dual[o->node]);
    __builtin_prefetch(&net->hit_at[o->node]);
    if (o->hit != GROUND_HIT) {
      __builtin_prefetch(&net->hit[o->hit]);
      __builtin_prefetch(&net->hit_worth[o->hit]);
    }
  }
  if (k + NEAR < w->count && w->list[k + NEAR].hit != GROUND_HIT) {
    const int32_t other = net->hit[w->list[k + NEAR].hit];
    __builtin_prefetch(&w->pieces.place[other]);
    __builtin_prefetch(&net->dual[other]);
  }
}

/* What pays much is taken first and what pays little is left to the next wave, which knows better: a pivot moves the
 * prices of thousands of nodes, and of the rows that paid along the border of what moved few still do. */
static void
take_offers(whole *w)
{
  const double enough = fmax(w->cell.tolerance, w->most * LEAST_SHARE_OF_BEST);
  for (int64_t k = 0; k < w->count; k++) {
    look_ahead(w, k);
    const int32_t x = w->list[k].node;
    const double still = fmax(enough, w->list[k].reduced * LEAST_SHARE_LEFT);
    network_offer o = offer_now(w, x, w->list[k].hit);
    if (!(o.reduced > still))
      o = best_of_row(w, x);
    for (int turn = 0; turn < RESCANS && o.reduced > still && take(w, &o); turn++)
      o = best_of_row(w, x);
    if (w->cell.code != KN_OK)
      return;
  }
}

static kn_code
improve(whole *w, kn_arena *scratch, kn_error *err)
{
  network *net = w->cell.net;
  KN_TRY(network_pieces_new(&w->pieces, net, scratch, err));
  KN_NEW(w->best, scratch, net->n, err);
  KN_NEW(w->pays, scratch, net->n, err);
  w->is_due = true;
  if (!network_cell_open(&w->cell))
    return kn_fail(err, w->cell.code, "no memory left for the ways in the tree");
  w->parts = net->n < PARTED_FROM ? 1 : PARTS;
  /* Done when all parts were reviewed since the last pivot. */
  for (int32_t idle = 0; idle < w->parts; w->part = (w->part + 1) % w->parts) {
    KN_TRY(list_offers(w, err));
    const int64_t pivots = w->cell.pivots;
    take_offers(w);
    if (w->cell.code != KN_OK)
      return kn_fail(err, w->cell.code, "no memory left for the ways in the tree");
    idle = w->cell.pivots == pivots ? idle + 1 : 0;
    if (idle == 0)
      KN_TRY(network_pieces_settle(&w->pieces, err));
  }
  return network_duals(net, err); /* shifts add up rounding */
}

/* Pivots with the candidates at hand until none pays; net->dual holds the potentials of the tree, before and after. */
kn_code
network_improve_whole(network *net, double tolerance, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  whole w = {.cell = network_cell_of(net, 0, net->n, tolerance)};
  const kn_code code = improve(&w, scratch, err);
  network_cell_count(&w.cell);
  network_cell_close(&w.cell);
  free(w.list);
  kn_arena_free(scratch);
  return code;
}
