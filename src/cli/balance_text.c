/* A balance for people: does it add up, who contradicts, what follows, where the gaps are. */
#include "balance_print.h"

#include <stdlib.h>
#include <string.h>

typedef struct text {
  FILE *out;
  const kn_task_balanced *balanced;
  kn_balance_summary sum;
  kn_balance_figure_view figures;
  kn_balance_node_view nodes;
  kn_balance_layer_view layers;
  kn_flow_view flows;
  kn_resource_view resources;
  int32_t most;
} text;

typedef struct ranked {
  int64_t row;
  double size;
} ranked;

static int
by_size(const void *a, const void *b)
{
  const ranked *x = a, *y = b;
  if (x->size != y->size)
    return x->size > y->size ? -1 : 1;
  return x->row < y->row ? -1 : x->row > y->row;
}

/* "1 234 +- 56": what is known of a figure. */
static void
cell_sure(kn_grid *grid, double value, double sd)
{
  char a[KN_NUMBER_SIZE], b[KN_NUMBER_SIZE];
  if (isnan(value))
    kn_grid_text(grid, _("not known"));
  else if (!(sd > 0))
    kn_grid_text(grid, kn_print_number(a, value));
  else
    kn_grid_cell(grid, "%s ± %s", kn_print_number(a, value), kn_print_number(b, sd));
}

static const char *
unit_of(const text *t, int64_t j)
{
  return t->figures.what[j] == KN_BALANCE_FLOW
             ? kn_class_unit((kn_class)t->resources.class_of[t->flows.resource[t->figures.row[j]]])
             : "";
}

static void
row_figure(const text *t, kn_grid *grid, int64_t j)
{
  char id[KN_FIGURE_SIZE];
  const bool is_flow = t->figures.what[j] == KN_BALANCE_FLOW;
  const int32_t row = t->figures.row[j];
  kn_grid_text(grid, kn_balance_figure_id(id, t->balanced, j));
  kn_grid_text(grid, !is_flow ? "" : t->flows.from[row] != NULL ? t->flows.from[row] : _("outside"));
  kn_grid_text(grid, !is_flow ? "" : t->flows.to[row] != NULL ? t->flows.to[row] : _("outside"));
  cell_sure(grid, t->figures.measured[j], t->figures.measured_sd[j]);
  cell_sure(grid, t->figures.reconciled[j], t->figures.sd[j]);
  kn_grid_text(grid, unit_of(t, j));
}

/* Whom the rounds named; several of one round cannot be told apart, so one of them is wrong. */
static void
print_suspects(const text *t, bool eliminates)
{
  char id[KN_FIGURE_SIZE];
  bool is_first = true;
  for (int32_t r = 0; r < t->sum.round_count; r++) {
    const kn_balance_round *round = &t->sum.rounds[r];
    if (round->suspect_count == 0 || !t->figures.is_gross[round->suspect[0]])
      continue;
    fprintf(t->out, "%s", is_first ? _("Look first at ") : "; ");
    is_first = false;
    fprintf(t->out, "%s", round->is_choice ? _("one of ") : "");
    for (int32_t k = 0; k < round->suspect_count; k++)
      fprintf(t->out, "%s%s", k > 0 ? ", " : "", kn_balance_figure_id(id, t->balanced, round->suspect[k]));
  }
  if (!is_first)
    fprintf(t->out, "%s\n", eliminates ? _(": left out here.") : _(". `--eliminate` leaves out what contradicts."));
}

static void
print_tests(const text *t, bool eliminates)
{
  char p[KN_NUMBER_SIZE];
  const kn_balance_summary *sum = &t->sum;
  if (sum->dof == 0) {
    fprintf(t->out, "%s\n", _("Nothing is reported twice over, so no figure can be tested or improved."));
    return;
  }
  fprintf(t->out,
          sum->chi2 > sum->chi2_critical
              ? _("The figures contradict each other: chi2 %.3g with %" PRId64 " checks, p %s.\n")
              : _("The figures agree within their uncertainty: chi2 %.3g with %" PRId64 " checks, p %s.\n"),
          sum->chi2, sum->dof, sum->p_value < 0.001 ? "< 0.001" : kn_print_number(p, sum->p_value));
  print_suspects(t, eliminates);
}

static void
print_counts(const text *t)
{
  const kn_balance_summary *sum = &t->sum;
  fprintf(t->out,
          _("%" PRId64 " figures: %" PRId64 " measured and checked, %" PRId64 " measured only, %" PRId64 " exact, %" PRId64
            " follow from others, %" PRId64 " not known; balances: %" PRId64 ".\n"),
          sum->figure_count, sum->class_count[KN_BALANCE_REDUNDANT], sum->class_count[KN_BALANCE_NONREDUNDANT],
          sum->class_count[KN_BALANCE_FIXED], sum->class_count[KN_BALANCE_OBSERVABLE], sum->class_count[KN_BALANCE_UNOBSERVABLE],
          t->nodes.n);
  if (sum->assumed_count > 0)
    fprintf(t->out, _("%" PRId64 " have no stated uncertainty; 49 %% was taken.\n"), sum->assumed_count);
}

