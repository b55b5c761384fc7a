#ifndef KERNELS_H
#define KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Which vector code runs on this machine: "avx512", "avx2" or "baseline".
const char *kernels_cpu_path(void);

// out[r][j] = bias[j] + sum over k of a(r, k) b(k, j), for r < rows, j < columns, k < depth.
//
// a(r, k) is a[r * a_row + k * a_step], b(k, j) is b[k * b_row + j * b_column]; `out` has `columns` values in
// each row. `bias` may be null. With `rectify`, negative results become 0. Each output is one chain of
// multiply-adds in ascending k, so its bits do not depend on which other outputs are asked for.
void kernels_matrix_product(size_t rows, size_t columns, size_t depth, const float *a, size_t a_row,
                            size_t a_step, const float *b, size_t b_row, size_t b_column,
                            const float *bias, int rectify, float *out);

// values[i] = 0 where condition[i] is not over 0: back through a rectifier.
void kernels_keep_where_positive(size_t count, const float *condition, float *values);

// One step of Adam on `count` weights: with g = gradient + penalty * weight,
//   mean += mean_gain (g - mean), square += square_gain (g^2 - square),
//   weight -= rate * mean / (sqrt(square) + epsilon).
void kernels_adam(size_t count, float *weight, const float *gradient, float *mean, float *square,
                  float penalty, float rate, float mean_gain, float square_gain,
                  float epsilon);

#endif
