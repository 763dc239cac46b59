/* The audit log: who did what, for good.
 *
 *   chain of a line = BLAKE2b-256 of (chain of the line before, when, who, what, about, detail), each ended by a zero byte
 *
 * so a line that another program changed, took out or put in breaks the chain from there on. Lines taken off the end are told by the
 * number that SQLite keeps for the next one. Who can write the file and knows this can write the log anew: the chain tells of accidents
 * and of tampering by who does not, it is no seal. */
#include <string.h>

#include "store/desk_internal.h"

typedef struct audit_line {
  const char *made, *what, *about, *detail; /* NULL counts as empty */
  int64_t account_id;
} audit_line;

static kn_code
chain_of(const char *before, const audit_line *line, char hex[65], kn_error *err)
{
  kn_digest *digest;
  KN_TRY(kn_digest_new(&digest, err));
  char who[32];
  snprintf(who, sizeof who, "%" PRId64, line->account_id);
  const char *const parts[] = {before, line->made, who, line->what, line->about, line->detail};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    const char *part = parts[i] != NULL ? parts[i] : "";
    kn_digest_add(digest, part, strlen(part) + 1);
  }
  kn_digest_end(digest, hex);
  return KN_OK;
}

static kn_code
add_line(kn_conn *conn, kn_arena *arena, const audit_line *line, kn_error *err)
{
  kn_field last;
  char hex[65];
  KN_TRY(kn_conn_ask_one(conn, "audit_last", NULL, 0, arena, &last, NULL, err));
  KN_TRY(chain_of(last.text, line, hex, err));
  const kn_bind row[] = {KN_BIND_TEXT("made", line->made), KN_BIND_TEXT("what", line->what), KN_BIND_TEXT("about", line->about),
                         KN_BIND_TEXT("detail", line->detail), KN_BIND_TEXT("chain", hex)};
  return kn_conn_run(conn, "audit_add", row, KN_COUNT_OF(row), NULL, err);
}

kn_code
kn_conn_audit(kn_conn *conn, const char *what, const char *about, const char *detail, kn_error *err)
{
  char now[32];
  kn_store_now(now);
  const kn_viewer *viewer = kn_conn_viewer(conn);
  const audit_line line = {
      .made = now, .what = what, .about = about, .detail = detail, .account_id = viewer != NULL ? viewer->account_id : 0};
  kn_arena *arena = kn_arena_new();
  const kn_code code = add_line(conn, arena, &line, err);
  kn_arena_free(arena);
  return code;
}

/* ---------------------------------------------------------------- is it whole? */
static const char *
text_at(sqlite3_stmt *statement, int column)
{
  return (const char *)sqlite3_column_text(statement, column);
}

static kn_code
follow_chain(kn_store *store, sqlite3_stmt *statement, kn_audit_state *out, kn_error *err)
{
  char before[65] = "";
  for (;;) {
    bool row;
    KN_TRY(kn_sql_step(store, statement, &row, err));
    if (!row)
      return KN_OK;
    const audit_line line = {.made = text_at(statement, 1),
                             .account_id = sqlite3_column_int64(statement, 2),
                             .what = text_at(statement, 3),
                             .about = text_at(statement, 4),
                             .detail = text_at(statement, 5)};
    char hex[65];
    KN_TRY(chain_of(before, &line, hex, err));
    const char *chain = text_at(statement, 6);
    out->line_count++;
    if (out->broken_at == 0 && (chain == NULL || strcmp(chain, hex) != 0))
      out->broken_at = sqlite3_column_int64(statement, 0);
    snprintf(before, sizeof before, "%s", chain != NULL ? chain : "");
  }
}

kn_code
kn_store_audit_check(kn_store *store, kn_audit_state *out, kn_error *err)
{
  *out = (kn_audit_state){0};
  sqlite3_stmt *statement;
  KN_TRY(kn_sql_prepare(store, &statement, err,
                        "SELECT audit_id, made, account_id, what, about, detail, chain FROM audit ORDER BY audit_id"));
  const kn_code code = follow_chain(store, statement, out, err);
  sqlite3_finalize(statement);
  KN_TRY(code);
  int64_t written = 0;
  KN_TRY(kn_sql_number(store, &written, err, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'audit'"));
  if (out->broken_at == 0 && written != out->line_count)
    out->broken_at = out->line_count + 1;
  return KN_OK;
}

kn_code
kn_conn_audit_check(kn_conn *conn, kn_audit_state *out, kn_error *err)
{
  const bool before = conn->may_read_all; /* gives no line away, only whether they follow each other */
  conn->may_read_all = true;
  const kn_code code = kn_store_audit_check(conn->store, out, err);
  conn->may_read_all = before;
  return code;
}
