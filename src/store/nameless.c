/* SQLite on a file that has no name: a small VFS that reads and writes an open descriptor, given as its number.
 *
 * Nobody else can open such a file, so locks are not needed; its journal is kept in memory, and whoever publishes it
 * brings it to the disk. Pages that follow each other are gathered, and a thread hands them to the system while SQLite
 * fills the next ones:
 *
 *   SQLite ──> gathered (1 MiB) ──full──> on its way ──thread──> pwrite
 *
 * Whatever else SQLite asks of the file (to read, to sync at the end of each transaction) waits until all is written. A
 * write that fails is told at the next call, at the latest at that sync. Anything else SQLite may open is left to the
 * usual VFS. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

enum { GATHERED_MOST = 1 << 20 };

typedef struct run {
  sqlite3_int64 offset; /* where the bytes belong */
  int length;
  char *bytes; /* [GATHERED_MOST] */
} run;

typedef struct writing {
  int fd;       /* lent */
  run gathered; /* by SQLite */
  /* The rest belongs to the thread too; guarded by the mutex. */
  run on_its_way; /* length 0: nothing */
  int rc;         /* of the first write that failed */
  bool is_over, has_thread;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t change;
} writing;

typedef struct nameless {
  sqlite3_file base;
  writing *out;
} nameless;

/* ---------------------------------------------------------------- writing */
static int
write_all(int fd, const char *data, int amount, sqlite3_int64 offset)
{
  int done = 0;
  while (done < amount) {
    const ssize_t put = pwrite(fd, data + done, (size_t)(amount - done), offset + done);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    done += (int)put;
  }
  return SQLITE_OK;
}

static void *
write_behind(void *arg)
{
  writing *out = arg;
  pthread_mutex_lock(&out->mutex);
  for (;;) {
    while (out->on_its_way.length == 0 && !out->is_over)
      pthread_cond_wait(&out->change, &out->mutex);
    if (out->on_its_way.length == 0)
      break;
    const run full = out->on_its_way;
    pthread_mutex_unlock(&out->mutex);
    const int rc = write_all(out->fd, full.bytes, full.length, full.offset);
    pthread_mutex_lock(&out->mutex);
    out->on_its_way.length = 0;
    if (out->rc == SQLITE_OK)
      out->rc = rc;
    pthread_cond_signal(&out->change);
  }
  pthread_mutex_unlock(&out->mutex);
  return NULL;
}

/* Waits until nothing is on its way; what failed so far. */
static int
wait_for_thread(writing *out)
{
  if (!out->has_thread)
    return out->rc;
  pthread_mutex_lock(&out->mutex);
  while (out->on_its_way.length > 0)
    pthread_cond_wait(&out->change, &out->mutex);
  const int rc = out->rc;
  pthread_mutex_unlock(&out->mutex);
  return rc;
}

/* All that is gathered is in the system's hands. */
static int
flush(writing *out)
{
  int rc = wait_for_thread(out);
  if (out->gathered.length > 0 && rc == SQLITE_OK)
    rc = write_all(out->fd, out->gathered.bytes, out->gathered.length, out->gathered.offset);
  out->gathered.length = 0;
  return rc;
}

/* What is gathered goes on its way, by a thread that starts with the first such run: small files need none. */
static int
send(writing *out)
{
  if (out->gathered.length == 0)
    return SQLITE_OK;
  if (!out->has_thread)
    out->has_thread = pthread_create(&out->thread, NULL, write_behind, out) == 0;
  if (!out->has_thread)
    return flush(out);
  const int rc = wait_for_thread(out);
  if (rc != SQLITE_OK)
    return rc;
  pthread_mutex_lock(&out->mutex);
  const run empty = {.bytes = out->on_its_way.bytes};
  out->on_its_way = out->gathered;
  out->gathered = empty;
  pthread_cond_signal(&out->change);
  pthread_mutex_unlock(&out->mutex);
  return SQLITE_OK;
}

static void
free_writing(writing *out)
{
  if (out == NULL)
    return;
  if (out->has_thread) {
    pthread_mutex_lock(&out->mutex);
    out->is_over = true;
    pthread_cond_signal(&out->change);
    pthread_mutex_unlock(&out->mutex);
    pthread_join(out->thread, NULL);
  }
  pthread_cond_destroy(&out->change);
  pthread_mutex_destroy(&out->mutex);
  free(out->gathered.bytes);
  free(out->on_its_way.bytes);
  free(out);
}

static writing *
new_writing(int fd)
{
  writing *out = calloc(1, sizeof *out);
  if (out == NULL)
    return NULL;
  out->fd = fd;
  pthread_mutex_init(&out->mutex, NULL);
  pthread_cond_init(&out->change, NULL);
  out->gathered.bytes = malloc(GATHERED_MOST);
  out->on_its_way.bytes = malloc(GATHERED_MOST);
  if (out->gathered.bytes != NULL && out->on_its_way.bytes != NULL)
    return out;
  free_writing(out);
  return NULL;
}

/* ---------------------------------------------------------------- what SQLite asks of the file */
static int
close_lent(sqlite3_file *file)
{
  writing *out = ((nameless *)file)->out;
  const int rc = flush(out);
  free_writing(out);
  return rc;
}

