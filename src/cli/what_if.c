/* What if? Settings, scenarios, links closed and terminals opened, as options of match and plan. */
#include "what_if.h"

#include <string.h>

/* "name, languages, ...". */
static const char *
list_settings(char *out, size_t size)
{
  size_t used = 0;
  for (int i = 0; kn_setting_names[i] != NULL && used < size; i++) {
    const int wrote = snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", kn_setting_names[i]);
    used += wrote > 0 ? (size_t)wrote : 0;
  }
  return out;
}

static kn_code
check_setting(const char *text, kn_error *err)
{
  char key[64], list[256];
  const char *equals = strchr(text, '=');
  if (equals == NULL || equals == text || equals[1] == '\0')
    return kn_fail(err, KN_E_USAGE, _("--set %s: expected KEY=VALUE, as in co2_eur_per_t=150"), text);
  snprintf(key, sizeof key, "%.*s", equals - text < 63 ? (int)(equals - text) : 63, text);
  int32_t count = 0;
  bool is_known = false;
  for (; kn_setting_names[count] != NULL; count++)
    is_known = is_known || strcmp(kn_setting_names[count], key) == 0;
  const char *near = is_known ? NULL : kn_cli_nearest(key, kn_setting_names, count);
  if (near != NULL)
    return kn_fail(err, KN_E_USAGE, _("--set %s: there is no setting %s; did you mean %s?"), text, key, near);
  if (!is_known)
    return kn_fail(err, KN_E_USAGE, _("--set %s: there is no setting %s; expected one of %s"), text, key,
                   list_settings(list, sizeof list));
  const char *expected = kn_setting_expects(key, equals + 1);
  if (expected != NULL)
    return kn_fail(err, KN_E_USAGE, _("--set %s: expected %s"), text, _(expected));
  return KN_OK;
}

static kn_code
check_settings(const kn_words *set, kn_error *err)
{
  for (int32_t i = 0; i < set->n; i++) {
    KN_TRY(check_setting(set->word[i], err));
    const size_t length = strcspn(set->word[i], "=") + 1;
    for (int32_t other = 0; other < i; other++)
      if (strncmp(set->word[i], set->word[other], length) == 0)
        return kn_fail(err, KN_E_USAGE, _("--set %s and --set %s: expected one value"), set->word[other], set->word[i]);
  }
  return KN_OK;
}

kn_code
kn_what_if_begin(kn_what_if *what_if, kn_task *task, const kn_words *scenario, const kn_words *set, const kn_words *closed,
                 const kn_words *opened, kn_error *err)
{
  *what_if = (kn_what_if){0};
  KN_TRY(check_settings(set, err));
  what_if->changes.scenario_count = scenario->n;
  what_if->changes.scenario = scenario->word;
  what_if->changes.set_count = set->n;
  what_if->changes.set = set->word;
  for (int32_t i = 0; i < closed->n; i++)
    what_if->closed[i] = (kn_task_row){"link", closed->word[i]};
  what_if->changes.close_count = closed->n;
  what_if->changes.close = what_if->closed;
  for (int32_t i = 0; i < opened->n; i++)
    what_if->opened[i] = (kn_task_cell){"terminal", opened->word[i], "status", "existing"};
  what_if->changes.open_count = opened->n;
  what_if->changes.open = what_if->opened;
  if (!kn_task_has_changes(&what_if->changes))
    return KN_OK;
  KN_TRY(kn_cli_findings(&what_if->findings, err));
  task->changes = &what_if->changes;
  task->findings = what_if->findings;
  return KN_OK;
}

void
kn_what_if_tell(const kn_cli *cli, const kn_what_if *what_if)
{
  if (what_if->findings == NULL)
    return;
  kn_teller_clear(cli->teller);
  /* Refused data is an error and told even when quiet. */
  kn_print_findings(stderr, what_if->findings, cli->say == NULL ? KN_ERROR : KN_WARNING);
  kn_json_findings(cli->doc, what_if->findings);
}

/* Adds a word to a list, as far as there is room. */
static size_t
add_word(char out[KN_CHANGES_SIZE], size_t used, const char *before, const char *word)
{
  if (used >= KN_CHANGES_SIZE - 1)
    return used;
  const int wrote = snprintf(out + used, KN_CHANGES_SIZE - used, "%s%s%s", used > 0 ? ", " : "", before, word);
  return used + (wrote > 0 ? (size_t)wrote : 0);
}

const char *
kn_print_changes(char out[KN_CHANGES_SIZE], const json_t *settings)
{
  const struct {
    const char *member, *before;
  } lists[] = {{"scenario", ""}, {"set", ""}, {"close", _("without ")}, {"open", _("with ")}};
  size_t used = 0;
  out[0] = '\0';
  for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
    const json_t *words = json_object_get(settings, lists[k].member);
    for (size_t i = 0; i < json_array_size(words); i++) {
      const char *word = json_string_value(json_array_get(words, i));
      if (word != NULL)
        used = add_word(out, used, lists[k].before, word);
    }
  }
  return out;
}

void
kn_what_if_print(FILE *out, const kn_what_if *what_if)
{
  const kn_task_changes *changes = &what_if->changes;
  char list[KN_CHANGES_SIZE] = "";
  size_t used = 0;
  for (int32_t i = 0; i < changes->scenario_count; i++)
    used = add_word(list, used, "", changes->scenario[i]);
  for (int32_t i = 0; i < changes->set_count; i++)
    used = add_word(list, used, "", changes->set[i]);
  for (int32_t i = 0; i < changes->close_count; i++)
    used = add_word(list, used, _("without "), changes->close[i].id);
  for (int32_t i = 0; i < changes->open_count; i++)
    used = add_word(list, used, _("with "), changes->open[i].id);
  if (used > 0)
    fprintf(out, _("what if: %s; the region file stays as it is\n\n"), list);
}

void
kn_what_if_end(kn_what_if *what_if)
{
  kn_findings_free(what_if->findings);
  what_if->findings = NULL;
}
