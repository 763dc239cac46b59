/* Aim: what an arena hands out is zeroed, aligned, its own, and there until the arena ends; running out is an error, never
 * a crash. Both variants (block, malloc) keep the same promises. */
#include "check.h"

#include "knoop/base.h"

static void
takes_are_zeroed_aligned_and_apart(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_arena *arena = kn_arena_new();
  check_random r = {1};
  enum { TAKES = 2000 };
  unsigned char *taken[TAKES];
  size_t sizes[TAKES];
  for (int i = 0; i < TAKES; i++) {
    sizes[i] = (size_t)random_below(&r, 300);
    assert_int_equal(kn_arena_reserve(arena, sizes[i], &err), KN_OK);
    taken[i] = kn_arena_take(arena, sizes[i], 1);
    assert_non_null(taken[i]);
    assert_int_equal((uintptr_t)taken[i] % 16, 0);
    for (size_t at = 0; at < sizes[i]; at++)
      assert_int_equal(taken[i][at], 0);
    memset(taken[i], i % 251 + 1, sizes[i]);
  }
  for (int i = 0; i < TAKES; i++)
    for (size_t at = 0; at < sizes[i]; at++)
      assert_int_equal(taken[i][at], i % 251 + 1);
  kn_arena_free(arena);
}

/* 3 doubles are 24 bytes and count as 32; 1 byte counts as 16. */
static void
one_reservation_serves_several_takes(void **state)
{
  (void)state;
  kn_error err = {0};
  kn_arena *arena = kn_arena_new();
  assert_int_equal(kn_arena_reserve(arena, 48, &err), KN_OK);
  double *numbers = kn_arena_take(arena, 3, sizeof *numbers);
  char *letter = kn_arena_take(arena, 1, 1);
  numbers[2] = 1;
  *letter = 'x';
  assert_int_equal(kn_arena_bytes(arena), 48);
  assert_near(numbers[2], 1, 0);
  kn_arena_free(arena);
}

static kn_code
take_items(kn_arena *arena, int64_t count, int32_t **items, kn_error *err)
{
  KN_NEW(*items, arena, count, err);
  return KN_OK;
}

static void
running_out_is_told(void **state)
{
  (void)state;
  kn_error err = {0};
  int32_t *items = NULL;
  assert_int_equal(take_items(NULL, 4, &items, &err), KN_E_LIMIT);
  kn_arena *arena = kn_arena_new();
  assert_int_equal(take_items(arena, INT64_MAX, &items, &err), KN_E_LIMIT);
  assert_int_equal(take_items(arena, INT64_MAX / 4, &items, &err), KN_E_LIMIT);
  assert_int_equal(take_items(arena, -2, &items, &err), KN_E_LIMIT);
  assert_int_equal(kn_arena_reserve(arena, SIZE_MAX, &err), KN_E_LIMIT);
  assert_non_null(strstr(err.text, "out of memory"));
  assert_int_equal(take_items(arena, 0, &items, &err), KN_OK);
  assert_non_null(items);
  assert_int_equal(take_items(arena, 1000000, &items, &err), KN_OK);
  items[999999] = 7;
  kn_arena_free(arena);
  kn_arena_free(NULL);
  assert_int_equal(kn_arena_bytes(NULL), 0);
}

static void
array_grows_and_keeps_its_items(void **state)
{
  (void)state;
  kn_error err = {0};
  int32_t *items = NULL;
  int64_t capacity = 0;
  for (int32_t i = 0; i < 10000; i++) {
    assert_int_equal(KN_GROW(items, capacity, i + 1, &err), KN_OK);
    items[i] = i;
  }
  assert_true(capacity >= 10000 && capacity < 20000);
  for (int32_t i = 0; i < 10000; i++)
    assert_int_equal(items[i], i);
  const int32_t *before = items;
  assert_int_equal(KN_GROW(items, capacity, INT64_MAX, &err), KN_E_LIMIT);
  assert_ptr_equal(items, before);
  free(items);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(takes_are_zeroed_aligned_and_apart),
      cmocka_unit_test(one_reservation_serves_several_takes),
      cmocka_unit_test(running_out_is_told),
      cmocka_unit_test(array_grows_and_keeps_its_items),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
