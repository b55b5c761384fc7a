#include "names.h"

#include "../../Sources/CKernels/dense.c"
