/* Rows of tables added, changed, removed and taken back at the desk.
 *
 *   may the viewer? ─> rows as they are ─judge─> values ─> edits, only of what differs ─> is it still the viewer's? ─> done
 *
 * All of it is one write: any refusal takes all back. */
#include "desk_data.h"

#include <stdio.h>
#include <string.h>

static bool
is_of_partners(const char *table)
{
  static const char *const tables[] = {"site", "offer", "need", "offer_property", "need_spec"};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    if (strcmp(table, tables[i]) == 0)
      return true;
  return false;
}

bool
kn_data_may_write(const kn_viewer *viewer, const char *table)
{
  if (kn_schema_find_table(table) == KN_NONE)
    return false;
  return viewer->role == KN_COORDINATOR || (viewer->role == KN_PARTNER && is_of_partners(table));
}

static kn_code
missing(kn_error *err)
{
  return kn_fail(err, KN_E_MISSING, "there is no such thing, or it is not for you to see");
}

/* Is the row the viewer's to change, as it is now? */
static kn_code
check_own(kn_conn *conn, const char *table, const char *key, kn_error *err)
{
  const kn_viewer *viewer = kn_conn_viewer(conn);
  if (viewer->role == KN_COORDINATOR)
    return KN_OK;
  const kn_bind bind[] = {KN_BIND_TEXT("table", table), KN_BIND_TEXT("key", key)};
  kn_field own;
  KN_TRY(kn_conn_ask_one(conn, "row_is_own", bind, KN_COUNT_OF(bind), NULL, &own, NULL, err));
  return own.integer != 0 ? KN_OK
                          : kn_fail(err, KN_E_DENIED, "you may change what your own organisation holds; this is of another one");
}

static kn_code
check_table(kn_conn *conn, const char *table, kn_error *err)
{
  if (kn_schema_find_table(table) == KN_NONE)
    return missing(err);
  if (!kn_data_may_write(kn_conn_viewer(conn), table))
    return kn_fail(err, KN_E_DENIED, "table %s is not for the role of your account to change", table);
  return KN_OK;
}

/* ---------------------------------------------------------------- which row is meant */
typedef struct found_key {
  kn_arena *arena;
  const char *key;
} found_key;

static kn_code
take_key(void *arg, const kn_answer *answer, kn_error *err)
{
  found_key *in = arg;
  const kn_field *key = kn_answer_field(answer, "row_key");
  return in->key != NULL ? KN_OK : kn_text_copy(&in->key, in->arena, key->text, (size_t)key->length, err);
}

static const char *
given_cell(const kn_data_change *change, int64_t row, const char *column)
{
  for (int32_t i = 0; i < change->column_count; i++)
    if (strcmp(change->column[i], column) == 0)
      return change->cell[row * change->column_count + i];
  return NULL;
}

/* A table without a key of its own whose rows are told apart by two columns. */
static kn_code
find_by_columns(kn_conn *conn, kn_arena *arena, const kn_data_change *change, int64_t row, const char **key, kn_error *err)
{
  const kn_table_def *def = kn_schema((kn_table_id)kn_schema_find_table(change->table));
  kn_rows_filter filter[3];
  int32_t count = 0;
  for (; count < 3 && def->unique[count] != KN_NONE; count++) {
    const char *name = def->columns[def->unique[count]].name, *cell = given_cell(change, row, name);
    if (cell == NULL || *cell == '\0')
      return KN_OK;
    filter[count] = (kn_rows_filter){KN_ROWS_IS, name, cell};
  }
  if (count == 0)
    return KN_OK;
  found_key in = {.arena = arena};
  const kn_rows_query query = {.table = change->table, .filter_count = count, .filter = filter, .limit = 1};
  KN_TRY(kn_conn_rows(conn, &query, take_key, &in, err));
  *key = in.key;
  return KN_OK;
}

