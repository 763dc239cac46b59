/* Public sums: offers by municipality and kind of resource, with the areas above and the class around a stream as margins. All rows count,
 * whoever may see them; so nothing leaves here but what disclosure control publishes (docs/method.md, section 23). */
#include "tasks/public.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct kn_public_keeper {
  pthread_mutex_t lock;
  pthread_cond_t came, made;
  pthread_t thread;
  bool has_thread;
  atomic_bool is_ending; /* also stops what is being made */
  char *path;
  const kn_watch *watch;        /* of who made the keeper */
  char wanted[128], stamp[128]; /* of what was asked for last, of what is there */
  bool is_there, has_failed;
  kn_error why; /* of the last failure */
  kn_public all;
};

static void
forget(kn_public *all)
{
  kn_disclosure_free(all->disclosure);
  kn_region_free(all->region);
  kn_arena_free(all->arena);
  *all = (kn_public){0};
}

/* ---------------------------------------------------------------- where sites are */
static kn_code
find_municipalities(kn_public *all, kn_error *err)
{
  const kn_area_view areas = kn_region_areas(all->region);
  const kn_site_view sites = kn_region_sites(all->region);
  int32_t *municipality;
  KN_NEW(municipality, all->arena, sites.n, err);
  for (int64_t i = 0; i < sites.n; i++) {
    int32_t at = sites.area[i];
    while (at != KN_NONE && areas.level[at] != KN_MUNICIPALITY)
      at = areas.parent[at];
    municipality[i] = at;
  }
  all->municipality = municipality;
  return KN_OK;
}

/* Municipalities that hold a site, then what lies above them, so that margins of real areas are cells too. */
static kn_code
list_places(kn_public *all, int32_t **number, kn_error *err)
{
  const kn_area_view areas = kn_region_areas(all->region);
  const kn_site_view sites = kn_region_sites(all->region);
  int32_t *place, *number_of;
  KN_NEW(place, all->arena, areas.n, err);
  KN_NEW(number_of, all->arena, areas.n, err);
  uint8_t *is_used;
  KN_NEW(is_used, all->arena, areas.n, err);
  for (int64_t i = 0; i < sites.n; i++)
    for (int32_t at = all->municipality[i]; at != KN_NONE && !is_used[at]; at = areas.parent[at])
      is_used[at] = 1;
  for (int32_t i = 0; i < areas.n; i++) {
    number_of[i] = is_used[i] ? all->place_count : KN_NONE;
    if (is_used[i])
      place[all->place_count++] = i;
  }
  all->place = place;
  *number = number_of;
  return KN_OK;
}

int32_t
kn_public_place(const kn_public *all, const char *area_id)
{
  const int32_t area = kn_region_find(all->region, KN_T_AREA, area_id);
  for (int32_t i = 0; area != KN_NONE && i < all->place_count; i++)
    if (all->place[i] == area)
      return i;
  return KN_NONE;
}

/* ---------------------------------------------------------------- the table */
static void
list_kinds(kn_public *all, int32_t parent[KN_PUBLIC_KINDS])
{
  for (int32_t c = 0; c < KN_CLASS_COUNT; c++) {
    all->kind[c] = (kn_public_kind){c, 0};
    parent[c] = KN_NONE;
  }
  for (int32_t s = 0; s < KN_PUBLIC_KINDS - KN_CLASS_COUNT; s++) {
    all->kind[KN_CLASS_COUNT + s] = (kn_public_kind){KN_MATERIAL, s + 1};
    parent[KN_CLASS_COUNT + s] = KN_MATERIAL;
  }
}

static int32_t
kind_of(const kn_resource_view *resources, int32_t resource)
{
  const char *stream = resources->stream[resource];
  const int32_t number = stream != NULL && stream[0] == 'R' ? (int32_t)strtol(stream + 1, NULL, 10) : 0;
  const bool is_stream = resources->class_of[resource] == KN_MATERIAL && number >= 1 && number <= 10;
  return is_stream ? KN_CLASS_COUNT + number - 1 : resources->class_of[resource];
}

static kn_code
protect(kn_public *all, const kn_watch *watch, kn_error *err)
{
  const kn_area_view areas = kn_region_areas(all->region);
  const kn_site_view sites = kn_region_sites(all->region);
  const kn_offer_view offers = kn_region_offers(all->region);
  const kn_resource_view resources = kn_region_resources(all->region);
  const int32_t actors = (int32_t)kn_region_actors(all->region).n;
  int32_t *number, *above, *holder, *place, *kind, kind_parent[KN_PUBLIC_KINDS];
  double *amount;
  KN_TRY(list_places(all, &number, err));
  list_kinds(all, kind_parent);
  KN_NEW(above, all->arena, all->place_count, err);
  KN_NEW(holder, all->arena, offers.n, err);
  KN_NEW(place, all->arena, offers.n, err);
  KN_NEW(kind, all->arena, offers.n, err);
  KN_NEW(amount, all->arena, offers.n, err);
  for (int32_t i = 0; i < all->place_count; i++) {
    const int32_t parent = areas.parent[all->place[i]];
    above[i] = parent != KN_NONE ? number[parent] : KN_NONE;
  }
  int64_t n = 0;
  for (int64_t i = 0; i < offers.n; i++) {
    const int32_t site = offers.site[i];
    if (all->municipality[site] == KN_NONE || !(offers.quantity[i] >= 0))
      continue;
    /* A site that nobody is known to hold counts as somebody by itself. */
    holder[n] = sites.actor[site] != KN_NONE ? sites.actor[site] : actors + site;
    place[n] = number[all->municipality[site]];
    kind[n] = kind_of(&resources, offers.resource[i]);
    amount[n++] = offers.quantity[i];
  }
  const kn_measure measure = {.amount = amount, .empty_upper = NAN};
  const kn_microdata data = {
      .n = n,
      .contributor_count = actors + (int32_t)sites.n,
      .contributor = holder,
      .dimension_count = 2,
      .dimension = {{.n = all->place_count, .parent = above}, {.n = KN_PUBLIC_KINDS, .parent = kind_parent}},
      .code = {place, kind},
      .measure_count = 1,
      .measure = &measure};
  return kn_disclosure_protect(&all->disclosure, &data, &KN_DISCLOSURE_DEFAULTS, watch, err);
}

