/* What the files that make typed views share: columns by name, blanks filled, rows grouped. */
#ifndef KNOOP_REGION_VIEWS_H
#define KNOOP_REGION_VIEWS_H

#include "region/internal.h"

static inline const kn_column *
column(const kn_region *region, kn_table_id table, const char *name)
{
  return kn_table_column(&region->table[table], name);
}

static inline const char *const *
text(const kn_region *region, kn_table_id table, const char *name)
{
  return column(region, table, name)->text;
}

static inline const int32_t *
number(const kn_region *region, kn_table_id table, const char *name)
{
  return column(region, table, name)->number;
}

static inline const uint8_t *
word(const kn_region *region, kn_table_id table, const char *name)
{
  return column(region, table, name)->word;
}

static inline const double *
real(const kn_region *region, kn_table_id table, const char *name)
{
  return column(region, table, name)->real;
}

/* A column with its blanks filled; lent as it is where it has none, an array that others may share where it has nothing else. */
kn_code kn_view_real_or(kn_region *region, kn_table_id table, const char *name, double otherwise, const double **out,
                        kn_error *err);
/* A word (size 1), or a number 0/1 kept as int32, as bytes with a default. */
kn_code kn_view_byte_or(kn_region *region, kn_table_id table, const char *name, uint8_t otherwise, const uint8_t **out,
                        kn_error *err);
/* Points on the sphere of a table with lon and lat. */
kn_code kn_view_points(kn_region *region, kn_table_id table, const kn_point **out, kn_error *err);
/* Rows grouped by the row they belong to, in the order of the table (those of KN_NONE, as in a salvaged region, left out):
 * first [groups + 1] of the region, order [rows] of the arena `order_in`. O(rows + groups). */
kn_code kn_view_group_rows(kn_region *region, int64_t rows, const int32_t *owner, int64_t groups, const int32_t **first_out,
                           const int32_t **order_out, kn_arena *order_in, kn_error *err);

#endif
