/* Event streams. The hub keeps the last messages of all channels in a ring; a listener remembers how far it is.
 *
 *   listening ──nothing to tell──> asleep (its connection suspended) ──tell, nudge, end──> listening
 *
 * Falling asleep and waking happen under the lock of the hub, so no message is missed between looking and sleeping. Who was away
 * says which message came last (Last-Event-ID) and hears what is still in the ring; when that is not all, first a `reset`, upon which a
 * page asks for everything again. */
#include "portal/events.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { RING = 1024 };
typedef struct message {
  char *channel, *text; /* text as it goes over the line */
} message;
typedef struct listener {
  kn_hub *hub;
  struct MHD_Connection *connection;
  char *channel;
  int64_t next; /* message to tell */
  int64_t number;
  bool is_asleep, is_beaten, must_reset;
  bool is_due; /* has something to hear that is not urgent */
  char *left;  /* rest of a message that did not fit; lent from `copy` */
  char *copy;
  struct listener *before, *after;
} listener;
struct kn_hub {
  pthread_mutex_t lock;
  message ring[RING];
  int64_t count; /* messages so far; number n is in ring[n % RING], the first is 1 */
  listener *first;
  int64_t listeners, came, due;
  bool is_ended;
};

kn_code
kn_hub_new(kn_hub **out, kn_error *err)
{
  *out = calloc(1, sizeof **out);
  if (*out == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  pthread_mutex_init(&(*out)->lock, NULL);
  return KN_OK;
}

static void
wake(listener *at)
{
  if (!at->is_asleep)
    return;
  at->is_asleep = false;
  MHD_resume_connection(at->connection);
}

void
kn_hub_end(kn_hub *hub)
{
  pthread_mutex_lock(&hub->lock);
  hub->is_ended = true;
  for (listener *at = hub->first; at != NULL; at = at->after)
    wake(at);
  pthread_mutex_unlock(&hub->lock);
}

void
kn_hub_free(kn_hub *hub)
{
  if (hub == NULL)
    return;
  assert(hub->first == NULL);
  for (int i = 0; i < RING; i++) {
    free(hub->ring[i].channel);
    free(hub->ring[i].text);
  }
  pthread_mutex_destroy(&hub->lock);
  free(hub);
}

int64_t
kn_hub_listeners(kn_hub *hub)
{
  pthread_mutex_lock(&hub->lock);
  const int64_t count = hub->listeners;
  pthread_mutex_unlock(&hub->lock);
  return count;
}

/* Under the lock; false: out of memory. */
static bool
put_message(kn_hub *hub, const char *channel, const char *event, const char *text)
{
  const int64_t number = hub->count + 1;
  const size_t size = strlen(event) + strlen(text) + 64;
  char *line = malloc(size), *to = strdup(channel);
  if (line == NULL || to == NULL) {
    free(line);
    free(to);
    return false;
  }
  snprintf(line, size, "id: %" PRId64 "\nevent: %s\ndata: %s\n\n", number, event, text);
  message *at = &hub->ring[number % RING];
  free(at->channel);
  free(at->text);
  *at = (message){.channel = to, .text = line};
  hub->count = number;
  return true;
}

static void
set_due(listener *at, bool is_due)
{
  at->hub->due += is_due - at->is_due;
  at->is_due = is_due;
}

void
kn_hub_tell(kn_hub *hub, const char *channel, const char *event, const char *text)
{
  pthread_mutex_lock(&hub->lock);
  if (put_message(hub, channel, event, text))
    for (listener *hears = hub->first; hears != NULL; hears = hears->after)
      if (strcmp(hears->channel, channel) == 0)
        wake(hears);
  pthread_mutex_unlock(&hub->lock);
}

void
kn_hub_tell_calmly(kn_hub *hub, const char *channel, const char *event, const char *text)
{
  pthread_mutex_lock(&hub->lock);
  if (put_message(hub, channel, event, text))
    for (listener *hears = hub->first; hears != NULL; hears = hears->after)
      if (strcmp(hears->channel, channel) == 0)
        set_due(hears, true);
  pthread_mutex_unlock(&hub->lock);
}

void
kn_hub_beat(kn_hub *hub)
{
  pthread_mutex_lock(&hub->lock);
  for (listener *at = hub->first; at != NULL; at = at->after) {
    at->is_beaten = true;
    set_due(at, true);
  }
  pthread_mutex_unlock(&hub->lock);
}

bool
kn_hub_nudge(kn_hub *hub, int32_t part, int32_t parts)
{
  pthread_mutex_lock(&hub->lock);
  for (listener *at = hub->due > 0 ? hub->first : NULL; at != NULL; at = at->after)
    if (at->is_due && at->number % parts == part) {
      set_due(at, false);
      wake(at);
    }
  const bool goes_on = hub->due > 0;
  pthread_mutex_unlock(&hub->lock);
  return goes_on;
}

/* The next text for a listener, malloc()ed; NULL: nothing now. Under the lock. */
static char *
next_text(listener *at)
{
  kn_hub *hub = at->hub;
  if (at->must_reset) {
    at->must_reset = false;
    return strdup("event: reset\ndata: {}\n\n");
  }
  if (at->next <= hub->count - RING) { /* slept through more than the ring holds */
    at->next = hub->count + 1;
    return strdup("event: reset\ndata: {}\n\n");
  }
  while (at->next <= hub->count) {
    const message *told = &hub->ring[at->next++ % RING];
    if (told->channel != NULL && strcmp(told->channel, at->channel) == 0)
      return strdup(told->text);
  }
  if (!at->is_beaten)
    return NULL;
  at->is_beaten = false;
  return strdup(":\n\n");
}

static ssize_t
hand_over(void *arg, uint64_t position, char *out, size_t most)
{
  (void)position;
  listener *at = arg;
  kn_hub *hub = at->hub;
  pthread_mutex_lock(&hub->lock);
  if (at->left == NULL && !hub->is_ended)
    at->left = at->copy = next_text(at);
  ssize_t length = 0;
  if (at->left != NULL) {
    const size_t rest = strlen(at->left), part = rest < most ? rest : most;
    memcpy(out, at->left, part);
    at->left += part;
    length = (ssize_t)part;
    if (*at->left == '\0') {
      free(at->copy);
      at->left = at->copy = NULL;
    }
  } else if (hub->is_ended)
    length = MHD_CONTENT_READER_END_OF_STREAM;
  else {
    at->is_asleep = true;
    MHD_suspend_connection(at->connection);
  }
  pthread_mutex_unlock(&hub->lock);
  return length;
}

static void
leave(void *arg)
{
  listener *at = arg;
  kn_hub *hub = at->hub;
  pthread_mutex_lock(&hub->lock);
  if (at->before != NULL)
    at->before->after = at->after;
  else
    hub->first = at->after;
  if (at->after != NULL)
    at->after->before = at->before;
  set_due(at, false);
  hub->listeners--;
  pthread_mutex_unlock(&hub->lock);
  free(at->copy);
  free(at->channel);
  free(at);
}

struct MHD_Response *
kn_hub_listen(kn_hub *hub, struct MHD_Connection *connection, const char *channel, int64_t last)
{
  listener *at = calloc(1, sizeof *at);
  if (at == NULL)
    return NULL;
  *at = (listener){.hub = hub, .connection = connection, .channel = strdup(channel)};
  at->copy = at->left = strdup("retry: 2000\n\n");
  struct MHD_Response *response = at->channel != NULL && at->left != NULL
                                      ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 2048, hand_over, at, leave)
                                      : NULL;
  if (response == NULL) {
    free(at->copy);
    free(at->channel);
    free(at);
    return NULL;
  }
  pthread_mutex_lock(&hub->lock);
  at->next = last > 0 && last <= hub->count ? last + 1 : hub->count + 1;
  at->must_reset = last > 0 && (last > hub->count || last <= hub->count - RING);
  at->number = hub->came++;
  at->after = hub->first;
  if (hub->first != NULL)
    hub->first->before = at;
  hub->first = at;
  hub->listeners++;
  pthread_mutex_unlock(&hub->lock);
  MHD_add_response_header(response, "Content-Type", "text/event-stream");
  MHD_add_response_header(response, "Cache-Control", "no-store");
  MHD_add_response_header(response, "X-Accel-Buffering", "no");
  MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
  return response;
}
