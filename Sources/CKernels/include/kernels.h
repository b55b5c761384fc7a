#ifndef KERNELS_H
#define KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Which vector code runs on this machine: "avx512", "avx2" or "baseline".
const char *kernels_cpu_path(void);

// --- Passes of a linear head over its features (head.c) ---
//
// `z` holds rows of `columns` floats; weights, directions and sums hold one such row for each class;
// scores, factors and curvatures hold one float per row and class, row by row. `rows` lists the rows
// that take part (NULL: the first `count`), and per-row arguments are indexed by the place in that list.

// scores[i][k] = weight[k] . z[i] + bias[k]. A row's scores do not depend on the other rows.
void kernels_head_scores(
    const float *z, size_t count, size_t columns, const float *weight, const float *bias,
    size_t classes, float *scores);

// scores[i][k] = weight[k] . z[i] in double, for certificates that the rounding of floats would spoil.
void kernels_head_exact_scores(
    const float *z, size_t count, size_t columns, const float *weight, size_t classes,
    double *scores);

// scores[i][k] = weight[k] . z[i], summed in double after each 512 columns: as fast as in float, with an error
// of some 1e-8 of the score.
void kernels_head_long_scores(
    const float *z, size_t count, size_t columns, const float *weight, size_t classes,
    double *scores);

// scores[i][k] = weight[k] . z[i] for listed rows.
void kernels_head_listed_scores(
    const float *z, size_t columns, const int32_t *rows, size_t count, const float *weight,
    size_t classes, float *scores);

// sums[k] += factors[i][k] z[i], row after row.
void kernels_head_accumulate(
    const float *z, size_t columns, const int32_t *rows, size_t count, const float *factors,
    size_t classes, float *sums);

// The product of a direction with the curvature of the losses, reading each row once:
//   steps[i][k] = direction[k] . z[i] + bias[k]
//   factors[i][k] = c[i][k] (steps[i][k] - coupling[i] sum_j c[i][j] steps[i][j])
//   sums[k] += factors[i][k] z[i]
void kernels_head_curvature(
    const float *z, size_t columns, const int32_t *rows, size_t count, const float *direction,
    const float *bias, size_t classes, const float *curvature, const float *coupling, float *steps,
    float *factors, float *sums);

// scores[i][k] = weight[k] . z[rows[i]] + bias[k], in other sums than kernels_head_scores (batch.c). A row's
// scores do not depend on the other rows.
void kernels_batch_scores(const float *z, size_t columns, const int32_t *rows, size_t count,
                          const float *weight, const float *bias, size_t classes, float *scores);

// Features as whole numbers of steps of 16 bits, z[i] = step * out[i] with per_step = 1 / step; |z[i]| <= 32767 step.
void kernels_round_features(const float *z, size_t count, float per_step, int16_t *out);

// The scores of kernels_batch_scores and the sums of kernels_head_accumulate on such rows.
void kernels_rounded_scores(const int16_t *z, float step, size_t columns, const int32_t *rows,
                            size_t count, const float *weight, const float *bias, size_t classes,
                            float *scores);
void kernels_rounded_accumulate(
    const int16_t *z, float step, size_t columns, const int32_t *rows, size_t count,
    const float *factors, size_t classes, float *sums);

// Whether -limit <= x[i] <= limit for all i; 0 if there is a NaN.
int kernels_within(const float *x, size_t count, float limit);

// --- Gram matrices and symmetric systems (gram.c) ---

// out[i * stride + j] = z[left[i]] . z[right[j]].
void kernels_gram(
    const float *z, size_t columns, const int32_t *left, size_t left_count, const int32_t *right,
    size_t right_count, float *out, size_t stride);

// The lower triangle of out = gram[places, places] + diag(diagonal), where `gram` has its lower triangle only.
void kernels_gram_system(
    const float *gram, size_t gram_stride, const int32_t *places, size_t size,
    const float *diagonal, float *out, size_t stride);

// Replaces the lower triangle of `a` by Cholesky's factor; pivots below `least` are raised to it.
void kernels_cholesky(float *a, size_t size, size_t stride, float least);

// Replaces x by the solution of L L^T y = x.
void kernels_cholesky_solve(const float *factor, size_t size, size_t stride, float *x);

// --- Random Fourier features (features.c) ---

// out[i][j] = amplitude cos(pi t[j]), t = x[i] W + phases in half turns; with `paired`, projection j gives the
// features 2j (cosine) and 2j + 1 (sine). `count` features are written for each row. `panels` holds W for
// 16 projections at a time, panels[p][column][lane], padded with zeros as are the phases.
//
// Each projection is one chain of multiply-adds over the columns: a row's features do not depend on the
// other rows. Results are finite for all finite and infinite x.
void kernels_fourier_features(
    const float *x, size_t rows, size_t columns, const float *panels, const float *phases,
    int paired, float amplitude, float *out, size_t count);
// --- Dense layers and their training (dense.c, adam.c) ---

