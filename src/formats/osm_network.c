/* From ways to nodes and links.
 *
 *   first pass: ways and lines ──> which ways stay ──> the nodes they need, sorted ──> second pass: their places
 *   ──> a node where ways meet, end or leave the map; one link per kind between two such nodes, with all points between
 *
 * Points that only bend a way become its geometry. A node that the file does not have (an extract is cut at its border) ends
 * the piece before it. */
#include <stdlib.h>
#include <string.h>

#include "formats/osm.h"

struct osm_network {
  osm_way *ways;
  int64_t way_count, way_capacity;
  int64_t *refs; /* nodes of all ways; later the list is `at` */
  int64_t ref_count, ref_capacity;
  osm_place *ref_places;
  int64_t ref_place_count, ref_place_capacity;
  int64_t *line_ways;
  int64_t line_way_count, line_way_capacity;
  int64_t *nodes; /* [node_count], rising */
  osm_place *places;
  uint8_t *uses; /* 2: the node is a junction or an end */
  int32_t *at;   /* [ref_count] place in `nodes` */
  int64_t node_count;
  kn_arena *texts;
  kn_keymap *seen; /* text -> number of `text` */
  const char **text;
  int64_t text_count, text_capacity;
};

kn_code
osm_network_new(osm_network **out, kn_error *err)
{
  osm_network *network = *out = calloc(1, sizeof *network);
  if (network == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for a network");
  network->texts = kn_arena_new();
  return kn_keymap_new(&network->seen, 1024, err);
}

void
osm_network_free(osm_network *network)
{
  if (network == NULL)
    return;
  free(network->ways);
  free(network->refs);
  free(network->ref_places);
  free(network->line_ways);
  free(network->nodes);
  free(network->places);
  free(network->uses);
  free(network->at);
  free(network->text);
  kn_keymap_free(network->seen);
  kn_arena_free(network->texts);
  free(network);
}

/* ---------------------------------------------------------------- first pass */
/* Names and classes repeat, so each is kept once. What is no text is left out. */
static kn_code
keep_text(osm_network *network, osm_text *text, kn_error *err)
{
  char copy[256];
  if (text->at == NULL)
    return KN_OK;
  if (text->length == 0 || text->length >= sizeof copy || memchr(text->at, '\0', text->length) != NULL ||
      kn_text_bad_utf8(text->at, text->length) >= 0) {
    *text = (osm_text){0};
    return KN_OK;
  }
  memcpy(copy, text->at, text->length);
  copy[text->length] = '\0';
  int32_t known = kn_keymap_find(network->seen, copy);
  if (known < 0) {
    KN_TRY(KN_GROW(network->text, network->text_capacity, network->text_count + 1, err));
    KN_TRY(kn_text_copy(&network->text[network->text_count], network->texts, copy, text->length, err));
    known = (int32_t)network->text_count++;
    int32_t before;
    KN_TRY(kn_keymap_put(network->seen, network->text[known], known, &before, err));
  }
  text->at = network->text[known];
  return KN_OK;
}

static kn_code
take_places(osm_network *network, const osm_batch *batch, kn_error *err)
{
  if (batch->ref_place_count != batch->ref_count || network->ref_place_count != network->ref_count)
    return KN_OK;
  KN_TRY(KN_GROW(network->ref_places, network->ref_place_capacity, network->ref_count + batch->ref_count + 1, err));
  memcpy(network->ref_places + network->ref_count, batch->ref_places, (size_t)batch->ref_count * sizeof *batch->ref_places);
  network->ref_place_count += batch->ref_count;
  return KN_OK;
}

kn_code
osm_network_take(osm_network *network, const osm_batch *batch, kn_error *err)
{
  if (batch->ref_count > 0) {
    if (network->ref_count + batch->ref_count >= INT32_MAX)
      return kn_fail(err, KN_E_LIMIT, "more than %d points in the ways of the network", INT32_MAX - 1);
    KN_TRY(take_places(network, batch, err));
    KN_TRY(KN_GROW(network->refs, network->ref_capacity, network->ref_count + batch->ref_count, err));
    memcpy(network->refs + network->ref_count, batch->refs, (size_t)batch->ref_count * sizeof *batch->refs);
  }
  KN_TRY(KN_GROW(network->ways, network->way_capacity, network->way_count + batch->way_count + 1, err));
  for (int64_t i = 0; i < batch->way_count; i++) {
    osm_way *way = &network->ways[network->way_count];
    *way = batch->ways[i];
    way->first += network->ref_count;
    KN_TRY(keep_text(network, &way->class_of, err));
    KN_TRY(keep_text(network, &way->cemt, err));
    KN_TRY(keep_text(network, &way->name, err));
    network->way_count++;
  }
  network->ref_count += batch->ref_count;
  KN_TRY(KN_GROW(network->line_ways, network->line_way_capacity, network->line_way_count + batch->line_way_count + 1, err));
  for (int64_t i = 0; i < batch->line_way_count; i++)
    network->line_ways[network->line_way_count++] = batch->line_ways[i];
  return KN_OK;
}

/* ---------------------------------------------------------------- between the passes */
static int
compare_ids(const void *left, const void *right)
{
  const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static int
compare_ways(const void *left, const void *right)
{
  const osm_way *a = left, *b = right;
  if (a->id != b->id)
    return a->id < b->id ? -1 : 1;
  return (a->first > b->first) - (a->first < b->first);
}

/* Ways by id, so that the links come in an order that does not depend on the file; the last version of a way that is there
 * twice. Lines give their ways a kind; ways without any go, and their points. */
static kn_code
choose_ways(osm_network *network, kn_error *err)
{
  if (network->way_count > 0)
    qsort(network->ways, (size_t)network->way_count, sizeof *network->ways, compare_ways);
  if (network->line_way_count > 0)
    qsort(network->line_ways, (size_t)network->line_way_count, sizeof *network->line_ways, compare_ids);
  int64_t kept = 0, line = 0, points = 0;
  for (int64_t i = 0; i < network->way_count; i++) {
    osm_way *way = &network->ways[i];
    if (i + 1 < network->way_count && network->ways[i + 1].id == way->id)
      continue;
    while (line < network->line_way_count && network->line_ways[line] < way->id)
      line++;
    if (way->may_carry_lines && line < network->line_way_count && network->line_ways[line] == way->id)
      way->kinds |= 1u << KN_ON_TRANSIT;
    if (way->kinds == 0 || way->count < 2)
      continue;
    points += way->count;
    network->ways[kept++] = *way;
  }
  network->way_count = kept;
  int64_t *refs = malloc(((size_t)points + 1) * sizeof *refs);
  osm_place *places = network->ref_place_count > 0 ? malloc(((size_t)points + 1) * sizeof *places) : NULL;
  if (refs == NULL || (network->ref_place_count > 0 && places == NULL)) {
    free(refs);
    free(places);
    return kn_fail(err, KN_E_LIMIT, "no memory for %" PRId64 " points", points);
  }
  for (int64_t i = 0, at = 0; i < kept; i++) {
    osm_way *way = &network->ways[i];
    memcpy(refs + at, network->refs + way->first, (size_t)way->count * sizeof *refs); /* count is at least 2 */
    if (places != NULL)
      memcpy(places + at, network->ref_places + way->first, (size_t)way->count * sizeof *places);
    way->first = at;
    at += way->count;
  }
  free(network->refs);
  free(network->ref_places);
  network->refs = refs;
  network->ref_places = places;
  network->ref_count = points;
  network->ref_place_count = places == NULL ? 0 : points;
  return KN_OK;
}

typedef struct mention {
  uint64_t id; /* the sign bit turned, so that they sort as signed */
  uint32_t ref;
} mention;

/* Radix sort by 11 bits at a time; digits in which all agree cost a count and no move. O(n). */
static mention *
sort_mentions(mention *from, mention *to, int64_t n)
{
  enum { BITS = 11, BUCKETS = 1 << BITS };
  for (int shift = 0; n > 0 && shift < 64; shift += BITS) {
    int64_t start[BUCKETS + 1] = {0};
    for (int64_t i = 0; i < n; i++)
      start[(from[i].id >> shift & (BUCKETS - 1)) + 1]++;
    if (start[(from[0].id >> shift & (BUCKETS - 1)) + 1] == n)
      continue;
    for (int b = 0; b < BUCKETS; b++)
      start[b + 1] += start[b];
    for (int64_t i = 0; i < n; i++)
      to[start[from[i].id >> shift & (BUCKETS - 1)]++] = from[i];
    mention *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/* Each node once; where each point of a way is among them. */
static kn_code
number_nodes(osm_network *network, mention *sorted, kn_error *err)
{
  int64_t count = 0;
  for (int64_t i = 0; i < network->ref_count; i++)
    count += i == 0 || sorted[i].id != sorted[i - 1].id;
  network->nodes = malloc(((size_t)count + 1) * sizeof *network->nodes);
  network->places = malloc(((size_t)count + 1) * sizeof *network->places);
  network->uses = calloc((size_t)count + 1, 1);
  network->at = calloc((size_t)network->ref_count + 1, sizeof *network->at);
  if (network->nodes == NULL || network->places == NULL || network->uses == NULL || network->at == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory for %" PRId64 " nodes", count);
  for (int64_t i = 0, at = -1; i < network->ref_count; i++) {
    if (i == 0 || sorted[i].id != sorted[i - 1].id) {
      network->nodes[++at] = (int64_t)(sorted[i].id ^ (uint64_t)1 << 63);
      network->places[at] = (osm_place){OSM_NOWHERE, OSM_NOWHERE};
    }
    network->at[sorted[i].ref] = (int32_t)at;
    network->uses[at] = network->uses[at] < 2 ? network->uses[at] + 1 : 2;
  }
  network->node_count = count;
  return KN_OK;
}

static kn_code
sort_nodes(osm_network *network, mention *mentions, mention *spare, kn_error *err)
{
  if (mentions == NULL || spare == NULL)
    return kn_fail(err, KN_E_LIMIT, "no memory to sort nodes");
  for (int64_t i = 0; i < network->ref_count; i++)
    mentions[i] = (mention){(uint64_t)network->refs[i] ^ (uint64_t)1 << 63, (uint32_t)i};
  return number_nodes(network, sort_mentions(mentions, spare, network->ref_count), err);
}

kn_code
osm_network_close_ways(osm_network *network, kn_error *err)
{
  KN_TRY(choose_ways(network, err));
  const size_t bytes = ((size_t)network->ref_count + 1) * sizeof(mention);
  mention *mentions = malloc(bytes), *spare = malloc(bytes);
  const kn_code code = sort_nodes(network, mentions, spare, err);
  free(mentions);
  free(spare);
  KN_TRY(code);
  assert(network->places != NULL && network->uses != NULL && network->at != NULL);
  for (int64_t i = 0; i < network->ref_place_count; i++)
    network->places[network->at[i]] = network->ref_places[i];
  for (int64_t i = 0; i < network->way_count; i++) {
    const osm_way *way = &network->ways[i];
    network->uses[network->at[way->first]] = network->uses[network->at[way->first + way->count - 1]] = 2;
  }
  free(network->refs);
  free(network->ref_places);
  network->refs = NULL;
  network->ref_places = NULL;
  return KN_OK;
}

const int64_t *
osm_network_nodes(const osm_network *network, int64_t *count)
{
  *count = network->node_count;
  return network->nodes;
}

bool
osm_network_lacks_places(const osm_network *network)
{
  return network->ref_place_count < network->ref_count;
}

/* ---------------------------------------------------------------- second pass */
/* Ids mostly rise, so the next one wanted is near: steps that double, then halves between. */
int32_t
osm_network_find(const osm_network *network, int64_t node, int32_t *from)
{
  const int64_t *nodes = network->nodes, n = network->node_count;
  int64_t low = *from < n ? *from : n, high, step = 1;
  if (low > 0 && nodes[low - 1] >= node)
    low = 0;
  for (high = low; high < n && nodes[high] < node; step *= 2) {
    low = high + 1;
    high = high + step;
  }
  if (high > n)
    high = n;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (nodes[middle] < node)
      low = middle + 1;
    else
      high = middle;
  }
  *from = (int32_t)low;
  return low < n && nodes[low] == node ? (int32_t)low : -1;
}

void
osm_network_place(osm_network *network, const osm_batch *batch)
{
  for (int64_t i = 0; i < batch->place_count; i++)
    network->places[batch->node_at[i]] = batch->places[i];
}

/* ---------------------------------------------------------------- rows */
typedef struct feeding {
  osm_network *network;
  kn_builder *builder;
  const char *file;
  uint8_t *wkb;
  int64_t wkb_capacity;
  int64_t link_count, cut_count; /* cut: ways that leave the map */
} feeding;

/* "n123": a letter and a number, much faster than by printf. Returns what follows. */
static char *
put_id(char *out, char letter, int64_t id)
{
  char digits[24];
  int32_t n = 0;
  uint64_t left = id < 0 ? -(uint64_t)id : (uint64_t)id;
  *out++ = letter;
  if (id < 0)
    *out++ = '-';
  do
    digits[n++] = (char)('0' + left % 10);
  while ((left /= 10) > 0);
  while (n > 0)
    *out++ = digits[--n];
  *out = '\0';
  return out;
}

static kn_value
text_value(const char *text)
{
  return text == NULL ? (kn_value){.is_blank = true} : (kn_value){.text = text, .length = (int32_t)strlen(text)};
}

static kn_value
osm_value(osm_text text)
{
  return text.at == NULL ? (kn_value){.is_blank = true} : (kn_value){.text = text.at, .length = (int32_t)text.length};
}

static kn_value
real_value(double value)
{
  return isnan(value) ? (kn_value){.is_blank = true} : (kn_value){.real = value};
}

static kn_code
feed_source(const feeding *feed, kn_error *err)
{
  static const char *const names[] = {"source_id", "title", "publisher", "licence", "link", "kind"};
  char title[300];
  snprintf(title, sizeof title, "OpenStreetMap contributors: %.200s", path_name(feed->file));
  const kn_value values[] = {text_value("osm"),
                             text_value(title),
                             text_value("OpenStreetMap"),
                             text_value("ODbL 1.0"),
                             text_value("https://www.openstreetmap.org/copyright"),
                             text_value("register")};
  KN_TRY(kn_builder_batch(feed->builder, KN_T_SOURCE, feed->file, 6, names, 1, err));
  return kn_builder_typed(feed->builder, values, err);
}

static bool
is_placed(const osm_network *network, int32_t node)
{
  return network->places[node].lon != OSM_NOWHERE;
}

/* Ends at the border of the map: the last point of a way before one that is not there, and the first behind it. */
static void
end_at_border(feeding *feed)
{
  osm_network *network = feed->network;
  for (int64_t i = 0; i < network->way_count; i++) {
    const osm_way *way = &network->ways[i];
    const int32_t *at = network->at + way->first;
    bool is_cut = false;
    for (int32_t k = 0; k < way->count; k++) {
      if (is_placed(network, at[k]))
        continue;
      is_cut = true;
      if (k > 0)
        network->uses[at[k - 1]] = 2;
      if (k + 1 < way->count)
        network->uses[at[k + 1]] = 2;
    }
    feed->cut_count += is_cut;
  }
}

/* Only nodes that a link begins or ends at become rows: those with a neighbour on their way. Marked 3. */
static void
mark_ends(osm_network *network)
{
  for (int64_t i = 0; i < network->way_count; i++) {
    const osm_way *way = &network->ways[i];
    const int32_t *at = network->at + way->first;
    for (int32_t k = 0; k + 1 < way->count; k++) {
      if (!is_placed(network, at[k]) || !is_placed(network, at[k + 1]))
        continue;
      for (int32_t j = 0; j < 2; j++)
        if (network->uses[at[k + j]] == 2)
          network->uses[at[k + j]] = 3;
    }
  }
}

static kn_code
feed_nodes(const feeding *feed, kn_error *err)
{
  static const char *const names[] = {"node_id", "lon", "lat"};
  const osm_network *network = feed->network;
  int64_t count = 0;
  for (int64_t i = 0; i < network->node_count; i++)
    count += network->uses[i] == 3;
  KN_TRY(kn_builder_batch(feed->builder, KN_T_NODE, feed->file, 3, names, count, err));
  for (int64_t i = 0; i < network->node_count; i++) {
    if (network->uses[i] != 3)
      continue;
    char id[32];
    put_id(id, 'n', network->nodes[i]);
    const kn_value values[] = {text_value(id), {.real = network->places[i].lon / 1e7}, {.real = network->places[i].lat / 1e7}};
    KN_TRY(kn_builder_typed(feed->builder, values, err));
  }
  return KN_OK;
}

/* A piece of a way between two nodes. */
typedef struct piece {
  const osm_way *way;
  const int32_t *at; /* its points */
  int32_t count, number;
  double km;
} piece;

static kn_code
draw_piece(feeding *feed, const piece *p, bool is_reversed, size_t *length, kn_error *err)
{
  *length = 9 + (size_t)p->count * 16;
  KN_TRY(KN_GROW(feed->wkb, feed->wkb_capacity, (int64_t)*length, err));
  const uint32_t head[2] = {2, (uint32_t)p->count};
  feed->wkb[0] = 1;
  memcpy(feed->wkb + 1, head, sizeof head);
  for (int32_t i = 0; i < p->count; i++) {
    const osm_place place = feed->network->places[p->at[is_reversed ? p->count - 1 - i : i]];
    const double point[2] = {place.lon / 1e7, place.lat / 1e7};
    memcpy(feed->wkb + 9 + (size_t)i * 16, point, sizeof point);
  }
  return KN_OK;
}

static double
measure_piece(const osm_network *network, const piece *p)
{
  double km = 0;
  kn_point before = kn_point_at(network->places[p->at[0]].lon / 1e7, network->places[p->at[0]].lat / 1e7);
  for (int32_t i = 1; i < p->count; i++) {
    const osm_place place = network->places[p->at[i]];
    const kn_point here = kn_point_at(place.lon / 1e7, place.lat / 1e7);
    km += kn_point_km(KN_SPHERE, before, here);
    before = here;
  }
  return round(km * 1e4) / 1e4;
}

/* One link of a kind. A way that runs against its points is turned round. */
static kn_code
feed_link(feeding *feed, const piece *p, kn_link_kind kind, kn_error *err)
{
  static const char marks[KN_LINK_KIND_COUNT] = {
      [KN_ON_RAIL] = 'r', [KN_ON_WATER] = 'w', [KN_ON_CYCLE] = 'c', [KN_ON_TRANSIT] = 't'};
  const osm_way *way = p->way;
  const osm_network *network = feed->network;
  const bool is_rail = kind == KN_ON_RAIL || kind == KN_ON_WATER;
  const int8_t direction = is_rail ? 0 : kind == KN_ON_CYCLE ? way->cycle_direction : way->direction;
  const bool is_road = kind == KN_ON_ROAD;
  char id[48], from[32], to[32];
  char *end = put_id(put_id(id, 'w', way->id), '-', p->number);
  if (marks[kind] != '\0') {
    *end++ = marks[kind];
    *end = '\0';
  }
  put_id(from, 'n', network->nodes[p->at[direction < 0 ? p->count - 1 : 0]]);
  put_id(to, 'n', network->nodes[p->at[direction < 0 ? 0 : p->count - 1]]);
  const double speed = is_road || is_rail ? round((double)way->speed_kmh * 10) / 10 : NAN;
  const double max_t = is_road ? round((double)way->max_t * 1000) / 1000 : NAN;
  const kn_value values[] = {text_value(id),
                             text_value(from),
                             text_value(to),
                             text_value(kn_link_kind_name(kind)),
                             {.real = p->km},
                             real_value(speed),
                             {.real = direction != 0},
                             real_value(max_t),
                             text_value("osm"),
                             osm_value(way->class_of),
                             kind == KN_ON_WATER ? osm_value(way->cemt) : (kn_value){.is_blank = true},
                             osm_value(way->name)};
  KN_TRY(kn_builder_typed(feed->builder, values, err));
  feed->link_count++;
  if (p->count == 2)
    return KN_OK; /* the straight line */
  size_t length;
  KN_TRY(draw_piece(feed, p, direction < 0, &length, err));
  return kn_builder_shape(feed->builder, KN_T_LINK, feed->file, 0, id, feed->wkb, length, err);
}

static kn_code
feed_way(feeding *feed, const osm_way *way, kn_error *err)
{
  const osm_network *network = feed->network;
  const int32_t *at = network->at + way->first;
  piece p = {.way = way};
  for (int32_t first = 0; first + 1 < way->count;) {
    if (!is_placed(network, at[first]) || !is_placed(network, at[first + 1])) {
      first++;
      continue;
    }
    int32_t last = first + 1;
    while (network->uses[at[last]] < 3)
      last++;
    p.at = at + first;
    p.count = last - first + 1;
    p.number++;
    p.km = measure_piece(network, &p);
    for (int32_t kind = 0; kind < KN_LINK_KIND_COUNT; kind++)
      if (way->kinds >> kind & 1)
        KN_TRY(feed_link(feed, &p, (kn_link_kind)kind, err));
    first = last;
  }
  return KN_OK;
}

static kn_code
feed_links(feeding *feed, kn_error *err)
{
  static const char *const names[] = {"link_id", "from_id", "to_id",     "kind",  "km",   "speed_kmh",
                                      "oneway",  "max_t",   "source_id", "class", "cemt", "name"};
  const osm_network *network = feed->network;
  int64_t expected = 0;
  for (int64_t i = 0; i < network->way_count; i++)
    expected += 2;
  KN_TRY(kn_builder_batch(feed->builder, KN_T_LINK, feed->file, 12, names, expected, err));
  for (int64_t i = 0; i < network->way_count; i++)
    KN_TRY(feed_way(feed, &network->ways[i], err));
  return KN_OK;
}

static kn_code
feed_all(feeding *feed, kn_findings *findings, kn_error *err)
{
  end_at_border(feed);
  mark_ends(feed->network);
  if (feed->network->way_count > 0)
    KN_TRY(feed_source(feed, err));
  KN_TRY(feed_nodes(feed, err));
  KN_TRY(feed_links(feed, err));
  kn_finding where = {.severity = KN_WARNING, .rule = "no_network", .file = feed->file, .table = "link"};
  if (feed->link_count == 0)
    return kn_findings_add(findings, &where, err, "the map holds no roads, rails, waterways, cycle ways or lines");
  where.severity = KN_HINT;
  where.rule = "map_border";
  if (feed->cut_count > 0)
    return kn_findings_add(findings, &where, err, "%" PRId64 " ways leave the map; they end at its border", feed->cut_count);
  return KN_OK;
}

kn_code
osm_network_feed(osm_network *network, kn_builder *builder, kn_findings *findings, const char *file, kn_error *err)
{
  feeding feed = {.network = network, .builder = builder, .file = file};
  const kn_code code = feed_all(&feed, findings, err);
  free(feed.wkb);
  return code;
}
