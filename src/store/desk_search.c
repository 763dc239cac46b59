/* Words of everything; desk_search_ask.c asks for them.
 *
 *   row ─statement search_text_KIND─> title, names, body ─> search_doc
 *                                     folded ─> search (FTS5: words with their documents), search_word (each word once)
 *                                     tails of long words ─> search_tail
 *
 * States of the index: fresh (the signature is that of the tables) ; stale ─gather─> being gathered, kind by kind ─> fresh. */
#include <stdlib.h>
#include <string.h>

#include "knoop/match.h"
#include "store/desk_search.h"

const char *const kn_search_kinds[] = {"actor", "resource", "offer",   "need",   "site",  "process", "unit",
                                       "area",  "case",     "gateway", "source", "story", NULL};
enum { PIECE = 4000, TAIL_WORD = 7 };
static_assert(sizeof kn_search_kinds / sizeof *kn_search_kinds == KN_SEARCH_KINDS + 1, "as many as are named");

int32_t
kn_search_find_kind(const char *table)
{
  for (int32_t i = 0; i < KN_SEARCH_KINDS; i++)
    if (strcmp(kn_search_kinds[i], table) == 0)
      return i;
  return KN_NONE;
}

/* ---------------------------------------------------------------- words */
static bool
has_letter(const char *word, size_t length)
{
  for (size_t i = 0; i < length; i++)
    if (word[i] < '0' || word[i] > '9')
      return true;
  return false;
}

kn_code
kn_search_tails(const char *word, kn_search_tail_visit visit, void *arg, kn_error *err)
{
  const size_t length = strlen(word);
  for (size_t i = 2; length >= TAIL_WORD && length < 200 && i + KN_SEARCH_TAIL <= length && has_letter(word, length); i++)
    if (((unsigned char)word[i] & 0xc0) != 0x80) /* not in the middle of a letter */
      KN_TRY(visit(arg, word + i, err));
  return KN_OK;
}

kn_code
kn_search_fold(kn_arena *arena, const char *text, const char **out, kn_error *err)
{
  const size_t size = kn_text_fold(NULL, 0, text) + 1;
  KN_TRY(kn_arena_reserve(arena, size, err));
  char *folded = kn_arena_take(arena, size, 1);
  kn_text_fold(folded, size, text);
  *out = folded;
  return KN_OK;
}

/* ---------------------------------------------------------------- documents */
typedef struct document {
  int64_t id;          /* 0: none */
  const char *part[3]; /* title, names, body */
} document;

static kn_code
take_document(void *arg, const kn_answer *answer, kn_error *err)
{
  struct {
    kn_arena *arena;
    document *out;
  } *in = arg;
  in->out->id = answer->field[0].integer;
  for (int i = 0; i < 3; i++)
    KN_TRY(kn_text_copy(&in->out->part[i], in->arena, answer->field[i + 1].text, (size_t)answer->field[i + 1].length, err));
  return KN_OK;
}

/* ---------------------------------------------------------------- the words there are
 * Those of a piece are counted in memory, and written once each. */
typedef struct vocabulary {
  kn_conn *conn;
  kn_arena *arena;
  kn_keymap *map;
  int64_t count, capacity, docs_capacity, kinds_capacity;
  const char **word;
  int64_t *docs, *kinds;
} vocabulary;

static kn_code
count_word(vocabulary *all, int32_t kind, const char *text, size_t length, kn_error *err)
{
  const char *word;
  int32_t at;
  KN_TRY(kn_text_copy(&word, all->arena, text, length, err));
  KN_TRY(kn_keymap_put(all->map, word, (int32_t)all->count, &at, err));
  if (at < 0) {
    at = (int32_t)all->count++;
    KN_TRY(KN_GROW(all->word, all->capacity, all->count, err));
    KN_TRY(KN_GROW(all->docs, all->docs_capacity, all->count, err));
    KN_TRY(KN_GROW(all->kinds, all->kinds_capacity, all->count, err));
    all->word[at] = word;
    all->docs[at] = all->kinds[at] = 0;
  }
  all->docs[at]++;
  all->kinds[at] |= INT64_C(1) << kind;
  return KN_OK;
}

