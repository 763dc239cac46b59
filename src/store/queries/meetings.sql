-- Sessions: whom to bring together, agenda, minutes, and what happens in the room.

-- Coordinators see all; partners those to which one of their actors was invited.
-- view: seen_meeting
SELECT m.* FROM main.meeting AS m
WHERE viewer_role() = 'coordinator'
   OR (m.status <> 'planned' AND EXISTS (SELECT 1 FROM main.meeting_actor AS a
       WHERE a.meeting_id = m.meeting_id AND a.status <> 'proposed' AND viewer_owns(a.actor_id)))
-- Who else comes is told to the invited once they said yes themselves.
-- view: seen_meeting_actor
SELECT a.* FROM main.meeting_actor AS a
WHERE viewer_role() = 'coordinator' OR (a.status <> 'proposed' AND viewer_owns(a.actor_id))
   OR (a.status IN ('accepted', 'attended') AND EXISTS (SELECT 1 FROM main.meeting_actor AS mine
       WHERE mine.meeting_id = a.meeting_id AND mine.status IN ('accepted', 'attended') AND viewer_owns(mine.actor_id)))
-- is_open: nobody has taken it on and nobody laid it aside; one whose have or want was taken back is neither open nor shown.
-- view: seen_opportunity
SELECT o.*, o.status = 'seen' AND NOT EXISTS (SELECT 1 FROM main.room_entry AS e WHERE e.entry_id IN (o.have_id, o.want_id) AND e.is_withdrawn = 1) AS is_open
FROM main.opportunity AS o
WHERE viewer_role() = 'coordinator' OR EXISTS (SELECT 1 FROM main.meeting_actor AS a
      WHERE a.meeting_id = o.meeting_id AND a.status IN ('accepted', 'attended') AND viewer_owns(a.actor_id))
-- view: seen_today_meetings
SELECT 'meeting' AS kind, CAST(m.meeting_id AS TEXT) AS id, m.title AS title,
  CASE WHEN viewer_role() <> 'coordinator' THEN 'meetings_invited'
       WHEN m.status = 'open' THEN 'meetings_open'
       WHEN m.status = 'planned' THEN 'meetings_planned'
       WHEN m.begins < strftime('%Y-%m-%dT%H:%M', 'now') THEN 'meetings_minutes'
       ELSE 'meetings_soon' END AS why_key,
  json_object('begins', m.begins, 'place', m.place) AS why_json,
  '/session/' || m.meeting_id AS action_url,
  CASE WHEN m.status = 'open' THEN 90 WHEN m.begins < strftime('%Y-%m-%dT%H:%M', 'now', '+3 days') THEN 70 ELSE 40 END AS urgency
FROM main.meeting AS m
WHERE m.status IN ('planned', 'invited', 'open')
  AND (viewer_role() <> 'coordinator' OR m.begins IS NULL OR m.begins < strftime('%Y-%m-%dT%H:%M', 'now', '+14 days') OR m.status = 'open')
  AND (viewer_role() = 'coordinator' OR EXISTS (SELECT 1 FROM main.meeting_actor AS a
       WHERE a.meeting_id = m.meeting_id AND a.status = 'invited' AND viewer_owns(a.actor_id)))

-- name: meeting_list
SELECT -m.meeting_id AS cursor, m.meeting_id, m.title, m.goal, m.place, m.begins, m.minutes_long, m.status,
  (SELECT count(*) FROM seen_meeting_actor AS a WHERE a.meeting_id = m.meeting_id) AS actor_count,
  (SELECT count(*) FROM seen_meeting_actor AS a WHERE a.meeting_id = m.meeting_id AND a.status IN ('accepted', 'attended')) AS coming_count,
  (SELECT count(*) FROM seen_opportunity AS o WHERE o.meeting_id = m.meeting_id AND (o.is_open OR o.status = 'taken')) AS opportunity_count,
  (SELECT count(*) FROM seen_opportunity AS o WHERE o.meeting_id = m.meeting_id AND o.is_open) AS open_count
FROM seen_meeting AS m
WHERE -m.meeting_id > coalesce(CAST(:after AS INTEGER), -9223372036854775807) ORDER BY -m.meeting_id LIMIT :limit
-- name: meeting_get
SELECT m.meeting_id, m.title, m.goal, m.place, m.begins, m.minutes_long, m.status, m.agenda,
  CASE WHEN viewer_role() = 'coordinator' OR m.status = 'held' THEN m.minutes END AS minutes,
  CASE WHEN viewer_role() = 'coordinator' THEN m.composed END AS composed_json,
  CASE WHEN viewer_role() = 'coordinator' OR EXISTS (SELECT 1 FROM seen_meeting_actor AS a WHERE a.meeting_id = m.meeting_id
    AND a.status IN ('accepted', 'attended') AND viewer_owns(a.actor_id)) THEN m.room_code END AS room_code, m.made,
  (SELECT count(*) FROM seen_opportunity AS o WHERE o.meeting_id = m.meeting_id AND o.is_open) AS open_count
