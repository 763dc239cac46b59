/* The corpus of fuzz_osm as a plain test. */
#define CORPUS "osm"
#include "../../fuzz/fuzz_osm.c"
#include "corpus.h"
