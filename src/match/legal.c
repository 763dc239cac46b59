/* May it go there? Facts about a pair, and the first rule of each check that they meet.
 *
 *   region, from, to, resource -> facts (words) -> rules of the country, then of the Union -> a check per kind, passed, failed
 * or unknown
 *
 * Rules are rows of data/reference/rules-*.csv: a condition is `fact=word|word & fact=word`, blank: always; `code=0202|020106`
 * holds where the code of the List of Waste begins so. A rule counts in a plan year whose first day lies within its dates;
 * without a plan year, today must. Each names its law (law.csv), the article, and whether that was read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "match/knowledge.h"

enum { WORDS_MOST = 8 };

/* The facts, and the words each can have. */
typedef enum fact { CLASS, STATUS, HAZARD, ENTRY, FLAGGED, ASSESSED, PERMIT, BORDER, LISTED, FACT_COUNT } fact;
static const char *const fact_names[FACT_COUNT] = {"class",    "status", "hazard", "entry", "flagged",
                                                   "assessed", "permit", "border", "listed"};
static const char *const fact_words[FACT_COUNT][WORDS_MOST] = {
    {"material", "energy", "water", "space", "labour", "knowledge", "capital"},
    {"waste", "by_product", "end_of_waste", "not_waste", "unknown"},
    {"yes", "no", "mirror", "unknown"},
    {"AH", "MH", "MN", "AN", "none", "other_than"}, /* other_than: AN, for what does not fall under a hazardous code it names */
    {"yes", "no", "unknown"},
    {"yes", "no"},
    {"covers", "disposal", "ended", "other", "none", "outside"},
    {"same", "crosses", "outside", "unknown"}, /* crosses: between member states; outside: one end is outside the Union */
    {"yes", "later", "ended", "no", "none"},   /* the code in the List of Waste on the day; none: no code */
};
enum { WASTE, BY_PRODUCT, END_OF_WASTE, NOT_WASTE, STATUS_UNKNOWN };
enum { HAZARD_YES, HAZARD_NO, HAZARD_MIRROR, HAZARD_UNKNOWN };
enum { ENTRY_AH, ENTRY_MH, ENTRY_MN, ENTRY_AN, ENTRY_NONE, ENTRY_OTHER_THAN };
enum { SAID_YES, SAID_NO, SAID_NOTHING };
enum { COVERS, DISPOSAL, ENDED, OTHER, NO_PERMIT, OUTSIDE };
enum { SAME, CROSSES, ACROSS_THE_UNION, BORDER_UNKNOWN };
enum { LISTED_NOW, LISTED_LATER, LISTED_ENDED, LISTED_NEVER, NO_CODE };

typedef struct rule {
  kn_legal_check says;
  int32_t check;    /* number of its name */
  bool is_of_union; /* of the Union, or of `country` */
  char country[4];
  uint32_t allowed[FACT_COUNT]; /* bits of words; 0: any */
  const char *codes;            /* beginnings of codes parted by |, to the next blank; NULL: any */
} rule;

struct kn_law {
  kn_arena *arena;
  kn_knowledge *own_knowledge;
  const kn_knowledge *knowledge;
  const kn_region *region;
  int32_t rule_count, check_count, day; /* day: on which rules and permits must hold; KN_BLANK_INT: not known */
  rule *rule;
  char (*country)[16];                /* [sites] ISO code, "" not known */
  bool *is_in_union;                  /* [sites] */
  int32_t *permit_first, *permit_row; /* [sites + 1] */
  char (*code)[7];                    /* [resources] six digits, "" none */
  uint8_t *entry, *listed;            /* [resources] */
  int32_t property[3];                /* by_product, end_of_waste, hp_assessed: number or KN_NONE */
};

