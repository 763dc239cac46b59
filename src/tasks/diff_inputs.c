/* What the runs were asked: settings that differ. Whatever a run keeps of its settings is compared, also what a later knoop may
 * add: a member that is an object counts member by member, a list of KEY=VALUE key by key, another list as a whole. */
#include "diff.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct inputs {
  kn_task_diff *out;
  kn_diff_input *list;
  int64_t count, capacity;
} inputs;

/* Puts a value of one run at its name. */
static kn_code
put(inputs *in, const char *name, const char *value, int which, kn_error *err)
{
  int64_t at = 0;
  while (at < in->count && strcmp(in->list[at].name, name) != 0)
    at++;
  if (at == in->count) {
    KN_TRY(KN_GROW(in->list, in->capacity, at + 1, err));
    in->list[at] = (kn_diff_input){0};
    KN_TRY(kn_text_copy(&in->list[at].name, in->out->arena, name, strlen(name), err));
    in->count++;
  }
  return kn_text_copy(&in->list[at].value[which], in->out->arena, value, strlen(value), err);
}

static kn_code
put_json(inputs *in, const char *name, const json_t *value, int which, kn_error *err)
{
  if (json_is_string(value))
    return put(in, name, json_string_value(value), which, err);
  char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(12));
  if (text == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  const kn_code code = put(in, name, text, which, err);
  free(text);
  return code;
}

static kn_code
put_list(inputs *in, const char *name, const json_t *list, int which, kn_error *err)
{
  char whole[512] = "";
  size_t used = 0;
  for (size_t i = 0; i < json_array_size(list); i++) {
    const char *word = json_string_value(json_array_get(list, i));
    const char *equals = word != NULL ? strchr(word, '=') : NULL;
    if (word == NULL)
      return put_json(in, name, list, which, err);
    if (equals != NULL && strcmp(name, "set") == 0) {
      char key[128];
      snprintf(key, sizeof key, "%s %.*s", name, equals - word < 100 ? (int)(equals - word) : 100, word);
      KN_TRY(put(in, key, equals + 1, which, err));
    } else if (used < sizeof whole) {
      const int wrote = snprintf(whole + used, sizeof whole - used, "%s%s", used > 0 ? ", " : "", word);
      used += wrote > 0 ? (size_t)wrote : 0;
    }
  }
  return used > 0 ? put(in, name, whole, which, err) : KN_OK;
}

static kn_code
put_members(inputs *in, const json_t *doc, int which, kn_error *err)
{
  const char *name, *part;
  json_t *value, *inner;
  json_object_foreach((json_t *)(uintptr_t)doc, name, value)
  {
    if (strcmp(name, "changed_digest") == 0)
      continue; /* follows from the others */
    if (json_is_array(value)) {
      KN_TRY(put_list(in, name, value, which, err));
    } else if (json_is_object(value)) {
      json_object_foreach(value, part, inner)
      {
        char both[160];
        snprintf(both, sizeof both, "%.60s %.90s", name, part);
        KN_TRY(put_json(in, both, inner, which, err));
      }
    } else {
      KN_TRY(put_json(in, name, value, which, err));
    }
  }
  return KN_OK;
}

static bool
is_equal(const kn_diff_input *input)
{
  if (input->value[0] == NULL || input->value[1] == NULL)
    return input->value[0] == input->value[1];
  return strcmp(input->value[0], input->value[1]) == 0;
}

static kn_code
keep(const inputs *in, kn_error *err)
{
  kn_task_diff *out = in->out;
  KN_NEW(out->inputs, out->arena, in->count, err);
  for (int64_t i = 0; i < in->count; i++)
    if (!is_equal(&in->list[i]))
      out->inputs[out->input_count++] = in->list[i];
  return KN_OK;
}

kn_code
diff_inputs(diff_work *work, kn_error *err)
{
  kn_task_diff *out = work->out;
  inputs in = {.out = out};
  kn_code code = KN_OK;
  for (int k = 0; k < 2 && code == KN_OK; k++) {
    json_t *doc = out->run[k].run.settings != NULL ? json_loads(out->run[k].run.settings, 0, NULL) : NULL;
    out->run[k].has_settings = json_is_object(doc) && json_object_size(doc) > 0;
    out->run[k].has_changes = kn_record_has_changes(out->run[k].run.settings);
    code = put_members(&in, doc, k, err);
    json_decref(doc);
  }
  if (code == KN_OK && out->run[0].has_settings && out->run[1].has_settings)
    code = keep(&in, err);
  free(in.list);
  return code;
}
