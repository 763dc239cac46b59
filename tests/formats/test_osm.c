/* OpenStreetMap: which tags become which links, where ways are cut, and that no broken file gets in.
 * Small maps stand in the test as XML; real ones (../shared/data/osm) must give the same network as PBF and as XML, whatever
 * the number of threads. */
#include "text.h"

#include <sys/mman.h>

#include "formats/osm.h"

static kn_error err;
static char root[256];

static int
begin(void **state)
{
  (void)state;
  err = (kn_error){0};
  fresh_folder(root);
  return 0;
}

static int
end(void **state)
{
  (void)state;
  remove_folder(root);
  return 0;
}

/* ---------------------------------------------------------------- helpers */
typedef struct map {
  kn_findings *findings;
  kn_region *region; /* salvaged: a map alone is no region */
  kn_code code;
} map;

static map
read_map(const char *path, int32_t threads)
{
  map out = {.region = NULL};
  kn_builder *builder;
  assert_int_equal(kn_findings_new(&out.findings, 50, &err), KN_OK);
  assert_int_equal(kn_builder_new(&builder, out.findings, &err), KN_OK);
  err = (kn_error){0};
  out.code = osm_import(builder, out.findings, path, &(kn_import_settings){.thread_count = threads}, &err);
  if (out.code == KN_OK)
    assert_int_equal(kn_builder_salvage(builder, &out.region, &err), KN_OK);
  kn_builder_free(builder);
  return out;
}

static void
free_map(map *m)
{
  kn_region_free(m->region);
  kn_findings_free(m->findings);
}

static map
read_text(const char *name, const char *text)
{
  char path[1200];
  write_text_file(root, name, text);
  snprintf(path, sizeof path, "%s/%s", root, name);
  return read_map(path, 1);
}

/* Nodes 1 .. 6 along a meridian, a tenth of a degree apart: 11.1195 km. */
#define NODES                                                                                                                    \
  "<node id='1' lon='5' lat='50'/><node id='2' lon='5' lat='50.1'/><node id='3' lon='5' lat='50.2'/>"                            \
  "<node id='4' lon='5' lat='50.3'/><node id='5' lon='5' lat='50.4'/><node id='6' lon='5' lat='50.5'/>"
#define KM 11.1195

static int32_t
link_row(const map *m, const char *id)
{
  return kn_region_find(m->region, KN_T_LINK, id);
}

static const char *
extra_text(const map *m, const char *column, int32_t row)
{
  const kn_table *links = kn_region_table(m->region, KN_T_LINK);
  for (int32_t e = 0; e < links->extra_count; e++)
    if (strcmp(links->extra_name[e], column) == 0)
      return links->extra[e][row] == NULL ? "" : links->extra[e][row];
  return "";
}

/* ---------------------------------------------------------------- what tags mean */
#define ROAD "w9-1"
#define RAIL "w9-1r"
#define WATER "w9-1w"
#define CYCLE "w9-1c"

