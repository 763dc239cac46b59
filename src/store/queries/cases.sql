-- Cases, by who may see them: the coordinator all; a partner those that they are in and were told of; a financier those that are open for finance, with
-- money and risk but without what is private to a partner; everybody else what is published, in its public words.

-- view: seen_case
SELECT c.* FROM main."case" AS c
WHERE viewer_role() = 'coordinator' OR (viewer_role() = 'financier' AND c.is_open_for_finance = 1)
   OR (viewer_role() = 'partner' AND EXISTS (SELECT 1 FROM main.case_partner AS p WHERE p.case_id = c.case_id AND p.told IS NOT NULL AND viewer_owns(p.actor_id)))
-- Those in which one takes part, not only looks.
-- view: seen_case_inside
SELECT c.* FROM seen_case AS c WHERE viewer_role() IN ('coordinator', 'partner')
-- view: seen_case_public
SELECT c.case_id, c.public_title, c.public_text, c.stage, c.status, c.area_id, c.moved FROM main."case" AS c
WHERE c.is_published = 1 AND c.status IN ('open', 'done')
-- view: seen_case_step
SELECT s.* FROM main.case_step AS s JOIN seen_case_inside AS c ON c.case_id = s.case_id
-- Gates say how the region works, to everybody.
-- view: seen_gate_criterion
SELECT g.* FROM main.gate_criterion AS g
-- view: seen_case_criterion
SELECT k.* FROM main.case_criterion AS k JOIN seen_case AS c ON c.case_id = k.case_id
-- view: seen_case_task
SELECT t.* FROM main.case_task AS t JOIN seen_case_inside AS c ON c.case_id = t.case_id
-- Who was not told yet is known to the coordinator only: a case made from what was found does not introduce anybody.
-- view: seen_case_partner
SELECT p.* FROM main.case_partner AS p JOIN seen_case AS c ON c.case_id = p.case_id WHERE viewer_role() = 'coordinator' OR p.told IS NOT NULL
-- view: seen_case_money
SELECT m.* FROM main.case_money AS m JOIN seen_case AS c ON c.case_id = m.case_id
WHERE viewer_role() = 'coordinator'
   OR (m.is_private = 0 AND (m.case_partner_id IS NULL OR EXISTS (SELECT 1 FROM main.case_partner AS p WHERE p.case_partner_id = m.case_partner_id AND p.told IS NOT NULL)))
   OR (viewer_role() = 'partner' AND EXISTS (SELECT 1 FROM main.case_partner AS p WHERE p.case_partner_id = m.case_partner_id AND viewer_owns(p.actor_id)))
-- view: seen_case_document
SELECT d.* FROM main.case_document AS d JOIN seen_case AS c ON c.case_id = d.case_id WHERE viewer_role() <> 'financier' OR d.is_for_finance = 1
-- view: seen_case_file
SELECT f.* FROM main.case_file AS f JOIN seen_case_document AS d ON d.case_document_id = f.case_document_id
-- view: seen_case_comment
SELECT k.* FROM main.case_comment AS k JOIN seen_case_inside AS c ON c.case_id = k.case_id
-- view: seen_case_outcome
SELECT o.* FROM main.case_outcome AS o JOIN seen_case AS c ON c.case_id = o.case_id
-- view: seen_case_share
SELECT s.* FROM main.case_share AS s JOIN seen_case_outcome AS o ON o.case_outcome_id = s.case_outcome_id
-- Names of those one meets at work: for the coordinator all; for others the coordinators, oneself and who speaks for a partner of a
-- case that one is in.
-- view: seen_case_person
SELECT a.account_id, a.name, a.role FROM main.account AS a
WHERE a.is_closed = 0 AND viewer_role() <> 'public'
  AND (viewer_role() = 'coordinator' OR a.role = 'coordinator' OR a.account_id = viewer_account()
    OR (viewer_role() = 'partner' AND EXISTS (SELECT 1 FROM main.account_actor AS s JOIN seen_case_partner AS p ON p.actor_id = s.actor_id
                                              WHERE s.account_id = a.account_id)))
