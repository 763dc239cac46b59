-- 0001 region. The region file as a GeoPackage 1.3: the tables of the region data package, each under its own
-- name, in units of the resource, beside the tables a GeoPackage must have and the history of the file itself.
--
-- Text is keys, words and dates (YYYY-MM-DD) as people read them; NULL is blank. References hold the key of
-- another row and are checked when a transaction ends, so rows may come in any order. Feature tables are not
-- STRICT, because SQLite knows no geometry type. Keys are unique by an index of their own, which a first import
-- builds after its rows. `geom` says where a site or gateway is; lon and lat stay beside it and follow it.

PRAGMA application_id = 0x47504B47;         -- GPKG
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326,
   'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],' ||
   'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,' ||
   'AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
   'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents (table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);
CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);

-- Which migrations this file has seen; the largest number is its version.
CREATE TABLE schema_version (
  version INTEGER PRIMARY KEY,
  knoop TEXT NOT NULL,                   -- the knoop that did it
  made TEXT NOT NULL                     -- when, UTC
) STRICT;
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('schema_version', 'attributes', 'schema_version', 'Which migrations this file has seen.', 0);

-- Each import or edit made with knoop.
CREATE TABLE revision (
  revision INTEGER PRIMARY KEY,
  made TEXT NOT NULL,                    -- when, UTC
  what TEXT NOT NULL,                    -- the command, in words
  who TEXT,                              -- who asked for it
  source TEXT,                           -- the files or the person it came from
  rows_changed INTEGER NOT NULL,
  digest TEXT NOT NULL                   -- of the whole region after it
) STRICT;
CREATE TRIGGER revision_is_history BEFORE UPDATE ON revision
BEGIN SELECT RAISE(ABORT, 'a revision is history: add a row instead of changing one'); END;
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('revision', 'attributes', 'revision', 'Each import or edit made with knoop.', 0);

-- Columns the data package has and knoop does not know are kept under their own name. Where SQLite cannot hold
-- that name (it takes Name and name for the same), this says which column stands for it.
CREATE TABLE extra_column (
  fid INTEGER PRIMARY KEY,
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,             -- in this file
  name TEXT NOT NULL,                    -- in the data package
  UNIQUE (table_name, column_name)
) STRICT;
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('extra_column', 'attributes', 'extra_column', 'Columns that stand under another name here.', 0);

-- What holds for the region as a whole.
CREATE TABLE settings (
  fid INTEGER PRIMARY KEY,
  "key" TEXT NOT NULL,
  value TEXT
) STRICT;
CREATE UNIQUE INDEX settings_key ON settings ("key");
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('settings', 'attributes', 'settings', 'What holds for the region as a whole.', 0);

