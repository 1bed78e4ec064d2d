/* The quadruple loop as it would be handed in: each value of the output is the sum of 9 products.

   The innermost loops have 3 steps each, so that a third of the time goes into counting them. */
#include "kernel.h"

EXPORT void conv2d(size_t rows, size_t columns, const double *image, const double *weights, double *out, int threads)
{
    (void)threads;
    for (size_t y = 0; y + 2 < rows; y++)
        for (size_t x = 0; x + 2 < columns; x++) {
            double sum = 0.0;
            for (size_t v = 0; v < 3; v++)
                for (size_t u = 0; u < 3; u++)
                    sum += image[(y + v) * columns + x + u] * weights[v * 3 + u];
            out[y * (columns - 2) + x] = sum;
        }
}
