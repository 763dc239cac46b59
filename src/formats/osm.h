/* formats/osm.h - OpenStreetMap as the links of a region; what the files osm_*.c share.
 *
 *   osm_import.c   one entry: two passes over a file, ways first, then the places of the nodes they use
 *   osm_pbf.c      the file in blobs, read on all threads;  osm_block.c one unpacked blob
 *   osm_xml.c      the file as XML, plain or packed
 *   osm_tags.c     tags -> what runs on a way;  osm_values.c speeds, weights
 *   osm_network.c  ways -> nodes and links -> rows of the builder
 *
 * Memory follows what is kept: 88 bytes a way, and while nodes are sorted 44 a point. Readers hand over batches in the order of
 * the file, so nothing depends on the number of threads. */
#ifndef KNOOP_FORMATS_OSM_H
#define KNOOP_FORMATS_OSM_H

#include "formats/internal.h"

/* ---------------------------------------------------------------- tags */
#define OSM_KEYS(X)                                                                                                              \
  X(HIGHWAY, "highway")                                                                                                          \
  X(RAILWAY, "railway")                                                                                                          \
  X(WATERWAY, "waterway")                                                                                                        \
  X(JUNCTION, "junction")                                                                                                        \
  X(AREA, "area")                                                                                                                \
  X(ONEWAY, "oneway")                                                                                                            \
  X(ONEWAY_BICYCLE, "oneway:bicycle")                                                                                            \
  X(ACCESS, "access")                                                                                                            \
  X(VEHICLE, "vehicle")                                                                                                          \
  X(MOTOR_VEHICLE, "motor_vehicle")                                                                                              \
  X(HGV, "hgv")                                                                                                                  \
  X(GOODS, "goods")                                                                                                              \
  X(BICYCLE, "bicycle")                                                                                                          \
  X(MOTORROAD, "motorroad")                                                                                                      \
  X(CYCLEWAY, "cycleway")                                                                                                        \
  X(CYCLEWAY_LEFT, "cycleway:left")                                                                                              \
  X(MAXSPEED, "maxspeed")                                                                                                        \
  X(MAXWEIGHT, "maxweight")                                                                                                      \
  X(MAXWEIGHT_HGV, "maxweight:hgv")                                                                                              \
  X(CEMT, "CEMT")                                                                                                                \
  X(BOAT, "boat")                                                                                                                \
  X(SHIP, "ship")                                                                                                                \
  X(MOTORBOAT, "motorboat")                                                                                                      \
  X(USAGE, "usage")                                                                                                              \
  X(SERVICE, "service")                                                                                                          \
  X(NAME, "name")                                                                                                                \
  X(REF, "ref")                                                                                                                  \
  X(TYPE, "type")                                                                                                                \
  X(ROUTE, "route")
typedef enum osm_key {
#define X(name, text) OSM_##name,
  OSM_KEYS(X)
#undef X
      OSM_KEY_COUNT
} osm_key;
/* The key a text is, or OSM_KEY_COUNT. */
osm_key osm_find_key(const char *text, size_t length);

typedef struct osm_text {
  const char *at; /* NULL: none */
  size_t length;
} osm_text;

/* What a way is good for. */
typedef struct osm_way {
  int64_t id;
  int64_t first; /* its points: first .. first + count - 1 of those of its batch (of the network) */
  int32_t count;
  uint32_t kinds; /* bits of kn_link_kind */
  float speed_kmh, max_t;
  int8_t direction, cycle_direction; /* 1, -1: one way only; 0: both */
  bool may_carry_lines;              /* public transport runs there when a route says so */
  osm_text class_of, cemt, name;
} osm_way;
/* Reads the tags of a way. False: it is no part of the network. */
bool osm_read_way(const osm_text *tag, osm_way *out);
/* Is this relation a line of public transport, and this a role of ways it runs on? */
bool osm_is_line(const osm_text *tag);
bool osm_is_track_role(const char *role, size_t length);

/* ---- osm_values.c */
float osm_read_speed(osm_text value);  /* km/h; NAN: none that can be read */
float osm_read_weight(osm_text value); /* t; NAN */
bool osm_is(osm_text value, const char *word);
bool osm_is_one_of(osm_text value, const char *const *words); /* NULL-terminated */

