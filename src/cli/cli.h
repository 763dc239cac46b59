/* The frame of all commands: what a command is, how it reads its arguments, how it speaks.
 *
 * A command is a kn_command: its name, one table of options, and a function that fills its arguments with
 * kn_cli_parse(), calls one task, and then either writes text to cli->out or fills cli->doc. main() prints
 * that document once, with the error in it if there was one, so --json is one document whatever happens. Long arrays of it go
 * out before, row by row: json_rows.h. */
#ifndef KN_CLI_CLI_H
#define KN_CLI_CLI_H

#include "knoop/base.h"
#include "knoop/tasks.h"
#include "words.h"

#include <jansson.h>
#include <stdio.h>

typedef enum kn_opt_kind {
  KN_OPT_KIND_END,
  KN_OPT_KIND_PLACE,  /* an argument without name: const char * */
  KN_OPT_KIND_PLACES, /* one or more of those, always the last: kn_words */
  KN_OPT_KIND_TEXT,   /* --name VALUE: const char * */
  KN_OPT_KIND_TWO,    /* --name VALUE VALUE: const char *[2] */
  KN_OPT_KIND_MANY,   /* --name VALUE, as often as wanted: kn_words */
  KN_OPT_KIND_REAL,   /* double */
  KN_OPT_KIND_INT,    /* int32_t */
  KN_OPT_KIND_WORD,   /* one of words[]: int32_t, its position */
  KN_OPT_KIND_FLAG    /* --name: bool */
} kn_opt_kind;

enum { KN_WORDS_MOST = 256 };
typedef struct kn_words {
  int32_t n;
  const char *word[KN_WORDS_MOST];
} kn_words;

/* One argument or option of a command; `offset` is where its value goes in the command's struct. */
typedef struct kn_opt {
  kn_opt_kind kind;
  const char *name; /* the member's name; --max_km is written --max-km */
  char letter;      /* -o; 0: none */
  bool is_required;
  const char *value; /* what the usage shows for the value: "ID" */
  const char *text;  /* msgid */
  const char *const *words;
  size_t offset;
} kn_opt;

#define KN_OPT(kind_, args, member, value_, text_, ...)                                                                          \
  {                                                                                                                              \
    .kind = (kind_), .name = #member, .value = (value_), .text = (text_), .offset = offsetof(args, member), __VA_ARGS__          \
  }
#define KN_OPT_PATH(args, member, value, text) KN_OPT(KN_OPT_KIND_PLACE, args, member, value, text, .is_required = true)
#define KN_OPT_PATHS(args, member, value, text) KN_OPT(KN_OPT_KIND_PLACES, args, member, value, text, .is_required = true)
#define KN_OPT_TEXT(args, member, value, text) KN_OPT(KN_OPT_KIND_TEXT, args, member, value, text, .letter = 0)
#define KN_OPT_OUT(args, member, value, text)                                                                                    \
  KN_OPT(KN_OPT_KIND_TEXT, args, member, value, text, .letter = 'o', .is_required = true)
#define KN_OPT_TWO(args, member, value, text) KN_OPT(KN_OPT_KIND_TWO, args, member, value, text, .letter = 0)
#define KN_OPT_MANY(args, member, value, text) KN_OPT(KN_OPT_KIND_MANY, args, member, value, text, .letter = 0)
#define KN_OPT_REAL(args, member, value, text) KN_OPT(KN_OPT_KIND_REAL, args, member, value, text, .letter = 0)
#define KN_OPT_INT(args, member, value, text) KN_OPT(KN_OPT_KIND_INT, args, member, value, text, .letter = 0)
#define KN_OPT_WORD(args, member, list, text) KN_OPT(KN_OPT_KIND_WORD, args, member, NULL, text, .words = (list))
#define KN_OPT_FLAG(args, member, text) KN_OPT(KN_OPT_KIND_FLAG, args, member, NULL, text, .letter = 0)
#define KN_OPT_END                                                                                                               \
  {                                                                                                                              \
    .kind = KN_OPT_KIND_END                                                                                                      \
  }