static kn_code
new_key(kn_conn *conn, kn_arena *arena, const char *table, int64_t row, const char **key, kn_error *err)
{
  kn_field next;
  KN_TRY(kn_conn_ask_one(conn, "edit_next", NULL, 0, NULL, &next, NULL, err));
  char text[128];
  const int length = snprintf(text, sizeof text, "%s-desk-%" PRId64, table, next.integer + row);
  return kn_text_copy(key, arena, text, (size_t)length, err);
}

/* The row that is meant, as it is; a new one when there is none. */
static kn_code
find_row(kn_conn *conn, kn_arena *arena, const kn_data_change *change, int64_t at, kn_data_row *out, kn_error *err)
{
  const kn_table_def *def = kn_schema((kn_table_id)kn_schema_find_table(change->table));
  const char *key = change->key != NULL ? change->key[at] : NULL;
  const bool must_be_there = key != NULL;
  if (key == NULL && def->key_column != KN_NONE)
    key = given_cell(change, at, def->columns[def->key_column].name);
  else if (key == NULL)
    KN_TRY(find_by_columns(conn, arena, change, at, &key, err));
  if (key != NULL && *key == '\0')
    key = NULL;
  *out = (kn_data_row){.key = key};
  if (key != NULL)
    KN_TRY(kn_data_read(conn, arena, change->table, key, out, err));
  if (must_be_there && !out->is_there)
    return missing(err);
  if (out->is_there && !change->may_change)
    return kn_fail(err, KN_E_CONFLICT, "%s %s is there already", change->table, key);
  if (out->is_there)
    return check_own(conn, change->table, key, err);
  out->version = KN_ANY_VERSION;
  /* Whether a key is taken by a row that a partner does not see, the desk does not tell: it gives the keys itself. */
  if (def->key_column != KN_NONE && (key == NULL || kn_conn_viewer(conn)->role != KN_COORDINATOR))
    return new_key(conn, arena, change->table, at, &out->key, err);
  return KN_OK;
}

/* ---------------------------------------------------------------- writing */
static bool
is_same(const kn_field *a, const kn_field *b)
{
  const bool is_number = a->kind == KN_FIELD_INT || a->kind == KN_FIELD_REAL;
  if (is_number && (b->kind == KN_FIELD_INT || b->kind == KN_FIELD_REAL))
    return (a->kind == KN_FIELD_INT ? (double)a->integer : a->real) == (b->kind == KN_FIELD_INT ? (double)b->integer : b->real);
  if (a->kind != b->kind)
    return false;
  return a->kind != KN_FIELD_TEXT || (a->length == b->length && memcmp(a->text, b->text, (size_t)a->length) == 0);
}

static const kn_field *
before_of(const kn_data_row *row, const char *column)
{
  for (int32_t i = 0; i < row->was_count; i++)
    if (strcmp(row->was_name[i], column) == 0)
      return &row->was[i];
  return NULL;
}

