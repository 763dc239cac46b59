/* Prints a random table with its microdata and what disclosure control makes of it, as JSON: for attackers that share no code
 * with it (disclosure_attack.py).
 *
 *     disclosure_tables SEED [primary-only] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knoop/disclosure.h"

#include "../base/check.h"

enum { CODES_MOST = 12, CONTRIBUTIONS_MOST = 160, MEASURES = 3 };

typedef struct sample {
  int32_t parent[KN_DIMENSIONS_MOST][CODES_MOST];
  int32_t contributor[CONTRIBUTIONS_MOST], code[KN_DIMENSIONS_MOST][CONTRIBUTIONS_MOST];
  double amount[2][CONTRIBUTIONS_MOST];
  uint8_t is_impossible[CODES_MOST * CODES_MOST * CODES_MOST];
  kn_measure measure[MEASURES];
  kn_microdata data;
  kn_disclosure_settings settings;
} sample;

static void
make(sample *s, uint64_t seed)
{
  check_random r = {seed * 7919 + 3};
  kn_microdata *d = &s->data;
  d->dimension_count = seed % 5 == 4 ? 3 : seed % 7 == 6 ? 1 : 2;
  int32_t cells = 1;
  for (int32_t at = 0; at < d->dimension_count; at++) {
    const int32_t n = d->dimension_count == 3 ? 3 + random_below(&r, 2) : 4 + random_below(&r, 5);
    /* A root, or rarely two; the rest under any earlier code. */
    for (int32_t i = 0; i < n; i++)
      s->parent[at][i] = i == 0 || (i == 1 && random_below(&r, 6) == 0) ? KN_NONE : random_below(&r, i < 4 ? i : 4);
    d->dimension[at] = (kn_dimension){.n = n, .parent = s->parent[at]};
    d->code[at] = s->code[at];
    cells *= n;
  }
  d->contributor_count = 6 + random_below(&r, 18);
  d->n = 20 + random_below(&r, CONTRIBUTIONS_MOST - 20);
  /* Often a few hold cells alone, and all empty cells are known to be so: then what they know of themselves matters. */
  const bool is_lonely = seed % 2 == 0;
  for (int64_t i = 0; i < d->n; i++) {
    s->contributor[i] = is_lonely && i % 5 != 0 ? random_below(&r, 4) : random_below(&r, d->contributor_count);
    for (int32_t at = 0; at < d->dimension_count; at++) {
      const int32_t n = d->dimension[at].n;
      /* Mostly low down; sometimes at a code that has others below. */
      s->code[at][i] = random_below(&r, 8) == 0 ? random_below(&r, n) : n - 1 - random_below(&r, (n + 1) / 2);
      if (is_lonely && i % 5 != 0)
        s->code[at][i] = n - 1 - (s->contributor[i] * (3 + at) + random_below(&r, 3)) % ((n + 1) / 2);
    }
    s->amount[0][i] = random_below(&r, 12) == 0 ? 0 : ceil(exp(7 * random_unit(&r)));
    s->amount[1][i] = s->amount[0][i] * (20 + floor(80 * random_unit(&r)));
  }
  d->contributor = s->contributor;
  s->measure[0] = (kn_measure){s->amount[0], NAN};
  s->measure[1] = (kn_measure){s->amount[1], NAN};
  s->measure[2] = (kn_measure){NULL, NAN};
  d->measure = s->measure;
  d->measure_count = 1 + (int32_t)(seed % 3);
  if (d->measure_count == 2)
    s->measure[1] = s->measure[2];
  /* Some of the cells that are empty cannot be otherwise. */
  for (int32_t c = 0; c < cells; c++)
    s->is_impossible[c] = is_lonely || random_below(&r, 3) > 0;
  for (int64_t i = 0; i < d->n; i++) {
    int32_t c = 0;
    for (int32_t at = 0; at < d->dimension_count; at++)
      c = c * d->dimension[at].n + s->code[at][i];
    s->is_impossible[c] = 0;
  }
  d->is_impossible = s->is_impossible;
  s->settings = KN_DISCLOSURE_DEFAULTS;
  s->settings.min_count = 2 + random_below(&r, 3);
  s->settings.dominance_n = random_below(&r, 3);
  s->settings.p_percent = 5 + 5 * random_below(&r, 4);
  s->settings.zero_is_open = seed % 4 == 3;
}

