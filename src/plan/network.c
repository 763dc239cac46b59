/* The spanning tree of the network engine: walks, pivots, and cells that improve side by side.
 *
 * A pair (i, j) that pays closes a cycle: up from i and up from j to where the two ways join. Along either way arcs
 * lose and gain flow by turns, the first one loses; the one that first loses all leaves the tree. Ties go to the last such
 * arc of the cycle seen from the join along the flow, which keeps the tree strongly feasible (an arc without flow
 * always points to the ground), and so there is no cycling (Cunningham 1976). */
#include "plan/network.h"

#include <stdlib.h>
#include <string.h>

enum {
  BLOCK = NETWORK_BLOCK,
  SCAN_ROWS = 32,
  MOST_BLOCKS = 128,
  FAILURES = 4,
  RESCANS = 4,
  LEAST_CELL = 8192, /* nodes */
  CELL_TURNS = 6,
  CELL_GROWTH = 4,
  FEW = 1024, /* with fewer rows awake than this part of the nodes, cells do not pay */
};

typedef struct way {
  int32_t *node;
  double *sum; /* of the costs of the arcs before, with alternating signs */
  int64_t capacity, sum_capacity;
  int32_t length; /* arcs to the join */
} way;

typedef struct offer {
  double reduced, worth;
  int32_t node, other; /* other: the ground, or a node of the other kind */
} offer;

/* A range of nodes that one thread improves: only arcs of these nodes change; what lies outside stands still. */
typedef struct cell {
  network *net;
  int32_t low, high;
  double tolerance;
  uint32_t clock, scan;
  way side[2]; /* [0] from the supply, [1] from the demand */
  int64_t pivots, walks;
  kn_code code;
} cell;

static inline bool
is_inside(const cell *c, int32_t node)
{
  return (uint32_t)(node - c->low) < (uint32_t)(c->high - c->low);
}

static bool
make_room(cell *c, way *w, int64_t need)
{
  if (need < w->capacity)
    return true;
  int64_t capacity = w->capacity;
  if (kn_grow((void **)&w->node, &capacity, need + 1, sizeof *w->node, NULL) != KN_OK ||
      kn_grow((void **)&w->sum, &w->sum_capacity, need + 1, sizeof *w->sum, NULL) != KN_OK) {
    c->code = KN_E_LIMIT;
    return false;
  }
  w->capacity = capacity < w->sum_capacity ? capacity : w->sum_capacity;
  return true;
}

/* Potential by the tree of this moment, remembered along the way for the rest of the scan. */
static double
potential_at(cell *c, int32_t node)
{
  network_node *tree = c->net->node;
  way *w = &c->side[0];
  int32_t length = 0;
  double potential;
  for (;;) {
    if (node == c->net->n) {
      potential = 0;
      break;
    }
    if (!is_inside(c, node)) {
      potential = c->net->dual[node];
      break;
    }
    if (tree[node].seen == c->scan) {
      potential = tree[node].potential;
      break;
    }
    if (length >= w->capacity && !make_room(c, w, length))
      return NAN;
    w->node[length++] = node;
    node = tree[node].parent;
  }
  while (length > 0) {
    network_node *at = &tree[w->node[--length]];
    potential = at->cost - potential;
    at->potential = potential;
    at->seen = c->scan;
  }
  return potential;
}

