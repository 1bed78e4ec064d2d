/* The product with a tile of c held in registers, after Goto and van de Geijn, "Anatomy of High-Performance Matrix
   Multiplication" (2008), and BLIS: shared by the rungs "SIMD" and "threads".

   - A tile of ROWS x COLUMNS values of c stays in vector registers while k goes on, so that a step of ROWS * TILE_VECTORS
     multiplications needs only TILE_VECTORS loads of b and ROWS values of a.
   - Pieces of a (BLOCK_ROWS x DEPTH, second-level cache) and of b (DEPTH x COLUMNS, first-level cache) are copied
     ("packed") into the order in which they are read: no step leaves a cache line half used, and no address repeats
     the same few places of the cache. */
#ifndef PACKED_PRODUCT_H
#define PACKED_PRODUCT_H

#include "kernel.h"

enum {
    TILE_VECTORS = 3,
    COLUMNS = TILE_VECTORS * LANES,
    ROWS = LANES == 8 ? 8 : 4, /* of 32 vector registers 24 hold the tile, of 16 registers 12 */
    DEPTH = 256,
    BLOCK_ROWS = ROWS * 20,
    WIDTH = COLUMNS * 128
};

static inline size_t smaller(size_t x, size_t y) { return x < y ? x : y; }

/* Copy rows i .. i + ROWS - 1 of a, columns k0 .. k0 + depth - 1, as columns of ROWS values; missing rows are 0. */
static void pack_rows(size_t n, const double *a, size_t i, size_t rows, size_t k0, size_t depth, double *packed)
{
    for (size_t k = 0; k < depth; k++)
        for (size_t row = 0; row < ROWS; row++)
            packed[k * ROWS + row] = row < rows ? a[(i + row) * n + k0 + k] : 0.0;
}

/* Copy columns j .. j + COLUMNS - 1 of b, rows k0 .. k0 + depth - 1, as rows of COLUMNS values; missing ones are 0. */
static void pack_columns(size_t n, const double *b, size_t k0, size_t depth, size_t j, size_t columns, double *packed)
{
    for (size_t k = 0; k < depth; k++) {
        const double *row = b + (k0 + k) * n + j;
        for (size_t column = 0; column < COLUMNS; column++)
            packed[k * COLUMNS + column] = column < columns ? row[column] : 0.0;
    }
}

/* Multiply ROWS x depth by depth x COLUMNS and add the result to a tile of c, whose rows are `stride` values apart. */
static void tile(size_t depth, const double *restrict a, const double *restrict b, double *restrict c, size_t stride)
{
    vector sum[ROWS][TILE_VECTORS];
#pragma GCC unroll 16
    for (int row = 0; row < ROWS; row++)
#pragma GCC unroll 4
        for (int part = 0; part < TILE_VECTORS; part++)
            sum[row][part] = (vector){0};
    for (size_t k = 0; k < depth; k++) {
        vector right[TILE_VECTORS];
#pragma GCC unroll 4
        for (int part = 0; part < TILE_VECTORS; part++)
            right[part] = load(b + part * LANES);
#pragma GCC unroll 16
        for (int row = 0; row < ROWS; row++)
#pragma GCC unroll 4
            for (int part = 0; part < TILE_VECTORS; part++)
                sum[row][part] += a[row] * right[part];
        a += ROWS;
        b += COLUMNS;
    }
#pragma GCC unroll 16
    for (int row = 0; row < ROWS; row++)
#pragma GCC unroll 4
        for (int part = 0; part < TILE_VECTORS; part++)
            store(c + row * stride + part * LANES, load(c + row * stride + part * LANES) + sum[row][part]);
}

/* The same at the lower and the right edge, where the tile is larger than what is left of c. */
static void edge_tile(size_t depth, const double *a, const double *b, double *c, size_t stride, size_t rows,
                      size_t columns)
{
    double whole[ROWS * COLUMNS] = {0};
    tile(depth, a, b, whole, COLUMNS);
    for (size_t row = 0; row < rows; row++)
        for (size_t column = 0; column < columns; column++)
            c[row * stride + column] += whole[row * COLUMNS + column];
}

/* Add to rows i0 .. i1 - 1 of c the product of a's columns k0 .. and the packed part of b that begins at column j0. */
static void block_product(size_t n, const double *a, double *c, size_t i0, size_t i1, size_t k0, size_t depth,
                          size_t j0, size_t j1, const double *packed_b, double *packed_a)
{
    for (size_t i = i0; i < i1; i += BLOCK_ROWS) {
        size_t end = smaller(i + BLOCK_ROWS, i1);
        for (size_t row = i; row < end; row += ROWS)
            pack_rows(n, a, row, smaller(ROWS, end - row), k0, depth, packed_a + (row - i) * depth);
        for (size_t j = j0; j < j1; j += COLUMNS)
            for (size_t row = i; row < end; row += ROWS) {
                const double *left = packed_a + (row - i) * depth, *right = packed_b + (j - j0) * depth;
                size_t rows = smaller(ROWS, end - row), columns = smaller(COLUMNS, j1 - j);
                if (rows == ROWS && columns == COLUMNS)
                    tile(depth, left, right, c + row * n + j, n);
                else
                    edge_tile(depth, left, right, c + row * n + j, n, rows, columns);
            }
    }
}

static double *packing_space(size_t values)
{
    /* In whole cache lines; what malloc returns is moved up to the next. */
    char *space = malloc(values * sizeof(double) + 64 + sizeof(void *));
    if (!space)
        return NULL;
    char *aligned = (char *)(((size_t)space + sizeof(void *) + 63) & ~(size_t)63);
    ((void **)aligned)[-1] = space;
    return (double *)aligned;
}

static void give_back(double *space)
{
    if (space)
        free(((void **)space)[-1]);
}

#endif
