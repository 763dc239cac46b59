/* knoop/match.h - what fits what, and what it would be worth.
 *
 * A kn_market lists every place of supply (offers, outputs of units, gateways in) and of demand (needs, inputs of
 * units, gateways out), which resources may serve which (the is-a tree and substitution rows: a *way*), and what moving costs as
 * a function of distance (hauls). Matching ranks partners on it; the plan prices all its pairs. A pair's worth comes
 * from one function, kn_market_worth(), whoever asks. */
#ifndef KNOOP_MATCH_H
#define KNOOP_MATCH_H

#include "knoop/base.h"
#include "knoop/geo.h"
#include "knoop/region.h"
#include "knoop/transport.h"

/* The ends a tie can have. */
typedef enum kn_end { KN_END_OFFER, KN_END_NEED, KN_END_UNIT, KN_END_GATEWAY } kn_end;
const char *kn_end_name(kn_end end); /* "offer", "need", "unit", "gateway" */
/* A place where something is supplied or demanded; `row` in its own table. Units are placed: `site`. */
typedef struct kn_place {
  uint8_t kind;
  int32_t row, site;
} kn_place; /* kind: kn_end; site KN_NONE where there is none */

/* One side of the market, as columns. A unit has one node per flow of its process. */
typedef struct kn_side {
  int32_t n;
  const kn_place *place;
  const int32_t *unit; /* row of kn_market_units() for ports of units, else KN_NONE */
  const int32_t *flow; /* row of the process' flows for ports, else KN_NONE */
  const kn_point *point;
  const int32_t *stop;        /* its point in the network of the market */
  const uint8_t *is_anywhere; /* 1: a need without a site; it takes its resource where that is */
  const int32_t *resource;
  const int32_t *group;       /* nodes of one resource, gateways apart */
  const double *limit;        /* units a year at most: quantity x share of the year, or capacity; INFINITY where unlimited */
  const int32_t *from, *to;   /* window, days; KN_BLANK_INT open */
  const double *eur, *co2_kg; /* per unit of the node's own resource (demand: times the ratio of the way) */
  const double *flat_eur, *flat_co2_kg; /* demand only: per unit offered (gateways out); supply: 0 */
  const double *virgin_t;               /* demand only: t of virgin material replaced per unit needed; needs only */
} kn_side;

typedef struct kn_group {
  int32_t resource;
  uint8_t is_gateway;
  int32_t first, last; /* nodes member[first .. last - 1] */
} kn_group;

typedef struct kn_way { /* supplies of one group may serve demands of another so */
  int32_t supply_group, demand_group;
  int32_t substitution; /* row, KN_NONE: direct */
  double ratio, cost_eur, max_share;
} kn_way;

typedef struct kn_market_unit { /* a unit at a site; a candidate without site has a copy at each site that offers its space */
  int32_t unit, site;
  uint8_t is_candidate;
  int32_t placing; /* number shared by the copies of one unit; KN_NONE: it has its site */
} kn_market_unit;

typedef struct kn_market kn_market;
/* The region must outlive the market. O(n log n). */
kn_code kn_market_new(kn_market **out, const kn_region *region, kn_error *err);
/* A smaller market, which the larger one must outlive: nodes of one part become one node, with all their quantity, their mean
 * place and worth by quantity, and the rest of the largest. part [nodes] numbers 0..parts-1, each used; nodes of a part share
 * group and is_anywhere, ports of units stay alone. Units, groups and ways keep their numbers. O(n). */
kn_code kn_market_merge(kn_market **out, const kn_market *market, const int32_t *supply_part, int32_t supply_parts,
                        const int32_t *demand_part, int32_t demand_parts, kn_error *err);
