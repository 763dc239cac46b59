/* web/no_assets.c - a program built without the pages of the portal (-Dweb=false): the API alone. */
#include "portal/assets.h"

const kn_asset kn_assets[1] = {{.path = ""}};
const int32_t kn_asset_count = 0;
