/* knoop/region.h - the region in memory: tables as columns, keys resolved, trees known.
 *
 * A region is built once (knoop/builder.h: from a data package, or from the region file), then only read. Each
 * table of the region data package is a kn_table: one array per column. Modules of the core read the typed
 * views below (kn_region_offers() ...); formats and store, which treat all tables alike, read the
 * schema (kn_schema()) and the generic tables. A view is lent: valid until kn_region_free(). */
#ifndef KNOOP_REGION_H
#define KNOOP_REGION_H

#include "knoop/base.h"
#include "knoop/geo.h"

/* ------------------------------------------------------------------ schema: one list for all edges */
typedef enum kn_kind {
  KN_TEXT, /* const char *, NULL: blank */
  KN_REAL, /* double, NAN: blank */
  KN_INT,  /* int32_t, KN_BLANK_INT: blank */
  KN_DATE, /* int32_t days since 1970-01-01, KN_BLANK_INT: blank */
  KN_WORD, /* uint8_t, position in words[]; KN_BLANK_WORD: blank */
  KN_KEY,  /* const char *, the table's own key, unique */
  KN_REF   /* int32_t row of table `target`, KN_NONE: blank */
} kn_kind;
#define KN_BLANK_WORD 255

typedef enum kn_table_id {
  KN_T_SETTINGS,
  KN_T_SOURCE,
  KN_T_AREA,
  KN_T_ACTOR,
  KN_T_SITE,
  KN_T_RESOURCE,
  KN_T_OFFER,
  KN_T_NEED,
  KN_T_OFFER_PROPERTY,
  KN_T_NEED_SPEC,
  KN_T_SUBSTITUTION,
  KN_T_PROCESS,
  KN_T_PROCESS_FLOW,
  KN_T_UNIT,
  KN_T_GATEWAY,
  KN_T_MODE,
  KN_T_NODE,
  KN_T_LINK,
  KN_T_TERMINAL,
  KN_T_TARIFF,
  KN_T_FLOW,
  KN_T_BALANCE_NODE,
  KN_T_TRANSFER,
  KN_T_FLOW_PROPERTY,
  KN_T_STOCK_LEVEL,
  KN_T_INCENTIVE,
  KN_T_PRECEDENT,
  KN_T_PERMIT,
  KN_T_TOTAL,
  KN_T_STOCK,
  KN_T_STOCK_YEAR,
  KN_T_STOCK_COHORT,
  KN_T_FLEET,
  KN_T_FLEET_YEAR,
  KN_T_PRODUCT,
  KN_T_PRODUCT_MATERIAL,
  KN_T_MATERIAL_ACCOUNT,
  KN_T_TREATMENT_ACCOUNT,
  KN_T_PROFILE,
  KN_T_PROFILE_HOUR,
  KN_T_TRIAL,
  KN_TABLE_COUNT
} kn_table_id;

typedef struct kn_column_def {
  const char *name;
  kn_kind kind;
  bool is_required;
  const char *const *words; /* KN_WORD: NULL-terminated list */
  kn_table_id target;       /* KN_REF */
  double least, most;       /* KN_REAL, KN_INT: bounds, inclusive unless: */
  bool is_above_least;      /*   least itself is refused */
  bool is_below_most;       /*   most itself is refused */
  bool is_not_zero;
  /* How a figure follows the row's `unit` column: 0 not at all, +1 it is a quantity (x factor), -1 it is
   * per unit of quantity (/ factor). */
  int8_t per_unit;
  const char *unit;  /* for people: "EUR", "kg", "km" ...; NULL: none or the resource's */
  const char *text;  /* what it means, one sentence (English msgid) */
  bool may_be_blank; /* is_required asks for the column only; its cells may be blank (flow.from_id) */
} kn_column_def;

