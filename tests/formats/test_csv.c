/* CSV by itself: what cells a text holds, what is refused and where it is said to be. By hand first, then a
 * property: what is quoted by the rules comes back byte for byte. */
#include "text.h"

static kn_error err;
static kn_findings *findings;

static int
begin(void **state)
{
  (void)state;
  err = (kn_error){0};
  return kn_findings_new(&findings, 50, &err) != KN_OK;
}

static int
end(void **state)
{
  (void)state;
  kn_findings_free(findings);
  return 0;
}

/* All cells of a text as "a|b/c|d", rows apart by '/'. */
static kn_csv_head
read_text(char out[4096], const char *text, size_t length, const kn_table_def *def, kn_csv_dialect dialect)
{
  kn_csv *csv;
  assert_int_equal(kn_csv_open_bytes(&csv, "t.csv", text, length, def, &dialect, findings, &err), KN_OK);
  kn_csv_head head = kn_csv_get_head(csv);
  size_t n = 0;
  out[0] = '\0';
  kn_row_block block;
  for (;;) {
    if (head.count == 0)
      break;
    assert_int_equal(kn_csv_next(csv, &block, &err), KN_OK);
    if (block.rows == 0)
      break;
    for (int64_t r = 0; r < block.rows; r++)
      for (int32_t c = 0; c < head.count && n < 3500; c++) {
        const kn_cell *cell = &block.cells[r * head.count + c];
        n += (size_t)snprintf(out + n, 4096 - n, "%s%.*s", c ? "|" : r || n ? "/" : "", cell->length, cell->text);
      }
  }
  head.names = NULL;
  kn_csv_free(csv);
  return head;
}

static void
check(const char *text, const char *cells, char separator, char decimal)
{
  char out[4096];
  const kn_csv_head head = read_text(out, text, strlen(text), NULL, KN_CSV_DETECT);
  assert_string_equal(out, cells);
  assert_int_equal(head.separator, separator);
  assert_int_equal(head.decimal, decimal);
}

static void
cells_of_rfc_4180(void **state)
{
  (void)state;
  check("a,b\n1,2\n", "1|2", ',', '.');
  check("a,b\r\n1,2\r\n3,4", "1|2/3|4", ',', '.'); /* no end after the last row */
  check("a,b\r1,2\r3,4\r", "1|2/3|4", ',', '.');   /* CR alone */
  check("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", "x, y|say \"hi\"", ',', '.');
  check("a,b\n\"two\nlines\",z\n", "two\nlines|z", ',', '.');
  check("a,b\n\"\",\n", "", ',', '.');    /* empty cells only: no row */
  check("a,b\n\n\n1,\n", "1|", ',', '.'); /* blank lines hold no row */
  check("\xEF\xBB\xBF"
        "a,b\n1,2\n",
        "1|2", ',', '.');                             /* byte order mark */
  check("a,b\n5\" pipe,2\n", "5\" pipe|2", ',', '.'); /* a quote inside a field is text */
  check("a\n1\n2\n", "1/2", ',', '.');
  assert_int_equal(kn_findings_count(findings, KN_ERROR), 0);
}

static void
separator_and_decimal_are_found(void **state)
{
  (void)state;
  check("a;b\nx;1,5\n", "x|1,5", ';', ',');
  check("a;b\nx;1.5\n", "x|1.5", ';', '.');
  check("a;b\nx;15\n", "x|15", ';', '.');
  check("a\tb\nx, y\t-0,25\n", "x, y|-0,25", '\t', ',');
  check("a,b\n\"1,5\",2\n", "1,5|2", ',', '.');               /* a comma file has points, whatever it says */
  check("name;place, country\nx;Genk\n", "x|Genk", ';', '.'); /* the comma would leave rows uneven */
  check("sep=;\na;b\n1,2;3\n", "1,2|3", ';', ',');
  check("a;b\n1.234;2,5\n", "1.234|2,5", ';', ','); /* 1.234 may be thousands; 2,5 decides */
  assert_null(finding_of(findings, "decimal"));
  assert_non_null(finding_of(findings, "detected"));
}

