/* The reference of streams, sectors and uses: read once, then only asked. */
#include "match/knowledge.h"

#include <stdlib.h>
#include <string.h>

static const char stream_head[] = "stream_id,parent_id,class,words_en,words_nl,codes_low,donor_nace";
static const char taker_head[] = "stream_id,receiver_nace,use_id,strength,source_id,pedigree,checked,place";
static const char use_head[] = "use_id,name_en,name_nl,r_strategy";
static const char source_head[] = "source_id,title,publisher,year,kind,stored";
static const char nace_head[] = "code,level,parent,name_en,isic4";
static const char low_head[] = "code,display,level,parent,hazardous,entry_type,name_en,name_nl,name_nl_source";

/* ------------------------------------------------------------------ weights and words */
static kn_code
read_weights(kn_knowledge *k, kn_arena *scratch, kn_error *err)
{
  kn_sheet sheet;
  KN_TRY(kn_sheet_read(&sheet, scratch, "seed_weight", kn_data_seed_weight, "name,value,source_id,pedigree,meaning", err));
  const struct {
    const char *name;
    double *value;
  } wanted[] = {
#define X(name) {#name, &k->weight.name},
      KN_SEED_WEIGHTS(X)
#undef X
  };
  for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
    int32_t row = 0;
    while (row < sheet.n && strcmp(kn_sheet_cell(&sheet, row, 0), wanted[w].name) != 0)
      row++;
    if (row == sheet.n)
      return kn_fail(err, KN_E_INPUT, "the reference table seed_weight has no row %s", wanted[w].name);
    KN_TRY(kn_sheet_real(&sheet, "seed_weight", row, 1, wanted[w].value, err));
  }
  return KN_OK;
}

static kn_code
read_weak_words(kn_knowledge *k, kn_arena *scratch, kn_error *err)
{
  kn_sheet sheet;
  KN_TRY(kn_sheet_read(&sheet, scratch, "weak_word", kn_data_weak_word, "word,weight", err));
  for (int32_t i = 0; i < sheet.n; i++) {
    double weight;
    KN_TRY(kn_sheet_real(&sheet, "weak_word", i, 1, &weight, err));
    KN_TRY(kn_terms_weaken(k->terms, kn_sheet_cell(&sheet, i, 0), weight, err));
  }
  return KN_OK;
}

/* ------------------------------------------------------------------ rows by their key */
static kn_code
map_rows(kn_keymap **out, const kn_sheet *sheet, const char *name, kn_error *err)
{
  KN_TRY(kn_keymap_new(out, sheet->n, err));
  for (int32_t i = 0; i < sheet->n; i++) {
    int32_t known;
    KN_TRY(kn_keymap_put(*out, kn_sheet_cell(sheet, i, 0), i, &known, err));
    if (known >= 0)
      return kn_fail(err, KN_E_INPUT, "the reference table %s has %s twice", name, kn_sheet_cell(sheet, i, 0));
  }
  return KN_OK;
}

static kn_code
find_row(const kn_keymap *map, const char *table, const char *key, int32_t *row, kn_error *err)
{
  *row = kn_keymap_find(map, key);
  return *row >= 0 ? KN_OK : kn_fail(err, KN_E_INPUT, "the reference table %s has no row %s", table, key);
}

/* ------------------------------------------------------------------ streams and their phrases */
static kn_code
read_phrases(kn_knowledge *k, const char *list, int32_t stream, int64_t *room, int64_t *stream_room, kn_error *err)
{
  while (*list != '\0') {
    const size_t length = strcspn(list, ";");
    const char *text;
    KN_TRY(kn_text_copy(&text, k->arena, list, length, err));
    KN_TRY(KN_GROW(k->phrase, *room, k->phrase_count + 1, err));
    KN_TRY(KN_GROW(k->phrase_stream, *stream_room, k->phrase_count + 1, err));
    KN_TRY(kn_terms_read(k->terms, k->arena, text, &k->phrase[k->phrase_count], err));
    if (k->phrase[k->phrase_count].n > 0)
      k->phrase_stream[k->phrase_count++] = stream;
    list += length + (list[length] == ';');
  }
  return KN_OK;
}