FROM seen_meeting AS m WHERE m.meeting_id = :meeting
-- name: meeting_actors
SELECT a.actor_id, x.name, x.nace, a.status, a.reason, a.changed, viewer_owns(a.actor_id) AS is_mine
FROM seen_meeting_actor AS a LEFT JOIN actor AS x ON x.actor_id = a.actor_id WHERE a.meeting_id = :meeting ORDER BY x.name, a.actor_id
-- name: meeting_opportunities
SELECT o.opportunity_id, o.title, o.owners, o.next_step, o.due, o.status, o.is_open, o.reason, o.case_id, o.alike FROM seen_opportunity AS o
WHERE o.meeting_id = :meeting AND (o.is_open OR o.status <> 'seen') ORDER BY o.status = 'dropped', o.status = 'taken', o.alike DESC, o.opportunity_id
-- What keeps a session from being closed.
-- name: meeting_open
SELECT o.opportunity_id, o.title, o.owners, o.next_step, o.due FROM seen_opportunity AS o
WHERE o.meeting_id = :meeting AND o.is_open ORDER BY o.alike DESC, o.opportunity_id

-- Writing: coordinators convene; the right stands in each statement (all).
-- name: meeting_add (all)
INSERT INTO meeting (title, goal, place, begins, minutes_long, agenda, composed, account_id, made)
SELECT :title, :goal, :place, :begins, :minutes_long, :agenda, :composed, viewer_account(), :now WHERE viewer_role() = 'coordinator'
RETURNING meeting_id
-- name: meeting_change (all)
UPDATE meeting SET title = coalesce(:title, title), goal = CASE WHEN :has_goal THEN :goal ELSE goal END,
  place = CASE WHEN :has_place THEN :place ELSE place END, begins = CASE WHEN :has_begins THEN :begins ELSE begins END,
  minutes_long = CASE WHEN :has_minutes_long THEN :minutes_long ELSE minutes_long END,
  agenda = CASE WHEN :has_agenda THEN :agenda ELSE agenda END, minutes = CASE WHEN :has_minutes THEN :minutes ELSE minutes END
WHERE meeting_id = :meeting AND viewer_role() = 'coordinator'
-- name: meeting_status (all)
UPDATE meeting SET status = :status, room_code = :code WHERE meeting_id = :meeting AND viewer_role() = 'coordinator'
  AND status IN (SELECT value FROM json_each(:from))
-- name: meeting_add_actor (all)
INSERT INTO meeting_actor (meeting_id, actor_id, status, changed)
SELECT m.meeting_id, x.actor_id, CASE WHEN m.status = 'planned' THEN 'proposed' ELSE 'invited' END, :now
FROM meeting AS m, actor AS x WHERE m.meeting_id = :meeting AND x.actor_id = :actor AND viewer_role() = 'coordinator'
  AND m.status IN ('planned', 'invited', 'open')
ON CONFLICT (meeting_id, actor_id) DO NOTHING
-- name: meeting_remove_actor (all)
DELETE FROM meeting_actor WHERE meeting_id = :meeting AND actor_id = :actor AND status = 'proposed' AND viewer_role() = 'coordinator'
-- name: meeting_invite_all (all)
UPDATE meeting_actor SET status = 'invited', changed = :now WHERE meeting_id = :meeting AND status = 'proposed' AND viewer_role() = 'coordinator'
-- Who was invited answers for themselves; afterwards the coordinator notes who came.
-- name: meeting_answer (all)
UPDATE meeting_actor SET status = :status, reason = :reason, changed = :now
WHERE meeting_id = :meeting AND actor_id = :actor AND status <> 'proposed'
  AND EXISTS (SELECT 1 FROM meeting AS m WHERE m.meeting_id = :meeting AND m.status <> 'cancelled'
              AND (viewer_role() = 'coordinator' OR m.status IN ('invited', 'open')))
  AND (viewer_role() = 'coordinator' OR (viewer_owns(actor_id) AND :status IN ('accepted', 'refused') AND status IN ('invited', 'accepted', 'refused')))
