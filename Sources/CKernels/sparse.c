#include "cosine.h"
#include "kernels.h"
#include "vectors.h"

// Products with rows most of whose values are zero, such as pixels and indicators of categories.
//
// A row is a list of the positions and values that are not zero, in ascending order. Leaving zeros out of
// a chain of multiply-adds does not change its bits (for finite weights), so that these kernels give the
// results of dense.c and features.c; tests hold them to that.
//
// Limits: each listed value reads 64 floats of the other factor, from the second-level cache, for 8
// multiply-adds of 8 lanes: 8 cycles where registers alone would allow 4. For MNIST, with 19 % of the
// values, that is 2.5 to 3 times as fast as the dense kernels.

enum {
  BLOCK = 4 * LANES  // outputs whose sums stay in registers: 8 of the 16 of AVX2
};

INLINE size_t at_most(size_t a, size_t b) { return a < b ? a : b; }

size_t kernels_count_nonzero(const float *x, size_t count) {
  size_t nonzero = 0;
  for (size_t i = 0; i < count; i++) nonzero += x[i] != 0;
  return nonzero;
}

size_t kernels_list_nonzero(const float *x, size_t count, int32_t *places, float *values) {
  size_t listed = 0;
  for (size_t i = 0; i < count; i++) {
    places[listed] = (int32_t)i;
    values[listed] = x[i];
    listed += x[i] != 0;
  }
  return listed;
}

// sums[v] += values[i] b[places[i] * stride + v * step], for `vectors` vectors of 16 floats.
INLINE void add_listed(size_t vectors, size_t count, const int32_t *places, const float *values,
                       const float *b, size_t stride, size_t step, v16 *sums) {
  v16 s[4];
  for (size_t v = 0; v < vectors; v++) s[v] = sums[v];
  for (size_t i = 0; i < count; i++) {
    const float *row = b + (size_t)places[i] * stride;
    const v16 value = splat16(values[i]);
    for (size_t v = 0; v < vectors; v++) s[v] += value * load16(row + v * step);
  }
  for (size_t v = 0; v < vectors; v++) sums[v] = s[v];
}

// The same for the first `width` columns, fewer than 16.
INLINE v16 add_listed_some(size_t width, size_t count, const int32_t *places, const float *values,
                           const float *b, size_t stride, v16 sum) {
  for (size_t i = 0; i < count; i++)
    sum += values[i] * load_some(b + (size_t)places[i] * stride, width);
  return sum;
}

// out[j] = start[j] + sum over i of values[i] b[places[i] * stride + j] for j < width, at most BLOCK.
INLINE void combine(size_t width, size_t count, const int32_t *places, const float *values,
                    const float *b, size_t stride, const float *start, int rectify, float *out) {
  const size_t vectors = width / LANES, whole = vectors * LANES;
  v16 sums[4] = {{0}};
  if (start)
    for (size_t v = 0; v < vectors; v++) sums[v] = load16(start + v * LANES);
  switch (vectors) {
  case 4: add_listed(4, count, places, values, b, stride, LANES, sums); break;
  case 3: add_listed(3, count, places, values, b, stride, LANES, sums); break;
  case 2: add_listed(2, count, places, values, b, stride, LANES, sums); break;
  case 1: add_listed(1, count, places, values, b, stride, LANES, sums); break;
  }
  if (whole < width) {
    const v16 first = start ? load_some(start + whole, width - whole) : (v16){0};
    sums[vectors] =
        add_listed_some(width - whole, count, places, values, b + whole, stride, first);
  }
  // NaN passes, so that a training that diverges is noticed.
  if (rectify)
    for (size_t v = 0; v < 4; v++) sums[v] = (v16)((v16i)sums[v] & ~(sums[v] < 0));
  if (width == BLOCK)
    for (size_t v = 0; v < 4; v++) store16(out + v * LANES, sums[v]);
  else memcpy(out, sums, width * sizeof(float));
}

