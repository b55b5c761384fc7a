#ifndef BASELINE_KERNELS_H
#define BASELINE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// What kernels.h declares, for the tests that hold all paths to this one.

void baseline_head_scores(
    const float *z, size_t count, size_t columns, const float *weight, const float *bias,
    size_t classes, float *scores);

void baseline_head_exact_scores(
    const float *z, size_t count, size_t columns, const float *weight, size_t classes,
    double *scores);

void baseline_head_long_scores(
    const float *z, size_t count, size_t columns, const float *weight, size_t classes,
    double *scores);

void baseline_head_listed_scores(
    const float *z, size_t columns, const int32_t *rows, size_t count, const float *weight,
    size_t classes, float *scores);

void baseline_head_accumulate(
    const float *z, size_t columns, const int32_t *rows, size_t count, const float *factors,
    size_t classes, float *sums);

void baseline_head_curvature(
    const float *z, size_t columns, const int32_t *rows, size_t count, const float *direction,
    const float *bias, size_t classes, const float *curvature, const float *coupling, float *steps,
    float *factors, float *sums);

void baseline_batch_scores(const float *z, size_t columns, const int32_t *rows, size_t count,
                          const float *weight, const float *bias, size_t classes, float *scores);

void baseline_round_features(const float *z, size_t count, float per_step, int16_t *out);

void baseline_rounded_scores(const int16_t *z, float step, size_t columns, const int32_t *rows,
                            size_t count, const float *weight, const float *bias, size_t classes,
                            float *scores);
void baseline_rounded_accumulate(
    const int16_t *z, float step, size_t columns, const int32_t *rows, size_t count,
    const float *factors, size_t classes, float *sums);

int baseline_within(const float *x, size_t count, float limit);

void baseline_gram(
    const float *z, size_t columns, const int32_t *left, size_t left_count, const int32_t *right,
    size_t right_count, float *out, size_t stride);

void baseline_gram_system(
    const float *gram, size_t gram_stride, const int32_t *places, size_t size,
    const float *diagonal, float *out, size_t stride);

void baseline_cholesky(float *a, size_t size, size_t stride, float least);

void baseline_cholesky_solve(const float *factor, size_t size, size_t stride, float *x);

void baseline_fourier_features(
    const float *x, size_t rows, size_t columns, const float *panels, const float *phases,
    int paired, float amplitude, float *out, size_t count);

void baseline_matrix_product(size_t rows, size_t columns, size_t depth, const float *a, size_t a_row,
                            size_t a_step, const float *b, size_t b_row, size_t b_column,
                            const float *bias, int rectify, float *out);

void baseline_gram_add(const float *z, size_t rows, size_t columns, size_t stride, float *sums,
                      size_t sum_stride);

size_t baseline_count_nonzero(const float *x, size_t count);

size_t baseline_list_nonzero(const float *x, size_t count, int32_t *places, float *values);

void baseline_listed_product(size_t rows, size_t columns, const size_t *starts,
                            const int32_t *places, const float *values, const int32_t *chosen,
                            const float *b, const float *bias, int rectify, float *out);

void baseline_listed_transposed(size_t rows, size_t width, size_t columns, const size_t *starts,
                               const int32_t *places, const float *values, const int32_t *chosen,
                               const float *s, size_t *ends, int32_t *row_places,
                               float *row_values, float *out);

void baseline_listed_fourier_features(size_t rows, size_t columns, const size_t *starts,
                                     const int32_t *places, const float *values,
                                     const float *panels, const float *phases, int paired,
                                     float amplitude, float *out, size_t count);

void baseline_keep_where_positive(size_t count, const float *condition, float *values);

void baseline_adam(size_t count, float *weight, const float *gradient, float *mean, float *square,
                  float penalty, float rate, float mean_gain, float square_gain, float epsilon);

void baseline_distances(
    const float *x, size_t rows, size_t columns, const float *panels, int absolute, size_t block,
    float *out, size_t stride);

void baseline_radial(size_t count, const float *distance, float rate, float *out);

void baseline_radial_scores(
    const float *x, size_t rows, size_t columns, const float *panels, size_t panel_count,
    const float *coefficients, size_t outputs, int absolute, float rate, float *out);

size_t baseline_smo(
    size_t count, const float *gram, size_t stride, const float *diagonal, const double *ridge,
    const double *lower, const double *upper, double *coefficient, double *residual, double *rise,
    float *fall, size_t limit, double tolerance, double *violation);

void baseline_smo_residuals(
    size_t count, const float *gram, size_t stride, const int32_t *rows, size_t row_count,
    const double *coefficient, double *residual);

#endif
