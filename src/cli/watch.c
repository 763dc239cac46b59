/* Progress on a terminal or in a log, the clock, and Ctrl-C.
 *
 * The first Ctrl-C (or a polite kill) only sets a flag, which the core asks for; the handler is then gone, so
 * the second one stops the program at once. */
#include "cli.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A signal handler can reach nothing but a global; this is the only one. */
static atomic_bool stop_wanted;

struct kn_teller {
  kn_watch watch;
  FILE *say;
  FILE *log; /* every round, instead of a bar; NULL: none */
  bool is_terminal;
  double began;
  pthread_mutex_t lock; /* the core may tell from any thread */
  char phase[64];
  double phase_began, last_told; /* seconds */
  bool is_bar_shown;
};

/* A terminal is redrawn ten times a second; a log hears of a phase that lasts two seconds, then every ten. */
static const double REDRAW_S = 0.1;
static const double LOG_FIRST_S = 2;
static const double LOG_S = 10;

static void
on_stop(int signal_number)
{
  (void)signal_number;
  atomic_store(&stop_wanted, true);
}

static bool
is_stopped(void *arg)
{
  (void)arg;
  return atomic_load(&stop_wanted);
}

static double
seconds(void *arg)
{
  (void)arg;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void
format_left(char out[32], double left_s)
{
  if (left_s < 100)
    snprintf(out, 32, _("%.0f s left"), left_s);
  else if (left_s < 6000)
    snprintf(out, 32, _("%.0f min left"), left_s / 60);
  else
    snprintf(out, 32, _("%.1f h left"), left_s / 3600);
}

/* What the numbers of a phase say: share done, rate, time left; value and bound where there are any. */
static void
describe(char *out, size_t size, const kn_teller *teller, const kn_progress *progress, double now)
{
  const double spent = now - teller->phase_began;
  const double rate = spent > 0 ? progress->done / spent : 0;
  size_t used = 0;
  out[0] = '\0';
#define ADD(...)                                                                                                                 \
  do {                                                                                                                           \
    const int wrote = used < size ? snprintf(out + used, size - used, __VA_ARGS__) : 0;                                          \
    used += wrote > 0 ? (size_t)wrote : 0;                                                                                       \
  } while (0)
  if (progress->total > 0) {
    ADD("%3.0f %%", 100 * progress->done / progress->total);
    if (spent > 0.5 && rate > 0 && progress->done < progress->total) {
      char left[32];
      format_left(left, (progress->total - progress->done) / rate);
      ADD("  %.3g/s  %s", rate, left);
    }
  } else if (progress->done > 0) {
    ADD("%.0f  %.3g/s", progress->done, rate);
  }
  if (progress->level > 0)
    return; /* of a smaller market: its values would only confuse */
  if (!isnan(progress->value))
    ADD("%s%s %.6g", used > 0 ? "  " : "", _("value"), progress->value);
  if (isfinite(progress->bound))
    ADD("  %s %.6g", _("at most"), progress->bound);
  if (isfinite(progress->value) && isfinite(progress->bound) && progress->value != 0)
    ADD("  %s %.2g", _("gap"), fabs(progress->bound - progress->value) / fabs(progress->value));
#undef ADD
}

/* One line for every round that the core tells of; numbers as they are, for analysts. */
static void
write_log(kn_teller *teller, const kn_progress *progress, double now)
{
  fprintf(teller->log, "%9.3f s  %-10s level %d  round %.0f", now - teller->began, progress->phase, progress->level,
          progress->done);
  if (!isnan(progress->value))
    fprintf(teller->log, "  value %.10g", progress->value);
  if (isfinite(progress->bound))
    fprintf(teller->log, "  bound %.10g", progress->bound);
  if (isfinite(progress->value) && isfinite(progress->bound) && progress->value != 0)
    fprintf(teller->log, "  gap %.2e", (progress->bound - progress->value) / fabs(progress->value));
  fprintf(teller->log, "  %s %" PRId64 "\n",
          strcmp(progress->phase, "exchange") == 0 || strcmp(progress->phase, "flow") == 0 ? "pivots" : "columns",
          progress->steps);
}

static void
draw_bar(kn_teller *teller, const kn_progress *progress, const char *numbers)
{
  enum { WIDTH = 20 };
  char bar[WIDTH + 1];
  const double share = progress->total > 0 ? fmin(fmax(progress->done / progress->total, 0), 1) : 0;
  const int filled = (int)(share * WIDTH);
  memset(bar, '.', WIDTH);
  memset(bar, '=', (size_t)filled);
  bar[WIDTH] = '\0';
  if (progress->total > 0)
    fprintf(teller->say, "\r\033[K%-12s [%s] %s", _(progress->phase), bar, numbers);
  else
    fprintf(teller->say, "\r\033[K%-12s %s", _(progress->phase), numbers);
  fflush(teller->say);
  teller->is_bar_shown = true;
}

static void
clear_bar(kn_teller *teller)
{
  if (teller->is_bar_shown)
    fputs("\r\033[K", teller->say);
  teller->is_bar_shown = false;
}

static void
tell(void *arg, const kn_progress *progress)
{
  kn_teller *teller = arg;
  if ((teller->say == NULL && teller->log == NULL) || progress->phase == NULL)
    return;
  pthread_mutex_lock(&teller->lock);
  const double now = seconds(NULL);
  if (teller->log != NULL) {
    write_log(teller, progress, now);
    pthread_mutex_unlock(&teller->lock);
    return;
  }
  const bool is_new = strncmp(teller->phase, progress->phase, sizeof teller->phase - 1) != 0;
  if (is_new) {
    snprintf(teller->phase, sizeof teller->phase, "%s", progress->phase);
    teller->phase_began = now;
    teller->last_told = teller->is_terminal ? -INFINITY : now - LOG_S + LOG_FIRST_S;
  }
  if (now - teller->last_told >= (teller->is_terminal ? REDRAW_S : LOG_S)) {
    char numbers[200];
    describe(numbers, sizeof numbers, teller, progress, now);
    if (teller->is_terminal)
      draw_bar(teller, progress, numbers);
    else
      fprintf(teller->say, "%s%s%s\n", _(progress->phase), numbers[0] != '\0' ? ": " : "", numbers);
    teller->last_told = now;
  }
  pthread_mutex_unlock(&teller->lock);
}

kn_code
kn_teller_new(kn_teller **out, FILE *say, kn_error *err)
{
  kn_teller *teller = calloc(1, sizeof *teller);
  *out = teller;
  if (teller == NULL)
    return kn_fail(err, KN_E_LIMIT, "out of memory");
  teller->say = say;
  teller->began = seconds(NULL);
  teller->is_terminal = say != NULL && isatty(fileno(say));
  pthread_mutex_init(&teller->lock, NULL);
  teller->watch = (kn_watch){.tell = tell, .is_stopped = is_stopped, .seconds = seconds, .arg = teller};
  struct sigaction action = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  return KN_OK;
}

void
kn_teller_log(kn_teller *teller, FILE *log)
{
  teller->log = log;
}

const kn_watch *
kn_teller_watch(kn_teller *teller)
{
  return &teller->watch;
}

void
kn_teller_clear(kn_teller *teller)
{
  pthread_mutex_lock(&teller->lock);
  if (teller->say != NULL)
    clear_bar(teller);
  pthread_mutex_unlock(&teller->lock);
}

void
kn_teller_free(kn_teller *teller)
{
  if (teller == NULL)
    return;
  kn_teller_clear(teller);
  pthread_mutex_destroy(&teller->lock);
  free(teller);
}
