#include "names.h"

#include "../../Sources/CKernels/features.c"
