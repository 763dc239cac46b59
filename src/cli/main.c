/* knoop COMMAND: finds the command, lends it a clock and a way to stop, and turns its code into an exit status. */
#include "cli.h"
#include "json_rows.h"
#include "print.h"

#include <fcntl.h>
#include <libgen.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const kn_opt kn_cli_common[] = {
    KN_OPT_FLAG(kn_cli, json, N_("print one JSON document on standard output, and nothing else there")),
    KN_OPT_FLAG(kn_cli, quiet, N_("no messages and no progress; only results and errors")),
    KN_OPT_INT(kn_cli, threads, "N", N_("how many threads; 0: one per core")),
    KN_OPT_FLAG(kn_cli, help, N_("this text")),
    KN_OPT_FLAG(kn_cli, version, N_("which knoop this is")),
    KN_OPT_END,
};

const kn_command *const kn_commands[] = {
    &kn_cmd_new,    &kn_cmd_import,  &kn_cmd_export,  &kn_cmd_check,  &kn_cmd_estimate,
    &kn_cmd_stocks, &kn_cmd_balance, &kn_cmd_match,   &kn_cmd_seeds,  &kn_cmd_plan,
    &kn_cmd_ask,    &kn_cmd_diff,    &kn_cmd_route,   &kn_cmd_report, &kn_cmd_runs,
    &kn_cmd_dna,    &kn_cmd_serve,   &kn_cmd_account, NULL,
};

/* Catalogues lie beside the program in a build folder and under share/locale once installed. A system without the
 * user's locale still speaks the user's language: C.UTF-8 reads the catalogue that LANGUAGE names. */
static void
speak(void)
{
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 64);
  if (length <= 0)
    return;
  path[length] = '\0';
  char *folder = dirname(path);
  char domain[4200];
  struct stat there;
  snprintf(domain, sizeof domain, "%s/po/nl/LC_MESSAGES/knoop.mo", folder);
  snprintf(domain, sizeof domain, stat(domain, &there) == 0 ? "%s/po" : "%s/../share/locale", folder);
  const char *wanted = getenv("LC_ALL");
  if (wanted == NULL || wanted[0] == '\0')
    wanted = getenv("LC_MESSAGES");
  if (wanted == NULL || wanted[0] == '\0')
    wanted = getenv("LANG");
  setlocale(LC_CTYPE, "C.UTF-8");
  if (setlocale(LC_MESSAGES, "") == NULL && wanted != NULL) {
    setenv("LANGUAGE", wanted, 0);
    setlocale(LC_MESSAGES, "C.UTF-8");
  }
  bindtextdomain("knoop", domain);
  bind_textdomain_codeset("knoop", "UTF-8");
  textdomain("knoop");
}

static const kn_command *
find_command(const char *name)
{
  for (const kn_command *const *command = kn_commands; *command != NULL; command++)
    if (strcmp((*command)->name, name) == 0)
      return *command;
  return NULL;
}

static kn_code
fail_command(const char *name, kn_error *err)
{
  const char *names[32];
  int32_t count = 0;
  for (; kn_commands[count] != NULL && count < 32; count++)
    names[count] = kn_commands[count]->name;
  const char *near = kn_cli_nearest(name, names, count);
  if (near != NULL)
    return kn_fail(err, KN_E_USAGE, _("there is no command %s; did you mean %s?"), name, near);
  return kn_fail(err, KN_E_USAGE, _("there is no command %s; `knoop --help` lists them"), name);
}

/* The chain of an error: what went wrong first, then what knoop was doing, each on a line of its own. */
static void
print_error(const kn_cli *cli, const kn_error *err)
{
  const char *line = err->text;
  for (int at = 0; *line != '\0'; at++) {
    const size_t length = strcspn(line, "\n");
    fprintf(stderr, at == 0 ? "knoop: %.*s\n" : _("  while %.*s\n"), (int)length, line);
    line += length + (line[length] == '\n');
  }
  if (err->text[0] == '\0')
    fprintf(stderr, "knoop: %s\n", _(kn_code_text(err->code)));
  if (err->code == KN_E_USAGE && cli->command != NULL)
    kn_cli_usage(stderr, cli->command);
}

static kn_code
run_command(kn_cli *cli, kn_error *err)
{
  KN_TRY(kn_teller_new(&cli->teller, cli->say, err));
  const kn_code code = cli->command->run(cli, err);
  kn_teller_free(cli->teller);
  cli->teller = NULL;
  return code;
}

/* Finds the command in the words that are left and runs it, or helps. */
static kn_code
dispatch(kn_cli *cli, int argc, char **argv, kn_error *err)
{
  if (argc > 0 && strcmp(argv[0], "help") == 0) {
    cli->help = true;
    argc--;
    argv++;
  }
  if (argc == 0 && cli->help) {
    kn_cli_help(cli->out, NULL);
    return KN_OK;
  }
  if (argc == 0)
    return kn_fail(err, KN_E_USAGE, _("which command? `knoop --help` lists them"));
  if (argv[0][0] == '-')
    return kn_fail(err, KN_E_USAGE, _("there is no option %s; `knoop --help` lists them"), argv[0]);
  cli->command = find_command(argv[0]);
  if (cli->command == NULL)
    return fail_command(argv[0], err);
  if (cli->help) {
    kn_cli_help(cli->out, cli->command);
    return KN_OK;
  }
  cli->argc = argc - 1;
  cli->argv = argv + 1;
  return run_command(cli, err);
}

/* One place turns a code into what the user sees and the exit status. */
static int
finish(kn_cli *cli, kn_code code, kn_error *err)
{
  /* An answer is not an error, also when it is that there is none; then nothing stands in err. */
  if (code != KN_OK && !((code == KN_FOUND || code == KN_NO_ANSWER) && err->text[0] == '\0')) {
    err->code = code;
    print_error(cli, err);
    kn_json_error(cli->doc, err);
  }
  if (cli->json && !cli->help)
    kn_json_end(cli);
  json_decref(cli->doc);
  if (fflush(cli->out) != 0 || ferror(cli->out)) {
    fprintf(stderr, "knoop: %s\n", _("standard output could not be written"));
    return kn_code_exit(KN_E_IO);
  }
  return kn_code_exit(code);
}

/* A standard stream that the caller closed would give its number to the next file that is opened, and what is
 * printed would end up in a region. In its place stands what cannot be written. */
static void
hold_streams(void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) == -1)
      open("/dev/null", O_RDONLY);
}

int
main(int argc, char **argv)
{
  hold_streams();
  speak();
  kn_error err = {0};
  bool is_begun = false, is_array = false;
  kn_cli cli = {.out = stdout, .say = stderr, .doc = json_object(), .is_begun = &is_begun, .is_array = &is_array};
  int count = argc > 0 ? argc - 1 : 0;
  kn_code code = kn_cli_take_common(&cli, &count, argv + 1, &err);
  if (cli.quiet)
    cli.say = NULL;
  if (code == KN_OK && cli.version && cli.json)
    json_object_set_new(cli.doc, "version", json_string(kn_version()));
  else if (code == KN_OK && cli.version)
    fprintf(cli.out, "knoop %s\n", kn_version());
  else if (code == KN_OK)
    code = dispatch(&cli, count, argv + 1, &err);
  return finish(&cli, code, &err);
}
