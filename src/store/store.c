/* Opening, making and closing a region file.
 *
 *   kn_store_create ─> is_new: a file without a name, nobody sees it ──publish──> reading
 *                                        └─close─> nothing was ever there
 *   kn_store_open ─> header fits ─> (writer: lock held) ─> connected ─> version known ─> reading or writing
 *                                                                          │ older: migrated first
 *                                                                          │ newer: reading only, with a notice
 *
 * At rest a region file is one plain file. While a writer is at it, it is in WAL mode, so that readers go on; the
 * last one to close turns that back. A large import stays with the rollback journal: it mostly adds pages, which are
 * then written once, not to a log and from there to the file; readers go on until it commits and wait for that long.
 * Whatever is read or written happens in transactions of the other files here. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

/* ---------------------------------------------------------------- connecting */
static int
is_stopped(void *arg)
{
  return kn_watch_is_stopped(((const kn_store *)arg)->watch);
}

kn_code
kn_store_connect(kn_store *store, const char *name, int flags, const char *vfs, kn_error *err)
{
  const int rc = sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_NOMUTEX, vfs);
  if (rc != SQLITE_OK)
    return kn_sql_fail(store, rc, err);
  sqlite3_extended_result_codes(store->db, 1);
  sqlite3_busy_timeout(store->db, (int)(store->wait_s * 1000));
  if (store->watch != NULL)
    sqlite3_progress_handler(store->db, 20000, is_stopped, store);
  const int functions = kn_geometry_register(store->db);
  return functions == SQLITE_OK ? KN_OK : kn_sql_fail(store, functions, err);
}

void
kn_store_disconnect(kn_store *store)
{
  sqlite3_close(store->db);
  store->db = NULL;
}

/* SQLite counts the bytes it has under one lock for the whole process, unless it is told not to before its first use: readers would
 * wait for each other at every allocation. Nobody asks for the count. */
static void
set_up_sqlite(void)
{
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* refused when somebody else came first: then it is as it was */
}

kn_code
kn_store_new(kn_store **out, const char *path, const kn_store_settings *settings, kn_error *err)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  *out = NULL;
  pthread_once(&once, set_up_sqlite);
  kn_arena *keep = kn_arena_new();
  kn_store *store = NULL;
  kn_code code = kn_arena_reserve(keep, sizeof *store + 16, err);
  if (code == KN_OK) {
    store = kn_arena_take(keep, 1, sizeof *store);
    *store = (kn_store){.keep = keep, .watch = settings->watch, .wait_s = settings->wait_s, .new_fd = -1};
    code = kn_text_copy((const char **)&store->path, keep, path, strlen(path), err);
  }
  if (code != KN_OK) {
    kn_arena_free(keep);
    return code;
  }
  *out = store;
  return KN_OK;
}

/* The name of the file itself: two writers who come by different links must meet at one lock. */
static kn_code
find_real(kn_store *store, kn_error *err)
{
  char *real = realpath(store->path, NULL);
  if (real == NULL)
    return kn_fail(err, KN_E_IO, "%s cannot be opened: %s", store->path, strerror(errno));
  const kn_code code = kn_text_copy((const char **)&store->real, store->keep, real, strlen(real), err);
  free(real);
  return code;
}

