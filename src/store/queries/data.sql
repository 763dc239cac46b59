-- Tables as they are: who sees rows that belong to others, comments, edits, search, sources.

-- A row about an offer, a need, a site belongs to whoever holds that.
-- view: seen_offer_property
SELECT p.*, o.holder_id FROM main.offer_property AS p JOIN seen_offer AS o ON o.offer_id = p.offer_id
-- view: seen_need_spec
SELECT p.*, n.holder_id FROM main.need_spec AS p JOIN seen_need AS n ON n.need_id = p.need_id
-- Permits matter to those who look for a receiver: for partners.
-- view: seen_permit
SELECT p.*, s.actor_id AS holder_id FROM main.permit AS p JOIN main.site AS s ON s.site_id = p.site_id WHERE viewer_sees('partners', s.actor_id)
-- Whose a node of the accounts is: a site, written as it is, with its table, or as its stock. All others are of the region as a whole.
-- view: seen_node_site
SELECT s.site_id AS node_id, s.actor_id FROM main.site AS s
UNION ALL SELECT 'site:' || s.site_id, s.actor_id FROM main.site AS s
UNION ALL SELECT 'stock:' || s.site_id, s.actor_id FROM main.site AS s
UNION ALL SELECT 'stock:site:' || s.site_id, s.actor_id FROM main.site AS s
-- What companies report: for themselves and the coordinator. Flows between sectors, areas and the like may be those of one company
-- where the region has no other: for those who plan.
-- view: seen_flow
SELECT f.* FROM main.flow AS f
WHERE viewer_role() = 'coordinator'
   OR EXISTS (SELECT 1 FROM seen_node_site AS s WHERE s.node_id = f.from_id AND viewer_owns(s.actor_id))
   OR EXISTS (SELECT 1 FROM seen_node_site AS s WHERE s.node_id = f.to_id AND viewer_owns(s.actor_id))
   OR (viewer_role() = 'planner' AND NOT EXISTS (SELECT 1 FROM seen_node_site AS s WHERE s.node_id IN (f.from_id, f.to_id)))
-- view: seen_transfer
SELECT t.* FROM main.transfer AS t
WHERE EXISTS (SELECT 1 FROM seen_flow AS f WHERE f.flow_id = t.from_flow) AND EXISTS (SELECT 1 FROM seen_flow AS f WHERE f.flow_id = t.to_flow)
-- view: seen_flow_property
SELECT p.* FROM main.flow_property AS p WHERE EXISTS (SELECT 1 FROM seen_flow AS f WHERE f.flow_id = p.flow_id)
-- view: seen_balance_node
SELECT b.* FROM main.balance_node AS b
WHERE viewer_role() = 'coordinator' OR EXISTS (SELECT 1 FROM seen_node_site AS s WHERE s.node_id = b.node_id AND viewer_owns(s.actor_id))
   OR (viewer_role() = 'planner' AND NOT EXISTS (SELECT 1 FROM seen_node_site AS s WHERE s.node_id = b.node_id))
-- view: seen_stock_level
SELECT l.* FROM main.stock_level AS l
WHERE viewer_role() = 'coordinator' OR EXISTS (SELECT 1 FROM seen_node_site AS s WHERE s.node_id = l.node_id AND viewer_owns(s.actor_id))
   OR (viewer_role() = 'planner' AND NOT EXISTS (SELECT 1 FROM seen_node_site AS s WHERE s.node_id = l.node_id))
