#include "kernels.h"
#include "vectors.h"

// Scores of a linear head on listed rows, such as a mini-batch.
//
// Two rows meet up to five classes in ten registers of 8 floats, so that 7 loads feed 10 multiply-adds and
// arithmetic is the limit, as long as rows come from the second-level cache; a batch that is read from
// memory once per step is limited by memory. Columns are taken in tiles, and the weights of a tile stay in the
// first-level cache while a group of rows passes. A dot product is one chain per lane over all columns, a sum
// over rows one chain per element: neither groups nor tiles change a result.

enum {
  GROUP = 8,      // rows that pass a tile together
  MOST = 5,       // classes that meet two rows in registers
  CHUNK = 20,     // classes whose partial sums are held at once
  WIDTH = 8,      // floats of a vector
  TILE = 1024     // columns whose weights, 20 KiB for five classes, stay in a first-level cache
};

INLINE v8 load8(const float *from) { return *(const v8 *)from; }

INLINE v8 load_row8(const void *row, storage kind, size_t j) {
  if (kind == SHORTS) return __builtin_convertvector(*(const short8 *)((const int16_t *)row + j), v8);
  return load8((const float *)row + j);
}
INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

// The first `count` (below 8) floats, then zeros.
INLINE v8 load_few(const float *from, size_t count) {
  float padded[WIDTH] = {0};
  memcpy(padded, from, count * sizeof(float));
  return load8(padded);
}

INLINE float sum8(v8 a) {
  v4 c = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
  return (c[0] + c[2]) + (c[1] + c[3]);
}

// Adds the products of `rows` rows and `classes` weight rows over `width` columns; both are constants.
INLINE void dots(size_t rows, size_t classes, const void *const *z, storage kind, const float *q,
                 size_t stride, size_t width, v8 (*sums)[CHUNK]) {
  v8 s[2][MOST];
  for (size_t r = 0; r < rows; r++)
    for (size_t k = 0; k < classes; k++) s[r][k] = sums[r][k];
  size_t j = 0;
  for (; j + WIDTH <= width; j += WIDTH) {
    v8 a[2];
    for (size_t r = 0; r < rows; r++) a[r] = load_row8(z[r], kind, j);
    for (size_t k = 0; k < classes; k++) {
      const v8 b = load8(q + k * stride + j);
      for (size_t r = 0; r < rows; r++) s[r][k] += a[r] * b;
    }
  }
  if (j < width) {
    for (size_t k = 0; k < classes; k++) {
      const v8 b = load_few(q + k * stride + j, width - j);
      for (size_t r = 0; r < rows; r++) {
        const v16 few = load_some_of(z[r], kind, j, width - j);
        s[r][k] += __builtin_shufflevector(few, few, 0, 1, 2, 3, 4, 5, 6, 7) * b;
      }
    }
  }
  for (size_t r = 0; r < rows; r++)
    for (size_t k = 0; k < classes; k++) sums[r][k] = s[r][k];
}

INLINE void dots_of(size_t rows, size_t classes, const void *const *z, storage kind,
                    const float *q, size_t stride, size_t width, v8 (*sums)[CHUNK]) {
  switch (classes) {
  case 5: dots(rows, 5, z, kind, q, stride, width, sums); break;
  case 4: dots(rows, 4, z, kind, q, stride, width, sums); break;
  case 3: dots(rows, 3, z, kind, q, stride, width, sums); break;
  case 2: dots(rows, 2, z, kind, q, stride, width, sums); break;
  default: dots(rows, 1, z, kind, q, stride, width, sums); break;
  }
}

// How many classes are taken at once: as few blocks as there can be, of nearly equal size.
INLINE size_t class_block(size_t classes) {
  const size_t blocks = (classes + MOST - 1) / MOST;
  return blocks ? (classes + blocks - 1) / blocks : 1;
}

INLINE void score_rows(const void *const *z, storage kind, float step, size_t rows,
                       size_t columns, const float *weight, const float *bias, size_t classes,
                       float *scores, size_t score_stride) {
  const size_t block = class_block(classes);
  v8 sums[GROUP][CHUNK] = {{{0}}};
  for (size_t from = 0; from < columns; from += TILE) {
    const size_t width = least(TILE, columns - from);
    for (size_t r = 0; r < rows; r += 2) {
      const void *pair[2] = {
          row_at(z[r], kind, from), row_at(r + 1 < rows ? z[r + 1] : z[r], kind, from)};
      for (size_t k = 0; k < classes; k += block) {
        v8(*place)[CHUNK] = (v8(*)[CHUNK]) & sums[r][k];
        const float *q = weight + k * columns + from;
        const size_t taken = least(block, classes - k);
        if (r + 1 < rows) dots_of(2, taken, pair, kind, q, columns, width, place);
        else dots_of(1, taken, pair, kind, q, columns, width, place);
      }
    }
  }
  for (size_t r = 0; r < rows; r++)
    for (size_t k = 0; k < classes; k++)
      scores[r * score_stride + k] = step * sum8(sums[r][k]) + bias[k];
}

INLINE void batch_scores(const void *z, storage kind, float step, size_t columns,
                         const int32_t *rows, size_t count, const float *weight,
                         const float *bias, size_t classes, float *scores) {
  const void *group[GROUP];
  for (size_t i = 0; i < count; i += GROUP) {
    const size_t size = least(GROUP, count - i);
    for (size_t r = 0; r < size; r++) group[r] = row_at(z, kind, (size_t)rows[i + r] * columns);
    for (size_t k = 0; k < classes; k += CHUNK)
      score_rows(group, kind, step, size, columns, weight + k * columns, bias + k,
                 least(CHUNK, classes - k), scores + i * classes + k, classes);
  }
}

MULTIVERSIONED
void kernels_batch_scores(const float *z, size_t columns, const int32_t *rows, size_t count,
                          const float *weight, const float *bias, size_t classes, float *scores) {
  batch_scores(z, FLOATS, 1, columns, rows, count, weight, bias, classes, scores);
}

MULTIVERSIONED
void kernels_rounded_scores(const int16_t *z, float step, size_t columns, const int32_t *rows,
                            size_t count, const float *weight, const float *bias, size_t classes,
                            float *scores) {
  batch_scores(z, SHORTS, step, columns, rows, count, weight, bias, classes, scores);
}
