#ifndef VECTORS_H
#define VECTORS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Vectors of 16 floats on every machine: AVX-512 holds one in a register, AVX2 in two, the baseline in
// four. Sums run lane by lane in one order, so that the paths differ by fused multiply-adds only.
typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef float v8 __attribute__((vector_size(32), aligned(4)));
typedef float v4 __attribute__((vector_size(16), aligned(4)));
typedef int32_t v16i __attribute__((vector_size(64), aligned(4)));
typedef double d8 __attribute__((vector_size(64), aligned(8)));
typedef int16_t short16 __attribute__((vector_size(32), aligned(2)));
typedef int16_t short8 __attribute__((vector_size(16), aligned(2)));

#define LANES 16
#define INLINE static inline __attribute__((always_inline))

// Empty where the baseline alone is wanted, as tests do.
#if !defined(MULTIVERSIONED) && defined(__x86_64__)
#define MULTIVERSIONED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#elif !defined(MULTIVERSIONED)
#define MULTIVERSIONED
#endif

INLINE v16 load16(const float *from) { return *(const v16 *)from; }

INLINE void store16(float *to, v16 value) { *(v16 *)to = value; }

// How the rows of a matrix are stored: a constant for the compiler.
typedef enum { FLOATS, SHORTS } storage;

INLINE const void *row_at(const void *z, storage kind, size_t place) {
  return kind == SHORTS ? (const void *)((const int16_t *)z + place)
                        : (const void *)((const float *)z + place);
}

INLINE v16 load_row16(const void *row, storage kind, size_t j) {
  if (kind == SHORTS)
    return __builtin_convertvector(*(const short16 *)((const int16_t *)row + j), v16);
  return *(const v16 *)((const float *)row + j);
}

// The first `count` (below 16) floats, then zeros.
INLINE v16 load_some(const float *from, size_t count) {
  float padded[LANES] = {0};
  memcpy(padded, from, count * sizeof(float));
  return load16(padded);
}

// The first `count` (below 16) numbers of a row from `j` on, then zeros.
INLINE v16 load_some_of(const void *row, storage kind, size_t j, size_t count) {
  float padded[LANES] = {0};
  for (size_t i = 0; i < count; i++)
    padded[i] = kind == SHORTS ? (float)((const int16_t *)row)[j + i] : ((const float *)row)[j + i];
  return load16(padded);
}

INLINE v16 splat16(float value) {
  return (v16){value, value, value, value, value, value, value, value,
               value, value, value, value, value, value, value, value};
}

// The sum of all lanes, always halved in the same way.
INLINE float sum16(v16 a) {
  v8 b = __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7) +
         __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15);
  v4 c = __builtin_shufflevector(b, b, 0, 1, 2, 3) + __builtin_shufflevector(b, b, 4, 5, 6, 7);
  return (c[0] + c[2]) + (c[1] + c[3]);
}

#endif
