/* The balance of a region, from its flows to trusted figures. */
#include "metabolism/balance_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL 0.05
/* Without being asked to leave figures out, so many rounds name some at most: beyond, the deviations are wrong rather than the
 * figures. In a large system a round names many. */
enum { ROUNDS_MOST = 50, ROUNDS_MOST_LARGE = 2 };

struct kn_balance {
  kn_arena *keep;
  kn_balance_summary summary;
  kn_balance_figure_view figures;
  kn_balance_node_view nodes;
  kn_balance_layer_view layers;
};

const char *
kn_balance_class_name(kn_balance_class class_of)
{
  static const char *const name[] = {"redundant", "nonredundant", "fixed", "observable", "unobservable"};
  return name[class_of];
}

void
kn_balance_free(kn_balance *balance)
{
  if (balance == NULL)
    return;
  kn_arena_free(balance->keep);
  free(balance);
}

kn_balance_summary
kn_balance_sum(const kn_balance *balance)
{
  return balance->summary;
}

kn_balance_figure_view
kn_balance_figures(const kn_balance *balance)
{
  return balance->figures;
}

kn_balance_node_view
kn_balance_nodes(const kn_balance *balance)
{
  return balance->nodes;
}

kn_balance_layer_view
kn_balance_layers(const kn_balance *balance)
{
  return balance->layers;
}

/* ---------------------------------------------------------------- from a region to a system */
static kn_code
build(balance_build *b, kn_error *err)
{
  const int64_t most = b->flows.n + b->transfers.n + 2 * b->properties.n + b->levels.n;
  KN_NEW(b->measured, b->keep, most, err);
  KN_NEW(b->sd, b->keep, most, err);
  KN_NEW(b->start, b->scratch, most, err);
  KN_NEW(b->is_signed, b->scratch, most, err);
  KN_NEW(b->what, b->keep, most, err);
  KN_NEW(b->row_of, b->keep, most, err);
  KN_TRY(balance_take_flows(b, err));
  KN_TRY(balance_take_layers(b, err));
  return balance_build_rows(b, err);
}

/* ---------------------------------------------------------------- exact figures that contradict */
static const char *
figure_name(const balance_build *b, int32_t j, char *out, size_t size)
{
  const int32_t row = b->row_of[j];
  switch ((kn_balance_what)b->what[j]) {
  case KN_BALANCE_FLOW:
    snprintf(out, size, "%s", b->flows.flow_id[row]);
    break;
  case KN_BALANCE_TRANSFER:
    snprintf(out, size, "%s", b->transfers.transfer_id[row]);
    break;
  case KN_BALANCE_PROPERTY:
  case KN_BALANCE_CONTENT:
    snprintf(out, size, "%s (%s)", b->flows.flow_id[b->properties.flow[row]], b->properties.property[row]);
    break;
  case KN_BALANCE_LEVEL:
    snprintf(out, size, "%s", b->levels.stock_level_id[row]);
    break;
  }
  return out;
}

static void
add_name(char *list, size_t size, int *count, const char *name)
{
  enum { NAMES_MOST = 8 };
  const size_t used = strlen(list);
  if (*count < NAMES_MOST)
    snprintf(list + used, size - used, "%s%.60s", *count > 0 ? ", " : "", name);
  else if (*count == NAMES_MOST)
    snprintf(list + used, size - used, " ...");
  (*count)++;
}

