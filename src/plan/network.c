/* The spanning tree of the network engine: cells that improve side by side, then the whole. */
#include <stdlib.h>

#include "plan/network_walk.h"

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

/* Potential by the tree of this moment, remembered along the way for the rest of the scan. */
static double
potential_at(network_cell *c, int32_t node)
{
  network_node *tree = c->net->node;
  network_way *w = &c->side[0];
  int32_t length = 0;
  double potential;
  for (;;) {
    if (node == c->net->n) {
      potential = 0;
      break;
    }
    if (!network_is_inside(c, node)) {
      potential = c->net->dual[node];
      break;
    }
    if (tree[node].seen == c->scan) {
      potential = tree[node].potential;
      break;
    }
    if (length >= w->capacity && !network_make_room(c, w, length))
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

static int
by_reduced(const void *a, const void *b)
{
  const network_offer *x = a, *y = b;
  if (x->reduced != y->reduced)
    return x->reduced > y->reduced ? -1 : 1;
  return x->node < y->node ? -1 : x->node > y->node;
}

/* Blocks first..last-1 of a scan: enough of them to have some rows to choose from, for the ways up to the ground that a
 * scan has to remember are much the same for all rows of a neighbourhood. */
static int32_t
end_of_scan(const network_cell *c, int32_t first, int32_t last)
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
best_of_row(network_cell *c, int32_t x, network_offer *best)
{
  const network *net = c->net;
  const double mine = potential_at(c, x);
  *best = (network_offer){.reduced = net->box[x] - mine, .worth = net->box[x], .node = x, .other = net->n};
  for (uint32_t h = net->hit_at[x]; h < net->hit_at[x + 1] && net->hit[h] != KN_NONE; h++) {
    const int32_t y = net->hit[h];
    if (!network_is_inside(c, y))
      continue;
    const double reduced = net->hit_worth[h] - mine - potential_at(c, y);
    if (reduced > best->reduced)
      *best = (network_offer){.reduced = reduced, .worth = net->hit_worth[h], .node = x, .other = y};
  }
  return best->reduced > c->tolerance;
}

/* The best candidate that pays of each row that is awake; all rows fall asleep. */
static int
scan_rows(network_cell *c, int32_t first_block, int32_t end_block, network_offer *list)
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
      network_offer best;
      if (best_of_row(c, x, &best))
        list[count++] = best;
    }
  }
  return count;
}

static bool
has_awake(const network_cell *c, int32_t first_block, int32_t end_block)
{
  for (int32_t block = first_block; block < end_block; block++)
    if (c->net->awake[block])
      return true;
  return false;
}

/* Pivots until no row of the blocks is awake, or enough has been tried for this time. */
static void
improve_blocks(network_cell *c, int32_t first_block, int32_t end_block)
{
  network_offer list[BLOCK];
  for (int turn = 0; turn < RESCANS && has_awake(c, first_block, end_block); turn++) {
    const int count = scan_rows(c, first_block, end_block, list);
    if (count == 0)
      continue;
    qsort(list, (size_t)count, sizeof *list, by_reduced);
    const double enough = fmax(list[0].reduced / 10, c->tolerance);
    int failures = 0, here = 0, k = 0;
    for (; k < count && list[k].reduced >= enough && failures < FAILURES; k++) {
      double reduced;
      network_mind_clock(c);
      if (network_find_join(c, &list[k], &reduced) && reduced > c->tolerance && reduced >= enough / 10) {
        network_pivot(c, &list[k]);
        here++;
      } else {
        failures++;
      }
      if (c->code != KN_OK)
        return;
    }
    if (here > 0)
      for (; k < count; k++)
        network_wake(c->net, list[k].node);
  }
}

typedef struct cells {
  network *net;
  network_cell *cell;
} cells;

static void
improve_cells(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  for (int64_t i = first; i < last; i++) {
    network_cell *c = &((cells *)arg)->cell[i];
    if (!network_cell_open(c))
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
    network_cell_close(c);
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
      all.cell[i] = network_cell_of(net, border[i], border[i + 1], tolerance);
    code = kn_team_run(net->team, cell_count, 1, improve_cells, &all, err);
    for (int32_t i = 0; i < cell_count; i++) {
      const network_cell *c = &all.cell[i];
      network_cell_count(c);
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
  network_cell c = network_cell_of(net, 0, net->n, tolerance);
  if (network_cell_open(&c))
    for (int64_t k = 0; k < count && c.code == KN_OK; k++) {
      network_offer best;
      double reduced;
      for (int turn = 0; turn < MOST_PIVOTS; turn++) {
        c.scan++;
        if (!best_of_row(&c, node[k], &best) || c.code != KN_OK)
          break;
        network_mind_clock(&c);
        if (!network_find_join(&c, &best, &reduced) || !(reduced > tolerance))
          break;
        network_pivot(&c, &best);
      }
    }
  network_cell_count(&c);
  network_cell_close(&c);
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
  KN_TRY(kn_team_run(net->team, blocks, 64, review_some, &work, err));
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

/* Pivots with the candidates at hand until none pays; net->dual holds the potentials of the tree, before and after. First
 * within cells of consecutive nodes, side by side, then in cells moved by half, then in the whole (network_whole.c). Neither
 * the cells nor what each of them does depends on the number of threads. */
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
  }
  kn_arena_free(scratch);
  if (code == KN_OK && awake > 0)
    code = network_improve_whole(net, tolerance, err);
  if (code == KN_OK)
    network_check(net);
  return code;
}
