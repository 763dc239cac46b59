/* Words of everything.
 *
 *   row ─statement search_text_KIND─> title, names, body ─> search_doc
 *                                     folded ─> search (FTS5: words with their documents), search_word (each word once)
 *                                     tails of long words ─> search_tail
 *
 * A question becomes words that are there: the asked one, those that begin so, those that hold it (houtzaagsel for zaagsel, through
 * the tails: outzaagsel, utzaagsel, zaagsel ...), and the tails of an asked compound that are words themselves. FTS5 is only asked
 * for whole words: these it gives one document after another and stops when there are enough, whereas for a beginning it gathers all
 * documents first. So a question costs as much as its answer, not as much as its words are common.
 *
 * States of the index: fresh (the signature is that of the tables) ; stale ─gather─> being gathered, kind by kind ─> fresh. */
#include <stdlib.h>
#include <string.h>

#include "knoop/match.h"
#include "store/desk_internal.h"

const char *const kn_search_kinds[] = {"actor", "resource", "offer", "need",    "site",   "process",
                                       "unit",  "area",     "case",  "gateway", "source", NULL};
enum { KINDS = 11, PIECE = 4000, WORDS_MOST = 8, TAIL_WORD = 7, TAIL_LEAST = 4, CANDIDATES = 60, LIKE_MOST = 24 };
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
static bool
has_letter(const char *word, size_t length)
{
  for (size_t i = 0; i < length; i++)
    if (word[i] < '0' || word[i] > '9')
      return true;
  return false;
}