/* Walks up from both ends in turn until the ways join. False when the cycle leaves the cell. *reduced is exact. */
static bool
find_join(cell *c, const offer *o, double *reduced)
{
  network *net = c->net;
  network_node *tree = net->node;
  const int32_t ground = net->n;
  const uint32_t base = c->clock;
  const bool is_supply = net->is_supply[o->node] != 0;
  int32_t at[2] = {is_supply ? o->node : o->other, is_supply ? o->other : o->node};
  double sum[2] = {0, 0};
  int32_t step[2] = {0, 0};
  bool is_walking[2];
  c->walks++;
  for (int s = 0; s < 2; s++) {
    is_walking[s] = at[s] != ground;
    if (!is_walking[s])
      continue;
    tree[at[s]].mark = base + (uint32_t)s;
    c->side[s].node[0] = at[s];
    c->side[s].sum[0] = 0;
  }
  bool is_joined = false;
  while (!is_joined && (is_walking[0] || is_walking[1])) {
    for (int s = 0; s < 2; s++) {
      if (!is_walking[s])
        continue;
      way *w = &c->side[s];
      const network_node *node = &tree[at[s]];
      sum[s] += step[s] & 1 ? -node->cost : node->cost;
      at[s] = node->parent;
      step[s]++;
      if (step[s] >= w->capacity && !make_room(c, w, step[s]))
        return false;
      w->sum[step[s]] = sum[s];
      w->node[step[s]] = at[s];
      if (at[s] == ground || !is_inside(c, at[s])) {
        is_walking[s] = false;
        continue;
      }
      network_node *next = &tree[at[s]];
      if (next->mark >= base) {
        const int32_t there = (int32_t)((next->mark - base) >> 1);
        w->length = step[s];
        c->side[!s].length = there;
        *reduced = o->worth - sum[s] - c->side[!s].sum[there];
        is_joined = true;
        break;
      }
      next->mark = base + 2 * (uint32_t)step[s] + (uint32_t)s;
    }
  }
  c->clock = base + 2 * (uint32_t)(step[0] > step[1] ? step[0] : step[1]) + 2;
  if (is_joined)
    return true;
  c->side[0].length = step[0];
  c->side[1].length = step[1];
  *reduced = o->worth - sum[0] - sum[1];
  return at[0] == at[1];
}

static inline void
wake(network *net, int32_t node)
{
  net->awake[node / BLOCK] |= (uint64_t)1 << (node % BLOCK);
}

/* The arc of `o` enters the tree on the cycle that find_join() left in the two ways. */
static void
pivot(cell *c, const offer *o)
{
  network *net = c->net;
  int64_t *flow = net->flow;
  int64_t least = INT64_MAX;
  int side = -1;
  int32_t where = 0;
  for (int32_t p = 0; p < c->side[0].length; p += 2)
    if (flow[c->side[0].node[p]] < least) {
      least = flow[c->side[0].node[p]];
      side = 0;
      where = p;
    }
  for (int32_t p = 0; p < c->side[1].length; p += 2)
    if (flow[c->side[1].node[p]] <= least) {
      least = flow[c->side[1].node[p]];
      side = 1;
      where = p;
    }
  if (least > 0)
    for (int s = 0; s < 2; s++)
      for (int32_t p = 0; p < c->side[s].length; p++)
        flow[c->side[s].node[p]] += p & 1 ? least : -least;
  /* What hung between the entering end and the leaving arc now hangs the other way round. */
  const way *w = &c->side[side];
  int32_t parent = w->node[0] == o->node ? o->other : o->node;
  double cost = o->worth;
  int64_t carried = least;
  for (int32_t p = 0; p <= where; p++) {
    network_node *node = &net->node[w->node[p]];
    const double old_cost = node->cost;
    const int64_t old_flow = flow[w->node[p]];
    wake(net, w->node[p]);
    node->parent = parent;
    node->cost = cost;
    flow[w->node[p]] = carried;
    parent = w->node[p];
    cost = old_cost;
    carried = old_flow;
  }
  if (o->other != net->n)
    wake(net, o->other);
  wake(net, o->node);
  c->pivots++;
}

static int
by_reduced(const void *a, const void *b)
{
  const offer *x = a, *y = b;
  if (x->reduced != y->reduced)
    return x->reduced > y->reduced ? -1 : 1;
  return x->node < y->node ? -1 : x->node > y->node;
}

