-- 0010 meetings. Sessions in which partners build cases together (M14, P3): who is brought together and why, the agenda and minutes, and
-- what was said in the room. A session is a meeting in these tables, since `session` is what a browser has.
--
--   planned ─> invited ─> open (the room takes haves and wants) ─> held
--      └──────────┴──────────┴─> cancelled
CREATE TABLE meeting (
  meeting_id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL
    CONSTRAINT "title must have 1 to 200 characters" CHECK (length(title) BETWEEN 1 AND 200),
  goal TEXT,
  place TEXT,
  begins TEXT
    CONSTRAINT "begins must be a moment YYYY-MM-DDTHH:MM" CHECK (begins IS strftime('%Y-%m-%dT%H:%M', begins)),
  minutes_long INTEGER
    CONSTRAINT "minutes_long must be 5 to 1440" CHECK (minutes_long BETWEEN 5 AND 1440),
  status TEXT NOT NULL DEFAULT 'planned'
    CONSTRAINT "status must be one of planned invited open held cancelled"
    CHECK (status IN ('planned', 'invited', 'open', 'held', 'cancelled')),
  agenda TEXT,
  minutes TEXT,                          -- what was said and agreed; the invited read it once the meeting was held
  composed TEXT CHECK (composed IS NULL OR json_valid(composed)), -- why these partners: as the composer said it
  room_code TEXT UNIQUE,                 -- what participants type; NULL: the room is not open
  account_id INTEGER NOT NULL,           -- who convenes
  made TEXT NOT NULL                     -- UTC
) STRICT;
CREATE TRIGGER meeting_stays_ended BEFORE UPDATE OF status ON meeting
WHEN old.status IN ('held', 'cancelled') AND new.status <> old.status
BEGIN SELECT RAISE(ABORT, 'a meeting that was held or cancelled stays so'); END;

-- Whom it brings together. A refusal is remembered: the next proposal minds it.
CREATE TABLE meeting_actor (
  meeting_id INTEGER NOT NULL REFERENCES meeting (meeting_id) ON DELETE CASCADE,
  actor_id TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'proposed'
    CONSTRAINT "status must be one of proposed invited accepted refused attended absent"
    CHECK (status IN ('proposed', 'invited', 'accepted', 'refused', 'attended', 'absent')),
  reason TEXT,
  changed TEXT NOT NULL,                 -- UTC
  PRIMARY KEY (meeting_id, actor_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX meeting_actor_actor ON meeting_actor (actor_id);

-- Who is in the room, with a name they gave and no account. Erased when the meeting is closed: the entries keep the organisation.
CREATE TABLE room_person (
  person_id INTEGER PRIMARY KEY AUTOINCREMENT,
  meeting_id INTEGER NOT NULL REFERENCES meeting (meeting_id) ON DELETE CASCADE,
  name TEXT NOT NULL
    CONSTRAINT "name must have 1 to 80 characters" CHECK (length(name) BETWEEN 1 AND 80),
  organisation TEXT,
  token TEXT NOT NULL UNIQUE,            -- digest of what their phone holds
  joined TEXT NOT NULL                   -- UTC
) STRICT;
CREATE INDEX room_person_meeting ON room_person (meeting_id);

-- Haves and wants, in the words of who has or wants them. Only the words are needed.
CREATE TABLE room_entry (
  entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
  meeting_id INTEGER NOT NULL REFERENCES meeting (meeting_id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL REFERENCES room_person (person_id) ON DELETE CASCADE,
  side TEXT NOT NULL
    CONSTRAINT "side must be have or want" CHECK (side IN ('have', 'want')),
  words TEXT NOT NULL
    CONSTRAINT "words must have 1 to 300 characters" CHECK (length(words) BETWEEN 1 AND 300),
  amount TEXT,                           -- as it was said: "two pallets a week"
  place TEXT,
  meaning TEXT NOT NULL CHECK (json_valid(meaning)), -- what the words may mean: [{in, id, alike}]
  is_withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (is_withdrawn IN (0, 1)),
  made TEXT NOT NULL                     -- UTC
) STRICT;
CREATE INDEX room_entry_meeting ON room_entry (meeting_id);

-- A have and a want that may fit, or an idea that came up. Before people leave, each is taken on or laid aside; a meeting in which one is
-- still seen is not held.
--
--   seen ─owners, next step, day─> taken
--     └──────────reason──────────> dropped
CREATE TABLE opportunity (
  opportunity_id INTEGER PRIMARY KEY AUTOINCREMENT,
  meeting_id INTEGER NOT NULL REFERENCES meeting (meeting_id) ON DELETE CASCADE,
  have_id INTEGER REFERENCES room_entry (entry_id) ON DELETE CASCADE,
  want_id INTEGER REFERENCES room_entry (entry_id) ON DELETE CASCADE,
  alike REAL,                            -- 0 to 1; NULL: people saw it, not words
  title TEXT NOT NULL
    CONSTRAINT "title must have 1 to 300 characters" CHECK (length(title) BETWEEN 1 AND 300),
  owners TEXT,                           -- who takes it on, in words
  next_step TEXT,                        -- what they do first
  due TEXT
    CONSTRAINT "due must be a date YYYY-MM-DD" CHECK (due IS date(due, '+0 days')),
  status TEXT NOT NULL DEFAULT 'seen'
    CONSTRAINT "status must be one of seen taken dropped" CHECK (status IN ('seen', 'taken', 'dropped')),
  reason TEXT,                           -- why it was laid aside
  case_id INTEGER,                       -- the case it became
  made TEXT NOT NULL,                    -- UTC
  UNIQUE (have_id, want_id),
  CONSTRAINT "an opportunity that is taken on has owners, a next step and a day before which it is done"
    CHECK (status <> 'taken' OR (owners IS NOT NULL AND next_step IS NOT NULL AND due IS NOT NULL)),
  CONSTRAINT "an opportunity that is laid aside has a reason"
    CHECK ((status = 'dropped') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX opportunity_meeting ON opportunity (meeting_id);
