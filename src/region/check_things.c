/* Checks of what things are: resources and their codes, recipes and their mass, units and their place. */
#include "region/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- List of Waste */
/* The six digits of a code that may be written with blanks and a star ("10 02 07*"). False: it has not six. */
static bool
read_code(const char *code, char digits[7], bool *is_plain, bool *has_star)
{
  int32_t count = 0;
  *has_star = false;
  *is_plain = strlen(code) == 6;
  for (; *code != '\0'; code++) {
    if (*code >= '0' && *code <= '9') {
      if (count == 6)
        return false;
      digits[count++] = *code;
    } else if (*code == '*' && code[1] == '\0') {
      *has_star = true;
    } else if (*code != ' ' && *code != '.') {
      return false;
    }
  }
  digits[count] = '\0';
  return count == 6;
}

static kn_code
check_code(const kn_check *check, kn_table_id table, int64_t row, bool is_hazardous, kn_error *err)
{
  const char *code = kn_table_column(&check->region->table[table], "code_low")->text[row];
  if (code == NULL)
    return KN_OK;
  char digits[7] = {0}, proposal[KN_NAME_MOST]; /* digits end wherever reading stops */
  bool is_plain = false, has_star = false;
  const bool is_code = read_code(code, digits, &is_plain, &has_star);
  snprintf(proposal, sizeof proposal, "write %s", digits);
  if (!is_code || !is_plain)
    KN_TRY(kn_check_tell(check, KN_WARNING, "code_low", table, row, "code_low", is_code ? proposal : NULL, err,
                         "a code of the List of Waste has six digits, this is '%.40s'", code));
  if (has_star && !is_hazardous)
    return kn_check_tell(check, KN_WARNING, "hazard_star", table, row, "code_low", "set hazardous to 1", err,
                         "the star in '%.40s' says hazardous, the column hazardous does not", code);
  return KN_OK;
}

static bool
has_code_above(const kn_resource_view *resources, int32_t row)
{
  for (; row != KN_NONE; row = resources->parent[row])
    if (resources->code_low[row] != NULL)
      return true;
  return false;
}

/* ---------------------------------------------------------------- resources */
static kn_code
check_modes(const kn_check *check, kn_error *err)
{
  const kn_offer_view offers = check->region->offers;
  const kn_mode_view modes = check->region->modes;
  int64_t offered[KN_CLASS_COUNT] = {0};
  bool is_carried[KN_CLASS_COUNT] = {false};
  for (int64_t i = 0; i < offers.n; i++) {
    const uint8_t class = offers.resource[i] == KN_NONE ? KN_BLANK_WORD : check->region->resources.class_of[offers.resource[i]];
    if (class < KN_CLASS_COUNT)
      offered[class]++;
  }
  for (int64_t i = 0; i < modes.n; i++)
    if (modes.class_of[i] < KN_CLASS_COUNT)
      is_carried[modes.class_of[i]] = true;
  for (int32_t c = 0; c < KN_CLASS_COUNT; c++)
    if (offered[c] > 0 && !is_carried[c])
      KN_TRY(kn_check_tell(check, KN_WARNING, "no_mode", KN_T_MODE, -1, "class", "add a mode for this class", err,
                           "%" PRId64 " offers are of class %s, which no mode carries, so they can make no tie", offered[c],
                           kn_class_name((kn_class)c)));
  return KN_OK;
}

/* A permit names codes by their beginning: a chapter, a group or a code. */
static kn_code
check_permits(const kn_check *check, kn_error *err)
{
  const kn_permit_view permits = check->region->permits;
  for (int64_t i = 0; i < permits.n; i++) {
    const char *code = permits.code_low[i];
    char digits[7] = {0};
    bool is_plain, has_star;
    const bool is_code = code != NULL && read_code(code, digits, &is_plain, &has_star);
    const size_t length = strlen(digits);
    if (code != NULL && !is_code && ((length != 2 && length != 4) || code[strspn(code, "0123456789 .")] != '\0'))
      KN_TRY(kn_check_tell(check, KN_WARNING, "code_low", KN_T_PERMIT, i, "code_low", NULL, err,
                           "a permit has 2, 4 or 6 digits of the List of Waste, this is '%.40s', which permits nothing", code));
  }
  return KN_OK;
}

