/* Any bytes as a CSV file. What holds: no crash; each block is within its bounds; every cell is text or blank and at
 * most 64 KiB; a second reading finds the same. The first byte chooses how the file is said to be written. */
#include <stdlib.h>
#include <string.h>

#include "formats/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A number that stands for all cells of the file. */
static uint64_t
read_all(const uint8_t *data, size_t size, const kn_table_def *def, const kn_csv_dialect *dialect)
{
  kn_error err = {0};
  kn_findings *findings;
  kn_csv *csv;
  if (kn_findings_new(&findings, 50, &err) != KN_OK)
    abort();
  if (kn_csv_open_bytes(&csv, "fuzz.csv", data, size, def, dialect, findings, &err) != KN_OK)
    abort();
  const kn_csv_head head = kn_csv_get_head(csv);
  uint64_t sum = (uint64_t)head.count;
  kn_row_block block = {.rows = head.count > 0};
  while (block.rows > 0) {
    if (kn_csv_next(csv, &block, &err) != KN_OK)
      abort();
    for (int64_t i = 0; i < block.rows * head.count; i++) {
      const kn_cell *cell = &block.cells[i];
      if (cell->length < 0 || cell->length > KN_FIELD_MOST || kn_text_bad_utf8(cell->text, (size_t)cell->length) >= 0)
        abort();
      for (int32_t c = 0; c < cell->length; c++)
        sum = sum * 31 + (uint8_t)cell->text[c];
    }
  }
  sum = sum * 31 + (uint64_t)kn_findings_count(findings, KN_ERROR);
  kn_csv_free(csv);
  kn_findings_free(findings);
  return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const missing[] = {"NA"};
  kn_csv_dialect dialect = KN_CSV_DETECT;
  const uint8_t choice = size > 0 ? data[0] : 0;
  if (choice & 1)
    dialect.separator = ';';
  if (choice & 2)
    dialect.is_trimmed = true;
  if (choice & 4)
    dialect.quote = 0;
  if (choice & 8)
    dialect = (kn_csv_dialect){.quote = '\'', .missing_count = 1, .missing = missing};
  if ((choice & 48) == 48)
    dialect.encoding = "UTF-16";
  const kn_table_def *def = choice & 64 ? kn_schema(KN_T_OFFER) : NULL;
  if (size > 0)
    data++, size--;
  if (read_all(data, size, def, &dialect) != read_all(data, size, def, &dialect))
    abort();
  return 0;
}
