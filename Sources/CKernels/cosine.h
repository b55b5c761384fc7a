#ifndef COSINE_H
#define COSINE_H

#include "vectors.h"

// Cosines and sines of turns (radians over 2 pi), so that the argument is reduced by taking away the nearest
// whole number. Polynomials of degree 6 in the squared turn, fitted on [-1/2, 1/2] to an error of 1e-8
// (cosine) and 1e-9 (sine), leave the rounding of Float, about 3e-7.

// Beyond this many turns Float knows no fraction of a turn; NaN from an overflow ends up here, too.
#define MOST_TURNS 4194304.0f

INLINE v16 reduced(v16 turns) {
  v16 most = splat16(MOST_TURNS);
  turns = __builtin_elementwise_max(__builtin_elementwise_min(turns, most), -most);
  // Adding and taking away 1.5 * 2^23 rounds to the nearest whole number on every machine.
  v16 shift = splat16(12582912.0f);
  return turns - ((turns + shift) - shift);
}

INLINE v16 cosine(v16 r) {
  v16 u = r * r;
  v16 p = splat16(6.529911025204746f);
  p = p * u + splat16(-25.968544587915005f);
  p = p * u + splat16(60.1678990198039f);
  p = p * u + splat16(-85.45017469870638f);
  p = p * u + splat16(64.93911956114673f);
  p = p * u + splat16(-19.739204546316195f);
  return p * u + splat16(0.9999999892500492f);
}

INLINE v16 sine(v16 r) {
  v16 u = r * r;
  v16 p = splat16(3.2007606688688597f);
  p = p * u + splat16(-14.86949081375976f);
  p = p * u + splat16(42.0164457195811f);
  p = p * u + splat16(-76.701594099773f);
  p = p * u + splat16(81.60502784180844f);
  p = p * u + splat16(-41.34169717337524f);
  return r * (p * u + splat16(6.283185273704733f));
}

INLINE void store_some(float *to, v16 value, size_t count) {
  if (count >= LANES) store16(to, value);
  else memcpy(to, &value, count * sizeof(float));
}

// Stores the features of 16 projections of one row; `room` is how many fit.
INLINE void emit(v16 turns, int paired, float amplitude, float *to, size_t room) {
  v16 r = reduced(turns), scale = splat16(amplitude);
  v16 c = scale * cosine(r);
  if (!paired) {
    store_some(to, c, room);
    return;
  }
  v16 s = scale * sine(r);
  v16 low = __builtin_shufflevector(
      c, s, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  v16 high = __builtin_shufflevector(
      c, s, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  store_some(to, low, room);
  if (room > LANES) store_some(to + LANES, high, room - LANES);
}

#endif
