/* Accounts, invitations, sessions, audit: who comes in and what they did. */
#include "portal/api.h"

const kn_endpoint kn_api_people[] = {
    {NULL},
};
