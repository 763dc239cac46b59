/* Tasks: the ways that the ties of a saved plan take over the network, for a map.
 *
 *   legs of each tie as saved (modes, terminals) -> its trip -> links, and straight pieces to, from and between them
 *   -> all that passes a link by modes of one kind, added up */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* A straight piece between two places, by their points or nodes. */
typedef struct straight {
  double end[2][2]; /* lon, lat */
  double eur;
  uint8_t kind;
} straight;

typedef struct tracking {
  const kn_region *region;
  kn_access *access;
  kn_access_facts facts;
  kn_task_story *story;
  kn_arena *scratch;
  kn_site_view sites;
  kn_gateway_view gateways;
  kn_terminal_view terminals;
  kn_node_view nodes;
  kn_link_view links;
  kn_mode_view modes;
  double *eur; /* [links] of what passes */
  int64_t straight_count, straight_capacity;
  straight *straight;
  int64_t at; /* tie under way */
  uint8_t *is_tracked;
} tracking;

/* ------------------------------------------------------------------ where things are */
static int32_t
point_of(const tracking *t, kn_place place)
{
  if (place.kind == KN_END_GATEWAY)
    return t->facts.gateway_first + place.row;
  return place.site == KN_NONE ? KN_NONE : t->facts.site_first + place.site;
}

static void
place_of(const tracking *t, int32_t point, double at[2])
{
  const kn_access_facts *f = &t->facts;
  if (point < f->gateway_first) {
    at[0] = t->sites.lon[point];
    at[1] = t->sites.lat[point];
  } else if (point < f->terminal_first) {
    at[0] = t->gateways.lon[point - f->gateway_first];
    at[1] = t->gateways.lat[point - f->gateway_first];
  } else {
    at[0] = t->terminals.lon[point - f->terminal_first];
    at[1] = t->terminals.lat[point - f->terminal_first];
  }
}

static void
place_of_node(const tracking *t, int32_t node, double at[2])
{
  at[0] = t->nodes.lon[node];
  at[1] = t->nodes.lat[node];
}

/* The kind that a leg without links is drawn as: the first that its mode runs on. */
static uint8_t
kind_of_mode(const tracking *t, int32_t carrier)
{
  const uint32_t kinds = carrier < t->modes.n ? t->modes.kinds[carrier] : 0;
  for (int kind = 0; kind < KN_LINK_KIND_COUNT; kind++)
    if ((kinds & 1u << kind) != 0)
      return (uint8_t)kind;
  return KN_ON_ROAD;
}

/* ------------------------------------------------------------------ adding up */
static kn_code
add_straight(tracking *t, straight piece, kn_error *err)
{
  if (piece.end[0][0] == piece.end[1][0] && piece.end[0][1] == piece.end[1][1])
    return KN_OK;
  KN_TRY(KN_GROW(t->straight, t->straight_capacity, t->straight_count + 1, err));
  t->straight[t->straight_count++] = piece;
  return KN_OK;
}

/* The end of the first link that the second does not have, or of a link alone the end nearer to where the leg begins (or ends). */
static int32_t
outer_node(const tracking *t, int32_t link, int32_t next, const double near[2])
{
  const int32_t a = t->links.from[link], b = t->links.to[link];
  if (next != KN_NONE) {
    const bool joins_a = a == t->links.from[next] || a == t->links.to[next];
    const bool joins_b = b == t->links.from[next] || b == t->links.to[next];
    if (joins_a != joins_b)
      return joins_a ? b : a;
  }
  const double away_a = hypot(t->nodes.lon[a] - near[0], t->nodes.lat[a] - near[1]);
  const double away_b = hypot(t->nodes.lon[b] - near[0], t->nodes.lat[b] - near[1]);
  return away_a <= away_b ? a : b;
}

static kn_code
add_leg(tracking *t, const kn_leg *leg, double eur, kn_error *err)
{
  straight piece = {.eur = eur, .kind = kind_of_mode(t, leg->carrier)};
  place_of(t, leg->from, piece.end[0]);
  place_of(t, leg->to, piece.end[1]);
  if (leg->link_count == 0)
    return add_straight(t, piece, err);
  for (int64_t k = 0; k < leg->link_count; k++)
    t->eur[leg->link[k]] += eur;
  const int64_t last = leg->link_count - 1;
  straight before = piece, after = piece;
  before.kind = t->links.kind[leg->link[0]];
  after.kind = t->links.kind[leg->link[last]];
  place_of_node(t, outer_node(t, leg->link[0], last > 0 ? leg->link[1] : KN_NONE, piece.end[0]), before.end[1]);
  place_of_node(t, outer_node(t, leg->link[last], last > 0 ? leg->link[last - 1] : KN_NONE, piece.end[1]), after.end[0]);
  KN_TRY(add_straight(t, before, err));
  return add_straight(t, after, err);
}

