// Reads decimals: the double nearest to ± m 10^q.
//
// Up to 16 characters are read at once: their digits are moved together without the point and summed
// in pairs (W. Mula, "SIMD-ized faster parse of IPv4 addresses", 2021, gives the idea). With m at most
// 2^53 and |q| at most 22 both are exact, and one division or product rounds once (W. D. Clinger, "How
// to read floating point numbers accurately", PLDI 1990, doi:10.1145/93542.93557). Other decimals of up
// to 19 digits take the first 128 bits of a power of five (D. Lemire, "Number parsing at a gigabyte per
// second", Software: Practice and Experience 51, 2021, doi:10.1002/spe.2984). The rest is odd.

#include "table_text.h"

#include <math.h>
#include <string.h>

#include "powers.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static const double exact_powers[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#define GREATEST_EXACT (1ull << 53)

// The double nearest to m 10^q for m over 0; false if it is not normal, or not certain.
static bool nearest_double(uint64_t m, int q, double *value) {
  if (q < LEAST_POWER || q > GREATEST_POWER) return false;
  int zeros = __builtin_clzll(m);
  m <<= zeros;
  const uint64_t *power = powers_of_five[q - LEAST_POWER];
  __uint128_t product = (__uint128_t)m * power[0];
  uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
  // Only if the bits behind the mantissa are all ones can the rest of the power matter.
  if ((high & 0x1ff) == 0x1ff) {
    uint64_t more = (uint64_t)((__uint128_t)m * power[1] >> 64);
    low += more;
    if (more > low) high++;
  }
  if (low == UINT64_MAX && (q < -27 || q > 55)) return false;
  int upper = (int)(high >> 63);
  uint64_t mantissa = high >> (upper + 9);
  int exponent = ((217706 * q) >> 16) + 63 + upper - zeros + 1023;
  if (exponent <= 0) return false;
  // Exactly between two doubles: to the even one.
  if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << (upper + 9) == high) {
    mantissa &= ~1ull;
  }
  mantissa += mantissa & 1;
  mantissa >>= 1;
  if (mantissa >= 1ull << 53) {
    mantissa = 1ull << 52;
    exponent++;
  }
  if (exponent >= 0x7ff) return false;
  uint64_t bits = (mantissa & ~(1ull << 52)) | (uint64_t)exponent << 52;
  memcpy(value, &bits, sizeof bits);
  return true;
}

static inline bool is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

// Digits of a decimal: their value, and how many matter.
typedef struct {
  uint64_t value;
  unsigned significant;
} digit_run;

static const uint8_t *read_digits(const uint8_t *at, const uint8_t *end, digit_run *run) {
  for (; at < end && is_digit(*at); at++) {
    run->value = run->value * 10 + (uint64_t)(*at - '0');
    run->significant += *at != '0' || run->significant > 0;
  }
  return at;
}

// Reads the power of ten behind an `e`; NULL if there is none.
static const uint8_t *read_exponent(const uint8_t *at, const uint8_t *end, int *exponent) {
  bool is_negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  if (at == end || !is_digit(*at)) return NULL;
  int power = 0;
  for (; at < end && is_digit(*at); at++) {
    if (power < 100000) power = power * 10 + (*at - '0');
  }
  *exponent += is_negative ? -power : power;
  return at;
}

// Reads any cell; false if it is odd.
static bool read_cell(const uint8_t *at, const uint8_t *end, bool has_quotes, double *value) {
  while (at < end && *at == ' ') at++;
  while (end > at && end[-1] == ' ') end--;
  if (has_quotes && at < end && *at == '"') {
    at++;
    end--;
  }
  if (at == end) {
    *value = NAN;
    return true;
  }
  bool is_negative = *at == '-';
  if (*at == '-' || *at == '+') at++;
  digit_run run = {0, 0};
  const uint8_t *first = at;
  at = read_digits(at, end, &run);
  int exponent = 0;
  size_t digits = (size_t)(at - first);
  if (at < end && *at == '.') {
    first = at + 1;
    at = read_digits(first, end, &run);
    digits += (size_t)(at - first);
    // A longer text is odd anyway, since zeros alone may be that many.
    if (at - first > 100000) return false;
    exponent = -(int)(at - first);
  }
  if (digits == 0 || run.significant > 19) return false;
  if (at < end && (*at | 0x20) == 'e') at = read_exponent(at + 1, end, &exponent);
  if (at != end) return false;
  double magnitude = 0;
  if (run.value <= GREATEST_EXACT && exponent >= -22 && exponent <= 22) {
    magnitude = exponent < 0 ? (double)run.value / exact_powers[-exponent]
                             : (double)run.value * exact_powers[exponent];
  } else if (run.value && !nearest_double(run.value, exponent, &magnitude)) {
    return false;
  }
  *value = is_negative ? -magnitude : magnitude;
  return true;
}

