/* Fleets: units go out on contracts, come back, and go out again, refurbished, until they have no life left. */
#include "knoop/metabolism.h"

typedef struct going {
  const kn_fleet_input *input;
  int32_t lives;
  double *new_units, *returned, *lost, *refurbished, *recycled, *store, *in_service, *material_kg, *to_recycling_kg;
  double *by_life; /* [n][lives] */
  double *waiting; /* [lives] in store, by how often they were refurbished */
} going;

static kn_code
check_input(const kn_fleet_input *input, kn_error *err)
{
  if (input->contract_years < 1)
    return kn_fail(err, KN_E_INPUT, "contract_years must be at least 1, is %" PRId32, input->contract_years);
  if (input->most_refurbishments < 0)
    return kn_fail(err, KN_E_INPUT, "most_refurbishments must be at least 0, is %" PRId32, input->most_refurbishments);
  if (!(input->loss_at_return >= 0 && input->loss_at_return <= 1))
    return kn_fail(err, KN_E_INPUT, "loss_at_return must lie in 0 to 1, is %g", input->loss_at_return);
  if (!(input->refurbish_yield >= 0 && input->refurbish_yield <= 1))
    return kn_fail(err, KN_E_INPUT, "refurbish_yield must lie in 0 to 1, is %g", input->refurbish_yield);
  for (int32_t i = 0; i < input->n; i++)
    if (!(input->contracts[i] >= 0) || isinf(input->contracts[i]))
      return kn_fail(err, KN_E_INPUT, "contracts of year %" PRId32 " must be at least 0, are %g", input->first_year + i,
                     input->contracts[i]);
  return KN_OK;
}

/* Contracts that ended: what is lost, what waits for the next one, what is recycled. */
static void
take_back(going *g, int32_t i)
{
  const int32_t begun = i - g->input->contract_years;
  if (begun < 0)
    return;
  for (int32_t life = 0; life < g->lives; life++) {
    const double units = g->by_life[(int64_t)begun * g->lives + life];
    const double lost = units * g->input->loss_at_return, back = units - lost;
    const double again = life + 1 < g->lives ? back * g->input->refurbish_yield : 0;
    g->lost[i] += lost;
    g->returned[i] += back;
    g->refurbished[i] += again;
    g->recycled[i] += back - again;
    if (life + 1 < g->lives)
      g->waiting[life + 1] += again;
  }
}

/* Contracts that begin take units with most lives left first, then new ones. */
static void
send_out(going *g, int32_t i)
{
  double open = g->input->contracts[i];
  double *served = g->by_life + (int64_t)i * g->lives;
  for (int32_t life = 1; life < g->lives; life++) {
    served[life] = fmin(open, g->waiting[life]);
    g->waiting[life] -= served[life];
    open -= served[life];
    g->store[i] += g->waiting[life];
  }
  served[0] = g->new_units[i] = open;
  for (int32_t k = i; k >= 0 && k > i - g->input->contract_years; k--)
    g->in_service[i] += g->input->contracts[k];
  g->material_kg[i] = g->new_units[i] * g->input->kg_new + g->refurbished[i] * g->input->kg_parts;
  g->to_recycling_kg[i] = g->recycled[i] * g->input->kg_new;
}

/* 1 / sum_{g=0..G} x^g, x = (1 - loss) yield. */
static double
steady_share(const kn_fleet_input *input)
{
  const double again = (1 - input->loss_at_return) * input->refurbish_yield;
  double sum = 0, power = 1;
  for (int32_t g = 0; g <= input->most_refurbishments; g++) {
    sum += power;
    power *= again;
  }
  return 1 / sum;
}

kn_code
kn_fleet_run(kn_fleet_flows *out, const kn_fleet_input *input, kn_arena *arena, kn_error *err)
{
  *out = (kn_fleet_flows){0};
  KN_TRY(check_input(input, err));
  going g = {.input = input, .lives = input->most_refurbishments + 1};
  double **columns[] = {&g.new_units, &g.returned,   &g.lost,        &g.refurbished,    &g.recycled,
                        &g.store,     &g.in_service, &g.material_kg, &g.to_recycling_kg};
  for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
    KN_NEW(*columns[c], arena, input->n, err);
  KN_NEW(g.by_life, arena, (int64_t)input->n * g.lives, err);
  KN_NEW(g.waiting, arena, g.lives, err);
  for (int32_t i = 0; i < input->n; i++) {
    take_back(&g, i);
    send_out(&g, i);
  }
  *out = (kn_fleet_flows){.n = input->n,
                          .first_year = input->first_year,
                          .life_count = g.lives,
                          .contracts = input->contracts,
                          .new_units = g.new_units,
                          .returned = g.returned,
                          .lost = g.lost,
                          .refurbished = g.refurbished,
                          .recycled = g.recycled,
                          .store = g.store,
                          .in_service = g.in_service,
                          .material_kg = g.material_kg,
                          .to_recycling_kg = g.to_recycling_kg,
                          .by_life = g.by_life,
                          .steady_new_share = steady_share(input)};
  return KN_OK;
}
