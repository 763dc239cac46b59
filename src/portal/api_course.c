/* What everybody may read: one public page per municipality, fed from one source. */
#include "portal/api.h"
#include "portal/http.h"
#include "tasks/public.h"

#include <stdlib.h>
#include <string.h>

static kn_code
list_areas(kn_request *request, kn_reply *reply, kn_error *err)
{
  /* Who looks at the list opens one of them next. */
  KN_TRY(kn_portal_expect_public(request->portal, request->conn, err));
  return kn_reply_list(request, reply, "public_areas", NULL, 0, err);
}

static kn_code
region_stories(kn_request *request, kn_reply *reply, kn_error *err)
{
  const kn_bind told[] = {KN_BIND_TEXT("language", request->language)};
  return kn_reply_list(request, reply, "public_region_stories", told, 1, err);
}

/* ---------------------------------------------------------------- sums and loops of one municipality */
static json_t *
sums_json(const kn_public *all, int32_t place)
{
  const kn_cell_view cells = kn_disclosure_cells(all->disclosure);
  json_t *rows = json_array();
  for (int32_t k = 0; k < KN_PUBLIC_KINDS; k++) {
    const int64_t cell = (int64_t)place * KN_PUBLIC_KINDS + k;
    const bool is_told = cells.status[cell] == KN_CELL_PUBLISHED;
    /* In two digits: who knows the sum of last week and of now learns less of who came between. */
    const kn_range range = kn_band(cells.value[0][cell], KN_BAND_TWO_DIGITS, 1);
    char stream[8] = "";
    if (all->kind[k].stream != 0)
      snprintf(stream, sizeof stream, "R%d", (int)all->kind[k].stream);
    json_array_append_new(
        rows,
        json_pack("{s:s, s:s?, s:s, s:b, s:o, s:o}", "class", kn_class_name((kn_class)all->kind[k].class_of), "stream",
                  stream[0] != '\0' ? stream : NULL, "unit", kn_class_unit((kn_class)all->kind[k].class_of), "is_told", is_told,
                  "from", is_told ? json_real(range.from) : json_null(), "to", is_told ? json_real(range.to) : json_null()));
  }
  return rows;
}

static json_t *
loops_json(const kn_public *all, int32_t place, bool is_dutch)
{
  json_t *rows = json_array();
  for (int32_t i = all->loop_start[place]; i < all->loop_start[place + 1]; i++) {
    const kn_public_loop *loop = &all->loop[i];
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s?, s:s?, s:s?}", "offer_id", loop->offer_id, "class",
                                          kn_class_name((kn_class)loop->class_of), "resource",
                                          is_dutch && loop->resource_nl != NULL ? loop->resource_nl : loop->resource, "site",
                                          loop->site, "actor", loop->actor));
  }
  return rows;
}

static kn_code
one_area(kn_request *request, kn_reply *reply, kn_error *err)
{
  const char *area_id = kn_request_part(request, "area_id");
  const kn_bind which[] = {KN_BIND_TEXT("area", area_id)};
  KN_TRY(kn_reply_row(request, reply, "public_area", which, 1, err));
  const kn_bind told[] = {KN_BIND_TEXT("area", area_id), KN_BIND_TEXT("language", request->language)};
  json_t *stories;
  KN_TRY(kn_rows_json(request->conn, "public_stories", told, KN_COUNT_OF(told), &stories, err));
  json_object_set_new(reply->json, "stories", stories);
  kn_field stamp;
  KN_TRY(kn_conn_ask_one(request->conn, "public_stamp", NULL, 0, request->arena, &stamp, NULL, err));
  const kn_public *all;
  kn_public_keeper *keeper = request->portal->open;
  KN_TRY(kn_public_enter(keeper, stamp.text, &all, err));
  const int32_t place = kn_public_place(all, area_id);
  /* A municipality in which nothing is known yet has its page, and its stories. */
  const bool is_page = place != KN_NONE || strcmp(json_string_value(json_object_get(reply->json, "level")), "municipality") == 0;
  json_object_set_new(reply->json, "sums", place != KN_NONE ? sums_json(all, place) : json_array());
  json_object_set_new(reply->json, "loops",
                      place != KN_NONE ? loops_json(all, place, strcmp(request->language, "nl") == 0) : json_array());
  json_object_set_new(reply->json, "loop_count", json_integer(place != KN_NONE ? all->loop_count[place] : 0));
  kn_public_leave(keeper);
  return is_page ? KN_OK : kn_missing(request, err);
}

/* ---------------------------------------------------------------- stories */
static kn_code
list_stories(kn_request *request, kn_reply *reply, kn_error *err)
{
  return kn_reply_list(request, reply, "story_list", NULL, 0, err);
}

typedef struct story_order {
  kn_row_edit edit;
  char key[24];
  int64_t version;
} story_order;