-- For whom such a person speaks.
-- view: seen_case_speaker
SELECT s.account_id, s.actor_id FROM main.account_actor AS s JOIN seen_case_person AS a ON a.account_id = s.account_id

-- What a case can be made from. Another feature adds its own: a view seen_origin_NAME with these columns, as the viewer may see it.
-- actors_json: [{"actor_id", "role"}] (role as in case_partner).
-- view: seen_origin_tie
SELECT 'tie' AS origin_kind, CAST(t.fid AS TEXT) AS origin_id, coalesce(r.name_nl, r.name) AS title_nl, r.name AS title_en, NULL AS summary,
  t.eur AS worth_eur, t.co2_kg / 1000 AS co2_t, t.is_estimate,
  (SELECT json_group_array(json_object('actor_id', e.actor_id, 'role', e.role)) FROM (
     SELECT s.actor_id, 'holder' AS role FROM site AS s WHERE s.site_id = t.from_site_id
     UNION ALL SELECT s.actor_id, 'taker' FROM site AS s WHERE s.site_id = t.to_site_id) AS e) AS actors_json
FROM seen_tie AS t JOIN resource AS r ON r.resource_id = t.resource_id
-- What came up in a session, and the session itself: several cases may come from one.
-- view: seen_origin_meeting
SELECT 'meeting' AS origin_kind, CAST(m.meeting_id AS TEXT) AS origin_id, m.title AS title_nl, m.title AS title_en, m.goal AS summary, NULL AS worth_eur, NULL AS co2_t,
  1 AS is_estimate, (SELECT json_group_array(json_object('actor_id', a.actor_id, 'role', 'other')) FROM seen_meeting_actor AS a
                     WHERE a.meeting_id = m.meeting_id AND a.status = 'attended') AS actors_json
FROM seen_meeting AS m
-- view: seen_origin_opportunity
SELECT 'opportunity' AS origin_kind, CAST(o.opportunity_id AS TEXT) AS origin_id, o.title AS title_nl, o.title AS title_en,
  nullif(trim(coalesce(o.owners, '') || ' ' || coalesce(o.next_step, '')), '') AS summary, NULL AS worth_eur, NULL AS co2_t, 1 AS is_estimate, NULL AS actors_json
FROM seen_opportunity AS o
-- name: case_origin
SELECT title_nl, title_en, summary, worth_eur, co2_t, is_estimate, actors_json
FROM (ALL_OF(seen_origin_: origin_kind, origin_id, title_nl, title_en, summary, worth_eur, co2_t, is_estimate, actors_json))
WHERE origin_kind = :kind AND origin_id = :id
-- A knot as far as its ties are seen; the coordinator sees it whole, with what its unit earns. It is called after the unit that it is tied around, else
-- after what is worth most in it: who is at its ends, a title tells nobody.
-- view: seen_case_knot
SELECT k.* FROM main.knot AS k WHERE viewer_role() = 'coordinator'
-- The unit in the middle of a knot: units and processes are open.
-- view: seen_case_unit
SELECT k.run_id, k.case_id, u.process_id FROM main.knot AS k JOIN unit AS u ON u.unit_id = k.anchor_id WHERE k.anchor_kind = 'unit'
-- name: case_origin_knot
SELECT coalesce((SELECT coalesce((SELECT (SELECT name_nl FROM main.process AS x WHERE x.process_id = p.process_id) FROM (SELECT NULL AS name_nl)), p.name) FROM seen_case_unit AS k JOIN process AS p ON p.process_id = k.process_id WHERE k.run_id = :run AND k.case_id = :knot),
    (SELECT coalesce(b.name_nl, b.name) FROM seen_tie AS u JOIN resource AS b ON b.resource_id = u.resource_id WHERE u.run_id = :run AND u.case_id = :knot ORDER BY u.eur DESC, u.fid LIMIT 1)) AS title_nl,
  coalesce((SELECT p.name FROM seen_case_unit AS k JOIN process AS p ON p.process_id = k.process_id WHERE k.run_id = :run AND k.case_id = :knot),
    (SELECT b.name FROM seen_tie AS u JOIN resource AS b ON b.resource_id = u.resource_id WHERE u.run_id = :run AND u.case_id = :knot ORDER BY u.eur DESC, u.fid LIMIT 1)) AS title_en, NULL AS summary,
  coalesce((SELECT k.eur FROM seen_case_knot AS k WHERE k.run_id = :run AND k.case_id = :knot), sum(t.eur)) AS worth_eur,
  coalesce((SELECT k.co2_kg FROM seen_case_knot AS k WHERE k.run_id = :run AND k.case_id = :knot), sum(t.co2_kg)) / 1000 AS co2_t, max(t.is_estimate) AS is_estimate,
  (SELECT json_group_array(json_object('actor_id', e.actor_id, 'role', e.role)) FROM (
     SELECT s.actor_id, CASE WHEN max(n.is_from) = 1 THEN 'holder' ELSE 'taker' END AS role FROM (
       SELECT u.from_site_id AS site_id, 1 AS is_from FROM seen_tie AS u WHERE u.run_id = :run AND u.case_id = :knot
       UNION ALL SELECT u.to_site_id, 0 FROM seen_tie AS u WHERE u.run_id = :run AND u.case_id = :knot) AS n
     JOIN site AS s ON s.site_id = n.site_id GROUP BY s.actor_id) AS e) AS actors_json
