-- 0003 network. What things move along: nodes, links between them, terminals where they change from one kind of link to
-- another, and known rates. Adds tables and changes the meaning of none; mode gets the columns network, vehicle_t,
-- eur_per_unit_h, max_hours and loss_per_km, offer gets fate_rel_sd and need price_rel_sd (src/store/migrate.c), ties tell their legs and what is left
-- of them at the end. And what is worth asking.
--
-- A link that has no geometry of its own is drawn from node to node; that line is big endian, and is not read back.

-- Where links of the transport network meet.
CREATE TABLE node (
  fid INTEGER PRIMARY KEY,
  geom POINT,
  node_id TEXT NOT NULL,
  lon REAL
    CONSTRAINT "lon must lie in -180 to 180" CHECK (lon BETWEEN -180 AND 180),
  lat REAL
    CONSTRAINT "lat must lie in -90 to 90" CHECK (lat BETWEEN -90 AND 90),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "a node needs a point or lon and lat" CHECK (geom IS NOT NULL OR (lon IS NOT NULL AND lat IS NOT NULL))
);
CREATE UNIQUE INDEX node_key ON node (node_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('node', 'features', 'node', 'Where links of the transport network meet.', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('node', 'geom', 'POINT', 4326, 0, 0);
INSERT INTO gpkg_extensions VALUES
  ('node', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_node_geom USING rtree (id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_node_geom_insert AFTER INSERT ON node
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_node_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_node_geom_update1 AFTER UPDATE OF geom ON node
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_node_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_node_geom_update2 AFTER UPDATE OF geom ON node
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_node_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_node_geom_update3 AFTER UPDATE ON node
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_node_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_node_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_node_geom_update4 AFTER UPDATE ON node
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_node_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_node_geom_delete AFTER DELETE ON node
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_node_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER node_new_place AFTER INSERT ON node
  WHEN NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  UPDATE node SET lon = ST_MinX(NEW.geom), lat = ST_MinY(NEW.geom) WHERE fid = NEW.fid;
END;
CREATE TRIGGER node_moves AFTER UPDATE OF geom ON node
  WHEN NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  UPDATE node SET lon = ST_MinX(NEW.geom), lat = ST_MinY(NEW.geom) WHERE fid = NEW.fid;
END;
CREATE TRIGGER node_stays BEFORE UPDATE OF lon, lat ON node
  WHEN NEW.geom IS OLD.geom AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  SELECT RAISE(ABORT, 'lon and lat follow the point: move the node on the map instead');
END;

-- Roads, rails, waterways, lines, pipes and cables between nodes.
CREATE TABLE link (
  fid INTEGER PRIMARY KEY,
  geom LINESTRING,
  link_id TEXT NOT NULL,
  from_id TEXT NOT NULL REFERENCES node (node_id) DEFERRABLE INITIALLY DEFERRED,
  to_id TEXT NOT NULL REFERENCES node (node_id) DEFERRABLE INITIALLY DEFERRED,
  kind TEXT NOT NULL
    CONSTRAINT "kind must be one of road rail water cycle transit pipe_heat pipe_water power"
    CHECK (kind IN ('road', 'rail', 'water', 'cycle', 'transit', 'pipe_heat', 'pipe_water', 'power')),
  km REAL
    CONSTRAINT "km must not be below 0" CHECK (km >= 0),
  speed_kmh REAL
    CONSTRAINT "speed_kmh must be above 0" CHECK (speed_kmh > 0),
  oneway INTEGER
    CONSTRAINT "oneway must be 0 or 1" CHECK (oneway IN (0, 1)),
  max_t REAL
    CONSTRAINT "max_t must not be below 0" CHECK (max_t >= 0),
  toll_eur REAL
    CONSTRAINT "toll_eur must not be below 0" CHECK (toll_eur >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX link_key ON link (link_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('link', 'features', 'link', 'Roads, rails, waterways, lines, pipes and cables between nodes.', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('link', 'geom', 'LINESTRING', 4326, 0, 0);
INSERT INTO gpkg_extensions VALUES
  ('link', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_link_geom USING rtree (id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_link_geom_insert AFTER INSERT ON link
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_link_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_link_geom_update1 AFTER UPDATE OF geom ON link
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_link_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_link_geom_update2 AFTER UPDATE OF geom ON link
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_link_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_link_geom_update3 AFTER UPDATE ON link
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_link_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_link_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_link_geom_update4 AFTER UPDATE ON link
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_link_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_link_geom_delete AFTER DELETE ON link
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_link_geom WHERE id = OLD.fid;
END;

-- Where goods and people change from one kind of link to another.
CREATE TABLE terminal (
  fid INTEGER PRIMARY KEY,
  geom POINT,
  terminal_id TEXT NOT NULL,
  name TEXT NOT NULL,
  lon REAL
    CONSTRAINT "lon must lie in -180 to 180" CHECK (lon BETWEEN -180 AND 180),
  lat REAL
    CONSTRAINT "lat must lie in -90 to 90" CHECK (lat BETWEEN -90 AND 90),
  kinds TEXT NOT NULL,                   -- of links, as road;water
  transfer_eur REAL
    CONSTRAINT "transfer_eur must not be below 0" CHECK (transfer_eur >= 0),
  transfer_co2_kg REAL
    CONSTRAINT "transfer_co2_kg must not be below 0" CHECK (transfer_co2_kg >= 0),
  hours REAL
    CONSTRAINT "hours must not be below 0" CHECK (hours >= 0),
  capacity REAL
    CONSTRAINT "capacity must not be below 0" CHECK (capacity >= 0),
  status TEXT
    CONSTRAINT "status must be one of existing candidate" CHECK (status IN ('existing', 'candidate')),
  capex_eur REAL
    CONSTRAINT "capex_eur must not be below 0" CHECK (capex_eur >= 0),
  lifetime_yr REAL
    CONSTRAINT "lifetime_yr must be above 0" CHECK (lifetime_yr > 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "a terminal needs a point or lon and lat" CHECK (geom IS NOT NULL OR (lon IS NOT NULL AND lat IS NOT NULL))
);
CREATE UNIQUE INDEX terminal_key ON terminal (terminal_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('terminal', 'features', 'terminal', 'Where goods and people change from one kind of link to another.', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('terminal', 'geom', 'POINT', 4326, 0, 0);
INSERT INTO gpkg_extensions VALUES
  ('terminal', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
CREATE VIRTUAL TABLE rtree_terminal_geom USING rtree (id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_terminal_geom_insert AFTER INSERT ON terminal
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_terminal_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_terminal_geom_update1 AFTER UPDATE OF geom ON terminal
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  INSERT OR REPLACE INTO rtree_terminal_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_terminal_geom_update2 AFTER UPDATE OF geom ON terminal
  WHEN OLD.fid = NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_terminal_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER rtree_terminal_geom_update3 AFTER UPDATE ON terminal
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_terminal_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_terminal_geom VALUES
    (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom));
END;
CREATE TRIGGER rtree_terminal_geom_update4 AFTER UPDATE ON terminal
  WHEN OLD.fid != NEW.fid AND (NEW.geom IS NULL OR ST_IsEmpty(NEW.geom))
BEGIN
  DELETE FROM rtree_terminal_geom WHERE id IN (OLD.fid, NEW.fid);
END;
CREATE TRIGGER rtree_terminal_geom_delete AFTER DELETE ON terminal
  WHEN OLD.geom NOT NULL
BEGIN
  DELETE FROM rtree_terminal_geom WHERE id = OLD.fid;
END;
CREATE TRIGGER terminal_new_place AFTER INSERT ON terminal
  WHEN NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  UPDATE terminal SET lon = ST_MinX(NEW.geom), lat = ST_MinY(NEW.geom) WHERE fid = NEW.fid;
END;
CREATE TRIGGER terminal_moves AFTER UPDATE OF geom ON terminal
  WHEN NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  UPDATE terminal SET lon = ST_MinX(NEW.geom), lat = ST_MinY(NEW.geom) WHERE fid = NEW.fid;
END;
CREATE TRIGGER terminal_stays BEFORE UPDATE OF lon, lat ON terminal
  WHEN NEW.geom IS OLD.geom AND NOT ST_IsEmpty(NEW.geom) AND (NEW.lon IS NOT ST_MinX(NEW.geom) OR NEW.lat IS NOT ST_MinY(NEW.geom))
BEGIN
  SELECT RAISE(ABORT, 'lon and lat follow the point: move the terminal on the map instead');
END;

-- Known rates between two places, which replace the computed cost of a mode. A place is a site, gateway, node, terminal or
-- area; it may be named as TABLE:ID, so the ends hold no reference.
CREATE TABLE tariff (
  fid INTEGER PRIMARY KEY,
  from_id TEXT NOT NULL,
  to_id TEXT NOT NULL,
  resource_id TEXT REFERENCES resource (resource_id) DEFERRABLE INITIALLY DEFERRED,
  class TEXT
    CONSTRAINT "class must be one of material energy water space labour knowledge capital"
    CHECK (class IN ('material', 'energy', 'water', 'space', 'labour', 'knowledge', 'capital')),
  mode_id TEXT NOT NULL,
  eur REAL NOT NULL
    CONSTRAINT "eur must not be below 0" CHECK (eur >= 0),
  co2_kg REAL
    CONSTRAINT "co2_kg must not be below 0" CHECK (co2_kg >= 0),
  km REAL
    CONSTRAINT "km must not be below 0" CHECK (km >= 0),
  source_id TEXT REFERENCES source (source_id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "a tariff is for a resource_id or for a class" CHECK ((resource_id IS NULL) <> (class IS NULL))
) STRICT;
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('tariff', 'attributes', 'tariff', 'Known rates between two places, which replace the computed cost of a mode.', 0);

-- How the goods of a tie travel over the network, leg by leg: JSON; NULL as the crow flies.
ALTER TABLE tie ADD COLUMN legs TEXT;

-- What arrives of the quantity, in the same unit: less where a mode loses some of it on the way. NULL: all of it.
ALTER TABLE tie ADD COLUMN delivered REAL;
-- What is worth asking whom, in euros a year, of each run of `ask`. NULL: only the duals were looked at (first_eur).
CREATE TABLE question (
  fid INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run (run_id) ON DELETE CASCADE,
  rank INTEGER NOT NULL,                 -- 1, 2 ... in each run
  is_asked INTEGER NOT NULL,             -- 1: its gain is above its cost
  actor_id TEXT,                         -- whom to ask
  site_id TEXT,
  kind TEXT NOT NULL
    CONSTRAINT "kind must be one of quantity price fate spec" CHECK (kind IN ('quantity', 'price', 'fate', 'spec')),
  of_table TEXT NOT NULL,                -- offer or need
  of_id TEXT NOT NULL,
  of_column TEXT NOT NULL,               -- or the property
  mean REAL NOT NULL,                    -- of a spec: the chance that it is met
  sd REAL NOT NULL,
  is_prior INTEGER NOT NULL,             -- 1: its deviation is the stated prior
  first_eur REAL NOT NULL,               -- first order, by the duals
  evppi_eur REAL,
  evsi_eur REAL,
  se_eur REAL,
  gain_eur REAL,                         -- what it adds to the questions before it
  cost_eur REAL NOT NULL,
  net_eur REAL
) STRICT;
CREATE INDEX question_run ON question (run_id);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
VALUES ('question', 'attributes', 'question', 'What is worth asking whom.', 0);
