/* Aim: a server that is stopped while people ask ends in order: what comes when no worker is left is refused. Method: the test holds the lock
 * of the region file, upon which the thread that beats waits, and so stops the stopping half way; then it asks on a connection that was
 * open before. A request that was left suspended would get no answer, and libmicrohttpd would end the process. */
#include "portal/portal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct server {
  char folder[64], path[96], lock[112];
  kn_portal *portal;
  int socket, lock_fd;
} server;

static void
start(server *s)
{
  kn_error err = {0};
  kn_task task = KN_TASK_DEFAULTS;
  kn_task_change change;
  snprintf(s->folder, sizeof s->folder, "/tmp/knoop-stop-XXXXXX");
  assert_non_null(mkdtemp(s->folder));
  snprintf(s->path, sizeof s->path, "%s/r.gpkg", s->folder);
  snprintf(s->lock, sizeof s->lock, "%s-lock", s->path);
  assert_int_equal(kn_findings_new(&task.findings, 50, &err), KN_OK);
  assert_int_equal(kn_task_new(&task, s->path, KN_SOURCE_ROOT "/data/regions/poort-genk", &change, &err), KN_OK);
  kn_findings_free(task.findings);
  assert_int_equal(kn_portal_start(&s->portal, s->path, &(kn_portal_settings){.thread_count = 1}, &err), KN_OK);
}

/* As another program does; whoever held it takes the file away, so that is looked for. */
static void
hold_file(server *s)
{
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  struct stat held, named;
  for (;;) {
    s->lock_fd = open(s->lock, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    assert_true(s->lock_fd >= 0);
    if (fcntl(s->lock_fd, F_OFD_SETLKW, &whole) == 0 && fstat(s->lock_fd, &held) == 0 && stat(s->lock, &named) == 0 &&
        held.st_ino == named.st_ino)
      return;
    close(s->lock_fd);
  }
}

static void
let_file_go(const server *s)
{
  unlink(s->lock);
  close(s->lock_fd);
}

static void
come(server *s)
{
  const struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)kn_portal_port(s->portal)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  s->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_true(s->socket >= 0);
  assert_int_equal(connect(s->socket, (const struct sockaddr *)(const void *)&to, sizeof to), 0);
  /* Far more than an answer takes: this long only where there comes none. */
  assert_int_equal(setsockopt(s->socket, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 60}, sizeof(struct timeval)), 0);
}

/* The status of something that a worker does and that was not asked before, so that no answer to it is kept; 0: the connection was closed;
 * -1: no answer came. */
static int
ask(const server *s, int number)
{
  char question[160], answer[65536];
  size_t length = 0;
  const int size =
      snprintf(question, sizeof question, "GET /api/v1/sites?actor_id=nobody%d HTTP/1.1\r\nHost: localhost\r\n\r\n", number);
  if (send(s->socket, question, (size_t)size, MSG_NOSIGNAL) != size)
    return 0;
  for (;;) {
    const ssize_t came = recv(s->socket, answer + length, sizeof answer - 1 - length, 0);
    if (came <= 0)
      return came == 0 || errno == ECONNRESET ? 0 : -1;
    length += (size_t)came;
    answer[length] = '\0';
    const char *body = strstr(answer, "\r\n\r\n"), *bytes = strcasestr(answer, "\r\nContent-Length: ");
    if (body == NULL)
      continue;
    assert_non_null(bytes);
    if (length >= (size_t)(body + 4 - answer) + strtoul(bytes + 18, NULL, 10))
      return atoi(answer + strlen("HTTP/1.1 "));
  }
}

static void *
stop(void *arg)
{
  kn_portal_stop(arg);
  return NULL;
}

static void
what_comes_while_stopping_is_refused(void **state)
{
  (void)state;
  server s;
  char command[128];
  pthread_t stopping;
  start(&s);
  hold_file(&s);
  come(&s);
  assert_int_equal(ask(&s, 0), 200);
  nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 300000000}, NULL); /* after a second the thread that beats writes */
  assert_int_equal(pthread_create(&stopping, NULL, stop, s.portal), 0);
  int status = 200;
  for (int number = 1; status == 200; number++)
    status = ask(&s, number);
  let_file_go(&s);
  pthread_join(stopping, NULL);
  assert_true(status == 503 || status == 0); /* 0: on a machine so busy that the stopping was over before */
  close(s.socket);
  snprintf(command, sizeof command, "rm -rf '%s'", s.folder);
  assert_int_equal(system(command), 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_comes_while_stopping_is_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
