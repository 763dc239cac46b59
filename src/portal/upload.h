/* Files that come in a request, as multipart/form-data (RFC 7578): the file goes to the disk while it comes, never into memory; other
 * fields become the body of the request. */
#ifndef KN_PORTAL_UPLOAD_H
#define KN_PORTAL_UPLOAD_H

#include "portal/http.h"

/* NULL: the request is none of this kind, or not for an endpoint that takes files (KN_TAKES_FILE). */
struct kn_upload *kn_upload_begin(kn_exchange *exchange);
/* A piece of the body. What is too much is read on and thrown away; kn_upload_end() says so. */
void kn_upload_take(struct kn_upload *in, const char *piece, size_t length);
/* The body has come: request->body has the fields, and `name` of the file; request->file the path of what came. KN_E_INPUT: no file, more
 * than may come, or no such form; *is_too_large says which. */
kn_code kn_upload_end(struct kn_upload *in, kn_request *request, bool *is_too_large, kn_error *err);
/* Also removes the file. NULL is fine. */
void kn_upload_free(struct kn_upload *in);

#endif
