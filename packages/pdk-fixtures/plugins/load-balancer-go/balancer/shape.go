package balancer

import "load-balancer-go/kit"

// Shape rewrites the path and the headers. Method and body do not change.
func (Balancer) Shape(asked kit.ShapeRequest) (kit.ShapeResponse, error) {
	var response kit.ShapeResponse
	url, err := rewriteTarget(asked.Request.Path, asked.Request.Query)
	if err != nil {
		return response, err
	}
	headers, err := passHeaders(asked.Request.Headers)
	if err != nil {
		return response, err
	}
	principal := kit.EncodeBase64([]byte(toHeaderValue(asked.Principal.ID)))
	response.URL = url
	response.Method = asked.Request.Method
	response.Headers = append(headers, kit.Header{Name: principalHeader, ValueBase64: principal})
	response.BodyBase64 = asked.Request.BodyBase64
	return response, nil
}

// toHeaderValue percent-encodes everything except visible ASCII, so that every id is one valid header value.
func toHeaderValue(id string) string {
	value := make([]byte, 0, len(id))
	for at := range len(id) {
		if c := id[at]; c > 0x20 && c < 0x7f && c != '%' {
			value = append(value, c)
		} else {
			value = appendPercent(value, c)
		}
	}
	return string(value)
}

// appendPercent percent-encodes a byte, in upper case as RFC 3986 recommends.
func appendPercent(to []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	return append(to, '%', digits[c>>4], digits[c&15])
}
