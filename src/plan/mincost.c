/* The cheapest flow on a graph: a primal network simplex.
 *
 * The tree hangs on a root of its own. Every node has one arc to its parent, which goes up (towards the root) or down, with its
 * flow. Nodes stand in a ring, each followed by all that hangs below it (a thread: Bradley, Brown, Graves 1977): a pivot cuts
 * it at few places, and what it moves is one piece. An arc out of the tree has no flow, for nothing has a capacity. */
#include "plan/mincost.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_BLOCK = 64, CLOCK = 1024 };

/* What is walked along the ring, apart from the rest: it is most of the work. */
typedef struct bead {
  int64_t potential;
  int32_t next, before;
} bead;

typedef struct knot {
  int64_t flow;
  int32_t parent, size, last; /* how many hang there, itself included, and the last of them in the ring */
  int32_t arc;                /* to the parent; KN_NONE: an artificial one */
  bool is_up;
} knot;

typedef struct simplex {
  const kn_mincost *problem;
  int32_t root;
  int64_t artificial; /* cost */
  int64_t *cost;
  knot *knot; /* [nodes + 1] */
  bead *bead; /* [nodes + 1] */
  int64_t block, next_arc, pivots;
} simplex;

/* ------------------------------------------------------------------ costs */
/* Whole costs, so fine that no sum along a path without loop passes 2^61. */
static kn_code
scale_costs(simplex *s, double *unit, kn_arena *scratch, kn_error *err)
{
  const kn_mincost *p = s->problem;
  double most = 1e-300;
  for (int64_t a = 0; a < p->arc_count; a++)
    most = fmax(most, fabs(p->cost[a]));
  int power;
  frexp(most * ((double)p->node_count + 2) * 4, &power);
  *unit = ldexp(1, power - 61);
  KN_NEW(s->cost, scratch, p->arc_count, err);
  for (int64_t a = 0; a < p->arc_count; a++)
    s->cost[a] = llrint(p->cost[a] / *unit);
  s->artificial = llrint(most / *unit) * ((int64_t)p->node_count + 1) + 1;
  return KN_OK;
}

/* ------------------------------------------------------------------ tree */
static void
start_tree(simplex *s)
{
  const kn_mincost *p = s->problem;
  const int32_t n = s->root = p->node_count;
  s->knot[n] = (knot){.parent = KN_NONE, .size = n + 1, .last = n > 0 ? n - 1 : n, .arc = KN_NONE};
  s->bead[n] = (bead){0, n > 0 ? 0 : n, n > 0 ? n - 1 : n};
  for (int32_t v = 0; v < n; v++) {
    const bool is_up = p->supply[v] >= 0;
    s->knot[v] = (knot){.flow = llabs(p->supply[v]), .parent = n, .size = 1, .last = v, .arc = KN_NONE, .is_up = is_up};
    s->bead[v] = (bead){is_up ? -s->artificial : s->artificial, v + 1, v > 0 ? v - 1 : n};
  }
}

/* ------------------------------------------------------------------ pivots */
/* The arc with the least reduced cost of the first block that has a negative one; KN_NONE: none has. */
static int64_t
find_entering(simplex *s)
{
  const kn_mincost *p = s->problem;
  int64_t best = KN_NONE, least = 0, left = s->block, a = s->next_arc;
  for (int64_t seen = 0; seen < p->arc_count; seen++) {
    const int64_t reduced = s->cost[a] + s->bead[p->tail[a]].potential - s->bead[p->head[a]].potential;
    if (reduced < least) {
      least = reduced;
      best = a;
    }
    a = a + 1 == p->arc_count ? 0 : a + 1;
    if (--left == 0) {
      if (best != KN_NONE)
        break;
      left = s->block;
    }
  }
  s->next_arc = a;
  return best;
}

typedef struct cycle {
  int32_t join, leaving; /* node whose arc to its parent leaves */
  bool is_tail_side;
  int64_t flow;
} cycle;

/* Flow runs tail -> head, from there up to the join and down to the tail. The last arc seen from the join along the cycle of those
 * that lose all leaves: so arcs without flow keep pointing to the root, and there is no cycling. */
