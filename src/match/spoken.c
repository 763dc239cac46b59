/* "een vrachtwagen per week", "2 containers a month", "1.200 m²" -> how much in a year.
 *
 *   quantity = number x one x times
 *
 * A text is read word by word: numbers, loads (the longest name of everyday_unit.csv that stands there), times ("per week",
 * "wekelijks", "elke twee weken", "drie keer per jaar"). Other words say nothing. */
#include "match/reference.h"

#include "knoop/match.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MOST = 64, WORD_BYTES = 48 };
typedef struct word {
  char text[WORD_BYTES]; /* folded; "" for a number */
  double number;
  bool is_number;
} word;
typedef struct reading {
  kn_sheet sheet;
  word word[WORDS_MOST];
  int32_t n;
  const char *class_name;
} reading;

/* ---------------------------------------------------------------- words */
static const struct {
  const char *text;
  double number;
} numbers[] = {{"een", 1},     {"one", 1},     {"a", 1},           {"an", 1},           {"twee", 2},        {"two", 2},
               {"drie", 3},    {"three", 3},   {"vier", 4},        {"four", 4},         {"vijf", 5},        {"five", 5},
               {"zes", 6},     {"six", 6},     {"zeven", 7},       {"seven", 7},        {"acht", 8},        {"eight", 8},
               {"negen", 9},   {"nine", 9},    {"tien", 10},       {"ten", 10},         {"elf", 11},        {"eleven", 11},
               {"twaalf", 12}, {"twelve", 12}, {"twintig", 20},    {"twenty", 20},      {"vijftig", 50},    {"fifty", 50},
               {"half", 0.5},  {"halve", 0.5}, {"halfvolle", 0.5}, {"anderhalve", 1.5}, {"anderhalf", 1.5}, {"couple", 2},
               {"paar", 2},    {"dozijn", 12}, {"dozen", 12}};
static const struct {
  const char *text;
  double factor;
} powers[] = {{"honderd", 100}, {"hundred", 100}, {"duizend", 1000}, {"thousand", 1000}, {"miljoen", 1e6}, {"million", 1e6}};
static const struct {
  const char *text;
  double times;
  bool is_adverb; /* says "per" by itself */
} spans[] = {{"dag", 250, false},   {"day", 250, false},       {"dagen", 250, false}, {"days", 250, false},
             {"week", 52, false},   {"weken", 52, false},      {"weeks", 52, false},  {"maand", 12, false},
             {"month", 12, false},  {"maanden", 12, false},    {"months", 12, false}, {"kwartaal", 4, false},
             {"quarter", 4, false}, {"jaar", 1, false},        {"year", 1, false},    {"jaren", 1, false},
             {"years", 1, false},   {"dagelijks", 250, true},  {"daily", 250, true},  {"wekelijks", 52, true},
             {"weekly", 52, true},  {"maandelijks", 12, true}, {"monthly", 12, true}, {"jaarlijks", 1, true},
             {"yearly", 1, true},   {"annually", 1, true}};
static const char *const per_words[] = {"per", "elke", "elk", "ieder", "iedere", "every", "each", "om", NULL};
static const char *const times_words[] = {"keer", "maal", "times", "x", NULL};

static bool
is_among(const char *const *list, const char *text)
{
  for (; *list != NULL; list++)
    if (strcmp(*list, text) == 0)
      return true;
  return false;
}

/* "1.200,5" as Dutch has it, "1,200.5" as English has it; a mark before other than three digits is a decimal one in both. */
static size_t
read_number(const char *text, bool is_dutch, double *out)
{
  char plain[40];
  size_t used = 0, at = 0;
  for (; isdigit((unsigned char)text[at]) || ((text[at] == '.' || text[at] == ',') && isdigit((unsigned char)text[at + 1]));
       at++) {
    char c = text[at];
    if (!isdigit((unsigned char)c)) {
      size_t digits = 1;
      while (isdigit((unsigned char)text[at + 1 + digits - 1]))
        digits++;
      const bool is_thousands = digits - 1 == 3 && c == (is_dutch ? '.' : ',');
      if (is_thousands)
        continue;
      c = '.';
    }
    if (used + 1 < sizeof plain)
      plain[used++] = c;
  }
  plain[used] = '\0';
  if (!kn_number_read(plain, used, '.', out))
    *out = NAN;
  return at;
}

