-- 0002 plan. What knoop computed: one row per run, and beside it what a plan found, each row with its run_id.
-- Results name rows of the region by key and hold no reference to them: they say what was true for the
-- revision of their run, also after the region has moved on. Removing a run removes its results.

CREATE TABLE run (
  run_id INTEGER PRIMARY KEY AUTOINCREMENT,
  command TEXT NOT NULL,                 -- plan, balance ...
  settings TEXT NOT NULL
    CONSTRAINT "settings must be JSON" CHECK (json_valid(settings)),
  version TEXT NOT NULL,                 -- the knoop that computed it
  input_digest TEXT NOT NULL,            -- of the region it read
  revision INTEGER REFERENCES revision (revision),
  started TEXT NOT NULL,                 -- UTC
  finished TEXT NOT NULL,
  status TEXT NOT NULL,                  -- proven, stopped, infeasible ...
  summary TEXT NOT NULL
    CONSTRAINT "summary must be JSON" CHECK (json_valid(summary))
) STRICT;
CREATE INDEX run_command ON run (command);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('run', 'attributes', 'run', 'What knoop computed, when, from which revision.', 0);

-- What the plan moves from whom to whom, per year.
CREATE TABLE tie (
  fid INTEGER PRIMARY KEY,
  geom LINESTRING,                       -- NULL where the ends lie in one place
  run_id INTEGER NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
  from_kind TEXT NOT NULL
    CONSTRAINT "from_kind must be one of offer need unit gateway"
    CHECK (from_kind IN ('offer', 'need', 'unit', 'gateway')),
  from_id TEXT NOT NULL,
  from_site_id TEXT,
  to_kind TEXT NOT NULL
    CONSTRAINT "to_kind must be one of offer need unit gateway"
    CHECK (to_kind IN ('offer', 'need', 'unit', 'gateway')),
  to_id TEXT NOT NULL,
  to_site_id TEXT,
  resource_id TEXT NOT NULL,             -- what is handed over
  substitution TEXT,                     -- offered -> needed; NULL: direct
  mode_id TEXT,
  quantity REAL NOT NULL,                -- units offered per year
  ratio REAL NOT NULL,                   -- units needed per unit offered
  km REAL NOT NULL,
  level TEXT
    CONSTRAINT "level must be one of park municipality region intercity country world"
    CHECK (level IN ('park', 'municipality', 'region', 'intercity', 'country', 'world')),
  eur REAL NOT NULL,                     -- per year, against today
  co2_kg REAL NOT NULL,                  -- avoided per year
  to_verify INTEGER NOT NULL,            -- 1: a property the need asks for is not known
  is_estimate INTEGER NOT NULL,          -- 1: offer or need rests on an estimate
  case_id INTEGER                        -- the knot it belongs to
);
CREATE INDEX tie_run ON tie (run_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('tie', 'features', 'tie', 'What a plan moves from whom to whom, per year.', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('tie', 'geom', 'LINESTRING', 4326, 0, 0);

-- Ties that belong together: what one unit, need or gateway takes part in.
CREATE TABLE knot (
  fid INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
  case_id INTEGER NOT NULL,              -- 1, 2 ... in each run
  anchor_kind TEXT NOT NULL
    CONSTRAINT "anchor_kind must be one of offer need unit gateway"
    CHECK (anchor_kind IN ('offer', 'need', 'unit', 'gateway')),
  anchor_id TEXT NOT NULL,
  anchor_site_id TEXT,
  tie_count INTEGER NOT NULL,
  eur REAL NOT NULL,
  co2_kg REAL NOT NULL,
  jobs_fte REAL NOT NULL
) STRICT;
CREATE UNIQUE INDEX knot_run ON knot (run_id, case_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('knot', 'attributes', 'knot', 'Ties of a plan that belong together.', 0);

-- What the plan does with each unit, placed or not.
CREATE TABLE plan_unit (
  fid INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
  unit_id TEXT NOT NULL,
  site_id TEXT,                          -- where it is or is placed; NULL: nowhere
  open INTEGER NOT NULL,
  activity REAL NOT NULL,
  capacity REAL NOT NULL,
  dual_eur REAL,                         -- what one more unit of capacity is worth a year; NULL: not known
  eur REAL NOT NULL,
  co2_kg REAL NOT NULL,                  -- avoided per year; negative: emitted
  annuity_eur REAL NOT NULL
) STRICT;
CREATE INDEX plan_unit_run ON plan_unit (run_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('plan_unit', 'attributes', 'plan_unit', 'What a plan does with each unit.', 0);

-- What the plan uses of offers, needs and gateways, and what one more unit of them is worth a year, in the unit
-- of the objective of the run. An offer, need or gateway without a row has 0 for both.
CREATE TABLE plan_offer (
  fid INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
  offer_id TEXT NOT NULL,
  used REAL NOT NULL,
  dual REAL NOT NULL
) STRICT;
CREATE INDEX plan_offer_run ON plan_offer (run_id);
CREATE TABLE plan_need (
  fid INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
  need_id TEXT NOT NULL,
  met REAL NOT NULL,
  dual REAL NOT NULL
) STRICT;
CREATE INDEX plan_need_run ON plan_need (run_id);
CREATE TABLE plan_gateway (
  fid INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
  gateway_id TEXT NOT NULL,
  used REAL NOT NULL,
  dual REAL NOT NULL
) STRICT;
CREATE INDEX plan_gateway_run ON plan_gateway (run_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES
  ('plan_offer', 'attributes', 'plan_offer', 'What a plan uses of each offer.', 0),
  ('plan_need', 'attributes', 'plan_need', 'What a plan meets of each need.', 0),
  ('plan_gateway', 'attributes', 'plan_gateway', 'What a plan moves through each gateway.', 0);
