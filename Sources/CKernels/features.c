#include "cosine.h"
#include "kernels.h"
#include "vectors.h"

// Random Fourier features: a projection and its cosine in one pass over tiles that stay in cache.
// Projections come in turns, as cosine.h wants them.

#define ROW_TILE 64

INLINE void project(
    int rows, const float *x, size_t columns, const float *panel, const float *phases, int paired,
    float amplitude, float *to, size_t count, size_t room) {
  v16 turns[4];
  for (int r = 0; r < rows; r++) turns[r] = load16(phases);
  for (size_t j = 0; j < columns; j++) {
    v16 w = load16(panel + j * LANES);
    for (int r = 0; r < rows; r++) turns[r] += splat16(x[r * columns + j]) * w;
  }
  for (int r = 0; r < rows; r++) emit(turns[r], paired, amplitude, to + r * count, room);
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
