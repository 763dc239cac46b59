-- Findings of the last check, and what they and the data ask of somebody today.

-- A finding is seen by the coordinator, and by who holds the row that it is about. It goes when that row is edited: what is right then
-- the next check says.
-- view: seen_own_finding
SELECT f.*, (SELECT k.made FROM main.finding_check AS k) AS checked,
  CASE f.table_name WHEN 'site' THEN (SELECT s.actor_id FROM main.site AS s WHERE s.site_id = f.row_key)
    WHEN 'offer' THEN (SELECT s.actor_id FROM main.offer AS o JOIN main.site AS s ON s.site_id = o.site_id WHERE o.offer_id = f.row_key)
    WHEN 'need' THEN (SELECT s.actor_id FROM main.need AS n JOIN main.site AS s ON s.site_id = n.site_id WHERE n.need_id = f.row_key) END AS holder_id
FROM main.finding AS f
WHERE (viewer_role() = 'coordinator'
    OR (f.table_name = 'site' AND EXISTS (SELECT 1 FROM main.site AS s WHERE s.site_id = f.row_key AND viewer_owns(s.actor_id)))
    OR (f.table_name = 'offer' AND EXISTS (SELECT 1 FROM main.offer AS o JOIN main.site AS s ON s.site_id = o.site_id
                                           WHERE o.offer_id = f.row_key AND viewer_owns(s.actor_id)))
    OR (f.table_name = 'need' AND EXISTS (SELECT 1 FROM main.need AS n JOIN main.site AS s ON s.site_id = n.site_id
                                          WHERE n.need_id = f.row_key AND viewer_owns(s.actor_id))))
  AND NOT EXISTS (SELECT 1 FROM main.edit AS e WHERE e.table_name = f.table_name AND e.row_key = f.row_key
                  AND e.made > (SELECT k.made FROM main.finding_check AS k))

-- The same with what the row is called.
-- view: seen_called_finding
SELECT f.*,
  CASE f.table_name WHEN 'offer' THEN (SELECT r.name || coalesce(', ' || s.name, '') FROM main.offer AS o JOIN main.resource AS r ON r.resource_id = o.resource_id
                                       LEFT JOIN main.site AS s ON s.site_id = o.site_id WHERE o.offer_id = f.row_key)
    WHEN 'need' THEN (SELECT r.name || coalesce(', ' || s.name, '') FROM main.need AS n JOIN main.resource AS r ON r.resource_id = n.resource_id
                      LEFT JOIN main.site AS s ON s.site_id = n.site_id WHERE n.need_id = f.row_key)
    WHEN 'actor' THEN (SELECT a.name FROM main.actor AS a WHERE a.actor_id = f.row_key)
    WHEN 'site' THEN (SELECT s.name FROM main.site AS s WHERE s.site_id = f.row_key)
    WHEN 'resource' THEN (SELECT r.name FROM main.resource AS r WHERE r.resource_id = f.row_key)
    WHEN 'process' THEN (SELECT p.name FROM main.process AS p WHERE p.process_id = f.row_key)
    WHEN 'gateway' THEN (SELECT g.name FROM main.gateway AS g WHERE g.gateway_id = f.row_key) END AS called,
  CASE f.table_name WHEN 'offer' THEN (SELECT r.name_nl || coalesce(', ' || s.name, '') FROM main.offer AS o JOIN main.resource AS r ON r.resource_id = o.resource_id
                                       LEFT JOIN main.site AS s ON s.site_id = o.site_id WHERE o.offer_id = f.row_key)
    WHEN 'need' THEN (SELECT r.name_nl || coalesce(', ' || s.name, '') FROM main.need AS n JOIN main.resource AS r ON r.resource_id = n.resource_id
                      LEFT JOIN main.site AS s ON s.site_id = n.site_id WHERE n.need_id = f.row_key)
    WHEN 'resource' THEN (SELECT r.name_nl FROM main.resource AS r WHERE r.resource_id = f.row_key) END AS called_nl
FROM seen_own_finding AS f

