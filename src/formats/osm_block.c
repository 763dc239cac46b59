/* One unpacked block of a PBF file: a table of strings, and groups of nodes, ways or relations.
 *
 * The wire format is read in place: no message is built, a group that nobody wants is passed over by its length. Numbers
 * come as they may in a hostile file, so deltas are added as unsigned and everything that indexes is compared first.
 *
 * source  OpenStreetMap PBF format, osmformat.proto; Protocol Buffers encoding */
#include <stdlib.h>
#include <string.h>

#include "formats/osm.h"

/* ---------------------------------------------------------------- the wire */
static void
stop(osm_wire *wire, const char *expected)
{
  if (wire->fault == NULL)
    wire->fault = expected;
  wire->end = wire->at;
}

uint64_t
osm_wire_varint(osm_wire *wire)
{
  const uint8_t *at = wire->at;
  if (at < wire->end && *at < 128) {
    wire->at++;
    return *at;
  }
  uint64_t value = 0;
  for (uint32_t shift = 0; shift < 64 && at < wire->end; shift += 7) {
    value |= (uint64_t)(*at & 127) << shift;
    if (*at++ < 128) {
      wire->at = at;
      return value;
    }
  }
  stop(wire, "a number of at most ten bytes");
  return 0;
}

uint32_t
osm_wire_next(osm_wire *wire)
{
  if (wire->at >= wire->end)
    return 0;
  const uint64_t tag = osm_wire_varint(wire);
  if (wire->fault == NULL && (tag >> 3 == 0 || tag > UINT32_MAX))
    stop(wire, "the number of a field");
  return wire->fault == NULL ? (uint32_t)tag : 0;
}

osm_wire
osm_wire_bytes(osm_wire *wire)
{
  const uint64_t length = osm_wire_varint(wire);
  if (wire->fault == NULL && length > (uint64_t)(wire->end - wire->at))
    stop(wire, "as many bytes as the length before says");
  if (wire->fault != NULL)
    return (osm_wire){.start = wire->start, .at = wire->end, .end = wire->end};
  const osm_wire out = {.start = wire->start, .at = wire->at, .end = wire->at + length};
  wire->at += length;
  return out;
}

void
osm_wire_skip(osm_wire *wire, uint32_t tag)
{
  const size_t fixed = (tag & 7) == OSM_FIXED64 ? 8 : (tag & 7) == OSM_FIXED32 ? 4 : 0;
  if ((tag & 7) == OSM_VARINT)
    osm_wire_varint(wire);
  else if ((tag & 7) == OSM_BYTES)
    osm_wire_bytes(wire);
  else if (fixed == 0)
    stop(wire, "a value of a known kind");
  else if ((size_t)(wire->end - wire->at) < fixed)
    stop(wire, "a number of fixed length");
  else
    wire->at += fixed;
}

/* ---------------------------------------------------------------- a block */
#define FIELD(number, kind) ((uint32_t)(number) << 3 | (uint32_t)(kind))

typedef struct block {
  osm_block_task *task;
  osm_batch *out;
  osm_text *string;
  uint8_t *key; /* [string_count] osm_key of each */
  int64_t string_count, string_capacity, key_capacity;
  bool has_keys;
  int64_t granularity, lon_offset, lat_offset; /* nanodegrees */
  const uint8_t *fault_at;
  const char *fault;
  int32_t near; /* where the last node wanted was found */
} block;

static bool
blame(block *b, const osm_wire *wire)
{
  if (wire->fault == NULL)
    return false;
  if (b->fault == NULL) {
    b->fault = wire->fault;
    b->fault_at = wire->at;
  }
  return true;
}

static void
expect(block *b, const osm_wire *wire, const char *what)
{
  osm_wire at = *wire;
  at.fault = what;
  blame(b, &at);
}

/* A run that is not there, of a message that is. */
static osm_wire
nothing(const osm_wire *of)
{
  return (osm_wire){.start = of->start, .at = of->end, .end = of->end};
}

