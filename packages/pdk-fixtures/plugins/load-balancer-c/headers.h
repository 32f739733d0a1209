// Chooses the headers to send upstream.
#ifndef HEADERS_H
#define HEADERS_H

#include <kit/kit.h>

bool equals_ignoring_case(pw_text one, pw_text other);
// Returns the headers to send upstream, with space for one more. Returns false, with a failure, if a value is not base64.
bool pass_headers(const Header_list *headers, Header_list *passed);
// Whether `sign` sets this header. Headers of that name from a client or an earlier attempt must be removed.
bool is_of_the_signature(pw_text name);

#endif
