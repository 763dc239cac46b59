/* The corpus of fuzz_geojson as a plain test. */
#define CORPUS "geojson"
#include "../../fuzz/fuzz_geojson.c"
#include "corpus.h"
