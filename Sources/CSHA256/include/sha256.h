#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

// Takes blocks of 64 bytes into the state of SHA-256 (FIPS 180-4, section 6.2), by the instructions for
// it where the processor has them.
void sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count);

// The same without them, to compare with.
void sha256_compress_plain(uint32_t state[8], const uint8_t *blocks, size_t count);

#endif