/* ------------------------------------------------------------------ rules */
static kn_code
read_condition(const char *text, const char *id, rule *out, kn_error *err)
{
  while (*text != '\0') {
    text += strspn(text, " &");
    const size_t name = strcspn(text, "=");
    if (strncmp(text, "code=", 5) == 0) {
      out->codes = text += 5;
      while (*text != '\0' && *text != ' ') {
        const size_t digits = strspn(text, "0123456789");
        if (digits != 2 && digits != 4 && digits != 6)
          return kn_fail(err, KN_E_INPUT, "rule %s: '%.*s' is no beginning of a code of 2, 4 or 6 digits", id,
                         (int)strcspn(text, "| "), text);
        text += digits;
        text += *text == '|';
      }
      continue;
    }
    int32_t f = 0;
    while (f < FACT_COUNT && (strlen(fact_names[f]) != name || strncmp(fact_names[f], text, name) != 0))
      f++;
    if (f == FACT_COUNT || text[name] != '=')
      return kn_fail(err, KN_E_INPUT, "rule %s: there is no fact '%.*s'", id, (int)name, text);
    for (text += name; *text == '=' || *text == '|';) {
      const size_t length = strcspn(++text, "|& ");
      int32_t w = 0;
      while (w < WORDS_MOST && fact_words[f][w] != NULL &&
             (strlen(fact_words[f][w]) != length || strncmp(fact_words[f][w], text, length) != 0))
        w++;
      if (w == WORDS_MOST || fact_words[f][w] == NULL)
        return kn_fail(err, KN_E_INPUT, "rule %s: %s is never '%.*s'", id, fact_names[f], (int)length, text);
      out->allowed[f] |= 1U << w;
      text += length;
    }
  }
  return KN_OK;
}

static kn_code
read_outcome(const char *text, const char *id, kn_outcome *out, kn_error *err)
{
  for (*out = KN_PASSED; *out <= KN_UNKNOWN; (*out)++)
    if (strcmp(kn_outcome_name(*out), text) == 0)
      return KN_OK;
  return kn_fail(err, KN_E_INPUT, "rule %s: the outcome '%s' is none of passed, failed and unknown", id, text);
}

/* False: its dates leave it out. */
static kn_code
is_in_force(const char *from, const char *to, int32_t day, const char *id, bool *is, kn_error *err)
{
  int32_t first = INT32_MIN, last = INT32_MAX;
  if ((*from != '\0' && !kn_date_read(from, strlen(from), &first)) || (*to != '\0' && !kn_date_read(to, strlen(to), &last)))
    return kn_fail(err, KN_E_INPUT, "rule %s: '%s' to '%s' are no dates", id, from, to);
  *is = day == KN_BLANK_INT ? last == INT32_MAX : first <= day && day <= last;
  return KN_OK;
}

/* The law and the article, as one text. */
static kn_code
tell_source(kn_law *law, const kn_sheet *laws, const char *law_id, const char *article, rule *out, kn_error *err)
{
  for (int32_t l = 0; l < laws->n; l++) {
    if (strcmp(kn_sheet_cell(laws, l, 0), law_id) != 0)
      continue;
    const char *title = kn_sheet_cell(laws, l, 1);
    char *text;
    const size_t size = strlen(title) + strlen(article) + 3;
    KN_NEW(text, law->arena, size, err);
    snprintf(text, size, "%s%s%s", title, *article == '\0' ? "" : ", ", article);
    out->says.source = text;
    return KN_OK;
  }
  return kn_fail(err, KN_E_INPUT, "rule %s: there is no law '%s'", out->says.rule_id, law_id);
}

/* What was written without its text says so. */
static kn_code
warn_of_knowledge(kn_law *law, const char **text, const char *warning, kn_error *err)
{
  char *longer;
  const size_t size = strlen(*text) + strlen(warning) + 1;
  KN_NEW(longer, law->arena, size, err);
  snprintf(longer, size, "%s%s", *text, warning);
  *text = longer;
  return KN_OK;
}