FROM seen_tie AS t WHERE t.run_id = :run AND t.case_id = :knot HAVING count(*) > 0
-- A match is an offer and a need; what it is worth comes from whoever worked it out.
-- name: case_origin_match
SELECT coalesce(r.name_nl, r.name) AS title_nl, r.name AS title_en, NULL AS summary, NULL AS worth_eur, NULL AS co2_t, 1 AS is_estimate,
  (SELECT json_group_array(json_object('actor_id', e.actor_id, 'role', e.role)) FROM (
     SELECT o.holder_id AS actor_id, 'holder' AS role UNION ALL SELECT n.holder_id, 'taker' WHERE n.holder_id IS NOT NULL) AS e) AS actors_json
FROM seen_offer AS o JOIN seen_need AS n JOIN resource AS r ON r.resource_id = o.resource_id WHERE o.offer_id = :offer AND n.need_id = :need
-- name: case_by_origin
SELECT case_id FROM seen_case WHERE origin_kind = :kind AND origin_id = :id AND status <> 'lost' ORDER BY case_id LIMIT 1

-- Reading.
-- name: case_list
SELECT c.case_id, c.title, c.stage, c.status, c.worth_eur, c.co2_t, c.is_estimate, c.risk, c.is_open_for_finance, c.is_published, c.lead_id, p.name AS lead_name,
  c.made, c.moved, c.origin_kind,
  (SELECT json_group_array(x.name) FROM (SELECT a.name FROM seen_case_partner AS q JOIN actor AS a ON a.actor_id = q.actor_id WHERE q.case_id = c.case_id
                                         ORDER BY q.case_partner_id) AS x) AS partners_json,
  (SELECT count(*) FROM seen_gate_criterion AS g WHERE g.stage = c.stage AND g.is_used = 1) AS criterion_count,
  (SELECT count(*) FROM seen_gate_criterion AS g JOIN seen_case_criterion AS k ON k.gate_criterion_id = g.gate_criterion_id
   WHERE g.stage = c.stage AND g.is_used = 1 AND k.case_id = c.case_id AND k.is_met = 1) AS met_count,
  (SELECT sum(m.eur * (m.to_yr - m.from_yr + 1)) FROM seen_case_money AS m WHERE m.case_id = c.case_id AND m.kind = 'investment') AS invest_eur,
  (SELECT sum(m.eur * (m.to_yr - m.from_yr + 1)) FROM seen_case_money AS m WHERE m.case_id = c.case_id AND m.kind = 'subsidy') AS subsidy_eur,
  (SELECT sum(iif(m.kind = 'benefit', 1, -1) * m.eur * (m.to_yr - m.from_yr + 1)) / (max(m.to_yr) - min(m.from_yr) + 1) FROM seen_case_money AS m
   WHERE m.case_id = c.case_id AND m.kind IN ('benefit', 'cost')) AS yield_eur, -- a year, over the years that it lasts
  (SELECT count(*) FROM seen_case_task AS t WHERE t.case_id = c.case_id AND t.done IS NULL) AS task_count,
  (SELECT min(t.due) FROM seen_case_task AS t WHERE t.case_id = c.case_id AND t.done IS NULL) AS due,
  (SELECT s.reason FROM seen_case_step AS s WHERE s.case_id = c.case_id ORDER BY s.case_step_id DESC LIMIT 1) AS reason