static void
read_words(reading *r, const char *text, bool is_dutch)
{
  while (*text != '\0' && r->n < WORDS_MOST) {
    word *w = &r->word[r->n];
    if (isdigit((unsigned char)*text)) {
      *w = (word){.is_number = true};
      const size_t length = read_number(text, is_dutch, &w->number);
      word *before = r->n > 0 ? &r->word[r->n - 1] : NULL;
      text += length;
      /* "1 000": three digits after a blank go on with the number before. */
      if (before != NULL && before->is_number && length == 3 && before->number < 1e9 && text[-4] == ' ')
        before->number = 1000 * before->number + w->number;
      else
        r->n++;
      continue;
    }
    char raw[WORD_BYTES] = "";
    size_t used = 0;
    while (isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80) {
      const bool is_two = strncmp(text, "\xc2\xb2", 2) == 0, is_three = strncmp(text, "\xc2\xb3", 2) == 0;
      const bool is_euro = strncmp(text, "\xe2\x82\xac", 3) == 0;
      if (used + 4 < sizeof raw) {
        if (is_two || is_three)
          raw[used++] = is_two ? '2' : '3';
        else if (is_euro)
          used += (size_t)snprintf(raw + used, sizeof raw - used, "eur");
        else
          raw[used++] = *text;
      }
      text += is_euro ? 3 : is_two || is_three ? 2 : 1;
    }
    raw[used] = '\0';
    if (used == 0) {
      text++; /* a mark between words; one between a full and a time says no more than a space */
      continue;
    }
    *w = (word){0};
    kn_text_fold(w->text, sizeof w->text, raw);
    if (w->text[0] != '\0')
      r->n++;
  }
}

/* ---------------------------------------------------------------- numbers, loads, times at a word; 0: none there */
static int32_t
number_at(const reading *r, int32_t at, double *out)
{
  int32_t used = 0;
  double value = NAN;
  if (at < r->n && r->word[at].is_number)
    value = r->word[at].number;
  for (size_t i = 0; at < r->n && isnan(value) && i < sizeof numbers / sizeof *numbers; i++)
    if (strcmp(numbers[i].text, r->word[at].text) == 0)
      value = numbers[i].number;
  used += !isnan(value);
  for (size_t i = 0; at + used < r->n && i < sizeof powers / sizeof *powers; i++)
    if (strcmp(powers[i].text, r->word[at + used].text) == 0) {
      value = (isnan(value) ? 1 : value) * powers[i].factor;
      used++;
      break;
    }
  /* "een halve", "twee halve"; "een paar" */
  if (used == 1 && at + 1 < r->n) {
    const char *next = r->word[at + 1].text;
    const bool is_half = strcmp(next, "half") == 0 || strcmp(next, "halve") == 0 || strcmp(next, "halfvolle") == 0;
    const bool is_couple = value == 1 && (strcmp(next, "paar") == 0 || strcmp(next, "couple") == 0);
    value = is_half ? value / 2 : is_couple ? 2 : value;
    used += is_half || is_couple;
  }
  if (used > 0)
    *out = value;
  return used;
}

/* Does a name of the list, words parted by blanks, stand here? Its words; the longest. */
static int32_t
name_at(const reading *r, int32_t at, const char *names)
{
  int32_t best = 0;
  while (*names != '\0') {
    const size_t length = strcspn(names, ";");
    size_t done = 0;
    int32_t k = 0;
    bool is_here = true;
    while (is_here && done < length) {
      size_t part = strcspn(names + done, " ;");
      const char *text = at + k < r->n ? r->word[at + k].text : "";
      char plain[WORD_BYTES], raw[WORD_BYTES];
      snprintf(raw, sizeof raw, "%.*s", (int)part, names + done);
      kn_text_fold(plain, sizeof plain, raw);
      /* "full-time" folds to two words, "m3 gas" stands as two */
      is_here = at + k < r->n && strcmp(plain, text) == 0;
      done += part + (names[done + part] == ' ');
      k++;
    }
    if (is_here && k > best)
      best = k;
    names += length + (names[length] == ';');
  }
  return best;
}