kn_code
kn_check_resources(const kn_check *check, kn_error *err)
{
  const kn_resource_view resources = check->region->resources;
  for (int32_t i = 0; i < resources.n; i++) {
    const int32_t parent = resources.parent[i];
    KN_TRY(check_code(check, KN_T_RESOURCE, i, resources.hazardous[i] == 1, err));
    if (parent != KN_NONE && resources.class_of[i] < KN_CLASS_COUNT && resources.class_of[parent] < KN_CLASS_COUNT &&
        resources.class_of[i] != resources.class_of[parent])
      KN_TRY(kn_check_tell(check, KN_ERROR, "class_of_parent", KN_T_RESOURCE, i, "class",
                           "give both the same class, or leave parent_id blank", err,
                           "it is a kind of %.60s, which is of class %s and so has another unit", resources.resource_id[parent],
                           kn_class_name((kn_class)resources.class_of[parent])));
    const bool is_stream = resources.class_of[i] == KN_MATERIAL || resources.class_of[i] == KN_WATER;
    if (resources.hazardous[i] == 1 && is_stream && !has_code_above(&resources, i))
      KN_TRY(kn_check_tell(check, KN_WARNING, "hazard_code", KN_T_RESOURCE, i, "code_low", "add its six digits", err,
                           "it is hazardous and has no code of the List of Waste"));
  }
  for (int64_t i = 0; i < check->region->table[KN_T_PRECEDENT].n; i++)
    KN_TRY(check_code(check, KN_T_PRECEDENT, i, true, err));
  const kn_offer_view offers = check->region->offers;
  for (int64_t i = 0; i < offers.n; i++)
    if (offers.resource[i] != KN_NONE && resources.hazardous[offers.resource[i]] == 1)
      KN_TRY(kn_check_tell(check, KN_HINT, "hazardous_offer", KN_T_OFFER, i, NULL, "see who may carry and take it", err,
                           "what it offers is hazardous"));
  KN_TRY(check_permits(check, err));
  return check_modes(check, err);
}

/* ---------------------------------------------------------------- recipes */
/* Mass in and out per activity: materials, and water that has mass. Energy and space weigh nothing; what a recipe
 * takes in per unit of capacity is not part of it. */
static kn_code
check_mass(const kn_check *check, int64_t process, kn_error *err)
{
  const kn_process_view processes = check->region->processes;
  const kn_resource_view resources = check->region->resources;
  double in = 0, out = 0;
  for (int32_t f = processes.flow_first[process]; f < processes.flow_first[process + 1]; f++) {
    const int32_t resource = processes.flow_resource[f];
    if (resource == KN_NONE || processes.flow_per[f] != KN_PER_ACTIVITY)
      continue;
    const uint8_t class = resources.class_of[resource];
    if (class != KN_MATERIAL && class != KN_WATER)
      continue;
    const double mass = processes.flow_quantity[f] * resources.t_per_unit[resource];
    *(mass > 0 ? &out : &in) += fabs(mass);
  }
  char in_text[40], out_text[40], loss[40];
  kn_number_write(in_text, in);
  kn_number_write(out_text, out);
  /* Sums of decimals differ in their last digits. */
  if (out > in * (1 + 1e-9) + 1e-12)
    return kn_check_tell(check, KN_ERROR, "mass_created", KN_T_PROCESS, process, NULL,
                         "add the input that brings the rest (water, air, an additive), or lower the outputs", err,
                         "its outputs weigh %s t per activity, its inputs %s t", out_text, in_text);
  if (in > 0 && out > 0 && in - out > 1e-9 * in) {
    snprintf(loss, sizeof loss, "%.4g", in - out);
    return kn_check_tell(check, KN_HINT, "mass_lost", KN_T_PROCESS, process, NULL, "add where it goes, if that is known", err,
                         "of %s t in, %s t per activity (%.1f %%) leave by no output", in_text, loss, (in - out) / in * 100);
  }
  return KN_OK;
}

static bool
needs_space(const kn_region *region, int32_t process)
{
  const kn_process_view processes = region->processes;
  for (int32_t f = processes.flow_first[process]; f < processes.flow_first[process + 1]; f++) {
    const int32_t resource = processes.flow_resource[f];
    if (resource != KN_NONE && processes.flow_quantity[f] < 0 && region->resources.class_of[resource] == KN_SPACE)
      return true;
  }
  return false;
}

static kn_code
check_unit(const kn_check *check, int64_t row, kn_error *err)
{
  const kn_unit_view units = check->region->units;
  const kn_process_view processes = check->region->processes;
  const int32_t process = units.process[row];
  if (units.status[row] == KN_EXISTING) {
    if (units.site[row] == KN_NONE)
      return kn_check_tell(check, KN_WARNING, "unit_nowhere", KN_T_UNIT, row, "site_id",
                           "give its site_id, or make it a candidate", err, "it exists, but it is not said where");
    return KN_OK;
  }
  if (process == KN_NONE)
    return KN_OK;
  if (units.site[row] == KN_NONE && !needs_space(check->region, process))
    KN_TRY(kn_check_tell(
        check, KN_WARNING, "unit_unplaceable", KN_T_UNIT, row, "site_id", "give its site_id, or let the process take in space",
        err, "it is to be placed where space is offered, but process %.60s needs no space", processes.process_id[process]));
  if (isnan(processes.lifetime_yr[process]) && (processes.capex_eur[process] != 0 || processes.capex_fixed_eur[process] != 0))
    return kn_check_tell(check, KN_ERROR, "no_lifetime", KN_T_UNIT, row, "process_id", "give the process its lifetime_yr", err,
                         "it is a candidate of process %.60s, which costs an investment but has no lifetime_yr",
                         processes.process_id[process]);
  return KN_OK;
}

kn_code
kn_check_processes(const kn_check *check, kn_error *err)
{
  for (int64_t i = 0; i < check->region->processes.n; i++)
    KN_TRY(check_mass(check, i, err));
  for (int64_t i = 0; i < check->region->units.n; i++)
    KN_TRY(check_unit(check, i, err));
  return KN_OK;
}