static kn_code
read_streams(kn_knowledge *k, kn_keymap **map, kn_error *err)
{
  kn_sheet sheet;
  KN_TRY(kn_sheet_read(&sheet, k->arena, "stream", kn_data_stream, stream_head, err));
  KN_TRY(map_rows(map, &sheet, "stream", err));
  k->stream_count = sheet.n;
  KN_NEW(k->stream, k->arena, sheet.n, err);
  int64_t room = 0, stream_room = 0;
  for (int32_t i = 0; i < sheet.n; i++) {
    kn_stream *s = &k->stream[i];
    *s = (kn_stream){.stream_id = kn_sheet_cell(&sheet, i, 0),
                     .parent = KN_NONE,
                     .codes = kn_sheet_cell(&sheet, i, 5),
                     .donors = kn_sheet_cell(&sheet, i, 6),
                     .first_phrase = k->phrase_count};
    while (s->class_of < KN_CLASS_COUNT && strcmp(kn_class_name((kn_class)s->class_of), kn_sheet_cell(&sheet, i, 2)) != 0)
      s->class_of++;
    if (s->class_of == KN_CLASS_COUNT)
      return kn_fail(err, KN_E_INPUT, "stream %s of the reference: there is no class %s", s->stream_id,
                     kn_sheet_cell(&sheet, i, 2));
    if (*kn_sheet_cell(&sheet, i, 1) != '\0')
      KN_TRY(find_row(*map, "stream", kn_sheet_cell(&sheet, i, 1), &s->parent, err));
    if (s->parent >= i)
      return kn_fail(err, KN_E_INPUT, "stream %s of the reference stands before its parent", s->stream_id);
    KN_TRY(read_phrases(k, kn_sheet_cell(&sheet, i, 3), i, &room, &stream_room, err));
    KN_TRY(read_phrases(k, kn_sheet_cell(&sheet, i, 4), i, &room, &stream_room, err));
    s->last_phrase = k->phrase_count;
  }
  return KN_OK;
}

/* Rare words say more: ln((streams + 1) / (streams with the word + 1/2)), times what weak words are worth. Source: Sparck Jones
 * (1972), A statistical interpretation of term specificity, Journal of Documentation 28. */
static kn_code
weigh_terms(kn_knowledge *k, kn_arena *scratch, kn_error *err)
{
  const int32_t n = k->term_count = kn_terms_count(k->terms);
  int32_t *in, *last;
  KN_NEW(in, scratch, n, err);
  KN_NEW(last, scratch, n, err);
  KN_NEW(k->term_weight, k->arena, n, err);
  KN_NEW(k->phrase_weight, k->arena, k->phrase_count, err);
  KN_NEW(k->posting_first, k->arena, n + 1, err);
  int64_t total = 0;
  for (int32_t p = 0; p < k->phrase_count; p++)
    for (int32_t i = 0; i < k->phrase[p].n; i++) {
      const int32_t term = k->phrase[p].term[i], stream = k->phrase_stream[p] + 1;
      in[term] += last[term] != stream;
      last[term] = stream;
      k->posting_first[term + 1]++;
      total++;
    }
  k->rare_weight = log(k->stream_count + 1.0);
  for (int32_t t = 0; t < n; t++) {
    k->term_weight[t] = kn_terms_weakness(k->terms, t) * log((k->stream_count + 1) / (in[t] + 0.5));
    k->posting_first[t + 1] += k->posting_first[t];
    last[t] = k->posting_first[t];
  }
  KN_NEW(k->posting, k->arena, total, err);
  for (int32_t p = 0; p < k->phrase_count; p++)
    for (int32_t i = 0; i < k->phrase[p].n; i++) {
      k->posting[last[k->phrase[p].term[i]]++] = p;
      k->phrase_weight[p] += k->term_weight[k->phrase[p].term[i]];
    }
  return KN_OK;
}

