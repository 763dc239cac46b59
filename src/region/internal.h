/* What the files of src/region share and nobody else sees.
 *
 *   schema.c    the list of tables and columns; words.c the words that columns take
 *   symbols.c   keys to numbers: one table of symbols per kind of key
 *   cell.c      one cell of text or one typed value -> a value, or why it is refused; refuse.c says it
 *   builder.c   batches and growing columns; rows.c reads rows into them, with keys as symbols
 *   follow.c    rows read by another thread while the builder still takes them
 *   amend.c     rows that are there, taken out or changed
 *   finish.c    growing columns -> a region; units.c, ends.c, shapes.c and tariffs.c judge what needs all rows
 *   forest.c    parents -> depth-first numbers
 *   views*.c    a region -> the typed views, with defaults filled in
 *   network.c   kinds and lengths of links, ends of tariffs
 *   line.c      lines in WKB
 *   edit.c      a region -> one that differs in a few figures
 *   check*.c    a region -> findings */
#ifndef KNOOP_REGION_INTERNAL_H
#define KNOOP_REGION_INTERNAL_H

#include "knoop/builder.h"

/* ---------------------------------------------------------------- findings */
/* False when one more finding of this file (of this rule, where file is NULL) would only be counted. */
bool kn_findings_has_room(const kn_findings *findings, const char *file, const char *rule);

/* The text for a msgid in the language the findings are made in. */
const char *kn_findings_text(const kn_findings *findings, const char *msgid);

/* ---------------------------------------------------------------- text pool
 * Short texts packed end to end; grows by blocks of an arena. */
typedef struct kn_textpool {
  kn_arena *arena;
  char *next;
  size_t left;
} kn_textpool;
kn_code kn_textpool_copy(const char **out, kn_textpool *pool, const char *text, size_t length, kn_error *err);
void kn_textpool_free(kn_textpool *pool);

/* ---------------------------------------------------------------- symbols
 * Every text that was seen as a key of a kind, numbered 0..count-1 in order of appearance; `row` is the row that
 * has it as its key, KN_NONE while only references name it. Slots hold (hash << 32 | symbol + 1), 0 is free. */
typedef struct kn_symbols {
  int32_t count;
  int64_t text_capacity, row_capacity;
  const char **text;
  int32_t *row;
  uint64_t *slot;
  uint64_t slot_mask;
  kn_textpool pool;
  kn_follow *follow; /* held while arrays move; NULL: nobody follows */
} kn_symbols;
uint32_t kn_symbols_hash(const char *text, size_t length);
kn_code kn_symbols_expect(kn_symbols *symbols, int64_t more, kn_error *err);
kn_code kn_symbols_put(kn_symbols *symbols, const char *text, size_t length, uint32_t hash, int32_t *symbol, kn_error *err);
int32_t kn_symbols_find(const kn_symbols *symbols, const char *text, size_t length); /* KN_NONE */
/* What a look-up will read, asked for some rows ahead so that it is near by then: first the slot, later where the text of
 * the slot is (of the first that comes into question), later that text. */
static inline void
kn_symbols_prefetch(const kn_symbols *symbols, uint32_t hash)
{
  if (symbols->slot != NULL)
    __builtin_prefetch(&symbols->slot[hash & symbols->slot_mask]);
}
static inline const char **
kn_symbols_ahead(const kn_symbols *symbols, uint32_t hash)
{
  const uint64_t slot = symbols->slot == NULL ? 0 : symbols->slot[hash & symbols->slot_mask];
  return slot == 0 ? NULL : &symbols->text[(uint32_t)slot - 1];
}
static inline void
kn_symbols_prefetch_place(const kn_symbols *symbols, uint32_t hash)
{
  __builtin_prefetch(kn_symbols_ahead(symbols, hash));
}
static inline void
kn_symbols_prefetch_text(const kn_symbols *symbols, uint32_t hash)
{
  const char **text = kn_symbols_ahead(symbols, hash);
  if (text != NULL)
    __builtin_prefetch(*text);
}
size_t kn_symbols_bytes(const kn_symbols *symbols);
void kn_symbols_free(kn_symbols *symbols);

/* Kinds of key: one per table, and texts that repeat so much that numbers are cheaper. */
enum { KN_D_PROPERTY = KN_TABLE_COUNT, KN_D_MODE, KN_D_UNIT, KN_D_END, KN_D_MATERIAL, KN_DOMAIN_COUNT };
/* The kind of key a column holds, KN_NONE for plain values. */
int32_t kn_column_domain(const kn_table_def *table, int32_t column);

