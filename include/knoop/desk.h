/* knoop/desk.h - the region file as a desk at which many people work at once: what `knoop serve` stands on.
 *
 * A kn_desk is one open region file. Each thread that answers borrows a connection (kn_desk_lend), asks named
 * statements and gives it back. Writes are queued; one thread commits them, many at a time, and a write counts as done only
 * when it is on the disk. Statements and views are the files of src/store/queries; nobody else writes SQL.
 *
 * Who may see what is decided here, once. Tables are closed unless they are listed as open to all. A statement reads a closed
 * table only through a view seen_..., which asks who is looking; SQLite itself refuses anything else (its authorizer). Statements
 * marked (all) may read everything: they are few, each with its reason, and what they give must not leave without a check. */
#ifndef KNOOP_DESK_H
#define KNOOP_DESK_H

#include "knoop/base.h"
#include "knoop/store.h"

typedef struct kn_desk kn_desk;
typedef struct kn_conn kn_conn; /* a connection; used by one thread at a time */

/* ------------------------------------------------------------------ who is looking */
typedef enum kn_role {
  KN_PUBLIC, /* no account */
  KN_VIEWER_ROLE,
  KN_FINANCIER,
  KN_PLANNER,
  KN_PARTNER, /* of one or more actors */
  KN_COORDINATOR,
  KN_ROLE_COUNT
} kn_role;
const char *kn_role_name(kn_role role);            /* "public" ... */
bool kn_role_read(const char *name, kn_role *out); /* false: no such role */
/* A key by which a client marks what must happen once, however often it asks (it may not have heard the answer). The first write of
 * a request keeps the key in the same commit; where it is there already, nothing is written and is_repeat is set. */
typedef struct kn_once {
  const char *key;
  bool is_used, is_repeat;
} kn_once;
typedef struct kn_viewer {
  kn_role role;
  int64_t account_id; /* 0: none */
  int32_t actor_count;
  const char *const *actor_id; /* [actor_count], rising as strcmp() */
  kn_once *once;               /* NULL: none */
} kn_viewer;
/* May this viewer see a row with this disclosure of this holder (NULL: blank)? What viewer_sees() is in statements. */
bool kn_viewer_sees(const kn_viewer *viewer, const char *disclosure, const char *actor_id);
bool kn_viewer_owns(const kn_viewer *viewer, const char *actor_id); /* speaks for this actor */
#define KN_ANYBODY ((kn_viewer){.role = KN_PUBLIC})

/* ------------------------------------------------------------------ opening
 * Errors as kn_store_open() for writing. Other processes may write between two writes of the desk. */
kn_code kn_desk_open(kn_desk **out, const char *path, const kn_store_settings *settings, kn_error *err);
void kn_desk_close(kn_desk *desk); /* after the writes that wait; NULL is fine */
const char *kn_desk_path(const kn_desk *desk);
/* Rises with every commit of anybody, so that what was read can be kept until then. O(1). */
uint64_t kn_desk_version(kn_desk *desk);

/* A connection that nobody has, or a new one: there come to be as many as were lent at once, of about 1 MiB each. It asks as this
 * viewer, who is lent until it is given back. Thread safe. Errors of a new one as kn_store_open() for reading. */
kn_code kn_desk_lend(kn_desk *desk, const kn_viewer *viewer, kn_conn **out, kn_error *err);
void kn_desk_give_back(kn_conn *conn); /* NULL is fine */

/* ------------------------------------------------------------------ asking
 * A value that goes in. A parameter that is not given is NULL; one that the statement does not have is KN_E_USAGE. */
typedef enum kn_field_kind { KN_FIELD_NULL, KN_FIELD_INT, KN_FIELD_REAL, KN_FIELD_TEXT, KN_FIELD_BLOB } kn_field_kind;
typedef struct kn_field {
  kn_field_kind kind;
  int64_t integer;
  double real;
  const char *text; /* also of a blob */
  int64_t length;   /* bytes of it */
} kn_field;
typedef struct kn_bind {
  const char *name; /* without the colon */
  kn_field value;
} kn_bind;
kn_field kn_field_text(const char *text); /* NULL: blank */
static inline kn_field
kn_field_int(int64_t integer)
{
  return (kn_field){.kind = KN_FIELD_INT, .integer = integer};
}
static inline kn_field
kn_field_real(double real) /* NAN: blank */
{
  return (kn_field){.kind = isnan(real) ? KN_FIELD_NULL : KN_FIELD_REAL, .real = real};
}
#define KN_BIND_TEXT(name_, text_)                                                                                               \
  {                                                                                                                              \
    .name = (name_), .value = kn_field_text(text_)                                                                               \
  }
