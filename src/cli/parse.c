/* Arguments: one table gives parsing, usage and help. */
#include "cli.h"

#include <string.h>

enum { NAME_SIZE = 64, USAGE_WIDTH = 100 };

/* The member's name as people type it: max_km -> max-km. */
static const char *
spell(char out[NAME_SIZE], const char *member)
{
  size_t i = 0;
  for (; member[i] != '\0' && i < NAME_SIZE - 1; i++)
    out[i] = member[i];
  out[i] = '\0';
  for (char *dash = strchr(out, '_'); dash != NULL; dash = strchr(dash, '_'))
    *dash = '-';
  return out;
}

static bool
is_place(const kn_opt *opt)
{
  return opt->kind == KN_OPT_KIND_PLACE || opt->kind == KN_OPT_KIND_PLACES;
}

const char *
kn_cli_nearest(const char *given, const char *const *names, int32_t count)
{
  const char *best = NULL;
  int32_t least = 3;
  for (int32_t i = 0; i < count; i++) {
    const int32_t distance = kn_text_distance(given, names[i], 2);
    if (distance < least) {
      least = distance;
      best = names[i];
    }
  }
  return best;
}

static kn_code
fail_unknown(const kn_opt *opts, const char *given, kn_error *err)
{
  char spelled[KN_WORDS_MOST][NAME_SIZE];
  const char *names[KN_WORDS_MOST];
  int32_t count = 0;
  const kn_opt *const tables[] = {opts, kn_cli_common};
  for (size_t t = 0; t < 2; t++)
    for (const kn_opt *opt = tables[t]; opt->kind != KN_OPT_KIND_END && count < KN_WORDS_MOST; opt++)
      if (!is_place(opt)) {
        names[count] = spell(spelled[count], opt->name);
        count++;
      }
  const char *near = given[0] == '-' && given[1] == '-' ? kn_cli_nearest(given + 2, names, count) : NULL;
  if (near != NULL)
    return kn_fail(err, KN_E_USAGE, _("there is no option %s; did you mean --%s?"), given, near);
  return kn_fail(err, KN_E_USAGE, _("there is no option %s"), given);
}

/* The words of a list as "value|co2|jobs". */
static const char *
join_words(char *out, size_t size, const char *const *words)
{
  size_t used = 0;
  out[0] = '\0';
  for (; *words != NULL && used < size; words++) {
    const int wrote = snprintf(out + used, size - used, "%s%s", used > 0 ? "|" : "", *words);
    used += wrote > 0 ? (size_t)wrote : 0;
  }
  return out;
}

static kn_code
store_word(const kn_opt *opt, const char *shown, const char *value, int32_t *to, kn_error *err)
{
  int32_t count = 0;
  for (; opt->words[count] != NULL; count++)
    if (strcmp(opt->words[count], value) == 0) {
      *to = count;
      return KN_OK;
    }
  char list[256];
  return kn_fail(err, KN_E_USAGE, _("%s %s: expected one of %s"), shown, value, join_words(list, sizeof list, opt->words));
}

static kn_code
store_value(const kn_opt *opt, const char *shown, const char *value, void *to, kn_error *err)
{
  double real = NAN;
  switch (opt->kind) {
  case KN_OPT_KIND_PLACE:
  case KN_OPT_KIND_TEXT:
    *(const char **)to = value;
    return KN_OK;
  case KN_OPT_KIND_PLACES:
  case KN_OPT_KIND_MANY: {
    kn_words *words = to;
    if (words->n == KN_WORDS_MOST)
      return kn_fail(err, KN_E_USAGE, _("%s: at most %d values"), shown, KN_WORDS_MOST);
    words->word[words->n++] = value;
    return KN_OK;
  }
  case KN_OPT_KIND_REAL:
    if (!kn_number_read(value, strlen(value), '.', &real))
      return kn_fail(err, KN_E_USAGE, _("%s %s: expected a number, with a point for decimals"), shown, value);
    *(double *)to = real;
    return KN_OK;
  case KN_OPT_KIND_INT:
    if (!kn_number_read(value, strlen(value), '.', &real) || real != floor(real) || fabs(real) > INT32_MAX)
      return kn_fail(err, KN_E_USAGE, _("%s %s: expected a whole number"), shown, value);
    *(int32_t *)to = (int32_t)real;
    return KN_OK;
  case KN_OPT_KIND_WORD:
    return store_word(opt, shown, value, to, err);
  case KN_OPT_KIND_END:
  case KN_OPT_KIND_TWO:
  case KN_OPT_KIND_FLAG:
    break;
  }
  return kn_fail(err, KN_E_USAGE, _("%s takes no single value"), shown);
}

