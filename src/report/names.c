/* report/names.c - what things are called, in the page's language where the region has it. */
#include "report/internal.h"

#include <string.h>

static const char *
extra_column(const kn_table *table, const char *column, int32_t row)
{
  for (int32_t i = 0; i < table->extra_count; i++)
    if (strcmp(table->extra_name[i], column) == 0)
      return table->extra[i][row];
  return NULL;
}

const char *
text_column(const page *p, kn_table_id table_id, const char *column, int32_t row)
{
  const kn_table *table = kn_region_table(p->region, table_id);
  if (!table || row < 0 || row >= table->n)
    return NULL;
  const int32_t at = kn_schema_find_column(table->def, column);
  if (at < 0)
    return extra_column(table, column, row);
  const kn_kind kind = table->def->columns[at].kind;
  return kind == KN_TEXT || kind == KN_KEY ? table->columns[at].text[row] : NULL;
}

double
real_column(const page *p, kn_table_id table_id, const char *column, int32_t row)
{
  const kn_table *table = kn_region_table(p->region, table_id);
  const int32_t at = table ? kn_schema_find_column(table->def, column) : -1;
  if (at < 0 || row < 0 || row >= table->n || table->def->columns[at].kind != KN_REAL)
    return NAN;
  return table->columns[at].real[row];
}

int32_t
int_column(const page *p, kn_table_id table_id, const char *column, int32_t row)
{
  const kn_table *table = kn_region_table(p->region, table_id);
  const int32_t at = table ? kn_schema_find_column(table->def, column) : -1;
  if (at < 0 || row < 0 || row >= table->n || table->def->columns[at].kind != KN_INT)
    return KN_BLANK_INT;
  return table->columns[at].number[row];
}

int
source_kind(const page *p, int32_t source)
{
  const kn_table *table = kn_region_table(p->region, KN_T_SOURCE);
  const int32_t at = table ? kn_schema_find_column(table->def, "kind") : -1;
  if (at < 0 || source < 0 || source >= table->n || table->def->columns[at].kind != KN_WORD)
    return -1;
  const uint8_t kind = table->columns[at].word[source];
  return kind == KN_BLANK_WORD ? -1 : kind;
}

const char *
name_in(const page *p, kn_table_id table, int32_t row, const char *plain_name)
{
  const char *name = p->tongue->name_column ? text_column(p, table, p->tongue->name_column, row) : NULL;
  if (name && *name)
    return name;
  return plain_name && *plain_name ? plain_name : kn_region_key(p->region, table, row);
}

const char *
resource_name(const page *p, int32_t row)
{
  return row >= 0 && row < p->resources.n ? name_in(p, KN_T_RESOURCE, row, p->resources.name[row]) : "";
}

const char *
process_name(const page *p, int32_t row)
{
  return row >= 0 && row < p->processes.n ? name_in(p, KN_T_PROCESS, row, p->processes.name[row]) : "";
}

/* "t board"; "t plaat" where the region has a column activity_unit_nl. */
const char *
activity_unit(const page *p, int32_t process)
{
  const char *column = p->tongue->unit_column;
  const char *unit = column ? text_column(p, KN_T_PROCESS, column, process) : NULL;
  return unit && *unit ? unit : p->processes.activity_unit[process];
}

const char *
site_name(const page *p, int32_t site)
{
  if (site < 0 || site >= p->sites.n)
    return "";
  const int32_t actor = p->sites.actor[site];
  if (actor >= 0 && actor < p->actors.n && p->actors.name[actor] && *p->actors.name[actor])
    return name_in(p, KN_T_ACTOR, actor, p->actors.name[actor]);
  return name_in(p, KN_T_SITE, site, p->sites.name[site]);
}

int32_t
place_site(const page *p, kn_place place)
{
  if (place.site >= 0 && place.site < p->sites.n)
    return place.site;
  if (place.kind == KN_END_OFFER && place.row >= 0 && place.row < p->offers.n)
    return p->offers.site[place.row];
  if (place.kind == KN_END_NEED && place.row >= 0 && place.row < p->needs.n)
    return p->needs.site[place.row];
  return KN_NONE;
}

const char *
place_name(page *p, kn_place place)
{
  const int32_t site = place_site(p, place);
  if (place.kind == KN_END_GATEWAY)
    return place.row >= 0 && place.row < p->gateways.n ? name_in(p, KN_T_GATEWAY, place.row, p->gateways.name[place.row]) : "";
  if (place.kind == KN_END_UNIT) {
    const char *process = place.row >= 0 && place.row < p->units.n ? process_name(p, p->units.process[place.row]) : "";
    if (site == KN_NONE)
      return process;
    return said(p, W_PROCESS_AT, process, site_name(p, site));
  }
  return site == KN_NONE ? word_text(p->tongue, W_ANYWHERE) : site_name(p, site);
}

