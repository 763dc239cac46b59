/* report/balance.h - reported flows as nodes and ribbons: gathered and laid out in balance.c, drawn in balance_draw.c. */
#ifndef KNOOP_REPORT_BALANCE_H
#define KNOOP_REPORT_BALANCE_H

#include "report/internal.h"

enum { LAYERS_MOST = 3 }; /* of nodes that both give and take */

typedef struct flow_node {
  const char *label;
  double gives, takes;       /* px */
  double quantity, variance; /* of the larger side, unit of the class; class_of -1: of several */
  double in, out, in_variance, out_variance;
  int32_t class_of, layer, merged;
  bool has_in, has_out, is_outside;
} flow_node;

typedef struct flow_ribbon {
  int32_t from, to, class_of;
  double quantity, variance;
  int64_t flows;
} flow_ribbon;

typedef struct flow_picture {
  const kn_report_balance *in;
  kn_flow_view flows;
  kn_report_fold fold;
  kn_keymap *numbers, *pairs; /* of nodes; of ribbons, by both ends and class */
  kn_keymap *places, *labels; /* when a node is a place: its name by its key, and what bears which name */
  const char **place;
  const int32_t *site_count; /* [actors] */
  flow_node *node;
  flow_ribbon *ribbon;
  int64_t node_count, ribbon_count, node_room, ribbon_room, place_count, place_room, unknown, within;
  int32_t year_first, year_last, layer_count;
  double scale[KN_CLASS_COUNT];
} flow_picture;

/* Nodes and ribbons of the newest report of each flow; p->code says whether it went well. To be freed in either case. */
void flows_gather(page *p, flow_picture *f);
void flows_free(flow_picture *f);
/* Widths, layers, small nodes put together: before it is drawn. */
void flows_lay(page *p, flow_picture *f);

#endif
