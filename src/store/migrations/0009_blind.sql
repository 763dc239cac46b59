-- 0009 blind matching. What people enter in their own words, and introductions between who do not know each other yet. Tables of the desk:
-- `knoop export` leaves them out.

-- The key of tokens, random, made when first asked for.
CREATE TABLE blind_secret (
  secret_id INTEGER PRIMARY KEY CHECK (secret_id = 1),
  secret TEXT NOT NULL
) STRICT;

-- What somebody entered at the counter, complete or not. A complete one has a row in offer or need.
CREATE TABLE entry (
  entry_id TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL,           -- who entered it
  actor_id TEXT,                         -- for whom; NULL: not said yet
  kind TEXT NOT NULL
    CONSTRAINT "kind must be offer or need" CHECK (kind IN ('offer', 'need')),
  words TEXT NOT NULL
    CONSTRAINT "words must have 1 to 300 characters" CHECK (length(words) BETWEEN 1 AND 300),
  amount TEXT,                           -- as said: "een vrachtwagen per week"
  resource_id TEXT,
  everyday_id TEXT,                      -- of the reference, where the region has no resource for it yet
  quantity REAL CHECK (quantity IS NULL OR quantity >= 0), -- a year
  rel_sd REAL,
  site_id TEXT,
  fate TEXT,
  cost_eur REAL,                         -- a year: what today's fate costs, or what the need costs now
  disclosure TEXT NOT NULL DEFAULT 'broker'
    CONSTRAINT "disclosure must be one of public partners broker" CHECK (disclosure IN ('public', 'partners', 'broker')),
  row_id TEXT,                           -- of the offer or need that came of it
  made TEXT NOT NULL,                    -- UTC
  moved TEXT NOT NULL                    -- UTC, last change
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_actor ON entry (actor_id);
CREATE INDEX entry_row ON entry (row_id);

-- Introductions; states in src/tasks/intro.c.
CREATE TABLE intro (
  intro_id TEXT PRIMARY KEY,
  state TEXT NOT NULL
    CHECK (state IN ('asked', 'declined', 'accepted', 'willing', 'unwilling', 'introduced', 'case', 'ended', 'withdrawn')),
  asker_kind TEXT NOT NULL CHECK (asker_kind IN ('offer', 'need')),
  asker_id TEXT NOT NULL,
  asker_actor_id TEXT NOT NULL,
  other_kind TEXT NOT NULL CHECK (other_kind IN ('offer', 'need', 'unit')),
  other_id TEXT NOT NULL,
  other_actor_id TEXT NOT NULL,
  asker_card TEXT NOT NULL CHECK (json_valid(asker_card)), -- what the asker sees of the other
  other_card TEXT NOT NULL CHECK (json_valid(other_card)), -- what the other sees of the asker
  asker_step INTEGER NOT NULL DEFAULT 0 CHECK (asker_step BETWEEN 0 AND 4), -- revealed so far, each by itself
  other_step INTEGER NOT NULL DEFAULT 0 CHECK (other_step BETWEEN 0 AND 4),
  is_put INTEGER NOT NULL DEFAULT 0 CHECK (is_put IN (0, 1)), -- the other side was asked
  asker_contact TEXT,
  other_contact TEXT,
  note TEXT,                             -- of the asker, for the broker
  reason TEXT,                           -- of a refusal, for the broker
  refused_by TEXT CHECK (refused_by IN ('broker', 'asker', 'other')),
  case_id TEXT,
  asked_by INTEGER NOT NULL,             -- account
  made TEXT NOT NULL,                    -- UTC
  moved TEXT NOT NULL                    -- UTC, last step
) STRICT, WITHOUT ROWID;
CREATE INDEX intro_state ON intro (state, moved);
CREATE INDEX intro_asker ON intro (asker_actor_id);
CREATE INDEX intro_other ON intro (other_actor_id);
-- Not twice at the same time about the same.
CREATE UNIQUE INDEX intro_open ON intro (asker_kind, asker_id, other_kind, other_id)
  WHERE state IN ('asked', 'accepted', 'willing', 'introduced');

-- Each step, for good.
CREATE TABLE intro_event (
  event_id INTEGER PRIMARY KEY AUTOINCREMENT,
  intro_id TEXT NOT NULL REFERENCES intro (intro_id),
  side TEXT NOT NULL CHECK (side IN ('asker', 'other', 'broker')), -- who did it
  what TEXT NOT NULL,
  step INTEGER,
  note TEXT,                             -- for the broker, and for who wrote it
  account_id INTEGER NOT NULL,
  made TEXT NOT NULL                     -- UTC
) STRICT;
CREATE INDEX intro_event_intro ON intro_event (intro_id);
CREATE TRIGGER intro_event_is_history BEFORE UPDATE ON intro_event
BEGIN SELECT RAISE(ABORT, 'a step of an introduction is history: it is not changed'); END;
CREATE TRIGGER intro_event_is_kept BEFORE DELETE ON intro_event
BEGIN SELECT RAISE(ABORT, 'a step of an introduction is history: it is not removed'); END;
-- How often somebody changes figures, for the limit on probing.
CREATE INDEX edit_by_account ON edit (account_id, made);
