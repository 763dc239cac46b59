/*   score of a resource = the most of: its names as searched; 0.95 x a code of the List of Waste that it has;
 *                         an everyday word that has its code or one of its names
 *   a root of the tree of a class, which says no more than the class, counts half. */
#include "proposals.h"

#include <stdlib.h>
#include <string.h>

static const double of_code = 0.95, of_root = 0.5, least_score = 0.45;
enum { THINGS_MOST = 5, FOLD_BYTES = 128 };

typedef struct proposing {
  const kn_snapshot *snapshot;
  kn_arena *arena;
  kn_resource_view resources;
  const char **name_nl; /* column of the table */
  kn_knowledge *knowledge;
  double *score;         /* [resources] */
  const char **everyday; /* [resources] the word that led there; NULL */
} proposing;

static void
raise_score(proposing *p, int32_t row, double score, const char *everyday_id)
{
  if (p->resources.parent[row] == KN_NONE)
    score *= of_root;
  if (score > p->score[row])
    p->score[row] = score;
  if (everyday_id != NULL && p->everyday[row] == NULL)
    p->everyday[row] = everyday_id;
}

static bool
is_same_code(const char *list, const char *code)
{
  for (; list != NULL && *list != '\0'; list += strcspn(list, ";") + (list[strcspn(list, ";")] == ';'))
    if (strncmp(list, code, strlen(code)) == 0)
      return true;
  return false;
}

static bool
is_named(const char *names, const char *name)
{
  char folded[FOLD_BYTES], one[FOLD_BYTES], raw[FOLD_BYTES];
  if (name == NULL)
    return false;
  kn_text_fold(folded, sizeof folded, name);
  while (*names != '\0') {
    const size_t length = strcspn(names, ";");
    if (length < sizeof raw) {
      memcpy(raw, names, length);
      raw[length] = '\0';
      kn_text_fold(one, sizeof one, raw);
      if (strcmp(one, folded) == 0)
        return true;
    }
    names += length + (names[length] == ';');
  }
  return false;
}

static kn_code
search_names(proposing *p, const char *words, kn_error *err)
{
  kn_found *found;
  int64_t count;
  kn_error search = {0};
  const kn_code code = kn_search_among(&found, &count, p->knowledge, p->snapshot->region,
                                       1U << KN_FOUND_RESOURCE | 1U << KN_FOUND_LOW, words, &search);
  if (code == KN_E_USAGE)
    return KN_OK; /* no word that says something */
  if (code != KN_OK) {
    if (err != NULL)
      *err = search;
    return code;
  }
  for (int64_t i = 0; i < count; i++) {
    if (found[i].in == KN_FOUND_RESOURCE) {
      raise_score(p, found[i].row, found[i].alike, NULL);
      continue;
    }
    const char *low = kn_found_id(p->knowledge, p->snapshot->region, &found[i]);
    for (int32_t r = 0; r < p->resources.n; r++)
      if (is_same_code(p->resources.code_low[r], low))
        raise_score(p, r, of_code * found[i].alike, NULL);
  }
  free(found);
  return KN_OK;
}

/* A resource of the region for an everyday word; false: none. */
static bool
lead_to_resources(proposing *p, const kn_everyday *thing)
{
  bool is_there = false;
  for (int32_t r = 0; r < p->resources.n; r++) {
    const bool is_name = is_named(thing->look_for, p->resources.name[r]) || is_named(thing->look_for, p->name_nl[r]);
    const bool is_code =
        thing->code_low != NULL && p->resources.code_low[r] != NULL && strcmp(p->resources.code_low[r], thing->code_low) == 0;
    if (!is_name && !is_code)
      continue;
    is_there = true;
    raise_score(p, r, thing->alike * (is_name ? 1 : of_code), thing->everyday_id);
  }
  return is_there;
}

static void
insert(kn_proposals *out, const kn_proposal *proposal)
{
  int32_t at = out->count;
  while (at > 0 && out->proposal[at - 1].alike < proposal->alike)
    at--;
  if (at == KN_PROPOSALS_MOST)
    return;
  const int32_t last = out->count < KN_PROPOSALS_MOST ? out->count++ : KN_PROPOSALS_MOST - 1;
  memmove(&out->proposal[at + 1], &out->proposal[at], (size_t)(last - at) * sizeof *proposal);
  out->proposal[at] = *proposal;
}

static kn_code
keep_texts(kn_proposals *out, kn_arena *arena, kn_error *err)
{
  for (int32_t i = 0; i < out->count; i++) {
    kn_proposal *p = &out->proposal[i];
    const char **const texts[] = {&p->resource_id, &p->everyday_id, &p->name, &p->name_nl, &p->code_low};
    KN_TRY(kn_texts_keep(texts, KN_COUNT_OF(texts), arena, err));
  }
  for (int32_t i = 0; i < out->taken_count; i++) {
    kn_taken *t = &out->taken[i];
    const char **const texts[] = {&t->nace, &t->name, &t->use_en, &t->use_nl};
    KN_TRY(kn_texts_keep(texts, KN_COUNT_OF(texts), arena, err));
  }
  return KN_OK;
}

