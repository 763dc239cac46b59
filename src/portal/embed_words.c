/* Runs when building: writes catalogues of gettext into a C source, as pairs of an English sentence and the same in another language.
 *   embed_words OUT.c NAME a.po b.po ...
 * Sentences that are not translated, fuzzy ones and those with a plural are left out. The escapes of a catalogue are those of C. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 16384 };

typedef struct entry {
  char id[TEXT_MOST], text[TEXT_MOST];
  int is_left_out;
} entry;

static int count;

static void
put(FILE *out, entry *one)
{
  if (one->id[0] != '\0' && one->text[0] != '\0' && !one->is_left_out) {
    fprintf(out, "{\"%s\",\n \"%s\"},\n", one->id, one->text);
    count++;
  }
  memset(one, 0, sizeof *one);
}

/* Adds what stands between the first and the last quote of a line. */
static int
add(char *to, const char *line, const char *path)
{
  const char *from = strchr(line, '"'), *end = strrchr(line, '"');
  if (from == NULL || end == from || strlen(to) + (size_t)(end - from) >= TEXT_MOST) {
    fprintf(stderr, "%s: a line that cannot be read: %s", path, line);
    return 1;
  }
  strncat(to, from + 1, (size_t)(end - from - 1));
  return 0;
}

static int
read_catalogue(FILE *out, const char *path)
{
  static entry one;
  static char line[TEXT_MOST];
  FILE *in = fopen(path, "r");
  if (in == NULL) {
    perror(path);
    return 1;
  }
  char *to = NULL;
  int bad = 0;
  while (!bad && fgets(line, sizeof line, in) != NULL) {
    if (strncmp(line, "#,", 2) == 0 && strstr(line, "fuzzy") != NULL)
      one.is_left_out = 2; /* of the entry that follows */
    else if (strncmp(line, "msgid ", 6) == 0) {
      const int is_fuzzy = one.is_left_out == 2 && one.id[0] == '\0';
      if (!is_fuzzy)
        put(out, &one);
      one.is_left_out = is_fuzzy;
      to = one.id;
      bad = add(to, line, path);
    } else if (strncmp(line, "msgid_plural ", 13) == 0)
      one.is_left_out = 1;
    else if (strncmp(line, "msgstr ", 7) == 0) {
      to = one.text;
      bad = add(to, line, path);
    } else if (strncmp(line, "msgstr[", 7) == 0)
      to = NULL;
    else if (line[0] == '"' && to != NULL)
      bad = add(to, line, path);
    else if (line[0] == '\n') {
      put(out, &one);
      to = NULL;
    }
  }
  put(out, &one);
  fclose(in);
  return bad;
}

int
main(int argc, char **argv)
{
  if (argc < 4)
    return 2;
  FILE *out = fopen(argv[1], "w");
  if (out == NULL) {
    perror(argv[1]);
    return 1;
  }
  fprintf(out, "#include \"portal/words.h\"\nconst kn_said %s[] = {\n", argv[2]);
  for (int i = 3; i < argc; i++)
    if (read_catalogue(out, argv[i]) != 0)
      return 1;
  fprintf(out, "};\nconst int32_t %s_count = %d;\n", argv[2], count);
  return fclose(out) == 0 ? 0 : 1;
}
