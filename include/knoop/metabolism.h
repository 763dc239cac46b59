/* knoop/metabolism.h - from reported figures to trusted ones.
 *
 * ------------------------------------------------------------------ balance
 * Reported flows never add up. kn_balance_make() moves each of them as little as its uncertainty allows, until at every node
 * what enters equals what leaves plus what stays, in every layer at once; it says how sure each figure then is, which figures
 * nobody measured follow from the others, and which reports contradict all the rest. Most callers need that function,
 * kn_balance_sum() and kn_balance_figures(). */
#ifndef KNOOP_METABOLISM_H
#define KNOOP_METABOLISM_H

#include "knoop/base.h"
#include "knoop/region.h"

typedef struct kn_balance kn_balance; /* owns its memory; read it through the views */

/* What is known of a figure. Measured: */
typedef enum kn_balance_class {
  KN_BALANCE_REDUNDANT,    /* the balances say something about it */
  KN_BALANCE_NONREDUNDANT, /* they do not: it stays as it is */
  KN_BALANCE_FIXED,        /* exactly known */
  /* not measured: */
  KN_BALANCE_OBSERVABLE,   /* follows from the measured */
  KN_BALANCE_UNOBSERVABLE, /* does not: NAN */
  KN_BALANCE_CLASS_COUNT
} kn_balance_class;
const char *kn_balance_class_name(kn_balance_class class_of); /* "redundant" ... */

typedef enum kn_balance_signs {
  KN_BALANCE_SIGNS_AGREE, /* flows of at least 0, once the figures agree otherwise (global test at 5 %); default */
  KN_BALANCE_SIGNS_ABOVE, /* always */
  KN_BALANCE_SIGNS_FREE   /* never: plain least squares */
} kn_balance_signs;

typedef struct kn_balance_settings {
  int32_t year;    /* KN_BLANK_INT: all years of the table */
  bool eliminates; /* figures that contradict the others are left out, one after the other, and the rest reconciled anew */
  kn_balance_signs signs;
} kn_balance_settings;
#define KN_BALANCE_DEFAULTS ((kn_balance_settings){.year = KN_BLANK_INT})

/* What a figure is; `row` of the table named. */
typedef enum kn_balance_what {
  KN_BALANCE_FLOW,     /* flow: quantity, in the unit of the resource */
  KN_BALANCE_TRANSFER, /* transfer: value */
  KN_BALANCE_PROPERTY, /* flow_property: value, per unit of the flow */
  KN_BALANCE_CONTENT,  /* flow_property: flow x value, a flow of that layer */
  KN_BALANCE_LEVEL     /* stock_level: quantity at the end of the year */
} kn_balance_what;

/* One row per figure: flows first, in the order of their table. */
typedef struct kn_balance_figure_view {
  int64_t n, flow_count;
  const uint8_t *what;       /* kn_balance_what */
  const int32_t *row;        /* of its table */
  const double *measured;    /* NAN: nobody measured it */
  const double *measured_sd; /* 0: exactly known; NAN: not measured */
  const double *reconciled;  /* NAN: not known */
  const double *sd;          /* of the reconciled figure (of least squares); NAN: not known */
  const uint8_t *class_of;   /* kn_balance_class */
  const double *z;           /* (measured - reconciled) / deviation of that difference, by least squares; NAN unless redundant */
  const uint8_t *is_gross;   /* 1: it contradicts the others, or is one of several of which one must */
  const uint8_t *is_eliminated; /* 1: left out, so class_of is one of the unmeasured */
} kn_balance_figure_view;

/* What balances: one row per node, year, layer and resource that balances by itself. */
typedef struct kn_balance_node_view {
  int64_t n;
  const char *const *node_id;
  const int32_t *year;
  const int32_t *layer;                 /* number of a layer */
  const int32_t *resource;              /* KN_NONE: all of the layer together */
  const double *gap_before, *gap_after; /* what enters less what leaves, unit of the layer; NAN: something is not known */
} kn_balance_node_view;

/* Layers: the classes of resources ("material" ...), "mass" where material and water balance together, then those of flow_property. */
typedef struct kn_balance_layer_view {
  int32_t n;
  const char *const *name, *const *unit;
} kn_balance_layer_view;

/* One row per round of leaving out: the test before it, and who was named. */
typedef struct kn_balance_round {
  double chi2, chi2_critical, largest_abs_z;
  int64_t dof;
  int32_t suspect_count;
  bool is_choice;         /* the suspects cannot be told apart: one of them contradicts; else each does */
  const int32_t *suspect; /* figures */
} kn_balance_round;

typedef struct kn_balance_summary {
  double chi2, p_value, chi2_critical; /* of least squares, over all figures: the global test at 5 % */
  int64_t dof;
  double z_critical; /* for |z|, two-sided at 5 % over all redundant figures (Sidak) */
  int64_t figure_count, class_count[KN_BALANCE_CLASS_COUNT];
  int64_t assumed_count; /* figures without any stated uncertainty: KN_BALANCE_ASSUMED_REL_SD */
  bool is_above;         /* the flows were kept at 0 or more */
  int64_t held_count;    /* of those, at 0 */
  double chi2_above;     /* the objective then; NAN otherwise */
  int32_t round_count;
  const kn_balance_round *rounds; /* of the plain figures: [0] is always there */
  const int32_t *held;            /* [held_count] figures */
  int32_t year_first, year_last;  /* KN_BLANK_INT: no flows */
} kn_balance_summary;

/* A figure whose source has no pedigree counts as the pedigree method counts the worst of all: scores of 5. */
#define KN_BALANCE_ASSUMED_REL_SD 0.4877

/* Reconciles the flows of a region.
 * errors  KN_NO_ANSWER  exact figures contradict each other: the sentence names them; *out is NULL
 *         KN_E_NUMERIC  coefficients did not settle, or deviations differ beyond computing
 * cost    sparse throughout: elimination near linear in a network, one Cholesky factor of the balances and the part of its
 *         inverse within it; per round of linearisation when coefficients are uncertain
 * source  docs/method.md, section 15 */
kn_code kn_balance_make(kn_balance **out, const kn_region *region, const kn_balance_settings *settings, const kn_watch *watch,
                        kn_error *err);
void kn_balance_free(kn_balance *balance); /* NULL is fine */
kn_balance_summary kn_balance_sum(const kn_balance *balance);
kn_balance_figure_view kn_balance_figures(const kn_balance *balance);
kn_balance_node_view kn_balance_nodes(const kn_balance *balance);
kn_balance_layer_view kn_balance_layers(const kn_balance *balance);

#endif
