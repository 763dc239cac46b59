/* What there is to look at: map, knot, companies, resources. */
#include "portal/api.h"

const kn_endpoint kn_api_look[] = {
    {NULL},
};