void kn_market_free(kn_market *market);
const kn_region *kn_market_region(const kn_market *market);
kn_side kn_market_supply(const kn_market *market);
kn_side kn_market_demand(const kn_market *market);
const kn_group *kn_market_groups(const kn_market *market, bool is_demand, int32_t *count);
const int32_t *kn_market_members(const kn_market *market, bool is_demand);
/* Ways sorted by demand group, then supply group, direct first. */
const kn_way *kn_market_ways(const kn_market *market, int32_t *count);
/* Way numbers of a group: way[first .. last - 1] of kn_market_ways() for a demand group; for a supply group through order[]. */
void kn_market_demand_ways(const kn_market *market, int32_t group, int32_t *first, int32_t *last);
const int32_t *kn_market_supply_ways(const kn_market *market, int32_t group, int32_t *count);
const kn_market_unit *kn_market_units(const kn_market *market, int32_t *count);

/* How objectives weigh: worth = value x EUR + co2 x t avoided + jobs x FTE + virgin x t. */
typedef struct kn_weights {
  double value, co2, jobs, virgin;
} kn_weights;

/* Hauls per resource class under given weights: what moving a unit costs. As the crow flies, the haul of a class is the lower
 * envelope of its modes, and exact. Where the region has a network, it is a lower bound, and kn_hauls_cost() is exact. */
typedef struct kn_hauls kn_hauls;
/* terminal: as in kn_fare_weights. The market must outlive it. */
kn_code kn_hauls_new(kn_hauls **out, const kn_market *market, kn_weights weights, const double *terminal, kn_error *err);
void kn_hauls_free(kn_hauls *hauls);
const kn_haul *kn_hauls_of(const kn_hauls *hauls, kn_class resource_class);
bool kn_hauls_are_bounds(const kn_hauls *hauls);
kn_code kn_hauls_hasten(const kn_hauls *hauls, kn_error *err); /* for who asks of very many pairs: see kn_access_hasten() */
const kn_fares *kn_hauls_fares(const kn_hauls *hauls);         /* NULL: as the crow flies */
double kn_hauls_here(const kn_hauls *hauls,
                     kn_class resource_class); /* of a demand that comes to its supply; INFINITY: no mode */
/* Does some mode of the class lose on the way? Then which mode is best depends on what a unit is worth where it arrives, and
 * hauls, costs and modes below speak of the rest of the modes only; kn_hauls_left() and kn_hauls_choice() of all of them. */
bool kn_market_loses(const kn_market *market, kn_class resource_class);
/* The most of keep x worth - cost over modes and chains, for a unit sent off of which each that arrives is worth `worth`;
 * -INFINITY where nothing serves. Without modes that lose: worth less kn_hauls_cost(). Never above max(worth, 0) less the haul of
 * the class. Thread safe. */
double kn_hauls_left(const kn_hauls *hauls, int32_t supply, int32_t demand, double worth);
/* Who serves it then: as kn_hauls_mode(). */
int32_t kn_hauls_choice(const kn_hauls *hauls, int32_t supply, int32_t demand, double worth);
/* The k-th option that serves a pair, one of which is best whatever is limited: 0 <= k <= modes of the region; KN_NONE: that
 * one does not. */
int32_t kn_hauls_option(const kn_hauls *hauls, int32_t supply, int32_t demand, int32_t k);
/* Share of a unit that arrives by a choice. */
double kn_market_keeps(const kn_market *market, int32_t supply, int32_t demand, int32_t mode);
/* A closer bound where these are bounds: at every distance moving costs at least the plain haul, or else at least what both nodes
 * have as their ends (see kn_fares_end()). Where the hauls are exact: the same haul, and INFINITY. */
const kn_haul *kn_hauls_plain(const kn_hauls *hauls, kn_class resource_class);
double kn_hauls_end(const kn_hauls *hauls, kn_class resource_class, bool is_demand, int32_t node);
/* What moving costs told by hubs, for nodes that have a place: kn_fares_channel_count() and the like. Where hauls are exact
 * there are no channels (KN_NONE). */
int32_t kn_hauls_channel_count(const kn_hauls *hauls, kn_class resource_class);
kn_fare_channel kn_hauls_channel(const kn_hauls *hauls, kn_class resource_class, int32_t channel);
kn_fare_hubs kn_hauls_hubs(const kn_hauls *hauls, kn_class resource_class, int32_t channel, bool is_demand, int32_t node);
bool kn_hauls_is_stray(const kn_hauls *hauls, kn_class resource_class, bool is_demand, int32_t node);
/* Between two nodes of the market; INFINITY where no mode serves. Thread safe. */
double kn_hauls_cost(const kn_hauls *hauls, int32_t supply, int32_t demand);
/* The same where that is below `most`; else anything from `most` on, which costs less to tell. */
double kn_hauls_cost_below(const kn_hauls *hauls, int32_t supply, int32_t demand, double most);
/* Who serves it: a row of modes, or with a network a choice of carriers and terminals (kn_access_via()); KN_NONE: nobody, or no
 * memory. */