typedef struct kn_table_def {
  kn_table_id id;
  const char *name; /* offer; the file is offer.csv */
  bool is_required;
  int32_t column_count;
  const kn_column_def *columns;
  int32_t key_column; /* KN_NONE: the table has no key of its own */
  int32_t unique[3];  /* columns that together appear once; KN_NONE ends; all KN_NONE: rows may repeat */
  char geometry;      /* 0 none, 'p' point (lon, lat), 'a' polygons, 'l' line */
  const char *text;   /* English msgid */
} kn_table_def;

const kn_table_def *kn_schema(kn_table_id table);
int32_t kn_schema_find_table(const char *name); /* KN_NONE */
int32_t kn_schema_find_column(const kn_table_def *table, const char *name);

/* ------------------------------------------------------------------ generic tables */
typedef struct kn_column {
  union {
    const char **text; /* KN_TEXT, KN_KEY */
    double *real;
    int32_t *number; /* KN_INT, KN_DATE, KN_REF */
    uint8_t *word;
    void *data;
  };
} kn_column;

typedef struct kn_table {
  const kn_table_def *def;
  int64_t n;
  kn_column *columns;      /* [def->column_count] */
  int32_t extra_count;     /* columns the schema does not know, kept as text */
  const char **extra_name; /* [extra_count] */
  const char ***extra;     /* [extra_count][n], NULL: blank */
} kn_table;

/* ------------------------------------------------------------------ a region
 * How one comes to be: knoop/builder.h. */
typedef struct kn_region kn_region;
void kn_region_free(kn_region *region); /* NULL is fine */

const kn_table *kn_region_table(const kn_region *region, kn_table_id table);
const char *kn_region_key(const kn_region *region, kn_table_id table, int32_t row);  /* "" for none */
int32_t kn_region_find(const kn_region *region, kn_table_id table, const char *key); /* KN_NONE */
/* Rows of `table` that came from files in this build (all others came from the store): is_new[n]. */
const uint8_t *kn_region_new_rows(const kn_region *region, kn_table_id table);
/* Of a table with a key: rows that the store had come first, also those that files replaced; so many. */
int64_t kn_region_stored_rows(const kn_region *region, kn_table_id table);
bool kn_region_area_wkb(const kn_region *region, int32_t area, const uint8_t **wkb, size_t *length);
/* The same for any table with shapes; false: this row has none. A line is always a linestring of at least two points in two
 * dimensions, little endian: 9 bytes, the last four of which count the points, and then lon, lat as double of each. */
bool kn_region_wkb(const kn_region *region, kn_table_id table, int32_t row, const uint8_t **wkb, size_t *length);
/* Points of such a line, and one of them. */
int64_t kn_line_points(const uint8_t *wkb);
void kn_line_point(const uint8_t *wkb, int64_t at, double *lon, double *lat);
/* Kilometres along it. */
double kn_line_km(const uint8_t *wkb);
/* BLAKE2b-256 over all tables in a canonical form, in hex; the same data gives the same digest. O(cells), on all threads. */
kn_code kn_region_digest(const kn_region *region, char hex[65], kn_error *err);
size_t kn_region_bytes(const kn_region *region); /* memory that it holds, what an edit shares left out */

/* ------------------------------------------------------------------ words, in the order of the schema's lists */
typedef enum kn_class {
  KN_MATERIAL,
  KN_ENERGY,
  KN_WATER,
  KN_SPACE,
  KN_LABOUR,
  KN_KNOWLEDGE,
  KN_CAPITAL,
  KN_CLASS_COUNT
} kn_class;
const char *kn_class_name(kn_class resource_class); /* "material" ... */
const char *kn_class_unit(kn_class resource_class); /* "t", "MWh", "m3", "m2", "h", "h", "EUR" */
typedef enum kn_level { KN_PARK, KN_MUNICIPALITY, KN_REGION, KN_INTERCITY, KN_COUNTRY, KN_WORLD, KN_LEVEL_COUNT } kn_level;
const char *kn_level_name(kn_level level);
typedef enum kn_link_kind {
  KN_ON_ROAD,
  KN_ON_RAIL,
  KN_ON_WATER,
  KN_ON_CYCLE,
  KN_ON_TRANSIT,
  KN_ON_PIPE_HEAT,
  KN_ON_PIPE_WATER,
  KN_ON_POWER,
  KN_LINK_KIND_COUNT
} kn_link_kind;
const char *kn_link_kind_name(kn_link_kind kind); /* "road" ... */
typedef enum kn_per { KN_PER_ACTIVITY, KN_PER_CAPACITY } kn_per;
typedef enum kn_status { KN_EXISTING, KN_CANDIDATE } kn_status;
typedef enum kn_direction { KN_IN, KN_OUT } kn_direction;
typedef enum kn_perspective { KN_PARTNERS, KN_SOCIETY } kn_perspective;

