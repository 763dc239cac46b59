/* knoop/base.h - what every other module stands on.
 *
 * Errors are a code and a chain of sentences; memory comes from arenas; work in parallel
 * goes through kn_parallel(). Nothing here keeps a global, reads a clock or prints. */
#ifndef KNOOP_BASE_H
#define KNOOP_BASE_H

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ------------------------------------------------------------------ errors
 * Code, process exit status and name stand together in one list. */
#define KN_CODES(X)                                                                                                              \
  X(KN_OK, 0, "done")                                                                                                            \
  X(KN_FOUND, 1, "done, and errors were found in the data")                                                                      \
  X(KN_E_USAGE, 2, "wrong usage")                                                                                                \
  X(KN_E_INPUT, 3, "bad input")                                                                                                  \
  X(KN_NO_ANSWER, 4, "no answer: infeasible or unbounded")                                                                       \
  X(KN_E_IO, 5, "input/output failed")                                                                                           \
  X(KN_E_LOCK, 5, "the region file is locked")                                                                                   \
  X(KN_E_VERSION, 5, "the region file was written by a newer knoop")                                                             \
  X(KN_E_LIMIT, 5, "out of memory or beyond a limit")                                                                            \
  X(KN_E_NUMERIC, 5, "a computation failed")                                                                                     \
  X(KN_E_STOPPED, 5, "stopped on request")                                                                                       \
  X(KN_E_MISSING, 3, "there is no such thing")                                                                                   \
  X(KN_E_DENIED, 3, "not allowed")                                                                                               \
  X(KN_E_CONFLICT, 3, "changed by someone else meanwhile")

typedef enum kn_code {
#define X(code, exit_status, text) code,
  KN_CODES(X)
#undef X
} kn_code;

int kn_code_exit(kn_code code);         /* process exit status */
const char *kn_code_text(kn_code code); /* English msgid, for gettext */

/* A chain of sentences, innermost first; owned by the caller, zero-initialised. A chain that
 * does not fit ends in "..." and `is_cut` says so. */
typedef struct kn_error {
  kn_code code;
  bool is_cut;
  char text[4096]; /* sentences, one per line, innermost first */
} kn_error;