-- A total of a sector may be that of its one company.
-- view: seen_total
SELECT t.* FROM main.total AS t WHERE viewer_role() IN ('coordinator', 'planner')
-- view: seen_stock
SELECT k.*, s.actor_id AS holder_id FROM main.stock AS k LEFT JOIN main.site AS s ON s.site_id = k.site_id
WHERE viewer_role() = 'coordinator' OR viewer_owns(s.actor_id) OR (k.site_id IS NULL AND viewer_role() = 'planner')
-- view: seen_stock_year
SELECT y.*, k.holder_id FROM main.stock_year AS y JOIN seen_stock AS k ON k.stock_id = y.stock_id
-- view: seen_stock_cohort
SELECT y.*, k.holder_id FROM main.stock_cohort AS y JOIN seen_stock AS k ON k.stock_id = y.stock_id
-- view: seen_fleet
SELECT k.*, s.actor_id AS holder_id FROM main.fleet AS k LEFT JOIN main.site AS s ON s.site_id = k.site_id
WHERE viewer_role() = 'coordinator' OR viewer_owns(s.actor_id) OR (k.site_id IS NULL AND viewer_role() = 'planner')
-- view: seen_fleet_year
SELECT y.*, k.holder_id FROM main.fleet_year AS y JOIN seen_fleet AS k ON k.fleet_id = y.fleet_id
-- view: seen_product
SELECT p.*, coalesce(p.actor_id, s.actor_id) AS holder_id FROM main.product AS p LEFT JOIN main.site AS s ON s.site_id = p.site_id
WHERE viewer_role() = 'coordinator' OR viewer_owns(p.actor_id) OR viewer_owns(s.actor_id)
   OR (p.site_id IS NULL AND p.actor_id IS NULL AND viewer_role() = 'planner')
-- view: seen_product_material
SELECT m.*, p.holder_id FROM main.product_material AS m JOIN seen_product AS p ON p.product_id = m.product_id
-- Accounts of whole areas, as statistics offices publish them: for all who are signed in.
-- view: seen_material_account
SELECT a.* FROM main.material_account AS a WHERE viewer_role() <> 'public'
-- view: seen_treatment_account
SELECT a.* FROM main.treatment_account AS a WHERE viewer_role() <> 'public'

-- A profile may be one company's rhythm of work: for the coordinator, planners, and who has an offer or need with it.
-- view: seen_profile
SELECT p.* FROM main.profile AS p
WHERE viewer_role() IN ('coordinator', 'planner')
   OR EXISTS (SELECT 1 FROM main.offer AS o JOIN main.site AS s ON s.site_id = o.site_id WHERE o.profile_id = p.profile_id AND viewer_owns(s.actor_id))
   OR EXISTS (SELECT 1 FROM main.need AS n JOIN main.site AS s ON s.site_id = n.site_id WHERE n.profile_id = p.profile_id AND viewer_owns(s.actor_id))
-- view: seen_profile_hour
SELECT h.* FROM main.profile_hour AS h WHERE EXISTS (SELECT 1 FROM seen_profile AS p WHERE p.profile_id = h.profile_id)

-- What became of what was tried names companies that failed: for the coordinator.
-- view: seen_trial
SELECT t.* FROM main.trial AS t WHERE viewer_role() = 'coordinator'

-- The version of a row is a number and tells nothing else; asked for only beside a row that is seen.
-- view: seen_row_version
SELECT e.table_name, e.row_key, e.edit_id FROM main.edit AS e

-- Whose a row is, and may the viewer change it? A write asks before and after (all): it gives yes or no, about the viewer alone.
-- name: row_is_own (all)
SELECT viewer_owns(CASE :table
  WHEN 'site' THEN (SELECT actor_id FROM site WHERE site_id = :key)
  WHEN 'offer' THEN (SELECT s.actor_id FROM offer AS o JOIN site AS s ON s.site_id = o.site_id WHERE o.offer_id = :key)
  WHEN 'need' THEN (SELECT s.actor_id FROM need AS n JOIN site AS s ON s.site_id = n.site_id WHERE n.need_id = :key)
  WHEN 'offer_property' THEN (SELECT s.actor_id FROM offer_property AS p JOIN offer AS o ON o.offer_id = p.offer_id
                              JOIN site AS s ON s.site_id = o.site_id WHERE p.fid = :key)
  WHEN 'need_spec' THEN (SELECT s.actor_id FROM need_spec AS p JOIN need AS n ON n.need_id = p.need_id
                         JOIN site AS s ON s.site_id = n.site_id WHERE p.fid = :key)
END) AS is_own

-- Edits: what rows were. For the coordinator, and for an account what it did itself (all): what others did to a row is asked for with
-- edit_history, which first asks who may.
-- name: edit_list (all)
SELECT e.edit_id, e.table_name, e.row_key, CASE WHEN e.before IS NULL THEN 'add' WHEN e.after IS NULL THEN 'remove' ELSE 'change' END AS what,
       e.before AS before_json, e.after AS after_json, e.made, e.undo_of,
       (SELECT max(u.edit_id) FROM edit AS u WHERE u.undo_of = e.edit_id AND u.table_name = e.table_name AND u.row_key = e.row_key) AS undone_by,
       a.name AS who, a.role AS who_role