int32_t kn_hauls_mode(const kn_hauls *hauls, int32_t supply, int32_t demand);
/* The network of the market, NULL where all is as the crow flies. */
kn_access *kn_market_access(const kn_market *market);

typedef enum kn_refusal {
  KN_FITS,
  KN_NO_WAY,
  KN_SPEC,
  KN_WINDOW,
  KN_TOO_FAR,
  KN_NO_MODE,
  KN_TWO_GATEWAYS,
  KN_NO_ROUTE
} kn_refusal;
const char *kn_refusal_text(kn_refusal refusal); /* English msgid */
/* Specs and windows of a pair of nodes: KN_FITS, KN_SPEC or KN_WINDOW. O(specs). */
kn_refusal kn_market_fits(const kn_market *market, int32_t supply, int32_t demand);
/* True when neither specs nor windows can refuse any pair of this node. */
bool kn_market_is_plain(const kn_market *market, bool is_demand, int32_t node);
/* Specs of a pair: how many are met, violated, to verify. */
typedef struct kn_specs {
  int32_t met, violated, to_verify;
} kn_specs;
kn_specs kn_market_specs(const kn_market *market, int32_t supply, int32_t demand);
double kn_market_km(const kn_market *market, int32_t supply, int32_t demand); /* great-circle; 0 for anywhere */
/* What a unit that arrives is worth to the demand by a way: EUR, the carbon price of what it avoids there inside. */
double kn_market_arrival(const kn_market *market, int32_t demand, const kn_way *way);
/* EUR and kg CO2 avoided per unit offered, before incentives, through a way and a mode (of kn_hauls_mode()) over km great-circle.
 * The carbon price is inside eur. */
typedef struct kn_worth {
  double eur, co2_kg, virgin_t;
  double keep;  /* share of a unit offered that arrives */
  double km;    /* great-circle x circuity, or as the network has it */
  int32_t mode; /* row of modes: the one of the longest leg; KN_NONE: one that only tariffs have */
  const char *mode_id;
} kn_worth;
kn_worth kn_market_worth(const kn_market *market, int32_t supply, int32_t demand, const kn_way *way, int32_t mode, double km);
/* Pairs with at least one way, one mode, no violated spec and overlapping windows. */
kn_code kn_market_count(const kn_market *market, int32_t thread_count, int64_t *pairs, kn_error *err);

/* ------------------------------------------------------------------ matches
 * For each offer (or need) asked for: its best partners by value per year. */
typedef struct kn_match_settings {
  int32_t most;     /* partners per offer or need */
  bool with_losses; /* also partners that would cost more than today */
  int32_t thread_count;
  int32_t today; /* days; what ended before is left out. For regions without a plan year, where no window shortens a quantity */
} kn_match_settings;
#define KN_MATCH_DEFAULTS ((kn_match_settings){.most = 10, .today = KN_BLANK_INT})

/* What a match is worth a year, part by part; they add up to eur. */
typedef struct kn_parts {
  double fate_eur;         /* today's fate that is saved, or what a gateway in costs */
  double price_eur;        /* what the need buys today */
  double gateway_eur;      /* paid by a gateway out */
  double substitution_eur; /* cost of replacing, below 0 */
  double transport_eur;    /* below 0: moving, and what is lost on the way */
  double co2_eur;          /* CO2 avoided at its price */
} kn_parts;