/* Pairs of numbers to rows; for tables whose rows are known by two columns. */
typedef struct kn_pair {
  uint64_t key;
  int32_t row; /* KN_NONE: free */
} kn_pair;
typedef struct kn_pairs {
  kn_pair *slot;
  uint64_t mask;
  int64_t count;
} kn_pairs;
/* The place for the row of this key; its value is KN_NONE when the key is new. */
kn_code kn_pairs_put(kn_pairs *pairs, uint64_t key, int32_t **row, kn_error *err);
void kn_pairs_free(kn_pairs *pairs);

/* ---------------------------------------------------------------- cells */
typedef enum kn_refusal {
  KN_R_NONE,
  KN_R_MISSING,
  KN_R_UTF8,
  KN_R_ZERO_BYTE,
  KN_R_TOO_LONG,
  KN_R_NOT_NUMBER,
  KN_R_NOT_WHOLE,
  KN_R_NOT_DATE,
  KN_R_UNKNOWN_WORD,
  KN_R_OUT_OF_BOUNDS,
  KN_R_ZERO,
  KN_R_NO_NAME
} kn_refusal;
typedef struct kn_cell_value {
  bool is_blank;
  union {
    double real;
    int32_t number;
    uint8_t word;
    struct {
      const char *text;
      size_t length;
    };
  };
} kn_cell_value;
/* Puts a value into its row of a column. False: the column holds texts, which need a place of their own. */
static inline bool
kn_column_put(kn_column *column, kn_kind kind, int64_t row, const kn_cell_value *value)
{
  switch (kind) {
  case KN_REAL:
    column->real[row] = value->is_blank ? NAN : value->real;
    return true;
  case KN_INT:
  case KN_DATE:
    column->number[row] = value->is_blank ? KN_BLANK_INT : value->number;
    return true;
  case KN_WORD:
    column->word[row] = value->is_blank ? KN_BLANK_WORD : value->word;
    return true;
  case KN_TEXT:
  case KN_KEY:
  case KN_REF:
    break;
  }
  return false;
}
#define KN_FIELD_MOST 65536
#define KN_EXTRA_MOST 1000 /* columns of a table that the schema does not know */
/* Reads a cell as its column wants it. def NULL: a column the schema does not know (plain text). */
kn_refusal kn_cell_read(const kn_column_def *def, const char *text, size_t length, char decimal, kn_cell_value *out);
kn_refusal kn_typed_read(const kn_column_def *def, const kn_value *value, kn_cell_value *out);

/* ---------------------------------------------------------------- builder */
typedef struct kn_batch {
  const char *file; /* NULL: from the store */
  kn_table_id table;
  int32_t count;
  int32_t *target;          /* [count] column of the table; -1 - k: extra k; KN_IGNORED */
  int32_t *column_no;       /* [count] as the first row had them */
  const char *const *names; /* [count] */
  int32_t *unplaced;        /* [count] which of the row's unplaced keys the cell is; KN_NONE: plain value */
  int32_t *domain;          /* [count] kind of key the cell is, KN_NONE: plain value */
  int32_t unplaced_count;
  int32_t key[2];   /* unplaced number of the unique columns, KN_NONE: none (or a word) */
  int64_t expected; /* rows, as a hint */
  bool has_column_no, is_followed;
  char decimal;
} kn_batch;

/* A key or reference of a row that is being read, before it has its symbol. length 0: blank. */
typedef struct kn_unplaced {
  const char *text;
  uint32_t length, hash;
} kn_unplaced;

typedef struct kn_grown_column {
  kn_column data;
  int64_t capacity;
  bool is_given; /* some batch has it; else data is NULL and all rows are blank */
} kn_grown_column;
typedef struct kn_grown {
  const kn_table_def *def;
  int64_t n;
  kn_grown_column *column; /* [column_count]; keys and references hold symbols while growing */
  int32_t extra_count;
  int64_t extra_capacity;
  struct kn_extra {
    const char *name;
    const char **text;
    int64_t capacity;
  } * extra;
  int64_t *line;  /* [n] in the file of the row's batch */
  int32_t *batch; /* [n] */
  int64_t line_capacity, batch_capacity;
  kn_pairs pairs;
  int64_t room;   /* rows that the columns are ready for, as the current batch brings them */
  int64_t stored; /* rows that were there before the first file */
  bool is_broken; /* rows of it are missing, so references to it are not judged */
  bool has_file_batch, has_store_rows;
} kn_grown;

