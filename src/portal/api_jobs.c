/* Long computations: started, followed, cancelled. */
#include "portal/api.h"

const kn_endpoint kn_api_jobs[] = {
    {NULL},
};
