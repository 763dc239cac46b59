/* One writer at a time, also among processes that know nothing of SQLite.
 *
 *   no file ──open──> file, no lock ──F_OFD_SETLK──> held (text says by whom) ──drop──> no file
 *                          │  ^                          │
 *                     held by other                  kill -9: the kernel ends the lock, the file and its
 *                     wait, look again               text stay, and the next writer takes it over
 *
 * Who waits looks every POLL_MS and leaves a mark in the file, so that who writes all the time can let it have its turn.
 *
 * The lock is on the open file, not on its text, so nothing has to be cleaned up after a crash. Who held the file
 * while another removed it sees another inode under the name, and starts again. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/internal.h"

struct kn_lock {
  int fd;
  char *file;
};
enum { MARK_AT = 1023, POLL_MS = 20 }; /* the mark stands far behind the text */

void
kn_store_now(char out[32])
{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  struct tm utc;
  gmtime_r(&now.tv_sec, &utc);
  const size_t length = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &utc);
  snprintf(out + length, 32 - length, ".%09ldZ", now.tv_nsec);
}

double
kn_store_seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

typedef enum answer { HELD, HELD_BY_OTHER, FILE_GONE } answer;

/* One try. Unless it fails, lock->fd is open afterwards. */
static kn_code
try_lock(kn_lock *lock, const char *path, answer *out, kn_error *err)
{
  lock->fd = open(lock->file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock->fd < 0)
    return kn_fail(err, KN_E_IO, "%s cannot be written: making %s failed: %s", path, lock->file, strerror(errno));
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  struct stat open_file, named;
  if (fcntl(lock->fd, F_OFD_SETLK, &whole) == 0) {
    const bool is_same = fstat(lock->fd, &open_file) == 0 && stat(lock->file, &named) == 0 && open_file.st_ino == named.st_ino &&
                         open_file.st_dev == named.st_dev;
    *out = is_same ? HELD : FILE_GONE;
    return KN_OK;
  }
  const int reason = errno;
  *out = HELD_BY_OTHER;
  if (reason == EAGAIN || reason == EACCES)
    return KN_OK;
  close(lock->fd);
  return kn_fail(err, KN_E_IO, "%s cannot be locked: %s", path, strerror(reason));
}

/* Tells who is writing, in the words that process left in the file. */
static void
read_holder(int fd, char *out, size_t size)
{
  const ssize_t length = pread(fd, out, size - 1, 0);
  out[length > 0 ? length : 0] = '\0';
  out[strcspn(out, "\n")] = '\0';
  if (out[0] == '\0')
    snprintf(out, size, "another process");
}

static void
write_holder(int fd, const char *command)
{
  char host[128] = "?", now[32], text[512];
  gethostname(host, sizeof host - 1);
  kn_store_now(now);
  now[19] = 'Z';
  now[20] = '\0';
  const int length = snprintf(text, sizeof text, "`%s` (process %ld on %s, since %s)\n", command, (long)getpid(), host, now);
  /* The text only informs: a lock without it still holds. */
  if (ftruncate(fd, 0) != 0 || pwrite(fd, text, length < (int)sizeof text ? (size_t)length : sizeof text - 1, 0) < 0)
    return;
}

static kn_code
wait_for_lock(kn_lock *lock, const char *path, const kn_store_settings *settings, kn_error *err)
{
  const double end = kn_store_seconds() + settings->wait_s;
  for (;;) {
    answer told = HELD_BY_OTHER;
    KN_TRY(try_lock(lock, path, &told, err));
    if (told == HELD)
      return KN_OK;
    if (told == FILE_GONE) {
      close(lock->fd);
      continue;
    }
    char holder[512];
    read_holder(lock->fd, holder, sizeof holder);
    if (pwrite(lock->fd, "w", 1, MARK_AT) != 1) /* a turn that nobody gives comes later */
      errno = 0;
    close(lock->fd);
    if (kn_store_seconds() >= end)
      return kn_fail(err, KN_E_LOCK, "%s is being written by %s; waited %g s for it", path, holder, settings->wait_s);
    if (kn_watch_is_stopped(settings->watch))
      return kn_fail(err, KN_E_STOPPED, "stopped while waiting for %s to end writing %s", holder, path);
    nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000}, NULL);
  }
}

kn_code
kn_lock_take(kn_lock **out, const char *real, const char *path, const kn_store_settings *settings, kn_error *err)
{
  *out = NULL;
  const size_t size = strlen(real) + sizeof "-lock";
  kn_lock *lock = calloc(1, sizeof *lock);
  char *file = malloc(size);
  if (lock == NULL || file == NULL) {
    free(lock);
    free(file);
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  }
  snprintf(file, size, "%s-lock", real);
  lock->file = file;
  const kn_code code = wait_for_lock(lock, path, settings, err);
  if (code != KN_OK) {
    free(file);
    free(lock);
    return code;
  }
  write_holder(lock->fd, settings->command != NULL ? settings->command : "knoop");
  *out = lock;
  return KN_OK;
}

bool
kn_lock_is_awaited(const kn_lock *lock)
{
  char mark = '\0';
  return pread(lock->fd, &mark, 1, MARK_AT) == 1 && mark != '\0';
}

void
kn_lock_leave(void)
{
  nanosleep(&(struct timespec){.tv_nsec = 2 * POLL_MS * 1000000}, NULL);
}

void
kn_lock_drop(kn_lock *lock)
{
  if (lock == NULL)
    return;
  unlink(lock->file); /* while still held, so that nobody can hold the file that goes */
  close(lock->fd);
  free(lock->file);
  free(lock);
}
