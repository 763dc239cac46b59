/* Cases from idea to running, today's list, experiments. */
#include "portal/api.h"

const kn_endpoint kn_api_cases[] = {
    {NULL},
};
