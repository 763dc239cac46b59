/* knoop/disclosure.h - statistical disclosure control: which cells of a table may be published.
 *
 * A table adds up what actors hold, by place, resource and so on, with margins and totals. A cell in which one actor stands
 * out tells his figure; and a cell that is left out can be found again from the margins. kn_disclosure_protect() decides
 * per cell: publish, withhold because it tells too much by itself (primary), or withhold so that others cannot be found
 * again (secondary). Most callers need that function and kn_disclosure_cells(). kn_band() turns one value into the range
 * that may be shown of it.
 *
 * Whom it withstands, and what it does not: docs/method.md, section 23. */
#ifndef KNOOP_DISCLOSURE_H
#define KNOOP_DISCLOSURE_H

#include "knoop/base.h"

enum { KN_DIMENSIONS_MOST = 3 };

/* A dimension is a forest of codes. The value of a code is all that lies under it, itself included: contributions may be
 * given at any code ("wood", though there is "wood > pine"). Several roots have no total over them (t and MWh). */
typedef struct kn_dimension {
  int32_t n;
  const int32_t *parent; /* [n] KN_NONE: a root; any order, no cycles */
} kn_dimension;

/* What is published of each cell: a sum of amounts, or a count. */
typedef struct kn_measure {
  const double *amount; /* [contributions] >= 0, finite. NULL: a count of contributors, once per finest cell they are in,
                           so that counts add up as amounts do */
  double empty_upper;   /* of an empty cell that is guarded: attackers must not exclude that as much is there. NAN: the median
                           of what one contributor has in one finest cell; 1 for counts */
} kn_measure;

/* Contributions. Cells are numbered over the codes given, the last dimension running fastest. */
typedef struct kn_microdata {
  int64_t n;
  int32_t contributor_count;
  const int32_t *contributor; /* [n] 0 .. contributor_count - 1; give companies of one group one number */
  int32_t dimension_count;    /* 1 .. KN_DIMENSIONS_MOST */
  kn_dimension dimension[KN_DIMENSIONS_MOST];
  const int32_t *code[KN_DIMENSIONS_MOST]; /* [n] per dimension */
  int32_t measure_count;                   /* all that is published of these cells, now and elsewhere */
  const kn_measure *measure;
  const uint8_t *is_impossible; /* [cells] 1: everybody knows that nothing can be contributed at exactly these codes; or NULL */
  const uint8_t *was_withheld;  /* [cells] 1: not published last time, so rather withheld again; or NULL */
} kn_microdata;

typedef struct kn_disclosure_settings {
  int32_t min_count;        /* fewer contributors than this: withheld; 0: no such rule */
  int32_t dominance_n;      /* the largest n contribute more than k %: withheld; 0: no such rule */
  double dominance_percent; /* k, above 0 ... 100 */
  double p_percent;         /* above 0 ... 100: nobody may come closer than this to anybody's amount */
  bool zero_is_open;        /* empty cells are published. false: only those where nothing can be */
  bool is_primary_only;     /* no secondary suppression, which protects nothing: for comparison */
} kn_disclosure_settings;
#define KN_DISCLOSURE_DEFAULTS                                                                                                   \
  ((kn_disclosure_settings){.min_count = 3, .dominance_n = 2, .dominance_percent = 85, .p_percent = 10})

typedef enum kn_cell_status { KN_CELL_PUBLISHED, KN_CELL_PRIMARY, KN_CELL_SECONDARY } kn_cell_status;
/* Why a cell is primary: bits. */
enum { KN_WHY_EMPTY = 1, KN_WHY_FEW = 2, KN_WHY_DOMINANCE = 4, KN_WHY_P_PERCENT = 8 };

/* One row per cell. First those over the codes given (given_cells of them, in their order), then those with a rest: what
 * is contributed at a code that has others under it. Whoever sees the code and all below it can subtract, so rests are cells too
 * and may be shown, as "not further specified". Valid until kn_disclosure_free(). */
typedef struct kn_cell_view {
  int64_t n, given_cells;
  const int32_t *code[KN_DIMENSIONS_MOST]; /* [n] per dimension: the code, or for a rest that of which it is the rest */
  const uint8_t *is_rest;                  /* [n] bit d: in dimension d this is a rest */
  const uint8_t *status;                   /* [n] kn_cell_status */
  const uint8_t *why;                      /* [n] */
  const uint8_t *is_structural;            /* [n] 1: zero because nothing can be there */
  int32_t measure_count;
  const double *const *value;        /* [measures][n] what to publish, where status is KN_CELL_PUBLISHED */
  const int32_t *const *contributor; /* [measures][n] how many; for the eyes of the coordinator only */
  /* [measures][n] of primary cells, what somebody from outside can find out at best (audited); NAN for others. */
  const double *const *attack_least, *const *attack_most;
  int64_t primary_count, secondary_count;
} kn_cell_view;

/* Protects. Every primary cell, each measure, against everybody who contributes and everybody who does not.
 *
 * errors  KN_E_INPUT    a code, contributor or amount out of range (its row is named); a tree with a cycle; something
 *                       contributed where it is said to be impossible; settings
 *         KN_E_NUMERIC  protection could not be proven: then nothing should be published
 *         KN_E_STOPPED  the watch said so
 * cost    O(contributions x levels) for the cells, then a few linear programs over the cells per primary cell that no earlier
 *         answer protects. Deterministic.
 * source  Hundepool et al. (2012), Statistical disclosure control, Wiley, ch. 4; Cox (1980), Suppression methodology and
 *         statistical disclosure control, JASA 75; Kelly, Golden & Assad (1992), Cell suppression: disclosure protection for
 *         sensitive tabular data, Networks 22; Fischetti & Salazar (2001), Solving the cell suppression problem on tabular
 *         data with linear constraints, Management Science 47(7) */
typedef struct kn_disclosure kn_disclosure;
kn_code kn_disclosure_protect(kn_disclosure **out, const kn_microdata *data, const kn_disclosure_settings *settings,
                              const kn_watch *watch, kn_error *err);
kn_cell_view kn_disclosure_cells(const kn_disclosure *disclosure);
void kn_disclosure_free(kn_disclosure *disclosure); /* NULL is fine */

typedef struct kn_range {
  double from, to;
} kn_range;

/* What `contributor` (KN_NONE: somebody from outside) can find out of a cell: its least and greatest value by all that is
 * published, by what he contributes himself, and by nothing being negative. from = to where the cell is published; `to`
 * INFINITY where nothing bounds it. Two linear programs over the cells that are withheld. */
kn_code kn_disclosure_attack(const kn_disclosure *disclosure, int32_t measure, int64_t cell, int32_t contributor, kn_range *out,
                             kn_error *err);

/* ------------------------------------------------------------------ ranges
 * The range in which a value is shown to those who may not see it: from <= value < to. All values of a range have that
 * same range, and a larger value never has a lower one. Ranges follow from the value alone, so asking again tells nothing
 * more. Below `least` (>= 1e-290) all is one range that begins at 0, so that nothing and a little look alike. Negative values mirror
 * (from < value <= to). NAN, and what is infinite, has the range NAN .. NAN. */
typedef enum kn_band_kind {
  KN_BAND_TWO_DIGITS, /* two significant digits: 1234 lies in 1200 .. 1300 */
  KN_BAND_1_2_5       /* three per decade, for worths: 1234 lies in 1000 .. 2000 */
} kn_band_kind;
kn_range kn_band(double value, kn_band_kind kind, double least);

#endif