static kn_code
read_check(const char *text, const char *id, kn_rule_check *out, kn_error *err)
{
  for (*out = KN_BY_TEXT; *out <= KN_BY_REGION; (*out)++)
    if (strcmp(kn_rule_check_name(*out), text) == 0)
      return KN_OK;
  return kn_fail(err, KN_E_INPUT, "rule %s: checked is '%s', not text, excerpt, knowledge or fact", id, text);
}

static kn_code
read_rule(kn_law *law, const kn_sheet *sheet, const kn_sheet *laws, int32_t i, rule *r, kn_error *err)
{
  *r = (rule){.says = {.rule_id = kn_sheet_cell(sheet, i, 0),
                       .check = kn_sheet_cell(sheet, i, 1),
                       .text_en = kn_sheet_cell(sheet, i, 7),
                       .text_nl = kn_sheet_cell(sheet, i, 8)}};
  KN_TRY(read_condition(kn_sheet_cell(sheet, i, 5), r->says.rule_id, r, err));
  KN_TRY(read_outcome(kn_sheet_cell(sheet, i, 6), r->says.rule_id, &r->says.outcome, err));
  KN_TRY(tell_source(law, laws, kn_sheet_cell(sheet, i, 9), kn_sheet_cell(sheet, i, 10), r, err));
  KN_TRY(read_check(kn_sheet_cell(sheet, i, 11), r->says.rule_id, &r->says.checked, err));
  if (r->says.checked == KN_BY_KNOWLEDGE) {
    KN_TRY(warn_of_knowledge(law, &r->says.text_en, " (this rule was not held against its text: to verify)", err));
    KN_TRY(warn_of_knowledge(law, &r->says.text_nl, " (deze regel is niet naast zijn tekst gelegd: na te gaan)", err));
  }
  const char *country = kn_sheet_cell(sheet, i, 2);
  r->is_of_union = strcmp(country, "EU") == 0;
  if (strlen(country) != 2)
    return kn_fail(err, KN_E_INPUT, "rule %s: '%s' is no country of two letters", r->says.rule_id, country);
  memcpy(r->country, country, 3);
  return KN_OK;
}

