#include "names.h"

#include "../../Sources/CKernels/gram.c"
