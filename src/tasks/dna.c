/* The DNA of a region: read it and its newest plan, and another region to hold it against. */
#include "internal.h"

static kn_code
read_one(const kn_task_story *story, const kn_region *reference, kn_dna **out, kn_error *err)
{
  const kn_coefficients known = kn_coefficients_builtin();
  const kn_dna_settings settings = {.sector = known.jobs,
                                    .sectors = known.jobs_count,
                                    .reference = reference,
                                    .ties = story->has_plan ? &story->plan.ties : NULL,
                                    .offers_used = &story->plan.offers,
                                    .virgin_replaced_t = story->plan.summary.value[KN_VIRGIN]};
  return kn_dna_make(out, story->region, &settings, err);
}

static kn_code
read_other(const kn_task *task, const char *path, kn_task_dna *out, kn_error *err)
{
  kn_task_story story = {0};
  kn_task quiet = *task;
  quiet.hear = NULL;
  KN_TRY(kn_task_story_load(&quiet, path, &story, err));
  const kn_code code = read_one(&story, NULL, &out->other_dna, err);
  out->other = story.region;
  story.region = NULL; /* kept: the results are about it */
  kn_task_story_free(&story);
  return code;
}

kn_code
kn_task_dna_make(const kn_task *task, const char *path, const char *other, kn_task_dna *out, kn_error *err)
{
  *out = (kn_task_dna){0};
  kn_code code = kn_task_story_load(task, path, &out->story, err);
  if (code == KN_OK && other != NULL) {
    code = read_other(task, other, out, err);
    if (code != KN_OK)
      kn_note(err, "reading %s", other);
  }
  if (code == KN_OK)
    code = read_one(&out->story, out->other, &out->dna, err);
  if (code != KN_OK)
    kn_task_dna_free(out);
  return code;
}

void
kn_task_dna_free(kn_task_dna *dna)
{
  kn_dna_free(dna->dna);
  kn_dna_free(dna->other_dna);
  kn_region_free(dna->other);
  if (dna->story.region != NULL || dna->story.arena != NULL)
    kn_task_story_free(&dna->story);
  *dna = (kn_task_dna){0};
}
