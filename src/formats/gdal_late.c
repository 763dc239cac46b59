#include "formats/gdal_late.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static gdal_functions functions;
static kn_code code;
static kn_error why;

static void
find(void *library, const char *name, void *out)
{
  const void *found = dlsym(library, name);
  if (found == NULL && code == KN_OK)
    code = kn_fail(&why, KN_E_IO, "%s has no %s; expected GDAL %d.%d or one like it", KN_GDAL_LIBRARY, name, GDAL_VERSION_MAJOR,
                   GDAL_VERSION_MINOR);
  memcpy(out, &found, sizeof found); /* C has no cast from an object to a function */
}

/* Stays open until the program ends: GDAL keeps threads and caches of its own. */
static void
load(void)
{
  void *library = dlopen(KN_GDAL_LIBRARY, RTLD_LAZY | RTLD_LOCAL);
  if (library == NULL) {
    code = kn_fail(&why, KN_E_IO, "spreadsheets and GIS files are read by GDAL, which cannot be loaded: %s", dlerror());
    return;
  }
#define GDAL_FIND(name) find(library, #name, &functions.name);
  GDAL_FUNCTIONS(GDAL_FIND)
#undef GDAL_FIND
  if (code == KN_OK)
    functions.GDALAllRegister();
}

kn_code
gdal_load(const gdal_functions **out, kn_error *err)
{
  pthread_once(&once, load);
  *out = &functions;
  if (code != KN_OK && err != NULL)
    *err = why;
  return code;
}
