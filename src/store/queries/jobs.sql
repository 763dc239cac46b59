-- Long computations: started, followed, cancelled. Only coordinators see them.

-- view: seen_job
SELECT * FROM main.job WHERE viewer_role() = 'coordinator'

-- name: job_list
SELECT -job_id AS cursor, job_id, kind, settings AS settings_json, status, account_id, asked, started, finished, run_id, message
FROM seen_job WHERE -job_id > coalesce(CAST(:after AS INTEGER), -9223372036854775807) ORDER BY -job_id LIMIT :limit
-- name: job_get
SELECT job_id, kind, settings AS settings_json, status, account_id, asked, started, finished, run_id, message
FROM seen_job WHERE job_id = :job
-- The runner is the server itself; who asked was let in when the job was added (all).
-- name: job_next (all)
SELECT job_id, kind, settings FROM job WHERE status = 'waiting' ORDER BY job_id LIMIT 1
-- name: job_add (all)
INSERT INTO job (kind, settings, account_id, asked) VALUES (:kind, :settings, viewer_account(), :asked) RETURNING job_id
-- name: job_start (all)
UPDATE job SET status = 'running', started = :now WHERE job_id = :job AND status = 'waiting'
-- name: job_end (all)
UPDATE job SET status = :status, finished = :now, run_id = :run, message = :message WHERE job_id = :job AND status IN ('waiting', 'running')
-- name: job_cancel (all)
UPDATE job SET status = 'cancelled', finished = :now WHERE job_id = :job AND status = 'waiting'
-- name: job_interrupt_all (all)
UPDATE job SET status = 'interrupted', finished = :now WHERE status IN ('waiting', 'running')

-- A person's own jobs, for the export of their data (all): asks who looks.
-- name: mine_jobs (all)
SELECT job_id, kind, status, asked, started, finished FROM job
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY job_id
