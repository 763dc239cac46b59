/* Lines of money under each other, and what they come to; the formulas stand in knoop/cases.h. */
#include "knoop/cases.h"

static kn_code
check_line(const kn_cash_line *line, int32_t at, kn_error *err)
{
  if (!isfinite(line->eur))
    return kn_fail(err, KN_E_INPUT, "line %d: eur must be a number", (int)at + 1);
  if (line->from_yr < 0 || line->to_yr > KN_CASH_YEARS_MOST)
    return kn_fail(err, KN_E_INPUT, "line %d: years must lie in 0 to %d", (int)at + 1, KN_CASH_YEARS_MOST);
  if (line->to_yr < line->from_yr)
    return kn_fail(err, KN_E_INPUT, "line %d: it ends in year %d, before it begins in year %d", (int)at + 1, (int)line->to_yr,
                   (int)line->from_yr);
  return KN_OK;
}

/* First time that the running sum comes up to 0 from below; in years, a straight line inside a year. */
static double
payback(const double *flow, int32_t n, double factor)
{
  double sum = flow[0], weight = 1;
  for (int32_t t = 1; t <= n; t++) {
    weight *= factor;
    const double more = flow[t] * weight;
    if (sum < 0 && sum + more >= 0)
      return t - 1 + -sum / more;
    sum += more;
  }
  return NAN;
}

kn_code
kn_cash_judge(const kn_cash_line *line, int32_t count, double rate, double *flow, kn_cash *out, kn_error *err)
{
  double c[KN_CASH_YEARS_MOST + 1] = {0};
  *out = (kn_cash){.payback_yr = NAN, .discounted_payback_yr = NAN, .equal_yearly_eur = NAN};
  if (!(rate > -1))
    return kn_fail(err, KN_E_INPUT, "the discount rate must be above -1, is %g", rate);
  for (int32_t i = 0; i < count; i++) {
    KN_TRY(check_line(&line[i], i, err));
    for (int32_t t = line[i].from_yr; t <= line[i].to_yr; t++)
      c[t] += line[i].eur;
    if (line[i].to_yr > out->n)
      out->n = line[i].to_yr;
  }
  double weight = 1;
  for (int32_t t = 0; t <= out->n; t++) {
    out->npv_eur += c[t] * weight;
    weight /= 1 + rate;
  }
  out->invested_eur = c[0] < 0 ? -c[0] : 0;
  out->payback_yr = payback(c, out->n, 1);
  out->discounted_payback_yr = payback(c, out->n, 1 / (1 + rate));
  if (out->n > 0)
    out->equal_yearly_eur = rate == 0 ? out->npv_eur / out->n : out->npv_eur * rate / (1 - pow(1 + rate, -out->n));
  for (int32_t t = 0; flow != NULL && t <= KN_CASH_YEARS_MOST; t++)
    flow[t] = c[t];
  return KN_OK;
}