/* Calls for each tail of a word that is long enough to be a compound. */
typedef kn_code (*tail_visit)(void *arg, const char *tail, kn_error *err);
static kn_code
visit_tails(const char *word, tail_visit visit, void *arg, kn_error *err)
{
  const size_t length = strlen(word);
  for (size_t i = 2; length >= TAIL_WORD && length < 200 && i + TAIL_LEAST <= length && has_letter(word, length); i++)
    if (((unsigned char)word[i] & 0xc0) != 0x80) /* not in the middle of a letter */
      KN_TRY(visit(arg, word + i, err));
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
      KN_TRY(visit_tails(all->word[i], write_tail, &in, err));
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
    KN_TRY(fold(arena, doc->part[i], &folded[i], err));
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
  KN_TRY(
      kn_sql_prepare(conn->store, &statement, err, "SELECT fid, %s_id FROM \"%w\" WHERE \"%w\" = %Q", table, table, column, key));
  kn_code code = KN_OK;
  for (;;) {
    bool row = false, has_changed;
    code = kn_sql_step(conn->store, statement, &row, err);
    if (code != KN_OK || !row)
      break;
    code = touch_row(conn, find_kind(table), sqlite3_column_int64(statement, 0), (const char *)sqlite3_column_text(statement, 1),
                     &has_changed, err);
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

/* ---------------------------------------------------------------- asking
 * Words that are there, for each that was asked, by how near they are. */
typedef enum nearness { THE_SAME, BEGINS_SO, HOLDS_IT, IS_ITS_TAIL } nearness;
typedef struct like_word {
  const char *word;
  int64_t kinds;
  nearness near;
} like_word;
typedef struct asked {
  kn_conn *conn;
  kn_arena *arena;
  const char *text; /* folded */
  int32_t count;
  const char *word[WORDS_MOST];
  int32_t like_count[WORDS_MOST];
  like_word like[WORDS_MOST][3 * LIKE_MOST + 64];
  bool is_cut; /* there were more words than are asked for */
  /* of the kind being asked */
  int32_t hit_count, tier;
  kn_search_hit *hit; /* [CANDIDATES * TIERS] */
  int64_t *doc;
} asked;
enum { TIERS = 4 };

typedef struct taking_likes {
  asked *in;
  int32_t at;
  nearness near;
  int32_t taken;
} taking_likes;

static kn_code
take_like(void *arg, const kn_answer *answer, kn_error *err)
{
  taking_likes *to = arg;
  asked *in = to->in;
  const int32_t most = (int32_t)(sizeof in->like[0] / sizeof in->like[0][0]);
  to->taken++;
  for (int32_t i = 0; i < in->like_count[to->at]; i++)
    if (strcmp(in->like[to->at][i].word, answer->field[0].text) == 0)
      return KN_OK;
  if (in->like_count[to->at] == most)
    return KN_OK;
  like_word *like = &in->like[to->at][in->like_count[to->at]++];
  like->kinds = answer->field[1].integer;
  like->near = to->near;
  return kn_text_copy(&like->word, in->arena, answer->field[0].text, (size_t)answer->field[0].length, err);
}

static kn_code
find_likes(asked *in, int32_t at, const char *statement, const char *word, nearness near, kn_error *err)
{
  taking_likes to = {.in = in, .at = at, .near = near};
  const kn_bind bind[] = {KN_BIND_TEXT("word", word), KN_BIND_INT("limit", LIKE_MOST)};
  KN_TRY(kn_conn_ask(in->conn, statement, bind, near == BEGINS_SO || near == HOLDS_IT ? 2 : 1, take_like, &to, err));
  in->is_cut |= to.taken == LIKE_MOST;
  return KN_OK;
}

typedef struct asked_tail {
  asked *in;
  int32_t at;
} asked_tail;

static kn_code
find_tail(void *arg, const char *tail, kn_error *err)
{
  const asked_tail *in = arg;
  return find_likes(in->in, in->at, "search_word_get", tail, IS_ITS_TAIL, err);
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
  for (int32_t i = 0; i < in->count; i++) {
    const char *word = in->word[i];
    asked_tail tail = {in, i};
    KN_TRY(find_likes(in, i, "search_word_get", word, THE_SAME, err));
    KN_TRY(find_likes(in, i, "search_word_begins", word, BEGINS_SO, err));
    if (strlen(word) >= TAIL_LEAST)
      KN_TRY(find_likes(in, i, "search_word_holds", word, HOLDS_IT, err));
    KN_TRY(visit_tails(word, find_tail, &tail, err));
  }
  return KN_OK;
}

/* How well a title answers: the whole of it, its beginning, its words. */
static double
score_of(const asked *in, const char *folded)
{
  static const double tiers[TIERS] = {0.7, 0.5, 0.4, 0.3};
  const size_t length = strlen(in->text);
  double score = tiers[in->tier];
  const size_t most = strlen(folded), begins = most > length ? most - length : 0;
  /* Of a title in two languages the second may be what was asked. */
  if (begins > 0 && folded[begins - 1] == ' ' && strcmp(folded + begins, in->text) == 0)
    score = fmax(score, 0.85);
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

/* What FTS5 is asked, more widely with each tier: 0 words of titles that are the same or begin so, 1 such words anywhere, 2 also words that
 * hold them, 3 also words that they hold. *is_empty: some asked word is like none of this kind. *is_wider: than the tier before. */
static kn_code
put_question(kn_text_out *out, const asked *in, int32_t kind, bool *is_empty, bool *is_wider, kn_error *err)
{
  *is_empty = in->count == 0;
  *is_wider = in->tier <= 1;
  for (int32_t i = 0; i < in->count; i++) {
    KN_TRY(kn_text_put(out, i > 0 ? " AND (" : "(", i > 0 ? 6 : 1, err));
    bool has_one = false;
    for (int32_t j = 0; j < in->like_count[i]; j++) {
      const like_word *like = &in->like[i][j];
      if (((like->kinds >> kind) & 1) == 0 || (int32_t)like->near > (in->tier <= 1 ? BEGINS_SO : in->tier))
        continue;
      *is_wider |= (int32_t)like->near == in->tier;
      if (has_one)
        KN_TRY(kn_text_put(out, " OR ", 4, err));
      if (in->tier == 0)
        KN_TRY(kn_text_put(out, "{title} : ", 10, err));
      KN_TRY(kn_text_put(out, "\"", 1, err));
      KN_TRY(kn_text_put(out, like->word, strlen(like->word), err));
      KN_TRY(kn_text_put(out, "\"", 1, err));
      has_one = true;
    }
    KN_TRY(kn_text_put(out, ")", 1, err));
    *is_empty |= !has_one;
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
ask_tier(asked *in, int32_t kind, const char *statement, kn_error *err)
{
  kn_text_out question = {0};
  bool is_empty, is_wider;
  kn_code code = put_question(&question, in, kind, &is_empty, &is_wider, err);
  if (code == KN_OK && !is_empty && is_wider) {
    const kn_bind bind[] = {KN_BIND_TEXT("words", question.at), KN_BIND_INT("kind", kind), KN_BIND_INT("limit", CANDIDATES)};
    code = kn_conn_ask(in->conn, statement, bind, KN_COUNT_OF(bind), take_hit, in, err);
  }
  free(question.at);
  return code;
}

static kn_code
ask_kind(asked *in, int32_t kind, int32_t most, kn_search_group *out, kn_error *err)
{
  const char *name = kn_search_kinds[kind];
  const bool is_guarded = strcmp(name, "offer") == 0 || strcmp(name, "need") == 0 || strcmp(name, "case") == 0;
  char statement[32];
  snprintf(statement, sizeof statement, "search_%s", is_guarded ? name : "open");
  KN_NEW(in->hit, in->arena, CANDIDATES * TIERS, err);
  KN_NEW(in->doc, in->arena, CANDIDATES * TIERS, err);
  in->hit_count = 0;
  for (in->tier = 0; in->tier < TIERS && in->hit_count <= most; in->tier++)
    if (in->tier < 3 || in->hit_count == 0)
      KN_TRY(ask_tier(in, kind, statement, err));
  qsort(in->hit, (size_t)in->hit_count, sizeof *in->hit, compare_hits);
  *out = (kn_search_group){.kind = name,
                           .hit = in->hit,
                           .count = in->hit_count < most ? in->hit_count : most,
                           .has_more = in->hit_count > most || (in->is_cut && in->hit_count == most)};
  return KN_OK;
}

kn_code
kn_conn_search(kn_conn *conn, kn_arena *arena, const char *kind, const char *text, int32_t most, kn_search_group **out,
               int32_t *count, kn_error *err)
{
  *count = 0;
  if (kind != NULL && find_kind(kind) == KN_NONE)
    return kn_fail(err, KN_E_INPUT, "kind: there is nothing to search among %s", kind);
  asked *in;
  KN_NEW(in, arena, 1, err);
  KN_NEW(*out, arena, KINDS, err);
  in->conn = conn;
  in->arena = arena;
  KN_TRY(split_words(in, text, err));
  for (int32_t i = 0; i < KINDS && in->count > 0; i++) {
    if (kind != NULL && strcmp(kind, kn_search_kinds[i]) != 0)
      continue;
    KN_TRY(ask_kind(in, i, most < CANDIDATES ? most : CANDIDATES, &(*out)[*count], err));
    *count += (*out)[*count].count > 0;
  }
  return KN_OK;
}
