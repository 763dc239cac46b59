/* What the caller lends: a place to tell progress, a wish to stop, a clock. */
#include "knoop/base.h"

void
kn_watch_tell(const kn_watch *watch, const kn_progress *progress)
{
  if (watch != NULL && watch->tell != NULL)
    watch->tell(watch->arg, progress);
}

bool
kn_watch_is_stopped(const kn_watch *watch)
{
  return watch != NULL && watch->is_stopped != NULL && watch->is_stopped(watch->arg);
}

double
kn_watch_seconds(const kn_watch *watch)
{
  return watch != NULL && watch->seconds != NULL ? watch->seconds(watch->arg) : 0;
}