static kn_code
tell_contradiction(const balance_build *b, const balance_system *s, const balance_answer *answer, kn_error *err)
{
  char figures[700] = "", nodes[700] = "", name[200];
  int figure_count = 0, node_count = 0;
  double *share;
  KN_NEW(share, b->scratch, s->n, err);
  for (int64_t r = 0; r < s->rows; r++) {
    if (answer->trace[r] == 0)
      continue;
    if (b->about[r].node != KN_NONE)
      add_name(nodes, sizeof nodes, &node_count, b->nodes[b->about[r].node].id);
    for (int64_t at = s->row_start[r]; at < s->row_start[r + 1]; at++)
      share[s->row_column[at]] += answer->trace[r] * s->row_value[at];
  }
  for (int64_t j = 0; j < s->n; j++)
    if (s->sd[j] == 0 && fabs(share[j]) > 1e-9)
      add_name(figures, sizeof figures, &figure_count, figure_name(b, (int32_t)j, name, sizeof name));
  if (figure_count == 0)
    return kn_fail(err, KN_NO_ANSWER, "the balances of %s leave %g that no flow can take up: a flow is missing there", nodes,
                   fabs(answer->gap));
  return kn_fail(
      err, KN_NO_ANSWER,
      "figures that are exactly known contradict each other by %g: %s, at %s. Correct one of them, or say how uncertain it is",
      fabs(answer->gap), figures, node_count > 0 ? nodes : "the transfer coefficients between them");
}

/* ---------------------------------------------------------------- leaving out, one after the other */
typedef struct rounds {
  kn_balance_round *round;
  int64_t count, room;
  uint8_t *is_gross, *is_left_out;
  double *measured; /* without what was left out */
  double *start;
} rounds;

static kn_code
note_round(rounds *r, const balance_system *system, const balance_answer *answer, kn_arena *keep, kn_arena *scratch,
           kn_error *err)
{
  if (r->count == r->room)
    KN_TRY(KN_GROW(r->round, r->room, r->count + 1, err));
  int32_t *all, *suspect;
  int64_t count;
  KN_NEW(all, scratch, system->n, err);
  const double largest = balance_suspects(answer, system->n, all, &count);
  if (answer->named_count > 0) {
    count = answer->named_count;
    memcpy(all, answer->named, (size_t)count * sizeof *all);
  }
  KN_NEW(suspect, keep, count, err);
  memcpy(suspect, all, (size_t)count * sizeof *suspect);
  r->round[r->count++] = (kn_balance_round){.chi2 = answer->chi2,
                                            .chi2_critical = answer->dof > 0 ? kn_chi2_bound(LEVEL, (double)answer->dof) : NAN,
                                            .largest_abs_z = count > 0 ? largest : NAN,
                                            .dof = answer->dof,
                                            .suspect_count = (int32_t)count,
                                            .is_choice = count > 1 && answer->named_count == 0,
                                            .suspect = suspect};
  return KN_OK;
}

static bool
goes_on(const kn_balance_round *round, const balance_answer *answer, const rounds *r, bool eliminates, bool is_large)
{
  if (answer->dof == 0 || round->suspect_count == 0 || !(round->chi2 > round->chi2_critical))
    return false;
  return eliminates || (r->count <= (is_large ? ROUNDS_MOST_LARGE : ROUNDS_MOST) &&
                        round->largest_abs_z > balance_z_critical(answer->redundant_count));
}

/* Some of what products say may have no answer once a figure is out: nothing holds an unmeasured factor any more, say. Then it is back
 * in, and what was found so far stands. */
static void
take_back(rounds *r, const kn_balance_round *round, const double *measured, kn_error *err)
{
  for (int32_t k = 0; k < round->suspect_count; k++) {
    r->is_left_out[round->suspect[k]] = 0;
    r->measured[round->suspect[k]] = measured[round->suspect[k]];
  }
  if (err != NULL)
    *err = (kn_error){0};
}

/* Solves, and while the whole does not agree, makes the figure with the largest |z| unmeasured and solves again. plain: of the
 * first time; last: of the last, in *own, which is the caller's to free. */
