/* Bytes of files, other encodings, and paths. */
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/internal.h"

enum { PIECE = 1 << 22 };

typedef struct loading {
  int fd;
  char *bytes;
  size_t length;
  _Atomic int reason; /* errno of a piece that failed; -1: the file ended early */
} loading;

static void
load_pieces(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  loading *work = arg;
  const size_t end = (size_t)last * PIECE < work->length ? (size_t)last * PIECE : work->length;
  for (size_t done = (size_t)first * PIECE; done < end;) {
    const ssize_t got = pread(work->fd, work->bytes + done, end - done, (off_t)done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0) {
      work->reason = got < 0 ? errno : -1;
      return;
    }
    done += (size_t)got;
  }
}

/* Copying out of the system's cache is work for all cores. */
static kn_code
read_all(int fd, char *bytes, size_t length, const char *path, kn_error *err)
{
  loading work = {.fd = fd, .bytes = bytes, .length = length};
  KN_TRY(kn_parallel(0, (int64_t)(length / PIECE) + 1, 1, load_pieces, &work, err));
  if (work.reason == 0)
    return KN_OK;
  return kn_fail(err, KN_E_IO, "%s: %s", path, work.reason < 0 ? "became shorter while it was read" : strerror(work.reason));
}

static kn_code
load_open(char **bytes, size_t *length, kn_arena *arena, int fd, const char *path, kn_error *err)
{
  struct stat info;
  if (fstat(fd, &info) != 0)
    return kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  if (!S_ISREG(info.st_mode))
    return kn_fail(err, KN_E_IO, "%s: is not a file", path);
  const size_t size = (size_t)info.st_size;
  KN_NEW(*bytes, arena, size + 1, err);
  *length = size;
  return read_all(fd, *bytes, size, path, err);
}

kn_code
bytes_load(char **bytes, size_t *length, kn_arena *arena, const char *path, kn_error *err)
{
  /* Not blocking, so that a named pipe is refused rather than waited for. */
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  const kn_code code = load_open(bytes, length, arena, fd, path, err);
  close(fd);
  return code;
}

kn_code
bytes_convert(char **bytes, size_t *length, kn_arena *arena, const char *encoding, kn_error *err)
{
  const iconv_t way = iconv_open("UTF-8", encoding);
  if (way == (iconv_t)-1)
    return kn_fail(err, KN_E_INPUT, "the encoding %s is not known", encoding);
  /* No encoding needs more than four bytes of UTF-8 for one of its own. */
  const size_t room = *length * 4;
  char *text = NULL;
  if (kn_arena_reserve(arena, room + 32, err) != KN_OK) {
    iconv_close(way);
    return err ? err->code : KN_E_LIMIT;
  }
  text = kn_arena_take(arena, room + 1, 1);
  char *from = *bytes, *to = text;
  size_t from_left = *length, to_left = room;
  const size_t result = iconv(way, &from, &from_left, &to, &to_left);
  iconv_close(way);
  if (result == (size_t)-1)
    return kn_fail(err, KN_E_INPUT, "byte %zu is not %s", *length - from_left, encoding);
  *bytes = text;
  *length = room - to_left;
  text[*length] = '\0';
  return KN_OK;
}

const char *
path_name(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

bool
path_has_ending(const char *path, const char *ending)
{
  const size_t a = strlen(path), b = strlen(ending);
  return a > b && strcasecmp(path + a - b, ending) == 0;
}

kn_code
path_join(const char **out, kn_arena *arena, const char *folder, const char *name, kn_error *err)
{
  const size_t length = strlen(folder);
  const bool has_slash = length > 0 && folder[length - 1] == '/';
  return text_print(out, arena, err, "%s%s%s", folder, has_slash ? "" : "/", name);
}

kn_code
text_print(const char **out, kn_arena *arena, kn_error *err, const char *format, ...)
{
  va_list list;
  va_start(list, format);
  char *text = NULL;
  const int length = vasprintf(&text, format, list);
  va_end(list);
  if (length < 0)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  const kn_code code = kn_text_copy(out, arena, text, (size_t)length, err);
  free(text);
  return code;
}
