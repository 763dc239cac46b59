/* Connections and their patience.
 *
 *   opened ─> HEAD ─> BODY ─> OURS ─> ANSWER ─> HEAD ...      the thread of the connection turns it
 *              └────────┴───────────────┴──> ended: its socket is shut, which that thread notices and closes
 *
 * Only the thread of libmicrohttpd closes a socket, after kn_line_close(), so one in the list is open. State and time are one atomic
 * number: a request costs a few plain stores, and the looking thread never sees the state of one moment with the time of another. */
#include "portal/lines.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

struct kn_line {
  kn_line *before, *after;
  int socket;
  uint64_t address;       /* of whom: the IPv4 address, or the network of an IPv6 one */
  _Atomic int64_t turned; /* milliseconds * 4 + state */
  _Atomic int64_t came;   /* bytes of the body */
  int64_t seen, taken;    /* under the lock: an answer that was looked at, bytes that the other side had taken then */
  bool is_ended;          /* under the lock */
};
struct kn_lines {
  pthread_mutex_t lock;
  kn_line *first;
  kn_lines_counts count;
  int64_t ending; /* ended, not closed yet */
  int32_t most;
  double patience_s;
};
typedef struct waiting { /* a line that waits for the other side */
  kn_line *line;
  uint64_t address;
  int64_t turned;
  int32_t rank; /* how many of its address wait less long */
} waiting;

