-- Accounts, invitations, sessions, audit: who comes in and what they did.
-- Passwords, secrets and digests of tokens are in no view. (all): the reason stands with it.

-- view: seen_account
SELECT account_id, email, name, role, language, is_closed, made, erased, locked_until, totp IS NOT NULL AS has_second_factor, password IS NOT NULL AS has_password
FROM main.account WHERE viewer_role() = 'coordinator' OR account_id = viewer_account()
-- view: seen_account_actor
SELECT account_id, actor_id FROM main.account_actor WHERE viewer_role() = 'coordinator' OR account_id = viewer_account()
-- view: seen_login
SELECT handle, account_id, agent, address, made, seen, ends FROM main.login WHERE account_id = viewer_account() AND viewer_account() <> 0
-- view: seen_invitation
SELECT invitation_id, kind, email, role, account_id, ends_second_factor, made_by, made, ends, used, withdrawn FROM main.invitation WHERE viewer_role() = 'coordinator'
-- view: seen_invitation_actor
SELECT invitation_id, actor_id FROM main.invitation_actor WHERE viewer_role() = 'coordinator'
-- view: seen_audit
SELECT audit_id, made, account_id, what, about, detail FROM main.audit WHERE viewer_role() = 'coordinator'

-- Sessions.
-- Who presents the token is let in by it, nobody else (all).
-- name: session_get (all)
SELECT l.account_id, l.csrf, l.handle, l.made, l.seen, l.ends, coalesce(l.rotated, l.made) AS rotated, a.name, a.role, a.language, a.email, a.totp IS NOT NULL AS has_second_factor
FROM login AS l JOIN account AS a ON a.account_id = l.account_id
WHERE (l.token = :token OR (l.previous = :token AND l.previous_until > :now)) AND l.ends > :now AND l.seen > :idle AND a.is_closed = 0
-- name: session_add (all)
INSERT INTO login (token, account_id, csrf, made, seen, ends, handle, agent, address, rotated)
VALUES (:token, :account, :csrf, :now, :now, :ends, :handle, :agent, :address, :now)
-- name: session_rotate (all)
UPDATE login SET token = :token, previous = :previous, previous_until = :until, rotated = :now, seen = :now WHERE token = :previous
-- name: session_seen (all)
UPDATE login SET seen = :now WHERE handle = :handle AND seen < :now
-- name: session_sweep (all)
DELETE FROM login WHERE ends <= :now OR seen <= :idle
-- One of one's own; NULL: all of them, but for the one to keep (all).
-- name: session_end (all)
DELETE FROM login WHERE account_id = viewer_account() AND (:handle IS NULL OR handle = :handle) AND (:keep IS NULL OR handle <> :keep)
-- name: session_end_of (all)
DELETE FROM login WHERE account_id = :account AND (:keep IS NULL OR handle <> :keep) AND (viewer_role() = 'coordinator' OR :account = viewer_account())
-- name: session_list
SELECT handle AS session_id, agent, address, made, seen, ends, handle = :current AS is_current FROM seen_login
WHERE handle > coalesce(:after, '') ORDER BY handle LIMIT :limit

-- One's own account: a password or a code is checked (all), for who is signed in only.
-- name: own_secrets (all)
SELECT account_id, email, name, role, password, totp, totp_pending, totp_last, failures, locked_until, is_closed FROM account WHERE account_id = viewer_account()
-- name: own_set_password (all)
UPDATE account SET password = :password, failures = 0, locked_until = NULL WHERE account_id = viewer_account()
-- name: own_set_profile (all)
UPDATE account SET name = coalesce(:name, name), language = coalesce(:language, language) WHERE account_id = viewer_account()
-- name: own_set_pending (all)
UPDATE account SET totp_pending = :secret WHERE account_id = viewer_account()
-- name: own_take_pending (all)
UPDATE account SET totp = totp_pending, totp_pending = NULL, totp_last = :step WHERE account_id = viewer_account() AND totp_pending IS NOT NULL
-- name: own_drop_factor (all)
UPDATE account SET totp = NULL, totp_pending = NULL, totp_last = 0 WHERE account_id = viewer_account()
-- name: own_drop_recovery (all)
DELETE FROM recovery WHERE account_id = viewer_account()
-- name: own_add_recovery (all)
INSERT INTO recovery (account_id, digest) VALUES (viewer_account(), :digest)
-- name: own_recovery_left (all)
SELECT count(*) FROM recovery WHERE account_id = viewer_account() AND used IS NULL
-- A code works once: the step only rises (all).
-- name: account_use_step (all)
UPDATE account SET totp_last = :step WHERE account_id = :account AND totp_last < :step
-- name: account_use_recovery (all)
UPDATE recovery SET used = :now WHERE account_id = :account AND digest = :digest AND used IS NULL

