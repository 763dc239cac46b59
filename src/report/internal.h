/* report/internal.h - what the files of the report share and nobody else sees.
 *
 * A `page` is the text under way with everything it tells about. Writing cannot fail midway: the first failure
 * stays in page.code, later writing does nothing, and kn_report_write() returns it. */
#ifndef KNOOP_REPORT_INTERNAL_H
#define KNOOP_REPORT_INTERNAL_H

#include "report/report.h"

/* ------------------------------------------------------------------ words: the messages in each language */
typedef enum word {
#define WORD(id, english, dutch) W_##id,
#include "report/words.def"
#undef WORD
  WORD_COUNT
} word;

typedef struct tongue {
  const char *code;            /* what was asked: "fr" */
  const char *text;            /* the language its messages are in: fr has none of its own and reads English */
  const char *decimal, *group; /* of numbers, in the language of the messages */
  const char *name_column;     /* of tables with names per language: "name_fr"; NULL: the plain name */
  const char *unit_column;     /* of processes with their activity unit per language; NULL: the plain one */
} tongue;
const tongue *tongue_find(const char *language);
const char *word_text(const tongue *in, int id);
int32_t tongue_count(void);
const tongue *tongue_at(int32_t at);

/* ------------------------------------------------------------------ the page */
typedef struct class_sum {           /* one per class of resource */
  double offered, used, needed, met; /* unit of the class, in the plan year */
  double eur, co2_kg;
  int64_t offer_count, need_count, tie_count;
} class_sum;

typedef struct page {
  char *text;
  int64_t length, capacity;
  kn_arena *scratch;
  kn_code code;
  kn_error *err;
  const tongue *tongue;

  const kn_report_input *in;
  const kn_report_plan *plan; /* never NULL: an empty one when there is none */
  bool has_plan;
  const kn_region *region;
  kn_settings settings;
  kn_source_view sources;
  kn_area_view areas;
  kn_actor_view actors;
  kn_site_view sites;
  kn_resource_view resources;
  kn_offer_view offers;
  kn_need_view needs;
  kn_property_view properties;
  kn_process_view processes;
  kn_unit_view units;
  kn_gateway_view gateways;
  kn_mode_view modes;

  class_sum by_class[KN_CLASS_COUNT];
  const int32_t *unit_first, *unit_next; /* rows of plan->units by unit: first[unit], next[row]; -1 ends */
  const int32_t *group;                  /* [resources] the ancestor under whose name a resource is shown in the large */
  double eur_sum;                        /* of ties and units */
  int64_t map_arcs_drawn, map_arcs_left, map_sites_outside, map_sites_moved; /* what the map left out, to be said */
  double map_arcs_share;
  double abs_eur_sum;      /* of ties, each counted positive */
  double estimate_abs_eur; /* the part of it that rests on an estimate */
} page;

/* Writes to the page. In the format: %s markup as it is, %t text to escape (NULL: nothing), %i int, %l int64_t,
 * %g a coordinate (two decimals, whatever the locale), %m a word of the page's language, %% a percent sign. */
void emit(page *p, const char *format, ...);
/* The same as a piece of markup to use in another one; lives as long as the page. */
const char *made(page *p, const char *format, ...);
/* A word whose {1} {2} ... are filled with pieces of markup. */
void say(page *p, int id, ...);
const char *said(page *p, int id, ...);
/* The word for one or for many; neither is an argument of the text. */
static inline int
word_of(int64_t n, int one, int many)
{
  return n == 1 ? one : many;
}
/* `count` zeroed items of the page's own memory, or NULL with page.code set. */
void *page_take(page *p, int64_t count, size_t size);
#define PAGE_TAKE(p, type, count) ((type *)page_take((p), (int64_t)(count), sizeof(type)))

/* ------------------------------------------------------------------ figures
 * Rounded to two significant digits, the exact value beside it in the markup (value, title). NAN reads "not known". */
