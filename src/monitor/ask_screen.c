/* What a figure may be worth, by the duals of the plan on expected figures: first order, and nothing is planned again.
 *
 * Quantity of an offer, as expected A, of which U is used, dual p, and l what a unit used brings that is not delivered. The optimum
 * is concave in a quantity, so it is at most value + p (q - A); the contracts of the plan lose at most l (U - q)+. So what the plan
 * lacks against one that knew is at most
 *
 *   E[ max(0, p (q - A) + l max(U - q, 0)) ]          0 where nothing is used, for then p = 0
 *
 * Fate of an offer, deviation s per unit: it stays in the plan as long as it falls by less than p; out of it, it comes in when it
 * rises by what the best tie falls short, g. Either way a normal gain that is done or left (Raiffa and Schlaifer 1961, ch. 5):
 *
 *   A s L(p / s)  or  A s L(g / s)
 *
 * Needs likewise. A property: what rests on it, times the smaller of the chances that it is met or not.
 * With candidates this looks at one choice of them only, so it ranks and does not bound. */
#include "monitor/ask.h"

enum { QUANTILES = 16 };

typedef struct end { /* an offer or need in the plan */
  double limit, used, dual;
  double lost;        /* per unit used, where it is not delivered */
  double falls_short; /* of the best tie that is not in the plan, per unit; INFINITY: there is none */
  double room;        /* that this tie could take */
} end;

static void
add_tie(const ask_pool *pool, const ask_tie *tie, bool is_need, end *e)
{
  const bool is_gateway = pool->demand.place[tie->demand].kind == KN_END_GATEWAY;
  const double ratio = is_gateway ? 1 : tie->ratio, each = is_need ? ratio : 1;
  if (tie->base > 0) {
    const bool is_port = pool->supply.unit[tie->supply] != KN_NONE || pool->demand.unit[tie->demand] != KN_NONE;
    e->used += each * tie->base;
    e->lost += tie->base * (is_port ? fmax(tie->eur, each * e->dual) : fmax(tie->eur, 0));
    return;
  }
  const double short_eur = pool->inside.supply_dual[tie->supply] + ratio * pool->inside.demand_dual[tie->demand] - tie->eur;
  if (short_eur / each < e->falls_short) {
    e->falls_short = fmax(short_eur / each, 0);
    e->room = each * fmin(pool->supply.limit[tie->supply], pool->demand.limit[tie->demand] / ratio);
  }
}

static end
look_at(const ask_pool *pool, const ask_figure *figure)
{
  const bool is_need = figure->place.kind == KN_END_NEED;
  const int32_t node = figure->node;
  end e = {.falls_short = INFINITY};
  e.limit = is_need ? pool->demand.limit[node] : pool->supply.limit[node];
  e.dual = is_need ? pool->inside.demand_dual[node] : pool->inside.supply_dual[node];
  const int64_t first = is_need ? pool->demand_first[node] : pool->supply_first[node];
  const int64_t last = is_need ? pool->demand_first[node + 1] : pool->supply_first[node + 1];
  for (int64_t k = first; k < last; k++)
    add_tie(pool, &pool->tie[is_need ? pool->demand_tie[k] : k], is_need, &e);
  e.lost = e.used > 0 ? e.lost / e.used : 0;
  return e;
}

static double
screen_quantity(const ask_figure *figure, const end *e)
{
  double sum = 0;
  for (int32_t k = 0; k < QUANTILES; k++) {
    const double q = e->limit * ask_at(figure, (k + 0.5) / QUANTILES);
    sum += fmax(e->dual * (q - e->limit) + e->lost * fmax(e->used - q, 0), 0) / QUANTILES;
  }
  return e->used > 0 ? sum : 0;
}

static double
screen_price(const ask_figure *figure, const end *e)
{
  const double out =
      isfinite(e->falls_short) ? fmin(e->limit, e->room) * figure->sd * kn_normal_loss(e->falls_short / figure->sd) : 0;
  if (!(e->used > 0))
    return out;
  return e->used * figure->sd * kn_normal_loss(fmax(e->dual, 0) / figure->sd) + (e->used < e->limit * (1 - 1e-9) ? out : 0);
}

static double
screen_spec(const ask_pool *pool, const ask_figure *figure)
{
  double stake = 0;
  for (int64_t t = pool->supply_first[figure->node]; t < pool->supply_first[figure->node + 1]; t++) {
    const ask_tie *tie = &pool->tie[t];
    const kn_place to = pool->demand.place[tie->demand];
    if (!(tie->base > 0) || to.kind != KN_END_NEED)
      continue;
    double failed = 0;
    for (int32_t o = 0; o < figure->outcomes; o++)
      failed += ask_is_met(pool, to.row, figure->property, figure->value[o]) ? 0 : figure->chance[o];
    stake += tie->base * fmax(tie->eur, 0) * fmin(failed, 1 - failed);
  }
  return stake;
}

void
ask_screen(ask_pool *pool)
{
  for (int32_t f = 0; f < pool->figure_count; f++) {
    ask_figure *figure = &pool->figure[f];
    if (figure->kind == KN_ASK_SPEC) {
      figure->first_eur = screen_spec(pool, figure);
      continue;
    }
    const end e = look_at(pool, figure);
    figure->first_eur = figure->kind == KN_ASK_QUANTITY ? screen_quantity(figure, &e) : screen_price(figure, &e);
  }
}
