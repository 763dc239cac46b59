/* Any bytes as a small market. What holds: no crash; flows, duals and bound are what plan/exchange.h says, recomputed over
 * all pairs; the same to the last bit with two threads; and an answer to a wider gap is as good as was asked for. */
#include "../tests/peer/market.h"
#include "feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIDE_MOST = 40 };

/* Beyond some 2^40 in sum a flow of a few units is below the rounding of the value, and its price with it. */
static int64_t
quantity_of(uint8_t byte, bool is_large)
{
  return is_large ? (int64_t)byte << (byte % 24) : byte;
}

static void
take_nodes(feed *in, small_market *m, int side, uint8_t how)
{
  const int64_t n = side ? m->exchange.demand_count : m->exchange.supply_count;
  for (int64_t i = 0; i < n; i++) {
    const double a = take(in), b = take(in);
    m->quantity[side][i] = quantity_of(take(in), how & 1);
    const uint8_t worth = take(in), flags = take(in);
    /* Whole tenths tie often; the others hardly ever. */
    m->worth[side][i] = how & 2 ? worth - 64 : (worth - 64) / 7.3;
    m->group[side][i] = flags % MARKET_GROUPS;
    m->is_anywhere[side][i] = flags >> 7;
    if (m->exchange.metric == KN_SPHERE)
      m->point[side][i] = kn_point_at(a / 255 * 360 - 180, b / 255 * 180 - 90);
    else
      m->point[side][i] = (kn_point){a, how & 4 ? 0 : b / 3, 0};
  }
}

static void
take_hauls(feed *in, small_market *m)
{
  for (int g = 0; g < MARKET_GROUPS; g++) {
    const uint8_t shape = take(in), reach = take(in);
    kn_haul_segment *s = m->segment[g];
    s[0] = (kn_haul_segment){.to_km = shape & 1 ? reach : (double)INFINITY, .fixed = shape >> 6, .rate = (shape >> 1 & 7) / 4.0};
    if ((shape & 1) == 0)
      continue;
    /* It may go on at once or after a gap, and from there on cost less with the distance. */
    s[1] =
        (kn_haul_segment){.from_km = reach + (shape >> 4 & 1), .to_km = reach + 64.0, .fixed = 2 + reach / 4.0, .rate = -0.03125};
    m->haul[g].segment_count = 1 + (shape >> 5 & 1);
  }
}

static small_market *
take_market(feed *in)
{
  const uint8_t supplies = take(in), demands = take(in), how = take(in), features = take(in);
  small_market *m = market_new(supplies % SIDE_MOST, demands % SIDE_MOST);
  if (how & 8)
    m->exchange.metric = KN_SPHERE;
  if (features & 1)
    take_hauls(in, m);
  if (how & 8)
    for (int g = 0; g < MARKET_GROUPS; g++)
      m->segment[g][0].rate /= 256;
  if (features & 2) {
    market_use_groups(m, MARKET_GROUPS);
    for (int k = 0; k < MARKET_GROUPS * MARKET_GROUPS; k++) {
      const uint8_t extra = take(in);
      if (extra >= 64)
        market_rule(m, k / MARKET_GROUPS, k % MARKET_GROUPS, (extra - 128) / 8.0);
    }
  }
  if (features & 4)
    m->exchange.supply_is_anywhere = m->is_anywhere[0];
  if (features & 8)
    m->exchange.demand_is_anywhere = m->is_anywhere[1];
  if (features & 16) {
    m->divisor = 1 + take(in) % 16;
    m->exchange.fits = features & 32 ? market_fits_few : market_fits_some;
    m->exchange.arg = &m->divisor;
  }
  take_nodes(in, m, 0, how);
  take_nodes(in, m, 1, how);
  return m;
}

static kn_exchange_solution *
solve(const kn_exchange *e, double gap, int32_t threads)
{
  kn_error err = {0};
  kn_exchange_solution *solution;
  const kn_exchange_settings settings = {.gap = gap, .thread_count = threads};
  if (kn_exchange_solve(&solution, e, &settings, NULL, &err) != KN_OK) {
    fprintf(stderr, "%s\n", err.text);
    abort();
  }
  return solution;
}

static void
must_be_right(const char *wrong)
{
  if (wrong) {
    fprintf(stderr, "%s\n", wrong);
    abort();
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  feed in = {data, size};
  small_market *m = take_market(&in);
  const kn_exchange *e = &m->exchange;
  kn_exchange_solution *one = solve(e, 0, 1), *two = solve(e, 0, 2), *loose = solve(e, 1e-2, 1);
  const kn_exchange_view a = kn_exchange_rows(one), b = kn_exchange_rows(two), c = kn_exchange_rows(loose);
  must_be_right(market_wrong(e, &a, 0));
  must_be_right(market_differ(e, &a, &b));
  must_be_right(market_wrong(e, &c, 1e-2));
  const double rounding = 1e-10 * market_scale(e) * market_amount(e);
  must_be_right(c.value <= a.bound + rounding && c.bound >= a.value - rounding ? NULL : "two bounds contradict each other");
  kn_exchange_free(one);
  kn_exchange_free(two);
  kn_exchange_free(loose);
  market_free(m);
  return 0;
}
