/* The triple loop as it would be handed in: c[i][j] = sum over k of a[i][k] * b[k][j].

   The innermost loop walks down a column of b: each step is n * 8 bytes further, so each value comes from another
   cache line, and 7 of the 8 values of that line are not used before it is thrown out again. */
#include "kernel.h"

EXPORT void matmul(size_t n, const double *a, const double *b, double *c, int threads)
{
    (void)threads;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < n; k++)
                sum += a[i * n + k] * b[k * n + j];
            c[i * n + j] = sum;
        }
}
