/* All endpoints there are, by feature. */
#include "portal/api.h"

const kn_endpoints kn_routes[] = {
    {"core", kn_api_core},
    {NULL, NULL},
};
