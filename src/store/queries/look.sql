-- What there is to look at: map, knot, companies, resources.

-- A run tells what it optimised; its totals are of all rows, also those that not everybody may see, and are for the coordinator. What if? is asked before
-- it is told: such runs are for those who plan.
-- view: seen_run
SELECT run_id, command, json_extract(settings, '$.objective') AS objective, status, started, finished, revision,
       json_extract(settings, '$.changed_digest') IS NOT NULL AS is_what_if, CASE WHEN viewer_role() = 'coordinator' THEN summary END AS summary
FROM main.run WHERE json_extract(settings, '$.changed_digest') IS NULL OR viewer_role() IN ('coordinator', 'planner')
-- What a unit does follows from its ties: it is seen by who sees all of them, or the rest could be told by subtraction.
-- view: seen_plan_unit
SELECT p.* FROM main.plan_unit AS p
WHERE viewer_role() = 'coordinator' OR (p.run_id, p.unit_id) NOT IN (
  SELECT t.run_id, t.from_id FROM main.tie AS t WHERE t.from_kind = 'unit' AND t.fid NOT IN (SELECT fid FROM seen_tie)
  UNION ALL
  SELECT t.run_id, t.to_id FROM main.tie AS t WHERE t.to_kind = 'unit' AND t.fid NOT IN (SELECT fid FROM seen_tie))
-- The same for gateways.
-- view: seen_plan_gateway
SELECT p.* FROM main.plan_gateway AS p
WHERE viewer_role() = 'coordinator' OR (p.run_id, p.gateway_id) NOT IN (
  SELECT t.run_id, t.from_id FROM main.tie AS t WHERE t.from_kind = 'gateway' AND t.fid NOT IN (SELECT fid FROM seen_tie)
  UNION ALL
  SELECT t.run_id, t.to_id FROM main.tie AS t WHERE t.to_kind = 'gateway' AND t.fid NOT IN (SELECT fid FROM seen_tie))
-- What is used of an offer or need less the ties that one sees would tell of the others: these too are seen by who sees all of them.
-- view: seen_plan_offer
SELECT p.* FROM main.plan_offer AS p WHERE EXISTS (SELECT 1 FROM seen_offer AS o WHERE o.offer_id = p.offer_id)
  AND (viewer_role() = 'coordinator' OR (p.run_id, p.offer_id) NOT IN (
    SELECT t.run_id, t.from_id FROM main.tie AS t WHERE t.from_kind = 'offer' AND t.fid NOT IN (SELECT fid FROM seen_tie)))
-- view: seen_plan_need
SELECT p.* FROM main.plan_need AS p WHERE EXISTS (SELECT 1 FROM seen_need AS n WHERE n.need_id = p.need_id)
  AND (viewer_role() = 'coordinator' OR (p.run_id, p.need_id) NOT IN (
    SELECT t.run_id, t.to_id FROM main.tie AS t WHERE t.to_kind = 'need' AND t.fid NOT IN (SELECT fid FROM seen_tie)))
-- The unit of a resource follows from its class.
-- view: seen_resource
SELECT r.*, CASE r.class WHEN 'material' THEN 't' WHEN 'energy' THEN 'MWh' WHEN 'water' THEN 'm3' WHEN 'space' THEN 'm2'
                         WHEN 'capital' THEN (SELECT value FROM main.settings WHERE key = 'currency') ELSE 'h' END AS unit
FROM main.resource AS r

-- name: region_get
SELECT (SELECT value FROM settings WHERE key = 'name') AS name, coalesce((SELECT value FROM settings WHERE key = 'currency'), 'EUR') AS currency,
       CAST((SELECT value FROM settings WHERE key = 'plan_year') AS INTEGER) AS plan_year, (SELECT value FROM settings WHERE key = 'languages') AS languages

-- name: area_shapes
SELECT area_id, name, level, parent_id, population, geojson(geom) AS geojson FROM area WHERE area_id > coalesce(:after, '') ORDER BY area_id LIMIT :limit

