/* Words of the core that commands show through gettext(). Nobody compiles this file: the core knows no gettext, so its
 * words are listed here for xgettext. A word that is missing shows in English. */
#define N_(text) text
static const char *const words[] = {
  /* kn_level_name() */
  N_("park"), N_("municipality"), N_("region"), N_("intercity"), N_("country"), N_("world"),
  /* kn_plan_status_name() */
  N_("proven"), N_("stopped"), N_("infeasible"),
  /* phases of kn_progress */
  N_("build"), N_("count"), N_("linear"), N_("candidates"), N_("answer"), N_("exchange"),
  /* kn_code_text() */
  N_("bad input"), N_("input/output failed"), N_("the region file is locked"), N_("the region file was written by a newer knoop"),
  N_("out of memory or beyond a limit"), N_("a computation failed"), N_("stopped on request"),
  N_("no answer: infeasible or unbounded"), N_("wrong usage"),
  /* kn_refusal_text() */
  N_("fits"), N_("nothing leads from the one resource to the other"), N_("a property lies outside the need's specs"),
  N_("the availability windows do not overlap"), N_("too far for every mode"), N_("no mode carries this class of resource"),
  N_("both ends are gateways: at least one must lie in the region"),
  /* tasks */
  N_("the region has changed since its newest plan, which is left out; `knoop plan` makes a new one"),
};
