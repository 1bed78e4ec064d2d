/* The 9 products of one or several neighbouring values, written out: shared by the later rungs of the convolution. */
#ifndef NINE_TAPS_H
#define NINE_TAPS_H

#include "kernel.h"

static inline double one_value(const double *top, size_t columns, const double *w)
{
    const double *middle = top + columns, *bottom = middle + columns;
    return top[0] * w[0] + top[1] * w[1] + top[2] * w[2] + middle[0] * w[3] + middle[1] * w[4] + middle[2] * w[5] +
           bottom[0] * w[6] + bottom[1] * w[7] + bottom[2] * w[8];
}

/* LANES neighbouring values at once. */
static inline vector one_row(const double *row, const double *w)
{
    return load(row) * w[0] + load(row + 1) * w[1] + load(row + 2) * w[2];
}

/* Rows y0 .. y1 - 1 of the output, by vectors; what is left over at the end of a row one by one. */
static inline void rows_by_vectors(size_t y0, size_t y1, size_t columns, const double *image, const double *weights,
                                   double *out)
{
    size_t width = columns - 2;
    double w[9];
    memcpy(w, weights, sizeof w);
    for (size_t y = y0; y < y1; y++) {
        const double *top = image + y * columns;
        double *target = out + y * width;
        size_t x = 0;
        for (; x + LANES <= width; x += LANES)
            store(target + x, one_row(top + x, w) + one_row(top + columns + x, w + 3) +
                                  one_row(top + 2 * columns + x, w + 6));
        for (; x < width; x++)
            target[x] = one_value(top + x, columns, w);
    }
}

#endif
