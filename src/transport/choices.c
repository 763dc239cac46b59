/* Choices: all trips between two points that no other trip is better than.
 *
 * Legs are added one at a time from the start; at each terminal only those beginnings stay that no other there is better
 * than (label correcting; Martins 1984, On a multicriteria shortest path problem). */
#include <stdlib.h>
#include <string.h>

#include "transport/access.h"

typedef struct label {
  double eur, co2_kg, hours; /* hours that are not known: 0 */
  double keep;
  int32_t terminal;        /* where it stands, its transfer included; KN_NONE: at the end */
  int32_t carrier, before; /* of its last leg; KN_NONE: it begins with that */
  int32_t legs;
  bool is_beaten;
} label;

typedef struct choosing {
  kn_access *access;
  kn_arena *scratch;
  int32_t resource, from, to;
  uint8_t class_of;
  label *label;
  int64_t count, capacity;
} choosing;

/* But for the rounding of sums: the same kilometres in other parts must not look like less. */
static bool
is_no_more(double a, double b)
{
  return a <= b + 1e-9 * fabs(b);
}

static bool
is_as_good(const label *a, const label *b)
{
  return is_no_more(a->eur, b->eur) && is_no_more(a->co2_kg, b->co2_kg) && is_no_more(a->hours, b->hours) &&
         is_no_more(b->keep, a->keep);
}

/* Adds a label unless one at its place is as good; those that it beats are marked. */
static kn_code
add_label(choosing *c, label fresh, kn_error *err)
{
  for (int64_t l = 0; l < c->count; l++)
    if (c->label[l].terminal == fresh.terminal && !c->label[l].is_beaten && is_as_good(&c->label[l], &fresh))
      return KN_OK;
  for (int64_t l = 0; l < c->count; l++)
    if (c->label[l].terminal == fresh.terminal && is_as_good(&fresh, &c->label[l]))
      c->label[l].is_beaten = true;
  KN_TRY(KN_GROW(c->label, c->capacity, c->count + 1, err));
  c->label[c->count++] = fresh;
  return KN_OK;
}

/* From a label (or the start) by one carrier to a terminal or the end. */
static kn_code
add_leg(choosing *c, int32_t before, int32_t carrier, int32_t terminal, kn_error *err)
{
  const label from = before == KN_NONE ? (label){.terminal = KN_NONE, .keep = 1} : c->label[before];
  const int32_t first = c->access->facts.terminal_first;
  const int32_t start = before == KN_NONE ? c->from : first + from.terminal, end = terminal == KN_NONE ? c->to : first + terminal;
  const kn_terminal_view *t = &c->access->terminals;
  const uint32_t kinds = c->access->carrier[carrier].kinds;
  const bool is_direct = before == KN_NONE && terminal == KN_NONE;
  if ((!is_direct && (start == end || c->access->carrier[carrier].decay_per_km > 0)) ||
      (before != KN_NONE && (kinds & t->kinds[from.terminal]) == 0) || (terminal != KN_NONE && (kinds & t->kinds[terminal]) == 0))
    return KN_OK;
  kn_leg leg;
  if (!kn_leg_walk(c->access, carrier, is_direct ? c->resource : KN_NONE, start, end, c->scratch, &leg))
    return KN_OK;
  label fresh = {.eur = from.eur + leg.eur,
                 .co2_kg = from.co2_kg + leg.co2_kg,
                 .hours = from.hours + (isnan(leg.hours) ? 0 : leg.hours),
                 .keep = from.keep * leg.keep,
                 .terminal = terminal,
                 .carrier = carrier,
                 .before = before,
                 .legs = from.legs + 1};
  if (terminal != KN_NONE) {
    fresh.eur += t->transfer_eur[terminal];
    fresh.co2_kg += t->transfer_co2_kg[terminal];
    fresh.hours += t->hours[terminal];
  }
  return add_label(c, fresh, err);
}

static kn_code
extend(choosing *c, int32_t before, kn_error *err)
{
  const bool may_go_on = before == KN_NONE || c->label[before].legs + 1 < KN_LEGS_MOST;
  for (int32_t k = 0; k < c->access->facts.carrier_count; k++) {
    if (c->access->carrier[k].class_of != c->class_of)
      continue;
    KN_TRY(add_leg(c, before, k, KN_NONE, err));
    for (int32_t t = 0; may_go_on && t < c->access->terminal_count; t++)
      if (c->access->terminals.status[t] == KN_EXISTING)
        KN_TRY(add_leg(c, before, k, t, err));
  }
  return KN_OK;
}

static kn_via
via_of(const choosing *c, int32_t at)
{
  kn_via via = {.leg_count = c->label[at].legs};
  for (int32_t k = via.leg_count - 1; k >= 0; k--) {
    via.carrier[k] = c->label[at].carrier;
    if (k + 1 < via.leg_count)
      via.terminal[k] = c->label[at].terminal;
    at = c->label[at].before;
  }
  return via;
}

static int
by_eur(const void *a, const void *b)
{
  const kn_trip *x = a, *y = b;
  return (x->eur > y->eur) - (x->eur < y->eur);
}

static kn_code
choose_all(choosing *c, kn_arena *arena, const kn_trip **out, int32_t *count, kn_error *err)
{
  KN_TRY(extend(c, KN_NONE, err));
  for (int64_t l = 0; l < c->count; l++)
    if (c->label[l].terminal != KN_NONE && !c->label[l].is_beaten)
      KN_TRY(extend(c, (int32_t)l, err));
  int32_t n = 0;
  for (int64_t l = 0; l < c->count; l++)
    n += c->label[l].terminal == KN_NONE && !c->label[l].is_beaten;
  kn_trip *trip;
  KN_NEW(trip, arena, n, err);
  *count = 0;
  for (int32_t l = 0; l < c->count; l++) {
    if (c->label[l].terminal != KN_NONE || c->label[l].is_beaten)
      continue;
    const kn_via via = via_of(c, l);
    const int32_t number = via.leg_count == 1 ? via.carrier[0] : kn_via_number(c->access, &via, err);
    if (number == KN_NONE || !kn_access_trip(c->access, number, c->resource, c->from, c->to, arena, &trip[*count]))
      return kn_fail(err, KN_E_LIMIT, "no memory for trips");
    (*count)++;
  }
  qsort(trip, (size_t)*count, sizeof *trip, by_eur);
  *out = trip;
  return KN_OK;
}

kn_code
kn_access_choices(kn_access *access, int32_t resource, int32_t from, int32_t to, kn_arena *arena, const kn_trip **trip,
                  int32_t *count, kn_error *err)
{
  const kn_resource_view resources = kn_region_resources(access->region);
  choosing c = {.access = access,
                .scratch = kn_arena_new(),
                .resource = resource,
                .from = from,
                .to = to,
                .class_of = resources.class_of[resource]};
  const kn_code code = choose_all(&c, arena, trip, count, err);
  free(c.label);
  kn_arena_free(c.scratch);
  return code;
}