typedef struct kn_match_row {
  kn_place from, to;
  int32_t resource, substitution, mode;        /* resource: the supplied one; mode: a row, as in kn_worth */
  double quantity;                             /* units offered that both could exchange in a year */
  double delivered;                            /* what arrives of it */
  double ratio, km, eur_per_unit, eur, co2_kg; /* eur, co2_kg: per year */
  const char *mode_id;
  kn_specs specs;
  kn_parts parts;
} kn_match_row;
typedef struct kn_matches kn_matches;
/* row: of offers (is_need false) or needs; KN_NONE: all. */
kn_code kn_match_make(kn_matches **out, const kn_market *market, bool is_need, int32_t row, const kn_match_settings *settings,
                      const kn_watch *watch, kn_error *err);
void kn_matches_free(kn_matches *matches);
int64_t kn_matches_count(const kn_matches *matches);
/* Sorted by the asked row, then by falling eur. */
const kn_match_row *kn_matches_rows(const kn_matches *matches);

/* Why not? One row per way between two ends (of which units count with all their ports), or one row with the refusal. */
typedef struct kn_match_why {
  kn_refusal refusal;
  int32_t supply, demand; /* nodes, KN_NONE when there is no way at all */
  int32_t way, mode;      /* of kn_market_ways(), kn_hauls_mode(); KN_NONE */
  const char *mode_id;    /* of the longest leg; NULL: no mode */
  const char *property;   /* with KN_SPEC: which; with its values: */
  double has, least, most;
  double km;
  double eur_per_unit;
} kn_match_why;
kn_code kn_match_explain(const kn_market *market, kn_place from, kn_place to, kn_match_why *why, int32_t most, int32_t *count,
                         kn_error *err);

/* ------------------------------------------------------------------ the legal check
 * May it go there? Status (waste, by-product, end of waste), hazard (mirror entries), the receiver's permit, the border, and
 * what a country adds: rules are data, each with its source and the dates it holds (data/reference/rules-*.csv). Nothing here
 * decides for a lawyer: what is not known is `unknown`, to be verified. */
typedef struct kn_knowledge kn_knowledge;
typedef enum kn_outcome { KN_PASSED, KN_FAILED, KN_UNKNOWN } kn_outcome;
const char *kn_outcome_name(kn_outcome outcome); /* "passed", "failed", "unknown" */
/* What a rule was held against: the text of its law, a page that quotes or restates it, nothing, or no law is needed. */
typedef enum kn_rule_check { KN_BY_TEXT, KN_BY_EXCERPT, KN_BY_KNOWLEDGE, KN_BY_REGION } kn_rule_check;
const char *kn_rule_check_name(kn_rule_check checked); /* "text", "excerpt", "knowledge", "fact" */
typedef struct kn_legal_check {
  kn_outcome outcome;
  kn_rule_check checked;
  const char *check, *rule_id; /* "permit", "eu-permit-other" */
  const char *text_en, *text_nl, *source;
} kn_legal_check;
enum { KN_CHECKS_MOST = 16 };
typedef struct kn_legal_ask {
  int32_t offer;     /* row, for what its properties say (by_product, end_of_waste, hp_assessed); KN_NONE: no offer */
  int32_t resource;  /* row of what moves */
  int32_t from_site; /* KN_NONE: outside the region */
  int32_t to_site;   /* KN_NONE: outside the region, or not known */
  bool is_bought;    /* comes from a gateway, as a product where it has no code of waste */
} kn_legal_ask;
typedef struct kn_law kn_law;
/* The rules that hold on the first day of the plan year, or in a region without one today, for a region that must outlive it.
 * knowledge: for the List of Waste; NULL: its own. today: days; KN_BLANK_INT: all that has not ended. O(sites + permits + resources). */
kn_code kn_law_new(kn_law **out, const kn_region *region, const kn_knowledge *knowledge, int32_t today, kn_error *err);
void kn_law_free(kn_law *law);
/* One check of each kind that applies; returns how many. Thread safe. O(rules + permits of the receiver). */
int32_t kn_law_judge(const kn_law *law, const kn_legal_ask *ask, kn_legal_check out[KN_CHECKS_MOST]);
/* The same for two places of the market. */
int32_t kn_law_judge_match(const kn_law *law, kn_place from, kn_place to, int32_t resource, kn_legal_check out[KN_CHECKS_MOST]);

