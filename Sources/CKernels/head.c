#include "dots.h"
#include "kernels.h"

// Passes of a linear head over its feature rows.
//
// Rows are taken in groups, columns in tiles that stay in the first-level cache, and inside a tile two
// rows meet two classes in registers. Neither groups nor tiles change a result: a dot product is one
// chain of fused multiply-adds per lane over all columns, a sum over rows one chain per element.

INLINE void add_tile(
    int rows, int classes, const void *const *z, storage kind, float step, const float *h,
    size_t stride, float *const *g, size_t from, size_t to) {
  v16 factor[4][2];
  for (int r = 0; r < rows; r++)
    for (int k = 0; k < classes; k++) factor[r][k] = splat16(step * h[r * stride + k]);
  size_t j = from;
  for (; j + LANES <= to; j += LANES) {
    v16 sum[2];
    for (int k = 0; k < classes; k++) sum[k] = load16(g[k] + j);
    for (int r = 0; r < rows; r++) {
      v16 row = load_row16(z[r], kind, j);
      for (int k = 0; k < classes; k++) sum[k] += factor[r][k] * row;
    }
    for (int k = 0; k < classes; k++) store16(g[k] + j, sum[k]);
  }
  if (j < to) {
    for (int k = 0; k < classes; k++) {
      v16 sum = load_some(g[k] + j, to - j);
      for (int r = 0; r < rows; r++)
        sum += factor[r][k] * load_some_of(z[r], kind, j, to - j);
      memcpy(g[k] + j, &sum, (to - j) * sizeof(float));
    }
  }
}

// Adds step * h[r][k] z[r] to g[k] for up to GROUP rows.
INLINE void add_group(
    const void *const *z, storage kind, float step, size_t rows, const float *h, size_t classes,
    size_t columns, float *g) {
  for (size_t from = 0; from < columns; from += TILE) {
    size_t to = from + TILE < columns ? from + TILE : columns;
    for (size_t k = 0; k < classes; k += 2) {
      float *places[2] = {g + k * columns, g + (k + 1 < classes ? k + 1 : k) * columns};
      int two_classes = k + 2 <= classes;
      for (size_t r = 0; r < rows;) {
        const float *factors = h + r * classes + k;
        int four_rows = r + 4 <= rows;
        if (four_rows && two_classes)
          add_tile(4, 2, z + r, kind, step, factors, classes, places, from, to);
        else if (four_rows) add_tile(4, 1, z + r, kind, step, factors, classes, places, from, to);
        else if (two_classes)
          add_tile(1, 2, z + r, kind, step, factors, classes, places, from, to);
        else add_tile(1, 1, z + r, kind, step, factors, classes, places, from, to);
        r += four_rows ? 4 : 1;
      }
    }
  }
}

INLINE size_t row_group(
    const float *z, size_t columns, const int32_t *rows, size_t from, size_t count,
    const float **group) {
  size_t size = count - from < GROUP ? count - from : GROUP;
  for (size_t r = 0; r < size; r++)
    group[r] = z + (rows ? (size_t)rows[from + r] : from + r) * columns;
  return size;
}

// t[r][k] = q[k] . z[r] + bias[k] for the rows of a group and all classes; `bias` may be null.
INLINE void score_group(
    const float *const *z, size_t rows, size_t columns, const float *q, const float *bias,
    size_t classes, float *t) {
  partial_sums sums;
  for (size_t first = 0; first < classes; first += CLASSES) {
    size_t block = classes - first < CLASSES ? classes - first : CLASSES;
    const float *places[CLASSES];
    for (size_t k = 0; k < block; k++) places[k] = q + (first + k) * columns;
    dot_group(z, rows, places, block, columns, &sums);
    for (size_t r = 0; r < rows; r++)
      for (size_t k = 0; k < block; k++)
        t[r * classes + first + k] = sum16(sums.lanes[r][k]) + (bias ? bias[first + k] : 0);
  }
}

MULTIVERSIONED void kernels_head_scores(
    const float *z, size_t count, size_t columns, const float *weight, const float *bias,
    size_t classes, float *scores) {
  const float *group[GROUP];
  for (size_t i = 0; i < count; i += GROUP) {
    size_t size = row_group(z, columns, NULL, i, count, group);
    score_group(group, size, columns, weight, bias, classes, scores + i * classes);
  }
}

MULTIVERSIONED void kernels_head_listed_scores(
    const float *z, size_t columns, const int32_t *rows, size_t count, const float *weight,
    size_t classes, float *scores) {
  const float *group[GROUP];
  for (size_t i = 0; i < count; i += GROUP) {
    size_t size = row_group(z, columns, rows, i, count, group);
    score_group(group, size, columns, weight, NULL, classes, scores + i * classes);
  }
}

