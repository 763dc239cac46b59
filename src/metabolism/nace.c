/* Codes of the classification of economic activities (NACE Rev. 2) as numbers. */
#include "estimate.h"

#include <ctype.h>
#include <stdio.h>

enum { FIRST_DIVISION = NACE_SECTIONS, FIRST_GROUP = FIRST_DIVISION + NACE_DIVISIONS, FIRST_CLASS = FIRST_GROUP + NACE_GROUPS };

int32_t
kn_nace_read(const char *text)
{
  if (text == NULL)
    return KN_NONE;
  while (*text == ' ')
    text++;
  int32_t section = KN_NONE;
  if (isalpha((unsigned char)*text)) {
    section = toupper((unsigned char)*text) - 'A';
    text++;
    while (*text == ' ' || *text == '.')
      text++;
  }
  if (section != KN_NONE && *text == '\0')
    return section;
  /* "1.11" is short for 01.11. */
  int32_t digits = 0, value = 0;
  if (isdigit((unsigned char)text[0]) && text[1] == '.')
    digits = 1;
  for (; digits < 4 && (isdigit((unsigned char)*text) || *text == '.' || *text == ' '); text++)
    if (isdigit((unsigned char)*text)) {
      value = value * 10 + (*text - '0');
      digits++;
    }
  if (digits < 2)
    return KN_NONE;
  return digits == 2 ? FIRST_DIVISION + value : digits == 3 ? FIRST_GROUP + value : FIRST_CLASS + value;
}

int32_t
kn_nace_level(int32_t code)
{
  assert(code >= 0 && code < NACE_COUNT);
  return code >= FIRST_CLASS      ? NACE_CLASS
         : code >= FIRST_GROUP    ? NACE_GROUP
         : code >= FIRST_DIVISION ? NACE_DIVISION
                                  : NACE_SECTION;
}

int32_t
kn_nace_parent(int32_t code)
{
  switch (kn_nace_level(code)) {
  case NACE_CLASS:
    return FIRST_GROUP + (code - FIRST_CLASS) / 10;
  case NACE_GROUP:
    return FIRST_DIVISION + (code - FIRST_GROUP) / 10;
  default:
    return KN_NONE;
  }
}

void
kn_nace_write(char out[8], int32_t code)
{
  switch (kn_nace_level(code)) {
  case NACE_CLASS:
    snprintf(out, 8, "%02d.%02d", (code - FIRST_CLASS) / 100 % 100, (code - FIRST_CLASS) % 100);
    return;
  case NACE_GROUP:
    snprintf(out, 8, "%02d.%d", (code - FIRST_GROUP) / 10 % 100, (code - FIRST_GROUP) % 10);
    return;
  case NACE_DIVISION:
    snprintf(out, 8, "%02d", (code - FIRST_DIVISION) % 100);
    return;
  default:
    snprintf(out, 8, "%c", 'A' + code % NACE_SECTIONS);
  }
}

int32_t
kn_nace_section(int32_t code)
{
  static const struct {
    int32_t last;
    char letter;
  } sections[] = {{3, 'A'},  {9, 'B'},  {33, 'C'}, {35, 'D'}, {39, 'E'}, {43, 'F'}, {47, 'G'},
                  {53, 'H'}, {56, 'I'}, {63, 'J'}, {66, 'K'}, {68, 'L'}, {75, 'M'}, {82, 'N'},
                  {84, 'O'}, {85, 'P'}, {88, 'Q'}, {93, 'R'}, {96, 'S'}, {98, 'T'}, {99, 'U'}};
  const int32_t division = code - FIRST_DIVISION;
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
    if (division <= sections[i].last)
      return division < 1 ? KN_NONE : sections[i].letter - 'A';
  return KN_NONE;
}

int32_t
kn_nace_division(const char *text)
{
  int32_t code = kn_nace_read(text);
  while (code != KN_NONE && kn_nace_level(code) > NACE_DIVISION)
    code = kn_nace_parent(code);
  return code == KN_NONE || kn_nace_level(code) != NACE_DIVISION ? KN_NONE : code - FIRST_DIVISION;
}
