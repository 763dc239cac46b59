-- 0011 jobs. Long computations that were asked for in the portal. What they found is in `run` and its tables, as if a command had been
-- given.
--
--   waiting ─> running ─> done | failed
--      └────────┴─> cancelled           (asked for by somebody)
--      └────────┴─> interrupted         (the server ended meanwhile; a plan has then kept its best)
CREATE TABLE job (
  job_id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL
    CONSTRAINT "kind must be one of plan estimate balance ask stocks"
    CHECK (kind IN ('plan', 'estimate', 'balance', 'ask', 'stocks')),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  status TEXT NOT NULL DEFAULT 'waiting'
    CHECK (status IN ('waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
  account_id INTEGER NOT NULL,
  asked TEXT NOT NULL,                   -- UTC
  started TEXT,
  finished TEXT,
  run_id INTEGER,                        -- what it saved; NULL: nothing
  message TEXT                           -- what went wrong; NULL: nothing
) STRICT;
CREATE INDEX job_status ON job (status);
CREATE TRIGGER job_only_goes_on BEFORE UPDATE OF status ON job WHEN old.status NOT IN ('waiting', 'running')
BEGIN SELECT RAISE(ABORT, 'a job that has ended stays as it ended'); END;