const char *figure(page *p, double value, const char *unit);       /* 61,000 t: for tables; unit NULL: none */
const char *figure_told(page *p, double value, const char *unit);  /* 1.2 million t: for sentences */
const char *figure_most(page *p, double value, const char *unit);  /* rounded up to four digits: for "at most" */
const char *figure_least(page *p, double value, const char *unit); /* rounded down to four digits */
const char *plain(page *p, double value, const char *unit);        /* 61,000 t without markup: for pictures */
const char *plain_exact(page *p, double value, const char *unit);
const char *counted(page *p, int64_t n);
const char *percent(page *p, double share);
const char *percent_most(page *p, double share);                      /* rounded up, at least 0.0001% */
const char *unit_of_class(page *p, int resource_class);               /* as shown: "m²" */
const char *list_of(page *p, const char *const *item, int32_t count); /* a, b and c */
void table_figure(page *p, double value, bool is_there);              /* <td>: the figure, or the mark of absence */

/* ------------------------------------------------------------------ names, plain text unless said */
const char *name_in(const page *p, kn_table_id table, int32_t row, const char *plain_name);
const char *resource_name(const page *p, int32_t row);
const char *process_name(const page *p, int32_t row);
const char *activity_unit(const page *p, int32_t process);
const char *site_name(const page *p, int32_t site); /* actor's name, or the site's own */
const char *place_name(page *p, kn_place place);
int32_t place_site(const page *p, kn_place place); /* KN_NONE for gateways and needs without place */
const char *place_markup(page *p, kn_place place); /* markup; a unit by its site, with its process beside */
const char *place_told(page *p, kn_place place);   /* markup, within a sentence */
const char *capitalised(page *p, const char *text);
const char *uncapitalised(page *p, const char *text);
const char *cut_to(page *p, const char *text, double width, double size); /* so that it fits, with an ellipsis */
double text_width(const char *text, double size);                         /* an estimate, on the wide side */
const char *text_column(const page *p, kn_table_id table_id, const char *column, int32_t row);
double real_column(const page *p, kn_table_id table_id, const char *column, int32_t row);
int32_t int_column(const page *p, kn_table_id table_id, const char *column, int32_t row);
int source_kind(const page *p, int32_t source); /* word of source.kind, -1: not given */
const char *class_css(int resource_class);      /* "c0" */
int unit_at(const page *p, kn_place place);     /* row of plan->units, -1 */

/* ------------------------------------------------------------------ streams: nodes in columns, ribbons between */
typedef struct stream_node {
  int32_t column;
  int32_t class_of;                   /* -1: of no class */
  const char *label, *detail, *title; /* markup-free text */
  double least;                       /* px that its label wants */
  double height, y;                   /* px; y of its top */
  double centre;                      /* while ordering */
  int32_t rank;                       /* order within the column when it is fixed */
  int32_t band;
} stream_node;

typedef struct stream_link {
  int32_t from, to;
  int32_t class_of;
  bool is_cost;
  double width;  /* px */
  double pale;   /* 0: as drawn else; towards 1: less sure of it */
  double y0, y1; /* px; top at either end */
  const char *title;
} stream_link;

typedef struct stream_chart {
  int32_t node_count, link_count, column_count;
  stream_node *node;
  stream_link *link;
  double gap, height; /* height comes out of stream_lay() */
  double top;
  bool is_order_fixed;
} stream_chart;
void stream_lay(page *p, stream_chart *chart);
/* Where columns stand, in px: two outer ones of bars with room for labels outside, and `halls` wider ones at equal distances between
 * them. column_x, column_width [halls + 2]. */
typedef struct stream_widths {
  double label, bar, hall;
} stream_widths;
void stream_columns(int32_t halls, double width, stream_widths of, double *column_x, double *column_width);
void stream_ribbons(page *p, const stream_chart *chart, const double *column_x, const double *column_width);
/* Bars with a label beside them in the outer columns, boxes with the label inside in the others. */
void stream_nodes(page *p, const stream_chart *chart, const double *column_x, const double *column_width, double label_width);
/* A round quantity that is about 14 px wide where a unit has `scale` px. */
double stream_round(double scale);
/* Items of a legend: for each class with a scale [KN_CLASS_COUNT] a bar of the width that a round quantity has. */
void stream_scales(page *p, const double *scale);

