-- 0004 metabolism. What is known of wholes, what stands in stock, products as a service; what sites may receive and do with it. Adds tables and
-- changes the meaning of none; area gets the column population, site the column floor_m2 (src/store/migrate.c).

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
