-- Blind matching: entries in people's own words, what is open to whom, introductions. (all): reads closed tables; the reason stands with it.

-- view: seen_entry
SELECT e.* FROM main.entry AS e
WHERE viewer_role() = 'coordinator' OR (viewer_role() = 'partner' AND (e.account_id = viewer_account() OR viewer_owns(e.actor_id)))

-- An introduction as each side sees it: of the other side no more than what both have revealed up to. The other side sees nothing before the
-- broker put it to them. `level`: 0 nothing, 1 sector, 2 name, 3 contact, 4 figures; after a withdrawal nothing.
-- view: seen_intro
SELECT i.intro_id, i.state, i.side, i.level, i.made, i.moved, i.case_id, i.is_put,
  CASE i.side WHEN 'asker' THEN i.asker_step WHEN 'other' THEN i.other_step END AS my_step,
  CASE i.side WHEN 'asker' THEN i.other_step WHEN 'other' THEN i.asker_step END AS their_step,
  CASE i.side WHEN 'other' THEN i.other_kind ELSE i.asker_kind END AS my_kind,
  CASE i.side WHEN 'other' THEN i.other_id ELSE i.asker_id END AS my_id,
  CASE i.side WHEN 'asker' THEN i.asker_card WHEN 'other' THEN i.other_card END AS card,
  CASE WHEN i.side = 'asker' OR i.side = 'broker' THEN i.note END AS note,
  CASE WHEN i.side = 'broker' OR i.side = i.refused_by OR (i.side = 'asker' AND i.refused_by = 'broker') THEN i.reason END AS reason,
  CASE WHEN i.side = 'broker' OR i.side = i.refused_by OR i.refused_by = 'broker' THEN i.refused_by END AS refused_by,
  CASE WHEN i.level >= 1 THEN t.nace END AS their_nace,
  CASE WHEN i.level >= 2 THEN t.name END AS their_name,
  CASE WHEN i.level >= 2 THEN t.actor_id END AS their_actor_id,
  CASE WHEN i.level >= 3 THEN CASE i.side WHEN 'asker' THEN i.other_contact ELSE i.asker_contact END END AS their_contact,
  CASE WHEN i.level >= 4 THEN i.their_kind END AS figures_kind,
  CASE WHEN i.level >= 4 THEN i.their_id END AS figures_id,
  CASE WHEN i.side = 'broker' THEN (SELECT a.name FROM actor AS a WHERE a.actor_id = i.asker_actor_id) END AS asker_name,
  CASE WHEN i.side = 'broker' THEN (SELECT a.name FROM actor AS a WHERE a.actor_id = i.other_actor_id) END AS other_name,
  CASE WHEN i.side = 'broker' THEN i.asker_actor_id END AS asker_actor_id,
  CASE WHEN i.side = 'broker' THEN i.other_actor_id END AS other_actor_id,
  CASE WHEN i.side = 'broker' THEN i.other_kind END AS other_kind,
  CASE WHEN i.side = 'broker' THEN i.other_id END AS other_id,
  CASE WHEN i.side = 'broker' THEN i.asker_step END AS asker_step,
  CASE WHEN i.side = 'broker' THEN i.other_step END AS other_step,
  CASE WHEN i.side = 'broker' THEN i.asker_card END AS asker_card,
  CASE WHEN i.side = 'broker' THEN EXISTS (SELECT 1 FROM main.account_actor AS p JOIN main.account AS c ON c.account_id = p.account_id
    WHERE p.actor_id = i.other_actor_id AND c.is_closed = 0 AND c.role = 'partner') END AS has_other_account,
  CASE WHEN i.side = 'broker' THEN EXISTS (SELECT 1 FROM main.account_actor AS p JOIN main.account AS c ON c.account_id = p.account_id
    WHERE p.actor_id = i.asker_actor_id AND c.is_closed = 0 AND c.role = 'partner') END AS has_asker_account,
  i.state IN ('asked', 'accepted', 'willing', 'introduced') AND julianday('now') - julianday(i.moved) >
    CASE i.state WHEN 'asked' THEN 7 WHEN 'introduced' THEN 30 ELSE 14 END AS is_stale
