/* What all kernels share: how a function is made visible, and the widest vector that the processor has. */
#ifndef KERNEL_H
#define KERNEL_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#if defined(__AVX512F__)
#define LANES 8
#elif defined(__AVX__)
#define LANES 4
#else
#define LANES 2
#endif

/* A vector of doubles, as GCC and Clang have it: + and * work on all lanes at once. */
typedef double vector __attribute__((vector_size(LANES * 8)));
/* The same at any address. */
typedef double loose_vector __attribute__((vector_size(LANES * 8), aligned(8)));

static inline vector load(const double *place) { return *(const loose_vector *)place; }
static inline void store(double *place, vector value) { *(loose_vector *)place = value; }

#endif