static kn_code
read_rules(kn_law *law, const char *name, const char *text, const char **check_name, kn_error *err)
{
  kn_sheet sheet, laws;
  KN_TRY(kn_sheet_read(&laws, law->arena, "law", kn_data_law, "law_id,title,celex,stored,version,read_on,note", err));
  KN_TRY(kn_sheet_read(&sheet, law->arena, name, text,
                       "rule_id,check,country,valid_from,valid_to,condition,outcome,text_en,text_nl,law_id,article,checked",
                       err));
  rule *all;
  KN_NEW(all, law->arena, law->rule_count + sheet.n, err);
  if (law->rule_count > 0)
    memcpy(all, law->rule, (size_t)law->rule_count * sizeof *all);
  law->rule = all;
  for (int32_t i = 0; i < sheet.n; i++) {
    rule r;
    bool is = false;
    KN_TRY(read_rule(law, &sheet, &laws, i, &r, err));
    KN_TRY(is_in_force(kn_sheet_cell(&sheet, i, 3), kn_sheet_cell(&sheet, i, 4), law->day, r.says.rule_id, &is, err));
    while (r.check < law->check_count && strcmp(check_name[r.check], r.says.check) != 0)
      r.check++;
    if (r.check == KN_CHECKS_MOST)
      return kn_fail(err, KN_E_INPUT, "rule %s: there are more than %d kinds of checks", r.says.rule_id, KN_CHECKS_MOST);
    if (r.check == law->check_count)
      check_name[law->check_count++] = r.says.check;
    if (is)
      law->rule[law->rule_count++] = r;
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ countries, permits, codes */
static bool
is_called(const kn_sheet *countries, int32_t row, const char *area_id, const char *name)
{
  if (strcasecmp(kn_sheet_cell(countries, row, 0), area_id) == 0)
    return true;
  enum { ISO, NAME_EN, NAME_NL, IS_IN_UNION, ALSO, COLUMNS };
  char known[64], given[64];
  if (kn_text_fold(given, sizeof given, name) >= sizeof given)
    return false;
  for (int32_t c = ISO; c < COLUMNS; c++) {
    if (c == IS_IN_UNION)
      continue;
    /* Names parted by ; in the last column. */
    for (const char *at = kn_sheet_cell(countries, row, c); *at != '\0';) {
      char one[64];
      const size_t length = strcspn(at, ";");
      snprintf(one, sizeof one, "%.*s", (int)length, at);
      kn_text_fold(known, sizeof known, one);
      if (strcmp(known, given) == 0 || (c == ALSO && strcasecmp(one, area_id) == 0))
        return true;
      at += length + (at[length] == ';');
    }
  }
  return false;
}

static kn_code
find_countries(kn_law *law, kn_arena *scratch, kn_error *err)
{
  const kn_area_view areas = kn_region_areas(law->region);
  const kn_site_view sites = kn_region_sites(law->region);
  kn_sheet sheet;
  int32_t *country_of;
  KN_TRY(kn_sheet_read(&sheet, law->arena, "country", kn_data_country, "iso,name_en,name_nl,is_in_union,also", err));
  KN_NEW(country_of, scratch, areas.n, err);
  for (int64_t a = 0; a < areas.n; a++) {
    country_of[a] = KN_NONE;
    for (int32_t c = 0; areas.level[a] == KN_COUNTRY && c < sheet.n && country_of[a] == KN_NONE; c++)
      if (is_called(&sheet, c, areas.area_id[a], areas.name[a]))
        country_of[a] = c;
  }
  KN_NEW(law->country, law->arena, sites.n, err);
  KN_NEW(law->is_in_union, law->arena, sites.n, err);
  for (int64_t s = 0; s < sites.n; s++) {
    int32_t up = sites.area[s];
    while (up != KN_NONE && areas.level[up] != KN_COUNTRY)
      up = areas.parent[up];
    if (up == KN_NONE)
      continue;
    const int32_t c = country_of[up];
    /* A country that the list does not know is one of its own: its area tells it from others. */
    if (c == KN_NONE)
      snprintf(law->country[s], sizeof law->country[s], "#%d", up);
    else
      memcpy(law->country[s], kn_sheet_cell(&sheet, c, 0), 3);
    law->is_in_union[s] = c != KN_NONE && strcmp(kn_sheet_cell(&sheet, c, 3), "1") == 0;
  }
  return KN_OK;
}

static kn_code
list_permits(kn_law *law, kn_error *err)
{
  const kn_permit_view permits = kn_region_permits(law->region);
  const int64_t n = kn_region_sites(law->region).n;
  KN_NEW(law->permit_first, law->arena, n + 2, err);
  KN_NEW(law->permit_row, law->arena, permits.n, err);
  for (int64_t i = 0; i < permits.n; i++)
    if (permits.site[i] != KN_NONE)
      law->permit_first[permits.site[i] + 2]++;
  for (int64_t s = 2; s <= n + 1; s++)
    law->permit_first[s] += law->permit_first[s - 1];
  for (int64_t i = 0; i < permits.n; i++)
    if (permits.site[i] != KN_NONE)
      law->permit_row[law->permit_first[permits.site[i] + 1]++] = (int32_t)i;
  return KN_OK;
}

/* What a code is on the day: the list, changed by what later decisions did to it (low_change). */
static kn_code
look_up_code(const kn_law *law, const kn_sheet *changes, const kn_sheet *pairs, int32_t r, kn_error *err)
{
  const char *code = law->code[r], *entry = "";
  const int32_t row = kn_low_find(law->knowledge, code);
  uint8_t listed = row == KN_NONE ? LISTED_NEVER : LISTED_NOW;
  if (row != KN_NONE)
    entry = kn_sheet_cell(&law->knowledge->low, row, 5);
  for (int32_t c = 0; c < changes->n; c++) {
    if (strcmp(kn_sheet_cell(changes, c, 0), code) != 0)
      continue;
    bool is = false, is_over = false;
    const char *from = kn_sheet_cell(changes, c, 1), *to = kn_sheet_cell(changes, c, 2);
    KN_TRY(is_in_force(from, "", law->day, code, &is, err));
    KN_TRY(is_in_force("", to, law->day, code, &is_over, err));
    is_over = !is_over;
    if (is && !is_over && *from != '\0')
      entry = kn_sheet_cell(changes, c, 3);
    listed = is_over ? LISTED_ENDED : is ? LISTED_NOW : row == KN_NONE ? LISTED_LATER : LISTED_NOW;
  }
  law->listed[r] = listed;
  for (int32_t e = 0; listed == LISTED_NOW && e < ENTRY_NONE; e++)
    if (strcmp(fact_words[ENTRY][e], entry) == 0)
      law->entry[r] = (uint8_t)e;
  for (int32_t p = 0; law->entry[r] == ENTRY_AN && p < pairs->n; p++)
    if (strcmp(kn_sheet_cell(pairs, p, 0), code) == 0)
      law->entry[r] = ENTRY_OTHER_THAN;
  return KN_OK;
}

static kn_code
list_codes(kn_law *law, kn_error *err)
{
  const kn_resource_view resources = kn_region_resources(law->region);
  kn_sheet changes, pairs;
  KN_TRY(
      kn_sheet_read(&changes, law->arena, "low_change", kn_data_low_change, "code,valid_from,valid_to,entry_type,name_en", err));
  KN_TRY(kn_sheet_read(&pairs, law->arena, "low_pair", kn_data_low_pair, "code,hazardous_code,basis", err));
  KN_NEW(law->code, law->arena, resources.n, err);
  KN_NEW(law->entry, law->arena, resources.n, err);
  KN_NEW(law->listed, law->arena, resources.n, err);
  for (int32_t r = 0; r < resources.n; r++) {
    law->entry[r] = ENTRY_NONE;
    law->listed[r] = NO_CODE;
    for (int32_t up = r; up != KN_NONE && law->code[r][0] == '\0'; up = resources.parent[up])
      if (!kn_code_digits(resources.code_low[up], law->code[r]))
        law->code[r][0] = '\0';
    if (law->code[r][0] != '\0')
      KN_TRY(look_up_code(law, &changes, &pairs, r, err));
  }
  static const char *const names[] = {"by_product", "end_of_waste", "hp_assessed"};
  const kn_property_view properties = kn_region_properties(law->region);
  for (int32_t k = 0; k < 3; k++) {
    law->property[k] = KN_NONE;
    for (int32_t p = 0; p < properties.property_count; p++)
      if (strcmp(properties.property_name[p], names[k]) == 0)
        law->property[k] = p;
  }
  return KN_OK;
}

static kn_code
fill_law(kn_law *law, kn_arena *scratch, kn_error *err)
{
  const char *check_name[KN_CHECKS_MOST];
  for (int32_t c = 0; c < KN_CHECKS_MOST; c++)
    check_name[c] = "";
  KN_TRY(read_rules(law, "rules-be", kn_data_rules_be, check_name, err));
  KN_TRY(read_rules(law, "rules-eu", kn_data_rules_eu, check_name, err));
  KN_TRY(find_countries(law, scratch, err));
  KN_TRY(list_permits(law, err));
  return list_codes(law, err);
}

kn_code
kn_law_new(kn_law **out, const kn_region *region, const kn_knowledge *knowledge, int32_t today, kn_error *err)
{
  *out = NULL;
  kn_law *law = calloc(1, sizeof *law);
  if (!law)
    return kn_fail(err, KN_E_LIMIT, "no memory for the legal check");
  law->region = region;
  law->knowledge = knowledge;
  const int32_t year = kn_region_settings(region).plan_year;
  law->day = year == KN_BLANK_INT ? today : kn_date_of(year, 1, 1);
  law->arena = kn_arena_new();
  kn_arena *scratch = kn_arena_new();
  kn_code code = knowledge != NULL ? KN_OK : kn_knowledge_new(&law->own_knowledge, err);
  if (knowledge == NULL)
    law->knowledge = law->own_knowledge;
  if (code == KN_OK)
    code = fill_law(law, scratch, err);
  kn_arena_free(scratch);
  if (code != KN_OK) {
    kn_law_free(law);
    return kn_note(err, "reading the rules of the legal check");
  }
  *out = law;
  return KN_OK;
}

void
kn_law_free(kn_law *law)
{
  if (!law)
    return;
  kn_knowledge_free(law->own_knowledge);
  kn_arena_free(law->arena);
  free(law);
}

/* ------------------------------------------------------------------ one pair */
static bool
is_said(const kn_law *law, int32_t offer, int32_t which)
{
  if (offer == KN_NONE || law->property[which] == KN_NONE)
    return false;
  const kn_property_view p = kn_region_properties(law->region);
  for (int32_t i = p.offer_first[offer]; i < p.offer_first[offer + 1]; i++)
    if (p.offer_property[i] == law->property[which])
      return p.offer_value[i] > 0;
  return false;
}

static int32_t
status_of(const kn_law *law, const kn_legal_ask *ask, int32_t class_of)
{
  if (class_of != KN_MATERIAL && class_of != KN_WATER)
    return NOT_WASTE;
  if (is_said(law, ask->offer, 1))
    return END_OF_WASTE;
  if (is_said(law, ask->offer, 0))
    return BY_PRODUCT;
  if (law->code[ask->resource][0] != '\0')
    return WASTE;
  return ask->is_bought ? NOT_WASTE : STATUS_UNKNOWN;
}

static int32_t
hazard_of(const kn_law *law, const kn_legal_ask *ask, int32_t flagged, int32_t assessed)
{
  const int32_t entry = law->entry[ask->resource];
  if (entry == ENTRY_AH || flagged == SAID_YES)
    return HAZARD_YES;
  if (entry == ENTRY_AN)
    return HAZARD_NO;
  if (entry == ENTRY_MH || entry == ENTRY_MN || entry == ENTRY_OTHER_THAN)
    return assessed == SAID_NO ? HAZARD_MIRROR : entry == ENTRY_MH ? HAZARD_YES : HAZARD_NO;
  return HAZARD_UNKNOWN;
}

/* The best that the permits of a site say about a code. */
static int32_t
permit_of(const kn_law *law, const kn_legal_ask *ask)
{
  if (ask->to_site == KN_NONE)
    return OUTSIDE;
  const kn_permit_view permits = kn_region_permits(law->region);
  const char *code = law->code[ask->resource];
  int32_t best = NO_PERMIT;
  for (int32_t i = law->permit_first[ask->to_site]; i < law->permit_first[ask->to_site + 1]; i++) {
    const int32_t row = law->permit_row[i];
    char begin[7];
    const int32_t length = kn_code_begin(permits.code_low[row], begin);
    int32_t says = OTHER;
    if (code[0] != '\0' && (length == 2 || length == 4 || length == 6) && strncmp(code, begin, (size_t)length) == 0)
      says = law->day != KN_BLANK_INT && permits.to[row] != KN_BLANK_INT && permits.to[row] < law->day ? ENDED
             : kn_operation_is_disposal(permits.operation[row])                                        ? DISPOSAL
                                                                                                       : COVERS;
    best = says < best ? says : best;
  }
  return best;
}

static int32_t
border_of(const kn_law *law, const kn_legal_ask *ask)
{
  if (ask->from_site == KN_NONE || ask->to_site == KN_NONE)
    return BORDER_UNKNOWN;
  const char *from = law->country[ask->from_site], *to = law->country[ask->to_site];
  if (ask->from_site == ask->to_site)
    return SAME;
  if (from[0] == '\0' || to[0] == '\0')
    return BORDER_UNKNOWN;
  if (strcmp(from, to) == 0)
    return SAME;
  return law->is_in_union[ask->from_site] && law->is_in_union[ask->to_site] ? CROSSES : ACROSS_THE_UNION;
}

static bool
begins_so(const char *codes, const char *code)
{
  for (size_t length; (length = strspn(codes, "0123456789")) > 0; codes += length + (codes[length] == '|'))
    if (strncmp(code, codes, length) == 0)
      return true;
  return false;
}

static bool
is_met(const rule *r, const char *code, const int32_t *facts)
{
  if (r->codes != NULL && !begins_so(r->codes, code))
    return false;
  for (int32_t f = 0; f < FACT_COUNT; f++)
    if (r->allowed[f] != 0 && (r->allowed[f] >> facts[f] & 1) == 0)
      return false;
  return true;
}

int32_t
kn_law_judge(const kn_law *law, const kn_legal_ask *ask, kn_legal_check out[KN_CHECKS_MOST])
{
  const kn_resource_view resources = kn_region_resources(law->region);
  const int32_t class_of = resources.class_of[ask->resource] < KN_CLASS_COUNT ? resources.class_of[ask->resource] : KN_MATERIAL;
  const kn_table *table = kn_region_table(law->region, KN_T_RESOURCE);
  const int32_t column = kn_schema_find_column(table->def, "hazardous");
  const int32_t flag = table->columns[column].number[ask->resource];
  const int32_t flagged = flag == KN_BLANK_INT ? SAID_NOTHING : flag == 1 ? SAID_YES : SAID_NO;
  const int32_t assessed = is_said(law, ask->offer, 2) ? SAID_YES : SAID_NO;
  const int32_t facts[FACT_COUNT] = {[CLASS] = class_of,
                                     [STATUS] = status_of(law, ask, class_of),
                                     [HAZARD] = hazard_of(law, ask, flagged, assessed),
                                     [ENTRY] = law->entry[ask->resource],
                                     [FLAGGED] = flagged,
                                     [ASSESSED] = assessed,
                                     [PERMIT] = permit_of(law, ask),
                                     [BORDER] = border_of(law, ask),
                                     [LISTED] = law->listed[ask->resource]};
  const char *from = ask->from_site == KN_NONE ? "" : law->country[ask->from_site];
  const char *to = ask->to_site == KN_NONE ? "" : law->country[ask->to_site];
  bool is_decided[KN_CHECKS_MOST] = {false};
  int32_t count = 0;
  /* Rules of countries come first in the list, those of the Union after them; those of the Union also count where no country is
   * known. */
  for (int32_t i = 0; i < law->rule_count; i++) {
    const rule *r = &law->rule[i];
    if (is_decided[r->check] || !is_met(r, law->code[ask->resource], facts))
      continue;
    const char *here = strcmp(r->says.check, "permit") == 0 ? to : from;
    if (!r->is_of_union && strcmp(r->country, here) != 0)
      continue;
    is_decided[r->check] = true;
    out[count++] = r->says;
  }
  return count;
}

int32_t
kn_law_judge_match(const kn_law *law, kn_place from, kn_place to, int32_t resource, kn_legal_check out[KN_CHECKS_MOST])
{
  const kn_legal_ask ask = {.offer = from.kind == KN_END_OFFER ? from.row : KN_NONE,
                            .resource = resource,
                            .from_site = from.site,
                            /* A need without a site takes its resource where it is. */
                            .to_site = to.site == KN_NONE && to.kind == KN_END_NEED ? from.site : to.site,
                            .is_bought = from.kind == KN_END_GATEWAY};
  return kn_law_judge(law, &ask, out);
}

const char *
kn_outcome_name(kn_outcome outcome)
{
  static const char *const names[] = {"passed", "failed", "unknown"};
  return names[outcome];
}

const char *
kn_rule_check_name(kn_rule_check checked)
{
  static const char *const names[] = {"text", "excerpt", "knowledge", "fact"};
  return names[checked];
}