/* Geometry of a row of a table that has shapes, as it came. */
typedef struct kn_shape {
  kn_table_id table;
  int32_t symbol;   /* of the row's key */
  const char *file; /* NULL: from the store */
  int64_t line;
  const uint8_t *wkb;
  size_t length;
} kn_shape;

typedef struct kn_last_text {
  const char *text;
  size_t length;
} kn_last_text;

struct kn_builder {
  kn_findings *findings;
  kn_arena *keep; /* batches, names, shapes */
  kn_grown grown[KN_TABLE_COUNT];
  kn_symbols symbols[KN_DOMAIN_COUNT];
  kn_batch *batch;
  int64_t batch_count, batch_capacity;
  int32_t current; /* batch, or KN_NONE: rows are ignored */
  int32_t pool_count;
  kn_textpool *pool;       /* [pool_count], one per worker */
  kn_last_text *last_text; /* [pool_count][last_stride] text copied last, per column of the batch */
  int32_t last_stride;
  kn_shape *shape;
  int64_t shape_count, shape_capacity;
  kn_arena *shapes;                        /* holds their WKB; goes over to the region */
  const char *shape_file;                  /* of the last one, copied */
  const kn_shape **chosen[KN_TABLE_COUNT]; /* [rows] the shape of each, once judged; NULL: no row has one */
  bool is_judged;
  kn_follow *follow;     /* NULL: nobody follows */
  kn_unplaced *unplaced; /* [unplaced_count] of a typed row */
  int64_t unplaced_capacity;
  int64_t suggestions_left; /* comparisons that may still be spent on "did you mean" */
};

/* Where a finding is. `row` is a row of the table, or KN_NONE with `row_name` and `line` given. */
typedef struct kn_place {
  kn_table_id table;
  int64_t row;
  const char *row_name;
  int32_t column; /* of the table, KN_NONE: the row as a whole */
  int32_t batch;  /* KN_NONE: none */
  int64_t line;
  int32_t column_no;
} kn_place;
#define KN_NAME_MOST 96
/* Name of a row for people: its key, or "row 12". Works while growing. */
const char *kn_builder_row_name(const kn_builder *builder, kn_table_id table, int64_t row, char out[KN_NAME_MOST]);
kn_place kn_builder_place(const kn_builder *builder, kn_table_id table, int64_t row, int32_t column);
/* An error at a place. value may be NULL; it is cut for display and bad bytes are replaced. */
kn_code kn_builder_refuse(kn_builder *builder, kn_place place, const char *rule, const char *value, size_t length,
                          const char *proposal, kn_error *err, const char *sentence, ...) __attribute__((format(printf, 8, 9)));
/* The words of a refused cell. text NULL: it had none. */
kn_code kn_builder_refuse_cell(kn_builder *builder, kn_place place, kn_refusal refusal, const char *text, size_t length,
                               char decimal, kn_error *err);
/* True when a refusal at this place would be kept, so that a proposal is worth its time. */
bool kn_builder_has_room(const kn_builder *builder, kn_place place, const char *rule);
/* "did you mean X?" among symbols that are keys of rows; false: nothing near. Bounded by suggestions_left. */
bool kn_builder_suggest(kn_builder *builder, int32_t domain, const char *key, char out[KN_NAME_MOST * 2]);
/* The nearest of a NULL-terminated list of words, or NULL. */
const char *kn_nearest_word(const char *const *words, const char *text);
/* Makes room for rows up to `need`; columns that the batch does not bring are blank there. */
kn_code kn_grown_make_room(kn_grown *grown, const kn_batch *batch, int64_t need, kn_error *err);
/* From now on rows of the table have this column; blank where nobody gave it. */
kn_code kn_grown_give_column(kn_grown *grown, int32_t column, int64_t expected, kn_error *err);
void kn_grown_move_row(kn_grown *grown, int64_t from, int64_t to); /* values only */
/* Text pools for so many workers, and for each the last text of so many columns. */
kn_code kn_builder_make_pools(kn_builder *builder, int32_t threads, int32_t columns, kn_error *err);
/* Bytes of one item of a column while growing and in the region. */
size_t kn_grown_size(const kn_table_def *def, int32_t column);
size_t kn_column_size(kn_kind kind);
void kn_column_set_blank(kn_kind kind, size_t size, void *data, int64_t first, int64_t last);