static int
read_bytes(sqlite3_file *file, void *to, int amount, sqlite3_int64 offset)
{
  writing *out = ((nameless *)file)->out;
  int done = 0;
  const int rc = flush(out);
  if (rc != SQLITE_OK)
    return rc;
  while (done < amount) {
    const ssize_t got = pread(out->fd, (char *)to + done, (size_t)(amount - done), offset + done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return SQLITE_IOERR_READ;
    if (got == 0)
      break;
    done += (int)got;
  }
  if (done == amount)
    return SQLITE_OK;
  memset((char *)to + done, 0, (size_t)(amount - done));
  return SQLITE_IOERR_SHORT_READ;
}

static int
write_bytes(sqlite3_file *file, const void *data, int amount, sqlite3_int64 offset)
{
  writing *out = ((nameless *)file)->out;
  run *gathered = &out->gathered;
  if (offset != gathered->offset + gathered->length || amount > GATHERED_MOST - gathered->length) {
    const int rc = send(out);
    if (rc != SQLITE_OK)
      return rc;
    gathered->offset = offset;
  }
  if (amount > GATHERED_MOST) {
    const int rc = flush(out);
    return rc == SQLITE_OK ? write_all(out->fd, data, amount, offset) : rc;
  }
  memcpy(gathered->bytes + gathered->length, data, (size_t)amount);
  gathered->length += amount;
  return SQLITE_OK;
}

static int
truncate_to(sqlite3_file *file, sqlite3_int64 size)
{
  writing *out = ((nameless *)file)->out;
  const int rc = flush(out);
  if (rc != SQLITE_OK)
    return rc;
  return ftruncate(out->fd, size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

/* To the system, not to the disk: that is for who publishes the file. The disk is told to begin, which is advice and may fail,
 * so that it is at work while the region is freed. */
static int
sync_bytes(sqlite3_file *file, int flags)
{
  (void)flags;
  writing *out = ((nameless *)file)->out;
  const int rc = flush(out);
  sync_file_range(out->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
  return rc;
}

static int
tell_size(sqlite3_file *file, sqlite3_int64 *size)
{
  writing *out = ((nameless *)file)->out;
  struct stat status;
  const int rc = flush(out);
  if (rc != SQLITE_OK)
    return rc;
  if (fstat(out->fd, &status) != 0)
    return SQLITE_IOERR_FSTAT;
  *size = status.st_size;
  return SQLITE_OK;
}

static int
take_lock(sqlite3_file *file, int level)
{
  (void)file, (void)level;
  return SQLITE_OK;
}

static int
is_reserved(sqlite3_file *file, int *out)
{
  (void)file;
  *out = 0;
  return SQLITE_OK;
}

static int
control(sqlite3_file *file, int what, void *arg)
{
  (void)file, (void)what, (void)arg;
  return SQLITE_NOTFOUND;
}

static int
sector_size(sqlite3_file *file)
{
  (void)file;
  return 4096;
}

static int
characteristics(sqlite3_file *file)
{
  (void)file;
  return SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_lent,
    .xRead = read_bytes,
    .xWrite = write_bytes,
    .xTruncate = truncate_to,
    .xSync = sync_bytes,
    .xFileSize = tell_size,
    .xLock = take_lock,
    .xUnlock = take_lock,
    .xCheckReservedLock = is_reserved,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
};

static sqlite3_vfs vfs;
static sqlite3_vfs *usual;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int
open_file(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  (void)self;
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
    return usual->xOpen(usual, name, file, flags, out_flags);
  writing *out = new_writing((int)strtol(name, NULL, 10));
  if (out == NULL)
    return SQLITE_NOMEM; /* pMethods stays NULL: nothing to close */
  *(nameless *)file = (nameless){.base.pMethods = &methods, .out = out};
  if (out_flags != NULL)
    *out_flags = flags;
  return SQLITE_OK;
}

static int
remove_nothing(sqlite3_vfs *self, const char *name, int is_synced)
{
  (void)self, (void)name, (void)is_synced;
  return SQLITE_OK;
}

/* No journal and no log belong to it. */
static int
find_nothing(sqlite3_vfs *self, const char *name, int flags, int *out)
{
  (void)self, (void)name, (void)flags;
  *out = 0;
  return SQLITE_OK;
}

static int
keep_name(sqlite3_vfs *self, const char *name, int size, char *out)
{
  (void)self;
  sqlite3_snprintf(size, out, "%s", name);
  return strlen(name) < (size_t)size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static void
register_vfs(void)
{
  usual = sqlite3_vfs_find(NULL);
  if (usual == NULL)
    return;
  vfs = *usual; /* randomness, time and the like stay */
  vfs.pNext = NULL;
  vfs.zName = "kn_nameless";
  vfs.szOsFile = usual->szOsFile > (int)sizeof(nameless) ? usual->szOsFile : (int)sizeof(nameless);
  vfs.xOpen = open_file;
  vfs.xDelete = remove_nothing;
  vfs.xAccess = find_nothing;
  vfs.xFullPathname = keep_name;
  sqlite3_vfs_register(&vfs, 0);
}

const char *
kn_nameless_vfs(void)
{
  pthread_once(&once, register_vfs);
  return "kn_nameless";
}
