/* Files that commands write: a page, a picture. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Someone's data is never replaced by a page: neither the region itself nor another region file. */
static kn_code
check_target(const char *path, const struct stat *there, const char *region, kn_error *err)
{
  static const char mark[] = "SQLite format 3";
  struct stat itself;
  bool is_data = stat(region, &itself) == 0 && itself.st_dev == there->st_dev && itself.st_ino == there->st_ino;
  char head[sizeof mark] = "";
  FILE *file = S_ISREG(there->st_mode) ? fopen(path, "rb") : NULL;
  if (file != NULL) {
    is_data = is_data || (fread(head, sizeof mark, 1, file) == 1 && memcmp(head, mark, sizeof mark) == 0);
    fclose(file);
  }
  return is_data ? kn_fail(err, KN_E_USAGE, _("%s: is a region file; expected another name for the report"), path) : KN_OK;
}

static kn_code
write_and_close(FILE *file, const char *path, kn_cli_writer write, const void *arg, kn_error *err)
{
  if (file == NULL)
    return kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  kn_code code = write(file, arg, err);
  if (fclose(file) != 0 && code == KN_OK)
    code = kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  return code;
}

/* Written beside the target and then put in its place, so that a failure leaves the old report. */
static kn_code
replace_file(const char *path, kn_cli_writer write, const void *arg, kn_error *err)
{
  char beside[4096];
  if (snprintf(beside, sizeof beside, "%s.new-%ld", path, (long)getpid()) >= (int)sizeof beside)
    return kn_fail(err, KN_E_USAGE, _("%s: the name is too long"), path);
  kn_code code = write_and_close(fopen(beside, "wb"), path, write, arg, err);
  if (code == KN_OK && rename(beside, path) != 0)
    code = kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  if (code != KN_OK)
    unlink(beside);
  return code;
}

/* A link is followed, and what is no file (a pipe, /dev/stdout) is written to and not replaced. */
kn_code
kn_cli_write_file(const char *path, const char *region, kn_cli_writer write, const void *arg, kn_error *err)
{
  struct stat there;
  if (stat(path, &there) != 0)
    return replace_file(path, write, arg, err);
  KN_TRY(check_target(path, &there, region, err));
  if (!S_ISREG(there.st_mode))
    return write_and_close(fopen(path, "wb"), path, write, arg, err);
  char *real = realpath(path, NULL);
  const kn_code code = replace_file(real != NULL ? real : path, write, arg, err);
  free(real);
  return code;
}
