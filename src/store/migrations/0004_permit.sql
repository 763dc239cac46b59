-- 0004 permit. What sites may receive and do with it, for the legal check of a match. Adds a table and changes the meaning
-- of none.

-- What sites may receive, by code of the List of Waste, and what they may do with it.
CREATE TABLE permit (
  fid INTEGER PRIMARY KEY,
  site_id TEXT NOT NULL REFERENCES site (site_id) DEFERRABLE INITIALLY DEFERRED,
  code_low TEXT NOT NULL,                -- 2, 4 or 6 digits: all that begins so
  operation TEXT
    CONSTRAINT "operation must be one of R1 to R13 or D1 to D15"
    CHECK (operation IN ('R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10', 'R11', 'R12', 'R13', 'D1', 'D2', 'D3',
      'D4', 'D5', 'D6', 'D7', 'D8', 'D9', 'D10', 'D11', 'D12', 'D13', 'D14', 'D15')),
  "to" TEXT
    CONSTRAINT "to must be a date YYYY-MM-DD" CHECK ("to" IS date("to", '+0 days')),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('permit', 'attributes', 'permit',
  'What sites may receive, by code of the List of Waste, and what they may do with it.', 0);