-- The page first: what is held is then added up for its sites alone.
-- part: sites_of_page
held AS MATERIALIZED (
  SELECT h.site_id, sum(h.is_offer) AS offer_count, sum(1 - h.is_offer) AS need_count, group_concat(DISTINCT r.class) AS classes, group_concat(DISTINCT r.stream) AS streams,
         min(coalesce(s.kind, '') = 'estimate') AS is_estimate
  FROM (SELECT site_id, resource_id, source_id, 1 AS is_offer FROM seen_offer WHERE site_id IN (SELECT site_id FROM page)
        UNION ALL SELECT site_id, resource_id, source_id, 0 FROM seen_need WHERE site_id IN (SELECT site_id FROM page)) AS h
  JOIN resource AS r ON r.resource_id = h.resource_id LEFT JOIN source AS s ON s.source_id = h.source_id GROUP BY h.site_id)
SELECT s.site_id, s.actor_id, a.name AS actor_name, s.name, s.lon, s.lat, s.area_id, g.name AS area_name, s.address, s.location_quality,
       h.classes, h.streams, coalesce(h.offer_count, 0) AS offer_count, coalesce(h.need_count, 0) AS need_count, h.is_estimate
FROM page AS s JOIN actor AS a ON a.actor_id = s.actor_id LEFT JOIN area AS g ON g.area_id = s.area_id LEFT JOIN held AS h ON h.site_id = s.site_id
ORDER BY s.site_id
-- name: look_sites
WITH page AS MATERIALIZED (
  SELECT site_id, actor_id, name, lon, lat, area_id, address, location_quality FROM site
  WHERE site_id > coalesce(:after, '') AND (:actor IS NULL OR actor_id = :actor) AND (:area IS NULL OR area_id = :area) AND (:site IS NULL OR site_id = :site)
  ORDER BY site_id LIMIT :limit),
PART(sites_of_page)

-- name: look_resources
SELECT resource_id, class, name, name_nl, name_fr, name_de, parent_id, code_low, hazardous AS is_hazardous, stream, unit, t_per_unit, virgin_share
FROM seen_resource WHERE resource_id > coalesce(:after, '') AND (:class IS NULL OR class = :class) ORDER BY resource_id LIMIT :limit
-- name: look_resource
SELECT r.resource_id, r.class, r.name, r.name_nl, r.name_fr, r.name_de, r.parent_id, p.name AS parent_name, p.name_nl AS parent_name_nl, r.code_low, r.hazardous AS is_hazardous,
       r.stream, r.unit, r.t_per_unit, r.virgin_share
FROM seen_resource AS r LEFT JOIN resource AS p ON p.resource_id = r.parent_id WHERE r.resource_id = :resource

-- name: look_offers
SELECT o.offer_id, o.site_id, s.name AS site_name, s.actor_id, a.name AS actor_name, o.resource_id, r.name AS resource_name, r.name_nl AS resource_name_nl,
       r.name_fr AS resource_name_fr, r.name_de AS resource_name_de, r.class, r.stream, r.unit, o.quantity, o.rel_sd, o.fate, o.fate_eur, o.fate_co2_kg, o."from", o."to",
       o.disclosure, o.description, o.source_id, q.title AS source_title, q.publisher AS source_publisher, q.year AS source_year, q.licence AS source_licence,
       q.link AS source_link, q.kind AS source_kind, coalesce(q.kind, '') = 'estimate' AS is_estimate
FROM seen_offer AS o JOIN seen_resource AS r ON r.resource_id = o.resource_id JOIN site AS s ON s.site_id = o.site_id JOIN actor AS a ON a.actor_id = s.actor_id
LEFT JOIN source AS q ON q.source_id = o.source_id
WHERE o.offer_id > coalesce(:after, '') AND (:resource IS NULL OR o.resource_id = :resource) AND (:actor IS NULL OR s.actor_id = :actor) AND (:site IS NULL OR o.site_id = :site)
ORDER BY o.offer_id LIMIT :limit
-- name: look_needs
SELECT n.need_id, n.site_id, s.name AS site_name, s.actor_id, a.name AS actor_name, n.resource_id, r.name AS resource_name, r.name_nl AS resource_name_nl,
       r.name_fr AS resource_name_fr, r.name_de AS resource_name_de, r.class, r.stream, r.unit, n.quantity, n.rel_sd, n.price_eur, n.market_co2_kg, n."from", n."to",
       n.disclosure, n.description, n.source_id, q.title AS source_title, q.publisher AS source_publisher, q.year AS source_year, q.licence AS source_licence,
       q.link AS source_link, q.kind AS source_kind, coalesce(q.kind, '') = 'estimate' AS is_estimate
