/* A long array of a JSON document, written row by row. Such a document does not stand in memory: what cli->doc holds so far goes
 * out before the array, what it holds at the end after it, and the bytes are those that jansson would have written. */
#ifndef KN_CLI_JSON_ROWS_H
#define KN_CLI_JSON_ROWS_H

#include "print.h"

/* The text of some rows, indented by one blank per level. Names are ASCII and stand as they are; a name of NULL is an item of
 * an array. What memory could not be had for is told once, by kn_json_rows(). */
typedef struct kn_jot {
  char *text;
  int64_t length, room;
  int32_t depth;
  bool has_before; /* something stands before on this level */
  bool is_out_of_memory;
} kn_jot;

void kn_jot_open(kn_jot *jot, const char *name);
void kn_jot_close(kn_jot *jot);
/* An array; its items come between the two, each without a name. */
void kn_jot_list(kn_jot *jot, const char *name);
void kn_jot_list_end(kn_jot *jot);
void kn_jot_real(kn_jot *jot, const char *name, double value); /* null for NAN and INFINITY */
void kn_jot_integer(kn_jot *jot, const char *name, int64_t value);
void kn_jot_boolean(kn_jot *jot, const char *name, bool value);
void kn_jot_text(kn_jot *jot, const char *name, const char *text); /* null for NULL */
void kn_jot_json(kn_jot *jot, const char *name, json_t *value);    /* takes it over */
/* As the functions of print.h that make values of these. */
void kn_jot_place(kn_jot *jot, const char *name, const kn_region *region, kn_place place);
void kn_jot_key(kn_jot *jot, const char *name, const kn_region *region, kn_table_id table, int32_t row);
void kn_jot_substitution(kn_jot *jot, const char *name, const kn_region *region, int32_t row);

/* Writes the members of one row; called by several threads at once. */
typedef void (*kn_json_row)(kn_jot *jot, const void *arg, int64_t row);
/* Writes cli->doc as far as it is filled and empties it, then the member `name`: an array of n objects. */
kn_code kn_json_rows(const kn_cli *cli, const char *name, int64_t n, kn_json_row row, const void *arg, kn_error *err);
/* The whole document, where it is an array of n objects. */
kn_code kn_json_array(const kn_cli *cli, int64_t n, kn_json_row row, const void *arg, kn_error *err);
/* Writes the rest of the document. */
void kn_json_end(const kn_cli *cli);

#endif