-- name: meeting_forget_persons (all)
UPDATE room_person SET name = 'participant ' || person_id, token = 'ended ' || person_id
WHERE meeting_id = :meeting AND EXISTS (SELECT 1 FROM meeting AS m WHERE m.meeting_id = :meeting AND m.status IN ('held', 'cancelled'))

-- The room: whoever holds its code comes in, for as long as it is open (all: no account, the code and then the token are the right).
-- name: room_by_code (all)
SELECT meeting_id, title, goal FROM meeting WHERE room_code = :code AND status = 'open'
-- name: room_join (all)
INSERT INTO room_person (meeting_id, name, organisation, token, joined)
SELECT meeting_id, :name, :organisation, :token, :now FROM meeting
WHERE room_code = :code AND status = 'open' AND (SELECT count(*) FROM room_person AS p WHERE p.meeting_id = meeting.meeting_id) < 500
RETURNING person_id
-- name: room_person (all)
SELECT p.person_id, p.meeting_id, p.name, p.organisation, m.title FROM room_person AS p JOIN meeting AS m ON m.meeting_id = p.meeting_id
WHERE p.token = :token AND m.room_code = :code AND m.status = 'open'
-- name: room_add (all)
INSERT INTO room_entry (meeting_id, person_id, side, words, amount, place, meaning, made)
SELECT p.meeting_id, p.person_id, :side, :words, :amount, :place, :meaning, :now FROM room_person AS p JOIN meeting AS m ON m.meeting_id = p.meeting_id
WHERE p.token = :token AND m.room_code = :code AND m.status = 'open'
  AND (SELECT count(*) FROM room_entry AS e WHERE e.person_id = p.person_id) < 100
RETURNING entry_id, meeting_id
-- name: room_withdraw (all)
UPDATE room_entry SET is_withdrawn = 1 WHERE entry_id = :entry
  AND person_id = (SELECT p.person_id FROM room_person AS p JOIN meeting AS m ON m.meeting_id = p.meeting_id
                   WHERE p.token = :token AND m.room_code = :code AND m.status = 'open')
-- name: room_others (all)
SELECT e.entry_id, e.words, e.meaning, p.name, coalesce(p.organisation, '') AS organisation FROM room_entry AS e JOIN room_person AS p ON p.person_id = e.person_id
WHERE e.meeting_id = :meeting AND e.side <> :side AND e.is_withdrawn = 0
  AND e.person_id <> (SELECT person_id FROM room_entry WHERE entry_id = :entry) ORDER BY e.entry_id
-- name: opportunity_add (all)
INSERT INTO opportunity (meeting_id, have_id, want_id, alike, title, made) VALUES (:meeting, :have, :want, :alike, :title, :now)
ON CONFLICT (have_id, want_id) DO NOTHING
-- What hangs on the wall, and what phones show: for the coordinator by meeting, for the room by code and token.
-- name: room_entries (all)
SELECT e.entry_id, e.side, e.words, e.amount, e.place, p.name AS person, p.organisation, e.person_id = coalesce(:person, -1) AS is_mine
FROM room_entry AS e JOIN room_person AS p ON p.person_id = e.person_id
WHERE e.meeting_id = :meeting AND e.is_withdrawn = 0 AND (viewer_role() = 'coordinator'
  OR EXISTS (SELECT 1 FROM room_person AS me WHERE me.person_id = :person AND me.meeting_id = :meeting AND me.token = :token))
ORDER BY e.entry_id
-- name: room_matches (all)
SELECT o.opportunity_id, o.title, o.alike, o.owners, o.next_step, o.due, o.status, o.have_id, o.want_id,
  h.words AS have, hp.name AS have_person, hp.organisation AS have_organisation,
  w.words AS want, wp.name AS want_person, wp.organisation AS want_organisation
FROM opportunity AS o LEFT JOIN room_entry AS h ON h.entry_id = o.have_id LEFT JOIN room_person AS hp ON hp.person_id = h.person_id
  LEFT JOIN room_entry AS w ON w.entry_id = o.want_id LEFT JOIN room_person AS wp ON wp.person_id = w.person_id
WHERE o.meeting_id = :meeting AND o.status <> 'dropped' AND coalesce(h.is_withdrawn, 0) = 0 AND coalesce(w.is_withdrawn, 0) = 0
  AND (viewer_role() = 'coordinator'
    OR EXISTS (SELECT 1 FROM room_person AS me WHERE me.person_id = :person AND me.meeting_id = :meeting AND me.token = :token))
