/* The words that columns take, and what classes, levels, kinds and operations are called. */
#include "region/words.h"

const char *const kn_words_level[] = {"park", "municipality", "region", "intercity", "country", "world", NULL};
const char *const kn_words_class[] = {"material", "energy", "water", "space", "labour", "knowledge", "capital", NULL};
static const char *const class_units[] = {"t", "MWh", "m3", "m2", "h", "h", "EUR"};
const char *const kn_words_source[] = {"measured", "reported", "register", "literature", "estimate", NULL};
const char *const kn_words_actor[] = {"company",   "government", "knowledge",   "citizens",
                                      "financier", "incubator",  "coordinator", NULL};
const char *const kn_words_quality[] = {"surveyed", "address", "estate", "municipality", NULL};
const char *const kn_words_stream[] = {"R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", NULL};
const char *const kn_words_fate[] = {"landfill", "incineration", "energy_recovery", "recycling", "reuse", "storage", "discharge",
                                     "vacant",   "idle",         "unused",          "unknown",   NULL};
const char *const kn_words_disclosure[] = {"public", "partners", "broker", NULL};
const char *const kn_words_strategy[] = {"R0", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", NULL};
const char *const kn_words_per[] = {"activity", "capacity", NULL};
const char *const kn_words_by[] = {"resource", "class", NULL};
const char *const kn_words_status[] = {"existing", "candidate", NULL};
const char *const kn_words_direction[] = {"in", "out", NULL};
const char *const kn_words_operation[] = {"R1",  "R2",  "R3",  "R4",  "R5",  "R6",  "R7",  "R8",  "R9", "R10",
                                          "R11", "R12", "R13", "D1",  "D2",  "D3",  "D4",  "D5",  "D6", "D7",
                                          "D8",  "D9",  "D10", "D11", "D12", "D13", "D14", "D15", NULL};
const char *const kn_words_link[] = {"road", "rail", "water", "cycle", "transit", "pipe_heat", "pipe_water", "power", NULL};
const char *const kn_words_side[] = {"offer", "need", NULL};
const char *const kn_words_driver[] = {"inflow", "stock", NULL};
const char *const kn_words_day[] = {"workday", "saturday", "sunday", NULL};
const char *const kn_words_lifetime[] = {"fixed", "normal", "weibull", "lognormal", NULL};
const char *const kn_words_seed[] = {"need", "receiver", "chain", "practice", "heat", "space", "sector", NULL};
const char *const kn_words_outcome[] = {"feasible", "infeasible", NULL};

static_assert(sizeof kn_words_level / sizeof *kn_words_level == KN_LEVEL_COUNT + 1, "a word per level");
static_assert(sizeof kn_words_class / sizeof *kn_words_class == KN_CLASS_COUNT + 1, "a word per class");
static_assert(sizeof class_units / sizeof *class_units == KN_CLASS_COUNT, "a unit per class");
static_assert(sizeof kn_words_link / sizeof *kn_words_link == KN_LINK_KIND_COUNT + 1, "a word per kind of link");
static_assert(sizeof kn_words_day / sizeof *kn_words_day == KN_DAY_TYPES + 1, "a word per type of day");
static_assert(sizeof kn_words_lifetime / sizeof *kn_words_lifetime == KN_LIFETIME_KIND_COUNT + 1, "a word per kind of lifetime");

const char *
kn_class_name(kn_class resource_class)
{
  assert(resource_class >= 0 && resource_class < KN_CLASS_COUNT);
  return kn_words_class[resource_class];
}

const char *
kn_class_unit(kn_class resource_class)
{
  assert(resource_class >= 0 && resource_class < KN_CLASS_COUNT);
  return class_units[resource_class];
}

const char *
kn_lifetime_kind_name(kn_lifetime_kind kind)
{
  assert(kind >= 0 && kind < KN_LIFETIME_KIND_COUNT);
  return kn_words_lifetime[kind];
}

const char *
kn_link_kind_name(kn_link_kind kind)
{
  assert(kind >= 0 && kind < KN_LINK_KIND_COUNT);
  return kn_words_link[kind];
}

const char *
kn_operation_name(uint8_t operation)
{
  return operation < sizeof kn_words_operation / sizeof *kn_words_operation - 1 ? kn_words_operation[operation] : NULL;
}

const char *
kn_level_name(kn_level level)
{
  assert(level >= 0 && level < KN_LEVEL_COUNT);
  return kn_words_level[level];
}
