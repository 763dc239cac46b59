/* formats/describe.h - datapackage.json of a region: which tables and columns an export holds, and what they mean. */
#ifndef KNOOP_FORMATS_DESCRIBE_H
#define KNOOP_FORMATS_DESCRIBE_H

#include "formats/internal.h"

/* Required columns, and those with a value in some row. O(rows). */
bool column_is_written(const kn_table *table, int32_t column);
/* Tables with rows, required ones, and offer where neither offer nor need has rows. */
bool table_is_written(const kn_region *region, kn_table_id table);
/* Is there a row with a geometry (of an area, of a link)? O(rows). */
bool has_shapes(const kn_region *region, kn_table_id table);
/* The descriptor (Frictionless Data Package v1 with Table Schema); NULL when memory is out. */
json_t *package_describe(const kn_region *region);

#endif