FROM seen_need AS n JOIN seen_resource AS r ON r.resource_id = n.resource_id LEFT JOIN site AS s ON s.site_id = n.site_id LEFT JOIN actor AS a ON a.actor_id = s.actor_id
LEFT JOIN source AS q ON q.source_id = n.source_id
WHERE n.need_id > coalesce(:after, '') AND (:resource IS NULL OR n.resource_id = :resource) AND (:actor IS NULL OR s.actor_id = :actor) AND (:site IS NULL OR n.site_id = :site)
ORDER BY n.need_id LIMIT :limit

-- name_nl of actors, processes and gateways is a column that a region may have of its own. In the inner parentheses it is that one where it is there, else
-- the blank one around it.
-- name: look_actors
SELECT a.actor_id, a.name, (SELECT (SELECT name_nl FROM main.actor AS x WHERE x.actor_id = a.actor_id) FROM (SELECT NULL AS name_nl)) AS name_nl, a.kind, a.nace, a.jobs_fte, a.website, a.source_id, q.title AS source_title, q.publisher AS source_publisher, q.year AS source_year,
       q.licence AS source_licence, q.link AS source_link, q.kind AS source_kind, coalesce(q.kind, '') = 'estimate' AS is_estimate
FROM actor AS a LEFT JOIN source AS q ON q.source_id = a.source_id WHERE a.actor_id > coalesce(:after, '') ORDER BY a.actor_id LIMIT :limit
-- name: look_actor
SELECT a.actor_id, a.name, (SELECT (SELECT name_nl FROM main.actor AS x WHERE x.actor_id = a.actor_id) FROM (SELECT NULL AS name_nl)) AS name_nl, a.kind, a.nace, a.jobs_fte, a.website, a.source_id, q.title AS source_title, q.publisher AS source_publisher, q.year AS source_year,
       q.licence AS source_licence, q.link AS source_link, q.kind AS source_kind, coalesce(q.kind, '') = 'estimate' AS is_estimate
FROM actor AS a LEFT JOIN source AS q ON q.source_id = a.source_id WHERE a.actor_id = :actor

-- name: look_links
SELECT link_id, kind, km, geojson(geom) AS geojson FROM link WHERE link_id > coalesce(:after, '') AND (:kind IS NULL OR kind = :kind) ORDER BY link_id LIMIT :limit

-- Plans, the newest first.
-- name: look_plans
SELECT -run_id AS cursor, run_id, objective, status, is_what_if, started, finished, revision, summary AS summary_json
FROM seen_run WHERE command = 'plan' AND -run_id > coalesce(CAST(:after AS INTEGER), -9223372036854775807) ORDER BY -run_id LIMIT :limit
-- name: look_plan
SELECT run_id, objective, status, is_what_if, started, finished, revision, summary AS summary_json FROM seen_run WHERE command = 'plan' AND run_id = :run
-- name: look_latest
SELECT max(run_id) FROM seen_run WHERE command = 'plan' AND is_what_if = 0 AND status <> 'infeasible'

-- A tie with the names at its ends.
-- view: seen_tie_named
SELECT t.fid AS tie_id, t.run_id, t.from_kind, t.from_id, t.from_site_id, fs.name AS from_site_name, fa.actor_id AS from_actor_id, fa.name AS from_actor_name,
       CASE t.from_kind WHEN 'unit' THEN fp.name WHEN 'gateway' THEN fg.name END AS from_name,
       CASE t.from_kind WHEN 'unit' THEN (SELECT (SELECT name_nl FROM main.process AS x WHERE x.process_id = fp.process_id) FROM (SELECT NULL AS name_nl)) WHEN 'gateway' THEN (SELECT (SELECT name_nl FROM main.gateway AS x WHERE x.gateway_id = fg.gateway_id) FROM (SELECT NULL AS name_nl)) END AS from_name_nl,
       t.to_kind, t.to_id, t.to_site_id, ts.name AS to_site_name, ta.actor_id AS to_actor_id, ta.name AS to_actor_name,
       CASE t.to_kind WHEN 'unit' THEN tp.name WHEN 'gateway' THEN tg.name END AS to_name,
       CASE t.to_kind WHEN 'unit' THEN (SELECT (SELECT name_nl FROM main.process AS x WHERE x.process_id = tp.process_id) FROM (SELECT NULL AS name_nl)) WHEN 'gateway' THEN (SELECT (SELECT name_nl FROM main.gateway AS x WHERE x.gateway_id = tg.gateway_id) FROM (SELECT NULL AS name_nl)) END AS to_name_nl,
       t.resource_id, r.name AS resource_name, r.name_nl AS resource_name_nl, r.name_fr AS resource_name_fr, r.name_de AS resource_name_de, r.class, r.stream, r.unit,
       t.substitution, t.mode_id, t.quantity, t.km, t.level, t.eur, t.co2_kg, t.to_verify AS has_to_verify, t.is_estimate, t.case_id