static cycle
find_cycle(const simplex *s, int32_t tail, int32_t head)
{
  const knot *k = s->knot;
  cycle c = {.leaving = KN_NONE, .flow = INT64_MAX};
  int32_t x = tail, y = head;
  while (x != y) { /* the join has all below it: the smaller of two is never it */
    if (k[x].size <= k[y].size)
      x = k[x].parent;
    else
      y = k[y].parent;
  }
  c.join = x;
  for (x = tail; x != c.join; x = k[x].parent)
    if (k[x].is_up && k[x].flow < c.flow) {
      c.flow = k[x].flow;
      c.leaving = x;
      c.is_tail_side = true;
    }
  for (y = head; y != c.join; y = k[y].parent)
    if (!k[y].is_up && k[y].flow <= c.flow) {
      c.flow = k[y].flow;
      c.leaving = y;
      c.is_tail_side = false;
    }
  return c;
}

static void
send(simplex *s, const cycle *c, int32_t tail, int32_t head)
{
  knot *k = s->knot;
  if (c->flow == 0)
    return;
  for (int32_t x = tail; x != c->join; x = k[x].parent)
    k[x].flow += k[x].is_up ? -c->flow : c->flow;
  for (int32_t y = head; y != c->join; y = k[y].parent)
    k[y].flow += k[y].is_up ? c->flow : -c->flow;
}

static void
join_beads(simplex *s, int32_t a, int32_t b)
{
  s->bead[a].next = b;
  s->bead[b].before = a;
}

/* Those above `node` whose last was `was` get another. */
static void
mend_last(simplex *s, int32_t node, int32_t was, int32_t now)
{
  for (; node != KN_NONE && s->knot[node].last == was; node = s->knot[node].parent)
    s->knot[node].last = now;
}

static void
grow_up_to(simplex *s, int32_t node, int32_t join, int32_t by)
{
  for (; node != join; node = s->knot[node].parent)
    s->knot[node].size += by;
}

/* Takes what hangs at `top` out of the ring and the tree. */
static void
cut_off(simplex *s, int32_t top, int32_t join)
{
  const knot *k = &s->knot[top];
  const int32_t before = s->bead[top].before;
  join_beads(s, before, s->bead[k->last].next);
  mend_last(s, k->parent, k->last, before);
  grow_up_to(s, k->parent, join, -k->size);
}

/* Turns the way from `node` up to `top` round: each hangs on the one below it, by the same arc. In the ring each keeps what hung
 * at it beside the way: what stood before the one below, and what stood behind all of that. Returns the last of all. */
static int32_t
turn_round(simplex *s, int32_t node, int32_t top, int32_t parent, int32_t arc, bool is_up, int64_t flow)
{
  const int32_t size = s->knot[top].size;
  int32_t end = KN_NONE, below = KN_NONE, below_last = KN_NONE, below_size = 0, below_before = KN_NONE, behind = KN_NONE,
          at = node;
  for (;;) {
    const knot was = s->knot[at];
    const int32_t was_before = s->bead[at].before;
    const bool has_more = was.last != below_last;
    const int32_t next = has_more ? s->bead[was.last].next : behind;
    if (below == KN_NONE) {
      end = was.last;
    } else { /* before the one below, from this on; then behind it, if there is something */
      join_beads(s, end, at);
      end = below_before;
      if (has_more) {
        join_beads(s, end, behind);
        end = was.last;
      }
    }
    behind = next;
    s->knot[at] = (knot){flow, parent, size - below_size, 0, arc, is_up};
    below_size = was.size;
    below_last = was.last;
    below_before = was_before;
    below = parent = at;
    arc = was.arc;
    is_up = !was.is_up;
    flow = was.flow;
    if (at == top)
      break;
    at = was.parent;
  }
  for (at = top;; at = s->knot[at].parent) {
    s->knot[at].last = end;
    if (at == node)
      return end;
  }
}

/* Puts a piece of the ring, whose first hangs on `parent`, behind that. */
static void
put_behind(simplex *s, int32_t parent, int32_t first, int32_t last, int32_t join)
{
  const int32_t next = s->bead[parent].next, size = s->knot[first].size;
  join_beads(s, last, next);
  join_beads(s, parent, first);
  mend_last(s, parent, parent, last);
  grow_up_to(s, parent, join, size);
}