-- People, for coordinators.
-- name: people_list
SELECT a.account_id, a.email, a.name, a.role, a.language, a.is_closed, a.made, a.erased, a.has_second_factor, a.has_password, a.locked_until,
       (SELECT json_group_array(json_object('actor_id', t.actor_id, 'name', c.name)) FROM seen_account_actor AS t JOIN actor AS c ON c.actor_id = t.actor_id
        WHERE t.account_id = a.account_id) AS actors_json
FROM seen_account AS a
WHERE a.account_id > coalesce(CAST(:after AS INTEGER), 0) AND (:role IS NULL OR a.role = :role)
  AND (:q IS NULL OR instr(lower(a.name || ' ' || a.email), lower(:q)) > 0)
ORDER BY a.account_id LIMIT :limit
-- name: people_get
SELECT a.account_id, a.email, a.name, a.role, a.language, a.is_closed, a.made, a.erased, a.has_second_factor, a.has_password, a.locked_until,
       (SELECT json_group_array(json_object('actor_id', t.actor_id, 'name', c.name)) FROM seen_account_actor AS t JOIN actor AS c ON c.actor_id = t.actor_id
        WHERE t.account_id = a.account_id) AS actors_json
FROM seen_account AS a WHERE a.account_id = :account
-- name: people_set (all)
UPDATE account SET name = coalesce(:name, name), role = coalesce(:role, role), is_closed = coalesce(:is_closed, is_closed)
WHERE account_id = :account AND erased IS NULL AND viewer_role() = 'coordinator'
-- name: people_drop_actors (all)
DELETE FROM account_actor WHERE account_id = :account AND viewer_role() = 'coordinator'
-- name: people_add_actor (all)
INSERT INTO account_actor (account_id, actor_id) SELECT :account, :actor WHERE viewer_role() = 'coordinator'
-- name: coordinators_open (all)
SELECT count(*) FROM account WHERE role = 'coordinator' AND is_closed = 0

-- Invitations.
-- name: invitation_list
SELECT i.invitation_id, i.kind, i.email, i.role, i.made, i.ends, i.used, i.withdrawn, b.name AS made_by_name,
       CASE WHEN i.used IS NOT NULL THEN 'used' WHEN i.withdrawn IS NOT NULL THEN 'withdrawn' WHEN i.ends <= :now THEN 'ended' ELSE 'open' END AS state,
       (SELECT json_group_array(json_object('actor_id', t.actor_id, 'name', c.name)) FROM seen_invitation_actor AS t JOIN actor AS c ON c.actor_id = t.actor_id
        WHERE t.invitation_id = i.invitation_id) AS actors_json