/* ------------------------------------------------------------------ who takes them */
static kn_code
read_uses(kn_knowledge *k, kn_keymap **uses, kn_keymap **sources, kn_error *err)
{
  kn_sheet use, source;
  KN_TRY(kn_sheet_read(&use, k->arena, "use", kn_data_use, use_head, err));
  KN_TRY(kn_sheet_read(&source, k->arena, "receiver_source", kn_data_receiver_source, source_head, err));
  KN_TRY(map_rows(uses, &use, "use", err));
  KN_TRY(map_rows(sources, &source, "receiver_source", err));
  k->use_count = use.n;
  k->source_count = source.n;
  KN_NEW(k->use, k->arena, use.n, err);
  KN_NEW(k->source, k->arena, source.n, err);
  for (int32_t i = 0; i < use.n; i++)
    k->use[i] =
        (kn_use){kn_sheet_cell(&use, i, 0), kn_sheet_cell(&use, i, 1), kn_sheet_cell(&use, i, 2), kn_sheet_cell(&use, i, 3)};
  for (int32_t i = 0; i < source.n; i++)
    k->source[i] = (kn_cited){kn_sheet_cell(&source, i, 0), kn_sheet_cell(&source, i, 1)};
  return KN_OK;
}

typedef struct maps {
  kn_keymap *stream, *use, *source, *sector;
} maps;

static kn_code
read_takers(kn_knowledge *k, maps *m, kn_arena *scratch, kn_error *err)
{
  kn_sheet sheet;
  KN_TRY(kn_sheet_read(&sheet, k->arena, "receiver", kn_data_receiver, taker_head, err));
  KN_TRY(kn_keymap_new(&m->sector, 256, err));
  int32_t *next;
  KN_NEW(next, scratch, k->stream_count, err);
  KN_NEW(k->taker, k->arena, sheet.n, err);
  KN_NEW(k->taker_first, k->arena, k->stream_count + 1, err);
  KN_NEW(k->sector, k->arena, sheet.n, err);
  k->taker_count = sheet.n;
  for (int32_t i = 0, stream; i < sheet.n; i++) {
    KN_TRY(find_row(m->stream, "stream", kn_sheet_cell(&sheet, i, 0), &stream, err));
    k->taker_first[stream + 1]++;
  }
  for (int32_t s = 0; s < k->stream_count; s++) {
    k->taker_first[s + 1] += k->taker_first[s];
    next[s] = k->taker_first[s];
  }
  for (int32_t i = 0; i < sheet.n; i++) {
    kn_taker t = {0};
    double strength, pedigree;
    const char *nace = kn_sheet_cell(&sheet, i, 1);
    KN_TRY(find_row(m->stream, "stream", kn_sheet_cell(&sheet, i, 0), &t.stream, err));
    KN_TRY(find_row(m->use, "use", kn_sheet_cell(&sheet, i, 2), &t.use, err));
    KN_TRY(find_row(m->source, "receiver_source", kn_sheet_cell(&sheet, i, 4), &t.source, err));
    KN_TRY(kn_sheet_real(&sheet, "receiver", i, 3, &strength, err));
    KN_TRY(kn_sheet_real(&sheet, "receiver", i, 5, &pedigree, err));
    if (!(strength >= 1 && strength <= 5) || !(pedigree >= 1 && pedigree <= 5))
      return kn_fail(err, KN_E_INPUT, "row %d of the reference table receiver: strength and pedigree must be 1 to 5", i + 1);
    int32_t known;
    KN_TRY(kn_keymap_put(m->sector, nace, k->sector_count, &known, err));
    if (known < 0) {
      const char *name = kn_nace_name(k, nace);
      if (name == NULL)
        return kn_fail(err, KN_E_INPUT, "row %d of the reference table receiver: there is no NACE %s", i + 1, nace);
      known = k->sector_count;
      k->sector[k->sector_count++] = (kn_sector){nace, name};
    }
    t.sector = known;
    t.strength = strength;
    t.pedigree = (int32_t)pedigree;
    t.checked = kn_sheet_cell(&sheet, i, 6);
    t.place = kn_sheet_cell(&sheet, i, 7);
    k->taker[next[t.stream]++] = t;
  }
  return KN_OK;
}

