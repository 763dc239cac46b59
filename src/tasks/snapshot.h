/* The region in memory, shared by all requests.
 *
 *   asked for ─stamp is new?─no──> lent
 *                 └─yes─> lent as it was, and another thread makes the next one ──> lent from then on
 *
 * A snapshot never changes; who has one keeps it until it is let go. So readers do not wait, whatever is written meanwhile, and what
 * one request sees belongs together. */
#ifndef KN_TASKS_SNAPSHOT_H
#define KN_TASKS_SNAPSHOT_H

#include "knoop/desk.h"
#include "knoop/tasks.h"

typedef struct kn_snapshot {
  const kn_region *region;
  const kn_market *market;
  const kn_law *law;
  bool has_year;     /* its windows are of a plan year, whatever day it is */
  int64_t edit_id;   /* the last edit of a row of the region that is in it */
  const char *stamp; /* of the rows of the region file that it was made of */
} kn_snapshot;

typedef struct kn_snapshots kn_snapshots;
/* The desk must outlive it. Nothing is loaded before the first kn_snapshots_take(). watch (lent; NULL: none): stops loading. */
kn_code kn_snapshots_new(kn_snapshots **out, kn_desk *desk, const kn_watch *watch, kn_error *err);
void kn_snapshots_free(kn_snapshots *snapshots); /* after all were let go; NULL is fine */
/* The newest there is; waits only when there is none at all. *is_current (may be NULL): it has all that is in the file as conn sees
 * it; else the next one is being made. Errors of loading come back until the file changes. */
kn_code kn_snapshots_take(kn_snapshots *snapshots, kn_conn *conn, const kn_snapshot **out, bool *is_current, kn_error *err);
/* For kn_match_settings: the day of now, since a snapshot may be days old; KN_BLANK_INT where the region has a plan year. */
int32_t kn_snapshot_today(const kn_snapshot *snapshot);
void kn_snapshot_let_go(kn_snapshots *snapshots, const kn_snapshot *snapshot); /* NULL is fine */

/* What is known of words, which learns those it is asked, so nobody else has it meanwhile. There are as many as cores, at most 8, of
 * some 2.5 MB each, made when they are first needed; who comes when all are lent waits. */
kn_code kn_snapshots_borrow_words(kn_snapshots *snapshots, kn_knowledge **out, kn_error *err);
void kn_snapshots_return_words(kn_snapshots *snapshots, const kn_knowledge *knowledge);

#endif
