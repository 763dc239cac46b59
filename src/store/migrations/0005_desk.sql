-- 0005 desk. The people who work on a region together: accounts, what they may, and what they did. Tables of the desk are not part of
-- the region data package: `knoop export` leaves them out.

-- Who may come in.
CREATE TABLE account (
  account_id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL COLLATE NOCASE UNIQUE
    CONSTRAINT "email must be an address with @" CHECK (email LIKE '_%@_%'),
  name TEXT NOT NULL
    CONSTRAINT "name must have 1 to 200 characters" CHECK (length(name) BETWEEN 1 AND 200),
  role TEXT NOT NULL
    CONSTRAINT "role must be one of viewer financier planner partner coordinator"
    CHECK (role IN ('viewer', 'financier', 'planner', 'partner', 'coordinator')),
  password TEXT,                         -- argon2id, as libsodium writes it; NULL: none set yet
  totp TEXT,                             -- secret of the second factor, base32; NULL: none
  totp_last INTEGER NOT NULL DEFAULT 0,  -- the last step used: a code works once
  failures INTEGER NOT NULL DEFAULT 0,   -- passwords that were wrong since the last right one
  locked_until TEXT,                     -- UTC; NULL: not locked
  language TEXT NOT NULL DEFAULT 'nl',
  is_closed INTEGER NOT NULL DEFAULT 0 CHECK (is_closed IN (0, 1)),
  made TEXT NOT NULL                     -- UTC
) STRICT;

-- For whom a partner speaks.
CREATE TABLE account_actor (
  account_id INTEGER NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
  actor_id TEXT NOT NULL,
  PRIMARY KEY (account_id, actor_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_actor_actor ON account_actor (actor_id);

-- Who is signed in. The token itself is with the browser only; here is its BLAKE2b digest.
CREATE TABLE login (
  token TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
  csrf TEXT NOT NULL,
  made TEXT NOT NULL,                    -- UTC
  seen TEXT NOT NULL,                    -- UTC, to the quarter of an hour
  ends TEXT NOT NULL                     -- UTC
) STRICT, WITHOUT ROWID;
CREATE INDEX login_account ON login (account_id);

-- Every change of a row that was made at the desk, with the row before and after.
CREATE TABLE edit (
  edit_id INTEGER PRIMARY KEY AUTOINCREMENT,
  table_name TEXT NOT NULL,
  row_key TEXT NOT NULL,
  before TEXT,                           -- JSON; NULL: the row was added
  after TEXT,                            -- JSON; NULL: the row was removed
  account_id INTEGER NOT NULL,           -- 0: nobody who was signed in
  made TEXT NOT NULL,                    -- UTC
  undo_of INTEGER REFERENCES edit (edit_id)
) STRICT;
CREATE INDEX edit_row ON edit (table_name, row_key);

-- What was asked for under a key of the client's, so that asking again does nothing twice. Kept for a day.
CREATE TABLE once (
  account_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  made TEXT NOT NULL,                    -- UTC
  PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX once_made ON once (made);

-- Who did what, for good.
CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY AUTOINCREMENT,
  made TEXT NOT NULL,                    -- UTC
  account_id INTEGER NOT NULL,           -- 0: nobody who was signed in
  what TEXT NOT NULL,
  about TEXT,
  detail TEXT CHECK (detail IS NULL OR json_valid(detail)),
  chain TEXT NOT NULL                    -- digest of this line and the chain before
) STRICT;
CREATE TRIGGER audit_is_history BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is history: nothing in it is changed'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is history: nothing of it is removed'); END;
