/* OpenStreetMap files of any form as sources. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/osm.h"

bool
osm_is_file(const char *name)
{
  static const char *const endings[] = {".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2"};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (path_has_ending(name, endings[i]))
      return true;
  return false;
}

/* XML begins with a mark of order, blanks or '<', packed XML with its magic; all else is PBF, or says that it is not. */
static kn_code
is_xml(const osm_reading *reading, bool *out, kn_error *err)
{
  uint8_t head[4] = {0};
  if (pread(reading->fd, head, sizeof head, 0) < 0)
    return kn_fail(err, KN_E_IO, "%s: %s", reading->path, strerror(errno));
  const bool is_packed = (head[0] == 0x1f && head[1] == 0x8b) || memcmp(head, "BZh", 3) == 0;
  *out = is_packed || head[0] == '<' || head[0] == 0xef || head[0] >= 0xfe || head[0] == ' ' || head[0] == '\n' ||
         head[0] == '\r' || head[0] == '\t' || reading->size == 0;
  return KN_OK;
}

static kn_code
read_file(osm_reading *reading, kn_error *err)
{
  struct stat info;
  if (fstat(reading->fd, &info) != 0)
    return kn_fail(err, KN_E_IO, "%s: %s", reading->path, strerror(errno));
  reading->size = info.st_size;
  bool has_xml = false;
  KN_TRY(is_xml(reading, &has_xml, err));
  return has_xml ? osm_xml_read(reading, err) : osm_pbf_read(reading, err);
}

kn_code
osm_import(kn_builder *builder, kn_findings *findings, const char *path, const kn_import_settings *settings, kn_error *err)
{
  osm_reading reading = {.path = path, .thread_count = settings->thread_count, .watch = settings->watch};
  reading.fd = open(path, O_RDONLY | O_CLOEXEC);
  if (reading.fd < 0)
    return kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  kn_code code = osm_network_new(&reading.network, err);
  if (code == KN_OK)
    code = read_file(&reading, err);
  close(reading.fd);
  if (code == KN_OK)
    code = osm_network_feed(reading.network, builder, findings, path, err);
  osm_network_free(reading.network);
  return code;
}
