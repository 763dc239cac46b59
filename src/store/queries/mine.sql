-- What a person wrote or did in the rooms of the portal, for the export of their data (people.sql tells how). Tasks and shares of cases name people through
-- their case. When somebody is erased what they agreed with others stays, under a pseudonym; what was only for themselves goes. (all): each asks who looks.
-- name: mine_calendar (all)
SELECT made FROM calendar_token WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_cases (all)
SELECT case_id, title, stage, status, made FROM "case" WHERE made_by = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_case_leads (all)
SELECT case_id, title FROM "case" WHERE lead_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_case_comments (all)
SELECT case_id, comment, made FROM case_comment WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_case_criteria (all)
SELECT case_id, gate_criterion_id, is_met, evidence, made FROM case_criterion WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_case_documents (all)
SELECT case_id, name, link, made FROM case_document WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_case_outcomes (all)
SELECT case_id, kind, quantity, evidence, claimed_on FROM case_outcome WHERE claimed_by = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_case_outcomes_verified (all)
SELECT case_id, kind, verified_by, verified_on FROM case_outcome WHERE verified_account = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_case_steps (all)
SELECT case_id, step, reason_text, made FROM case_step WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_comments (all)
SELECT comment_id, table_name, row_key, text, made FROM comment WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_entries (all)
SELECT entry_id, kind, words, amount, quantity, disclosure FROM entry WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_experiments (all)
SELECT experiment_id, title, status, from_day, to_day FROM experiment WHERE made_by = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_introductions (all)
SELECT intro_id, side, what, note, made FROM intro_event WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: mine_put_aside (all)
SELECT kind, item_id, what, until, made FROM today_mark WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY 1
-- name: forget_calendar (all)
DELETE FROM calendar_token WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
-- name: forget_put_aside (all)
DELETE FROM today_mark WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account)