-- One line a rule: how many rows, and the first of them.
-- view: seen_today_data
SELECT 'alert' AS kind, 'finding:' || f.rule AS id, '' AS title, CASE WHEN count(*) < 1000 THEN 'finding' ELSE 'finding_many' END AS why_key,
  json_object('rule', f.rule, 'is_error', max(f.severity = 'error'), 'n', count(*), 'first', substr(min(coalesce(f.row_key, f.table_name, '') || char(31) || coalesce(f.called, f.row_key, f.table_name, '')),
      instr(min(coalesce(f.row_key, f.table_name, '') || char(31)), char(31)) + 1),
    'first_nl', substr(min(coalesce(f.row_key, f.table_name, '') || char(31) || coalesce(f.called_nl, f.called, f.row_key, f.table_name, '')),
      instr(min(coalesce(f.row_key, f.table_name, '') || char(31)), char(31)) + 1), 'checked', substr(max(f.checked), 1, 10),
    'open', CASE WHEN viewer_role() = 'partner' THEN json_object('only', min(f.row_key), 'row', min(f.row_key)) END) AS why_json,
  CASE WHEN viewer_role() = 'coordinator' THEN '/data/findings?rule=' || f.rule ELSE '/data/' || min(f.table_name) END AS action_url,
  CASE max(f.severity = 'error') WHEN 1 THEN 72.0 ELSE 48 END AS urgency
FROM seen_called_finding AS f
WHERE f.severity <> 'hint' AND viewer_role() IN ('coordinator', 'partner') GROUP BY f.rule

-- What rises or changes when the region does, here or in another program; results of runs do not count. Tells nothing else.
-- view: seen_data_signature
SELECT (SELECT coalesce(max(r.revision), 0) FROM main.revision AS r) || ' ' || (SELECT coalesce(max(e.edit_id), 0) FROM main.edit AS e WHERE e.table_name IN
  (SELECT g.table_name FROM main.gpkg_contents AS g)) || ' ' || (SELECT coalesce(max(g.last_change), '') FROM main.gpkg_contents AS g WHERE g.table_name NOT IN
  ('run', 'tie', 'knot', 'plan_unit', 'plan_offer', 'plan_need', 'plan_gateway', 'question', 'balance_flow', 'balance_gap')) AS signature

-- Was it checked as it is now?
-- view: seen_today_unchecked
SELECT 'alert' AS kind, 'unchecked' AS id, '' AS title, CASE WHEN k.made IS NULL THEN 'unchecked' ELSE 'check_old' END AS why_key,
  json_object('checked', substr(k.made, 1, 10)) AS why_json, '/data/findings' AS action_url, 32.0 AS urgency
FROM (SELECT 1) LEFT JOIN main.finding_check AS k
WHERE viewer_role() = 'coordinator' AND k.signature IS NOT (SELECT s.signature FROM seen_data_signature AS s)

-- Offers and needs whose window is over.
-- view: seen_today_ended
SELECT 'alert' AS kind, 'ended:' || w.of_table AS id, '' AS title, 'ended_' || w.of_table AS why_key,
  json_object('n', count(*), 'first', min(w.first), 'first_nl', min(w.first_nl), 'ended', max(w."to")) AS why_json,
  '/data/' || w.of_table || '?sort=to' AS action_url, 50.0 AS urgency
FROM (SELECT 'offer' AS of_table, o."to", r.name AS first, coalesce(r.name_nl, r.name) AS first_nl, o.holder_id
      FROM seen_offer AS o JOIN resource AS r ON r.resource_id = o.resource_id WHERE o."to" < date('now')
      UNION ALL SELECT 'need', n."to", r.name, coalesce(r.name_nl, r.name), n.holder_id
      FROM seen_need AS n JOIN resource AS r ON r.resource_id = n.resource_id WHERE n."to" < date('now')) AS w
WHERE viewer_role() = 'coordinator' OR viewer_owns(w.holder_id) GROUP BY w.of_table

-- What we guessed of somebody's own: they know better. For the coordinator the list of calls says whom to ask first.
-- view: seen_today_guessed
SELECT 'alert' AS kind, 'guessed:' || w.of_table AS id, '' AS title, 'guessed_' || w.of_table AS why_key,
  json_object('n', count(*), 'first', min(w.first), 'first_nl', min(w.first_nl), 'open', json_object('only', min(w.key), 'row', min(w.key))) AS why_json,
  '/data/' || w.of_table AS action_url, 46.0 AS urgency
FROM (SELECT 'offer' AS of_table, o.offer_id AS key, r.name AS first, coalesce(r.name_nl, r.name) AS first_nl, o.holder_id
      FROM seen_offer AS o JOIN source AS q ON q.source_id = o.source_id AND q.kind = 'estimate' JOIN resource AS r ON r.resource_id = o.resource_id
      UNION ALL SELECT 'need', n.need_id, r.name, coalesce(r.name_nl, r.name), n.holder_id
      FROM seen_need AS n JOIN source AS q ON q.source_id = n.source_id AND q.kind = 'estimate' JOIN resource AS r ON r.resource_id = n.resource_id) AS w
WHERE viewer_role() = 'partner' AND viewer_owns(w.holder_id) GROUP BY w.of_table