FROM seen_tie AS t JOIN seen_resource AS r ON r.resource_id = t.resource_id
LEFT JOIN site AS fs ON fs.site_id = t.from_site_id LEFT JOIN actor AS fa ON fa.actor_id = fs.actor_id
LEFT JOIN site AS ts ON ts.site_id = t.to_site_id LEFT JOIN actor AS ta ON ta.actor_id = ts.actor_id
LEFT JOIN unit AS fu ON t.from_kind = 'unit' AND fu.unit_id = t.from_id LEFT JOIN process AS fp ON fp.process_id = fu.process_id
LEFT JOIN unit AS tu ON t.to_kind = 'unit' AND tu.unit_id = t.to_id LEFT JOIN process AS tp ON tp.process_id = tu.process_id
LEFT JOIN gateway AS fg ON t.from_kind = 'gateway' AND fg.gateway_id = t.from_id LEFT JOIN gateway AS tg ON t.to_kind = 'gateway' AND tg.gateway_id = t.to_id
-- name: look_ties
SELECT tie_id, from_kind, from_id, from_site_id, from_site_name, from_actor_id, from_actor_name, from_name, from_name_nl, to_kind, to_id, to_site_id, to_site_name, to_actor_id,
       to_actor_name, to_name, to_name_nl, resource_id, resource_name, resource_name_nl, resource_name_fr, resource_name_de, class, stream, unit, substitution, mode_id, quantity,
       km, level, eur, co2_kg, has_to_verify, is_estimate, case_id
FROM seen_tie_named
WHERE run_id = :run AND (:tie IS NULL OR tie_id = :tie) AND tie_id > coalesce(CAST(:after AS INTEGER), -1) AND (:resource IS NULL OR resource_id = :resource)
  AND (:actor IS NULL OR from_actor_id = :actor OR to_actor_id = :actor) AND (:site IS NULL OR from_site_id = :site OR to_site_id = :site)
ORDER BY tie_id LIMIT :limit
-- For a map: what is drawn and what filters ask, no more.
-- part: tie_shape
SELECT t.fid AS tie_id, t.from_site_id, t.to_site_id, t.resource_id, r.class, r.stream, t.level, t.eur, t.is_estimate, geojson(t.geom) AS geojson
FROM seen_tie AS t JOIN resource AS r ON r.resource_id = t.resource_id LEFT JOIN site AS fs ON fs.site_id = t.from_site_id LEFT JOIN site AS ts ON ts.site_id = t.to_site_id
-- name: look_tie_shapes
PART(tie_shape)
WHERE t.run_id = :run AND (:tie IS NULL OR t.fid = :tie) AND t.fid > coalesce(CAST(:after AS INTEGER), -1) AND (:resource IS NULL OR t.resource_id = :resource)
  AND (:actor IS NULL OR fs.actor_id = :actor OR ts.actor_id = :actor) AND (:site IS NULL OR t.from_site_id = :site OR t.to_site_id = :site)
ORDER BY t.fid LIMIT :limit

-- name: look_units
SELECT p.fid AS cursor, p.unit_id, u.process_id, c.name AS process_name, (SELECT (SELECT name_nl FROM main.process AS x WHERE x.process_id = c.process_id) FROM (SELECT NULL AS name_nl)) AS process_name_nl, c.activity_unit, (SELECT (SELECT activity_unit_nl FROM main.process AS x WHERE x.process_id = c.process_id) FROM (SELECT NULL AS activity_unit_nl)) AS activity_unit_nl, u.status, u.actor_id, a.name AS actor_name, p.site_id, s.name AS site_name,
       p.open AS is_open, p.activity, p.capacity, p.dual_eur, p.eur, p.co2_kg, p.annuity_eur
