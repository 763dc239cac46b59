/* What could this be, and who takes such things? Words of people -> resources of the region and sectors of the reference. */
#ifndef KN_TASKS_PROPOSALS_H
#define KN_TASKS_PROPOSALS_H

#include "snapshot.h"

typedef struct kn_proposal {                /* texts are lent by the arena */
  const char *resource_id;                  /* NULL: the region has no resource for it yet */
  const char *everyday_id;                  /* NULL: none */
  const char *name, *name_nl;               /* name_nl NULL: not known */
  const char *class_name, *unit, *code_low; /* code_low NULL: none */
  double alike;                             /* 0 to 1 */
} kn_proposal;
typedef struct kn_taken { /* who takes such streams elsewhere */
  const char *nace, *name, *use_en, *use_nl;
  double probability;
} kn_taken;
enum { KN_PROPOSALS_MOST = 8, KN_TAKEN_MOST = 5 };
typedef struct kn_proposals {
  int32_t count, taken_count;
  kn_proposal proposal[KN_PROPOSALS_MOST]; /* the most alike first */
  kn_taken taken[KN_TAKEN_MOST];
} kn_proposals;
/* Looks in names of resources, the List of Waste and everyday words, never in rows: what it says is open to all. Several ask side by side, one on each core.
 * with_taken: also the likeliest receivers, for materials. Words that say nothing give no proposals. */
kn_code kn_proposals_find(kn_proposals *out, kn_snapshots *snapshots, kn_conn *conn, const char *words, bool with_taken,
                          kn_arena *arena, kn_error *err);
/* An amount as said, in the unit of a class; fte_h of the region. */
kn_code kn_proposals_amount(kn_spoken *out, kn_snapshots *snapshots, kn_conn *conn, const char *text, kn_class class_of,
                            bool is_dutch, kn_error *err);

#endif