/* ------------------------------------------------------------------ typed views
 * Numbers come resolved: in units of the resource; blanks that have a default in the package contract
 * (ratio, max_share, circuity, needs_network, per, status, prices and factors -> 0, t_per_unit by class ...) hold that default;
 * rows are indices into the view named. What is unknown and has no default is NAN / KN_NONE / NULL. */
typedef struct kn_settings {
  const char *name, *languages, *currency;
  int32_t plan_year;
  double discount_rate, co2_eur_per_t, fte_h;
  double snap_km, siding_km; /* how far a place may lie from roads and lines, and from rails, water, pipes and cables */
  kn_perspective perspective;
} kn_settings;

typedef struct kn_source_view {
  int64_t n;
  const char *const *source_id, *const *title;
  const double *rel_sd;       /* from the pedigree scores (docs/method.md, section 13); NAN: no scores */
  const uint8_t *is_estimate; /* kind = estimate */
} kn_source_view;

typedef struct kn_area_view {
  int64_t n;
  const char *const *area_id, *const *name;
  const uint8_t *level;         /* kn_level */
  const int32_t *parent;        /* row or KN_NONE */
  const int32_t *enter, *leave; /* depth-first numbers: b is within a when enter[a] <= enter[b] && leave[b] <= leave[a] */
  const double *population;     /* NAN: not known */
} kn_area_view;

typedef struct kn_actor_view {
  int64_t n;
  const char *const *actor_id, *const *name, *const *nace;
  const uint8_t *kind;
  const double *jobs_fte;
} kn_actor_view;

typedef struct kn_site_view {
  int64_t n;
  const char *const *site_id, *const *name;
  const int32_t *actor, *area; /* area: given, or the smallest that holds the point, or KN_NONE */
  const double *lon, *lat;
  const kn_point *point;
  const uint8_t *location_quality;
  const double *floor_m2; /* NAN: not known */
} kn_site_view;

typedef struct kn_resource_view {
  int64_t n;
  const char *const *resource_id, *const *name;
  const uint8_t *class_of;                 /* kn_class */
  const int32_t *parent, *enter, *leave;   /* is-a tree, numbers as in kn_area_view */
  const double *t_per_unit, *virgin_share; /* virgin_share: NAN -> 0 */
  const uint8_t *hazardous;                /* 0/1 */
  const char *const *code_low, *const *stream;
  const char *const *code_ewcstat, *const *code_cpa;
} kn_resource_view;
/* True when `row` is `ancestor` or below it. O(1). */
static inline bool
kn_resource_is_a(const kn_resource_view *resources, int32_t row, int32_t ancestor)
{
  return resources->enter[ancestor] <= resources->enter[row] && resources->leave[row] <= resources->leave[ancestor];
}

typedef struct kn_offer_view {
  int64_t n;
  const char *const *offer_id;
  const int32_t *site, *resource, *source;
  const double *quantity;               /* per year, unit of the resource, as given */
  const double *share;                  /* 0..1 of the plan year that the window covers */
  const double *fate_eur, *fate_co2_kg; /* per unit */
  const double *rel_sd;                 /* of the quantity; NAN: not known */
  const uint8_t *fate;
  const int32_t *from, *to; /* days, KN_BLANK_INT open */
  const uint8_t *disclosure;
  const int32_t *profile; /* hours in which it comes, KN_NONE: not known */
} kn_offer_view;

