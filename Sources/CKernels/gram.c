#include "dots.h"
#include "kernels.h"

#include <math.h>

// Gram matrices of feature rows, and symmetric systems made of them.
//
// All of it is arithmetic on rows that lie one behind the other: a Gram matrix reads each row of the right
// side once for 32 rows of the left, tile by tile, since 8 rows would wait for memory half of the time where
// features exceed the second-level cache; Cholesky's method takes its dot products from the factor's own
// rows. Both run at about 50 GFLOP/s in cache (AVX2, float).

#define GROUPS 4

MULTIVERSIONED void kernels_gram(
    const float *z, size_t columns, const int32_t *left, size_t left_count, const int32_t *right,
    size_t right_count, float *out, size_t stride) {
  const float *a[GROUPS * GROUP], *b[CLASSES];
  partial_sums sums[GROUPS];
  for (size_t i = 0; i < left_count; i += GROUPS * GROUP) {
    size_t rows = left_count - i < GROUPS * GROUP ? left_count - i : GROUPS * GROUP;
    for (size_t r = 0; r < rows; r++) a[r] = z + (size_t)left[i + r] * columns;
    for (size_t j = 0; j < right_count; j += CLASSES) {
      size_t others = right_count - j < CLASSES ? right_count - j : CLASSES;
      for (size_t r = 0; r < others; r++) b[r] = z + (size_t)right[j + r] * columns;
      memset(sums, 0, sizeof sums);
      for (size_t from = 0; from < columns; from += TILE) {
        size_t to = from + TILE < columns ? from + TILE : columns;
        for (size_t r = 0; r < rows; r += GROUP)
          add_dots(
              a + r, rows - r < GROUP ? rows - r : GROUP, b, others, from, to, &sums[r / GROUP]);
      }
      for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < others; k++)
          out[(i + r) * stride + j + k] = product_of(&sums[r / GROUP], r % GROUP, k);
    }
  }
}

void kernels_gram_system(
    const float *gram, size_t gram_stride, const int32_t *places, size_t size,
    const float *diagonal, float *out, size_t stride) {
  for (size_t i = 0; i < size; i++) {
    for (size_t j = 0; j <= i; j++) {
      size_t p = (size_t)places[i], q = (size_t)places[j];
      out[i * stride + j] = p > q ? gram[p * gram_stride + q] : gram[q * gram_stride + p];
    }
    out[i * stride + i] += diagonal[i];
  }
}

// The part of a factor's square below GROUP rows that begin at `from`, once the columns before are done.
INLINE void finish_block(float *a, size_t from, size_t rows, size_t stride, float least) {
  for (size_t r = 0; r < rows; r++) {
    float *row = a + (from + r) * stride + from;
    for (size_t c = 0; c <= r; c++) {
      const float *other = a + (from + c) * stride + from;
      float value = row[c];
      for (size_t k = 0; k < c; k++) value -= row[k] * other[k];
      if (c < r) row[c] = value / other[c];
      else row[c] = sqrtf(value > least ? value : least);
    }
  }
}

MULTIVERSIONED void kernels_cholesky(float *a, size_t size, size_t stride, float least) {
  const float *left[GROUP], *above[CLASSES];
  partial_sums sums;
  for (size_t from = 0; from < size; from += GROUP) {
    size_t width = size - from < GROUP ? size - from : GROUP;
    for (size_t k = 0; k < width; k++) above[k] = a + (from + k) * stride;
    for (size_t i = from; i < size; i += GROUP) {
      size_t rows = size - i < GROUP ? size - i : GROUP;
      for (size_t r = 0; r < rows; r++) left[r] = a + (i + r) * stride;
      if (from > 0) {
        dot_group(left, rows, above, width, from, &sums);
        for (size_t r = 0; r < rows; r++)
          for (size_t k = 0; k < width && from + k <= i + r; k++)
            a[(i + r) * stride + from + k] -= product_of(&sums, r, k);
      }
      if (i == from) {
        finish_block(a, from, rows, stride, least);
        continue;
      }
      for (size_t r = 0; r < rows; r++) {
        float *row = a + (i + r) * stride + from;
        for (size_t c = 0; c < width; c++) {
          const float *other = a + (from + c) * stride + from;
          float value = row[c];
          for (size_t k = 0; k < c; k++) value -= row[k] * other[k];
          row[c] = value / other[c];
        }
      }
    }
  }
}

// x . y over `count` values.
INLINE float dot(const float *x, const float *y, size_t count) {
  v16 lanes = {0};
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) lanes += load16(x + j) * load16(y + j);
  float sum = sum16(lanes);
  for (; j < count; j++) sum += x[j] * y[j];
  return sum;
}

// x -= factor y over `count` values.
INLINE void subtract(float *x, float factor, const float *y, size_t count) {
  v16 factors = splat16(factor);
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) store16(x + j, load16(x + j) - factors * load16(y + j));
  for (; j < count; j++) x[j] -= factor * y[j];
}

MULTIVERSIONED void kernels_cholesky_solve(
    const float *factor, size_t size, size_t stride, float *x) {
  for (size_t i = 0; i < size; i++)
    x[i] = (x[i] - dot(factor + i * stride, x, i)) / factor[i * stride + i];
  for (size_t i = size; i-- > 0;) {
    x[i] /= factor[i * stride + i];
    subtract(x, x[i], factor + i * stride, i);
  }
}