MULTIVERSIONED
void kernels_listed_product(size_t rows, size_t columns, const size_t *starts,
                            const int32_t *places, const float *values, const int32_t *chosen,
                            const float *b, const float *bias, int rectify, float *out) {
  for (size_t j = 0; j < columns; j += BLOCK) {
    for (size_t r = 0; r < rows; r++) {
      const size_t from = starts[chosen[r]], count = starts[chosen[r] + 1] - from;
      combine(at_most(columns - j, BLOCK), count, places + from, values + from, b + j, columns,
              bias ? bias + j : 0, rectify, out + r * columns + j);
    }
  }
}

MULTIVERSIONED
void kernels_listed_transposed(size_t rows, size_t width, size_t columns, const size_t *starts,
                               const int32_t *places, const float *values, const int32_t *chosen,
                               const float *s, size_t *ends, int32_t *row_places,
                               float *row_values, float *out) {
  // The same values by columns of x, each with its rows in ascending order.
  memset(ends, 0, (width + 1) * sizeof(size_t));
  for (size_t r = 0; r < rows; r++)
    for (size_t i = starts[chosen[r]]; i < starts[chosen[r] + 1]; i++) ends[places[i] + 1]++;
  for (size_t j = 0; j < width; j++) ends[j + 1] += ends[j];
  for (size_t r = 0; r < rows; r++) {
    for (size_t i = starts[chosen[r]]; i < starts[chosen[r] + 1]; i++) {
      const size_t to = ends[places[i]]++;
      row_places[to] = (int32_t)r;
      row_values[to] = values[i];
    }
  }
  for (size_t j = 0; j < columns; j += BLOCK) {
    for (size_t k = 0; k < width; k++) {
      const size_t from = k ? ends[k - 1] : 0;
      combine(at_most(columns - j, BLOCK), ends[k] - from, row_places + from, row_values + from,
              s + j, columns, 0, 0, out + k * columns + j);
    }
  }
}

// Adds the listed values' products with four panels of 16 projections; a fifth factor of reuse would not fit
// the registers of AVX2.
INLINE void project_listed(size_t panels, size_t count, const int32_t *places, const float *values,
                           const float *panel, size_t columns, const float *phases, int paired,
                           float amplitude, float *to, size_t room) {
  const size_t width = paired ? 2 * LANES : LANES;
  v16 half_turns[4];
  for (size_t p = 0; p < panels; p++) half_turns[p] = load16(phases + p * LANES);
  switch (panels) {
  case 4: add_listed(4, count, places, values, panel, LANES, columns * LANES, half_turns); break;
  case 3: add_listed(3, count, places, values, panel, LANES, columns * LANES, half_turns); break;
  case 2: add_listed(2, count, places, values, panel, LANES, columns * LANES, half_turns); break;
  default: add_listed(1, count, places, values, panel, LANES, columns * LANES, half_turns); break;
  }
  for (size_t p = 0; p < panels; p++) {
    if (room - p * width >= width) emit(half_turns[p], paired, amplitude, to + p * width);
    else emit_some(half_turns[p], paired, amplitude, to + p * width, room - p * width);
  }
}

MULTIVERSIONED
void kernels_listed_fourier_features(size_t rows, size_t columns, const size_t *starts,
                                     const int32_t *places, const float *values,
                                     const float *panels, const float *phases, int paired,
                                     float amplitude, float *out, size_t count) {
  const size_t width = paired ? 2 * LANES : LANES;
  for (size_t from = 0; from < count; from += 4 * width) {
    const size_t taken = at_most((count - from + width - 1) / width, 4);
    const size_t first = from / width * LANES;
    for (size_t r = 0; r < rows; r++) {
      project_listed(taken, starts[r + 1] - starts[r], places + starts[r], values + starts[r],
                     panels + first * columns, columns, phases + first, paired, amplitude,
                     out + r * count + from, count - from);
    }
  }
}
