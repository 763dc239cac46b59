/* Places and changes of a region, for people and for programs. */
#include "print.h"

#include <stdlib.h>
#include <string.h>

static const char *
site_name(const kn_region *region, int32_t site)
{
  return site == KN_NONE ? _("no fixed place") : kn_region_sites(region).name[site];
}

/* Cuts a text after `width` code points, the last of which then is an ellipsis. */
static void
cut(char *text, int width)
{
  char *last = text;
  for (char *at = text; *at != '\0'; at++) {
    if (((unsigned char)*at & 0xC0) == 0x80)
      continue;
    if (--width == 0)
      last = at;
    if (width < 0) {
      memcpy(last, "\u2026", sizeof "\u2026");
      return;
    }
  }
}

const char *
kn_print_place(char out[KN_PLACE_SIZE], int width, const kn_region *region, kn_place place)
{
  const kn_resource_view resources = kn_region_resources(region);
  char *text = NULL;
  int length = -1;
  switch ((kn_end)place.kind) {
  case KN_END_OFFER:
    length = asprintf(&text, _("%s of %s"), resources.name[kn_region_offers(region).resource[place.row]],
                      site_name(region, kn_region_offers(region).site[place.row]));
    break;
  case KN_END_NEED:
    length = asprintf(&text, _("%s for %s"), resources.name[kn_region_needs(region).resource[place.row]],
                      site_name(region, place.site));
    break;
  case KN_END_UNIT:
    length = asprintf(&text, _("%s at %s"), kn_region_processes(region).name[kn_region_units(region).process[place.row]],
                      site_name(region, place.site));
    break;
  case KN_END_GATEWAY:
    length = asprintf(&text, "%s", kn_region_gateways(region).name[place.row]);
    break;
  }
  if (length < 0)
    return "?"; /* no memory for a name: the figures beside it still tell */
  /* A code point takes at most four bytes. */
  assert(width > 0 && width <= 120);
  snprintf(out, KN_PLACE_SIZE, "%s", text);
  free(text);
  cut(out, width); /* there, where an ellipsis has room */
  return out;
}

json_t *
kn_json_place(const kn_region *region, kn_place place)
{
  json_t *value = json_object();
  json_object_set_new(value, "kind", json_string(kn_end_name((kn_end)place.kind)));
  json_object_set_new(value, "id", kn_json_text(kn_place_id(region, place)));
  json_object_set_new(value, "site_id", kn_json_text(kn_place_site_id(region, place)));
  return value;
}

json_t *
kn_json_key(const kn_region *region, kn_table_id table, int32_t row)
{
  return row == KN_NONE ? json_null() : kn_json_text(kn_region_key(region, table, row));
}

json_t *
kn_json_substitution(const kn_region *region, int32_t row)
{
  if (row == KN_NONE)
    return json_null();
  const kn_substitution_view rows = kn_region_substitutions(region);
  json_t *value = json_object();
  json_object_set_new(value, "offered_id", kn_json_key(region, KN_T_RESOURCE, rows.offered[row]));
  json_object_set_new(value, "needed_id", kn_json_key(region, KN_T_RESOURCE, rows.needed[row]));
  return value;
}

const char *
kn_json_refusal(kn_refusal refusal)
{
  static const char *const name[] = {
      [KN_FITS] = "fits",
      [KN_NO_WAY] = "no_way",
      [KN_SPEC] = "spec",
      [KN_WINDOW] = "window",
      [KN_TOO_FAR] = "too_far",
      [KN_NO_MODE] = "no_mode",
      [KN_TWO_GATEWAYS] = "two_gateways",
      [KN_NO_ROUTE] = "no_route",
  };
  return name[refusal];
}

static void
say_change(const kn_cli *cli, const char *path, const kn_task_change *change)
{
  if (change->revision == 0) {
    kn_cli_say(cli, _("%s: a region file without rows; `knoop import` fills it"), path);
    return;
  }
  kn_cli_say(cli, _("%s: revision %" PRId64), path, change->revision);
  for (int t = 0; t < KN_TABLE_COUNT; t++)
    if (change->new_rows[t] > 0) {
      char rows[KN_NUMBER_SIZE];
      kn_cli_say(cli, "  %-17s %9s", kn_schema((kn_table_id)t)->name, kn_print_number(rows, (double)change->new_rows[t]));
    }
}

void
kn_print_change(const kn_cli *cli, const char *path, kn_code code, const kn_task_change *change, const kn_findings *findings)
{
  kn_teller_clear(cli->teller);
  /* Refused data is an error and told even when quiet. */
  kn_print_findings(stderr, findings, cli->say == NULL ? KN_ERROR : KN_WARNING);
  if (code == KN_OK) {
    json_t *rows = json_object();
    json_t *new_rows = json_object();
    for (int t = 0; t < KN_TABLE_COUNT; t++) {
      json_object_set_new(rows, kn_schema((kn_table_id)t)->name, json_integer(change->rows[t]));
      json_object_set_new(new_rows, kn_schema((kn_table_id)t)->name, json_integer(change->new_rows[t]));
    }
    json_object_set_new(cli->doc, "revision", json_integer(change->revision));
    json_object_set_new(cli->doc, "digest", change->revision > 0 ? json_string(change->digest) : json_null());
    json_object_set_new(cli->doc, "rows", rows);
    json_object_set_new(cli->doc, "new_rows", new_rows);
    say_change(cli, path, change);
  }
  kn_json_findings(cli->doc, findings);
}