FROM edit AS e LEFT JOIN account AS a ON a.account_id = e.account_id
WHERE e.table_name IN (SELECT value FROM json_each(:tables)) AND (:after IS NULL OR e.edit_id < CAST(:after AS INTEGER))
  AND (viewer_role() = 'coordinator' OR (viewer_role() <> 'public' AND e.account_id = viewer_account()))
ORDER BY e.edit_id DESC LIMIT :limit
-- The history of one row, for the coordinator and for its holder (all); of open tables for all who are signed in, and then without names.
-- The caller has made sure that the row is seen, or that the viewer is the coordinator.
-- name: edit_history (all)
SELECT e.edit_id, e.table_name, e.row_key, CASE WHEN e.before IS NULL THEN 'add' WHEN e.after IS NULL THEN 'remove' ELSE 'change' END AS what,
       e.before AS before_json, e.after AS after_json, e.made, e.undo_of,
       (SELECT max(u.edit_id) FROM edit AS u WHERE u.undo_of = e.edit_id AND u.table_name = e.table_name AND u.row_key = e.row_key) AS undone_by,
       CASE WHEN viewer_role() = 'coordinator' OR e.account_id = viewer_account() THEN a.name END AS who, a.role AS who_role
FROM edit AS e LEFT JOIN account AS a ON a.account_id = e.account_id
WHERE e.table_name = :table AND e.row_key = :key AND (:after IS NULL OR e.edit_id < CAST(:after AS INTEGER))
  AND (viewer_role() = 'coordinator' OR (viewer_role() <> 'public' AND (:is_open OR :is_own)))
ORDER BY e.edit_id DESC LIMIT :limit
-- Which row an edit is about, before the viewer's right to undo it is judged (all): it goes into that judgement only.
-- name: edit_of (all)
SELECT table_name, row_key, after IS NULL FROM edit WHERE edit_id = :edit
-- The number that a new row of a table without a key was given (all): of an edit just made.
-- name: edit_key (all)
SELECT row_key FROM edit WHERE edit_id = :edit
-- A number for the key of a new row (all): how many edits there were.
-- name: edit_next (all)
SELECT coalesce(max(edit_id), 0) + 1 FROM edit
-- Columns that differ between two rows as JSON.
-- name: edit_differs
SELECT count(*) FROM json_each(:was) AS a LEFT JOIN json_each(:now) AS b ON b.key = a.key WHERE a.value IS NOT b.value AND a.key <> 'fid'

-- Comments on a row that is seen: the caller asks kn_conn_sees() first (all). Names of accounts go to all who are signed in.
-- name: comment_list (all)
SELECT c.comment_id, c.reply_to, c.text, c.made, c.resolved, (SELECT name FROM account WHERE account_id = c.resolved_by) AS resolved_by,
       a.name AS who, a.role AS who_role, c.account_id = viewer_account() AS is_mine,
       (SELECT json_group_array(json_object('actor_id', m.actor_id, 'name', t.name)) FROM comment_mention AS m
        LEFT JOIN actor AS t ON t.actor_id = m.actor_id WHERE m.comment_id = c.comment_id) AS mentions_json
FROM comment AS c LEFT JOIN account AS a ON a.account_id = c.account_id
WHERE c.table_name = :table AND c.row_key = :key AND viewer_role() <> 'public' AND c.comment_id > coalesce(CAST(:after AS INTEGER), 0)
ORDER BY c.comment_id LIMIT :limit
-- Comments that call upon an actor of the viewer, or all open ones for the coordinator (all); rows of which are seen: each is asked for.
-- name: comment_calls (all)
SELECT c.comment_id AS cursor, c.comment_id, c.table_name, c.row_key, c.reply_to, c.text, c.made, a.name AS who, a.role AS who_role
FROM comment AS c LEFT JOIN account AS a ON a.account_id = c.account_id
WHERE coalesce((SELECT f.resolved FROM comment AS f WHERE f.comment_id = coalesce(c.reply_to, c.comment_id)), '') = ''
  AND (viewer_role() = 'coordinator' OR (viewer_role() <> 'public'
       AND EXISTS (SELECT 1 FROM comment_mention AS m WHERE m.comment_id = c.comment_id AND viewer_owns(m.actor_id))))