static kn_code
read_strings(block *b, osm_wire table, kn_error *err)
{
  for (uint32_t tag; (tag = osm_wire_next(&table)) != 0;) {
    if (tag != FIELD(1, OSM_BYTES)) {
      osm_wire_skip(&table, tag);
      continue;
    }
    const osm_wire text = osm_wire_bytes(&table);
    KN_TRY(KN_GROW(b->string, b->string_capacity, b->string_count + 1, err));
    b->string[b->string_count++] = (osm_text){(const char *)text.at, (size_t)(text.end - text.at)};
  }
  blame(b, &table);
  return KN_OK;
}

/* Only blocks with ways need to know which strings are keys. */
static kn_code
find_keys(block *b, kn_error *err)
{
  if (b->has_keys)
    return KN_OK;
  b->has_keys = true;
  KN_TRY(KN_GROW(b->key, b->key_capacity, b->string_count + 1, err));
  for (int64_t i = 0; i < b->string_count; i++)
    b->key[i] = (uint8_t)osm_find_key(b->string[i].at, b->string[i].length);
  return KN_OK;
}

/* Nanodegrees as 1e-7 degrees; false: not on the earth. */
static bool
place_of(const block *b, int64_t lon, int64_t lat, osm_place *out)
{
  int64_t x, y;
  if (__builtin_mul_overflow(lon, b->granularity, &x) || __builtin_add_overflow(x, b->lon_offset, &x) ||
      __builtin_mul_overflow(lat, b->granularity, &y) || __builtin_add_overflow(y, b->lat_offset, &y))
    return false;
  if (x < -180000000000 || x > 180000000000 || y < -90000000000 || y > 90000000000)
    return false;
  *out = (osm_place){(int32_t)((x + (x < 0 ? -50 : 50)) / 100), (int32_t)((y + (y < 0 ? -50 : 50)) / 100)};
  return true;
}

/* ---------------------------------------------------------------- nodes */
static kn_code
take_node(block *b, const osm_wire *wire, int64_t id, int64_t lon, int64_t lat, kn_error *err)
{
  const int32_t at = osm_network_find(b->task->network, id, &b->near);
  if (at < 0)
    return KN_OK;
  osm_place place;
  if (place_of(b, lon, lat, &place))
    return osm_batch_place(b->out, at, place, err);
  expect(b, wire, "a place on the earth");
  return KN_OK;
}

static kn_code
read_dense(block *b, osm_wire dense, kn_error *err)
{
  osm_wire id = nothing(&dense), lat = id, lon = id;
  for (uint32_t tag; (tag = osm_wire_next(&dense)) != 0;) {
    if (tag == FIELD(1, OSM_BYTES))
      id = osm_wire_bytes(&dense);
    else if (tag == FIELD(8, OSM_BYTES))
      lat = osm_wire_bytes(&dense);
    else if (tag == FIELD(9, OSM_BYTES))
      lon = osm_wire_bytes(&dense);
    else
      osm_wire_skip(&dense, tag);
  }
  if (blame(b, &dense))
    return KN_OK;
  uint64_t node = 0, x = 0, y = 0;
  while (id.at < id.end) {
    if (lat.at >= lat.end || lon.at >= lon.end) {
      expect(b, lat.at >= lat.end ? &lat : &lon, "a place for each node");
      return KN_OK;
    }
    node += (uint64_t)osm_zigzag(osm_wire_varint(&id));
    y += (uint64_t)osm_zigzag(osm_wire_varint(&lat));
    x += (uint64_t)osm_zigzag(osm_wire_varint(&lon));
    if (blame(b, &id) || blame(b, &lat) || blame(b, &lon))
      return KN_OK;
    KN_TRY(take_node(b, &id, (int64_t)node, (int64_t)x, (int64_t)y, err));
  }
  return KN_OK;
}

static kn_code
read_node(block *b, osm_wire node, kn_error *err)
{
  int64_t id = 0, lat = 0, lon = 0;
  for (uint32_t tag; (tag = osm_wire_next(&node)) != 0;) {
    if (tag == FIELD(1, OSM_VARINT))
      id = osm_zigzag(osm_wire_varint(&node));
    else if (tag == FIELD(8, OSM_VARINT))
      lat = osm_zigzag(osm_wire_varint(&node));
    else if (tag == FIELD(9, OSM_VARINT))
      lon = osm_zigzag(osm_wire_varint(&node));
    else
      osm_wire_skip(&node, tag);
  }
  return blame(b, &node) ? KN_OK : take_node(b, &node, id, lon, lat, err);
}

