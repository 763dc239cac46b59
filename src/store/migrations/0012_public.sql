-- 0012 public. What everybody may read: one story for the region, with what each municipality adds (M1). Written by coordinators, shown on one
-- page per municipality, all from this one source.
CREATE TABLE story (
  story_id INTEGER PRIMARY KEY AUTOINCREMENT,
  area_id TEXT,                          -- NULL: of the whole region, shown everywhere
  title_nl TEXT NOT NULL
    CONSTRAINT "title_nl must have 1 to 200 characters" CHECK (length(title_nl) BETWEEN 1 AND 200),
  title_en TEXT,
  body_nl TEXT NOT NULL
    CONSTRAINT "body_nl must have 1 to 20000 characters" CHECK (length(body_nl) BETWEEN 1 AND 20000),
  body_en TEXT,
  link TEXT
    CONSTRAINT "link must begin with https://" CHECK (link LIKE 'https://%'),
  status TEXT NOT NULL DEFAULT 'draft'
    CONSTRAINT "status must be draft or published" CHECK (status IN ('draft', 'published')),
  position INTEGER NOT NULL DEFAULT 0,   -- the smallest first
  made TEXT NOT NULL                     -- UTC
) STRICT;
CREATE INDEX story_area ON story (area_id);
