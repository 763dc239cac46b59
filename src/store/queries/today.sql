-- Today: at most nine things to do, with why and one action. Each feature brings its own through a view seen_today_NAME:
--   kind       what it is: call, introduction, session, task ...; at the start of the list the kinds take turns
--   id         of the thing, stable while it stays the same thing
--   title      its name
--   why_key    key of a sentence of the web (today.why.KEY), and
--   why_json   what goes into it, {} at least; what was put aside comes back when this changes, so: dates, not numbers of days. Of which check or
--              run it is (checked, finished) does not count. open: the query of action_url
--   action_url where it is done, an address of the portal
--   urgency    0..100: 90 late, 75 this week, 60 somebody waits, 45 when there is time, 30 good to know

-- What is worth asking whom, of the newest run of ask; not what was written down since.
-- view: seen_today_calls
SELECT 'call' AS kind, q.run_id || ':' || q.rank AS id, coalesce(a.name, s.name, q.of_id) AS title, 'call_' || q.kind AS why_key,
  json_object('resource', coalesce(r.name, q.of_id), 'resource_nl', coalesce(r.name_nl, r.name, q.of_id), 'gain_eur', coalesce(q.gain_eur, q.first_eur)) AS why_json,
  CASE WHEN q.actor_id IS NULL THEN '/data' ELSE '/company/' || q.actor_id END AS action_url,
  50 + 20 * coalesce(q.gain_eur, q.first_eur) / max(max(coalesce(q.gain_eur, q.first_eur)) OVER (), 1.0) AS urgency
FROM main.question AS q LEFT JOIN actor AS a ON a.actor_id = q.actor_id LEFT JOIN site AS s ON s.site_id = q.site_id
LEFT JOIN main.offer AS o ON q.of_table = 'offer' AND o.offer_id = q.of_id LEFT JOIN main.need AS n ON q.of_table = 'need' AND n.need_id = q.of_id
LEFT JOIN resource AS r ON r.resource_id = coalesce(o.resource_id, n.resource_id)
WHERE viewer_role() = 'coordinator' AND q.is_asked = 1 AND q.run_id = (SELECT max(u.run_id) FROM main.run AS u WHERE u.command = 'ask')
  AND NOT EXISTS (SELECT 1 FROM main.edit AS e JOIN main.run AS u ON u.run_id = q.run_id WHERE e.table_name = q.of_table AND e.row_key = q.of_id AND e.made > u.finished)

-- Tasks of oneself that are due within a week; the coordinator also those of nobody and those a week late.
-- view: seen_today_tasks
SELECT 'task' AS kind, CAST(t.case_task_id AS TEXT) AS id, t.what AS title, CASE WHEN t.due < date('now') THEN 'task_late' ELSE 'task_due' END AS why_key,
  json_object('case', c.title, 'due', t.due) AS why_json, '/cases/' || t.case_id || '?part=tasks' AS action_url,
  CASE WHEN t.due < date('now') THEN 90.0 ELSE 82 - (julianday(t.due) - julianday(date('now'))) END AS urgency
FROM seen_case_task AS t JOIN seen_case_inside AS c ON c.case_id = t.case_id
WHERE t.done IS NULL AND t.due <= date('now', '+7 days') AND c.status IN ('open', 'parked')
  AND (t.owner_id = viewer_account() OR (viewer_role() = 'coordinator' AND (t.owner_id IS NULL OR t.due < date('now', '-7 days'))))

-- Cases that did not move for case_stale_days (settings; 30).
-- view: seen_today_stale
SELECT 'stale' AS kind, CAST(c.case_id AS TEXT) AS id, c.title, 'stale' AS why_key, json_object('since', substr(c.moved, 1, 10), 'stage', c.stage) AS why_json,
  '/cases/' || c.case_id AS action_url, 40 + min(20.0, (julianday('now') - julianday(c.moved)) / 15) AS urgency
FROM seen_case_inside AS c
WHERE viewer_role() = 'coordinator' AND c.status = 'open' AND julianday('now') - julianday(c.moved)
  >= coalesce((SELECT CAST(s.value AS REAL) FROM settings AS s WHERE s."key" = 'case_stale_days'), 30)