/* share[stream][sector]: strength^power of the stream's own takers, and those of its parents at a part; each stream adds up to
 * 1. prior[sector]: the mean of them. */
static kn_code
share_out(kn_knowledge *k, kn_error *err)
{
  const int32_t n = k->sector_count;
  KN_NEW(k->share, k->arena, (int64_t)k->stream_count * n, err);
  KN_NEW(k->prior, k->arena, n, err);
  int32_t with_takers = 0;
  for (int32_t s = 0; s < k->stream_count; s++) {
    double *share = k->share + (int64_t)s * n, total = 0, part = 1;
    for (int32_t up = s; up != KN_NONE; up = k->stream[up].parent) {
      for (int32_t i = k->taker_first[up]; i < k->taker_first[up + 1]; i++) {
        const double amount = part * pow(k->taker[i].strength, k->weight.share_power);
        share[k->taker[i].sector] += amount;
        total += amount;
      }
      part *= k->weight.parent_share;
    }
    with_takers += total > 0;
    for (int32_t r = 0; r < n && total > 0; r++) {
      share[r] /= total;
      k->prior[r] += share[r];
    }
  }
  for (int32_t r = 0; r < n; r++)
    k->prior[r] /= with_takers;
  return KN_OK;
}

/* ------------------------------------------------------------------ all of it */
static kn_code
read_all(kn_knowledge *k, maps *m, kn_arena *scratch, kn_error *err)
{
  KN_TRY(kn_terms_new(&k->terms, err));
  KN_TRY(read_weights(k, scratch, err));
  KN_TRY(kn_knowledge_read_seen(k, scratch, err));
  KN_TRY(read_weak_words(k, scratch, err));
  KN_TRY(kn_sheet_read(&k->nace, k->arena, "nace_rev2", kn_data_nace, nace_head, err));
  KN_TRY(kn_sheet_read(&k->low, k->arena, "low_codes", kn_data_low, low_head, err));
  KN_TRY(map_rows(&k->nace_row, &k->nace, "nace_rev2", err));
  KN_TRY(map_rows(&k->low_row, &k->low, "low_codes", err));
  KN_TRY(read_streams(k, &m->stream, err));
  KN_TRY(weigh_terms(k, scratch, err));
  KN_TRY(read_uses(k, &m->use, &m->source, err));
  KN_TRY(read_takers(k, m, scratch, err));
  return share_out(k, err);
}

kn_code
kn_knowledge_new(kn_knowledge **out, kn_error *err)
{
  *out = NULL;
  kn_knowledge *k = calloc(1, sizeof *k);
  if (!k)
    return kn_fail(err, KN_E_LIMIT, "no memory for the reference of streams");
  k->arena = kn_arena_new();
  kn_arena *scratch = kn_arena_new();
  maps m = {0};
  const kn_code code = read_all(k, &m, scratch, err);
  kn_keymap_free(m.stream);
  kn_keymap_free(m.use);
  kn_keymap_free(m.source);
  kn_keymap_free(m.sector);
  kn_arena_free(scratch);
  if (code != KN_OK) {
    kn_knowledge_free(k);
    return kn_note(err, "reading the reference of streams and receivers");
  }
  *out = k;
  return KN_OK;
}

