/* Public sums: offers by municipality and kind of resource, with the areas above and the class around a stream as margins. All rows count,
 * whoever may see them; so nothing leaves here but what disclosure control publishes (docs/method.md, section 23). */
#include "tasks/public.h"

#include <malloc.h>
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
  double began_s;               /* making what is being made */
  char wanted[128], stamp[128]; /* of what was asked for last, of what is there */
  bool is_there, has_failed;
  kn_error why; /* of the last failure */
  kn_public all;
};

static void
forget(kn_public *all)
{
  kn_disclosure_free(all->disclosure);
  kn_arena_free(all->arena);
  *all = (kn_public){0};
}

int32_t
kn_public_place(const kn_public *all, const char *area_id)
{
  for (int32_t i = 0; i < all->place_count; i++)
    if (strcmp(all->area_id[i], area_id) == 0)
      return i;
  return KN_NONE;
}

/* ---------------------------------------------------------------- where sites are */
typedef struct maker {
  kn_region *region;
  kn_arena *scratch;
  kn_public *all;
  int32_t *municipality; /* [sites] row of areas: the smallest of that level that holds it; KN_NONE: none does */
  int32_t *area;         /* [places] row of areas: municipalities that hold a site, and what lies above them */
  int32_t *place;        /* [areas] KN_NONE: not among them */
} maker;

static kn_code
find_municipalities(maker *m, kn_error *err)
{
  const kn_area_view areas = kn_region_areas(m->region);
  const kn_site_view sites = kn_region_sites(m->region);
  KN_NEW(m->municipality, m->scratch, sites.n, err);
  for (int64_t i = 0; i < sites.n; i++) {
    int32_t at = sites.area[i];
    while (at != KN_NONE && areas.level[at] != KN_MUNICIPALITY)
      at = areas.parent[at];
    m->municipality[i] = at;
  }
  return KN_OK;
}

/* What lies above is there so that margins of real areas are cells too. */
static kn_code
list_places(maker *m, kn_error *err)
{
  const kn_area_view areas = kn_region_areas(m->region);
  const kn_site_view sites = kn_region_sites(m->region);
  kn_public *all = m->all;
  uint8_t *is_used;
  KN_NEW(m->area, m->scratch, areas.n, err);
  KN_NEW(m->place, m->scratch, areas.n, err);
  KN_NEW(is_used, m->scratch, areas.n, err);
  for (int64_t i = 0; i < sites.n; i++)
    for (int32_t at = m->municipality[i]; at != KN_NONE && !is_used[at]; at = areas.parent[at])
      is_used[at] = 1;
  for (int32_t i = 0; i < areas.n; i++) {
    m->place[i] = is_used[i] ? all->place_count : KN_NONE;
    if (is_used[i])
      m->area[all->place_count++] = i;
  }
  KN_NEW(all->area_id, all->arena, all->place_count, err);
  for (int32_t i = 0; i < all->place_count; i++) {
    const char *id = kn_region_key(m->region, KN_T_AREA, m->area[i]);
    KN_TRY(kn_text_copy(&all->area_id[i], all->arena, id, strlen(id), err));
  }
  return KN_OK;
}

/* ---------------------------------------------------------------- what can be borrowed */
/* The place of an offer that is a loop, or KN_NONE. */
static int32_t
place_of_loop(const maker *m, const kn_offer_view *offers, const kn_resource_view *resources, int64_t offer)
{
  const int32_t class_of = resources->class_of[offers->resource[offer]], area = m->municipality[offers->site[offer]];
  const bool is_lent = class_of == KN_SPACE || class_of == KN_LABOUR || class_of == KN_KNOWLEDGE;
  return is_lent && offers->disclosure[offer] == 0 && area != KN_NONE ? m->place[area] : KN_NONE;
}

