-- Experiments: space that is lent. The coordinator sees all; others those they use, lend, are responsible for or asked for; everybody
-- what is public, in its public words; who works here when a space is taken, without by whom.

-- view: seen_experiment
SELECT e.*, (viewer_role() = 'coordinator' OR (s.actor_id IS NOT NULL AND viewer_owns(s.actor_id))) AS may_agree,
  (viewer_role() = 'coordinator' OR e.responsible_id = viewer_account() OR (s.actor_id IS NOT NULL AND viewer_owns(s.actor_id))) AS may_run,
  (viewer_role() = 'coordinator' OR e.responsible_id = viewer_account() OR e.made_by = viewer_account()) AS may_write
FROM main.experiment AS e LEFT JOIN main.site AS s ON s.site_id = e.site_id
WHERE viewer_role() = 'coordinator'
   OR (viewer_account() <> 0 AND (e.responsible_id = viewer_account() OR e.made_by = viewer_account() OR viewer_owns(e.user_actor_id) OR viewer_owns(s.actor_id)))
-- view: seen_experiment_public
SELECT e.experiment_id, e.title, e.public_text, e.site_id, e.area_id, e.place, e.from_day, e.to_day, e.status,
  CASE WHEN e.status = 'ended' THEN e.outcome END AS outcome, CASE WHEN e.status = 'ended' THEN e.learned END AS learned
FROM main.experiment AS e WHERE e.is_public = 1 AND e.status IN ('agreed', 'running', 'ended')
-- view: seen_experiment_busy
SELECT e.experiment_id, e.offer_id, e.site_id, e.area_id, e.place, e.from_day, e.to_day FROM main.experiment AS e
WHERE viewer_role() IN ('coordinator', 'partner', 'planner') AND e.status IN ('agreed', 'running')
  AND (e.offer_id IS NULL OR EXISTS (SELECT 1 FROM seen_offer AS o WHERE o.offer_id = e.offer_id))
-- view: seen_experiment_space
SELECT o.offer_id, o.site_id, s.name AS site_name, s.actor_id, coalesce(r.name, o.resource_id) AS name_en, coalesce(r.name_nl, r.name, o.resource_id) AS name_nl, o.quantity,
  o."unit", o."from" AS from_day, o."to" AS to_day, o.description
FROM seen_offer AS o JOIN main.site AS s ON s.site_id = o.site_id JOIN main.resource AS r ON r.resource_id = o.resource_id AND r.class = 'space'

-- name: experiment_list
SELECT e.experiment_id, e.title, e.status, e.from_day, e.to_day, e.site_id, s.name AS site_name, e.area_id, a.name AS area_name, e.place, e.offer_id,
  coalesce(u.name, e.user_name) AS user_name, p.name AS responsible_name, e.is_public, e.outcome, e.learned IS NOT NULL AS has_learned, 1 AS is_inside
FROM seen_experiment AS e LEFT JOIN site AS s ON s.site_id = e.site_id LEFT JOIN area AS a ON a.area_id = e.area_id
LEFT JOIN actor AS u ON u.actor_id = e.user_actor_id LEFT JOIN seen_case_person AS p ON p.account_id = e.responsible_id
WHERE (:from IS NULL OR e.to_day >= :from) AND (:to IS NULL OR e.from_day <= :to) AND (:status IS NULL OR e.status = :status)
  AND e.experiment_id > coalesce(CAST(:after AS INTEGER), 0)
UNION ALL
SELECT e.experiment_id, e.title, e.status, e.from_day, e.to_day, e.site_id, s.name, e.area_id, a.name, e.place, NULL, NULL, NULL, 1, e.outcome, e.learned IS NOT NULL, 0
FROM seen_experiment_public AS e LEFT JOIN site AS s ON s.site_id = e.site_id LEFT JOIN area AS a ON a.area_id = e.area_id
WHERE NOT EXISTS (SELECT 1 FROM seen_experiment AS x WHERE x.experiment_id = e.experiment_id)
  AND (:from IS NULL OR e.to_day >= :from) AND (:to IS NULL OR e.from_day <= :to) AND (:status IS NULL OR e.status = :status)
  AND e.experiment_id > coalesce(CAST(:after AS INTEGER), 0)