#define KN_BIND_INT(name_, integer_)                                                                                             \
  {                                                                                                                              \
    .name = (name_), .value = kn_field_int(integer_)                                                                             \
  }
#define KN_BIND_REAL(name_, real_)                                                                                               \
  {                                                                                                                              \
    .name = (name_), .value = kn_field_real(real_)                                                                               \
  }
#define KN_COUNT_OF(array) ((int32_t)(sizeof(array) / sizeof *(array)))

typedef struct kn_answer { /* one row, lent for the length of one visit */
  int32_t count;
  const char *const *name;
  const kn_field *field;
} kn_answer;
/* Another code than KN_OK ends the reading and is returned. visit NULL: rows are not looked at. Within a visit the connection may be
 * asked other statements. KN_E_USAGE: there is no such statement or parameter, or it writes and this connection reads. */
typedef kn_code (*kn_answer_visit)(void *arg, const kn_answer *answer, kn_error *err);
kn_code kn_conn_ask(kn_conn *conn, const char *name, const kn_bind *bind, int32_t count, kn_answer_visit visit, void *arg,
                    kn_error *err);
/* The first row's first column; *is_there (may be NULL) says whether there is a row. Text is copied into arena (NULL: no text). */
kn_code kn_conn_ask_one(kn_conn *conn, const char *name, const kn_bind *bind, int32_t count, kn_arena *arena, kn_field *out,
                        bool *is_there, kn_error *err);
const kn_viewer *kn_conn_viewer(const kn_conn *conn);
/* A field of a row by its name; NULL: there is none. */
const kn_field *kn_answer_field(const kn_answer *answer, const char *name);
/* Statements by the beginning of their name, in rising order: "mine_" gives all that export what is held about a person. at 0, 1, ...;
 * NULL: no more. */
const char *kn_desk_statement(const char *prefix, int32_t at);
/* Number of rows that a statement changed; only within a write. */
kn_code kn_conn_run(kn_conn *conn, const char *name, const kn_bind *bind, int32_t count, int64_t *changed, kn_error *err);

/* ------------------------------------------------------------------ writing
 * `write` runs on the writing thread, with a connection that may write, as this viewer; another code than KN_OK takes back all it
 * did. kn_desk_write() returns when it is on the disk, or refused. Writes happen one after another, in the order they came;
 * many share one commit. viewer and arg are lent until then. */
typedef kn_code (*kn_desk_writing)(kn_conn *conn, void *arg, kn_error *err);
kn_code kn_desk_write(kn_desk *desk, const kn_viewer *viewer, kn_desk_writing write, void *arg, kn_error *err);

/* A write that nobody waits for: what is lost when the file cannot be written was not worth waiting. As the public; arg is copied. */
kn_code kn_desk_post(kn_desk *desk, kn_desk_writing write, const void *arg, size_t arg_bytes, kn_error *err);

/* One row of a table with a key, changed so that the change can be seen, judged and taken back: every edit is kept in table `edit`
 * with the row before and after. The version of a row is the number of its last edit, 0 before the first. */
typedef enum kn_edit_what { KN_ROW_ADD, KN_ROW_CHANGE, KN_ROW_REMOVE } kn_edit_what;
typedef struct kn_row_edit {
  kn_edit_what what;
  const char *table, *key; /* key NULL: of a new row in a table without one, a number that was never used */
  int32_t count;
  const char *const *names; /* [count] columns */
  const kn_field *values;   /* [count] */
  int64_t expected_version; /* KN_ANY_VERSION: whatever it is now */
  int64_t undo_of;          /* 0: none */
} kn_row_edit;
#define KN_ANY_VERSION (-1)
/* Within a write. KN_E_MISSING: no such row (for the viewer); KN_E_CONFLICT: another version, or the key is taken; KN_E_INPUT: a
 * column that is not there or a value that a rule of the table refuses, in the words of that rule. *edit_id is the new version. */
