/* What api_blind.c and api_blind_intro.c share. */
#ifndef KN_PORTAL_BLIND_H
#define KN_PORTAL_BLIND_H

#include "portal/portal.h"
#include "tasks/blind.h"

/* A random key with a letter before it; from the header Idempotency-Key where one is given, so that a repeat has the same. */
kn_code kn_blind_key(kn_request *request, const char *letter, const char **out, bool *is_repeatable, kn_error *err);
/* The key of tokens, made when it is asked for first. */
kn_code kn_blind_secret(kn_request *request, const char **out, kn_error *err);
json_t *kn_card_json(const kn_card *card);
bool kn_is_dutch(const kn_request *request);
kn_code kn_class_read(const char *name, kn_class *out, kn_error *err);

kn_code kn_api_entry_add(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_entry_change(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_entry_remove(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_entry_get(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_own_list(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_own_sites(kn_request *request, kn_reply *reply, kn_error *err);

kn_code kn_api_intro_ask(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_intro_list(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_intro_get(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_intro_step(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_intro_refusals(kn_request *request, kn_reply *reply, kn_error *err);

#endif