-- Where figures come from.
CREATE TABLE source (
  fid INTEGER PRIMARY KEY,
  source_id TEXT NOT NULL,
  title TEXT NOT NULL,
  publisher TEXT,
  year INTEGER,
  licence TEXT,
  link TEXT,
  reliability INTEGER,
  completeness INTEGER,
  temporal INTEGER,
  geographical INTEGER,
  technological INTEGER,
  kind TEXT
    CONSTRAINT "kind must be one of measured reported register literature estimate"
    CHECK (kind IN ('measured', 'reported', 'register', 'literature', 'estimate'))
) STRICT;
CREATE UNIQUE INDEX source_key ON source (source_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('source', 'attributes', 'source', 'Where figures come from.', 0);

-- Parks, municipalities and what they are part of.
CREATE TABLE area (
  fid INTEGER PRIMARY KEY,
  geom MULTIPOLYGON,
  area_id TEXT NOT NULL,
  name TEXT NOT NULL,
  level TEXT NOT NULL
    CONSTRAINT "level must be one of park municipality region intercity country world"
    CHECK (level IN ('park', 'municipality', 'region', 'intercity', 'country', 'world')),
  parent_id TEXT REFERENCES area (area_id) DEFERRABLE INITIALLY DEFERRED,
  "from" TEXT
    CONSTRAINT "from must be a date YYYY-MM-DD" CHECK ("from" IS date("from", '+0 days')),
  "to" TEXT
    CONSTRAINT "to must be a date YYYY-MM-DD" CHECK ("to" IS date("to", '+0 days')),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX area_key ON area (area_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('area', 'features', 'area', 'Parks, municipalities and what they are part of.', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('area', 'geom', 'MULTIPOLYGON', 4326, 0, 0);
INSERT INTO gpkg_extensions VALUES
  ('area', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_area_geom USING rtree (id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_area_geom_insert AFTER INSERT ON area
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_area_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_area_geom_update1 AFTER UPDATE OF geom ON area
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_area_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_area_geom_update2 AFTER UPDATE OF geom ON area
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_area_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_area_geom_update3 AFTER UPDATE ON area
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_area_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_area_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_area_geom_update4 AFTER UPDATE ON area
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_area_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_area_geom_delete AFTER DELETE ON area
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_area_geom WHERE id = OLD.fid;
END;

-- Companies, governments and others who act.
CREATE TABLE actor (
  fid INTEGER PRIMARY KEY,
  actor_id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT
    CONSTRAINT "kind must be one of company government knowledge citizens financier incubator coordinator"
    CHECK (kind IN ('company', 'government', 'knowledge', 'citizens', 'financier', 'incubator', 'coordinator')),
  nace TEXT,
  jobs_fte REAL,
  website TEXT,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX actor_key ON actor (actor_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('actor', 'attributes', 'actor', 'Companies, governments and others who act.', 0);

-- Places where actors are.
CREATE TABLE site (
  fid INTEGER PRIMARY KEY,
  geom POINT,
  site_id TEXT NOT NULL,
  actor_id TEXT NOT NULL REFERENCES actor (actor_id) DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  lon REAL
    CONSTRAINT "lon must lie in -180 to 180" CHECK (lon BETWEEN -180 AND 180),
  lat REAL
    CONSTRAINT "lat must lie in -90 to 90" CHECK (lat BETWEEN -90 AND 90),
  area_id TEXT REFERENCES area (area_id) DEFERRABLE INITIALLY DEFERRED,
  address TEXT,
  location_quality TEXT
    CONSTRAINT "location_quality must be one of surveyed address estate municipality"
    CHECK (location_quality IN ('surveyed', 'address', 'estate', 'municipality')),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "a site needs a point or lon and lat" CHECK (geom IS NOT NULL OR (lon IS NOT NULL AND lat IS NOT NULL))
);
CREATE UNIQUE INDEX site_key ON site (site_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('site', 'features', 'site', 'Places where actors are.', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('site', 'geom', 'POINT', 4326, 0, 0);
INSERT INTO gpkg_extensions VALUES
  ('site', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_site_geom USING rtree (id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_site_geom_insert AFTER INSERT ON site
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_site_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_site_geom_update1 AFTER UPDATE OF geom ON site
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_site_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_site_geom_update2 AFTER UPDATE OF geom ON site
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_site_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_site_geom_update3 AFTER UPDATE ON site
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_site_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_site_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_site_geom_update4 AFTER UPDATE ON site
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_site_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_site_geom_delete AFTER DELETE ON site
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_site_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER site_new_place AFTER INSERT ON site
  WHEN NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  UPDATE site SET lon = ST_MinX(NEW.geom), lat = ST_MinY(NEW.geom) WHERE fid = NEW.fid;
END;
CREATE TRIGGER site_moves AFTER UPDATE OF geom ON site
  WHEN NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  UPDATE site SET lon = ST_MinX(NEW.geom), lat = ST_MinY(NEW.geom) WHERE fid = NEW.fid;
END;
CREATE TRIGGER site_stays BEFORE UPDATE OF lon, lat ON site
  WHEN NEW.geom IS OLD.geom AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  SELECT RAISE(ABORT, 'lon and lat follow the point: move the site on the map instead');
END;

-- Materials, energy, water, space, labour, knowledge and capital, and what is a kind of what.
CREATE TABLE resource (
  fid INTEGER PRIMARY KEY,
  resource_id TEXT NOT NULL,
  class TEXT NOT NULL
    CONSTRAINT "class must be one of material energy water space labour knowledge capital"
    CHECK (class IN ('material', 'energy', 'water', 'space', 'labour', 'knowledge', 'capital')),
  name TEXT NOT NULL,
  name_nl TEXT,
  name_fr TEXT,
  name_de TEXT,
  parent_id TEXT REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  code_low TEXT,
  code_ewcstat TEXT,
  code_cpa TEXT,
  hazardous INTEGER
    CONSTRAINT "hazardous must be 0 or 1" CHECK (hazardous IN (0, 1)),
  stream TEXT
    CONSTRAINT "stream must be one of R1 R2 R3 R4 R5 R6 R7 R8 R9 R10"
    CHECK (stream IN ('R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10')),
  t_per_unit REAL,
  virgin_share REAL
    CONSTRAINT "virgin_share must lie in 0 to 1" CHECK (virgin_share BETWEEN 0 AND 1),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX resource_key ON resource (resource_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('resource', 'attributes', 'resource', 'Materials, energy, water, space, labour, knowledge and capital, and what is a kind of what.', 0);

-- What someone holds and could let go.
CREATE TABLE offer (
  fid INTEGER PRIMARY KEY,
  offer_id TEXT NOT NULL,
  site_id TEXT NOT NULL REFERENCES site (site_id) DEFERRABLE INITIALLY DEFERRED,
  resource_id TEXT NOT NULL REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  quantity REAL NOT NULL
    CONSTRAINT "quantity must not be below 0" CHECK (quantity >= 0),
  "unit" TEXT,
  rel_sd REAL,
  fate TEXT
    CONSTRAINT "fate must be one of landfill incineration energy_recovery recycling reuse storage discharge vacant idle unused unknown"
    CHECK (fate IN ('landfill', 'incineration', 'energy_recovery', 'recycling', 'reuse', 'storage', 'discharge', 'vacant', 'idle', 'unused', 'unknown')),
  fate_eur REAL,
  fate_co2_kg REAL,
  "from" TEXT
    CONSTRAINT "from must be a date YYYY-MM-DD" CHECK ("from" IS date("from", '+0 days')),
  "to" TEXT
    CONSTRAINT "to must be a date YYYY-MM-DD" CHECK ("to" IS date("to", '+0 days')),
  disclosure TEXT
    CONSTRAINT "disclosure must be one of public partners broker"
    CHECK (disclosure IN ('public', 'partners', 'broker')),
  description TEXT,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX offer_key ON offer (offer_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('offer', 'attributes', 'offer', 'What someone holds and could let go.', 0);

-- What someone lacks.
CREATE TABLE need (
  fid INTEGER PRIMARY KEY,
  need_id TEXT NOT NULL,
  resource_id TEXT NOT NULL REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  quantity REAL NOT NULL
    CONSTRAINT "quantity must not be below 0" CHECK (quantity >= 0),
  site_id TEXT REFERENCES site (site_id) DEFERRABLE INITIALLY DEFERRED,
  "unit" TEXT,
  rel_sd REAL,
  price_eur REAL,
  market_co2_kg REAL,
  "from" TEXT
    CONSTRAINT "from must be a date YYYY-MM-DD" CHECK ("from" IS date("from", '+0 days')),
  "to" TEXT
    CONSTRAINT "to must be a date YYYY-MM-DD" CHECK ("to" IS date("to", '+0 days')),
  disclosure TEXT
    CONSTRAINT "disclosure must be one of public partners broker"
    CHECK (disclosure IN ('public', 'partners', 'broker')),
  description TEXT,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX need_key ON need (need_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('need', 'attributes', 'need', 'What someone lacks.', 0);

-- Known properties of offers.
CREATE TABLE offer_property (
  fid INTEGER PRIMARY KEY,
  offer_id TEXT NOT NULL REFERENCES offer (offer_id) DEFERRABLE INITIALLY DEFERRED,
  property TEXT NOT NULL,
  value REAL NOT NULL,
  "unit" TEXT,
  rel_sd REAL,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX offer_property_key ON offer_property (offer_id, property);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('offer_property', 'attributes', 'offer_property', 'Known properties of offers.', 0);

-- Properties that needs ask for.
CREATE TABLE need_spec (
  fid INTEGER PRIMARY KEY,
  need_id TEXT NOT NULL REFERENCES need (need_id) DEFERRABLE INITIALLY DEFERRED,
  property TEXT NOT NULL,
  min REAL,
  max REAL,
  "unit" TEXT,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX need_spec_key ON need_spec (need_id, property);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('need_spec', 'attributes', 'need_spec', 'Properties that needs ask for.', 0);

-- What can replace what.
CREATE TABLE substitution (
  fid INTEGER PRIMARY KEY,
  offered_id TEXT NOT NULL REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  needed_id TEXT NOT NULL REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  ratio REAL NOT NULL
    CONSTRAINT "ratio must be above 0" CHECK (ratio > 0),
  cost_eur REAL,
  max_share REAL
    CONSTRAINT "max_share must lie in 0 to 1" CHECK (max_share BETWEEN 0 AND 1),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('substitution', 'attributes', 'substitution', 'What can replace what.', 0);

-- Recipes: what they cost and bring.
CREATE TABLE process (
  fid INTEGER PRIMARY KEY,
  process_id TEXT NOT NULL,
  name TEXT NOT NULL,
  activity_unit TEXT,
  r_strategy TEXT
    CONSTRAINT "r_strategy must be one of R0 R1 R2 R3 R4 R5 R6 R7 R8 R9"
    CHECK (r_strategy IN ('R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9')),
  opex_eur REAL,
  co2_kg REAL,
  jobs_fte REAL,
  capex_eur REAL,
  capex_fixed_eur REAL,
  lifetime_yr REAL
    CONSTRAINT "lifetime_yr must be above 0" CHECK (lifetime_yr > 0),
  min_load REAL
    CONSTRAINT "min_load must lie in 0 to 1" CHECK (min_load BETWEEN 0 AND 1),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX process_key ON process (process_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('process', 'attributes', 'process', 'Recipes: what they cost and bring.', 0);

-- What recipes take in and put out.
CREATE TABLE process_flow (
  fid INTEGER PRIMARY KEY,
  process_id TEXT NOT NULL REFERENCES process (process_id) DEFERRABLE INITIALLY DEFERRED,
  resource_id TEXT NOT NULL REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  quantity REAL NOT NULL
    CONSTRAINT "quantity must not be 0" CHECK (quantity <> 0),
  per TEXT
    CONSTRAINT "per must be one of activity capacity"
    CHECK (per IN ('activity', 'capacity')),
  residual_eur REAL,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('process_flow', 'attributes', 'process_flow', 'What recipes take in and put out.', 0);

-- Installations that run a process or could.
CREATE TABLE "unit" (
  fid INTEGER PRIMARY KEY,
  unit_id TEXT NOT NULL,
  process_id TEXT NOT NULL REFERENCES process (process_id) DEFERRABLE INITIALLY DEFERRED,
  capacity REAL NOT NULL
    CONSTRAINT "capacity must not be below 0" CHECK (capacity >= 0),
  site_id TEXT REFERENCES site (site_id) DEFERRABLE INITIALLY DEFERRED,
  status TEXT
    CONSTRAINT "status must be one of existing candidate"
    CHECK (status IN ('existing', 'candidate')),
  actor_id TEXT REFERENCES actor (actor_id) DEFERRABLE INITIALLY DEFERRED,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX unit_key ON "unit" (unit_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('unit', 'attributes', 'unit', 'Installations that run a process or could.', 0);

-- Where the region trades with the world.
CREATE TABLE gateway (
  fid INTEGER PRIMARY KEY,
  geom POINT,
  gateway_id TEXT NOT NULL,
  name TEXT NOT NULL,
  lon REAL
    CONSTRAINT "lon must lie in -180 to 180" CHECK (lon BETWEEN -180 AND 180),
  lat REAL
    CONSTRAINT "lat must lie in -90 to 90" CHECK (lat BETWEEN -90 AND 90),
  resource_id TEXT NOT NULL REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  direction TEXT NOT NULL
    CONSTRAINT "direction must be one of in out"
    CHECK (direction IN ('in', 'out')),
  price_eur REAL NOT NULL,
  capacity REAL
    CONSTRAINT "capacity must not be below 0" CHECK (capacity >= 0),
  level TEXT
    CONSTRAINT "level must be one of park municipality region intercity country world"
    CHECK (level IN ('park', 'municipality', 'region', 'intercity', 'country', 'world')),
  co2_kg REAL,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "a gateway needs a point or lon and lat" CHECK (geom IS NOT NULL OR (lon IS NOT NULL AND lat IS NOT NULL))
);
CREATE UNIQUE INDEX gateway_key ON gateway (gateway_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('gateway', 'features', 'gateway', 'Where the region trades with the world.', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('gateway', 'geom', 'POINT', 4326, 0, 0);
INSERT INTO gpkg_extensions VALUES
  ('gateway', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_gateway_geom USING rtree (id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_gateway_geom_insert AFTER INSERT ON gateway
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_gateway_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_gateway_geom_update1 AFTER UPDATE OF geom ON gateway
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_gateway_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_gateway_geom_update2 AFTER UPDATE OF geom ON gateway
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_gateway_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_gateway_geom_update3 AFTER UPDATE ON gateway
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_gateway_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_gateway_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_gateway_geom_update4 AFTER UPDATE ON gateway
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_gateway_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_gateway_geom_delete AFTER DELETE ON gateway
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_gateway_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER gateway_new_place AFTER INSERT ON gateway
  WHEN NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  UPDATE gateway SET lon = ST_MinX(NEW.geom), lat = ST_MinY(NEW.geom) WHERE fid = NEW.fid;
END;
CREATE TRIGGER gateway_moves AFTER UPDATE OF geom ON gateway
  WHEN NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  UPDATE gateway SET lon = ST_MinX(NEW.geom), lat = ST_MinY(NEW.geom) WHERE fid = NEW.fid;
END;
CREATE TRIGGER gateway_stays BEFORE UPDATE OF lon, lat ON gateway
  WHEN NEW.geom IS OLD.geom AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  SELECT RAISE(ABORT, 'lon and lat follow the point: move the gateway on the map instead');
END;

-- Ways to move a resource.
CREATE TABLE mode (
  fid INTEGER PRIMARY KEY,
  mode_id TEXT NOT NULL,
  name TEXT NOT NULL,
  class TEXT NOT NULL
    CONSTRAINT "class must be one of material energy water space labour knowledge capital"
    CHECK (class IN ('material', 'energy', 'water', 'space', 'labour', 'knowledge', 'capital')),
  load_eur REAL,
  eur_per_unit_km REAL,
  co2_kg_per_unit_km REAL,
  circuity REAL
    CONSTRAINT "circuity must be above 0" CHECK (circuity > 0),
  max_km REAL,
  speed_kmh REAL,
  needs_network INTEGER
    CONSTRAINT "needs_network must be 0 or 1" CHECK (needs_network IN (0, 1)),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX mode_key ON mode (mode_id, class);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('mode', 'attributes', 'mode', 'Ways to move a resource.', 0);

-- What is reported to move.
CREATE TABLE flow (
  fid INTEGER PRIMARY KEY,
  flow_id TEXT NOT NULL,
  from_id TEXT,
  to_id TEXT,
  resource_id TEXT NOT NULL REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  year INTEGER NOT NULL,
  quantity REAL,
  "unit" TEXT,
  rel_sd REAL,
  sd REAL,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX flow_key ON flow (flow_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('flow', 'attributes', 'flow', 'What is reported to move.', 0);

-- Payments that reward ties.
CREATE TABLE incentive (
  fid INTEGER PRIMARY KEY,
  incentive_id TEXT NOT NULL,
  name TEXT NOT NULL,
  target TEXT NOT NULL,
  eur REAL NOT NULL,
  budget_eur REAL,
  "from" TEXT
    CONSTRAINT "from must be a date YYYY-MM-DD" CHECK ("from" IS date("from", '+0 days')),
  "to" TEXT
    CONSTRAINT "to must be a date YYYY-MM-DD" CHECK ("to" IS date("to", '+0 days')),
  measure_id TEXT,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX incentive_key ON incentive (incentive_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('incentive', 'attributes', 'incentive', 'Payments that reward ties.', 0);

-- Exchanges that work somewhere in the world.
CREATE TABLE precedent (
  fid INTEGER PRIMARY KEY,
  precedent_id TEXT NOT NULL,
  donor_nace TEXT NOT NULL,
  resource TEXT NOT NULL,
  receiver_nace TEXT NOT NULL,
  code_low TEXT,
  use TEXT,
  place TEXT,
  year INTEGER,
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX precedent_key ON precedent (precedent_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('precedent', 'attributes', 'precedent', 'Exchanges that work somewhere in the world.', 0);