static kn_code
write_story(kn_conn *conn, void *arg, kn_error *err)
{
  story_order *order = arg;
  if (order->edit.what == KN_ROW_ADD) {
    kn_field next;
    KN_TRY(kn_conn_ask_one(conn, "story_next", NULL, 0, NULL, &next, NULL, err));
    snprintf(order->key, sizeof order->key, "%" PRId64, next.integer);
  }
  return kn_conn_edit(conn, &order->edit, &order->version, err);
}

static kn_code
save_story(kn_request *request, kn_reply *reply, kn_row_edit edit, const char *key, kn_error *err)
{
  static const char *const texts[] = {"area_id", "title_nl", "title_en", "body_nl", "body_en", "link", "status"};
  enum { TEXTS = 7 };
  const char *names[TEXTS + 2];
  kn_field values[TEXTS + 2];
  char now[32];
  story_order order = {.edit = edit};
  snprintf(order.key, sizeof order.key, "%.20s", key);
  order.edit.table = "story";
  order.edit.key = order.key;
  order.edit.names = names;
  order.edit.values = values;
  for (int32_t i = 0; i < TEXTS; i++) {
    if (json_object_get(request->body, texts[i]) == NULL)
      continue;
    const char *text;
    KN_TRY(kn_body_text(request, texts[i], false, 20000, &text, err));
    if (i == TEXTS - 1 && text == NULL)
      continue;
    names[order.edit.count] = texts[i];
    values[order.edit.count++] = kn_field_text(text);
  }
  if (json_object_get(request->body, "position") != NULL) {
    int64_t position;
    KN_TRY(kn_body_int(request, "position", false, &position, err));
    names[order.edit.count] = "position";
    values[order.edit.count++] = kn_field_int(position);
  }
  kn_store_now(now);
  if (edit.what == KN_ROW_ADD) {
    names[order.edit.count] = "made";
    values[order.edit.count++] = kn_field_text(now);
  }
  KN_TRY(kn_desk_write(request->desk, &request->viewer, write_story, &order, err));
  reply->version = order.version;
  reply->status = edit.what == KN_ROW_ADD ? MHD_HTTP_CREATED : MHD_HTTP_OK;
  reply->json =
      json_pack("{s:I, s:I}", "story_id", (json_int_t)strtoll(order.key, NULL, 10), "version", (json_int_t)order.version);
  return KN_OK;
}

static kn_code
add_story(kn_request *request, kn_reply *reply, kn_error *err)
{
  return save_story(request, reply, (kn_row_edit){.what = KN_ROW_ADD, .expected_version = KN_ANY_VERSION}, "", err);
}

static kn_code
change_story(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_row_edit edit = {.what = KN_ROW_CHANGE};
  KN_TRY(kn_request_version(request, &edit.expected_version, err));
  return save_story(request, reply, edit, kn_request_part(request, "story_id"), err);
}

static kn_code
remove_story(kn_request *request, kn_reply *reply, kn_error *err)
{
  kn_row_edit edit = {.what = KN_ROW_REMOVE};
  KN_TRY(kn_request_version(request, &edit.expected_version, err));
  json_decref(request->body);
  request->body = NULL;
  return save_story(request, reply, edit, kn_request_part(request, "story_id"), err);
}

static const char story_body[] =
    "{\"type\":\"object\",\"properties\":{\"area_id\":{\"type\":[\"string\",\"null\"]},\"title_nl\":{\"type\":\"string\"},"
    "\"title_en\":{\"type\":\"string\"},\"body_nl\":{\"type\":\"string\"},\"body_en\":{\"type\":\"string\"},\"link\":{\"type\":"
    "\"string\"},\"status\":{\"enum\":[\"draft\",\"published\"]},\"position\":{\"type\":\"integer\"}}}";

const kn_endpoint kn_api_course[] = {
    {"GET", "/public", KN_MAY_ALL, KN_KEEPS | KN_LISTS, list_areas, "Municipalities that have a public page.", NULL, NULL, NULL},
    {"GET", "/public/stories", KN_MAY_ALL, KN_KEEPS | KN_LISTS, region_stories, "Published stories of the whole region.", NULL,
     NULL, NULL},
    {"GET", "/public/{area_id}", KN_MAY_ALL, KN_SLOW, one_area,
     "The public page of a municipality: stories, sums under disclosure control, what one can borrow.", NULL, NULL, NULL},
    {"GET", "/stories", KN_MAY_COORDINATOR, KN_LISTS, list_stories, "Stories for public pages, drafts too.", NULL, NULL, NULL},
    {"POST", "/stories", KN_MAY_COORDINATOR, KN_WRITES, add_story, "Write one.", NULL, story_body, NULL},
    {"PATCH", "/stories/{story_id}", KN_MAY_COORDINATOR, KN_WRITES, change_story, "Change or publish one.", NULL, story_body,
     NULL},
    {"DELETE", "/stories/{story_id}", KN_MAY_COORDINATOR, KN_WRITES, remove_story, "Remove one.", NULL, NULL, NULL},
    {NULL},
};
