/* In blocks: a piece of b that fits in the cache is used for all rows of a before the next piece comes.

   Four rows of c are computed at once, so that a value of b, once loaded, is used four times. */
#include "kernel.h"

enum { DEPTH = 64, WIDTH = 256, ROWS = 4 }; /* 64 x 256 doubles are 128 KiB: a part of the second-level cache */

static size_t smaller(size_t x, size_t y) { return x < y ? x : y; }

/* Add to rows i .. i + 3 of c what the piece of b at (k0, j0) contributes. */
static void four_rows(size_t n, const double *a, const double *b, double *c, size_t i, size_t k0, size_t k1, size_t j0,
                      size_t j1)
{
    double *c0 = c + i * n, *c1 = c0 + n, *c2 = c1 + n, *c3 = c2 + n;
    for (size_t k = k0; k < k1; k++) {
        double a0 = a[i * n + k], a1 = a[(i + 1) * n + k], a2 = a[(i + 2) * n + k], a3 = a[(i + 3) * n + k];
        for (size_t j = j0; j < j1; j++) {
            double right = b[k * n + j];
            c0[j] += a0 * right;
            c1[j] += a1 * right;
            c2[j] += a2 * right;
            c3[j] += a3 * right;
        }
    }
}

static void one_row(size_t n, const double *a, const double *b, double *c, size_t i, size_t k0, size_t k1, size_t j0,
                    size_t j1)
{
    for (size_t k = k0; k < k1; k++)
        for (size_t j = j0; j < j1; j++)
            c[i * n + j] += a[i * n + k] * b[k * n + j];
}

EXPORT void matmul(size_t n, const double *a, const double *b, double *c, int threads)
{
    (void)threads;
    for (size_t place = 0; place < n * n; place++)
        c[place] = 0.0;
    for (size_t j0 = 0; j0 < n; j0 += WIDTH)
        for (size_t k0 = 0; k0 < n; k0 += DEPTH) {
            size_t j1 = smaller(j0 + WIDTH, n), k1 = smaller(k0 + DEPTH, n), i = 0;
            for (; i + ROWS <= n; i += ROWS)
                four_rows(n, a, b, c, i, k0, k1, j0, j1);
            for (; i < n; i++)
                one_row(n, a, b, c, i, k0, k1, j0, j1);
        }
}
