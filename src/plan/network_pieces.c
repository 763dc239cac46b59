/* Pieces of a numbered tree and what pivots make of them. */
#include <string.h>

#include "plan/network_pieces.h"

enum { LEAST_PIECES = 64, MOST_PIECES = 4096, CHUNK = 2048 };

/* Numbering costs n, following a pivot what there are pieces; measured to be about best for 10,000 to 100,000 nodes a side. */
static int32_t
pieces_for(int32_t n)
{
  const double best = 8 * sqrt((double)n);
  return best < LEAST_PIECES ? LEAST_PIECES : best > MOST_PIECES ? MOST_PIECES : (int32_t)best;
}

kn_code
network_pieces_new(network_pieces *p, network *net, kn_arena *scratch, kn_error *err)
{
  *p = (network_pieces){.net = net, .most = pieces_for(net->n)};
  const int64_t nodes = (int64_t)net->n + 1, most = p->most;
  KN_NEW(p->place, scratch, nodes, err);
  KN_NEW(p->end, scratch, nodes, err);
  KN_NEW(p->order, scratch, nodes, err);
  KN_NEW(p->exact, scratch, nodes, err);
  KN_NEW(p->next, scratch, nodes, err);
  KN_NEW(p->run_first, scratch, 2 * most + 1, err);
  KN_NEW(p->run_piece, scratch, 2 * most + 1, err);
  KN_NEW(p->shift, scratch, most + 1, err);
  KN_NEW(p->half_of, scratch, most + 1, err);
  KN_NEW(p->half, scratch, 2 * most, err);
  KN_NEW(p->stack, scratch, 2 * (most + 1), err);
  return KN_OK;
}

/* Children in lists, then preorder; those whose children wait are at the back of the order, which is free until then. Potentials
 * into `dual` on the way, from parent to child. */
static void
number_nodes(network_pieces *p, double *dual)
{
  const network *net = p->net;
  const int32_t n = net->n;
  int32_t *first = p->end; /* of a node until it has its place */
  for (int32_t i = 0; i <= n; i++)
    first[i] = KN_NONE;
  for (int32_t i = n - 1; i >= 0; i--) {
    const int32_t parent = net->node[i].parent;
    p->next[i] = first[parent];
    first[parent] = i;
  }
  int32_t waiting = n + 1, at = 0;
  p->order[--waiting] = n;
  while (waiting <= n) {
    const int32_t node = p->order[waiting++];
    const double potential = node == n ? 0 : dual[node];
    p->place[node] = at;
    p->order[at++] = node;
    for (int32_t child = first[node]; child != KN_NONE; child = p->next[child]) {
      dual[child] = net->node[child].cost - potential;
      p->order[--waiting] = child;
    }
    p->end[node] = at;
  }
  assert(at == n + 1);
}

/* What the pieces say must be what the tree says. */
static void
check_pieces(const network_pieces *p)
{
#ifndef NDEBUG
  for (int32_t i = 0; i < p->net->n && p->run_count > 0; i++) {
    const network_node *node = &p->net->node[i];
    assert(fabs(network_pieces_potential(p, i) + network_pieces_potential(p, node->parent) - node->cost) <=
           1e-9 * p->net->worth_scale + 1e-12 * fabs(node->cost));
  }
#else
  (void)p;
#endif
}

static void
number_into(network_pieces *p, double *dual)
{
  const network *net = p->net;
  const int32_t n = net->n;
  check_pieces(p);
  number_nodes(p, dual);
  for (int32_t at = n; at > 0; at--) {
    const int32_t node = p->order[at], parent = net->node[node].parent;
    if (p->end[parent] < p->end[node])
      p->end[parent] = p->end[node];
  }
  p->pivots = 0;
  p->half_count = 0;
  p->run_count = p->piece_count = 1;
  p->run_first[0] = p->run_piece[0] = 0;
  p->shift[0] = 0;
  p->half_of[0] = KN_NONE;
}

void
network_pieces_number(network_pieces *p)
{
  number_into(p, p->net->dual);
}

void
network_pieces_number_beside(network_pieces *p)
{
  number_into(p, p->exact);
}

/* A run begins at `place`. */
static void
split_run(network_pieces *p, int32_t place)
{
  const int32_t run = network_run_of(p, place);
  if (place > p->net->n || p->run_first[run] == place)
    return;
  const size_t after = (size_t)(p->run_count - run - 1) * sizeof *p->run_first;
  memmove(p->run_first + run + 2, p->run_first + run + 1, after);
  memmove(p->run_piece + run + 2, p->run_piece + run + 1, after);
  p->run_first[run + 1] = place;
  p->run_piece[run + 1] = p->run_piece[run];
  p->run_count++;
}

