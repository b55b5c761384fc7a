#ifndef COSINE_H
#define COSINE_H

#include "vectors.h"

// Cosines and sines of half turns (radians over pi). The nearest whole number k is taken away, which leaves an
// angle of at most a quarter turn, and changes the sign if k is odd. Polynomials in the squared rest r, fitted
// on [-1/2, 1/2] by Remez' exchange to an error of 5e-8 (cosine, exact at 0) and 3e-9 (sine), leave the rounding
// of Float, about 2e-7.

// Beyond this many half turns Float knows no fraction that matters; NaN from an overflow ends up here, too.
#define MOST_HALF_TURNS 4194304.0f

typedef struct {
  v16 rest;   // in [-1/2, 1/2] half turns
  v16i sign;  // the sign bit where cosine and sine change theirs
} reduced_angle;

INLINE reduced_angle reduced(v16 half_turns) {
  v16 most = splat16(MOST_HALF_TURNS);
  half_turns = __builtin_elementwise_max(__builtin_elementwise_min(half_turns, most), -most);
  // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits, on every machine.
  v16 shift = splat16(12582912.0f), shifted = half_turns + shift;
  v16i bits;
  memcpy(&bits, &shifted, sizeof bits);
  return (reduced_angle){half_turns - (shifted - shift), bits << 31};
}

INLINE v16 with_sign(v16 value, v16i sign) {
  v16i bits;
  memcpy(&bits, &value, sizeof bits);
  bits ^= sign;
  memcpy(&value, &bits, sizeof value);
  return value;
}

INLINE v16 cosine(reduced_angle angle) {
  v16 u = angle.rest * angle.rest;
  v16 p = splat16(0.22008069320032622f);
  p = p * u + splat16(-1.3320938856155764f);
  p = p * u + splat16(4.0584513447686676f);
  p = p * u + splat16(-4.9347955182887603f);
  return with_sign(p * u + splat16(1.0f), angle.sign);
}

INLINE v16 sine(reduced_angle angle) {
  v16 u = angle.rest * angle.rest;
  v16 p = splat16(0.077222249238931667f);
  p = p * u + splat16(-0.59804645065423651f);
  p = p * u + splat16(2.5500316409537051f);
  p = p * u + splat16(-5.1677069002094567f);
  return with_sign(angle.rest * (p * u + splat16(3.1415925805693441f)), angle.sign);
}

// The features of 16 projections, each cosine followed by its sine.
INLINE void interleave(v16 c, v16 s, v16 *low, v16 *high) {
  *low = __builtin_shufflevector(
      c, s, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  *high = __builtin_shufflevector(
      c, s, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

// Stores the features of 16 projections of one row, all of which fit.
INLINE void emit(v16 half_turns, int paired, float amplitude, float *to) {
  reduced_angle angle = reduced(half_turns);
  v16 scale = splat16(amplitude), c = scale * cosine(angle);
  if (!paired) {
    store16(to, c);
    return;
  }
  v16 low, high;
  interleave(c, scale * sine(angle), &low, &high);
  store16(to, low);
  store16(to + LANES, high);
}

// The same where only `room` features fit: apart, since what may be copied in parts is kept on the stack.
INLINE void emit_some(v16 half_turns, int paired, float amplitude, float *to, size_t room) {
  float features[2 * LANES];
  emit(half_turns, paired, amplitude, features);
  memcpy(to, features, room * sizeof(float));
}

#endif
