/* The PBF file: a run of blobs, each with a header before it.
 *
 *   length of the header (4 bytes, big endian) | BlobHeader: kind, length | Blob: packed data, length when unpacked
 *
 * A look at the headers alone gives the list of blobs. A file that is sorted (as nearly all are, and say so) has its nodes
 * first, so halving finds the first blob with ways: the first pass reads from there on, the second what is before it, and
 * each blob is unpacked once. Of other files the first pass reads all. Blobs are read, unpacked and decoded on all threads;
 * what they found is handed over in the order of the file.
 *
 * source  OpenStreetMap PBF format, fileformat.proto: headers of at most 64 KiB, blobs of at most 32 MiB */
#include <errno.h>
#include <libdeflate.h>
#include <lz4.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "formats/osm.h"

#define FIELD(number, kind) ((uint32_t)(number) << 3 | (uint32_t)(kind))
enum { HEADER_MOST = 64 << 10, BLOB_MOST = 32 << 20 };

typedef struct blob {
  int64_t offset; /* of the Blob message */
  int32_t length;
  bool is_read, has_nodes;
} blob;

typedef struct pbf {
  osm_reading *reading;
  blob *blobs; /* of data */
  int64_t blob_count, blob_capacity;
  bool is_sorted;
  double done, total; /* bytes */
} pbf;

static kn_code
refuse(const pbf *file, int64_t offset, kn_error *err, const char *expected)
{
  return kn_fail(err, KN_E_INPUT, "%s: byte %" PRId64 ": expected %s", file->reading->path, offset, expected);
}