-- Gates that are ready: every criterion of the stage is met.
-- view: seen_today_gates
SELECT 'gate' AS kind, CAST(c.case_id AS TEXT) AS id, c.title, 'gate' AS why_key, json_object('stage', c.stage, 'since', substr(c.moved, 1, 10)) AS why_json,
  '/cases/' || c.case_id || '?part=gate' AS action_url, 70.0 AS urgency
FROM seen_case_inside AS c
WHERE viewer_role() = 'coordinator' AND c.status = 'open' AND EXISTS (SELECT 1 FROM seen_gate_criterion AS g WHERE g.stage = c.stage AND g.is_used = 1)
  AND NOT EXISTS (SELECT 1 FROM seen_gate_criterion AS g WHERE g.stage = c.stage AND g.is_used = 1
                  AND NOT EXISTS (SELECT 1 FROM seen_case_criterion AS k WHERE k.case_id = c.case_id AND k.gate_criterion_id = g.gate_criterion_id AND k.is_met = 1))

-- Outcomes that another claimed and nobody verified.
-- view: seen_today_outcomes
SELECT 'outcome' AS kind, CAST(o.case_outcome_id AS TEXT) AS id, c.title, 'outcome' AS why_key,
  json_object('quantity', o.quantity, 'of', o.kind, 'name', p.name) AS why_json, '/cases/' || o.case_id || '?part=outcomes' AS action_url, 52.0 AS urgency
FROM seen_case_outcome AS o JOIN seen_case_inside AS c ON c.case_id = o.case_id LEFT JOIN seen_case_person AS p ON p.account_id = o.claimed_by
WHERE viewer_role() = 'coordinator' AND o.verified_by IS NULL AND o.claimed_by <> viewer_account()

-- The newest plan knows less than the data: rows were imported or edited since.
-- view: seen_today_plan
SELECT 'alert' AS kind, 'plan' AS id, '' AS title, 'plan_old' AS why_key, json_object('finished', substr(u.finished, 1, 10)) AS why_json, '/plan' AS action_url, 35.0 AS urgency
FROM main.run AS u
WHERE viewer_role() IN ('coordinator', 'planner') AND u.run_id = (SELECT max(v.run_id) FROM main.run AS v WHERE v.command = 'plan')
  AND (u.revision < (SELECT max(w.revision) FROM main.revision AS w WHERE w.made IS NOT NULL)
    OR EXISTS (SELECT 1 FROM main.edit AS e WHERE e.made > u.finished AND e.table_name IN ('offer', 'need', 'site', 'unit', 'process', 'process_flow', 'gateway', 'mode')))

-- For a partner: a case they were asked into, and what others said about theirs in the last two weeks.
-- view: seen_today_joined
SELECT 'joined' AS kind, CAST(q.case_partner_id AS TEXT) AS id, c.title, 'joined' AS why_key, json_object('role', q.role) AS why_json,
  '/cases/' || c.case_id AS action_url, 62.0 AS urgency
FROM seen_case_partner AS q JOIN seen_case_inside AS c ON c.case_id = q.case_id
WHERE viewer_role() = 'partner' AND viewer_owns(q.actor_id) AND c.made_by <> viewer_account() AND c.status = 'open'
  AND julianday('now') - julianday(q.told) <= 14
-- view: seen_today_comments
SELECT 'comment' AS kind, CAST(c.case_id AS TEXT) AS id, c.title, 'comment' AS why_key, json_object('last', max(k.case_comment_id), 'name', p.name) AS why_json,
  '/cases/' || c.case_id || '?part=talk' AS action_url, 55.0 AS urgency
FROM seen_case_comment AS k JOIN seen_case_inside AS c ON c.case_id = k.case_id LEFT JOIN seen_case_person AS p ON p.account_id = k.account_id
WHERE k.account_id <> viewer_account() AND julianday('now') - julianday(k.made) <= 14
  AND k.case_comment_id > coalesce((SELECT max(o.case_comment_id) FROM seen_case_comment AS o WHERE o.case_id = k.case_id AND o.account_id = viewer_account()), 0)
  AND (viewer_role() = 'partner' OR c.lead_id = viewer_account() OR c.lead_id IS NULL)
