/* The same in several threads: each has rows of c of its own; all pack b together, and wait for it at a barrier. */
#include "packed_product.h"
#include "threads.h"

typedef struct {
    size_t n;
    const double *a, *b;
    double *c, *packed_b, *packed_a; /* packed_a: one after the other for each thread */
    barrier ready;
} product;

/* Return where the share of a thread begins, in steps of whole tiles. */
static size_t share(size_t whole, size_t step, int rank, int count)
{
    size_t steps = (whole + step - 1) / step;
    return smaller(steps * (size_t)rank / (size_t)count * step, whole);
}

static void own_rows(void *work, int rank, int count)
{
    product *all = work;
    size_t n = all->n, i0 = share(n, ROWS, rank, count), i1 = share(n, ROWS, rank + 1, count);
    memset(all->c + i0 * n, 0, (i1 - i0) * n * sizeof(double));
    for (size_t j0 = 0; j0 < n; j0 += WIDTH) {
        size_t j1 = smaller(j0 + WIDTH, n), width = j1 - j0;
        for (size_t k0 = 0; k0 < n; k0 += DEPTH) {
            size_t depth = smaller(DEPTH, n - k0);
            size_t first = j0 + share(width, COLUMNS, rank, count), last = j0 + share(width, COLUMNS, rank + 1, count);
            for (size_t j = first; j < last; j += COLUMNS)
                pack_columns(n, all->b, k0, depth, j, smaller(COLUMNS, j1 - j), all->packed_b + (j - j0) * depth);
            wait_for_all(&all->ready, count);
            block_product(n, all->a, all->c, i0, i1, k0, depth, j0, j1, all->packed_b,
                          all->packed_a + (size_t)rank * BLOCK_ROWS * DEPTH);
            wait_for_all(&all->ready, count);
        }
    }
}

EXPORT void matmul(size_t n, const double *a, const double *b, double *c, int threads)
{
    int count = threads > MOST_THREADS ? MOST_THREADS : threads;
    product all = {n, a, b, c, packing_space(WIDTH * DEPTH), packing_space((size_t)count * BLOCK_ROWS * DEPTH), {0, 0}};
    if (all.packed_a && all.packed_b)
        in_threads(own_rows, &all, count);
    give_back(all.packed_a);
    give_back(all.packed_b);
}