/* ------------------------------------------------------------------ receivers
 * Who takes such a stream, from what travels with the program: kinds of streams with their words and codes, the sectors
 * that take them and for what (data/reference). No region is needed. The model stands in docs/method.md. */
kn_code kn_knowledge_new(kn_knowledge **out, kn_error *err);
void kn_knowledge_free(kn_knowledge *knowledge); /* NULL is fine */
/* What people call waste with this code of the List of Waste (six digits), in English and Dutch, parted by blanks; "" for none.
 * Into arena. O(streams). */
kn_code kn_code_words(const char **out, kn_arena *arena, const char *code_low, kn_error *err);

typedef struct kn_receiver_ask {
  const char *donor_nace; /* NACE Rev. 2 of who holds it, as 16.10, 1610 or C16.10; several parted by ; NULL: not known */
  const char *resource;   /* words, Dutch or English; NULL: only the code is known */
  const char *code_low;   /* List of Waste, 2, 4 or 6 digits; several parted by ; NULL: not known */
  int32_t class_of;       /* kn_class; KN_NONE: not known */
} kn_receiver_ask;
typedef struct kn_receiver { /* texts are lent by the knowledge */
  const char *receiver_nace, *name;
  double probability; /* share of known exchanges of such streams that go to this sector, calibrated */
  double chance;      /* the same before calibration */
  /* What says most for it; NULL where only the sector's general share does: */
  const char *stream_id, *use_en, *use_nl, *r_strategy, *source_id, *source;
  int32_t pedigree;
  const char
      *checked; /* "text": the source was read and says so; "excerpt": a page that quotes or restates it; "knowledge": neither */
  const char *place;        /* where in the source; "" not known */
  double text, code, donor; /* how alike words, code and donor are to that stream, 0 to 1 */
} kn_receiver;
/* The likeliest first; ties by NACE. Learns the words of the question, so one thread at a time. O(words x known words).
 * KN_E_USAGE: neither words nor code, or a code that does not exist. */
kn_code kn_receivers_find(kn_knowledge *knowledge, const kn_receiver_ask *ask, kn_receiver *out, int32_t most, int32_t *count,
                          kn_error *err);

/* ------------------------------------------------------------------ search
 * Words in offers, needs and resources of a region, in the List of Waste and in NACE: slips, compounds, Dutch and English, and
 * other words for the same kind of stream. */
typedef enum kn_found_in { KN_FOUND_OFFER, KN_FOUND_NEED, KN_FOUND_RESOURCE, KN_FOUND_LOW, KN_FOUND_NACE } kn_found_in;
const char *kn_found_in_name(kn_found_in in); /* "offer", "need", "resource", "code_low", "nace" */
typedef struct kn_found {
  uint8_t in;       /* kn_found_in */
  int32_t row;      /* of that table */
  double alike;     /* 0.4 to 1 */
  const char *text; /* the words that were found, lent by the region or the knowledge */
} kn_found;
/* *out is the caller's to free(): the most alike first, then in the order of tables and rows. region NULL: the reference alone.
 * Learns words, so one thread at a time. O(texts + words x known words). KN_E_USAGE: words without any that says something. */
kn_code kn_search(kn_found **out, int64_t *count, kn_knowledge *knowledge, const kn_region *region, const char *words,
                  kn_error *err);
/* The same in some of these only: bit 1U << KN_FOUND_... of each. */
kn_code kn_search_among(kn_found **out, int64_t *count, kn_knowledge *knowledge, const kn_region *region, uint32_t among,
                        const char *words, kn_error *err);
const char *kn_found_id(const kn_knowledge *knowledge, const kn_region *region, const kn_found *found);

/* ------------------------------------------------------------------ everyday words
 * What people say at a counter: "lege hal", "a lorry that drives back empty", "twee containers per maand". Words and loads come
 * from data/reference/everyday.csv and everyday_unit.csv. */
