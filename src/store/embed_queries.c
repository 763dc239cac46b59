/* Runs when building: writes the named statements of SQL files into a C source.
 *   embed_queries OUT.c a.sql b.sql ...
 * A statement begins with a line `-- name: offer_list` or `-- name: offer_all (all)`, a view with `-- view: seen_offer`, and
 * goes on to the next such line. Views keep their order; statements are sorted by name.
 *
 * What several statements share stands once after a line `-- part: tie_shape`, and PART(tie_shape) in a statement becomes it. A part holds
 * no other.
 * ALL_OF(seen_today_: kind, id) in a statement becomes those columns of every view whose name begins so, one under the other
 * (UNION ALL): a feature adds to a list of all features by a view of its own. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct query {
  char name[128];
  char *sql;
  size_t length;
  bool is_view, is_part, is_all;
  int at;
} query;

enum { QUERIES_MOST = 4096 };
static query queries[QUERIES_MOST];
static int count;

static int
begin(const char *path, const char *line)
{
  const bool is_view = strncmp(line, "-- view: ", 9) == 0;
  char mark[16] = "";
  if (count == QUERIES_MOST || sscanf(line + 9, "%127s %15s", queries[count].name, mark) < 1) {
    fprintf(stderr, "%s: a line that names nothing: %s", path, line);
    return 1;
  }
  if (mark[0] != '\0' && strcmp(mark, "(all)") != 0) {
    fprintf(stderr, "%s: expected (all) or nothing after the name: %s", path, line);
    return 1;
  }
  queries[count].is_view = is_view;
  queries[count].is_part = strncmp(line, "-- part: ", 9) == 0;
  queries[count].is_all = mark[0] != '\0';
  queries[count].at = count;
  count++;
  return 0;
}

static int
add(const char *line)
{
  query *last = &queries[count - 1];
  const size_t more = strlen(line);
  char *sql = realloc(last->sql, last->length + more + 1);
  if (sql == NULL)
    return 1;
  memcpy(sql + last->length, line, more + 1);
  last->sql = sql;
  last->length += more;
  return 0;
}

static int
read_file(const char *path)
{
  FILE *in = fopen(path, "r");
  if (in == NULL) {
    perror(path);
    return 1;
  }
  char *line = NULL;
  size_t size = 0;
  int failed = 0;
  const int before = count;
  while (failed == 0 && getline(&line, &size, in) >= 0)
    if (strncmp(line, "-- name: ", 9) == 0 || strncmp(line, "-- view: ", 9) == 0 || strncmp(line, "-- part: ", 9) == 0)
      failed = begin(path, line);
    else if (count > before && strncmp(line, "--", 2) != 0)
      failed = add(line);
  free(line);
  fclose(in);
  return failed;
}

/* A part of WITH named as a view would pass for that view with the guard (desk_guard.c): `seen_x AS (` and `seen_x (a, b) AS (`. */
static bool
poses_as_view(const char *sql)
{
  for (const char *at = sql != NULL ? strstr(sql, "seen_") : NULL; at != NULL; at = strstr(at + 1, "seen_")) {
    const char *after = at + strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\"");
    after += strspn(after, " \t\n");
    if (*after == '(') {
      after += strcspn(after, ")");
      after += *after == ')';
      after += strspn(after, " \t\n");
    }
    if ((after[0] | 0x20) != 'a' || (after[1] | 0x20) != 's')
      continue;
    after += 2 + strspn(after + 2, " \t\n");
    if (strncmp(after, "NOT", 3) == 0 || strncmp(after, "MATERIALIZED", 12) == 0 || *after == '(')
      return true;
  }
  return false;
}

static int
compare(const void *a, const void *b)
{
  const query *one = a, *two = b;
  if (one->is_view != two->is_view)
    return one->is_view ? -1 : 1;
  return one->is_view ? one->at - two->at : strcmp(one->name, two->name);
}

/* Writes what a mark stands for, of which `in` is what follows its bracket; the length up to and with the closing one, 0: nothing
 * is named so. */
typedef int put_mark(FILE *out, const char *in);