/* ---------------------------------------------------------------- is it a region file? */
static uint32_t
big_u32(const uint8_t *at)
{
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Is there a log or a journal beside the file, from a writer that is at it or was killed? */
static bool
has_log(const kn_store *store)
{
  static const char *const endings[] = {"-wal", "-journal"};
  for (int i = 0; i < 2; i++) {
    char log[4096];
    struct stat status;
    if (snprintf(log, sizeof log, "%s%s", store->real, endings[i]) >= (int)sizeof log)
      return true;
    if (stat(log, &status) == 0 && status.st_size > 0)
      return true;
  }
  return false;
}

/* The first 100 bytes, zeros where there are fewer, and after that the size: a file that grows meanwhile only looks
 * too long. Through SQLite, since closing any other descriptor of the file would end the locks that this process has on
 * it for another store (a rule of POSIX). */
static kn_code
read_header(const kn_store *store, uint8_t head[100], int64_t *size, kn_error *err)
{
  sqlite3_file *file = NULL;
  sqlite3_int64 bytes = 0;
  int rc = sqlite3_file_control(store->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (rc == SQLITE_OK)
    rc = file->pMethods->xRead(file, head, 100, 0);
  if (rc == SQLITE_OK || rc == SQLITE_IOERR_SHORT_READ)
    rc = file->pMethods->xFileSize(file, &bytes);
  *size = bytes;
  return rc == SQLITE_OK ? KN_OK : kn_sql_fail(store, rc, err);
}

/* Bytes that the header says there are; 0 where it is not known, as other programs need not say. */
static int64_t
whole_size(const uint8_t head[100])
{
  const uint32_t page_size = (uint32_t)head[16] << 8 | head[17];
  if (big_u32(head + 24) != big_u32(head + 92))
    return 0;
  return (page_size == 1 ? 65536 : (int64_t)page_size) * big_u32(head + 28);
}

/* The first 100 bytes of any SQLite file say what it is and how long it must be. */
static kn_code
check_header(const kn_store *store, bool *is_wal, kn_error *err)
{
  uint8_t head[100] = {0};
  int64_t size;
  KN_TRY(read_header(store, head, &size, err));
  if (size <= 0)
    return kn_fail(err, KN_E_INPUT, "%s is not a region file: it is empty", store->path);
  if (memcmp(head, "SQLite format 3", size < 16 ? (size_t)size : 16) != 0)
    return kn_fail(err, KN_E_INPUT, "%s is not a region file: it is no SQLite database", store->path);
  const bool is_cut = size < (int64_t)sizeof head;
  if (!is_cut && big_u32(head + 68) != 0x47504B47)
    return kn_fail(err, KN_E_INPUT, "%s is an SQLite database, but no GeoPackage and so no region file", store->path);
  *is_wal = head[18] == 2;
  if (!is_cut && (size >= whole_size(head) || has_log(store)))
    return KN_OK;
  /* A writer may have ended between the look at the file and the look for its log. Then the file is whole by now. */
  KN_TRY(read_header(store, head, &size, err));
  if (size >= (int64_t)sizeof head && (size >= whole_size(head) || has_log(store)))
    return KN_OK;
  return kn_fail(err, KN_E_INPUT, "%s is damaged: it is cut off after %" PRId64 " of %" PRId64 " bytes", store->path, size,
                 whole_size(head));
}

/* ---------------------------------------------------------------- opening */
static bool
may_write(const char *path)
{
  return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

static bool
may_write_beside(const kn_store *store)
{
  char folder[4096];
  const char *slash = strrchr(store->real, '/');
  const size_t length = (size_t)(slash - store->real);
  if (length + 1 >= sizeof folder)
    return false;
  memcpy(folder, store->real, length + 1);
  folder[length + 1] = '\0';
  return may_write(folder);
}

static kn_code
connect_unchanging(kn_store *store, kn_error *err)
{
  sqlite3_str *text = sqlite3_str_new(NULL);
  sqlite3_str_appendall(text, "file://");
  for (const char *c = store->real; *c != '\0'; c++)
    if (strchr("%?#", *c) != NULL)
      sqlite3_str_appendf(text, "%%%02X", (unsigned char)*c);
    else
      sqlite3_str_appendchar(text, 1, *c);
  sqlite3_str_appendall(text, "?immutable=1");
  char *uri = sqlite3_str_finish(text);
  if (uri == NULL)
    return kn_sql_fail(store, SQLITE_NOMEM, err);
  const kn_code code = kn_store_connect(store, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL, err);
  sqlite3_free(uri);
  return code;
}

/* A file in WAL mode wants to write beside itself even when it is only read. Where that is not possible and nobody
 * left a log, nobody can be writing either, so it may be read as a file that does not change. */
static kn_code
connect_existing(kn_store *store, bool is_writable, kn_error *err)
{
  struct stat status;
  bool is_wal = false;
  if (stat(store->real, &status) == 0 && !S_ISREG(status.st_mode))
    return kn_fail(err, KN_E_INPUT, "%s is not a region file: it is no file", store->path);
  KN_TRY(kn_store_connect(store, store->real, is_writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, NULL, err));
  KN_TRY(check_header(store, &is_wal, err));
  if (is_writable || !is_wal || may_write_beside(store) || has_log(store))
    return KN_OK;
  kn_store_disconnect(store);
  return connect_unchanging(store, err);
}

static kn_code
meet_newer(kn_store *store, bool is_writer, kn_error *err)
{
  /* Not a byte of it may change, also not by folding in a log that somebody left. */
  sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  snprintf(store->notice, sizeof store->notice,
           "%s was written by a newer knoop (version %d of its tables; this one knows %d): it can be read here, not changed",
           store->path, store->version, kn_store_newest_version());
  return is_writer ? kn_fail(err, KN_E_VERSION, "%s", store->notice) : KN_OK;
}

static kn_code
meet_older(kn_store *store, bool is_writable, const kn_store_settings *settings, kn_error *err)
{
  if (!is_writable) {
    snprintf(
        store->notice, sizeof store->notice,
        "%s was written by an older knoop (version %d of its tables; this one writes %d) and is read-only: it is read as it is",
        store->path, store->version, kn_store_newest_version());
    return KN_OK;
  }
  kn_lock *lock = NULL;
  if (store->writing == NULL)
    KN_TRY(kn_lock_take(&lock, store->real, store->path, settings, err));
  const kn_code code = kn_migrate(store, kn_store_newest_version(), err);
  kn_lock_drop(lock);
  return code;
}

static kn_code
open_existing(kn_store *store, const kn_store_settings *settings, kn_error *err)
{
  KN_TRY(find_real(store, err));
  const bool is_writable = may_write(store->real);
  KN_TRY(connect_existing(store, is_writable, err));
  if (settings->is_writer && !is_writable)
    return kn_fail(err, KN_E_IO, "%s cannot be written: it is read-only", store->path);
  if (settings->is_writer)
    KN_TRY(kn_lock_take(&store->writing, store->real, store->path, settings, err));
  KN_TRY(kn_migrate_version(store, &store->version, err));
  const int32_t newest = kn_store_newest_version();
  if (store->version > newest)
    KN_TRY(meet_newer(store, settings->is_writer, err));
  if (store->version < newest)
    KN_TRY(meet_older(store, is_writable, settings, err));
  if (!settings->is_writer)
    return kn_sql_run(store, "PRAGMA query_only = ON", err);
  store->is_writer = true;
  return kn_sql_run(store,
                    "PRAGMA synchronous = EXTRA; PRAGMA cache_size = -163840; PRAGMA temp_store = MEMORY;"
                    "PRAGMA secure_delete = OFF; PRAGMA wal_autocheckpoint = 10000",
                    err);
}

kn_code
kn_store_begin(kn_store *store, int64_t rows, kn_error *err)
{
  assert(store->is_writer);
  /* Only now, so that a command that finds nothing to write leaves every byte. Readers that are at it may keep the file
   * from turning to WAL; then commits wait for them, and all else is the same. */
  if (!store->is_new && !store->is_in_wal) {
    store->is_in_wal = rows < KN_LARGE_ROWS;
    sqlite3_exec(store->db, store->is_in_wal ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
  }
  return kn_sql_run(store, "BEGIN IMMEDIATE", err);
}

kn_code
kn_store_reopen(kn_store *store, kn_error *err)
{
  const kn_store_settings reader = {.wait_s = store->wait_s, .watch = store->watch};
  return open_existing(store, &reader, err);
}

kn_code
kn_store_open(kn_store **out, const char *path, const kn_store_settings *settings, kn_error *err)
{
  *out = NULL;
  kn_store *store;
  KN_TRY(kn_store_new(&store, path, settings, err));
  const kn_code code = open_existing(store, settings, err);
  if (code != KN_OK) {
    kn_store_close(store);
    return code;
  }
  *out = store;
  return KN_OK;
}

void
kn_store_close(kn_store *store)
{
  if (store == NULL)
    return;
  kn_early_give_up(store->early);
  store->early = NULL;
  if (store->is_in_wal) {
    kn_sql_roll_back(store);
    sqlite3_progress_handler(store->db, 0, NULL, NULL);
    sqlite3_busy_timeout(store->db, 0);
    sqlite3_exec(store->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
  }
  kn_store_disconnect(store);
  if (store->new_path != NULL)
    unlink(store->new_path);
  if (store->new_fd >= 0)
    close(store->new_fd);
  kn_lock_drop(store->writing);
  kn_arena_free(store->keep);
}

int32_t
kn_store_version(const kn_store *store)
{
  return store->version;
}

const char *
kn_store_notice(const kn_store *store)
{
  return store->notice[0] != '\0' ? store->notice : NULL;
}