FROM (SELECT b.*,
        CASE WHEN b.side IN ('asker', 'other') AND b.state IN ('willing', 'introduced', 'case', 'ended') THEN min(b.asker_step, b.other_step) ELSE 0 END AS level,
        CASE b.side WHEN 'asker' THEN b.other_actor_id WHEN 'other' THEN b.asker_actor_id END AS their_actor,
        CASE b.side WHEN 'asker' THEN b.other_kind WHEN 'other' THEN b.asker_kind END AS their_kind,
        CASE b.side WHEN 'asker' THEN b.other_id WHEN 'other' THEN b.asker_id END AS their_id
      FROM (SELECT n.*, CASE WHEN viewer_role() = 'coordinator' THEN 'broker'
                             WHEN viewer_role() = 'partner' AND viewer_owns(n.asker_actor_id) THEN 'asker'
                             WHEN viewer_role() = 'partner' AND viewer_owns(n.other_actor_id) AND n.is_put = 1 THEN 'other' END AS side
            FROM main.intro AS n) AS b
      WHERE b.side IS NOT NULL) AS i
LEFT JOIN main.actor AS t ON t.actor_id = i.their_actor
-- Notes are for the broker and for who wrote them; what happened before the broker put it to them is not for the other side.
-- view: seen_intro_event
SELECT e.event_id, e.intro_id, e.side, e.what, e.step, e.made,
  CASE WHEN i.side = 'broker' OR i.side = e.side OR (i.side = 'asker' AND e.what = 'decline') THEN e.note END AS note
FROM main.intro_event AS e JOIN seen_intro AS i ON i.intro_id = e.intro_id
WHERE i.side <> 'other' OR e.event_id >= (SELECT min(f.event_id) FROM main.intro_event AS f WHERE f.intro_id = e.intro_id AND f.what = 'accept')
-- What a case can be made from: who were introduced, for the broker. Its worth is the middle of the band that the asker saw.
-- view: seen_origin_introduction
SELECT 'introduction' AS origin_kind, i.intro_id AS origin_id, coalesce(r.name_nl, r.name, '') || ': ' || i.asker_name || ', ' || i.other_name AS title_nl,
  coalesce(r.name, '') || ': ' || i.asker_name || ', ' || i.other_name AS title_en, NULL AS summary,
  ((i.asker_card ->> '$.eur[0]') + (i.asker_card ->> '$.eur[1]')) / 2.0 AS worth_eur, NULL AS co2_t, 1 AS is_estimate,
  json_array(json_object('actor_id', i.asker_actor_id, 'role', CASE i.my_kind WHEN 'offer' THEN 'holder' ELSE 'taker' END),
             json_object('actor_id', i.other_actor_id, 'role', CASE i.my_kind WHEN 'offer' THEN 'taker' ELSE 'holder' END)) AS actors_json
FROM seen_intro AS i
LEFT JOIN seen_offer AS o ON i.my_kind = 'offer' AND o.offer_id = i.my_id LEFT JOIN seen_need AS d ON i.my_kind = 'need' AND d.need_id = i.my_id
LEFT JOIN resource AS r ON r.resource_id = coalesce(o.resource_id, d.resource_id)
WHERE i.side = 'broker' AND i.state IN ('introduced', 'case')
-- What waits for somebody, for Today.
-- view: seen_today_blind
SELECT 'introduction' AS kind, i.intro_id AS id, coalesce(n.words, r.name, i.my_id) AS title,
  CASE WHEN i.side = 'broker' AND i.state = 'asked' THEN 'intro_asked'
       WHEN i.side = 'broker' THEN 'intro_stale'
       WHEN i.side = 'other' AND i.state = 'accepted' THEN 'intro_asks_you'
       ELSE 'intro_your_turn' END AS why_key,
  json_object('since', substr(i.moved, 1, 10), 'resource', coalesce(r.name, ''), 'resource_nl', coalesce(r.name_nl, r.name, ''),
              'asker', i.asker_name, 'other', i.other_name, 'step', i.my_step) AS why_json,
  '/chances/introductions/' || i.intro_id AS action_url,
  CASE WHEN i.side = 'broker' AND i.state = 'asked' THEN 60.0 + min(25.0, julianday('now') - julianday(i.moved))
       WHEN i.side = 'broker' THEN 40.0 + min(20.0, (julianday('now') - julianday(i.moved)) / 15)
       ELSE 60.0 + min(15.0, julianday('now') - julianday(i.moved)) END AS urgency
