/* portal/assets.h - the pages of the portal, as they travel inside the program.
 *
 * web/build.mjs makes them: what browsers load, with a hash in the name of all but index.html. Addresses that are no asset and
 * no API are rooms of the portal and get index.html, which reads the address itself. */
#ifndef KN_PORTAL_ASSETS_H
#define KN_PORTAL_ASSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct kn_asset {
  const char *path;           /* "/index.html", "/assets/app-XYZ.js" */
  const char *mime;           /* value of Content-Type */
  const char *etag;           /* hash of the bytes, without quotes */
  bool is_immutable;          /* the name holds the hash: may be cached for ever */
  const unsigned char *bytes; /* [n] as they are */
  size_t n;
  const unsigned char *gz; /* [gz_n] the same by gzip; NULL where that does not help (fonts) */
  size_t gz_n;
} kn_asset;

extern const kn_asset kn_assets[]; /* [kn_asset_count] in order of path, by bytes */
extern const int32_t kn_asset_count;

/* The asset of a path as it stands in a request (without query), or NULL. O(log n). */
const kn_asset *kn_asset_find(const char *path);

#endif
