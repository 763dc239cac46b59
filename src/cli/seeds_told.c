/* What a chance rests on: which outcomes, and how wide that leaves it. */
#include "seeds_told.h"

const char *
kn_basis_name(bool is_calibrated)
{
  return is_calibrated ? N_("calibrated") : N_("estimate");
}

void
kn_jot_told(kn_jot *jot, const kn_calibration *calibration, int32_t group, double told)
{
  const kn_calibration_group *of = &kn_calibration_groups(calibration)[group];
  const kn_chance chance = kn_calibration_tell(calibration, group, told);
  kn_jot_real(jot, "probability", chance.mean);
  kn_jot_real(jot, "probability_low", chance.low);
  kn_jot_real(jot, "probability_high", chance.high);
  kn_jot_real(jot, "told", told);
  kn_jot_text(jot, "basis", kn_basis_name(of->is_calibrated));
  kn_jot_integer(jot, "published_outcomes", (int64_t)of->published);
  kn_jot_integer(jot, "region_outcomes", (int64_t)of->own);
}

static const char *
kind_name(int64_t group)
{
  return kn_seed_kind_name(group == KN_TRIAL_PRECEDENT ? KN_SEED_RECEIVER : (kn_seed_kind)group);
}

static void
write_group(kn_jot *jot, const void *arg, int64_t group)
{
  const kn_calibration_group *of = &((const kn_calibration_group *)arg)[group];
  kn_jot_text(jot, "kind", kind_name(group));
  kn_jot_boolean(jot, "has_precedent", group == KN_TRIAL_PRECEDENT);
  kn_jot_text(jot, "basis", kn_basis_name(of->is_calibrated));
  kn_jot_open(jot, "published");
  kn_jot_integer(jot, "outcomes", (int64_t)of->published);
  kn_jot_real(jot, "told", of->published_told);
  kn_jot_real(jot, "seen", of->published_feasible);
  kn_jot_close(jot);
  kn_jot_open(jot, "region");
  kn_jot_integer(jot, "outcomes", (int64_t)of->own);
  kn_jot_real(jot, "told", of->own_told);
  kn_jot_real(jot, "probability", of->own_calibrated);
  kn_jot_real(jot, "seen", of->own_feasible);
  kn_jot_close(jot);
  /* By how much odds are multiplied; before outcomes of the region its middle is 1. */
  kn_jot_real(jot, "odds_factor", exp(of->shift));
  kn_jot_real(jot, "odds_factor_low", exp(of->shift_low));
  kn_jot_real(jot, "odds_factor_high", exp(of->shift_high));
}

static void
add_share(kn_grid *grid, double share)
{
  if (isnan(share))
    kn_grid_text(grid, "");
  else
    kn_grid_cell(grid, "%.2f", share);
}

static kn_code
print_groups(FILE *out, const kn_calibration_group *group, kn_error *err)
{
  static const char *const titles[] = {N_("kind"), N_("basis"), N_("published"), N_("told"), N_("seen"),
                                       N_("here"), N_("told"),  N_("now"),       N_("seen"), N_("odds times")};
  kn_grid *grid = kn_grid_new("llrrrrrrrr", titles);
  for (int32_t g = 0; g < KN_TRIAL_GROUP_COUNT; g++) {
    const kn_calibration_group *of = &group[g];
    kn_grid_text(grid, g == KN_TRIAL_PRECEDENT ? _("receiver with a precedent") : _(kind_name(g)));
    kn_grid_text(grid, _(kn_basis_name(of->is_calibrated)));
    kn_grid_cell(grid, "%.0f", of->published);
    add_share(grid, of->published_told);
    add_share(grid, of->published_feasible);
    kn_grid_cell(grid, "%.0f", of->own);
    add_share(grid, of->own_told);
    add_share(grid, of->own_calibrated);
    add_share(grid, of->own_feasible);
    kn_grid_cell(grid, _("%.2f (%.2f to %.2f)"), exp(of->shift), exp(of->shift_low), exp(of->shift_high));
  }
  return kn_grid_end(grid, out, err);
}

kn_code
kn_seeds_tell_reliability(const kn_cli *cli, const kn_task *task, const char *path, kn_error *err)
{
  kn_calibration *calibration;
  KN_TRY(kn_task_calibration(task, path, &calibration, err));
  const kn_calibration_group *groups = kn_calibration_groups(calibration);
  const kn_code code = cli->json ? kn_json_array(cli, KN_TRIAL_GROUP_COUNT, write_group, groups, err)
                                 : print_groups(kn_cli_results(cli), groups, err);
  kn_calibration_free(calibration);
  return code;
}
