-- 0004 balance. What is said about reported flows: how their nodes balance, transfer coefficients, what flows carry, how large
-- stocks are; and what a balance found. Adds tables and changes the meaning of none: an end of a flow may now be a process
-- or a balance_node as well.

-- How single nodes balance, and nodes of reported flows that are none of the region's.
CREATE TABLE balance_node (
  fid INTEGER PRIMARY KEY,
  node_id TEXT NOT NULL,
  name TEXT,
  layer TEXT,                            -- as mass;carbon
  balanced INTEGER
    CONSTRAINT "balanced must be 0 or 1" CHECK (balanced IN (0, 1)),
  "by" TEXT
    CONSTRAINT "by must be one of resource class" CHECK ("by" IN ('resource', 'class')),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX balance_node_key ON balance_node (node_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('balance_node', 'attributes', 'balance_node',
  'How single nodes balance, and nodes of reported flows that are none of the region''s.', 0);

-- Transfer coefficients: a flow as a share of another.
CREATE TABLE transfer (
  fid INTEGER PRIMARY KEY,
  transfer_id TEXT NOT NULL,
  from_flow TEXT NOT NULL REFERENCES flow (flow_id) DEFERRABLE INITIALLY DEFERRED,
  to_flow TEXT NOT NULL REFERENCES flow (flow_id) DEFERRABLE INITIALLY DEFERRED,
  value REAL
    CONSTRAINT "value must not be below 0" CHECK (value >= 0),
  rel_sd REAL
    CONSTRAINT "rel_sd must not be below 0" CHECK (rel_sd >= 0),
  sd REAL
    CONSTRAINT "sd must not be below 0" CHECK (sd >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX transfer_key ON transfer (transfer_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('transfer', 'attributes', 'transfer', 'Transfer coefficients: a flow as a share of another.', 0);

-- What reported flows carry per unit: further layers of the balance.
CREATE TABLE flow_property (
  fid INTEGER PRIMARY KEY,
  flow_id TEXT NOT NULL REFERENCES flow (flow_id) DEFERRABLE INITIALLY DEFERRED,
  property TEXT NOT NULL,
  value REAL
    CONSTRAINT "value must not be below 0" CHECK (value >= 0),
  "unit" TEXT,
  rel_sd REAL
    CONSTRAINT "rel_sd must not be below 0" CHECK (rel_sd >= 0),
  sd REAL
    CONSTRAINT "sd must not be below 0" CHECK (sd >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX flow_property_key ON flow_property (flow_id, property);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('flow_property', 'attributes', 'flow_property', 'What reported flows carry per unit: further layers of the balance.', 0);

-- How large stocks are reported to be at the end of a year.
CREATE TABLE stock_level (
  fid INTEGER PRIMARY KEY,
  stock_level_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  resource_id TEXT NOT NULL REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  year INTEGER NOT NULL,
  quantity REAL
    CONSTRAINT "quantity must not be below 0" CHECK (quantity >= 0),
  "unit" TEXT,
  rel_sd REAL
    CONSTRAINT "rel_sd must not be below 0" CHECK (rel_sd >= 0),
  sd REAL
    CONSTRAINT "sd must not be below 0" CHECK (sd >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX stock_level_key ON stock_level (stock_level_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('stock_level', 'attributes', 'stock_level', 'How large stocks are reported to be at the end of a year.', 0);

-- What a balance found for each figure.
CREATE TABLE balance_flow (
  fid INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
  kind TEXT NOT NULL
    CONSTRAINT "kind must be one of flow transfer property content level"
    CHECK (kind IN ('flow', 'transfer', 'property', 'content', 'level')),
  id TEXT NOT NULL,                      -- flow_id, transfer_id or stock_level_id
  property TEXT,                         -- layer of a property or content
  year INTEGER,
  from_id TEXT,
  to_id TEXT,
  resource_id TEXT,
  measured REAL,                         -- NULL: nobody measured it
  measured_sd REAL,                      -- 0: exactly known
  reconciled REAL,                       -- NULL: not known
  sd REAL,
  class TEXT NOT NULL
    CONSTRAINT "class must be one of redundant nonredundant fixed observable unobservable"
    CHECK (class IN ('redundant', 'nonredundant', 'fixed', 'observable', 'unobservable')),
  z REAL,
  gross INTEGER NOT NULL,                -- 1: it contradicts the other figures
  eliminated INTEGER NOT NULL            -- 1: it was left out
) STRICT;
CREATE INDEX balance_flow_run ON balance_flow (run_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('balance_flow', 'attributes', 'balance_flow', 'What a balance found for each figure.', 0);

-- What balances, and by how much it did not before.
CREATE TABLE balance_gap (
  fid INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
  node_id TEXT NOT NULL,
  year INTEGER NOT NULL,
  layer TEXT NOT NULL,
  resource_id TEXT,                      -- NULL: all of the layer together
  gap_before REAL,                       -- what enters less what leaves; NULL: something is not known
  gap_after REAL
) STRICT;
CREATE INDEX balance_gap_run ON balance_gap (run_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('balance_gap', 'attributes', 'balance_gap', 'What balances, and by how much it did not before.', 0);
