/* What the files of the seeds share.
 *
 *   texts of the region -> words, likes           seeds_words.c
 *   resources -> resources alike, chains to needs  seeds_links.c
 *   sites, needs -> trees to search near an offer  seeds_places.c
 *   profiles -> what coincides                     seeds_hours.c
 *   one offer -> its best seeds                    seeds_offer.c
 *   pairs of sites                                 seeds_pairs.c
 *   all of it                                      seeds.c */
#ifndef KN_MATCH_SEEDS_H
#define KN_MATCH_SEEDS_H

#include "match/internal.h"
#include "match/knowledge.h"

/* From one resource to another that a need asks for. */
typedef struct kn_link_to {
  int32_t needed;  /* resource of needs */
  double chance;   /* that it works at all, before distance and checks */
  double alike;    /* words, 0 to 1 */
  double yield;    /* units needed per unit offered */
  double cost_eur; /* per unit offered */
  int32_t chain_count, chain[2];
  bool is_heat; /* both are energy, and nothing else is alike: counts where temperatures fit */
} kn_link_to;
enum { KN_LINKS_MOST = 12 };
typedef struct kn_links { /* the best of a resource that is offered */
  int32_t n;
  kn_link_to link[KN_LINKS_MOST];
} kn_links;

/* Places to search near an offer, with a weight each. */
typedef struct kn_spot {
  int32_t n, *row;  /* of needs or sites */
  kn_tree *tree;    /* NULL: none has a place */
  int32_t anywhere; /* the need without a site that pays most, KN_NONE */
} kn_spot;

typedef struct kn_text { /* the words of a row: name, name in Dutch, description */
  int32_t n;
  kn_stream_text part[3];
} kn_text;

typedef struct kn_sowing {
  const kn_market *market;
  const kn_region *region;
  kn_knowledge *knowledge;
  const kn_law *law;
  const kn_seed_settings *settings;
  const kn_calibration *calibration;
  kn_arena *arena;
  kn_hauls *hauls;
  kn_resource_view resources;
  kn_offer_view offers;
  kn_need_view needs;
  kn_site_view sites;
  kn_actor_view actors;
  kn_process_view processes;
  int32_t threads;
  int32_t *supply_of, *demand_of; /* [offers], [needs]: nodes of the market */
  /* seeds_words.c */
  int32_t word_most;      /* longest text */
  kn_text *resource_text; /* [resources] */
  kn_phrase *offer_text;  /* [offers] descriptions */
  kn_likes *likes;        /* [terms] */
  int32_t precedent_count;
  kn_phrase *precedent_text;
  /* seeds_links.c */
  kn_links *links, *chains; /* [resources] alike in words; by processes */
  char (*code)[7];          /* [resources] */
  int32_t *best_of_code;    /* [offers] the example of better practice, KN_NONE */
  /* seeds_places.c */
  kn_spot *need_spot;    /* [resources] needs of exactly this resource */
  kn_spot *sector_spot;  /* [sectors] */
  kn_query_space *space; /* [threads] */
  /* seeds_hours.c */
  double **hours; /* [profiles][KN_TYPICAL_HOURS] shares of a year; NULL: no load */
} kn_sowing;

kn_code kn_seeds_words(kn_sowing *s, kn_error *err);
kn_code kn_seeds_links(kn_sowing *s, kn_error *err);
kn_code kn_seeds_chains(kn_sowing *s, kn_error *err);
kn_code kn_seeds_practice(kn_sowing *s, kn_error *err);
/* True where supply of one resource may serve demand for another, by the trees and the substitutions. O(substitutions). */
bool kn_seeds_leads(const kn_sowing *s, int32_t supplied, int32_t demanded);
/* Keeps the best links of a resource by falling score. */
void kn_links_keep(kn_links *links, double *score, kn_link_to link, double value);
kn_code kn_seeds_places(kn_sowing *s, kn_error *err);
void kn_seeds_places_free(kn_sowing *s);
kn_code kn_seeds_hours(kn_sowing *s, kn_error *err);
/* Does what is of this class pass when nobody takes it at once? */
bool kn_seeds_passes(uint8_t class_of);
/* What coincides of a quantity offered and a quantity needed, in the same unit; NAN: not known, or it can wait. */
double kn_seeds_coinciding(const kn_sowing *s, int32_t offer, double offered, int32_t need, double needed);
/* The best seeds of an offer into best[most]; returns how many. */
int32_t kn_seeds_of_offer(const kn_sowing *s, int32_t offer, kn_query_space *space, kn_seed *best);
/* Appends pairs of sites. */
kn_code kn_seeds_pairs(const kn_sowing *s, kn_seed **seed, int64_t *room, int64_t *count, kn_error *err);
/* Gives a seed its chance, its probability after distance and checks, and its interval, by the outcomes that are known. */
void kn_seed_judge(const kn_sowing *s, double chance, kn_seed *seed);
/* What the offers and needs of a row can give: quantity in the plan year. */
static inline double
kn_seed_worth(const kn_seed *seed)
{
  return seed->probability * (seed->eur > 0 ? seed->eur : 0);
}
/* Before: a is better than b. Ties are left to the caller. */
int kn_seed_compare(const kn_seed *a, const kn_seed *b);
/* Value of a property of an offer by any name that begins so; NAN. */
double kn_offer_figure(const kn_sowing *s, int32_t offer, const char *begin);
double kn_need_least(const kn_sowing *s, int32_t need, const char *begin);

#endif