static int32_t
load_at(const reading *r, int32_t at, int32_t *row)
{
  int32_t best = 0;
  for (int32_t i = 0; i < r->sheet.n; i++) {
    if (strcmp(kn_sheet_cell(&r->sheet, i, 3), r->class_name) != 0)
      continue;
    for (int32_t column = 1; column <= 2; column++) {
      const int32_t words = name_at(r, at, kn_sheet_cell(&r->sheet, i, column));
      if (words > best) {
        best = words;
        *row = i;
      }
    }
  }
  return best;
}

/* "week" after "per" or "a", "wekelijks", "elke twee weken", "per 14 dagen". */
static int32_t
time_at(const reading *r, int32_t at, double *times)
{
  int32_t k = at;
  bool is_per = false;
  while (k < r->n && is_among(per_words, r->word[k].text)) {
    is_per = true;
    k++;
  }
  if (is_per && k < r->n && strcmp(r->word[k].text, "de") == 0)
    k++;
  double every = 1;
  const int32_t counted = number_at(r, k, &every);
  const bool is_a = counted == 1 && (strcmp(r->word[k].text, "a") == 0 || strcmp(r->word[k].text, "een") == 0);
  if (counted > 0 && (is_per || is_a))
    k += counted;
  for (size_t i = 0; k < r->n && i < sizeof spans / sizeof *spans; i++)
    if (strcmp(spans[i].text, r->word[k].text) == 0 && (is_per || is_a || spans[i].is_adverb) && every > 0) {
      *times = spans[i].times == 250 && every > 1 ? 365 / every : spans[i].times / every;
      return k + 1 - at;
    }
  return 0;
}

static kn_code
understand(reading *r, kn_spoken *out, double fte_h, kn_error *err)
{
  double number = NAN, repeats = 1, times = NAN;
  int32_t row = KN_NONE;
  for (int32_t at = 0; at < r->n;) {
    double value;
    int32_t found;
    int32_t used = time_at(r, at, &value);
    if (used > 0) {
      times = value;
      at += used;
      continue;
    }
    used = row == KN_NONE ? load_at(r, at, &found) : 0;
    if (used > 0) {
      row = found;
      at += used;
      continue;
    }
    used = number_at(r, at, &value);
    if (used > 0 && at + used < r->n && is_among(times_words, r->word[at + used].text)) {
      repeats = value;
      used++;
    } else if (used > 0 && isnan(number))
      number = value;
    else if (used > 0 && row == KN_NONE)
      number = value; /* the one that stands next to the load */
    at += used > 0 ? used : 1;
  }
  if (row == KN_NONE)
    return KN_OK;
  KN_TRY(kn_sheet_real(&r->sheet, "everyday_unit", row, 4, &out->one, err));
  KN_TRY(kn_sheet_real(&r->sheet, "everyday_unit", row, 6, &out->rel_sd, err));
  const bool is_fte = strcmp(kn_sheet_cell(&r->sheet, row, 5), "FTE") == 0;
  const bool is_timeless = strcmp(r->class_name, "space") == 0 || strcmp(r->class_name, "capital") == 0 || is_fte;
  if (is_fte)
    out->one *= fte_h;
  snprintf(out->unit_id, sizeof out->unit_id, "%s", kn_sheet_cell(&r->sheet, row, 0));
  out->is_load = out->rel_sd > 0;
  out->is_number_assumed = isnan(number);
  out->number = isnan(number) ? 1 : number;
  out->is_time_assumed = isnan(times) && !is_timeless;
  out->times = is_timeless ? 1 : repeats * (isnan(times) ? 1 : times);
  const double quantity = out->number * out->one * out->times;
  out->quantity = isfinite(quantity) && quantity >= 0 ? quantity : NAN;
  return KN_OK;
}

kn_code
kn_spoken_read(kn_spoken *out, const char *text, kn_class class_of, bool is_dutch, double fte_h, kn_error *err)
{
  *out = (kn_spoken){.quantity = NAN};
  reading r = {.class_name = kn_class_name(class_of)};
  kn_arena *arena = kn_arena_new();
  kn_code code = kn_sheet_read(&r.sheet, arena, "everyday_unit", kn_data_everyday_unit,
                               "unit_id,words_en,words_nl,class,quantity,unit,rel_sd,source", err);
  if (code == KN_OK) {
    read_words(&r, text, is_dutch);
    code = understand(&r, out, fte_h, err);
  }
  kn_arena_free(arena);
  return code == KN_OK ? KN_OK : kn_note(err, "reading the amount '%.100s'", text);
}