static kn_code
make(kn_public *all, const char *path, const kn_watch *watch, kn_error *err)
{
  kn_task task = KN_TASK_DEFAULTS;
  task.watch = watch;
  all->arena = kn_arena_new();
  KN_TRY(kn_task_region(&task, path, &all->region, err));
  KN_TRY(find_municipalities(all, err));
  return protect(all, watch, err);
}

/* ---------------------------------------------------------------- the keeper
 * A thread makes what was asked for; until it is there, readers get what was there before. */
static bool
is_ending(void *arg)
{
  kn_public_keeper *keeper = arg;
  return atomic_load(&keeper->is_ending) || kn_watch_is_stopped(keeper->watch);
}

static void
make_wanted(kn_public_keeper *keeper)
{
  const kn_watch watch = {.is_stopped = is_ending, .arg = keeper};
  char stamp[sizeof keeper->wanted];
  memcpy(stamp, keeper->wanted, sizeof stamp);
  pthread_mutex_unlock(&keeper->lock);
  kn_public all = {0};
  kn_error err = {0};
  const kn_code code = make(&all, keeper->path, &watch, &err);
  pthread_mutex_lock(&keeper->lock);
  memcpy(keeper->stamp, stamp, sizeof stamp); /* a failure is not tried again before the data change */
  keeper->has_failed = code != KN_OK;
  keeper->why = err;
  if (code == KN_OK) {
    forget(&keeper->all);
    keeper->all = all;
    keeper->is_there = true;
  } else
    forget(&all);
  pthread_cond_broadcast(&keeper->made);
}

static void *
keep_making(void *arg)
{
  kn_public_keeper *keeper = arg;
  kn_thread_stand_back();
  pthread_mutex_lock(&keeper->lock);
  while (!keeper->is_ending)
    if (strcmp(keeper->wanted, keeper->stamp) != 0)
      make_wanted(keeper);
    else
      pthread_cond_wait(&keeper->came, &keeper->lock);
  pthread_mutex_unlock(&keeper->lock);
  return NULL;
}

kn_code
kn_public_keeper_new(kn_public_keeper **out, const char *path, const kn_watch *watch, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  kn_public_keeper *keeper = *out;
  if (keeper == NULL || (keeper->path = strdup(path)) == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  keeper->watch = watch;
  pthread_mutex_init(&keeper->lock, NULL);
  pthread_cond_init(&keeper->came, NULL);
  pthread_cond_init(&keeper->made, NULL);
  keeper->has_thread = pthread_create(&keeper->thread, NULL, keep_making, keeper) == 0;
  return keeper->has_thread ? KN_OK : kn_fail(err, KN_E_LIMIT, "no more threads can be started");
}

void
kn_public_keeper_free(kn_public_keeper *keeper)
{
  if (keeper == NULL)
    return;
  if (keeper->has_thread) {
    pthread_mutex_lock(&keeper->lock);
    keeper->is_ending = true;
    pthread_cond_broadcast(&keeper->came);
    pthread_mutex_unlock(&keeper->lock);
    pthread_join(keeper->thread, NULL);
    pthread_cond_destroy(&keeper->made);
    pthread_cond_destroy(&keeper->came);
    pthread_mutex_destroy(&keeper->lock);
  }
  forget(&keeper->all);
  free(keeper->path);
  free(keeper);
}

/* Under the lock. */
static void
want(kn_public_keeper *keeper, const char *stamp)
{
  if (strcmp(keeper->wanted, stamp) == 0)
    return;
  snprintf(keeper->wanted, sizeof keeper->wanted, "%s", stamp);
  pthread_cond_signal(&keeper->came);
}

void
kn_public_expect(kn_public_keeper *keeper, const char *stamp)
{
  pthread_mutex_lock(&keeper->lock);
  want(keeper, stamp);
  pthread_mutex_unlock(&keeper->lock);
}

kn_code
kn_public_enter(kn_public_keeper *keeper, const char *stamp, const kn_public **out, kn_error *err)
{
  pthread_mutex_lock(&keeper->lock);
  want(keeper, stamp);
  while (!keeper->is_there && (!keeper->has_failed || strcmp(keeper->stamp, keeper->wanted) != 0))
    pthread_cond_wait(&keeper->made, &keeper->lock);
  *out = &keeper->all;
  if (keeper->is_there)
    return KN_OK;
  const kn_code code = keeper->why.code;
  if (err != NULL)
    *err = keeper->why;
  pthread_mutex_unlock(&keeper->lock);
  return code;
}

void
kn_public_leave(kn_public_keeper *keeper)
{
  pthread_mutex_unlock(&keeper->lock);
}