FROM seen_plan_unit AS p JOIN unit AS u ON u.unit_id = p.unit_id JOIN process AS c ON c.process_id = u.process_id
LEFT JOIN site AS s ON s.site_id = p.site_id LEFT JOIN actor AS a ON a.actor_id = coalesce(u.actor_id, s.actor_id)
WHERE p.run_id = :run AND p.fid > coalesce(CAST(:after AS INTEGER), -1) ORDER BY p.fid LIMIT :limit

-- What one more of something would be worth a year, in the unit of the objective of the run.
-- name: look_prices
WITH price AS (
  SELECT '1' || printf('%012d', p.fid) AS cursor, 'offer' AS kind, p.offer_id AS id, o.resource_id, o.site_id, o.quantity AS amount, p.used AS used, p.dual AS dual
  FROM seen_plan_offer AS p JOIN seen_offer AS o ON o.offer_id = p.offer_id WHERE p.run_id = :run
  UNION ALL SELECT '2' || printf('%012d', p.fid), 'need', p.need_id, n.resource_id, n.site_id, n.quantity, p.met, p.dual
  FROM seen_plan_need AS p JOIN seen_need AS n ON n.need_id = p.need_id WHERE p.run_id = :run
  UNION ALL SELECT '3' || printf('%012d', p.fid), 'gateway', p.gateway_id, g.resource_id, NULL, g.capacity, p.used, p.dual
  FROM seen_plan_gateway AS p JOIN gateway AS g ON g.gateway_id = p.gateway_id WHERE p.run_id = :run)
SELECT p.cursor, p.kind, p.id, p.resource_id, r.name AS resource_name, r.name_nl AS resource_name_nl, r.name_fr AS resource_name_fr, r.name_de AS resource_name_de, r.class, r.unit,
       p.site_id, s.name AS site_name, p.amount, p.used, p.dual
FROM price AS p JOIN seen_resource AS r ON r.resource_id = p.resource_id LEFT JOIN site AS s ON s.site_id = p.site_id
WHERE p.cursor > coalesce(:after, '') ORDER BY p.cursor LIMIT :limit

-- The knot: ties added up by band (how far the outer end lies), process and resource. A site outside the region's own area counts to the band of the
-- smallest area that it shares with others, as in the report.
-- name: look_ribbons
WITH RECURSIVE up (area_id, ancestor_id) AS (
  SELECT area_id, area_id FROM area UNION SELECT up.area_id, a.parent_id FROM up JOIN area AS a ON a.area_id = up.ancestor_id WHERE a.parent_id IS NOT NULL),
area_band AS MATERIALIZED (
  SELECT up.area_id, CASE WHEN max(a.level = 'region') THEN 'local' WHEN max(a.level = 'intercity') THEN 'intercity' ELSE 'local' END AS band
  FROM up JOIN area AS a ON a.area_id = up.ancestor_id GROUP BY up.area_id),
gate_band AS MATERIALIZED (
  SELECT gateway_id, CASE WHEN level IN ('park', 'municipality', 'region') THEN 'local' WHEN level = 'intercity' THEN 'intercity' ELSE 'world' END AS band FROM gateway),
one AS (
  SELECT CASE t.from_kind WHEN 'unit' THEN NULL WHEN 'gateway' THEN fg.band ELSE coalesce(fb.band, 'local') END AS from_band, fu.process_id AS from_process_id,
         CASE t.to_kind WHEN 'unit' THEN NULL WHEN 'gateway' THEN tg.band ELSE coalesce(tb.band, 'local') END AS to_band, tu.process_id AS to_process_id,
         t.resource_id, t.quantity, t.eur, t.co2_kg, t.is_estimate, t.to_verify
  FROM seen_tie AS t
  LEFT JOIN site AS fs ON fs.site_id = t.from_site_id LEFT JOIN area_band AS fb ON fb.area_id = fs.area_id
  LEFT JOIN site AS ts ON ts.site_id = t.to_site_id LEFT JOIN area_band AS tb ON tb.area_id = ts.area_id
  LEFT JOIN unit AS fu ON t.from_kind = 'unit' AND fu.unit_id = t.from_id LEFT JOIN unit AS tu ON t.to_kind = 'unit' AND tu.unit_id = t.to_id
  LEFT JOIN gate_band AS fg ON t.from_kind = 'gateway' AND fg.gateway_id = t.from_id LEFT JOIN gate_band AS tg ON t.to_kind = 'gateway' AND tg.gateway_id = t.to_id
  WHERE t.run_id = :run)
