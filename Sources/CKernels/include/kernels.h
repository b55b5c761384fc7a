#ifndef KERNELS_H
#define KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Which vector code runs on this machine: "avx512", "avx2" or "baseline".
const char *kernels_cpu_path(void);

#include "../kernels.inc"

#endif