static kn_code
count_words(vocabulary *all, int32_t kind, const char *folded, kn_error *err)
{
  while (*folded != '\0') {
    const size_t length = strcspn(folded, " ");
    if (length > 0)
      KN_TRY(count_word(all, kind, folded, length, err));
    folded += length + (folded[length] == ' ');
  }
  return KN_OK;
}

typedef struct tail_of {
  kn_conn *conn;
  const char *word;
} tail_of;

static kn_code
write_tail(void *arg, const char *tail, kn_error *err)
{
  const tail_of *in = arg;
  const kn_bind bind[] = {KN_BIND_TEXT("tail", tail), KN_BIND_TEXT("word", in->word)};
  return kn_conn_run(in->conn, "search_tail_add", bind, KN_COUNT_OF(bind), NULL, err);
}

static kn_code
write_words(vocabulary *all, kn_error *err)
{
  for (int64_t i = 0; i < all->count; i++) {
    bool is_known;
    kn_field word;
    const kn_bind which[] = {KN_BIND_TEXT("word", all->word[i])};
    KN_TRY(kn_conn_ask_one(all->conn, "search_word_get", which, 1, all->arena, &word, &is_known, err));
    const kn_bind bind[] = {KN_BIND_TEXT("word", all->word[i]), KN_BIND_INT("docs", all->docs[i]),
                            KN_BIND_INT("kinds", all->kinds[i])};
    KN_TRY(kn_conn_run(all->conn, "search_word_add", bind, KN_COUNT_OF(bind), NULL, err));
    tail_of in = {.conn = all->conn, .word = all->word[i]};
    if (!is_known)
      KN_TRY(kn_search_tails(all->word[i], write_tail, &in, err));
  }
  return KN_OK;
}

static kn_code
vocabulary_begin(vocabulary *out, kn_conn *conn, kn_error *err)
{
  *out = (vocabulary){.conn = conn, .arena = kn_arena_new()};
  return kn_keymap_new(&out->map, 256, err);
}

static void
vocabulary_end(vocabulary *all)
{
  kn_keymap_free(all->map);
  kn_arena_free(all->arena);
  free((void *)all->word);
  free(all->docs);
  free(all->kinds);
}

/* The words of a document into the index, or out of it: the same words both times. */
static kn_code
index_words(kn_conn *conn, kn_arena *arena, const document *doc, const char *statement, vocabulary *words, int32_t kind,
            kn_error *err)
{
  const char *folded[3];
  for (int i = 0; i < 3; i++) {
    KN_TRY(kn_search_fold(arena, doc->part[i], &folded[i], err));
    if (words != NULL)
      KN_TRY(count_words(words, kind, folded[i], err));
  }
  const kn_bind bind[] = {KN_BIND_INT("doc", doc->id), KN_BIND_TEXT("title", folded[0]), KN_BIND_TEXT("names", folded[1]),
                          KN_BIND_TEXT("body", folded[2])};
  return kn_conn_run(conn, statement, bind, KN_COUNT_OF(bind), NULL, err);
}

static kn_code
get_document(kn_conn *conn, kn_arena *arena, int32_t kind, const char *key, document *out, kn_error *err)
{
  *out = (document){0};
  struct {
    kn_arena *arena;
    document *out;
  } in = {arena, out};
  const kn_bind bind[] = {KN_BIND_INT("kind", kind), KN_BIND_TEXT("key", key)};
  return kn_conn_ask(conn, "search_doc_get", bind, KN_COUNT_OF(bind), take_document, &in, err);
}

static kn_code
remove_document(kn_conn *conn, kn_arena *arena, const document *doc, kn_error *err)
{
  KN_TRY(index_words(conn, arena, doc, "search_remove", NULL, 0, err));
  const kn_bind bind[] = {KN_BIND_INT("doc", doc->id)};
  return kn_conn_run(conn, "search_doc_remove", bind, 1, NULL, err);
}