/* Of the figures that wanted() ranks (NAN: not), the first ones under a heading. */
static kn_code
print_ranked(const text *t, const char *heading, double (*rank)(const text *t, int64_t j), kn_error *err)
{
  static const char *const titles[] = {N_("figure"), N_("from"), N_("to"), N_("reported"), N_("balanced"), ""};
  ranked *list = malloc(((size_t)t->figures.n + 1) * sizeof *list);
  if (list == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory for a table");
  int64_t count = 0;
  for (int64_t j = 0; j < t->figures.n; j++) {
    const double size = rank(t, j);
    if (!isnan(size))
      list[count++] = (ranked){j, size};
  }
  qsort(list, (size_t)count, sizeof *list, by_size);
  kn_code code = KN_OK;
  if (count > 0) {
    fprintf(t->out, "\n%s\n", heading);
    kn_grid *grid = kn_grid_new("lllrrl", titles);
    for (int64_t i = 0; i < count && i < t->most; i++)
      row_figure(t, grid, list[i].row);
    code = kn_grid_end(grid, t->out, err);
    if (count > t->most)
      fprintf(t->out, _("... and %" PRId64 " more\n"), count - t->most);
  }
  free(list);
  return code;
}

static double
rank_moved(const text *t, int64_t j)
{
  return t->figures.class_of[j] == KN_BALANCE_REDUNDANT ? fabs(t->figures.z[j]) : NAN;
}

static double
rank_followed(const text *t, int64_t j)
{
  const bool is_shown = t->figures.class_of[j] == KN_BALANCE_OBSERVABLE && t->figures.what[j] != KN_BALANCE_CONTENT;
  return is_shown ? fabs(t->figures.reconciled[j]) : NAN;
}

static double
rank_unknown(const text *t, int64_t j)
{
  return t->figures.class_of[j] == KN_BALANCE_UNOBSERVABLE && t->figures.what[j] == KN_BALANCE_FLOW ? 0 : NAN;
}

static kn_code
print_gaps(const text *t, kn_error *err)
{
  static const char *const titles[] = {N_("node"), N_("year"), N_("balances"), N_("gap as reported"), "", N_("gap now")};
  ranked *list = malloc(((size_t)t->nodes.n + 1) * sizeof *list);
  if (list == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory for a table");
  for (int64_t i = 0; i < t->nodes.n; i++)
    list[i] = (ranked){i, isnan(t->nodes.gap_before[i]) ? -1 : fabs(t->nodes.gap_before[i])};
  qsort(list, (size_t)t->nodes.n, sizeof *list, by_size);
  kn_code code = KN_OK;
  if (t->nodes.n > 0) {
    fprintf(t->out, "\n%s\n", _("Where it did not add up:"));
    kn_grid *grid = kn_grid_new("lrlrlr", titles);
    for (int64_t i = 0; i < t->nodes.n && i < t->most; i++) {
      const int64_t r = list[i].row;
      const int32_t resource = t->nodes.resource[r];
      kn_grid_text(grid, t->nodes.node_id[r]);
      kn_grid_cell(grid, "%d", (int)t->nodes.year[r]);
      kn_grid_text(grid, resource == KN_NONE ? _(t->layers.name[t->nodes.layer[r]])
                                             : kn_region_key(t->balanced->region, KN_T_RESOURCE, resource));
      kn_grid_number(grid, t->nodes.gap_before[r]);
      kn_grid_text(grid, t->layers.unit[t->nodes.layer[r]] != NULL ? t->layers.unit[t->nodes.layer[r]] : "");
      kn_grid_number(grid, fabs(t->nodes.gap_after[r]) < 1e-9 * (1 + fabs(t->nodes.gap_before[r])) ? 0 : t->nodes.gap_after[r]);
    }
    code = kn_grid_end(grid, t->out, err);
    if (t->nodes.n > t->most)
      fprintf(t->out, _("... and %" PRId64 " more\n"), t->nodes.n - t->most);
  }
  free(list);
  return code;
}

kn_code
kn_text_balance(FILE *out, const kn_task_balanced *balanced, bool eliminates, int32_t most, kn_error *err)
{
  const text t = {.out = out,
                  .balanced = balanced,
                  .sum = kn_balance_sum(balanced->balance),
                  .figures = kn_balance_figures(balanced->balance),
                  .nodes = kn_balance_nodes(balanced->balance),
                  .layers = kn_balance_layers(balanced->balance),
                  .flows = kn_region_flows(balanced->region),
                  .resources = kn_region_resources(balanced->region),
                  .most = most};
  if (t.figures.flow_count == 0) {
    fprintf(out, "%s\n", _("no flows are reported: table flow has none, or none of that year"));
    return KN_OK;
  }
  print_counts(&t);
  print_tests(&t, eliminates);
  KN_TRY(print_ranked(&t, _("Reported and checked, the most surprising first:"), rank_moved, err));
  KN_TRY(print_ranked(&t, _("Not reported, but following from the others:"), rank_followed, err));
  KN_TRY(print_ranked(&t, _("Not known:"), rank_unknown, err));
  return print_gaps(&t, err);
}