static const kn_opt *
find_opt(const kn_opt *opts, const char *given, const char **inline_value)
{
  *inline_value = NULL;
  for (const kn_opt *opt = opts; opt->kind != KN_OPT_KIND_END; opt++) {
    if (is_place(opt))
      continue;
    if (given[1] == opt->letter && opt->letter != 0 && given[2] == '\0')
      return opt;
    char name[NAME_SIZE];
    spell(name, opt->name);
    const size_t length = strlen(name);
    if (given[1] != '-' || strncmp(given + 2, name, length) != 0)
      continue;
    if (given[2 + length] == '\0')
      return opt;
    if (given[2 + length] == '=' && opt->kind != KN_OPT_KIND_FLAG) {
      *inline_value = given + 3 + length;
      return opt;
    }
  }
  return NULL;
}

/* Takes one option with its values from argv[at ..]; *used says how many words that were. */
static kn_code
take_opt(const kn_opt *opt, int argc, char **argv, int at, const char *inline_value, char *base, int *used, kn_error *err)
{
  void *to = base + opt->offset;
  *used = 1;
  if (opt->kind == KN_OPT_KIND_FLAG) {
    *(bool *)to = true;
    return KN_OK;
  }
  char shown[NAME_SIZE + 2] = "--";
  spell(shown + 2, opt->name);
  if (opt->kind == KN_OPT_KIND_TWO) {
    if (inline_value != NULL || at + 2 >= argc)
      return kn_fail(err, KN_E_USAGE, _("%s needs two values: %s"), shown, opt->value);
    const char **pair = to;
    pair[0] = argv[at + 1];
    pair[1] = argv[at + 2];
    *used = 3;
    return KN_OK;
  }
  if (inline_value == NULL) {
    char list[256];
    if (at + 1 >= argc)
      return kn_fail(err, KN_E_USAGE, _("%s needs a value: %s"), shown,
                     opt->words != NULL ? join_words(list, sizeof list, opt->words) : opt->value);
    inline_value = argv[at + 1];
    *used = 2;
  }
  return store_value(opt, shown, inline_value, to, err);
}

static const kn_opt *
next_place(const kn_opt *opts, const kn_opt *place)
{
  if (place != NULL && place->kind == KN_OPT_KIND_PLACES)
    return place;
  for (const kn_opt *opt = place == NULL ? opts : place + 1; opt->kind != KN_OPT_KIND_END; opt++)
    if (is_place(opt))
      return opt;
  return NULL;
}

static bool
is_filled(const kn_opt *opt, const char *base)
{
  const void *at = base + opt->offset;
  return opt->kind == KN_OPT_KIND_PLACES ? ((const kn_words *)at)->n > 0 : *(const char *const *)at != NULL;
}

kn_code
kn_cli_parse(const kn_cli *cli, const kn_opt *opts, void *args, kn_error *err)
{
  char *base = args;
  const kn_opt *place = NULL;
  bool only_places = false;
  for (int at = 0, used = 1; at < cli->argc; at += used) {
    const char *word = cli->argv[at];
    used = 1;
    if (!only_places && strcmp(word, "--") == 0) {
      only_places = true;
    } else if (!only_places && word[0] == '-' && word[1] != '\0') {
      const char *inline_value;
      const kn_opt *opt = find_opt(opts, word, &inline_value);
      if (opt == NULL)
        return fail_unknown(opts, word, err);
      KN_TRY(take_opt(opt, cli->argc, cli->argv, at, inline_value, base, &used, err));
    } else {
      place = next_place(opts, place);
      if (place == NULL)
        return kn_fail(err, KN_E_USAGE, _("%s is one argument too many"), word);
      KN_TRY(store_value(place, place->value, word, base + place->offset, err));
      if (place->kind == KN_OPT_KIND_PLACE)
        continue;
    }
  }
  for (const kn_opt *opt = opts; opt->kind != KN_OPT_KIND_END; opt++)
    if (opt->is_required && !is_filled(opt, base))
      return kn_fail(err, KN_E_USAGE, _("%s is missing: %s"), opt->value, _(opt->text));
  return KN_OK;
}

