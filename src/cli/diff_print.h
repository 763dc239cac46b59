/* What changed between two plans, for people and for programs. */
#ifndef KN_CLI_DIFF_PRINT_H
#define KN_CLI_DIFF_PRINT_H

#include "json_rows.h"
#include "what_if.h"

kn_code kn_print_diff(FILE *out, const kn_task_diff *diff, kn_error *err);
/* The document of `diff --json`; docs/reference.md. */
kn_code kn_json_diff(const kn_cli *cli, const kn_task_diff *diff, kn_error *err);

/* An end by the names of the region, or by its kind and key where the region does not have it. */
const char *kn_diff_place(char out[KN_PLACE_SIZE], int width, const kn_region *region, const kn_diff_end *end);
/* Why, in words. */
enum { KN_SENTENCE_SIZE = 1024 };
const char *kn_diff_sentence(char out[KN_SENTENCE_SIZE], const kn_task_diff *diff, const kn_diff_tie *tie,
                             const kn_diff_why *why);

/* What a reader must know before believing the rest; sentences for one run (0, 1) or both. */
enum { KN_DIFF_NOTES_MOST = 16 };
typedef struct kn_diff_note {
  const char *note; /* for programs */
  char sentence[320];
} kn_diff_note;
int32_t kn_diff_notes(const kn_task_diff *diff, kn_diff_note notes[KN_DIFF_NOTES_MOST]);

#endif
