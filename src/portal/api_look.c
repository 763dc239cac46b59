/* What there is to look at: map, knot, companies, resources.
 *
 * All of it reads, and all of it may be kept until the next commit. What a viewer may not see is missing from every list and from every sum. */
#include "portal/api.h"
#include "portal/http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the region */
static kn_code
region(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_row(request, reply, "region_get", NULL, 0, err);
}

/* Does the client ask for shapes? They are only read then. */
static bool
wants_shapes(const kn_request *request)
{
  const char *format = kn_request_query(request, "format");
  return strcmp(format != NULL ? format : kn_form_accepted(request), "geojson") == 0;
}

static kn_code
areas(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, wants_shapes(request) ? "area_shapes" : "area_list", NULL, 0, err);
}

static kn_code
sites(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("actor", kn_request_query(request, "actor_id")),
                           KN_BIND_TEXT("area", kn_request_query(request, "area_id")),
                           KN_BIND_TEXT("site", kn_request_query(request, "site_id"))};
  return kn_reply_list(request, reply, "look_sites", which, KN_COUNT_OF(which), err);
}

static kn_code
resources(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("class", kn_request_query(request, "class"))};
  return kn_reply_list(request, reply, "look_resources", which, KN_COUNT_OF(which), err);
}

static kn_code
resource(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("resource", kn_request_part(request, "resource_id"))};
  return kn_reply_row(request, reply, "look_resource", which, KN_COUNT_OF(which), err);
}

static kn_code
held(kn_request *request, kn_reply *reply, const char *statement, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("resource", kn_request_query(request, "resource_id")),
                           KN_BIND_TEXT("actor", kn_request_query(request, "actor_id")),
                           KN_BIND_TEXT("site", kn_request_query(request, "site_id"))};
  return kn_reply_list(request, reply, statement, which, KN_COUNT_OF(which), err);
}

static kn_code
offers(kn_request *request, kn_reply *reply, kn_error *err)
{
  return held(request, reply, "look_offers", err);
}

static kn_code
needs(kn_request *request, kn_reply *reply, kn_error *err)
{
  return held(request, reply, "look_needs", err);
}

static kn_code
actors(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "look_actors", NULL, 0, err);
}

static kn_code
actor(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("actor", kn_request_part(request, "actor_id"))};
  return kn_reply_row(request, reply, "look_actor", which, KN_COUNT_OF(which), err);
}

static kn_code
links(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind which[] = {KN_BIND_TEXT("kind", kn_request_query(request, "kind"))};
  return kn_reply_list(request, reply, "look_links", which, KN_COUNT_OF(which), err);
}

/* ---------------------------------------------------------------- the ground under the map */
static kn_code
read_file(kn_reply *reply, const char *path, bool *is_there, kn_error *err)
{
  *is_there = false;
  FILE *in = fopen(path, "rb");
  if (in == NULL)
    return errno == ENOENT ? KN_OK : kn_fail(err, KN_E_IO, "%s: %s", path, strerror(errno));
  long length = -1;
  if (fseek(in, 0, SEEK_END) == 0 && (length = ftell(in)) >= 0 && fseek(in, 0, SEEK_SET) == 0)
    reply->bytes = malloc((size_t)length + 1);
  const bool is_read = reply->bytes != NULL && fread(reply->bytes, 1, (size_t)length, in) == (size_t)length;
  fclose(in);
  if (!is_read)
    return kn_fail(err, KN_E_IO, "%s: cannot be read", path);
  reply->length = (size_t)length;
  reply->type = "application/geo+json";
  *is_there = true;
  return KN_OK;
}

/* Lines for orientation: a file of the folder that serve was given, else the links of the region's own network of that kind. */
static kn_code
background(kn_request *request, kn_reply *reply, kn_error *err)
{
  static const char *const names[] = {"water", "rail", "road"};
  const char *name = kn_request_part(request, "name"), *folder = request->portal->settings.background;
  bool is_known = false, is_there = false;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    is_known = is_known || strcmp(name, names[i]) == 0;
  if (!is_known)
    return kn_missing(request, err);
  if (folder != NULL) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s.geojson", folder, name) >= (int)sizeof path)
      return kn_fail(err, KN_E_LIMIT, "%s: the name of this folder is too long", folder);
    KN_TRY(read_file(reply, path, &is_there, err));
  }
  if (is_there)
    return KN_OK;
  const kn_bind which[] = {KN_BIND_TEXT("kind", name)};
  return kn_reply_list(request, reply, "look_links", which, KN_COUNT_OF(which), err);
}