ORDER BY c.comment_id DESC LIMIT 500
-- The row a comment is about, so that it can be asked whether that is seen (all).
-- name: comment_of (all)
SELECT table_name, row_key, reply_to, account_id FROM comment WHERE comment_id = :comment
-- name: comment_add (all)
INSERT INTO comment (table_name, row_key, reply_to, text, account_id, made)
SELECT :table, :key, :reply_to, :text, viewer_account(), :made WHERE viewer_account() <> 0
-- name: comment_last (all)
SELECT last_insert_rowid()
-- name: comment_mention_add (all)
INSERT OR IGNORE INTO comment_mention (comment_id, actor_id) SELECT :comment, actor_id FROM actor WHERE actor_id = :actor
-- A thread is closed by whoever sees its row, a comment is taken away by who wrote it or the coordinator (all).
-- name: comment_resolve (all)
UPDATE comment SET resolved = :made, resolved_by = CASE WHEN :made IS NULL THEN NULL ELSE viewer_account() END
WHERE comment_id = :comment AND reply_to IS NULL AND viewer_account() <> 0
-- name: comment_remove (all)
DELETE FROM comment WHERE comment_id = :comment AND (viewer_role() = 'coordinator' OR (account_id = viewer_account() AND viewer_account() <> 0))
-- Comments of rows, counted for a page of a table whose rows are seen (all).
-- name: comment_counts (all)
SELECT row_key, count(*) AS n FROM comment
WHERE table_name = :table AND row_key IN (SELECT value FROM json_each(:keys)) AND viewer_role() <> 'public' GROUP BY row_key

-- Sources with what rests on them, as far as it is seen.
-- name: source_list
SELECT s.source_id, s.title, s.publisher, s.year, s.licence, s.link, s.kind, s.reliability, s.completeness, s.temporal, s.geographical, s.technological,
       (SELECT count(*) FROM seen_offer AS o WHERE o.source_id = s.source_id) AS offers,
       (SELECT count(*) FROM seen_need AS n WHERE n.source_id = s.source_id) AS needs,
       (SELECT count(*) FROM site AS t WHERE t.source_id = s.source_id) AS sites,
       (SELECT count(*) FROM actor AS t WHERE t.source_id = s.source_id) AS actors,
       (SELECT count(*) FROM process AS t WHERE t.source_id = s.source_id) AS processes
FROM source AS s WHERE s.source_id > coalesce(:after, '') ORDER BY s.source_id LIMIT :limit

-- Search (all): the words of everything lie in one index; what is found goes out only when it is asked for here whether the viewer sees it.
-- name: search_signature (all)
SELECT '2 ' || (SELECT coalesce(max(revision), 0) FROM revision) || ' ' || (SELECT group_concat(last_change, ' ') FROM gpkg_contents WHERE table_name IN
  ('actor', 'site', 'resource', 'process', 'unit', 'area', 'gateway', 'offer', 'need', 'source'))