/* ---------------------------------------------------------------- follow.c: the builder's side
 * Nobody reads while arrays move; NULL is fine. */
void kn_follow_hold(kn_follow *follow);
void kn_follow_release(kn_follow *follow);
/* The rows of the current batch begin to come; has_shapes: each followed by its geometry, if it has one. */
void kn_follow_begin(kn_builder *builder, bool has_shapes);
void kn_follow_publish(kn_builder *builder);                      /* rows of the current batch that are settled */
void kn_follow_end_batch(kn_builder *builder);                    /* no more rows of it */
void kn_follow_change(kn_builder *builder, kn_table_id table);    /* rows of it are no longer as they were */
void kn_follow_leave_builder(kn_builder *builder, bool is_sound); /* nobody reads the builder any more */

/* ---------------------------------------------------------------- region */
struct kn_region {
  kn_table table[KN_TABLE_COUNT];
  kn_symbols symbols[KN_DOMAIN_COUNT];
  kn_arena *keep;
  const struct kn_region *base; /* an edit of this one, of which it owns `keep` alone; NULL: its own */
  int32_t pool_count;
  kn_textpool *pool;
  void **owned;
  int64_t owned_count, owned_capacity;
  size_t owned_bytes;
  const uint8_t *is_new[KN_TABLE_COUNT];
  int64_t stored[KN_TABLE_COUNT];
  struct kn_outline { /* geometry of a row; wkb NULL: none */
    const uint8_t *wkb;
    size_t length;
  } * outline[KN_TABLE_COUNT]; /* [rows]; NULL: no row has any */
  kn_arena *shapes;            /* holds the WKB */
  struct kn_constant {
    double value;
    int64_t n;
    double *data;
  } constant[4]; /* arrays of one value, shared by columns nobody gave */
  int32_t constant_count;
  kn_settings settings;
  kn_source_view sources;
  kn_area_view areas;
  kn_actor_view actors;
  kn_site_view sites;
  kn_resource_view resources;
  kn_offer_view offers;
  kn_need_view needs;
  kn_property_view properties;
  kn_substitution_view substitutions;
  kn_process_view processes;
  kn_unit_view units;
  kn_gateway_view gateways;
  kn_mode_view modes;
  kn_incentive_view incentives;
  kn_node_view nodes;
  kn_link_view links;
  kn_terminal_view terminals;
  kn_tariff_view tariffs;
  kn_permit_view permits;
  kn_total_view totals;
  kn_stock_view stocks;
  kn_fleet_view fleets;
  kn_product_view products;
  kn_material_account_view material_accounts;
  kn_treatment_account_view treatment_accounts;
  kn_profile_view profiles;
  kn_flow_view flows;
  kn_balance_rule_view balance_rules;
  kn_transfer_view transfers;
  kn_flow_property_view flow_properties;
  kn_stock_level_view stock_levels;
};

/* Column of a table by its name in the schema; the name must be there. */
const kn_column *kn_table_column(const kn_table *table, const char *name);

/* Depth-first numbers of a forest given by parents: enter in order of rows, leave the last number below.
 * A parent that closes a cycle is cut (KN_NONE in `parent`) and listed in cut[], *cut_count of them.
 * enter, leave, cut [n]; scratch three arrays of n. O(n). */
kn_code kn_forest_number(int64_t n, int32_t *parent, int32_t *enter, int32_t *leave, int32_t *cut, int64_t *cut_count,
                         kn_arena *scratch, kn_error *err);

/* Fills the typed views of a region whose tables are resolved. */
kn_code kn_region_make_views(kn_region *region, kn_error *err);
kn_code kn_region_view_network(kn_region *region,
                               kn_error *err);                   /* modes, links, terminals, tariffs; areas and sites are there */
kn_code kn_region_view_stocks(kn_region *region, kn_error *err); /* totals, stocks and fleets; sources are there */
kn_code kn_region_view_circular(kn_region *region, kn_error *err); /* products and accounts */
kn_code kn_region_view_profiles(kn_region *region, kn_error *err); /* hours */
/* Kilometres of each link: as given, else along its geometry, else between its nodes. Needs links.from, to and nodes. */
kn_code kn_region_measure_links(const kn_region *region, const double *given, double *km, kn_error *err);
/* Views of reported flows and what is said about them. */
kn_code kn_region_view_flows(kn_region *region, kn_error *err);
/* rel_sd of a table as given, else from the pedigree of the row's source. */
kn_code kn_region_deviation(kn_region *region, kn_table_id table, const double **out, kn_error *err);
/* What the ends of tariffs name. */
kn_code kn_region_find_ends(kn_region *region, const char *const *text, int64_t n, const uint8_t **kinds, const int32_t **rows,
                            kn_error *err);
