/* The map of a region that is too large to be sent whole: by tiles, each with its sites where they are few, else with clusters of them.
 *
 * Tiles are those of web maps (Web Mercator, 256 pixels at zoom 0 for the world), so that what two people look at is asked for by the
 * same address and is kept until the next commit. */
#include "portal/api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  ZOOM_MOST = 20,
  CELLS = 8,     /* of a tile, each way */
  OWN_MOST = 64, /* sites of a tile that are sent one by one */
  OWN_NEAR = 15, /* from this zoom on: */
  OWN_NEAR_MOST = 1000,
};

typedef struct tile {
  double west, south, east, north;
  int64_t zoom;
} tile;

static double
latitude(double y, double n)
{
  return atan(sinh(acos(-1) * (1 - 2 * y / n))) * 180 / acos(-1);
}

static kn_code
read_tile(const kn_request *request, tile *out, kn_error *err)
{
  static const char *const names[] = {"z", "x", "y"};
  int64_t at[3];
  for (int i = 0; i < 3; i++) {
    const char *text = kn_request_part(request, names[i]);
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 7 || text[digits] != '\0')
      return kn_missing(request, err);
    at[i] = strtoll(text, NULL, 10);
  }
  const double n = ldexp(1, (int)(at[0] <= ZOOM_MOST ? at[0] : ZOOM_MOST));
  if (at[0] > ZOOM_MOST || (double)at[1] >= n || (double)at[2] >= n)
    return kn_missing(request, err);
  const double x = (double)at[1], y = (double)at[2];
  *out = (tile){.west = x / n * 360 - 180,
                .east = (x + 1) / n * 360 - 180,
                .north = latitude(y, n),
                .south = latitude(y + 1, n),
                .zoom = at[0]};
  return KN_OK;
}

/* ",material,energy," of "material,energy"; NULL stays NULL. */
static kn_code
between(kn_request *request, const char *text, const char **out, kn_error *err)
{
  *out = NULL;
  if (text == NULL || *text == '\0')
    return KN_OK;
  const size_t size = strlen(text) + 3;
  char *made;
  KN_NEW(made, request->arena, size, err);
  snprintf(made, size, ",%s,", text);
  *out = made;
  return KN_OK;
}

/* A text for LIKE: what stands anywhere in it; the signs of LIKE are signs. */
static kn_code
anywhere(kn_request *request, const char *text, const char **out, kn_error *err)
{
  *out = NULL;
  if (text == NULL || *text == '\0')
    return KN_OK;
  if (strlen(text) > 300)
    return kn_fail(err, KN_E_INPUT, "words: expected at most %d bytes", 300);
  char *made, *to;
  KN_NEW(made, request->arena, 2 * strlen(text) + 3, err);
  to = made;
  *to++ = '%';
  for (; *text != '\0'; text++) {
    if (strchr("%_\\", *text) != NULL)
      *to++ = '\\';
    *to++ = *text;
  }
  memcpy(to, "%", 2);
  *out = made;
  return KN_OK;
}

/* ---------------------------------------------------------------- cells */
typedef struct cells {
  kn_request *request;
  json_t *features, *own; /* clusters; keys of sites that go out one by one */
  int64_t count;          /* sites */
  json_t *kept;           /* cells as they came */
} cells;

static kn_code
take_cell(void *arg, const kn_answer *answer, kn_error *err)
{
  cells *in = arg;
  json_t *cell;
  KN_TRY(kn_row_json(answer, &cell, err));
  in->count += json_integer_value(json_object_get(cell, "n"));
  return json_array_append_new(in->kept, cell) == 0 ? KN_OK : kn_fail(err, KN_E_LIMIT, "out of memory");
}

/* A cell with one site: itself. */
static kn_code
part_cells(cells *in, kn_error *err)
{
  size_t at;
  json_t *cell;
  json_array_foreach(in->kept, at, cell)
  {
    const json_int_t n = json_integer_value(json_object_get(cell, "n"));
    json_t *feature =
        n == 1 ? NULL
               : json_pack("{s:s, s:{s:s, s:[O, O]}, s:{s:I}}", "type", "Feature", "geometry", "type", "Point", "coordinates",
                           json_object_get(cell, "lon"), json_object_get(cell, "lat"), "properties", "point_count", n);
    if (n == 1 ? json_array_append(in->own, json_object_get(cell, "site_id")) != 0
               : feature == NULL || json_array_append_new(in->features, feature) != 0)
      return kn_fail(err, KN_E_LIMIT, "out of memory");
  }
  return KN_OK;
}

static kn_code
take_site(void *arg, const kn_answer *answer, kn_error *err)
{
  cells *in = arg;
  json_t *site;
  KN_TRY(kn_row_json(answer, &site, err));
  json_t *feature = json_pack("{s:s, s:{s:s, s:[O, O]}, s:o}", "type", "Feature", "geometry", "type", "Point", "coordinates",
                              json_object_get(site, "lon"), json_object_get(site, "lat"), "properties", site);
  return feature != NULL && json_array_append_new(in->features, feature) == 0 ? KN_OK : kn_fail(err, KN_E_LIMIT, "out of memory");
}