/* ---------------------------------------------------------------- plans */
static kn_code
plans(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "look_plans", NULL, 0, err);
}

/* The run of the path: a number, or `latest`. KN_E_MISSING: no such plan. */
static kn_code
which_run(kn_request *request, int64_t *run, kn_error *err)
{
  const char *text = kn_request_part(request, "run");
  bool is_there = false;
  if (strcmp(text, "latest") == 0) {
    kn_field latest;
    KN_TRY(kn_conn_ask_one(request->conn, "look_latest", NULL, 0, request->arena, &latest, &is_there, err));
    *run = latest.integer;
    return is_there && latest.kind == KN_FIELD_INT ? KN_OK : kn_missing(request, err);
  }
  KN_TRY(kn_part_id(request, "run", run, err));
  const kn_bind which[] = {KN_BIND_INT("run", *run)};
  kn_field found;
  KN_TRY(kn_conn_ask_one(request->conn, "look_plan", which, KN_COUNT_OF(which), request->arena, &found, &is_there, err));
  return is_there ? KN_OK : kn_missing(request, err);
}

static kn_code
plan(kn_request *request, kn_reply *reply, kn_error *err)
{
  int64_t run;
  KN_TRY(which_run(request, &run, err));
  const kn_bind which[] = {KN_BIND_INT("run", run)};
  return kn_reply_row(request, reply, "look_plan", which, KN_COUNT_OF(which), err);
}

/* Of a run: the tie of the path, or all. As shapes they are what a map draws, without names. */
static kn_code
ties_of(kn_request *request, kn_reply *reply, bool is_one, kn_error *err)
{
  int64_t run, tie = 0;
  KN_TRY(which_run(request, &run, err));
  if (is_one)
    KN_TRY(kn_part_id(request, "tie_id", &tie, err));
  const kn_bind which[] = {KN_BIND_INT("run", run),
                           {.name = "tie", .value = is_one ? kn_field_int(tie) : kn_field_text(NULL)},
                           KN_BIND_TEXT("resource", kn_request_query(request, "resource_id")),
                           KN_BIND_TEXT("actor", kn_request_query(request, "actor_id")),
                           KN_BIND_TEXT("site", kn_request_query(request, "site_id"))};
  if (!is_one)
    return kn_reply_list(request, reply, wants_shapes(request) ? "look_tie_shapes" : "look_ties", which, KN_COUNT_OF(which), err);
  const kn_bind one[] = {which[0], which[1], KN_BIND_INT("limit", 1)};
  return kn_reply_row(request, reply, "look_ties", one, KN_COUNT_OF(one), err);
}

static kn_code
ties(kn_request *request, kn_reply *reply, kn_error *err)
{
  return ties_of(request, reply, false, err);
}

static kn_code
one_tie(kn_request *request, kn_reply *reply, kn_error *err)
{
  return ties_of(request, reply, true, err);
}

static kn_code
of_run(kn_request *request, kn_reply *reply, const char *statement, kn_error *err)
{
  int64_t run;
  KN_TRY(which_run(request, &run, err));
  const kn_bind which[] = {KN_BIND_INT("run", run)};
  return kn_reply_list(request, reply, statement, which, KN_COUNT_OF(which), err);
}

static kn_code
units(kn_request *request, kn_reply *reply, kn_error *err)
{
  return of_run(request, reply, "look_units", err);
}

static kn_code
prices(kn_request *request, kn_reply *reply, kn_error *err)
{
  return of_run(request, reply, "look_prices", err);
}

