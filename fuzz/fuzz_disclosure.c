/* Any bytes as a small table. What holds: no crash; it is refused or protected, never given up; what can be found out of a
 * primary cell holds its true value; a published cell is known and nothing else changes it; the same again from the same bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knoop/disclosure.h"

#include "feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CODES = 6, ROWS = 48 };

typedef struct small_table {
  int32_t parent[KN_DIMENSIONS_MOST][CODES], code[KN_DIMENSIONS_MOST][ROWS], who[ROWS];
  double amount[2][ROWS];
  uint8_t is_impossible[CODES * CODES * CODES];
  kn_measure measure[3];
  kn_microdata data;
  kn_disclosure_settings settings;
} small_table;

static void
take_table(feed *in, small_table *t)
{
  const uint8_t how = take(in), rules = take(in);
  kn_microdata *d = &t->data;
  d->dimension_count = 1 + how % 3;
  d->measure_count = 1 + (how >> 2) % 3;
  for (int32_t at = 0; at < d->dimension_count; at++) {
    const int32_t n = 1 + take(in) % (d->dimension_count == 3 ? 4 : CODES);
    for (int32_t i = 0; i < n; i++) {
      const uint8_t parent = take(in);
      /* Rarely a loop. */
      t->parent[at][i] = parent > 250 ? parent % n : i == 0 || parent < 20 ? KN_NONE : parent % i;
    }
    d->dimension[at] = (kn_dimension){n, t->parent[at]};
    d->code[at] = t->code[at];
  }
  d->contributor_count = 1 + take(in) % 12;
  for (int32_t c = 0; how & 128 && c < CODES * CODES * CODES; c++)
    t->is_impossible[c] = (how >> 5 & 3) == 3;
  while (in->left > 0 && d->n < ROWS) {
    int32_t cell = 0;
    for (int32_t at = 0; at < d->dimension_count; at++) {
      t->code[at][d->n] = take(in) % d->dimension[at].n;
      cell = cell * d->dimension[at].n + t->code[at][d->n];
    }
    t->is_impossible[cell] = 0;
    t->who[d->n] = take(in) % d->contributor_count;
    const uint8_t size = take(in);
    t->amount[0][d->n] = ldexp(size & 15, size >> 4);
    t->amount[1][d->n] = size % 7;
    d->n++;
  }
  d->contributor = t->who;
  d->is_impossible = t->is_impossible;
  t->measure[0] = (kn_measure){t->amount[0], NAN};
  t->measure[1] = (kn_measure){how & 16 ? t->amount[1] : NULL, NAN};
  t->measure[2] = (kn_measure){NULL, NAN};
  d->measure = t->measure;
  t->settings = KN_DISCLOSURE_DEFAULTS;
  t->settings.min_count = rules % 5;
  t->settings.dominance_n = (rules >> 3) % 4;
  t->settings.p_percent = 1 + (rules >> 5) * 14;
  t->settings.zero_is_open = (rules & 16) != 0;
}

static void
ask(const kn_disclosure *d, const kn_cell_view *v)
{
  for (int32_t k = 0; k < v->measure_count; k++)
    for (int64_t c = 0; c < v->n; c += 1 + v->n / 8) {
      kn_range range;
      if (kn_disclosure_attack(d, k, c, c % 2 ? 0 : KN_NONE, &range, NULL) != KN_OK)
        abort();
      const double near = 1e-5 * (1 + v->value[k][c]);
      if (!(range.from <= v->value[k][c] + near && v->value[k][c] - near <= range.to))
        abort();
      if (v->status[c] == KN_CELL_PUBLISHED && !(range.to - range.from <= near))
        abort();
      if (v->is_structural[c] && v->value[k][c] > 0)
        abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static small_table t;
  feed in = {data, size};
  kn_disclosure *first, *second;
  memset(&t, 0, sizeof t);
  take_table(&in, &t);
  const kn_code code = kn_disclosure_protect(&first, &t.data, &t.settings, NULL, NULL);
  kn_error err = {0};
  if (code != kn_disclosure_protect(&second, &t.data, &t.settings, NULL, &err) || (code != KN_OK && code != KN_E_INPUT)) {
    fprintf(stderr, "%s\n", err.text);
    abort();
  }
  if (code != KN_OK)
    return 0;
  const kn_cell_view v = kn_disclosure_cells(first), w = kn_disclosure_cells(second);
  if (v.n != w.n || memcmp(v.status, w.status, (size_t)v.n) != 0)
    abort();
  ask(first, &v);
  kn_disclosure_free(first);
  kn_disclosure_free(second);
  return 0;
}