/* which[0] is is_own. */
static kn_code
fill_tile(cells *in, kn_bind *which, int32_t count, int64_t own_most, kn_error *err)
{
  kn_conn *conn = in->request->conn;
  KN_TRY(kn_conn_ask(conn, "map_cells", which, count, take_cell, in, err));
  if (in->count <= own_most && in->count > (int64_t)json_array_size(in->kept)) { /* few: each by itself */
    which[0].value = kn_field_int(1);
    json_array_clear(in->kept);
    in->count = 0;
    KN_TRY(kn_conn_ask(conn, "map_cells", which, count, take_cell, in, err));
  }
  KN_TRY(part_cells(in, err));
  char *keys = json_dumps(in->own, JSON_COMPACT);
  const kn_bind of[] = {KN_BIND_TEXT("sites", keys)};
  const kn_code code =
      json_array_size(in->own) > 0 ? kn_conn_ask(conn, "map_sites", of, KN_COUNT_OF(of), take_site, in, err) : KN_OK;
  free(keys);
  return code;
}

static kn_code
map_tile(kn_request *request, kn_reply *reply, kn_error *err)
{
  tile at = {0};
  const char *words, *class_of, *stream = kn_request_query(request, "stream"),
                                *resource = kn_request_query(request, "resource_id");
  KN_TRY(read_tile(request, &at, err));
  KN_TRY(anywhere(request, kn_request_query(request, "words"), &words, err));
  KN_TRY(between(request, kn_request_query(request, "class"), &class_of, err));
  cells in = {.request = request, .features = json_array(), .own = json_array(), .kept = json_array()};
  kn_bind which[] = {
      KN_BIND_INT("is_own", 0),          KN_BIND_REAL("west", at.west),
      KN_BIND_REAL("south", at.south),   KN_BIND_REAL("east", at.east),
      KN_BIND_REAL("north", at.north),   KN_BIND_INT("cells", CELLS),
      KN_BIND_TEXT("words", words),      KN_BIND_INT("is_filtered", class_of != NULL || stream != NULL || resource != NULL),
      KN_BIND_TEXT("class", class_of),   KN_BIND_TEXT("stream", stream),
      KN_BIND_TEXT("resource", resource)};
  const kn_code code = fill_tile(&in, which, KN_COUNT_OF(which), at.zoom >= OWN_NEAR ? OWN_NEAR_MOST : OWN_MOST, err);
  json_decref(in.own);
  json_decref(in.kept);
  if (code != KN_OK) {
    json_decref(in.features);
    return code;
  }
  reply->json = json_pack("{s:s, s:o, s:I}", "type", "FeatureCollection", "features", in.features, "count", (json_int_t)in.count);
  return KN_OK;
}

/* "west,south,east,north" into four numbers; none of them given: NANs. */
static kn_code
read_box(const kn_request *request, double box[4], kn_error *err)
{
  const char *text = kn_request_query(request, "bbox");
  for (int i = 0; i < 4; i++) {
    box[i] = NAN;
    if (text == NULL)
      continue;
    const size_t length = strcspn(text, ",");
    if (!kn_number_read(text, length, '.', &box[i]) || (text[length] == ',') != (i < 3))
      return kn_fail(err, KN_E_INPUT, "bbox: expected west,south,east,north in degrees");
    text += length + (i < 3);
  }
  return KN_OK;
}

static kn_code
map_ties(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *class_of, *level;
  int64_t run;
  double box[4];
  KN_TRY(kn_part_id(request, "run", &run, err));
  KN_TRY(read_box(request, box, err));
  KN_TRY(between(request, kn_request_query(request, "class"), &class_of, err));
  KN_TRY(between(request, kn_request_query(request, "level"), &level, err));
  const kn_bind which[] = {KN_BIND_INT("run", run),
                           KN_BIND_REAL("west", box[0]),
                           KN_BIND_REAL("south", box[1]),
                           KN_BIND_REAL("east", box[2]),
                           KN_BIND_REAL("north", box[3]),
                           KN_BIND_TEXT("class", class_of),
                           KN_BIND_TEXT("level", level),
                           KN_BIND_TEXT("stream", kn_request_query(request, "stream")),
                           KN_BIND_TEXT("resource", kn_request_query(request, "resource_id"))};
  return kn_reply_list(request, reply, "map_ties", which, KN_COUNT_OF(which), err);
}

static kn_code
map_size(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_row(request, reply, "map_size", NULL, 0, err);
}

/* ---------------------------------------------------------------- the table */
static const kn_query_def of_tile[] = {
    {"class", "string", "Only sites that hold or lack something of these classes, parted by commas."},
    {"stream", "string", "Only sites with something of this stream: R1 to R10."},
    {"resource_id", "string", "Only sites with this resource."},
    {"words", "string", "Only sites with this text in their name, address or that of who holds them."},
    {NULL}};
static const kn_query_def of_ties[] = {{"bbox", "string", "Only those that touch west,south,east,north in degrees."},
                                       {"class", "string", "Only of these classes, parted by commas."},
                                       {"level", "string", "Only of these levels, parted by commas."},
                                       {"stream", "string", "Only of this stream: R1 to R10."},
                                       {"resource_id", "string", "Only of this resource."},
                                       {NULL}};
const kn_endpoint kn_api_map[] = {
    {"GET", "/map", KN_MAY_ALL, KN_KEEPS, map_size, "How many sites there are, and where.", NULL, NULL, NULL},
    {"GET", "/map/tiles/{z}/{x}/{y}", KN_MAY_ALL, KN_KEEPS | KN_SLOW, map_tile,
     "Sites of a tile of Web Mercator as GeoJSON: one by one where they are few, else clusters (point_count) of those that "
     "match.",
     of_tile, NULL, NULL},
    {"GET", "/map/ties/{run}", KN_MAY_ALL, KN_KEEPS | KN_SLOW | KN_LISTS, map_ties,
     "Ties of a plan as a map draws them, those worth most first, as far as you may see both ends.", of_ties, NULL, NULL},
    {NULL},
};
