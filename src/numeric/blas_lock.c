/* CLP calls LAPACK where what is left of a basis is dense (CoinFactorization), and scenarios are solved by several threads. The two
 * routines that it calls stand here under their own names, which the dynamic linker prefers to the library's, and pass the call on: held
 * up is only who factors or solves such a rest at the same time, not the whole program. */
#include "numeric/blas_lock.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

typedef void factor_call(const int *rows, const int *columns, double *a, const int *stride, int *pivots, int *info);
typedef void solve_call(const char *form, const int *n, const int *count, const double *a, const int *stride, const int *pivots,
                        double *b, const int *b_stride, int *info, size_t form_length);
factor_call dgetrf_;
solve_call dgetrs_;

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *factor, *solve;

void
kn_blas_lock(void)
{
  pthread_mutex_lock(&one_at_a_time);
}

void
kn_blas_unlock(void)
{
  pthread_mutex_unlock(&one_at_a_time);
}

static void
find(void)
{
  factor = dlsym(RTLD_NEXT, "dgetrf_");
  solve = dlsym(RTLD_NEXT, "dgetrs_");
}

/* The library is there: CLP does not load without it. Were it not, the rest is told to be singular, and CLP goes another way. */
void
dgetrf_(const int *rows, const int *columns, double *a, const int *stride, int *pivots, int *info)
{
  pthread_once(&once, find);
  *info = 1;
  if (factor == NULL)
    return;
  kn_blas_lock();
  ((factor_call *)factor)(rows, columns, a, stride, pivots, info);
  kn_blas_unlock();
}

void
dgetrs_(const char *form, const int *n, const int *count, const double *a, const int *stride, const int *pivots, double *b,
        const int *b_stride, int *info, size_t form_length)
{
  pthread_once(&once, find);
  *info = 1;
  if (solve == NULL)
    return;
  kn_blas_lock();
  ((solve_call *)solve)(form, n, count, a, stride, pivots, b, b_stride, info, form_length);
  kn_blas_unlock();
}
