/* Checks for the same thing twice: two offers of one resource at one site, one company spelled in two ways. */
#include "region/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- rows about the same thing */
typedef struct entry {
  uint64_t thing; /* site and resource */
  int32_t row;
} entry;

static int
compare_entries(const void *left, const void *right)
{
  const entry *a = left, *b = right;
  if (a->thing != b->thing)
    return a->thing < b->thing ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}

static bool
overlap(const int32_t *from, const int32_t *to, int32_t a, int32_t b)
{
  const bool a_first = to[a] != KN_BLANK_INT && from[b] != KN_BLANK_INT && to[a] < from[b];
  const bool b_first = to[b] != KN_BLANK_INT && from[a] != KN_BLANK_INT && to[b] < from[a];
  return !a_first && !b_first;
}

static kn_code
check_rows(const kn_check *check, kn_table_id id, kn_error *err)
{
  const kn_table *table = &check->region->table[id];
  const int32_t *site = kn_table_column(table, "site_id")->number, *resource = kn_table_column(table, "resource_id")->number;
  const int32_t *from = kn_table_column(table, "from")->number, *to = kn_table_column(table, "to")->number;
  entry *entries;
  int64_t n = 0;
  KN_NEW(entries, check->scratch, table->n, err);
  for (int32_t i = 0; i < table->n; i++)
    if (site[i] != KN_NONE && resource[i] != KN_NONE)
      entries[n++] = (entry){.thing = (uint64_t)site[i] << 32 | (uint32_t)resource[i], .row = i};
  if (n > 0)
    qsort(entries, (size_t)n, sizeof *entries, compare_entries);
  for (int64_t i = 1; i < n; i++) {
    const int32_t a = entries[i - 1].row, b = entries[i].row;
    if (entries[i].thing != entries[i - 1].thing || !overlap(from, to, a, b))
      continue;
    KN_TRY(kn_check_tell(check, KN_WARNING, "doubled_row", id, b, "resource_id", "merge them if they are one", err,
                         "%.60s is also about %.60s at site %.60s at the same time", kn_region_key(check->region, id, a),
                         check->region->resources.resource_id[resource[b]], check->region->sites.site_id[site[b]]));
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- names */
#define NAME_SIZE 120
#define NEIGHBOURS 5

typedef struct spelled {
  const char *name; /* folded, without legal form */
  int32_t row;
} spelled;

static bool
is_legal_form(const char *word, size_t length)
{
  static const char *const forms[] = {"nv",   "sa",   "bv",  "bvba", "sprl",    "srl",  "cvba", "scrl", "cv",
                                      "cvso", "vof",  "snc", "comv", "ag",      "gmbh", "kg",   "ug",   "ek",
                                      "ltd",  "plc",  "llc", "llp",  "limited", "inc",  "corp", "vzw",  "asbl",
                                      "sas",  "sarl", "spa", "oy",   "ab",      "se",   "co",   NULL};
  for (int32_t i = 0; forms[i] != NULL; i++)
    if (strncmp(forms[i], word, length) == 0 && forms[i][length] == '\0')
      return true;
  return false;
}

/* "Acme N.V." and "ACME nv" become "acme": folded, single letters in a row joined, legal forms left out (unless
 * nothing else would stay). */
static void
plain_name(char out[NAME_SIZE], const char *name)
{
  char folded[NAME_SIZE], joined[NAME_SIZE];
  kn_text_fold(folded, sizeof folded, name);
  size_t used = 0;
  bool was_letter = false;
  for (const char *at = folded; *at != '\0';) {
    const size_t length = strcspn(at, " ");
    const bool is_letter = length == 1 && *at >= 'a' && *at <= 'z';
    if (used > 0 && !(is_letter && was_letter))
      joined[used++] = ' ';
    memcpy(joined + used, at, length);
    used += length;
    was_letter = is_letter;
    at += length + (at[length] == ' ');
  }
  joined[used] = '\0';
  used = 0;
  for (const char *at = joined; *at != '\0';) {
    const size_t length = strcspn(at, " ");
    if (!is_legal_form(at, length)) {
      if (used > 0)
        out[used++] = ' ';
      memcpy(out + used, at, length);
      used += length;
    }
    at += length + (at[length] == ' ');
  }
  out[used] = '\0';
  if (used == 0)
    snprintf(out, NAME_SIZE, "%s", joined);
}

/* Numbers tell names apart: "hall 1" is not a slip for "hall 2". */
static bool
has_same_digits(const char *a, const char *b)
{
  for (;;) {
    while (*a != '\0' && (*a < '0' || *a > '9'))
      a++;
    while (*b != '\0' && (*b < '0' || *b > '9'))
      b++;
    if (*a != *b)
      return false;
    if (*a == '\0')
      return true;
    a++;
    b++;
  }
}

static bool
is_same_name(const char *a, const char *b)
{
  if (strcmp(a, b) == 0)
    return true;
  const size_t length = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
  const int32_t slips = length < 6 ? 0 : length < 12 ? 1 : 2;
  return slips > 0 && has_same_digits(a, b) && kn_text_distance(a, b, slips) <= slips;
}

static int
compare_forward(const void *left, const void *right)
{
  const spelled *a = left, *b = right;
  const int order = strcmp(a->name, b->name);
  return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static int
compare_backward(const void *left, const void *right)
{
  const spelled *a = left, *b = right;
  size_t i = strlen(a->name), j = strlen(b->name);
  while (i > 0 && j > 0 && a->name[i - 1] == b->name[j - 1]) {
    i--;
    j--;
  }
  if (i > 0 && j > 0)
    return (unsigned char)a->name[i - 1] < (unsigned char)b->name[j - 1] ? -1 : 1;
  if (i > 0 || j > 0)
    return i > 0 ? 1 : -1;
  return (a->row > b->row) - (a->row < b->row);
}

/* Compares each name with the few that follow it in the order. twin[row] is the lowest row it resembles. */
static void
find_twins(spelled *names, int64_t n, int (*order)(const void *, const void *), int32_t *twin)
{
  if (n > 0)
    qsort(names, (size_t)n, sizeof *names, order);
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = i + 1; j < n && j <= i + NEIGHBOURS; j++) {
      const int32_t a = names[i].row < names[j].row ? names[i].row : names[j].row;
      const int32_t b = names[i].row < names[j].row ? names[j].row : names[i].row;
      if ((twin[b] == KN_NONE || a < twin[b]) && is_same_name(names[i].name, names[j].name))
        twin[b] = a;
    }
}

/* Sorted neighbourhood (Hernandez & Stolfo 1995): a slip at the end keeps names together in the order from the
 * front, one at the start in the order from the back. O(n log n). */
static kn_code
check_names(const kn_check *check, kn_error *err)
{
  const kn_actor_view actors = check->region->actors;
  spelled *names;
  int32_t *twin;
  int64_t n = 0;
  KN_NEW(names, check->scratch, actors.n, err);
  KN_NEW(twin, check->scratch, actors.n, err);
  for (int32_t i = 0; i < actors.n; i++) {
    char name[NAME_SIZE];
    twin[i] = KN_NONE;
    if (actors.name[i] == NULL)
      continue;
    plain_name(name, actors.name[i]);
    if (name[0] == '\0')
      continue;
    KN_TRY(kn_text_copy(&names[n].name, check->scratch, name, strlen(name), err));
    names[n++].row = i;
  }
  find_twins(names, n, compare_forward, twin);
  find_twins(names, n, compare_backward, twin);
  for (int32_t i = 0; i < actors.n; i++) {
    if (twin[i] == KN_NONE)
      continue;
    char proposal[KN_NAME_MOST];
    snprintf(proposal, sizeof proposal, "use %.40s for both if they are one", actors.actor_id[twin[i]]);
    KN_TRY(kn_check_tell(check, KN_WARNING, "same_name", KN_T_ACTOR, i, "name", proposal, err, "its name is nearly that of %.80s",
                         actors.name[twin[i]]));
  }
  return KN_OK;
}

kn_code
kn_check_doubles(const kn_check *check, kn_error *err)
{
  KN_TRY(check_rows(check, KN_T_OFFER, err));
  KN_TRY(check_rows(check, KN_T_NEED, err));
  return check_names(check, err);
}
