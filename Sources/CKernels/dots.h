#ifndef DOTS_H
#define DOTS_H

#include "vectors.h"

// Dot products of groups of rows with groups of rows.
//
// Columns are taken in tiles that stay in the first-level cache, and inside a tile two rows meet two rows in
// registers. Each product is one chain of fused multiply-adds per lane over all columns: neither groups
// nor tiles change it.

#define GROUP 8
#define CLASSES 8
#define TILE 512

typedef struct {
  v16 lanes[GROUP][CLASSES];
} partial_sums;

INLINE void dot_tile(
    int rows, int classes, const float *const *z, const float *const *q, size_t from, size_t to,
    v16 (*sums)[CLASSES]) {
  v16 a[2][2];
  for (int r = 0; r < rows; r++)
    for (int k = 0; k < classes; k++) a[r][k] = sums[r][k];
  size_t j = from;
  for (; j + LANES <= to; j += LANES) {
    for (int r = 0; r < rows; r++)
      for (int k = 0; k < classes; k++) a[r][k] += load16(z[r] + j) * load16(q[k] + j);
  }
  if (j < to) {
    for (int r = 0; r < rows; r++)
      for (int k = 0; k < classes; k++)
        a[r][k] += load_some(z[r] + j, to - j) * load_some(q[k] + j, to - j);
  }
  for (int r = 0; r < rows; r++)
    for (int k = 0; k < classes; k++) sums[r][k] = a[r][k];
}

// Adds the products of up to GROUP rows with up to CLASSES weight rows over some columns.
INLINE void add_dots(
    const float *const *z, size_t rows, const float *const *q, size_t classes, size_t from,
    size_t to, partial_sums *sums) {
  for (size_t r = 0; r < rows; r += 2) {
    for (size_t k = 0; k < classes; k += 2) {
      v16(*place)[CLASSES] = (v16(*)[CLASSES]) & sums->lanes[r][k];
      int two_rows = r + 2 <= rows, two_classes = k + 2 <= classes;
      if (two_rows && two_classes) dot_tile(2, 2, z + r, q + k, from, to, place);
      else if (two_rows) dot_tile(2, 1, z + r, q + k, from, to, place);
      else if (two_classes) dot_tile(1, 2, z + r, q + k, from, to, place);
      else dot_tile(1, 1, z + r, q + k, from, to, place);
    }
  }
}

// Dot products of up to GROUP rows with up to CLASSES weight rows.
INLINE void dot_group(
    const float *const *z, size_t rows, const float *const *q, size_t classes, size_t columns,
    partial_sums *sums) {
  memset(sums, 0, sizeof *sums);
  for (size_t from = 0; from < columns; from += TILE)
    add_dots(z, rows, q, classes, from, from + TILE < columns ? from + TILE : columns, sums);
}

// The product of row r of the left group with row k of the right one.
INLINE float product_of(const partial_sums *sums, size_t r, size_t k) {
  return sum16(sums->lanes[r][k]);
}

#endif
