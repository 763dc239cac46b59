/* What the files of src/region share and nobody else sees. */
#ifndef KNOOP_REGION_INTERNAL_H
#define KNOOP_REGION_INTERNAL_H

#include "knoop/region.h"

#endif
