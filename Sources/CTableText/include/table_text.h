#ifndef TABLE_TEXT_H
#define TABLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Fast ways through a chunk of delimited text. Each says what it leaves to the plain way, which is
// written in Swift (`scanRows`, `fieldSpan`, `classifyCell`) and decides in all odd cases.
//
// `vectors` says whether vector instructions may be used, where the processor has them; the results are
// the same without.
//
// A text may be read up to TABLE_TEXT_PADDING bytes before its first and behind its last byte,
// whatever stands there. A chunk begins where a row begins, and has less than 2^31 bytes.
#define TABLE_TEXT_PADDING 64

// What lies in a chunk.
typedef struct {
  // Fields, each of which has its end in the index.
  size_t fields;
  // Rows, the last one also if no line end follows it.
  size_t rows;
  // Line feeds, also those within quotes.
  size_t lines;
  bool has_quotes;
} table_text_shape;

// Finds the end of each field: the offset of its delimiter, its line feed, or the end of the text.
//
// `ends` has room for `count` + TABLE_TEXT_PADDING offsets. False if the text is to be read in the
// plain way: a zero byte, a lone carriage return, a quote where none may stand, or one that is never
// closed. Limit: with AVX2 some 16 operations for 64 bytes and 5 for each field.
bool table_text_index(
    const uint8_t *text, size_t count, uint8_t delimiter, bool vectors, uint32_t *ends,
    table_text_shape *shape);

// Whether each row has as many fields.
bool table_text_is_even(
    const uint8_t *text, const uint32_t *ends, const table_text_shape *shape, size_t columns);

// Reads a column of numbers: the nearest double of each decimal, NaN for blank cells.
//
// What is neither (`NA`, `inf`, text, more than 19 digits, extreme exponents) becomes NaN and is
// listed by row in `odd`, which has room for all rows. Returns how many are listed.
size_t table_text_numbers(
    const uint8_t *text, const uint32_t *ends, const table_text_shape *shape, size_t columns,
    size_t column, bool vectors, double *values, uint32_t *odd);

// A text that occurs in a column of a chunk.
typedef struct {
  // Where its first occurrence lies: inside quotes, without the spaces around it.
  uint64_t start, length;
  // The row of its first occurrence.
  uint32_t row;
  uint32_t hash;
  // Whether it holds doubled quotes.
  bool is_escaped;
} table_text_word;

// Numbers the distinct texts of a column in the order in which they occur; -1 for blank cells.
//
// `words` has room for all rows. `slots` is a table of `slot_count` places, a power of two and at
// least twice the rows. Returns how many distinct texts there are.
size_t table_text_codes(
    const uint8_t *text, const uint32_t *ends, const table_text_shape *shape, size_t columns,
    size_t column, table_text_word *words, int32_t *slots, size_t slot_count, int32_t *codes);

// How often a byte occurs.
size_t table_text_count(const uint8_t *text, size_t count, uint8_t byte);

// The offset behind the last line feed that stands outside quotes; 0 if there is none. `is_quoted`
// says whether the text ends within quotes.
size_t table_text_last_row_end(const uint8_t *text, size_t count, bool is_quoted);

#endif
