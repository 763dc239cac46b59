/* Runs when building: writes the migrations into a C source, so that the program carries them.
 *   embed OUT.c 0001_region.sql 0002_plan.sql ...
 * The number in front of a file's name is the version it leads to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
write_text(FILE *out, const char *path)
{
  FILE *in = fopen(path, "rb");
  if (in == NULL) {
    perror(path);
    return 1;
  }
  for (int byte = getc(in), column = 0; byte != EOF; byte = getc(in), column++)
    fprintf(out, "%d,%s", byte > 127 ? byte - 256 : byte, column % 32 == 31 ? "\n" : "");
  fclose(in);
  fputs("0};\n", out);
  return 0;
}

int
main(int argc, char **argv)
{
  if (argc < 3)
    return 2;
  FILE *out = fopen(argv[1], "w");
  if (out == NULL) {
    perror(argv[1]);
    return 1;
  }
  fputs("#include \"store/internal.h\"\n", out);
  for (int i = 2; i < argc; i++) {
    fprintf(out, "static const char sql_%d[] = {\n", i);
    if (write_text(out, argv[i]) != 0)
      return 1;
  }
  fputs("const kn_migration kn_migrations[] = {\n", out);
  for (int i = 2; i < argc; i++) {
    const char *slash = strrchr(argv[i], '/');
    const char *name = slash != NULL ? slash + 1 : argv[i];
    fprintf(out, "{%ld, \"%s\", sql_%d},\n", strtol(name, NULL, 10), name, i);
  }
  fputs("{0, NULL, NULL}};\n", out);
  return fclose(out) == 0 ? 0 : 1;
}