/* ------------------------------------------------------------------ a tie */
/* A carrier of the class by the key of its mode; also those that only tariffs have. */
static int32_t
find_carrier(const tracking *t, const char *mode_id, uint8_t class_of)
{
  for (int32_t c = 0; c < t->facts.carrier_count; c++)
    if ((c >= t->modes.n || t->modes.class_of[c] == class_of) && strcmp(kn_access_carrier(t->access, c), mode_id) == 0)
      return c;
  return KN_NONE;
}

/* The choice that was saved, or false: the region has no such mode or terminal. */
static bool
read_via(const tracking *t, const json_t *legs, uint8_t class_of, kn_via *via)
{
  const size_t n = json_array_size(legs);
  *via = (kn_via){.leg_count = (int32_t)n};
  if (n < 1 || n > KN_LEGS_MOST)
    return false;
  for (size_t k = 0; k < n; k++) {
    const char *mode_id = json_string_value(json_object_get(json_array_get(legs, k), "mode_id"));
    const char *terminal_id = json_string_value(json_object_get(json_array_get(legs, k), "terminal_id"));
    via->carrier[k] = mode_id == NULL ? KN_NONE : find_carrier(t, mode_id, class_of);
    if (via->carrier[k] == KN_NONE)
      return false;
    if (k + 1 == n)
      break;
    via->terminal[k] = terminal_id == NULL ? KN_NONE : kn_region_find(t->region, KN_T_TERMINAL, terminal_id);
    if (via->terminal[k] == KN_NONE)
      return false;
  }
  return true;
}

static bool
has_links(const kn_trip *trip)
{
  for (int32_t k = 0; k < trip->leg_count; k++)
    if (trip->leg[k].link_count > 0)
      return true;
  return false;
}

static kn_code
add_tie(tracking *t, int64_t i, const json_t *legs, kn_error *err)
{
  const kn_tie_view *ties = &t->story->plan.ties;
  const int32_t from = point_of(t, ties->from[i]), to = point_of(t, ties->to[i]);
  kn_via via;
  kn_trip trip;
  if (from == KN_NONE || to == KN_NONE || !read_via(t, legs, kn_region_resources(t->region).class_of[ties->resource[i]], &via))
    return KN_OK;
  const int32_t number = via.leg_count == 1 ? via.carrier[0] : kn_via_number(t->access, &via, err);
  if (number == KN_NONE)
    return KN_E_LIMIT;
  kn_arena *scratch = kn_arena_new();
  kn_code code = KN_OK;
  if (kn_access_trip(t->access, number, ties->resource[i], from, to, scratch, &trip) && has_links(&trip)) {
    t->is_tracked[i] = 1;
    for (int32_t k = 0; k < trip.leg_count && code == KN_OK; k++)
      code = add_leg(t, &trip.leg[k], fabs(ties->eur[i]), err);
  }
  kn_arena_free(scratch);
  return code;
}

static kn_code
take_tie(void *arg, const kn_value *value, kn_error *err)
{
  tracking *t = arg;
  const int64_t i = t->at++;
  if (i >= t->story->plan.ties.n)
    return kn_fail(err, KN_E_IO, "the saved plan changed while it was read");
  if (value[0].is_blank)
    return KN_OK;
  json_t *legs = json_loadb(value[0].text, (size_t)value[0].length, 0, NULL);
  const kn_code code = add_tie(t, i, legs, err);
  json_decref(legs);
  return code;
}

/* ------------------------------------------------------------------ the whole */
static int
by_place(const void *a, const void *b)
{
  const straight *x = a, *y = b;
  for (int e = 0; e < 2; e++)
    for (int k = 0; k < 2; k++)
      if (x->end[e][k] != y->end[e][k])
        return x->end[e][k] < y->end[e][k] ? -1 : 1;
  return (x->kind > y->kind) - (x->kind < y->kind);
}

