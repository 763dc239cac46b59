/* src/plan/flow.h - an exchange over a network as one flow on its links. */
#ifndef KN_PLAN_FLOW_H
#define KN_PLAN_FLOW_H

#include "plan/recast.h"

/* The optimum over all pairs, without looking at pairs: each layer of supplies that may serve the same demands at the same extra
 * worth flows on a copy of the network (kn_supernet), all copies end in the demands, and a ground takes what keeps to today. One
 * search back from the demands at their duals then gives every supply its best partner, which proves the bound. *out is NULL
 * where the exchange is no such flow: pairs with specs or windows, tariffs, limits of a leg that the flow breaks, or a network
 * that is large beside its places.
 * errors  as kn_exchange_solve()
 * cost    expected about (nodes and links of all layers)^1.5, and two searches over them */
kn_code plan_flow_solve(kn_exchange_solution **out, const plan_recast *recast, const kn_watch *watch, kn_error *err);

#endif
