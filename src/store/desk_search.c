/* Words of everything.
 *
 *   row ─statement search_text_KIND─> title, names, body ─> search_doc
 *                                     folded, and the tails of long words ─> search (FTS5: words with their documents)
 *
 * Dutch writes compounds as one word. The tails of a word (houtzaagsel: outzaagsel, utzaagsel, ... gsel) are words of a column of
 * their own, so that what begins like the asked word is found there, wherever it stands in the long one. The other way round, of
 * an asked compound that nothing holds, its own tails are asked for.
 *
 * States of the index: fresh (the signature is that of the tables) ; stale ─gather─> being gathered, kind by kind ─> fresh. */
#include <stdlib.h>
#include <string.h>

#include "knoop/match.h"
#include "store/desk_internal.h"

const char *const kn_search_kinds[] = {"actor", "resource", "offer", "need", "site", "process", "unit", "area", "case", "gateway", "source", NULL};
enum { KINDS = 11, PIECE = 4000, WORDS_MOST = 8, TAIL_WORD = 7, TAIL_LEAST = 4, CANDIDATES = 200 };
static_assert(sizeof kn_search_kinds / sizeof *kn_search_kinds == KINDS + 1, "as many as are named");

static int32_t
find_kind(const char *table)
{
  for (int32_t i = 0; i < KINDS; i++)
    if (strcmp(kn_search_kinds[i], table) == 0)
      return i;
  return KN_NONE;
}

/* ---------------------------------------------------------------- words */
typedef struct text_out {
  char *at;
  int64_t length, capacity;
} text_out;

static kn_code
put(text_out *out, const char *text, size_t length, kn_error *err)
{
  KN_TRY(KN_GROW(out->at, out->capacity, out->length + (int64_t)length + 1, err));
  memcpy(out->at + out->length, text, length);
  out->length += (int64_t)length;
  out->at[out->length] = '\0';
  return KN_OK;
}

static bool
has_letter(const char *word, size_t length)
{
  for (size_t i = 0; i < length; i++)
    if (word[i] < '0' || word[i] > '9')
      return true;
  return false;
}

/* Tails of the words of a folded text that are long enough to be a compound. */
static kn_code
put_tails(text_out *out, const char *text, kn_error *err)
{
  while (*text != '\0') {
    const size_t length = strcspn(text, " ");
    for (size_t i = 2; length >= TAIL_WORD && i + TAIL_LEAST <= length && has_letter(text, length); i++) {
      if (((unsigned char)text[i] & 0xc0) == 0x80) /* not in the middle of a letter */
        continue;
      KN_TRY(put(out, text + i, length - i, err));
      KN_TRY(put(out, " ", 1, err));
    }
    text += length + (text[length] == ' ');
  }
  return KN_OK;
}

static kn_code
fold(kn_arena *arena, const char *text, const char **out, kn_error *err)
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
  int64_t id; /* 0: none */
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

/* The words of a document into the index, or out of it: the same words both times. */
static kn_code
index_words(kn_conn *conn, kn_arena *arena, const document *doc, const char *statement, kn_error *err)
{
  const char *folded[3];
  text_out tails = {0};
  kn_code code = put(&tails, "", 0, err);
  for (int i = 0; i < 3 && code == KN_OK; i++) {
    code = fold(arena, doc->part[i], &folded[i], err);
    if (code == KN_OK)
      code = put_tails(&tails, folded[i], err);
  }
  if (code == KN_OK) {
    const kn_bind bind[] = {KN_BIND_INT("doc", doc->id), KN_BIND_TEXT("title", folded[0]), KN_BIND_TEXT("names", folded[1]),
                            KN_BIND_TEXT("body", folded[2]), KN_BIND_TEXT("tails", tails.at)};
    code = kn_conn_run(conn, statement, bind, KN_COUNT_OF(bind), NULL, err);
  }
  free(tails.at);
  return code;
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
  KN_TRY(index_words(conn, arena, doc, "search_remove", err));
  const kn_bind bind[] = {KN_BIND_INT("doc", doc->id)};
  return kn_conn_run(conn, "search_doc_remove", bind, 1, NULL, err);
}

static kn_code
add_document(kn_conn *conn, kn_arena *arena, int32_t kind, const char *key, document *doc, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_INT("kind", kind)};
  kn_field next;
  KN_TRY(kn_conn_ask_one(conn, "search_doc_next", which, 1, NULL, &next, NULL, err));
  doc->id = next.integer;
  const kn_bind bind[] = {KN_BIND_INT("doc", doc->id),           KN_BIND_INT("kind", kind),
                          KN_BIND_TEXT("key", key),              KN_BIND_TEXT("title", doc->part[0]),
                          KN_BIND_TEXT("names", doc->part[1]),   KN_BIND_TEXT("body", doc->part[2])};
  KN_TRY(kn_conn_run(conn, "search_doc_add", bind, KN_COUNT_OF(bind), NULL, err));
  return index_words(conn, arena, doc, "search_add", err);
}