static void
merge_straights(tracking *t)
{
  int64_t kept = 0;
  if (t->straight_count > 1)
    qsort(t->straight, (size_t)t->straight_count, sizeof *t->straight, by_place);
  for (int64_t s = 0; s < t->straight_count; s++)
    if (kept > 0 && by_place(&t->straight[kept - 1], &t->straight[s]) == 0)
      t->straight[kept - 1].eur += t->straight[s].eur;
    else
      t->straight[kept++] = t->straight[s];
  t->straight_count = kept;
}

static kn_code
draw_link(const tracking *t, int32_t link, kn_track *out, kn_error *err)
{
  const uint8_t *wkb;
  size_t length;
  double *lon_lat;
  const bool is_drawn = kn_region_wkb(t->region, KN_T_LINK, link, &wkb, &length);
  const int64_t n = is_drawn ? kn_line_points(wkb) : 2;
  KN_NEW(lon_lat, t->story->arena, 2 * n, err);
  for (int64_t k = 0; is_drawn && k < n; k++)
    kn_line_point(wkb, k, &lon_lat[2 * k], &lon_lat[2 * k + 1]);
  if (!is_drawn) {
    place_of_node(t, t->links.from[link], lon_lat);
    place_of_node(t, t->links.to[link], lon_lat + 2);
  }
  *out = (kn_track){.kind = t->links.kind[link], .eur = t->eur[link], .n = n, .lon_lat = lon_lat};
  return KN_OK;
}

static kn_code
draw_all(tracking *t, kn_error *err)
{
  int64_t count = t->straight_count;
  for (int64_t l = 0; l < t->links.n; l++)
    count += t->eur[l] > 0;
  kn_track *track;
  KN_NEW(track, t->story->arena, count, err);
  int64_t at = 0;
  for (int64_t l = 0; l < t->links.n; l++)
    if (t->eur[l] > 0)
      KN_TRY(draw_link(t, (int32_t)l, &track[at++], err));
  for (int64_t s = 0; s < t->straight_count; s++) {
    double *lon_lat;
    KN_NEW(lon_lat, t->story->arena, 4, err);
    memcpy(lon_lat, t->straight[s].end, 4 * sizeof *lon_lat);
    track[at++] = (kn_track){.kind = t->straight[s].kind, .eur = t->straight[s].eur, .n = 2, .lon_lat = lon_lat};
  }
  t->story->plan.tracks = (kn_track_view){.n = count, .track = track, .is_tracked = t->is_tracked};
  return KN_OK;
}

static kn_code
track_ties(tracking *t, kn_store *store, kn_error *err)
{
  static const char *const columns[] = {"legs"};
  const kn_store_query query = {.table = "tie", .column_count = 1, .columns = columns, .run_id = t->story->run.run_id};
  KN_NEW(t->eur, t->scratch, t->links.n, err);
  KN_NEW(t->is_tracked, t->story->arena, t->story->plan.ties.n, err);
  KN_TRY(kn_store_read(store, &query, take_tie, t, err));
  merge_straights(t);
  return draw_all(t, err);
}

kn_code
kn_task_story_track(const kn_task *task, const char *path, kn_task_story *story, kn_error *err)
{
  const kn_region *region = story->region;
  tracking t = {.region = region,
                .story = story,
                .sites = kn_region_sites(region),
                .gateways = kn_region_gateways(region),
                .terminals = kn_region_terminals(region),
                .nodes = kn_region_nodes(region),
                .links = kn_region_links(region),
                .modes = kn_region_modes(region)};
  if (!story->has_plan || t.links.n == 0)
    return KN_OK;
  kn_store *store = NULL;
  const kn_access_settings settings = {.thread_count = task->thread_count};
  KN_TRY(kn_access_new(&t.access, region, &settings, task->watch, err));
  t.facts = kn_access_tell(t.access);
  t.scratch = kn_arena_new();
  kn_code code = kn_task_open(task, path, false, "report", &store, err);
  if (code == KN_OK)
    code = track_ties(&t, store, err);
  kn_store_close(store);
  kn_access_free(t.access);
  kn_arena_free(t.scratch);
  free(t.straight);
  return code == KN_OK ? KN_OK : kn_note(err, "following the ties over the network");
}
