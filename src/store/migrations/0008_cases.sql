-- 0008 cases. What partners try: cases in a funnel with gates, tasks, money, documents and outcomes; today's list; lent space.
-- Every step is kept, none is edited. Tables of the desk are not part of the region data package.

CREATE TABLE "case" (
  case_id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL
    CONSTRAINT "title must have 1 to 200 characters" CHECK (length(title) BETWEEN 1 AND 200),
  summary TEXT
    CONSTRAINT "summary must have at most 4000 characters" CHECK (length(summary) <= 4000),
  stage TEXT NOT NULL DEFAULT 'idea'
    CONSTRAINT "stage must be one of idea seed potential feasible pilot running"
    CHECK (stage IN ('idea', 'seed', 'potential', 'feasible', 'pilot', 'running')),
  status TEXT NOT NULL DEFAULT 'open'
    CONSTRAINT "status must be one of open parked lost done" CHECK (status IN ('open', 'parked', 'lost', 'done')),
  lead_id INTEGER REFERENCES account (account_id) ON DELETE SET NULL,     -- who carries it at the desk
  worth_eur REAL,                        -- a year, for all partners together; NULL: not known
  co2_t REAL,                            -- avoided a year
  is_estimate INTEGER NOT NULL DEFAULT 1 CHECK (is_estimate IN (0, 1)),   -- worth and CO2 rest on an estimate
  risk TEXT
    CONSTRAINT "risk must have at most 4000 characters" CHECK (length(risk) <= 4000),
  is_open_for_finance INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "is_open_for_finance must be true or false" CHECK (is_open_for_finance IN (0, 1)),
  is_published INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "is_published must be true or false" CHECK (is_published IN (0, 1)),
  public_title TEXT
    CONSTRAINT "public_title must have at most 200 characters" CHECK (length(public_title) <= 200),
  public_text TEXT
    CONSTRAINT "public_text must have at most 4000 characters" CHECK (length(public_text) <= 4000),
  area_id TEXT,                          -- where it is told, on the page of which municipality
  origin_kind TEXT,                      -- tie, knot, match, seed, introduction, outcome ...; NULL: by hand
  origin_id TEXT,
  made TEXT NOT NULL,                    -- UTC
  made_by INTEGER NOT NULL,              -- account
  moved TEXT NOT NULL,                   -- UTC of its last step
  CONSTRAINT "a published case needs public_title and public_text"
    CHECK (is_published = 0 OR (public_title IS NOT NULL AND public_text IS NOT NULL))
) STRICT;
CREATE INDEX case_stage ON "case" (stage, status);

-- Steps: how each case came where it is.
CREATE TABLE case_step (
  case_step_id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES "case" (case_id),
  step TEXT NOT NULL
    CONSTRAINT "step must be one of begin forward back park lose resume complete reopen"
    CHECK (step IN ('begin', 'forward', 'back', 'park', 'lose', 'resume', 'complete', 'reopen')),
  from_stage TEXT,
  to_stage TEXT NOT NULL,
  from_status TEXT,
  to_status TEXT NOT NULL,
  reason TEXT                            -- a word of the list
    CONSTRAINT "reason must be one of money partners permit technology quality quantity timing other_solution no_answer override other"
    CHECK (reason IN ('money', 'partners', 'permit', 'technology', 'quality', 'quantity', 'timing', 'other_solution', 'no_answer', 'override', 'other')),
  reason_text TEXT
    CONSTRAINT "reason_text must have at most 2000 characters" CHECK (length(reason_text) <= 2000),
  is_override INTEGER NOT NULL DEFAULT 0 CHECK (is_override IN (0, 1)),   -- through a gate that was shut
  account_id INTEGER NOT NULL,
  made TEXT NOT NULL                     -- UTC
) STRICT;
CREATE INDEX case_step_case ON case_step (case_id);
CREATE TRIGGER case_step_is_history BEFORE UPDATE ON case_step
BEGIN SELECT RAISE(ABORT, 'a step of a case is history: take a new step instead of changing one'); END;
CREATE TRIGGER case_step_is_kept BEFORE DELETE ON case_step
BEGIN SELECT RAISE(ABORT, 'a step of a case is history: none is removed'); END;

