#include "kernels.h"
#include "vectors.h"

#include <math.h>

// Sequential minimal optimisation: two coefficients at a time, chosen by second-order information.
//
// An iteration is two passes over vectors of `count` numbers that stay in cache, and over two rows of the
// Gram matrix. Residuals are sums over all iterations and are held in Double; which pair is the best is
// judged in Float.

typedef int32_t v8i __attribute__((vector_size(32), aligned(4)));
typedef int64_t d8i __attribute__((vector_size(64), aligned(8)));

// Pairs of equal rows have no curvature; any small number bounds their step by the box.
#define LEAST_CURVATURE 1e-12f

INLINE d8 splat_d8(double value) {
  return (d8){value, value, value, value, value, value, value, value};
}

INLINE v8 splat_v8(float value) {
  return (v8){value, value, value, value, value, value, value, value};
}

typedef struct {
  d8 most;
  d8i place;
} largest;

INLINE void consider(largest *best, d8 value, size_t from) {
  d8i lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  d8i better = value > best->most;
  best->most = (d8)(((d8i)value & better) | ((d8i)best->most & ~better));
  best->place = ((lanes + (int64_t)from) & better) | (best->place & ~better);
}

INLINE size_t place_of(const largest *best) {
  double most = best->most[0];
  int64_t place = best->place[0];
  for (int lane = 1; lane < 8; lane++) {
    int better = best->most[lane] > most ||
                 (best->most[lane] == most && best->place[lane] < place);
    most = better ? best->most[lane] : most;
    place = better ? best->place[lane] : place;
  }
  return (size_t)place;
}

// The row with the largest residual among those whose coefficient may rise.
INLINE size_t first_row(size_t count, const double *residual, const double *rise) {
  largest best = {splat_d8(-INFINITY), {0}};
  for (size_t k = 0; k < count; k += 8)
    consider(&best, *(const d8 *)(residual + k) + *(const d8 *)(rise + k), k);
  return place_of(&best);
}

// Takes a step into all residuals and finds the next first row in the same pass.
INLINE size_t update(
    size_t count, double step, const float *gram_i, const float *gram_j, double *residual,
    const double *rise) {
  largest best = {splat_d8(-INFINITY), {0}};
  d8 factor = splat_d8(step);
  for (size_t k = 0; k < count; k += 8) {
    d8 difference = __builtin_convertvector(*(const v8 *)(gram_i + k), d8) -
                    __builtin_convertvector(*(const v8 *)(gram_j + k), d8);
    d8 value = *(const d8 *)(residual + k) - factor * difference;
    *(d8 *)(residual + k) = value;
    consider(&best, value + *(const d8 *)(rise + k), k);
  }
  return place_of(&best);
}

// The row with which the first one gains the most, among those whose coefficient may fall.
//
// A pair gains (difference of residuals)² / 2 curvature if no bound is met.
INLINE size_t second_row(
    size_t count, size_t i, const float *gram_i, const float *diagonal, const double *residual,
    const float *fall, float *widest) {
  v8 most = splat_v8(0), wide = splat_v8(0), zero = splat_v8(0);
  v8i lanes = {0, 1, 2, 3, 4, 5, 6, 7}, place = {0};
  d8 top = splat_d8(residual[i]);
  v8 own = splat_v8(diagonal[i]), least = splat_v8(LEAST_CURVATURE);
  for (size_t k = 0; k < count; k += 8) {
    v8 difference = __builtin_convertvector(top - *(const d8 *)(residual + k), v8) +
                    *(const v8 *)(fall + k);
    difference = __builtin_elementwise_max(difference, zero);
    v8 curvature = own + *(const v8 *)(diagonal + k) - 2 * *(const v8 *)(gram_i + k);
    v8 gain = difference * difference / __builtin_elementwise_max(curvature, least);
    v8i better = gain > most;
    wide = __builtin_elementwise_max(wide, difference);
    most = (v8)(((v8i)gain & better) | ((v8i)most & ~better));
    place = ((lanes + (int32_t)k) & better) | (place & ~better);
  }
  float best = most[0];
  int32_t chosen = place[0];
  *widest = wide[0];
  for (int lane = 1; lane < 8; lane++) {
    int better = most[lane] > best || (most[lane] == best && place[lane] < chosen);
    best = better ? most[lane] : best;
    chosen = better ? place[lane] : chosen;
    *widest = wide[lane] > *widest ? wide[lane] : *widest;
  }
  return (size_t)chosen;
}

INLINE void mark(
    size_t k, const double *lower, const double *upper, const double *coefficient, double *rise,
    float *fall) {
  rise[k] = coefficient[k] < upper[k] ? 0 : -INFINITY;
  fall[k] = coefficient[k] > lower[k] ? 0 : -INFINITY;
}

MULTIVERSIONED size_t kernels_smo(
    size_t count, const float *gram, size_t stride, const float *diagonal, const double *ridge,
    const double *lower, const double *upper, double *coefficient, double *residual, double *rise,
    float *fall, size_t limit, double tolerance, double *violation) {
  for (size_t k = 0; k < count; k++) mark(k, lower, upper, coefficient, rise, fall);
  size_t i = first_row(count, residual, rise);
  for (size_t done = 0;; done++) {
    float widest = 0;
    const float *gram_i = gram + i * stride;
    // With no coefficient that may rise, the first row is none.
    size_t j = rise[i] == 0
        ? second_row(count, i, gram_i, diagonal, residual, fall, &widest) : 0;
    *violation = widest;
    if (!(widest > tolerance) || done == limit) return done;
    const float *gram_j = gram + j * stride;
    float curvature = diagonal[i] + diagonal[j] - 2 * gram_i[j];
    curvature = curvature > LEAST_CURVATURE ? curvature : LEAST_CURVATURE;
    double wanted = (residual[i] - residual[j]) / curvature;
    double rising = upper[i] - coefficient[i], falling = coefficient[j] - lower[j];
    double step = wanted;
    step = rising < step ? rising : step;
    step = falling < step ? falling : step;
    coefficient[i] = step == rising ? upper[i] : coefficient[i] + step;
    coefficient[j] = step == falling ? lower[j] : coefficient[j] - step;
    mark(i, lower, upper, coefficient, rise, fall);
    mark(j, lower, upper, coefficient, rise, fall);
    residual[i] -= ridge[i] * step;
    residual[j] += ridge[j] * step;
    i = update(count, step, gram_i, gram_j, residual, rise);
  }
}

INLINE void subtract(size_t count, double factor, const float *row, double *residual) {
  for (size_t k = 0; k < count; k += 8)
    *(d8 *)(residual + k) -= splat_d8(factor) * __builtin_convertvector(*(const v8 *)(row + k), d8);
}

MULTIVERSIONED void kernels_smo_residuals(
    size_t count, const float *gram, size_t stride, const int32_t *rows, size_t row_count,
    const double *coefficient, double *residual) {
  for (size_t r = 0; r < row_count; r++)
    subtract(count, coefficient[rows[r]], gram + (size_t)rows[r] * stride, residual);
}