-- The list of calls is of a state of the region that is no more.
-- view: seen_today_calls_old
SELECT 'alert' AS kind, 'calls' AS id, '' AS title, 'calls_old' AS why_key, json_object('finished', substr(u.finished, 1, 10)) AS why_json,
  '/plan' AS action_url, 31.0 AS urgency
FROM main.run AS u
WHERE viewer_role() = 'coordinator' AND u.run_id = (SELECT max(v.run_id) FROM main.run AS v WHERE v.command = 'ask')
  AND (u.revision < (SELECT max(w.revision) FROM main.revision AS w WHERE w.made IS NOT NULL)
    OR EXISTS (SELECT 1 FROM main.edit AS e WHERE e.made > u.finished AND e.table_name IN ('offer', 'need', 'site', 'unit', 'process', 'process_flow', 'gateway', 'mode')))

-- Reported figures that contradict the others, by the newest balance. What the others make of it follows from what they reported: only the
-- coordinator reads that.
-- view: seen_today_gross
SELECT 'alert' AS kind, 'gross:' || b.kind || ':' || b.id || coalesce(':' || b.property, '') AS id, b.id AS title,
  CASE WHEN viewer_role() = 'coordinator' AND b.reconciled IS NOT NULL THEN 'gross_would' ELSE 'gross' END AS why_key,
  json_object('resource', coalesce(r.name, ''), 'resource_nl', coalesce(r.name_nl, r.name, ''), 'year', CAST(b.year AS TEXT), 'measured', b.measured,
    'reconciled', CASE WHEN viewer_role() = 'coordinator' THEN b.reconciled END, 'finished', substr(u.finished, 1, 10),
    'open', json_object('only', b.id, 'row', b.id)) AS why_json,
  '/data/' || t.of_table AS action_url, 56 + min(10.0, abs(coalesce(b.z, 0))) AS urgency
FROM main.balance_flow AS b JOIN main.run AS u ON u.run_id = b.run_id
JOIN (SELECT 'flow' AS kind, 'flow' AS of_table UNION ALL SELECT 'property', 'flow' UNION ALL SELECT 'content', 'flow' UNION ALL SELECT 'transfer', 'transfer'
      UNION ALL SELECT 'level', 'stock_level') AS t ON t.kind = b.kind
LEFT JOIN resource AS r ON r.resource_id = b.resource_id
WHERE b.gross = 1 AND viewer_role() IN ('coordinator', 'planner', 'partner') AND b.run_id = (SELECT max(v.run_id) FROM main.run AS v WHERE v.command = 'balance')
  AND (viewer_role() = 'coordinator'
    OR (t.of_table = 'flow' AND EXISTS (SELECT 1 FROM seen_flow AS f WHERE f.flow_id = b.id))
    OR (t.of_table = 'transfer' AND EXISTS (SELECT 1 FROM seen_transfer AS f WHERE f.transfer_id = b.id))
    OR (t.of_table = 'stock_level' AND EXISTS (SELECT 1 FROM seen_stock_level AS f WHERE f.stock_level_id = b.id)))
  AND NOT EXISTS (SELECT 1 FROM main.edit AS e WHERE e.made > u.finished AND e.table_name = t.of_table AND e.row_key = b.id)

-- Permits that end within three months, or did: for who holds them, and the coordinator.
-- view: seen_today_permits
SELECT 'alert' AS kind, 'permit:' || p.site_id AS id, s.name AS title, CASE WHEN min(p."to") < date('now') THEN 'permit_ended' ELSE 'permit_ends' END AS why_key,
  json_object('n', count(*), 'code', min(p.code_low), 'ends', min(p."to"), 'open', json_object('where', 'site_id:' || p.site_id)) AS why_json,
  '/data/permit' AS action_url, CASE WHEN min(p."to") < date('now') THEN 74.0 ELSE 58 END AS urgency
FROM main.permit AS p JOIN main.site AS s ON s.site_id = p.site_id
WHERE p."to" < date('now', '+3 months') AND (viewer_role() = 'coordinator' OR viewer_owns(s.actor_id)) GROUP BY p.site_id

