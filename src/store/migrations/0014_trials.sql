-- 0014 trials. What became of opportunities that were tried: by these outcomes knoop calibrates the chances that it tells. Keys are kept as
-- they were: what was tried need not be offered or needed any more.
CREATE TABLE trial (
  fid INTEGER PRIMARY KEY,
  trial_id TEXT NOT NULL,
  kind TEXT NOT NULL
    CONSTRAINT "kind must be one of need receiver chain practice heat space sector"
    CHECK (kind IN ('need', 'receiver', 'chain', 'practice', 'heat', 'space', 'sector')),
  offer_id TEXT,                         -- also when it is gone
  need_id TEXT,
  from_site_id TEXT,
  to_site_id TEXT,
  resource_id TEXT,
  precedent_id TEXT,                     -- of a receiver: the precedent that spoke for it
  told REAL                              -- the chance told before it was tried; NULL: the usual one of its kind
    CONSTRAINT "told must lie above 0 and below 1" CHECK (told > 0 AND told < 1),
  outcome TEXT NOT NULL
    CONSTRAINT "outcome must be one of feasible infeasible" CHECK (outcome IN ('feasible', 'infeasible')),
  "date" TEXT                            -- day on which that was known
    CONSTRAINT "date must be a date YYYY-MM-DD" CHECK ("date" IS date("date", '+0 days')),
  reason TEXT,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX trial_key ON trial (trial_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('trial', 'attributes', 'trial', 'What became of opportunities that were tried.', 0);