/* Blocks first..last-1 of a scan: enough of them to have some rows to choose from, for the ways up to the ground that a
 * scan has to remember are much the same for all rows of a neighbourhood. */
static int32_t
end_of_scan(const cell *c, int32_t first, int32_t last)
{
  int rows = 0;
  int32_t end = first;
  while (end < last && end - first < MOST_BLOCKS) {
    const int here = __builtin_popcountll(c->net->awake[end]);
    if (rows > 0 && rows + here > BLOCK)
      break;
    rows += here;
    end++;
    if (rows >= SCAN_ROWS)
      break;
  }
  return end;
}

/* The best candidate of a row inside the cell, by the tree of this moment; false: none pays. */
static inline bool
best_of_row(cell *c, int32_t x, offer *best)
{
  const network *net = c->net;
  const double mine = potential_at(c, x);
  *best = (offer){.reduced = net->box[x] - mine, .worth = net->box[x], .node = x, .other = net->n};
  for (uint32_t h = net->hit_at[x]; h < net->hit_at[x + 1] && net->hit[h] != KN_NONE; h++) {
    const int32_t y = net->hit[h];
    if (!is_inside(c, y))
      continue;
    const double reduced = net->hit_worth[h] - mine - potential_at(c, y);
    if (reduced > best->reduced)
      *best = (offer){.reduced = reduced, .worth = net->hit_worth[h], .node = x, .other = y};
  }
  return best->reduced > c->tolerance;
}

/* The best candidate that pays of each row that is awake; all rows fall asleep. */
static int
scan_rows(cell *c, int32_t first_block, int32_t end_block, offer *list)
{
  network *net = c->net;
  int count = 0;
  c->scan++;
  for (int32_t block = first_block; block < end_block; block++) {
    uint64_t awake = net->awake[block];
    /* Rows beyond the room of the list stay awake for the next scan. */
    if (count + __builtin_popcountll(awake) > BLOCK)
      break;
    net->awake[block] = 0;
    for (; awake; awake &= awake - 1) {
      const int32_t x = block * BLOCK + __builtin_ctzll(awake);
      offer best;
      if (best_of_row(c, x, &best))
        list[count++] = best;
    }
  }
  return count;
}

static bool
has_awake(const cell *c, int32_t first_block, int32_t end_block)
{
  for (int32_t block = first_block; block < end_block; block++)
    if (c->net->awake[block])
      return true;
  return false;
}

/* Marks are compared with the clock of their cell; before it runs out all start again. */
static void
mind_clock(cell *c)
{
  if (c->clock <= 3000000000u)
    return;
  for (int32_t x = c->low; x < c->high; x++)
    c->net->node[x].mark = 0;
  c->clock = 1;
}

/* Pivots until no row of the blocks is awake, or enough has been tried for this time. */
static void
improve_blocks(cell *c, int32_t first_block, int32_t end_block)
{
  offer list[BLOCK];
  for (int turn = 0; turn < RESCANS && has_awake(c, first_block, end_block); turn++) {
    const int count = scan_rows(c, first_block, end_block, list);
    if (count == 0)
      continue;
    qsort(list, (size_t)count, sizeof *list, by_reduced);
    const double enough = fmax(list[0].reduced / 10, c->tolerance);
    int failures = 0, here = 0, k = 0;
    for (; k < count && list[k].reduced >= enough && failures < FAILURES; k++) {
      double reduced;
      mind_clock(c);
      if (find_join(c, &list[k], &reduced) && reduced > c->tolerance && reduced >= enough / 10) {
        pivot(c, &list[k]);
        here++;
      } else {
        failures++;
      }
      if (c->code != KN_OK)
        return;
    }
    if (here > 0)
      for (; k < count; k++)
        wake(c->net, list[k].node);
  }
}

typedef struct cells {
  network *net;
  cell *cell;
} cells;

