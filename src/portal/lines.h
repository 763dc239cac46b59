/* The connections that are open, and an end to those that take too long.
 *
 * A connection waits for somebody: for the other side (its head, its body, its reading), or for us. Whoever lets us wait has `patience`
 * seconds, and one more for each KN_LINE_RATE bytes that came or were taken; then the connection ends. When connections run short, those
 * that let us wait are ended before that: the longest waiting of the address that has most of them. So nobody has a number that they
 * may not pass, and an office or a town behind one address loses only connections that do nothing. */
#ifndef KN_PORTAL_LINES_H
#define KN_PORTAL_LINES_H

#include "knoop/base.h"

#include <sys/socket.h>

enum { KN_LINE_RATE = 2000 }; /* bytes a second that a slow one must reach */
typedef enum kn_line_state {
  KN_LINE_HEAD,   /* the other side: nothing came yet, or not all of the head; also between two requests */
  KN_LINE_BODY,   /* the other side: the body is coming */
  KN_LINE_OURS,   /* us: an answer is made; event streams */
  KN_LINE_ANSWER, /* the other side: reads the answer */
} kn_line_state;
typedef struct kn_line kn_line;
typedef struct kn_lines kn_lines;

typedef struct kn_lines_counts {
  int64_t open, slow, crowded; /* now; ended so far for being slow; to make room */
} kn_lines_counts;

kn_code kn_lines_new(kn_lines **out, int32_t most, double patience_s, kn_error *err);
void kn_lines_free(kn_lines *lines); /* after the daemon; NULL is fine */
int32_t kn_lines_most(const kn_lines *lines);
kn_lines_counts kn_lines_count(kn_lines *lines);
/* A connection that was opened, until kn_line_close(); NULL: out of memory, it then has no end of its own. May end others: O(1), and
 * O(n log n) once for n/16 connections when they run short. now_s: seconds that only rise. Any thread. */
kn_line *kn_line_open(kn_lines *lines, int socket, const struct sockaddr *address, double now_s);
void kn_line_close(kn_lines *lines, kn_line *line); /* before the socket is; NULL is fine */
/* From the thread of the connection, without a lock. A NULL line is fine. */
void kn_line_turn(kn_line *line, kn_line_state state, double now_s);
void kn_line_came(kn_line *line, size_t bytes); /* of a body */
/* Ends those that took too long. O(n); to be called about once a second. */
void kn_lines_look(kn_lines *lines, double now_s);

#endif
