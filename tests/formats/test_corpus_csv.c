/* The corpus of fuzz_csv as a plain test. */
#define CORPUS "csv"
#include "../../fuzz/fuzz_csv.c"
#include "corpus.h"
