/* Long computations of the portal, one after another on a thread of their own. */
#ifndef KN_PORTAL_JOBS_H
#define KN_PORTAL_JOBS_H

#include "portal/portal.h"

typedef struct kn_jobs kn_jobs;
/* Starts the thread. Jobs that the last server left unfinished become "interrupted" first. */
kn_code kn_jobs_start(kn_jobs **out, kn_portal *portal, kn_error *err);
void kn_jobs_stop(kn_jobs *jobs); /* the running one is stopped as by Ctrl-C, so a plan keeps its best; NULL is fine */
void kn_jobs_wake(kn_jobs *jobs); /* there is a new job in the file */
bool kn_jobs_cancel(kn_jobs *jobs, int64_t job_id); /* false: it is not the one that runs */
/* How far the running job is, as members of an object; false: it is not the one that runs. */
bool kn_jobs_progress(kn_jobs *jobs, int64_t job_id, json_t *into);

#endif
