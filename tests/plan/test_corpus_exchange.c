/* The corpus of fuzz_exchange as a plain test. */
#define CORPUS "exchange"
#include "../../fuzz/fuzz_exchange.c"
#include "../formats/corpus.h"