static void
improve_cells(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  for (int64_t i = first; i < last; i++) {
    cell *c = &((cells *)arg)->cell[i];
    if (!make_room(c, &c->side[0], 1000) || !make_room(c, &c->side[1], 1000))
      return;
    for (bool is_awake = true; is_awake && c->code == KN_OK;) {
      is_awake = false;
      const int32_t end_block = (c->high + BLOCK - 1) / BLOCK;
      for (int32_t block = c->low / BLOCK; block < end_block;) {
        if (!c->net->awake[block]) {
          block++;
          continue;
        }
        is_awake = true;
        const int32_t end = end_of_scan(c, block, end_block);
        improve_blocks(c, block, end);
        block = end;
      }
    }
    for (int s = 0; s < 2; s++) {
      free(c->side[s].node);
      free(c->side[s].sum);
      c->side[s] = (way){0};
    }
  }
}

static kn_code
run_cells(network *net, double tolerance, const int32_t *border, int32_t cell_count, kn_error *err)
{
  kn_arena *scratch = kn_arena_new();
  cells all = {.net = net};
  kn_code code = kn_arena_reserve(scratch, (size_t)cell_count * sizeof *all.cell + 64, err);
  if (code == KN_OK) {
    all.cell = kn_arena_take(scratch, (size_t)cell_count, sizeof *all.cell);
    for (int32_t i = 0; i < cell_count; i++)
      all.cell[i] = (cell){.net = net,
                           .low = border[i],
                           .high = border[i + 1],
                           .tolerance = tolerance,
                           .clock = net->clock + 1,
                           .scan = net->scan + 1};
    code = kn_parallel(net->thread_count, cell_count, 1, improve_cells, &all, err);
    for (int32_t i = 0; i < cell_count; i++) {
      const cell *c = &all.cell[i];
      net->clock = c->clock > net->clock ? c->clock : net->clock;
      net->scan = c->scan > net->scan ? c->scan : net->scan;
      net->pivots += c->pivots;
      net->walks += c->walks;
      if (c->code != KN_OK && code == KN_OK)
        code = kn_fail(err, c->code, "no memory left for the ways in the tree");
    }
  }
  kn_arena_free(scratch);
  return code == KN_OK ? network_duals(net, err) : code;
}

/* Pivots with the candidates of these nodes alone, one node after the other. Where trees were cut, what hangs below a cut has
 * prices that are off by as much as its root fell; the first pivots of the root set that right, those of others would not. */
kn_code
network_improve_listed(network *net, int64_t count, const int32_t *node, double tolerance, kn_error *err)
{
  enum { MOST_PIVOTS = 64 };
  cell c = {.net = net, .high = net->n, .tolerance = tolerance, .clock = net->clock + 1, .scan = net->scan + 1};
  if (make_room(&c, &c.side[0], 1000) && make_room(&c, &c.side[1], 1000))
    for (int64_t k = 0; k < count && c.code == KN_OK; k++) {
      offer best;
      double reduced;
      for (int turn = 0; turn < MOST_PIVOTS; turn++) {
        c.scan++;
        if (!best_of_row(&c, node[k], &best) || c.code != KN_OK)
          break;
        mind_clock(&c);
        if (!find_join(&c, &best, &reduced) || !(reduced > tolerance))
          break;
        pivot(&c, &best);
      }
    }
  net->clock = c.clock;
  net->scan = c.scan;
  net->pivots += c.pivots;
  net->walks += c.walks;
  for (int s = 0; s < 2; s++) {
    free(c.side[s].node);
    free(c.side[s].sum);
  }
  return c.code == KN_OK ? KN_OK : kn_fail(err, c.code, "no memory left for the ways in the tree");
}

typedef struct review {
  network *net;
  double tolerance;
} review;