static kn_code
add_document(kn_conn *conn, kn_arena *arena, vocabulary *words, int32_t kind, const char *key, document *doc, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_INT("kind", kind)};
  kn_field next;
  KN_TRY(kn_conn_ask_one(conn, "search_doc_next", which, 1, NULL, &next, NULL, err));
  doc->id = next.integer;
  const kn_bind bind[] = {
      KN_BIND_INT("doc", doc->id),         KN_BIND_INT("kind", kind),           KN_BIND_TEXT("key", key),
      KN_BIND_TEXT("title", doc->part[0]), KN_BIND_TEXT("names", doc->part[1]), KN_BIND_TEXT("body", doc->part[2])};
  KN_TRY(kn_conn_run(conn, "search_doc_add", bind, KN_COUNT_OF(bind), NULL, err));
  return index_words(conn, arena, doc, "search_add", words, kind, err);
}

/* ---------------------------------------------------------------- gathering */
typedef struct gathering {
  kn_conn *conn;
  int32_t kind;
  vocabulary words; /* of these rows */
  kn_arena *arena;  /* of the synonyms */
  char code[16];    /* whose */
  const char *synonyms;
  int64_t last_fid, rows;
  bool has_changed; /* the last one */
} gathering;

/* What people call it, by its code; rows with the same code mostly follow each other. */
static kn_code
add_synonyms(gathering *in, kn_arena *arena, const char *code, const char **names, kn_error *err)
{
  if (strcmp(in->code, code) != 0) {
    KN_TRY(kn_code_words(&in->synonyms, in->arena, code, err));
    snprintf(in->code, sizeof in->code, "%s", code);
  }
  const size_t size = strlen(*names) + strlen(in->synonyms) + 2;
  char *all;
  KN_NEW(all, arena, size, err);
  snprintf(all, size, "%s %s", *names, in->synonyms);
  *names = all;
  return KN_OK;
}

static kn_code
take_row(void *arg, const kn_answer *answer, kn_error *err)
{
  gathering *in = arg;
  kn_arena *arena = kn_arena_new();
  document now = {0}, was = {0};
  const char *key = NULL;
  char number[32];
  kn_code code = KN_OK;
  in->last_fid = answer->field[0].integer;
  in->rows++;
  if (answer->field[1].kind == KN_FIELD_INT) {
    snprintf(number, sizeof number, "%" PRId64, answer->field[1].integer);
    key = number;
  } else
    code = kn_text_copy(&key, arena, answer->field[1].text, (size_t)answer->field[1].length, err);
  for (int i = 0; i < 3 && code == KN_OK; i++)
    code = kn_text_copy(&now.part[i], arena, answer->field[i + 2].text, (size_t)answer->field[i + 2].length, err);
  if (code == KN_OK && answer->count > 5 && answer->field[5].kind == KN_FIELD_TEXT)
    code = add_synonyms(in, arena, answer->field[5].text, &now.part[1], err);
  if (code == KN_OK)
    code = get_document(in->conn, arena, in->kind, key, &was, err);
  in->has_changed = code == KN_OK && (was.id == 0 || strcmp(was.part[0], now.part[0]) != 0 ||
                                      strcmp(was.part[1], now.part[1]) != 0 || strcmp(was.part[2], now.part[2]) != 0);
  if (in->has_changed && was.id != 0)
    code = remove_document(in->conn, arena, &was, err);
  if (in->has_changed && code == KN_OK)
    code = add_document(in->conn, arena, &in->words, in->kind, key, &now, err);
  kn_arena_free(arena);
  return code;
}

