/* OpenStreetMap as XML, plain or packed by gzip or bzip2, read as a stream: each pass through expat from the start. */
#include <bzlib.h>
#include <errno.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "formats/osm.h"

enum { CHUNK = 1 << 18, BATCH_REFS = 100000, DEEPEST = 64 };

/* ---------------------------------------------------------------- bytes, unpacked */
typedef struct stream {
  const osm_reading *reading;
  int64_t read; /* bytes of the file so far */
  enum { PLAIN, GZIP, BZIP2 } how;
  z_stream gzip;
  bz_stream bzip2;
  bool is_open, is_at_end;
  uint8_t packed[CHUNK];
} stream;

static kn_code
refuse_packed(const stream *in, kn_error *err)
{
  return kn_fail(err, KN_E_INPUT, "%s: byte %" PRId64 ": expected data packed by %s", in->reading->path,
                 in->read - (int64_t)(in->how == GZIP ? in->gzip.avail_in : in->bzip2.avail_in),
                 in->how == GZIP ? "gzip" : "bzip2");
}

static kn_code
read_packed(stream *in, void *to, int64_t size, int64_t *got, kn_error *err)
{
  do
    *got = pread(in->reading->fd, to, (size_t)size, in->read);
  while (*got < 0 && errno == EINTR);
  if (*got < 0)
    return kn_fail(err, KN_E_IO, "%s: %s", in->reading->path, strerror(errno));
  in->read += *got;
  return KN_OK;
}

static kn_code
open_stream(stream *in, kn_error *err)
{
  uint8_t head[3] = {0};
  int64_t got;
  KN_TRY(read_packed(in, head, sizeof head, &got, err));
  in->read = 0;
  in->how = head[0] == 0x1f && head[1] == 0x8b ? GZIP : memcmp(head, "BZh", 3) == 0 ? BZIP2 : PLAIN;
  if (in->how == GZIP)
    in->is_open = inflateInit2(&in->gzip, 15 + 16) == Z_OK;
  if (in->how == BZIP2)
    in->is_open = BZ2_bzDecompressInit(&in->bzip2, 0, 0) == BZ_OK;
  return in->how == PLAIN || in->is_open ? KN_OK : kn_fail(err, KN_E_LIMIT, "no memory to unpack with");
}

static void
close_stream(stream *in)
{
  if (in->is_open && in->how == GZIP)
    inflateEnd(&in->gzip);
  if (in->is_open && in->how == BZIP2)
    BZ2_bzDecompressEnd(&in->bzip2);
}

/* One step of unpacking; several packed parts may follow each other. */
static kn_code
step(stream *in, char *to, int64_t size, int64_t *got, kn_error *err)
{
  bool is_end;
  if (in->how == GZIP) {
    in->gzip.next_out = (Bytef *)to;
    in->gzip.avail_out = (uInt)size;
    const int result = inflate(&in->gzip, Z_NO_FLUSH);
    *got = size - in->gzip.avail_out;
    is_end = result == Z_STREAM_END;
    if (!is_end && result != Z_OK && !(result == Z_BUF_ERROR && in->gzip.avail_in == 0))
      return refuse_packed(in, err);
    if (is_end)
      inflateReset(&in->gzip);
  } else {
    in->bzip2.next_out = to;
    in->bzip2.avail_out = (unsigned)size;
    const int result = BZ2_bzDecompress(&in->bzip2);
    *got = size - in->bzip2.avail_out;
    is_end = result == BZ_STREAM_END;
    if (!is_end && result != BZ_OK)
      return refuse_packed(in, err);
    if (is_end) {
      char *rest = in->bzip2.next_in;
      const unsigned left = in->bzip2.avail_in;
      BZ2_bzDecompressEnd(&in->bzip2);
      in->bzip2 = (bz_stream){.next_in = rest, .avail_in = left};
      in->is_open = BZ2_bzDecompressInit(&in->bzip2, 0, 0) == BZ_OK;
      if (!in->is_open)
        return kn_fail(err, KN_E_LIMIT, "no memory to unpack with");
    }
  }
  in->is_at_end = is_end;
  return KN_OK;
}

