-- What everybody may read: one public page per municipality, from one source.

-- view: seen_story
SELECT * FROM main.story WHERE status = 'published' OR viewer_role() = 'coordinator'

-- Municipalities of now, those of the region itself and those around it.
-- name: public_areas
SELECT a.area_id, a.name, a.population, coalesce(p.level = 'region', 0) AS is_in_region,
  (SELECT count(*) FROM seen_story AS s WHERE s.area_id = a.area_id AND s.status = 'published') AS story_count
FROM area AS a LEFT JOIN area AS p ON p.area_id = a.parent_id
WHERE a.level = 'municipality' AND (a."to" IS NULL OR a."to" >= date('now')) AND a.area_id > coalesce(:after, '') ORDER BY a.area_id LIMIT :limit
-- name: public_region_stories
SELECT story_id AS cursor, story_id, CASE WHEN :language = 'nl' THEN title_nl ELSE coalesce(title_en, title_nl) END AS title,
  CASE WHEN :language = 'nl' THEN body_nl ELSE coalesce(body_en, body_nl) END AS body, link
FROM seen_story WHERE status = 'published' AND area_id IS NULL AND story_id > coalesce(CAST(:after AS INTEGER), 0) ORDER BY story_id LIMIT :limit
-- name: public_area
SELECT area_id, name, level, population FROM area WHERE area_id = :area
-- name: public_stories
SELECT story_id, area_id, CASE WHEN :language = 'nl' THEN title_nl ELSE coalesce(title_en, title_nl) END AS title,
  CASE WHEN :language = 'nl' THEN body_nl ELSE coalesce(body_en, body_nl) END AS body, link
FROM seen_story WHERE status = 'published' AND (area_id IS NULL OR area_id = :area) ORDER BY area_id IS NULL DESC, position, story_id
-- Changes with the rows that public sums are about; a number that tells nothing else (all).
-- name: public_stamp (all)
SELECT (SELECT coalesce(max(revision), 0) FROM revision) || ' ' ||
  (SELECT coalesce(max(edit_id), 0) FROM edit WHERE table_name IN ('area', 'actor', 'site', 'resource', 'offer'))

-- Stories, for who writes them.
-- name: story_list
SELECT -story_id AS cursor, story_id, area_id, title_nl, title_en, body_nl, body_en, link, status, position, made
FROM seen_story WHERE viewer_role() = 'coordinator' AND -story_id > coalesce(CAST(:after AS INTEGER), -9223372036854775807) ORDER BY -story_id LIMIT :limit
-- name: story_next (all)
SELECT coalesce(max(story_id), 0) + 1 FROM story
