#include "names.h"

#include "../../Sources/CKernels/batch.c"
