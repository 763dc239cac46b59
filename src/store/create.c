/* A new region file, which nobody sees until it is whole.
 *
 * Linux knows files without a name (O_TMPFILE): the database is built in one, brought to the disk, and then given
 * its name in one step that fails when the name is taken. A process killed on the way leaves nothing. Where the file
 * system has no such files, the file stands as PATH.new-PID for the time being. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

/* The folder a path lies in, as text that ends in '/'. */
static kn_code
folder_of(const char **out, kn_arena *arena, const char *path, kn_error *err)
{
  const char *slash = strrchr(path, '/');
  if (slash == NULL)
    return kn_text_copy(out, arena, "./", 2, err);
  return kn_text_copy(out, arena, path, (size_t)(slash + 1 - path), err);
}

static kn_code
make_named(kn_store *store, kn_error *err)
{
  const size_t size = strlen(store->path) + 32;
  KN_NEW(store->new_path, store->keep, size, err);
  snprintf(store->new_path, size, "%s.new-%ld", store->path, (long)getpid());
  store->new_fd = open(store->new_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (store->new_fd >= 0)
    return KN_OK;
  const int reason = errno;
  kn_code code = kn_fail(err, KN_E_IO, "%s cannot be made: %s: %s", store->path, store->new_path, strerror(reason));
  store->new_path = NULL; /* not ours to remove */
  return code;
}

static kn_code
make_file(kn_store *store, bool wants_named, kn_error *err)
{
  struct stat status;
  if (lstat(store->path, &status) == 0)
    return kn_fail(err, KN_E_IO, "%s is there already", store->path);
  const char *folder;
  KN_TRY(folder_of(&folder, store->keep, store->path, err));
  if (!wants_named)
    store->new_fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
  if (store->new_fd >= 0)
    return KN_OK;
  if (!wants_named && errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOSYS)
    return kn_fail(err, KN_E_IO, "%s cannot be made: %s", store->path, strerror(errno));
  return make_named(store, err);
}

static kn_code
start_new(kn_store *store, bool wants_named, kn_error *err)
{
  KN_TRY(make_file(store, wants_named, err));
  char number[16];
  snprintf(number, sizeof number, "%d", store->new_fd);
  store->is_new = true;
  store->is_writer = true;
  KN_TRY(kn_store_connect(store, number, SQLITE_OPEN_READWRITE, kn_nameless_vfs(), err));
  /* Nobody sees the file, so speed is all; the journal in memory is for statements that fail. NORMAL: what nameless.c
   * gathers goes to the system when a transaction ends, and a full disk is heard of there. */
  KN_TRY(kn_sql_run(
      store,
      "PRAGMA page_size = 16384; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = NORMAL;"
      "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = OFF",
      err));
  return kn_migrate(store, kn_store_newest_version(), err);
}

kn_code
kn_store_create_as(kn_store **out, const char *path, const kn_store_settings *settings, bool wants_named, kn_error *err)
{
  *out = NULL;
  kn_store *store;
  KN_TRY(kn_store_new(&store, path, settings, err));
  const kn_code code = start_new(store, wants_named, err);
  if (code != KN_OK) {
    kn_store_close(store);
    return code;
  }
  *out = store;
  return KN_OK;
}

kn_code
kn_store_create(kn_store **out, const char *path, const kn_store_settings *settings, kn_error *err)
{
  return kn_store_create_as(out, path, settings, false, err);
}

/* ---------------------------------------------------------------- publishing */
static kn_code
give_name(kn_store *store, kn_error *err)
{
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", store->new_fd);
  const char *from = store->new_path != NULL ? store->new_path : name;
  if (linkat(AT_FDCWD, from, AT_FDCWD, store->path, AT_SYMLINK_FOLLOW) != 0)
    return errno == EEXIST ? kn_fail(err, KN_E_IO, "%s is there already", store->path)
                           : kn_fail(err, KN_E_IO, "%s cannot be made: %s", store->path, strerror(errno));
  if (store->new_path != NULL)
    unlink(store->new_path);
  store->new_path = NULL;
  return KN_OK;
}

static kn_code
sync_folder(kn_store *store, kn_error *err)
{
  const char *folder;
  KN_TRY(folder_of(&folder, store->keep, store->path, err));
  const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_done = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
  const int reason = errno;
  if (fd >= 0)
    close(fd);
  return is_done ? KN_OK : kn_fail(err, KN_E_IO, "%s may not outlast a power cut: %s", store->path, strerror(reason));
}

kn_code
kn_store_publish(kn_store *store, kn_error *err)
{
  assert(store->is_new);
  kn_store_disconnect(store);
  if (fsync(store->new_fd) != 0)
    return kn_fail(err, KN_E_IO, "%s cannot be written: %s", store->path, strerror(errno));
  KN_TRY(give_name(store, err));
  close(store->new_fd);
  store->new_fd = -1;
  store->is_new = false;
  store->is_writer = false;
  KN_TRY(sync_folder(store, err));
  return kn_store_reopen(store, err);
}