FROM seen_case AS c LEFT JOIN seen_case_person AS p ON p.account_id = c.lead_id
WHERE (:stage IS NULL OR c.stage = :stage) AND (:status IS NULL OR c.status = :status)
  AND (:search IS NULL OR instr(lower(c.title || ' ' || coalesce(c.summary, '')), lower(:search)) > 0)
  AND c.case_id > coalesce(CAST(:after AS INTEGER), 0)
ORDER BY c.case_id LIMIT :limit
-- name: case_public_list
SELECT c.case_id, c.public_title AS title, c.public_text, c.stage, c.status, c.area_id, a.name AS area_name, c.moved
FROM seen_case_public AS c LEFT JOIN area AS a ON a.area_id = c.area_id
WHERE (:stage IS NULL OR c.stage = :stage) AND (:area IS NULL OR c.area_id = :area) AND c.case_id > coalesce(CAST(:after AS INTEGER), 0)
ORDER BY c.case_id LIMIT :limit
-- name: case_public_get
SELECT c.case_id, c.public_title AS title, c.public_text, c.stage, c.status, c.area_id, a.name AS area_name, c.moved
FROM seen_case_public AS c LEFT JOIN area AS a ON a.area_id = c.area_id WHERE c.case_id = CAST(:case AS INTEGER)
-- name: case_get
SELECT c.case_id, c.title, c.summary, c.stage, c.status, c.lead_id, c.worth_eur, c.co2_t, c.is_estimate, c.risk, c.is_open_for_finance, c.is_published, c.public_title,
  c.public_text, c.area_id, c.origin_kind, CASE WHEN viewer_role() = 'coordinator' THEN c.origin_id END AS origin_id, c.made, c.moved, p.name AS lead_name,
  e.name AS area_name, viewer_role() IN ('coordinator', 'partner') AS is_inside, viewer_role() = 'coordinator' AS is_mine_to_move
FROM seen_case AS c LEFT JOIN seen_case_person AS p ON p.account_id = c.lead_id LEFT JOIN area AS e ON e.area_id = c.area_id
WHERE c.case_id = CAST(:case AS INTEGER)
-- name: case_steps
SELECT s.case_step_id, s.step, s.from_stage, s.to_stage, s.from_status, s.to_status, s.reason, s.reason_text, s.is_override, p.name AS account_name, s.made
FROM seen_case_step AS s LEFT JOIN seen_case_person AS p ON p.account_id = s.account_id WHERE s.case_id = :case ORDER BY s.case_step_id
-- name: case_criteria
SELECT g.gate_criterion_id, g.stage, g.rank, g.name_en, g.name_nl, g.evidence_en, g.evidence_nl, coalesce(k.is_met, 0) AS is_met, k.evidence, k.case_document_id,
  p.name AS account_name, k.made