-- Gates: what must be met before a case leaves a stage. The list is the region's own to change; these are to begin with.
CREATE TABLE gate_criterion (
  gate_criterion_id INTEGER PRIMARY KEY AUTOINCREMENT,
  stage TEXT NOT NULL                    -- that one leaves
    CONSTRAINT "stage must be one of idea seed potential feasible pilot running"
    CHECK (stage IN ('idea', 'seed', 'potential', 'feasible', 'pilot', 'running')),
  rank INTEGER NOT NULL DEFAULT 100,     -- order within the stage
  name_en TEXT NOT NULL
    CONSTRAINT "name_en must have 1 to 300 characters" CHECK (length(name_en) BETWEEN 1 AND 300),
  name_nl TEXT NOT NULL
    CONSTRAINT "name_nl must have 1 to 300 characters" CHECK (length(name_nl) BETWEEN 1 AND 300),
  evidence_en TEXT,                      -- what shows it
  evidence_nl TEXT,
  is_used INTEGER NOT NULL DEFAULT 1
    CONSTRAINT "is_used must be true or false" CHECK (is_used IN (0, 1))
) STRICT;
INSERT INTO gate_criterion (stage, rank, name_en, name_nl, evidence_en, evidence_nl) VALUES
  ('idea', 10, 'It is clear what would go from whom to whom', 'Het is duidelijk wat van wie naar wie zou gaan',
   'one sentence that names stream, holder and taker', 'één zin die stroom, houder en afnemer noemt'),
  ('idea', 20, 'Someone who holds or needs the stream wants to talk', 'Iemand die de stroom heeft of zoekt wil erover praten',
   'who, and when', 'wie, en wanneer'),
  ('seed', 10, 'Both sides have met and want to go on', 'Beide kanten hebben elkaar gesproken en willen verder',
   'date and who was there', 'datum en wie erbij was'),
  ('seed', 20, 'Quantity and quality are known in outline', 'Hoeveelheid en kwaliteit zijn in grote lijnen gekend',
   'a range, and who gave it', 'een bandbreedte, en van wie die komt'),
  ('seed', 30, 'Nothing in law or permits stands against it at first sight', 'Wet en vergunning staan op het eerste gezicht niet in de weg',
   'what was looked at', 'wat er is nagekeken'),
  ('potential', 10, 'The parties of the whole chain sit at the table', 'De partijen van de hele keten zitten aan tafel',
   'the partners, each with a role', 'de partners, elk met een rol'),
  ('potential', 20, 'A sample or a test shows that the stream fits', 'Een staal of een test toont dat de stroom past',
   'report of the test', 'verslag van de test'),
  ('potential', 30, 'There is a first sum of costs and benefits per partner', 'Er is een eerste som van kosten en baten per partner',
   'the money lines of this case', 'de geldlijnen van deze zaak'),
  ('feasible', 10, 'Money for the pilot is promised', 'Het geld voor de proef is toegezegd',
   'letter or decision', 'brief of beslissing'),
  ('feasible', 20, 'Permits for the pilot are there or not needed', 'De vergunningen voor de proef zijn er of zijn niet nodig',
   'permit, or the answer of the authority', 'vergunning, of het antwoord van de overheid'),
  ('feasible', 30, 'Who does what, and who carries which risk, is written down', 'Wie wat doet en wie welk risico draagt, staat op papier',
   'signed agreement', 'getekende afspraak'),
  ('pilot', 10, 'The pilot has run and was measured', 'De proef heeft gelopen en is gemeten',
   'measurements and their period', 'metingen en hun periode'),
  ('pilot', 20, 'The partners want to go on without help', 'De partners willen verder zonder hulp',
   'what they said, and when', 'wat ze zeiden, en wanneer'),
  ('pilot', 30, 'Contracts and permits for the real thing are there', 'Contracten en vergunningen voor het echte werk zijn er',
   'contract, permit', 'contract, vergunning'),
  ('running', 10, 'It has run for some months by itself', 'Het loopt al enkele maanden vanzelf',
   'since when', 'sinds wanneer'),
  ('running', 20, 'The outcomes were measured', 'De resultaten zijn gemeten',
   'the outcomes of this case', 'de resultaten van deze zaak');

