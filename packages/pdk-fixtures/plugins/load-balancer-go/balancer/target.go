package balancer

import (
	"errors"
	"strings"
)

// rewriteTarget returns the path and query to send upstream, without an origin, which the balancer chooses. It replaces the longest
// configured prefix that ends at a segment. It fails if a path could leave its prefix (dot segments) or name an origin (`//`).
func rewriteTarget(path string, query *string) (string, error) {
	if err := checkPath(path); err != nil {
		return "", err
	}
	prefixes, err := configuredMap("path_prefixes")
	if err != nil {
		return "", err
	}
	prefix, replacement, isReplaced := "", "", false
	for _, each := range prefixes {
		if (!isReplaced || len(each.Key) > len(prefix)) && isPrefix(each.Key, path) {
			prefix, replacement, isReplaced = each.Key, each.Value, true
		}
	}
	target := make([]byte, 0, len(path)+64)
	target = appendEncoded(target, replacement, false)
	target = appendEncoded(target, path[len(prefix):], false)
	// The configured replacement must not produce a path that a client may not send.
	if err := checkPath(string(target)); err != nil {
		return "", err
	}
	if query != nil {
		target = append(target, '?')
		target = appendEncoded(target, *query, true)
	}
	return string(target), nil
}

// isPrefix returns whether a prefix ends at the end of a segment: `/v1` is a prefix of `/v1/x`, but not of `/v10`.
func isPrefix(prefix, path string) bool {
	if !strings.HasPrefix(path, prefix) {
		return false
	}
	return len(prefix) == len(path) || path[len(prefix)] == '/' || strings.HasSuffix(prefix, "/")
}

func checkPath(path string) error {
	if path == "" || path[0] != '/' {
		return errors.New("a path does not begin with /")
	}
	if len(path) > 1 && isSlash(path[1]) {
		return errors.New("a path begins with two slashes")
	}
	from := 1
	for at := 1; at <= len(path); at++ {
		if at < len(path) && !isSlash(path[at]) {
			continue
		}
		if isDots(path[from:at]) {
			return errors.New("a path has dot segments")
		}
		from = at + 1
	}
	return nil
}

// isSlash returns whether URL parsers treat a byte as a slash.
func isSlash(c byte) bool { return c == '/' || c == '\\' }

// isDots returns whether a segment is `.` or `..`. Dots may be percent-encoded.
func isDots(segment string) bool {
	dots := 0
	for at := 0; at < len(segment); dots++ {
		switch {
		case segment[at] == '.':
			at++
		case at+3 <= len(segment) && segment[at:at+2] == "%2" && segment[at+2]|0x20 == 'e':
			at += 3
		default:
			return false
		}
	}
	return dots == 1 || dots == 2
}

// appendEncoded percent-encodes characters that would end a path or a query, or are not allowed in a URL.
func appendEncoded(to []byte, text string, isQuery bool) []byte {
	for at := range len(text) {
		c := text[at]
		if c <= 0x20 || c >= 0x7f || c == '#' || c == '\\' || c == '?' && !isQuery {
			to = appendPercent(to, c)
		} else {
			to = append(to, c)
		}
	}
	return to
}
