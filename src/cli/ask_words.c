/* Questions in words. */
#include "ask_print.h"

#include <stdlib.h>

static const char *
who(const kn_region *region, const kn_question *q)
{
  return q->actor == KN_NONE ? _("whoever it is") : kn_region_actors(region).name[q->actor];
}

static int32_t
resource_of(const kn_region *region, const kn_question *q)
{
  return q->place.kind == KN_END_OFFER ? kn_region_offers(region).resource[q->place.row]
                                       : kn_region_needs(region).resource[q->place.row];
}

/* Name of a site where it tells more than that of the actor. */
static const char *
where(const kn_region *region, const kn_question *q)
{
  return q->site == KN_NONE ? _("no fixed place") : kn_region_sites(region).name[q->site];
}

static int
write_spec(char **out, const kn_region *region, const kn_question *q, const char *name)
{
  const kn_property_view properties = kn_region_properties(region);
  const char *unit = properties.property_unit[q->property];
  return asprintf(out, _("%s: what is the %s of the %s (%s)%s%s? Chance that it meets what is asked: %.0f %%."), who(region, q),
                  properties.property_name[q->property], name, where(region, q), unit != NULL ? _(", in ") : "",
                  unit != NULL ? unit : "", 100 * q->mean);
}

char *
kn_ask_sentence(const kn_region *region, const kn_question *q)
{
  const kn_resource_view resources = kn_region_resources(region);
  const int32_t resource = resource_of(region, q);
  const char *name = resources.name[resource], *unit = kn_class_unit((kn_class)resources.class_of[resource]);
  char mean[KN_NUMBER_SIZE], sd[KN_NUMBER_SIZE];
  kn_print_number(mean, q->mean);
  kn_print_number(sd, q->sd);
  char *text = NULL;
  int length = -1;
  switch (q->kind) {
  case KN_ASK_QUANTITY:
    if (q->place.kind == KN_END_OFFER)
      length = asprintf(&text, _("%s: how many %s of %s are there a year (%s)? Expected: %s, give or take %s."), who(region, q),
                        unit, name, where(region, q), mean, sd);
    else
      length = asprintf(&text, _("%s: how many %s of %s do you need a year (%s)? Expected: %s, give or take %s."), who(region, q),
                        unit, name, where(region, q), mean, sd);
    break;
  case KN_ASK_FATE:
    length = asprintf(&text,
                      _("%s: what do you pay today to be rid of %s (%s), in EUR per %s? Below 0: you earn. Expected: %s, give or "
                        "take %s."),
                      who(region, q), name, where(region, q), unit, mean, sd);
    break;
  case KN_ASK_PRICE:
    length = asprintf(&text, _("%s: what do you pay today for %s (%s), delivered, in EUR per %s? Expected: %s, give or take %s."),
                      who(region, q), name, where(region, q), unit, mean, sd);
    break;
  case KN_ASK_SPEC:
    length = write_spec(&text, region, q, name);
    break;
  case KN_ASK_KIND_COUNT:
    break;
  }
  return length < 0 ? NULL : text;
}

/* "If it is less: " ... */
static const char *
condition(const kn_question *q, bool is_more)
{
  if (q->kind == KN_ASK_SPEC)
    return is_more ? _("if it is high") : _("if it is low");
  return is_more ? _("if it is more") : _("if it is less");
}

char *
kn_ask_consequence(const kn_region *region, const kn_question *q, const kn_ask_change *change)
{
  char from[KN_PLACE_SIZE], to[KN_PLACE_SIZE], quantity[KN_NUMBER_SIZE];
  char *text = NULL;
  int length;
  kn_print_place(from, 60, region, change->from);
  if (change->unit != KN_NONE) {
    length = asprintf(&text, change->quantity > 0 ? _("%s: %s opens") : _("%s: %s does not open"), condition(q, change->is_more),
                      from);
    return length < 0 ? NULL : text;
  }
  const kn_resource_view resources = kn_region_resources(region);
  const int32_t resource = change->from.kind == KN_END_OFFER     ? kn_region_offers(region).resource[change->from.row]
                           : change->from.kind == KN_END_GATEWAY ? kn_region_gateways(region).resource[change->from.row]
                           : change->to.kind == KN_END_NEED      ? kn_region_needs(region).resource[change->to.row]
                           : change->to.kind == KN_END_GATEWAY   ? kn_region_gateways(region).resource[change->to.row]
                                                                 : KN_NONE;
  const char *unit = resource == KN_NONE ? "" : kn_class_unit((kn_class)resources.class_of[resource]);
  kn_print_place(to, 60, region, change->to);
  kn_print_number(quantity, fabs(change->quantity));
  length = asprintf(&text, change->quantity > 0 ? _("%s: %s %s more from %s to %s") : _("%s: %s %s less from %s to %s"),
                    condition(q, change->is_more), quantity, unit, from, to);
  return length < 0 ? NULL : text;
}