-- What of a gate is met by a case, and what shows it.
CREATE TABLE case_criterion (
  case_criterion_id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES "case" (case_id),
  gate_criterion_id INTEGER NOT NULL REFERENCES gate_criterion (gate_criterion_id),
  is_met INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "is_met must be true or false" CHECK (is_met IN (0, 1)),
  evidence TEXT
    CONSTRAINT "evidence must have at most 4000 characters" CHECK (length(evidence) <= 4000),
  case_document_id INTEGER,              -- that shows it
  account_id INTEGER NOT NULL,           -- who said so last
  made TEXT NOT NULL,                    -- UTC
  UNIQUE (case_id, gate_criterion_id),
  CONSTRAINT "a criterion that is met needs evidence" CHECK (is_met = 0 OR evidence IS NOT NULL OR case_document_id IS NOT NULL)
) STRICT;

CREATE TABLE case_task (
  case_task_id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES "case" (case_id),
  what TEXT NOT NULL
    CONSTRAINT "what must have 1 to 500 characters" CHECK (length(what) BETWEEN 1 AND 500),
  owner_id INTEGER REFERENCES account (account_id) ON DELETE SET NULL,
  due TEXT
    CONSTRAINT "due must be a date YYYY-MM-DD" CHECK (due IS date(due, '+0 days')),
  done TEXT                              -- day it was done; NULL: to do
    CONSTRAINT "done must be a date YYYY-MM-DD" CHECK (done IS date(done, '+0 days')),
  made TEXT NOT NULL
) STRICT;
CREATE INDEX case_task_case ON case_task (case_id);

CREATE TABLE case_partner (
  case_partner_id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES "case" (case_id),
  actor_id TEXT NOT NULL,
  role TEXT NOT NULL
    CONSTRAINT "role must be one of holder taker processor carrier place financier knowledge government other"
    CHECK (role IN ('holder', 'taker', 'processor', 'carrier', 'place', 'financier', 'knowledge', 'government', 'other')),
  brings TEXT
    CONSTRAINT "brings must have at most 1000 characters" CHECK (length(brings) <= 1000),
  contact_id INTEGER REFERENCES account (account_id) ON DELETE SET NULL,
  told TEXT,                             -- UTC since when this partner knows of the case and is known in it; NULL: only the coordinator knows
  made TEXT NOT NULL,
  UNIQUE (case_id, actor_id)
) STRICT;
CREATE INDEX case_partner_actor ON case_partner (actor_id);

