/* Findings: what is wrong, where, what to do. Texts are copied into one arena; per file (per rule where there
 * is no file) only the first few are kept, all are counted. */
#include "region/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct group {
  const char *name; /* of the file, or of the rule */
  bool is_file;
  int64_t count;
} group;

struct kn_findings {
  kn_arena *keep;
  int32_t most_per_file;
  kn_finding *finding;
  int64_t kept, finding_capacity;
  group *groups;
  int64_t group_count, group_capacity;
  int64_t count[KN_ERROR + 1];
  kn_findings_translator translate;
  void *translate_arg;
};

kn_code
kn_findings_new(kn_findings **out, int32_t most_per_file, kn_error *err)
{
  kn_findings *findings = *out = calloc(1, sizeof *findings);
  if (findings == NULL || (findings->keep = kn_arena_new()) == NULL) {
    free(findings);
    *out = NULL;
    return kn_fail(err, KN_E_LIMIT, "no memory for findings");
  }
  findings->most_per_file = most_per_file;
  return KN_OK;
}

void
kn_findings_free(kn_findings *findings)
{
  if (findings == NULL)
    return;
  kn_arena_free(findings->keep);
  free(findings->finding);
  free(findings->groups);
  free(findings);
}

void
kn_findings_translate(kn_findings *findings, kn_findings_translator translate, void *arg)
{
  findings->translate = translate;
  findings->translate_arg = arg;
}

const char *
kn_findings_text(const kn_findings *findings, const char *msgid)
{
  return findings->translate == NULL ? msgid : findings->translate(findings->translate_arg, msgid);
}

static int64_t
find_group(const kn_findings *findings, const char *name, bool is_file)
{
  for (int64_t i = 0; i < findings->group_count; i++)
    if (findings->groups[i].is_file == is_file && strcmp(findings->groups[i].name, name) == 0)
      return i;
  return -1;
}

bool
kn_findings_has_room(const kn_findings *findings, const char *file, const char *rule)
{
  const int64_t at = find_group(findings, file != NULL ? file : rule, file != NULL);
  return (at < 0 ? 0 : findings->groups[at].count) < findings->most_per_file;
}

/* Texts that were cut for display may end within a character: what is no UTF-8 becomes '?'. */
static kn_code
copy(const char **out, kn_findings *findings, const char *text, kn_error *err)
{
  *out = NULL;
  if (text == NULL)
    return KN_OK;
  const size_t length = strlen(text);
  char *kept;
  KN_NEW(kept, findings->keep, length, err);
  memcpy(kept, text, length);
  for (int64_t bad; (bad = kn_text_bad_utf8(kept, length)) >= 0;)
    kept[bad] = '?';
  *out = kept;
  return KN_OK;
}

/* Counts the finding in its group and returns the group, whose name lives as long as the findings. */
static kn_code
count_in(kn_findings *findings, const kn_finding *where, int64_t *at, kn_error *err)
{
  const bool is_file = where->file != NULL;
  const char *name = is_file ? where->file : where->rule;
  *at = find_group(findings, name, is_file);
  if (*at < 0) {
    KN_TRY(KN_GROW(findings->groups, findings->group_capacity, findings->group_count + 1, err));
    group *added = &findings->groups[findings->group_count];
    *added = (group){.is_file = is_file};
    KN_TRY(copy(&added->name, findings, name, err));
    *at = findings->group_count++;
  }
  findings->groups[*at].count++;
  findings->count[where->severity]++;
  return KN_OK;
}

kn_code
kn_findings_add(kn_findings *findings, const kn_finding *where, kn_error *err, const char *sentence, ...)
{
  assert(where->rule != NULL);
  assert(where->severity <= KN_ERROR);
  int64_t at;
  KN_TRY(count_in(findings, where, &at, err));
  if (findings->groups[at].count > findings->most_per_file)
    return KN_OK;
  sentence = kn_findings_text(findings, sentence);
  char text[1024];
  va_list args;
  va_start(args, sentence);
  const int wanted = vsnprintf(text, sizeof text, sentence, args);
  va_end(args);
  if (wanted < 0 || (size_t)wanted >= sizeof text)
    memcpy(text + sizeof text - 4, "...", 4); /* a cut sentence says so */
  kn_finding made = *where;
  if (where->file != NULL)
    made.file = findings->groups[at].name;
  else
    made.rule = findings->groups[at].name;
  if (where->file != NULL)
    KN_TRY(copy(&made.rule, findings, where->rule, err));
  KN_TRY(copy(&made.table, findings, where->table, err));
  KN_TRY(copy(&made.row, findings, where->row, err));
  KN_TRY(copy(&made.column, findings, where->column, err));
  KN_TRY(copy(&made.value, findings, where->value, err));
  KN_TRY(copy(&made.proposal, findings, where->proposal, err));
  KN_TRY(copy(&made.sentence, findings, text, err));
  KN_TRY(KN_GROW(findings->finding, findings->finding_capacity, findings->kept + 1, err));
  findings->finding[findings->kept++] = made;
  return KN_OK;
}

int64_t
kn_findings_kept(const kn_findings *findings)
{
  return findings->kept;
}

const kn_finding *
kn_findings_get(const kn_findings *findings, int64_t at)
{
  assert(at >= 0 && at < findings->kept);
  return &findings->finding[at];
}

int64_t
kn_findings_count(const kn_findings *findings, kn_severity severity)
{
  assert(severity <= KN_ERROR);
  return findings->count[severity];
}

int64_t
kn_findings_of_file(const kn_findings *findings, const char *file)
{
  int64_t at = find_group(findings, file, true);
  if (at < 0)
    at = find_group(findings, file, false);
  return at < 0 ? 0 : findings->groups[at].count;
}
