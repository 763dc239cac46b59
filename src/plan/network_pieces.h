/* src/plan/network_pieces.h - potentials of a tree that changes, without following them through the tree.
 *
 * The tree of some moment is numbered in preorder, so that what hangs below a node is a range of places. Each pivot since then cut
 * one arc and added one: the tree of now consists of pieces of the old one, joined by links. A pivot moves the potentials of
 * everything on one side of the arc that entered by the same amount, up on supplies and down on demands or the other way
 * round; so one number per piece, its shift, tells what became of all its potentials. A piece is a range of places less the ranges
 * cut out of it: which piece a place is in, a binary search among the runs tells. */
#ifndef KN_PLAN_NETWORK_PIECES_H
#define KN_PLAN_NETWORK_PIECES_H

#include "plan/network_walk.h"

typedef struct network_half { /* one end of a link; the other end is the half with number ^ 1 */
  int32_t node, piece;
  int32_t next; /* half of the same piece; KN_NONE: no more */
} network_half;

typedef struct network_pieces {
  network *net;
  int32_t most, pivots; /* since the tree was numbered */
  /* by node, the ground among them: its place, and the place after the last one below it. order: by place */
  int32_t *place, *end, *order, *next;
  double *exact; /* [n] potentials of the tree when it was last numbered beside others */
  int32_t run_count, piece_count, half_count;
  int32_t *run_first, *run_piece; /* [2 most + 1] */
  double *shift;                  /* [most + 1] of supplies up, of demands down, since net->dual */
  int32_t *half_of;               /* [most + 1] first half of the piece */
  network_half *half;             /* [2 most] */
  int32_t *stack;                 /* [most + 1] */
} network_pieces;

kn_code network_pieces_new(network_pieces *p, network *net, kn_arena *scratch, kn_error *err);
/* Numbers the tree of now, which is then one piece; net->dual becomes exact. O(n). */
void network_pieces_number(network_pieces *p);
/* The same beside others who read net->dual, after network_pieces_settle(): that is exact only after network_pieces_take_exact(). */
void network_pieces_number_beside(network_pieces *p);
kn_code network_pieces_take_exact(network_pieces *p, kn_error *err);
/* After a pivot of `o` with the reduced cost `reduced`. O(pieces) at worst. False: it is time to number anew. */
bool network_pieces_follow(network_pieces *p, const network_pivoted *pivoted, const network_offer *o, double reduced);
/* Puts all shifts into net->dual. */
kn_code network_pieces_settle(network_pieces *p, kn_error *err);

static inline int32_t
network_run_of(const network_pieces *p, int32_t place)
{
  const int32_t *at = p->run_first;
  for (int32_t n = p->run_count; n > 1;) {
    const int32_t half = n / 2;
    at += at[half] <= place ? half : 0;
    n -= half;
  }
  return (int32_t)(at - p->run_first);
}

static inline int32_t
network_piece_of(const network_pieces *p, int32_t node)
{
  return p->run_piece[network_run_of(p, p->place[node])];
}

/* Potential by the tree of this moment. */
static inline double
network_pieces_potential(const network_pieces *p, int32_t node)
{
  if (node == p->net->n)
    return 0;
  const double shift = p->shift[network_piece_of(p, node)];
  return p->net->is_supply[node] ? p->net->dual[node] + shift : p->net->dual[node] - shift;
}

#endif