-- Money: an amount a year, from one year of the case to another; year 0 is the beginning. In is above 0, out below.
CREATE TABLE case_money (
  case_money_id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES "case" (case_id),
  case_partner_id INTEGER REFERENCES case_partner (case_partner_id), -- whose; NULL: of all together
  kind TEXT NOT NULL
    CONSTRAINT "kind must be one of investment subsidy cost benefit" CHECK (kind IN ('investment', 'subsidy', 'cost', 'benefit')),
  what TEXT NOT NULL
    CONSTRAINT "what must have 1 to 300 characters" CHECK (length(what) BETWEEN 1 AND 300),
  eur REAL NOT NULL
    CONSTRAINT "eur must be above 0; its kind says whether it comes in or goes out" CHECK (eur > 0),
  from_yr INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "from_yr must lie in 0 to 200" CHECK (from_yr BETWEEN 0 AND 200),
  to_yr INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "to_yr must lie in 0 to 200" CHECK (to_yr BETWEEN 0 AND 200),
  is_private INTEGER NOT NULL DEFAULT 0  -- 1: only for the partner whose it is and the coordinator
    CONSTRAINT "is_private must be true or false" CHECK (is_private IN (0, 1)),
  is_estimate INTEGER NOT NULL DEFAULT 1
    CONSTRAINT "is_estimate must be true or false" CHECK (is_estimate IN (0, 1)),
  origin TEXT                            -- where the figure comes from
    CONSTRAINT "origin must have at most 500 characters" CHECK (length(origin) <= 500),
  made TEXT NOT NULL,
  CONSTRAINT "to_yr must not be before from_yr" CHECK (to_yr >= from_yr),
  CONSTRAINT "a private line belongs to a partner" CHECK (is_private = 0 OR case_partner_id IS NOT NULL)
) STRICT;
CREATE INDEX case_money_case ON case_money (case_id);

