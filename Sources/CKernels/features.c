#include "cosine.h"
#include "kernels.h"
#include "vectors.h"

// Random Fourier features: a projection and its cosine in one pass over tiles that stay in cache.
// Projections come in half turns, as cosine.h wants them.

#define ROW_TILE 64

INLINE void project(
    int rows, const float *x, size_t columns, const float *panel, const float *phases, int paired,
    float amplitude, float *to, size_t count, size_t room) {
  v16 half_turns[4];
  for (int r = 0; r < rows; r++) half_turns[r] = load16(phases);
  for (size_t j = 0; j < columns; j++) {
    v16 w = load16(panel + j * LANES);
    for (int r = 0; r < rows; r++) half_turns[r] += splat16(x[r * columns + j]) * w;
  }
  if (room >= (paired ? 2 * LANES : LANES)) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) emit(half_turns[r], paired, amplitude, to + r * count);
  } else {
    for (int r = 0; r < rows; r++)
      emit_some(half_turns[r], paired, amplitude, to + r * count, room);
  }
}

MULTIVERSIONED void kernels_fourier_features(
    const float *x, size_t rows, size_t columns, const float *panels, const float *phases,
    int paired, float amplitude, float *out, size_t count) {
  size_t width = paired ? 2 * LANES : LANES;
  for (size_t tile = 0; tile < rows; tile += ROW_TILE) {
    size_t end = tile + ROW_TILE < rows ? tile + ROW_TILE : rows;
    for (size_t from = 0; from < count; from += width) {
      size_t first = from / width * LANES, room = count - from < width ? count - from : width;
      const float *panel = panels + first * columns, *phase = phases + first;
      size_t i = tile;
      for (; i + 4 <= end; i += 4)
        project(
            4, x + i * columns, columns, panel, phase, paired, amplitude, out + i * count + from,
            count, room);
      for (; i < end; i++)
        project(
            1, x + i * columns, columns, panel, phase, paired, amplitude, out + i * count + from,
            count, room);
    }
  }
}

// Adding 1.5 * 2^23 leaves the nearest whole number in the low bits, on every machine.
INLINE void round_features(const float *z, size_t count, float per_step, int16_t *out) {
  const v16 shift = splat16(12582912.0f), factor = splat16(per_step);
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const v16 shifted = load16(z + i) * factor + shift;
    v16i bits;
    memcpy(&bits, &shifted, sizeof bits);
    *(short16 *)(out + i) = __builtin_convertvector(bits, short16);
  }
  for (; i < count; i++) {
    const float shifted = z[i] * per_step + 12582912.0f;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    out[i] = (int16_t)bits;
  }
}

MULTIVERSIONED void kernels_round_features(
    const float *z, size_t count, float per_step, int16_t *out) {
  round_features(z, count, per_step, out);
}