typedef struct kn_need_view {
  int64_t n;
  const char *const *need_id;
  const int32_t *site; /* KN_NONE: may go to any site that offers the resource */
  const int32_t *resource, *source;
  const double *quantity, *share, *price_eur, *market_co2_kg, *rel_sd; /* as in kn_offer_view; price and CO2 per unit */
  const int32_t *from, *to;
  const uint8_t *disclosure;
  const int32_t *profile; /* hours in which it is needed, KN_NONE: not known */
} kn_need_view;

/* Properties per offer and specs per need, grouped: rows first[i] .. first[i + 1] - 1. `property` is a number 0..property_count-1
 * shared by both; values in one unit per property (the first unit seen; others are converted). */
typedef struct kn_property_view {
  int32_t property_count;
  const char *const *property_name, *const *property_unit;
  const int32_t *offer_first;    /* [offers + 1] */
  const int32_t *offer_property; /* property number */
  const double *offer_value;
  const int32_t *need_first; /* [needs + 1] */
  const int32_t *need_property;
  const double *need_min, *need_max; /* -INFINITY, INFINITY where blank */
} kn_property_view;

typedef struct kn_substitution_view {
  int64_t n;
  const int32_t *offered, *needed; /* resources */
  const double *ratio;             /* units needed per unit offered, above 0 */
  const double *cost_eur;          /* per unit offered */
  const double *max_share;         /* of a demand that may be met this way, 0..1 */
} kn_substitution_view;

typedef struct kn_process_view {
  int64_t n;
  const char *const *process_id, *const *name, *const *activity_unit;
  const uint8_t *r_strategy;                  /* KN_BLANK_WORD */
  const double *opex_eur, *co2_kg, *jobs_fte; /* per unit of activity */
  const double *capex_eur, *capex_fixed_eur;  /* per unit of capacity, per unit opened; once */
  const double *lifetime_yr;                  /* NAN: not given */
  const double *min_load;                     /* share of the capacity that runs when open, 0..1 */
  const int32_t *flow_first;                  /* [n + 1]: rows of the arrays below, in the order of process_flow.csv */
  const int32_t *flow_resource;
  const double *flow_quantity; /* output > 0, input < 0 */
  const uint8_t *flow_per;     /* kn_per */
  const double *flow_residual_eur;
} kn_process_view;

typedef struct kn_unit_view {
  int64_t n;
  const char *const *unit_id;
  const int32_t *process, *site, *actor; /* site KN_NONE: to be placed */
  const double *capacity;                /* activity a year */
  const uint8_t *status;                 /* kn_status */
} kn_unit_view;

typedef struct kn_gateway_view {
  int64_t n;
  const char *const *gateway_id, *const *name;
  const double *lon, *lat;
  const kn_point *point;
  const int32_t *resource;
  const uint8_t *direction, *level;            /* level KN_BLANK_WORD where not given */
  const double *price_eur, *capacity, *co2_kg; /* capacity INFINITY where blank */
  const int32_t *area;                         /* smallest area that holds the point, KN_NONE */
} kn_gateway_view;

typedef struct kn_mode_view { /* one row per mode and class */
  int64_t n;
  const char *const *mode_id, *const *name;
  const uint8_t *class_of;
  const double *load_eur, *eur_per_unit_km, *co2_kg_per_unit_km, *circuity, *max_km, *speed_kmh; /* max_km INFINITY */
  const uint8_t *needs_network;
  const uint32_t *kinds;                                /* links it runs on: bit k for kn_link_kind k; kn_mode_kinds() */
  const double *vehicle_t, *eur_per_unit_h, *max_hours; /* max_hours INFINITY */
  const double *loss_per_km;                            /* share lost on each km, 0 <= x < 1 */
} kn_mode_view;

