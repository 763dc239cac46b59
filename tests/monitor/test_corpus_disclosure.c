/* The corpus of fuzz_disclosure as a plain test. */
#define CORPUS "disclosure"
#include "../../fuzz/fuzz_disclosure.c"
#include "../formats/corpus.h"