static kn_code
list_loops(maker *m, kn_error *err)
{
  const kn_offer_view offers = kn_region_offers(m->region);
  const kn_site_view sites = kn_region_sites(m->region);
  const kn_resource_view resources = kn_region_resources(m->region);
  const kn_actor_view actors = kn_region_actors(m->region);
  const kn_table *resource = kn_region_table(m->region, KN_T_RESOURCE);
  const int32_t name_nl = kn_schema_find_column(resource->def, "name_nl");
  kn_public *all = m->all;
  KN_NEW(all->loop_count, all->arena, all->place_count, err);
  KN_NEW(all->loop_start, all->arena, all->place_count + 1, err);
  for (int64_t i = 0; i < offers.n; i++) {
    const int32_t place = place_of_loop(m, &offers, &resources, i);
    if (place != KN_NONE)
      all->loop_count[place]++;
  }
  int32_t *next;
  KN_NEW(next, m->scratch, all->place_count, err);
  for (int32_t k = 0; k < all->place_count; k++) {
    next[k] = all->loop_start[k];
    all->loop_start[k + 1] = next[k] + (all->loop_count[k] < KN_PUBLIC_LOOPS ? (int32_t)all->loop_count[k] : KN_PUBLIC_LOOPS);
  }
  KN_NEW(all->loop, all->arena, all->loop_start[all->place_count], err);
  for (int64_t i = 0; i < offers.n; i++) {
    const int32_t place = place_of_loop(m, &offers, &resources, i), site = offers.site[i], of = offers.resource[i];
    if (place == KN_NONE || next[place] == all->loop_start[place + 1])
      continue;
    kn_public_loop *loop = &all->loop[next[place]++];
    *loop = (kn_public_loop){.class_of = resources.class_of[of],
                             .offer_id = offers.offer_id[i],
                             .resource = resources.name[of],
                             .resource_nl = resource->columns[name_nl].text[of],
                             .site = sites.name[site],
                             .actor = sites.actor[site] != KN_NONE ? actors.name[sites.actor[site]] : NULL};
    const char **const texts[] = {&loop->offer_id, &loop->resource, &loop->resource_nl, &loop->site, &loop->actor};
    KN_TRY(kn_texts_keep(texts, (int32_t)(sizeof texts / sizeof *texts), all->arena, err));
  }
  return KN_OK;
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
protect(maker *m, const kn_watch *watch, kn_error *err)
{
  const kn_area_view areas = kn_region_areas(m->region);
  const kn_site_view sites = kn_region_sites(m->region);
  const kn_offer_view offers = kn_region_offers(m->region);
  const kn_resource_view resources = kn_region_resources(m->region);
  const int32_t actors = (int32_t)kn_region_actors(m->region).n;
  kn_public *all = m->all;
  int32_t *above, *holder, *place, *kind, kind_parent[KN_PUBLIC_KINDS];
  double *amount;
  list_kinds(all, kind_parent);
  KN_NEW(above, m->scratch, all->place_count, err);
  KN_NEW(holder, m->scratch, offers.n, err);
  KN_NEW(place, m->scratch, offers.n, err);
  KN_NEW(kind, m->scratch, offers.n, err);
  KN_NEW(amount, m->scratch, offers.n, err);
  for (int32_t i = 0; i < all->place_count; i++) {
    const int32_t parent = areas.parent[m->area[i]];
    above[i] = parent != KN_NONE ? m->place[parent] : KN_NONE;
  }
  int64_t n = 0;
  for (int64_t i = 0; i < offers.n; i++) {
    const int32_t site = offers.site[i];
    if (m->municipality[site] == KN_NONE || !(offers.quantity[i] >= 0))
      continue;
    /* A site that nobody is known to hold counts as somebody by itself. */
    holder[n] = sites.actor[site] != KN_NONE ? sites.actor[site] : actors + site;
    place[n] = m->place[m->municipality[site]];
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
make_of(maker *m, const kn_watch *watch, kn_error *err)
{
  KN_TRY(find_municipalities(m, err));
  KN_TRY(list_places(m, err));
  KN_TRY(list_loops(m, err));
  return protect(m, watch, err);
}

/* The region is not kept: a large one takes 100 MB. */
static kn_code
make(kn_public *all, const char *path, const kn_watch *watch, kn_error *err)
{
  kn_task task = KN_TASK_DEFAULTS;
  task.watch = watch;
  maker m = {.all = all};
  all->arena = kn_arena_new();
  KN_TRY(kn_task_region(&task, path, &m.region, err));
  m.scratch = kn_arena_new();
  const kn_code code = make_of(&m, watch, err);
  kn_arena_free(m.scratch);
  kn_region_free(m.region);
  malloc_trim(0);
  return code;
}

/* ---------------------------------------------------------------- the keeper
 * A thread makes what was asked for; until it is there, readers get what was there before. */
/* Asked by the thread that makes, again and again. */
static bool
is_ending(void *arg)
{
  kn_public_keeper *keeper = arg;
  if (kn_store_seconds() - keeper->began_s > KN_STANDS_BACK_FROM_S)
    kn_thread_stand_back();
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
  keeper->began_s = kn_store_seconds();
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