/* Bits of the kinds in a text like "road;water". False: a word is none; *bad is where it starts, *bad_length how long it is. */
bool kn_link_kinds_read(const char *text, uint32_t *kinds, const char **bad, int32_t *bad_length);
/* The kinds of links that a mode runs on: those of `network` where it says some, else what the words of its key, or else of its
 * name, mean for its class (docs/package.md); 0: none, it moves as the crow flies. name and network may be NULL. */
uint32_t kn_mode_kinds(const char *mode_id, const char *name, kn_class class_of, const char *network);

typedef struct kn_node_view {
  int64_t n;
  const char *const *node_id;
  const double *lon, *lat;
  const kn_point *point;
} kn_node_view;

typedef struct kn_link_view {
  int64_t n;
  const char *const *link_id;
  const int32_t *from, *to; /* nodes */
  const uint8_t *kind;      /* kn_link_kind */
  const double *km;         /* blank: along the geometry, or between the nodes */
  const double *speed_kmh;  /* NAN: that of the mode */
  const uint8_t *oneway;    /* 1: from `from` to `to` only */
  const double *max_t;      /* INFINITY where blank */
  const double *toll_eur;   /* per unit carried */
} kn_link_view;             /* geometry: kn_region_wkb() */

typedef struct kn_terminal_view {
  int64_t n;
  const char *const *terminal_id, *const *name;
  const double *lon, *lat;
  const kn_point *point;
  const uint32_t *kinds;                                                                     /* bits as in kn_mode_view */
  const double *transfer_eur, *transfer_co2_kg, *hours, *capacity, *capex_eur, *lifetime_yr; /* capacity INFINITY */
  const uint8_t *status;                                                                     /* kn_status */
} kn_terminal_view;

/* Where a tariff begins or ends: a row of one of these tables. */
typedef enum kn_end_kind { KN_AT_SITE, KN_AT_GATEWAY, KN_AT_NODE, KN_AT_TERMINAL, KN_AT_AREA, KN_END_KIND_COUNT } kn_end_kind;
typedef struct kn_tariff_view {
  int64_t n;
  const uint8_t *from_kind, *to_kind; /* kn_end_kind */
  const int32_t *from, *to;
  const int32_t *resource;         /* KN_NONE: for a class */
  const uint8_t *class_of;         /* KN_BLANK_WORD: for a resource */
  const char *const *mode_id;      /* may be none of the modes */
  const double *eur, *co2_kg, *km; /* per unit; km NAN where blank */
} kn_tariff_view;

/* What is reported to move, and what is said about it, for balances. rel_sd follows from the pedigree of the source where neither
 * it nor sd is given. */
typedef struct kn_flow_view {
  int64_t n;
  const char *const *flow_id;
  const char *const *from, *const *to; /* as given; NULL: outside. kn_flow_end() reads them */
  const int32_t *resource, *year, *source;
  const double *quantity, *rel_sd, *sd; /* NAN: not measured, not known */
} kn_flow_view;
typedef enum kn_by { KN_BY_RESOURCE, KN_BY_CLASS } kn_by;
typedef struct kn_balance_rule_view { /* table balance_node */
  int64_t n;
  const char *const *node_id, *const *name, *const *layer;
  const int32_t *balanced; /* 0, 1, KN_BLANK_INT */
  const uint8_t *by;       /* kn_by, KN_BLANK_WORD */
} kn_balance_rule_view;
typedef struct kn_transfer_view {
  int64_t n;
  const char *const *transfer_id;
  const int32_t *from_flow, *to_flow;
  const double *value, *rel_sd, *sd;
} kn_transfer_view;
typedef struct kn_flow_property_view {
  int64_t n;
  const int32_t *flow;
  const char *const *property, *const *unit;
  const double *value, *rel_sd, *sd;
} kn_flow_property_view;
typedef struct kn_stock_level_view {
  int64_t n;
  const char *const *stock_level_id, *const *node;
  const int32_t *resource, *year;
  const double *quantity, *rel_sd, *sd;
} kn_stock_level_view;