/* Only 1.234 or only 1,234: it is said how it was read, and where. */
static void
doubtful_decimal_is_told(void **state)
{
  (void)state;
  check("a;b\nx;7\ny;1.234\n", "x|7/y|1.234", ';', '.');
  const kn_finding *told = finding_at(findings, "decimal", 3, 2);
  assert_non_null(told);
  assert_int_equal(told->severity, KN_WARNING);
  assert_string_equal(told->value, "1.234");
}

/* Text columns of a known table do not count: "24.10" is a NACE code, "1,5" a quantity. */
static void
only_number_columns_tell_the_decimal(void **state)
{
  (void)state;
  char out[4096];
  const char *text = "actor_id;name;nace;jobs_fte\na;A;24.10;1,5\n";
  const kn_csv_head head = read_text(out, text, strlen(text), kn_schema(KN_T_ACTOR), KN_CSV_DETECT);
  assert_int_equal(head.decimal, ',');
}

static void
known_names_choose_the_separator(void **state)
{
  (void)state;
  char out[4096];
  const char *text = "actor_id,name,\"b;c\",d;e\nx,y,z,w\n";
  assert_int_equal(read_text(out, text, strlen(text), kn_schema(KN_T_ACTOR), KN_CSV_DETECT).separator, ',');
  assert_string_equal(out, "x|y|z|w");
}

static void
ambiguous_separator_is_refused(void **state)
{
  (void)state;
  char out[4096];
  const char *text = "a;b,c\n1;2,3\n";
  assert_int_equal(read_text(out, text, strlen(text), NULL, KN_CSV_DETECT).count, 0);
  assert_non_null(finding_at(findings, "separator", 1, 1));
}

static void
wrong_declared_separator_is_told(void **state)
{
  (void)state;
  char out[4096];
  const char *text = "actor_id;name\nx;y\n";
  read_text(out, text, strlen(text), kn_schema(KN_T_ACTOR), (kn_csv_dialect){.separator = ',', .quote = '"'});
  assert_non_null(finding_at(findings, "separator", 1, 1));
}

static void
lines_count_inside_quotes(void **state)
{
  (void)state;
  const char *text = "a,b\n\"1\r\n2\n3\",x\ny\n";
  char out[4096];
  read_text(out, text, strlen(text), NULL, KN_CSV_DETECT);
  assert_non_null(finding_at(findings, "row_width", 5, 2)); /* header 1, row 2 to 4, then line 5 */
}

static void
rows_of_another_width_are_refused(void **state)
{
  (void)state;
  const char *text = "a,b,c\n1,2\n1,2,3,4\n1,2,3\n";
  char out[4096];
  read_text(out, text, strlen(text), NULL, KN_CSV_DETECT);
  assert_string_equal(out, "1|2|/1|2|3/1|2|3");
  assert_non_null(finding_at(findings, "row_width", 2, 3));
  assert_non_null(finding_at(findings, "row_width", 3, 4));
  assert_int_equal(kn_findings_count(findings, KN_ERROR), 2);
}

static void
open_quote_is_named_where_it_opened(void **state)
{
  (void)state;
  const char *text = "a,b\n1,2\n3,\"never\nends\n5,6\n";
  char out[4096];
  read_text(out, text, strlen(text), NULL, KN_CSV_DETECT);
  assert_non_null(finding_at(findings, "quote", 3, 2));
  assert_int_equal(kn_findings_count(findings, KN_ERROR), 1);
}

static void
text_behind_a_quote_is_refused(void **state)
{
  (void)state;
  const char *text = "a,b\n\"x\"y,2\n";
  char out[4096];
  read_text(out, text, strlen(text), NULL, KN_CSV_DETECT);
  assert_non_null(finding_at(findings, "quote", 2, 1));
}