// A column of the index: where the field of each row begins and ends.
typedef struct {
  const uint8_t *text;
  const uint32_t *ends;
  size_t columns, column;
} field_column;

static inline const uint8_t *field_start(field_column fields, size_t row) {
  size_t field = row * fields.columns + fields.column;
  return field == 0 ? fields.text : fields.text + fields.ends[field - 1] + 1;
}

static inline const uint8_t *field_end(field_column fields, size_t row, const uint8_t *start) {
  const uint8_t *end = fields.text + fields.ends[row * fields.columns + fields.column];
  // The last field of a row may end with a carriage return.
  return fields.column + 1 == fields.columns && end > start && end[-1] == '\r' ? end - 1 : end;
}

#define READ_COLUMN(READ_CELL)                                        \
  size_t odd_count = 0;                                               \
  for (size_t row = 0; row < shape->rows; row++) {                    \
    const uint8_t *start = field_start(fields, row);                  \
    const uint8_t *end = field_end(fields, row, start);               \
    if (!(READ_CELL)(start, end, shape->has_quotes, &values[row])) {  \
      values[row] = NAN;                                              \
      odd[odd_count++] = (uint32_t)row;                               \
    }                                                                 \
  }                                                                   \
  return odd_count;

static size_t numbers_plain(
    field_column fields, const table_text_shape *shape, double *values, uint32_t *odd) {
  READ_COLUMN(read_cell)
}

#if defined(__x86_64__)

// A window into these begins with as many zeros as it should.
static const uint8_t zeros_then_ones[32] = {[16] = 255, 255, 255, 255, 255, 255, 255, 255,
                                            255,        255, 255, 255, 255, 255, 255, 255};

// For a point at each place, and for none: where each byte comes from if those before it move up by one.
static const uint8_t without_point[17][16] = {
    {128, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
};

// Reads a plain decimal of up to 16 characters besides its sign in some 30 operations, others slowly.
__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt"))) static inline bool read_cell_avx2(
    const uint8_t *start, const uint8_t *end, bool has_quotes, double *value) {
  const uint8_t *first = start + (end > start && (*start == '-' || *start == '+'));
  size_t length = (size_t)(end - first);
  if (length == 0 || length > 16) return read_cell(start, end, has_quotes, value);
  uint32_t wanted = 0xffff & ~((1u << (16 - length)) - 1);
  __m128i raw = _mm_loadu_si128((const __m128i *)(end - 16));
  __m128i inside = _mm_loadu_si128((const __m128i *)(zeros_then_ones + length));
  __m128i digits = _mm_sub_epi8(raw, _mm_set1_epi8('0'));
  __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);
  uint32_t point = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(raw, _mm_set1_epi8('.'))) & wanted;
  uint32_t known = ((uint32_t)_mm_movemask_epi8(is_digit) & wanted) | point;
  if (known != wanted || point & (point - 1) || point == wanted) {
    return read_cell(start, end, has_quotes, value);
  }
  unsigned place = point ? (unsigned)__builtin_ctz(point) : 16;
  unsigned decimals = point ? 15 - place : 0;
  digits = _mm_and_si128(digits, inside);
  digits = _mm_shuffle_epi8(digits, _mm_loadu_si128((const __m128i *)without_point[place]));
  __m128i pairs = _mm_maddubs_epi16(
      digits, _mm_setr_epi8(10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1));
  __m128i fours = _mm_madd_epi16(pairs, _mm_setr_epi16(100, 1, 100, 1, 100, 1, 100, 1));
  __m128i packed = _mm_packus_epi32(fours, fours);
  __m128i eights = _mm_madd_epi16(packed, _mm_setr_epi16(10000, 1, 10000, 1, 10000, 1, 10000, 1));
  uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
  uint64_t mantissa = (both & 0xffffffff) * 100000000 + (both >> 32);
  if (mantissa > GREATEST_EXACT) return read_cell(start, end, has_quotes, value);
  double magnitude = (double)(int64_t)mantissa / exact_powers[decimals];
  *value = *start == '-' ? -magnitude : magnitude;
  return true;
}

