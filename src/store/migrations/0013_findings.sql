-- 0013 findings. What the last check found, so that it need not be made anew to be read; and why something of today's list was laid
-- aside.

-- The last check and the state of the region that it saw. There is one at most.
CREATE TABLE finding_check (
  check_id INTEGER PRIMARY KEY
    CONSTRAINT "there is one check" CHECK (check_id = 1),
  made TEXT NOT NULL,                    -- UTC
  signature TEXT NOT NULL,               -- of the region when it was checked
  errors INTEGER NOT NULL,
  warnings INTEGER NOT NULL,
  hints INTEGER NOT NULL
) STRICT;

-- Its findings; of each rule the first few hundred. Sentences are in English: who reads them says them in another language.
CREATE TABLE finding (
  fid INTEGER PRIMARY KEY,
  severity TEXT NOT NULL
    CONSTRAINT "severity must be one of hint warning error" CHECK (severity IN ('hint', 'warning', 'error')),
  rule TEXT NOT NULL,
  table_name TEXT,
  row_key TEXT,                          -- the key, or "row 12"
  column_name TEXT,
  value TEXT,
  sentence TEXT NOT NULL,
  proposal TEXT
) STRICT;
CREATE INDEX finding_rule ON finding (rule);

-- Why somebody laid something aside, in their own words.
ALTER TABLE today_mark ADD COLUMN reason TEXT
  CONSTRAINT "reason must have at most 300 characters" CHECK (length(reason) <= 300);
