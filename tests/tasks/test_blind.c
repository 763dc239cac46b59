/* Aim: a card tells nothing that went with the snapshot it was made of. Method: cards and pairs of the demo region, read to the last
 * byte after all snapshots are freed (a finding of the address sanitizer, and wrong texts without one). */
#include "tasks/blind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define OFFER "o-norbord-wood-fines"
static const char secret[] = "00112233445566778899aabbccddeeff";

typedef struct fixture {
  char folder[64], path[96];
  kn_findings *findings;
  kn_desk *desk;
  kn_snapshots *snapshots;
  kn_conn *conn;
  kn_arena *arena;
  kn_error err;
} fixture;

static int
begin(void **state)
{
  static const kn_viewer coordinator = {.role = KN_COORDINATOR, .account_id = 1};
  fixture *f = calloc(1, sizeof *f);
  *state = f;
  snprintf(f->folder, sizeof f->folder, "/tmp/knoop-blind-XXXXXX");
  if (mkdtemp(f->folder) == NULL || kn_findings_new(&f->findings, 50, &f->err) != KN_OK)
    return -1;
  snprintf(f->path, sizeof f->path, "%s/r.gpkg", f->folder);
  kn_task task = KN_TASK_DEFAULTS;
  task.findings = f->findings;
  kn_task_change change;
  kn_code code = kn_task_new(&task, f->path, KN_SOURCE_ROOT "/data/regions/poort-genk", &change, &f->err);
  if (code == KN_OK)
    code = kn_desk_open(&f->desk, f->path, &KN_STORE_WRITE, &f->err);
  if (code == KN_OK)
    code = kn_snapshots_new(&f->snapshots, f->desk, NULL, &f->err);
  if (code == KN_OK)
    code = kn_desk_lend(f->desk, &coordinator, &f->conn, &f->err);
  f->arena = kn_arena_new();
  return code == KN_OK ? 0 : -1;
}

static int
end(void **state)
{
  fixture *f = *state;
  char command[128];
  kn_arena_free(f->arena);
  kn_desk_give_back(f->conn);
  kn_snapshots_free(f->snapshots);
  kn_desk_close(f->desk);
  kn_findings_free(f->findings);
  snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
  const int code = system(command);
  free(f);
  return code;
}

/* Bytes of all that a card tells, each of them looked at. */
static size_t
read_card(const kn_card *card)
{
  const char *const texts[] = {
      card->kind, card->resource_id, card->resource_name, card->resource_name_nl, card->class_name, card->sector,    card->level,
      card->unit, card->id,          card->site_id,       card->site_name,        card->actor_id,   card->actor_name};
  size_t bytes = 0;
  for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
    bytes += texts[t] != NULL ? strlen(texts[t]) : 0;
  for (int32_t c = 0; c < card->check_count; c++) {
    bytes += strlen(card->check[c].check) + strlen(card->check[c].outcome);
    /* Names of checks are words in small letters, and not what a freed block holds. */
    assert_int_equal(strspn(card->check[c].check, "abcdefghijklmnopqrstuvwxyz0123456789-_"), strlen(card->check[c].check));
    assert_true(card->check[c].check[0] != '\0');
  }
  return bytes;
}

static void
cards_outlive_the_snapshot(void **state)
{
  fixture *f = *state;
  const kn_blind_ask ask = {.conn = f->conn, .snapshots = f->snapshots, .secret = secret, .row_id = OFFER};
  kn_cards cards;
  assert_int_equal(kn_blind_cards(&cards, &ask, f->arena, &f->err), KN_OK);
  assert_true(cards.count > 0);
  kn_blind_pair pair;
  assert_int_equal(kn_blind_pair_of(&pair, &ask, cards.card[0].token, f->arena, &f->err), KN_OK);
  kn_snapshots_free(f->snapshots);
  f->snapshots = NULL;
  int32_t checks = 0;
  for (int32_t i = 0; i < cards.count; i++) {
    assert_true(read_card(&cards.card[i]) > 0);
    checks += cards.card[i].check_count;
  }
  assert_true(checks > 0);
  assert_true(read_card(&pair.seen_by_own) > 0);
  assert_true(read_card(&pair.seen_by_other) > 0);
  assert_true(strlen(pair.kind) > 0 && strlen(pair.id) > 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(cards_outlive_the_snapshot, begin, end)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