FROM seen_intro AS i
LEFT JOIN seen_entry AS n ON n.row_id = i.my_id AND n.kind = i.my_kind
LEFT JOIN seen_offer AS o ON i.my_kind = 'offer' AND o.offer_id = i.my_id
LEFT JOIN seen_need AS d ON i.my_kind = 'need' AND d.need_id = i.my_id
LEFT JOIN resource AS r ON r.resource_id = coalesce(o.resource_id, d.resource_id)
WHERE (i.side = 'broker' AND (i.state = 'asked' OR i.is_stale))
   OR (i.side = 'other' AND i.state = 'accepted')
   OR (i.side IN ('asker', 'other') AND i.state IN ('willing', 'introduced') AND i.my_step < 4 AND i.my_step <= i.their_step)
UNION ALL
SELECT 'entry', e.entry_id, e.words, 'entry_unknown', json_object('since', substr(e.moved, 1, 10)), '/chances/mine/' || e.entry_id, 50.0
FROM seen_entry AS e WHERE viewer_role() = 'coordinator' AND e.row_id IS NULL AND e.resource_id IS NULL

-- The stamp of the rows that matching rests on: two numbers, and nothing of the rows (all).
-- name: region_stamp (all)
SELECT (SELECT coalesce(max(revision), 0) FROM revision) || '.' || coalesce((SELECT max(edit_id) FROM edit WHERE table_name IN
  ('settings', 'source', 'area', 'actor', 'site', 'resource', 'offer', 'need', 'offer_property', 'need_spec', 'substitution', 'process', 'process_flow',
   'unit', 'gateway', 'mode', 'node', 'link', 'terminal', 'tariff', 'incentive', 'permit')), 0) AS stamp
-- Matching asks of each row who may see it, as the file is now; the answer is judged by kn_viewer_sees() and does not leave (all).
-- name: blind_row (all)
SELECT o.disclosure, s.actor_id FROM offer AS o JOIN site AS s ON s.site_id = o.site_id WHERE :kind = 'offer' AND o.offer_id = :id
UNION ALL
SELECT n.disclosure, s.actor_id FROM need AS n LEFT JOIN site AS s ON s.site_id = n.site_id WHERE :kind = 'need' AND n.need_id = :id
-- How often all accounts of the viewer's actors changed figures within a day; a number about oneself (all).
-- name: blind_probes (all)
SELECT count(*) FROM edit AS e WHERE e.made > strftime('%Y-%m-%dT%H:%M:%S', 'now', '-1 day')
  AND e.table_name IN ('offer', 'need', 'offer_property', 'need_spec', 'site')
  AND e.account_id IN (SELECT viewer_account() UNION SELECT b.account_id FROM account_actor AS a JOIN account_actor AS b ON b.actor_id = a.actor_id
                       WHERE a.account_id = viewer_account())
-- The key of tokens; used by the server only (all).
-- name: blind_secret (all)
SELECT secret FROM blind_secret
-- name: blind_secret_add (all)
INSERT OR IGNORE INTO blind_secret (secret_id, secret) VALUES (1, lower(hex(randomblob(32))))

