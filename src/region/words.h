/* The words that columns take: lists for the schema, each in the order of the numbers its column holds; NULL ends. */
#ifndef KNOOP_REGION_WORDS_H
#define KNOOP_REGION_WORDS_H

#include "region/internal.h"

extern const char *const kn_words_level[];
extern const char *const kn_words_class[];
extern const char *const kn_words_source[];
extern const char *const kn_words_actor[];
extern const char *const kn_words_quality[];
extern const char *const kn_words_stream[];
extern const char *const kn_words_fate[];
extern const char *const kn_words_disclosure[];
extern const char *const kn_words_strategy[];
extern const char *const kn_words_per[];
extern const char *const kn_words_by[];
extern const char *const kn_words_status[];
extern const char *const kn_words_direction[];
extern const char *const kn_words_operation[];
extern const char *const kn_words_link[];
extern const char *const kn_words_side[];
extern const char *const kn_words_driver[];
extern const char *const kn_words_day[];
extern const char *const kn_words_lifetime[];
extern const char *const kn_words_seed[];
extern const char *const kn_words_outcome[];

#endif
