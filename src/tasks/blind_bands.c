/* Bands: what is told instead of a figure. */
#include "blind.h"

static const double least_value = 1e-3;

/* The steps around a value > 0. Whole powers of ten are reached by pow(), whose last digit does not matter for a scale this coarse, but
 * a value on a step must fall into the band that begins there, so the step is compared as it will be shown. */
static kn_band
band_above_zero(double value)
{
  static const double step[] = {1, 2, 5, 10};
  double ten = pow(10, floor(log10(value)));
  if (value >= 10 * ten)
    ten *= 10;
  if (value < ten)
    ten /= 10;
  for (int i = 2; i > 0; i--)
    if (value >= step[i] * ten)
      return (kn_band){step[i] * ten, step[i + 1] * ten};
  return (kn_band){ten, 2 * ten};
}

kn_band
kn_band_of(double value)
{
  return kn_band_from(value, least_value);
}

kn_band
kn_band_from(double value, double least)
{
  if (isnan(value))
    return (kn_band){NAN, NAN};
  if (isinf(value))
    return value > 0 ? (kn_band){INFINITY, INFINITY} : (kn_band){-INFINITY, -INFINITY};
  if (fabs(value) < least)
    return (kn_band){-least, least};
  if (value > 0)
    return band_above_zero(value);
  const kn_band mirrored = band_above_zero(-value);
  return (kn_band){-mirrored.high, -mirrored.low};
}

kn_band
kn_band_round(kn_band band)
{
  if (isnan(band.low) || isnan(band.high))
    return (kn_band){NAN, NAN};
  const kn_band low = kn_band_of(band.low), high = kn_band_of(band.high);
  const bool is_on_step = band.high == high.low;
  return (kn_band){fabs(band.low) < least_value ? 0 : low.low, fabs(band.high) < least_value ? 0
                                                               : is_on_step                  ? high.low
                                                                                             : high.high};
}

int32_t
kn_band_km_number(double km)
{
  return km < 5 ? 0 : km < 20 ? 1 : km < 50 ? 2 : 3;
}

kn_band
kn_band_km(double km)
{
  static const kn_band bands[KN_KM_BANDS] = {{0, 5}, {5, 20}, {20, 50}, {50, INFINITY}};
  return bands[kn_band_km_number(km)];
}

char
kn_blind_section(int32_t division)
{
  static const struct {
    char section;
    int32_t last;
  } sections[] = {{'A', 3},  {'B', 9},  {'C', 33}, {'D', 35}, {'E', 39}, {'F', 43}, {'G', 47},
                  {'H', 53}, {'I', 56}, {'J', 63}, {'K', 66}, {'L', 68}, {'M', 75}, {'N', 82},
                  {'O', 84}, {'P', 85}, {'Q', 88}, {'R', 93}, {'S', 96}, {'T', 98}, {'U', 99}};
  for (size_t i = 0; division > 0 && i < sizeof sections / sizeof *sections; i++)
    if (division <= sections[i].last)
      return sections[i].section;
  return '\0';
}
