/* Products of dense blocks, and what else is done with a block by one thread.
 *
 * Ours, and not BLAS's, for two reasons. OpenBLAS as Debian 12 has it in libopenblas0-serial (0.3.21, built without USE_LOCKING) hands the
 * same buffer to two threads at times when they call it at once: of 600,000 products of 100 x 100 on four threads 1 to 39 came out wrong.
 * And it takes processors with AVX-512 that are younger than itself for ones without, which halves its speed there.
 *
 * 24 x 8 entries of C in registers with AVX-512, 12 x 4 with AVX2, 4 x 4 elsewhere, whichever the processor has; blocks of A and B are copied
 * into the order in which they are read.
 * source  Goto & van de Geijn (2008), Anatomy of high-performance matrix multiplication, ACM TOMS 34(3) */
#ifndef KNOOP_NUMERIC_KERNEL_H
#define KNOOP_NUMERIC_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* Room of one thread for the copies: [KERNEL_ROOM] doubles, aligned to 64 bytes. */
enum { KERNEL_TILE = 384, KERNEL_DEPTH = 256, KERNEL_ROOM = 2 * KERNEL_TILE * KERNEL_DEPTH };

typedef struct kernel_block {
  const double *at; /* by columns */
  int64_t stride;
  bool is_transposed;
} kernel_block;

/* C [m,n] <- C + sign op(A) op(B) with op(A) [m,k], op(B) [k,n]; op: as it is, or the transpose. */
void kernel_multiply(int64_t m, int64_t n, int64_t k, double sign, kernel_block a, kernel_block b, double *c, int64_t c_stride,
                     double *room);
/* The same in the ways that this processor has, the best (0) first; false: there are not so many. For tests. */
bool kernel_multiply_by(int way, int64_t m, int64_t n, int64_t k, double sign, kernel_block a, kernel_block b, double *c,
                        int64_t c_stride, double *room);
/* The lower triangle of C [n,n] (and some above it) <- C + sign op(A) op(B). */
void kernel_multiply_lower(int64_t n, int64_t k, double sign, kernel_block a, kernel_block b, double *c, int64_t c_stride,
                           double *room);

/* C [m,n] <- sign X op(D), with D [n,n] lower and 0 above: op: as it is, or the transpose. C [n,m] <- sign D' X. */
void kernel_triangle_right(int64_t m, int64_t n, double sign, const double *x, int64_t x_stride, kernel_block d, double *c,
                           int64_t c_stride, double *room);
void kernel_triangle_left(int64_t n, int64_t m, double sign, const double *d, int64_t d_stride, const double *x, int64_t x_stride,
                          double *c, int64_t c_stride, double *room);

/* A [n,n] symmetric, lower triangle -> L with A = L L', in place, and B [rows,n] below it -> B L'^-1; what is above the diagonal is lost.
 * The first column whose pivot is not above 0 comes back; n: all are. */
int64_t kernel_factor(int64_t n, int64_t rows, double *a, int64_t stride, double *room);
/* d [n,n] <- the inverse of L, lower; 0 above. */
void kernel_invert(int64_t n, const double *l, int64_t stride, double *d, int64_t d_stride, double *room);

#endif
