/* Finds a sentence among the formats of the catalogue, and says it in another language. */
#include "portal/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- a format */
typedef struct place {
  char kind;        /* 's', 'd', 'f'; '%': a percent sign; 0: no conversion */
  int32_t number;   /* 1 .. of %2$s; 0: the next */
  const char *rest; /* behind it */
} place;

static place
read_place(const char *at)
{
  place out = {0};
  if (*at != '%')
    return out;
  at++;
  int32_t number = 0;
  const char *digits = at;
  while (isdigit((unsigned char)*digits))
    number = number * 10 + (*digits++ - '0');
  if (*digits == '$') {
    out.number = number;
    at = digits + 1;
  }
  at += strspn(at, "-+ #0123456789.*lzjht");
  if (strncmp(at, "<PRI", 4) == 0) { /* as catalogues write PRId64 */
    const char *end = strchr(at, '>');
    return end != NULL ? (place){'d', out.number, end + 1} : (place){0};
  }
  if (strchr("diu", *at) != NULL)
    out.kind = 'd';
  else if (strchr("gfeG", *at) != NULL)
    out.kind = 'f';
  else if (strchr("sX", *at) != NULL)
    out.kind = 's';
  else if (*at == '%')
    out.kind = '%';
  if (*at == '\0')
    out.kind = 0;
  out.rest = at + 1;
  return out;
}

static size_t
literal_length(const char *format)
{
  return strcspn(format, "%");
}

/* Letters that a format demands, 0: none of its own, and its longest part without a place: what a text lacks, it is not made from. */
static size_t
weigh(const char *format, const char **longest, size_t *length)
{
  size_t all = 0;
  *length = 0;
  *longest = format;
  while (*format != '\0') {
    const size_t n = literal_length(format);
    for (size_t i = 0; i < n; i++)
      all += isalpha((unsigned char)format[i]) != 0;
    if (n > *length) {
      *longest = format;
      *length = n;
    }
    format += n;
    if (*format != '%')
      continue;
    const place one = read_place(format);
    if (one.kind == 0)
      return 0;
    format = one.rest;
  }
  return all;
}

/* ---------------------------------------------------------------- a text against a format */
enum { TEXT_MOST = 1100 };
typedef struct matching {
  const char *text;
  int32_t count;
  size_t from[KN_SAID_MOST], to[KN_SAID_MOST];
  unsigned char failed[KN_SAID_MOST][TEXT_MOST / 8 + 1]; /* place, where it begins: known not to lead on */
} matching;

static size_t
number_length(const char *text, bool is_whole)
{
  if (!is_whole && (strncmp(text, "inf", 3) == 0 || strncmp(text, "nan", 3) == 0))
    return 3;
  const size_t sign = *text == '-';
  const size_t n = strspn(text + sign, is_whole ? "0123456789" : "0123456789.e+-");
  return n > 0 ? sign + n : 0;
}

static bool
match(matching *in, const char *format, size_t at)
{
  for (;;) {
    const size_t n = literal_length(format);
    if (strncmp(in->text + at, format, n) != 0)
      return false;
    at += n;
    format += n;
    if (*format == '\0')
      return in->text[at] == '\0';
    const place one = read_place(format);
    if (one.kind != '%') {
      const int32_t here = in->count;
      if (one.kind == 0 || here == KN_SAID_MOST || (in->failed[here][at / 8] >> (at % 8) & 1) != 0)
        return false;
      in->count++;
      in->from[here] = at;
      const size_t least = one.kind == 's' ? 0 : number_length(in->text + at, one.kind == 'd');
      const size_t most = one.kind == 's' ? strlen(in->text + at) : least;
      for (size_t length = least; length <= most && (one.kind == 's' || least > 0); length++) {
        in->to[here] = at + length;
        if (match(in, one.rest, at + length))
          return true;
      }
      in->count = here;
      in->failed[here][at / 8] |= (unsigned char)(1u << (at % 8));
      return false;
    }
    if (in->text[at] != '%')
      return false;
    at++;
    format = one.rest;
  }
}

enum { LETTERS_LEAST = 5 }; /* "%s of %s" is no sentence */

static const kn_said *
find(const char *english, matching *best)
{
  const kn_said *found = NULL;
  size_t most = 0;
  for (int32_t i = 0; i < kn_words_nl_count; i++) {
    const kn_said *said = &kn_words_nl[i];
    if (strcmp(said->id, english) == 0 && strchr(english, '%') == NULL) {
      best->count = 0;
      return said;
    }
    const char *longest;
    size_t length;
    const size_t weight = weigh(said->id, &longest, &length);
    if (weight <= most || weight < LETTERS_LEAST || strchr(said->id, '%') == NULL ||
        memmem(english, strlen(english), longest, length) == NULL)
      continue;
    matching one = {.text = english};
    if (match(&one, said->id, 0)) {
      *best = one;
      found = said;
      most = weight;
    }
  }
  return found;
}

