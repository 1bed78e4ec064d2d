/* The loop over x innermost: one weight at a time goes along a whole row.

   The innermost loop is long and its additions do not wait for one another; but each value of the output is loaded and
   stored 9 times. */
#include "kernel.h"

EXPORT void conv2d(size_t rows, size_t columns, const double *image, const double *weights, double *out, int threads)
{
    size_t width = columns - 2;
    (void)threads;
    for (size_t y = 0; y + 2 < rows; y++) {
        double *target = out + y * width;
        for (size_t x = 0; x < width; x++)
            target[x] = 0.0;
        for (size_t v = 0; v < 3; v++)
            for (size_t u = 0; u < 3; u++) {
                const double *source = image + (y + v) * columns + u;
                double weight = weights[v * 3 + u];
                for (size_t x = 0; x < width; x++)
                    target[x] += source[x] * weight;
            }
    }
}