/* ---------------------------------------------------------------- ways and relations */
/* Tags by key, from two runs of string numbers. */
static bool
read_tags(block *b, osm_wire keys, osm_wire values, osm_text tag[OSM_KEY_COUNT])
{
  memset(tag, 0, OSM_KEY_COUNT * sizeof *tag);
  while (keys.at < keys.end) {
    const uint64_t key = osm_wire_varint(&keys), value = osm_wire_varint(&values);
    if (blame(b, &keys) || blame(b, &values))
      return false;
    if (key >= (uint64_t)b->string_count || value >= (uint64_t)b->string_count) {
      expect(b, &keys, "the number of a string in the table");
      return false;
    }
    if (b->key[key] < OSM_KEY_COUNT)
      tag[b->key[key]] = b->string[value];
  }
  return true;
}

static int32_t
count_numbers(osm_wire run)
{
  int32_t count = 0;
  for (; run.at < run.end; run.at++)
    count += *run.at < 128;
  return count;
}

static kn_code
read_way_places(block *b, osm_wire lon, osm_wire lat, int32_t count, kn_error *err)
{
  osm_batch *out = b->out;
  uint64_t x = 0, y = 0;
  KN_TRY(KN_GROW(out->ref_places, out->ref_place_capacity, out->ref_count, err));
  /* All ways of a file have places, or none: else the file is read as one without. */
  if (out->ref_place_count != out->ref_count - count)
    return KN_OK;
  for (int32_t i = 0; i < count; i++) {
    x += (uint64_t)osm_zigzag(osm_wire_varint(&lon));
    y += (uint64_t)osm_zigzag(osm_wire_varint(&lat));
    if (blame(b, &lon) || blame(b, &lat))
      return KN_OK;
    osm_place *place = &out->ref_places[out->ref_place_count++];
    if (!place_of(b, (int64_t)x, (int64_t)y, place)) /* how osmium writes a node that was not there */
      *place = (osm_place){OSM_NOWHERE, OSM_NOWHERE};
  }
  return KN_OK;
}

static kn_code
read_way(block *b, osm_wire wire, kn_error *err)
{
  osm_wire keys = nothing(&wire), values = keys, refs = keys, lat = keys, lon = keys;
  int64_t id = 0;
  for (uint32_t tag; (tag = osm_wire_next(&wire)) != 0;) {
    if (tag == FIELD(1, OSM_VARINT))
      id = (int64_t)osm_wire_varint(&wire);
    else if (tag == FIELD(2, OSM_BYTES))
      keys = osm_wire_bytes(&wire);
    else if (tag == FIELD(3, OSM_BYTES))
      values = osm_wire_bytes(&wire);
    else if (tag == FIELD(8, OSM_BYTES))
      refs = osm_wire_bytes(&wire);
    else if (tag == FIELD(9, OSM_BYTES))
      lat = osm_wire_bytes(&wire);
    else if (tag == FIELD(10, OSM_BYTES))
      lon = osm_wire_bytes(&wire);
    else
      osm_wire_skip(&wire, tag);
  }
  osm_text tags[OSM_KEY_COUNT];
  osm_way way;
  if (blame(b, &wire) || !read_tags(b, keys, values, tags) || !osm_read_way(tags, &way))
    return KN_OK;
  way.id = id;
  const int32_t count = count_numbers(refs);
  int64_t *ref;
  uint64_t node = 0;
  KN_TRY(osm_batch_way(b->out, &way, count, &ref, err));
  for (int32_t i = 0; i < count; i++) {
    node += (uint64_t)osm_zigzag(osm_wire_varint(&refs));
    ref[i] = (int64_t)node;
  }
  if (refs.at < refs.end)
    osm_wire_varint(&refs); /* a number that never ends */
  if (blame(b, &refs) || lat.at == lat.end)
    return KN_OK;
  return read_way_places(b, lon, lat, count, err);
}