-- The newest plan of the region as it is.
-- view: seen_newest_plan
SELECT max(v.run_id) AS run_id FROM main.run AS v WHERE v.command = 'plan' AND v.status <> 'infeasible' AND json_extract(v.settings, '$.changed_digest') IS NULL
-- How much of the newest plan hangs on one knot, and how much of it rests on what nobody has checked: for the coordinator, who sees all of it.
-- view: seen_today_hangs
SELECT 'alert' AS kind, 'hangs' AS id, '' AS title, 'hangs' AS why_key,
  json_object('share', round(k.eur / w.eur, 2), 'gain_eur', k.eur, 'name', coalesce(s.name, p.name, g.name, k.anchor_id), 'name_nl', coalesce(s.name, (SELECT (SELECT name_nl FROM main.process AS x WHERE x.process_id = p.process_id) FROM (SELECT NULL AS name_nl)), p.name, (SELECT (SELECT name_nl FROM main.gateway AS x WHERE x.gateway_id = g.gateway_id) FROM (SELECT NULL AS name_nl)), g.name, k.anchor_id),
    'finished', substr(u.finished, 1, 10)) AS why_json,
  '/plan?run=' || u.run_id AS action_url, 42.0 AS urgency
FROM main.run AS u JOIN main.knot AS k ON k.run_id = u.run_id
JOIN (SELECT run_id, sum(max(eur, 0)) AS eur, count(*) AS n FROM main.knot GROUP BY run_id) AS w ON w.run_id = u.run_id
LEFT JOIN site AS s ON s.site_id = k.anchor_site_id LEFT JOIN unit AS n ON k.anchor_kind = 'unit' AND n.unit_id = k.anchor_id
LEFT JOIN process AS p ON p.process_id = n.process_id LEFT JOIN gateway AS g ON k.anchor_kind = 'gateway' AND g.gateway_id = k.anchor_id
WHERE viewer_role() = 'coordinator' AND u.run_id = (SELECT run_id FROM seen_newest_plan) AND w.n > 1 AND k.eur >= w.eur / 3
  AND k.fid = (SELECT m.fid FROM main.knot AS m WHERE m.run_id = u.run_id ORDER BY m.eur DESC, m.fid LIMIT 1)
-- view: seen_today_verify
SELECT 'alert' AS kind, 'verify' AS id, '' AS title, 'verify' AS why_key,
  json_object('n', count(*), 'gain_eur', sum(t.eur), 'finished', substr(u.finished, 1, 10)) AS why_json, '/plan?run=' || u.run_id AS action_url, 44.0 AS urgency
FROM main.run AS u JOIN seen_tie AS t ON t.run_id = u.run_id
WHERE viewer_role() = 'coordinator' AND t.to_verify = 1 AND u.run_id = (SELECT run_id FROM seen_newest_plan) GROUP BY u.run_id

-- Keeping a check (all): the coordinator asked for it.
-- name: finding_signature
SELECT signature FROM seen_data_signature
-- name: finding_check_get (all)
SELECT made, signature, errors, warnings, hints FROM finding_check WHERE viewer_role() = 'coordinator'
-- name: finding_list
SELECT severity, rule, 0 AS row, table_name AS "table", row_key AS key, called, called_nl, column_name AS "column", value, sentence, proposal
FROM seen_called_finding WHERE viewer_role() = 'coordinator' ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, fid
-- What a row that a finding names by its key is called.
-- name: finding_name
SELECT r.name, r.name_nl FROM resource AS r WHERE :table = 'resource' AND r.resource_id = :key
UNION ALL SELECT s.name, NULL FROM site AS s WHERE :table = 'site' AND s.site_id = :key
UNION ALL SELECT a.name, NULL FROM actor AS a WHERE :table = 'actor' AND a.actor_id = :key
UNION ALL SELECT p.name, (SELECT (SELECT name_nl FROM process AS x WHERE x.process_id = p.process_id) FROM (SELECT NULL AS name_nl))
  FROM process AS p WHERE :table = 'process' AND p.process_id = :key
UNION ALL SELECT o.description || ' (' || o.offer_id || ')', NULL FROM seen_offer AS o WHERE :table = 'offer' AND o.offer_id = :key
UNION ALL SELECT n.description || ' (' || n.need_id || ')', NULL FROM seen_need AS n WHERE :table = 'need' AND n.need_id = :key
-- name: finding_clear (all)
DELETE FROM finding WHERE viewer_role() = 'coordinator'
-- name: finding_check_set (all)
INSERT INTO finding_check (check_id, made, signature, errors, warnings, hints) SELECT 1, :made, :signature, :errors, :warnings, :hints WHERE viewer_role() = 'coordinator'
ON CONFLICT (check_id) DO UPDATE SET made = excluded.made, signature = excluded.signature, errors = excluded.errors, warnings = excluded.warnings, hints = excluded.hints
-- name: finding_add (all)
INSERT INTO finding (severity, rule, table_name, row_key, column_name, value, sentence, proposal)
SELECT :severity, :rule, :table, :key, :column, :value, :sentence, :proposal WHERE viewer_role() = 'coordinator'