kn_code
kn_cli_take_common(kn_cli *cli, int *argc, char **argv, kn_error *err)
{
  int kept = 0;
  bool only_places = false;
  for (int at = 0, used = 1; at < *argc; at += used) {
    char *word = argv[at];
    const char *inline_value = NULL;
    const kn_opt *opt = NULL;
    used = 1;
    only_places = only_places || strcmp(word, "--") == 0;
    if (!only_places && word[0] == '-')
      opt = find_opt(kn_cli_common, word, &inline_value);
    if (opt != NULL)
      KN_TRY(take_opt(opt, *argc, argv, at, inline_value, (char *)cli, &used, err));
    else
      argv[kept++] = word;
  }
  *argc = kept;
  if (cli->threads < 0 || cli->threads > 1024)
    return kn_fail(err, KN_E_USAGE, _("--threads %d: expected 0 (one per core) to 1024"), (int)cli->threads);
  return KN_OK;
}

/* How an option stands in the usage: "--gap G", "[SOURCE...]". */
static void
show_opt(char *out, size_t size, const kn_opt *opt, bool in_usage)
{
  char name[NAME_SIZE];
  char list[256];
  const char *value = opt->words != NULL ? join_words(list, sizeof list, opt->words) : opt->value;
  const char *open = in_usage && !opt->is_required ? "[" : "";
  const char *close = in_usage && !opt->is_required ? "]" : "";
  const char *more = opt->kind == KN_OPT_KIND_PLACES || opt->kind == KN_OPT_KIND_MANY ? "..." : "";
  if (is_place(opt))
    snprintf(out, size, "%s%s%s%s", open, value, more, close);
  else if (opt->letter != 0)
    snprintf(out, size, "%s-%c %s%s", open, opt->letter, value, close);
  else
    snprintf(out, size, "%s--%s%s%s%s%s", open, spell(name, opt->name), value != NULL ? " " : "", value != NULL ? value : "",
             close, in_usage ? more : "");
}

void
kn_cli_usage(FILE *out, const kn_command *command)
{
  int column = fprintf(out, _("usage: knoop %s"), command->name);
  for (const kn_opt *opt = command->opts; opt->kind != KN_OPT_KIND_END; opt++) {
    char shown[384];
    show_opt(shown, sizeof shown, opt, true);
    if (column + 1 + (int)strlen(shown) > USAGE_WIDTH)
      column = fprintf(out, "\n        ");
    column += fprintf(out, " %s", shown);
  }
  fputc('\n', out);
}

static void
help_opts(FILE *out, const kn_opt *opts)
{
  for (const kn_opt *opt = opts; opt->kind != KN_OPT_KIND_END; opt++) {
    char shown[384];
    show_opt(shown, sizeof shown, opt, false);
    if (strlen(shown) > 24)
      fprintf(out, "  %s\n  %-24s  %s\n", shown, "", _(opt->text));
    else
      fprintf(out, "  %-24s  %s\n", shown, _(opt->text));
  }
}

void
kn_cli_help(FILE *out, const kn_command *command)
{
  if (command != NULL) {
    fprintf(out, "%s\n\n", _(command->text));
    kn_cli_usage(out, command);
    fputc('\n', out);
    help_opts(out, command->opts);
    fprintf(out, "\n%s\n", _("Every command knows:"));
    help_opts(out, kn_cli_common);
    fprintf(out, "\n%s\n  %s\n", _("Example:"), command->example);
    return;
  }
  fprintf(out, "%s\n\n%s\n\n", _("knoop ties what a region leaves unused to what it needs, and proves the plan."),
          _("usage: knoop COMMAND REGION.gpkg ..."));
  for (const kn_command *const *row = kn_commands; *row != NULL; row++)
    fprintf(out, "  %-8s  %s\n", (*row)->name, _((*row)->text));
  fprintf(out, "\n%s\n", _("Every command knows:"));
  help_opts(out, kn_cli_common);
  fprintf(out, "\n%s\n", _("`knoop COMMAND --help` tells more, with an example."));
}