static void
print_ints(const char *name, int64_t n, const int32_t *value, const char *end)
{
  printf("\"%s\": [", name);
  for (int64_t i = 0; i < n; i++)
    printf("%s%d", i > 0 ? ", " : "", value[i]);
  printf("]%s", end);
}

static void
print_numbers(int64_t n, const double *value)
{
  printf("[");
  for (int64_t i = 0; i < n; i++)
    if (isfinite(value[i]))
      printf("%s%.17g", i > 0 ? ", " : "", value[i]);
    else
      printf("%snull", i > 0 ? ", " : "");
  printf("]");
}

static void
print_bytes(const char *name, int64_t n, const uint8_t *value, const char *end)
{
  printf("\"%s\": [", name);
  for (int64_t i = 0; i < n; i++)
    printf("%s%d", i > 0 ? ", " : "", value[i]);
  printf("]%s", end);
}

static void
print_data(const sample *s)
{
  const kn_microdata *d = &s->data;
  printf("{\"settings\": {\"min_count\": %d, \"n\": %d, \"k\": %g, \"p\": %g, \"zero_is_open\": %d},\n", s->settings.min_count,
         s->settings.dominance_n, s->settings.dominance_percent, s->settings.p_percent, s->settings.zero_is_open);
  printf("\"dimensions\": [");
  for (int32_t at = 0; at < d->dimension_count; at++) {
    printf("%s{", at > 0 ? ", " : "");
    print_ints("parent", d->dimension[at].n, d->dimension[at].parent, ", ");
    print_ints("code", d->n, d->code[at], "}");
  }
  printf("],\n");
  print_ints("contributor", d->n, d->contributor, ",\n");
  printf("\"measures\": [");
  for (int32_t k = 0; k < d->measure_count; k++) {
    printf("%s", k > 0 ? ", " : "");
    if (d->measure[k].amount == NULL)
      printf("null");
    else
      print_numbers(d->n, d->measure[k].amount);
  }
  printf("],\n");
}

static void
print_cells(const kn_cell_view *v, int32_t dimension_count)
{
  printf("\"codes\": [");
  for (int32_t at = 0; at < dimension_count; at++) {
    printf("%s{", at > 0 ? ", " : "");
    print_ints("code", v->n, v->code[at], "}");
  }
  printf("],\n");
  print_bytes("is_rest", v->n, v->is_rest, ",\n");
  print_bytes("status", v->n, v->status, ",\n");
  print_bytes("why", v->n, v->why, ",\n");
  print_bytes("is_structural", v->n, v->is_structural, ",\n");
  printf("\"value\": [");
  for (int32_t k = 0; k < v->measure_count; k++) {
    printf("%s", k > 0 ? ", " : "");
    print_numbers(v->n, v->value[k]);
  }
  printf("],\n\"attack\": [");
  for (int32_t k = 0; k < v->measure_count; k++) {
    printf("%s[", k > 0 ? ", " : "");
    print_numbers(v->n, v->attack_least[k]);
    printf(", ");
    print_numbers(v->n, v->attack_most[k]);
    printf("]");
  }
  printf("]}\n");
}

int
main(int argc, char **argv)
{
  static sample s;
  kn_error err = {0};
  kn_disclosure *d;
  if (argc < 2)
    return 2;
  make(&s, strtoull(argv[1], NULL, 10));
  s.settings.is_primary_only = argc > 2 && strcmp(argv[2], "primary-only") == 0;
  if (kn_disclosure_protect(&d, &s.data, &s.settings, NULL, &err) != KN_OK) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  const kn_cell_view v = kn_disclosure_cells(d);
  print_data(&s);
  print_cells(&v, s.data.dimension_count);
  kn_disclosure_free(d);
  return 0;
}
