/* Any bytes as a request to the served portal, through the real daemon, routing and handlers. What holds: no crash, and never 500.
 *
 * The first byte says who asks (bits 0 and 1: visitor, viewer, partner, coordinator) and how: with bit 2 the rest goes over the line as it is; else it is
 *   METHOD path \n [further header lines \n] \n body
 * and becomes a request with Host, session, CSRF value, Content-Type and Content-Length, so that handlers are reached and not only the reading of heads.
 *
 * The region is a small one of tests/known, made anew for each run; what requests write stays for those that follow. */
#include <dirent.h>
#include <netinet/in.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "knoop/builder.h"
#include "portal/auth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PEOPLE = 3 };
static kn_portal *portal;
static sqlite3 *beside; /* restores who is signed in, whatever was asked */
static char folder[] = "/tmp/knoop-fuzz-XXXXXX", file[64];
static const char *const roles[PEOPLE] = {"viewer", "partner", "coordinator"};

static void
must(bool is_so, const char *what)
{
  if (is_so)
    return;
  fprintf(stderr, "%s\n", what);
  abort();
}

static void
hear_log(void *arg, const char *line)
{
  (void)arg;
  fprintf(stderr, "%s\n", line);
}

static void
clean_up(void)
{
  kn_portal_stop(portal);
  sqlite3_close(beside);
  DIR *dir = opendir(folder);
  for (const struct dirent *entry; dir != NULL && (entry = readdir(dir));) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    remove(path);
  }
  if (dir != NULL)
    closedir(dir);
  rmdir(folder);
}

static void
let_in(void)
{
  for (int i = 0; i < PEOPLE; i++) {
    char token[32], digest[KN_TOKEN_HEX], sql[2048];
    snprintf(token, sizeof token, "token-of-%s", roles[i]);
    kn_token_digest(token, digest);
    snprintf(sql, sizeof sql,
             "INSERT INTO account (account_id, email, name, role, made) VALUES (%d, '%s@example.org', '%s', '%s', "
             "'2026-01-01T00:00:00Z')"
             "  ON CONFLICT DO UPDATE SET role = excluded.role, is_closed = 0, erased = NULL, locked_until = NULL;"
             "INSERT OR REPLACE INTO login (token, account_id, csrf, made, seen, ends, handle, agent, address, rotated) VALUES "
             "('%s', %d, 'csrf',"
             "  strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ'), strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ'), '2999-01-01T00:00:00Z', '%s', "
             "'fuzz', '127.0.0.1',"
             "  strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ'));"
             "INSERT OR IGNORE INTO account_actor (account_id, actor_id) SELECT %d, actor_id FROM actor LIMIT 1;",
             i + 1, roles[i], roles[i], roles[i], digest, i + 1, roles[i], roles[i][0] == 'p' ? i + 1 : -1);
    if (roles[i][0] != 'p')
      *strstr(sql, "INSERT OR IGNORE INTO account_actor") = '\0';
    char *wrong = NULL;
    if (sqlite3_exec(beside, sql, NULL, NULL, &wrong) != SQLITE_OK)
      fprintf(stderr, "letting in: %s\n", wrong);
    sqlite3_free(wrong);
  }
}

static void
begin(void)
{
  kn_error err = {0};
  must(mkdtemp(folder) != NULL, "no folder");
  snprintf(file, sizeof file, "%s/r.gpkg", folder);
  kn_task task = KN_TASK_DEFAULTS;
  kn_task_change change;
  must(kn_findings_new(&task.findings, 100, &err) == KN_OK, err.text);
  must(kn_task_new(&task, file, KN_SOURCE_ROOT "/tests/known/why-not", &change, &err) == KN_OK, err.text);
  kn_findings_free(task.findings);
  const kn_portal_settings settings = {.rate_per_s = -1, .thread_count = 1, .log = hear_log};
  must(kn_portal_start(&portal, file, &settings, &err) == KN_OK, err.text);
  must(sqlite3_open(file, &beside) == SQLITE_OK, "the region beside the portal");
  sqlite3_busy_timeout(beside, 10000);
  let_in();
  atexit(clean_up);
}

/* A whole request of the given lines; NULL: there is no line to begin with. */
static char *
write_request(const uint8_t *data, size_t size, int who, size_t *length)
{
  const uint8_t *end = memchr(data, '\n', size);
  if (end == NULL)
    return NULL;
  const uint8_t *head = end + 1, *last = data + size, *body = head;
  while (body < last && *body != '\n') {
    const uint8_t *line = memchr(body, '\n', (size_t)(last - body));
    body = line != NULL ? line + 1 : last;
  }
  const size_t head_length = (size_t)(body - head);
  body += body < last;
  char *out = NULL;
  FILE *to = open_memstream(&out, length);
  fwrite(data, 1, (size_t)(end - data), to);
  fputs(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", to);
  if (who > 0)
    fprintf(to, "Cookie: knoop_session=token-of-%s\r\nX-Knoop-CSRF: csrf\r\n", roles[who - 1]);
  fwrite(head, 1, head_length, to);
  if (body < last)
    fprintf(to, "Content-Type: application/json\r\nContent-Length: %zu\r\n", (size_t)(last - body));
  fputs("\r\n", to);
  fwrite(body, 1, (size_t)(last - body), to);
  fclose(to);
  return out;
}

/* Sends and reads until the server ends it, or waits for more of a request that is not whole. */
static void
exchange(const char *bytes, size_t length)
{
  const int line = socket(AF_INET, SOCK_STREAM, 0);
  const struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)kn_portal_port(portal)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  must(line >= 0 && connect(line, (const struct sockaddr *)(const void *)&to, sizeof to) == 0, "the portal takes no connection");
  /* An event stream has no end: what came within a while is enough. */
  setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_usec = 200000}, sizeof(struct timeval));
  for (size_t sent = 0; sent < length;) {
    const ssize_t n = send(line, bytes + sent, length - sent, MSG_NOSIGNAL);
    if (n <= 0)
      break;
    sent += (size_t)n;
  }
  shutdown(line, SHUT_WR);
  static char answer[1 << 16];
  bool is_first = true;
  for (ssize_t n; (n = recv(line, answer, sizeof answer - 1, 0)) > 0; is_first = false) {
    answer[n] = '\0';
    if (is_first && strncmp(answer, "HTTP/1.1 500", 12) == 0) {
      fprintf(stderr, "%.*s\n-> %s\n", (int)length, bytes, answer);
      abort();
    }
    if (is_first && strncmp(answer, "HTTP/1.1 401", 12) == 0)
      let_in();
  }
  close(line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (portal == NULL)
    begin();
  if (size < 2)
    return 0;
  const uint8_t how = *data++;
  size--;
  if (how & 4) {
    exchange((const char *)data, size);
    return 0;
  }
  size_t length;
  char *request = write_request(data, size, how & 3, &length);
  if (request != NULL)
    exchange(request, length);
  free(request);
  return 0;
}
