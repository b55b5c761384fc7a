#include "kernels.h"
#include "vectors.h"

// Radial kernels, less their value at distance 0: exp(-factor · distance) - 1.
//
// A machine with a free bias has coefficients that sum to 0, so that a constant in the kernel changes
// nothing; without it, a kernel that is nearly constant keeps all its digits. A distance is one chain of
// additions over the columns in ascending order: it is symmetric, and the same in training and prediction,
// to the bit.

typedef int32_t v16i __attribute__((vector_size(64), aligned(4)));

#define ROWS 4        // rows that share the loads of a panel
#define PANELS 16     // panels whose kernel values are held while outputs pass
#define OUTPUTS 64    // sums of a row that are held while panels pass

// 2^t - 1 for t <= 0 as 2^n (2^r - 1) + (2^n - 1) with |r| <= 1/2.
//
// 2^r - 1 is r times a polynomial with a relative error of 1e-8; the rest is the rounding of Float.
INLINE v16 power_less_one(v16 t) {
  // The exponent of Float ends at 2^-126, where the power is 0 beside the 1.
  t = __builtin_elementwise_max(t, splat16(-126.0f));
  // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number; its last bits are that number.
  v16 shift = splat16(12582912.0f);
  v16 shifted = t + shift, r = t - (shifted - shift);
  v16 p = splat16(0.00015403495255458623f);
  p = p * r + splat16(0.001339073541279795f);
  p = p * r + splat16(0.009618237548283143f);
  p = p * r + splat16(0.05550357433798281f);
  p = p * r + splat16(0.24022649794627507f);
  p = p * r + splat16(0.6931471879266421f);
  v16 power = (v16)(((v16i)shifted - (v16i)shift + 127) << 23);
  return power * (p * r) + (power - splat16(1));
}

// Σ (x - y)², or Σ |x - y|, of some rows with the 16 rows of a panel.
INLINE void distances(
    int rows, const float *x, size_t columns, const float *panel, int absolute, v16 *sums) {
  v16 s[ROWS];
  for (int r = 0; r < rows; r++) s[r] = splat16(0);
  for (size_t j = 0; j < columns; j++) {
    v16 y = load16(panel + j * LANES);
    for (int r = 0; r < rows; r++) {
      v16 difference = splat16(x[r * columns + j]) - y;
      if (absolute) s[r] += __builtin_elementwise_max(difference, -difference);
      else s[r] += difference * difference;
    }
  }
  for (int r = 0; r < rows; r++) sums[r] = s[r];
}

// The distances of up to 16 rows to a panel, and the same with rows and columns exchanged.
INLINE void distance_tile(
    const float *x, size_t rows, size_t columns, const float *panel, int absolute, float *out,
    float *mirrored, size_t mirrored_rows, size_t stride) {
  v16 tile[LANES] = {0};
  size_t r = 0;
  for (; r + ROWS <= rows; r += ROWS)
    distances(ROWS, x + r * columns, columns, panel, absolute, tile + r);
  for (; r < rows; r++) distances(1, x + r * columns, columns, panel, absolute, tile + r);
  for (size_t k = 0; k < rows; k++) store16(out + k * stride, tile[k]);
  for (size_t lane = 0; lane < mirrored_rows; lane++)
    for (size_t k = 0; k < rows; k++) mirrored[lane * stride + k] = tile[k][lane];
}

MULTIVERSIONED void kernels_distances(
    const float *x, size_t rows, size_t columns, const float *panels, int absolute, size_t block,
    float *out, size_t stride) {
  size_t first = block * LANES, height = rows - first < LANES ? rows - first : LANES;
  for (size_t p = block; p * LANES < rows; p++) {
    size_t column = p * LANES, width = rows - column < LANES ? rows - column : LANES;
    distance_tile(
        x + first * columns, height, columns, panels + p * LANES * columns, absolute,
        out + first * stride + column, out + column * stride + first, p > block ? width : 0,
        stride);
  }
}

INLINE void radial_lanes(const float *distance, float rate, float *out) {
  store16(out, power_less_one(load16(distance) * splat16(rate)));
}

MULTIVERSIONED void kernels_radial(
    size_t count, const float *distance, float rate, float *out) {
  for (size_t i = 0; i < count; i += LANES) radial_lanes(distance + i, rate, out + i);
}

// The kernel values of some rows with `count` panels.
INLINE void radial_values(
    int rows, const float *x, size_t columns, const float *panels, size_t count, int absolute,
    float rate, v16 (*values)[PANELS]) {
  for (size_t p = 0; p < count; p++) {
    v16 sums[ROWS];
    distances(rows, x, columns, panels + p * LANES * columns, absolute, sums);
    for (int r = 0; r < rows; r++) values[r][p] = power_less_one(sums[r] * splat16(rate));
  }
}

INLINE void radial_group(
    int rows, const float *x, size_t columns, const float *panels, size_t panel_count,
    const float *coefficients, size_t first, size_t outputs, size_t all, int absolute, float rate,
    float *out) {
  v16 values[ROWS][PANELS], sums[ROWS][OUTPUTS];
  for (int r = 0; r < rows; r++)
    for (size_t k = 0; k < outputs; k++) sums[r][k] = splat16(0);
  for (size_t from = 0; from < panel_count; from += PANELS) {
    size_t count = panel_count - from < PANELS ? panel_count - from : PANELS;
    radial_values(
        rows, x, columns, panels + from * LANES * columns, count, absolute, rate, values);
    for (size_t k = 0; k < outputs; k++) {
      const float *c = coefficients + (from * all + first + k) * LANES;
      v16 s[ROWS];
      for (int r = 0; r < rows; r++) s[r] = sums[r][k];
      for (size_t p = 0; p < count; p++)
        for (int r = 0; r < rows; r++) s[r] += values[r][p] * load16(c + p * all * LANES);
      for (int r = 0; r < rows; r++) sums[r][k] = s[r];
    }
  }
  for (int r = 0; r < rows; r++)
    for (size_t k = 0; k < outputs; k++) out[r * all + first + k] += sum16(sums[r][k]);
}

MULTIVERSIONED void kernels_radial_scores(
    const float *x, size_t rows, size_t columns, const float *panels, size_t panel_count,
    const float *coefficients, size_t outputs, int absolute, float rate, float *out) {
  for (size_t first = 0; first < outputs; first += OUTPUTS) {
    size_t some = outputs - first < OUTPUTS ? outputs - first : OUTPUTS;
    size_t i = 0;
    for (; i + ROWS <= rows; i += ROWS)
      radial_group(
          ROWS, x + i * columns, columns, panels, panel_count, coefficients, first, some, outputs,
          absolute, rate, out + i * outputs);
    for (; i < rows; i++)
      radial_group(
          1, x + i * columns, columns, panels, panel_count, coefficients, first, some, outputs,
          absolute, rate, out + i * outputs);
  }
}