FROM seen_invitation AS i LEFT JOIN seen_account AS b ON b.account_id = i.made_by
WHERE i.invitation_id < coalesce(CAST(:after AS INTEGER), 9223372036854775807) ORDER BY i.invitation_id DESC LIMIT :limit
-- name: invitation_add (all)
INSERT INTO invitation (token, kind, email, role, account_id, ends_second_factor, made_by, made, ends)
SELECT :token, :kind, :email, :role, :account, coalesce(:second_factor, 0), viewer_account(), :now, :ends WHERE viewer_role() = 'coordinator'
-- name: invitation_id_of (all)
SELECT invitation_id FROM invitation WHERE token = :token
-- name: invitation_add_actor (all)
INSERT INTO invitation_actor (invitation_id, actor_id) SELECT invitation_id, :actor FROM invitation WHERE token = :token
-- A new link ends the ones before it (all).
-- name: invitation_withdraw_email (all)
UPDATE invitation SET withdrawn = :now WHERE email = :email AND kind = :kind AND used IS NULL AND withdrawn IS NULL AND viewer_role() = 'coordinator'
-- name: invitation_withdraw (all)
UPDATE invitation SET withdrawn = :now WHERE invitation_id = :invitation AND used IS NULL AND withdrawn IS NULL AND viewer_role() = 'coordinator'
-- Who has the token may see what it is for (all).
-- name: invitation_by_token (all)
SELECT i.invitation_id, i.kind, i.email, i.role, i.account_id, i.ends_second_factor, i.ends, a.name, a.role AS account_role,
       (SELECT json_group_array(c.name) FROM invitation_actor AS t JOIN actor AS c ON c.actor_id = t.actor_id WHERE t.invitation_id = i.invitation_id) AS actors_json
FROM invitation AS i LEFT JOIN account AS a ON a.account_id = i.account_id
WHERE i.token = :token AND i.used IS NULL AND i.withdrawn IS NULL AND i.ends > :now AND (i.kind = 'account' OR a.is_closed = 0)
-- name: invitation_use (all)
UPDATE invitation SET used = :now, account_id = :account WHERE token = :token AND used IS NULL AND withdrawn IS NULL AND ends > :now
-- name: invitation_take_actors (all)
INSERT INTO account_actor (account_id, actor_id) SELECT :account, t.actor_id FROM invitation_actor AS t JOIN invitation AS i ON i.invitation_id = t.invitation_id
WHERE i.token = :token
-- name: invitation_set_password (all)
UPDATE account SET password = :password, failures = 0, locked_until = NULL,
       totp = CASE WHEN :second_factor THEN NULL ELSE totp END, totp_last = CASE WHEN :second_factor THEN 0 ELSE totp_last END
WHERE account_id = :account AND is_closed = 0
-- name: invitation_end_sessions (all)
DELETE FROM login WHERE account_id = :account

-- The audit log.
-- name: audit_list
SELECT u.audit_id, u.made, u.account_id, CASE WHEN a.erased IS NULL THEN coalesce(a.name, '') ELSE '' END AS account_name, u.what, u.about,
  CASE substr(u.about, 1, instr(u.about, ' ') - 1)
    WHEN 'account' THEN (SELECT p.name FROM seen_account AS p WHERE p.account_id = CAST(substr(u.about, 9) AS INTEGER) AND p.erased IS NULL)
    WHEN 'invitation' THEN (SELECT i.email FROM seen_invitation AS i WHERE i.invitation_id = CAST(substr(u.about, 12) AS INTEGER) AND i.email NOT LIKE 'erased@%')
    WHEN 'case' THEN (SELECT c.title FROM seen_case AS c WHERE c.case_id = CAST(substr(u.about, 6) AS INTEGER))
    WHEN 'outcome' THEN (SELECT c.title FROM seen_case AS c WHERE c.case_id = CAST(substr(u.about, instr(u.about, 'case ') + 5) AS INTEGER))
    WHEN 'meeting' THEN (SELECT m.title FROM seen_meeting AS m WHERE m.meeting_id = CAST(substr(u.about, 9) AS INTEGER)) END AS about_name,
  u.detail AS detail_json
FROM seen_audit AS u LEFT JOIN seen_account AS a ON a.account_id = u.account_id
WHERE u.audit_id < coalesce(CAST(:after AS INTEGER), 9223372036854775807) AND (:account IS NULL OR u.account_id = :account)
  AND (:what IS NULL OR instr(u.what, :what) > 0) AND (:about IS NULL OR u.about = :about)
  AND (:from IS NULL OR u.made >= :from) AND (:until IS NULL OR u.made < :until)
