#include "names.h"

#include "../../Sources/CKernels/smo.c"
