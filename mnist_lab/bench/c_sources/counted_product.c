/* A program that computes one product, for a simulator that counts what goes through the cache: SIZE as its argument. */
#include <stdlib.h>

#include "kernel.h"

void matmul(size_t n, const double *a, const double *b, double *c, int threads);

int main(int count, char **arguments)
{
    size_t n = count > 1 ? (size_t)atol(arguments[1]) : 0;
    double *a = calloc(n * n, sizeof(double)), *b = calloc(n * n, sizeof(double)), *c = calloc(n * n, sizeof(double));
    if (!n || !a || !b || !c)
        return 1;
    matmul(n, a, b, c, 1);
    free(a);
    free(b);
    free(c);
    return 0;
}
