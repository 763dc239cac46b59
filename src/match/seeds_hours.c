/* Hours: what of an offer comes while a need wants it.
 *
 * Heat, power, space and time of people cannot be put by, so only what coincides hour by hour can go from one to the other. Materials
 * and water can wait in a heap or a tank. Shares of each profile are spread out once: 6.9 kB a profile. */
#include "match/seeds.h"

kn_code
kn_seeds_hours(kn_sowing *s, kn_error *err)
{
  const kn_profile_view profiles = kn_region_profiles(s->region);
  double *room;
  KN_NEW(s->hours, s->arena, profiles.n, err);
  for (int64_t p = 0; p < profiles.n; p++) {
    if (profiles.first[p] == profiles.first[p + 1])
      continue;
    KN_NEW(room, s->arena, KN_TYPICAL_HOURS, err);
    if (kn_profile_shares(&profiles, p, room))
      s->hours[p] = room;
  }
  return KN_OK;
}

bool
kn_seeds_passes(uint8_t class_of)
{
  return class_of == KN_ENERGY || class_of == KN_SPACE || class_of == KN_LABOUR || class_of == KN_KNOWLEDGE;
}

double
kn_seeds_coinciding(const kn_sowing *s, int32_t offer, double offered, int32_t need, double needed)
{
  const int32_t a = s->offers.profile[offer], b = s->needs.profile[need];
  if (!kn_seeds_passes(s->resources.class_of[s->offers.resource[offer]]) ||
      !kn_seeds_passes(s->resources.class_of[s->needs.resource[need]]) || a == KN_NONE || b == KN_NONE || s->hours[a] == NULL ||
      s->hours[b] == NULL)
    return NAN;
  return kn_hours_shared(offered, s->hours[a], needed, s->hours[b]);
}