-- Documents: small files kept here, or links to where they are.
CREATE TABLE case_document (
  case_document_id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES "case" (case_id),
  name TEXT NOT NULL
    CONSTRAINT "name must have 1 to 200 characters" CHECK (length(name) BETWEEN 1 AND 200),
  link TEXT
    CONSTRAINT "link must begin with https:// or http://" CHECK (link LIKE 'https://_%' OR link LIKE 'http://_%'),
  type TEXT,                             -- of the file; NULL: a link
  size INTEGER,                          -- bytes
  digest TEXT,                           -- BLAKE2b-256 of the file, hex
  is_for_finance INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "is_for_finance must be true or false" CHECK (is_for_finance IN (0, 1)),
  account_id INTEGER NOT NULL,
  made TEXT NOT NULL,
  CONSTRAINT "a document is a link or a file" CHECK ((link IS NULL) <> (type IS NULL))
) STRICT;
CREATE INDEX case_document_case ON case_document (case_id);
CREATE TABLE case_file (
  case_document_id INTEGER PRIMARY KEY REFERENCES case_document (case_document_id) ON DELETE CASCADE,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE case_comment (
  case_comment_id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES "case" (case_id),
  comment TEXT NOT NULL
    CONSTRAINT "comment must have 1 to 4000 characters" CHECK (length(comment) BETWEEN 1 AND 4000),
  account_id INTEGER NOT NULL,
  made TEXT NOT NULL
) STRICT;
CREATE INDEX case_comment_case ON case_comment (case_id);

-- Outcomes: what came of it. Claimed by one, verified by another.
CREATE TABLE case_outcome (
  case_outcome_id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id INTEGER NOT NULL REFERENCES "case" (case_id),
  kind TEXT NOT NULL
    CONSTRAINT "kind must be one of landfill_t co2_t virgin_t water_m3 eur jobs_fte"
    CHECK (kind IN ('landfill_t', 'co2_t', 'virgin_t', 'water_m3', 'eur', 'jobs_fte')),
  quantity REAL NOT NULL,                -- saved, avoided, earned or created in the period
  from_day TEXT NOT NULL
    CONSTRAINT "from_day must be a date YYYY-MM-DD" CHECK (from_day IS date(from_day, '+0 days')),
  to_day TEXT NOT NULL
    CONSTRAINT "to_day must be a date YYYY-MM-DD" CHECK (to_day IS date(to_day, '+0 days')),
  evidence TEXT NOT NULL
    CONSTRAINT "evidence must have 1 to 4000 characters" CHECK (length(evidence) BETWEEN 1 AND 4000),
  case_document_id INTEGER,
  claimed_by INTEGER NOT NULL,           -- account
  claimed_on TEXT NOT NULL,              -- UTC
  verified_by TEXT                       -- who looked: a name, a body; NULL: not verified
    CONSTRAINT "verified_by must have at most 200 characters" CHECK (length(verified_by) <= 200),
  verified_quantity REAL,
  verified_on TEXT,                      -- UTC
  verified_account INTEGER,              -- who wrote it down
  CONSTRAINT "to_day must not be before from_day" CHECK (to_day >= from_day),
  CONSTRAINT "who claims an outcome does not verify it" CHECK (verified_account IS NULL OR verified_account <> claimed_by),
  CONSTRAINT "a verified outcome says by whom, how much and when" CHECK ((verified_by IS NULL) = (verified_on IS NULL)
    AND (verified_by IS NULL) = (verified_quantity IS NULL) AND (verified_by IS NULL) = (verified_account IS NULL))
) STRICT;
CREATE INDEX case_outcome_case ON case_outcome (case_id);

-- Whose doing an outcome is: a share per partner, or of the coordinator's work (NULL).
CREATE TABLE case_share (
  case_share_id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_outcome_id INTEGER NOT NULL REFERENCES case_outcome (case_outcome_id) ON DELETE CASCADE,
  case_partner_id INTEGER REFERENCES case_partner (case_partner_id),
  share REAL NOT NULL
    CONSTRAINT "share must lie in 0 to 1" CHECK (share BETWEEN 0 AND 1)
) STRICT;
CREATE UNIQUE INDEX case_share_whose ON case_share (case_outcome_id, ifnull(case_partner_id, 0));
CREATE TRIGGER case_share_adds_up AFTER INSERT ON case_share
  WHEN (SELECT sum(share) FROM case_share WHERE case_outcome_id = NEW.case_outcome_id) > 1 + 1e-9
BEGIN SELECT RAISE(ABORT, 'the shares of an outcome add up to at most 100 %'); END;
CREATE TRIGGER case_share_still_adds_up AFTER UPDATE ON case_share
  WHEN (SELECT sum(share) FROM case_share WHERE case_outcome_id = NEW.case_outcome_id) > 1 + 1e-9
BEGIN SELECT RAISE(ABORT, 'the shares of an outcome add up to at most 100 %'); END;

-- What somebody has put aside of today's list. It comes back when its reason changes, or after the day it was put off to.
CREATE TABLE today_mark (
  account_id INTEGER NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  item_id TEXT NOT NULL,
  what TEXT NOT NULL
    CONSTRAINT "what must be done or snooze" CHECK (what IN ('done', 'snooze')),
  why TEXT NOT NULL,                     -- why_json when it was put aside
  until TEXT                             -- day it comes back; NULL: when its reason changes
    CONSTRAINT "until must be a date YYYY-MM-DD" CHECK (until IS date(until, '+0 days')),
  made TEXT NOT NULL,
  PRIMARY KEY (account_id, kind, item_id),
  CONSTRAINT "a snooze needs until" CHECK (what <> 'snooze' OR until IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- Experiments: a space lent under conditions for a period.
CREATE TABLE experiment (
  experiment_id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL
    CONSTRAINT "title must have 1 to 200 characters" CHECK (length(title) BETWEEN 1 AND 200),
  summary TEXT
    CONSTRAINT "summary must have at most 4000 characters" CHECK (length(summary) <= 4000),
  offer_id TEXT,                         -- a part of a site that is offered; NULL: all of the site, or an area
  site_id TEXT,
  area_id TEXT,
  place TEXT                             -- which part of an area: a street, a square; NULL: all of it
    CONSTRAINT "place must have at most 200 characters" CHECK (length(place) <= 200),
  conditions TEXT
    CONSTRAINT "conditions must have at most 4000 characters" CHECK (length(conditions) <= 4000),
  from_day TEXT NOT NULL
    CONSTRAINT "from_day must be a date YYYY-MM-DD" CHECK (from_day IS date(from_day, '+0 days')),
  to_day TEXT NOT NULL                   -- the last day, included
    CONSTRAINT "to_day must be a date YYYY-MM-DD" CHECK (to_day IS date(to_day, '+0 days')),
  responsible_id INTEGER REFERENCES account (account_id) ON DELETE SET NULL,
  user_actor_id TEXT,                    -- who uses it
  user_name TEXT                         -- or, without an actor, their name
    CONSTRAINT "user_name must have at most 200 characters" CHECK (length(user_name) <= 200),
  case_id INTEGER REFERENCES "case" (case_id),
  status TEXT NOT NULL DEFAULT 'asked'
    CONSTRAINT "status must be one of asked agreed running ended refused"
    CHECK (status IN ('asked', 'agreed', 'running', 'ended', 'refused')),
  learned TEXT
    CONSTRAINT "learned must have at most 4000 characters" CHECK (length(learned) <= 4000),
  outcome TEXT
    CONSTRAINT "outcome must be one of worked partly not_worked unclear" CHECK (outcome IN ('worked', 'partly', 'not_worked', 'unclear')),
  next_step TEXT
    CONSTRAINT "next_step must have at most 1000 characters" CHECK (length(next_step) <= 1000),
  is_public INTEGER NOT NULL DEFAULT 0
    CONSTRAINT "is_public must be true or false" CHECK (is_public IN (0, 1)),
  public_text TEXT
    CONSTRAINT "public_text must have at most 4000 characters" CHECK (length(public_text) <= 4000),
  made TEXT NOT NULL,
  made_by INTEGER NOT NULL,
  CONSTRAINT "to_day must not be before from_day" CHECK (to_day >= from_day),
  CONSTRAINT "an experiment is at a site or in an area" CHECK ((site_id IS NULL) <> (area_id IS NULL)),
  CONSTRAINT "a public experiment needs public_text" CHECK (is_public = 0 OR public_text IS NOT NULL)
) STRICT;
CREATE INDEX experiment_site ON experiment (site_id, from_day);
CREATE INDEX experiment_area ON experiment (area_id, from_day);
-- One space is lent once: what is agreed or running does not overlap. All of a site overlaps with each part of it.
CREATE TRIGGER experiment_added_twice AFTER INSERT ON experiment
  WHEN NEW.status IN ('agreed', 'running') AND EXISTS (SELECT 1 FROM experiment AS e
    WHERE e.experiment_id <> NEW.experiment_id AND e.status IN ('agreed', 'running') AND e.from_day <= NEW.to_day AND e.to_day >= NEW.from_day
      AND ((e.site_id = NEW.site_id AND (e.offer_id IS NULL OR NEW.offer_id IS NULL OR e.offer_id = NEW.offer_id))
        OR (e.area_id = NEW.area_id AND (e.place IS NULL OR NEW.place IS NULL OR lower(trim(e.place)) = lower(trim(NEW.place))))))
BEGIN SELECT RAISE(ABORT, 'the space is lent to another experiment in that period'); END;
CREATE TRIGGER experiment_lent_twice AFTER UPDATE ON experiment
  WHEN NEW.status IN ('agreed', 'running') AND EXISTS (SELECT 1 FROM experiment AS e
    WHERE e.experiment_id <> NEW.experiment_id AND e.status IN ('agreed', 'running') AND e.from_day <= NEW.to_day AND e.to_day >= NEW.from_day
      AND ((e.site_id = NEW.site_id AND (e.offer_id IS NULL OR NEW.offer_id IS NULL OR e.offer_id = NEW.offer_id))
        OR (e.area_id = NEW.area_id AND (e.place IS NULL OR NEW.place IS NULL OR lower(trim(e.place)) = lower(trim(NEW.place))))))
BEGIN SELECT RAISE(ABORT, 'the space is lent to another experiment in that period'); END;

-- The address under which somebody's calendar program fetches experiments. Here is the digest of its token only.
CREATE TABLE calendar_token (
  account_id INTEGER PRIMARY KEY REFERENCES account (account_id) ON DELETE CASCADE,
  token TEXT NOT NULL UNIQUE,
  made TEXT NOT NULL
) STRICT;
