/* knoop import: adds files to a region, all of them or none. */
#include "print.h"

typedef struct import_args {
  const char *region, *mapping;
  kn_words source;
} import_args;

static const kn_opt import_opts[] = {
    KN_OPT_PATH(import_args, region, "REGION.gpkg", N_("the region to add to")),
    KN_OPT_PATHS(
        import_args, source, "SOURCE",
        N_("a data package, a table as CSV, area.geojson, link.geojson, an OpenStreetMap map, or any other file with a mapping")),
    KN_OPT_TEXT(import_args, mapping, "FILE", N_("how to read a foreign file; without it one is drafted beside the file")),
    KN_OPT_END,
};

static kn_code
import_run(const kn_cli *cli, kn_error *err)
{
  import_args args = {0};
  KN_TRY(kn_cli_parse(cli, import_opts, &args, err));
  kn_findings *findings;
  KN_TRY(kn_cli_findings(&findings, err));
  const kn_task task = kn_cli_task(cli, findings);
  kn_task_change change;
  const kn_code code = kn_task_import(&task, args.region, args.source.n, args.source.word, args.mapping, &change, err);
  kn_print_change(cli, args.region, code, &change, findings);
  kn_findings_free(findings);
  return code;
}

const kn_command kn_cmd_import = {
    .name = "import",
    .text = N_("add files to a region, all of them or none"),
    .example = "knoop import genk.gpkg offer.csv survey.xlsx --mapping survey.mapping.json",
    .opts = import_opts,
    .run = import_run,
};