/* ---------------------------------------------------------------- batches: what a reader found, in the order of the file */
typedef struct osm_place {
  int32_t lon, lat; /* 1e-7 degree; OSM_NOWHERE: not known */
} osm_place;
#define OSM_NOWHERE INT32_MIN
typedef struct osm_batch {
  osm_way *ways;
  int64_t way_count, way_capacity;
  int64_t *refs; /* nodes of the ways */
  int64_t ref_count, ref_capacity;
  osm_place *ref_places; /* [refs] of a file with locations on ways; count 0: none */
  int64_t ref_place_count, ref_place_capacity;
  int64_t *line_ways; /* ways that public transport runs on */
  int64_t line_way_count, line_way_capacity;
  int32_t *node_at; /* second pass: nodes of the network, and where they are */
  osm_place *places;
  int64_t place_count, node_at_capacity, place_capacity;
} osm_batch;
void osm_batch_clear(osm_batch *batch);
void osm_batch_free(osm_batch *batch);
/* Adds a way with `count` refs that the caller then fills in, from *refs on. */
kn_code osm_batch_way(osm_batch *batch, const osm_way *way, int32_t count, int64_t **refs, kn_error *err);
kn_code osm_batch_line_way(osm_batch *batch, int64_t way, kn_error *err);
kn_code osm_batch_place(osm_batch *batch, int32_t node_at, osm_place place, kn_error *err);

/* ---------------------------------------------------------------- the network */
typedef struct osm_network osm_network;
kn_code osm_network_new(osm_network **out, kn_error *err);
void osm_network_free(osm_network *network);
/* First pass: ways and lines. Texts are copied. */
kn_code osm_network_take(osm_network *network, const osm_batch *batch, kn_error *err);
/* Between the passes: which ways stay, and which nodes they need. */
kn_code osm_network_close_ways(osm_network *network, kn_error *err);
/* The nodes wanted, rising; lent. */
const int64_t *osm_network_nodes(const osm_network *network, int64_t *count);
/* Position of a node among them at or after `from` when ids rise, anywhere when they do not; -1: not wanted. *from follows. */
int32_t osm_network_find(const osm_network *network, int64_t node, int32_t *from);
/* Second pass: places. */
void osm_network_place(osm_network *network, const osm_batch *batch);
/* Are there nodes without a place? Not so when all ways brought theirs. */
bool osm_network_lacks_places(const osm_network *network);
/* Nodes and links as rows; `file` stands in findings. */
kn_code osm_network_feed(osm_network *network, kn_builder *builder, kn_findings *findings, const char *file, kn_error *err);

/* ---------------------------------------------------------------- readers */
typedef struct osm_reading {
  const char *path;
  int fd;
  int64_t size;
  int32_t thread_count;
  const kn_watch *watch;
  osm_network *network;
} osm_reading;
/* Both passes. */
kn_code osm_pbf_read(osm_reading *reading, kn_error *err);
kn_code osm_xml_read(osm_reading *reading, kn_error *err);
/* Whole import of a file in either form. */
kn_code osm_import(kn_builder *builder, kn_findings *findings, const char *path, const kn_import_settings *settings,
                   kn_error *err);
bool osm_is_file(const char *name); /* .osm.pbf, .pbf, .osm, .osm.gz, .osm.bz2 */

/* ---------------------------------------------------------------- osm_block.c: one unpacked block of a PBF file */
typedef struct osm_block_task {
  const uint8_t *bytes;
  size_t length;
  bool wants_ways;            /* ways and relations into the batch */
  const osm_network *network; /* nodes of it into the batch; NULL: nodes are passed over */
  bool has_nodes, has_ways;   /* out */
} osm_block_task;
/* KN_E_INPUT: `byte N of the unpacked block: expected ...`. */
kn_code osm_block_read(osm_block_task *task, osm_batch *out, kn_error *err);

/* The wire format of Protocol Buffers: a run of (field, value). */
typedef struct osm_wire {
  const uint8_t *start, *at, *end; /* start: for offsets */
  const char *fault;               /* what was expected where it stopped; NULL: none */
} osm_wire;
enum { OSM_VARINT = 0, OSM_FIXED64 = 1, OSM_BYTES = 2, OSM_FIXED32 = 5 };
uint64_t osm_wire_varint(osm_wire *wire);
/* Field number << 3 | kind of the next value; 0 at the end or after a fault. */
uint32_t osm_wire_next(osm_wire *wire);
osm_wire osm_wire_bytes(osm_wire *wire);
void osm_wire_skip(osm_wire *wire, uint32_t tag);
static inline int64_t
osm_zigzag(uint64_t value)
{
  return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

#endif