// out[r][j] = bias[j] + sum over k of a(r, k) b(k, j), for r < rows, j < columns, k < depth.
//
// a(r, k) is a[r * a_row + k * a_step], b(k, j) is b[k * b_row + j * b_column]; `out` has `columns`
// values in each row. `bias` may be null. With `rectify`, negative results become 0. Each output is one
// chain of multiply-adds in ascending k: its bits do not depend on which other outputs are asked for.
void kernels_matrix_product(size_t rows, size_t columns, size_t depth, const float *a, size_t a_row,
                            size_t a_step, const float *b, size_t b_row, size_t b_column,
                            const float *bias, int rectify, float *out);

// sums[i][j] += sum over r of z[r][i] z[r][j] for j <= i < columns (and for some j above i, which means
// nothing). Rows of z lie `stride` apart, those of sums `sum_stride`; at most 256 rows.
void kernels_gram_add(const float *z, size_t rows, size_t columns, size_t stride, float *sums,
                      size_t sum_stride);

// --- The same for rows that are mostly zeros (sparse.c) ---

// How many values are not zero; NaN counts.
size_t kernels_count_nonzero(const float *x, size_t count);

// Lists the values that are not zero, with their places, in ascending order; returns how many. Both lists
// need room for one entry more than are listed.
size_t kernels_list_nonzero(const float *x, size_t count, int32_t *places, float *values);

// out[r][j] = bias[j] + sum over k of x(chosen[r], k) b[k][j]. Row i of x has the listed values from
// starts[i] to before starts[i + 1]; b and out have `columns` values in each row. `bias` may be null.
void kernels_listed_product(size_t rows, size_t columns, const size_t *starts,
                            const int32_t *places, const float *values, const int32_t *chosen,
                            const float *b, const float *bias, int rectify, float *out);

// out[k][j] = sum over r of x(chosen[r], k) s[r][j], for k < width. `ends` has room for width + 1 numbers,
// `row_places` and `row_values` for as many as are listed in the chosen rows.
void kernels_listed_transposed(size_t rows, size_t width, size_t columns, const size_t *starts,
                               const int32_t *places, const float *values, const int32_t *chosen,
                               const float *s, size_t *ends, int32_t *row_places,
                               float *row_values, float *out);

// kernels_fourier_features for listed rows, all of them.
void kernels_listed_fourier_features(size_t rows, size_t columns, const size_t *starts,
                                     const int32_t *places, const float *values,
                                     const float *panels, const float *phases, int paired,
                                     float amplitude, float *out, size_t count);

// values[i] = 0 where condition[i] is not over 0: back through a rectifier.
void kernels_keep_where_positive(size_t count, const float *condition, float *values);

// One step of Adam on `count` weights: with g = gradient + penalty * weight,
//   mean += mean_gain (g - mean), square += square_gain (g^2 - square),
//   weight -= rate * mean / (sqrt(square) + epsilon).
void kernels_adam(size_t count, float *weight, const float *gradient, float *mean, float *square,
                  float penalty, float rate, float mean_gain, float square_gain, float epsilon);

// --- Radial kernels (radial.c) ---
//
// `panels` holds rows 16 at a time, panels[p][column][lane]; what is behind the last row is anything finite.
// With `absolute`, a distance is the sum of |x - y|, otherwise of (x - y)^2. The kernel, less its value at
// distance 0, is 2^(rate distance) - 1 with a rate below 0.

// The distances of the rows of `x` to each other: those of 16 rows from row 16 `block` on to these and all
// later ones, and their mirror images. Rows of `out` lie `stride` apart, a multiple of 16.
void kernels_distances(
    const float *x, size_t rows, size_t columns, const float *panels, int absolute, size_t block,
    float *out, size_t stride);

// out[i] = 2^(rate distance[i]) - 1 for a `count` that is a multiple of 16; `out` may be `distance`.
void kernels_radial(size_t count, const float *distance, float rate, float *out);

// out[i][k] += sum over j of coefficient[j][k] (2^(rate distance(x[i], row j)) - 1), where
// coefficients[p][k][lane] are 0 behind the last row. A row's sums do not depend on the other rows of `x`.
void kernels_radial_scores(
    const float *x, size_t rows, size_t columns, const float *panels, size_t panel_count,
    const float *coefficients, size_t outputs, int absolute, float rate, float *out);

// --- Sequential minimal optimisation (smo.c) ---
//
// Minimises 1/2 b'(K + ridge)b - y'b under lower <= b <= upper and a constant sum of b. All arrays have
// `count` places, a multiple of 16; at those that are no rows both bounds are 0. residual is
// y - (K + ridge) b.

// Runs at most `limit` iterations, fewer if no pair violates the conditions of optimality by more than
// `tolerance`. `diagonal` is that of K + ridge; `rise` and `fall` are scratch. Gives the number of
// iterations, and the largest violation that is left.
size_t kernels_smo(
    size_t count, const float *gram, size_t stride, const float *diagonal, const double *ridge,
    const double *lower, const double *upper, double *coefficient, double *residual, double *rise,
    float *fall, size_t limit, double tolerance, double *violation);

// residual -= coefficient[r] K[r] for each listed row r, in Double.
void kernels_smo_residuals(
    size_t count, const float *gram, size_t stride, const int32_t *rows, size_t row_count,
    const double *coefficient, double *residual);

#endif