static void
bad_bytes_have_line_and_cell(void **state)
{
  (void)state;
  static const char text[] = "a,b\nx,caf\xE9\n\0y,z\n";
  char out[4096];
  read_text(out, text, sizeof text - 1, NULL, KN_CSV_DETECT);
  const kn_finding *told = finding_at(findings, "utf8", 2, 2);
  assert_non_null(told);
  assert_non_null(strstr(told->sentence, "0xE9"));
  assert_non_null(finding_at(findings, "nul", 3, 1));
}

static void
utf16_gets_a_clear_word(void **state)
{
  (void)state;
  static const char marked[] = "\xFF\xFE"
                               "a\0,\0b\0\n\0";
  static const char plain[] = "a\0,\0b\0\n\0";
  char out[4096];
  assert_int_equal(read_text(out, marked, sizeof marked - 1, NULL, KN_CSV_DETECT).count, 0);
  assert_int_equal(read_text(out, plain, sizeof plain - 1, NULL, KN_CSV_DETECT).count, 0);
  assert_int_equal(kn_findings_count(findings, KN_ERROR), 2);
  assert_non_null(finding_of(findings, "utf16"));
}

static void
declared_encoding_is_honoured(void **state)
{
  (void)state;
  char out[4096];
  const char *latin = "a;b\ncaf\xE9;\x80\n";
  read_text(out, latin, strlen(latin), NULL, (kn_csv_dialect){.separator = ';', .quote = '"', .encoding = "windows-1252"});
  assert_string_equal(out, "café|€");
  static const char wide[] = "\xFF\xFE"
                             "a\0,\0b\0\n\0\x41\x30,\0x\0";
  read_text(out, wide, sizeof wide - 1, NULL, (kn_csv_dialect){.quote = '"', .encoding = "UTF-16"});
  assert_string_equal(out, "ぁ|x");
  assert_int_equal(kn_findings_count(findings, KN_ERROR), 0);
  read_text(out, "a,b\n", 4, NULL, (kn_csv_dialect){.quote = '"', .encoding = "klingon"});
  assert_non_null(finding_at(findings, "encoding", 1, 1));
}

static void
field_of_64_kib_is_the_most(void **state)
{
  (void)state;
  const size_t size = KN_FIELD_MOST + 16;
  char *text = malloc(size);
  char out[4096];
  for (int more = 0; more < 2; more++) {
    const size_t field = KN_FIELD_MOST + (size_t)more;
    memcpy(text, "a,b\n1,", 6);
    memset(text + 6, 'x', field);
    read_text(out, text, 6 + field, NULL, KN_CSV_DETECT);
    assert_int_equal(kn_findings_count(findings, KN_ERROR), more);
  }
  assert_non_null(finding_at(findings, "field_size", 2, 2));
  free(text);
}

static void
headers_are_checked(void **state)
{
  (void)state;
  char out[4096];
  assert_int_equal(read_text(out, "", 0, NULL, KN_CSV_DETECT).count, 0);
  assert_non_null(finding_at(findings, "no_header", 1, 1));
  const char *gap = ";;\n a ;;b;\n1;;2;\n3;x;4;\n"; /* spreadsheets leave empty rows, columns and blanks */
  assert_int_equal(read_text(out, gap, strlen(gap), NULL, KN_CSV_DETECT).count, 2);
  assert_string_equal(out, "1|2/3|4");
  assert_non_null(finding_at(findings, "no_column_name", 4, 2));
}

static void
missing_values_are_blank(void **state)
{
  (void)state;
  char out[4096];
  static const char *const missing[] = {"NA", "-"};
  const char *text = "a,b\nNA,1\n-,2\nNAT,3\n";
  read_text(out, text, strlen(text), NULL, (kn_csv_dialect){.quote = '"', .missing_count = 2, .missing = missing});
  assert_string_equal(out, "|1/|2/NAT|3");
}

