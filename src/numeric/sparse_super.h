/* The numbers of a supernodal factor whose pattern CHOLMOD found. */
#ifndef KNOOP_NUMERIC_SPARSE_SUPER_H
#define KNOOP_NUMERIC_SPARSE_SUPER_H

#include "knoop/base.h"

#include <suitesparse/cholmod.h>

/* Is a supernode so wide that several threads are worth while? Depends on the pattern alone. */
bool super_is_wide(const cholmod_factor *factor);
/* L with P S P' = L L', into factor->x. lower: S, lower triangle. place [k]: where a row stands in the order; supernode [k] of a place.
 * factor->minor: the first column whose pivot is not above 0; from there on nothing holds. What lies above the diagonal of a wide block is free.
 * Left-looking by supernodes (Ng & Peyton 1993, Block sparse Cholesky algorithms on advanced uniprocessor computers, SIAM J. Sci. Comput.
 * 14(5); CHOLMOD's own way), wide ones in tiles. */
kn_code super_factorize(cholmod_factor *factor, const cholmod_sparse *lower, const int64_t *place, const int64_t *supernode,
                        int32_t threads, cholmod_common *common, kn_error *err);

#endif