ORDER BY 1 LIMIT :limit
-- name: experiment_get
SELECT e.*, s.name AS site_name, a.name AS area_name, u.name AS user_actor_name, p.name AS responsible_name, c.title AS case_title
FROM seen_experiment AS e LEFT JOIN site AS s ON s.site_id = e.site_id LEFT JOIN area AS a ON a.area_id = e.area_id
LEFT JOIN actor AS u ON u.actor_id = e.user_actor_id LEFT JOIN seen_case_person AS p ON p.account_id = e.responsible_id
LEFT JOIN seen_case AS c ON c.case_id = e.case_id
WHERE e.experiment_id = CAST(:experiment AS INTEGER)
-- name: experiment_public_get
SELECT e.*, s.name AS site_name, a.name AS area_name FROM seen_experiment_public AS e LEFT JOIN site AS s ON s.site_id = e.site_id
LEFT JOIN area AS a ON a.area_id = e.area_id WHERE e.experiment_id = CAST(:experiment AS INTEGER)
-- name: experiment_busy
SELECT b.experiment_id, b.offer_id, b.site_id, s.name AS site_name, b.area_id, b.place, b.from_day, b.to_day FROM seen_experiment_busy AS b
LEFT JOIN site AS s ON s.site_id = b.site_id
WHERE b.experiment_id > coalesce(CAST(:after AS INTEGER), 0) ORDER BY b.experiment_id LIMIT :limit
-- name: experiment_spaces
SELECT offer_id, site_id, site_name, actor_id, name_en, name_nl, quantity, "unit", from_day, to_day, description FROM seen_experiment_space
WHERE offer_id > coalesce(:after, '') ORDER BY offer_id LIMIT :limit
-- name: experiment_people
SELECT account_id, name, role FROM seen_case_person WHERE account_id > coalesce(CAST(:after AS INTEGER), 0) ORDER BY account_id LIMIT :limit
-- name: experiment_right
SELECT may_agree, may_run, may_write, status, learned FROM seen_experiment WHERE experiment_id = CAST(:experiment AS INTEGER)
-- name: experiment_space_site
SELECT site_id FROM seen_experiment_space WHERE offer_id = :offer
-- name: experiment_site_is_there
SELECT 1 FROM site WHERE site_id = :site
-- name: experiment_case_is_there
SELECT 1 FROM seen_case WHERE case_id = :case
-- name: experiment_version (all)
SELECT coalesce(max(e.edit_id), 0) FROM edit AS e WHERE e.table_name = 'experiment' AND e.row_key = CAST(:experiment AS TEXT)
-- name: experiment_calendar
SELECT e.experiment_id, e.title, e.status, e.from_day, e.to_day, s.name AS site_name, a.name AS area_name, e.place FROM seen_experiment AS e
LEFT JOIN site AS s ON s.site_id = e.site_id LEFT JOIN area AS a ON a.area_id = e.area_id WHERE e.status <> 'refused'
UNION ALL
SELECT e.experiment_id, e.title, e.status, e.from_day, e.to_day, s.name, a.name, e.place FROM seen_experiment_public AS e
LEFT JOIN site AS s ON s.site_id = e.site_id LEFT JOIN area AS a ON a.area_id = e.area_id
WHERE NOT EXISTS (SELECT 1 FROM seen_experiment AS x WHERE x.experiment_id = e.experiment_id)
ORDER BY 4, 1

-- A calendar program has no session: its token says who asks (all).
-- name: calendar_account (all)
SELECT a.account_id, a.role, a.language FROM calendar_token AS t JOIN account AS a ON a.account_id = t.account_id WHERE t.token = :token AND a.is_closed = 0
-- name: calendar_token_set (all)
INSERT INTO calendar_token (account_id, token, made) VALUES (viewer_account(), :token, :made)
ON CONFLICT (account_id) DO UPDATE SET token = excluded.token, made = excluded.made
-- name: calendar_token_clear (all)
DELETE FROM calendar_token WHERE account_id = viewer_account()
