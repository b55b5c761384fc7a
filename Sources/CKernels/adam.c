#include "kernels.h"
#include "vectors.h"

#include <math.h>

MULTIVERSIONED
void kernels_adam(size_t count, float *restrict weight, const float *restrict gradient,
                  float *restrict mean, float *restrict square, float penalty, float rate,
                  float mean_gain, float square_gain, float epsilon) {
  for (size_t i = 0; i < count; i++) {
    const float g = gradient[i] + penalty * weight[i];
    const float m = mean[i] + mean_gain * (g - mean[i]);
    const float s = square[i] + square_gain * (g * g - square[i]);
    mean[i] = m;
    square[i] = s;
    weight[i] -= rate * m / (sqrtf(s) + epsilon);
  }
}
