/* The newest balance read back for a report. */
#include "internal.h"

#include <jansson.h>
#include <string.h>

typedef struct reading {
  const kn_region *region;
  kn_task_story_balance *out;
} reading;

static kn_code
take_row(void *arg, const kn_value *values, kn_error *err)
{
  (void)err;
  reading *in = arg;
  kn_task_story_balance *out = in->out;
  const int32_t flow = values[0].text != NULL ? kn_region_find(in->region, KN_T_FLOW, values[0].text) : KN_NONE;
  if (flow == KN_NONE || out->n >= kn_region_flows(in->region).n)
    return KN_OK;
  out->flow[out->n] = flow;
  out->reconciled[out->n] = values[1].real;
  out->sd[out->n] = values[2].real;
  out->is_gross[out->n++] = values[3].real > 0;
  return KN_OK;
}

static kn_code
read_rows(kn_store *store, const kn_run *run, kn_task_story *story, kn_error *err)
{
  kn_task_story_balance *out = &story->balance;
  const int64_t most = kn_region_flows(story->region).n;
  KN_NEW(out->flow, story->arena, most, err);
  KN_NEW(out->reconciled, story->arena, most, err);
  KN_NEW(out->sd, story->arena, most, err);
  KN_NEW(out->is_gross, story->arena, most, err);
  out->run_id = run->run_id;
  json_t *summary = run->summary != NULL ? json_loads(run->summary, 0, NULL) : NULL;
  const json_t *p = json_object_get(summary, "p_value");
  out->chi2 = json_number_value(json_object_get(summary, "chi2"));
  out->dof = json_integer_value(json_object_get(summary, "dof"));
  out->p_value = json_is_number(p) ? json_number_value(p) : NAN;
  json_decref(summary);
  reading in = {.region = story->region, .out = out};
  const kn_store_query query = {.table = "balance_flow",
                                .column_count = 4,
                                .columns = (const char *const[]){"id", "reconciled", "sd", "gross"},
                                .run_id = run->run_id,
                                .where = "kind",
                                .equals = "flow"};
  return kn_store_read(store, &query, take_row, &in, err);
}

kn_code
kn_story_balance_load(kn_store *store, const char *digest, kn_task_story *story, kn_error *err)
{
  kn_run *runs;
  int64_t count;
  KN_TRY(kn_store_runs(store, story->arena, "balance", INT32_MAX, &runs, &count, err));
  for (int64_t i = 0; i < count; i++)
    if (strcmp(runs[i].input_digest, digest) == 0)
      return read_rows(store, &runs[i], story, err);
  return KN_OK;
}
