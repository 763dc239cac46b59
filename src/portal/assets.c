/* portal/assets.c - finds what web/build.mjs put into the program. */
#include "portal/assets.h"

#include <stdlib.h>
#include <string.h>

static int
by_path(const void *path, const void *asset)
{
  return strcmp(path, ((const kn_asset *)asset)->path);
}

const kn_asset *
kn_asset_find(const char *path)
{
  return bsearch(path, kn_assets, (size_t)kn_asset_count, sizeof *kn_assets, by_path);
}