void
kn_knowledge_free(kn_knowledge *k)
{
  if (!k)
    return;
  kn_terms_free(k->terms);
  kn_keymap_free(k->nace_row);
  kn_keymap_free(k->low_row);
  free(k->phrase);
  free(k->phrase_stream);
  kn_arena_free(k->arena);
  free(k);
}

/* ------------------------------------------------------------------ codes */
int32_t
kn_code_begin(const char *code, char digits[7])
{
  int32_t n = 0;
  for (; code != NULL && *code != '\0'; code++) {
    if (*code >= '0' && *code <= '9') {
      if (n == 6)
        return 0;
      digits[n++] = *code;
    } else if (*code != ' ' && *code != '.' && !(*code == '*' && code[1] == '\0')) {
      return 0;
    }
  }
  digits[n] = '\0';
  return n;
}

bool
kn_code_digits(const char *code, char digits[7])
{
  return kn_code_begin(code, digits) == 6;
}

/* The digits that two codes begin with alike; dots do not count. *length of each up to the end or a ; */
static int32_t
common_digits(const char *a, const char *b, int32_t *a_length, int32_t *b_length)
{
  char x[16] = "", y[16] = "";
  *a_length = *b_length = 0;
  for (; *a != '\0' && *a != ';' && *a_length < 15; a++)
    if (*a >= '0' && *a <= '9')
      x[(*a_length)++] = *a;
  for (; *b != '\0' && *b != ';' && *b_length < 15; b++)
    if (*b >= '0' && *b <= '9')
      y[(*b_length)++] = *b;
  int32_t n = 0;
  while (n < *a_length && n < *b_length && x[n] == y[n])
    n++;
  return n;
}

/* The item behind the next ; of a list, NULL behind the last. */
static const char *
next_item(const char *item)
{
  const char *end = strchr(item, ';');
  return end == NULL || end[1] == '\0' ? NULL : end + 1;
}

static const char *
first_item(const char *list)
{
  return list[0] == '\0' ? NULL : list;
}

double
kn_code_alike(const char *code, const char *list)
{
  double best = 0;
  for (const char *own = first_item(code); own != NULL; own = next_item(own))
    for (const char *item = first_item(list); item != NULL; item = next_item(item)) {
      int32_t own_length, length;
      const int32_t n = common_digits(own, item, &own_length, &length);
      const double alike = n >= 6 || (n == 4 && length == 4) ? 1 : n >= 4 ? 0.5 : n >= 2 ? 0.2 : 0;
      best = fmax(best, alike);
    }
  return best;
}

double
kn_nace_alike(const char *nace, const char *list)
{
  static const double whole[] = {0, 0, 0.8, 0.9, 1}, part[] = {0, 0, 0.6, 0.85, 1};
  double best = 0;
  for (const char *own = first_item(nace); own != NULL; own = next_item(own))
    for (const char *item = first_item(list); item != NULL; item = next_item(item)) {
      int32_t own_length, length;
      int32_t n = common_digits(own, item, &own_length, &length);
      n = n > 4 ? 4 : n;
      if (n >= 2)
        best = fmax(best, n == own_length || n == length ? whole[n] : part[n]);
    }
  return best;
}

bool
kn_nace_within(const char *nace, const char *sector)
{
  for (const char *own = first_item(nace); own != NULL; own = next_item(own)) {
    int32_t own_length, length;
    const int32_t n = common_digits(own, sector, &own_length, &length);
    if (n >= 2 && (n == own_length || n == length))
      return true;
  }
  return false;
}

const char *
kn_nace_name(const kn_knowledge *knowledge, const char *nace)
{
  const int32_t row = kn_keymap_find(knowledge->nace_row, nace);
  return row < 0 ? NULL : kn_sheet_cell(&knowledge->nace, row, 3);
}

int32_t
kn_low_find(const kn_knowledge *knowledge, const char *digits)
{
  return kn_keymap_find(knowledge->low_row, digits);
}
