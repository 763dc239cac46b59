-- 0006 people. Invitations by link, what a session remembers, codes for who lost the second factor, and an audit log that only grows.
ALTER TABLE login ADD COLUMN handle TEXT;         -- names the session in lists; tells nothing about the token
ALTER TABLE login ADD COLUMN agent TEXT;          -- the browser, as it calls itself
ALTER TABLE login ADD COLUMN address TEXT;        -- from where
ALTER TABLE login ADD COLUMN rotated TEXT;        -- UTC; when the token was last replaced
ALTER TABLE login ADD COLUMN previous TEXT;       -- digest of the token before that one
ALTER TABLE login ADD COLUMN previous_until TEXT; -- UTC; requests on their way with the old token still count until then
CREATE INDEX login_previous ON login (previous);
CREATE INDEX login_handle ON login (handle);

ALTER TABLE account ADD COLUMN totp_pending TEXT; -- a secret that no code has proved yet
ALTER TABLE account ADD COLUMN erased TEXT;       -- UTC; since then the account names nobody

-- A link that lets somebody in (account), or lets somebody choose a new password (password). Used once.
CREATE TABLE invitation (
  invitation_id INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL UNIQUE,            -- BLAKE2b digest; the token itself is in the link only
  kind TEXT NOT NULL CHECK (kind IN ('account', 'password')),
  email TEXT NOT NULL COLLATE NOCASE
    CONSTRAINT "email must be an address with @" CHECK (email LIKE '_%@_%'),
  role TEXT NOT NULL
    CONSTRAINT "role must be one of viewer financier planner partner coordinator"
    CHECK (role IN ('viewer', 'financier', 'planner', 'partner', 'coordinator')),
  account_id INTEGER REFERENCES account (account_id) ON DELETE CASCADE, -- of a new password; or the account that was made
  ends_second_factor INTEGER NOT NULL DEFAULT 0 CHECK (ends_second_factor IN (0, 1)),
  made_by INTEGER NOT NULL,              -- account_id
  made TEXT NOT NULL,                    -- UTC
  ends TEXT NOT NULL,                    -- UTC
  used TEXT,                             -- UTC; NULL: not yet
  withdrawn TEXT                         -- UTC; NULL: it still counts
) STRICT;
CREATE INDEX invitation_account ON invitation (account_id);
CREATE TABLE invitation_actor (
  invitation_id INTEGER NOT NULL REFERENCES invitation (invitation_id) ON DELETE CASCADE,
  actor_id TEXT NOT NULL,
  PRIMARY KEY (invitation_id, actor_id)
) STRICT, WITHOUT ROWID;

-- Codes on paper, for who has lost the telephone. Each works once.
CREATE TABLE recovery (
  account_id INTEGER NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
  digest TEXT NOT NULL,                  -- BLAKE2b of the code and the account
  used TEXT,                             -- UTC; NULL: not yet
  PRIMARY KEY (account_id, digest)
) STRICT, WITHOUT ROWID;

-- INSERT OR REPLACE would remove a line without the trigger of 0005 being asked.
CREATE TRIGGER audit_is_appended BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE audit_id = NEW.audit_id)
BEGIN SELECT RAISE(ABORT, 'the audit log is history: nothing in it is replaced'); END;
CREATE INDEX audit_account ON audit (account_id);
CREATE INDEX edit_account ON edit (account_id);
