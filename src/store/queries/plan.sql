-- Plans: why this, why not that, two runs side by side.

-- Whether somebody may see a thing that they name: offers and needs by their views, others are open.
-- name: plan_place
SELECT CASE :kind
    WHEN 'offer' THEN (SELECT s.name FROM seen_offer AS o JOIN site AS s ON s.site_id = o.site_id WHERE o.offer_id = :id)
    WHEN 'need' THEN (SELECT coalesce(s.name, n.need_id) FROM seen_need AS n LEFT JOIN site AS s ON s.site_id = n.site_id WHERE n.need_id = :id)
    WHEN 'unit' THEN (SELECT coalesce(p.name, u.unit_id) FROM unit AS u LEFT JOIN process AS p ON p.process_id = u.process_id WHERE u.unit_id = :id)
    WHEN 'gateway' THEN (SELECT coalesce(g.name, g.gateway_id) FROM gateway AS g WHERE g.gateway_id = :id) END
-- What a run was asked for: needed to explain it, and not shown (all).
-- name: plan_run_settings (all)
SELECT settings FROM run WHERE run_id = :run AND command = 'plan' AND viewer_role() = 'coordinator'

-- What a what-if can be about.
-- name: plan_candidates
SELECT u.unit_id, p.name, u.status, u.site_id, s.name AS site_name FROM unit AS u JOIN process AS p ON p.process_id = u.process_id
LEFT JOIN site AS s ON s.site_id = u.site_id WHERE u.unit_id > coalesce(:after, '') ORDER BY u.unit_id LIMIT :limit
-- name: plan_settings
SELECT key, value FROM settings ORDER BY key