kn_code
kn_lines_new(kn_lines **out, int32_t most, double patience_s, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  if (*out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  pthread_mutex_init(&(*out)->lock, NULL);
  (*out)->most = most;
  (*out)->patience_s = patience_s;
  return KN_OK;
}

void
kn_lines_free(kn_lines *lines)
{
  if (lines == NULL)
    return;
  assert(lines->first == NULL);
  pthread_mutex_destroy(&lines->lock);
  free(lines);
}

int32_t
kn_lines_most(const kn_lines *lines)
{
  return lines->most;
}

kn_lines_counts
kn_lines_count(kn_lines *lines)
{
  pthread_mutex_lock(&lines->lock);
  const kn_lines_counts count = lines->count;
  pthread_mutex_unlock(&lines->lock);
  return count;
}

static kn_line_state
state_of(int64_t turned)
{
  return (kn_line_state)(turned & 3);
}

static double
seconds_of(int64_t turned)
{
  return 1e-3 * (double)(turned >> 2);
}

void
kn_line_turn(kn_line *line, kn_line_state state, double now_s)
{
  if (line == NULL)
    return;
  if (state == KN_LINE_BODY)
    atomic_store_explicit(&line->came, 0, memory_order_relaxed);
  atomic_store_explicit(&line->turned, (int64_t)(1000 * now_s) * 4 + (int64_t)state, memory_order_relaxed);
}

void
kn_line_came(kn_line *line, size_t bytes)
{
  if (line != NULL)
    atomic_fetch_add_explicit(&line->came, (int64_t)bytes, memory_order_relaxed);
}

/* ---------------------------------------------------------------- ending */
/* Bytes of answers that the kernel still holds for the other side. */
static int64_t
bytes_unsent(int socket)
{
  int bytes = 0;
  return ioctl(socket, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

/* Bytes that the other side has taken since the connection was opened. */
static int64_t
bytes_taken(int socket)
{
  struct tcp_info info = {0};
  socklen_t length = sizeof info;
  return getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 ? (int64_t)info.tcpi_bytes_acked : 0;
}

static void
end_line(kn_lines *lines, kn_line *line)
{
  /* What is not taken is thrown away with the connection: else the kernel would keep it for as long as the other side likes. */
  if (bytes_unsent(line->socket) > 0)
    setsockopt(line->socket, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
  shutdown(line->socket, SHUT_RDWR);
  line->is_ended = true;
  lines->ending++;
}

static int
by_address(const void *a, const void *b)
{
  const waiting *x = a, *y = b;
  if (x->address != y->address)
    return x->address < y->address ? -1 : 1;
  return x->turned > y->turned ? -1 : x->turned < y->turned;
}

static int
by_rank(const void *a, const void *b)
{
  const waiting *x = a, *y = b;
  if (x->rank != y->rank)
    return x->rank > y->rank ? -1 : 1;
  return x->turned < y->turned ? -1 : x->turned > y->turned;
}

/* Ends `count` lines that wait for the other side: always the longest waiting of the address that has most of them then. */
static void
make_room(kn_lines *lines, int64_t count)
{
  waiting *all = malloc((size_t)lines->count.open * sizeof *all);
  size_t n = 0;
  for (kn_line *at = lines->first; all != NULL && at != NULL; at = at->after) {
    const int64_t turned = atomic_load_explicit(&at->turned, memory_order_relaxed);
    if (!at->is_ended && state_of(turned) != KN_LINE_OURS)
      all[n++] = (waiting){.line = at, .address = at->address, .turned = turned};
  }
  if (n > 0) {
    qsort(all, n, sizeof *all, by_address);
    for (size_t i = 1; i < n; i++)
      all[i].rank = all[i].address == all[i - 1].address ? all[i - 1].rank + 1 : 0;
    qsort(all, n, sizeof *all, by_rank);
  }
  for (size_t i = 0; i < n && (int64_t)i < count; i++) {
    end_line(lines, all[i].line);
    lines->count.crowded++;
  }
  free(all);
}

/* Bytes that came and that nobody here has read: while there are such, they wait for us. */
static int64_t
bytes_unread(int socket)
{
  int bytes = 0;
  return ioctl(socket, SIOCINQ, &bytes) == 0 ? bytes : 0;
}

/* An answer that the kernel has taken and the other side has not is read still, though libmicrohttpd is ready for the next head. */
static bool
is_too_slow(const kn_lines *lines, kn_line *line, int64_t turned, double now_s)
{
  int64_t bytes = 0;
  const kn_line_state state = state_of(turned);
  const double waited_s = now_s - seconds_of(turned);
  if (state == KN_LINE_OURS || waited_s < 1)
    return false;
  if (state == KN_LINE_BODY)
    bytes = atomic_load_explicit(&line->came, memory_order_relaxed);
  else if (line->seen != turned) { /* what was taken before counts as nothing: that was at most a second or two */
    line->seen = turned;
    line->taken = bytes_taken(line->socket);
  } else if (waited_s > lines->patience_s && (state == KN_LINE_ANSWER || bytes_unsent(line->socket) > 0))
    bytes = bytes_taken(line->socket) - line->taken;
  if (waited_s <= lines->patience_s + (double)bytes / KN_LINE_RATE)
    return false;
  return state == KN_LINE_ANSWER || bytes_unread(line->socket) == 0;
}

void
kn_lines_look(kn_lines *lines, double now_s)
{
  pthread_mutex_lock(&lines->lock);
  for (kn_line *at = lines->first; at != NULL; at = at->after) {
    const int64_t turned = atomic_load_explicit(&at->turned, memory_order_relaxed);
    if (at->is_ended || !is_too_slow(lines, at, turned, now_s))
      continue;
    end_line(lines, at);
    lines->count.slow++;
  }
  pthread_mutex_unlock(&lines->lock);
}

/* ---------------------------------------------------------------- opening and closing */
/* An IPv6 network of 64 bits is one customer; an IPv4 address that comes as IPv6 is itself. */
static uint64_t
address_of(const struct sockaddr *address)
{
  uint64_t out = 0;
  if (address != NULL && address->sa_family == AF_INET)
    out = ((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr;
  if (address != NULL && address->sa_family == AF_INET6) {
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(six))
      memcpy(&out, &six->s6_addr[12], 4);
    else
      memcpy(&out, six->s6_addr, 8);
  }
  return out;
}

kn_line *
kn_line_open(kn_lines *lines, int socket, const struct sockaddr *address, double now_s)
{
  /* What an answer may wait in the kernel, where nobody counts it; and how long for a machine that has gone. */
  enum { UNSENT_MOST = 64 << 10, GONE_MS = 60000 };
  kn_line *line = calloc(1, sizeof *line);
  if (line == NULL)
    return NULL;
  setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &(int){UNSENT_MOST}, sizeof(int)); /* the kernel doubles it */
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &(int){GONE_MS}, sizeof(int));
  line->socket = socket;
  line->address = address_of(address);
  kn_line_turn(line, KN_LINE_HEAD, now_s);
  pthread_mutex_lock(&lines->lock);
  line->after = lines->first;
  if (lines->first != NULL)
    lines->first->before = line;
  lines->first = line;
  lines->count.open++;
  /* A quarter is left: those that were ended take a moment to close, and each thread has a share of its own. */
  if (lines->count.open - lines->ending > lines->most - lines->most / 4)
    make_room(lines, 1 + lines->most / 16);
  pthread_mutex_unlock(&lines->lock);
  return line;
}

void
kn_line_close(kn_lines *lines, kn_line *line)
{
  if (line == NULL)
    return;
  pthread_mutex_lock(&lines->lock);
  if (line->before != NULL)
    line->before->after = line->after;
  else
    lines->first = line->after;
  if (line->after != NULL)
    line->after->before = line->before;
  lines->count.open--;
  lines->ending -= line->is_ended;
  pthread_mutex_unlock(&lines->lock);
  free(line);
}
