/* The statements of src/store/queries, as embed_queries.c writes them while building. */
#ifndef KN_STORE_QUERIES_H
#define KN_STORE_QUERIES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct kn_named_sql {
  const char *name, *sql;
  bool is_view; /* made on every connection, in the order of the list */
  bool is_all;  /* may read closed tables */
} kn_named_sql;
extern const kn_named_sql kn_queries[]; /* views first, then statements rising by name; name NULL ends */
extern const int32_t kn_query_count;

#endif
