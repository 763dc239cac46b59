/* Indicators of products, materials and regions: functions of numbers. */
#include "knoop/monitor.h"

/* ---------------------------------------------------------------- specialisation */
static double
add(const double *value, int32_t n)
{
  double sum = 0;
  for (int32_t i = 0; i < n; i++)
    sum += value[i];
  return sum;
}

void
kn_special_of(kn_special *out, double *lq, const double *jobs, const double *reference, int32_t n)
{
  const double total = add(jobs, n), whole = add(reference, n);
  *out = (kn_special){.total = total};
  double weighed = 0;
  for (int32_t i = 0; i < n; i++) {
    const double s = jobs[i] / total, r = reference[i] / whole;
    lq[i] = s > 0 ? (r > 0 ? s / r : INFINITY) : total > 0 ? 0 : NAN;
    out->present += jobs[i] > 0;
    out->herfindahl += s * s;
    out->krugman += fabs(s - r);
    if (!(s > 0))
      continue;
    out->shannon -= s * log(s);
    out->relative_entropy += r > 0 ? s * log(s / r) : INFINITY;
    weighed += s * lq[i];
    if (lq[i] > 1)
      out->basic_jobs += (s - r) * total;
  }
  out->inverse_herfindahl = 1 / out->herfindahl;
  out->effective_sectors = exp(out->shannon);
  out->evenness = out->present > 1 ? out->shannon / log(out->present) : NAN;
  out->hachman = 1 / weighed;
  if (!(total > 0))
    *out = (kn_special){0, 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
}

/* ---------------------------------------------------------------- products */
kn_mci
kn_mci_of(const kn_mci_material *material, int32_t n, double lifetime_yr, double lifetime_average_yr, double use_per_year,
          double use_per_year_average)
{
  kn_mci out = {0};
  for (int32_t i = 0; i < n; i++) {
    const kn_mci_material *m = &material[i];
    out.mass_kg += m->mass_kg;
    out.virgin_kg += m->mass_kg * (1 - m->recycled_in - m->reused_in - m->bio_in);
    out.waste_direct_kg += m->mass_kg * (1 - m->to_recycling - m->to_reuse - m->to_compost - m->to_energy);
    out.waste_feedstock_kg += m->mass_kg * m->recycled_in * (1 - m->eff_in) / m->eff_in;
    out.waste_recycling_kg += m->mass_kg * m->to_recycling * (1 - m->eff_out);
  }
  out.waste_kg = out.waste_direct_kg + (out.waste_feedstock_kg + out.waste_recycling_kg) / 2;
  out.linear_flow_index =
      (out.virgin_kg + out.waste_kg) / (2 * out.mass_kg + (out.waste_feedstock_kg - out.waste_recycling_kg) / 2);
  out.utility = lifetime_yr / lifetime_average_yr * (use_per_year / use_per_year_average);
  out.mci = fmax(0, 1 - out.linear_flow_index * 0.9 / out.utility);
  return out;
}

double
kn_mci_portfolio(const kn_mci *product, const double *weight, int32_t n)
{
  double sum = 0;
  for (int32_t i = 0; i < n; i++)
    sum += weight[i] * product[i].mci;
  return sum / add(weight, n);
}

/* ---------------------------------------------------------------- materials and waste */
kn_material_use
kn_material_use_of(kn_material_flows flows)
{
  kn_material_use out = {.circular_use = flows.recycled_domestic - flows.imported_for_recycling + flows.exported_for_recycling,
                         .dmc = flows.extraction + flows.imports - flows.exports};
  out.overall_use = out.dmc + out.circular_use;
  out.circular_material_use_rate = out.circular_use / out.overall_use;
  out.import_reliance = (flows.imports - flows.exports) / out.dmc;
  out.self_sufficiency = 1 - out.import_reliance;
  return out;
}

kn_material_flows
kn_material_flows_sum(const kn_material_flows *flows, int32_t n)
{
  kn_material_flows sum = {0};
  for (int32_t i = 0; i < n; i++) {
    sum.extraction += flows[i].extraction;
    sum.imports += flows[i].imports;
    sum.exports += flows[i].exports;
    sum.recycled_domestic += flows[i].recycled_domestic;
    sum.imported_for_recycling += flows[i].imported_for_recycling;
    sum.exported_for_recycling += flows[i].exported_for_recycling;
  }
  return sum;
}

kn_waste_rates
kn_waste_rates_of(kn_waste_flows flows)
{
  const double elsewhere = flows.exported_for_recycling - flows.imported_for_recycling;
  kn_waste_rates out = {.recycled_own = flows.recycled + elsewhere,
                        .treated_own = flows.recycled + flows.backfilled + flows.energy_recovery + flows.incinerated +
                                       flows.landfilled + elsewhere};
  out.recycling_rate = out.recycled_own / out.treated_own;
  out.landfill_rate = flows.landfilled / out.treated_own;
  return out;
}

kn_waste_flows
kn_waste_flows_sum(const kn_waste_flows *flows, int32_t n)
{
  kn_waste_flows sum = {0};
  for (int32_t i = 0; i < n; i++) {
    sum.recycled += flows[i].recycled;
    sum.backfilled += flows[i].backfilled;
    sum.energy_recovery += flows[i].energy_recovery;
    sum.incinerated += flows[i].incinerated;
    sum.landfilled += flows[i].landfilled;
    sum.imported_for_recycling += flows[i].imported_for_recycling;
    sum.exported_for_recycling += flows[i].exported_for_recycling;
  }
  return sum;
}

/* ---------------------------------------------------------------- self-sufficiency */
kn_sufficiency
kn_sufficiency_of(const double *demand, const double *local, int64_t hours)
{
  kn_sufficiency out = {0};
  for (int64_t h = 0; h < hours; h++) {
    out.demand += demand[h];
    out.local += local[h];
    out.met_locally += fmin(demand[h], local[h]);
  }
  out.self_sufficiency = out.met_locally / out.demand;
  out.self_consumption = out.met_locally / out.local;
  out.net_ratio = out.local / out.demand;
  return out;
}

kn_yearly_sufficiency
kn_yearly_sufficiency_of(double local, double import, double export)
{
  const double use = local + import - export;
  return (kn_yearly_sufficiency){.use = use, .self_sufficiency = (local - export) / use, .own_supply_ratio = local / use};
}
