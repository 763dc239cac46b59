/* Where the region goes: indicators, and one public page per municipality. */
#include "portal/api.h"

const kn_endpoint kn_api_course[] = {
    {NULL},
};
