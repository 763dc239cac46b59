/* Sessions: whom to bring together, agenda, minutes, and what happens in the room. */
#include "portal/api.h"

const kn_endpoint kn_api_meetings[] = {
    {NULL},
};