-- name: search_state (all)
SELECT signature, kind, last_fid FROM search_state WHERE id = 1
-- name: search_state_set (all)
UPDATE search_state SET signature = :signature, kind = :kind, last_fid = :last_fid WHERE id = 1
-- name: search_clear (all)
INSERT INTO search (search) VALUES ('delete-all')
-- name: search_merge (all)
INSERT INTO search (search, rank) VALUES ('merge', :pages)
-- name: search_clear_docs (all)
DELETE FROM search_doc
-- name: search_doc_get (all)
SELECT doc_id, title, names, body FROM search_doc WHERE kind = :kind AND row_key = :key
-- name: search_doc_next (all)
SELECT max(coalesce((SELECT max(doc_id) FROM search_doc WHERE doc_id >= :kind << 40 AND doc_id < (:kind + 1) << 40), 0), :kind << 40) + 1
-- name: search_doc_add (all)
INSERT INTO search_doc (doc_id, kind, row_key, title, names, body) VALUES (:doc, :kind, :key, :title, :names, :body)
-- name: search_doc_remove (all)
DELETE FROM search_doc WHERE doc_id = :doc
-- name: search_add (all)
INSERT INTO search (rowid, title, names, body) VALUES (:doc, :title, :names, :body)
-- name: search_remove (all)
INSERT INTO search (search, rowid, title, names, body) VALUES ('delete', :doc, :title, :names, :body)
-- name: search_clear_words (all)
DELETE FROM search_word
-- name: search_clear_tails (all)
DELETE FROM search_tail
-- name: search_word_add (all)
INSERT INTO search_word (word, docs, kinds) VALUES (:word, :docs, :kinds)
ON CONFLICT (word) DO UPDATE SET docs = docs + excluded.docs, kinds = kinds | excluded.kinds
-- name: search_word_get (all)
SELECT word, kinds FROM search_word WHERE word = :word
-- name: search_word_begins (all)
SELECT word, kinds FROM search_word WHERE word > :word AND word < :word || char(1114111) ORDER BY docs DESC, word LIMIT :limit
-- name: search_word_holds (all)
SELECT t.word, w.kinds FROM search_tail AS t JOIN search_word AS w ON w.word = t.word
WHERE t.tail >= :word AND t.tail < :word || char(1114111) GROUP BY t.word ORDER BY w.docs DESC, t.word LIMIT :limit
-- name: search_tail_add (all)
INSERT OR IGNORE INTO search_tail (tail, word) VALUES (:tail, :word)

-- What is said about a row of each kind. A text in two languages has English first, then a unit separator (31), then Dutch. Rows by their number, after `after`.
-- name: search_text_actor (all)
SELECT fid, actor_id AS row_key, name AS title, actor_id || ' ' || coalesce(nace, '') AS names, '' AS body
FROM actor WHERE fid > :after AND fid <= :upto ORDER BY fid LIMIT :limit
-- name: search_text_resource (all)
SELECT r.fid, r.resource_id AS row_key, r.name || coalesce(char(31) || r.name_nl, '') AS title,
       r.resource_id || ' ' || r.class || ' ' || coalesce(r.name_fr, '') || ' ' || coalesce(r.name_de, '') || ' ' || coalesce(r.code_low, '')
       || ' ' || coalesce(substr(r.code_low, 1, 2) || ' ' || substr(r.code_low, 3, 2) || ' ' || substr(r.code_low, 5, 2), '')
       || ' ' || coalesce(r.code_ewcstat, '') || ' ' || coalesce(r.code_cpa, '') || ' ' || coalesce(r.stream, '') AS names,
       coalesce((SELECT p.name || coalesce(char(31) || p.name_nl, '') FROM resource AS p WHERE p.resource_id = r.parent_id), '') AS body, r.code_low
FROM resource AS r WHERE r.fid > :after AND r.fid <= :upto ORDER BY r.fid LIMIT :limit
-- name: search_text_process (all)
SELECT fid, process_id AS row_key, name AS title, process_id || ' ' || coalesce(r_strategy, '') AS names, coalesce(activity_unit, '') AS body
FROM process WHERE fid > :after AND fid <= :upto ORDER BY fid LIMIT :limit
-- name: search_text_unit (all)
SELECT u.fid, u.unit_id AS row_key, coalesce(p.name, u.process_id) AS title, u.unit_id || ' ' || u.process_id AS names, coalesce(u.status, '') AS body
FROM unit AS u LEFT JOIN process AS p ON p.process_id = u.process_id WHERE u.fid > :after AND u.fid <= :upto ORDER BY u.fid LIMIT :limit
-- name: search_text_area (all)
SELECT fid, area_id AS row_key, name AS title, area_id AS names, level AS body
FROM area WHERE fid > :after AND fid <= :upto ORDER BY fid LIMIT :limit
-- name: search_text_gateway (all)
SELECT fid, gateway_id AS row_key, name AS title, gateway_id AS names, direction AS body
FROM gateway WHERE fid > :after AND fid <= :upto ORDER BY fid LIMIT :limit
-- name: search_text_offer (all)
SELECT o.fid, o.offer_id AS row_key, r.name || coalesce(char(31) || r.name_nl, '') AS title,
       o.offer_id || ' ' || coalesce(r.code_low, '') AS names,
       s.name || coalesce(', ' || o.description, '') AS body, r.code_low
