/* What the files of the estimate share and nobody else sees. */
#ifndef KN_METABOLISM_ESTIMATE_H
#define KN_METABOLISM_ESTIMATE_H

#include "knoop/metabolism.h"

/* ---------------------------------------------------------------- nace.c: codes of activities
 * A code as a number: sections 0..25, divisions 26.., groups, classes; all of them fit in an array. */
enum { NACE_SECTIONS = 26, NACE_DIVISIONS = 100, NACE_GROUPS = 1000, NACE_CLASSES = 10000 };
enum { NACE_COUNT = NACE_SECTIONS + NACE_DIVISIONS + NACE_GROUPS + NACE_CLASSES };
enum { NACE_SECTION = 1, NACE_DIVISION, NACE_GROUP, NACE_CLASS }; /* levels */
/* "16.10", "1610", "C16.1", "C", "16.10Z"; KN_NONE: no code. */
int32_t kn_nace_read(const char *text);
int32_t kn_nace_parent(int32_t code); /* of a class its group ...; KN_NONE for divisions and sections */
int32_t kn_nace_level(int32_t code);
int32_t kn_nace_section(int32_t code); /* of a division, as a code of a section; KN_NONE: it is in none */
void kn_nace_write(char out[8], int32_t code);

/* ---------------------------------------------------------------- estimate_sectors.c */
typedef struct kn_sectors {
  int32_t n;         /* nodes: sectors of the region and what is above them; parents come first */
  int32_t *code;     /* [n] NACE as a number */
  int32_t *parent;   /* [n] node, KN_NONE */
  int32_t *node_of;  /* [NACE_COUNT] node or KN_NONE */
  int32_t *of_site;  /* [sites] node or KN_NONE */
  double *jobs;      /* [sites] FTE; NAN: not known */
  uint8_t *is_floor; /* [sites] from its floor */
  double floor_variance;
  int64_t sites_without;
} kn_sectors;
kn_code kn_sectors_find(kn_sectors *out, const kn_region *region, const kn_coefficients *coefficients, kn_arena *arena,
                        kn_error *err);

/* ---------------------------------------------------------------- estimate_streams.c */
typedef struct kn_streams {
  int32_t n, need_first; /* offers first, by key of the resource; needs from need_first on */
  int32_t *resource;     /* [n] row of resources; from their number on: new ones */
  const char **key;      /* [n] resource_id */
  const char **cpa;      /* [n] product code without dots, NULL for offers */
  double *mean;          /* [nodes][n] t per job; 0: none */
  double *variance;      /* [nodes][n] of its logarithm */
  const char **nace;     /* [nodes][n] whose coefficient it is */
  int32_t new_count;
  kn_new_resource *fresh; /* [new_count] */
} kn_streams;
kn_code kn_streams_find(kn_streams *out, const kn_region *region, const kn_sectors *sectors, const kn_estimate_settings *settings,
                        kn_arena *arena, kn_error *err);
/* Is a figure about the resource `row` about the stream too: the same, above or below it? */
bool kn_streams_cover(const kn_streams *streams, int32_t stream, const kn_resource_view *resources, int32_t row);

/* ---------------------------------------------------------------- estimate_shrink.c */
typedef struct kn_reports {      /* logarithms of report / (jobs x mean), by node and stream */
  double *count, *sum, *squares; /* [nodes][streams] */
  int64_t n;
} kn_reports;
typedef struct kn_shrunk {
  double *factor;    /* [nodes][streams] t per job; 0: none */
  double *variance;  /* [nodes][streams] of the logarithm of what a site has */
  double *of_stream; /* [streams] reports of each */
  double site_sd_ln, sector_sd_ln;
} kn_shrunk;
kn_code kn_shrink(kn_shrunk *out, const kn_sectors *sectors, const kn_streams *streams, const kn_reports *reports,
                  kn_arena *arena, kn_error *err);

/* ---------------------------------------------------------------- estimate_rows.c: the rows as they grow */
typedef struct kn_guess {
  int32_t site, stream;
  double quantity;
  int32_t method;
} kn_guess;
typedef struct kn_side_reports { /* reported rows of one side, by site */
  int32_t *first;                /* [sites + 1] */
  int32_t *resource;             /* [first[sites]] */
  double *quantity;
} kn_side_reports;

typedef struct kn_estimating {
  const kn_region *region;
  const kn_estimate_settings *settings;
  kn_arena *keep, *scratch;
  kn_sectors sectors;
  kn_streams streams;
  kn_reports reports;
  kn_shrunk shrunk;
  kn_side_reports reported[2]; /* offers, needs; without those of an earlier run */
  const uint8_t *is_old[2];
  kn_guess *guess; /* grown; freed by the owner */
  int64_t guesses, guess_capacity;
  int64_t need_first;
  /* Texts of methods, made as they are wanted: [nodes][streams][floor][scaled], 0: not yet. */
  int32_t *method_at;
  kn_estimate_method *method; /* grown; freed by the owner */
  int64_t method_count, method_capacity;
  kn_total_check *check;
} kn_estimating;

kn_code kn_estimate_report(kn_estimating *e, kn_error *err);     /* reported rows by site */
kn_code kn_estimate_learn_from(kn_estimating *e, kn_error *err); /* reports */
kn_code kn_estimate_guess(kn_estimating *e, kn_error *err);      /* rows */
kn_code kn_estimate_describe(kn_estimating *e, kn_error *err);   /* their methods; is_scaled by guess.method < 0 */
kn_code kn_estimate_hand_over(kn_estimating *e, kn_estimate_view *view, kn_error *err);

/* ---------------------------------------------------------------- estimate_totals.c
 * Scales guesses so that with what is reported they add up to the totals; guesses of quantity 0 are left out after. */
kn_code kn_estimate_scale(kn_estimating *e, kn_error *err);

#endif