static kn_code
write_row(kn_conn *conn, kn_arena *arena, const kn_data_change *change, int64_t at, const kn_data_row *row, const kn_field *value,
          kn_data_done *done, kn_error *err)
{
  const kn_table_def *def = kn_schema((kn_table_id)kn_schema_find_table(change->table));
  const char *key_column = def->key_column != KN_NONE ? def->columns[def->key_column].name : "fid";
  const int64_t wanted = change->version != NULL ? change->version[at] : KN_ANY_VERSION;
  kn_row_edit edit = {
      .what = row->is_there ? KN_ROW_CHANGE : KN_ROW_ADD, .table = change->table, .key = row->key, .expected_version = wanted};
  const char **names;
  kn_field *values;
  KN_NEW(names, arena, change->column_count, err);
  KN_NEW(values, arena, change->column_count, err);
  for (int32_t i = 0; i < change->column_count; i++) {
    const char *name = change->column[i];
    if (strcmp(name, key_column) == 0 || change->cell[at * change->column_count + i] == NULL)
      continue;
    const kn_field *before = row->is_there ? before_of(row, name) : NULL;
    if ((before != NULL && is_same(before, &value[i])) || (!row->is_there && value[i].kind == KN_FIELD_NULL))
      continue;
    names[edit.count] = name;
    values[edit.count++] = value[i];
  }
  edit.names = names;
  edit.values = values;
  done->key[at] = row->key;
  if (row->is_there && edit.count == 0) {
    done->unchanged++;
    if (wanted == KN_ANY_VERSION || wanted == row->version)
      return KN_OK;
    return kn_fail(err, KN_E_CONFLICT, "%s %s was changed by someone else meanwhile", change->table, row->key);
  }
  KN_TRY(kn_conn_edit(conn, &edit, &done->edit[done->edit_count], err));
  done->edit_count++;
  done->added += !row->is_there;
  done->changed += row->is_there;
  if (row->key == NULL) { /* the file gave it a number */
    const kn_bind which[] = {KN_BIND_INT("edit", done->edit[done->edit_count - 1])};
    kn_field key;
    KN_TRY(kn_conn_ask_one(conn, "edit_key", which, 1, arena, &key, NULL, err));
    done->key[at] = key.text;
  }
  return check_own(conn, change->table, done->key[at], err);
}

static kn_code
tell_row(kn_findings *findings, const kn_data_change *change, int64_t at, kn_code code, kn_error *err)
{
  if (code == KN_OK || code == KN_E_LIMIT || code == KN_E_IO)
    return code;
  const kn_finding where = {.severity = KN_ERROR,
                            .rule = code == KN_E_CONFLICT ? "conflict"
                                    : code == KN_E_DENIED ? "denied"
                                                          : "refused",
                            .file = "desk",
                            .line = at + 1,
                            .table = change->table};
  char sentence[sizeof err->text];
  snprintf(sentence, sizeof sentence, "%s", err->text);
  sentence[strcspn(sentence, "\n")] = '\0';
  kn_findings_add(findings, &where, NULL, "%s", sentence);
  return code;
}

kn_code
kn_data_write(kn_conn *conn, kn_arena *arena, const kn_data_change *change, kn_findings *findings, kn_data_done *done,
              kn_error *err)
{
  *done = (kn_data_done){0};
  KN_TRY(check_table(conn, change->table, err));
  kn_data_row *row;
  kn_field *value;
  KN_NEW(row, arena, change->row_count, err);
  KN_NEW(value, arena, change->row_count * change->column_count, err);
  KN_NEW(done->edit, arena, change->row_count, err);
  KN_NEW(done->key, arena, change->row_count, err);
  for (int64_t i = 0; i < change->row_count; i++)
    KN_TRY(tell_row(findings, change, i, find_row(conn, arena, change, i, &row[i], err), err));
  KN_TRY(kn_data_judge(conn, arena, change, row, findings, value, err));
  for (int64_t i = 0; i < change->row_count; i++)
    KN_TRY(tell_row(findings, change, i, write_row(conn, arena, change, i, &row[i], &value[i * change->column_count], done, err),
                    err));
  return KN_OK;
}

/* ---------------------------------------------------------------- removing */
/* Who names the row? Said before the reference breaks, in words. */
static kn_code
check_unnamed(kn_conn *conn, const char *table, const char *key, kn_error *err)
{
  const int32_t id = kn_schema_find_table(table);
  for (int32_t t = 0; t < KN_TABLE_COUNT; t++) {
    const kn_table_def *other = kn_schema((kn_table_id)t);
    for (int32_t c = 0; c < other->column_count; c++) {
      if (other->columns[c].kind != KN_REF || (int32_t)other->columns[c].target != id)
        continue;
      kn_arena *arena = kn_arena_new();
      found_key in = {.arena = arena};
      const kn_rows_filter filter[] = {{KN_ROWS_IS, other->columns[c].name, key}};
      const kn_rows_query query = {.table = other->name, .filter_count = 1, .filter = filter, .limit = 1};
      kn_code code = kn_conn_rows(conn, &query, take_key, &in, err);
      if (code == KN_OK && in.key != NULL)
        code = kn_fail(err, KN_E_INPUT, "%s %s is named by %s of %s %s: change that first", table, key, other->columns[c].name,
                       other->name, in.key);
      kn_arena_free(arena);
      KN_TRY(code);
    }
  }
  return KN_OK;
}