/* Where a flow begins or ends. */
typedef enum kn_flow_end_kind { KN_FLOW_OUTSIDE, KN_FLOW_AT_NODE, KN_FLOW_AT_STOCK } kn_flow_end_kind;
typedef struct kn_flow_end {
  kn_flow_end_kind kind;
  kn_table_id table; /* KN_T_SITE, AREA, GATEWAY, PROCESS or BALANCE_NODE; KN_TABLE_COUNT for a sector */
  int32_t row;       /* KN_NONE for a sector */
  const char *id;    /* the key, or nace:24.10; of the node whose stock it is */
} kn_flow_end;
/* Reads an end of a flow: a key of one of these tables in that order, TABLE:ID, nace:CODE, or stock: and one of these. */
kn_flow_end kn_flow_end_read(const kn_region *region, const char *text);

typedef enum kn_target { KN_TO_RESOURCE, KN_TO_PROCESS, KN_TO_AREA, KN_TO_NEED, KN_TO_R_STRATEGY } kn_target;
typedef struct kn_incentive_view {
  int64_t n;
  const char *const *incentive_id, *const *name;
  const uint8_t *target_kind; /* kn_target */
  const int32_t *target;      /* row; for R_STRATEGY its number 0..9 */
  const double *eur;          /* per unit of what it is for */
  const double *budget_eur;   /* a year; INFINITY where blank */
  const double *share;        /* of the plan year that its window covers */
} kn_incentive_view;

/* What sites may receive, and how they may treat it. One permit is several rows. */
typedef struct kn_permit_view {
  int64_t n;
  const int32_t *site;
  const char *const *code_low; /* 2, 4 or 6 digits of the List of Waste: all that begins so */
  const uint8_t *operation;    /* number in kn_operation_name(); KN_BLANK_WORD: any */
  const int32_t *to;           /* last day; KN_BLANK_INT: no end known */
} kn_permit_view;
const char *kn_operation_name(uint8_t operation); /* "R1" ... "R13", "D1" ... "D15"; NULL: no such one */
static inline bool
kn_operation_is_disposal(uint8_t operation)
{
  return operation >= 13 && operation != KN_BLANK_WORD;
}
/* What is known of a whole: of the offers (or needs) of an area, of a resource with all that is a kind of it, of a sector. */
typedef struct kn_total_view {
  int64_t n;
  const char *const *total_id;
  const int32_t *area, *resource; /* KN_NONE: of the region as a whole; of every material */
  const char *const *nace;        /* NULL: of every sector */
  const uint8_t *is_need;
  const double *quantity, *rel_sd; /* rel_sd NAN: not known */
} kn_total_view;

typedef enum kn_driver { KN_BY_INFLOW, KN_BY_STOCK } kn_driver;
typedef enum kn_lifetime_kind {
  KN_LIVES_FIXED,
  KN_LIVES_NORMAL,
  KN_LIVES_WEIBULL,
  KN_LIVES_LOGNORMAL,
  KN_LIFETIME_KIND_COUNT
} kn_lifetime_kind;
const char *kn_lifetime_kind_name(kn_lifetime_kind kind); /* "fixed" ... */
/* Stocks, with their years and what stood there before, grouped: rows year_first[i] .. year_first[i + 1] - 1, by rising year. */
typedef struct kn_stock_view {
  int64_t n;
  const char *const *stock_id;
  const int32_t *site, *area, *resource, *source;   /* site, area: KN_NONE where not given */
  const uint8_t *driver, *lifetime;                 /* kn_driver, kn_lifetime_kind */
  const double *mean_yr, *sd_yr, *shape, *scale_yr; /* NAN where not given */
  const uint8_t *may_shrink;                        /* 1: a stock may fall faster than it wears out, by negative inflow */
  const int32_t *year_first;                        /* [n + 1] */
  const int32_t *year;
  const double *inflow, *stock;  /* by year; NAN where not given */
  const int32_t *cohort_first;   /* [n + 1] */
  const int32_t *cohort;         /* year in which it was put in */
  const double *cohort_quantity; /* what was left of it at the end of the year before the first */
} kn_stock_view;