/* Any bytes between quotes, with quotes doubled, come back as they were: 2000 random tables. */
static void
quoted_text_comes_back(void **state)
{
  (void)state;
  uint32_t seed = 1;
  static const char letters[] = "ab,;\"\n\r\t x";
  for (int round = 0; round < 2000; round++) {
    char text[512] = "p,q\n", want[256] = "", out[4096];
    size_t n = 4, w = 0;
    for (int c = 0; c < 2; c++) {
      text[n++] = '"';
      if (c)
        want[w++] = '|';
      for (uint32_t k = 0; k < 1 + (seed >> 20) % 12; k++) {
        seed = seed * 1664525u + 1013904223u;
        const char letter = letters[(seed >> 16) % (sizeof letters - 1)];
        want[w++] = text[n++] = letter;
        if (letter == '"')
          text[n++] = '"';
      }
      text[n++] = '"';
      text[n++] = c ? '\n' : ',';
    }
    read_text(out, text, n, NULL, (kn_csv_dialect){.separator = ',', .quote = '"'});
    want[w] = '\0';
    assert_string_equal(out, want);
  }
  assert_int_equal(kn_findings_count(findings, KN_ERROR), 0);
}

/* More rows than one block holds: nothing lost at the seams. */
static void
blocks_join(void **state)
{
  (void)state;
  const int rows = 100000;
  char *text = malloc((size_t)rows * 16 + 16);
  size_t n = (size_t)sprintf(text, "a,b\n");
  for (int i = 0; i < rows; i++)
    n += (size_t)sprintf(text + n, "%d,x%d\n", i, i);
  kn_csv *csv;
  const kn_csv_dialect dialect = KN_CSV_DETECT;
  assert_int_equal(kn_csv_open_bytes(&csv, "t.csv", text, n, NULL, &dialect, findings, &err), KN_OK);
  assert_true(kn_csv_get_head(csv).row_hint >= rows);
  kn_row_block block;
  int next = 0;
  do {
    assert_int_equal(kn_csv_next(csv, &block, &err), KN_OK);
    for (int64_t r = 0; r < block.rows; r++, next++) {
      char want[16];
      assert_int_equal(block.line[r], next + 2);
      assert_int_equal(block.cells[r * 2 + 1].length, sprintf(want, "x%d", next));
      assert_memory_equal(block.cells[r * 2 + 1].text, want, (size_t)block.cells[r * 2 + 1].length);
    }
  } while (block.rows > 0);
  assert_int_equal(next, rows);
  kn_csv_free(csv);
  free(text);
}

static void
absent_file_is_an_io_error(void **state)
{
  (void)state;
  kn_csv *csv;
  const kn_csv_dialect dialect = KN_CSV_DETECT;
  assert_int_equal(kn_csv_open(&csv, "/nowhere/offer.csv", NULL, &dialect, findings, &err), KN_E_IO);
  assert_null(csv);
  assert_non_null(strstr(err.text, "/nowhere/offer.csv"));
  assert_int_equal(kn_csv_open(&csv, "/", NULL, &dialect, findings, &err), KN_E_IO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(cells_of_rfc_4180),
      TEST(separator_and_decimal_are_found),
      TEST(doubtful_decimal_is_told),
      TEST(only_number_columns_tell_the_decimal),
      TEST(known_names_choose_the_separator),
      TEST(ambiguous_separator_is_refused),
      TEST(wrong_declared_separator_is_told),
      TEST(lines_count_inside_quotes),
      TEST(rows_of_another_width_are_refused),
      TEST(open_quote_is_named_where_it_opened),
      TEST(text_behind_a_quote_is_refused),
      TEST(bad_bytes_have_line_and_cell),
      TEST(utf16_gets_a_clear_word),
      TEST(declared_encoding_is_honoured),
      TEST(field_of_64_kib_is_the_most),
      TEST(headers_are_checked),
      TEST(missing_values_are_blank),
      TEST(quoted_text_comes_back),
      TEST(blocks_join),
      TEST(absent_file_is_an_io_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