kn_code
kn_data_remove(kn_conn *conn, const char *table, const char *key, int64_t version, int64_t *edit_id, kn_error *err)
{
  KN_TRY(check_table(conn, table, err));
  bool is_seen;
  KN_TRY(kn_conn_sees(conn, kn_conn_viewer(conn), table, key, &is_seen, err));
  if (!is_seen)
    return missing(err);
  KN_TRY(check_own(conn, table, key, err));
  KN_TRY(check_unnamed(conn, table, key, err));
  const kn_row_edit edit = {.what = KN_ROW_REMOVE, .table = table, .key = key, .expected_version = version};
  return kn_conn_edit(conn, &edit, edit_id, err);
}

/* ---------------------------------------------------------------- taking back */
typedef struct edit_place {
  kn_arena *arena;
  const char *table, *key;
  bool is_removal;
} edit_place;

static kn_code
take_place(void *arg, const kn_answer *answer, kn_error *err)
{
  edit_place *in = arg;
  in->is_removal = answer->field[2].integer != 0;
  KN_TRY(kn_text_copy(&in->table, in->arena, answer->field[0].text, (size_t)answer->field[0].length, err));
  return kn_text_copy(&in->key, in->arena, answer->field[1].text, (size_t)answer->field[1].length, err);
}

/* The row must be the viewer's before, where it is there, and after, where it still is; one of both holds. */
static kn_code
undo_one(kn_conn *conn, kn_arena *arena, int64_t edit, int64_t *undo, kn_error *err)
{
  edit_place place = {.arena = arena};
  const kn_bind which[] = {KN_BIND_INT("edit", edit)};
  KN_TRY(kn_conn_ask(conn, "edit_of", which, 1, take_place, &place, err));
  /* An edit that is not there takes the way of one that is not seen, so that no clock tells them apart. */
  const bool is_known = place.table != NULL && kn_schema_find_table(place.table) != KN_NONE;
  if (!is_known)
    place.table = "offer", place.key = "";
  KN_TRY(check_table(conn, place.table, err));
  const kn_viewer *viewer = kn_conn_viewer(conn);
  bool is_there, is_left;
  KN_TRY(kn_conn_sees(conn, viewer, place.table, place.key, &is_there, err));
  if (!is_known || (!is_there && !place.is_removal && viewer->role != KN_COORDINATOR))
    return missing(err);
  if (is_there)
    KN_TRY(check_own(conn, place.table, place.key, err));
  const kn_code code = kn_conn_undo(conn, edit, undo, err);
  if (code != KN_OK) /* of a row that the viewer never saw, nothing is said */
    return is_there || viewer->role == KN_COORDINATOR ? code : missing(err);
  KN_TRY(kn_conn_sees(conn, viewer, place.table, place.key, &is_left, err));
  if (!is_there && !is_left)
    return missing(err);
  return is_left ? check_own(conn, place.table, place.key, err) : KN_OK;
}

kn_code
kn_data_undo(kn_conn *conn, const int64_t *edit, int32_t count, int64_t *undo, kn_error *err)
{
  kn_arena *arena = kn_arena_new();
  kn_code code = KN_OK;
  for (int32_t i = count - 1; i >= 0 && code == KN_OK; i--)
    code = undo_one(conn, arena, edit[i], &undo[i], err);
  kn_arena_free(arena);
  return code;
}