kn_code kn_conn_edit(kn_conn *conn, const kn_row_edit *edit, int64_t *edit_id, kn_error *err);
/* Takes an edit back, by another one. KN_E_CONFLICT: the row was changed since. */
kn_code kn_conn_undo(kn_conn *conn, int64_t edit_id, int64_t *undo_id, kn_error *err);
/* Adds a line to the audit log, which nobody can change: who did what to what. detail: JSON or NULL. */
kn_code kn_conn_audit(kn_conn *conn, const char *what, const char *about, const char *detail, kn_error *err);
/* Is the log as it was written? broken_at is the first line that does not follow from the one before it (changed, taken out, put in,
 * or taken off the end), 0: none. O(lines). */
typedef struct kn_audit_state {
  int64_t line_count, broken_at;
} kn_audit_state;
kn_code kn_conn_audit_check(kn_conn *conn, kn_audit_state *out, kn_error *err);

/* ------------------------------------------------------------------ how much was done
 * Statements that SQLite ran to their end, and the steps of its machine in them: a measure of work that is the same on a busy machine. Of
 * this thread, with the writes that it waited for. For the log only: who could read it after a question would know what the clock must not tell. */
typedef struct kn_desk_work {
  int64_t statements, steps;
} kn_desk_work;
kn_desk_work kn_desk_work_here(void);
kn_desk_work kn_desk_work_since(kn_desk_work before);

/* ------------------------------------------------------------------ any table
 * Rows of a table as the viewer sees it: an open table, or one with a view seen_TABLE. Columns of an answer: cursor; row_key, the
 * key, or the number of the row where the table has none; row_version; is_editable: may the viewer change it; row_source_kind (of
 * table source, NULL: none); labels_json: the names of rows that columns refer to; then the columns of the table.
 * KN_E_MISSING: no such table for the viewer; KN_E_INPUT: no such column. O(rows before the page) where an order is asked for,
 * else O(rows of the page) and what the filters pass over. */
typedef enum kn_rows_filter_kind { KN_ROWS_IS, KN_ROWS_HAS, KN_ROWS_LEAST, KN_ROWS_MOST } kn_rows_filter_kind;
typedef struct kn_rows_filter {
  kn_rows_filter_kind kind;
  const char *column, *value; /* IS with an empty value: blank */
} kn_rows_filter;
typedef struct kn_rows_query {
  const char *table;
  const char *key; /* only this row; NULL: all */
  int32_t filter_count;
  const kn_rows_filter *filter;
  const char *search;   /* some column of text holds it; NULL: all */
  const char *order_by; /* NULL: as the file has them */
  bool is_falling;
  const char *after; /* cursor of the last row of the page before; NULL: from the start */
  int64_t limit;     /* 0: one page without an end */
} kn_rows_query;
kn_code kn_conn_rows(kn_conn *conn, const kn_rows_query *query, kn_answer_visit visit, void *arg, kn_error *err);
/* Rows that the viewer sees of a table with this name. */
kn_code kn_conn_count(kn_conn *conn, const char *name, int64_t *out, kn_error *err);
/* Does this viewer see this row? Also of tables of the desk that have a view and a key TABLE_id. */
kn_code kn_conn_sees(kn_conn *conn, const kn_viewer *viewer, const char *table, const char *key, bool *out, kn_error *err);

/* ------------------------------------------------------------------ search
 * Words of everything, kept in the file: names, codes, descriptions. Rows that the desk edits are kept up to date with the edit;
 * after an import, or another program, the words are gathered anew, in pieces of some thousand rows, each a write of its own. */
bool kn_search_is_fresh(kn_conn *conn);
/* Within a write: gathers the next piece. *is_done: all is there. */
kn_code kn_search_gather(kn_conn *conn, bool *is_done, kn_error *err);
typedef struct kn_search_hit {
  const char *key, *title, *body;
  double score; /* 0..1 */
} kn_search_hit;
typedef struct kn_search_group {
  const char *kind; /* a table */
  int32_t count;
  const kn_search_hit *hit; /* [count] the best first */
  bool has_more;            /* there may be others */
} kn_search_group;
/* Rows that the viewer sees and that hold all words of the text, or words that begin so or hold them: zaagsel finds houtzaagsel. By kind,
 * in the order of kn_search_kinds, at most `most` (50) of each; kind NULL: all kinds. Into arena: *out [*count]. Eight words count, the
 * first. KN_E_INPUT: there is no such kind. O(hits), however common the words are; ranks and words are in docs/method.md, section 26. */
extern const char *const kn_search_kinds[]; /* NULL ends */
kn_code kn_conn_search(kn_conn *conn, kn_arena *arena, const char *kind, const char *text, int32_t most, kn_search_group **out,
                       int32_t *count, kn_error *err);

#endif
