/* SQLite on a file that has no name: a small VFS that reads and writes an open descriptor, given as its number.
 *
 * Nobody else can open such a file, so locks are not needed; its journal is kept in memory, and whoever publishes it
 * brings it to the disk. Pages that follow each other are gathered and written together, at the latest when SQLite
 * asks to sync (at the end of each transaction) or to read. Anything else SQLite may open is left to the usual VFS. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

enum { GATHERED_MOST = 1 << 20 };

typedef struct nameless {
  sqlite3_file base;
  int fd;               /* lent */
  sqlite3_int64 offset; /* where the gathered bytes belong */
  int gathered;         /* bytes in the buffer */
  char *buffer;         /* [GATHERED_MOST] */
} nameless;

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

static int
flush(nameless *file)
{
  const int amount = file->gathered;
  file->gathered = 0;
  return amount == 0 ? SQLITE_OK : write_all(file->fd, file->buffer, amount, file->offset);
}

static int
close_lent(sqlite3_file *file)
{
  const int rc = flush((nameless *)file);
  free(((nameless *)file)->buffer);
  return rc;
}

static int
read_bytes(sqlite3_file *base, void *out, int amount, sqlite3_int64 offset)
{
  nameless *file = (nameless *)base;
  int done = 0;
  const int rc = flush(file);
  if (rc != SQLITE_OK)
    return rc;
  while (done < amount) {
    const ssize_t got = pread(file->fd, (char *)out + done, (size_t)(amount - done), offset + done);
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
  memset((char *)out + done, 0, (size_t)(amount - done));
  return SQLITE_IOERR_SHORT_READ;
}

static int
write_bytes(sqlite3_file *base, const void *data, int amount, sqlite3_int64 offset)
{
  nameless *file = (nameless *)base;
  if (offset != file->offset + file->gathered || amount > GATHERED_MOST - file->gathered) {
    const int rc = flush(file);
    if (rc != SQLITE_OK)
      return rc;
    file->offset = offset;
  }
  if (amount > GATHERED_MOST)
    return write_all(file->fd, data, amount, offset);
  memcpy(file->buffer + file->gathered, data, (size_t)amount);
  file->gathered += amount;
  return SQLITE_OK;
}

static int
truncate_to(sqlite3_file *base, sqlite3_int64 size)
{
  nameless *file = (nameless *)base;
  const int rc = flush(file);
  if (rc != SQLITE_OK)
    return rc;
  return ftruncate(file->fd, size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

/* To the system, not to the disk: that is for who publishes the file. */
static int
sync_bytes(sqlite3_file *file, int flags)
{
  (void)flags;
  return flush((nameless *)file);
}

static int
tell_size(sqlite3_file *base, sqlite3_int64 *size)
{
  nameless *file = (nameless *)base;
  struct stat status;
  const int rc = flush(file);
  if (rc != SQLITE_OK)
    return rc;
  if (fstat(file->fd, &status) != 0)
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
  char *buffer = malloc(GATHERED_MOST);
  if (buffer == NULL)
    return SQLITE_NOMEM; /* pMethods stays NULL: nothing to close */
  *(nameless *)file = (nameless){.base.pMethods = &methods, .fd = (int)strtol(name, NULL, 10), .buffer = buffer};
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