/* Adds to the potentials of all that hangs at a node; or takes it from all others, if these are fewer. */
static void
shift(simplex *s, int32_t top, int64_t by)
{
  bead *b = s->bead;
  const int32_t size = s->knot[top].size, all = s->root + 1;
  int32_t v = top, left = size;
  if (size > all / 2) {
    v = b[s->knot[top].last].next;
    left = all - size;
    by = -by;
  }
  for (; left > 0; left--) {
    b[v].potential += by;
    v = b[v].next;
  }
}

static bool
pivot(simplex *s, int64_t entering)
{
  const int32_t tail = s->problem->tail[entering], head = s->problem->head[entering];
  const cycle c = find_cycle(s, tail, head);
  if (c.leaving == KN_NONE)
    return false;
  const int64_t reduced = s->cost[entering] + s->bead[tail].potential - s->bead[head].potential;
  const int32_t moved = c.is_tail_side ? tail : head, parent = c.is_tail_side ? head : tail;
  send(s, &c, tail, head);
  cut_off(s, c.leaving, c.join);
  const int32_t last = turn_round(s, moved, c.leaving, parent, (int32_t)entering, c.is_tail_side, c.flow);
  put_behind(s, parent, moved, last, c.join);
  shift(s, moved, c.is_tail_side ? -reduced : reduced);
  s->pivots++;
  return true;
}

/* ------------------------------------------------------------------ what comes out */
static kn_code
read_flow(const simplex *s, double unit, kn_mincost_flow *out, kn_arena *keep, kn_error *err)
{
  const kn_mincost *p = s->problem;
  KN_NEW(out->flow, keep, p->arc_count, err);
  KN_NEW(out->potential, keep, p->node_count, err);
  for (int32_t v = 0; v < p->node_count; v++) {
    out->potential[v] = (double)(s->bead[v].potential - s->bead[s->root].potential) * unit;
    if (s->knot[v].arc != KN_NONE)
      out->flow[s->knot[v].arc] = s->knot[v].flow;
    else if (s->knot[v].flow > 0 && !out->is_stopped)
      return kn_fail(err, KN_E_INPUT, "node %" PRId32 " of a flow has no way to where it should go", v);
  }
  out->pivots = s->pivots;
  return KN_OK;
}

static kn_code
solve(simplex *s, kn_mincost_flow *out, const kn_watch *watch, kn_arena *scratch, kn_arena *keep, kn_error *err)
{
  const kn_mincost *p = s->problem;
  double unit;
  KN_TRY(scale_costs(s, &unit, scratch, err));
  KN_NEW(s->knot, scratch, p->node_count + 1, err);
  KN_NEW(s->bead, scratch, p->node_count + 1, err);
  s->block = (int64_t)fmax(LEAST_BLOCK, sqrt((double)p->arc_count));
  start_tree(s);
  for (int64_t entering; (entering = find_entering(s)) != KN_NONE;) {
    if (!pivot(s, entering))
      return kn_fail(err, KN_E_NUMERIC, "a flow has a cycle that earns without end");
    if (s->pivots % CLOCK == 0 && kn_watch_is_stopped(watch)) {
      out->is_stopped = true;
      break;
    }
  }
  return read_flow(s, unit, out, keep, err);
}

kn_code
kn_mincost_solve(kn_mincost_flow *out, const kn_mincost *problem, const kn_watch *watch, kn_arena *keep, kn_error *err)
{
  *out = (kn_mincost_flow){0};
  if (problem->node_count >= 1 << 30 || problem->arc_count >= INT32_MAX)
    return kn_fail(err, KN_E_LIMIT, "a flow over %" PRId32 " nodes and %" PRId64 " arcs is too large", problem->node_count,
                   problem->arc_count);
  simplex s = {.problem = problem};
  kn_arena *scratch = kn_arena_new();
  const kn_code code = solve(&s, out, watch, scratch, keep, err);
  kn_arena_free(scratch);
  return code;
}