__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt"))) static size_t numbers_avx2(
    field_column fields, const table_text_shape *shape, double *values, uint32_t *odd) {
  READ_COLUMN(read_cell_avx2)
}

#endif

size_t table_text_numbers(
    const uint8_t *text, const uint32_t *ends, const table_text_shape *shape, size_t columns,
    size_t column, bool vectors, double *values, uint32_t *odd) {
  field_column fields = {text, ends, columns, column};
#if defined(__x86_64__)
  if (vectors && __builtin_cpu_supports("x86-64-v3")) {
    return numbers_avx2(fields, shape, values, odd);
  }
#else
  (void)vectors;
#endif
  return numbers_plain(fields, shape, values, odd);
}

// --- Texts ---

static inline uint64_t eight_bytes(const uint8_t *at) {
  uint64_t bytes;
  memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

// A hash of a text, eight bytes at a time; the last ones are cut to what belongs to it.
static inline uint32_t text_hash(const uint8_t *text, size_t length) {
  uint64_t hash = length * 0x9e3779b97f4a7c15u;
  size_t at = 0;
  for (; at + 8 < length; at += 8) {
    hash = (hash ^ eight_bytes(text + at)) * 0xbf58476d1ce4e5b9u;
    hash ^= hash >> 31;
  }
  uint64_t last = eight_bytes(text + at);
  unsigned unused = (unsigned)(8 * (8 - (length - at)));
  hash = (hash ^ (last << unused)) * 0xbf58476d1ce4e5b9u;
  return (uint32_t)(hash >> 32);
}

static inline bool is_same_text(const uint8_t *a, const uint8_t *b, size_t length) {
  if (length > 8) return memcmp(a, b, length) == 0;
  return (eight_bytes(a) ^ eight_bytes(b)) << (8 * (8 - length)) == 0;
}

size_t table_text_codes(
    const uint8_t *text, const uint32_t *ends, const table_text_shape *shape, size_t columns,
    size_t column, table_text_word *words, int32_t *slots, size_t slot_count, int32_t *codes) {
  field_column fields = {text, ends, columns, column};
  size_t count = 0;
  memset(slots, 0xff, slot_count * sizeof *slots);
  for (size_t row = 0; row < shape->rows; row++) {
    const uint8_t *start = field_start(fields, row);
    const uint8_t *end = field_end(fields, row, start);
    while (start < end && *start == ' ') start++;
    while (end > start && end[-1] == ' ') end--;
    bool is_quoted = shape->has_quotes && start < end && *start == '"';
    if (is_quoted) {
      start++;
      end--;
    }
    size_t length = (size_t)(end - start);
    codes[row] = -1;
    if (length == 0) continue;
    uint32_t hash = text_hash(start, length);
    size_t slot = hash & (slot_count - 1);
    int32_t code;
    while ((code = slots[slot]) >= 0) {
      const table_text_word *word = &words[code];
      if (word->hash == hash && word->length == length &&
          is_same_text(text + word->start, start, length)) {
        break;
      }
      slot = (slot + 1) & (slot_count - 1);
    }
    if (code < 0) {
      code = (int32_t)count++;
      slots[slot] = code;
      words[code] = (table_text_word){
          (uint64_t)(start - text), length, (uint32_t)row, hash,
          is_quoted && memchr(start, '"', length) != NULL};
    }
    codes[row] = code;
  }
  return count;
}
