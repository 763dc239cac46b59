/* What all commands do alike: ask for a task, hear of the file, speak. */
#include "cli.h"

#include <stdarg.h>

enum { FINDINGS_PER_FILE = 50 };

static void
hear(void *arg, const char *sentence)
{
  const kn_cli *cli = arg;
  kn_cli_say(cli, "%s", _(sentence));
}

kn_task
kn_cli_task(const kn_cli *cli, kn_findings *findings)
{
  kn_task task = KN_TASK_DEFAULTS;
  task.watch = kn_teller_watch(cli->teller);
  task.thread_count = cli->threads;
  task.findings = findings;
  task.hear = hear;
  task.arg = (void *)(uintptr_t)cli; /* handed back to hear(), which only reads it */
  return task;
}

static const char *
translate(void *arg, const char *msgid)
{
  (void)arg;
  return _(msgid);
}

kn_code
kn_cli_findings(kn_findings **out, kn_error *err)
{
  KN_TRY(kn_findings_new(out, FINDINGS_PER_FILE, err));
  kn_findings_translate(*out, translate, NULL);
  return KN_OK;
}

FILE *
kn_cli_results(const kn_cli *cli)
{
  kn_teller_clear(cli->teller);
  return cli->out;
}

void
kn_cli_say(const kn_cli *cli, const char *format, ...)
{
  if (cli->say == NULL)
    return;
  kn_teller_clear(cli->teller);
  va_list args;
  va_start(args, format);
  vfprintf(cli->say, format, args);
  va_end(args);
  fputc('\n', cli->say);
}
