/* A form that comes in pieces: libmicrohttpd parts it, the file goes to the disk. */
#include "portal/upload.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIELDS_MOST = 2 << 20 }; /* bytes of all fields but the file: a mapping among them */

typedef struct kn_upload {
  struct MHD_PostProcessor *parts;
  json_t *fields; /* texts */
  char path[300];
  FILE *file;
  bool has_file, is_too_large, is_full, is_bad;
  int64_t bytes, most, field_bytes;
} kn_upload;

/* A piece of a field: added to what came of it. */
static void
add_field(kn_upload *in, const char *name, const char *data, size_t length)
{
  in->field_bytes += (int64_t)length;
  if (in->field_bytes > FIELDS_MOST) {
    in->is_too_large = true;
    return;
  }
  const json_t *before = json_object_get(in->fields, name);
  json_t *whole = json_pack("s%+%", before != NULL ? json_string_value(before) : "",
                            before != NULL ? json_string_length(before) : (size_t)0, data, length);
  in->is_bad |= whole == NULL; /* no UTF-8 */
  json_object_set_new(in->fields, name, whole != NULL ? whole : json_string(""));
}

static enum MHD_Result
take_part(void *arg, enum MHD_ValueKind kind, const char *key, const char *file_name, const char *type, const char *encoding,
          const char *data, uint64_t at, size_t length)
{
  (void)kind;
  (void)type;
  (void)encoding;
  (void)at;
  kn_upload *in = arg;
  if (key == NULL)
    return MHD_YES;
  if (file_name == NULL) {
    add_field(in, key, data, length);
    return MHD_YES;
  }
  if (!in->has_file)
    json_object_set_new(in->fields, "name", json_string(file_name));
  in->has_file = true;
  in->bytes += (int64_t)length;
  if (in->bytes > in->most)
    in->is_too_large = true;
  else if (length > 0 && fwrite(data, 1, length, in->file) != length)
    in->is_full = true;
  return MHD_YES;
}

static bool
is_form(const kn_request *request)
{
  const char *type = kn_request_header(request, "Content-Type");
  return request->endpoint != NULL && (request->endpoint->flags & KN_TAKES_FILE) != 0 && type != NULL &&
         strncasecmp(type, "multipart/form-data", 19) == 0;
}

kn_upload *
kn_upload_begin(kn_exchange *exchange)
{
  kn_upload *in = !exchange->is_answered && is_form(&exchange->request) ? calloc(1, sizeof *in) : NULL;
  if (in == NULL)
    return NULL;
  const char *base = getenv("TMPDIR");
  snprintf(in->path, sizeof in->path, "%s/knoop-upload-XXXXXX", base != NULL && strlen(base) < 250 ? base : "/tmp");
  const int file = mkstemp(in->path);
  in->file = file >= 0 ? fdopen(file, "wb") : NULL;
  if (file < 0)
    in->path[0] = '\0';
  const int64_t most = exchange->request.portal->settings.import_bytes;
  in->most = most > 0 ? most : KN_IMPORT_MOST;
  in->fields = json_object();
  in->parts = in->file != NULL ? MHD_create_post_processor(exchange->connection, 65536, take_part, in) : NULL;
  if (file >= 0 && in->file == NULL)
    close(file);
  in->is_full = in->file == NULL;
  in->is_bad = in->parts == NULL; /* a form without a boundary */
  return in;
}

void
kn_upload_take(kn_upload *in, const char *piece, size_t length)
{
  if (in->parts != NULL && !in->is_too_large && !in->is_full && MHD_post_process(in->parts, piece, length) != MHD_YES)
    in->is_bad = true;
}

kn_code
kn_upload_end(kn_upload *in, kn_request *request, bool *is_too_large, kn_error *err)
{
  if (in->parts != NULL && MHD_destroy_post_processor(in->parts) != MHD_YES)
    in->is_bad |= !in->is_too_large;
  in->parts = NULL;
  *is_too_large = in->is_too_large;
  if (in->is_too_large)
    return kn_fail(err, KN_E_INPUT,
                   "file: expected at most %" PRId64 " MB; whoever runs the server can allow more, or import it there",
                   in->most >> 20);
  if (in->file != NULL && fclose(in->file) != 0)
    in->is_full = true;
  in->file = NULL;
  if (in->is_full)
    return kn_fail(err, KN_E_IO, "there is no room for the file that came");
  if (!in->has_file || in->is_bad)
    return kn_fail(err, KN_E_INPUT, "file: expected a form with a file, as `curl -F file=@offer.csv` sends it");
  request->body = json_incref(in->fields);
  request->file = in->path;
  request->file_bytes = in->bytes;
  return KN_OK;
}

void
kn_upload_free(kn_upload *in)
{
  if (in == NULL)
    return;
  if (in->parts != NULL)
    MHD_destroy_post_processor(in->parts);
  if (in->file != NULL)
    fclose(in->file);
  if (in->path[0] != '\0')
    unlink(in->path);
  json_decref(in->fields);
  free(in);
}