/* PART(name): the part. */
static int
put_part(FILE *out, const char *in)
{
  char name[128];
  int length = 0;
  if (sscanf(in, "%127[a-z_])%n", name, &length) != 1)
    return 0;
  for (int i = 0; i < count && length > 0; i++)
    if (queries[i].is_part && strcmp(queries[i].name, name) == 0) {
      const char *part = queries[i].sql;
      return part != NULL && strstr(part, "PART(") == NULL && fputs(part, out) >= 0 ? length : 0;
    }
  return 0;
}

/* ALL_OF(prefix: columns): those of every view whose name begins so. */
static int
put_all_of(FILE *out, const char *in)
{
  char prefix[128], columns[1024];
  int length = 0, found = 0;
  if (sscanf(in, "%127[a-z_]: %1023[a-z_0-9, \n])%n", prefix, columns, &length) != 2)
    return 0;
  for (int i = 0; i < count; i++)
    if (queries[i].is_view && strncmp(queries[i].name, prefix, strlen(prefix)) == 0)
      fprintf(out, "%sSELECT %s FROM %s", found++ > 0 ? " UNION ALL " : "", columns, queries[i].name);
  return found > 0 ? length : 0;
}

/* The text with every mark written out; NULL: out of memory, or one stands for nothing. */
static char *
write_out(const char *sql, const char *mark, put_mark *put)
{
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL)
    return NULL;
  int length = 1;
  for (const char *at; length > 0 && (at = strstr(sql, mark)) != NULL; sql += length) {
    fwrite(sql, 1, (size_t)(at - sql), out);
    sql = at + strlen(mark);
    length = put(out, sql);
  }
  fputs(sql, out);
  if (fclose(out) != 0 || length == 0) {
    free(text);
    return NULL;
  }
  return text;
}

static void
write_text(FILE *out, const char *text)
{
  fputc('"', out);
  for (const char *c = text; *c != '\0'; c++)
    if (*c == '\n')
      fputs("\\n\"\n\"", out);
    else if (*c == '"' || *c == '\\')
      fprintf(out, "\\%c", *c);
    else
      fputc(*c, out);
  fputc('"', out);
}

int
main(int argc, char **argv)
{
  if (argc < 2)
    return 2;
  for (int i = 2; i < argc; i++)
    if (read_file(argv[i]) != 0)
      return 1;
  qsort(queries, (size_t)count, sizeof *queries, compare);
  for (int i = 1; i < count; i++)
    if (strcmp(queries[i].name, queries[i - 1].name) == 0) {
      fprintf(stderr, "there are two statements %s\n", queries[i].name);
      return 1;
    }
  for (int i = 0; i < count; i++) {
    if (!queries[i].is_part && queries[i].sql != NULL && strstr(queries[i].sql, "PART(") != NULL) {
      char *text = write_out(queries[i].sql, "PART(", put_part);
      if (text == NULL) {
        fprintf(stderr, "%s: expected PART(name of a part), and a part without others that is named so\n", queries[i].name);
        return 1;
      }
      free(queries[i].sql);
      queries[i].sql = text;
    }
    if (poses_as_view(queries[i].sql)) {
      fprintf(stderr, "%s: a part of WITH must not be called seen_...: that is for views\n", queries[i].name);
      return 1;
    }
    if (queries[i].sql != NULL && strstr(queries[i].sql, "ALL_OF(") != NULL) {
      char *text = write_out(queries[i].sql, "ALL_OF(", put_all_of);
      if (text == NULL) {
        fprintf(stderr, "%s: expected ALL_OF(prefix of views: columns), and a view that is named so\n", queries[i].name);
        return 1;
      }
      free(queries[i].sql);
      queries[i].sql = text;
    }
  }
  FILE *out = fopen(argv[1], "w");
  if (out == NULL) {
    perror(argv[1]);
    return 1;
  }
  fputs("#include \"store/queries.h\"\n#include <stddef.h>\nconst kn_named_sql kn_queries[] = {\n", out);
  int written = 0;
  for (int i = 0; i < count; i++) {
    if (queries[i].is_part)
      continue;
    written++;
    fprintf(out, "{\"%s\", ", queries[i].name);
    write_text(out, queries[i].sql != NULL ? queries[i].sql : "");
    fprintf(out, ", %s, %s},\n", queries[i].is_view ? "true" : "false", queries[i].is_all ? "true" : "false");
  }
  fprintf(out, "{NULL, NULL, false, false}};\nconst int32_t kn_query_count = %d;\n", written);
  return fclose(out) == 0 ? 0 : 1;
}