-- Entries. Written by who entered them, or for their actor (all: the right stands in WHERE).
-- name: entry_add (all)
INSERT INTO entry (entry_id, account_id, actor_id, kind, words, amount, resource_id, everyday_id, quantity, rel_sd, site_id, fate, cost_eur, disclosure, row_id, made, moved)
VALUES (:entry, viewer_account(), :actor, :kind, :words, :amount, :resource, :everyday, :quantity, :rel_sd, :site, :fate, :cost, :disclosure, :row, :now, :now)
-- name: entry_change (all)
UPDATE entry SET actor_id = :actor, words = :words, amount = :amount, resource_id = :resource, everyday_id = :everyday, quantity = :quantity,
  rel_sd = :rel_sd, site_id = :site, fate = :fate, cost_eur = :cost, disclosure = :disclosure, row_id = :row, moved = :now
WHERE entry_id = :entry AND (viewer_role() = 'coordinator' OR (viewer_role() = 'partner' AND (account_id = viewer_account() OR viewer_owns(actor_id))))
-- name: entry_remove (all)
DELETE FROM entry
WHERE entry_id = :entry AND (viewer_role() = 'coordinator' OR (viewer_role() = 'partner' AND (account_id = viewer_account() OR viewer_owns(actor_id))))
-- name: entry_get
SELECT e.entry_id, e.kind, e.words, e.amount, e.actor_id, e.resource_id, r.name AS resource_name, r.name_nl AS resource_name_nl, r.class, e.everyday_id,
  e.quantity, e.rel_sd, e.site_id, s.name AS site_name, e.fate, e.cost_eur, e.disclosure, e.row_id, e.made, e.moved
FROM seen_entry AS e LEFT JOIN resource AS r ON r.resource_id = e.resource_id LEFT JOIN site AS s ON s.site_id = e.site_id WHERE e.entry_id = :entry
-- name: own_list
SELECT * FROM (
  SELECT coalesce('2' || e.moved, '1') || x.kind || x.row_id AS cursor, x.kind, x.row_id, e.entry_id, coalesce(e.words, x.description) AS words, x.resource_id,
    r.name AS resource_name, r.name_nl AS resource_name_nl, r.class, x.quantity, x.unit, x.rel_sd, x.site_id, s.name AS site_name, x.holder_id AS actor_id,
    a.name AS actor_name, x.fate, x.disclosure, e.moved, q.kind IS 'estimate' AS is_estimate
  FROM (SELECT 'offer' AS kind, offer_id AS row_id, description, resource_id, quantity, "unit" AS unit, rel_sd, site_id, holder_id, fate, disclosure, source_id FROM seen_offer
        WHERE site_id IN (SELECT site_id FROM site WHERE viewer_owns(actor_id))
           OR offer_id IN (SELECT row_id FROM seen_entry WHERE viewer_role() = 'coordinator' AND kind = 'offer')
        UNION ALL SELECT 'need', need_id, description, resource_id, quantity, "unit", rel_sd, site_id, holder_id, NULL, disclosure, source_id FROM seen_need
        WHERE site_id IN (SELECT site_id FROM site WHERE viewer_owns(actor_id))
           OR need_id IN (SELECT row_id FROM seen_entry WHERE viewer_role() = 'coordinator' AND kind = 'need')) AS x
  JOIN resource AS r ON r.resource_id = x.resource_id LEFT JOIN site AS s ON s.site_id = x.site_id LEFT JOIN actor AS a ON a.actor_id = x.holder_id
  LEFT JOIN seen_entry AS e ON e.row_id = x.row_id AND e.kind = x.kind LEFT JOIN source AS q ON q.source_id = x.source_id
  UNION ALL
  SELECT '3' || e.moved || e.entry_id, e.kind, NULL, e.entry_id, e.words, e.resource_id, r.name, r.name_nl, r.class, e.quantity, NULL, e.rel_sd, e.site_id, s.name,
    e.actor_id, a.name, e.fate, e.disclosure, e.moved, 0
  FROM seen_entry AS e LEFT JOIN resource AS r ON r.resource_id = e.resource_id LEFT JOIN site AS s ON s.site_id = e.site_id
  LEFT JOIN actor AS a ON a.actor_id = e.actor_id WHERE e.row_id IS NULL)
