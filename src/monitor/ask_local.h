/* A neighbourhood as a linear program: its columns are ties, then per unit activity, being open, and what finds no taker or is
 * short. Shared by ask_local.c and ask_decide.c. */
#ifndef KN_MONITOR_ASK_LOCAL_H
#define KN_MONITOR_ASK_LOCAL_H

#include "monitor/ask.h"

typedef struct ask_mix_row { /* the share of a demand that one substitution may meet */
  int32_t demand, substitution, row, next;
} ask_mix_row;

struct ask_local {
  kn_arena *arena;
  const ask_near *near;
  kn_lp *lp;
  int32_t *supply_row, *demand_row; /* [supplies], [demands] of the neighbourhood */
  int32_t *activity, *open;         /* [units] columns; open KN_NONE: it stands */
  int32_t *load_row;                /* [units] KN_NONE: no minimum load */
  int32_t columns, rows;
  int32_t short_count, *short_column;
  double penalty;     /* of what is short; never counted as a worth */
  double *column_eur; /* [columns] behind the ties: what counts */
  int32_t mix_count, *mix_head;
  ask_mix_row *mix;
  /* Figures as they are set. */
  double *truth;      /* [ties] what a unit brings */
  double *extra;      /* [supplies + demands] what is added to a fate or price */
  double *factor;     /* [supplies + demands] of the quantity; NAN: as expected */
  bool is_planning;   /* then what is expected is what is planned on */
  bool is_wide;       /* then more than that */
  uint8_t *is_failed; /* [ties] the spec is not met */
  double *spec_at;    /* [figures of the pool] outcome; NAN: as expected */
  int32_t set_count, *set_figure;
  bool is_stale;             /* truth is behind extra */
  const ask_decision *taken; /* what the bounds stand for; NULL: a plan */
};

/* Limits of quantities that are not set: those at a quantile where that is more (`is_wide`), or back again. */
void ask_local_widen(ask_local *local, bool is_wide);
void ask_local_turn(ask_local *local, bool is_planning);
void ask_local_refresh(ask_local *local); /* brings truth up to date */

#endif