ORDER BY u.audit_id DESC LIMIT :limit

-- What the file holds about one person. Each statement mine_... of any file is a part of the export, with its name after mine_ as the
-- name of the part; each forget_... is run when a person is erased. Both take :account. (all): they ask themselves whether the viewer is
-- that person or a coordinator.
-- name: mine_account (all)
SELECT account_id, email, name, role, language, is_closed, made, totp IS NOT NULL AS has_second_factor, failures, locked_until
FROM account WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_actors (all)
SELECT t.actor_id, c.name FROM account_actor AS t LEFT JOIN actor AS c ON c.actor_id = t.actor_id
WHERE t.account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY t.actor_id
-- name: mine_sessions (all)
SELECT made, seen, ends, agent, address FROM login WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY made
-- name: mine_invitations (all)
SELECT invitation_id, kind, email, role, made, ends, used, withdrawn FROM invitation
WHERE (account_id = :account OR email = (SELECT email FROM account WHERE account_id = :account))
  AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY invitation_id
-- name: mine_invitations_made (all)
SELECT invitation_id, kind, role, made, ends FROM invitation WHERE made_by = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY invitation_id
-- name: mine_recovery_codes (all)
SELECT used FROM recovery WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_edits (all)
SELECT edit_id, made, table_name, row_key, undo_of FROM edit WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY edit_id
-- name: mine_audit (all)
SELECT audit_id, made, what, about, detail AS detail_json FROM audit
WHERE (account_id = :account OR about = 'account ' || :account) AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY audit_id
-- name: forget_invitations (all)
UPDATE invitation SET email = 'erased@account-' || :account, withdrawn = coalesce(withdrawn, strftime('%Y-%m-%dT%H:%M:%SZ'))
WHERE (account_id = :account OR email = (SELECT email FROM account WHERE account_id = :account)) AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: forget_sessions (all)
DELETE FROM login WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: forget_recovery (all)
DELETE FROM recovery WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- Run last, by name: the others still ask who this was (all).
-- name: forget_zz_account (all)
UPDATE account SET email = 'erased@account-' || :account, name = 'Person ' || :account, password = NULL, totp = NULL, totp_pending = NULL, totp_last = 0,
       failures = 0, locked_until = NULL, is_closed = 1, erased = strftime('%Y-%m-%dT%H:%M:%SZ')
WHERE account_id = :account AND erased IS NULL AND (viewer_role() = 'coordinator' OR viewer_account() = :account)

-- The same for tables of other features, until these have a word of their own to say (all).
-- name: mine_comments (all)
SELECT comment_id, table_name, row_key, text, made, resolved FROM comment
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_cases (all)
SELECT case_id, title, stage, status, made FROM "case"
WHERE made_by = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_case_steps (all)
SELECT case_step_id, case_id, step, from_stage, to_stage, reason_text, made FROM case_step
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_case_criteria (all)
SELECT case_criterion_id, case_id, gate_criterion_id, is_met, evidence, made FROM case_criterion
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_case_documents (all)
SELECT case_document_id, case_id, name, link, made FROM case_document
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_case_comments (all)
SELECT case_comment_id, case_id, comment, made FROM case_comment
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_case_outcomes_verified (all)
SELECT case_outcome_id, case_id, kind, verified_quantity, verified_on FROM case_outcome
WHERE verified_account = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_today_marks (all)
SELECT kind, item_id, what, why, until, made, reason FROM today_mark
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_experiments (all)
SELECT experiment_id, title, status, made FROM experiment
WHERE made_by = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_calendar_addresses (all)
SELECT made FROM calendar_token
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_entries (all)
SELECT entry_id, actor_id, kind, words, amount, disclosure, made FROM entry
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: mine_introductions (all)
SELECT event_id, intro_id, side, what, step, note, made FROM intro_event
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: forget_calendar (all)
DELETE FROM calendar_token WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: forget_today_marks (all)
DELETE FROM today_mark WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
