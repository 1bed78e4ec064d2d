/* What the processor can do at most: multiplications and additions in registers, and numbers through the memory. */
#include "kernel.h"
#include "threads.h"

enum { CHAINS = 16 };

typedef struct {
    size_t steps, values;
    double *from, *to, *sums;
} measure;

/* CHAINS independent chains of multiply-and-add: enough for two units with a latency of 4 cycles and more. */
static void multiply_and_add(void *work, int rank, int count)
{
    measure *all = work;
    vector chain[CHAINS], sum = {0};
    vector factor = (vector){0} + 0.999999;
    (void)count;
#pragma GCC unroll 16
    for (int place = 0; place < CHAINS; place++)
        chain[place] = (vector){0} + (double)place;
    for (size_t step = 0; step < all->steps; step++)
#pragma GCC unroll 16
        for (int place = 0; place < CHAINS; place++)
            chain[place] = chain[place] * factor + factor;
#pragma GCC unroll 16
    for (int place = 0; place < CHAINS; place++)
        sum += chain[place];
    store(all->sums + (size_t)rank * LANES, sum); /* what nobody reads would not be computed */
}

static void scale(void *work, int rank, int count)
{
    measure *all = work;
    size_t first = all->values * (size_t)rank / (size_t)count, last = all->values * ((size_t)rank + 1) / (size_t)count;
    size_t place = first;
    for (; place + LANES <= last; place += LANES)
        store(all->to + place, load(all->from + place) * 1.5);
    for (; place < last; place++)
        all->to[place] = all->from[place] * 1.5;
}

/* Return the number of operations done; `sums` has 8 values for each thread. */
EXPORT double peak_arithmetic(size_t steps, double *sums, int threads)
{
    measure all = {steps, 0, NULL, NULL, sums};
    in_threads(multiply_and_add, &all, threads);
    return 2.0 * (double)steps * CHAINS * LANES * threads;
}

/* Read `values` numbers and write as many. */
EXPORT void peak_memory(size_t values, double *from, double *to, int threads)
{
    measure all = {0, values, from, to, NULL};
    in_threads(scale, &all, threads);
}