GROUP BY c.case_id
-- view: seen_today_finance
SELECT 'finance' AS kind, CAST(c.case_id AS TEXT) AS id, c.title, 'finance' AS why_key, json_object('stage', c.stage) AS why_json,
  '/cases/' || c.case_id || '?part=money' AS action_url, 50.0 AS urgency
FROM seen_case AS c WHERE viewer_role() = 'financier' AND c.status = 'open'

-- Space: who asks for it waits for an answer; what ended and taught nothing yet.
-- view: seen_today_experiments
SELECT 'experiment' AS kind, CAST(e.experiment_id AS TEXT) AS id, e.title, 'experiment_' || e.status AS why_key, json_object('from', e.from_day, 'to', e.to_day) AS why_json,
  '/experiments/' || e.experiment_id AS action_url, CASE e.status WHEN 'asked' THEN 66.0 ELSE 46 END AS urgency
FROM seen_experiment AS e
WHERE (e.status = 'asked' AND e.may_agree = 1 AND e.made_by <> viewer_account())
   OR (e.status = 'ended' AND e.learned IS NULL AND (e.responsible_id = viewer_account() OR (viewer_role() = 'coordinator' AND e.responsible_id IS NULL)))

-- One's own marks.
-- view: seen_mark
SELECT m.* FROM main.today_mark AS m WHERE m.account_id = viewer_account()

-- name: today_list
SELECT kind, id, title, why_key, why_json, action_url, urgency, total FROM (
  SELECT i.*, row_number() OVER (PARTITION BY i.kind ORDER BY i.urgency DESC, i.id) AS place, count(*) OVER () AS total
  FROM (ALL_OF(seen_today_: kind, id, title, why_key, why_json, action_url, urgency)) AS i
  WHERE NOT EXISTS (SELECT 1 FROM seen_mark AS m WHERE m.kind = i.kind AND m.item_id = i.id
                    AND ((m.what = 'done' AND json_remove(m.why, '$.checked', '$.finished') = json_remove(i.why_json, '$.checked', '$.finished')) OR (m.what = 'snooze' AND m.until > date('now')))))
ORDER BY urgency - 8 * (place - 1) DESC, kind, id LIMIT 9
-- name: today_item
SELECT why_json, action_url FROM (ALL_OF(seen_today_: kind, id, title, why_key, why_json, action_url, urgency)) WHERE kind = :kind AND id = :id
-- name: today_mark_set (all)
INSERT INTO today_mark (account_id, kind, item_id, what, why, until, made, reason) VALUES (viewer_account(), :kind, :id, :what, :why, :until, :made, :reason)
ON CONFLICT (account_id, kind, item_id) DO UPDATE SET what = excluded.what, why = excluded.why, until = excluded.until, made = excluded.made, reason = excluded.reason
-- What one laid aside and why, as long as it would be on the list.
-- name: today_aside
SELECT i.kind, i.id, i.title, i.why_key, i.why_json, i.action_url, m.reason, m.made, m.until FROM seen_mark AS m
JOIN (ALL_OF(seen_today_: kind, id, title, why_key, why_json, action_url, urgency)) AS i ON i.kind = m.kind AND i.id = m.item_id
WHERE (m.what = 'done' AND json_remove(m.why, '$.checked', '$.finished') = json_remove(i.why_json, '$.checked', '$.finished'))
   OR (m.what = 'snooze' AND m.until > date('now'))
ORDER BY m.made DESC, i.kind, i.id LIMIT 100
-- name: today_mark_clear (all)
DELETE FROM today_mark WHERE account_id = viewer_account() AND kind = :kind AND item_id = :id
-- name: today_task_case
SELECT case_id FROM seen_case_task WHERE case_task_id = CAST(:task AS INTEGER)
