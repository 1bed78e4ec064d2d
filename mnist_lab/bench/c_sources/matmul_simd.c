/* Vectors and registers: a tile of c stays in the registers, a and b are copied into the order of use (packed_product.h).

   One instruction multiplies and adds LANES values (8 with AVX-512, 4 with AVX2). */
#include "packed_product.h"

EXPORT void matmul(size_t n, const double *a, const double *b, double *c, int threads)
{
    (void)threads;
    double *packed_a = packing_space(BLOCK_ROWS * DEPTH), *packed_b = packing_space(WIDTH * DEPTH);
    memset(c, 0, n * n * sizeof(double));
    for (size_t j0 = 0; packed_a && packed_b && j0 < n; j0 += WIDTH) {
        size_t j1 = smaller(j0 + WIDTH, n);
        for (size_t k0 = 0; k0 < n; k0 += DEPTH) {
            size_t depth = smaller(DEPTH, n - k0);
            for (size_t j = j0; j < j1; j += COLUMNS)
                pack_columns(n, b, k0, depth, j, smaller(COLUMNS, j1 - j), packed_b + (j - j0) * depth);
            block_product(n, a, c, 0, n, k0, depth, j0, j1, packed_b, packed_a);
        }
    }
    give_back(packed_a);
    give_back(packed_b);
}