static kn_code
read_at(const pbf *file, int64_t offset, void *to, int64_t length, const char *expected, kn_error *err)
{
  for (int64_t done = 0; done < length;) {
    const ssize_t n = pread(file->reading->fd, (char *)to + done, (size_t)(length - done), offset + done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return kn_fail(err, KN_E_IO, "%s: %s", file->reading->path, strerror(errno));
    if (n == 0)
      return kn_fail(err, KN_E_INPUT, "%s: byte %" PRId64 ": expected %s, but the file ends", file->reading->path, offset + done,
                     expected);
    done += n;
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- unpacking */
/* What a worker reads into; packed and plain grow. */
typedef struct room {
  uint8_t *packed, *plain;
  int64_t packed_capacity, plain_capacity;
  struct libdeflate_decompressor *inflate;
  osm_batch batch;
} room;

static void
free_room(room *r)
{
  free(r->packed);
  free(r->plain);
  if (r->inflate != NULL)
    libdeflate_free_decompressor(r->inflate);
  osm_batch_free(&r->batch);
}

/* *how: the field of the packed data. */
static bool
split_blob(osm_wire wire, osm_wire *data, uint32_t *how, uint64_t *raw_size, const char **fault)
{
  *how = 0;
  *raw_size = 0;
  for (uint32_t tag; (tag = osm_wire_next(&wire)) != 0;) {
    if (tag == FIELD(2, OSM_VARINT)) {
      *raw_size = osm_wire_varint(&wire);
    } else if ((tag & 7) == OSM_BYTES && tag >> 3 <= 7) {
      *how = tag >> 3;
      *data = osm_wire_bytes(&wire);
    } else {
      osm_wire_skip(&wire, tag);
    }
  }
  *fault = wire.fault;
  return wire.fault == NULL;
}

static kn_code
unpack(const pbf *file, const blob *from, room *r, size_t *length, kn_error *err)
{
  osm_wire data = {.at = NULL};
  const osm_wire whole = {.start = r->packed, .at = r->packed, .end = r->packed + from->length};
  uint32_t how;
  uint64_t raw_size;
  const char *fault;
  if (!split_blob(whole, &data, &how, &raw_size, &fault))
    return refuse(file, from->offset, err, fault);
  const size_t packed = how == 0 ? 0 : (size_t)(data.end - data.at);
  if (how == 1)
    raw_size = packed;
  if (how == 0 || how == 4 || how == 5)
    return refuse(file, from->offset, err,
                  how == 0   ? "a blob that holds data"
                  : how == 4 ? "a blob packed by zlib, lz4 or zstd; this one is packed by lzma, which knoop does not unpack"
                             : "a blob packed by zlib, lz4 or zstd; this one is packed by bzip2, which knoop does not unpack");
  if (raw_size > BLOB_MOST)
    return refuse(file, from->offset, err, "a blob of at most 32 MiB when unpacked");
  KN_TRY(KN_GROW(r->plain, r->plain_capacity, (int64_t)raw_size + 1, err));
  *length = (size_t)raw_size;
  size_t got = 0;
  bool is_good = true;
  if (how == 1)
    memcpy(r->plain, data.at, packed);
  else if (how == 3)
    is_good =
        libdeflate_zlib_decompress(r->inflate, data.at, packed, r->plain, *length, &got) == LIBDEFLATE_SUCCESS && got == *length;
  else if (how == 6)
    is_good = LZ4_decompress_safe((const char *)data.at, (char *)r->plain, (int)packed, (int)raw_size) == (int)raw_size;
  else
    is_good = ZSTD_decompress(r->plain, *length, data.at, packed) == *length;
  return is_good ? KN_OK : refuse(file, from->offset, err, "packed data that unpacks to as many bytes as the blob says");
}

static kn_code
load(const pbf *file, const blob *from, room *r, size_t *length, kn_error *err)
{
  if (r->inflate == NULL && (r->inflate = libdeflate_alloc_decompressor()) == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory to unpack with");
  KN_TRY(KN_GROW(r->packed, r->packed_capacity, from->length + 1, err));
  KN_TRY(read_at(file, from->offset, r->packed, from->length, "the rest of a blob", err));
  return unpack(file, from, r, length, err);
}

/* ---------------------------------------------------------------- the list of blobs */
typedef struct blob_head {
  char kind[16];
  int64_t length;
} blob_head;

static kn_code
read_head(const pbf *file, int64_t *offset, blob_head *out, kn_error *err)
{
  uint8_t size[4], bytes[HEADER_MOST];
  const int64_t start = *offset;
  KN_TRY(read_at(file, start, size, 4, "four bytes with the length of a blob header", err));
  const uint32_t length = (uint32_t)size[0] << 24 | (uint32_t)size[1] << 16 | (uint32_t)size[2] << 8 | size[3];
  if (length == 0 || length > HEADER_MOST)
    return refuse(file, start, err, "the length of a blob header, 1 to 65536 bytes (is this a PBF file of OpenStreetMap?)");
  KN_TRY(read_at(file, start + 4, bytes, length, "the rest of a blob header", err));
  osm_wire wire = {.start = bytes, .at = bytes, .end = bytes + length};
  *out = (blob_head){.length = -1};
  for (uint32_t tag; (tag = osm_wire_next(&wire)) != 0;) {
    if (tag == FIELD(1, OSM_BYTES)) {
      const osm_wire kind = osm_wire_bytes(&wire);
      snprintf(out->kind, sizeof out->kind, "%.*s", (int)(kind.end - kind.at), (const char *)kind.at);
    } else if (tag == FIELD(3, OSM_VARINT)) {
      const uint64_t data = osm_wire_varint(&wire);
      out->length = data > BLOB_MOST ? -1 : (int64_t)data;
    } else {
      osm_wire_skip(&wire, tag);
    }
  }
  if (wire.fault != NULL)
    return refuse(file, start + 4 + (wire.at - bytes), err, wire.fault);
  if (out->length < 0)
    return refuse(file, start + 4, err, "a blob header that gives a length of at most 32 MiB");
  *offset = start + 4 + length;
  return KN_OK;
}

/* What the file asks of its readers. */
static kn_code
read_features(pbf *file, const blob *at, room *r, kn_error *err)
{
  size_t length = 0;
  KN_TRY(load(file, at, r, &length, err));
  osm_wire wire = {.start = r->plain, .at = r->plain, .end = r->plain + length};
  for (uint32_t tag; (tag = osm_wire_next(&wire)) != 0;) {
    if (tag != FIELD(4, OSM_BYTES) && tag != FIELD(5, OSM_BYTES)) {
      osm_wire_skip(&wire, tag);
      continue;
    }
    static const char *const known[] = {"OsmSchema-V0.6", "DenseNodes", "LocationsOnWays", NULL};
    const osm_wire bytes = osm_wire_bytes(&wire);
    const osm_text feature = {(const char *)bytes.at, (size_t)(bytes.end - bytes.at)};
    file->is_sorted |= osm_is(feature, "Sort.Type_then_ID");
    if (osm_is(feature, "HistoricalInformation"))
      return refuse(file, at->offset, err,
                    "a map of one day; this file holds its history (osmium time-filter takes a day out of it)");
    if (tag == FIELD(4, OSM_BYTES) && !osm_is_one_of(feature, known))
      return kn_fail(err, KN_E_INPUT, "%s: byte %" PRId64 ": the file asks for the feature %.*s, which knoop does not know",
                     file->reading->path, at->offset, feature.length > 60 ? 60 : (int)feature.length, feature.at);
  }
  return wire.fault == NULL ? KN_OK : refuse(file, at->offset, err, wire.fault);
}

static kn_code
list_blobs(pbf *file, room *r, kn_error *err)
{
  bool has_header = false;
  for (int64_t offset = 0; offset < file->reading->size;) {
    blob_head head = {.length = 0};
    const int64_t start = offset;
    KN_TRY(read_head(file, &offset, &head, err));
    if (offset + head.length > file->reading->size)
      return kn_fail(err, KN_E_INPUT,
                     "%s: byte %" PRId64 ": expected a blob of %" PRId64 " bytes, but the file ends after %" PRId64,
                     file->reading->path, offset, head.length, file->reading->size - offset);
    const blob at = {.offset = offset, .length = (int32_t)head.length};
    offset += head.length;
    if (strcmp(head.kind, "OSMHeader") == 0) {
      has_header = true;
      KN_TRY(read_features(file, &at, r, err));
    } else if (strcmp(head.kind, "OSMData") == 0) {
      if (!has_header)
        return refuse(file, start, err, "an OSMHeader before the first OSMData");
      KN_TRY(KN_GROW(file->blobs, file->blob_capacity, file->blob_count + 1, err));
      file->blobs[file->blob_count++] = at;
    } else if (start == 0) {
      return refuse(file, start, err, "an OSMHeader (is this a PBF file of OpenStreetMap?)");
    }
  }
  return has_header ? KN_OK : refuse(file, 0, err, "an OSMHeader; the file is empty");
}

/* ---------------------------------------------------------------- reading many */
typedef struct pass {
  pbf *file;
  const int32_t *order; /* [count] blobs to read */
  int64_t count;
  bool wants_ways;       /* the first pass; else places of nodes */
  room *rooms;           /* [threads] */
  pthread_mutex_t mutex; /* guards what follows, and the network while handing over */
  pthread_cond_t change;
  int64_t next, handed;
  kn_code code; /* of the first in the order of the file that failed */
  kn_error err;
} pass;

static kn_code
decode(const pass *p, blob *at, room *r, kn_error *err)
{
  size_t length = 0;
  osm_batch_clear(&r->batch);
  KN_TRY(load(p->file, at, r, &length, err));
  osm_block_task task = {.bytes = r->plain, .length = length, .wants_ways = p->wants_ways};
  task.network = p->wants_ways ? NULL : p->file->reading->network;
  const kn_code code = osm_block_read(&task, &r->batch, err);
  if (code != KN_OK)
    return kn_note(err, "%s: byte %" PRId64, p->file->reading->path, at->offset);
  const bool is_late = task.has_ways && !p->wants_ways && !at->is_read;
  at->is_read = true;
  at->has_nodes = task.has_nodes;
  if (is_late)
    return refuse(p->file, at->offset, err,
                  "no ways before the last node, since the file says that it is sorted (Sort.Type_then_ID)");
  return KN_OK;
}

static kn_code
hand_over(pass *p, const blob *at, const room *r, kn_error *err)
{
  pbf *file = p->file;
  if (p->wants_ways)
    KN_TRY(osm_network_take(file->reading->network, &r->batch, err));
  else
    osm_network_place(file->reading->network, &r->batch);
  file->done += at->length;
  const kn_progress progress = {.phase = "reading the map", .done = file->done, .total = file->total, .value = NAN, .bound = NAN};
  kn_watch_tell(file->reading->watch, &progress);
  return kn_watch_is_stopped(file->reading->watch) ? kn_fail(err, KN_E_STOPPED, "stopped on request") : KN_OK;
}

/* Takes blobs until there are none, or one failed. */
static void
work(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)first;
  (void)last;
  pass *p = arg;
  room *r = &p->rooms[worker];
  pthread_mutex_lock(&p->mutex);
  while (p->next < p->count && p->code == KN_OK) {
    const int64_t ticket = p->next++;
    blob *at = &p->file->blobs[p->order[ticket]];
    pthread_mutex_unlock(&p->mutex);
    kn_error err = {0};
    kn_code code = decode(p, at, r, &err);
    pthread_mutex_lock(&p->mutex);
    while (p->handed < ticket && p->code == KN_OK)
      pthread_cond_wait(&p->change, &p->mutex);
    if (p->code != KN_OK)
      break;
    if (code == KN_OK)
      code = hand_over(p, at, r, &err);
    p->handed++;
    if (code != KN_OK) {
      p->code = code;
      p->err = err;
    }
    pthread_cond_broadcast(&p->change);
  }
  pthread_mutex_unlock(&p->mutex);
}

static kn_code
run_pass(pbf *file, const int32_t *order, int64_t count, bool wants_ways, kn_error *err)
{
  const int32_t threads = kn_thread_count(file->reading->thread_count);
  pass p = {.file = file, .order = order, .count = count, .wants_ways = wants_ways};
  p.rooms = calloc((size_t)threads, sizeof *p.rooms);
  if (p.rooms == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for %d threads", threads);
  pthread_mutex_init(&p.mutex, NULL);
  pthread_cond_init(&p.change, NULL);
  kn_code code = kn_parallel(threads, threads, 1, work, &p, err);
  pthread_cond_destroy(&p.change);
  pthread_mutex_destroy(&p.mutex);
  for (int32_t i = 0; i < threads; i++)
    free_room(&p.rooms[i]);
  free(p.rooms);
  if (code == KN_OK && p.code != KN_OK) {
    code = p.code;
    if (err != NULL)
      *err = p.err;
  }
  return code;
}

/* ---------------------------------------------------------------- both passes */
/* Does a blob of a sorted file begin with ways or relations? */
static kn_code
begins_with_ways(const pbf *file, const blob *at, room *r, bool *out, kn_error *err)
{
  size_t length = 0;
  KN_TRY(load(file, at, r, &length, err));
  osm_block_task task = {.bytes = r->plain, .length = length};
  const kn_code code = osm_block_read(&task, &r->batch, err);
  *out = task.has_ways && !task.has_nodes;
  return code == KN_OK ? KN_OK : kn_note(err, "%s: byte %" PRId64, file->reading->path, at->offset);
}

/* The first blob that may hold ways; the one before it may hold both. */
static kn_code
find_ways(const pbf *file, room *r, int64_t *first, kn_error *err)
{
  int64_t low = 0, high = file->blob_count;
  *first = 0;
  if (!file->is_sorted)
    return KN_OK;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    bool is_way = false;
    KN_TRY(begins_with_ways(file, &file->blobs[middle], r, &is_way, err));
    if (is_way)
      high = middle;
    else
      low = middle + 1;
  }
  *first = low > 0 ? low - 1 : 0;
  return KN_OK;
}

static kn_code
read_passes(pbf *file, room *r, int32_t *order, kn_error *err)
{
  int64_t first = 0, count = 0;
  KN_TRY(find_ways(file, r, &first, err));
  for (int64_t i = 0; i < file->blob_count; i++)
    file->total += (double)file->blobs[i].length * (file->is_sorted ? 1 : 2);
  for (int64_t i = first; i < file->blob_count; i++)
    order[count++] = (int32_t)i;
  KN_TRY(run_pass(file, order, count, true, err));
  KN_TRY(osm_network_close_ways(file->reading->network, err));
  if (!osm_network_lacks_places(file->reading->network))
    return KN_OK;
  count = 0;
  for (int64_t i = 0; i < file->blob_count; i++)
    if (!file->blobs[i].is_read || file->blobs[i].has_nodes)
      order[count++] = (int32_t)i;
  return run_pass(file, order, count, false, err);
}

kn_code
osm_pbf_read(osm_reading *reading, kn_error *err)
{
  pbf file = {.reading = reading};
  room r = {.packed = NULL};
  int32_t *order = NULL;
  kn_code code = list_blobs(&file, &r, err);
  if (code == KN_OK) {
    order = malloc(((size_t)file.blob_count + 1) * sizeof *order);
    code = order == NULL ? kn_fail(err, KN_E_LIMIT, "no memory for %" PRId64 " blobs", file.blob_count)
                         : read_passes(&file, &r, order, err);
  }
  free_room(&r);
  free(order);
  free(file.blobs);
  return code;
}