ORDER BY o.status = 'taken', o.alike DESC, o.opportunity_id
-- name: room_persons (all)
SELECT p.name, p.organisation FROM room_person AS p WHERE p.meeting_id = :meeting AND viewer_role() = 'coordinator' ORDER BY p.person_id
-- Who is in the room says so of what fits their own haves and wants; wording it and laying it aside is for who leads the session.
-- name: opportunity_take (all)
UPDATE opportunity SET title = coalesce(:title, title), status = :status, reason = :reason, case_id = coalesce(:case, case_id),
  owners = CASE WHEN :status = 'dropped' THEN coalesce(:owners, owners) ELSE :owners END,
  next_step = CASE WHEN :status = 'dropped' THEN coalesce(:next_step, next_step) ELSE :next_step END,
  due = CASE WHEN :status = 'dropped' THEN coalesce(:due, due) ELSE :due END
WHERE opportunity_id = :opportunity AND meeting_id = :meeting
  AND (viewer_role() = 'coordinator' OR (:status <> 'dropped' AND status <> 'dropped' AND :title IS NULL AND EXISTS (
       SELECT 1 FROM room_person AS me JOIN meeting AS m ON m.meeting_id = me.meeting_id JOIN room_entry AS e ON e.person_id = me.person_id
       WHERE me.token = :token AND me.meeting_id = :meeting AND m.status = 'open' AND m.room_code = :code
         AND e.entry_id IN (opportunity.have_id, opportunity.want_id) AND e.is_withdrawn = 0)))
-- name: opportunity_new (all)
INSERT INTO opportunity (meeting_id, title, owners, next_step, due, status, made)
SELECT m.meeting_id, :title, :owners, :next_step, :due, CASE WHEN :owners IS NULL OR :next_step IS NULL OR :due IS NULL THEN 'seen' ELSE 'taken' END, :now
FROM meeting AS m WHERE m.meeting_id = :meeting AND m.status IN ('open', 'held', 'invited') AND viewer_role() = 'coordinator'
RETURNING opportunity_id

-- For the composer (all: only coordinators compose; the endpoint refuses others, and so does each statement).
-- name: compose_actors (all)
SELECT a.actor_id, a.name, a.nace,
  coalesce((SELECT s.area_id FROM site AS s WHERE s.actor_id = a.actor_id AND s.area_id IS NOT NULL ORDER BY s.site_id LIMIT 1), '') AS area_id
FROM actor AS a WHERE viewer_role() = 'coordinator' ORDER BY a.actor_id
-- name: compose_ties (all)
SELECT fs.actor_id AS from_actor, ts.actor_id AS to_actor, t.eur, r.class AS class, coalesce(r.name_nl, r.name, t.resource_id) AS resource_nl,
  coalesce(r.name, t.resource_id) AS resource
FROM tie AS t JOIN site AS fs ON fs.site_id = t.from_site_id JOIN site AS ts ON ts.site_id = t.to_site_id
  LEFT JOIN resource AS r ON r.resource_id = t.resource_id
WHERE t.run_id = (SELECT max(run_id) FROM seen_run WHERE command = 'plan' AND status <> 'infeasible' AND is_what_if = 0)
  AND fs.actor_id IS NOT NULL AND ts.actor_id IS NOT NULL AND fs.actor_id <> ts.actor_id AND t.eur > 0 AND viewer_role() = 'coordinator'
ORDER BY t.fid
-- name: compose_answers (all)
SELECT a.actor_id, a.status = 'refused' AS is_refusal, max(0, julianday('now') - julianday(a.changed)) AS days
FROM meeting_actor AS a WHERE a.status <> 'proposed' AND viewer_role() = 'coordinator' ORDER BY a.meeting_id, a.actor_id
-- name: compose_held (all)
SELECT m.meeting_id, a.actor_id, max(0, julianday('now') - julianday(coalesce(m.begins, m.made))) AS days
FROM meeting AS m JOIN meeting_actor AS a ON a.meeting_id = m.meeting_id
WHERE m.status = 'held' AND a.status = 'attended' AND viewer_role() = 'coordinator' ORDER BY m.meeting_id, a.actor_id

-- name: compose_refusals (all)
SELECT meeting_id, actor_id, changed FROM meeting_actor WHERE status = 'refused' AND viewer_role() = 'coordinator'

-- A person's own meetings, for the export of their data (all): asks who looks.
-- name: mine_meetings (all)
SELECT meeting_id, title, begins, status FROM meeting
WHERE account_id = :account AND (viewer_role() = 'coordinator' OR viewer_account() = :account) ORDER BY meeting_id
