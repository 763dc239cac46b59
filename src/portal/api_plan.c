/* Plans: ties, why, why not, what if, two runs side by side, prices. */
#include "portal/api.h"

const kn_endpoint kn_api_plan[] = {
    {NULL},
};