FROM seen_gate_criterion AS g LEFT JOIN seen_case_criterion AS k ON k.gate_criterion_id = g.gate_criterion_id AND k.case_id = :case
LEFT JOIN seen_case_person AS p ON p.account_id = k.account_id
WHERE g.is_used = 1 OR k.case_criterion_id IS NOT NULL
ORDER BY CASE g.stage WHEN 'idea' THEN 0 WHEN 'seed' THEN 1 WHEN 'potential' THEN 2 WHEN 'feasible' THEN 3 WHEN 'pilot' THEN 4 ELSE 5 END, g.rank, g.gate_criterion_id
-- name: case_tasks
SELECT t.case_task_id, t.what, t.owner_id, p.name AS owner_name, t.due, t.done FROM seen_case_task AS t
LEFT JOIN seen_case_person AS p ON p.account_id = t.owner_id WHERE t.case_id = :case ORDER BY t.done IS NOT NULL, t.due IS NULL, t.due, t.case_task_id
-- name: case_partners
SELECT q.case_partner_id, q.actor_id, a.name AS actor_name, q.role, q.brings, q.contact_id, p.name AS contact_name, q.told IS NOT NULL AS is_told, viewer_owns(q.actor_id) AS is_own
FROM seen_case_partner AS q LEFT JOIN actor AS a ON a.actor_id = q.actor_id LEFT JOIN seen_case_person AS p ON p.account_id = q.contact_id
WHERE q.case_id = :case ORDER BY q.case_partner_id
-- name: case_money
SELECT m.case_money_id, m.case_partner_id, q.actor_id, a.name AS actor_name, m.kind, m.what, m.eur, m.from_yr, m.to_yr, m.is_private, m.is_estimate, m.origin
FROM seen_case_money AS m LEFT JOIN seen_case_partner AS q ON q.case_partner_id = m.case_partner_id LEFT JOIN actor AS a ON a.actor_id = q.actor_id
WHERE m.case_id = :case ORDER BY m.from_yr, m.case_money_id
-- name: case_documents
SELECT d.case_document_id, d.name, d.link, d.type, d.size, d.is_for_finance, p.name AS account_name, d.made, d.account_id = viewer_account() AS is_own
FROM seen_case_document AS d LEFT JOIN seen_case_person AS p ON p.account_id = d.account_id WHERE d.case_id = :case ORDER BY d.case_document_id
-- name: case_comments
SELECT k.case_comment_id, k.comment, p.name AS account_name, k.made FROM seen_case_comment AS k
LEFT JOIN seen_case_person AS p ON p.account_id = k.account_id WHERE k.case_id = :case ORDER BY k.case_comment_id
-- What would go from whom to whom, as far as the viewer may see it: the ties of the plan or the pair that the case was made from. A plan that is younger
-- than the case is another one.
-- name: case_ties
WITH one AS (SELECT c.origin_kind AS kind, c.origin_id AS id, c.made FROM seen_case_inside AS c WHERE c.case_id = :case),
  mine AS (SELECT t.* FROM one JOIN seen_tie_named AS t ON t.tie_id = CAST(one.id AS INTEGER) JOIN seen_run AS w ON w.run_id = t.run_id WHERE one.kind = 'tie' AND w.finished <= one.made
    UNION ALL SELECT t.* FROM one JOIN seen_tie_named AS t ON t.run_id = CAST(substr(one.id, 1, instr(one.id, ':') - 1) AS INTEGER)
      AND t.case_id = CAST(substr(one.id, instr(one.id, ':') + 1) AS INTEGER) WHERE one.kind = 'knot')
SELECT from_kind, from_id, from_site_name, from_actor_name, from_name, from_name_nl, to_kind, to_id, to_site_name, to_actor_name, to_name, to_name_nl, resource_id, resource_name,
  resource_name_nl, resource_name_fr, resource_name_de, class, unit, quantity, km, eur, co2_kg, is_estimate FROM mine
UNION ALL SELECT 'offer', o.offer_id, fs.name, fa.name, NULL, NULL, 'need', n.need_id, ts.name, ta.name, NULL, NULL, o.resource_id, r.name,
  r.name_nl, r.name_fr, r.name_de, r.class, r.unit, NULL, NULL, NULL, NULL, 1
FROM one JOIN seen_offer AS o ON o.offer_id = substr(one.id, 1, instr(one.id, '|') - 1) JOIN seen_need AS n ON n.need_id = substr(one.id, instr(one.id, '|') + 1)
JOIN seen_resource AS r ON r.resource_id = o.resource_id JOIN site AS fs ON fs.site_id = o.site_id JOIN actor AS fa ON fa.actor_id = fs.actor_id
LEFT JOIN site AS ts ON ts.site_id = n.site_id LEFT JOIN actor AS ta ON ta.actor_id = ts.actor_id WHERE one.kind = 'match'
ORDER BY eur DESC
-- name: case_outcomes
SELECT o.case_outcome_id, o.kind, o.quantity, o.from_day, o.to_day, o.evidence, o.case_document_id, p.name AS claimed_name, o.claimed_on,
  o.claimed_by = viewer_account() AS is_own, o.verified_by, o.verified_quantity, o.verified_on,
  (SELECT json_group_array(json_object('case_partner_id', x.case_partner_id, 'share', x.share))
   FROM (SELECT s.case_partner_id, s.share FROM seen_case_share AS s WHERE s.case_outcome_id = o.case_outcome_id
           AND (s.case_partner_id IS NULL OR EXISTS (SELECT 1 FROM seen_case_partner AS q WHERE q.case_partner_id = s.case_partner_id AND q.case_id = o.case_id))
         ORDER BY s.case_share_id) AS x) AS shares_json
