/* The same in several threads, each with rows of the output of its own. */
#include "nine_taps.h"
#include "threads.h"

typedef struct {
    size_t rows, columns;
    const double *image, *weights;
    double *out;
} convolution;

static void own_rows(void *work, int rank, int count)
{
    convolution *all = work;
    size_t height = all->rows - 2;
    rows_by_vectors(height * (size_t)rank / (size_t)count, height * ((size_t)rank + 1) / (size_t)count, all->columns,
                    all->image, all->weights, all->out);
}

EXPORT void conv2d(size_t rows, size_t columns, const double *image, const double *weights, double *out, int threads)
{
    convolution all = {rows, columns, image, weights, out};
    in_threads(own_rows, &all, threads);
}