typedef struct kn_cli kn_cli;
typedef struct kn_teller kn_teller;

typedef struct kn_command {
  const char *name;
  const char *text;    /* msgid: what it does, one sentence */
  const char *example; /* a line to copy */
  const kn_opt *opts;
  kn_code (*run)(const kn_cli *cli, kn_error *err);
} kn_command;

struct kn_cli {
  const kn_command *command;
  int argc; /* what follows the command, without the options below */
  char **argv;
  bool json, quiet, help, version;
  int32_t threads;   /* 0: one per core */
  FILE *out;         /* results as text */
  FILE *say;         /* messages; NULL when quiet */
  json_t *doc;       /* results with --json; an object that the command fills */
  bool *is_begun;    /* a part of the document went out already: json_rows.c */
  bool *is_array;    /* the document is an array, and went out whole; NULL: it never is */
  kn_teller *teller; /* progress, clock and Ctrl-C */
};

extern const kn_command kn_cmd_new, kn_cmd_import, kn_cmd_export, kn_cmd_check, kn_cmd_match, kn_cmd_plan, kn_cmd_route,
    kn_cmd_report, kn_cmd_runs, kn_cmd_diff, kn_cmd_seeds, kn_cmd_estimate, kn_cmd_stocks, kn_cmd_dna, kn_cmd_balance, kn_cmd_ask,
    kn_cmd_serve, kn_cmd_account;
extern const kn_command *const kn_commands[]; /* in the order of the help; NULL ends */
extern const kn_opt kn_cli_common[];          /* of every command; their values go into kn_cli */

/* Takes the common options out of argv[*argc], wherever they stand before "--". KN_E_USAGE */
kn_code kn_cli_take_common(kn_cli *cli, int *argc, char **argv, kn_error *err);
/* Fills the struct that `opts` describes. KN_E_USAGE with what was wrong and what was expected. */
kn_code kn_cli_parse(const kn_cli *cli, const kn_opt *opts, void *args, kn_error *err);
void kn_cli_usage(FILE *out, const kn_command *command); /* one line, wrapped */
void kn_cli_help(FILE *out, const kn_command *command);  /* NULL: of the whole program */
/* The name that was perhaps meant: the nearest within two slips, or NULL. */
const char *kn_cli_nearest(const char *given, const char *const *names, int32_t count);

/* ------------------------------------------------------------------ what commands share: common.c */
/* The task as this command line asks for it. */
kn_task kn_cli_task(const kn_cli *cli, kn_findings *findings);
/* Findings of at most 50 per file (or rule), in the user's language. */
kn_code kn_cli_findings(kn_findings **out, kn_error *err);
/* Where results go as text; wipes the progress bar first. */
FILE *kn_cli_results(const kn_cli *cli);
/* Writes a file through write(), beside its place first, so that a failure leaves what was there. A region file is never
 * replaced. files.c */
typedef kn_code (*kn_cli_writer)(FILE *file, const void *arg, kn_error *err);
kn_code kn_cli_write_file(const char *path, const char *region, kn_cli_writer write, const void *arg, kn_error *err);
/* A message for people; nothing when quiet. */
void kn_cli_say(const kn_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ------------------------------------------------------------------ signals, clock, progress: watch.c */
/* Progress to `say` (NULL: none): a bar on a terminal, else now and then a line. One per program: it catches SIGINT. */
kn_code kn_teller_new(kn_teller **out, FILE *say, kn_error *err);
const kn_watch *kn_teller_watch(kn_teller *teller);
void kn_teller_log(kn_teller *teller, FILE *log); /* from now on a line for every round, and no bar */
void kn_teller_clear(kn_teller *teller);          /* wipes the bar, so that text can follow */
void kn_teller_free(kn_teller *teller);

#endif