FROM seen_case_outcome AS o LEFT JOIN seen_case_person AS p ON p.account_id = o.claimed_by WHERE o.case_id = :case ORDER BY o.case_outcome_id
-- name: case_people
SELECT p.account_id, p.name, p.role,
  (SELECT json_group_array(s.actor_id) FROM seen_case_speaker AS s WHERE s.account_id = p.account_id) AS actors_json
FROM seen_case_person AS p
WHERE p.role = 'coordinator' OR p.account_id = viewer_account()
   OR EXISTS (SELECT 1 FROM seen_case_speaker AS s JOIN seen_case_partner AS q ON q.actor_id = s.actor_id WHERE s.account_id = p.account_id AND q.case_id = :case)
ORDER BY p.name, p.account_id
-- name: case_actors
SELECT actor_id, name, kind FROM actor WHERE actor_id > coalesce(:after, '') ORDER BY actor_id LIMIT :limit
-- name: case_rate
SELECT value FROM settings WHERE "key" = 'discount_rate'
-- name: case_file
SELECT d.name, d.type, f.bytes FROM seen_case_document AS d JOIN seen_case_file AS f ON f.case_document_id = d.case_document_id
WHERE d.case_id = CAST(:case AS INTEGER) AND d.case_document_id = CAST(:document AS INTEGER)
-- What others than the coordinator hear of all cases together: how many published ones there are in each stage.
-- name: case_counts
SELECT c.stage, count(*) AS count FROM seen_case_public AS c GROUP BY c.stage
-- name: case_stage_counts
SELECT c.stage, c.status, count(*) AS count, sum(c.worth_eur) AS worth_eur, sum(c.co2_t) AS co2_t FROM seen_case AS c
WHERE viewer_role() = 'coordinator' GROUP BY c.stage, c.status
-- Outcomes of the whole region, with the part that is due to the coordinator's work.
-- name: case_outcome_totals
SELECT o.kind, count(*) AS count, sum(o.quantity) AS claimed, sum(o.verified_quantity) AS verified, sum(o.verified_quantity IS NOT NULL) AS verified_count,
  sum(coalesce(o.verified_quantity, o.quantity) * (SELECT s.share FROM seen_case_share AS s WHERE s.case_outcome_id = o.case_outcome_id AND s.case_partner_id IS NULL)) AS coordinator_part
FROM seen_case_outcome AS o WHERE viewer_role() = 'coordinator' GROUP BY o.kind ORDER BY o.kind
-- name: case_gates
SELECT gate_criterion_id, stage, rank, name_en, name_nl, evidence_en, evidence_nl, is_used FROM seen_gate_criterion
WHERE gate_criterion_id > coalesce(CAST(:after AS INTEGER), 0) ORDER BY gate_criterion_id LIMIT :limit
-- Within a year one may be asked about an edit: those of the rows of a case.
-- view: seen_case_edit
SELECT e.* FROM main.edit AS e WHERE viewer_role() = 'coordinator' AND e.table_name IN ('case', 'case_criterion', 'case_task', 'case_partner', 'case_money',
  'case_document', 'case_outcome')
-- name: case_history
SELECT e.edit_id, e.table_name, e.row_key, e.before AS before_json, e.after AS after_json, p.name AS account_name, e.made
FROM seen_case_edit AS e LEFT JOIN seen_case_person AS p ON p.account_id = e.account_id
WHERE e.edit_id > coalesce(CAST(:after AS INTEGER), 0)
  AND ((e.table_name = 'case' AND e.row_key = CAST(:case AS TEXT)) OR json_extract(coalesce(e.after, e.before), '$.case_id') = CAST(:case AS INTEGER))
