/* report/bundle.c - many ties to few ribbons. */
#include "report/internal.h"

#include <stdlib.h>

/* The node of this key, made when it is new; -1 when memory is out. Pictures have some dozens of nodes. */
int32_t
bundle_put(page *p, bundle *b, int64_t key, int32_t column, int32_t class_of)
{
  for (int32_t i = 0; i < b->node_count; i++)
    if (b->node[i].key == key)
      return i;
  if (p->code == KN_OK)
    p->code = KN_GROW(b->node, b->node_capacity, b->node_count + 1, p->err);
  if (p->code != KN_OK)
    return -1;
  b->node[b->node_count] = (bundle_node){.key = key, .column = column, .class_of = class_of};
  return b->node_count++;
}

void
bundle_tie(page *p, bundle *b, int32_t from, int32_t to, int32_t class_of, bool is_cost, const bundle_link *amount)
{
  if (from < 0 || to < 0)
    return;
  bundle_link *link = NULL;
  for (int32_t i = 0; i < b->link_count && !link; i++)
    if (b->link[i].from == from && b->link[i].to == to && b->link[i].class_of == class_of && b->link[i].is_cost == is_cost)
      link = &b->link[i];
  if (!link) {
    if (p->code == KN_OK)
      p->code = KN_GROW(b->link, b->link_capacity, b->link_count + 1, p->err);
    if (p->code != KN_OK)
      return;
    link = &b->link[b->link_count++];
    *link = (bundle_link){.from = from, .to = to, .class_of = class_of, .is_cost = is_cost};
  }
  link->ties += amount->ties;
  link->quantity += amount->quantity;
  link->eur += amount->eur;
  link->size += amount->size;
}

void
bundle_free(bundle *b)
{
  free(b->node);
  free(b->link);
  *b = (bundle){0};
}
