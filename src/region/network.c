/* The transport network of a region: which links a mode runs on, how long links are, what the ends of tariffs name. */
#include "region/internal.h"

#include <string.h>

/* ---------------------------------------------------------------- kinds of links */
static int32_t
find_kind(const char *word, size_t length)
{
  for (int32_t k = 0; k < KN_LINK_KIND_COUNT; k++) {
    const char *name = kn_link_kind_name((kn_link_kind)k);
    if (strlen(name) == length && memcmp(name, word, length) == 0)
      return k;
  }
  return KN_NONE;
}

bool
kn_link_kinds_read(const char *text, uint32_t *kinds, const char **bad, int32_t *bad_length)
{
  *kinds = 0;
  *bad = text;
  *bad_length = 0;
  for (;;) {
    while (*text == ' ')
      text++;
    const size_t span = strcspn(text, ";");
    size_t length = span;
    while (length > 0 && text[length - 1] == ' ')
      length--;
    const int32_t kind = find_kind(text, length);
    if (kind == KN_NONE) {
      *bad = text;
      *bad_length = length > 40 ? 40 : (int32_t)length;
      return false;
    }
    *kinds |= 1u << kind;
    if (text[span] == '\0')
      return true;
    text += span + 1;
  }
}

/* Words of keys and names of modes, as kn_text_fold() leaves them; one more `s` does not count. What a pipe, a cable or heat is
 * depends on the class. */
static const struct {
  const char *word;
  kn_link_kind kind;
} mode_words[] = {
    {"road", KN_ON_ROAD},
    {"truck", KN_ON_ROAD},
    {"lorry", KN_ON_ROAD},
    {"lorrie", KN_ON_ROAD},
    {"van", KN_ON_ROAD},
    {"car", KN_ON_ROAD},
    {"tanker", KN_ON_ROAD},
    {"vrachtwagen", KN_ON_ROAD},
    {"vrachtauto", KN_ON_ROAD},
    {"bestelwagen", KN_ON_ROAD},
    {"tankwagen", KN_ON_ROAD},
    {"auto", KN_ON_ROAD},
    {"camion", KN_ON_ROAD},
    {"lkw", KN_ON_ROAD},
    {"barge", KN_ON_WATER},
    {"ship", KN_ON_WATER},
    {"vessel", KN_ON_WATER},
    {"boat", KN_ON_WATER},
    {"waterway", KN_ON_WATER},
    {"schip", KN_ON_WATER},
    {"binnenschip", KN_ON_WATER},
    {"binnenvaart", KN_ON_WATER},
    {"bateau", KN_ON_WATER},
    {"schiff", KN_ON_WATER},
    {"train", KN_ON_RAIL},
    {"rail", KN_ON_RAIL},
    {"railway", KN_ON_RAIL},
    {"trein", KN_ON_RAIL},
    {"spoor", KN_ON_RAIL},
    {"zug", KN_ON_RAIL},
    {"bike", KN_ON_CYCLE},
    {"bicycle", KN_ON_CYCLE},
    {"cycle", KN_ON_CYCLE},
    {"cargobike", KN_ON_CYCLE},
    {"fiets", KN_ON_CYCLE},
    {"velo", KN_ON_CYCLE},
    {"bus", KN_ON_TRANSIT},
    {"tram", KN_ON_TRANSIT},
    {"metro", KN_ON_TRANSIT},
    {"transit", KN_ON_TRANSIT},
    {"heat", KN_ON_PIPE_HEAT},
    {"warmte", KN_ON_PIPE_HEAT},
    {"warmteleiding", KN_ON_PIPE_HEAT},
};

static bool
is_word(const char *word, size_t length, const char *const *list)
{
  for (; *list != NULL; list++)
    if (strlen(*list) == length && memcmp(*list, word, length) == 0)
      return true;
  return false;
}

static uint32_t
kinds_of_word(const char *word, size_t length, kn_class class_of)
{
  static const char *const power[] = {"power", "grid", "cable", "electricity", "kabel", NULL};
  static const char *const pipe[] = {"pipe", "pipeline", "sewer", "leiding", "waterleiding", NULL};
  if (class_of == KN_ENERGY && is_word(word, length, power))
    return 1u << KN_ON_POWER;
  if (class_of == KN_WATER && is_word(word, length, pipe))
    return 1u << KN_ON_PIPE_WATER;
  for (size_t i = 0; i < sizeof mode_words / sizeof *mode_words; i++)
    if (strlen(mode_words[i].word) == length && memcmp(mode_words[i].word, word, length) == 0)
      return 1u << mode_words[i].kind;
  return 0;
}

