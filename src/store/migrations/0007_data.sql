-- 0007 data. Comments on rows, the words of everything for search, and which edits a revision holds.

-- What people say about a row, of whatever table. Who may see the row may see it.
CREATE TABLE comment (
  comment_id INTEGER PRIMARY KEY AUTOINCREMENT,
  table_name TEXT NOT NULL,
  row_key TEXT NOT NULL,
  reply_to INTEGER REFERENCES comment (comment_id) ON DELETE CASCADE,  -- the first of its thread; NULL: it is the first
  text TEXT NOT NULL
    CONSTRAINT "text must have 1 to 4000 characters" CHECK (length(text) BETWEEN 1 AND 4000),
  account_id INTEGER NOT NULL,
  made TEXT NOT NULL,                    -- UTC
  resolved TEXT,                         -- UTC; of the first of a thread; NULL: open
  resolved_by INTEGER
) STRICT;
CREATE INDEX comment_row ON comment (table_name, row_key);
CREATE INDEX comment_account ON comment (account_id);

-- Actors that a comment calls upon.
CREATE TABLE comment_mention (
  comment_id INTEGER NOT NULL REFERENCES comment (comment_id) ON DELETE CASCADE,
  actor_id TEXT NOT NULL,
  PRIMARY KEY (comment_id, actor_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX comment_mention_actor ON comment_mention (actor_id);

-- The last edit of the desk that a revision holds. Edits after the newest of these are in no revision yet.
CREATE TABLE revision_edit (
  revision INTEGER PRIMARY KEY,
  edit_id INTEGER NOT NULL
) STRICT;

-- Words of rows. The number of a document is (kind << 40) + a count, so that those of a kind lie together. `search` holds no text of
-- its own; what was put in stands in search_doc, since it is asked for again when it is taken out.
CREATE TABLE search_doc (
  doc_id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  row_key TEXT NOT NULL,
  title TEXT NOT NULL,
  names TEXT NOT NULL,                   -- other names and codes
  body TEXT NOT NULL,
  UNIQUE (kind, row_key)
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (title, names, body, content = '', detail = column, tokenize = 'unicode61 remove_diacritics 2');
-- Each word once, with how often it came and in which kinds (bit k: kind k). A word whose last row went stays: it then leads nowhere.
CREATE TABLE search_word (
  word TEXT PRIMARY KEY,
  docs INTEGER NOT NULL,
  kinds INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Dutch writes compounds as one word: what long words end in, so that zaagsel leads to houtzaagsel.
CREATE TABLE search_tail (
  tail TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (tail, word)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  signature TEXT NOT NULL,               -- of the tables, when gathering began
  kind INTEGER NOT NULL,                 -- being gathered; -1: all are there
  last_fid INTEGER NOT NULL              -- of the last row gathered
) STRICT;
INSERT INTO search_state VALUES (1, '', -1, 0);
