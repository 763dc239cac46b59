/* All endpoints there are, by feature. */
#include "portal/api.h"

/* clang-format off: one a line */
const kn_endpoints kn_routes[] = {
    {"core", kn_api_core},       {"people", kn_api_people},
    {"data", kn_api_data},       {"cases", kn_api_cases},
    {"blind", kn_api_blind},     {"meetings", kn_api_meetings},
    {"compose", kn_api_compose}, {"room", kn_api_room},
    {"jobs", kn_api_jobs},       {"look", kn_api_look},
    {"plan", kn_api_plan},       {"course", kn_api_course},
    {"map", kn_api_map},         {NULL, NULL},
};