/* Ties bundled: nodes by key, ribbons by (from, to, class, cost). */
typedef struct bundle_node {
  int64_t key;
  int32_t column, class_of;
  int64_t ties;
  double quantity, eur, size;
} bundle_node;
typedef struct bundle_link {
  int32_t from, to, class_of;
  bool is_cost;
  int64_t ties;
  double quantity, eur, size;
} bundle_link;
typedef struct bundle {
  int32_t node_count, link_count;
  int64_t node_capacity, link_capacity;
  bundle_node *node; /* own memory: bundle_free() */
  bundle_link *link;
} bundle;
int32_t bundle_put(page *p, bundle *b, int64_t key, int32_t column, int32_t class_of);
void bundle_tie(page *p, bundle *b, int32_t from, int32_t to, int32_t class_of, bool is_cost, const bundle_link *amount);
void bundle_free(bundle *b);

/* ------------------------------------------------------------------ the map */
typedef struct map_frame {
  double lon0, lat0, lon1, lat1;
  double x_scale, y_scale; /* px per degree */
  double width, height;    /* px */
} map_frame;
typedef struct map_mark { /* one per site, then one per gateway */
  double x, y, r;
  double eur; /* of its ties, each counted positive */
  int32_t class_of;
  bool is_shown, is_tied, is_estimate, is_rough, is_edge; /* rough: known by municipality only; edge: lies beyond the map */
} map_mark;
typedef struct map_box {
  double x0, y0, x1, y1;
} map_box;
typedef struct map_boxes {
  int64_t count, capacity;
  map_box *box;
} map_boxes; /* what labels keep clear of */
/* Screen position of a point on earth. */
void map_at(const map_frame *frame, double lon, double lat, double *x, double *y);
bool map_holds(const map_frame *frame, double lon, double lat);
void map_keep_clear(page *p, map_boxes *boxes, map_box box);
/* A label at one of a few places around (x, y), where it covers nothing; false: there is none. */
bool map_label(page *p, const map_frame *frame, map_boxes *boxes, double x, double y, double away, const char *text, double size,
               const char *css);
map_mark *map_marks(page *p, const map_frame *frame);
void map_ties(page *p, const map_mark *mark);
void map_sites(page *p, const map_mark *mark, map_boxes *boxes);
void map_site_labels(page *p, const map_frame *frame, const map_mark *mark, map_boxes *boxes);
void map_legend(page *p, const map_frame *frame, const map_mark *mark);
/* A line as part of the path under way. */
void map_line(page *p, const map_frame *frame, int64_t n, const double *lon_lat);
void map_tracks(page *p, const map_frame *frame);
void map_tracks_legend(page *p, const map_frame *frame);
bool tie_is_tracked(const page *p, int64_t tie);
/* Rings of a polygon or multipolygon in WKB (also with SRID, Z, M). */
typedef void (*map_ring)(void *arg, int64_t n, const uint8_t *point, int32_t stride, bool is_swapped);
bool map_wkb(const uint8_t *wkb, size_t length, map_ring ring, void *arg);
void map_wkb_point(const uint8_t *point, bool is_swapped, double *lon, double *lat);

/* ------------------------------------------------------------------ the sections, in their order */
void write_story(page *p);
void write_knot(page *p);
void write_map(page *p);
void write_streams(page *p);
void write_balance(page *p);
void write_balance_alone(page *p);
void tell_balance(page *p, void (*tell)(void *arg, const kn_report_ribbon *ribbon), void *arg);
void write_has(page *p);
void write_ties(page *p);
void write_cases(page *p);
void write_units(page *p);
void write_prices(page *p);
void write_trust(page *p);
void write_method(page *p);
void write_sources(page *p);

void section_open(page *p, const char *id, int heading);
void section_close(page *p);
/* A table in a box of its own that scrolls; the caption is markup. head: words, ended by -1; numbers: 'n' right, 't' left. */
void table_open(page *p, const char *caption, const int *head, const char *align);
void table_close(page *p);
void estimate_mark(page *p);
const char *objective_unit(const page *p);

extern const char report_style[], report_script[];

/* sankey.c: nodes of a picture by size, the largest first, for qsort(). */
typedef struct ranked {
  int64_t node;
  double size;
} ranked;
int ranked_by_size(const void *a, const void *b);

#endif
