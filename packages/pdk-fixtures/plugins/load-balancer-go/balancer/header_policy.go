package balancer

import (
	"strings"

	"load-balancer-go/kit"
)

// The header that names the principal. The plugin sets it, so a client's value is dropped.
const principalHeader = "x-principal-id"

// The headers of the signature. The plugin sets them, so those of a client or of an earlier attempt are dropped.
const (
	signatureHeader      = "x-signature"
	signatureKeyHeader   = "x-signature-key-id"
	signatureTimeHeader  = "x-signature-unix-ms"
	signatureNonceHeader = "x-signature-nonce"
)

// RFC 9110 §7.6.1: these headers belong to one connection, not to the request. The balancer writes `host` and `content-length` for the
// connection to the upstream. The upstream gets the signature instead of the client's credentials.
var dropped = []string{
	"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding",
	"upgrade", "host", "content-length", "authorization", "cookie", "x-api-key", principalHeader,
}

// passHeaders returns the headers to send upstream. Headers that a `connection` header names belong to the connection.
func passHeaders(headers []kit.Header) ([]kit.Header, error) {
	var named []string
	for _, header := range headers {
		if !isSameName(header.Name, "connection") {
			continue
		}
		value, err := kit.DecodeBase64(header.ValueBase64)
		if err != nil {
			return nil, err
		}
		for _, name := range strings.Split(string(value), ",") {
			if name = strings.Trim(name, " \t"); name != "" {
				named = append(named, name)
			}
		}
	}
	passed := make([]kit.Header, 0, len(headers)+1)
	for _, header := range headers {
		if !isOneOf(header.Name, dropped) && !isOfTheSignature(header.Name) && !isOneOf(header.Name, named) {
			passed = append(passed, header)
		}
	}
	return passed, nil
}

// isOfTheSignature returns whether sign sets this header. Other headers of that name must be removed.
func isOfTheSignature(name string) bool {
	return isSameName(name, signatureHeader) || isSameName(name, signatureKeyHeader) ||
		isSameName(name, signatureTimeHeader) || isSameName(name, signatureNonceHeader)
}

func isOneOf(name string, list []string) bool {
	for _, each := range list {
		if isSameName(name, each) {
			return true
		}
	}
	return false
}

// isSameName ignores the case of ASCII letters only.
func isSameName(one, other string) bool {
	if len(one) != len(other) {
		return false
	}
	for at := range len(one) {
		if toLower(one[at]) != toLower(other[at]) {
			return false
		}
	}
	return true
}

func toLower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}