SELECT o.from_band, o.from_process_id, o.to_band, o.to_process_id, o.resource_id, count(*) AS tie_count, sum(o.quantity) AS quantity,
       sum(o.quantity * coalesce(r.t_per_unit, r.class IN ('material', 'water'))) AS mass_t, sum(o.eur) AS eur, sum(o.co2_kg) AS co2_kg, sum(abs(o.eur) * o.is_estimate) AS estimate_eur,
       sum(o.to_verify) AS verify_count
FROM one AS o JOIN resource AS r ON r.resource_id = o.resource_id GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
-- What its units come to, as far as they are seen; a process of which only ties are seen has its name.
-- name: look_processes
WITH open AS MATERIALIZED (SELECT u.process_id, u.status, p.eur, p.co2_kg, p.activity FROM seen_plan_unit AS p JOIN unit AS u ON u.unit_id = p.unit_id
  WHERE p.run_id = :run AND p.open = 1),
tied AS MATERIALIZED (SELECT u.process_id FROM seen_tie AS t JOIN unit AS u ON u.unit_id = t.from_id WHERE t.run_id = :run AND t.from_kind = 'unit'
  UNION SELECT u.process_id FROM seen_tie AS t JOIN unit AS u ON u.unit_id = t.to_id WHERE t.run_id = :run AND t.to_kind = 'unit'
  UNION SELECT process_id FROM open)
SELECT c.process_id, c.name, (SELECT (SELECT name_nl FROM main.process AS x WHERE x.process_id = c.process_id) FROM (SELECT NULL AS name_nl)) AS name_nl, c.fid AS rank, count(o.process_id) AS unit_count, total(o.status = 'candidate') AS new_count, total(o.eur) AS eur,
       total(o.co2_kg) AS co2_kg, total(o.activity * coalesce(c.jobs_fte, 0)) AS jobs_fte
FROM tied AS i JOIN process AS c ON c.process_id = i.process_id LEFT JOIN open AS o ON o.process_id = c.process_id GROUP BY c.process_id ORDER BY c.fid
-- name: look_today
SELECT 'offer' AS side, o.resource_id, coalesce(o.fate, 'unknown') AS fate, count(*) AS row_count, sum(o.quantity) AS quantity,
       sum(o.quantity * coalesce(r.t_per_unit, r.class IN ('material', 'water'))) AS mass_t,
       sum(o.quantity * o.fate_eur) AS eur, sum(o.quantity * o.fate_co2_kg) AS co2_kg, sum(o.fate_eur IS NULL) AS unknown_count,
       total(abs(o.quantity * o.fate_eur) * (coalesce(q.kind, '') = 'estimate')) AS estimate_eur
FROM seen_offer AS o JOIN resource AS r ON r.resource_id = o.resource_id LEFT JOIN source AS q ON q.source_id = o.source_id GROUP BY 2, 3
UNION ALL
SELECT 'need', n.resource_id, 'market', count(*), sum(n.quantity), sum(n.quantity * coalesce(r.t_per_unit, r.class IN ('material', 'water'))),
       sum(n.quantity * n.price_eur), sum(n.quantity * n.market_co2_kg), sum(n.price_eur IS NULL),
       total(abs(n.quantity * n.price_eur) * (coalesce(q.kind, '') = 'estimate'))
FROM seen_need AS n JOIN resource AS r ON r.resource_id = n.resource_id LEFT JOIN source AS q ON q.source_id = n.source_id GROUP BY 2
-- name: look_knot_resources
SELECT resource_id, class, unit, stream, fid AS rank, name, name_nl, name_fr, name_de FROM seen_resource
WHERE resource_id IN (SELECT resource_id FROM seen_tie WHERE run_id = :run UNION SELECT resource_id FROM seen_offer UNION SELECT resource_id FROM seen_need) ORDER BY fid
