/* What may be told to everybody about a municipality: sums of what is offered, as far as disclosure control lets them out, and what its holders
 * show to all. Made once and kept until the data changes. */
#ifndef KN_TASKS_PUBLIC_H
#define KN_TASKS_PUBLIC_H

#include "knoop/disclosure.h"
#include "knoop/tasks.h"

/* Kinds of resources that public sums are about: a class, or within materials one of the streams R1 ... R10. */
typedef struct kn_public_kind {
  int32_t class_of; /* kn_class */
  int32_t stream;   /* 1 .. 10; 0: all of the class */
} kn_public_kind;
enum { KN_PUBLIC_KINDS = KN_CLASS_COUNT + 10 };

/* What one can borrow: space, hands and knowledge that their holders show to all. */
typedef struct kn_public_loop {
  int32_t class_of;
  const char *offer_id, *resource, *resource_nl, *site, *actor; /* names; resource_nl, actor: NULL where there is none */
} kn_public_loop;
enum { KN_PUBLIC_LOOPS = 60 }; /* named of a place; all are counted */

typedef struct kn_public {
  kn_arena *arena;
  kn_public_kind kind[KN_PUBLIC_KINDS];
  int32_t place_count;       /* municipalities with a site, and the areas above them */
  const char **area_id;      /* [place_count] */
  int64_t *loop_count;       /* [place_count] in a municipality itself */
  int32_t *loop_start;       /* [place_count + 1] */
  kn_public_loop *loop;      /* in the order of offers */
  kn_disclosure *disclosure; /* places x kinds; one measure: units offered a year */
} kn_public;

typedef struct kn_public_keeper kn_public_keeper; /* may be used by many threads */
/* watch (lent; NULL: none): where it says so, what is being made is given up, and who waits for it gets KN_E_STOPPED. */
kn_code kn_public_keeper_new(kn_public_keeper **out, const char *path, const kn_watch *watch, kn_error *err);
void kn_public_keeper_free(kn_public_keeper *keeper); /* gives up what is being made; NULL is fine */
/* Somebody will read soon: it is made, and nobody waits. */
void kn_public_expect(kn_public_keeper *keeper, const char *stamp);
/* What there is, held until kn_public_leave(). stamp: any text that changes with the data; when it is another than before, all is made anew
 * by a thread of the keeper (it loads the region and solves the linear programs of disclosure control) and comes with a later call.
 * Only the first call waits. */
kn_code kn_public_enter(kn_public_keeper *keeper, const char *stamp, const kn_public **out, kn_error *err);
void kn_public_leave(kn_public_keeper *keeper);
/* Of an area; KN_NONE: nothing is known of it. O(places). */
int32_t kn_public_place(const kn_public *all, const char *area_id);

#endif