static kn_code
gather_rows(gathering *in, int64_t after, int64_t upto, int64_t limit, kn_error *err)
{
  char statement[64];
  snprintf(statement, sizeof statement, "search_text_%s", kn_search_kinds[in->kind]);
  const kn_bind bind[] = {KN_BIND_INT("after", after), KN_BIND_INT("upto", upto), KN_BIND_INT("limit", limit)};
  in->arena = kn_arena_new();
  kn_code code = vocabulary_begin(&in->words, in->conn, err);
  if (code == KN_OK)
    code = kn_conn_ask(in->conn, statement, bind, KN_COUNT_OF(bind), take_row, in, err);
  if (code == KN_OK)
    code = write_words(&in->words, err);
  vocabulary_end(&in->words);
  kn_arena_free(in->arena);
  return code;
}

typedef struct gather_state {
  char signature[1024];
  int64_t kind, last_fid;
} gather_state;

static kn_code
take_state(void *arg, const kn_answer *answer, kn_error *err)
{
  (void)err;
  gather_state *out = arg;
  snprintf(out->signature, sizeof out->signature, "%s", answer->field[0].text);
  if (answer->count > 1) {
    out->kind = answer->field[1].integer;
    out->last_fid = answer->field[2].integer;
  }
  return KN_OK;
}

static kn_code
read_state(kn_conn *conn, gather_state *kept, gather_state *now, kn_error *err)
{
  *kept = *now = (gather_state){0};
  KN_TRY(kn_conn_ask(conn, "search_state", NULL, 0, take_state, kept, err));
  return kn_conn_ask(conn, "search_signature", NULL, 0, take_state, now, err);
}

bool
kn_search_is_fresh(kn_conn *conn)
{
  gather_state kept, now;
  return read_state(conn, &kept, &now, NULL) == KN_OK && kept.kind < 0 && strcmp(kept.signature, now.signature) == 0;
}

static kn_code
set_state(kn_conn *conn, const gather_state *state, kn_error *err)
{
  const kn_bind bind[] = {KN_BIND_TEXT("signature", state->signature), KN_BIND_INT("kind", state->kind),
                          KN_BIND_INT("last_fid", state->last_fid)};
  return kn_conn_run(conn, "search_state_set", bind, KN_COUNT_OF(bind), NULL, err);
}

static bool
is_table(kn_conn *conn, const char *name)
{
  const bool before = conn->may_read_all;
  conn->may_read_all = true;
  const bool is_there = kn_sql_has_table(conn->store, name);
  conn->may_read_all = before;
  return is_there;
}

/* Pieces leave the index in parts, of which a question looks into each. They become one, 500 pages at a time; FTS5 says by the count of
 * changes that there was nothing left to do. */
enum { GATHERED = -1, IN_PARTS = -2 };

static kn_code
merge_parts(kn_conn *conn, gather_state *state, kn_error *err)
{
  const bool is_first = state->last_fid == 0; /* a count below zero takes all parts, one above goes on with them */
  const kn_bind bind[] = {KN_BIND_INT("pages", is_first ? -500 : 500)};
  int64_t changes;
  KN_TRY(kn_conn_run(conn, "search_merge", bind, KN_COUNT_OF(bind), &changes, err));
  state->last_fid = changes >= 2;
  state->kind = changes >= 2 ? IN_PARTS : GATHERED;
  return KN_OK;
}

