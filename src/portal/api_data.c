/* Tables as they are: rows, edits, history, comments, search, findings, sources. */
#include "portal/api.h"

const kn_endpoint kn_api_data[] = {
    {NULL},
};