/* *got 0: the end. */
static kn_code
read_stream(stream *in, char *to, int64_t size, int64_t *got, kn_error *err)
{
  if (in->how == PLAIN)
    return read_packed(in, to, size, got, err);
  for (*got = 0; *got == 0;) {
    const bool is_empty = (in->how == GZIP ? in->gzip.avail_in : in->bzip2.avail_in) == 0;
    if (is_empty) {
      int64_t packed;
      KN_TRY(read_packed(in, in->packed, CHUNK, &packed, err));
      if (packed == 0)
        return in->is_at_end ? KN_OK : refuse_packed(in, err);
      in->gzip.next_in = in->packed;
      in->gzip.avail_in = in->how == GZIP ? (uInt)packed : 0;
      in->bzip2.next_in = (char *)in->packed;
      in->bzip2.avail_in = in->how == BZIP2 ? (unsigned)packed : 0;
    }
    KN_TRY(step(in, to, size, got, err));
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- elements */
typedef struct parsing {
  osm_reading *reading;
  XML_Parser parser;
  bool wants_ways;
  int32_t depth;
  enum { NOTHING, WAY, RELATION } inside;
  int64_t id;
  bool has_root;
  int64_t *refs; /* nodes of a way, ways of a relation */
  int64_t ref_count, ref_capacity;
  char *texts; /* values of the tags we know, end to end */
  int64_t text_length, text_capacity;
  int64_t tag_at[OSM_KEY_COUNT]; /* -1: none */
  osm_batch batch;
  int32_t near;
  kn_code code;
  kn_error err;
} parsing;

static const char *
attribute(const char **attributes, const char *name)
{
  for (; attributes[0] != NULL; attributes += 2)
    if (strcmp(attributes[0], name) == 0)
      return attributes[1];
  return NULL;
}

static void
fail(parsing *p, kn_code code)
{
  p->code = code;
  XML_StopParser(p->parser, XML_FALSE);
}

static void
refuse(parsing *p, const char *expected)
{
  fail(p, kn_fail(&p->err, KN_E_INPUT, "%s: byte %lld (line %lu): expected %s", p->reading->path,
                  (long long)XML_GetCurrentByteIndex(p->parser), XML_GetCurrentLineNumber(p->parser), expected));
}

static bool
read_id(const char *text, int64_t *out)
{
  char *end;
  if (text == NULL || *text == '\0')
    return false;
  errno = 0;
  *out = strtoll(text, &end, 10);
  return *end == '\0' && errno == 0;
}

static void
take_node(parsing *p, const char **attributes)
{
  int64_t id;
  double lon, lat;
  const char *x = attribute(attributes, "lon"), *y = attribute(attributes, "lat");
  const char *visible = attribute(attributes, "visible");
  if (!read_id(attribute(attributes, "id"), &id)) {
    refuse(p, "a node with a whole number as its id");
    return;
  }
  if (visible != NULL && strcmp(visible, "false") == 0)
    return;
  if (x == NULL || y == NULL || !kn_number_read(x, strlen(x), '.', &lon) || !kn_number_read(y, strlen(y), '.', &lat) ||
      !(fabs(lon) <= 180) || !(fabs(lat) <= 90)) {
    refuse(p, "a node with lon and lat on the earth");
    return;
  }
  if (p->wants_ways)
    return;
  const int32_t at = osm_network_find(p->reading->network, id, &p->near);
  const osm_place place = {(int32_t)lrint(lon * 1e7), (int32_t)lrint(lat * 1e7)};
  if (at < 0)
    return;
  const kn_code code = osm_batch_place(&p->batch, at, place, &p->err);
  if (code != KN_OK)
    fail(p, code);
}

static void
add_ref(parsing *p, int64_t ref)
{
  const kn_code code = KN_GROW(p->refs, p->ref_capacity, p->ref_count + 1, &p->err);
  if (code != KN_OK)
    fail(p, code);
  else
    p->refs[p->ref_count++] = ref;
}

static void
take_tag(parsing *p, const char **attributes)
{
  const char *key = attribute(attributes, "k"), *value = attribute(attributes, "v");
  if (key == NULL || value == NULL) {
    refuse(p, "a tag with k and v");
    return;
  }
  const osm_key known = osm_find_key(key, strlen(key));
  if (known == OSM_KEY_COUNT)
    return;
  const int64_t length = (int64_t)strlen(value) + 1;
  const kn_code code = KN_GROW(p->texts, p->text_capacity, p->text_length + length, &p->err);
  if (code != KN_OK) {
    fail(p, code);
    return;
  }
  memcpy(p->texts + p->text_length, value, (size_t)length);
  p->tag_at[known] = p->text_length;
  p->text_length += length;
}

static void
take_member(parsing *p, const char **attributes)
{
  int64_t ref;
  const char *type = attribute(attributes, "type"), *role = attribute(attributes, "role");
  if (!read_id(attribute(attributes, "ref"), &ref) || type == NULL)
    refuse(p, "a member with type and a whole number as its ref");
  else if (strcmp(type, "way") == 0 && osm_is_track_role(role == NULL ? "" : role, role == NULL ? 0 : strlen(role)))
    add_ref(p, ref);
}

static void
start_thing(parsing *p, bool is_way, const char **attributes)
{
  p->inside = is_way ? WAY : RELATION;
  p->ref_count = 0;
  p->text_length = 0;
  for (int32_t k = 0; k < OSM_KEY_COUNT; k++)
    p->tag_at[k] = -1;
  if (!read_id(attribute(attributes, "id"), &p->id))
    refuse(p, is_way ? "a way with a whole number as its id" : "a relation with a whole number as its id");
  const char *visible = attribute(attributes, "visible");
  if (visible != NULL && strcmp(visible, "false") == 0)
    p->inside = NOTHING;
}

static void
on_start(void *arg, const char *name, const char **attributes)
{
  parsing *p = arg;
  if (p->code != KN_OK)
    return;
  p->depth++;
  if (p->depth == 1) {
    p->has_root = strcmp(name, "osm") == 0;
    if (!p->has_root)
      refuse(p, strcmp(name, "osmChange") == 0 ? "<osm>; this file holds changes, no map" : "<osm> as the outermost element");
  } else if (p->depth > DEEPEST) {
    refuse(p, "elements of OpenStreetMap, which do not lie so deep in each other");
  } else if (p->depth == 2 && strcmp(name, "node") == 0) {
    take_node(p, attributes);
  } else if (p->depth == 2 && p->wants_ways && (strcmp(name, "way") == 0 || strcmp(name, "relation") == 0)) {
    start_thing(p, name[0] == 'w', attributes);
  } else if (p->depth == 3 && p->inside != NOTHING) {
    int64_t ref = 0;
    if (strcmp(name, "tag") == 0)
      take_tag(p, attributes);
    else if (p->inside == RELATION && strcmp(name, "member") == 0)
      take_member(p, attributes);
    else if (p->inside == WAY && strcmp(name, "nd") == 0 && !read_id(attribute(attributes, "ref"), &ref))
      refuse(p, "a point of a way with a whole number as its ref");
    else if (p->inside == WAY && strcmp(name, "nd") == 0)
      add_ref(p, ref);
  }
}

static kn_code
hand_over(parsing *p, kn_error *err)
{
  if (p->wants_ways)
    KN_TRY(osm_network_take(p->reading->network, &p->batch, err));
  else
    osm_network_place(p->reading->network, &p->batch);
  osm_batch_clear(&p->batch);
  return KN_OK;
}

static kn_code
end_thing(parsing *p, kn_error *err)
{
  osm_text tag[OSM_KEY_COUNT];
  for (int32_t k = 0; k < OSM_KEY_COUNT; k++) {
    const char *text = p->tag_at[k] < 0 ? NULL : p->texts + p->tag_at[k];
    tag[k] = (osm_text){text, text == NULL ? 0 : strlen(text)};
  }
  osm_way way;
  if (p->inside == RELATION) {
    for (int64_t i = 0; osm_is_line(tag) && i < p->ref_count; i++)
      KN_TRY(osm_batch_line_way(&p->batch, p->refs[i], err));
  } else if (p->ref_count < INT32_MAX && osm_read_way(tag, &way)) {
    int64_t *refs;
    way.id = p->id;
    KN_TRY(osm_batch_way(&p->batch, &way, (int32_t)p->ref_count, &refs, err));
    if (p->ref_count > 0)
      memcpy(refs, p->refs, (size_t)p->ref_count * sizeof *refs);
    return hand_over(p, err); /* its texts end with it */
  }
  return p->batch.line_way_count > BATCH_REFS ? hand_over(p, err) : KN_OK;
}

static void
on_end(void *arg, const char *name)
{
  (void)name;
  parsing *p = arg;
  if (p->code != KN_OK)
    return;
  if (p->depth == 2) {
    kn_code code = p->inside == NOTHING ? KN_OK : end_thing(p, &p->err);
    if (code == KN_OK && p->batch.place_count > BATCH_REFS)
      code = hand_over(p, &p->err);
    p->inside = NOTHING;
    if (code != KN_OK)
      fail(p, code);
  }
  p->depth--;
}

/* Entities of its own are no part of OpenStreetMap, and how such files blow up. */
static void
on_entity(void *arg, const char *name, int is_parameter, const char *value, int length, const char *base, const char *system_id,
          const char *public_id, const char *notation)
{
  (void)name;
  (void)is_parameter;
  (void)value;
  (void)length;
  (void)base;
  (void)system_id;
  (void)public_id;
  (void)notation;
  refuse(arg, "no entities of its own");
}

/* ---------------------------------------------------------------- both passes */
static kn_code
feed_parser(parsing *p, stream *in, double done, kn_error *err)
{
  for (;;) {
    void *chunk = XML_GetBuffer(p->parser, CHUNK);
    if (chunk == NULL)
      return kn_fail(err, KN_E_LIMIT, "no memory to read XML");
    int64_t got;
    KN_TRY(read_stream(in, chunk, CHUNK, &got, err));
    const enum XML_Status status = XML_ParseBuffer(p->parser, (int)got, got == 0);
    if (p->code != KN_OK) {
      if (err != NULL)
        *err = p->err;
      return p->code;
    }
    if (status != XML_STATUS_OK)
      return kn_fail(err, KN_E_INPUT, "%s: byte %lld (line %lu): expected XML: %s", p->reading->path,
                     (long long)XML_GetCurrentByteIndex(p->parser), XML_GetCurrentLineNumber(p->parser),
                     XML_ErrorString(XML_GetErrorCode(p->parser)));
    const kn_progress progress = {.phase = "reading the map",
                                  .done = done + (double)in->read,
                                  .value = NAN,
                                  .bound = NAN,
                                  .total = 2 * (double)p->reading->size};
    kn_watch_tell(p->reading->watch, &progress);
    if (kn_watch_is_stopped(p->reading->watch))
      return kn_fail(err, KN_E_STOPPED, "stopped on request");
    if (got == 0)
      return hand_over(p, err);
  }
}

static kn_code
parse(parsing *p, stream *in, kn_error *err)
{
  if (in == NULL || p->parser == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory to read XML");
  in->reading = p->reading;
  kn_code code = open_stream(in, err);
  if (code == KN_OK) {
    XML_SetUserData(p->parser, p);
    XML_SetElementHandler(p->parser, on_start, on_end);
    XML_SetEntityDeclHandler(p->parser, on_entity);
    code = feed_parser(p, in, p->wants_ways ? 0 : (double)p->reading->size, err);
  }
  close_stream(in);
  return code;
}

static kn_code
run_pass(osm_reading *reading, bool wants_ways, kn_error *err)
{
  stream *in = calloc(1, sizeof *in);
  parsing p = {.reading = reading, .wants_ways = wants_ways, .parser = XML_ParserCreate("UTF-8")};
  const kn_code code = parse(&p, in, err);
  if (p.parser != NULL)
    XML_ParserFree(p.parser);
  free(in);
  free(p.refs);
  free(p.texts);
  osm_batch_free(&p.batch);
  return code;
}

kn_code
osm_xml_read(osm_reading *reading, kn_error *err)
{
  KN_TRY(run_pass(reading, true, err));
  KN_TRY(osm_network_close_ways(reading->network, err));
  return run_pass(reading, false, err);
}
