/* Blind matching: what fits whom, told without giving anybody away.
 *
 * Matches are made over the whole region, hidden rows included. kn_blind_cards() is the only way out. Of a row that the viewer may
 * not see a card holds nothing but: bands of worth, quantity and distance, a sector and a level that several share, which checks
 * passed, and a token that means nothing to anybody else. It is made so that asking again, or with other figures of one's own,
 * tells nothing new:
 *
 *   worth a year = (own part a unit + band(what the other side adds a unit)) x min(own quantity, band(other's quantity))
 *
 * Own figures are known to who asks; what is hidden enters as a band that depends on the pair alone. Whether a card is there and
 * where it stands in the list follow from the same bands. */
#ifndef KN_TASKS_BLIND_H
#define KN_TASKS_BLIND_H

#include "snapshot.h"

/* ---------------------------------------------------------------- bands: blind_bands.c */
typedef struct kn_band {
  double low, high; /* high INFINITY: no end */
} kn_band;
/* The step of the scale ... 0.1 0.2 0.5 1 2 5 10 ... that holds a value, with its sign; below 0.001 that around 0. NAN: both NAN. */
kn_band kn_band_of(double value);
/* The same, but below `least` that around 0: small figures would be told too exactly. */
kn_band kn_band_from(double value, double least);
/* The band as wide as its ends on that scale. */
kn_band kn_band_round(kn_band band);
kn_band kn_band_km(double km); /* 0-5, 5-20, 20-50, 50 and more */
int32_t kn_band_km_number(double km);
enum { KN_KM_BANDS = 4 };
/* Section ('A' ... 'U') of a division of NACE; 0: none. */
char kn_blind_section(int32_t division);

/* ---------------------------------------------------------------- cards */
enum { KN_SHARED_LEAST = 3 /* actors that must share what a card tells of a hidden one */, KN_CARDS_MOST = 100 };
typedef struct kn_card_check {
  const char *check; /* of kn_legal_check; "spec" for what a need asks of its supply */
  const char *outcome;
} kn_card_check;
typedef struct kn_card { /* texts are the arena's, or constants */
  char token[33];
  bool is_open;            /* the viewer may see the row */
  const char *kind;        /* of the other side: offer, need, unit, gateway */
  const char *resource_id; /* what the other side holds or lacks, or a kind of it that several have; NULL: only its class */
  const char *resource_name, *resource_name_nl; /* of resource_id; NULL */
  const char *class_name;
  const char *sector; /* division or section of NACE that several near have; NULL: not told */
  const char *level;  /* NULL: not told, or not known */
  kn_band km, eur, quantity;
  const char *unit;
  int32_t check_count;
  kn_card_check check[KN_CHECKS_MOST + 3];
  int32_t passed, failed, to_verify;
  /* Only where is_open: */
  bool is_own; /* of who looks */
  const char *id, *site_id, *site_name, *actor_id, *actor_name;
  double exact_km, exact_eur, exact_quantity, exact_co2_kg; /* NAN where not */
} kn_card;
typedef struct kn_cards {
  int32_t count;
  kn_card *card;
  bool is_current; /* false: the own row is not in the snapshot as it is in the file; ask again in a moment */
  bool is_limited; /* the own figures were changed so often today that hidden rows are left out */
} kn_cards;
/* Edits of figures of one's own in a day after which hidden rows are no longer told of. */
enum { KN_PROBES_MOST = 40 };
typedef struct kn_blind_ask {
  kn_conn *conn; /* of the viewer */
  kn_snapshots *snapshots;
  const char *secret; /* hex, of this region file */
  bool is_need;       /* the own row */
  const char *row_id;
} kn_blind_ask;
/* KN_E_MISSING: no such row, or not one that the viewer speaks for. Best first. O(region). */
kn_code kn_blind_cards(kn_cards *out, const kn_blind_ask *ask, kn_arena *arena, kn_error *err);

/* ---------------------------------------------------------------- inside
 * Who is behind a card, for an introduction that the server keeps: never for an answer. The card as each side sees the other. */
typedef struct kn_blind_pair {
  const char *kind, *id, *actor_id;
  const char *own_actor_id;
  kn_card seen_by_own, seen_by_other;
} kn_blind_pair;
kn_code kn_blind_pair_of(kn_blind_pair *out, const kn_blind_ask *ask, const char *token, kn_arena *arena, kn_error *err);

#endif