static kn_code
find_takers(proposing *p, const char *words, kn_proposals *out, kn_error *err)
{
  const bool is_material = out->count == 0 || strcmp(out->proposal[0].class_name, kn_class_name(KN_MATERIAL)) == 0;
  if (!is_material)
    return KN_OK;
  const kn_receiver_ask ask = {
      .resource = words, .code_low = out->count > 0 ? out->proposal[0].code_low : NULL, .class_of = KN_MATERIAL};
  kn_receiver receiver[KN_TAKEN_MOST];
  int32_t count = 0;
  kn_error find = {0};
  const kn_code code = kn_receivers_find(p->knowledge, &ask, receiver, KN_TAKEN_MOST, &count, &find);
  if (code == KN_E_USAGE)
    return KN_OK;
  if (code != KN_OK) {
    if (err != NULL)
      *err = find;
    return code;
  }
  for (int32_t i = 0; i < count; i++)
    if (receiver[i].stream_id != NULL) /* else only the general share of the sector speaks for it */
      out->taken[out->taken_count++] = (kn_taken){.nace = receiver[i].receiver_nace,
                                                  .name = receiver[i].name,
                                                  .use_en = receiver[i].use_en,
                                                  .use_nl = receiver[i].use_nl,
                                                  .probability = receiver[i].probability};
  return KN_OK;
}

static kn_code
propose(proposing *p, const char *words, bool with_taken, kn_proposals *out, kn_error *err)
{
  const kn_table *table = kn_region_table(p->snapshot->region, KN_T_RESOURCE);
  p->resources = kn_region_resources(p->snapshot->region);
  p->name_nl = table->columns[kn_schema_find_column(table->def, "name_nl")].text;
  KN_NEW(p->score, p->arena, p->resources.n, err);
  KN_NEW(p->everyday, p->arena, p->resources.n, err);
  kn_everyday thing[THINGS_MOST];
  int32_t things;
  KN_TRY(kn_everyday_find(thing, THINGS_MOST, &things, p->knowledge, p->arena, words, err));
  KN_TRY(search_names(p, words, err));
  for (int32_t i = 0; i < things; i++)
    if (!lead_to_resources(p, &thing[i]))
      insert(out, &(kn_proposal){.everyday_id = thing[i].everyday_id,
                                 .name = thing[i].name_en,
                                 .name_nl = thing[i].name_nl,
                                 .class_name = kn_class_name(thing[i].class_of),
                                 .unit = kn_class_unit(thing[i].class_of),
                                 .code_low = thing[i].code_low,
                                 .alike = thing[i].alike});
  for (int32_t r = 0; r < p->resources.n; r++)
    if (p->score[r] >= least_score)
      insert(out, &(kn_proposal){.resource_id = p->resources.resource_id[r],
                                 .everyday_id = p->everyday[r],
                                 .name = p->resources.name[r],
                                 .name_nl = p->name_nl[r],
                                 .class_name = kn_class_name((kn_class)p->resources.class_of[r]),
                                 .unit = kn_class_unit((kn_class)p->resources.class_of[r]),
                                 .code_low = p->resources.code_low[r],
                                 .alike = p->score[r]});
  if (with_taken)
    KN_TRY(find_takers(p, words, out, err));
  return keep_texts(out, p->arena, err);
}

kn_code
kn_proposals_find(kn_proposals *out, kn_snapshots *snapshots, kn_conn *conn, const char *words, bool with_taken, kn_arena *arena,
                  kn_error *err)
{
  *out = (kn_proposals){0};
  proposing p = {.arena = arena};
  KN_TRY(kn_snapshots_take(snapshots, conn, &p.snapshot, NULL, err));
  kn_code code = kn_snapshots_borrow_words(snapshots, &p.knowledge, err);
  if (code == KN_OK) {
    code = propose(&p, words, with_taken, out, err);
    kn_snapshots_return_words(snapshots, p.knowledge);
  }
  kn_snapshot_let_go(snapshots, p.snapshot);
  return code;
}

kn_code
kn_proposals_amount(kn_spoken *out, kn_snapshots *snapshots, kn_conn *conn, const char *text, kn_class class_of, bool is_dutch,
                    kn_error *err)
{
  const kn_snapshot *snapshot;
  KN_TRY(kn_snapshots_take(snapshots, conn, &snapshot, NULL, err));
  const double fte_h = kn_region_settings(snapshot->region).fte_h;
  kn_snapshot_let_go(snapshots, snapshot);
  return kn_spoken_read(out, text, class_of, is_dutch, fte_h, err);
}