WHERE :after IS NULL OR cursor < :after ORDER BY cursor DESC LIMIT :limit
-- For whom one may enter, and where.
-- name: own_sites
SELECT s.site_id, s.name, s.actor_id, a.name AS actor_name, s.area_id FROM site AS s JOIN actor AS a ON a.actor_id = s.actor_id
WHERE viewer_owns(s.actor_id) OR (viewer_role() = 'coordinator' AND (:like IS NULL OR s.name LIKE :like OR a.name LIKE :like))
ORDER BY a.name, s.name LIMIT 200
-- name: site_holder
SELECT actor_id FROM site WHERE site_id = :site
-- name: resource_class
SELECT class FROM resource WHERE resource_id = :resource
-- name: blind_random
SELECT lower(hex(randomblob(16)))
-- name: source_there
SELECT 1 FROM source WHERE source_id = :source

-- Chances that are open to who looks.
-- name: chance_list
SELECT x.kind || x.id AS cursor, x.kind, x.id, x.resource_id, r.name AS resource_name, r.name_nl AS resource_name_nl, r.class, x.quantity, x.unit, s.name AS site_name,
  a.name AS actor_name, x.holder_id AS actor_id, s.lon, s.lat, x.description, x.rel_sd, x.disclosure, src.kind = 'estimate' AS is_estimate
FROM (SELECT 'offer' AS kind, offer_id AS id, resource_id, quantity, "unit" AS unit, site_id, holder_id, description, rel_sd, source_id, disclosure FROM seen_offer
      UNION ALL SELECT 'need', need_id, resource_id, quantity, "unit", site_id, holder_id, description, rel_sd, source_id, disclosure FROM seen_need) AS x
JOIN resource AS r ON r.resource_id = x.resource_id LEFT JOIN site AS s ON s.site_id = x.site_id LEFT JOIN actor AS a ON a.actor_id = x.holder_id
LEFT JOIN source AS src ON src.source_id = x.source_id
WHERE x.resource_id IN (SELECT value FROM json_each(:resources)) AND (:after IS NULL OR x.kind || x.id > :after) ORDER BY cursor LIMIT :limit

-- Introductions. The state machine (src/tasks/intro.c) reads the whole row to judge a step, and answers with seen_intro only (all).
-- name: intro_inside (all)
SELECT intro_id, state, asker_actor_id, other_actor_id, asker_step, other_step, is_put, moved,
  EXISTS (SELECT 1 FROM account_actor AS p JOIN account AS c ON c.account_id = p.account_id
          WHERE p.actor_id = asker_actor_id AND c.is_closed = 0 AND c.role = 'partner') AS has_asker,
  EXISTS (SELECT 1 FROM account_actor AS p JOIN account AS c ON c.account_id = p.account_id
          WHERE p.actor_id = other_actor_id AND c.is_closed = 0 AND c.role = 'partner') AS has_other
FROM intro WHERE intro_id = :intro
  AND (viewer_role() = 'coordinator' OR (viewer_role() = 'partner' AND (viewer_owns(asker_actor_id) OR (is_put = 1 AND viewer_owns(other_actor_id)))))
-- name: intro_add (all)
INSERT INTO intro (intro_id, state, asker_kind, asker_id, asker_actor_id, other_kind, other_id, other_actor_id, asker_card, other_card, note, asked_by, made, moved)
VALUES (:intro, 'asked', :asker_kind, :asker_id, :asker_actor, :other_kind, :other_id, :other_actor, :asker_card, :other_card, :note, viewer_account(), :now, :now)
-- name: intro_move (all)
UPDATE intro SET state = :state, asker_step = :asker_step, other_step = :other_step, is_put = :is_put, asker_contact = coalesce(:asker_contact, asker_contact),
  other_contact = coalesce(:other_contact, other_contact), reason = coalesce(:reason, reason), refused_by = coalesce(:refused_by, refused_by),
  case_id = coalesce(:case, case_id), moved = :now
WHERE intro_id = :intro AND state = :was
  AND (viewer_role() = 'coordinator' OR (viewer_role() = 'partner' AND (viewer_owns(asker_actor_id) OR (is_put = 1 AND viewer_owns(other_actor_id)))))
