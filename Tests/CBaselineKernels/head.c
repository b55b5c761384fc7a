#include "names.h"

#include "../../Sources/CKernels/head.c"
