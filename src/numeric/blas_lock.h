/* One lock for whoever calls BLAS or LAPACK: OpenBLAS as Debian 12 has it for one thread hands its work space out without one (kernel.h). */
#ifndef KNOOP_NUMERIC_BLAS_LOCK_H
#define KNOOP_NUMERIC_BLAS_LOCK_H

void kn_blas_lock(void);
void kn_blas_unlock(void);

#endif