static kn_code
find_gross(const balance_system *system, rounds *r, bool eliminates, balance_answer *plain, balance_answer *last, kn_arena **own,
           const double *measured, kn_arena *keep, kn_arena *scratch, const kn_watch *watch, kn_error *err)
{
  KN_TRY(balance_solve(plain, system, scratch, watch, err));
  *last = *plain;
  if (plain->contradiction >= 0)
    return KN_OK;
  KN_TRY(note_round(r, system, last, keep, scratch, err));
  while (goes_on(&r->round[r->count - 1], last, r, eliminates, system->n >= BALANCE_LARGE)) {
    const kn_balance_round *round = &r->round[r->count - 1];
    for (int32_t k = 0; k < round->suspect_count; k++)
      r->is_gross[round->suspect[k]] = 1;
    /* Of several that cannot be told apart one is enough. */
    for (int32_t k = 0; k < (last->named_count > 0 ? round->suspect_count : 1); k++) {
      const int32_t out = round->suspect[k];
      r->is_left_out[out] = 1;
      r->start[out] = last->x[out] != 0 ? fabs(last->x[out]) : fabs(r->measured[out]);
      r->measured[out] = NAN;
    }
    balance_answer next;
    kn_arena *fresh = kn_arena_new();
    const kn_code code = balance_solve(&next, system, fresh, watch, err);
    const bool is_lost = code == KN_E_NUMERIC || (code == KN_OK && next.contradiction >= 0);
    kn_arena_free(code == KN_OK && !is_lost ? *own : fresh);
    if (is_lost && system->products > 0) {
      take_back(r, round, measured, err);
      return KN_OK;
    }
    KN_TRY(code);
    if (is_lost) /* cannot be: fewer figures contradict less */
      return kn_fail(err, KN_E_NUMERIC, "leaving out a figure made others contradict each other");
    *own = fresh;
    *last = next;
    KN_TRY(note_round(r, system, last, keep, scratch, err));
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- what is handed over */
typedef struct making {
  kn_balance *out;
  balance_build *b;
  balance_system system;
  rounds rounds;
  balance_answer plain, last;
  kn_arena *own; /* of the last answer, when it is not the plain one */
} making;

static kn_code
take_figures(making *m, const balance_answer *answer, const double *x, kn_error *err)
{
  kn_arena *keep = m->out->keep;
  balance_build *b = m->b;
  double *reconciled, *sd, *z;
  uint8_t *class_of, *is_gross, *is_left_out;
  KN_NEW(reconciled, keep, b->n, err);
  KN_NEW(sd, keep, b->n, err);
  KN_NEW(z, keep, b->n, err);
  KN_NEW(class_of, keep, b->n, err);
  KN_NEW(is_gross, keep, b->n, err);
  KN_NEW(is_left_out, keep, b->n, err);
  int64_t flow_count = 0;
  for (int64_t j = 0; j < b->n; j++) {
    flow_count += b->what[j] == KN_BALANCE_FLOW;
    reconciled[j] = x[j];
    sd[j] = answer->sd[j];
    z[j] = answer->z[j];
    class_of[j] = answer->class_of[j];
    is_gross[j] = m->rounds.is_gross[j];
    is_left_out[j] = answer == &m->last && m->rounds.is_left_out[j];
    m->out->summary.class_count[class_of[j]]++;
  }
  m->out->figures = (kn_balance_figure_view){.n = b->n,
                                             .flow_count = flow_count,
                                             .what = b->what,
                                             .row = b->row_of,
                                             .measured = b->measured,
                                             .measured_sd = b->sd,
                                             .reconciled = reconciled,
                                             .sd = sd,
                                             .class_of = class_of,
                                             .z = z,
                                             .is_gross = is_gross,
                                             .is_eliminated = is_left_out};
  return KN_OK;
}

/* A figure as it was measured; what a flow carries as the product of both. */
static double
measured_of(const balance_build *b, int32_t j)
{
  if (b->what[j] != KN_BALANCE_CONTENT)
    return b->measured[j];
  const int32_t row = b->row_of[j];
  return b->measured[b->flow_variable[b->properties.flow[row]]] * b->measured[b->value_variable[row]];
}

static kn_code
take_nodes(making *m, kn_error *err)
{
  kn_arena *keep = m->out->keep;
  const balance_build *b = m->b;
  const char **id;
  int32_t *year, *layer, *resource;
  double *before, *after;
  KN_NEW(id, keep, b->rows, err);
  KN_NEW(year, keep, b->rows, err);
  KN_NEW(layer, keep, b->rows, err);
  KN_NEW(resource, keep, b->rows, err);
  KN_NEW(before, keep, b->rows, err);
  KN_NEW(after, keep, b->rows, err);
  int64_t n = 0;
  for (int64_t r = 0; r < b->rows; r++) {
    if (b->about[r].node == KN_NONE)
      continue;
    for (int64_t at = b->row_start[r]; at < b->row_start[r + 1]; at++) {
      before[n] += b->row_value[at] * measured_of(b, b->row_column[at]);
      after[n] += b->row_value[at] * m->out->figures.reconciled[b->row_column[at]];
    }
    id[n] = b->nodes[b->about[r].node].id;
    year[n] = b->about[r].year;
    layer[n] = b->about[r].layer;
    resource[n++] = b->about[r].resource;
  }
  m->out->nodes = (kn_balance_node_view){
      .n = n, .node_id = id, .year = year, .layer = layer, .resource = resource, .gap_before = before, .gap_after = after};
  m->out->layers = (kn_balance_layer_view){.n = b->layer_count, .name = b->layer_name, .unit = b->layer_unit};
  return KN_OK;
}

/* Flows of at least 0, where that is wanted. x [n] holds the answer, and stays as it is where there is none. */
static kn_code
keep_above(making *m, const balance_answer *answer, kn_balance_signs signs, double *x, kn_error *err)
{
  kn_balance_summary *sum = &m->out->summary;
  const int64_t n = m->b->n;
  sum->chi2_above = NAN;
  if (signs == KN_BALANCE_SIGNS_FREE || (signs == KN_BALANCE_SIGNS_AGREE && answer->chi2 > sum->chi2_critical))
    return KN_OK;
  bool is_needed = false;
  for (int64_t j = 0; j < n; j++)
    is_needed |= (x[j] < 0 && !m->b->is_signed[j]) || answer->class_of[j] == KN_BALANCE_UNOBSERVABLE;
  sum->is_above = true;
  sum->chi2_above = answer->chi2;
  if (!is_needed)
    return KN_OK;
  double *above;
  uint8_t *is_held;
  int32_t *held;
  KN_NEW(above, m->b->scratch, n, err);
  KN_NEW(is_held, m->b->scratch, n, err);
  const kn_code code = balance_solve_above(&m->system, answer, above, is_held, &sum->chi2_above, err);
  if (code == KN_NO_ANSWER && signs == KN_BALANCE_SIGNS_AGREE) {
    sum->is_above = false;
    sum->chi2_above = NAN;
    if (err != NULL)
      *err = (kn_error){0};
    return KN_OK;
  }
  KN_TRY(code);
  memcpy(x, above, (size_t)n * sizeof *x);
  KN_NEW(held, m->out->keep, n, err);
  for (int64_t j = 0; j < n; j++)
    if (is_held[j])
      held[sum->held_count++] = (int32_t)j;
  sum->held = held;
  return KN_OK;
}

static kn_code
summarise(making *m, const balance_answer *answer, kn_error *err)
{
  kn_balance_summary *sum = &m->out->summary;
  const balance_build *b = m->b;
  sum->chi2 = answer->chi2;
  sum->dof = answer->dof;
  sum->p_value = answer->dof > 0 ? kn_chi2_above(answer->chi2, (double)answer->dof) : NAN;
  sum->chi2_critical = answer->dof > 0 ? kn_chi2_bound(LEVEL, (double)answer->dof) : NAN;
  sum->z_critical = balance_z_critical(answer->redundant_count);
  sum->figure_count = b->n;
  sum->assumed_count = b->assumed_count;
  sum->year_first = sum->year_last = KN_BLANK_INT;
  for (int64_t i = 0; i < b->flows.n; i++) {
    if (b->flow_variable[i] < 0)
      continue;
    const int32_t year = b->flows.year[i];
    if (sum->year_first == KN_BLANK_INT || year < sum->year_first)
      sum->year_first = year;
    if (sum->year_last == KN_BLANK_INT || year > sum->year_last)
      sum->year_last = year;
  }
  kn_balance_round *round;
  KN_NEW(round, m->out->keep, m->rounds.count, err);
  memcpy(round, m->rounds.round, (size_t)m->rounds.count * sizeof *round);
  sum->rounds = round;
  sum->round_count = (int32_t)m->rounds.count;
  return KN_OK;
}

static kn_code
make(making *m, const kn_balance_settings *settings, const kn_watch *watch, kn_error *err)
{
  balance_build *b = m->b;
  KN_TRY(build(b, err));
  if (b->rows == 0)
    KN_TRY(KN_GROW(b->row_start, b->row_room, 1, err));
  KN_NEW(m->rounds.measured, b->scratch, b->n, err);
  KN_NEW(m->rounds.is_gross, b->scratch, b->n, err);
  KN_NEW(m->rounds.is_left_out, b->scratch, b->n, err);
  memcpy(m->rounds.measured, b->measured, (size_t)b->n * sizeof(double));
  m->rounds.start = b->start;
  b->row_start[0] = 0;
  m->system = (balance_system){.n = b->n,
                               .threads = settings->thread_count,
                               .measured = m->rounds.measured,
                               .sd = b->sd,
                               .start = b->start,
                               .is_signed = b->is_signed,
                               .rows = b->rows,
                               .row_start = b->row_start,
                               .row_column = b->row_column,
                               .row_value = b->row_value,
                               .b = b->b,
                               .products = b->products,
                               .of = b->of,
                               .left = b->left,
                               .right = b->right};
  KN_TRY(find_gross(&m->system, &m->rounds, settings->eliminates, &m->plain, &m->last, &m->own, b->measured, m->out->keep,
                    b->scratch, watch, err));
  if (m->plain.contradiction >= 0)
    return tell_contradiction(b, &m->system, &m->plain, err);
  const balance_answer *answer = settings->eliminates ? &m->last : &m->plain;
  if (!settings->eliminates) /* what was left out to find the others is back */
    memcpy(m->rounds.measured, b->measured, (size_t)b->n * sizeof(double));
  double *x;
  KN_NEW(x, b->scratch, b->n, err);
  memcpy(x, answer->x, (size_t)b->n * sizeof *x);
  KN_TRY(summarise(m, answer, err));
  KN_TRY(keep_above(m, answer, settings->signs, x, err));
  KN_TRY(take_figures(m, answer, x, err));
  return take_nodes(m, err);
}

kn_code
kn_balance_make(kn_balance **out, const kn_region *region, const kn_balance_settings *settings, const kn_watch *watch,
                kn_error *err)
{
  *out = NULL;
  kn_balance *balance = calloc(1, sizeof *balance);
  if (balance == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory for a balance");
  balance->keep = kn_arena_new();
  balance_build b = {.region = region,
                     .flows = kn_region_flows(region),
                     .rules = kn_region_balance_rules(region),
                     .transfers = kn_region_transfers(region),
                     .properties = kn_region_flow_properties(region),
                     .levels = kn_region_stock_levels(region),
                     .resources = kn_region_resources(region),
                     .year = settings->year,
                     .keep = balance->keep,
                     .scratch = kn_arena_new()};
  making m = {.out = balance, .b = &b};
  const kn_code code = make(&m, settings, watch, err);
  free(m.rounds.round);
  kn_arena_free(m.own);
  balance_build_free(&b);
  kn_arena_free(b.scratch);
  if (code != KN_OK) {
    kn_balance_free(balance);
    return kn_note(err, "balancing %" PRId64 " flows", b.flows.n);
  }
  *out = balance;
  return KN_OK;
}
