/* Why a pair is in a plan or not, for who asks often: the plan is made once and kept until the region changes. */
#ifndef KN_TASKS_WHY_H
#define KN_TASKS_WHY_H

#include "knoop/tasks.h"

typedef struct kn_why_keeper kn_why_keeper; /* may be asked by many threads; one at a time inside */
/* watch (lent; NULL: none): where it says so, who waits for a plan gets KN_E_STOPPED. */
kn_code kn_why_keeper_new(kn_why_keeper **out, const kn_watch *watch, kn_error *err);
void kn_why_keeper_free(kn_why_keeper *keeper); /* NULL is fine */
typedef struct kn_why_answer {
  kn_objective objective;
  kn_plan_status status; /* with KN_PLAN_INFEASIBLE there are no ways */
  int32_t count;         /* ways there are; of them the first KN_WHY_MOST: */
  kn_why way[64];
  const char *mode_id[64];     /* into arena */
  const char *resource_id[64]; /* handed over; NULL: no way */
} kn_why_answer;
enum { KN_WHY_MOST = 64 };
/* run_settings: JSON as a run keeps it (objective, gap, floors; changes are left out: the region as it is). version: of the data,
 * as kn_desk_version(). The first time takes as long as `knoop plan`. from, to: as kn_task_place(). */
kn_code kn_why_keeper_ask(kn_why_keeper *keeper, const char *path, uint64_t version, const char *run_settings, const char *from,
                          const char *to, kn_arena *arena, kn_why_answer *out, kn_error *err);

#endif