/* ---------------------------------------------------------------- gathering */
typedef struct gathering {
  kn_conn *conn;
  int32_t kind;
  kn_arena *arena;      /* of the synonyms */
  char code[16];        /* whose */
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
  in->has_changed = code == KN_OK && (was.id == 0 || strcmp(was.part[0], now.part[0]) != 0 || strcmp(was.part[1], now.part[1]) != 0 ||
                                      strcmp(was.part[2], now.part[2]) != 0);
  if (in->has_changed && was.id != 0)
    code = remove_document(in->conn, arena, &was, err);
  if (in->has_changed && code == KN_OK)
    code = add_document(in->conn, arena, in->kind, key, &now, err);
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
  const kn_code code = kn_conn_ask(in->conn, statement, bind, KN_COUNT_OF(bind), take_row, in, err);
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

kn_code
kn_search_gather(kn_conn *conn, bool *is_done, kn_error *err)
{
  gather_state kept, now;
  KN_TRY(read_state(conn, &kept, &now, err));
  if (strcmp(kept.signature, now.signature) != 0) {
    KN_TRY(kn_conn_run(conn, "search_clear", NULL, 0, NULL, err));
    KN_TRY(kn_conn_run(conn, "search_clear_docs", NULL, 0, NULL, err));
    kept = now;
    kept.kind = 0;
    kept.last_fid = 0;
  }
  int64_t room = PIECE;
  while (kept.kind >= 0 && room > 0) {
    gathering in = {.conn = conn, .kind = (int32_t)kept.kind, .last_fid = kept.last_fid};
    if (is_table(conn, kn_search_kinds[kept.kind]))
      KN_TRY(gather_rows(&in, kept.last_fid, INT64_MAX, room, err));
    room -= in.rows;
    kept.last_fid = in.last_fid;
    if (room > 0) { /* there were no more */
      kept.kind = kept.kind + 1 < KINDS ? kept.kind + 1 : -1;
      kept.last_fid = 0;
    }
  }
  *is_done = kept.kind < 0;
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
  KN_TRY(kn_sql_prepare(conn->store, &statement, err, "SELECT fid, %s_id FROM \"%w\" WHERE \"%w\" = %Q", table, table, column, key));
  kn_code code = KN_OK;
  for (;;) {
    bool row = false, has_changed;
    code = kn_sql_step(conn->store, statement, &row, err);
    if (code != KN_OK || !row)
      break;
    code = touch_row(conn, find_kind(table), sqlite3_column_int64(statement, 0), (const char *)sqlite3_column_text(statement, 1), &has_changed,
                     err);
    if (code != KN_OK)
      break;
  }
  sqlite3_finalize(statement);
  return code;
}

kn_code
kn_search_touch(kn_conn *conn, const char *table, const char *key, kn_error *err)
{
  const int32_t kind = find_kind(table);
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
  if (code != KN_OK || !has_changed || (strcmp(table, "resource") != 0 && strcmp(table, "site") != 0))
    return code;
  const char *column = strcmp(table, "site") == 0 ? "site_id" : "resource_id";
  KN_TRY(touch_those_of(conn, "offer", column, key, err));
  return touch_those_of(conn, "need", column, key, err);
}

/* ---------------------------------------------------------------- asking */
typedef struct asked {
  kn_arena *arena;
  const char *text; /* folded */
  int32_t count;
  const char *word[WORDS_MOST];
  int32_t hit_count, most;
  kn_search_hit *hit; /* [CANDIDATES * tiers] */
  int64_t *doc;
  int32_t tier;
} asked;

/* How well a title answers: the whole of it, its beginning, its words. */
static double
score_of(const asked *in, const char *folded)
{
  static const double tiers[] = {0.7, 0.5, 0.4, 0.3};
  const size_t length = strlen(in->text);
  double score = tiers[in->tier];
  if (strcmp(folded, in->text) == 0)
    score = 1;
  else if (strncmp(folded, in->text, length) == 0)
    score = folded[length] == ' ' ? 0.9 : 0.85;
  return score - 0.0001 * (double)(strlen(folded) < 400 ? strlen(folded) : 400);
}

static kn_code
take_hit(void *arg, const kn_answer *answer, kn_error *err)
{
  asked *in = arg;
  for (int32_t i = 0; i < in->hit_count; i++)
    if (in->doc[i] == answer->field[0].integer)
      return KN_OK;
  kn_search_hit *hit = &in->hit[in->hit_count];
  in->doc[in->hit_count++] = answer->field[0].integer;
  const char **to[] = {&hit->key, &hit->title, NULL, &hit->body};
  for (int i = 0; i < 4; i++)
    if (to[i] != NULL)
      KN_TRY(kn_text_copy(to[i], in->arena, answer->field[i + 1].text, (size_t)answer->field[i + 1].length, err));
  const char *folded;
  KN_TRY(fold(in->arena, hit->title, &folded, err));
  hit->score = score_of(in, folded);
  return KN_OK;
}

/* What FTS5 is asked, more widely with each tier: 0 words of titles, 1 words, 2 also parts of words, 3 also the tails of what was asked. */
static kn_code
put_question(text_out *out, const asked *in, kn_error *err)
{
  static const char *const columns[] = {"{title} : ", "{title names body} : ", "", ""};
  for (int32_t i = 0; i < in->count; i++) {
    const char *word = in->word[i];
    KN_TRY(put(out, i > 0 ? " AND (" : "(", i > 0 ? 6 : 1, err));
    KN_TRY(put(out, columns[in->tier], strlen(columns[in->tier]), err));
    KN_TRY(put(out, "\"", 1, err));
    KN_TRY(put(out, word, strlen(word), err));
    KN_TRY(put(out, "\" *", 3, err));
    text_out tails = {0};
    kn_code code = in->tier == 3 ? put_tails(&tails, word, err) : KN_OK;
    for (char *tail = tails.at; code == KN_OK && tail != NULL && *tail != '\0'; tail += strlen(tail) + 1) {
      tail[strcspn(tail, " ")] = '\0';
      code = put(out, " OR {title names body} : \"", 26, err);
      if (code == KN_OK)
        code = put(out, tail, strlen(tail), err);
      if (code == KN_OK)
        code = put(out, "\"", 1, err);
    }
    free(tails.at);
    KN_TRY(code);
    KN_TRY(put(out, ")", 1, err));
  }
  return KN_OK;
}

static int
compare_hits(const void *a, const void *b)
{
  const kn_search_hit *one = a, *two = b;
  if (one->score != two->score)
    return one->score > two->score ? -1 : 1;
  const int order = strcmp(one->title, two->title);
  return order != 0 ? order : strcmp(one->key, two->key);
}

static kn_code
split_words(asked *in, const char *text, kn_error *err)
{
  KN_TRY(fold(in->arena, text, &in->text, err));
  const char *at = in->text;
  while (*at != '\0' && in->count < WORDS_MOST) {
    const size_t length = strcspn(at, " ");
    KN_TRY(kn_text_copy(&in->word[in->count++], in->arena, at, length, err));
    at += length + (at[length] == ' ');
  }
  return KN_OK;
}

static kn_code
ask_tier(kn_conn *conn, asked *in, int32_t kind, const char *statement, kn_error *err)
{
  text_out question = {0};
  kn_code code = put_question(&question, in, err);
  if (code == KN_OK) {
    const kn_bind bind[] = {KN_BIND_TEXT("words", question.at), KN_BIND_INT("kind", kind), KN_BIND_INT("limit", CANDIDATES)};
    code = kn_conn_ask(conn, statement, bind, KN_COUNT_OF(bind), take_hit, in, err);
  }
  free(question.at);
  return code;
}

kn_code
kn_conn_search(kn_conn *conn, kn_arena *arena, const char *kind, const char *text, int32_t most, kn_search_hit **out, int32_t *count,
               bool *has_more, kn_error *err)
{
  enum { TIERS = 4 };
  *out = NULL;
  *count = 0;
  *has_more = false;
  const int32_t number = find_kind(kind);
  if (number == KN_NONE)
    return kn_fail(err, KN_E_INPUT, "kind: there is nothing to search among %s", kind);
  asked in = {.arena = arena, .most = most};
  KN_TRY(split_words(&in, text, err));
  if (in.count == 0)
    return KN_OK;
  KN_NEW(in.hit, arena, CANDIDATES * TIERS, err);
  KN_NEW(in.doc, arena, CANDIDATES * TIERS, err);
  const bool is_guarded = strcmp(kind, "offer") == 0 || strcmp(kind, "need") == 0 || strcmp(kind, "case") == 0;
  char statement[32];
  snprintf(statement, sizeof statement, "search_%s", is_guarded ? kind : "open");
  for (in.tier = 0; in.tier < TIERS && in.hit_count <= most; in.tier++)
    if (in.tier < 3 || in.hit_count == 0)
      KN_TRY(ask_tier(conn, &in, number, statement, err));
  qsort(in.hit, (size_t)in.hit_count, sizeof *in.hit, compare_hits);
  for (int32_t i = 0; i < in.hit_count; i++)
    in.hit[i].kind = kn_search_kinds[number];
  *out = in.hit;
  *count = in.hit_count < most ? in.hit_count : most;
  *has_more = in.hit_count > most;
  return KN_OK;
}