/* Products as a service. Years grouped as above. */
typedef struct kn_fleet_view {
  int64_t n;
  const char *const *fleet_id;
  const int32_t *site, *area, *resource, *source;
  const int32_t *contract_years, *most_refurbishments;
  const double *loss_at_return, *refurbish_yield, *kg_new, *kg_parts; /* kg NAN where not given */
  const int32_t *year_first;                                          /* [n + 1] */
  const int32_t *year;
  const double *contracts;
} kn_fleet_view;

/* Products and what they are made of. The materials of product i are the rows material_row[k] of the table product_material, k from
 * material_first[i] to material_first[i + 1] - 1; the figures of materials are by row of that table. */
typedef struct kn_product_view {
  int64_t n;
  const char *const *product_id, *const *name;     /* name NULL where not given */
  const int32_t *site, *actor, *resource;          /* KN_NONE where not given */
  const double *weight;                            /* in a mean of products */
  const double *lifetime_yr, *lifetime_average_yr; /* NAN where not given */
  const double *use_per_year, *use_per_year_average;
  const int32_t *material_first, *material_row; /* [n + 1], [materials] */
  const char *const *material;
  const double *mass_kg;
  const double *recycled_in, *reused_in, *bio_in;                 /* shares of the mass that goes in, 0..1 */
  const double *to_recycling, *to_reuse, *to_compost, *to_energy; /* after use, 0..1 */
  const double *eff_in, *eff_out; /* of making what is recycled in, above 0; of recycling after use */
} kn_product_view;
#define KN_SHARES_MOST (1 + 1e-9) /* what shares of one whole add up to at most, rounding included */
/* What goes in that is not virgin, and what does not become waste: shares of a row of product_material. */
double kn_product_shares_in(const kn_product_view *products, int64_t material);
double kn_product_shares_out(const kn_product_view *products, int64_t material);
/* Has materials, shares of one side within 1, and of lifetime and use both figures or neither. O(its materials). */
bool kn_product_is_whole(const kn_product_view *products, int64_t product);

/* What an economy takes in and recycles, t in a year; NAN where not given. */
typedef struct kn_material_account_view {
  int64_t n;
  const char *const *account_id, *const *material;
  const int32_t *area, *year; /* area KN_NONE: the region as a whole */
  const double *extraction, *imports, *exports, *recycled_domestic, *imported_for_recycling, *exported_for_recycling;
} kn_material_account_view;

/* What happens to waste, t in a year; NAN where not given. */
typedef struct kn_treatment_account_view {
  int64_t n;
  const char *const *account_id, *const *waste;
  const int32_t *area, *year; /* area KN_NONE: the region as a whole */
  const double *recycled, *backfilled, *energy_recovery, *incinerated, *landfilled, *imported_for_recycling,
      *exported_for_recycling;
  const uint8_t *is_major_mineral;
} kn_treatment_account_view;

/* When something runs: loads by month, type of day and hour, in any unit. The rows of profile i are row[k] of the table
 * profile_hour, k from first[i] to first[i + 1] - 1. A row with an hour is the load of that hour; one without it is a factor of whole
 * days. A blank month or type of day means all of them; of several rows for one hour the closest counts: month and type of day, the
 * month, the type of day, neither. */
typedef struct kn_profile_view {
  int64_t n;
  const char *const *profile_id, *const *name; /* name NULL where not given */
  const int32_t *source;
  const int32_t *first, *row;  /* [n + 1], [hours] */
  const int32_t *month, *hour; /* 1..12, 0..23 on the clock; KN_BLANK_INT: all, a factor */
  const uint8_t *day_type;     /* 0 working day, 1 Saturday, 2 Sunday; KN_BLANK_WORD: all */
  const double *load;
} kn_profile_view;
/* A year as typical hours: month by month, in it types of day, in them hours 0..23. Of seven days five are working days, so
 * kn_typical_hours() of them are in a year of 365 days, 8760 in all; the calendar of a real year is not looked at. */