ORDER BY e.edit_id LIMIT :limit

-- Deciding and writing. The writing thread asks as the viewer.
-- name: case_state
SELECT c.stage, c.status, viewer_role() = 'coordinator' AS may_move,
  NOT EXISTS (SELECT 1 FROM seen_gate_criterion AS g WHERE g.stage = c.stage AND g.is_used = 1
              AND NOT EXISTS (SELECT 1 FROM seen_case_criterion AS k WHERE k.case_id = c.case_id AND k.gate_criterion_id = g.gate_criterion_id AND k.is_met = 1)) AS is_gate_open,
  EXISTS (SELECT 1 FROM seen_case_outcome AS o WHERE o.case_id = c.case_id) AS has_outcome
FROM seen_case_inside AS c WHERE c.case_id = :case
-- name: case_next_key (all)
SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = :table), 0) + 1
-- name: case_step_add (all)
INSERT INTO case_step (case_id, step, from_stage, to_stage, from_status, to_status, reason, reason_text, is_override, account_id, made)
VALUES (:case, :step, :from_stage, :to_stage, :from_status, :to_status, :reason, :reason_text, :is_override, viewer_account(), :made)
-- name: case_is_inside
SELECT viewer_role() = 'coordinator' FROM seen_case_inside WHERE case_id = :case
-- name: case_criterion_key
SELECT k.case_criterion_id, k.is_met, k.evidence FROM seen_case_criterion AS k WHERE k.case_id = :case AND k.gate_criterion_id = :criterion
-- name: case_criterion_is_there
SELECT rank FROM seen_gate_criterion WHERE gate_criterion_id = :criterion
-- Rows of a case: is it there, and may a partner change it (own_: theirs)?
-- name: case_task_right
SELECT 1 FROM seen_case_task WHERE case_id = :case AND case_task_id = :row
-- name: case_partner_right
SELECT viewer_role() = 'coordinator' OR viewer_owns(actor_id) FROM seen_case_partner WHERE case_id = :case AND case_partner_id = :row
-- name: case_money_right
SELECT viewer_role() = 'coordinator' OR EXISTS (SELECT 1 FROM seen_case_partner AS p WHERE p.case_partner_id = m.case_partner_id AND viewer_owns(p.actor_id))
FROM seen_case_money AS m WHERE m.case_id = :case AND m.case_money_id = :row
-- name: case_document_right
SELECT viewer_role() = 'coordinator' OR account_id = viewer_account() FROM seen_case_document WHERE case_id = :case AND case_document_id = :row
-- name: case_comment_right
SELECT 0 FROM seen_case_comment WHERE case_id = :case AND case_comment_id = :row
-- name: case_outcome_right
SELECT viewer_role() = 'coordinator' OR (claimed_by = viewer_account() AND verified_by IS NULL) FROM seen_case_outcome WHERE case_id = :case AND case_outcome_id = :row
-- name: case_person_is_there
SELECT 1 FROM seen_case_person WHERE account_id = :account
-- name: case_file_add (all)
INSERT INTO case_file (case_document_id, bytes) VALUES (:document, :bytes)
-- name: case_file_remove (all)
DELETE FROM case_file WHERE case_document_id = :document
-- name: case_bytes (all)
SELECT coalesce(sum(size), 0) FROM case_document WHERE :case IS NULL OR case_id = :case
-- name: case_share_keys
SELECT case_share_id FROM seen_case_share WHERE case_outcome_id = :outcome
-- name: case_outcome_state
SELECT claimed_by = viewer_account() AS is_own, verified_by IS NOT NULL AS is_verified, quantity FROM seen_case_outcome WHERE case_id = :case AND case_outcome_id = :row
-- name: case_version
SELECT coalesce(max(e.edit_id), 0) FROM seen_case_edit AS e WHERE e.table_name = :table AND e.row_key = :key
-- name: case_area_is_there
SELECT 1 FROM area WHERE area_id = :area
