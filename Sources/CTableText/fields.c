#include "table_text.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BLOCK 64

// The bytes of a block that matter, one bit for each.
typedef struct {
  uint64_t delimiters, feeds, quotes, returns, zeros;
} block_masks;

static inline block_masks masks_plain(const uint8_t *block, uint8_t delimiter) {
  block_masks masks = {0, 0, 0, 0, 0};
  for (unsigned i = 0; i < BLOCK; i++) {
    uint64_t bit = 1ull << i;
    if (block[i] == delimiter) masks.delimiters |= bit;
    if (block[i] == '\n') masks.feeds |= bit;
    if (block[i] == '"') masks.quotes |= bit;
    if (block[i] == '\r') masks.returns |= bit;
    if (block[i] == 0) masks.zeros |= bit;
  }
  return masks;
}

// Bit i is the parity of bits 0...i.
static inline uint64_t prefix_parity(uint64_t bits) {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

// Where the walk over the blocks stands.
typedef struct {
  size_t rows, lines;
  // All ones within quotes.
  uint64_t quoted;
  // Whether the last byte was a carriage return outside quotes.
  uint64_t after_return;
  bool has_quotes, is_odd;
} walk;

// The delimiters and line feeds outside quotes.
static inline uint64_t field_ends(walk *state, block_masks masks) {
  uint64_t outside = ~0ull;
  if (masks.quotes | state->quoted) {
    // A doubled quote ends and begins again, which comes to the same.
    outside = ~(prefix_parity(masks.quotes) ^ state->quoted);
    state->quoted = (outside >> 63) ? 0 : ~0ull;
    state->has_quotes = true;
  }
  uint64_t feeds = masks.feeds & outside;
  uint64_t returns = masks.returns & outside;
  if (returns | state->after_return) {
    uint64_t followers = returns << 1 | state->after_return;
    state->is_odd |= (followers & ~feeds) != 0;
    state->after_return = returns >> 63;
  }
  state->is_odd |= masks.zeros != 0;
  state->rows += (size_t)__builtin_popcountll(feeds);
  state->lines += (size_t)__builtin_popcountll(masks.feeds);
  return feeds | (masks.delimiters & outside);
}

// Writes the offsets of set bits; up to seven more places are overwritten.
static inline uint32_t *write_ends(uint32_t *ends, uint64_t bits, uint32_t base) {
  unsigned count = (unsigned)__builtin_popcountll(bits);
  uint32_t *next = ends;
  for (unsigned written = 0; written < count; written += 8) {
    for (unsigned i = 0; i < 8; i++) {
      // Without bits left this writes 64 beyond the base, which nobody reads.
      next[i] = base + (bits ? (uint32_t)__builtin_ctzll(bits) : 64);
      bits &= bits - 1;
    }
    next += 8;
  }
  return ends + count;
}

// One pass over all blocks. `MASKS` finds the bytes of a block.
#define WALK_BLOCKS(MASKS)                                                                \
  for (size_t base = 0; base < count; base += BLOCK) {                                   \
    block_masks masks = MASKS(text + base, delimiter);                                   \
    if (count - base < BLOCK) {                                                          \
      uint64_t inside = (1ull << (count - base)) - 1;                                    \
      masks.delimiters &= inside;                                                        \
      masks.feeds &= inside;                                                             \
      masks.quotes &= inside;                                                            \
      masks.returns &= inside;                                                           \
      masks.zeros &= inside;                                                             \
      /* A carriage return may end the text, so nothing need follow it. */               \
      if (masks.returns >> (count - base - 1)) masks.returns ^= 1ull << (count - base - 1); \
    } else if (count - base == BLOCK) {                                                  \
      masks.returns &= ~(1ull << 63);                                                    \
    }                                                                                    \
    ends = write_ends(ends, field_ends(&state, masks), (uint32_t)base);                  \
  }

static uint32_t *walk_plain(
    const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends, walk *result) {
  walk state = *result;
  WALK_BLOCKS(masks_plain)
  *result = state;
  return ends;
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static inline uint64_t equal_bytes(
    __m256i low, __m256i high, __m256i byte) {
  uint32_t first = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte));
  uint32_t second = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte));
  return first | (uint64_t)second << 32;
}