MULTIVERSIONED void kernels_head_long_scores(
    const float *z, size_t count, size_t columns, const float *weight, size_t classes,
    double *scores) {
  const float *group[GROUP], *places[CLASSES];
  partial_sums sums;
  memset(scores, 0, count * classes * sizeof(double));
  for (size_t i = 0; i < count; i += GROUP) {
    size_t size = row_group(z, columns, NULL, i, count, group);
    for (size_t from = 0; from < columns; from += TILE) {
      size_t width = columns - from < TILE ? columns - from : TILE;
      const float *tile[GROUP];
      for (size_t r = 0; r < size; r++) tile[r] = group[r] + from;
      for (size_t first = 0; first < classes; first += CLASSES) {
        size_t block = classes - first < CLASSES ? classes - first : CLASSES;
        for (size_t k = 0; k < block; k++) places[k] = weight + (first + k) * columns + from;
        dot_group(tile, size, places, block, width, &sums);
        for (size_t r = 0; r < size; r++)
          for (size_t k = 0; k < block; k++)
            scores[(i + r) * classes + first + k] += product_of(&sums, r, k);
      }
    }
  }
}

// The dot product of two rows of floats, in double: 8 lanes, each one chain over the columns.
INLINE double dot_double(const float *z, const float *q, size_t columns) {
  d8 sums = {0};
  size_t j = 0;
  for (; j + 8 <= columns; j += 8)
    sums += __builtin_convertvector(*(const v8 *)(z + j), d8) *
            __builtin_convertvector(*(const v8 *)(q + j), d8);
  double sum = ((sums[0] + sums[4]) + (sums[2] + sums[6])) +
               ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  for (; j < columns; j++) sum += (double)z[j] * q[j];
  return sum;
}

MULTIVERSIONED void kernels_head_exact_scores(
    const float *z, size_t count, size_t columns, const float *weight, size_t classes,
    double *scores) {
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < classes; k++)
      scores[i * classes + k] = dot_double(z + i * columns, weight + k * columns, columns);
}

INLINE void accumulate(
    const void *z, storage kind, float step, size_t columns, const int32_t *rows, size_t count,
    const float *factors, size_t classes, float *sums) {
  const void *group[GROUP];
  for (size_t i = 0; i < count; i += GROUP) {
    size_t size = count - i < GROUP ? count - i : GROUP;
    for (size_t r = 0; r < size; r++) group[r] = row_at(z, kind, (size_t)rows[i + r] * columns);
    add_group(group, kind, step, size, factors + i * classes, classes, columns, sums);
  }
}

MULTIVERSIONED void kernels_head_accumulate(
    const float *z, size_t columns, const int32_t *rows, size_t count, const float *factors,
    size_t classes, float *sums) {
  accumulate(z, FLOATS, 1, columns, rows, count, factors, classes, sums);
}

MULTIVERSIONED void kernels_rounded_accumulate(
    const int16_t *z, float step, size_t columns, const int32_t *rows, size_t count,
    const float *factors, size_t classes, float *sums) {
  accumulate(z, SHORTS, step, columns, rows, count, factors, classes, sums);
}

MULTIVERSIONED void kernels_head_curvature(
    const float *z, size_t columns, const int32_t *rows, size_t count, const float *direction,
    const float *bias, size_t classes, const float *curvature, const float *coupling, float *steps,
    float *factors, float *sums) {
  const float *group[GROUP];
  for (size_t i = 0; i < count; i += GROUP) {
    size_t size = row_group(z, columns, rows, i, count, group);
    float *t = steps + i * classes, *h = factors + i * classes;
    score_group(group, size, columns, direction, bias, classes, t);
    for (size_t r = 0; r < size; r++) {
      const float *c = curvature + (i + r) * classes;
      float mean = 0;
      for (size_t k = 0; k < classes; k++) mean += c[k] * t[r * classes + k];
      mean *= coupling[i + r];
      for (size_t k = 0; k < classes; k++)
        h[r * classes + k] = c[k] * (t[r * classes + k] - mean);
    }
    add_group((const void *const *)group, FLOATS, 1, size, h, classes, columns, sums);
  }
}

INLINE int within(const float *x, size_t count, float limit) {
  v16 most = splat16(limit);
  __typeof__(most < most) fits = most <= most;
  size_t i = 0;
  // A NaN is within nothing.
  for (; i + LANES <= count; i += LANES) {
    v16 values = load16(x + i);
    fits &= (values <= most) & (values >= -most);
  }
  int all = 1;
  for (int lane = 0; lane < LANES; lane++) all &= fits[lane] != 0;
  for (; i < count; i++) all &= x[i] >= -limit && x[i] <= limit;
  return all;
}

MULTIVERSIONED int kernels_within(const float *x, size_t count, float limit) {
  return within(x, count, limit);
}