/* What of the piece was numbered below `node` becomes a piece of its own. */
static void
cut(network_pieces *p, int32_t piece, int32_t node)
{
  const int32_t first = p->place[node], end = p->end[node], fresh = p->piece_count++;
  p->shift[fresh] = p->shift[piece];
  split_run(p, first);
  split_run(p, end);
  for (int32_t run = network_run_of(p, first); run < p->run_count && p->run_first[run] < end; run++)
    if (p->run_piece[run] == piece)
      p->run_piece[run] = fresh;
  int32_t *keep = &p->half_of[piece], *move = &p->half_of[fresh];
  for (int32_t h = p->half_of[piece]; h != KN_NONE; h = p->half[h].next) {
    const int32_t place = p->place[p->half[h].node];
    if (place >= first && place < end) {
      p->half[h].piece = fresh;
      *move = h;
      move = &p->half[h].next;
    } else {
      *keep = h;
      keep = &p->half[h].next;
    }
  }
  *keep = *move = KN_NONE;
}

static void
drop_half(network_pieces *p, int32_t half)
{
  int32_t *at = &p->half_of[p->half[half].piece];
  while (*at != half)
    at = &p->half[*at].next;
  *at = p->half[half].next;
}

/* The link between two nodes in different pieces goes. */
static void
unlink_nodes(network_pieces *p, int32_t piece, int32_t node, int32_t other)
{
  int32_t h = p->half_of[piece];
  while (p->half[h].node != node || p->half[h ^ 1].node != other)
    h = p->half[h].next;
  drop_half(p, h);
  drop_half(p, h ^ 1);
}

static void
add_half(network_pieces *p, int32_t node)
{
  const int32_t piece = network_piece_of(p, node);
  p->half[p->half_count] = (network_half){.node = node, .piece = piece, .next = p->half_of[piece]};
  p->half_of[piece] = p->half_count++;
}

/* Shifts all pieces that hang together with this one. */
static void
shift_from(network_pieces *p, int32_t piece, double by)
{
  int32_t depth = 0;
  p->stack[depth++] = piece;
  p->stack[depth++] = KN_NONE;
  while (depth > 0) {
    const int32_t from = p->stack[--depth], at = p->stack[--depth];
    p->shift[at] += by;
    for (int32_t h = p->half_of[at]; h != KN_NONE; h = p->half[h].next)
      if (h != from) {
        p->stack[depth++] = p->half[h ^ 1].piece;
        p->stack[depth++] = h ^ 1;
      }
  }
}

bool
network_pieces_follow(network_pieces *p, const network_pivoted *pivoted, const network_offer *o, double reduced)
{
  const int32_t child = pivoted->child, parent = pivoted->parent;
  const int32_t below = network_piece_of(p, child), above = network_piece_of(p, parent);
  if (below != above) /* pieces hang together by their own arcs, so an arc between two of them is a link */
    unlink_nodes(p, below, child, parent);
  else
    cut(p, below, p->place[child] > p->place[parent] ? child : parent);
  shift_from(p, network_piece_of(p, pivoted->entering), p->net->is_supply[pivoted->entering] ? reduced : -reduced);
  add_half(p, o->node);
  add_half(p, o->other);
  return ++p->pivots < p->most;
}

static void
settle_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const network_pieces *p = arg;
  network *net = p->net;
  for (int32_t run = network_run_of(p, (int32_t)first); run < p->run_count && p->run_first[run] < last; run++) {
    const double shift = p->shift[p->run_piece[run]];
    if (shift == 0)
      continue;
    const int64_t end = run + 1 < p->run_count && p->run_first[run + 1] < last ? p->run_first[run + 1] : last;
    for (int64_t at = p->run_first[run] > first ? p->run_first[run] : first; at < end; at++)
      net->dual[p->order[at]] += net->is_supply[p->order[at]] ? shift : -shift;
  }
}

kn_code
network_pieces_settle(network_pieces *p, kn_error *err)
{
  const kn_code code = kn_team_run(p->net->team, (int64_t)p->net->n + 1, CHUNK, settle_some, p, err);
  memset(p->shift, 0, (size_t)p->piece_count * sizeof *p->shift);
  return code;
}

static void
copy_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const network_pieces *p = arg;
  memcpy(p->net->dual + first, p->exact + first, (size_t)(last - first) * sizeof *p->exact);
}

kn_code
network_pieces_take_exact(network_pieces *p, kn_error *err)
{
  return kn_team_run(p->net->team, p->net->n, CHUNK, copy_some, p, err);
}
