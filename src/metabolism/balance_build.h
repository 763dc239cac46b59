/* A region's reported flows as a system of figures. */
#ifndef KN_METABOLISM_BALANCE_BUILD_H
#define KN_METABOLISM_BALANCE_BUILD_H

#include "metabolism/balance_solve.h"

/* Which flows meet at a node. */
typedef struct balance_meeting {
  int32_t node, year, class_of, enter; /* enter: of the resource in its tree */
  int32_t flow;
  int8_t sign; /* +1 enters the node, -1 leaves it */
  bool is_stock;
} balance_meeting;

typedef struct balance_node {
  const char *id;
  int32_t rule; /* row of balance_node, or KN_NONE */
} balance_node;

typedef struct balance_build {
  const kn_region *region;
  kn_flow_view flows;
  kn_balance_rule_view rules;
  kn_transfer_view transfers;
  kn_flow_property_view properties;
  kn_stock_level_view levels;
  kn_resource_view resources;
  int32_t year; /* KN_BLANK_INT: all */
  int64_t assumed_count;

  /* variables: rooms are counted first */
  int64_t n;
  double *measured, *sd, *start;
  uint8_t *is_signed, *what;
  int32_t *row_of;
  int32_t *flow_variable;    /* [flows] -1: another year */
  int32_t *content_variable; /* [properties] -1: none */
  int32_t *value_variable;   /* [properties] */

  /* rows, growing */
  int64_t rows, entries, row_room, b_room, column_room, value_room;
  int64_t *row_start;
  int32_t *row_column;
  double *row_value, *b;
  /* products, growing */
  int64_t products, of_room, left_room, right_room;
  int32_t *of, *left, *right;
  /* what each row is about, growing; rows of transfers and levels have no node (KN_NONE) */
  int64_t about_room;
  struct balance_about {
    int32_t node, year, layer, resource;
  } * about;

  int64_t node_count;
  balance_node *nodes; /* [2 x flows + levels] */
  kn_keymap *node_numbers;
  int32_t *from, *to; /* [flows] node, KN_NONE: outside */
  uint8_t *has_stock; /* [flows] an end is a stock */
  int64_t meeting_count;
  balance_meeting *meetings;

  int32_t layer_count; /* classes, mass, then properties */
  const char **layer_name, **layer_unit;
  int32_t *property_layer;                 /* [properties] */
  int32_t *property_first, *property_next; /* [flows], [properties]: properties of a flow */
  kn_arena *keep, *scratch;
} balance_build;

enum { LAYER_MASS = KN_CLASS_COUNT, LAYER_PROPERTIES };

/* balance_nodes.c: variables of flows, nodes, who meets where, and the rows of the classes. */
kn_code balance_take_flows(balance_build *b, kn_error *err);
kn_code balance_build_rows(balance_build *b, kn_error *err);
/* 1 balances, 0 does not, -1: nothing is said. */
int balance_rule_of(const balance_build *b, int32_t node, const char *layer);
kn_code balance_add_row(balance_build *b, const balance_meeting *meeting, int64_t count, int32_t layer, int32_t resource,
                        const double *factor, const int32_t *variable, kn_error *err);
bool balance_is_two_sided(const balance_meeting *meeting, int64_t count, const int32_t *variable);
int32_t balance_add_variable(balance_build *b, kn_balance_what what, int64_t row, double measured, double sd, double start,
                             bool is_signed);
/* The deviation of a figure: sd, else rel_sd of it, else what is assumed. KN_E_INPUT below 0. */
kn_code balance_deviation(balance_build *b, const char *name, double value, double sd, double rel_sd, double *out, kn_error *err);
/* A row without a node. */
kn_code balance_open_row(balance_build *b, double right_side, kn_error *err);
kn_code balance_add_entry(balance_build *b, int32_t variable, double value, kn_error *err);

/* balance_layers.c: transfer coefficients, what flows carry, levels of stocks. */
kn_code balance_take_layers(balance_build *b, kn_error *err);
/* Rows of the further layers where the flows meeting[count] of one node and year meet; is_taken [classes]: those that such a row
 * balances instead of their own. */
kn_code balance_layer_rows(balance_build *b, const balance_meeting *meeting, int64_t count, bool *is_taken, kn_error *err);
kn_code balance_level_rows(balance_build *b, kn_error *err);

/* The class whose own flows belong to a further layer of that name: energy, money; KN_NONE. */
int32_t balance_class_of_layer(const char *layer);

void balance_build_free(balance_build *b);

#endif