static void
tags_become_links(void **state)
{
  (void)state;
  static const struct {
    const char *tags; /* k=v k=v */
    const char *ids;  /* links that there must be, and no others */
    double speed, max_t;
    int direction; /* of the first */
  } cases[] = {
      {"highway=residential", ROAD " " CYCLE, 30, INFINITY, 0},
      {"highway=motorway", ROAD, 110, INFINITY, 1},
      {"highway=motorway oneway=no", ROAD, 110, INFINITY, 0},
      {"highway=primary maxspeed=50;70 oneway=yes", ROAD " " CYCLE, 50, INFINITY, 1},
      {"highway=primary maxspeed=50_mph oneway=-1", ROAD " " CYCLE, 80.5, INFINITY, -1},
      {"highway=tertiary maxspeed=BE:urban", ROAD " " CYCLE, 50, INFINITY, 0},
      {"highway=tertiary maxspeed=BE-WAL:rural junction=roundabout", ROAD " " CYCLE, 90, INFINITY, 1},
      {"highway=tertiary maxspeed=signals", ROAD " " CYCLE, 50, INFINITY, 0},
      {"highway=tertiary maxweight=7.5", ROAD " " CYCLE, 50, 7.5, 0},
      {"highway=tertiary maxweight=20_t maxweight:hgv=12000_kg", ROAD " " CYCLE, 50, 12, 0},
      {"highway=tertiary hgv=no maxweight=5", ROAD " " CYCLE, 50, 3.5, 0},
      {"highway=service access=private", "", NAN, NAN, 0},
      {"highway=service access=no bicycle=yes", CYCLE, NAN, INFINITY, 0},
      {"highway=service access=no motor_vehicle=destination", ROAD, 15, INFINITY, 0},
      {"highway=service motor_vehicle=no hgv=yes bicycle=no", ROAD, 15, INFINITY, 0},
      {"highway=trunk bicycle=yes motorroad=no", ROAD " " CYCLE, 90, INFINITY, 0},
      {"highway=primary motorroad=yes", ROAD, 70, INFINITY, 0},
      {"highway=cycleway", CYCLE, NAN, INFINITY, 0},
      {"highway=path", "", NAN, NAN, 0},
      {"highway=path bicycle=designated oneway=yes", CYCLE, NAN, INFINITY, 1},
      {"highway=footway", "", NAN, NAN, 0},
      {"highway=pedestrian area=yes bicycle=yes", "", NAN, NAN, 0},
      {"highway=proposed", "", NAN, NAN, 0},
      {"railway=rail usage=main", RAIL, NAN, INFINITY, 0},
      {"railway=rail usage=tourism", "", NAN, NAN, 0},
      {"railway=rail service=yard", "", NAN, NAN, 0},
      {"railway=rail service=spur maxspeed=40", RAIL, 40, INFINITY, 0},
      {"railway=abandoned usage=main", "", NAN, NAN, 0},
      {"railway=tram", "", NAN, NAN, 0},
      {"waterway=canal CEMT=Va", WATER, NAN, INFINITY, 0},
      {"waterway=river boat=yes", WATER, NAN, INFINITY, 0},
      {"waterway=river", "", NAN, NAN, 0},
      {"waterway=stream boat=yes", "", NAN, NAN, 0},
      {"building=yes", "", NAN, NAN, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[4000], tags[1000] = "", copy[400];
    snprintf(copy, sizeof copy, "%s", cases[i].tags);
    size_t used = 0;
    for (char *pair = strtok(copy, " "); pair != NULL; pair = strtok(NULL, " ")) {
      char *value = strchr(pair, '=');
      *value++ = '\0';
      for (char *at = value; *at; at++)
        *at = *at == '_' && strncmp(pair, "max", 3) == 0 ? ' ' : *at;
      used += (size_t)snprintf(tags + used, sizeof tags - used, "<tag k='%s' v='%s'/>", pair, value);
    }
    snprintf(text, sizeof text, "<osm>" NODES "<way id='9'><nd ref='1'/><nd ref='2'/>%s</way></osm>", tags);
    map m = read_text("m.osm", text);
    assert_int_equal(m.code, KN_OK);
    const kn_link_view links = kn_region_links(m.region);
    int64_t wanted = cases[i].ids[0] != '\0';
    for (const char *at = cases[i].ids; *at; at++)
      wanted += *at == ' ';
    if (links.n != wanted)
      print_message("# %s\n", cases[i].tags);
    assert_int_equal(links.n, wanted);
    snprintf(copy, sizeof copy, "%s", cases[i].ids);
    for (char *id = strtok(copy, " "); id != NULL; id = strtok(NULL, " "))
      assert_int_not_equal(link_row(&m, id), KN_NONE);
    if (wanted > 0) {
      if (isnan(cases[i].speed) ? !isnan(links.speed_kmh[0]) : links.speed_kmh[0] != cases[i].speed)
        print_message("# %s: %g km/h\n", cases[i].tags, links.speed_kmh[0]);
      assert_true(isnan(cases[i].speed) ? isnan(links.speed_kmh[0]) : links.speed_kmh[0] == cases[i].speed);
      assert_true(links.max_t[0] == cases[i].max_t);
      assert_int_equal(links.oneway[0], cases[i].direction != 0);
      const kn_node_view nodes = kn_region_nodes(m.region);
      assert_string_equal(nodes.node_id[links.from[0]], cases[i].direction < 0 ? "n2" : "n1");
      assert_true(fabs(links.km[0] - KM) < 1e-3);
    }
    free_map(&m);
  }
}

/* w10 runs 1 - 2 - 3 - 4, w11 leaves it at 3: two pieces, the first with a bend. 5 is met by nobody; 99 is not on the map. */
static void
ways_are_cut_where_they_meet(void **state)
{
  (void)state;
  map m = read_text("m.osm", "<osm>" NODES "<way id='10'><nd ref='1'/><nd ref='2'/><nd ref='3'/><nd ref='4'/>"
                             "<tag k='highway' v='motorway'/><tag k='ref' v='E313'/></way>"
                             "<way id='11'><nd ref='6'/><nd ref='5'/><nd ref='3'/><nd ref='99'/><nd ref='1'/>"
                             "<tag k='highway' v='trunk'/></way>"
                             "<way id='12'><nd ref='5'/><tag k='highway' v='trunk'/></way>"
                             "<way id='13'><nd ref='4'/><nd ref='4'/><tag k='highway' v='trunk'/></way></osm>");
  assert_int_equal(m.code, KN_OK);
  const kn_link_view links = kn_region_links(m.region);
  assert_int_equal(links.n, 4);
  assert_int_equal(kn_region_nodes(m.region).n, 4); /* 1, 3, 4, 6 */
  const int32_t first = link_row(&m, "w10-1"), second = link_row(&m, "w10-2"), third = link_row(&m, "w11-1");
  assert_true(fabs(links.km[first] - 2 * KM) < 1e-3 && fabs(links.km[second] - KM) < 1e-3);
  assert_true(fabs(links.km[third] - 3 * KM) < 1e-3); /* 50.5 to 50.4 to 50.2 */
  assert_int_equal(link_row(&m, "w11-2"), KN_NONE);
  assert_true(links.km[link_row(&m, "w13-1")] == 0);
  const uint8_t *wkb;
  size_t length;
  assert_true(kn_region_wkb(m.region, KN_T_LINK, first, &wkb, &length));
  assert_int_equal(kn_line_points(wkb), 3);
  assert_false(kn_region_wkb(m.region, KN_T_LINK, second, &wkb, &length));
  assert_string_equal(extra_text(&m, "name", first), "E313");
  assert_string_equal(extra_text(&m, "class", first), "motorway");
  assert_non_null(finding_of(m.findings, "map_border"));
  free_map(&m);
}

static void
lines_run_on_their_ways(void **state)
{
  (void)state;
  map m = read_text("m.osm",
                    "<osm>" NODES "<way id='1'><nd ref='1'/><nd ref='2'/><tag k='railway' v='tram'/></way>"
                    "<way id='2'><nd ref='2'/><nd ref='3'/><tag k='highway' v='motorway'/></way>"
                    "<way id='3'><nd ref='3'/><nd ref='4'/><tag k='highway' v='platform'/></way>"
                    "<way id='4'><nd ref='4'/><nd ref='5'/><tag k='railway' v='tram'/></way>"
                    "<relation id='1'><member type='way' ref='1' role=''/><member type='way' ref='2' role='forward'/>"
                    "<member type='way' ref='3' role=''/><member type='way' ref='4' role='platform'/>"
                    "<member type='node' ref='4' role=''/><tag k='type' v='route'/><tag k='route' v='tram'/></relation></osm>");
  assert_int_equal(m.code, KN_OK);
  assert_int_equal(kn_region_links(m.region).n, 3);
  assert_int_equal(kn_region_links(m.region).kind[link_row(&m, "w1-1t")], KN_ON_TRANSIT);
  assert_int_not_equal(link_row(&m, "w2-1t"), KN_NONE);
  assert_int_not_equal(link_row(&m, "w2-1"), KN_NONE);
  free_map(&m);
}

/* ---------------------------------------------------------------- broken files */
static void
broken_maps_name_the_byte(void **state)
{
  (void)state;
  static const struct {
    const char *name, *text, *says;
  } cases[] = {
      {"a.osm", "<osm><node id='x' lon='5' lat='50'/></osm>", "byte 5 (line 1): expected a node with a whole number"},
      {"b.osm", "<osm>\n<node id='1' lon='5' lat='91'/></osm>", "byte 6 (line 2): expected a node with lon and lat"},
      {"c.osm", "<osm><way id='1'><nd ref=''/></way></osm>", "byte 17 (line 1): expected a point of a way"},
      {"d.osm", "<osm><way id='1'></osm>", "byte "},
      {"e.osm", "<gpx></gpx>", "expected <osm>"},
      {"f.osm", "<osmChange></osmChange>", "holds changes"},
      {"g.osm", "", "byte 0"},
      {"h.osm", "<!DOCTYPE osm [<!ENTITY a 'b'>]><osm/>", "no entities"},
      {"i.osm.pbf", "hello, I am a text", "byte 0: expected the length of a blob header"},
      {"j.osm.gz", "\x1f\x8b\x08 and then nothing", "packed by gzip"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    map m = read_text(cases[i].name, cases[i].text);
    assert_int_equal(m.code, KN_E_INPUT);
    if (strstr(err.text, cases[i].says) == NULL)
      print_message("# %s: %s\n", cases[i].name, err.text);
    assert_non_null(strstr(err.text, cases[i].says));
    free_map(&m);
  }
}

/* Cut off anywhere, or with a few bytes turned over: an error with its sentence, or a network; never a crash. */
static void
spoil(const char *from, int64_t step, int32_t flips)
{
  size_t length = 0;
  char *bytes = read_bytes(from, &length);
  assert_non_null(bytes);
  uint32_t seed = 7;
  int64_t refused = 0;
  for (int64_t k = 0; k < (int64_t)length / step + flips; k++) {
    const bool is_cut = k < (int64_t)length / step;
    const int64_t end_at = is_cut ? k * step : (int64_t)length;
    /* A file in memory: thousands on a disk take their time. */
    char path[64];
    const int fd = memfd_create("spoilt", 0);
    assert_true(fd >= 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (int64_t i = 0; i < 3 && !is_cut; i++) {
      seed = seed * 1664525u + 1013904223u;
      bytes[(seed >> 4) % length] ^= (char)(1u << (seed >> 28 & 7));
    }
    assert_int_equal(write(fd, bytes, (size_t)end_at), end_at);
    map m = read_map(path, 1 + (int32_t)(k % 2));
    refused += m.code != KN_OK;
    assert_true(m.code == KN_OK || m.code == KN_E_INPUT || m.code == KN_E_LIMIT);
    assert_true(m.code == KN_OK || err.text[0] != '\0');
    free_map(&m);
    close(fd);
    if (!is_cut && k % 8 == 7) { /* from a sound file again */
      free(bytes);
      bytes = read_bytes(from, &length);
    }
  }
  assert_true(refused > 0);
  free(bytes);
}

static void
spoilt_maps_end_well(void **state)
{
  (void)state;
  spoil(KN_SOURCE_ROOT "/fuzz/corpus/osm/dense.osm.pbf", 1, 400);
  spoil(KN_SOURCE_ROOT "/fuzz/corpus/osm/plain-raw.osm.pbf", 7, 400);
  spoil(KN_SOURCE_ROOT "/fuzz/corpus/osm/small.osm", 3, 200);
  spoil(KN_SOURCE_ROOT "/fuzz/corpus/osm/small.osm.gz", 1, 200);
}

/* ---------------------------------------------------------------- real maps */
#define SHARED KN_SOURCE_ROOT "/../shared/data/osm/"

static void
assert_same(const map *a, const map *b)
{
  assert_true(a->code == KN_OK && b->code == KN_OK);
  const kn_link_view x = kn_region_links(a->region), y = kn_region_links(b->region);
  const kn_node_view p = kn_region_nodes(a->region), q = kn_region_nodes(b->region);
  assert_int_equal(x.n, y.n);
  assert_int_equal(p.n, q.n);
  assert_true(x.n > 0);
  for (int64_t i = 0; i < p.n; i++) {
    assert_string_equal(p.node_id[i], q.node_id[i]);
    assert_true(p.lon[i] == q.lon[i] && p.lat[i] == q.lat[i]);
  }
  for (int32_t i = 0; i < x.n; i++) {
    assert_string_equal(x.link_id[i], y.link_id[i]);
    assert_true(x.from[i] == y.from[i] && x.to[i] == y.to[i] && x.kind[i] == y.kind[i] && x.km[i] == y.km[i]);
    assert_true(x.oneway[i] == y.oneway[i] && x.max_t[i] == y.max_t[i]);
    assert_string_equal(extra_text(a, "name", i), extra_text(b, "name", i));
    const uint8_t *left, *right;
    size_t n, m;
    assert_int_equal(kn_region_wkb(a->region, KN_T_LINK, i, &left, &n), kn_region_wkb(b->region, KN_T_LINK, i, &right, &m));
    assert_int_equal(n, m);
    if (n > 0)
      assert_memory_equal(left, right, n);
  }
}

static void
pbf_and_xml_say_the_same(void **state)
{
  (void)state;
  if (access(SHARED, F_OK) != 0)
    skip();
  map pbf = read_map(SHARED "pbf/wechelderzande_be.osm.pbf", 1), xml = read_map(SHARED "xml/wechelderzande_be.osm.gz", 1);
  assert_same(&pbf, &xml);
  free_map(&xml);
  free_map(&pbf);
}

static void
threads_change_nothing(void **state)
{
  (void)state;
  if (access(SHARED, F_OK) != 0)
    skip();
  map one = read_map(SHARED "pbf/andorra.osm.pbf", 1), four = read_map(SHARED "pbf/andorra.osm.pbf", 4);
  assert_same(&one, &four);
  free_map(&one);
  free_map(&four);
}

/* Every link runs between its nodes, as long as its geometry; every file of the collection is read. */
static void
real_maps_are_sound(void **state)
{
  (void)state;
  static const char *const files[] = {"pbf/andorra.osm.pbf",
                                      "pbf/api.osm.pbf",
                                      "pbf/test-osm6.osm.pbf",
                                      "pbf/GranFileBlock1-deflate.osm.pbf",
                                      "pbf/GranFileBlock1-none.osm.pbf",
                                      "pbf/SimpleFileBlock1-deflate.osm.pbf",
                                      "pbf/SimpleFileBlock1-none.osm.pbf",
                                      "xml/monaco.osm.gz",
                                      "xml/flevoland_nl_motorways.osm.gz"};
  if (access(SHARED, F_OK) != 0)
    skip();
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char path[600];
    snprintf(path, sizeof path, "%s%s", SHARED, files[i]);
    map m = read_map(path, 2);
    if (m.code != KN_OK)
      print_message("# %s\n", err.text);
    assert_int_equal(m.code, KN_OK);
    assert_int_equal(kn_region_check(m.region, m.findings, &err), KN_OK);
    const kn_link_view links = kn_region_links(m.region);
    const kn_node_view nodes = kn_region_nodes(m.region);
    for (int32_t k = 0; k < links.n; k++) {
      const uint8_t *wkb;
      size_t length;
      double lon, lat;
      assert_true(links.km[k] + 1e-4 >= kn_point_km(KN_SPHERE, nodes.point[links.from[k]], nodes.point[links.to[k]]));
      if (!kn_region_wkb(m.region, KN_T_LINK, k, &wkb, &length))
        continue;
      assert_true(fabs(kn_line_km(wkb) - links.km[k]) < 1e-4);
      kn_line_point(wkb, 0, &lon, &lat);
      assert_true(lon == nodes.lon[links.from[k]] && lat == nodes.lat[links.from[k]]);
      kn_line_point(wkb, kn_line_points(wkb) - 1, &lon, &lat);
      assert_true(lon == nodes.lon[links.to[k]] && lat == nodes.lat[links.to[k]]);
    }
    free_map(&m);
  }
}

static void
real_maps_spoilt_end_well(void **state)
{
  (void)state;
  if (access(SHARED, F_OK) != 0)
    skip();
  spoil(SHARED "pbf/wechelderzande_be.osm.pbf", 3001, 100);
  spoil(SHARED "pbf/test-osm6.osm.pbf", 1, 400);
  spoil(SHARED "pbf/SimpleFileBlock1-none.osm.pbf", 1, 400);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(tags_become_links),         TEST(ways_are_cut_where_they_meet), TEST(lines_run_on_their_ways),
      TEST(broken_maps_name_the_byte), TEST(spoilt_maps_end_well),         TEST(pbf_and_xml_say_the_same),
      TEST(threads_change_nothing),    TEST(real_maps_are_sound),          TEST(real_maps_spoilt_end_well),
  };
  return cmocka_run_group_tests_name("formats: OpenStreetMap", tests, NULL, NULL);
}