-- name: intro_event_add (all)
INSERT INTO intro_event (intro_id, side, what, step, note, account_id, made) VALUES (:intro, :side, :what, :step, :note, viewer_account(), :now)
-- Whether such an introduction is open, for an answer in words (all): the asker asks about an own row and a card of one's own.
-- name: intro_open (all)
SELECT intro_id FROM intro WHERE asker_kind = :asker_kind AND asker_id = :asker_id AND other_kind = :other_kind AND other_id = :other_id
  AND state IN ('asked', 'accepted', 'willing', 'introduced')
-- name: intro_list
SELECT i.moved || i.intro_id AS cursor, i.intro_id, i.state, i.side, i.level, i.made, i.moved, i.my_step, i.their_step, i.my_kind, i.my_id, i.card AS card_json,
  i.their_nace, i.their_name, i.asker_name, i.other_name, i.is_stale, i.case_id, r.name AS resource_name, r.name_nl AS resource_name_nl
FROM seen_intro AS i LEFT JOIN seen_offer AS o ON i.my_kind = 'offer' AND o.offer_id = i.my_id LEFT JOIN seen_need AS d ON i.my_kind = 'need' AND d.need_id = i.my_id
LEFT JOIN resource AS r ON r.resource_id = coalesce(o.resource_id, d.resource_id)
WHERE (:after IS NULL OR i.moved || i.intro_id < :after) AND (:state IS NULL OR i.state = :state) ORDER BY cursor DESC LIMIT :limit
-- name: intro_get
SELECT i.intro_id, i.state, i.side, i.level, i.made, i.moved, i.my_step, i.their_step, i.my_kind, i.my_id, i.card AS card_json, i.note, i.reason, i.refused_by,
  i.their_nace, i.their_name, i.their_actor_id, i.their_contact, i.figures_kind, i.figures_id, i.asker_name, i.other_name, i.asker_actor_id, i.other_actor_id,
  i.other_kind, i.other_id, i.asker_step, i.other_step, i.asker_card AS asker_card_json, i.has_asker_account, i.has_other_account, i.is_stale, i.case_id,
  r.name AS resource_name, r.name_nl AS resource_name_nl, r.class
FROM seen_intro AS i LEFT JOIN seen_offer AS o ON i.my_kind = 'offer' AND o.offer_id = i.my_id LEFT JOIN seen_need AS d ON i.my_kind = 'need' AND d.need_id = i.my_id
LEFT JOIN resource AS r ON r.resource_id = coalesce(o.resource_id, d.resource_id)
WHERE i.intro_id = :intro
-- Figures of the other side, which both have revealed: seen_intro gives figures_id then and only then (all).
-- name: intro_figures (all)
SELECT f.kind, r.name AS resource_name, r.name_nl AS resource_name_nl, r.class, f.quantity, f.unit, f.fate, f.eur, f.description
FROM seen_intro AS i
JOIN (SELECT 'offer' AS kind, offer_id AS id, resource_id, quantity, "unit" AS unit, fate, fate_eur AS eur, description FROM offer
      UNION ALL SELECT 'need', need_id, resource_id, quantity, "unit", NULL, price_eur, description FROM need) AS f
  ON f.kind = i.figures_kind AND f.id = i.figures_id
JOIN resource AS r ON r.resource_id = f.resource_id WHERE i.intro_id = :intro
-- name: intro_events
SELECT event_id, side, what, step, note, made FROM seen_intro_event WHERE intro_id = :intro ORDER BY event_id
-- Refusals, for who proposes whom to bring together: the composer runs for the coordinator, whom the reason was kept for (all).
-- name: intro_refusals (all)
SELECT i.intro_id, i.asker_actor_id, i.other_actor_id, i.asker_kind, i.asker_id, i.other_kind, i.other_id, i.refused_by, i.reason, i.moved
FROM intro AS i WHERE viewer_role() = 'coordinator' AND i.refused_by IS NOT NULL ORDER BY i.moved
