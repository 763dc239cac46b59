-- What every part of the desk stands on. (all): reads closed tables; the reason stands with it.

-- view: seen_offer
SELECT o.*, s.actor_id AS holder_id FROM main.offer AS o JOIN main.site AS s ON s.site_id = o.site_id WHERE viewer_sees(o.disclosure, s.actor_id)
-- view: seen_need
SELECT n.*, s.actor_id AS holder_id FROM main.need AS n LEFT JOIN main.site AS s ON s.site_id = n.site_id WHERE viewer_sees(n.disclosure, s.actor_id)
-- The end of a tie is seen when the row behind it is; units and gateways are open.
-- view: seen_tie
SELECT t.* FROM main.tie AS t
WHERE (t.from_kind NOT IN ('offer', 'need') OR EXISTS (SELECT 1 FROM seen_offer AS o WHERE t.from_kind = 'offer' AND o.offer_id = t.from_id)
       OR EXISTS (SELECT 1 FROM seen_need AS n WHERE t.from_kind = 'need' AND n.need_id = t.from_id))
  AND (t.to_kind NOT IN ('offer', 'need') OR EXISTS (SELECT 1 FROM seen_need AS n WHERE t.to_kind = 'need' AND n.need_id = t.to_id)
       OR EXISTS (SELECT 1 FROM seen_offer AS o WHERE t.to_kind = 'offer' AND o.offer_id = t.to_id))

-- Accounts: read only to let somebody in (all).
-- name: account_by_email (all)
SELECT account_id, name, role, password, totp, totp_last, failures, locked_until, language, is_closed FROM account WHERE email = :email
-- name: account_actors (all)
SELECT actor_id FROM account_actor WHERE account_id = :account ORDER BY actor_id
-- name: account_add (all)
INSERT INTO account (email, name, role, password, language, made) VALUES (:email, :name, :role, :password, coalesce(:language, 'nl'), :made)
-- name: account_add_actor (all)
INSERT INTO account_actor (account_id, actor_id) SELECT account_id, :actor FROM account WHERE email = :email
-- name: account_password (all)
UPDATE account SET password = :password, failures = 0, locked_until = NULL WHERE email = :email
-- name: account_failed (all)
UPDATE account SET failures = failures + 1, locked_until = :locked_until WHERE account_id = :account
-- name: account_came_in (all)
UPDATE account SET failures = 0, locked_until = NULL WHERE account_id = :account
-- name: login_add (all)
INSERT INTO login (token, account_id, csrf, made, seen, ends) VALUES (:token, :account, :csrf, :made, :made, :ends)
-- name: login_get (all)
SELECT l.account_id, l.csrf, l.ends, a.name, a.role, a.language, a.email FROM login AS l JOIN account AS a ON a.account_id = l.account_id
WHERE l.token = :token AND l.ends > :now AND a.is_closed = 0
-- name: login_remove (all)
DELETE FROM login WHERE token = :token
-- name: actor_exists
SELECT 1 FROM actor WHERE actor_id = :actor

-- Edits: the version of a row is a number and tells nothing else (all).
-- name: edit_version (all)
SELECT coalesce(max(edit_id), 0) FROM edit WHERE table_name = :table AND row_key = :key
-- name: edit_add (all)
INSERT INTO edit (table_name, row_key, before, after, account_id, made, undo_of)
VALUES (:table, :key, :before, :after, viewer_account(), :made, :undo_of)
-- name: edit_get (all)
SELECT table_name, row_key, before, after FROM edit WHERE edit_id = :edit
-- name: edit_values
SELECT key, value FROM json_each(:object)

-- name: audit_last (all)
SELECT chain FROM audit ORDER BY audit_id DESC LIMIT 1
-- name: audit_add (all)
INSERT INTO audit (made, account_id, what, about, detail, chain) VALUES (:made, viewer_account(), :what, :about, :detail, :chain)

-- Lists of what is open.
-- name: area_list
SELECT area_id, name, level, parent_id, population FROM area WHERE area_id > coalesce(:after, '') ORDER BY area_id LIMIT :limit
-- name: health
SELECT count(*) FROM settings

-- Keys of what must happen once; they tell nothing else (all).
-- name: once_add (all)
INSERT INTO once (account_id, key, made) VALUES (viewer_account(), :key, :now) ON CONFLICT DO NOTHING
-- name: once_forget (all)
DELETE FROM once WHERE made < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')