__attribute__((target("avx2"))) static inline block_masks masks_avx2(
    const uint8_t *block, uint8_t delimiter) {
  __m256i low = _mm256_loadu_si256((const __m256i *)block);
  __m256i high = _mm256_loadu_si256((const __m256i *)(block + 32));
  block_masks masks = {
      equal_bytes(low, high, _mm256_set1_epi8((char)delimiter)),
      equal_bytes(low, high, _mm256_set1_epi8('\n')),
      equal_bytes(low, high, _mm256_set1_epi8('"')),
      equal_bytes(low, high, _mm256_set1_epi8('\r')),
      equal_bytes(low, high, _mm256_setzero_si256()),
  };
  return masks;
}

__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt"))) static uint32_t *walk_avx2(
    const uint8_t *text, size_t count, uint8_t delimiter, uint32_t *ends, walk *result) {
  walk state = *result;
  WALK_BLOCKS(masks_avx2)
  *result = state;
  return ends;
}

#endif

// Whether quotes surround whole fields and are doubled within them.
static bool quotes_are_regular(
    const uint8_t *text, const uint32_t *ends, const table_text_shape *shape) {
  size_t start = 0;
  for (size_t field = 0; field < shape->fields; field++) {
    size_t first = start, end = ends[field];
    start = end + 1;
    if (!memchr(text + first, '"', end - first)) continue;
    if (text[end - 1] == '\r') end--;
    while (first < end && text[first] == ' ') first++;
    while (end > first && text[end - 1] == ' ') end--;
    if (end - first < 2 || text[first] != '"' || text[end - 1] != '"') return false;
    const uint8_t *next = text + first + 1, *last = text + end - 1;
    while ((next = memchr(next, '"', (size_t)(last - next)))) {
      if (next + 1 >= last || next[1] != '"') return false;
      next += 2;
    }
  }
  return true;
}

bool table_text_index(
    const uint8_t *text, size_t count, uint8_t delimiter, bool vectors, uint32_t *ends,
    table_text_shape *shape) {
  walk state = {0, 0, 0, 0, false, false};
  uint32_t *last;
#if defined(__x86_64__)
  if (vectors && __builtin_cpu_supports("x86-64-v3")) {
    last = walk_avx2(text, count, delimiter, ends, &state);
  } else {
    last = walk_plain(text, count, delimiter, ends, &state);
  }
#else
  (void)vectors;
  last = walk_plain(text, count, delimiter, ends, &state);
#endif
  if (state.is_odd || state.quoted) return false;
  if (count > 0 && text[count - 1] != '\n') {
    *last++ = (uint32_t)count;
    state.rows++;
  }
  shape->fields = (size_t)(last - ends);
  shape->rows = state.rows;
  shape->lines = state.lines;
  shape->has_quotes = state.has_quotes;
  return !state.has_quotes || quotes_are_regular(text, ends, shape);
}

bool table_text_is_even(
    const uint8_t *text, const uint32_t *ends, const table_text_shape *shape, size_t columns) {
  if (shape->fields != shape->rows * columns) return false;
  // There are as many line feeds as rows: if each stands at the end of a row, none stands elsewhere.
  for (size_t row = 0; row + 1 < shape->rows; row++) {
    if (text[ends[(row + 1) * columns - 1]] != '\n') return false;
  }
  return true;
}

size_t table_text_count(const uint8_t *text, size_t count, uint8_t byte) {
  size_t total = 0;
  for (size_t base = 0; base < count; base += 255 * 32) {
    size_t end = count - base < 255 * 32 ? count : base + 255 * 32;
    // The compiler makes this loop one of vectors of bytes, whose sums stay below 256.
    uint8_t sums[32] = {0};
    size_t at = base;
    for (; at + 32 <= end; at += 32) {
      for (unsigned lane = 0; lane < 32; lane++) sums[lane] += text[at + lane] == byte;
    }
    for (unsigned lane = 0; lane < 32; lane++) total += sums[lane];
    for (; at < end; at++) total += text[at] == byte;
  }
  return total;
}

size_t table_text_last_row_end(const uint8_t *text, size_t count, bool is_quoted) {
  for (size_t at = count; at > 0; at--) {
    if (text[at - 1] == '"') is_quoted = !is_quoted;
    if (text[at - 1] == '\n' && !is_quoted) return at;
  }
  return 0;
}