static kn_code
read_relation(block *b, osm_wire wire, kn_error *err)
{
  osm_wire keys = nothing(&wire), values = keys, roles = keys, members = keys, types = keys;
  for (uint32_t tag; (tag = osm_wire_next(&wire)) != 0;) {
    if (tag == FIELD(2, OSM_BYTES))
      keys = osm_wire_bytes(&wire);
    else if (tag == FIELD(3, OSM_BYTES))
      values = osm_wire_bytes(&wire);
    else if (tag == FIELD(8, OSM_BYTES))
      roles = osm_wire_bytes(&wire);
    else if (tag == FIELD(9, OSM_BYTES))
      members = osm_wire_bytes(&wire);
    else if (tag == FIELD(10, OSM_BYTES))
      types = osm_wire_bytes(&wire);
    else
      osm_wire_skip(&wire, tag);
  }
  osm_text tags[OSM_KEY_COUNT];
  if (blame(b, &wire) || !read_tags(b, keys, values, tags) || !osm_is_line(tags))
    return KN_OK;
  uint64_t id = 0;
  while (members.at < members.end) {
    id += (uint64_t)osm_zigzag(osm_wire_varint(&members));
    const uint64_t type = osm_wire_varint(&types), role = osm_wire_varint(&roles);
    if (blame(b, &members) || blame(b, &types) || blame(b, &roles))
      return KN_OK;
    if (role >= (uint64_t)b->string_count) {
      expect(b, &roles, "the number of a string in the table");
      return KN_OK;
    }
    if (type == 1 && osm_is_track_role(b->string[role].at, b->string[role].length))
      KN_TRY(osm_batch_line_way(b->out, (int64_t)id, err));
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- groups */
static kn_code
read_group(block *b, osm_wire group, kn_error *err)
{
  osm_block_task *task = b->task;
  for (uint32_t tag; b->fault == NULL && (tag = osm_wire_next(&group)) != 0;) {
    const uint32_t field = tag >> 3;
    if ((tag & 7) != OSM_BYTES || field > 4) {
      osm_wire_skip(&group, tag);
      continue;
    }
    const osm_wire item = osm_wire_bytes(&group);
    if (group.fault != NULL)
      break;
    task->has_nodes |= field <= 2;
    task->has_ways |= field > 2;
    if (field <= 2 && task->network != NULL)
      KN_TRY(field == 1 ? read_node(b, item, err) : read_dense(b, item, err));
    if (field > 2 && task->wants_ways) {
      KN_TRY(find_keys(b, err));
      KN_TRY(field == 3 ? read_way(b, item, err) : read_relation(b, item, err));
    }
  }
  blame(b, &group);
  return KN_OK;
}

/* Strings and scales may stand behind the groups, so these come second. */
static kn_code
read_block(block *b, kn_error *err)
{
  const osm_block_task *task = b->task;
  const osm_wire start = {.start = task->bytes, .at = task->bytes, .end = task->bytes + task->length};
  osm_wire wire = start;
  for (uint32_t tag; (tag = osm_wire_next(&wire)) != 0;) {
    if (tag == FIELD(1, OSM_BYTES)) {
      const osm_wire table = osm_wire_bytes(&wire);
      KN_TRY(read_strings(b, table, err));
    } else if (tag == FIELD(17, OSM_VARINT)) {
      b->granularity = (int32_t)osm_wire_varint(&wire);
    } else if (tag == FIELD(19, OSM_VARINT)) {
      b->lat_offset = (int64_t)osm_wire_varint(&wire);
    } else if (tag == FIELD(20, OSM_VARINT)) {
      b->lon_offset = (int64_t)osm_wire_varint(&wire);
    } else {
      osm_wire_skip(&wire, tag);
    }
  }
  if (blame(b, &wire) || b->fault != NULL)
    return KN_OK;
  wire = start;
  for (uint32_t tag; b->fault == NULL && (tag = osm_wire_next(&wire)) != 0;)
    if (tag == FIELD(2, OSM_BYTES))
      KN_TRY(read_group(b, osm_wire_bytes(&wire), err));
    else
      osm_wire_skip(&wire, tag);
  return KN_OK;
}

kn_code
osm_block_read(osm_block_task *task, osm_batch *out, kn_error *err)
{
  block b = {.task = task, .out = out, .granularity = 100};
  kn_code code = read_block(&b, err);
  free(b.string);
  free(b.key);
  if (code == KN_OK && b.fault != NULL)
    code = kn_fail(err, KN_E_INPUT, "byte %td of the unpacked block: expected %s", b.fault_at - task->bytes, b.fault);
  return code;
}
