/* Is a password one that is tried first? After zxcvbn (Wheeler 2016), much smaller: what is made of words that many choose, rows of keys,
 * rows of letters or digits, years, or the person's own name counts as one sign each; what is left counts per letter. Twelve letters and
 * eight such signs are asked for. The list is short and says so: it keeps out what everybody tries, not what a machine tries after. */
#include "portal/auth.h"

#include <string.h>

enum { LETTERS_LEAST = 12, BYTES_MOST = 1024, SIGNS_LEAST = 8 };

/* Words that lead the lists of stolen passwords, in the languages of the region; and what lies near at hand here. */
static const char *const words[] = {"password",
                                    "passwort",
                                    "wachtwoord",
                                    "motdepasse",
                                    "paswoord",
                                    "welkom",
                                    "welcome",
                                    "bienvenue",
                                    "willkommen",
                                    "iloveyou",
                                    "letmein",
                                    "login",
                                    "admin",
                                    "administrator",
                                    "root",
                                    "master",
                                    "dragon",
                                    "monkey",
                                    "shadow",
                                    "sunshine",
                                    "princess",
                                    "football",
                                    "voetbal",
                                    "baseball",
                                    "superman",
                                    "batman",
                                    "pokemon",
                                    "starwars",
                                    "trustno",
                                    "access",
                                    "secret",
                                    "geheim",
                                    "geheime",
                                    "changeme",
                                    "default",
                                    "guest",
                                    "hello",
                                    "hallo",
                                    "bonjour",
                                    "azerty",
                                    "qwerty",
                                    "qwertz",
                                    "zomer",
                                    "winter",
                                    "herfst",
                                    "lente",
                                    "summer",
                                    "autumn",
                                    "spring",
                                    "januari",
                                    "februari",
                                    "maart",
                                    "april",
                                    "augustus",
                                    "september",
                                    "oktober",
                                    "november",
                                    "december",
                                    "january",
                                    "february",
                                    "march",
                                    "june",
                                    "july",
                                    "august",
                                    "october",
                                    "maandag",
                                    "dinsdag",
                                    "woensdag",
                                    "donderdag",
                                    "vrijdag",
                                    "zaterdag",
                                    "zondag",
                                    "monday",
                                    "tuesday",
                                    "wednesday",
                                    "thursday",
                                    "friday",
                                    "saturday",
                                    "sunday",
                                    "ajax",
                                    "anderlecht",
                                    "clubbrugge",
                                    "racing",
                                    "liverpool",
                                    "chelsea",
                                    "barcelona",
                                    "arsenal",
                                    "michael",
                                    "jennifer",
                                    "jordan",
                                    "thomas",
                                    "charlie",
                                    "daniel",
                                    "ashley",
                                    "jessica",
                                    "nicole",
                                    "computer",
                                    "internet",
                                    "google",
                                    "microsoft",
                                    "samsung",
                                    "test",
                                    "demo",
                                    "user",
                                    "pass",
                                    "love",
                                    "liefde",
                                    "amour",
                                    "schatje",
                                    "doudou",
                                    "chocolat",
                                    "cookie",
                                    "banana",
                                    "cheese",
                                    "flower",
                                    "freedom",
                                    "whatever",
                                    "ninja",
                                    "mustang",
                                    "hunter",
                                    "killer",
                                    "soccer",
                                    "hockey",
                                    "yankees",
                                    "thunder",
                                    "knoop",
                                    "genk",
                                    "limburg",
                                    "hasselt",
                                    "belgie",
                                    "belgium",
                                    "nederland",
                                    "coordinator",
                                    "partner",
                                    "company",
                                    "bedrijf",
                                    "correcthorsebatterystaple",
                                    "openen",
                                    "sesam",
                                    "changethis"};
static const char *const rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",    "1234567890",
                                   "poiuytrewq", "lkjhgfdsa", "mnbvcxz", "poiuytreza", "mlkjhgfdsq", "0987654321"};

static char
lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* The letter that a digit or mark stands for in p4$$w0rd. */
static char
plain(char c)
{
  static const char from[] = "0134578@$!", to[] = "oieastbasi";
  const char *at = c != '\0' ? strchr(from, c) : NULL;
  return at != NULL ? to[at - from] : lower(c);
}

static size_t
word_at(const char *text, const char *word)
{
  size_t i = 0;
  while (word[i] != '\0' && plain(text[i]) == plain(word[i]))
    i++;
  return word[i] == '\0' ? i : 0;
}

/* Letters from here that follow each other by the same small step: aaa, abc, 321. */
static size_t
run_at(const char *text)
{
  const int step = text[0] != '\0' ? lower(text[1]) - lower(text[0]) : 9;
  if (step < -1 || step > 1)
    return 0;
  size_t n = 1;
  while (text[n] != '\0' && lower(text[n]) - lower(text[n - 1]) == step)
    n++;
  return n >= 3 ? n : 0;
}

static size_t
row_at(const char *text)
{
  size_t best = 0;
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    for (const char *from = rows[r]; *from != '\0'; from++) {
      size_t n = 0;
      while (from[n] != '\0' && lower(text[n]) == from[n])
        n++;
      if (n >= 3 && n > best)
        best = n;
    }
  return best;
}

static size_t
year_at(const char *text)
{
  const bool is_century = strncmp(text, "19", 2) == 0 || strncmp(text, "20", 2) == 0;
  return is_century && text[2] >= '0' && text[2] <= '9' && text[3] >= '0' && text[3] <= '9' ? 4 : 0;
}

static size_t
longest(size_t a, size_t b)
{
  return a > b ? a : b;
}

static size_t
known_at(const char *text, const char *const *who)
{
  size_t best = longest(longest(run_at(text), row_at(text)), year_at(text));
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    best = longest(best, word_at(text, words[i]));
  for (; who != NULL && *who != NULL; who++)
    if (strlen(*who) >= 3)
      best = longest(best, word_at(text, *who));
  return best;
}

/* Length of what the text is a repetition of; all of it when it is none. */
static size_t
unit_of(const char *text, size_t length)
{
  for (size_t unit = 1; unit <= length / 2; unit++) {
    size_t i = unit;
    while (i < length && text[i] == text[i - unit])
      i++;
    if (i == length)
      return unit;
  }
  return length;
}

static bool
is_inside_letter(char c) /* of UTF-8: not the first byte */
{
  return ((unsigned char)c & 0xc0) == 0x80;
}

kn_code
kn_password_check(const char *password, const char *const *who, kn_error *err)
{
  const size_t length = strlen(password);
  size_t letters = 0;
  for (size_t i = 0; i < length; i++)
    letters += !is_inside_letter(password[i]);
  if (letters < LETTERS_LEAST)
    return kn_fail(err, KN_E_INPUT, "password: expected at least %d characters", LETTERS_LEAST);
  if (length > BYTES_MOST)
    return kn_fail(err, KN_E_INPUT, "password: expected at most %d bytes", BYTES_MOST);
  const size_t unit = unit_of(password, length);
  int signs = 0;
  for (size_t i = 0; i < unit;) {
    const size_t known = known_at(password + i, who);
    signs += known > 0 || !is_inside_letter(password[i]);
    i += known > 0 ? known : 1;
  }
  return signs >= SIGNS_LEAST
             ? KN_OK
             : kn_fail(err, KN_E_INPUT,
                       "password: this one is among the first that are tried; three or four words that have nothing to do "
                       "with each other are better");
}