typedef struct kn_everyday { /* texts are lent by the arena that was given */
  const char *everyday_id, *name_en, *name_nl;
  const char *code_low; /* NULL: none */
  const char *look_for; /* words by which a region may know it, parted by ; */
  kn_class class_of;
  double alike; /* 0.5 to 1 */
} kn_everyday;
/* Things that such words may mean, the most alike first; at most `most` into out. Learns words, so one thread at a time. */
kn_code kn_everyday_find(kn_everyday *out, int32_t most, int32_t *count, kn_knowledge *knowledge, kn_arena *arena,
                         const char *words, kn_error *err);

typedef struct kn_spoken {
  double quantity;        /* a year, or as it stands for space and capital, in kn_class_unit(); NAN: not understood */
  double rel_sd;          /* of what one load holds; 0: exact */
  double number;          /* loads, hours, tonnes at a time */
  double times;           /* a year; 1 where the class has no time in it */
  double one;             /* of kn_class_unit() in one */
  bool is_number_assumed; /* no number was said: one */
  bool is_time_assumed;   /* no time was said: a year */
  bool is_load;           /* the content of a load is an estimate */
  char unit_id[24];       /* of everyday_unit.csv */
} kn_spoken;
/* "een vrachtwagen per week" -> 22 t x 52. A day is one of 250 working days, a week one of 52. `is_dutch` says what a point and a
 * comma mean in a number. fte_h: hours of a full-time job. KN_OK with quantity NAN where no unit is named or a number makes no
 * sense. Pure. O(words x units). */
kn_code kn_spoken_read(kn_spoken *out, const char *text, kn_class class_of, bool is_dutch, double fte_h, kn_error *err);

/* ------------------------------------------------------------------ seeds
 * Opportunities that exact codes do not show: what the market has no way for yet. Each has a chance of being feasible, a value
 * where it can be told, and what speaks for it. */
typedef enum kn_seed_kind {
  KN_SEED_NEED,     /* an offer and a need that are alike in words or kind of stream, and no way leads from one to the other */
  KN_SEED_RECEIVER, /* an offer and a site of a sector that takes such streams elsewhere */
  KN_SEED_CHAIN,    /* an offer that one or two processes of the region would turn into what a need asks for */
  KN_SEED_PRACTICE, /* an offer that others with the same code of waste treat higher on the ladder */
  KN_SEED_HEAT,     /* an offer of heat and a need that its temperature serves */
  KN_SEED_SPACE,    /* an offer and a need of space, labour, knowledge or capital near each other */
  KN_SEED_SECTOR,   /* two sites of one sector near each other */
  KN_SEED_KIND_COUNT
} kn_seed_kind;
const char *kn_seed_kind_name(kn_seed_kind kind); /* "need", "receiver", ... */

typedef struct kn_seed {
  uint8_t kind;
  int32_t offer, need;           /* rows, KN_NONE: none */
  int32_t from_site, to_site;    /* rows, KN_NONE: not known */
  int32_t resource;              /* what moves; KN_NONE: nothing in particular */
  int32_t needed;                /* the resource of the need, or what the chain makes; KN_NONE */
  int32_t chain_count, chain[2]; /* rows of processes */
  int32_t example;               /* KN_SEED_PRACTICE: the offer that is treated higher */
  int32_t precedent;             /* row of the region's precedents that speaks for it, KN_NONE */
  int32_t sector, taker;         /* of the knowledge: kn_seed_receiver() */
  float text, code, donor;       /* likenesses, 0 to 1 */
  double probability, low, high; /* of being feasible, with its interval of 90 %; checks, distance, outcomes are in it */
  double chance;                 /* the same without checks and distance */
  double told;                   /* probability before outcomes of the region: what its outcome is to be held against */
  double quantity;               /* units offered a year; NAN: not known */
  double km;                     /* great-circle */
  double eur;                    /* a year if it works; NAN: what the other side would pay is not known */
  double hours_share; /* of the smaller of both quantities, what coincides hour by hour; NAN: not known, or it can wait */
  double has, asked;  /* KN_SEED_HEAT: temperatures, degC */
} kn_seed;

/* ------------------------------------------------------------------ how far chances can be believed
 * What became of opportunities that were tried says how far told chances are off, per kind: kinds learn from what was published
 * and from each other, and a region has the last word about itself (src/match/calibrate.c has the formulas). */
