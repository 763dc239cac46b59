/* Variances of columns and forms solved for by themselves, in double: many rows, or entries of the inverse that cancel. */
#include "numeric/sparse.h"

#include <string.h>

/* t' V t, and G V t of one form into dense [k] (zeros before). */
double
gls_spread_form(const gls_system *s, int64_t form, double *dense)
{
  double own = 0;
  for (int64_t t = s->forms.start[form]; t < s->forms.start[form + 1]; t++) {
    const int32_t j = s->forms.row[t];
    const double w = s->forms.value[t] * s->v[j];
    own += s->forms.value[t] * w;
    for (int64_t e = s->g.start[j]; e < s->g.start[j + 1]; e++)
      dense[s->g.row[e]] += w * s->g.value[e];
  }
  return own;
}

/* Forms of many rows and doubtful ones: t' V t - |L^-1 P G V t|^2, some at a time. Squares do not cancel. */
kn_code
gls_solve_forms(const fast_factor *f, const gls_system *s, const int64_t *list, int64_t count, double *of_form, double *block,
                bool *is_poor, kn_error *err)
{
  const int64_t k = s->g.rows;
  for (int64_t first = 0; first < count; first += GLS_BLOCK) {
    const int64_t width = count - first < GLS_BLOCK ? count - first : GLS_BLOCK;
    memset(block, 0, (size_t)(k * width) * sizeof *block);
    for (int64_t i = 0; i < width; i++)
      of_form[list[first + i]] = gls_spread_form(s, list[first + i], block + i * k);
    KN_TRY(fast_half_solve(f, width, block, err));
    for (int64_t i = 0; i < width; i++) {
      double sum = 0;
      for (int64_t r = 0; r < k; r++)
        sum += block[i * k + r] * block[i * k + r];
      const double own = of_form[list[first + i]];
      of_form[list[first + i]] = fmax(0, own - sum);
      *is_poor |= own - sum < GLS_POOR * own;
    }
  }
  return KN_OK;
}

/* Columns whose entries of the inverse cancel: the share that is removed is v |L^-1 P g|^2. */
kn_code
gls_solve_columns(const fast_factor *f, const gls_system *s, const int64_t *list, int64_t count, double *share, double *block,
                  kn_error *err)
{
  const int64_t k = s->g.rows;
  for (int64_t first = 0; first < count; first += GLS_BLOCK) {
    const int64_t width = count - first < GLS_BLOCK ? count - first : GLS_BLOCK;
    memset(block, 0, (size_t)(k * width) * sizeof *block);
    for (int64_t i = 0; i < width; i++)
      for (int64_t e = s->g.start[list[first + i]]; e < s->g.start[list[first + i] + 1]; e++)
        block[i * k + s->g.row[e]] = s->g.value[e];
    KN_TRY(fast_half_solve(f, width, block, err));
    for (int64_t i = 0; i < width; i++) {
      double sum = 0;
      for (int64_t r = 0; r < k; r++)
        sum += block[i * k + r] * block[i * k + r];
      share[list[first + i]] = s->v[list[first + i]] * sum;
    }
  }
  return KN_OK;
}