/* Starts a chain: sets code and first sentence. Returns code, so callers can return it. err may be NULL. */
kn_code kn_fail(kn_error *err, kn_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Adds what the caller was doing; returns err->code (KN_E_NUMERIC if err is NULL). */
kn_code kn_note(kn_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define KN_TRY(call)                                                                                                             \
  do {                                                                                                                           \
    const kn_code kn_try_code = (call);                                                                                          \
    if (kn_try_code != KN_OK)                                                                                                    \
      return kn_try_code;                                                                                                        \
  } while (0)

/* ------------------------------------------------------------------ arena
 * kn_arena_reserve() is the one call that can run out (KN_E_LIMIT, also for a NULL arena); takes
 * up to what was reserved cannot. Memory is zeroed and aligned to 16 bytes; every take is rounded up
 * to 16. A reservation holds until the next one on the same arena: reserve, take, then call others. With
 * -Darena=malloc each take is an allocation of its own, so sanitizers see overruns. */
typedef struct kn_arena kn_arena;
kn_arena *kn_arena_new(void);        /* NULL when memory is out; reserve then reports it */
void kn_arena_free(kn_arena *arena); /* NULL is fine */
kn_code kn_arena_reserve(kn_arena *arena, size_t bytes, kn_error *err);
void *kn_arena_take(kn_arena *arena, size_t count, size_t size);
size_t kn_arena_bytes(const kn_arena *arena); /* bytes handed out */

/* Bytes of count items, or SIZE_MAX, which no arena reserves, when that overflows. */
static inline size_t
kn_arena_span(size_t count, size_t size)
{
  size_t bytes;
  return __builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - 16 ? SIZE_MAX : bytes + 16;
}

/* Reserve and take `count` zeroed items of *ptr in one go, or return from the caller with KN_E_LIMIT. */
#define KN_NEW(ptr, arena, count, err)                                                                                           \
  do {                                                                                                                           \
    KN_TRY(kn_arena_reserve((arena), kn_arena_span((size_t)(count) + 1, sizeof *(ptr)), (err)));                                 \
    (ptr) = kn_arena_take((arena), (size_t)(count) + 1, sizeof *(ptr));                                                          \
  } while (0)

/* Asks the system for large pages where the memory is large: filling fresh memory costs a fault per page, random reads an
 * entry of the address cache each. Only a wish; where it is not granted nothing changes. NULL is fine. Arenas and
 * growable arrays ask by themselves. */
void kn_wish_large_pages(void *at, size_t bytes);

/* A growable array outside arenas, to free(): grows *data (items of `size` bytes) so that `need` fit; new items are not zeroed.
 * KN_E_LIMIT: *data and *capacity stay as they are. Amortised O(1) per item. */
kn_code kn_grow(void **data, int64_t *capacity, int64_t need, size_t size, kn_error *err);
#define KN_GROW(data, capacity, need, err) kn_grow((void **)&(data), &(capacity), (need), sizeof *(data), (err))

/* ------------------------------------------------------------------ text
 * `length` bytes of text into the arena, with a NUL behind them. KN_E_LIMIT. O(length). */
kn_code kn_text_copy(const char **out, kn_arena *arena, const char *text, size_t length, kn_error *err);
/* Each of `count` texts that others lend becomes a copy in the arena; NULL stays NULL. KN_E_LIMIT. O(their length). */
kn_code kn_texts_keep(const char **const text[], int32_t count, kn_arena *arena, kn_error *err);
/* A text that grows; free(at) in the end. Ends in NUL after every put. KN_E_LIMIT; amortised O(length) of what is put. */
typedef struct kn_text_out {
  char *at;
  int64_t length, capacity;
} kn_text_out;
kn_code kn_text_put(kn_text_out *out, const char *text, size_t length, kn_error *err);
/* Byte offset of the first byte that is not UTF-8, or -1. O(length). */
int64_t kn_text_bad_utf8(const char *text, size_t length);
/* Damerau-Levenshtein distance (Damerau 1964, Communications of the ACM 7(3)) on case-folded code points, at most `limit` + 1.
 * O(n m). */
int32_t kn_text_distance(const char *a, const char *b, int32_t limit);
/* Lower case, accents stripped, runs of other than letters and digits as one space; for comparing names.
 * Writes at most `size` bytes with the final NUL; returns the length it wanted (out NULL with size 0: that alone). O(length). */
size_t kn_text_fold(char *out, size_t size, const char *text);

/* Keys (NUL-terminated, not copied) to row numbers 0..n-1; grows by itself. KN_E_LIMIT. Expected O(1) per call. */
typedef struct kn_keymap kn_keymap;
kn_code kn_keymap_new(kn_keymap **out, int64_t expected, kn_error *err);
void kn_keymap_free(kn_keymap *map);
/* *row is the row already there for this key, else `next` is stored and -1 put in *row. */
kn_code kn_keymap_put(kn_keymap *map, const char *key, int32_t next, int32_t *row, kn_error *err);
int32_t kn_keymap_find(const kn_keymap *map, const char *key); /* -1: not there */

/* ------------------------------------------------------------------ numbers and dates
 * Blank is NAN for a number, KN_NONE for an integer, date or row. */
#define KN_NONE (-1)           /* no row */
#define KN_BLANK_INT INT32_MIN /* integer or date not given */

/* A finite decimal number that fills `text` wholly (blanks around it allowed); locale independent.
 * `decimal` is '.' or ','. False when it is anything else. */
bool kn_number_read(const char *text, size_t length, char decimal, double *out);
/* Shortest text that reads back to the same double; no exponent between 1e-5 and 1e15. Returns the length. */
size_t kn_number_write(char out[40], double value);
/* ISO 8601 date (YYYY-MM-DD; also YYYY and YYYY-MM, meaning their first day) to days since 1970-01-01, Gregorian also before 1582.
 * False: no date. */
bool kn_date_read(const char *text, size_t length, int32_t *days);
size_t kn_date_write(char out[16], int32_t days);             /* YYYY-MM-DD; "" for KN_BLANK_INT; returns the length */
int32_t kn_date_of(int32_t year, int32_t month, int32_t day); /* KN_BLANK_INT: there is no such day */
/* Share 0..1 of the year that the window covers; `to` is the last day inside; KN_BLANK_INT is open. O(1). */
double kn_date_share(int32_t from, int32_t to, int32_t year);

/* ------------------------------------------------------------------ units (UDUNITS-2)
 * Knows also Wh and its multiples, EUR (and other ISO currency codes as dimensions of their own), FTE
 * (= fte_h hours), piece. One object per thread. KN_E_INPUT: fte_h is not above 0; KN_E_IO: UDUNITS finds no database. */
typedef struct kn_units kn_units;
kn_code kn_units_new(kn_units **out, double fte_h, kn_error *err);
void kn_units_free(kn_units *units);
/* factor such that x [from] = x * factor [to]. KN_E_INPUT says which is unknown or that dimensions differ.
 * Units with an offset (degC) convert only to themselves. Results are cached. */
kn_code kn_units_factor(kn_units *units, const char *from, const char *to, double *factor, kn_error *err);

/* ------------------------------------------------------------------ threads
 * Runs body(arg, first, last, worker) over [0,count) in chunks; chunks are handed out as threads are
 * free, so a body may write only to what belongs to its items, or to per-worker space. thread_count 0:
 * one per core; 1 runs in the caller. chunk 0: about eight per thread. Where the system gives no more threads those there are do the
 * work. KN_E_LIMIT: more than 2^61 items. Results must not depend on the number of threads. */
typedef void (*kn_body)(void *arg, int64_t first, int64_t last, int32_t worker);
int32_t kn_thread_count(int32_t wanted); /* wanted, or cores; at least 1 */
/* Where cores are short, this thread and those it starts wait rather than others do: for work beside that which all wait for. Until
 * the thread ends. */
void kn_thread_stand_back(void);
kn_code kn_parallel(int32_t thread_count, int64_t count, int64_t chunk, kn_body body, void *arg, kn_error *err);
/* The same for many short loops one after the other: threads that wait in between, first awake (some 0.1 ms), then asleep. A team
 * belongs to one caller, a body starts no loop on it, and its workers are numbered below kn_thread_count(thread_count). A
 * team of one is NULL. */
typedef struct kn_team kn_team;
kn_code kn_team_new(kn_team **out, int32_t thread_count, kn_error *err);
kn_code kn_team_run(kn_team *team, int64_t count, int64_t chunk, kn_body body, void *arg, kn_error *err);
void kn_team_free(kn_team *team); /* NULL is fine */

/* ------------------------------------------------------------------ watch: progress, stop, time
 * The core has no clock and no signals; the caller lends them. Any member may be NULL. */
typedef struct kn_progress {
  const char *phase;   /* English msgid */
  double done, total;  /* total 0: unknown */
  double value, bound; /* NAN where there is none yet */
  /* For a log: a coarser market than the one asked about (0: this one), and pivots of the network engine or columns of
   * the linear program so far. */
  int32_t level;
  int64_t steps;
} kn_progress;
typedef struct kn_watch {
  void (*tell)(void *arg, const kn_progress *progress);
  bool (*is_stopped)(void *arg);
  double (*seconds)(void *arg); /* monotonic */
  void *arg;
} kn_watch;
void kn_watch_tell(const kn_watch *watch, const kn_progress *progress); /* NULL watch is fine */
bool kn_watch_is_stopped(const kn_watch *watch);
double kn_watch_seconds(const kn_watch *watch); /* 0 without a clock */

/* ------------------------------------------------------------------ digest (BLAKE2b-256, RFC 7693; libsodium)
 * KN_E_LIMIT: no memory; KN_E_NUMERIC: libsodium does not start. O(bytes). */
typedef struct kn_digest kn_digest;
kn_code kn_digest_new(kn_digest **out, kn_error *err);
void kn_digest_add(kn_digest *digest, const void *data, size_t length);
void kn_digest_end(kn_digest *digest, char hex[65]); /* also frees it */

const char *kn_version(void); /* "0.2.0" */

#endif
