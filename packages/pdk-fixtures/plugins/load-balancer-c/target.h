#ifndef TARGET_H
#define TARGET_H

#include <kit/kit.h>

// The path and query that go upstream, without an origin: that is the balancer's. The longest configured prefix that ends at a segment is
// replaced. A path that could leave its prefix (dot segments) or name an origin (`//`) fails.
bool rewrite_target(pw_text path, const pw_text *query, pw_text *target);
// Percent-encodes what is no visible ASCII, so that any id is a header value, and one only.
pw_text encode_header(pw_text id);

#endif