static void
review_some(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  network *net = ((review *)arg)->net;
  const double tolerance = ((review *)arg)->tolerance;
  for (int64_t b = first; b < last; b++) {
    uint64_t awake = 0;
    const int64_t end = (b + 1) * BLOCK < net->n ? (b + 1) * BLOCK : net->n;
    for (int64_t x = b * BLOCK; x < end; x++) {
      const double mine = net->dual[x] + tolerance;
      bool is_awake = net->box[x] > mine;
      for (uint32_t h = net->hit_at[x]; h < net->hit_at[x + 1] && !is_awake && net->hit[h] != KN_NONE; h++)
        is_awake = net->hit_worth[h] > mine + net->dual[net->hit[h]];
      awake |= (uint64_t)is_awake << (x - b * BLOCK);
    }
    net->awake[b] = awake;
  }
}

/* Wakes the rows with a candidate that pays at the potentials of now. */
static kn_code
wake_rows(network *net, double tolerance, int64_t *awake, kn_error *err)
{
  review work = {net, tolerance};
  const int64_t blocks = ((int64_t)net->n + BLOCK - 1) / BLOCK;
  KN_TRY(kn_parallel(net->thread_count, blocks, 64, review_some, &work, err));
  *awake = 0;
  for (int64_t b = 0; b < blocks; b++)
    *awake += __builtin_popcountll(net->awake[b]);
  return KN_OK;
}

/* Borders of cells of about CELL nodes, whole blocks each; every second time moved by half a cell. */
static int32_t
draw_borders(const network *net, int64_t cell_nodes, bool is_moved, int32_t *border)
{
  int32_t count = 0;
  border[0] = 0;
  for (int64_t at = is_moved ? cell_nodes / 2 : cell_nodes; at < net->n; at += cell_nodes)
    border[++count] = (int32_t)at;
  border[++count] = net->n;
  return count;
}

/* Pivots with the candidates at hand until none pays; net->dual holds the potentials of the tree, before and after. First within cells of consecutive nodes, side by side, then in
 * cells moved by half, then in the whole. Neither the cells nor what each of them does depends on the number of
 * threads. */
kn_code
network_improve(network *net, double tolerance, kn_error *err)
{
  int64_t awake;
  int32_t *border;
  KN_TRY(wake_rows(net, tolerance, &awake, err));
  kn_arena *scratch = kn_arena_new();
  kn_code code = kn_arena_reserve(scratch, ((size_t)net->n / LEAST_CELL + 4) * sizeof *border, err);
  if (code == KN_OK) {
    border = kn_arena_take(scratch, (size_t)net->n / LEAST_CELL + 3, sizeof *border);
    /* Halves of the market, eighths and so on, as long as they are large enough; the small ones first. */
    int64_t parts = 2;
    while (net->n / (parts * CELL_GROWTH) >= LEAST_CELL)
      parts *= CELL_GROWTH;
    for (; parts >= 2 && net->n / parts >= LEAST_CELL && code == KN_OK; parts /= CELL_GROWTH) {
      const int64_t nodes = net->n / parts / (2 * BLOCK) * (2 * BLOCK) + 2 * BLOCK;
      bool is_worth = awake > net->n / FEW;
      for (int turn = 0; turn < CELL_TURNS && is_worth && code == KN_OK; turn++) {
        const int64_t pivots = net->pivots;
        code = run_cells(net, tolerance, border, draw_borders(net, nodes, turn & 1, border), err);
        if (code == KN_OK)
          code = wake_rows(net, tolerance, &awake, err);
        is_worth = awake > net->n / FEW && net->pivots - pivots >= awake / 8;
      }
    }
    border[0] = 0;
    border[1] = net->n;
    while (code == KN_OK && awake > 0) {
      const int64_t pivots = net->pivots;
      code = run_cells(net, tolerance, border, 1, err);
      if (net->pivots == pivots)
        break;
      if (code == KN_OK)
        code = wake_rows(net, tolerance, &awake, err);
    }
  }
  kn_arena_free(scratch);
  if (code == KN_OK)
    network_check(net);
  return code;
}