static uint32_t
kinds_of_text(const char *text, kn_class class_of)
{
  char folded[200];
  uint32_t kinds = 0;
  kn_text_fold(folded, sizeof folded, text);
  if (strstr(folded, "light rail") != NULL)
    return 1u << KN_ON_TRANSIT;
  for (const char *at = folded; *at != '\0';) {
    const size_t length = strcspn(at, " ");
    uint32_t found = kinds_of_word(at, length, class_of);
    if (found == 0 && length > 1 && at[length - 1] == 's')
      found = kinds_of_word(at, length - 1, class_of);
    kinds |= found;
    at += length;
    at += strspn(at, " ");
  }
  return kinds;
}

uint32_t
kn_mode_kinds(const char *mode_id, const char *name, kn_class class_of, const char *network)
{
  uint32_t kinds = 0;
  const char *bad;
  int32_t bad_length;
  if (network != NULL && network[0] != '\0')
    return kn_link_kinds_read(network, &kinds, &bad, &bad_length) ? kinds : 0;
  kinds = kinds_of_text(mode_id, class_of);
  return kinds == 0 && name != NULL ? kinds_of_text(name, class_of) : kinds;
}

/* ---------------------------------------------------------------- lengths of links
 * Sines and cosines of each point of each geometry: on all threads. */
typedef struct measuring {
  const kn_region *region;
  const double *given;
  const int32_t *from, *to;
  const kn_point *node;
  double *km;
} measuring;

static void
measure(void *arg, int64_t first, int64_t last, int32_t worker)
{
  (void)worker;
  const measuring *work = arg;
  for (int64_t i = first; i < last; i++) {
    const uint8_t *wkb;
    size_t length;
    if (!isnan(work->given[i]))
      work->km[i] = work->given[i];
    else if (kn_region_wkb(work->region, KN_T_LINK, (int32_t)i, &wkb, &length))
      work->km[i] = kn_line_km(wkb);
    else if (work->from[i] != KN_NONE && work->to[i] != KN_NONE) /* a region that was salvaged */
      work->km[i] = kn_point_km(KN_SPHERE, work->node[work->from[i]], work->node[work->to[i]]);
  }
}

kn_code
kn_region_measure_links(const kn_region *region, const double *given, double *km, kn_error *err)
{
  enum { CHUNK = 1024 };
  measuring work = {.region = region, .given = given, .from = region->links.from, .to = region->links.to, .km = km};
  work.node = region->nodes.point;
  const int64_t n = region->links.n;
  return kn_parallel(n <= CHUNK ? 1 : 0, n, CHUNK, measure, &work, err);
}

/* ---------------------------------------------------------------- tariffs */
static int32_t
find_key(const void *of, kn_table_id table, const char *key)
{
  return kn_region_find(of, table, key);
}

/* Rows often name the same end as the row before. */
static void
find_ends(const kn_region *region, const char *const *text, int64_t n, uint8_t *kinds, int32_t *rows)
{
  for (int64_t i = 0; i < n; i++) {
    kn_end_kind kind = KN_AT_SITE;
    rows[i] = KN_NONE;
    if (i > 0 && text[i] == text[i - 1]) {
      rows[i] = rows[i - 1];
      kinds[i] = kinds[i - 1];
      continue;
    }
    if (text[i] != NULL)
      rows[i] = kn_end_find(text[i], find_key, region, &kind);
    kinds[i] = (uint8_t)kind;
  }
}

kn_code
kn_region_find_ends(kn_region *region, const char *const *text, int64_t n, const uint8_t **kinds, const int32_t **rows,
                    kn_error *err)
{
  uint8_t *kind;
  int32_t *row;
  KN_NEW(kind, region->keep, n, err);
  KN_NEW(row, region->keep, n, err);
  find_ends(region, text, n, kind, row);
  *kinds = kind;
  *rows = row;
  return KN_OK;
}
