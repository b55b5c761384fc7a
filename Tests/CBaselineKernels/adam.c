#include "names.h"

#include "../../Sources/CKernels/adam.c"
