/* knoop new: a region file, from a data package or empty. */
#include "print.h"

#include <sys/stat.h>

typedef struct new_args {
  const char *region, *from;
} new_args;

static const kn_opt new_opts[] = {
    KN_OPT_PATH(new_args, region, "REGION.gpkg", N_("the region file to make; it must not exist yet")),
    KN_OPT_TEXT(new_args, from, "PACKAGE", N_("the data package (a folder) to fill it with")),
    KN_OPT_END,
};

/* Other sources would need a mapping, which is a matter of `import`. That it is there at all is the task's to say. */
static kn_code
check_package(const char *from, kn_error *err)
{
  struct stat there;
  if (from == NULL || stat(from, &there) != 0 || S_ISDIR(there.st_mode))
    return KN_OK;
  return kn_fail(err, KN_E_INPUT,
                 _("%s: is no folder; expected a data package, or make an empty region and `knoop import` into it"), from);
}

static kn_code
new_run(const kn_cli *cli, kn_error *err)
{
  new_args args = {0};
  KN_TRY(kn_cli_parse(cli, new_opts, &args, err));
  KN_TRY(check_package(args.from, err));
  kn_findings *findings;
  KN_TRY(kn_cli_findings(&findings, err));
  const kn_task task = kn_cli_task(cli, findings);
  kn_task_change change;
  const kn_code code = kn_task_new(&task, args.region, args.from, &change, err);
  kn_print_change(cli, args.region, code, &change, findings);
  kn_findings_free(findings);
  return code;
}

const kn_command kn_cmd_new = {
    .name = "new",
    .text = N_("make a region file"),
    .example = "knoop new genk.gpkg --from data/regions/poort-genk",
    .opts = new_opts,
    .run = new_run,
};
