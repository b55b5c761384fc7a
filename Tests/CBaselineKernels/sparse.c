#include "names.h"

#include "../../Sources/CKernels/sparse.c"
