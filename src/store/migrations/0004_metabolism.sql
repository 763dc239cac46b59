-- 0004 metabolism. What is known of wholes, what stands in stock, products as a service; what products are made of, and what an
-- economy takes in and recycles; what sites may receive; in which hours things run; what is said about reported flows, and
-- what a balance found. Adds tables and changes the meaning of none, but that an end of a flow may now be a process or a balance_node as well; area
-- gets the column population, site the column floor_m2, offer and need the column profile_id (src/store/migrate.c).

-- What is known of areas and sectors as a whole; estimates are scaled to it.
CREATE TABLE total (
  fid INTEGER PRIMARY KEY,
  total_id TEXT NOT NULL,
  area_id TEXT REFERENCES area (area_id) DEFERRABLE INITIALLY DEFERRED,
  resource_id TEXT REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  nace TEXT,
  side TEXT
    CONSTRAINT "side must be one of offer need" CHECK (side IN ('offer', 'need')),
  year INTEGER,
  quantity REAL NOT NULL
    CONSTRAINT "quantity must not be below 0" CHECK (quantity >= 0),
  "unit" TEXT,
  rel_sd REAL
    CONSTRAINT "rel_sd must not be below 0" CHECK (rel_sd >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX total_key ON total (total_id);

-- Products, buildings and landfills in use.
CREATE TABLE stock (
  fid INTEGER PRIMARY KEY,
  stock_id TEXT NOT NULL,
  name TEXT,
  site_id TEXT REFERENCES site (site_id) DEFERRABLE INITIALLY DEFERRED,
  area_id TEXT REFERENCES area (area_id) DEFERRABLE INITIALLY DEFERRED,
  resource_id TEXT NOT NULL REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  driver TEXT NOT NULL
    CONSTRAINT "driver must be one of inflow stock" CHECK (driver IN ('inflow', 'stock')),
  lifetime TEXT NOT NULL
    CONSTRAINT "lifetime must be one of fixed normal weibull lognormal"
    CHECK (lifetime IN ('fixed', 'normal', 'weibull', 'lognormal')),
  mean_yr REAL
    CONSTRAINT "mean_yr must be above 0" CHECK (mean_yr > 0),
  sd_yr REAL
    CONSTRAINT "sd_yr must be above 0" CHECK (sd_yr > 0),
  shape REAL
    CONSTRAINT "shape must be above 0" CHECK (shape > 0),
  scale_yr REAL
    CONSTRAINT "scale_yr must be above 0" CHECK (scale_yr > 0),
  may_shrink INTEGER
    CONSTRAINT "may_shrink must be 0 or 1" CHECK (may_shrink IN (0, 1)),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX stock_key ON stock (stock_id);

-- What was put into a stock, or was in it, year by year.
CREATE TABLE stock_year (
  fid INTEGER PRIMARY KEY,
  stock_id TEXT NOT NULL REFERENCES stock (stock_id) DEFERRABLE INITIALLY DEFERRED,
  year INTEGER NOT NULL,
  inflow REAL,
  stock REAL
    CONSTRAINT "stock must not be below 0" CHECK (stock >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX stock_year_key ON stock_year (stock_id, year);

-- What stood in a stock at the end of the year before its first, by the year it was put in.
CREATE TABLE stock_cohort (
  fid INTEGER PRIMARY KEY,
  stock_id TEXT NOT NULL REFERENCES stock (stock_id) DEFERRABLE INITIALLY DEFERRED,
  cohort INTEGER NOT NULL,
  quantity REAL NOT NULL
    CONSTRAINT "quantity must not be below 0" CHECK (quantity >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX stock_cohort_key ON stock_cohort (stock_id, cohort);

-- Products as a service.
CREATE TABLE fleet (
  fid INTEGER PRIMARY KEY,
  fleet_id TEXT NOT NULL,
  name TEXT,
  site_id TEXT REFERENCES site (site_id) DEFERRABLE INITIALLY DEFERRED,
  area_id TEXT REFERENCES area (area_id) DEFERRABLE INITIALLY DEFERRED,
  resource_id TEXT NOT NULL REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  contract_years INTEGER NOT NULL
    CONSTRAINT "contract_years must lie in 1 to 1000" CHECK (contract_years BETWEEN 1 AND 1000),
  loss_at_return REAL
    CONSTRAINT "loss_at_return must lie in 0 to 1" CHECK (loss_at_return BETWEEN 0 AND 1),
  refurbish_yield REAL
    CONSTRAINT "refurbish_yield must lie in 0 to 1" CHECK (refurbish_yield BETWEEN 0 AND 1),
  most_refurbishments INTEGER
    CONSTRAINT "most_refurbishments must lie in 0 to 1000" CHECK (most_refurbishments BETWEEN 0 AND 1000),
  kg_new REAL
    CONSTRAINT "kg_new must not be below 0" CHECK (kg_new >= 0),
  kg_parts REAL
    CONSTRAINT "kg_parts must not be below 0" CHECK (kg_parts >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX fleet_key ON fleet (fleet_id);

-- Contracts of a fleet that begin, year by year.
CREATE TABLE fleet_year (
  fid INTEGER PRIMARY KEY,
  fleet_id TEXT NOT NULL REFERENCES fleet (fleet_id) DEFERRABLE INITIALLY DEFERRED,
  year INTEGER NOT NULL,
  contracts REAL NOT NULL
    CONSTRAINT "contracts must not be below 0" CHECK (contracts >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX fleet_year_key ON fleet_year (fleet_id, year);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES
  ('total', 'attributes', 'total', 'What is known of areas and sectors as a whole.', 0),
  ('stock', 'attributes', 'stock', 'Products, buildings and landfills in use.', 0),
  ('stock_year', 'attributes', 'stock_year', 'What was put into a stock, or was in it, year by year.', 0),
  ('stock_cohort', 'attributes', 'stock_cohort', 'What stood in a stock before its first year, by the year it was put in.', 0),
  ('fleet', 'attributes', 'fleet', 'Products as a service.', 0),
  ('fleet_year', 'attributes', 'fleet_year', 'Contracts of a fleet that begin, year by year.', 0);

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

-- Products, how long and how much they are used.
CREATE TABLE product (
  fid INTEGER PRIMARY KEY,
  product_id TEXT NOT NULL,
  name TEXT,
  site_id TEXT REFERENCES site (site_id) DEFERRABLE INITIALLY DEFERRED,
  actor_id TEXT REFERENCES actor (actor_id) DEFERRABLE INITIALLY DEFERRED,
  resource_id TEXT REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  weight REAL
    CONSTRAINT "weight must not be below 0" CHECK (weight >= 0),
  lifetime_yr REAL
    CONSTRAINT "lifetime_yr must be above 0" CHECK (lifetime_yr > 0),
  lifetime_average_yr REAL
    CONSTRAINT "lifetime_average_yr must be above 0" CHECK (lifetime_average_yr > 0),
  use_per_year REAL
    CONSTRAINT "use_per_year must be above 0" CHECK (use_per_year > 0),
  use_per_year_average REAL
    CONSTRAINT "use_per_year_average must be above 0" CHECK (use_per_year_average > 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX product_key ON product (product_id);

-- What products are made of, where that comes from and where it goes.
CREATE TABLE product_material (
  fid INTEGER PRIMARY KEY,
  product_id TEXT NOT NULL REFERENCES product (product_id) DEFERRABLE INITIALLY DEFERRED,
  material TEXT NOT NULL,                -- a name, or the key of a resource
  mass_kg REAL NOT NULL
    CONSTRAINT "mass_kg must be above 0" CHECK (mass_kg > 0),
  recycled_in REAL
    CONSTRAINT "recycled_in must lie in 0 to 1" CHECK (recycled_in BETWEEN 0 AND 1),
  reused_in REAL
    CONSTRAINT "reused_in must lie in 0 to 1" CHECK (reused_in BETWEEN 0 AND 1),
  bio_in REAL
    CONSTRAINT "bio_in must lie in 0 to 1" CHECK (bio_in BETWEEN 0 AND 1),
  to_recycling REAL
    CONSTRAINT "to_recycling must lie in 0 to 1" CHECK (to_recycling BETWEEN 0 AND 1),
  to_reuse REAL
    CONSTRAINT "to_reuse must lie in 0 to 1" CHECK (to_reuse BETWEEN 0 AND 1),
  to_compost REAL
    CONSTRAINT "to_compost must lie in 0 to 1" CHECK (to_compost BETWEEN 0 AND 1),
  to_energy REAL
    CONSTRAINT "to_energy must lie in 0 to 1" CHECK (to_energy BETWEEN 0 AND 1),
  eff_in REAL
    CONSTRAINT "eff_in must be above 0 and at most 1" CHECK (eff_in > 0 AND eff_in <= 1),
  eff_out REAL
    CONSTRAINT "eff_out must lie in 0 to 1" CHECK (eff_out BETWEEN 0 AND 1),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX product_material_key ON product_material (product_id, material);

-- What an economy takes in and recycles, by material and year; t. NULL is not known, not 0.
CREATE TABLE material_account (
  fid INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL,
  area_id TEXT REFERENCES area (area_id) DEFERRABLE INITIALLY DEFERRED,
  year INTEGER NOT NULL,
  material TEXT NOT NULL,
  extraction REAL
    CONSTRAINT "extraction must not be below 0" CHECK (extraction >= 0),
  imports REAL
    CONSTRAINT "imports must not be below 0" CHECK (imports >= 0),
  exports REAL
    CONSTRAINT "exports must not be below 0" CHECK (exports >= 0),
  recycled_domestic REAL
    CONSTRAINT "recycled_domestic must not be below 0" CHECK (recycled_domestic >= 0),
  imported_for_recycling REAL
    CONSTRAINT "imported_for_recycling must not be below 0" CHECK (imported_for_recycling >= 0),
  exported_for_recycling REAL
    CONSTRAINT "exported_for_recycling must not be below 0" CHECK (exported_for_recycling >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX material_account_key ON material_account (account_id);

-- What happens to waste, by stream and year; t. NULL is not known, not 0.
CREATE TABLE treatment_account (
  fid INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL,
  area_id TEXT REFERENCES area (area_id) DEFERRABLE INITIALLY DEFERRED,
  year INTEGER NOT NULL,
  waste TEXT NOT NULL,
  recycled REAL
    CONSTRAINT "recycled must not be below 0" CHECK (recycled >= 0),
  backfilled REAL
    CONSTRAINT "backfilled must not be below 0" CHECK (backfilled >= 0),
  energy_recovery REAL
    CONSTRAINT "energy_recovery must not be below 0" CHECK (energy_recovery >= 0),
  incinerated REAL
    CONSTRAINT "incinerated must not be below 0" CHECK (incinerated >= 0),
  landfilled REAL
    CONSTRAINT "landfilled must not be below 0" CHECK (landfilled >= 0),
  imported_for_recycling REAL
    CONSTRAINT "imported_for_recycling must not be below 0" CHECK (imported_for_recycling >= 0),
  exported_for_recycling REAL
    CONSTRAINT "exported_for_recycling must not be below 0" CHECK (exported_for_recycling >= 0),
  is_major_mineral INTEGER
    CONSTRAINT "is_major_mineral must be 0 or 1" CHECK (is_major_mineral IN (0, 1)),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX treatment_account_key ON treatment_account (account_id);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES
  ('product', 'attributes', 'product', 'Products, how long and how much they are used.', 0),
  ('product_material', 'attributes', 'product_material', 'What products are made of, where that comes from and where it goes.', 0),
  ('material_account', 'attributes', 'material_account', 'What an economy takes in and recycles, by material and year.', 0),
  ('treatment_account', 'attributes', 'treatment_account', 'What happens to waste, by stream and year.', 0);

-- When things run, as a typical year: loads by month, type of day and hour, of which only ratios count.
CREATE TABLE profile (
  fid INTEGER PRIMARY KEY,
  profile_id TEXT NOT NULL,
  name TEXT,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX profile_key ON profile (profile_id);

CREATE TABLE profile_hour (
  fid INTEGER PRIMARY KEY,
  profile_id TEXT NOT NULL REFERENCES profile (profile_id) DEFERRABLE INITIALLY DEFERRED,
  month INTEGER                          -- NULL: every month
    CONSTRAINT "month must lie in 1 to 12" CHECK (month BETWEEN 1 AND 12),
  day_type TEXT                          -- NULL: every day
    CONSTRAINT "day_type must be one of workday saturday sunday" CHECK (day_type IN ('workday', 'saturday', 'sunday')),
  hour INTEGER                           -- NULL: a factor of the whole day
    CONSTRAINT "hour must lie in 0 to 23" CHECK (hour BETWEEN 0 AND 23),
  load REAL NOT NULL
    CONSTRAINT "load must not be below 0" CHECK (load >= 0)
) STRICT;

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES
  ('profile', 'attributes', 'profile', 'When things run: hours of a typical year.', 0),
  ('profile_hour', 'attributes', 'profile_hour', 'Loads of profiles by month, type of day and hour.', 0);
