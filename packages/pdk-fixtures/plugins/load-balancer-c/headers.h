// Which headers go upstream.
#ifndef HEADERS_H
#define HEADERS_H

#include <kit/kit.h>

bool equals_ignoring_case(pw_text one, pw_text other);
// The headers that may go upstream, with room for one more. False, with a failure, if one of them is not base64.
bool pass_headers(const Header_list *headers, Header_list *passed);
// Whether a header is one that `sign` sets: a client's, or one of an earlier attempt, must not be beside it.
bool is_of_the_signature(pw_text name);

#endif
