/* knoop export: the region as a data package. */
#include "print.h"

typedef struct export_args {
  const char *region, *folder;
} export_args;

static const kn_opt export_opts[] = {
    KN_OPT_PATH(export_args, region, "REGION.gpkg", N_("the region to export")),
    KN_OPT_PATH(export_args, folder, "FOLDER", N_("where the data package goes; an older one there is replaced")),
    KN_OPT_END,
};

static kn_code
export_run(const kn_cli *cli, kn_error *err)
{
  export_args args = {0};
  KN_TRY(kn_cli_parse(cli, export_opts, &args, err));
  const kn_task task = kn_cli_task(cli, NULL);
  kn_task_export_report report;
  KN_TRY(kn_task_export(&task, args.region, args.folder, &report, err));
  json_object_set_new(cli->doc, "folder", kn_json_text(args.folder));
  json_object_set_new(cli->doc, "file_count", json_integer(report.file_count));
  json_object_set_new(cli->doc, "row_count", json_integer(report.row_count));
  json_object_set_new(cli->doc, "byte_count", json_integer(report.byte_count));
  char rows[KN_NUMBER_SIZE];
  kn_cli_say(cli, _("%s: %d files, %s rows"), args.folder, (int)report.file_count,
             kn_print_number(rows, (double)report.row_count));
  return KN_OK;
}

const kn_command kn_cmd_export = {
    .name = "export",
    .text = N_("write a region as a data package"),
    .example = "knoop export genk.gpkg genk-package",
    .opts = export_opts,
    .run = export_run,
};
