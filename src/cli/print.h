/* How results look: tables and numbers for people, JSON for programs. */
#ifndef KN_CLI_PRINT_H
#define KN_CLI_PRINT_H

#include "cli.h"
#include "knoop/builder.h"
#include "tasks/json.h"

/* ------------------------------------------------------------------ text */
enum { KN_NUMBER_SIZE = 48 };
/* Rounded for people: "12 345", "3.4", "0.021"; NAN is "not known". Digits are grouped by a space. */
const char *kn_print_number(char out[KN_NUMBER_SIZE], double value);
const char *kn_print_eur(char out[KN_NUMBER_SIZE], double value); /* whole euros */

/* A table whose columns line up. Cells are copied; a failure to do so is told by kn_grid_end(). */
typedef struct kn_grid kn_grid;
/* align: a letter per column, 'l' or 'r'; titles: as many msgids, or NULL for no head. */
kn_grid *kn_grid_new(const char *align, const char *const *titles);
void kn_grid_text(kn_grid *grid, const char *text);
void kn_grid_cell(kn_grid *grid, const char *format, ...) __attribute__((format(printf, 2, 3)));
void kn_grid_number(kn_grid *grid, double value);
void kn_grid_eur(kn_grid *grid, double value);
kn_code kn_grid_end(kn_grid *grid, FILE *out, kn_error *err); /* prints and frees */

/* ------------------------------------------------------------------ findings */
/* `file:line:column: sentence` (or table row column: sentence), each with its proposal, and a count of what was not kept. */
void kn_print_findings(FILE *out, const kn_findings *findings, kn_severity least);

/* What new and import did, or why not: findings to stderr, a sentence to the user, both to cli->doc. */
void kn_print_change(const kn_cli *cli, const char *path, kn_code code, const kn_task_change *change,
                     const kn_findings *findings);

/* ------------------------------------------------------------------ places of a region in words */
/* "sawdust of Gielen Recycling", "chipping at Coal harbour"; cut after `width` columns (KN_PLACE_SIZE has room for 120). */
enum { KN_PLACE_SIZE = 512 };
const char *kn_print_place(char out[KN_PLACE_SIZE], int width, const kn_region *region, kn_place place);
json_t *kn_json_place(const kn_region *region, kn_place place); /* {kind, id, site_id} */
/* Key of a row, null for KN_NONE. */
json_t *kn_json_key(const kn_region *region, kn_table_id table, int32_t row);
json_t *kn_json_substitution(const kn_region *region, int32_t row); /* {offered_id, needed_id} or null */

const char *kn_json_refusal(kn_refusal refusal); /* "spec": for programs; the sentence is for people */

/* ------------------------------------------------------------------ JSON */
json_t *kn_json_text(const char *text); /* null for NULL */
void kn_json_error(json_t *doc, const kn_error *err);
void kn_json_findings(json_t *doc, const kn_findings *findings);

#endif
