#ifndef TARGET_H
#define TARGET_H

#include <kit/kit.h>

// Returns the path and query to send upstream, without an origin, which the balancer chooses. Replaces the longest configured prefix that
// ends at a segment. Fails if a path could leave its prefix (dot segments) or name an origin (`//`).
bool rewrite_target(pw_text path, const pw_text *query, pw_text *target);
// Percent-encodes everything except visible ASCII, so that every id is one valid header value.
pw_text encode_header(pw_text id);

#endif