static kn_code
knot(kn_request *request, kn_reply *reply, kn_error *err)
{
  static const struct {
    const char *name, *statement;
    bool takes_run;
  } parts[] = {{"ribbons", "look_ribbons", true},
               {"processes", "look_processes", true},
               {"resources", "look_knot_resources", true},
               {"today", "look_today", false}};
  int64_t run;
  KN_TRY(which_run(request, &run, err));
  const kn_bind which[] = {KN_BIND_INT("run", run)};
  json_t *of;
  KN_TRY(kn_rows_json(request->conn, "look_plan", which, KN_COUNT_OF(which), &of, err));
  reply->json = json_pack("{s:O}", "run", json_array_get(of, 0));
  json_decref(of);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    json_t *rows;
    KN_TRY(kn_rows_json(request->conn, parts[i].statement, which, parts[i].takes_run ? KN_COUNT_OF(which) : 0, &rows, err));
    if (json_object_set_new(reply->json, parts[i].name, rows) != 0)
      return kn_fail(err, KN_E_LIMIT, "out of memory");
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- the table */
static const kn_query_def of_site[] = {{"actor_id", "string", "Only of this actor."},
                                       {"area_id", "string", "Only in this area."},
                                       {"site_id", "string", "Only this site."},
                                       {NULL}};
static const kn_query_def of_class[] = {{"class", "string", "Only of this class."}, {NULL}};
static const kn_query_def of_row[] = {{"resource_id", "string", "Only of this resource."},
                                      {"actor_id", "string", "Only of this actor."},
                                      {"site_id", "string", "Only at this site."},
                                      {NULL}};
static const kn_query_def of_kind[] = {{"kind", "string", "Only of this kind: road, rail, water ..."}, {NULL}};
enum { LOOKS = KN_KEEPS | KN_SLOW };

const kn_endpoint kn_api_look[] = {
    {"GET", "/region", KN_MAY_ALL, KN_KEEPS, region, "Name, currency, plan year and languages of the region.", NULL, NULL, NULL},
    {"GET", "/areas", KN_MAY_ALL, KN_KEEPS | KN_LISTS, areas, "Areas by level; with their shapes as GeoJSON.", NULL, NULL, NULL},
    {"GET", "/sites", KN_MAY_ALL, LOOKS | KN_LISTS, sites, "Sites with what you may see there.", of_site, NULL, NULL},
    {"GET", "/resources", KN_MAY_ALL, KN_KEEPS | KN_LISTS, resources, "Resources.", of_class, NULL, NULL},
    {"GET", "/resources/{resource_id}", KN_MAY_ALL, KN_KEEPS, resource, "One resource.", NULL, NULL, NULL},
    {"GET", "/offers", KN_MAY_ALL, LOOKS | KN_LISTS, offers, "Offers that you may see.", of_row, NULL, NULL},
    {"GET", "/needs", KN_MAY_ALL, LOOKS | KN_LISTS, needs, "Needs that you may see.", of_row, NULL, NULL},
    {"GET", "/actors", KN_MAY_ALL, KN_KEEPS | KN_LISTS, actors, "Companies and others who hold sites.", NULL, NULL, NULL},
    {"GET", "/actors/{actor_id}", KN_MAY_ALL, KN_KEEPS, actor, "One of them.", NULL, NULL, NULL},
    {"GET", "/links", KN_MAY_ALL, LOOKS | KN_LISTS, links, "Links of the transport network; with their shapes as GeoJSON.",
     of_kind, NULL, NULL},
    {"GET", "/background/{name}", KN_MAY_ALL, LOOKS | KN_LISTS, background,
     "Lines for orientation on a map: water, rail or road, as GeoJSON.", NULL, NULL, "application/geo+json"},
    {"GET", "/plans", KN_MAY_ALL, KN_KEEPS | KN_LISTS, plans, "Plans, the newest first.", NULL, NULL, NULL},
    {"GET", "/plans/{run}", KN_MAY_ALL, KN_KEEPS, plan, "One plan; `latest`: the newest of the region as it is.", NULL, NULL,
     NULL},
    {"GET", "/plans/{run}/ties", KN_MAY_ALL, LOOKS | KN_LISTS, ties,
     "What a plan moves from whom to whom, as far as you may see both ends.", of_row, NULL, NULL},
    {"GET", "/plans/{run}/ties/{tie_id}", KN_MAY_ALL, LOOKS, one_tie, "One of them.", NULL, NULL, NULL},
    {"GET", "/plans/{run}/units", KN_MAY_ALL, LOOKS | KN_LISTS, units,
     "What a plan does with each unit of which you may see all ties.", NULL, NULL, NULL},
    {"GET", "/plans/{run}/prices", KN_MAY_ALL, LOOKS | KN_LISTS, prices,
     "What one more of an offer, need or gateway is worth a year.", NULL, NULL, NULL},
    {"GET", "/plans/{run}/knot", KN_MAY_ALL, LOOKS, knot, "Ties added up by how far they reach, process and resource; and today.",
     NULL, NULL, NULL},
    {NULL},
};
