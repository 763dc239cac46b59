/* What the files about people share: sessions, passwords, second factors, limits. */
#ifndef KN_PORTAL_AUTH_H
#define KN_PORTAL_AUTH_H

#include "portal/api.h"

/* ---------------------------------------------------------------- auth.c */
enum {
  KN_SESSION_S = 14 * 24 * 3600, /* a session ends then, whatever happens */
  KN_IDLE_S = 12 * 3600,         /* and when nothing is asked for so long */
  KN_ROTATE_S = 24 * 3600,       /* its token is replaced after so long */
  KN_FAILURES_MOST = 8,          /* wrong passwords or codes until an account is locked */
  KN_LOCKED_S = 900,
};
enum { KN_TOKEN_HEX = 65, KN_TIME_TEXT = 32 };
void kn_in_seconds(char out[KN_TIME_TEXT], int64_t seconds); /* UTC, from now; negative: ago */
void kn_token_digest(const char *token, char hex[KN_TOKEN_HEX]);
kn_code kn_token_new(kn_request *request, const char **out, kn_error *err);

/* The secrets of an account, as far as it has them. */
typedef struct kn_secrets {
  int64_t account_id, failures, totp_last;
  const char *email, *name, *role, *password, *totp, *totp_pending, *locked_until; /* NULL: none */
  bool is_closed;
} kn_secrets;
kn_code kn_secrets_of(kn_request *request, kn_conn *conn, const char *statement, const kn_bind *bind, int32_t count,
                      kn_secrets *out, kn_error *err);

/* A new session, to be made within a write by kn_session_write(). Its cookie goes into the reply once the write is done. */
typedef struct kn_new_session {
  int64_t account_id;
  const char *token, *csrf, *handle, *agent, *address, *old; /* old: token of the session that ends with it; NULL: none */
} kn_new_session;
kn_code kn_session_new(kn_request *request, int64_t account_id, kn_new_session *out, kn_error *err);
kn_code kn_session_write(kn_conn *conn, const kn_new_session *session, kn_error *err);
kn_code kn_session_cookie(kn_request *request, kn_reply *reply, const char *token, kn_error *err); /* NULL: forget it */

void kn_recovery_digest(int64_t account_id, const char *code, char hex[KN_TOKEN_HEX]);

/* The password of who is signed in, asked for again before something that cannot be taken back. Counts what is wrong; KN_E_INPUT. */
kn_code kn_check_own_password(kn_request *request, kn_secrets *out, kn_error *err);

/* ---------------------------------------------------------------- password.c
 * KN_E_INPUT with the reason: too short, too long, or one that everybody tries first. who (NULL ends) are words that a password
 * of this person must not stand on: name, address. Pure. */
kn_code kn_password_check(const char *password, const char *const *who, kn_error *err);

/* ---------------------------------------------------------------- totp.c (RFC 6238: SHA-1, 30 s, six digits) */
enum { KN_TOTP_SECRET = 33 };
void kn_totp_new(char secret[KN_TOTP_SECRET]); /* 160 random bits, base32 */
/* The step, from the one before now to the one after it and above `last`, whose code this is; 0: none. Blanks in code do not count. */
int64_t kn_totp_step(const char *secret, const char *code, int64_t now_s, int64_t last);
/* The code of a step; for tests and for who makes a key. false: secret is no base32. */
bool kn_totp_code(const char *secret, int64_t step, int digits, char out[16]);

/* ---------------------------------------------------------------- limits.c */
/* Sets the problem 429 with Retry-After, and fails, when `key` was there more often than `burst` at once and `per_s` from then on. */
kn_code kn_limit(kn_request *request, const char *what, const char *key, double burst, double per_s, kn_error *err);
void kn_limit_return(kn_request *request, const char *what, const char *key, double burst, double per_s); /* it did not count */

/* ---------------------------------------------------------------- api_account.c, api_invite.c, api_erase.c: handlers */
kn_code kn_api_profile(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_password(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_sessions(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_session_end(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_sessions_end(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_factor_begin(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_factor_prove(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_factor_end(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_recovery(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_invitations(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_invite(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_invitation_end(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_invitation_look(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_invitation_take(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_reset(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_own_data(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_own_erase(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_person_data(kn_request *request, kn_reply *reply, kn_error *err);
kn_code kn_api_person_erase(kn_request *request, kn_reply *reply, kn_error *err);
/* KN_E_CONFLICT when, after what was just written, no coordinator is left. */
kn_code kn_keep_coordinator(kn_conn *conn, kn_error *err);

#endif
