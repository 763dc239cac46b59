/* What is known of streams and of who takes them, ready to be asked. */
#ifndef KN_MATCH_KNOWLEDGE_H
#define KN_MATCH_KNOWLEDGE_H

#include "knoop/match.h"
#include "match/reference.h"
#include "match/words.h"

/* Weights of the model: names of data/reference/seed_weight.csv. */
/* clang-format off */
#define KN_SEED_WEIGHTS(X) \
  X(text) X(code) X(donor) X(background) X(class) X(share_power) X(parent_share) X(calibration_a) X(calibration_b) \
  X(distance_km) X(need_a) X(need_b) X(chain_one) X(chain_unit) X(chain_next) X(practice) X(heat_pair) X(space_pair) X(sector_pair) \
  X(failed_check) X(unknown_check) X(common_sd) X(kind_sd) X(region_sd) X(calibrated_outcomes) X(calibrated_factor)
/* clang-format on */
typedef struct kn_seed_weights {
#define X(name) double name;
  KN_SEED_WEIGHTS(X)
#undef X
} kn_seed_weights;

typedef struct kn_stream { /* a kind of by-product */
  const char *stream_id;
  int32_t parent; /* KN_NONE */
  uint8_t class_of;
  const char *codes, *donors; /* lists parted by ; */
  int32_t first_phrase, last_phrase;
} kn_stream;

typedef struct kn_taker { /* a sector that takes a stream, and for what */
  int32_t stream, sector, use, source, pedigree;
  double strength;             /* 1 seldom to 5 usual */
  const char *checked, *place; /* "text", "excerpt", "knowledge"; where in the source, "" not known */
} kn_taker;

typedef struct kn_sector {
  const char *nace, *name;
} kn_sector;
typedef struct kn_use {
  const char *use_id, *name_en, *name_nl, *r_strategy;
} kn_use;
typedef struct kn_cited {
  const char *source_id, *title;
} kn_cited;

enum { KN_LIKES_MOST = 24 };
typedef struct kn_like { /* a known term that an asked one is like */
  int32_t term;
  float alike;
} kn_like;
typedef struct kn_likes { /* the KN_LIKES_MOST closest of a term, the closest first */
  int32_t n;
  kn_like like[KN_LIKES_MOST];
} kn_likes;

struct kn_knowledge {
  kn_arena *arena;
  kn_terms *terms;
  int32_t term_count;  /* of the streams; terms from there on were only asked for */
  double *term_weight; /* [term_count] */
  double rare_weight;  /* of a word that no stream has */
  int32_t stream_count, phrase_count, taker_count, sector_count, use_count, source_count, nace_count, low_count;
  kn_stream *stream;
  kn_phrase *phrase;      /* of all streams */
  int32_t *phrase_stream; /* [phrases] */
  double *phrase_weight;
  int32_t *posting_first, *posting; /* terms -> phrases */
  kn_taker *taker;                  /* sorted by stream */
  int32_t *taker_first;             /* [streams + 1] */
  kn_sector *sector;
  kn_use *use;
  kn_cited *source;
  double *share; /* [streams x sectors] of the known exchanges of a stream that go to a sector */
  double *prior; /* [sectors] */
  kn_sheet nace, low;
  kn_keymap *nace_row, *low_row;
  kn_seed_weights weight;
  kn_trials seen; /* outcomes that were published */
};

/* ------------------------------------------------------------------ outcomes */
/* Reads the published ones; src/match/trials.c. */
kn_code kn_knowledge_read_seen(kn_knowledge *knowledge, kn_arena *scratch, kn_error *err);

/* ------------------------------------------------------------------ a question */
typedef struct kn_stream_text {
  kn_phrase phrase;
  double trust; /* 1 a name, less for a description */
} kn_stream_text;
typedef struct kn_stream_query {
  int32_t text_count;
  const kn_stream_text *text;
  const kn_likes *likes; /* [terms] of every term that the texts use */
  const char *code;      /* six digits or fewer; NULL: not known */
  const char *donor;     /* NACE; NULL: not known */
  int32_t class_of;      /* kn_class, KN_NONE: not known */
} kn_stream_query;

typedef struct kn_stream_score {
  double text, code, donor; /* likenesses, 0 to 1 */
  double logit, chance;     /* chance that the stream is this one */
} kn_stream_score;

/* Space for questions; one per thread. */
typedef struct kn_query_space {
  float *like;        /* [words x terms] */
  double *weight;     /* [words] */
  int32_t words_most; /* longest text that may be asked */
  int32_t *touched, *mark, stamp;
  kn_stream_score *score; /* [streams] */
  double *sector;         /* [sectors] chance of each */
  int32_t *order;         /* [sectors] */
} kn_query_space;
kn_code kn_query_space_new(kn_query_space *space, const kn_knowledge *knowledge, kn_arena *arena, int32_t words_most,
                           kn_error *err);

/* The likes of a term. O(known terms). */
void kn_knowledge_likes(const kn_knowledge *knowledge, int32_t term, kn_likes *out);
/* Fills space->score; returns the chance that it is none of the streams. */
double kn_streams_score(const kn_knowledge *knowledge, const kn_stream_query *query, kn_query_space *space);
/* Fills space->sector and space->order (by falling chance, then by NACE) from space->score. */
void kn_sectors_rank(const kn_knowledge *knowledge, double none, kn_query_space *space);
/* The taker that says most for a sector, KN_NONE: only the prior does. */
int32_t kn_sector_reason(const kn_knowledge *knowledge, const kn_query_space *space, int32_t sector);
double kn_chance_calibrated(const kn_knowledge *knowledge, double chance);

/* Fills what a taker says into a receiver. */
void kn_receiver_tell(const kn_knowledge *knowledge, const kn_taker *taker, const kn_stream_score *score, kn_receiver *out);

/* ------------------------------------------------------------------ codes */
/* 0 to 1: how near two codes of the List of Waste are in its tree: 1 the same six digits, or a list's group of four; 0.5 four
 * digits, 0.2 two. */
double kn_code_alike(const char *code, const char *list);
/* 0 to 1: how near a sector is to one of a list in the tree of NACE: 1 the class, 0.9 the group, 0.8 the division, less where
 * only the beginning is shared. */
double kn_nace_alike(const char *nace, const char *list);
/* True where one is the other or within it. */
bool kn_nace_within(const char *nace, const char *sector);
/* Six digits of a code as people write it ("03 01 05*"); false: it is none. */
bool kn_code_digits(const char *code, char digits[7]);
/* The same for the beginning of a code: how many digits, 0: something else is in it. */
int32_t kn_code_begin(const char *code, char digits[7]);
const char *kn_nace_name(const kn_knowledge *knowledge, const char *nace); /* NULL: no such one */
/* Row of the List of Waste, KN_NONE. Columns as in its head. */
int32_t kn_low_find(const kn_knowledge *knowledge, const char *digits);

#endif
