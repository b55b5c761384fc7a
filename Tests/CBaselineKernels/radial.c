#include "names.h"

#include "../../Sources/CKernels/radial.c"