kn_code
kn_search_gather(kn_conn *conn, bool *is_done, kn_error *err)
{
  gather_state kept, now;
  KN_TRY(read_state(conn, &kept, &now, err));
  if (strcmp(kept.signature, now.signature) != 0) {
    KN_TRY(kn_conn_run(conn, "search_clear", NULL, 0, NULL, err));
    KN_TRY(kn_conn_run(conn, "search_clear_docs", NULL, 0, NULL, err));
    KN_TRY(kn_conn_run(conn, "search_clear_words", NULL, 0, NULL, err));
    KN_TRY(kn_conn_run(conn, "search_clear_tails", NULL, 0, NULL, err));
    kept = now;
    kept.kind = 0;
    kept.last_fid = 0;
  }
  if (kept.kind == IN_PARTS)
    KN_TRY(merge_parts(conn, &kept, err));
  int64_t room = PIECE;
  while (kept.kind >= 0 && room > 0) {
    gathering in = {.conn = conn, .kind = (int32_t)kept.kind, .last_fid = kept.last_fid};
    if (is_table(conn, strcmp(kn_search_kinds[kept.kind], "story") == 0 ? "case" : kn_search_kinds[kept.kind]))
      KN_TRY(gather_rows(&in, kept.last_fid, INT64_MAX, room, err));
    room -= in.rows;
    kept.last_fid = in.last_fid;
    if (room > 0) { /* there were no more */
      kept.kind = kept.kind + 1 < KN_SEARCH_KINDS ? kept.kind + 1 : IN_PARTS;
      kept.last_fid = 0;
    }
  }
  *is_done = kept.kind == GATHERED;
  return set_state(conn, &kept, err);
}

/* ---------------------------------------------------------------- after an edit */
static kn_code
touch_row(kn_conn *conn, int32_t kind, int64_t fid, const char *key, bool *has_changed, kn_error *err)
{
  gathering in = {.conn = conn, .kind = kind};
  if (fid > 0)
    KN_TRY(gather_rows(&in, fid - 1, fid, 1, err));
  *has_changed = in.has_changed;
  if (in.rows > 0)
    return KN_OK;
  kn_arena *arena = kn_arena_new();
  document was;
  kn_code code = get_document(conn, arena, kind, key, &was, err);
  if (code == KN_OK && was.id != 0)
    code = remove_document(conn, arena, &was, err);
  kn_arena_free(arena);
  return code;
}

/* Rows of `table` whose column names the row that was renamed. */
static kn_code
touch_those_of(kn_conn *conn, const char *table, const char *column, const char *key, kn_error *err)
{
  sqlite3_stmt *statement;
  KN_TRY(
      kn_sql_prepare(conn->store, &statement, err, "SELECT fid, %s_id FROM \"%w\" WHERE \"%w\" = %Q", table, table, column, key));
  kn_code code = KN_OK;
  for (;;) {
    bool row = false, has_changed;
    code = kn_sql_step(conn->store, statement, &row, err);
    if (code != KN_OK || !row)
      break;
    code = touch_row(conn, kn_search_find_kind(table), sqlite3_column_int64(statement, 0),
                     (const char *)sqlite3_column_text(statement, 1), &has_changed, err);
    if (code != KN_OK)
      break;
  }
  sqlite3_finalize(statement);
  return code;
}

kn_code
kn_search_touch(kn_conn *conn, const char *table, const char *key, kn_error *err)
{
  const int32_t kind = kn_search_find_kind(table);
  if (kind == KN_NONE)
    return KN_OK;
  sqlite3_stmt *statement;
  const char *row = strcmp(table, "case") == 0 ? "case_id" : "fid";
  KN_TRY(kn_sql_prepare(conn->store, &statement, err, "SELECT \"%w\" FROM \"%w\" WHERE \"%w_id\" = %Q", row, table, table, key));
  bool is_there = false, has_changed = false;
  kn_code code = kn_sql_step(conn->store, statement, &is_there, err);
  const int64_t fid = is_there ? sqlite3_column_int64(statement, 0) : 0;
  sqlite3_finalize(statement);
  if (code == KN_OK)
    code = touch_row(conn, kind, fid, key, &has_changed, err);
  if (code == KN_OK && strcmp(table, "case") == 0) /* what it tells the public has words of its own */
    code = touch_row(conn, kn_search_find_kind("story"), fid, key, &has_changed, err);
  if (code != KN_OK || !has_changed || (strcmp(table, "resource") != 0 && strcmp(table, "site") != 0))
    return code;
  const char *column = strcmp(table, "site") == 0 ? "site_id" : "resource_id";
  KN_TRY(touch_those_of(conn, "offer", column, key, err));
  return touch_those_of(conn, "need", column, key, err);
}
