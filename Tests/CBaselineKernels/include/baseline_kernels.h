#ifndef BASELINE_KERNELS_H
#define BASELINE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "../names.h"

#include "../../../Sources/CKernels/kernels.inc"

#endif