enum { KN_TRIAL_PRECEDENT = KN_SEED_KIND_COUNT, KN_TRIAL_GROUP_COUNT }; /* a kind of seed, or a receiver with a precedent */

typedef struct kn_trials { /* outcomes, in any order */
  int64_t n;
  const uint8_t *group;           /* [n] kn_seed_kind, or KN_TRIAL_PRECEDENT */
  const double *told;             /* [n] the chance that was told, above 0 and below 1, before outcomes of the region counted */
  const double *tried, *feasible; /* [n] how many were told so, and how many of them were feasible */
} kn_trials;

typedef struct kn_calibration_settings {
  double common_sd, kind_sd, region_sd; /* deviations of logits: all kinds together, a kind, a region from all others */
  double least_outcomes, most_factor;   /* calibrated: from so many outcomes on, with the odds known within this factor */
} kn_calibration_settings;

typedef struct kn_calibration_group {
  double published, published_told, published_feasible; /* outcomes elsewhere: count, mean told, share; NAN: none */
  double own, own_told, own_feasible;                   /* those of the region */
  double own_calibrated;                                /* what would be told of them now; NAN: none */
  double shift, shift_low, shift_high;                  /* of the logit by the region's outcomes: mean, quantiles of 5 and 95 % */
  bool is_calibrated;
} kn_calibration_group;

typedef struct kn_chance {
  double mean, low, high; /* posterior mean, quantiles of 5 and 95 % */
} kn_chance;

typedef struct kn_calibration kn_calibration;
/* The order of rows has no say. KN_E_INPUT: a row outside its bounds. O((range / step)^2) per kind, where the step falls with the
 * square root of the outcomes: some milliseconds. */
kn_code kn_calibration_new(kn_calibration **out, const kn_trials *published, const kn_trials *own,
                           const kn_calibration_settings *settings, kn_error *err);
void kn_calibration_free(kn_calibration *calibration); /* NULL is fine */
/* [KN_TRIAL_GROUP_COUNT]; lent. */
const kn_calibration_group *kn_calibration_groups(const kn_calibration *calibration);
/* That of a region's outcomes and of what was published; region NULL: of the latter alone. */
kn_code kn_calibration_of(kn_calibration **out, const kn_knowledge *knowledge, const kn_region *region, kn_error *err);
/* A chance as told before, told anew. Without outcomes of the region its mean is told itself. O(log). */
kn_chance kn_calibration_tell(const kn_calibration *calibration, int32_t group, double told);

typedef struct kn_seed_settings {
  int32_t most; /* of each offer */
  int32_t thread_count;
  int32_t today; /* days; offers and needs that ended before are left out, as in kn_match_settings */
} kn_seed_settings;
#define KN_SEED_DEFAULTS ((kn_seed_settings){.most = 5, .today = KN_BLANK_INT})

typedef struct kn_seeds kn_seeds;
/* Learns the words of the region into knowledge. Expected O((offers + needs + sites) log) and O(words x known words); results do
 * not depend on threads. KN_E_USAGE: most is not 1 to 100. */
kn_code kn_seeds_make(kn_seeds **out, const kn_market *market, kn_knowledge *knowledge, const kn_law *law,
                      const kn_seed_settings *settings, const kn_watch *watch, kn_error *err);
void kn_seeds_free(kn_seeds *seeds);
int64_t kn_seeds_count(const kn_seeds *seeds);
/* By falling probability x eur, then probability; then as the region has them. */
const kn_seed *kn_seeds_rows(const kn_seeds *seeds);
/* By which outcomes the chances of a seed are calibrated: kind, or KN_TRIAL_PRECEDENT. */
int32_t kn_seed_group(const kn_seed *seed);
/* What the chances rest on; lent. */
const kn_calibration *kn_seeds_calibration(const kn_seeds *seeds);
/* What the reference says of a seed; all blank where it says nothing. */
kn_receiver kn_seed_receiver(const kn_knowledge *knowledge, const kn_seed *seed);
/* The legal checks of a seed; returns how many. */
int32_t kn_seed_checks(const kn_law *law, const kn_seed *seed, kn_legal_check out[KN_CHECKS_MOST]);

#endif