/* The area of each row of a table with lon and lat: as given, else by its point. given NULL: none is. */
kn_code kn_region_locate(kn_region *region, kn_table_id table, const int32_t *given, const int32_t **out, kn_error *err);
/* ---------------------------------------------------------------- settings */
kn_settings kn_settings_default(void);
/* Reads one setting; NULL when it is fine (unknown keys are), else what was expected. value NULL: blank. */
const char *kn_settings_read(kn_settings *settings, const char *key, const char *value, char decimal);
bool kn_settings_is_number(const char *key); /* follows the decimal mark of its file */

/* ---------------------------------------------------------------- finishing: what needs all rows
 * Each works on the growing tables, where keys are symbols, and refuses what does not fit. */
int32_t kn_grown_row(const kn_builder *builder, kn_table_id table, int64_t row, int32_t column); /* referenced row */
kn_code kn_finish_references(kn_builder *builder, kn_error *err);
kn_code kn_finish_trees(kn_builder *builder, kn_error *err);
kn_code kn_finish_settings(kn_builder *builder, kn_settings *settings, kn_error *err);
kn_code kn_finish_units(kn_builder *builder, const kn_settings *settings, kn_error *err);
kn_code kn_finish_ends(kn_builder *builder, kn_error *err);
/* Tariffs, and the kinds of links of terminals and modes. */
kn_code kn_finish_network(kn_builder *builder, kn_error *err);
/* Chooses builder->chosen, the geometry of each row. */
kn_code kn_finish_shapes(kn_builder *builder, kn_error *err);

/* ---------------------------------------------------------------- check
 * One finding about a row of a region. A proposal may be NULL. */
typedef struct kn_check {
  const kn_region *region;
  kn_findings *findings;
  kn_arena *scratch;
} kn_check;
kn_code kn_check_tell(const kn_check *check, kn_severity severity, const char *rule, kn_table_id table, int64_t row,
                      const char *column, const char *proposal, kn_error *err, const char *sentence, ...)
    __attribute__((format(printf, 9, 10)));
/* Key of a row, or "row 12". */
const char *kn_check_name(const kn_region *region, kn_table_id table, int64_t row, char out[KN_NAME_MOST]);
kn_code kn_check_figures(const kn_check *check, kn_error *err);   /* sources, signs, outliers, windows */
kn_code kn_check_doubles(const kn_check *check, kn_error *err);   /* the same thing twice */
kn_code kn_check_processes(const kn_check *check, kn_error *err); /* recipes and units */
kn_code kn_check_places(const kn_check *check, kn_error *err);    /* sites far away or swapped */
kn_code kn_check_resources(const kn_check *check, kn_error *err); /* classes, codes, hazards, modes */
kn_code kn_check_network(const kn_check *check, kn_error *err);   /* links and terminals */
kn_code kn_check_stocks(const kn_check *check, kn_error *err);    /* totals, stocks and fleets */
kn_code kn_check_circular(const kn_check *check, kn_error *err);  /* products and accounts */
kn_code kn_check_profiles(const kn_check *check, kn_error *err);  /* hours */

/* Parses `kind:ID` of incentive.target. False: no such kind; *id is what follows the colon. */
bool kn_target_parse(const char *text, kn_target *kind, const char **id);
kn_table_id kn_target_table(kn_target kind); /* KN_TABLE_COUNT for r_strategy */

/* Finds the row that the end of a tariff names: plainly, or as TABLE:ID. `find` is asked for one table after the other and
 * gives KN_NONE where it has no such key. */
int32_t kn_end_find(const char *text, int32_t (*find)(const void *of, kn_table_id table, const char *key), const void *of,
                    kn_end_kind *kind);
kn_table_id kn_end_table(kn_end_kind kind);

/* ---------------------------------------------------------------- line.c
 * WKB of a line as others write it (either byte order, Z, M) as it is kept: *out is `wkb` itself where it is so already, else
 * taken from the arena. NULL, or why it is refused. */
bool kn_line_is_plain(const uint8_t *wkb, size_t length); /* in the form it is kept in */
const char *kn_line_take(const uint8_t **out, size_t *out_length, kn_arena *arena, const uint8_t *wkb, size_t length);

#endif