static kn_code
take_sentence(kn_sentence *out, const kn_said **said, kn_arena *arena, const char *english, kn_error *err)
{
  *out = (kn_sentence){0};
  *said = NULL;
  if (strlen(english) >= TEXT_MOST)
    return KN_OK;
  matching best = {.text = english};
  *said = find(english, &best);
  if (*said == NULL)
    return KN_OK;
  out->id = (*said)->id;
  out->count = best.count;
  for (int32_t i = 0; i < best.count; i++)
    KN_TRY(kn_text_copy(&out->parameter[i], arena, english + best.from[i], best.to[i] - best.from[i], err));
  return KN_OK;
}

kn_code
kn_sentence_of(kn_sentence *out, kn_arena *arena, const char *english, kn_error *err)
{
  const kn_said *said;
  return take_sentence(out, &said, arena, english, err);
}

/* ---------------------------------------------------------------- saying it */
static kn_code
put_number(kn_text_out *out, const char *number, char decimal, kn_error *err)
{
  const size_t whole = strcspn(number, ".");
  KN_TRY(kn_text_put(out, number, whole, err));
  if (number[whole] == '\0')
    return KN_OK;
  KN_TRY(kn_text_put(out, &decimal, 1, err));
  return kn_text_put(out, number + whole + 1, strlen(number + whole + 1), err);
}

static kn_code
fill(kn_text_out *out, const char *format, const kn_sentence *sentence, char decimal, kn_error *err)
{
  int32_t next = 0;
  while (*format != '\0') {
    const size_t n = literal_length(format);
    KN_TRY(kn_text_put(out, format, n, err));
    format += n;
    if (*format == '\0')
      break;
    const place one = read_place(format);
    if (one.kind == 0)
      break;
    if (one.kind == '%') {
      KN_TRY(kn_text_put(out, "%", 1, err));
    } else {
      const int32_t which = one.number > 0 ? one.number - 1 : next++;
      const char *word = which < sentence->count ? sentence->parameter[which] : NULL;
      if (word != NULL)
        KN_TRY(one.kind == 'f' ? put_number(out, word, decimal, err) : kn_text_put(out, word, strlen(word), err));
    }
    format = one.rest;
  }
  return KN_OK;
}

static kn_code
say_format(const char **out, kn_arena *arena, const char *format, const kn_sentence *sentence, char decimal, kn_error *err)
{
  kn_text_out text = {0};
  kn_code code = fill(&text, format, sentence, decimal, err);
  if (code == KN_OK)
    code = kn_text_copy(out, arena, text.at != NULL ? text.at : "", (size_t)text.length, err);
  free(text.at);
  return code;
}

/* What stands between quotation marks is somebody's own text. */
static bool
is_quoted(const char *format, int32_t which)
{
  for (const char *at = strchr(format, '%'); at != NULL; at = strchr(at, '%')) {
    const place one = read_place(at);
    if (one.kind == 0)
      return false;
    if (one.kind != '%' && which-- == 0)
      return at > format && at[-1] == '\'';
    at = one.rest;
  }
  return false;
}

static kn_code
say(const char **out, kn_arena *arena, const char *english, int32_t depth, kn_error *err)
{
  const kn_said *said;
  kn_sentence sentence;
  *out = english;
  KN_TRY(take_sentence(&sentence, &said, arena, english, err));
  if (said == NULL)
    return KN_OK;
  /* A sentence may hold another one: "nothing was changed: ...". */
  for (int32_t i = 0; i < sentence.count && depth > 0; i++)
    if (strchr(sentence.parameter[i], ' ') != NULL && !is_quoted(said->id, i)) /* a single word is a name or a key, and stays */
      KN_TRY(say(&sentence.parameter[i], arena, sentence.parameter[i], depth - 1, err));
  return say_format(out, arena, said->text, &sentence, ',', err);
}

kn_code
kn_sentence_say(const char **out, kn_arena *arena, const char *language, const kn_sentence *sentence, kn_error *err)
{
  const bool is_dutch = strcmp(language, "nl") == 0;
  const char *format = sentence->id;
  for (int32_t i = 0; is_dutch && i < kn_words_nl_count; i++)
    if (strcmp(kn_words_nl[i].id, sentence->id) == 0)
      format = kn_words_nl[i].text;
  return say_format(out, arena, format, sentence, is_dutch ? ',' : '.', err);
}

kn_code
kn_say(const char **out, kn_arena *arena, const char *language, const char *english, kn_error *err)
{
  *out = english;
  return english == NULL || strcmp(language, "nl") != 0 ? KN_OK : say(out, arena, english, 3, err);
}