FROM offer AS o JOIN resource AS r ON r.resource_id = o.resource_id JOIN site AS s ON s.site_id = o.site_id
WHERE o.fid > :after AND o.fid <= :upto ORDER BY o.fid LIMIT :limit
-- name: search_text_need (all)
SELECT n.fid, n.need_id AS row_key, r.name || coalesce(char(31) || r.name_nl, '') AS title,
       n.need_id || ' ' || coalesce(r.code_low, '') AS names,
       coalesce(s.name || ', ', '') || coalesce(n.description, '') AS body, r.code_low
FROM need AS n JOIN resource AS r ON r.resource_id = n.resource_id LEFT JOIN site AS s ON s.site_id = n.site_id
WHERE n.fid > :after AND n.fid <= :upto ORDER BY n.fid LIMIT :limit
-- name: search_text_case (all)
SELECT case_id AS fid, case_id AS row_key, title, '' AS names, coalesce(summary, '') AS body
FROM "case" WHERE case_id > :after AND case_id <= :upto ORDER BY case_id LIMIT :limit
-- name: search_text_story (all)
SELECT case_id AS fid, case_id AS row_key, public_title AS title, '' AS names, public_text AS body
FROM "case" WHERE case_id > :after AND case_id <= :upto AND is_published = 1 AND public_title IS NOT NULL AND public_text IS NOT NULL ORDER BY case_id LIMIT :limit
-- name: search_text_source (all)
SELECT fid, source_id AS row_key, title, source_id AS names, coalesce(publisher, '') AS body
FROM source WHERE fid > :after AND fid <= :upto ORDER BY fid LIMIT :limit
-- name: search_text_site (all)
SELECT fid, site_id AS row_key, name AS title, site_id AS names, coalesce(address, '') AS body
FROM site WHERE fid > :after AND fid <= :upto ORDER BY fid LIMIT :limit

-- name: search_open (all)
SELECT d.doc_id, d.row_key, d.title, d.names, d.body FROM search AS f JOIN search_doc AS d ON d.doc_id = f.rowid
WHERE f.search MATCH :words AND f.rowid >= :kind << 40 AND f.rowid < (:kind + 1) << 40 LIMIT :limit
-- name: search_offer (all)
SELECT d.doc_id, d.row_key, d.title, d.names, d.body FROM search AS f JOIN search_doc AS d ON d.doc_id = f.rowid
WHERE f.search MATCH :words AND f.rowid >= :kind << 40 AND f.rowid < (:kind + 1) << 40
  AND EXISTS (SELECT 1 FROM seen_offer AS o WHERE o.offer_id = d.row_key) LIMIT :limit
-- name: search_need (all)
SELECT d.doc_id, d.row_key, d.title, d.names, d.body FROM search AS f JOIN search_doc AS d ON d.doc_id = f.rowid
WHERE f.search MATCH :words AND f.rowid >= :kind << 40 AND f.rowid < (:kind + 1) << 40
  AND EXISTS (SELECT 1 FROM seen_need AS n WHERE n.need_id = d.row_key) LIMIT :limit
-- A case with its own title, for whoever works on it; what it tells the public, for all others.
-- name: search_case (all)
SELECT d.doc_id, d.row_key, d.title, d.names, d.body FROM search AS f JOIN search_doc AS d ON d.doc_id = f.rowid
WHERE f.search MATCH :words AND f.rowid >= :kind << 40 AND f.rowid < (:kind + 1) << 40
  AND EXISTS (SELECT 1 FROM seen_case AS c WHERE c.case_id = CAST(d.row_key AS INTEGER)) LIMIT :limit
-- name: search_story (all)
SELECT d.doc_id, d.row_key, d.title, d.names, d.body FROM search AS f JOIN search_doc AS d ON d.doc_id = f.rowid
WHERE f.search MATCH :words AND f.rowid >= :kind << 40 AND f.rowid < (:kind + 1) << 40
  AND EXISTS (SELECT 1 FROM seen_case_public AS c WHERE c.case_id = CAST(d.row_key AS INTEGER))
  AND NOT EXISTS (SELECT 1 FROM seen_case AS c WHERE c.case_id = CAST(d.row_key AS INTEGER)) LIMIT :limit
