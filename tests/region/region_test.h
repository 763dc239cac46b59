/* Small regions from text, for the tests of this folder: each table is a CSV without quotes. */
#ifndef REGION_TEST_H
#define REGION_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "knoop/builder.h"

#define assert_near(a, b, gap) assert_true(fabs((double)(a) - (double)(b)) <= (gap))
#define MOST_COLUMNS 40

typedef struct test_table {
  kn_table_id table;
  const char *csv; /* first line: names; '|' ends a line as '\n' does; cells parted by ',' */
  bool is_stored;  /* as if it came from the region file */
} test_table;

typedef struct test_built {
  kn_findings *findings;
  kn_builder *builder;
  kn_region *region; /* NULL: refused */
  kn_error err;
} test_built;

static inline const char *
test_file(kn_table_id table)
{
  static const char *const files[KN_TABLE_COUNT] = {"settings.csv",
                                                    "source.csv",
                                                    "area.csv",
                                                    "actor.csv",
                                                    "site.csv",
                                                    "resource.csv",
                                                    "offer.csv",
                                                    "need.csv",
                                                    "offer_property.csv",
                                                    "need_spec.csv",
                                                    "substitution.csv",
                                                    "process.csv",
                                                    "process_flow.csv",
                                                    "unit.csv",
                                                    "gateway.csv",
                                                    "mode.csv",
                                                    "node.csv",
                                                    "link.csv",
                                                    "terminal.csv",
                                                    "tariff.csv",
                                                    "flow.csv",
                                                    "balance_node.csv",
                                                    "transfer.csv",
                                                    "flow_property.csv",
                                                    "stock_level.csv",
                                                    "incentive.csv",
                                                    "precedent.csv",
                                                    "permit.csv",
                                                    "total.csv",
                                                    "stock.csv",
                                                    "stock_year.csv",
                                                    "stock_cohort.csv",
                                                    "fleet.csv",
                                                    "fleet_year.csv",
                                                    "product.csv",
                                                    "product_material.csv",
                                                    "material_account.csv",
                                                    "treatment_account.csv",
                                                    "profile.csv",
                                                    "profile_hour.csv",
                                                    "trial.csv"};
  return files[table];
}

/* Splits one line (ended by '\n', '|' or '\0') into cells; returns what follows the line. */
static inline const char *
test_split(const char *line, kn_cell *cells, int32_t *count)
{
  *count = 0;
  for (;;) {
    const size_t length = strcspn(line, ",|\n");
    assert_true(*count < MOST_COLUMNS);
    cells[*count] = (kn_cell){.text = line, .length = (int32_t)length, .column_no = *count + 1};
    ++*count;
    line += length;
    if (*line != ',')
      return *line == '\0' ? line : line + 1;
    line++;
  }
}

static inline void
test_add_text(kn_builder *builder, kn_table_id table, const char *file, const char *csv)
{
  kn_cell cells[MOST_COLUMNS];
  char names[MOST_COLUMNS][64];
  const char *name[MOST_COLUMNS];
  kn_error err = {0};
  int32_t columns, count;
  csv = test_split(csv, cells, &columns);
  for (int32_t j = 0; j < columns; j++) {
    snprintf(names[j], sizeof names[j], "%.*s", cells[j].length, cells[j].text);
    name[j] = names[j];
  }
  assert_int_equal(kn_builder_batch(builder, table, file, columns, name, 0, &err), KN_OK);
  for (int64_t line = 2; *csv != '\0'; line++) {
    csv = test_split(csv, cells, &count);
    for (; count < columns; count++)
      cells[count] = (kn_cell){.text = "", .column_no = count + 1};
    assert_int_equal(count, columns);
    assert_int_equal(kn_builder_row(builder, line, cells, '.', &err), KN_OK);
  }
}

static inline void
test_add_stored(kn_builder *builder, kn_table_id table, const char *csv)
{
  test_add_text(builder, table, NULL, csv);
}

static inline test_built
test_start(void)
{
  test_built built = {0};
  assert_int_equal(kn_findings_new(&built.findings, 50, &built.err), KN_OK);
  assert_int_equal(kn_builder_new(&built.builder, built.findings, &built.err), KN_OK);
  return built;
}

static inline test_built
test_build(const test_table *tables, size_t count)
{
  test_built built = test_start();
  for (size_t i = 0; i < count; i++)
    test_add_text(built.builder, tables[i].table, tables[i].is_stored ? NULL : test_file(tables[i].table), tables[i].csv);
  const kn_code code = kn_builder_end(built.builder, &built.region, &built.err);
  assert_true(code == KN_OK || code == KN_E_INPUT);
  assert_true((code == KN_OK) == (built.region != NULL));
  return built;
}
#define TEST_BUILD(...) test_build((test_table[]){__VA_ARGS__}, sizeof((test_table[]){__VA_ARGS__}) / sizeof(test_table))

static inline void
test_done(test_built *built)
{
  kn_region_free(built->region);
  kn_builder_free(built->builder);
  kn_findings_free(built->findings);
}

/* The first finding of a rule, or NULL. */
static inline const kn_finding *
test_find(const kn_findings *findings, const char *rule)
{
  for (int64_t i = 0; i < kn_findings_kept(findings); i++)
    if (strcmp(kn_findings_get(findings, i)->rule, rule) == 0)
      return kn_findings_get(findings, i);
  return NULL;
}

static inline int64_t
test_count(const kn_findings *findings, const char *rule)
{
  int64_t count = 0;
  for (int64_t i = 0; i < kn_findings_kept(findings); i++)
    count += strcmp(kn_findings_get(findings, i)->rule, rule) == 0;
  return count;
}

static inline void
test_show(const kn_findings *findings)
{
  for (int64_t i = 0; i < kn_findings_kept(findings); i++) {
    const kn_finding *f = kn_findings_get(findings, i);
    fprintf(stderr, "# %s %s:%" PRId64 ":%" PRId64 " %s %s %s '%s': %s (%s)\n", f->rule, f->file, f->line, f->column_no, f->table,
            f->row, f->column, f->value, f->sentence, f->proposal);
  }
}

/* The least that a region needs; tests add to it. */
#define SETTINGS                                                                                                                 \
  {                                                                                                                              \
    KN_T_SETTINGS, "key,value|name,Test|currency,EUR|plan_year,2030", false                                                      \
  }
#define ACTORS                                                                                                                   \
  {                                                                                                                              \
    KN_T_ACTOR, "actor_id,name|a1,Acme", false                                                                                   \
  }
#define SITES                                                                                                                    \
  {                                                                                                                              \
    KN_T_SITE, "site_id,actor_id,name,lon,lat|s1,a1,Hall,5.5,50.9|s2,a1,Yard,5.6,51", false                                      \
  }
#define RESOURCES                                                                                                                \
  {                                                                                                                              \
    KN_T_RESOURCE,                                                                                                               \
        "resource_id,class,name,parent_id|wood,material,Wood,|chips,material,Wood chips,wood|heat,energy,Heat,|"                 \
        "hall,space,Hall,|work,labour,Work,|water,water,Water,|money,capital,Money,",                                            \
        false                                                                                                                    \
  }
#define OFFERS                                                                                                                   \
  {                                                                                                                              \
    KN_T_OFFER, "offer_id,site_id,resource_id,quantity|o1,s1,chips,100", false                                                   \
  }

#endif
