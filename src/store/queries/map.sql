-- The map by what is on the screen.

-- name: map_size
SELECT count(*) AS sites, min(lon) AS west, min(lat) AS south, max(lon) AS east, max(lat) AS north FROM site

-- Sites of a box by the cells of a grid over it (all): for the spatial index, whose tables are SQLite's own. Where sites are is open to all;
-- whether one holds something of a class, stream or resource is asked as the viewer sees it, so that a count tells what a list of
-- these sites would tell, and no more.
-- name: map_cells (all)
WITH here AS MATERIALIZED (
  SELECT s.site_id, s.lon, s.lat FROM rtree_site_geom AS r JOIN site AS s ON s.fid = r.id
  WHERE r.maxx >= :west AND r.minx <= :east AND r.maxy >= :south AND r.miny <= :north
    AND s.lon >= :west AND s.lon < :east AND s.lat >= :south AND s.lat < :north
    AND (:words IS NULL OR s.name LIKE :words ESCAPE '\' OR s.address LIKE :words ESCAPE '\' OR EXISTS (SELECT 1 FROM actor AS a WHERE a.actor_id = s.actor_id AND a.name LIKE :words ESCAPE '\'))
    AND (:is_filtered = 0
      OR EXISTS (SELECT 1 FROM seen_offer AS o JOIN resource AS q ON q.resource_id = o.resource_id WHERE o.site_id = s.site_id
                 AND (:class IS NULL OR instr(:class, ',' || q.class || ',') > 0) AND (:stream IS NULL OR q.stream = :stream) AND (:resource IS NULL OR o.resource_id = :resource))
      OR EXISTS (SELECT 1 FROM seen_need AS n JOIN resource AS q ON q.resource_id = n.resource_id WHERE n.site_id = s.site_id
                 AND (:class IS NULL OR instr(:class, ',' || q.class || ',') > 0) AND (:stream IS NULL OR q.stream = :stream) AND (:resource IS NULL OR n.resource_id = :resource))))
SELECT CAST((lon - :west) / (:east - :west) * :cells AS INTEGER) AS x, CAST((lat - :south) / (:north - :south) * :cells AS INTEGER) AS y,
       count(*) AS n, avg(lon) AS lon, avg(lat) AS lat, min(site_id) AS site_id
FROM here GROUP BY 1, 2, CASE WHEN :is_own THEN site_id END ORDER BY 1, 2
-- Some sites as /sites gives them.
-- name: map_sites
WITH page AS MATERIALIZED (
  SELECT site_id, actor_id, name, lon, lat, area_id, address, location_quality FROM site WHERE site_id IN (SELECT value FROM json_each(:sites))),
PART(sites_of_page)
-- Ties lie in the file by falling worth within a run, so the first of them are those worth most.
-- name: map_ties
PART(tie_shape)
WHERE t.run_id = :run AND t.geom IS NOT NULL AND EXISTS (SELECT 1 FROM seen_run AS u WHERE u.run_id = :run AND u.command = 'plan') AND t.fid > coalesce(CAST(:after AS INTEGER), -1)
  AND (:resource IS NULL OR t.resource_id = :resource) AND (:stream IS NULL OR r.stream = :stream)
  AND (:class IS NULL OR instr(:class, ',' || r.class || ',') > 0) AND (:level IS NULL OR instr(:level, ',' || t.level || ',') > 0)
  AND (:west IS NULL OR (max(coalesce(fs.lon, ts.lon), coalesce(ts.lon, fs.lon)) >= :west AND min(coalesce(fs.lon, ts.lon), coalesce(ts.lon, fs.lon)) <= :east
    AND max(coalesce(fs.lat, ts.lat), coalesce(ts.lat, fs.lat)) >= :south AND min(coalesce(fs.lat, ts.lat), coalesce(ts.lat, fs.lat)) <= :north))
ORDER BY t.fid LIMIT :limit