enum { KN_DAY_TYPES = 3, KN_TYPICAL_HOURS = 12 * KN_DAY_TYPES * 24 };
double kn_typical_hours(int32_t at);
/* Shares of a year's quantity per hour into share [KN_TYPICAL_HOURS]: sum of share x kn_typical_hours() is 1. False, and nothing
 * is written: it has no load at all. O(its rows + KN_TYPICAL_HOURS). */
bool kn_profile_shares(const kn_profile_view *profiles, int64_t profile, double *share);
/* What coincides of two quantities a year with these shares: sum over hours of min(a x share_a, b x share_b). Shares as above. */
double kn_hours_shared(double a, const double *share_a, double b, const double *share_b);
/* How many typical hours of a profile have no load given; 0 where none or all are. O(its rows + KN_TYPICAL_HOURS). */
int32_t kn_profile_gaps(const kn_profile_view *profiles, int64_t profile);

/* The views: O(1), lent until kn_region_free(). */
kn_settings kn_region_settings(const kn_region *region);
/* The keys of table settings that knoop reads; NULL ends. A region may hold others. */
extern const char *const kn_setting_names[];
/* What a value of one of these must be (msgid), or NULL when this one will do. */
const char *kn_setting_expects(const char *key, const char *value);
kn_source_view kn_region_sources(const kn_region *region);
kn_area_view kn_region_areas(const kn_region *region);
kn_actor_view kn_region_actors(const kn_region *region);
kn_site_view kn_region_sites(const kn_region *region);
kn_resource_view kn_region_resources(const kn_region *region);
kn_offer_view kn_region_offers(const kn_region *region);
kn_need_view kn_region_needs(const kn_region *region);
kn_property_view kn_region_properties(const kn_region *region);
kn_substitution_view kn_region_substitutions(const kn_region *region);
kn_process_view kn_region_processes(const kn_region *region);
kn_unit_view kn_region_units(const kn_region *region);
kn_gateway_view kn_region_gateways(const kn_region *region);
kn_mode_view kn_region_modes(const kn_region *region);
kn_incentive_view kn_region_incentives(const kn_region *region);
kn_flow_view kn_region_flows(const kn_region *region);
kn_balance_rule_view kn_region_balance_rules(const kn_region *region);
kn_transfer_view kn_region_transfers(const kn_region *region);
kn_flow_property_view kn_region_flow_properties(const kn_region *region);
kn_stock_level_view kn_region_stock_levels(const kn_region *region);
kn_node_view kn_region_nodes(const kn_region *region);
kn_link_view kn_region_links(const kn_region *region);
kn_terminal_view kn_region_terminals(const kn_region *region);
kn_tariff_view kn_region_tariffs(const kn_region *region);
kn_permit_view kn_region_permits(const kn_region *region);
kn_total_view kn_region_totals(const kn_region *region);
kn_stock_view kn_region_stocks(const kn_region *region);
kn_fleet_view kn_region_fleets(const kn_region *region);
kn_product_view kn_region_products(const kn_region *region);
kn_material_account_view kn_region_material_accounts(const kn_region *region);
kn_treatment_account_view kn_region_treatment_accounts(const kn_region *region);
kn_profile_view kn_region_profiles(const kn_region *region);
/* The smallest area that holds both (rows of areas or KN_NONE): its row, or KN_NONE. O(depth). */
int32_t kn_area_common(const kn_area_view *areas, int32_t a, int32_t b);

/* ------------------------------------------------------------------ check
 * What is implausible, unsourced, doubled by meaning: findings (knoop/builder.h) with a proposal. O(n log n). */
typedef struct kn_findings kn_findings;
kn_code kn_region_check(const kn_region *region, kn_findings *findings, kn_error *err);

#endif
