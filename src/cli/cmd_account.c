/* knoop account: lets the first people in. Everything else about accounts is done in the portal. */
#include "cli.h"

#include "knoop/desk.h"
#include "portal/portal.h"

#include <sodium.h>
#include <string.h>

typedef struct account_args {
  const char *region, *email, *name, *role;
  kn_words actor;
} account_args;

static const kn_opt account_opts[] = {
    KN_OPT_PATH(account_args, region, "REGION.gpkg", N_("the region to give access to")),
    KN_OPT(KN_OPT_KIND_TEXT, account_args, email, "ADDRESS", N_("the e-mail address to sign in with"), .is_required = true),
    KN_OPT_TEXT(account_args, name, "NAME", N_("how the portal calls this person (the address)")),
    KN_OPT_TEXT(account_args, role, "ROLE", N_("coordinator, partner, planner, financier or viewer (viewer)")),
    KN_OPT_MANY(account_args, actor, "ID", N_("an actor a partner speaks for; may be given more often")),
    KN_OPT_END,
};

typedef struct new_account {
  const account_args *args;
  char hash[crypto_pwhash_STRBYTES];
} new_account;

static kn_code
add_account(kn_conn *conn, void *arg, kn_error *err)
{
  const new_account *in = arg;
  const account_args *args = in->args;
  char now[32];
  kn_store_now(now);
  kn_field there;
  bool is_there;
  const kn_bind which[] = {KN_BIND_TEXT("email", args->email)};
  KN_TRY(kn_conn_ask_one(conn, "account_by_email", which, 1, NULL, &there, &is_there, err));
  if (is_there) /* a new password for who is there */
    KN_TRY(kn_conn_run(conn, "account_password",
                       (kn_bind[]){KN_BIND_TEXT("email", args->email), KN_BIND_TEXT("password", in->hash)}, 2, NULL, err));
  else {
    const kn_bind row[] = {KN_BIND_TEXT("email", args->email),
                           KN_BIND_TEXT("name", args->name != NULL ? args->name : args->email), KN_BIND_TEXT("role", args->role),
                           KN_BIND_TEXT("password", in->hash), KN_BIND_TEXT("made", now)};
    KN_TRY(kn_conn_run(conn, "account_add", row, KN_COUNT_OF(row), NULL, err));
  }
  for (int32_t i = 0; i < args->actor.n && !is_there; i++) {
    const kn_bind actor[] = {KN_BIND_TEXT("actor", args->actor.word[i])};
    bool is_actor;
    KN_TRY(kn_conn_ask_one(conn, "actor_exists", actor, 1, NULL, &there, &is_actor, err));
    if (!is_actor)
      return kn_fail(err, KN_E_INPUT, _("--actor %s: the region has no such actor"), args->actor.word[i]);
    const kn_bind tie[] = {KN_BIND_TEXT("email", args->email), KN_BIND_TEXT("actor", args->actor.word[i])};
    KN_TRY(kn_conn_run(conn, "account_add_actor", tie, KN_COUNT_OF(tie), NULL, err));
  }
  /* The number, not the address: the log outlives the erasure of a person. */
  char about[40];
  KN_TRY(kn_conn_ask_one(conn, "account_by_email", which, 1, NULL, &there, NULL, err));
  snprintf(about, sizeof about, "account %" PRId64, there.integer);
  return kn_conn_audit(conn, is_there ? "new password by command line" : "new account by command line", about, NULL, err);
}

static kn_code
account_run(const kn_cli *cli, kn_error *err)
{
  account_args args = {.role = "viewer"};
  KN_TRY(kn_cli_parse(cli, account_opts, &args, err));
  kn_role role;
  if (!kn_role_read(args.role, &role) || role == KN_PUBLIC)
    return kn_fail(err, KN_E_USAGE, _("--role %s: expected coordinator, partner, planner, financier or viewer"), args.role);
  unsigned char bytes[12];
  char password[32];
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2base64(password, sizeof password, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  new_account in = {.args = &args};
  KN_TRY(kn_auth_hash(password, in.hash, err));
  kn_store_settings settings = KN_STORE_WRITE;
  settings.command = "knoop account";
  kn_desk *desk;
  KN_TRY(kn_desk_open(&desk, args.region, &settings, err));
  const kn_viewer nobody = KN_ANYBODY;
  const kn_code code = kn_desk_write(desk, &nobody, add_account, &in, err);
  kn_desk_close(desk);
  KN_TRY(code);
  if (cli->json)
    json_object_update_new(cli->doc, json_pack("{s:s, s:s, s:s}", "email", args.email, "role", args.role, "password", password));
  else
    fprintf(kn_cli_results(cli), "%s %s\n", args.email, password);
  return KN_OK;
}

const kn_command kn_cmd_account = {
    .name = "account",
    .text = N_("give somebody access to the portal, with a password that is shown once"),
    .example = "knoop account genk.gpkg --email an@example.org --role coordinator",
    .opts = account_opts,
    .run = account_run,
};
