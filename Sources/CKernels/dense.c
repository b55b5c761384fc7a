#include "kernels.h"
#include "vectors.h"

// Matrix products whose every output is one chain of multiply-adds over the contracted index, in
// ascending order. So the bits of an output depend neither on the other rows and columns of the call
// nor on how the work is cut into blocks: a row scored alone equals the row scored in a batch. Vectors
// run over columns only.

enum {
  TILE_ROWS = 6,     // with 16 columns: 12 of the 16 registers of AVX2 are sums
  DEPTH_BLOCK = 256, // a packed panel is 16 KiB, half of a first-level cache
  ROW_BLOCK = 384    // rows whose part of `a` stays in a second-level cache while panels pass
};

INLINE size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// Adds `depth` products to each sum of a tile of `rows` x 16; `rows` is a constant after inlining.
INLINE void add_products(size_t rows, size_t depth, const float *a, size_t a_row, size_t a_step,
                         const float *b, size_t b_step, v16 *sums) {
  v16 s[TILE_ROWS];
  for (size_t r = 0; r < rows; r++) s[r] = sums[r];
  for (size_t k = 0; k < depth; k++) {
    const v16 column = load16(b + k * b_step);
    for (size_t r = 0; r < rows; r++) s[r] += a[r * a_row + k * a_step] * column;
  }
  for (size_t r = 0; r < rows; r++) sums[r] = s[r];
}

INLINE void add_products_of(size_t rows, size_t depth, const float *a, size_t a_row, size_t a_step,
                            const float *b, size_t b_step, v16 *sums) {
  switch (rows) {
  case 6: add_products(6, depth, a, a_row, a_step, b, b_step, sums); break;
  case 5: add_products(5, depth, a, a_row, a_step, b, b_step, sums); break;
  case 4: add_products(4, depth, a, a_row, a_step, b, b_step, sums); break;
  case 3: add_products(3, depth, a, a_row, a_step, b, b_step, sums); break;
  case 2: add_products(2, depth, a, a_row, a_step, b, b_step, sums); break;
  default: add_products(1, depth, a, a_row, a_step, b, b_step, sums); break;
  }
}

// Copies `depth` x `columns` values of `b` to rows of 16, with zeros behind the last column.
INLINE void pack_panel(size_t depth, size_t columns, const float *b, size_t b_row, size_t b_column,
                        float *panel) {
  static const v16i lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const v16i wanted = lane < (int32_t)columns;
  size_t k = 0;
  if (b_column == 1) {
    // A vector may read behind its own row as long as it ends within the last one.
    for (; k < depth && (depth - 1 - k) * b_row + columns >= LANES; k++)
      *(v16 *)(panel + k * LANES) = (v16)(*(const v16i *)(b + k * b_row) & wanted);
  }
  for (size_t j = 0; j < LANES; j++)
    for (size_t i = k; i < depth; i++)
      panel[i * LANES + j] = j < columns ? b[i * b_row + j * b_column] : 0;
}

// Where the sums of a row of a tile start: the bias, zero, or what earlier depths left in `out`.
INLINE v16 starting_sums(size_t columns, const float *start) {
  if (!start) return (v16){0};
  return columns == LANES ? load16(start) : load_some(start, columns);
}

INLINE void store_sums(size_t columns, v16 sums, int rectify, float *out) {
  // NaN passes, so that a training that diverges is noticed.
  if (rectify) sums = (v16)((v16i)sums & ~(sums < 0));
  if (columns == LANES) {
    store16(out, sums);
  } else {
    memcpy(out, &sums, columns * sizeof(float));
  }
}

// One tile: starts, adds, stores. `start_row` is the distance of the starts of two rows, 0 for a
// bias.
INLINE void update_tile(size_t rows, size_t columns, size_t depth, const float *a, size_t a_row,
                        size_t a_step, const float *b, size_t b_step, const float *start,
                        size_t start_row, int rectify, float *out, size_t out_row) {
  v16 sums[TILE_ROWS];
  for (size_t r = 0; r < rows; r++)
    sums[r] = starting_sums(columns, start ? start + r * start_row : 0);
  add_products_of(rows, depth, a, a_row, a_step, b, b_step, sums);
  for (size_t r = 0; r < rows; r++) store_sums(columns, sums[r], rectify, out + r * out_row);
}

MULTIVERSIONED
void kernels_matrix_product(size_t rows, size_t columns, size_t depth, const float *a, size_t a_row,
                            size_t a_step, const float *b, size_t b_row, size_t b_column,
                            const float *bias, int rectify, float *out) {
  float panel[DEPTH_BLOCK * LANES] __attribute__((aligned(64)));
  for (size_t row = 0; row < rows; row += ROW_BLOCK) {
    const size_t row_end = smaller(rows, row + ROW_BLOCK);
    size_t k = 0;
    do {
      const size_t steps = smaller(depth - k, DEPTH_BLOCK);
      const int last = k + steps == depth;
      for (size_t j = 0; j < columns; j += LANES) {
        const size_t width = smaller(columns - j, LANES);
        // A few rows don't repay packing where the columns lie as a vector needs them.
        const int packed = width < LANES || b_column != 1 || row_end - row > TILE_ROWS;
        const float *source = b + k * b_row + j * b_column;
        if (packed) pack_panel(steps, width, source, b_row, b_column, panel);
        for (size_t i = row; i < row_end; i += TILE_ROWS) {
          float *place = out + i * columns + j;
          const float *start = k > 0 ? place : bias ? bias + j : 0;
          update_tile(smaller(row_end - i, TILE_ROWS), width, steps, a + i * a_row + k * a_step,
                      a_row, a_step, packed ? panel : source, packed ? LANES : b_row, start,
                      k > 0 ? columns : 0, last && rectify, place, columns);
        }
      }
      k += steps;
    } while (k < depth);
  }
}

// Panels of columns from left to right, and in each the rows from its diagonal down. Callers keep the rows of
// z off a distance of a power of two, where 256 of them would fight for the same places of the cache.
MULTIVERSIONED
void kernels_gram_add(const float *z, size_t rows, size_t columns, size_t stride, float *sums,
                      size_t sum_stride) {
  float panel[DEPTH_BLOCK * LANES] __attribute__((aligned(64)));
  for (size_t j = 0; j < columns; j += LANES) {
    const size_t width = smaller(columns - j, LANES);
    pack_panel(rows, width, z + j, stride, 1, panel);
    for (size_t i = j; i < columns; i += TILE_ROWS) {
      float *place = sums + i * sum_stride + j;
      update_tile(smaller(columns - i, TILE_ROWS), width, rows, z + i, 1, stride, panel, LANES,
                  place, sum_stride, 0, place, sum_stride);
    }
  }
}

MULTIVERSIONED
void kernels_keep_where_positive(size_t count, const float *restrict condition,
                                 float *restrict values) {
  for (size_t i = 0; i < count; i++) values[i] = condition[i] > 0 ? values[i] : 0;
}