const char *
place_markup(page *p, kn_place place)
{
  const int32_t site = place_site(p, place);
  if (place.kind != KN_END_UNIT || site == KN_NONE)
    return made(p, "<bdi>%t</bdi>", place_name(p, place));
  return made(p, "<bdi>%t</bdi> <span class=\"aside\"><bdi>%t</bdi></span>", site_name(p, site),
              process_name(p, p->units.process[place.row]));
}

const char *
place_told(page *p, kn_place place)
{
  const int32_t site = place_site(p, place);
  if (place.kind != KN_END_UNIT || site == KN_NONE)
    return made(p, "<bdi>%t</bdi>", place_name(p, place));
  return made(p, "<bdi>%t</bdi> (<bdi>%t</bdi>)", site_name(p, site),
              uncapitalised(p, process_name(p, p->units.process[place.row])));
}

/* First letter to upper case: ASCII, and the two-byte letters of Latin-1. */
const char *
capitalised(page *p, const char *text)
{
  const size_t length = strlen(text);
  char *copy = PAGE_TAKE(p, char, (int64_t)length + 1);
  if (!copy)
    return "";
  memcpy(copy, text, length + 1);
  const unsigned char second = (unsigned char)(length > 1 ? copy[1] : 0);
  if (copy[0] >= 'a' && copy[0] <= 'z')
    copy[0] = (char)(copy[0] - 'a' + 'A');
  else if ((unsigned char)copy[0] == 0xc3 && second >= 0xa0 && second <= 0xbe && second != 0xb7)
    copy[1] = (char)(second - 0x20);
  return copy;
}

/* For names within a sentence: "Truck" becomes "truck"; "PVC" and "E313" stay. */
const char *
uncapitalised(page *p, const char *text)
{
  if (!(text[0] >= 'A' && text[0] <= 'Z') || !(text[1] >= 'a' && text[1] <= 'z'))
    return text;
  const size_t length = strlen(text);
  char *copy = PAGE_TAKE(p, char, (int64_t)length + 1);
  if (!copy)
    return "";
  memcpy(copy, text, length + 1);
  copy[0] = (char)(copy[0] - 'A' + 'a');
  return copy;
}

/* Bytes of the character at `s`; text from a region is UTF-8, anything else counts as one byte. */
static size_t
step(const char *s)
{
  const unsigned char c = (unsigned char)*s;
  const size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
  for (size_t i = 1; i < length; i++)
    if (((unsigned char)s[i] & 0xc0) != 0x80)
      return i;
  return length;
}

/* Width in em of a character in a humanist sans, a little wide: better short of the edge than over it. */
static double
em(const char *s)
{
  const unsigned char c = (unsigned char)*s;
  if (c >= 0xe1 && (c >= 0xe3 || (unsigned char)s[1] >= 0x84) && !(c == 0xe1 && (unsigned char)s[1] > 0x87))
    return 1.02; /* Hangul, kana, Han and what lies beyond */
  if (c == 0xcc || (c == 0xcd && (unsigned char)s[1] < 0xb0))
    return 0; /* combining marks */
  if (c >= 0x80)
    return 0.66;
  if (strchr("ijl.,:;'|! ", c))
    return 0.34;
  if (strchr("ftr()[]-", c))
    return 0.42;
  if (strchr("mwMW@%", c))
    return 0.97;
  return c >= 'A' && c <= 'Z' ? 0.73 : 0.635;
}

double
text_width(const char *text, double size)
{
  double width = 0;
  for (const char *s = text; *s; s += step(s))
    width += em(s);
  return width * size;
}

const char *
cut_to(page *p, const char *text, double width, double size)
{
  if (text_width(text, size) <= width)
    return text;
  double used = size; /* the ellipsis */
  const char *end = text;
  while (*end && used + em(end) * size <= width) {
    used += em(end) * size;
    end += step(end);
  }
  while (end > text && (end[-1] == ' ' || end[-1] == ','))
    end--;
  const int64_t length = end - text;
  char *copy = PAGE_TAKE(p, char, length + 4);
  if (!copy)
    return "";
  memcpy(copy, text, (size_t)length);
  strcpy(copy + length, "…");
  return copy;
}

const char *
class_css(int resource_class)
{
  static const char *const css[KN_CLASS_COUNT] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6"};
  return resource_class >= 0 && resource_class < KN_CLASS_COUNT ? css[resource_class] : "cx";
}

int
unit_at(const page *p, kn_place place)
{
  if (place.kind != KN_END_UNIT || place.row < 0 || place.row >= p->units.n)
    return -1;
  for (int32_t row = p->unit_first[place.row]; row >= 0; row = p->unit_next[row])
    if (p->plan->units.site[row] == place.site)
      return row;
  return p->unit_first[place.row];
}
